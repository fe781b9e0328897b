"""The rows of a file as text, before it is known which of them are headings."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from followup.problems import InputProblems, Problem

Row = tuple[int, list[str]]
LogEntry = tuple[int | None, str, str, str, str]


@dataclass
class RawRows:
    """Rows with the numbers a spreadsheet gives them, and how they were read.

    `log` holds (row, column, was, became, rule) of what was changed, `problems` what must be fixed first.
    A workbook also says how many heading rows its merged cells span (`heading_rows`), whether those were filled,
    and in which cells (row, place) a date stands. A text says whether it ends within its last cell (`open_end`): no
    line end, nor a closing quotation mark.
    """

    rows: Iterable[Row]
    notes: list[str] = field(default_factory=list)
    log: list[LogEntry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    delimiter: str = ""
    heading_rows: int | None = None
    headings_filled: bool = False
    dates: frozenset[tuple[int, int]] = frozenset()
    open_end: bool = False


def as_text(value: object) -> str:
    """A value as text: whole numbers without a point, dates as 2016-02-24 or 2016-02-24 09:15:24, "" for none."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.15g}"
    if isinstance(value, dt.datetime):
        second = (value + dt.timedelta(microseconds=500_000 if value.microsecond else 0)).replace(microsecond=0)
        return second.date().isoformat() if second.time() == dt.time() else second.isoformat(sep=" ")
    return str(value)


def refusal(*what: str, **more) -> InputProblems:
    """One problem, to be raised at once: nothing after it could be read."""
    return InputProblems([Problem(*what, **more)])
