"""People near the truth who would publish the same numbers, found by a seeded random walk.

Where what left is no sum (an interval of people who are not all linked, a gap, α), no programme finds people that fit.
Whoever publishes knows the truth, and from there a few answers changed at a time lead to others; every one that is kept
was published again and found to be the same. A walk shows what may be; that something must be it cannot show.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from time import monotonic

import numpy as np

from followup.disclosure.outsider import AnswerScale
from followup.disclosure.population import People

MOST_AT_ONCE = 4  # answers changed in one step


def people_near(
    truth: People,
    scale: AnswerScale,
    publishes_the_same: Callable[[People], bool],
    *,
    until: float,
    steps: int = 4_000,
    seed: int = 0,
) -> Iterator[People]:
    """The people on the walk, the truth first; stops after so many steps or when `until` (monotonic seconds) is past.

    Each step moves the answers of one to four people by a step of the scale, and is taken back where something else
    would be published. Blanks stay blank.
    """
    rng, lowest, highest = np.random.default_rng(seed), scale.lowest * scale.unit, scale.highest * scale.unit
    answers = [list(pattern) for pattern, n in zip(truth.patterns, truth.counts, strict=True) for _ in range(n)]
    places = [(who, wave) for who, given in enumerate(answers) for wave, value in enumerate(given) if value is not None]
    yield truth
    for _ in range(steps):
        if monotonic() > until:
            return
        chosen = [places[place] for place in rng.choice(len(places), rng.integers(1, MOST_AT_ONCE + 1), replace=False)]
        changed = [(who, wave, answers[who][wave]) for who, wave in chosen]
        for who, wave, value in changed:
            answers[who][wave] = int(np.clip(value + scale.step * rng.choice((-1, 1)), lowest, highest))
        people = _gathered(answers)
        if publishes_the_same(people):
            yield people
        else:
            for who, wave, value in changed:
                answers[who][wave] = value


def _gathered(answers: list[list[int | None]]) -> People:
    counted = Counter(tuple(given) for given in answers)
    return People(tuple(counted), tuple(counted.values()))
