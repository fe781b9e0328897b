"""The solver finds who could be worked out from the files before there were rules, and nobody from what leaves now.

Cohorts are synthetic: cohort 1 as it is shipped, made-up ones of 9 to 28 people, and cases so small that every set of
people can be written down and held against what is published.
"""

from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import combinations_with_replacement, product
from time import monotonic

import numpy as np
import pandas as pd
import pytest
from followup.disclosure.moves import (
    TooMany,
    not_lower,
    passes_tests,
    pratt_p,
    rank_biserial,
    sign_flip_p,
    ways_that_fit,
)
from followup.disclosure.outsider import AnswerScale, Bounds, Cells, Known, Pair, Wave, Window, exact, outward, rounded
from followup.disclosure.population import People, Population
from followup.disclosure.precision import kinds, nearest, p_band, released
from followup.disclosure.precision import outward as on_grid
from followup.disclosure.released_rows import Published, known_of
from followup.disclosure.solver import TOO_LARGE, every_way, what_remains
from followup.disclosure.walks import ASKED, Crowd, people_near
from followup.statistics import linked_change as statistics
from followup.statistics import unlinked_change
from made_up_answers import answers, levels, results
from published_rows import after, before, of_group, published, scale_of, turned
from scipy import stats

ONE_TO_FIVE = AnswerScale(1, 5)
SIX_SCALES = (
    "motivation", "self_perception", "own_area_activity", "wider_involvement", "programme_contribution",
    "sponsor_support",
)  # fmt: skip


# ------------------------------------------------------------ before and after, on cohort 1


def test_before_everyones_change_of_all_six_scales_and_25_statements_followed():
    rows, categories = published("published_changes.csv"), turned(published("published_levels.csv"))
    determined = []
    for _, row in rows.iterrows():
        of_measure = categories[categories["measure"] == row["measure"]]
        known = before(row, of_measure, scale_of(row, of_measure))
        found = every_way(known, most=3_000_000, seconds=60)
        determined += [row["measure"]] if found.whole and len(found.ways) == 1 else []
    assert set(SIX_SCALES) < set(determined)
    assert len(determined) == 6 + 25


def test_after_nobody_can_be_worked_out_of_cohort_1():
    rows, categories = published("full_changes.csv"), turned(published("published_levels.csv"))
    shown = released(rows, n=["n_linked"], kind=kinds(rows), margin="margin")
    broken = {}
    for _, row in shown.iterrows():
        of_measure = categories[categories["measure"] == row["measure"]]
        known = after(row, of_measure, scale_of(row, of_measure, all_complete=True))
        broken[row["measure"], row["group"]] = what_remains(
            known if row["group"] == "all" else of_group(known, row)
        ).broken()
    assert len(broken) == 50
    assert {row: what for row, what in broken.items() if what} == {}


@pytest.mark.parametrize("n", [9, 10, 12, 19, 24, 28])
def test_after_nobody_can_be_worked_out_of_a_made_up_cohort(n):
    given = answers(n, seed=n)
    rows, categories = results(given), levels(given)
    shown = released(rows, n=["n_linked"], kind=rows["kind"], margin="margin")
    for _, row in shown.iterrows():
        of_measure = categories[categories["measure"] == row["measure"]]
        remains = what_remains(after(row, of_measure, scale_of(row, of_measure)), seconds=60)
        assert remains.broken() == [], row["measure"]
        assert len(remains.ways) > 1
        if n < 20:
            assert len(remains.moved_far) > 1


@pytest.mark.parametrize(("n", "sizes"), [(19, (9, 10)), (24, (8, 8, 8)), (28, (9, 10, 9))])
def test_after_no_group_of_a_made_up_cohort_can_be_worked_out(n, sizes):
    """Of each group: nobody's answers in either wave, no largest rise or fall, nor how many moved far."""
    given, start = answers(n, seed=n), 0
    for size in sizes:
        part, start = given[start : start + size], start + size
        rows = results(part)
        rows = rows[rows["kind"] == "scale"].assign(group="a", n_earlier=size, n_later=size)
        shown = released(rows, n=["n_linked"], kind="group", margin="margin")
        for _, row in shown.iterrows():
            of_measure = levels(part).query(f"measure == '{row['measure']}'")
            remains = what_remains(of_group(after(row, of_measure, scale_of(row, of_measure)), row), seconds=60)
            assert remains.broken() == [], (row["measure"], size)
            assert min(map(len, (remains.ways, remains.first_answers, remains.second_answers))) > 1


def test_where_the_rules_leave_too_much_the_solver_says_so_and_a_remedy_mends_it():
    """28 people, 12 rose by one, one fell by one: a narrow interval and the categories leave no other way."""
    first = [3, 3, 3, 3, 3] + [4] * 23
    second = [4, 4, 4, 4, 3] + [5] * 8 + [4] * 14 + [3]
    given = np.array([first, second]).T
    known, coarser = (_statement(given, level) for level in ("usual", "fewer_digits"))
    assert "everyone's change" in what_remains(known).broken()
    assert what_remains(coarser).broken() == []


def _statement(given: np.ndarray, level: str) -> Known:
    """What leaves of one statement answered by the same people twice."""
    block = np.tile(given[:, :, None, None], (1, 1, 6, 4))
    rows, categories = results(block), levels(block)
    shown = released(rows, n=["n_linked"], kind=rows["kind"], margin="margin", level=level)
    row, of_measure = shown[shown["measure"] == "s0_0"].iloc[0], categories[categories["measure"] == "s0_0"]
    return after(row, of_measure, scale_of(row, of_measure), level=level)


# ------------------------------------------------------------ worked out by hand


def test_four_people_of_whom_each_rose_by_one_are_alone():
    """Four answered 1, then 2: the mean change is 1 and the interval a point, so the squares are 4 as well."""
    one = Known(ONE_TO_FIVE, (Wave(4), Wave(4)), (Pair(4, change=exact(1), ci95=Bounds(exact(1), exact(1))),))
    assert every_way(one).ways == {((1, 4),)}
    assert "everyone's change" in what_remains(one).broken()


def test_two_ways_to_move_by_six_with_squares_of_ten():
    """Of four people a sum of 6 and squares of 10 are 2+2+1+1 alone, squares of 14 are 3+2+1+0 alone."""
    assert set(_with_sums(4, 6, 10)) == {((1, 2), (2, 2))}
    assert set(_with_sums(4, 6, 14)) == {((0, 1), (1, 1), (2, 1), (3, 1))}
    assert set(_with_sums(4, 6, 12)) == {((0, 1), (2, 3)), ((1, 3), (3, 1))}


def _with_sums(n: int, total: int, square: int) -> list:
    """The ways of n people on answers from 1 to 5, given through the full-precision interval they would have."""
    mean, spread = total / n, np.sqrt((square - total**2 / n) / (n - 1) / n)
    half = spread * float(stats.t.ppf(0.975, n - 1))
    known = Known(
        ONE_TO_FIVE,
        (Wave(n), Wave(n)),
        (Pair(n, change=exact(mean), ci95=Bounds(exact(mean - half), exact(mean + half))),),
    )
    return ways_that_fit(known)


def test_numbers_that_contradict_each_other_fit_nobody():
    known = Known(ONE_TO_FIVE, (Wave(9), Wave(9)), (Pair(9, change=rounded(1.0, 0.1), rose=0, same=9, fell=0),))
    assert what_remains(known).broken() == ["no people fit the published numbers"]


def test_that_too_few_changed_to_test_is_heeded_and_may_tell_everyones_change():
    """24 people, one test at .05: six who all moved one way give p = 2 / 2**6 = .03, so five at most changed. With a
    mean change of one fifth to within .01 and nobody far beyond, these are five who rose by one.
    """
    row = {
        "kind": "item", "measure": "d1", "group": "all", "n_linked": 24, "change": 0.2, "no_test": "too few changes",
        "margin": 0.5, "verdict": "described",
    }  # fmt: skip
    known = known_of(row, (Wave(24), Wave(24)), ONE_TO_FIVE, Published())
    assert known.pairs[0].moved_at_most == 5
    remains = what_remains(known)
    assert len(remains.ways) > 1
    assert all(sum(people for change, people in way if change) <= 5 for way in remains.ways)
    planted = replace(known.pairs[0], change=rounded(5 / 24, 0.01), ci90=Bounds(*[exact(5 / 24)] * 2))
    half = float(stats.t.ppf(0.95, 23)) * np.sqrt((5 - 25 / 24) / 23 / 24)
    planted = replace(planted, ci90=Bounds(rounded(5 / 24 - half, 0.01), rounded(5 / 24 + half, 0.01)))
    assert "everyone's change" in what_remains(replace(known, pairs=(planted,))).broken()
    weaker = replace(planted, moved_at_most=None)
    assert len(every_way(replace(known, pairs=(weaker,))).ways) >= len(every_way(replace(known, pairs=(planted,))).ways)


@pytest.mark.parametrize(
    ("band", "verdict", "alpha", "window"),
    [
        ("> 0.05", "rose", 0.1, (0.05 / 4, 0.1)),  # decided at .1: at most that
        ("≤ 0.05", "inconclusive", 0.01, (0.01 / 4, 0.05)),  # already in the band
        ("≤ 0.05", "inconclusive", 0.02, (0.02 / 4, 0.05)),  # above alpha, so not in the band's lower part
        ("≤ 0.01", "fell", 0.005, (0.001 / 4, 0.005)),
        ("> 0.05", "inconclusive", 0.1, (0.1 / 4, 1.0)),
        ("> 0.05", "described", 0.1, (0.05 / 4, 1.0)),  # nobody judged it
        (None, "rose", 0.1, (0.0, 0.1)),
    ],
)
def test_a_verdict_at_another_alpha_narrows_a_band_of_p(band, verdict, alpha, window):
    row = {
        "kind": "scale", "measure": "s", "group": "all", "n_linked": 24, "change": 0.2, "p_adjusted": band,
        "margin": 0.3, "verdict": verdict,
    }  # fmt: skip
    about = Published(family=4, alpha=alpha)
    assert known_of(row, (Wave(24), Wave(24)), ONE_TO_FIVE, about).pairs[0].p == pytest.approx(window)


def test_a_wave_of_ones_tells_its_answers():
    cells = Cells((1.5,), (9, 0))
    known = Known(ONE_TO_FIVE, (Wave(9, (cells,)), Wave(9)), (Pair(9, change=rounded(0.6, 0.2)),))
    broken = what_remains(known, seconds=3).broken()
    assert "the answers of the first wave" in broken
    assert "the largest fall" in broken


def test_beyond_eighty_people_the_rules_are_enough():
    known = Known(ONE_TO_FIVE, (Wave(81), Wave(81)), (Pair(81, change=rounded(0.1, 0.1)),))
    assert what_remains(known).note == TOO_LARGE
    assert what_remains(known).broken() == []


def test_where_the_time_is_up_it_is_said():
    known = Known(ONE_TO_FIVE, (Wave(28), Wave(28)), (Pair(28, change=rounded(0.1, 0.1)),))
    assert what_remains(known, seconds=0).note.startswith("cut off")
    with pytest.raises(TooMany):
        ways_that_fit(known, most=10)


def test_three_waves_hold_together():
    """Two of nine left after the second wave; whoever stayed at 3 in waves one and two may be anywhere in the third."""
    still = Pair(9, 0, 1, change=exact(0), ci95=Bounds(exact(0), exact(0)))
    later = Pair(7, 1, 2, change=rounded(0.2, 0.2))
    known = Known(AnswerScale(1, 3), (Wave(9, (Cells((2.5,), (9, 0)),)), Wave(9), Wave(7)), (still, later))
    assert "everyone's change" in what_remains(known, place=0).broken()
    remains = what_remains(known, place=1)
    assert len(remains.ways) > 1
    assert all(answer <= 2 for given in remains.first_answers for answer, _ in given)


# ------------------------------------------------------------ against everyone, written down


@cache
def every_people(n: int, highest: int) -> np.ndarray:
    """Every set of n people with a first and a second answer from 1 on: sets × people × waves."""
    answers_of_one = list(product(range(1, highest + 1), repeat=2))
    return np.array(list(combinations_with_replacement(answers_of_one, n)), dtype=np.int8)


def way_of(people: np.ndarray) -> tuple:
    return tuple(sorted(Counter((people[:, 1] - people[:, 0]).tolist()).items()))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("n", "highest"), [(5, 5), (6, 4), (7, 3), (8, 3)])
def test_every_way_is_what_writing_everyone_down_gives(n, highest, seed):
    """Published: low answers of both waves, change and change of the top to .1, the interval on a grid of .25."""
    given = np.random.default_rng(seed).integers(1, highest + 1, (n, 2))
    numbers = _numbers(given[None], highest)
    mean, top = np.round(numbers["mean"][0], 1), np.round(numbers["top"][0], 1)
    low, high = _outward(numbers["low"][0], numbers["high"][0])
    everyone = every_people(n, highest)
    all_numbers = _numbers(everyone, highest)
    fits = (
        (all_numbers["lowest"] == numbers["lowest"]).all(axis=1)
        & (np.abs(all_numbers["mean"] - mean) <= 0.05 + 1e-9)
        & (np.abs(all_numbers["top"] - top) <= 0.05 + 1e-9)
        & (np.abs(all_numbers["low"] - low - 0.125) <= 0.125 + 1e-6)
        & (np.abs(all_numbers["high"] - high + 0.125) <= 0.125 + 1e-6)
    )
    expected = {way_of(people) for people in everyone[fits].astype(int)}
    known = Known(
        AnswerScale(1, highest),
        tuple(Wave(n, (Cells((1.5,), (count, n - count)),)) for count in numbers["lowest"][0].tolist()),
        (
            Pair(
                n,
                change=rounded(mean, 0.1),
                ci95=outward(low, high, 0.25),
                high_from=highest - 0.5,
                high_change=rounded(top, 0.1),
            ),
        ),
    )
    _agrees(known, expected, way_of(given))


def _agrees(known: Known, expected: set, truth: tuple) -> None:
    assert truth in expected
    assert every_way(known).ways == expected
    remains = what_remains(known)
    assert remains.ways <= expected
    assert (len(remains.ways) > 1) == (len(expected) > 1)
    far = {sum(people for change, people in way if change >= 2) for way in expected}
    assert {min(remains.rose_far), max(remains.rose_far)} == {min(far), max(far)}


def _numbers(people: np.ndarray, highest: int) -> dict[str, np.ndarray]:
    """Of each set of people: low answers by wave, mean change, t interval, change of the share of highest answers."""
    n, change = people.shape[1], people[:, :, 1].astype(float) - people[:, :, 0]
    half = stats.t.ppf(0.975, n - 1) * change.std(axis=1, ddof=1) / np.sqrt(n)
    mean, top = change.mean(axis=1), (people == highest).mean(axis=1)
    lowest = (people == 1).sum(axis=1)
    return {"lowest": lowest, "mean": mean, "low": mean - half, "high": mean + half, "top": top[:, 1] - top[:, 0]}


def _outward(low: float, high: float) -> tuple[float, float]:
    return np.ceil(low / 0.25 - 1e-9) * 0.25 - 0.25, np.floor(high / 0.25 + 1e-9) * 0.25 + 0.25


@pytest.mark.parametrize("seed", range(20))
def test_tests_of_a_way_are_those_that_are_published(seed):
    rng = np.random.default_rng(seed)
    first, second = rng.integers(4, 21, (2, 12)) / 4
    result = statistics.linked_change(first, second, unit=0.25)
    way = tuple(sorted(Counter(np.rint((second - first) * 4).astype(int).tolist()).items()))
    assert sign_flip_p(way) == pytest.approx(result.p_sign_flip, abs=1e-12)
    assert pratt_p(way) == pytest.approx(result.p_pratt, abs=1e-12)
    assert rank_biserial(way) == pytest.approx(result.rank_biserial, abs=1e-12)
    assert not_lower(way, 0.3, 4) == pytest.approx(statistics.preservation(first, second, 0.3).p_not_worse, abs=1e-9)


def test_people_found_beside_the_truth_have_its_interval_where_not_all_are_linked():
    """16 linked, 4 and 3 others: T_new2's interval is made of means, variances and one correlation."""
    rng = np.random.default_rng(4)
    patterns = [(int(a), int(b)) for a, b in np.clip(rng.normal(3.2, 1, (16, 2)).round(), 1, 5)]
    patterns += [(int(a), None) for a in (2, 3, 3, 5)] + [(None, int(b)) for b in (3, 4, 4)]
    counted = Counter(patterns)
    truth = People(tuple(counted), tuple(counted.values()))
    known = Known(ONE_TO_FIVE, (Wave(20), Wave(19)), (Pair(16),))
    population = Population(known)
    other = population.extreme(
        population.among(known.pairs[0], lambda a, b: abs(b - a) >= 2),
        -1,
        population.moments_near(known.pairs[0], truth, 0),
    )
    one, two = (_partly_linked(people) for people in (truth, other))
    assert one.change == pytest.approx(two.change, abs=1e-12)
    assert one.ci95 == pytest.approx(two.ci95, abs=1e-9)
    assert len(what_remains(known, truth=Crowd.of(truth)).ways) > 1


def partly_linked_truth() -> People:
    """22 linked people, 6 who answered the first wave only, 4 the second only."""
    rng = np.random.default_rng(7)
    patterns = [(int(a), int(b)) for a, b in np.clip(rng.normal(3.2, 0.9, (22, 2)).round(), 1, 5)]
    patterns += [(int(a), None) for a in (2, 3, 3, 4, 4, 5)] + [(None, int(b)) for b in (2, 3, 4, 4)]
    counted = Counter(patterns)
    return People(tuple(counted), tuple(counted.values()))


def test_a_walk_from_the_truth_finds_others_who_would_publish_the_same():
    """T_new2's change to one decimal, its interval on a grid of .25 and its p; each is computed again by pandas."""

    def printed(people: People) -> tuple:
        result = _partly_linked(people)
        return nearest(result.change, 0.1), on_grid(*result.ci90, 0.25), p_band(result.p)

    truth = partly_linked_truth()
    change, bounds, band = printed(truth)
    assert band == "> 0.05"
    pair = Pair(22, change_of_all=rounded(change, 0.1), ci90=outward(*bounds, 0.25), p=Window(0.05, 1), method="partly")
    known = Known(ONE_TO_FIVE, (Wave(28), Wave(26)), (pair,))
    found = list(people_near(Crowd.of(truth), known, 0, lambda: set(ASKED), until=monotonic() + 20))
    assert len(found) > 5
    assert {printed(people) for people in found} == {(change, bounds, band)}
    remains = what_remains(known, truth=Crowd.of(truth))
    assert remains.broken() == []
    assert truth.way(pair) in remains.ways


def _partly_linked(people: People) -> unlinked_change.PartlyLinkedChange:
    everyone = [pattern for pattern, count in zip(people.patterns, people.counts, strict=True) for _ in range(count)]
    waves = (pd.Series([pattern[wave] for pattern in everyone], dtype=float) for wave in (0, 1))
    return unlinked_change.partly_linked_change(*waves)


def test_a_p_is_heeded_even_where_no_programme_knows_it():
    """Nine people rose by .3 on average, p at most .05: at least six rose and nobody fell, or nearly so."""
    known = Known(AnswerScale(1, 5, 4), (Wave(9), Wave(9)), (Pair(9, change=rounded(0.3, 0.1), p=Window(0, 0.05)),))
    remains = what_remains(known, seconds=3)
    assert remains.ways
    assert all(passes_tests(way, known.pairs[0], 4) and sign_flip_p(way) <= 0.05 for way in remains.ways)
