"""Headings of the analyst's own: what a column holds is written as ever under them, and one that nothing takes is told."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from followup.disclosure.cell_bundle import MIME, SILENT
from followup.report import report
from followup.report.report import Report
from in_notebooks import cleaned, no_page

SAID = {"en": "So it is", "he": "כך הדבר"}


@pytest.fixture
def door():
    with no_page(drawn=True):
        yield Report(cleaned("1"), "en")


@pytest.fixture
def shown(monkeypatch):
    made = []
    monkeypatch.setattr(report, "display", lambda bundle, raw: made.append(bundle))
    return made


def changes(door) -> pd.DataFrame:
    """Of the 28 who answered both waves, three scales changed by 0.1, 0.2 and 0.6 upwards, as cohort 1 was made up."""
    linked = door.study.pairs.query("kind == 'scale'").dropna(subset="change")
    return door.safe.pivot_table(linked, values="change", index="measure")


def cells(html: str) -> list[str]:
    plain = BeautifulSoup(html, "html.parser")
    return [cell.get_text().replace("\u2066", "").replace("\u2069", "") for cell in plain.find_all("td")]


def test_a_change_keeps_its_sign_under_a_heading_of_ones_own(door, shown):
    """It stood there as 0.6, and beside a level of 3.4 nobody knew which it was."""
    door.table("own", changes(door), headings={"change": ("כמה", "How much")}, **SAID)
    html = shown[-1][MIME]["en"]
    assert "How much" in html and "Change (points)" not in html
    assert {"+0.6", "+0.2", "+0.1", "−0.1", "0.0"} <= {*cells(html)}


def test_a_share_and_a_column_of_ones_own_are_written_as_before(door, shown):
    answers = door.study.answers.query("wave == 'programme_end'").dropna(subset="value")
    shares = door.safe.crosstab(answers["scale"], answers["category_of_value"], normalize="index")
    door.table("shares", shares, headings={"high": ("גבוה", "Rated high")}, **SAID)
    assert any(cell.endswith("%") for cell in cells(shown[-1][MIME]["en"]))
    twice = door.safe.assign(changes(door), twice=lambda t: t["change"] * 2)
    door.table("twice", twice, headings={"twice": ("כפול", "Twice")}, **SAID)
    assert "1.2" in cells(shown[-1][MIME]["en"])


def said_of(shown: list) -> list[str]:
    return [bundle[MIME]["why"] for bundle in shown if bundle[MIME]["kind"] == SILENT and bundle[MIME].get("why")]


@pytest.mark.parametrize(("key", "meant"), [("chnage", "change"), ("motivaton", "motivation"), ("mesure", "measure")])
def test_a_heading_that_nothing_takes_is_told_with_what_was_meant(door, shown, key, meant):
    door.table("own", changes(door), headings={key: ("כמה", "How much")}, **SAID)
    assert said_of(shown) == [f'the heading of “{key}”, which table “own” does not have; what to do: write "{meant}"']


def test_a_heading_for_what_this_cohort_lacks_is_let_be(door, shown):
    """A notebook is for all cohorts: one of them may lack a wave, a group or a column."""
    for key in ("network_value", "low", "somebody else"):
        door.table(f"own_{key[:3]}", changes(door), headings={key: ("כמה", "How much")}, **SAID)
    assert said_of(shown) == []
