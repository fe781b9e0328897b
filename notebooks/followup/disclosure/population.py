"""The people behind the numbers as an integer programme: how many gave which answers, such that all that left holds.

A cell is one pattern of answers over all waves (blank where a wave was not answered); a variable says how many people
are in it. Everything that leaves is linear in these but the sum of squares beside a sum, for which one switch chooses
the sum. HiGHS finds people that fit, or the most and fewest of anything that is counted.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from time import monotonic

import numpy as np
from scipy.special import ndtri

from followup.disclosure.moves import Way
from followup.disclosure.outsider import Known, Pair, Window, squares, sums

MOST_CELLS, MOST_SUMS = 3_000, 200
FREE, NEAR_ZERO = np.inf, 1e-3


class TooLarge(Exception):
    """The cells or sums are more than are solved for: the table of rules is enough."""


class NoAnswer(Exception):
    """HiGHS had no time left, or gave up."""


@dataclass(frozen=True)
class People:
    """How many people gave each pattern of answers (in units, one for each wave, None for a blank)."""

    patterns: tuple[tuple[int | None, ...], ...]
    counts: tuple[int, ...]

    def way(self, pair: Pair) -> Way:
        """How many of the linked changed by how much."""
        moved = Counter()
        for pattern, people in self._in(pair.first, pair.second):
            moved[pattern[pair.second] - pattern[pair.first]] += people
        return tuple(sorted(moved.items()))

    def answers(self, wave: int, linked_with: int | None = None) -> Way:
        """How many gave which answer in a wave: of all, or of those who answered another wave too."""
        given = Counter()
        for pattern, people in self._in(wave, wave if linked_with is None else linked_with):
            given[pattern[wave]] += people
        return tuple(sorted(given.items()))

    def count(self, counted: dict[int, float]) -> int:
        """What they come to, when each of so many cells counts so much."""
        return round(sum(value * self.counts[cell] for cell, value in counted.items()))

    def spread(self, wave: int) -> float:
        """Sum of squared deviations of a wave's answers from their mean, in units²."""
        answers, people = np.array(self.answers(wave), dtype=float).T
        return float(people @ (answers - people @ answers / people.sum()) ** 2)

    def _in(self, *waves: int) -> Iterable[tuple[tuple, int]]:
        return (
            (pattern, people)
            for pattern, people in zip(self.patterns, self.counts, strict=True)
            if people and all(pattern[wave] is not None for wave in waves)
        )


class Population:
    """The programme of one statement, scale or group; built once, asked often.

    With `heed_p` only sums of squares are looked at that give the p that left, by its normal form widened or narrowed
    by that factor: more of the people found then pass the exact test, but not all who would are found.
    """

    def __init__(self, known: Known, until: float | None = None, heed_p: float | None = None):
        self.known, self.until, self.unit, self.heed_p = known, until, known.scale.unit, heed_p
        values = known.scale.values()
        self.patterns = tuple(p for p in product(*[[None, *values]] * len(known.waves)) if p != (None,) * len(p))
        if len(self.patterns) > MOST_CELLS:
            raise TooLarge(f"{len(self.patterns)} patterns of answers")
        self._rows: list[dict[int, float]] = []
        self._limits: list[tuple[float, float]] = []
        self._switches = 0
        self.people = sum(wave.n for wave in known.waves)
        for place in range(len(known.waves)):
            self._know_wave(place)
        for pair in known.pairs:
            self._know_pair(pair)

    # What is counted -------------------------------------------------------------------------------------------------

    def where(self, holds) -> dict[int, float]:
        """The cells of which something holds, each counting one a person."""
        return {place: 1.0 for place, pattern in enumerate(self.patterns) if holds(pattern)}

    def among(self, pair: Pair, worth) -> dict[int, float]:
        """The cells of a pair's linked people, each counting what its first and second answer are worth."""
        cells = {
            place: float(worth(pattern[pair.first], pattern[pair.second]))
            for place, pattern in enumerate(self.patterns)
            if pattern[pair.first] is not None and pattern[pair.second] is not None
        }
        return {place: value for place, value in cells.items() if value}

    def _answered(self, wave: int, low: float = -FREE, high: float = FREE) -> dict[int, float]:
        unit = self.unit
        return self.where(lambda pattern: pattern[wave] is not None and low * unit <= pattern[wave] < high * unit)

    # What is known ---------------------------------------------------------------------------------------------------

    def _know(self, cells: dict[int, float], low: float, high: float) -> None:
        self._rows.append(cells)
        self._limits.append((low, high))

    def _know_wave(self, place: int) -> None:
        wave = self.known.waves[place]
        self._know(self._answered(place), wave.n, wave.n)
        for form in wave.cells:
            for cells, count in zip(self._parted(place, form.edges), form.counts, strict=True):
                self._know(cells, count, count)
        for form in wave.withheld:
            parts = self._parted(place, form.edges)
            few = [(cells, 1, form.few - 1) for cells in parts]
            self._one_of(few + [(cells, wave.n, wave.n) for cells in parts])
        if wave.mean is not None:
            values = {cell: float(self.patterns[cell][place]) for cell in self._answered(place)}
            self._know_mean(values, wave.mean, wave.n * self.unit)

    def _parted(self, place: int, edges: tuple[float, ...]) -> list[dict[int, float]]:
        ends = [-FREE, *edges, FREE]
        return [self._answered(place, low, high) for low, high in zip(ends, ends[1:], strict=False)]

    def _know_mean(self, cells: dict[int, float], mean: Window, times: float) -> None:
        self._know(cells, np.ceil((mean.low - 1e-9) * times), np.floor((mean.high + 1e-9) * times))

    def _know_pair(self, pair: Pair) -> None:
        self._know(self.among(pair, lambda first, second: 1), pair.linked, pair.linked)
        times = pair.linked * self.unit
        for mean, worth in ((pair.mean_first, lambda a, b: a), (pair.mean_second, lambda a, b: b)):
            if mean is not None:
                self._know_mean(self.among(pair, worth), mean, times)
        self._know_movers(pair)
        if pair.high_change is not None:
            edge = pair.high_from * self.unit
            gained = self.among(pair, lambda first, second: int(second >= edge) - int(first >= edge))
            self._know_mean(gained, pair.high_change, pair.linked)
        if pair.change_of_all is not None:
            self._know_change_of_all(pair)
        if pair.linked_change is not None:
            self._know_mean(self.among(pair, lambda first, second: second - first), pair.linked_change, times)
        if pair.tells_spread:
            self._know_sums(pair)

    def _know_change_of_all(self, pair: Pair) -> None:
        """The difference of the waves' means, with everyone who answered only one of them."""
        shares = {}
        for wave, sign in ((pair.first, -1), (pair.second, 1)):
            for cell in self._answered(wave):
                part = sign * self.patterns[cell][wave] / self.known.waves[wave].n / self.unit
                shares[cell] = shares.get(cell, 0.0) + part
        self._know(shares, pair.change_of_all.low - 1e-9, pair.change_of_all.high + 1e-9)

    def _movers(self, pair: Pair) -> list[dict[int, float]]:
        signs = (lambda a, b: b > a, lambda a, b: b == a, lambda a, b: b < a)
        return [self.among(pair, sign) for sign in signs]

    def _know_movers(self, pair: Pair) -> None:
        told = (pair.rose, pair.same, pair.fell)
        movers = self._movers(pair)
        for cells, count in zip(movers, told, strict=True):
            if count is not None:
                self._know(cells, count, count)
        if pair.moved_at_most is not None:
            self._know(movers[0] | movers[2], 0, pair.moved_at_most)
        if pair.moved_at_least is not None:
            self._know(movers[0] | movers[2], pair.moved_at_least, FREE)
        if pair.few_moved is not None:
            few = pair.few_moved - 1
            self._one_of([(movers[0], 0, few), (movers[1], 1, few), (movers[2], 0, few)])

    def _know_sums(self, pair: Pair) -> None:
        """One switch for each sum of changes; the sum of squares lies where the intervals put it beside that sum."""
        allowed = {total: self._with_p(pair, total, squares(pair, total, self.unit)) for total in self._sums(pair)}
        allowed = {total: square for total, square in allowed.items() if len(square)}
        switches = [self._switch() for _ in allowed]
        self._know(dict.fromkeys(switches, 1.0), 1, 1)
        total = self.among(pair, lambda first, second: second - first)
        square = self.among(pair, lambda first, second: (second - first) ** 2)
        self._know(total | {s: -float(v) for s, v in zip(switches, allowed, strict=True)}, 0, 0)
        most = pair.linked * (self.known.scale.highest - self.known.scale.lowest) ** 2 * self.unit**2
        ends = [(float(s[0]), float(min(s[-1], most))) for s in allowed.values()]
        self._know(square | {s: -low for s, (low, _) in zip(switches, ends, strict=True)}, 0, FREE)
        self._know(square | {s: -high for s, (_, high) in zip(switches, ends, strict=True)}, -FREE, 0)

    def _with_p(self, pair: Pair, total: int, square: range) -> range:
        """The sums of squares at which the normal form of the sign-flip test, z = Σd / √Σd², gives the p that left."""
        if self.heed_p is None or pair.p is None or not len(square):
            return square
        far, near = (-ndtri(max(p, 1e-12) / 2) for p in pair.p)  # the z of the smallest p, of the largest
        low = total**2 / (far / self.heed_p) ** 2
        high = total**2 / (near * self.heed_p) ** 2 if near > NEAR_ZERO else square[-1]
        return range(max(square[0], int(np.ceil(low))), min(square[-1], int(high)) + 1)

    def _sums(self, pair: Pair) -> list[int]:
        widest = pair.linked * (self.known.scale.highest - self.known.scale.lowest) * self.unit
        possible = sums(pair, self.unit)
        totals = range(max(possible.start, -widest), min(possible.stop, widest + 1))
        step = self.unit // self.known.scale.steps_per_point
        if len(totals) > MOST_SUMS * step:
            raise TooLarge(f"{len(totals)} sums of changes")
        return [total for total in totals if total % step == 0]

    def _switch(self) -> int:
        self._switches += 1
        return len(self.patterns) + self._switches - 1

    def _one_of(self, choices: list[tuple[dict[int, float], int, int]]) -> None:
        """At least one of several counts lies between its two limits."""
        switches = [self._switch() for _ in choices]
        for switch, (cells, low, high) in zip(switches, choices, strict=True):
            self._know(cells | {switch: -float(low)}, 0, FREE)
            self._know(cells | {switch: float(self.people - high)}, -FREE, self.people)
        self._know(dict.fromkeys(switches, 1.0), 1, FREE)

    def one_way(self, pair: Pair) -> list[tuple[dict[int, float], float, float]]:
        """Conditions under which nobody moved against the mean, and so many with it that the p is as it was.

        With k people who all moved one way the sign-flip p is 2 / 2**k, whatever the sizes of their changes.
        """
        sign = 1 if pair.change is None or sum(pair.change) > 0 else -1
        against = self.among(pair, lambda first, second: sign * (second - first) < 0)
        along = self.among(pair, lambda first, second: sign * (second - first) > 0)
        fewest = int(np.ceil(1 - np.log2(pair.p.high)))
        most = pair.linked if pair.p.low <= 0 else int(np.floor(1 - np.log2(pair.p.low)))
        return [(against, 0, 0), (along, fewest, most)]

    def moments_near(self, pair: Pair, people: People, slack: float) -> list[tuple[dict[int, float], float, float]]:
        """Conditions under which sums of squares and of products of two waves are nearly those of these people.

        `slack` is a share of each wave's sum of squared deviations; at 0 the sums are the same too, and so is every
        interval made of means, variances and a correlation, where not everyone is linked (T_new2) or nobody (Welch).
        """
        worths = [lambda a, b: a * a, lambda a, b: b * b, lambda a, b: a * b]
        worths += [] if slack else [lambda a, b: a, lambda a, b: b]
        counted = [self.among(pair, worth) for worth in worths]
        for wave in (pair.first, pair.second):
            powers = (2,) if slack else (1, 2)
            counted += [{c: float(self.patterns[c][wave] ** power) for c in self._answered(wave)} for power in powers]
        totals = [people.count(self._same_cells(cells, people)) for cells in counted]
        room = slack * min(people.spread(wave) for wave in (pair.first, pair.second))
        return [(cells, total - room, total + room) for cells, total in zip(counted, totals, strict=True)]

    def _same_cells(self, cells: dict[int, float], people: People) -> dict[int, float]:
        """What is counted, by the places of the patterns that these people list."""
        worth = {self.patterns[cell]: value for cell, value in cells.items()}
        return {place: worth.get(pattern, 0.0) for place, pattern in enumerate(people.patterns)}

    # Questions -------------------------------------------------------------------------------------------------------

    def extreme(
        self, counted: dict[int, float], sign: int = 1, beside: Iterable[tuple[dict[int, float], float, float]] = ()
    ) -> People | None:
        """People that fit with the fewest (`sign` 1) or most (−1) of what is counted; None where nobody fits.

        `beside` adds conditions: cells, lowest, highest. Raises NoAnswer when the time is up.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp  # half a second that most releases never need

        beside = list(beside)
        size = len(self.patterns) + self._switches
        goal = np.zeros(size)
        goal[list(counted)] = [sign * value for value in counted.values()]
        upper = np.full(size, float(max(wave.n for wave in self.known.waves)))
        upper[len(self.patterns) :] = 1
        rows, limits = [*self._rows, *(cells for cells, *_ in beside)], [*self._limits, *(ends for _, *ends in beside)]
        low, high = np.array(limits, dtype=float).T
        found = milp(
            goal,
            integrality=np.ones(size),
            bounds=Bounds(0, upper),
            constraints=LinearConstraint(_matrix(rows, size), low, high),
            options={"time_limit": self._seconds_left(), "mip_rel_gap": 0.0},
        )
        if found.status == 2:
            return None
        if found.x is None or found.status != 0:
            raise NoAnswer(found.message)
        return People(self.patterns, tuple(np.rint(found.x[: len(self.patterns)]).astype(int).tolist()))

    def _seconds_left(self) -> float:
        left = 60.0 if self.until is None else self.until - monotonic()
        if left <= 0:
            raise NoAnswer("the time is up")
        return left


def _matrix(rows: list[dict[int, float]], size: int):
    from scipy.sparse import csr_array

    lengths = [len(row) for row in rows]
    values = np.array([value for row in rows for value in row.values()])
    columns = np.array([column for row in rows for column in row], dtype=int)
    return csr_array((values, columns, np.concatenate([[0], np.cumsum(lengths)])), shape=(len(rows), size))
