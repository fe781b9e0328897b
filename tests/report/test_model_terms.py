"""A model whose terms or outcome cannot stand on the page is refused with lines that, pasted as they stand, make one that can."""

import re

import numpy as np
import pandas as pd
import pytest
from followup.disclosure.output_check import NotForPublication
from followup.report.report import Report
from in_notebooks import cleaned, no_page

SAID = {"en": "So it is", "he": "כך הדבר"}


@pytest.fixture
def door():
    with no_page(drawn=True):
        yield Report(cleaned("1"), "en")


def linked(door) -> pd.DataFrame:
    return door.study.pairs.query("measure == 'motivation'").dropna(subset="change")


NUMBERS = {
    "change ~ I(earlier**2)": ("earlier_squared", lambda t: t.earlier**2),
    "change ~ group + I( earlier ** 2 )": ("earlier_squared", lambda t: t.earlier**2),
    "change ~ I(earlier > 4)": ("earlier_own", lambda t: (t.earlier > 4).astype(int)),
    "change ~ np.log(earlier + 1)": ("earlier_own", lambda t: np.log(t.earlier + 1)),
    "I(later > 4.4) ~ earlier": ("later_own", lambda t: (t.later > 4.4).astype(int)),
    "group ~ earlier": ("own", lambda t: (t.group == t.group.dropna().iloc[0]).astype(int)),
}


@pytest.mark.parametrize("formula", NUMBERS)
def test_the_lines_of_the_refusal_make_the_column_and_the_model(door, formula):
    column, made = NUMBERS[formula]
    with pytest.raises(NotForPublication, match="; what to do: ") as stop:
        door.model("own", formula, linked(door), **SAID)
    assign, model = re.findall(r"^ +(data = .*|report\.model.*)$", str(stop.value), re.MULTILINE)
    held = {"data": linked(door), "np": np, "report": door}
    exec(assign, held)  # noqa: S102 - the line that is to be pasted
    assert (held["data"][column] == made(linked(door))).all()
    try:
        exec(model.replace('("…", "…")', '("שלי", "Own")').replace('"…"', '"Own"'), held)  # noqa: S102
    except NotForPublication as refusal:
        assert "rests on fewer than" in str(refusal) or "nearly all have the same outcome" in str(refusal)


OTHERS = {
    "change ~ C(earlier)": ({}, r"what to do: write earlier without C\(\)"),
    "change ~ bs(earlier, df=3)": ({}, "what to do: make it a column of the data first"),
    "change ~ earlier + (1|respondent)": ({}, r'report.model\("own", "change ~ earlier", data, groups="respondent"'),
    "change ~ earlier": ({"groups": "person"}, "groups=…: the data have no column “person”; what to do: "),
}


@pytest.mark.parametrize("formula", OTHERS)
def test_what_a_formula_cannot_say_is_told(door, formula):
    more, said = OTHERS[formula]
    with pytest.raises(NotForPublication, match=said):
        door.model("own", formula, linked(door), **more, **SAID)
