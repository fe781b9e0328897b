"""Nobody recognisable: what a table of forty people may show.

A group's values are shown only when the group and everyone else are both large enough, and never so that a hidden
group follows from the total and the groups that are shown.
"""

from collections.abc import Iterable

import pandas as pd

from followup.cohort import Disclosure
from followup.scales import BLOCKED_ABOVE, FLAGGED_ABOVE

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


def protected_gaps(gaps: pd.DataFrame, policy: Disclosure) -> pd.DataFrame:
    """Gaps that may be seen: both groups large enough; values with one decimal, shares at the top as bands."""
    shown = gaps.assign(hidden=(gaps[["n_first", "n_second"]] < policy.least_group).any(axis=1))
    for column in ("ceiling_first", "ceiling_second"):
        shown[column] = shown[column].map(ceiling_band)
    about = {"measure", "first", "second", "n_first", "n_second", "p", "hidden"}
    values = [column for column in gaps.columns if column not in about]
    numbers = [column for column in values if pd.api.types.is_float_dtype(shown[column])]
    shown[numbers] = shown[numbers].round(GROUP_DECIMALS)
    shown[[*values, "p"]] = shown[[*values, "p"]].astype("object").where(~shown["hidden"], None)
    return shown.infer_objects()


def ceiling_band(share: float | None) -> str | None:
    """A share at the top of a scale as a band, for a share of ten people is a count of people."""
    if share is None or pd.isna(share):
        return None
    return "at_most_15" if share <= FLAGGED_ABOVE else "from_15_to_50" if share <= BLOCKED_ABOVE else "over_50"


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
