"""A name that is not there, in pandas' own calls, seaborn's and imports: the nearest is told beneath the traceback."""

import re
import sys

import nbclient
import numpy as np
import pandas as pd
import pytest
import seaborn as sns
from followup.study.explained_errors import explained, like, note_in
from nbformat.v4 import new_code_cell, new_notebook
from statsmodels.formula import api

FRAME = pd.DataFrame(
    {"measure": ["a", "b", "a"], "group": ["x", "y", "x"], "change": [0.1, 0.2, 0.3]},
    index=pd.Index(["p1", "p2", "p3"], name="respondent"),
)
HOLDS = "(there are measure, group, change)"
MISSPELT = {
    "a column": (lambda: FRAME["chnage"], "change"),
    "an attribute": (lambda: FRAME.chnage, "change"),
    "a list of columns": (lambda: FRAME[["group", "chnage"]], "change"),
    "a list of one": (lambda: FRAME[["chnage"]], "change"),
    "a query": (lambda: FRAME.query("groop == 'x'"), "group"),
    "a group": (lambda: FRAME.groupby("grupo").size(), "group"),
    "a column of groups": (lambda: FRAME.groupby("group")["chnage"].mean(), "change"),
    "an attribute of groups": (lambda: FRAME.groupby("group").chnage.mean(), "change"),
    "a named aggregate": (lambda: FRAME.groupby("group").agg(x=("chnage", "mean")), "change"),
    "a pivot table": (lambda: FRAME.pivot_table("chnage", "group"), "change"),
    "a pivot": (lambda: FRAME.pivot(index="measure", columns="grupo", values="change"), "group"),  # noqa: PD010
    "sorting": (lambda: FRAME.sort_values("chnage"), "change"),
    "dropping blanks": (lambda: FRAME.dropna(subset="chnage"), "change"),
    "an index": (lambda: FRAME.set_index("groop"), "group"),
    "melting": (lambda: FRAME.melt(id_vars="groop"), "group"),
    "dropping": (lambda: FRAME.drop(columns="groop"), "group"),
    "a place": (lambda: FRAME.loc[:, "chnage"], "change"),
    "within assign": (lambda: FRAME.assign(twice=lambda t: 2 * t["chnage"]), "change"),
    "seaborn": (lambda: sns.barplot(FRAME, x="group", y="chnage"), "change"),
    "a formula": (lambda: api.ols("chnage ~ group", FRAME), "change"),
}


def told(call) -> str:
    with pytest.raises(Exception) as stop:
        call()
    return explained(stop.value)


@pytest.mark.parametrize("way", MISSPELT)
def test_a_misspelt_column_is_answered_with_the_nearest_and_with_what_there_is(way):
    call, near = MISSPELT[way]
    said = told(call)
    assert re.search(r" has no column “\w+”; what to do: write", said)
    assert said.endswith(f'write "{near}" {HOLDS}')


def test_a_name_like_none_is_answered_with_those_that_there_are_and_the_index_is_no_column():
    assert told(lambda: FRAME["years"]).endswith("no column “years”; what to do: use one of measure, group, change")
    assert ".reset_index()" in told(lambda: FRAME["respondent"])


def test_a_key_of_a_series_is_answered_but_never_with_a_respondent():
    assert told(lambda: FRAME["measure"].value_counts()["aa"]).endswith('write "a"')
    assert told(lambda: FRAME.iloc[0]["chnage"]).endswith('write "change"')
    for call in (lambda: FRAME["change"]["p11"], lambda: FRAME.loc["p11"], lambda: FRAME["change"].loc["DL-101"]):
        said = told(call)
        assert said.startswith("the rows are respondents under pseudonyms") and "p1" not in said


EMPTY = FRAME.iloc[:0].set_index("measure")
WITHOUT_ROWS = {
    "the first row": lambda: EMPTY.iloc[0],
    "a row by its key": lambda: EMPTY.loc["a"],
    "rows by their keys": lambda: EMPTY.loc[["a", "b"]],
    "the row of the largest": lambda: EMPTY["change"].idxmax(),
    "the only number": lambda: EMPTY["change"].item(),
    "the first number": lambda: EMPTY["change"].to_numpy()[0],
    "quarters": lambda: pd.qcut(EMPTY["change"], 4),
}


@pytest.mark.parametrize("way", WITHOUT_ROWS)
def test_a_row_of_a_table_that_has_none_in_this_cohort_is_asked_for_after_a_look(way, monkeypatch):
    """As of changes where waves are not linked: pandas says “out of bounds”, or “argmax of an empty sequence”."""
    monkeypatch.setitem(globals(), "__name__", "__main__")  # the lines above are the cell
    assert told(WITHOUT_ROWS[way]) == (
        "“EMPTY” has no rows in this cohort; what to do: let the lines that need one stand under\n        if len(EMPTY):"
    )


def test_where_no_row_is_left_of_a_table_that_has_some_this_is_said():
    assert told(lambda: FRAME.query("change > 1").iloc[0]).startswith(
        "no row is left here in this cohort; what to do: ask"
    )


def test_a_key_like_none_is_answered_with_those_that_there_are():
    by_measure = FRAME.groupby("measure")["change"].mean()
    for call in (lambda: by_measure["years"], lambda: by_measure.loc[["a", "years"]], lambda: by_measure.loc["years"]):
        assert told(call) == (
            "there is no “years” among the values of “measure”; what to do: choose of those that are there: a, b"
        )


def test_other_errors_are_left_as_they_are():
    for call in (lambda: {}["a"], lambda: 1 / 0, lambda: np.ones(2) @ np.ones(3), lambda: int("x"), lambda: ().real):
        assert told(call) == ""


def test_the_nearest_name_else_those_that_begin_with_it():
    assert like("chnage", ["change", "measure"]) == ["change"]
    assert like("mean", ["mean_earlier", "mean_later", "n"]) == ["mean_earlier", "mean_later"]
    assert like("sec", ["sex", "n"]) == ["sex"]
    assert like("age", ["change", "measure"]) == []


def test_a_note_is_told_from_the_errors_own_last_line():
    assert note_in(["…", "\x1b[31mKeyError\x1b[0m: 'a'"], "KeyError") == ""
    assert note_in(["…", "KeyError: 'a'", "“f” has no column “a”"], "KeyError") == "“f” has no column “a”"
    assert note_in([], "KeyError") == ""


IN_JUPYTER = {
    "from followup.analysis import projects": "study.choices.query",
    "import seaborn as sns\nfrom followup.report.report import open_report\nstudy = open_report('1', 'en').study": None,
    "study.participants['senority']": '“study.participants” has no column “senority”; what to do: write "seniority" (there are',
    "pairs = study.pairs\npairs.query('groop == 1')": '“pairs” has no column “groop”; what to do: write "group"',
    "scales = pairs[['change']]\nscales.sort_values('n_up')": 'ask first, as in\n        if "n_up" in scales:',
    "pairs.join(study.participants)": 'leave it out of one, as in\n        .join(other.drop(columns=["group"]))',
    "pairs['change'].mean(": None,
    "study.scores()": "“study.scores” is a DataFrame and no function; what to do: write study.scores",
    "sns.swarmplot(\n    pairs.dropna(subset='change'),\n    x='change', sise=5)": "swarmplot takes no “sise”; what to do: write size=",
    "sns.swarmplt(pairs)": "seaborn has no “swarmplt”; what to do: write swarmplot",
    "from followup.report.report import open_reprot": "write open_report",
    "prais": "there is no “prais” yet; what to do: write pairs",
    "r": "",
    "waves = ['a', 'b']\nwaves[2]": "waves has 2 in this cohort; what to do: write waves[-1] for the last one, or ask before",
}


def test_in_a_kernel_the_line_stands_beneath_the_ordinary_traceback(built):
    """A plain Jupyter, without the chain: the handler is there from the first import of the package on."""
    notebook = new_notebook(cells=[*map(new_code_cell, IN_JUPYTER)])
    client = nbclient.NotebookClient(
        notebook, allow_errors=True, kernel_name="python3", resources={"metadata": {"path": str(built.notebooks)}}
    )
    client.execute(env={"PATH": str(sys.executable).rpartition("/")[0]})
    for cell, said in zip(notebook.cells, IN_JUPYTER.values(), strict=True):
        errors = [output for output in cell.outputs if output.output_type == "error"]
        if said is None:
            assert not errors or errors[0].ename == "SyntaxError", errors
        else:
            assert said in note_in(errors[0].traceback, errors[0].ename), cell.source
            assert errors[0].ename in "".join(errors[0].traceback[:-1])


def test_an_accessor_of_another_kind_is_answered_with_a_whole_line_that_works():
    """“what to do: write at” stood beneath it."""
    shown = pd.DataFrame({"group": ["all", "north", "west"], "change": [0.1, 0.2, 0.3]})
    said = told(lambda: shown["group"].cat.reorder_categories(["west", "north", "all"]))
    assert "“group” holds plain words" in said
    held = {"table": shown}
    exec("\n".join(line.strip() for line in said.splitlines()[1:]), held)  # noqa: S102 - the lines to be pasted
    assert held["table"]["group"].tolist() == ["west", "north", "all"]
    assert 'table["change"].astype("str").str' in told(lambda: shown["change"].str.upper())


def test_a_list_of_cells_is_no_table():
    from followup.report.guards import Cell

    cells = [Cell(1), Cell(2)]
    assert "take the last of them by [-1]" in told(lambda: cells.tail(1))
    assert told(lambda: [1, 2].tail(1)) == ""
