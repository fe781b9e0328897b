"""The small pictures on the findings' cards, drawn as SVG by hand, on the scales of the large ones."""

import math
from functools import cache

import pandas as pd

from followup.language import decimals, plain_number
from followup.report.charts import schemes
from followup.report.charts.scale_of_change import reach_of, ticks_of
from followup.words.palette import BLUE, GREEN, GREY, QUIET, WITHIN_MARGIN

WIDE, MOST_DOTS = 176, 60
EDGE = 14  # from the end of a scale to that of the picture: half a number has room
FIGURES = 11.5  # the size of numbers, in pixels


def _svg(width: float, height: float, strokes: str) -> str:
    size = f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} fill="none">{strokes}</svg>'


def dots(part: int, whole: int, language: str) -> str:
    """`whole` dots in rows, `part` of them full, from the side where reading begins; a bar when there are too many."""
    if whole > MOST_DOTS or whole < 1:
        return _bar(part, max(whole, 1), language)
    columns = whole if whole <= 15 else math.ceil(whole / math.ceil(whole / 20))
    pitch = WIDE / max(columns, 15)
    strokes = []
    for number in range(whole):
        along, down = (number % columns + 0.5) * pitch, (number // columns + 0.5) * pitch
        x = WIDE - along if language == "he" else along
        look = f'r="3.4" fill="{BLUE}"' if number < part else f'r="2.8" stroke="{GREY}" stroke-width="1.3"'
        strokes.append(f'<circle cx="{x:.1f}" cy="{down:.1f}" {look}/>')
    return _svg(WIDE, math.ceil(whole / columns) * pitch, "".join(strokes))


def _bar(part: int, whole: int, language: str) -> str:
    length = WIDE * part / whole
    frame = f'<rect x="0.6" y="0.6" width="{WIDE - 1.2}" height="12.8" stroke="{GREY}" stroke-width="1.2"/>'
    start = WIDE - length if language == "he" else 0
    return _svg(WIDE, 14, f'{frame}<rect x="{start:.1f}" width="{length:.1f}" height="14" fill="{BLUE}"/>')


@cache
def _letters() -> tuple:
    """The outlines of Heebo's letters, which letter stands for which sign, and its units."""
    from pathlib import Path

    import fontpkg_heebo
    from fontTools.ttLib import TTFont

    [path] = Path(fontpkg_heebo.__file__).parent.rglob("*.ttf")
    font = TTFont(path, lazy=True)
    return font.getGlyphSet(location={"wght": 400}), font.getBestCmap(), font["head"].unitsPerEm


@cache
def _outline(sign: str) -> tuple[str, float]:
    """A sign as the path of its outline, and how wide it is, in the units of the font."""
    from fontTools.pens.svgPathPen import SVGPathPen

    outlines, names, _ = _letters()
    letter, pen = outlines[names[ord(sign)]], SVGPathPen(outlines, ntos=lambda value: f"{value:.0f}")
    letter.draw(pen)
    return pen.getCommands(), letter.width


def _number(text: str, x: float, y: float, side: str = "middle") -> str:
    """A number as paths, so that no reader needs the font; its middle, start or end stands at x, its feet at y."""
    scale = FIGURES / _letters()[2]
    wide = sum(_outline(sign)[1] for sign in text) * scale
    at, paths = x - {"start": 0, "middle": wide / 2, "end": wide}[side], ""
    for sign in text:
        path, width = _outline(sign)
        paths += f'<path transform="translate({at:.1f} {y:.1f}) scale({scale:.4f} -{scale:.4f})" d="{path}"/>'
        at += width * scale
    return f'<g fill="{QUIET}">{paths}</g>'


REACH = 1.0  # points to each side of zero on every picture of a change, in every report


def strip(change: float, low: float | None, high: float | None, margin: float) -> str:
    """A change with its interval on the labelled line from −1 to +1, the margin for "preserved" between dashes.

    Minus is to the left. What lies farther out is drawn at the end of the line, with an arrow.
    """

    def x(value: float) -> float:
        return WIDE / 2 + (WIDE / 2 - EDGE) * max(-REACH, min(REACH, value)) / REACH

    band = f'<rect x="{x(-margin):.1f}" width="{x(margin) - x(-margin):.1f}" height="22" fill="{WITHIN_MARGIN}"/>'
    edges = f'<path d="M{x(-margin):.1f} 0V22M{x(margin):.1f} 0V22" stroke="{GREEN}" stroke-dasharray="2.5 2.5"/>'
    line = f'<path d="M{EDGE} 11H{WIDE - EDGE}M{x(0):.1f} 0V22" stroke="{GREY}"/>'
    known = not pd.isna(low)
    interval = f'<path d="M{x(low):.1f} 11H{x(high):.1f}" stroke="{BLUE}" stroke-width="2.4"/>' if known else ""
    dot = f'<circle cx="{x(change):.1f}" cy="11" r="4.4" fill="{BLUE}"/>'
    beyond = [one for one in (low, high, change) if one is not None and abs(one) > REACH]
    arrows = "".join(_arrow(x(side), side) for side in (-1, 1) if any(one * side > 0 for one in beyond))
    numbers = "".join(_number(said, x(at), 33) for at, said in ticks_of(REACH).items() if at in (-REACH, 0, REACH))
    return _svg(WIDE, 36, f"{band}{edges}{line}{interval}{dot}{arrows}{numbers}")


def _arrow(x: float, side: int) -> str:
    near, far = x + 4 * side, x + 10 * side
    return f'<path class="beyond" d="M{near:.1f} 6L{far:.1f} 11L{near:.1f} 16" stroke="{BLUE}" stroke-width="2"/>'


def on_scale(mean: float, low: float, high: float, language: str) -> str:
    """A mean as a dot on the line from the lowest to the highest answer, from the side where reading begins."""

    def x(value: float) -> float:
        along = EDGE + (WIDE - 2 * EDGE) * (value - low) / (high - low)
        return WIDE - along if language == "he" else along

    line = f'<path d="M{EDGE} 11H{WIDE - EDGE}M{EDGE} 4V18M{WIDE - EDGE} 4V18" stroke="{GREY}"/>'
    dot = f'<circle cx="{x(mean):.1f}" cy="11" r="4.4" fill="{BLUE}"/>'
    ends = "".join(_number(plain_number(end, decimals(end) if end % 1 else 0), x(end), 31) for end in (low, high))
    return _svg(WIDE, 34, f"{line}{dot}{ends}")


def not_told() -> str:
    """An empty frame, broken off: a number that may not be told."""
    return _svg(
        WIDE, 14, f'<rect x="0.6" y="0.6" width="{WIDE - 1.2}" height="12.8" stroke="{GREY}" stroke-dasharray="3 4"/>'
    )


def gap_line(before: float, after: float, language: str) -> str:
    """A gap in two waves over a line at no gap, with both numbers; time runs as the language is read."""
    reach = reach_of(pd.DataFrame([[before, after]]))
    room = 34  # for the numbers at both ends
    start, end = (WIDE - room, room) if language == "he" else (room, WIDE - room)

    def y(value: float) -> float:
        return 28 - 22 * value / reach

    strokes = f'<path d="M{room} {y(0):.1f}H{WIDE - room}" stroke="{GREY}"/>'
    strokes += f'<path d="M{start} {y(before):.1f}L{end} {y(after):.1f}" stroke="{BLUE}" stroke-width="2.2"/>'
    for x, value in ((start, before), (end, after)):
        strokes += f'<circle cx="{x}" cy="{y(value):.1f}" r="4" fill="{BLUE}"/>'
        away, side = (-7, "end") if x == room else (7, "start")
        strokes += _number(plain_number(value, decimals(value), signed=True), x + away, y(value) + 3.6, side)
    return _svg(WIDE, 56, strokes)


def address(svg: str) -> str:
    """A small picture in two schemes as a data address."""
    return schemes.address(svg)
