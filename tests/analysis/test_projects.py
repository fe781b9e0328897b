"""Projects: one row is one project, however many of its members report; silence gives bounds."""

import math
from dataclasses import replace
from itertools import product

import pandas as pd
import pytest
from followup.analysis.study_frames import Study
from followup.study.cohort import open_cohort
from followup.words.vocabulary import KEYS
from in_notebooks import ran

COHORT = open_cohort("1")
CODEBOOK = COHORT.codebook
STOPPED, IDEA, DESIGN, PILOT, PARTIAL, FULL = range(6)


def answers(rows: list[tuple]) -> pd.DataFrame:
    """respondent, wave, question, code."""
    frame = pd.DataFrame(rows, columns=["respondent", "wave", "question", "value"]).astype({"value": "Int64"})
    return frame.assign(missing_reason=None)


def notebook(projects: pd.DataFrame, members: pd.DataFrame, replies: pd.DataFrame, cohort=COHORT, **tables) -> dict:
    """What 04_projects made of these tables; everybody in them is on the roster."""
    people = sorted({*members["participant"], *replies["respondent"]})
    roster = pd.DataFrame(
        {"participant": people, "answered": "programme_end+follow_up", "sector_group": "headquarters"}
    )
    tables = {"projects": projects, "project_members": members, "answers": replies} | tables
    return ran("04_projects", cohort, participants=roster, **tables)


def released(made: dict, name: str) -> pd.DataFrame:
    return made["report"].released[name]


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
    members = pd.DataFrame({"project": "P", "participant": [f"m{place}" for place in range(len(reports))]}, dtype="str")
    replies = answers([(f"m{place}", "follow_up", "project_stage", stage) for place, stage in enumerate(reports)])
    rules = {"most_reported": most_reported, "most_advanced": most_advanced, "least_advanced": least_advanced}
    for rule, expected in rules.items():
        made = notebook(pd.DataFrame({"project": ["P"], "title": "…"}), members, replies, with_rule(rule))
        stage = made["stages"].query("wave == 'follow_up'")["stage"].iloc[0]
        assert pd.isna(stage) if expected is None else stage == expected


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
    stages = notebook(PROJECTS, MEMBERS, REPLIES)["stages"].set_index(["project", "wave"])
    assert len(stages) == 8
    assert stages.loc[("P1", "programme_end")].tolist() == [1, IDEA]
    assert stages.loc[("P1", "follow_up")].tolist() == [1, FULL]
    assert stages.loc[("P2", "follow_up")].tolist() == [2, PILOT]
    assert stages.loc[[("P3", "follow_up"), ("P4", "follow_up")]].isna().all(axis=None)


def test_another_rule_settles_the_conflict_otherwise():
    stages = notebook(PROJECTS, MEMBERS, REPLIES, with_rule("most_advanced"))["stages"]
    assert stages.set_index(["project", "wave"]).loc[("P2", "follow_up"), "stage"] == PARTIAL


def test_the_share_of_advanced_projects_counts_projects_not_members():
    """P1 is advanced, P2 is a pilot, P3 and P4 may be anything: between one and three of four."""
    table = released(notebook(PROJECTS, MEMBERS, REPLIES), "projects_advanced").set_index("wave")
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
    row = released(notebook(projects, members, replies), "projects_advanced").set_index("wave").loc["follow_up"]
    assert (row["n_advanced"], row["n"], row["n_all"], row["lowest"], row["highest"]) == (5, 10, 11, 5, 6)
    plausible = advanced_among(11, 10, 5)
    assert row["low"] >= min(plausible)
    assert row["high"] <= max(plausible)


@pytest.mark.parametrize(("k", "n", "total"), [(3, 5, 9), (0, 4, 11), (7, 7, 9), (5, 8, 20)])
def test_the_interval_never_leaves_what_is_possible(k, n, total):
    projects = pd.DataFrame({"project": range(total)}).astype(str)
    replies = answers([(str(place), "follow_up", "project_stage", FULL if place < k else IDEA) for place in range(n)])
    members = projects.assign(participant=projects["project"])
    row = released(notebook(projects, members, replies), "projects_advanced").set_index("wave").loc["follow_up"]
    assert k <= row["low"] <= row["high"] <= k + total - n
    assert (row["lowest"], row["highest"]) == (k, k + total - n)


def test_the_stages_are_counted_of_the_projects_with_a_report():
    counts = released(notebook(PROJECTS, MEMBERS, REPLIES), "project_stages")
    follow_up = counts[counts["wave"] == "follow_up"].set_index("option")
    assert follow_up["n_projects"].to_dict() == {STOPPED: 0, IDEA: 0, DESIGN: 0, PILOT: 1, PARTIAL: 0, FULL: 1}
    assert set(follow_up["n"]) == {2}
    assert list(product(("programme_end", "follow_up"), range(6))) == list(
        zip(counts["wave"], counts["option"], strict=True)
    )


# ------------------------------------------------------------ who is still involved


def test_the_involved_are_counted_among_those_who_answered_the_question():
    """d left the question out: one of three is involved, so few that the table says no more than that."""
    made = notebook(PROJECTS, MEMBERS, REPLIES)
    [row] = made["involved"].to_dict("records")
    assert (row["n_chosen"], row["n"], row["option"]) == (1, 3, 1)
    assert released(made, "projects_involved")["n_chosen"].isna().all()


def test_a_cohort_that_was_not_asked_has_no_row():
    assert notebook(PROJECTS, MEMBERS, REPLIES[REPLIES["question"] == "project_stage"])["involved"].empty
    silent = replace(COHORT, codebook=CODEBOOK.model_copy(update={"questions": {}}))
    made = notebook(PROJECTS, MEMBERS, REPLIES, silent)
    assert made["involved"].empty
    assert made["stages"].empty


def test_a_cohort_without_projects_has_no_stages():
    made = notebook(PROJECTS.iloc[:0], MEMBERS.iloc[:0], REPLIES)
    assert made["stages"].empty
    assert all(released(made, name).empty for name in ("project_stages", "projects_advanced", "project_moves"))


# ------------------------------------------------------------ conflicts, and from stage to stage


def test_every_report_in_a_conflict_is_logged_with_what_counts_and_why():
    log = notebook(PROJECTS, MEMBERS, REPLIES)["conflicts"]
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
    words = KEYS[rule]
    assert words.he
    assert words.en


def staged(before: list, after: list) -> pd.DataFrame:
    """The moves of projects with these stages in the two waves; None where nobody reported."""
    names = [f"P{place}" for place in range(len(before))]
    projects = pd.DataFrame({"project": names, "title": "…"})
    replies = answers(
        [
            (name, wave, "project_stage", stage)
            for wave, stages in (("programme_end", before), ("follow_up", after))
            for name, stage in zip(names, stages, strict=True)
            if stage is not None
        ]
    )
    return released(notebook(projects, projects.assign(participant=names), replies), "project_moves")


def test_moves_count_every_project_once():
    """One forward, two back (one of them stopped), one the same, two of which a wave is silent."""
    moves = staged([IDEA, PILOT, DESIGN, FULL, None, IDEA], [PILOT, STOPPED, IDEA, FULL, FULL, None]).set_index("move")
    assert moves["n_projects"].to_dict() == {"forward": 1, "same_stage": 1, "back": 2, "stage_unknown": 2}
    assert set(moves["n"]) == {6}
    assert set(moves["wave"]) == {"follow_up"}
    assert set(moves["compared_with"]) == {"programme_end"}


def test_a_cohort_with_one_wave_of_reports_has_no_moves():
    assert staged([IDEA, PILOT], [None, None]).empty


def test_the_statements_on_projects_are_those_the_codebook_names_beside_them():
    study = Study(COHORT)
    assert study.statements_on("projects_advanced") == list(CODEBOOK.scales["project_work"].items)
    assert study.statements_on("ties_kept", "wishes") == list(CODEBOOK.scales["network_value"].items)
    bare = Study(replace(COHORT, codebook=CODEBOOK.model_copy(update={"findings": {}})))
    assert bare.statements_on("projects_advanced") == []


def test_levels_of_a_topic_are_counts_of_those_who_answered():
    responses = pd.DataFrame(
        [(who, "follow_up", "project_satisfied", value) for who, value in zip("abcd", (1, 2, 3, None), strict=True)]
        + [("a", "follow_up", "motivation_promote", 5)],
        columns=["respondent", "wave", "item", "value"],
    ).assign(missing_reason=None)
    [row] = notebook(PROJECTS, MEMBERS, REPLIES, responses=responses)["levels"].to_dict("records")
    counts = {"measure": "project_satisfied", "wave": "follow_up", "n": 3, "n_low": 2, "n_middle": 1, "n_high": 0}
    assert row == counts | {"outcome": "minority"}
