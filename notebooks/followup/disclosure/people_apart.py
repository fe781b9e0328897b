"""Whether some people are, but for a few, those of a result that is told, or of several together."""

from collections.abc import Iterable, Sequence

import pandas as pd


def nearly_some(mine: pd.Index, parts: Sequence[pd.Index], least: int) -> bool:
    """Whether people are some of these parts together but for more than none and fewer than `least`.

    No person stands in two parts, and each is of `least` people or more, so that the nearest parts alone are to be looked at.
    """
    if len(parts) == 1 and abs(len(mine) - len(parts[0])) >= least:
        return False
    differ, outside = 0, len(mine)
    for part in parts:
        both = len(mine.intersection(part))
        differ, outside = differ + min(both, len(part) - both), outside - both
        if differ >= least:
            return False
    return 0 < differ + outside < least


def parted(cells: Sequence[pd.Index], wholes: Iterable[pd.Index], least: int) -> Iterable[list[pd.Index]]:
    """Cells of a table as parts: each alone, and, where nobody stands in two, all with what is left of each whole."""
    yield from ([cell] for cell in cells)
    every = cells[0].append([*cells[1:]]) if len(cells) else pd.Index([])
    if not every.is_unique:
        return
    yield [*cells]
    for whole in wholes:
        rest = whole.difference(every, sort=False)
        if len(rest) >= least and len(whole) - len(rest) == len(every):
            yield [*cells, rest]
