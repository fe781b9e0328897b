"""The synthetic cohorts: the same bytes again, the published counts, every piece of mess, and what must be computable.

Everything is read plainly here (csv, openpyxl, pyreadstat, the codebook's labels), not by the project's own cleaning.
Cohort 1 comes first, then 2 (Excel and Qualtrics), 3 (SPSS) and local-3 (LimeSurvey).
"""

import csv
import itertools
import subprocess
import sys
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat
import pytest
from followup.statistics.unlinked_change import partly_linked_change, unlinked_change
from followup.statistics.verdict_rule import kept_p, verdict
from followup.study.cohort import cohort_names, open_cohort
from scipy import stats

ROOT = Path(__file__).resolve().parents[1]
COHORTS = ("1", "2", "3", "local-3")
DATA = ROOT / "data" / "1"
WAVES = ("programme_end", "follow_up")
RIGHT_TO_LEFT_MARK = "\u200f"
NO_BREAK_SPACE = "\u00a0"
COHORT = open_cohort("1", ROOT)
CODEBOOK = COHORT.codebook


# --- Plain reading --------------------------------------------------------------------------------------------------


def raw_rows(name: str) -> list[list[str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def records(name: str) -> list[dict[str, str]]:
    headings, *rows = raw_rows(name)
    return [dict(zip(headings, row, strict=True)) for row in rows]


def roster() -> dict[str, dict[str, str]]:
    headings, *rows = openpyxl.load_workbook(DATA / "roster.xlsx")["משתתפים"].iter_rows(values_only=True)
    return {row[0]: dict(zip(headings, row, strict=True)) for row in rows}


def submissions(wave: str) -> dict[str, dict[str, str]]:
    """The last submission of each participant; headings and IDs stripped of their planted slips."""
    headings, *rows = raw_rows(f"{wave}.csv")
    headings = [" ".join(heading.split()) for heading in headings]
    mine = {}
    for row in rows:
        code = row[1].strip().upper()
        if code not in ("", "TEST"):
            mine[code] = dict(zip(headings, row, strict=True))  # rows stand in order of time
    return mine


ROSTER = roster()
ANSWERS = {wave: submissions(wave) for wave in WAVES}
LINKED = sorted(set(ANSWERS["programme_end"]) & set(ANSWERS["follow_up"]))
GROUP_OF_LABEL = {
    label: name for name, group in CODEBOOK.traits["sector_group"].groups.items() for label in group.labels
}
GROUP = {code: GROUP_OF_LABEL[row["סוג ארגון"]] for code, row in ROSTER.items()}


def answer(wave: str, participant: str, item: str) -> float:
    """An answer as a code, turned round when the item is reverse-coded; nan when there is none."""
    statement, options = CODEBOOK.items[item], CODEBOOK.options_of(item)
    text = ANSWERS[wave][participant][statement.he].replace(RIGHT_TO_LEFT_MARK, "").replace("מאד", "מאוד")
    code = {option.he: option.code for option in options.options}.get(text)
    if code is None:
        assert text in ("", options.missing[0].he), text
        return np.nan
    return options.reversed(code) if statement.reverse_coded else code


def items_of(measure: str) -> list[str]:
    return list(CODEBOOK.scales[measure].items) if measure in CODEBOOK.scales else [measure]


def both_waves(measure: str, group: str = "all") -> np.ndarray:
    """Scores at programme end and follow-up of the linked respondents, from the items answered both times."""
    pairs = []
    for participant in (code for code in LINKED if group in ("all", GROUP[code])):
        answered = np.array([[answer(wave, participant, item) for wave in WAVES] for item in items_of(measure)])
        answered = answered[~np.isnan(answered).any(axis=1)]
        if 2 * len(answered) >= len(items_of(measure)):
            pairs.append(answered.mean(axis=0))
    return np.array(pairs)


def changes(measure: str, group: str = "all") -> np.ndarray:
    return np.diff(both_waves(measure, group), axis=1)[:, 0]


def sign_flip_p(change: np.ndarray) -> float:
    """Exact two-sided sign-flip p: every sum that the signs can give, counted on whole numbers."""
    whole = np.rint(change * 60).astype(int)
    sums = Counter({0: 1})
    for step in np.abs(whole):
        sums = sum((Counter({total + move: n for total, n in sums.items()}) for move in (step, -step)), Counter())
    return sum(n for total, n in sums.items() if abs(total) >= abs(whole.sum())) / 2 ** len(whole)


def holm(p: dict[str, float]) -> dict[str, float]:
    ranked = sorted(p, key=p.get)
    adjusted = np.maximum.accumulate([min(1, p[key] * (len(p) - place)) for place, key in enumerate(ranked)])
    return dict(zip(ranked, adjusted, strict=True))


def every_answer(measure: str, wave: str) -> np.ndarray:
    """Respondents by items of a wave."""
    return np.array([[answer(wave, code, item) for item in items_of(measure)] for code in ANSWERS[wave]])


def alpha(answers: np.ndarray) -> float:
    """Cronbach's alpha of those who answered every item."""
    whole, k = answers[~np.isnan(answers).any(axis=1)], answers.shape[1]
    return k / (k - 1) * (1 - whole.var(axis=0, ddof=1).sum() / whole.sum(axis=1).var(ddof=1))


# --- The same bytes -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def generated(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    subprocess.run([sys.executable, ROOT / "data" / "generate.py", folder], check=True)
    return folder


@pytest.mark.parametrize("name", COHORTS)
def test_generating_again_gives_the_same_bytes(name, generated):
    written = {path.name: path.read_bytes() for path in (generated / name).iterdir()}
    assert sorted(written) == sorted(path.name for path in (ROOT / "data" / name).iterdir())
    assert [file for file, content in written.items() if content != (ROOT / "data" / name / file).read_bytes()] == []


def test_every_generated_cohort_has_params_that_agree_with_the_codebook(generated):
    assert {path.name for path in generated.iterdir()} == set(COHORTS) <= set(cohort_names(ROOT))
    for name in COHORTS:
        params = open_cohort(name, ROOT).params
        assert params.synthetic
        records = [params.roster, params.projects, params.network, params.interviews, *params.waves.values()]
        named = [
            value
            for record in records
            if record
            for key, value in record
            if key in ("file", "members", "ties", "meetings")
        ]
        assert sorted(named) == sorted(path.name for path in (ROOT / "data" / name).iterdir())


# --- The published counts -------------------------------------------------------------------------------------------


def test_39_took_part_29_answered_the_follow_up_and_28_both():
    assert (len(ROSTER), len(ANSWERS["programme_end"]), len(ANSWERS["follow_up"]), len(LINKED)) == (39, 38, 29, 28)
    assert set(ANSWERS["programme_end"]) | set(ANSWERS["follow_up"]) == set(ROSTER)


def test_the_roster_has_four_kinds_of_organisation_in_three_groups():
    kinds = Counter(row["סוג ארגון"] for row in ROSTER.values())
    assert kinds == {"משרד מטה": 14, "משרד ביצוע": 14, "שלטון מקומי": 8, "מגזר שלישי": 3}
    assert Counter(GROUP[code] for code in LINKED) == {"headquarters": 9, "operational": 10, "local_and_third": 9}


def test_4_meetings_7_interviews_11_projects_of_3_or_4():
    assert len({row["meeting"] for row in records("meetings.csv")}) == 4
    assert {row["interview"] for row in records("interviews.csv")} == {f"I{number}" for number in range(1, 8)}
    sizes = Counter(row["project"] for row in records("project_members.csv"))
    assert set(sizes) == {row["project"] for row in records("projects.csv")}
    assert len(sizes) == 11
    assert set(sizes.values()) == {3, 4}
    assert sorted(row["participant"] for row in records("project_members.csv")) == sorted(ROSTER)


def test_every_name_is_a_placeholder():
    for number, row in enumerate(ROSTER.values(), start=1):
        assert row["שם"] in (f"משתתף לדוגמה {number:02}", f"משתתפת לדוגמה {number:02}")
        assert row['דוא"ל'] == f"participant{number:02}@example.org"


def test_excerpts_name_findings_of_the_codebook_and_the_released_ones_exist():
    excerpts = records("interviews.csv")
    assert {row["finding"] for row in excerpts} == set(CODEBOOK.findings)
    assert {row["stance"] for row in excerpts} == {"supports", "qualifies", "contradicts"}
    assert set(COHORT.params.interviews.released) < {row["excerpt"] for row in excerpts}


def test_the_codebook_has_32_items_in_8_scales_and_six_scales_in_both_waves():
    assert (len(CODEBOOK.items), len(CODEBOOK.scales), len(CODEBOOK.scales_in(("programme_end", "follow_up")))) == (
        32,
        8,
        6,
    )
    assert sum(item.reverse_coded for item in CODEBOOK.items.values()) == 3
    families = COHORT.params.analysis.families
    assert families["scales"].measures == CODEBOOK.scales_in(("programme_end", "follow_up"))
    assert families["items"].measures == [key for key, item in CODEBOOK.items.items() if len(item.waves) == 2]


# --- The mess, each piece where data/README.md says -------------------------------------------------------------------


def cell(name: str, row: int, key: str) -> str:
    """A cell by the row number that a spreadsheet shows (the headings are row 1) and the codebook's key."""
    headings, *rows = raw_rows(name)
    wanted = {"submitted": CODEBOOK.submitted_headings[0], "participant": CODEBOOK.respondent_headings[0]}.get(key)
    return rows[row - 2][[" ".join(h.split()) for h in headings].index(wanted or CODEBOOK.items[key].he)]


@pytest.mark.parametrize(
    ("name", "row", "key", "written"),
    [
        ("programme_end.csv", 2, "participant", "TEST"),
        ("programme_end.csv", 25, "participant", "dl-117"),
        ("programme_end.csv", 5, "motivation_future", "במידה רבה\u200f"),
        ("follow_up.csv", 6, "participant", " DL-120  "),
        ("follow_up.csv", 6, "contribution_tools", "במידה רבה מאד"),
    ],
)
def test_a_slip_stands_where_the_readme_says(name, row, key, written):
    assert cell(name, row, key) == written


def test_a_blank_row_and_a_heading_on_two_lines():
    headings, *rows = raw_rows("programme_end.csv")
    assert [number for number, row in enumerate(rows, start=2) if not any(row)] == [23]
    broken = CODEBOOK.items["self_others_role"].he.replace("של אחרים", "של\nאחרים")
    assert [heading for heading in headings if "\n" in heading] == [broken]


def test_one_participant_answered_twice_and_differently():
    twice = [row for row in raw_rows("follow_up.csv") if row[1] == "DL-102"]
    assert [cell("follow_up.csv", row, "participant") for row in (14, 15)] == ["DL-102"] * 2
    assert len(twice) == 2
    assert sum(first != last for first, last in zip(*twice, strict=True)) > 20


def test_some_answers_are_missing_but_no_group_falls_below_eight():
    texts = [
        row[item.he]
        for wave in WAVES
        for row in ANSWERS[wave].values()
        for item in CODEBOOK.items.values()
        if item.he in row
    ]
    assert (texts.count(""), texts.count("לא רלוונטי / לא יודע/ת")) == (10, 8)
    for item, group in itertools.product(COHORT.params.analysis.families["items"].measures, COHORT.groups):
        assert len(both_waves(item, group)) >= 8


def test_one_nomination_of_a_stranger_and_one_of_oneself():
    ties = records("network.csv")
    assert [(n, t["to"]) for n, t in enumerate(ties, start=2) if t["to"] not in ROSTER] == [(32, "DL-199")]
    assert [(n, t["to"]) for n, t in enumerate(ties, start=2) if t["to"] == t["from"]] == [(247, "DL-107")]
    assert all(tie["from"] in ANSWERS[tie["wave"]] for tie in ties)


# --- The findings that the report must be able to compute (the conditions on the seed) ------------------------------


def test_motivation_and_self_perception_were_preserved_and_wider_involvement_rose():
    adjusted = holm(
        {scale: sign_flip_p(changes(scale)) for scale in CODEBOOK.scales_in(("programme_end", "follow_up"))}
    )
    for scale in ("motivation", "self_perception"):
        change = changes(scale)
        low, high = stats.t.interval(0.90, len(change) - 1, change.mean(), stats.sem(change))
        assert -0.3 < low < high < 0.3
    assert 0.35 < changes("wider_involvement").mean() < 0.65
    assert adjusted.pop("wider_involvement") < 0.01
    assert min(adjusted.values()) > 0.1


def test_the_gap_between_headquarters_and_operational_ministries_narrowed():
    for measure, most in (("own_area_activity", 0.01), ("self_perception", 0.05)):
        behind, ahead = (both_waves(measure, group) for group in ("headquarters", "operational"))
        before, after = ahead.mean(axis=0) - behind.mean(axis=0)
        assert before > 0.4
        assert -0.1 < after < 0.35
        assert stats.ttest_ind(np.diff(behind)[:, 0], np.diff(ahead)[:, 0], equal_var=False).pvalue < most
    assert sign_flip_p(changes("own_area_activity", "headquarters")) < 0.01
    assert sign_flip_p(changes("self_perception", "headquarters")) < 0.05
    assert sign_flip_p(changes("own_area_activity", "operational")) > 0.2


def test_no_ceiling_explains_the_narrowing():
    for measure, group in itertools.product(("own_area_activity", "self_perception"), ("headquarters", "operational")):
        at_end = [
            [answer("programme_end", code, item) for item in items_of(measure)]
            for code in ANSWERS["programme_end"]
            if GROUP[code] == group
        ]
        assert np.mean(np.array(at_end) == 5) < 0.15


def test_five_of_ten_projects_with_a_report_are_advanced_and_most_graduates_have_left():
    stage, involved = CODEBOOK.questions["project_stage"].he, CODEBOOK.questions["still_involved"].he
    codes = {option.he: option.code for option in CODEBOOK.option_sets["project_stages"].options}
    reports: dict[str, list[int]] = {}
    for row in records("project_members.csv"):
        if row["participant"] in ANSWERS["follow_up"]:
            reports.setdefault(row["project"], []).append(codes[ANSWERS["follow_up"][row["participant"]][stage]])
    # the stage most members report; of two reported equally often, the less advanced
    settled = {project: stats.mode(stages).mode for project, stages in reports.items()}
    assert sorted(project for project, stages in reports.items() if len(set(stages)) > 1) == ["P03", "P06"]
    assert (len(settled), sum(code in CODEBOOK.advanced_stages for code in settled.values())) == (10, 5)
    assert Counter(row[involved] for row in ANSWERS["follow_up"].values()) == {"כן": 9, "לא": 20}


def test_agreement_about_the_opportunity_fell_in_operational_ministries_only():
    fell = changes("sponsor_opportunity", "operational")
    assert -1.2 <= fell.mean() <= -0.8
    assert sign_flip_p(fell) < 0.01
    assert abs(changes("sponsor_opportunity", "headquarters").mean()) < 0.35


def test_ties_were_kept_and_graduates_want_ties_peers_and_news():
    pairs = {
        wave: {(row["from"], row["to"]) for row in records("network.csv") if row["wave"] == wave} for wave in WAVES
    }
    named = {pair for pair in pairs["programme_end"] if pair[0] in LINKED}
    assert len(named & pairs["follow_up"]) / len(named) > 0.75
    question = CODEBOOK.questions["network_wishes"].he
    wishes = Counter(wish for row in ANSWERS["follow_up"].values() for wish in row[question].split(";"))
    options = [option.he for option in CODEBOOK.option_sets["network_activities"].options]
    assert [wish for wish, _ in wishes.most_common(3)] == options[:3]


@pytest.mark.parametrize(
    ("scale", "low", "high"),
    [
        ("own_area_activity", 3.5, 4.0),
        ("programme_contribution", 3.8, 4.3),
        ("sponsor_support", 3.4, 3.9),
        ("project_work", 2.25, 2.55),
        ("network_value", 3.8, 4.1),
    ],
)
def test_levels_at_follow_up(scale, low, high):
    assert low < np.nanmean(every_answer(scale, "follow_up")) < high


def test_scales_are_reliable_and_no_group_is_of_one_mind():
    asked = [(scale, wave) for scale in CODEBOOK.scales for wave in CODEBOOK.scale_waves(scale)]
    for scale, wave in asked:
        assert 0.70 <= alpha(every_answer(scale, wave)) <= 0.92
    for item, group in itertools.product(CODEBOOK.items, COHORT.groups):
        for wave, among in itertools.product(CODEBOOK.items[item].waves, (ROSTER, LINKED)):
            members = [code for code in ANSWERS[wave] if GROUP[code] == group and code in among]
            assert len({answer(wave, code, item) for code in members} - {np.nan}) > 1


# --- Cohorts 2, 3 and local-3: plain reading ------------------------------------------------------------------------

SCALES = CODEBOOK.scales_in(("programme_end", "follow_up"))
EXTENT = CODEBOOK.option_sets["extent"]
CODE_OF = {label: option.code for option in EXTENT.options for label in (option.he, option.en)}
NONE = ("", None, "-99", EXTENT.missing[0].he, "Not relevant / don't know")


def plain(text: object) -> object:
    """A label without niqqud, direction marks and odd spaces."""
    if not isinstance(text, str):
        return text
    kept = (sign for sign in text.replace(NO_BREAK_SPACE, " ") if unicodedata.category(sign) not in ("Mn", "Cf"))
    return "".join(kept).replace("מאד", "מאוד").replace("במדה", "במידה")


def score(row: dict, scale: str) -> float:
    """The mean of a scale's answered items, reverse-coded ones turned round, if at least half are answered."""
    asked = {key: item for key, item in CODEBOOK.scales[scale].items.items() if key in row}
    codes = {key: CODE_OF.get(plain(row[key]), row[key]) for key in asked}
    codes = {key: {"٤": 4}.get(code, code) for key, code in codes.items() if code not in NONE}
    answered = [6 - code if asked[key].reverse_coded else code for key, code in codes.items()]
    return float(np.mean(answered)) if 2 * len(answered) >= len(asked) else np.nan


def scores(rows: dict[object, dict], scale: str) -> pd.Series:
    return pd.Series({respondent: score(row, scale) for respondent, row in rows.items()}).dropna()


def verdicts(compare, first: dict, second: dict) -> dict[str, str]:
    """The verdict on each scale: both its tests adjusted by Holm, margin 0.3."""
    results = {scale: compare(scores(first, scale), scores(second, scale)) for scale in SCALES}
    adjusted = holm({scale: result.p for scale, result in results.items()})
    kept = holm({scale: kept_p(result.change, result.se, result.df, 0.3) for scale, result in results.items()})
    return {
        scale: verdict(r.change, r.ci90, adjusted[scale], 0.3, p_kept_adjusted=kept[scale]).verdict
        for scale, r in results.items()
    }


# --- Cohort 2 -------------------------------------------------------------------------------------------------------

BOOK_2 = openpyxl.load_workbook(ROOT / "data" / "2" / "programme_end.xlsx")
TYPED = [list(row) for row in BOOK_2["תשובות"].iter_rows(values_only=True)]
KEY_OF_WORDING = {item.he: key for key, item in CODEBOOK.items.items()}
with (ROOT / "data" / "2" / "follow_up.csv").open(encoding="utf-8-sig", newline="") as file:
    ONLINE = list(csv.reader(file))
CORRECTED = {"DL-2O7": "DL-207", "DL225": "DL-225"}


def typed_answers() -> dict[str, dict]:
    keys = [KEY_OF_WORDING.get(heading, heading) for heading in TYPED[0]]
    rows = [dict(zip(keys, row, strict=True)) for row in TYPED[1:] if row[0]]
    return {CORRECTED.get(row["קוד משתתף/ת"], row["קוד משתתף/ת"]): row for row in rows}


def online_answers() -> dict[str, dict]:
    """Finished submissions that are no preview, under the ID that was meant; the one that nobody has is left out."""
    rows = [dict(zip(ONLINE[0], row, strict=True)) for row in ONLINE[3:]]
    rows = [row for row in rows if row["Status"] == "IP Address" and row["Finished"] == "True"]
    mine = {row["participant_code"].replace(NO_BREAK_SPACE, ""): row for row in rows}
    assert len(mine) == len(rows) == 28
    return {CORRECTED.get(code, code): row for code, row in mine.items() if code != "DL-271"}


FIRST_2, LATER_2 = typed_answers(), online_answers()


def roster_2() -> dict[str, tuple]:
    _, *rows = openpyxl.load_workbook(ROOT / "data" / "2" / "roster.xlsx")["משתתפים"].iter_rows(values_only=True)
    return {row[0]: row for row in rows}


def test_cohort_2_has_36_participants_31_and_27_answers_and_23_pairs():
    people = roster_2()
    assert list(people) == [f"DL-{number}" for number in range(201, 237)]
    assert (len(FIRST_2), len(LATER_2), len(set(FIRST_2) & set(LATER_2))) == (31, 27, 23)
    assert set(FIRST_2) | set(LATER_2) == set(people) - {"DL-211"}
    kinds = Counter(row[3].replace('"', "״").replace("”", "״") for row in people.values())
    assert kinds == {"משרד מטה": 13, "משרד ביצוע": 13, "שלטון מקומי": 7, "מלכ״ר": 3}
    assert {row[3] for row in people.values() if row[3].startswith("מלכ")} == {'מלכ"ר', "מלכ”ר", "מלכ״ר"}
    assert {row[5] for row in people.values()} == {"ממשלה 2"}


def test_the_slips_in_ids_of_cohort_2_are_those_that_the_params_correct():
    people = roster_2()
    typed = {row[0] for row in TYPED[1:] if row[0]} - set(people)
    online = {row[ONLINE[0].index("participant_code")] for row in ONLINE[3:]} - set(people)
    assert typed == {"DL-2O7"}
    assert online == {"DL225", "DL-271", f"DL-219{NO_BREAK_SPACE}"}
    assert open_cohort("2", ROOT).params.cleaning.ids == CORRECTED
    assert "DL-217" in FIRST_2 and "DL-217" not in LATER_2  # whose follow-up came in as DL-271


@pytest.mark.parametrize(
    ("row", "key", "written"),
    [
        (2, "own_projects", 4),
        (7, "own_staff", "٤"),
        (3, "motivation_promote", "בְּמִידָה רַבָּה"),
        (4, "wider_units", f"במידה{NO_BREAK_SPACE}בינונית"),
        (2, "sponsor_projects", "במדה רבה"),
    ],
)
def test_a_slip_of_the_typist_stands_where_the_readme_says(row, key, written):
    assert TYPED[row - 1][TYPED[0].index(CODEBOOK.items[key].he)] == written


def test_the_workbook_of_cohort_2_is_as_offices_leave_them():
    sheet = BOOK_2["תשובות"]
    assert BOOK_2.sheetnames == ["הסבר", "תשובות"]
    assert [row for row in range(1, sheet.max_row + 1) if sheet.row_dimensions[row].hidden] == [14]
    assert [row for row in range(1, sheet.max_row + 1) if not any(TYPED[row - 1])] == [34, 35, 36]
    assert TYPED[0][-1] == "הערת הקלדה"
    twice = [number for number, row in enumerate(TYPED, start=1) if row[0] == "DL-236"]
    assert twice == [11, 27]
    assert TYPED[10][:-1] == TYPED[26][:-1]
    assert {len(row[1].split("/")) for row in TYPED[1:] if row[0]} == {3}


def test_the_qualtrics_export_has_three_header_rows_a_preview_and_a_form_opened_again():
    codes, wordings, imports = ONLINE[:3]
    assert codes[-6:] == [
        "project_stage",
        "still_involved",
        "project_helped",
        "project_hindered",
        "network_wishes",
        "comments",
    ]
    assert wordings[codes.index("own_staff")].endswith(CODEBOOK.items["own_staff"].en)
    assert all(text.startswith('{"ImportId":"') for text in imports)
    status, finished, code = (codes.index(name) for name in ("Status", "Finished", "participant_code"))
    assert [n for n, row in enumerate(ONLINE, start=1) if row[status] == "Survey Preview"] == [4]
    assert ONLINE[3][code] == "DL-201"  # a real ID, of someone who never answered the follow-up
    assert "DL-201" not in LATER_2
    assert [(n, row[code]) for n, row in enumerate(ONLINE, start=1) if row[finished] == "False"] == [(27, "DL-233")]
    assert ONLINE[14][code] == "DL-233"  # who had finished eight days before
    assert "Not relevant / don't know" in {cell for row in ONLINE[3:] for cell in row}
    unanswered = [row[codes.index(key)] for row in ONLINE[4:] for key in CODEBOOK.items]
    assert unanswered.count("-99") == 5


def test_cohort_2_one_scale_rose_one_is_preserved_and_four_are_inconclusive():
    assert verdicts(partly_linked_change, FIRST_2, LATER_2) == {
        "motivation": "inconclusive", "self_perception": "inconclusive", "own_area_activity": "inconclusive",
        "wider_involvement": "rose", "programme_contribution": "preserved", "sponsor_support": "inconclusive",
    }  # fmt: skip


def test_cohort_2_stands_higher_than_cohort_1_at_programme_end_on_two_scales():
    for scale in ("self_perception", "own_area_activity"):
        assert scores(FIRST_2, scale).mean() - np.nanmean(every_answer(scale, "programme_end")) > 0.1


def test_projects_and_network_of_cohort_2_name_people_of_its_roster():
    def table(name: str) -> list[list[str]]:
        with (ROOT / "data" / "2" / name).open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))[1:]

    people = set(roster_2())
    members = table("project_members.csv")
    assert sorted(member for _, member in members) == sorted(people)
    assert Counter(Counter(project for project, _ in members).values()) == {4: 6, 3: 4}
    ties = table("network.csv")
    assert [(n, tie[2]) for n, tie in enumerate(ties, start=2) if tie[2] not in people] == [(32, "DL-299")]
    assert [(n, tie[1]) for n, tie in enumerate(ties, start=2) if tie[1] == tie[2]] == [(206, "DL-208")]
    answered = {"programme_end": set(FIRST_2), "follow_up": set(LATER_2)}
    assert all(ego in answered[wave] for wave, ego, _, _ in ties)
    assert len({meeting for meeting, _, _ in table("meetings.csv")}) == 3


# --- Cohort 3 -------------------------------------------------------------------------------------------------------

KEYED, ABOUT = pyreadstat.read_sav(ROOT / "data" / "3" / "programme_end.sav", user_missing=True)
EVERY_ITEM_AT_END = [key for key, item in CODEBOOK.items.items() if "programme_end" in item.waves]


def answers_3() -> dict[int, dict]:
    rows = KEYED[EVERY_ITEM_AT_END].replace({99: np.nan}).to_dict("records")
    rows = [{key: "" if np.isnan(code) else int(code) for key, code in row.items()} for row in rows]
    return dict(zip(KEYED["participant_code"].astype(int), rows, strict=True))


def test_all_24_of_cohort_3_answered_on_the_day_of_the_closing_meeting():
    assert sorted(answers_3()) == list(range(3001, 3025))
    assert set(KEYED["submitted_on"]) == {date(2018, 11, 13)}
    with (ROOT / "data" / "3" / "roster.csv").open(encoding="cp1255", newline="") as file:
        headings, *rows = csv.reader(file)
    assert headings[2] == 'דוא"ל'
    assert rows[24:] == [[""] * 6] * 3  # three blank rows at the end
    assert sorted(int(row[0]) for row in rows[:24]) == sorted(answers_3())
    assert Counter(row[3] for row in rows[:24]) == {"משרד מטה": 9, "משרד ביצוע": 8, "שלטון מקומי": 4, "מגזר שלישי": 3}
    assert {row[5] for row in rows[:24]} == {"ממשלה 3"}


def test_the_spss_file_declares_99_for_all_variables_but_one_and_labels_only_the_ends_of_another():
    assert set(ABOUT.missing_ranges) == {*EVERY_ITEM_AT_END, "project_stage"} - {"sponsor_answers"}
    assert (KEYED["sponsor_answers"] == 99).sum() == 1
    assert 99 not in ABOUT.variable_value_labels["sponsor_answers"]
    assert sorted(ABOUT.variable_value_labels["sponsor_cooperation"]) == [1, 5, 99]
    assert set(KEYED["sponsor_cooperation"].dropna()) > {2, 3, 4}
    assert ABOUT.variable_value_labels["own_staff"][4] == "במידה רבה"
    assert int((KEYED[EVERY_ITEM_AT_END] == 99).sum().sum()) == 7
    assert int(KEYED[EVERY_ITEM_AT_END].isna().sum().sum()) == 4
    label = dict(zip(ABOUT.column_names, ABOUT.column_labels, strict=True))
    assert label["own_services"].replace(NO_BREAK_SPACE, " ") == CODEBOOK.items["own_services"].he
    assert NO_BREAK_SPACE in label["own_services"]
    assert ABOUT.column_names[-1] == "filter_$"


def test_against_cohort_2_some_scales_of_cohort_3_stand_higher_and_motivation_does_not():
    higher = {scale: scores(answers_3(), scale).mean() - scores(FIRST_2, scale).mean() for scale in SCALES}
    assert {scale for scale, points in higher.items() if points >= 0.15} == {
        "self_perception", "own_area_activity", "wider_involvement", "programme_contribution",
    }  # fmt: skip
    assert abs(higher["motivation"]) < 0.15


# --- Local government 3 ---------------------------------------------------------------------------------------------


def lime_rows(wave: str, separator: str) -> tuple[list[str], list[list[str]]]:
    with (ROOT / "data" / "local-3" / f"{wave}.csv").open(encoding="utf-8-sig", newline="") as file:
        headings, *rows = csv.reader(file, delimiter=separator)
    return headings, [row for row in rows if row]


LIME = {"programme_end": lime_rows("programme_end", ";"), "follow_up": lime_rows("follow_up", ",")}


def lime_answers(wave: str) -> dict[int, dict]:
    """Statements of each row that answers at least half of them, by row number."""
    headings, rows = LIME[wave]
    columns = {
        key: next(n for n, heading in enumerate(headings) if heading.endswith(f"[{item.he}]"))
        for key, item in CODEBOOK.items.items()
        if wave in item.waves
    }
    kept = {}
    for number, row in enumerate(rows, start=2):
        mine = {key: row[place] for key, place in columns.items()}
        if sum(text != "" for text in mine.values()) >= len(mine) / 2:
            kept[number] = mine
    return kept


def test_33_and_25_of_local_government_3_answered_and_no_code_tells_who():
    assert {wave: (len(rows), len(lime_answers(wave))) for wave, (_, rows) in LIME.items()} == {
        "programme_end": (35, 33), "follow_up": (27, 25),
    }  # fmt: skip
    for wave, (headings, rows) in LIME.items():
        unsent = {number for number, row in enumerate(rows, start=2) if row[1] == ""}
        assert (len(unsent), len(unsent & set(lime_answers(wave)))) == (3, 1)
        assert not any(name in heading for heading in headings for name in CODEBOOK.respondent_headings)
    assert {row[1] for row in LIME["follow_up"][1]} == {"", "1980-01-01 00:00:00"}


def test_the_roster_of_local_government_3_tells_numbers_and_sectors_only():
    with (ROOT / "data" / "local-3" / "roster.csv").open(encoding="utf-8", newline="") as file:
        headings, *rows = csv.reader(file)
    assert headings == ["מספר סידורי", "מגזר", "מחזור"]
    mine = [row for row in rows if row[2] == "שלטון מקומי 3"]
    assert (len(rows), len(mine)) == (43, 40)
    assert Counter(row[1] for row in mine) == {"שלטון מקומי": 32, "ממשלה": 6, "חברה אזרחית": 2}


def test_sectors_of_those_who_answered_in_local_government_3():
    asked = CODEBOOK.traits["sector"].headings[0]
    counted = {}
    for wave, (headings, rows) in LIME.items():
        place = next(n for n, heading in enumerate(headings) if heading.endswith(asked))
        counted[wave] = Counter(rows[number - 2][place] for number in lime_answers(wave))
    assert counted == {
        "programme_end": {"שלטון מקומי": 26, "ממשלה": 4, "חברה אזרחית": 2, "": 1},
        "follow_up": {"שלטון מקומי": 20, "ממשלה": 3, "חברה אזרחית": 1, "": 1},
    }


def test_limesurvey_headings_are_wordings_in_one_wave_and_codes_with_wordings_in_the_other():
    first, later = (LIME[wave][0] for wave in WAVES)
    assert first[:5] == ["Response ID", "Date submitted", "Last page", "Start language", "Seed"]
    assert later[:2] == ["id. Response ID", "submitdate. Date submitted"]
    item = CODEBOOK.items["own_projects"].he
    assert f"באיזו מידה כל אחד מההיגדים נכון לגביך? [{item}]" in first
    assert f"G02Q01[SQ001]. באיזו מידה כל אחד מההיגדים נכון לגביך? [{item}]" in later
    wishes = CODEBOOK.questions["network_wishes"].he
    options = CODEBOOK.option_sets["network_activities"].options
    ticks = [n for n, heading in enumerate(later) if f"{wishes} [" in heading]
    assert [later[n].split(". ", 1)[1] for n in ticks] == [f"{wishes} [{option.he}]" for option in options]
    assert {row[n] for row in LIME["follow_up"][1] for n in ticks} == {"כן", "לא", "N/A"}


def test_some_labels_of_local_government_3_are_written_otherwise():
    def written(wave: str, scale: str) -> set[str]:
        return {row[key] for row in lime_answers(wave).values() for key in CODEBOOK.scales[scale].items}

    assert "בְּמִידָה מוּעָטָה" in written("programme_end", "wider_involvement")
    assert "במידה רבה מאד" in written("programme_end", "sponsor_support")
    assert f"במידה{NO_BREAK_SPACE}רבה" in written("follow_up", "own_area_activity")
    assert RIGHT_TO_LEFT_MARK + "במידה רבה" in written("follow_up", "network_value")


def test_unlinked_waves_of_local_government_3_are_mostly_inconclusive():
    found = Counter(verdicts(unlinked_change, lime_answers("programme_end"), lime_answers("follow_up")).values())
    assert set(found) <= {"inconclusive", "preserved"}
    assert found["inconclusive"] >= 4


@pytest.mark.parametrize("rows", [FIRST_2, LATER_2, answers_3(), *map(lime_answers, WAVES)], ids=[
    "2, programme end", "2, follow-up", "3", "local-3, programme end", "local-3, follow-up",
])  # fmt: skip
def test_scales_of_the_other_cohorts_are_reliable(rows):
    asked = set(next(iter(rows.values())))
    for scale in (name for name, about in CODEBOOK.scales.items() if set(about.items) <= asked):
        answers = [[score({key: row[key]}, scale) for key in CODEBOOK.scales[scale].items] for row in rows.values()]
        assert 0.65 <= alpha(np.array(answers)) <= 0.93
