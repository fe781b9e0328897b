"""A crosstab that would count reversed statements the wrong way round is refused, and the line it offers is right."""

import re

import pandas as pd
import pytest
from followup.disclosure.output_check import NotForPublication
from followup.report.report import Report
from in_notebooks import cleaned, no_page


@pytest.fixture(params=["1", "local-3"])
def door(request):
    with no_page():
        yield Report(cleaned(request.param), "en")


def answers(door) -> pd.DataFrame:
    return door.study.answers.dropna(subset="value")


def of_last(door) -> pd.DataFrame:
    return answers(door).query("wave == 'follow_up'")


TOGETHER = {
    "by scale and wave": (answers, lambda t: ([t["scale"], t["wave"]], t["category"])),
    "by scale, both waves": (answers, lambda t: (t["scale"], t["category"])),
    "by scale, of one wave": (of_last, lambda t: (t["scale"], t["category"])),
    "by one scale": (lambda d: of_last(d).query("scale == 'motivation'"), lambda t: (t["scale"], t["category"])),
    "by wave": (answers, lambda t: (t["wave"], t["category"])),
    "the other way": (answers, lambda t: (t["category"], [t["scale"], t["wave"]])),
    "high or not": (answers, lambda t: ([t["scale"], t["wave"]], t["category"] == "high")),
    "with all rows": (lambda d: d.study.answers, lambda t: ([t["scale"], t["wave"]], t["category"])),
}


@pytest.mark.parametrize("way", TOGETHER)
def test_answers_as_worded_are_not_counted_by_scale(door, way):
    rows, keys = TOGETHER[way][0](door), TOGETHER[way][1]
    with pytest.raises(NotForPublication) as stop:
        door.safe.crosstab(*keys(rows), normalize="index")
    said = str(stop.value)
    assert "“motivation_weary”, a reversed statement of scale “motivation”" in said
    first, second = re.findall(r"^ +(safe\.crosstab.*)$", said, re.MULTILINE)
    for line in (first, second):
        made = eval(line, {"safe": door.safe, "rows": rows})  # noqa: S307 - the line that is to be pasted
        assert made.notna().any(axis=None)
    assert "category_of_value" in first and [*re.findall(r'"(\w+)"', second)][0] == "measure"


APART = {
    "by statement": (answers, lambda t: ([t["measure"], t["wave"]], t["category"])),
    "by statement under another name": (answers, lambda t: (t["measure"].rename("statement"), t["category"])),
    "one statement": (lambda d: answers(d).query("measure == 'motivation_weary'"), lambda t: (t["wave"], t["category"])),
    "without the reversed ones": (
        lambda d: answers(d)[answers(d)["measure"].isin(["motivation_promote", "motivation_future"])],
        lambda t: (t["scale"], t["category"]),
    ),
    "a scale that has none": (
        lambda d: answers(d).query("scale == 'own_area_activity'"),
        lambda t: ([t["scale"], t["wave"]], t["category"]),
    ),
    "scores": (lambda d: d.study.scores.dropna(subset="score"), lambda t: (t["wave"], t["category"])),
    "by value": (answers, lambda t: ([t["scale"], t["wave"]], t["category_of_value"])),
}  # fmt: skip


@pytest.mark.parametrize("way", APART)
def test_where_no_reversed_statement_stands_with_others_nothing_is_refused(door, way):
    rows, keys = APART[way][0](door), APART[way][1]
    assert len(door.safe.crosstab(*keys(rows)))


def test_high_of_value_is_the_upper_end_of_value(door):
    """Of five options 4 and 5 are high, and 1 and 2 low."""
    rows = answers(door)
    assert (rows["category_of_value"] == "high").equals(rows["value"] >= 4)
    assert (rows["category_of_value"] == "low").equals(rows["value"] <= 2)
    assert (rows["category"] == "high").equals(rows["as_worded"] >= 4)
    assert door.study.answers["category_of_value"].isna().equals(door.study.answers["value"].isna())
