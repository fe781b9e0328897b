"""Word documents: all words and numbers of the page, styles and directions, pictures with alternatives, the same bytes."""

import base64
import io
import re
import zipfile

import pytest
from bs4 import BeautifulSoup
from docx import Document
from docx.oxml.ns import qn
from followup.publish.word_document import mark_of, places_of, word_document
from followup.publish.word_styles import directed

LRM = "\u200e"
CHART = '<svg xmlns="http://www.w3.org/2000/svg" width="{width}pt" height="{height}pt" viewBox="0 0 {width} {height}">{marks}</svg>'


def chart(width: int = 300, height: int = 100, marks: str = '<rect width="20" height="20"/>') -> str:
    drawn = CHART.format(width=width, height=height, marks=marks)
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode()


def page(body: str, language: str = "en", banner: str = "") -> str:
    return (
        f'<html lang="{language}"><head><title>A study</title></head><body><header>{banner}<h1>A study</h1>'
        f'<p class="cohort">Cohort one</p><dl class="facts"><div><dt>Follow-up</dt><dd>29 of 39</dd></div></dl></header>'
        f'<aside>Tools</aside><main>{body}</main><footer><h2 id="provenance">Made how</h2></footer></body></html>'
    )


def opened(body: str, language: str = "en"):
    return Document(io.BytesIO(word_document(page(body, language), language, "1", "v")))


def paragraphs(document, style: str) -> list[str]:
    return [each.text for each in document.paragraphs if each.style.name == style]


@pytest.mark.parametrize("language", ["he", "en"])
def test_every_word_of_the_page_but_code_chart_data_and_controls_is_in_the_document(built, words_of_1, language):
    html = built.path("1", f"report.{language}.html").read_text(encoding="utf-8")
    document = Document(io.BytesIO(words_of_1[language]))
    main = BeautifulSoup(html, "html.parser").find("main")
    for part in main.select(".code, .data, .about, .copy, .own-link, .other-here, .moved, .toggle"):
        part.decompose()
    blocks = main.select("p, h2, h3, h4, li, td, th, caption, figcaption, dt, dd, summary, blockquote")
    asked = {word for block in blocks for word in plain(block.get_text(" ")).split()}
    held = {word for text in all_texts(document) for word in plain(text).split()}
    assert asked - held == set()
    assert len(document.tables) == len(main.find_all("table"))
    assert len(asked) > 500


def plain(text: str) -> str:
    return re.sub("[\u200e\u200f\u2066-\u2069]", "", text).translate(dict.fromkeys(map(ord, "·:"), " "))


def all_texts(document) -> list[str]:
    """The text of each paragraph, in tables too, read from the XML and not by what wrote it."""
    return ["".join(node.text or "" for node in each.iter(qn("w:t"))) for each in document.element.body.iter(qn("w:p"))]


@pytest.mark.parametrize("language", ["he", "en"])
def test_the_title_part_holds_institute_and_date_and_the_running_head_the_edition(words_of_1, language):
    document = Document(io.BytesIO(words_of_1[language]))
    issued = {"he": "מכון לדוגמה · 1 בפברואר 2017", "en": "Example Institute · 1 February 2017"}[language]
    assert ["".join(map(plain, all_texts(document)[:6])).count(plain(issued))] == [1]
    head = plain(document.sections[0].header.paragraphs[0].text)
    assert {"he": "טרם פורסם כמהדורה", "en": "Not yet released"}[language] in head
    assert head.count({"he": "מובילים דיגיטליים", "en": "Digital Leaders"}[language]) == 1


def test_headings_have_styles_and_the_contents_link_to_them():
    document = opened('<section id="s"><h2 id="one">First</h2><p>Words.</p><h3 id="two">Second</h3></section>')
    assert paragraphs(document, "Heading 1") == ["First", "Made how"]
    assert paragraphs(document, "Heading 2") == ["Second"]
    links = document.element.body.findall(".//" + qn("w:hyperlink"))
    assert [link.get(qn("w:anchor")) for link in links] == [mark_of("one"), mark_of("two")]
    marks = {mark.get(qn("w:name")) for mark in document.element.body.iter(qn("w:bookmarkStart"))}
    assert {mark_of("one"), mark_of("two")} <= marks
    codes = [code.text.strip() for code in document.element.body.iter(qn("w:instrText"))]
    assert codes == [r'TOC \o "1-2" \h \z \u']


def test_hebrew_runs_right_to_left_in_paragraphs_tables_sections_and_runs():
    body = '<h2 id="a">כותרת</h2><p>השיבו \u206629\u2069 מתוך \u206639\u2069</p><table><tr><td>א</td><td>ב</td></tr></table>'
    document = opened(body, "he")
    assert document.sections[0]._sectPr.find(qn("w:bidi")) is not None
    assert document.tables[0]._tbl.tblPr.find(qn("w:bidiVisual")) is not None
    [said] = [each for each in document.paragraphs if "השיבו" in each.text]
    assert said._p.pPr.find(qn("w:bidi")).get(qn("w:val")) == "1"
    assert [(run.text, bool(run.font.rtl)) for run in said.runs] == [
        ("השיבו ", True),
        (f"{LRM}29{LRM}", False),
        (" מתוך ", True),
        (f"{LRM}39{LRM}", False),
    ]


def test_english_runs_left_to_right():
    document = opened("<p>29 of 39</p><table><tr><td>a</td></tr></table>")
    assert document.sections[0]._sectPr.find(qn("w:bidi")) is None
    assert document.tables[0]._tbl.tblPr.find(qn("w:bidiVisual")) is None


@pytest.mark.parametrize(
    ("text", "right_to_left", "parts"),
    [
        ("plain", False, [("plain", False)]),
        ("מ\u2066−0.1\u2069 עד", True, [("מ", True), (f"{LRM}−0.1{LRM}", False), (" עד", True)]),
        ("said \u2067שלום\u2069.", False, [("said ", False), ("\u200fשלום\u200f", True), (".", False)]),
        ("\u2068שלום\u2069", False, [("\u200fשלום\u200f", True)]),
        ("\u2068abc\u2069", False, [("abc", False)]),
        ("א\u2069ב", True, [("א", True), ("ב", True)]),
        (
            "\u206690%\u2069, \u2066−0.2\u2069",
            True,
            [(f"{LRM}90%{LRM}", False), ("\u200f, ", True), (f"{LRM}−0.2{LRM}", False)],
        ),
    ],
)
def test_islands_become_runs_between_marks(text, right_to_left, parts):
    assert list(directed(text, right_to_left)) == parts


def test_a_chart_is_a_picture_of_300_dots_an_inch_with_its_alternative():
    document = opened(
        f'<figure class="chart" id="figure-a"><img alt="Rises by \u20660.6\u2069" src="{chart(300, 100)}"><figcaption>Change</figcaption></figure>'
    )
    [shape] = document.inline_shapes
    assert shape._inline.docPr.get("descr") == "Rises by 0.6"
    assert shape.width.pt == pytest.approx(300)
    [image] = [part for part in document.part.package.iter_parts() if part.partname.endswith(".png")]
    assert image.image.px_width == 1250  # 300 points are 25/6 inches
    assert paragraphs(document, "Caption") == ["Change"]


def test_what_a_chart_says_stands_apart_from_what_it_shows():
    caption = '<strong class="message">Role rose</strong> <span class="shows">Change on each scale</span>'
    document = opened(
        f'<figure class="chart"><img alt="a" src="{chart(300, 100)}"><figcaption>{caption}</figcaption></figure>'
    )
    assert paragraphs(document, "Caption") == ["Role rose – Change on each scale"]


def test_a_column_is_wide_enough_for_its_longest_word():
    """At 9 points a letter takes some 5 points: “programme” has 9 of them."""
    long = "a sentence of many words that asks for room " * 6
    row = f"<tr><th>Scale</th><td>programme</td><td>{long}</td><td>{long}</td></tr>"
    [table] = opened(f"<table><tbody>{row}{row}</tbody></table>").tables
    widths = [column.width.pt for column in table.columns]
    assert sum(widths) == pytest.approx(468, abs=1)
    assert widths[1] > 9 * 5 + 10 and widths[2] > 2 * widths[1]


def test_a_chart_higher_than_a_page_is_cut_between_its_rows_and_keeps_its_size():
    rows = "".join(f'<rect x="0" y="{top}" width="200" height="60"/>' for top in range(0, 1300, 100))
    document = opened(
        f'<figure class="chart"><img alt="a" src="{chart(300, 1300, rows)}"><figcaption>c</figcaption></figure>'
    )
    heights = [shape.height.pt for shape in document.inline_shapes]
    assert len(heights) == 3
    assert sum(heights) == pytest.approx(1300, abs=2)
    assert max(heights) <= 640
    for height in heights[:-1]:
        assert height % 100 > 60 or height % 100 == 0  # in the gap between two rows


def test_the_keys_of_a_row_are_bold_and_the_first_column_and_row_are_headers_for_screen_readers():
    """Word knows one header column of a table; what else heads a row is told by its weight."""
    body = (
        '<figure class="table" id="table-x"><table><thead><tr><th>a</th><th>b</th><th>n</th></tr></thead><tbody>'
        '<tr><th scope="row">Scale</th><th scope="row">Follow-up</th><td>28</td></tr></tbody></table></figure>'
    )
    [table] = opened(body).tables
    assert [all(run.bold for run in cell.paragraphs[0].runs) for cell in table.rows[1].cells] == [True, True, False]
    look = table._tbl.tblPr.find(qn("w:tblLook"))
    assert (look.get(qn("w:firstColumn")), look.get(qn("w:firstRow"))) == ("1", "1")


def test_a_table_keeps_spans_repeats_its_heading_and_never_parts_a_row():
    body = (
        '<figure class="table" id="table-x"><table><caption>Said <span class="note">n = 8</span></caption>'
        '<thead><tr><th rowspan="2">a</th><th colspan="2">b</th></tr><tr><th>c</th><th>d</th></tr></thead>'
        '<tbody><tr><th>e</th><td class="number">1</td><td>2</td></tr></tbody></table></figure>'
    )
    [table] = opened(body).tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["a", "b", "b"],
        ["a", "c", "d"],
        ["e", "1", "2"],
    ]
    repeated = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
    assert repeated == [True, True, False]
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


def test_what_the_data_are_stands_on_the_first_page_and_at_the_head_of_each():
    banner = '<p class="banner"><strong>Synthetic data.</strong> Generated.</p>'
    document = Document(io.BytesIO(word_document(page("<p>a</p>", banner=banner), "en", "1", "v")))
    assert paragraphs(document, "Intense Quote") == ["Synthetic data. Generated."]
    assert document.sections[0].header.paragraphs[0].text == "A study · Cohort one · Synthetic data"


def test_the_same_page_gives_the_same_bytes_and_says_nothing_of_who_made_it():
    made = [word_document(page('<p id="p">a</p>'), "en", "1", "v1") for _ in range(2)]
    assert made[0] == made[1]
    facts = Document(io.BytesIO(made[0])).core_properties
    assert (facts.author, facts.last_modified_by, facts.subject) == ("", "", "1 v1")
    with zipfile.ZipFile(io.BytesIO(made[0])) as package:
        assert {entry.date_time for entry in package.infolist()} == {(2000, 1, 1, 0, 0, 0)}


def test_bookmarks_are_short_plain_and_of_one_place_each():
    ids = [
        "06_findings-1",
        "finding-motivation_and_activity_of_the_graduates_a",
        "finding-motivation_and_activity_of_the_graduates_b",
    ]
    body = "".join(f'<section id="{each}"><p>a</p></section>' for each in ids)
    marks = places_of(page(body))
    assert list(marks.values()) == [*ids, "provenance"]
    assert all(re.fullmatch(r"[A-Za-z]\w{0,39}", mark, re.ASCII) for mark in marks)
