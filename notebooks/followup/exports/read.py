"""Readers of what survey tools export: every cell as the text it was, every row by its number in a spreadsheet."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path

import pandas as pd

from followup.exports import survey_tools
from followup.exports.foreign_files import SUPPORTED, foreign
from followup.exports.raw_rows import LogEntry, RawRows, Row, refusal
from followup.exports.table import Table, letters
from followup.exports.text_files import read_delimited, refuse_markup
from followup.language import folded
from followup.problems import InputProblems, Problem, nearest, raise_problems

MOST_BYTES = 200_000_000
KINDS = {
    "text": "CSV or other delimited text",
    "excel": "Excel workbook (.xlsx)",
    "spss": "SPSS file (.sav)",
    "stata": "Stata file (.dta)",
}
SUFFIXES = {".xlsx": "excel", ".xlsm": "excel", ".xls": "excel", ".sav": "spss", ".zsav": "spss", ".dta": "stata"}
NAMES = {"text": ".csv", "excel": ".xlsx", "spss": ".sav", "stata": ".dta"}
STATA_RELEASES = (110, 111, 113, 114, 115)


@dataclass(frozen=True)
class Export:
    """A raw export, whole: nothing in it is interpreted.

    `cells` is text, one row a submission (index `row`: as a spreadsheet numbers it), one column a heading as it stands.
    `notes` says how the file was read, `log` what the reader changed or set aside: (row, column, was, became, rule).
    By heading: `alternatives` are other names of the column that the file carries, `labels` the value labels and
    `missing` the codes that mean no answer (both from the file itself), `dates` the columns of real dates, written
    year-month-day; `wordings` the wordings of columns that go by codes. `shared` are names that two columns or more
    have (folded name: headings), `twins` columns with the same heading as an earlier one. `incomplete` are the rows of
    submissions that were not finished; `cells` has them like the others. `open_end`: the last row has no line end.
    """

    file: str
    cells: pd.DataFrame
    notes: list[str] = field(default_factory=list)
    format: str = "plain"
    heading_rows: int = 1
    log: list[LogEntry] = field(default_factory=list)
    alternatives: dict[str, list[str]] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    missing: dict[str, set[str]] = field(default_factory=dict)
    dates: frozenset[str] = frozenset()
    incomplete: tuple[int, ...] = ()
    shared: dict[str, list[str]] = field(default_factory=dict)
    twins: dict[str, str] = field(default_factory=dict)
    wordings: dict[str, str] = field(default_factory=dict)
    open_end: bool = False


def read_export(
    path: Path,
    shown_as: str,
    sheet: str | None = None,
    *,
    format: str = "auto",
    header_rows: int | None = None,
    twins: bool = False,
) -> Export:
    """The export at `path`, every cell as text; raises `InputProblems` naming file, row and column.

    `format` is one of `survey_tools.FORMATS`; `auto` goes by the content, and a format that the content contradicts is
    refused. `sheet` chooses among a workbook's sheets; `header_rows` is needed only where headings take several rows
    and neither the tool nor merged cells tell. Columns with the same heading are refused, but for one who asks for the
    `twins` to look at them.
    """
    export = _read(path, shown_as, sheet, format, header_rows)
    raise_problems([] if twins else twin_problems(export))
    return export


def twin_problems(export: Export) -> list[Problem]:
    """A problem for each heading that stands over more than one column."""
    columns: dict[str, list[str]] = {}
    for twin, first in export.twins.items():
        columns.setdefault(first, [first]).append(twin)
    places = {heading: letters(place) for place, heading in enumerate(export.cells.columns)}
    return [
        Problem(
            f"columns {', '.join(places[heading] for heading in same)} have the same heading",
            "find out which of them is meant, and export again with headings that differ or with question codes as "
            "headings",
            export.file,
            1,
            first,
            first,
            "headings that all differ",
        )
        for first, same in columns.items()
    ]


def _read(path: Path, shown_as: str, sheet: str | None, format: str, header_rows: int | None) -> Export:
    """The export at `path`, columns with the same heading among it; raises `InputProblems`."""
    if format not in survey_tools.FORMATS:
        near = nearest(format, survey_tools.FORMATS)
        raise refusal(
            "there is no such format",
            f"write format: {near} in the params" if near else "correct format: in the params",
            shown_as,
            value=format,
            allowed=", ".join(survey_tools.FORMATS),
        )
    kind = _kind(path, shown_as)
    if kind in ("spss", "stata"):
        return _spss_export(path, format, shown_as, kind)
    content = path.read_bytes()
    if kind == "excel":
        from followup.exports.workbooks import read_workbook

        return _export(read_workbook(content, shown_as, sheet), kind, format, header_rows, shown_as)
    return _export(read_delimited(content, shown_as), kind, format, header_rows, shown_as)


def _kind(path: Path, file: str) -> str:
    """What the file is by its first bytes (text, excel, spss); refused when absent, empty, too large or misnamed."""
    if not path.is_file():
        here = ", ".join(sorted(p.name for p in path.parent.glob("*"))) if path.parent.is_dir() else "no such folder"
        raise refusal(
            "there is no such file", "put the export there, or correct its name in the params", file, allowed=here
        )
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise refusal(
            f"the file has {size // 1_000_000} MB",
            "export fewer columns, or each wave by itself",
            file,
            allowed=f"up to {MOST_BYTES // 1_000_000} MB",
        )
    with path.open("rb") as opened:
        head = opened.read(2_000)
    if size == len(head) and not head.strip():
        raise refusal("the file is empty", "export it again", file, allowed="headings and answers")
    named = SUFFIXES.get(path.suffix.lower(), "text")
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise refusal(
            "this is a password-protected or an old Excel file (.xls)",
            "save it as .xlsx without a password",
            file,
            allowed=".xlsx",
        )
    _refuse_foreign(path, head, file)
    kind = _known_by(head)
    if kind != named:
        refuse_markup(head.decode("utf-8-sig", "ignore"), file)
        what = "is an Excel workbook (or another zip file)" if kind == "excel" else f"is not an {KINDS[named]}"
        raise refusal(
            f"the name ends in {path.suffix or 'nothing'} but the content {what}",
            f"name it {NAMES[kind]}, or save it again as {NAMES[named]}",
            file,
            value=path.suffix,
            allowed=NAMES[kind],
        )
    return kind


def _known_by(head: bytes) -> str:
    """What a file is by its first bytes: excel, spss, stata, or else text."""
    if head.startswith(b"PK\x03\x04"):
        return "excel"
    if head[:4] in (b"$FL2", b"$FL3"):
        return "spss"
    old_stata = len(head) > 109 and head[0] in STATA_RELEASES and head[1] in (1, 2) and head[2:4] in (b"\1\0", b"\1\1")
    return "stata" if head.startswith(b"<stata_dta>") or old_stata else "text"


def _refuse_foreign(path: Path, head: bytes, file: str) -> None:
    """Stop at a file of another kind, saying what it is and what to do."""
    known = foreign(path, head)
    if known:
        what, remedy = known
        raise refusal(f"this is {what}, which is not read", remedy, file, value=path.suffix, allowed=SUPPORTED)


def _export(raw: RawRows, kind: str, format: str, header_rows: int | None, file: str) -> Export:
    """An export of the rows of a text or a sheet: headings found, widths checked, the tool's own marks read."""
    rows = iter(raw.rows)
    blank, head = _head(rows)
    _refuse_no_headings(raw, head, file)
    tool, heading_rows = _recognised(raw, head, header_rows)
    _refuse_contradiction(format, tool, heading_rows, kind, file)
    _refuse_other_rows(header_rows, heading_rows, file)
    tool = format if tool == "plain" and format != "auto" else tool if tool != "plain" or kind == "text" else kind
    layout = survey_tools.layout(
        [cells for _, cells in head[:heading_rows]], tool, heading_rows, not raw.headings_filled
    )
    table = Table(file, head[0][0], layout.headings, raw.delimiter)
    table.add(chain(head[heading_rows:], rows))
    dates, misplaced = _dates(raw, table)
    raise_problems([*raw.problems, *table.problems(raw.open_end), *misplaced])
    log = [*raw.log, *_heading_log(head[1:heading_rows]), *table.log]
    notes = [
        _recognition(tool, kind, heading_rows),
        *raw.notes,
        *([f"{blank} blank rows above the headings"] if blank else []),
    ]
    alternatives = {heading: names for heading, names in layout.alternatives.items() if heading in table.headings}
    more = {"shared": layout.shared, "wordings": layout.wordings, "twins": table.twins, "open_end": raw.open_end}
    return _marked(Export(file, table.frame(), notes, tool, heading_rows, log, alternatives, dates=dates, **more))


def _head(rows: Iterator[Row]) -> tuple[int, list[Row]]:
    """(number of blank rows above, the first rows from the headings on): enough to recognise the tool by."""
    blank = 0
    for number, cells in rows:
        if any(folded(cell) for cell in cells):
            return blank, [(number, cells), *islice(rows, 9)]
        blank += 1
    return blank, []


def _refuse_no_headings(raw: RawRows, head: list[Row], file: str) -> None:
    """Stop at a file with nothing in it, or with a title where the headings should stand."""
    written = [sum(bool(cell.strip()) for cell in cells) for _, cells in head]
    if not head:
        nothing = Problem("the file has no headings", "export it again", file, allowed="headings and answers")
        raise InputProblems([nothing, *raw.problems])
    if written[0] == 1 and len(head) > 1 and written[1] > 2:
        title = " ".join(filter(None, head[0][1]))
        what, remedy = "a title stands above the headings", "delete the rows above the headings"
        raise refusal(what, remedy, file, head[0][0], value=title, allowed="the headings first")


def _recognised(raw: RawRows, head: list[Row], header_rows: int | None) -> tuple[str, int]:
    """(tool, heading rows): as the tool writes them; else as the params say, or as merged headings show."""
    tool, heading_rows = survey_tools.recognised([cells for _, cells in head])
    if tool == "plain":
        heading_rows = header_rows or raw.heading_rows or 1
    return tool, min(heading_rows, len(head))


def _refuse_contradiction(format: str, tool: str, heading_rows: int, kind: str, file: str) -> None:
    """Stop when the params name a format that the content is not."""
    if format == "auto":
        return
    if format in ("excel", "spss", "stata"):
        contradicted = kind != format
    elif format == "plain":
        contradicted = kind != "text" or tool != "plain" and heading_rows > 1
    elif tool == "plain":
        contradicted = kind in ("spss", "stata") or format in ("qualtrics", "surveymonkey") and heading_rows == 1
    else:
        contradicted = tool != format
    if contradicted:
        writer = f"as {tool} writes it" if tool != "plain" else "without the heading rows of a survey tool"
        raise refusal(
            f"the params say format: {format}; the content is {KINDS[kind]} {writer}",
            "correct format: in the params, or export the file again",
            file,
            1,
            value=format,
            allowed=f"auto, {tool if tool != 'plain' else kind.replace('text', 'plain')}",
        )


def _refuse_other_rows(header_rows: int | None, heading_rows: int, file: str) -> None:
    if header_rows is not None and header_rows != heading_rows:
        raise refusal(
            f"the params say that headings take {header_rows} rows; the content shows {heading_rows}",
            "leave header_rows out of the params",
            file,
            1,
            value=str(header_rows),
            allowed=str(heading_rows),
        )


def _recognition(tool: str, kind: str, heading_rows: int) -> str:
    rows = "1 heading row" if heading_rows == 1 else f"{heading_rows} heading rows"
    return f"format {tool}: {KINDS[kind]}, {rows}"


def _heading_log(rows: list[Row]) -> list[LogEntry]:
    """The further heading rows, which are no answers."""
    return [
        (number, "", " | ".join(cell for cell in cells if cell.strip()), "", "heading_row") for number, cells in rows
    ]


def _dates(raw: RawRows, table: Table) -> tuple[frozenset[str], list[Problem]]:
    if not raw.dates:
        return frozenset(), []
    from followup.exports.workbooks import date_columns

    return date_columns(raw.dates, table.columns, table.numbers, table.headings, table.file)


def _spss_export(path: Path, format: str, file: str, kind: str) -> Export:
    """An export of an SPSS or Stata file, which has no heading row, with the labels and missing codes it declares."""
    from followup.exports.spss import read_spss

    _refuse_contradiction(format, "plain", 0, kind, file)
    read = read_spss(path, file, kind)
    table = Table(file, None, list(read.columns), "")
    table.add(enumerate(zip(*read.columns.values(), strict=True), start=1))
    raise_problems(table.problems())
    notes = [f"format {kind}: {KINDS[kind]}", *read.notes]
    own = (read.alternatives, read.labels, read.missing, frozenset(read.dates))
    return _marked(Export(file, table.frame(), notes, kind, 0, [], *own, shared=read.shared, wordings=read.wordings))


def _marked(export: Export) -> Export:
    """The export without submissions that were trials; those that were not finished are marked."""
    tool = export.format
    if tool in ("spss", "stata") and survey_tools.has_qualtrics_columns(export.cells.columns):
        tool = "qualtrics"
    if tool == "qualtrics":
        export = _with_unanswered(_without_previews(export))
    column = survey_tools.finished_column(tool, list(export.cells.columns))
    if column is None:
        return export
    unfinished = export.cells[column].map(lambda cell: survey_tools.is_unfinished(tool, cell))
    rows = tuple(map(int, export.cells.index[unfinished.astype(bool) & ~_blank(export.cells)]))
    notes = [*export.notes, f"{len(rows)} submissions were not finished (by “{column.strip()}”)"]
    return replace(export, incomplete=rows, notes=notes)


def _blank(cells: pd.DataFrame) -> pd.Series:
    return cells.apply(lambda column: column.str.strip() == "").all(axis=1)


def _without_previews(export: Export) -> Export:
    """Qualtrics' trial submissions and those it holds for spam set aside, each with a row in the log."""
    cells, log = export.cells, list(export.log)
    for name in ("status", "distributionchannel"):
        column = survey_tools.column_named(list(cells.columns), name)
        if column is not None:
            trial = cells[column].map(lambda cell, name=name: survey_tools.is_preview(name, cell)).astype(bool)
            spam = cells[column].map(survey_tools.is_spam).astype(bool) & ~trial & (name == "status")
            for rule, rows in (("preview", trial), ("spam", spam)):
                log += [(int(row), column, cell, "", rule) for row, cell in cells.loc[rows, column].items()]
            cells = cells[~trial & ~spam]
    return replace(export, cells=cells, log=log)


def _with_unanswered(export: Export) -> Export:
    """Qualtrics' -99, a question seen and not answered, declared as missing wherever it stands."""
    seen = {
        column: {survey_tools.UNANSWERED}
        for column in export.cells.columns
        if folded(column) not in survey_tools.QUALTRICS and (export.cells[column] == survey_tools.UNANSWERED).any()
    }
    missing = {
        column: seen.get(column, set()) | export.missing.get(column, set()) for column in {**seen, **export.missing}
    }
    return replace(export, missing=missing)
