"""Own tables split as a published answer splits people, and a few people short of it: they told what these few answered."""

import numpy as np
import pandas as pd
import pytest
from followup.report.report import Report
from in_notebooks import cleaned, no_page


@pytest.fixture(scope="module", autouse=True)
def shown_nowhere():
    with no_page():
        yield


def opened(cohort: str) -> Report:
    return Report(cleaned(cohort), "en")


def involved(door: Report) -> pd.Series:
    """Whether somebody is still involved in a project, of which the page tells how many of all who answered."""
    study = door.study
    chosen = study.choices.query("wave == @study.waves[-1] and question == 'still_involved'").dropna(subset="option")
    return chosen["option"].map({0: "left", 1: "stays"}).fillna(chosen["option"]).astype("str").rename("involved")


def later(door: Report) -> pd.DataFrame:
    study = door.study
    return study.scores.dropna(subset="score").query("wave == @study.waves[-1]")


def agreed(door: Report, statement: str) -> pd.Series:
    """Whether somebody agrees to a statement, in the wave that was last."""
    rows = door.study.answers.query("measure == @statement and wave == @door.study.waves[-1]").dropna(subset="value")
    return rows["category"].eq("high").map({True: "agrees", False: "not"}).rename("agrees")


def linked(door: Report) -> pd.DataFrame:
    return door.study.pairs.query("kind == 'scale'").dropna(subset="change")


def crossed(door: Report, one: str, other: str) -> pd.DataFrame:
    """Two statements side by side, of those who answered both."""
    wide = pd.concat([agreed(door, one).rename("one"), agreed(door, other).rename("other")], axis=1).dropna()
    return door.safe.crosstab(wide["one"], wide["other"])


def by_another(door: Report) -> pd.DataFrame:
    """The answers to one statement by another, in the wave that cohort 3 had."""
    answers = door.study.answers.dropna(subset="value")
    rows = answers[answers["measure"] == "motivation_promote"]
    other = answers[answers["measure"] == "wider_management"]["category"].rename("other")
    return door.safe.pivot_table(rows.join(other, how="inner"), values="value", index=["measure", "other"])


LEAKS = {  # of a few people each told how they had answered: found by an attacker, with the people by name
    "a mean by another question": ("1", lambda d: d.safe.pivot_table(
        later(d).join(involved(d), how="inner").query("measure == 'motivation'"), values="score", index=["measure", "involved"])),
    "a mean by a statement": ("1", lambda d: d.safe.pivot_table(
        later(d).join(agreed(d, "self_able"), how="inner").query("measure == 'motivation'"), values="score", index=["measure", "agrees"])),
    "a mean by its own category": ("1", lambda d: d.safe.pivot_table(
        later(d).query("measure == 'self_perception'"), values="score", index=["measure", "wave", "category"])),
    "changes by another question": ("1", lambda d: d.safe.pivot_table(
        linked(d).join(involved(d), how="inner"), values="change", index=["measure", "involved"])),
    "changes by another question, of four": ("2", lambda d: d.safe.pivot_table(
        linked(d).join(involved(d), how="inner"), values="change", index=["measure", "involved"])),
    "a statistic by another question": ("1", lambda d: d.safe.apply(
        linked(d).join(involved(d), how="inner").groupby(["measure", "involved"], observed=True), lambda rows: rows["change"].mean())),
    "a crosstab of the linked": ("1", lambda d: d.safe.crosstab(
        linked(d)["measure"], linked(d).join(involved(d))["involved"])),
    "a crosstab without a measure": ("1", lambda d: d.safe.crosstab(
        linked(d).query("measure == 'motivation'")["wave"], linked(d).query("measure == 'motivation'").join(involved(d))["involved"])),
    "two statements": ("1", lambda d: crossed(d, "self_colleagues", "self_leader")),
    "two statements, of two": ("2", lambda d: crossed(d, "self_colleagues", "network_knowledge")),
    "a statement by another": ("3", by_another),
}  # fmt: skip


@pytest.mark.parametrize("way", LEAKS)
def test_a_table_a_few_people_short_of_a_published_answer_tells_nothing(way):
    cohort, make = LEAKS[way]
    made = make(opened(cohort)).drop(columns=["n", "at_least"], errors="ignore")
    assert not made.notna().to_numpy().any()


def test_the_published_people_themselves_are_told():
    """Of the 29 who were asked whether they are still involved, the two scales that were asked then alone."""
    door = opened("1")
    rows = later(door).join(involved(door), how="inner")
    made = door.safe.pivot_table(rows, values="score", index=["measure", "involved"])["score"]
    asked_once = {*rows["measure"].unique()} - {*linked(door)["measure"]}
    assert len(asked_once) == 2
    assert all(made.loc[measure].notna().all() for measure in asked_once)


def test_a_key_that_follows_no_published_answer_stays_free():
    """Halves of the linked by whether their change is above zero; and by an earlier answer, which 38 gave and not 28."""
    door = opened("1")
    rows = linked(door).assign(
        rose=lambda t: np.where(t["change"] > 0, "rose", "not"),
        began=lambda t: np.where(t["earlier"] > 4, "above", "below"),
    )
    for key in ("rose", "began"):
        made = door.safe.pivot_table(rows.query("measure == 'motivation'"), values="later", index=["measure", key])
        assert made["later"].notna().all(), key
