"""Each person's real answers to a statement or scale in two waves, laid out as the table of changes compares them.

Only `release_check.py` sees them: whoever publishes may look near the truth for what else could have been published.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import lcm

import numpy as np
import pandas as pd

from followup.disclosure.outsider import AnswerScale
from followup.disclosure.walks import Crowd
from followup.study.codebook import Codebook


@dataclass(frozen=True)
class RealAnswers:
    """One measure's values in points, respondents × waves, blank where not answered; reverse-coded ones reversed.

    `points` are what is compared, `alone` what is published of each wave by itself: they differ for a linked person who
    left out another item in each wave. `items` says of how many answers each value of a scale is the mean.
    """

    points: pd.DataFrame
    alone: pd.DataFrame
    items: pd.DataFrame
    most_items: int

    def of(self, members: Iterable[str]) -> "RealAnswers":
        """The same for some respondents only."""
        mine = self.points.index.isin(list(members))
        return RealAnswers(self.points[mine], self.alone[mine], self.items[mine], self.most_items)

    def crowd(self, codes: list[int]) -> tuple[AnswerScale, Crowd]:
        """The same counted in whole units, and the scale that says how large a unit is.

        People who left an item out of one wave or both are marked as staying still.
        """
        answered = self.points.notna().to_numpy()
        answered_items = {int(n) for n in np.unique(self.items.to_numpy()[answered])} - {0, self.most_items}
        fewer = answered & (self.items < self.most_items).to_numpy()
        other = self.points.notna() & (self.points != self.alone) & self.alone.notna()
        still = fewer.any(axis=1) | other.to_numpy().any(axis=1)
        scale = AnswerScale(
            codes[0], codes[-1], self.most_items, tuple(sorted(answered_items, reverse=True)), int(still.sum())
        )
        unit = lcm(self.most_items, *answered_items)
        given = np.rint(np.where(answered, self.points, 0) * unit).astype(np.int64)
        return scale, Crowd(given, answered, still)


def real_answers(
    responses: pd.DataFrame, codebook: Codebook, waves: tuple[str, str], *, linked: bool, least_items: float
) -> dict[str, RealAnswers]:
    """Every measure that both waves asked, from the rows of `responses` (respondent, wave, item, value).

    A scale of linked people is scored from the items that each answered in both waves.
    """
    tables = [_table(responses, codebook, wave) for wave in waves]
    people, in_both = tables[0].index.union(tables[1].index), tables[0].index.intersection(tables[1].index)
    tables = [table.reindex(people) for table in tables]
    pairs = people.isin(in_both) if linked else np.zeros(len(people), dtype=bool)
    asked, scales = codebook.items_in(waves), codebook.scales_in(waves)
    found = {scale: _scale(_columns(codebook, scale, asked, tables), pairs, least_items) for scale in scales}
    return found | {item: _statement([table[item] for table in tables]) for item in asked}


def _table(responses: pd.DataFrame, codebook: Codebook, wave: str) -> pd.DataFrame:
    """One wave's answers, a row a respondent, a column an item; a high value means more."""
    rows = responses[responses["wave"] == wave].astype({"respondent": "str", "item": "str"})
    table = rows.pivot(index="respondent", columns="item", values="value")  # noqa: PD010 (an answer given twice is refused)
    table = table.astype(float).reindex(columns=codebook.items)
    for item, about in codebook.items.items():
        if about.reverse_coded:
            codes = codebook.options_of(item).codes
            table[item] = codes[0] + codes[-1] - table[item]
    return table


def _columns(codebook: Codebook, scale: str, asked: list[str], tables: list[pd.DataFrame]) -> list[pd.DataFrame]:
    items = [item for item in codebook.scales[scale].items if item in asked]
    return [table[items] for table in tables]


def _statement(waves: list[pd.Series]) -> RealAnswers:
    values = pd.concat(waves, axis=1, keys=range(len(waves))).dropna(how="all")
    return RealAnswers(values, values, values.notna().astype(int), 1)


def _scale(waves: list[pd.DataFrame], pairs: np.ndarray, least_items: float) -> RealAnswers:
    both = waves[0].notna() & waves[1].notna()
    alone, common = ([_score(wave, least_items) for wave in some] for some in (waves, [w.where(both) for w in waves]))
    scored = [score.mask(pairs, other) for score, other in zip(alone, common, strict=True)]
    counted = [wave.notna().sum(axis=1).mask(pairs, both.sum(axis=1)) for wave in waves]
    values, apart, items = (pd.concat(one, axis=1, keys=range(len(waves))) for one in (scored, alone, counted))
    left = values.notna().any(axis=1)
    return RealAnswers(values[left], apart[left], items[left], waves[0].shape[1])


def _score(items: pd.DataFrame, least_items: float) -> pd.Series:
    """The mean of the items answered, where they are enough."""
    return items.mean(axis=1).where(items.notna().sum(axis=1) >= least_items * items.shape[1])
