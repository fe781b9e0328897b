"""The page's font: only the letters that pages use, as a data address."""

import base64
import io
from functools import cache
from pathlib import Path

from markupsafe import Markup

from followup.store.freshness import replace_bytes


def font_cache(root: Path) -> Path:
    """Where the page's font is kept between runs."""
    return root / "build" / ".fonts"


SIGNS = "".join(map(chr, [*range(0x20, 0x7F), *range(0x5D0, 0x5EB)])) + "\u00a0§°±²³·×÷éäöü«»–—‘’“”„…•־׳״₪€−←→↑↓≤≥≠≈"
FONT_FILE = "heebo-400-700.woff"


@cache
def page_font(folder: Path | None) -> Markup:
    """The page's font as a data address, from `folder` when it has been made there before."""
    kept = Path(folder) / FONT_FILE if folder else None
    if kept and kept.is_file():
        data = kept.read_bytes()
    else:
        data = _subset_font()
        if kept:
            replace_bytes(kept, data)
    return Markup("data:font/woff;base64," + base64.b64encode(data).decode())


def _subset_font() -> bytes:
    """Heebo with the signs that pages use and its weights 400 to 700; the same bytes every time."""
    import fontpkg_heebo
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    [source] = (fontpkg_heebo.ROOT / "files").glob("*.ttf")
    font = instancer.instantiateVariableFont(TTFont(source, recalcTimestamp=False), {"wght": (400, 700)})
    options = subset.Options(layout_features=["kern"], hinting=False, name_IDs=[0, 1, 2, 13, 14], glyph_names=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=SIGNS)
    subsetter.subset(font)
    font.flavor = "woff"
    with io.BytesIO() as file:
        font.save(file)
        return file.getvalue()
