"""What released tables tell: of which units (statements, scales, questions, ties …), of which groups, which numbers.

A row names its unit by a key of the codebook; tables that name none are listed here, and any other is taken to be about
everything that people gave.
"""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from followup.editions.people import EVERYTHING, MEETINGS, PROJECTS, RESPONSE, TIES

# How many answered, and the account of rows and cells, are public by nature (params/README.md); interviews are told as
# interviews; the others say again what stands in the tables of numbers.
PUBLIC = frozenset(
    ("response", "links", "attrition", "flow", "accounts", "columns", "records", "rules_used", "unknown_ids")
    + ("interviewed", "excerpts", "voices", "plan", "claims", "findings", "courses", "tipping_points", "turned_items")
)
ABOUT_TABLE = {
    **dict.fromkeys(("ties", "ties_bounds", "network_summary", "mixing"), TIES),
    **dict.fromkeys(("attendance", "meetings_attended"), MEETINGS),
    **dict.fromkeys(("project_stages", "project_moves", "projects_advanced", "projects_involved"), PROJECTS),
    **dict.fromkeys(("differences", "weighting"), RESPONSE),
}
# Columns that say what a row is about; a word in any other is a result, as a number is.
NAMES = frozenset(
    ("kind", "scale", "measure", "group", "wave", "compared_with", "first", "second", "question", "option", "trait")
    + ("level", "meeting", "band", "fate", "basis", "move", "cohort", "finding", "table", "stance", "step", "file")
    + ("cohort_before", "status", "rule", "decision", "setting_he", "setting_en")
)
RULES_OF_IT = frozenset(("least_cell", "least_group", "family", "adjusted_by", "test", "linked", "at_least", "hidden"))
NOISE = 1e-9

Row = dict[str, str]
Results = Mapping[str, list[Row]]
Numbers = dict[tuple[str, ...], dict[str, str]]  # by what a row is about; the cells by column


def results_in(files: Mapping[str, bytes]) -> dict[str, list[Row]]:
    """The tables among the files of a report, by name."""
    return {
        name.removeprefix("results/").removesuffix(".csv"): list(
            csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
        )
        for name, content in files.items()
        if name.startswith("results/") and name.endswith(".csv")
    }


def is_hidden(row: Row) -> bool:
    return row.get("hidden", "") == "True"


def units_in(table: str, row: Row, units: Mapping[str, str]) -> set[str]:
    """Which units a row is about; a statement's scale, named beside it, is not one of them."""
    beside = {"scale"} if row.get("measure") else set()
    named = {units[cell] for column, cell in row.items() if column not in beside and cell in units}
    return named or {ABOUT_TABLE.get(table, EVERYTHING)}


def told_in(results: Results, units: Mapping[str, str], groups: Iterable[str]) -> dict[str, list[str]]:
    """Of each unit that some table tells of, the groups that have numbers of their own."""
    told, groups = defaultdict(set), set(groups)
    for table, rows in results.items():
        for row in rows if table not in PUBLIC else ():
            if not is_hidden(row):
                for unit in units_in(table, row, units):
                    told[unit] |= groups.intersection(row.values())
    return {unit: sorted(found) for unit, found in sorted(told.items())}


def numbers_of(table: str, rows: Iterable[Row], units: Mapping[str, str]) -> dict[frozenset[str], Numbers]:
    """A table's numbers and words by the units they are about; hidden rows and blank cells tell none."""
    found: dict = defaultdict(dict)
    seen: Counter = Counter()
    for row in rows:
        about = tuple(f"{column}={cell}" for column, cell in row.items() if column in NAMES and cell)
        seen[about] += 1
        about += (f"row {seen[about]}",) if seen[about] > 1 else ()
        if not is_hidden(row):
            found[frozenset(units_in(table, row, units))][about] = dict(_told_cells(row))
    return found


def _told_cells(row: Row) -> Iterator[tuple[str, str]]:
    words = (column for column in row if column not in NAMES | RULES_OF_IT)
    return ((column, row[column]) for column in words if row[column])


def within(fewer: Numbers, more: Numbers) -> bool:
    """Whether everything that `fewer` tells is told by `more` as well: both together tell no more than one of them."""
    return all(
        about in more and all(_follows(column, cell, more[about].get(column, "")) for column, cell in cells.items())
        for about, cells in fewer.items()
    )


def _follows(column: str, cell: str, known: str) -> bool:
    """Whether a number is the known one, or the same with fewer decimals: rounded, or a bound moved outward."""
    if cell == known:
        return True
    try:
        decimals, beyond = len(cell.partition(".")[2]), float(known) - float(cell)
        if decimals >= len(known.partition(".")[2]):
            return False
    except ValueError:
        return False
    step = 10**-decimals
    if column.endswith(("_low", "_high")):
        return -NOISE <= (beyond if column.endswith("_low") else -beyond) <= step + NOISE
    return abs(beyond) <= 0.5 * step - NOISE


def conclusions_in(results: Results) -> dict[tuple[str, ...], str]:
    """Every conclusion, by the table and what it is about; those that are hidden, or only describe, are none.

    What a finding repeats of another table stands once, where it was drawn.
    """
    found = {}
    for table, rows in results.items():
        for row in rows if table in CONCLUDING else ():
            verdict = "" if row.get("table") in CONCLUDING else row.get("verdict", "")  # a finding that repeats it
            if verdict and verdict != "described" and not is_hidden(row):
                row = row | {"measure": row.get("measure") or row.get("scale", "")}
                found[table, *(row.get(column, "") for column in OF_A_CONCLUSION)] = verdict
    return found


CONCLUDING = ("findings", "changes", "gaps", "against_before")
OF_A_CONCLUSION = ("finding", "measure", "group", "first", "second", "compared_with", "wave", "cohort")


def conclusions_changed(then: Mapping[tuple, str], now: Mapping[tuple, str]) -> int:
    """How many conclusions (as `conclusions_in` gives them) are others, new or gone."""
    return sum(then.get(place) != now.get(place) for place in then.keys() | now.keys())
