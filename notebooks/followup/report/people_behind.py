"""Who stands behind the cells of tables of one's own that were shown: a later cell of nearly the same people is hidden.

Known of a cell are its people, and the measures and waves that it is about. What is not known: tables of other notebooks,
which are runs of their own; rows without a column that says their measure, and a scale beside its statements; what several
tables together would tell; the groups within a model.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
from IPython import get_ipython

from followup.disclosure.safe_tables import RESULTS
from followup.disclosure.small_cells import listed

Topic = tuple[tuple, tuple]  # measures, and waves; of changes the wave is both
NOWHERE = (None, "")


@dataclass
class Cell:
    """People of a cell that is told, and what it tells of."""

    topics: frozenset[Topic]
    people: pd.Index


class Table:
    """A table that `safe` made, and how many people have to be between its cells and others' (counts need fewer than means);
    in which run of which cell of the notebook it was made and, once it is shown, shown, and under which name.

    Its cells are looked for when it is shown: of many people that takes long.
    """

    def __init__(self, find: Callable[[], list[Cell]], least: int):
        self._find, self.least, self.name, self.made, self.shown = find, least, "", here(), NOWHERE

    @cached_property
    def cells(self) -> list[Cell]:
        found, self._find = self._find(), list  # so that the rows it was made from are held no longer
        return found

    def is_earlier(self, run: int | None, cell: str) -> bool:
        """Whether this cell of the notebook made or showed it when it was run before."""
        return any(place[1] and place[1] == cell and place[0] != run for place in (self.made, self.shown))


def topics_of(rows: pd.DataFrame, values: str = "") -> frozenset[Topic]:
    """What rows are about; of a pair its earlier answers, its later ones, or whatever may be made of both. None is unknown.

    How many are above a bound is another thing than how much they answered: the page tells both, of not quite the same people.
    """
    key = next((key for key in ("measure", "question", "scale") if key in rows), "")
    if not key or not (measures := _several(rows[key])):
        return frozenset()
    measures = ("statements of", *measures) if key == "scale" else measures  # answers to them are no scores
    if values in rows and values not in RESULTS and {*rows[values].dropna().unique()} <= {0, 1}:
        measures = ("a yes or no about", *measures)
    waves, before = (_several(rows[key]) if key in rows else () for key in ("wave", "compared_with"))
    if "change" not in rows:
        return frozenset({(measures, waves)})
    ways = {"earlier": [before], "later": [waves], "change": [(*before, *waves)]}
    return frozenset((measures, way) for way in ways.get(values, [before, waves, (*before, *waves)]))


def _alike(one: Topic, other: Topic) -> bool:
    """Whether both are about the same measures and waves, or one does not say which wave."""
    return one[0] == other[0] and (one[1] == other[1] or not one[1] or not other[1])


def _several(column: pd.Series) -> tuple:
    return tuple(sorted(column.dropna().astype(str).unique()))


def told_cells(
    table: pd.DataFrame, rows: pd.DataFrame, index: list[str], columns: list[str], values: str
) -> list[Cell]:
    """The cells of a table by these keys that are not blank, with the people of the rows that it was made from."""
    if not [*index, *columns] or table.empty:
        return []
    table = table.drop(columns="at_least", errors="ignore")
    told = table.notna() if columns else table.notna().any(axis=1).to_frame()
    places = {
        (*listed(row), *(listed(column) if columns else ()))
        for (row, cells) in zip(told.index, told.to_numpy(), strict=True)
        for column, cell in zip(told.columns, cells, strict=True)
        if cell
    }
    rows = rows.dropna(subset=[values]) if values else rows
    parts = rows.groupby([*index, *columns], observed=True)
    return [Cell(topics_of(part, values), part.index.unique()) for place, part in parts if listed(place) in places]


class Behind:
    """The tables of one's own in this run of a notebook, by the place where `safe` keeps them."""

    def __init__(self) -> None:
        self.tables: dict[int, Table] = {}

    def shown_beside(self, topics: frozenset[Topic], but: Table | None = None) -> Iterator[tuple[str, list[pd.Index]]]:
        """Of each table that was shown, its name and the people of its cells about the same; not what this very cell of
        the notebook made or showed when it was run before.
        """
        now = here()
        for table in self.tables.values():
            for topic in topics if table.name and table is not but and not table.is_earlier(*now) else ():
                if people := [one.people for one in table.cells if any(_alike(topic, other) for other in one.topics)]:
                    yield table.name, people

    def show(self, place: int, name: str) -> None:
        """A table is shown, in place of what was shown under this name, or by this cell of the notebook, before."""
        now = here()
        for table in self.tables.values():
            if table.name == name or table.is_earlier(*now):
                table.name = ""
        self.tables[place].name, self.tables[place].shown = name, now


def here() -> tuple[int | None, str]:
    """Which run this is, and of which cell: Jupyter names the cells."""
    if (shell := get_ipython()) is None:
        return NOWHERE
    with suppress(AttributeError):  # a shell without a kernel
        return shell.execution_count, shell.get_parent().get("metadata", {}).get("cellId", "")
    return shell.execution_count, ""
