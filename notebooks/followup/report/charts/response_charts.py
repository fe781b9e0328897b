"""Charts of who was asked, who answered, and whose answers can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from followup import language as lang
from followup.language import Text
from followup.report.charts.chosen_look import letters_on
from followup.report.charts.style import LINE_HEIGHT, TEXT_SIZE, Mark, Sheet, alternative, bar, inches, style, write
from followup.study.waves import AND, ONLY
from followup.words.palette import ANSWERED, AXIS, HIGH, INK, QUIET
from followup.words.vocabulary import DID_NOT_ANSWER, Vocabulary

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def attrition_bars(frame: pd.DataFrame, words: Vocabulary, language: str, narrow: bool = False) -> tuple[Figure, str]:
    """Each wave from the roster down: a bar for those still there at each step, open where it left people out."""
    with style():
        sheet, places = Sheet(language, narrow), []
        for wave, part in frame.groupby("wave", sort=False):
            sheet.words(words(wave, language), size=TEXT_SIZE + 1)
            places += [sheet.row(words(step, language)) for step in part["step"]]
            sheet.space(0.15)
        figure, axes = sheet.axes(0, frame["n"].max() * 1.12)
        for at, row in zip(places, frame.itertuples(), strict=True):
            bar(axes, at, 0, row.n, HIGH)
            write(axes, row.n / 2, at, lang.plain_number(row.n, 0), letters_on(HIGH))
            if row.left_out:
                bar(axes, at, row.n, row.left_out, AXIS, open=True)
                write(axes, row.n + row.left_out, at, lang.plain_number(-row.left_out, 0), QUIET, "start", 4)
    return figure, alternative(TITLE, [_said(row, words, language) for row in frame.itertuples()], language)


TITLE = Text("מן הרשימה אל המשיבים", "From the roster to the respondents")


def _said(row, words: Vocabulary, language: str) -> str:
    """One step in words, for the text alternative."""
    gone = f" ({lang.number(-row.left_out)[language]})" if row.left_out else ""
    return f"{words(row.wave, language)}, {words(row.step, language)}: {lang.number(row.n)[language]}{gone}"


MOST_SQUARES = 80
NOBODY_ANSWERED = ("neither", "no_wave")  # the statuses that only a roster can tell
HAVE_ANSWERED = Text("השיבו", "answered")


def response_picture(frame: pd.DataFrame, words: Vocabulary, language: str, narrow: bool = False) -> tuple[Figure, str]:
    """The roster as squares, a row for each wave: full for those who answered it, open for those who did not.

    `frame` has status and n where waves are linked, otherwise wave, n, n_all and asked_known. If linked, a column is a
    person, and under it stands who answered what and how many. The squares stand in order: nobody can be found among them.
    """
    linked = "status" in frame
    rows = _linked_rows(frame) if linked else _wave_rows(frame)
    total = max(sum(n for n, _ in blocks) for blocks in rows.values())
    with style():
        sheet = Sheet(language, narrow)
        labels = _wave_labels(frame, rows, total if linked else None, words, language)
        places = [sheet.row(label, 0.27, space=0.07) for label in labels]
        ends = sheet.down + 0.02
        if linked:
            sheet.space(LINE_HEIGHT + 0.1)
            told = [
                f"{words(row.status, language)}: {lang.number(row.n)[language]}" for row in frame.itertuples() if row.n
            ]
            for line in told:
                sheet.words(line, QUIET)
        open = Mark(AXIS, DID_NOT_ANSWER[language], open=True)
        sheet.space(0.04)
        sheet.legend([Mark(ANSWERED, HAVE_ANSWERED[language]), *([open] if _any_open(rows) else [])])
        figure, axes = sheet.axes(0, total)
        for at, blocks in zip(places, rows.values(), strict=True):
            _squares(axes, at, blocks, total)
        if linked:
            _sizes_beneath(axes, ends, frame, total / sheet.across)
    parts = (
        [f"{words(row.status, language)}: {lang.number(row.n)[language]}" for row in frame.itertuples()]
        if linked
        else labels
    )
    return figure, alternative(Text("מי השיבו באיזה שלב", "Who answered which wave"), parts, language)


def _wave_labels(frame: pd.DataFrame, rows: dict, total: int | None, words: Vocabulary, language: str) -> list[str]:
    """Each wave with how many answered it, of how many where that is known."""
    counts = [sum(n for n, answered in blocks if answered) for blocks in rows.values()]
    if total is None:
        wholes = [row.n_all if row.asked_known else None for row in frame.itertuples()]
    else:
        wholes = [total if {*NOBODY_ANSWERED} & {*frame["status"]} else None] * len(rows)
    return [
        f"{words(wave, language)}: {(lang.number(n) if whole is None else lang.count_of(n, int(whole)))[language]}"
        for wave, n, whole in zip(rows, counts, wholes, strict=True)
    ]


def _any_open(rows: dict[str, list[tuple[int, bool]]]) -> bool:
    return any(n and not answered for blocks in rows.values() for n, answered in blocks)


def _squares(axes, at: float, blocks: list[tuple[int, bool]], total: int) -> None:
    """A wave's blocks, divided into squares while these are large enough to be seen."""
    start = 0
    for n, answered in blocks:
        for place in range(n) if total <= MOST_SQUARES else ([0] if n else []):
            wide = 1 if total <= MOST_SQUARES else n
            inset = 0.1 if total <= MOST_SQUARES else 0
            look = (ANSWERED, False) if answered else (AXIS, True)
            bar(axes, at, start + place + inset, wide - 2 * inset, look[0], 0.25, look[1])
        start += n


def _sizes_beneath(axes, at: float, frame: pd.DataFrame, an_inch: float) -> None:
    """Under each block of people who answered the same waves a line as wide as it, with how many they are."""
    start = 0
    for n in frame["n"]:
        if n:
            axes.hlines(at, start + 0.1, start + n - 0.1, color=QUIET, linewidth=1)
            said = lang.plain_number(n, 0)
            if n >= inches(said) * an_inch * 0.9:
                write(axes, start + n / 2, at + 0.11, said, INK)
        start += n


def _linked_rows(frame: pd.DataFrame) -> dict[str, list[tuple[int, bool]]]:
    """Each wave as blocks of people in one order of status: how many, and whether they answered it."""
    every = frame["status"].iloc[0]
    some = {status: status.removeprefix(ONLY).split(AND) for status in frame["status"] if status.startswith(ONLY)}
    waves = [answered[0] for answered in some.values() if len(answered) == 1]
    return {
        wave: [(int(row.n), row.status == every or wave in some.get(row.status, ())) for row in frame.itertuples()]
        for wave in waves
    }


def _wave_rows(frame: pd.DataFrame) -> dict[str, list[tuple[int, bool]]]:
    return {row.wave: [(int(row.n), True), (int(row.n_all - row.n), False)] for row in frame.itertuples()}
