"""Who differs between two editions: every case by hand, people counted by the one who wrote the test."""

import json

import pytest
from followup.editions.comparison import Told, refusals
from followup.editions.people import EVERYTHING, MEETINGS, RESPONSE, TIES, Keyed, Part, Recorded, table_of

KEYED = Keyed(b"a key that nobody else has", "a nonce")
LEAST = 8
UNITS = {"calm": "scale:calm", "rest": "item:rest", "ties": TIES, "everything": EVERYTHING}
BOTH, END = ("end", "later"), ("end",)


def part(given: object, waves: tuple[str, ...] = BOTH, *groups: str) -> Part:
    return Part(json.dumps(given), waves, frozenset(groups))


def crowd(size: int, group: str, first: int = 0, waves: tuple[str, ...] = BOTH, unit: str = "scale:calm") -> dict:
    """People of one group with an answer each, named after their group and number."""
    return {f"{group}{n}": {unit: part(n % 5, waves, group)} for n in range(first, first + size)}


def row(measure: str, group: str, change: str, **more: str) -> dict[str, str]:
    return {"measure": measure, "group": group, "change": change, "hidden": "False", **more}


def told(*rows: dict[str, str], table: str = "gaps", groups: tuple[str, ...] = ()) -> Told:
    """Tables in which a scale is told, and groups with numbers of their own."""
    found = sorted({row["group"] for row in rows} - {"all"} | {*groups})
    return Told({table: list(rows)}, UNITS, {"scale:calm": found})


ALL = told(row("calm", "all", "0.1"))
GROUPS = told(row("calm", "all", "0.1"), row("calm", "red", "0.2"))


def found(before: dict, now: dict, then: Told = GROUPS, new: Told | None = None, least: int = LEAST) -> list:
    units = sorted({unit for parts in (*before.values(), *now.values()) for unit in parts} | {*then.groups})
    recorded = Recorded(table_of(before, units, then.groups, KEYED), KEYED, then.groups, BOTH)
    return refusals("1", then, recorded, new or then, now, least, None)


RED, BLUE = crowd(12, "red"), crowd(12, "blue")


def test_the_same_people_are_free():
    assert found(RED | BLUE, BLUE | RED) == []


@pytest.mark.parametrize("size", range(1, LEAST))
def test_one_to_seven_more_are_refused_and_eight_are_not(size):
    [refused] = found(RED | BLUE, RED | BLUE | crowd(size, "red", 12))
    assert refused.tables == ("gaps",) and f"{size} p" in refused.why and "came" in refused.why
    assert found(RED | BLUE, RED | BLUE | crowd(LEAST, "red", 12)) == []


@pytest.mark.parametrize("size", range(1, LEAST))
def test_those_who_withdraw_are_people_as_well(size):
    [refused] = found(RED | crowd(12 + size, "blue"), RED | BLUE)
    assert "went" in refused.why


def test_seven_of_one_group_and_one_of_another_give_the_one_away():
    """Eight in all: everyone's mean is safe, and so is no group's; without groups they are eight people like any."""
    more = crowd(7, "red", 12) | crowd(1, "blue", 12)
    assert "1 person" in found(RED | BLUE, RED | BLUE | more)[0].why
    assert found(RED | BLUE, RED | BLUE | more, then=ALL) == []


def test_eight_of_each_group_are_free():
    assert found(RED | BLUE, RED | BLUE | crowd(8, "red", 12) | crowd(8, "blue", 12)) == []


def test_the_one_who_is_left_over_when_a_group_is_taken_from_everyone():
    """Everyone gains nine and a group that is shown eight: both alone are enough, and their difference is one person."""
    more = crowd(8, "red", 12) | crowd(1, "blue", 12)
    assert "1 person" in found(RED | BLUE, RED | BLUE | more)[0].why


def test_one_who_moves_to_another_group_is_told_by_both():
    """Nobody came and nobody went: everyone's number is the same, and each group differs by one."""
    moved = RED | BLUE | {"red3": {"scale:calm": part(3, BOTH, "blue")}}
    [refused] = found(RED | BLUE, moved)
    assert refused.why == "1 person differs (are counted elsewhere)"
    assert found(RED | BLUE, moved, then=ALL) == []


def test_one_edited_answer_is_one_person():
    edited = RED | BLUE | {"red3": {"scale:calm": part(99, BOTH, "red")}}
    assert found(RED | BLUE, edited)[0].why == "1 person differs (came and went)"


def test_eight_who_came_do_not_hide_one_who_went():
    """Fewer low answers than before, though eight came: the one who went gave a low one."""
    one_less = {name: parts for name, parts in RED.items() if name != "red3"}
    assert found(RED | BLUE, one_less | BLUE | crowd(8, "red", 12))[0].why == "1 person differs (went)"


def test_two_sets_of_waves_are_held_apart():
    """Eight more in the first wave, of whom one answered the second as well: the change tells of that one."""
    more = crowd(7, "red", 12, END) | crowd(1, "red", 19)
    assert "1 person" in found(RED | BLUE, RED | BLUE | more, then=ALL)[0].why
    assert found(RED | BLUE, RED | BLUE | crowd(8, "red", 12, END), then=ALL) == []


def test_one_who_now_answered_the_second_wave_moves_from_one_set_to_another():
    before = RED | BLUE | crowd(16, "red", 12, END)
    later = before | {"red12": {"scale:calm": part(2, BOTH, "red")}}
    assert "1 person" in found(before, later, then=ALL)[0].why
    eight = before | {f"red{n}": {"scale:calm": part([n, n], BOTH, "red")} for n in range(12, 20)}
    assert found(before, eight, then=ALL) == []


@pytest.mark.parametrize(("size", "free"), [(8, True), (9, False), (15, False), (16, True)])
def test_the_few_who_are_left_over_in_a_set_of_waves_follow_from_both(size, free):
    """Ten answered the first wave alone, of whom eight answer late: the earlier mean of all, less the later one of those
    who answered both, is that of two.
    """
    before = RED | BLUE | crowd(size, "red", 12, END)
    now = before | {f"red{n}": {"scale:calm": part([n, n], BOTH, "red")} for n in range(12, 20)}
    means = told(row("calm", "all", "0.1", mean_earlier="3.4"))
    refused = found(before, now, then=means)
    assert (refused == []) is free
    assert free or f"{size - 8} " in refused[0].why and "left over" in refused[0].why
    assert found(before, now, then=ALL) == []  # a change alone is of those who answered both, then and now


def test_a_group_that_is_shown_for_the_first_time_tells_of_who_came_to_it():
    """One blue and everyone's number then; now eight more, and the group's own number: what is left is the one."""
    before = RED | crowd(1, "blue")
    now = RED | crowd(9, "blue")
    new = told(row("calm", "all", "0.1"), row("calm", "blue", "0.3"))
    assert found(before, now, then=ALL, new=new)[0].why == "1 person differs (are counted elsewhere)"


def test_other_groupings_cross():
    """Then by colour, now by size: a person who is alone in a crossing follows from both."""
    people = {
        f"p{n}": {"scale:calm": part(n, BOTH, "red" if n < 12 else "blue", "big" if n < 11 else "small")}
        for n in range(24)
    }
    colours = told(row("calm", "all", "0.1"), row("calm", "red", "0.2"), row("calm", "blue", "0.2"))
    sizes = told(row("calm", "all", "0.1"), row("calm", "big", "0.2"), row("calm", "small", "0.2"))
    assert "1 person" in found(people, people, then=colours, new=sizes)[0].why
    even = {
        name: {"scale:calm": part(1, BOTH, *("red", "big") if n < 12 else ("blue", "small"))}
        for n, name in enumerate(people)
    }
    assert found(even, even, then=colours, new=sizes) == []


def test_what_is_hidden_in_one_of_both_cannot_be_subtracted():
    hidden = Told({"gaps": [row("calm", "all", "") | {"hidden": "True"}]}, UNITS, {})
    assert found(RED, RED | crowd(1, "red", 12), then=hidden, new=ALL) == []
    assert found(RED, RED | crowd(1, "red", 12), then=ALL, new=hidden) == []


def test_one_who_leaves_the_roster_takes_the_ties_of_others_along_and_is_one_person_all_the_same():
    """Nine rows of ties differ, eight of which named the one: whoever subtracts learns of one person."""
    told_ties = Told({"ties": [{"fate": "kept", "n_ties": "40"}]}, UNITS, {TIES: []})
    before = {f"p{n}": {TIES: part(["p0"] if 0 < n < 9 else [], BOTH)} for n in range(20)}
    now = {name: {TIES: part([], BOTH)} for name in before if name != "p0"}
    assert found(before, now, then=told_ties)[0].why == "1 person differs (went)"


def test_a_table_that_names_nothing_is_refused_only_where_it_changed():
    """An analyst's own table may be about anything."""
    then, new = (Told({"mine": [{"share": share}]}, UNITS, {EVERYTHING: []}) for share in ("0.4", "0.5"))
    before = crowd(20, "red", unit=EVERYTHING)
    more = before | crowd(1, "red", 20, unit=EVERYTHING)
    assert found(before, more, then=then, new=then) == []
    assert [one.tables for one in found(before, more, then=then, new=new)] == [("mine",)]


# The same people, another number ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "new", "free"),
    [
        ({"gap_later": "0.2"}, {"gap_later": "0.2"}, True),
        ({"gap_later": "0.2"}, {"gap_later": "0.3"}, False),
        ({"gap_later": "0.2", "verdict": "narrowed"}, {"gap_later": "0.2"}, True),  # the earlier one tells all
        ({"gap_later": "0.2"}, {"gap_later": "0.2", "verdict": "narrowed"}, True),  # the later one does
        ({"gap_later": "0.2"}, {"gap_earlier": "0.4"}, False),  # each tells what the other does not
        ({"alpha": "0.84"}, {"alpha": "0.8"}, True),  # the same with fewer digits
        ({"alpha": "0.85"}, {"alpha": "0.8"}, False),  # 0.845 to 0.85: narrower than either
        ({"alpha": "0.84"}, {"alpha": "0.9"}, False),
        ({"ci_low": "0.73"}, {"ci_low": "0.7"}, True),  # moved outward
        ({"ci_low": "0.73"}, {"ci_low": "0.8"}, False),
        ({"ci_high": "0.73"}, {"ci_high": "0.8"}, True),
        ({"n_chosen": "13"}, {"n_chosen": "12"}, False),
    ],
)
def test_both_editions_together_may_tell_no_more_than_one_of_them(then, new, free):
    sides = [told({"measure": "calm", "group": "all", **cells}) for cells in (then, new)]
    refused = found(RED, RED, then=sides[0], new=sides[1])
    assert (refused == []) is free
    if not free:
        assert "same people, but another number" in refused[0].why


def test_options_that_are_hidden_otherwise_follow_from_both():
    """Of four options two are told; which two is another question of policy, and both policies tell all four."""
    rows = [{"measure": "calm", "group": "all", "option": str(n), "n_chosen": str(n + 5)} for n in range(4)]
    assert found(RED, RED, then=told(*rows[:2]), new=told(*rows[2:]))[0].tables == ("gaps",)
    assert found(RED, RED, then=told(*rows[:2]), new=told(*rows)) == []


def test_where_people_differ_enough_another_number_is_what_they_answered():
    then, new = (told(row("calm", "all", change)) for change in ("0.1", "0.3"))
    assert found(RED, RED | crowd(8, "red", 12), then=then, new=new) == []


@pytest.mark.parametrize("unit", [MEETINGS, RESPONSE])
def test_what_is_told_of_everyone_on_the_roster_counts_those_who_answered_nothing(unit):
    told_unit = Told({"x": [{"measure": unit}]}, {unit: unit}, {unit: []})
    before = {f"p{n}": {unit: part([], ())} for n in range(20)}
    assert found(before, before | {"p20": {unit: part([], ())}}, then=told_unit)[0].unit == unit
