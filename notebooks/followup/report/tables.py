"""A table as HTML: caption, how it is to be read, headers with scope, nothing blank."""

from html import escape

import pandas as pd

from followup import language as lang
from followup.language import Text
from followup.problems import nearest
from followup.words.columns import COLUMNS, Column
from followup.words.read_as import READ_AS
from followup.words.vocabulary import HIDDEN, Vocabulary

DATA_OF_FIGURE = Text("הנתונים שבתרשים, כטבלה", "The data of this figure, as a table")


def not_part_of(frame: pd.DataFrame, whole: pd.DataFrame) -> str | None:
    """The first column or row of `frame` that a released result does not have, in words; None where it is part of it."""
    if new := [str(column) for column in frame if column not in whole]:
        return f"column “{new[0]}”" if len(frame) else None
    known = set(_rows_of(whole, frame.columns))
    return next(
        (f"row {place}" for place, row in enumerate(_rows_of(frame, frame.columns), 1) if row not in known), None
    )


def _rows_of(frame: pd.DataFrame, columns: pd.Index) -> list[tuple]:
    cells = frame[list(columns)].astype("object")
    return list(cells.where(cells.notna(), None).itertuples(index=False, name=None))


def _with_waves(text: str, frame: pd.DataFrame, words: Vocabulary, language: str) -> str:
    """A heading or a reading aid with the waves that the table is about, as they stand in a sentence."""
    if "{" not in text:
        return text
    named = {}
    for name, column in (("earlier", "compared_with"), ("later", "wave"), ("wave", "wave")):
        waves = frame[column].dropna().unique() if column in frame else ()
        named[name] = words.when(waves[0], language) if len(waves) == 1 else ONE_OF_MANY[name][language]
    return text.format(**named)


ONE_OF_MANY = {
    "earlier": Text("בשלב המוקדם", "in the earlier wave"),
    "later": Text("בשלב המאוחר", "in the later wave"),
    "wave": Text("באותו שלב", "in that wave"),
}


def _reading(frame: pd.DataFrame, show: list[str], note: str, words: Vocabulary, language: str) -> str:
    """What stands beneath a caption: the note given, how the columns are to be read, or at least how many rows there are."""
    said = [_with_waves(READ_AS[name][language], frame, words, language) for name in show if name in READ_AS]
    said = list(dict.fromkeys(said))
    text = (
        ". ".join(lang.begun(part) for part in (note.rstrip("."), "; ".join(said)) if part)
        or _rows(len(frame))[language]
    )
    return lang.numbers_isolated(text) if language == "he" else text


def _rows(count: int) -> Text:
    return Text("שורה אחת", "one row") if count == 1 else lang.filled("{n} שורות", "{n} rows", {"n": count})


def html(
    frame: pd.DataFrame,
    show: list[str],
    name: str,
    caption: str,
    note: str,
    words: Vocabulary,
    language: str,
    kind: str = "table",
) -> str:
    """A table as HTML: caption and how to read it, column and row headers with scope, numbers to be aligned, nothing blank.

    `kind` is "figure" where it stands in place of one, so that links to the figure lead to it. Raises `ProseProblem` for a column that has no heading.
    """
    for column in show:
        if column not in COLUMNS:
            like = f", which is like “{near}”," if (near := nearest(column, COLUMNS)) else ""
            raise lang.ProseProblem(
                f"table “{name}”: column “{column}”{like} has no heading; what to do: add it to COLUMNS in "
                "followup/words/columns.py, or name in show=[…] the columns that readers need"
            )
    columns = {column: COLUMNS[column] for column in show}
    head = "".join(
        f'<th scope="col"{_css(column)}>{escape(_heading(key, column, frame, words, language))}</th>'
        for key, column in columns.items()
    )
    rows = "".join(_row(row, columns, words, language) for _, row in frame.iterrows())
    note_html = f' <span class="note">{escape(_reading(frame, show, note, words, language))}</span>'
    return (
        f'<figure class="table" id="{kind}-{escape(name)}"><table><caption>{escape(caption)}{note_html}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></figure>"
    )


ABOUT = {
    "about",
    "cohort",
    "cohort_before",
    "compared_with",
    "measure",
    "group",
    "first",
    "second",
    "wave",
    "trait",
    "level",
}  # what a row is about; all else of a hidden row stays hidden
CATEGORIES_OF = ("low_of", "middle_of", "high_of")


def _heading(key: str, column: Column, frame: pd.DataFrame, words: Vocabulary, language: str) -> str:
    """A column's heading; a category is headed by its response options, where all rows share them."""
    if key in CATEGORIES_OF and "measure" in frame:
        shared = {words.categories(measure, language) for measure in frame["measure"].unique()}
        if len(shared) == 1:
            return shared.pop()[CATEGORIES_OF.index(key)] or column.heading[language]
    heading = column.heading[language]
    return lang.begun(_with_waves(heading, frame, words, language)) if "{" in heading else heading


def _css(column: Column) -> str:
    return ' class="number"' if column.numeric else ""


def _row(row: pd.Series, columns: dict[str, Column], words: Vocabulary, language: str) -> str:
    """One row; its first cell is the row's header, and a hidden value says that it is hidden."""
    cells = []
    for place, (name, column) in enumerate(columns.items()):
        hidden = bool(row.get("hidden", False)) and name not in ABOUT
        text = HIDDEN[language] if hidden else column.write(row, words, language)
        css = ' class="suppressed"' if hidden else _css(column)
        cells.append(f'<th scope="row">{escape(text)}</th>' if place == 0 else f"<td{css}>{escape(text)}</td>")
    return f"<tr>{''.join(cells)}</tr>"
