"""What has to outlast a power cut is on the disk before anybody is told that it is there."""

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

AT_A_TIME = 16  # the disk writes many files in one go: forty take a tenth of a second, and one by one two to ten tenths


def on_disk(paths: Iterable[Path]) -> None:
    """Return when these files, and the names in these folders, are on the disk."""
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        list(pool.map(_written, paths))


def _written(path: Path) -> None:
    with suppress(OSError):  # some disks cannot say it of a folder
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
