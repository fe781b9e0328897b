"""Did the gap between two groups of graduates narrow?

A gap is the second group's mean minus the first group's, in points; its change is the second group's change minus the
first's. A gap that "narrows" because the leading group had nowhere left to rise has not narrowed, so every result
carries the share of each group at the top and P(a member of the second group is higher) in each wave.
"""

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import comb

from followup.statistics.linked_change import (
    FEWEST_IN_A_GROUP,
    LARGE_SAMPLE,
    SEED,
    TOO_FEW_CHANGES,
    Answers,
    Interval,
    linked_pairs,
    whole_units,
)
from followup.statistics.room_left import BLOCKED_ABOVE, FLAGGED_ABOVE, share_at_top
from followup.statistics.unlinked_change import superiority, t_interval, welch_error

MOST_STATES = 300_000
NO_SPREAD_WITHIN = "no spread within the groups"


class GroupAtWave(NamedTuple):
    """One group in one wave: respondents, mean in points, share (0 to 1) at the top of the scale if that is given."""

    n: int
    mean: float | None
    ceiling_share: float | None


@dataclass(frozen=True)
class GapChange:
    """Change of the gap between two groups, in points (second minus first), with what a verdict needs to see.

    `p` is the studentised group-label permutation's when waves are linked (`p_welch` beside it) and HC3's when they are
    not; `exact` says whether the permutation counted every relabelling. `superiority_…` is P(second > first) + half of
    the ties. `no_test` says in words why p and interval are None.
    """

    linked: bool
    first_earlier: GroupAtWave
    second_earlier: GroupAtWave
    first_later: GroupAtWave
    second_later: GroupAtWave
    gap_earlier: float | None
    gap_later: float | None
    change: float | None
    superiority_earlier: float | None
    superiority_later: float | None
    se: float | None = None
    df: float | None = None
    ci95: Interval | None = None
    p: float | None = None
    p_welch: float | None = None
    exact: bool | None = None
    no_test: str | None = None

    @property
    def ceiling_share(self) -> float | None:
        """The larger of the two groups' shares at the top in the earlier wave."""
        shares = (self.first_earlier.ceiling_share, self.second_earlier.ceiling_share)
        return None if None in shares else max(shares)


def linked_gap_change(
    earlier: Answers,
    later: Answers,
    group: Answers,
    first: object,
    second: object,
    *,
    top: float | None = None,
    unit: float | None = None,
    seed: int = SEED,
) -> GapChange:
    """Change of the gap among linked respondents: a value of each wave and a group name per respondent, in one order.

    `top` is the highest value of the scale. Respondents with a blank in either wave, and other groups, are left out.
    Each group needs four. Source: Welch's t on change scores; Janssen 1997; Chung & Romano 2013.
    """
    group = _same_respondents(earlier, later, group)
    pairs = [_pairs_of(earlier, later, group == name) for name in (first, second)]
    waves = tuple(zip(*pairs, strict=True))
    changes = [after - before for before, after in pairs]
    whole = whole_units(np.concatenate(changes), unit)
    parts = whole[: changes[0].size], whole[changes[0].size :]
    gap = _described(True, waves, top, _no_test(*parts))
    if gap.no_test:
        return gap
    se, df = welch_error(*changes)
    p, exact = studentised_permutation(*parts, seed=seed)
    p_welch = float(2 * stats.t.sf(abs(gap.change) / se, df))
    return replace(gap, se=se, df=df, ci95=t_interval(gap.change, se, df), p=p, p_welch=p_welch, exact=exact)


def unlinked_gap_change(
    earlier: Answers,
    group_earlier: Answers,
    later: Answers,
    group_later: Answers,
    first: object,
    second: object,
    *,
    top: float | None = None,
) -> GapChange:
    """Change of the gap when waves are not linked: the answers of each wave, and the group of each answer.

    Blanks are left out. A contrast of four cell means with HC3 standard errors and a t reference; low power.
    Each cell needs four answers.
    Source: Long & Ervin 2000.
    """
    waves = tuple(
        tuple(_answers_of(answers, group, name) for name in (first, second))
        for answers, group in ((earlier, group_earlier), (later, group_later))
    )
    gap = _described(False, waves, top, _no_test(*waves[0], *waves[1]))
    if gap.no_test:
        return gap
    se, df, p, ci95 = _four_cells(waves)
    return replace(gap, se=se, df=df, ci95=ci95, p=p)


def _four_cells(waves: tuple) -> tuple[float, float, float, Interval]:
    """Standard error, degrees of freedom, p and interval of the later gap minus the earlier one."""
    from statsmodels.regression.linear_model import OLS  # an eighth of a second that most notebooks never need

    cells = [(wave, member, values) for wave, groups in enumerate(waves) for member, values in enumerate(groups)]
    y = np.concatenate([values for *_, values in cells])
    design = np.vstack([np.tile([1, member, wave, member * wave], (values.size, 1)) for wave, member, values in cells])
    fit = OLS(y, design).fit(cov_type="HC3", use_t=True)
    low, high = fit.conf_int(0.05)[3]
    return float(fit.bse[3]), float(fit.df_resid), float(fit.pvalues[3]), Interval(float(low), float(high))


def _same_respondents(earlier: Answers, later: Answers, group: Answers) -> np.ndarray:
    indexes = [values.index for values in (earlier, later, group) if isinstance(values, pd.Series)]
    if any(not index.equals(indexes[0]) for index in indexes):
        raise ValueError("waves and groups list different respondents: link them by respondent before comparing")
    names = np.array(group, dtype=object)
    names[pd.isna(names)] = None
    return names


def _pairs_of(earlier: Answers, later: Answers, members: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return linked_pairs(np.asarray(earlier, dtype=float)[members], np.asarray(later, dtype=float)[members])


def _answers_of(answers: Answers, group: Answers, name: object) -> np.ndarray:
    group = _same_respondents(answers, answers, group)
    values = np.asarray(answers, dtype=float)[group == name]
    return values[~np.isnan(values)]


def _no_test(*cells: np.ndarray) -> str | None:
    if min(cell.size for cell in cells) < FEWEST_IN_A_GROUP:
        return TOO_FEW_CHANGES
    return NO_SPREAD_WITHIN if max(np.ptp(cell) for cell in cells) < 1e-9 else None


def _described(linked: bool, waves: tuple, top: float | None, no_test: str | None) -> GapChange:
    """Cells, gaps and P(superiority) of both waves, before any test; None where a cell is empty."""
    cells = [_group_at_wave(values, top) for wave in waves for values in wave]
    filled = [first.size > 0 and second.size > 0 for first, second in waves]
    gaps = [
        float(second.mean() - first.mean()) if both else None
        for both, (first, second) in zip(filled, waves, strict=True)
    ]
    higher = [superiority(*wave) if both else None for both, wave in zip(filled, waves, strict=True)]
    change = gaps[1] - gaps[0] if all(filled) else None
    return GapChange(linked, *cells, *gaps, change, *higher, no_test=no_test)


def _group_at_wave(values: np.ndarray, top: float | None) -> GroupAtWave:
    mean = float(values.mean()) if values.size else None
    return GroupAtWave(values.size, mean, None if top is None else share_at_top(values, top))


# The permutation of group labels -----------------------------------------------------------------------------------


def studentised_permutation(
    first: np.ndarray, second: np.ndarray, *, draws: int = 9999, seed: int = SEED
) -> tuple[float, bool]:
    """Two-sided p of Welch's t when change scores (whole numbers) are dealt to the groups again, and whether exact.

    Relabellings are counted by the sum and sum of squares of the first group, which decide t, so all are counted at
    once. Where finely graded changes give more than 300,000 such states, `draws` seeded relabellings stand for all;
    beyond 1,000 respondents Welch's t itself, to which they converge. Studentising keeps the level when one group
    varies more. Source: Janssen 1997; Chung & Romano 2013.
    """
    changes = np.concatenate([first, second]).astype(np.int64)
    if changes.size > LARGE_SAMPLE:
        return float(stats.ttest_ind(first, second, equal_var=False).pvalue), False
    changes -= changes.min()
    observed = _welch_t(changes[: first.size].sum(), (changes[: first.size] ** 2).sum(), changes, first.size)
    states = _relabellings(changes, first.size)
    if states is not None:
        sums, squares, ways = states
        as_far = _welch_t(sums, squares, changes, first.size) >= observed * (1 - 1e-9)
        return float(ways[as_far].sum() / comb(changes.size, first.size, exact=True)), True
    rng = np.random.default_rng(seed)
    dealt = (rng.permutation(changes)[: first.size] for _ in range(draws))
    sums, squares = np.array([(chosen.sum(), (chosen**2).sum()) for chosen in dealt]).T
    as_far = _welch_t(sums, squares, changes, first.size) >= observed * (1 - 1e-9)
    return float((1 + as_far.sum()) / (draws + 1)), False


def _welch_t(sums: np.ndarray, squares: np.ndarray, changes: np.ndarray, n_first: int) -> np.ndarray:
    """|Welch's t| from the first group's sum and sum of squares; infinite where both groups are constant and differ."""
    n_second = changes.size - n_first
    rest, rest_squares = changes.sum() - sums, (changes**2).sum() - squares
    difference = np.abs(sums / n_first - rest / n_second)
    spread = (n_first * squares - sums**2) / (n_first**2 * (n_first - 1))
    spread = spread + (n_second * rest_squares - rest**2) / (n_second**2 * (n_second - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(difference == 0, 0.0, difference / np.sqrt(spread))


def _relabellings(changes: np.ndarray, n_first: int) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Every (sum, sum of squares) the first group can have, and in how many ways; None when there are too many."""
    members, sums = changes.size + 1, int(changes.sum()) + 1
    keys, ways, left = np.zeros(1, dtype=np.int64), np.ones(1), changes.size
    for value, count in zip(*np.unique(changes, return_counts=True), strict=True):
        if keys.size * (count + 1) > 10 * MOST_STATES:
            return None
        taken = np.arange(count + 1)
        step = taken * (1 + members * (int(value) + sums * int(value) ** 2))
        left -= count
        many = (keys[:, None] + step).ravel()
        possible = (many % members <= n_first) & (many % members + left >= n_first)
        keys, place = np.unique(many[possible], return_inverse=True)
        ways = np.bincount(place, weights=(ways[:, None] * comb(count, taken)).ravel()[possible])
        if keys.size > MOST_STATES:
            return None
    return keys // members % sums, keys // members // sums, ways


# Verdict -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GapVerdict:
    """What may be said of a gap: `verdict`, `reason` as a code, and `caution` when the ceiling may explain part of it.

    Reasons: agreed (interval, p and P(superiority) point the same way), too_few, interval_includes_zero, p_above_alpha,
    ceiling, ceiling_unknown, equal_shift, superiority_disagrees, gap_reversed.
    """

    verdict: Literal["narrowed", "widened", "cannot be told"]
    reason: str
    caution: Literal["ceiling"] | None
    p_adjusted: float | None
    alpha: float


def gap_verdict(
    gap: GapChange,
    p_adjusted: float | None = None,
    alpha: float = 0.05,
    *,
    ceilings: tuple[float | None, float | None] | None = None,
    equal_shift: float | None = None,
) -> GapVerdict:
    """Narrowed, widened, or cannot be told. Without `p_adjusted` the gap's own p is used (a family of one).

    A change of the gap is told only when the 95% interval excludes zero, p is at most alpha and P(superiority) moves
    the same way. It is not told where one and the same shift of both groups would give it: `equal_shift` is the change
    (points) that such a shift gives by itself (`equal_shift_gap_change`), and the interval must exclude that as well.
    Narrowing also needs the ceiling shares: with more than half at the top a group could not have risen. `ceilings` are
    those of both groups in the earlier wave, by items; without them the gap's own, by scores.
    """
    p, shares = gap.p if p_adjusted is None else p_adjusted, ceilings
    ceiling = gap.ceiling_share if shares is None else None if None in shares else max(shares)
    caution = "ceiling" if ceiling is not None and ceiling > FLAGGED_ABOVE else None
    reason = _why_not_told(gap, p, alpha)
    word = "cannot be told"
    if reason is None:
        word, reason = _direction(gap, ceiling)
        if reason == "agreed" and not _beyond_equal_shift(gap, equal_shift):
            word, reason = "cannot be told", "equal_shift"
    return GapVerdict(word, reason, caution, p, alpha)


def _beyond_equal_shift(gap: GapChange, equal_shift: float | None) -> bool:
    """Whether the gap changed by more than an equal shift of both groups gives, with the same standard error."""
    if equal_shift is None:
        return True
    left = gap.change - equal_shift
    low, high = gap.ci95.low - equal_shift, gap.ci95.high - equal_shift
    return left * gap.change > 0 and not low <= 0 <= high


def _why_not_told(gap: GapChange, p: float | None, alpha: float) -> str | None:
    if gap.ci95 is None or p is None:
        return "too_few"
    if gap.ci95.low <= 0 <= gap.ci95.high:
        return "interval_includes_zero"
    return "p_above_alpha" if p > alpha else None


def _direction(gap: GapChange, ceiling: float | None) -> tuple[str, str]:
    before, after = gap.gap_earlier, gap.gap_later
    if before * gap.change >= 0:
        agreed = abs(gap.superiority_later - 0.5) > abs(gap.superiority_earlier - 0.5)
        return ("widened", "agreed") if agreed else ("cannot be told", "superiority_disagrees")
    if abs(after) >= abs(before):
        return "cannot be told", "gap_reversed"
    if ceiling is None:
        return "cannot be told", "ceiling_unknown"
    if ceiling > BLOCKED_ABOVE:
        return "cannot be told", "ceiling"
    agreed = abs(gap.superiority_later - 0.5) < abs(gap.superiority_earlier - 0.5)
    return ("narrowed", "agreed") if agreed else ("cannot be told", "superiority_disagrees")
