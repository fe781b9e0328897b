"""The kernel that runs the chain's notebooks: this Python, this environment, over sockets that cannot collide."""

import asyncio
import os
import secrets
import subprocess
import sys
import time
import uuid
import weakref
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from queue import Empty
from typing import Any

import zmq
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_core.paths import jupyter_runtime_dir

from followup.chain.warm_kernels import ANSWERED, WarmParent, quiet_environment

TOLD: ContextVar[dict[str, str] | None] = ContextVar(
    "told", default=None
)  # what the notebook about to run is told in its environment
STARTED: weakref.WeakSet["StudyKernelManager"] = weakref.WeakSet()


class KernelNotStarted(RuntimeError):
    """A kernel that never came up, so that no cell has run; another one may."""


class WarmProvisioner(LocalProvisioner):
    """Jupyter's local provisioner, whose processes are forked by the `WarmParent`."""

    async def launch_kernel(self, cmd: list[str], **settings: Any) -> Any:
        folder = str(settings.get("cwd") or os.getcwd())
        try:
            self.process = WarmParent.current.fork(cmd[cmd.index("-m") + 2 :], dict(settings["env"]), folder)
        except OSError as error:
            raise KernelNotStarted(str(error)) from error
        self.pid = self.pgid = self.process.pid  # each kernel leads a process group of its own
        return self.connection_info

    async def wait(self) -> None:
        """Until the process has ended."""
        while await self.poll() is None:
            await asyncio.sleep(0.005)
        self.process = None

    async def kill(self, restart: bool = False) -> None:
        """End the process and see it gone; Jupyter's manager would look ten times a second, which six kernels feel."""
        await super().kill(restart)
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.wait(), timeout=5)


class PlainProvisioner(LocalProvisioner):
    """Jupyter's local provisioner; what a kernel that cannot start would print is said once, by the driver."""

    async def launch_kernel(self, cmd: list[str], **settings: Any) -> Any:
        return await super().launch_kernel(cmd, **settings | {"stderr": subprocess.DEVNULL})


class StudyClient(AsyncKernelClient):
    """Jupyter's client, which does not wait for silence before the first cell: each answer names the request it is for."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.context.setsockopt(
            zmq.RECONNECT_IVL, 5
        )  # ms after which a kernel that did not listen yet is tried again; else 100

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Until the kernel has answered over both sockets; raises `KernelNotStarted` when it ends or `timeout` seconds pass."""
        until = time.monotonic() + (timeout or float("inf"))
        while time.monotonic() < until:
            self.kernel_info()
            with suppress(Empty):
                await self.get_shell_msg(timeout=1)
                await self.get_iopub_msg(timeout=0.02)
                ANSWERED.set()
                return
            if not await self.parent.is_alive():
                raise KernelNotStarted("the kernel ended before it answered")
        raise KernelNotStarted(f"the kernel did not answer within {timeout} s")


class StudyKernelManager(AsyncKernelManager):
    """Starts the kernel of the running environment, whatever kernels the machine has; ports over TCP can be taken, ipc names cannot."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.transport, self.client_factory = "ipc", StudyClient
        STARTED.add(self)
        self.ip = os.path.join(jupyter_runtime_dir(), secrets.token_hex(6))  # the sockets' names start with this
        warm = WarmParent.current is not None and not WarmParent.current.distrusted
        provisioner = WarmProvisioner if warm else PlainProvisioner
        self.kernel_id = str(uuid.uuid4())
        self.provisioner = provisioner(kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self)

    @property
    def kernel_spec(self) -> KernelSpec:
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(
            argv=command, display_name="Python 3", language="python", env=quiet_environment() | (TOLD.get() or {})
        )


def twice_if_not_started(run: Callable[[], Any]) -> None:
    """Run a notebook, and once more in a kernel started on its own when the first never came up; never after a cell has run."""
    try:
        run()
    except KernelNotStarted:
        if WarmParent.current is not None:
            WarmParent.current.distrusted = True
        run()


def all_alive() -> bool:
    """Whether every kernel that was started, and whose notebook has not ended, still runs."""
    processes = [getattr(manager.provisioner, "process", None) for manager in list(STARTED)]
    return all(process is None or process.poll() is None for process in processes)


def end_kernels() -> None:
    """End every kernel that still runs, at once; whoever waits for an answer of one learns that it died."""
    for manager in list(STARTED):
        process = getattr(manager.provisioner, "process", None)
        if process is not None and process.poll() is None:
            process.kill()
