"""`make key`: where the institute's key is, and whether it fits the records of editions that were sent."""

import argparse
import os
import sys
from pathlib import Path

from followup.editions import records
from followup.store.freshness import RELEASES
from followup.study.cohort import ROOT
from followup.study.institute_key import key_file

FITS_NOT = 1


def main(arguments: list[str] | None = None) -> int:
    argparse.ArgumentParser(description="Say where the key is, and whether it fits what was recorded.").parse_args(
        arguments
    )
    root, path = Path(os.environ.get("FOLLOWUP_ROOT", ROOT)), key_file()
    key = records.key_here()
    print(f"The key: {path}" if key else f"There is no key at {path}; the first build would make one.")
    editions = [
        edition
        for folder in sorted((root / "data" / RELEASES).glob("*"))
        if folder.is_dir()
        for edition in records.editions_of(root, folder.name)
    ]
    strange = [edition for edition in editions if key is None or not edition.fits(key)]
    for edition in editions:
        says = "was recorded with another key" if edition in strange else "fits"
        print(f"    cohort {edition.facts['cohort']}, edition {edition.name}, {edition.facts['released']}: {says}")
    if not editions:
        print("    no edition has been recorded yet")
    if strange:
        print(
            "What to do: ask the colleague who released it for the key, and put it into that file (data/README.md says how); "
            "without it nobody can say whose answers differ, and new pages stay drafts.",
            file=sys.stderr,
        )
    return FITS_NOT if strange else 0


if __name__ == "__main__":
    sys.exit(main())
