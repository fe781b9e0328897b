"""Random restarts over everything that a cohort publishes of changes at once: what may its answers have been?

    python tests/benchmarks/walk_everything.py 1 --walks 8

Statements, the scales that they make and the groups of these hold together: a step changes single answers of a scale's
statements, and is taken only where every row about them would be published as it is. Scales share no answer, so that
walks on each of them are walks on all. Prints, for each row, the changes that remain possible and how many may have
moved by two points or more: a lower bound of what remains, for a walk shows what may be and never what must be.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd

HOUSE = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(HOUSE / "notebooks"), str(HOUSE / "tests"), str(HOUSE / "tests" / "disclosure")]

from followup.disclosure.candidates import fitting  # noqa: E402
from followup.disclosure.moves import passes_tests  # noqa: E402
from followup.disclosure.release_check import Release, Row, told_by  # noqa: E402
from test_release_check import release  # noqa: E402

AT_ONCE = 200


class Block:
    """A scale's statements and everything that is published of them; `answers` are people × waves × statements."""

    def __init__(self, rows: list[Row], scale: str, items: list[str]):
        by_name = {row.name: row for row in rows}
        everyone = by_name[scale, "all"].real
        self.people, self.items = everyone.points.index, items
        statements = [by_name[item, "all"].real.points.reindex(self.people) for item in items]
        self.answers = np.stack([frame.to_numpy() for frame in statements], axis=2)
        whole = ~np.isnan(self.answers).any(axis=2)
        answered = everyone.points.notna().to_numpy()
        self.free = np.argwhere((whole == answered).all(axis=1)[:, None] & answered)
        self.rows = [(row, *told_by(row, row.about.level)) for row in rows if row.name[0] in (scale, *items)]

    def fitting(self, given: np.ndarray) -> np.ndarray:
        """Which of many answers (sets × people × waves × statements) every row about them fits."""
        fits = np.ones(len(given), dtype=bool)
        for row, known, crowd in self.rows:
            left = np.flatnonzero(fits)
            if len(left):
                values = self._values(row, given[left], known.scale.unit)
                fits[left] = fitting(known, values, crowd.answered)
        return fits

    def _values(self, row: Row, given: np.ndarray, unit: int) -> np.ndarray:
        """What a row is about, of each set: a statement, or the mean of those answered; the rest as it really is."""
        mine = self.people.get_indexer(row.real.points.index)
        if row.name[0] in self.items:
            return np.nan_to_num(given[:, mine][..., self.items.index(row.name[0])]).astype(int)
        real = np.nan_to_num(row.real.points.to_numpy() * unit)
        moved = np.nan_to_num(given[:, mine] - self.answers[mine]).sum(axis=3) * unit / len(self.items)
        return np.rint(real + moved).astype(int)

    def passes(self, given: np.ndarray) -> bool:
        """Whether one set also has the tests that left."""
        sets = (
            (crowd.people(self._values(row, given[None], known.scale.unit)[0]), known)
            for row, known, crowd in self.rows
        )
        return all(passes_tests(people.way(known.pairs[0]), known.pairs[0], known.scale.unit) for people, known in sets)

    def others(self, given: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Sets with one to four answers a step higher or lower, or two people's answers exchanged."""
        sets, every = np.repeat(given[None], AT_ONCE, axis=0), np.arange(AT_ONCE)
        for turn in range(4):
            who, wave = self.free[rng.integers(0, len(self.free), AT_ONCE)].T
            item, go = rng.integers(0, len(self.items), AT_ONCE), rng.integers(1, 5, AT_ONCE) > turn
            stepped = np.clip(sets[every, who, wave, item] + rng.choice((-1, 1), AT_ONCE), 1, 5)
            sets[every[go], who[go], wave[go], item[go]] = stepped[go]
        return sets

    def moved_far(self, given: np.ndarray) -> dict:
        """Of each row: everyone's change as a heap, and how many moved by two points or more."""
        found = {}
        for row, known, crowd in self.rows:
            way = crowd.people(self._values(row, given[None], known.scale.unit)[0]).way(known.pairs[0])
            found[row.name] = way, sum(people for change, people in way if abs(change) >= 2 * known.scale.unit)
        return found


def walk(block: Block, steps: int, seed: int) -> list[dict]:
    """What is met on one walk from the truth."""
    rng, given, met = np.random.default_rng(seed), block.answers, []
    for _ in range(steps):
        candidates = block.others(given, rng)
        fits = candidates[block.fitting(candidates)]
        for other in fits[rng.permutation(len(fits))[:3]]:
            if block.passes(other):
                given = other
                met.append(block.moved_far(given))
                break
    return met


def main(name: str, walks: int, steps: int) -> None:
    checked: Release = release(name)
    rows, lines = list(checked.rows()), []
    for scale in checked.codebook.scales_in(("programme_end", "follow_up")):
        items = [
            item for item in checked.codebook.scales[scale].items if any(row.name == (item, "all") for row in rows)
        ]
        block = Block(rows, scale, items)
        met = [found for seed in range(walks) for found in walk(block, steps, seed)]
        truth = block.moved_far(block.answers)
        for row, *_ in block.rows:
            ways = {found[row.name][0] for found in [truth, *met]}
            far = {found[row.name][1] for found in [truth, *met]}
            lines.append({"measure": row.name[0], "group": row.name[1], "ways": len(ways), "moved_far": len(far)})
    shown = pd.DataFrame(lines)
    print(shown.to_string(index=False))
    print(f"{len(shown)} rows; everyone's change open in {(shown['ways'] > 1).sum()}, "
          f"how many moved far in {(shown['moved_far'] > 1).sum()}")  # fmt: skip


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("cohort")
    asked.add_argument("--walks", type=int, default=8)
    asked.add_argument("--steps", type=int, default=300)
    told = asked.parse_args()
    main(told.cohort, told.walks, told.steps)
