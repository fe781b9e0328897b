"""Tables without rows: the build names them, with the misspelt key that their rows were chosen by; a link says where one was."""

import pytest
from followup.disclosure.cell_bundle import MIME
from followup.problems import PageProblem
from followup.publish.empty_tables import misspelt, not_on_the_page
from followup.publish.rendering import combine
from followup.study.cohort import open_cohort
from followup.study.misspelt_keys import keys_of
from nbformat.v4 import new_code_cell, new_notebook, new_output
from test_left_out import notebook, nothing, out, said

KEYS = {"all", "motivation", "self_perception", "programme_end", "follow_up", "headquarters"}
MISSPELT = {
    "scales.query(\"measure == 'motivaton'\")": ("motivaton", "motivation"),
    "scales.query(\"kind == 'scale' and wave != 'folow_up'\")": ("folow_up", "follow_up"),
    'scales.query(\'measure in ["motivation", "self_percepton"]\')': ("self_percepton", "self_perception"),
    'scales[scales["measure"] == "motivaton"]': ("motivaton", "motivation"),
    "scales[scales.group.eq('headquarter')]": ("headquarter", "headquarters"),
    'scales[scales["wave"].isin(["programme_end", "folowup"])]': ("folowup", "follow_up"),
}
RIGHT = (
    "scales.query(\"measure == 'motivation' and group == 'all'\")",
    "scales.query('wave == @last')",
    "scales.query(\"measure == 'zzz'\")",  # like none
    "names = ['motivaton']",  # chooses no rows
    "scales.query(\"verdict == 'motivaton'\")",
    'print("the measure is in the motivaton (sic)")',
)


def of(*sources: str):
    return new_notebook(cells=[*map(new_code_cell, sources)])


@pytest.mark.parametrize("source", MISSPELT)
def test_a_misspelt_key_that_rows_are_chosen_by_is_told_with_the_nearest(source):
    wrong, right = MISSPELT[source]
    assert misspelt(of("import pandas", source), KEYS) == (
        f"“{wrong}” is no measure, wave or group of this study",
        f'write "{right}"',
    )


def test_of_what_is_spelt_right_or_like_nothing_or_chooses_no_rows_nothing_is_said():
    assert misspelt(of(*RIGHT), KEYS) == ("", "")


def test_the_shipped_keys_are_known():
    assert {"all", "motivation", "motivation_promote", "follow_up", "headquarters", "over_10_years"} <= keys_of(
        open_cohort("1").codebook
    )


def test_tables_without_rows_are_named_together_where_a_key_is_misspelt_and_not_at_all_elsewhere():
    names = "abcdefg"
    many = notebook("# A", [said("Yes.")], *([nothing(name)] for name in names))
    assert not_on_the_page({"05": many}, KEYS) == []
    many.cells.append(new_code_cell("rows.query(\"measure == 'motivaton'\")"))
    told = "left out: tables that have no rows in this cohort (“a”, “b”, “c”, “d”, “e” and 2 more)"
    hint = '; “motivaton” is no measure, wave or group of this study; what to do: write "motivation"'
    assert not_on_the_page({"05": many}, KEYS) == [("05", number, told + hint) for number in range(2, 9)]


def test_why_a_table_or_a_sentence_has_no_rows_is_told_where_a_key_is_misspelt():
    made = notebook("# A", [said("Yes.")], [nothing("Meetings")])
    why = {"kind": "silent", "name": None, "why": "a sentence whose row this cohort does not have"}
    hidden = {"kind": "silent", "name": None, "why": "a sentence whose row is hidden"}
    outputs = [new_output("display_data", {MIME: one}) for one in (why, hidden)]
    made.cells.append(new_code_cell("rows.query(\"measure == 'motivaton'\")", outputs=outputs))
    hint = '; “motivaton” is no measure, wave or group of this study; what to do: write "motivation"'
    assert not_on_the_page({"07_own": made}, KEYS) == [
        ("07_own", 2, f"left out: the table “meetings” has no rows in this cohort{hint}"),
        ("07_own", 3, f"left out: a sentence whose row this cohort does not have{hint}"),
        ("07_own", 3, "left out: a sentence whose row is hidden"),
    ]


def linking(*outputs, source: str = "show()"):
    """Two notebooks: one shows a table or not, the other links to it."""
    link = out("say", None, '<p>כאן <a href="#table-changes">כאן</a></p>', '<p>See <a href="#table-changes">it</a></p>')
    first = notebook("# Change", [said("Yes.")])
    first.cells.append(new_code_cell(source, outputs=[*outputs]))
    return {"03_compare": first, "06_findings": notebook("# Findings", [link])}


@pytest.mark.parametrize(
    ("shown", "why"),
    [(nothing("changes"), "has no rows in this cohort"), (out("silent", "changes"), "is not shown in this cohort")],
)
def test_a_link_to_a_table_that_is_not_shown_says_which_notebook_has_it(shown, why):
    with pytest.raises(PageProblem) as stop:
        combine(linking(shown), "en", keys=KEYS)
    said = str(stop.value)
    assert said.startswith("06_findings, cell 3: the link #table-changes leads nowhere: ")
    assert f"the table “changes” of 03_compare, cell 4, {why}" in said and "what to do: look at what chooses" in said
    with pytest.raises(PageProblem) as stop:
        combine(linking(shown, source="scales = scales.query(\"measure == 'motivaton'\")"), "en", keys=KEYS)
    assert "“motivaton” is no measure" in str(stop.value) and 'what to do: write "motivation"' in str(stop.value)


def test_a_link_to_what_no_notebook_has_says_so():
    with pytest.raises(PageProblem, match="leads nowhere: there is no such place"):
        combine(linking(), "en", keys=KEYS)
