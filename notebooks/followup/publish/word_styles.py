"""How a Word document of ours looks: fonts, sizes and colours of its styles, and which way each text runs.

Word reads direction from paragraphs (`bidi`), runs (`rtl`), tables (`bidiVisual`) and sections; it takes no isolates
(U+2066 to U+2069), so a part that runs the other way becomes a run of its own between direction marks.
"""

import re
from collections.abc import Iterator

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from followup.language import DIRECTION
from followup.words import palette

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FONT = "Arial"  # every Word has it, with Hebrew letters
# size in points, bold, space before and after in points
STYLES = {
    "Normal": (11, False, 0, 6),
    "Title": (26, True, 0, 6),
    "Subtitle": (12, True, 6, 4),
    "Heading 1": (18, True, 18, 6),
    "Heading 2": (14, True, 14, 4),
    "Heading 3": (12, True, 10, 4),
    "TOC Heading": (14, True, 12, 6),
    "List Bullet": (11, False, 0, 3),
    "Caption": (10, True, 10, 3),
    "Quote": (11, False, 4, 0),
    "Intense Quote": (10, True, 4, 10),
    "Table Text": (9, False, 1, 1),
}
SHORTEST, LONGEST = 4, 36  # letters of a column
LETTER_WIDTH, CELL_SIDES = (
    5.2,
    12.0,
)  # points: a letter of “Table Text” (9 points, some of it bold), what a cell keeps at its sides
KEPT_WITH_NEXT = {"Heading 1", "Heading 2", "Heading 3", "TOC Heading", "Caption", "Subtitle"}
INK, GREY, HEADING_GROUND = (colour.lstrip("#") for colour in (palette.INK, palette.LINE, palette.GRID))
OPENS, CLOSES = {"\u2066": False, "\u2067": True, "\u2068": None}, "\u2069"
LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK = "\u200e", "\u200f"
RIGHT_TO_LEFT_LETTER, LETTER = re.compile("[\u0590-\u07ff\ufb1d-\ufdff]"), re.compile(r"[^\W\d_]")


def empty_document(language: str) -> WordDocument:
    """An A4 document with our styles, running in the direction of its language."""
    document, right_to_left = Document(), DIRECTION[language] == "rtl"
    for name, (size, bold, before, after) in STYLES.items():
        _style(document, name, size, bold, before, after, right_to_left)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin = section.bottom_margin = Cm(2.2)
    if right_to_left:
        section._sectPr.append(OxmlElement("w:bidi"))
    _set_language(document, language)
    return document


def _style(document: WordDocument, name: str, size: float, bold: bool, before: float, after: float, rtl: bool) -> None:
    styles = document.styles
    style: ParagraphStyle = (
        styles[name] if name in [each.name for each in styles] else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    )
    style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
    style.font.color.rgb = RGBColor.from_string(INK)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for attribute in list(fonts.attrib):
        del fonts.attrib[attribute]
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(W + script, FONT)
    _put(properties, "w:szCs", str(int(size * 2)))
    _put(properties, "w:bCs", "1" if bold else "0")
    _put(properties, "w:iCs", "0")
    style.paragraph_format.keep_with_next = name in KEPT_WITH_NEXT
    if name == "Title":
        for border in style.element.get_or_add_pPr().findall(qn("w:pBdr")):
            border.getparent().remove(border)
    if rtl:
        _bidi(style.element.get_or_add_pPr())


def _put(properties, tag: str, value: str) -> None:
    """A property for Hebrew letters, in the place that the format demands: after the one of Latin letters."""
    for old in properties.findall(qn(tag)):
        properties.remove(old)
    made = OxmlElement(tag)
    made.set(W + "val", value)
    properties.find(qn(tag.removesuffix("Cs"))).addnext(made)


def _bidi(properties) -> None:
    """Right to left, in the place that the format demands: after the spacing rules that come before it, before `spacing`."""
    made = OxmlElement("w:bidi")
    later = ("w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents")
    later += ("w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment", "w:outlineLvl", "w:rPr", "w:sectPr")
    for child in properties:
        if child.tag in {qn(tag) for tag in later}:
            child.addprevious(made)
            return
    properties.append(made)


def _set_language(document: WordDocument, language: str) -> None:
    """The language that Word checks the spelling in."""
    properties = document.styles["Normal"].element.get_or_add_rPr()
    tag = OxmlElement("w:lang")
    tag.set(W + "val", "en-US")
    tag.set(W + "bidi", "he-IL")
    properties.append(tag)
    document.core_properties.language = language


def set_direction(paragraph: Paragraph, right_to_left: bool) -> None:
    """Which way a paragraph runs, whatever its style says."""
    properties = paragraph._p.get_or_add_pPr()
    for old in properties.findall(qn("w:bidi")):
        properties.remove(old)
    _bidi(properties)
    properties.find(qn("w:bidi")).set(W + "val", "1" if right_to_left else "0")


def is_right_to_left(paragraph: Paragraph) -> bool:
    found = paragraph._p.get_or_add_pPr().find(qn("w:bidi"))
    return found is not None and found.get(W + "val") == "1"


def directed(text: str, right_to_left: bool) -> Iterator[tuple[str, bool]]:
    """(text, whether it runs right to left) for a text with isolates, in a paragraph of that direction."""
    around, words = [right_to_left], ""
    for place, sign in enumerate(text):
        if sign in OPENS or sign == CLOSES:
            if words:
                yield _marked(words, around[-1], right_to_left), around[-1]
            words = ""
            if sign == CLOSES:
                around = around[:-1] or [right_to_left]
            else:
                own = OPENS[sign]
                around.append(_of_letters(text[place:]) if own is None else own)
        else:
            words += sign
    if words:
        yield _marked(words, around[-1], right_to_left), around[-1]


def _of_letters(text: str) -> bool:
    """Whether the first letter of a text runs right to left."""
    first = LETTER.search(text)
    return bool(first and RIGHT_TO_LEFT_LETTER.match(first[0]))


def _marked(words: str, right_to_left: bool, around: bool) -> str:
    """A part that runs against its paragraph, between marks of its own direction: "−0.1" keeps its sign before it.

    One without letters that runs as its paragraph does begins with a mark of it: a comma between two numbers would else
    be part of them, and "90%, −0.2" turned round.
    """
    if right_to_left == around:
        return words if not right_to_left or LETTER.search(words) else RIGHT_TO_LEFT_MARK + words
    mark = RIGHT_TO_LEFT_MARK if right_to_left else LEFT_TO_RIGHT_MARK
    return mark + words + mark


def with_property(run: Run, right_to_left: bool, bold: bool | None, italic: bool) -> Run:
    """A run with its direction and its weight (None: its style's), for letters of both kinds."""
    if bold is not None:
        run.font.bold = run.font.cs_bold = bold
    if italic:
        run.font.italic = True
        run.font.cs_italic = True
    if right_to_left:
        run.font.rtl = True
    return run


def style_table(table: Table, right_to_left: bool) -> None:
    """Grey lines, as wide as the text, the first column on the side where reading begins."""
    table.style, table.autofit = "Table Grid", True
    properties = table._tbl.tblPr
    if right_to_left:
        visual = OxmlElement("w:bidiVisual")
        properties.find(qn("w:tblStyle")).addnext(visual)
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", GREY)):
            line.set(W + name, value)
        borders.append(line)
    place = properties.find(qn("w:tblLayout"))
    place.addprevious(borders) if place is not None else properties.append(borders)


def shade(cell) -> None:
    """The ground of a heading cell."""
    ground = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", HEADING_GROUND)):
        ground.set(W + name, value)
    cell._tc.get_or_add_tcPr().append(ground)


def set_rows(table: Table, headings: int) -> None:
    """The heading rows shown again on each page that a table runs on to, and no row parted between two pages."""
    for place, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if place < headings:
            properties.append(OxmlElement("w:tblHeader"))


def set_widths(table: Table, texts: list[list[str]], whole: float) -> None:
    """Columns as wide as what they hold asks for, `whole` points together; `texts` are those of each column."""
    least, more = [], []
    for column in texts:
        longest_word = max((len(word) for text in column for word in text.split()), default=0)
        longest = max(map(len, column), default=0)
        least.append(max(longest_word, SHORTEST) * LETTER_WIDTH + CELL_SIDES)
        more.append(max(min(longest, LONGEST) * LETTER_WIDTH + CELL_SIDES - least[-1], 0) + 1)
    left = whole - sum(least)
    for column, one, wish in zip(table.columns, least, more, strict=True):
        column.width = Pt(one + left * wish / sum(more) if left > 0 else whole * one / sum(least))


def begin_field(paragraph: Paragraph, code: str) -> None:
    """Begin a field: what follows up to `end_field` is what Word puts anew when it is renewed."""
    for kind in ("begin", None, "separate"):
        run = paragraph.add_run()
        if kind:
            _field_sign(run, kind)
        else:
            instruction = OxmlElement("w:instrText")
            instruction.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            instruction.text = f" {code} "
            run._r.append(instruction)


def end_field(paragraph: Paragraph) -> None:
    _field_sign(paragraph.add_run(), "end")


def _field_sign(run: Run, kind: str) -> None:
    sign = OxmlElement("w:fldChar")
    sign.set(W + "fldCharType", kind)
    run._r.append(sign)


def running_head(document: WordDocument, words: str, right_to_left: bool) -> None:
    """The words at the head of each page, and its number at its foot."""
    section = document.sections[0]
    head, foot = section.header.paragraphs[0], section.footer.paragraphs[0]
    for paragraph in (head, foot):
        paragraph.style = "Table Text"
        set_direction(paragraph, right_to_left)
    for text, runs in directed(words, right_to_left):
        with_property(head.add_run(text), runs, bold=False, italic=False)
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    begin_field(foot, "PAGE")
    foot.add_run("1")
    end_field(foot)
