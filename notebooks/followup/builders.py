"""Processes that build cohorts one after another, each cohort in a fork of its own: imports are paid once a process.

What a build says comes back as messages, so that one driver can follow several builds and tell of them in one place.
"""

import contextlib
import io
import multiprocessing
import os
import signal
from multiprocessing.connection import Connection
from typing import Any, Protocol

from followup import chain
from followup.warm_kernels import CAN_FORK, ForkedParent, WarmParent, import_quietly, quiet_environment

IMPORTED_BY_BUILDS = ("papermill", "filelock", "followup.engine", "followup.kernels", "followup.proofs", "followup.publication")
STARTED, SAID, WRONG, ENDED = "started", "said", "wrong", "ended"


class NotBuilt(Exception):
    """Nothing can be built as it was asked for; says why and what to do."""


class Builder:
    """A process that builds one cohort at a time; `connection` gives (SAID or WRONG, text), and (ENDED, exit code) at last."""

    def __init__(self):
        os.environ.update(quiet_environment())
        os.environ.setdefault("MPLCONFIGDIR", str(chain.HOUSE / "build" / ".matplotlib"))
        self.connection, there = multiprocessing.Pipe()
        self.process = multiprocessing.get_context("spawn").Process(target=serve, args=(there,))
        self.process.start()
        there.close()

    def build(self, cohort: str) -> None:
        self.connection.send(cohort)

    def interrupt(self) -> None:
        """End the build under way as Ctrl-C does; it is still heard to its end."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGINT)

    def is_spent(self, code: int) -> bool:
        """Whether this process builds no more after a build that ended with `code`."""
        return not CAN_FORK or code < 0

    def close(self) -> None:
        """Let the process end; not while it builds."""
        self.connection.close()
        self.process.join()


class Messages(Protocol):
    """Where messages can be sent: a connection, or anything like one."""

    def send(self, message: tuple[str, Any]) -> None: ...


class Told(io.TextIOBase):
    """What is printed becomes messages of one kind."""

    def __init__(self, connection: Messages, kind: str):
        self.connection, self.kind = connection, kind

    def write(self, text: str) -> int:
        self.connection.send((self.kind, text))
        return len(text)


def serve(connection: Connection) -> None:
    """Import, then build each cohort that is asked for; end with the connection."""
    os.setsid()
    interrupted: list[int] = []
    signal.signal(signal.SIGINT, lambda *_: interrupted.append(1))      # a build, of the same process group, minds its own
    import_quietly([*IMPORTED_BY_BUILDS, *chain.imported_modules()])
    for stage in chain.STAGES:      # which modules a notebook uses is remembered, by what the files say
        with contextlib.suppress(ValueError):
            chain.modules_of(stage.notebook)
    with contextlib.suppress(EOFError, BrokenPipeError):        # whoever asked has gone
        while _served(connection, interrupted):
            interrupted.clear()


def _served(connection: Connection, interrupted: list[int]) -> bool:
    """Build the next cohort asked for; whether this process can build another."""
    cohort = connection.recv()
    if interrupted:
        connection.send((ENDED, chain.INTERRUPTED))
    elif not CAN_FORK:
        connection.send((ENDED, build_telling(cohort, connection)))
    else:
        if (pid := os.fork()) == 0:
            _be_build(cohort, connection)
        connection.send((ENDED, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])))
    return CAN_FORK


def _be_build(cohort: str, connection: Connection) -> None:
    """Become the build of a cohort, and leave with its exit code."""
    code = chain.FAILURE
    try:
        WarmParent.current = ForkedParent()
        code = build_telling(cohort, connection)
        WarmParent.current.close()
    finally:
        os._exit(code)


def build_telling(cohort: str, connection: Messages) -> int:
    """Build a cohort; its exit code. What it prints goes out as messages."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with contextlib.redirect_stdout(Told(connection, SAID)), contextlib.redirect_stderr(Told(connection, WRONG)):
        return chain.main([cohort])
