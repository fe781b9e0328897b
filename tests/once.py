"""What a whole run of the tests shares: made by the first worker that asks, waited for by the others."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock


def once(base: Path, name: str, make: Callable[[Path], object]) -> Path:
    """The folder `name` as `make` leaves it; `base` is the worker's own temporary folder, beside those of the others."""
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared"
    shared.mkdir(exist_ok=True)
    folder, ready = shared / name, shared / f"{name}.ready"
    with FileLock(shared / f"{name}.lock"):
        if not ready.exists():
            shutil.rmtree(folder, ignore_errors=True)  # of a worker that failed half-way: the next one says so, too
            folder.mkdir()
            make(folder)
            ready.touch()
    return folder
