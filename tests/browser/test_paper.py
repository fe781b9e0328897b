"""The report on paper: contents with true page numbers, bookmarks, direction, named fonts, words that copy out in order."""

import io
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from bs4 import BeautifulSoup
from followup.commands import pdf
from followup.publish.on_paper import HIGHEST
from PIL import Image
from reading import BUILD, LANGUAGES

both = pytest.mark.parametrize("language", LANGUAGES)
needs_poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext reads a PDF; poppler-utils has it")


@pytest.fixture(scope="module")
def printed(tmp_path_factory) -> Callable[[Path], bytes]:
    """A page on paper with its annex, printed once."""
    folder, chromium = tmp_path_factory.mktemp("paper"), pdf.browser()
    return cache(lambda page: pdf.printed_twice(page, chromium, folder, with_annex=True))


@pytest.fixture(scope="module")
def paper(report, printed) -> dict[str, bytes]:
    return {language: printed(page) for language, page in report.items()}


@pytest.fixture(scope="module")
def words(paper, tmp_path_factory) -> dict[str, list[str]]:
    """The words of each page as a reader copies them out, spaces and direction marks evened out."""
    folder, found = tmp_path_factory.mktemp("words"), {}
    for language, content in paper.items():
        path = folder / f"{language}.pdf"
        path.write_bytes(content)
        text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True).stdout.decode()
        found[language] = [plain(page) for page in text.split("\f")]
    return found


def plain(text: str) -> str:
    return " ".join(re.sub("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", text).split())


@both
@needs_poppler
def test_the_contents_name_the_page_on_which_each_heading_stands(report, paper, words, language):
    soup = BeautifulSoup(report[language].read_text(encoding="utf-8"), "html.parser")
    with pikepdf.open(io.BytesIO(paper[language])) as document:
        order = {page.objgen: place for place, page in enumerate(document.pages, start=1)}
        stands = {name[1:]: order[target[0].objgen] for name, target in document.Root.Dests.items()}
    entries = soup.select("nav li:not(.level-1) a")  # a layer of the page may have no heading
    links = [(link["href"][1:], plain(link.get_text(" "))) for link in entries]
    assert len(links) > 15
    for place, title in links:
        assert re.search(r"\w+", title)[0] in words[language][stands[place] - 1], title
    told = re.findall(r"(?<![\d.])\d{1,3}(?![\d.%])", " ".join(words[language][: stands[links[0][0]]]))
    numbers = [str(stands[place]) for place, _ in links]
    assert "000" not in told
    assert set(numbers) <= set(told)


@both
def test_it_has_bookmarks_and_is_read_from_its_own_side(paper, report, language):
    with pikepdf.open(io.BytesIO(paper[language])) as document:
        with document.open_outline() as outline:
            titles = [plain(str(each.title)) for top in outline.root for each in (top, *top.children)]
        direction = document.Root.ViewerPreferences.get("/Direction")
        assert document.Root.PageMode == "/UseOutlines"
    soup = BeautifulSoup(report[language].read_text(encoding="utf-8"), "html.parser")
    assert {plain(each.get_text(" ")) for each in soup.select("main h2")} <= set(titles)
    assert direction == ("/R2L" if language == "he" else None)


@both
def test_fonts_are_embedded_and_have_names(paper, language):
    with pikepdf.open(io.BytesIO(paper[language])) as document:
        fonts = [font for page in document.pages for font in page.Resources.get("/Font", {}).values()]
        names = {str(font.get("/BaseFont", "none")) for font in fonts}
        inside = [font.DescendantFonts[0].FontDescriptor for font in fonts if "/DescendantFonts" in font]
        assert all("/FontFile2" in each for each in inside)
    assert any("Heebo" in name for name in names)
    assert "none" not in names


@needs_poppler
def test_a_month_copies_out_beside_its_year_and_no_sign_of_direction_stands_between(paper, words, tmp_path):
    (tmp_path / "page.pdf").write_bytes(paper["he"])
    raw = subprocess.run(["pdftotext", tmp_path / "page.pdf", "-"], capture_output=True, check=True).stdout.decode()
    text = " ".join(words["he"])
    assert "נובמבר 2016" in text
    assert not re.search("[\u2066-\u2069]", raw)


COPIED = [  # as the page says them
    *("29 מתוך 39 (74%)", "רווח הסמך 90%, −0.2 עד +0.2", "עד +0.1), n = 28", "רווח סמך 95%: +0.4", "(עוצמה 80%)"),
    *("report@example.net (דוגמה)", "רווח סמך 95% (פרויקטים)", "1. מערך: אותם אנשים"),
]


@needs_poppler
@pytest.mark.parametrize("said", COPIED)
def test_numbers_brackets_stops_and_spaces_copy_out_in_order(words, said):
    assert said in " ".join(words["he"])


@both
@needs_poppler
def test_every_two_words_of_the_prose_copy_out_in_their_order(report, words, language):
    """Spaces are left aside, for lines end there; so are running heads and page numbers, which part a paragraph."""
    head = os.path.commonprefix(words[language][1:6])
    copied = "".join(re.sub(r"\d+$", "", page.removeprefix(head)) for page in words[language]).replace(" ", "")
    soup = BeautifulSoup(report[language].read_text(encoding="utf-8"), "html.parser")
    said = [
        plain(each.get_text()).split()
        for each in soup.select(".inside > p:not(.moved), .inside > ol > li, .inside > ul > li")
    ]
    pairs = [first + second for each in said for first, second in zip(each, each[1:], strict=False)]
    assert len(pairs) > 1000
    assert [pair for pair in pairs if pair not in copied] == []


PARTS = "h2, h3, h4, .headline, .its-number, .limits li, .certainty, .measure, .implications > p, blockquote p, figcaption, dt, dd"


@both
@needs_poppler
def test_every_two_words_of_findings_headings_and_captions_copy_out_in_their_order(
    report, paper, words, language, tmp_path
):
    """As one of two programs reads them: row by row, or one column after the other."""
    (tmp_path / "page.pdf").write_bytes(paper[language])
    text = subprocess.run(["pdftotext", tmp_path / "page.pdf", "-"], capture_output=True, check=True).stdout.decode()
    ways = ["".join(pages).replace(" ", "") for pages in (words[language], map(plain, text.split("\f")))]
    soup = BeautifulSoup(report[language].read_text(encoding="utf-8"), "html.parser")
    for each in soup.select(".data, .code, .copy, .nothing, .provenance, nav, .own-link, .places, .other-here, .moved"):
        each.decompose()
    said = [plain(each.get_text(" ")).split() for each in soup.body.select(PARTS)]
    pairs = [first + second for each in said for first, second in zip(each, each[1:], strict=False)]
    assert len(pairs) > 1000
    assert [pair for pair in pairs if not any(pair in way for way in ways)] == []


@both
@needs_poppler
def test_no_switch_is_printed_and_no_label_parted_from_what_it_heads(report, words, language):
    soup = BeautifulSoup(report[language].read_text(encoding="utf-8"), "html.parser")
    switches = {plain(each.get_text()) for each in soup.select(".toggle label")}
    assert switches and not [page for page in words[language] for said in switches if said in page]
    meant = [
        (plain(each.get_text()), plain(each.find_next("p").get_text()))
        for each in soup.select(".implications > .label")
    ]
    assert len(meant) > 2
    for label, said in meant:
        start = " ".join(said.split()[:4])
        assert [page for page in words[language] if start in page and label in page], start


def sizes(content: pikepdf.Object, resources: pikepdf.Dictionary, seen: pikepdf.Matrix) -> Iterator[float]:
    """The size of each piece of text, in points; the text of charts is drawn as paths, and measured below."""
    kept, size, text = [], 0.0, pikepdf.Matrix()
    for values, operator in pikepdf.parse_content_stream(content):
        match str(operator):
            case "q":
                kept.append((seen, size))
            case "Q":
                seen, size = kept.pop()
            case "cm":
                seen = pikepdf.Matrix(*map(float, values)) @ seen
            case "Tf":
                size = float(values[1])
            case "Tm":
                text = pikepdf.Matrix(*map(float, values))
            case "Tj" | "TJ":
                turned = text @ seen
                yield size * (turned.c**2 + turned.d**2) ** 0.5
            case "Do":
                form = resources.XObject[str(values[0])]
                if form.get("/Subtype") == "/Form":
                    within = pikepdf.Matrix(*map(float, form.get("/Matrix", (1, 0, 0, 1, 0, 0))))
                    yield from sizes(form, form.get("/Resources", resources), within @ seen)


@both
def test_no_text_is_smaller_than_8_points(paper, language):
    with pikepdf.open(io.BytesIO(paper[language])) as document:
        found = [size for page in document.pages for size in sizes(page, page.Resources, pikepdf.Matrix())]
    assert len(found) > 1000
    assert min(found) >= 7.95  # the printer rounds to hundredths of a dot


def built_page(cohort: str, language: str) -> Path:
    """A shipped cohort's page; the test is skipped where it was not built."""
    page = BUILD / cohort / f"report.{language}.html"
    if not page.is_file():
        pytest.skip(f"cohort {cohort} is not built here: make report COHORT={cohort}")
    return page


@both
@needs_poppler
@pytest.mark.parametrize("cohort", ["1", "3"])
def test_no_page_is_less_than_half_full_but_the_last_of_a_layer(printed, cohort, language, tmp_path):
    (tmp_path / "page.pdf").write_bytes(printed(built_page(cohort, language)))
    subprocess.run(["pdftoppm", "-r", "24", "-gray", tmp_path / "page.pdf", tmp_path / "page"], check=True)
    filled = [lowest_ink(picture) for picture in sorted(tmp_path.glob("page-*.pgm"))]
    assert len(filled) > 5
    assert [(place, full) for place, full in enumerate(filled[:-1], 1) if full < 0.5] == []


def lowest_ink(picture: Path) -> float:
    """How far down a page its lowest text or chart reaches, from 0 to 1 between the margins (19 and 18 of 297 mm)."""
    with Image.open(picture) as page:
        body = page.crop((0, round(page.height * 19 / 297), page.width, round(page.height * 279 / 297)))
        box = body.point(lambda grey: 255 if grey < 200 else 0).getbbox()
        return box[3] / body.height if box else 0.0


@both
@needs_poppler
@pytest.mark.parametrize("cohort", ["1", "3"])
def test_the_brief_stands_alone_on_one_page(cohort, language, tmp_path):
    page = built_page(cohort, language)
    made = pdf.printed_in_brief(page, pdf.browser(), tmp_path)
    (tmp_path / "brief.pdf").write_bytes(made)
    with pikepdf.open(io.BytesIO(made)) as document:
        sizes = [[round(float(side)) for side in each.mediabox[2:]] for each in document.pages]
    assert sizes == [[595, 842]] or sizes == [[594, 842]]  # A4, in points
    text = subprocess.run(["pdftotext", tmp_path / "brief.pdf", "-"], capture_output=True, check=True).stdout.decode()
    headlines = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select(".headlines .headline")
    first = re.findall(r"\w+", plain(headlines[-1].get_text()))[0]
    assert first in text and len(headlines) >= 1


@both
@needs_poppler
def test_each_page_names_the_study_and_what_its_data_are(words, language):
    said = {"he": "מובילים דיגיטליים", "en": "Digital Leaders"}[language]
    synthetic = {"he": "נתונים סינתטיים", "en": "Synthetic data"}[language]
    assert all(said in page[:200] and synthetic in page[:200] for page in words[language] if page)


@both
def test_no_part_of_a_chart_is_higher_than_a_page_or_smaller_than_its_text_can_be_read(report, language):
    from followup.publish.on_paper import paper_page
    from followup.publish.pictures import size_of, svg_of

    made = BeautifulSoup(
        paper_page(report[language].read_text(encoding="utf-8"), language, None, {}, True), "html.parser"
    )
    drawn = [size_of(svg_of(image["src"])) for image in made.select("figure.chart img")]
    assert len(drawn) > 5
    assert max(height for _, height in drawn) <= HIGHEST
    text_width = (210 - 2 * 17) / 25.4 * 72  # A4 between its margins, in points
    assert min(10 * min(1, text_width / width) for width, _ in drawn) >= 8  # the text of charts is set in 10 points
    tall = [image for image in made.select("figure.chart img") if size_of(svg_of(image["src"]))[1] > 360]
    widths = [float(re.fullmatch(r"inline-size: ([\d.]+)pt", image["style"])[1]) for image in tall]
    drawn = [size_of(svg_of(image["src"]))[0] for image in tall]
    assert tall and [10 * width / of for width, of in zip(widths, drawn, strict=True)] == pytest.approx(
        [8] * len(tall), abs=0.01
    )
