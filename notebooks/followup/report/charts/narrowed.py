"""A figure of panels made narrow for a phone, where its chart has no form of its own for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from followup.report.charts.style import LINE_HEIGHT, NARROW, PAD, TEXT_SIZE, fitted, inches

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROOM = NARROW - 0.9  # inches beside the numbers of an axis


def narrowed(figure: Figure, language: str) -> Figure:
    """The same figure as wide as a phone: titles in more lines, names under it upright where they need it, one legend column."""
    more = 0.0
    for axes in figure.axes:
        for place in ("left", "center", "right"):
            if title := axes.get_title(loc=place):
                lines = fitted(" ".join(title.split()), language, ROOM)
                axes.set_title("\n".join(lines), loc=place, fontsize=TEXT_SIZE)
                more += LINE_HEIGHT * (len(lines) - 1)
    more += _names(figure.axes[-1])
    more += _legend_in_one_column(figure, language)
    figure.set_size_inches(NARROW, figure.get_figheight() + more)
    return figure


def _names(axes) -> float:
    """Names under the last panel stand upright where they would touch; how much higher the figure gets."""
    labels = axes.get_xticklabels()
    widest = max((inches(line) for label in labels for line in label.get_text().split("\n")), default=0)
    for label in labels:
        label.set_fontsize(max(label.get_fontsize(), 9))
    if not labels or widest + PAD <= ROOM / len(labels) or labels[0].get_rotation():
        return 0.0
    axes.tick_params(axis="x", labelrotation=90)
    return widest


def _legend_in_one_column(figure: Figure, language: str) -> float:
    higher = 0.0
    for legend in list(figure.legends):
        handles, texts = legend.legend_handles, [text.get_text() for text in legend.get_texts()]
        lines = ["\n".join(fitted(" ".join(text.split()), language, ROOM)) for text in texts]
        legend.remove()
        place = {"loc": "outside lower center", "ncols": 1, "frameon": False, "fontsize": TEXT_SIZE}
        figure.legend(handles, lines, **place)
        higher += LINE_HEIGHT * 1.2 * sum(line.count("\n") + 1 for line in lines)
    return higher
