"""Questions that other cohorts were asked and this one was not, as the exports tell: what to write in the codebook.

Nothing is left out by itself: a column that was lost looks the same from this cohort's export, and a report must not
hang on another cohort's data. So a message offers the lines, and a person says that it is so.
"""

import re
from collections.abc import Iterable

from followup.exports.read import Export, read_export
from followup.language import folded
from followup.problems import INDENT, InputProblems, quoted
from followup.study.cohort import Cohort, cohort_names, open_cohort

OR = "\n    or:         "
LARGEST = 30_000_000  # bytes of an export that is worth reading for the sake of a message


def place_of(cohort: Cohort, key: str) -> list[str]:
    """The keys below which an item or question stands in the codebook."""
    scale = cohort.codebook.scale_of.get(key)
    return ["scales", scale, "items", key] if scale else ["questions", key]


def if_new(cohort: Cohort, keys: Iterable[str], book: str) -> str:
    """Which of the questions only other cohorts, not earlier ones, have a column for, with the lines to write; "" where there is none."""
    lacking = [key for key in keys if not _asked(cohort, key).cohorts]
    later = [other for other in _later(cohort) if lacking]
    has = {other.name: _columns_for(other, lacking) for other in later}
    found = {key: [name for name, there in has.items() if key in there] for key in lacking}
    found = {key: names for key, names in found.items() if names}
    if not found:
        return ""
    names = sorted({name for those in found.values() for name in those}, key=_order)
    whose = (
        f"the export of cohort {names[0]} has" if len(names) == 1 else f"the exports of cohorts {', '.join(names)} have"
    )
    them = "it" if len(found) == 1 else "them"
    block = "".join(f"{INDENT}{line}" for line in _lines(cohort, found))
    return f"{OR}{whose} {them}; if no other cohort was asked {', '.join(found)}, write in {book}:{block}"


def _lines(cohort: Cohort, found: dict[str, list[str]]) -> Iterable[str]:
    """Lines of the codebook that say of each question which cohorts were asked; what several share stands once."""
    above: list[str] = []
    for key, cohorts in found.items():
        path = place_of(cohort, key)
        same = next((depth for depth, (old, new) in enumerate(zip(above, path, strict=False)) if old != new), 0)
        yield from (f"{'  ' * depth}{part}:" for depth, part in enumerate(path) if depth >= same)
        yield f"{'  ' * len(path)}cohorts: [{', '.join(map(quoted, cohorts))}]"
        above = path


def _asked(cohort: Cohort, key: str):
    return cohort.codebook.items.get(key) or cohort.codebook.questions[key]


def _order(name: str) -> tuple[str, int]:
    match = re.fullmatch(r"(.*?)-?(\d*)", name)
    return match[1], int(match[2] or 0)


def _later(cohort: Cohort) -> Iterable[Cohort]:
    """The cohorts of the same questionnaire that may know a newer form of it: after this one by their numbers, or of
    another series.
    """
    kind, number = _order(cohort.name)
    for name in cohort_names(cohort.root):
        if _order(name)[0] != kind or _order(name)[1] > number:
            try:
                other = open_cohort(name, cohort.root)
            except InputProblems:  # told where that cohort is built
                continue
            if other.params.questionnaire == cohort.params.questionnaire:
                yield other


def _columns_for(other: Cohort, keys: list[str]) -> set[str]:
    """Those of the questions for which an export of another cohort has a column."""
    there: set[str] = set()
    for wave in other.waves:
        settings = other.params.waves[wave]
        path = other.data / settings.file
        try:
            if not path.is_file() or path.stat().st_size > LARGEST:
                continue
            export = read_export(
                path, path.name, settings.sheet, format=settings.format, header_rows=settings.header_rows, twins=True
            )
        except InputProblems:
            continue
        for key in keys:
            names = [settings.heading.replace("{}", name) for name in _asked(other, key).headings_in(wave, key)]
            if wave in _asked(other, key).waves and any(_has(export, folded(name)) for name in names):
                there.add(key)
    return there


def _has(export: Export, name: str) -> bool:
    """Whether a column has this name, or is that of one of its options."""
    headings = [folded(each) for heading in export.cells for each in (heading, *export.alternatives.get(heading, []))]
    return any(heading == name or re.match(rf"{re.escape(name)}[\s\[_/.:-]", heading) for heading in headings)
