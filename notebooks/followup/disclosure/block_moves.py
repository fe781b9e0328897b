"""Small changes of many people's answers to all statements of a scale, most of which keep something that was told.

Two people exchange answers, or one goes up where another goes down: then means, categories or everyone's change stay,
so that what is tried fits more often than answers changed at random.
"""

import numpy as np

MOST_MOVES = 3


class Moves:
    """Changes of sets of people × statements × waves; people who are `still` and unanswered answers stay.

    `group` says who belongs together: every other exchange is between two people of one group.
    """

    def __init__(self, answered: np.ndarray, still: np.ndarray, group: np.ndarray, ends: tuple[int, int], rng):
        self.answered, (self.lowest, self.highest), self.rng = answered.all(axis=1) & ~still[:, None], ends, rng
        self.statements, self.waves = answered.shape[1], answered.shape[2]
        self.free = [np.flatnonzero(self.answered[:, wave]) for wave in range(self.waves)]
        self.both = np.flatnonzero(self.answered.all(axis=1))
        alike = [np.flatnonzero(group == mark) for mark in np.unique(group)]
        self.by_group = {
            id(people): [some for mates in alike if len(some := np.intersect1d(people, mates)) > 1]
            for people in (*self.free, self.both)
        }

    def some(self, sets: np.ndarray) -> np.ndarray:
        """Each set with one to MOST_MOVES changes."""
        changed = sets.copy()
        for place in range(len(sets)):
            for _ in range(self.rng.integers(1, MOST_MOVES + 1)):
                self._one(changed[place])
        return changed

    def _one(self, given: np.ndarray) -> None:
        kind, wave = self.rng.integers(0, 7), int(self.rng.integers(0, self.waves))
        together = kind in (2, 5)  # both waves of the two
        two = self._two(self.both if together else self.free[wave])
        if two is None:
            return
        one, other = two
        waves = slice(None) if together else slice(wave, wave + 1)
        first, second = (int(item) for item in self.rng.integers(0, self.statements, 2))
        if kind in (0, 2):
            self._exchange(given, one, other, slice(first, first + 1), waves)
        elif kind == 1:
            self._exchange(given, one, other, slice(None), waves)
        elif kind in (3, 5):
            self._shift(given, [(one, first, waves, 1), (other, first, waves, -1)])
        elif kind == 4:
            self._shift(given, [(one, first, waves, int(self.rng.choice((-1, 1))))])
        elif first != second:
            self._shift(
                given,
                [
                    (one, first, waves, 1),
                    (one, second, waves, -1),
                    (other, first, waves, -1),
                    (other, second, waves, 1),
                ],
            )

    def _two(self, people: np.ndarray) -> tuple[int, int] | None:
        """Two different people, of one group half of the time."""
        groups = self.by_group[id(people)]
        if groups and self.rng.integers(0, 2):
            people = groups[self.rng.integers(0, len(groups))]
        if len(people) < 2:
            return None
        one = int(self.rng.integers(0, len(people)))
        other = (one + int(self.rng.integers(1, len(people)))) % len(people)
        return int(people[one]), int(people[other])

    @staticmethod
    def _exchange(given: np.ndarray, one: int, other: int, statements: slice, waves: slice) -> None:
        kept = given[one, statements, waves].copy()
        given[one, statements, waves] = given[other, statements, waves]
        given[other, statements, waves] = kept

    def _shift(self, given: np.ndarray, steps: list[tuple[int, int, slice, int]]) -> None:
        """Answers higher or lower, where all of them stay on the scale."""
        wanted = [
            (person, statement, waves, given[person, statement, waves] + step)
            for person, statement, waves, step in steps
        ]
        if all((values >= self.lowest).all() and (values <= self.highest).all() for *_, values in wanted):
            for person, statement, waves, values in wanted:
                given[person, statement, waves] = values
