"""How much answers changed between the two waves, and what may be said about it.

A change is follow-up minus programme end, in points of the scale, so a positive change is a rise.
Functions take answers already linked or already split by wave; they read no file and know no questionnaire.
What cannot be computed comes back as None with a reason in words, never as nan.
"""

import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats
from scipy.optimize import brentq
from scipy.special import comb
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.nonparametric import rank_compare_2indep
from statsmodels.stats.proportion import proportion_confint
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
    per_point, different = [1 / unit] if unit else range(1, 2521), pd.unique(values)
    for k in per_point:
        if np.all(np.abs(different - np.rint(different * k) / k) < 1e-6):
            return np.rint(values * k).astype(np.int64)
    step = unit or "a common fraction of a point"
    raise ValueError(f"answers are not multiples of {step}: give item sums, or the unit")


def linked_pairs(programme_end: Answers, follow_up: Answers) -> tuple[np.ndarray, np.ndarray]:
    """The answers of those who answered both waves, as two float arrays in the same order.

    Two Series must carry the same index (the respondents): pairing by row order is refused with ValueError.
    """
    both_series = isinstance(programme_end, pd.Series) and isinstance(follow_up, pd.Series)
    if both_series and not programme_end.index.equals(follow_up.index):
        raise ValueError("the waves list different respondents: link them by respondent before comparing")
    first, second = np.asarray(programme_end, dtype=float), np.asarray(follow_up, dtype=float)
    if first.shape != second.shape or first.ndim != 1:
        raise ValueError(f"linked waves need one value per respondent, got shapes {first.shape} and {second.shape}")
    answered_both = ~(np.isnan(first) | np.isnan(second))
    return first[answered_both], second[answered_both]


def _present(answers: Answers) -> np.ndarray:
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
    n_nonzero: int
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
    whole = whole_units(_present(change), unit)
    whole = whole[whole != 0]
    if whole.size == 0:
        return SignFlip(1.0, 1.0, 1.0, 1.0, 0.0, 0, True)
    whole = whole // np.gcd.reduce(whole)
    total, z = whole.sum(), float(whole.sum() / np.sqrt((whole.astype(float) ** 2).sum()))
    if whole.size > exact_up_to:
        p = float(2 * stats.norm.sf(abs(z)))
        return SignFlip(p, p, float(stats.norm.sf(z)), float(stats.norm.cdf(z)), z, whole.size, False)
    sums, probability = _sums_under_flips(np.abs(whole))
    p, tie = _mass(probability, np.abs(sums) >= abs(total)), _mass(probability, np.abs(sums) == abs(total))
    rise, fall = _mass(probability, sums >= total), _mass(probability, sums <= total)
    return SignFlip(p, p - tie / 2, rise, fall, z, whole.size, True)


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
    whole = whole_units(_present(change), unit)
    return (np.sign(whole) * 2 * stats.rankdata(np.abs(whole))).astype(np.int64)


def pratt(change: Answers, unit: float | None = None, exact_up_to: int = EXACT_UP_TO) -> SignFlip:
    """Wilcoxon's signed-rank test with Pratt's zeros, exact with ties: the sensitivity line of an item."""
    return sign_flip(signed_ranks(change, unit), unit=1, exact_up_to=exact_up_to)


def rank_biserial(change: Answers, unit: float | None = None) -> float | None:
    """Matched-pairs rank-biserial correlation, −1 (all fell) to 1 (all rose), or None if nobody changed.

    Source: Kerby 2014.
    """
    whole = whole_units(_present(change), unit)
    whole = whole[whole != 0]
    if whole.size == 0:
        return None
    ranks = stats.rankdata(np.abs(whole))
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
    mean_programme_end: float | None
    mean_follow_up: float | None
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

    @property
    def n_nonzero(self) -> int:
        return self.n_up + self.n_down

    def share(self, direction: Literal["up", "same", "down"]) -> float | None:
        """Share of linked respondents (0 to 1) who moved in that direction; None when nobody is linked."""
        return getattr(self, f"n_{direction}") / self.n if self.n else None


def linked_change(
    programme_end: Answers, follow_up: Answers, *, unit: float | None = None, tests: int = 1, alpha: float = 0.05
) -> LinkedChange:
    """Change among linked respondents: one value per respondent in each wave, in points, in the same order.

    Pairs with a blank are left out. `unit` is the step of the scale where it is known (0.25 for a mean of four items).
    `tests` is the size of the family to be adjusted: with fewer non-zero changes than its floor, no p is given.
    Raises ValueError for Series that list different respondents.
    """
    first, second = linked_pairs(programme_end, follow_up)
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
        mean_programme_end=float(first.mean()) if n else None,
        mean_follow_up=float(second.mean()) if n else None,
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


def preservation(programme_end: Answers, follow_up: Answers, margin: float) -> Preservation | None:
    """Was the level kept within `margin` points? None with fewer than two linked respondents or equal changes.

    Source: Schuirmann 1987; Lakens 2017.
    """
    first, second = linked_pairs(programme_end, follow_up)
    if first.size < 2 or np.ptp(whole_units(second - first)) == 0:
        return None
    p, (_, p_not_worse, _), (_, p_not_better, _) = ttost_paired(second, first, -margin, margin)
    return Preservation(float(p_not_worse), float(p_not_better), float(p))


# Several tests at once ---------------------------------------------------------------------------------------------


def holm(p_values: Mapping[str, float | None]) -> dict[str, float | None]:
    """Holm-adjusted p of each scale of a family named beforehand; one without a p stays in the family as if it were 1.

    Source: Holm 1979.
    """
    if not p_values:
        return {}
    raw = [1.0 if p is None else p for p in p_values.values()]
    gc.freeze()     # multipletests looks for garbage among all objects, a tenth of a second each time
    try:
        adjusted = multipletests(raw, method="holm")[1]
    finally:
        gc.unfreeze()
    return {name: None if p is None else float(q) for (name, p), q in zip(p_values.items(), adjusted, strict=True)}


def westfall_young(
    changes: pd.DataFrame, *, flips: int = 9999, seed: int = SEED, fewest: int | None = None, alpha: float = 0.05
) -> dict[str, float | None]:
    """Step-down max-T p of every item, by flipping all of a respondent's changes together.

    `changes` has a row per respondent and a column per item, in points, blanks as NaN. When the sign patterns number
    at most `flips` all are used and p is exact; otherwise that many are drawn from `seed`. Beyond 1,000 respondents the
    sums under flips are drawn from the normal distribution with their own covariances. Items with fewer than `fewest`
    non-zero changes (by default the floor for a family of this size) stay in the family and get None.
    Source: Westfall & Young 1993.
    """
    if flips < 9999:
        raise ValueError(f"at least 9,999 flips are needed for a stable p, got {flips}")
    standardised, nonzero = np.empty(changes.shape), np.empty(changes.shape[1], dtype=int)
    for place, item in enumerate(changes):
        whole = whole_units(changes[item].fillna(0)).astype(float)
        nonzero[place], scale = np.count_nonzero(whole), np.sqrt((whole**2).sum())
        standardised[:, place] = whole / scale if scale else 0.0
    fewest = fewest_nonzero(len(nonzero), alpha) if fewest is None else fewest
    observed = np.abs(standardised.sum(axis=0))
    informative = standardised[(standardised != 0).any(axis=1)]
    adjusted = _step_down(observed, *_flipped_sums(informative, flips, seed))
    return {
        item: float(p) if n >= max(fewest, 1) else None
        for item, p, n in zip(changes.columns, adjusted, nonzero, strict=True)
    }


def _flipped_sums(standardised: np.ndarray, flips: int, seed: int) -> tuple[np.ndarray, int]:
    """|sum| of each item under each sign pattern (patterns × items), and 1 if the observed pattern must be added."""
    n = len(standardised)
    if n > LARGE_SAMPLE:
        spread, axes = np.linalg.eigh(standardised.T @ standardised)
        drawn = np.random.default_rng(seed).standard_normal((flips, len(spread)))
        return np.abs((drawn * np.sqrt(spread.clip(0))) @ axes.T), 1
    if 2.0 ** (n - 1) <= flips + 1:
        patterns = (np.arange(2 ** max(n - 1, 0))[:, None] >> np.arange(n)) & 1
        return np.abs((1.0 - 2.0 * patterns) @ standardised), 0
    rng, blocks = np.random.default_rng(seed), np.diff([*range(0, flips, 1000), flips])
    signs = (1.0 - 2.0 * rng.integers(0, 2, size=(block, n), dtype=np.int8) for block in blocks)
    return np.concatenate([np.abs(block @ standardised) for block in signs]), 1


def _step_down(observed: np.ndarray, flipped: np.ndarray, add: int) -> np.ndarray:
    order = np.argsort(observed)
    largest = np.maximum.accumulate(flipped[:, order], axis=1)
    reached = (largest >= observed[order] - 1e-9).sum(axis=0)
    p = np.maximum.accumulate(((reached + add) / (len(flipped) + add))[::-1])[::-1]
    adjusted = np.empty_like(p)
    adjusted[order] = p
    return adjusted


# Top-box shares ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TopBoxChange:
    """Change of the share in the top box among linked respondents: counts, shares (0 to 1) and their difference."""

    n: int
    both: int
    lost: int
    gained: int
    neither: int
    share_programme_end: float | None
    share_follow_up: float | None
    change: float | None
    tango95: Interval | None
    newcombe95: Interval | None
    p_mcnemar_mid: float | None
    no_test: str | None


def top_box_change(programme_end: Answers, follow_up: Answers, top: float) -> TopBoxChange:
    """Change of the share who answered `top` or higher: one value per linked respondent in each wave, in one order."""
    first, second = (wave >= top for wave in linked_pairs(programme_end, follow_up))
    cells = (first & second, first & ~second, ~first & second, ~first & ~second)
    return top_box_from_counts(*(int(cell.sum()) for cell in cells))


def top_box_from_counts(both: int, lost: int, gained: int, neither: int) -> TopBoxChange:
    """The same from four counts: in the top box in both waves, only at programme end, only at follow-up, in neither."""
    n = both + lost + gained + neither
    too_few = TOO_FEW_PEOPLE if n < 2 else TOO_FEW_CHANGES if lost + gained < fewest_nonzero() else None
    return TopBoxChange(
        n,
        both,
        lost,
        gained,
        neither,
        share_programme_end=(both + lost) / n if n else None,
        share_follow_up=(both + gained) / n if n else None,
        change=(gained - lost) / n if n else None,
        tango95=tango(lost, gained, n) if n > 1 else None,
        newcombe95=newcombe(both, lost, gained, neither) if n > 1 else None,
        p_mcnemar_mid=None if too_few else mcnemar_mid(lost, gained),
        no_test=too_few,
    )


def mcnemar_mid(lost: int, gained: int) -> float:
    """Two-sided mid-p of McNemar's test: how many left and how many joined. Source: Fagerland et al. 2013."""
    moved = lost + gained
    if moved == 0:
        return 1.0
    smaller = min(lost, gained)
    tail, point = stats.binom.cdf(smaller, moved, 0.5), stats.binom.pmf(smaller, moved, 0.5)
    return float(1 - point / 2 if lost == gained else 2 * tail - point)


def tango(lost: int, gained: int, n: int, level: float = 0.95) -> Interval:
    """Score interval for the difference of two linked shares (follow-up minus programme end). Source: Tango 1998."""
    z, difference, edge = stats.norm.ppf((1 + level) / 2), (gained - lost) / n, 1 - 1e-12

    def score(delta: float) -> float:
        b = (2 * n - gained + lost) * delta - lost - gained
        fell = (np.sqrt(b**2 + 8 * n * lost * delta * (1 - delta)) - b) / (4 * n)
        return (gained - lost - n * delta) / np.sqrt(max(n * (2 * fell + delta * (1 - delta)), 1e-300))

    low = -1.0 if lost == n else brentq(lambda delta: score(delta) - z, -edge, difference, xtol=1e-13)
    high = 1.0 if gained == n else brentq(lambda delta: score(delta) + z, difference, edge, xtol=1e-13)
    return Interval(float(low), float(high))


def newcombe(both: int, lost: int, gained: int, neither: int, level: float = 0.95) -> Interval:
    """Square-and-add interval for the difference of two linked shares. Source: Newcombe 1998, method 10."""
    n = both + lost + gained + neither
    first, second = (both + lost) / n, (both + gained) / n
    (low1, high1), (low2, high2) = (_wilson(count, n, level) for count in (both + lost, both + gained))
    margins = (both + lost) * (gained + neither) * (both + gained) * (lost + neither)
    cross = both * neither - lost * gained
    corrected = max(cross - n / 2, 0) if cross > 0 else cross
    phi = corrected / np.sqrt(float(margins)) if margins else 0.0
    down = (second - low2) ** 2 - 2 * phi * (second - low2) * (high1 - first) + (high1 - first) ** 2
    up = (high2 - second) ** 2 - 2 * phi * (high2 - second) * (first - low1) + (first - low1) ** 2
    return Interval(float(second - first - np.sqrt(down)), float(second - first + np.sqrt(up)))


def _wilson(count: int, n: int, level: float) -> Interval:
    return Interval(*proportion_confint(count, n, alpha=1 - level, method="wilson"))


# Unlinked and partly linked waves ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class UnlinkedChange:
    """Difference between two waves whose answers cannot be linked; the mix of people may have changed.

    `superiority` is P(a follow-up answer > a programme-end answer) + half of the ties and `cliffs_delta` twice that
    minus 1; their interval is Brunner and Munzel's, cut at the ends of the range, and None when the waves do not
    overlap. `p` is the exact rank-sum p when a wave has at most 10 answers or the waves do not overlap, otherwise
    Brunner–Munzel's; `test` names which.
    """

    n_programme_end: int
    n_follow_up: int
    mean_programme_end: float | None
    mean_follow_up: float | None
    change: float | None
    ci95: Interval | None
    ci90: Interval | None
    superiority: float | None
    superiority_ci95: Interval | None
    cliffs_delta: float | None
    cliffs_delta_ci95: Interval | None
    p_brunner_munzel: float | None
    p_rank_sum_exact: float | None
    p: float | None
    test: str | None
    no_interval: str | None
    no_test: str | None


def unlinked_change(programme_end: Answers, follow_up: Answers) -> UnlinkedChange:
    """Difference between unlinked waves: each an array of answers in points, of any two lengths, blanks left out.

    The interval needs two answers in each wave, the test four.
    Source: Welch's t; Brunner & Munzel 2000; Cliff 1993.
    """
    first, second = _present(programme_end), _present(follow_up)
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
    test = "rank sum, exact" if exact is not None else "Brunner–Munzel" if ranks else None
    no_test = "the waves do not overlap" if no_test is None and test is None else no_test
    return UnlinkedChange(
        n_programme_end=first.size,
        n_follow_up=second.size,
        mean_programme_end=float(first.mean()) if first.size else None,
        mean_follow_up=float(second.mean()) if second.size else None,
        change=difference,
        ci95=t_interval(difference, *welch, 0.95) if welch else None,
        ci90=t_interval(difference, *welch, 0.90) if welch else None,
        superiority=above,
        superiority_ci95=ranks.ci95 if ranks else None,
        cliffs_delta=2 * above - 1 if above is not None else None,
        cliffs_delta_ci95=Interval(2 * ranks.ci95.low - 1, 2 * ranks.ci95.high - 1) if ranks else None,
        p_brunner_munzel=ranks.p if ranks else None,
        p_rank_sum_exact=exact,
        p=exact if exact is not None else ranks.p if ranks else None,
        test=test,
        no_interval=no_interval,
        no_test=no_test,
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
    first, second = _present(first), _present(second)
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
    first, second = _present(first), _present(second)
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
    n_programme_end_only: int
    n_follow_up_only: int
    linked: LinkedChange
    mean_programme_end: float | None
    mean_follow_up: float | None
    change: float | None
    se: float | None = None
    df: float | None = None
    ci95: Interval | None = None
    ci90: Interval | None = None
    p: float | None = None
    no_test: str | None = None


def partly_linked_change(
    programme_end: pd.Series, follow_up: pd.Series, *, unit: float | None = None, tests: int = 1
) -> PartlyLinkedChange:
    """Change when some respondents answered both waves and some only one: two Series of points indexed by respondent.

    Who is linked follows from the index; one respondent twice in a wave is refused with ValueError.
    Needs four linked respondents. Source: Derrick et al. 2017, T_new2 (unequal variances).
    """
    first, second = programme_end.dropna().astype(float), follow_up.dropna().astype(float)
    if not (first.index.is_unique and second.index.is_unique):
        raise ValueError("a respondent appears twice in one wave")
    ids = first.index.intersection(second.index)
    result = PartlyLinkedChange(
        n_linked=len(ids),
        n_programme_end_only=len(first) - len(ids),
        n_follow_up_only=len(second) - len(ids),
        linked=linked_change(first[ids], second[ids], unit=unit, tests=tests),
        mean_programme_end=float(first.mean()) if len(first) else None,
        mean_follow_up=float(second.mean()) if len(second) else None,
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


# Verdicts ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """What may be said of a change: `verdict` in one word and `reason` as a code.

    `kept` answers the margin question alone: "shown", "not shown", "contradicted", or None without an interval.
    `beyond` names the bounds of the 90% interval that reach past the margin: "lower", "upper", "both" or None.
    Reasons: p_adjusted, margin_met, lower_bound_beyond_margin, upper_bound_beyond_margin, both_bounds_beyond_margin,
    no_margin, no_interval. `no_test` repeats why there was no p.
    """

    verdict: Literal["rose", "fell", "preserved", "inconclusive"]
    reason: str
    kept: Literal["shown", "not shown", "contradicted"] | None
    beyond: Literal["lower", "upper", "both"] | None
    p_adjusted: float | None
    margin: float | None
    alpha: float
    no_test: str | None


def verdict(
    change: float | None,
    ci90: tuple[float, float] | None,
    p_adjusted: float | None,
    margin: float | None,
    alpha: float = 0.05,
    *,
    kind: Literal["equivalence", "non-inferiority"] = "equivalence",
    no_test: str | None = None,
) -> Verdict:
    """Rose or fell if the adjusted p is at most alpha; preserved if the 90% interval meets the margin; or inconclusive.

    `change`, `ci90` and `margin` are in points; the margin is fixed beforehand (0.5 for an item, 0.3 for a scale).
    Equivalence asks that both bounds lie inside ±margin, non-inferiority only that the lower one is above −margin.
    "No significant change" is never "preserved": without a p, and without a margin met, the answer is inconclusive.
    """
    kept, beyond = _kept(ci90, margin, kind)
    if p_adjusted is not None and p_adjusted <= alpha and change:
        word, reason = ("rose" if change > 0 else "fell"), "p_adjusted"
    elif kept == "shown":
        word, reason = "preserved", "margin_met"
    else:
        bounds = f"{beyond}_bound{'s' if beyond == 'both' else ''}_beyond_margin"
        word, reason = "inconclusive", "no_interval" if ci90 is None else "no_margin" if margin is None else bounds
    return Verdict(word, reason, kept, beyond, p_adjusted, margin, alpha, no_test if p_adjusted is None else None)


def _kept(ci90: tuple[float, float] | None, margin: float | None, kind: str) -> tuple[str | None, str | None]:
    if kind not in ("equivalence", "non-inferiority"):
        raise ValueError(f"kind is equivalence or non-inferiority, not {kind!r}")
    if ci90 is None or margin is None:
        return None, None
    (low, high), two_sided = ci90, kind == "equivalence"
    below, above = low <= -margin, two_sided and high >= margin
    beyond = "both" if below and above else "lower" if below else "upper" if above else None
    outside = high < -margin or (two_sided and low > margin)
    return "contradicted" if outside else "not shown" if beyond else "shown", beyond


# What could have been found ----------------------------------------------------------------------------------------


def minimum_detectable_change(sd: float, n: int, power: float = 0.8, alpha: float = 0.05) -> float | None:
    """Smallest mean change (points) that `n` linked respondents would show with that power; `sd` is of the changes."""
    return detectable(sd / np.sqrt(n), n - 1, power, alpha) if n > 1 and sd > 0 else None


def detectable(se: float, df: float, power: float = 0.8, alpha: float = 0.05) -> float:
    """Smallest estimate that a two-sided t test with this standard error finds, on the right side, with that power."""
    critical = stats.t.ppf(1 - alpha / 2, df)
    return float(brentq(lambda effect: stats.nct.sf(critical, df, effect) - power, 0.0, 2 * critical + 10) * se)
