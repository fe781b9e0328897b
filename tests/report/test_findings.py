"""The findings: every published claim is computed and agrees; a sentence says what its row says, in both languages."""

from pathlib import Path
from types import SimpleNamespace

import made_up_studies as made
import pandas as pd
import pytest
from followup.language import NOT_COMPUTED
from followup.report.findings import evidence_table, questions
from followup.study.claims import Claim, read_claims
from followup.study.codebook import Evidence, Words
from followup.study.cohort import open_cohort
from in_notebooks import cell_made

HOUSE = Path(__file__).parents[2]
COHORT = open_cohort("1", HOUSE)
CLAIMS = read_claims(COHORT)


def plain(text: str) -> str:
    """A sentence without the signs that keep numbers in order."""
    return text.replace("\u2066", "").replace("\u2069", "").replace("\u00a0", " ")


# ------------------------------------------------------------ the published claims of cohort 1


def name_of(claim: Claim) -> str:
    return f"{claim.kind}-{claim.measure or ''}-{claim.group}"


def test_the_five_published_findings_are_sixteen_claims():
    assert len(CLAIMS) == 16
    assert len({name_of(claim) for claim in CLAIMS}) == 16
    assert list(dict.fromkeys(claim.finding for claim in CLAIMS)) == list(COHORT.codebook.findings)
    assert len(COHORT.codebook.findings) == 5


@pytest.mark.parametrize("claim", CLAIMS, ids=name_of)
def test_every_published_claim_is_computed_and_agrees(built, claim):
    claims = built.result("1", "claims").fillna("")
    mine = claims.query(f"kind == {claim.kind!r} and measure == {claim.measure or ''!r} and `group` == {claim.group!r}")
    assert len(mine) == 1
    row = mine.iloc[0]
    assert (row["claimed"], row["computed"], row["agreement"]) == (claim.verdict, claim.verdict, "agrees")
    for language in ("he", "en"):
        page = plain(built.soup("1", language).get_text())
        assert row[f"published_{language}"] == claim.published[language]
        assert claim.published[language] in page
        assert plain(row[f"computed_sentence_{language}"]) in page


def test_the_numbers_of_the_findings_are_those_of_the_tables(built):
    """74% answered, 5 of 10 projects are advanced, 9 of 29 still involved: as the data were calibrated to the study."""
    numbers = {
        row.kind + row.measure: plain(row.number_en) for row in built.result("1", "findings").fillna("").itertuples()
    }
    assert numbers["projects_advanced"] == "5 of 10 (50%) of the projects with a report; 11 projects in all"
    assert numbers["projects_involved"] == "9 of 29 (31%) are involved today"
    assert "28 of 39 answered both waves" in numbers["changemotivation"]


def test_a_finding_tells_its_counterparts_whichever_way_they_point(built):
    """Beside "most stand high" in their own area, that its change cannot be told; beside a fall among ten people, what
    became of the statement and of its scale among all.
    """
    found = built.result("1", "findings").fillna("")
    told = {(row.finding, row.kind, row.measure, row.group): row.verdict for row in found.itertuples()}
    assert told["motivation_and_activity", "change", "own_area_activity", "all"] == "inconclusive"
    assert told["sponsor", "change", "sponsor_opportunity", "all"] == "inconclusive"
    assert told["sponsor", "change", "sponsor_support", "all"] == "inconclusive"
    assert told["sponsor", "change", "sponsor_opportunity", "operational"] == "fell"


# ------------------------------------------------------------ a claim that is no longer computed


def evidence(*rows: tuple[str, str, str, str], wave: str = "") -> pd.DataFrame:
    """kind, measure, group, verdict; `wave` is that of another pair than the main one."""
    return pd.DataFrame(
        [
            {
                "finding": "network",
                "kind": kind,
                "measure": measure,
                "group": group,
                "wave": wave,
                "compared_with": "",
                "verdict": verdict,
                "table": "…",
                "sentence_he": "משפט",
                "sentence_en": "A sentence.",
            }
            for kind, measure, group, verdict in rows
        ],
        columns=[
            "finding",
            "kind",
            "measure",
            "group",
            "wave",
            "compared_with",
            "verdict",
            "table",
            "sentence_he",
            "sentence_en",
        ],
    )


def beside(claims: list[Claim], computed: pd.DataFrame) -> pd.DataFrame:
    """The claims beside what was computed, as a cell of the notebook sets them."""
    given = SimpleNamespace(read_claims=lambda study: claims)
    cells, told = ("published", "published-beside"), {"evidence": computed, "NOT_COMPUTED": NOT_COMPUTED}
    return cell_made("06_findings", *cells, claims=given, study=SimpleNamespace(cohort=None), **told)["published"]


ROSE = Claim(
    finding="network", published=Words(he="עלה", en="It rose"), kind="change", measure="motivation", verdict="rose"
)


@pytest.mark.parametrize(
    ("rows", "computed", "agreement", "sentence"),
    [
        ([("change", "motivation", "all", "rose")], "rose", "agrees", "A sentence."),
        ([("change", "motivation", "all", "inconclusive")], "inconclusive", "differs", "A sentence."),
        ([("change", "motivation", "headquarters", "rose")], "", "differs", "not computed"),
        ([("level", "motivation", "all", "rose")], "", "differs", "not computed"),
        ([("change", "self_perception", "all", "rose")], "", "differs", "not computed"),
        ([], "", "differs", "not computed"),
    ],
)
def test_a_claim_whose_evidence_is_gone_or_another_differs(rows, computed, agreement, sentence):
    [row] = beside([ROSE], evidence(*rows)).to_dict("records")
    assert (row["computed"], row["agreement"], row["computed_sentence_en"]) == (computed, agreement, sentence)
    assert row["published_he"] == "עלה"


def test_a_claim_about_another_pair_of_waves_is_answered_by_that_pair_alone():
    of_later = evidence(("change", "motivation", "all", "rose"), wave="later")
    named = ROSE.model_copy(update={"wave": "later"})
    agreement = [beside([claim], of_later)["agreement"].iloc[0] for claim in (ROSE, named)]
    assert agreement == ["differs", "agrees"]


def test_a_claim_that_two_findings_bear_on_stands_once():
    twice = evidence(*[("change", "motivation", "all", "rose")] * 2)
    assert len(beside([ROSE], twice)) == 1


def test_no_claims_make_no_table():
    assert beside([], evidence()).empty


def test_a_cohort_without_any_result_has_no_evidence_and_every_claim_differs():
    nothing = evidence_table(COHORT, lambda name: None)
    assert nothing.empty
    assert set(beside(CLAIMS, nothing)["agreement"]) == {"differs"}
    assert set(beside(CLAIMS, nothing)["computed_sentence_he"]) == {"לא חושב"}


# ------------------------------------------------------------ sentences, from rows made up here


def worded(table: str, rows: list[dict], **about) -> dict:
    """The evidence read off one made-up results table."""
    finding = COHORT.codebook.findings["network"].model_copy(update={"evidence": [Evidence(**about)]})
    codebook = COHORT.codebook.model_copy(update={"findings": {"network": finding}})
    study = type(COHORT)("1", COHORT.params, codebook, COHORT.root)
    made = evidence_table(study, lambda name: pd.DataFrame(rows) if name == table else None)
    return (
        {key: plain(value) if isinstance(value, str) else value for key, value in made.iloc[0].items()}
        if len(made)
        else {}
    )


def change_row(verdict: str, reason: str, **more) -> dict:
    return {
        "measure": "motivation",
        "group": "all",
        "wave": "follow_up",
        "compared_with": "programme_end",
        "linked": True,
        "test": "sign_flip",
        "n_earlier": 38,
        "n_later": 29,
        "n_linked": 28,
        "change": 0.5,
        "ci_low": 0.2,
        "ci_high": 0.9,
        "ci90_low": 0.2,
        "ci90_high": 0.9,
        "margin": 0.3,
        "p_adjusted": "≤ 0.05",
        "verdict": verdict,
        "reason": reason,
        "kept": None,
        "hidden": False,
        **more,
    }


@pytest.mark.parametrize(
    ("verdict", "reason", "said_en", "said_he"),
    [
        ("rose", "p_adjusted", "Motivation to promote digitisation rose.", "המוטיבציה לקידום הדיגיטציה עלתה."),
        ("fell", "p_adjusted", "Motivation to promote digitisation fell.", "המוטיבציה לקידום הדיגיטציה ירדה."),
        (
            "preserved",
            "margin_met",
            "Motivation to promote digitisation was preserved.",
            "המוטיבציה לקידום הדיגיטציה נשמרה.",
        ),
        (
            "inconclusive",
            "upper_bound_beyond_margin",
            "We cannot tell whether motivation to promote digitisation changed.",
            "לא ניתן לקבוע אם חל שינוי במוטיבציה לקידום הדיגיטציה.",
        ),
        (
            "described",
            "no_family",
            "The change in motivation to promote digitisation is given as a description only.",
            "השינוי במוטיבציה לקידום הדיגיטציה מוצג כתיאור בלבד.",
        ),
    ],
)
def test_each_verdict_of_a_change_has_its_sentence_in_both_languages(verdict, reason, said_en, said_he):
    row = worded("changes", [change_row(verdict, reason)], kind="change", measure="motivation")
    assert (row["verdict"], row["sentence_en"], row["sentence_he"]) == (verdict, said_en, said_he)
    assert row["number_en"] == "mean change +0.5 points (95% interval +0.2 to +0.9), 28 of 39 answered both waves"
    assert row["number_he"] == "שינוי ממוצע +0.5 נקודות (רווח סמך 95%: +0.2 עד +0.9), 28 מתוך 39 השיבו בשני השלבים"


@pytest.mark.parametrize(
    ("verdict", "more", "why_en", "why_he"),
    [
        ("rose", {"reason": "p_adjusted"}, "adjusted p ≤ 0.05", "לאחר תיקון p ≤ 0.05"),
        (
            "preserved",
            {"reason": "margin_met", "ci90_low": -0.2, "ci90_high": 0.3},
            "the 90% interval, −0.2 to below +0.3, lies within the margin 0.3",
            "רווח הסמך 90%, −0.2 עד מתחת ל־+0.3, כולו בתוך הסף 0.3",
        ),
        (
            "inconclusive",
            {"reason": "upper_bound_beyond_margin", "ci90_low": -0.2, "ci90_high": 0.5, "p_adjusted": "> 0.05"},
            "the 90% interval, −0.2 to +0.5, reaches beyond the margin 0.3",
            "רווח הסמך 90%, −0.2 עד +0.5, חורג מן הסף 0.3",
        ),
        (
            "inconclusive",
            {"reason": "no_interval", "ci90_low": None, "ci90_high": None, "p_adjusted": None},
            "too little for an interval",
            "לחשב רווח סמך",
        ),
        ("described", {"reason": "no_family"}, "not a hypothesis of the plan", "אינו נמנה עם ההשערות שבתכנית"),
    ],
)
def test_each_verdict_says_why_in_both_languages(verdict, more, why_en, why_he):
    row = worded("changes", [change_row(verdict, **more)], kind="change", measure="motivation")
    assert why_en in row["certainty_en"]
    assert why_he in row["certainty_he"]


NO_INTERVAL = dict.fromkeys(("ci_low", "ci_high", "ci90_low", "ci90_high", "p_adjusted"))


def test_a_statement_shows_the_interval_that_leaves_of_it():
    statement = change_row("rose", "p_adjusted", kind="item", ci_low=None, ci_high=None, ci90_low=0.25, ci90_high=0.75)
    row = worded("changes", [statement], kind="change", measure="motivation")
    assert row["number_en"].startswith("mean change +0.5 points (90% interval +0.25 to +0.75)")
    assert row["number_he"].startswith("שינוי ממוצע +0.5 נקודות (רווח סמך 90%: +0.25 עד +0.75)")


def test_a_groups_change_names_the_group_and_has_no_interval():
    sizes = {"n_earlier": 13, "n_later": 10, "n_linked": 9}
    rows = [change_row("rose", "p_adjusted", group="headquarters", **sizes, **NO_INTERVAL)]
    row = worded("changes", rows, kind="change", measure="motivation", group="headquarters")
    assert row["sentence_en"] == "Motivation to promote digitisation rose among headquarters (policy) ministries."
    assert row["sentence_he"] == "המוטיבציה לקידום הדיגיטציה עלתה בקרב משרדי מטה."
    assert row["number_en"] == "mean change +0.5 points, 9 answered both waves"
    assert row["certainty_en"] == "the adjusted p is below the level of the plan"


@pytest.mark.parametrize(
    "row",
    [
        change_row("rose", "p_adjusted", change=None),
        change_row("rose", "p_adjusted", group="headquarters"),
        change_row("rose", "p_adjusted", measure="self_perception"),
    ],
)
def test_a_change_that_is_missing_is_left_out(row):
    assert worded("changes", [row], kind="change", measure="motivation") == {}


def test_a_finding_that_a_cohort_was_not_asked_about_is_left_out_with_its_counterparts():
    """Without a gap and without headquarters only what stands beside the gap is left: the changes of all respondents."""
    rows = [change_row("inconclusive", "beyond_margin", measure=one) for one in ("own_area_activity", "motivation")]
    made = evidence_table(COHORT, lambda name: pd.DataFrame(rows) if name == "changes" else None)
    assert set(made["finding"]) == {"motivation_and_activity"}
    assert set(made["measure"]) == {"own_area_activity", "motivation"}
    hidden = rows + [change_row("rose", None, measure="own_area_activity", group="headquarters", hidden=True)]
    told = evidence_table(COHORT, lambda name: pd.DataFrame(hidden) if name == "changes" else None)
    assert {*told.loc[told["finding"] == "gap_between_ministries", "verdict"]} == {"not_told", "inconclusive"}


def test_a_change_of_a_hidden_group_is_said_to_be_hidden():
    row = change_row("rose", "p_adjusted", group="headquarters", hidden=True) | {"change": None, "verdict": None}
    said = worded("changes", [row], kind="change", measure="motivation", group="headquarters")
    assert said["verdict"] == "not_told"
    assert "headquarters (policy) ministries: not shown, because one of the groups is too small." in said["sentence_en"]
    assert "לא מוצג" in said["sentence_he"]
    assert said["number_en"] == said["certainty_en"] == "hidden (small group)"


NETWORK = "that the ties made in the programme contribute to their work to a great extent"
DIVIDED = "Respondents are divided on the value of the professional ties made in the programme."


def level_row(n: int, n_high: int, n_low: int, **more) -> dict:
    return {
        "measure": "network_value",
        "wave": "follow_up",
        "n": n,
        "n_low": n_low,
        "n_middle": n - n_high - n_low,
        "n_high": n_high,
        "outcome": "majority" if 2 * n_high > n else "minority" if n_low >= n_high and 2 * n_high < n else "divided",
        "mean": 3.94,
        **more,
    }


@pytest.mark.parametrize(
    ("high", "low", "outcome", "said"),
    [
        (22, 0, "majority", f"Most respondents say {NETWORK}."),
        (15, 14, "majority", f"Most respondents say {NETWORK}."),  # 15 of 29 is more than half
        (14, 0, "divided", DIVIDED),  # nearly half, and nobody low
        (10, 12, "minority", f"Only a minority of respondents say {NETWORK}."),
        (10, 9, "divided", DIVIDED),
        (0, 0, "minority", f"Only a minority of respondents say {NETWORK}."),
    ],
)
def test_a_level_is_told_by_how_many_stand_high_and_low(high, low, outcome, said):
    row = worded("levels", [level_row(29, high, low)], kind="level", measure="network_value")
    assert row["verdict"] == outcome
    assert row["sentence_en"] == said
    assert row["number_en"].startswith(
        f"{high} of 29 ({100 * high / 29:.0f}%) gave a high answer, {low} of 29 a low one"
    )


def test_of_a_level_with_a_category_of_a_few_only_what_the_table_tells_is_told():
    """1 low, 6 middle and 22 high: the 22 alone; 16, 12 and 1: nothing but the mean; the sentence stays."""
    high = level_row(29, 22, 1, form="high", n_not_high=7) | {"n_low": None, "n_middle": None}
    row = worded("levels", [high], kind="level", measure="network_value")
    assert row["number_en"] == "22 of 29 (76%) gave a high answer; mean 3.9"
    gone = level_row(29, 1, 16, form="hidden") | {"n_low": None, "n_middle": None, "n_high": None}
    row = worded("levels", [gone], kind="level", measure="network_value")
    assert row["sentence_en"] == f"Only a minority of respondents say {NETWORK}."
    assert row["number_en"] == "mean 3.9"
    assert row["certainty_en"] == "a description of the 29 who answered (Follow-up)"
    row = worded("levels", [gone | {"mean": None}], kind="level", measure="network_value")
    assert row["number_en"] == "not shown (too few in one category)"


def test_a_level_is_that_of_the_last_wave_and_of_someone():
    rows = [level_row(38, 30, 0, wave="programme_end"), level_row(29, 10, 12)]
    assert worded("levels", rows, kind="level", measure="network_value")["verdict"] == "minority"
    assert worded("levels", [level_row(0, 0, 0)], kind="level", measure="network_value") == {}


def test_a_statements_level_is_read_off_the_statements():
    row = worded("items", [level_row(27, 20, 0, measure="sponsor_projects")], kind="level", measure="sponsor_projects")
    assert row["sentence_en"] == (
        "Most respondents agree to a great extent: “Digital Israel helps to move forward the projects begun in the programme”."
    )


def gap_row(verdict: str, reason: str, **more) -> dict:
    return {
        "measure": "self_perception",
        "first": "headquarters",
        "second": "operational",
        "wave": "follow_up",
        "compared_with": "programme_end",
        "linked": True,
        "n_first": 9,
        "n_second": 10,
        "gap_earlier": 0.9,
        "gap_later": 0.2,
        "change": -0.7,
        "ci_low": -1.1,
        "ci_high": -0.3,
        "p_adjusted": "≤ 0.01",
        "excludes_zero": True,
        "ceiling_first": "at_most_15",
        "ceiling_second": "from_15_to_50",
        "superiority_earlier": "higher",
        "superiority_later": "rather_higher",
        "verdict": verdict,
        "reason": reason,
        "caution": None,
        "hidden": False,
        **more,
    }


ABOUT_GAP = "The gap between headquarters (policy) ministries and operational (executive) ministries"
IN_ROLE = "in self-perception as leaders of digitisation."


@pytest.mark.parametrize(
    ("verdict", "reason", "said_en", "said_he"),
    [
        ("narrowed", "agreed", f"{ABOUT_GAP} narrowed {IN_ROLE}", "הצטמצם."),
        ("widened", "agreed", f"{ABOUT_GAP} widened {IN_ROLE}", "התרחב."),
        (
            "cannot_be_told",
            "interval_includes_zero",
            f"We cannot tell whether the {ABOUT_GAP.removeprefix('The ')} changed {IN_ROLE}",
            "לא ניתן לקבוע אם הפער",
        ),
    ],
)
def test_each_verdict_of_a_gap_has_its_sentence_in_both_languages(verdict, reason, said_en, said_he):
    row = worded("gaps", [gap_row(verdict, reason)], kind="gap", measure="self_perception")
    assert (row["verdict"], row["sentence_en"]) == (verdict, said_en)
    assert said_he in row["sentence_he"]
    assert row["number_en"] == (
        "the gap went from +0.9 to +0.2 points (change −0.7, 95% interval −1.1 to −0.3); 9 and 10 respondents"
    )


def test_of_a_small_group_both_gaps_are_told_and_no_interval():
    row = worded("gaps", [gap_row("narrowed", "agreed", **GONE)], kind="gap", measure="self_perception")
    assert row["number_en"] == "the gap went from +0.9 to +0.2 points; 9 and 10 respondents"
    assert plain(row["certainty_en"]) == (
        "the 95% interval excludes zero, and a comparison by ranks agrees; at the top in the earlier wave: "
        "at most 15% of headquarters (policy) ministries, over 15% of operational (executive) ministries"
    )
    assert "השוואה לפי דרגות תומכת בכך" in row["certainty_he"]


GONE = dict.fromkeys(("change", "ci_low", "ci_high", "p_adjusted"))


def test_two_groups_of_one_size_are_counted_once():
    row = worded(
        "gaps",
        [gap_row("narrowed", "agreed", **GONE, n_first=8, n_second=8, at_least=True)],
        kind="gap",
        measure="self_perception",
    )
    assert plain(row["number_en"]).endswith("points; at least 8 respondents in each group")
    assert plain(row["number_he"]).endswith("נקודות; לפחות 8 משיבים בכל קבוצה")


def test_a_gap_that_cannot_be_told_says_why():
    row = worded(
        "gaps",
        [gap_row("cannot_be_told", "interval_includes_zero", ci_high=0.1)],
        kind="gap",
        measure="self_perception",
    )
    assert "the 95% interval, −1.1 to +0.1, includes zero" in row["certainty_en"]
    assert "כולל את האפס" in row["certainty_he"]


def test_a_gap_that_a_ceiling_may_explain_is_never_headlined_as_narrowed():
    row = worded(
        "gaps",
        [gap_row("narrowed", "agreed", caution="ceiling", ceiling_second="from_15_to_50")],
        kind="gap",
        measure="self_perception",
    )
    assert row["verdict"] == "described"
    assert "narrowed" not in row["sentence_en"]
    assert "over 15%" in row["sentence_en"]


def test_the_shares_at_the_top_stand_beside_every_gap():
    row = worded("gaps", [gap_row("narrowed", "agreed")], kind="gap", measure="self_perception")
    assert (
        "at most 15% of headquarters (policy) ministries, over 15% of operational (executive) ministries"
        in row["certainty_en"]
    )


def test_a_hidden_gap_is_said_to_be_hidden_and_nothing_else():
    hidden = gap_row("narrowed", "agreed", hidden=True) | dict.fromkeys(
        ("change", "verdict", "reason", "gap_earlier", "gap_later")
    )
    said = worded("gaps", [hidden], kind="gap", measure="self_perception")
    assert said["verdict"] == "not_told"
    assert said["sentence_en"].endswith(
        "and operational (executive) ministries: not shown, because one of the groups is too small."
    )
    assert said["number_he"] == said["certainty_he"] == "מוסתר (קבוצה קטנה)"


@pytest.mark.parametrize(
    ("k", "n", "outcome", "said_en", "said_he"),
    [
        (5, 10, "about_half", "About half of the projects that were reported on are", "כמחצית הפרויקטים שדווח עליהם"),
        (4, 10, "about_half", "About half of the projects that were reported on are", "כמחצית הפרויקטים שדווח עליהם"),
        (7, 10, "majority", "Most of the projects that were reported on are", "רוב הפרויקטים שדווח עליהם"),
        (3, 10, "minority", "A minority of the projects that were reported on are", "מיעוט הפרויקטים שדווח עליהם"),
    ],
)
def test_how_many_projects_are_advanced(k, n, outcome, said_en, said_he):
    rows = [
        {
            "wave": "follow_up",
            "n_advanced": k,
            "n": n,
            "n_all": 11,
            "low": k,
            "high": k + 1,
            "lowest": k,
            "highest": k + 1,
            "conflicts": 0,
        }
    ]
    row = worded("projects_advanced", rows, kind="projects_advanced")
    assert row["verdict"] == outcome
    assert row["sentence_en"] == f"{said_en} now in advanced stages of implementation."
    assert row["sentence_he"] == f"{said_he} נמצאים כיום בשלבי יישום מתקדמים."
    assert row["number_en"] == f"{k} of {n} ({10 * k}%) of the projects with a report; 11 projects in all"
    assert row["certainty_en"].startswith(f"95% interval for all projects: {k} to {k + 1};")


def test_when_every_project_was_reported_on_there_is_no_interval():
    whole = {"n_advanced": 5, "n": 11, "n_all": 11, "low": 5, "high": 5, "lowest": 5, "highest": 5}
    row = worded("projects_advanced", [{"wave": "follow_up", "conflicts": 0, **whole}], kind="projects_advanced")
    assert row["number_en"] == "5 of 11 (45%) of all projects"
    assert plain(row["number_he"]) == "5 מתוך 11 (45%) מכלל הפרויקטים"
    assert row["certainty_en"] == "every project was reported on"
    assert row["certainty_he"] == "דווח על כל הפרויקטים"


@pytest.mark.parametrize(
    ("k", "outcome", "said"),
    [
        (9, "minority", "Most respondents are no longer involved"),
        (15, "about_half", "Half of the respondents are still involved"),
        (16, "majority", "Most respondents are still involved"),
    ],
)
def test_who_is_still_involved(k, outcome, said):
    row = worded(
        "projects_involved",
        [{"question": "still_involved", "option": 1, "wave": "follow_up", "n_chosen": k, "n": 30}],
        kind="projects_involved",
    )
    assert row["verdict"] == outcome
    assert row["sentence_en"] == f"{said} in the project they took part in."
    assert plain(row["certainty_en"]).endswith(
        f"asked: {k} to {k + 9}, however non-respondents would have answered"
    )  # 30 of 39


@pytest.mark.parametrize(
    ("told", "outcome", "number"),
    [
        ({"over": 24, "n": 29}, "majority", "more than 24 of 29 are involved today"),
        ({"over": None, "n": 29}, "minority", "fewer than 5 are involved today"),
    ],
)
def test_that_nearly_all_or_only_a_few_are_still_involved_is_said_without_their_number(told, outcome, number):
    option = {"question": "still_involved", "wave": "follow_up", "option": 1, "n_chosen": None, "least_cell": 5} | told
    row = worded("projects_involved", [option], kind="projects_involved")
    assert (row["verdict"], plain(row["number_en"])) == (outcome, number)


@pytest.mark.parametrize(
    ("kept", "outcome", "said"),
    [
        (6, "majority", "Most of the professional ties made in the programme were kept."),
        (5, "about_half", "Half of the professional ties made in the programme were kept."),
        (4, "minority", "Fewer than half of the professional ties were named again."),
    ],
)
def test_how_many_ties_were_kept(kept, outcome, said):
    rows = [
        {"fate": fate, "n_ties": count, "n": 10, "wave": "follow_up", "compared_with": "programme_end"}
        for fate, count in (("kept", kept), ("lost", 9 - kept), ("unknown", 1), ("new", 3))
    ]
    row = worded("ties", rows, kind="ties_kept")
    assert (row["verdict"], row["sentence_en"]) == (outcome, said)
    assert (
        row["number_en"] == f"{kept} of 10 ({10 * kept}%) ties were named again at follow-up; for 1 there is no report"
    )
    assert row["certainty_en"] == f"bounds: {kept} to {kept + 1} ties"


def wishes(counts: list[int | None], n: int = 29) -> dict:
    rows = [
        {"question": "network_wishes", "option": code, "wave": "follow_up", "n_chosen": count, "n": n}
        for code, count in enumerate(counts, 1)
    ]
    return worded("wishes", rows, kind="wishes", measure="network_wishes")


def test_the_three_wishes_named_most_often_stand_in_their_order():
    row = wishes([23, 10, 21, 12, 7, 0])
    assert row["verdict"] == "top_1_3_4"
    assert row["sentence_en"] == (
        "What graduates want most from the network: “Keeping up the ties among graduates”, "
        "“Learning about new digital developments” and “Joint projects”."
    )
    assert row["sentence_he"].endswith(
        "״תחזוק הקשרים בין הבוגרים והבוגרות״, ״למידה על התפתחויות דיגיטליות חדשות״ ו״קידום פרויקטים משותפים״."
    )
    assert row["number_en"] == "23 of 29, 21 of 29 and 12 of 29, in that order"


def test_wishes_have_bounds_for_all_who_were_asked():
    """29 of 39 answered, so ten did not: 23 of 39 to 33 of 39, and so on; of a count that is not told there are none."""
    told = plain(wishes([23, 10, 21, 12, 7, 0])["certainty_en"])
    assert told == (
        "a description of the 29 who answered (Follow-up); of all 39 who were asked: "
        "“Keeping up the ties among graduates” 23 to 33, “Learning about new digital developments” 21 to 31 and "
        "“Joint projects” 12 to 22, however non-respondents would have answered"
    )
    few = plain(wishes([23, None, None, None, None, None])["certainty_en"])
    assert few.endswith(
        "asked: “Keeping up the ties among graduates” 23 to 33, however non-respondents would have answered"
    )
    assert plain(wishes([23, 10, 21, 12, 7, 0], n=39)["certainty_en"]) == (
        "a description of all 39 who were asked (Follow-up)"
    )


def test_no_interest_is_no_wish_and_neither_is_what_nobody_chose():
    """The sixth option is "I am not interested in the network's activity"."""
    assert wishes([3, 0, 0, 0, 2, 25])["verdict"] == "top_1_5"
    assert wishes([0, 0, 0, 0, 0, 29]) == {}


# ------------------------------------------------------------ questions of a codebook that names none


def test_a_codebook_without_findings_asks_of_each_scale_what_it_can():
    study = type(COHORT)("1", COHORT.params, COHORT.codebook.model_copy(update={"findings": {}}), COHORT.root)
    asked = {key: finding.evidence[0].kind for key, finding in questions(study).items()}
    assert asked == dict.fromkeys(COHORT.codebook.scales_in(("programme_end", "follow_up")), "change") | {
        "project_work": "level",
        "network_value": "level",
    }
    one_wave = COHORT.params.model_copy(update={"waves": {"programme_end": COHORT.params.waves["programme_end"]}})
    study = type(COHORT)("1", one_wave, study.codebook, COHORT.root)
    assert {finding.evidence[0].kind for finding in questions(study).values()} == {"level"}


def test_without_findings_each_pair_that_the_plan_names_is_told_and_no_other():
    waves = {
        wave: {"en": wave, "he": wave, "when": {"en": f"at {wave}", "he": wave}}
        for wave in ("first", "second", "third")
    }
    scale = {
        "he": "א", "en": "Late", "about": {"he": "א", "en": "High"}, "options": "extent",
        "items": {"late_1": {"he": "ב", "en": "It helped", "waves": ["second", "third"]}},
    }  # fmt: skip
    book = made.CODEBOOK.model_dump(exclude_unset=True)
    book["waves"] = waves
    items = {key: {"he": key, "en": key} for key in ("d1", "d2")}
    book["scales"] = {"drive": {**book["scales"]["drive"], "items": items}, "late": scale}
    codebook = type(made.CODEBOOK).model_validate(book)
    plan = [{"wave": "second", "compared_with": "first"}, {"wave": "third", "compared_with": "second"}]

    def told(**analysis) -> dict:
        study = made.cohort(waves=tuple(waves), **analysis)
        study = type(study)(study.name, study.params, codebook, study.root)
        return {
            key: [(one.kind, one.compared_with, one.wave) for one in finding.evidence]
            for key, finding in questions(study).items()
        }

    assert told(pairs=plan) == {
        "drive": [("change", "first", "second"), ("change", "second", "third")],
        "late": [("change", "second", "third")],
    }
    assert told() == {"drive": [("change", None, None)], "late": [("change", "second", "third")]}
