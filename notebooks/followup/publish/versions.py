"""Published files change together or not at all: each version in a folder of its own, shown by one link."""

import itertools
import json
import os
import re
import shutil
from pathlib import Path

from followup.publish import provenance
from followup.store.freshness import digest, sha256_of

PDFS = ("report.he.pdf", "report.en.pdf")  # printed on demand by print_pdf, beside the pages they were printed from
CURRENT, VERSIONS = ".current", ".versions"
LEFT_BEHIND = re.compile(r"\..+\.(\d+)")  # a file under way is named .NAME.PROCESS until it is whole


def put(build: Path, files: dict[str, bytes]) -> None:
    """Write a new version beside the old one, swing the link, and tidy up what no reader can reach any more.

    The version before stays: whoever had begun to read it reads on.
    """
    folder = _version(build / VERSIONS, files)
    before = (build / CURRENT).resolve().name
    for name in sorted({Path(name).parts[0] for name in files}):
        _swing(build / name, Path(CURRENT) / name)  # before the first swing of CURRENT they lead nowhere, all of them
    _swing(build / CURRENT, Path(VERSIONS) / folder.name)
    for name in PDFS:
        show_pdf(build, name)
    for old in folder.parent.iterdir():
        if old.name not in (folder.name, before):
            shutil.rmtree(old, ignore_errors=True)


def _version(versions: Path, files: dict[str, bytes]) -> Path:
    """The folder that holds just these files, named after them; one that was damaged is left, and another made."""
    marks = provenance.sha256s(files)
    name = sha256_of(json.dumps(marks, sort_keys=True))[:16]
    for place in itertools.count():
        folder = versions / (f"{name}-{place}" if place else name)
        if not folder.exists():
            break
        if all(digest(folder / file) == mark for file, mark in marks.items()):
            return folder
    draft = versions / f".{name}.{os.getpid()}"
    try:
        for file, content in files.items():
            _write(draft / file, content)
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)  # a full disk is left as it was found
        raise
    return folder


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def tidy(build: Path) -> None:
    """Remove what runs that were killed left half-made in a cohort's folder."""
    for path in build.rglob(".*"):
        found = LEFT_BEHIND.fullmatch(path.name)
        if found and (path.is_symlink() or path.is_file()) and not _runs(int(found[1])):
            path.unlink(missing_ok=True)


def _runs(process: int) -> bool:
    """Whether a process of this number is alive (this one is, and so is another user's)."""
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def show_pdf(build: Path, name: str) -> None:
    """Put a printed page before the readers, or take away one that was printed from earlier numbers."""
    if (build / CURRENT / name).is_file():
        _swing(build / name, Path(CURRENT) / name)
    else:
        (build / name).unlink(missing_ok=True)


def _swing(link: Path, target: Path) -> None:
    """Point a symbolic link at `target` in one step; a reader sees the old or the new, never neither."""
    if link.is_symlink() and os.readlink(link) == str(target):
        return
    beside = link.with_name(f".{link.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    beside.symlink_to(target)
    if link.is_dir() and not link.is_symlink():
        shutil.rmtree(link)
    os.replace(beside, link)
