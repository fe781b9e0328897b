"""Charts that show the statistics: each takes a table that may be published and gives a figure with its alternative.

`draw(frame, words, language)` is called once for each language; nothing is drawn that the table does not hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from followup import language as lang
from followup.language import Text
from followup.report.charts import lazy_matplotlib as mpl
from followup.report.charts.style import (
    LINE_OF_LABEL,
    TEXT_SIZE,
    alternative,
    bars_from_the_labels,
    beside_bar,
    canvas,
    legend_below,
    legend_under,
    rows_on,
    style,
    wrapped,
)
from followup.words.columns import chosen_of
from followup.words.palette import HIGH, INK, LOW, MIDDLE, NOT_HIGH, shade
from followup.words.vocabulary import HIDDEN, Vocabulary

if TYPE_CHECKING:
    from matplotlib.figure import Figure


# Answers -----------------------------------------------------------------------------------------------------------


def answer_bars(frame: pd.DataFrame, words: Vocabulary, language: str) -> tuple[Figure, str]:
    """Low, middle and high answers split around the middle: low to one side, high to the other.

    A measure asked in several waves has a bar for each, the first above in the lightest colours; statements stand under
    their scales.
    Where only high answers and the rest may be told, the rest is one part; what may not be told at all has no bar.
    """
    rows = frame[frame["n"] > 0]
    again = {measure: words.in_order(mine) for measure, mine in rows.groupby("measure", sort=False)["wave"]}
    again = {measure: waves for measure, waves in again.items() if len(waves) > 1}
    rows = rows[rows["form"] != "hidden"] if "form" in rows else rows.assign(form="three")
    bars, labels, headings, end = _laid_out(rows, words, language)
    with style():
        figure, axes = canvas(end, each=0.29)
        diverging(
            axes,
            [at for at, _ in bars],
            pd.DataFrame([_three_parts(row) for _, row in bars], columns=["n_low", "n_middle", "n_high"]),
            ("n_low", "n_middle", "n_high"),
            [_age(row.wave, again.get(row.measure, [row.wave])) for _, row in bars],
            middles=[MIDDLE if row.form == "three" else NOT_HIGH for _, row in bars],
        )
        rows_on(axes, [label for _, label in labels], language, [at for at, _ in labels])
        axes.set_ylim(end - 0.6, -0.6)
        across = mpl.transforms.blended_transform_factory(figure.transFigure, axes.transData)
        edge, side = (0.99, "right") if language == "he" else (0.01, "left")
        for at, text in headings:
            axes.text(
                edge,
                at,
                wrapped(text, language, 90),
                transform=across,
                ha=side,
                va="center",
                fontsize=TEXT_SIZE + 1,
                color=INK,
            ).set_in_layout(False)
        legend_below(axes, *_answer_legend(words, rows, again, language))
    parts = [
        f"{words(row.measure, language)}, {words(row.wave, language)}: {lang.count_of(row.n_high, row.n)[language]}"
        for row in rows.itertuples()
    ]
    return figure, alternative(Text("כמה השיבו תשובה גבוהה", "How many gave a high answer"), parts, language)


def _age(wave: str, waves: list[str]) -> float:
    """0 for the last of the waves that asked, 1 for the first."""
    return 0 if len(waves) < 2 else 1 - waves.index(wave) / (len(waves) - 1)


def _three_parts(row) -> tuple[int, int, int]:
    return (row.n_low, row.n_middle, row.n_high) if row.form == "three" else (0, row.n_not_high, row.n_high)


def _laid_out(rows: pd.DataFrame, words: Vocabulary, language: str) -> tuple[list, list, list, float]:
    """Where each bar, label and heading stands, from the top: (bars, labels, headings, end)."""
    bars, labels, headings, heading, place = [], [], [], None, 0.0
    for measure, mine in rows.groupby("measure", sort=False):
        scale = words.codebook.scale_of.get(measure)
        if scale and scale != heading:
            headings.append((place + 0.2, words(scale, language)))
            heading, place = scale, place + 1.5
        label = words(measure, language)
        room = 0.8 * len(mine) + (0.65 if len(mine) > 1 else 0.9)
        more = max(0.0, LINE_OF_LABEL * (wrapped(label, language).count("\n") + 1) + 0.3 - room)
        first = place + more / 2
        labels.append((first + 0.4 * (len(mine) - 1), label))
        bars += [(first + 0.8 * step, row) for step, row in enumerate(mine.itertuples())]
        place += room + more
    return bars, labels, headings, place


def _answer_legend(words: Vocabulary, rows: pd.DataFrame, again: dict, language: str) -> tuple[list, int]:
    """Patches for the three categories, and beneath them for the waves; and in how many columns they stand."""
    texts = words.categories(rows["measure"].iloc[0], language)
    parts = [*zip((LOW, MIDDLE, HIGH), texts, strict=True)]
    if (rows["form"] == "high").any():
        parts.append((NOT_HIGH, " / ".join(text for text in texts[:2] if text)))
    category = [mpl.patches.Patch(color=colour, label=wrapped(text, language, 30)) for colour, text in parts if text]
    if not again:
        return category, len(category)
    waves = words.in_order(wave for asked in again.values() for wave in asked)
    places = [ABOVE, *[BETWEEN] * (len(waves) - 2), BELOW]
    wave = [
        mpl.patches.Patch(
            color=shade(HIGH, _age(name, waves)),
            label=wrapped(f"{place[language]}: {words(name, language)}", language),
        )
        for name, place in zip(waves, places, strict=True)
    ]
    columns = max(3, len(category), len(wave))
    pairs = [patch for place in range(columns) for patch in (*category[place : place + 1], *wave[place : place + 1])]
    return pairs, columns


ABOVE, BETWEEN = Text("למעלה, בהיר", "above, lighter"), Text("באמצע", "between")
BELOW = Text("למטה", "below")


def diverging(
    axes,
    places: list[float],
    rows: pd.DataFrame,
    counts: tuple[str, str, str],
    ages: list[float],
    height: float = 0.72,
    middles: list[str] | None = None,
) -> None:
    """Bars of three parts around the middle of the second one, with their counts; earlier waves are lighter (`ages`).

    `middles` are the colours of the second parts, where these do not all mean the same.
    """
    low, middle, high = (rows[name].astype(float) for name in counts)
    whole = low + middle + high
    lefts, low, middle, high = -(low + middle / 2) / whole, low / whole, middle / whole, high / whole
    colours = [LOW] * len(rows), middles or [MIDDLE] * len(rows), [HIGH] * len(rows)
    for name, start, width, own in zip(
        counts, (lefts, lefts + low, lefts + low + middle), (low, middle, high), colours, strict=True
    ):
        axes.add_collection(
            mpl.collections.PolyCollection(
                _boxes(places, start, width, height),
                facecolors=[shade(colour, age) for colour, age in zip(own, ages, strict=True)],
            ),
            autolim=False,
        )
        for at, x, wide, count, colour, age in zip(
            places, start + width / 2, width, rows[name], own, ages, strict=True
        ):
            if wide > 0.05:
                ink = INK if age or colour in (MIDDLE, NOT_HIGH) else "white"
                axes.text(
                    x, at, str(int(count)), ha="center", va="center_baseline", color=ink, fontsize=TEXT_SIZE
                ).set_in_layout(False)
    axes.set_xlim(lefts.min() - 0.02, (lefts + 1).max() + 0.02)
    axes.set_xticks([])


def _boxes(
    places: Iterable[float], starts: Iterable[float], widths: Iterable[float], height: float
) -> list[list[tuple[float, float]]]:
    """The corners of bars that lie from `start` on, `width` long: many bars cost no more than one."""
    half = height / 2
    return [
        [(x, y - half), (x + wide, y - half), (x + wide, y + half), (x, y + half)]
        for y, x, wide in zip(places, starts, widths, strict=True)
    ]


# Gaps --------------------------------------------------------------------------------------------------------------


def option_bars(frame: pd.DataFrame, words: Vocabulary, language: str) -> tuple[Figure, str]:
    """How many of those asked chose each option; where several waves asked, the earlier ones in lighter bars above."""
    count = next(name for name in ("n_chosen", "n_projects") if name in frame)
    waves = words.in_order(frame["wave"])
    options = list(dict.fromkeys(frame["option"]))
    labels = [words.option(frame["question"].iloc[0], option, language) for option in options]
    with style():
        figure, axes = canvas(len(options), each=0.36 + 0.14 * (len(waves) - 1))
        height = 0.7 / len(waves)
        for place, wave in enumerate(waves):
            mine = frame[frame["wave"] == wave].set_index("option").reindex(options)
            at = [row + (place - (len(waves) - 1) / 2) * height for row in range(len(options))]
            axes.barh(
                at,
                [_length(row, count) for _, row in mine.iterrows()],
                height=height * 0.92,
                color=shade(HIGH, _age(wave, waves)),
                label=wrapped(words(wave, language), language),
            )
            for y, (_, row) in zip(at, mine.iterrows(), strict=True):
                beside_bar(axes, y, _length(row, count), language, _untold(row) if pd.isna(row[count]) else None)
        rows_on(axes, labels, language)
        bars_from_the_labels(axes, language)
        if len(waves) > 1:
            legend_under(axes)
    last = frame[frame["wave"] == waves[-1]]
    parts = [
        f"{words.option(row.question, row.option, language)}: "
        + (_untold(row) if pd.isna(row[count]) else lang.count_of(row[count], row["n"]))[language]
        for _, row in last.iterrows()
    ]
    return figure, alternative(Text("כמה בכל אפשרות", "How many for each option"), parts, language)


def _length(row: pd.Series, count: str) -> float:
    """How long a bar is: the count, or what nearly all are more than; none where neither is told."""
    told = row.get("over") if pd.isna(row[count]) else row[count]
    return 0.0 if pd.isna(told) else float(told)


def _untold(row: pd.Series) -> Text:
    """What stands for a count that is not told: that they are few, or nearly all; that it is hidden."""
    return HIDDEN if pd.isna(row["least_cell"]) else chosen_of(row)
