"""Ties among graduates: which were kept, lost and made. A tie needs someone to report it, so silence gives bounds, not zeros."""

import networkx as nx
import pandas as pd

WAVES = ("programme_end", "follow_up")


def pairs_named(ties: pd.DataFrame, wave: str, among: set[str] | None = None) -> set[frozenset]:
    """The pairs of participants of whom at least one named the other in a wave; `among` restricts both to some people."""
    named = ties[ties["wave"] == wave]
    if among is not None:
        named = named[named["ego"].isin(among) & named["alter"].isin(among)]
    return {frozenset(pair) for pair in zip(named["ego"], named["alter"], strict=True)}


def ties_kept(ties: pd.DataFrame, responded: dict[str, set[str]]) -> dict[str, int]:
    """Ties at programme end, and what is known of them at follow-up.

    A tie is known to be lost only when one of the two answered the follow-up and neither named the other; when neither
    answered, it is unknown. New ties are counted among pairs of whom someone had answered at programme end.
    """
    before, after = pairs_named(ties, "programme_end"), pairs_named(ties, "follow_up")
    gone = before - after
    unknown = {pair for pair in gone if not pair & responded["follow_up"]}
    new = {pair for pair in after - before if pair & responded["programme_end"]}
    return {"before": len(before), "kept": len(before & after), "lost": len(gone - unknown), "unknown": len(unknown), "new": len(new)}


def ties_table(ties: pd.DataFrame, responded: dict[str, set[str]]) -> pd.DataFrame:
    """The fate of the ties: one row for kept, lost, unknown and new, each of the ties at programme end."""
    if ties.empty:
        return pd.DataFrame(columns=["fate", "n_ties", "n"])
    counts = ties_kept(ties, responded)
    return pd.DataFrame([{"fate": fate, "n_ties": counts[fate], "n": counts["before"]} for fate in ("kept", "lost", "unknown", "new")])


def who_responded(participants: pd.DataFrame, waves: list[str]) -> dict[str, set[str]]:
    """The participants who answered each wave; nobody, for a wave that this cohort does not have."""
    return {wave: set(participants.loc[participants[f"responded_{wave}"], "participant"]) if wave in waves else set() for wave in WAVES}


def network_summary(ties: pd.DataFrame, responded: dict[str, set[str]]) -> pd.DataFrame:
    """Each wave's network among those who answered it: people, ties, density, share of ties named by both, isolates."""
    rows = []
    for wave, people in responded.items() if len(ties) else ():
        inside = ties[(ties["wave"] == wave) & ties["ego"].isin(people) & ties["alter"].isin(people)]
        graph = nx.DiGraph()
        graph.add_nodes_from(sorted(people))
        graph.add_edges_from(zip(inside["ego"], inside["alter"], strict=True))
        mutual = graph.to_undirected(reciprocal=True).number_of_edges()
        pairs = graph.to_undirected().number_of_edges()
        rows.append({"wave": wave, "n": len(people), "n_ties": pairs, "density": nx.density(graph.to_undirected()) if len(people) > 1 else None,
                     "named_by_both": mutual / pairs if pairs else None, "n_isolated": nx.number_of_isolates(graph)})
    return pd.DataFrame(rows)


def attendance(meetings: pd.DataFrame) -> pd.DataFrame:
    """How many participants came to each meeting, in the order of the file."""
    return meetings.groupby("meeting", sort=False)["participant"].nunique().rename("n_present").reset_index()
