"""What a build is made from as it was when the build began, and which of these files somebody saved meanwhile.

Contents alone decide what is stale. While notebooks run, dates are looked at, too: a file that was half-written for a
moment, or saved and put back, reads at the end as it did at the start, and a notebook may have read it in between.
"""

from collections.abc import Iterable
from pathlib import Path

from followup.chain.stages import FAILURE, HOUSE
from followup.problems import Problem
from followup.store.freshness import code_files, data_files, file_marks, fingerprint_of, parts, setting_files, shown

FEW = 3
SAVED = "an input changed: it was saved while the report was being built"
GONE = "an input changed: it is no longer there, and was when the build began"
Mark = tuple[int, ...]


class SavedMeanwhile(Exception):
    """Files that a build is made from are not what they were when it began; says which, and to run it again."""

    exit_code = FAILURE

    def __init__(self, files: Iterable[str], gone: bool):
        self.files, self.gone = sorted(files), gone
        super().__init__(self.files)

    def __str__(self) -> str:
        more = f" and {len(self.files) - FEW} more" if len(self.files) > FEW else ""
        again = "run the same command again"
        remedy = f"put it back, then {again}" if self.gone else f"{again} when it is saved as you want it"
        named = ", ".join(self.files[:FEW]) + more
        return f"{Problem(GONE if self.gone else SAVED, remedy, named)}\n    nothing new was published"


class Inputs:
    """The files behind a cohort's report at one moment; `questionnaire`, once it is known, leaves out other codebooks."""

    def __init__(self, root: Path, cohort: str):
        self.root, self.cohort, self.questionnaire = root, cohort, ""
        self.marks, self.parts = self._marks(), parts(root, cohort)
        self.fingerprint = fingerprint_of(self.parts)

    def check(self, failure: Exception | None = None, contents: bool = False) -> None:
        """Raise `SavedMeanwhile` where a file was saved, came or went since; `contents` reads each of them again.

        A file that was only moved away and back counts when `failure`, what went wrong meanwhile, names it.
        """
        now, told = self._marks(), str(failure or "")
        named = (name for name in now if Path(name).name in told)
        moved = {name for name in named if now[name] != self.marks.get(name)}
        saved = {name for name in now.keys() | self.marks.keys() if _save(now, name) != _save(self.marks, name)} | moved
        if contents:
            read = parts(self.root, self.cohort)
            saved |= {name for name in read.keys() | self.parts.keys() if read.get(name) != self.parts.get(name)}
        if saved := {name for name in saved if self._is_read(name)}:
            raise SavedMeanwhile(saved, gone=saved.isdisjoint(now))

    def _is_read(self, name: str) -> bool:
        path = Path(name)
        return path.parent.name != "questionnaires" or self.questionnaire in ("", path.stem)

    def _marks(self) -> dict[str, Mark]:
        own = [*data_files(self.root, self.cohort), *setting_files(self.root, self.cohort)]
        return _shown_marks(own, self.root) | _shown_marks(code_files(), HOUSE)


def _save(marks: dict[str, Mark], name: str) -> Mark:
    """What of a file's mark each save changes; empty for one that is not there."""
    return marks.get(name, ())[:3]


def _shown_marks(paths: Iterable[Path], root: Path) -> dict[str, Mark]:
    return {shown(path, root): mark for path, mark in file_marks(paths).items()}
