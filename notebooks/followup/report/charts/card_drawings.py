"""The small pictures on the findings' cards, drawn as SVG by hand."""

import base64
import math

import pandas as pd

from followup.words.palette import BLUE, GREEN, GREY, ORANGE

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


def strip(change: float, low: float | None, high: float | None, margin: float, reach: float) -> str:
    """A change with its interval on a line through zero, the margin for "preserved" as a band; minus is to the left."""

    def x(value: float) -> float:
        return WIDE / 2 + (WIDE / 2 - 6) * value / reach

    band = f'<rect x="{x(-margin):.1f}" width="{x(margin) - x(-margin):.1f}" height="22" fill="{GREEN}"'
    line = f'<path d="M6 11H{WIDE - 6}M{x(0):.1f} 0V22" stroke="{GREY}"/>'
    known = not pd.isna(low)
    interval = f'<path d="M{x(low):.1f} 11H{x(high):.1f}" stroke="{BLUE}" stroke-width="2.4"/>' if known else ""
    dot = f'<circle cx="{x(change):.1f}" cy="11" r="4.4" fill="{BLUE}"/>'
    return _svg(WIDE, 22, f'{band} fill-opacity="0.24"/>{line}{interval}{dot}')


def slopes(first: list[float], second: list[float], language: str) -> str:
    """Two groups at programme end and follow-up, the second dashed; time runs as the language is read."""
    low, high = math.floor(min(first + second)), math.ceil(max(first + second))
    start, end = (WIDE - 10, 10) if language == "he" else (10, WIDE - 10)

    def y(value: float) -> float:
        return 50 - 44 * (value - low) / max(high - low, 1)

    strokes = f'<path d="M{start} 2V54M{end} 2V54" stroke="{GREY}" stroke-opacity="0.6"/>'
    for values, colour, dash in ((first, BLUE, ""), (second, ORANGE, ' stroke-dasharray="6 3"')):
        a, b = (y(value) for value in values)
        strokes += f'<path d="M{start} {a:.1f}L{end} {b:.1f}" stroke="{colour}" stroke-width="2.2"{dash}/>'
        strokes += f'<circle cx="{start}" cy="{a:.1f}" r="4" fill="{colour}"/>'
        strokes += f'<circle cx="{end}" cy="{b:.1f}" r="4" fill="{colour}"/>'
    return _svg(WIDE, 56, strokes)


def address(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
