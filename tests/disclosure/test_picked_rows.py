"""A statistic that takes some rows of its group itself: n beside it would count the others too, and so it is refused."""

import re
from contextlib import suppress

import numpy as np
import pandas as pd
import pytest
from followup.disclosure.output_check import NotForPublication
from followup.disclosure.safe_tables import apply
from followup.report.report import Report
from followup.study.params import Disclosure
from in_notebooks import cleaned, no_page

COHORTS = ("1", "2", "3", "local-3")
NO_PART = "people who have no part"
LINE = re.compile(r"^ +(safe\..*)$", re.MULTILINE)


def opened(cohort: str) -> Report:
    with no_page():
        return Report(cleaned(cohort), "en")


def at_the_end(door: Report) -> pd.DataFrame:
    return door.study.scores.query("wave == 'programme_end'").dropna(subset="score")


def of_headquarters(rows):
    return rows.query("group == 'headquarters'")["score"].mean()


def of_a_few_less(rows):
    return rows.query("score < 4.5")["score"].mean()


@pytest.mark.parametrize("function", [of_headquarters, of_a_few_less])
def test_a_filter_inside_the_function_is_refused_with_a_line_that_works(function):
    door = opened("1")
    rows = at_the_end(door)
    with pytest.raises(NotForPublication, match=NO_PART) as refused:
        door.safe.apply(rows.groupby("measure", observed=True), function)
    [line] = LINE.findall(str(refused.value))
    made = eval(line, {"safe": door.safe, "rows": rows})  # noqa: S307 - the line that is to be pasted
    assert isinstance(made, pd.DataFrame) and len(made)
    if function is of_headquarters:
        counted = rows.query("group == 'headquarters'").groupby("measure", observed=True).size().max()
        assert made["n"].dropna().le(counted).all() and counted < rows.groupby("measure", observed=True).size().max()


def test_rows_that_are_blank_are_no_people_of_a_mean():
    door = opened("1")
    pairs = door.study.pairs.query("kind == 'scale'")
    assert pairs["change"].isna().any()
    with pytest.raises(NotForPublication, match="is blank") as refused:
        door.safe.apply(pairs.groupby("measure", observed=True), lambda rows: rows["change"].mean())
    assert 'dropna(subset="change")' in str(refused.value)


def test_of_two_columns_that_are_blank_here_and_there_both_are_named():
    people = pd.Index(map(str, range(30)), name="respondent")
    rows = pd.DataFrame({"measure": "a", "one": np.arange(30) % 5.0, "other": np.arange(30) % 7.0}, people)
    rows.loc["0":"0", "one"], rows.loc["1":"1", "other"] = np.nan, np.nan
    with pytest.raises(NotForPublication, match="“one” or “other” is blank") as refused:
        apply(rows.groupby("measure"), lambda r: r["one"].corr(r["other"]), Disclosure(), frozenset(), lambda _: [])
    assert 'dropna(subset=["one", "other"])' in str(refused.value)


PLAIN = {
    "mean": lambda rows: rows["value"].mean(),
    "share": lambda rows: (rows["value"] >= 4).mean(),
    "count": lambda rows: (rows["value"] >= 4).sum(),
    "correlation": lambda rows: rows["value"].corr(rows["value"] ** 2),
    "spread": lambda rows: rows["value"].mean() / rows["value"].std(),
}


def refused_for_no_part(made) -> bool:
    try:
        made()
    except NotForPublication as refused:
        return NO_PART in str(refused)
    return False


@pytest.mark.parametrize("statistic", PLAIN)
@pytest.mark.parametrize("cohort", COHORTS)
def test_a_plain_statistic_is_never_refused_for_ties(cohort, statistic):
    door = opened(cohort)
    study = door.study
    answers = study.answers.dropna(subset="value")
    frames = [(answers.assign(value=answers["value"].astype(float)), ["question", "wave"])]
    frames.append((study.scores.dropna(subset="score").rename(columns={"score": "value"}), ["measure", "wave"]))
    with suppress(NotForPublication):
        frames.append((study.pairs.dropna(subset="change").rename(columns={"change": "value"}), ["measure"]))
    for rows, keys in frames:
        keys = [key for key in keys if key in rows]
        assert not refused_for_no_part(
            lambda rows=rows, keys=keys: door.safe.apply(rows.groupby(keys, observed=True), PLAIN[statistic])
        )


@pytest.mark.parametrize("statistic", PLAIN)
@pytest.mark.parametrize(
    "values",
    [
        [0.0] * 18 + [1.0] * 5 + [-1.0] * 5,
        [3.0] * 15 + [1, 5, 2, 4, 1, 5, 2, 4, 1, 5, 2, 4],
        [3.0] * 12 + [5.0] * 6 + [1.0] * 6,
    ],
    ids=["changes that cancel", "a middle that is the mean", "as many above as below"],
)
def test_whoever_answered_just_the_mean_has_a_part_in_it(values, statistic):
    rows = pd.DataFrame(
        {"measure": "a", "value": np.array(values, float)}, pd.Index(map(str, range(len(values))), name="respondent")
    )
    assert not refused_for_no_part(
        lambda: apply(rows.groupby("measure"), PLAIN[statistic], Disclosure(), frozenset(), lambda rows, values="": [])
    )
