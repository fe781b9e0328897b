"""A picture in two schemes: an SVG that takes the colours of the dark one from `words/palette.py` where its reader does."""

import base64
import re
from functools import lru_cache

from followup.words.palette import INK, PAPER, on_dark

ADDRESS = "data:image/svg+xml;base64,"
IN_STYLE, ALONE = re.compile(r"(fill|stroke): (#[0-9a-f]{6})"), re.compile(r'(fill|stroke)="(#[0-9a-f]{6})"')
OF_MAPS = ("<image", 'id="QuadMesh')  # what imshow and pcolormesh draw, and seaborn's heatmap with them
IN_DARK = "@media screen and (prefers-color-scheme: dark)"
ROOT = re.compile(r"<svg\b[^>]*>")


def in_two_schemes(svg: str) -> str:
    """`svg` with a style for the dark scheme.

    Colours stand in it as "#rrggbb", as matplotlib writes them. An image in a page is asked for the scheme of the page;
    who does not know the question, as Word and paper, sees the light one. A map of colours stays as it is, on light paper:
    its scale is an image, and its numbers are in colours for light cells.
    """
    root = ROOT.search(svg)[0]
    if any(mark in svg for mark in OF_MAPS):
        return svg.replace(root, f"{root}<style>{IN_DARK}{{svg{{background:{PAPER}}}}}</style>", 1)
    rules = [] if "fill=" in root else [f"svg{{fill:{on_dark(INK)}}}"]
    rules += [
        f'[style*="{what}: {colour}"]{{{what}:{on_dark(colour)}!important}}'
        for what, colour in dict.fromkeys(IN_STYLE.findall(svg))
    ]
    rules += [f'[{what}="{colour}"]{{{what}:{on_dark(colour)}}}' for what, colour in dict.fromkeys(ALONE.findall(svg))]
    return svg.replace(root, f"{root}<style>{IN_DARK}{{{''.join(rules)}}}</style>", 1)


SHORTER = (  # what matplotlib writes at length: a picture is half as long without
    (re.compile(r"<metadata>.*?</metadata>|<!DOCTYPE[^>]*>|^\s+", re.DOTALL | re.MULTILINE), ""),
    (re.compile(r"(scale\([^)]*\))|(\.\d\d)\d+"), r"\1\2"),
    (re.compile(r'xlink:href="#Heebo-Regular-'), 'href="#h'),
    (re.compile(r'id="Heebo-Regular-'), 'id="h'),
    (re.compile(r'(<use href="#h[0-9a-f]+") transform="translate\((\d+)[\d.]* 0\)"/>\n?'), r'\1 x="\2"/>'),
)
LETTER = re.compile(r'(<path id="h[0-9a-f]+") d="([^"]*)" transform="scale\(0\.015625\)"')
PATH, STEPS, WHOLE = re.compile(r' d="([^"]*)"'), re.compile(r"([A-Za-z])([^A-Za-z]*)"), re.compile(r"-?\d+")


def shorter(svg: str) -> str:
    """The same picture in fewer signs; the words that are drawn stay in it as comments, so that they can be looked for.

    Letters are drawn on a grid of a hundredth of a point.
    """
    for written, instead in SHORTER:
        svg = written.sub(instead, svg)
    svg = LETTER.sub(lambda found: f'{found[1]} d="{_coarser(found[2])}" transform="scale(0.15625)"', svg)
    return PATH.sub(lambda found: f' d="{_steps(found[1])}"', svg)


@lru_cache(maxsize=2_000)
def _coarser(path: str) -> str:
    """A letter with a tenth of its units."""
    return WHOLE.sub(lambda found: str(round(int(found[0]) / 10)), path)


def _steps(path: str) -> str:
    """A path without spaces around its letters; steps of one kind share theirs."""
    made, last = [], ""
    for letter, numbers in STEPS.findall(path):
        made.append((" " if letter == last and letter in "LQC" else letter) + " ".join(numbers.split()))
        last = letter
    return "".join(made)


def address(svg: str) -> str:
    """A picture in two schemes as a data address."""
    return ADDRESS + base64.b64encode(in_two_schemes(svg).encode()).decode()
