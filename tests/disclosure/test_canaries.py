"""Strings planted in every kind of input cell appear in nothing that is published, whatever becomes of the run."""

import base64
import gzip
import html
import io
import json
import socket
import urllib.parse
import zipfile
import zlib

import openpyxl
import pytest
from canaries import Unreadable, found
from checkouts import Checkout
from cohort_copies import wording
from followup.publish.provenance import CRATE, MANIFEST

WORD = "קנרית־סוד Zebra77"

# ------------------------------------------------------------ the scanner itself


def zipped(text: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.txt", text)
    return file.getvalue()


def workbook(text: str) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active["B2"] = text
    book.save(file)
    return file.getvalue()


def pdf(text: str) -> bytes:
    packed = zlib.compress(b"BT <" + text.encode("utf-16-be").hex().encode() + b"> Tj ET")
    return b"%PDF-1.4\n1 0 obj <</Length 9 /Filter /FlateDecode>>\nstream\n" + packed + b"\nendstream endobj"


def address(kind: str, data: bytes) -> bytes:
    return f'<img src="data:{kind};base64,{base64.b64encode(data).decode()}">'.encode()


PACKED = {
    "as it stands": WORD.encode(),
    "with signs that nobody sees": WORD.replace("סוד", "ס\u2067וד\u200f").encode(),
    "in other capitals": WORD.upper().encode(),
    "UTF-16": WORD.encode("utf-16"),
    "UTF-16 without its mark": WORD.encode("utf-16-le"),
    "entities": "".join(f"&#x{ord(sign):x};" for sign in WORD).encode(),
    "entities twice": html.escape("".join(f"&#{ord(sign)};" for sign in WORD)).encode(),
    "percent signs": urllib.parse.quote(WORD).encode(),
    "escapes": json.dumps(WORD).encode(),
    "gzip": gzip.compress(WORD.encode()),
    "zlib": zlib.compress(WORD.encode() * 9),
    "an archive in an archive": zipped(zipped(WORD.encode())),
    "the name of a file in an archive": zipped(b"").replace(b"inner.txt", b"Zebra77.t"),
    "a workbook": workbook(WORD),
    "a data address": address("image/svg+xml", f"<svg><!-- {WORD} --></svg>".encode()),
    "an archive in a data address": address("application/zip", zipped(WORD.encode())),
    "base64 alone": base64.b64encode(WORD.encode()),
    "a PDF": pdf(WORD),
}


@pytest.mark.parametrize("way", PACKED)
def test_the_scanner_finds_what_is_packed(way):
    planted = "Zebra77" if "name of a file" in way else WORD
    assert found(way, PACKED[way], [planted, "something else"]) == {planted}


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x01",
        b"%PDF-1.4\n<</Type0 /F1>>",
        b"%PDF-1.4\n<</Filter /JBIG2Decode>>\nstream\nxx\nendstream",
        b"\xe0\xe1\xe2\xe3",
        address("image/png", b"\x89PNG\r\n\x1a\n\x00\x01\x02\x03\x04\x05\x06\x07"),
    ],
)
def test_what_it_cannot_read_it_does_not_pass_over(data):
    with pytest.raises(Unreadable):
        found("file", data, [WORD])


def test_the_letters_of_a_figure_are_read(built):
    """Letters are drawn as outlines; beside them each text stands as it was written."""
    assert found("page", built.page("1", "en").encode(), ["Headquarters (policy) ministries", "(n ≥ 8)"]) == {
        "Headquarters (policy) ministries",
        "(n ≥ 8)",
    }


# ------------------------------------------------------------ a cohort with strings planted in every kind of cell

ID = "DL-77Q"
MARKED = {
    "name": "אביגיל־קנרית שחרחורת",
    "English name": "Abigail Canarina",
    "e-mail": "abigail.canary@secret-office.example",
    "phone": "052-7654321",
    "national ID": "317462958",
    "IP address": "203.0.113.177",
    "comment at programme end": "הערה קנרית ראשונה מאת עובד",
    "comment at follow-up": "a canary comment, second",
    "column that is not asked": "עמודה קנרית",
    "its cell": "תא קנרית",
    "ID that nobody has": "DL-CANARY9",
    "title of a project": "פרויקט קנרית חשאי",
    "theme": "canary theme",
    "interview not released": "ריאיון קנרית שלא אושר",
    "its English": "canary words nobody released",
    "place of the project": "canary-place",
    "user": "canary-user-name",
    "computer": "canary-host-name",
}


@pytest.fixture(scope="module")
def planted(built, tmp_path_factory) -> tuple[Checkout, dict[str, str]]:
    """Cohort 1 with a string of its own in each kind of cell, in a folder with a telling name, built for a telling user."""
    root = tmp_path_factory.mktemp("house") / MARKED["place of the project"]
    checkout = built.copy(root, without=("build", "small", "small.yaml"))
    data, strings = root / "data" / "1", dict(MARKED)
    for file in ("programme_end.csv", "follow_up.csv", "network.csv", "meetings.csv", "project_members.csv"):
        path = data / file
        path.write_text(path.read_text(encoding="utf-8").replace("DL-107", ID), encoding="utf-8")
    _mark_roster(data / "roster.xlsx")
    _mark_answers(data / "programme_end.csv", MARKED["comment at programme end"])
    _mark_answers(data / "follow_up.csv", MARKED["comment at follow-up"])
    with (data / "projects.csv").open("a", encoding="utf-8") as file:
        file.write(f"P99,{MARKED['title of a project']}\n")
    with (data / "interviews.csv").open("a", encoding="utf-8") as file:
        file.write(
            f"E99,I9,{MARKED['theme']},network,supports,{MARKED['interview not released']},{MARKED['its English']}\n"
        )
    with (data / "network.csv").open("a", encoding="utf-8") as file:
        file.write(f"follow_up,{MARKED['ID that nobody has']},{ID},advice\n")
    done = checkout.build(
        "1", USER=MARKED["user"], LOGNAME=MARKED["user"], USERNAME=MARKED["user"], HOSTNAME=MARKED["computer"]
    )
    assert done.code == 0, done.err
    pseudonyms = (
        checkout.path("1", "private", "tables", "participants.csv").read_text(encoding="utf-8").splitlines()[1:]
    )
    strings |= {f"pseudonym {row}": row.split(",")[0] for row in pseudonyms}
    host = {"host": socket.gethostname()} if len(socket.gethostname()) > 5 else {}  # "vm" stands in many a word
    return checkout, strings | {"ID": ID, "folder": str(root.parent)} | host


def _mark_roster(path) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book["משתתפים"]
    row = next(row for row in sheet.iter_rows(min_row=2) if row[0].value == "DL-107")
    row[0].value, row[1].value, row[2].value = ID, MARKED["name"], MARKED["e-mail"]
    column = sheet.max_column + 1
    for number, heading in enumerate(("טלפון", "ת״ז", "Full name")):
        sheet.cell(1, column + number, heading)
        sheet.cell(
            row[0].row, column + number, [MARKED["phone"], MARKED["national ID"], MARKED["English name"]][number]
        )
    book.save(path)


def _mark_answers(path, comment: str) -> None:
    import csv

    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    place = [" ".join(heading.split()) for heading in rows[0]].index(wording("comments"))
    rows[0] += [MARKED["column that is not asked"], "IP Address"]
    for row in rows[1:]:
        row += [MARKED["its cell"], MARKED["IP address"]]
    rows[5][place] = comment
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def leaked(checkout: Checkout, strings: dict[str, str]) -> dict[str, set[str]]:
    """What is found in each published file, and in the list of reports."""
    files = checkout.published("1") | {"index.html": checkout.path("index.html").read_bytes()}
    return {name: hits for name, data in files.items() if (hits := found(name, data, strings.values()))}


def test_nothing_that_was_planted_is_published(planted):
    checkout, strings = planted
    assert leaked(checkout, strings) == {}
    kinds = {name.split("/")[0] for name in checkout.published("1")}
    assert kinds == {"report.he.html", "report.en.html", "results", MANIFEST, CRATE}


def test_what_was_planted_did_go_in(planted):
    """The private folder holds what only the institute may see: the row-level tables, not the names."""
    checkout, strings = planted
    private = {path.name: path.read_bytes() for path in checkout.path("1", "private").rglob("*.csv")}
    inside = set().union(*(found(name, data, strings.values()) for name, data in private.items()))
    assert strings["interview not released"] in inside
    assert sum(name.startswith("pseudonym") and value in inside for name, value in strings.items()) >= 39
    assert not inside & {
        strings["name"],
        strings["English name"],
        strings["e-mail"],
        strings["phone"],
        strings["national ID"],
    }


def test_a_sentence_that_names_somebody_ends_the_run_and_reaches_nobody(planted, tmp_path):
    """The analyst's own new cell: the name is in the message to whoever runs it, and nowhere else."""
    checkout, strings = planted
    copy = checkout.copy(tmp_path / strings["place of the project"])
    name = strings["name"]
    cell = copy.add_code("05_network", f'report.say(en="{name} came to every meeting.", he="{name} הגיעה לכל מפגש.")')
    done = copy.build("1")
    assert done.code == 3
    assert f"notebooks/05_network.ipynb, cell [{cell}]: NotForPublication:" in done.err
    assert "a person can be recognised by it" in done.err
    assert leaked(copy, strings) == {}
    assert "05_network" in copy.page("1", "en")


def test_prose_that_names_somebody_is_not_published(planted, tmp_path):
    checkout, strings = planted
    copy = checkout.copy(tmp_path / strings["place of the project"])
    copy.add_sentence("05_network", f"As {strings['English name']} said, ties are kept.")
    copy.add_sentence("05_network", "כך נאמר.")
    done = copy.build("1")
    assert done.code != 0
    assert leaked(copy, strings) == {}


def test_an_input_that_is_refused_reaches_nobody_either(planted, tmp_path):
    checkout, strings = planted
    copy = checkout.copy(tmp_path / strings["place of the project"])
    path = copy.root / "data" / "1" / "follow_up.csv"
    text = path.read_text(encoding="utf-8")
    wrong = "תשובה קנרית שאינה בשאלון"
    path.write_text(text.replace("במידה רבה", wrong, 1), encoding="utf-8")
    done = copy.build("1")
    assert done.code == 2
    assert wrong in done.err
    assert leaked(copy, strings | {"wrong answer": wrong}) == {}
    assert "01_clean" in copy.page("1", "en")


def test_a_notebook_that_fails_on_a_value_does_not_tell_it(planted, tmp_path):
    checkout, strings = planted
    copy = checkout.copy(tmp_path / strings["place of the project"])
    copy.add_code("05_network", 'raise ValueError(study.cohort.read("interviews")["excerpt_he"].iloc[-1])')
    done = copy.build("1")
    assert done.code == 3
    assert strings["interview not released"] in done.err
    assert leaked(copy, strings) == {}
