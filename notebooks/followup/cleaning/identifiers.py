"""The words by which somebody would know a participant: IDs, names, addresses, units, titles of projects."""

import re
from collections import Counter

import pandas as pd

from followup.language import folded
from followup.study.cohort import Cohort
from followup.study.name_forms import found_forms

COLUMNS = ["kind", "word"]
NAME_HEADINGS = ("name", "שם")
SHARED_BY = 5  # a part of a name that so many people have ("Person 01") tells nobody apart
LEAST_LETTERS = 2
NO_NAMES = {"בן", "בת", "בר", "אל", "די", "דה", "מר", "גב", "דר", "ד״ר", 'ד"ר', "de", "van", "Dr", "Mr", "Ms", "Mrs"}
PART = re.compile(r"[^\W_]+(?:[\"'׳״][^\W_]+)?")


def words_of_roster(cells: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Every ID, name, address and unit of a roster as it was read: kind, word. Traits are no secret, nor is what
    chooses rows.
    """
    settings, traits = cohort.params.roster, cohort.codebook.traits
    told = {folded(heading) for trait in traits.values() for heading in trait.headings}
    told |= {folded(heading) for heading in (*settings.only, *settings.must_be)}
    rows = []
    for heading in cells.columns:
        if folded(heading) in told:
            continue
        kind = "id" if folded(heading) == folded(settings.participant) else "name" if _names(heading) else "unit"
        values = [" ".join(str(cell).split()) for cell in cells[heading]]
        rows += [("address" if "@" in value else kind, value) for value in values]
        rows += [(kind, part) for part in _parts(values)] if kind == "name" else []
    return _without_repeats(rows)


def words_of_projects(projects: pd.DataFrame) -> pd.DataFrame:
    """The titles of the projects."""
    return _without_repeats([("project", " ".join(title.split())) for title in projects["title"]])


def found_in(text: str, words: pd.DataFrame) -> list[tuple[str, str]]:
    """Each (kind, word) that stands, in any form, in a text that people wrote."""
    return [(kind, word) for kind, word in words.itertuples(index=False, name=None) if found_forms(text, kind, word)]


def _names(heading: str) -> bool:
    return any(name in folded(heading).casefold() for name in NAME_HEADINGS)


def _parts(names: list[str]) -> list[str]:
    """First and family names alone, but not what many share, nor numbers."""
    parts = Counter(part for name in set(names) for part in set(PART.findall(name)))
    return [
        part
        for part, people in parts.items()
        if people < SHARED_BY and len(part) >= LEAST_LETTERS and not part.isdecimal() and part not in NO_NAMES
    ]


def _without_repeats(rows: list[tuple[str, str]]) -> pd.DataFrame:
    """Numbers of fewer than four digits are left out: they stand everywhere and tell nobody."""
    kept = dict.fromkeys((kind, word) for kind, word in rows if len(word) >= LEAST_LETTERS)
    return pd.DataFrame([row for row in kept if not (row[1].isdecimal() and len(row[1]) < 4)], columns=COLUMNS)
