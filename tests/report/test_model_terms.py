"""A model whose terms or outcome cannot stand on the page is refused with lines that, pasted as they stand, make one that can."""

import re

import numpy as np
import pandas as pd
import pytest
from followup.disclosure.output_check import NotForPublication
from followup.language import Text
from followup.report import model_terms, model_words, own_keys, report
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


NUMBERS_IN_BANDS = [[1, 2, 3, 4, 5], [0, 3, 10], [-4, -0.5, 0, 4], [99.5, 3], [1961, 1984], [-100, 99]]


def bands_of(message: str, data: pd.DataFrame) -> pd.Series:
    """The bands that the line of a refusal makes of these data."""
    held = {"data": data, "pd": pd}
    exec(message.splitlines()[-1].strip(), held)  # noqa: S102 - the line that is to be pasted
    return held["data"]["own_band"]


@pytest.mark.parametrize("numbers", NUMBERS_IN_BANDS)
def test_the_bands_of_a_term_that_is_told_leave_no_number_out(numbers):
    data = pd.DataFrame({"change": 1.0, "own": numbers})
    with pytest.raises(NotForPublication, match="or name bands of it") as stop:
        model_terms.refuse_numbers("own", "change ~ C(own)", ["C(own)"], data)
    assert bands_of(str(stop.value), data).notna().all()


@pytest.mark.parametrize("numbers", [[0, *range(1, 12)], [-0.5, 0, 1], [1960.5, 1984], [1, 2.5, 99]])
def test_the_bands_of_a_key_that_is_told_leave_no_number_out(door, numbers):
    data = pd.DataFrame({"own": numbers})
    with pytest.raises(NotForPublication, match="name bands with bounds of your own") as stop:
        own_keys.refuse_many_numbers(data, door.study)
    assert bands_of(str(stop.value), data).notna().all()


def test_a_reversed_statement_among_the_terms_is_marked(door, monkeypatch):
    """“I find it hard …: −0.3” is of values that are reversed already."""
    shown = []
    monkeypatch.setattr(report, "display", lambda data, **_: shown.append(str(data)))
    items = door.study.pairs.query("kind == 'item'").dropna(subset="change")
    turned = door.study.statements.query("reverse_coded")["measure"].iloc[0]
    scale = door.study.statements.set_index("measure")["scale"].loc[[turned]].iloc[0]
    said = "reverse-coded statements are reversed"
    for table, marked in (
        (items[items["scale"] == scale], True),
        (items.query("measure != @turned and scale == @scale"), False),
    ):
        shown.clear()
        note = door.note(en="My note", he="הערה שלי")
        door.model("own", "change ~ C(measure)", table, groups="respondent", note=note, **SAID)
        page = "".join(shown)
        assert (said in page) == marked and "My note" in page
        assert ("היגדים הפוכים מוצגים לאחר היפוך" in page) == marked
        door.shown.clear()
        door.released.clear()


def test_a_product_of_terms_names_what_they_are_compared_with_in_their_own_rows():
    """A row was headed by four names: of each term the one that it is compared with stood in the product, too."""
    data = pd.DataFrame({"wave": ["a", "b"], "group": ["c", "d"]})
    named = ["Intercept", "C(wave)[T.b]", "C(group)[T.d]", "C(wave)[T.b]:C(group)[T.d]"]

    def said(key: str) -> Text:
        return Text(key, key)

    rows = [model_words._in_words(name, named, data, said).en for name in named]
    assert rows[1:] == ["b, compared with a", "d, compared with c", "b × d"]
    alone = ["Intercept", "C(wave)[T.b]:C(group)[T.d]"]
    assert model_words._in_words(alone[1], alone, data, said).en == "b, compared with a × d, compared with c"
