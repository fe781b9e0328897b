"""What a page must have and may not have: captions, headers, alternatives, both languages, directions, ids and links."""

from collections import Counter
from collections.abc import Mapping

from bs4 import BeautifulSoup
from bs4.element import Tag
from nbformat import NotebookNode

from followup.language import LANGUAGE_NAMES, language_of
from followup.problems import PageProblem
from followup.publish.allowed_html import Marks, short
from followup.publish.cells import Place, place_of
from followup.publish.prose import prose_of
from followup.publish.template_pages import PageFacts
from followup.store.remembered import remembered


def begins_a_section(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and [heading.level for heading in prose_of(cell).headings][:1] == [2]


def check_languages(bundle: dict, place: Place, language: str) -> None:
    """The page's language is there, and one language is not a copy of the other."""
    name = f" “{bundle['name']}”" if bundle.get("name") else ""
    if not (bundle.get(language) or "").strip():
        raise place.problem(
            f"the {bundle.get('kind')}{name} has no {LANGUAGE_NAMES[language]}", f"give it {language}=…"
        )
    if bundle["he"] == bundle["en"] and language_of(BeautifulSoup(bundle["en"], "html.parser").get_text()):
        raise place.problem(f"the {bundle.get('kind')}{name} is the same in both languages", "translate it: he=…, en=…")


def check_image(image: Tag, place: Place) -> None:
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


def check_table(table: Tag, place: Place) -> None:
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


WHOLE = {"h3": "its sentence", ".certainty": "how sure we are", "a[href]": "a link to evidence"}
PIECE = {".badge": "a verdict", ".number": "a number", "img[alt]": "a picture"}


def check_finding(finding: Tag, place: Place) -> None:
    """A finding has all that a reader needs to believe it, and each piece of its evidence too, unless it is hidden."""
    lacking = [what for selector, what in WHOLE.items() if not finding.select_one(selector)]
    pieces = finding.select(".evidence > li")
    lacking += [what for piece in pieces for selector, what in PIECE.items() if not piece.select_one(selector)]
    if lacking or not pieces and not finding.select_one(".not-told"):
        what = f"the finding “{finding.get('id')}” comes without {(lacking or ['evidence'])[0]}"
        raise place.problem(what, "show it with report.findings")


OVERRIDES = {chr(code) for code in range(0x202A, 0x202F)}
OPENING, CLOSING = {"\u2066", "\u2067", "\u2068"}, "\u2069"


def check_direction(marks: Marks, place: Place) -> None:
    """No text changes the direction of what follows it."""
    for text in [marks.words, *marks.values]:
        check_overrides(text, place)
        if not _isolates_close(text):
            raise place.problem(
                "a text opens or closes an isolate (U+2066 to U+2069) on its own",
                "take these signs out of free text where it is read; followup.language adds them",
            )


def check_overrides(text: str, place: Place) -> None:
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


def check_prose_marks(marks: Marks, place: Place) -> None:
    """Prose holds words; figures and tables come through `report`."""
    tags = {event[1] for event in marks.events if event[0] == "start"}
    if "img" in tags:
        raise place.problem("a picture stands in prose", "draw it with report.figure")
    if "table" in tags:
        raise place.problem("a table stands in prose", "show it with report.table")


def check_opening(stem: str, cells: list[NotebookNode], language: str) -> None:
    """A section opens with its title."""
    if not cells or not begins_a_section(cells[0]):
        raise PageProblem(
            stem,
            1,
            f"the notebook does not open with a title in {LANGUAGE_NAMES[language]}",
            "begin its first two cells, one in each language, with # and the title",
        )


RESERVED = ("about", "content", "contents", "show-code", "glossary", "provenance", "brief", "report", "annex")


def check_whole(cells: list[NotebookNode], not_shown: Mapping[str, tuple[str, str]]) -> None:
    """Across the page: ids are unique, links inside it lead somewhere, headings skip no level.

    `not_shown` says of tables that notebooks make and the page does not show why, and what to do.
    """
    marks = [(place_of(cell), *_anchors(html)) for cell in cells for html in _html_of(cell)]
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
            nowhere = ("there is no such place", "name a table or figure that is on the page")
            why, remedy = not_shown.get(lost[0].partition("-")[2], nowhere)
            raise place.problem(f"the link {lost[0]} leads nowhere: {why}", remedy)


@remembered
def _anchors(html: str) -> list[list]:
    """The ids, the links and the levels of the headings of a piece of the page."""
    marks = Marks(html)
    return [marks.ids, marks.links, marks.levels]


def _html_of(cell: NotebookNode) -> list[str]:
    if cell.cell_type == "markdown":
        return [prose_of(cell).html]
    return [output.data["text/html"] for output in cell.outputs]


def check_facts(facts: PageFacts) -> None:
    rows = (*facts.dates, *facts.masthead, *facts.about, *facts.provenance, *facts.glossary)
    for text in (facts.programme, facts.cohort_title, facts.issued, *(word for row in rows for word in row)):
        if found := OVERRIDES.intersection(text):
            what = f"“{short(text)}” holds U+{ord(min(found)):04X}"
            raise PageProblem("the page's facts", None, what, "take it out where the text is read")
