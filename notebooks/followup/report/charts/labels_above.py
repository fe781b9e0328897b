"""On a phone: the names of rows above what is drawn of them, in any drawing whose axis down has names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from followup.report.charts.style import LINE_HEIGHT, PAD, TEXT_SIZE, fitted
from followup.words.palette import GROUND, INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FREE = 0.1  # of a row, above what is drawn of it: bars of seaborn and pandas leave as much
DRAWN = 0.34  # inches for what is drawn of a row that needs no more


def labels_above(axes: Axes, language: str) -> None:
    """Stretch the free part of each row until its name has room there, whatever is drawn of it.

    Rows are a unit apart, as seaborn draws them; others keep their names where they are.
    """
    places = np.sort(axes.yaxis.get_majorticklocs())
    named = dict(
        zip(axes.yaxis.get_majorticklocs(), [label.get_text() for label in axes.get_yticklabels()], strict=True)
    )
    if len(places) == 0 or not np.allclose(np.diff(places), 1):
        return
    figure, down = axes.figure, axes.yaxis_inverted()
    room = figure.get_figwidth() - 4 * PAD - (2 * LINE_HEIGHT if axes.get_ylabel() else 0)  # which stands beside them
    lines = {place: fitted(" ".join(named[place].split()), language, room) for place in places}
    ordered = places if down else places[::-1]
    drawn = max(DRAWN, 0.17 * _bars_in_a_row(axes, len(places)))
    bends, heights, at = [], [], 0.0
    for place in ordered:  # from the top: a name's lines, then what is drawn
        top = place - 0.5 if down else place + 0.5
        step = FREE if down else -FREE
        bends += [top, top + step]
        heights += [at, at + LINE_HEIGHT * len(lines[place]) + 0.03]
        at = heights[-1] + drawn
    bends.append(ordered[-1] + (0.5 if down else -0.5))
    heights.append(at)
    _stretched(axes, np.array(bends), np.array(heights), down)
    figure.set_figheight(at + _around(axes))
    side = "right" if language == "he" else "left"
    for place in ordered:
        top = place - 0.5 if down else place + 0.5
        axes.text(
            1 if side == "right" else 0,
            top,
            "\n".join(lines[place]),
            transform=axes.get_yaxis_transform(),
            ha=side,
            va="top",
            fontsize=TEXT_SIZE,
            color=INK,
            bbox={"facecolor": GROUND, "edgecolor": "none", "pad": 1},
        ).set_in_layout(False)


def _bars_in_a_row(axes, rows: int) -> float:
    return len(axes.patches) / max(rows, 1)


def _around(axes) -> float:
    """Inches for what stands under the rows: numbers of the axis, its label, a legend."""
    legend, label = axes.get_legend(), axes.get_xlabel()
    lines = len(legend.get_texts()) + bool(legend.get_title().get_text()) + 1.5 if legend else 0
    return 0.55 + LINE_HEIGHT * (lines + (label.count("\n") + 1 if label else 0))


def _stretched(axes, bends: np.ndarray, heights: np.ndarray, down: bool) -> None:
    """The axis down as a line with bends; past its ends it goes on as it was."""
    from matplotlib.ticker import NullLocator

    order = np.argsort(bends)
    places, inches = bends[order], (heights if down else -heights)[order]

    def forward(value):
        inside = np.interp(value, places, inches)
        return inside + np.minimum(0, value - places[0]) + np.maximum(0, value - places[-1])

    def back(value):
        inside = np.interp(value, inches, places)
        return inside + np.minimum(0, value - inches[0]) + np.maximum(0, value - inches[-1])

    axes.set_yscale("function", functions=(forward, back))
    axes.yaxis.set_major_locator(NullLocator())
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_ylim(*((places[-1], places[0]) if down else (places[0], places[-1])))
