"""A page as it is printed: contents with page numbers, fonts with names, text that copies out in its order, high charts cut.

Browsers count pages while they print and cannot write the numbers into the contents; so a page is printed twice, and
the second time its contents hold the numbers of the first.
"""

import io
import re
from collections.abc import Mapping
from html import escape, unescape
from pathlib import Path

import pikepdf
from bs4 import BeautifulSoup

from followup.language import DIRECTION
from followup.publish import edition_line, font
from followup.publish.pictures import ADDRESS, size_of, svg_of, svgs
from followup.publish.template_pages import page_words

HIGHEST = 600.0  # points: a chart, with its caption, has room on a page
TALL, SMALLER = 360.0, 0.8  # points: higher charts are made smaller, their text from 10 points to 8
PART = 300.0  # points: a part of a chart that is cut is at most as high, so that pages fill
TAG = re.compile(r"(<[^>]*>)")
FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
ISLANDS = {"\u2066": '<bdi dir="ltr">', "\u2067": '<bdi dir="rtl">', "\u2068": "<bdi>", "\u2069": "</bdi>"}
HEBREW = re.compile("[\u0591-\u05f4]")
# An island that runs from left to right, or what stands between pieces of text: spaces, stops, brackets.
ISLAND_OR_GAP = re.compile("\u2066[^\u2069]*\u2069|[^\\w%+−\u0591-\u05f4\u2066-\u2069]+")
LEFT_ALONE = re.compile(r"<(style|title)\b")
LEFT_TO_RIGHT = re.compile(r'<(\w+)[^>]*\sdir="ltr"')
MARK = "\u200f"
PICTURE = re.compile(rf'<img([^>]*?)src="({re.escape(ADDRESS)}[^"]+)"([^>]*)>')
ANNEX = re.compile(r'<section class="layer-annex" id="annex".*(?=</main>)', re.DOTALL)
FRONT = re.compile(r'<section class="stage" id="about".*?</section>', re.DOTALL)
ENTRY = re.compile(r'<li class="level-\d[^"]*"><a href="#([^"]+)">.*?</li>', re.DOTALL)
LINK = re.compile(r'<a href="#([^"]+)"[^>]*>(.*?)</a>', re.DOTALL)
RUNNING_HEAD = re.compile(r"@top-center \{[^}]*\}")
NOT_YET = "000"  # keeps the room that a number will take
STYLE = """
.paper-front { margin-block: 1.2rem; }
.paper-front h2 { font-size: 13pt; }
details.annex > summary { list-style: none; }
details.annex::details-content { content-visibility: visible; block-size: auto; }
.paper-contents ol { list-style: none; padding: 0; margin: 0; font-size: 9pt; line-height: 1.28; }
.paper-contents a { display: flex; gap: 0.5em; text-decoration: none; }
.paper-contents a::before { content: ""; order: 1; flex: 1; border-block-end: 1px dotted currentColor; margin-block-end: 0.35em; }
.paper-contents .on { order: 2; min-inline-size: 2em; text-align: end; }
.paper-contents .level-3 { padding-inline-start: 1.2em; }
.brief { break-inside: avoid; }
@counter-style numbered { system: extends decimal; suffix: "\\200f.\\200f  "; }
:where([dir="rtl"]) ol { list-style-type: numbered; }
@media print {
  .picture img { max-inline-size: 100%; max-block-size: none; }
  figure.chart:has(img ~ img) { break-inside: auto; }
}
"""

BRIEF_STYLE = """
@media print {
  html { font-size: 10.5pt; }
  .masthead { break-after: auto; }
  .masthead .inner { padding-block: 0; }
  .brief { break-inside: avoid; }
}
"""


def paper_page(
    page: str, language: str, fonts: Path | None, numbers: Mapping[str, int], with_annex: bool = False
) -> str:
    """The page for the printer; `numbers` are the pages of places (ids), as far as they are known.

    The annex is printed unfolded, or left out with its lines of the contents.
    """
    page = _with_static_fonts(page, fonts)
    page = page.replace("</style>", STYLE + "</style>", 1)
    page = (
        page.replace('<details class="annex">', '<details class="annex" open>') if with_annex else without_annex(page)
    )
    page, front = _front_taken_out(page)
    page = PICTURE.sub(_cut, page)
    page = page.replace("</header>", "</header>" + front + _contents(page, language, numbers), 1)
    return _with_running_head(_islands_as_elements(page, language), page, language)


def brief_page(page: str, language: str, fonts: Path | None) -> str | None:
    """Title and report in brief alone, for one page of paper; None where the page has no report in brief."""
    brief = BeautifulSoup(page, "html.parser").select_one("section.brief")
    if not brief:
        return None
    head, _, _ = page.partition('<div class="page">')
    told = LINK.sub(lambda link: link[2], brief.decode())
    made = f'{head}<div class="page"><main>{told}</main></div></body></html>'
    made = _with_static_fonts(made, fonts).replace("</style>", BRIEF_STYLE + "</style>", 1)
    return _with_running_head(_islands_as_elements(made, language), page, language)


def _with_static_fonts(page: str, fonts: Path | None) -> str:
    faces = "\n".join(
        f'@font-face {{ font-family: Heebo; font-weight: {weight}; src: url("{font.static_font(fonts, weight)}"); }}'
        for weight in font.WEIGHTS
    )
    return FONT_FACE.sub(lambda _: faces, page, count=1)


def without_annex(page: str) -> str:
    """The page without its annex, the lines of its contents that lead there, and the links into it."""
    annex = ANNEX.search(page)
    if not annex:
        return page
    gone = set(re.findall(r'\bid="([^"]+)"', annex[0]))
    page = page[: annex.start()] + page[annex.end() :]
    page = ENTRY.sub(lambda entry: "" if entry[1] in gone else entry[0], page)
    return LINK.sub(lambda link: link[2] if link[1] in gone else link[0], page)


def _front_taken_out(page: str) -> tuple[str, str]:
    """The page without “About this report”, and that part for its title page."""
    found = FRONT.search(page)
    if not found:
        return page, ""
    part = found[0].replace('class="stage"', 'class="paper-front page"', 1)
    return page[: found.start()] + page[found.end() :], part


def _islands_as_elements(page: str, language: str) -> str:
    """Isolates in the text as elements: the signs would be printed, and stand between a word and its number when copied.

    In Hebrew a mark of direction follows each number and each stop: programs that read a PDF would take a number, the
    signs and the space after it for one piece that runs from left to right.
    """
    parts = TAG.split(page)
    turned = DIRECTION[language] == "rtl"
    inside = ""  # the element that is left as it is: <style> and <title> hold no elements, others run left to right
    for place, part in enumerate(parts):
        if place % 2:
            if not inside and (found := LEFT_ALONE.match(part) or LEFT_TO_RIGHT.match(part)):
                inside = found[1]
            elif inside and part.startswith(f"</{inside}"):
                inside = ""
        elif inside not in ("style", "title"):
            text = escape(in_order(unescape(part)), quote=False) if turned and not inside else part
            parts[place] = "".join(ISLANDS.get(sign, sign) for sign in text)
    return "".join(parts)


def in_order(text: str) -> str:
    """Hebrew text with the marks of direction that keep numbers, stops, brackets and spaces in their order when copied.

    A gap between two Latin words or numbers stays as it is: they are one piece, which runs from left to right.
    """
    return ISLAND_OR_GAP.sub(_marked, text)


def _marked(found: re.Match) -> str:
    signs, before, after = found[0], found.string[: found.start()][-1:], found.string[found.end() :][:1]
    latin = _is_latin(before)
    if signs[0] == "\u2066" or latin and (_is_latin(after) or not after and signs.isspace()):
        return signs
    stops = r"([,.:;])" if HEBREW.match(before) and (HEBREW.match(after) or not after) else r"(\S)"
    return (MARK if latin or before == "\u2069" else "") + re.sub(stops, rf"\1{MARK}", signs)


def _is_latin(sign: str) -> bool:
    return bool(sign) and not HEBREW.match(sign) and sign not in ISLANDS


def _with_running_head(page: str, whole: str, language: str) -> str:
    """The title of the study at the head of each page, beside its edition and what its data are."""
    title = BeautifulSoup(whole, "html.parser").title.get_text(" ", strip=True)
    said = re.search(r'@top-center \{ content: "([^"]*)"', page)
    parts = [title, edition_line.edition_in(whole), said[1] if said else ""]
    words = re.sub(r"[\u2066-\u2069\\]", "", " · ".join(filter(None, parts))).replace('"', "”")
    words = in_order(words) if DIRECTION[language] == "rtl" else words
    head = f'@page {{ @top-center {{ content: "{words}"; font: 8pt Heebo, Arial, sans-serif; }} }}'
    page = RUNNING_HEAD.sub("", page)
    return page.replace("</head>", f"<style>@media print {{ {head} }}</style></head>", 1)


def _contents(page: str, language: str, numbers: Mapping[str, int]) -> str:
    words = page_words()[language]["contents"]
    entries = []
    for entry in BeautifulSoup(page, "html.parser").select("nav li"):
        link = entry.find("a")
        place, level = link["href"][1:], " ".join(entry.get("class", []))
        number = numbers.get(place, NOT_YET)
        entries.append(
            f'<li class="{level}"><a href="#{escape(place)}">{link.decode_contents()} <span class="on">{number}</span></a></li>'
        )
    return f'<section class="paper-contents page"><h2>{escape(words)}</h2><ol>{"".join(entries)}</ol></section>'


def _cut(image: re.Match) -> str:
    """A chart higher than a page as several pictures, the first with the text alternative; a tall one a little smaller."""
    before, address, after = image.groups()
    width, height = size_of(svg_of(address))
    if TALL < height <= HIGHEST:
        return f'<img style="inline-size: {width * SMALLER:.1f}pt"{before}src="{address}"{after}>'
    first, *others = svgs(address, HIGHEST, PART)
    more = "".join(f'<img alt="" src="{other}">' for other in others)
    return f'<img{before}src="{first}"{after}>{more}'


def pages_of(pdf: bytes) -> dict[str, int]:
    """The page, from 1, on which each place that is linked to stands in a printed page."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        numbers = {page.objgen: place for place, page in enumerate(document.pages, start=1)}
        found = document.Root.get("/Dests", {})
        return {name.removeprefix("/"): numbers[target[0].objgen] for name, target in found.items()}


def finished(pdf: bytes, language: str) -> bytes:
    """The PDF as it is handed on: read from the right where its language is, its title shown, contents unfolded."""
    with pikepdf.open(io.BytesIO(pdf)) as document, io.BytesIO() as made:
        wishes = {"/DisplayDocTitle": True}
        if DIRECTION[language] == "rtl":
            wishes["/Direction"] = pikepdf.Name.R2L
        document.Root.ViewerPreferences = pikepdf.Dictionary(wishes)
        if "/Outlines" in document.Root:
            document.Root.PageMode = pikepdf.Name.UseOutlines
        document.save(made, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        return made.getvalue()
