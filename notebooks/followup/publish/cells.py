"""The cells of executed notebooks: where each stands, what it published and what it did not."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from nbformat import NotebookNode, from_dict, v4

from followup.disclosure.cell_bundle import LEFT_OUT, bundle_of
from followup.problems import PageProblem

GIVE_BACK = ("model", "release")  # calls that publish a table and give it back
PUBLISH = ("say", "table", "figure", "model", "voices")  # calls of which something may stand on the page
WARNING = "a warning or message"
WARNED = re.compile(r"^.*?\b([A-Z]\w*Warning): ?(.*)$", re.MULTILINE)
PLAIN_WORDS = re.compile(r"[A-Za-z]?[a-z _.,;()-]+")  # no digits, quotes, capitals within: a name has one
INJECTED = "injected-parameters"  # papermill's tag of the cell that it puts in


def read(path: Path) -> NotebookNode:
    """A notebook of format 4 as it is; raises ValueError where the file is no JSON.

    nbformat's general reader would hold every output against its schema, and only log what it finds.
    """
    return _parsed(path.read_text(encoding="utf-8"))


@lru_cache(maxsize=16)
def _parsed(text: str) -> NotebookNode:
    """The same object for the same text: nobody changes it."""
    return v4.reads(text)


def unpublished(notebooks: dict[str, NotebookNode]) -> list[tuple[str, int, str]]:
    """(notebook, cell, what) for each output that the page leaves out: it did not go through `report`, or `report` says why.

    `cell` is the number that JupyterLab shows beside a code cell.
    """
    return [
        (stem, number, what)
        for stem, notebook in notebooks.items()
        for number, cell in counted(notebook)
        for output in cell.get("outputs", [])
        if (what := _left_out(cell, output))
    ]


def left_out_whole(stems: Iterable[str], page: str) -> list[tuple[str, int, str]]:
    """As `unpublished` tells it, each notebook that a page shows nothing of; it has no cell."""
    why = f"{LEFT_OUT}the whole notebook: nothing of it is shown in this cohort"
    return [(stem, 0, why) for stem in stems if not any(f' id="{stem}{end}' in page for end in ('"', "-section-"))]


def _left_out(cell: NotebookNode, output: NotebookNode) -> str:
    """What of this output the page leaves out, in words; nothing where it shows all of it."""
    if bundle := bundle_of(output):
        return f"{LEFT_OUT}{bundle.why}" if bundle.why else ""
    return "" if output.output_type == "execute_result" and _gives_back(cell.source) else kind_of(output)


def _gives_back(source: str) -> bool:
    """Whether a cell ends with a call that published a table, so that Jupyter shows it once more."""
    try:
        last = ast.parse(source).body[-1]
    except (SyntaxError, IndexError):  # magics of IPython
        return False
    call = last.value if isinstance(last, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in GIVE_BACK


def may_publish(source: str) -> bool:
    """Whether a cell calls what publishes something, were all that it depends on so; what it defines for others does not count."""
    try:
        waiting: list[ast.AST] = [*ast.parse(source).body]
    except SyntaxError:  # magics of IPython
        return False
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in PUBLISH:
            return True
        if not isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            waiting += ast.iter_child_nodes(part)
    return False


def counted(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """The analyst's code cells with the numbers that JupyterLab shows: they count from 1, and empty ones never run."""
    own = (
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.source.strip() and INJECTED not in cell.metadata.get("tags", [])
    )
    yield from enumerate(own, 1)


def numbered(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """The cells with their numbers as the analyst counts them: what papermill injected counts as the cell above it."""
    number = 0
    for cell in notebook.cells:
        number += INJECTED not in cell.metadata.get("tags", [])
        yield number, cell


@dataclass(frozen=True)
class Place:
    """Where something stands: a notebook and the number of a cell."""

    notebook: str
    cell: int

    def __str__(self) -> str:
        return f"{self.notebook}, cell {self.cell}"

    def problem(self, what: str, remedy: str) -> PageProblem:
        return PageProblem(self.notebook, self.cell, what, remedy)


def page_cell(cell_type: str, source: str, metadata: dict, **parts) -> NotebookNode:
    """A cell of the page's notebook; nbformat's own makers check every cell against the schema, a third of a page's time."""
    return from_dict({"cell_type": cell_type, "source": source, "metadata": metadata, **parts})


def page_output(html: str) -> dict:
    return {"output_type": "display_data", "data": {"text/html": html}, "metadata": {}}


def cell_mark(
    place: Place, first_heading: int = 0, findings: Sequence = (), nothing: Sequence[str] = (), silent: bool = False
) -> dict:
    """What the page knows of a cell; `nothing` are captions of what had nothing to show, `silent` is whether it said
    less than it would have in another study.
    """
    return {
        "followup": {
            "notebook": place.notebook,
            "number": place.cell,
            "first_heading": first_heading,
            "findings": list(findings),
            "nothing": list(nothing),
            "silent": silent,
            "layer": "report",
            "opens": False,
            "closes": False,
            "opens_layer": False,
            "closes_layer": False,
        }
    }


def place_of(cell: NotebookNode) -> Place:
    return Place(cell.metadata.followup.notebook, cell.metadata.followup.number)


def _warned(text: str) -> str:
    """Of a warning its kind, and its words where they can hold nothing of the data: no number, quoted word or name."""
    found = WARNED.search(text)
    if not found:
        return ""
    plain = found[1] != "UserWarning" and PLAIN_WORDS.fullmatch(found[2].strip())  # that one anybody may write
    return f": {found[1]}: {plain[0]}" if plain else f": {found[1]}"


def kind_of(output: NotebookNode) -> str:
    """An output in the words of someone who looks for it in the notebook; never its contents, but for a warning's words."""
    if output.output_type == "stream":
        return f"{WARNING}{_warned(output.text)}" if output.name == "stderr" else "printed text"
    data = output.get("data", {})
    if output.output_type == "error":
        return "an error"
    if any(kind.startswith("image/") for kind in data):
        return "a picture"
    return "a table" if "text/html" in data else "a value"
