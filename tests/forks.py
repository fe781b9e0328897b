"""Commands of a copy of the project, each in a fork of a process that has imported the libraries, and nothing of the project.

A build is then what `make reports` makes of it: a process of its own, with kernels forked from it. What starts a command
with settings that libraries read, or sends signals to it, starts a real process instead (`Checkout.start`).
"""

import contextlib
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
from functools import cache
from pathlib import Path

HOUSE = str(Path(__file__).parents[1])
LIBRARIES = [
    *("babel.dates", "babel.numbers", "bs4", "filelock", "fontTools.varLib", "jinja2", "jsonschema", "nbformat", "nh3"),
    *("nbconvert.exporters.templateexporter", "openpyxl", "pandas", "papermill", "pydantic", "pygments.lexers"),
    *("pyreadstat", "rapidfuzz.distance", "rocrate.rocrate", "stdnum.il", "yaml", "scipy.stats", "scipy.optimize"),
    *("statsmodels.formula.api", "statsmodels.multivariate.factor", "statsmodels.stats.multitest", "seaborn"),
    *("matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg", "jupyter_client.asynchronous"),
    *("ipykernel.debugger", "ipykernel.ipkernel", "ipykernel.kernelapp", "IPython.core.completerlib"),
]
QUIET = {
    "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "PYTHONHASHSEED": "0",
}
WITH_KERNELS = ("report", "compare")
STARTING = threading.Lock()


def run(notebooks: Path, command: tuple[str, ...], settings: dict[str, str], seconds: float) -> tuple[int, str, str]:
    """The exit code of `python -m followup.commands` in a copy's notebooks, and what it wrote to its two streams.

    Of settings it has only those that the project itself reads: libraries have read theirs when the fork begins.
    """
    with tempfile.TemporaryDirectory() as folder:
        out, err = (Path(folder) / name for name in ("out", "err"))
        with STARTING:  # of two threads that ask for a fork, one starts the process that makes them
            server = _server()
        process = server.Process(target=_be, args=(notebooks, command, _environment() | settings, out, err))
        process.start()
        process.join(seconds)
        if process.exitcode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise TimeoutError(f"{' '.join(command)} took more than {seconds} s")
        return process.exitcode, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8")


def _environment() -> dict[str, str]:
    """As a command started from here would have it."""
    return {name: value for name, value in os.environ.items() if name != "FOLLOWUP_ROOT"} | {"PYTHONHASHSEED": "0"}


@cache
def _server():
    """The process that forks, started with the settings that builds and their kernels have."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LIBRARIES)
    before = {name: os.environ.get(name) for name in (*QUIET, "MPLCONFIGDIR")}
    os.environ.update(QUIET, MPLCONFIGDIR=os.path.join(HOUSE, "build", ".matplotlib"))
    try:
        multiprocessing.forkserver.ensure_running()
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
    return context


def _be(notebooks: Path, command: tuple[str, ...], environment: dict[str, str], out: Path, err: Path) -> None:
    """Be the command, and leave with its exit code."""
    os.setsid()
    os.chdir(notebooks)
    os.environ.clear()
    os.environ.update(environment)
    for number, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))
    sys.path[:] = [str(notebooks), *(path for path in sys.path if "site-packages" in path or HOUSE not in path)]
    assert "followup" not in sys.modules  # else it would be the project's own package that runs, not the copy's
    from followup.chain.warm_kernels import warm_already
    from followup.commands.__main__ import leave, main

    with warm_already() if command[0] in WITH_KERNELS else contextlib.nullcontext():
        code = main(*command)
    leave(code)
