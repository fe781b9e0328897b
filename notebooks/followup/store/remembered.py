"""What was made in an earlier run, so that of an unchanged output nothing is made again.

It is kept in files with a mark of all that it was made from, code and package versions included, and a digest of its
own: what was made from something else, or is no longer as it was written, is made again.
"""

import json
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from followup.store.freshness import code_files, digests, replace_text, sha256_of

MADE: dict[str, Any] = {}
USED: set[str] = set()


def remembered(make: Callable) -> Callable:
    """A function whose arguments tell all that decides its result, and whose result JSON can hold; its errors are not remembered."""

    @wraps(make)
    def made(*parts: Any) -> Any:
        mark = sha256_of(repr((make.__qualname__, parts)))
        if mark not in MADE:
            MADE[mark] = make(*parts)
        USED.add(mark)
        return MADE[mark]

    return made


def used_by(make: Callable[[], Any]) -> tuple[Any, dict[str, Any]]:
    """What a function gives, and what was remembered for it: a fork sends both back (`take_over`)."""
    before = set(USED)
    return make(), {mark: MADE[mark] for mark in USED - before}


def take_over(used: dict[str, Any]) -> None:
    """Remember what was made or used elsewhere."""
    MADE.update(used)
    USED.update(used)


def recall(path: Path) -> None:
    """Take up what an earlier run of the same code remembered."""
    MADE.update(read(path, _code()) or {})


def keep(path: Path) -> None:
    """Let the next run remember what this one made or used, and nothing older."""
    write(path, _code(), {mark: MADE[mark] for mark in sorted(USED)})


def read(path: Path, mark: str) -> Any:
    """What `write` put there under the same mark; None when there is nothing, or it is not as it was written."""
    try:
        head, body = path.read_text(encoding="utf-8").split("\n", 1)
    except (OSError, ValueError):
        return None
    return json.loads(body) if head == _head(mark, body) else None


def write(path: Path, mark: str, made: Any) -> None:
    body = json.dumps(made, ensure_ascii=False)
    replace_text(path, f"{_head(mark, body)}\n{body}")


def _head(mark: str, body: str) -> str:
    return f"{mark} {sha256_of(body)}"


def _code() -> str:
    files = [path for path in code_files() if path.suffix in (".py", ".lock")]
    return sha256_of(json.dumps(digests(files, Path("/")), sort_keys=True))


DRAWINGS = "FOLLOWUP_DRAWINGS"  # "folder:digest"
