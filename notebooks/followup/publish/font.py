"""The page's font: only the letters that pages use, as a data address."""

import base64
import hashlib
import io
from functools import cache
from importlib.metadata import files
from pathlib import Path

from markupsafe import Markup

from followup.store import remembered
from followup.store.freshness import sha256_of


def font_cache(root: Path) -> Path:
    """Where the page's font is kept between runs."""
    return root / "build" / ".fonts"


SIGNS = "".join(map(chr, [*range(0x20, 0x7F), *range(0x5D0, 0x5EB)])) + "\u00a0§°±²³·×÷éäöü«»–—‘’“”„…•־׳״₪€−←→↑↓≤≥≠≈"
FONT_FILE, WEIGHTS = "heebo-400-700.json", (400, 700)


@cache
def page_font(folder: Path | None) -> Markup:
    """The page's font as a data address, from `folder` when it has been made there before."""
    source = _source()
    mark = sha256_of(SIGNS) + sha256_of(source)
    kept = Path(folder) / FONT_FILE if folder else None
    data = remembered.read(kept, mark) if kept else None
    if data is None:
        data = base64.b64encode(_subset_font(source)).decode()
        if kept:
            remembered.write(kept, mark, data)
    return Markup("data:font/woff;base64," + data)


@cache
def static_font(folder: Path | None, weight: int) -> str:
    """The page's font in one weight, as a data address for the printer: PDFs name and embed it as a font.

    (Of a font that can change its weight, printers make drawings without a name.)
    """
    source = _source()
    mark = sha256_of(SIGNS) + sha256_of(source)
    kept = Path(folder) / f"heebo-{weight}.json" if folder else None
    data = remembered.read(kept, mark) if kept else None
    if data is None:
        data = base64.b64encode(_subset_font(source, weight, "")).decode()
        if kept:
            remembered.write(kept, mark, data)
    return "data:font/ttf;base64," + data


def _source() -> bytes:
    """Heebo as its package was installed; raises ImportError where the file is no longer what was installed."""
    [listed] = (file for file in files("fontpkg-heebo") or () if file.suffix == ".ttf")
    content = Path(listed.locate()).read_bytes()
    if listed.hash and listed.hash.value != _as_recorded(hashlib.new(listed.hash.mode, content)):
        raise ImportError(f"{listed.name} is not as it was installed")
    return content


def _as_recorded(digest) -> str:
    return base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=")


def _subset_font(source: bytes, weights: int | tuple[int, int] = (400, 700), flavor: str = "woff") -> bytes:
    """Heebo with the signs that pages use, in one weight or from one to another; the same bytes every time."""
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    font = instancer.instantiateVariableFont(TTFont(io.BytesIO(source), recalcTimestamp=False), {"wght": weights})
    options = subset.Options(layout_features=["kern"], hinting=False, name_IDs=[0, 1, 2, 6, 13, 14], glyph_names=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=SIGNS)
    subsetter.subset(font)
    font.flavor = flavor or None
    with io.BytesIO() as file:
        font.save(file)
        return file.getvalue()
