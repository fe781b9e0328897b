"""The change of the share of high answers, linked and unlinked: McNemar, Tango, Newcombe."""

from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.optimize import brentq

from followup.statistics.linked_change import (
    TOO_FEW_CHANGES,
    TOO_FEW_PEOPLE,
    Answers,
    Interval,
    fewest_nonzero,
    linked_pairs,
)


@dataclass(frozen=True)
class TopBoxChange:
    """Change of the share in the top box among linked respondents: counts, shares (0 to 1) and their difference."""

    n: int
    both: int
    lost: int
    gained: int
    neither: int
    share_earlier: float | None
    share_later: float | None
    change: float | None
    tango95: Interval | None
    p_mcnemar_mid: float | None
    no_test: str | None


def top_box_change(earlier: Answers, later: Answers, top: float) -> TopBoxChange:
    """Change of the share who answered `top` or higher: one value per linked respondent in each wave, in one order."""
    first, second = (wave >= top for wave in linked_pairs(earlier, later))
    cells = (first & second, first & ~second, ~first & second, ~first & ~second)
    return top_box_from_counts(*(int(cell.sum()) for cell in cells))


def top_box_from_counts(both: int, lost: int, gained: int, neither: int) -> TopBoxChange:
    """The same from four counts: in the top box in both waves, only in the earlier, only in the later, in neither."""
    n = both + lost + gained + neither
    too_few = TOO_FEW_PEOPLE if n < 2 else TOO_FEW_CHANGES if lost + gained < fewest_nonzero() else None
    return TopBoxChange(
        n,
        both,
        lost,
        gained,
        neither,
        share_earlier=(both + lost) / n if n else None,
        share_later=(both + gained) / n if n else None,
        change=(gained - lost) / n if n else None,
        tango95=tango(lost, gained, n) if n > 1 else None,
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
    """Score interval for the difference of two linked shares (later minus earlier). Source: Tango 1998."""
    z, difference, edge = stats.norm.ppf((1 + level) / 2), (gained - lost) / n, 1 - 1e-12

    def score(delta: float) -> float:
        b = (2 * n - gained + lost) * delta - lost - gained
        fell = (np.sqrt(b**2 + 8 * n * lost * delta * (1 - delta)) - b) / (4 * n)
        return (gained - lost - n * delta) / np.sqrt(max(n * (2 * fell + delta * (1 - delta)), 1e-300))

    low = -1.0 if lost == n else brentq(lambda delta: score(delta) - z, -edge, difference, xtol=1e-13)
    high = 1.0 if gained == n else brentq(lambda delta: score(delta) + z, difference, edge, xtol=1e-13)
    return Interval(float(low), float(high))
