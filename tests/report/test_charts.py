"""Charts show what their tables hold, in letters that can be read in both directions; nobody is found in them."""

import re
from pathlib import Path

import made_up_studies as made
import numpy as np
import pandas as pd
import pytest
from followup.analysis import answer_levels
from followup.analysis.answers import score_waves
from followup.language import END_ISOLATE, ISOLATE, LANGUAGES, RIGHT_TO_LEFT_MARK
from followup.report import tables
from followup.report.charts import (
    answer_charts,
    change_charts,
    drawing,
    project_charts,
    response_charts,
    scale_of_change,
    schemes,
    style,
)
from followup.study.cohort import open_cohort
from followup.words import palette
from followup.words.vocabulary import Vocabulary
from made_up_studies import answered, comparison, names
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
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
        "moves": (change_charts.move_bars, scales[scales["n_up"].notna()]),
        "flow": (response_charts.attrition_bars, FLOW),
        "ties": (project_charts.tie_bars, TIES),
    }


FLOW = pd.DataFrame({"wave": "follow_up", "step": ["participants", "sent_nothing"], "n": [40, 28], "left_out": [0, 12]})
TIES = pd.DataFrame(
    {
        "fate": ["kept", "lost", "unknown", "new"],
        "n_ties": [96, 29, 10, 24],
        "n": 135,
        "wave": "follow_up",
        "compared_with": "programme_end",
        "hidden": False,
    }
)


def _worded(table: pd.DataFrame) -> pd.DataFrame:
    """Answers as they were given: the reverse-coded statement turned back."""
    return table.assign(r3=6 - table["r3"])


NAMES = ("links", "response", "levels", "items", "forest", "gaps", "moves", "flow", "ties")
ALWAYS = [(name, language, narrow) for name in NAMES for language in LANGUAGES for narrow in (False, True)]


def texts(figure) -> list[Text]:
    return [text for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]


def bare(text: str) -> str:
    return text.replace(ISOLATE, "").replace(END_ISOLATE, "").replace(RIGHT_TO_LEFT_MARK, "")


def said(figure) -> set[str]:
    return {bare(text.get_text()) for text in texts(figure)}


PHONE = 341  # pixels that a picture has on a screen of 375


@pytest.mark.parametrize(("name", "language", "narrow"), ALWAYS)
def test_letters_are_large_enough_and_hebrew_lines_begin_right_to_left(frames, name, language, narrow):
    draw, frame = frames[name]
    figure, alternative = draw(frame, WORDS, language, narrow)
    smallest = min(text.get_fontsize() for text in texts(figure))
    assert smallest >= 10
    assert not narrow or smallest / 72 / figure.get_figwidth() * PHONE >= 11
    lines = [line for text in texts(figure) for line in text.get_text().split("\n")]
    hebrew = [line for line in lines if any("\u05d0" <= sign <= "\u05ea" for sign in line)]
    assert bool(hebrew) == (language == "he")
    assert all(line.startswith(RIGHT_TO_LEFT_MARK) or ISOLATE in line or len(line) < 20 for line in hebrew)
    assert alternative.endswith(".")
    assert len(alternative) > 20


@pytest.mark.parametrize(("name", "language", "narrow"), ALWAYS)
def test_nothing_is_cut_and_no_words_lie_on_others(frames, name, language, narrow):
    draw, frame = frames[name]
    figure, _ = draw(frame, WORDS, language, narrow)
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in texts(figure)]
    assert all(box.x0 >= -1 and box.x1 <= figure.bbox.width + 1 for box in boxes)
    assert all(box.y0 >= -1 and box.y1 <= figure.bbox.height + 1 for box in boxes)
    assert crossing(boxes) == []


def crossing(boxes: list) -> list:
    """Pairs of words that lie on one another; lines of one text may touch."""
    parts = [box.shrunk(0.9, 0.6).translated(0.05 * box.width, 0.2 * box.height) for box in boxes]
    return [(one, two) for at, one in enumerate(parts) for two in parts[:at] if one.overlaps(two)]


class LongWaves(Vocabulary):
    def __call__(self, key, language):
        return (
            f"{super().__call__(key, language)} of the programme"
            if key in self.codebook.waves
            else super().__call__(key, language)
        )


@pytest.mark.parametrize("narrow", [False, True])
def test_long_names_of_waves_and_groups_are_not_cut(frames, narrow):
    words = LongWaves(made.CODEBOOK)
    mixed = pd.DataFrame(
        [
            ("follow_up", one, two, 8, 8, 0.2, True)
            for one, two in (("north", "north"), ("north", "south"), ("south", "west"))
        ],
        columns=["wave", "first", "second", "n_first", "n_second", "tie_share", "at_least"],
    ).assign(n_ties=3, n_possible=15)
    for figure, _ in (
        frames["gaps"][0](frames["gaps"][1], words, "en", narrow),
        project_charts.group_network(mixed, words, "en", narrow),
    ):
        figure.draw_without_rendering()
        boxes = [text.get_window_extent() for text in texts(figure)]
        assert all(box.x0 >= -1 and box.x1 <= figure.bbox.width + 1 for box in boxes)
        assert crossing(boxes) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_phone_labels_stand_above_their_bars_where_reading_begins(frames, language):
    draw, frame = frames["moves"]
    figure, _ = draw(frame, WORDS, language, True)
    figure.draw_without_rendering()
    bars = [part for part in figure.axes[0].patches if isinstance(part, Rectangle)]
    for row in frame.itertuples():
        [label] = [text for text in texts(figure) if bare(text.get_text()) == WORDS(row.measure, language)]
        box = label.get_window_extent()
        edge = figure.bbox.width - box.x1 if language == "he" else box.x0
        assert edge < 0.1 * figure.dpi
        tops = [bar.get_window_extent().y1 for bar in bars]
        assert min(abs(box.y0 - top) for top in tops) < 0.12 * figure.dpi
        assert not any(box.overlaps(bar.get_window_extent()) for bar in bars)


@pytest.mark.parametrize("name", NAMES)
def test_the_alternative_names_every_row_and_its_numbers(frames, name):
    draw, frame = frames[name]
    _, alternative = draw(frame, WORDS, "en")
    rows = frame.drop_duplicates("measure") if "measure" in frame else frame
    key = next(column for column in ("measure", "status", "fate", "wave") if column in frame)
    assert all(WORDS(row[key], "en") in alternative for _, row in rows.iterrows())
    assert "nan" not in alternative


@pytest.mark.parametrize("name", NAMES)
def test_nobody_is_named_or_drawn_alone(frames, name):
    """No pseudonym, and no mark for one respondent: bars and lines stand for all, squares for a place in a row."""
    draw, frame = frames[name]
    figure, alternative = draw(frame, WORDS, "en")
    assert not any(person in text for person in names(1, 30) for text in [*said(figure), alternative])


def looks(figure) -> list[tuple[float, str, bool]]:
    """Each bar: how long it is, its colour or that of its outline, and whether it is open."""
    found = []
    for part in figure.axes[0].patches:
        open = part.get_facecolor()[3] == 0
        found.append((round(part.get_width(), 3), to_hex(part.get_edgecolor() if open else part.get_facecolor()), open))
    return found


def test_the_roster_as_squares(frames):
    """28 answered both, 9 and 1 one wave, 1 neither: 37 and 29 of 39, in a row of squares each."""
    draw, frame = frames["links"]
    for language in LANGUAGES:
        figure, _ = draw(frame, WORDS, language)
        squares = [open for _, _, open in looks(figure)]
        assert squares == [False] * 37 + [True] * 2 + [False] * 28 + [True] * 9 + [False] + [True]
        assert figure.axes[0].xaxis_inverted() == (language == "he")
    figure, _ = draw(frame, WORDS, "en")
    assert {"End: 37 of 39", "Follow-up: 29 of 39", "28", "9", "1"} <= said(figure)


def test_unlinked_waves_have_a_row_each_by_themselves(frames):
    draw, frame = frames["response"]
    figure, alternative = draw(frame, WORDS, "en")
    assert [open for _, _, open in looks(figure)] == [False] * 33 + [True] * 7 + [False] * 25 + [True] * 15
    assert "33 of 40" in bare(alternative)


def test_waves_stand_side_by_side_in_per_cent_with_their_numbers(frames):
    """Of thirty, fifteen gave 2 and fifteen 4 to a statement on the role: half low, half high, in both waves."""
    draw, frame = frames["items"]
    figure, alternative = draw(frame, WORDS, "en")
    assert {"extent 1 / extent 2", "extent 3", "extent 4 / extent 5", "50%", "Drive", "Role", "I want"} <= said(figure)
    assert {"End (n\u00a0=\u00a030)", "Follow-up (n\u00a0=\u00a030)"} <= said(figure)
    assert "I want, End: high 15 of 30, middle 0, low 15" in bare(alternative)
    assert {colour for _, colour, _ in looks(figure)} <= {palette.LOW, palette.MIDDLE, palette.HIGH}


def test_a_measure_asked_once_is_drawn_in_numbers(frames):
    draw, frame = frames["levels"]
    once = frame[frame["measure"] == "late"]
    figure, _ = draw(once, WORDS, "en")
    assert {"15"} <= said(figure)
    assert looks(figure) == [(0.5, palette.LOW, False), (0.5, palette.HIGH, False)]


def test_the_ties_of_the_earlier_wave_are_one_bar_and_the_new_ones_another(frames):
    draw, frame = frames["ties"]
    figure, alternative = draw(frame, WORDS, "en")
    assert [length for length, _, _ in looks(figure)] == [96, 29, 10, 24]
    rows = [round(part.get_y(), 2) for part in figure.axes[0].patches]
    assert rows[0] == rows[1] == rows[2] < rows[3]
    assert "kept: 96 of 135" in bare(alternative)
    assert "new: 24" in bare(alternative)


def test_options_are_sorted_by_how_many_chose_them_and_say_of_how_many():
    words = Vocabulary(open_cohort("1", HOUSE).codebook)
    frame = pd.DataFrame(
        {"question": "network_wishes", "option": [1, 2, 3], "wave": "follow_up", "n_chosen": [7, 21, 12], "n": 29}
    )
    for language in LANGUAGES:
        figure, _ = answer_charts.option_bars(frame, words, language)
        assert [length for length, _, _ in looks(figure)] == [21, 12, 7]
    figure, _ = answer_charts.option_bars(frame, words, "en")
    assert "Follow-up (n\u00a0=\u00a029)" in said(figure)


@pytest.mark.parametrize(
    ("highs", "lows", "told"),
    [([22, 10], [3, 11], ["high", 0]), ([None, 10], [None, 18], ["low", 1]), ([14, None], [14, None], None)],
)
def test_the_title_of_answers_is_the_largest_share_above_a_half_that_is_told(highs, lows, told):
    """Of 29: 22 high; 18 low where the other is hidden; 14 are no half."""
    frame = pd.DataFrame({"measure": ["a", "b"], "wave": "w", "n": 29, "n_high": highs, "n_low": lows}).convert_dtypes()
    said = answer_charts.message(frame)
    assert bool(said) == bool(told)
    if told:
        which = {"high": ("high", "הגבוהות"), "low": ("low", "הנמוכות")}[told[0]]
        assert said["en"] == f"Most {which[0]} answers: {{measure}}, {{{told[0]}_of}}"
        assert said["he"] == f"מרב התשובות {which[1]}: {{measure}}, {{{told[0]}_of}}"
        assert said["row"].index.tolist() == [told[1]]


@pytest.mark.parametrize(("numbers", "reach"), [([0.6, -0.4], 1), ([1.0], 1), ([1.2], 2), ([7], 10), ([None], 1)])
def test_changes_have_one_scale_unless_a_number_needs_a_wider_one(numbers, reach):
    assert scale_of_change.reach_of(pd.DataFrame({"change": numbers})) == reach


# Two schemes -----------------------------------------------------------------------------------------------------------

DRAWN = re.compile(r"(?:fill|stroke): (#[0-9a-f]{6})")
BEHIND = {palette.GROUND, palette.GRID, palette.WITHIN_MARGIN}  # they lie behind, and have edges or need none


def svg_of(figure) -> str:
    address = drawing._address(figure)
    return schemes.base64.b64decode(address.removeprefix(schemes.ADDRESS)).decode()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("narrow", [False, True])
def test_every_mark_and_letter_stands_out_in_both_schemes(frames, name, narrow):
    """WCAG 1.4.11: three to one beside the ground; nothing is see-through, and there is no ground of its own."""
    draw, frame = frames[name]
    svg = svg_of(draw(frame, WORDS, "en", narrow)[0])
    style, rest = re.search(r"<style>@media.*?</style>", svg)[0], re.sub(r"<style>.*?</style>", "", svg)
    colours = set(DRAWN.findall(rest))
    assert len(colours) >= 3
    for colour in colours - BEHIND:
        [dark] = set(re.findall(rf': {colour}"\]{{(?:fill|stroke):(#[0-9a-f]{{6}})', style))
        assert ratio(colour, "#fcfbf8") >= 3, colour
        assert ratio(dark, "#13181d") >= 2.99, dark
    assert "opacity" not in rest
    assert 'id="patch_1"' not in rest or "fill: #ffffff" not in rest.split('id="patch_2"')[0].split('id="patch_1"')[1]


def ratio(one: str, other: str) -> float:
    """The contrast of two colours, as WCAG 2.2 defines it."""

    def light(colour):
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def test_a_shorter_path_has_the_same_points():
    """By hand: three lines share a letter, as two curves do; a new part and its end keep theirs. 2281 units are 228 tens."""
    assert schemes.shorter('<path d="M 0 1.5 \nL 2 3 \nL 4 5 \nQ 1 2 3 4 \nQ 5 6 7 8 \nz\nM 9 9 \nL 1 1 \n"/>') == (
        '<path d="M0 1.5L2 3 4 5Q1 2 3 4 5 6 7 8zM9 9L1 1"/>'
    )
    letter = '<path id="Heebo-Regular-18e" d="M 2281 0 \nL -66 3859 \nz\n" transform="scale(0.015625)"/>'
    assert schemes.shorter(letter) == '<path id="h18e" d="M228 0L-7 386z" transform="scale(0.15625)"/>'


def test_a_shorter_picture_keeps_its_words_as_comments():
    with style.style():
        figure, axes = style.canvas(1)
        axes.set_title("Seen")
        svg = svg_of(figure)
    assert "<!-- Seen -->" in svg
    assert "metadata" not in svg
    assert '" x="' in svg
    assert "xlink:href" not in svg


def test_the_forest_shows_both_intervals_the_margin_the_means_and_the_verdict(frames):
    draw, frame = frames["forest"]
    figure, _ = draw(frame, WORDS, "en")
    axes, drive = figure.axes[0], frame.set_index("measure").loc["drive"]
    lines = [tuple(round(x, 6) for x in line.get_xdata()) for line in axes.lines]
    assert (round(drive["ci_low"], 6), round(drive["ci_high"], 6)) in lines
    assert (round(drive["ci90_low"], 6), round(drive["ci90_high"], 6)) in lines
    edges = {round(x, 6) for part in axes.collections for path in part.get_paths() for x in path.vertices[:, 0]}
    assert {-0.3, 0.3} <= edges
    words = " ".join(sorted(said(figure)))
    assert all(WORDS(verdict, "en") in words for verdict in frame["verdict"])
    assert f"from {drive['mean_earlier']:.1f} to {drive['mean_later']:.1f}" in words
    assert {"−1", "0", "+1"} <= said(figure)
    assert axes.get_xlim()[0] < 0 < axes.get_xlim()[1]


def test_without_intervals_the_forest_is_a_row_of_points(frames):
    """Below twenty people no interval leaves: the dots, zero and the margin stand alone, and the axis says so."""
    draw, frame = frames["forest"]
    bounds = [column for column in frame if column.startswith("ci")]
    for language, few in (("en", "too few people for an interval"), ("he", "המשיבים מעטים")):
        figure, alternative = draw(frame.assign(**dict.fromkeys(bounds)), WORDS, language)
        assert all(len(line.get_xdata()) == 1 for line in figure.axes[0].lines)
        assert few in " ".join(bare(text.get_text()) for text in texts(figure))
        assert "95%" not in alternative


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_gap_stands_with_its_verdict_superiority_and_ceilings(frames, language):
    """Both ends have the name of their wave; the earlier stands where reading begins."""
    draw, frame = frames["gaps"]
    figure, _ = draw(frame, WORDS, language)
    row, words = frame.iloc[0], " ".join(said(figure))
    assert WORDS(row["verdict"], language) in words
    if language == "en":
        assert f"{WORDS(row['second'], 'en')} compared with {WORDS(row['first'], 'en')}: " in words
        assert "At the top in the earlier wave: at most 15% of each group" in words
    places = {bare(text.get_text()): text.xy[0] for text in figure.axes[0].texts}
    assert places[WORDS(row["compared_with"], language)] == 0
    assert places[WORDS(row["wave"], language)] == 1
    assert figure.axes[0].xaxis_inverted() == (language == "he")


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


def test_a_picture_of_four_waves_grows_with_what_it_says():
    some = ["a+b+c", "a+b+d", "a+c+d", "b+c+d", "a", "b", "c", "d"]
    links = pd.DataFrame({"status": ["every_wave", *(f"only:{one}" for one in some), "no_wave"], "n": [9] * 10})

    class Long:
        def __call__(self, key, language):
            return f"{key} answered in a good many words that wrap"

    many, _ = response_charts.response_picture(links, Long(), "en")
    few, _ = response_charts.response_picture(links.assign(n=[60, 30, *[0] * 8]), Long(), "en")
    assert many.get_figheight() > few.get_figheight() + 1


def test_a_legend_has_as_many_lines_as_it_takes():
    for letters, lines in ((4, 1), (40, 3)):
        sheet = style.Sheet("en")
        before = sheet.down
        sheet.legend([style.Mark(palette.HIGH, "m" * letters)] * 3)
        assert round((sheet.down - before) / style.LINE_HEIGHT) == pytest.approx(lines, abs=1)
        figure, _ = sheet.axes(0, 1)
        figure.draw_without_rendering()
        assert all(text.get_window_extent().x1 <= figure.bbox.width for text in texts(figure))


def test_letters_that_the_font_lacks_have_room_too():
    assert style.inches("\u2265") > 0.05
    assert style.inches("a\u2066b\u2069") == pytest.approx(style.inches("ab"))


@pytest.mark.parametrize("narrow", [False, True])
def test_no_number_of_a_change_is_struck_through_by_the_line_at_nought(frames, narrow):
    """“0.0” stood on the line, and its point could not be seen."""
    draw, frame = frames["forest"]
    changes = np.resize([0.0, -0.05, 0.1], len(frame))
    figure, _ = draw(frame.assign(change=changes.round(2), ci_low=-0.5, ci_high=0.5), WORDS, "en", narrow)
    figure.canvas.draw()
    axes = figure.axes[0]
    nought = axes.transData.transform((0, 0))[0]
    numbers = [text for text in axes.texts if re.fullmatch(r"[+−]?0\.\d+", bare(text.get_text()).strip())]
    over = [text for text in numbers if bare(text.get_text()).strip() not in TICKS]
    assert "0.0" in {bare(text.get_text()).strip() for text in over}
    for text in over:
        box = text.get_window_extent()
        assert not box.x0 < nought < box.x1, text.get_text()


TICKS = ("−0.5", "+0.5")  # of the scale beneath
