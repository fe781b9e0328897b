"""The roster: who took part, by pseudonym, with the traits the study compares. Names never leave the raw file."""

import re

import pandas as pd
from stdnum.il import idnr

from followup.cleaning_log import Log
from followup.codebook import Trait
from followup.cohort import Cohort
from followup.exports import Export, folded, read_export
from followup.linkage import pseudonym, pseudonym_key, same_id
from followup.problems import Problem, nearest, raise_problems

SCIENTIFIC = re.compile(r"\d(\.\d+)?E[+]?\d+", re.IGNORECASE)


def read_roster(cohort: Cohort) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The roster as (participants, log): participant (a pseudonym), id, one column a trait; empty without a roster."""
    settings, log = cohort.params.roster, Log()
    if settings is None or not cohort.params.identified:
        return pd.DataFrame(columns=["participant", "id", *cohort.params.traits], dtype="str"), log.frame()
    export = read_export(cohort.data / settings.file, f"data/{cohort.name}/{settings.file}", sheet=settings.sheet)
    columns = {folded(heading): heading for heading in export.cells.columns}
    traits = {key: cohort.codebook.traits[key] for key in cohort.params.traits}
    wanted = {settings.participant: [settings.participant]} | {key: trait.headings for key, trait in traits.items()}
    wanted |= {heading: [heading] for heading in (*settings.only, *settings.must_be)}
    raise_problems(missing_headings(columns, wanted, export.file))
    cells = rows_chosen(without_blank_rows(export, log), settings.only, export.file, log)
    column = columns[folded(settings.participant)]
    ids = cells[column].map(same_id)
    trait_columns = {key: next(columns[folded(heading)] for heading in trait.headings if folded(heading) in columns) for key, trait in traits.items()}
    groups = {key: groups_in(cells[trait_columns[key]], trait) for key, trait in traits.items()}
    raise_problems([
        *_id_problems(cohort, ids, cells[column], export.file, column), *_wrong_rows(cells, columns, settings.must_be, export.file),
        *(problem for key, trait in traits.items() for problem in _unknown_groups(cells[trait_columns[key]], trait, groups[key], export.file))])
    key = pseudonym_key(cohort.root)
    return pd.DataFrame({"participant": [pseudonym(typed, key) for typed in ids], "id": list(ids),
                         **{name: list(values) for name, values in groups.items()}}), log.frame()


def groups_in(cells: pd.Series, trait: Trait) -> pd.Series:
    """The group of each row by the trait's column; empty where its value belongs to no group."""
    labels = {folded(label): name for name, group in trait.groups.items() for label in (*group.labels, group.he, group.en)}
    return cells.map(lambda cell: labels.get(folded(cell), ""))


def _unknown_groups(cells: pd.Series, trait: Trait, groups: pd.Series, file: str):
    allowed = ", ".join(label for group in trait.groups.values() for label in group.labels)
    for row in cells.index[groups == ""]:
        yield Problem("no group of the codebook has this value", "add the label to the trait’s group, or correct the roster",
                      file, row, cells.name, cells[row], allowed)


def _id_problems(cohort: Cohort, ids: pd.Series, typed: pd.Series, file: str, column: str) -> list[Problem]:
    """IDs that are blank, damaged or repeated, and a roster that is not as long as the params say."""
    problems = [Problem("this participant has no ID", "give every participant an ID", file, row, column) for row in ids.index[ids == ""]]
    problems += [problem for row in ids.index if (problem := damaged_id(cohort, typed[row], ids[row], file, row, column))]
    problems += [Problem("this ID stands on the roster twice", "give every participant one row", file, row, column, ids[row])
                 for row in ids.index[ids.duplicated() & (ids != "")]]
    known = cohort.params.roster.participants
    if len(ids) != known:
        problems.append(Problem(f"the roster has {len(ids)} participants; the params say {known}", "correct the roster, or roster.participants in the params", file))
    return problems


def damaged_id(cohort: Cohort, typed: str, folded_id: str, file: str, row: int, column: str) -> Problem | None:
    """An ID that lost digits to a spreadsheet, or whose check digit is wrong where the params say that IDs carry one."""
    if SCIENTIFIC.fullmatch(typed.strip()):
        return Problem("a spreadsheet wrote this ID as a power of ten and its digits are lost", "export the file again with IDs as text", file, row, column, typed)
    if cohort.params.cleaning.check_digit == "israeli_id" and folded_id.isdigit() and not idnr.is_valid(folded_id.zfill(9)):
        return Problem("the check digit of this ID is wrong", "correct the ID, or name the correction under cleaning: ids", file, row, column, typed)
    return None


def _wrong_rows(cells: pd.DataFrame, columns: dict[str, str], must_be: dict[str, str], file: str):
    """Rows of another cohort, by a column that must hold one value."""
    for heading, value in must_be.items():
        column = columns[folded(heading)]
        for row in cells.index[cells[column].map(folded) != folded(value)]:
            yield Problem("this row belongs to another cohort", "remove it from the roster’s copy, or choose rows by roster.only in the params",
                          file, row, column, cells.at[row, column], value)


def missing_headings(columns: dict[str, str], wanted: dict[str, list[str]], file: str) -> list[Problem]:
    """Headings that must be there and are not, each with the nearest one that is."""
    problems = []
    for key, headings in wanted.items():
        if not any(folded(heading) in columns for heading in headings):
            near = nearest(folded(headings[-1]), columns)
            remedy = f"is it the column “{columns[near].strip()}”? add that heading to the codebook" if near else "add the column, or its heading to the codebook"
            problems.append(Problem(f"no column holds “{key}”", remedy, file, 1, allowed=" | ".join(dict.fromkeys(headings))))
    return problems


def without_blank_rows(export: Export, log: Log) -> pd.DataFrame:
    """The rows that hold anything; the others are logged."""
    blank = (export.cells.apply(lambda column: column.str.strip()) == "").all(axis=1)
    for row in export.cells.index[blank]:
        log.add("blank_row", export.file, row)
    return export.cells[~blank]


def rows_chosen(cells: pd.DataFrame, only: dict[str, str], file: str, log: Log) -> pd.DataFrame:
    """The rows whose columns hold the values of `only` (one file for several waves or cohorts); the others are logged."""
    columns = {folded(heading): heading for heading in cells.columns}
    raise_problems(missing_headings(columns, {heading: [heading] for heading in only}, file))
    for heading, value in only.items():
        column = columns[folded(heading)]
        mine = cells[column].map(folded) == folded(value)
        for row in cells.index[~mine]:
            log.add("other_wave", file, row, column, cells.at[row, column])
        cells = cells[mine]
    return cells
