"""Kill whole builds of the small cohort at random moments, and check after each what stands before the readers.

    .venv/bin/python tests/benchmarks/kill_builds.py [how many, 100] [seed, 1]

Before each kill a build is left alone: it heals what the kill before it left, and tells how long the next one will take,
for both have the same to do (two notebooks with a cell and a sentence more). Each kill has its own hundredth of that
time, in shuffled order, so that they lie evenly over the whole build, publication included; one that came too late, for
the build had ended, is tried again. The build's group of processes gets SIGKILL. A reader looks before and after.
Prints how many versions were seen and how many were not whole, and what the builds had come to when they were killed.
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

TRIES = 4  # of one kill: a build may end before its moment, where the machine had less to do than just before
CHANGED = ("01_clean", "06_findings")
ENDED = "had ended"
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
    place, _ = kill_one(checkout, number, float("inf"))
    assert place == ENDED, f"a build that was left alone came to {place}"
    return time.monotonic() - begin


def kill_one(checkout: Checkout, number: int, moment: float) -> tuple[str, list[tuple[str, bool]]]:
    """Start a build, look until the moment comes, kill it; how far it had come, and what was seen."""
    for stage in CHANGED:
        checkout.add_code_and_sentence(stage, f"Sentence {number}.")
    build = checkout.start("small")
    end, seen = time.monotonic() + moment, []
    while time.monotonic() < end and build.poll() is None:
        seen.append(state(checkout))
        time.sleep(0.02)
    if build.poll() is None:
        os.killpg(build.pid, signal.SIGKILL)
    said, _ = build.communicate()
    ran = len(STAGE.findall(said))
    place = ENDED if build.returncode == 0 else "publishing" if ran == 6 else f"{ran} of 6 notebooks"
    return place, [*seen, state(checkout)]


def kill_in_part(checkout: Checkout, part: float, number: int) -> tuple[str, list[tuple[str, bool]]]:
    """Kill a build when that part of it (0 to 1) is over, as long as the one before it, left alone, took."""
    seen: list[tuple[str, bool]] = []
    for again in range(TRIES):
        seconds = left_alone(checkout, number + again)
        place, looks = kill_one(checkout, -number - again, part * seconds)
        seen += looks
        if place != ENDED:
            break
    return place, seen


def main(kills: int = 100, seed: int = 1) -> int:
    moments = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="followup-kills-") as folder:
        os.environ["FOLLOWUP_KEY_FILE"] = str(Path(folder) / "key")
        checkout = copied(Path(folder) / "project")
        add_small(checkout)
        first = checkout.build("small")
        assert first.code == 0, first.err
        seen, places = [], Counter()
        for number, hundredth in enumerate(moments.sample(range(kills), kills), start=1):
            part = (hundredth + moments.random()) / kills
            place, looks = kill_in_part(checkout, part, number * TRIES)
            places[place] += 1
            seen += looks
            broken = sum(not whole for _, whole in seen)
            print(f"{number:3} of {kills}  at {part:4.0%}: {place}; {len(seen)} looks, {broken} not whole", flush=True)
        last = checkout.build("small")
        versions, bad = {name for name, _ in seen}, [name for name, whole in seen if not whole]
        print(f"{kills} builds killed; {len(seen)} looks at {len(versions)} versions, {len(bad)} not whole")
        print("when killed: " + ", ".join(f"{place} {count}" for place, count in sorted(places.items())))
        print(f"the next run ended with {last.code}; its report is {'whole' if state(checkout)[1] else 'not whole'}")
        return 1 if bad or last.code or not state(checkout)[1] else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
