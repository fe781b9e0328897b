"""Cells under headings: each row as wide as the headings, each text readable, or a problem that says where not."""

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain, islice

import numpy as np
import pandas as pd

from followup.exports.hebrew import double_encoded, reversed_hebrew
from followup.exports.raw_rows import LogEntry, Row
from followup.exports.text_files import MOST_CHARACTERS, swallowed_rows
from followup.language import folded
from followup.problems import Problem

MOST_OF_A_KIND = 20
ROWS_AT_ONCE = 5_000
WRAPPED = re.compile(r'="(.*)"', re.DOTALL)


class Table:
    """Cells under headings, filled row by row; what does not fit is repaired in the open or becomes a problem."""

    def __init__(self, file: str, row: int | None, headings: list[str], delimiter: str):
        self.file, self.row, self.delimiter = file, row, delimiter
        self.written = len(headings)
        self.log: list[LogEntry] = []
        self.found: dict[str, dict[Problem, list[int | None]]] = defaultdict(lambda: defaultdict(list))
        self.twins: dict[str, str] = {}
        self.headings = self._named(headings)
        self.columns: list[list[str]] = [[] for _ in self.headings]
        self.known: list[dict[str, str]] = [{} for _ in self.headings]
        self.numbers = array("q")
        self.overlong: list[int] = []
        self.short: tuple[int, int] | None = None
        self.short_rows: list[int] = []

    def _named(self, headings: list[str]) -> list[str]:
        """Headings that all differ: blank ones at the right edge go, one between others is named by its place."""
        width = max((place for place, heading in enumerate(headings, 1) if folded(heading)), default=0)
        named = [
            heading if folded(heading) else f"(no heading, column {letters(place)})"
            for place, heading in enumerate(headings[:width])
        ]
        self.log += [
            (self.row, name, old, name, "heading_unnamed")
            for old, name in zip(headings, named, strict=False)
            if old != name
        ]
        seen: dict[str, str] = {}
        for place, name in enumerate(named):
            first = seen.setdefault(folded(name), name)
            if first is not name or name in named[:place]:
                named[place] = f"{name} (column {letters(place)})"
                self.twins[named[place]] = first
        return named

    def add(self, rows: Iterable[Row]) -> None:
        """Take in all rows. Equal texts of a column are kept once, so that a large file takes little room."""
        rows, width = iter(rows), len(self.headings)
        while chunk := list(islice(rows, ROWS_AT_ONCE)):
            fitting = [cells if len(cells) == width else self._fitted(number, list(cells)) for number, cells in chunk]
            self.numbers.extend(number for number, _ in chunk)
            for column, known, cells in zip(self.columns, self.known, zip(*fitting, strict=True), strict=True):
                column.extend(map(known.setdefault, cells, cells))

    def _fitted(self, number: int, cells: list[str]) -> list[str]:
        """A row of another width: empty cells may be too many, or missing at the end; anything else is a problem."""
        width = len(self.headings)
        if len(cells) > width:
            over = [cell for cell in cells[width:] if cell.strip()]
            if over:
                self._problem(
                    "wide",
                    f"this row has {len(cells)} cells under {width} headings",
                    "put a text that holds a comma into quotes, or give the column a heading",
                    number,
                    letters(width),
                    over[0],
                    f"{width} cells",
                )
            elif len(cells) > self.written and any(cell.strip() for cell in cells):
                self.overlong.append(number)
        elif any(cell.strip() for cell in cells):
            if self.short and self.short[0] == number - 1 and self.short[1] + len(cells) == width + 1:
                self._problem(
                    "broken",
                    f"rows {number - 1} and {number} look like one row that a line break cut in two",
                    "join them, or put the text that holds a line break into quotes",
                    number,
                    value=cells[0],
                    allowed=f"{width} cells",
                )
            self.short = (number, len(cells))
            self.short_rows.append(number)
            self.log.append((number, "", f"{len(cells)} cells", f"{width} cells", "row_filled"))
        return (cells + [""] * width)[:width]

    def _problem(
        self,
        kind: str,
        what: str,
        remedy: str,
        row: int | None,
        column: str = "",
        value: str | None = None,
        allowed: str = "",
    ) -> None:
        self.found[kind][Problem(what, remedy, self.file, None, column, value, allowed)].append(row)

    def problems(self, open_end: bool = False) -> list[Problem]:
        """Everything wrong, of each kind the first twenty; to be asked once, when all rows are in.

        `open_end` says that the file ends within its last cell.
        """
        self._unwrap()
        self._check_cut_off(open_end)
        if self.overlong:
            self._check_overlong()
        for place, known in enumerate(self.known):
            for text in known:
                self._check_text(text, place)
        self._check_letters()
        return [problem for found in self.found.values() for problem in _first_of(found)]

    def _unwrap(self) -> None:
        """Texts that were written for Excel as formulas (="0001"), without the formula; a line in the log a column."""
        for place, known in enumerate(self.known):
            bare = {text: found[1].replace('""', '"') for text in known if (found := WRAPPED.fullmatch(text))}
            if bare:
                self.columns[place] = [bare.get(text, text) for text in self.columns[place]]
                self.known[place] = {bare.get(text, text): bare.get(text, text) for text in known}
                was, became = next(iter(bare.items()))
                self.log.append((None, self.headings[place], was, became, "excel_text"))

    def _check_cut_off(self, open_end: bool) -> None:
        """A last row that is too short, where the file has no line end or no other row is short: a broken download."""
        last = max((number for number in self.short_rows), default=None)
        if last is None or last != self._last_written() or not (open_end or len(self.short_rows) == 1):
            return
        self.log = [line for line in self.log if line[0] != last or line[-1] != "row_filled"]
        written = [cells[len(self.numbers) - 1 - self.numbers[::-1].index(last)] for cells in self.columns]
        place = max(place for place, cell in enumerate(written) if cell.strip())
        self._problem(
            "cut",
            "the file ends within this row: the download broke off, and the last answer may be cut short",
            "export the file again",
            last,
            self.headings[place],
            written[place],
            f"{len(self.headings)} cells and a line end",
        )

    def _last_written(self) -> int | None:
        """The number of the last row that holds anything."""
        for place in range(len(self.numbers) - 1, -1, -1):
            if any(cells[place].strip() for cells in self.columns):
                return self.numbers[place]
        return None

    def _check_overlong(self) -> None:
        """An empty cell too many ends every row, or it is a sign that a value too many moved the others in a row."""
        rows = f"{len(self.overlong)} rows from row {self.overlong[0]} on"
        self.log.append((None, "", f"an empty cell after the last heading in {rows}", "", "trailing_separator"))
        written = sum(any(map(str.strip, cells)) for cells in zip(*self.columns, strict=True))
        if self.delimiter and len(self.overlong) < written:
            for number in self.overlong:
                self._problem(
                    "overlong",
                    "this row ends in an empty cell that has no heading, and other rows do not: "
                    "a value too many may have moved its answers into other columns",
                    "take the value too many out, or the separator at the row’s end",
                    number,
                    allowed=f"{len(self.headings)} cells",
                )

    def _check_text(self, text: str, place: int) -> None:
        heading = self.headings[place]
        if len(text) > MOST_CHARACTERS:
            self._problem(
                "long",
                f"this text has {len(text)} characters",
                "shorten it",
                self._row_with(text, place),
                heading,
                text,
                f"up to {MOST_CHARACTERS} characters",
            )
        if "\0" in text:
            self._problem(
                "nul",
                "this cell holds NUL bytes (a damaged file, or UTF-16 without its mark)",
                "export the file again as CSV UTF-8",
                self._row_with(text, place),
                heading,
                text.replace("\0", "␀"),
                "text",
            )
        if swallowed_rows(text, self.delimiter, len(self.headings)):
            self._problem(
                "swallowed",
                "a quotation mark seems to have swallowed the rows below: this cell holds a line break and "
                "as many delimiters as a row",
                "remove the stray quotation mark, or export the file again",
                self._row_with(text, place),
                heading,
                text,
                "one answer",
            )

    def _check_letters(self) -> None:
        for heading in self.headings:
            if "\0" in heading or swallowed_rows(heading, self.delimiter, len(self.headings)):
                self._problem(
                    "heading",
                    "this heading holds NUL bytes, or a row that a stray quotation mark swallowed",
                    "export the file again as CSV UTF-8",
                    self.row,
                    heading.replace("\0", "␀"),
                    allowed="text",
                )
        wrong = double_encoded(self.headings, chain.from_iterable(self.known))
        if wrong:
            self._problem(
                "letters",
                "labels look double-encoded (UTF-8 that was read as another encoding and saved again)",
                "re-export as UTF-8",
                *self._place_of(wrong),
                wrong,
                "readable letters",
            )
        for texts in (self.headings, *self.known):
            wrong = reversed_hebrew(texts)
            if wrong:
                self._problem(
                    "letters",
                    "the Hebrew appears reversed (visual order): words begin with final letters",
                    "re-export as UTF-8, in logical order",
                    *self._place_of(wrong),
                    wrong,
                    wrong[::-1],
                )
                break

    def _place_of(self, text: str) -> tuple[int | None, str]:
        place = next((place for place, known in enumerate(self.known) if text in known), None)
        return (self.row, text) if place is None else (self._row_with(text, place), self.headings[place])

    def _row_with(self, text: str, place: int) -> int:
        return self.numbers[self.columns[place].index(text)]

    def frame(self) -> pd.DataFrame:
        """The table as pandas has it; to be asked once, for it empties this one."""
        index = pd.Index(np.array(self.numbers, dtype="int64"), name="row")
        self.known.clear()
        self.columns.reverse()
        columns = {
            heading: pd.array(np.array(self.columns.pop(), dtype="object"), dtype="str") for heading in self.headings
        }
        return pd.DataFrame(columns, index=index, columns=pd.Index(self.headings, dtype="str"), copy=False)


def _first_of(found: dict[Problem, list[int | None]]) -> list[Problem]:
    """Of many problems of a kind the first twenty, each with its rows, and how many more there are."""
    shown = list(found.items())[:MOST_OF_A_KIND]
    named = [replace(problem, row=rows[0], more_rows=tuple(rows[1:])) for problem, rows in shown]
    if len(found) > MOST_OF_A_KIND:
        what = f"{len(found) - MOST_OF_A_KIND} more problems of this kind are not listed"
        named.append(Problem(what, named[0].remedy, named[0].file, allowed=named[0].allowed))
    return named


def letters(place: int) -> str:
    """The letters by which a spreadsheet names the column at a place (0 is A)."""
    return (letters(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)
