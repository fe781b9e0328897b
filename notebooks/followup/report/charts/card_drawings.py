"""The small pictures on the findings' cards, drawn as SVG by hand."""

import base64
import math

import pandas as pd

from followup.words.palette import BLUE, GREEN, GREY

WIDE, MOST_DOTS = 176, 60


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


REACH = 1.0  # points to each side of zero on every picture of a change, in every report


def strip(change: float, low: float | None, high: float | None, margin: float) -> str:
    """A change with its interval on the labelled line from −1 to +1, the margin for "preserved" as a band.

    Minus is to the left. What lies farther out is drawn at the end of the line, with an arrow.
    """

    def x(value: float) -> float:
        return WIDE / 2 + (WIDE / 2 - 12) * max(-REACH, min(REACH, value)) / REACH

    band = f'<rect x="{x(-margin):.1f}" width="{x(margin) - x(-margin):.1f}" height="18" fill="{GREEN}"'
    ticks = "".join(f"M{x(at):.1f} {9 if at else 0}V18" for at in (-1, -0.5, 0, 0.5, 1))
    line = f'<path d="M{x(-REACH):.1f} 9H{x(REACH):.1f}{ticks}" stroke="{GREY}"/>'
    known = not pd.isna(low)
    interval = f'<path d="M{x(low):.1f} 9H{x(high):.1f}" stroke="{BLUE}" stroke-width="2.4"/>' if known else ""
    dot = f'<circle cx="{x(change):.1f}" cy="9" r="4.4" fill="{BLUE}"/>'
    beyond = [-1 for one in (low, change) if one is not None and one < -REACH][:1]
    beyond += [1 for one in (high, change) if one is not None and one > REACH][:1]
    arrows = "".join(
        f'<path d="M{x(side) + 4 * side:.1f} 4L{x(side) + 10 * side:.1f} 9L{x(side) + 4 * side:.1f} 14" stroke="{BLUE}" stroke-width="2"/>'
        for side in beyond
    )
    words = "".join(
        f'<text x="{x(at):.1f}" y="30" text-anchor="middle" font-family="sans-serif" font-size="11" fill="{GREY}">{label}</text>'
        for at, label in ((-1, "−1"), (0, "0"), (1, "+1"))
    )
    return _svg(WIDE, 33, f'{band} fill-opacity="0.24"/>{line}{interval}{dot}{arrows}{words}')


def on_scale(mean: float, low: float, high: float, language: str) -> str:
    """A mean as a dot on the line from the lowest to the highest answer, from the side where reading begins."""
    along = 6 + (WIDE - 12) * (mean - low) / (high - low)
    x = WIDE - along if language == "he" else along
    line = f'<path d="M6 11H{WIDE - 6}M6 4V18M{WIDE - 6} 4V18" stroke="{GREY}"/>'
    return _svg(WIDE, 22, f'{line}<circle cx="{x:.1f}" cy="11" r="4.4" fill="{BLUE}"/>')


def not_told() -> str:
    """An empty frame, broken off: a number that may not be told."""
    return _svg(
        WIDE, 14, f'<rect x="0.6" y="0.6" width="{WIDE - 1.2}" height="12.8" stroke="{GREY}" stroke-dasharray="3 4"/>'
    )


def gap_line(before: float, after: float, language: str) -> str:
    """A gap in two waves over a line at no gap; time runs as the language is read."""
    reach = max(1.0, abs(before), abs(after))
    start, end = (WIDE - 10, 10) if language == "he" else (10, WIDE - 10)

    def y(value: float) -> float:
        return 28 - 22 * value / reach

    strokes = f'<path d="M{start} 2V54M{end} 2V54" stroke="{GREY}" stroke-opacity="0.6"/>'
    strokes += f'<path d="M10 {y(0):.1f}H{WIDE - 10}" stroke="{GREY}"/>'
    strokes += f'<path d="M{start} {y(before):.1f}L{end} {y(after):.1f}" stroke="{BLUE}" stroke-width="2.2"/>'
    for x, value in ((start, before), (end, after)):
        strokes += f'<circle cx="{x}" cy="{y(value):.1f}" r="4" fill="{BLUE}"/>'
    return _svg(WIDE, 56, strokes)


def address(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
