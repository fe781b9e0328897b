"""Columns that may hold the same question twice: halves that an edited form left, copies, options that nobody knows."""

import re
from collections.abc import Iterator

import pandas as pd
from rapidfuzz import fuzz

from followup.cleaning.answer_labels import NOT_TICKED, TICKED, OptionReader
from followup.exports.choice_names import SELECTED
from followup.exports.survey_tools import GRID, other_names
from followup.exports.table import letters
from followup.language import folded, is_blank
from followup.problems import Problem, quoted, to_paste

# "Q (2)", "Q.1", "Q_2", "Q (column D)", "Q - copy": how a second column of one question is called.
SECOND = re.compile(
    r"\s*(?:\((?:column [A-Z]+|\d{1,2}|copy|עותק)\)|[._]\d{1,2}|\s\d{1,2}|\s?[-–]\s?(?:copy|עותק))\s*$", re.IGNORECASE
)
CLEARLY_SECOND = re.compile(
    r"\((?:column [A-Z]+|\d{1,2}|copy|עותק)\)\s*$|\.\d{1,2}\s*$|(?:copy|עותק)\s*$", re.IGNORECASE
)
READABLE = 0.9
LEAST_BLANK, ALIKE = 0.2, 66  # of a column that may be half a question; how alike, of 100, the halves are headed


def joined_columns(columns) -> tuple[pd.DataFrame, list[Problem]]:
    """(the cells, with the columns joined that the params say to join, problems) of a wave's `Columns`.

    Columns are joined only where each row has an answer in one of them, or the same in both.
    """
    cells, problems = columns.export.cells, []
    wanted = {heading: key for key, more in columns.settings.join.items() for heading in more}
    for heading, first in _seconds(columns, wanted):
        both = (~cells[heading].map(is_blank)) & (~cells[first].map(is_blank)) & (cells[heading] != cells[first])
        if columns.of[first][1] not in columns.settings.join or heading not in wanted and not both.any():
            problems += _told(columns, heading, first, both)
            continue
        if both.any():
            problems.append(_differ(columns, heading, first, both))
            continue
        cells = _with_second(columns, cells, heading, first)
    problems += _unknown_joins(columns, wanted)
    if not problems:
        problems += _reworded(columns, set(wanted))
    return cells, problems


def _reworded(columns, joined: set[str]) -> Iterator[Problem]:
    """Unread columns with a heading almost like a read one’s, filled only where that is blank: a reworded question."""
    cells = columns.export.cells
    silent = {folded(heading) for heading in columns.codebook.ignored_headings}
    unread = [heading for heading in columns.unread if heading not in joined and folded(heading) not in silent]
    if not unread:
        return
    for first, (kind, key) in columns.of.items():
        if kind not in ("item", "question") or kind == "question" and columns.codebook.questions[key].kind == "text":
            continue
        blank = cells[first].map(is_blank)
        for heading in unread if blank.mean() >= LEAST_BLANK else ():
            filled = ~cells[heading].map(is_blank)
            alike = fuzz.ratio(folded(first), folded(heading)) >= ALIKE
            reader = OptionReader(columns.codebook.options_of(key))
            if alike and filled.any() and not (filled & ~blank).any() and readable(reader, cells[heading]):
                yield from _told(columns, heading, first, filled & ~blank)


def _seconds(columns, wanted: dict[str, str]) -> Iterator[tuple[str, str]]:
    """(heading, first): each unread column that seems to hold what an earlier one does, or that the params say does."""
    held = {
        holds: heading
        for heading, holds in columns.of.items()
        if holds[0] in ("item", "question", "ticked", "trait", "id")
    }
    by_key = {holds[1]: heading for holds, heading in held.items() if holds[0] in ("item", "question")}
    silent = {folded(heading) for heading in columns.codebook.ignored_headings}
    known = columns.names
    for heading, (kind, _) in columns.of.items():
        if kind != "ignored" or folded(heading) in silent:
            continue
        if wanted.get(heading) in by_key:
            yield heading, by_key[wanted[heading]]
            continue
        base = columns.export.twins.get(heading) or SECOND.sub("", heading)
        names = [base, *other_names(base)] if base != heading else []
        holds = next((known[folded(name)] for name in names if folded(name) in known), None)
        if holds in held:
            yield heading, held[holds]


def _with_second(columns, cells: pd.DataFrame, heading: str, first: str) -> pd.DataFrame:
    """`first` filled from `heading` where it is blank, each such cell with a line in the log."""
    rows = cells.index[cells[first].map(is_blank) & ~cells[heading].map(is_blank)]
    for row in rows:
        columns.log.add("columns_joined", columns.export.file, int(row), first, "", cells.loc[row, heading])
    return cells.assign(**{first: cells[first].where(~cells.index.isin(rows), cells[heading])})


def _places(columns, *headings: str) -> str:
    order = list(columns.export.cells.columns)
    return " and ".join(letters(order.index(heading)) for heading in headings)


def _told(columns, heading: str, first: str, both: pd.Series) -> Iterator[Problem]:
    """What to do about a second column: join the halves of an edited question, or say which of two is meant."""
    cells, same = columns.export.cells, heading in columns.export.twins
    shown, name = " ".join(heading.split()), _named(columns, first)
    places = _places(columns, first, heading)
    head = (
        f"columns {places.replace(' and ', ', ')} have the same heading"
        if same
        else f"this column is headed like column {places[: places.index(' ')]}"
    )
    filled, blank = (~cells[heading].map(is_blank)).sum(), cells[first].map(is_blank)
    halves = not both.any() and filled and (blank & ~cells[heading].map(is_blank)).any()
    if not same and (not filled or not halves and not CLEARLY_SECOND.search(heading)):
        return
    if halves:
        what = f"{head}, and one is filled where the other is not: the columns {places} seem to be halves of {name}, as an edited form leaves them"
        line = f"{columns.of[first][1]}: [{quoted(heading)}]"
        remedy = f"if both ask the same, join them: write in {columns.params}:{to_paste('waves', columns.wave, 'join', line=line)}"
    else:
        what = f"{head}, and both hold answers, which differ in {int(both.sum())} rows" if both.any() else head
        remedy = (
            "find out which of them is meant; do not just rename one, but export again without the other, or list the "
            f"heading of the other under ignored_headings in {columns.book}"
        )
    yield Problem(
        what,
        remedy,
        columns.export.file,
        1,
        " ".join(first.split()) if same else shown,
        shown,
        "headings that all differ",
    )


def _named(columns, heading: str) -> str:
    kind, key = columns.of[heading]
    return f"the {kind} “{key}”" if key else f"the column “{heading}”"


def _differ(columns, heading: str, first: str, both: pd.Series) -> Problem:
    rows = [int(row) for row in both.index[both]]
    what = f"the columns {_places(columns, first, heading)} are to be joined, and both hold an answer here"
    remedy = f"find out which one counts and correct the row at its source, or take the column out of join in {columns.params}"
    value = f"{columns.export.cells.loc[rows[0], first]} / {columns.export.cells.loc[rows[0], heading]}"
    return Problem(
        what, remedy, columns.export.file, rows[0], first, value, "an answer in one of them", tuple(rows[1:])
    )


def _unknown_joins(columns, wanted: dict[str, str]) -> Iterator[Problem]:
    """What the params say to join and is not there."""
    for heading, key in wanted.items():
        if heading not in columns.of or key not in {name for _, name in columns.of.values()}:
            what = "there is no such column to join" if heading not in columns.of else f"no other column holds “{key}”"
            place = f"waves.{columns.wave}.join.{key}"
            yield Problem(what, "write a heading as it stands in the file", columns.params, column=place, value=heading)


# Options that the codebook does not know ---------------------------------------------------------------------------


def stray_options(columns) -> list[Problem]:
    """Columns of ticks that belong to a question read from columns, and are none of its options."""
    questions = {key.split(":")[0] for kind, key in columns.of.values() if kind == "ticked"}
    leads = {folded(name): key for key in questions for name in columns.wanted["question", key]}
    silent = {folded(heading) for heading in columns.codebook.ignored_headings}
    found: dict[str, list[tuple[str, str]]] = {}
    for heading, (kind, _) in columns.of.items():
        if kind != "ignored" or folded(heading) in silent or folded(heading) in columns.names:
            continue
        for name in (heading, columns.export.wordings.get(heading, "")):
            grid = GRID.fullmatch(re.sub(r"\s[-–]\s([^-–]+)$", r" [\1]", SELECTED.sub("", name)))
            code = re.fullmatch(r"(.+?)___(\w+)", name)
            question, option = (grid[1], grid[2]) if grid else (code[1], code[2]) if code else ("", "")
            key = leads.get(folded(question))
            if key and _are_ticks(columns.export.cells[heading], option):
                found.setdefault(key, []).append((heading, option))
                break
    return [_stray(columns, key, strays) for key, strays in found.items()]


def _are_ticks(cells: pd.Series, option: str) -> bool:
    said = {folded(cell) for cell in cells.unique()} - {""}
    return bool(said) and (said <= TICKED | NOT_TICKED or said == {folded(option)}) and bool(said - NOT_TICKED)


def _stray(columns, key: str, strays: list[tuple[str, str]]) -> Problem:
    heading, option = strays[0]
    options = columns.codebook.questions[key].options
    what = f"this column holds ticks of “{key}”, and “{option}” is none of its options" + (
        f" ({len(strays) - 1} more columns like it)" if len(strays) > 1 else ""
    )
    remedy = (
        f"add the option to option_sets.{options} in {columns.book} (“Other”: with other: true), or, if it is to be left out, "
        f"list the heading under ignored_headings there"
    )
    allowed = ", ".join(one.en for one in columns.codebook.options_of(key).options)
    return Problem(what, remedy, columns.export.file, 1, " ".join(heading.split()), option, allowed)


def readable(reader: OptionReader, cells: pd.Series) -> bool:
    """Whether nearly all answers in a column are options that a reader knows, and they are no mere ticks."""
    written = [cell for cell in cells.unique() if not is_blank(cell)]
    if not written or {folded(cell) for cell in written} <= TICKED | NOT_TICKED:
        return False
    return sum(reader.read(cell) is not None for cell in written) >= READABLE * len(written)
