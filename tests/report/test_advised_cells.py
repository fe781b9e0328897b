"""What a refused number is answered with: the call of its place, the one cell that holds it, the words of `safe`."""

import pandas as pd
import pytest
from followup.disclosure.output_check import NotForPublication
from followup.language import without_marks
from followup.report.guards import Safe
from followup.report.report import Report
from in_notebooks import cleaned, no_page


@pytest.fixture
def door():
    with no_page():
        made = Report(cleaned("1"), "en")
        table = made.safe.pivot_table(made.study.scores, values="score", index=["measure", "wave"])
        made.table("means", table, en="Means", he="ממוצעים")
        yield made


def refused(action) -> str:
    with pytest.raises(NotForPublication) as stop:
        action()
    assert "what to do: " in str(stop.value)
    return str(stop.value)


def pasted(message: str, door: Report) -> object:
    """What the line of a refusal is, once it is pasted."""
    return eval(message.splitlines()[-1].strip(), {"report": door})  # noqa: S307 - the line that the analyst pastes


def test_a_number_typed_into_a_note_is_answered_with_a_note(door):
    message = refused(lambda: door.note(en="Of 4711 people.", he="מתוך 4711"))
    assert 'report.note(en="… {n} …", he="… {n} …", n=report.cell("TABLE", "COLUMN", …))' in message
    assert "report.say" not in message
    message = refused(lambda: door.say(en="Of 4711 people.", he="רבים"))
    assert 'report.say(en="… {n} …", he="… {n} …", n=report.cell("TABLE", "COLUMN", …))' in message


def test_a_number_typed_into_a_title_is_answered_with_a_title(door):
    message = refused(lambda: door._told("title", en="Of 4711 people.", he="רבים"))
    assert 'title={"en": "… {n} …", "he": "… {n} …", "n": report.cell("TABLE", "COLUMN", …)}' in message


@pytest.mark.parametrize("what", ["caption", "heading"])
def test_a_number_typed_where_no_value_is_taken_is_answered_with_a_note_which_takes_it(door, what):
    table = door.safe.pivot_table(door.study.scores, values="score", index=["measure", "wave"])
    said, headings = {"en": "Means", "he": "ממוצעים"}, {}
    if what == "caption":
        said["en"] = "Means of 4711 people"
    else:
        headings = {"score": ("ציון", "Score of 4711")}
    message = refused(lambda: door.table("again", table, **said, headings=headings))
    line = 'note=report.note(en="… {n} …", he="… {n} …", n=report.cell("TABLE", "COLUMN", …))'
    assert line in message and "report.say" not in message
    here = line.replace('"TABLE", "COLUMN", …', '"means", "score", measure="motivation", wave="programme_end"')
    note = eval(here.removeprefix("note=").replace("…", "Of"), {"report": door})  # noqa: S307 - the line to paste
    door.table("again", table, en="Means", he="ממוצעים", note=note)


def answered(door, number: float, name: str = "") -> str:
    typed, given = {"en": f"There are {number}.", "he": "כך"}, {"en": f"There are {{{name}}}.", "he": f"{{{name}}}."}
    return refused(lambda: door.say(**(given | {name: number} if name else typed)))


@pytest.mark.parametrize("name", ["", "n_scales"])
def test_a_cell_that_holds_a_number_by_chance_is_not_advised(door, name):
    """len(scales) was answered with how many people stayed the same on one of them."""
    rows = pd.DataFrame({"measure": ["motivation", "self_perception", "sponsor_support"], "n_same": [12, 12, 6]})
    for table, number in ((rows, 12), (rows, 6), (rows.assign(n_same=[32, 32, 6]), 32)):
        door.released["moves"] = table
        said = answered(door, number, name)
        assert 'report.cell("moves"' not in said
        assert "by chance" in said and "“six scales”" in said
    assert 'report.cell("moves"' in answered(door, 6, "n_same")  # it is called as its column is
    door.released["moves"] = rows.assign(n_same=[31, 32, 33])
    assert 'report.cell("moves", "n_same", measure="motivation")' in answered(door, 31, name)
    door.say(en="There are six scales.", he="יש שישה סולמות.")


@pytest.mark.parametrize("call", ["cell", "cells"])
def test_keys_without_their_names_are_answered_with_the_line_that_names_them(door, call):
    value = door.cell("means", "score", measure="motivation", wave="programme_end").value
    shown = door.safe.pivot_table(door.study.scores, values="score", index=["measure", "wave"])
    for table in ("means", shown):
        for given in (("motivation", "score"), ("score", "motivation"), ("score", "motivation", "programme_end")):
            message = refused(lambda table=table, given=given: getattr(door, call)(table, *given))
            line = f'report.{call}("means", "score", measure="motivation", wave="programme_end")'
            assert message.splitlines()[-1].strip() == line
            got = pasted(message, door)
            assert (got if call == "cell" else got[0]).value == value


def test_a_table_in_place_of_its_name_and_a_column_left_out_are_answered_alike(door):
    shown = door.safe.pivot_table(door.study.scores, values="score", index=["measure", "wave"])
    for given in ((shown, "score"), ("means",), (shown,)):
        message = refused(lambda given=given: door.cell(*given))
        assert message.splitlines()[-1].strip().startswith('report.cell("means", "score", measure="motivation", wave=')
    message = refused(lambda: door.cell(shown.head(1) * 2, "score", "motivation"))
    assert 'report.cell("TABLE", "score", measure="motivation")' in message


@pytest.mark.parametrize("call", ["cell", "cells"])
@pytest.mark.parametrize("given", [(), (None,), ([],), ("",)])
def test_a_cell_that_is_not_named_at_all_is_answered_with_one_of_the_table_shown_last(door, call, given):
    message = refused(lambda: getattr(door, call)(*given))
    assert message.splitlines()[-1].strip().startswith(f'report.{call}("means", "score", measure="motivation", wave=')
    pasted(message, door)
    door.released.clear()
    assert f'report.{call}("TABLE", "COLUMN", measure="…")' in refused(lambda: getattr(door, call)(*given))


@pytest.mark.parametrize("digits", ["1", 1.5, [1]])
def test_decimals_that_are_no_whole_number_are_answered_with_one(door, digits):
    where = {"measure": "motivation", "wave": "programme_end"}
    message = refused(lambda: door.cell("means", "score", digits=digits, **where))
    assert message == "digits= of “means” is how many decimals; what to do: write\n        digits=1"


@pytest.mark.parametrize(
    ("computed", "instead"),
    [
        (lambda a, b: a - b, "safe.diff(a, b)"),
        (lambda a, b: a - 1, "safe.diff(a, b)"),
        (lambda a, b: 1 - a, "safe.diff(a, b)"),
        (lambda a, b: a + b, "safe.sum([a, b])"),
        (lambda a, b: sum([a, b]), "safe.sum([a, b])"),
        (lambda a, b: a / b, "safe.share(a, b)"),
        (lambda a, b: 100 / b, "safe.share(a, b)"),
        (lambda a, b: a > b, "a.value"),
        (lambda a, b: a <= 3, "a.value"),
        (lambda a, b: a == 3, "a.value"),
        (lambda a, b: a != 3.5, "a.value"),
        (lambda a, b: max(a, b), "a.value"),
        (lambda a, b: a * 100, "safe.assign("),
        (lambda a, b: round(a, 1), "digits=1"),
        (lambda a, b: -a, "safe.diff(b, a)"),
    ],
)
def test_cells_are_computed_with_by_safe(door, computed, instead):
    one, other = (
        door.cell("means", "score", measure=key, wave="programme_end") for key in ("motivation", "self_perception")
    )
    assert instead in refused(lambda: computed(one, other))


def test_what_is_advised_for_a_difference_is_said(door):
    one, other = (
        door.cell("means", "score", measure=key, wave="programme_end") for key in ("motivation", "self_perception")
    )
    told = door._told("sentence", en="It is {n}.", he="{n}.", n=Safe.diff(one, other))
    assert without_marks(told.en) == f"It is {one.value - other.value:.1f}."
    assert one == door.cell("means", "score", measure="motivation", wave="programme_end") != other
