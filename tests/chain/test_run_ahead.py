"""A notebook that was run before anybody asked: used where it is what a run from the beginning would be, and only there."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from time import sleep, time

import psutil
import pytest
from checkouts import Checkout, wait_until

NOTEBOOK = "04_projects"
DRIVER = """
import sys
from followup.chain.builders import ENDED, Builder

if __name__ == "__main__":
    builder = Builder()
    for line in sys.stdin:
        what, *named = line.split()
        if what == "ahead":
            builder.run_ahead("small", named[0])
            continue
        builder.build("small")
        while True:
            kind, value = builder.connections[0].recv()
            if kind == ENDED:
                print(value, flush=True)
                break
            print(value, end="", file=sys.stderr, flush=True)
    builder.close()
"""


class Driver:
    """Somebody who lets a notebook run ahead, saves files, and asks for builds."""

    def __init__(self, checkout: Checkout, folder: Path):
        self.checkout, self.said, script = checkout, folder / "said", folder / "driver.py"
        script.write_text(DRIVER, encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, script],
            cwd=checkout.notebooks,
            env=os.environ | {"PYTHONPATH": str(checkout.notebooks), "PYTHONHASHSEED": "0"},
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.said.open("w", encoding="utf-8"),
        )

    def run_ahead(self) -> None:
        """Come back when the notebook is under way, read as it is now."""
        notes = self.checkout.path("small", "private", "stamps", f"{NOTEBOOK}.read")
        notes.unlink(missing_ok=True)
        self._ask(f"ahead {NOTEBOOK}")
        wait_until(notes.exists, 120)

    def build(self) -> int:
        self._ask("build")
        return int(self.process.stdout.readline())

    def _ask(self, what: str) -> None:
        self.process.stdin.write(f"{what}\n")
        self.process.stdin.flush()

    def end(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=60)


@pytest.fixture
def driver(few: Checkout, tmp_path: Path) -> Iterator[Driver]:
    driver = Driver(few, tmp_path)
    yield driver
    driver.end()


def first_cell_ran(checkout: Checkout) -> float:
    """When the notebook's first code cell began, in seconds."""
    notebook = json.loads(checkout.path("small", "private", f"{NOTEBOOK}.ipynb").read_text(encoding="utf-8"))
    first = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    return datetime.fromisoformat(first["metadata"]["papermill"]["start_time"]).timestamp()


def state_of(checkout: Checkout) -> dict[str, bytes]:
    """What stands of the cohort's report, its results, its executed notebooks and their stamps."""
    files = [
        path
        for kind in ("*.ipynb", "results/*", "tables/*", "stamps/*.json")
        for path in checkout.path("small", "private").glob(kind)
    ]
    return {path.name: path.read_bytes() for path in files} | checkout.published("small")


def a_sentence(few: Checkout) -> None:
    few.add_code(NOTEBOOK, 'report.say(en="Said after all others.", he="נאמר אחרי כל האחרים.")')


def test_it_goes_on_with_what_was_saved_and_the_page_is_that_of_a_run_from_the_beginning(few, driver, tmp_path):
    driver.run_ahead()
    saved = time()
    a_sentence(few)
    assert driver.build() == 0
    assert first_cell_ran(few) < saved
    assert "Said after all others." in few.page("small", "en")
    assert "נאמר אחרי כל האחרים." in few.page("small", "he")

    again = few.copy(tmp_path / "again")
    again.path("small", "private", "stamps", f"{NOTEBOOK}.json").unlink()
    assert again.build("small").stages[NOTEBOOK] == "ran"
    assert first_cell_ran(again) > saved
    assert again.published("small") == few.published("small")


def test_as_long_as_nothing_is_saved_nothing_has_changed(few, driver):
    before = state_of(few)
    driver.run_ahead()
    assert driver.build() == 0
    assert state_of(few) == before
    assert set(few.build("small").stages.values()) == {"unchanged"}


def an_early_cell(few: Checkout) -> None:
    few.replace(f"notebooks/{NOTEBOOK}.ipynb", '"import pandas as pd', '"# first of all\\nimport pandas as pd')


def early_prose(few: Checkout) -> None:
    few.replace(f"notebooks/{NOTEBOOK}.ipynb", '"# 04 · How far', '"# 04 · Now: how far')


def the_params(few: Checkout) -> None:
    few.replace("params/small.yaml", "seed: ", "seed: 1")


def the_module(few: Checkout) -> None:
    with (few.notebooks / "followup/analysis/answer_levels.py").open("a", encoding="utf-8") as module:
        module.write("\n# saved\n")


def a_file_of_data(few: Checkout) -> None:
    for path in (few.root / "data" / "small").rglob("projects*"):
        path.write_bytes(path.read_bytes())


def a_result(few: Checkout) -> None:
    """What the cells before the place have made is no longer as they made it."""
    for path in made_of(few):
        path.write_bytes(path.read_bytes() + b"\n")


def no_result(few: Checkout) -> None:
    for path in made_of(few):
        path.unlink()


def made_of(few: Checkout) -> list[Path]:
    stamp = json.loads(few.path("small", "private", "stamps", f"{NOTEBOOK}.json").read_text(encoding="utf-8"))
    return [few.root / name for name in stamp["outputs"] if name.endswith(".csv")]


def the_notes(few: Checkout) -> None:
    few.path("small", "private", "stamps", f"{NOTEBOOK}.read").unlink()


def the_kernel(few: Checkout) -> None:
    """The youngest process is that of the kernel."""
    mine = (each for each in psutil.Process().children(recursive=True) if each.cwd().startswith(str(few.root)))
    max(mine, key=psutil.Process.create_time).kill()


@pytest.mark.parametrize(
    "save",
    [an_early_cell, early_prose, the_params, the_module, a_file_of_data, a_result, no_result, the_notes, the_kernel],
)
def test_it_is_of_no_use_once_anything_before_its_place_is_not_as_it_was(few, driver, save: Callable):
    driver.run_ahead()
    sleep(3)  # so that it waits at its place
    saved = time()
    save(few)
    a_sentence(few)
    assert driver.build() == 0
    assert first_cell_ran(few) > saved
    assert "Said after all others." in few.page("small", "en")


def test_a_cell_that_fails_is_named_and_the_next_save_heals(few, driver):
    driver.run_ahead()
    number = few.add_code(NOTEBOOK, "1 / 0")
    assert driver.build() != 0
    assert f"{NOTEBOOK}.ipynb, cell [{number}]: ZeroDivisionError" in driver.said.read_text(encoding="utf-8")
    few.replace(f"notebooks/{NOTEBOOK}.ipynb", '"1 / 0"', '"1 / 2"')
    assert driver.build() == 0


def test_nothing_runs_on_when_whoever_could_ask_has_gone(few, driver):
    driver.run_ahead()
    processes = psutil.Process(driver.process.pid).children(recursive=True)
    driver.end()
    psutil.wait_procs(processes, timeout=20)
    assert [process for process in processes if process.is_running()] == []
