"""What a sentence and a picture may hold: each way round the tables gets a refusal that says what to write instead."""

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest
from followup import language as lang
from followup.disclosure import own_tables
from followup.disclosure.cell_bundle import MIME
from followup.disclosure.output_check import NotForPublication
from followup.language import Text
from followup.report import picture_guards, report
from followup.report.guards import Safe as safe
from followup.report.report import Report
from followup.study.cohort import open_cohort

RESPONSE = pd.DataFrame({"wave": ["programme_end", "follow_up"], "n": [38, 29], "n_all": [39, 39], "asked_known": True})
MEANS = pd.DataFrame({"measure": ["motivation", "self_perception"], "n": [29, 29], "mean": [3.9, 3.5]})
PEOPLE = pd.DataFrame({"respondent": [f"p{n}" for n in range(29)], "score": np.linspace(1, 5, 29)})


@pytest.fixture(autouse=True)
def made_by_hand(monkeypatch):
    """The tables of these tests are made by hand; what plain pandas may not tell is tested with what analysts write."""
    every = type("Every", (), {"__contains__": lambda self, columns: True})
    monkeypatch.setattr(own_tables, "SHAPES", every())


@pytest.fixture
def door(tmp_path, monkeypatch) -> Report:
    """Cohort 1's report with a released table of responses; `said` holds what it put out."""
    said = []
    monkeypatch.setattr(report, "display", lambda bundle, raw: said.append(bundle))
    made = Report(replace(open_cohort("1"), root=tmp_path), "en")
    made.table("response", RESPONSE, he="היענות", en="Response", show=["wave", "answered_of"])
    made.said = said
    return made


def plain(door: Report) -> str:
    return door.said[-1]["text/html"].replace("\u2066", "").replace("\u2069", "")


def refused(action, *parts: str) -> str:
    with pytest.raises(NotForPublication) as stop:
        action()
    message = str(stop.value)
    assert "what to do: " in message
    assert all(part in message for part in parts), message
    return message


# ------------------------------------------------------------ sentences: what is refused


@pytest.mark.parametrize(
    "value",
    [
        2,
        np.int64(2),
        2.5,
        lang.count_of(2, 5),
        lang.share(2, 5),
        "2 of 5",
        Text("2 מתוך 5", "2 of 5"),
        lang.number(PEOPLE["score"].max(), 1),
    ],
)
def test_a_number_typed_or_computed_elsewhere_is_refused_with_what_to_write(door, value):
    refused(lambda: door.say(he="{n} השיבו", en="{n} answered", n=value), "“n”", "n=report.cell(")


def test_the_refusal_names_the_cell_that_holds_the_number(door):
    refused(lambda: door.say(he="{n}", en="{n}", n=38), 'n=report.cell("response", "n", wave="programme_end")')


def test_the_line_to_paste_names_one_cell_that_holds_the_number_or_none(door):
    """Two rows of one measure are told apart by further columns; two that nothing tells apart are no cell to name."""
    rows = {"measure": ["motivation"] * 3, "status": ["both", "both", "neither"], "wave": ["a", "b", "b"]}
    door.table("of_groups", pd.DataFrame({**rows, "n": [21, 22, 23]}), he="ק", en="G", show=["measure", "status", "n"])
    for number in (21, 22, 23):
        message = refused(lambda number=number: door.say(he="{n}", en="{n}", n=number), "write\n")
        line = message.split("n=")[-1].strip()
        assert eval(line, {"report": door}).value == number  # noqa: S307 - the line that the analyst pastes
    door.table("alike", pd.DataFrame({"measure": ["motivation"] * 2, "n": [25, 25]}), he="ק", en="G")
    for number, why in ((25, "by chance"), (4711, "no table that this notebook has shown")):
        message = refused(lambda number=number: door.say(he="{n}", en="{n}", n=number), why)
        assert "wave=" not in message


def test_a_column_that_a_table_lacks_is_answered_with_the_near_ones_and_not_with_all(door):
    wide = pd.DataFrame({"measure": ["motivation"]} | {f"n_{place}": [place] for place in "abcdefghijklmnopqrst"})
    door.table("wide", wide, he="ר", en="W", show=["measure"])
    message = refused(lambda: door.cell("wide", "mesure"), "write measure")
    assert "n_a" not in message
    message = refused(lambda: door.cell("wide", "zzz"), "use one of measure, n_a", "9 more", "results/wide.csv")
    assert "n_t" not in message


@pytest.mark.parametrize("text", ["2 of 5 moved abroad.", "Only 3 did.", "It rose by 0.4."])
def test_digits_typed_into_a_sentence_caption_or_note_are_refused(door, text):
    refused(lambda: door.say(he="כך", en=text), "typed into the sentence", "report.cell(")
    refused(lambda: door.table("means", MEANS, he="ממוצעים", en=text), "typed into the caption")
    note = Text("כך", text)
    refused(lambda: door.table("means", MEANS, he="ממוצעים", en="Means", note=note), "typed into the note")


IN_WORDS = {
    "Twelve graduates": ("Twelve graduates rose.", "רבים עלו"),
    "twenty-three respondents": ("It was twenty-three respondents.", "רבים עלו"),
    "three of the managers": ("So said three of the managers, too.", "רבים עלו"),
    "hundred people": ("A hundred people came.", "רבים באו"),
    "עשר בוגרים": ("Many rose.", "שנים־עשר בוגרים עלו."),
    "ושלושה משיבים": ("Many rose.", "עלו עשרים ושלושה משיבים."),
    "עשרים ואחת נשים": ("Many rose.", "עלו עשרים ואחת נשים."),
    "שלושת המנהלים": ("Many rose.", "כך אמרו שלושת המנהלים."),
    "ארבע מהמשתתפות": ("Many rose.", "כך אמרו ארבע מהמשתתפות."),
    "מחמישים איש": ("Many rose.", "יותר מחמישים איש באו."),
}


@pytest.mark.parametrize("number", IN_WORDS)
def test_how_many_people_is_no_word_of_a_sentence_caption_or_note(door, number):
    en, he = IN_WORDS[number]
    message = refused(lambda: door.say(he=he, en=en), f"“{number}” is typed into the sentence", 'n=report.cell("TABLE"')
    assert "no table that this notebook has shown" not in message
    refused(lambda: door.table("means", MEANS, he=he, en=en), f"“{number}” is typed into the caption")
    refused(lambda: door.note(he=he, en=en), f"“{number}” is typed into the note")


@pytest.mark.parametrize(
    ("en", "he"),
    [
        ("Ties of two people, on three scales, in both waves.", "קשרים בין שני אנשים, בשלושה סולמות."),
        ("Often women of ten years’ experience: {n} people.", "עשר שנות ניסיון; נשים ואנשים"),
        ("The threesome; people at level three. People said so.", "אחת מן הנשים, ושבעה סולמות של משיבים"),
        ("Two of the four groups of managers", "ארבע קבוצות של מנהלים"),
    ],
)
def test_other_words_for_numbers_may_be_typed(door, en, he):
    door.say(en=en.replace("{n} ", ""), he=he)


def test_a_typed_number_is_answered_with_the_cell_of_a_released_table_that_holds_it(door):
    door.table("means", MEANS, he="ממוצעים", en="Means", show=["measure", "n", "mean"])
    for text, value in (("The mean was 3.9.", 3.9), (f"Of {38} people.", 38)):
        message = refused(lambda text=text: door.say(he="כך", en=text), "typed into the sentence")
        [line] = [line for line in message.splitlines() if "report.say(" in line]
        assert eval(line.split(", n=", 1)[1].rstrip(")") + ")", {"report": door}).value == value  # noqa: S307 - to be pasted
    refused(
        lambda: door.say(he="כך", en="It was 4711."),
        'report.cell("TABLE", "COLUMN", …)',
        "no table that this notebook has shown",
    )


@pytest.mark.parametrize("told", [lang.count_of(2, 5), lang.number(0.4, 1), lang.same("\u20662\u2069 of them")])
def test_the_signs_of_direction_make_a_number_no_cell(door, told):
    """A count that a notebook made, inside the signs that keep its order in Hebrew."""
    for note in (told, Text("מהם ", "of them ") + told, door.note(he="מעטים; ", en="few; ") + told):
        refused(lambda note=note: door.table("means", MEANS, he="ממוצעים", en="Means", note=note), "into the note")
    refused(lambda: door.table("means", MEANS, he="כך", en=f"So {told.en}"), "typed into the caption")
    refused(lambda: door.say(he="כך", en=f"So {told.en}"), "typed into the sentence")
    refused(lambda: door.note(he="{n}", en="{n}", n=told), "report.cell(")


def test_a_note_takes_cells_as_a_sentence_does(door):
    note = door.note(he="מתוך {n}", en="of {n}", n=door.cell("response", "n_all", wave="follow_up"))
    door.table("means", MEANS, he="ממוצעים", en="Means", note=note, show=["measure", "n", "mean"])
    assert "Of 39" in plain(door)


@pytest.mark.parametrize("cells", [["2 of 5", "3 of 5"], ["2/5", "3/5"], ["2", "3"], ["two (2)", "three"]])
def test_counts_as_cells_of_text_are_refused(door, cells):
    table = pd.DataFrame({"measure": ["motivation", "self_perception"], "came": cells})
    refused(lambda: door.table("mine", table, he="כך", en="So", show=["measure"]), "a number written as text")


def test_a_sum_of_plain_numbers_is_refused(door):
    refused(lambda: safe.sum([2, 3]), "no cell of a released table", "safe.sum(report.cells(")
    refused(lambda: safe.share(2, 5), "no cell of a released table")


def test_a_cell_that_is_not_there_or_not_one_is_asked_for(door):
    refused(lambda: door.cell("response", "people"), "has no column “people”", "wave, n, n_all")
    refused(lambda: door.cell("response", "n"), "2 cells of “response” fit", 'wave="programme_end" or "follow_up"')


# ------------------------------------------------------------ sentences: what stays easy


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("{n_both}", "{n_"),
        ("{chnage}", "write {change}"),
        ("{zzz}", "(the row has"),
    ],
)
def test_a_column_that_the_row_lacks_is_answered_with_the_nearest(door, said, instead):
    door.table("of_change", UNLINKED, he="שינוי", en="Change")
    message = refused(lambda: door.say(en=f"So: {said}.", he=f"כך: {said}.", row=UNLINKED), said, instead)
    assert "the row has measure, n_earlier, n_later, n_linked, change" in message
    assert "headings" not in message


def test_a_sentence_takes_one_row_and_a_column_needs_no_heading(door):
    rows = pd.DataFrame({"measure": ["motivation", "self_perception"], "pupils": [31, 52]})
    headings = {"pupils": ("תלמידים", "Pupils")}
    door.table("pupils", rows, he="תלמידים", en="Pupils", headings=headings)
    told = {"en": "So: {pupils}.", "he": "כך: {pupils}."}
    instead = """row=rows.query("measure == 'motivation'")"""
    refused(lambda: door.say(**told, row=rows), "row= has 2 rows", instead)
    refused(lambda: door.say(**told, row=rows.set_index("measure")), "row= has 2 rows", instead)
    door.say(**told, row=rows.query("measure == 'motivation'"))
    assert "So: 31." in plain(door)
    door.say(**told, row=rows.loc[1])
    assert "So: 52." in plain(door)
    shown = sentences(door)
    door.say(**told, row=rows.head(0))
    assert sentences(door) == shown and why(door) == "a sentence whose row this cohort does not have"
    door.say(en="There are rows.", he="יש שורות.", row=rows.head(0))
    assert sentences(door) == shown and why(door) is None
    door.say(en="There are rows.", he="יש שורות.", row=rows)  # nothing is taken from them: they only say that it holds
    assert "There are rows." in plain(door)


def sentences(door):
    return sum(bundle[MIME]["kind"] == "say" for bundle in door.said)


def why(door):
    """Why the last sentence was left out, as the analyst reads it; None where nothing says so."""
    told = next((bundle for bundle in door.said[:-3:-1] if "why" in bundle[MIME]), None)
    assert told is None or f"left out: {told[MIME]['why']}" in told["text/html"]
    return told and told[MIME]["why"]


UNLINKED = pd.DataFrame(
    {"measure": ["motivation"], "n_earlier": [33], "n_later": [25], "n_linked": [0], "change": [0.0], "mean": [np.nan]}
)
OF_NOBODY = {"en": "The mean change of {n_linked} people was {change}.", "he": "השינוי של {n_linked} היה {change}."}


def test_a_result_of_nobody_is_not_said(door):
    """Of waves that are not linked: 3.9 in 33 people and 3.9 in 25 others is a change of 0.0, and of no linked person."""
    door.table("of_change", UNLINKED, he="שינוי", en="Change")
    shown = sentences(door)
    linked, change = door.cell("of_change", "n_linked"), door.cell("of_change", "change", digits=1)
    door.say(**OF_NOBODY, row=UNLINKED)
    door.say(**OF_NOBODY, n_linked=linked, change=change)
    door.say(**OF_NOBODY, n_linked=linked, row=UNLINKED)
    assert sentences(door) == shown
    assert (
        why(door)
        == "a sentence that gives a result beside a number of people that is 0; what to do: write {n}, with row="
    )
    door.say(**OF_NOBODY, row=UNLINKED.assign(hidden=True))
    assert sentences(door) == shown and why(door) == "a sentence whose row is hidden"
    door.say(en="{n_linked} are linked.", he="{n_linked} מקושרים.", row=UNLINKED)
    assert "0 are linked" in plain(door)
    door.say(en="{n_earlier} and {n_later}: {change}.", he="{n_earlier}, {n_later}: {change}.", row=UNLINKED)
    assert "33 and 25: 0.0." in plain(door)
    door.say(en="Of {n} people: {change}.", he="של {n} משיבים: {change}.", row=UNLINKED)
    assert "Of 33 and 25 people: 0.0." in plain(door)
    linked = UNLINKED.assign(n_linked=[24])
    door.table("of_linked", linked, he="שינוי", en="Change")
    door.say(en="Of {n} people: {change}.", he="של {n} משיבים: {change}.", row=linked)
    assert "Of 24 people: 0.0." in plain(door)
    door.say(en="{mean}", he="{mean}", row=UNLINKED)
    assert "not computed" in plain(door)


def test_a_band_is_said_in_words_and_is_no_number(door):
    door.table("room", pd.DataFrame({"measure": ["motivation"], "ceiling": ["at_most_15"]}), he="תקרה", en="Ceiling")
    band = door.cell("room", "ceiling")
    door.say(en="At the top: {share}.", he="בקצה: {share}.", share=band)
    assert "At the top: at most 15%." in plain(door)
    refused(lambda: safe.sum([band]), "“at most 15%” leaves in words", "say it as it is")
    refused(lambda: safe.share(band, door.cell("response", "n", wave="follow_up")), "leaves in words")


def test_cells_sums_differences_and_shares_are_said(door):
    one, both = door.cell("response", "n", wave="follow_up"), door.cells("response", "n")
    all_ = door.cell("response", "n_all", wave="follow_up")
    for value, said in (
        (one, "29"),
        (safe.sum(both), "67"),
        (safe.diff(both[0], one), "9"),
        (safe.share(one, all_), "29 of 39 (74%)"),
        (door.cell("response", "answered_of", wave="follow_up"), "29 of 39 (74%)"),
        (door.param("disclosure.least_group"), "8"),
    ):
        door.say(he="כך: {n}.", en="So: {n}.", n=value)
        assert plain(door) == f'<div lang="en" dir="ltr"><p>So: {said}.</p></div>'


def test_a_cell_is_said_with_the_decimals_that_it_left_with(door):
    """A mean of 3.5 was once said as 4, and a margin of 0.3 as 0."""
    door.table("means", MEANS.assign(mean=[4.0, 3.5]), he="ממוצעים", en="Means", show=["measure", "n", "mean"])
    for value, said in (
        (door.cell("means", "mean", measure="self_perception"), "3.5"),
        (door.cell("means", "mean", measure="motivation"), "4.0"),
        (door.cell("means", "mean", measure="self_perception", digits=0), "4"),
        (safe.diff(*door.cells("means", "mean")), "0.5"),
        (door.param("analysis.margins.scale"), "0.3"),
    ):
        door.say(he="כך: {n}.", en="So: {n}.", n=value)
        assert plain(door) == f'<div lang="en" dir="ltr"><p>So: {said}.</p></div>'


@pytest.mark.parametrize(
    "text",
    [
        "On 2016-11-30 the last answer came.",
        "In 2016, and by 30 November 2016, most had answered.",
        "The 95% interval lies within the margin.",
        "Two of the four groups are small, and one is large.",
        "Excerpt E03 says so.",
    ],
)
def test_dates_levels_words_and_codes_may_be_typed(door, text):
    door.say(he="כך", en=text)


def test_a_waves_name_and_a_text_without_numbers_may_be_given(door):
    door.say(he="ב{wave}", en="At {wave}", wave=Text("מעקב", "follow-up"))
    door.say(he="ב{wave}", en="At {wave}", wave=("מעקב", "follow-up"))
    door.say(he="ב{wave}", en="At {wave}", wave="follow_up")


# ------------------------------------------------------------ pictures

COLOUR, SIZES = "#14618c", (4, 6)


def wide(value: float) -> float:
    return value / 5


def picture(door: Report, draw, **more) -> None:
    more = {"he": "ממוצעים", "en": "Means", "show": ["measure", "n", "mean"]} | more
    door.figure("means", MEANS, draw, **more)


def test_a_strip_plot_of_every_respondent_behind_an_aggregated_table_is_refused(door):
    def strip(axes, table):
        axes.plot(PEOPLE["score"], np.zeros(29), "o")

    refused(
        lambda: picture(door, strip),
        "“PEOPLE”, which has numbers of the notebook",
        "def strip(axes, table): … table[…]",
    )


def test_nor_through_a_helper_a_default_a_closure_or_a_list(door):
    def helper(axes):
        axes.plot(PEOPLE["score"], np.zeros(29), "o")

    scores = PEOPLE["score"]
    values = scores.tolist()
    refused(lambda: picture(door, lambda axes, table: helper(axes)), "has numbers of the notebook")
    refused(lambda: picture(door, lambda axes, table: axes.plot(scores, scores, "o")), "has numbers of the notebook")
    refused(lambda: picture(door, lambda axes, table: axes.plot(values, values, "o")), "has numbers of the notebook")
    refused(
        lambda: picture(door, partial(lambda x, axes, table: axes.plot(x, x, "o"), scores)),
        "has numbers of the notebook",
    )


def test_more_points_than_the_table_has_numbers_are_refused(door):
    def strewn(axes, table):
        axes.scatter([n / 7 for n in range(29)], [n / 3 for n in range(29)])

    refused(lambda: picture(door, strewn), "29 points", "each point may be a person", "axes.plot(")


def test_a_number_written_in_a_picture_that_its_table_does_not_hold_is_refused(door):
    refused(lambda: picture(door, lambda axes, table: axes.text(0, 0, "4.77")), "“4.77”", "stands in no cell")
    refused(lambda: picture(door, lambda axes, table: axes.set_yticks([0], ["4.25"])), "“4.25”", "stands in no cell")
    refused(lambda: picture(door, lambda axes, table: axes.set_title("2 / 5")), "written in the picture")


def test_words_of_one_language_are_not_drawn_on_both_pages(door):
    for write in ("set_title", "set_xlabel"):
        refused(lambda write=write: picture(door, lambda axes, table: getattr(axes, write)("Mean score")), "headings={")

    def headed(axes, table):
        axes.barh(range(len(table)), table["mean"])
        axes.set_xlabel("Mean score")

    picture(door, headed, headings={"Mean score": ("ציון", "Mean score")})


def test_a_drawing_of_the_earlier_form_or_in_the_earlier_order_is_told_how_it_is_now(door):
    def plot(frame, words, language):
        return None

    refused(lambda: picture(door, plot), "def plot(axes, table):")
    refused(lambda: door.figure("means", plot, MEANS, he="כך", en="So"), 'report.figure("means", table, plot')


def test_a_drawing_of_its_table_with_a_constant_and_a_helper_is_shown(door):
    def plot(axes, table):
        axes.plot(table["mean"].map(wide), range(len(table)), "o", color=COLOUR, markersize=SIZES[0])
        axes.set_title(f"{table['mean'].iloc[0]:.1f}, n = {table['n'].iloc[0]}, 2016")

    picture(door, plot, size=(5, 3))
    assert "<img" in door.said[-1]["text/html"]


def test_a_square_for_each_of_those_counted_is_shown(door):
    picture(door, lambda axes, table: axes.scatter([n % 10 for n in range(29)], [n // 10 for n in range(29)]))
    assert "<img" in door.said[-1]["text/html"]


# ------------------------------------------------------------ what was drawn before


def bars(axes, table, colour):
    axes.barh(range(len(table)), table["mean"], color=colour)


def dots(axes, table, colour):
    axes.plot(table["mean"], range(len(table)), "o", color=colour)


class Dots:
    def __call__(self, axes, table):
        dots(axes, table, "red")


def test_pictures_of_functions_that_are_filled_in_are_alike_only_where_they_draw_the_same():
    red = picture_guards.fingerprint(partial(bars, colour="red"))
    assert red == picture_guards.fingerprint(partial(bars, colour="red"))
    assert red != picture_guards.fingerprint(partial(bars, colour="blue"))
    assert red != picture_guards.fingerprint(partial(dots, colour="red"))
    assert picture_guards.fingerprint(Dots()) != picture_guards.fingerprint(Dots())


NEAR = 2.7182  # stands for the lowest answer: a number of the notebook that is in no cell of the table
DRAWN = {
    "an area": lambda axes, table: axes.fill_betweenx([-0.3, 0.3], NEAR, 4),
    "a filled shape": lambda axes, table: axes.fill([NEAR, 4, 4], [0, 0, 1]),
    "letters": lambda axes, table: axes.text(NEAR, 1, "n"),
    "a tick": lambda axes, table: axes.set_xticks([NEAR, 4]),
}


@pytest.mark.parametrize("way", DRAWN)
def test_a_number_of_the_notebook_is_no_place_of_a_picture(door, way):
    def drawn(axes, table):
        axes.barh(range(len(table)), table["mean"])
        DRAW(axes, table)

    DRAW = DRAWN[way]
    refused(lambda: picture(door, drawn), "“NEAR”, a number of the notebook", "type a bound into the function")
