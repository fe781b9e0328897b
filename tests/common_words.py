"""The words of our own prose, gathered from the notebooks and the package: `python tests/common_words.py` writes the list.

Docstrings, the table of names and what is said of files and of commands are left out: they reach no page, and a word
that stands in the list is not looked for as a name.
"""

import ast
import json
import sys
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[1]
PACKAGE = HOUSE / "notebooks" / "followup"
LIST = PACKAGE / "study" / "common_words.txt"
ON_NO_PAGE = (
    "name_forms.py",
    "drafting.py",
    "ladders.py",
    "number_words.py",
)  # words of questionnaires and names of people
sys.path.insert(0, str(HOUSE / "notebooks"))

from checkouts import SHIPPED  # noqa: E402
from followup.study.name_forms import letters_of  # noqa: E402


def texts(code: str) -> list[str]:
    """The texts in a piece of Python, but its docstrings."""
    tree = ast.parse(code)
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in bare)
    return [node.value for node in constants if isinstance(node.value, str)]


def gathered() -> list[str]:
    """Every word of the prose that a page may show, in order."""
    found = []
    for path in (HOUSE / "notebooks" / f"{name}.ipynb" for name in SHIPPED):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            found += [source, *(texts(source) if cell["cell_type"] == "code" else [])]
    for path in PACKAGE.rglob("*.py"):
        if path.parent.name not in ("exports", "commands") and path.name not in ON_NO_PAGE:
            found += texts(path.read_text(encoding="utf-8"))
    for path in PACKAGE.rglob("*"):
        if path.suffix in (".html", ".css", ".js", ".j2") and "commands" not in path.parts:
            found.append(path.read_text(encoding="utf-8"))
    return sorted(set().union(*map(letters_of, found)))


if __name__ == "__main__":
    LIST.write_text("\n".join(gathered()) + "\n", encoding="utf-8")
