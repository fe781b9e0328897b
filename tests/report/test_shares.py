"""Shares that `safe` makes are written in per cent: in tables, in rows of them, in sentences; their numbers stay as they are."""

import pandas as pd
import pytest
import seaborn as sns
from bs4 import BeautifulSoup
from followup.disclosure.cell_bundle import MIME
from followup.report import report
from followup.report.report import Report
from in_notebooks import cleaned, no_page

SAID = {"en": "So it is", "he": "כך הדבר"}


@pytest.fixture
def door():
    with no_page(drawn=True):
        yield Report(cleaned("1"), "en")


@pytest.fixture
def shown(monkeypatch):
    made = []
    monkeypatch.setattr(report, "display", lambda bundle, raw: made.append(bundle))
    return made


def plain(html: str) -> str:
    return BeautifulSoup(html, "html.parser").get_text(" ").replace("\u2066", "").replace("\u2069", "")


def by_scale(door) -> pd.DataFrame:
    """The statements of each scale, reversed ones by their reverse; those of self-perception are counted in the test."""
    answers = door.study.answers.dropna(subset="value")
    return door.safe.crosstab([answers["scale"], answers["wave"]], answers["category_of_value"], normalize="index")


PARTS = {
    "the table": lambda t: t,
    "a row": lambda t: t.query("scale == 'self_perception'").head(1),
    "a column": lambda t: t["high"],
    "chosen rows": lambda t: t.query("wave == 'programme_end'").sort_values("high", ascending=False),
    "as columns": lambda t: t.reset_index()[["wave", "scale", "high"]],
    "with a column": None,
}


@pytest.mark.parametrize("part", PARTS)
def test_a_share_is_written_in_per_cent(door, shown, part):
    answers = door.study.answers.query("scale == 'self_perception' and wave == 'programme_end'").dropna(
        subset="as_worded"
    )
    turned = answers["measure"] == "self_others_role"  # 1 and 2 of five are high there, 4 and 5 elsewhere
    of_value = answers["as_worded"].where(~turned, 6 - answers["as_worded"])
    high = f"{100 * (of_value >= 4).sum() / len(answers):.0f}%"
    assert high == "52%"
    table = by_scale(door)
    table = door.safe.assign(table, apart=lambda t: t.high - t.low) if PARTS[part] is None else PARTS[part](table)
    door.table(f"of_{part.replace(' ', '_')}", table, headings={"apart": ("הפרש", "Apart")}, **SAID)
    for each in ("en", "he"):
        cells = plain(next(bundle[MIME][each] for bundle in shown if each in bundle[MIME]))
        assert high in cells and "0.52" not in cells
    kept = next(iter(door.released.values()))
    assert kept.query("scale == 'self_perception' and wave == 'programme_end'")["high"].item() == 0.52


def test_in_a_sentence_too(door, shown):
    table = by_scale(door)
    door.table("spoken", table, **SAID)
    where = {"scale": "self_perception", "wave": "programme_end"}
    high, low = (door.cell("spoken", name, **where) for name in ("high", "low"))
    door.say(en="{high}, {low}, {both}, {apart}.", he="{high}, {low}, {both}, {apart}.", row=table.query("scale == 'self_perception'").head(1),
             both=door.safe.sum([high, low]), apart=door.safe.diff(high, low))  # fmt: skip
    door.say(en="{high}.", he="{high}.", high=high)
    told = [plain(bundle[MIME]["en"]) for bundle in shown if bundle[MIME].get("kind") == "say"]
    assert told == ["52%, 9%, 61%, 43%.", "52%."]


@pytest.mark.parametrize("across", ["category", "wave and category"])
def test_a_later_notebook_writes_them_as_the_first_did(door, shown, across):
    """Of 151 answers 94 were high, 62%; of the 265 of both waves, 35%."""
    answers = door.study.answers.query("scale == 'sponsor_support'").dropna(subset="value")
    rows, columns, high, share = ("wave", ["category"], "high", "62%")
    if across != "category":
        rows, columns, high, share = ("scale", ["wave", "category"], "programme_end_high", "35%")
    door.table(
        "earlier", door.safe.crosstab(answers[rows], [answers[key] for key in columns], normalize="index"), **SAID
    )
    first = plain(shown[-1][MIME]["en"])
    later = Report(door.cohort, "en")
    kept = later.kept("earlier")
    later.table("again", kept, **SAID)
    assert plain(shown[-1][MIME]["en"]) == first and share in first and "Percentages are of each row" in first
    said = "{" + high + "}, {cell}."
    later.say(en=said, he=said, row=kept.head(1), cell=later.cell("earlier", high, **{rows: kept[rows][0]}))
    assert plain(shown[-1][MIME]["en"]) == f"{share}, {share}."


def test_a_table_of_the_same_name_that_has_no_shares_any_more_is_read_without_them(door, shown):
    answers = door.study.answers.dropna(subset="value")
    for shares in ("index", False):
        made = door.safe.crosstab([answers["scale"], answers["wave"]], answers["category_of_value"], normalize=shares)
        door.release("once", made)
        later = Report(door.cohort, "en")
        later.table("again", later.kept("once"), **SAID)
        assert ("62%" in plain(shown[-1][MIME]["en"])) == (shares == "index")


def test_an_axis_of_shares_counts_in_per_cent(door):
    table, ticks = by_scale(door), {}

    def bars(axes, table):
        sns.barplot(table, x="high", y="scale", hue="wave", ax=axes)
        ticks[len(ticks)] = axes

    door.figure("drawn", table, bars, **SAID)
    told = [text.get_text() for axes in ticks.values() for text in axes.get_xticklabels()]
    assert "0%" in told and all(text.endswith("%") for text in told)


def test_the_mean_of_a_yes_or_no_is_a_share_and_the_mean_of_a_score_is_none(door, shown):
    scores = door.study.scores.query("wave == 'programme_end'").dropna(subset="score")
    beside = door.safe.pivot_table(scores.assign(agreed=lambda t: t.score >= 3.5), values="agreed", index="measure")
    door.table("beside", beside, headings={"agreed": ("הסכימו", "Agreed")}, **SAID)
    assert " 38 90% " in plain(shown[-1][MIME]["en"])  # 33 of 38 have 3.5 or more on motivation: 87%, told to a tenth
    means = door.safe.pivot_table(door.study.scores.dropna(subset="score"), values="score", index="measure")
    door.table("means", means, **SAID)
    assert "%" not in plain(shown[-1][MIME]["en"])


def test_a_share_of_a_yes_says_that_it_is_rounded_to_tens(door, shown):
    """50% of 28 looked like 14 of them."""
    rows = door.study.scores.query("wave == 'programme_end'").dropna(subset="score")
    table = door.safe.pivot_table(rows.assign(high=rows["score"] >= 3.5), values="high", index="measure")
    heads = {"high": ("גבוה", "High")}
    door.table("yes", table, headings=heads, **SAID)
    assert "ercentages are rounded to tens" in plain(shown[-1][MIME]["en"])
    assert "האחוזים מעוגלים לעשרות" in plain(shown[-1][MIME]["he"])
    door.table("parts", by_scale(door), **SAID)
    assert "rounded to tens" not in plain(shown[-1][MIME]["en"])
    door.table("means", door.safe.pivot_table(rows, values="score", index="measure"), **SAID)
    assert "rounded to tens" not in plain(shown[-1][MIME]["en"])


def test_the_share_of_a_yes_is_written_in_per_cent_across_columns_too(door, shown):
    scores = door.study.scores.dropna(subset="score").assign(is_high=lambda scores: scores["score"] >= 4)
    rows = scores.assign(is_high=scores["is_high"].astype(float))
    wide = door.safe.pivot_table(rows, values="is_high", index="measure", columns="wave")
    door.table("high_by_wave", wide, **SAID)
    text = plain(shown[-1][MIME]["en"])
    assert "%" in text
    assert " 0." not in text
