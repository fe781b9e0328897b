"""How exactly the size of a group may be told: whoever knows the roster learns from it how many of the group were silent.

Whom a group consists of is no secret among colleagues. So "9 of headquarters answered" says that five of its fourteen
did not, and "13" that one did not, who can then be asked. One choice for a whole table, never row by row.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping

import pandas as pd

from followup.disclosure.precision import nearest
from followup.study.params import Disclosure

STEPS = (20, 24, 50, 100, 200, 500, *(base * 10**power for power in range(3, 8) for base in (1, 2, 5)))
SHARE_STEP = 0.05  # the density of ties of eight people moves by steps of 1/28, so that this tells no size


def few_silent(sizes: pd.DataFrame, people: Mapping[str, int] | None, policy: Disclosure) -> bool:
    """Whether the sizes would tell of some group that a few of it were silent.

    `sizes` has a row for each group, a column for each way of counting who answered (a wave, both waves); `people` says
    how many each group is on the roster, and is None where nobody knows: then they might. People of no group count as
    one, under the name "".
    """
    if people is None:
        return True
    silent = sizes.astype(int).rsub([int(people.get(group, 0)) for group in sizes.index], axis=0)
    return bool(((silent != 0) & (silent < policy.least_cell)).any(axis=None))


def at_least(size: float, policy: Disclosure) -> int:
    """The largest step that a group reaches: the least that is shown at all, the steps of the table of digits, 50, 100 …"""
    steps = [policy.least_group, *(step for step in STEPS if step > policy.least_group)]
    return steps[max(bisect_right(steps, size) - 1, 0)]


def told_sizes(
    frame: pd.DataFrame, rows: pd.Series, sizes: Iterable[str], rounded: bool, policy: Disclosure
) -> pd.DataFrame:
    """The table with `at_least`, which says whose sizes are only the least that they are: of the `rows` of groups, where
    the table's sizes are `rounded`.
    """
    shown = frame.assign(at_least=rows & rounded)
    for size in sizes:
        floor = shown[size].map(lambda people: people if pd.isna(people) else at_least(people, policy))
        shown[size] = shown[size].mask(shown["at_least"], floor).astype("Int64")
    return shown


def rounded_share(part: float, whole: float, rounded: bool) -> float | None:
    """A share to a hundredth, or to the nearest of the steps that tell no size; None of nothing."""
    if pd.isna(part) or pd.isna(whole) or not whole:
        return None
    share = part / whole
    return nearest(share, SHARE_STEP if rounded else 0.01)
