"""Temporary folders of this project: each is locked by the process that uses it, so that one left behind is known as such."""

import fcntl
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX, LOCK = "followup-", ".in-use"
NOT_YET_LOCKED = 60  # seconds in which a folder may have been made and not be locked yet


@contextmanager
def folder(use: str = "") -> Iterator[Path]:
    """A temporary folder, removed at the end; those of runs that were killed are removed first."""
    remove_left_behind()
    place = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{use}"))
    try:
        beside = place / f"{LOCK}.new"
        with beside.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            beside.rename(place / LOCK)  # whoever finds it finds it locked
            yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def remove_left_behind() -> None:
    """Remove the folders whose processes have ended without doing so; a process that lives holds its lock."""
    for place in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if not place.is_symlink() and _is_left(place):
                shutil.rmtree(place, ignore_errors=True)


def _is_left(place: Path) -> bool:
    if not (place / LOCK).is_file():  # killed before it was locked; what others call like ours is not empty
        return not any(place.iterdir()) and time.time() - place.stat().st_mtime > NOT_YET_LOCKED
    with (place / LOCK).open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
