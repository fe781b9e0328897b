"""Can anybody be worked out from what leaves? Of one statement, scale or group: what still may be, and the promise.

The promise (issue 13): no vector of individual changes, no largest rise or fall and no group's answers follow. How many
"moved by two or more points" leaves 0 or at least five from 20 linked people on, upward and downward; below 20 at least
two values, and upward or downward alone none but 0 is the only one (whom a conclusion says to have risen, nobody among
twelve fell far). Every "may be" is backed by people who fit all that left, tests included.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from time import monotonic

from followup.disclosure.candidates import fitting
from followup.disclosure.moves import TooMany, Way, passes_tests, ways_that_fit
from followup.disclosure.outsider import Known, Pair
from followup.disclosure.population import FREE, NoAnswer, People, Population, TooLarge
from followup.disclosure.precision import MANY
from followup.disclosure.walks import ASKED, Crowd, people_near

MOST_PEOPLE = MANY  # beyond so many linked people the table of rules by n is enough
FULL_PROMISE_FROM, ENOUGH = 20, 5
LARGE_MOVE = 2  # points
HEEDED = (1.0, 1.1)  # how the p that left is heeded: by its normal form, by that with room to spare
SLACKS = (0.5, 0.2, 0.05, 0.0)  # how near to the truth people are looked for, as shares of its sum of squares
WALKS = 8  # from the truth, where no programme can take over
MOST_WAYS = 50_000  # as many ways to move are looked through, one by one, where the promise seems broken
TOO_LARGE, CUT_OFF = "too large, the table of rules is enough", "cut off: the time was up"

ROSE_FAR, FELL_FAR, MOVED_FAR = (f"how many {way} by two or more" for way in ("rose", "fell", "moved"))
LARGEST_RISE, LARGEST_FALL = "the largest rise", "the largest fall"
LED_BY = dict(zip((LARGEST_RISE, LARGEST_FALL, ROSE_FAR, FELL_FAR, MOVED_FAR), ASKED, strict=True))
Question = tuple[dict[int, float], int, list]


@dataclass(frozen=True)
class Remains:
    """What remains possible for one pair of waves, as far as it was found.

    Each is a set of values seen among people who fit; more may remain, but for `ways` (the vectors of individual
    changes) and what follows from them where `whole` says that all were looked at.
    """

    linked: int
    ways: frozenset[Way] = frozenset()
    largest_rise: frozenset[int] = frozenset()
    largest_fall: frozenset[int] = frozenset()
    rose_far: frozenset[int] = frozenset()
    fell_far: frozenset[int] = frozenset()
    moved_far: frozenset[int] = frozenset()
    first_answers: frozenset[Way] = frozenset()
    second_answers: frozenset[Way] = frozenset()
    note: str | None = None
    whole: bool = False

    @property
    def nothing_fits(self) -> bool:
        """Whether no people fit at all: the published numbers contradict each other, or the solver was cut off."""
        return not self.ways and self.note is None

    @property
    def undecided(self) -> bool:
        """Whether the time was up before the promise was shown to hold or not: nothing was found."""
        return self.note == CUT_OFF and bool(self.broken())

    def broken(self) -> list[str]:
        """What of the promise does not hold, in words; empty where all holds or the case is too large.

        Where it is `undecided` these were only not yet shown to hold.
        """
        if self.note == TOO_LARGE:
            return []
        if not self.ways:
            return [self.note or "no people fit the published numbers"]
        answers = {
            "the answers of the first wave": self.first_answers,
            "the answers of the second wave": self.second_answers,
        }
        moves = {
            "everyone's change": self.ways,
            LARGEST_RISE: self.largest_rise,
            LARGEST_FALL: self.largest_fall,
        }
        told = (moves if self.linked else {}) | answers
        alone = [name for name, values in told.items() if len(values) == 1]
        return alone + [name for name, values in self.far.items() if not _enough(name, values, self.linked)]

    @property
    def far(self) -> dict[str, frozenset[int]]:
        """How many moved by two points or more: the values that remain, by direction and of both together."""
        return {ROSE_FAR: self.rose_far, FELL_FAR: self.fell_far, MOVED_FAR: self.moved_far}


def _enough(name: str, values: Iterable[int], linked: int) -> bool:
    """Whether the values that remain of such a count keep the promise."""
    if not linked:
        return True
    if linked >= FULL_PROMISE_FROM:
        return min(values) == 0 or max(values) >= ENOUGH
    return min(values) < max(values) or (name != MOVED_FAR and min(values) == 0)


@dataclass
class Met:
    """People who fit, gathered while questions are asked."""

    known: Known
    pair: Pair
    people: list[People] = field(default_factory=list)
    must: dict[str, list[int]] = field(default_factory=dict)  # fewest and most who moved far, tests left aside

    def settled(self) -> bool:
        """Whether the promise holds as far as was asked, or is known not to, whatever else is asked."""
        broken = self.remains().broken() if self.people else None
        never = {n for n, ends in self.must.items() if len(ends) == 2 and not _enough(n, ends, self.pair.linked)}
        return broken is not None and set(broken) <= never

    @property
    def unit(self) -> int:
        return self.known.scale.unit

    def wanted(self) -> set[str]:
        """What a walk is to be led by: of what there are too few values so far."""
        return {LED_BY[name] for name in self.remains().broken() if name in LED_BY} if self.people else set()

    def takes(self, people: People | None) -> bool:
        """Whether they pass the tests that no programme knows (p, ranks, T_new2), and are kept if so."""
        fits = people is not None and all(passes_tests(people.way(pair), pair, self.unit) for pair in self.known.pairs)
        if fits and self.pair.method != "paired":
            crowd = Crowd.of(people)
            fits = bool(fitting(self.known, crowd.given[None], crowd.answered)[0])
        if fits:
            self.people.append(people)
        return fits

    def remains(self, note: str | None = None) -> Remains:
        pair, far = self.pair, LARGE_MOVE * self.unit
        beside = (pair.second, pair.first) if pair.linked else (None, None)
        ways = [people.way(pair) for people in self.people]
        return Remains(
            linked=pair.linked,
            ways=frozenset(ways),
            largest_rise=frozenset(max(0, max(change for change, _ in way)) for way in ways if way),
            largest_fall=frozenset(min(0, min(change for change, _ in way)) for way in ways if way),
            rose_far=frozenset(sum(n for change, n in way if change >= far) for way in ways),
            fell_far=frozenset(sum(n for change, n in way if change <= -far) for way in ways),
            moved_far=frozenset(sum(n for change, n in way if abs(change) >= far) for way in ways),
            first_answers=frozenset(people.answers(pair.first, beside[0]) for people in self.people),
            second_answers=frozenset(people.answers(pair.second, beside[1]) for people in self.people),
            note=note,
        )


def what_remains(known: Known, place: int = 0, seconds: float = 10.0, truth: Crowd | None = None) -> Remains:
    """What an outsider cannot tell of one pair of waves: asks until the promise holds, or nothing is left to ask.

    `place` is the pair's in `known.pairs`; other pairs and waves hold too. Whoever publishes gives `truth`, the real
    people, near whom most of what is asked is found at once; where an interval left that is not the linked people's t
    interval nothing else finds any. `note` says where it was cut off or is too large; with `whole` every way there is
    was looked at. A promise that seems broken without it may only not have been shown.
    """
    pair, until = known.pairs[place], monotonic() + seconds
    if pair.linked > MOST_PEOPLE:
        return Remains(pair.linked, note=TOO_LARGE)
    met = Met(known, pair)
    if truth is not None:
        programme_is_quick = pair.method == "paired" and len(known.pairs) == 1
        for seed in range(1 if programme_is_quick else WALKS):
            for people in people_near(truth, known, place, met.wanted, until=until - seconds / 2, seed=seed):
                if met.takes(people) and met.settled():
                    return met.remains()
    if not pair.linked and truth is not None:
        return met.remains(None if met.settled() or monotonic() < until - seconds / 2 else CUT_OFF)
    try:
        for population, beside in _looked_at(known, pair, until, truth):
            _ask(population, met, beside)
            if met.settled():
                break
    except TooLarge:
        return Remains(pair.linked, note=TOO_LARGE)
    except NoAnswer:
        return met.remains(CUT_OFF)
    remains = met.remains()
    if not remains.broken() or pair.method != "paired":
        return remains
    enumerated = every_way(known, place, MOST_WAYS, until - monotonic())
    if enumerated.note or enumerated.nothing_fits:
        return replace(remains, note=CUT_OFF) if monotonic() > until else remains
    return _with_answers(enumerated, remains)


def _with_answers(enumerated: Remains, asked: Remains) -> Remains:
    """Every way, and the answers of all who were met: enumeration meets but one set of people for each way."""
    return replace(
        enumerated,
        first_answers=enumerated.first_answers | asked.first_answers,
        second_answers=enumerated.second_answers | asked.second_answers,
    )


def _looked_at(known: Known, pair: Pair, until: float, truth: Crowd | None) -> Iterator[tuple[Population, list]]:
    """Where people are looked for: among all who fit; then among those more likely to give the p that left."""
    population = Population(known, until)
    if pair.method != "paired" and truth is not None:
        people = truth.people()
        yield from ((population, population.moments_near(pair, people, slack)) for slack in SLACKS)
        return
    yield population, []
    if pair.p is None:
        return
    if pair.p.low <= 0 or pair.p.high < 1:
        yield population, population.one_way(pair)
    for factor in HEEDED:
        yield Population(known, until, factor), []


def _ask(population: Population, met: Met, beside: list) -> None:
    """Asks until the promise holds or there are no more questions."""
    pair, far = met.pair, LARGE_MOVE * met.unit
    counts = {
        ROSE_FAR: population.among(pair, lambda first, second: second - first >= far),
        FELL_FAR: population.among(pair, lambda first, second: first - second >= far),
        MOVED_FAR: population.among(pair, lambda first, second: abs(second - first) >= far),
    }
    for name, counted in counts.items():
        if met.people and name not in met.remains().broken():
            continue
        for _, sign, _ in _both_ends([counted]):
            found = population.extreme(counted, sign, beside)
            met.takes(found)
            if found is not None and population.heed_p is None and not beside:
                met.must.setdefault(name, []).append(found.count(counted))
    for counted, sign, conditions in _questions(population, met):
        if met.settled() or (met.people and set(met.remains().broken()) <= counts.keys()):
            return
        met.takes(population.extreme(counted, sign, [*conditions, *beside]))


def _questions(population: Population, met: Met) -> Iterator[Question]:
    """What else is asked: what is counted, whether the fewest (1) or the most (−1), and under what conditions."""
    pair = met.pair
    for upward in (1, -1):
        yield from _beyond_the_largest(population, met, upward)
    worths = (lambda a, b: a * a, lambda a, b: b * b, lambda a, b: (b - a) ** 2)
    yield from _both_ends(population.among(pair, worth) for worth in worths)
    yield from _both_ends(
        population.among(pair, lambda first, second, change=change: second - first == change)
        for change in population.known.scale.changes()
    )


def _both_ends(counts: Iterable[dict[int, float]]) -> Iterator[Question]:
    return ((counted, sign, []) for counted in counts for sign in (1, -1))


def _beyond_the_largest(population: Population, met: Met, upward: int) -> Iterator[Question]:
    """People whose largest rise (`upward` 1) or fall (−1) is larger or smaller than that of all who were met."""
    remains = met.remains()
    largest = {abs(size) for size in (remains.largest_rise if upward == 1 else remains.largest_fall)}
    if len(largest) != 1:
        return
    size = largest.pop()
    beyond = population.among(met.pair, lambda first, second: upward * (second - first) > size)
    if beyond:
        yield {}, 1, [(beyond, 1, FREE)]
    yield {}, 1, [(population.among(met.pair, lambda first, second: upward * (second - first) >= max(size, 1)), 0, 0)]


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
    met = Met(known, pair, people)
    return replace(met.remains(), whole=True)


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
