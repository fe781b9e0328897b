"""Rows with a column for each measure, as pivot makes them: they are guarded as the answers that they are, and told as these."""

import pandas as pd
import pytest
from followup.report.linked_only import LinkedOnly
from followup.report.report import Report
from in_notebooks import cleaned, no_page

SAID = {"en": "So it is", "he": "כך הדבר"}


@pytest.fixture
def door():
    with no_page():
        yield Report(cleaned("1"), "en")


def wide(door: Report, wave: str) -> pd.DataFrame:
    scores = door.study.scores.query("wave == @wave").dropna(subset="score")
    return scores.pivot(columns="measure", values="score").join(door.study.participants)  # noqa: PD010 - as it is written


def linked(door: Report) -> pd.Index:
    return door.study.pairs.query("measure == 'motivation'").dropna(subset="change").index


def told(terms: pd.DataFrame) -> bool:
    return terms["estimate"].notna().all()


def test_a_model_of_wide_rows_is_of_those_whose_means_are_told(door):
    """29 answered the later wave, 28 of them both: it was hidden, and the line to paste hid it again."""
    terms = door.model("later", "motivation ~ self_perception + C(group)", wide(door, "follow_up"), **SAID)
    assert told(terms) and (terms["n"] == 28).all()
    terms = door.model("earlier", "motivation ~ C(group)", wide(door, "programme_end"), **SAID)
    assert not terms["estimate"].notna().any()  # 38 answered the first wave: of each group a few more than are linked
    rows = wide(door, "programme_end")
    assert told(door.model("earlier_linked", "motivation ~ C(group)", rows[rows.index.isin(linked(door))], **SAID))


def test_a_yes_or_no_of_ones_own_by_which_groups_are_joined_is_told(door):
    rows = wide(door, "programme_end")
    rows = rows[rows.index.isin(linked(door))]
    rows = rows.assign(centre=(rows["group"] == "headquarters").astype(int))
    terms = door.model("own", "motivation ~ centre", rows, headings={"centre": ("מטה", "Headquarters")}, **SAID)
    assert told(terms)


def test_means_of_wide_rows_are_those_of_long_ones(door):
    rows = wide(door, "follow_up")
    made = door.safe.pivot_table(rows, values="motivation", index="group")
    long = door.study.scores.query("wave == 'follow_up' and measure == 'motivation'").dropna(subset="score")
    assert [*made["motivation"]] == [*door.safe.pivot_table(long, values="score", index="group")["score"]]
    assert made["motivation"].notna().all()


@pytest.mark.parametrize("change", [
    lambda rows: rows.iloc[1:],  # one person fewer than are linked
    lambda rows: rows.assign(motivation=6 - rows["motivation"]),  # no answers of the study
    lambda rows: rows.assign(motivation=rows["motivation"].where(rows.index != rows.index[0], 1.0)),  # one of them another
])  # fmt: skip
def test_what_is_no_whole_of_a_change_is_none(door, change):
    only = LinkedOnly(door.study)
    rows = wide(door, "programme_end")
    rows = rows[rows.index.isin(linked(door))]
    assert only.is_of_a_change(*only.as_asked(rows, "motivation"))
    assert not only.is_of_a_change(*only.as_asked(change(rows), "motivation"))


def test_one_group_is_no_whole_where_another_is_small(door, monkeypatch):
    """Of ten who are linked in a group the mean would, with that of all, tell the mean of a small one that is hidden."""
    only, rows = LinkedOnly(door.study), wide(door, "programme_end")
    rows = rows[rows.index.isin(linked(door))]
    one = rows[rows["group"] == "operational"]
    assert only.is_of_a_change(*only.as_asked(one, "motivation"))
    monkeypatch.setitem(door.study.params.disclosure.__dict__, "least_group", 10)
    assert not only.is_of_a_change(*only.as_asked(one, "motivation"))
    assert only.is_of_a_change(*only.as_asked(rows, "motivation"))


def test_a_later_table_knows_the_people_of_a_wide_one():
    """Of ten who answered both waves one mean stood there, of thirteen of them another: it told what the three answered."""
    with no_page():
        door = Report(cleaned("2"), "en")
        both = door.study.pairs.query("measure == 'motivation'").dropna(subset="change").index
        rows = wide(door, "programme_end")
        rows = rows[rows.index.isin(both)]
        door.table("linked", door.safe.pivot_table(rows, values="motivation", index="seniority"), **SAID)
        scores = door.study.scores.query("wave == 'programme_end' and measure == 'motivation'").dropna(subset="score")
        scores = scores.join(door.study.participants["seniority"])
        everyone = door.safe.pivot_table(scores, values="score", index=["measure", "seniority"])
        differ = scores["seniority"].value_counts() - rows["seniority"].value_counts()
        few = differ.index[differ.between(1, 7)]
        assert len(few) and everyone.loc["motivation"].reindex(few)["score"].isna().all()
