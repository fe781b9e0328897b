"""Published files change together or not at all: each version in a folder of its own, shown by one link.

Where the disk has no symbolic links, or COPY=1 asks for it, readers get plain copies, the manifest last: whoever finds
them half changed learns so from `make verify`. A version is on the disk, safe from a power cut, before readers see it.
"""

import itertools
import json
import os
import re
import shutil
from pathlib import Path

from followup.publish import provenance
from followup.store.durable import on_disk
from followup.store.freshness import COPY, CURRENT, DRAFT, digest, replace_bytes, replace_text, sha256_of

PDFS = tuple(page.replace(".html", ".pdf") for page in provenance.PAGES)
WORD_FILES = tuple(page.replace(".html", ".docx") for page in provenance.PAGES)
BRIEFS = tuple(pdf.replace("report.", "brief.") for pdf in PDFS)
ON_DEMAND = PDFS + BRIEFS + WORD_FILES  # made from the pages when asked for, and shown beside them
VERSIONS = ".versions"
LEFT_BEHIND = re.compile(r"\..+\.(\d+)")  # a file under way is named .NAME.PROCESS until it is whole


def pdf_of(language: str) -> str:
    """The file that a report's page in a language is on paper."""
    return provenance.page_name(language).replace(".html", ".pdf")


def brief_of(language: str) -> str:
    """The file that the report in brief is in a language, alone on a page of paper."""
    return pdf_of(language).replace("report.", "brief.")


def word_of(language: str) -> str:
    """The file that a report's page in a language is in Word."""
    return provenance.page_name(language).replace(".html", ".docx")


def page_of(name: str) -> str:
    """The page that such a file is made from."""
    return provenance.page_name(name.split(".")[1])


def put(build: Path, files: dict[str, bytes]) -> None:
    """Write a new version beside the old one, show it, and tidy up what no reader can reach any more.

    The version before stays: whoever is reading it can go on.
    """
    folder = _version(build / VERSIONS, files)
    before = current(build).name
    (_link if _has_links(build) else _copy)(build, folder, files)
    for name in ON_DEMAND:
        show_beside(build, name)
    for page in provenance.PAGES.keys() - files.keys():  # a language that the study no longer has
        (build / page).unlink(missing_ok=True)
    on_disk([build])
    for old in folder.parent.iterdir():
        if old.name not in (folder.name, before):
            shutil.rmtree(old, ignore_errors=True)


def current(build: Path) -> Path:
    """The folder of the version that readers see; one that is not there when there is none."""
    shown = build / CURRENT
    if shown.is_file():
        return build / VERSIONS / shown.read_text(encoding="utf-8").strip()
    return shown.resolve()


def newest(build: Path) -> Path:
    """The folder of the newest pages: a draft's where there is one, else of those that readers see."""
    draft = build / "private" / DRAFT
    return current(draft if draft.exists() else build)


def _has_links(build: Path) -> bool:
    """Whether readers are to follow a link: nobody asked for copies, and the disk has symbolic links."""
    if os.environ.get(COPY):
        return False
    trial = build / f".link.{os.getpid()}"
    try:
        trial.unlink(missing_ok=True)
        trial.symlink_to(VERSIONS)
        trial.unlink()
    except OSError:
        return False
    return True


def _link(build: Path, folder: Path, files: dict[str, bytes]) -> None:
    for name in sorted({Path(name).parts[0] for name in files}):
        _swing(build / name, Path(CURRENT) / name)  # before the first swing of CURRENT they lead nowhere, all of them
    _swing(build / CURRENT, Path(VERSIONS) / folder.name)


def _copy(build: Path, folder: Path, files: dict[str, bytes]) -> None:
    """Each file whole, the manifest last; what an earlier version had beside them goes."""
    for top in {Path(name).parts[0] for name in files}:
        if (build / top).is_symlink():
            (build / top).unlink()
    for old in (build / "results").glob("*"):
        if f"results/{old.name}" not in files:
            old.unlink()
    for name in sorted(files, key=lambda name: (name == provenance.MANIFEST, name)):
        if digest(build / name) != digest(folder / name):
            replace_bytes(build / name, files[name])
    on_disk([build / name for name in files])
    replace_text(build / CURRENT, folder.name)


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
        on_disk([*draft.rglob("*"), draft])
        draft.rename(folder)
        on_disk([versions])
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


def show_beside(build: Path, name: str) -> None:
    """Put a PDF or Word file of a page before the readers, or take away one that was made from earlier numbers."""
    made = current(build) / name
    if not made.is_file():
        (build / name).unlink(missing_ok=True)
    elif (build / CURRENT).is_symlink():
        _swing(build / name, Path(CURRENT) / name)
    else:
        replace_bytes(build / name, made.read_bytes())


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
