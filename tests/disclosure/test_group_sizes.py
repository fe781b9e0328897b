"""The size of a group beside the public roster tells how many of it were silent: never that one to four were."""

from itertools import product

import pandas as pd
import pytest
from followup.disclosure.group_sizes import at_least, few_silent, rounded_share, told_sizes
from followup.disclosure.output_check import NotForPublication, Rules
from followup.study.cohort import open_cohort
from followup.study.params import Disclosure

POLICY = Disclosure()
ROSTER = {"north": 14, "south": 14, "east": 11}
SIZES = ["n_earlier", "n_later", "n_linked"]


@pytest.mark.parametrize(
    "answered, tells",
    [
        ((9, 10, 9), True),  # 5, 4 and 2 were silent
        ((13, 14, 11), True),  # one of the north
        ((14, 9, 6), False),  # nobody, five and five
        ((14, 14, 11), False),  # everyone answered
        ((14, 14, 7), True),  # four of the east
    ],
)
def test_a_few_silent_people_of_one_group_round_the_whole_table(answered, tells):
    sizes = pd.DataFrame({"n": answered}, index=list(ROSTER))
    assert few_silent(sizes, ROSTER, POLICY) is tells
    assert few_silent(sizes, None, POLICY), "nobody knows how many each group is"


def test_people_of_no_group_are_held_against_the_same_threshold():
    sizes = pd.DataFrame({"n": [14, 14, 11, 2]}, index=[*ROSTER, ""])
    assert few_silent(sizes, ROSTER | {"": 5}, POLICY)  # three of these five were silent
    assert not few_silent(sizes, ROSTER | {"": 2}, POLICY)


@pytest.mark.parametrize(
    "size, told", [(8, 8), (19, 8), (20, 20), (23, 20), (24, 24), (49, 24), (50, 50), (199, 100), (7_000, 5_000)]
)
def test_a_size_is_rounded_down_to_a_step(size, told):
    assert at_least(size, POLICY) == told


def test_the_first_step_is_the_least_group_that_is_shown():
    assert at_least(19, Disclosure(least_group=10)) == 10
    assert at_least(24, Disclosure(least_group=22)) == 24


def test_rounding_never_touches_everyone_nor_a_hidden_row():
    table = pd.DataFrame({"group": ["all", "north", "south"], "n_linked": [28, 9, None]})
    shown = told_sizes(table, table["group"] == "north", ["n_linked"], True, POLICY)
    assert shown["n_linked"].tolist()[:2] == [28, 8]
    assert shown["n_linked"].isna().tolist() == [False, False, True]
    assert shown["at_least"].tolist() == [False, True, False]
    assert told_sizes(table, table["group"] == "north", ["n_linked"], False, POLICY)["n_linked"].tolist()[1] == 9


def test_a_rounded_share_of_ties_fits_every_size_of_two_groups():
    """Full enumeration: whatever share is told, two groups of any size from eight on may have so many ties."""
    within = {n * (n - 1) // 2 for n in range(8, 31)}
    between = {first * second for first, second in product(range(8, 31), repeat=2)}
    for whole in within | between:
        told = {rounded_share(ties, whole, True) for ties in range(whole + 1)}
        assert told == {round(step * 0.05, 2) for step in range(21)}, whole
    assert rounded_share(11, 78, False) == 0.14
    assert rounded_share(11, 78, True) == 0.15


# The reports -----------------------------------------------------------------------------------------------------------


def silent_of(house, name):
    """Of each group of the trait compared: how many it is on the roster."""
    cohort = open_cohort(name, root=house(name).root)
    return cohort.read("participants")[cohort.params.groups_by].value_counts()


@pytest.mark.parametrize("name", ["1", "2"])
def test_no_table_of_groups_tells_that_a_few_of_one_were_silent(house, name):
    roster, seen = silent_of(house, name), 0
    changes = house(name).result(name, "changes")
    for _, row in changes[(changes["group"] != "all") & ~changes["hidden"]].iterrows():
        seen += told_of_silent(row, dict.fromkeys(SIZES, roster[row["group"]]))
    for table in ("gaps", "mixing"):
        frame = house(name).result(name, table)
        for _, row in frame[~frame["hidden"]].iterrows():
            seen += told_of_silent(row, {f"n_{side}": roster[row[side]] for side in ("first", "second")})
            whole = row.get("n_possible")
            assert whole is None or pd.isna(whole), "the ties possible tell how many people there are"
    assert seen > 10


def told_of_silent(row, people) -> int:
    """How many sizes were looked at; none of them, told exactly, leaves one to four who did not answer."""
    for column, whole in people.items():
        assert row["at_least"] or whole - row[column] not in range(1, 5), (row.to_dict(), column)
        assert row[column] in (8, 20, 24) or not row["at_least"]
    return len(people)


def test_the_means_beside_the_sizes_leave_every_group_nobody_silent_or_five(house):
    """Every set of sizes of the linked in cohort 1 that fits the rounded means of all six scales, by enumeration."""
    roster = silent_of(house, "1")
    changes = house("1").result("1", "changes")
    scales = changes[changes["kind"] == "scale"].set_index(["measure", "group"])
    total = int(scales.xs("all", level="group")["n_linked"].iloc[0])
    fitting = [
        sizes
        for sizes in product(*(range(8, people + 1) for people in roster))
        if sum(sizes) == total and fits(dict(zip(roster.index, sizes, strict=True)), scales, total)
    ]
    for place, people in enumerate(roster):
        silent = {people - sizes[place] for sizes in fitting}
        assert min(silent) == 0 or max(silent) >= 5, silent
        assert len(silent) > 2


def fits(sizes, scales, total) -> bool:
    for measure in scales.index.unique("measure"):
        for column in ("mean_earlier", "mean_later", "change"):
            told = scales.loc[measure][column]
            parts = sum(told[group] * n for group, n in sizes.items())
            if abs(parts - told["all"] * total) > 0.05 * 2 * total + 1e-9:
                return False
    return True


@pytest.mark.parametrize("language", ["he", "en"])
def test_the_page_says_at_least_in_tables_cards_and_pictures(house, language):
    page = house("1").page("1", language)
    words = {"he": "לפחות", "en": "at least"}[language]
    assert words in page
    for told in ("n = 13", "n = 9", "n = 10"):
        assert told not in page, told


def test_the_door_takes_rounded_sizes_and_no_other_number_of_a_group():
    cohort = open_cohort("1")
    rules = Rules(cohort.params.disclosure, cohort.codebook)
    table = pd.DataFrame(
        {
            "group": ["all", "headquarters", "operational", "local_and_third"],
            "measure": "motivation",
            "n_linked": [28, 8, 8, 8],
            "change": [0.1, 0.2, 0.1, 0.0],
            "hidden": False,
            "at_least": [False, True, True, True],
        }
    )
    assert len(rules.protected("mine", table)) == 4
    with pytest.raises(NotForPublication):
        rules.protected("mine", table.assign(at_least=False))
