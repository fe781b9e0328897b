"""How long a cohort's report takes, against the naive way and against the floor, interleaved in one run.

    naive   papermill's command line once a notebook, then nbconvert's command line once a notebook
    ours    make report on a tree where nothing was built
    floor   the same cells as one plain script, with no kernel, and both pages rendered once

Ours holds the check that nobody can be worked out of the tables, beside the notebooks; what it takes alone is printed.
Only ratios are worth quoting: machines differ and drift. Writes build/bench/ways_to_build.csv.
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

HOUSE = Path(__file__).resolve().parents[2]
NOTEBOOKS = HOUSE / "notebooks"
NAMES = ("01_clean", "02_describe", "03_compare", "04_projects", "05_network", "06_findings")
COHORT = "1"

FLOOR = """
import json, sys
from pathlib import Path
import IPython.core.getipython
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
import nbformat
from nbformat.v4 import output_from_msg
shell = InteractiveShell.instance()
private = Path(sys.argv[1])
for name in sys.argv[3:]:
    notebook = nbformat.read(f"{name}.ipynb", as_version=4)
    shell.reset()
    for number, cell in enumerate(c for c in notebook.cells if c.cell_type == "code"):
        with capture_output() as shown:
            shell.run_cell(cell.source).raise_error()
        cell.execution_count = number + 1
        cell.outputs = [nbformat.v4.new_output("display_data", data=o.data) for o in shown.outputs]
    nbformat.write(notebook, private / f"{name}.ipynb")
from followup.study.cohort import open_cohort
from followup.cleaning.people import words_of_people
from followup.chain.found_notebooks import page_order, stages_of
from followup.publish import publication

cohort = open_cohort(sys.argv[2])
results = [path.stem for path in (private / "results").glob("*.csv")]
publication.publish_report(cohort, {}, results, words_of_people(cohort), page_order(stages_of(cohort.name)))
"""


CHECK = """
import sys, time
from followup.chain.release import check_release
from followup.study.cohort import open_cohort

cohort = open_cohort(sys.argv[1])
(cohort.private / "release_check.json").unlink()
for _ in ("first", "remembered"):
    begin = time.perf_counter()
    check_release(cohort)
    print(f"{time.perf_counter() - begin:.2f} s", end=" ")
"""


def fresh_root() -> Path:
    """A folder with params and data, and nothing built."""
    root = Path(tempfile.mkdtemp(prefix="bench-"))
    for folder in ("params", "data"):
        shutil.copytree(HOUSE / folder, root / folder)
    return root


def environment(root: Path) -> dict[str, str]:
    return {**os.environ, "FOLLOWUP_ROOT": str(root), "PYTHONHASHSEED": "0", "PYTHONPATH": str(NOTEBOOKS)}


def run(command: list[str], root: Path) -> None:
    subprocess.run(
        command, cwd=NOTEBOOKS, env=environment(root), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


def naive(root: Path) -> None:
    """A command a notebook to execute it, another to render it."""
    private = root / "build" / COHORT / "private"
    private.mkdir(parents=True)
    for name in NAMES:
        run(
            [
                sys.executable,
                "-m",
                "papermill",
                f"{name}.ipynb",
                str(private / f"{name}.ipynb"),
                "-r",
                "cohort",
                COHORT,
                "-k",
                "python3",
            ],
            root,
        )
    for name in NAMES:
        run([sys.executable, "-m", "nbconvert", "--to", "html", str(private / f"{name}.ipynb")], root)


def ours(root: Path) -> None:
    run([sys.executable, "-m", "followup.commands.report", COHORT], root)


def floor(root: Path) -> None:
    private = root / "build" / COHORT / "private"
    private.mkdir(parents=True)
    run([sys.executable, "-c", FLOOR, str(private), COHORT, *NAMES], root)


def check_alone() -> str:
    """How long the check of what leaves takes by itself, its imports included, and when its verdict is remembered."""
    root = fresh_root()
    ours(root)
    command = [sys.executable, "-c", CHECK, COHORT]
    done = subprocess.run(command, cwd=NOTEBOOKS, env=environment(root), check=True, capture_output=True, text=True)
    shutil.rmtree(root)
    return done.stdout.strip()


def timed(way) -> tuple[float, float]:
    """(wall, CPU) seconds of one build from nothing."""
    root, before = fresh_root(), os.times()
    begin = time.perf_counter()
    way(root)
    wall, after = time.perf_counter() - begin, os.times()
    shutil.rmtree(root)
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    ways = {"naive": naive, "ours": ours, "floor": floor}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for number in range(runs):
        for name, way in ways.items():
            taken[name].append(timed(way))
            print(
                f"run {number + 1} of {runs}, {name:<5}  wall {taken[name][-1][0]:6.1f} s   cpu {taken[name][-1][1]:6.1f} s",
                flush=True,
            )
    medians = {
        name: [statistics.median(values) for values in zip(*pairs, strict=True)] for name, pairs in taken.items()
    }
    lines = ["way,wall_s,cpu_s,wall_of_naive,wall_of_floor"]
    lines += [
        f"{name},{wall:.2f},{cpu:.2f},{wall / medians['naive'][0]:.2f},{wall / medians['floor'][0]:.2f}"
        for name, (wall, cpu) in medians.items()
    ]
    target = HOUSE / "build" / "bench" / "ways_to_build.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))
    print("the check of what leaves, alone; then remembered:", check_alone())


if __name__ == "__main__":
    main()
