"""A table that may not be published is refused with a line that makes one that may: done to the letter, it is shown."""

import re

import pandas as pd
import pytest
import seaborn as sns
from followup.disclosure.output_check import NotForPublication
from followup.report.report import Report
from in_notebooks import cleaned, no_page
from statsmodels.formula import api
from statsmodels.stats.anova import anova_lm

SAID = {"en": "So it is", "he": "כך הדבר"}


@pytest.fixture(scope="module")
def door():
    with no_page(drawn=True):
        yield Report(cleaned("1"), "en")


def data_of(door) -> pd.DataFrame:
    return door.study.scores.dropna(subset="score")


def linked(door) -> pd.DataFrame:
    return door.study.pairs.query("measure == 'motivation'").dropna(subset="change")


def fitted(door):
    return api.ols("change ~ earlier", linked(door)).fit()


def mixed(door):
    rows = data_of(door).query("measure == 'motivation'").reset_index()
    return api.mixedlm("score ~ C(wave)", rows, groups=rows["respondent"]).fit()


OF_MODELS = {
    "results": (fitted, "change ~ earlier"),
    "a summary": (lambda d: fitted(d).summary(), "outcome ~ …"),
    "the coefficients of a summary": (lambda d: fitted(d).summary2().tables[1], "outcome ~ earlier"),
    "their older form": (lambda d: fitted(d).summary().tables[1], "outcome ~ …"),
    "params": (lambda d: fitted(d).params, "outcome ~ earlier"),
    "p-values": (lambda d: fitted(d).pvalues, "outcome ~ earlier"),
    "intervals": (lambda d: fitted(d).conf_int(), "outcome ~ earlier"),
    "an analysis of variance": (lambda d: anova_lm(fitted(d)), "outcome ~ earlier"),
    "a mixed model": (mixed, 'score ~ C(wave)", data, groups="respondent'),
    "the table of one": (lambda d: mixed(d).summary().tables[1], 'outcome ~ C(wave)", data, groups="respondent'),
}


def refused(call) -> str:
    with pytest.raises(NotForPublication) as stop:
        call()
    return str(stop.value)


@pytest.mark.parametrize("way", OF_MODELS)
def test_what_is_of_a_fitted_model_leads_to_report_model(door, way):
    make, formula = OF_MODELS[way]
    said = refused(lambda: door.table("own", make(door), **SAID))
    assert "is of a fitted model" in said and f'report.model("own", "{formula}"' in said
    if way == "results":
        [line] = re.findall(r"^ +(report\.model.*)$", said, re.MULTILINE)
        exec(line.replace("…", "So"), {"report": door, "data": linked(door)})  # noqa: S102 - the line that is to be pasted


def by_measure(door):
    return data_of(door).groupby("measure", observed=True)["score"]


def drawing(draw, **by):
    return lambda axes, table: draw(table, ax=axes, **by)


TABLES = {  # what is shown, and what the line needs in place of the dots
    "a series": lambda d: d.table("own", by_measure(d).mean(), **SAID),
    "described": lambda d: d.table("own", by_measure(d).describe(), **SAID),
    "all described": lambda d: d.table("own", data_of(d)["score"].describe(), **SAID),
    "a median": lambda d: d.table("own", by_measure(d).agg(["mean", "median"]), **SAID),
    "a spread": lambda d: d.table("own", by_measure(d).agg(["count", "mean", "std"]), **SAID),
    "a pivot table": lambda d: d.table("own", data_of(d).pivot_table("score", "measure", observed=True), **SAID),
    "a pivot table across": lambda d: d.table(
        "own", data_of(d).pivot_table("score", "measure", "wave", observed=True), **SAID
    ),
    "shares": lambda d: d.table("own", data_of(d)["category"].value_counts(normalize=True), **SAID),
    "counted": lambda d: d.table("own", data_of(d)["measure"].value_counts(), **SAID),
    "how many": lambda d: d.table("own", data_of(d).groupby("measure", observed=True).size(), **SAID),
    "crossed": lambda d: d.table("own", pd.crosstab(data_of(d)["measure"], data_of(d)["category"]), **SAID),
    "people": lambda d: d.table("own", data_of(d), **SAID),
    "answers of people": lambda d: d.table("own", data_of(d)[["measure", "category"]], **SAID),
    "scores alone": lambda d: d.table("own", data_of(d)["score"], **SAID),
    "a histogram": lambda d: d.figure("own", data_of(d), drawing(sns.histplot, x="score"), **SAID),
    "boxes": lambda d: d.figure("own", data_of(d), drawing(sns.boxplot, x="score", y="measure"), **SAID),
    "bars": lambda d: d.figure("own", data_of(d).reset_index(), drawing(sns.barplot, x="score", y="wave"), **SAID),
}


@pytest.mark.parametrize("way", TABLES)
def test_what_safe_would_have_made_is_refused_with_a_line_that_safe_takes(door, way):
    said = refused(lambda: TABLES[way](door))
    lines = re.findall(r"^ +(\w+ = safe\..*)$", said, re.MULTILINE)
    assert lines, said
    for line in lines:
        line = line.replace('values="…"', 'values="score"').replace('index="…"', 'index="measure"')
        made = {"safe": door.safe, "data": data_of(door)}
        exec(line, made)  # noqa: S102 - the line that is to be pasted
        table = made[line.split(" = ")[0]]
        assert table.notna().any().any()
        door.table(f"{line.split(' = ')[0]}_{len(way)}", table, **SAID)
    assert way != "a pivot table across" or 'columns="wave"' in said


def test_a_refusal_that_safe_would_not_help_keeps_its_own_advice(door):
    text = pd.DataFrame({"measure": ["motivation"], "came": ["2 of 5"], "mean": [3.5], "n": [29]})
    assert "safe" not in refused(lambda: door.table("own", text, **SAID))


@pytest.mark.parametrize("trait", ["seniority", "group"])
def test_how_many_a_group_has_is_refused_and_no_other_question_answered(door, trait):
    said = refused(lambda: door.table("own", door.study.participants[trait].value_counts(), **SAID))
    assert said.endswith("leave it out, since the size of a group is not told")


def test_words_of_interviews_leave_by_voices_with_the_columns_that_it_takes(door):
    said = refused(lambda: door.voices("own", door.study.interviews, **SAID))
    held = {"report": door, "study": door.study}
    for line in re.findall(r"^ +((?:quoted = |report\.voices).*)$", said, re.MULTILINE):
        exec(line.replace("…", "So"), held)  # noqa: S102 - the lines that are to be pasted
    assert len(held["quoted"]) == len(door.study.params.interviews.released)


DRAWN = {  # what draws, and whether it can
    "boxes": (lambda axes, table: axes.boxplot(table["score"].dropna()), ""),
    "boxes of all": (
        lambda axes, table: axes.boxplot(table),
        "draw its columns of numbers (n, score), with measure, wave",
    ),
    "lines of all": (lambda axes, table: axes.plot(table), "draw its columns of numbers (n, score)"),
    "a heatmap with blanks": (lambda axes, table: sns.heatmap(table[["n", "score"]], annot=True, ax=axes), ""),
}


@pytest.mark.parametrize("way", DRAWN)
def test_a_drawing_that_fails_on_words_is_told_what_the_table_holds(door, way):
    draw, said = DRAWN[way]
    means = door.safe.pivot_table(door.study.scores, values="score", index=["measure", "wave"])
    if not said:
        door.figure("drawn", means, draw, **SAID)
        return
    told = refused(lambda: door.figure("drawn", means, draw, **SAID))
    assert said in told
    [line] = re.findall(r"^ +(sns\..*)$", told, re.MULTILINE)
    door.figure("drawn", means, eval(f"lambda axes, table: {line}", {"sns": sns}), **SAID)  # noqa: S307 - likewise
