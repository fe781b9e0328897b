"""Kill whole builds of the small cohort at random moments, and check after each what stands before the readers.

    .venv/bin/python tests/benchmarks/kill_builds.py [how many, 100] [seed, 1]

Each build has a cell and a sentence more, so that a notebook runs; its group of processes gets SIGKILL. A reader looks before
and after. At the end one build must heal. Prints how many versions were seen and how many were not whole.
"""

import hashlib
import json
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from checkouts import Checkout, add_small, copied

LONGEST = 14.0


def state(checkout: Checkout) -> tuple[str, bool]:
    """The version before the readers, and whether it is whole."""
    folder = checkout.path("small", ".current").resolve()
    try:
        listed = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["outputs"]
        return folder.name, all(
            hashlib.sha256((folder / name).read_bytes()).hexdigest() == mark for name, mark in listed.items()
        )
    except (OSError, ValueError, KeyError):
        return folder.name, False


def kill_one(checkout: Checkout, number: int, moment: float) -> list[tuple[str, bool]]:
    """Start a build, look until the moment comes, kill it; what was seen."""
    checkout.add_code_and_sentence(("01_clean", "06_findings")[number % 2], f"Sentence {number}.")
    build = checkout.start("small")
    end, seen = time.monotonic() + moment, []
    while time.monotonic() < end and build.poll() is None:
        seen.append(state(checkout))
        time.sleep(0.02)
    if build.poll() is None:
        os.killpg(build.pid, signal.SIGKILL)
    build.communicate()
    return [*seen, state(checkout)]


def main(kills: int = 100, seed: int = 1) -> int:
    moments = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="followup-kills-") as folder:
        os.environ["FOLLOWUP_KEY_FILE"] = str(Path(folder) / "key")
        checkout = copied(Path(folder) / "project")
        add_small(checkout)
        first = checkout.build("small")
        assert first.code == 0, first.err
        seen = [one for number in range(kills) for one in kill_one(checkout, number, moments.uniform(0.2, LONGEST))]
        last = checkout.build("small")
        versions, bad = {name for name, _ in seen}, [name for name, whole in seen if not whole]
        print(f"{kills} builds killed; {len(seen)} looks at {len(versions)} versions, {len(bad)} not whole")
        print(f"the next run ended with {last.code}; its report is {'whole' if state(checkout)[1] else 'not whole'}")
        return 1 if bad or last.code or not state(checkout)[1] else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
