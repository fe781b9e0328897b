"""The kernel that runs the chain's notebooks: this Python, this environment, over sockets that cannot collide."""

import os
import secrets
import sys
import uuid
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.paths import jupyter_runtime_dir

from followup.warm_kernels import CAN_FORK, WarmParent, WarmProvisioner

STARTED: weakref.WeakSet["StudyKernelManager"] = weakref.WeakSet()


class StudyKernelManager(AsyncKernelManager):
    """Starts the kernel of the running environment, whatever kernels the machine has; ports over TCP can be taken, ipc names cannot."""

    warm_parent: WarmParent | None = None

    def __init__(self, **settings):
        super().__init__(**settings)
        self.transport = "ipc"
        STARTED.add(self)
        self.ip = os.path.join(jupyter_runtime_dir(), secrets.token_hex(6))     # the sockets' names start with this

        if self.warm_parent is not None:
            self.kernel_id = str(uuid.uuid4())
            self.provisioner = WarmProvisioner(kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self)
            self.provisioner.warm_parent = self.warm_parent

    @property
    def kernel_spec(self) -> KernelSpec:
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="Python 3", language="python", env=quiet_environment())


@contextmanager
def warm(modules: list[str]) -> Iterator[None]:
    """While this holds, kernels are forked from one process that has already imported `modules`."""
    if not CAN_FORK:
        yield
        return
    StudyKernelManager.warm_parent = WarmParent(modules, quiet_environment())
    try:
        yield
    finally:
        parent, StudyKernelManager.warm_parent = StudyKernelManager.warm_parent, None
        parent.close()


def end_kernels() -> None:
    """End every kernel that still runs, at once; whoever waits for an answer of one learns that it died."""
    for manager in list(STARTED):
        process = getattr(manager.provisioner, "process", None)
        if process is not None and process.poll() is None:
            process.kill()


def quiet_environment() -> dict[str, str]:
    """What makes two runs alike: no user's IPython profile, one hash order, no process ids in warnings, no threads to race."""
    return {
        "IPYTHONDIR": os.path.join(os.environ.get("JUPYTER_RUNTIME_DIR", "."), "ipython"),
        "IPYKERNEL_CELL_NAME": "cell",
        "PYTHONHASHSEED": "0",
        "MPLBACKEND": "agg",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
