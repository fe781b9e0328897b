"""Waves that are not linked, tested by dealing their people to the waves again: one measure, or a family together."""

from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import comb, gammaln

from followup.statistics.linked_change import FEWEST_IN_A_GROUP, LARGE_SAMPLE, SEED, Answers, present
from followup.statistics.multiplicity import step_down

MOST_SPLITS = 100_000
APART = 1e9  # |T| where the waves do not overlap: its variance is zero
NONE = 1e-15


class Relabelled(NamedTuple):
    """Two-sided p under relabelling, the statistic T observed, and whether every relabelling was counted."""

    p: float
    t: float
    exact: bool


def permuted_brunner_munzel(first: Answers, second: Answers, *, draws: int = 9999, seed: int = SEED) -> Relabelled:
    """Studentised permutation test of P(second > first) + half of the ties = 0.5: the answers of each wave or group.

    Relabellings are counted by how many of the first wave have each value, which decide T: all of them where there are
    at most 100,000 such splits, otherwise `draws` seeded ones. Holds its level with ties and when one wave varies more.
    Source: Neubert & Brunner 2007.
    """
    first, second = present(first), present(second)
    _, place = np.unique(np.round(np.concatenate([first, second]), 9), return_inverse=True)
    totals, mine = np.bincount(place), np.bincount(place[: first.size], minlength=place.max() + 1)
    observed = float(studentised(mine[None, :], totals)[0])
    splits = _every_split(totals, first.size)
    if splits is not None:
        chosen, chance = splits
        return Relabelled(min(1.0, float(chance[_as_far(chosen, totals, observed)].sum())), observed, True)
    chosen = np.random.default_rng(seed).multivariate_hypergeometric(totals, first.size, size=draws, method="marginals")
    return Relabelled(float((1 + _as_far(chosen, totals, observed).sum()) / (draws + 1)), observed, False)


def _as_far(chosen: np.ndarray, totals: np.ndarray, observed: float) -> np.ndarray:
    return np.abs(studentised(chosen, totals)) >= abs(observed) * (1 - 1e-9) - 1e-12


def studentised(first: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Brunner and Munzel's T of many splits at once: how many of the first wave have each value, from low to high.

    `first` is splits × values; `totals` counts both waves. Positive where the second wave is higher.
    """
    one = np.asarray(first, dtype=float)
    other = np.asarray(totals, dtype=float) - one
    n1, n2 = one.sum(axis=1, keepdims=True), other.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        below_one, below_other = ((np.cumsum(c, axis=1) - c / 2) / n for c, n in ((one, n1), (other, n2)))
        above = (other * below_one).sum(axis=1, keepdims=True) / n2
        v1 = (one * (below_other - (1 - above)) ** 2).sum(axis=1) / (n1 - 1)[:, 0] / n1[:, 0]
        v2 = (other * (below_one - above) ** 2).sum(axis=1) / (n2 - 1)[:, 0] / n2[:, 0]
        far, spread = above[:, 0] - 0.5, v1 + v2
        t = np.where(spread > NONE, far / np.sqrt(spread), np.where(np.abs(far) > 1e-12, np.sign(far) * APART, 0.0))
    return np.where(np.minimum(n1, n2)[:, 0] >= 2, np.clip(t, -APART, APART), 0.0)


def _every_split(totals: np.ndarray, n_first: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Every way to deal `n_first` people by value, and the chance of each; None where there are too many."""
    chosen, left, dealt = np.zeros((1, 0), dtype=np.int64), int(totals.sum()), np.zeros(1, dtype=np.int64)
    for count in totals:
        left -= int(count)
        if len(chosen) * (int(count) + 1) > 10 * MOST_SPLITS:
            return None
        here = np.tile(np.arange(count + 1), len(chosen))
        chosen = np.column_stack([np.repeat(chosen, count + 1, axis=0), here])
        dealt = np.repeat(dealt, count + 1) + here
        possible = (dealt <= n_first) & (dealt + left >= n_first)
        chosen, dealt = chosen[possible], dealt[possible]
        if len(chosen) > MOST_SPLITS:
            return None
    chance = _log_ways(totals, chosen).sum(axis=1) - _log_ways(totals.sum(), np.array(n_first))
    return chosen, np.exp(chance)


def _log_ways(whole: np.ndarray, part: np.ndarray) -> np.ndarray:
    return gammaln(whole + 1) - gammaln(part + 1) - gammaln(whole - part + 1)


# A family together --------------------------------------------------------------------------------------------------


def relabelled_family(
    earlier: pd.DataFrame, later: pd.DataFrame, *, draws: int = 9999, seed: int = SEED
) -> dict[str, float | None]:
    """Step-down max-T p of every measure, by dealing whole respondents to the two waves again: unlinked families.

    A row per respondent and a column per measure in each wave, blanks as NaN; T is Brunner and Munzel's. When the
    relabellings number at most `draws` all are used and p is exact; otherwise that many are drawn from `seed`. Beyond
    1,000 respondents T is drawn from the normal distribution with its own correlations. A measure with fewer than four
    answers in a wave gets None. Source: Westfall & Young 1993; Neubert & Brunner 2007.
    """
    if draws < 9999:
        raise ValueError(f"at least 9,999 relabellings are needed for a stable p, got {draws}")
    answers, n_first = np.vstack([earlier.to_numpy(float), later[earlier.columns].to_numpy(float)]), len(earlier)
    tested = np.minimum(earlier.notna().sum(), later[earlier.columns].notna().sum()) >= FEWEST_IN_A_GROUP
    observed, dealt, add = _dealt_together(answers, n_first, draws, seed)
    observed, dealt = observed * tested.to_numpy(), dealt * tested.to_numpy()
    adjusted = step_down(observed, dealt, add)
    return {name: float(p) if known else None for name, p, known in zip(earlier, adjusted, tested, strict=True)}


def _dealt_together(answers: np.ndarray, n_first: int, draws: int, seed: int) -> tuple[np.ndarray, np.ndarray, int]:
    """|T| of each measure as observed, and under each relabelling (relabellings × measures); 1 where the observed
    one must be added."""
    people = len(answers)
    values = [_one_hot(answers[:, place]) for place in range(answers.shape[1])]
    first = (np.arange(people) < n_first)[None, :]
    observed = np.array([abs(_t_of(first, one)[0]) for one in values])
    if people > LARGE_SAMPLE:
        return observed, _normal(answers, n_first, draws, seed), 1
    if comb(people, n_first) <= draws + 1:
        every = np.zeros((int(comb(people, n_first, exact=True)), people), dtype=bool)
        for row, chosen in enumerate(combinations(range(people), n_first)):
            every[row, chosen] = True
        return observed, np.column_stack([np.abs(_t_of(every, one)) for one in values]), 0
    rng, blocks = np.random.default_rng(seed), np.diff([*range(0, draws, 1000), draws])
    shuffled = (rng.random((block, people)).argsort(axis=1) < n_first for block in blocks)
    return observed, np.vstack([np.column_stack([np.abs(_t_of(b, one)) for one in values]) for b in shuffled]), 1


def _one_hot(values: np.ndarray) -> np.ndarray:
    """A row per respondent, a column per different value; a blank is in no column."""
    known = ~np.isnan(values)
    _, place = np.unique(np.round(values[known], 9), return_inverse=True)
    hot = np.zeros((values.size, max(place.max(initial=-1) + 1, 1)), dtype=np.float32)
    hot[np.flatnonzero(known), place] = 1
    return hot


def _t_of(first: np.ndarray, values: np.ndarray) -> np.ndarray:
    return studentised(np.rint(first.astype(np.float32) @ values), values.sum(axis=0))


def _normal(answers: np.ndarray, n_first: int, draws: int, seed: int) -> np.ndarray:
    """|T| drawn from the normal distribution with the correlations that each respondent's share in them gives."""
    shares = np.zeros_like(answers)
    for place in range(answers.shape[1]):
        one, other = answers[:n_first, place], answers[n_first:, place]
        for rows, mine, beside in ((slice(0, n_first), one, other), (slice(n_first, None), other, one)):
            known = np.sort(beside[~np.isnan(beside)])
            below = np.searchsorted(known, mine, "left") + np.searchsorted(known, mine, "right")
            part = below / (2 * max(known.size, 1))
            n, sign = max((~np.isnan(mine)).sum(), 1), -1 if rows.start == 0 else 1
            shares[rows, place] = np.where(
                np.isnan(mine), 0, sign * (part - np.nanmean(np.where(np.isnan(mine), np.nan, part))) / n
            )
    together = shares.T @ shares
    size = np.sqrt(np.diag(together))
    alike = together / np.where(size > 0, np.outer(size, size), 1)
    spread, axes = np.linalg.eigh(alike)
    drawn = np.random.default_rng(seed).standard_normal((draws, len(spread)))
    return np.abs((drawn * np.sqrt(spread.clip(0))) @ axes.T)
