"""The analyst's page of notebooks/README.md: its table is that of the code, and each recipe runs on every cohort."""

import csv
import re
from pathlib import Path

import pytest
from followup.analysis.study_frames import FRAMES
from followup.report.report import Report
from in_notebooks import cleaned, no_page

HOUSE = Path(__file__).parents[2]
README = (HOUSE / "notebooks" / "README.md").read_text(encoding="utf-8")
RECIPES = {
    title.strip(): "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
    for title, text in re.findall(r"### ([^\n]+)\n(.*?)(?=\n### |\n## )", README.split("## Six recipes")[1], re.DOTALL)
}

FOR = (  # three statements of motivation, as the form of cohort 1 asks them, and the one that is reversed
    "יש לי מוטיבציה לקדם תהליכים דיגיטליים בעבודתי",
    "אני רוצה להוביל שינוי דיגיטלי גם בשנים הקרובות",
    "המאמץ הכרוך בקידום הדיגיטציה משתלם בעיניי",
)
AGAINST = "קשה לי לגייס כוחות לקידום הדיגיטציה"


def test_there_are_six_recipes_and_each_has_code():
    assert len(RECIPES) == 6
    assert all(code.strip() for code in RECIPES.values())


def test_the_table_of_frames_is_that_of_the_code():
    rows = re.findall(r"^\| `study\.(\w+)` \| ([^|]+) \| ([^|]*) \|$", README, re.MULTILINE)
    told = {name: (row, [column.strip("`") for column in columns.split(", ")]) for name, row, columns in rows}
    assert told == {name: (frame.row, list(frame.columns)) for name, frame in FRAMES.items()}


@pytest.mark.parametrize("name", FRAMES)
def test_each_frame_has_the_columns_that_the_table_names(name):
    frame = getattr(Report(cleaned("1"), "en").study, name)
    assert [column for column in FRAMES[name].columns if " " not in column] == [
        column for column in frame if column in FRAMES[name].columns
    ]


@pytest.mark.parametrize("cohort", ["1", "2", "3", "local-3"])
@pytest.mark.parametrize("recipe", RECIPES)
def test_each_recipe_runs_on_every_cohort(recipe, cohort):
    with no_page(drawn=True):
        report = Report(cleaned(cohort), "en")
        exec(compile(RECIPES[recipe], recipe, "exec"), {"report": report, "study": report.study, "safe": report.safe})  # noqa: S102
    assert report.released


def test_the_share_by_group_is_told_of_every_group_that_is_large_enough():
    """In cohort 1 each of three groups has nine or ten people in both waves: none is hidden on the six scales they share."""
    with no_page():
        report = Report(cleaned("1"), "en")
        made = {"report": report, "study": report.study, "safe": report.safe}
        exec(RECIPES["A share by group"], made)  # noqa: S102
    shown, pairs = report.released["share_by_group"], report.study.pairs
    assert len(shown) == 18
    assert shown["high"].notna().all()
    people = pairs.query("measure == 'motivation' and group == 'operational'").dropna(subset="change").index
    mine = report.study.answers.loc[lambda t: t.index.isin(people)].dropna(subset="as_worded")
    mine = mine[(mine["wave"] == "follow_up") & (mine["scale"] == "motivation")]
    turned = mine["measure"] == "motivation_weary"  # “I find it hard to summon the energy”: 1 and 2 of five are high
    rated = mine["as_worded"].isin([4, 5]) & ~turned | mine["as_worded"].isin([1, 2]) & turned
    each = [100 * sum(rows) / len(rows) for _, rows in rated.groupby(level=0)]
    told = shown[(shown["measure"] == "motivation") & (shown["group"] == "operational")]["high"].item()
    assert abs(told - sum(each) / len(each)) <= 5 + 1e-9  # told to ten per cent


def test_the_answers_of_a_scale_are_counted_as_in_the_export_with_reversed_statements_turned():
    """Follow-up of cohort 1, from the words in its file: a Google form of 30 rows, one of them of a person who sent two."""
    with no_page():
        report = Report(cleaned("1"), "en")
        exec(RECIPES["A new notebook"], {"report": report, "study": report.study, "safe": report.safe})  # noqa: S102
    shown = report.released["own_answers"]
    rows = list(csv.DictReader((HOUSE / "data" / "1" / "follow_up.csv").open(encoding="utf-8-sig")))
    last = {row["קוד משתתף"].strip().upper(): row for row in rows}  # of two by one person the last counts
    assert len(last) == 29
    said = {statement: [row[statement].strip() for row in last.values()] for statement in (*FOR, AGAINST)}
    much, little = {"במידה רבה", "במידה רבה מאוד"}, {"כלל לא", "במידה מועטה"}
    high = sum(answer in much for statement in FOR for answer in said[statement])
    high += sum(answer in little for answer in said[AGAINST])
    answered = sum(answer in {*much, *little, "במידה בינונית"} for answers in said.values() for answer in answers)
    told = shown[(shown["scale"] == "motivation") & (shown["wave"] == "follow_up")]["high"].item()
    assert (high, answered) == (82, 115) and told == 0.71


@pytest.mark.parametrize("cohort", ["1", "2", "3", "local-3"])
def test_the_calls_that_publish_run_as_they_are_shown_and_hide_no_scale_of_the_first_wave(cohort):
    """The first lines that an analyst copies are to show something: of cohort 1 six of eight rows were hidden."""
    code = re.search(r"## Four calls publish.*?```python\n(.*?)```", README, re.DOTALL)[1]
    with no_page():
        report = Report(cleaned(cohort), "en")
        exec(code, {"report": report, "study": report.study, "safe": report.safe})  # noqa: S102
    assert len(report.released["means"]) > 3
    assert report.released["means"]["score"].notna().all()
