"""Whatever somebody types stays text: on the page, in its pictures, in the tables for spreadsheets and on paper."""

import base64
import csv
import re
import shutil
import subprocess
import zlib
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import hostile
import pytest
from bs4 import BeautifulSoup
from followup.commands import pdf as print_pdf
from reading import LANGUAGES, WIDTHS

both = pytest.mark.parametrize("language", LANGUAGES)
TURNING = re.compile("[\u202a-\u202e]")


def soup(enemy, language: str) -> BeautifulSoup:
    return BeautifulSoup((enemy / f"report.{language}.html").read_text(encoding="utf-8"), "html.parser")


def plain(text: str) -> str:
    """Text without the signs that we add to keep directions, and with single spaces."""
    return " ".join(re.sub("[\u2066-\u2069]", "", text).split())


@both
def test_the_page_holds_no_tag_attribute_or_address_that_somebody_typed(enemy, language):
    page = soup(enemy, language)
    assert page.find(["script", "iframe", "object", "base", "form", "u"]) is None
    assert not [tag for tag in page.find_all(True) for name in tag.attrs if name.startswith("on") or name == "style"]
    addresses = [tag.get("href") or tag.get("src") for tag in page.find_all(True) if tag.get("href") or tag.get("src")]
    assert all(address.startswith(("#", "data:", "report.")) for address in addresses)


@both
def test_every_hostile_text_can_be_read_as_it_was_typed(enemy, language):
    words = plain(soup(enemy, language).get_text())
    shown = [hostile.SCRIPT, hostile.LINK, hostile.FORMULA, hostile.MATHS, hostile.BREAK_OUT, hostile.SHOWN_TURN]
    assert [text for text in shown if plain(text) not in words] == []
    quotes = [plain(quote.get_text()) for quote in soup(enemy, language).select(".voice blockquote")]
    assert {plain(text) for text in hostile.EXCERPTS.values()} - {plain(hostile.TURN)} <= {*quotes}


@both
def test_no_text_turns_what_follows_and_every_island_is_closed(enemy, language):
    page = (enemy / f"report.{language}.html").read_text(encoding="utf-8")
    assert not TURNING.search(page)
    for element in BeautifulSoup(page, "html.parser").find_all(["p", "td", "th", "li", "h3", "figcaption"]):
        depth = 0
        for sign in element.get_text():
            depth += (sign in "\u2066\u2067\u2068") - (sign == "\u2069")
            assert depth >= 0
        assert depth == 0, element.get_text()[:80]


@both
def test_pictures_hold_strokes_only(enemy, language):
    pictures = [image["src"] for image in soup(enemy, language).find_all("img")]
    assert len(pictures) > 20
    for address in pictures:
        svg = base64.b64decode(address.removeprefix("data:image/svg+xml;base64,"))
        assert not TURNING.search(svg.decode())
        for element in ElementTree.fromstring(svg).iter():
            assert element.tag.rpartition("}")[2] not in {"script", "foreignObject", "a", "image", "iframe"}
            for name, value in element.attrib.items():
                assert not name.startswith("on")
                assert "href" not in name or value.startswith("#")


@pytest.mark.parametrize("width", WIDTHS)
@both
def test_in_a_browser_nothing_runs_nothing_is_asked_for_and_nothing_overflows(reader, enemy, language, width):
    opened = reader.open(enemy / f"report.{language}.html", width)
    assert opened.said == []
    assert [address for address in opened.asked if not address.startswith("data:")] == [opened.file.as_uri()]
    assert opened.page.title() != "owned"
    assert not opened.run("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    names = opened.run("[...document.querySelectorAll('.measure')].map(name => name.getBoundingClientRect().height)")
    assert all(height > 0 for height in names)


def test_no_cell_of_a_results_table_begins_like_a_formula(enemy):
    cells = 0
    for path in sorted((enemy / "results").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                for cell in row:
                    cells += 1
                    is_number = re.fullmatch(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?", cell)
                    assert is_number or not cell.startswith(("=", "+", "-", "@", "\t", "\r")), (path.name, cell)
                    assert not TURNING.search(cell)
    assert cells > 1000
    with (enemy / "results" / "excerpts.csv").open(encoding="utf-8", newline="") as file:
        assert f"'{hostile.FORMULA}" in {row["excerpt_en"] for row in csv.DictReader(file)}


# ------------------------------------------------------------ paper


@pytest.fixture(scope="module")
def printed(enemy, tmp_path_factory) -> dict[str, bytes]:
    chromium = print_pdf.browser()
    fonts = {name: tmp_path_factory.mktemp("fonts") for name in LANGUAGES}
    with ThreadPoolExecutor() as together:
        made = together.map(
            lambda name: print_pdf.printed_twice(enemy / f"report.{name}.html", chromium, fonts[name]), LANGUAGES
        )
        return dict(zip(LANGUAGES, made, strict=True))


STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)


def objects(pdf: bytes) -> bytes:
    """A PDF without its streams: what its objects say."""
    return STREAM.sub(b"", pdf)


def inflated(pdf: bytes) -> bytes:
    """What the streams of a PDF hold."""
    parts = []
    for found in STREAM.finditer(pdf):
        try:
            parts.append(zlib.decompressobj().decompress(found[1]))
        except zlib.error:
            parts.append(found[1])
    return b"\n".join(parts)


@both
def test_paper_carries_no_script_and_no_address_that_somebody_typed(printed, language):
    said = objects(printed[language])
    assert len(said) > 5000
    assert not re.search(rb"/(JavaScript|JS|Launch|EmbeddedFile|AA|OpenAction)\b", said)
    assert b"javascript:" not in said + inflated(printed[language])


@both
def test_paper_is_a4_in_the_pages_language_and_tagged(printed, language):
    inside = objects(printed[language])
    assert len(re.findall(rb"/Type\s*/Page\b", inside)) >= 8
    assert re.search(rb"/MediaBox\s*\[\s*0 0 59[45][.\d]* 84[12][.\d]*\s*\]", inside)
    assert re.search(rb"/Lang\s*\(" + language.encode(), inside)
    assert b"/StructTreeRoot" in inside


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext reads the words of a PDF; poppler-utils has it")
@both
def test_words_on_paper_can_be_selected_and_stay_words(printed, language, tmp_path):
    (tmp_path / "page.pdf").write_bytes(printed[language])
    text = subprocess.run(["pdftotext", "-raw", tmp_path / "page.pdf", "-"], capture_output=True, check=True).stdout
    words = " ".join(text.decode().split())
    assert {"he": "מוטיבציה", "en": "Most of the professional ties"}[language] in words
    assert "<script>document.title" in words.replace(" ", "").replace(
        "<script>document.title", "<script>document.title"
    )
    assert "\u202e" not in words


def test_the_same_page_prints_to_the_same_bytes(tmp_path):
    page = tmp_path / "page.html"
    page.write_text('<html lang="he" dir="rtl"><meta charset="utf-8"><h1>שלום</h1><p>24 מתוך 29', encoding="utf-8")
    first, second = (print_pdf.print_page(page, print_pdf.browser()) for _ in range(2))
    assert first == second
    assert first.startswith(b"%PDF-")
