"""What a third wave costs: the nurses' study with its three waves, and with the first and the last alone, in turn.

    .venv/bin/python tests/benchmarks/three_waves.py [--runs 3]

Each build starts with nothing built. Only the ratio is worth quoting. Writes build/bench/three_waves.csv.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

HOUSE = Path(__file__).resolve().parents[2]
NOTEBOOKS = HOUSE / "notebooks"
STUDY, LEFT_OUT = "nurses", "after"
sys.path.insert(0, str(HOUSE / "tests"))

from studies_of_many_waves import add_study  # noqa: E402


def study(root: Path, waves: int) -> None:
    """The study of three waves, or of its first and last: nothing of the one between is asked, found or planned."""
    add_study(root, STUDY)
    if waves == 3:
        return
    params, codebook = root / "params" / f"{STUDY}.yaml", root / "params" / "questionnaires" / f"{STUDY}.yaml"
    told, book = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in (params, codebook))
    for part in (told["waves"], told["period"], book["waves"]):
        del part[LEFT_OUT]
    asked = [*book["questions"].values(), *(i for scale in book["scales"].values() for i in scale["items"].values())]
    for one in asked:
        one.pop("waves", None)
    for finding in book["findings"].values():
        finding["evidence"] = [
            one for one in finding["evidence"] if LEFT_OUT not in (one.get("wave"), one.get("compared_with"))
        ]
    book["questions"] = {}
    book["scales"]["use_of_course"]["items"] = {
        key: item | {"waves": ["six_months"]} for key, item in book["scales"]["use_of_course"]["items"].items()
    }
    for path, values in ((params, told), (codebook, book)):
        path.write_text(yaml.safe_dump(values, allow_unicode=True, sort_keys=False), encoding="utf-8")


def timed(waves: int) -> tuple[float, float]:
    """(wall, CPU) seconds of one build."""
    with tempfile.TemporaryDirectory(prefix="waves-") as folder:
        root = Path(folder)
        study(root, waves)
        environment = os.environ | {"FOLLOWUP_ROOT": folder, "PYTHONPATH": str(NOTEBOOKS)}
        begin, before = time.perf_counter(), os.times()
        command = [sys.executable, "-m", "followup.commands.report", STUDY]
        subprocess.run(command, cwd=NOTEBOOKS, env=environment, check=True, stdout=subprocess.DEVNULL)
        wall, after = time.perf_counter() - begin, os.times()
    return wall, after.children_user + after.children_system - before.children_user - before.children_system


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    taken = {waves: [] for waves in (2, 3)}
    for _ in range(runs):
        for waves, found in taken.items():
            found.append(timed(waves))
    out = HOUSE / "build" / "bench" / "three_waves.csv"
    out.parent.mkdir(parents=True, exist_ok=True)
    rows = [f"{waves},{wall:.2f},{cpu:.2f}" for waves, found in taken.items() for wall, cpu in found]
    out.write_text("\n".join(["waves,wall_s,cpu_s", *rows]) + "\n", encoding="utf-8")
    wall, cpu = (
        {waves: statistics.median(one[place] for one in found) for waves, found in taken.items()} for place in (0, 1)
    )
    for waves in taken:
        print(f"{waves} waves: {wall[waves]:.1f} s, {cpu[waves]:.1f} CPU s")
    print(f"three waves cost {wall[3] / wall[2]:.2f} times two ({cpu[3] / cpu[2]:.2f} times the CPU seconds)")


if __name__ == "__main__":
    main()
