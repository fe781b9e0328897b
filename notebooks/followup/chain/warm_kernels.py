"""Kernels forked from one process that has paid for the imports: six notebooks, one pandas, one matplotlib.

The driver starts `WarmParent` first of all, so that this module imports nothing but the standard library; the parent
imports what the notebooks import and then forks a kernel for each request.
Every kernel is a process of its own, so nothing leaks from one notebook into the next; when the driver dies, the
parent reads the end of its input and ends, and its kernels with it. Not for macOS, where a fork without exec is unsafe.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar, Optional

NOTEBOOKS = Path(__file__).resolve().parents[2]
CAN_FORK = hasattr(os, "fork") and sys.platform != "darwin"
ANSWERED = threading.Event()  # a kernel has come up since this was cleared


class WarmParent:
    """The driver's side: a process that forks kernels on request. Close it when the notebooks have run."""

    current: ClassVar[Optional["WarmParent"]] = None
    of: ClassVar[list[str] | None] = None  # what it is to import once it is needed
    distrusted = False  # once a kernel of it has not come up, the others are started without it

    def __init__(self, modules: list[str], environment: dict[str, str]):
        command = [sys.executable, "-m", "followup.chain.warm_kernels", *modules]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            cwd=NOTEBOOKS,
            env=os.environ | environment,
        )
        self.lock = threading.Lock()

    def fork(
        self, arguments: list[str], environment: dict[str, str], folder: str, task: str | None = None
    ) -> "ForkedProcess":
        """A kernel started with these arguments, or the module `task`, whose `main` takes them; raises OSError when the
        parent is gone.
        """
        with self.lock:
            self._ask({"arguments": arguments, "environment": environment, "folder": folder, "task": task})
            answer = self.process.stdout.readline()
        if not answer.strip().isdigit():
            raise OSError("the process that starts kernels has ended")
        return ForkedProcess(int(answer))

    def import_first(self, modules: list[str]) -> None:
        """What the kernels to come will need soonest: none is forked before it is imported, or each would import it anew."""
        with self.lock, contextlib.suppress(OSError):  # that it is gone is told by the first fork
            self._ask({"first": modules})

    def share(self, function: str, *arguments: str) -> None:
        """What each kernel would do for itself, done once when the first of them is on its way: "module:function"."""
        with self.lock, contextlib.suppress(OSError):
            self._ask({"call": function, "arguments": arguments})

    def _ask(self, request: dict) -> None:
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


class ForkedParent(WarmParent):
    """This process, forked, as the parent of kernels: what it has imported is paid for. Only before any thread runs."""

    def __init__(self):
        (request, ask), (answer, tell) = os.pipe(), os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(ask)
            os.close(answer)
            _serve_fork(request, tell)
        os.close(request)
        os.close(tell)
        self.process = ForkedProcess(pid)
        self.process.stdin, self.process.stdout = os.fdopen(ask, "w"), os.fdopen(answer)
        self.lock = threading.Lock()

    def close(self) -> None:
        super().close()
        os.waitpid(self.process.pid, 0)


class ForkedProcess:
    """A kernel that is not our child, with as much of Popen's interface as a provisioner uses; its exit code is not known."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int):
        self.pid = pid

    def poll(self) -> int | None:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def wait(self) -> int:
        return 0

    def send_signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def quiet_environment() -> dict[str, str]:
    """What makes two runs alike: no user's IPython profile, one hash order, no process ids in warnings, no threads to race."""
    return {
        "IPYTHONDIR": os.path.join(os.environ.get("JUPYTER_RUNTIME_DIR", "."), "ipython"),
        "IPYKERNEL_CELL_NAME": "cell",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # or its debugger warns of frozen modules
        "PYTHONHASHSEED": "0",
        "MPLBACKEND": "agg",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


@contextlib.contextmanager
def warm(modules: list[str], now: bool = True) -> Iterator[None]:
    """While this holds, kernels are forked from one process that imports `modules` while the driver goes on: from `now`
    on, or once it is known that one is needed (`begin`).
    """
    if not CAN_FORK or WarmParent.current is not None:
        yield
        return
    WarmParent.of = modules
    try:
        if now:
            begin()
        yield
    finally:
        parent, WarmParent.current, WarmParent.of = WarmParent.current, None, None
        if parent is not None:
            parent.close()


def begin() -> None:
    """Start the process that kernels are forked from, where one is to be and is not there yet."""
    if WarmParent.current is None and WarmParent.of is not None:
        WarmParent.current = WarmParent(WarmParent.of, quiet_environment())


@contextlib.contextmanager
def warm_already() -> Iterator[None]:
    """While this holds, kernels are forked from this process as it is now; it ends with the process or by being left."""
    if CAN_FORK:
        WarmParent.current = ForkedParent()
    yield
    if CAN_FORK:
        WarmParent.current.close()


ALWAYS = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.extensions.storemagic",
)


def collect_rarely() -> None:
    """Look for garbage in cycles less often: imports and figures make many lasting objects, and a tenth of a run goes into that."""
    gc.set_threshold(50_000, 20, 20)


def serve(modules: list[str]) -> None:
    """Import one module after another, and do what each line of standard input asks: import some modules before others, and
    before any kernel is forked; fork a kernel, whatever else is imported by then; or call a function whose result the
    kernels to come share.
    """
    gc.disable()  # what is imported stays
    signal.signal(signal.SIGCHLD, _reap)
    to_import, to_share, needed, forked = [*ALWAYS, *modules], [], [], False
    requests = os.fdopen(0, "rb", buffering=0)
    while True:
        if (to_import or forked and to_share) and not select.select([requests], [], [], 0)[0]:
            _try(_share, to_share.pop(0)) if forked and to_share else _try(importlib.import_module, to_import.pop(0))
            continue
        line = requests.readline()
        if not line:
            return
        request = json.loads(line)
        if "first" in request:
            needed = [name for name in to_import if name in ALWAYS or name in request["first"]]
            to_import = [*needed, *(name for name in to_import if name not in needed)]
        elif "call" in request:
            to_share.append(request)
        else:
            forked = True
            while to_import and to_import[0] in needed:
                _try(importlib.import_module, to_import.pop(0))
            _fork_kernel(request)


def _try(do: Callable, what: Any) -> None:
    """Do it ahead of the kernels; what is wrong with it fails in the kernel that does it for itself."""
    with contextlib.suppress(Exception):
        do(what)


def _share(request: dict) -> None:
    module, function = request["call"].split(":")
    getattr(importlib.import_module(module), function)(*request["arguments"])


def _fork_kernel(request: dict) -> None:
    gc.freeze()
    parent, pid = os.getpid(), os.fork()
    if pid == 0:
        gc.enable()
        collect_rarely()
        (_do_task if request["task"] else _be_kernel)(request, parent)
    print(pid, flush=True)


def import_quietly(modules: list[str]) -> None:
    """Pay for the imports of kernels and of `modules`, ahead of the forks."""
    for name in (*ALWAYS, *modules):
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()


def _serve_fork(request: int, tell: int) -> None:
    try:
        os.setsid()
        os.dup2(request, 0)
        os.dup2(tell, 1)
        os.close(request)
        os.close(tell)
        sys.stdout = os.fdopen(1, "w", closefd=False)
        serve([])
    finally:
        os._exit(0)


def _reap(*_: Any) -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _stand_alone(request: dict) -> None:
    """Own process group, own environment and folder, no share in the parent's pipes."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])


def _do_task(request: dict, parent: int) -> None:
    """Call `main` of a module, after whatever else wants a processor; it ends when its parent does, and says nothing."""
    code = 1
    try:
        _stand_alone(request)
        os.nice(10)
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
        importlib.import_module(request["task"]).main(*request["arguments"])
        code = 0
    finally:
        os._exit(code)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _be_kernel(request: dict, parent: int) -> None:
    """Become a kernel."""
    code = 1
    try:
        _stand_alone(request)
        sys.argv = ["ipykernel_launcher", *request["arguments"]]
        from ipykernel.kernelapp import IPKernelApp

        IPKernelApp.launch_instance(parent_handle=parent)  # it ends when its parent does
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    serve(sys.argv[1:])
