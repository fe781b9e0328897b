"""Another programme, another questionnaire: analysed by writing YAML, without touching code."""

import csv
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml
from followup.analysis.comparison import Comparison
from followup.cleaning.clean import clean_cohort, with_waves
from followup.commands import codebook, new
from followup.problems import InputProblems
from followup.study.cohort import open_cohort
from tables_of_notebooks import changes_of, item_levels

HOUSE = Path(__file__).resolve().parents[1]
COURSE = HOUSE / "tests" / "cohorts" / "course"
CARPENTRIES = HOUSE / "tests" / "cohorts" / "carpentries"
PUBLISHED = HOUSE.parent / "shared" / "surveys" / "carpentries-2020-03" / "answers.csv"


def built(root: Path, cohort: str) -> Path:
    """The folder of a report made by the whole chain in a process of its own."""
    environment = {**os.environ, "FOLLOWUP_ROOT": str(root)}
    run = subprocess.run(
        [sys.executable, "-m", "followup.commands.report", cohort],
        cwd=HOUSE / "notebooks",
        env=environment,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    return root / "build" / cohort


def answers_of(root: Path, name: str) -> Comparison:
    """The cleaned answers of a cohort, laid out for comparing waves."""
    cohort = open_cohort(name, root)
    clean = clean_cohort(cohort)
    return Comparison(cohort, clean.all("responses"), with_waves(clean.participants, clean.waves))


def compared(root: Path, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(responses, changes) of a cohort, without a build."""
    return clean_cohort(open_cohort(name, root)).all("responses"), changes_of(answers_of(root, name))


# The walk-through of params/README.md ------------------------------------------------------------------------------------


@pytest.fixture
def course(tmp_path):
    """A project with nothing but the course's two exports."""
    (tmp_path / "data" / "course").mkdir(parents=True)
    (tmp_path / "params").mkdir()
    for wave in ("programme_end.csv", "follow_up.csv"):
        shutil.copy(COURSE / wave, tmp_path / "data" / "course")
    return tmp_path


def course_scores(wave: str) -> list[float]:
    """Each respondent's mean of five ratings on the 0 to 5 scale, the fourth one turned round; read with the csv module alone."""
    with (COURSE / wave).open(encoding="utf-8", newline="") as file:
        rows = [row[1:6] for row in list(csv.reader(file))[1:]]
    turned = [[5 - int(cell) if place == 3 else int(cell) for place, cell in enumerate(row) if cell] for row in rows]
    return [statistics.mean(row) for row in turned if len(row) >= 2.5]


def test_the_walk_through_of_the_readme_gives_a_report(course, studies):
    codebook.draft_codebook(course / "data" / "course" / "programme_end.csv", "course", course)
    lines = new.new_cohort("course", course, "course")
    assert sum(line.startswith("  ") for line in lines) == 3  # three things to do next
    assert open_cohort("course", course).params.link == "unlinked"  # the drafts load as they are

    build = studies.root / "build" / "course"  # of the same exports, and what a person has made of the drafts
    for export in (course / "data" / "course").iterdir():
        assert (studies.root / "data" / "course" / export.name).read_bytes() == export.read_bytes()
    changes = pd.read_csv(build / "results" / "changes.csv")
    scale = changes[(changes["measure"] == "data_skills") & (changes["group"] == "all")].iloc[0]
    before, after = course_scores("programme_end.csv"), course_scores("follow_up.csv")
    assert scale["change"] == round(statistics.mean(after) - statistics.mean(before), 1)
    assert (scale["n_earlier"], scale["n_later"], scale["n_linked"]) == (len(before), len(after), 0)
    assert scale["verdict"] == "rose"
    page = (build / "report.he.html").read_text(encoding="utf-8")
    assert "קורס נתונים" in page
    assert page.count("לא ידוע כמה נשאלו") >= 4 and "\u2066100%\u2069" not in page  # nobody said how many were asked


def test_a_draft_finds_the_ratings_the_text_and_the_time(course):
    path, lines = codebook.draft_codebook(course / "data" / "course" / "programme_end.csv", "course", course)
    assert "5 ratings" in lines[0] and "1 time" in lines[0]
    text = path.read_text(encoding="utf-8")
    assert "Timestamp" in text and "what_would_you_tell_the_organisers" in text
    assert "code: 0" in text and "code: 5" in text


def test_a_draft_reads_hidden_signs_no_answers_and_a_second_submission_as_a_person_would(tmp_path):
    ratings = [
        "במידה רבה",
        "במידה רבה\u200f",
        "במידה מועטה",
        "לא רלוונטי / לא יודע/ת",
        "במידה רבה",
        "כלל לא",
        "במידה מועטה",
    ]
    rows = [f"DL-10{person},{rating}" for person, rating in zip((1, 2, 3, 4, 5, 6, 6), ratings, strict=True)]
    source = tmp_path / "end.csv"
    source.write_text("\n".join(["קוד משתתף,אני מקדם/ת פרויקטים", *rows]), encoding="utf-8")
    path, lines = codebook.draft_codebook(source, "mine", tmp_path)
    assert "1 ratings, 0 questions with one answer" in lines[0] and "1 ID" in lines[0]
    options = yaml.safe_load(path.read_text(encoding="utf-8"))["option_sets"]["options_1"]
    assert [option["he"] for option in options["options"]] == [
        "כלל לא",
        "במידה מועטה",
        "במידה בינונית",  # nobody chose it, nor the last
        "במידה רבה",
        "במידה רבה מאוד",
    ]
    assert [missing["he"] for missing in options["missing"]] == ["לא רלוונטי / לא יודע/ת"]


def test_nothing_that_exists_is_overwritten(course):
    codebook.draft_codebook(course / "data" / "course" / "programme_end.csv", "course", course)
    new.new_cohort("course", course, "course")
    with pytest.raises(InputProblems, match="exists already"):
        codebook.draft_codebook(course / "data" / "course" / "programme_end.csv", "course", course)
    with pytest.raises(InputProblems, match="exists already"):
        new.new_cohort("course", course, "course")


@pytest.mark.parametrize("name", ["../4", "4;ls", "", "A B", "$(x)", "x" * 40])
def test_a_cohort_has_a_plain_name(course, name):
    with pytest.raises(InputProblems, match="cannot be the name"):
        new.new_cohort(name, course)


def test_the_next_cohort_starts_from_the_latest_and_inherits_no_permission(tmp_path):
    shutil.copytree(HOUSE / "params", tmp_path / "params")
    for other in (tmp_path / "params").glob("*.yaml"):
        if other.stem != "1":
            other.unlink()
    lines = new.new_cohort("2", tmp_path)
    drafted, first = open_cohort("2", tmp_path).params, open_cohort("1", tmp_path).params
    assert first.interviews.released and drafted.interviews.released == []
    assert first.synthetic and not drafted.synthetic
    assert drafted.analysis == first.analysis
    assert "roster.xlsx" in "\n".join(lines)


# A published survey ------------------------------------------------------------------------------------------------


@pytest.fixture
def carpentries(tmp_path):
    """A project with the published survey and two YAML files of ours."""
    if not PUBLISHED.exists():
        pytest.skip("the published survey is not beside this project (shared/surveys/carpentries-2020-03)")
    (tmp_path / "data" / "carpentries").mkdir(parents=True)
    shutil.copy(PUBLISHED, tmp_path / "data" / "carpentries")
    shutil.copytree(CARPENTRIES / "questionnaires", tmp_path / "params" / "questionnaires")
    shutil.copy(CARPENTRIES / "carpentries.yaml", tmp_path / "params")
    return tmp_path


def test_the_published_survey_gives_the_numbers_that_r_gives(carpentries):
    """n, means and interval of ref_paired.csv, computed in R from the same 145 pairs."""
    responses, changes = compared(carpentries, "carpentries")
    row = changes[changes["measure"] == "tool_use"].iloc[0]
    assert (row["n_linked"], row["n_up"], row["n_same"], row["n_down"]) == (145, 75, 68, 2)
    assert row["change"] == pytest.approx(1.02758620689655)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((0.793886903918695, 1.26128550987441))
    levels = item_levels(answers_of(carpentries, "carpentries")).set_index("measure")
    career = levels.loc["impact_career_advancement"]
    assert (career["n"], career["n_high"], career["n_low"]) == (
        55 + 37 + 30 + 9 + 4,
        55 + 37,
        9 + 4,
    )  # counted with a plain Counter


def test_its_label_trap_is_reported_and_not_swallowed(carpentries):
    """The lowest option is worded differently in the two waves; matching labels exactly would lose 7 of 145 pairs."""
    codebook = carpentries / "params" / "questionnaires" / "carpentries.yaml"
    text = codebook.read_text(encoding="utf-8")
    codebook.write_text(text.replace(", synonyms: [I had not been using tools like these]", ""), encoding="utf-8")
    with pytest.raises(InputProblems) as stopped:
        compared(carpentries, "carpentries")
    (problem,) = stopped.value.problems
    assert problem.value == "I had not been using tools like these"
    assert problem.column == "frequency_usage_before"
    assert 1 + len(problem.more_rows) == 34
    assert "I have not been using tools like these" in problem.remedy


def test_the_published_survey_makes_a_whole_report(carpentries):
    build = built(carpentries, "carpentries")
    page = (build / "report.en.html").read_text(encoding="utf-8")
    assert "Impact of the workshop" in page and "Synthetic data" not in page


def test_the_next_cohort_may_start_from_a_chosen_one_and_its_comments_name_the_new(tmp_path):
    shutil.copytree(HOUSE / "params", tmp_path / "params")
    lines = new.new_cohort("5", tmp_path, model="1")
    assert lines[0].endswith("drafted from cohort 1.")
    text = (tmp_path / "params" / "5.yaml").read_text(encoding="utf-8")
    assert text.startswith("# Cohort 5. ")
    assert 'cohort: "5"' in text
    with pytest.raises(InputProblems, match="no such cohort to start from"):
        new.new_cohort("6", tmp_path, model="nine")
