"""What a row of a released table gives to a sentence: its columns as the page writes them; names that it lacks are refused."""

from collections.abc import Iterable, Sequence

import pandas as pd

from followup.disclosure.output_check import NotForPublication
from followup.language import Text
from followup.report import guards, tables
from followup.study.explained_errors import like
from followup.words.columns import COLUMNS, Column
from followup.words.vocabulary import Vocabulary

NOT_RELEASED = (
    "this row is of no released table; what to do: show the table first, then take a row of it, as in\n"
    '        report.table("changes", changes, …)\n        report.say(en="… {change}", he="… {change}", row=changes.iloc[[0]])'
)
UNHEADED = Text("", "")


def as_rows(row: pd.DataFrame | pd.Series | None, made: Sequence[pd.DataFrame]) -> pd.DataFrame | None:
    """A row as a table of one; `table.loc[key]` has lost the names of its keys, which the table it comes from still has."""
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


def cells_of(rows: pd.DataFrame, names: Iterable[str], words: Vocabulary) -> dict[str, guards.Cell]:
    """What the page writes in these columns of a row; refuses several rows, and a column that the row does not have."""
    if len(rows) > 1:
        raise NotForPublication(
            f"row= has {len(rows)} rows, and a sentence is about one; what to do: choose it, as in\n"
            f"        row={_choice(rows)}\n    or take the first: row=rows.head(1)"
        )
    return {name: _cell(rows, name, words) for name in names}


def _choice(rows: pd.DataFrame) -> str:
    """How one of these rows is chosen, by a column that tells them apart."""
    telling = [name for name in ("measure", "wave", "group", "option", *rows) if name in rows and rows[name].is_unique]
    if not telling or not isinstance(rows[telling[0]].iloc[0], str):
        return "rows.iloc[[0]]"
    return f'''rows.query("{telling[0]} == '{rows[telling[0]].iloc[0]}'")'''


def _cell(rows: pd.DataFrame, name: str, words: Vocabulary) -> guards.Cell:
    row = rows.iloc[0]
    written = _written(rows, name, words)
    if written is None:
        has = tables.shown_by_default(rows)
        near = like(name, dict.fromkeys([*has, *(key for key in COLUMNS if _written(rows, key, words))]))
        instead = f"write {' or '.join(f'{{{one}}}' for one in near)}" if near else "write a column that it has"
        raise NotForPublication(
            f"“{{{name}}}” stands in the sentence, and the row has no column “{name}”; what to do: {instead}\n"
            f"        (the row has {', '.join(has)})"
        )
    return guards.Cell(written, holds=guards.holds(name, row.get(name)))


def _written(rows: pd.DataFrame, name: str, words: Vocabulary) -> Text | None:
    """A column of a row in both languages; None where the row lacks what the column is written from."""
    if name not in COLUMNS and name not in rows:
        return None
    column: Column = COLUMNS[name] if name in COLUMNS else tables.plain_column(name, UNHEADED, rows, {})
    try:
        return column.both(rows.iloc[0], words)
    except (KeyError, AttributeError, TypeError, ValueError):
        return None
