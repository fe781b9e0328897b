"""A table of which nearly all is hidden says so to the analyst, once, with what to do."""

import pandas as pd
import pytest
import seaborn as sns
from bs4 import BeautifulSoup
from followup.disclosure.cell_bundle import MIME
from followup.report import report
from followup.report.blank_cells import mostly_hidden
from followup.report.report import Report
from followup.study.params import Disclosure
from followup.words.vocabulary import Vocabulary
from in_notebooks import cleaned, no_page

SAID = {"en": "So it is", "he": "כך הדבר"}


@pytest.fixture(scope="module")
def door():
    with no_page(drawn=True):
        yield Report(cleaned("1"), "en")


def why(door: Report, monkeypatch, show) -> list[str]:
    shown = []
    monkeypatch.setattr(report, "display", lambda bundle, raw: shown.append(bundle))
    show(door)
    return [bundle[MIME]["why"] for bundle in shown if "why" in bundle[MIME]]


def test_the_hidden_cells_of_a_table_are_counted(door):
    read = door.cohort.codebook
    keys = {"wave": ["programme_end", "follow_up"] * 2, "group": ["operational", "headquarters"] * 2}
    table = pd.DataFrame(keys | {f"x{n}": pd.array([None] * 4, "Int64") for n in range(12)})
    table.loc[2, "x3"] = 7
    said = mostly_hidden("x", table, list(table), Disclosure(), Vocabulary(read))
    assert said.startswith(
        "47 of 48 cells of “x” are hidden: too few people stand behind them (fewer than 8 behind a mean"
    )
    assert said.endswith("; what to do: fewer groups, or one wave")
    for left, remedy in (
        ("group", "fewer groups"),
        ("wave", "one wave"),
        ("x0", "tell fewer answers apart, or leave it out"),
    ):
        one_key = table[[left, *(f"x{n}" for n in range(4, 12))]]
        assert mostly_hidden("x", one_key, [*one_key], Disclosure(), Vocabulary(read)).endswith(
            f"; what to do: {remedy}"
        )
    across = pd.DataFrame({"follow_up": [None] * 4, "programme_end": [None] * 4}, dtype="Int64")
    assert mostly_hidden("x", across, [*across], Disclosure(), Vocabulary(read)).endswith("; what to do: one wave")
    assert mostly_hidden("x", table.fillna(1), list(table), Disclosure(), Vocabulary(read)) == ""
    assert mostly_hidden("x", table[["wave"]], ["wave"], Disclosure(), Vocabulary(read)) == ""
    marked = pd.DataFrame({"n": [8, 9, 10, 11], "hidden": [True, True, True, False]})
    assert mostly_hidden("x", marked, ["n"], Disclosure(), Vocabulary(read)).startswith("3 of 4 cells")
    assert mostly_hidden("x", marked.assign(hidden=False), ["n"], Disclosure(), Vocabulary(read)) == ""


def by_seniority(door: Report) -> pd.DataFrame:
    """Six people at most have so few years: nothing of them leaves, by group neither."""
    scores = door.study.scores.dropna(subset="score").join(door.study.participants["seniority"])
    few = scores.query("seniority == 'up_to_5_years'")
    return door.safe.pivot_table(few, values="score", index=["measure", "group"], columns="wave")


def test_a_table_and_a_picture_of_hidden_cells_say_so(door, monkeypatch):
    [said] = why(door, monkeypatch, lambda door: door.table("fine", by_seniority(door), **SAID))
    assert " cells of “fine” are hidden: " in said

    def draw(axes, table):
        sns.barplot(table, x="follow_up", y="measure", ax=axes)

    [said] = why(door, monkeypatch, lambda door: door.figure("finer", by_seniority(door).iloc[:3], draw, **SAID))
    assert said.startswith("the picture “finer”, whose table stands alone: ")
    usual = door.safe.pivot_table(door.study.scores, values="score", index="measure")
    assert why(door, monkeypatch, lambda door: door.table("usual", usual, **SAID)) == []


def written(door: Report, monkeypatch, show) -> list[list[str]]:
    """The cells of a table as the page writes them, row by row."""
    shown = []
    monkeypatch.setattr(report, "display", lambda bundle, raw: shown.append(bundle))
    show(door)
    [html] = [bundle[MIME]["en"] for bundle in shown if bundle[MIME]["kind"] == "table"]
    rows = BeautifulSoup(html, "html.parser").select("tbody tr")
    return [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in rows]


def test_a_number_of_people_that_is_hidden_is_not_called_not_computed(door, monkeypatch):
    """All but two of the 38 of the first wave: beside all of them, their mean would tell of two, who answered no other."""
    scores = door.study.scores.dropna(subset="score")
    first, later = (scores[scores["wave"] == wave].index for wave in door.study.waves)
    some = scores[~scores.index.isin(sorted(first.difference(later))[:2])]
    table = door.safe.pivot_table(some, values="score", index=["measure", "wave"])
    rows = written(door, monkeypatch, lambda door: door.table("means", table, **SAID))
    [row] = [row for row in rows if row[:2] == [door.cohort.codebook.scales["motivation"].en, "End of the programme"]]
    assert row[2:] == ["hidden (could identify people)", "not shown"]


def test_what_a_wave_did_not_ask_is_not_called_hidden(door, monkeypatch):
    """Which scale was asked when, is read off the codebook by hand: knowledge only at the end of the programme."""
    codebook = door.cohort.codebook
    once = next(key for key, scale in codebook.scales.items() if all(len(i.waves) == 1 for i in scale.items.values()))
    [asked] = {wave for item in codebook.scales[once].items.values() for wave in item.waves}
    table = door.safe.pivot_table(door.study.scores, values="score", index="measure", columns="wave", aggfunc="count")
    rows = written(door, monkeypatch, lambda door: door.table("asked", table, **SAID))
    [row] = [row for row in rows if row[0] == codebook.scales[once].en]
    other = 3 - [*codebook.waves].index(asked) - 1
    assert row[other] == "not asked in this wave"
    assert all("small group" not in cell for row in rows for cell in row)


def test_a_cell_that_nobody_stands_behind_looks_like_one_of_a_few(door, monkeypatch):
    """Nobody has a low score on motivation in either wave: said so, it would tell that somebody stands behind the others."""
    scores = door.study.scores.dropna(subset="score")
    keys = {"index": "measure", "columns": ["wave", "category"], "aggfunc": "count"}
    table = door.safe.pivot_table(scores, values="score", **keys)
    assert not ((scores["measure"] == "motivation") & (scores["category"] == "low")).any()
    rows = written(door, monkeypatch, lambda door: door.table("nobody", table, **SAID))
    [row] = [row for row in rows if row[0] == door.cohort.codebook.scales["motivation"].en]
    assert set(row[1:]) == {"hidden (could identify people)"}


def test_a_model_of_which_nothing_is_told_leaves_the_page_and_says_why(door, monkeypatch):
    scores = door.study.scores.dropna(subset="score").query("measure == 'motivation'")
    scores = scores[~scores.index.isin(sorted(scores.index)[:2])]  # all but two
    shown = []
    monkeypatch.setattr(report, "display", lambda bundle, raw: shown.append(bundle))
    door.model("hidden", "score ~ wave", scores, groups="respondent", **SAID)
    assert all(bundle[MIME]["kind"] != "table" for bundle in shown)
    assert any(
        "the model “hidden”: the people of this model are too few" in (bundle[MIME].get("why") or "")
        for bundle in shown
    )
