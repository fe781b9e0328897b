"""What a reader of an earlier report finds changed in this one: conclusions, numbers, sentences, pictures.

Both reports are folders of files as they were published; nothing private is looked at here.
"""

import re
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from bs4 import BeautifulSoup
from bs4.element import Tag

from followup.editions.released_numbers import (
    NAMES,
    OF_A_CONCLUSION,
    RULES_OF_IT,
    Results,
    Row,
    conclusions_in,
    is_hidden,
)
from followup.words.columns import COLUMNS

SAID_ON_THE_PAGE = frozenset(("findings", "voices", "excerpts"))  # sentences, which the page has as well
AT_LEAST = "at least "  # before a number that is the least that there are
SENTENCES = ("p", "li", "h1", "h2", "h3", "h4", "figcaption", "caption", "blockquote", "dt", "dd")
REASONS = frozenset(("reason", "caution", "kept", "beyond", "not_lower", "form"))  # of a conclusion, as keys
UNSEEN = re.compile("[\u2066-\u2069\u200e\u200f]")
Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Changed:
    """One thing that is no longer as it was; `before` or `now` is None where there was, or is, no such thing."""

    about: tuple[tuple[str, str], ...]  # what it is about: columns and keys
    column: str
    before: str | None
    now: str | None

    @property
    def by(self) -> float | None:
        """By how much a number is larger now."""
        try:
            return float(self.now) - float(self.before)
        except (TypeError, ValueError):
            return None


@dataclass(frozen=True)
class Picture:
    """A picture that changed: its words in the page's language, and both as they stand in `src`."""

    words: str
    before: str | None
    now: str | None


def conclusions_changed(before: Results, now: Results) -> list[Changed]:
    """Conclusions that are others, new or gone."""
    then, new = conclusions_in(before), conclusions_in(now)
    places = [*then, *(place for place in new if place not in then)]
    return [
        Changed(_about(place), "verdict", then.get(place), new.get(place))
        for place in places
        if then.get(place) != new.get(place)
    ]


def _about(place: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((column, key) for column, key in zip(OF_A_CONCLUSION, place[1:], strict=True) if key)


def numbers_changed(before: Results, now: Results) -> dict[str, list[Changed]]:
    """By table, each cell that differs; of a row that is new or gone, every cell that it tells."""
    found = {}
    for table in sorted((before.keys() | now.keys()) - SAID_ON_THE_PAGE):
        then, new = (_cells(results.get(table, ())) for results in (before, now))
        places = [*then, *(place for place in new if place not in then)]
        changed = [
            Changed(*place, then.get(place), new.get(place)) for place in places if then.get(place) != new.get(place)
        ]
        if changed := _without_reasons(changed):
            found[table] = changed
    return found


def _without_reasons(changed: list[Changed]) -> list[Changed]:
    """Without the reason of a conclusion, where something else of its row is told as well."""
    more = {one.about for one in changed if one.column not in REASONS}
    return [one for one in changed if one.column not in REASONS or one.about not in more]


def _cells(rows: Sequence[Row]) -> dict[tuple, str]:
    """Each cell that a table tells, by what its row is about and its column."""
    found: dict[tuple, str] = {}
    for place, row in enumerate(rows):
        about = tuple((column, cell) for column, cell in row.items() if column in NAMES and cell)
        about = about or (("row", str(place + 1)),)
        for column, cell in row.items():
            if column not in NAMES | RULES_OF_IT and cell and not is_hidden(row):
                key, time = (about, column), 2
                while key in found:
                    key, time = ((*about, ("row", str(time))), column), time + 1
                found[key] = AT_LEAST + cell if _is_at_least(row, column) else cell
    return found


def _is_at_least(row: Row, column: str) -> bool:
    """Whether a number of people is the least that a group has, as the page says: no more came where it rises."""
    return row.get("at_least") == "True" and column in COLUMNS and COLUMNS[column].holds == "size"


# Pages --------------------------------------------------------------------------------------------------------------


def sentences_changed(before: str, now: str) -> list[tuple[str, str]]:
    """Sentences of two pages that differ, as (before, now); one of them is empty where a sentence is new or gone."""
    then, new = (_sentences(page) for page in (before, now))
    bare = [[UNSEEN.sub("", sentence) for sentence in side] for side in (then, new)]
    found = []
    for kind, a, b, c, d in SequenceMatcher(None, *bare, autojunk=False).get_opcodes():
        if kind != "equal":
            pairs = max(b - a, d - c)
            old, fresh = then[a:b] + [""] * (pairs - b + a), new[c:d] + [""] * (pairs - d + c)
            found += zip(old, fresh, strict=True)
    return found


@lru_cache(maxsize=4)
def _sentences(page: str) -> list[str]:
    main, found = copy(_main(page)), []
    for part in main.select("details.code, tbody, thead, details.data, dl.provenance"):
        part.decompose()
    for message in main.select("figcaption .message"):
        message.append(" –")  # what follows it is what the chart shows
    for part in main.find_all(SENTENCES):
        if not part.find(SENTENCES):
            lines = (" ".join(line.split()) for line in part.get_text().split("\n"))
            found += [line for line in lines if line]
    return found


def pictures_changed(before: str, now: str) -> list[Picture]:
    """Pictures that are drawn otherwise, new or gone."""
    then, new = _pictures(before), _pictures(now)
    places = [*then, *(place for place in new if place not in then)]
    found = []
    for place in places:
        old, fresh = then.get(place), new.get(place)
        if (old and old["src"]) != (fresh and fresh["src"]):
            words = _caption(fresh or old)
            found.append(Picture(words, old and old["src"], fresh and fresh["src"]))
    return found


def _pictures(page: str) -> dict[tuple[str, int], Tag]:
    """Every picture, by the figure or finding that it stands in and its place there."""
    found: dict[tuple[str, int], Tag] = {}
    for image in _main(page).find_all("img"):
        holder = image.find_parent(id=True)
        place = 0
        while (holder["id"], place) in found:
            place += 1
        found[holder["id"], place] = image
    return found


def _caption(image: Tag) -> str:
    figure = image.find_parent("figure")
    caption = figure.find("figcaption") if figure else None
    return _shown_in(caption) if caption else image.get("alt", "")


def _shown_in(caption: Tag) -> str:
    """What a picture or table shows, without the result that its message tells."""
    return " ".join((caption.select_one(".shows") or caption).get_text().split())


def captions(page: str) -> dict[str, str]:
    """The captions of a page's tables and pictures by name of the result."""
    found = {}
    for figure in _main(page).find_all("figure", id=True):
        kind, _, name = figure["id"].partition("-")
        caption = copy(figure.find(["figcaption", "caption"]))
        if kind in ("table", "figure") and caption:
            for note in caption.select(".note"):
                note.extract()
            found.setdefault(name, _shown_in(caption))
    return found


@lru_cache(maxsize=4)  # two languages, before and now
def _main(page: str) -> Tag:
    """The main part of a page as its elements, which are not to be changed."""
    return BeautifulSoup(page, "html.parser").find("main")
