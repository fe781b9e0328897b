"""Who stands behind a report, as the params say it: on the page, in the manifest; a line that is missing leaves no gap."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from followup.language import without_marks
from followup.publish import front_matter, provenance
from followup.publish.rendering import render_page
from followup.publish.template_pages import PageFacts
from followup.study.params import About
from nbformat.v4 import new_markdown_cell, new_notebook

WHOLE = About.model_validate(
    {
        "institute": {"he": "המכון", "en": "The Institute"},
        "authors": [{"he": "ראשון", "en": "First"}, {"he": "שני", "en": "Second"}],
        "commissioned_by": {"he": "המזמין", "en": "The Ministry"},
        "published": date(2017, 2, 1),
        "contact": {"he": "a@example.org", "en": "a@example.org"},
        "cite": {"he": "המכון (2017).", "en": "The Institute (2017)."},
        "programme": {"he": "מהי התכנית.", "en": "What it is."},
    }
)


def page(about: About, language: str) -> BeautifulSoup:
    words = {"he": "ממצאים", "en": "Findings"}[language]
    notebook = new_notebook(cells=[new_markdown_cell(f"# {words}")])
    facts = PageFacts(
        language=language,
        cohort="1",
        programme="P",
        cohort_title="C",
        synthetic=True,
        other_page=None,
        issued=front_matter.issued(about)[language],
        about=front_matter.rows(about, language),
    )
    return BeautifulSoup(render_page({"06_findings": notebook}, language, facts), "html.parser")


def test_every_line_stands_on_the_page_with_its_label():
    soup = page(WHOLE, "en")
    assert soup.select_one(".issued").get_text() == "The Institute · 1\u00a0February\u00a02017"
    rows = [(row.dt.get_text(), row.dd.get_text()) for row in soup.select("#about .front > div")]
    assert rows == [
        ("The programme", "What it is."),
        ("Institute", "The Institute"),
        ("Authors", "First and Second"),
        ("Commissioned by", "The Ministry"),
        ("Date", "1 February 2017"),
        ("Contact", "a@example.org"),
        ("How to cite", "The Institute (2017)."),
    ]
    assert [link.get_text() for link in soup.select('nav a[href="#about"]')] == ["About this report"]


def test_in_hebrew_too():
    soup = page(WHOLE, "he")
    assert without_marks(soup.select_one(".issued").get_text()) == "המכון · 1\u00a0בפברואר\u00a02017"
    assert [row.get_text() for row in soup.select("#about dd")][2] == "ראשון ושני"


@pytest.mark.parametrize("language", ["he", "en"])
def test_what_is_missing_leaves_no_gap(language):
    soup = page(About(), language)
    assert not soup.select(".issued, #about, nav a[href='#about']")
    only_date = page(About(published=date(2017, 2, 1)), language)
    assert "·" not in only_date.select_one(".issued").get_text()
    assert len(only_date.select("#about .front > div")) == 1


def test_the_crate_names_publisher_author_and_sponsor():
    told = front_matter.facts(WHOLE, ["he", "en"])
    assert told["published"] == "2017-02-01"
    assert told["institute"] == {"he": "המכון", "en": "The Institute"}
    assert front_matter.facts(WHOLE, ["he"])["cite"] == {"he": "המכון (2017)."}
    facts = {
        "about": told,
        "cohort": "1",
        "index": {"en": {"title": "T"}},
        "outputs": {},
        "inputs": {},
        "versions": {},
        "code": {"commit": "c", "modified": True},
    }
    made = provenance.crate(facts).decode()
    for said in ("The Institute (2017).", "First and Second", "The Ministry", "What it is."):
        assert f'"{said}"' in made
