"""Every way in which people can have moved that fits a sum, a sum of squares and counts; and the tests of a way.

A way is a count vector: how many people changed by how much, in whole units. Nobody's name is in it, and yet where one
way alone remains, the largest rise and fall and everyone's change are told.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from time import monotonic
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, stdtr

from followup.disclosure.outsider import Known, Pair, squares, sums

EXACT_UP_TO = 200
Way = tuple[
    tuple[int, int], ...
]  # (change in units, people), from the largest fall to the largest rise, none of 0 people


class TooMany(Exception):
    """There are more ways than are looked through, or the time is up; `found` ways fit until then."""

    def __init__(self, found: int):
        super().__init__(f"cut off after {found} ways")
        self.found = found


def ways_that_fit(known: Known, place: int = 0, most: int = 200_000, until: float | None = None) -> list[Way]:
    """Every way that fits what is known of one pair of waves, but for the categories of either wave.

    Raises TooMany beyond `most` ways that fit the sums, and when `until` (of `time.monotonic`) has passed.
    """
    pair, unit = known.pairs[place], known.scale.unit
    sizes = tuple(sorted({abs(change) for change in known.scale.changes()} - {0}, reverse=True))
    finer = frozenset(size for size in sizes if size % known.scale.step), known.scale.incomplete
    fitting, seen = [], 0
    for total in sums(pair, unit):
        for way in _ways(pair, sizes, finer, total, squares(pair, total, unit)):
            seen += 1
            if seen > most or (until is not None and seen % 256 == 0 and monotonic() > until):
                raise TooMany(len(fitting))
            if passes_tests(way, pair, unit):
                fitting.append(way)
    return fitting


class _Left(NamedTuple):
    """What is still to be dealt: people who rose, who fell, whose direction is not known; the sum, the least squares.

    Of all these at most `finer` may have a step that people with all items cannot have.
    """

    rose: int
    fell: int
    spare: int
    total: int
    square: int
    finer: int


def _ways(pair: Pair, sizes: tuple[int, ...], finer: tuple, total: int, square: range) -> Iterator[Way]:
    """The ways of one sum: for each size of change, from the largest down, how many rose and how many fell by it."""
    if not len(square):
        return
    told = pair.rose is not None and pair.fell is not None
    movers = (pair.rose, pair.fell, 0) if told else (0, 0, pair.linked)
    for way in _dealt(sizes, finer[0], _Left(*movers, total, square[0], finer[1]), square[-1] - square[0]):
        moved = sum(people for _, people in way)
        if pair.linked - moved == pair.same or pair.same is None:
            zeros = ((0, pair.linked - moved),) if moved < pair.linked else ()
            yield tuple(sorted((*way, *zeros)))


def _dealt(sizes: tuple[int, ...], finer: frozenset[int], start: _Left, slack: int) -> Iterator[Way]:
    """Depth first over the sizes; a branch is entered only where some way lies behind it."""

    def choices(place: int, left: _Left) -> Iterator[tuple[int, int, _Left]]:
        return _choices(sizes[place], left, slack, sizes[place] in finer)

    @cache
    def possible(place: int, left: _Left) -> bool:
        if not _within_reach(sizes[place:], left, slack):
            return False
        return place == len(sizes) or any(possible(place + 1, rest) for _, _, rest in choices(place, left))

    def walk(place: int, left: _Left, way: Way) -> Iterator[Way]:
        if place == len(sizes):
            yield way
            return
        size = sizes[place]
        for up, down, rest in choices(place, left):
            if possible(place + 1, rest):
                more = tuple((change, people) for change, people in ((size, up), (-size, down)) if people)
                yield from walk(place + 1, rest, way + more)

    if possible(0, start):
        yield from walk(0, start, ())


def _choices(size: int, left: _Left, slack: int, finer: bool) -> Iterator[tuple[int, int, _Left]]:
    """How many can have risen and fallen by exactly that size, and what is left then."""
    room = min((left.square + slack) // size**2, left.finer if finer else left.rose + left.fell + left.spare)
    for up in range(min(left.rose + left.spare, room) + 1):
        for down in range(min(left.fell + (left.spare and left.spare - up), room - up) + 1):
            moved = up + down
            people = (0, 0, left.spare - moved) if left.spare else (left.rose - up, left.fell - down, 0)
            sums_left = left.total - size * (up - down), left.square - size**2 * moved
            yield up, down, _Left(*people, *sums_left, left.finer - moved * finer)


def _within_reach(sizes: tuple[int, ...], left: _Left, slack: int) -> bool:
    """Whether the sums can still come out with changes of the sizes that remain; True may be wrong, False is not."""
    people, highest = left.rose + left.fell + left.spare, left.square + slack
    if highest < 0 or not sizes:
        return highest >= 0 >= left.square and left.total == 0 and left.rose + left.fell == 0
    most, least = sizes[0], sizes[-1]
    up = (left.rose + left.spare) * most - left.fell * least
    down = (left.fell + left.spare) * most - left.rose * least
    enough = (left.rose + left.fell) * least**2 <= highest and people * most**2 >= left.square
    return enough and -down <= left.total <= up and left.total**2 <= people * highest


# Tests of one way ---------------------------------------------------------------------------------------------------


def passes_tests(way: Way, pair: Pair, unit: int) -> bool:
    """Whether a way gives every test result that left, and counts of movers that were rightly withheld."""
    rose, fell = _movers(way)
    if not _withheld_rightly(rose, pair.linked - rose - fell, fell, pair.few_moved):
        return False
    if pair.moved_at_most is not None and rose + fell > pair.moved_at_most:
        return False
    if pair.moved_at_least is not None and rose + fell < pair.moved_at_least:
        return False
    if pair.method != "paired":
        return True
    tests = (
        (pair.p_not_lower, lambda: not_lower(way, pair.margin, unit)),
        (pair.rank_biserial, lambda: rank_biserial(way)),
        (pair.p, lambda: sign_flip_p(way)),
        (pair.p_pratt, lambda: pratt_p(way)),
    )
    return all(window is None or window.holds(test(), 1e-12) for window, test in tests)


def _movers(way: Way) -> tuple[int, int]:
    return sum(people for change, people in way if change > 0), sum(people for change, people in way if change < 0)


def _withheld_rightly(rose: int, same: int, fell: int, few: int | None) -> bool:
    return few is None or min(rose, fell) < few or 0 < same < few


def sign_flip_p(way: Way) -> float:
    """Exact two-sided p of the mean change under all sign patterns; its normal form beyond 200 people who changed."""
    sizes = [abs(change) for change, people in way for _ in range(people) if change]
    return _flipped(tuple(sorted(sizes)), abs(sum(change * people for change, people in way)))


@lru_cache(maxsize=100_000)
def _flipped(sizes: tuple[int, ...], total: int) -> float:
    if not sizes:
        return 1.0
    if len(sizes) > EXACT_UP_TO:
        return float(2 * ndtr(-total / np.sqrt(np.square(np.array(sizes, dtype=float)).sum())))
    step = int(np.gcd.reduce(sizes))
    chance = np.ones(1)
    for size in sizes:
        longer = np.zeros(chance.size + size // step)  # how much of the total falls to those who rose
        longer[: chance.size] = chance / 2
        longer[size // step :] += chance / 2
        chance = longer
    distance = np.abs(2 * np.arange(chance.size) - (chance.size - 1))
    return min(1.0, float(chance[distance >= total // step].sum()))


def _ranks(way: Way, with_zeros: bool) -> tuple[np.ndarray, np.ndarray]:
    """Twice the rank of the size of each person's change, and the changes."""
    changes = np.array([change for change, people in way for _ in range(people) if change or with_zeros])
    _, place, people = np.unique(np.abs(changes), return_inverse=True, return_counts=True)
    return (2 * np.cumsum(people) - people + 1)[place], changes


def pratt_p(way: Way) -> float:
    """The same of signed ranks, in which people who did not change take the lowest ranks and then say nothing."""
    ranks, changes = _ranks(way, True)
    signed = np.sign(changes) * ranks
    return _flipped(tuple(sorted(np.abs(signed[signed != 0]).tolist())), abs(int(signed.sum())))


def rank_biserial(way: Way) -> float:
    """From −1 (all who changed fell) to 1 (all rose); 0 where nobody changed."""
    ranks, changes = _ranks(way, False)
    return float((np.sign(changes) * ranks).sum() / ranks.sum()) if len(ranks) else 0.0


def not_lower(way: Way, margin: float, unit: int) -> float:
    """One-sided p of the t test that the mean change is not below −margin (points); 1 where all changes are equal."""
    n, total, square = (sum(people * change**power for change, people in way) for power in (0, 1, 2))
    spread = (square - total**2 / n) / (n - 1) / unit**2
    return float(stdtr(n - 1, -(total / n / unit + margin) / np.sqrt(spread / n))) if spread > 0 else 1.0
