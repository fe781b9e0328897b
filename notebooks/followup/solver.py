"""Can anybody be worked out from what leaves? Of one statement, scale or group: what still may be, and the promise.

The promise (issue 13): no vector of individual changes, no largest rise or fall and no group's answers follow; of
everyone who "moved by two or more points" a value of 0 or of at least five remains from 20 linked people on, and below
20 at least two values. Every "may be" is backed by people who fit all that left, tests included; every "must be" by
HiGHS or by full enumeration.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import monotonic

from followup.moves import TooMany, Way, passes_tests, ways_that_fit
from followup.outsider import Known, Pair
from followup.population import NoAnswer, People, Population, TooLarge

MOST_PEOPLE = 80  # beyond so many linked people the table of rules by n is enough
FULL_PROMISE_FROM, ENOUGH = 20, 5
LARGE_MOVE = 2  # points
TOO_LARGE, CUT_OFF = "too large, the table of rules is enough", "cut off: the time was up"


@dataclass(frozen=True)
class Remains:
    """What remains possible for one pair of waves, as far as it was found.

    Each is a set of values seen among people who fit; with `whole` it is all there is to be found of it, otherwise more
    may remain. `ways` are the vectors of individual changes that were met.
    """

    linked: int
    ways: frozenset[Way] = frozenset()
    largest_rise: frozenset[int] = frozenset()
    largest_fall: frozenset[int] = frozenset()
    rose_far: frozenset[int] = frozenset()
    fell_far: frozenset[int] = frozenset()
    first_answers: frozenset[Way] = frozenset()
    second_answers: frozenset[Way] = frozenset()
    note: str | None = None

    @property
    def nothing_fits(self) -> bool:
        """Whether no people fit at all: the published numbers contradict each other, or the solver was cut off."""
        return not self.ways and self.note is None

    def broken(self) -> list[str]:
        """What of the promise does not hold, in words; empty where all holds or the case is too large."""
        if self.note == TOO_LARGE:
            return []
        if not self.ways:
            return [self.note or "no people fit the published numbers"]
        told = {
            "everyone's change": self.ways,
            "the largest rise": self.largest_rise,
            "the largest fall": self.largest_fall,
            "the answers of the first wave": self.first_answers,
            "the answers of the second wave": self.second_answers,
        }
        return [name for name, values in told.items() if len(values) == 1] + [
            f"how many {name} by two or more"
            for name, values in (("rose", self.rose_far), ("fell", self.fell_far))
            if not self._enough(values)
        ]

    def _enough(self, values: frozenset[int]) -> bool:
        if self.linked < FULL_PROMISE_FROM:
            return len(values) > 1
        return min(values) == 0 or max(values) >= ENOUGH


@dataclass
class _Met:
    """People who fit, gathered while questions are asked."""

    pair: Pair
    unit: int
    people: list[People] = field(default_factory=list)

    def takes(self, people: People | None) -> bool:
        """Whether they pass the tests that no programme knows (p, ranks), and are kept if so."""
        fits = people is not None and passes_tests(people.way(self.pair), self.pair, self.unit)
        if fits:
            self.people.append(people)
        return fits

    def remains(self, note: str | None = None) -> Remains:
        pair, far = self.pair, LARGE_MOVE * self.unit
        ways = [people.way(pair) for people in self.people]
        return Remains(
            linked=pair.linked,
            ways=frozenset(ways),
            largest_rise=frozenset(max(0, max(change for change, _ in way)) for way in ways if way),
            largest_fall=frozenset(min(0, min(change for change, _ in way)) for way in ways if way),
            rose_far=frozenset(sum(n for change, n in way if change >= far) for way in ways),
            fell_far=frozenset(sum(n for change, n in way if change <= -far) for way in ways),
            first_answers=frozenset(people.answers(pair.first, pair.second) for people in self.people),
            second_answers=frozenset(people.answers(pair.second, pair.first) for people in self.people),
            note=note,
        )


def what_remains(known: Known, place: int = 0, seconds: float = 10.0) -> Remains:
    """What an outsider cannot tell of one pair of waves: asks until the promise holds, or nothing is left to ask.

    `place` is the pair's in `known.pairs`; other pairs and waves hold too. `note` says where it was cut off or is too
    large. Nothing that is missing from the sets was excluded, unless the promise is broken and there is no note.
    """
    pair, until = known.pairs[place], monotonic() + seconds
    if pair.linked > MOST_PEOPLE:
        return Remains(pair.linked, note=TOO_LARGE)
    try:
        population = Population(known, until)
    except TooLarge:
        return Remains(pair.linked, note=TOO_LARGE)
    met = _Met(pair, known.scale.unit)
    try:
        for question in _questions(population, met):
            if met.people and not met.remains().broken():
                break
            met.takes(question())
    except NoAnswer:
        return met.remains(CUT_OFF)
    return met.remains()


def _questions(population: Population, met: _Met) -> Iterator[Callable[[], People | None]]:
    """What is asked, the most telling first; each is a call, so that none is asked in vain."""
    pair, far = met.pair, LARGE_MOVE * met.unit
    far_up = population.among(pair, lambda first, second: second - first >= far)
    far_down = population.among(pair, lambda first, second: first - second >= far)
    for counted in (far_up, far_down):
        for sign in (1, -1):
            yield lambda counted=counted, sign=sign: population.extreme(counted, sign)
    for sign in (1, -1):
        for upward in (1, -1):
            yield from _beyond_the_largest(population, met, upward, sign)
    for worth in (lambda a, b: a * a, lambda a, b: b * b, lambda a, b: (b - a) ** 2):
        for sign in (1, -1):
            yield lambda worth=worth, sign=sign: population.extreme(population.among(pair, worth), sign)
    for change in population.known.scale.changes():
        counted = population.among(pair, lambda first, second, change=change: second - first == change)
        for sign in (1, -1):
            yield lambda counted=counted, sign=sign: population.extreme(counted, sign)


def _beyond_the_largest(population: Population, met: _Met, upward: int, sign: int) -> Iterator[Callable]:
    """People whose largest rise (`upward` 1) or fall (−1) is larger or smaller than that of all who were met."""
    if not met.people:
        return
    pair, remains = met.pair, met.remains()
    largest = {abs(size) for size in (remains.largest_rise if upward == 1 else remains.largest_fall)}
    if len(largest) > 1:
        return
    size = largest.pop()
    if sign == 1:
        there = population.among(pair, lambda first, second: upward * (second - first) > size)
        yield lambda: population.extreme({}, 1, [(there, 1, float("inf"))]) if there else None
    else:
        there = population.among(pair, lambda first, second: upward * (second - first) >= max(size, 1))
        yield lambda: population.extreme({}, 1, [(there, 0, 0)])


# Full enumeration ---------------------------------------------------------------------------------------------------


def every_way(known: Known, place: int = 0, most: int = 200_000, seconds: float = 20.0) -> Remains:
    """The same by looking at every way to move, with the tables of both waves checked for each; exact when no note.

    For numbers so precise that few ways fit (what left before there were rules), where `what_remains` cannot prove that
    one is alone.
    """
    pair, until = known.pairs[place], monotonic() + seconds
    try:
        ways = ways_that_fit(known, place, most, until)
        population = Population(known, until) if not known.scale.other_steps else None
        people = [found for way in ways if (found := _with_way(population, pair, way)) is not None]
    except (TooMany, NoAnswer):
        return Remains(pair.linked, note=CUT_OFF)
    except TooLarge:
        return Remains(pair.linked, note=TOO_LARGE)
    met = _Met(pair, known.scale.unit, people)
    return met.remains()


def _with_way(population: Population | None, pair: Pair, way: Way) -> People | None:
    """People who moved in just this way and fit the tables of the waves; anyone, where no table is looked at."""
    if population is None:
        return _moved(pair, way)
    exactly = [
        (population.among(pair, lambda first, second, change=change: second - first == change), people, people)
        for change, people in way
    ]
    return population.extreme({}, 1, exactly)


def _moved(pair: Pair, way: Way) -> People:
    """People of whom only the moves are known."""
    patterns = [[None] * (max(pair.first, pair.second) + 1) for _ in way]
    for pattern, (change, _) in zip(patterns, way, strict=True):
        pattern[pair.first], pattern[pair.second] = 0, change
    return People(tuple(tuple(pattern) for pattern in patterns), tuple(people for _, people in way))
