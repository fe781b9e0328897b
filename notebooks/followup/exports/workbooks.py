"""Excel workbooks: one sheet's cells as the text they show; what means no answer is refused by its address."""

import datetime as dt
import io
import itertools
import os
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import ParseError

from followup.exports.raw_rows import RawRows, as_text, refusal
from followup.problems import Problem, nearest

os.environ["OPENPYXL_LXML"] = "False"  # where lxml is installed for Word files, workbooks are read no other way

import openpyxl
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.escape import unescape
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.xml.functions import iterparse

MOST_UNZIPPED = 50_000_000
MOST_ROWS = 10_000
MOST_CELLS = 5_000_000
MOST_DIGITS = 15
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    InvalidFileException,
    ParseError,
    OSError,
    EOFError,
    RuntimeError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    NotImplementedError,
)
Moment = dt.datetime | dt.date | dt.time | dt.timedelta


@dataclass
class Sheet:
    """What a sheet's file says beside its values: merged cells, hidden rows and columns, formulas without a result."""

    last_row: int = 0
    hidden_rows: int = 0
    hidden_columns: int = 0
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    uncached: list[str] = field(default_factory=list)


def read_workbook(content: bytes, file: str, sheet: str | None) -> RawRows:
    """The rows of one sheet, merged headings filled; raises `InputProblems`."""
    _refuse_bomb(content, file)
    try:
        with warnings.catch_warnings(), zipfile.ZipFile(io.BytesIO(content)) as archive:
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            page = _chosen(book, sheet, file)
            with archive.open(page._worksheet_path.lstrip("/")) as xml:
                found = _scanned(xml, file)
            return _read(page, found, _notes(book, page, found), file)
    except UNREADABLE as error:
        raise refusal(
            f"this workbook cannot be read ({type(error).__name__}): it is damaged, or not .xlsx",
            "open it in Excel and save it as .xlsx, without a password",
            file,
        ) from None


def _refuse_bomb(content: bytes, file: str) -> None:
    """Stop before anything is unpacked that would unpack to more than 50 MB, or that is another kind of zip file."""
    try:
        members = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except UNREADABLE:
        members = []
    if not any(member.filename.lstrip("/") == "xl/workbook.xml" for member in members):
        raise refusal(
            "this is not an Excel workbook (.xlsx), or it is damaged",
            "open it in Excel and save it as .xlsx",
            file,
            allowed=".xlsx",
        )
    size = sum(member.file_size for member in members)
    if size > MOST_UNZIPPED:
        raise refusal(
            f"the workbook unpacks to {size // 1_000_000} MB",
            "keep one sheet of plain answers in it, or save it as CSV",
            file,
            allowed=f"up to {MOST_UNZIPPED // 1_000_000} MB",
        )


def _chosen(book, sheet: str | None, file: str):
    """The sheet that is named, or the only one that has anything in it and is not hidden."""
    if sheet is not None:
        if sheet in book.sheetnames:
            return book[sheet]
        near = nearest(sheet, book.sheetnames)
        raise refusal(
            "the workbook has no sheet of this name",
            f"did you mean sheet: {near}?" if near else "correct sheet: in the params",
            file,
            value=sheet,
            allowed=", ".join(book.sheetnames),
        )
    shown = [page for page in book.worksheets if page.sheet_state == "visible"]
    written = shown if len(shown) < 2 else [page for page in shown if _is_written(page)]
    if len(written) != 1:
        what = "more than one sheet has something in it" if written else "no sheet has anything in it"
        raise refusal(
            what, "name the sheet to read: write sheet: … in the params", file, allowed=", ".join(book.sheetnames)
        )
    return written[0]


def _is_written(page) -> bool:
    page.reset_dimensions()
    return any(value is not None for row in page.iter_rows(values_only=True) for value in row)


def _scanned(xml, file: str) -> Sheet:
    """What the sheet's file says beside its values; stops at the row that is one too many."""
    found, number = Sheet(), 0
    for _, element in iterparse(xml):
        kind = element.tag.rpartition("}")[2]
        if kind == "c" and _is_uncached(element):
            found.uncached.append(element.get("r", "?"))
        elif kind == "row":
            number = int(element.get("r") or number + 1)
            if any(child.tag.endswith(("}v", "}is")) for cell in element for child in cell):
                found.last_row = max(found.last_row, number)
            found.hidden_rows += element.get("hidden") in ("1", "true")
            element.clear()
        elif kind == "col" and element.get("hidden") in ("1", "true"):
            found.hidden_columns += int(element.get("max", 1)) - int(element.get("min", 1)) + 1
        elif kind == "mergeCell":
            found.merged.append(range_boundaries(element.get("ref")))
        if found.last_row > MOST_ROWS + 1:
            what, remedy = (
                f"the sheet goes down to row {found.last_row}",
                "delete what stands below the answers, or save as CSV",
            )
            raise refusal(
                what, remedy, file, found.last_row, allowed=f"up to {MOST_ROWS} rows of answers in a workbook"
            )
    return found


def _is_uncached(cell) -> bool:
    """Whether a cell is a formula that was saved without its result."""
    children = {child.tag.rpartition("}")[2]: child.text for child in cell}
    return "f" in children and not children.get("v") and not ("v" in children and cell.get("t") == "str")


def _notes(book, page, found: Sheet) -> list[str]:
    hidden = [other.title for other in book.worksheets if other.sheet_state != "visible" and other is not page]
    return [
        f"sheet “{page.title}”{' (hidden)' if page.sheet_state != 'visible' else ''}",
        *([f"{found.hidden_rows} hidden rows were read like the others"] if found.hidden_rows else []),
        *([f"{found.hidden_columns} hidden columns were read like the others"] if found.hidden_columns else []),
        *([f"hidden sheets were not read: {', '.join(hidden)}"] if hidden else []),
    ]


def _read(page, found: Sheet, notes: list[str], file: str) -> RawRows:
    """The sheet's rows as text, from its first to its last one that has anything in it."""
    raw, rows, dates = RawRows([], notes), [], set()
    raw.problems += [
        Problem(
            f"the formula in cell {address} was saved without its result",
            "open the workbook in Excel, save it, and export again",
            file,
            _row_of(address),
            re.sub(r"\d", "", address),
            allowed="a value",
        )
        for address in found.uncached
    ]
    cells = 0
    for number, row in _numbered(page, found.last_row):
        texts = []
        for place, cell in enumerate(row):
            text, problem = _text_of(cell, file)
            texts.append(text)
            raw.problems += [problem] if problem else []
            if isinstance(cell.value, Moment):
                dates.add((number, place))
        rows.append((number, texts))
        cells += len(texts)
        if cells > MOST_CELLS:
            raise refusal(f"the sheet has more than {MOST_CELLS} cells", "save it as CSV UTF-8", file, number)
    raw.dates = frozenset(dates)
    _fill_merged(raw, rows, found.merged, file)
    width = max((len(texts) for _, texts in rows), default=0)
    raw.rows = [(number, texts + [""] * (width - len(texts))) for number, texts in rows]
    return raw


def _numbered(page, last_row: int) -> Iterator[tuple[int, list]]:
    """(row number, cells up to the last one with a value); the size that a sheet claims for itself is not believed."""
    page.reset_dimensions()
    for number, row in enumerate(page.iter_rows(max_row=max(last_row, 1)), start=1):
        last = max((place for place, cell in enumerate(row, start=1) if cell.value is not None), default=0)
        yield number, list(row[:last])


def _row_of(address: str) -> int | None:
    digits = re.sub(r"\D", "", address)
    return int(digits) if digits else None


def _text_of(cell, file: str) -> tuple[str, Problem | None]:
    """A cell as the text it shows, and what is wrong with it."""
    value, address = cell.value, getattr(cell, "coordinate", "")
    if value is None:
        return "", None
    if cell.data_type == "e":
        return "", Problem(
            f"an Excel error stands in cell {address}",
            "correct the cell and save again",
            file,
            cell.row,
            cell.column_letter,
            value,
            "a number or a text",
        )
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= 10**MOST_DIGITS:
        return "", Problem(
            f"the number in cell {address} has lost digits: Excel keeps {MOST_DIGITS}",
            "enter it as text",
            file,
            cell.row,
            cell.column_letter,
            value,
            f"up to {MOST_DIGITS} digits, or text",
        )
    text = unescape(value) if isinstance(value, str) and "_x" in value else as_text(value)
    zeros = (
        re.match(r"0+(?=;|$)", cell.number_format or "") if isinstance(value, int | float) and text.isdigit() else None
    )
    return text.zfill(len(zeros[0])) if zeros else text, None


def _fill_merged(raw: RawRows, rows: list, merged: list[tuple[int, int, int, int]], file: str) -> None:
    """Merged headings count for each of their columns; a title above them is set aside; merged answers are refused."""
    by_number = dict(rows)
    filled = [area for area in merged if area[1] in by_number and _value(by_number, area[1], area[0] - 1)]
    while rows and (not any(text.strip() for text in rows[0][1]) or _is_title(rows, filled)):
        number, texts = rows.pop(0)
        if any(text.strip() for text in texts):
            raw.log.append((number, "", " ".join(text for text in texts if text), "", "title_row"))
    top = rows[0][0] if rows else 0
    above = [area for area in filled if area[1] == top]
    if above:
        spans = [range(left - 1, right) for left, _, right, _ in above if right > left]
        two = bool(spans) and _are_headings(rows[0][1], by_number.get(top + 1, []), set().union(*spans))
        raw.heading_rows = max(1 + two, *(bottom - top + 1 for *_, bottom in above))
        raw.headings_filled = True
    last = top + (raw.heading_rows or 1) - 1
    for left, first, right, bottom in filled:
        if bottom > last and first >= top:
            address = f"{get_column_letter(left)}{first}:{get_column_letter(right)}{bottom}"
            raw.problems.append(
                Problem(
                    f"the cells {address} are merged, so it is not clear which answers they stand for",
                    "unmerge them and fill in each cell",
                    file,
                    first,
                    get_column_letter(left),
                    _value(by_number, first, left - 1),
                    "one cell an answer",
                )
            )
        elif first >= top:
            for number in range(first, bottom + 1):
                texts = by_number.get(number, [])
                texts += [""] * (right - len(texts))
                texts[left - 1 : right] = [_value(by_number, first, left - 1)] * (right - left + 1)


def _value(by_number: dict[int, list[str]], number: int, place: int) -> str:
    texts = by_number[number]
    return texts[place] if place < len(texts) else ""


def _is_title(rows: list, filled: list[tuple[int, int, int, int]]) -> bool:
    """Whether the first row is one merged cell over a table that has its headings below."""
    number, texts = rows[0]
    alone = sum(bool(text.strip()) for text in texts) == 1
    spans = any(first == number and right > left for left, first, right, _ in filled)
    return alone and spans and len(rows) > 1 and sum(bool(text.strip()) for text in rows[1][1]) > 1


def _are_headings(texts: list[str], below: list[str], spanned: set[int]) -> bool:
    """Whether the row under merged headings names columns: texts under each merged one, nothing under the others.

    An answer has something under the others too, so a first answer is never taken for headings.
    """
    pairs = list(itertools.zip_longest(texts, below, fillvalue=""))
    items = [item for place, (_, item) in enumerate(pairs) if place in spanned]
    others = [pair for place, pair in enumerate(pairs) if place not in spanned and any(pair)]
    named = all(item.strip() and not re.fullmatch(r"[\d.,:/ -]+", item) for item in items)
    return named and bool(others) and not any(text.strip() and item.strip() for text, item in others)


def date_columns(
    dates: frozenset[tuple[int, int]], columns: list[list[str]], numbers: Sequence[int], headings: list[str], file: str
) -> tuple[frozenset[str], list[Problem]]:
    """(headings of the columns of dates, problems): a date among numbers or labels is an altered fraction."""
    whole, problems = set(), []
    for place, (heading, column) in enumerate(zip(headings, columns, strict=True)):
        dated = [(number, text) for number, text in zip(numbers, column, strict=True) if (number, place) in dates]
        written = sum(bool(text.strip()) for text in column)
        if dated and len(dated) * 2 <= written:
            problems += [
                Problem(
                    f"cell {get_column_letter(place + 1)}{number} holds a date among other answers: Excel changed 3/4",
                    "format the column as text and enter the answer again",
                    file,
                    number,
                    heading,
                    text,
                    "an answer like the others in its column",
                )
                for number, text in dated
            ]
        elif dated and len(dated) == written:
            whole.add(heading)
    return frozenset(whole), problems
