"""A chart of the package in another size and in colours of the analyst's own, in both schemes; on a phone as narrow as any."""

import base64
import re
from pathlib import Path

import pandas as pd
import pytest
from followup.disclosure.output_check import NotForPublication
from followup.report import report as report_module
from followup.report.arguments import look_of
from followup.report.charts import change_charts, drawing, project_charts
from followup.report.charts.chosen_look import CHARTS, CHOSEN, Look, letters_on
from followup.report.report import Report
from followup.words import palette
from followup.words.vocabulary import Vocabulary
from in_notebooks import cleaned, no_page
from tables_of_notebooks import made

SAID = {"en": "So it is", "he": "כך הדבר"}
PURPLE = "#800080"
TIES = pd.DataFrame({"fate": ["kept", "lost", "unknown", "new"], "n_ties": [96, 29, 10, 24], "n": 135})
TIES = TIES.assign(wave="follow_up", compared_with="programme_end", hidden=False)
MOVES = pd.DataFrame(
    {"measure": ["motivation", "self_perception"], "n_down": [8, 9], "n_same": [6, 7], "n_up": [14, 12]}
)
BETWEEN = pd.DataFrame(
    [("follow_up", one, two, 12, 12, 0.2, False) for one, two in (("north", "north"), ("north", "south"))],
    columns=["wave", "first", "second", "n_first", "n_second", "tie_share", "at_least"],
).assign(n_ties=3, n_possible=15)
DRAWN = {
    change_charts.move_bars: (MOVES, "n_up"),
    project_charts.tie_bars: (TIES, "kept"),
    project_charts.group_network: (BETWEEN, "within"),
}


@pytest.fixture
def door(monkeypatch):
    with no_page(drawn=True):
        yield Report(cleaned("1"), "en")


def svg(address: str) -> str:
    return base64.b64decode(address.partition("base64,")[2]).decode()


def width_and_height(picture: str) -> list[float]:
    return [float(size) / 72 for size in re.search(r'<svg [^>]*?viewBox="0 0 ([\d.]+) ([\d.]+)"', picture).groups()]


def looks(draw, frame, *look) -> drawing.Drawing:
    words = Vocabulary(cleaned("1").codebook)
    return drawing.drawing("own", draw, frame, words, "he", *look)


@pytest.mark.parametrize("draw", DRAWN)
def test_a_chart_takes_size_and_colours_on_screen_phone_and_in_the_dark(draw):
    frame, key = DRAWN[draw]
    usual = looks(draw, frame)
    own = looks(draw, frame, Look((9.0, 6.0), ((CHARTS[draw.__name__][key], PURPLE),)))
    assert width_and_height(svg(own.address)) == pytest.approx([9, 6], abs=0.02)
    assert width_and_height(svg(own.narrow)) == width_and_height(svg(usual.narrow))
    for picture in (svg(own.address), svg(own.narrow)):
        light, dark = picture.replace(style := re.search(r"<style>.*?</style>", picture)[0], ""), style
        assert PURPLE in light
        assert CHARTS[draw.__name__][key] not in light
        assert palette.on_dark(PURPLE) in dark
    assert CHOSEN.get() == Look()


def test_a_picture_is_never_lower_than_its_rows_need():
    usual = width_and_height(svg(looks(change_charts.move_bars, MOVES).address))
    own = width_and_height(svg(looks(change_charts.move_bars, MOVES, Look((usual[0], 0.5))).address))
    assert own == usual


@pytest.mark.parametrize("draw", [change_charts.move_bars, project_charts.tie_bars])
def test_rows_of_hidden_numbers_have_no_bar_and_a_chart_of_nothing_else_is_not_drawn(draw):
    frame = DRAWN[draw][0]
    numbers = [column for column in frame if column.startswith("n_")]
    hidden = frame.astype(dict.fromkeys(numbers, "Int64"))
    hidden.loc[0, numbers] = pd.NA
    assert looks(draw, hidden).alternative == looks(draw, frame.iloc[1:]).alternative
    with pytest.raises(drawing.NothingDrawn):
        looks(draw, hidden.iloc[:1])


def test_letters_on_a_bar_can_be_read_on_the_colour_that_was_chosen():
    assert [letters_on(one) for one in (palette.LOW, palette.MIDDLE, palette.HIGH)] == [
        palette.GROUND,
        palette.INK,
        palette.GROUND,
    ]
    held = CHOSEN.set(Look(colours=((palette.MIDDLE, PURPLE),)))
    assert letters_on(palette.MIDDLE) == palette.GROUND
    CHOSEN.reset(held)


def test_a_remembered_drawing_of_another_look_is_another(monkeypatch, tmp_path):
    monkeypatch.setenv(drawing.DRAWINGS, f"{tmp_path}:code")
    usual = looks(change_charts.move_bars, MOVES)
    assert looks(change_charts.move_bars, MOVES, Look((9.0, 6.0))) != usual
    assert looks(change_charts.move_bars, MOVES) == usual


def refused(door, draw=change_charts.move_bars, **look) -> str:
    with pytest.raises(NotForPublication) as said:
        door.figure("own", MOVES, draw, **look, **SAID)
    return str(said.value)


def test_a_wrong_key_gets_the_keys_of_this_chart(door):
    said = refused(door, colours={"better": "purple"})
    assert "“better” is nothing that move_bars shows in a colour" in said
    assert 'colours={"n_down": "purple"}' in said
    assert "n_down, n_same, n_up" in said


def test_a_colour_that_is_too_pale_is_refused_with_its_contrast(door):
    said = refused(door, colours={"n_up": "gold"})
    assert "1.3" in said and "contrast" in said and "3" in said
    assert "4.5" in refused(door, change_charts.change_forest, colours={"rose": "#7a7f85"})  # words are written with it


def test_the_line_to_paste_keeps_what_was_chosen_and_mends_the_rest(door):
    """Pasted as it stands it colours what was meant, in a hue that was meant, and no two alike that were to differ."""
    said = refused(door, colours={"up": "seagreen", "down": "firebrick"})
    assert 'colours={"n_up": "seagreen", "n_down": "firebrick"}' in said
    said = refused(door, change_charts.change_forest, colours={"rose": "purple", "preserved": "#d95f02"})
    line = re.search(r'colours=\{"rose": "purple", "preserved": "(#\w{6})"\}', said)
    red, green, blue = (int(line[1][place : place + 2], 16) for place in (1, 3, 5))
    assert red > green > blue and red < 0xD9
    look_of("own", MOVES, change_charts.change_forest, None, {"rose": "purple", "preserved": line[1]})


def test_no_colour_no_width_and_a_drawing_of_ones_own(door):
    assert "“purpel” is no colour" in refused(door, colours={"n_up": "purpel"})
    assert "at least 5 inches" in refused(door, size=(2, 4))
    assert 'colours={"n_down": "rebeccapurple"}' in refused(door, colours="rebeccapurple")  # no key of another chart
    assert "palette=" in refused(door, lambda axes, table: None, colours={"n_up": "purple"})


def test_the_page_shows_a_forest_in_its_size_and_colours(door, monkeypatch):
    shown = []
    monkeypatch.setattr(report_module, "display", lambda data, **_: shown.append(str(data)))
    changes = made("03_compare", "changes", door.study, door.safe.results)
    scales = changes[(changes["kind"] == "scale") & (changes["group"] == "all")]
    colours = dict.fromkeys(("rose", "fell", "preserved", "inconclusive"), "purple")
    door.figure(
        "own", scales, change_charts.change_forest, size=(8, 5), colours=colours, show=["measure", "change"], **SAID
    )
    screen = re.findall(r'<img src="data:image/svg\+xml;base64,([^"]+)"', shown[-1])[0]
    assert width_and_height(svg(f"base64,{screen}")) == pytest.approx([8, 5], abs=0.02)
    assert PURPLE in svg(f"base64,{screen}")


def test_every_chart_that_is_called_from_a_notebook_has_keys():
    notebooks = Path(__file__).parents[2] / "notebooks"
    text = "".join(path.read_text(encoding="utf-8") for path in notebooks.glob("*.ipynb"))
    called = {*re.findall(r"\w+_charts\.(\w+)[,)]", text)} - {"message", "most_chosen"}
    assert called <= {*CHARTS}
