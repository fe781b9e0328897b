"""Charts that were drawn before: one whose code, numbers and words are the same is not drawn again.

The driver names in FOLLOWUP_DRAWINGS a folder and a digest of all the code that a notebook imports. Opened by hand in
Jupyter, a notebook has no such folder and draws every chart.
"""

import io
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from followup.report.charts.chosen_look import CHOSEN, USUAL, Look
from followup.report.charts.schemes import address, shorter
from followup.store import remembered
from followup.store.freshness import sha256_of
from followup.store.remembered import DRAWINGS

if TYPE_CHECKING:  # the driver reads this module before it has paid for pandas
    import pandas as pd


COLOUR = re.compile(r"#[0-9a-f]{6}\b")


class NothingDrawn(Exception):
    """A drawing that found nothing in its table to draw: no mark stands on its axes."""


class Drawing(NamedTuple):
    """A chart as SVG data addresses, for a screen and narrow for a phone, and the text alternative of both."""

    address: str
    narrow: str
    alternative: str


def drawing(name: str, draw: Callable, frame: "pd.DataFrame", words, language: str, look: Look = USUAL) -> Drawing:
    """What `draw(frame, words, language, narrow)` draws, wide and narrow, from the folder of earlier drawings when it is there."""
    folder, _, code = os.environ.get(DRAWINGS, "").rpartition(":")
    if not folder or not (getattr(draw, "__module__", "") or "").startswith("followup."):
        return _drawn(draw, frame, words, language, look)
    kept, mark = Path(folder) / f"{name}.{language}.json", _mark(code, draw, frame, language, look)
    if earlier := remembered.read(kept, mark):
        return Drawing(*earlier)
    made = _drawn(draw, frame, words, language, look)
    remembered.write(kept, mark, made)
    return made


def _drawn(draw: Callable, frame: "pd.DataFrame", words, language: str, look: Look) -> Drawing:
    """The same bytes on every run; as high as was asked for, and no lower than the rows need."""
    before = CHOSEN.set(look)
    try:
        (wide, alternative), (narrow, _) = (
            _of_its_columns(draw, frame, words, language, each) for each in (False, True)
        )
        if look.size:
            missing, gaps = look.size[1] - wide.get_figheight(), getattr(wide, "followup_gaps", 0)
            if missing > 0 and gaps:
                CHOSEN.set(look._replace(gaps=1 + missing / gaps))
                wide, _ = draw(frame, words, language, narrow=False)
            elif not gaps:
                wide.set_size_inches(look.size[0], max(look.size[1], wide.get_figheight()))
    finally:
        CHOSEN.reset(before)
    return Drawing(_address(wide, look), _address(narrow, look), alternative)


def _address(figure, look: Look = USUAL) -> str:
    """A figure as an SVG without a ground of its own, in two schemes; chosen colours stand instead of the package's."""
    import matplotlib as mpl

    with io.BytesIO() as file, mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "followup"}):
        box = getattr(figure, "followup_box", None)
        figure.savefig(file, format="svg", metadata={"Date": None}, bbox_inches=box, transparent=True)
        svg, instead = file.getvalue().decode(), dict(look.colours)
        return address(shorter(COLOUR.sub(lambda found: instead.get(found[0], found[0]), svg) if instead else svg))


def _of_its_columns(draw: Callable, frame: "pd.DataFrame", words, language: str, narrow: bool):
    """What a chart draws of a table; of one that has not the columns that it draws, what to write instead."""
    try:
        return draw(frame, words, language, narrow=narrow)
    except (KeyError, AttributeError) as error:
        lacking = error.args[0] if isinstance(error, KeyError) else getattr(error, "name", None)
        if not (draw.__module__ or "").startswith("followup.") or not isinstance(lacking, str) or lacking in frame:
            raise
        from followup.disclosure.output_check import NotForPublication

        number = next(iter(frame.select_dtypes("number")), "…")
        raise NotForPublication(
            f"“{draw.__name__}” draws a table of results that has “{lacking}”, and this one has {', '.join(map(str, frame))}; what to "
            f'do: draw it yourself, as in\n        def bars(axes, table):\n            sns.barplot(table, x="{number}", '
            f'y="{frame.columns[0]}", ax=axes)'
        ) from None


def _mark(code: str, draw: Callable, frame: "pd.DataFrame", language: str, look: Look) -> str:
    """SHA-256 of everything that decides how a chart looks: the codebook's words and all versions are in `code`."""
    values = [(str(column), str(frame[column].dtype), frame[column].tolist()) for column in frame]
    parts = (code, draw.__module__, draw.__qualname__, language, frame.index.tolist(), values, look, _own_settings())
    return sha256_of(repr(parts))


def _own_settings() -> list[tuple[str, str]]:
    """What a notebook set otherwise in matplotlib, where it has been imported."""
    mpl = sys.modules.get("matplotlib")
    if mpl is None:
        return []
    as_read = mpl.rcParamsOrig
    return sorted(
        (name, repr(value)) for name, value in mpl.rcParams.items() if name != "backend" and value != as_read[name]
    )
