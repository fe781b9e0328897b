"""Room left at the ends of a scale: with many at the top already, a rise is hard to see.

Imports neither scipy nor statsmodels, which take half a second that the driver of a build does not have.
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

FLAGGED_ABOVE, BLOCKED_ABOVE = 0.15, 0.50  # shares at the top of a scale: a rise is hard to see, and cannot be seen


class RoomLeft(NamedTuple):
    """Share (0 to 1) of `n` respondents at one end of the scale, and its flag; None without respondents.

    "flagged" above 15%; "cannot show" above 50%: a ceiling then cannot show a rise, a floor cannot show a fall.
    """

    share: float | None
    n: int
    flag: Literal["flagged", "cannot show"] | None


def ceiling(values: ArrayLike, highest: float) -> RoomLeft:
    """Share already at the top option (or top score) in a wave. Source: Terwee 2007."""
    return _room(share_at_top(values, highest), values)


def floor(values: ArrayLike, lowest: float) -> RoomLeft:
    """Share already at the lowest option (or score) in a wave. Source: Terwee 2007."""
    return _room(share_at_top(-np.asarray(values, dtype=float), -lowest), values)


def share_at_top(values: ArrayLike, highest: float) -> float | None:
    """Share (0 to 1) of the answers that are at the top, None without answers; ValueError for one above it."""
    values = np.asarray(values, dtype=float)
    values = values[~np.isnan(values)]
    if (values > highest + 1e-9).any():
        raise ValueError(f"an answer lies beyond the end of the scale, {highest:g}")
    return float((values >= highest - 1e-9).mean()) if values.size else None


def _room(share: float | None, values: ArrayLike) -> RoomLeft:
    flag = None
    if share is not None and share > FLAGGED_ABOVE:
        flag = "cannot show" if share > BLOCKED_ABOVE else "flagged"
    return RoomLeft(share, int(np.sum(~np.isnan(np.asarray(values, dtype=float)))), flag)
