"""Where two versions of a notebook were brought together and nobody has decided between them yet."""

import re
from collections.abc import Iterator

from nbformat import NotebookNode

SIGN = re.compile(r"^(?:<{7}|>{7})(?: |$)", re.MULTILINE)  # as git writes it, and nbdime inside a cell
NBDIME = "&lt;&lt;&lt;&lt;&lt;&lt;&lt;"  # the beginning of the text cell that nbdime puts before a cell in conflict
WHAT = "two versions were merged here, and they differ"


def remedy(name: str) -> str:
    """What to do about a conflict in a notebook, with lines that can be pasted."""
    file = f"notebooks/{name}"
    return (
        f"keep what is right and take the lines <<<<<<<, ======= and >>>>>>> out; or choose cell by cell: git mergetool --tool nbdime {file}; "
        f"or take one version whole: git checkout --ours {file} (yours), git checkout --theirs {file} (the other)"
    )


def in_text(text: str) -> Iterator[tuple[int | None, int]]:
    """(cell or None, line) of each conflict in the text of a file that is no JSON because of it."""
    for found in SIGN.finditer(text):
        if found[0].startswith("<"):
            before = text[: found.start()]
            yield before.count('"cell_type":') or None, before.count("\n") + 1


def in_cells(notebook: NotebookNode) -> Iterator[int]:
    """The positions of cells in which two versions stand, one after the other."""
    for number, cell in enumerate(notebook.cells, 1):
        found = SIGN.search(cell.source)
        if found and found[0].startswith("<") or NBDIME in cell.source or "nbdime-conflicts" in cell.metadata:
            yield number
