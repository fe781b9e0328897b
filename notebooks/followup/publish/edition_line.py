"""What a page says of editions: at its foot which one it is, at its top where it is a draft.

A page is made without these lines, so that the same numbers and words are known again; they are put in afterwards.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from html import unescape

from followup.language import LANGUAGES, Text, day, filled, isolated, number, same
from followup.publish import provenance
from followup.publish.template_pages import (
    EDITION_END,
    EDITION_START,
    NOTICE_END,
    NOTICE_START,
    between,
    render_draft_notice,
    render_edition,
)


@dataclass(frozen=True)
class Standing:
    """How a report stands to the editions that were sent.

    `number` is that of the last one, sent on `released` at `commit`; `changed` are conclusions that differ since the
    edition before (of an edition), or since the last (of what is not yet released). `sent` are the files of the last
    edition; `again` says that this report is just that; `why` says why it is a draft.
    """

    number: int | None = None
    name: str = ""
    released: str = ""
    commit: str = ""
    changed: int | None = None
    sent: Mapping[str, bytes] | None = None
    again: bool = False
    why: str = ""

    @property
    def is_draft(self) -> bool:
        return bool(self.why)


NOT_RELEASED = Text("טרם פורסם כמהדורה.", "Not yet released.")
DRAFT_AT_TOP = Text(
    "טיוטה, לא לשליחה: לצד מהדורה שכבר נשלחה היה אפשר ללמוד ממנה על אנשים בודדים, או שהדבר לא נבדק.",
    "A draft, not to be sent: beside an edition that was sent it would tell of single people, or nobody could check.",
)
EDITION = ("מהדורה {name}, {day}.", "Edition {name}, {day}.")
OF_COMMIT = ("גרסת קוד {commit}.", "Commit {commit}.")
AFTER = ("המהדורה הקודמת: {name}, {day}.", "The edition before: {name}, {day}.")
NONE_CHANGED = Text("מאז המהדורה הקודמת לא השתנתה אף מסקנה.", "No conclusion has changed since the edition before.")
ONE_CHANGED = Text("מאז המהדורה הקודמת השתנתה מסקנה אחת.", "One conclusion has changed since the edition before.")
CHANGED = ("מאז המהדורה הקודמת השתנו {n} מסקנות.", "{n} conclusions have changed since the edition before.")


def not_released(standing: Standing) -> Text:
    """The foot of a page that was not sent."""
    if standing.number is None:
        return NOT_RELEASED
    after = filled(*AFTER, {"name": same(isolated(standing.name)), "day": _day(standing.released)})
    return _joined(NOT_RELEASED, after, _changed(standing.changed))


def as_edition(name: str, released: str, commit: str, changed: int | None) -> Text:
    """The foot of a page that was sent; `changed` is None for the first edition."""
    edition = filled(*EDITION, {"name": same(isolated(name)), "day": _day(released)})
    known = provenance.short_commit(commit)
    of_commit = filled(*OF_COMMIT, {"commit": same(isolated(known))}) if known else Text("", "")
    return _joined(edition, of_commit, _changed(changed))


def _changed(count: int | None) -> Text:
    if count is None:
        return Text("", "")
    few = {0: NONE_CHANGED, 1: ONE_CHANGED}
    return few[count] if count in few else filled(*CHANGED, {"n": number(count)})


def _joined(*texts: Text) -> Text:
    return Text(*(" ".join(text[language] for text in texts if text[language]) for language in LANGUAGES))


def _day(written: str) -> Text:
    return day(date.fromisoformat(written))


def with_lines(files: Mapping[str, bytes], foot: Text, draft: Text | None = None) -> dict[str, bytes]:
    """The files of a report, its pages with the line at their foot and, of a draft, what stands at their top."""
    made = dict(files)
    for name in provenance.PAGES.keys() & files.keys():
        language = provenance.PAGES[name]
        page = between(files[name].decode(), EDITION_START, EDITION_END, render_edition(foot[language]))
        if draft:
            page = between(page, NOTICE_START, NOTICE_END, render_draft_notice(draft[language]))
        made[name] = page.encode()
    return made


def without_lines(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The pages and numbers of a report as they stood before any line about editions, without manifest and crate."""
    made = {name: content for name, content in files.items() if name not in (provenance.MANIFEST, provenance.CRATE)}
    for name in provenance.PAGES.keys() & made.keys():
        page = between(made[name].decode(), EDITION_START, EDITION_END, "")
        made[name] = between(page, NOTICE_START, NOTICE_END, "").encode()
    return made


def edition_in(page: str) -> str:
    """Which edition a page says that it is, for a running head: "Edition 2, 3 May 2026"; "" where it says nothing."""
    _, _, after = page.partition(EDITION_START)
    line = unescape(re.sub(r"<[^>]*>", "", after.partition(EDITION_END)[0])).strip()
    return line.partition(". ")[0].removesuffix(".")


def told_of(manifest: Mapping) -> Text:
    """What the list of reports says of an edition, from the manifest."""
    about = manifest.get("edition") or {}
    if not about.get("number"):
        return NOT_RELEASED
    return filled(
        "מהדורה {name}, {day}",
        "Edition {name}, {day}",
        {"name": same(isolated(about["name"])), "day": _day(about["released"])},
    )


def sealed(files: Mapping[str, bytes], facts: Mapping, crate: bool = True) -> dict[str, bytes]:
    """Pages and numbers with the manifest and the crate that list them; `facts` are the manifest's others."""
    made = dict(files)
    if crate:
        made[provenance.CRATE] = provenance.crate({**facts, "outputs": provenance.sha256s(made)})
    made[provenance.MANIFEST] = provenance.written({**facts, "outputs": provenance.sha256s(made)})
    return made


def facts_in(files: Mapping[str, bytes]) -> dict:
    """What a manifest says."""
    return json.loads(files[provenance.MANIFEST])
