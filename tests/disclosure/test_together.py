"""A scale with all that is told of it at once: what two rows close that each leaves open is found, and gaps and bounds, too.

Planted cases are so small that every set of people is written down here; the shipped cohorts are those that leave.
"""

from collections import defaultdict
from dataclasses import replace
from functools import cache
from itertools import combinations_with_replacement, product

import numpy as np
import pytest
from followup.analysis.nonresponse import differences_table, roster_bounds
from followup.cleaning.clean import clean_cohort, with_waves
from followup.disclosure.outsider import AnswerScale, Bounds, Known, Pair, Wave, exact
from followup.disclosure.scale_blocks import (
    OF_A_GROUP,
    Beside,
    beside_gaps,
    blocks,
    gap_fits,
    roster_check,
)
from followup.disclosure.solver import what_remains
from followup.disclosure.together import Block, Part, not_shown, without_rows
from followup.disclosure.walks import Crowd
from scipy import stats
from tables_of_notebooks import reliabilities, shown_gaps
from test_release_check import release, shipped

EVERYONES_CHANGE = "everyone's change"


@cache
def beside(name: str) -> Beside:
    """The tables beside the table of changes, as they leave."""
    comparison, _, scores = shipped(name)
    clean = clean_cohort(comparison.cohort)
    participants = with_waves(clean.participants, clean.waves)
    differences = differences_table(participants, scores, comparison.cohort)
    bounds = roster_bounds(comparison, scores, differences)
    return Beside(shown_gaps(comparison), bounds, reliabilities(comparison))


# ------------------------------------------------------------ two rows together


def row(given: np.ndarray, steps: int, name: str) -> Part:
    """A row that tells of people × waves (in steps) both means, the change and its interval with all digits."""
    n, unit = len(given), steps
    change = (given[:, 1] - given[:, 0]) / unit
    half = stats.t.ppf(0.975, n - 1) * change.std(ddof=1) / np.sqrt(n)
    pair = Pair(
        n,
        mean_first=exact(given[:, 0].mean() / unit),
        mean_second=exact(given[:, 1].mean() / unit),
        change=exact(change.mean()),
        ci95=Bounds(exact(change.mean() - half), exact(change.mean() + half)),
    )
    known = Known(AnswerScale(1, 3, steps), (Wave(n), Wave(n)), (pair,))
    crowd = Crowd(given, np.ones((n, 2), dtype=bool), np.zeros(n, dtype=bool))
    statements = [0, 1] if name == "scale" else [int(name[-1])]
    return Part((name, "all"), known, crowd, np.arange(n), statements)


def two_statements(people: list) -> Block:
    """Answers to two statements in two waves, and the scale that is their mean: [[[a1, a2], [b1, b2]], …]."""
    given = np.array(people)
    parts = (row(given.sum(axis=1), 2, "scale"), row(given[:, 0], 1, "item0"), row(given[:, 1], 1, "item1"))
    n = len(given)
    return Block(
        given, np.ones((n, 2, 2), dtype=bool), np.zeros(n, dtype=bool), np.zeros(n, dtype=int), parts, highest=3
    )


def ways_by_what_is_told(rows: list) -> dict:
    """By full enumeration of three people with answers 1 to 3: what is told of some rows, and every way of the scale."""
    patterns = np.array(list(product((1, 2, 3), repeat=4))).reshape(-1, 2, 2)
    sets = patterns[np.array(list(combinations_with_replacement(range(81), 3)))]
    values = {"scale": sets.sum(axis=2), "item0": sets[:, :, 0], "item1": sets[:, :, 1]}
    told = []
    for name in rows:
        moved = values[name][:, :, 1] - values[name][:, :, 0]
        told += [values[name][:, :, 0].sum(axis=1), values[name][:, :, 1].sum(axis=1), (moved**2).sum(axis=1)]
    found = defaultdict(set)
    ways = np.sort(values["scale"][:, :, 1] - values["scale"][:, :, 0], axis=1)
    for key, way in zip(map(tuple, np.array(told).T.tolist()), map(tuple, ways.tolist()), strict=True):
        found[key].add(way)
    return found


# 3 people moved by 1, −½ and 1 points on the scale; alone its row would also fit 0, 0 and 1½
CLOSED_TOGETHER = [[[1, 2], [1, 2]], [[2, 2], [3, 2]], [[2, 3], [2, 3]]]


def test_what_the_row_of_a_scale_leaves_open_its_statements_close():
    scale, together = (11, 14, 9), (11, 14, 9, 5, 7, 2, 6, 7, 3)  # sums of both waves, of squares of changes
    assert ways_by_what_is_told(["scale"])[scale] == {(-1, 2, 2), (0, 0, 3)}
    assert ways_by_what_is_told(["scale", "item0", "item1"])[together] == {(-1, 2, 2)}
    block = two_statements(CLOSED_TOGETHER)
    assert EVERYONES_CHANGE not in what_remains(block.parts[0].known).broken(), "by itself the row tells nobody's"
    assert EVERYONES_CHANGE not in not_shown(without_rows(block, {"statement"}), 5).get(("scale", "all"), [])
    assert EVERYONES_CHANGE in not_shown(block, 2)["scale", "all"]


def told(people: np.ndarray) -> tuple:
    """What three exact rows say of people × statements × waves, in sums."""
    rows = (people.sum(axis=1), people[:, 0], people[:, 1])
    return tuple(
        int(one) for row in rows for one in (row[:, 0].sum(), row[:, 1].sum(), ((row[:, 1] - row[:, 0]) ** 2).sum())
    )


def test_no_way_is_shown_that_is_not_there_and_most_are_found():
    """Sets of three people drawn until ten leave several ways and ten one: the walk never sees more than there are."""
    ways, rng = ways_by_what_is_told(["scale", "item0", "item1"]), np.random.default_rng(5)
    drawn: dict[bool, list[bool]] = {True: [], False: []}
    while min(map(len, drawn.values())) < 10:
        people = rng.integers(1, 4, (3, 2, 2))
        if not all(np.ptp(row[:, 1] - row[:, 0]) for row in (people.sum(axis=1), people[:, 0], people[:, 1])):
            continue  # no interval leaves where all moved alike
        several = len(ways[told(people)]) > 1
        if len(drawn[several]) < 10:
            left = not_shown(two_statements(people.tolist()), 0.4).get(("scale", "all"), [])
            drawn[several].append(EVERYONES_CHANGE not in left)
    assert sum(drawn[False]) == 0
    assert sum(drawn[True]) >= 8


# ------------------------------------------------------------ gaps


def gap_row(first: np.ndarray, second: np.ndarray, digits: int | None) -> dict:
    """What a row of gaps tells of two groups (people × waves): by scipy, and rounded to so many digits."""
    moved = [side[:, 1] - side[:, 0] for side in (first, second)]
    found = stats.ttest_ind(moved[1], moved[0], equal_var=False)
    low, high = found.confidence_interval(0.95)
    number = (lambda value: float(value)) if digits is None else (lambda value: round(float(value), digits))
    gaps = second.mean(axis=0) - first.mean(axis=0)
    return {
        "gap_earlier": number(gaps[0]),
        "gap_later": number(gaps[1]),
        "change": number(gaps[1] - gaps[0]) if digits is None else None,
        "ci_low": float(low) if digits is None else None,
        "ci_high": float(high) if digits is None else None,
        "excludes_zero": bool(low > 0 or high < 0),
    }


def test_a_gap_with_all_digits_tells_a_group_and_one_that_leaves_does_not():
    """Two groups of three, answers 1 to 3: of all 27,225 pairs of groups, those that would make the same row."""
    patterns = np.array(list(product((1, 2, 3), repeat=2)))
    groups = patterns[np.array(list(combinations_with_replacement(range(9), 3)))]
    pairs = np.array(list(product(range(len(groups)), repeat=2)))
    first, second = groups[pairs[:, 0]].astype(float), groups[pairs[:, 1]].astype(float)
    truth = np.array([[1, 3], [1, 3], [1, 2]], dtype=float), np.array([[3, 1], [3, 1], [3, 1]], dtype=float)
    for digits, step, most in ((None, 1e-9, 3), (1, 0.1, None)):
        row = gap_row(*truth, digits)
        if digits is None:  # all moved alike in the second group: its interval is that of the first
            row |= {"ci_low": None, "ci_high": None}
        fits = gap_fits(row, first, second, 3, step)
        by_hand = np.array([same_row(row, one, other, step) for one, other in zip(first, second, strict=True)])
        assert fits.tolist() == by_hand.tolist()
        assert fits.any()
        assert most is None or len({one.tobytes() for one in first[fits]}) <= most


def same_row(row: dict, first: np.ndarray, second: np.ndarray, step: float) -> bool:
    gaps = second.mean(axis=0) - first.mean(axis=0)
    told = (row["gap_earlier"], row["gap_later"])
    if any(abs(gap - one) > step / 2 + 1e-9 for gap, one in zip(gaps, told, strict=True)):
        return False
    moved = [side[:, 1] - side[:, 0] for side in (first, second)]
    change = moved[1].mean() - moved[0].mean()
    if row["change"] is not None and abs(change - row["change"]) > step / 2 + 1e-9:
        return False
    if all(side.std() == 0 for side in moved):
        return bool(change) == row["excludes_zero"]
    low, high = stats.ttest_ind(moved[1], moved[0], equal_var=False).confidence_interval(0.95)
    return bool(low > 0 or high < 0) == row["excludes_zero"]


# ------------------------------------------------------------ bounds for the roster


@pytest.mark.parametrize(
    ("step", "truth", "alone"),
    [(1e-9, [5] * 8 + [1], True), (0.1, [5] * 8 + [1], True), (0.1, [1, 2, 2, 3, 3, 4, 4, 5, 5], False)],
)
def test_which_answers_an_interval_for_the_roster_leaves(step, truth, alone):
    """Nine of twelve answered 1 to 5: of all 715 ways to do so, those that give the interval. (It leaves from 20 on.)"""
    half = stats.t.ppf(0.975, 8) * np.std(truth, ddof=1) * np.sqrt((1 - 9 / 12) / 9)
    told = {"finite_low": np.mean(truth) - half, "finite_high": np.mean(truth) + half, "n": 9, "n_all": 12}
    if step == 0.1:
        told |= {end: round(told[end], 1) for end in ("finite_low", "finite_high")}
    everyone = np.array(list(combinations_with_replacement(range(1, 6), 9)), dtype=float)
    crowd = Crowd(np.ones((9, 2), dtype=int), np.ones((9, 2), dtype=bool), np.zeros(9, dtype=bool))
    part = Part(("m", "all"), Known(AnswerScale(1, 5), (), ()), crowd, np.arange(9), [0])
    fits = roster_check(told, part, step)(np.repeat(everyone[:, :, None], 2, axis=2))
    spread = [
        (answers.mean() - one, answers.mean() + one)
        for answers in everyone
        for one in [stats.t.ppf(0.975, 8) * answers.std(ddof=1) * np.sqrt(0.25 / 9)]
    ]
    by_hand = [
        abs(low - told["finite_low"]) <= step / 2 + 1e-9 and abs(high - told["finite_high"]) <= step / 2 + 1e-9
        for low, high in spread
    ]
    assert fits.tolist() == by_hand
    assert (fits.sum() == 1) == alone


# ------------------------------------------------------------ as it leaves


@pytest.mark.parametrize(("name", "scales"), [("1", 6), ("2", 6), ("local-3", 1)])
def test_of_every_scale_the_rows_gaps_bounds_and_alphas_are_those_of_the_real_answers(name, scales):
    found = dict(blocks(release(name), beside(name)))
    assert len(found) >= scales
    for scale, block in found.items():
        assert block.fitting(block.given[None])[0], scale
        assert len(block.parts) > 1


def test_a_table_of_other_answers_is_said_not_to_be_theirs():
    wrong = replace(beside("1"), gaps=beside("1").gaps.assign(gap_later=-3.0))
    for scale, block in blocks(release("1"), wrong):
        if scale in ("self_perception", "own_area_activity"):
            with pytest.raises(ValueError, match="the rows are not made of these answers"):
                not_shown(block, 0.01)


@pytest.mark.parametrize("scale", ["own_area_activity", "programme_contribution"])
def test_with_everything_known_nobodys_change_is_told_in_cohort_1(scale):
    """The scale, its statements, its groups, the gap, the bounds for the roster and both alphas at once."""
    block = dict(blocks(release("1"), beside("1")))[scale]
    assert not_shown(block, 25, promises=frozenset({EVERYONES_CHANGE})) == {}


# ------------------------------------------------------------ gaps, before a build publishes


def test_beside_the_gaps_that_leave_the_groups_of_cohort_1_stay_open():
    assert beside_gaps(release("1"), beside("1").gaps, 20) == []


@pytest.mark.parametrize(("column", "value"), [("gap_later", 0.2143), ("change", -0.7), ("ci_low", -1.2)])
def test_a_gap_of_few_people_with_more_than_the_rules_allow_is_refused(column, value):
    """Of nine and ten people only both gaps leave, to one decimal."""
    weaker = beside("1").gaps.assign(**{column: value})
    with pytest.raises(ValueError, match="of a gap leaves with more digits"):
        beside_gaps(release("1"), weaker)


def test_where_a_gap_beside_its_groups_leaves_nobody_else_that_is_said():
    """As if all digits of the gaps had left: the walk from the same people finds no others of the two groups."""
    block = without_rows(dict(blocks(release("1"), beside("1")))["own_area_activity"], {"statement"})
    part, truth = block.scale, block.scale.values(block.given[None])
    usual = replace(block, checks=block.checks[:1])
    exact_too = replace(
        usual, checks=(*usual.checks, lambda points: (points * part.known.scale.unit == truth).all(axis=(1, 2)))
    )
    assert not_shown(usual, 20, promises=OF_A_GROUP) == {}
    left = not_shown(exact_too, 2, promises=OF_A_GROUP)
    assert {group for _, group in left} >= {"headquarters", "operational"}
