"""The records of a cohort's editions: data/releases/COHORT/N/, one folder for each report that was sent.

A record holds the files as they were sent (`sent/`), keyed digests of the people behind the numbers (`people.csv`) and
of the rows of the raw files (`rows.csv`), and `edition.json`, which lists them all and is sealed with the institute's key.
"""

import hmac
import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from followup.problems import InputProblems, Problem
from followup.store.durable import on_disk
from followup.store.freshness import RELEASES, digest, sha256_of
from followup.study.institute_key import institute_key, key_file

ABOUT, SENT, PEOPLE, ROWS = "edition.json", "sent", "people.csv", "rows.csv"
FOLDER = re.compile(r"([1-9]\d{0,5})([a-z]?)")  # 2b is what a colleague released as 2 at the same time
NEEDED = {"cohort", "number", "released", "commit", "nonce", "content", "files", "key", "seal"}


@dataclass(frozen=True)
class Edition:
    """One report as it was sent: where its record lies, and what that says."""

    folder: Path
    facts: dict

    @property
    def name(self) -> str:
        """Its number, with a letter where two colleagues gave the same one."""
        return self.folder.name

    @property
    def number(self) -> int:
        return self.facts["number"]

    @property
    def nonce(self) -> str:
        return self.facts["nonce"]

    @cached_property
    def sent(self) -> dict[str, bytes]:
        """The files that were sent, by their names in build/COHORT."""
        names = [name.removeprefix(f"{SENT}/") for name in self.facts["files"] if name.startswith(f"{SENT}/")]
        return {name: (self.folder / SENT / name).read_bytes() for name in names}

    def text(self, name: str) -> str:
        """A table of keyed digests, as it was written."""
        return (self.folder / name).read_text(encoding="utf-8")

    def fits(self, key: bytes) -> bool:
        """Whether the record was made with this key."""
        return self.facts["key"] == key_mark(key, self.nonce)


def key_mark(key: bytes, nonce: str) -> str:
    """Which key a record was made with: nothing that tells of the key itself."""
    return hmac.digest(key, f"which key\0{nonce}".encode(), "sha256").hex()[:16]


def key_here() -> bytes | None:
    """The institute's key; None where there is none, and none is made."""
    return institute_key() if key_file().exists() else None


def _seal(facts: Mapping, key: bytes) -> str:
    told = json.dumps({name: value for name, value in facts.items() if name != "seal"}, sort_keys=True)
    return hmac.digest(key, f"seal\0{told}".encode(), "sha256").hex()


def editions_of(root: Path, cohort: str) -> list[Edition]:
    """Every edition of a cohort that was sent, the first first; raises `InputProblems` for a record that is not as it was
    written.
    """
    folder = root / "data" / RELEASES / cohort
    found = [path for path in folder.glob("*") if path.is_dir() and not path.name.startswith(".")]
    problems: list[Problem] = []
    editions = [edition for path in found if (edition := _read(path, root, cohort, problems))]
    if problems:
        raise InputProblems(problems)
    return sorted(editions, key=lambda edition: (edition.number, edition.name))


def _read(path: Path, root: Path, cohort: str, problems: list[Problem]) -> Edition | None:
    shown = path.relative_to(root).as_posix()
    try:
        text = (path / ABOUT).read_text(encoding="utf-8")
        if "<<<<<<<" in text:
            problems.append(_released_at_once(shown))
            return None
        facts = json.loads(text)
        whole = facts.keys() >= NEEDED and FOLDER.fullmatch(path.name)[1] == str(facts["number"])
    except (OSError, ValueError, TypeError, AttributeError):
        whole = False
    if not whole:
        problems.append(_not_as_written(f"{shown}/{ABOUT}", shown))
        return None
    if facts["cohort"] != cohort:
        what, remedy = "this is the record of another cohort’s edition", f"put it back where it belongs: {RELEASES}/"
        problems.append(Problem(what, remedy + str(facts["cohort"]), shown, value=facts["cohort"], allowed=cohort))
        return None
    problems += [
        _not_as_written(f"{shown}/{name}", shown)
        for name, mark in facts["files"].items()
        if digest(path / name) != mark
    ]
    edition, key = Edition(path, facts), key_here()
    if key is not None and edition.fits(key) and not hmac.compare_digest(facts["seal"], _seal(facts, key)):
        problems.append(_not_as_written(f"{shown}/{ABOUT}", shown))
    return edition


def _not_as_written(file: str, folder: str) -> Problem:
    what = "this record of what was sent is not as it was written: it was edited, or part of it is gone"
    return Problem(what, f"put it back: git checkout -- {folder}", file)


def _released_at_once(folder: str) -> Problem:
    what = "two colleagues released an edition of this number at the same time, and git could not join their records"
    beside = f"{folder}b"
    remedy = (
        "keep both, for both were sent:"
        f"\n        git checkout --theirs -- {folder} && mv {folder} {beside}"
        f"\n        git checkout --ours -- {folder} && git add {folder} {beside}"
    )
    return Problem(what, remedy, f"{folder}/{ABOUT}")


def write(root: Path, facts: dict, sent: Mapping[str, bytes], tables: Mapping[str, str], key: bytes) -> Edition:
    """Write a record, whole or not at all; raises `InputProblems` where there is one of this number.

    `facts` say what the edition is; the files' digests, the key's mark and the seal are added. `tables` are those of
    keyed digests, by file name.
    """
    folder = root / "data" / RELEASES / facts["cohort"] / str(facts["number"])
    beside = folder.with_name(f".{folder.name}.{os.getpid()}")
    files = {f"{SENT}/{name}": content for name, content in sent.items()}
    files |= {name: text.encode() for name, text in tables.items()}
    facts = facts | {"files": {name: sha256_of(content) for name, content in sorted(files.items())}}
    facts |= {"key": key_mark(key, facts["nonce"])}
    facts |= {"seal": _seal(facts, key)}
    try:
        for name, content in (files | {ABOUT: _json(facts)}).items():
            (beside / name).parent.mkdir(parents=True, exist_ok=True)
            (beside / name).write_bytes(content)
        on_disk([*beside.rglob("*"), beside])
        os.rename(beside, folder)  # one that is there, and not empty, is never written over
        on_disk([folder.parent])
    except OSError as error:
        if folder.exists():
            raise InputProblems([_taken(folder.relative_to(root).as_posix(), facts)]) from error
        raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return Edition(folder, facts)


def _taken(folder: str, facts: dict) -> Problem:
    what = f"edition {facts['number']} was recorded by somebody else meanwhile"
    remedy = f"make report COHORT={facts['cohort']}, which compares with it; then release again"
    return Problem(what, remedy, folder)


def _json(facts: dict) -> bytes:
    return (json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def accepted(params, number: int) -> bool:
    """Whether somebody signed that this edition leaves, whatever it tells together with an earlier one."""
    return any(one.edition == number for one in params.releases.accept)


def since_signed(editions: list[Edition]) -> list[Edition]:
    """The editions that a report is held against: the last one that somebody signed for, and those after it.

    What the signed one told together with those before it is known; a report that is safe beside it adds nothing.
    """
    signed = [place for place, edition in enumerate(editions) if edition.facts.get("accepted")]
    return editions[signed[-1] :] if signed else editions
