"""Headings of the analyst's own: what a column holds is written as ever under them, and one that nothing takes is told."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from followup.disclosure.cell_bundle import MIME, SILENT
from followup.disclosure.output_check import NotForPublication
from followup.language import ProseProblem
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


MODEL = "change ~ C(seniority)"
YEARS = {"short": ("עד 10 שנים", "Up to 10 years"), "long": ("11–30 שנים", "11–30 years")}


def by_seniority(door) -> pd.DataFrame:
    """The linked people of a scale, half of them under a made-up key that no codebook knows."""
    linked = door.study.pairs.query("measure == 'wider_involvement'").dropna(subset="change")
    return linked.assign(seniority=["short", "long"] * (len(linked) // 2))


def plain(text: str) -> str:
    return BeautifulSoup(text, "html.parser").get_text().replace("\u2066", "").replace("\u2069", "")


def test_levels_of_a_term_take_their_headings_on_the_page_and_in_sentences(door, shown):
    """“later, compared with earlier” stood on both pages, and C(…)[T.…] in a sentence."""
    made = door.model("own", MODEL, by_seniority(door), headings=YEARS, **SAID)
    page = {each: plain(next(one[MIME][each] for one in shown[::-1] if each in one[MIME])) for each in ("en", "he")}
    assert "Up to 10 years, compared with 11–30 years" in page["en"]
    assert "עד 10 שנים, לעומת 11–30 שנים" in page["he"]
    door.say(en="{term}: {estimate}.", he="{term}: {estimate}.", row=made.tail(1))
    assert plain(shown[-1][MIME]["en"]).startswith("Up to 10 years, compared with 11–30 years: ")
    assert plain(shown[-1][MIME]["he"]).startswith("עד 10 שנים, לעומת 11–30 שנים: ")


def test_a_key_in_a_sentence_is_written_as_its_table_heads_it(door, shown):
    table = door.safe.pivot_table(by_seniority(door), values="change", index="seniority").reset_index()
    door.figure(
        "own",
        table,
        lambda axes, table: axes.barh(table["seniority"], table["change"]),
        **SAID,
        headings=YEARS,
        title={"en": "{seniority}: {change}", "he": "{seniority}: {change}", "row": table.tail(1)},
    )
    assert "Up to 10 years: " in plain(shown[-1][MIME]["en"])
    door.say(en="Of {seniority}.", he="של {seniority}.", row=table.tail(1))
    assert plain(shown[-1][MIME]["he"]) == "של עד 10 שנים."
    door.say(en="Of {it}.", he="של {it}.", it=door.cell("own", "seniority", seniority="short"))
    assert plain(shown[-1][MIME]["en"]) == "Of Up to 10 years."


@pytest.mark.parametrize(
    ("he", "en"),
    [("עד 10 שנים", "Up to 10 years"), ("בני 30–39 שנים", "Aged 30–39"), ("דרגות 7 עד 9", "Grades 7 to 9")],
)
def test_years_ages_and_grades_may_name_a_level(door, he, en):
    table = door.safe.pivot_table(by_seniority(door), values="change", index="seniority")
    door.table("own", table, headings={"short": (he, en), "long": ("השאר", "The others")}, **SAID)


@pytest.mark.parametrize(
    "en", ["12 people of 30 years", "Score of 4711", "Grade 3.9", "A mean of 3.9 years", "Twelve managers"]
)
def test_no_number_of_people_and_no_result_may(door, en):
    table = door.safe.pivot_table(by_seniority(door), values="change", index="seniority")
    with pytest.raises(NotForPublication, match="typed into the heading") as refused:
        door.table("own", table, headings={"short": ("כך", en), "long": ("השאר", "The others")}, **SAID)
    assert "up to 10 years" in str(refused.value)


@pytest.mark.parametrize(
    ("given", "lacks"), [(("", ""), "Hebrew and English"), (("", "Score"), "Hebrew"), (("ציון", " "), "English")]
)
def test_a_heading_that_lacks_a_language_is_answered_as_a_heading_is_given(door, given, lacks):
    with pytest.raises(ProseProblem) as refused:
        door.table("own", changes(door), headings={"change": given}, **SAID)
    assert f"the heading of “change” has no {lacks};" in str(refused.value)
    assert 'headings={"change": (' in str(refused.value) and "he=…" not in str(refused.value)
