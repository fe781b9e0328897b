"""The reviewer's page: the executed notebooks of a cohort as one self-contained page in each language of the study.

Only what went through `report` reaches the page, and of a part that has nothing to show nothing does. What a page may hold is on an allow-list, and a page that
would leave a reader out (a figure without words, a table without headers, a missing translation) is refused by name.
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from bs4 import BeautifulSoup
from nbformat import NotebookNode, from_dict

from followup.disclosure.cell_bundle import NOTHING, SILENT, bundle_of
from followup.language import language_of
from followup.problems import PageProblem
from followup.publish.cells import Place, cell_mark, may_publish, numbered, page_cell, page_output, place_of
from followup.publish.empty_tables import why_no_link
from followup.publish.font import page_font
from followup.publish.fragments import fragment
from followup.publish.heading_levels import shifted, titled
from followup.publish.left_out import nothing_in, without_empty_parts, without_links_to
from followup.publish.page_checks import (
    begins_a_section,
    check_direction,
    check_facts,
    check_opening,
    check_overrides,
    check_prose_marks,
    check_whole,
)
from followup.publish.prose import UNDERLINED, Heading, is_only_headings, prose_of
from followup.publish.settled import settle
from followup.publish.template_pages import PageFacts, exporter, page_words
from followup.store import forked, remembered

LAYERS = ("brief", "report", "annex")

# ---------------------------------------------------------------------------------------------- public functions


def combine(
    notebooks: dict[str, NotebookNode], language: str, order: Sequence[str] | None = None, keys: Collection[str] = ()
) -> NotebookNode:
    """The executed notebooks as one notebook that holds only what `language`'s page shows.

    Each # of a notebook begins a section. `order` names the notebooks as their sections follow on the page (without
    it: as they come): each time a notebook is named its next section stands there, the last time all that are left.
    Sections stand layer by layer: in brief, the report, the annex; `layer` in a notebook's metadata says which is its.
    Headings stand one level lower (the page's title is the only h1); `metadata.followup` of a cell names its notebook
    and number, and says whether it opens or closes a section. Parts with nothing to show are left out, and
    `metadata.followup.nothing` has the captions of what they would have shown. Raises `PageProblem`; `keys` of the study
    tell it which one is misspelt.
    """
    order = tuple(notebooks) if order is None else order
    sections = {stem: _ready(stem, notebook, language) for stem, notebook in notebooks.items()}
    left_out = [stem for stem in sections if _is_nothing(sections[stem])]
    whole = []
    for place, stem in enumerate(order):
        last = stem not in order[place + 1 :]
        now, sections[stem] = (sections[stem], []) if last else (sections[stem][:1], sections[stem][1:])
        whole += now
    whole.sort(key=lambda section: LAYERS.index(_layer(section[0])))
    nothing = [caption for section in whole for caption in nothing_in(section)]
    cells = [
        cell for section in whole if place_of(section[0]).notebook not in left_out for cell in _on_the_page(section)
    ]
    settle(cells, page_words()[language]["in_the_report"])
    without_links_to(left_out, cells)
    check_whole(cells, why_no_link(notebooks, keys))
    facts = {"language": language, "contents": _contents(cells), "nothing": list(dict.fromkeys(nothing))}
    facts["layers"] = _layers_marked(cells)
    return NotebookNode(nbformat=4, nbformat_minor=5, cells=cells, metadata=from_dict({"followup": facts}))


def _layer(cell: NotebookNode) -> str:
    return cell.metadata.followup.layer


def _layers_marked(cells: Sequence[NotebookNode]) -> list[str]:
    """The layers that a page has; the first cell of each opens it, the last closes it."""
    layers = list(dict.fromkeys(map(_layer, cells)))
    for layer in layers:
        mine = [cell for cell in cells if _layer(cell) == layer]
        mine[0].metadata.followup["opens_layer"] = True
        mine[-1].metadata.followup["closes_layer"] = True
    return layers


def _contents(cells: Sequence[NotebookNode]) -> list[dict]:
    """What the contents list of each layer: sections and what stands in them; of the annex, its sections alone."""
    contents = []
    for cell in cells:
        mark = cell.metadata.followup
        for entry in _entries(cell):
            if mark.layer == "report" or entry.level == 2:
                name = mark.section if mark.layer == "annex" else entry.id
                contents.append({"id": name, "level": entry.level, "text": entry.text, "layer": mark.layer})
    return contents


def _is_nothing(sections: Sequence[Sequence[NotebookNode]]) -> bool:
    """Whether a notebook has nothing left for the page but what it is called."""
    left = [cell for section in sections for cell in without_empty_parts(section)]
    return not any(cell.outputs if cell.cell_type == "code" else not is_only_headings(cell) for cell in left)


def _on_the_page(section: list[NotebookNode]) -> list[NotebookNode]:
    """A section as the page shows it; its first cell opens it, its last closes it."""
    if kept := without_empty_parts(section):
        kept[0].metadata.followup["opens"] = True
        kept[-1].metadata.followup["closes"] = True
    return kept


def render_page(
    notebooks: dict[str, NotebookNode],
    language: str,
    facts: PageFacts,
    font_cache: Path | None = None,
    order: Sequence[str] | None = None,
    keys: Collection[str] = (),
) -> str:
    """The whole page of one language; `font_cache` is a folder that keeps the font subset between runs.

    `order` and `keys` are those of `combine`.
    """
    if facts.language != language:
        raise ValueError(f"facts are in {facts.language!r}, the page in {language!r}")
    check_facts(facts)
    resources = {"facts": facts, "language": language, "font": page_font(font_cache)}
    page, _ = exporter().from_notebook_node(combine(notebooks, language, order, keys), resources)
    return page


def in_each_language(make: Callable[[str], bytes], languages: Sequence[str], at_once: int) -> dict[str, bytes]:
    """What `make` gives for each language; where two may be made at a time, the last one in a fork of this process."""
    *here, last = languages
    work = partial(remembered.used_by, partial(make, last))
    beside = forked.begun(work) if here and at_once > 1 else work
    made = {language: make(language) for language in here}
    made[last], used = beside()
    remembered.take_over(used)
    return made


def prepare(stem: str, notebook: NotebookNode, languages: Sequence[str]) -> None:
    """Make an executed notebook's sections ready for its pages ahead of time; what is wrong is told by `render_page`."""
    for language in languages:
        with suppress(PageProblem):
            READY[stem, language] = notebook, _stage(stem, notebook, language)


READY: dict[tuple[str, str], tuple[NotebookNode, list]] = {}


# ---------------------------------------------------------------------------------------------- stages and cells


def _ready(stem: str, notebook: NotebookNode, language: str) -> list[list[NotebookNode]]:
    """The sections that were made ahead of time of just this notebook, once, for a page changes them; else made now."""
    made_of, sections = READY.pop((stem, language), (None, []))
    return sections if made_of is notebook else _stage(stem, notebook, language)


def _stage(stem: str, notebook: NotebookNode, language: str) -> list[list[NotebookNode]]:
    """One notebook's cells for one language, section by section, with all that the page may leave out."""
    cells: list[NotebookNode] = []
    headings, title, layers = 0, _own_title(notebook, language), _layers_of(notebook)
    for number, cell in numbered(notebook):
        place = Place(stem, number)
        if cell.cell_type == "markdown" and language_of(cell.source) in (language, None):
            source = cell.source if cells else titled(cell.source, title)
            made, headings = _prose_cell(source, place, headings)
            cells.append(made)
        elif cell.cell_type == "code":
            cells.append(_code_cell(cell, place, language))
    check_opening(stem, cells, language)
    for position, cell in enumerate(cells, start=1):
        cell["id"] = f"{stem}-{position}"[-64:]
    starts = [place for place, cell in enumerate(cells) if begins_a_section(cell)]
    sections = [cells[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]
    for place, section in enumerate(sections, start=1):
        section[0].metadata.followup["section"] = stem if place == 1 else f"{stem}-section-{place}"
        for cell in section:
            cell.metadata.followup["layer"] = layers[min(place, len(layers)) - 1]
    return sections


def _entries(cell: NotebookNode) -> list["Heading"]:
    """What the contents say of a cell: its headings of two levels, and its findings."""
    if cell.cell_type == "markdown":
        return [heading for heading in prose_of(cell).headings if heading.level <= 3]
    return [Heading(f"finding-{name}", 3, title) for name, title in cell.metadata.followup.findings]


def _layers_of(notebook: NotebookNode) -> list[str]:
    """The layer of each section that a notebook's metadata name; the last one is that of all further sections."""
    told = notebook.metadata.get("followup", {}).get("layer", "report")
    return [told] if isinstance(told, str) else list(told)


def _own_title(notebook: NotebookNode, language: str) -> str:
    """The title that a notebook's metadata give it on the page, in place of its first heading; none where they do not."""
    told = notebook.metadata.get("followup", {}).get("title", "")
    return " ".join((told if isinstance(told, str) else told.get(language, "")).split())


def _prose_cell(written: str, place: Place, headings: int) -> tuple[NotebookNode, int]:
    """A prose cell with its headings one level lower, and how many headings the notebook has had so far."""
    source, levels = shifted(written)
    made = page_cell("markdown", source, cell_mark(place, first_heading=headings))
    prose = prose_of(made)
    if [heading.level for heading in prose.headings] != levels:
        raise place.problem(*UNDERLINED)
    check_direction(prose.marks, place)
    check_prose_marks(prose.marks, place)
    return made, headings + len(levels)


def _code_cell(cell: NotebookNode, place: Place, language: str) -> NotebookNode:
    """A code cell with the fragments of one language for its outputs."""
    check_overrides(cell.source, place)
    if any(output.output_type == "error" for output in cell.outputs):
        raise place.problem("this cell ended in an error", "fix it and run again; only whole runs are published")
    bundles = [bundle for output in cell.outputs if (bundle := bundle_of(output))]
    made = [
        (bundle.kind, fragment(bundle.kind, bundle.name, bundle.he, bundle.en, place, language))
        for bundle in bundles
        if bundle.for_the_page
    ]
    mark = cell_mark(
        place,
        findings=[[b.name, _title(getattr(b, language))] for b in bundles if b.kind == "finding"],
        nothing=[html for kind, html in made if kind == NOTHING],
        silent=any(bundle.kind == SILENT for bundle in bundles) or not bundles and may_publish(cell.source),
    )
    outputs = [page_output(html) for kind, html in made if kind != NOTHING]
    return page_cell("code", cell.source, mark, execution_count=None, outputs=outputs)


@remembered.remembered
def _title(finding: str) -> str:
    """What a finding is about; where nothing says so, its headline."""
    soup = BeautifulSoup(finding, "html.parser")
    return (soup.find(class_="topic") or soup.find("h3")).get_text()
