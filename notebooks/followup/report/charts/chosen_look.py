"""How a chart of the package looks where a notebook wishes it otherwise: its size, and the colours of what it shows."""

from contextvars import ContextVar
from typing import NamedTuple

from followup.words.palette import (
    ANSWERED,
    AXIS,
    BETWEEN,
    DARK_PAPER,
    GROUND,
    HIGH,
    INK,
    LOW,
    MIDDLE,
    PAPER,
    VERDICT_COLOURS,
    contrast,
    on_dark,
)

LEAST_WIDTH = 5  # inches: labels stand beside the rows
MARKS, LETTERS = 3, 4.5  # contrast to the ground in either scheme (WCAG 2.2)


class Look(NamedTuple):
    """Width and height in inches, on a screen; each colour of the package with the one instead of it."""

    size: tuple[float, float] | None = None
    colours: tuple[tuple[str, str], ...] = ()
    gaps: float = 1.0  # what lies between rows, where a picture is to be higher than its rows need


USUAL = Look()
CHOSEN: ContextVar[Look] = ContextVar("look", default=USUAL)

_CONCLUDED = {name: VERDICT_COLOURS[name] for name in ("rose", "fell", "preserved", "inconclusive")}
_ANSWERS = {"low": LOW, "middle": MIDDLE, "high": HIGH}
CHARTS = {  # of each chart what has a colour of its own, whether or not a cohort has it
    "change_forest": _CONCLUDED,
    "move_bars": {"n_down": LOW, "n_same": MIDDLE, "n_up": HIGH},
    "gap_lines": {"narrowed": VERDICT_COLOURS["narrowed"], "widened": LOW, "inconclusive": _CONCLUDED["inconclusive"]},
    "answer_bars": _ANSWERS,
    "option_bars": {"last": HIGH, "between": BETWEEN},
    "tie_bars": {"kept": HIGH, "lost": MIDDLE, "unknown": AXIS, "new": BETWEEN},
    "group_network": {"within": HIGH, "between": BETWEEN},
    "attrition_bars": {"n": HIGH, "left_out": AXIS},
    "response_picture": {"answered": ANSWERED, "not_answered": AXIS},
    "wave_dots": {"wave": HIGH, "between": BETWEEN},
    "change_dots": _CONCLUDED,
    "difference_dots": {"higher": HIGH, "lower": LOW, "inconclusive": _CONCLUDED["inconclusive"]},
}
WRITTEN = ("change_forest",)  # a conclusion stands in words of its colour


def letters_on(colour: str) -> str:
    """The ink that can be read on a mark of this colour, or of the one that was chosen instead."""
    ground = dict(CHOSEN.get().colours).get(colour, colour)
    return max((GROUND, INK), key=lambda ink: contrast(ink, ground))


def least_contrast(colour: str) -> float:
    """How far a colour stands out, in the scheme in which it does so less."""
    return min(contrast(colour, PAPER), contrast(on_dark(colour), DARK_PAPER))
