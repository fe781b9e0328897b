"""What was probably meant where a cell fails for a name: the nearest that is there, what there is, and what to write."""

import linecache
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from types import FrameType, ModuleType, TracebackType

from followup.problems import nearest
from followup.study.explained_calls import asks_for, of_call

MOST_NAMED = 12
OF_BOTH_WAVES = {"n_up", "n_same", "n_down", "n_linked"}  # columns of results that tell of the same people in two waves
CALLED = {  # what a notebook asks these for
    "SafeTables": "crosstab, pivot_table, apply, results, assign, sum, diff, share",
    "Report": "say, table, figure, model, cell, cells, param, kept",
}
LIBRARIES = ("pandas", "seaborn", "statsmodels", "patsy", "followup")
HOLDERS = ("self", "obj", "data", "frame")  # what these libraries call the data that a name is looked up in
NAMED = (r"\['(\w+)'", r"['`](\w+)['`]", r": (\w+)$")  # where pandas and seaborn name what is not there, best first
OF_COLUMNS = (
    "is not defined",
    "Could not interpret value",
)  # what formulas and seaborn say of a column, beside KeyErrors
PSEUDONYMS = (
    "the rows are respondents under pseudonyms, and this is none of them; what to do: choose rows by what they say, as in\n"
    "        study.participants.query(\"group == '…'\")"
)
ACCESSOR = re.compile(r"Can only use \.(cat|str|dt) accessor")
MADE_FIT = {"str": 'astype("str").str', "dt": "pipe(pd.to_datetime).dt"}
OVERLAP = re.compile(r"columns overlap but no suffix specified: Index\(\[(.*?)\]")
WORD = re.compile(r"could not convert string to float: '(.*)'$")


def in_jupyter() -> None:
    """From now on errors of this kernel's cells end with what was probably meant, where that can be told."""
    ipython = sys.modules.get("IPython")
    if shell := ipython and ipython.get_ipython():
        shell.set_custom_exc((Exception,), _shown)


def _shown(shell, kind: type, error: Exception, trace: TracebackType, tb_offset: int | None = None) -> None:
    """The ordinary traceback, and beneath it what was probably meant."""
    with suppress(Exception):  # the cell's own error is shown in any case
        if meant := explained(error):
            error.add_note(meant)
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset, running_compiled_code=True)


def note_in(traceback: list[str], kind: str) -> str:
    """What was added to an error of this kind, in a traceback as Jupyter keeps it, without colours; or nothing."""
    last = re.sub(r"\x1b\[[0-9;]*m", "", traceback[-1]).strip() if traceback else ""
    return "" if last.startswith(kind) else last


def explained(error: Exception) -> str:
    """What to do about an error that names what is not there; nothing for any other, and where it says so itself."""
    from followup.study.earlier_notebooks import instead

    if "what to do" in (said := str(error)):
        return ""
    if earlier := instead(said):
        return earlier.removeprefix("; ")
    frames = [*_frames(error.__traceback__)]
    if accessor := ACCESSOR.match(said):
        return _of_accessor(accessor[1], error, frames)
    if isinstance(error, ImportError):
        return _of_module(sys.modules.get(error.name or ""), said)
    if isinstance(error, AttributeError) and _is_ours(error.obj):
        return _of_ours(error.obj, error.name, frames)
    if type(error) is NameError:
        own = [frame for frame in frames if frame.f_globals.get("__name__") == "__main__"] or frames
        known = [name for frame in own for name in frame.f_globals if not name.startswith("_")]
        return _did_you_mean(f"there is no “{error.name}” yet", error.name, known)
    if told := of_call(error):
        return told
    if isinstance(error, ValueError) and (word := WORD.search(said)):
        return _of_words(word[1], error, frames)
    if isinstance(error, ValueError) and (both := OVERLAP.search(said)):
        names = both[1].replace("'", '"')
        return f"both tables have {names}; what to do: leave it out of one, as in\n        .join(other.drop(columns=[{names}]))"
    if isinstance(error, AttributeError) and isinstance(error.obj, list) and any(map(_is_ours, error.obj)):
        return f"a list of cells has no “{error.name}”; what to do: take the last of them by [-1], the first by [0]"
    if isinstance(error, AttributeError) and not str(type(error.obj).__module__).startswith("pandas"):
        return ""  # what lacks the name is no table
    index = _looked_in(frames)
    if isinstance(error, KeyError) and index is not None and "respondent" in index.names:
        return PSEUDONYMS
    told = (_of_name(name, index, error, frames) for name in _wanted(error, said))
    return next(filter(None, told), "") or _of_no_rows(error, index, frames)


def like(name: str, known: Iterable[str]) -> list[str]:
    """The names that are meant by a misspelt or shortened one, at most three: the nearest, else those that begin with it."""
    names = [*map(str, known)]
    near = nearest(name, names)
    begun = [one for one in names if one.startswith(f"{name}_")] or [one for one in names if name in one.split("_")]
    return [near] if near else begun[:3]


def no_column(what: str, name: str, columns: Iterable[object], no_trait: bool) -> str:
    """That data have no such column, and what to write; `no_trait`: it is a trait that this cohort's roster has not."""
    if no_trait:
        return (
            f"this cohort has no trait “{name}”, so {what} no such column; what to do: let the cell begin with\n"
            f'        if "{name}" in study.params.traits:'
        )
    known = [*map(str, columns)]
    near, more = like(name, known), f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
    there = f"{', '.join(known[:MOST_NAMED])}{more}"
    instead = f'write "{near[0]}" (there are {there})' if near else f"use one of {there}"
    return f"{what} no column “{name}”; what to do: {instead}"


def _frames(trace: TracebackType | None) -> Iterator[FrameType]:
    while trace:
        yield trace.tb_frame
        trace = trace.tb_next


def _is_ours(thing: object) -> bool:
    return (getattr(type(thing), "__module__", "") or "").startswith("followup.")


def _of_accessor(accessor: str, error: Exception, frames: list[FrameType]) -> str:
    """`.cat`, `.str` or `.dt` of a column of another kind; a table that `safe` made holds plain words."""
    column = getattr(getattr(error, "obj", None), "name", None) or "column"
    own = [frame for frame in frames if frame.f_globals.get("__name__") == "__main__"]
    line = linecache.getline(own[-1].f_code.co_filename, own[-1].f_lineno) if own else ""
    called = re.escape(str(column))
    named = re.search(rf"(\w+)(?:\.{called}|\[[\"']{called}[\"']\])\.{accessor}\b", line)
    table = named[1] if named else "table"
    if accessor != "cat":
        return (
            f'“{column}” holds other than .{accessor} is of; what to do: write {table}["{column}"].{MADE_FIT[accessor]}'
        )
    return (
        f"“{column}” holds plain words, whose order is that of the rows; what to do: sort the rows in an order of your own, as in\n"
        f'        order = [*{table}["{column}"].unique()][::-1]\n'
        f'        {table} = {table}.sort_values("{column}", key=lambda column: column.map(order.index))'
    )


def _of_ours(thing: object, name: str, frames: list[FrameType]) -> str:
    """A name that an object of ours does not have."""
    what = f"{type(thing).__name__} has no “{name}”"
    own = [frame for frame in frames if frame.f_globals.get("__name__") == "__main__"]
    called = [key for frame in own for key, value in frame.f_globals.items() if value is thing]
    if type(thing).__name__ == "Report" and called:
        line = linecache.getline(own[-1].f_code.co_filename, own[-1].f_lineno)
        asked = re.search(rf"\.{name}\(\s*[\"'](\w+)[\"']", line)
        if instead := asks_for(called[0], asked[1] if asked else "…", name):
            return f"{what}; what to do: {instead}"
    has = [name for name in dir(thing) if not name.startswith("_")]
    among = CALLED.get(type(thing).__name__)
    return _did_you_mean(what, name, has) or (f"{what}; what to do: use one of {among}" if among else "")


def _of_name(name: str, index, error: Exception, frames: list[FrameType]) -> str:
    """A column, or a row, that is not there; `index` are the names among which it was looked for, where that is known."""
    if any(frame.f_code.co_name == "get_group" for frame in frames):
        return ""  # what groups are called is no column, and may be people
    tables = [*_data(error, frames)]
    columns = [one for one in tables if hasattr(one, "columns") and (index is None or index.equals(one.columns))]
    if index is not None and not columns:
        return _no_key(name, index)
    if any(frame.f_code.co_name == "_getitem_lowerdim" for frame in frames) and not like(name, index):
        return ""  # of a row of several keys pandas looks for the last one among the columns, too
    return next((told for one in columns or tables if (told := _lacks(one, name, frames))), "")


def _no_key(name: str, index) -> str:
    """A key that the rows of a table, or a Series, do not have; of rows of people nothing is said."""
    if "respondent" in index.names or name in index:
        return ""
    known = [key for level in _levels(index) for key in level if isinstance(key, str)]
    near, there = like(name, known), ", ".join(known[:MOST_NAMED]) if index.nlevels == 1 else ""
    instead = f'write "{near[0]}"' if near else f"choose of those that are there: {there}" if there else ""
    among = f"the values of “{index.name}”" if index.name else "its keys"
    return f"there is no “{name}” among {among}; what to do: {instead}" if instead else ""


def _of_no_rows(error: Exception, index, frames: list[FrameType]) -> str:
    """A row that was asked of a table which has none, as one of changes in a cohort whose waves are not linked."""
    if not isinstance(error, IndexError | KeyError | TypeError | ValueError):
        return ""
    own = [frame for frame in frames if frame.f_globals.get("__name__") == "__main__"]
    lines = [linecache.getline(frame.f_code.co_filename, frame.f_lineno) for frame in own]
    named = {
        name: value
        for frame, line in zip(own, lines, strict=True)
        for name, value in (frame.f_globals | frame.f_locals).items()
        if re.search(rf"\b{re.escape(name)}\b", line)
    }
    if name := next((name for name, value in named.items() if _is_table(value) and not len(value)), ""):
        return f"“{name}” has no rows in this cohort; what to do: let the lines that need one stand under\n        if len({name}):"
    if any(not len(one) for one in _data(error, frames)) or index is not None and not len(index):
        return "no row is left here in this cohort; what to do: ask before\n        if len(rows):  # the rows that are left"
    return ""


def _levels(index) -> list:
    return [index.get_level_values(place).unique() for place in range(index.nlevels)]


def _looked_in(frames: list[FrameType]):
    """The names among which pandas looked for one, where the error says so."""
    from pandas import Index

    held = (frame.f_locals.get("self") for frame in frames if str(frame.f_globals.get("__name__")).startswith("pandas"))
    return next((one for one in reversed([*held]) if isinstance(one, Index)), None)


def _of_words(word: str, error: Exception, frames: list[FrameType]) -> str:
    """A column of words where numbers are asked for, as a heatmap does."""
    for table in _data(error, frames):
        texts = list(table.select_dtypes(["object", "string", "category"])) if hasattr(table, "columns") else []
        if any(table[column].astype("str").eq(word).any() for column in texts):
            study = next((value for frame in frames for value in frame.f_globals.values() if _is_study(value)), None)
            what, names = _called(table, study, frames), ", ".join(f'"{column}"' for column in texts)
            named = what.strip("“”") if what != "the table" else "table"
            keys = names if len(texts) == 1 else f"[{names}]"
            return f"{what} holds words in {names}; what to do: put them into its index: {named}.set_index({keys})"
    return ""


def _of_module(module: ModuleType | None, said: str) -> str:
    """What was to be imported from one of our modules, or of another."""
    found = re.search(r"cannot import name '(\w+)'", said)
    if not found or module is None:
        return ""
    known = [name for name in vars(module) if not name.startswith("_")]
    return _did_you_mean(f"{module.__name__} has no “{found[1]}”", found[1], known)


def _did_you_mean(what: str, name: str, known: Iterable[str]) -> str:
    near = nearest(name, dict.fromkeys(known))
    return f"{what}; what to do: write {near}" if near else ""


def _wanted(error: Exception, said: str) -> list[str]:
    """The names that an error says are not there."""
    if isinstance(error, AttributeError) and "unexpected keyword" not in said:
        return [error.name] if error.name else []
    if not isinstance(error, KeyError) and not any(words in said for words in OF_COLUMNS):
        return []
    text = error.args[0] if error.args and isinstance(error.args[0], str) else said
    return [text] if text.isidentifier() else [name for where in NAMED for name in re.findall(where, text)]


def _data(error: Exception, frames: list[FrameType]) -> Iterator[object]:
    """The tables that the libraries were looking in, those first that the cell named."""
    held = [getattr(error, "obj", None)]
    for frame in frames:
        if str(frame.f_globals.get("__name__")).startswith(LIBRARIES):
            held += [frame.f_locals.get(name) for name in HOLDERS]
    for one in held:
        data = one
        if not _is_table(one):
            with suppress(RecursionError):  # of a groupby that could not be made
                data = getattr(one, "obj", None)
        if _is_table(data):
            yield data


def _is_table(value: object) -> bool:
    from pandas import DataFrame, Series

    return isinstance(value, DataFrame | Series)


def _lacks(data, name: str, frames: list[FrameType]) -> str:
    """That this table has no such column, a Series no such key; nothing where it has, and of rows of people."""
    if hasattr(data, "columns"):
        if name in data.columns:
            return ""
        study = next((value for frame in frames for value in frame.f_globals.values() if _is_study(value)), None)
        what = _called(data, study, frames)
        if name in data.index.names:
            return f"“{name}” is the index of {what}, and no column; what to do: write .reset_index() before it"
        if name in OF_BOTH_WAVES:
            return (
                f"only where answers of two waves are linked is there a column “{name}”, which {what} lacks in this cohort; what to "
                f'do: ask first, as in\n        if "{name}" in {what.strip("“”").removeprefix("the ")}:'
            )
        no_trait = study is not None and name in study.codebook.traits and name not in study.params.traits
        return no_column(f"{what} has", name, data.columns, no_trait)
    return _no_key(name, data.index)


def _is_study(value: object) -> bool:
    return type(value).__name__ == "Study" and _is_ours(value)


def _called(data, study, frames: list[FrameType]) -> str:
    """What the cell calls a table: its variable, or the frame of the study that stands in the line that failed."""
    for frame in (frame for frame in frames if frame.f_globals.get("__name__") == "__main__"):
        names = [name for name, value in frame.f_globals.items() if value is data and not name.startswith("_")]
        line = linecache.getline(frame.f_code.co_filename, frame.f_lineno)
        asked = re.findall(r"\bstudy\.(\w+)", line) if study is not None else []
        names += [
            f"study.{one}" for one in asked if [*getattr(getattr(study, one, None), "columns", ())] == [*data.columns]
        ]
        if names:
            return f"“{names[0]}”"
    return "the table"
