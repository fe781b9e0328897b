"""Nobody recognisable: which groups of a small cohort stay hidden, worked by hand, and attacked by arithmetic."""

import itertools

import numpy as np
import pandas as pd
import pytest
from attack import as_published
from followup.disclosure import suppression
from followup.disclosure.suppression import (
    ceiling_band,
    few_apart,
    hidden_gaps,
    hidden_groups,
    told_of_few,
)
from followup.study.params import Disclosure
from hypothesis import given
from hypothesis import strategies as st

POLICY = Disclosure(least_group=8, least_cell=5)
ABOUT = ("measure", "group", "verdict_by")


def results(sizes: dict[str, int], total: int | None = None, measure: str = "motivation") -> pd.DataFrame:
    """A results table: all respondents and each group, with a mean and a p of many decimals."""
    rows = {"all": sum(sizes.values()) if total is None else total, **sizes}
    return pd.DataFrame(
        {
            "measure": measure,
            "group": list(rows),
            "n_linked": list(rows.values()),
            "change": 0.123456,
            "p": 0.0123456,
            "verdict": "rose",
            "verdict_by": "plan",
        }
    )


def hidden(sizes: dict[str, int], total: int | None = None) -> set[str]:
    shown = as_published(results(sizes, total), POLICY, "n_linked", ABOUT)
    return set(shown.loc[shown["hidden"], "group"])


# ------------------------------------------------------------ which groups, by hand


@pytest.mark.parametrize(
    ("sizes", "gone"),
    [
        # cohort 1: 9, 10 and 9 of 28; every group and every complement (19, 18, 19) has 8 or more
        ({"hq": 9, "op": 10, "local": 9}, set()),
        # 8 is enough, 7 is not; the total less the other two would give the 7 away, so the next smallest goes too
        ({"hq": 8, "op": 8, "local": 8}, set()),
        ({"hq": 12, "op": 10, "local": 7}, {"local", "op"}),
        # 5 and 4 hidden make 9 people in two groups: enough
        ({"hq": 20, "op": 5, "local": 4}, {"op", "local"}),
        # 4 and 3 make only 7: what they answered together would be known of 7 people, so the third goes too
        ({"hq": 20, "op": 4, "local": 3}, {"hq", "op", "local"}),
        # 7 and 1 make 8, but the one person's answer is at most 4 points: the 7 would be known to within that
        ({"hq": 12, "op": 9, "local": 7, "other": 1}, {"op", "local", "other"}),
        # two groups: when one is small the other is its complement
        ({"hq": 25, "op": 5}, {"hq", "op"}),
        ({"hq": 14, "op": 14}, set()),
        # a group nobody belongs to tells nothing of anybody
        ({"hq": 14, "op": 14, "local": 0}, {"local"}),
        # everyone in one group: its complement is nobody
        ({"hq": 28}, {"hq"}),
    ],
)
def test_small_groups_go_and_as_many_more_as_it_takes(sizes, gone):
    assert hidden(sizes) == gone


def test_people_outside_every_group_do_not_follow_from_the_rest():
    """12 and 12 of 28: the total less both would be the answers of four people whose trait is unknown."""
    assert hidden({"hq": 12, "op": 12}, total=28) == {"hq", "op"}
    assert hidden({"hq": 12, "op": 12}, total=24) == set()
    assert hidden({"hq": 12, "op": 12}, total=33) == set()  # nine people outside may be known together


def test_each_measure_is_judged_by_its_own_answers():
    """A group of nine answered one statement, seven of them the next."""
    table = pd.concat(
        [results({"hq": 9, "op": 10, "local": 9}), results({"hq": 9, "op": 10, "local": 7}, measure="self")]
    )
    shown = as_published(table.reset_index(drop=True), POLICY, "n_linked", ABOUT)
    gone = shown.loc[shown["hidden"], ["measure", "group"]]
    assert list(gone.itertuples(index=False, name=None)) == [("self", "hq"), ("self", "local")]


def test_the_threshold_is_the_policys():
    table = results({"hq": 5, "op": 5, "local": 5})
    assert as_published(table, POLICY, "n_linked", ABOUT)["hidden"].tolist() == [False, True, True, True]
    assert not as_published(table, Disclosure(least_group=5), "n_linked", ABOUT)["hidden"].any()


def test_a_group_too_small_in_one_wave_is_hidden_in_both():
    table = results({"hq": 12, "op": 10, "local": 10}).assign(n_later=[27, 12, 8, 7])
    shown = as_published(table, POLICY, ["n_linked", "n_later"], ABOUT)
    assert set(shown.loc[shown["hidden"], "group"]) == {"op", "local"}
    assert shown["n_later"].isna().tolist() == [False, False, True, True]


def test_a_group_of_one_mind_is_hidden_with_another_however_large_it_is():
    """What all of twelve said is what each of them said; alone it would follow from the total and the others."""
    table = results({"hq": 12, "op": 10, "local": 9}).assign(unanimous=[False, True, False, False])
    shown = as_published(table, POLICY, "n_linked", (*ABOUT, "unanimous"))
    assert set(shown.loc[shown["hidden"], "group"]) == {"hq", "local"}


def test_everyone_of_one_mind_is_no_small_group():
    table = results({"hq": 12, "op": 10, "local": 9}).assign(unanimous=[True, False, False, False])
    assert not as_published(table, POLICY, "n_linked", (*ABOUT, "unanimous"))["hidden"].any()


@pytest.mark.parametrize(("people", "told"), [(0, False), (1, True), (7, True), (8, False)])
def test_two_results_that_differ_by_a_few_people_give_them_away(people, told):
    assert few_apart(people, POLICY) == told


@pytest.mark.parametrize(
    ("high", "linked", "apart", "told"),
    [
        # 10 of 20 linked and 2 of 9 others answered high, then 12 and the only other one: it may have, or may not
        ([12, 13], [10, 12], [9, 1], False),
        # nobody answered high at first, so the change among the linked is their number at follow-up: 5 of the 6
        ([0, 6], [0, 5], [9, 1], True),
        # of the nine none, then the one: the difference is as far as it can go
        ([10, 11], [10, 10], [9, 1], True),
        ([10, 10], [10, 10], [9, 1], False),
    ],
)
def test_the_change_among_the_linked_may_tell_of_the_few_who_answered_one_wave(high, linked, apart, told):
    assert told_of_few(high, linked, apart, 20, [False, True]) == told


# ------------------------------------------------------------ the attack


@given(st.lists(st.integers(0, 15), min_size=1, max_size=5), st.integers(0, 12), st.sampled_from([3, 5, 8]))
def test_no_group_of_few_people_follows_from_what_is_shown(sizes, outside, least):
    """Whatever can be had by adding and taking away published groups is about enough people, or about nobody."""
    people = pd.Series(sizes, dtype=int)
    total = int(people.sum()) + outside
    gone = hidden_groups(people, total, least)
    known = people[~gone].tolist()
    for taken in itertools.chain.from_iterable(itertools.combinations(known, size) for size in range(len(known) + 1)):
        assert sum(taken) == 0 or sum(taken) >= least
        assert total - sum(taken) == 0 or total - sum(taken) >= least or not known
    assert gone[people.between(1, least - 1)].all()


@given(st.lists(st.integers(1, 15), min_size=2, max_size=5), st.sampled_from([3, 5, 8]))
def test_a_hidden_group_never_follows_from_the_total(sizes, least):
    people = pd.Series(sizes)
    gone = hidden_groups(people, int(people.sum()), least)
    assert gone.sum() != 1


def test_a_hidden_mean_cannot_be_computed_from_the_shown_ones():
    """The sum of what is hidden is known; with two hidden groups, it belongs to neither."""
    sizes = {"hq": 12, "op": 10, "local": 7}
    table = results(sizes).assign(change=[np.average([0.5, 0.2, -0.4], weights=[12, 10, 7]), 0.5, 0.2, -0.4])
    shown = as_published(table, POLICY, "n_linked", ABOUT).set_index("group")
    known = shown.loc[~shown["hidden"], "change"]
    left = 29 * known["all"] - 12 * known["hq"]
    assert left == pytest.approx(10 * 0.2 + 7 * -0.4)  # two unknowns, one equation
    assert shown["hidden"].sum() == 2


# ------------------------------------------------------------ gaps


def gaps(n_first: int, n_second: int) -> pd.DataFrame:
    about = {"measure": "motivation", "first": "hq", "second": "op"}
    return pd.DataFrame([about | {"n_first": n_first, "n_second": n_second}])


@pytest.mark.parametrize(("sizes", "hidden"), [((9, 10), False), ((7, 10), True), ((10, 7), True)])
def test_a_gap_is_shown_when_both_groups_are_large_enough(sizes, hidden):
    assert hidden_gaps(gaps(*sizes), POLICY).tolist() == [hidden]


def test_a_gap_gives_away_no_group_that_its_own_table_hides():
    """Ten operational graduates are hidden because four others are: their mean must not stand in the gap."""
    groups = as_published(results({"hq": 20, "op": 10, "local": 4}), POLICY, "n_linked", ABOUT)
    assert set(groups.loc[groups["hidden"], "group"]) == {"op", "local"}
    assert hidden_gaps(gaps(20, 10), POLICY, groups).tolist() == [True]


@pytest.mark.parametrize(
    ("share", "band"),
    [
        (0.0, "at_most_15"),
        (0.15, "at_most_15"),
        (0.16, "from_15_to_50"),
        (0.5, "from_15_to_50"),
        (0.51, "over_50"),
        (None, None),
        (float("nan"), None),
    ],
)
def test_a_share_at_the_top_is_told_as_a_band(share, band):
    """Two of nine would be a count of people."""
    assert ceiling_band(share) == band


def test_only_measures_with_groups_are_asked_which_of_them_to_hide(monkeypatch):
    """Most rows of a table of changes are statements, which no table splits by group."""
    asked, hidden_groups = [], suppression.hidden_groups
    monkeypatch.setattr(
        suppression, "hidden_groups", lambda sizes, *told: asked.append(1) or hidden_groups(sizes, *told)
    )
    table = results({"hq": 20, "op": 9, "local": 5})
    alone = table[table["group"] == "all"]
    many = pd.concat([table, *(alone.assign(measure=f"statement {number}") for number in range(5))], ignore_index=True)
    shown = as_published(many, POLICY, "n_linked", ABOUT)
    assert asked == [1]
    assert shown["hidden"].tolist() == [False, False, True, True, *[False] * 5]
