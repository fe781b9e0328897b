"""The inside page of what changed: one file with a section in each language, in the style of the report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from followup.language import DIRECTION, Text
from followup.publish.font import page_font
from followup.publish.template_pages import POLICY, exporter, page_words, style_sheet

FOLD_FROM = 15  # a table of more rows is folded: its caption says how many numbers, and why


@dataclass(frozen=True)
class Table:
    """A table of what changed: its caption, the reason, headings and rows of cells, of which the first `about` may head one."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    why: str = ""
    about: int = 1

    @property
    def keys(self) -> int:
        """How many of the first cells head their row: as many as it takes to tell the rows apart, or one."""
        enough = (
            count
            for count in range(1, self.about + 1)
            if len({tuple(row[:count]) for row in self.rows}) == len(self.rows)
        )
        return next(enough, 1)


@dataclass(frozen=True)
class Section:
    """One part of the page: a title, and what it holds, of which most is empty."""

    key: str
    title: str
    tables: Sequence[Table] = ()
    pairs: Sequence[tuple[str, str]] = ()
    pictures: Sequence = ()
    lines: Sequence[str] = ()


@dataclass(frozen=True)
class Told:
    """The page in one language: what is compared, notes at its top, and sections; with none, that nothing changed.

    `draft` is why the report may not leave, as `make report` says it.
    """

    title: str
    about: str
    notes: Sequence[str]
    sections: Sequence[Section]
    draft: str = ""


def render_changes(told: Mapping[str, Told], words: Mapping[str, Text], font_cache: Path | None = None) -> str:
    """The whole page, the languages one after the other."""
    return (
        exporter()
        .environment.get_template("changes.html.j2")
        .render(
            told=told,
            own={language: {name: text[language] for name, text in words.items()} for language in told},
            languages=list(told),
            directions=DIRECTION,
            fold_from=FOLD_FROM,
            page_words=page_words(),
            font=page_font(font_cache),
            policy=POLICY,
            style=style_sheet(),
        )
    )
