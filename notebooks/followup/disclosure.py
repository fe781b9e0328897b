"""Nobody recognisable: what a table of forty people may show.

A group's values are shown only when the group and everyone else are both large enough, and never so that a hidden
group follows from the total and the groups that are shown.
"""

from collections.abc import Iterable

import pandas as pd

from followup.cohort import Disclosure

GROUP_DECIMALS = 1


def protected_groups(frame: pd.DataFrame, policy: Disclosure, n: str, keep: Iterable[str]) -> pd.DataFrame:
    """Group results that may be seen: `hidden` says which rows are not, and their values are gone.

    `frame` has rows for group "all" and for each group of a measure; `n` names the column with the group's size;
    `keep` names the columns that say what a row is about. Values of groups that are shown have one decimal.
    """
    shown = frame.assign(hidden=_hidden(frame, policy.least_group, n))
    values = [column for column in frame.columns if column not in set(keep) | {n}]
    shown[values] = shown[values].astype("object").where(~shown["hidden"], None)
    return _rounded(shown.infer_objects(), values)


def _hidden(frame: pd.DataFrame, least: int, n: str) -> pd.Series:
    hidden = pd.Series(False, index=frame.index)
    for _, rows in frame.groupby("measure", sort=False):
        groups = rows[rows["group"] != "all"]
        total = rows.loc[rows["group"] == "all", n].max() if len(groups) < len(rows) else groups[n].sum()
        small = (groups[n] < least) | (total - groups[n] < least)
        if small.any():
            small |= _complement(groups[n], small, least)
        hidden[groups.index] = small
    return hidden


def _complement(sizes: pd.Series, small: pd.Series, least: int) -> pd.Series:
    """The smallest further groups that must go so that what is hidden adds up to at least `least` people in two groups or more."""
    gone = small.copy()
    for index in sizes[~small].sort_values(kind="stable").index:
        if gone.sum() >= 2 and sizes[gone].sum() >= least:
            break
        gone[index] = True
    return gone


def _rounded(frame: pd.DataFrame, values: list[str]) -> pd.DataFrame:
    numbers = [column for column in values if pd.api.types.is_float_dtype(frame[column]) and not column.startswith("p")]
    groups = frame["group"] != "all"
    frame.loc[groups, numbers] = frame.loc[groups, numbers].round(GROUP_DECIMALS)
    return frame
