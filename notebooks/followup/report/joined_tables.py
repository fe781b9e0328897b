"""Means of several columns in one table: each is protected on its own, and they stand side by side."""

from collections.abc import Sequence

import pandas as pd

from followup.report import people_behind, tables


def side_by_side(made: Sequence[tuple[str, pd.DataFrame]]) -> pd.DataFrame:
    """Tables of the same keys, each the mean of one column with its `n`, as one: with one `n` where all are of as many people, or
    of at least so many; else with one for each column, as `n_score`.
    """
    rows = made[0][1].index
    for _, table in made[1:]:
        rows = rows.union(table.index, sort=False)
    each = {value: table.reindex(rows) for value, table in made}
    sizes = pd.concat([table["n"] for table in each.values()], axis=1)
    floors = any("at_least" in table for table in each.values())
    if floors or (sizes.nunique(axis=1) < 2).all():
        parts = [sizes.min(axis=1).astype("Int64").rename("n"), *(table[value] for value, table in each.items())]
    else:
        parts = [part for value, table in each.items() for part in (table["n"].rename(f"n_{value}"), table[value])]
    joined = pd.concat(parts, axis=1)
    joined = joined.assign(at_least=True) if floors else joined
    joined.attrs[tables.SHARES] = [value for value, table in made if table.attrs.get(tables.SHARES)]
    return joined


def cells_of(behind: Sequence[people_behind.Table]) -> list[people_behind.Cell]:
    """The people behind the cells of each of these tables."""
    return [cell for table in behind for cell in table.cells]
