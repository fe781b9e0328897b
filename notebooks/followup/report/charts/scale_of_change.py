"""The scale of every picture of changes and gaps: from −1 to +1, or wider where a number needs it."""

import pandas as pd

from followup.language import plain_number

STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)


def reach_of(numbers: pd.DataFrame) -> float:
    """How far the pictures of these numbers reach to each side of zero."""
    most = numbers.astype(float).abs().max().max()
    return next((float(step) for step in STEPS if pd.isna(most) or most <= step), float(most))


def ticks_of(reach: float) -> dict[float, str]:
    """The numbers that are written on the scale."""
    digits = 0 if (reach / 2).is_integer() else 1
    return {
        part * reach: plain_number(part * reach, digits if part % 1 else 0, signed=True)
        for part in (-1, -0.5, 0, 0.5, 1)
    }
