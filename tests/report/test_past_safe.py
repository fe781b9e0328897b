"""Ways past `safe` that an analyst takes by mistake: a few people more or fewer, codes of one's own, keys that tell by being there."""

from html import unescape

import numpy as np
import pandas as pd
import pytest
from followup.disclosure.output_check import NotForPublication
from followup.disclosure.safe_tables import crosstab
from followup.report import report
from followup.report.report import Report
from in_notebooks import cleaned, no_page

SAID = {"en": "So it is", "he": "כך הדבר"}


@pytest.fixture(scope="module")
def door():
    with no_page(drawn=True):
        yield Report(cleaned("1"), "en")


def scores(door, wave: str = "follow_up", measure: str = "motivation") -> pd.DataFrame:
    return door.study.scores.query("wave == @wave and measure == @measure").dropna(subset="score")


def linked(door) -> pd.Index:
    """The 28 of the 29 in the last wave who answered both."""
    return door.study.pairs.dropna(subset="change").index.unique()


def of_linked(door, rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows.index.isin(linked(door))]


def words(rows: pd.DataFrame) -> pd.Series:
    return rows["category"].map({"low": "no", "middle": "half", "high": "yes"}).astype("object").rename("mine")


# ------------------------------------------------------------ a crosstab of nearly all who answered


def in_both(door):
    """What an inner join leaves of the last wave: those who answered the first one too."""
    first = scores(door, "programme_end")[["score"]].rename(columns={"score": "before"})
    return scores(door).join(first, how="inner")


NEARLY_ALL = {
    "by measure and wave": lambda d, rows: ([rows["measure"], rows["wave"]], rows["category"]),
    "by measure": lambda d, rows: (rows["measure"], rows["category"]),
    "by wave": lambda d, rows: (rows["category"], rows["wave"]),
    "by a trait": lambda d, rows: (rows.join(d.study.participants["seniority"])["seniority"], rows["category"]),
    "in words of one's own": lambda d, rows: (rows["measure"], words(rows)),
    "by a group of one's own": lambda d, rows: (pd.Series(np.arange(len(rows)) % 2, rows.index, name="odd"), rows["category"]),
}  # fmt: skip


@pytest.mark.parametrize("people", [in_both, lambda d: of_linked(d, scores(d))])
@pytest.mark.parametrize("way", NEARLY_ALL)
def test_a_crosstab_of_all_but_one_is_hidden_since_the_one_would_follow(door, way, people):
    assert len(people(door)) == 28 and len(scores(door)) == 29
    made = door.safe.crosstab(*NEARLY_ALL[way](door, people(door)))
    assert made.isna().all(axis=None)


def by_size_alone(door, *keys) -> pd.DataFrame:
    """The crosstab as it is told where nothing else is published."""
    return crosstab(*keys, door.study.params.disclosure)


@pytest.mark.parametrize("measure", ["self_perception", "sponsor_support"])
def test_the_first_answers_of_those_who_answered_again_are_told(door, measure):
    """Of 38 first answers 28 are of the linked: ten people are no few, and 29 of the last wave are all of it."""
    for rows in (of_linked(door, scores(door, "programme_end", measure)), scores(door, "follow_up", measure)):
        odd = pd.Series(np.arange(len(rows)) % 2, rows.index, name="odd")
        for keys in ((odd, rows["category"]), ([rows["measure"], rows["wave"]], words(rows)), (odd, words(rows))):
            made, usual = door.safe.crosstab(*keys), by_size_alone(door, *keys)
            assert made.equals(usual)


def test_statements_of_all_but_one_person_are_hidden_and_those_of_all_are_not(door):
    answers = door.study.answers.dropna(subset="value")
    keys = lambda rows: ([rows["scale"], rows["wave"]], rows["category"])  # noqa: E731
    whole, few = door.safe.crosstab(*keys(answers)), door.safe.crosstab(*keys(of_linked(door, answers)))
    assert whole.notna().to_numpy().mean() > 0.8
    assert few.xs("follow_up", level="wave").isna().all(axis=None)
    assert few.xs("programme_end", level="wave").notna().any(axis=None)


def test_how_changes_go_is_told_of_the_linked(door):
    rows = door.study.pairs.query("kind == 'scale'").dropna(subset="change")
    way = pd.Series(np.sign(rows["change"]), rows.index, name="way").map({-1: "down", 0: "same", 1: "up"})
    made = door.safe.crosstab(rows["measure"], way)
    assert made.equals(by_size_alone(door, rows["measure"], way))
    assert made.loc["programme_contribution"].tolist() == [8, 9, 11]


def test_a_crosstab_of_all_but_one_says_why_and_its_line_can_be_pasted(door, monkeypatch):
    shown = []
    monkeypatch.setattr(report, "display", lambda data, **_: shown.append(data.get("text/html", "")))
    rows = of_linked(door, door.study.answers.dropna(subset="value"))
    door.table("nearly_all", door.safe.crosstab([rows["measure"], rows["wave"]], rows["category"]), **SAID)
    said = unescape("\n".join(shown))
    assert "but for fewer than \u20668\u2069" in said and "nearly all who answered are counted here" in said
    made = {"study": door.study}
    exec(said.split("\n        ")[1].split("</em>")[0], made)  # noqa: S102 - the line that is to be pasted
    again = door.safe.crosstab(*(made["answers"][key] for key in ("wave", "category")))
    assert again.notna().all(axis=None)


# ------------------------------------------------------------ answers in three categories that are not of all


def levels(rows: pd.DataFrame) -> pd.DataFrame:
    """As notebook 02 counts them."""
    by = [rows["measure"], rows["wave"]]
    counts = pd.get_dummies(rows["category"]).groupby(by, observed=True).sum().add_prefix("n_")
    mean = rows["score"].groupby(by, observed=True).mean()
    return counts.assign(n=counts.sum(axis=1), outcome="divided", mean=mean).reset_index()


def test_levels_of_some_people_or_of_rows_are_refused_and_those_of_all_are_not(door):
    rows = door.study.scores.dropna(subset="score")
    assert door.safe.results(levels(rows))["n"].tolist().count(29) == 8
    statements = door.study.answers.dropna(subset="value").rename(columns={"value": "score"})
    for some in (
        of_linked(door, rows),
        pd.concat([rows, rows.head(1)]),
        statements.assign(measure=statements["scale"]),
    ):
        with pytest.raises(NotForPublication, match="what to do: count categories") as stop:
            door.safe.results(levels(some))
        line = str(stop.value).splitlines()[-1].strip()
        exec(line, {"rows": some, "safe": door.safe})  # noqa: S102 - the line that is to be pasted
