"""The reviewer's page: the executed notebooks of a cohort as one self-contained page in each language.

Only what went through the door of `report` reaches the page. What a page may hold is on an allow-list, and a page that
would leave a reader out (a figure without words, a table without headers, a missing translation) is refused by name.
"""

import ast
import base64
import io
import json
import re
import string
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from html.parser import HTMLParser
from pathlib import Path

import nh3
from bs4 import BeautifulSoup
from bs4.element import Tag
from markupsafe import Markup
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_notebook
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from followup.language import DIRECTION, LANGUAGES, Text, main_language, numbers_isolated
from followup.problems import PageProblem
from followup.store.freshness import replace_bytes
from followup.store.remembered import remembered

MIME = "application/vnd.followup+json"
MARKS = {"kept", "handed_on"}
TEMPLATE = Path(__file__).parent / "template"
POLICY = "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'"
NAMES = {"he": "Hebrew", "en": "English"}
OTHER = {"he": "en", "en": "he"}
Rows = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PageFacts:
    """What stands around the sections of a page, in the page's language; rows are pairs of label and value."""

    language: str
    cohort: str
    programme: str
    cohort_title: str
    synthetic: bool
    other_page: str
    dates: Rows = ()
    masthead: Rows = ()
    provenance: Rows = ()
    glossary: Rows = ()


@dataclass(frozen=True)
class IndexEntry:
    """A cohort's line in the list of reports; `pages` are addresses relative to that list."""

    cohort: str
    title: Text
    pages: Text
    dates: Text
    response: Text
    synthetic: bool
    note: Text | None = None
    pdfs: Text | None = None


# ---------------------------------------------------------------------------------------------- public functions


def combine(notebooks: dict[str, NotebookNode], language: str, order: Sequence[str] | None = None) -> NotebookNode:
    """The executed notebooks as one notebook that holds only what `language`'s page shows.

    Each # of a notebook begins a section. `order` names the notebooks as their sections follow on the page (without
    it: as they come): each time a notebook is named its next section stands there, the last time all that are left.
    Headings stand one level lower (the page's title is the only h1); `metadata.followup` of a cell names its notebook
    and number, and says whether it opens or closes a section. Raises `PageProblem`.
    """
    order = tuple(notebooks) if order is None else order
    sections = {stem: _stage(stem, notebook, language) for stem, notebook in notebooks.items()}
    cells = []
    for place, stem in enumerate(order):
        last = stem not in order[place + 1 :]
        now, sections[stem] = (sections[stem], []) if last else (sections[stem][:1], sections[stem][1:])
        cells += [cell for section in now for cell in section]
    _check_whole(cells)
    entries = [entry for cell in cells for entry in _entries(cell)]
    contents = [{"id": entry.id, "level": entry.level, "text": entry.text} for entry in entries]
    return new_notebook(cells=cells, metadata={"followup": {"language": language, "contents": contents}})


def render_page(
    notebooks: dict[str, NotebookNode],
    language: str,
    facts: PageFacts,
    font_cache: Path | None = None,
    order: Sequence[str] | None = None,
) -> str:
    """The whole page of one language; `font_cache` is a folder that keeps the font subset between runs."""
    if facts.language != language:
        raise ValueError(f"facts are in {facts.language!r}, the page in {language!r}")
    _check_facts(facts)
    resources = {"facts": facts, "language": language, "font": _font(font_cache)}
    page, _ = _exporter().from_notebook_node(combine(notebooks, language, order), resources)
    return page


def unpublished(notebooks: dict[str, NotebookNode]) -> list[tuple[str, int, str]]:
    """(notebook, cell number, what) for each output that the page leaves out because it did not go through the door."""
    return [
        (stem, number, _kind_of(output))
        for stem, notebook in notebooks.items()
        for number, cell in numbered(notebook)
        for output in cell.get("outputs", [])
        if MIME not in output.get("data", {})
    ]


def prepare(stem: str, notebook: NotebookNode) -> None:
    """Make an executed notebook's outputs ready for both pages ahead of time; what is wrong is told by `render_page`."""
    for language in LANGUAGES:
        with suppress(PageProblem):
            _stage(stem, notebook, language)


def font_cache(root: Path) -> Path:
    """Where the page's font is kept between runs."""
    return root / "build" / ".fonts"


def prepare_page(folder: Path) -> None:
    """Make the page's font and its templates ahead of time."""
    _font(folder)
    for template in (_exporter().template_file, "cohorts.html.j2"):
        _exporter().environment.get_template(template)


def render_index(entries: list[IndexEntry], font_cache: Path | None = None, compared: Text | None = None) -> str:
    """The list of reports, in both languages on one page; `compared` are the addresses of the cohorts side by side."""
    template = _exporter().environment.get_template("cohorts.html.j2")
    return template.render(entries=entries, compared=compared, words=_words(), font=_font(font_cache), policy=POLICY, style=_style())


def render_failure_notice(language: str, when: str, stage: str, reason: str, made: str) -> str:
    """The words that a page of an earlier run, published at `made`, carries when a newer run has failed."""
    template = _exporter().environment.get_template("notice.html.j2")
    return template.render(words=_words()[language], when=when, stage=stage, reason=reason, made=made)


def with_notice(page: str, notice: str) -> str:
    """`page` with the failure notice shown at its top, in place of any earlier one."""
    before, start, rest = page.partition(NOTICE_START)
    _, end, after = rest.partition(NOTICE_END)
    if not start or not end:
        raise ValueError("this page has no place for a notice: it was not made by render_page")
    return before + start + notice + end + after


def check_prose(notebook: NotebookNode, name: str) -> list[PageProblem]:
    """What is missing in one of the languages of an unexecuted notebook, in the order of its cells.

    Each prose cell needs a neighbour in the other language with the same heading levels, and each call with `he=` an
    `en=` with the same placeholders.
    """
    run: list[tuple[int, NotebookNode]] = []
    found: list[PageProblem] = []
    for number, cell in [*numbered(notebook), (0, NotebookNode(cell_type="end", source=""))]:
        if cell.cell_type == "markdown":
            if language_of(cell.source):
                run.append((number, cell))
            continue
        found += _unpaired(run, name)
        run = []
        if cell.cell_type == "code":
            found += _one_sided_calls(cell.source, name, number)
    return found


def language_of(source: str) -> str | None:
    """The language of most letters of a prose cell, code and addresses left aside; None when it has no letters."""
    return main_language(re.sub(r"\]\([^)]*\)|`[^`]*`", "", source))


def numbered(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """The cells with their numbers as the analyst counts them: what papermill injected counts as the cell above it."""
    number = 0
    for cell in notebook.cells:
        number += "injected-parameters" not in cell.metadata.get("tags", [])
        yield number, cell


# ---------------------------------------------------------------------------------------------- stages and cells


@dataclass(frozen=True)
class Place:
    """Where something stands: a notebook and the number of a cell."""

    notebook: str
    cell: int

    def problem(self, what: str, remedy: str) -> PageProblem:
        return PageProblem(self.notebook, self.cell, what, remedy)


def _stage(stem: str, notebook: NotebookNode, language: str) -> list[list[NotebookNode]]:
    """One notebook's cells for one language, section by section; the first of each opens it, the last closes it."""
    cells: list[NotebookNode] = []
    headings = 0
    for number, cell in numbered(notebook):
        place = Place(stem, number)
        if cell.cell_type == "markdown" and language_of(cell.source) in (language, None):
            made, headings = _prose_cell(cell, place, headings)
            cells.append(made)
        elif cell.cell_type == "code":
            cells.append(_code_cell(cell, place, language))
    _check_opening(stem, cells, language)
    for position, cell in enumerate(cells, start=1):
        cell["id"] = f"{stem}-{position}"[-64:]
    starts = [place for place, cell in enumerate(cells) if _begins_a_section(cell)]
    sections = [cells[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]
    for place, section in enumerate(sections, start=1):
        section[0].metadata.followup.update(opens=True, section=stem if place == 1 else f"{stem}-section-{place}")
        section[-1].metadata.followup["closes"] = True
    return sections


def _begins_a_section(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and [heading.level for heading in _prose(cell).headings][:1] == [2]


def _entries(cell: NotebookNode) -> list["Heading"]:
    """What the contents say of a cell: its headings of two levels, and its findings."""
    if cell.cell_type == "markdown":
        return [heading for heading in _prose(cell).headings if heading.level <= 3]
    return [Heading(f"finding-{name}", 3, title) for name, title in cell.metadata.followup.findings]


def _prose_cell(cell: NotebookNode, place: Place, headings: int) -> tuple[NotebookNode, int]:
    """A prose cell with its headings one level lower, and how many headings the notebook has had so far."""
    source, levels = _shifted(cell.source)
    made = _cell("markdown", source, _mark(place, first_heading=headings))
    prose = _prose(made)
    if [heading.level for heading in prose.headings] != levels:
        raise place.problem(*UNDERLINED)
    _check_direction(prose.marks, place)
    _check_prose_marks(prose.marks, place)
    return made, headings + len(levels)


def _code_cell(cell: NotebookNode, place: Place, language: str) -> NotebookNode:
    """A code cell with the fragments of one language for its outputs."""
    _check_overrides(cell.source, place)
    if any(output.output_type == "error" for output in cell.outputs):
        raise place.problem("this cell ended in an error", "mend it and run again; only whole runs are published")
    bundles = [output.data[MIME] for output in cell.outputs if _published(output)]
    fragments = [
        _fragment(bundle.get("kind"), bundle.get("name"), bundle.get("he"), bundle.get("en"), place, language)
        for bundle in bundles
    ]
    findings = [bundle for bundle in bundles if bundle.get("kind") == "finding"]
    mark = _mark(place, findings=[[bundle["name"], _title(bundle[language])] for bundle in findings])
    return _cell("code", cell.source, mark, execution_count=None, outputs=[_output(html) for html in fragments])


def _cell(cell_type: str, source: str, metadata: dict, **parts) -> NotebookNode:
    """A cell of the page's notebook; nbformat's own makers check every cell against the schema, a third of a page's time."""
    return from_dict({"cell_type": cell_type, "source": source, "metadata": metadata, **parts})


def _output(html: str) -> dict:
    return {"output_type": "display_data", "data": {"text/html": html}, "metadata": {}}


def _title(finding: str) -> str:
    """The title of a finding's card."""
    return BeautifulSoup(finding, "html.parser").find("h3").get_text()


def _mark(place: Place, first_heading: int = 0, findings: Sequence = ()) -> dict:
    return {
        "followup": {
            "notebook": place.notebook,
            "number": place.cell,
            "first_heading": first_heading,
            "findings": list(findings),
            "opens": False,
            "closes": False,
        }
    }


def _place(cell: NotebookNode) -> Place:
    return Place(cell.metadata.followup.notebook, cell.metadata.followup.number)


def _published(output: NotebookNode) -> bool:
    """Whether an output came through the door for the reader, not as a mark for the notebooks that follow."""
    bundle = output.get("data", {}).get(MIME)
    return bundle is not None and bundle.get("kind") not in MARKS


def _kind_of(output: NotebookNode) -> str:
    """An output in the words of someone who looks for it in the notebook; never its contents."""
    if output.output_type == "stream":
        return "a warning or message" if output.name == "stderr" else "printed text"
    data = output.get("data", {})
    if output.output_type == "error":
        return "an error"
    if any(kind.startswith("image/") for kind in data):
        return "a picture"
    return "a table" if "text/html" in data else "a value"


def _shifted(source: str) -> tuple[str, list[int]]:
    """Markdown with each # heading one level lower, and the new levels; code between fences stays as it is."""
    lines, levels, fenced = [], [], False
    for line in source.split("\n"):
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        if not fenced and (heading := re.match(r" {0,3}(#{1,6})(?=\s|$)", line)):
            levels.append(min(len(heading[1]) + 1, 6))
            line = "#" * levels[-1] + line[heading.end() :]
        lines.append(line)
    return "\n".join(lines), levels


# ---------------------------------------------------------------------------------------------- prose


@dataclass(frozen=True)
class Heading:
    id: str
    level: int
    text: str


UNDERLINED = "a heading is not written with #", "begin each heading's line with #, ## or ###"


class _Renderer(IPythonRenderer):
    """Markdown as the page sets it: headings with stable ids, links between notebooks as links between sections."""

    def __init__(self, stem: str, first_heading: int):
        super().__init__(escape=False, exclude_anchor_links=True)
        self.stem, self.first_heading = stem, first_heading
        self.headings: list[Heading] = []

    def heading(self, text: str, level: int, **attributes) -> str:
        """A heading; the number that orders the notebooks ("03 · ") stays in the notebook."""
        text = re.sub(r"^\u2066?\d+\u2069?\s*·\s*", "", text)
        name = f"{self.stem}-{self.first_heading + len(self.headings) + 1}"
        self.headings.append(Heading(name, level, BeautifulSoup(text, "html.parser").get_text()))
        return f'<h{level} id="{name}">{text}</h{level}>\n'

    def text(self, text: str) -> str:
        """Text; inside Hebrew a number with its sign, range or percent keeps its own direction."""
        return super().text(numbers_isolated(text) if language_of(text) == "he" else text)

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """A link; one to another notebook of the report leads to its section."""
        notebook = re.fullmatch(r"(?:\./)?(\w+)\.ipynb(?:#.*)?", url)
        return super().link(text, f"#{notebook[1]}" if notebook else url, None)


@dataclass(frozen=True)
class Prose:
    html: str
    headings: tuple[Heading, ...]
    marks: "Marks"


def _prose(cell: NotebookNode) -> Prose:
    """A (shifted) prose cell as HTML within the allow-list."""
    place = _place(cell)
    return _rendered(cell.source, place, cell.metadata.followup.first_heading)


@lru_cache(maxsize=2048)
def _rendered(source: str, place: Place, first_heading: int) -> Prose:
    renderer = _Renderer(place.notebook, first_heading)
    html = MarkdownWithMath(renderer=renderer).render(source)
    if any(heading.level == 1 for heading in renderer.headings):
        raise place.problem(*UNDERLINED)
    html, marks = _allowed(html, place)
    return Prose(html, tuple(renderer.headings), marks)


# ---------------------------------------------------------------------------------------------- the allow-list

TAGS = {
    *("section", "div", "p", "h2", "h3", "h4", "h5", "h6", "hr", "br", "blockquote", "pre", "details", "summary"),
    *("ul", "ol", "li", "dl", "dt", "dd", "figure", "figcaption", "img"),
    *("table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"),
    *("a", "abbr", "b", "bdi", "cite", "code", "del", "em", "i", "ins", "kbd", "q", "s", "small", "span", "strong"),
    *("sub", "sup", "time"),
}
ATTRIBUTES = {
    "*": {"class", "id", "lang", "dir", "aria-label", "aria-labelledby", "aria-describedby"},
    "a": {"href", "hreflang"},
    "abbr": {"title"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "time": {"datetime"},
    "td": {"colspan", "rowspan"},
    "th": {"scope", "colspan", "rowspan"},
    "details": {"open"},
}
ADDRESS = re.compile(r"#[\w-]+|https?://\S+|mailto:\S+|\w[\w./-]*", re.IGNORECASE)
PICTURES = ("data:image/svg+xml;base64,", "data:image/png;base64,")


def _safe_address(tag: str, attribute: str, value: str) -> str | None:
    """Links lead into the page, to a file beside it or to a named site; pictures are in the page."""
    if attribute == "href":
        return value if ADDRESS.fullmatch(value) else None
    if attribute == "src":
        return value if value.startswith(PICTURES) else None
    return value


CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    attribute_filter=_safe_address,
    link_rel=None,
    strip_comments=True,
    clean_content_tags={"script", "style"},
    url_schemes={"http", "https", "mailto", "data"},
)


class Marks(HTMLParser):
    """What HTML holds, in order: tags with their attributes, text; and its ids, links and headings."""

    VOID = {"br", "hr", "img", "col"}

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.events: list[tuple] = []
        self.values: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.levels: list[int] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pairs = tuple(sorted((name, value or "") for name, value in attrs))
        self.events.append(("start", tag, pairs))
        self.ids += [value for name, value in pairs if name == "id"]
        self.links += [value for name, value in pairs if name == "href"]
        self.levels += [int(tag[1])] if tag in {"h1", "h2", "h3", "h4", "h5", "h6"} else []
        self.values += [value for name, value in pairs if name not in {"src", "href"}]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            self.events.append(("end", tag, ()))

    def handle_data(self, data: str) -> None:
        if self.events and self.events[-1][0] == "text":
            data = self.events.pop()[1] + data
        self.events.append(("text", data, ()))

    @property
    def words(self) -> str:
        return " ".join(event[1] for event in self.events if event[0] == "text")


def _allowed(html: str, place: Place) -> tuple[str, Marks]:
    """`html` as the allow-list leaves it; refused when the allow-list would leave anything out."""
    html = html.replace("\r\n", "\n").replace("\r", "\n")
    clean, before = CLEANER.clean(html), Marks(html)
    after = before if clean == html else Marks(clean)
    if before.events != after.events:
        raise place.problem(_what_was_lost(before, after), "show text as text: report.say and report.table escape it")
    return clean, after


def _what_was_lost(before: Marks, after: Marks) -> str:
    """The first tag or attribute that the allow-list took out, in words."""
    kept = Counter(event[:2] for event in after.events if event[0] == "start")
    attributes = Counter((event[1], *pair) for event in after.events for pair in event[2])
    for event in before.events:
        if event[0] != "start":
            continue
        kept[event[:2]] -= 1
        if kept[event[:2]] < 0:
            return f"the page does not allow <{event[1]}>"
        for name, value in event[2]:
            attributes[event[1], name, value] -= 1
            if attributes[event[1], name, value] < 0:
                return f"the page does not allow {name}={_short(value)!r} in <{event[1]}>"
    return "its HTML is not as a browser would read it (a tag is not closed, or stands where it may not)"


def _short(text: str, most: int = 40) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


# ---------------------------------------------------------------------------------------------- fragments

LONG = 40  # with more rows a table scrolls under a head that stays
WIDE, WIDER = 6, 9  # with more columns its type is smaller
SAID, TOLD = 40, 120  # a cell with more signs holds a sentence, or several, and is given room


@remembered
def _fragment(kind: str | None, name: str | None, he: str | None, en: str | None, place: Place, language: str) -> str:
    """One output of the door in one language: allowed, complete for every reader, wide tables in a box that scrolls."""
    _check_languages({"kind": kind, "name": name, "he": he, "en": en}, place)
    html, marks = _allowed({"he": he, "en": en}[language], place)
    _check_direction(marks, place)
    soup = BeautifulSoup(html, "html.parser")
    for image in soup.find_all("img"):
        _check_image(image, place)
        _set_image(soup, image)
    for table in soup.find_all("table"):
        _check_table(table, place)
        _set_table(soup, table, place)
    for finding in soup.find_all("section", class_="finding"):
        _check_finding(finding, place)
    return soup.decode(formatter="minimal")


def _check_languages(bundle: dict, place: Place) -> None:
    """Both languages are there, and one is not a copy of the other."""
    name = f" “{bundle['name']}”" if bundle.get("name") else ""
    for language in LANGUAGES:
        if not (bundle.get(language) or "").strip():
            raise place.problem(f"the {bundle.get('kind')}{name} has no {NAMES[language]}", f"give it {language}=…")
    if bundle["he"] == bundle["en"] and language_of(BeautifulSoup(bundle["en"], "html.parser").get_text()):
        raise place.problem(f"the {bundle.get('kind')}{name} is the same in both languages", "translate it: he=…, en=…")


def _check_image(image: Tag, place: Place) -> None:
    """A picture has words for those who do not see it, a caption, and its data as a table (a finding links to them)."""
    alternative = (image.get("alt") or "").strip()
    figure = image.find_parent("figure")
    caption = figure.find("figcaption") if figure else None
    caption_text = caption.get_text().strip() if caption else ""
    if len(alternative.split()) < 3 or alternative == caption_text:
        raise place.problem("a figure has no text alternative of its own", "let draw(…) return what it shows, in words")
    finding = image.find_parent("section", class_="finding")
    if finding:
        return
    if not caption_text:
        raise place.problem("a figure has no caption", "give report.figure he=…, en=…")
    if not figure.find("table"):
        raise place.problem("a figure comes without its data as a table", "show it with report.figure, which adds it")


def _set_image(soup: BeautifulSoup, image: Tag) -> None:
    """The picture on a card that scrolls on a phone rather than shrink to nothing."""
    figure = image.find_parent("figure")
    caption = figure.find("figcaption") if figure else None
    if caption is None or not figure.get("id"):
        return
    caption["id"] = f"{figure['id']}-caption"
    image.wrap(_box(soup, "scroll picture", caption["id"]))


def _check_table(table: Tag, place: Place) -> None:
    """A table has a caption, a header for each column and each row, and no blank cell."""
    caption = table.find("caption")
    if not caption or not caption.get_text().strip():
        raise place.problem("a table has no caption", "show it with report.table, with he=… and en=… as its caption")
    note = caption.find(class_="note")
    if not note or not note.get_text().strip():
        raise place.problem(
            "a table does not say how it is to be read (n, unit, which way is up)",
            "show it with report.table; its note=… or the columns' texts in tables.READ_AS say it",
        )
    headers = table.find_all("th")
    if any(header.get("scope") not in {"col", "row", "colgroup", "rowgroup"} for header in headers):
        raise place.problem("a table's header does not say what it heads", 'give each <th> a scope: "col" or "row"')
    rows = [row for body in table.find_all("tbody") for row in body.find_all("tr")]
    columns = [header for header in headers if header["scope"] in {"col", "colgroup"}]
    if not columns or not all(row.find("th", scope=["row", "rowgroup"]) for row in rows):
        raise place.problem("a table has a column or row without a header", "show it with report.table, which has them")
    if any(not cell.get_text().strip() and not cell.find("img") for cell in table.find_all("td")):
        raise place.problem("a table has a blank cell", "say why nothing stands there: hidden, not asked, not computed")


WHOLE = {"h3": "a title", ".summary": "its sentence", ".certainty": "how sure we are", "a[href]": "a link to evidence"}
PIECE = {".badge": "a verdict", ".number": "a number", "img[alt]": "a picture"}


def _check_finding(finding: Tag, place: Place) -> None:
    """A finding has all that a reader needs to believe it, and each piece of its evidence too, unless it is hidden."""
    lacking = [what for selector, what in WHOLE.items() if not finding.select_one(selector)]
    pieces = finding.select(".evidence > li")
    lacking += [what for piece in pieces for selector, what in PIECE.items() if not piece.select_one(selector)]
    if lacking or not pieces and not finding.select_one(".not-told"):
        what = f"the finding “{finding.get('id')}” comes without {(lacking or ['evidence'])[0]}"
        raise place.problem(what, "show it with report.findings")


def _set_table(soup: BeautifulSoup, table: Tag, place: Place) -> None:
    """The table in a box of its own that scrolls and takes the focus; its caption stays in view."""
    figure = table.find_parent("figure", class_="table")
    if not figure or not figure.get("id"):
        raise place.problem("a table stands outside its figure", "show it with report.table")
    name = f"{figure['id']}-caption"
    caption = table.find("caption")
    held = soup.new_tag("span", attrs={"class": "caption", "id": name})
    held.extend(list(caption.contents))
    caption.append(held)
    rows = table.select("tbody > tr")
    _mark_repeats(rows)
    columns = _columns(table)
    size = (" long" if len(rows) > LONG else "") + (" wide" if columns > WIDE else "")
    size += " wider" if columns > WIDER else ""
    table.wrap(_box(soup, f"scroll{size}", name))


def _box(soup: BeautifulSoup, css: str, label: str) -> Tag:
    """A box that scrolls, can be reached with the keyboard, and is announced by its caption."""
    return soup.new_tag("div", attrs={"class": css, "tabindex": "0", "role": "group", "aria-labelledby": label})


def _columns(table: Tag) -> int:
    return len(table.find("tr").find_all(["th", "td"]))


def _mark_repeats(rows: list[Tag]) -> None:
    """A row that repeats the header of the row above is set as its continuation; words may wrap, sentences have room."""
    above = None
    for row in rows:
        header = row.find("th").get_text()
        if header == above:
            row["class"] = [*row.get("class", []), "again"]
        above = header
        for cell in row.find_all("td", class_="number"):
            if not any(sign.isdigit() for sign in cell.get_text()):
                cell["class"] = [*cell["class"], "words"]
        for cell in row.find_all("td"):
            if (signs := len(cell.get_text())) > SAID:
                cell["class"] = [*cell.get("class", []), "told" if signs > TOLD else "said"]


# ---------------------------------------------------------------------------------------------- checks

OVERRIDES = {chr(code) for code in range(0x202A, 0x202F)}
OPENING, CLOSING = {"\u2066", "\u2067", "\u2068"}, "\u2069"


def _check_direction(marks: Marks, place: Place) -> None:
    """No text turns round what follows it."""
    for text in [marks.words, *marks.values]:
        _check_overrides(text, place)
        if not _isolates_close(text):
            raise place.problem(
                "a text opens or closes an isolate (U+2066 to U+2069) on its own",
                "take these signs out of free text where it is read; followup.language adds them",
            )


def _check_overrides(text: str, place: Place) -> None:
    if found := OVERRIDES.intersection(text):
        raise place.problem(
            f"a text holds U+{ord(min(found)):04X}, which changes the direction of what follows",
            "take U+202A to U+202E out of the text where it is read",
        )


def _isolates_close(text: str) -> bool:
    """Each isolate that opens closes, and none closes that was not open."""
    depth = 0
    for sign in text:
        depth += (sign in OPENING) - (sign == CLOSING)
        if depth < 0:
            return False
    return depth == 0


def _check_prose_marks(marks: Marks, place: Place) -> None:
    """Prose holds words; figures and tables come through the door."""
    tags = {event[1] for event in marks.events if event[0] == "start"}
    if "img" in tags:
        raise place.problem("a picture stands in prose", "draw it with report.figure")
    if "table" in tags:
        raise place.problem("a table stands in prose", "show it with report.table")


def _check_opening(stem: str, cells: list[NotebookNode], language: str) -> None:
    """A section opens with its title."""
    if not cells or not _begins_a_section(cells[0]):
        raise PageProblem(
            stem,
            1,
            f"the notebook does not open with a title in {NAMES[language]}",
            "begin its first two cells, one in each language, with # and the title",
        )


RESERVED = ("content", "contents", "show-code", "glossary", "provenance")


def _check_whole(cells: list[NotebookNode]) -> None:
    """Across the page: ids are unique, links inside it lead somewhere, headings skip no level."""
    marks = [(_place(cell), *_anchors(html)) for cell in cells for html in _html_of(cell)]
    ids = Counter([*RESERVED, *(cell.metadata.followup.section for cell in cells if cell.metadata.followup.opens)])
    level = 1
    for place, names, _, levels in marks:
        ids.update(names)
        if twice := [name for name in names if ids[name] > 1]:
            raise place.problem(f"“{twice[0]}” is on the page twice", "give each table and figure a name of its own")
        for next_level in levels:
            if next_level > level + 1:
                raise place.problem("a heading skips a level", "a ## follows a #, a ### follows a ##")
            level = next_level
    for place, _, links, _ in marks:
        if lost := [link for link in links if link.startswith("#") and link[1:] not in ids]:
            raise place.problem(f"the link {lost[0]} leads nowhere", "name a table or figure that is on the page")


@remembered
def _anchors(html: str) -> list[list]:
    """The ids, the links and the levels of the headings of a piece of the page."""
    marks = Marks(html)
    return [marks.ids, marks.links, marks.levels]


def _html_of(cell: NotebookNode) -> list[str]:
    if cell.cell_type == "markdown":
        return [_prose(cell).html]
    return [output.data["text/html"] for output in cell.outputs]


def _check_facts(facts: PageFacts) -> None:
    rows = (*facts.dates, *facts.masthead, *facts.provenance, *facts.glossary)
    for text in (facts.programme, facts.cohort_title, *(word for row in rows for word in row)):
        if found := OVERRIDES.intersection(text):
            what = f"“{_short(text)}” holds U+{ord(min(found)):04X}"
            raise PageProblem("the page's facts", None, what, "take it out where the text is read")


def _unpaired(run: list[tuple[int, NotebookNode]], name: str) -> list[PageProblem]:
    """Neighbouring prose cells that are no pair: the other language is missing, or the headings differ."""
    found, at = [], 0
    while at < len(run):
        number, cell = run[at]
        language = language_of(cell.source)
        after = run[at + 1] if at + 1 < len(run) else None
        if after is None or language_of(after[1].source) == language:
            own, other = NAMES[language], NAMES[OTHER[language]]
            found.append(
                PageProblem(
                    name,
                    number,
                    f"this {own} text has no {other} beside it",
                    f"add a cell below it that says the same in {other}",
                )
            )
            at += 1
            continue
        if _shifted(cell.source)[1] != _shifted(after[1].source)[1]:
            found.append(
                PageProblem(
                    name,
                    after[0],
                    f"its headings differ from those of cell {number}, its pair",
                    "give both languages the same headings, with as many #",
                )
            )
        at += 2
    return found


def _one_sided_calls(source: str, name: str, number: int) -> list[PageProblem]:
    """Calls that say something in one language only, or with placeholders that the other does not have."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    found = []
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        said = {word.arg: word.value for word in call.keywords if word.arg in LANGUAGES}
        if len(said) == 1:
            [language] = said
            found.append(
                PageProblem(
                    name,
                    number,
                    f"a call has {language}=… and no {OTHER[language]}=…",
                    f"add {OTHER[language]}=… with the same sentence in {NAMES[OTHER[language]]}",
                )
            )
        elif len(said) == 2 and (lonely := _placeholders(said["he"]) ^ _placeholders(said["en"])):
            found.append(
                PageProblem(
                    name,
                    number,
                    f"only one language has {{{sorted(lonely)[0]}}}",
                    "use each placeholder in both he=… and en=…",
                )
            )
    return found


def _placeholders(value: ast.expr) -> set[str]:
    """The {names} in a text that stands in the code; none for a text made elsewhere."""
    if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
        return set()
    return {field_name for _, field_name, _, _ in string.Formatter().parse(value.value) if field_name}


# ---------------------------------------------------------------------------------------------- the exporter

NOTICE_START, NOTICE_END = "<!-- notice of a failed run -->", "<!-- end of notice -->"


class ReportExporter(TemplateExporter):
    """A combined notebook as the reviewer's page; `resources` bring the facts, the language and the font."""

    export_from_notebook = None
    output_mimetype = "text/html"

    def __init__(self, **options):
        super().__init__(
            file_extension=".html",
            template_name=TEMPLATE.name,
            extra_template_basedirs=[str(TEMPLATE.parent)],
            default_preprocessors=[],
            **options,
        )

    def from_notebook_node(self, nb: NotebookNode, resources: dict | None = None, **options) -> tuple[str, dict]:
        """The page of a notebook made by `combine`."""
        language = nb.metadata.followup.language
        resources = {
            "policy": POLICY,
            "style": _style(),
            "words": _words()[language],
            "other": _words()[OTHER[language]],
            "direction": DIRECTION[language],
            "language": language,
            "contents": nb.metadata.followup.contents,
            "has_code": any(cell.cell_type == "code" and cell.source.strip() for cell in nb.cells),
            **(resources or {}),
        }
        return super().from_notebook_node(nb, resources, **options)

    def default_filters(self) -> Iterable[tuple]:
        """nbconvert's filters, with the page's own prose and code."""
        yield from super().default_filters()
        yield "prose", lambda cell: Markup(_prose(cell).html)
        yield "highlight_code", lambda source: Markup(_highlighted(source))

    def _create_environment(self):
        """Templates that escape whatever is not marked as HTML."""
        environment = super()._create_environment()
        environment.autoescape = True
        environment.globals.update(notice_start=Markup(NOTICE_START), notice_end=Markup(NOTICE_END))
        return environment


@cache
def _exporter() -> ReportExporter:
    """One exporter for every page: its templates are compiled once."""
    return ReportExporter()


@remembered
def _highlighted(source: str) -> str:
    """Python as spans with Pygments' classes."""
    return highlight(source, PythonLexer(), HtmlFormatter(nowrap=True))


@cache
def _words() -> dict[str, dict[str, str]]:
    """The page's own words, in both languages."""
    return json.loads((TEMPLATE / "words.json").read_text(encoding="utf-8"))


@cache
def _style() -> Markup:
    return Markup((TEMPLATE / "style.css").read_text(encoding="utf-8"))


# ---------------------------------------------------------------------------------------------- the font

SIGNS = "".join(map(chr, [*range(0x20, 0x7F), *range(0x5D0, 0x5EB)])) + "\u00a0§°±²³·×÷éäöü«»–—‘’“”„…•־׳״₪€−←→↑↓≤≥≠≈"
FONT_FILE = "heebo-400-700.woff"


@cache
def _font(folder: Path | None) -> Markup:
    """The page's font as a data address, from `folder` when it has been made there before."""
    kept = Path(folder) / FONT_FILE if folder else None
    if kept and kept.is_file():
        data = kept.read_bytes()
    else:
        data = _subset_font()
        if kept:
            replace_bytes(kept, data)
    return Markup("data:font/woff;base64," + base64.b64encode(data).decode())


def _subset_font() -> bytes:
    """Heebo with the signs that pages use and its weights 400 to 700; the same bytes every time."""
    import fontpkg_heebo
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    [source] = (fontpkg_heebo.ROOT / "files").glob("*.ttf")
    font = instancer.instantiateVariableFont(TTFont(source, recalcTimestamp=False), {"wght": (400, 700)})
    options = subset.Options(layout_features=["kern"], hinting=False, name_IDs=[0, 1, 2, 13, 14], glyph_names=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=SIGNS)
    subsetter.subset(font)
    font.flavor = "woff"
    with io.BytesIO() as file:
        font.save(file)
        return file.getvalue()
