"""People near the truth who would publish the same numbers: hundreds looked at in each step, the useful ones kept.

Whoever publishes knows the truth, and from there a few answers changed at a time lead to others. Every set that is kept
was held against all that left. A walk shows what may be; that something must be it cannot show.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import monotonic

import numpy as np

from followup.disclosure.candidates import fitting
from followup.disclosure.moves import passes_tests
from followup.disclosure.outsider import AnswerScale, Known, Pair
from followup.disclosure.population import People

AT_ONCE, MOST_STEPS, PATIENCE = 300, 120, 15  # sets looked at in a step, steps of a walk, of them without a find
MOST_CHANGES = 5  # answers changed at most between one set and the next
ENOUGH_MARKS = 4  # so many different ways to move, and answers of a wave, are shown
KEPT = 6  # sets kept at either end of each measure
FAR, ASKED = 2, ("largest rise", "largest fall", "rose far", "fell far", "moved far")  # points; what a walk is led by


@dataclass(frozen=True)
class Crowd:
    """Real people: `given` are their answers in units (people × waves), `answered` whether there is one.

    Those marked `still` keep their answers on a walk: people who left items out, whose scores have other steps.
    """

    given: np.ndarray
    answered: np.ndarray
    still: np.ndarray

    @classmethod
    def of(cls, people: People) -> "Crowd":
        """The same people one by one, all of whom may be moved."""
        everyone = [pattern for pattern, n in zip(people.patterns, people.counts, strict=True) for _ in range(n)]
        answered = np.array([[answer is not None for answer in pattern] for pattern in everyone])
        given = np.array([[answer or 0 for answer in pattern] for pattern in everyone])
        return cls(given, answered, np.zeros(len(everyone), dtype=bool))

    def people(self, given: np.ndarray | None = None) -> People:
        """These people counted by their patterns of answers; or others, who left the same blanks."""
        answers = (self.given if given is None else given).tolist()
        shown = [
            tuple(value if there else None for value, there in zip(*person, strict=True))
            for person in zip(answers, self.answered.tolist(), strict=True)
        ]
        counted = Counter(shown)
        return People(tuple(counted), tuple(counted.values()))


def people_near(
    truth: Crowd, known: Known, place: int, wanted: Callable[[], set[str]], *, until: float, seed: int = 0
) -> Iterator[People]:
    """People on the walk who fit all that left, the truth first, those that differ in what is asked of `place`'s pair.

    `wanted` says which of `ASKED` still has too few values; the walk is led there. It stops after MOST_STEPS, after
    PATIENCE steps that found nothing, or when `until` (monotonic seconds) is past. The truth itself is given even where it does not fit.
    """
    pair, rng = known.pairs[place], np.random.default_rng(seed)
    changed, measured = _Changes(truth, known, rng), measured_by(truth, pair, known.scale)
    pool = truth.given[None]
    seen = [{value} for value in measured(pool)[0].tolist()]
    yield truth.people()
    found = 0
    for step in range(MOST_STEPS):
        if monotonic() > until or step - found > PATIENCE:
            return
        candidates = changed.some(pool[_parents(measured(pool), wanted(), rng)])
        fit = candidates[fitting(known, candidates, truth.answered)]
        pool = _ends(np.concatenate([pool, fit]), measured, rng)
        for given, values in zip(fit, measured(fit).tolist(), strict=True):
            if any(_is_new(*one) for one in zip(range(len(values)), values, seen, strict=True)):
                people = truth.people(given)
                if all(passes_tests(people.way(other), other, known.scale.unit) for other in known.pairs):
                    for value, there in zip(values, seen, strict=True):
                        there.add(value)
                    found = step
                    yield people


def _is_new(place: int, value: int, seen: set[int]) -> bool:
    """Whether a set adds something: a value of what is asked, or one of the first few ways and heaps of answers."""
    return value not in seen and (place < len(ASKED) or len(seen) < ENOUGH_MARKS)


def measured_by(truth: Crowd, pair: Pair, scale: AnswerScale) -> Callable[[np.ndarray], np.ndarray]:
    """Of each set what is asked: ASKED, then a mark of everyone's change and of the answers of each wave."""
    linked = truth.answered[:, pair.first] & truth.answered[:, pair.second]
    sides = [linked if linked.any() else truth.answered[:, wave] for wave in (pair.first, pair.second)]

    def measured(given: np.ndarray) -> np.ndarray:
        first, second = (given[:, side, wave] for side, wave in zip(sides, (pair.first, pair.second), strict=True))
        marks = [_mark(first), _mark(second)]
        if not linked.any():
            return np.stack([np.zeros(len(given), dtype=int)] * (len(ASKED) + 1) + marks, axis=1)
        moved, far = second - first, FAR * scale.unit
        rose, fell = (moved >= far).sum(axis=1), (moved <= -far).sum(axis=1)
        ends = [np.maximum(moved.max(axis=1), 0), np.minimum(moved.min(axis=1), 0)]
        return np.stack([*ends, rose, fell, rose + fell, _mark(moved), *marks], axis=1)

    return measured


def _mark(values: np.ndarray) -> np.ndarray:
    """A number that is the same in whatever order the answers stand: where it differs, the answers differ."""
    wide = values.astype(np.int64)
    return (wide**4 + 7 * wide**3 + wide**2).sum(axis=1)


def _parents(values: np.ndarray, wanted: set[str], rng: np.random.Generator) -> np.ndarray:
    """From which sets of the pool the next are made: half from all, half from the ends of what is wanted."""
    chosen = rng.integers(0, len(values), AT_ONCE)
    led = [place for place, name in enumerate(ASKED) if name in wanted]
    if led:
        led = [0, 1, *led] if max(led) > 1 else led  # who moved far was first somebody who moved farthest
        towards = [end for place in led for end in _both_ends(values[:, place])]
        chosen[::2] = np.array(towards)[rng.integers(0, len(towards), len(chosen[::2]))]
    return chosen


def _both_ends(values: np.ndarray) -> list[int]:
    order = np.argsort(values, kind="stable")
    return [*order[:2].tolist(), *order[-2:].tolist()]


def _ends(pool: np.ndarray, measured: Callable, rng: np.random.Generator) -> np.ndarray:
    """What is kept of a pool: the sets at either end of each measure, and some others."""
    values = measured(pool)
    kept = {0, *rng.integers(0, len(pool), 4 * KEPT).tolist()}
    for place in range(len(ASKED)):
        order = np.lexsort((rng.random(len(pool)), values[:, place]))
        kept |= {*order[:KEPT].tolist(), *order[-KEPT:].tolist()}
    return pool[sorted(kept)]


class _Changes:
    """Small changes of many sets at once."""

    def __init__(self, truth: Crowd, known: Known, rng: np.random.Generator):
        self.scale, self.rng = known.scale, rng
        self.lowest, self.highest = known.scale.lowest * known.scale.unit, known.scale.highest * known.scale.unit
        free = truth.answered & ~truth.still[:, None]
        self.places = np.argwhere(free)  # (person, wave) that may change
        self.both = np.flatnonzero(free.all(axis=1))
        self.of_wave = [np.flatnonzero(free[:, wave]) for wave in range(free.shape[1])]

    def some(self, given: np.ndarray) -> np.ndarray:
        """Each set with one to MOST_CHANGES changes, of which about half are balanced by another of the same wave."""
        given, times = given.copy(), self.rng.integers(1, MOST_CHANGES + 1, len(given))
        if not len(self.places):
            return given
        for turn in range(MOST_CHANGES):
            still_to = np.flatnonzero(times > turn)
            kind = self.rng.integers(0, 4, len(still_to))
            self._move_one(given, still_to[kind == 0])
            self._move_two(given, still_to[kind == 1])
            self._swap(given, still_to[kind >= 2])
        return given

    def _steps(self, how_many: int) -> np.ndarray:
        return self.scale.step * self.rng.choice((-2, -1, -1, 1, 1, 2), how_many)

    def _move_one(self, given: np.ndarray, sets: np.ndarray) -> None:
        who, wave = self.places[self.rng.integers(0, len(self.places), len(sets))].T
        given[sets, who, wave] = np.clip(given[sets, who, wave] + self._steps(len(sets)), self.lowest, self.highest)

    def _move_two(self, given: np.ndarray, sets: np.ndarray) -> None:
        """One up and another of the same wave down by as much, where both stay on the scale."""
        for wave, mine in self._by_wave(sets):
            up, down = self._two(wave, len(mine))
            size = np.abs(self._steps(len(mine)))
            fits = (given[mine, up, wave] + size <= self.highest) & (given[mine, down, wave] - size >= self.lowest)
            given[mine[fits], up[fits], wave] += size[fits]
            given[mine[fits], down[fits], wave] -= size[fits]

    def _swap(self, given: np.ndarray, sets: np.ndarray) -> None:
        """Two people's answers of one wave."""
        for wave, mine in self._by_wave(sets):
            one, other = self._two(wave, len(mine))
            given[mine, one, wave], given[mine, other, wave] = given[mine, other, wave], given[mine, one, wave]

    def _by_wave(self, sets: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
        chosen = self.rng.integers(0, len(self.of_wave), len(sets))
        yield from ((wave, sets[chosen == wave]) for wave, free in enumerate(self.of_wave) if len(free) > 1)

    def _two(self, wave: int, how_many: int) -> tuple[np.ndarray, np.ndarray]:
        """Two different people who answered a wave, for each set."""
        free = self.of_wave[wave]
        one = self.rng.integers(0, len(free), how_many)
        other = (one + self.rng.integers(1, len(free), how_many)) % len(free)
        return free[one], free[other]
