"""A piece of work in a fork of this process, which has all that this one has read; what comes of it is sent back."""

import os
import sys
import threading
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

CAN_FORK = hasattr(os, "fork") and sys.platform != "darwin"  # there a fork without exec is unsafe


def begun(work: Callable[[], Any]) -> Callable[[], Any]:
    """Begin `work` beside this process; what is given back waits for its result, and does it here where that failed.

    An error of the work is then raised here. The work changes nothing but what it gives. Only the main thread forks: in
    a worker of a cluster, a build is one thread among many.
    """
    if not CAN_FORK or threading.current_thread() is not threading.main_thread():
        return work
    receive, send = Pipe(duplex=False)
    pid = os.fork()
    if pid == 0:
        _be_fork(work, send)
    send.close()

    def result() -> Any:
        try:
            with receive:
                return receive.recv()
        except EOFError:  # it failed, or was ended before it had sent all
            return work()
        finally:
            os.waitpid(pid, 0)

    return result


def _be_fork(work: Callable[[], Any], send: Connection) -> None:
    """Send the result whole, or nothing; what went wrong is said where the work is done again."""
    try:
        send.send(work())
    finally:
        os._exit(0)
