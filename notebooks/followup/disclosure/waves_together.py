"""All pairs of waves of one measure held against the promise together: their rows tell of the same people.

What each pair tells may be too little and all of them together enough: the change from the first wave to the last is
the sum of the changes between.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pandas as pd

from followup.disclosure.outsider import AnswerScale, Known, Wave
from followup.disclosure.real_answers import RealAnswers
from followup.disclosure.released_rows import Published, known_of

Pairs = list[tuple[tuple[str, str], Mapping]]  # (earlier, later) and the row of changes as it leaves


def known_together(rows: Pairs, waves: Mapping[str, Wave], scale: AnswerScale, about: Published) -> Known:
    """What the rows of several pairs tell of one measure beside what is known of each of its waves, in their order."""
    names, known, pairs = list(waves), dict(waves), []
    for (earlier, later), row in rows:
        one = known_of(row, (known[earlier], known[later]), scale, about)
        known[earlier], known[later] = one.waves
        pairs.append(replace(one.pairs[0], first=names.index(earlier), second=names.index(later)))
    return Known(scale, tuple(known.values()), tuple(pairs))


def answers_together(parts: Iterable[tuple[tuple[str, str], RealAnswers]], waves: list[str]) -> RealAnswers:
    """The real answers to a measure in all of `waves`, each person's as they are published of each wave by itself.

    Where somebody left items out, a pair of waves may compare other items than these.
    """
    alone, items, most = {}, {}, 1
    for pair, real in parts:
        for place, wave in enumerate(pair):
            alone[wave] = _either(alone.get(wave), real.alone[place].dropna())
            items[wave] = _either(items.get(wave), real.items[place])
        most = real.most_items
    points = pd.DataFrame({place: alone[wave] for place, wave in enumerate(waves)})
    counted = pd.DataFrame({place: items[wave] for place, wave in enumerate(waves)}).reindex(points.index)
    return RealAnswers(points, points, counted.where(points.notna(), 0).fillna(0).astype(int), most)


def _either(known: pd.Series | None, more: pd.Series) -> pd.Series:
    return more if known is None else known.combine_first(more)
