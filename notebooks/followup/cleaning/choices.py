"""Questions of several options or of ranks, over one cell or many columns: what is wrong with them, and what to do."""

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from followup.cleaning.answer_labels import NOT_REACHED, OptionReader, Reading
from followup.cleaning.several_options import Several
from followup.language import folded
from followup.problems import INDENT, Problem, quoted, shortened, to_paste

MOST_SHOWN = 3
MARKS, CROSSES = {"v", "✓", "✔"}, {"x"}
NOTHING = {folded(text) for text in ("none", "none of these", "none of them", "none of the above", "nothing", "nobody", "-", "–", "—", "אין", "כלום", "שום דבר", "אף אחד", "אף אחת", "אף אחד מאלה")}  # fmt: skip
WHOLE = re.compile(r"(\d+)(?:\.0+|st|nd|rd|th)?")


def several_problems(
    rows, heading: str, key: str, found: list[Several], cells: list[str], which: np.ndarray, numbers: np.ndarray, reader
) -> Iterator[Problem]:
    """What cannot be read in a column of several options: texts that are none of them, cells with two readings, ties."""
    column = " ".join(heading.split())
    where = {place: numbers[which == place].tolist() for place, one in enumerate(found) if one.ways or not one.readings}
    twofold = [place for place in where if found[place].ways]
    if twofold:
        yield _two_ways(
            rows, column, key, [cells[place] for place in twofold], found[twofold[0]].ways, _rows(where, twofold)
        )
    strange = [place for place in where if found[place].unknown]
    if strange:
        yield _unknown(
            rows, column, key, [found[place] for place in strange], cells[strange[0]], _rows(where, strange), reader
        )


def _rows(where: dict[int, list[int]], places: list[int]) -> list[int]:
    return sorted(row for place in places for row in where[place])


def _two_ways(rows, column: str, key: str, cells: list[str], ways: tuple[str, ...], where: list[int]) -> Problem:
    options = rows.codebook.questions[key].options
    what = f"this can be read in two ways, as {ways[0]} or as {ways[1]}: the labels in option set “{options}” hold each other"
    remedy = (
        "export this question with a column for each option, or with codes instead of labels; in the next "
        "questionnaire give the options labels that do not hold each other"
    )
    return Problem(what, remedy, rows.file, where[0], column, cells[0], "one reading", more_rows=tuple(where[1:]))


def _unknown(
    rows, column: str, key: str, found: list[Several], cell: str, where: list[int], reader: OptionReader
) -> Problem:
    """Texts in cells of several options that are none of them: mistyped, an option that is missing, or “other”."""
    options, book = rows.codebook.questions[key].options, rows.columns.book
    texts = list(dict.fromkeys(text for one in found for text in one.unknown))
    shown = ", ".join(f"“{shortened(text)}”" for text in texts[:MOST_SHOWN])
    more = f" and {len(texts) - MOST_SHOWN} more" if len(texts) > MOST_SHOWN else ""
    what = f"{shown}{more}: this is not one of the possible answers (the options beside it are read)"
    near = next((text for text in texts if reader.nearly(text)), None)
    if parts := next((text for text in texts if _of_options(text, reader)), None):
        what = f"{what}; “{shortened(parts)}” seems to be made of options or of codes, or is cut short"
        remedy = (
            "find out what was meant, and export again with a column for each option, or with a semicolon between them; such "
            "answers are no other answers, and no spelling of one option"
        )
        return Problem(what, remedy, rows.file, where[0], column, cell, reader.allowed, more_rows=tuple(where[1:]))
    if near is not None or reader.other is not None:
        remedy = (
            f"find out what was meant, correct it at its source and export again; if it is another spelling of an option, add "
            f"{quoted(near or texts[0])} to that option’s synonyms in option_sets.{options} in {book}"
        )
    elif folded(texts[0]) in NOTHING:
        line = f"- {{he: {quoted(texts[0])}, en: {quoted(texts[0])}, reason: none_chosen}}"
        remedy = (
            f"if it says that none of the options was chosen, add under option_sets.{options} in {book}:"
            f"{to_paste('missing', line=line)}{INDENT}if it is an answer of its own, make it an option there that excludes the others"
        )
    else:
        code = max(reader.options) + 1
        line = f"- {{code: {code}, he: אחר, en: Other, other: true}}"
        remedy = (
            f"if people could answer in their own words (“Other”), such texts are counted as “other” and never shown; add "
            f"under option_sets.{options} in {book}:{to_paste('options', line=line)}{INDENT}if it is another spelling of an "
            f"option, add it to that option’s synonyms there; if it is a slip, correct it at its source"
        )
    return Problem(what, remedy, rows.file, where[0], column, cell, reader.allowed, more_rows=tuple(where[1:]))


def _of_options(text: str, reader: OptionReader) -> bool:
    """Whether a text is several options or codes without a sign between them, or the beginning of one option."""
    plain = folded(text)
    begins = len(plain) > 3 and any(label != plain and label.startswith(plain) for label in reader.folded)
    glued = plain.isdecimal() and len(plain) > 1 and set(plain) <= {code for code in reader.codes if len(code) == 1}
    return begins or glued or len(reader.labels_in(text)) > 1


# A column an option ------------------------------------------------------------------------------------------------


def tick_problems(rows, key: str, columns: dict[str, int]) -> list[Problem]:
    """Columns of one option each that hold ranks, or numbers or marks of which nobody says what they mean."""
    if both := _marks_and_crosses(rows, key, columns):
        return [both]
    numbers = {heading: _numbers(rows, heading) for heading in columns}
    found = set().union(*numbers.values())
    if not found - {0, 1} or all(held <= {0, columns[heading]} for heading, held in numbers.items()):
        return []
    first = next(heading for heading, held in numbers.items() if held - {0, 1})
    book, shown = rows.columns.book, ", ".join(map(str, sorted(found)))
    if found <= set(range(len(columns) + 1)) and not _mostly_ties(rows.cells[list(columns)].head(1000)):
        what = f"the columns of the options of “{key}” hold the numbers {shown}: places in a ranking, it seems, and no ticks"
        remedy = f"if people ranked the options, write under questions.{key} in {book}:{to_paste(line='kind: rank')}"
    else:
        what = (
            f"the columns of the options of “{key}” hold the numbers {shown}, and nothing says which of them is a tick"
        )
        remedy = "export the question again with 1 for a tick and 0 for none, or with labels"
    heading = " ".join(first.split())
    return [Problem(what, remedy, rows.file, None, heading, str(max(found)), "1 / 0, yes / no, the label, or nothing")]


def _marks_and_crosses(rows, key: str, columns: dict[str, int]) -> Problem | None:
    """A problem where V and X stand in one question: in one country a cross is a tick, in another it says no."""
    for heading in columns:
        written = {folded(cell): cell.strip() for cell in rows.cells[heading].unique()}
        if written.keys() & MARKS and written.keys() & CROSSES:
            what = f"the columns of the options of “{key}” hold both V and X, and nothing says which of them is a tick"
            remedy = "write 1 where the option was ticked and 0 where it was not, at the source, and export again"
            value = " ".join(sorted(written[mark] for mark in written.keys() & (MARKS | CROSSES)))
            return Problem(
                what, remedy, rows.file, None, " ".join(heading.split()), value, "one sign for a tick, and nothing"
            )
    return None


def _mostly_ties(cells: pd.DataFrame) -> bool:
    """Whether most people would have given one place to two options: then the numbers are no places."""
    numbers = cells.apply(
        lambda column: column.map(lambda cell: folded(cell) if WHOLE.fullmatch(folded(cell)) else None)
    )
    ties = [len(given) > len(set(given)) for given in (row.dropna().tolist() for _, row in numbers.iterrows())]
    return sum(ties) > len(ties) / 2


def _numbers(rows, heading: str) -> set[int]:
    """The whole numbers in a column, but for those that the file itself labels yes or no."""
    labels = rows.export.labels.get(heading, {})
    cells = (
        {cell.strip() for cell in rows.cells[heading].unique()} - set(labels) - rows.export.missing.get(heading, set())
    )
    return {int(found[1]) for cell in cells if (found := WHOLE.fullmatch(folded(cell)))}


# A ranking ---------------------------------------------------------------------------------------------------------


def without_ties(one: Several) -> Several:
    """A ranking in one cell; the readings are in the order of the ranking, each option once."""
    return replace(one, readings=tuple(dict.fromkeys(one.readings)))


def ranked(read, key: str):
    """Tidy rows of a ranking over several columns: the options, first place first.

    A column holds an option's place, or a place's option; two options in one place are refused by row.
    """
    places, options = read.columns.held("place", key), read.columns.held("ticked", key)
    if not places and options and not _are_numbers(read.rows.cells[list(options)]):
        places = options  # LimeSurvey's q[1]: the number in the heading is a place
    if places:
        return _spread(read, key, places, lambda cells: _by_place(read, key, places, cells))
    return _spread(read, key, options, lambda cells: _by_option(options, cells))


def _are_numbers(cells: pd.DataFrame) -> bool:
    written = [folded(cell) for heading in cells for cell in cells[heading].unique()]
    return all(WHOLE.fullmatch(cell) for cell in written if cell not in NOT_REACHED)


def _spread(read, key: str, columns: dict[str, int], order):
    """The tidy rows of a ranking; rows with a tie or a place that is none become one problem."""
    if not columns:
        return read.spread([], np.empty(0, dtype=np.intp))
    which, rows = pd.factorize(pd.MultiIndex.from_frame(read.rows.cells[list(columns)]))
    readings, ties = [], []
    for place, cells in enumerate(rows):
        found = order(cells)
        if found is None:
            ties += read.numbers[which == place].tolist()
        readings.append(found or [])
    if ties:
        what = f"the ranking “{key}” gives two options one place here, or holds something that is no place"
        remedy = "correct the row at its source, or empty the cells of this question in it; then export again"
        allowed = f"each of 1 to {len(columns)} once, or nothing"
        heading, value = next(iter(columns)), " / ".join(read.rows.cells.loc[ties[0], list(columns)])
        place = " ".join(heading.split())
        read.rows.problems.append(
            Problem(what, remedy, read.rows.file, ties[0], place, value, allowed, tuple(ties[1:]))
        )
    said = [any(one.code is not None for one in found) for found in readings]
    for reached, n in zip(said, np.bincount(which, minlength=len(rows)), strict=True):
        read.counts["cells_kept" if reached else "cells_without_answer"] += len(columns) * int(n)
    return read.spread(readings, which)


def _by_option(options: dict[str, int], cells: tuple[str, ...]) -> list[Reading] | None:
    """Options in the order of their places; None for a tie or a cell that is no place."""
    places = {}
    for code, cell in zip(options.values(), cells, strict=True):
        if folded(cell) in NOT_REACHED:
            continue
        number = WHOLE.fullmatch(folded(cell))
        if number is None or int(number[1]) in places or not 1 <= int(number[1]) <= len(options):
            return None
        places[int(number[1])] = code
    return [Reading(places[place]) for place in sorted(places)] or [Reading(missing="no_answer", rule="no_answer")]


def _by_place(read, key: str, places: dict[str, int], cells: tuple[str, ...]) -> list[Reading] | None:
    """Options in the order of the columns; None for one that stands twice or is unknown."""
    reader = read.rows.reader(next(iter(places)), key)
    ordered = sorted(zip(places.values(), cells, strict=True))
    found = [reader.read(cell) for _, cell in ordered if folded(cell) not in NOT_REACHED]
    codes = [one.code for one in found if one is not None]
    if None in found or len(set(codes)) < len(codes):
        return None
    return [one for one in found if one.code is not None] or [Reading(missing="no_answer", rule="no_answer")]
