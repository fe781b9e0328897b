"""Kill whole builds of the small cohort at random moments, and check after each what stands before the readers.

    .venv/bin/python tests/benchmarks/kill_builds.py [how many, 100] [seed, 1]

Each build has a cell and a sentence more, so that a notebook runs; its group of processes gets SIGKILL. Moments are spread
evenly over the whole build, publication included, in shuffled order: as long as the build before that was left alone took.
A reader looks before and after. At the end one build must heal. Prints how many versions were seen and how many were
not whole, and what the builds had come to when they were killed.
"""

import hashlib
import json
import os
import random
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from checkouts import Checkout, add_small, copied

LEFT_ALONE = 10  # each so many builds one is not killed, so that it is known how long they take now
STAGE = re.compile(r"\[\d/\d\]")


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


def left_alone(checkout: Checkout, number: int) -> float:
    """Seconds that a build takes which is looked at like the others and not killed."""
    begin = time.monotonic()
    kill_one(checkout, number, float("inf"))
    return time.monotonic() - begin


def change(checkout: Checkout, number: int) -> None:
    checkout.add_code_and_sentence(("01_clean", "06_findings")[number % 2], f"Sentence {number}.")


def kill_one(checkout: Checkout, number: int, moment: float) -> tuple[str, list[tuple[str, bool]]]:
    """Start a build, look until the moment comes, kill it; how far it had come, and what was seen."""
    change(checkout, number)
    build = checkout.start("small")
    end, seen = time.monotonic() + moment, []
    while time.monotonic() < end and build.poll() is None:
        seen.append(state(checkout))
        time.sleep(0.02)
    if build.poll() is None:
        os.killpg(build.pid, signal.SIGKILL)
    said, _ = build.communicate()
    ran = len(STAGE.findall(said))
    place = "had ended" if build.returncode == 0 else "publishing" if ran == 6 else f"{ran} of 6 notebooks"
    return place, [*seen, state(checkout)]


def main(kills: int = 100, seed: int = 1) -> int:
    moments = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="followup-kills-") as folder:
        os.environ["FOLLOWUP_KEY_FILE"] = str(Path(folder) / "key")
        checkout = copied(Path(folder) / "project")
        add_small(checkout)
        first = checkout.build("small")
        assert first.code == 0, first.err
        seen, places, order = [], Counter(), random.Random(seed).sample(range(kills), kills)
        for number, part in enumerate(order):
            if number % LEFT_ALONE == 0:
                seconds = left_alone(checkout, kills + number + number % 2)
            place, looks = kill_one(checkout, number, (part + moments.random()) / kills * seconds)
            places[place] += 1
            seen += looks
        last = checkout.build("small")
        versions, bad = {name for name, _ in seen}, [name for name, whole in seen if not whole]
        print(f"{kills} builds killed; {len(seen)} looks at {len(versions)} versions, {len(bad)} not whole")
        print("when killed: " + ", ".join(f"{place} {count}" for place, count in sorted(places.items())))
        print(f"the next run ended with {last.code}; its report is {'whole' if state(checkout)[1] else 'not whole'}")
        return 1 if bad or last.code or not state(checkout)[1] else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
