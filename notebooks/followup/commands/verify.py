"""`make verify COHORT=1`: whether a published report is still what its manifest says, and made from what is here now."""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from followup.chain.stages import HOUSE, STAGES
from followup.problems import InputProblems, Problem, shortened
from followup.publish import provenance
from followup.publish.versions import PDFS
from followup.store.freshness import PACKAGE, data_files, digest
from followup.study.cohort import ROOT, cohort_names

DIFFERS, INPUT = 1, 2


def differences(cohort: str, folder: Path, root: Path) -> list[str]:
    """Each way in which the report in `folder` differs from its manifest, or its inputs from those below `root`.

    Raises `InputProblems` when the folder holds no manifest of this cohort.
    """
    facts = _manifest(cohort, folder)
    found = [
        *_outputs(facts["outputs"], folder),
        *_inputs(facts["inputs"], cohort, root),
        *_versions(facts["versions"]),
    ]
    if failed := facts.get("failed"):
        found.append(f"a newer run failed: {failed['when']}, {failed['stage']} ({failed['reason']})")
    return found


def _manifest(cohort: str, folder: Path) -> dict:
    path = folder / provenance.MANIFEST
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        parts = [facts[part] for part in ("inputs", "outputs", "versions")]
    except FileNotFoundError:
        raise InputProblems([Problem("there is no report here", f"make report COHORT={cohort}", str(path))]) from None
    except (ValueError, KeyError, TypeError):
        parts = []
    if not parts or not all(isinstance(part, dict) for part in parts):
        raise InputProblems([Problem("this is no manifest of a report", f"make report COHORT={cohort}", str(path))])
    if facts.get("cohort") != cohort:
        what, remedy = "this report is of another cohort", f"make verify COHORT={facts.get('cohort')}"
        raise InputProblems([Problem(what, remedy, str(path), value=shortened(facts.get("cohort")), allowed=cohort)])
    return facts


def _outputs(listed: dict[str, str], folder: Path) -> Iterator[str]:
    """Files of the report that changed, are gone, or were never part of it."""
    for name, mark in listed.items():
        yield from _compared("output", name, mark, digest(folder / name))
    here = {f"results/{path.name}" for path in (folder / "results").glob("*")}
    here |= {path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")}
    for name in sorted(here - set(listed) - {provenance.MANIFEST, *PDFS}):
        yield f"output {name}: not in the manifest"


def _inputs(listed: dict[str, str], cohort: str, root: Path) -> Iterator[str]:
    """Data, params, codebook, notebooks, package and lock file that changed, are gone, or are new since then."""
    present = {path.relative_to(root).as_posix(): path for path in data_files(root, cohort)}
    present |= {path.relative_to(HOUSE).as_posix(): path for path in _code()}
    for name, mark in listed.items():
        if name != "python":
            yield from _compared("input", name, mark, digest(present.get(name, root / name)))
    for name in sorted(set(present) - set(listed)):
        yield f"input {name}: not there when the report was made"


def _code() -> list[Path]:
    package = [path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return [*package, *(stage.notebook for stage in STAGES), HOUSE / "requirements.lock"]


def _compared(kind: str, name: str, then: str, now: str) -> Iterator[str]:
    if then != now:
        yield f"{kind} {name}: " + {"absent": "missing"}.get(
            now, "not there when the report was made" if then == "absent" else "changed"
        )


def _versions(then: dict[str, str]) -> Iterator[str]:
    """Python and packages that are of another version than those that made the report."""
    now = provenance.versions()
    for name in sorted({*then, *now}):
        if then.get(name) != now.get(name):
            yield f"version of {name}: {then.get(name, 'none')} then, {now.get(name, 'none')} now"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Say whether a published report still matches, and what changed.")
    parser.add_argument("cohort")
    cohort = parser.parse_args(arguments).cohort
    root = Path(os.environ.get("FOLLOWUP_ROOT", ROOT))
    folder = root / (os.environ.get("CHOSEN_FROM") or Path("build", cohort))
    try:
        if cohort not in cohort_names(root):
            raise InputProblems([Problem("there is no such cohort", "say which", "COHORT", value=cohort)])
        found = differences(cohort, folder, root)
    except InputProblems as problems:
        print(problems, file=sys.stderr)
        return INPUT
    if not found:
        print(f"The report of cohort {cohort} matches its manifest and everything it was made from.")
        return 0
    print(
        f"The report of cohort {cohort} does not match:", *(f"    {line}" for line in found), sep="\n", file=sys.stderr
    )
    return DIFFERS


if __name__ == "__main__":
    sys.exit(main())
