"""A published page as a Word document: the same words and numbers, with styles, contents, captions and pictures.

Code, and the data beneath a chart, stay on the page and in results/. Every heading, finding, table and figure has a
bookmark named after its place on the page, so that a comment on it can be found again (`review_comments`).
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator

from bs4 import BeautifulSoup, NavigableString, Tag
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.shared import Pt
from docx.table import Table
from docx.text.paragraph import Paragraph

from followup.language import DIRECTION
from followup.publish import edition_line, word_styles
from followup.publish.pictures import pngs
from followup.publish.template_pages import page_words
from followup.publish.word_styles import directed, set_direction, with_property

LEFT_OUT = {"nav", "aside", "style", "script", "input", "label"}
LEFT_OUT_CLASSES = {
    "skip",
    "code",
    "toggle",
    "about",
    "other",
    "data",
    "copy",
    "own-link",
    "places",
    "other-here",
    "moved",
}
HEADINGS = {"h1": "Title", "h2": "Heading 1", "h3": "Heading 2", "h4": "Heading 3"}
BLOCKS = {
    *HEADINGS,
    *(
        "p",
        "ul",
        "ol",
        "dl",
        "table",
        "figure",
        "section",
        "div",
        "details",
        "blockquote",
        "header",
        "footer",
        "main",
        "li",
    ),
}
MARK_LENGTH, FIXED_DATE = 40, (2000, 1, 1, 0, 0, 0)
TEXT_WIDTH, CELL_WIDTH, HIGHEST = 468.0, 150.0, 640.0  # points: between the margins, of a small picture, of a page


def mark_of(place: str) -> str:
    """The bookmark of a place on the page (the id of an element): letters, digits and _, at most 40 of them."""
    plain = "p_" + re.sub(r"\W", "_", place, flags=re.ASCII)
    return plain if len(plain) <= MARK_LENGTH else plain[:31] + "_" + hashlib.sha256(place.encode()).hexdigest()[:8]


def places_of(page: str) -> dict[str, str]:
    """Every place of a page that a comment may stand at, bookmark to id."""
    return {mark_of(place): place for place in _ids(BeautifulSoup(page, "html.parser"))}


def word_document(page: str, language: str, cohort: str, version: str) -> bytes:
    """A page in one language as a .docx; the same page gives the same bytes. `version` tells which report it was."""
    soup = BeautifulSoup(page, "html.parser")
    written = _Written(soup, language)
    written.front(soup, edition_line.edition_in(page))
    written.contents(soup)
    written.blocks(soup.find("main"))
    written.blocks(soup.find("footer"))
    return _packed(written.document, soup, language, cohort, version)


def _ids(soup: BeautifulSoup) -> list[str]:
    """The ids of sections, headings, findings, tables and figures, in the order of the page."""
    return [tag["id"] for tag in soup.find_all(["section", "h2", "h3", "h4", "figure"], id=True)]


class _Written:
    """A document under way, in the language of its page."""

    def __init__(self, soup: BeautifulSoup, language: str):
        self.language, self.right_to_left = language, DIRECTION[language] == "rtl"
        self.document: WordDocument = word_styles.empty_document(language)
        self.places, self.marks = set(_ids(soup)), 0
        self.into = self.document  # where paragraphs go: the document, or a cell of a table

    # Blocks ----------------------------------------------------------------------------------------------------------

    def front(self, soup: BeautifulSoup, edition: str) -> None:
        """Programme, cohort, institute and date, what the data are, and who answered; the running head repeats it."""
        head = soup.find("header")
        banner, title = head.find(class_="banner"), head.find("h1")
        self.paragraph(title, "Title")
        for part in head.find_all(class_=["cohort", "eyebrow"]):
            self.paragraph(part, "Subtitle")
        if banner:
            self.paragraph(banner, "Intense Quote")
        self.blocks_of(head.find_all("dl"))
        words = [title.get_text(" ", strip=True), head.find(class_="cohort").get_text(" ", strip=True)]
        words = words[1:] if words[1].startswith(words[0]) else words
        said = [edition] if edition else []
        said += [page_words()[self.language]["synthetic"]] if banner else []
        word_styles.running_head(self.document, " · ".join(dict.fromkeys(words + said)), self.right_to_left)

    def contents(self, soup: BeautifulSoup) -> None:
        """A contents field, filled with links already; Word adds the pages when it is renewed (F9)."""
        self.plain(page_words()[self.language]["contents"], "TOC Heading")
        entries = [tag for tag in soup.find("main").find_all(["h2", "h3"]) if not _left_out(tag)]
        for place, entry in enumerate(entries):
            paragraph = self._new("Normal")
            paragraph.paragraph_format.left_indent = Pt(12 if entry.name == "h3" else 0)
            paragraph.paragraph_format.space_after = Pt(2)
            if place == 0:
                word_styles.begin_field(paragraph, r'TOC \o "1-2" \h \z \u')
            self._link(paragraph, mark_of(_place_of(entry)), [(entry.get_text(" ", strip=True), {})])
            if place == len(entries) - 1:
                word_styles.end_field(paragraph)
        self.document.add_page_break()

    def blocks(self, parent: Tag) -> None:
        """What stands in an element, block by block; text beside blocks becomes a paragraph of its own."""
        loose: list = []
        for child in parent.children:
            if isinstance(child, Tag) and (child.name in BLOCKS or _left_out(child)):
                self._loose(loose)
                loose = []
                self.blocks_of([child])
            elif isinstance(child, Tag) or str(child).strip():
                loose.append(child)
        self._loose(loose)

    def _loose(self, nodes: list) -> None:
        if nodes:
            self._filled(self._new("Normal"), nodes)

    def blocks_of(self, tags: Iterable[Tag]) -> None:
        for tag in tags:
            if not _left_out(tag):
                self._block(tag)

    def _block(self, tag: Tag) -> None:
        classes = tag.get("class") or []
        if tag.name in HEADINGS:
            self.paragraph(tag, HEADINGS[tag.name], _place_of(tag))
        elif tag.name == "p":
            self.paragraph(tag, "Normal")
        elif tag.name in ("ul", "ol"):
            for item in tag.find_all("li", recursive=False):
                self._item(item)
        elif tag.name == "dl":
            self._terms(tag)
        elif tag.name == "table":
            self.table(tag)
        elif tag.name == "details":
            summary = tag.find("summary")
            heading = summary.find(list(HEADINGS))
            self._block(heading) if heading else self.paragraph(summary, "Subtitle")
            self.blocks_of([child for child in tag.find_all(recursive=False) if child.name != "summary"])
        elif tag.name == "figure" and "voice" in classes:
            self._quotation(tag)
        elif tag.name == "figure" and tag.find("img"):
            self.paragraph(tag.find("figcaption"), "Caption", tag.get("id"))
            self.picture(tag.find("img"), TEXT_WIDTH)
        else:
            self.blocks(tag)

    def paragraph(self, tag: Tag, style: str, place: str | None = None) -> Paragraph:
        made = self._new(style, tag.get("dir"))
        self._filled(made, tag.children, place)
        return made

    def plain(self, text: str, style: str) -> None:
        self._filled(self._new(style), [NavigableString(text)])

    def _item(self, item: Tag) -> None:
        """A point of a list; what stands in it as paragraphs of its own follows on one line, and its picture after it."""
        made = self._new("List Bullet")
        parts = [part for part in item.find_all("p") if not part.find("img")]
        loose = [node for node in item.children if not isinstance(node, Tag) or node.name not in BLOCKS]
        self._filled(made, loose)
        for part in parts:
            if made.text.strip():
                self._filled(made, [NavigableString(" · ")])
            self._filled(made, part.children)
        for image in item.find_all("img"):
            self.picture(image, CELL_WIDTH, made)

    def _terms(self, terms: Tag) -> None:
        for term in terms.find_all("dt"):
            made = self._new("Normal")
            self._filled(made, term.children, bold=True)
            self._filled(made, [NavigableString(": "), *term.find_next_sibling("dd").children])

    def _quotation(self, figure: Tag) -> None:
        quoted, how = figure.find("blockquote"), figure.find("figcaption")
        made = self._new("Quote", quoted.get("dir"))
        self._filled(made, quoted.find("p").children if quoted.find("p") else quoted.children)
        if how:
            self._filled(self._new("Normal"), [NavigableString("– "), *how.children])

    # Tables and pictures ---------------------------------------------------------------------------------------------

    def table(self, tag: Tag) -> None:
        """A table with its caption above it; the heading row is repeated on each page."""
        caption, figure = tag.find("caption"), tag.find_parent("figure")
        if caption:
            self.paragraph(caption, "Caption", figure.get("id") if figure else None)
        rows = [_cells(row) for row in tag.find_all("tr")]
        grid, (height, width) = _grid(rows)
        made: Table = self.document.add_table(height, width)
        word_styles.style_table(made, self.right_to_left)
        cells = [row.cells for row in made.rows]  # asked for once: each question goes through the whole table
        texts: list[list[str]] = [[] for _ in range(width)]
        for (row, column), cell in grid.items():
            down, across = _span(cell, "rowspan"), _span(cell, "colspan")
            into = cells[row][column]
            if (down, across) != (1, 1):
                into = into.merge(cells[row + down - 1][column + across - 1])
            else:
                texts[column].append(_without_marks(cell.get_text(strip=True)))
            self._cell(into, cell)
        word_styles.set_widths(made, texts, TEXT_WIDTH)
        word_styles.set_rows(made, len(tag.select("thead tr")))
        self._new("Normal").paragraph_format.space_after = Pt(4)

    def _cell(self, into, cell: Tag) -> None:
        paragraph = into.paragraphs[0]
        paragraph.style = "Table Text"
        set_direction(paragraph, self.right_to_left)
        paragraph.paragraph_format.keep_with_next = False
        if "number" in (cell.get("class") or []):
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        heading = cell.name == "th" and cell.find_parent("thead") is not None
        if heading:
            word_styles.shade(into)
        self._filled(paragraph, cell.children, bold=cell.name == "th")

    def picture(self, image: Tag, widest: float, into: Paragraph | None = None) -> None:
        """A chart at 300 dots an inch, with its text alternative."""
        for drawn, width in pngs(image["src"], widest, HIGHEST):
            paragraph = into or self._new("Normal")
            if into is None:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            else:
                paragraph.add_run(" ")
            inline = paragraph.add_run().add_picture(io.BytesIO(drawn), width=Pt(width))._inline
            inline.docPr.set("descr", _without_marks(image.get("alt", "")))

    # Text ------------------------------------------------------------------------------------------------------------

    def _new(self, style: str, direction: str | None = None) -> Paragraph:
        made = self.document.add_paragraph(style=style)
        set_direction(made, direction == "rtl" if direction in ("rtl", "ltr") else self.right_to_left)
        return made

    def _filled(self, paragraph: Paragraph, nodes: Iterable, place: str | None = None, **marks: bool) -> None:
        """Runs for the text in nodes, in bold, italics and links as on the page; `place` gets a bookmark."""
        pieces = _tidied(_pieces(nodes, marks), begun=bool(paragraph.text))
        if place in self.places:
            self._bookmark(paragraph, place, lambda: self._runs(paragraph, pieces))
        else:
            self._runs(paragraph, pieces)

    def _runs(self, paragraph: Paragraph, pieces: list) -> None:
        for text, marks in pieces:
            target = marks.get("link")
            if target in self.places:
                self._link(paragraph, mark_of(target), [(text, marks)])
            else:
                self._run(paragraph, text, marks)

    def _run(self, paragraph: Paragraph, text: str, marks: dict):
        return [
            with_property(paragraph.add_run(words), right_to_left, marks.get("bold"), bool(marks.get("italic")))
            for words, right_to_left in directed(text, word_styles.is_right_to_left(paragraph))
        ]

    def _bookmark(self, paragraph: Paragraph, place: str, fill) -> None:
        self.marks += 1
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for element in (start, end):
            element.set(word_styles.W + "id", str(self.marks))
        start.set(word_styles.W + "name", mark_of(place))
        paragraph._p.append(start)
        fill()
        paragraph._p.append(end)

    def _link(self, paragraph: Paragraph, mark: str, pieces: list) -> None:
        link = OxmlElement("w:hyperlink")
        link.set(word_styles.W + "anchor", mark)
        for text, marks in pieces:
            for run in self._run(paragraph, text, marks):
                run.font.underline = True
                link.append(run._r)
        paragraph._p.append(link)


def _left_out(tag: Tag) -> bool:
    return tag.name in LEFT_OUT or bool(LEFT_OUT_CLASSES & {*(tag.get("class") or [])})


def _place_of(heading: Tag) -> str | None:
    """The id of a heading; of one that has none, that of the finding that it opens."""
    around = heading.find_parent("section")
    return heading.get("id") or (around.get("id") if around else None)


def _pieces(nodes: Iterable, marks: dict) -> Iterator[tuple[str, dict]]:
    """(text, how it is marked) of nodes and all within them; spaces as a browser shows them."""
    for node in nodes:
        if isinstance(node, Tag):
            if not _left_out(node) and node.name not in ("img", "table"):
                own = {"bold": True} if node.name in ("strong", "b", "th") else {}
                own |= {"bold": False} if "note" in (node.get("class") or []) else {}
                own |= {"italic": True} if node.name in ("em", "i") else {}
                own |= {"link": node["href"][1:]} if node.name == "a" and node.get("href", "").startswith("#") else {}
                if node.name in BLOCKS or node.name == "br":
                    yield " ", marks
                yield from _pieces(node.children, marks | own)
                if "message" in (node.get("class") or []):
                    yield " –", marks  # what follows it is what the chart shows
        elif type(node) is NavigableString and (text := re.sub(r"\s+", " ", str(node))):
            yield text, marks


def _tidied(pieces: Iterable[tuple[str, dict]], begun: bool) -> list[tuple[str, dict]]:
    """The same without a space after another one, or at the beginning."""
    kept, space = [], not begun
    for text, marks in pieces:
        text = text.lstrip(" ") if space else text
        if text:
            kept.append((text, marks))
            space = text.endswith(" ")
    return kept


def _cells(row: Tag) -> list[Tag]:
    return row.find_all(["th", "td"], recursive=False)


def _span(cell: Tag, which: str) -> int:
    return int(cell.get(which, 1))


def _grid(rows: list[list[Tag]]) -> tuple[dict[tuple[int, int], Tag], tuple[int, int]]:
    """Where each cell of a table begins, (row, column), and the table's size; spans push later cells aside."""
    taken, begins = set(), {}
    for row, cells in enumerate(rows):
        column = 0
        for cell in cells:
            while (row, column) in taken:
                column += 1
            begins[row, column] = cell
            across = range(column, column + _span(cell, "colspan"))
            taken |= {(row + down, place) for down in range(_span(cell, "rowspan")) for place in across}
    return begins, (max(row for row, _ in taken) + 1, max(column for _, column in taken) + 1)


def _without_marks(text: str) -> str:
    return re.sub("[\u2066-\u2069]", "", text)


def _packed(document: WordDocument, soup: BeautifulSoup, language: str, cohort: str, version: str) -> bytes:
    """The file, with nothing in it that tells when or by whom it was made."""
    facts = document.core_properties
    facts.title, facts.language = _without_marks(soup.title.get_text(" ", strip=True)), language
    facts.subject = f"{cohort} {version}"  # other programs keep this field when they save a copy
    facts.author = facts.comments = facts.last_modified_by = ""
    made, packed = io.BytesIO(), io.BytesIO()
    document.save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(zipfile.ZipInfo(entry.filename, FIXED_DATE), old.read(entry), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
