"""A notebook of the chain, and what it imports."""

import ast
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from followup.store.freshness import PACKAGE, package_files, replace_text, sha256_of

NOTEBOOKS = PACKAGE.parent
HOUSE = NOTEBOOKS.parent
INPUT, FAILURE, BUSY, INTERRUPTED = 2, 3, 75, 130  # exit codes
KNOWN_IMPORTS = HOUSE / "build" / ".imports.json"
DRAWN_WITH = ("matplotlib.figure", "matplotlib.collections", "matplotlib.backends.backend_svg", "seaborn")


@dataclass(frozen=True)
class Stage:
    """A notebook: the notebooks whose tables and results it reads (None: all before it), the cohorts that it is for
    (None: all), its places on the page (none: its number), and the page: a cohort's report, or the comparison.
    """

    name: str
    after: tuple[str, ...] | None = ()
    cohorts: tuple[str, ...] | None = None
    place: tuple[float, ...] = ()
    page: str = "report"

    @property
    def notebook(self) -> Path:
        return NOTEBOOKS / f"{self.name}.ipynb"

    def is_for(self, cohort: str) -> bool:
        return self.cohorts is None or cohort in self.cohorts


class Modules:
    """The package's modules by their dotted names, as they lie there now, each looked at once."""

    def __init__(self):
        files = [path for path in package_files(PACKAGE) if path.suffix == ".py"]
        files.sort(key=lambda path: path.name == "__init__.py")  # Python prefers a package
        self.files = {_dotted(path): path for path in files}
        self.imports: dict[Path, set[Path]] = {}

    def imported_by(self, source: Path) -> set[Path]:
        if source not in self.imports:
            self.imports[source] = set(self.named(_imported(source)))
        return self.imports[source]

    def named(self, names: Iterable[str]) -> Iterator[Path]:
        """The files of those dotted names that are modules or packages; the others are what a module defines."""
        return (self.files[name] for name in names if name in self.files)


def _dotted(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules_of(source: Path, modules: Modules | None = None) -> set[Path]:
    """The package's modules that a notebook or module imports, and those that these import."""
    modules = Modules() if modules is None else modules
    found, queue = set(), [source]
    while queue:
        new = modules.imported_by(queue.pop()) - found
        found |= new
        queue += new
    return found


def modules_of_stages(stages: Iterable[Stage]) -> dict[str, set[Path]]:
    """The package's modules that each notebook imports; what was found is kept for the next run."""
    known, modules = len(_known_imports()), Modules()
    found = {stage.name: modules_of(stage.notebook, modules) for stage in stages}
    if len(_known_imports()) > known:
        replace_text(KNOWN_IMPORTS, json.dumps(_known_imports()))
    return found


def _imported(path: Path) -> frozenset[str]:
    """Dotted names that the import statements of a notebook's code cells or a module may mean, below `followup`.

    What is no notebook or no Python imports nothing here: running it says what is wrong.
    """
    return _imported_in(path.read_text(encoding="utf-8"), path.suffix)


@cache
def _imported_in(text: str, suffix: str) -> frozenset[str]:
    known, mark = _known_imports(), sha256_of(f"dotted {suffix} {text}")
    if mark not in known:
        known[mark] = []
        for source in _sources(text) if suffix == ".ipynb" else [text]:
            with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
                known[mark] = sorted({*known[mark], *_imported_by(ast.parse(source))})
    return frozenset(known[mark])


@cache
def _known_imports() -> dict[str, list[str]]:
    """What files import, by SHA-256 of the file, as earlier runs found it: parsing them all takes a third of a second."""
    try:
        return json.loads(KNOWN_IMPORTS.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _imported_by(code: ast.Module) -> set[str]:
    """`from followup.a import b` may mean followup, followup.a and followup.a.b; only files tell which of them are modules."""
    names = set()
    for node in ast.walk(code):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    paths = (name.split(".") for name in names)
    return {".".join(path[:end]) for path in paths if path[0] == "followup" for end in range(1, len(path) + 1)}


def imported_modules(stages: Iterable[Stage]) -> list[str]:
    """The package's modules that these notebooks import, those of the first before the others', and what charts need; Excel's
    where one of them reads the exports.
    """
    stages = list(stages)
    known = Modules().files
    named = [sorted(name for name in _imported(stage.notebook) if name in known) for stage in stages]
    first, *others = named or [[]]
    workbooks = ["followup.exports.workbooks"] if any(not stage.after for stage in stages) else []
    return list(dict.fromkeys([*first, *DRAWN_WITH, *(name for names in others for name in names), *workbooks]))


def _sources(text: str) -> list[str]:
    """The sources of a notebook's code cells; IPython's magics are left out, being no Python."""
    try:
        cells = ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, RecursionError):  # no notebook
        return []
    return ["\n".join(line for line in cell.splitlines() if not line.lstrip().startswith(("%", "!"))) for cell in cells]
