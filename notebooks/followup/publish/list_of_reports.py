"""The list of reports, build/index.html: every cohort that has a published one, and what stands beside its pages."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from filelock import FileLock

from followup.language import LANGUAGES, Text, in_order, pair
from followup.publish import edition_line, font, template_pages
from followup.publish.provenance import page_name
from followup.publish.versions import brief_of, pdf_of, word_of
from followup.store.freshness import note_index, replace_text
from followup.study.cohort import COMPARED, cohort_names


def write_index(root: Path) -> None:
    """build/index.html: every cohort that has a published report, and the page that compares them once there is one."""
    with FileLock(root / "build" / ".index.lock"):  # of two cohorts at once, the later lists both
        _write_index(root)


def _write_index(root: Path) -> None:
    entries = []
    for name in cohort_names(root):
        path = root / "build" / name / "manifest.json"
        if not path.exists():
            continue
        manifest = json.loads(path.read_text(encoding="utf-8"))
        told = manifest["index"]
        facts = {
            field: pair({language: of.get(field, "") for language, of in told.items()})
            for field in ("title", "dates", "response", "headline")  # editions of earlier years have no headline
        }
        entries.append(
            template_pages.IndexEntry(
                cohort=name,
                pages=_addresses(root, name, told),
                pdfs=_all_of(root, name, told, pdf_of),
                words=_all_of(root, name, told, word_of),
                briefs=_all_of(root, name, told, brief_of),
                data=_data_of(root, name, manifest.get("edition") or {}),
                synthetic=manifest["synthetic"],
                edition=edition_line.told_of(manifest),
                **facts,
            )
        )
    compared = _addresses(root, COMPARED, LANGUAGES)
    page = template_pages.render_index(entries, font.font_cache(root), compared, _compared_edition(root))
    replace_text(root / "build" / "index.html", page)
    note_index(root)


def _data_of(root: Path, name: str, edition: dict) -> str | None:
    """Where readers find the numbers: the archive that was sent with the edition that stands, else the folder of the tables."""
    for place in (f"release-{edition.get('name')}.zip", "results/"):
        if (root / "build" / name / place).exists():
            return f"{name}/{place}"
    return None


def _compared_edition(root: Path) -> Text | None:
    """Which edition the page that compares cohorts is; None where there is no such page."""
    path = root / "build" / COMPARED / "manifest.json"
    return edition_line.told_of(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


def _addresses(root: Path, folder: str, languages: Iterable[str], name: Callable[[str], str] = page_name) -> dict:
    """Where the pages of a folder are that there are, by language, seen from the list of reports."""
    there = [language for language in in_order(languages) if (root / "build" / folder / name(language)).is_file()]
    return {language: f"{folder}/{name(language)}" for language in there}


def _all_of(root: Path, name: str, languages: Iterable[str], file_of: Callable[[str], str]) -> dict:
    """Where a cohort's PDF or Word files are, once there is one of every page."""
    made = _addresses(root, name, languages, file_of)
    return made if len(made) == len(list(languages)) else {}
