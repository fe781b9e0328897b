"""What newcomers wrote into a table or a model of their own: what comes out is right, or the message says what to write."""

import re

import numpy as np
import pandas as pd
import pytest
from followup.disclosure.output_check import NotForPublication
from followup.report.report import Report
from in_notebooks import cleaned, no_page

SAID = {"en": "So it is", "he": "כך הדבר"}
LINES = re.compile(r"^ +((?:data|table|means) = .*|report\..*|safe\..*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def door():
    with no_page(drawn=True):
        yield Report(cleaned("1"), "en")


def both(door) -> pd.DataFrame:
    return door.study.pairs.query("kind == 'scale'").dropna(subset="change")


def one(door) -> pd.DataFrame:
    return both(door).query("measure == 'motivation'")


def asked(door) -> pd.DataFrame:
    first = door.study.waves[0]
    return door.study.answers.query("wave == @first").dropna(subset="value")


def refused(call) -> str:
    with pytest.raises(NotForPublication) as stop:
        call()
    return str(stop.value)


def pasted(door, said: str, **more) -> dict:
    """What stands after the lines of a message were run as they are."""
    held = {"report": door, "safe": door.safe, "study": door.study, "pd": pd, "np": np, **more}
    lines = LINES.findall(said)
    assert lines, said
    for line in lines:
        exec(line.replace('"…"', '"Own"'), held)  # noqa: S102 - the line that is to be pasted
    return held


# Models: one row of each person, or groups -----------------------------------------------------------------------------


def test_several_rows_of_a_person_are_not_independent(door):
    said = refused(lambda: door.model("x", "change ~ earlier", both(door), **SAID))
    assert "168 rows of 28 people" in said and 'groups="respondent"' in said
    pasted(door, said, data=both(door))


def test_rows_that_stand_several_times_are_to_be_dropped(door):
    data = pd.concat([one(door)] * 4)
    for groups in (None, "respondent"):
        said = refused(lambda groups=groups: door.model("x", "change ~ earlier", data, groups=groups, **SAID))
        assert "stand there several times" in said
        again = pasted(door, said, data=data)["data"]
        assert again.equals(one(door))
    door.model("x", "change ~ earlier", again, **SAID)


# Keys that follow from others ------------------------------------------------------------------------------------------


def test_a_scale_beside_its_measures_hides_nothing(door):
    """36 to 38 people answered each of the 25 statements before the programme; each has one scale."""
    alone = door.safe.pivot_table(asked(door), values="value", index="measure")
    for index in (["scale", "measure"], ["measure", "scale"]):
        table = door.safe.pivot_table(asked(door), values="value", index=index)
        assert len(table) == 25 and table["n"].between(36, 38).all()
        assert table.droplevel("scale").equals(alone.loc[table.index.get_level_values("measure")])


def test_a_word_of_ones_own_for_a_group_does_not_add_up_to_it(door):
    """Eight of ten: the two others would follow from their group, whatever stands beside it."""
    data = one(door)
    group = data["group"].value_counts().index[0]
    places = (data["group"] == group).cumsum().where(data["group"] == group, 0)
    part = np.where(places.between(1, 2), "few", data["group"].astype("object"))
    table = door.safe.pivot_table(data.assign(part=part), values="change", index=["group", "part"])
    assert group not in table.dropna(subset="change").index.get_level_values("group")


def test_another_word_for_the_same_group_shows_no_more_than_the_group(door):
    """Of 28 people 5, 11 and 12 are of a seniority: the five, and who would give them away, are hidden."""
    data = one(door).join(door.study.participants["seniority"])
    assert sorted(data["seniority"].value_counts()) == [5, 11, 12]
    data = data.assign(word=data["seniority"].map(lambda key: f"word {key}").astype("object"))
    alone = door.safe.pivot_table(data, values="change", index="seniority")["change"]
    assert alone.isna().sum() == 2
    for index in (["seniority", "word"], ["word", "seniority"]):
        table = door.safe.pivot_table(data, values="change", index=index)["change"].droplevel("word")
        assert table.reindex(alone.index).equals(alone)


# What to write instead -------------------------------------------------------------------------------------------------

CUT = {
    "cut": lambda t: pd.cut(t["score"], [0, 2, 4, 6]),
    "qcut": lambda t: pd.qcut(t["score"], 3),
    "intervals": lambda t: pd.cut(t["score"], [0, 2, 4, 6]).astype(pd.IntervalDtype("int64", "right")),
}


@pytest.mark.parametrize("way", CUT)
def test_bands_are_named_where_they_are_cut(door, way):
    data = door.study.scores.dropna(subset="score").query("measure == 'motivation'").assign(level=CUT[way])
    said = refused(lambda: door.safe.pivot_table(data, values="score", index="level"))
    [line, headings] = re.findall(r"^ +(data = .*|headings=.*)$", said, re.MULTILINE)
    held = {"data": data, "pd": pd}
    exec(line.replace("…", "score"), held)  # noqa: S102 - the line that is to be pasted
    named = held["data"]["own_band"]
    assert named.notna().all() and (named == "above").equals(data["score"] > 4)
    heads = eval(headings.removeprefix("headings=").replace('"…"', '"Own"'))  # noqa: S307 - likewise
    assert not any(door.words.knows(key) for key in heads)
    table = door.safe.crosstab(held["data"]["measure"], named)
    door.table(f"own_{way}", table, headings=heads, **SAID)
