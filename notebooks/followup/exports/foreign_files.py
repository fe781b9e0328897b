"""Files that are not read, known for what they are by their first bytes, and what to do with each."""

import json
import zipfile
from pathlib import Path

SUPPORTED = "CSV or TSV, .xlsx, .sav, .dta"
SPREADSHEET = "open it in Excel or LibreOffice and save it as .xlsx"
BY_FIRST_BYTES = (
    (b"version https://git-lfs", "a pointer of Git LFS, not the file itself", "fetch the file: git lfs pull"),
    (b"HEADER RECORD*******", "a SAS transport file (.xpt)", "export it from SAS as CSV, with the labels"),
    (b"%PDF", "a PDF", "export the answers themselves, as CSV or .xlsx"),
    (b"\x1f\x8b", "a gzip archive", "unpack it, and put the file that is in it here"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it, and put the export that is in it here"),
    (b"Rar!", "a RAR archive", "unpack it, and put the export that is in it here"),
    (b"PAR1", "a Parquet file", "save it as CSV UTF-8"),
    (b"SQLite format 3", "a SQLite database", "export the answers from it as CSV UTF-8"),
    (b"RDX", "a file of R", "in R write it with write.csv, encoding UTF-8"),
    (b"bplist", "a property list of a Mac", "export the answers as CSV or .xlsx"),
)
SAS_DATA = bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f1011")


def foreign(path: Path, head: bytes) -> tuple[str, str] | None:
    """(what a file is, what to do with it) when it is of a known kind that is not read; None when it may be an export.

    `head` is its first bytes, 2,000 of them where there are so many.
    """
    if head.startswith(b"PK"):
        return _zip(path)
    if SAS_DATA in head[:40]:
        return "a SAS data set (.sas7bdat)", "export it from SAS as CSV, with the labels"
    for beginning, what, remedy in BY_FIRST_BYTES:
        if head.startswith(beginning):
            return what, remedy
    if path.suffix.lower() in (".json", ".geojson") or _is_json(head):
        return "a JSON file", "in the survey tool choose CSV or Excel as the format of the export"
    if head.startswith(b"{\\rtf"):
        return "a text document (.rtf)", "export the answers as CSV or .xlsx"
    return None


def _is_json(head: bytes) -> bool:
    """Whether a text begins as JSON does: an object or a list of objects, never a row of headings."""
    text = head.decode("utf-8-sig", "ignore").lstrip()
    if not text.startswith(("{", "[{", "[\n", "[ {")) or len(text) < 3:
        return False
    first = text.lstrip("[ \r\n{")
    if not first.startswith('"'):
        return False
    try:
        _, end = json.JSONDecoder().raw_decode(first)
    except ValueError:
        return False
    return first[end:].lstrip().startswith(":")


def _zip(path: Path) -> tuple[str, str] | None:
    """What a zip file is; None for an Excel workbook, and for one that is damaged, which its reader tells."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name.lstrip("/") for name in archive.namelist()]
            kind = archive.read("mimetype")[:80].decode("ascii", "ignore") if "mimetype" in names else ""
    except (zipfile.BadZipFile, OSError, KeyError, RuntimeError, NotImplementedError):
        return None
    if "xl/workbook.xml" in names:
        return None
    if "xl/workbook.bin" in names:
        return "a binary Excel workbook (.xlsb)", "open it in Excel and save it as .xlsx"
    if "opendocument" in kind:
        return "an OpenDocument spreadsheet (.ods)" if "spreadsheet" in kind else "an OpenDocument file", SPREADSHEET
    if "word/document.xml" in names:
        return "a Word document (.docx)", "export the answers as CSV or .xlsx"
    if any(name.endswith("Index/Document.iwa") or name.startswith("Index/") for name in names):
        return "a Numbers document (.numbers)", "in Numbers export it as CSV or Excel (.xlsx)"
    inside = [name for name in names if not name.endswith("/") and not name.startswith("__MACOSX")]
    shown = ", ".join(inside[:3]) + (" …" if len(inside) > 3 else "")
    return f"a zip archive ({shown})", "unpack it, and put the export that is in it here"
