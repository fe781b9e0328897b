"""Charts of change: with intervals, who moved which way, the gap between two groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from followup import language as lang
from followup.language import Text
from followup.report.charts import lazy_matplotlib as mpl
from followup.report.charts.style import (
    TEXT_SIZE,
    alternative,
    canvas,
    font,
    rows_on,
    style,
    without_frame,
    wrapped,
)
from followup.words.palette import GRID, HIGH, INK, LINE, VERDICT_COLOURS, WITHIN_MARGIN
from followup.words.verdicts import CEILING_WORDS, superiority
from followup.words.vocabulary import WORDS_ONLY, Vocabulary

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOVED = (
    ("n_down", Text("ירדו", "Lower in the later wave")),
    ("n_same", Text("ללא שינוי", "The same")),
    ("n_up", Text("עלו", "Higher in the later wave")),
)
FOREST_READ_AS = Text(
    "שינוי בנקודות; קו דק: רווח סמך 95%, קו עבה: 90%; הפס הירוק: שינוי שאינו עולה על הסף",
    "Change in points; thin line: 95% interval, thick: 90%; green band: no more than the margin",
)
POINTS_READ_AS = Text(
    "שינוי בנקודות; המשיבים מעטים מכדי להציג רווח סמך; הפס הירוק: שינוי שאינו עולה על הסף",
    "Change in points; too few people for an interval; green band: no more than the margin",
)


def change_forest(frame: pd.DataFrame, words: Vocabulary, language: str) -> tuple[Figure, str]:
    """Each measure's change with its 95% interval, the 90% one thicker on it, the margin for "preserved" as a band.

    Where no interval leaves, the change alone.
    """
    with style():
        figure, axes = canvas(len(frame), each=0.55)
        margin = float(frame["margin"].iloc[0])
        told = frame[["ci_low", "ci_high", "ci90_low", "ci90_high"]].notna().any(axis=None)
        known = frame[["ci_low", "ci_high", "ci90_low", "ci90_high", "change"]].astype(float)
        reach = np.nanmax([0.2 + margin, known.abs().max().max() + 0.1])
        axes.axvspan(-margin, margin, color=WITHIN_MARGIN, zorder=0)
        axes.axvline(0, color=LINE, linewidth=1)
        for place, row in enumerate(frame.itertuples()):
            if not pd.isna(row.change):
                _change_with_interval(axes, place, row)
            said, colour = wrapped(words(row.verdict, language), language), VERDICT_COLOURS[row.verdict]
            axes.text(reach, place - 0.28, said, ha="right", va="center", color=colour, fontsize=TEXT_SIZE)
        rows_on(axes, [words(measure, language) for measure in frame["measure"]], language)
        axes.set_xlim(-reach, reach)
        axes.xaxis.set_major_formatter(lambda value, _: lang.plain_number(value, 1, signed=True))
        axes.set_xlabel(wrapped((FOREST_READ_AS if told else POINTS_READ_AS)[language], language, 60))
    parts = [
        f"{words(row.measure, language)}: {_with_interval(row)[language]} ({words(row.verdict, language)})"
        for row in frame.itertuples()
    ]
    title = Text("שינוי בכל סולם ורווח סמך 95%", "Change on each scale and its 95% interval")
    return figure, alternative(title if told else Text("שינוי בכל סולם", "Change on each scale"), parts, language)


def _with_interval(row) -> Text:
    """A change with its 95% interval, where that leaves."""
    if pd.isna(row.change):
        return WORDS_ONLY
    size = lang.change(row.change, lang.decimals(row.change))
    if pd.isna(row.ci_low):
        return size
    return size + lang.same(", ") + lang.change_interval(row.ci_low, row.ci_high, row.margin)


def _change_with_interval(axes, place: int, row) -> None:
    """A change as a dot on its 95% interval, the 90% one thicker; without either the dot alone."""
    line = {"color": VERDICT_COLOURS[row.verdict], "solid_capstyle": "butt"}
    if not pd.isna(row.ci_low):
        axes.plot([row.ci_low, row.ci_high], [place, place], linewidth=1.6, **line)
    if not pd.isna(row.ci90_low):
        axes.plot([row.ci90_low, row.ci90_high], [place, place], linewidth=4.5, alpha=0.55, **line)
    axes.plot(row.change, place, "o", color=line["color"], markersize=7)


AT_THE_TOP = Text("בתקרה בשלב המוקדם", "At the top in the earlier wave")
SECOND_BESIDE_FIRST = Text("השנייה לעומת הראשונה", "The second beside the first")
GAP_READ_AS = Text(
    "פער בנקודות: {second} פחות {first}; על קו האפס אין פער",
    "Gap in points: {second} minus {first}; no gap on the line at 0",
)


def gap_lines(frame: pd.DataFrame, words: Vocabulary, language: str) -> tuple[Figure, str]:
    """The gap between two groups in two waves, a panel for each measure.

    Beneath it stand the verdict, how the second stands beside the first in each wave and how many of each group were at
    the top already.
    """
    columns = min(len(frame), 3)
    reach = max(1.0, frame[["gap_earlier", "gap_later"]].astype(float).abs().max().max() + 0.6)
    with style():
        font()
        figure = mpl.figure.Figure(figsize=(7.2, 4.0 * -(-len(frame) // columns)), layout="constrained")
        panels = figure.subplots(-(-len(frame) // columns), columns, squeeze=False).ravel()
        for axes, row in zip(panels, frame.itertuples(), strict=False):
            _gap_panel(axes, row, words, language, reach)
        for axes in panels[len(frame) :]:
            axes.set_axis_off()
    parts = [
        f"{words(row.measure, language)}: {words(row.verdict, language)}, "
        f"{_moved_from(*(lang.change(gap, lang.decimals(gap)) for gap in (row.gap_earlier, row.gap_later)))[language]}"
        for row in frame.itertuples()
    ]
    return figure, alternative(
        Text(
            "הפער בין שתי הקבוצות, בשלב המוקדם ובשלב המאוחר",
            "The gap between the two groups, in the earlier wave and in the later one",
        ),
        parts,
        language,
    )


def _gap_panel(axes, row, words: Vocabulary, language: str, reach: float) -> None:
    without_frame(axes)
    gaps = (row.gap_earlier, row.gap_later)
    axes.axhline(0, color=LINE, linewidth=1)
    axes.plot([0, 1], gaps, marker="o", color=VERDICT_COLOURS.get(row.verdict, HIGH), linewidth=2)
    for x, value in enumerate(gaps):
        axes.annotate(
            lang.plain_number(value, lang.decimals(value), signed=True),
            (x, value),
            textcoords="offset points",
            xytext=(0, 12),
            ha="center",
            va="center",
            color=INK,
            fontsize=TEXT_SIZE,
        )
    axes.set_xticks([0, 1], [wrapped(words(wave, language), language, 14) for wave in (row.compared_with, row.wave)])
    axes.set_xlim(*((1.4, -0.4) if language == "he" else (-0.4, 1.4)))
    axes.set_ylim(-reach, reach)
    axes.yaxis.set_major_formatter(lambda value, _: lang.plain_number(value, 1, signed=True))
    axes.grid(axis="y", color=GRID)
    axes.set_title(wrapped(words(row.measure, language), language, 34), fontsize=TEXT_SIZE + 1, color=INK)
    bands = (row.ceiling_first, row.ceiling_second)
    superior = _moved_from(*map(superiority, (row.superiority_earlier, row.superiority_later)))
    facts = [
        words(row.verdict, language),
        GAP_READ_AS[language].format(**{side: words(getattr(row, side), language) for side in ("first", "second")}),
        f"{SECOND_BESIDE_FIRST[language]}: {superior[language]}",
        f"{AT_THE_TOP[language]}: {' · '.join(CEILING_WORDS[band][language] for band in bands)}",
    ]
    axes.set_xlabel("\n".join(wrapped(fact, language, 44) for fact in facts), fontsize=TEXT_SIZE, color=INK)


def _moved_from(before: Text, after: Text) -> Text:
    """ "0.8, then 0.6" in words, which no direction of reading reverses."""
    return before + Text(", ואחר כך ", ", then ") + after
