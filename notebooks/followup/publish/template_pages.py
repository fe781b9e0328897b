"""The page template filled: the page, the list of reports, the notice of a failed run."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markupsafe import Markup
from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from followup.language import DIRECTION, LANGUAGES, OTHER_LANGUAGE, Text, in_order
from followup.publish.font import page_font
from followup.publish.heading_links import with_links
from followup.publish.prose import opened, prose_of
from followup.store.remembered import remembered
from followup.words import palette

TEMPLATE = Path(__file__).parent / "template"
POLICY = "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'"
Rows = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PageFacts:
    """What stands around the sections of a page, in the page's language; rows are pairs of label and value."""

    language: str
    cohort: str
    programme: str
    cohort_title: str
    synthetic: bool
    other_page: str | None  # the page in the other language, where the study has two
    dates: Rows = ()
    masthead: Rows = ()
    issued: str = ""  # institute and date, beneath the title
    about: Rows = ()  # who stands behind the report
    provenance: Rows = ()
    glossary: Rows = ()


@dataclass(frozen=True)
class IndexEntry:
    """A cohort's line in the list of reports; `pages`, `pdfs`, `words` and `briefs` are addresses relative to that list, by language."""

    cohort: str
    title: Text
    pages: Mapping[str, str]
    dates: Text
    response: Text
    synthetic: bool
    note: Text | None = None
    edition: Text | None = None
    pdfs: Mapping[str, str] | None = None
    words: Mapping[str, str] | None = None
    briefs: Mapping[str, str] | None = None  # the report in brief, alone on a page of paper
    data: str | None = None  # where the numbers are: the archive of the edition, or the folder of the tables
    headline: Text | None = None  # the first sentence of the report in brief


def prepare_page(folder: Path) -> None:
    """Make the page's font and its templates, and what colours code, ahead of time."""
    page_font(folder)
    highlight("ready = True", PythonLexer(), HtmlFormatter(nowrap=True))
    for template in (exporter().template_file, "cohorts.html.j2"):
        exporter().environment.get_template(template)


def render_index(
    entries: list[IndexEntry],
    font_cache: Path | None = None,
    compared: Mapping[str, str] | None = None,
    compared_edition: Text | None = None,
) -> str:
    """The list of reports on one page, in each language that one of them has (in both where there are none yet).

    `compared` are the addresses of the cohorts side by side, by language, `compared_edition` which edition that is.
    """
    template = exporter().environment.get_template("cohorts.html.j2")
    languages = in_order(language for entry in entries for language in entry.pages) or LANGUAGES
    return template.render(
        entries=entries,
        compared=compared or {},
        compared_edition=compared_edition,
        languages=languages,
        directions=DIRECTION,
        words=page_words(),
        font=page_font(font_cache),
        policy=POLICY,
        style=style_sheet(),
    )


def render_failure_notice(language: str, when: str, stage: str, reason: str, made: str) -> str:
    """The words that a page of an earlier run, published at `made`, carries when a newer run has failed."""
    template = exporter().environment.get_template("notice.html.j2")
    return template.render(words=page_words()[language], when=when, stage=stage, reason=reason, made=made)


def render_draft_notice(why: str) -> str:
    """The words at the top of a page that must not be sent."""
    return exporter().environment.get_template("draft.html.j2").render(why=why)


def render_edition(line: str) -> str:
    """The line at a page's foot that says which edition it is."""
    return exporter().environment.get_template("edition.html.j2").render(line=line)


def with_notice(page: str, notice: str) -> str:
    """`page` with the failure notice shown at its top, in place of any earlier one."""
    return between(page, NOTICE_START, NOTICE_END, notice)


def between(page: str, start: str, end: str, put: str) -> str:
    """`page` with something put between two marks, in place of what stood there."""
    before, first, rest = page.partition(start)
    _, last, after = rest.partition(end)
    if not first or not last:
        raise ValueError("this page has no place for a notice: it was not made by render_page")
    return before + first + put + last + after


NOTICE_START, NOTICE_END = "<!-- notice of a failed run -->", "<!-- end of notice -->"
EDITION_START, EDITION_END = "<!-- edition -->", "<!-- end of edition -->"


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
            "style": style_sheet(),
            "words": page_words()[language],
            "other": page_words()[OTHER_LANGUAGE[language]],
            "direction": DIRECTION[language],
            "language": language,
            "contents": nb.metadata.followup.contents,
            "layers": nb.metadata.followup.layers,
            "nothing": [Markup(caption) for caption in nb.metadata.followup.nothing],
            "has_code": any(cell.cell_type == "code" and cell.source.strip() for cell in nb.cells),
            **(resources or {}),
        }
        return super().from_notebook_node(nb, resources, **options)

    def _preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """The notebook as it is: there are no preprocessors, for whose sake nbconvert copies it twice more."""
        return nb, resources

    def default_filters(self) -> Iterable[tuple]:
        """nbconvert's filters, with the page's own prose and code."""
        yield from super().default_filters()
        yield "prose", lambda cell: Markup(prose_of(cell).html)
        yield "opened", lambda cell: [Markup(part) for part in opened(cell)]
        yield "with_links", with_links
        yield "highlight_code", lambda source: Markup(_highlighted(source))

    def _create_environment(self):
        """Templates that escape whatever is not marked as HTML."""
        environment = super()._create_environment()
        environment.autoescape = True
        marks = {"notice_start": NOTICE_START, "notice_end": NOTICE_END}
        marks |= {"edition_start": EDITION_START, "edition_end": EDITION_END}
        environment.globals.update({name: Markup(mark) for name, mark in marks.items()})
        return environment


@cache
def exporter() -> ReportExporter:
    """One exporter for every page: its templates are compiled once."""
    return ReportExporter()


@remembered
def _highlighted(source: str) -> str:
    """Python as spans with Pygments' classes."""
    return highlight(source, PythonLexer(), HtmlFormatter(nowrap=True))


@cache
def page_words() -> dict[str, dict[str, str]]:
    """The page's own words, in both languages."""
    return json.loads((TEMPLATE / "words.json").read_text(encoding="utf-8"))


@cache
def style_sheet() -> Markup:
    """The style sheet with the palette's colours where it names them."""
    text = (TEMPLATE / "style.css").read_text(encoding="utf-8")
    colours = {
        "  /* light: words/palette.py */": palette.variables(palette.ON_LIGHT, "  "),
        "    /* dark: words/palette.py */": palette.variables(palette.ON_DARK, "    "),
    }
    for place, colour in colours.items():
        text = text.replace(place, colour)
    return Markup(text)
