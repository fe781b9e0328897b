"""What `report.table`, `figure` and `say` are given beside the table: another form is refused with the one that is taken."""

import re
from types import SimpleNamespace

import pandas as pd
import pytest
import seaborn as sns
from followup.disclosure.cell_bundle import MIME
from followup.disclosure.output_check import NotForPublication
from followup.language import ProseProblem, Text, without_marks
from followup.report import arguments, guards, people_behind, report
from followup.report.report import Report
from in_notebooks import cleaned, no_page

SAID = {"en": "So it is", "he": "כך הדבר"}


@pytest.fixture
def door():
    with no_page(drawn=True):
        yield Report(cleaned("1"), "en")


def means(door) -> pd.DataFrame:
    return door.safe.pivot_table(door.study.scores, values="score", index=["measure", "wave"])


def bars(axes, table):
    sns.barplot(table, x="score", y="measure", ax=axes)


@pytest.fixture
def run(monkeypatch):
    """Begins a run of a cell, as Jupyter counts it and names its cell; the build's kernels name none."""
    counts = iter(range(1, 99))

    def begin(cell: str = "") -> int:
        told = {"metadata": {"cellId": cell} if cell else {}}
        shell = SimpleNamespace(execution_count=next(counts), get_parent=lambda: told)
        monkeypatch.setattr(people_behind, "get_ipython", lambda: shell)
        return shell.execution_count

    return begin


def shown_twice(show, *parts: str) -> None:
    with pytest.raises(NotForPublication) as stop:
        show()
    assert all(part in str(stop.value) for part in ("; what to do: give each a name of its own", *parts)), stop.value


def test_a_name_that_another_call_of_the_cell_has_is_told_in_the_cell(door, run):
    run()
    first, second = (means(door).query("wave == @wave") for wave in door.study.waves)
    door.table("means", first, **SAID)
    shown_twice(lambda: door.table("means", second, **SAID), "“means”", 'f"means_{key}"')
    door.table("means_follow_up", second, **SAID)
    door.figure("means_follow_up", second, bars, **SAID)  # a table and a figure of the same numbers have one CSV
    shown_twice(lambda: door.figure("means_follow_up", second, bars, **SAID), 'f"means_follow_up_{key}"')
    other = door.safe.pivot_table(door.study.scores, values="score", index="measure")
    shown_twice(lambda: door.figure("means", other, bars, **SAID), "“means”")  # of other numbers they have not
    assert door.released["means"]["wave"].unique() == [door.study.waves[0]]


def test_a_name_of_another_cell_is_told_and_a_cell_that_is_changed_and_run_again_is_let_be(door, run, monkeypatch):
    first, second = (means(door).query("wave == @wave") for wave in door.study.waves)
    at = run("a")
    door.table("means", first, **SAID)
    run("b")
    shown_twice(lambda: door.table("means", second, **SAID), f"cell [{at}]", "restart the kernel")
    run("a")
    door.table("means", second, **SAID)
    run("a")
    door.table("means_of_follow_up", second, **SAID)  # and its earlier name is free again
    run("b")
    door.table("means", first, **SAID)
    run()
    door.table("means", second, **SAID)  # by hand, and nobody knows in which cell
    monkeypatch.setenv("FOLLOWUP_NOTES", "notes")  # the build runs each cell once
    run()
    shown_twice(lambda: door.table("means", first, **SAID), "of what another cell shows")  # whose number it adds itself


GIVEN = {
    "headings": [["Score"], "Score", {"score": ["Score"]}, {"score": 1}],
    "show": ["score", [1]],
    "note": ["So", 1],
    "rows": ["wave == 'follow_up'", [True] * 14],
    "size": [7, "big", (7,)],
    "title": ["So", 1],
}


@pytest.mark.parametrize(("what", "given"), [(what, given) for what, many in GIVEN.items() for given in many])
def test_another_form_is_refused_and_the_form_that_is_told_is_taken(door, what, given):
    table = means(door)

    def show(**more):
        if what in ("size", "title"):
            door.figure("own", table, bars, **SAID, **more)
        else:
            door.table("own", table, **SAID, **more)

    with pytest.raises((NotForPublication, ProseProblem), match="; what to do: ") as stop:
        show(**{what: given})
    line = str(stop.value).splitlines()[-1].strip()
    if what == "rows":
        exec(line.replace("…", "So"), {"report": door, "table": table})  # noqa: S102 - the line that is to be pasted
    else:
        line = re.sub(r'"…( \{score\})?"', r'"So\1"', line)
        show(**eval(f"dict({line})", {"report": door, "table": table}))  # noqa: S307 - likewise


def test_a_name_that_comes_second_is_told(door):
    with pytest.raises(NotForPublication, match="the name of a table or figure comes first"):
        door.table(means(door), "own", **SAID)


def test_a_row_by_its_keys_is_a_row_of_the_table(door, monkeypatch):
    shown = []
    monkeypatch.setattr(report, "display", lambda bundle, raw: shown.append(bundle))
    row = means(door).loc[("motivation", "programme_end")]
    door.say(en="{measure}, {wave}: {score} of {n}.", he="{measure}, {wave}, {score}, {n}.", row=row)
    scale = door.cohort.codebook.scales["motivation"].en
    assert scale in without_marks(shown[-1][MIME]["en"]) and "4.1 of 38" in without_marks(shown[-1][MIME]["en"])
    one = door.safe.pivot_table(door.study.scores, values="score", index="measure").loc["motivation"]
    door.say(en="{measure}: {score} of {n}.", he="{measure}, {score}, {n}.", row=one)
    assert scale in without_marks(shown[-1][MIME]["en"])


def test_a_cell_of_a_part_is_asked_for_under_the_name_of_the_part(door):
    """Of the eight scales of the follow-up two were asked then alone: 29 answered each, and 28 of these the others before, too."""
    door.table("whole", means(door), **SAID)
    door.table("part", means(door).query("wave == 'follow_up'"), **SAID)
    assert door.cell("part", "n", measure="network_value").value == 29
    assert sorted(cell.value for cell in door.cells("part", "n")) == [28] * 6 + [29] * 2


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "add score=…, or row=…, a row that has it"),
        ({"score": "motivation", "n": "motivation"}, "write {n} into the sentence, or leave n=… out"),
    ],
)
def test_placeholders_without_a_value_and_values_without_a_place_are_told(door, values, said):
    with pytest.raises(ProseProblem, match=re.escape(f"; what to do: {said}")):
        door.say(en="{score}.", he="{score}.", **values)


@pytest.mark.parametrize("name", ["my table", "my-table", "my/table", " my table", "my.table"])
@pytest.mark.parametrize("show", ["table", "figure", "model"])
def test_a_name_of_several_words_is_refused_with_the_one_to_write(door, name, show):
    table = means(door)
    given = {"table": (table,), "figure": (table, bars), "model": ("score ~ wave", door.study.scores)}[show]
    with pytest.raises(NotForPublication, match=re.escape(f"“{name}” is no single word; what to do: write")) as stop:
        getattr(door, show)(name, *given, **SAID)
    assert '"my_table"' in str(stop.value).splitlines()[-1]


@pytest.mark.parametrize("name", ["", "  ", "–"])
def test_a_name_without_a_letter_is_no_name(name):
    with pytest.raises(NotForPublication, match="no single word; what to do: write"):
        arguments.check(name)


def test_names_in_hebrew_and_with_digits_are_names():
    for name in ("ממוצעים", "means_2", "Means"):
        arguments.check(name)


FRAME = pd.DataFrame({"measure": ["motivation", "motivation"], "score": [3.5, 4.0]})
NO_VALUES = {
    "rows=": ({"rows": FRAME.head(1)}, "what to do: write row=", "row=rows)"),
    "rows= of several": ({"rows": FRAME}, "what to do: write row=", "row=rows.iloc[[0]])"),
    "rows= as a series": ({"rows": FRAME.iloc[0]}, "what to do: write row=", "row=rows)"),
    "a frame": ({"score": FRAME}, "“score” is a DataFrame and no value", "row=table.iloc[[0]])"),
    "a column": ({"score": FRAME["score"]}, "“score” is a Series and no value", "score=report.cell("),
    "a list": ({"n": [1, 2]}, "“n” is a list and no value", "n=report.cell("),
    "nothing": ({"n": None}, "“n” is a NoneType and no value", "n=report.cell("),
    "a function": ({"n": len}, "no value", "n=report.cell("),
}


@pytest.mark.parametrize("case", NO_VALUES)
def test_what_is_no_value_of_a_sentence_is_refused_with_what_to_write(case):
    values, said, line = NO_VALUES[case]
    with pytest.raises(NotForPublication) as stop:
        arguments.check_values(values)
    assert said in str(stop.value) and line in str(stop.value).splitlines()[-1]


def test_values_of_a_sentence_are_let_through_and_judged_where_they_are_written():
    arguments.check_values({"a": guards.Cell(3), "b": Text("כך", "so"), "c": "motivation", "d": 3, "e": 2.5, "f": True})
