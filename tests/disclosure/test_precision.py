"""How precisely results leave: by n, never by looking at a row; a printed bound keeps to the side of the margin."""

import math

import numpy as np
import pandas as pd
import pytest
from followup.disclosure.precision import (
    LEVELS,
    RULES,
    category_form,
    grid,
    kinds,
    moves_may_leave,
    nearest,
    outward,
    p_band,
    released,
    released_gaps,
    rule,
)
from followup.disclosure.suppression import protected_levels
from followup.study.params import Disclosure
from hypothesis import given
from hypothesis import strategies as st

POINTS = st.floats(-4, 4, allow_nan=False)
MARGINS = st.integers(10, 100).map(lambda hundredths: hundredths / 100)
CLEAR = 1e-7  # nearer to a margin than this is on it
UNKNOWN = (None, math.nan, math.inf, pd.NA, 9.5, -1)


# ------------------------------------------------------------ which rule


@pytest.mark.parametrize(("n", "least"), [(8, 0), (11, 0), (12, 12), (19, 12), (20, 20), (23, 20), (24, 24), (400, 24)])
def test_a_statement_follows_the_rule_of_its_n(n, least):
    assert rule("statement", n).least == least


def test_seven_people_show_nothing():
    assert rule("scale", 7) is None


@pytest.mark.parametrize("n", UNKNOWN)
def test_unknown_n_is_refused(n):
    with pytest.raises(ValueError, match="how many people"):
        rule("scale", n)


def test_a_kind_or_level_that_there_is_not_is_named():
    with pytest.raises(ValueError, match="statement"):
        rule("item", 30)
    with pytest.raises(ValueError, match="words_only"):
        rule("scale", 30, "none")


@pytest.mark.parametrize("kind", RULES)
@pytest.mark.parametrize("n", [9, 15, 21, 30])
def test_each_remedy_lets_fewer_entries_leave_than_the_one_before(kind, n):
    told = [
        {name for name, value in vars(rule(kind, n, level)).items() if value and name != "least"} for level in LEVELS
    ]
    told = [names - {"whole_margin"} for names in told]
    assert told == sorted(told, key=len, reverse=True)
    assert all(later <= earlier for earlier, later in zip(told, told[1:], strict=False))


# ------------------------------------------------------------ rounding


@pytest.mark.parametrize(
    ("value", "step", "printed"),
    [(0.25, 0.1, 0.3), (-0.25, 0.1, -0.3), (-0.04, 0.1, 0.0), (0.1 + 0.2, 0.1, 0.3), (0.29, 0.2, 0.2), (1, None, None)],
)
def test_a_change_is_rounded_to_the_nearest_step(value, step, printed):
    assert nearest(value, step) == printed
    assert printed is None or math.copysign(1, nearest(value, step)) == math.copysign(1, printed)


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf, pd.NA, np.float64("nan")])
def test_what_is_no_number_does_not_leave(value):
    assert nearest(value, 0.1) is None
    assert outward(value, 0.3, 0.1) == (None, None)
    assert p_band(value) is None


@pytest.mark.parametrize(
    ("bounds", "step", "printed"),
    [
        ((-0.2334, 0.0370), 0.1, (-0.3, 0.1)),
        ((-0.3, 0.3), 0.1, (-0.4, 0.4)),  # a bound on the margin is not within it, and is not printed as if it were
        ((0.0, 0.41), 0.1, (-0.1, 0.5)),  # nor is one on 0 above 0
        ((0.0001, 0.41), 0.1, (0.0, 0.5)),
        ((-0.36, 0.26), 0.25, (-0.5, 0.5)),
        ((0.1 * 3, 0.7), 0.1, (0.2, 0.8)),  # 0.30000000000000004
    ],
)
def test_an_interval_is_rounded_outward(bounds, step, printed):
    assert outward(*bounds, step) == printed


@pytest.mark.parametrize(
    ("wanted", "margin", "step"),
    [(0.1, 0.5, 0.1), (0.25, 0.5, 0.25), (0.25, 0.3, 0.3), (0.1, 0.25, 0.25), (0.1, 0.45, 0.15), (0.1, 0.07, 0.07)],
)
def test_the_grid_divides_the_margin(wanted, margin, step):
    assert grid(wanted, margin) == pytest.approx(step)


@pytest.mark.parametrize("margin", [None, math.nan, 0, -1, math.inf])
def test_without_a_margin_the_grid_is_what_was_wanted(margin):
    assert grid(0.1, margin) == 0.1


@given(POINTS, POINTS, MARGINS, st.sampled_from([0.1, 0.25]), st.booleans())
def test_a_printed_interval_lies_within_the_margin_exactly_when_the_true_one_does(one, other, margin, wanted, whole):
    low, high = sorted((one, other))
    step = grid(wanted, margin, whole)
    printed = outward(low, high, step)
    assert printed[0] <= low <= high <= printed[1]
    for edge in (-margin, 0.0, margin):
        if abs(low - edge) > CLEAR:
            assert (printed[0] >= edge - CLEAR) == (low > edge)
        if abs(high - edge) > CLEAR:
            assert (printed[1] <= edge + CLEAR) == (high < edge)


@given(POINTS, POINTS, MARGINS)
def test_fewer_digits_tell_nothing_that_more_did_not(one, other, margin):
    """The coarser bounds follow from the finer: any interval with the same fine bounds has the same coarse ones."""
    low, high = sorted((one, other))
    fine, coarse = grid(0.1, margin), grid(0.1, margin, whole_margin=True)
    printed = outward(low, high, fine)
    inside = printed[0] + fine / 2, printed[1] - fine / 2
    assert outward(*inside, coarse) == outward(low, high, coarse) or min(abs(low % fine), abs(high % fine)) < CLEAR


@pytest.mark.parametrize(
    ("p", "band"),
    [
        (0.0, "≤ 0.001"),
        (0.001, "≤ 0.001"),
        (0.0011, "≤ 0.01"),
        (0.05, "≤ 0.05"),
        (0.0500001, "> 0.05"),
        (1.0, "> 0.05"),
    ],
)
def test_p_leaves_as_a_band(p, band):
    assert p_band(p) == band


def test_what_is_no_p_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        p_band(1.2)


# ------------------------------------------------------------ categories and movers


@pytest.mark.parametrize(
    ("cells", "form"),
    [
        ((0, 5, 33), "three"),
        ((5, 12, 11), "three"),
        ((4, 13, 21), "high"),  # four low answers
        ((1, 4, 33), "high"),  # low and middle are five together
        ((1, 3, 34), "hidden"),
        ((20, 15, 3), "hidden"),
        ((10, 0, 0), "hidden"),  # what all said is what each of them said
        ((3, 9, 0), "hidden"),  # nobody high, so all are "not high"
        ((0, 0, 0), "hidden"),
        ((math.nan, 5, 33), "hidden"),
    ],
)
def test_answers_leave_in_the_finest_form_without_a_small_cell(cells, form):
    assert category_form(*cells) == form


def test_categories_by_hand():
    frame = pd.DataFrame(
        [["a", 38, 0, 5, 33, 4.0119], ["b", 28, 3, 11, 14, 3.425], ["c", 29, 19, 9, 1, 2.2], ["d", 7, 0, 0, 7, 5.0]],
        columns=["measure", "n", "n_low", "n_middle", "n_high", "mean"],
    )
    shown = protected_levels(frame, Disclosure())
    assert shown["form"].tolist() == ["three", "high", "hidden", "hidden"]
    assert shown["n_low"].tolist() == [0, pd.NA, pd.NA, pd.NA]
    assert shown["n_not_high"].tolist() == [5, 14, pd.NA, pd.NA]
    assert shown["n_high"].tolist() == [33, 14, pd.NA, pd.NA]
    assert np.isnan(shown["mean"].iloc[3])
    assert protected_levels(frame, Disclosure(precision="words_only"))["form"].eq("hidden").all()


def test_nobody_is_one_of_a_few_who_moved():
    assert moves_may_leave(13, 7, 8)
    assert moves_may_leave(20, 0, 8)
    assert not moves_may_leave(18, 4, 6)
    assert not moves_may_leave(25, 1, 2)
    assert not moves_may_leave(28, 0, 0)
    assert not moves_may_leave(13, math.nan, 8)


# ------------------------------------------------------------ whole tables


def changes(**changed) -> pd.DataFrame:
    """A scale of 28, a statement of 28, a group of 9, a hidden group: with all digits."""
    rows = {
        "kind": ["scale", "item", "scale", "scale"],
        "measure": ["motivation", "weary", "motivation", "motivation"],
        "group": ["all", "all", "headquarters", "third"],
        "n_linked": [28, 28, 9, np.nan],
        "hidden": [False, False, False, True],
        "margin": [0.3, 0.5, 0.3, 0.3],
        "mean_earlier": [4.0119, 3.8929, 3.9444, np.nan],
        "change": [-0.0982, -0.1429, 0.0278, np.nan],
        "ci_low": [-0.2611, -0.4163, -0.2512, np.nan],
        "ci_high": [0.0647, 0.1306, 0.3067, np.nan],
        "ci90_low": [-0.2334, -0.3699, -0.1972, np.nan],
        "ci90_high": [0.0370, 0.0842, 0.2528, np.nan],
        "p": [0.2509, 0.4316, 0.9, np.nan],
        "p_adjusted": [0.7528, 0.0301, np.nan, np.nan],
        "n_up": [8, 4, 3, np.nan],
        "n_same": [6, 17, 3, np.nan],
        "n_down": [14, 7, 3, np.nan],
        "kept": ["shown", "shown", "shown", None],
        "beyond": [None, None, None, None],
        "verdict": ["preserved", "fell", "preserved", None],
        "reason": ["margin_met", "p_adjusted", "margin_met", None],
        "effect_size": [-0.2964, -0.3, 0.1, np.nan],
    }
    return pd.DataFrame(rows | changed)


def shown(frame: pd.DataFrame, **options) -> pd.DataFrame:
    return released(frame, n=["n_linked"], kind=kinds(frame), margin="margin", **options)


def test_a_scale_of_28_keeps_both_intervals_and_who_moved():
    scale = shown(changes()).iloc[0]
    assert scale[["mean_earlier", "change", "ci_low", "ci_high", "ci90_low", "ci90_high"]].tolist() == [
        4.0, -0.1, -0.3, 0.1, -0.3, 0.1,
    ]  # fmt: skip
    assert scale["p_adjusted"] == "> 0.05"
    assert scale[["n_up", "n_same", "n_down"]].tolist() == [8, 6, 14]
    assert scale["verdict"] == "preserved"


def test_a_statement_of_28_keeps_one_interval_and_no_counts():
    statement = shown(changes()).iloc[1]
    assert statement[["change", "ci90_low", "ci90_high"]].tolist() == [-0.1, -0.4, 0.1]
    assert statement["p_adjusted"] == "≤ 0.05"
    assert statement[["ci_low", "ci_high", "n_up", "n_same", "n_down", "mean_earlier"]].isna().all()
    assert statement["verdict"] == "fell"


def test_of_nine_people_it_is_not_told_that_they_stayed_within_the_margin():
    group = shown(changes()).iloc[2]
    assert group[["mean_earlier", "change"]].tolist() == [3.9, 0.0]
    assert group[["ci_low", "ci90_low", "p_adjusted", "n_up", "kept", "beyond"]].isna().all()
    assert group[["verdict", "reason"]].tolist() == ["inconclusive", "too_few_for_margin"]


def test_a_hidden_row_needs_no_n_and_tells_nothing():
    hidden = shown(changes()).iloc[3]
    assert hidden[["mean_earlier", "change", "kept", "verdict", "n_up"]].isna().all()


def test_a_row_without_n_that_is_not_hidden_is_refused():
    with pytest.raises(ValueError, match="how many people"):
        shown(changes(n_linked=[28, np.nan, 9, np.nan]))


def test_of_seven_people_not_even_the_conclusion_leaves():
    few = shown(changes(n_linked=[7, 28, 9, np.nan])).iloc[0]
    assert few[["change", "verdict", "reason", "kept"]].isna().all()


def test_what_told_everyones_change_leaves_at_no_n():
    assert {"p", "effect_size"}.isdisjoint(shown(changes()).columns)


def test_the_frame_itself_keeps_its_digits_and_rows_may_stand_in_any_order():
    frame = changes()
    before = frame.copy()
    turned = shown(frame.iloc[::-1]).sort_index()
    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_frame_equal(turned, shown(frame), check_dtype=False)


def test_an_empty_table_stays_empty():
    assert shown(changes().iloc[:0]).empty


def test_remedies_make_the_whole_table_coarser():
    assert shown(changes(), level="fewer_digits").iloc[0][["ci90_low", "ci90_high"]].tolist() == [-0.3, 0.3]
    without = shown(changes(), level="no_interval").iloc[0]
    assert without[["ci_low", "ci90_low", "kept", "p_adjusted"]].isna().all()
    assert without["change"] == -0.1
    words = shown(changes(), level="words_only").iloc[1]
    assert words[["change", "ci90_low", "p_adjusted"]].isna().all()
    assert words["verdict"] == "fell"


def gaps(n_second: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "measure": ["own_area"], "n_first": [21], "n_second": [n_second],
            "first_earlier": [2.87], "first_later": [3.55], "second_earlier": [3.78],
            "second_later": [3.76], "gap_earlier": [0.91], "gap_later": [0.21], "change": [-0.7],
            "ci_low": [-1.12], "ci_high": [-0.38], "p": [0.0006], "p_adjusted": [0.0011], "ceiling_first": [0.1],
            "ceiling_second": [0.2], "superiority_earlier": [0.91], "superiority_later": [0.58],
            "detectable": [0.5], "verdict": ["narrowed"],
        }
    )  # fmt: skip


def test_a_gap_goes_by_the_smaller_group():
    large, small = released_gaps(gaps(20)).iloc[0], released_gaps(gaps(10)).iloc[0]
    assert large[["change", "ci_low", "ci_high", "p_adjusted"]].tolist() == [-0.7, -1.2, -0.3, "≤ 0.01"]
    assert small[["gap_earlier", "gap_later", "excludes_zero", "verdict"]].tolist() == [
        0.9,
        0.2,
        True,
        "narrowed",
    ]
    assert small[["change", "ci_low", "p_adjusted", "first_later"]].isna().all()
    assert small[["ceiling_first", "ceiling_second"]].tolist() == ["at_most_15", "from_15_to_50"]
    assert small[["superiority_earlier", "superiority_later"]].tolist() == ["higher", "rather_higher"]


def test_a_gap_of_seven_people_is_hidden_words_and_all():
    hidden = released_gaps(gaps(7)).iloc[0]
    assert hidden[["gap_earlier", "excludes_zero", "ceiling_first", "superiority_later"]].isna().all()
