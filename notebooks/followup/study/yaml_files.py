"""YAML that means what it says: one document of plain values, no key twice, no number or text turned into another."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from followup.problems import InputProblems, Problem, nearest

MOST_BYTES = 1_000_000
DEEPEST = 20
PLAIN_NUMBERS = {"int": re.compile(r"[-+]?(0|[1-9][0-9]*)"), "float": re.compile(r"[-+]?(0|[1-9][0-9]*)?\.[0-9]+")}
KINDS = {"str", "int", "float", "bool", "null", "timestamp"}
PLAIN_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in (*KINDS, "map", "seq")}

# What pydantic calls a value of another kind, in the words of someone who writes a params file.
EXPECTED = {
    "string_type": ("a text was expected", 'put the value in quotes, as in "no" or "01"'),
    "int_type": ("a whole number was expected", "write it in figures, without quotes or leading zeros"),
    "int_from_float": ("a whole number was expected", "write it without a decimal point"),
    "float_type": ("a number was expected", "write it in figures, without quotes"),
    "bool_type": ("true or false was expected", "write true or false, without quotes"),
    "date_type": ("a date was expected", "write it as year-month-day, without quotes: 2016-10-30"),
    "model_type": ("keys and values were expected", "write “key: value” lines under this key"),
    "dict_type": ("keys and values were expected", "write “key: value” lines under this key"),
    "list_type": (
        "a list was expected",
        "write its entries in brackets, [one, two], or as lines that begin with a dash",
    ),
}


class Strict(BaseModel):
    """A part of a params file or codebook: its keys are known, its values have a type, and it does not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, data: Any) -> Any:
        unknown = [key for key in data if key not in cls.model_fields] if isinstance(data, dict) else []
        if unknown:
            raise PydanticCustomError("unknown_key", "unknown key", {"keys": unknown, "valid": list(cls.model_fields)})
        return data


class StrictLoader(yaml.SafeLoader if not yaml.__with_libyaml__ else yaml.CSafeLoader):
    """PyYAML's safe loader, used only to compose nodes; values are built by `_value`."""


@dataclass
class Places:
    """Where the values of a file stand, by path of keys: the line of each key, and a plain value as it was written."""

    file: str
    lines: dict[tuple, int] = field(default_factory=dict)
    written: dict[tuple, str] = field(default_factory=dict)

    def line(self, key: tuple) -> int | None:
        """The line of a key, or of the nearest one around it that stands in the file."""
        while key and key not in self.lines:
            key = key[:-1]
        return self.lines[key] if key else None

    def find(self, key: str, value: str | None) -> int | None:
        """The line of a value below a dotted key; that of the key when the value does not stand there as it is."""
        below = [place for place in self.written if f"{dotted(place)}.".startswith(f"{key}.")]
        place = next((place for place in below if self.written[place] == value), tuple(key.split(".")))
        return self.line(place)

    def stop(self, mark, what: str, remedy: str, value: str | None = None, key: tuple = ()) -> InputProblems:
        """One problem in a line; the column is the key, or where in the line the text stops making sense."""
        row = mark.line + 1 if mark else None
        column = dotted(key) or (f"{mark.column + 1}" if mark else "")
        return InputProblems([Problem(what, remedy, self.file, row, column, value)])


def dotted(key: tuple) -> str:
    """A key and those around it, as messages write it: title.he."""
    return ".".join(str(part) for part in key)


def checked(values: dict, model: type[Strict], places: Places) -> Any:
    """The values of a file as a checked `model`; raises `InputProblems`."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise InputProblems(problem for detail in error.errors() for problem in _problems(detail, places)) from None


def read_values(path: Path, shown_as: str) -> tuple[dict, Places]:
    """The mapping in a YAML file, and where each of its values stands."""
    text, places = _text(path, shown_as), Places(shown_as)
    try:
        _check_events(text, places)
        nodes = list(yaml.compose_all(text, Loader=StrictLoader))
    except yaml.YAMLError as error:
        what = " ".join(f"this is not YAML: {getattr(error, 'problem', error)}".split())
        remedy = "indent with spaces, never tabs; put a text that holds : or # into quotes"
        raise places.stop(getattr(error, "problem_mark", None), what, remedy) from None
    if len(nodes) != 1 or not isinstance(nodes[0], yaml.MappingNode):
        found = "empty" if not nodes else "more than one document" if len(nodes) > 1 else "a list or a single value"
        what = f"one mapping of keys to values was expected; this is {found}"
        raise places.stop(None, what, "start from a working params file: make new COHORT=…")
    return _value(nodes[0], (), places), places


def with_lines(problems: Iterable[Problem], path: Path) -> list[Problem]:
    """Problems found after `path` was read, each with the line where its value stands below its key."""
    found = list(problems)
    if not found:  # the file is not read again, which somebody may be saving
        return []
    _, places = read_values(path, path.name)
    return [replace(problem, row=problem.row or places.find(problem.column, problem.value)) for problem in found]


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


def _check_events(text: str, places: Places) -> None:
    """Refuse, before anything is built, aliases (a short file can unfold into a huge one) and bottomless nesting."""
    depth = 0
    for event in yaml.parse(text, Loader=StrictLoader):
        if isinstance(event, yaml.AliasEvent):
            what = "an alias repeats another value"
            raise places.stop(event.start_mark, what, "write the value out", f"*{event.anchor}")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            what = f"lists and keys are nested more than {DEEPEST} deep"
            raise places.stop(event.start_mark, what, "correct the brackets")


def _value(node: yaml.Node, key: tuple, places: Places) -> Any:
    """A node as plain Python values; `places` collects where each stands."""
    places.lines[key] = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        places.written[key] = node.value
    if node.tag not in PLAIN_TAGS:
        what = f"the tag “{node.tag}” is not allowed"
        raise places.stop(node.start_mark, what, "write a plain value", places.written.get(key), key)
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*key, place), places) for place, child in enumerate(node.value)]
    return _mapping(node, key, places) if isinstance(node, yaml.MappingNode) else _scalar(node, key, places)


def _mapping(node: yaml.MappingNode, key: tuple, places: Places) -> dict:
    values: dict = {}
    for name_node, value_node in node.value:
        name, mark = name_node.value, name_node.start_mark
        if not isinstance(name_node, yaml.ScalarNode):
            raise places.stop(mark, "a key must be a plain word", "write the key as one word")
        if name in values:
            raise places.stop(mark, "this key stands here twice", "keep one of the two", name, (*key, name))
        values[name] = _value(value_node, (*key, name), places)
        places.lines[(*key, name)] = mark.line + 1
    return values


def _scalar(node: yaml.ScalarNode, key: tuple, places: Places) -> Any:
    kind = node.tag.rpartition(":")[2]
    if kind in PLAIN_NUMBERS and not PLAIN_NUMBERS[kind].fullmatch(node.value):
        remedy = "put it in quotes if it is a code, or write it as a plain number"
        raise places.stop(node.start_mark, "YAML would read this as another number", remedy, node.value, key)
    try:
        return yaml.constructor.SafeConstructor().construct_object(node)
    except (ValueError, KeyError, AttributeError, TypeError):
        remedy = "write a day that exists as year-month-day, or put a text in quotes"
        raise places.stop(node.start_mark, "this value means nothing", remedy, node.value, key) from None


def _problems(detail: dict, places: Places) -> list[Problem]:
    """One pydantic error as problems with the line of the key, the value as it was written, and what is allowed."""
    key = tuple(part for part in detail["loc"] if part != "[key]")
    if detail["type"] == "unknown_key":
        return [_unknown_key(name, key, detail["ctx"]["valid"], places) for name in detail["ctx"]["keys"]]
    if detail["type"] == "missing":
        what = f"the key “{key[-1]}” is missing"
        return [Problem(what, "add it", places.file, places.line(key), dotted(key))]
    said = detail["msg"].removeprefix("Value error, "), detail.get("ctx", {}).get("remedy", "correct the value")
    what, remedy = EXPECTED.get(detail["type"], said)
    written, allowed = places.written.get(key), ""
    if detail["type"] == "literal_error":
        words = re.findall(r"'([^']*)'", detail["ctx"]["expected"])
        near, allowed = nearest(written or "", words), ", ".join(words)
        what, remedy = "this is none of the allowed words", f"did you mean “{near}”?" if near else "use one of them"
    return [Problem(what, remedy, places.file, places.line(key), dotted(key), written, allowed)]


def _unknown_key(name: str, around: tuple, valid: list[str], places: Places) -> Problem:
    near, key = nearest(name, valid), (*around, name)
    remedy = f"did you mean “{near}”?" if near else "remove the key, or use one of the allowed ones"
    if not near and places.written.get(key) == "":  # {en: Coaching, 2024} is a text and a key without a value
        remedy = f"if it belongs to the text before the comma, put all of it in quotes: “…, {name}”; else remove it"
    what = f"unknown key “{name}”"
    return Problem(what, remedy, places.file, places.line(key), dotted(key), allowed=", ".join(valid))
