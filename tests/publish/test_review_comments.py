"""Comments that come back: each at its place, replies and tracked changes too, after another program saved the copy."""

import io
import shutil
import subprocess

import pytest
from bs4 import BeautifulSoup
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from followup.problems import InputProblems
from followup.publish.review_comments import read_copy
from followup.publish.word_document import places_of, word_document

PAGE = (
    "<html><head><title>t</title></head><body><header><h1>Study</h1><p class='cohort'>One</p></header><main>"
    "<section id='s'><h2 id='s-1'>What we found</h2><p>Intro words.</p>"
    "<section class='finding' id='finding-a'><h3>Motivation held</h3><p>It stayed.</p><ul><li>29 of 39</li></ul></section>"
    "<h3 id='s-2'>The groups</h3><p>Before the table.</p>"
    "<figure class='table' id='table-x'><table><caption>Changes</caption><tr><td>0.6</td></tr></table></figure>"
    "<p>After the table.</p></section></main><footer></footer></body></html>"
)
AT = {
    "Intro words.": "s-1",
    "It stayed.": "finding-a",
    "29 of 39": "finding-a",
    "Before the table.": "s-2",
    "0.6": "table-x",
    "Changes": "table-x",
    "After the table.": "s-2",
}


def everything(document) -> list:
    """All paragraphs in the order of the document, in tables too."""
    from docx.text.paragraph import Paragraph

    return [Paragraph(each, document) for each in document.element.body.iter(qn("w:p"))]


def paragraph_of(document, words: str):
    return next(each for each in everything(document) if each.text == words)


@pytest.fixture
def document():
    return Document(io.BytesIO(word_document(PAGE, "en", "1", "v")))


def saved(document, path):
    document.save(path)
    return read_copy(path, places_of(PAGE), path.name)


@pytest.mark.parametrize("words", AT)
def test_a_comment_is_found_at_its_place_with_the_words_it_stands_at(document, tmp_path, words):
    document.add_comment(paragraph_of(document, words).runs, "Is this so?", author="Dana", initials="D")
    copy = saved(document, tmp_path / "copy.docx")
    assert (copy.cohort, copy.version) == ("1", "v")
    [remark] = copy.remarks
    assert (remark.place, remark.about, remark.said, remark.reviewer) == (AT[words], words, "Is this so?", "Dana")
    assert (remark.kind, remark.file) == ("comment", "copy.docx")


@pytest.mark.parametrize(("tag", "text", "kind"), [("w:ins", "w:t", "added"), ("w:del", "w:delText", "deleted")])
def test_tracked_changes_are_found_with_their_paragraph(document, tmp_path, tag, text, kind):
    change, run, words = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(text)
    for name, value in (("id", "900"), ("author", "Noa"), ("date", "2026-11-29T08:00:00Z")):
        change.set(qn(f"w:{name}"), value)
    words.text = " indeed"
    run.append(words)
    change.append(run)
    paragraph_of(document, "It stayed.")._p.append(change)
    [remark] = saved(document, tmp_path / "copy.docx").remarks
    assert (remark.kind, remark.said, remark.about, remark.place) == (kind, " indeed", "It stayed. indeed", "finding-a")
    assert (remark.reviewer, remark.when) == ("Noa", "2026-11-29T08:00:00Z")


def test_a_copy_without_remarks_has_none(document, tmp_path):
    assert saved(document, tmp_path / "copy.docx").remarks == ()


@pytest.mark.parametrize("content", [b"", b"no document", b"PK\x03\x04"])
def test_a_file_that_is_no_document_is_named(tmp_path, content):
    path = tmp_path / "copy.docx"
    path.write_bytes(content)
    with pytest.raises(InputProblems, match=r"copy.docx: this is no Word document"):
        read_copy(path, {}, path.name)


# The real report: fifty comments in two copies ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def planted(built, words_of_1, tmp_path_factory) -> tuple:
    """Two copies with 25 comments each, one in each language, and where each stands by the page itself."""
    folder, expected = tmp_path_factory.mktemp("copies"), {}
    for language in ("he", "en"):
        html = built.path("1", f"report.{language}.html").read_text(encoding="utf-8")
        document = Document(io.BytesIO(words_of_1[language]))
        main = BeautifulSoup(html, "html.parser").find("main")
        for count, (place, paragraph) in enumerate(spots(document, main)):
            document.add_comment(paragraph.runs, f"{language} {count}", author=f"reader {language}")
            expected[f"{language} {count}"] = place
        document.save(folder / f"{language}.docx")
    places = places_of(built.path("1", "report.en.html").read_text(encoding="utf-8"))
    assert len(expected) == 50
    return folder, expected, places


def spots(document, main) -> list:
    """25 places: cells of tables by the order of tables on the page, headings by their text, and captions of charts."""
    shown = [each for each in main.find_all("table") if not each.find_parent(class_="data")]
    tables = [each.find_parent("figure")["id"] for each in shown]
    assert len(tables) == len(document.tables)
    chosen = list(zip(tables, document.tables, strict=True))[:10]
    cells = [(place, table.rows[-1].cells[0].paragraphs[0]) for place, table in chosen]
    texts = {
        words_of(paragraph.text): paragraph for paragraph in document.paragraphs if paragraph.style.name != "Normal"
    }
    heads = [(each["id"], texts[words_of(each.get_text(" "))]) for each in main.find_all(["h2", "h3"], id=True)][:10]
    charts = main.select("figure.chart")[:5]
    for message in main.select(".message"):
        message.append(" –")  # as Word has it, before what the chart shows
    captions = [(each["id"], texts[words_of(each.find("figcaption").get_text(" "))]) for each in charts]
    return cells + heads + captions


def words_of(text: str) -> str:
    return " ".join("".join(sign for sign in text if sign not in "\u200e\u200f\u2066\u2067\u2068\u2069").split())


def test_fifty_comments_in_two_copies_come_back_at_their_places(planted):
    folder, expected, places = planted
    remarks = [
        remark for path in sorted(folder.glob("*.docx")) for remark in read_copy(path, places, path.name).remarks
    ]
    assert {remark.said: remark.place for remark in remarks} == expected
    assert {remark.reviewer for remark in remarks} == {"reader he", "reader en"}


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_they_come_back_when_libreoffice_has_saved_the_copies(planted, tmp_path):
    folder, expected, places = planted
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    command = ["soffice", home, "--headless", "--convert-to", "docx", "--outdir", str(tmp_path)]
    subprocess.run([*command, *map(str, folder.glob("*.docx"))], check=True, capture_output=True, timeout=240)
    copies = [read_copy(path, places, path.name) for path in sorted(tmp_path.glob("*.docx"))]
    assert {copy.cohort for copy in copies} == {"1"}
    assert {remark.said: remark.place for copy in copies for remark in copy.remarks} == expected
