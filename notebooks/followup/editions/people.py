"""Who stands behind the numbers: for each person, and each thing that numbers are about, a keyed digest of the answers.

A record has as many rows as people took part, each with a digest for everything the study asks, so that sizes tell only
what is public. Every digest is made with the record's own nonce, the person and the question: no two are ever equal, and
without the key nothing can be joined, counted or tried. (Encrypting the answers themselves would need a library of its own.)
"""

import csv
import hmac
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, combinations

import pandas as pd

from followup.study.cohort import Cohort

EVERYTHING, RESPONSE, TIES, MEETINGS, PROJECTS = "everything", "response", "ties", "meetings", "projects"
OTHERS = (EVERYTHING, RESPONSE, TIES, MEETINGS, PROJECTS)
DIGITS = 16  # of each digest, in hexadecimal


@dataclass(frozen=True)
class Part:
    """What one person gave to one unit (a statement, a scale, a question, ties …): answers, in which waves, of which groups."""

    given: str
    waves: tuple[str, ...]
    groups: frozenset[str]

    def place(self, told: Iterable[str]) -> str:
        """By which of a unit's numbers the person is counted, where groups `told` have numbers of their own."""
        return json.dumps([self.waves, sorted(self.groups.intersection(told))])


People = dict[str, dict[str, Part]]  # by person, and unit


def units(cohort: Cohort) -> dict[str, str]:
    """Every unit, by the key under which released tables name it."""
    codebook = cohort.codebook
    named = {key: f"item:{key}" for key in codebook.items} | {key: f"scale:{key}" for key in codebook.scales}
    return named | {key: f"question:{key}" for key in codebook.questions} | {name: name for name in OTHERS}


def wave_unit(wave: str) -> str:
    """The unit that is all that was given in one wave; no table is about it, it says whose row differs."""
    return f"wave:{wave}"


def items_of(cohort: Cohort) -> dict[str, list[str]]:
    """The statements of each scale."""
    return {key: list(scale.items) for key, scale in cohort.codebook.scales.items()}


def people_of(cohort: Cohort, scales: Mapping[str, list[str]]) -> People:
    """Everyone who took part, by name of their own, with what they gave; from the tables that 01_clean handed on.

    Scales are of the items that `scales` names. Where answers carry no IDs a person is known by the answers: the same
    answers given twice are two people.
    """
    people = cohort.read("participants").astype("str")
    traits = [trait for trait in cohort.codebook.traits if trait in people]
    groups = {row["participant"]: frozenset(row[traits]) - {"nan", ""} for _, row in people.iterrows()}
    given = _given(cohort, set(people["participant"]))
    answered = dict(zip(people["participant"], _waves(cohort, people), strict=True))
    scored = _scored(cohort)
    found = {
        person: dict(_parts(given[person], answered[person], groups[person], scales, scored[person]))
        for person in people["participant"]
    }
    return found if cohort.params.identified else _by_answers(found)


def _waves(cohort: Cohort, people: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    respondents = cohort.read("respondents").astype("str")
    waves = respondents.groupby("respondent")["wave"].agg(lambda names: tuple(sorted(names))).to_dict()
    return (waves.get(person, ()) for person in people["participant"])


def _given(cohort: Cohort, people: set[str]) -> dict[str, dict[str, dict]]:
    """By person and unit: what was given, by wave."""
    given: dict = defaultdict(lambda: defaultdict(dict))
    for row in cohort.read("responses").dropna(subset=["value"]).itertuples():
        given[str(row.respondent)][f"item:{row.item}"][row.wave] = f"{row.value:g}"
    for row in cohort.read("answers").fillna("").astype("str").itertuples():
        given[row.respondent][f"question:{row.question}"].setdefault(row.wave, []).append(
            [row.value, row.missing_reason]
        )
    for unit, table, person in ((TIES, "ties", "ego"), (MEETINGS, "meetings", "participant")):
        for row in cohort.read(table).fillna("").astype("str").to_dict("records"):
            given[row.pop(person)][unit].setdefault("", []).append(sorted(row.items()))
    for row in cohort.read("project_members").astype("str").itertuples():
        given[row.participant][PROJECTS].setdefault("", []).append(row.project)
    unknown = given.keys() - people
    return defaultdict(dict, {person: parts for person, parts in given.items() if person not in unknown})


def _scored(cohort: Cohort) -> dict[str, dict[str, tuple[str, ...]]]:
    """In which waves each person has a score on each scale."""
    found: dict = defaultdict(dict)
    for row in cohort.read("scores").dropna(subset=["score"]).itertuples():
        found[str(row.respondent)].setdefault(row.scale, []).append(row.wave)
    return found


def _parts(
    given: dict, answered: tuple, groups: frozenset, scales: Mapping, scored: dict
) -> Iterator[tuple[str, Part]]:
    for unit, by_wave in given.items():
        if unit not in OTHERS:
            yield unit, Part(_text(by_wave), tuple(sorted(by_wave)), groups)
    for scale, items in scales.items():
        if scale in scored:
            of_items = {item: given[f"item:{item}"] for item in items if f"item:{item}" in given}
            yield f"scale:{scale}", Part(_text(of_items), tuple(sorted(scored[scale])), groups)
    reports = {unit: by_wave for unit, by_wave in given.items() if unit.startswith("question:")}
    own = {unit: given.get(unit, {}) for unit in (TIES, MEETINGS)} | {PROJECTS: [given.get(PROJECTS, {}), reports]}
    for unit, what in own.items():  # who came to a meeting is told of everyone, whatever they answered
        yield unit, Part(_text(what), () if unit == MEETINGS else answered, groups)
    for wave in answered:
        row = {unit: by_wave[wave] for unit, by_wave in given.items() if unit not in OTHERS and wave in by_wave}
        yield wave_unit(wave), Part(_text(row), (wave,), groups)
    yield RESPONSE, Part(_text([answered, sorted(groups)]), answered, groups)
    yield EVERYTHING, Part(_text([given, answered, sorted(groups)]), answered, groups)


def _text(what: object) -> str:
    """The same text for the same answers, in whatever order a file has them."""
    return json.dumps(_sorted(what), sort_keys=True, ensure_ascii=False)


def _sorted(what: object) -> object:
    if isinstance(what, dict):
        return {name: _sorted(value) for name, value in what.items()}
    if isinstance(what, list | tuple):
        return sorted((_sorted(value) for value in what), key=lambda value: json.dumps(value, sort_keys=True))
    return what


def _by_answers(found: People) -> People:
    """The same people under names that their answers give, a second of the same answers with a number."""
    seen: Counter = Counter()
    named = {}
    for parts in found.values():
        name = sha256(parts[EVERYTHING].given.encode()).hexdigest()
        seen[name] += 1
        named[f"{name}/{seen[name]}"] = parts
    return named


# Keyed digests ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Keyed:
    """The digests of one record: `key` is the institute's, `nonce` the record's own."""

    key: bytes
    nonce: str

    def of(self, *parts: str) -> str:
        text = json.dumps([self.nonce, *parts], ensure_ascii=False)
        return hmac.digest(self.key, text.encode(), "sha256").hex()[:DIGITS]

    def person(self, name: str) -> str:
        return self.of("person", name)

    def given(self, person: str, unit: str, part: Part | None) -> str:
        return self.of("given", person, unit, part.given if part else "")

    def place(self, person: str, unit: str, place: str) -> str:
        return self.of("place", person, unit, place)


def table_of(people: People, units: Iterable[str], told: Mapping[str, list[str]], keyed: Keyed) -> str:
    """The digests of everyone as CSV: a row a person in the order of their digests, a column a unit, two digests a cell."""
    units = list(units)
    rows = []
    for name, parts in people.items():
        person = keyed.person(name)
        rows.append([person, *(_cell(keyed, person, unit, parts.get(unit), told.get(unit, ())) for unit in units)])
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([["person", *units], *sorted(rows)])
    return text.getvalue()


def _cell(keyed: Keyed, person: str, unit: str, part: Part | None, told: Iterable[str]) -> str:
    place = part.place(told) if part else ""
    return keyed.given(person, unit, part) + keyed.place(person, unit, place)


class Recorded:
    """The digests of a record, to be held against people of today."""

    def __init__(self, text: str, keyed: Keyed, told: Mapping[str, list[str]], waves: Iterable[str]):
        self.keyed, self.told, self.waves = keyed, told, sorted(waves)
        head, *rows = csv.reader(io.StringIO(text, newline=""))
        self.cells = {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}

    def gave(self, person: str, unit: str, part: Part | None) -> bool:
        """Whether the person (a digest) had given just this."""
        return self.cells[person][unit][:DIGITS] == self.keyed.given(person, unit, part)

    def place(self, person: str, unit: str, likely: str = "") -> str:
        """By which numbers of a unit the person was counted, found among those there are; "" for none of them."""
        told = self.cells[person][unit][DIGITS:]
        candidates = chain([likely, ""], self._places(unit))
        return next((place for place in candidates if self.keyed.place(person, unit, place) == told), "?")

    def _places(self, unit: str) -> Iterator[str]:
        groups = sorted(self.told.get(unit, ()))
        for waves in _some(self.waves, len(self.waves)):
            yield from (json.dumps([waves, some]) for some in _some(groups, min(3, len(groups))))


def _some(names: list[str], most: int) -> Iterator[tuple[str, ...]]:
    return chain.from_iterable(combinations(names, size) for size in range(most + 1))
