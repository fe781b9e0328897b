"""The rule of a verdict: rose, fell, preserved or inconclusive, and the smallest change that would have been found."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats
from scipy.optimize import brentq


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


def minimum_detectable_change(sd: float, n: int, power: float = 0.8, alpha: float = 0.05) -> float | None:
    """Smallest mean change (points) that `n` linked respondents would show with that power; `sd` is of the changes."""
    return detectable(sd / np.sqrt(n), n - 1, power, alpha) if n > 1 and sd > 0 else None


def detectable(se: float, df: float, power: float = 0.8, alpha: float = 0.05) -> float:
    """Smallest estimate that a two-sided t test with this standard error finds, on the right side, with that power."""
    critical = stats.t.ppf(1 - alpha / 2, df)
    return float(brentq(lambda effect: stats.nct.sf(critical, df, effect) - power, 0.0, 2 * critical + 10) * se)
