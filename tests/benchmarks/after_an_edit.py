"""How long a report takes after one edit, and when nothing changed, against a first run; rounds interleaved.

    .venv/bin/python tests/benchmarks/after_an_edit.py [--runs 5] [--beside FOLDER, another checkout of the project]

    unchanged   make report on a tree where all stands
    prose       a sentence of 03_compare's text changed
    numbers     a sentence with numbers in a code cell of 03_compare changed
    watch       the same, from the save to the new page, while make watch runs; some seconds after the last save
    hurry       the same, right after the last page has come: nothing has run ahead yet

Only ratios are worth quoting: machines differ and drift. With another checkout beside it, each round is made in both.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from checkouts import HOUSE, Checkout, add_cohort_1, wait_until

PAUSE, HURRY = 6, 0.3  # seconds between two saves
EDITED, SENTENCE = "03_compare", "The intervals are not adjusted"


def project(house: Path, root: Path) -> Checkout:
    """A checkout's notebooks, package and environment, with the first cohort of this one."""
    shutil.copytree(house / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    (root / "params").mkdir()
    for file in ("requirements.lock", "Makefile"):
        shutil.copy2(house / file, root / file)
    (root / ".venv").symlink_to(house / ".venv")
    add_cohort_1(Checkout(root))
    return Checkout(root)


def made(checkout: Checkout) -> None:
    subprocess.run(["make", "-s", "report", "COHORT=1"], cwd=checkout.root, check=True, stdout=subprocess.DEVNULL)


def first(checkout: Checkout) -> None:
    shutil.rmtree(checkout.root / "build", ignore_errors=True)
    made(checkout)


def numbers(checkout: Checkout) -> None:
    edit(checkout)
    made(checkout)


def prose(checkout: Checkout) -> None:
    checkout.add_sentence(EDITED, f"Nothing else was changed: {time.monotonic_ns()}.")
    made(checkout)


def edit(checkout: Checkout) -> None:
    """Another sentence in a code cell: its kernel has to run."""
    word = str(time.monotonic_ns()).translate(str.maketrans("0123456789", "abcdefghij"))
    checkout.say_otherwise(EDITED, SENTENCE, f"{SENTENCE} {word}")


def watched(checkout: Checkout) -> None:
    before = current(checkout)
    edit(checkout)
    wait_until(lambda: current(checkout) != before)


def current(checkout: Checkout) -> str:
    return os.readlink(checkout.path("1", ".current"))


@contextmanager
def watching(checkouts: list[Checkout]) -> Iterator[None]:
    """make watch in each, past its imports."""
    watches = [checkout.start_module("followup.commands", "watch", "1") for checkout in checkouts]
    try:
        time.sleep(8)
        yield
    finally:
        for watch in watches:
            Checkout.end(watch, 2)


def timed(way: Callable[[Checkout], None], checkout: Checkout) -> tuple[float, float]:
    """(wall, CPU) seconds."""
    before, begin = os.times(), time.perf_counter()
    way(checkout)
    wall, after = time.perf_counter() - begin, os.times()
    return wall, after.children_user + after.children_system - before.children_user - before.children_system


def rounds(ways: dict[str, Callable], checkouts: dict[str, Checkout], runs: int, pause: float = 0) -> dict:
    taken: dict = {}
    for _ in range(runs):
        for what, way in ways.items():
            for name, checkout in checkouts.items():
                time.sleep(pause)
                taken.setdefault((what, name), []).append(timed(way, checkout))
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--beside", type=Path)
    asked = parser.parse_args()
    houses = {"here": HOUSE} | ({"beside": asked.beside.resolve()} if asked.beside else {})
    with TemporaryDirectory(prefix="followup-edits-") as folder:
        os.environ["FOLLOWUP_KEY_FILE"] = str(Path(folder) / "key")
        os.environ["PYTHONHASHSEED"] = "0"
        checkouts = {name: project(house, Path(folder) / name) for name, house in houses.items()}
        rounds({"first": first}, checkouts, 1)  # what is compiled and cached once is not to be counted
        ways = {"first": first, "unchanged": made, "prose": prose, "numbers": numbers}
        taken = rounds(ways, checkouts, asked.runs)
        with watching(list(checkouts.values())):
            taken |= rounds({"watch": watched}, checkouts, asked.runs, PAUSE)
            taken |= rounds({"hurry": watched}, checkouts, asked.runs, HURRY)
    medians = {key: [statistics.median(each) for each in zip(*times, strict=True)] for key, times in taken.items()}
    for (what, name), (wall, cpu) in medians.items():
        of_first = f"{wall / medians['first', name][0]:.3f} of a first run"
        of_other = f", {wall / medians[what, 'beside'][0]:.2f} of beside" if asked.beside else ""
        print(f"{what:<10} {name:<7} wall {wall:5.2f} s   cpu {cpu:5.2f} s   {of_first}{of_other}")


if __name__ == "__main__":
    main()
