"""A table as HTML: caption, how it is to be read, headers with scope, nothing blank."""

from collections.abc import Mapping
from dataclasses import replace
from html import escape
from types import MappingProxyType

import pandas as pd

from followup import language as lang
from followup.disclosure.output_check import NotForPublication
from followup.language import LANGUAGES, Text
from followup.problems import nearest, quoted
from followup.report import blank_cells
from followup.study.explained_errors import like, no_column
from followup.words.columns import COLUMNS, Column
from followup.words.read_as import READ_AS
from followup.words.vocabulary import HIDDEN, TELLS_OF_FEW, Vocabulary

SHARES = "shares"  # in the `attrs` of a table, which pandas hands on: its columns that hold shares of 0 to 1
SIGNED = "signed"  # likewise: its columns that hold changes, which are written with their sign
OF_ROWS = "of_rows"  # likewise: whether these are parts of a row
SIZE = "n_"  # before the name of a column: how many its means rest on, where several columns rest on different people
MADE = "made"  # likewise: the place of the table of `safe` that it was made from
LEVELS = "levels"  # likewise: what headings of several levels were, before they were joined
KNOWN = (SHARES, SIGNED, OF_ROWS, LEVELS)  # what later notebooks are to know of a table, too
HEADINGS = {  # of columns of the study's frames, beside COLUMNS
    "question": Text("שאלה", "Question"),
    "kind": Text("סוג", "Kind"),
    "earlier": Text("הערך בשלב המוקדם", "Value in the earlier wave"),
    "later": Text("הערך בשלב המאוחר", "Value in the later wave"),
}
DATA_OF_FIGURE = Text("הנתונים שבתרשים, כטבלה", "The data of this figure, as a table")


def is_part_of(frame: pd.DataFrame, whole: pd.DataFrame) -> bool:
    """Whether all columns and rows of `frame` are columns and rows of `whole`, in whatever order."""
    if frame.columns.empty or not {*frame} <= {*whole}:
        return frame.columns.empty and whole.columns.empty
    return {*_rows_of(frame, frame.columns)} <= {*_rows_of(whole, frame.columns)}


def headings_of(
    rows: pd.DataFrame, headings: Mapping[str, "Headings"], shown: Mapping[str, pd.DataFrame]
) -> "Headings":
    """How the columns and keys of these rows are written: as in the tables that they were shown in."""
    named = [name for name in headings if name in shown and is_part_of(rows, shown[name])]
    return {key: said for name in named for key, said in headings[name].items()}


def flat(frame: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """A table of pandas' own as rows and plain columns: what stood in its index comes first, levels of headings are joined."""
    frame = frame.to_frame() if isinstance(frame, pd.Series) else frame
    if frame.columns.nlevels > 1:
        joined = ["_".join(str(part) for part in levels if str(part)) for levels in frame.columns]
        levels = {one: [str(part) for part in each if str(part)] for one, each in zip(joined, frame, strict=True)}
        frame = frame.set_axis(joined, axis=1)
        frame.attrs[LEVELS] = levels
    if frame.index.names != [None]:
        names = [name if name is not None else f"level_{place}" for place, name in enumerate(frame.index.names)]
        frame = frame.set_axis(frame.columns.astype("object"), axis=1).reset_index(names=names)
    frame = frame.set_axis([str(column) for column in frame.columns], axis=1).rename_axis(columns=None)
    keys = frame.select_dtypes("category").columns
    frame = frame.astype(dict.fromkeys(keys, "object")) if len(keys) else frame
    return frame.infer_objects().reset_index(drop=True)


def told(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that tell something: not marked as hidden, and of a table of one's own not blank in all its numbers."""
    if "hidden" in frame:
        return frame[~frame["hidden"].astype(bool)].infer_objects()
    numbers = frame.select_dtypes("number")
    return frame if numbers.columns.empty else frame[numbers.notna().any(axis=1)]


def shown_by_default(frame: pd.DataFrame) -> list[str]:
    """Every column but those that only say how others are to be read."""
    return [column for column in frame if column not in ("hidden", "at_least")]


def _rows_of(frame: pd.DataFrame, columns: pd.Index) -> list[tuple]:
    part = frame[[*columns]]
    cells = part.to_numpy(dtype="object", copy=True)
    cells[part.isna().to_numpy()] = None  # one blank is like another
    return list(map(tuple, cells.tolist()))


def _with_waves(text: str, frame: pd.DataFrame, words: Vocabulary, language: str) -> str:
    """A heading or a reading aid with the waves that the table is about, as they stand in a sentence."""
    if "{" not in text:
        return text
    named = {}
    for name, column in (("earlier", "compared_with"), ("later", "wave"), ("wave", "wave")):
        waves = frame[column].dropna().unique() if column in frame else ()
        named[name] = words.when(waves[0], language) if len(waves) == 1 else ONE_OF_MANY[name][language]
    return text.format(**named)


PARTS_OF_A_ROW = Text("האחוזים הם מתוך כל שורה", "percentages are of each row")
TO_TENS = Text("האחוזים מעוגלים לעשרות", "percentages are rounded to tens")
ONE_OF_MANY = {
    "earlier": Text("בשלב המוקדם", "in the earlier wave"),
    "later": Text("בשלב המאוחר", "in the later wave"),
    "wave": Text("באותו שלב", "in that wave"),
}


def _reading(frame: pd.DataFrame, show: list[str], note: str, words: Vocabulary, language: str) -> str:
    """What stands beneath a caption: the note given, how the columns are to be read, or at least how many rows there are."""
    hidden = len(frame) > 0 and told(frame).empty  # then there is nothing to read
    named = [name for name in show if name in READ_AS and not (hidden and name not in ABOUT)]
    said = [*dict.fromkeys(_with_waves(READ_AS[name][language], frame, words, language) for name in named)]
    said += [PARTS_OF_A_ROW[language]] if frame.attrs.get(OF_ROWS) else []
    said += [TO_TENS[language]] if any(_in_tens(frame, name) for name in show) else []
    text = ". ".join(lang.begun(part) for part in (note.rstrip("."), "; ".join(said)) if part)
    text = text or _rows(len(frame))[language]
    return lang.numbers_isolated(text) if language == "he" else text


def _rows(count: int) -> Text:
    return Text("שורה אחת", "one row") if count == 1 else lang.filled("{n} שורות", "{n} rows", {"n": count})


Headings = Mapping[str, Text]
NO_HEADINGS: Headings = MappingProxyType({})
NO_LEVELS: Mapping[str, list[str]] = MappingProxyType({})


def columns_of(
    frame: pd.DataFrame, show: list[str], headings: Headings, words: Vocabulary, name: str, language: str = ""
) -> dict[str, Column]:
    """The columns shown: as the page knows them, or headed by `headings` or by a word of the codebook.

    Raises `ProseProblem` for a column that is not there, and for all that have no heading and all cells that are not in the
    page's `language`, with the line to write.
    """
    columns, unheaded, first, unworded = {}, [], told(frame).head(1).to_dict("records"), []
    for key in show:
        if key in COLUMNS and (key not in headings or _is_number_of_the_page(key, frame)):
            known = _known_column(key, frame, first, words, name)
            columns[key] = replace(known, heading=headings.get(key, known.heading))  # a change keeps its sign
        elif key in frame and (named := heading_of(key, headings, words, frame.attrs.get(LEVELS, NO_LEVELS))):
            columns[key] = plain_column(key, named, frame, headings)
            unworded += _unworded(frame[key], headings, words, language)
        elif key in frame:
            unheaded.append(key)
            unworded += _unworded(frame[key], headings, words, language)
        else:
            near, there = like(key, frame.columns) or like(key, COLUMNS), shown_by_default(frame)
            known = there if like(key, there) or not near else [near[0], *there]  # one that is written of others
            raise lang.ProseProblem(no_column(f"show=[…]: table “{name}” has", key, known, no_trait=False))
    if unheaded or unworded:
        raise lang.ProseProblem(without_heading(f"table “{name}”", unheaded, [*dict.fromkeys(unworded)]))
    return columns


def _unworded(cells: pd.Series, headings: Headings, words: Vocabulary, language: str) -> list[str]:
    """The keys among a column's cells that would stand on a page of this language in the letters of another."""
    keys = [cell for cell in cells.dropna().unique() if isinstance(cell, str)] if language else []
    other = (key for key in keys if lang.main_language(key) not in (None, language))
    return [key for key in other if key not in headings and not words.of_study(key)]


def _is_number_of_the_page(key: str, frame: pd.DataFrame) -> bool:
    """Whether the page has a way to write this column of numbers, which is no share of one's own."""
    return (
        key in frame
        and COLUMNS[key].numeric
        and pd.api.types.is_numeric_dtype(frame[key])
        and not _is_share(frame, key)
    )


def _is_share(frame: pd.DataFrame, key: str) -> bool:
    return key in frame.attrs.get(SHARES, ())


def _in_tens(frame: pd.DataFrame, key: str) -> bool:
    """Whether this is a share of a yes or no, which `safe` rounds to tens; one of a crosstab has no people beside it."""
    told = _is_share(frame, key) and key in frame and {"n", f"{SIZE}{key}"} & {*frame} and frame[key].notna().any()
    return bool(told) and decimals_of(frame[key]) <= 1


def _known_column(key: str, frame: pd.DataFrame, first: list[dict], words: Vocabulary, name: str) -> Column:
    """A column as the page knows it; refuses one that is written from others, which the table (its `first` row) does not have."""
    for row in () if key in frame else first:
        try:
            COLUMNS[key].write(row, words, LANGUAGES[0])
        except KeyError as lacking:
            raise lang.ProseProblem(
                f"show=[…]: “{key}” is written from “{lacking.args[0]}”, which table “{name}” does not have; what to do: leave "
                f"it out (there are {', '.join(shown_by_default(frame))})"
            ) from None
    if key in frame and COLUMNS[key].holds == "value" and pd.api.types.is_integer_dtype(frame[key]):
        return plain_column(key, COLUMNS[key].heading, frame, NO_HEADINGS)  # as whole answers that rows are counted by
    return COLUMNS[key]


def misspelt_heading(name: str, frame: pd.DataFrame, headings: Headings) -> str:
    """A heading that nothing in a table takes, and what it was probably meant for; nothing where none is like a name in it."""
    levels = [part for parts in frame.attrs.get(LEVELS, NO_LEVELS).values() for part in parts]
    cells = [str(cell) for key in frame.select_dtypes(["object", "string"]) for cell in frame[key].dropna().unique()]
    there = dict.fromkeys([*frame, *levels, *cells])
    for key in headings.keys() - there.keys() - COLUMNS.keys():
        if near := nearest(key, there):
            return f"the heading of “{key}”, which table “{name}” does not have; what to do: write {quoted(near)}"
    return ""


def without_heading(what: str, keys: list[str], cells: list[str], called: str = "cell") -> str:
    """That columns have no heading, or cells no words, all in one line that can be pasted, and of one column that it is
    like another.
    """
    near = nearest(keys[0], COLUMNS.keys() - {keys[0]}) if len(keys) == 1 else None
    alike = f", which is like “{near}”," if near and near[0] == keys[0][0] and abs(len(near) - len(keys[0])) < 2 else ""
    lacking = [
        f"{_named('column', keys)}{alike} {'has' if len(keys) == 1 else 'have'} no heading" if keys else "",
        f"{_named(called, cells)} {'has' if len(cells) == 1 else 'have'} no words in each language of the page"
        if cells
        else "",
    ]
    heads = ", ".join(f'{quoted(key)}: ("…", {quoted(key)})' for key in [*keys, *cells])
    return (
        f"{what}: {', and '.join(part for part in lacking if part)}; what to do: head {'it' if len([*keys, *cells]) == 1 else 'them'}, "
        f"as in\n        headings={{{heads}}}"
        + ("\n    or name in show=[…] the columns that readers need" if keys else "")
    )


def _named(what: str, several: list[str]) -> str:
    return f"{what}{'s' if len(several) > 1 else ''} “{'”, “'.join(several)}”"


def heading_of(key: str, headings: Headings, words: Vocabulary, levels: Mapping = NO_LEVELS) -> Text | None:
    """How a column, an axis or a value is headed: as the analyst says, as the page heads its columns, or by its words.

    One that was joined of several `levels` is headed by each of them.
    """
    if len(levels.get(key, ())) > 1 and key not in headings:
        if (option := words.of_option(*levels[key][-2:])) and len({(*each[:-1],) for each in levels.values()}) == 1:
            return option
        parts = [heading_of(part, headings, words) for part in levels[key][:-1]]
        parts.append(option or heading_of(levels[key][-1], headings, words))
        return None if None in parts else lang.joined(parts, " · ")
    if key in headings:
        return headings[key]
    if key in COLUMNS or key in HEADINGS:
        return COLUMNS[key].heading if key in COLUMNS else HEADINGS[key]
    if key.startswith(SIZE) and (of := heading_of(key.removeprefix(SIZE), headings, words)):
        return lang.joined([COLUMNS["n"].heading, of], " · ")
    return words.both(key) if words.of_study(key) else None


def plain_column(key: str, heading: Text, frame: pd.DataFrame, headings: Headings) -> Column:
    """A column of one's own: numbers with the decimals that they left with, shares in per cent, keys in words; what is
    blank is hidden.
    """
    numeric = pd.api.types.is_numeric_dtype(frame[key]) and not pd.api.types.is_bool_dtype(frame[key])
    digits, share = decimals_of(frame[key]) if numeric else 0, _is_share(frame, key)
    signed = key in frame.attrs.get(SIGNED, ())

    def written(row: pd.Series, words: Vocabulary, language: str) -> str:
        value = row[key]
        if pd.isna(value):
            return blank_cells.why_blank(row, key, words)[language]
        if numeric:
            return (lang.percentage(value, max(digits - 2, 0)) if share else lang.number(value, digits, signed))[
                language
            ]
        if value in headings:
            return headings[value][language]
        return words(value, language) if words.of_study(value) else lang.free_text(value)  # of its own direction

    return Column(heading, written, numeric)


def decimals_of(cells: pd.Series) -> int:
    """How many decimals a column needs that was rounded when it left."""
    known = cells.dropna().astype(float)
    return next((digits for digits in range(4) if ((known.round(digits) - known).abs() < 1e-9).all()), 4)


def html(
    frame: pd.DataFrame,
    show: list[str],
    name: str,
    caption: str,
    note: str,
    words: Vocabulary,
    language: str,
    kind: str = "table",
    headings: Headings = NO_HEADINGS,
) -> str:
    """A table as HTML: caption and how to read it, column and row headers with scope, numbers to be aligned, nothing blank.

    `kind` is "figure" where it stands in place of one, so that links to the figure lead to it.
    """
    columns = columns_of(frame, show, headings, words, name, language)
    head = "".join(
        f'<th scope="col"{_css(column)}>{escape(headed(key, column, frame, words, language))}</th>'
        for key, column in columns.items()
    )
    written = [_written(row, columns, words, language) for row in frame.to_dict("records")]
    heads = list(columns.values())
    keys = _keys([[text for text, _ in cells] for cells in written], heads)
    rows = "".join(_row(cells, heads, keys) for cells in written)
    note_html = f' <span class="note">{escape(_reading(frame, show, note, words, language))}</span>'
    return (
        f'<figure class="table" id="{kind}-{escape(name)}"><table><caption>{escape(caption)}{note_html}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></figure>"
    )


ABOUT = {  # what a row is about; all else of a hidden row stays hidden
    "about", "cohort", "cohort_before", "compared_with", "measure", "group", "first", "second", "wave", "trait", "level", "term",
}  # fmt: skip
CATEGORIES_OF = ("low_of", "middle_of", "high_of")


def headed(key: str, column: Column, frame: pd.DataFrame, words: Vocabulary, language: str) -> str:
    """A column's heading; a category is headed by its response options, where all rows share them."""
    if key in CATEGORIES_OF and "measure" in frame:
        shared = {words.categories(measure, language) for measure in frame["measure"].unique()}
        if len(shared) == 1:
            return shared.pop()[CATEGORIES_OF.index(key)] or column.heading[language]
    heading = column.heading[language]
    return lang.begun(_with_waves(heading, frame, words, language)) if "{" in heading else heading


def _css(column: Column) -> str:
    return ' class="number"' if column.numeric else ""


def _written(
    row: Mapping[str, object], columns: dict[str, Column], words: Vocabulary, language: str
) -> list[tuple[str, bool]]:
    """The cells of a row: what each says, and whether it is hidden, which it then says."""
    cells = []
    for name, column in columns.items():
        hidden = bool(row.get("hidden", False)) and name not in ABOUT
        of_group = any(row.get(key, "all") != "all" for key in ("group", "level", "first"))
        why = HIDDEN if of_group else TELLS_OF_FEW
        try:
            cells.append((why[language] if hidden else column.write(row, words, language), hidden))
        except KeyError as lacking:
            if lacking.args[0] not in ("question", "measure", "wave", "group") or lacking.args[0] in row:
                raise
            raise _without_its_key(name, lacking.args[0], row, words) from None
    return cells


def _without_its_key(name: str, key: str, row: Mapping[str, object], words: Vocabulary) -> NotForPublication:
    """A column that is written by another which the table lacks, as an option is by its question."""
    across = next((trait for trait, one in words.codebook.traits.items() if {*one.groups} & {*row}), "wave")
    return NotForPublication(
        f"“{name}” is written in the words of its “{key}”, and the table has no column “{key}”; what to do: make that a key of its "
        f'rows, as in\n        table = safe.crosstab([data["{key}"], data["{name}"]], data["{across}"])'
    )


def _keys(rows: list[list[str]], columns: list[Column]) -> int:
    """How many of the first columns head their rows: as many as it takes to tell the rows apart, all in words; or one."""
    for count in range(1, len(columns)):
        if count > 1 and columns[count - 1].numeric:
            break
        if len({tuple(row[:count]) for row in rows}) == len(rows):
            return count
    return 1


def _row(cells: list[tuple[str, bool]], columns: list[Column], keys: int) -> str:
    """One row; the cells that tell it from the others are its headers."""
    made = []
    for place, ((text, hidden), column) in enumerate(zip(cells, columns, strict=True)):
        if place < keys and not (place and hidden):
            made.append(f'<th scope="row">{escape(text)}</th>')
        else:
            css = ' class="suppressed"' if hidden else _css(column)
            made.append(f"<td{css}>{escape(text)}</td>")
    return f"<tr>{''.join(made)}</tr>"
