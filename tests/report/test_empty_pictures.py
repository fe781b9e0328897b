"""A picture of the analyst's own that shows nothing of its table is refused, with what to write instead."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest
import seaborn as sns
from followup.disclosure.cell_bundle import MIME
from followup.disclosure.output_check import NotForPublication
from followup.report import report
from followup.report.report import Report
from followup.report.tables import flat
from in_notebooks import cleaned, no_page

SAID = {"en": "So it is", "he": "כך הדבר"}


@pytest.fixture(scope="module")
def door():
    with no_page(drawn=True):
        yield Report(cleaned("1"), "en")


@pytest.fixture(autouse=True)
def no_figures_left():
    yield
    plt.close("all")


def means(door: Report) -> pd.DataFrame:
    return door.safe.pivot_table(door.study.scores.dropna(subset="score"), values="score", index=["measure", "wave"])


def catplot(axes, table):
    sns.catplot(table, x="score", y="measure", hue="wave", kind="bar")


def relplot(axes, table):
    sns.relplot(table, x="score", y="measure", hue="wave")


def lmplot(axes, table):
    sns.lmplot(table, x="score", y="n")


def displot(axes, table):
    sns.displot(table, x="score")


def jointplot(axes, table):
    sns.jointplot(table, x="score", y="n")


def pairplot(axes, table):
    sns.pairplot(table)


def facet_grid(axes, table):
    sns.FacetGrid(table, col="wave")


def helped(axes, table):
    catplot(axes, table)


FIGURES = [
    (catplot, "catplot makes a figure of its own", "sns.barplot(table, …, ax=axes)"),
    (relplot, "relplot makes a figure of its own", "sns.scatterplot(table, …, ax=axes)"),
    (lmplot, "lmplot makes a figure of its own", "sns.regplot(table, …, ax=axes)"),
    (displot, "displot makes a figure of its own", "sns.histplot(table, …, ax=axes)"),
    (jointplot, "jointplot makes a figure of its own", "sns.scatterplot(table, …, ax=axes)"),
    (pairplot, "pairplot makes a figure of its own", "sns.scatterplot(table, …, ax=axes)"),
    (facet_grid, "FacetGrid makes a figure of its own", "sns.barplot(table, …, ax=axes)"),
    (helped, "catplot makes a figure of its own", "sns.barplot(table, …, ax=axes)"),
]


@pytest.mark.parametrize(("draw", "what", "instead"), FIGURES, ids=[draw.__name__ for draw, *_ in FIGURES])
def test_a_function_that_makes_a_figure_of_its_own_is_named_with_one_that_draws_on_axes(door, draw, what, instead):
    with pytest.raises(NotForPublication) as refused:
        door.figure("own", means(door), draw, **SAID)
    assert what in str(refused.value) and instead in str(refused.value)


def plotted(axes, table):
    table.plot(x="measure", y="score")


def by_pyplot(axes, table):
    plt.bar(table["measure"].astype(str), table["score"])


def twins(axes, table):
    sns.barplot(table, x="measure", y="score", ax=axes)
    sns.lineplot(table, x="measure", y="n", ax=axes.twinx())


def twins_across(axes, table):
    sns.barplot(table, x="score", y="measure", ax=axes)
    axes.twiny().plot(table["n"], range(len(table)))


@pytest.mark.parametrize("draw", [twins, twins_across])
def test_two_axes_over_each_other_are_refused(door, draw):
    """It was said that the names of the scales are written into the picture; on the Hebrew page both scales stood on the right."""
    with pytest.raises(NotForPublication, match="puts two axes over each other") as refused:
        door.figure("own", means(door), draw, **SAID)
    assert 'sns.barplot(table, x="n", y="measure", ax=axes)' in str(refused.value)


def labelled_only(axes, table):
    axes.set(xlabel="score", title="measure")
    axes.axhline(3, color="grey")


def of_no_rows(axes, table):
    sns.barplot(table.query("wave == 'none'"), x="score", y="measure", ax=axes)


@pytest.mark.parametrize("draw", [plotted, by_pyplot])
def test_axes_that_stay_empty_are_refused(door, draw):
    with pytest.raises(
        NotForPublication, match="nothing of the table stands in the picture.*; what to do: "
    ) as refused:
        door.figure("own", means(door), draw, **SAID)
    assert "ax=axes" in str(refused.value)


@pytest.mark.parametrize("draw", [labelled_only, of_no_rows])
def test_of_a_drawing_that_finds_nothing_to_draw_the_table_stands_alone_and_the_build_says_so(door, draw, monkeypatch):
    """In another cohort it may find something: the build goes on."""
    shown = []
    monkeypatch.setattr(report, "display", lambda bundle, raw: shown.append(bundle))
    door.figure("own", means(door), draw, **SAID)
    [why] = [bundle[MIME]["why"] for bundle in shown if "why" in bundle[MIME]]
    assert why.startswith(f"the picture “own”, whose table stands alone: “{draw.__name__}” leaves its axes empty")
    [html] = [bundle[MIME]["en"] for bundle in shown if bundle[MIME]["kind"] == "table"]
    assert 'id="figure-own"' in html and "<img" not in html


def bars(axes, table):
    sns.barplot(table, x="score", y="measure", hue="wave", ax=axes)


def dots(axes, table):
    sns.pointplot(table, x="score", y="measure", hue="wave", linestyle="none", ax=axes)


def scattered(axes, table):
    axes.scatter(table["score"], range(len(table)))


def heated(axes, table):
    sns.heatmap(table.pivot_table(index="measure", columns="wave", values="score", observed=True), ax=axes)


def shown(axes, table):
    axes.imshow(table[["score"]].to_numpy())


def lines(axes, table):
    axes.hlines(range(len(table)), 0, table["score"])


def letters(axes, table):
    for place, score in enumerate(table["score"]):
        axes.text(0.5, place / 10, f"{score:.1f}")


def on_axes(axes, table):
    table.plot.barh(x="measure", y="score", ax=axes)


@pytest.mark.parametrize("draw", [bars, dots, scattered, heated, shown, lines, letters, on_axes])
def test_every_way_to_draw_on_the_axes_is_shown(door, draw):
    door.figure("own", means(door), draw, **SAID)


def lines(axes, table):
    sns.lineplot(table, x="wave", y="score", hue="measure", ax=axes)


def test_beneath_a_picture_stands_how_many_values_it_does_not_show(door, monkeypatch):
    """Of a line whose second wave is hidden nothing is seen, and nothing said so."""
    made = []
    monkeypatch.setattr(report, "display", lambda bundle, raw: made.append(bundle))
    table = means(door).reset_index().dropna(subset="score")
    table.loc[table.index[[1, 3, 5]], ["score", "n"]] = pd.NA
    monkeypatch.setattr(door, "_part", lambda name, frame: (flat(frame), None))
    monkeypatch.setattr(door.safe, "holds", lambda rows: True)
    door.figure("partly", table.drop(columns="n"), lines, **SAID)
    page = made[-1][MIME]["en"]
    assert f"\u20663\u2069 of \u2066{len(table)}\u2069 values are not shown: too few" in page.split("<details")[0]
    assert "ערכים אינם מוצגים" in made[-1][MIME]["he"]
    door.figure("whole", table.dropna().drop(columns="n"), lines, **SAID)
    assert "values are not shown" not in made[-1][MIME]["en"]
