"""Charts of answers: in three parts around the middle, and how many chose each option.

`draw(frame, words, language, narrow)` is called for each language, on a screen and narrow on a phone; nothing is drawn that
the table does not hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from followup import language as lang
from followup.disclosure.suppression import by_popularity
from followup.language import FEWEST_FOR_PERCENT, Text
from followup.report.charts.chosen_look import letters_on
from followup.report.charts.style import (
    BAR,
    SPACE,
    TEXT_SIZE,
    Mark,
    Sheet,
    alternative,
    bar,
    inches,
    style,
    write,
)
from followup.words.columns import chosen_of
from followup.words.palette import AXIS, BETWEEN, HIGH, INK, LOW, MIDDLE, QUIET
from followup.words.vocabulary import HIDDEN, Vocabulary

if TYPE_CHECKING:
    from matplotlib.figure import Figure


# Three parts -----------------------------------------------------------------------------------------------------------


class Parts(NamedTuple):
    """A bar of three parts around the middle of the second one; `whole` is whose parts they are."""

    at: float
    low: float
    middle: float
    high: float
    whole: float
    undivided: bool = False  # the first two parts are told together

    @property
    def start(self) -> float:
        return -(self.low + self.middle / 2) / self.whole


def three_parts(sheet: Sheet, bars: Sequence[Parts], in_percent: bool, height: float = BAR) -> Figure:
    """Bars of three parts on a sheet whose rows are laid out, with their counts, or percentages, in them."""
    lowest = min((one.start for one in bars), default=-0.5)
    highest = max((one.start + 1 for one in bars), default=0.5)
    figure, axes = sheet.axes(lowest - 0.01, highest + 0.01)
    an_inch = (highest - lowest + 0.02) / sheet.across
    for one in bars:
        start = one.start
        for count, colour in ((one.low, LOW), (one.middle, MIDDLE), (one.high, HIGH)):
            if not count:
                continue
            wide, open = count / one.whole, one.undivided and colour == MIDDLE
            bar(axes, one.at, start, wide, AXIS if open else colour, height, open)
            said = part_said(count, one.whole, in_percent)
            if inches(said) + 0.04 <= wide / an_inch:
                write(axes, start + wide / 2, one.at, said, INK if open else letters_on(colour))
            start += wide
    return figure


def part_said(count: float, whole: float, in_percent: bool) -> str:
    """What stands in a part of a bar: how many, or of ten and more how many in a hundred."""
    if in_percent and whole >= FEWEST_FOR_PERCENT:
        return lang.without_marks(lang.percent(count, whole).en)
    return lang.plain_number(count, 0)


def sized(name: str, n: float) -> str:
    """ "Six months later (n = 29)" """
    return f"{name} (n\u00a0=\u00a0{lang.plain_number(n, 0)})"


# Answers ---------------------------------------------------------------------------------------------------------------


def answer_bars(frame: pd.DataFrame, words: Vocabulary, language: str, narrow: bool = False) -> tuple[Figure, str]:
    """Low, middle and high answers split around the middle: low to one side, high to the other.

    A measure asked in several waves has a bar for each in per cent of those who answered it, since their numbers differ; one
    asked once in numbers. Statements stand under their scales. Where only high answers and the rest may be told, the rest
    is open; what may not be told at all has no bar, and says so.
    """
    rows = frame[frame["n"] > 0]
    rows = rows if "form" in rows else rows.assign(form="three")
    several = bool(rows.duplicated("measure").any())
    with style():
        sheet = Sheet(language, narrow)
        sheet.legend(_answer_legend(words, rows, language))
        bars, hidden = _answer_rows(sheet, rows, words)
        figure = three_parts(sheet, bars, several, 0.22 if several else BAR)
        for at in hidden:
            axes = figure.axes[0]
            write(axes, min(axes.get_xlim()), at, HIDDEN[language], QUIET, "start", 2)
    parts = [_answers_said(row, words, language) for row in rows.itertuples()]
    title = Text("תשובות בשלוש קטגוריות: גבוהות, ביניים, נמוכות", "Answers in three categories: high, middle, low")
    return figure, alternative(title, parts, language)


def _answer_rows(sheet: Sheet, rows: pd.DataFrame, words: Vocabulary) -> tuple[list[Parts], list[float]]:
    """A row for each bar, under its measure where several waves asked it; and where no bar may stand."""
    bars, hidden, heading = [], [], None
    for measure, mine in rows.groupby("measure", sort=False):
        scale = words.codebook.scale_of.get(measure)
        if scale and scale != heading:
            sheet.space(0.08)
            sheet.words(words(scale, sheet.language), size=TEXT_SIZE + 1)
            heading = scale
        label, again = words(measure, sheet.language), len(mine) > 1
        if again:
            sheet.words(label)
        for row in mine.itertuples():
            name = words(row.wave, sheet.language) if again else label
            at = sheet.row(
                sized(name, row.n),
                0.22 if again else BAR,
                QUIET if again else INK,
                0.15 * again,
                0.05 if again else SPACE,
            )
            if row.form == "hidden":
                hidden.append(at)
            elif row.form == "three":
                bars.append(Parts(at, row.n_low, row.n_middle, row.n_high, row.n))
            else:
                bars.append(Parts(at, 0, row.n_not_high, row.n_high, row.n, undivided=True))
        sheet.space(0.09 * again)
    return bars, hidden


def _answer_legend(words: Vocabulary, rows: pd.DataFrame, language: str) -> list[Mark]:
    """The three categories in the order of the bars, and what an open part is where there is one."""
    texts = words.categories(rows["measure"].iloc[0], language)
    marks = [Mark(colour, text) for colour, text in zip((LOW, MIDDLE, HIGH), texts, strict=True) if text]
    if (rows["form"] == "high").any():
        told = [text for text in texts[:2] if text]
        marks = [Mark(AXIS, " / ".join(told), open=True), *(marks if (rows["form"] == "three").any() else marks[-1:])]
    return marks


LOW_SAID, MIDDLE_SAID = Text("נמוכות {n}", "low {n}"), Text("ביניים {n}", "middle {n}")
HIGH_SAID = Text("גבוהות {n}", "high {n}")


def _answers_said(row, words: Vocabulary, language: str) -> str:
    """One row in words: the high answers of all first, then the others as far as they are told."""
    about = f"{words(row.measure, language)}, {words(row.wave, language)}: "
    if row.form == "hidden":
        return about + HIDDEN[language]
    told = [HIGH_SAID[language].format(n=lang.count_of(row.n_high, row.n)[language])]
    if row.form == "three":
        told += [
            said[language].format(n=lang.number(n)[language])
            for said, n in ((MIDDLE_SAID, row.n_middle), (LOW_SAID, row.n_low))
        ]
    return about + ", ".join(told)


SAY = {
    "n_high": ("Most high answers: {measure}, {high_of}", "מרב התשובות הגבוהות: {measure}, {high_of}"),
    "n_low": ("Most low answers: {measure}, {low_of}", "מרב התשובות הנמוכות: {measure}, {low_of}"),
}


def message(answers: pd.DataFrame) -> dict[str, object]:
    """What a chart of these answers shows most clearly, for `title=`: the largest share, high or low, of the last wave.

    `answers` are as they left. Nothing is said where no share that is told is above a half.
    """
    waves = answers["wave"].astype("str")
    last = answers[waves == (waves.iloc[-1] if len(answers) else "")]
    shares = {
        (row.Index, which): float(getattr(row, which) / row.n)
        for which in SAY
        for row in last.itertuples()
        if not pd.isna(getattr(row, which)) and row.n
    }
    place, which = max(shares, key=shares.get, default=(None, ""))
    if shares.get((place, which), 0) <= 0.5:
        return {}
    english, hebrew = SAY[which]
    return {"en": english, "he": hebrew, "row": answers.loc[[place]]}


# Options ---------------------------------------------------------------------------------------------------------------


def option_bars(frame: pd.DataFrame, words: Vocabulary, language: str, narrow: bool = False) -> tuple[Figure, str]:
    """How many of those asked chose each option, the most frequent first; stages of projects in their own order.

    Where several waves asked, the bar of the first is open and that of the last full.
    """
    count = next(name for name in ("n_chosen", "n_projects") if name in frame)
    waves = words.in_order(frame["wave"])
    last = frame[frame["wave"] == waves[-1]]
    options = list(dict.fromkeys((by_popularity(last) if count == "n_chosen" else last)["option"]))
    options += [option for option in dict.fromkeys(frame["option"]) if option not in options]
    height = 0.2 if len(waves) > 1 else BAR
    with style():
        sheet = Sheet(language, narrow)
        marks = [Mark(colour, _wave_said(frame, wave, words, language), open) for wave, colour, open in _looks(waves)]
        sheet.legend(marks) if len(waves) > 1 else sheet.words(marks[0].words, QUIET)
        labels = [words.option(frame["question"].iloc[0], option, language) for option in options]
        places = [sheet.row(label, (height + 0.03) * len(waves)) for label in labels]
        rows = frame.set_index(["option", "wave"])
        longest = max(1.0, max(_length(row, count) for _, row in frame.iterrows()))
        said = {key: _count_said(row, count, language) for key, row in rows.iterrows()}
        room = max(inches(text) for text in said.values()) + 0.12
        figure, axes = sheet.axes(0, longest * sheet.across / max(sheet.across - room, 1))
        for option, at in zip(options, places, strict=True):
            for place, (wave, colour, open) in enumerate(_looks(waves)):
                if (option, wave) in rows.index:
                    y = at + (place - (len(waves) - 1) / 2) * (height + 0.03)
                    length = _length(rows.loc[(option, wave)], count)
                    bar(axes, y, 0, length, colour, height, open)
                    write(axes, length, y, said[option, wave], QUIET, "start", 4)
    parts = [
        f"{words.option(row.question, row.option, language)}: "
        + (_untold(row) if pd.isna(row[count]) else lang.count_of(row[count], row["n"]))[language]
        for _, row in last.iterrows()
    ]
    return figure, alternative(Text("כמה בכל אפשרות", "How many for each option"), parts, language)


def _looks(waves: list[str]) -> list[tuple[str, str, bool]]:
    """Each wave with its colour, and whether its bars are open: the first of several is, the last is full."""
    return [
        (wave, HIGH if wave in (waves[0], waves[-1]) else BETWEEN, wave == waves[0] and len(waves) > 1)
        for wave in waves
    ]


def _wave_said(frame: pd.DataFrame, wave: str, words: Vocabulary, language: str) -> str:
    return sized(words(wave, language), frame.loc[frame["wave"] == wave, "n"].max())


def _count_said(row: pd.Series, count: str, language: str) -> str:
    return _untold(row)[language] if pd.isna(row[count]) else lang.plain_number(row[count], 0)


def _length(row: pd.Series, count: str) -> float:
    """How long a bar is: the count, or what nearly all are more than; none where neither is told."""
    told = row.get("over") if pd.isna(row[count]) else row[count]
    return 0.0 if pd.isna(told) else float(told)


def _untold(row: pd.Series) -> Text:
    """What stands for a count that is not told: that they are few, or nearly all; that it is hidden."""
    return HIDDEN if pd.isna(row["least_cell"]) else chosen_of(row)


def most_chosen(options: pd.DataFrame) -> dict[str, object]:
    """The option that most are known to have chosen in the last wave, for `title=`; `options` are as they left."""
    waves = options["wave"].astype("str")
    last = options[waves == (waves.iloc[-1] if len(options) else "")]
    row = by_popularity(last).head(1)
    return {"en": "Chosen most: {option}, {chosen_of}", "he": "האפשרות השכיחה ביותר: {option}, {chosen_of}", "row": row}
