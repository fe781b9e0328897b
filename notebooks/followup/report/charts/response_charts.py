"""Charts of who was asked, who answered, and whose answers can be compared."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import cycle
from typing import TYPE_CHECKING

import pandas as pd

from followup import language as lang
from followup.language import Text
from followup.report.charts import lazy_matplotlib as mpl
from followup.report.charts.style import (
    TEXT_SIZE,
    alternative,
    canvas,
    legend_below,
    rows_on,
    style,
    without_frame,
    wrapped,
)
from followup.study.waves import AND, ONLY
from followup.words.palette import ANSWERED, HIGH, LINE, QUIET, SILENT, SOME_WAVES
from followup.words.vocabulary import DID_NOT_ANSWER, Vocabulary

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def attrition_bars(frame: pd.DataFrame, words: Vocabulary, language: str) -> tuple[Figure, str]:
    """Each wave from the roster down: a bar for those still there at each step, paler where it left people out."""
    waves = [part.reset_index(drop=True) for _, part in frame.groupby("wave", sort=False)]
    with style():
        figure = mpl.figure.Figure(figsize=(7.2, sum(0.7 + 0.4 * len(part) for part in waves)), layout="constrained")
        panels = figure.subplots(len(waves), squeeze=False, height_ratios=[len(part) for part in waves])[:, 0]
        for axes, part in zip(panels, waves, strict=True):
            _flow_panel(axes, part, words, language)
            axes.set_title(wrapped(words(part["wave"].iloc[0], language), language), fontsize=TEXT_SIZE + 1)
    return figure, alternative(TITLE, [_said(row, words, language) for row in frame.itertuples()], language)


TITLE = Text("מן הרשימה אל המשיבים", "From the roster to the respondents")


def _flow_panel(axes, part: pd.DataFrame, words: Vocabulary, language: str) -> None:
    without_frame(axes)
    axes.barh(part.index, part["n"], color=HIGH, height=0.62)
    axes.barh(part.index, part["left_out"], left=part["n"], color=LINE, height=0.62)
    total = part["n"].iloc[0]
    for row in part.itertuples():
        axes.text(row.n / 2, row.Index, lang.plain_number(row.n, 0), color="white", ha="center", va="center_baseline")
        if row.left_out:
            gone = lang.plain_number(-row.left_out, 0)
            axes.text(
                row.n + row.left_out + total / 60,
                row.Index,
                gone,
                color=QUIET,
                va="center_baseline",
                ha="right" if language == "he" else "left",
            )
    rows_on(axes, [words(step, language) for step in part["step"]], language)
    axes.set_xlim(*((total * 1.12, 0) if language == "he" else (0, total * 1.12)))
    axes.set_xticks([])


def _said(row, words: Vocabulary, language: str) -> str:
    """One step in words, for the text alternative."""
    gone = f" ({lang.number(-row.left_out)[language]})" if row.left_out else ""
    return f"{words(row.wave, language)}, {words(row.step, language)}: {lang.number(row.n)[language]}{gone}"


MOST_SQUARES = 80
NOBODY_ANSWERED = ("neither", "no_wave")  # the statuses that only a roster can tell


def response_picture(frame: pd.DataFrame, words: Vocabulary, language: str) -> tuple[Figure, str]:
    """The roster as squares, a row for each wave, filled for those who answered it; if linked, a column is a person.

    `frame` has status and n where waves are linked, otherwise wave, n, n_all and asked_known. The squares stand by who answered
    what: nobody can be found among them.
    """
    linked = "status" in frame
    rows, names = (
        (_linked_rows(frame), dict(zip(frame["status"], frame["n"], strict=True)))
        if linked
        else (_wave_rows(frame), {})
    )
    total = max(sum(n for n, _ in blocks) for blocks in rows.values())
    with style():
        figure, axes = canvas(len(rows), least=1.5, each=0.42)
        for place, blocks in enumerate(rows.values()):
            start = 0
            for n, colour in blocks:
                axes.barh(place, n, left=start, height=0.72, color=colour)
                start += n
        if total <= MOST_SQUARES:
            axes.vlines(range(1, total), -0.5, len(rows) - 0.5, color="white", linewidth=1.6)
        counts = [sum(n for n, colour in blocks if colour != SILENT) for blocks in rows.values()]
        whole_known = linked and any(status in NOBODY_ANSWERED for status in names)
        wholes = (
            [total if whole_known else None] * len(rows)
            if linked
            else [row.n_all if row.asked_known else None for row in frame.itertuples()]
        )
        labels = [
            f"{words(wave, language)}: {(lang.number(n) if whole is None else lang.count_of(n, int(whole)))[language]}"
            for wave, n, whole in zip(rows, counts, wholes, strict=True)
        ]
        rows_on(axes, labels, language)
        axes.set_xlim((total, 0) if language == "he" else (0, total))
        axes.set_xticks([])
        if linked:
            patches = _status_legend(names, words, min(counts) < total, language)
            figure.set_figheight(figure.get_figheight() + LEGEND_LINE * max(0, _lines(patches) - LEGEND_FREE))
            legend_below(axes, patches, columns=2)
    parts = (
        [f"{words(status, language)}: {lang.number(n)[language]}" for status, n in names.items()] if linked else labels
    )
    return figure, alternative(Text("מי השיבו באיזה שלב", "Who answered which wave"), parts, language)


LEGEND_LINE, LEGEND_FREE = 0.22, 3  # inches for a line of the legend, and lines for which a figure has room as it is


def _lines(patches: list) -> int:
    """How many lines a legend of two columns takes."""
    half = -(-len(patches) // 2)
    return max(sum(1 + patch.get_label().count("\n") for patch in part) for part in (patches[:half], patches[half:]))


def _status_legend(names: dict[str, int], words: Vocabulary, any_grey: bool, language: str) -> list:
    """A patch for each status that somebody has, with how many; grey stands for whoever did not answer that wave."""
    colours = _colours(names)
    said = [
        (colours[status], f"{words(status, language)}: {lang.number(n)[language]}") for status, n in names.items() if n
    ]
    if any_grey and SILENT not in [colour for colour, _ in said]:
        said.append((SILENT, DID_NOT_ANSWER[language]))
    return [mpl.patches.Patch(color=colour, label=wrapped(text, language)) for colour, text in said]


def _colours(statuses: Iterable[str]) -> dict[str, str]:
    """A colour for each status: one for everything answered, grey for nothing, the others for some waves."""
    every, *others = statuses
    some = [status for status in others if status not in NOBODY_ANSWERED]
    return dict.fromkeys(NOBODY_ANSWERED, SILENT) | {every: ANSWERED} | dict(zip(some, cycle(SOME_WAVES), strict=False))


def _linked_rows(frame: pd.DataFrame) -> dict[str, list[tuple[int, str]]]:
    """Each wave as blocks of people in one order of status, grey for those who did not answer it."""
    colours, every = _colours(frame["status"]), frame["status"].iloc[0]
    some = {status: status.removeprefix(ONLY).split(AND) for status in frame["status"] if status.startswith(ONLY)}
    waves = [answered[0] for answered in some.values() if len(answered) == 1]
    return {
        wave: [
            (int(row.n), colours[row.status] if row.status == every or wave in some.get(row.status, ()) else SILENT)
            for row in frame.itertuples()
        ]
        for wave in waves
    }


def _wave_rows(frame: pd.DataFrame) -> dict[str, list[tuple[int, str]]]:
    return {row.wave: [(int(row.n), ANSWERED), (int(row.n_all - row.n), SILENT)] for row in frame.itertuples()}
