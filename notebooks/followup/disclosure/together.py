"""A scale looked at with all that is told of it at once: its own row and its statements', groups, gaps, roster, alpha.

A row by itself may leave much open that two rows together close. So answers of the same people to all statements of a
scale are changed at once, and kept where every row that they make stays as it was told. Found people prove what may
be; what was not found is said, and proves nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from time import monotonic

import numpy as np

from followup.disclosure.block_moves import Moves
from followup.disclosure.candidates import fitting
from followup.disclosure.moves import passes_tests
from followup.disclosure.outsider import Known
from followup.disclosure.solver import Met
from followup.disclosure.walks import ASKED, Crowd, measured_by

AT_ONCE, MOST_STEPS, POOL, OTHERS, ENOUGH = 300, 2_000, 48, 6, 200  # what is done at most
Check = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Part:
    """One row: what it tells, its real people, which of the block they are, which statements it is the mean of."""

    name: tuple[str, str]
    known: Known
    crowd: Crowd
    people: np.ndarray
    statements: list[int]

    def values(self, blocks: np.ndarray) -> np.ndarray:
        """The row's values in units, sets × its people × waves, from sets × people × statements × waves in points."""
        added = blocks[:, self.people][:, :, self.statements].sum(axis=2)
        values = added * (self.known.scale.unit // len(self.statements))
        fixed = self.crowd.still[:, None] | ~self.crowd.answered
        return np.where(fixed, self.crowd.given, values)


@dataclass(frozen=True)
class Block:
    """Real answers to the statements of one scale, people × statements × waves, and the rows that are made of them.

    `still` are people who left a statement out: their answers stay; `group` is a mark of each person's group. `checks` say of sets of values of the scale, in
    points (sets × its people × waves), whether what other tables tell of it stays; `on_answers` the same of answers.
    """

    given: np.ndarray
    answered: np.ndarray
    still: np.ndarray
    group: np.ndarray
    parts: tuple[Part, ...]
    checks: tuple[Check, ...] = ()
    on_answers: tuple[Check, ...] = ()
    lowest: int = 1
    highest: int = 5

    @property
    def scale(self) -> Part | None:
        """The row of the scale itself, of everyone."""
        return next((part for part in self.parts if len(part.statements) > 1 and part.name[1] == "all"), None)

    def fitting(self, blocks: np.ndarray) -> np.ndarray:
        """Which sets would make every row as it was told, but for tests of whole ways (sign flips)."""
        fits = np.ones(len(blocks), dtype=bool)
        for part in self.parts:
            left = np.flatnonzero(fits)
            if len(left):
                fits[left] = fitting(part.known, part.values(blocks[left]), part.crowd.answered)
        for check in self.on_answers:
            left = np.flatnonzero(fits)
            fits[left] = check(blocks[left]) if len(left) else True
        for check in self.checks:
            left = np.flatnonzero(fits)
            if len(left):
                fits[left] = check(self.scale.values(blocks[left]) / self.scale.known.scale.unit)
        return fits


def not_shown(
    block: Block, seconds: float = 20.0, seed: int = 0, promises: frozenset[str] | None = None
) -> dict[tuple[str, str], list[str]]:
    """Of each row what of the promise was not shown to hold when all rows are known; empty where all was shown.

    `promises` are those that are asked for, if not all of them.
    Raises ValueError where the real answers do not make the rows: then they are not these people's.
    """
    until, rng = monotonic() + seconds, np.random.default_rng(seed)
    truth = block.given[None]
    if not block.fitting(truth)[0]:
        raise ValueError("the rows are not made of these answers")
    asked = [_Asked(part, promises) for part in block.parts]
    for one in asked:
        one.take(truth[0])
    moves = Moves(block.answered, block.still, block.group, (block.lowest, block.highest), rng)
    pool = truth
    for _ in range(MOST_STEPS):
        waiting = [one for one in asked if one.broken()]
        if not waiting or monotonic() > until:
            break
        candidates = moves.some(pool[_parents(pool, waiting, rng)])
        fit = _passing(candidates[block.fitting(candidates)], asked, waiting)
        for given in fit:
            for one in waiting:
                one.take(given)
        pool = _kept(np.concatenate([pool, fit]), asked, rng)
    return {one.part.name: left for one in asked if (left := one.broken())}


def _passing(fit: np.ndarray, asked: list["_Asked"], waiting: list["_Asked"]) -> np.ndarray:
    """Of the sets that fit those that keep every test, too: all that show something new, and the first few others."""
    new = np.any([one.shows_new(fit) for one in waiting], axis=0) if len(fit) else np.zeros(0, dtype=bool)
    tried = np.flatnonzero(new).tolist() + np.flatnonzero(~new)[:OTHERS].tolist()
    return fit[[place for place in tried if all(one.passes(fit[place]) for one in asked)]]


class _Asked:
    """What is asked of one row, and the people found so far who differ in it."""

    def __init__(self, part: Part, promises: frozenset[str] | None):
        self.part, self.pair, self.promises = part, part.known.pairs[0], promises
        self.met = Met(part.known, self.pair)
        self.measured = measured_by(part.crowd, self.pair, part.known.scale)
        self.seen: list[set[int]] | None = None
        self._broken: list[str] | None = None

    def broken(self) -> list[str]:
        if self._broken is None:
            broken = self.met.remains().broken()
            self._broken = [one for one in broken if self.promises is None or one in self.promises]
        return self._broken

    def shows_new(self, sets: np.ndarray) -> np.ndarray:
        """Which sets show a value of what is asked that nobody found so far had."""
        values = self.measured(self.part.values(sets))
        return np.any(
            [[value not in there for value in of.tolist()] for of, there in zip(values.T, self.seen, strict=True)],
            axis=0,
        )

    def passes(self, given: np.ndarray) -> bool:
        """Whether the tests of whole ways stay as they were told."""
        return passes_tests(self._people(given).way(self.pair), self.pair, self.part.known.scale.unit)

    def _people(self, given: np.ndarray):
        return self.part.crowd.people(self.part.values(given[None])[0])

    def take(self, given: np.ndarray) -> None:
        """Keeps these people if they show something new."""
        values = self.measured(self.part.values(given[None]))[0].tolist()
        if self.seen is None:
            self.seen = [{value} for value in values]
        elif not any(value not in there for value, there in zip(values, self.seen, strict=True)):
            return
        if len(self.met.people) < ENOUGH and self.met.takes(self._people(given)):
            for value, there in zip(values, self.seen, strict=True):
                there.add(value)
            self._broken = None


def _parents(pool: np.ndarray, waiting: list[_Asked], rng: np.random.Generator) -> np.ndarray:
    """From which sets the next are made: half from all, half from those farthest in what is still asked of a row."""
    chosen = rng.integers(0, len(pool), AT_ONCE)
    one = waiting[rng.integers(0, len(waiting))]
    values = one.measured(one.part.values(pool))
    wanted = one.met.wanted()
    led = [place for place, name in enumerate(ASKED) if name in wanted] or [*range(len(ASKED))]
    led = [0, 1, *led] if max(led) > 1 else led  # who moved far was first somebody who moved farthest
    order = np.lexsort((rng.random(len(pool)), values[:, led[rng.integers(0, len(led))]]))
    ends = np.concatenate([order[:3], order[-3:]])
    chosen[::2] = ends[rng.integers(0, len(ends), len(chosen[::2]))]
    return chosen


def _kept(pool: np.ndarray, asked: Iterable[_Asked], rng: np.random.Generator) -> np.ndarray:
    """The truth, some at random, and of each row that waits those farthest in what is asked."""
    if len(pool) <= POOL:
        return pool
    kept = {0, *rng.integers(0, len(pool), POOL // 2).tolist()}
    for one in asked:
        if one.broken():
            values = one.measured(one.part.values(pool))
            for place in range(len(ASKED)):
                order = np.lexsort((rng.random(len(pool)), values[:, place]))
                kept |= {*order[:2].tolist(), *order[-2:].tolist()}
    return pool[sorted(kept)]


def without_rows(block: Block, kinds: Iterable[str]) -> Block:
    """The same without rows of some kinds ("statement", "group"), or "tables" for all that is told elsewhere."""
    kinds = set(kinds)
    parts = [
        part
        for part in block.parts
        if not ("statement" in kinds and len(part.statements) == 1)
        and not ("group" in kinds and part.name[1] != "all")
        and not ("scale" in kinds and len(part.statements) > 1)
    ]
    tables = {} if "tables" not in kinds else {"checks": (), "on_answers": ()}
    return replace(block, parts=tuple(parts), **tables)
