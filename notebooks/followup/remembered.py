"""Text that was made from text in an earlier run, so that of an unchanged output nothing is made again.

What is remembered belongs to the code and the package versions that made it; another code remembers nothing.
"""

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from followup.freshness import code_files, digests, replace_text

MADE: dict[str, Any] = {}
USED: set[str] = set()


def remembered(make: Callable) -> Callable:
    """A function whose arguments tell all that decides its result, and whose result JSON can hold; its errors are not remembered."""

    @wraps(make)
    def made(*parts: Any) -> Any:
        mark = hashlib.sha256(repr((make.__qualname__, parts)).encode()).hexdigest()
        if mark not in MADE:
            MADE[mark] = make(*parts)
        USED.add(mark)
        return MADE[mark]

    return made


def recall(path: Path) -> None:
    """Take up what an earlier run of the same code kept in `path`."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        MADE.update(kept["made"] if kept["code"] == _code() else {})
    except (OSError, ValueError, KeyError):
        pass        # nothing kept, or cut off


def keep(path: Path) -> None:
    """Keep what this run made or used, and nothing older."""
    replace_text(path, json.dumps({"code": _code(), "made": {mark: MADE[mark] for mark in sorted(USED)}}, ensure_ascii=False))


def _code() -> str:
    files = [path for path in code_files() if path.suffix in (".py", ".lock")]
    return hashlib.sha256(json.dumps(digests(files, Path("/")), sort_keys=True).encode()).hexdigest()
