"""The rule of a verdict: rose, fell, preserved or inconclusive, and the smallest change that would have been found."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from scipy import stats
from scipy.optimize import brentq

FLAT = 1e-9  # a difference that comes from floating-point arithmetic alone, in points
KEPT_LEVEL = 0.05  # of each one-sided test behind "preserved": that of a 90% interval


@dataclass(frozen=True)
class Verdict:
    """What may be said of a change: `verdict` in one word and `reason` as a code.

    `kept` answers the margin question alone: "shown", "not shown", "contradicted", or None without an interval.
    `beyond` names the bounds of the 90% interval that reach past the margin: "lower", "upper", "both" or None.
    Reasons of rose and fell: p_adjusted. Of preserved: margin_met, nobody_changed. Of inconclusive: why the p does not
    decide (ranks_higher and ranks_lower, where the mean is not, interval_includes_zero, linked_disagree), why the margin
    does not (not_after_adjustment, linked_beyond_margin, lower_bound_beyond_margin, upper_bound_beyond_margin,
    both_bounds_beyond_margin), no_margin, no_interval. `no_test` repeats why there was no p.
    """

    verdict: Literal["rose", "fell", "preserved", "inconclusive"]
    reason: str
    kept: Literal["shown", "not shown", "contradicted"] | None
    beyond: Literal["lower", "upper", "both"] | None
    p_adjusted: float | None
    margin: float | None
    alpha: float
    no_test: str | None


class Beside(NamedTuple):
    """What a conclusion may not contradict: other results of the same answers, in points.

    `ranks` is P(later > earlier) − 0.5 + half of the ties and `ci95` the interval of the mean difference, of unlinked
    waves, whose p is of ranks; `linked` is the change of those who answered both, where everyone's is concluded from.
    """

    ranks: float | None = None
    ci95: tuple[float, float] | None = None
    linked: float | None = None


NOTHING_BESIDE = Beside()


def verdict(
    change: float | None,
    ci90: tuple[float, float] | None,
    p_adjusted: float | None,
    margin: float | None,
    alpha: float = 0.05,
    *,
    kind: Literal["equivalence", "non-inferiority"] = "equivalence",
    no_test: str | None = None,
    p_kept_adjusted: float | None = None,
    beside: Beside = NOTHING_BESIDE,
    nobody_changed: bool = False,
) -> Verdict:
    """Rose or fell if the adjusted p is at most alpha; preserved if the 90% interval meets the margin; or inconclusive.

    `change`, `ci90` and `margin` are in points; the margin is fixed beforehand (0.5 for an item, 0.3 for a scale).
    Equivalence asks that both bounds lie inside ±margin, non-inferiority only that the lower one is above −margin;
    `p_kept_adjusted` is the p of that (`kept_p`), adjusted within its family, and may not exceed 0.05: without it the
    test stands alone. Where all linked people gave the same answer again, `nobody_changed`, it is preserved.
    "No significant change" is never "preserved": without a p, and without a margin met, the answer is inconclusive.
    Nothing is concluded that a result `beside` contradicts.
    """
    kept, beyond = _kept(ci90, margin, kind)
    found = p_adjusted is not None and p_adjusted <= alpha
    against = _against_direction(change or 0.0, beside) if found else None
    if found and (against or abs(change or 0.0) > FLAT):
        word, reason = ("inconclusive", against) if against else ("rose" if change > 0 else "fell", "p_adjusted")
    elif nobody_changed:
        word, reason, kept = "preserved", "nobody_changed", "shown"
    elif kept == "shown":
        reason = _against_kept(p_kept_adjusted, margin, kind, beside) or "margin_met"
        word = "preserved" if reason == "margin_met" else "inconclusive"
    else:
        bounds = f"{beyond}_bound{'s' if beyond == 'both' else ''}_beyond_margin"
        word, reason = "inconclusive", "no_interval" if ci90 is None else "no_margin" if margin is None else bounds
    return Verdict(word, reason, kept, beyond, p_adjusted, margin, alpha, no_test if p_adjusted is None else None)


def _against_direction(change: float, beside: Beside) -> str | None:
    """What stands in the way of saying that a change found by its p rose or fell; None where nothing does."""
    if beside.ranks is not None:
        if change * beside.ranks <= 0 or abs(change) <= FLAT:
            return "ranks_higher" if beside.ranks > 0 else "ranks_lower"
        if beside.ci95 is not None and beside.ci95[0] <= 0 <= beside.ci95[1]:
            return "interval_includes_zero"
    return "linked_disagree" if beside.linked is not None and change * beside.linked < -(FLAT**2) else None


def _against_kept(p_adjusted: float | None, margin: float, kind: str, beside: Beside) -> str | None:
    """What stands in the way of "preserved" where the 90% interval lies within the margin; None where nothing does."""
    if p_adjusted is not None and p_adjusted > KEPT_LEVEL:
        return "not_after_adjustment"
    moved = beside.linked or 0.0
    beyond = moved <= -margin or (kind == "equivalence" and moved >= margin)
    return "linked_beyond_margin" if beyond else None


def kept_p(change: float, se: float, df: float, margin: float, kind: str = "equivalence") -> float:
    """p of "the change lies within the margin", all in points: the larger of two one-sided t tests, or the lower one.

    At most 0.05 exactly where the 90% interval lies within the margin. Source: Schuirmann 1987; Lakens 2017.
    """
    if se < 1e-12:
        inside = change > -margin and (kind == "non-inferiority" or change < margin)
        return 0.0 if inside else 1.0
    lower, upper = stats.t.sf((change + margin) / se, df), stats.t.cdf((change - margin) / se, df)
    return float(lower if kind == "non-inferiority" else max(lower, upper))


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


def detectable(se: float, df: float, power: float = 0.8, alpha: float = 0.05) -> float:
    """Smallest estimate that a two-sided t test with this standard error finds, on the right side, with that power."""
    return float(_standard_errors_found(df, power, alpha) * se)


@lru_cache(maxsize=4096)
def _standard_errors_found(df: float, power: float, alpha: float) -> float:
    """The same in standard errors: tests of as many people share it."""
    critical = stats.t.ppf(1 - alpha / 2, df)
    return brentq(lambda effect: stats.nct.sf(critical, df, effect) - power, 0.0, 2 * critical + 10)
