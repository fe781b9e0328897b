"""make check: what is wrong with the notebooks."""

import os
import sys
from pathlib import Path

from followup.chain.notebook_rules import NOTEBOOKS, check
from followup.problems import Problem, shortened
from followup.study.cohort import ROOT, languages_of_all


def main(folder: Path = NOTEBOOKS) -> int:
    """Print one line for each problem in the notebooks of a folder; 1 when there is any, else 0."""
    paths, languages = sorted(folder.glob("*.ipynb")), languages_of_all(Path(os.environ.get("FOLLOWUP_ROOT", ROOT)))
    found = [problem for path in paths for problem in check(path, languages)]
    for problem in found:
        print(line(problem), file=sys.stderr)
    if not found:
        print(f"{len(paths)} notebooks keep the rules")
    return 1 if found else 0


def line(problem: Problem) -> str:
    """A problem in one line."""
    value = f" (found: “{shortened(problem.value)}”)" if problem.value is not None else ""
    return f"{problem.file}: {problem.what}{value}; what to do: {problem.remedy}"


if __name__ == "__main__":
    sys.exit(main())
