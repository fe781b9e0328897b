"""What was probably meant by a call that fails in a cell: a name of a module, an argument, a key, a thing that is no function."""

import ast
import inspect
import linecache
import re
from collections.abc import Mapping
from contextlib import suppress
from types import FrameType, ModuleType, TracebackType

from followup.problems import nearest

OF_ARTISTS = ("alpha", "color", "label", "linestyle", "linewidth", "zorder")  # what seaborn hands on to matplotlib
KEPT = {"read", "load", "get", "result", "results", "released"}  # what a notebook asks a report for that wants a result
NOWHERE = object()


def of_call(error: Exception) -> str:
    """What to do about a call of the cell that fails; nothing where it cannot be known what was meant."""
    frame, node = _failing(error.__traceback__)
    said = str(error)
    if node is None:
        return ""
    if (lacks := re.search(r"got an unexpected keyword argument '(\w+)'", said)) and isinstance(node, ast.Call):
        return _argument(frame, node, lacks[1])
    if isinstance(error, TypeError) and isinstance(node, ast.Call):
        if "'draw'" in said:
            return _no_drawing(frame, node)
        return _form(frame, node, said) or _no_function(frame, node)
    if isinstance(error, IndexError) and isinstance(node, ast.Subscript):
        return _place(frame, node)
    if isinstance(error, AttributeError) and isinstance(node, ast.Attribute) and node.attr == error.name:
        return _attribute(frame, node, error)
    return _key(frame, node) if type(error) is KeyError and isinstance(node, ast.Subscript) else ""


def asks_for(source: str, name: str, what: str) -> str:
    """How a result that a notebook made is asked for, where `what` is asked of an object that is called so."""
    return f'write {source}.kept("{name}")' if what in KEPT else ""


def _failing(trace: TracebackType | None) -> tuple[FrameType | None, ast.expr | None]:
    """The cell's own frame that comes last, and the expression in it that failed."""
    own = None
    while trace:
        own = trace if trace.tb_frame.f_globals.get("__name__") == "__main__" else own
        trace = trace.tb_next
    if own is None:
        return None, None
    code, node = own.tb_frame.f_code, None
    first, last, begin, end = [*code.co_positions()][own.tb_lasti // 2]
    with suppress(SyntaxError, TypeError, IndexError):
        lines = [line.encode() for line in linecache.getlines(code.co_filename)[first - 1 : last]]
        lines[-1] = lines[-1][:end]
        lines[0] = lines[0][begin:]
        node = ast.parse(f"({b''.join(lines).decode()})", mode="eval").body
    return own.tb_frame, node


def _value(frame: FrameType, node: ast.expr) -> object:
    """What a name, or an attribute of one, stands for in the cell; `NOWHERE` for any other expression."""
    if isinstance(node, ast.Name):
        return frame.f_locals.get(node.id, frame.f_globals.get(node.id, NOWHERE))
    if isinstance(node, ast.Attribute):
        of = _value(frame, node.value)
        return NOWHERE if of is NOWHERE else getattr(of, node.attr, NOWHERE)
    return NOWHERE


def _argument(frame: FrameType, node: ast.Call, name: str) -> str:
    """An argument that a function does not take."""
    function = _value(frame, node.func)
    if name not in [given.arg for given in node.keywords] or not callable(function):
        return ""
    taken = inspect.signature(function).parameters
    handed_on = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in taken.values())
    given = {*[*taken][: len(node.args)], *(each.arg for each in node.keywords)}  # which it cannot stand for again
    near = nearest(name, dict.fromkeys((*taken, *(OF_ARTISTS if handed_on else ()))).keys() - given - {"self"})
    instead = f"write {near}=" if near else f"leave it out ({_called(node.func)} takes {', '.join(_named(taken))})"
    ours = (getattr(function, "__module__", None) or "").startswith("followup.")
    return f"{_called(node.func)} takes no “{name}”; what to do: {instead}" if near or ours else ""


def _place(frame: FrameType, node: ast.Subscript) -> str:
    """A place that a list of the study does not have in this cohort, as a third wave."""
    held = _value(frame, node.value)
    if not isinstance(held, list | tuple) or not held:
        return ""
    called = ast.unparse(node.value)
    return f"{called} has {len(held)} in this cohort; what to do: write {called}[-1] for the last one, or ask before\n        if len({called}) > …:"


def _named(taken: Mapping[str, inspect.Parameter]) -> list[str]:
    return [name for name, one in taken.items() if one.kind is not one.VAR_KEYWORD]


def _form(frame: FrameType, node: ast.Call, said: str) -> str:
    """One of our functions that is called with too few or too many arguments: how it is called."""
    function = _value(frame, node.func)
    ours = (getattr(function, "__module__", None) or "").startswith("followup.")
    if not ours or not said.startswith(f"{getattr(function, '__qualname__', '')}() ") or "argument" not in said:
        return ""
    taken = inspect.signature(function).parameters
    asked = ", ".join(one if taken[one].default is inspect.Parameter.empty else f"{one}=…" for one in _named(taken))
    return f"the arguments do not fit; what to do: write {ast.unparse(node.func)}({asked})"


def _no_function(frame: FrameType, node: ast.Call) -> str:
    """A thing that is called and is no function."""
    thing, written = _value(frame, node.func), ast.unparse(node.func)
    if thing is NOWHERE or callable(thing) or not isinstance(node.func, ast.Attribute):
        return ""
    name = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
    instead = f"write {written}"
    if isinstance(thing, Mapping) and isinstance(name, str):
        instead = asks_for(ast.unparse(node.func.value), name, node.func.attr) or f'write {written}["{name}"]'
    return f"“{written}” is a {type(thing).__name__} and no function; what to do: {instead}"


def _no_drawing(frame: FrameType, node: ast.Call) -> str:
    """A picture that was drawn already, where a table and a function that draws are asked for."""
    function = _value(frame, node.func)
    if not getattr(function, "__qualname__", "").startswith("Report."):
        return ""
    name = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else "name"
    return (
        "a picture is drawn for each page and language, from a table that may leave; what to do: write\n"
        '        def bars(axes, table):\n            sns.barplot(table, x="…", y="…", ax=axes)\n'
        f'        {ast.unparse(node.func)}("{name}", table, bars, en="…", he="…")'
    )


def _attribute(frame: FrameType, node: ast.Attribute, error: AttributeError) -> str:
    """A name that a module or an object does not have; of a table, one that is no column of it."""
    thing, name = error.obj, error.name
    of_pandas = type(thing).__module__.startswith("pandas")
    keys = getattr(thing, "columns", getattr(thing, "index", ())) if of_pandas else ()
    columns = [key for key in keys if isinstance(key, str)]
    known = [one for one in dir(thing) if not one.startswith("_")]
    near = nearest(name, dict.fromkeys((*columns, *known)))
    if near is None or near in columns:
        return ""
    what = thing.__name__ if isinstance(thing, ModuleType) else type(thing).__name__
    return f"{what} has no “{name}”; what to do: write {near}"


def _key(frame: FrameType, node: ast.Subscript) -> str:
    """A key that a dict does not have."""
    held, written = _value(frame, node.value), ast.unparse(node.value)
    if (
        not isinstance(held, Mapping)
        or not isinstance(node.slice, ast.Constant)
        or not isinstance(node.slice.value, str)
    ):
        return ""
    name = node.slice.value
    near = nearest(name, [key for key in held if isinstance(key, str)])
    instead = f'write {written}["{near}"]' if near else ""
    if isinstance(node.value, ast.Attribute) and not near:
        instead = asks_for(ast.unparse(node.value.value), name, node.value.attr)
    return f"“{written}” has no “{name}”; what to do: {instead}" if instead else ""


def _called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)
