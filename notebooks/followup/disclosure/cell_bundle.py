"""What a cell hands over: a kind, a name, and for the page the fragment in each language of the study.

`report` writes it into the cell's output, `publish` and `chain` read it there.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields

MIME = "application/vnd.followup+json"
NOTHING = "nothing"  # had nothing to show: the page leaves it out, and lists its caption at its end
LEFT_OUT = "left out: "  # how a line begins that says to the analyst what the page leaves out, and why
SILENT = "silent"  # was to be shown only when something held that does not
FOR_NOTEBOOKS = ("kept", "handed_on", SILENT)  # kinds of which nothing is for the page
WITH_A_TABLE = ("handed_on", "kept", "table", "figure", NOTHING)  # kinds that a CSV of the same name goes with


@dataclass(frozen=True)
class Bundle:
    """One output of a cell; `he` and `en` are HTML, and None where nothing is for the page or the study has no such page.

    `of` names the result of which it shows a part; without it the result has the bundle's own name. `why` says to the
    analyst why the page leaves something out in this cohort.
    """

    kind: str
    name: str | None
    he: str | None = None
    en: str | None = None
    of: str | None = None
    why: str | None = None

    @property
    def for_the_page(self) -> bool:
        return self.kind not in FOR_NOTEBOOKS

    def data(self) -> dict[str, dict]:
        """The bundle as an output's data, by its MIME type."""
        return {MIME: {name: value for name, value in asdict(self).items() if value is not None or name == "name"}}


def bundle_of(output) -> Bundle | None:
    """What an output of an executed notebook holds; None where it did not come from the report."""
    data = output.get("data", {}).get(MIME)
    return None if data is None else Bundle(*(data.get(field.name) for field in fields(Bundle)))


def bundles_in(notebook) -> Iterator[Bundle]:
    """All bundles of an executed notebook, in the order of its cells."""
    outputs = (output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs)
    return (bundle for output in outputs if (bundle := bundle_of(output)))
