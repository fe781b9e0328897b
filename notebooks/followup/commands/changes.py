"""`make changes`: an inside page of what is no longer as it was in the last edition, or in a copy that was sent, and why.

A reason is what changed among all that a table's notebook, and those before it, read: data, params, code.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path

from followup.chain.found_notebooks import stages_of
from followup.chain.stages import HOUSE, Stage, modules_of_stages
from followup.commands.change_sections import Sections
from followup.editions import inputs, people, records, released_numbers
from followup.editions.people import Keyed, Recorded
from followup.editions.records import Edition
from followup.language import Text, filled, isolated, same
from followup.language import day as day_in_words
from followup.problems import InputProblems, Problem, shortened
from followup.publish import font, provenance
from followup.publish.changes_page import Told, render_changes
from followup.store.freshness import DRAFT, WHY_DRAFT, replace_text
from followup.study.cohort import ROOT, Cohort, open_cohort
from followup.words.change_words import WORDS

PAGE = "changes.html"
OF_A_TABLE = {
    people.MEETINGS: lambda params: {params.network and params.network.meetings},
    people.TIES: lambda params: {params.network and params.network.ties},
    people.PROJECTS: lambda params: {
        params.projects and params.projects.file,
        params.projects and params.projects.members,
    },
}


class Reasons:
    """What changed among the inputs of two reports, and which of it reaches which table."""

    def __init__(self, cohort: Cohort, before: Mapping, now: Mapping, edition: Edition | None):
        self.cohort, self.edition = cohort, edition
        then, new = before["inputs"], now["inputs"]
        self.changed = sorted(name for name in then.keys() | new.keys() if then.get(name) != new.get(name))
        versions = before["versions"], now["versions"]
        self.versions = sorted(
            f"{name} {versions[0].get(name, '–')} → {versions[1].get(name, '–')}"
            for name in versions[0].keys() | versions[1].keys()
            if versions[0].get(name) != versions[1].get(name)
        )
        key = records.key_here()
        self.keyed = Keyed(key, edition.nonce) if edition and key and edition.fits(key) else None

    @cached_property
    def data(self) -> dict[str, tuple[int, int] | None]:
        """Raw files that changed, each with how many rows are new and gone, where the record tells."""
        files = [name for name in self.changed if name.startswith("data/")]
        rows = inputs.rows_changed(self.edition.text(records.ROWS), self.cohort, self.keyed) if self.keyed else {}
        return {name: rows.get(name) for name in files}

    @cached_property
    def params(self) -> list[str]:
        """Params that changed, by key; the file's name where no record tells the keys."""
        own = [name for name in self.changed if name.startswith("params/") and "questionnaires" not in name]
        keys = (
            inputs.params_changed(self.edition.facts["params"], self.cohort.params, self.keyed)
            if self.keyed and f"params/{self.cohort.name}.yaml" in own
            else []
        )
        return (keys + [name for name in own if name.startswith("params/claims")]) if keys else own

    @cached_property
    def codebook(self) -> list[str]:
        return [name for name in self.changed if name.startswith("params/questionnaires")]

    @cached_property
    def code(self) -> list[str]:
        """Modules and notebooks that changed."""
        return [name for name in self.changed if name.startswith("notebooks/")]

    def of(self, table: str) -> Text:
        """Why a table may have changed, in words."""
        parts = [(WORDS["data"], list(self._data_of(table)))]
        found = self._stages.get(table)
        reached = [found, *self._before(found)] if found else self._all
        read = {key for stage in reached for key in self._stamp(stage).get("read", ())}
        modules = {path.relative_to(HOUSE).as_posix() for stage in reached for path in self._modules[stage.name]}
        notebooks = {stage.notebook.relative_to(HOUSE).as_posix() for stage in reached}
        parts += [
            (WORDS["params"], [key for key in self.params if key in read or key.startswith("params/")]),
            (WORDS["codebook"], self.codebook),
            (WORDS["code"], [_short(name) for name in self.code if name in modules]),
            (WORDS["notebook"], [_short(name) for name in self.code if name in notebooks]),
            (WORDS["versions"], self.versions),
        ]
        said = [kind + same(": " + ", ".join(isolated(name) for name in names)) for kind, names in parts if names]
        return WORDS["why"] + same(" – ") + (_joined(said) if said else WORDS["no_reason"])

    def _data_of(self, table: str) -> Iterator[str]:
        """The raw files that a table may be made of."""
        about = released_numbers.ABOUT_TABLE.get(table)
        public = table in released_numbers.PUBLIC
        for name in self.data:
            kinds = [kind for kind, files in OF_A_TABLE.items() if Path(name).name in files(self.cohort.params)]
            if public or not kinds or about in kinds:
                yield name

    @cached_property
    def _all(self) -> list[Stage]:
        return stages_of(self.cohort.name)

    @cached_property
    def _stages(self) -> dict[str, Stage]:
        """Which notebook made each result."""
        return {
            Path(path).stem: stage
            for stage in self._all
            for path in self._stamp(stage).get("outputs", {})
            if "/results/" in path
        }

    @cached_property
    def _modules(self) -> dict[str, set[Path]]:
        return modules_of_stages(self._all)

    def _before(self, stage: Stage) -> list[Stage]:
        return [one for one in self._all if one.name in stage.after]

    def _stamp(self, stage: Stage) -> dict:
        path = self.cohort.private / "stamps" / f"{stage.name}.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _short(name: str) -> str:
    return name.removeprefix("notebooks/").removeprefix("followup/")


def _joined(texts: list[Text]) -> Text:
    return Text(*("; ".join(text[language] for text in texts) for language in ("he", "en")))


# Who answered -------------------------------------------------------------------------------------------------------


def people_by_wave(cohort: Cohort, edition: Edition, keyed: Keyed) -> dict[str, tuple[int, int, int]]:
    """Of each wave: how many came, how many went, how many have other answers."""
    facts = edition.facts
    recorded = Recorded(edition.text(records.PEOPLE), keyed, facts["told"], facts["waves"])
    now = {keyed.person(name): parts for name, parts in people.people_of(cohort, facts["scales"]).items()}
    found = {}
    for wave in cohort.waves:
        then = {person for person in recorded.cells if wave in _waves(recorded.place(person, people.RESPONSE))}
        here = {person for person, parts in now.items() if wave in parts[people.RESPONSE].waves}
        row = people.wave_unit(wave)
        other = [one for one in then & here if not recorded.gave(one, row, now[one][row])]
        found[wave] = (len(here - then), len(then - here), len(other))
    return found


def _waves(place: str) -> list[str]:
    return json.loads(place)[0] if place.startswith("[") else []


# The page -----------------------------------------------------------------------------------------------------------


def changes(cohort: Cohort, sent: Path | None) -> Path:
    """Write the page; where it is. Raises `InputProblems` where there is nothing to compare with."""
    editions = records.editions_of(cohort.root, cohort.name)
    before, edition = _copy(cohort, sent, editions) if sent else _last(cohort, editions)
    folder = cohort.private / DRAFT if (cohort.private / DRAFT).exists() else cohort.build
    now = _files(folder)
    manifests = tuple(json.loads(files[provenance.MANIFEST]) for files in (before, now))
    reasons = Reasons(cohort, *manifests, edition)
    counted = people_by_wave(cohort, edition, reasons.keyed) if edition and reasons.keyed else {}
    sections = Sections(cohort, before, now, reasons, counted)
    named = _named(edition)
    about = filled("בין {before} ובין {now}", "Between {before} and {now}", {"before": named, "now": WORDS["now"]})
    notes, why = _notes(cohort, edition), cohort.private / WHY_DRAFT
    draft = why.read_text(encoding="utf-8") if why.is_file() else ""
    told = {
        language: Told(
            f"{WORDS['title'][language]}: {cohort.params.title[language]}",
            about[language],
            [note[language] for note in notes],
            sections.of(language),
            draft,
        )
        for language in cohort.params.languages
    }
    page = render_changes(told, WORDS, font.font_cache(cohort.root))
    path = cohort.private / PAGE
    replace_text(path, page)
    return path


def _notes(cohort: Cohort, edition: Edition | None) -> list[Text]:
    """What stands at the top: that somebody signed for the next edition."""
    signed = edition is not None and records.accepted(cohort.params, edition.number + 1)
    return [WORDS["accepted"]] if signed else []


def _named(edition: Edition | None) -> Text:
    if edition is None:
        return WORDS["copy"]
    released = date.fromisoformat(edition.facts["released"])
    values = {"name": same(isolated(edition.name)), "day": day_in_words(released)}
    return filled(WORDS["edition"].he, WORDS["edition"].en, values)


def _last(cohort: Cohort, editions: list[Edition]) -> tuple[Mapping[str, bytes], Edition]:
    """The last edition; the one before it where the report that stands is the last."""
    if not editions:
        what, remedy = "no edition has been released yet", f"make release COHORT={cohort.name}; or FROM=folder, a copy"
        raise InputProblems([Problem(what, remedy, f"data/releases/{cohort.name}")])
    shown = json.loads((cohort.build / provenance.MANIFEST).read_bytes()).get("edition") or {}
    draft = (cohort.private / DRAFT).exists()
    is_last = shown.get("number") == editions[-1].number and not draft
    chosen = editions[-2] if is_last and len(editions) > 1 else editions[-1]
    return chosen.sent, chosen


def _copy(cohort: Cohort, folder: Path, editions: list[Edition]) -> tuple[Mapping[str, bytes], Edition | None]:
    """A copy that was sent, and the edition that it is, where there is a record of that."""
    again = "name the folder that holds the files as they were sent, manifest.json among them: FROM=folder"
    try:
        files = _files(folder)
        facts = json.loads(files[provenance.MANIFEST])
        whole = {"cohort", "inputs", "versions", "outputs"} <= facts.keys()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        whole, facts = False, {}
    if not whole:
        raise InputProblems([Problem("this is no report that was sent", again, str(folder))])
    if facts["cohort"] != cohort.name:
        what, remedy = "this report is of another cohort", f"make changes COHORT={facts['cohort']} FROM={folder}"
        value = shortened(facts["cohort"])
        raise InputProblems(
            [Problem(what, remedy, str(folder / provenance.MANIFEST), value=value, allowed=cohort.name)]
        )
    name = (facts.get("edition") or {}).get("name")
    edition = next((one for one in editions if one.name == name and one.sent == files), None)
    return files, edition


def _files(folder: Path) -> dict[str, bytes]:
    """The files of a report that its manifest lists, and the manifest."""
    manifest = (folder / provenance.MANIFEST).read_bytes()
    listed = json.loads(manifest)["outputs"]
    return {name: (folder / name).read_bytes() for name in listed} | {provenance.MANIFEST: manifest}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Write an inside page of what changed since an edition.")
    parser.add_argument("cohort")
    name, root = parser.parse_args(arguments).cohort, Path(os.environ.get("FOLLOWUP_ROOT", ROOT))
    chosen = os.environ.get("CHOSEN_FROM")
    page = changes(open_cohort(name, root), root / chosen if chosen else None)
    print(f"What changed, for inside use: {page}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
