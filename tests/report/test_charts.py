"""Charts show what their tables hold, in letters that can be read in both directions; nobody is found in them."""

import re
from pathlib import Path

import made_up_studies as made
import pandas as pd
import pytest
from followup.analysis import answer_levels
from followup.analysis.answers import score_waves
from followup.language import END_ISOLATE, ISOLATE, LANGUAGES, RIGHT_TO_LEFT_MARK
from followup.report import tables
from followup.report.charts import answer_charts, change_charts, response_charts, style
from followup.study.cohort import open_cohort
from followup.words import palette
from followup.words.vocabulary import Vocabulary
from made_up_studies import answered, comparison, names
from matplotlib.patches import Patch
from matplotlib.text import Text
from tables_of_notebooks import item_levels, scale_levels, shown_changes, shown_gaps

HOUSE = Path(__file__).parents[2]
WORDS = Vocabulary(made.CODEBOOK)
HALF = [2, 4] * 15
SCALES = {"scales": {"measures": ["drive", "role"]}}


def study(link: str = "by_id"):
    """Thirty who answered both waves, ten in each place; drive rises by a point in the north, falls for five of the
    west, and role stays.
    """
    people = names(1, 30)
    after = [value + 1 for value in HALF[:10]] + HALF[10:25] + [value - 1 for value in HALF[25:]]
    places = dict(zip(people, ["north"] * 10 + ["south"] * 10 + ["west"] * 10, strict=True))
    return comparison(
        answered(people, d1=HALF, d2=HALF, r1=HALF, r2=HALF, r3=HALF),
        answered(people, d1=after, d2=after, r1=HALF, r2=HALF, r3=HALF, l1=HALF, l2=HALF),
        places,
        link=link,
        families=SCALES,
        gaps=[{"first": "north", "second": "south", "measures": ["drive", "role"]}],
    )


@pytest.fixture(scope="module")
def frames() -> dict[str, tuple]:
    """Every chart of the two notebooks with its table."""
    compared = study()
    long = made.responses({wave: _worded(table) for wave, table in compared.tables.items()})
    scores = score_waves(long, made.CODEBOOK, 0.5)
    scales = shown_changes(compared).query("kind == 'scale' and group == 'all'")
    links = pd.DataFrame({"status": ["linked", "only:programme_end", "only:follow_up", "neither"], "n": [28, 9, 1, 1]})
    response = pd.DataFrame(
        {"wave": ["programme_end", "follow_up"], "n": [33, 25], "n_all": [40, 40], "asked_known": True}
    )
    return {
        "links": (response_charts.response_picture, links),
        "response": (response_charts.response_picture, response),
        "levels": (
            answer_charts.answer_bars,
            answer_levels.levels_shown(scale_levels(compared, scores), compared),
        ),
        "items": (answer_charts.answer_bars, item_levels(compared).query("measure in @compared.measures")),
        "forest": (change_charts.change_forest, scales),
        "gaps": (change_charts.gap_lines, shown_gaps(compared)),
    }


def _worded(table: pd.DataFrame) -> pd.DataFrame:
    """Answers as they were given: the reverse-coded statement turned back."""
    return table.assign(r3=6 - table["r3"])


NAMES = ("links", "response", "levels", "items", "forest", "gaps")


def texts(figure) -> list[Text]:
    return [text for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]


def bare(text: str) -> str:
    return text.replace(ISOLATE, "").replace(END_ISOLATE, "").replace(RIGHT_TO_LEFT_MARK, "")


def said(figure) -> set[str]:
    return {bare(text.get_text()) for text in texts(figure)}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_letters_are_large_enough_and_hebrew_lines_begin_right_to_left(frames, name, language):
    draw, frame = frames[name]
    figure, alternative = draw(frame, WORDS, language)
    assert min(text.get_fontsize() for text in texts(figure)) >= 10
    lines = [line for text in texts(figure) for line in text.get_text().split("\n")]
    hebrew = [line for line in lines if any("\u05d0" <= sign <= "\u05ea" for sign in line)]
    assert bool(hebrew) == (language == "he")
    assert all(line.startswith(RIGHT_TO_LEFT_MARK) or ISOLATE in line for line in hebrew)
    assert alternative.endswith(".")
    assert len(alternative) > 20


@pytest.mark.parametrize("name", NAMES)
def test_the_alternative_names_every_row_and_its_numbers(frames, name):
    draw, frame = frames[name]
    _, alternative = draw(frame, WORDS, "en")
    rows = frame.drop_duplicates("measure") if "measure" in frame else frame
    key = next(column for column in ("measure", "status", "wave") if column in frame)
    assert all(WORDS(row[key], "en") in alternative for _, row in rows.iterrows())
    assert "nan" not in alternative


@pytest.mark.parametrize("name", NAMES)
def test_nobody_is_named_or_drawn_alone(frames, name):
    """No pseudonym, and no mark for one respondent: bars and lines stand for all, squares for a place in a row."""
    draw, frame = frames[name]
    figure, alternative = draw(frame, WORDS, "en")
    assert not any(person in text for person in names(1, 30) for text in [*said(figure), alternative])


def test_the_roster_as_squares(frames):
    """28 answered both, 9 and 1 one wave, 1 neither: 37 and 29 of 39, each wave a row of four blocks."""
    draw, frame = frames["links"]
    for language in LANGUAGES:
        figure, _ = draw(frame, WORDS, language)
        axes = figure.axes[0]
        widths = [round(bar.get_width()) for bar in axes.patches]
        assert widths == [28, 9, 1, 1, 28, 9, 1, 1]
        assert axes.xaxis_inverted() == (language == "he")
    assert {"End: 37 of 39", "Follow-up: 29 of 39"} <= said(figure)
    grey = palette.SILENT
    colours = [answer_charts.mpl.colors.to_hex(bar.get_facecolor()) for bar in axes.patches]
    assert [colour == grey for colour in colours] == [False, False, True, True, False, True, False, True]


def test_unlinked_waves_have_a_row_each_by_themselves(frames):
    draw, frame = frames["response"]
    figure, alternative = draw(frame, WORDS, "en")
    assert [round(bar.get_width()) for bar in figure.axes[0].patches] == [33, 7, 25, 15]
    assert "33 of 40" in bare(alternative)


def test_bars_show_their_counts_and_the_earlier_wave_is_lighter(frames):
    """Of thirty, fifteen gave 2 and fifteen 4: low and high at programme end; the legend names the options."""
    draw, frame = frames["items"]
    figure, _ = draw(frame, WORDS, "en")
    assert {"extent 1 / extent 2", "extent 3", "extent 4 / extent 5", "15", "Drive", "Role", "I want"} <= said(figure)
    low = figure.axes[0].collections[0]
    colours = {answer_charts.mpl.colors.to_hex(colour) for colour in low.get_facecolors()}
    assert colours == {palette.LOW, palette.EARLIER[palette.LOW]}
    assert len(low.get_paths()) == len(frame)


def test_a_measure_asked_once_is_drawn_in_full_colour(frames):
    draw, frame = frames["levels"]
    once = frame[frame["measure"] == "late"]
    figure, _ = draw(once, WORDS, "en")
    assert {answer_charts.mpl.colors.to_hex(colour) for colour in figure.axes[0].collections[0].get_facecolors()} == {
        palette.LOW
    }


def test_the_forest_shows_both_intervals_the_margin_and_the_verdict(frames):
    draw, frame = frames["forest"]
    figure, _ = draw(frame, WORDS, "en")
    axes, drive = figure.axes[0], frame.set_index("measure").loc["drive"]
    lines = [tuple(round(x, 6) for x in line.get_xdata()) for line in axes.lines]
    assert (round(drive["ci_low"], 6), round(drive["ci_high"], 6)) in lines
    assert (round(drive["ci90_low"], 6), round(drive["ci90_high"], 6)) in lines
    assert axes.patches[0].get_x() == pytest.approx(-0.3)
    assert axes.patches[0].get_width() == pytest.approx(0.6)
    assert {WORDS(verdict, "en") for verdict in frame["verdict"]} <= said(figure)


def test_without_intervals_the_forest_is_a_row_of_points(frames):
    """Below twenty people no interval leaves: the dots, zero and the margin stand alone, and the axis says so."""
    draw, frame = frames["forest"]
    bounds = [column for column in frame if column.startswith("ci")]
    for language, few in (("en", "too few people for an interval"), ("he", "המשיבים מעטים")):
        figure, alternative = draw(frame.assign(**dict.fromkeys(bounds)), WORDS, language)
        assert all(len(line.get_xdata()) == 1 for line in figure.axes[0].lines[1:])
        assert few in " ".join(text.replace("\n", " ") for text in said(figure))
        assert "95%" not in alternative


def test_a_gap_stands_with_its_verdict_superiority_and_ceilings(frames):
    draw, frame = frames["gaps"]
    figure, _ = draw(frame, WORDS, "en")
    facts = next(text for text in said(figure) if "The second beside the first" in text)
    assert "At the top in the earlier wave: at most 15% · at most 15%" in " ".join(facts.split("\n"))
    assert facts.split("\n")[0] == WORDS(frame.iloc[0]["verdict"], "en")
    [zero, gap] = figure.axes[0].lines
    assert list(gap.get_ydata()) == frame.iloc[0][["gap_earlier", "gap_later"]].tolist()
    assert set(zero.get_ydata()) == {0}


def test_one_scale_or_one_gap_is_enough(frames):
    for name in ("forest", "gaps", "levels"):
        draw, frame = frames[name]
        draw(frame.head(1), WORDS, "he")


# Headings of tables ----------------------------------------------------------------------------------------------------


def test_categories_are_headed_by_the_options_that_all_rows_share():
    """Statements of extent share their options; a scale with others stands beside them under general words."""
    codebook = open_cohort("1", HOUSE).codebook
    own = html_headings(codebook, ["motivation_promote", "sponsor_opportunity"])
    assert own == [
        "Not at all / To a small extent",
        "To a moderate extent",
        "To a great extent / To a very great extent",
    ]
    assert html_headings(codebook, ["motivation_promote", "project_stage"]) == [
        "Low answers",
        "Middle answers",
        "High answers",
    ]


def html_headings(codebook, measures: list[str]) -> list[str]:
    frame = pd.DataFrame({"measure": measures, "n_low": 1, "n_middle": 2, "n_high": 3, "n": 6})
    page = tables.html(frame, ["measure", "low_of", "middle_of", "high_of"], "t", "T", "", Vocabulary(codebook), "en")
    return re.findall(r'<th scope="col" class="number">([^<]*)</th>', page)


def test_a_picture_of_four_waves_grows_with_its_legend():
    some = ["a+b+c", "a+b+d", "a+c+d", "b+c+d", "a", "b", "c", "d"]
    links = pd.DataFrame({"status": ["every_wave", *(f"only:{one}" for one in some), "no_wave"], "n": [9] * 10})

    class Long:
        def __call__(self, key, language):
            return f"{key} answered in a good many words that wrap"

    many, _ = response_charts.response_picture(links, Long(), "en")
    few, _ = response_charts.response_picture(links.assign(n=[60, 30, *[0] * 8]), Long(), "en")
    assert many.get_figheight() > few.get_figheight() + 1


@pytest.mark.parametrize(("letters", "columns"), [(4, 5), (20, 2), (40, 1)])
def test_a_legend_has_as_many_columns_as_fit_its_picture(letters, columns):
    figure, axes = style.canvas(1)
    style.legend_below(axes, [Patch(label="m" * letters) for _ in range(5)])
    figure.draw_without_rendering()
    [legend] = figure.legends
    extent = legend.get_window_extent()
    assert extent.x0 >= 0
    assert extent.x1 <= figure.bbox.width
    places = {round(text.get_window_extent().x0) for text in legend.get_texts()}
    assert len(places) == columns
