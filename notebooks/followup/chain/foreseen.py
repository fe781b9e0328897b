"""Which notebooks a build will surely run, told by files alone before anything slow is imported.

Where there are any, the process that kernels are forked from starts at once; elsewhere when `Run` has found out.
"""

import json
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

from followup.chain.found_notebooks import stages_of
from followup.chain.prose_only import code_digest
from followup.chain.stages import HOUSE, Stage
from followup.store.freshness import digest

OF_HOUSE = ("notebooks/", "requirements.lock")  # among a stage's inputs, what is of this project wherever the data are
CODE = ".ipynb: code"  # what the digest of a notebook's code is called among a stage's inputs


def sure_to_run(cohort: str) -> list[Stage]:
    """The notebooks that never ran, or not from the files as they are now.

    A param, a file that was added and another Python do not count: whether they matter takes longer to tell.
    """
    root = Path(os.environ.get("FOLLOWUP_ROOT", HOUSE))
    known = cache(lambda name: digest((HOUSE if name.startswith(OF_HOUSE) else root) / name))
    stamps = root / "build" / cohort / "private" / "stamps"
    return [stage for stage in stages_of(cohort) if _is_stale(stage, stamps, known)]


def _is_stale(stage: Stage, stamps: Path, known: Callable[[str], str]) -> bool:
    """Whether one notebook never ran, or not from these files; `known` gives a file's SHA-256."""
    try:
        inputs = json.loads((stamps / f"{stage.name}.json").read_text(encoding="utf-8"))["inputs"]
    except (OSError, ValueError, KeyError):
        return True
    if inputs.get(f"{stage.name}{CODE}") != code_digest(stage.notebook):
        return True
    files = {name: mark for name, mark in inputs.items() if ":" not in name and name != "python"}
    return any(known(name) != mark for name, mark in files.items())
