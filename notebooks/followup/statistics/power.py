"""What so many people can show: standard errors from an assumed spread of answers, never from those that were given."""

from typing import NamedTuple

import numpy as np

from followup.statistics.unlinked_change import welch_df
from followup.statistics.verdict_rule import detectable


class Error(NamedTuple):
    """Standard error of a mean change, in points, and its degrees of freedom."""

    se: float
    df: float


def planned_error(
    sd: float, correlation: float, linked: int, earlier_only: int = 0, later_only: int = 0
) -> Error | None:
    """Of the mean change, when answers have this `sd` (points) in each wave and this `correlation` within a person.

    `linked` people answer both waves, the others one; with nobody linked it is Welch's, with everybody the t test's,
    between them that of T_new2. None where there are too few for any. Source: Derrick et al. 2017.
    """
    first, second = linked + earlier_only, linked + later_only
    if min(first, second) < 2 or sd <= 0:
        return None
    if linked == first == second:
        return Error(sd * np.sqrt(2 * (1 - correlation) / linked), linked - 1)
    variance = 1 / first + 1 / second - 2 * correlation * linked / (first * second)
    welch = welch_df(sd**2 / first, first, sd**2 / second, second)
    if linked == 0:
        return Error(sd * np.sqrt(variance), welch)
    alone = earlier_only + later_only
    return Error(sd * np.sqrt(variance), linked - 1 + (welch - linked + 1) / (first + second) * alone)


def planned_gap_error(one: Error | None, other: Error | None) -> Error | None:
    """Of the difference of two groups' mean changes (Welch–Satterthwaite degrees of freedom)."""
    if one is None or other is None or min(one.df, other.df) <= 0:
        return None
    v1, v2 = one.se**2, other.se**2
    return Error(float(np.sqrt(v1 + v2)), float((v1 + v2) ** 2 / (v1**2 / one.df + v2**2 / other.df)))


def smallest_found(error: Error | None, tests: int = 1, alpha: float = 0.05, power: float = 0.8) -> float | None:
    """Smallest change (points) found with that power at the level really used: alpha / tests, the first step of Holm.

    Of a family of `tests` the first to be found has to pass that level, whichever it is; a further one a milder one.
    """
    if error is None or error.df <= 0:
        return None
    return detectable(error.se, error.df, power, alpha / max(tests, 1))
