"""How seconds, memory and pages grow: with the respondents of one cohort, and with the number of cohorts.

Each size is a synthetic cohort of the shipped questionnaire (every statement and question, codes as answers; two waves
linked by ID; roster; a few blanks, "don't know", duplicates, IDs typed otherwise and strangers), put through the real
chain as Make does; many cohorts are built by what `make reports` runs. Projects, ties, meetings and interviews are left out: they grow with projects, not with answers.

The memory of the driver and all kernels together is sampled (proportional set size, so that what processes share counts
once), and everything is ended beyond --limit. Ratios are worth quoting, seconds are this machine's.
Writes build/bench/growth.csv and growth.svg.
"""

import argparse
import contextlib
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import yaml

HOUSE = Path(__file__).resolve().parents[2]
NOTEBOOKS = HOUSE / "notebooks"
sys.path.insert(0, str(NOTEBOOKS))
STAGE = re.compile(r"^\[\d+/\d+\] (\S+) +([\d.]+) s", re.MULTILINE)
ROWS_AT_ONCE = 100_000
MB, GB = 1 << 20, 1 << 30
DONT_KNOW, BLANK = 99, -1
STALE = 1  # how store/freshness.py ends where there is something to build
GROUPS = {
    "סוג ארגון": ["משרד מטה", "משרד ביצוע", "שלטון מקומי"],
    "ותק ניהולי": ["עד 5 שנים", "6 עד 10 שנים", "11 שנים ומעלה"],
}


# A synthetic cohort ------------------------------------------------------------------------------------------------


def write_cohort(root: Path, name: str, people: int, seed: int) -> None:
    """Params, roster and two waves of `people` participants: nine in ten answer the first, three in four the next."""
    from followup.study.cohort import open_cohort

    codebook, rng = open_cohort("1", HOUSE).codebook, np.random.default_rng(seed)
    for folder in ("params/questionnaires", f"data/{name}"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    shutil.copy(HOUSE / "params/questionnaires/digital_leaders.yaml", root / "params/questionnaires")
    params = yaml.safe_load((HOUSE / "params/1.yaml").read_text(encoding="utf-8"))
    params = {key: value for key, value in params.items() if key not in ("projects", "network", "interviews")}
    params |= {"cohort": name, "waves": {wave: {"file": f"{wave}.csv"} for wave in codebook.waves}}
    params["roster"] = {"file": "roster.csv", "participant": "Participant code", "participants": people}
    (root / f"params/{name}.yaml").write_text(yaml.safe_dump(params, allow_unicode=True), encoding="utf-8")
    ids = np.array([f"P{number:07}" for number in range(people)], dtype="object")
    traits = {trait: rng.choice(labels, people) for trait, labels in GROUPS.items()}
    roster = pd.DataFrame({"Participant code": ids} | traits)
    roster.to_csv(root / f"data/{name}/roster.csv", index=False)
    disposition = rng.normal(size=people)
    for wave, share, rise in (("programme_end", 0.9, 0.0), ("follow_up", 0.75, 0.1)):
        answered = np.flatnonzero(rng.random(people) < share)
        _write_wave(root / f"data/{name}/{wave}.csv", codebook, wave, ids[answered], disposition[answered] + rise, rng)


OPENED = {"programme_end": "2016-02-20", "follow_up": "2016-11-01"}


def _write_wave(path: Path, codebook, wave: str, ids: np.ndarray, disposition: np.ndarray, rng) -> None:
    for start in range(0, len(ids), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        rows = _rows(codebook, wave, ids[part], disposition[part], rng)
        rows.to_csv(path, mode="a" if start else "w", header=not start, index=False)


def _rows(codebook, wave: str, ids: np.ndarray, disposition: np.ndarray, rng) -> pd.DataFrame:
    """One wave's submissions as an export has them: a code an answer, now and then something to be settled."""
    n, columns = len(ids), {}
    typed = np.where(rng.random(n) < 0.002, [text.lower() for text in ids], ids)
    typed = np.where(rng.random(n) < 0.00002, "X" + ids, typed)
    columns["Participant code"] = typed
    seconds = rng.integers(0, 20 * 86_400, n).astype("timedelta64[s]")
    columns["Timestamp"] = np.datetime_as_string(np.datetime64(f"{OPENED[wave]}T08:00:00") + seconds)
    for key, item in codebook.items.items():
        if wave in item.waves:
            columns[key] = _ratings(disposition * (-1 if item.reverse_coded else 1), rng)
    for key, question in codebook.questions.items():
        if wave in question.waves:
            columns[key] = _choices(codebook, key, n, rng) if question.kind != "text" else [""] * n
    rows = pd.DataFrame(columns)
    again = rows.sample(n // 500, random_state=int(rng.integers(1 << 31)))
    return pd.concat([rows, again])


def _ratings(disposition: np.ndarray, rng) -> np.ndarray:
    codes = np.clip(np.rint(3.2 + 0.7 * disposition + rng.normal(scale=0.8, size=len(disposition))), 1, 5).astype(int)
    chance = rng.random(len(codes))
    codes = np.where(chance < 0.01, DONT_KNOW, np.where(chance < 0.02, BLANK, codes))
    return np.where(codes == BLANK, "", codes.astype(str))


def _choices(codebook, key: str, n: int, rng) -> np.ndarray:
    codes = [str(option.code) for option in codebook.options_of(key).options if not option.exclusive]
    one = rng.choice(codes, n)
    if codebook.questions[key].kind == "one":
        return one
    several = [";".join(sorted(rng.choice(codes, size=size, replace=False))) for size in (1, 2, 3) for _ in range(9)]
    return rng.choice(np.array(several), n)


# One run -----------------------------------------------------------------------------------------------------------


@dataclass
class Watch:
    """A run under way: the memory of its whole tree, and whether it was ended for taking too much."""

    process: psutil.Process
    limit: int
    peak: int = 0
    largest: int = 0
    over: bool = False

    def follow(self, every: float) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):  # the chain has ended
            while self.process.status() != psutil.STATUS_ZOMBIE:
                self._look([self.process, *self.process.children(recursive=True)])
                time.sleep(every)

    def _look(self, tree: list[psutil.Process]) -> None:
        sizes = []
        for member in tree:
            try:
                sizes.append(member.memory_full_info().pss)
            except psutil.Error:
                continue
        self.peak, self.largest = max(self.peak, sum(sizes)), max(self.largest, *sizes, 0)
        if sum(sizes) > self.limit:
            self.over = True
            for member in tree:
                with contextlib.suppress(psutil.NoSuchProcess):
                    member.kill()


def ask_whether_stale(name: str, environment: dict[str, str]) -> None:
    """What Make asks first of a cohort of which nothing is built; it compiles the package."""
    asked = [sys.executable, "-S", "followup/store/freshness.py", name]
    if subprocess.run(asked, cwd=NOTEBOOKS, env=environment, check=False).returncode != STALE:
        raise RuntimeError(f"{name} is to be built from nothing, but does not count as stale")


def built(root: Path, name: str, limit: int) -> dict:
    """The chain on one cohort, nothing of it being built: seconds, memory, sizes, and how it ended."""
    ask_whether_stale(name, _environment(root))
    taken, said = followed(["followup.commands.report", name], root, limit)
    pages = {language: root / "build" / name / f"report.{language}.html" for language in ("he", "en")}
    return taken | {
        **{f"page_{name}_kb": round(page.stat().st_size / 1024) for name, page in pages.items() if page.exists()},
        "private_mb": round(_size(root / "build" / name / "private") / MB),
        "exports_mb": round(_size(root / "data" / name) / MB),
        **{f"s_{stage}": float(seconds) for stage, seconds in STAGE.findall(said)},
    }


def followed(module: list[str], root: Path, limit: int) -> tuple[dict, str]:
    """A module run to its end: how it ended, seconds, memory; and what it said."""
    begin, before = time.perf_counter(), _cpu_of_children()
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *module],
            cwd=NOTEBOOKS,
            env=_environment(root),
            stdout=output,
            stderr=output,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (2 * limit, 2 * limit)),
        )
        watch = Watch(psutil.Process(process.pid), limit)
        sampler = threading.Thread(target=watch.follow, args=(0.2,))
        sampler.start()
        code = process.wait()
        wall, cpu = time.perf_counter() - begin, _cpu_of_children() - before
        sampler.join()
        output.seek(0)
        said = output.read()
    if code:
        print(said, file=sys.stderr)
    return {
        "ended": "over the limit" if watch.over else "done" if code == 0 else f"failed ({code})",
        "wall_s": round(wall, 1),
        "cpu_s": round(cpu, 1),
        "peak_mb": round(watch.peak / MB),
        "largest_process_mb": round(watch.largest / MB),
    }, said


def _environment(root: Path) -> dict[str, str]:
    own = {"FOLLOWUP_ROOT": str(root), "FOLLOWUP_KEY_FILE": str(root / "key"), "PYTHONHASHSEED": "0", "MAKEFLAGS": ""}
    return {**os.environ, **own}


def _cpu_of_children() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


# Both ways of growing ----------------------------------------------------------------------------------------------


def respondents(sizes: list[int], limit: int, folder: Path) -> list[dict]:
    """One cohort of each size; the folder is emptied between them."""
    rows = []
    for people in sizes:
        root = Path(tempfile.mkdtemp(prefix="growth-", dir=folder))
        write_cohort(root, "grown", people, seed=people)
        rows.append({"grows": "respondents", "n": people, **built(root, "grown", limit)})
        shutil.rmtree(root)
        print(rows[-1], flush=True)
    return rows


def cohorts(counts: list[int], limit: int, folder: Path) -> list[dict]:
    """So many cohorts of forty, each number built from nothing by `make reports`; with how far each lies from a straight line."""
    rows = []
    for count in counts:
        root = Path(tempfile.mkdtemp(prefix="growth-", dir=folder))
        for number in range(1, count + 1):
            write_cohort(root, f"c{number}", 40, seed=number)
        rows.append({"grows": "cohorts", "n": count, **followed(["followup.commands.reports"], root, limit)[0]})
        shutil.rmtree(root)
        print(rows[-1], flush=True)
    for column in ("wall_s", "cpu_s"):
        off = off_line(counts, [row[column] for row in rows])
        for row, percent in zip(rows, off, strict=True):
            row[f"{column}_off_line_percent"] = percent
    return rows


def off_line(counts: list[int], seconds: list[float]) -> list[float]:
    """How many percent each figure lies above the straight line through them (least squares); below it is negative."""
    if len(counts) < 3:
        return [0.0] * len(counts)
    line = np.polyval(np.polyfit(counts, seconds, 1), counts)
    return [round(float(percent), 1) for percent in 100 * (np.array(seconds) / line - 1)]


def plot(table: pd.DataFrame, target: Path) -> None:
    """CPU seconds, memory and pages by respondents; seconds by cohorts."""
    import matplotlib as mpl
    import seaborn as sns
    from matplotlib.figure import Figure

    mpl.rcParams["svg.hashsalt"] = "growth"
    figure = Figure(figsize=(11, 3.2), layout="constrained")
    panels = (
        ("respondents", "cpu_s", "CPU seconds"),
        ("respondents", "peak_mb", "peak memory, MB"),
        ("respondents", "page_en_kb", "English page, KB"),
        ("cohorts", "wall_s", "seconds"),
    )
    for axes, (grows, column, label) in zip(figure.subplots(1, len(panels)), panels, strict=True):
        mine = table[(table["grows"] == grows) & (table["ended"] == "done")]
        if len(mine):
            sns.lineplot(mine, x="n", y=column, marker="o", ax=axes)
        axes.set(xlabel=grows, ylabel=label, ylim=(0, None))
        if grows == "respondents":
            axes.set_xscale("log")
    figure.savefig(target, metadata={"Date": None})


def _with_earlier(path: Path, table: pd.DataFrame) -> pd.DataFrame:
    """This run's rows, and those of earlier runs for sizes that this one left out."""
    earlier = pd.read_csv(path) if path.exists() else pd.DataFrame(columns=["grows", "n"])
    both = pd.concat([earlier, table], ignore_index=True).drop_duplicates(["grows", "n"], keep="last")
    return both.sort_values(["grows", "n"], ascending=[False, True], ignore_index=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--respondents", type=int, nargs="*", default=[40, 1_000, 100_000, 1_000_000])
    parser.add_argument("--cohorts", type=int, nargs="*", default=[1, 5, 20, 60])
    parser.add_argument("--limit", type=float, default=4.0, help="gigabytes that all processes together may take")
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()), help="where the cohorts are written"
    )
    chosen = parser.parse_args()
    limit = int(chosen.limit * GB)
    rows = respondents(chosen.respondents, limit, chosen.folder) + cohorts(chosen.cohorts, limit, chosen.folder)
    folder = HOUSE / "build" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    table = _with_earlier(folder / "growth.csv", pd.DataFrame(rows))
    table.to_csv(folder / "growth.csv", index=False)
    plot(table, folder / "growth.svg")
    print(table.to_string())


if __name__ == "__main__":
    main()
