"""`make word COHORT=1`: a cohort's published pages as Word files, report.he.docx and report.en.docx, for comments."""

import argparse
import json
import sys
from pathlib import Path

from followup.problems import InputProblems
from followup.publish import on_demand, provenance, versions
from followup.publish.word_document import word_document
from followup.store.freshness import sha256_of
from followup.study.cohort import Cohort, open_cohort

INPUT, FAILURE = 2, 3


def version_of(manifest: str) -> str:
    """What tells one published version from another: the beginning of a digest of what its manifest lists."""
    return sha256_of(json.dumps(json.loads(manifest)["outputs"], sort_keys=True))[:16]


def write_cohort(cohort: Cohort) -> list[Path]:
    """Write the Word files that are not there yet, or were damaged since; where they are."""

    def made(page: Path) -> bytes:
        version = version_of((page.parent / provenance.MANIFEST).read_text(encoding="utf-8"))
        return word_document(page.read_text(encoding="utf-8"), provenance.PAGES[page.name], cohort.name, version)

    return on_demand.made_from_pages(cohort, versions.WORD_FILES, made, "make word")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description="Write a cohort's report as Word files, in the languages of the study."
    )
    parser.add_argument("cohort")
    name = parser.parse_args(arguments).cohort
    try:
        cohort = open_cohort(name)
        for path in write_cohort(cohort):
            print(path.relative_to(cohort.root))
    except InputProblems as problems:
        print(problems, file=sys.stderr)
        return INPUT
    except OSError as problem:
        print(problem, file=sys.stderr)
        return FAILURE
    return 0


if __name__ == "__main__":
    sys.exit(main())
