"""What an edition was made from, as keyed digests: each param, and each row of each raw file.

A file's rows are filled up with digests that stand for none to the next power of two, so that not even their number
follows; they are sorted by digest, so that no order does.
"""

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Mapping

from followup.editions.people import Keyed
from followup.exports.read import read_export
from followup.problems import InputProblems
from followup.store.params_read import key_digests
from followup.study.cohort import Cohort
from followup.study.institute_key import raw_files
from followup.study.params import Params


def params_marks(params: Params, keyed: Keyed) -> dict[str, str]:
    """A keyed digest of each param that holds a value."""
    marks = key_digests(params)
    return {
        name: keyed.of("param", name, mark)
        for name, mark in sorted(marks.items())
        if mark != "there" and not name.endswith("*")
    }


def rows_of(cohort: Cohort) -> dict[str, Counter]:
    """The rows of each raw file that the params name, as text, each with how often it stands there."""
    settings = {
        wave.file: {"format": wave.format, "sheet": wave.sheet, "header_rows": wave.header_rows}
        for wave in cohort.params.waves.values()
    }
    if cohort.params.roster:
        settings |= {cohort.params.roster.file: {"sheet": cohort.params.roster.sheet}}
    found = {}
    for path in raw_files(cohort.params, cohort.name, cohort.root):
        if path.parent == cohort.data and path.is_file():
            shown = path.relative_to(cohort.root).as_posix()
            found[shown] = _rows(path, shown, settings.get(path.name, {}))
    return found


def _rows(path, shown: str, settings: dict) -> Counter:
    try:
        cells = read_export(path, shown, twins=True, **settings).cells
        return Counter(
            json.dumps(row, ensure_ascii=False) for row in cells.astype("str").to_numpy().tolist() if any(row)
        )
    except InputProblems:  # a file of which the build makes nothing
        return Counter([path.read_bytes().hex()])


def rows_table(cohort: Cohort, keyed: Keyed) -> str:
    """The rows of all raw files as keyed digests: file, row."""
    lines = []
    for file, rows in rows_of(cohort).items():
        marks = list(_marks(file, rows, keyed))
        size = 1 << max(len(marks) - 1, 1).bit_length()
        marks += [keyed.of("no row", file, str(place)) for place in range(size - len(marks))]
        lines += [[file, mark] for mark in sorted(marks)]
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([["file", "row"], *lines])
    return text.getvalue()


def _marks(file: str, rows: Counter, keyed: Keyed):
    return (keyed.of("row", file, row, str(time)) for row, times in rows.items() for time in range(times))


def rows_changed(table: str, cohort: Cohort, keyed: Keyed) -> dict[str, tuple[int, int]]:
    """Of each raw file that differs: how many of its rows are new, and how many are gone."""
    then: dict[str, set] = defaultdict(set)
    for row in csv.DictReader(io.StringIO(table)):
        then[row["file"]].add(row["row"])
    now = {file: set(_marks(file, rows, keyed)) for file, rows in rows_of(cohort).items()}
    found = {}
    for file in sorted(then.keys() | now.keys()):
        fillers = {keyed.of("no row", file, str(place)) for place in range(len(then[file]))}
        old, new = then[file] - fillers, now.get(file, set())
        if old != new:
            found[file] = (len(new - old), len(old - new))
    return found


def params_changed(then: Mapping[str, str], params: Params, keyed: Keyed) -> list[str]:
    """The params that differ, are new or gone; the lists of waves and families go by their own keys."""
    now = params_marks(params, keyed)
    return sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name))
