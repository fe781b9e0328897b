"""Tables of one's own that lack the key by which a column is written, and tables of which every cell is hidden."""

import re

import matplotlib.pyplot as plt
import pytest
from followup.disclosure.cell_bundle import NOTHING
from followup.disclosure.output_check import NotForPublication
from followup.report import report
from followup.report.charts import change_charts
from followup.report.picture_guards import is_stacked
from followup.report.report import Report
from in_notebooks import cleaned, no_page
from tables_of_notebooks import made

SAID = {"en": "So it is", "he": "כך הדבר"}


@pytest.fixture
def door():
    with no_page():
        yield Report(cleaned("1"), "en")


def test_options_without_their_question_are_refused_with_a_line_that_works(door):
    chosen = door.study.choices.dropna(subset="option")
    with pytest.raises(NotForPublication, match="no column “question”") as stop:
        door.table("own", door.safe.crosstab(chosen["option"], chosen["wave"]), **SAID)
    table, shown = re.findall(r"^ +((?:table = |report\.).*)$", str(stop.value), re.MULTILINE)
    shown = shown.replace("})", "}, en='So it is', he='כך הדבר')")
    exec(f"{table}\n{shown}", {"safe": door.safe, "report": door, "data": chosen})  # noqa: S102 - the lines that are to be pasted
    assert {"question", "option", "follow_up"} <= {*door.released["own"]}


def test_a_table_that_is_hidden_whole_is_not_said_to_have_no_data(door, monkeypatch):
    """Whether people are still involved, by group: nobody's cell is large enough, and the people are there."""
    shown = []
    monkeypatch.setattr(report, "display", lambda data, **_: shown.append(data))
    chosen = door.study.choices.query("question == 'still_involved'").dropna(subset="option")
    assert len(chosen) > 20
    door.table("hidden", door.safe.crosstab(chosen["group"], chosen["option"]), **SAID)
    kinds = [bundle["kind"] for data in shown for key, bundle in data.items() if key != "text/html"]
    assert NOTHING not in kinds
    assert "all cells of “hidden” are hidden" in str(shown)
    door.table("empty", chosen.head(0)[["wave"]], **SAID)
    kinds = [bundle["kind"] for data in shown for key, bundle in data.items() if key != "text/html"]
    assert NOTHING in kinds


@pytest.mark.parametrize("cohort", ["1", "local-3"])
def test_a_chart_of_the_package_with_a_size_is_told_columns_that_can_be_drawn(cohort):
    """The first two columns of changes are words of the study; the line names one that tells rows apart, and the numbers."""
    with no_page(drawn=True):
        door = Report(cleaned(cohort), "en")
        changes = made("03_compare", "changes", door.study, door.safe.results)
        scales = changes[(changes["kind"] == "scale") & (changes["group"] == "all")]
        with pytest.raises(NotForPublication) as stop:
            door.figure("own", scales, change_charts.change_forest, size=(9, 4), **SAID)
    said = str(stop.value)
    assert 'axes.barh(table["measure"], table["change"])' in said


def test_bars_of_one_name_that_begin_at_one_line_are_no_stack():
    figure, axes = plt.subplots(1, 3)
    axes[0].barh(["a", "a", "b"], [1, 2, 3])
    assert not is_stacked(figure)
    axes[1].barh(["a", "a", "b"], [1, 2, 3], left=[0, 1, 0])
    assert is_stacked(figure)
    plt.close(figure)
    figure, axes = plt.subplots()
    axes.barh(["a", "b"], [0, 0])  # as pandas draws a hidden part of a stack
    axes.barh(["a", "b"], [2, 3])
    assert is_stacked(figure)
    plt.close(figure)
