"""A notebook's prose apart from its code: a sentence that changed needs no kernel, for its code has run already."""

import json
from collections.abc import Iterator
from pathlib import Path

from followup.store.freshness import digest, sha256_of

OWN = "followup"  # the part of a notebook's metadata that says where it stands


def code_digest(notebook: Path) -> str:
    """SHA-256 of a notebook's code cells and their tags; of the whole file where it is no notebook, or "absent".

    Prose, outputs that Jupyter saved and what it notes about itself do not count.
    """
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        code = [["".join(cell["source"]), tags_of(cell)] for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return digest(notebook)
    return sha256_of(json.dumps(code))


def with_prose_of(notebook: dict, executed: dict) -> dict:
    """The executed notebook as if `notebook`, whose code cells are the same, had been run: cells and order of the one, outputs of the other.

    Both are the JSON of notebooks. Raises ValueError when their code differs.
    """
    ran = iter([cell for cell in executed["cells"] if cell["cell_type"] == "code"])
    cells = [cell for new in notebook["cells"] for cell in _as_run(new, ran)]
    own = {OWN: notebook["metadata"][OWN]} if OWN in notebook.get("metadata", {}) else {}
    kept = {name: value for name, value in executed.get("metadata", {}).items() if name != OWN}
    return executed | {"cells": cells, "metadata": kept | own}


def _as_run(cell: dict, ran: Iterator[dict]) -> Iterator[dict]:
    """A cell with the outputs it had; the parameters that papermill added follow those that they replace."""
    if cell["cell_type"] != "code":
        yield cell
        return
    earlier = next(ran, {"source": None})
    if "".join(earlier["source"] or "") != "".join(cell["source"]):
        raise ValueError("the code of the notebook is not the code that was run")
    yield earlier | {"id": cell["id"]}
    if "parameters" in tags_of(cell):
        yield next(ran)


def tags_of(cell: dict) -> list[str]:
    return cell["metadata"].get("tags", [])
