"""`make comments COHORT=1 FROM=folder`: what reviewers wrote into Word copies of a report, by its place in the report.

Writes build/COHORT/private/comments.html (in the study's languages) and comments.csv; neither may leave, for
reviewers are named in them. The copies are only read.
"""

import argparse
import csv
import io
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bs4 import BeautifulSoup

from followup.commands.word import version_of
from followup.language import DIRECTION, Text
from followup.problems import InputProblems, Problem
from followup.publish import font, provenance, publication, template_pages, versions
from followup.publish.review_comments import Copy, Remark, read_copy
from followup.publish.word_document import places_of
from followup.store.freshness import replace_bytes, replace_text
from followup.study.cohort import Cohort, open_cohort

ENDING, OPEN_IN_WORD = ".docx", "~$"
COLUMNS = ("place", "title", "within", "kind", "reviewer", "when", "about", "said", "resolved", "file")
KINDS = {
    "comment": Text("הערה", "comment"),
    "reply": Text("תשובה להערה", "reply"),
    "added": Text("נוסף", "added"),
    "deleted": Text("נמחק", "deleted"),
}
WORDS = {
    "title": Text("הערות הקוראים", "Reviewers’ comments"),
    "private": Text("דף פנימי: שמות הקוראים מופיעים בו.", "An inside page: it names the reviewers."),
    "nothing": Text("אין בעותקים הערות או שינויים.", "The copies hold no comments and no changes."),
    "no_place": Text("ללא מקום ידוע בדוח", "No known place in the report"),
    "resolved": Text("טופל", "resolved"),
    "about": Text("על", "on"),
    "other_version": Text("נכתב על גרסה אחרת של הדוח", "written on another version of the report"),
}


@dataclass(frozen=True)
class Place:
    """Remarks at one place of the report; `title` is in the languages of the study."""

    id: str
    title: Text
    remarks: tuple[Remark, ...]


def copies(named: str, root: Path) -> list[Path]:
    """The Word files that FROM names: one, or all of a folder. Raises `InputProblems`."""
    command = "make comments COHORT=1 FROM="
    if not named.strip():
        raise InputProblems([Problem("say where the copies are that came back", f"{command}folder or file.docx")])
    place = root / Path(named).expanduser()
    if place.is_dir():
        found = sorted(path for path in place.iterdir() if _is_copy(path))
        if found:
            return found
        others = ", ".join(sorted(path.name for path in place.iterdir())[:8]) or "nothing"
        what = "there is no Word file in this folder"
        raise InputProblems([Problem(what, "save the copies as .docx there", named, value=others, allowed="*.docx")])
    if not place.is_file():
        raise InputProblems([Problem("there is no such file or folder", f"{command}…", named)])
    if not _is_copy(place):
        raise InputProblems([Problem("this is no Word file", "save it as .docx", named, allowed="*.docx")])
    return [place]


def _is_copy(path: Path) -> bool:
    return path.suffix.lower() == ENDING and not path.name.startswith(OPEN_IN_WORD)


def titles_of(pages: dict[str, str]) -> dict[str, Text]:
    """Every place of the pages with its title: a heading, a finding's heading, a caption; in the order of the report."""
    found: dict[str, dict[str, str]] = {}
    for language, page in pages.items():
        soup = BeautifulSoup(page, "html.parser")
        for place in places_of(page).values():
            titled = soup.find(id=place)
            if titled.name not in ("h2", "h3", "h4"):
                titled = titled.find(["figcaption", "caption", "h2", "h3", "h4"]) or titled
            if note := titled.find(class_="note"):
                note.extract()
            found.setdefault(place, {})[language] = titled.get_text(" ", strip=True)
    return {
        place: Text(by.get("he") or by.get("en", ""), by.get("en") or by.get("he", "")) for place, by in found.items()
    }


def by_place(read: Iterable[Copy], titles: dict[str, Text]) -> list[Place]:
    """The remarks of all copies together, place by place in the order of the report; those without one come last."""
    remarks = [remark for copy in read for remark in copy.remarks]
    listed = [(place, titles[place]) for place in titles] + [("", WORDS["no_place"])]
    grouped = [
        Place(
            place,
            title,
            tuple(remark for remark in remarks if (remark.place if remark.place in titles else "") == place),
        )
        for place, title in listed
    ]
    return [place for place in grouped if place.remarks]


def table(places: Iterable[Place], language: str) -> bytes:
    """A CSV with a row for each remark; nothing in it is read as a formula."""
    made = io.StringIO(newline="")
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(COLUMNS)
    for place in places:
        for remark in place.remarks:
            own = (remark.kind, remark.reviewer, remark.when, remark.about, remark.said, remark.resolved, remark.file)
            writer.writerow((place.id, place.title[language], remark.within, *own))
    return publication.published_table(made.getvalue().encode())


def gather(cohort: Cohort, files: list[Path]) -> tuple[Path, list[Copy]]:
    """Read the copies and write the inside page and the table; where the page is. Raises `InputProblems`."""
    folder = versions.current(cohort.build)
    if not folder.is_dir():
        raise InputProblems(
            [Problem("this cohort has no report yet", f"make report COHORT={cohort.name}", "make comments")]
        )
    names = {language: provenance.page_name(language) for language in cohort.params.languages}
    pages = {language: (folder / name).read_text(encoding="utf-8") for language, name in names.items()}
    places = {mark: place for page in pages.values() for mark, place in places_of(page).items()}
    read = [read_copy(path, places, path.name) for path in files]
    _check_cohort(read, cohort.name)
    version = version_of((folder / provenance.MANIFEST).read_text(encoding="utf-8"))
    found = by_place(read, titles_of(pages))
    page = cohort.private / "comments.html"
    replace_text(page, _page(cohort, found, {copy.file for copy in read if copy.version not in ("", version)}))
    replace_bytes(page.with_suffix(".csv"), table(found, cohort.params.languages[0]))
    return page, read


def _check_cohort(read: list[Copy], cohort: str) -> None:
    strange = [copy for copy in read if copy.cohort not in ("", cohort)]
    if strange:
        raise InputProblems(
            Problem(
                *("this is a copy of the report of another cohort", f"make comments COHORT={copy.cohort} FROM=…"),
                *(copy.file, None, "", copy.cohort, cohort),
            )
            for copy in strange
        )


def _page(cohort: Cohort, places: list[Place], older: set[str]) -> str:
    template = template_pages.exporter().environment.get_template("comments.html.j2")
    return template.render(
        places=places,
        older=older,
        kinds=KINDS,
        words=WORDS,
        title=cohort.params.title,
        languages=cohort.params.languages,
        directions=DIRECTION,
        font=font.page_font(font.font_cache(cohort.root)),
        policy=template_pages.POLICY,
        style=template_pages.style_sheet(),
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="List the comments and changes in Word copies of a cohort's report.")
    parser.add_argument("cohort")
    name = parser.parse_args(arguments).cohort
    cohort = open_cohort(name)
    page, read = gather(cohort, copies(os.environ.get("CHOSEN_FROM", ""), cohort.root))
    for copy in read:
        unknown = "" if copy.cohort else "; it does not say which report it is, so places may be missing"
        print(f"{copy.file}: {len(copy.remarks)} comments and changes{unknown}")
    print(page.relative_to(cohort.root), page.with_suffix(".csv").relative_to(cohort.root), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
