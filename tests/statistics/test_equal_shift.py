"""An equal rise near the end of a scale: by hand with two options, and that no gap is said to have narrowed by it."""

import numpy as np
import pandas as pd
import pytest
from followup.statistics.equal_shift import equal_shift_gap_change
from followup.statistics.gap_change import gap_verdict, linked_gap_change


def test_by_hand_with_yes_and_no():
    """9 of 10 and 5 of 10 said yes: log odds 2.197 and 0. Odds times three: 27/28 and 3/4, so the groups rise by .0643
    and .25, and the gap closes by .1857 with nobody catching up.
    """
    first, second = (pd.DataFrame({"item": [1] * yes + [0] * (10 - yes)}, dtype=float) for yes in (9, 5))
    rises = 27 / 28 - 0.9, 3 / 4 - 0.5
    assert equal_shift_gap_change(first, second, [0, 1], *rises) == pytest.approx(rises[1] - rises[0], abs=1e-9)


def test_no_shift_moves_no_gap_and_nobody_has_none():
    groups = (pd.DataFrame({"item": [1.0, 3, 5, 5]}), pd.DataFrame({"item": [1.0, 2, 2, 3]}))
    assert equal_shift_gap_change(*groups, range(1, 6), 0.0, 0.0) == pytest.approx(0, abs=1e-9)
    assert equal_shift_gap_change(groups[0], groups[1].iloc[:0], range(1, 6), 0.0, 0.0) is None


def gap_of(first_changes: list[int], second_changes: list[int], top: int):
    """Twenty near the top and twenty in the middle, one statement: the change of the gap, and what an equal shift gives."""
    before = [np.array([5] * top + [4] * (20 - top)), np.array([2, 3] * 10)]
    after = [wave + np.array(change) for wave, change in zip(before, (first_changes, second_changes), strict=True)]
    group = ["first"] * 20 + ["second"] * 20
    gap = linked_gap_change(np.concatenate(before), np.concatenate(after), group, "first", "second", top=5)
    items = [pd.DataFrame({"item": wave}, dtype=float) for wave in before]
    moved = [np.mean(change) for change in (first_changes, second_changes)]
    return gap, equal_shift_gap_change(*items, range(1, 6), *moved)


def test_a_gap_that_an_equal_rise_closes_is_not_said_to_have_narrowed():
    """Nine of twenty stand at the top: they cannot rise. Of the others seven of eleven do, of the second group 17 of 20."""
    gap, shift = gap_of([0] * 9 + [1] * 7 + [0] * 4, [1] * 17 + [0] * 3, top=9)
    assert gap_verdict(gap, ceilings=(0.4, 0.0)).verdict == "narrowed"
    said = gap_verdict(gap, ceilings=(0.4, 0.0), equal_shift=shift)
    assert (said.verdict, said.reason) == ("cannot be told", "equal_shift")


def test_a_gap_that_closed_by_more_than_that_has_narrowed():
    gap, shift = gap_of([-1, 0] * 10, [2, 1] * 10, top=2)
    assert gap_verdict(gap, ceilings=(0.1, 0.0), equal_shift=shift).verdict == "narrowed"
