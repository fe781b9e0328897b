"""What becomes of a gap when both groups rise or fall alike: the ends of a scale hold back whoever stands nearer to them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, logit

FARTHEST = 12.0  # a shift on the logit scale beyond which all answers are at one end


def equal_shift_gap_change(
    first: pd.DataFrame,
    second: pd.DataFrame,
    codes: Sequence[float],
    change_first: float,
    change_second: float,
) -> float | None:
    """Change of the gap (second minus first, points) that one and the same shift of both groups would have given.

    `first` and `second` are the groups' earlier answers to the items of a scale, a row per respondent, blanks as NaN;
    `codes` all response options; `change_first` and `change_second` the mean changes observed. The shift is in the log
    odds of a higher answer, the same for everyone, so that it is the groups' mean change together; what it moves in
    points depends on the room that each group had left. None where a group has no answers.
    Source: the proportional-odds model, McCullagh 1980.
    """
    groups, sizes = (first, second), (len(first.dropna(how="all")), len(second.dropna(how="all")))
    if min(sizes) == 0:
        return None
    codes = np.sort(np.asarray(codes, dtype=float))
    odds = [_cumulative_log_odds(group, codes) for group in groups]
    moved = (change_first * sizes[0] + change_second * sizes[1]) / sum(sizes)

    def left(shift: float) -> float:
        return sum(n * _moved(one, codes, shift) for n, one in zip(sizes, odds, strict=True)) / sum(sizes) - moved

    if left(FARTHEST) <= 0 or left(-FARTHEST) >= 0:
        shift = FARTHEST if moved > 0 else -FARTHEST
    else:
        shift = brentq(left, -FARTHEST, FARTHEST, xtol=1e-10)
    return float(_moved(odds[1], codes, shift) - _moved(odds[0], codes, shift))


def _cumulative_log_odds(answers: pd.DataFrame, codes: np.ndarray) -> np.ndarray:
    """Log odds of an answer at or below each code but the last, items × codes; a cell without answers counts a half."""
    rows = []
    for item in answers:
        values = answers[item].dropna().to_numpy(dtype=float)
        if values.size:
            below = (values[None, :] <= codes[:-1, None] + 1e-9).sum(axis=1)
            rows.append(logit(np.clip(below, 0.5, values.size - 0.5) / values.size))
    return np.array(rows)


def _moved(odds: np.ndarray, codes: np.ndarray, shift: float) -> float:
    """Mean change of the items, in points, when their log odds shift: sums of P(at or below) between the codes."""
    steps = np.diff(codes)
    return float(((expit(odds) - expit(odds - shift)) * steps).sum(axis=1).mean())
