"""make check: what is wrong with the notebooks, and what may have been forgotten."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat

from followup.chain.both_languages import one_sided
from followup.chain.found_notebooks import metadata, misnamed, named
from followup.chain.merge_conflicts import in_cells
from followup.chain.metadata_rules import problems_of
from followup.chain.notebook_rules import NOTEBOOKS, check
from followup.commands.clone_settings import is_clone, strips
from followup.problems import Problem, shortened
from followup.study.cohort import ROOT, cohort_names, languages_of_all


def main(folder: Path = NOTEBOOKS) -> int:
    """Print one line for each problem in the notebooks of a folder, and for each notice; 1 when there is a problem, else 0."""
    root = Path(os.environ.get("FOLLOWUP_ROOT", ROOT))
    paths, outputs = named(folder), strips(folder.parent)  # outputs that git keeps out of commits may stay
    found = problems_of(folder, cohort_names(root))
    found += [problem for path in paths for problem in check(path, _languages(path, root), outputs)]
    for problem in found:
        print(line(problem), file=sys.stderr)
    for notice in (*misnamed(folder), *_edited_in_one_language(folder)):
        print(notice)
    if not found:
        print(f"{len(paths)} notebooks keep the rules")
    return 1 if found else 0


def _languages(path: Path, root: Path) -> list[str]:
    """The languages in which a notebook must say all that it says: those of the cohorts that it is for."""
    told = metadata(path).get("cohorts")
    return languages_of_all(root, [str(name) for name in told] if isinstance(told, list) else None)


def line(problem: Problem) -> str:
    """A problem in one line."""
    value = f" (found: “{shortened(problem.value)}”)" if problem.value is not None else ""
    return f"{problem.file}: {problem.what}{value}; what to do: {problem.remedy}"


def _edited_in_one_language(folder: Path) -> Iterator[str]:
    """Where one language of a text was changed and the other was not, since the last commit."""
    house = folder.parent
    for path in named(folder) if is_clone(house) else ():
        try:
            before, now = _committed(path, house), nbformat.read(path, as_version=4)
            whole = before and not any(in_cells(now))  # a merge that is not settled is told as a problem
            changed = list(one_sided(nbformat.reads(before, as_version=4), now)) if whole else []
        except ValueError:  # no notebook, which is told as a problem
            continue
        yield from (f"notice: notebooks/{path.name}: {each}" for each in changed)


def _committed(path: Path, house: Path) -> str:
    """The notebook as it was committed last, where something of it is not committed yet."""
    name = path.relative_to(house).as_posix()
    changed = _git(house, "diff", "--no-ext-diff", "--name-only", "HEAD", "--", name)
    return _git(house, "show", f"HEAD:{name}") if changed else ""


def _git(house: Path, *question: str) -> str:
    """What git answers; nothing where it has no answer, as in a clone that holds the last commit only."""
    done = subprocess.run(["git", *question], cwd=house, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


if __name__ == "__main__":
    sys.exit(main())
