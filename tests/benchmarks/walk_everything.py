"""Random walks over everything that a cohort publishes of its scales at once: what may its answers have been?

    python tests/benchmarks/walk_everything.py 1 --seconds 60

Of a built cohort, scale by scale: its own row, its statements', its groups', gaps, the interval for the roster and both
alphas hold together (`followup/disclosure/together.py`). Prints what of the promise was not shown to hold of which row:
a walk shows what may be, never what must be.
"""

import argparse
import sys
from pathlib import Path

import pandas as pd

HOUSE = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(HOUSE / "notebooks")]

from followup.disclosure.release_check import Release  # noqa: E402
from followup.disclosure.scale_blocks import Beside, blocks  # noqa: E402
from followup.disclosure.together import not_shown  # noqa: E402
from followup.study.cohort import open_cohort, read_result  # noqa: E402


def main(name: str, seconds: float) -> None:
    cohort = open_cohort(name)
    levels = pd.concat([read_result(cohort, table) for table in ("levels", "items")], ignore_index=True)
    people, trait = cohort.read("participants"), cohort.params.groups_by
    group_of = people.set_index("participant")[trait] if trait else pd.Series(dtype="str")
    changes, responses = read_result(cohort, "changes"), cohort.read("responses")
    release = Release(changes, levels, responses, group_of, cohort.codebook, cohort.params)
    beside = Beside(*(read_result(cohort, table) for table in ("gaps", "roster_bounds", "reliability")))
    rows = open_rows = shown = 0
    for scale, block in blocks(release, beside):
        left = not_shown(block, seconds)
        rows, shown = rows + len(block.parts), shown + len(block.parts) - len(left)
        open_rows += sum("everyone's change" not in left.get(part.name, []) for part in block.parts)
        for (measure, group), what in left.items():
            print(f"{scale}: {measure} ({group}): not shown: {', '.join(what)}")
    print(f"{rows} rows; everyone's change open in {open_rows}, the whole promise shown of {shown}")


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("cohort")
    asked.add_argument("--seconds", type=float, default=60.0, help="for each scale")
    told = asked.parse_args()
    main(told.cohort, told.seconds)
