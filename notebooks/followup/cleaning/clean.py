"""Raw exports made into tidy answers in the open: every row and cell is kept, changed (logged) or excluded (logged)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import compress, product

import numpy as np
import pandas as pd

from followup.cleaning.accounting import account_of, check_account
from followup.cleaning.answer_labels import OptionReader
from followup.cleaning.cleaning_log import Log, inert, joined
from followup.cleaning.linkage import correction_problems
from followup.cleaning.opposite_codes import opposite_codes
from followup.cleaning.people import keep_words
from followup.cleaning.plausible import NO_DATE, Seen, cut_off, implausible, seen_in, several_events
from followup.cleaning.records import Records, open_records
from followup.cleaning.responses import Responses
from followup.cleaning.roster import Roster, groups_in, open_roster, unknown_groups
from followup.cleaning.submissions import Submissions
from followup.problems import MOST_OF_A_KIND, InputProblems, Problem, gathered, quoted, raise_problems
from followup.store import csv_tables
from followup.store.freshness import digest
from followup.study.cohort import Cohort
from followup.study.waves import together


@dataclass(frozen=True)
class CleanWave:
    """One wave, cleaned: who answered, their answers in long form, and the account of every row and cell.

    `set_aside` are people of the roster who sent something that does not count, with the reason; `audit` the IDs that
    nobody has as they were typed.
    """

    wave: str
    respondents: pd.DataFrame
    responses: pd.DataFrame
    answers: pd.DataFrame
    log: pd.DataFrame
    flow: pd.DataFrame
    columns: pd.DataFrame
    audit: pd.DataFrame
    account: dict[str, int]
    set_aside: dict[str, str]


@dataclass(frozen=True)
class Clean:
    """A cohort, cleaned: its participants, waves and records, and the log of every decision on the way."""

    participants: pd.DataFrame
    waves: list[CleanWave]
    records: Records
    log: pd.DataFrame

    @property
    def files_with_ids(self) -> list[str]:
        """The questionnaire files whose rows carry IDs."""
        return [wave.columns["file"].iloc[0] for wave in self.waves if len(self.participants)]

    def all(self, part: str) -> pd.DataFrame:
        """One part of every wave (responses, answers, flow, columns, audit or respondents) as one table."""
        return stacked(self.waves, part)


def clean_cohort(cohort: Cohort) -> Clean:
    """Every file of a cohort, cleaned; raises `InputProblems` with the problems of all files together."""
    problems: list[Problem] = list(_unwritten(cohort))
    roster = open_roster(cohort, problems)
    keep_words(cohort, roster)
    doubts = Log()
    waves = _cleaned_waves(cohort, roster, problems, doubts)
    records = open_records(cohort, roster, problems)
    raise_problems(problems, _listed(cohort, problems))
    log = joined(roster.log, stacked(waves, "log"), doubts.frame(), records.log)
    return Clean(roster.participants, waves, records, log)


def _unwritten(cohort: Cohort) -> Iterator[Problem]:
    """Words that a drafted codebook still lacks: they would stand on the page."""
    file = f"params/questionnaires/{cohort.params.questionnaire}.yaml"
    for place, text in cohort.codebook.unwritten():
        yield Problem(
            "this is still the placeholder of the draft", "write the words", file, None, place, text, "words of yours"
        )


def _listed(cohort: Cohort, problems: list[Problem]) -> str:
    """Write many problems into a table beside the other private ones of a build; its name, "" where they are few or
    nothing is built.
    """
    path = cohort.private / "problems.csv"
    path.unlink(missing_ok=True)
    told = InputProblems(problems)
    if len(told.problems) <= MOST_OF_A_KIND or not cohort.private.is_dir():
        return ""
    headings, *rows = told.rows()
    csv_tables.write_csv(path, pd.DataFrame([[inert(cell) for cell in row] for row in rows], columns=headings))
    return f"build/{cohort.name}/private/problems.csv"


def _cleaned_waves(cohort: Cohort, roster: Roster | None, problems: list[Problem], doubts: Log) -> list[CleanWave]:
    again = dict(_same_rows_twice(cohort))
    problems += [*again.values(), *_useless_corrections(cohort, roster)]
    cleaned, seen = [], []
    for wave in cohort.waves:
        with gathered(problems):
            cleaned += [clean_wave(cohort, wave, roster, seen)] if wave not in again else []
    problems += _no_id_in_many_waves(cohort, seen)
    problems += implausible(cohort, seen, doubts)
    problems += opposite_codes(cohort, cleaned, seen)
    problems += _same_columns_twice(cohort, cleaned)
    return cleaned


def clean_wave(cohort: Cohort, wave: str, roster: Roster | None, seen: list[Seen] | None = None) -> CleanWave:
    """One wave's export cleaned by the rules of the params; raises `InputProblems` naming all that is wrong with it.

    What the wave shows as a whole is added to `seen`, also where it is refused.
    """
    rows = Submissions(cohort, wave, roster)
    rows.choose()
    rows.problems += several_events(rows)
    rows.leave_out_unanswered()
    rows.identify()
    if seen is not None:
        seen.append(seen_in(rows))
    rows.problems += cut_off(rows)
    rows.log_partial()
    read = Responses(rows)
    respondents = _respondents(rows)
    _check_enough(rows)
    raise_problems(rows.problems)
    account = account_of(rows, read.counts)
    check_account(account, rows.file)
    return CleanWave(
        wave,
        respondents,
        read.responses,
        read.answers,
        rows.log.frame(),
        rows.flow(),
        rows.columns.table(),
        rows.audit,
        account,
        _people_set_aside(rows),
    )


def _check_enough(rows: Submissions) -> None:
    """A wave needs an answer that counts, and cannot have more of them than people who were asked."""
    if not len(rows.cells):
        flow = rows.flow()
        why = ", ".join(f"{row.excluded} {row.step}" for row in flow.itertuples() if row.excluded)
        what = f"no row of this file is an answer that counts ({why})"
        rows.problems.append(
            Problem(
                what,
                f"check that it is this cohort’s file, and cleaning: in {rows.params}",
                rows.file,
                allowed="at least one answer",
            )
        )
    roster, asked = rows.cohort.params.roster, rows.settings.asked
    most = asked or (roster.participants if roster else None)
    if most is not None and len(rows.cells) > most:
        place = f"waves.{rows.wave}.asked" if asked else "roster.participants"
        what = f"{len(rows.cells)} people answered, but no more than {most} were asked"
        remedy = f"look for people who answered more than once, or correct {place} in {rows.params}"
        rows.problems.append(Problem(what, remedy, rows.file, allowed=f"up to {most} answers"))


def _people_set_aside(rows: Submissions) -> dict[str, str]:
    """Participants who sent something, none of which counts, with the rule by which the last of it was set aside."""
    if rows.roster is None or not rows.cohort.params.identified:
        return {}
    people = rows.people[rows.people.index.isin(rows.set_aside)]
    known = rows.roster.participants[rows.roster.participants["id"].isin(people)]
    names, counted = dict(zip(known["id"], known["participant"], strict=True)), set(rows.respondent)
    aside = {names[person]: rows.set_aside[row] for row, person in people.items() if person in names}
    return {name: rule for name, rule in aside.items() if name not in counted}


def _respondents(rows: Submissions) -> pd.DataFrame:
    """respondent, wave, row, day, and, in an anonymous wave, the traits that the questionnaire asked for.

    A day is None where the file has no time, or one for all waves.
    """
    table = pd.DataFrame({"respondent": rows.respondent, "wave": rows.wave, "row": rows.respondent.index})
    several = rows.cohort.params.link == "same_row"
    days = [
        None if several or time in (datetime.min, NO_DATE) else time.date().isoformat()
        for time in rows.times.loc[rows.respondent.index].tolist()
    ]
    table["day"] = pd.Series(days, index=table.index, dtype="object")
    for heading, (kind, key) in rows.columns.of.items():
        if kind == "trait":
            cells = rows.cells[heading]
            table[key] = groups_in(cells, key, rows.cohort, rows.file, rows.log)
            rows.problems += unknown_groups(cells, table[key], key, rows.cohort, rows.file, blank_too=False)
            for row, cell in cells[table[key] == ""].items():
                rows.log.add("no_group", rows.file, row, heading, cell)
    return table.iloc[np.argsort(_places(table["respondent"], rows), kind="stable")].reset_index(drop=True)


def _places(respondents: pd.Series, rows: Submissions) -> np.ndarray:
    """The place of each respondent in the order of tables."""
    return np.fromiter(map(rows.order.__getitem__, respondents.tolist()), dtype=np.int64, count=len(respondents))


# What only the waves together show ---------------------------------------------------------------------------------


def _same_rows_twice(cohort: Cohort) -> Iterator[tuple[str, Problem]]:
    """Two waves that would read the same answers: files of the same bytes that the params tell apart by nothing."""
    seen: dict[tuple, str] = {}
    for wave in cohort.waves:
        settings = cohort.params.waves[wave]
        path = cohort.data / settings.file
        if cohort.params.link == "same_row" or not path.is_file():
            continue
        told_apart = digest(path), tuple(sorted(settings.only.items())), settings.heading
        if told_apart in seen:
            what = f"this file is the same, byte for byte, as that of {seen[told_apart]}"
            remedy = "put each wave’s own export in its place; of one file with all, say by only: which rows are whose"
            yield wave, Problem(what, remedy, f"data/{cohort.name}/{settings.file}", allowed="one export a wave")
        seen[told_apart] = wave


def _same_columns_twice(cohort: Cohort, waves: list[CleanWave]) -> Iterator[Problem]:
    """Where all waves stand in one row, a column that was read for more than one."""
    if cohort.params.link != "same_row" or len(waves) < 2:
        return
    columns = pd.concat([wave.columns for wave in waves], ignore_index=True)
    items = columns[columns["kind"].isin(["item", "question", "ticked"])]
    text = {key for key, question in cohort.codebook.questions.items() if question.kind == "text"}
    again = items[items.duplicated(["column", "key"]) & ~items["key"].isin(text)].drop_duplicates(["column", "key"])
    for row in again.itertuples():
        what = "this column is read as an answer in more than one wave"
        remedy = (
            f'say in params/{cohort.name}.yaml how each wave heads its columns (waves.*.heading: "{{}} (before)"), '
            f"or name the headings of {row.key} wave by wave in the codebook (headings:)"
        )
        yield Problem(what, remedy, waves[0].columns["file"].iloc[0], 1, row.column, allowed="a column for each wave")


def _no_id_in_many_waves(cohort: Cohort, seen: list[Seen]) -> list[Problem]:
    """Answers without an ID in two waves or more, unless the params say outright that such answers are set aside."""
    without = [wave for wave in seen if wave.no_id]
    if "no_id" in cohort.params.cleaning.model_fields_set or len(without) < 2:
        return []
    what = "answers without an ID stand in more than one wave, and must never be taken for one person"
    remedy = (
        f"find out whose they are, and export again with the IDs; or set them all aside, by writing in "
        f"params/{cohort.name}.yaml:\n        cleaning:\n          no_id: quarantine"
    )
    return [
        Problem(what, remedy, wave.file, row, column, "", "the IDs on the roster")
        for wave in without
        for row, column in wave.no_id
    ]


def _useless_corrections(cohort: Cohort, roster: Roster | None) -> Iterator[Problem]:
    """Corrections in the params that lead nowhere: to an ID that nobody has, or to a text that is no option."""
    params, rules = f"params/{cohort.name}.yaml", cohort.params.cleaning
    if roster is not None and cohort.params.identified:
        yield from correction_problems(rules.ids, roster.written, params)
    readers = [OptionReader(options) for options in cohort.codebook.option_sets.values()]
    traits = [
        label
        for trait in cohort.codebook.traits.values()
        for group in trait.groups.values()
        for label in (*group.labels, group.he, group.en)
    ]
    for typed, meant in rules.spellings.items():
        if meant not in traits and not any(reader.read(meant) for reader in readers):
            what = "this correction leads to no response option, nor to a group"
            yield Problem(
                what,
                "write an option’s label as it stands in the codebook",
                params,
                column="cleaning.spellings",
                value=f"{quoted(typed)}: {quoted(meant)}",
                allowed="labels of the codebook",
            )


# Tables of all waves -----------------------------------------------------------------------------------------------


def stacked(waves: list[CleanWave], part: str) -> pd.DataFrame:
    """One part of every wave (responses, answers, log, flow, columns, audit or respondents) as one table."""
    return csv_tables.stacked([getattr(wave, part) for wave in waves])


def with_waves(participants: pd.DataFrame, waves: list[CleanWave]) -> pd.DataFrame:
    """Participants, and in `answered` the waves that each responded in; without IDs, one row a respondent."""
    seen = {wave.wave: set(wave.respondents["respondent"].tolist()) for wave in waves}
    if participants.empty:
        people = pd.concat([wave.respondents.drop(columns=["wave", "row"]) for wave in waves], ignore_index=True)
        participants = people.drop_duplicates("respondent").rename(columns={"respondent": "participant"})
    table = participants.drop(columns="id", errors="ignore").reset_index(drop=True)
    names = table["participant"].tolist()
    which = {wave: [name in people for name in names] for wave, people in seen.items()}
    texts = {row: together(compress(which, row)) for row in product((False, True), repeat=len(which))}
    return table.assign(answered=[texts[row] for row in zip(*which.values(), strict=True)])
