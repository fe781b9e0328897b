"""Waves that are not linked, dealt again: against R (unlinked.R), where all relabellings are looked at, and at any size."""

import numpy as np
import pandas as pd
import pytest
from followup.statistics.relabelling import permuted_brunner_munzel, relabelled_family

FROM_R = [  # answers of both waves; Brunner and Munzel's t and its p under every relabelling, by unlinked.R
    ([1, 2, 2, 3, 3, 4], [2, 3, 4, 4, 5, 5, 5], 2.93519754282, 0.0407925407925),
    ([3, 4, 4, 5, 5, 5, 5], [5, 5, 5, 5, 4, 5, 5, 5], 1.35808772804, 0.230769230769),
    ([3, 3, 3, 3, 3, 2, 4, 3], [1, 5, 5, 1, 5, 5], 0.790569415042, 0.447885447885),
    ([2.25, 3.5, 3.75, 3, 2.5], [3.25, 4, 4.25, 3.5, 4.75, 3], 2.11108295709, 0.0930735930736),
    ([1, 1, 2, 2], [4, 4, 5, 5], 1e9, 0.0285714285714),
]


@pytest.mark.parametrize(("first", "second", "t", "p"), FROM_R)
def test_small_waves_are_counted_exactly_as_r_counts_them(first, second, t, p):
    found = permuted_brunner_munzel(first, second)
    assert found.exact
    assert (found.t, found.p) == (pytest.approx(t, rel=1e-9), pytest.approx(p, rel=1e-9))


@pytest.mark.parametrize(("first", "second", "t", "p"), FROM_R)
def test_the_other_way_round_the_p_is_the_same(first, second, t, p):
    assert permuted_brunner_munzel(second, first).p == pytest.approx(p, rel=1e-9)


def test_a_family_dealt_together_as_r_deals_it():
    """1,716 ways to deal thirteen people; step-down by the largest of three t, from unlinked.R."""
    first = pd.DataFrame({"a": [1, 2, 2, 3, 3, 4], "b": [2, 2, 3, 3, 4, 3], "c": [5, 4, 3, 3, 4, 5]})
    second = pd.DataFrame({"a": [2, 3, 4, 4, 5, 5, 5], "b": [3, 4, 4, 5, 4, 3, 5], "c": [4, 4, 5, 3, 3, 4, 5]})
    found = relabelled_family(first, second)
    assert found == {"a": pytest.approx(0.0646853146853), "b": pytest.approx(0.0646853146853), "c": pytest.approx(1.0)}


def test_many_people_are_dealt_by_a_seed_near_what_all_ways_give():
    """One statement of 20 and 25 answers: by value all ways are counted; dealt person by person 9,999 times."""
    rng = np.random.default_rng(5)
    first, second = rng.integers(1, 6, 20).astype(float), rng.integers(2, 6, 25).astype(float)
    exact = permuted_brunner_munzel(first, second)
    dealt = relabelled_family(pd.DataFrame({"a": first}), pd.DataFrame({"a": second}))["a"]
    assert exact.exact and 0.005 < exact.p < 0.5
    assert abs(dealt - exact.p) < 4 * (exact.p * (1 - exact.p) / 9_999) ** 0.5
    assert relabelled_family(pd.DataFrame({"a": first}), pd.DataFrame({"a": second}))["a"] == dealt


def test_a_measure_with_three_answers_in_a_wave_has_no_p_and_takes_nothing_from_the_others():
    first = pd.DataFrame({"a": [1.0, 2, 2, 3, 3, 4], "few": [1.0, 1, 1, np.nan, np.nan, np.nan]})
    second = pd.DataFrame({"a": [2.0, 3, 4, 4, 5, 5, 5], "few": [5.0] * 7})
    assert relabelled_family(first, second) == {"a": pytest.approx(0.0407925407925, rel=1e-9), "few": None}


def test_beyond_a_thousand_people_a_family_is_drawn_from_its_own_correlations():
    """Two statements that everybody answers alike are one: adjusted as one."""
    rng = np.random.default_rng(3)
    first, second = rng.integers(1, 6, 600).astype(float), rng.integers(1, 6, 700).astype(float)
    second[:60] = 5
    one = permuted_brunner_munzel(first, second).p
    twice = relabelled_family(*(pd.DataFrame({"a": wave, "b": wave}) for wave in (first, second)))
    assert twice["a"] == twice["b"] == pytest.approx(one, abs=0.02)
