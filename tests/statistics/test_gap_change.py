"""Gaps between groups: stories worked out by hand, values from R, and laws that must hold for any answers."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from followup.statistics import gap_change as gp
from followup.statistics.linked_change import whole_units
from followup.statistics.power import planned_error, planned_gap_error, smallest_found
from followup.statistics.scales import scale_scores
from followup.statistics.unlinked_change import relabelled_sums
from hypothesis import given, settings
from hypothesis import strategies as st
from r_values import answers, cases, close, data, items, unaccounted, values

HQ, OP = ["HQ"] * 6, ["OP"] * 6


# Stories -----------------------------------------------------------------------------------------------------------


def narrowing(top: float | None = 5) -> gp.GapChange:
    """Headquarters stay near 4 while operations rise from near 2 to near 3.5, everyone measured twice."""
    earlier = pd.Series([4, 4, 3, 4, 4, 3] + [2, 2, 1, 2, 3, 2])
    later = pd.Series([4, 3, 3, 4, 4, 4] + [4, 3, 3, 4, 4, 3])
    return gp.linked_gap_change(earlier, later, pd.Series(HQ + OP), "HQ", "OP", top=top)


def test_the_gap_is_the_second_group_minus_the_first():
    gap = narrowing()
    assert gap.gap_earlier == pytest.approx(2 - 22 / 6)
    assert gap.gap_later == pytest.approx(21 / 6 - 22 / 6)
    assert gap.change == pytest.approx(9 / 6)
    assert gap.first_earlier == gp.GroupAtWave(6, 22 / 6, 0)
    assert gap.ci95.low > 0 and gap.exact


def test_a_gap_that_narrowed():
    said = gp.gap_verdict(narrowing())
    assert (said.verdict, said.reason, said.caution) == ("narrowed", "agreed", None)


def test_the_same_gap_the_other_way_round_has_narrowed_too():
    earlier = pd.Series([2, 2, 1, 2, 3, 2] + [4, 4, 3, 4, 4, 3])
    later = pd.Series([4, 3, 3, 4, 4, 3] + [4, 3, 3, 4, 4, 4])
    gap = gp.linked_gap_change(earlier, later, pd.Series(HQ + OP), "HQ", "OP", top=5)
    assert gap.change == pytest.approx(-9 / 6)
    assert gp.gap_verdict(gap).verdict == "narrowed"


@pytest.mark.parametrize(("top", "reason"), [(None, "ceiling_unknown"), (4, "ceiling")])
def test_narrowing_is_not_told_without_room_to_rise(top, reason):
    """Four of six at headquarters stood at 4: if that is the top they could not have risen."""
    said = gp.gap_verdict(narrowing(top))
    assert (said.verdict, said.reason) == ("cannot be told", reason)


def test_a_family_of_gaps_decides_by_the_adjusted_p():
    assert gp.gap_verdict(narrowing(), p_adjusted=0.08).reason == "p_above_alpha"


def test_equal_rises_leave_the_gap_untold():
    earlier = pd.Series([4, 3, 4, 3, 4, 3, 2, 3, 2, 3, 2, 3])
    gap = gp.linked_gap_change(earlier, earlier + [1, 0] * 6, pd.Series(HQ + OP), "HQ", "OP", top=5)
    assert gap.change == 0
    assert gap.p == 1
    assert gp.gap_verdict(gap).reason == "interval_includes_zero"


def test_a_gap_that_turned_round_has_not_narrowed():
    earlier = pd.Series([3, 3, 3, 3, 4, 3] + [2, 3, 3, 2, 3, 3])
    later = pd.Series([3, 3, 3, 3, 4, 3] + [5] * 6)
    gap = gp.linked_gap_change(earlier, later, pd.Series(HQ + OP), "HQ", "OP", top=5)
    assert gp.gap_verdict(gap).reason == "gap_reversed"


def test_narrowing_in_points_but_not_in_order_is_not_told():
    """Headquarters come down to 4.5 and operations rise to 2.6, and still every answer at headquarters is higher."""
    earlier, later = (
        pd.Series([5.0] * 5 + [4.9] + [1.0] * 5 + [1.1]),
        pd.Series([4.5] * 6 + [2.6] * 5 + [2.5]),
    )
    gap = gp.linked_gap_change(earlier, later, pd.Series(HQ + OP), "HQ", "OP", top=6)
    assert gap.superiority_earlier == gap.superiority_later == 0
    assert gp.gap_verdict(gap).reason == "superiority_disagrees"


def test_a_gap_that_widened():
    earlier = pd.Series([3, 3, 2, 3, 4, 3] + [2, 3, 3, 2, 3, 3])
    later = pd.Series([5, 4, 4, 5, 5, 5] + [2, 3, 3, 2, 3, 2])
    gap = gp.linked_gap_change(earlier, later, pd.Series(HQ + OP), "HQ", "OP", top=5)
    assert gp.gap_verdict(gap).verdict == "widened"


def test_three_in_a_group_are_too_few():
    gap = gp.linked_gap_change([1, 2, 3, 4, 5, 4, 3], [2, 2, 3, 4, 5, 5, 1], ["HQ"] * 3 + ["OP"] * 4, "HQ", "OP", top=5)
    assert (gap.p, gap.ci95, gap.no_test) == (None, None, "too few to test")
    assert gap.change is not None
    assert gp.gap_verdict(gap).reason == "too_few"
    empty = gp.unlinked_gap_change([], [], [1, 2], ["HQ", "OP"], "HQ", "OP")
    assert (empty.change, empty.gap_earlier, empty.gap_later) == (None, None, 1)


def test_an_unlinked_gap_is_a_contrast_of_four_means():
    """Cells 1.5, 2.5, 3.5, 5.5 of four: (5.5 − 3.5) − (2.5 − 1.5) = 1; each variance 1/3, HC3 error sqrt(4 × 1/9)."""
    wave, groups = np.array([1, 2, 1, 2]), ["HQ"] * 4 + ["OP"] * 4
    gap = gp.unlinked_gap_change([*wave, *(wave + 1)], groups, [*(wave + 2), *(wave + 4)], groups, "HQ", "OP", top=6)
    assert gap.change == pytest.approx(1)
    assert gap.se == pytest.approx(np.sqrt(4 / 9))
    assert (gap.df, gap.linked) == (12, False)


def test_groups_that_each_changed_alike_leave_nothing_to_test():
    gap = gp.linked_gap_change([3] * 12, [3] * 6 + [4] * 6, HQ + OP, "HQ", "OP", top=5)
    assert (gap.change, gap.p, gap.no_test) == (1, None, "no spread within the groups")


def test_who_is_in_no_group_is_left_out():
    group = pd.Series([*HQ, *OP, None, pd.NA])
    gap = gp.linked_gap_change([*range(1, 7)] * 2 + [1, 1], [6, 5, 4, 3, 2, 1] * 2 + [9, 9], group, "HQ", "OP")
    assert (gap.first_earlier.n, gap.second_earlier.n, gap.change) == (6, 6, 0)


def test_groups_and_waves_must_list_the_same_respondents():
    wave, group = pd.Series([1, 2], index=["a", "b"]), pd.Series(["HQ", "OP"], index=["b", "a"])
    with pytest.raises(ValueError, match="different respondents"):
        gp.linked_gap_change(wave, wave, group, "HQ", "OP")


def test_finely_graded_changes_are_dealt_anew_from_a_seed():
    rng = np.random.default_rng(5)
    first, second = rng.integers(0, 5000, 15), rng.integers(0, 6000, 15)
    p, exact = gp.studentised_permutation(first, second)
    assert not exact
    assert (p, exact) == gp.studentised_permutation(first, second)
    assert p != gp.studentised_permutation(first, second, seed=2)[0]


def test_what_two_groups_can_show():
    """The plan says about 0.85 for a scale: 11 and 9 people whose changes have an sd of 0.64."""
    sides = [planned_error(0.64, 0.5, n) for n in (11, 9)]
    assert smallest_found(planned_gap_error(*sides), 1, 0.05) == pytest.approx(0.85, abs=0.02)


# Laws --------------------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(st.lists(st.integers(-3, 3), min_size=4, max_size=9), st.data())
def test_the_permutation_counts_every_relabelling(changes, draw):
    k = draw.draw(st.integers(2, len(changes) - 2))
    changes = np.array(changes)

    def welch(chosen) -> float:
        chosen = np.isin(np.arange(changes.size), chosen)
        inside, outside = changes[chosen], changes[~chosen]
        difference = abs(inside.mean() - outside.mean())
        error = np.sqrt(inside.var(ddof=1) / inside.size + outside.var(ddof=1) / outside.size)
        return 0.0 if difference < 1e-12 else difference / error if error > 0 else np.inf

    observed = welch(range(k))
    p = np.mean([welch(chosen) >= observed * (1 - 1e-9) for chosen in combinations(range(changes.size), k)])
    assert gp.studentised_permutation(changes[:k], changes[k:])[0] == pytest.approx(p)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=8, max_size=24), st.integers(4, 20))
def test_naming_the_groups_the_other_way_turns_the_gap_round(pairs, cut):
    first, second = np.array(pairs).T
    group = np.where(np.arange(len(pairs)) < cut, "a", "b")
    there = gp.linked_gap_change(first, second, group, "a", "b", top=5)
    back = gp.linked_gap_change(first, second, group, "b", "a", top=5)
    if there.change is None:
        assert back.change is None
        return
    assert there.change == pytest.approx(-back.change)
    assert there.p == (pytest.approx(back.p) if back.p is not None else None)
    assert gp.gap_verdict(there).verdict == gp.gap_verdict(back).verdict


# Values from R -----------------------------------------------------------------------------------------------------


def did_input(case: str, dataset: str) -> tuple[pd.Series, pd.Series, pd.Series, str, str]:
    """Programme end, follow-up, group of each linked respondent, and the two groups of one case of ref_did."""
    if dataset == "data_anorexia.csv":
        table = data("anorexia")
        return table["Prewt"], table["Postwt"], table["Treat"], "Cont", "FT"
    kind, column = case.removeprefix("did_").split("_")
    waves = [answers(w)[column] if kind == "item" else scale_scores(answers(w)[items(column)])["score"] for w in (1, 2)]
    ids = waves[0].dropna().index.intersection(waves[1].dropna().index)
    group = data("likert39_roster").set_index("id").loc[ids, "group"]
    return waves[0][ids], waves[1][ids], group, "HQ", "OP"


LINKED = {
    "*/n_first": lambda g: g.first_earlier.n,
    "*/n_second": lambda g: g.second_earlier.n,
    "*/change_n": lambda g: g.first_earlier.n + g.second_earlier.n,
    "*/change_estimate": lambda g: g.change,
    "*/welch_p": lambda g: g.p_welch,
    "*/welch_df": lambda g: g.df,
    "*/welch_ci_low": lambda g: g.ci95.low,
    "*/welch_ci_high": lambda g: g.ci95.high,
    "*/perm_labels_p_studentized": lambda g: g.p,
}
UNLINKED = {
    "*/stacked_unlinked_estimate": lambda g: g.change,
    "*/stacked_unlinked_n": lambda g: sum(cell.n for cell in every_cell(g)),
    "*/stacked_unlinked_df_resid": lambda g: g.df,
    "*/stacked_unlinked_HC3_se": lambda g: g.se,
    "*/stacked_unlinked_HC3_p_t": lambda g: g.p,
}
RELABELLED_MEANS = {"*/perm_labels_p_meandiff"}


def every_cell(gap: gp.GapChange) -> tuple[gp.GroupAtWave, ...]:
    return gap.first_earlier, gap.second_earlier, gap.first_later, gap.second_later


@pytest.mark.parametrize(("case", "dataset"), cases("ref_did"))
def test_a_linked_gap_agrees_with_r(case, dataset):
    r, ours = values("ref_did", case, dataset), gp.linked_gap_change(*did_input(case, dataset))
    for pattern, computed in LINKED.items():
        quantity = pattern.removeprefix("*/")
        if quantity in r:
            assert close(computed(ours), r[quantity]), quantity


@pytest.mark.parametrize(("case", "dataset"), cases("ref_did"))
def test_an_unlinked_gap_agrees_with_r(case, dataset):
    first, second, group, *names = did_input(case, dataset)
    r, ours = values("ref_did", case, dataset), gp.unlinked_gap_change(first, group, second, group, *names)
    for pattern, computed in UNLINKED.items():
        quantity = pattern.removeprefix("*/")
        assert close(computed(ours), r[quantity]), quantity


@pytest.mark.parametrize(("case", "dataset"), cases("ref_did"))
def test_relabelled_mean_changes_agree_with_r(case, dataset):
    r = values("ref_did", case, dataset)
    if "perm_labels_p_meandiff" not in r:
        return
    first, second, group, a, b = did_input(case, dataset)
    change = whole_units(second - first)
    dealt = np.concatenate([change[group == a], change[group == b]])
    assert close(relabelled_sums(dealt, int((group == a).sum())), r["perm_labels_p_meandiff"])


def test_every_value_of_r_is_reproduced_or_listed_as_not_used():
    assert unaccounted("ref_did", LINKED | UNLINKED | dict.fromkeys(RELABELLED_MEANS)) == []
