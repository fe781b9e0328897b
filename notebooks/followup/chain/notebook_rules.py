"""Whether the notebooks keep the rules that make them safe to run and good to read: `make check` goes cell by cell.

A proof reads a notebook and never runs it. Each problem is one line: file, cell, what, what to do.
"""

import ast
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from jsonschema.exceptions import ValidationError
from nbformat import NotebookNode
from nbformat.v4 import to_notebook
from nbformat.validator import get_validator

from followup.chain import merge_conflicts, typed_counts
from followup.language import LANGUAGES
from followup.problems import Problem, shortened
from followup.study.earlier_notebooks import of_earlier_form

NOTEBOOKS = Path(__file__).resolve().parents[2]
PARAMETERS, INJECTED = "parameters", "injected-parameters"
MOST_LINES = 12
CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
ADDRESS = re.compile(r"(https?|ftp|s3|gs)://", re.IGNORECASE)
SHELL_MAGICS = {"!", "sx", "system", "sc", "bash", "sh", "cmd", "script", "run", "writefile"}
SHELL_MAGICS |= {"pip", "conda", "mamba", "micromamba", "uv", "perl", "ruby", "pypy", "python", "python2", "python3"}
SHELL_CALLS = {"system", "system_raw", "system_piped", "getoutput", "popen", "startfile"}
BANNED_MODULES = {"urllib", "urllib3", "requests", "httpx", "aiohttp", "http", "ftplib", "socket", "ssl", "shelve"}
BANNED_MODULES |= {"subprocess", "multiprocessing", "importlib", "runpy", "pip", "pickle", "dill", "joblib", "marshal"}
BANNED_NAMES = {"eval", "exec", "compile", "__import__"}
PICKLE_CALLS = {"read_pickle", "to_pickle"}
FOLDER_CALLS = {"glob", "iglob", "rglob", "iterdir", "listdir", "scandir", "walk"}
SHOWN = {"say", "table", "figure", "voices"}
LOOPS = (ast.For, ast.AsyncFor, ast.While)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
AGAIN = "take the last committed version back, or save it again in Jupyter"
STRIP = "nbstripout --keep-id notebooks/*.ipynb"
LITERAL = 'write each parameter as name = value, in quotes if it is text: cohort = "1"'


class Flaw(NamedTuple):
    """A rule that one cell breaks (None: the whole notebook), what to do about it, and what stands there."""

    cell: int | None
    what: str
    remedy: str
    value: str | None = None


@dataclass(frozen=True)
class Cell:
    """A code cell: its number as the analyst counts (from 1), its source, its tags, and its Python as a syntax tree."""

    number: int
    source: str
    tags: tuple[str, ...]
    tree: ast.Module | None

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in self.nodes() if isinstance(node, ast.Call))

    def nodes(self) -> Iterator[ast.AST]:
        return ast.walk(self.tree) if self.tree else iter(())


def check(path: Path, languages: Sequence[str] = LANGUAGES, outputs: bool = False) -> list[Problem]:
    """Every problem of the notebook at `path`, in the order of its cells; a file that cannot be read has no others.

    `languages` are those in which the notebook must say all that it says; `outputs` whether it may hold any.
    """
    notebook, flaws = read(path)
    if notebook is not None:
        cells = list(code_cells(notebook))
        flaws = [
            *opening(notebook),
            *([] if outputs else stripped(notebook)),
            *counted_by_hand(notebook),
            *parameters(cells),
            *opened(cells),
        ]
        flaws += [flaw for cell in cells for flaw in (*written_badly(cell), *rules_broken(cell, RULES))]
        flaws += [Flaw(cell.number, *one) for cell in cells if cell.tree for one in of_earlier_form(cell.tree)]
        flaws += [*unsaid(cells, languages), *_prose(notebook, path.name, languages)]
    return _problems(path, flaws)


def preflight(path: Path, needs: tuple[str, ...] = ("cohort", "language")) -> list[Problem]:
    """What would make a run of the notebook at `path` say one thing and do another; empty when it may run.

    That is a malformed file, parameters that the values of the run (`needs`) would not reach, or a command of the
    shell, whose failure nobody would see; or a count of people typed into prose, which no rule would see.
    """
    notebook, flaws = read(path)
    if notebook is not None:
        cells = list(code_cells(notebook))
        flaws = [*parameters(cells, needs), *opened(cells), *counted_by_hand(notebook)]
        flaws += [flaw for cell in cells for flaw in rules_broken(cell, (calls_the_shell, uses_a_shell_magic))]
    return _problems(path, flaws)


def _problems(path: Path, flaws: list[Flaw]) -> list[Problem]:
    """Flaws as problems with their place, in the order of cells."""
    places = {flaw: f"notebooks/{path.name}" + (f", cell {flaw.cell}" if flaw.cell else "") for flaw in flaws}
    ranked = sorted(flaws, key=lambda flaw: flaw.cell or 0)
    return [Problem(flaw.what, flaw.remedy, places[flaw], value=flaw.value) for flaw in ranked]


# ---------------------------------------------------------------------------------------------- the file


def read(path: Path) -> tuple[NotebookNode | None, list[Flaw]]:
    """(notebook, []) for a notebook as nbformat 4.5 describes it, else (None, what is wrong with the file)."""
    text = ""
    try:
        raw = json.loads(text := path.read_text(encoding="utf-8"))
    except OSError as error:
        return None, [Flaw(None, f"the notebook cannot be read ({error.strerror})", "put it back")]
    except (ValueError, RecursionError) as error:
        if both := [_conflict(path, cell, line) for cell, line in merge_conflicts.in_text(text)]:
            return None, both
        return None, [Flaw(None, f"this is no notebook: its JSON is broken ({shortened(error)})", AGAIN)]
    try:
        flaws = list(_format(raw)) or list(_ids(raw["cells"])) or list(_schema(raw))
        notebook = None if flaws else to_notebook(raw)
        flaws = flaws or [_conflict(path, cell) for cell in merge_conflicts.in_cells(notebook)]
        return (None, flaws) if flaws else (notebook, [])
    except RecursionError:
        return None, [Flaw(None, "this is no notebook: something in it lies too deep in brackets", AGAIN)]


def _conflict(path: Path, cell: int | None, line: int | None = None) -> Flaw:
    where = f" (line {line} of the file)" if line else ""
    return Flaw(cell, f"{merge_conflicts.WHAT}{where}", merge_conflicts.remedy(path.name))


def _format(raw: object) -> Iterator[Flaw]:
    if not isinstance(raw, dict) or not isinstance(raw.get("cells"), list):
        yield Flaw(None, "this is JSON, but no notebook: it has no cells", AGAIN)
    elif (raw.get("nbformat"), raw.get("nbformat_minor")) != (4, 5):
        version = f"{raw.get('nbformat')}.{raw.get('nbformat_minor')}"
        yield Flaw(None, "the notebook's format is not 4.5", "open it in JupyterLab and save it again", version)


def _ids(cells: list) -> Iterator[Flaw]:
    """Cells without a lasting id of their own: comparisons of versions hang on it."""
    named = [cell["id"] if isinstance(cell, dict) and isinstance(cell.get("id"), str) else "" for cell in cells]
    times = Counter(named)
    for number, name in enumerate(named, 1):
        if not name:
            yield Flaw(number, "the cell has no id", "open the notebook in JupyterLab and save it again")
        elif not CELL_ID.fullmatch(name) or name == str(number - 1):  # a tool that drops the ids counts from 0
            yield Flaw(number, "the cell's id was not kept", f"take the committed ids back; {STRIP}", name)
        elif times[name] > 1:
            yield Flaw(number, "another cell has the same id", "give one of them a new id", name)


def _schema(raw: dict) -> Iterator[Flaw]:
    """Where the file is not as nbformat describes notebooks: asked of a fast validator, told in the words of a slow one."""
    wrong = any(get_validator(4, 5).iter_errors(raw))
    for error in get_validator(4, 5, name="jsonschema").iter_errors(raw) if wrong else ():
        place = list(error.absolute_path)
        number = place[1] + 1 if len(place) > 1 and place[0] == "cells" else None
        yield Flaw(number, f"this is not as notebooks are written: {shortened(_reason(error))}", AGAIN)


def _reason(error: ValidationError) -> str:
    """What is wrong with a cell of its kind, or with the rest of the notebook."""
    other_kinds = {part.schema_path[0] for part in error.context if "cell_type" in part.path}
    mine = [part for part in error.context if part.schema_path[0] not in other_kinds]
    return mine[0].message if mine else error.message


def code_cells(notebook: NotebookNode) -> Iterator[Cell]:
    """The code cells of a notebook, IPython's own signs ("!ls", "%pip") turned into the calls they stand for."""
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "code":
            yield Cell(number, cell.source, tuple(cell.metadata.get("tags", [])), _tree(cell.source))


def _tree(source: str) -> ast.Module | None:
    """A cell as a syntax tree; None when it is no Python."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


# ---------------------------------------------------------------------------------------------- title and outputs


def opening(notebook: NotebookNode) -> Iterator[Flaw]:
    """A notebook opens with its title, not with code."""
    first = notebook.cells[0] if notebook.cells else None
    if first is None or first.cell_type != "markdown" or not first.source.startswith("# "):
        remedy = "begin with a text cell: # and the title, then question, data and reader"
        yield Flaw(1, "the notebook does not open with its title", remedy)


def counted_by_hand(notebook: NotebookNode) -> Iterator[Flaw]:
    """A count typed into prose ("2 of 5", "13 people"), or any number but a year in a heading: neither passes the door."""
    for number, cell in enumerate(notebook.cells, 1):
        for line in cell.source.splitlines() if cell.cell_type == "markdown" else ():
            if found := typed_counts.counted(line):
                yield Flaw(number, "a number of people is typed into the text", f"let it come {FROM_A_TABLE}", found)
            elif found := typed_counts.in_heading(line):
                remedy = f"write it in words (as in “# 07 · Try twelve”) or leave it out; a number of people comes {FROM_A_TABLE}"
                yield Flaw(number, "a number is typed into a heading, and may be one of people", remedy, found)


FROM_A_TABLE = 'from a released table: report.say(en="{n} …", he="{n} …", n=report.cell("response", "n", …))'


def stripped(notebook: NotebookNode) -> Iterator[Flaw]:
    """A committed notebook holds no answers: outputs and counts belong to a run."""
    for number, cell in enumerate(notebook.cells, 1):
        if cell.get("outputs"):
            yield Flaw(number, "the cell holds outputs", STRIP)
        if cell.get("execution_count") is not None:
            yield Flaw(number, "the cell holds an execution count", STRIP)


# ---------------------------------------------------------------------------------------------- parameters


def parameters(cells: list[Cell], needs: tuple[str, ...] = ()) -> Iterator[Flaw]:
    """One cell tagged `parameters`, before all other code, of plain literals that no later cell assigns again."""
    for cell in cells:
        if INJECTED in cell.tags:
            yield Flaw(cell.number, "this is a run's copy: papermill put values in", "work on the one in notebooks/")
    first, *others = [cell for cell in cells if PARAMETERS in cell.tags] or [None]
    if first is None:
        yield Flaw(None, "no cell is tagged “parameters”", "tag the cell that sets cohort and language")
        return
    for cell in others:
        yield Flaw(cell.number, "a second cell is tagged “parameters”", f"keep the tag of cell {first.number} only")
    if any(cell.source.strip() for cell in cells if cell.number < first.number):
        yield Flaw(first.number, "code stands before the parameters", "make them the first code cell, before imports")
    yield from _plain(first)
    names = _names(first)
    for name in sorted(set(needs) - set(names)):
        yield Flaw(first.number, f"the parameters have no {name}", f"add {name} = …, or a run's value is ignored")
    for cell in cells:
        for name in sorted(set(names) & set(_bound(cell))) if cell.number != first.number else ():
            yield Flaw(cell.number, f"the parameter {name} is assigned again", "use another name: a run's own is lost")


def _names(cell: Cell) -> list[str]:
    """The names that a parameters cell assigns."""
    assigned = [statement for statement in cell.nodes() if isinstance(statement, ast.Assign)]
    return [target.id for statement in assigned for target in statement.targets if isinstance(target, ast.Name)]


def _plain(cell: Cell) -> Iterator[Flaw]:
    """A parameters cell holds names and plain values, each name once."""
    if cell.tree is None:
        yield Flaw(cell.number, "the parameters are not Python", LITERAL)
        return
    for statement in cell.tree.body:
        if isinstance(statement, ast.AnnAssign):
            yield Flaw(cell.number, "papermill reads no annotations", LITERAL, ast.unparse(statement))
        elif not _is_literal(statement):
            yield Flaw(cell.number, "this is more than a name and a plain value", LITERAL, ast.unparse(statement))
    for name, times in Counter(_names(cell)).items():
        if times > 1:
            yield Flaw(cell.number, f"the parameter {name} is assigned twice", "keep one of the two")


def _is_literal(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Assign) or [type(target) for target in statement.targets] != [ast.Name]:
        return False
    try:
        ast.literal_eval(statement.value)
    except ValueError:
        return False
    return True


def _bound(cell: Cell) -> Iterator[str]:
    """Every name that a cell gives a value or deletes; a comprehension's own names stay inside it."""
    own = {id(part) for node in cell.nodes() if isinstance(node, ast.comprehension) for part in ast.walk(node.target)}
    for node in cell.nodes():
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load) and id(node) not in own:
            yield node.id
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
        elif isinstance(node, (*DEFINITIONS, ast.ExceptHandler)) and node.name:
            yield node.name


def opened(cells: list[Cell]) -> Iterator[Flaw]:
    """A report opened by a typed name would be that cohort's, whatever cohort the run is for."""
    for cell in cells:
        for call in cell.calls():
            if _called(call) in ("open_report", "open_cohort") and call.args and isinstance(call.args[0], ast.Constant):
                what = "this opens one cohort, whatever the parameters say"
                yield Flaw(cell.number, what, "write open_report(cohort, language)", ast.unparse(call))


# ---------------------------------------------------------------------------------------------- what a cell may do


def written_badly(cell: Cell) -> Iterator[Flaw]:
    """A cell that is too long, or no Python."""
    if sum(bool(row.strip()) for row in cell.source.splitlines()) > MOST_LINES:
        yield Flaw(cell.number, f"the cell has more than {MOST_LINES} lines", "one idea a cell: split it")
    if cell.tree is None:
        yield Flaw(cell.number, "the cell is not Python", "correct it")


def rules_broken(cell: Cell, rules: Iterable[Callable[[Cell], Iterator[str]]]) -> Iterator[Flaw]:
    """The rules of `RULES` that one code cell breaks, each once with the first place where it does."""
    for rule in rules:
        if found := next(rule(cell), None):
            yield Flaw(cell.number, *RULES[rule], found)


def _called(call: ast.Call) -> str:
    """The last name of what is called: read_csv, for pd.read_csv(…)."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _owner(call: ast.Call) -> str:
    """What stands before the last name: pd, for pd.read_csv(…)."""
    return ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""


def calls_the_shell(cell: Cell) -> Iterator[str]:
    """An exclamation mark, or os.system and its kin."""
    for call in cell.calls():
        if _called(call) in SHELL_CALLS and _owner(call) in ("", "os", "get_ipython()"):
            yield ast.unparse(call)


def uses_a_shell_magic(cell: Cell) -> Iterator[str]:
    """A magic that installs, or runs another program or file."""
    for call in cell.calls():
        if _called(call) in ("run_line_magic", "run_cell_magic", "magic"):
            words = [str(word.value) for word in call.args if isinstance(word, ast.Constant)]
            if words and words[0].strip(" %").split(" ")[0] in SHELL_MAGICS:
                yield "%" + " ".join(words)


def hides_errors(cell: Cell) -> Iterator[str]:
    """An except without a name, or one that takes every error and passes over it."""
    for node in cell.nodes():
        if isinstance(node, ast.ExceptHandler):
            everything = node.type is not None and ast.unparse(node.type) in ("Exception", "BaseException")
            if node.type is None or everything and all(isinstance(part, ast.Pass) for part in node.body):
                yield ast.unparse(node)


def defines(cell: Cell) -> Iterator[str]:
    """A class, or a lambda that is given a name; a function that draws or computes is as small as its cell must be."""
    for node in cell.nodes():
        if isinstance(node, DEFINITIONS) and not isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and isinstance(node.value, ast.Lambda):
            yield ast.unparse(node)


def loops_over_files(cell: Cell) -> Iterator[str]:
    """A loop that walks a folder, or reads something each time round."""
    for loop in (node for node in cell.nodes() if isinstance(node, LOOPS + COMPREHENSIONS)):
        again = [part for piece in _repeated(loop) for part in ast.walk(piece)]
        reads = [call for call in again if isinstance(call, ast.Call) and re.match(r"open$|read_", _called(call))]
        walks = [call for call in ast.walk(loop) if isinstance(call, ast.Call) and _called(call) in FOLDER_CALLS]
        yield from (ast.unparse(call) for call in [*walks, *reads])


def _repeated(loop: ast.AST) -> list[ast.AST]:
    """The parts of a loop that run each time round."""
    if isinstance(loop, LOOPS):
        return loop.body
    made = [loop.key, loop.value] if isinstance(loop, ast.DictComp) else [loop.elt]
    return made + [condition for part in loop.generators for condition in part.ifs]


def imports_what_is_banned(cell: Cell) -> Iterator[str]:
    """A module that fetches, starts programs or unpickles."""
    for node in cell.nodes():
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        yield from (name for name in names if name.partition(".")[0] in BANNED_MODULES)


def runs_what_nobody_checked(cell: Cell) -> Iterator[str]:
    """Text run as code, pickles, tables read from an address."""
    for call in cell.calls():
        run = _called(call) in BANNED_NAMES and _owner(call) in ("", "builtins", "__builtins__")
        given = [*call.args, *(word.value for word in call.keywords)]
        fetched = _called(call).startswith("read_") and any(
            isinstance(value, ast.Constant) and ADDRESS.match(str(value.value)) for value in given
        )
        if run or fetched or _called(call) in PICKLE_CALLS:
            yield ast.unparse(call)


RULES = {
    calls_the_shell: ("a notebook does not call the shell: its failures go unseen", "move it into the package"),
    uses_a_shell_magic: ("a notebook installs nothing and runs no program", "add what is needed to pyproject.toml"),
    hides_errors: ("this hides every error, those of the data too", "name the error that is expected"),
    defines: ("a notebook defines small functions only", "move it into a module of followup and call it from here"),
    loops_over_files: ("a notebook does not walk through files", "name the files in params; the package reads them"),
    imports_what_is_banned: ("a notebook fetches and unpickles nothing", "put files into data/ and code into followup"),
    runs_what_nobody_checked: ("this runs code, or reads data, that nobody checked", "read with report.cohort.read(…)"),
}


# ---------------------------------------------------------------------------------------------- both languages


def _prose(notebook: NotebookNode, file: str, languages: Sequence[str]) -> Iterator[Flaw]:
    """Text and captions that one of the languages lacks."""
    from followup.chain.both_languages import check_prose

    return (Flaw(found.cell, found.what, found.remedy) for found in check_prose(notebook, file, languages))


def unsaid(cells: list[Cell], languages: Sequence[str] = LANGUAGES) -> Iterator[Flaw]:
    """Something shown through the report without any words; words in one language only are found with the prose."""
    reports = {"report", *(name for cell in cells for name in _reports(cell))}
    for cell in cells:
        for call in cell.calls():
            if _called(call) in SHOWN and _owner(call) in reports:
                said = {word.arg: word.value for word in call.keywords if word.arg in LANGUAGES}
                blank = [name for name, text in said.items() if _is_blank(text)]
                if blank or not said:
                    where = " and ".join(f"{name}=…" for name in blank or languages)
                    yield Flaw(cell.number, f"{_owner(call)}.{_called(call)} has no words", f"give it {where}")


def _is_blank(text: ast.expr) -> bool:
    return isinstance(text, ast.Constant) and not str(text.value).strip()


def _reports(cell: Cell) -> Iterator[str]:
    """The names that hold what open_report gave."""
    for node in cell.nodes():
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and _called(node.value) == "open_report":
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
