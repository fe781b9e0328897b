"""Which cells of a table of counts stay hidden: those of a few people, and others that would give them away by subtraction."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from followup.study.params import Disclosure

ASKED = ("measure", "scale", "wave", "question", "role")  # what rows are about, and no trait or answer of a person


def hidden_counts(
    counts: pd.DataFrame,
    people: pd.DataFrame,
    policy: Disclosure,
    lines: Sequence[pd.Series] = (),
    gone: np.ndarray | bool = False,
) -> pd.DataFrame:
    """Which cells of a table of counts stay hidden: rows and columns are lines whose totals readers may know.

    `people` stand in each cell, `lines` in each row and in each column: fewer than are counted where somebody has several
    rows.
    A cell of one to `least_cell` − 1 people is hidden, as is one that is `gone` for a reason of its own; in each line so
    many others that at least two are hidden and 2 × `least_cell` people stand behind them. A line of fewer than
    `least_group` people is hidden whole, as is one whose people all stand in one cell: what all of them said is what each
    of them said.
    """
    size, cells = people.to_numpy(dtype=float), counts.to_numpy(dtype=float)
    hidden = (size > 0) & (size < policy.least_cell) | gone
    for axis in (0, 1):
        total = cells.sum(axis=axis, keepdims=True)
        behind = np.expand_dims(lines[1 - axis].to_numpy(dtype=float), axis) if lines else total
        several = cells.shape[axis] > 1
        alone = several & (cells.max(axis=axis, keepdims=True, initial=0) == total) & (total > 0) if axis else False
        hidden |= ((behind > 0) & (behind < policy.least_group)) | alone
    before = None
    while before is None or (hidden != before).any():
        before = hidden.copy()
        for line, gone in [*zip(cells, hidden, strict=True), *zip(cells.T, hidden.T, strict=True)]:
            _hide_more(line, gone, policy.least_cell)
    return pd.DataFrame(hidden, counts.index, counts.columns)


def _hide_more(line: np.ndarray, hidden: np.ndarray, least_cell: int) -> None:
    """Hide, in place, the smallest cells of a line until those hidden are two or more and many together."""
    while hidden.any() and not hidden.all():
        mine = line[hidden]
        if (mine > 0).sum() > 1 and mine.sum() >= 2 * least_cell or not mine.any() and not (mine > 0).any():
            return
        left = np.where(hidden | (line == 0), np.inf, line)
        if np.isinf(left).all():
            return
        hidden[int(left.argmin())] = True


def hidden_of_people(
    counts: pd.DataFrame, rows: list[pd.Series], across: list[pd.Series], people: pd.Index, policy: Disclosure, gone
) -> pd.DataFrame:
    """Which cells stay hidden by how many people stand in each cell, row and column; somebody may have several rows."""
    whose = pd.Series(people)
    cells = pd.crosstab(rows, across, values=whose, aggfunc="nunique")
    cells = cells.set_axis(counts.index).set_axis(counts.columns, axis=1).fillna(0) if len(whose) else counts
    known = pd.concat([*rows, *across], axis=1).notna().all(axis=1)
    lines = [
        whose[known].groupby([one[known] for one in some], observed=True).nunique().reindex(axis).fillna(0)
        for some, axis in ((rows, counts.index), (across, counts.columns))
    ]
    return hidden_counts(counts, cells, policy, lines, gone.to_numpy(dtype=bool))
