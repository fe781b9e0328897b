"""What reviewers wrote into a Word copy of a report: comments and tracked changes, each with its place in the report."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from lxml import etree

from followup.problems import InputProblems, Problem
from followup.publish.word_styles import W

W14, W15 = (
    "{http://schemas.microsoft.com/office/word/2010/wordml}",
    "{http://schemas.microsoft.com/office/word/2012/wordml}",
)
SUBJECT = "{http://purl.org/dc/elements/1.1/}subject"
CHANGES = {W + "ins": "added", W + "moveTo": "added", W + "del": "deleted", W + "moveFrom": "deleted"}
ON_FIGURES = ("figure-", "table-")


@dataclass(frozen=True)
class Remark:
    """One comment or tracked change; `about` is the text that it stands at, `said` what the reviewer wrote.

    `kind` is "comment", "reply", "added" or "deleted"; `place` the id of the nearest heading, finding, table or figure
    on the page ("" before the first), `within` that of the finding or section around it. `resolved`: ticked as done.
    """

    file: str
    reviewer: str
    when: str
    kind: str
    place: str
    within: str
    about: str
    said: str
    resolved: bool = False


@dataclass(frozen=True)
class Copy:
    """A reviewed copy: of which cohort's report and which version it is ("" where it does not say), and its remarks."""

    file: str
    cohort: str
    version: str
    remarks: tuple[Remark, ...]


def read_copy(path: Path, places: Mapping[str, str], name: str) -> Copy:
    """The remarks in a .docx, in the order of the report; `places` are bookmarks and the ids that they stand for.

    Raises `InputProblems` for a file that is no Word document.
    """
    try:
        content = path.read_bytes()
        document = Document(io.BytesIO(content))
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, etree.XMLSyntaxError) as error:
        what = "this is no Word document that can be read"
        remedy = "open it and save it as .docx, or ask the reviewer for it again"
        raise InputProblems([Problem(what, remedy, name, allowed=".docx")]) from error
    comments = _comments(content)
    walk = _Walk(name, places, comments)
    walk.through(document.element.body)
    cohort, _, version = _subject(content).partition(" ")
    return Copy(name, cohort, version, tuple(walk.remarks(comments)))


@dataclass
class _Comment:
    """A comment as it stands in the file, before its place is known."""

    reviewer: str
    when: str
    said: str
    resolved: bool
    answers: str | None


def _part(content: bytes, ending: str) -> etree._Element | None:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            if name.endswith(ending):
                return etree.fromstring(package.read(name), etree.XMLParser(resolve_entities=False))
    return None


def _subject(content: bytes) -> str:
    """What `make word` wrote as the subject: cohort and version (other programs keep it, under a name of their own)."""
    facts = _part(content, "docProps/core.xml")
    return "" if facts is None else facts.findtext(SUBJECT) or ""


def _comments(content: bytes) -> dict[str, _Comment]:
    """The comments of a file by their number; replies name the comment that they answer."""
    listed, more = _part(content, "word/comments.xml"), _part(content, "word/commentsExtended.xml")
    if listed is None:
        return {}
    done, answers = {}, {}
    for entry in more if more is not None else ():
        key = entry.get(W15 + "paraId")
        done[key], answers[key] = entry.get(W15 + "done") == "1", entry.get(W15 + "paraIdParent")
    numbers, found = {}, {}
    for comment in listed.iter(W + "comment"):
        paragraphs = list(comment.iter(W + "p"))
        key = paragraphs[-1].get(W14 + "paraId") if paragraphs else None
        numbers[key] = comment.get(W + "id")
        said = "\n".join(_text(paragraph) for paragraph in paragraphs).strip()
        found[comment.get(W + "id")] = _Comment(
            comment.get(W + "author", ""), comment.get(W + "date", ""), said, done.get(key, False), answers.get(key)
        )
    for comment in found.values():
        comment.answers = numbers.get(comment.answers) if comment.answers else None
    return found


def _text(element: etree._Element) -> str:
    """The text of an element as it was before and after changes together: added and deleted words alike."""
    words = []
    for node in element.iter(W + "t", W + "delText", W + "tab", W + "br", W + "cr"):
        words.append(node.text or "" if node.tag in (W + "t", W + "delText") else " ")
    return "".join(words)


class _Walk:
    """A document read from its first word to its last, with the place where each word stands."""

    def __init__(self, name: str, places: Mapping[str, str], comments: Mapping[str, _Comment]):
        self.name, self.places, self.known = name, places, comments
        self.within = self.heading = self.figure = ""
        self.open: dict[str, list[str]] = {}
        self.at: dict[str, tuple[str, str]] = {}
        self.about: dict[str, str] = {}
        self.order: list[str | Remark] = []

    def through(self, body: etree._Element) -> None:
        for block in body:
            marks = [self.places[mark] for mark in self._marks(block) if mark in self.places]
            if (
                block.tag == W + "p"
                and not any(mark.startswith(ON_FIGURES) for mark in marks)
                and self._ends_figure(block)
            ):
                self.figure = ""
            for mark in marks:
                self._move(mark)
            self._read(block)
            if block.tag == W + "tbl":
                self.figure = ""

    def _marks(self, block: etree._Element) -> Iterator[str]:
        return (mark.get(W + "name", "") for mark in block.iter(W + "bookmarkStart"))

    def _ends_figure(self, block: etree._Element) -> bool:
        """Whether a paragraph is past the figure before it: it holds words of its own and no picture."""
        return bool(_text(block).strip()) and next(block.iter(W + "drawing"), None) is None

    def _move(self, place: str) -> None:
        if place.startswith(ON_FIGURES):
            self.figure = place
        else:
            self.heading, self.figure = place, ""
            self.within = place

    def _read(self, block: etree._Element) -> None:
        """Comments that begin, go on and end in a block, and what was changed in it."""
        for node in block.iter():
            number = node.get(W + "id")
            if node.tag == W + "commentRangeStart":
                self.open[number] = []
                self._found(number)
            elif node.tag == W + "commentRangeEnd":
                self.about[number] = "".join(self.open.pop(number, []))
            elif node.tag == W + "commentReference":
                self._found(number)
            elif node.tag in (W + "t", W + "delText"):
                for words in self.open.values():
                    words.append(node.text or "")
            elif node.tag in CHANGES and (said := _text(node)).strip():
                self.order.append(
                    Remark(
                        *(self.name, node.get(W + "author", ""), node.get(W + "date", ""), CHANGES[node.tag]),
                        *(self.figure or self.heading, self.within, _text(_around(node)).strip(), said),
                    )
                )
        for words in self.open.values():
            words.append(" ")

    def _found(self, number: str) -> None:
        if number not in self.at:
            self.at[number] = self.figure or self.heading, self.within
            self.order.append(number)

    def remarks(self, comments: Mapping[str, _Comment]) -> Iterator[Remark]:
        """All remarks in the order of their places; a comment whose place was deleted comes last, with none."""
        lost = [number for number in comments if number not in self.at]
        for found in [*self.order, *lost]:
            if isinstance(found, Remark):
                yield found
            elif found in comments:
                yield self._remark(found, comments[found])

    def _remark(self, number: str, comment: _Comment) -> Remark:
        asked = comment.answers or number
        place, within = self.at.get(number) or self.at.get(asked) or ("", "")
        about = self.about.get(number, "") or self.about.get(asked, "")
        kind = "reply" if comment.answers else "comment"
        return Remark(
            *(self.name, comment.reviewer, comment.when, kind, place, within, " ".join(about.split()), comment.said),
            resolved=comment.resolved,
        )


def _around(node: etree._Element) -> etree._Element:
    """The paragraph in which a change stands."""
    while node.tag != W + "p" and node.getparent() is not None:
        node = node.getparent()
    return node
