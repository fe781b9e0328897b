"""Change between waves that are not linked, or linked in part: Welch, permuted Brunner–Munzel, rank sums, Derrick."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import comb
from statsmodels.stats.nonparametric import rank_compare_2indep

from followup.statistics.linked_change import (
    EXACT_UP_TO,
    FEWEST_IN_A_GROUP,
    NO_SPREAD,
    SEED,
    SMALL_WAVE,
    TOO_FEW_CHANGES,
    TOO_FEW_PEOPLE,
    UNANIMOUS,
    Answers,
    Interval,
    LinkedChange,
    linked_change,
    present,
)
from followup.statistics.relabelling import permuted_brunner_munzel

PERMUTED, PERMUTED_EXACT = "Brunner–Munzel, permuted", "Brunner–Munzel, permuted, exact"


@dataclass(frozen=True)
class UnlinkedChange:
    """Difference between two waves whose answers cannot be linked; the mix of people may have changed.

    `superiority` is P(a later answer > an earlier one) + half of the ties and `cliffs_delta` twice that
    minus 1; their interval is Brunner and Munzel's, cut at the ends of the range, and None when the waves do not
    overlap. `p` is that of Brunner and Munzel's statistic under relabelling, exact where the ways are few (`test` says
    so); `p_brunner_munzel` by its t distribution and `p_rank_sum_exact` (in a wave of at most 10, or waves that do not
    overlap, up to 200 answers) are sensitivity lines. `se` and `df` are those of the Welch intervals.
    """

    n_earlier: int
    n_later: int
    mean_earlier: float | None
    mean_later: float | None
    change: float | None
    ci95: Interval | None
    ci90: Interval | None
    superiority: float | None
    superiority_ci95: Interval | None
    cliffs_delta: float | None
    p_brunner_munzel: float | None
    p_rank_sum_exact: float | None
    p: float | None
    test: str | None
    no_interval: str | None
    no_test: str | None
    se: float | None = None
    df: float | None = None


def unlinked_change(earlier: Answers, later: Answers, *, seed: int = SEED) -> UnlinkedChange:
    """Difference between unlinked waves: each an array of answers in points, of any two lengths, blanks left out.

    The interval needs two answers in each wave, the test four.
    Source: Welch's t; Brunner & Munzel 2000; Neubert & Brunner 2007; Cliff 1993.
    """
    first, second = present(earlier), present(later)
    smaller = min(first.size, second.size)
    unanimous = smaller > 0 and np.ptp(np.concatenate([first, second])) < 1e-9
    spread = smaller > 1 and max(np.ptp(first), np.ptp(second)) > 1e-9
    no_interval = TOO_FEW_PEOPLE if smaller < 2 else None if spread else UNANIMOUS
    no_test = TOO_FEW_CHANGES if smaller < FEWEST_IN_A_GROUP else UNANIMOUS if unanimous else None
    welch = welch_error(first, second) if no_interval is None else None
    difference = float(second.mean() - first.mean()) if smaller else None
    above = superiority(first, second) if smaller else None
    ranks = _brunner_munzel(first, second) if no_test is None else None
    countable = first.size + second.size <= EXACT_UP_TO and (smaller <= SMALL_WAVE or ranks is None)
    exact = rank_sum_exact(first, second) if no_test is None and countable else None
    permuted = permuted_brunner_munzel(first, second, seed=seed) if no_test is None else None
    return UnlinkedChange(
        n_earlier=first.size,
        n_later=second.size,
        mean_earlier=float(first.mean()) if first.size else None,
        mean_later=float(second.mean()) if second.size else None,
        change=difference,
        ci95=t_interval(difference, *welch, 0.95) if welch else None,
        ci90=t_interval(difference, *welch, 0.90) if welch else None,
        superiority=above,
        superiority_ci95=ranks.ci95 if ranks else None,
        cliffs_delta=2 * above - 1 if above is not None else None,
        p_brunner_munzel=ranks.p if ranks else None,
        p_rank_sum_exact=exact,
        p=permuted.p if permuted else None,
        test=(PERMUTED_EXACT if permuted.exact else PERMUTED) if permuted else None,
        no_interval=no_interval,
        no_test=no_test,
        se=welch[0] if welch else None,
        df=welch[1] if welch else None,
    )


def welch_error(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """Standard error of the difference of two means and its Welch–Satterthwaite degrees of freedom."""
    v1, v2 = first.var(ddof=1) / first.size, second.var(ddof=1) / second.size
    return float(np.sqrt(v1 + v2)), float(welch_df(v1, first.size, v2, second.size))


def welch_df(v1: float, n1: int, v2: float, n2: int) -> float:
    """Welch–Satterthwaite degrees of freedom; v1 and v2 are variances of means."""
    return (v1 + v2) ** 2 / (v1**2 / (n1 - 1) + v2**2 / (n2 - 1))


def t_interval(estimate: float, se: float, df: float, level: float = 0.95) -> Interval:
    """Estimate ± t × standard error."""
    half = float(stats.t.ppf((1 + level) / 2, df)) * se
    return Interval(estimate - half, estimate + half)


def superiority(first: Answers, second: Answers) -> float:
    """P(a value of `second` > a value of `first`) + half of P(equal): 0.5 when neither is higher."""
    first, second = present(first), present(second)
    ranks = stats.rankdata(np.round(np.concatenate([first, second]), 9))[first.size :]
    return float((ranks.sum() - second.size * (second.size + 1) / 2) / (first.size * second.size))


class _BrunnerMunzel(NamedTuple):
    p: float
    ci95: Interval


def _brunner_munzel(first: np.ndarray, second: np.ndarray) -> _BrunnerMunzel | None:
    """None where its variance is zero: the waves do not overlap, or each is constant."""
    first, second = np.round(first, 9), np.round(second, 9)
    if first.max() < second.min() or second.max() < first.min() or max(np.ptp(first), np.ptp(second)) == 0:
        return None
    result = rank_compare_2indep(second, first)
    low, high = np.clip(result.conf_int(), 0, 1)
    return _BrunnerMunzel(float(result.pvalue), Interval(float(low), float(high)))


def rank_sum_exact(first: Answers, second: Answers) -> float:
    """Exact two-sided p of the rank-sum test under relabelling, ties kept: the answers of each wave or group."""
    first, second = present(first), present(second)
    doubled = (2 * stats.rankdata(np.round(np.concatenate([first, second]), 9))).astype(np.int64)
    return relabelled_sums(doubled, first.size)


def relabelled_sums(values: Sequence[int] | np.ndarray, n_first: int) -> float:
    """Share of all relabellings in which `n_first` of the whole numbers sum as far from expectation as the first do."""
    values = np.asarray(values, dtype=np.int64)
    if n_first > values.size / 2:  # the others' sum is as far from its own expectation, and there are fewer of them
        return relabelled_sums(values[::-1], values.size - n_first)
    shifted, observed = values - values.min(), (values[:n_first] - values.min()).sum()
    ways = np.zeros((n_first + 1, shifted.sum() + 1))
    ways[0, 0] = 1
    for value in shifted:
        ways[1:, value:] += ways[:-1, : ways.shape[1] - value].copy()
    from_expected = np.abs(np.arange(ways.shape[1]) * values.size - n_first * shifted.sum())
    return float(ways[n_first, from_expected >= from_expected[observed]].sum() / comb(values.size, n_first, exact=True))


@dataclass(frozen=True)
class PartlyLinkedChange:
    """Change estimated from everyone, linked or not, in points, with the linked-only result beside it."""

    n_linked: int
    n_earlier_only: int
    n_later_only: int
    linked: LinkedChange
    mean_earlier: float | None
    mean_later: float | None
    change: float | None
    se: float | None = None
    df: float | None = None
    ci95: Interval | None = None
    ci90: Interval | None = None
    p: float | None = None
    no_test: str | None = None


def partly_linked_change(
    earlier: pd.Series, later: pd.Series, *, unit: float | None = None, tests: int = 1
) -> PartlyLinkedChange:
    """Change when some respondents answered both waves and some only one: two Series of points indexed by respondent.

    Who is linked follows from the index; one respondent twice in a wave is refused with ValueError.
    Needs four linked respondents. Source: Derrick et al. 2017, T_new2 (unequal variances).
    """
    first, second = earlier.dropna().astype(float), later.dropna().astype(float)
    if not (first.index.is_unique and second.index.is_unique):
        raise ValueError("a respondent appears twice in one wave")
    ids = first.index.intersection(second.index)
    result = PartlyLinkedChange(
        n_linked=len(ids),
        n_earlier_only=len(first) - len(ids),
        n_later_only=len(second) - len(ids),
        linked=linked_change(first[ids], second[ids], unit=unit, tests=tests),
        mean_earlier=float(first.mean()) if len(first) else None,
        mean_later=float(second.mean()) if len(second) else None,
        change=float(second.mean() - first.mean()) if len(first) and len(second) else None,
    )
    if len(ids) < FEWEST_IN_A_GROUP:
        return replace(result, no_test=TOO_FEW_CHANGES)
    se, df = _derrick(first, second, ids)
    if se < 1e-12:
        return replace(result, no_test=NO_SPREAD)
    ci95, ci90 = (t_interval(result.change, se, df, level) for level in (0.95, 0.90))
    return replace(result, se=se, df=df, ci95=ci95, ci90=ci90, p=float(2 * stats.t.sf(abs(result.change / se), df)))


def _derrick(first: pd.Series, second: pd.Series, ids: pd.Index) -> tuple[float, float]:
    """Standard error and degrees of freedom of T_new2."""
    n1, n2, linked = len(first), len(second), len(ids)
    v1, v2 = first.var() / n1, second.var() / n2
    flat = first[ids].std() < 1e-12 or second[ids].std() < 1e-12
    r = 0.0 if flat else first[ids].corr(second[ids])
    se = np.sqrt(max(v1 + v2 - 2 * r * first.std() * second.std() * linked / (n1 * n2), 0))
    welch = welch_df(v1, n1, v2, n2) if v1 + v2 else 1
    alone = n1 + n2 - 2 * linked
    return float(se), float(linked - 1 + (welch - linked + 1) / (n1 + n2) * alone)
