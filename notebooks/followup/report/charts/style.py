"""How charts look: canvas, font, lines, labels, legends."""

from __future__ import annotations

import textwrap
from functools import cache
from typing import TYPE_CHECKING

from followup.language import RIGHT_TO_LEFT_MARK, Text
from followup.report.charts import lazy_matplotlib as mpl
from followup.words.palette import INK, QUIET

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TEXT_SIZE = 10


@cache
def font() -> str:
    """Heebo, which has Hebrew, Latin, % and −, from its package."""
    from pathlib import Path

    import fontpkg_heebo

    for path in sorted(Path(fontpkg_heebo.__file__).parent.rglob("*.ttf")):
        mpl.font_manager.fontManager.addfont(str(path))
    return "Heebo"


def canvas(rows: float, width: float = 7.2, least: float = 1.6, each: float = 0.42) -> tuple[Figure, Axes]:
    """A figure high enough for `rows` lines, without a frame of its own."""
    font()
    figure = mpl.figure.Figure(figsize=(width, max(least, 0.9 + each * rows)), layout="constrained")
    axes = figure.subplots()
    without_frame(axes)
    return figure, axes


def without_frame(axes) -> None:
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, colors=QUIET, labelsize=TEXT_SIZE)
    axes.set_axisbelow(True)


def wrapped(text: str, language: str, width: int = 36) -> str:
    """A text for a figure, wrapped; every Hebrew line starts right to left, whatever its first sign."""
    lines = textwrap.wrap(text, width) or [""]
    return "\n".join((RIGHT_TO_LEFT_MARK if language == "he" else "") + line for line in lines)


def style():
    return mpl.rc_context(
        {
            "font.family": [font(), "DejaVu Sans"],
            "font.size": TEXT_SIZE,
            "text.color": INK,
            "axes.labelcolor": QUIET,
            "svg.fonttype": "path",
            "text.parse_math": False,
            "figure.constrained_layout.w_pad": 0.1,
            "figure.constrained_layout.h_pad": 0.08,
        }
    )


def rows_on(axes, labels: list[str], language: str, places: list[float] | None = None) -> None:
    """Row labels, top row first; on the right in Hebrew."""
    axes.set_yticks(
        range(len(labels)) if places is None else places, [wrapped(label, language) for label in labels], color=INK
    )
    if places is None:
        axes.set_ylim(len(labels) - 0.5, -0.5)
    if language == "he":
        axes.yaxis.tick_right()
    axes.tick_params(axis="y", length=0)


LINE_OF_LABEL = 0.6  # of the rows that a label beside the bars takes for each of its lines


def legend_below(axes, handles, columns: int | None = None) -> None:
    """A legend under the picture, in as many columns as it has room for: a long label is never cut."""
    figure = axes.figure
    place = {"loc": "outside lower center", "frameon": False, "fontsize": TEXT_SIZE}
    for count in range(columns or len(handles), 0, -1):
        legend = figure.legend(handles=handles, ncols=count, handlelength=1, columnspacing=1.4, **place)
        if count == 1 or legend.get_window_extent().width <= figure.bbox.width:
            return
        legend.remove()


def beside_bar(axes, y: float, value: float, language: str, instead: Text | None = None) -> None:
    """The count at the end of its bar, or what stands `instead` of a count that is not told."""
    said, end = (instead[language] if instead else int(value)), value
    side = "right" if language == "he" else "left"
    axes.text(end, y, f" {said} ", va="center", ha=side, fontsize=TEXT_SIZE, color=QUIET)


def bars_from_the_labels(axes, language: str) -> None:
    """Bars grow away from their labels; their counts stand beside them, so that no axis is needed."""
    if language == "he":
        axes.invert_xaxis()
    axes.set_xticks([])


def legend_under(axes, **what) -> None:
    """A legend in two columns under the bars; `what` names its patches where the bars have no labels."""
    place = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.02), "ncols": 2}
    axes.legend(**place, frameon=False, fontsize=TEXT_SIZE, handlelength=1, **what)


def alternative(title: Text, parts: list[str], language: str) -> str:
    return f"{title[language]}. " + "; ".join(parts) + "."
