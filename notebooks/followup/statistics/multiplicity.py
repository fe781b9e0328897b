"""Many tests at once: p adjusted within a family, by Holm or by Westfall and Young."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

from followup.statistics.linked_change import LARGE_SAMPLE, SEED, fewest_nonzero, whole_units

ROWS_AT_ONCE = 100_000  # of changes, while their products are summed


def holm(p_values: Mapping[str, float | None]) -> dict[str, float | None]:
    """Holm-adjusted p of each scale of a family named beforehand; one without a p stays in the family as if it were 1.

    Source: Holm 1979.
    """
    if not p_values:
        return {}
    raw = [1.0 if p is None else p for p in p_values.values()]
    adjusted = multipletests(raw, method="holm")[1]
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
    whole, scales = np.empty(changes.shape, dtype="int32"), np.ones(changes.shape[1])
    for place, item in enumerate(changes):
        whole[:, place] = whole_units(changes[item].fillna(0))
        scales[place] = np.sqrt((whole[:, place].astype(float) ** 2).sum()) or 1.0
    nonzero = np.count_nonzero(whole, axis=0)
    fewest = fewest_nonzero(len(nonzero), alpha) if fewest is None else fewest
    informative = whole[whole.any(axis=1)]
    sums = _drawn_sums if len(informative) > LARGE_SAMPLE else _flipped_sums
    adjusted = step_down(*sums(informative, scales, flips, seed))
    return {
        item: float(p) if n >= max(fewest, 1) else None
        for item, p, n in zip(changes.columns, adjusted, nonzero, strict=True)
    }


Sums = tuple[np.ndarray, np.ndarray, int]


def _drawn_sums(whole: np.ndarray, scales: np.ndarray, flips: int, seed: int) -> Sums:
    """As `_flipped_sums`, of many respondents: whose sums under flips depend on the products of their changes alone."""
    products = np.zeros((len(scales), len(scales)))
    for start in range(0, len(whole), ROWS_AT_ONCE):
        part = whole[start : start + ROWS_AT_ONCE].astype(float)
        products += part.T @ part
    spread, axes = np.linalg.eigh(products / np.outer(scales, scales))
    drawn = np.random.default_rng(seed).standard_normal((flips, len(spread)))
    return np.abs(whole.sum(axis=0) / scales), np.abs((drawn * np.sqrt(spread.clip(0))) @ axes.T), 1


def _flipped_sums(whole: np.ndarray, scales: np.ndarray, flips: int, seed: int) -> Sums:
    """|sum| of each item as observed and under each sign pattern (patterns × items), and 1 if the observed pattern must be
    added. `whole` has a row per respondent and a column per item, which `scales` divide.
    """
    n, standardised = len(whole), whole / scales
    observed = np.abs(standardised.sum(axis=0))
    if 2.0 ** (n - 1) <= flips + 1:
        patterns = (np.arange(2 ** max(n - 1, 0))[:, None] >> np.arange(n)) & 1
        return observed, np.abs((1.0 - 2.0 * patterns) @ standardised), 0
    rng, blocks = np.random.default_rng(seed), np.diff([*range(0, flips, 1000), flips])
    signs = (1.0 - 2.0 * rng.integers(0, 2, size=(block, n), dtype=np.int8) for block in blocks)
    return observed, np.concatenate([np.abs(block @ standardised) for block in signs]), 1


def step_down(observed: np.ndarray, flipped: np.ndarray, add: int) -> np.ndarray:
    """Step-down max-T p of each statistic: `observed` sizes, and those under each relabelling (relabellings × tests)."""
    order = np.argsort(observed)
    largest = np.maximum.accumulate(flipped[:, order], axis=1)
    reached = (largest >= observed[order] - 1e-9).sum(axis=0)
    p = np.maximum.accumulate(((reached + add) / (len(flipped) + add))[::-1])[::-1]
    adjusted = np.empty_like(p)
    adjusted[order] = p
    return adjusted
