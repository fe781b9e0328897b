"""A process that builds cohorts, several at a time, each in a fork of its own: imports are paid once for all.

What a build says comes back as messages, so that one driver can follow several builds and tell of them in one place.
"""

import contextlib
import io
import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Protocol

from followup.chain import build, run, run_ahead
from followup.chain.found_notebooks import found
from followup.chain.stages import FAILURE, HOUSE, INTERRUPTED, imported_modules, modules_of_stages
from followup.chain.warm_kernels import CAN_FORK, import_quietly, quiet_environment, warm_already

IMPORTED_BY_BUILDS = (
    "papermill",
    "filelock",
    "followup.chain.engine",
    "followup.chain.kernels",
    "followup.chain.notebook_rules",
    "followup.exports.workbooks",  # the roster is often one
    "followup.publish.publication",
)
FORK_OR_SPAWN = multiprocessing.get_context("fork" if CAN_FORK else "spawn")
BUILD, AHEAD = "build", "ahead"
GRACE = 15  # seconds in which a process ends that has nothing to build any more
STARTED, SAID, WRONG, ENDED = "started", "said", "wrong", "ended"


class NotBuilt(Exception):
    """Nothing can be built as it was asked for; says why and what to do."""


class Builder:
    """A process that builds cohorts, one at each of its places.

    The connection of a place gives (SAID or WRONG, text), and (ENDED, exit code) at last; or it ends, with the process.
    """

    def __init__(self, places: int = 1):
        os.environ.update(quiet_environment())
        os.environ.setdefault("MPLCONFIGDIR", str(HOUSE / "build" / ".matplotlib"))
        pipes = [multiprocessing.Pipe() for _ in range(places)]
        self.connections, theirs = [here for here, _ in pipes], [there for _, there in pipes]
        self.notebooks = multiprocessing.RawArray("i", [run.AT_ONCE] * places)
        self.process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs, self.notebooks))
        self.process.start()
        for there in theirs:
            there.close()

    def build(self, cohort: str, place: int = 0) -> None:
        self._ask(BUILD, cohort, None, place)

    def run_ahead(self, cohort: str, notebook: str | None) -> None:
        """Get ready for the next build of a cohort at the first place; that a notebook was edited last is a hint."""
        self._ask(AHEAD, cohort, notebook, 0)

    def _ask(self, what: str, cohort: str, notebook: str | None, place: int) -> None:
        with contextlib.suppress(BrokenPipeError):  # that the process has ended is heard at its connections
            self.connections[place].send((what, cohort, notebook))

    def allow(self, notebooks: int, place: int = 0) -> None:
        """How many notebooks the build at a place may run at a time from now on; those that run are not ended."""
        self.notebooks[place] = notebooks

    def interrupt(self) -> None:
        """End the builds under way as Ctrl-C does; they are still heard to their end."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGINT)

    def close(self) -> None:
        """Let the process end; not while it builds. One that does not end is killed: an interrupt can be lost in a fork."""
        for connection in self.connections:
            connection.close()
        self.process.join(GRACE)
        if self.process.is_alive():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.kill()
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


def serve(connections: list[Connection], notebooks: Sequence[int]) -> None:
    """Import once, then build whatever cohort a connection asks for, each in a process of its own; end with the connections.

    `notebooks` says, for each connection, how many notebooks its build may run at a time.
    """
    os.setsid()
    interrupted: list[int] = []
    signal.signal(signal.SIGINT, lambda *_: interrupted.append(1))  # a build, of the same process group, minds its own
    if CAN_FORK:
        _import_for_all()
    under_way: dict[
        Connection | int, tuple[BaseProcess, Connection]
    ] = {}  # by what is ready once the process has ended
    waiting: dict[Connection, tuple[BaseProcess, Connection]] = {}  # builds that are ready to be asked for, and how
    with contextlib.suppress(EOFError, BrokenPipeError):  # whoever asked has gone
        while True:
            busy = [connection for _, connection in under_way.values()]
            for ready in wait([*under_way, *(each for each in connections if each not in busy)]):
                if ready in under_way:
                    _tell_end(*under_way.pop(ready))
                    continue
                what, cohort, notebook = ready.recv()
                told = (cohort, connections.index(ready), connections, notebooks, interrupted)
                if what == AHEAD:
                    waiting[ready] = _started(*told, notebook, *multiprocessing.Pipe(duplex=False))
                elif interrupted:
                    ready.send((ENDED, INTERRUPTED))
                else:
                    process = _asked(waiting.pop(ready, None)) or _started(*told)[0]
                    under_way[process.sentinel] = process, ready
            if not under_way:
                interrupted.clear()


def _started(*told: Any) -> tuple[BaseProcess, Connection | None]:
    """A process that will be a build, and the connection by which it is asked to where it waits for that."""
    process = FORK_OR_SPAWN.Process(target=_be_build, args=told)
    process.start()
    return process, told[-1] if len(told) > 5 else None


def _asked(waiting: tuple[BaseProcess, Connection] | None) -> BaseProcess | None:
    """A build that was waiting, now under way; none where none waited or it has ended."""
    if waiting is None or not waiting[0].is_alive():
        return None
    with contextlib.suppress(BrokenPipeError):  # its end is heard all the same
        waiting[1].send(BUILD)
    return waiting[0]


def _import_for_all() -> None:
    import_quietly([*IMPORTED_BY_BUILDS, *imported_modules(found())])
    with contextlib.suppress(Exception):  # what is broken is told by the build that needs it
        from nbformat.validator import get_validator

        from followup.language import plain_number

        get_validator(4, 5)  # compiled once, not by each build
        plain_number(0, 0)  # reads the rules by which numbers are written
    modules_of_stages(found())  # remembered, by what the files say


def _tell_end(process: BaseProcess, connection: Connection) -> None:
    process.join()
    connection.send((ENDED, process.exitcode))


def _be_build(
    cohort: str,
    place: int,
    connections: list[Connection],
    notebooks: Sequence[int],
    interrupted: list,
    notebook: str | None = None,
    asked: Connection | None = None,
    ask: Connection | None = None,
) -> None:
    """Be the build of a cohort, and leave with its exit code. Where there is `asked`, run ahead first and wait for it."""
    code = FAILURE
    try:
        connection = connections.pop(place)
        for other in (*connections, *([ask] if ask else [])):
            other.close()  # so that whoever listens to it hears of its end
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if interrupted:
            code = INTERRUPTED
        else:
            when = partial(_ahead_until, asked, cohort, notebook) if asked else lambda: True
            with warm_already():
                code = build_telling(cohort, connection, partial(notebooks.__getitem__, place), when)
    finally:
        os._exit(code)


def _ahead_until(asked: Connection, cohort: str, notebook: str | None) -> bool:
    """Run ahead, then wait until the build is asked for; whether it still is, or whoever could ask has gone."""
    run_ahead.begin(cohort, notebook, asked.poll)
    try:
        asked.recv()
    except EOFError:
        return False
    return True


def build_telling(
    cohort: str,
    connection: Messages,
    at_once: Callable[[], int] = lambda: run.AT_ONCE,
    when: Callable[[], bool] = lambda: True,
) -> int:
    """Build a cohort, `at_once` notebooks at a time, `when` it says so; its exit code. What it prints goes out as messages."""
    with contextlib.redirect_stdout(Told(connection, SAID)), contextlib.redirect_stderr(Told(connection, WRONG)):
        return build.build_and_tell(cohort, at_once, when)
