"""Tables of ties and meetings as they may leave: a tie is told only among enough ties and enough people."""

import pandas as pd

from followup.disclosure.group_sizes import few_silent, rounded_share, told_sizes
from followup.disclosure.precision import in_decimals
from followup.disclosure.suppression import both_sides, hidden_groups
from followup.study.params import Disclosure

PARTS = ("unknown", "lost", "kept")  # of the ties of the earlier wave; what readers need least is hidden first
DENSITIES = ["density", "density_low", "density_high"]
MIXING = ["wave", "first", "second", "n_first", "n_second", "n_ties", "n_possible", "tie_share", "at_least", "hidden"]


def few(ties: pd.Series, people: pd.Series, policy: Disclosure) -> pd.Series:
    """Whether there are some ties, but too few, or among too few people, to be told of."""
    return ties.between(1, policy.least_cell - 1) | people.between(1, policy.least_group - 1)


def fates(table: pd.DataFrame, policy: Disclosure) -> pd.DataFrame:
    """What became of ties: fate, n_ties, n, n_people. A fate of few ties, or of ties among few people, is hidden, and of
    kept, lost and unknown a second one, since all three together are told.
    """
    if table.empty:
        return table.drop(columns="n_people").assign(hidden=pd.Series(dtype=bool))
    table = table.reset_index(drop=True)
    small = few(table["n_ties"], table["n_people"], policy)
    place = {fate: at for at, fate in table["fate"].items() if fate in PARTS}
    for fate in (fate for fate in PARTS if fate in place):
        gone = table.loc[[at for at in place.values() if small[at]], "n_ties"]
        if gone.empty or len(gone) > 1 and gone.sum() >= policy.least_cell:
            break
        small[place[fate]] = small[place[fate]] or table.loc[place[fate], "n_ties"] > 0
    counts = table[["n_ties", "n"]].astype("Int64").mask(small)
    return table.drop(columns="n_people").assign(**counts, hidden=small)


def bounds(table: pd.DataFrame, policy: Disclosure) -> pd.DataFrame:
    """Ties named again, by what that rests on: counts of the ties named again, unsure and gone, and of their people
    (`people_again` …). A row is hidden where one of the three is few, or among few people.
    """
    parts = ("again", "unsure", "gone")
    hidden = pd.concat([few(table[f"n_{part}"], table[f"people_{part}"], policy) for part in parts], axis=1).any(axis=1)
    own = ["n_unsure", "n_gone", *(f"people_{part}" for part in parts)]
    shown = table.drop(columns=own).assign(hidden=hidden)
    numbers = ["n_again", "n_ties", "lowest", "highest"]
    return shown.assign(**shown[numbers].astype("Int64").mask(hidden))


def summary(table: pd.DataFrame, policy: Disclosure) -> pd.DataFrame:
    """Networks wave by wave: densities to two decimals, no small count of people without ties; hidden where few people
    answered, or few ties were named among them.
    """
    small = (table["n_isolated"] < policy.least_group) | (table["n"] - table["n_isolated"] < policy.least_cell)
    shown = table.assign(n_isolated=table["n_isolated"].mask(small).astype("Int64"))
    shown[DENSITIES] = in_decimals(shown[DENSITIES], 2)
    mutual = (shown["named_by_both"] * shown["n_ties"]).round()
    one_sided = (mutual > 0) & (mutual < policy.least_cell) | (shown["n_ties"] - mutual < policy.least_cell)
    hidden = (shown["n"] < policy.least_group) | shown["n_ties"].between(1, policy.least_cell - 1)
    shown["named_by_both"] = shown["named_by_both"].mask(one_sided)
    numbers = shown.columns.difference(["wave"])
    return shown.assign(**shown[numbers].mask(hidden), least_group=policy.least_group, hidden=hidden)


def mixing(found: pd.DataFrame, people: pd.Series, policy: Disclosure) -> pd.DataFrame:
    """Ties within and between groups: a wave’s groups that are too small, and pairs of groups with too few ties or all but
    too few, are hidden, and the next smallest with them. `people` is how many each group is on the roster ("" for none);
    `outside` how many who answered are in no group.
    """
    if found.empty:
        return pd.DataFrame(columns=MIXING)
    outside = found.groupby("wave", observed=True)["outside"].first()
    sizes = pd.concat([found.set_index("first")["n_first"], outside.set_axis([""] * len(outside))])
    rounded = few_silent(sizes.to_frame(), people, policy)
    waves = found.groupby("wave", sort=False, observed=True)
    shown = pd.concat([_hidden_mixing(part, policy) for _, part in waves], ignore_index=True)
    shares = [rounded_share(*pair, rounded) for pair in zip(shown["n_ties"], shown["n_possible"], strict=True)]
    shown = told_sizes(shown, ~shown["hidden"], ["n_first", "n_second"], rounded, policy).assign(tie_share=shares)
    counts = ["n_ties", "n_possible"]
    return shown.assign(**shown[counts].mask(shown["at_least"]))[MIXING]


def _hidden_mixing(rows: pd.DataFrame, policy: Disclosure) -> pd.DataFrame:
    """One wave's pairs of groups; `hidden` ones have lost their numbers."""
    sizes = rows[rows["first"] == rows["second"]].set_index("first")["n_first"]
    small = hidden_groups(sizes, int(sizes.sum() + rows["outside"].iloc[0]), policy.least_group)
    hidden = rows["first"].map(small).astype(bool) | rows["second"].map(small).astype(bool)
    rest = rows[["n_ties"]].assign(rest=rows["n_possible"] - rows["n_ties"]).min(axis=1)
    hidden |= rest < policy.least_cell
    while hidden.any() and not hidden.all():
        if hidden.sum() > 1 and rows.loc[hidden, "n_ties"].sum() >= policy.least_cell:
            break
        hidden[rows.loc[~hidden, "n_ties"].idxmin()] = True  # what is hidden follows from the total
    shown = rows.drop(columns="outside").assign(hidden=hidden)
    counts = ["n_first", "n_second", "n_ties", "n_possible"]
    shown[counts] = shown[counts].astype("Int64").mask(hidden)
    return shown


def attendance(present: pd.DataFrame, policy: Disclosure) -> pd.DataFrame:
    """How many came to each meeting (n_present, of n); of a few, or all but a few, only that."""
    counts, over = both_sides(present["n_present"], present["n"], policy)
    return present.assign(n_present=counts, over=over, least_cell=policy.least_cell)


def bands(table: pd.DataFrame, present: pd.DataFrame, policy: Disclosure) -> pd.DataFrame:
    """How many came to none, to at most half and to more than half of the meetings: band, n_came, n (all participants).

    A few who came to none are counted with those of at most half. Where a band would still hold a few, or everyone, all
    are hidden; of two meetings, also where those who came to none or to just one are a few and the numbers `present` at
    each, beside the bands, would tell how many they are.
    """
    if table.empty:
        return table.assign(hidden=pd.Series(dtype=bool))
    counts, people = table.set_index("band")["n_came"].astype(int), int(table["n"].iloc[0])
    none, some = counts["no_meeting"], counts["up_to_half"]
    if none < policy.least_cell:
        counts = pd.Series({"none_or_up_to_half": none + some, "over_half": counts["over_half"]})
    each_told = len(present) <= 2 and attendance(present, policy)["n_present"].notna().all()
    told = pd.Series([*counts, *((none, some) if each_told else ())])
    hidden = bool(told.between(1, policy.least_cell - 1).any() or counts.max() == people)
    shown = pd.DataFrame({"band": counts.index, "n_came": counts.to_numpy(), "n": people})
    numbers = shown[["n_came", "n"]].astype("Int64")
    return shown.assign(**numbers.mask(pd.Series(hidden, index=shown.index)), hidden=hidden)
