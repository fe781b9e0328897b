"""Cohort 1's synthetic exports: the same bytes again, the published counts, every piece of mess, and the five findings.

Everything is read plainly here (csv, openpyxl, the codebook's labels), not by the project's own cleaning.
"""

import csv
import itertools
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from followup.cohort import open_cohort
from scipy import stats

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data" / "1"
WAVES = ("programme_end", "follow_up")
RIGHT_TO_LEFT_MARK = "\u200f"
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


def test_generating_again_gives_the_same_bytes(tmp_path):
    subprocess.run([sys.executable, ROOT / "data" / "generate.py", tmp_path], check=True)
    written = {path.name: path.read_bytes() for path in (tmp_path / "1").iterdir()}
    assert sorted(written) == sorted(path.name for path in DATA.iterdir())
    assert [name for name, content in written.items() if content != (DATA / name).read_bytes()] == []


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
    assert (len(CODEBOOK.items), len(CODEBOOK.scales), len(CODEBOOK.compared_scales)) == (32, 8, 6)
    assert sum(item.reverse_coded for item in CODEBOOK.items.values()) == 3
    families = COHORT.params.analysis.families
    assert families["scales"].measures == CODEBOOK.compared_scales
    assert families["items"].measures == [key for key, item in CODEBOOK.items.items() if len(item.waves) == 2]


# --- The mess, each piece where data/README.md says -------------------------------------------------------------------


def cell(name: str, row: int, key: str) -> str:
    """A cell by the row number that a spreadsheet shows (the headings are row 1) and the codebook's key."""
    headings, *rows = raw_rows(name)
    wanted = {"submitted": CODEBOOK.submitted_headings[0], "participant": CODEBOOK.respondent_headings[0]}.get(key)
    return rows[row - 2][[" ".join(h.split()) for h in headings].index(wanted or CODEBOOK.items[key].he)]


@pytest.mark.parametrize(("name", "row", "key", "written"), [
    ("programme_end.csv", 2, "participant", "TEST"),
    ("programme_end.csv", 25, "participant", "dl-117"),
    ("programme_end.csv", 5, "motivation_future", "במידה רבה\u200f"),
    ("follow_up.csv", 6, "participant", " DL-120  "),
    ("follow_up.csv", 6, "contribution_tools", "במידה רבה מאד"),
])
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
    texts = [row[item.he] for wave in WAVES for row in ANSWERS[wave].values() for item in CODEBOOK.items.values()
             if item.he in row]
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
    adjusted = holm({scale: sign_flip_p(changes(scale)) for scale in CODEBOOK.compared_scales})
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
        at_end = [[answer("programme_end", code, item) for item in items_of(measure)]
                  for code in ANSWERS["programme_end"] if GROUP[code] == group]
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


@pytest.mark.parametrize(("scale", "low", "high"), [
    ("own_area_activity", 3.5, 4.0), ("programme_contribution", 3.8, 4.3), ("sponsor_support", 3.4, 3.9),
    ("project_work", 2.25, 2.55), ("network_value", 3.8, 4.1),
])
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
