"""make debug: JupyterLab on a copy of a notebook, run for a cohort up to the cell that fails, with all its variables.

The kernel that ran it stays: the notebook opens in front of it.
"""

import json
import os
import secrets
import subprocess
import sys
import time
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

import nbformat
from jupyter_client.blocking import BlockingKernelClient
from jupyter_core.paths import jupyter_runtime_dir

from followup.chain.found_notebooks import COMPARE, found
from followup.chain.stages import INPUT, Stage
from followup.commands import lab
from followup.problems import nearest
from followup.study.cohort import COMPARED, ROOT, cohort_names
from followup.study.explained_errors import note_in

PATIENCE = 120  # seconds in which JupyterLab must answer
PARAMETERS, INJECTED = "parameters", "injected-parameters"


class NotThere(Exception):
    """Nothing can be opened as it was asked for; says why and what to do."""


def chosen(cohort: str, notebook: str, cohorts: list[str]) -> tuple[str, Stage]:
    """The cohort and the notebook that are meant; raises `NotThere` naming those that there are."""
    stages = {stage.name: stage for stage in found()}
    name = Path(notebook).stem
    if name not in stages:
        near = nearest(name, stages)
        said = f"did you mean NOTEBOOK={near}?" if near else f"one of: {' '.join(stages)}"
        raise NotThere(f"There is no notebook “{notebook}”: {said}")
    if stages[name].page == COMPARE:
        return "all", stages[name]
    if cohort not in cohorts:
        near = nearest(cohort, cohorts)
        said = f"Did you mean COHORT={near}" if near else "Say which cohort"
        raise NotThere(f"{said}: make debug COHORT={near or '…'} NOTEBOOK={name}  (one of: {' '.join(cohorts)})")
    return cohort, stages[name]


def copy_for(stage: Stage, cohort: str) -> nbformat.NotebookNode:
    """The notebook as a run for the cohort has it: without outputs, the cohort's own value beneath the parameters."""
    notebook = nbformat.read(stage.notebook, as_version=4)
    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        cells.append(cell)
        if PARAMETERS in cell.metadata.get("tags", []):
            source = f"# Parameters of this run\ncohort = {json.dumps(cohort)}\n"
            cells.append(nbformat.v4.new_code_cell(source, metadata={"tags": [INJECTED]}))
    return nbformat.from_dict({**notebook, "cells": cells})


# ------------------------------------------------------------ the server and its kernel


class Server:
    """A JupyterLab of ours: its address, its token, what can be asked of it."""

    def __init__(self, environment: dict[str, str]):
        self.token = secrets.token_hex(24)
        self.process = subprocess.Popen(
            lab.command("--no-browser"),
            env=environment | {"JUPYTER_TOKEN": self.token},
            cwd=lab.NOTEBOOKS,
            stderr=subprocess.DEVNULL,
        )

    def wait(self) -> None:
        """Until it answers; raises `NotThere` when it ends or does not."""
        file = Path(jupyter_runtime_dir()) / f"jpserver-{self.process.pid}.json"
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            if file.is_file() and (text := file.read_text(encoding="utf-8")).rstrip().endswith("}"):
                self.url = json.loads(text)["url"]
                try:
                    self.ask("GET", "status")
                    return
                except URLError:
                    pass
            time.sleep(0.2)
        raise NotThere("JupyterLab did not start; make lab says why")

    def ask(self, method: str, what: str, body: dict | None = None) -> dict:
        request = Request(
            f"{self.url}api/{what}",
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Authorization": f"token {self.token}", "Content-Type": "application/json"},
            method=method,
        )
        with urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read() or b"{}")

    def kernel_for(self, path: str) -> str:
        """The connection file of a kernel for the notebook at `path`; JupyterLab opens it in front of the same kernel."""
        told = {"path": path, "name": Path(path).name, "type": "notebook", "kernel": {"name": "python3"}}
        kernel = self.ask("POST", "sessions", told)["kernel"]["id"]
        return str(Path(jupyter_runtime_dir()) / f"kernel-{kernel}.json")

    def page(self, path: str) -> str:
        return f"{self.url}lab/tree/{quote(path)}?token={self.token}"


@contextmanager
def client_of(connection: str) -> Iterator[BlockingKernelClient]:
    client = BlockingKernelClient(connection_file=connection)
    client.load_connection_file()
    client.start_channels()
    try:
        _wait_for(client)
        yield client
    finally:
        client.stop_channels()


def _wait_for(client: BlockingKernelClient) -> None:
    """Until the kernel answers; jupyter_client's own way takes one that is slow to start for dead."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        client.kernel_info()
        with suppress(Empty):
            client.get_shell_msg(timeout=1)
            return
    raise NotThere("the kernel did not start; end other programs and run it again")


def run(notebook: nbformat.NotebookNode, client: BlockingKernelClient) -> tuple[int, str] | None:
    """Run the cells until one fails: its number, as JupyterLab shows it, and the error with what was probably meant;
    None where all ran.
    """
    for cell in notebook.cells:
        if cell.cell_type != "code" or not cell.source.strip():
            continue

        def keep(message: dict, cell: nbformat.NotebookNode = cell) -> None:
            if message["msg_type"] in ("stream", "display_data", "execute_result", "error"):
                cell.outputs.append(nbformat.v4.output_from_msg(message))

        own = INJECTED not in cell.metadata.get("tags", [])
        answer = client.execute_interactive(cell.source, store_history=own, output_hook=keep, allow_stdin=False)
        content = answer["content"]
        cell.execution_count = content.get("execution_count") if own else None
        if content["status"] == "error":
            meant = note_in(content["traceback"], content["ename"])
            return cell.execution_count or 1, f"{content['ename']}: {content['evalue']}{meant and f'; {meant}'}"
    return None


def open_in_lab(server: Server, stage: Stage, cohort: str, root: Path) -> str:
    """Run the copy in a kernel of the server and write it with what came out; the address at which it opens."""
    folder = root / "build" / (COMPARED if stage.page == COMPARE else cohort) / "private" / "debug"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stage.name}.ipynb"
    notebook = copy_for(stage, cohort)
    nbformat.write(notebook, path)
    shown = path.relative_to(lab.HOUSE).as_posix()
    with client_of(server.kernel_for(shown)) as client:
        failed = run(notebook, client)
    nbformat.write(notebook, path)
    if failed:
        number, error = failed
        print(f"{stage.name} stopped at cell [{number}]: {error}")
    else:
        print(f"{stage.name} ran to its end for cohort {cohort}: nothing failed.")
    print(f"It opens as a copy ({shown}), with its variables; what you find belongs into notebooks/{stage.name}.ipynb.")
    return server.page(shown)


def main() -> int:
    try:
        cohort, stage = chosen(
            os.environ.get("CHOSEN_COHORT", ""), os.environ.get("CHOSEN_NOTEBOOK", ""), cohort_names(ROOT)
        )
        print(f"Starting JupyterLab; then {stage.name} runs for {cohort} up to the cell that fails.", flush=True)
        lab.prepare()
        server = Server(lab.environment())
        try:
            server.wait()
            page = open_in_lab(server, stage, cohort, ROOT)
            print(f"    {page}\nCtrl-C ends JupyterLab and the kernel.", flush=True)
            if os.environ.get("CHOSEN_BROWSER") != "no":
                webbrowser.open(page)
            return server.process.wait()
        finally:
            server.process.terminate()
            server.process.wait()
    except NotThere as problem:
        print(problem, file=sys.stderr)
        return INPUT


if __name__ == "__main__":
    sys.exit(main())
