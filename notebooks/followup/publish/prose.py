"""Prose cells as HTML: headings with stable ids, links between notebooks as links between sections."""

import re
from dataclasses import dataclass
from functools import lru_cache

from bs4 import BeautifulSoup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from followup.language import language_of, numbers_isolated
from followup.publish.allowed_html import Marks, allowed
from followup.publish.cells import Place, place_of


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


def prose_of(cell: NotebookNode) -> Prose:
    """A (shifted) prose cell as HTML within the allow-list."""
    place = place_of(cell)
    return _rendered(cell.source, place, cell.metadata.followup.first_heading)


def is_only_headings(cell: NotebookNode) -> bool:
    """Whether a (shifted) prose cell says nothing but what something is called."""
    return not re.sub(r"<h(\d)\b.*?</h\1>", "", prose_of(cell).html, flags=re.DOTALL).strip()


def opened(cell: NotebookNode) -> tuple[str, str]:
    """The heading that opens a (shifted) prose cell, and what stands beneath it, as HTML."""
    heading, end, beneath = prose_of(cell).html.partition("</h2>")
    return heading + end, beneath


@lru_cache(maxsize=2048)
def _rendered(source: str, place: Place, first_heading: int) -> Prose:
    renderer = _Renderer(place.notebook, first_heading)
    html = MarkdownWithMath(renderer=renderer).render(source)
    if any(heading.level == 1 for heading in renderer.headings):
        raise place.problem(*UNDERLINED)
    html, marks = allowed(html, place)
    return Prose(html, tuple(renderer.headings), marks)
