"""Lines to paste name a frame as the notebook does that handed it over; where it has no name there, they call it data."""

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import TypeVar

import pandas as pd

from followup.disclosure.output_check import NotForPublication

Asked = TypeVar("Asked", bound=Callable)
LINE = "\n        "  # lines to paste stand apart, so
HERE = re.compile(r" \(here called data\)| \(the frame is here called data\)")
DATA = re.compile(r"(?<![\w.\"'{])data(?![\w\"'}=])")


def in_own_names(method: Asked) -> Asked:
    """A method whose refusals call the frame that they are about as the notebook does."""

    @wraps(method)
    def asked(*given, **named):
        try:
            return method(*given, **named)
        except NotForPublication as refusal:
            refusal.args = (renamed(str(refusal), [*given[1:], *named.values()]),)
            raise

    return asked


def renamed(message: str, given: Iterable[object]) -> str:
    """A message whose lines to paste call the frame among what was `given` by its name in the notebook."""
    told, *lines = message.split(LINE)
    if not lines or not (name := next(_names(given), "")):
        return message
    return LINE.join([HERE.sub("", told), *(DATA.sub(name, line) for line in lines)])


def _names(given: Iterable[object]) -> Iterator[str]:
    """What the notebook calls the frames that these are, or that they are columns or groups of."""
    notebook = _notebook()
    for thing in given:
        for one in thing if isinstance(thing, list) else [thing]:
            yield from reversed([name for name, value in notebook.items() if name[0] != "_" and _is_of(one, value)])


def _is_of(thing: object, value: object) -> bool:
    if not isinstance(value, pd.DataFrame):
        return False
    if isinstance(thing, pd.Series):
        return thing.name in value and thing.index.is_(value.index)
    return value is getattr(thing, "obj", thing)


def _notebook() -> dict[str, object]:
    """The variables of whoever called the package: of the notebook, or of a function of it."""
    frame = sys._getframe()
    while frame.f_back is not None and str(frame.f_globals.get("__name__", "")).startswith("followup."):
        frame = frame.f_back
    return frame.f_globals | frame.f_locals
