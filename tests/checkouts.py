"""Copies of the project in which the real chain runs, and ways to look at what it made."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import forks
import pandas as pd
from bs4 import BeautifulSoup

HOUSE = Path(__file__).parents[1]
SMALL = HOUSE / "tests" / "cohorts" / "small"
# The notebooks that the project ships; tests of the chain mean these, whatever else an analyst has put beside them.
REPORT = ("01_clean", "02_describe", "03_compare", "04_projects", "05_network", "06_findings")
SHIPPED = (*REPORT, "90_cohorts")
FEW = (
    "01_clean",
    "04_projects",
    "05_network",
    "06_findings",
)  # first, side by side, and last: for what any notebooks show
STAGE_LINE = re.compile(r"\[\d+/\d+\] (\w+) +(unchanged|new prose|[\d.]+ s)")


@dataclass(frozen=True)
class Done:
    """A build that ended: its exit code, and what it said."""

    code: int
    out: str
    err: str

    @property
    def stages(self) -> dict[str, str]:
        """Each stage that ended, with "ran", "new prose" or "unchanged"."""
        return {name: "ran" if said.endswith(" s") else said for name, said in STAGE_LINE.findall(self.out)}

    @property
    def ran(self) -> list[str]:
        return sorted(name for name, said in self.stages.items() if said == "ran")


class Checkout:
    """A copy of the project: notebooks, params, data and whatever was built in it."""

    def __init__(self, root: Path):
        self.root = root
        self.notebooks = root / "notebooks"

    def copy(self, root: Path, without: tuple[str, ...] = ()) -> "Checkout":
        """Another copy, with the same build; files keep their dates."""
        if without:
            shutil.copytree(self.root, root, symlinks=True, ignore=shutil.ignore_patterns(*without))
        else:  # five times as fast
            root.parent.mkdir(parents=True, exist_ok=True)
            subprocess.run(["cp", "-a", str(self.root), str(root)], check=True)
        return Checkout(root)

    def start(self, cohort: str, **environment: str) -> subprocess.Popen:
        """A build under way, in a session of its own, as `make report` starts it."""
        return self.start_module("followup.commands", "report", cohort, **environment)

    def start_reports(self, **environment: str) -> subprocess.Popen:
        """The builds of all cohorts under way, as `make reports` starts them."""
        return self.start_module("followup.commands", "reports", **environment)

    def start_module(self, *command: str, **environment: str) -> subprocess.Popen:
        """A module of the copy, run in a session of its own."""
        clean = {name: value for name, value in os.environ.items() if name != "FOLLOWUP_ROOT"}
        return subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=self.notebooks,
            env={**clean, "PYTHONHASHSEED": "0", **environment},
            text=True,
            encoding="utf-8",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def run(self, *command: str, **environment: str) -> Done:
        """A command from its start to its end: in a fork, or a real process where it has settings that libraries read."""
        if any(not name.startswith(("FOLLOWUP_", "CHOSEN_", "SOURCE_DATE_EPOCH")) for name in environment):
            return self.end(self.start_module("followup.commands", *command, **environment), seconds=300)
        return Done(*forks.run(self.notebooks, command, environment, seconds=300))

    def build(self, cohort: str, **environment: str) -> Done:
        return self.run("report", cohort, **environment)

    def reports(self, **environment: str) -> Done:
        return self.end(self.start_reports(**environment), seconds=300)

    @staticmethod
    def end(build: subprocess.Popen, signal_: int | None = None, seconds: int = 120) -> Done:
        """Wait for a build to end, after sending it a signal."""
        if signal_ is not None:
            build.send_signal(signal_)
        try:
            out, err = build.communicate(timeout=seconds)
        finally:
            build.poll() is None and os.killpg(build.pid, signal.SIGKILL)
        return Done(build.returncode, out, err)

    # -------------------------------------------------------- what was built

    def path(self, cohort: str, *parts: str) -> Path:
        return self.root.joinpath("build", cohort, *parts)

    def page(self, cohort: str, language: str) -> str:
        return self.path(cohort, f"report.{language}.html").read_text(encoding="utf-8")

    def soup(self, cohort: str, language: str) -> BeautifulSoup:
        """A page as its elements."""
        return _soup(self.page(cohort, language))

    def result(self, cohort: str, name: str) -> pd.DataFrame:
        """A published table, as a reviewer would read it; an empty one where there is nothing to tell."""
        path = self.path(cohort, "results", f"{name}.csv")
        if not path.read_text(encoding="utf-8").strip():
            return pd.DataFrame()
        return pd.read_csv(path, keep_default_na=False, na_values=[""])

    def published(self, cohort: str) -> dict[str, bytes]:
        """Every file a reader can reach, with its bytes."""
        folder = self.path(cohort, ".current")
        return {
            str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
        }

    # -------------------------------------------------------- what is changed

    def add_code(self, stage: str, source: str) -> int:
        """A code cell more at a notebook's end; gives the number that JupyterLab shows beside it."""
        path = self.notebooks / f"{stage}.ipynb"
        notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook["cells"].append(
            {
                "cell_type": "code",
                "id": f"added-{time.monotonic_ns()}",
                "metadata": {},
                "outputs": [],
                "execution_count": None,
                "source": source,
            }
        )
        path.write_text(json.dumps(notebook), encoding="utf-8")
        return sum(cell["cell_type"] == "code" and bool("".join(cell["source"]).strip()) for cell in notebook["cells"])

    def say_otherwise(self, stage: str, old: str, new: str) -> None:
        """Put `new` in place of the only `old` in a notebook's cells, as Jupyter would write it."""
        path = self.notebooks / f"{stage}.ipynb"
        notebook = json.loads(path.read_text(encoding="utf-8"))
        [cell] = [cell for cell in notebook["cells"] if old in "".join(cell["source"])]
        cell["source"] = "".join(cell["source"]).replace(old, new)
        path.write_text(json.dumps(notebook), encoding="utf-8")

    def add_sentence(self, stage: str, words: str) -> None:
        """A sentence more in a notebook's first text cell."""
        path = self.notebooks / f"{stage}.ipynb"
        notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook["cells"][0]["source"] = "".join(notebook["cells"][0]["source"]) + f"\n{words}"
        path.write_text(json.dumps(notebook), encoding="utf-8")

    def add_code_and_sentence(self, stage: str, words: str) -> None:
        """A notebook that has to run again, and words on its page that tell when it has."""
        self.add_code(stage, "pass")
        self.add_sentence(stage, words)

    def replace(self, file: str, old: str, new: str) -> int:
        """Put `new` in place of the only `old` in a file of the copy; gives the line where it now stands."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, (file, old, text.count(old))
        path.write_text(text.replace(old, new), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1


@lru_cache(maxsize=8)
def _soup(page: str) -> BeautifulSoup:
    return BeautifulSoup(re.sub(r"base64,[A-Za-z0-9+/=]+", "base64,", page), "html.parser")


def wait_until(condition, seconds: float = 300) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def copied(root: Path, notebooks: tuple[str, ...] = SHIPPED) -> Checkout:
    """The project without cohorts: notebooks and package, codebooks, lock file, Makefile."""
    shutil.copytree(HOUSE / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns("*.ipynb*"))
    for name in notebooks:
        shutil.copy2(HOUSE / "notebooks" / f"{name}.ipynb", root / "notebooks")
    (root / "params").mkdir()
    for file in ("requirements.lock", "Makefile"):
        shutil.copy2(HOUSE / file, root / file)
    return Checkout(root)


def add_cohort_1(checkout: Checkout) -> None:
    shutil.copytree(HOUSE / "data" / "1", checkout.root / "data" / "1")
    shutil.copy2(HOUSE / "params" / "1.yaml", checkout.root / "params")
    for folder in ("questionnaires", "claims"):
        shutil.copytree(HOUSE / "params" / folder, checkout.root / "params" / folder)


def add_small(checkout: Checkout) -> None:
    """The made-up cohort that holds every oddity (tests/cohorts/small/README.md)."""
    shutil.copytree(SMALL / "data", checkout.root / "data" / "small")
    (checkout.root / "params" / "questionnaires").mkdir(exist_ok=True)
    shutil.copy2(SMALL / "params.yaml", checkout.root / "params" / "small.yaml")
    shutil.copy2(SMALL / "codebook.yaml", checkout.root / "params" / "questionnaires" / "village.yaml")


def add_course(checkout: Checkout) -> None:
    """The course of params/README.md, as whoever followed it has it at the end (tests/cohorts/course/README.md)."""
    course = HOUSE / "tests" / "cohorts" / "course"
    shutil.copytree(course, checkout.root / "data" / "course", ignore=shutil.ignore_patterns("*.yaml", "*.md"))
    (checkout.root / "params" / "questionnaires").mkdir(exist_ok=True)
    shutil.copy2(course / "course_params.yaml", checkout.root / "params" / "course.yaml")
    shutil.copy2(course / "course_codebook.yaml", checkout.root / "params" / "questionnaires" / "course.yaml")
