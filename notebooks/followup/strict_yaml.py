"""YAML that means what it says: one document of plain values, no key twice, no number or text turned into another."""

import re
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from followup.problems import InputProblems, Problem, nearest

MOST_BYTES = 1_000_000
PLAIN_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
KINDS = {"str": "text", "int": "number", "float": "number", "bool": "true/false", "null": "empty", "timestamp": "date"}


class Strict(BaseModel):
    """A part of a params file or codebook: its keys are known, its values have a type, and it does not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, data: Any) -> Any:
        unknown = [key for key in data if key not in cls.model_fields] if isinstance(data, dict) else []
        if unknown:
            raise PydanticCustomError("unknown_key", "unknown key", {"keys": unknown, "valid": list(cls.model_fields)})
        return data


class StrictLoader(yaml.SafeLoader if not yaml.__with_libyaml__ else yaml.CSafeLoader):
    """PyYAML's safe loader, used only to compose nodes; values are built by `_value`."""


def read_checked(path: Path, model: type[Strict], shown_as: str) -> Any:
    """The file at `path` as a checked `model`; every problem names `shown_as`, the line, the key and the remedy."""
    values, lines = read_values(path, shown_as)
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise InputProblems(
            problem for detail in error.errors() for problem in _problems(detail, lines, shown_as)
        ) from None


def read_values(path: Path, shown_as: str) -> tuple[dict, dict[tuple, int]]:
    """The mapping in a YAML file, and the line of each of its keys (by path of keys)."""
    text = _text(path, shown_as)
    try:
        nodes = list(yaml.compose_all(text, Loader=StrictLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = f"this is not YAML: {getattr(error, 'problem', error)}"
        remedy = "indent with spaces, never tabs; put a text that holds : or # into quotes; remove aliases (*name)"
        raise _stop(shown_as, mark, what, remedy) from None
    if len(nodes) != 1 or not isinstance(nodes[0], yaml.MappingNode):
        found = "empty" if not nodes else "more than one document" if len(nodes) > 1 else "a list or a single value"
        raise _stop(shown_as, None, f"one mapping of keys to values was expected; this is {found}",
                    "start from a working params file: make new COHORT=…")
    lines: dict[tuple, int] = {}
    return _value(nodes[0], (), lines, shown_as, set()), lines


def _text(path: Path, shown_as: str) -> str:
    if not path.is_file():
        raise InputProblems([Problem("there is no such file", "create it, or correct the name", shown_as)])
    if path.stat().st_size > MOST_BYTES:
        raise InputProblems([Problem("the file is larger than 1 MB", "params and codebooks are short texts", shown_as)])
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = path.read_bytes()[: error.start].count(b"\n") + 1
        raise InputProblems([Problem("a byte here is not UTF-8", "save the file as UTF-8", shown_as, row)]) from None


def _stop(file: str, mark, what: str, remedy: str, value: str | None = None) -> InputProblems:
    row = mark.line + 1 if mark else None
    column = f"{mark.column + 1}" if mark else ""
    return InputProblems([Problem(what, remedy, file, row, column, value)])


def _value(node: yaml.Node, path: tuple, lines: dict, file: str, seen: set[int]) -> Any:
    """A node as plain Python values; `lines` collects where each key stands."""
    if id(node) in seen or len(path) > 20:
        raise _stop(file, node.start_mark, "a value is used twice by an alias (& and *)", "write the value out")
    seen.add(id(node))
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*path, place), lines, file, seen) for place, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines, file, seen)
    return _scalar(node, file)


def _mapping(node: yaml.MappingNode, path: tuple, lines: dict, file: str, seen: set[int]) -> dict:
    values: dict = {}
    for key_node, value_node in node.value:
        key = key_node.value
        if not isinstance(key_node, yaml.ScalarNode) or not isinstance(key, str):
            raise _stop(file, key_node.start_mark, "a key must be a plain word", "write the key as one word")
        if key in values:
            raise _stop(file, key_node.start_mark, f"the key “{key}” stands here twice", "keep one of the two")
        values[key] = _value(value_node, (*path, key), lines, file, seen)
        lines[(*path, key)] = key_node.start_mark.line + 1
    return values


def _scalar(node: yaml.ScalarNode, file: str) -> Any:
    kind = node.tag.rpartition(":")[2]
    if not node.tag.startswith("tag:yaml.org,2002:") or kind not in KINDS:
        raise _stop(file, node.start_mark, f"the tag “{node.tag}” is not allowed", "write a plain value", node.value)
    if kind == "int" and not PLAIN_INTEGER.fullmatch(node.value):
        remedy = "put it in quotes if it is a code, or write it as a plain number"
        raise _stop(file, node.start_mark, "YAML would read this as another number", remedy, node.value)
    constructor = yaml.constructor.SafeConstructor()
    return constructor.construct_object(node)


def _problems(detail: dict, lines: dict[tuple, int], file: str) -> list[Problem]:
    """One pydantic error as problems with the line of the key and the nearest valid key."""
    place = tuple(part for part in detail["loc"] if part != "[key]")
    if detail["type"] == "unknown_key":
        return [_unknown_key(key, place, detail["ctx"]["valid"], lines, file) for key in detail["ctx"]["keys"]]
    key = ".".join(str(part) for part in place)
    value = detail.get("input")
    what, remedy = detail["msg"].removeprefix("Value error, "), "correct the value"
    if detail["type"] == "missing":
        return [Problem(f"the key “{place[-1]}” is missing", "add it", file, _line(lines, place), key)]
    if detail["type"] == "string_type":
        what, remedy = "a text was expected", "put the value in quotes, as in \"no\" or \"01\""
    shown = None if isinstance(value, dict | list) else str(value)
    return [Problem(what, remedy, file, _line(lines, place), key, shown)]


def _unknown_key(key: str, place: tuple, valid: list[str], lines: dict[tuple, int], file: str) -> Problem:
    near = nearest(key, valid)
    remedy = f"did you mean “{near}”?" if near else "remove the key, or use one of the allowed ones"
    where = ".".join(str(part) for part in (*place, key))
    return Problem(f"unknown key “{key}”", remedy, file, _line(lines, (*place, key)), where, allowed=", ".join(valid))


def _line(lines: dict[tuple, int], place: tuple) -> int | None:
    """The line of the nearest enclosing key that stands in the file."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place)
