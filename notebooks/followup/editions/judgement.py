"""How a report stands to the editions that were sent: one of them again, free to follow, or a draft, and why.

Also what the record of a new edition says of it.
"""

import io
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from followup.disclosure.editions_together import Asked
from followup.disclosure.release_check import Release
from followup.editions import inputs, people, records, released_numbers
from followup.editions.comparison import Refusal, Told, refusals
from followup.editions.people import Keyed, Recorded
from followup.editions.records import Edition
from followup.problems import to_paste
from followup.store.freshness import sha256_of
from followup.study.cohort import Cohort
from followup.study.institute_key import institute_key, key_file
from followup.study.params import Analysis, Disclosure

SETTINGS = {"analysis": Analysis, "disclosure": Disclosure}
MOST_NAMED = 6  # tables and units that a message names of each kind


@dataclass(frozen=True)
class Judged:
    """How a report stands: after which edition, whether it is one that was sent, and what keeps it from leaving."""

    last: Edition | None = None
    same: Edition | None = None
    changed: int = 0  # conclusions that differ from the last edition's
    refused: tuple[Refusal, ...] = ()
    other_key: tuple[str, ...] = field(default=())  # editions whose record was made with another key

    @property
    def is_draft(self) -> bool:
        return bool(self.refused or self.other_key)

    @property
    def next_number(self) -> int:
        return self.last.number + 1 if self.last else 1


def content_of(files: Mapping[str, bytes]) -> str:
    """One line for the pages (without the lines about editions) and the numbers of a report."""
    return sha256_of(json.dumps({name: sha256_of(content) for name, content in sorted(files.items())}))


def judged(cohort: Cohort, files: Mapping[str, bytes]) -> Judged:
    """Hold pages and numbers, as they are about to be published, against every edition that was sent.

    Raises `InputProblems` for a record that is not as it was written.
    """
    editions = records.editions_of(cohort.root, cohort.name)
    if not editions:
        return Judged()
    last, content = editions[-1], content_of(files)
    if last.facts["content"] == content:
        return Judged(last, last)
    results = released_numbers.results_in(files)
    before = released_numbers.conclusions_in(released_numbers.results_in(last.sent))
    changed = released_numbers.conclusions_changed(before, released_numbers.conclusions_in(results))
    if records.accepted(cohort.params, last.number + 1):
        return Judged(last, None, changed)
    key, editions = institute_key(), records.since_signed(editions)
    strange = tuple(edition.name for edition in editions if not edition.fits(key))
    now = told_now(cohort, results)
    found = [one for edition in editions if edition.fits(key) for one in _against(edition, cohort, now, files, key)]
    return Judged(last, None, changed, tuple(found), strange)


def told_now(cohort: Cohort, results: released_numbers.Results) -> Told:
    """What a report of today tells."""
    units = people.units(cohort)
    groups = [group for trait in cohort.codebook.traits.values() for group in trait.groups]
    return Told(results, units, released_numbers.told_in(results, units, groups))


def _against(edition: Edition, cohort: Cohort, now: Told, files: Mapping[str, bytes], key: bytes) -> list[Refusal]:
    facts = edition.facts
    before = Told(released_numbers.results_in(edition.sent), facts["units"], facts["told"])
    keyed = Keyed(key, edition.nonce)
    recorded = Recorded(edition.text(records.PEOPLE), keyed, facts["told"], facts["waves"])
    least = max(cohort.params.disclosure.least_group, facts["settings"]["disclosure"]["least_group"])
    everyone = people.people_of(cohort, facts["scales"])
    return refusals(edition.name, before, recorded, now, everyone, least, _asked(edition, cohort, files))


def _asked(edition: Edition, cohort: Cohort, files: Mapping[str, bytes]) -> Asked | None:
    """What the solver needs; None where the settings of then are of a form that is no longer known."""
    try:
        told = edition.facts["settings"]
        then = {name: kind.model_validate(told[name], strict=False) for name, kind in SETTINGS.items()}
    except ValueError:
        return None
    params = cohort.params.model_copy(update=then)
    return Asked(_release(cohort, edition.sent, params), _release(cohort, files, cohort.params))


def _release(cohort: Cohort, files: Mapping[str, bytes], params) -> Release:
    levels = pd.concat([_frame(files, name) for name in ("levels", "items")], ignore_index=True)
    trait = cohort.params.groups_by
    group_of = cohort.read("participants").set_index("participant")[trait] if trait else pd.Series(dtype="str")
    return Release(_frame(files, "changes"), levels, cohort.read("responses"), group_of, cohort.codebook, params)


def _frame(files: Mapping[str, bytes], name: str) -> pd.DataFrame:
    content = files.get(f"results/{name}.csv", b"")
    return (
        pd.read_csv(io.BytesIO(content), keep_default_na=False, na_values=[""]) if content.strip() else pd.DataFrame()
    )


# A new edition -----------------------------------------------------------------------------------------------------


def facts_of(cohort: Cohort, number: int, released: str, commit: str, files: Mapping[str, bytes]) -> tuple[dict, dict]:
    """What the record of a new edition says, and its tables of keyed digests; `files` as they stand before any line
    about editions.
    """
    key, nonce = institute_key(), secrets.token_hex(16)
    keyed, told = Keyed(key, nonce), told_now(cohort, released_numbers.results_in(files))
    scales = people.items_of(cohort)
    settings = cohort.params.model_dump(mode="json", include=set(SETTINGS))
    facts = {
        "cohort": cohort.name,
        "number": number,
        "released": released,
        "commit": commit,
        "nonce": nonce,
        "content": content_of(files),
        "units": dict(told.units),
        "told": dict(told.groups),
        "waves": cohort.waves,
        "scales": scales,
        "settings": settings,
        "accepted": records.accepted(cohort.params, number),
        "params": inputs.params_marks(cohort.params, keyed),
    }
    everyone = people.people_of(cohort, scales)
    units = sorted({*told.units.values(), *map(people.wave_unit, cohort.waves)})
    tables = {
        records.PEOPLE: people.table_of(everyone, units, told.groups, keyed),
        records.ROWS: inputs.rows_table(cohort, keyed),
    }
    return facts, tables


# In words ----------------------------------------------------------------------------------------------------------


def why_draft(cohort: Cohort, standing: Judged) -> str:
    """What is said where a report may not leave: of which tables, and the three ways on."""
    number, name = standing.next_number, cohort.name
    lines = [f"This report of cohort {name} is a draft, and must not be sent:"]
    lines += [
        f"    edition {edition} was recorded with another key than {key_file()}, so nobody can say whose answers differ"
        for edition in standing.other_key
    ]
    kinds: dict[tuple[str, str], list[Refusal]] = {}
    for one in standing.refused:
        kinds.setdefault((one.edition, one.why), []).append(one)
    for (edition, why), alike in kinds.items():
        tables = sorted({table for one in alike for table in one.tables})
        lines.append(f"    beside edition {edition}: {why}")
        lines.append(f"        in {_some(tables)}: {_some([one.unit.rpartition(':')[2] for one in alike])}")
    sign = to_paste("releases", "accept", line=f'- {{edition: {number}, who: "…", why: "…"}}')
    last = standing.last
    if standing.other_key:
        lines.append(
            f"What to do: put the institute’s key in its place (make key COHORT={name} shows whether it fits); or"
        )
    else:
        least = cohort.params.disclosure.least_group
        lines += [
            "What to do, one of three:",
            f"    wait until at least {least} people differ in each of these",
            f"    keep the numbers of edition {last.name} (data, params and code as they were on {last.facts['released']}"
            f"{_at_commit(last)}), and change words only",
        ]
    lines.append(f"    sign that it leaves all the same, in params/{name}.yaml:{sign}")
    return "\n".join(lines)


def _at_commit(edition: Edition) -> str:
    commit = edition.facts["commit"]
    return "" if commit.startswith("unknown") else f", commit {commit[:12]}"


def _some(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
