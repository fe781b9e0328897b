"""A cohort's pages on paper, report.he.pdf and report.en.pdf, and each in brief on one page, brief.he.pdf and brief.en.pdf, printed by whatever Chromium this computer has.

The PDF is the page as its print style sets it. It is written whole or not at all, and the same page gives the same
bytes: the time of printing, which browsers write into the file, is taken out.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from followup.problems import InputProblems
from followup.publish import font, on_demand, on_paper, provenance, versions
from followup.store import temporary
from followup.study.cohort import Cohort, open_cohort

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
APPLICATIONS = ("Chromium.app/Contents/MacOS/Chromium", "Google Chrome.app/Contents/MacOS/Google Chrome")
QUIET = (
    *("--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-extensions", "--hide-scrollbars"),
)
LONGEST = 120
DATE = re.compile(rb"(/(?:CreationDate|ModDate) \(D:)\d{14}([^)]*\))")
REMEDY = """
    what to do: install Chromium or Google Chrome
                (Debian, Ubuntu: apt install chromium; macOS: brew install --cask chromium),
                or say where it is: make pdf COHORT=1 CHROMIUM=/path/to/it"""
INPUT, FAILURE = 2, 3


class NoBrowser(Exception):
    """There is nothing to print with; says what to install."""


class PrintFailed(Exception):
    """The browser did not print a page."""


def browser() -> str:
    """The Chromium to print with: $CHROMIUM, or the first that is found; raises `NoBrowser`."""
    if named := os.environ.get("CHROMIUM", "").strip():
        if found := shutil.which(named):
            return found
        raise NoBrowser(f"CHROMIUM names “{named}”, and there is no such program.{REMEDY}")
    applications = [str(Path("/Applications") / name) for name in APPLICATIONS]
    for name in (*COMMANDS, *applications):
        if found := shutil.which(name):
            return found
    raise NoBrowser(f"No Chromium was found on this computer, so nothing was printed.{REMEDY}")


def print_page(page: Path, chromium: str) -> bytes:
    """An HTML file as a PDF; raises `PrintFailed`."""
    with temporary.folder("print-") as folder:
        pdf = folder / "page.pdf"
        as_root = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
        command = [
            *(chromium, *QUIET, *as_root, f"--user-data-dir={folder}/profile"),
            *(
                "--no-pdf-header-footer",
                "--generate-pdf-document-outline",
                f"--print-to-pdf={pdf}",
                page.resolve().as_uri(),
            ),
        ]
        try:
            done = subprocess.run(command, capture_output=True, timeout=LONGEST, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PrintFailed(f"{Path(chromium).name} did not print {page.name}: {error}") from None
        if not pdf.is_file() or not pdf.read_bytes().rstrip().endswith(b"%%EOF"):
            last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["it gave no reason"]
            raise PrintFailed(f"{Path(chromium).name} did not print {page.name}: {last[0]}")
        return without_times(pdf.read_bytes())


def printed_twice(page: Path, chromium: str, fonts: Path, with_annex: bool = False) -> bytes:
    """A published page on paper, with the numbers of its pages in its contents; its annex only where it is wanted."""
    language, html = provenance.PAGES[page.name], page.read_text(encoding="utf-8")
    numbers: dict[str, int] = {}
    with temporary.folder("paper-") as folder:
        draft = folder / page.name
        for _ in range(2):
            draft.write_text(on_paper.paper_page(html, language, fonts, numbers, with_annex), encoding="utf-8")
            printed = print_page(draft, chromium)
            numbers = on_paper.pages_of(printed)
    return on_paper.finished(printed, language)


def printed_in_brief(page: Path, chromium: str, fonts: Path) -> bytes | None:
    """The report in brief, alone on one page of paper; None where a page has none."""
    language = provenance.PAGES[page.name]
    html = on_paper.brief_page(page.read_text(encoding="utf-8"), language, fonts)
    if html is None:
        return None
    with temporary.folder("brief-") as folder:
        (folder / page.name).write_text(html, encoding="utf-8")
        return on_paper.finished(print_page(folder / page.name, chromium), language)


def without_times(pdf: bytes) -> bytes:
    """A PDF with the same date in every copy, that of SOURCE_DATE_EPOCH where it is set; no byte moves."""
    stated = os.environ.get("SOURCE_DATE_EPOCH", "").isdecimal()
    date = provenance.now().strftime("%Y%m%d%H%M%S") if stated else "20000101000000"
    return DATE.sub(rb"\g<1>%s\g<2>" % date.encode(), pdf)


def print_cohort(cohort: Cohort, chromium: str, with_annex: bool = False) -> list[Path]:
    """Print the pages of a published report that have not been printed so yet, or were damaged since; where they are."""
    fonts = font.font_cache(cohort.root)

    def printed(page: Path) -> bytes:
        return printed_twice(page, chromium, fonts, with_annex)

    def in_brief(page: Path) -> bytes | None:
        return printed_in_brief(page, chromium, fonts)

    made = on_demand.made_from_pages(cohort, versions.PDFS, printed, "make pdf", "annex" if with_annex else "")
    return made + on_demand.made_from_pages(cohort, versions.BRIEFS, in_brief, "make pdf")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Print a cohort's report as PDF, in the languages of the study.")
    parser.add_argument("cohort")
    name = parser.parse_args(arguments).cohort
    try:
        cohort, chromium = open_cohort(name), browser()
        for path in print_cohort(cohort, chromium, bool(os.environ.get("CHOSEN_ANNEX", "").strip())):
            print(path.relative_to(cohort.root))
    except (InputProblems, NoBrowser) as problems:
        print(problems, file=sys.stderr)
        return INPUT
    except (PrintFailed, OSError) as problem:
        print(problem, file=sys.stderr)
        return FAILURE
    return 0


if __name__ == "__main__":
    sys.exit(main())
