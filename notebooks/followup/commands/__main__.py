"""Starts a command, and sees to it that each of its ends is kind: one line that says what happened and what to do.

    python -m followup.commands report 1

Imports nothing but the standard library before it is ready to say that a package is damaged.
"""

import os
import sys
from contextlib import suppress
from importlib import import_module

from followup.chain.ends import in_a_line, too_few_addresses

FAILURE, INTERRUPTED = 3, 130
BUILDING = ("report", "reports", "watch")


def main(name: str, *arguments: str) -> int:
    """Run the command's own `main`; its exit code, or that of an end which it leaves to be told here."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the process that drives the kernels counts nothing itself
    sys.argv = [name, *arguments]
    if name in BUILDING and (why := too_few_addresses()):
        print(why, file=sys.stderr)
        return FAILURE
    try:
        return import_module(f"followup.commands.{name}").main() or 0
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  whatever it is, it is said
        foreseen = getattr(error, "exit_code", None)  # it says itself what is wrong and what to do
        print(in_a_line(error) if foreseen is None else error, file=sys.stderr)
        return foreseen or FAILURE


def leave(code: int) -> None:
    """End this process at once: taking its objects apart one by one would take a quarter of a second."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # whoever read it has gone
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    leave(main(*sys.argv[1:]))
