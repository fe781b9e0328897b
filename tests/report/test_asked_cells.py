"""A cell that a notebook asks for is the only one that fits, or says that it has no value; else the refusal says what to write."""

from dataclasses import replace

import pandas as pd
import pytest
from followup.disclosure import own_tables
from followup.disclosure.output_check import NotForPublication
from followup.report import report
from followup.report.guards import Safe as safe
from followup.report.report import Report
from followup.study.cohort import open_cohort

SAID = {"he": "כך", "en": "So"}
KEYS = {"measure": ["motivation", "motivation", "self_perception"], "wave": ["programme_end", "follow_up", "follow_up"]}
MEANS = pd.DataFrame({**KEYS, "n": [38, 29, 29], "n_all": [39, 39, 39], "score": [4.1, None, 3.5]})
NOTHING = MEANS.head(0)


@pytest.fixture
def door(tmp_path, monkeypatch) -> Report:
    """Cohort 1's report with a table of three means, one of them hidden, and one without rows."""
    every = type("Every", (), {"__contains__": lambda self, columns: True})
    monkeypatch.setattr(own_tables, "SHAPES", every())
    monkeypatch.setattr(report, "display", lambda bundle, raw: None)
    made = Report(replace(open_cohort("1"), root=tmp_path), "en")
    made.released |= {"mm": MEANS, "nothing": NOTHING, "no_columns": pd.DataFrame()}
    return made


def refusal(action) -> str:
    with pytest.raises(NotForPublication, match="what to do: ") as stop:
        action()
    return str(stop.value)


def pasted(door: Report, message: str) -> object:
    """What the last line of a refusal gives, pasted as it stands."""
    return eval(message.splitlines()[-1], {"report": door, "safe": safe})  # noqa: S307 - the line to paste


@pytest.mark.parametrize("ask", ["cell", "cells"])
def test_a_misspelt_key_is_answered_with_the_nearest_and_any_other_with_those_that_are_there(door, ask):
    message = refusal(lambda: getattr(door, ask)("mm", "n", measure="motivaton"))
    assert message.endswith('no row with measure="motivaton"; what to do: write measure="motivation"')
    message = refusal(lambda: getattr(door, ask)("mm", "n", measure="zzz"))
    assert message.endswith('what to do: write measure="motivation" or "self_perception"')


def test_where_several_fit_the_keys_that_tell_them_apart_are_named_and_no_other(door):
    message = refusal(lambda: door.cell("mm", "n", measure="motivation"))
    assert 'say which row, by wave="programme_end" or "follow_up"\n' in message
    assert "n_all" not in message and pasted(door, message).value == 38
    message = refusal(lambda: door.cell("mm", "n", wave="follow_up"))
    assert 'by measure="motivation" or "self_perception"\n' in message and pasted(door, message).value == 29
    message = refusal(lambda: door.cell("mm", "n"))
    assert 'measure="motivation" or "self_perception"' in message and 'wave="programme_end" or "follow_up"' in message
    assert pasted(door, message).value == 38


def test_rows_that_no_key_tells_apart_can_be_added_up(door):
    door.released["alike"] = MEANS.assign(measure="motivation", wave="follow_up")
    message = refusal(lambda: door.cell("alike", "n", wave="follow_up"))
    assert "no key tells them apart" in message and pasted(door, message).value == 38 + 29 + 29


def test_a_row_that_is_hidden_is_one_of_several(door):
    """One of the two means is hidden, and the other is not the one that was meant."""
    message = refusal(lambda: door.cell("mm", "score", measure="motivation"))
    assert message.startswith("2 cells of “mm” fit") and 'wave="programme_end" or "follow_up"' in message


WITHOUT = {
    "hidden": (
        ("mm", "score"),
        {"measure": "motivation", "wave": "follow_up"},
        "“score” of table “mm” is hidden or blank",
    ),
    "not in this cohort": (("mm", "n"), {"group": "junior"}, ""),
    "not together": (("mm", "n"), {"measure": "self_perception", "wave": "programme_end"}, "no row with measure="),
    "no rows": (("nothing", "n"), {"measure": "motivation"}, "table “nothing” has no rows in this cohort"),
    "no columns": (("no_columns", "n"), {"measure": "motivation"}, "table “no_columns” has no rows in this cohort"),
    "as the page writes it": (("nothing", "answered_of"), {}, "table “nothing” has no rows in this cohort"),
}


@pytest.mark.parametrize("case", WITHOUT)
def test_a_cell_that_this_cohort_does_not_have_says_why_and_what_is_computed_of_it_too(door, case):
    asked, where, why = WITHOUT[case]
    if case == "not in this cohort":  # its groups are known to the codebook, and this table has none of them
        door.released["mm"], where = MEANS.assign(group="operational"), {"group": "headquarters"}
    cell, there = door.cell(*asked, **where), door.cell("mm", "n", measure="self_perception", wave="follow_up")
    assert why in cell.missing and cell.missing and not there.missing
    for computed in (safe.sum([there, cell]), safe.diff(there, cell), safe.share(cell, there)):
        assert computed.missing == cell.missing
    for use in (
        lambda: cell.text,
        lambda: cell.value > 3,
        lambda: cell.value == 3,
        lambda: 1 - cell.value,
        lambda: round(cell.value),
        lambda: f"{cell.value:.1f}",
        lambda: door.note(he="{n}", en="{n}", n=cell),
    ):
        assert cell.missing in refusal(use)


def test_a_key_of_the_study_that_is_none_of_the_table_is_told_with_those_that_are(door):
    """A table by statements has no row of the scale itself, in any cohort."""
    door.released["cc"] = MEANS.assign(measure=["motivation_future", "motivation_weary", "self_able"])
    told = door.cell("cc", "n", measure="motivation").missing
    assert told.endswith('in this cohort; its measure is "motivation_future" or "motivation_weary"')
    assert door.cell("mm", "n", measure="self_perception", wave="programme_end").missing.endswith("in this cohort")


def test_a_row_that_is_hidden_is_not_written_either(door):
    door.released["hidden"] = MEANS.assign(hidden=[False, True, False], n_all=39)
    where = {"measure": "motivation", "wave": "follow_up"}
    assert "hidden or blank" in door.cell("hidden", "answered_of", **where).missing


def test_a_misspelt_column_of_a_table_without_rows_is_still_told(door):
    assert "write score" in refusal(lambda: door.cell("nothing", "scoer"))


def test_a_column_of_the_page_that_this_table_is_not_written_in_is_told(door):
    assert "has no column “change”" in refusal(lambda: door.cell("mm", "change", measure="self_perception"))


def test_a_sum_of_cells_one_of_which_is_hidden_is_none(door):
    assert safe.sum(door.cells("mm", "n")).value == 38 + 29 + 29
    assert safe.sum(door.cells("mm", "score")).missing
    assert safe.sum(door.cells("nothing", "n")).value == 0


def test_a_misspelt_table_is_answered_with_the_nearest(door):
    assert "no table is called “mmm” so far; what to do: write “mm”".replace("“mm”", '"mm"') in refusal(
        lambda: door.cell("mmm", "n")
    )
    results = door.cohort.private / "results"
    results.mkdir(parents=True)
    MEANS.to_csv(results / "responses.csv", index=False)
    assert 'write "responses"' in refusal(lambda: door.cells("respones", "n"))
    assert safe.sum(door.cells("responses", "n")).value == 38 + 29 + 29
