"""How much answers changed between the two waves, and what may be said about it.

A change is the later wave minus the earlier one, in points of the scale, so a positive change is a rise.
Functions take answers already linked or already split by wave; they read no file and know no questionnaire.
What cannot be computed comes back as None with a reason in words, never as nan.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.weightstats import ttost_paired

TOO_FEW_PEOPLE = "too few respondents"
TOO_FEW_CHANGES = "too few to test"
NO_SPREAD = "all changes are equal"
UNANIMOUS = "everyone in a wave gave the same answer"
EXACT_UP_TO = 200
LARGE_SAMPLE = 1_000  # respondents beyond whom flips and relabellings are not counted, nor drawn
FEWEST_IN_A_GROUP = 4
SMALL_WAVE = 10
SEED = 20230517
Answers = Sequence[float] | np.ndarray | pd.Series


class Interval(NamedTuple):
    """Lower and upper bound, in the units of the estimate."""

    low: float
    high: float


# Answers as whole numbers ------------------------------------------------------------------------------------------


def whole_units(values: Answers, unit: float | None = None) -> np.ndarray:
    """The values as integers, counted in `unit` points; without a unit, in the largest 1/k that fits them all.

    A mean of four items counts in quarters, so 3.25 becomes 13. Noise below a millionth of a point is ignored: left in,
    it would break ties and change an exact p. Raises ValueError for a blank, or when no k up to 2,520 fits.
    """
    values = np.asarray(values, dtype=float)
    if unit in (None, 1) and np.all(
        np.abs(values - np.rint(values)) < 1e-6
    ):  # quicker than to list what a million answered
        return np.rint(values).astype(np.int64)
    per_point, different = [1 / unit] if unit else range(1, 2521), pd.unique(values)
    for k in per_point:
        if np.all(np.abs(different - np.rint(different * k) / k) < 1e-6):
            return np.rint(values * k).astype(np.int64)
    step = unit or "a common fraction of a point"
    raise ValueError(f"answers are not multiples of {step}: give item sums, or the unit")


def linked_pairs(earlier: Answers, later: Answers) -> tuple[np.ndarray, np.ndarray]:
    """The answers of those who answered both waves, as two float arrays in the same order.

    Two Series must carry the same index (the respondents): pairing by row order is refused with ValueError.
    """
    both_series = isinstance(earlier, pd.Series) and isinstance(later, pd.Series)
    if both_series and not earlier.index.equals(later.index):
        raise ValueError("the waves list different respondents: link them by respondent before comparing")
    first, second = np.asarray(earlier, dtype=float), np.asarray(later, dtype=float)
    if first.shape != second.shape or first.ndim != 1:
        raise ValueError(f"linked waves need one value per respondent, got shapes {first.shape} and {second.shape}")
    answered_both = ~(np.isnan(first) | np.isnan(second))
    return first[answered_both], second[answered_both]


def present(answers: Answers) -> np.ndarray:
    answers = np.asarray(answers, dtype=float)
    return answers[~np.isnan(answers)]


# The sign-flip test ------------------------------------------------------------------------------------------------


class SignFlip(NamedTuple):
    """Result of a sign-flip test; `p_rise` and `p_fall` are one-sided, `p_mid` counts half of the observed outcome."""

    p: float
    p_mid: float
    p_rise: float
    p_fall: float
    z: float
    exact: bool


def fewest_nonzero(tests: int = 1, alpha: float = 0.05) -> int:
    """Fewest non-zero changes with which a sign-flip test can reach alpha / tests at all (6, 8 for 5 tests, 11 for 30).

    With m of them the smallest two-sided p is 2 / 2**m.
    """
    return int(np.ceil(np.log2(2 * tests / alpha)))


def sign_flip(change: Answers, unit: float | None = None, exact_up_to: int = EXACT_UP_TO) -> SignFlip:
    """Would a mean change this far from zero be usual if each respondent were as likely to fall as to rise?

    `change` is one value per respondent in points (blanks are left out, zeros say nothing). The distribution over all
    2**m sign patterns is exact up to `exact_up_to` non-zero changes; past that p comes from the normal form of the same
    statistic, sum / sqrt(sum of squares). Source: Pitman 1937; Derrick & White 2017.
    """
    whole = whole_units(present(change), unit)
    whole = whole[whole != 0]
    if whole.size == 0:
        return SignFlip(1.0, 1.0, 1.0, 1.0, 0.0, True)
    whole = whole // np.gcd.reduce(whole)
    total, z = whole.sum(), float(whole.sum() / np.sqrt((whole.astype(float) ** 2).sum()))
    if whole.size > exact_up_to:
        p = float(2 * stats.norm.sf(abs(z)))
        return SignFlip(p, p, float(stats.norm.sf(z)), float(stats.norm.cdf(z)), z, False)
    sums, probability = _sums_under_flips(np.abs(whole))
    p, tie = _mass(probability, np.abs(sums) >= abs(total)), _mass(probability, np.abs(sums) == abs(total))
    rise, fall = _mass(probability, sums >= total), _mass(probability, sums <= total)
    return SignFlip(p, p - tie / 2, rise, fall, z, True)


def _sums_under_flips(sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every possible sum of ±sizes and its probability when each sign is a fair coin."""
    probability = np.ones(1)
    for size in sizes:
        longer = np.zeros(probability.size + 2 * size)
        longer[: probability.size] = probability / 2
        longer[2 * size :] += probability / 2
        probability = longer
    return np.arange(-sizes.sum(), sizes.sum() + 1), probability


def _mass(probability: np.ndarray, where: np.ndarray) -> float:
    return min(1.0, float(probability[where].sum()))


def signed_ranks(change: Answers, unit: float | None = None) -> np.ndarray:
    """Twice the signed rank of each change, as whole numbers: zeros are ranked, then set to 0. Source: Pratt 1959."""
    whole = whole_units(present(change), unit)
    return (np.sign(whole) * 2 * _ranks(np.abs(whole))).astype(np.int64)


def _ranks(sizes: np.ndarray) -> np.ndarray:
    """The mean rank of each size, as `stats.rankdata` gives it; of few different sizes without sorting everyone."""
    if not sizes.size or sizes.max() > sizes.size:
        return stats.rankdata(sizes)
    so_many = np.bincount(sizes)
    return (np.cumsum(so_many) - (so_many - 1) / 2)[sizes]


def pratt(change: Answers, unit: float | None = None, exact_up_to: int = EXACT_UP_TO) -> SignFlip:
    """Wilcoxon's signed-rank test with Pratt's zeros, exact with ties: the sensitivity line of an item."""
    return sign_flip(signed_ranks(change, unit), unit=1, exact_up_to=exact_up_to)


def rank_biserial(change: Answers, unit: float | None = None) -> float | None:
    """Matched-pairs rank-biserial correlation, −1 (all fell) to 1 (all rose), or None if nobody changed.

    Source: Kerby 2014.
    """
    whole = whole_units(present(change), unit)
    whole = whole[whole != 0]
    if whole.size == 0:
        return None
    ranks = _ranks(np.abs(whole))
    return float((ranks * np.sign(whole)).sum() / ranks.sum())


# Linked waves ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LinkedChange:
    """Change of one item or scale among those who answered both waves, in points.

    `no_interval` and `no_test` say in words why an interval or a p is None. The intervals are t intervals without
    finite-population correction; `p_sign_flip` decides, `p_pratt` is a sensitivity line, `dz` and `dav` are mean change
    over the sd of changes and over the mean sd of the waves.
    """

    n: int
    n_up: int
    n_same: int
    n_down: int
    mean_earlier: float | None
    mean_later: float | None
    change: float | None
    sd: float | None
    ci95: Interval | None
    ci90: Interval | None
    p_sign_flip: float | None
    p_sign_flip_mid: float | None
    p_rise: float | None
    p_pratt: float | None
    rank_biserial: float | None
    dz: float | None
    dav: float | None
    no_interval: str | None
    no_test: str | None

    def share(self, direction: Literal["up", "same", "down"]) -> float | None:
        """Share of linked respondents (0 to 1) who moved in that direction; None when nobody is linked."""
        return getattr(self, f"n_{direction}") / self.n if self.n else None


def linked_change(
    earlier: Answers, later: Answers, *, unit: float | None = None, tests: int = 1, alpha: float = 0.05
) -> LinkedChange:
    """Change among linked respondents: one value per respondent in each wave, in points, in the same order.

    Pairs with a blank are left out. `unit` is the step of the scale where it is known (0.25 for a mean of four items).
    `tests` is the size of the family to be adjusted: with fewer non-zero changes than its floor, no p is given.
    Raises ValueError for Series that list different respondents.
    """
    first, second = linked_pairs(earlier, later)
    change = second - first
    whole = whole_units(change, unit)
    n, up, down = whole.size, int((whole > 0).sum()), int((whole < 0).sum())
    no_interval = TOO_FEW_PEOPLE if n < 2 else NO_SPREAD if np.ptp(whole) == 0 else None
    no_test = TOO_FEW_CHANGES if up + down < fewest_nonzero(tests, alpha) else None
    flips, ranks = (sign_flip(whole, 1), pratt(whole, 1)) if no_test is None else (None, None)
    sd = float(change.std(ddof=1)) if n > 1 else None
    sd_of_waves = float(np.sqrt((first.var(ddof=1) + second.var(ddof=1)) / 2)) if n > 1 else 0
    pair = stats.ttest_rel(second, first) if no_interval is None else None
    return LinkedChange(
        n=n,
        n_up=up,
        n_same=n - up - down,
        n_down=down,
        mean_earlier=float(first.mean()) if n else None,
        mean_later=float(second.mean()) if n else None,
        change=float(change.mean()) if n else None,
        sd=0.0 if no_interval == NO_SPREAD else sd,
        ci95=_interval(pair, 0.95) if pair else None,
        ci90=_interval(pair, 0.90) if pair else None,
        p_sign_flip=flips.p if flips else None,
        p_sign_flip_mid=flips.p_mid if flips else None,
        p_rise=flips.p_rise if flips else None,
        p_pratt=ranks.p if ranks else None,
        rank_biserial=rank_biserial(whole, 1),
        dz=float(change.mean() / sd) if pair else None,
        dav=float(change.mean() / sd_of_waves) if sd_of_waves > 1e-9 else None,
        no_interval=no_interval,
        no_test=no_test,
    )


def _interval(test, level: float) -> Interval:
    low, high = test.confidence_interval(level)
    return Interval(float(low), float(high))


class Preservation(NamedTuple):
    """p-values against a margin: not worse (non-inferiority), not better, and equivalent (the larger of the two)."""

    p_not_worse: float
    p_not_better: float
    p_equivalent: float


def preservation(earlier: Answers, later: Answers, margin: float) -> Preservation | None:
    """Was the level kept within `margin` points? None with fewer than two linked respondents or equal changes.

    Source: Schuirmann 1987; Lakens 2017.
    """
    first, second = linked_pairs(earlier, later)
    if first.size < 2 or np.ptp(whole_units(second - first)) == 0:
        return None
    p, (_, p_not_worse, _), (_, p_not_better, _) = ttost_paired(second, first, -margin, margin)
    return Preservation(float(p_not_worse), float(p_not_better), float(p))
