"""Own tables of attendance at the meetings: nobody's answers follow from these; of chosen people they are like any other."""

import csv
from collections import Counter

import pandas as pd
import pytest
from followup.report.report import Report
from in_notebooks import cleaned, no_page


@pytest.fixture(scope="module")
def door():
    with no_page():
        yield Report(cleaned("1"), "en")


@pytest.fixture(scope="module")
def people(door):
    times = door.study.meetings.groupby(level=0).size().rename("meetings")
    return door.study.participants.join(times)


def sheet(name: str) -> list[dict]:
    with (cleaned("1").root / "data" / "1" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return [*csv.DictReader(file)]


def test_how_many_meetings_a_group_came_to(door, people):
    told = door.safe.pivot_table(people.fillna({"meetings": 0}), values="meetings", index="group")
    came, sizes = door.study.meetings["group"].value_counts(), people["group"].value_counts()
    assert came.sum() == len(sheet("meetings"))
    assert dict(told["meetings"]) == {
        group: pytest.approx(came[group] / sizes[group], abs=0.0501) for group in sizes.index
    }


def test_not_of_those_who_came_at_all(door, people):
    """1.7 of all eleven and 1.9 of those of them who came: exactly one never did."""
    told = door.safe.pivot_table(people, values="meetings", index="group")["meetings"]
    assert people.loc[people["meetings"].isna(), "group"].to_list() == ["local_and_third"]
    assert pd.isna(told["local_and_third"]) and told.notna().sum() == 2


def test_who_came_to_a_meeting_by_group(door):
    meetings = door.study.meetings
    told = door.safe.crosstab(meetings["meeting"], meetings["group"])
    assert told.notna().sum().sum() == 5
    counts = Counter(zip(meetings["meeting"], meetings["group"], strict=True))
    for meeting, row in told.iterrows():
        of_all = sum(count for (one, _), count in counts.items() if one == meeting)
        shown = {group: counts[meeting, group] for group in row.index[row.notna()]}
        assert min(shown.values(), default=5) >= 5
        assert all(row[group] == pytest.approx(count / of_all, abs=0.0501) for group, count in shown.items())


@pytest.mark.parametrize("chosen", ["who_answered", "all_but_one"])
def test_of_people_who_were_chosen_nothing_more_is_told_than_before(door, people, chosen):
    some = people.fillna({"meetings": 0})
    answered = some["answered"].str.contains("+", regex=False)
    some = some[answered | (some["group"] != "headquarters")] if chosen == "who_answered" else some.drop(some.index[-1])
    told = door.safe.pivot_table(some, values="meetings", index="group")
    changed = some["group"].value_counts().sort_index() < people["group"].value_counts().sort_index()
    assert changed.any()
    assert told.loc[changed.index[changed], "meetings"].isna().all()


def test_answers_under_the_name_of_meetings_are_answers(door):
    """Of 39 of 40 participants: beside what all answered their mean would tell what the others did."""
    study = door.study
    scores = study.scores.dropna(subset="score").query("measure == 'motivation' and wave == 'programme_end'")
    some = study.participants.join(scores["score"].rename("meetings")).iloc[:-1]
    told = door.safe.pivot_table(some.assign(people="all"), values="meetings", index="people")
    assert told["meetings"].isna().all()


def test_a_crosstab_of_meetings_of_chosen_people_is_guarded_as_any(door):
    meetings = door.study.meetings
    some = meetings[meetings.index.isin(door.study.pairs.dropna(subset="change").index)]
    told = door.safe.crosstab(some["meeting"], some["group"])
    assert told.isna().sum().sum() >= 10
    assert "take all rows" in door.safe.cause(told)
