"""Scales: stories worked out by hand, values from R, and laws that must hold for any answers."""

import numpy as np
import pandas as pd
import pytest
from followup.statistics import scales as sc
from hypothesis import given
from hypothesis import strategies as st
from r_values import answers, cases, close, items, unaccounted, values

NAN = np.nan


# Stories -----------------------------------------------------------------------------------------------------------


def test_a_reverse_coded_item_is_turned_round():
    turned = sc.reverse_coded(pd.Series([1, 2, 5, NAN]), 1, 5)
    assert list(turned[:3]) == [5, 4, 1]
    assert turned.isna().tolist() == [False, False, False, True]


def test_an_answer_outside_the_scale_is_refused():
    with pytest.raises(ValueError, match="outside the scale"):
        sc.reverse_coded(pd.Series([0, 3]), 1, 5)


@pytest.mark.parametrize(
    ("answered", "score"),
    [
        ([4, 5, 3, 4], 4),
        ([4, 5, NAN, NAN], 4.5),
        ([4, NAN, NAN, NAN], None),
        ([NAN] * 4, None),
        ([2, 4, NAN], 3),
        ([2, NAN, NAN], None),
    ],
)
def test_a_score_needs_half_of_the_items(answered, score):
    """Two of four are enough; of three, one is not."""
    result = sc.scale_scores(pd.DataFrame([answered])).iloc[0]
    assert result["items_answered"] == sum(value == value for value in answered)
    assert result["score"] == score if score else np.isnan(result["score"])


def test_change_uses_the_items_answered_in_both_waves():
    """A skipped the hard item at follow-up: 4, 2 then 4 is no rise from 3 to 4 but no change on the common item."""
    earlier = pd.DataFrame({"easy": [4, 3], "hard": [2, 3]}, index=["A", "B"])
    later = pd.DataFrame({"hard": [NAN, 4, 5], "easy": [4, 4, 5]}, index=["A", "B", "C"])
    common = sc.common_item_scores(earlier, later)
    assert common.loc["A"].tolist() == [4, 4, 0, 1]
    assert common.loc["B"].tolist() == [3, 4, 1, 2]
    assert list(common.index) == ["A", "B"]
    assert sc.scale_scores(later).loc["A", "score"] - sc.scale_scores(earlier).loc["A", "score"] == 1


def test_waves_of_different_items_or_with_a_respondent_twice_are_refused():
    one = pd.DataFrame({"a": [1], "b": [2]}, index=["A"])
    with pytest.raises(ValueError, match="different items"):
        sc.common_item_scores(one, one.rename(columns={"b": "c"}))
    with pytest.raises(ValueError, match="twice"):
        sc.common_item_scores(pd.concat([one, one]), one)


def test_an_item_has_no_correlation_with_others_whose_sum_is_the_same_for_everybody():
    """The others of a sum to 4 for each of the three; those of b are 4, 4, 5 and of c 2, 4, 7."""
    found = sc.item_rest(pd.DataFrame({"a": [1.0, 2, 4], "b": [1.0, 2, 3], "c": [3.0, 2, 1]}))
    assert np.isnan(found["a"])
    assert found["b"] == pytest.approx(3 / (2 * np.sqrt(3)))
    assert found["c"] == pytest.approx(-5 / np.sqrt(2 * 38 / 3))


def test_alpha_of_two_items_by_hand():
    """Variances 1 and 1, variance of the sum 3: alpha = 2 × (1 − 2/3); their correlation is 0.5."""
    two = pd.DataFrame({"a": [1, 2, 3], "b": [1, 3, 2]})
    result = sc.reliability(two)
    assert result.alpha == pytest.approx(2 / 3)
    assert result.mean_inter_item_r == pytest.approx(0.5)
    assert result.item_rest == pytest.approx({"a": 0.5, "b": 0.5})
    assert (result.omega, result.no_omega) == (None, "fewer than three items")


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ({"a": [1, 2, 3]}, "fewer than two items"),
        ({"a": [1, 2, NAN], "b": [1, 2, 2]}, "fewer than three respondents answered every item"),
        ({"a": [4, 4, 4, 4], "b": [1, 2, 3, 4]}, "an item on which everyone agreed"),
    ],
)
def test_reliability_that_cannot_be_computed_says_why(table, reason):
    result = sc.reliability(pd.DataFrame(table))
    assert (result.alpha, result.omega, result.not_computable) == (None, None, reason)


def test_a_heywood_case_gives_no_omega():
    """a goes with b and with c, which do not go together: the factor is a itself and leaves it nothing of its own."""
    rng = np.random.default_rng(1)
    b, c = rng.normal(size=(2, 40))
    result = sc.reliability(pd.DataFrame({"a": b + c + 0.1 * rng.normal(size=40), "b": b, "c": c}))
    assert (result.omega, result.no_omega) == (None, "Heywood case")
    assert result.alpha is not None


def test_an_item_that_repeats_another_gives_no_omega():
    table = answers(1)[items("mot")].dropna()
    assert sc.reliability(table.assign(again=table["mot1"])).no_omega == "an item repeats the others"


def test_omega_is_the_same_every_time():
    table = answers(1)[items("mot")]
    assert sc.reliability(table) == sc.reliability(table)


# Laws --------------------------------------------------------------------------------------------------------------

TABLES = st.lists(st.lists(st.one_of(st.integers(1, 5), st.just(NAN)), min_size=4, max_size=4), min_size=1, max_size=12)


@given(TABLES)
def test_turning_every_item_round_turns_the_score_round(table):
    table = pd.DataFrame(table, dtype=float)
    turned = sc.scale_scores(sc.reverse_coded(table, 1, 5))["score"]
    pd.testing.assert_series_equal(6 - turned, sc.scale_scores(table)["score"])


@given(TABLES, TABLES)
def test_a_change_is_the_mean_change_of_the_common_items(first, second):
    first, second = (pd.DataFrame(table, columns=list("abcd"), dtype=float) for table in (first, second))
    common = sc.common_item_scores(first, second[list("dcba")])
    for respondent, row in common.iterrows():
        changes = (second.loc[respondent] - first.loc[respondent]).dropna()
        assert row["items_answered"] == len(changes)
        assert row["change"] == pytest.approx(changes.mean()) if len(changes) >= 2 else np.isnan(row["change"])


# Values from R -----------------------------------------------------------------------------------------------------

RELIABILITY = {
    "*/n": lambda r: r.n,
    "*/k": lambda r: r.k,
    "*/alpha_raw": lambda r: r.alpha,
    "*/alpha_std": lambda r: r.alpha_standardised,
    "*/mean_inter_item_r": lambda r: r.mean_inter_item_r,
    "*/feldt_ci_low": lambda r: r.alpha_ci95.low,
    "*/feldt_ci_high": lambda r: r.alpha_ci95.high,
    "*/omega_ml": lambda r: r.omega,
    "*/min_uniqueness_ml": lambda r: r.smallest_uniqueness,
}
FITTED = {"omega_ml": 1e-6, "min_uniqueness_ml": 1e-5}  # two optimisers stop at different points


@pytest.mark.parametrize(("case", "dataset"), cases("ref_reliability"))
def test_reliability_agrees_with_r(case, dataset):
    _, wave, scale = case.split("_")
    r, ours = values("ref_reliability", case, dataset), sc.reliability(answers(int(wave[1]))[items(scale)])
    for pattern, computed in RELIABILITY.items():
        quantity = pattern.removeprefix("*/")
        assert close(computed(ours), r[quantity], FITTED.get(quantity, 1e-9)), quantity
    for item, correlation in ours.item_rest.items():
        assert close(correlation, r[f"item_rest_r_{item}"]), item


def test_every_value_of_r_is_reproduced_or_listed_as_not_used():
    assert unaccounted("ref_reliability", {*RELIABILITY, "*/item_rest_r_*"}) == []
