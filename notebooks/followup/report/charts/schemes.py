"""A picture in two schemes: an SVG that takes the colours of the dark one from `words/palette.py` where its reader does."""

import base64
import re

from followup.words.palette import INK, on_dark

ADDRESS = "data:image/svg+xml;base64,"
IN_STYLE, ALONE = re.compile(r"(fill|stroke): (#[0-9a-f]{6})"), re.compile(r'(fill|stroke)="(#[0-9a-f]{6})"')
ROOT = re.compile(r"<svg\b[^>]*>")


def in_two_schemes(svg: str) -> str:
    """`svg` with a style for the dark scheme.

    Colours stand in it as "#rrggbb", as matplotlib writes them. An image in a page is asked for the scheme of the page;
    who does not know the question, as Word and paper, sees the light one.
    """
    root = ROOT.search(svg)[0]
    rules = [] if "fill=" in root else [f"svg{{fill:{on_dark(INK)}}}"]
    rules += [
        f'[style*="{what}: {colour}"]{{{what}:{on_dark(colour)}!important}}'
        for what, colour in dict.fromkeys(IN_STYLE.findall(svg))
    ]
    rules += [f'[{what}="{colour}"]{{{what}:{on_dark(colour)}}}' for what, colour in dict.fromkeys(ALONE.findall(svg))]
    dark = f"<style>@media screen and (prefers-color-scheme: dark){{{''.join(rules)}}}</style>"
    return svg.replace(root, root + dark, 1)


SHORTER = (  # what matplotlib writes at length: a picture is half as long without
    (re.compile(r"<metadata>.*?</metadata>|<!DOCTYPE[^>]*>|^\s+", re.DOTALL | re.MULTILINE), ""),
    (re.compile(r"(scale\([^)]*\))|(\.\d\d)\d+"), r"\1\2"),
    (re.compile(r'xlink:href="#Heebo-Regular-'), 'href="#h'),
    (re.compile(r'id="Heebo-Regular-'), 'id="h'),
    (re.compile(r'(<use href="#h[0-9a-f]+") transform="translate\(([\d.]+) 0\)"/>\n?'), r'\1 x="\2"/>'),
    (re.compile(r"\n(?=[LQCMZ])"), ""),
)


def shorter(svg: str) -> str:
    """The same picture in fewer signs; the words that are drawn stay in it as comments, so that they can be looked for."""
    for written, instead in SHORTER:
        svg = written.sub(instead, svg)
    return svg


def address(svg: str) -> str:
    """A picture in two schemes as a data address."""
    return ADDRESS + base64.b64encode(in_two_schemes(svg).encode()).decode()
