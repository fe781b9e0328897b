"""A notebook run before anybody asks: as far as the first thing that it shows, where it waits for the next save.

Only `make watch` does so, once a report is as new as what it is made from. The run goes on when all that it was made
from is as it was and the notebook has changed only after the place where it waits; else it is given up, and the notebook
runs from its beginning as ever.
"""

import json
import os
import re
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import ClassVar, Optional

from followup.chain.execution import execute
from followup.chain.prose_only import OWN, tags_of
from followup.chain.run import Run
from followup.chain.saved_meanwhile import Inputs, SavedMeanwhile
from followup.chain.stages import HOUSE, Stage
from followup.store.freshness import digest

TICK = 0.05  # seconds between two looks at whether a build is asked for
SHOWS = re.compile(r"\w+\.(say|table|figure|model)\(")


class GivenUp(Exception):
    """The run ahead is of no use any more."""


class RunAhead:
    """A run of one notebook that waits before the cell at `place`; `current` is the one of this process."""

    current: ClassVar[Optional["RunAhead"]] = None

    def __init__(self, run: Run, stage: Stage, begun: Inputs):
        self.stage, self.begun, self.inputs = stage, begun, _inputs(run, stage)
        self.notebook = _read(stage.notebook)
        self.place = _first_shown(self.notebook)
        self.output, self.waits, self.next_cells = run.executed(stage), True, None
        self.arrived, self.may_go_on = threading.Event(), threading.Event()
        pool = ThreadPoolExecutor(1)
        self.result: Future = pool.submit(execute, stage, run.cohort.name, self.output, run.told(stage), self)
        self.result.add_done_callback(lambda _: self.arrived.set())
        pool.shutdown(wait=False)

    def wait(self, run: Run, asked: Callable[[], bool]) -> None:
        """Until it waits at its place, or a build is `asked` for that it is of no use to."""
        while not self.arrived.wait(TICK):
            if asked() and not self._nothing_else_was_saved():
                self.end()
        self.noted = digest(run.notes(self.stage))

    def before(self, index: int) -> list | None:
        """Called before each cell of the running notebook, which has one more than the file: the parameters. Waits at its
        place, and gives the cells to run from there on; None at any other.
        """
        if not self.waits or index != self.place + 1:
            return None
        self.arrived.set()
        self.may_go_on.wait()
        if self.next_cells is None:
            raise GivenUp
        self.waits = False
        return self.next_cells

    def failed(self) -> None:
        """Called where a cell failed. Before its place that is no news: the build will run the cell again, and tell it."""
        if self.waits:
            raise GivenUp

    def fits(self, run: Run, stage: Stage) -> bool:
        """Whether what it has done is what a run of this notebook, as it is now, would have done so far."""
        from followup.chain.kernels import all_alive

        return (
            stage.name == self.stage.name
            and not self.result.done()
            and _until(_read(stage.notebook), self.place) == _until(self.notebook, self.place)
            and _inputs(run, stage) == self.inputs
            and self._nothing_else_was_saved()
            and run.stands(stage)
            and digest(run.notes(stage)) == self.noted
            and all_alive()
        )

    def _nothing_else_was_saved(self) -> bool:
        try:
            self.begun.check()
        except SavedMeanwhile as saved:
            return saved.files == [f"notebooks/{self.stage.notebook.name}"]
        return True

    def finish(self):
        """Go on with the cells that the file has now: the executed notebook. Raises `StageFailed`."""
        from papermill.engines import NotebookExecutionManager
        from papermill.iorw import load_notebook_node

        self.output.unlink(missing_ok=True)
        notebook = load_notebook_node(str(self.stage.notebook))
        NotebookExecutionManager(notebook, progress_bar=False).notebook_start()  # no cell has run
        self.next_cells = notebook.cells[self.place :]
        self.may_go_on.set()
        return self.result.result()

    def end(self) -> None:
        """Give up a run that nothing goes on with; come back when its kernel has ended."""
        from followup.chain.kernels import end_kernels

        self.may_go_on.set()
        while not self.result.done():
            if not self.arrived.is_set():  # it runs, and no other does yet
                end_kernels()
            wait([self.result], TICK)


def begin(cohort_name: str, notebook: str | None, asked: Callable[[], bool]) -> None:
    """Run a notebook ahead, this one or the one that takes longest, where the cohort's report stands as new as it can be; come
    back when it waits, or is of no use to the build that is `asked` for. Says nothing: what is wrong is told by that build.
    """
    from filelock import FileLock

    from followup.study.cohort import open_cohort

    with suppress(Exception):
        begun, cohort = Inputs(Path(os.environ.get("FOLLOWUP_ROOT", HOUSE)), cohort_name), open_cohort(cohort_name)
        with FileLock(cohort.private / "lock", timeout=0):
            run = Run(cohort, begun, say=lambda line: None, at_once=lambda: 1)
            showing = {each.name: each for each in run.stages if _first_shown(_read(each.notebook)) is not None}
            stage = showing.get(notebook) or max(showing.values(), key=run.seconds)
            if not run.is_large and all(run.is_fresh(each) for each in run.stages):
                run.make_kernels_ready(stage)
                RunAhead.current = RunAhead(run, stage, begun)
                RunAhead.current.wait(run, asked)


def _inputs(run: Run, stage: Stage) -> dict[str, str]:
    """All that decides what a stage makes but its own cells."""
    own = f"{stage.name}.ipynb: code"
    return run.keys | run.own_settings | {name: mark for name, mark in run.inputs(stage, ()).items() if name != own}


def _read(notebook: Path) -> dict:
    return json.loads(notebook.read_text(encoding="utf-8"))


def _until(notebook: dict, place: int) -> list:
    """What of a notebook counts before a place, whatever Jupyter saved beside it; nothing where there is no cell at it."""
    own, cells = notebook["metadata"].get(OWN), notebook["cells"]
    kept = [[cell["cell_type"], cell.get("id"), "".join(cell["source"]), tags_of(cell)] for cell in cells[:place]]
    return [own, kept] if len(cells) > place else []


def _first_shown(notebook: dict) -> int | None:
    """The place of the first cell that does nothing but show something, if there is one."""
    cells = enumerate(notebook["cells"])
    return next(
        (place for place, cell in cells if SHOWS.match("".join(cell["source"])) and cell["cell_type"] == "code"), None
    )
