"""Which wing may import which: the table below, held against the imports as they stand.

Forbidden between wings: an import that the table does not allow, and so any circle. Forbidden everywhere: another
module's `_private` name, and an import relative to the module's own place.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "notebooks" / "followup"
ROOT_MODULES = {
    "problems",
    "language",
    "rounding",
}  # every wing may import these, except those that import nothing of ours

MAY_IMPORT = {
    "statistics": set(),
    "store": set(),
    "exports": ROOT_MODULES,
    "study": {"store"} | ROOT_MODULES,
    "words": {"study"} | ROOT_MODULES,
    "disclosure": {"study", "statistics", "store"} | ROOT_MODULES,
    "cleaning": {"exports", "study", "words", "store"} | ROOT_MODULES,
    "analysis": {"statistics", "disclosure", "study", "words", "store"} | ROOT_MODULES,
    "report": {"analysis", "disclosure", "words", "study", "statistics", "store", "cleaning.people"} | ROOT_MODULES,
    "publish": {"disclosure", "words", "study", "store"} | ROOT_MODULES,
    "editions": {"disclosure", "exports", "study", "store", "words"} | ROOT_MODULES,
    # the chain runs the check of what is about to leave beside the notebooks, and knows no more of it than its verdict
    "chain": {
        "publish",
        "editions",
        "disclosure.cell_bundle",
        "disclosure.release_check",
        "disclosure.scale_blocks",
        "study",
        "store",
        "cleaning.people",
    }
    | ROOT_MODULES,
    "problems": set(),
    "language": {"rounding"},
    "rounding": set(),
    "__init__": {"study.explained_errors"},  # an import may be the first that fails in a notebook
}
EVERYTHING = {"commands"}  # may import every wing, and nothing imports it


def modules(package: Path) -> dict[str, Path]:
    """Every module by its dotted name below the package, `__init__` files too."""
    return {".".join(path.relative_to(package).with_suffix("").parts): path for path in sorted(package.rglob("*.py"))}


@cache
def parsed(text: str) -> ast.Module:
    return ast.parse(text)


def tree_of(path: Path) -> ast.Module:
    return parsed(path.read_text(encoding="utf-8"))


def wing_of(module: str) -> str:
    return module.split(".")[0]


def imports(path: Path, known: dict[str, Path]) -> Iterator[tuple[int, str, str | None]]:
    """(line, module, name taken from it or None) for each import of ours; a relative one counts as module "."."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield node.lineno, ".", None
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "followup":
            for alias in node.names:
                module = ".".join([*node.module.split("."), alias.name][1:])
                yield (node.lineno, module, None) if module in known else (node.lineno, node.module[9:], alias.name)
        elif isinstance(node, ast.Import):
            ours = (alias.name for alias in node.names if alias.name.startswith("followup."))
            yield from ((node.lineno, name.removeprefix("followup."), None) for name in ours)


def private_names(path: Path, known: dict[str, Path]) -> Iterator[tuple[int, str]]:
    """(line, name) where a module of ours is asked for a name that begins with an underscore."""
    tree = tree_of(path)
    taken = {name: module for _, module, name in imports(path, known) if name}
    yield from (
        (line, f"{taken[name]}.{name}") for line, _, name in imports(path, known) if name and name.startswith("_")
    )
    aliases = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "followup"
        for alias in node.names
        if ".".join([*node.module.split("."), alias.name][1:]) in known
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
            continue
        if node.value.id in aliases and node.attr.startswith("_") and not node.attr.startswith("__"):
            yield node.lineno, f"{node.value.id}.{node.attr}"


def forbidden(package: Path) -> list[str]:
    """One line for each import that the table does not allow, with its file and line."""
    known = modules(package)
    found = []
    for module, path in known.items():
        wing, place = wing_of(module), path.relative_to(package.parent).as_posix()
        for line, other, _ in imports(path, known):
            allowed = MAY_IMPORT.get(wing, set()) | {wing}
            if other == ".":
                found.append(f"{place}:{line} imports relative to its own place; write from followup.… import …")
            elif wing not in EVERYTHING and wing_of(other) not in allowed and other not in allowed:
                found.append(f"{place}:{line} {wing} may not import {other}")
        found += [f"{place}:{line} {name} is private to its module" for line, name in private_names(path, known)]
    return found


def circle() -> list[str]:
    """Wings of the table that import each other in a circle; none when the table is one-way."""
    left = {wing: {wing_of(other) for other in may} - {wing} for wing, may in MAY_IMPORT.items()}
    while free := [wing for wing, may in left.items() if not may & left.keys()]:
        for wing in free:
            del left[wing]
    return sorted(left)


def test_no_import_goes_where_the_table_does_not_lead():
    assert forbidden(PACKAGE) == []


def test_every_wing_is_in_the_table_and_the_table_leads_one_way():
    wings = {wing_of(module) for module in modules(PACKAGE)}
    assert wings == MAY_IMPORT.keys() | EVERYTHING
    assert circle() == []


def test_a_wings_own_file_says_what_it_knows_and_runs_nothing():
    """The staleness check follows imports: a re-export would make every notebook depend on the whole wing."""
    for path in PACKAGE.glob("*/**/__init__.py"):
        body = tree_of(path).body
        assert len(body) == 1 and isinstance(body[0], ast.Expr), path
        assert len(ast.get_docstring(tree_of(path)).split()) > 10, path


def test_every_module_says_in_its_first_line_what_it_knows():
    for name, path in modules(PACKAGE).items():
        said = ast.get_docstring(tree_of(path))
        assert said and len(said.split("\n")[0].split()) >= 3, name


@pytest.mark.parametrize(
    ("planted", "line", "said"),
    [
        ("statistics/scales.py", "from followup.language import Text", "statistics may not import language"),
        ("store/freshness.py", "import followup.study.cohort", "store may not import study.cohort"),
        ("exports/read.py", "from followup.study import codebook", "exports may not import study.codebook"),
        (
            "publish/cells.py",
            "def later():\n    from followup.report import cards",
            "publish may not import report.cards",
        ),
        ("report/cards.py", "from followup.cleaning.roster import Roster", "report may not import cleaning.roster"),
        ("chain/run.py", "from followup.commands import report", "chain may not import commands.report"),
        ("words/verdicts.py", "from followup.study.codebook import _key", "study.codebook._key is private"),
        ("commands/new.py", "from followup.study import cohort\ncohort._unknown()", "cohort._unknown is private"),
        ("analysis/gaps.py", "from .answers import answer_table", "imports relative to its own place"),
    ],
)
def test_a_planted_import_is_found_with_its_file_and_line(tmp_path, planted, line, said):
    for module, path in modules(PACKAGE).items():
        copy = tmp_path / "followup" / (module.replace(".", "/") + ".py")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    target = tmp_path / "followup" / planted
    target.write_text(target.read_text(encoding="utf-8") + f"\n\n{line}\n", encoding="utf-8")
    [found] = forbidden(tmp_path / "followup")
    assert found.startswith(f"followup/{planted}:") and said in found
