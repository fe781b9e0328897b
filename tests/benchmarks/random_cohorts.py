"""Does any conclusion of thousands of random cohorts contradict its own row? All ways of linking, 2 to 300 people.

    python tests/benchmarks/random_cohorts.py --cohorts 1000
    python tests/benchmarks/random_cohorts.py --cohorts 1 --first 1407

Each cohort has a seed of its own, from `--first` on, so that one that failed is made again by its number. A crash counts as
a failure. Ends with 1 when one fails.
"""

import argparse
import sys
import traceback
from collections import Counter
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1] / "notebooks")]

from random_studies import held, random_study  # noqa: E402
from tables_of_notebooks import changes_of  # noqa: E402

EVERY = 50  # cohorts between two lines of progress


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cohorts", type=int, default=1000)
    options.add_argument("--first", type=int, default=1000, help="the seed of the first cohort")
    asked = options.parse_args()
    failed, rows, links, verdicts = [], 0, Counter(), Counter()
    for number, seed in enumerate(range(asked.first, asked.first + asked.cohorts), 1):
        try:
            known = random_study(np.random.default_rng(seed))
            found, told = held(known)
            rows += told
            links[known.link] += 1
            verdicts.update(changes_of(known)["verdict"])
        except Exception:  # noqa: BLE001 - a crash of whatever kind is what is looked for
            found = [traceback.format_exc()]
        if found:
            failed.append(seed)
            print(f"seed {seed}:", *found, sep="\n  ", flush=True)
        if number % EVERY == 0 or number == asked.cohorts:
            print(f"{number} cohorts, {rows} rows, {len(failed)} failed", flush=True)
    print("links:", dict(links), "conclusions:", dict(verdicts), "failed:", failed or "none")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
