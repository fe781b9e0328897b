"""Readers of what survey tools export: every cell as the text it was, every row with the number a spreadsheet gives it."""

import csv
import io
import unicodedata
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from followup.problems import InputProblems, Problem

csv.field_size_limit(1_000_000)
MOST_CHARACTERS = 20_000
MOST_UNZIPPED = 50_000_000
DELIMITERS = (",", ";", "\t")

# Characters that exports add or vary and no reader sees, or reads as the same sign.
LOOKALIKES = str.maketrans({
    "\u05f3": "'", "\u2019": "'", "\u2018": "'", "\u00b4": "'", "`": "'",
    "\u05f4": '"', "\u201c": '"', "\u201d": '"', "\u201e": '"',
    "\u05be": "-", "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-",
})


@dataclass(frozen=True)
class Export:
    """A raw export: `cells` is text, one row a submission (index: spreadsheet row), one column a heading; `notes` says how it was read."""

    file: str
    cells: pd.DataFrame
    notes: list[str] = field(default_factory=list)
    log: list[tuple] = field(default_factory=list)
    alternatives: dict[str, list[str]] = field(default_factory=dict)
    missing: dict[str, set[str]] = field(default_factory=dict)


def folded(text: object) -> str:
    """A text as it is compared: no direction marks, niqqud or odd spaces; one form of geresh, gershayim and maqaf.

    What is folded carries no meaning in a heading or a response option; letters are never changed.
    """
    decomposed = unicodedata.normalize("NFKD", str(text).translate(LOOKALIKES))
    kept = "".join(sign for sign in decomposed if unicodedata.category(sign) not in ("Mn", "Cf"))
    return " ".join(kept.translate(LOOKALIKES).split()).casefold()


def read_export(path: Path, shown_as: str, sheet: str | None = None, *, format: str = "auto") -> Export:
    """The export at `path`, every cell as text; raises `InputProblems` naming file, row and column."""
    if not path.is_file():
        here = ", ".join(sorted(p.name for p in path.parent.glob("*"))) if path.parent.is_dir() else "no such folder"
        raise _stop("there is no such file", "put the export there, or correct its name in the params", shown_as, allowed=here)
    content = path.read_bytes()
    if not content.strip():
        raise _stop("the file is empty", "export it again", shown_as)
    rows, notes = _xlsx_rows(content, shown_as, sheet) if path.suffix.lower() == ".xlsx" else _csv_rows(content, shown_as)
    return Export(shown_as, _cells(rows, shown_as), notes)


def _stop(what: str, remedy: str, file: str, row: int | None = None, column: str = "", value=None, allowed: str = "") -> InputProblems:
    return InputProblems([Problem(what, remedy, file, row, column, value, allowed)])


def _csv_rows(content: bytes, file: str) -> tuple[list[tuple[int, list[str]]], list[str]]:
    """(row number, cells) of each row of a delimited text, and how it was read."""
    if content.startswith(b"PK\x03\x04"):
        raise _stop("this is an Excel workbook that is named as text", "name it .xlsx, or save it as CSV UTF-8", file)
    text, encoding = _decoded(content, file)
    if text.lstrip()[:15].lower().startswith(("<!doctype", "<html")):
        raise _stop("this is a web page, not an export (the link needs a login)", "download the export while logged in", file)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    notes = [f"read as {encoding}"]
    if text.lower().startswith("sep="):
        first, _, text = text.partition("\n")
        notes.append(f"first line “{first}” left out")
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    notes.append({",": "separated by commas", ";": "separated by semicolons", "\t": "separated by tabs"}[delimiter])
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise _stop(f"a quotation mark is out of place ({error})", "export the file again, without editing it as text", file) from None
    return list(enumerate(rows, start=1)), notes


def _decoded(content: bytes, file: str) -> tuple[str, str]:
    """The text and its encoding, from a fixed list: a byte order mark, UTF-8, Windows Hebrew. Nothing is guessed."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if content.startswith(mark):
            return content.decode(encoding), encoding
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        first = content[: error.start].count(b"\n") + 1
    try:
        lines = content.splitlines()
        mixed = any(_is_hebrew_utf8(line) for line in lines)
        if not mixed:
            return content.decode("cp1255"), "cp1255"
    except UnicodeDecodeError:
        pass
    raise _stop("a byte here is neither UTF-8 nor Windows Hebrew (cp1255)", "export the file again as CSV UTF-8", file, first)


def _is_hebrew_utf8(line: bytes) -> bool:
    """Whether a line that has letters beyond ASCII is whole UTF-8."""
    try:
        return not line.isascii() and bool(line.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _xlsx_rows(content: bytes, file: str, sheet: str | None) -> tuple[list[tuple[int, list[str]]], list[str]]:
    """(row number, cells) of each row of one sheet, and how it was read."""
    import openpyxl

    if not content.startswith(b"PK\x03\x04"):
        raise _stop("this is not an Excel workbook (.xlsx), or it has a password", "save it as .xlsx without a password", file)
    if sum(member.file_size for member in zipfile.ZipFile(io.BytesIO(content)).infolist()) > MOST_UNZIPPED:
        raise _stop("the workbook unpacks to more than 50 MB", "keep one sheet of plain answers in it", file)
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    if sheet is None and len(book.sheetnames) > 1 or sheet is not None and sheet not in book.sheetnames:
        raise _stop("name the sheet to read in the params", "write sheet: …", file, value=sheet, allowed=", ".join(book.sheetnames))
    page = book[sheet] if sheet else book[book.sheetnames[0]]
    rows = [(number, [_cell_text(cell, file) for cell in row]) for number, row in enumerate(page.iter_rows(), start=1)]
    hidden = sum(bool(page.row_dimensions[number].hidden) for number, _ in rows)
    return rows, [f"sheet “{page.title}”", *([f"{hidden} hidden rows were read like the others"] if hidden else [])]


def _cell_text(cell, file: str) -> str:
    """A cell as text; an Excel error value has no meaning and is refused by its address."""
    if cell.data_type == "e":
        raise _stop("an Excel error stands in this cell", "correct the cell and save again", file, cell.row, cell.coordinate, cell.value)
    value = cell.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value)


def _cells(rows: list[tuple[int, list[str]]], file: str) -> pd.DataFrame:
    """Rows as a table under their headings; widths must agree, headings must differ."""
    (_, header), *body = rows
    while header and not header[-1].strip():
        header = header[:-1]
    twice = [heading for heading, count in Counter(map(folded, header)).items() if count > 1]
    if twice:
        raise _stop("two columns have the same heading", "rename one of them in the export", file, 1, twice[0])
    width, problems = len(header), []
    for number, row in body:
        if any(cell.strip() for cell in row[width:]):
            problems.append(Problem(f"this row has {len(row)} cells under {width} headings", "put a text that holds a comma into quotes",
                                    file, number, value=row[width]))
        problems += [Problem(f"this text is longer than {MOST_CHARACTERS} characters", "shorten it", file, number, header[place], cell)
                     for place, cell in enumerate(row[:width]) if len(cell) > MOST_CHARACTERS]
    if problems:
        raise InputProblems(problems)
    padded = [(row + [""] * width)[:width] for _, row in body]
    return pd.DataFrame(padded, columns=header, index=pd.Index([number for number, _ in body], name="row"), dtype="str")
