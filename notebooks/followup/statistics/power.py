"""What so many people can show: standard errors from an assumed spread of answers, never from those that were given."""

from typing import NamedTuple

import numpy as np
from scipy import stats

from followup.statistics.linked_change import SEED
from followup.statistics.unlinked_change import welch_df
from followup.statistics.verdict_rule import KEPT_LEVEL, detectable


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


class Chances(NamedTuple):
    """How often (0 to 1) each conclusion is drawn: a change in the true direction, in the wrong one, preserved, none."""

    told: float
    wrong: float
    preserved: float
    inconclusive: float


def chances(
    change: float,
    spread: tuple[float, float],
    people: tuple[int, int, int],
    *,
    margin: float,
    tests: int = 1,
    alpha: float = 0.05,
    kind: str = "equivalence",
    replicates: int = 4000,
    seed: int = SEED,
) -> Chances | None:
    """Of a measure of a family of `tests`, when its mean truly changes by `change` points: simulated, by the t forms.

    `spread` is the standard deviation of answers and their correlation within a person; `people` how many answer both
    waves, the earlier alone, the later alone. Answers are normal; a change is told at alpha / tests and "preserved" at
    0.05 / tests, the strictest step of Holm. Where nothing changes no direction is true, and `told` is either. None of
    too few. Source: Schuirmann 1987; Derrick et al. 2017.
    """
    if planned_error(*spread, *people) is None:
        return None
    estimate, se, df = _estimates(change, spread, people, replicates, np.random.default_rng(seed))
    found = 2 * stats.t.sf(np.abs(estimate) / se, df) <= alpha / tests
    lower, upper = stats.t.sf((estimate + margin) / se, df), stats.t.cdf((estimate - margin) / se, df)
    kept = (lower if kind == "non-inferiority" else np.maximum(lower, upper)) <= KEPT_LEVEL / tests
    wrong = found & (estimate * change < 0)
    told, preserved = found & ~wrong, kept & ~found
    return Chances(*(float(np.mean(one)) for one in (told, wrong, preserved, ~found & ~kept)))


def _estimates(change: float, spread: tuple, people: tuple, replicates: int, rng: np.random.Generator) -> tuple:
    """The change of each simulated cohort, its standard error and degrees of freedom: paired, Welch's or T_new2."""
    (sd, r), (linked, first_only, second_only) = spread, people
    n1, n2 = linked + first_only, linked + second_only
    before, own = (sd * rng.standard_normal((replicates, n)) for n in (n1, n2))
    after = own + change
    after[:, :linked] = change + r * before[:, :linked] + np.sqrt(1 - r**2) * own[:, :linked]
    if linked == n1 == n2:
        moved = after - before
        return moved.mean(axis=1), moved.std(axis=1, ddof=1) / np.sqrt(linked), linked - 1
    s1, s2 = before.var(axis=1, ddof=1), after.var(axis=1, ddof=1)
    welch, shared = welch_df(s1 / n1, n1, s2 / n2, n2), 0.0
    df = welch
    if linked:
        x, y = (wave[:, :linked] - wave[:, :linked].mean(axis=1, keepdims=True) for wave in (before, after))
        alike = (x * y).sum(axis=1) / np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
        shared = 2 * alike * np.sqrt(s1 * s2) * linked / (n1 * n2)
        df = linked - 1 + (welch - linked + 1) / (n1 + n2) * (first_only + second_only)
    return after.mean(axis=1) - before.mean(axis=1), np.sqrt(np.maximum(s1 / n1 + s2 / n2 - shared, 1e-12)), df
