"""What a message advises, done to the letter: every block of lines that it says to write is written."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml
from followup.problems import InputProblems

BLOCK = re.compile(
    r"(?:(?:write|add)[^\n]*? under (?P<under>[\w.]+) in|in) (?P<file>params/\S+?\.yaml):(?P<lines>(?:\n {8,}\S[^\n]*)+)"
)
TO_LIST = re.compile(
    r'add (?P<value>"[^"\n]*") to (?P<place>[\w.]+)(?: \((?P<key>\w+):\))? in (?P<file>params/\S+?\.yaml)'
)
DEEPEST = 3


def advised(problem) -> Iterator[tuple[str, dict]]:
    """(file, values to write into it) for each thing that a remedy says to write."""
    for found in BLOCK.finditer(problem.remedy):
        lines = [line[8:] for line in found["lines"].strip("\n").split("\n")]
        kept = [line for line in lines if re.match(r" *(- |[\w\"“].*:)", line)]
        values = yaml.safe_load("\n".join(kept))
        for key in reversed(found["under"].split(".") if found["under"] else []):
            values = {key: values}
        yield found["file"], values
    for found in TO_LIST.finditer(problem.remedy):
        yield (
            found["file"],
            nested([*found["place"].split("."), *filter(None, [found["key"]])], [yaml.safe_load(found["value"])]),
        )


def nested(keys: list[str], value: object) -> dict:
    for key in reversed(keys):
        value = {key: value}
    return value


def merged(old: object, new: object) -> object:
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{key: merged(old[key], value) if key in old else value for key, value in new.items()}}
    return [*old, *new] if isinstance(old, list) and isinstance(new, list) else new


def write(root: Path, file: str, values: dict) -> None:
    path = root / file
    old = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    path.write_text(yaml.safe_dump(merged(old, values), allow_unicode=True, sort_keys=False), encoding="utf-8")


def followed_ways(root: Path, run: Callable, scratch: Path, depth: int = 0) -> Iterator[Path]:
    """Copies of a project folder in which a message was followed: each way by itself, then those that follow from it."""
    try:
        run(root)
    except InputProblems as stop:
        told = [list(advised(problem)) for problem in stop.problems]
    else:
        return
    for place in range(max(map(len, told), default=0)):
        copy = scratch / f"way-{depth}-{place}-{len(list(scratch.iterdir()))}"
        shutil.copytree(root, copy)
        for ways in told:
            if place < len(ways):
                write(copy, *ways[place])
        yield copy
        if depth < DEEPEST:
            yield from followed_ways(copy, run, scratch, depth + 1)
