"""Charts of a page as pictures for paper and Word: SVG data addresses, cut between their rows where a page is too short."""

import base64
import io
import re
from collections.abc import Iterator

import numpy as np
import resvg_py
from PIL import Image

ADDRESS = "data:image/svg+xml;base64,"
SIZE = re.compile(r'<svg[^>]*?\swidth="([\d.]+)(pt)?"[^>]*?\sheight="([\d.]+)(?:pt)?"')
WHITE, DPI, TRIAL_DPI = 255, 300, 72


def svg_of(address: str) -> str:
    """The drawing in a data address."""
    return base64.b64decode(address.removeprefix(ADDRESS)).decode()


def size_of(drawn: str) -> tuple[float, float]:
    """Width and height of a drawing in points; a drawing of ours without unit counts pixels, 96 to the inch."""
    found = SIZE.search(drawn)
    points = 1 if found[2] else 72 / 96
    return float(found[1]) * points, float(found[3]) * points


def raster(drawn: str, width: float, dpi: int) -> Image.Image:
    """A drawing as points on white, `width` in points wide. Its text is drawn as paths, so that no font is needed."""
    dots = round(width / 72 * dpi)
    png = resvg_py.svg_to_bytes(svg_string=drawn, width=dots, background="white", dpi=96, skip_system_fonts=True)
    return Image.open(io.BytesIO(bytes(png))).convert("RGB")


def cuts(picture: Image.Image, highest: int) -> list[tuple[int, int]]:
    """(first, last) rows of points of its parts, none higher than `highest`, each cut at the widest blank strip in reach.

    The widest strip lies between groups, so that no heading stays behind without what it heads. In reach is the lower
    half of the highest part that there may be; where nothing is blank there, the part is as high as it may be.
    """
    blank = np.asarray(picture).min(axis=(1, 2)) == WHITE
    parts, start = [], 0
    while picture.height - start > highest:
        end = _widest_strip(blank, start + highest // 2, start + highest)
        parts.append((start, end))
        start = end
    return [*parts, (start, picture.height)]


def _widest_strip(blank: np.ndarray, first: int, last: int) -> int:
    """The middle of the longest run of blank rows from `first` up to `last`, of equal ones the lowest; else `last`."""
    edges = np.flatnonzero(np.diff(blank[first:last].astype(int), prepend=0, append=0))
    strips = [(int(end - begin), int(begin + end) // 2) for begin, end in edges.reshape(-1, 2)]
    return first + max(strips)[1] if strips else last


def pngs(address: str, widest: float, highest: float) -> Iterator[tuple[bytes, float]]:
    """A chart as PNGs of 300 dots an inch, each with its width in points: as drawn, or the widest there is room for."""
    drawn = svg_of(address)
    width = min(size_of(drawn)[0], widest)
    picture = raster(drawn, width, DPI)
    for top, bottom in cuts(picture, round(highest / 72 * DPI)):
        with io.BytesIO() as made:
            picture.crop((0, top, picture.width, bottom)).save(made, "PNG", dpi=(DPI, DPI))
            yield made.getvalue(), width


def svgs(address: str, highest: float, part: float) -> list[str]:
    """A chart as SVG addresses: as it was, or where it is higher than so many points in parts of at most `part` points."""
    drawn = svg_of(address)
    width, height = size_of(drawn)
    if height <= highest:
        return [address]
    picture = raster(drawn, width, TRIAL_DPI)
    dot = height / picture.height
    return [_window(drawn, width, top * dot, (bottom - top) * dot) for top, bottom in cuts(picture, int(part / dot))]


def _window(drawn: str, width: float, top: float, height: float) -> str:
    """The same drawing seen through a window of its full width."""
    root = re.search(r"<svg[^>]*>", drawn)[0]
    seen = re.sub(r'\sviewBox="[^"]*"', f' viewBox="0 {top:.2f} {width:g} {height:.2f}"', root)
    seen = re.sub(r'\sheight="[^"]*"', f' height="{height:.2f}pt"', seen)
    return ADDRESS + base64.b64encode(drawn.replace(root, seen, 1).encode()).decode()
