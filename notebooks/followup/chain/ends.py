"""What an end that nobody foresaw says in one line: what happened and what to do. Standard library only."""

import os
import re
import resource
import traceback
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
ANEW = "remove the folder .venv, and make builds the environment again"
AS_COMMITTED = "git diff --stat -- notebooks/followup tells which file differs, and git checkout -- FILE puts it back"
OURS = re.compile(r"['\"]followup[.'\"]")
MEMORY = "there is too little memory: close other programs, or let fewer notebooks run at a time (-j1)"

LEAST_ADDRESSES = 1_000_000_000  # bytes that each process of a build may take; with 950 MB one failed, with 1,100 none


def too_few_addresses() -> str:
    """What to say where a limit (ulimit -v) leaves a build too little; nothing where it has enough.

    It is asked beforehand, because OpenBLAS tries for ever to get its memory while scipy is imported: no process could
    tell of it, nor end of itself.
    """
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY or limit >= LEAST_ADDRESSES:
        return ""
    return (
        f"A limit leaves each process {limit // 1_000_000:,} MB of addresses, and a build needs "
        f"{LEAST_ADDRESSES // 1_000_000:,}: lift it with `ulimit -v unlimited`, and run this again."
    )


def in_a_line(error: Exception) -> str:
    """What happened and what to do, by the kind of error."""
    if os.environ.get("FOLLOWUP_TRACE"):
        traceback.print_exception(error)
    said = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, MemoryError) or "start new thread" in said or "failed to map segment" in said:
        return f"It could not go on: {MEMORY}."
    if isinstance(error, SyntaxError) and PACKAGE in Path(error.filename or "").parents:
        return f"A module of the project is damaged ({said}): fix the file."
    if isinstance(error, ImportError | SyntaxError) or _lacks_a_name(error):
        if OURS.search(said):
            return f"A module of the project is damaged, or is not there ({said}): {AS_COMMITTED}."
        return f"A package of the environment is damaged ({said}): {ANEW}."
    if isinstance(error, OSError):
        return f"{error.strerror or said}: {error.filename or ''}".rstrip(": ")
    where = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"This should not have happened: {type(error).__name__}: {said} ({Path(where.filename).name}, line {where.lineno}). "
        "Nothing new was published; with FOLLOWUP_TRACE=1 before make it says more, for whoever fixes the project."
    )


def _lacks_a_name(error: Exception) -> bool:
    """Whether a name was missing where a module was asked for it: its file is empty or cut off."""
    return isinstance(error, AttributeError) and str(error).startswith(("module ", "partially initialized module"))
