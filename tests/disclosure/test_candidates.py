"""Which sets of people publish the same: held against everyone written down, and against the study's own estimators."""

from itertools import combinations_with_replacement, product

import numpy as np
import pandas as pd
import pytest
from followup.disclosure.candidates import fitting
from followup.disclosure.moves import sign_flip_p
from followup.disclosure.outsider import AnswerScale, Cells, Known, Pair, Wave, Window, outward, rounded
from followup.disclosure.precision import nearest
from followup.disclosure.precision import outward as on_grid
from followup.disclosure.solver import every_way, what_remains
from followup.disclosure.walks import Crowd
from followup.statistics.linked_change import linked_change
from followup.statistics.unlinked_change import partly_linked_change, unlinked_change

ONE_TO_FIVE = AnswerScale(1, 5)


def low_high(values: np.ndarray) -> tuple[int, int, int]:
    """How many answered 1 or 2, 3, 4 or 5."""
    return int((values <= 2).sum()), int((values == 3).sum()), int((values >= 4).sum())


def waves(first: np.ndarray, second: np.ndarray) -> tuple[Wave, Wave]:
    return tuple(Wave(len(wave), (Cells((2.5, 3.5), low_high(wave)),)) for wave in (first, second))


def apart(first: np.ndarray, second: np.ndarray, both: int = 0) -> tuple[pd.Series, pd.Series]:
    """Two waves as Series; the first `both` of each are the same people."""
    shared = [f"B{place}" for place in range(both)]
    index = [[*shared, *(f"{wave}{place}" for place in range(len(values) - both))] for wave, values in zip("XY", (first, second), strict=True)]  # fmt: skip
    return tuple(pd.Series(values, people, dtype=float) for values, people in zip((first, second), index, strict=True))


def laid_out(first: np.ndarray, second: np.ndarray, both: int) -> tuple[np.ndarray, np.ndarray]:
    """People × waves, and who answered."""
    alone = len(first) - both, len(second) - both
    given = np.zeros((both + sum(alone), 2), dtype=int)
    given[: len(first), 0] = first
    given[:both, 1], given[both + alone[0] :, 1] = second[:both], second[both:]
    answered = np.zeros(given.shape, dtype=bool)
    answered[: len(first), 0] = True
    answered[:both, 1] = answered[both + alone[0] :, 1] = True
    return given, answered


def numbers(method: str, first: np.ndarray, second: np.ndarray, both: int) -> tuple:
    """What would be printed: change to .1, the 90% interval outward on .25, whether p is above .05, the categories."""
    if method == "paired":
        result = linked_change(first, second, unit=1.0)
        p = result.p_sign_flip
    else:
        series = apart(first, second, both)
        result = partly_linked_change(*series) if method == "partly" else unlinked_change(*series)
        p = result.p if method == "partly" else result.p_brunner_munzel
    interval = result.ci90 or (result.change, result.change)
    return (
        nearest(result.change, 0.1),
        on_grid(*interval, 0.25),
        p is None or p > 0.05,
        low_high(first),
        low_high(second),
    )


def known_from(method: str, printed: tuple, first: np.ndarray, second: np.ndarray, both: int) -> Known:
    change, bounds, above, *_ = printed
    told = {"change" if method == "paired" else "change_of_all": rounded(change, 0.1)}
    p = None if method == "paired" else Window(0.05, 1) if above else Window(0, 0.05)
    pair = Pair(both, ci90=outward(*bounds, 0.25), p=p, method=method, **told)
    return Known(ONE_TO_FIVE, waves(first, second), (pair,))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("method", "sizes", "both"), [("paired", (12, 12), 12), ("partly", (14, 13), 9), ("unlinked", (13, 12), 0)])  # fmt: skip
def test_what_fits_is_what_the_studys_own_estimators_would_print(method, sizes, both, seed):
    """300 others, near the truth: the mask of the candidates against each computed and rounded one by one."""
    rng = np.random.default_rng(seed)
    first, second = (np.clip(rng.normal(3.2, 1, size).round(), 1, 5).astype(int) for size in sizes)
    printed = numbers(method, first, second, both)
    known = known_from(method, printed, first, second, both)
    others = [(first, second)]
    for _ in range(300):
        one, two = first.copy(), second.copy()
        for wave in (one, two):
            for place in rng.integers(0, len(wave), rng.integers(0, 4)):
                wave[place] = np.clip(wave[place] + rng.choice((-1, 1)), 1, 5)
        others.append((one, two))
    given = np.stack([laid_out(*other, both)[0] for other in others])
    found = fitting(known, given, laid_out(first, second, both)[1])
    places = slice(0, 2) if method == "paired" else slice(0, 3)
    expected = [
        (mine := numbers(method, *other, both))[places] == printed[places] and mine[3:] == printed[3:]
        for other in others
    ]
    assert found[0]
    assert 1 < sum(expected) < len(expected)
    assert found.tolist() == expected


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("n", "highest"), [(5, 5), (6, 4), (8, 3)])
def test_quick_and_exact_say_the_same_of_cases_that_can_be_written_down(n, highest, seed):
    """From the truth by walks; by solver and enumeration without it; and by writing down everyone who fits."""
    given = np.random.default_rng(seed).integers(1, highest + 1, (n, 2))
    low = [int((given[:, wave] == 1).sum()) for wave in (0, 1)]
    change = nearest(float((given[:, 1] - given[:, 0]).mean()), 0.1)
    known = Known(
        AnswerScale(1, highest),
        tuple(Wave(n, (Cells((1.5,), (count, n - count)),)) for count in low),
        (Pair(n, change=rounded(change, 0.1)),),
    )
    one = list(product(range(1, highest + 1), repeat=2))
    everyone = np.array(list(combinations_with_replacement(one, n)))
    moved = everyone[:, :, 1] - everyone[:, :, 0]
    fits = (np.abs(moved.mean(axis=1) - change) <= 0.05 + 1e-9) & ((everyone == 1).sum(axis=1) == low).all(axis=1)
    assert fitting(known, everyone, np.ones((n, 2), dtype=bool)).tolist() == fits.tolist()
    ways = {tuple(sorted(way)) for way in moved[fits].tolist()}
    quick = what_remains(known, truth=Crowd(given, np.ones((n, 2), dtype=bool), np.zeros(n, dtype=bool)))
    exact = what_remains(known)
    assert len(every_way(known).ways) == len(ways)
    assert quick.ways <= every_way(known).ways
    assert (len(quick.ways) > 1) == (len(ways) > 1)
    far = {sum(change >= 2 for change in way) for way in ways}
    assert quick.broken() == exact.broken()
    assert min(quick.rose_far) in far and max(quick.rose_far) in far


def test_a_p_of_pairs_is_left_to_the_exact_test():
    """Ten rose by one: p is 2 / 2**10; of nine who rose and one who fell 22 of 1024 sign patterns are as extreme."""
    assert sign_flip_p(((1, 10),)) == 2 / 1024
    assert sign_flip_p(((-1, 1), (1, 9))) == 22 / 1024
    first, second = np.full(10, 3), np.full(10, 4)
    known = Known(ONE_TO_FIVE, (Wave(10), Wave(10)), (Pair(10, p=Window(0, 0.01)),))
    crowd = Crowd(np.stack([first, second], axis=1), np.ones((10, 2), dtype=bool), np.zeros(10, dtype=bool))
    remains = what_remains(known, truth=crowd)
    assert ((-1, 1), (1, 9)) not in remains.ways
    assert all(sign_flip_p(way) <= 0.01 for way in remains.ways)
