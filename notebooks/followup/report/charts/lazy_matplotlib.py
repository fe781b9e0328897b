"""matplotlib and its modules, imported when they are first used: a run that draws nothing new does not wait for them."""

import importlib
from typing import Any


def __getattr__(name: str) -> Any:
    matplotlib = importlib.import_module("matplotlib")
    if not hasattr(matplotlib, name):
        importlib.import_module(f"matplotlib.{name}")
    return getattr(matplotlib, name)
