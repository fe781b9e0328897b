"""Would other answers print the same interval for a finite roster? If none are found the interval would tell them all.

A mean and its interval to one decimal leave many ways to answer, unless nearly everybody gave one of two answers.
"""

from itertools import product

import numpy as np
from scipy.special import stdtrit

from followup.rounding import NOISE

DECIMALS = 1
FEW_VALUES = 6  # up to so many possible answers three people are moved at a time, else two


def leaves_others(values: np.ndarray, roster: int, steps: int, ends: tuple[int, int], edges: tuple[float, ...]) -> bool:
    """Whether two or three people could have answered otherwise, with the same mean and interval as printed.

    `values` are in points, each a whole number of 1/`steps` but for people who left a statement out: these stay. `ends`
    are the lowest and the highest answer; `edges` part the categories, of which as many stay in each.
    """
    grid = np.arange(ends[0] * steps, ends[1] * steps + 1) / steps
    on_grid = np.abs(values[:, None] - grid) < 1e-6
    have = on_grid.sum(axis=0)
    moved = 3 if len(grid) <= FEW_VALUES else 2
    some = np.array(list(product(range(len(grid)), repeat=moved)))
    kinds = np.sort(some, axis=1)
    some = some[(kinds == some).all(axis=1)]  # each choice of answers once
    counts = np.stack([(some == place).sum(axis=1) for place in range(len(grid))], axis=1)
    out = some[(counts <= have).all(axis=1)]
    category = np.searchsorted(edges, grid, side="right")
    for taken in out:
        same = (np.sort(category[some], axis=1) == np.sort(category[taken])).all(axis=1) & (some != taken).any(axis=1)
        if same.any() and _prints_the_same(values, roster, grid[taken], grid[some[same]]):
            return True
    return False


def _prints_the_same(values: np.ndarray, roster: int, taken: np.ndarray, given: np.ndarray) -> bool:
    """Whether any of these answers, in place of those that are taken out, gives the same printed numbers."""
    n, total, square = len(values), values.sum(), (values**2).sum()
    totals = total - taken.sum() + given.sum(axis=1)
    squares = square - (taken**2).sum() + (given**2).sum(axis=1)
    told = _printed(n, roster, np.array([total]), np.array([square]))
    return bool((_printed(n, roster, totals, squares) == told).all(axis=1).any())


def _printed(n: int, roster: int, totals: np.ndarray, squares: np.ndarray) -> np.ndarray:
    """Mean, lower and upper bound as they are printed, a row for each."""
    means = totals / n
    spread = np.sqrt(np.maximum(squares - n * means**2, 0) / (n - 1))
    half = stdtrit(n - 1, 0.975) * spread * np.sqrt((1 - n / roster) / n)
    told = np.stack([means, means - half, means + half], axis=1)
    return np.copysign(np.floor(np.abs(told) * 10**DECIMALS + 0.5 + NOISE), told) / 10**DECIMALS  # as `to_digits`
