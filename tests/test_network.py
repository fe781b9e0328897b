"""Ties among graduates: small networks worked by hand, larger ones counted again by networkx."""

import networkx as nx
import pandas as pd
import pytest
from followup.network import attendance, network_summary, pairs_named, ties_kept, ties_table, who_responded
from hypothesis import given
from hypothesis import strategies as st

COLUMNS = ["wave", "ego", "alter", "kind"]


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
    assert pairs_named(named, "programme_end") == {frozenset("ab")}


def test_the_table_has_a_row_for_each_fate():
    table = ties_table(ties("ab ac cd", "dc da"), responded("abcd", "cd"))
    assert table.to_dict("list") == {
        "fate": ["kept", "lost", "unknown", "new"],
        "n_ties": [1, 1, 1, 1],
        "n": [3, 3, 3, 3],
    }
    assert ties_table(ties("", ""), responded("ab", "ab")).empty


def test_pairs_may_be_restricted_to_some_people():
    assert pairs_named(ties("ab bc cd", ""), "programme_end", among=set("abc")) == {frozenset("ab"), frozenset("bc")}


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
some = st.sets(st.sampled_from(PEOPLE))


@given(pairs, some)
def test_networkx_counts_the_same(named, people):
    table = pd.DataFrame([("programme_end", *pair, "advice") for pair in named], columns=COLUMNS)
    [row] = network_summary(table, {"programme_end": people}).to_dict("records")
    graph = nx.DiGraph(named).subgraph(people).copy()
    graph.add_nodes_from(people)
    both_ways = nx.overall_reciprocity(graph) * graph.number_of_edges() / 2 if graph.number_of_edges() else 0
    assert row["n"] == len(people)
    assert row["n_ties"] == nx.Graph(graph).number_of_edges()
    assert row["n_isolated"] == len(list(nx.isolates(graph)))
    assert len(people) < 2 or row["density"] == pytest.approx(nx.density(nx.Graph(graph)))
    assert not row["n_ties"] or row["named_by_both"] == pytest.approx(both_ways / row["n_ties"])


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


def test_nobody_answered_a_wave_that_was_not_held():
    people = pd.DataFrame(
        {"participant": ["a", "b"], "responded_programme_end": [True, False], "responded_follow_up": [True, True]}
    )
    assert who_responded(people, ["programme_end", "follow_up"]) == responded("a", "ab")
    assert who_responded(people, ["programme_end"]) == responded("a", "")


def test_each_participant_counts_once_a_meeting_and_meetings_keep_their_order():
    meetings = pd.DataFrame({"meeting": ["2", "2", "2", "10", "10"], "participant": ["a", "b", "a", "a", "c"]})
    assert attendance(meetings).to_dict("list") == {"meeting": ["2", "10"], "n_present": [2, 2]}
