"""Who answered, who did not, and how far non-response could move a result.

The roster is the whole population, so what is unknown is the answers of those who did not respond. "No significant
difference" says nothing about bias: report standardised differences, worst-case bounds and the tipping point.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from followup.statistics.linked_change import Answers, Interval

SMALLEST_CELL = 5
LARGEST_DEFF = 1.5


# Respondents beside non-respondents --------------------------------------------------------------------------------


def standardised_differences(traits: pd.DataFrame, answered: pd.Series) -> pd.DataFrame:
    """Respondents minus non-respondents on each roster trait and wave-1 score, in standard deviations.

    `traits` has a row per participant: number columns are compared as means, all others level by level as shares;
    `answered` is true or false on the same index. One row per trait and level (None for numbers) with n and mean (or
    share) of either side, standardised_difference (None if not computable) and not_computable, the reason.
    """
    if not traits.index.equals(answered.index):
        raise ValueError("traits and answers list different participants")
    rows = []
    for trait in traits:
        column = traits[trait]
        if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            rows.append({"trait": trait, "level": None} | standardised_difference(column, answered)._asdict())
            continue
        for level in sorted(column.dropna().unique(), key=str):
            has_it = (column == level).where(column.notna()).astype(float)
            difference = standardised_difference(has_it, answered, share=True)
            rows.append({"trait": trait, "level": level} | difference._asdict())
    return pd.DataFrame(rows)


class StandardisedDifference(NamedTuple):
    """Respondents beside non-respondents on one trait; the difference is in standard deviations."""

    n_respondents: int
    n_nonrespondents: int
    respondents: float | None
    nonrespondents: float | None
    standardised_difference: float | None
    not_computable: str | None


def standardised_difference(values: Answers, answered: Answers, share: bool = False) -> StandardisedDifference:
    """(mean of respondents − mean of non-respondents) / sqrt(mean of the two variances); blanks left out.

    With `share`, values are 0 or 1 and the variance is p(1−p). Needs two on either side and some spread.
    """
    values, answered = np.asarray(values, dtype=float), np.asarray(answered, dtype=bool)
    sides = [values[answered & ~np.isnan(values)], values[~answered & ~np.isnan(values)]]
    means = [float(side.mean()) if side.size else None for side in sides]
    counts = [side.size for side in sides]
    if min(counts) < 2:
        return StandardisedDifference(*counts, *means, None, "fewer than two on one side")
    spread = np.sqrt(np.mean([side.var(ddof=0 if share else 1) for side in sides]))
    if spread < 1e-12:
        return StandardisedDifference(*counts, *means, None, "no spread")
    return StandardisedDifference(*counts, *means, float((means[0] - means[1]) / spread), None)


# Worst cases -------------------------------------------------------------------------------------------------------


def worst_case_mean(values: Answers, roster: int, lowest: float, highest: float) -> Interval:
    """Bounds of the roster's mean, in points, had every non-respondent given the lowest or the highest value."""
    values = _answers_within(values, roster)
    silent = roster - values.size
    return Interval(float((values.sum() + silent * lowest) / roster), float((values.sum() + silent * highest) / roster))


class TippingPoint(NamedTuple):
    """Mean (or share) that non-respondents would need for the roster's to reach the threshold.

    `reachable` is whether the scale allows it, None without its ends; both are None when nobody was silent.
    """

    value: float | None
    reachable: bool | None


def tipping_point(
    mean: float,
    answered: int,
    roster: int,
    threshold: float = 0.0,
    *,
    lowest: float | None = None,
    highest: float | None = None,
) -> TippingPoint:
    """How different must non-respondents be to reverse the conclusion? `mean` is of those who answered: points or a share.

    With 29 of 39 answering and a mean change of 0.5, the ten non-respondents must have fallen by 1.45 each to undo it.
    """
    if answered >= roster or answered < 0:
        return TippingPoint(None, None)
    value = (threshold * roster - mean * answered) / (roster - answered)
    within = None if lowest is None or highest is None else bool(lowest - 1e-9 <= value <= highest + 1e-9)
    return TippingPoint(float(value), within)


# Intervals for shares and means of a finite roster -----------------------------------------------------------------


def hypergeometric_interval(count: int, answered: int, roster: int, level: float = 0.95) -> Interval:
    """How many of the `roster` have the trait when `count` of `answered` do, if those who answered were a random draw.

    Whole numbers: every total that the count does not contradict in either tail at (1 − level)/2. Report it beside the
    worst-case bounds, which need no random draw. Source: Wang 2015 discusses it and gives a shorter one.
    """
    _check_counts(count, answered, roster)
    totals, tail = np.arange(count, count + roster - answered + 1), (1 - level) / 2
    at_most = stats.hypergeom.cdf(count, roster, totals, answered)
    at_least = stats.hypergeom.sf(count - 1, roster, totals, answered)
    kept = totals[(at_most > tail) & (at_least > tail)]
    return Interval(int(kept.min()), int(kept.max()))


class RosterMean(NamedTuple):
    """Mean of one wave for the roster, its standard error with finite-population correction, and a 95% interval."""

    mean: float | None
    se: float | None
    ci95: Interval | None


def roster_mean(values: Answers, roster: int) -> RosterMean:
    """Mean of the `roster` participants from those who answered one wave, as if they were a random draw of the roster.

    For a sentence on the roster, beside the worst-case bounds; of a change it makes three tests in ten cry wolf.
    """
    values = _answers_within(values, roster)
    n = values.size
    if n < 2:
        return RosterMean(float(values.mean()) if n else None, None, None)
    se = float(values.std(ddof=1) * np.sqrt((1 - n / roster) / n))
    half = float(stats.t.ppf(0.975, n - 1)) * se
    return RosterMean(float(values.mean()), se, Interval(float(values.mean() - half), float(values.mean() + half)))


def _answers_within(values: Answers, roster: int) -> np.ndarray:
    values = np.asarray(values, dtype=float)
    values = values[~np.isnan(values)]
    if values.size > roster or roster < 1:
        raise ValueError(f"{values.size} answers from a roster of {roster}")
    return values


def _check_counts(count: int, answered: int, roster: int) -> None:
    if not 0 <= count <= answered <= roster or roster < 1:
        raise ValueError(f"{count} of {answered} of {roster} is not possible")


# Weights, for sensitivity only -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Weights:
    """Weights of the respondents (summing to the roster), Kish's design effect, and whether they may be used.

    `refused` says in words why not: a cell of fewer than five respondents, or a design effect above 1.5.
    """

    weights: pd.Series | None
    kish_deff: float | None
    smallest_cell: int
    refused: str | None

    @property
    def usable(self) -> bool:
        return self.refused is None

    def mean(self, values: pd.Series) -> float | None:
        """Weighted mean of the respondents' values, in points; blanks left out."""
        if self.weights is None:
            return None
        values = values.dropna()
        return float(np.average(values, weights=self.weights[values.index])) if len(values) else None


def post_stratification(cell: pd.Series, roster_cell: pd.Series) -> Weights:
    """Weights that give each cell its size on the roster: the cell of each respondent and of each participant."""
    counts = cell.value_counts().reindex(roster_cell.unique(), fill_value=0)
    weights = cell.map(roster_cell.value_counts() / counts).astype(float) if counts.min() > 0 else None
    return _guarded(weights, int(counts.min()))


def kish_deff(weights: pd.Series) -> float:
    """Kish's design effect, n × sum(w²) / sum(w)²: 1 for equal weights."""
    return float(len(weights) * (weights**2).sum() / weights.sum() ** 2)


def _guarded(weights: pd.Series | None, smallest: int) -> Weights:
    deff = None if weights is None else kish_deff(weights)
    refused = None
    if smallest < SMALLEST_CELL:
        refused = f"a cell has {smallest} respondents, fewer than {SMALLEST_CELL}"
    elif deff > LARGEST_DEFF:
        refused = f"the design effect is {deff:.2f}, above {LARGEST_DEFF}"
    return Weights(weights, deff, smallest, refused)
