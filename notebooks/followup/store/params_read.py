"""Which params and tables a notebook read: a param that changed makes stale only what reads it.

The driver names a file in FOLLOWUP_NOTES; the notebook's kernel writes each key there when it is first read, and the
path of each table. Opened by hand in Jupyter, a notebook has no such file and nothing is noted.
"""

import json
import os
from pathlib import Path
from typing import Any

from followup.store.freshness import sha256_of

NOTES = "FOLLOWUP_NOTES"
CLAIMS = "claims"  # what the file of published claims is called among the params
PLAN = "plan"  # and what the file of the plan as it was fixed


class Watched:
    """A checked model that notes which of its keys are read; for all else it is the model."""

    def __init__(self, model: Any, notes: Path, place: str = "", noted: set[str] | None = None):
        self._model, self._notes, self._place = model, notes, place
        self._noted = set() if noted is None else noted

    def __getattr__(self, name: str) -> Any:
        own = getattr(type(self._model), name, None)
        if isinstance(own, property):
            return own.fget(self)  # so that what it reads is noted, too
        value = getattr(self._model, name)
        self._note(name if name in type(self._model).model_fields else "*")
        return Watched(value, self._notes, f"{self._place}{name}.", self._noted) if _has_keys(value) else value

    def _note(self, name: str) -> None:
        key = f"{self._place}{name}"
        if key not in self._noted:
            self._noted.add(key)
            note(self._notes, key)


def watched(model: Any) -> Any:
    """The model itself, or what notes the reading of it where a driver asked for that."""
    notes = os.environ.get(NOTES)
    return Watched(model, Path(notes)) if notes else model


def note(notes: Path | None, what: str) -> None:
    """Write down that something was read; `notes` is by default the driver's file."""
    place = notes or os.environ.get(NOTES)
    if place:
        with open(place, "a", encoding="utf-8") as file:
            file.write(f"{what}\n")


def noted(notes: Path) -> tuple[list[str], list[str]]:
    """The keys of params and the tables that were read, each once, in order of its name."""
    read = sorted(set(notes.read_text(encoding="utf-8").splitlines())) if notes.exists() else []
    return [key for key in read if not key.endswith(".csv")], [path for path in read if path.endswith(".csv")]


def key_digests(model: Any, place: str = "") -> dict[str, str]:
    """SHA-256 of the value of each key of a checked model; of a part with keys of its own, that it is there."""
    found = {f"{place}*": _sha256(model.model_dump(mode="json"))}
    for name in type(model).model_fields:
        value = getattr(model, name)
        if _has_keys(value):
            found |= {f"{place}{name}": "there"} | key_digests(value, f"{place}{name}.")
        else:
            found[f"{place}{name}"] = _sha256(model.model_dump(mode="json", include={name}))
    return found


def _has_keys(value: Any) -> bool:
    """Whether a value is a checked model itself; the driver asks before it has paid for pydantic."""
    return hasattr(type(value), "model_fields")


def _sha256(value: Any) -> str:
    return sha256_of(json.dumps(value, sort_keys=True, ensure_ascii=False))
