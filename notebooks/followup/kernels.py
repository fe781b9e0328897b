"""The kernel that runs the chain's notebooks: this Python, this environment, over sockets that cannot collide."""

import os
import secrets
import sys
import uuid
import weakref
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_core.paths import jupyter_runtime_dir

from followup.warm_kernels import WarmParent, quiet_environment

STARTED: weakref.WeakSet["StudyKernelManager"] = weakref.WeakSet()


class WarmProvisioner(LocalProvisioner):
    """Jupyter's local provisioner, whose processes are forked by the `WarmParent`."""

    async def launch_kernel(self, cmd: list[str], **settings: Any) -> Any:
        self.process = WarmParent.current.fork(cmd[cmd.index("-m") + 2:], dict(settings["env"]), str(settings.get("cwd") or os.getcwd()))
        self.pid = self.pgid = self.process.pid      # each kernel leads a process group of its own
        return self.connection_info


class StudyKernelManager(AsyncKernelManager):
    """Starts the kernel of the running environment, whatever kernels the machine has; ports over TCP can be taken, ipc names cannot."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.transport = "ipc"
        STARTED.add(self)
        self.ip = os.path.join(jupyter_runtime_dir(), secrets.token_hex(6))     # the sockets' names start with this
        if WarmParent.current is not None:
            self.kernel_id = str(uuid.uuid4())
            self.provisioner = WarmProvisioner(kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self)

    @property
    def kernel_spec(self) -> KernelSpec:
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="Python 3", language="python", env=quiet_environment())


def end_kernels() -> None:
    """End every kernel that still runs, at once; whoever waits for an answer of one learns that it died."""
    for manager in list(STARTED):
        process = getattr(manager.provisioner, "process", None)
        if process is not None and process.poll() is None:
            process.kill()
