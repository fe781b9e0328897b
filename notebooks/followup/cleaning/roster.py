"""The roster: who took part, by pseudonym, with the traits the study compares. Names never leave the raw file."""

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from stdnum.il import idnr

from followup.cleaning.cleaning_log import Log
from followup.cleaning.identifiers import COLUMNS, words_of_roster
from followup.cleaning.linkage import clear_candidate, likest, loose_ids, loosely, pseudonym, same_id, simplified
from followup.exports.read import Export, read_export
from followup.language import folded, is_blank
from followup.problems import Problem, gathered, nearest, quoted, to_paste
from followup.study.codebook import Trait
from followup.study.cohort import Cohort
from followup.study.institute_key import institute_key

SCIENTIFIC = re.compile(r"\d([.,]\d+)?E[+]?\d+", re.IGNORECASE)
MISSPELT_GROUP = "no group of the codebook has this value"


@dataclass(frozen=True)
class Roster:
    """The sampling frame as read.

    `participants`: participant (a pseudonym), id (as it is compared) and one column a trait, ordered by ID; empty where
    answers carry no IDs. `written`: each ID as the roster writes it. `people`: how many stand on it, None without one.
    `words`: by which somebody would know a participant.
    """

    participants: pd.DataFrame
    written: dict[str, str]
    log: pd.DataFrame
    people: int | None
    words: pd.DataFrame

    def meant(self, ids: pd.Series) -> pd.Series:
        """IDs as they are compared; one that nobody has becomes the only one that differs in signs or zeros alone."""
        strange = np.array([bool(one) and one not in self.written for one in ids.tolist()], dtype=bool)
        if not strange.any():
            return ids
        return ids.where(~strange, ids[strange].map(lambda one: self.loose.get(loosely(one), one)))

    @cached_property
    def loose(self) -> dict[str, str]:
        """Each ID by its loose form."""
        return loose_ids(self.participants["id"].tolist())

    @cached_property
    def simplified(self) -> dict[str, str]:
        """Each ID as the roster writes it, with what near misses are looked up by."""
        return simplified(self.written.values())


def open_roster(cohort: Cohort, problems: list[Problem]) -> Roster | None:
    """The roster as far as it can be read, with what is wrong added to `problems`; None when its IDs cannot be read."""
    settings, log = cohort.params.roster, Log()
    if settings is None:
        return Roster(nobody(cohort), {}, log.frame(), None, pd.DataFrame(columns=COLUMNS))
    with gathered(problems):
        return _read(cohort, log, problems)
    return None


def _read(cohort: Cohort, log: Log, problems: list[Problem]) -> Roster | None:
    settings = cohort.params.roster
    export = read_export(cohort.data / settings.file, f"data/{cohort.name}/{settings.file}", sheet=settings.sheet)
    log.take(export)
    columns = {folded(heading): heading for heading in export.cells.columns}
    problems += _missing_columns(cohort, columns, export.file)
    cells = without_blank_rows(export, log)
    where = f"roster.only in params/{cohort.name}.yaml"
    cells = rows_chosen(cells, settings.only, where, export.file, log, "other_cohort", problems)
    problems += _wrong_rows(cells, columns, settings.must_be, export.file)
    if folded(settings.participant) not in columns:
        return None
    column = columns[folded(settings.participant)]
    ids = cells[column].map(same_id)
    problems += _id_problems(cohort, ids, cells[column], export.file, column)
    groups = _groups(cohort, cells, columns, export.file, log, problems) if cohort.params.identified else {}
    written = dict(zip(ids.tolist(), (" ".join(typed.split()) for typed in cells[column].tolist()), strict=True))
    participants = _pseudonyms(cohort, cells.assign(id=ids, **groups)) if cohort.params.identified else nobody(cohort)
    return Roster(participants, written, log.frame(), len(cells), words_of_roster(cells, cohort))


def nobody(cohort: Cohort) -> pd.DataFrame:
    """No participants: a cohort without a roster, or whose answers carry no IDs."""
    return pd.DataFrame(columns=["participant", "id", *cohort.params.traits], dtype="str")


def _pseudonyms(cohort: Cohort, people: pd.DataFrame) -> pd.DataFrame:
    """The participants under their pseudonyms, with ID and groups, in the order of their IDs."""
    key = institute_key()
    people = people.assign(participant=[pseudonym(known, key) for known in people["id"].tolist()])
    ordered = people.iloc[_in_order(people["id"].tolist())]
    return ordered[["participant", "id", *cohort.params.traits]].astype("str").reset_index(drop=True)


def _in_order(ids: list[str]) -> list[int]:
    """The places of IDs in their natural order; of equally long ones that differ in digits at the end alone it is that of the texts."""
    heads = {one.rstrip("0123456789") for one in ids}
    plain = len(heads) == 1 and len({len(one) for one in ids}) == 1
    return sorted(range(len(ids)), key=ids.__getitem__ if plain else lambda place: _natural(ids[place]))


def _natural(text: str) -> tuple:
    """A key by which "9" comes before "10", whatever stands around the digits."""
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", text) if part)


# Columns -----------------------------------------------------------------------------------------------------------


def _missing_columns(cohort: Cohort, columns: dict[str, str], file: str) -> list[Problem]:
    """What the params and the codebook look for on the roster and is not there."""
    settings, params = cohort.params.roster, f"params/{cohort.name}.yaml"
    wanted = [("the participants’ IDs", [settings.participant], f"roster.participant in {params}")]
    for key in cohort.params.traits if cohort.params.identified else ():
        place = f"traits.{key}.headings in params/questionnaires/{cohort.params.questionnaire}.yaml"
        wanted.append((f"the trait “{key}”", cohort.codebook.traits[key].headings, place))
    wanted += [(f"“{heading}”", [heading], f"roster.must_be in {params}") for heading in settings.must_be]
    return [
        missing_column(what, headings, columns, file, place)
        for what, headings, place in wanted
        if not any(folded(heading) in columns for heading in headings)
    ]


def missing_column(what: str, headings: list[str], columns: dict[str, str], file: str, place: str) -> Problem:
    """A column that must be there and is not; `place` is where its heading is named."""
    near = next((found for heading in headings if (found := nearest(folded(heading), columns))), None)
    remedy = f"add the column, or correct {place}"
    if near:
        shown = " ".join(columns[near].split())
        remedy = f"if it is the column “{shown}”, write {quoted(shown)} in {place}"
    allowed = " | ".join(dict.fromkeys(" ".join(heading.split()) for heading in headings))
    there = ", ".join(f"“{' '.join(heading.split())}”" for heading in list(columns.values())[:12])
    return Problem(f"no column holds {what}; the headings of this file are {there}", remedy, file, 1, allowed=allowed)


# Rows --------------------------------------------------------------------------------------------------------------


def without_blank_rows(export: Export, log: Log) -> pd.DataFrame:
    """The rows that hold anything; the others are logged."""
    blank = export.cells
    for heading in export.cells:
        blank = blank[blank[heading].map(is_blank).astype(bool)]
    for row in blank.index:
        log.add("blank_row", export.file, row)
    return export.cells.drop(index=blank.index) if len(blank) else export.cells


def rows_chosen(
    cells: pd.DataFrame, only: dict[str, str], where: str, file: str, log: Log, rule: str, problems: list[Problem]
) -> pd.DataFrame:
    """The rows whose columns hold the values of `only`, which the params name at `where`; the others are logged."""
    columns = {folded(heading): heading for heading in cells.columns}
    for heading, value in only.items():
        column = columns.get(folded(heading))
        if column is None:
            problems.append(missing_column(f"“{heading}”", [heading], columns, file, where))
            continue
        mine = cells[column].map(folded) == folded(value)
        if not mine.any():
            there = ", ".join(sorted({" ".join(cell.split()) for cell in cells[column]})[:8])
            problems.append(
                Problem(
                    "no row has the value by which rows are chosen",
                    f"correct {where}",
                    file,
                    None,
                    column,
                    value,
                    there,
                )
            )
            continue
        for row, cell in cells.loc[~mine, column].items():
            log.add(rule, file, row, column, cell)
        cells = cells[mine]
    return cells


def _wrong_rows(cells: pd.DataFrame, columns: dict[str, str], must_be: dict[str, str], file: str):
    """Rows of another cohort, by a column that must hold one value."""
    for heading, value in must_be.items():
        column = columns.get(folded(heading))
        if column is None:
            continue
        for row in cells.index[cells[column].map(folded) != folded(value)]:
            remedy = "put the right cohort’s roster in its place, or leave such rows out by roster.only in the params"
            yield Problem(
                "this row belongs to another cohort", remedy, file, row, column, cells.loc[row, column], value
            )


# IDs ---------------------------------------------------------------------------------------------------------------


def _id_problems(cohort: Cohort, ids: pd.Series, typed: pd.Series, file: str, column: str) -> list[Problem]:
    """IDs that are blank, damaged or repeated, and a roster that is not as long as the params say."""
    problems = [
        Problem(
            "this participant has no ID", "give everybody an ID", file, row, column, typed[row], "an ID of one’s own"
        )
        for row in ids.index[ids == ""]
    ]
    problems += [
        found
        for row, written, compared in zip(typed.index, typed.tolist(), ids.tolist(), strict=True)
        if (found := damaged_id(cohort, written, compared, file, row, column, {}))
    ]
    problems += [
        Problem(
            "this ID stands on the roster more than once",
            "give every participant one row and an ID of one’s own",
            file,
            row,
            column,
            typed[row],
            "each ID once",
        )
        for row in ids.index[ids.duplicated(keep=False) & (ids != "")]
    ]
    known = cohort.params.roster.participants
    if len(ids) != known:
        remedy = f"complete the roster, or write the right number in params/{cohort.name}.yaml:"
        remedy += to_paste("roster", line=f"participants: {len(ids)}")
        what = "the roster does not have as many participants as the params say"
        problems.append(Problem(what, remedy, file, value=str(len(ids)), allowed=str(known)))
    return problems


def damaged_id(
    cohort: Cohort, typed: str, compared: str, file: str, row: int, column: str, roster: dict[str, str]
) -> Problem | None:
    """An ID that lost digits to a spreadsheet, or whose check digit is wrong where IDs carry one."""
    if SCIENTIFIC.fullmatch(typed.strip()):
        what = "a spreadsheet wrote this ID as a power of ten, and its digits are lost"
        return Problem(what, "export the file again with IDs as text", file, row, column, typed, "the ID in full")
    checked = cohort.params.cleaning.check_digit == "israeli_id" and compared.isdecimal()
    if checked and not idnr.is_valid(compared.zfill(9)):
        what = "the check digit of this ID is wrong, so at least one digit was mistyped"
        return Problem(what, id_proposal(cohort, typed, roster), file, row, column, typed, "an ID with its check digit")
    return None


def id_proposal(cohort: Cohort, typed: str, roster: dict[str, str]) -> str:
    """What to do about an ID that nobody on the roster has; `roster` is what `simplified` made of the roster's IDs."""
    found, params = likest(typed, roster), f"params/{cohort.name}.yaml"
    if near := clear_candidate(found):
        block = to_paste("cleaning", "ids", line=f"{quoted(' '.join(typed.split()))}: {quoted(near)}")
        return f"find out whose it is; if it is {near}, write in {params}:{block}"
    if found:
        block = to_paste("cleaning", "ids", line=f'{quoted(" ".join(typed.split()))}: "…"')
        names = " or ".join(written for written, _ in found)
        return f"find out whose it is ({names}?), and write in {params} which was meant:{block}"
    return (
        "find out whose it is (a row of totals is nobody’s); then add the participant to the roster, "
        "or correct the ID at its source and export again"
    )


# Groups ------------------------------------------------------------------------------------------------------------


def _groups(
    cohort: Cohort, cells: pd.DataFrame, columns: dict[str, str], file: str, log: Log, problems: list[Problem]
) -> dict[str, pd.Series]:
    """The group of every participant by each trait whose column is there."""
    found = {}
    for key in cohort.params.traits:
        heading = next((folded(name) for name in cohort.codebook.traits[key].headings if folded(name) in columns), None)
        column = cells[columns[heading]] if heading else pd.Series("", index=cells.index)
        found[key] = groups_in(column, key, cohort, file, log)
        if heading:
            problems += unknown_groups(column, found[key], key, cohort, file, blank_too=True)
    return found


def groups_in(cells: pd.Series, key: str, cohort: Cohort, file: str, log: Log) -> pd.Series:
    """The group of each row by a trait's column; empty where its value belongs to no group. Corrections are logged."""
    labels, meant = _labels(cohort.codebook.traits[key]), cohort.params.cleaning.spellings
    corrections = {folded(typed): folded(right) for typed, right in meant.items()}
    groups = cells.map(lambda cell: labels.get(folded(cell), ""))
    for row in groups.index[groups == ""]:
        corrected = labels.get(corrections.get(folded(cells[row]), ""), "")
        if corrected:
            groups[row] = corrected
            log.add("spelling", file, row, str(cells.name), cells[row], corrected)
    return groups


def _labels(trait: Trait) -> dict[str, str]:
    return {
        folded(label): name for name, group in trait.groups.items() for label in (*group.labels, group.he, group.en)
    }


def unknown_groups(cells: pd.Series, groups: pd.Series, key: str, cohort: Cohort, file: str, blank_too: bool):
    """Problems for the rows whose value belongs to no group."""
    trait, book = cohort.codebook.traits[key], f"params/questionnaires/{cohort.params.questionnaire}.yaml"
    allowed = ", ".join(label for group in trait.groups.values() for label in group.labels)
    for row in groups.index[groups == ""]:
        text = " ".join(cells[row].split())
        if not folded(text) and not blank_too:
            continue
        near = nearest(folded(text), _labels(trait)) if text else None
        remedy = f"add {quoted(text)} to the labels of its group, under traits.{key}.groups in {book}"
        if near:
            name = _labels(trait)[near]
            place = f"traits.{key}.groups.{name}.labels in {book}"
            remedy = f"if it belongs to “{trait.groups[name].en}”, add {quoted(text)} to {place}"
        elif not text:
            remedy = "fill in the cell"
        column = " ".join(str(cells.name).split())
        yield Problem(MISSPELT_GROUP, remedy, file, row, column, cells[row], allowed)
