"""Tables of one's own that lack the key by which a column is written, and tables of which every cell is hidden."""

import re
from types import SimpleNamespace

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from followup.disclosure.cell_bundle import NOTHING
from followup.disclosure.output_check import NotForPublication
from followup.report import report
from followup.report.picture_guards import is_stacked
from followup.report.report import Report
from followup.report.tables import flat
from in_notebooks import cleaned, no_page

SAID = {"en": "So it is", "he": "כך הדבר"}


@pytest.fixture
def door():
    with no_page():
        yield Report(cleaned("1"), "en")


def test_options_without_their_question_are_refused_with_a_line_that_works(door):
    chosen = door.study.choices.dropna(subset="option")
    with pytest.raises(NotForPublication, match="name the question before it") as stop:
        door.safe.crosstab(chosen["option"], chosen["wave"])
    table = eval(str(stop.value).splitlines()[-1].strip(), {"safe": door.safe, "chosen": chosen})  # noqa: S307 - the line to paste
    door.table("own", table, **SAID)
    assert {"question", "option", "follow_up"} <= {*door.released["own"]}


def test_a_table_that_is_hidden_whole_is_not_said_to_have_no_data(door, monkeypatch):
    """Whether people are still involved, by group: nobody's cell is large enough, and the people are there."""
    shown = []
    monkeypatch.setattr(report, "display", lambda data, **_: shown.append(data))
    chosen = door.study.choices.query("question == 'still_involved'").dropna(subset="option")
    assert len(chosen) > 20
    door.table("hidden", door.safe.crosstab(chosen["group"], [chosen["question"], chosen["option"]]), **SAID)
    kinds = [bundle["kind"] for data in shown for key, bundle in data.items() if key != "text/html"]
    assert NOTHING not in kinds
    assert "all cells of “hidden” are hidden" in str(shown)
    door.table("empty", chosen.head(0)[["wave"]], **SAID)
    kinds = [bundle["kind"] for data in shown for key, bundle in data.items() if key != "text/html"]
    assert NOTHING in kinds


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


def test_advice_that_was_followed_is_not_given_again():
    """Of local-3 26 of 32 and 20 of 24 are local government: everyone is counted, and the few others would follow."""
    with no_page():
        door = Report(cleaned("local-3"), "en")
        answers = door.study.answers.dropna(subset="value")
        shown = door.safe.crosstab([answers["measure"], answers["group"]], answers["category"], normalize="index")
        assert shown.isna().all(axis=None)
        said = door.safe.cause(flat(shown))
        assert "count everyone who answered" not in said and "leave the groups out" in said
        line = re.search(r"^ +(safe\.crosstab.*)$", said, re.MULTILINE)[1]
        again = eval(line, {"safe": door.safe, "answers": answers})  # noqa: S307 - the line that is to be pasted
        assert again.notna().to_numpy().mean() > 0.5 and not door.safe.cause(flat(again))


COUNTED = {  # tables of plain pandas in which a few stand behind a number: how their advice begins
    "options": (lambda s: s.choices.groupby(["question", "option"], observed=True).size(), "let safe count those who chose"),
    "options across": (lambda s: pd.crosstab(s.choices["question"], s.choices["option"]), "let safe count those who chose"),
    "excerpts": (lambda s: s.interviews.groupby(["theme", "stance"]).size(), "leave the table out"),
    "answers": (lambda s: pd.crosstab(s.answers["measure"], s.answers["value"].astype(int)), "show three categories"),
}  # fmt: skip


@pytest.mark.parametrize("what", COUNTED)
def test_three_categories_are_advised_of_statements_alone(door, what):
    make, begins = COUNTED[what]
    rows = SimpleNamespace(
        choices=door.study.choices, interviews=door.study.interviews, answers=door.study.answers.dropna(subset="value")
    )
    with pytest.raises(NotForPublication) as stop:
        door.table("own", make(rows), **SAID)
    said = str(stop.value).split("what to do: ")[1]
    assert said.startswith(begins)
    lines = "\n".join(line.strip() for line in said.splitlines()[1:])
    exec(lines, {"safe": door.safe, "study": door.study})  # noqa: S102 - the lines that are to be pasted


def test_dots_in_a_pasted_line_are_refused_with_what_to_write(door):
    means = door.safe.pivot_table(door.study.scores, values="score", index="measure")
    with pytest.raises(ValueError, match="write the words of your own in place of “…”"):
        door.table("own", means, en="…", he="…")
