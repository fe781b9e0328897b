"""Projects: one row is one project, however many of its members report; silence gives bounds."""

import math
from itertools import product

import pandas as pd
import pytest
from followup.analysis.answer_levels import NETWORK as NETWORK_TOPIC
from followup.analysis.answer_levels import PROJECTS as PROJECTS_TOPIC
from followup.analysis.answer_levels import levels_on, statements_on
from followup.analysis.projects import (
    conflicting_reports,
    involvement,
    project_stages,
    question_with_role,
    rule_in_words,
    settled,
    share_advanced,
    stage_counts,
    stage_moves,
)
from followup.report.charts.project_charts import move_bar
from followup.study.cohort import open_cohort
from followup.words.vocabulary import Vocabulary

COHORT = open_cohort("1")
CODEBOOK = COHORT.codebook
STOPPED, IDEA, DESIGN, PILOT, PARTIAL, FULL = range(6)


def answers(rows: list[tuple]) -> pd.DataFrame:
    """respondent, wave, question, code."""
    frame = pd.DataFrame(rows, columns=["respondent", "wave", "question", "value"]).astype({"value": "Int64"})
    return frame.assign(missing_reason=None)


def with_rule(rule: str):
    projects = COHORT.params.projects.model_copy(update={"conflicting_reports": rule})
    return type(COHORT)("1", COHORT.params.model_copy(update={"projects": projects}), CODEBOOK, COHORT.root)


# ------------------------------------------------------------ several members, one stage


@pytest.mark.parametrize(
    ("reports", "most_reported", "most_advanced", "least_advanced"),
    [
        ([PARTIAL], PARTIAL, PARTIAL, PARTIAL),
        ([PARTIAL, PARTIAL, DESIGN], PARTIAL, PARTIAL, DESIGN),
        ([PILOT, PARTIAL], PILOT, PARTIAL, PILOT),  # one each: the less advanced of the two
        ([FULL, FULL, IDEA, IDEA, PILOT], IDEA, FULL, IDEA),
        ([STOPPED, FULL], STOPPED, FULL, STOPPED),
        ([], None, None, None),
    ],
)
def test_reports_that_differ_are_settled_by_the_rule_of_the_params(
    reports, most_reported, most_advanced, least_advanced
):
    stages = pd.Series(reports, dtype="Int64")
    assert settled(stages, "most_reported") == most_reported
    assert settled(stages, "most_advanced") == most_advanced
    assert settled(stages, "least_advanced") == least_advanced


# Four projects, seven members. P1: two agree. P2: a pilot and a partial implementation. P3: its member does not know.
# P4: nobody answered. At programme end only P1 was reported on.
PROJECTS = pd.DataFrame({"project": ["P1", "P2", "P3", "P4"], "title": "…"})
MEMBERS = pd.DataFrame({"project": ["P1", "P1", "P2", "P2", "P3", "P4", "P4"], "participant": list("abcdefg")})
REPLIES = answers(
    [
        ("a", "programme_end", "project_stage", IDEA),
        ("a", "follow_up", "project_stage", FULL),
        ("b", "follow_up", "project_stage", FULL),
        ("c", "follow_up", "project_stage", PILOT),
        ("d", "follow_up", "project_stage", PARTIAL),
        ("e", "follow_up", "project_stage", None),
        ("a", "follow_up", "still_involved", 1),
        ("b", "follow_up", "still_involved", 0),
        ("c", "follow_up", "still_involved", 0),
        ("d", "follow_up", "still_involved", None),
    ]
)


def test_each_project_has_one_row_a_wave():
    stages = project_stages(PROJECTS, MEMBERS, REPLIES, COHORT)
    rows = stages.set_index(["project", "wave"]).to_dict("index")
    assert len(stages) == 8
    assert rows["P1", "programme_end"] == {"reports": 1, "stage": IDEA, "conflict": False}
    assert rows["P1", "follow_up"] == {"reports": 2, "stage": FULL, "conflict": False}
    assert rows["P2", "follow_up"] == {"reports": 2, "stage": PILOT, "conflict": True}
    for project in ("P3", "P4"):
        assert rows[project, "follow_up"]["reports"] == 0
        assert pd.isna(rows[project, "follow_up"]["stage"])


def test_another_rule_settles_the_conflict_otherwise():
    stages = project_stages(PROJECTS, MEMBERS, REPLIES, with_rule("most_advanced"))
    assert stages.set_index(["project", "wave"]).loc[("P2", "follow_up"), "stage"] == PARTIAL


def test_the_share_of_advanced_projects_counts_projects_not_members():
    """P1 is advanced, P2 is a pilot, P3 and P4 may be anything: between one and three of four."""
    table = share_advanced(project_stages(PROJECTS, MEMBERS, REPLIES, COHORT), CODEBOOK).set_index("wave")
    row = table.loc["follow_up"]
    assert (row["n_advanced"], row["n"], row["n_all"]) == (1, 2, 4)
    assert (row["lowest"], row["highest"], row["conflicts"]) == (1, 3, 1)
    assert table.loc["programme_end", ["n_advanced", "n", "n_all", "lowest", "highest"]].tolist() == [0, 1, 4, 0, 3]


def advanced_among(roster: int, n: int, k: int) -> list[int]:
    """Every number M of advanced projects among all, for which k of n drawn is not improbable on either side (2.5%)."""

    def chance(m: int, j: int) -> float:
        return math.comb(m, j) * math.comb(roster - m, n - j) / math.comb(roster, n)

    return [
        m
        for m in range(roster + 1)
        if sum(chance(m, j) for j in range(k, n + 1)) > 0.025 and sum(chance(m, j) for j in range(k + 1)) > 0.025
    ]


def test_the_interval_is_for_a_finite_number_of_projects():
    """Five of the ten reported on, of eleven in all: the eleventh makes it five or six, and no more is uncertain."""
    projects = pd.DataFrame({"project": [f"P{number}" for number in range(1, 12)]})
    members = projects.assign(participant=projects["project"])
    replies = answers(
        [(f"P{number}", "follow_up", "project_stage", FULL if number <= 5 else DESIGN) for number in range(1, 11)]
    )
    row = (
        share_advanced(project_stages(projects, members, replies, COHORT), CODEBOOK).set_index("wave").loc["follow_up"]
    )
    assert (row["n_advanced"], row["n"], row["n_all"], row["lowest"], row["highest"]) == (5, 10, 11, 5, 6)
    plausible = advanced_among(11, 10, 5)
    assert row["low"] >= min(plausible)
    assert row["high"] <= max(plausible)


@pytest.mark.parametrize(("k", "n", "total"), [(3, 5, 9), (0, 4, 11), (7, 7, 9), (5, 8, 20)])
def test_the_interval_never_leaves_what_is_possible(k, n, total):
    projects = pd.DataFrame({"project": range(total)}).astype(str)
    replies = answers([(str(place), "follow_up", "project_stage", FULL if place < k else IDEA) for place in range(n)])
    members = projects.assign(participant=projects["project"])
    row = (
        share_advanced(project_stages(projects, members, replies, COHORT), CODEBOOK).set_index("wave").loc["follow_up"]
    )
    assert k <= row["low"] <= row["high"] <= k + total - n
    assert (row["lowest"], row["highest"]) == (k, k + total - n)


def test_the_stages_are_counted_of_the_projects_with_a_report():
    counts = stage_counts(project_stages(PROJECTS, MEMBERS, REPLIES, COHORT), CODEBOOK)
    follow_up = counts[counts["wave"] == "follow_up"].set_index("option")
    assert follow_up["n_projects"].to_dict() == {STOPPED: 0, IDEA: 0, DESIGN: 0, PILOT: 1, PARTIAL: 0, FULL: 1}
    assert set(follow_up["n"]) == {2}
    assert list(product(("programme_end", "follow_up"), range(6))) == list(
        zip(counts["wave"], counts["option"], strict=True)
    )


# ------------------------------------------------------------ who is still involved


def test_the_involved_are_counted_among_those_who_answered_the_question():
    [row] = involvement(REPLIES, CODEBOOK).to_dict("records")
    assert (row["n_chosen"], row["n"], row["option"]) == (1, 3, 1)


def test_a_cohort_that_was_not_asked_has_no_row():
    assert involvement(REPLIES[REPLIES["question"] == "project_stage"], CODEBOOK).empty
    assert involvement(REPLIES, CODEBOOK.model_copy(update={"questions": {}})).empty


def test_a_cohort_without_projects_has_no_stages():
    nothing = PROJECTS.iloc[:0]
    stages = project_stages(nothing, MEMBERS.iloc[:0], REPLIES, COHORT)
    assert stages.empty
    assert stage_counts(stages, CODEBOOK).empty
    assert share_advanced(stages, CODEBOOK).empty


def test_a_question_is_found_by_its_role():
    assert question_with_role(CODEBOOK, "project_stage") == "project_stage"
    assert question_with_role(CODEBOOK, "project_involvement") == "still_involved"
    assert question_with_role(CODEBOOK.model_copy(update={"questions": {}}), "project_stage") is None


# ------------------------------------------------------------ conflicts, and from stage to stage


def test_every_report_in_a_conflict_is_logged_with_what_counts_and_why():
    stages = project_stages(PROJECTS, MEMBERS, REPLIES, COHORT)
    log = conflicting_reports(stages, MEMBERS, REPLIES, COHORT)
    assert log.to_dict("records") == [
        {
            "project": "P2",
            "wave": "follow_up",
            "participant": who,
            "reported": stage,
            "stage": PILOT,
            "rule": "most_reported",
        }
        for who, stage in (("c", PILOT), ("d", PARTIAL))
    ]


@pytest.mark.parametrize("rule", ["most_reported", "most_advanced", "least_advanced"])
def test_the_rule_is_said_in_both_languages(rule):
    words = rule_in_words(with_rule(rule))
    assert words.he
    assert words.en


def staged(before: list, after: list) -> pd.DataFrame:
    """Projects with these stages in the two waves; None where nobody reported."""
    rows = [
        {"project": f"P{place}", "wave": wave, "stage": stage, "conflict": False}
        for wave, stages in (("programme_end", before), ("follow_up", after))
        for place, stage in enumerate(stages)
    ]
    return pd.DataFrame(rows).astype({"stage": "Int64"})


def test_moves_count_every_project_once():
    """One forward, two back (one of them stopped), one the same, two of which a wave is silent."""
    stages = staged([IDEA, PILOT, DESIGN, FULL, None, IDEA], [PILOT, STOPPED, IDEA, FULL, FULL, None])
    moves = stage_moves(stages).set_index("move")
    assert moves["n_projects"].to_dict() == {"forward": 1, "same_stage": 1, "back": 2, "stage_unknown": 2}
    assert set(moves["n"]) == {6}


def test_a_cohort_with_one_wave_of_reports_has_no_moves():
    stages = staged([IDEA, PILOT], [None, None])
    assert stage_moves(stages).empty


def test_the_picture_of_moves_names_every_number_in_words():
    frame = stage_moves(staged([IDEA, PILOT, None], [PILOT, STOPPED, FULL]))
    for language in ("he", "en"):
        _, alternative = move_bar(frame, Vocabulary(CODEBOOK), language)
        assert alternative.count("\u2066") >= len(frame)


def test_the_statements_on_projects_are_those_the_codebook_names_beside_them():
    assert statements_on(CODEBOOK, PROJECTS_TOPIC) == list(CODEBOOK.scales["project_work"].items)
    assert statements_on(CODEBOOK, NETWORK_TOPIC) == list(CODEBOOK.scales["network_value"].items)
    assert statements_on(CODEBOOK.model_copy(update={"findings": {}}), PROJECTS_TOPIC) == []


def test_levels_of_a_topic_are_counts_of_those_who_answered():
    responses = pd.DataFrame(
        [(who, "follow_up", "project_satisfied", value) for who, value in zip("abcd", (1, 2, 3, None), strict=True)]
        + [("a", "follow_up", "motivation_promote", 5)],
        columns=["respondent", "wave", "item", "value"],
    )
    [row] = levels_on(responses, CODEBOOK, PROJECTS_TOPIC).to_dict("records")
    counts = {"measure": "project_satisfied", "wave": "follow_up", "n": 3, "n_low": 2, "n_middle": 1, "n_high": 0}
    assert row == counts | {"outcome": "minority"}
