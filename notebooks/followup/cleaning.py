"""Raw exports made into tidy answers in the open: every row and cell is kept, changed (logged) or excluded (logged)."""

import re
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from followup.cleaning_log import RULES, Log
from followup.cohort import Answers, Cohort
from followup.exports import Export, folded, read_export
from followup.linkage import link_status, same_id, unknown_ids
from followup.problems import InputProblems, Problem, raise_problems
from followup.readings import OptionReader, Reading, is_ticked
from followup.roster import damaged_id, groups_in, missing_headings, rows_chosen, without_blank_rows

GOOGLE_TIME = re.compile(r"(\d{4}/\d{1,2}/\d{1,2} \d{1,2}:\d{2}:\d{2} [ap]m)(?: ([A-Z]{2,5}(?:[+-]\d{1,2})?))?", re.IGNORECASE)
HALF = 0.5


@dataclass(frozen=True)
class CleanWave:
    """One wave, cleaned: who answered, their answers in long form, and the account of every row and cell."""

    wave: str
    respondents: pd.DataFrame
    responses: pd.DataFrame
    answers: pd.DataFrame
    log: pd.DataFrame
    flow: pd.DataFrame
    columns: pd.DataFrame
    unknown_ids: pd.DataFrame
    account: dict[str, int]


class Submissions:
    """One wave's rows on their way from the export to the answers that count."""

    def __init__(self, cohort: Cohort, wave: str, participants: pd.DataFrame):
        self.cohort, self.wave, self.participants = cohort, wave, participants
        self.settings, self.rules, self.codebook = cohort.params.waves[wave], cohort.params.cleaning, cohort.codebook
        file = f"data/{cohort.name}/{self.settings.file}"
        self.export = read_export(cohort.data / self.settings.file, file, format=self.settings.format, sheet=self.settings.sheet)
        if self.export.cells.empty:
            raise InputProblems([Problem("the export has headings but no answers", "export it again after respondents have answered", file)])
        self.file, self.log, self.cells = file, Log(), self.export.cells
        for row, column, was, became, rule in self.export.log:
            self.log.add(rule if rule in RULES else "reader", file, row, column or "", was, became)
        self.columns = self._columns()
        previews = len({row for row, *_, rule in self.export.log if rule == "preview"})      # the reader knows them by the tool's own mark
        self.steps = [("rows", len(self.cells) + previews), *([("preview", len(self.cells))] if previews else [])]
        self.unknown_ids = unknown_ids([], participants)

    # Columns ----------------------------------------------------------------------------------------------------------

    def _columns(self) -> dict[str, tuple[str, str]]:
        """What each column of the export is: (kind, key); kind is id, submitted, trait, item, question or ignored."""
        wanted = self._wanted()
        known = {folded(name): kind_key for kind_key, names in wanted.items() for name in names}
        columns, taken = {}, {}
        for heading in self.export.cells.columns:
            names = [folded(name) for name in (heading, *self.export.alternatives.get(heading, []))]
            columns[heading] = next((known[name] for name in names if name in known), ("ignored", ""))
            taken.setdefault(columns[heading], []).append(heading)
            self._log_heading(heading, columns[heading], wanted)
        twice = {kind_key: headings for kind_key, headings in taken.items() if kind_key[0] != "ignored" and len(headings) > 1}
        raise_problems(Problem("two columns hold the same question", "rename or remove one in the export’s copy", self.file, 1, headings[1], kind_key[1] or kind_key[0])
                       for kind_key, headings in twice.items())
        self._check_all_there(columns, wanted)
        return columns

    def _wanted(self) -> dict[tuple[str, str], list[str]]:
        """(kind, key) of everything this wave may hold, with the headings it may have there."""
        wanted = {}
        for kind, questions in (("item", self.codebook.items), ("question", self.codebook.questions)):
            for key, question in questions.items():
                if self.wave in question.waves and key not in self.settings.not_asked:
                    names = [self.settings.heading.replace("{}", name) for name in question.headings_in(self.wave, key)]
                    wanted[kind, key] = names
                    if kind == "question" and question.kind == "many":
                        wanted |= self._columns_of_options(key, names)
        wanted["submitted", ""] = self.codebook.submitted_headings
        wanted["id", ""] = self.codebook.respondent_headings
        if not self.cohort.params.identified:
            wanted |= {("trait", key): self.codebook.traits[key].headings for key in self.cohort.params.traits}
        return wanted

    def _columns_of_options(self, key: str, names: list[str]) -> dict[tuple[str, str], list[str]]:
        """A question with several answers may have a column an option, headed "question [option]"."""
        return {("ticked", f"{key}:{option.code}"): [f"{name} [{label}]" for name in names for label in (option.he, option.en, *option.synonyms)]
                for option in self.codebook.options_of(key).options}

    def _log_heading(self, heading: str, kind_key: tuple[str, str], wanted: dict) -> None:
        if kind_key[0] == "ignored":
            tools_own = {folded(name) for name in self.codebook.ignored_headings}
            if not {folded(name) for name in (heading, *self.export.alternatives.get(heading, []))} & tools_own:
                self.log.add("heading_ignored", self.file, 1, heading, heading)
        elif heading not in wanted[kind_key] and not self.export.alternatives.get(heading):
            self.log.add("heading_folded", self.file, 1, heading, repr(heading), " ".join(heading.split()))

    def _check_all_there(self, columns: dict, wanted: dict) -> None:
        ticked = {key.split(":")[0] for kind, key in columns.values() if kind == "ticked"}
        need = {key or "respondent ID": names for (kind, key), names in wanted.items()
                if (kind, key) not in columns.values() and key not in ticked and (kind in ("item", "question", "trait") or kind == "id" and self.cohort.params.identified)}
        free = {folded(heading): heading for heading, (kind, _) in columns.items() if kind == "ignored"}
        raise_problems(missing_headings(free, need, self.file))

    def column(self, kind: str) -> str | None:
        """The heading of the one column of this kind."""
        return next((heading for heading, (what, _) in self.columns.items() if what == kind), None)

    def columns_table(self) -> pd.DataFrame:
        """What was made of every column: file, wave, column, kind, key."""
        rows = [(self.file, self.wave, " ".join(heading.split()), kind, key) for heading, (kind, key) in self.columns.items()]
        return pd.DataFrame(rows, columns=["file", "wave", "column", "kind", "key"])

    # Rows -------------------------------------------------------------------------------------------------------------

    def _step(self, name: str, cells: pd.DataFrame) -> None:
        self.cells = cells
        self.steps.append((name, len(cells)))

    def choose(self) -> None:
        """Take out the rows that are no submission to this wave: blank ones, another wave's, previews."""
        self._step("blank_row", without_blank_rows(self.export, self.log))
        if self.settings.only:
            self._step("other_wave", rows_chosen(self.cells, self.settings.only, self.file, self.log))
        column = self.column("id")
        if column:
            ids, previews = self.cells[column].map(same_id), {same_id(word) for word in self.rules.previews}
            trials = ids.isin(previews)
            for row in self.cells.index[trials]:
                self.log.add("preview", self.file, row, column, self.cells.at[row, column])
            if trials.any() or "preview" not in dict(self.steps):
                self._step("preview", self.cells[~trials])

    def answered(self) -> pd.Series:
        """Share (0 to 1) of the wave's items that each row answers."""
        items = {heading: key for heading, (kind, key) in self.columns.items() if kind == "item"}
        given = {heading: self.cells[heading].map(self._is_answer(heading, key)) for heading, key in items.items()}
        return pd.DataFrame(given, index=self.cells.index).astype(float).mean(axis=1)

    def _is_answer(self, heading: str, key: str) -> dict[str, bool]:
        """Whether each text of a column is an answer (or an unknown text, which `read_cells` will refuse), not a mark of none."""
        reader = self._reader(heading, key)
        return {cell: (reading := reader.read(cell)) is None or reading.code is not None for cell in self.cells[heading].unique()}

    def _reader(self, heading: str, key: str) -> OptionReader:
        return OptionReader(self.codebook.options_of(key), self.rules.spellings, self.export.missing.get(heading))

    def leave_out_unanswered(self) -> None:
        """Take out rows that answer no statement, or fewer than the params ask for; log those that answer less than half."""
        share = self.answered()
        too_few = (share == 0) | (share < self.rules.least_answered)
        for row in self.cells.index[too_few]:
            self.log.add("no_answers" if share[row] == 0 else "too_few_answers", self.file, row, "", f"{share[row]:.0%} of the statements")
        for row in self.cells.index[~too_few & (share < HALF)]:
            self.log.add("partial_kept", self.file, row, "", f"{share[row]:.0%} of the statements")
        self._step("too_few_answers", self.cells[~too_few])

    def identify(self) -> None:
        """Give every row its respondent: the participant of its ID, or, in an anonymous wave, the row itself."""
        if not self.cohort.params.identified:
            same_row = self.cohort.params.link == "same_row"
            self.cells = self.cells.assign(respondent=[f"row-{row}" if same_row else f"{self.wave}-{row}" for row in self.cells.index])
            self._check_not_more_than_roster()
            return
        column, typed = self.column("id"), self.cells[self.column("id")]
        meant = {same_id(wrong): same_id(right) for wrong, right in self.rules.ids.items()}
        ids = typed.map(same_id).map(lambda text: meant.get(text, text))
        for row in self.cells.index[ids != typed]:
            corrected = same_id(typed[row]) in meant
            self.log.add("id_corrected" if corrected else "id_folded", self.file, row, column, repr(typed[row]), ids[row])
        known = ids.isin(set(self.participants["id"]))
        self._set_strangers_aside(column, typed, ids, known)
        names = self.participants.set_index("id")["participant"]
        self._step("not_on_roster", self.cells[known].assign(respondent=ids[known].map(names), _id=ids[known]))
        self._without_duplicates()

    def _check_not_more_than_roster(self) -> None:
        roster = self.cohort.params.roster
        if roster and len(self.cells) > roster.participants:
            raise InputProblems([Problem(f"{len(self.cells)} people answered, but only {roster.participants} stand on the roster",
                                         "look for duplicate submissions, or correct roster.participants in the params", self.file)])

    def _set_strangers_aside(self, column: str, typed: pd.Series, ids: pd.Series, known: pd.Series) -> None:
        """Refuse or quarantine rows whose ID is missing, damaged or not on the roster, as the params say."""
        problems = []
        for row in self.cells.index[~known]:
            damaged = damaged_id(self.cohort, typed[row], ids[row], self.file, row, column)
            rule, decision = ("no_id", self.rules.no_id) if not ids[row] else ("not_on_roster", self.rules.not_on_roster)
            if decision == "reject" or damaged and not ids[row].isdigit():
                problems.append(damaged or self._stranger(row, column, typed[row], rule))
            self.log.add(rule, self.file, row, column, typed[row])
        raise_problems(problems)
        self.unknown_ids = unknown_ids([(self.file, row, ids[row]) for row in self.cells.index[~known]], self.participants)

    def _stranger(self, row: int, column: str, typed: str, rule: str) -> Problem:
        audit = unknown_ids([(self.file, row, same_id(typed))], self.participants)
        near = audit["nearest"].iloc[0]
        remedy = f"if it is {near}, write under cleaning: ids: {{“{typed.strip()}”: “{near}”}}" if near else "add the participant to the roster"
        what = {"no_id": "this answer has no ID", "not_on_roster": "this ID is not on the roster"}[rule]
        return Problem(what, f"{remedy}; or set such answers aside with cleaning: {rule}: quarantine", self.file, row, column, typed, "the IDs on the roster")

    def _without_duplicates(self) -> None:
        """Keep one submission a person, by the rule of the params; rows with no time of their own follow their order in the file."""
        rule, ids = self.rules.duplicates, self.cells["_id"]
        if rule == "reject" and ids.duplicated().any():
            raise InputProblems([Problem("this person answered twice", "remove one, or write cleaning: duplicates: last_complete", self.file, row, value=ids[row])
                                 for row in self.cells.index[ids.duplicated()]])
        order = pd.DataFrame({"id": ids, "time": self._times(), "complete": self.answered() >= HALF if rule == "last_complete" else True})
        order = order.sort_values(["complete", "time"], kind="stable")        # of equal times, the later row is the last
        keep = order.drop_duplicates("id", keep="first" if rule == "first" else "last").index
        for row in self.cells.index.difference(keep):
            self.log.add("duplicate", self.file, row, "", ids[row], f"another submission of this person counts ({rule})")
        self._step("duplicate", self.cells[self.cells.index.isin(keep)].drop(columns="_id"))

    def _times(self) -> pd.Series:
        """When each row was submitted; rows of a file without such a column all have the same time."""
        column = self.column("submitted")
        if column is None:
            return pd.Series(datetime.min, index=self.cells.index, dtype="object")
        times, problems = {}, []
        for row, text in self.cells[column].items():
            try:
                times[row] = read_time(text.strip(), self.settings)
            except ValueError:
                problems.append(Problem("this is not a time as the params describe it", f"correct waves.{self.wave}.date_format in the params, or the cell",
                                        self.file, row, column, text, self.settings.date_format or "2016-02-24 09:15:24; other forms need a date_format"))
                continue
            last = self.settings.closed or date.today()
            if times[row].date() > last:
                problems.append(Problem("this answer is later than the day the wave closed", f"correct the cell, or waves.{self.wave}.closed in the params",
                                        self.file, row, column, text, f"up to {last}"))
        raise_problems(problems)
        return pd.Series(times, dtype="object")

    # Cells ------------------------------------------------------------------------------------------------------------

    def read_cells(self) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, int]]:
        """Every cell of a question read by its option set: (responses, answers to other questions, counts of cells)."""
        tables, problems = {"item": [], "question": []}, []
        kinds = [kind for kind, _ in self.columns.values()]
        counts = dict.fromkeys(("cells_kept", "cells_changed", "cells_without_answer", "cells_of_free_text"), 0)
        counts["cells_kept"] = len(self.cells) * sum(kind in ("id", "submitted", "trait") for kind in kinds)
        for heading, (kind, key) in self.columns.items():
            if kind == "question" and self.codebook.questions[key].kind == "text":
                counts["cells_of_free_text"] += len(self.cells)
            elif kind in tables:
                rows, wrong = self._read_column(heading, kind, key, counts)
                tables[kind] += rows
                problems += wrong
        ticked = list(dict.fromkeys(key.split(":")[0] for kind, key in self.columns.values() if kind == "ticked"))
        for key in ticked:
            rows, wrong = self._read_ticks(key, counts)
            tables["question"] += rows
            problems += wrong
        raise_problems(problems)
        names = ["respondent", "wave", "item", "value", "missing_reason"]
        responses, answers = (pd.DataFrame(rows, columns=names).astype({"value": "Int64"}) for rows in tables.values())
        return responses, answers.rename(columns={"item": "question"}), counts

    def _read_column(self, heading: str, kind: str, key: str, counts: dict) -> tuple[list[tuple], list[Problem]]:
        """(tidy rows, problems) of one question's column."""
        many = kind == "question" and self.codebook.questions[key].kind == "many"
        reader = self._reader(heading, key)
        texts = self.cells[heading].where(self.cells[heading].str.strip() != "", "")
        with_labels = texts.isin(set(reader.labels)).any()
        rows, problems, read = [], [], {}
        for row, respondent, cell in zip(self.cells.index, self.cells["respondent"], texts, strict=True):
            if cell not in read:
                read[cell] = self._read(reader, cell, many, with_labels)
            readings = read[cell]
            if None in readings:
                problems.append(Problem("this is not an answer that the codebook knows", reader.propose(cell), self.file, row,
                                        " ".join(heading.split()), cell, reader.allowed))
                continue
            counts[_account(readings)] += 1
            for reading in readings:
                if reading.rule:
                    self.log.add(reading.rule, self.file, row, heading, cell, reading.became or f"no answer ({reading.missing})")
            rows += [(respondent, self.wave, key, reading.code, reading.missing) for reading in readings]
        return rows, problems

    def _read_ticks(self, key: str, counts: dict) -> tuple[list[tuple], list[Problem]]:
        """(tidy rows, problems) of a question whose options have a column each; a row says "none" where nothing was ticked."""
        rows, problems = [], []
        columns = {heading: int(named.split(":")[1]) for heading, (kind, named) in self.columns.items() if kind == "ticked" and named.split(":")[0] == key}
        for row, respondent in self.cells["respondent"].items():
            ticks = {heading: is_ticked(self.cells.at[row, heading]) for heading in columns}
            problems += [Problem("this says neither that the option was ticked nor that it was not", "correct the export’s copy", self.file, row,
                                 " ".join(heading.split()), self.cells.at[row, heading], "yes / no, כן / לא, 1 / 0, or empty")
                         for heading, tick in ticks.items() if tick is None]
            chosen = [columns[heading] for heading, tick in ticks.items() if tick]
            said = any(self.cells.at[row, heading].strip() for heading in columns)
            counts["cells_kept" if said else "cells_without_answer"] += len(columns)
            rows += [(respondent, self.wave, key, code, None) for code in chosen] or [(respondent, self.wave, key, None, "none_chosen" if said else "no_answer")]
        return rows, problems

    def _read(self, reader: OptionReader, cell: str, many: bool, with_labels: bool) -> list[Reading | None]:
        """The readings of a cell: one, or one for each option ticked."""
        if many:
            return reader.read_many(cell)
        if with_labels and cell.strip() in reader.codes:
            return [Reading(reader.codes[cell.strip()].code, rule="number_for_label", became=reader.codes[cell.strip()].he)]
        return [reader.read(cell)]


def _account(readings: list[Reading]) -> str:
    if all(reading.code is None for reading in readings):
        return "cells_without_answer"
    return "cells_changed" if any(reading.rule for reading in readings) else "cells_kept"


def read_time(text: str, settings: Answers) -> datetime:
    """A time in the format of the params; without one, only forms that cannot be misread (year first)."""
    if settings.date_format:
        return datetime.strptime(text, settings.date_format)
    google = GOOGLE_TIME.fullmatch(text)
    return datetime.strptime(google[1], "%Y/%m/%d %I:%M:%S %p") if google else datetime.fromisoformat(text).replace(tzinfo=None)


def clean_wave(cohort: Cohort, wave: str, participants: pd.DataFrame) -> CleanWave:
    """One wave's export cleaned by the rules of the params; raises `InputProblems` naming every problem of a step."""
    rows = Submissions(cohort, wave, participants)
    rows.choose()
    rows.leave_out_unanswered()
    rows.identify()
    responses, answers, counts = rows.read_cells()
    raw, kept = rows.export.cells, rows.cells
    ignored = sum(kind == "ignored" for kind, _ in rows.columns.values())
    account = {
        "rows": len(raw), "rows_kept": len(kept), "rows_excluded": len(raw) - len(kept), "cells": raw.size,
        "cells_in_excluded_rows": (len(raw) - len(kept)) * raw.shape[1], "cells_in_ignored_columns": len(kept) * ignored, **counts}
    check_account(account, rows.file)
    return CleanWave(wave, _respondents(rows), responses, answers, rows.log.frame(), _flow(wave, [*rows.steps, ("answered", len(kept))]),
                     rows.columns_table(), rows.unknown_ids, account)


def _respondents(rows: Submissions) -> pd.DataFrame:
    """respondent, wave, row, and, in an anonymous wave, the traits that the questionnaire asked for."""
    table = pd.DataFrame({"respondent": rows.cells["respondent"], "wave": rows.wave, "row": rows.cells.index})
    for heading, (kind, key) in rows.columns.items():
        if kind == "trait":
            table[key] = groups_in(rows.cells[heading], rows.codebook.traits[key])
            for row in table.index[table[key] == ""]:
                rows.log.add("no_group", rows.file, row, heading, rows.cells.at[row, heading])
    return table.reset_index(drop=True)


def _flow(wave: str, steps: list[tuple[str, int]]) -> pd.DataFrame:
    """The attrition flow of one wave: rows left after each step and how many it took away."""
    flow = pd.DataFrame(steps, columns=["step", "n"]).assign(wave=wave)
    flow["excluded"] = (flow["n"].shift(1) - flow["n"]).fillna(0).astype(int)
    return flow[["wave", "step", "n", "excluded"]]


def check_account(account: dict[str, int], file: str = "") -> None:
    """Stop unless raw rows and cells equal what was kept, changed and excluded."""
    rows = account["rows_kept"] + account["rows_excluded"]
    cells = sum(count for name, count in account.items() if name.startswith("cells_"))
    if rows != account["rows"] or cells != account["cells"]:
        raise InputProblems([Problem(f"{account['rows']} rows and {account['cells']} cells came in, {rows} and {cells} are accounted for",
                                     "this is a defect of cleaning, not of your data: keep the file and report it", file)])


def clean_waves(cohort: Cohort, participants: pd.DataFrame) -> list[CleanWave]:
    """Every wave of the cohort, cleaned; the problems of all files are reported together."""
    cleaned, problems = [], list(_same_file_twice(cohort))
    for wave in cohort.waves:
        try:
            cleaned.append(clean_wave(cohort, wave, participants))
        except InputProblems as error:
            problems += error.problems
    blank = [wave for wave in cleaned if (wave.log["rule"] == "no_id").any()]
    if len(blank) > 1:
        problems += [Problem("answers without an ID stand in both waves; they must not be taken for one person", "find out whose they are, or remove them",
                             cohort.params.waves[wave.wave].file) for wave in blank]
    raise_problems(problems)
    return cleaned


def _same_file_twice(cohort: Cohort):
    """Two waves whose files hold the same bytes, though the params tell them apart by nothing."""
    seen: dict[bytes, str] = {}
    for wave in cohort.waves:
        settings = cohort.params.waves[wave]
        path = cohort.data / settings.file
        if settings.only or settings.heading != "{}" or cohort.params.link == "same_row" or not path.is_file():
            continue
        content = path.read_bytes()
        if content in seen:
            yield Problem(f"this file is the same, byte for byte, as that of {seen[content]}", "put each wave’s own export in its place", f"data/{cohort.name}/{settings.file}")
        seen[content] = wave


def stacked(waves: list[CleanWave], part: str) -> pd.DataFrame:
    """One part of every wave (responses, answers, log, flow, columns or unknown_ids) as one table."""
    return pd.concat([getattr(wave, part) for wave in waves], ignore_index=True)


def columns_matched(waves: list[CleanWave]) -> pd.DataFrame:
    """How many columns of each wave's file hold items, other questions, traits, IDs and times, and how many were ignored."""
    kinds = ("item", "question", "trait", "id", "submitted", "ignored")
    return pd.DataFrame([{"wave": wave.wave, **{f"columns_{kind}": int((wave.columns["kind"] == kind).sum()) for kind in kinds}} for wave in waves])


def accounts(waves: list[CleanWave]) -> pd.DataFrame:
    """The account of each wave's rows and cells, one row a wave."""
    return pd.DataFrame([{"wave": wave.wave, **wave.account} for wave in waves])


def with_waves(participants: pd.DataFrame, waves: list[CleanWave]) -> pd.DataFrame:
    """Participants with who responded in which wave and how their answers link; without IDs, one row a respondent."""
    seen = {wave.wave: set(wave.respondents["respondent"]) for wave in waves}
    if participants.empty:
        people = pd.concat([wave.respondents.drop(columns=["wave", "row"]) for wave in waves], ignore_index=True)
        participants = people.drop_duplicates("respondent").rename(columns={"respondent": "participant"})
    table = participants.drop(columns="id", errors="ignore").reset_index(drop=True)
    for wave in ("programme_end", "follow_up"):
        table[f"responded_{wave}"] = table["participant"].isin(seen.get(wave, set()))
    table["link"] = link_status(table["responded_programme_end"], table["responded_follow_up"])
    return table

