"""How long the reports of many cohorts take, from nothing, in several ways, interleaved in one run.

    each alone     make report COHORT=…, one after another
    reports -j1    make reports -j1: one notebook at a time
    reports -j2    two at a time, whichever cohorts they are of
    reports        as many at a time as the computer has cores

For the cohorts that are shipped and for made-up ones of forty respondents. The least that a way can take is its CPU
seconds divided by the processors. Only ratios are worth quoting: machines differ and drift.
Writes build/bench/many_cohorts.csv.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from growth import HOUSE, NOTEBOOKS, ask_whether_stale, write_cohort
from ways_to_build import environment, fresh_root

FLAGS = {"reports -j1": " -j1", "reports -j2": " -j2", "reports": ""}  # as Make writes them
WAYS = ("each alone", *FLAGS)


def made_up(cohorts: int) -> Path:
    """A folder with so many cohorts of forty, and nothing built."""
    root = Path(tempfile.mkdtemp(prefix="bench-"))
    for number in range(1, cohorts + 1):
        write_cohort(root, f"c{number}", 40, seed=number)
    return root


def build(way: str, root: Path) -> None:
    if way in FLAGS:
        _run(["-m", "followup.commands.reports"], root, FLAGS[way])
        return
    for name in sorted(path.stem for path in (root / "params").glob("*.yaml")):
        ask_whether_stale(name, _environment(root))
        _run(["-m", "followup.commands.report", name], root)


def _run(arguments: list[str], root: Path, flags: str = "") -> None:
    own = _environment(root) | {"MAKEFLAGS": flags}
    subprocess.run([sys.executable, *arguments], cwd=NOTEBOOKS, env=own, check=True, stdout=subprocess.DEVNULL)


def _environment(root: Path) -> dict[str, str]:
    return environment(root) | {"FOLLOWUP_KEY_FILE": str(root / "key"), "MAKEFLAGS": ""}


def timed(way: str, root: Path) -> tuple[float, float]:
    """(wall, CPU) seconds of all reports, built from nothing; the folder is removed."""
    begin, before = time.perf_counter(), os.times()
    build(way, root)
    wall, after = time.perf_counter() - begin, os.times()
    shutil.rmtree(root)
    return wall, after.children_user + after.children_system - before.children_user - before.children_system


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--made-up", type=int, default=12, help="how many cohorts to make up")
    chosen = parser.parse_args()
    sets = {"shipped": fresh_root, f"{chosen.made_up} made up": lambda: made_up(chosen.made_up)}
    lines = ["cohorts,way,wall_s,cpu_s,least_wall_s,times_as_quick_as_each_alone,times_as_quick_as_j1"]
    for label, fresh in sets.items():
        taken: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
        for number in range(chosen.runs):
            for way in WAYS:
                wall, cpu = timed(way, fresh())
                taken[way].append((wall, cpu))
                print(
                    f"{label}, run {number + 1} of {chosen.runs}, {way:<11}  wall {wall:6.1f} s   cpu {cpu:6.1f} s",
                    flush=True,
                )
        medians = {
            way: [statistics.median(values) for values in zip(*pairs, strict=True)] for way, pairs in taken.items()
        }
        for way, (wall, cpu) in medians.items():
            quicker = [medians[other][0] / wall for other in ("each alone", "reports -j1")]
            lines.append(
                f"{label},{way},{wall:.1f},{cpu:.1f},{cpu / (os.cpu_count() or 1):.1f},{quicker[0]:.2f},{quicker[1]:.2f}"
            )
    target = HOUSE / "build" / "bench" / "many_cohorts.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
