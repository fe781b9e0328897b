"""`make verify COHORT=1`: whether a published report is still what its manifest says, and made from what is here now."""

import argparse
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from followup.chain.found_notebooks import stages_of
from followup.chain.stages import HOUSE
from followup.editions import records
from followup.problems import InputProblems, Problem, shortened
from followup.publish import provenance
from followup.publish.versions import ON_DEMAND
from followup.store.freshness import PACKAGE, RELEASES, digest, sha256_of
from followup.study.cohort import ROOT, cohort_names, open_cohort
from followup.study.institute_key import KEYED, can_verify, key_of, keyed_digests, raw_files
from followup.study.params import Params

DIFFERS, INPUT = 1, 2
SENT_AS = re.compile(r"release-\w+\.zip")  # beside the report, with the files that were sent


NO_KEY = "Its files were verified, its data and params were not: that needs the institute’s key (FOLLOWUP_KEY_FILE names it)."


def differences(cohort: str, folder: Path, root: Path, params: Params | None) -> list[str]:
    """Each way in which the report in `folder` differs from its manifest, or its inputs from those below `root`.

    What the institute alone has is compared where its `params` are given, and so its key is here. Raises `InputProblems` when the folder holds no manifest of this cohort.
    """
    facts = _manifest(cohort, folder)
    found = [
        *_outputs(facts["outputs"], folder),
        *_inputs({name: mark for name, mark in facts["inputs"].items() if not mark.startswith(KEYED)}, cohort, root),
        *(_raw_inputs(facts["inputs"], cohort, root, params) if params else ()),
        *_versions(facts["versions"]),
    ]
    if failed := facts.get("failed"):
        found.append(f"a newer run failed: {failed['when']}, {failed['stage']} ({failed['reason']})")
    return found


def edition_in(folder: Path, cohort: str, root: Path) -> str:
    """Which edition the report in a folder is, and whether it is as its record says it was sent."""
    about = _manifest(cohort, folder).get("edition") or {}
    if not about.get("number"):
        return "This is a draft, not to be sent." if about.get("draft") else "This is not yet released as an edition."
    named = f"edition {about['name']} of cohort {cohort}, {about['released']}"
    known = {edition.name: edition for edition in records.editions_of(root, cohort)}
    if about["name"] not in known:
        return f"It says that it is {named}; there is no record of that here (data/{RELEASES}/{cohort})."
    sent = known[about["name"]].sent
    same = all(digest(folder / name) == sha256_of(content) for name, content in sent.items())
    return f"This is {named}, {'as released' if same else 'but not as it was released'}."


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


def changed_outputs(folder: Path) -> list[str]:
    """Files of the report in a folder that are not as its manifest lists them; one line where there is none."""
    try:
        return list(_outputs(json.loads((folder / provenance.MANIFEST).read_bytes())["outputs"], folder))
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return ["there is no report here, or its manifest is damaged"]


def _outputs(listed: dict[str, str], folder: Path) -> Iterator[str]:
    """Files of the report that changed, are gone, or were never part of it."""
    for name, mark in listed.items():
        yield from _compared("output", name, mark, digest(folder / name))
    here = {f"results/{path.name}" for path in (folder / "results").glob("*")}
    here |= {path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")}
    here = {name for name in here if not SENT_AS.fullmatch(name)}
    for name in sorted(here - set(listed) - {provenance.MANIFEST, *ON_DEMAND}):
        yield f"output {name}: not in the manifest"


def _inputs(listed: dict[str, str], cohort: str, root: Path) -> Iterator[str]:
    """Codebook, notebooks, package and lock file that changed, are gone, or are new since then."""
    present = {path.relative_to(HOUSE).as_posix(): path for path in _code(cohort)}
    for name, mark in listed.items():
        if name != "python" and mark != "absent":
            yield from _compared("input", name, mark, digest(present.get(name, root / name)))
    for name in sorted(set(present) - set(listed)):
        yield f"input {name}: not there when the report was made"


def _raw_inputs(listed: dict[str, str], cohort: str, root: Path, params: Params) -> Iterator[str]:
    """Data and params of the cohort that changed, are gone, or are new since then, by keyed digests."""
    then = {name: mark for name, mark in listed.items() if mark.startswith(KEYED) or mark == "absent"}
    paths = {*raw_files(params, cohort, root), *(root / name for name in then)}
    now = keyed_digests(paths, root, key_of(params))
    for name in sorted(now):
        yield from _compared("input", name, then.get(name, "absent"), now[name])
    known = [name for name in then if name in now and "absent" not in (then[name], now[name])]
    if len(known) > 1 and all(then[name] != now[name] for name in known):
        yield "all data differ: perhaps it was made with another key (FOLLOWUP_KEY_FILE names the one used)"


def _code(cohort: str) -> list[Path]:
    package = [path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return [*package, *(stage.notebook for stage in stages_of(cohort)), HOUSE / "requirements.lock"]


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
        params = open_cohort(cohort, root).params
        checked = can_verify(params)
        found = differences(cohort, folder, root, params if checked else None)
    except InputProblems as problems:
        print(problems, file=sys.stderr)
        return INPUT
    if not checked:
        print(NO_KEY)
    print(edition_in(folder, cohort, root))
    if not found:
        made_from = "everything it was made from" if checked else "the code it was made with"
        print(f"The report of cohort {cohort} matches its manifest and {made_from}.")
        return 0
    print(
        f"The report of cohort {cohort} does not match:", *(f"    {line}" for line in found), sep="\n", file=sys.stderr
    )
    return DIFFERS


if __name__ == "__main__":
    sys.exit(main())
