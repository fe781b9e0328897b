"""How long the environment for reports takes on a fresh machine: by uv, as `make` does, and by pip alone, in turn.

    .venv/bin/python tests/benchmarks/set_up.py [--runs 3]

Each run begins with no environment; the caches of packages are empty (cold) or those of the run before (warm). Only the
ratio is worth quoting. Writes build/bench/set_up.csv.
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


def by_uv(project: Path, environment: dict[str, str]) -> None:
    script = "notebooks/followup/commands/environment.py"
    _run([sys.executable, "-I", script, "report"], project, environment)


def by_pip(project: Path, environment: dict[str, str]) -> None:
    lock = (project / "requirements.lock").read_text(encoding="utf-8").split("# == cluster")[0]
    (project / "report.lock").write_text(lock, encoding="utf-8")
    _run([sys.executable, "-m", "venv", ".venv"], project, environment)
    install = [".venv/bin/python", "-m", "pip", "install", "--quiet", "--require-hashes", "-r", "report.lock"]
    _run(install, project, environment)


def _run(command: list[str], project: Path, environment: dict[str, str]) -> None:
    subprocess.run(command, cwd=project, env=environment, check=True, stdout=subprocess.DEVNULL)


def timed(way, cache: Path) -> tuple[float, float]:
    """(wall, CPU) seconds of one set-up from nothing with the caches in `cache`."""
    environment = os.environ | {"UV_CACHE_DIR": str(cache / "uv"), "PIP_CACHE_DIR": str(cache / "pip")}
    environment["PATH"] = os.pathsep.join(p for p in environment["PATH"].split(os.pathsep) if ".venv" not in p)
    with tempfile.TemporaryDirectory(prefix="set-up-") as folder:
        project = Path(folder)
        shutil.copytree(HOUSE / "notebooks" / "followup", project / "notebooks" / "followup")
        shutil.copy(HOUSE / "requirements.lock", project)
        begin, before = time.perf_counter(), os.times()
        way(project, environment)
        wall, after = time.perf_counter() - begin, os.times()
    return wall, after.children_user + after.children_system - before.children_user - before.children_system


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    runs, ways = parser.parse_args().runs, {"uv": by_uv, "pip": by_pip}
    taken: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for _ in range(runs):
        with tempfile.TemporaryDirectory(prefix="set-up-cache-") as cache:
            for state in ("cold", "warm"):
                for name, way in ways.items():
                    wall, cpu = timed(way, Path(cache) / name)
                    taken.setdefault((state, name), []).append((wall, cpu))
                    print(f"{state} {name:<4} wall {wall:6.1f} s   cpu {cpu:6.1f} s", flush=True)
    middle = {key: [statistics.median(values) for values in zip(*pairs, strict=True)] for key, pairs in taken.items()}
    lines = ["cache,way,wall_s,cpu_s,wall_of_pip,cpu_of_pip"]
    for (state, name), (wall, cpu) in middle.items():
        pip_wall, pip_cpu = middle[state, "pip"]
        lines.append(f"{state},{name},{wall:.1f},{cpu:.1f},{wall / pip_wall:.2f},{cpu / pip_cpu:.2f}")
    target = HOUSE / "build" / "bench" / "set_up.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
