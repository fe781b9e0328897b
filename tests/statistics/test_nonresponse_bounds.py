"""Who answered: stories worked out by hand, values from R, and laws that must hold for any cohort."""

import numpy as np
import pandas as pd
import pytest
from followup.statistics import nonresponse_bounds as rs
from followup.statistics.linked_change import whole_units
from followup.statistics.scales import scale_scores
from followup.statistics.unlinked_change import relabelled_sums
from hypothesis import assume, given
from hypothesis import strategies as st
from r_values import answers, close, data, items, rows, unaccounted

NAN = np.nan


# Stories -----------------------------------------------------------------------------------------------------------


def test_respondents_stand_one_sd_above_non_respondents():
    """Means 4 and 3, both variances 1."""
    result = rs.standardised_difference([3, 4, 5, 2, 3, 4, NAN], [True] * 3 + [False] * 4)
    assert result == (3, 3, 4, 3, 1, None)


def test_shares_are_compared_with_their_own_variance():
    """3 of 4 against 1 of 4: (0.75 − 0.25) / sqrt(0.1875)."""
    result = rs.standardised_difference([1, 1, 1, 0, 1, 0, 0, 0], [True] * 4 + [False] * 4, share=True)
    assert result.standardised_difference == pytest.approx(0.5 / 0.1875**0.5)


@pytest.mark.parametrize(
    ("trait", "reason"), [([1, 2, 3, NAN], "fewer than two on one side"), ([2, 2, 2, 2], "no spread")]
)
def test_a_difference_that_cannot_be_computed_says_why(trait, reason):
    result = rs.standardised_difference(trait, [True, True, False, False])
    assert (result.standardised_difference, result.not_computable) == (None, reason)


def test_traits_of_the_roster_are_compared_level_by_level():
    roster = pd.DataFrame({"sector": ["HQ", "HQ", "LG", "LG"], "years": [1.0, 2, 3, 4]}, index=list("abcd"))
    table = rs.standardised_differences(roster, pd.Series([True, False, True, False], index=list("abcd")))
    assert table["trait"].tolist() == ["sector", "sector", "years"]
    assert table["level"].tolist()[:2] == ["HQ", "LG"]
    assert table["respondents"].tolist() == [0.5, 0.5, 2]
    with pytest.raises(ValueError, match="different participants"):
        rs.standardised_differences(roster, pd.Series([True] * 4))


def test_ten_silent_participants_may_all_have_a_trait_or_none():
    assert rs.worst_case_mean([4, 4, NAN], 4, lowest=1, highest=5) == ((8 + 2) / 4, (8 + 10) / 4)


def test_the_silent_must_have_fallen_by_1_45_to_undo_half_a_point():
    """(0 × 39 − 0.5 × 29) / 10."""
    assert rs.tipping_point(0.5, 29, 39, lowest=-4, highest=4) == (-1.45, True)
    assert rs.tipping_point(2.0, 29, 39, lowest=-4, highest=4) == (pytest.approx(-5.8), False)
    assert rs.tipping_point(0.5, 39, 39) == (None, None)


def test_everyone_answering_leaves_nothing_unknown():
    assert rs.hypergeometric_interval(18, 39, 39) == (18, 18)
    assert rs.roster_mean([3, 4, 5], 3).se == 0


@pytest.mark.parametrize("counts", [(5, 4, 10), (-1, 4, 10), (3, 11, 10), (0, 0, 0)])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(ValueError, match="not possible"):
        rs.hypergeometric_interval(*counts)


def test_more_answers_than_the_roster_are_refused():
    with pytest.raises(ValueError, match="roster of 2"):
        rs.roster_mean([1, 2, 3], 2)


def test_one_answer_has_a_mean_but_no_error():
    assert rs.roster_mean([4], 10) == (4, None, None)


@pytest.mark.parametrize(
    ("respondents", "roster", "refused"),
    [
        ({"HQ": 10, "OP": 8}, {"HQ": 12, "OP": 10}, None),
        ({"HQ": 10, "LG": 4}, {"HQ": 12, "LG": 5}, "a cell has 4 respondents, fewer than 5"),
        ({"HQ": 30, "OP": 5}, {"HQ": 30, "OP": 60}, "the design effect is 3.24, above 1.5"),
        ({"HQ": 10}, {"HQ": 10, "TS": 3}, "a cell has 0 respondents, fewer than 5"),
    ],
)
def test_weights_are_refused_in_small_cells_and_when_they_cost_too_much(respondents, roster, refused):
    """Weights 1 and 12 on 30 and 5 respondents: a design effect of 35 × (30 + 720) / 90² = 3.24."""
    cell, roster_cell = (pd.Series(np.repeat(list(n), list(n.values()))) for n in (respondents, roster))
    result = rs.post_stratification(cell, roster_cell)
    assert (result.refused, result.usable) == (refused, refused is None)
    if result.weights is not None:
        assert result.weights.sum() == pytest.approx(len(roster_cell))


# Laws --------------------------------------------------------------------------------------------------------------

COUNTS = st.tuples(st.integers(1, 45), st.integers(0, 45), st.integers(0, 45)).map(
    lambda c: (min(c[1], c[2], c[0]), min(max(c[1], c[2]), c[0]), c[0])
)


@given(COUNTS)
def test_the_random_draw_interval_lies_within_the_worst_cases(counts):
    count, answered, roster = counts
    low, high = rs.hypergeometric_interval(*counts)
    assert count <= low and high <= count + roster - answered
    if answered:
        assert low / roster - 1 / roster <= count / answered <= high / roster + 1 / roster


@given(st.integers(5, 25), st.integers(1, 25))
def test_the_random_draw_interval_covers_every_true_total(roster, answered):
    answered = min(answered, roster)
    intervals = [rs.hypergeometric_interval(count, answered, roster) for count in range(answered + 1)]
    for total in range(roster + 1):
        chances = rs.stats.hypergeom.pmf(np.arange(answered + 1), roster, total, answered)
        held = [low <= total <= high for low, high in intervals]
        assert chances @ held >= 0.95 - 1e-9


@given(st.floats(-2, 2), COUNTS, st.floats(-1, 1))
def test_at_the_tipping_point_the_roster_stands_at_the_threshold(mean, counts, threshold):
    _, answered, roster = counts
    assume(answered < roster)
    silent = rs.tipping_point(mean, answered, roster, threshold).value
    assert (mean * answered + silent * (roster - answered)) / roster == pytest.approx(threshold, abs=1e-9)


# Values from R -----------------------------------------------------------------------------------------------------


def roster() -> pd.DataFrame:
    return data("likert39_roster").set_index("id")


def score(wave: int, scale: str) -> pd.Series:
    return scale_scores(answers(wave)[items(scale)])["score"]


def means(scale: str) -> dict[str, float]:
    """Means of one scale at follow-up, by R's names."""
    values, group = score(2, scale), roster()["group"]
    of_roster = rs.roster_mean(values, 39)
    by_group = values.groupby(group).mean()
    return {
        f"srs_fpc/mean_S_{scale}": of_roster.mean,
        f"srs_fpc/se_S_{scale}": of_roster.se,
        f"srs_fpc/ci_low_S_{scale}": of_roster.ci95.low,
        f"srs_fpc/ci_high_S_{scale}": of_roster.ci95.high,
        f"srs_nofpc/se_S_{scale}": rs.roster_mean(values, 10**12).se,
        f"poststrat_group/mean_S_{scale}": post_stratified().mean(values),
    } | {f"by_group/mean_S_{scale}_{name}": mean for name, mean in by_group.items()}


def post_stratified() -> rs.Weights:
    group = roster()["group"]
    return rs.post_stratification(group[answers(2).index], group)


def weights() -> dict[str, float]:
    return {f"poststrat_group/weight_{id_}": weight for id_, weight in post_stratified().weights.items()}


def shares(count: int, answered: int, roster: int) -> dict[str, float]:
    """Intervals of k of n of N, by R's names."""
    intervals = {
        "proportion_hypergeom/M": rs.hypergeometric_interval(count, answered, roster),
    }
    return {
        f"{name}{'' if name.endswith('/') else '_'}{end}_{count}_{answered}_{roster}": bound
        for name, interval in intervals.items()
        for end, bound in zip(("low", "high"), interval, strict=True)
    }


def non_response(scale: str) -> dict[str, float]:
    """Those who answered wave 2 beside those who did not, on their wave-1 score."""
    first = score(1, scale).reindex(roster().index)
    answered = roster()["answered_t2"] == 1
    sides = [first[answered].dropna(), first[~answered].dropna()]
    dealt = relabelled_sums(whole_units(pd.concat(sides)), len(sides[0]))
    return {
        f"nonresponse/smd_{scale}": rs.standardised_difference(first, answered).standardised_difference,
        f"nonresponse/perm_p_{scale}": dealt,
    }


def ours() -> dict[str, float]:
    computed = weights()
    for scale in ("mot", "lead", "act"):
        computed |= means(scale) | non_response(scale)
    for counts in [(18, 29, 39), (29, 29, 39), (0, 29, 39), (7, 12, 15), (3, 10, 14)]:
        computed |= shares(*counts)
    return computed


def test_response_agrees_with_r():
    """Weights of groups of two and three: computed as R does, and refused."""
    computed = ours()
    for row in rows("ref_survey"):
        name = f"{row['case']}/{row['quantity']}"
        if name in computed:
            assert close(computed[name], row["value"]), name
    assert not post_stratified().usable


def test_every_value_of_r_is_reproduced_or_listed_as_not_used():
    assert unaccounted("ref_survey", ours()) == []
