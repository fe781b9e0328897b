"""Tables that have no rows in a cohort: which they are, and the misspelt key that a notebook chooses its rows by."""

from collections.abc import Collection, Iterator, Mapping

from nbformat import NotebookNode

from followup.disclosure.cell_bundle import LEFT_OUT, NOTHING, SILENT, bundle_of
from followup.publish.cells import Place, counted, numbered, unpublished
from followup.study.misspelt_keys import misspelt_in

MOST_NAMED = 5  # of the tables of one notebook
ROWLESS = ("no rows in this cohort", "row this cohort does not have")  # in the reasons that `report` gives


def misspelt(notebook: NotebookNode, keys: Collection[str]) -> tuple[str, str]:
    """(a key that a notebook chooses rows by and the study does not have, what to write); blank where there is none."""
    return misspelt_in((cell.source for cell in notebook.cells if cell.cell_type == "code"), keys)


def not_on_the_page(notebooks: Mapping[str, NotebookNode], keys: Collection[str]) -> list[tuple[str, int, str]]:
    """(notebook, cell, what) for what pages leave out: all that `unpublished` tells, and tables without rows where a
    notebook chooses rows by a misspelt key.

    `cell` is the number that JupyterLab shows beside a code cell.
    """
    said = []
    for stem, notebook in notebooks.items():
        what, remedy = misspelt(notebook, keys)
        hint = f"; {what}; what to do: {remedy}" if what else ""
        more = unpublished({stem: notebook})
        reasons = " ".join(each for _, _, each in more)  # that of a model names its table
        empty = [(number, name) for number, cell in counted(notebook) for name, _ in _named(cell, NOTHING)]
        empty = [(number, name) for number, name in empty if f"“{name}”" not in reasons]
        told = _no_rows(list(dict.fromkeys(name for _, name in empty)))
        if hint:  # a study that never had something has tables without rows, too: the page lists them at its end
            said += [
                (stem, number, f"{LEFT_OUT}{told}{hint}") for number in dict.fromkeys(number for number, _ in empty)
            ]
        for _, number, each in more:
            rowless = each.startswith(LEFT_OUT) and any(why in each for why in ROWLESS)
            said.append((stem, number, f"{each}{hint}" if rowless and "; " not in each else each))
    return said


def why_no_link(notebooks: Mapping[str, NotebookNode], keys: Collection[str] = ()) -> dict[str, tuple[str, str]]:
    """Of each table that is not shown: (where it would stand and why it does not, what to do)."""
    said = {}
    for stem, notebook in notebooks.items():
        what, remedy = misspelt(notebook, keys)
        for number, cell in numbered(notebook):
            for name, kind in _named(cell, NOTHING, SILENT):
                why = (
                    "has no rows in this cohort"
                    if kind == NOTHING
                    else "is not shown in this cohort (when=…, or all its cells are hidden)"
                )
                where = f"the table “{name}” of {Place(stem, number)}, {why}"
                said[name] = (
                    f"{where}; {what}" if what else where,
                    remedy or "look at what chooses its rows there, or take the link out",
                )
    return said


def _no_rows(names: list[str]) -> str:
    if len(names) == 1:
        return f"the table “{names[0]}” has no rows in this cohort"
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"tables that have no rows in this cohort (“{'”, “'.join(names[:MOST_NAMED])}”{more})"


def _named(cell: NotebookNode, *kinds: str) -> Iterator[tuple[str, str]]:
    """(name, kind) of each table of a cell that was handed over as one of these kinds."""
    for bundle in map(bundle_of, cell.get("outputs", [])):
        if bundle and bundle.name and bundle.kind in kinds:
            yield bundle.name, bundle.kind
