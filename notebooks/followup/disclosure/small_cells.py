"""Which cells of a table of counts stay hidden: those of a few people, and others that would give them away by subtraction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from followup.study.params import Disclosure

ASKED = ("measure", "scale", "wave", "question", "role")  # what rows are about, and no trait or answer of a person


@dataclass(frozen=True)
class Line:
    """Cells that add up to a total which readers may know: their places in a table, row by row, and how many people stand
    in them; with `alone` all of them in one cell would tell what each of them said.
    """

    places: np.ndarray
    people: float
    alone: bool


def hidden_counts(
    counts: pd.DataFrame,
    people: pd.DataFrame,
    policy: Disclosure,
    lines: Sequence[Line] | None = None,
    gone: np.ndarray | bool = False,
) -> pd.DataFrame:
    """Which cells of a table of counts stay hidden; its lines are its rows and columns, where no others are given.

    `people` stand in each cell: fewer than are counted where somebody has several rows.
    A cell of one to `least_cell` − 1 people is hidden, as is one that is `gone` for a reason of its own; in each line so
    many others that at least two are hidden and 2 × `least_cell` people stand behind them. A line of fewer than
    `least_group` people is hidden whole, as is one whose people all stand in one cell: what all of them said is what each
    of them said.
    """
    size, cells = people.to_numpy(dtype=float).ravel(), counts.to_numpy(dtype=float).ravel()
    hidden = (size > 0) & (size < policy.least_cell) | np.broadcast_to(gone, counts.shape).ravel()
    lines = _rows_and_columns(counts) if lines is None else lines
    for line in lines:
        mine = cells[line.places]
        one = line.alone and len(mine) > 1 and mine.max() == mine.sum() > 0
        hidden[line.places] |= 0 < line.people < policy.least_group or one
    before = None
    while before is None or (hidden != before).any():
        before = hidden.copy()
        for line in lines:
            of_line = hidden[line.places]
            _hide_more(cells[line.places], of_line, policy.least_cell)
            hidden[line.places] = of_line
    return pd.DataFrame(hidden.reshape(counts.shape), counts.index, counts.columns)


def _rows_and_columns(counts: pd.DataFrame) -> list[Line]:
    """The lines of a table of which only the counts are known."""
    places, cells = np.arange(counts.size).reshape(counts.shape), counts.to_numpy(dtype=float)
    rows = [Line(row, cells[at].sum(), alone=True) for at, row in enumerate(places)]
    return rows + [Line(column, cells[:, at].sum(), alone=False) for at, column in enumerate(places.T)]


def _hide_more(line: np.ndarray, hidden: np.ndarray, least_cell: int) -> None:
    """Hide, in place, the smallest cells of a line until those hidden are two or more and many together."""
    while hidden.any() and not hidden.all():
        mine = line[hidden]
        if (mine > 0).sum() > 1 and mine.sum() >= 2 * least_cell or not mine.any() and not (mine > 0).any():
            return
        left = np.where(hidden | (line == 0), np.inf, line)
        if np.isinf(left).all():
            return
        hidden[int(left.argmin())] = True


def hidden_of_people(
    counts: pd.DataFrame,
    rows: list[pd.Series],
    across: list[pd.Series],
    people: pd.Index,
    policy: Disclosure,
    gone: pd.DataFrame,
    groups: frozenset[str] = frozenset(),
) -> pd.DataFrame:
    """Which cells stay hidden by how many people stand in each cell and line; somebody may have several rows.

    Lines are rows, columns, and whatever differs in some keys alone that are not what was asked: what all answered is
    published, so that the answers of a measure add up by each trait, by each answer and by both. Words of `groups` are no
    answers: that all who answered so are of one group is no answer of theirs.
    """
    whose = pd.Series(people)
    cells = pd.crosstab(rows, across, values=whose, aggfunc="nunique")
    cells = cells.set_axis(counts.index).set_axis(counts.columns, axis=1).fillna(0) if len(whose) else counts
    keys = pd.concat([*rows, *across], axis=1, keys=range(len(rows) + len(across)))
    known = keys.notna().all(axis=1)
    names = [one.name for one in (*rows, *across)]
    answers = {key for key in keys if names[key] not in ASKED and not {*map(str, keys[key].dropna())} <= groups}
    lines = [*_lines(counts, keys[known], whose[known], names, len(rows), answers)]
    return hidden_counts(counts, cells, policy, lines, gone.to_numpy(dtype=bool))


def _lines(
    counts: pd.DataFrame, keys: pd.DataFrame, people: pd.Series, names: Sequence, n_rows: int, answers: set
) -> Iterator[Line]:
    """The lines of a crosstab by these keys, of which the first are its rows: each is what differs in some of them alone.

    Where all in a line stand in one cell it tells what each of them is: across the columns, and in keys that are `answers`.
    """
    every, free = [*keys], [key for key in keys if names[key] not in ASKED]
    ways = {tuple(every[:n_rows]), tuple(every[n_rows:])}
    ways |= {some for size in range(1, len(free) + 1) for some in combinations(free, size)}
    at = pd.DataFrame(
        [(*listed(row), *listed(column)) for row in counts.index for column in counts.columns], columns=every
    )
    for differ in sorted(ways):
        alike = [key for key in every if key not in differ]
        alone = min(differ) >= n_rows or {*differ} <= answers
        if not alike:
            yield Line(np.arange(counts.size), people.nunique(), alone)
            continue
        behind = people.groupby([keys[key] for key in alike], observed=True).nunique()
        for place, places in at.groupby(alike, sort=False).indices.items():
            yield Line(
                places, behind.get(place if alike[1:] else place[0] if isinstance(place, tuple) else place, 0), alone
            )


def listed(place: object) -> tuple:
    """A place on an axis of one key or of several, as a tuple of its keys."""
    return place if isinstance(place, tuple) else (place,)
