"""The report in brief: who answered, what the findings do not show, and the page's first screen."""

from types import SimpleNamespace

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from followup.language import Text
from followup.problems import InputProblems
from followup.report import brief
from followup.study.codebook import WaveWords, Words
from in_notebooks import cell_made

WAVES = {
    "end": WaveWords(he="סיום", en="End", when=Words(he="בסיום", en="at the end")),
    "later": WaveWords(he="מעקב", en="Later", when=Words(he="במעקב", en="later")),
}
COHORT = SimpleNamespace(
    waves=["end", "later"],
    codebook=SimpleNamespace(waves=WAVES, words={"rank": Words(he="דרגה", en="Rank")}.__getitem__),
)


def response(*rows: tuple[str, int, float, bool]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["wave", "n", "n_all", "asked_known"])


def plain(text: str) -> str:
    """A sentence without the signs that keep numbers in order."""
    return text.replace("\u2066", "").replace("\u2069", "").replace("\u00a0", " ")


def differences(apart: float, hidden: bool = False, wave: str = "later"):
    table = pd.DataFrame(
        [("rank", wave, apart, hidden)], columns=["trait", "wave", "standardised_difference", "hidden"]
    )
    return {"differences": table}.get


def test_who_answered_is_told_wave_by_wave_with_its_share():
    told = brief.who_answered(COHORT, response(("end", 30, 40, True), ("later", 20, 40, True)))
    assert plain(told.en) == "30 of 40 (75%) answered at the end; 20 of 40 (50%) answered later."
    assert plain(told.he) == "30 מתוך 40 (75%) השיבו בסיום; 20 מתוך 40 (50%) השיבו במעקב."


def test_where_nobody_knows_how_many_were_asked_no_share_is_made_up():
    told = brief.who_answered(COHORT, response(("later", 20, float("nan"), False)))
    assert plain(told.en) == "20 (how many were asked is not known) answered later."


@pytest.mark.parametrize(("changed", "first"), [(True, brief.NO_GROUP), (False, brief.ONE_TIME)])
def test_without_non_response_the_one_limit_is_the_design(changed, first):
    assert brief.limits(COHORT, differences(0.9), changed=changed, everyone=True) == [first]


def test_non_response_is_a_limit_and_names_traits_that_are_half_a_standard_deviation_apart():
    [_, told] = brief.limits(COHORT, differences(-0.51), changed=True, everyone=False)
    assert (
        told.en == "Not everyone who was asked answered, and respondents differ markedly from non-respondents (rank)."
    )
    assert told.he == "לא כל הנשאלים השיבו, והמשיבים נבדלים במידה ניכרת ממי שלא השיבו (דרגה)."
    for known in (differences(0.5), differences(0.9, hidden=True), differences(0.9, wave="end"), {}.get):
        assert brief.limits(COHORT, known, changed=True, everyone=False)[1] == brief.NON_RESPONSE


def test_a_study_without_a_table_of_differences_tells_of_non_response_all_the_same():
    def nothing(name):
        raise InputProblems([])

    assert brief.limits(COHORT, nothing, changed=True, everyone=False)[1] == brief.NON_RESPONSE


@pytest.mark.parametrize(
    ("rows", "kinds", "everyone", "changed"),
    [
        ([("end", 40, 40, True), ("later", 40, 40, True)], ["level", "change"], True, True),
        ([("end", 40, 40, True), ("later", 39, 40, True)], ["level", "gap"], False, True),
        ([("later", 40, 40, False)], ["level"], False, False),  # nobody knows that all answered
    ],
)
def test_the_notebook_tells_whether_everyone_answered_and_whether_anything_is_a_change(rows, kinds, everyone, changed):
    shown = []
    page = SimpleNamespace(kept=lambda name: {"response": response(*rows)}[name], brief=shown.append)
    given = SimpleNamespace(
        response_of=brief.response_of,
        who_answered=brief.who_answered,
        fragment=lambda *parts: parts,
        limits=lambda *_, **conditions: conditions,
    )
    evidence = pd.DataFrame({"kind": kinds})
    cell_made(
        "06_findings",
        "in-brief",
        report=page,
        study=SimpleNamespace(cohort=COHORT),
        evidence=evidence,
        told=None,
        brief=given,
    )
    assert shown[0][2] == {"everyone": everyone, "changed": changed}


def test_the_first_screen_holds_six_findings_and_says_that_there_are_more():
    rows = [(f"f{n}", "כותרת", f"A <b> headline {n}.", "שורה", "n = 28", 3) for n in range(7)]
    columns = ["finding", "headline_he", "headline_en", "line_he", "line_en", "secure"]
    html = brief.fragment(Text("מי", "who"), pd.DataFrame(rows, columns=columns), [brief.NO_GROUP])
    page = BeautifulSoup(html.en, "html.parser")
    assert [link["href"] for link in page.select(".headlines a")] == [f"#finding-f{n}" for n in range(6)]
    assert page.select_one(".headlines a").get_text() == "A <b> headline 0."
    assert page.select_one(".more").get_text() == "More findings are in the report."
    assert page.select_one(".secure").get_text() == "fairly secure"
    six = brief.fragment(Text("מי", "who"), pd.DataFrame(rows[:6], columns=columns), [])
    assert 'class="more"' not in six.en
