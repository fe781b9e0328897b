"""One notebook executed with papermill, and what is to be said when it did not run to its end."""

import json
import logging
import re
from collections.abc import Iterable
from concurrent.futures import Future, wait
from functools import partial
from pathlib import Path

from followup.chain.ends import ANEW
from followup.chain.stages import FAILURE, INPUT, Stage
from followup.disclosure.cell_bundle import WITH_A_TABLE, bundles_in
from followup.problems import InputProblems
from followup.study import earlier_notebooks
from followup.study.explained_errors import note_in

ANSI = re.compile(r"\x1b\[[0-9;]*m")


class StageFailed(Exception):
    """A notebook that did not run to its end: which, where, why, and what is kept for a look.

    `cell` is the number that JupyterLab shows beside a code cell that ran, as [7].
    """

    def __init__(self, stage: str, cell: int | None, cause: str, kept: Path, exit_code: int = FAILURE):
        self.stage, self.cell, self.cause, self.kept, self.exit_code = stage, cell, cause, kept, exit_code
        self.beside: list[StageFailed] = []  # notebooks that ran beside it and failed, too
        super().__init__(stage, cell, cause)

    def __str__(self) -> str:
        told = "\n".join(one.told for one in (self, *self.beside))
        return f"{told}\n    nothing new was published"

    @property
    def told(self) -> str:
        where = f"notebooks/{self.stage}.ipynb" + (f", cell [{self.cell}]" if self.cell else "")
        return f"{where}: {self.cause}\n    the notebook as far as it ran: {self.kept}"


def failed_beside(under_way: Iterable[Future]) -> list[StageFailed]:
    """What else failed of notebooks that had begun, once they have ended."""
    ended = wait([one for one in under_way if not one.cancelled()]).done
    failures = [one.exception() for one in ended if not one.cancelled()]
    return sorted((one for one in failures if isinstance(one, StageFailed)), key=lambda one: one.stage)


def execute(stage: Stage, cohort: str, output: Path, told: dict[str, str] | None = None, ahead=None):
    """Run one notebook with papermill and give it back executed; raises `StageFailed`.

    `told` are variables of its kernel's environment: where it notes the params that it reads, and where it keeps charts.
    `ahead`, where there is one, is the `RunAhead` that stops it before a cell.

    papermill can end well although a kernel died or a cell was skipped: success is that every code cell was
    executed and none failed.
    """
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from followup.chain import engine
    from followup.chain.kernels import TOLD, twice_if_not_started

    TOLD.set(told)
    for name in ("traitlets", "papermill"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what they would say is said once, by StageFailed
    output.parent.mkdir(parents=True, exist_ok=True)
    if ahead is None:
        output.unlink(missing_ok=True)
    run = partial(
        papermill.execute_notebook,
        str(stage.notebook),
        str(output),
        parameters={"cohort": cohort},
        cwd=str(stage.notebook.parent),
        progress_bar=False,
        kernel_name="python3",
        language="python",
        engine_name=engine.NAME,
        kernel_manager_class="followup.chain.kernels.StudyKernelManager",
        shutdown_kernel="immediate",
        log_output=False,
        ahead=ahead,
    )
    try:
        twice_if_not_started(run)
    except PapermillExecutionError as error:
        raise _failed(stage, output, error) from None
    except Exception as error:
        raise _broken_off(stage, output, error) from error
    return _checked(stage, output)


def _broken_off(stage: Stage, output: Path, error: Exception) -> StageFailed:
    """A run that ended without an error of a cell: no kernel, a kernel that died, a full disk."""
    from nbclient.exceptions import DeadKernelError

    from followup.chain.kernels import KernelNotStarted

    if isinstance(error, DeadKernelError):
        return StageFailed(
            stage.name, _last_begun(output), "its kernel died: out of memory, or ended from outside", output
        )
    if isinstance(error, KernelNotStarted):
        return StageFailed(stage.name, None, f"its kernel did not start ({error}): {ANEW}", output)
    return StageFailed(stage.name, None, f"{type(error).__name__}: {error}", output)


def _failed(stage: Stage, output: Path, error) -> StageFailed:
    """The cause in one line, or the input problems in full, with the number of the cell in the analyst's notebook."""
    cells = _written(output)
    number = next((number for number, cell in cells if cell["metadata"].get("papermill", {}).get("exception")), None)
    is_input, why = (
        error.ename == InputProblems.__name__,
        ANSI.sub("", str(error.evalue)) or _last_line(dict(cells).get(number, {})),
    )
    meant = note_in(error.traceback, error.ename)  # an import may fail before anything is there to explain it
    cause = why if is_input else f"{error.ename}: {why}{f'; {meant}' if meant else earlier_notebooks.instead(why)}"
    return StageFailed(stage.name, number, cause, output, INPUT if is_input else FAILURE)


def _written(output: Path) -> list[tuple[int, dict]]:
    """The analyst's code cells, with the numbers that JupyterLab shows, in a notebook as far as it was written; none when it cannot be read (a full disk cuts it off)."""
    try:
        return _own_cells(json.loads(output.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return []


def _own_cells(notebook: dict) -> list[tuple[int, dict]]:
    """The code cells that the analyst wrote, as they are counted when they run one after another; empty ones never run."""
    own = (
        cell
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
        and "".join(cell["source"]).strip()
        and not {"injected-parameters", "papermill-error-cell-tag"} & set(cell["metadata"].get("tags", []))
    )
    return list(enumerate(own, 1))


def _last_line(cell: dict) -> str:
    """The last thing that a cell wrote: where IPython itself refuses a cell, it says why only there."""
    written = "".join(
        "".join(output["text"]) for output in cell.get("outputs", []) if output["output_type"] == "stream"
    )
    return ANSI.sub("", written).strip().rpartition("\n")[2]


def _last_begun(output: Path) -> int | None:
    """The number of the last cell that started in a notebook whose run broke off."""
    begun = [number for number, cell in _written(output) if cell["metadata"].get("papermill", {}).get("start_time")]
    return begun[-1] if begun else None


def _checked(stage: Stage, output: Path):
    """The executed notebook; every code cell must have run to its end (papermill lets sys.exit(0) pass)."""
    from followup.publish import cells

    notebook = cells.read(output)
    for number, cell in _own_cells(notebook):
        if error := next((output for output in cell.outputs if output.output_type == "error"), None):
            raise StageFailed(
                stage.name, number, f"{error.ename}: {error.evalue} (the cell ended before its last line)", output
            )
        if cell.execution_count is None:
            raise StageFailed(stage.name, number, "the cell was never executed: its kernel died or was ended", output)
    return notebook


def kept_by(notebook) -> list[tuple[str, str]]:
    """(kind, name) of each table that an executed notebook handed on or published."""
    made = (bundle for bundle in bundles_in(notebook) if bundle.kind in WITH_A_TABLE and bundle.of is None)
    return [(bundle.kind, bundle.name) for bundle in made]


def end_all(under_way: Iterable[Future]) -> None:
    """End the notebooks that run, however long their cells would still take."""
    from followup.chain.kernels import end_kernels

    while running := [future for future in under_way if not future.done()]:  # one that was cancelled is done, too
        end_kernels()
        wait(running, timeout=0.2)
