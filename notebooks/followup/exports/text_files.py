"""Delimited text as survey tools and spreadsheets write it: which encoding, which delimiter, where each row ends."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from followup.exports.hebrew import HEBREW_WORD
from followup.exports.raw_rows import RawRows, Row, refusal
from followup.problems import InputProblems, Problem

csv.field_size_limit(1_000_000)
MOST_CHARACTERS = 20_000
HEAD = 100_000
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
ENCODINGS = "UTF-8, UTF-16 with its mark, Windows Hebrew (cp1255)"
AGAIN = "export the file again as CSV UTF-8"
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
MARKUP = re.compile(
    r"(?:<!--.*?-->|\s)*<(?:!doctype|html|head|body|table|script|meta|div|\?xml)\b", re.IGNORECASE | re.DOTALL
)
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?(\r\n|\r|\n|$)', re.IGNORECASE)
QUOTED = re.compile(r'(^|[,;\t\r\n])"(?:[^"]|"")*"')


def read_delimited(content: bytes, file: str) -> RawRows:
    """The rows of a delimited text, read as they are asked for; raises `InputProblems`, also while they are read."""
    _refuse_nul(content, file)
    encoding = encoding_of(content, file)
    head = content[:HEAD].decode(encoding, "ignore")
    refuse_markup(head, file)
    raw, lines = RawRows([], [f"read as {encoding}"]), _lines(content, encoding)
    if encoding in ("cp1255", "utf-16"):
        raw.log.append((None, "", encoding, "utf-8", "encoding"))
    separator = SEPARATOR_LINE.match(head)
    if separator:
        next(lines)
        head = head[separator.end() :]
        raw.notes.append(f"first line “{separator[0].strip()}” left out")
        raw.log.append((None, "", separator[0].strip(), "", "separator_line"))
    ends = QUOTED.sub(r"\1", head)
    if "\r" in ends and "\n" not in ends:
        raw.notes.append("lines end with CR only")
        raw.log.append((None, "", "CR", "LF", "line_ends"))
    raw.delimiter = separator[1] if separator and separator[1] in DELIMITERS else _delimiter(head, file)
    raw.notes.append(f"separated by {DELIMITERS[raw.delimiter]}")
    if raw.delimiter != ",":
        raw.log.append((None, "", DELIMITERS[raw.delimiter], "commas", "delimiter"))
    raw.open_end = _ends_open(content, encoding)
    if raw.open_end:
        raw.notes.append("the last row has no line end")
    raw.rows = _rows(lines, raw.delimiter, file)
    return raw


def _refuse_nul(content: bytes, file: str) -> None:
    """Stop at NUL bytes, which only UTF-16 may hold."""
    if b"\0" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        before = content[: content.index(b"\0")]
        what = "the file holds NUL bytes: it is damaged, or UTF-16 without its mark"
        raise refusal(what, AGAIN, file, _row_at(before), value=repr(before[-30:])[2:-1] + "␀", allowed=ENCODINGS)


def refuse_markup(head: str, file: str) -> None:
    """Stop at a web page: what a link gives to someone who is not logged in."""
    if MARKUP.match(head):
        raise refusal(
            "this is a web page, not an export (the link needs a login)",
            "download the export while logged in",
            file,
            1,
            value=head[:60],
            allowed="CSV, TSV, .xlsx or .sav",
        )


def _ends_open(content: bytes, encoding: str) -> bool:
    """Whether the text ends within a cell: after its last sign comes neither a line end nor a closing mark."""
    tail = content[-8:].decode(encoding.replace("-sig", ""), "ignore") if encoding != "utf-16" else ""
    if encoding == "utf-16":
        return not content.rstrip(b"\0").endswith((b"\n", b"\r", b'"'))
    return not tail.endswith(("\n", "\r", '"'))


def _lines(content: bytes, encoding: str) -> Iterator[str]:
    """The lines with their ends as they stand: nothing is held twice."""
    return iter(io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline=""))


def _rows(lines: Iterator[str], delimiter: str, file: str) -> Iterator[Row]:
    """(row number, cells) of each row; a quotation mark out of place stops with the row it stands in."""
    reader, number = csv.reader(lines, delimiter=delimiter, strict=True), 0
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputProblems([_quotation_problem(str(error), number, file)]) from None
        yield number, row


def _quotation_problem(error: str, row: int, file: str) -> Problem:
    if "limit" in error:
        return Problem(
            f"a text here is longer than {MOST_CHARACTERS} characters, or a quotation mark is never closed",
            "shorten the text, or export the file again",
            file,
            row,
            allowed=f"up to {MOST_CHARACTERS} characters",
        )
    what = (
        "a quotation mark opens here and is never closed"
        if "end of data" in error
        else "a quotation mark is out of place"
    )
    return Problem(
        f"{what} ({error})",
        "export the file again, without editing it as text",
        file,
        row,
        allowed='a text that holds " is written "…""…"',
    )


def encoding_of(content: bytes, file: str) -> str:
    """The encoding, from a fixed list: a byte order mark, UTF-8, Windows Hebrew. Nothing is guessed."""
    encoding = next((name for mark, name in MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        start = error.start
    else:
        return encoding
    if (
        encoding == "utf-8"
        and not any(map(_is_utf8_beyond_ascii, content.splitlines()))
        and _is_windows_hebrew(content)
    ):
        return "cp1255"
    raise InputProblems([_encoding_problem(content, encoding, start, file)])


def _encoding_problem(content: bytes, encoding: str, start: int, file: str) -> Problem:
    """The first line that is not of the encoding, shown as Windows Hebrew would read it."""
    if encoding == "utf-16":
        return Problem("the file is marked as UTF-16 and is not", AGAIN, file, allowed=ENCODINGS)
    line = len((content[:start] + b"x").splitlines())
    value = content.splitlines()[line - 1].decode("cp1255", "replace")
    return Problem(
        f"line {line} of the file is not UTF-8: its bytes are in another encoding",
        AGAIN,
        file,
        _row_at(content[:start]),
        value=value,
        allowed=ENCODINGS,
    )


def _is_windows_hebrew(content: bytes) -> bool:
    """Whether the bytes read as Windows Hebrew are Hebrew words, not accented letters of another language."""
    try:
        text = content.decode("cp1255")
    except UnicodeDecodeError:
        return False
    if text == content.decode("cp1252", "replace"):  # nothing but punctuation that both write alike
        return True
    words = re.findall(r"[^\W\d_]+", text)
    mixed = sum(bool(re.search("[A-Za-z][א-ת]", word)) for word in words)
    return sum(bool(HEBREW_WORD.fullmatch(word)) for word in words) > mixed


def _is_utf8_beyond_ascii(line: bytes) -> bool:
    """Whether a line that has letters beyond ASCII is whole UTF-8."""
    try:
        return not line.isascii() and bool(line.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _row_at(before: bytes) -> int:
    """The number of the row in which a place stands, given all bytes before it."""
    try:
        return sum(1 for _ in csv.reader(io.StringIO(before.decode("latin-1") + "x", newline="")))
    except csv.Error:
        return before.count(b"\n") + 1


def _delimiter(head: str, file: str) -> str:
    """The delimiter of the heading row; when two would do, the one that the rows below agree with."""
    heading_row = re.split(r"[\r\n]", QUOTED.sub(r"\1", head).lstrip("\ufeff\r\n "), maxsplit=1)[0]
    found = [delimiter for delimiter in DELIMITERS if delimiter in heading_row]
    if not found:
        return _only_column(head, file)
    ranked = sorted(((*_agreement(head, delimiter), delimiter) for delimiter in found), reverse=True)
    if len(ranked) > 1 and ranked[0][:2] == ranked[1][:2]:
        names = " or ".join(DELIMITERS[delimiter] for *_, delimiter in ranked[:2])
        raise refusal(
            f"the cells of this file may be separated by {names}",
            "put the headings into quotes, or save the file as .xlsx",
            file,
            1,
            value=heading_row,
            allowed=", ".join(DELIMITERS.values()),
        )
    return ranked[0][-1]


def _agreement(head: str, delimiter: str) -> tuple[float, int]:
    """(share of the first rows as wide as the heading row, that width) when `delimiter` separates the cells."""
    rows = islice(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), 20)
    widths = [len(row) for row in rows if row]
    return sum(width == widths[0] for width in widths) / len(widths), widths[0]


def _only_column(head: str, file: str) -> str:
    """A comma, for a file of one column; refused when each row was quoted as a whole."""
    first = next(csv.reader(io.StringIO(head.lstrip("\ufeff\r\n "), newline="")), [""])[0]
    if any(first.count(delimiter) > 1 for delimiter in DELIMITERS) and first.count("\n") == 0:
        raise refusal(
            "each row stands in quotation marks as a whole, so there is only one column",
            "export the file again, without editing it as text",
            file,
            1,
            value=first,
            allowed="one cell a question",
        )
    return ","


def swallowed_rows(text: str, delimiter: str, width: int) -> bool:
    """Whether a cell holds a line break and then what looks like another row: a stray quotation mark swallowed it.

    A delimiter that a space follows is prose and does not count.
    """
    if width < 2 or not delimiter or "\n" not in text.replace("\r", "\n"):
        return False
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    counts = [len(re.findall(re.escape(delimiter) + "(?! )", line)) for line in lines]
    return sum(counts) >= (len(lines) - 1) * (width - 1) or any(count >= width - 1 for count in counts[1:])
