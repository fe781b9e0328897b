"""Ties among graduates: small networks worked by hand, larger ones counted again by networkx."""

from dataclasses import replace

import networkx as nx
import pandas as pd
import pytest
from followup.disclosure import safe_network
from followup.report.charts.project_charts import group_network
from followup.study.cohort import open_cohort
from followup.study.params import Disclosure
from followup.study.waves import together
from followup.words.columns import COLUMNS as COLUMNS_OF_THE_PAGE
from followup.words.vocabulary import Vocabulary
from hypothesis import given, settings
from hypothesis import strategies as st
from in_notebooks import ran

COHORT = open_cohort("1")
COLUMNS = ["wave", "ego", "alter", "kind"]
ALL_TOLD = Disclosure.model_construct(least_group=1, least_cell=1)  # so that a network of four can be worked by hand


def ties(programme_end: str, follow_up: str, kind: str = "advice") -> pd.DataFrame:
    """Nominations written as "ab ac": a names b, a names c."""
    rows = [
        (wave, *pair, kind)
        for wave, pairs in (("programme_end", programme_end), ("follow_up", follow_up))
        for pair in pairs.split()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def responded(programme_end: str, follow_up: str) -> dict[str, set[str]]:
    return {"programme_end": set(programme_end), "follow_up": set(follow_up)}


def notebook(ties_: pd.DataFrame, answered: dict[str, set[str]], policy: Disclosure | None = None, **more) -> dict:
    """What 05_network made of these ties among these people."""
    people = sorted({*ties_["ego"], *ties_["alter"]}.union(*answered.values(), more.pop("silent", ())))
    told = [together(wave for wave in answered if person in answered[wave]) for person in people]
    sides = more.pop("sides", {})
    roster = pd.DataFrame({"participant": people, "answered": told})
    roster = roster.assign(sector_group=[sides.get(person, "headquarters") for person in people])
    params = COHORT.params.model_copy(update={"disclosure": policy or Disclosure()})
    trait = COHORT.codebook.traits["sector_group"]
    two = trait.model_copy(update={"groups": {key: trait.groups[key] for key in ("headquarters", "operational")}})
    codebook = COHORT.codebook.model_copy(update={"traits": COHORT.codebook.traits | {"sector_group": two}})
    cohort = replace(COHORT, params=params, codebook=codebook)
    return ran("05_network", cohort, participants=roster, ties=ties_, **more)


def released(made: dict, name: str) -> pd.DataFrame:
    return made["report"].released[name]


def ties_kept(ties_: pd.DataFrame, answered: dict[str, set[str]]) -> dict[str, int]:
    """How many ties had each fate, and how many there were before; y and z, who keep their tie, are added and left out."""
    ties_ = pd.concat([ties_, ties("yz", "yz")])
    fates = notebook(ties_, {wave: {*people, "y", "z"} for wave, people in answered.items()}, ALL_TOLD)["ties"]
    fates = fates[fates["one"] != "y"]
    counts = {fate: int((fates["fate"] == fate).sum()) for fate in ("kept", "lost", "unknown", "new")}
    return {"before": int(fates["programme_end"].sum())} | counts


def ties_table(ties_: pd.DataFrame, answered: dict[str, set[str]], policy: Disclosure) -> pd.DataFrame:
    return released(notebook(ties_, answered, policy), "ties")


def kept_bounds(ties_: pd.DataFrame, answered: dict[str, set[str]], policy: Disclosure) -> pd.DataFrame:
    return released(notebook(ties_, answered, policy), "ties_bounds")


def network_summary(ties_: pd.DataFrame, answered: dict[str, set[str]], **more) -> pd.DataFrame:
    return notebook(ties_, answered, ALL_TOLD, **more)["network"].reset_index()


# ------------------------------------------------------------ ties kept, lost, unknown, new


@pytest.mark.parametrize(
    ("before", "after", "answered", "counts"),
    [
        # a named b, later b named a: one tie, kept
        ("ab", "ba", ("abc", "abc"), {"before": 1, "kept": 1, "lost": 0, "unknown": 0, "new": 0}),
        # both named each other: still one tie
        ("ab ba", "ab", ("abc", "abc"), {"before": 1, "kept": 1, "lost": 0, "unknown": 0, "new": 0}),
        # neither names the other, and one of them answered: lost
        ("ab", "", ("ab", "b"), {"before": 1, "kept": 0, "lost": 1, "unknown": 0, "new": 0}),
        # neither answered: what became of it is unknown, not lost
        ("ab", "", ("ab", ""), {"before": 1, "kept": 0, "lost": 0, "unknown": 1, "new": 0}),
        # a is silent later, c who answered does not name a: lost; a–b both silent: unknown; c–d named again: kept
        ("ab ac cd", "dc", ("abcd", "cd"), {"before": 3, "kept": 1, "lost": 1, "unknown": 1, "new": 0}),
        # a new tie counts when one of the two had answered before; e and f had not, so their tie may be old
        ("ab", "ab ac ef", ("ab", "aef"), {"before": 1, "kept": 1, "lost": 0, "unknown": 0, "new": 1}),
        ("", "ab", ("a", "ab"), {"before": 0, "kept": 0, "lost": 0, "unknown": 0, "new": 1}),
    ],
)
def test_the_fate_of_each_tie(before, after, answered, counts):
    assert ties_kept(ties(before, after), responded(*answered)) == counts


def test_a_tie_of_two_kinds_is_one_tie():
    named = pd.concat([ties("ab", "ab"), ties("ab", "", kind="joint_work")])
    assert ties_kept(named, responded("ab", "ab"))["before"] == 1


def test_the_table_has_a_row_for_each_fate():
    table = ties_table(ties("ab ac cd", "dc da"), responded("abcd", "cd"), ALL_TOLD)
    assert table.to_dict("list") == {
        "fate": ["kept", "lost", "unknown", "new"],
        "n_ties": [1, 1, 1, 1],
        "n": [3, 3, 3, 3],
        "wave": ["follow_up"] * 4,
        "compared_with": ["programme_end"] * 4,
        "hidden": [False] * 4,
    }
    assert ties_table(ties("", ""), responded("ab", "ab"), ALL_TOLD).empty


def chain(people: str) -> str:
    """A tie between each person and the next."""
    return " ".join(map("".join, zip(people, people[1:], strict=False)))


def hidden_fates(before: str, after: str, answered: str) -> set[str]:
    table = ties_table(ties(before, after), responded("abcdefghijklmnopqrst", answered), Disclosure())
    assert table.loc[table["hidden"], ["n_ties", "n"]].isna().all(axis=None)
    return set(table.loc[table["hidden"], "fate"])


EVERYONE = "abcdefghijklmnopqrst"


@pytest.mark.parametrize(
    ("before", "after", "answered", "gone"),
    [
        (chain(EVERYONE), chain("abcdefghijk"), EVERYONE, set()),  # ten kept, nine lost
        # one tie lost: it would follow from those kept, since all together are told
        (chain(EVERYONE), chain("abcdefghijklmnopqrs"), EVERYONE, {"kept", "lost"}),
        # six ties lost among four people, who are too few
        (chain(EVERYONE) + " ac ad bd ce", chain(EVERYONE), EVERYONE, {"kept", "lost"}),
        # three ties were made anew; nothing follows from that
        (chain(EVERYONE), chain("abcdefghijk") + " ak al am", EVERYONE, {"new"}),
        # three are unknown and nine lost: the lost go with them, the kept stay
        (chain(EVERYONE), chain("abcdefgh"), "abcdefghijklmnop", {"lost", "unknown"}),
    ],
)
def test_a_fate_of_few_ties_or_of_few_people_is_hidden_and_what_it_would_follow_from(before, after, answered, gone):
    assert hidden_fates(before, after, answered) == gone


# ------------------------------------------------------------ the network of those who answered


def test_a_network_of_four_by_hand():
    """a–b named by both, a–c by one; d names nobody. Three possible ties each: 2 of 6 pairs."""
    before, after = network_summary(ties("ab ba ac", "ab"), responded("abcd", "a")).to_dict("records")
    assert (before["n"], before["n_ties"], before["n_isolated"]) == (4, 2, 1)
    assert before["density"] == pytest.approx(2 / 6)
    assert before["named_by_both"] == pytest.approx(1 / 2)
    # at follow-up only a answered: whoever a names is not among those who answered, and one person has no density
    assert (after["n"], after["n_ties"], after["n_isolated"]) == (1, 0, 1)
    assert pd.isna(after["density"])
    assert pd.isna(after["named_by_both"])


def test_a_cohort_without_ties_has_no_network():
    assert network_summary(ties("", ""), responded("abcd", "abcd")).empty


PEOPLE = "abcdefgh"
pairs = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)).filter(lambda pair: pair[0] != pair[1]), min_size=1
)
some = st.sets(st.sampled_from(PEOPLE), min_size=1)


@settings(deadline=None, max_examples=12)
@given(pairs, some)
def test_networkx_counts_the_same(named, people):
    table = pd.DataFrame([("programme_end", *pair, "advice") for pair in named], columns=COLUMNS)
    [row] = network_summary(table, {"programme_end": people, "follow_up": set()}).to_dict("records")
    graph = nx.DiGraph(named).subgraph(people).copy()
    graph.add_nodes_from(people)
    both_ways = nx.overall_reciprocity(graph) * graph.number_of_edges() / 2 if graph.number_of_edges() else 0
    assert row["n"] == len(people)
    assert row["n_ties"] == nx.Graph(graph).number_of_edges()
    assert row["n_isolated"] == len(list(nx.isolates(graph)))
    assert len(people) < 2 or row["density"] == pytest.approx(nx.density(nx.Graph(graph)))
    assert not row["n_ties"] or row["named_by_both"] == pytest.approx(both_ways / row["n_ties"])


@settings(deadline=None, max_examples=12)
@given(pairs, pairs, some, some)
def test_every_tie_at_programme_end_has_one_fate_and_networkx_agrees(before, after, first, second):
    table = pd.DataFrame(
        [
            (wave, *pair, "advice")
            for wave, named in (("programme_end", before), ("follow_up", after))
            for pair in named
        ],
        columns=COLUMNS,
    )
    counts = ties_kept(table, {"programme_end": first, "follow_up": second})
    earlier, later = (nx.Graph(named) for named in (before, after))
    everyone = list(PEOPLE)
    for graph in (earlier, later):
        graph.add_nodes_from(everyone)
    gone = nx.difference(earlier, later)
    assert counts["before"] == earlier.number_of_edges() == counts["kept"] + counts["lost"] + counts["unknown"]
    assert counts["kept"] == nx.intersection(earlier, later).number_of_edges()
    assert counts["unknown"] == gone.subgraph(set(everyone) - second).number_of_edges()
    made = nx.difference(later, earlier)
    assert counts["new"] == made.number_of_edges() - made.subgraph(set(everyone) - first).number_of_edges()


# ------------------------------------------------------------ who answered, who came


def attendance(meetings: pd.DataFrame, everyone: pd.DataFrame, policy: Disclosure) -> pd.DataFrame:
    return released(came_to(meetings, everyone, policy), "attendance")


def attendance_bands(meetings: pd.DataFrame, everyone: pd.DataFrame, policy: Disclosure) -> pd.DataFrame:
    return released(came_to(meetings, everyone, policy), "meetings_attended")


def came_to(meetings: pd.DataFrame, everyone: pd.DataFrame, policy: Disclosure) -> dict:
    silent = everyone["participant"].tolist()
    return notebook(ties("", ""), responded("", ""), policy, silent=silent, meetings=meetings.assign(date="2016-04-05"))


def test_each_participant_counts_once_a_meeting_and_meetings_keep_their_order():
    meetings = pd.DataFrame({"meeting": ["2", "2", "2", "10", "10"], "participant": ["a", "b", "a", "a", "c"]})
    everyone = pd.DataFrame({"participant": list("abcdef")})
    table = attendance(meetings, everyone, ALL_TOLD)
    assert table[["meeting", "n_present"]].to_dict("list") == {"meeting": ["2", "10"], "n_present": [2, 2]}


def test_a_meeting_has_its_day_where_the_file_names_one_day_for_it():
    """The first has one, the second two, the third none at all."""
    rows = [("1", "a", "2016-04-05"), ("1", "b", "2016-04-05"), ("2", "a", "2016-06-07"), ("2", "b", "2016-06-08")]
    meetings = pd.DataFrame([*rows, ("3", "c", None)], columns=["meeting", "participant", "date"])
    everyone = ["a", "b", "c", "d"]
    made = notebook(ties("", ""), responded("", ""), ALL_TOLD, silent=everyone, meetings=meetings)
    table = released(made, "attendance")
    assert table["n_present"].tolist() == [2, 2, 1]
    said = {
        each: [COLUMNS_OF_THE_PAGE["meeting"].write(row, None, each) for _, row in table.iterrows()]
        for each in ("en", "he")
    }
    bare = {each: [text.replace("\u2066", "").replace("\u2069", "") for text in texts] for each, texts in said.items()}
    assert bare == {"en": ["1 · 5 April 2016", "2", "3"], "he": ["1 · 5 באפריל 2016", "2", "3"]}


def test_of_a_meeting_to_which_few_came_only_that_is_told():
    """Five came to the first, four to the second, nobody to none: a meeting without anybody is in no file."""
    rows = [("1", person) for person in "abcde"] + [("2", person) for person in "abcd"]
    everyone = pd.DataFrame({"participant": list("abcdefghijkl")})
    table = attendance(pd.DataFrame(rows, columns=["meeting", "participant"]), everyone, Disclosure())
    assert table["n_present"].isna().tolist() == [False, True]
    assert "fewer than" in COLUMNS_OF_THE_PAGE["n_present"].write(table.iloc[1], None, "en")


@pytest.mark.parametrize(("came", "told"), [(7, True), (8, False), (12, False)])
def test_of_a_meeting_that_all_but_a_few_came_to_only_that_is_told(came, told):
    """Of twelve: that eight came says of four that they did not."""
    everyone = pd.DataFrame({"participant": list("abcdefghijkl")})
    rows = pd.DataFrame({"meeting": "1", "participant": list("abcdefghijkl")[:came]})
    row = attendance(rows, everyone, Disclosure()).iloc[0]
    assert pd.notna(row["n_present"]) == told
    said = COLUMNS_OF_THE_PAGE["n_present"].write(row, None, "en").replace("\u2066", "").replace("\u2069", "")
    assert said == (f"{came} of 12 (58%)" if told else "more than 7 of 12")


def test_bands_beside_the_numbers_present_do_not_tell_who_came_to_neither_meeting():
    """Of thirty, 14 came to the first and 20 to the second, 6 to both: so 22 to just one, and two to neither."""
    everyone = pd.DataFrame({"participant": [f"p{place}" for place in range(30)]})
    present = [*range(14)], [*range(8, 28)]
    rows = [(meeting, f"p{place}") for meeting, places in zip("12", present, strict=True) for place in places]
    meetings = pd.DataFrame(rows, columns=["meeting", "participant"])
    assert attendance(meetings, everyone, Disclosure())["n_present"].tolist() == [14, 20]
    assert attendance_bands(meetings, everyone, Disclosure())["hidden"].all()
    assert not attendance_bands(meetings.iloc[:-3], everyone, Disclosure())["hidden"].any()  # five to neither


@pytest.mark.parametrize(
    ("at_all", "at_both", "hidden"), [(10, 6, False), (10, 4, True), (12, 12, True), (0, 0, True), (8, 0, True)]
)
def test_bands_of_attendance_hold_no_few_and_never_everyone(at_all, at_both, hidden):
    """Of twelve, `at_all` came to one of two meetings, `at_both` of them to both: more than half."""
    people = pd.DataFrame({"participant": list("abcdefghijkl")})
    rows = [("1", person) for person in "abcdefghijkl"[:at_all]] + [
        ("2", person) for person in "abcdefghijkl"[:at_both]
    ]
    table = attendance_bands(pd.DataFrame(rows, columns=["meeting", "participant"]), people, Disclosure())
    assert table["hidden"].tolist() == [hidden] * len(table)
    assert table[["n_came", "n"]].isna().all(axis=None) == hidden


# ------------------------------------------------------------ how sure: a tie needs someone to report it


def test_ties_named_again_rest_on_one_report_or_on_both():
    """ab named again; ac: a answered and does not name c, who was silent; cd: both silent; bd: b answered, d silent."""
    table = kept_bounds(ties("ab ac cd bd", "ab"), responded("abcd", "ab"), ALL_TOLD).set_index("basis")
    assert table.loc["one_report", ["n_again", "n_ties", "lowest", "highest"]].tolist() == [1, 4, 1, 2]
    assert table.loc["both_reports", ["n_again", "n_ties", "lowest", "highest"]].tolist() == [1, 4, 1, 4]
    assert table.loc["both_answered", ["n_again", "n_ties", "lowest", "highest"]].tolist() == [1, 1, 1, 1]


def test_without_a_follow_up_nothing_is_said_of_ties():
    assert kept_bounds(ties("ab", ""), responded("ab", ""), ALL_TOLD).empty
    assert kept_bounds(ties("", ""), responded("ab", "ab"), ALL_TOLD).empty


@settings(deadline=None, max_examples=12)
@given(pairs, some)
def test_density_lies_between_all_silent_naming_nobody_and_everybody(named, people):
    """Counted pair by pair: a pair is open when it was not named and one of the two was silent."""
    table = pd.DataFrame([("programme_end", *pair, "advice") for pair in named if pair[0] in people], columns=COLUMNS)
    if table.empty:  # a cohort without ties has no network
        return
    [row] = network_summary(table, {"programme_end": people, "follow_up": set()}, silent=PEOPLE).to_dict("records")
    low, high = row["density_low"], row["density_high"]
    graph = nx.Graph([(ego, alter) for _, ego, alter, _ in table.itertuples(index=False)])
    graph.add_nodes_from(PEOPLE)
    undecided = [pair for pair in nx.complement(graph).edges if not set(pair) <= people]
    assert low == pytest.approx(nx.density(graph))
    assert high == pytest.approx(low + len(undecided) / 28)


def shown(named: str, answered: str) -> dict:
    """The network at programme end as it may be shown."""
    [row] = released(notebook(ties(named, ""), responded(answered, "")), "network_summary").to_dict("records")
    return row


def test_a_small_number_of_people_without_ties_is_not_told():
    """Of fourteen in a chain of seven, seven are alone, which is fewer than eight; of fifteen eight are, and are told."""
    assert pd.isna(shown(chain("abcdefg"), "abcdefghijklmn")["n_isolated"])
    assert shown(chain("abcdefg"), "abcdefghijklmno")["n_isolated"] == 8


@pytest.mark.parametrize(
    ("named", "answered", "hidden"),
    [("ab ac", "abcdefghijklmn", True), (chain("abcdefg"), "abcdefg", True), (chain("abcdefgh"), "abcdefgh", False)],
)
def test_a_network_of_few_people_or_few_ties_is_hidden(named, answered, hidden):
    row = shown(named, answered)
    assert row["hidden"] == hidden
    assert pd.isna(row["n_ties"]) == pd.isna(row["density"]) == pd.isna(row["n"]) == hidden


def test_the_share_named_by_both_is_not_told_of_a_few_ties_or_of_all():
    eight = "abcdefgh"
    assert pd.isna(shown(chain(eight) + " ba cb", eight)["named_by_both"])
    assert pd.isna(shown(chain(eight) + " ba cb dc ed fe", eight)["named_by_both"])  # two ties are left
    eleven = "abcdefghijk"
    assert shown(chain(eleven) + " ba cb dc ed fe", eleven)["named_by_both"] == pytest.approx(5 / 10)
    assert pd.isna(shown(chain(eight) + " " + chain(eight[::-1]), eight)["named_by_both"])


# ------------------------------------------------------------ within groups and between them

NORTH, SOUTH = [f"n{place}" for place in range(9)], [f"s{place}" for place in range(10)]
TWO_GROUPS = pd.DataFrame({"participant": [*NORTH, *SOUTH], "side": ["north"] * 9 + ["south"] * 10})


def tied(*pairs_: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame([("follow_up", *pair, "advice") for pair in pairs_], columns=COLUMNS)


def everyone_answered() -> dict[str, set[str]]:
    return {"programme_end": set(), "follow_up": {*NORTH, *SOUTH}}


def counted(table: pd.DataFrame, policy: Disclosure | None = None, people: pd.DataFrame = TWO_GROUPS) -> pd.DataFrame:
    names = {"headquarters": "north", "operational": "south"}
    sides = {person: key for person, side in people.to_numpy() for key, name in names.items() if name == side}
    rows = released(notebook(table, everyone_answered(), policy, sides=sides), "mixing").replace(names)
    return rows.set_index(["first", "second"])


def test_ties_within_and_between_groups_are_counted_as_networkx_counts_them():
    chain = list(zip(NORTH, NORTH[1:], strict=False)) + list(zip(SOUTH, SOUTH[1:], strict=False))
    across = list(zip(NORTH[:6], SOUTH[:6], strict=True))
    rows = counted(tied(*chain, *across))
    graph = nx.Graph([*chain, *across])
    nx.set_node_attributes(graph, {name: name[0] for name in graph}, "side")
    matrix = nx.attribute_mixing_dict(graph, "side")
    assert rows.loc[("north", "north"), "n_ties"] == matrix["n"]["n"] / 2 == 8
    assert rows.loc[("south", "south"), "n_ties"] == matrix["s"]["s"] / 2 == 9
    assert rows.loc[("north", "south"), "n_ties"] == matrix["n"]["s"] == 6
    assert rows["n_possible"].tolist() == [36, 90, 45]
    assert not rows["hidden"].any()


def test_a_pair_of_groups_with_few_ties_is_hidden_and_another_with_it():
    chain = list(zip(NORTH, NORTH[1:], strict=False)) + list(zip(SOUTH, SOUTH[1:], strict=False))
    rows = counted(tied(*chain, ("n0", "s0")))
    assert rows["hidden"].to_dict() == {("north", "north"): True, ("north", "south"): True, ("south", "south"): False}
    assert rows.loc[rows["hidden"], ["n_ties", "n_possible"]].isna().all(axis=None)


def test_a_small_group_has_no_ties_to_show():
    few = TWO_GROUPS.assign(side=["north"] * 4 + ["south"] * 15)
    chain = list(zip(NORTH, NORTH[1:], strict=False)) + list(zip(SOUTH, SOUTH[1:], strict=False))
    assert counted(tied(*chain), people=few)["hidden"].all()


def test_the_picture_of_groups_has_no_person_in_it():
    chain = list(zip(NORTH, NORTH[1:], strict=False)) + list(zip(SOUTH, SOUTH[1:], strict=False))
    rows = counted(tied(*chain, *zip(NORTH[:6], SOUTH[:6], strict=True))).reset_index()
    figure, alternative = group_network(rows, Vocabulary(open_cohort("1").codebook), "en")
    [panel] = figure.axes
    shown = " ".join(text.get_text() for text in panel.texts) + alternative
    assert len(panel.collections) == 2  # two circles: two groups
    assert not any(name in shown for name in [*NORTH, *SOUTH])


def test_a_cohort_without_groups_or_ties_has_no_mixing():
    assert released(notebook(ties("", ""), everyone_answered()), "mixing").empty
    assert safe_network.mixing(pd.DataFrame(), pd.Series(dtype=int), Disclosure()).empty


# ------------------------------------------------------------ meetings attended


def attended(none: int, one: int, all_: int) -> pd.DataFrame:
    """Participants who came to none, one or all of four meetings."""
    people = pd.DataFrame({"participant": [f"p{place}" for place in range(none + one + all_)]})
    rows = [(meeting, who) for who in people["participant"][none + one :] for meeting in "1234"]
    rows += [("1", who) for who in people["participant"][none : none + one]]
    meetings = pd.DataFrame(rows, columns=["meeting", "participant"])
    return attendance_bands(meetings, people, Disclosure())


def test_attendance_is_told_in_bands_and_a_few_are_not_told_apart():
    assert attended(5, 10, 5).set_index("band")["n_came"].to_dict() == {
        "no_meeting": 5,
        "up_to_half": 10,
        "over_half": 5,
    }
    assert attended(1, 10, 5).set_index("band")["n_came"].to_dict() == {"none_or_up_to_half": 11, "over_half": 5}
    assert attended(0, 0, 0).empty
