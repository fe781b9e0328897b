"""How charts look: font, colours, and the sheet on which their rows stand, one for a screen and one for a phone."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from followup.language import RIGHT_TO_LEFT_MARK, Text
from followup.report.charts import lazy_matplotlib as mpl
from followup.report.charts.chosen_look import CHOSEN
from followup.words.palette import AXIS, GRID, GROUND, INK, MARGIN_EDGE, QUIET, WITHIN_MARGIN

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TEXT_SIZE = 10
WIDE, NARROW = 7.2, 3.6  # inches: a phone shows the narrow one as it is, 12 px and more for each letter
LINE_HEIGHT, PAD, BAR, SPACE = 0.185, 0.06, 0.25, 0.1  # inches
LABELS = 2.45  # inches for the labels beside the rows


@cache
def font() -> str:
    """Heebo, which has Hebrew, Latin, % and −, from its package."""
    from pathlib import Path

    import fontpkg_heebo

    for path in sorted(Path(fontpkg_heebo.__file__).parent.rglob("*.ttf")):
        mpl.font_manager.fontManager.addfont(str(path))
    return "Heebo"


def style():
    return mpl.rc_context(
        {
            "font.family": [font(), "DejaVu Sans"],
            "font.size": TEXT_SIZE,
            "text.color": INK,
            "axes.labelcolor": QUIET,
            "axes.facecolor": "none",
            "figure.facecolor": "none",
            "hatch.linewidth": 1.5,
            "svg.fonttype": "path",
            "text.parse_math": False,
            "figure.constrained_layout.w_pad": 0.1,
            "figure.constrained_layout.h_pad": 0.08,
        }
    )


# Words -----------------------------------------------------------------------------------------------------------------


def wrapped(text: str, language: str, width: int = 36) -> str:
    """A text for a figure, wrapped; every Hebrew line starts right to left, whatever its first sign."""
    return "\n".join(_begun(line, language) for line in textwrap.wrap(text, width) or [""])


def _begun(line: str, language: str) -> str:
    return (RIGHT_TO_LEFT_MARK if language == "he" else "") + line


@cache
def _letter(sign: str) -> float:
    """How wide a letter is, in parts of the size of the type; signs that only turn the direction take no room."""
    if sign in "\u200e\u200f\u2066\u2067\u2068\u2069":
        return 0.0
    face = mpl.font_manager.get_font(mpl.font_manager.findfont(font()))
    if not face.get_char_index(ord(sign)):
        return 0.7  # drawn with another font
    face.set_size(100, 72)
    return face.load_char(ord(sign), flags=mpl.ft2font.LoadFlags.NO_HINTING).linearHoriAdvance / 65536 / 100


def inches(text: str, size: float = TEXT_SIZE) -> float:
    """How wide a text is in the font of the charts."""
    return sum(map(_letter, text)) * size / 72


def fitted(text: str, language: str, room: float, size: float = TEXT_SIZE) -> list[str]:
    """The lines of a text in `room` inches; a word that is wider stands alone."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and inches(f"{lines[-1]} {word}", size) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return [_begun(line, language) for line in lines or [""]]


def alternative(title: Text, parts: list[str], language: str) -> str:
    return f"{title[language]}. " + "; ".join(parts) + "."


# Figures ---------------------------------------------------------------------------------------------------------------


def canvas(rows: float, width: float = WIDE, least: float = 1.6, each: float = 0.42) -> tuple[Figure, Axes]:
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


class Mark(NamedTuple):
    """What a legend explains: the colour of a mark, or with `open` of its outline, and the words for it."""

    colour: str
    words: str
    open: bool = False


class _Letters(NamedTuple):
    x: float
    y: float
    text: str
    colour: str
    size: float
    side: str


class Sheet:
    """A drawing in rows, from the top: labels stand beside the rows, on a phone above them.

    One unit down is an inch. In Hebrew labels stand on the right and bars grow from there.
    """

    def __init__(self, language: str, narrow: bool = False, labels: float = LABELS):
        self.language, self.narrow, look = language, narrow, CHOSEN.get()
        self.width = NARROW if narrow else look.size[0] if look.size else WIDE
        self.stretched, self.gaps = 1.0 if narrow else look.gaps, 0.0
        self.labels = 0.0 if narrow else labels
        self.down = PAD
        self._letters: list[_Letters] = []
        self._marks: list[tuple[float, float, Mark]] = []

    @property
    def across(self) -> float:
        """Inches for bars."""
        return self.width - self.labels - 2 * PAD

    def words(self, text: str, colour: str = INK, size: float = TEXT_SIZE, indent: float = 0.0) -> None:
        """Words over the whole width, and the next row under them."""
        room = self.width - 2 * PAD - indent
        for line in fitted(text, self.language, room, size):
            self._write(line, self.down + LINE_HEIGHT / 2, PAD + indent, colour, size)
            self.down += LINE_HEIGHT
        self.down += 0.04

    def row(
        self, label: str, height: float = BAR, colour: str = INK, indent: float = 0.0, space: float = SPACE
    ) -> float:
        """The middle of the next row, so many inches from the top, with its label beside or above it."""
        if self.narrow:
            self.words(label, colour, indent=indent)
            at = self.down + height / 2
            self._onwards(height, space)
            return at
        lines = fitted(label, self.language, self.labels - PAD - indent - 0.08)
        room = max(height, LINE_HEIGHT * len(lines))
        at, first = self.down + room / 2, self.down + (room - LINE_HEIGHT * (len(lines) - 1)) / 2
        for place, line in enumerate(lines):
            self._write(line, first + place * LINE_HEIGHT, PAD + indent, colour, TEXT_SIZE)
        self._onwards(room, space)
        return at

    def space(self, inches_down: float) -> None:
        self._onwards(0.0, inches_down)

    def _onwards(self, height: float, gap: float) -> None:
        """Past a row, and the gap under it, which is larger in a picture that is to be higher than its rows need."""
        self.gaps += gap
        self.down += height + gap * self.stretched

    def legend(self, marks: Iterable[Mark]) -> None:
        """What the colours mean, in reading order, in as many lines as it takes."""
        along, swatch = PAD, 0.13
        for mark in marks:
            lines = fitted(mark.words, self.language, self.width - 2 * PAD - swatch - 0.07)
            wide = swatch + 0.07 + max(inches(line) for line in lines)
            if along > PAD and along + wide > self.width - PAD:
                along, self.down = PAD, self.down + LINE_HEIGHT + 0.03
            self._marks.append((along, self.down + LINE_HEIGHT / 2, mark))
            for place, line in enumerate(lines):
                at = self.down + LINE_HEIGHT * (place + 0.5)
                self._write(line, at, along + swatch + 0.07, INK, TEXT_SIZE)
            self.down += LINE_HEIGHT * (len(lines) - 1)
            along += wide + 0.2
        self.down += LINE_HEIGHT + SPACE

    def _write(self, line: str, y: float, x: float, colour: str, size: float) -> None:
        self._letters.append(_Letters(x, y, line, colour, size, "start"))

    def axes(self, lowest: float, highest: float) -> tuple[Figure, Axes]:
        """The figure, with all words in it, and axes for the rows; `lowest` is where rows begin, on the right in Hebrew."""
        font()
        height = self.down + PAD
        figure = mpl.figure.Figure(figsize=(self.width, height))
        figure.followup_gaps = self.gaps
        from_right = self.language == "he"
        start = (PAD if from_right else PAD + self.labels) / self.width
        axes = figure.add_axes((start, 0, self.across / self.width, 1))
        axes.set_axis_off()
        axes.set_xlim(*((highest, lowest) if from_right else (lowest, highest)))
        axes.set_ylim(height, 0)
        for letters in self._letters:
            x = self.width - letters.x if from_right else letters.x
            figure.text(
                x / self.width,
                1 - letters.y / height,
                letters.text,
                ha="right" if from_right else "left",
                va="center_baseline",
                fontsize=letters.size,
                color=letters.colour,
            )
        for x, y, mark in self._marks:
            self._swatch(figure, (self.width - x - 0.13 if from_right else x), height - y - 0.065, mark, height)
        return figure, axes

    def _swatch(self, figure, x: float, y: float, mark: Mark, height: float) -> None:
        look = {"facecolor": "none" if mark.open else mark.colour, "edgecolor": mark.colour, "linewidth": 1.2}
        place = (x / self.width, y / height), 0.13 / self.width, 0.13 / height
        figure.add_artist(mpl.patches.Rectangle(*place, transform=figure.transFigure, **look))


def write(axes, x: float, y: float, text: str, colour: str = INK, side: str = "center", away: float = 0.0) -> None:
    """Words in the drawing, centred on a place or beside it; `side` is "start" or "end" of reading, `away` in points."""
    backwards = axes.xaxis_inverted()
    where = {"center": "center", "start": "left", "end": "right"}[side]
    if backwards and side != "center":
        where = {"left": "right", "right": "left"}[where]
    offset = (-away if backwards else away) * (-1 if side == "end" else 1)
    axes.annotate(
        text,
        (x, y),
        xytext=(offset, 0),
        textcoords="offset points",
        ha=where,
        va="center_baseline",
        fontsize=TEXT_SIZE,
        color=colour,
        annotation_clip=False,
    )


def bar(axes, at: float, start: float, length: float, colour: str, height: float = BAR, open: bool = False) -> None:
    """A bar; `open` with an outline only. A line in the colour of the ground parts it from the next one."""
    if not length:
        return
    look = {"facecolor": "none", "edgecolor": colour} if open else {"facecolor": colour, "edgecolor": GROUND}
    place = (start, at - height / 2), length, height
    axes.add_artist(
        mpl.patches.Rectangle(*place, linewidth=1.2, **look)
    )  # add_patch would look for new limits each time


def zero_and_margin(axes, spans: list[tuple[float, float]], margin: float) -> None:
    """The line at no change, and between dashes what counts as preserved; `spans` are from where to where they reach."""
    for top, bottom in spans:
        if margin:
            axes.fill_between([-margin, margin], top, bottom, color=WITHIN_MARGIN, linewidth=0, zorder=0)
            dashes = {"linewidth": 0.9, "linestyle": (0, (3, 3)), "zorder": 1}
            axes.vlines([-margin, margin], top, bottom, color=MARGIN_EDGE, **dashes)
        axes.vlines(0, top, bottom, color=AXIS, linewidth=1, zorder=1)


def scale_beneath(axes, at: float, ticks: dict[float, str], spans: list[tuple[float, float]]) -> None:
    """The numbers of an axis under the rows, with thin lines for them in the rows."""
    for top, bottom in spans:
        axes.vlines(list(ticks), top, bottom, color=GRID, linewidth=0.9, zorder=0)
    for value, said in ticks.items():
        write(axes, value, at, said, QUIET)
