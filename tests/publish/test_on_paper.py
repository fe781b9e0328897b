"""What is printed of a page: brief and report, the annex by choice; “About this report” on the title page."""

import pytest
from bs4 import BeautifulSoup
from followup.publish.on_paper import brief_page, paper_page

PAGE = """<html><head><title>T</title><style></style></head><body><header class="masthead"></header>
<nav><ol><li class="level-1"><a href="#report">Report</a></li><li class="level-2"><a href="#found">Found</a></li>
<li class="level-2"><a href="#about">About</a></li><li class="level-1"><a href="#annex">Annex</a></li>
<li class="level-2"><a href="#02">Who</a></li></ol></nav><main>
<section class="layer-report" id="report"><h2 id="found">Found</h2><p>See <a href="#02">who answered</a>.</p>
<section class="stage" id="about" aria-labelledby="about-title"><h2 id="about-title">About</h2><p>Us</p></section></section>
<section class="layer-annex" id="annex"><section class="stage"><details class="annex"><summary><h2>Who</h2></summary>
<div class="inside" id="02">Thirty</div></details></section></section></main></body></html>"""


def printed(with_annex: bool, page: str = PAGE) -> BeautifulSoup:
    return BeautifulSoup(paper_page(page, "en", None, {"found": 3}, with_annex), "html.parser")


def test_the_annex_is_left_out_with_its_lines_of_the_contents_and_the_links_into_it():
    soup = printed(with_annex=False)
    assert not soup.select("#annex") and "Thirty" not in soup.get_text()
    assert [link["href"] for link in soup.select(".paper-contents a")] == ["#report", "#found", "#about"]
    assert soup.select_one("#report p").get_text() == "See who answered."
    assert not soup.select('a[href="#02"], a[href="#annex"]')


def test_where_it_is_wanted_the_annex_is_printed_unfolded():
    soup = printed(with_annex=True)
    assert all(part.has_attr("open") for part in soup.select("details.annex"))
    assert [link["href"] for link in soup.select(".paper-contents a")][-2:] == ["#annex", "#02"]


@pytest.mark.parametrize("with_annex", [False, True])
def test_about_this_report_stands_between_title_and_contents(with_annex):
    soup = printed(with_annex)
    assert len(soup.select("#about")) == 1
    about = soup.select_one("header + #about + .paper-contents")
    assert about is not None and not soup.select("main #about")


def test_a_page_without_an_annex_is_printed_whole():
    plain = PAGE.replace('id="annex"', 'id="other"')
    assert "Thirty" in printed(with_annex=False, page=plain).get_text()


EDITION = '<!-- edition --><p class="edition">Edition \u20661\u2069, 3 May 2026. Commit abc.</p><!-- end of edition -->'
HEADS = [
    (EDITION, '"T · Edition 1, 3 May 2026"'),
    (EDITION.replace(" Commit abc.", ""), '"T · Edition 1, 3 May 2026"'),
    ("", '"T"'),
]


@pytest.mark.parametrize(("line", "head"), HEADS)
def test_the_running_head_holds_title_and_edition(line, head):
    assert f"content: {head};" in paper_page(PAGE.replace("</body>", line + "</body>"), "en", None, {})


WITH_BRIEF = """<html><head><title>T</title><style></style></head><body><header class="masthead"><h1>T</h1></header>
<div class="page"><nav></nav><main><section class="brief" id="brief"><section class="stage"><h2>In brief</h2>
<p><a href="#finding-a">It rose.</a></p></section><p>Limits</p></section><section class="layer-report">Long</section></main></div></body></html>"""


def test_in_brief_title_and_brief_stand_alone_and_lead_nowhere():
    soup = BeautifulSoup(brief_page(WITH_BRIEF, "en", None), "html.parser")
    assert " ".join(soup.body.get_text(" ").split()) == "T In brief It rose. Limits"
    assert not soup.select("a, nav, .paper-contents")


def test_a_page_without_a_brief_has_none_to_print():
    assert brief_page(PAGE, "en", None) is None


NUMBERS = "\u206639\u2069 (\u206674%\u2069), \u206690%\u2069, \u2066−0.2\u2069 (x)"


def about(said: str, language: str) -> str:
    """A paragraph of the page for the printer, its marks of direction as R."""
    soup = BeautifulSoup(paper_page(PAGE.replace("<p>Us</p>", f"<p>{said}</p>"), language, None, {}), "html.parser")
    return soup.select_one("#about p").decode_contents(formatter="minimal").replace("\u200f", "R")


def test_english_needs_no_marks_of_direction():
    islands = (
        '<bdi dir="ltr">39</bdi> (<bdi dir="ltr">74%</bdi>), <bdi dir="ltr">90%</bdi>, <bdi dir="ltr">−0.2</bdi> (x)'
    )
    assert about(NUMBERS, "en") == islands


IN_HEBREW = [
    (
        NUMBERS,
        '<bdi dir="ltr">39</bdi>R (R<bdi dir="ltr">74%</bdi>R)R,R <bdi dir="ltr">90%</bdi>R,R <bdi dir="ltr">−0.2</bdi>R (RxR)R',
    ),
    ("(עוצמה 80%)", "(Rעוצמה 80%R)R"),
    ("סמך 95% (פרויקטים), כולם", "סמך 95%R (Rפרויקטים),R כולם"),
    ("a@b.net (דוגמה)", "a@b.netR (Rדוגמה)"),
    ("<strong>מספר</strong>: 24 ומעלה", "<strong>מספר</strong>:R 24R ומעלה"),
    ("pandas 3.1, numpy 2.4 ועוד", "pandas 3.1, numpy 2.4R ועוד"),
    ("א &lt; 3 &amp; ב", "א &lt;R 3R &amp;R ב"),
    ("\u2066n = 28 (x)\u2069", '<bdi dir="ltr">n = 28 (x)</bdi>'),
    ('<bdi dir="ltr">Five (5), א</bdi>', '<bdi dir="ltr">Five (5), א</bdi>'),
]


@pytest.mark.parametrize(("said", "printed"), IN_HEBREW)
def test_in_hebrew_marks_of_direction_keep_pieces_apart(said, printed):
    """What a program reads out of the PDF is seen in tests/browser/test_paper.py."""
    assert about(said, "he") == printed
