"""Pictures of the analyst's own: stacks of which a part is hidden, names of rows that need room, rows without names."""

import base64
import re

import pandas as pd
import pytest
import seaborn as sns
from followup.disclosure.output_check import NotForPublication
from followup.language import Text
from followup.report import tables
from followup.report.charts.drawing import NothingDrawn, drawing
from followup.report.charts.own_drawing import OwnDrawing
from followup.report.charts.schemes import ADDRESS
from followup.report.report import Report
from followup.words.vocabulary import Vocabulary
from in_notebooks import cleaned, no_page
from matplotlib.container import BarContainer

SAID = {"en": "So it is", "he": "כך הדבר"}
LEVELS = ["low", "middle", "high"]
PARTS = pd.DataFrame(
    {"measure": ["motivation", "self_perception"], "low": [None, 0.2], "middle": [None, 0.3], "high": [0.6, 0.5]}
)


@pytest.fixture(scope="module")
def door():
    with no_page(drawn=True):
        yield Report(cleaned("1"), "en")


@pytest.fixture
def drawn(door):
    """Draws a table as a page does, and gives the figure."""

    def draw(function, table, size=None, narrow=False, language="en"):
        own = OwnDrawing(function, size, {}, [*table], Text("כך", "So"), frozenset())
        return own(table, Vocabulary(door.cohort.codebook), language, narrow)[0]

    return draw


def across(axes, table):
    table.set_index("measure")[LEVELS].plot.barh(stacked=True, ax=axes)


def upwards(axes, table):
    table.set_index("measure")[LEVELS].plot.bar(stacked=True, ax=axes)


def beside(axes, table):
    table.set_index("measure")[LEVELS].plot.barh(ax=axes)


def bars(figure) -> int:
    return sum(len(one) for one in figure.axes[0].containers if isinstance(one, BarContainer))


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("draw", [across, upwards])
def test_a_stack_of_which_a_part_is_hidden_is_not_drawn_as_if_that_were_nothing(drawn, draw, narrow):
    """“Motivation” was one bar from 0 to 0.62, as if nobody had given any other answer."""
    assert bars(drawn(draw, PARTS, narrow=narrow)) == 3
    assert bars(drawn(beside, PARTS, narrow=narrow)) == 6  # side by side a bar that is missing is seen to be


def test_where_each_stack_has_a_hidden_part_nothing_is_drawn(drawn):
    with pytest.raises(NothingDrawn):
        drawn(across, PARTS.head(1))


def heat(axes, table):
    sns.heatmap(table.set_index("measure")[LEVELS].astype(float), ax=axes)


def statements(door) -> pd.DataFrame:
    items = [*door.cohort.codebook.items][:20]
    return pd.DataFrame({"measure": items} | {level: [place / 40 for place in range(20)] for level in LEVELS})


@pytest.mark.parametrize("language", ["he", "en"])
@pytest.mark.parametrize("narrow", [False, True])
def test_the_names_beside_a_heatmap_are_upright_and_have_room(door, drawn, language, narrow):
    """They stood upwards, over each other; a size that is too small for them grows."""
    figure = drawn(heat, statements(door), (7, 6), narrow, language)
    assert len(figure.axes[0].get_yticklabels()) == 20
    figure.canvas.draw()
    labels = figure.axes[0].get_yticklabels()
    assert {label.get_rotation() for label in labels} == {0.0}
    boxes = sorted((label.get_window_extent() for label in labels), key=lambda box: box.y0)
    assert all(below.y1 <= above.y0 + 1 for below, above in zip(boxes, boxes[1:], strict=False))
    ground = figure.axes[0].get_window_extent()
    assert ground.width > 0.2 * figure.get_window_extent().width


def test_a_size_that_has_room_for_all_names_is_kept(door, drawn):
    assert tuple(drawn(heat, statements(door).head(3), (7, 6)).get_size_inches()) == (7, 6)


def test_a_long_name_above_its_row_is_not_cut_beside_the_name_of_the_axis(drawn):
    figure = drawn(across, PARTS.assign(measure=["wider_involvement", "self_perception"]).fillna(0.2), narrow=True)
    figure.canvas.draw()
    assert figure.axes[0].get_ylabel()
    right = figure.get_window_extent().x1
    assert all(text.get_window_extent().x1 <= right for text in figure.axes[0].texts)


def test_rows_under_their_numbers_are_refused_with_the_line_that_names_them(door):
    table = door.safe.pivot_table(
        door.study.scores.query("wave == 'programme_end'"), values="score", index="measure"
    ).reset_index()
    with pytest.raises(NotForPublication, match="the rows stand under their numbers") as refused:
        door.figure("own", table, lambda axes, table: table["score"].plot.barh(ax=axes), **SAID)
    line = str(refused.value).splitlines()[-1].strip()
    assert line == 'table.set_index("measure")["score"].plot.barh(ax=axes)'
    door.figure("own", table, lambda axes, table: eval(line), **SAID)  # noqa: S307 - the line to be pasted


def test_a_drawing_without_a_name_is_advised_in_python(door):
    study = door.study
    table = door.safe.pivot_table(study.scores.query("wave == 'programme_end'"), values="score", index="measure")
    with pytest.raises(NotForPublication) as refused:
        door.figure("own", table, lambda axes, table: study.scores.plot(ax=axes), **SAID)
    assert "def draw(axes, table):" in str(refused.value)


def of_its_own_size(axes, table):
    axes.figure.set_size_inches(9, 5)
    axes.plot(table["middle"], table["high"], "o")


def of_its_own_size_by_pandas(axes, table):
    table.set_index("measure")["high"].plot.bar(ax=axes, figsize=(9, 5))


@pytest.mark.parametrize("draw", [of_its_own_size, of_its_own_size_by_pandas])
def test_a_drawing_that_sets_its_size_is_as_narrow_on_a_phone_as_any(drawn, draw):
    wide, narrow = drawn(draw, PARTS), drawn(draw, PARTS, narrow=True)
    assert wide.get_figwidth() == 9
    assert narrow.get_figwidth() == drawn(beside, PARTS, narrow=True).get_figwidth() < 5
    assert narrow.get_figheight() >= 5


def by_wave(axes, table):
    long = table.melt(id_vars="measure", var_name="wave", value_name="mean")
    sns.lineplot(long, x="wave", y="mean", hue="measure", marker="o", ax=axes)


@pytest.mark.parametrize("cohort", ["1", "3", "local-3"])
def test_a_table_drawn_in_another_form_has_points_of_its_own_and_the_pages_headings(cohort):
    """The areas that seaborn puts around its lines, empty here, were counted as points; “wave” and “mean” are no columns."""
    with no_page(drawn=True):
        door = Report(cleaned(cohort), "en")
        door.figure("waves", door.safe.pivot_table(door.study.scores, "score", "measure", "wave"), by_wave, **SAID)


def test_more_points_than_numbers_are_refused_with_a_column_that_is_there(door):
    def cloud(axes, table):
        axes.scatter([x / 7 for x in range(50)], [x / 3 for x in range(50)])

    table = door.safe.pivot_table(door.study.scores, "score", "measure")
    with pytest.raises(NotForPublication, match="the picture has 50 points and its table 8 rows") as stop:
        door.figure("cloud", table, cloud, **SAID)
    assert 'axes.plot(table["score"], range(len(table)), "o")' in str(stop.value)


def test_all_words_that_stand_in_one_language_are_named_at_once(door):
    def worded(axes, table):
        sns.barplot(table, x="score", y="measure", ax=axes)
        axes.set(title="Own title", xlabel="Own axis")

    table = door.safe.pivot_table(door.study.scores, "score", "measure")
    with pytest.raises(NotForPublication) as stop:
        door.figure("worded", table, worded, **SAID)
    assert 'headings={"Own axis": ("…", "Own axis"), "Own title": ("…", "Own title")}' in str(stop.value)


def test_names_that_were_turned_stand_upright_in_lines_and_a_hebrew_legend_begins_on_the_right(door):
    """Turned by 45 degrees the names took nine tenths of the picture."""

    def turned(axes, table):
        sns.barplot(table, x="measure", y="score", hue="wave", ax=axes)
        axes.tick_params(axis="x", rotation=45)

    rows = door.study.scores.query("measure in ['motivation', 'self_perception', 'sponsor_support']")
    table = tables.flat(door.safe.pivot_table(rows, values="score", index=["measure", "wave"]).dropna())
    for language in ("en", "he"):
        own = OwnDrawing(turned, (9, 4), {}, ["measure", "wave", "score"], Text("כך", "So"), frozenset())
        figure, _ = own(table, Vocabulary(door.cohort.codebook), language)
        figure.draw_without_rendering()
        [axes], [legend] = figure.axes, figure.legends
        assert axes.get_window_extent().height > 0.5 * figure.bbox.height
        assert {label.get_rotation() for label in axes.get_xticklabels()} == {0}
        first, last = ([one.get_window_extent().x0 for one in legend.get_texts()][at] for at in (0, -1))
        words = [text.get_text() for text in legend.get_texts()]
        assert first < last and (words[0] == "End of the programme") == (language == "en")


def test_a_map_of_colours_keeps_its_light_ground_in_the_dark_scheme(door):
    """Its cells were turned dark while the scale beside it, an image, stayed light, and dark numbers stood on dark cells."""
    table = tables.flat(door.safe.pivot_table(door.study.scores, values="score", index="measure", columns="wave"))

    def heat(axes, table):
        sns.heatmap(table.set_index("measure"), annot=True, ax=axes)

    def cells_alone(axes, table):
        sns.heatmap(table.set_index("measure"), annot=True, cbar=False, ax=axes)

    for draw, kept in ((heat, True), (cells_alone, True), (beside_waves, False)):
        own = OwnDrawing(draw, None, {}, [*table], Text("כך", "So"), frozenset())
        picture = drawing("own", own, table, Vocabulary(door.cohort.codebook), "en")
        svg = base64.b64decode(picture.address.removeprefix(ADDRESS)).decode()
        [dark] = re.findall(r"<style>@media screen and \(prefers-color-scheme: dark\)\{(.*?)\}</style>", svg)
        assert (dark == "svg{background:#fcfbf8}") == kept


def beside_waves(axes, table):
    table.set_index("measure").plot.barh(ax=axes)


def test_a_line_of_one_point_is_no_picture(drawn):
    """With one wave a picture without any mark stood on the page."""
    table = pd.DataFrame(
        {"wave": ["programme_end"] * 2, "measure": ["motivation", "self_perception"], "score": [4.1, 3.5]}
    )

    def line(axes, table, **more):
        sns.lineplot(table, x="wave", y="score", hue="measure", ax=axes, **more)

    with pytest.raises(NothingDrawn, match='a line of one point is seen with marker="o"'):
        drawn(lambda axes, table: line(axes, table), table)
    drawn(lambda axes, table: line(axes, table, marker="o"), table)
    both = pd.concat([table, table.assign(wave="follow_up", score=[3.9, 3.5])])
    figure = drawn(lambda axes, table: line(axes, table), both)
    figure.draw_without_rendering()
    assert figure.axes[0].get_window_extent().height / figure.dpi > 1.9  # they were flat


def test_rows_of_a_map_keep_their_names_beside_them_on_a_phone(drawn, door):
    """Above the rows they stood on the cells."""
    table = tables.flat(door.safe.pivot_table(door.study.scores, values="score", index="measure", columns="wave"))

    def heat(axes, table):
        sns.heatmap(table.set_index("measure"), cbar=False, ax=axes)

    figure = drawn(heat, table, narrow=True)
    figure.draw_without_rendering()
    [axes] = figure.axes
    left = axes.get_window_extent().x0
    assert all(label.get_window_extent().x1 <= left + 1 for label in axes.get_yticklabels() if label.get_text())
