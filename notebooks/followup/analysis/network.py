"""Ties among graduates: which were kept, lost and made. A tie needs someone to report it, so silence gives bounds, not
zeros.
"""

from collections import Counter
from itertools import combinations_with_replacement

import networkx as nx
import pandas as pd

from followup.disclosure.group_sizes import few_silent, rounded_share, told_sizes
from followup.disclosure.suppression import both_sides, hidden_groups
from followup.study.params import Disclosure
from followup.study.waves import responded as answered_in


def pairs_named(ties: pd.DataFrame, wave: str, among: set[str] | None = None) -> set[frozenset]:
    """The pairs of participants of whom at least one named the other in a wave; `among` restricts both to some people."""
    named = ties[ties["wave"] == wave]
    if among is not None:
        named = named[named["ego"].isin(among) & named["alter"].isin(among)]
    return {frozenset(pair) for pair in zip(named["ego"], named["alter"], strict=True)}


def ties_kept(ties: pd.DataFrame, responded: dict[str, set[str]]) -> dict[str, int]:
    """Ties of the earlier wave, and what is known of them in the later one.

    A tie is known to be lost only when one of the two answered the later wave and neither named the other; when neither
    answered, it is unknown. New ties are counted among pairs of whom someone had answered the earlier wave.
    """
    fates = {fate: len(pairs) for fate, pairs in _pairs_of_fates(ties, responded).items()}
    return {"before": fates["kept"] + fates["lost"] + fates["unknown"], **fates}


def ties_table(ties: pd.DataFrame, responded: dict[str, set[str]], policy: Disclosure) -> pd.DataFrame:
    """The fate of the ties: one row for kept, lost, unknown and new, each of the ties of the earlier wave; `wave` and
    `compared_with` say which two waves they are. Nothing where ties were named in fewer than two waves.

    A fate of few ties, or of ties among few people, is hidden, and of kept, lost and unknown a second one, since all
    three together are told.
    """
    if ties["wave"].nunique() < 2:
        return pd.DataFrame(columns=["fate", "n_ties", "n", "wave", "compared_with", "hidden"])
    first, last = _compared(ties, responded)
    counts, fates = ties_kept(ties, responded), _pairs_of_fates(ties, responded)
    table = pd.DataFrame([{"fate": fate, "n_ties": counts[fate], "n": counts["before"]} for fate in fates])
    table = table.assign(wave=last, compared_with=first)
    small = pd.Series([_told_of_few(pairs, policy) for pairs in fates.values()])
    parts = [list(fates).index(fate) for fate in ("unknown", "lost", "kept")]  # what readers need least goes first
    for place in parts:
        gone = table.loc[[part for part in parts if small[part]], "n_ties"]
        if gone.empty or len(gone) > 1 and gone.sum() >= policy.least_cell:
            break
        small[place] = small[place] or table.loc[place, "n_ties"] > 0
    return table.assign(
        n_ties=table["n_ties"].astype("Int64").mask(small), n=table["n"].astype("Int64").mask(small), hidden=small
    )


def _compared(ties: pd.DataFrame, responded: dict[str, set[str]]) -> tuple[str, str]:
    """The first and the last wave in which ties were named; of the waves, where they were named in one only."""
    named = [wave for wave in responded if wave in set(ties["wave"])]
    waves = named if len(named) > 1 else list(responded)
    return waves[0], waves[-1]


def _pairs_of_fates(ties: pd.DataFrame, responded: dict[str, set[str]]) -> dict[str, set[frozenset]]:
    first, last = _compared(ties, responded)
    before, after = pairs_named(ties, first), pairs_named(ties, last)
    gone = before - after
    unknown = {pair for pair in gone if not pair & responded[last]}
    new = {pair for pair in after - before if pair & responded[first]}
    return {"kept": before & after, "lost": gone - unknown, "unknown": unknown, "new": new}


def _told_of_few(pairs: set[frozenset], policy: Disclosure) -> bool:
    """Whether there are some ties, but too few, or among too few people, to be told of."""
    return 0 < len(pairs) < policy.least_cell or 0 < len(frozenset().union(*pairs)) < policy.least_group


def who_responded(participants: pd.DataFrame, waves: list[str]) -> dict[str, set[str]]:
    """The participants who answered each of these waves."""
    return {wave: set(participants.loc[answered_in(participants, wave), "participant"]) for wave in waves}


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
        rows.append(
            {
                "wave": wave,
                "n": len(people),
                "n_ties": pairs,
                "density": nx.density(graph.to_undirected()) if len(people) > 1 else None,
                "named_by_both": mutual / pairs if pairs else None,
                "n_isolated": nx.number_of_isolates(graph),
            }
        )
    return pd.DataFrame(rows)


def attendance(meetings: pd.DataFrame, participants: pd.DataFrame, policy: Disclosure) -> pd.DataFrame:
    """How many participants came to each meeting, in the order of the file; of a few, or all but a few, only that."""
    present = meetings.groupby("meeting", sort=False)["participant"].nunique().rename("n_present").reset_index()
    present = present.assign(n=len(participants))
    counts, over = both_sides(present["n_present"], present["n"], policy)
    return present.assign(n_present=counts, over=over, least_cell=policy.least_cell)


def attendance_bands(meetings: pd.DataFrame, participants: pd.DataFrame, policy: Disclosure) -> pd.DataFrame:
    """How many participants came to how many of the meetings: band, n_came, n (all participants).

    The bands are none, at most half, more than half; a few who came to none are counted with those of at most half.
    Where a band would still hold a few, or everyone, all are hidden; of two meetings, also where those who came to none
    or to just one are a few and the numbers present at each, beside the bands, would tell how many they are.
    """
    held = meetings["meeting"].nunique()
    if not held:
        return pd.DataFrame(columns=["band", "n_came", "n", "hidden"])
    came = meetings.groupby("participant")["meeting"].nunique().reindex(participants["participant"], fill_value=0)
    none, over = int((came == 0).sum()), int((came > held / 2).sum())
    some = len(came) - none - over
    counts = (
        {"no_meeting": none, "up_to_half": some, "over_half": over}
        if none >= policy.least_cell
        else {"none_or_up_to_half": none + some, "over_half": over}
    )
    each_told = held <= 2 and attendance(meetings, participants, policy)["n_present"].notna().all()
    told = [*counts.values(), *((none, some) if each_told else ())]
    few = any(0 < count < policy.least_cell for count in told) or max(counts.values()) == len(came)
    table = pd.DataFrame([{"band": band, "n_came": count, "n": len(came)} for band, count in counts.items()])
    numbers = table[["n_came", "n"]].astype("Int64")
    return table.assign(**numbers.mask(pd.Series(few, index=table.index)), hidden=few)


def kept_bounds(ties: pd.DataFrame, responded: dict[str, set[str]], policy: Disclosure) -> pd.DataFrame:
    """Ties of the earlier wave that were named again, by whom the answer rests on: basis, n_again, n_ties, lowest,
    highest.

    `one_report`: silence of one of the two is taken as no, if the other answered. `both_reports`: whoever was silent
    may still have the tie. `both_answered`: only ties of which both answered both waves, so nothing is unknown. A row
    is hidden where the ties named again, the others or those unsure are few, or are among few people.
    """
    if ties["wave"].nunique() < 2:
        return pd.DataFrame(columns=["basis", "n_again", "n_ties", "lowest", "highest", "hidden"])
    first, last = _compared(ties, responded)
    before, after = pairs_named(ties, first), pairs_named(ties, last)
    answered = responded[first] & responded[last]
    rows = [
        _bounds_row("one_report", before, after, lambda pair: not pair & responded[last], policy),
        _bounds_row("both_reports", before, after, lambda pair: not pair <= responded[last], policy),
        _bounds_row("both_answered", {pair for pair in before if pair <= answered}, after, lambda pair: False, policy),
    ]
    table = pd.DataFrame(rows).assign(wave=last, compared_with=first)
    numbers = table.columns.difference(["basis", "hidden", "wave", "compared_with"])
    return table.assign(**table[numbers].astype("Int64").mask(table["hidden"]))


def _bounds_row(basis: str, mine: set[frozenset], after: set[frozenset], unsure, policy: Disclosure) -> dict:
    again, silent = mine & after, {pair for pair in mine - after if unsure(pair)}
    parts = (again, silent, mine - after - silent)
    return {
        "basis": basis,
        "n_again": len(again),
        "n_ties": len(mine),
        "lowest": len(again),
        "highest": len(again) + len(silent),
        "hidden": any(_told_of_few(part, policy) for part in parts),
    }


def shown_summary(
    summary: pd.DataFrame,
    ties: pd.DataFrame,
    participants: pd.DataFrame,
    responded: dict[str, set[str]],
    policy: Disclosure,
) -> pd.DataFrame:
    """The networks as they may be shown: bounds of the density among all participants, and no small count of people
    without ties; `hidden` where few people answered, or few ties were named among them.
    """
    if summary.empty:
        return summary
    shown = summary[summary["n"] > 0].reset_index(drop=True)
    bounds = [density_bounds(ties, set(participants["participant"]), responded[wave], wave) for wave in shown["wave"]]
    few = (shown["n_isolated"] < policy.least_group) | (shown["n"] - shown["n_isolated"] < policy.least_cell)
    shown = shown.assign(
        density_low=[low for low, _ in bounds],
        density_high=[high for _, high in bounds],
        n_isolated=shown["n_isolated"].mask(few).astype("Int64"),
    )
    shown[DENSITIES] = shown[DENSITIES].astype(float).round(2)
    mutual = (shown["named_by_both"] * shown["n_ties"]).round()
    one_sided = (mutual > 0) & (mutual < policy.least_cell) | (shown["n_ties"] - mutual < policy.least_cell)
    hidden = (shown["n"] < policy.least_group) | shown["n_ties"].between(1, policy.least_cell - 1)
    shown["named_by_both"] = shown["named_by_both"].mask(one_sided)
    numbers = shown.columns.difference(["wave"])
    return shown.assign(**shown[numbers].mask(hidden), least_group=policy.least_group, hidden=hidden)


DENSITIES = ["density", "density_low", "density_high"]


def density_bounds(
    ties: pd.DataFrame, everyone: set[str], answered: set[str], wave: str
) -> tuple[float, float] | tuple[None, None]:
    """The density of the network of all participants, had non-respondents named nobody, and had they named everyone."""
    pairs = len(everyone) * (len(everyone) - 1) // 2
    if not pairs:
        return None, None
    named = pairs_named(ties, wave, everyone)
    settled = len(answered) * (len(answered) - 1) // 2  # pairs of whom both had their say
    open_pairs = pairs - settled - sum(not pair <= answered for pair in named)
    return len(named) / pairs, (len(named) + open_pairs) / pairs


def mixing(
    ties: pd.DataFrame,
    participants: pd.DataFrame,
    trait: str | None,
    groups: list[str],
    responded: dict[str, set[str]],
    policy: Disclosure,
) -> pd.DataFrame:
    """Ties within and between groups among those who answered, of the ties possible: wave, first, second, n_first,
    n_second, n_ties, n_possible, tie_share, at_least, hidden.

    Where a few of a group were silent, `at_least` says that its sizes are rounded down; then ties are told as a rounded
    share only, in all rows. A group that is too small to show has no numbers, nor has a pair of groups with too few ties (or all but too few):
    then the next smallest is hidden as well, so that neither follows from the total.
    """
    rows = []
    for wave, people in responded.items() if len(ties) and trait else ():
        if people:
            rows += _mixing_rows(
                pairs_named(ties, wave, people),
                participants[participants["participant"].isin(people)].set_index("participant")[trait],
                wave,
                groups,
            )
    if not rows:
        return pd.DataFrame(columns=MIXING)
    found = pd.DataFrame(rows)
    people = participants[trait].fillna("").value_counts()
    sizes = pd.concat(
        [
            found.set_index("first")["n_first"],
            found.groupby("wave")["outside"].first().set_axis([""] * found["wave"].nunique()),
        ]
    )
    rounded = few_silent(sizes.to_frame(), people, policy)
    shown = pd.concat(
        [_hidden_mixing(part, policy) for _, part in found.groupby("wave", sort=False)], ignore_index=True
    )
    return _as_told(shown, rounded, policy)


MIXING = ["wave", "first", "second", "n_first", "n_second", "n_ties", "n_possible", "tie_share", "at_least", "hidden"]


def _as_told(shown: pd.DataFrame, rounded: bool, policy: Disclosure) -> pd.DataFrame:
    """The shares of ties, and beside them the counts where these may be told."""
    shares = [rounded_share(*pair, rounded) for pair in zip(shown["n_ties"], shown["n_possible"], strict=True)]
    shown = told_sizes(shown, ~shown["hidden"], ["n_first", "n_second"], rounded, policy).assign(tie_share=shares)
    counts = ["n_ties", "n_possible"]
    return shown.assign(**shown[counts].mask(shown["at_least"]))[MIXING]


def _mixing_rows(pairs: set[frozenset], group_of: pd.Series, wave: str, groups: list[str]) -> list[dict]:
    sizes = group_of.value_counts().reindex(groups, fill_value=0)
    joined = Counter(
        tuple(sorted((group_of[person] for person in pair), key=groups.index))
        for pair in pairs
        if group_of[list(pair)].notna().all()
    )
    return [
        {
            "wave": wave,
            "first": first,
            "second": second,
            "n_first": int(sizes[first]),
            "n_second": int(sizes[second]),
            "n_ties": joined[first, second],
            "n_possible": int(
                sizes[first] * (sizes[first] - 1) // 2 if first == second else sizes[first] * sizes[second]
            ),
            "outside": int(group_of.isna().sum()),
        }
        for first, second in combinations_with_replacement(groups, 2)
    ]


def _hidden_mixing(rows: pd.DataFrame, policy: Disclosure) -> pd.DataFrame:
    """One wave's pairs of groups; `hidden` ones have lost their numbers."""
    sizes = rows[rows["first"] == rows["second"]].set_index("first")["n_first"]
    small = hidden_groups(sizes, int(sizes.sum() + rows["outside"].iloc[0]), policy.least_group)
    hidden = rows["first"].map(small) | rows["second"].map(small)
    few = rows[["n_ties"]].assign(rest=rows["n_possible"] - rows["n_ties"]).min(axis=1) < policy.least_cell
    hidden |= few
    while (
        hidden.any()
        and not hidden.all()
        and (hidden.sum() == 1 or rows.loc[hidden, "n_ties"].sum() < policy.least_cell)
    ):
        hidden[rows.loc[~hidden, "n_ties"].idxmin()] = True  # what is hidden follows from the total
    shown = rows.drop(columns="outside").assign(hidden=hidden)
    counts = ["n_first", "n_second", "n_ties", "n_possible"]
    shown[counts] = shown[counts].astype("Int64").mask(hidden)
    return shown
