"""Cells of released tables that a notebook asks for, by their keys or of a row: which are meant, and what to write where none are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from followup import language as lang
from followup.disclosure.output_check import NotForPublication
from followup.language import Text
from followup.report import tables
from followup.report.given import refused
from followup.report.guards import Cell, holds, written
from followup.study.explained_errors import MOST_NAMED, like
from followup.words.columns import COLUMNS, Column
from followup.words.verdicts import with_sizes
from followup.words.vocabulary import Vocabulary

ARGUMENTS = {"self", "name", "column", "digits"}  # of `report.cell` itself: no keys can be asked for by these names
NOT_RELEASED = (
    "this row is of no released table; what to do: show the table first, then take a row of it, as in\n"
    '        report.table("changes", changes, …)\n        report.say(en="… {change}", he="… {change}", row=changes.iloc[[0]])'
)
UNHEADED = Text("", "")
SIZES_OF_A_CHANGE = ("n_earlier", "n_later", "n_linked")
TWO_SIZES = Text("{first} ו־{second}", "{first} and {second}")
FROM_TO = Text("{least} עד {most}", "{least} to {most}")
NO_SIZE = "“n” is hidden: too few people stand behind the row"


def misspelt_table(name: str, known: Iterable[str], results: Path) -> None:
    """Refuse the name of a table that is not there where one of a like name is: shown before, or of an earlier notebook."""
    if (results / f"{name}.csv").is_file():
        return
    if near := like(name, [*known]) or like(name, sorted(path.stem for path in results.glob("*.csv"))):
        raise refused(f"no table is called “{name}” so far", f"write {_or(near)}, or show “{name}” first")


@dataclass(frozen=True)
class Asked:
    """A column of a released table, in the rows where other columns have these values."""

    frame: pd.DataFrame
    name: str
    column: str
    where: dict[str, object]
    words: Vocabulary
    headings: tables.Headings

    def one(self, digits: int | None) -> Cell:
        """The cell that is meant; one without a value where it is hidden, or where this cohort has no such row."""
        rows = self._rows()
        if len(rows) > 1:
            raise NotForPublication(f"{len(rows)} cells of “{self.name}” fit; what to do: {self._which(rows)}")
        found = self._cells(rows, digits)
        return found[0] if found else Cell.without(self._no_row())

    def several(self, digits: int | None) -> list[Cell]:
        """The cells of all rows that fit, those without a value too."""
        return self._cells(self._rows(), digits)

    def first(self) -> dict[str, object]:
        """Further keys that tell the first of the rows that fit from the others; none where one fits alone."""
        rows = self.frame
        for column, value in self.where.items():
            rows = rows[rows[column].eq(value).fillna(False).astype(bool)] if column in rows else rows
        keys = self._telling(rows) if len(rows) > 1 else []
        return {key: rows.dropna(subset=keys).iloc[0][key] for key in keys}

    def _cells(self, rows: pd.DataFrame, digits: int | None) -> list[Cell]:
        """Their decimals are those that the column left with, where `digits` does not say another number."""
        told_as_least = self.column == "n" and "at_least" in rows and rows["at_least"].any()
        if self.column not in rows or told_as_least:
            return [self._written(row) for _, row in rows.iterrows()]
        decimals = written(self.frame[self.column]) if digits is None else digits
        return [self._cell(value, decimals) for value in rows[self.column]]

    def _cell(self, value: object, decimals: int) -> Cell:
        if pd.isna(value):
            return Cell.without(self._hidden())
        if isinstance(value, str):  # what left in words, as a band of a share
            if value in self.headings:
                return Cell(self.headings[value])
            return Cell(self.words.both(value) if self.words.knows(value) else lang.same(lang.free_text(value)))
        share = self.column in self.frame.attrs.get(tables.SHARES, ())
        return Cell(value, decimals, holds(self.column, value), share)

    def _written(self, row: pd.Series) -> Cell:
        """A column of the page as the page writes it."""
        if bool(row.get("hidden", False)):
            return Cell.without(self._hidden())
        said = _written(COLUMNS[self.column], row, self.words)
        if said is None:
            raise self._no_column(self.column)
        return Cell(said, holds=COLUMNS[self.column].holds)

    def _rows(self) -> pd.DataFrame:
        """The rows that have these values; refuses a column that the table does not have, and a value that it cannot have."""
        there = {*self.frame} | {column for column in (self.column,) if column in COLUMNS}
        unknown = [column for column in (self.column, *self.where) if column not in there]
        if unknown and (len(self.frame) or like(unknown[0], self.frame.columns)):
            raise self._no_column(unknown[0])
        rows = self.frame
        for column, value in self.where.items() if len(self.frame) else ():
            alike = self.frame[column].eq(value).fillna(False).astype(bool)
            if not alike.any() and not (isinstance(value, str) and self.words.knows(value)):
                raise self._no_value(column, value)
            rows = rows[alike[rows.index]]
        return rows

    def _no_column(self, lacking: str) -> NotForPublication:
        near, known = like(lacking, self.frame.columns), [*map(str, self.frame.columns)]
        instead = f"write {' or '.join(near)}" if near else f"use one of {', '.join(known[:MOST_NAMED])}"
        left = len(known) - MOST_NAMED
        more = f" and {left} more: the columns of results/{self.name}.csv" if not near and left > 0 else ""
        return NotForPublication(f"table “{self.name}” has no column “{lacking}”; what to do: {instead}{more}")

    def _no_value(self, column: str, value: object) -> NotForPublication:
        known = [*dict.fromkeys(self.frame[column].dropna())]
        near = like(value, known) if isinstance(value, str) else []
        what = f"table “{self.name}” has no row with {column}={_shown(value)}"
        return NotForPublication(f"{what}; what to do: write {column}={_or(near or known)}")

    def _which(self, rows: pd.DataFrame) -> str:
        """The keys that tell these rows apart, with their values, and a line that names the first row."""
        keys = self._telling(rows)
        if not keys:
            asked = _call("report.cells", self.name, self.column, self.where)
            return f"no key tells them apart; make the table with one more, or add them up\n        safe.sum({asked})"
        choices = ", and ".join(f"{key}={_or(dict.fromkeys(rows[key].dropna()))}" for key in keys)
        first = rows.dropna(subset=keys).iloc[0]
        line = _call("report.cell", self.name, self.column, self.where | {key: first[key] for key in keys})
        return f"say which row, by {choices}\n        {line}"

    def _telling(self, rows: pd.DataFrame) -> list[str]:
        """The fewest keys that tell one of these rows from all others, those that say most first; none where none do."""
        taken = {self.column, *self.where} | ARGUMENTS
        keys = [key for key in rows if key.isidentifier() and key not in taken and _is_key(rows[key])]
        told: list[str] = []
        while keys and (not told or rows.duplicated(told).any()):
            best = max(keys, key=lambda key: len(rows.drop_duplicates([*told, key])))
            if len(rows.drop_duplicates([*told, best])) == len(rows.drop_duplicates(told) if told else rows[:1]):
                break
            told, keys = [*told, best], [key for key in keys if key != best]
        return told if told and not rows.duplicated(told).any() else []

    def _no_row(self) -> str:
        if not len(self.frame):
            return f"table “{self.name}” has no rows in this cohort"
        what = f"table “{self.name}” has no row with {self._asked()} in this cohort"
        for column, value in self.where.items():
            known = [*dict.fromkeys(self.frame[column].dropna())]
            if value not in known:
                return f"{what}; its {column} is {_or([key for key in known if str(key).startswith(f'{value}_')] or known)}"
        return what

    def _hidden(self) -> str:
        where = f" with {self._asked()}" if self.where else ""
        return f"“{self.column}” of table “{self.name}” is hidden or blank in the row{where}"

    def _asked(self) -> str:
        return " and ".join(f"{key}={_shown(value)}" for key, value in self.where.items())


def unnamed(
    call: str,
    name: str,
    frame: pd.DataFrame | None,
    given: Sequence[object],
    where: dict[str, object],
    words: Vocabulary,
) -> NotForPublication:
    """The refusal of a call that has a table in place of its name, no column, or keys without theirs."""
    said = [one for one in given if isinstance(one, str) and one]
    if frame is None:
        keys = [one for one in said if words.of_study(one)]
        of_no_key = [one for one in said if one not in keys]
        name, column = name or "TABLE", next(iter(of_no_key), "COLUMN")
        asked = {"measure": next(iter(keys), "…")} | where
    else:
        numbers = sorted(
            frame.select_dtypes("number"), key=lambda one: holds(one, 1) == "size"
        )  # a result before its n
        column = next((one for one in (*said, *numbers) if one in frame), "COLUMN")
        keys = [key for key in frame if key.isidentifier() and key not in ARGUMENTS and _is_key(frame[key])]
        asked = {key: one for one in said for key in keys if frame[key].eq(one).any()} | where
        asked |= Asked(frame, name, column, asked, words, tables.NO_HEADINGS).first()
    return refused(
        f"report.{call} takes the name of a table, a column of it, and the row by its keys",
        "write",
        _call(f"report.{call}", name, column, asked),
    )


def _is_key(values: pd.Series) -> bool:
    """Whether these cells are words, or yes and no."""
    return all(isinstance(value, str | bool) for value in values.dropna()) and values.notna().any()


def _call(what: str, name: str, column: str, where: dict[str, object]) -> str:
    return f"{what}({', '.join([_shown(name), _shown(column), *(f'{key}={_shown(value)}' for key, value in where.items())])})"


def _or(values: Iterable[object]) -> str:
    known = [*map(_shown, values)]
    more = f" (and {len(known) - MOST_NAMED} more)" if len(known) > MOST_NAMED else ""
    return " or ".join(known[:MOST_NAMED]) + more


def _shown(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


# From a row ----------------------------------------------------------------------------------------------------------


def as_rows(row: pd.DataFrame | pd.Series | None, made: Sequence[pd.DataFrame]) -> pd.DataFrame | None:
    """A row as a table of one; `table.loc[key]` has lost the names of its keys, which the table it comes from still has."""
    if row is not None and not isinstance(row, pd.DataFrame | pd.Series):
        called = "a cell" if isinstance(row, Cell) else f"a {type(row).__name__}"
        instead = "hand it over by its name" if isinstance(row, Cell) else "choose a row of the table"
        line = (
            'report.say(en="… {n}", he="… {n}", n=report.cell(…))' if isinstance(row, Cell) else "row=table.iloc[[0]]"
        )
        raise refused(f"row= takes a row of a table, and {called} is none", instead, line)
    if not isinstance(row, pd.Series):
        return row
    rows, place = row.to_frame().T, row.attrs.get(tables.MADE)
    keys = row.name if isinstance(row.name, tuple) else (row.name,)
    if place is not None and place < len(made) and isinstance(keys[0], str):
        rows = rows.reset_index(drop=True)
        for at, (name, key) in enumerate(zip(made[place], keys, strict=False)):
            if name not in rows:
                rows.insert(at, name, [key])
    return rows.infer_objects()


def cells_of(
    rows: pd.DataFrame, names: Iterable[str], words: Vocabulary, headings: tables.Headings, whole: pd.DataFrame
) -> dict[str, Cell]:
    """What the page writes in these columns of a row, its keys by the `headings` of its table, its numbers with as many
    decimals as in the `whole` table; refuses several rows, and a column that the row does not have.
    """
    if len(rows) > 1:
        raise NotForPublication(
            f"row= has {len(rows)} rows, and a sentence is about one; what to do: choose it, as in\n"
            f"        row={_choice(rows)}\n    or take the first: row=rows.head(1)"
        )
    return {name: _cell(rows, name, words, headings, whole) for name in names}


def _choice(rows: pd.DataFrame) -> str:
    """How one of these rows is chosen, by a column that tells them apart."""
    telling = [name for name in ("measure", "wave", "group", "option", *rows) if name in rows and rows[name].is_unique]
    if not telling or not isinstance(rows[telling[0]].iloc[0], str):
        return "rows.iloc[[0]]"
    return f'''rows.query("{telling[0]} == '{rows[telling[0]].iloc[0]}'")'''


def _cell(rows: pd.DataFrame, name: str, words: Vocabulary, headings: tables.Headings, whole: pd.DataFrame) -> Cell:
    row = rows.iloc[0]
    if name == "n" and name not in rows and {*SIZES_OF_A_CHANGE} <= {*rows}:
        return _size_of_a_change(rows, words)
    if (
        name == "n"
        and name not in rows
        and (sizes := [f"{tables.SIZE}{one}" for one in rows if f"{tables.SIZE}{one}" in rows])
    ):
        return _from_to(row[sizes])
    key = row.get(name)
    said = headings[key] if isinstance(key, str) and key in headings else _said(rows, name, words, whole)
    if said is None:
        has = tables.shown_by_default(rows)
        near = like(name, dict.fromkeys([*has, *(key for key in COLUMNS if _said(rows, key, words, whole))]))
        instead = f"write {' or '.join(f'{{{one}}}' for one in near)}" if near else "write a column that it has"
        raise NotForPublication(
            f"“{{{name}}}” stands in the sentence, and the row has no column “{name}”; what to do: {instead}\n"
            f"        (the row has {', '.join(has)})"
        )
    return Cell(said, holds=holds(name, row.get(name)))


def _size_of_a_change(rows: pd.DataFrame, words: Vocabulary) -> Cell:
    """Whose answers a change rests on: those who answered both waves; of waves that are not linked those of each."""
    row = rows.iloc[0]
    first, second, both = (_said(rows, name, words, rows) for name in SIZES_OF_A_CHANGE)
    if pd.isna(row["n_linked"]) or row["n_linked"] > 0:
        return Cell(both, holds="size")
    return Cell(with_sizes(TWO_SIZES, row).filled({"first": first, "second": second}), holds="size")


def _from_to(sizes: pd.Series) -> Cell:
    """How many people the means of a row rest on, where these are of different people: from the fewest to the most."""
    known = sizes.dropna()
    if known.empty:
        return Cell.without(NO_SIZE)
    if known.min() == known.max():
        return Cell(known.iloc[0], holds="size")
    return Cell(
        FROM_TO.filled({"least": lang.number(known.min(), 0), "most": lang.number(known.max(), 0)}), holds="size"
    )


def _said(rows: pd.DataFrame, name: str, words: Vocabulary, whole: pd.DataFrame) -> Text | None:
    """A column of a row as the page writes it; None where the row lacks what the column is written from."""
    if name in COLUMNS:
        return _written(COLUMNS[name], rows.iloc[0], words)
    return _written(tables.plain_column(name, UNHEADED, whole, {}), rows.iloc[0], words) if name in rows else None


def _written(column: Column, row: pd.Series, words: Vocabulary) -> Text | None:
    try:
        return lang.each(lambda language: column.write(row, words, language))
    except (KeyError, AttributeError, TypeError, ValueError):
        return None
