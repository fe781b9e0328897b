"""What an outsider knows of one statement, scale or group: the numbers that leave, each with its room.

Written for a list of waves and for no table in particular: whoever publishes numbers fills these in. All values are in
points of the answer scale; `Window` is what a rounded number says of the exact one.
"""

from dataclasses import dataclass
from math import inf, lcm
from typing import Literal, NamedTuple

import numpy as np
from scipy.special import stdtrit

NOISE = 1e-9


class Window(NamedTuple):
    """The lowest and the highest value that an exact number may have; both count."""

    low: float
    high: float

    def holds(self, value: float, noise: float = NOISE) -> bool:
        """Whether the value lies inside, but for floating-point noise."""
        return self.low - noise <= value <= self.high + noise


def rounded(value: float, step: float) -> Window:
    """What a number rounded to the nearest step says."""
    return Window(value - step / 2, value + step / 2)


def exact(value: float) -> Window:
    """What a number printed with all its digits says."""
    noise = 1e-9 * abs(value) + 1e-12
    return Window(value - noise, value + noise)


class Bounds(NamedTuple):
    """What the two printed bounds of an interval say of the exact bounds."""

    low: Window
    high: Window


def outward(low: float, high: float, step: float) -> Bounds:
    """What bounds moved outward on a grid say: the exact ones lie within a step of them, inside."""
    return Bounds(Window(low, low + step), Window(high - step, high))


@dataclass(frozen=True)
class AnswerScale:
    """The lowest and highest answer and how many steps make a point: 1 for a statement, 4 for a mean of four.

    `other_steps` are those of people who left items out (3 and 2 beside 4), of whom there are at most `incomplete`.
    """

    lowest: int
    highest: int
    steps_per_point: int = 1
    other_steps: tuple[int, ...] = ()
    incomplete: int = 0

    @property
    def unit(self) -> int:
        """How many of the units in which everyone's value is a whole number make a point."""
        return lcm(self.steps_per_point, *self.other_steps)

    @property
    def step(self) -> int:
        """The step of those who answered all items, in units."""
        return self.unit // self.steps_per_point

    def values(self) -> list[int]:
        """Every value a person with all items may have, in units."""
        return list(range(self.lowest * self.unit, self.highest * self.unit + 1, self.step))

    def changes(self) -> list[int]:
        """Every change a person may have, in units, those with fewer items included."""
        width = (self.highest - self.lowest) * self.unit
        steps = [self.unit // parts for parts in (self.steps_per_point, *self.other_steps)]
        return sorted({sign * size for step in steps for size in range(0, width + 1, step) for sign in (1, -1)})


@dataclass(frozen=True)
class Cells:
    """Answers in categories: `edges` (in points) part them, `counts` are the people in each from low to high.

    With edges (2.5, 3.5) and counts (4, 9, 15), four are below 2.5, an answer on an edge counts above it.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Withheld:
    """A form of the categories that did not leave: one cell held 1 to `few` − 1 people, or all were in one cell."""

    edges: tuple[float, ...]
    few: int


@dataclass(frozen=True)
class Wave:
    """One wave: how many answered, their answers in categories, the mean of all who answered."""

    n: int
    cells: tuple[Cells, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    mean: Window | None = None


@dataclass(frozen=True)
class Pair:
    """Two waves compared among the `linked`, who answered both; `first` and `second` are places in the list of waves.

    Everything is optional but the number of people: means of the linked, their change, its 95% and 90% t intervals,
    whether the 90% interval lies within the margin, the p of that (`p_kept`), the sign-flip p, Pratt's p, rank-biserial r, the one-sided p of
    "not lower by the margin", who rose, stayed and fell, the change of the share at or above `high_from` points.
    `few_moved` says that the three counts did not leave because a cell was smaller than that, `moved_at_most` how many
    changed at all, where it was told that they are too few to test or to be told of, `moved_at_least` where they are not.
    `ranks` and `beyond_zero` say on which side of "neither wave is higher" the ranks of unlinked waves lie, and on which
    side of zero the whole 95% interval of their means (1 above, −1 below). `change_of_all` is the
    difference of the two waves' means where not everyone is linked, and `linked_change` what a conclusion then says of the
    change of those who are. `method` says of whom intervals, the margin and p
    tell: the changes of "paired" people; everyone, "partly" linked (T_new2); two "unlinked" waves (Welch, and the p of
    Brunner and Munzel).
    """

    linked: int
    first: int = 0
    second: int = 1
    mean_first: Window | None = None
    mean_second: Window | None = None
    change: Window | None = None
    ci95: Bounds | None = None
    ci90: Bounds | None = None
    margin: float | None = None
    within: bool | None = None
    p_kept: Window | None = None
    p: Window | None = None
    p_pratt: Window | None = None
    rank_biserial: Window | None = None
    p_not_lower: Window | None = None
    rose: int | None = None
    same: int | None = None
    fell: int | None = None
    few_moved: int | None = None
    moved_at_most: int | None = None
    moved_at_least: int | None = None
    ranks: int | None = None
    beyond_zero: int | None = None
    high_from: float | None = None
    high_change: Window | None = None
    change_of_all: Window | None = None
    linked_change: Window | None = None
    method: Literal["paired", "partly", "unlinked"] = "paired"

    @property
    def tells_interval(self) -> bool:
        """Whether something left that follows from an estimate and its standard error."""
        told = (self.ci95, self.ci90, self.within, self.p_kept, self.ranks, self.beyond_zero)
        return any(known is not None for known in told) or (self.p is not None and self.method != "paired")

    @property
    def tells_spread(self) -> bool:
        """Whether something left that bounds the sum or the sum of squares of the linked people's changes."""
        return self.change is not None or (self.method == "paired" and self.tells_interval)


@dataclass(frozen=True)
class Known:
    """All that an outsider knows of one statement, scale or group."""

    scale: AnswerScale
    waves: tuple[Wave, ...]
    pairs: tuple[Pair, ...]


# From a mean and an interval to a sum and a sum of squares ----------------------------------------------------------


def sums(pair: Pair, unit: int) -> range:
    """Every sum of individual changes, in units, that the released change allows."""
    widest = pair.linked * 10**4
    low, high = pair.change or Window(-inf, inf)
    first = max(-widest, np.ceil((low - NOISE) * pair.linked * unit))
    return range(int(first), int(min(widest, np.floor((high + NOISE) * pair.linked * unit))) + 1)


def squares(pair: Pair, total: int, unit: int) -> range:
    """Every sum of squared changes, in units², that the intervals and the margin allow beside that sum of changes.

    A t interval is the mean ± t·s/√n, so each window of a bound is a window of s, and s² is (Σd² − (Σd)²/n) / (n − 1).
    """
    n, mean = pair.linked, total / pair.linked / unit
    least, most = 0.0, inf
    if pair.method != "paired":
        return range(n * (10**4) ** 2)
    for level, bounds in ((0.95, pair.ci95), (0.90, pair.ci90)):
        if bounds is not None:
            half = _halves(mean, bounds)
            least, most = max(least, _spread(half.low, n, level)), min(most, _spread(half.high, n, level))
    if pair.within is not None and pair.margin is not None:
        room, edge = pair.margin - abs(mean), 0.0
        limit = _spread(max(room, edge), n, 0.90)
        least, most = (least, min(most, limit if room > 0 else -1)) if pair.within else (max(least, limit), most)
        if pair.within and pair.p_kept is not None and room > 0:
            ends = [_spread(room, n, 1 - 2 * p) for p in pair.p_kept]  # the smaller the p, the smaller the spread
            least, most = max(least, ends[0]), min(most, ends[1])
    lowest = np.ceil(least * unit**2 + total**2 / n - 1e-6)
    highest = np.floor(min(most, 10**9) * unit**2 + total**2 / n + 1e-6) if most >= 0 else -1
    return range(int(lowest), int(min(highest, n * (10**4) ** 2)) + 1)


def _halves(mean: float, bounds: Bounds) -> Window:
    """Half the width of an interval, as far as both of its bounds let it be."""
    return Window(
        max(mean - bounds.low.high, bounds.high.low - mean, 0.0), min(mean - bounds.low.low, bounds.high.high - mean)
    )


def _spread(half: float, n: int, level: float) -> float:
    """The sum of squared deviations (points²) that gives a t interval of that half width."""
    if level >= 1:
        return 0.0
    t = float(stdtrit(n - 1, (1 + level) / 2))
    return -1.0 if half < 0 else (half / t) ** 2 * n * (n - 1)
