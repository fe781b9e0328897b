"""Charts of change: with intervals, who moved which way, the gap between two groups."""

from __future__ import annotations

from math import copysign
from typing import TYPE_CHECKING

import pandas as pd

from followup import language as lang
from followup.language import Text
from followup.report.charts.answer_charts import Parts, three_parts
from followup.report.charts.drawing import NothingDrawn
from followup.report.charts.scale_of_change import reach_of, ticks_of
from followup.report.charts.style import (
    LINE_HEIGHT,
    TEXT_SIZE,
    Mark,
    Sheet,
    alternative,
    fitted,
    inches,
    scale_beneath,
    style,
    write,
    zero_and_margin,
)
from followup.words.palette import AXIS, GRID, HIGH, INK, LOW, MIDDLE, QUIET, VERDICT_COLOURS
from followup.words.verdicts import at_the_top, superiority
from followup.words.vocabulary import WORDS_ONLY, Vocabulary

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOVED = (
    ("n_down", LOW, Text("ירדו", "Lower")),
    ("n_same", MIDDLE, Text("ללא שינוי", "The same")),
    ("n_up", HIGH, Text("עלו", "Higher")),
)
FOREST_READ_AS = Text(
    "שינוי בנקודות; קו דק: רווח סמך 95%, קו עבה: 90%; בין הקווים המקווקווים: שינוי שאינו עולה על הסף",
    "Change in points; thin line: 95% interval, thick: 90%; between the dashed lines: no more than the margin",
)
POINTS_READ_AS = Text(
    "שינוי בנקודות; המשיבים מעטים מכדי להציג רווח סמך; בין הקווים המקווקווים: שינוי שאינו עולה על הסף",
    "Change in points; too few people for an interval; between the dashed lines: no more than the margin",
)
BOUNDS = ["ci_low", "ci_high", "ci90_low", "ci90_high"]


def change_forest(frame: pd.DataFrame, words: Vocabulary, language: str, narrow: bool = False) -> tuple[Figure, str]:
    """Each measure's change with its 95% interval, the 90% one thicker on it, the margin for "preserved" between dashes.

    Beside its name stand the conclusion and both means of those who are compared. Where no interval leaves, the change
    alone. The scale is that of every picture of changes.
    """
    told = frame[BOUNDS].notna().any(axis=None)
    reach = reach_of(frame[[*BOUNDS, "change", "margin"]])
    with style():
        sheet = Sheet(language, narrow)
        top, places = sheet.down, [_forest_row(sheet, row, words) for row in frame.itertuples()]
        sheet.space(0.05)
        scale_at, bottom = sheet.down + LINE_HEIGHT / 2, sheet.down
        sheet.down += LINE_HEIGHT + 0.05
        sheet.words((FOREST_READ_AS if told else POINTS_READ_AS)[language], QUIET)
        figure, axes = sheet.axes(-reach * 1.12, reach * 1.12)
        if language == "he":
            axes.set_xlim(-reach * 1.12, reach * 1.12)  # less is to the left, as on any line of numbers
        spans = [(at - 0.24, at + 0.14) for at in places] if narrow else [(top, bottom)]
        scale_beneath(axes, scale_at, ticks_of(reach), spans)
        zero_and_margin(axes, spans, float(frame["margin"].iloc[0]))
        for at, row in zip(places, frame.itertuples(), strict=True):
            if not pd.isna(row.change):
                _change_with_interval(axes, at, row)
    parts = [
        f"{words(row.measure, language)}: {_with_interval(row)[language]} ({words(row.verdict, language)})"
        for row in frame.itertuples()
    ]
    title = Text("שינוי בכל סולם ורווח סמך 95%", "Change on each scale and its 95% interval")
    return figure, alternative(title if told else Text("שינוי בכל סולם", "Change on each scale"), parts, language)


def _forest_row(sheet: Sheet, row, words: Vocabulary) -> float:
    """A row for a change: its name, under it what is concluded and the two means; on a phone the same above the line."""
    start, language = sheet.down, sheet.language
    means = _means(row)[language]
    said = words(row.verdict, language) + (f" · {means}" if means else "")
    if sheet.narrow:
        sheet.words(words(row.measure, language))
        sheet.words(said, VERDICT_COLOURS[row.verdict])
        sheet.space(0.5)
        return sheet.down - 0.2
    sheet.row(words(row.measure, language), LINE_HEIGHT, space=0)
    sheet.row(said, LINE_HEIGHT, VERDICT_COLOURS[row.verdict], space=0)
    middle = (start + sheet.down) / 2
    sheet.space(0.14)
    return middle


MEANS = Text("מ־{earlier} ל־{later}", "from {earlier} to {later}")


def _means(row) -> Text:
    """Both means of a change, where they leave."""
    means = [getattr(row, name, None) for name in ("mean_earlier", "mean_later")]
    if any(mean is None or pd.isna(mean) for mean in means):
        return lang.same("")
    earlier, later = (lang.number(mean, lang.decimals(mean)) for mean in means)
    return Text(*(MEANS[each].format(earlier=earlier[each], later=later[each]) for each in lang.LANGUAGES))


def _with_interval(row) -> Text:
    """A change with its 95% interval, where that leaves."""
    if pd.isna(row.change):
        return WORDS_ONLY
    size = lang.change(row.change, lang.decimals(row.change))
    if pd.isna(row.ci_low):
        return size
    return size + lang.same(", ") + lang.change_interval(row.ci_low, row.ci_high, row.margin)


def _change_with_interval(axes, at: float, row) -> None:
    """A change as a dot on its 95% interval, the 90% one thicker, with its number over it; without either the dot alone."""
    line = {"color": VERDICT_COLOURS[row.verdict], "solid_capstyle": "butt"}
    if not pd.isna(row.ci_low):
        axes.plot([row.ci_low, row.ci_high], [at, at], linewidth=1.6, **line)
    if not pd.isna(row.ci90_low):
        axes.plot([row.ci90_low, row.ci90_high], [at, at], linewidth=4.5, **line)
    axes.plot(row.change, at, "o", color=line["color"], markersize=8)
    number = lang.plain_number(row.change, lang.decimals(row.change), signed=True)
    write(axes, _clear_of_zero(axes, row.change, number), at - 0.15, number, INK)


def _clear_of_zero(axes, change: float, number: str) -> float:
    """Where a number stands over its change: where the line at nought would go through it, on its own side of that line."""
    low, high = axes.get_xlim()
    an_inch = (high - low) / (axes.get_position().width * axes.figure.get_figwidth())
    clear = (inches(number) / 2 + 0.04) * an_inch
    return change if abs(change) >= clear else copysign(clear, change + 0.0)


# Ways ------------------------------------------------------------------------------------------------------------------


def move_bars(frame: pd.DataFrame, words: Vocabulary, language: str, narrow: bool = False) -> tuple[Figure, str]:
    """How many are lower, the same and higher in the later wave, split around the same: a bar for each measure that tells it."""
    rows = list(frame.dropna(subset=["n_down", "n_same", "n_up"]).itertuples())
    if not rows:
        raise NothingDrawn("how many moved which way is hidden in every row")
    with style():
        sheet = Sheet(language, narrow)
        sheet.legend(Mark(colour, said[language]) for _, colour, said in MOVED)
        bars = [
            Parts(
                sheet.row(words(row.measure, language)),
                row.n_down,
                row.n_same,
                row.n_up,
                row.n_down + row.n_same + row.n_up,
            )
            for row in rows
        ]
        figure = three_parts(sheet, bars, in_percent=False)
    parts = [
        f"{words(row.measure, language)}: "
        + ", ".join(f"{said[language]} {lang.number(getattr(row, name))[language]}" for name, _, said in MOVED)
        for row in rows
    ]
    title = Text("כמה ירדו, לא השתנו או עלו", "How many were lower, the same or higher")
    return figure, alternative(title, parts, language)


# Gaps ------------------------------------------------------------------------------------------------------------------

COMPARED = Text("{second} לעומת {first}", "{second} compared with {first}")
GAP_READ_AS = Text(
    "{second} פחות {first}, בנקודות; על הקו האפור אין פער",
    "{second} minus {first}, in points; on the grey line there is no gap",
)
PANEL = 1.3  # inches


def gap_lines(frame: pd.DataFrame, words: Vocabulary, language: str, narrow: bool = False) -> tuple[Figure, str]:
    """The gap between two groups in two waves, one measure under the other; time runs as the language is read.

    Under each stand the conclusion, how the second group stands beside the first in each wave and how many of each were at
    the top already. Both ends are labelled, with the wave and the gap.
    """
    reach = reach_of(frame[["gap_earlier", "gap_later"]])
    with style():
        sheet = Sheet(language, narrow, labels=0.0)
        panels = [_gap_rows(sheet, row, words) for row in frame.itertuples()]
        inset = 0.9 if narrow else 1.5  # room for the words at both ends
        aside = inset / (sheet.across - 2 * inset)
        figure, axes = sheet.axes(-aside, 1 + aside)
        for row, (top, bottom) in zip(frame.itertuples(), panels, strict=True):
            _gap_panel(axes, row, words, language, (top, bottom, reach, inset))
    parts = [
        f"{words(row.measure, language)}: {words(row.verdict, language)}, "
        f"{_moved_from(*(lang.change(gap, lang.decimals(gap)) for gap in (row.gap_earlier, row.gap_later)))[language]}"
        for row in frame.itertuples()
    ]
    title = Text(
        "הפער בין שתי הקבוצות, בשלב המוקדם ובשלב המאוחר",
        "The gap between the two groups, in the earlier wave and in the later one",
    )
    return figure, alternative(title, parts, language)


def _gap_rows(sheet: Sheet, row, words: Vocabulary) -> tuple[float, float]:
    """The words of a panel over and under it; and from where to where it reaches."""
    language = sheet.language
    sheet.words(words(row.measure, language), size=TEXT_SIZE + 1)
    groups = {side: words(getattr(row, side), language) for side in ("first", "second")}
    sheet.words(f"{words(row.verdict, language)} · {GAP_READ_AS[language].format(**groups)}", QUIET)
    top = sheet.down + 0.1
    sheet.space(PANEL + 0.15)
    bottom = sheet.down - 0.05
    superior = _moved_from(*map(superiority, (row.superiority_earlier, row.superiority_later)))
    sheet.words(f"{COMPARED[language].format(**groups)}: {superior[language]}", QUIET)
    named = {side: Text(name, name) for side, name in groups.items()}
    sheet.words(lang.begun(at_the_top(row.ceiling_first, row.ceiling_second, named)[language]), QUIET)
    sheet.space(0.2)
    return top, bottom


def _gap_panel(axes, row, words: Vocabulary, language: str, place: tuple[float, float, float, float]) -> None:
    """`place`: from where to where it reaches, how far its scale, and the inches for words at its ends."""
    top, bottom, reach, aside = place

    def down(value: float) -> float:
        return (top + bottom) / 2 - (bottom - top - 2 * LINE_HEIGHT) / 2 * value / reach

    gaps = (row.gap_earlier, row.gap_later)
    axes.vlines([0, 1], top, bottom, color=GRID, linewidth=0.9)
    axes.hlines(down(0), 0, 1, color=AXIS, linewidth=1)
    axes.plot(
        [0, 1], [down(gap) for gap in gaps], marker="o", color=VERDICT_COLOURS.get(row.verdict, HIGH), linewidth=2
    )
    for x, value, wave, side in zip((0, 1), gaps, (row.compared_with, row.wave), ("end", "start"), strict=True):
        number = lang.plain_number(value, lang.decimals(value), signed=True)
        lines = fitted(words(wave, language), language, aside - 0.2)
        for above, line in enumerate(reversed(lines)):
            write(axes, x, down(value) - 0.1 - LINE_HEIGHT * above, line, QUIET, side, 9)
        write(axes, x, down(value) + 0.1, number, INK, side, 9)


def _moved_from(before: Text, after: Text) -> Text:
    """ "0.8, then 0.6" in words, which no direction of reading reverses."""
    return before + Text(", ואחר כך ", ", then ") + after
