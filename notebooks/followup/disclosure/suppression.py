"""Nobody recognisable: what a table of forty people may show.

A group's values are shown only when the group and everyone else are both large enough, and never so that a hidden
group follows from the total and the groups that are shown.
"""

import pandas as pd

from followup.disclosure.precision import category_form
from followup.statistics.room_left import BLOCKED_ABOVE, FLAGGED_ABOVE
from followup.study.params import Disclosure

GROUP_DECIMALS = 1
CATEGORIES = ("n_low", "n_middle", "n_high")


def hidden_rows(frame: pd.DataFrame, policy: Disclosure, sizes: list[str]) -> pd.Series:
    """Which rows of a table of results stay hidden; what the others show of their values is left to the caller.

    `frame` has rows for group "all" and for each group of a measure; `sizes` names the columns with the group's size, one
    for each wave: a group hidden in one is hidden in both. A column `unanimous`, where there is one, marks groups whose
    members all gave one answer. A measure that a few answered is hidden for everyone.
    """
    hidden = pd.concat([_hidden(frame, policy.least_group, size) for size in sizes], axis=1).any(axis=1)
    return hidden | frame[sizes].apply(few_apart, policy=policy).any(axis=1)


def hidden_gaps(gaps: pd.DataFrame, policy: Disclosure, groups: pd.DataFrame | None = None) -> pd.Series:
    """Which gaps stay hidden: those with a group that is too small.

    `groups` is a table of the same measures with a column `hidden`: a group hidden there has no gap here either.
    """
    hidden = (gaps[["n_first", "n_second"]] < policy.least_group).any(axis=1)
    if groups is not None:
        gone = pd.MultiIndex.from_frame(groups.loc[groups["hidden"], ["measure", "group"]])
        for side in ("first", "second"):
            hidden |= pd.MultiIndex.from_frame(gaps[["measure", side]]).isin(gone)
    return hidden


def protected_levels(levels: pd.DataFrame, policy: Disclosure) -> pd.DataFrame:
    """Answers in three categories that may be seen; nothing of a measure that only a few answered: `hidden` says so.

    `form` says what is left of the counts: "three" categories, "high" against the rest (`n_not_high`), or "hidden", as
    all are where words only are published. A table that was protected before stays as it is.
    """
    people = levels["n"].astype(float)
    hidden = few_apart(people, policy) | people.isna()
    if "form" not in levels:
        cells = levels[list(CATEGORIES)].astype(float)
        forms = [category_form(*row, policy.least_cell) for row in cells.itertuples(index=False)]
        levels = levels.assign(form=pd.Series(forms, index=levels.index, dtype="object").mask(hidden, "hidden"))
        levels = levels.assign(n_not_high=levels["n_low"] + levels["n_middle"])
    if policy.precision == "words_only":
        levels = levels.assign(form="hidden", **dict.fromkeys({"mean"} & {*levels}))
    shown = levels.assign(hidden=hidden)
    for column in levels.columns.difference(["measure", "wave", "hidden_mean", "mean_of_change", "form", "hidden"]):
        shown[column] = (shown[column].astype("Int64") if is_count(column) else shown[column]).mask(hidden)
    shown[["n_low", "n_middle"]] = shown[["n_low", "n_middle"]].mask(shown["form"] != "three")
    shown[["n_not_high", "n_high"]] = shown[["n_not_high", "n_high"]].mask(shown["form"] == "hidden")
    return shown


def protected_options(chosen: pd.DataFrame, policy: Disclosure) -> pd.DataFrame:
    """How many chose each option, where neither these nor those who did not are a few: as `both_sides` tells it.

    Where few answered at all nothing is told, and `hidden` says so. A table that was protected before stays as it is.
    """
    if chosen.empty or {"over", "hidden"} <= {*chosen}:
        return chosen
    counts, over = both_sides(chosen["n_chosen"], chosen["n"], policy)
    hidden = few_apart(chosen["n"], policy)
    told = {"n_chosen": counts.mask(hidden), "over": over.mask(hidden)}
    return chosen.assign(**told, least_cell=policy.least_cell, hidden=hidden)


def both_sides(parts: pd.Series, whole: pd.Series, policy: Disclosure) -> tuple[pd.Series, pd.Series]:
    """Counts of some among a whole as they may be told, and instead of those of nearly all, what they are more than.

    A count below `least_cell` is told as "fewer than five", which nobody is, too; one that leaves fewer than that is
    told as "more than 24 of 29", which everybody is, too: "26 of 29 said yes" tells that three did not.
    """
    parts, whole = parts.astype("Int64"), whole.astype("Int64")
    few, nearly_all = parts < policy.least_cell, whole - parts < policy.least_cell
    over = (whole - policy.least_cell).where(nearly_all & ~few)
    return parts.mask(few | nearly_all), over


def by_popularity(options: pd.DataFrame) -> pd.DataFrame:
    """The options that some are known to have chosen, the most chosen first; those that nearly all chose lead."""
    least = options["n_chosen"].astype("Int64")
    if "over" in options:
        least = least.fillna(options["over"].astype("Int64") + 1)
    order = options.assign(least=least)
    order = order[(order["least"] > 0).fillna(False)]
    return order.sort_values("least", ascending=False, kind="stable").drop(columns="least")


def not_recoverable(one_wave: pd.DataFrame, least_cell: int) -> pd.DataFrame:
    """The options of a question with one answer that may be told: those left out are two or more, and many together."""
    n = int(one_wave["n"].iloc[0])
    shown = one_wave[(one_wave["n_chosen"] == 0) | (one_wave["n_chosen"] >= least_cell)]
    if (one_wave["n_chosen"] == n).any():
        return one_wave.iloc[:0]
    while len(shown) < len(one_wave) and len(shown):
        left_out = one_wave.drop(shown.index)
        if (left_out["n_chosen"] > 0).sum() > 1 and left_out["n_chosen"].sum() >= 2 * least_cell:
            break
        shown = shown.drop(shown["n_chosen"].where(shown["n_chosen"] > 0, n).idxmin())
    return shown


def ceiling_band(share: float | None) -> str | None:
    """A share at the top of a scale as a band, for a share of ten people is a count of people."""
    if share is None or pd.isna(share):
        return None
    return "at_most_15" if share <= FLAGGED_ABOVE else "from_15_to_50" if share <= BLOCKED_ABOVE else "over_50"


def _hidden(frame: pd.DataFrame, least: int, n: str) -> pd.Series:
    hidden = pd.Series(False, index=frame.index)
    with_groups = frame["measure"].isin(frame.loc[frame["group"] != "all", "measure"])
    for _, rows in frame[with_groups].groupby("measure", sort=False):
        groups = rows[rows["group"] != "all"]
        total = rows.loc[rows["group"] == "all", n].max() if len(groups) < len(rows) else groups[n].sum()
        of_one_mind = (
            groups["unanimous"].astype(bool) & (groups[n] > 1)
            if "unanimous" in groups
            else pd.Series(False, index=groups.index)
        )
        sizes = groups[n].where(~of_one_mind, 1)  # what all of them said is what one of them said
        hidden[groups.index] = hidden_groups(sizes, total - (groups[n] - sizes).sum(), least, groups[n])
    return hidden


def hidden_groups(sizes: pd.Series, total: int, least: int, people: pd.Series | None = None) -> pd.Series:
    """Which groups of `total` people stay hidden: small ones, those with a small complement, and more where needed.

    `people` is how many each group is, where a size says less (one, for a group whose members gave the same answer).

    The total and the groups that are shown give away what all hidden people together answered. So these are at least
    two groups and `least` people, or nobody; and beside each group half as many others, so that seven of eight are not known
    to within one person's answer. People outside every group may be known together, if they are enough.
    """
    outside, people = total - sizes.sum(), sizes if people is None else people
    hidden = (sizes < least) | (total - sizes < least)
    for index in sizes[~hidden].sort_values(kind="stable").index:
        groups, known = people[hidden & (sizes > 0)], sizes[hidden].sum() + outside
        beside = groups.sum() + outside - groups
        if not known or known >= least and len(groups) != 1 and (beside >= least / 2).all():
            break
        hidden[index] = True
    return hidden


def few_apart(people, policy: Disclosure):
    """Whether so many people (a number, or each of a column) are some, but too few to be told of.

    Two results, one of everyone and one of all but these, would give away what the few answered.
    """
    return (people > 0) & (people < policy.least_group)


def told_of_few(high: list[int], linked: list[int], apart: list[int], pairs: int, few: list[bool]) -> bool:
    """Whether the change of the share of high answers tells how the few answered who answered one wave only.

    For each wave: how many gave a high answer, how many of the linked did, how many answered this wave only, and
    whether these are few. The change among `pairs` linked people beside both counts gives the difference of two
    unknowns: how many of each wave's others answered high. Either is told when that leaves it less room than it had.
    """
    room = [(max(0, high[wave] - pairs), min(apart[wave], high[wave])) for wave in (0, 1)]
    difference = (high[0] - linked[0]) - (high[1] - linked[1])
    left = [
        (max(room[0][0], room[1][0] + difference), min(room[0][1], room[1][1] + difference)),
        (max(room[1][0], room[0][0] - difference), min(room[1][1], room[0][1] - difference)),
    ]
    return any(few[wave] and left[wave] != room[wave] for wave in (0, 1))


def is_count(column: str) -> bool:
    """Whether a column counts people, answers or ties: n, n_high …"""
    return column == "n" or column.startswith("n_")
