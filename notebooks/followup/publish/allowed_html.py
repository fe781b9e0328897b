"""Which HTML a page may hold: tags, attributes, addresses; anything else is refused, never dropped in silence."""

import re
from collections import Counter
from html.parser import HTMLParser

import nh3

from followup.publish.cells import Place

TAGS = {
    *("section", "div", "p", "h2", "h3", "h4", "h5", "h6", "hr", "br", "blockquote", "pre", "details", "summary"),
    *("ul", "ol", "li", "dl", "dt", "dd", "figure", "figcaption", "picture", "source", "img"),
    *("table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"),
    *("a", "abbr", "b", "bdi", "cite", "code", "del", "em", "i", "ins", "kbd", "q", "s", "small", "span", "strong"),
    *("sub", "sup", "time"),
}
ATTRIBUTES = {
    "*": {"class", "id", "lang", "dir", "aria-label", "aria-labelledby", "aria-describedby"},
    "a": {"href", "hreflang"},
    "abbr": {"title"},
    "img": {"src", "alt", "width", "height"},
    "source": {"media", "srcset"},
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
    if attribute in ("src", "srcset"):
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

    VOID = {"br", "hr", "img", "source", "col"}

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
        self.values += [value for name, value in pairs if name not in {"src", "srcset", "href"}]

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


def allowed(html: str, place: Place) -> tuple[str, Marks]:
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
                return f"the page does not allow {name}={short(value)!r} in <{event[1]}>"
    return "its HTML is not as a browser would read it (a tag is not closed, or stands where it may not)"


def short(text: str, most: int = 40) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
