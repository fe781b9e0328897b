"""How a number is rounded wherever a reader meets it: to the nearest step, a half away from zero.

So does every table, sentence and drawing, and one mean never reads 3.9 here and 4.0 there. Noise of floating-point
arithmetic is part of the half: 94.8 / 24 is a float below 3.95.
"""

import math

NOISE = 1e-9  # a difference that comes from floating-point arithmetic alone, in steps


def in_steps(value: float, step: float) -> int:
    """How many steps a number is, the nearest whole number of them."""
    steps = math.floor(abs(value) / step + 0.5 + NOISE)
    return -steps if value < 0 else steps


def to_digits(value: float, digits: int) -> float:
    """A number with so many decimals, and never a negative zero."""
    if not math.isfinite(value):
        return value
    return round(in_steps(value, 10.0**-digits) * 10.0**-digits, digits) + 0.0
