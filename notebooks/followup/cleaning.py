"""Raw exports made into tidy answers in the open: every row and cell is kept, changed (logged) or excluded (logged)."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from followup.codebook import Codebook, OptionSet
from followup.cohort import Cohort
from followup.exports import Export, folded, read_export
from followup.linkage import link_status, pseudonym, pseudonym_key, same_id
from followup.problems import InputProblems, Problem, nearest, raise_problems

LOG_COLUMNS = ["file", "row", "column", "was", "became", "rule"]
GOOGLE_TIME = re.compile(r"(\d{4}/\d{1,2}/\d{1,2} \d{1,2}:\d{2}:\d{2} [ap]m)(?: ([A-Z]{2,5}(?:[+-]\d{1,2})?))?", re.IGNORECASE)
INVISIBLE = "invisible_signs"
RULES = {
    "blank_row", "preview", "no_id", "not_on_roster", "self_nomination", "duplicate", "id_folded", "heading_folded", "heading_ignored",
    INVISIBLE, "synonym", "number_for_label", "missing_label", "no_answer", "free_text",
}


@dataclass(frozen=True)
class CleanWave:
    """One wave, cleaned: who answered, their answers in long form, and the account of every row and cell."""

    wave: str
    respondents: pd.DataFrame
    responses: pd.DataFrame
    answers: pd.DataFrame
    log: pd.DataFrame
    flow: pd.DataFrame
    account: dict[str, int]


@dataclass(frozen=True)
class Reading:
    """What one cell says: a code, or why there is none, and the rule that was needed to read it."""

    code: int | None = None
    missing: str | None = None
    rule: str | None = None
    became: str = ""


class OptionReader:
    """Reads the cells of questions that share one option set."""

    def __init__(self, options: OptionSet):
        self.labels = {label: option for option in options.options for label in (option.he, option.en, str(option.code))}
        self.folded = {folded(label): option for label, option in self.labels.items()}
        self.synonyms = {folded(label): option for option in options.options for label in option.synonyms}
        self.missing = {folded(label): gone for gone in options.missing for label in (gone.he, gone.en, *gone.written)}

    @property
    def allowed(self) -> str:
        options = {option.code: option for option in self.labels.values()}
        return " · ".join(f"{code} {option.he}" for code, option in options.items())

    def read(self, cell: str) -> Reading | None:
        """The reading of a cell, or None when it is no answer that the codebook knows."""
        if not cell.strip():
            return Reading(missing="no_answer", rule="no_answer")
        if cell in self.labels:
            return Reading(self.labels[cell].code)
        text = folded(_digits_folded(cell))
        for known, rule in ((self.folded, INVISIBLE), (self.synonyms, "synonym")):
            if text in known:
                return Reading(known[text].code, rule=rule, became=known[text].he)
        if text in self.missing:
            return Reading(missing=self.missing[text].reason, rule="missing_label")
        return None

    def propose(self, cell: str) -> str:
        near = nearest(folded(cell), [*self.folded, *self.synonyms])
        if near:
            return f"did you mean “{near}”? correct the export's copy, or add the spelling to the option's synonyms in the codebook"
        return "correct the export's copy, or add the label to the codebook (options, synonyms or missing)"


def _digits_folded(cell: str) -> str:
    """Digits of any script as 0-9 (an Arabic-Indic 4 is a 4)."""
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in cell)


class Log:
    """The cleaning log under way."""

    def __init__(self):
        self.entries: list[tuple] = []

    def add(self, rule: str, file: str, row: int | None = None, column: str = "", was: object = "", became: object = "") -> None:
        assert rule in RULES, rule
        self.entries.append((file, row, " ".join(column.split()), str(was), str(became), rule))

    def frame(self) -> pd.DataFrame:
        return pd.DataFrame(self.entries, columns=LOG_COLUMNS).astype({"row": "Int64"})


def read_roster(cohort: Cohort) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The roster as (participants, log): one row a participant, traits as the codebook's groups; names are left behind."""
    settings, log = cohort.params.roster, Log()
    if settings is None:
        return pd.DataFrame(columns=["participant", "id", *cohort.params.traits]), log.frame()
    export = read_export(cohort.data / settings.file, f"data/{cohort.name}/{settings.file}", settings.sheet)
    columns = {folded(heading): heading for heading in export.cells.columns}
    problems = _missing_headings(columns, {settings.participant: [settings.participant]}, export.file)
    traits = {key: cohort.codebook.traits[key] for key in cohort.params.traits}
    problems += _missing_headings(columns, {key: trait.headings for key, trait in traits.items()}, export.file)
    raise_problems(problems)
    cells = _without_blank_rows(export, log)
    ids = cells[columns[folded(settings.participant)]].map(same_id)
    participants = pd.DataFrame({"participant": _pseudonyms(cohort, ids), "id": ids}, index=cells.index)
    problems = _id_problems(ids, export.file, settings)
    for key, trait in traits.items():
        column = next(columns[folded(heading)] for heading in trait.headings if folded(heading) in columns)
        labels = {folded(label): name for name, group in trait.groups.items() for label in (*group.labels, group.he, group.en)}
        participants[key] = cells[column].map(lambda cell, labels=labels: labels.get(folded(cell), ""))
        problems += [
            Problem("no group of the codebook has this value", "add the label to the trait's group, or correct the roster", export.file,
                    row, column, cells.at[row, column], ", ".join(label for g in trait.groups.values() for label in g.labels))
            for row in cells.index[participants[key] == ""]]
    raise_problems(problems)
    return participants.reset_index(drop=True), log.frame()


def _pseudonyms(cohort: Cohort, ids: pd.Series) -> pd.Series:
    key = pseudonym_key(cohort.root)
    return ids.map(lambda typed: pseudonym(typed, key))


def _id_problems(ids: pd.Series, file: str, settings) -> list[Problem]:
    """Blank or repeated IDs, and a roster that is not as long as the params say."""
    problems = [Problem("this participant has no ID", "give every participant an ID", file, row, settings.participant) for row in ids.index[ids == ""]]
    problems += [Problem("this ID stands on the roster twice", "give every participant one row", file, row, settings.participant, ids[row])
                 for row in ids.index[ids.duplicated() & (ids != "")]]
    if len(ids) != settings.participants:
        problems.append(Problem(f"the roster has {len(ids)} participants; the params say {settings.participants}",
                                "correct the roster, or roster.participants in the params", file))
    return problems


def _missing_headings(columns: dict[str, str], wanted: dict[str, list[str]], file: str) -> list[Problem]:
    """Headings that must be there and are not, each with the nearest one that is."""
    problems = []
    for key, headings in wanted.items():
        if not any(folded(heading) in columns for heading in headings):
            near = nearest(folded(headings[-1]), columns)
            remedy = f"is it the column “{columns[near].strip()}”? add that heading to the codebook" if near else "add the column, or its heading to the codebook"
            problems.append(Problem(f"no column holds “{key}”", remedy, file, 1, allowed=" | ".join(headings)))
    return problems


def _without_blank_rows(export: Export, log: Log) -> pd.DataFrame:
    blank = export.cells.apply(lambda column: column.str.strip() == "").all(axis=1)
    for row in export.cells.index[blank]:
        log.add("blank_row", export.file, row)
    return export.cells[~blank]


def clean_wave(cohort: Cohort, wave: str, participants: pd.DataFrame) -> CleanWave:
    """One wave's export cleaned by the rules of the params; raises `InputProblems` naming every problem in it."""
    settings, log = cohort.params.waves[wave], Log()
    export = read_export(cohort.data / settings.file, f"data/{cohort.name}/{settings.file}")
    if export.cells.empty:
        raise InputProblems([Problem("the export has headings but no answers", "export it again after respondents have answered", export.file)])
    columns = _columns(cohort, wave, export, log)
    cells = _without_blank_rows(export, log)
    steps = [("rows", len(export.cells)), ("blank_row", len(cells))]
    cells, steps = _identified(cohort, wave, cells, columns, participants, export, log, steps)
    responses, answers, counts = _values(cohort.codebook, wave, cells, columns, export, log)
    respondents = cells[["respondent"]].assign(wave=wave).reset_index(names="row")[["respondent", "wave", "row"]]
    account = {
        "rows": len(export.cells), "rows_kept": len(cells), "rows_excluded": len(export.cells) - len(cells),
        "cells": export.cells.size, "cells_in_excluded_rows": (len(export.cells) - len(cells)) * export.cells.shape[1],
        "cells_in_ignored_columns": len(cells) * sum(kind == "ignored" for kind, _ in columns.values()), **counts,
    }
    return CleanWave(wave, respondents, responses, answers, log.frame(), _flow(wave, steps), account)


def _columns(cohort: Cohort, wave: str, export: Export, log: Log) -> dict[str, tuple[str, str]]:
    """What each column of the export is: (kind, key); kind is id, submitted, item, question or ignored."""
    codebook = cohort.codebook
    wanted = {key: ("item", question) for key, question in codebook.items.items() if wave in question.waves}
    wanted |= {key: ("question", question) for key, question in codebook.questions.items() if wave in question.waves}
    known = {folded(heading): (kind, key) for key, (kind, question) in wanted.items() for heading in question.headings_in(wave, key)}
    known |= {folded(heading): ("submitted", "") for heading in codebook.submitted_headings}
    known |= {folded(heading): ("id", "") for heading in codebook.respondent_headings}
    columns = {heading: known.get(folded(heading), ("ignored", "")) for heading in export.cells.columns}
    for heading, (kind, key) in columns.items():
        if kind == "ignored":
            log.add("heading_ignored", export.file, 1, heading, heading)
        elif key and heading not in wanted[key][1].headings_in(wave, key):
            log.add("heading_folded", export.file, 1, heading, repr(heading), " ".join(heading.split()))
    present = {folded(heading): heading for heading in export.cells.columns}
    need = {key: question.headings_in(wave, key) for key, (_, question) in wanted.items()}
    if cohort.params.identified:
        need["respondent ID"] = codebook.respondent_headings
    raise_problems(_missing_headings(present, need, export.file))
    return columns


def _identified(cohort: Cohort, wave: str, cells: pd.DataFrame, columns: dict, participants: pd.DataFrame, export: Export, log: Log, steps: list):
    """The rows that count, each with its respondent: previews, strangers and duplicates are excluded by the params' rules."""
    if not cohort.params.identified:
        names = [f"row-{row}" if cohort.params.link == "same_row" else f"{wave}-{row}" for row in cells.index]
        return cells.assign(respondent=names), [*steps, ("answered", len(cells))]
    column = next(heading for heading, (kind, _) in columns.items() if kind == "id")
    ids, rules = cells[column].map(same_id), cohort.params.cleaning
    preview = ids.isin({same_id(word) for word in rules.previews})
    for row in cells.index[preview]:
        log.add("preview", export.file, row, column, cells.at[row, column])
    cells, ids = cells[~preview], ids[~preview]
    steps = [*steps, ("preview", len(cells))]
    for row in cells.index[ids != cells[column]]:
        log.add("id_folded", export.file, row, column, repr(cells.at[row, column]), ids[row])
    known = ids.isin(set(participants["id"]))
    strangers = [_stranger(export.file, row, column, cells.at[row, column], participants) for row in cells.index[~known]]
    if strangers and rules.not_on_roster == "reject":
        raise InputProblems(strangers)
    for row in cells.index[~known]:
        log.add("no_id" if not ids[row] else "not_on_roster", export.file, row, column, cells.at[row, column])
    cells, ids = cells[known], ids[known]
    steps = [*steps, ("not_on_roster", len(cells))]
    kept = _without_duplicates(cohort, wave, cells, ids, columns, export, log)
    names = participants.set_index("id")["participant"]
    return kept.assign(respondent=ids[kept.index].map(names)), [*steps, ("duplicate", len(kept)), ("answered", len(kept))]


def _stranger(file: str, row: int, column: str, typed: str, participants: pd.DataFrame) -> Problem:
    near = nearest(same_id(typed), participants["id"])
    remedy = f"is it {near}? correct the export's copy" if near else "add the participant to the roster"
    what = "this answer has no ID" if not typed.strip() else "this ID is not on the roster"
    return Problem(what, f"{remedy}, or write cleaning: not_on_roster: quarantine", file, row, column, typed)


def _without_duplicates(cohort: Cohort, wave: str, cells: pd.DataFrame, ids: pd.Series, columns: dict, export: Export, log: Log) -> pd.DataFrame:
    """One submission a person: the last or first by its time (by row when no time is exported), or none at all."""
    rule = cohort.params.cleaning.duplicates
    order = _submitted(cohort, wave, cells, columns, export)
    if rule == "reject" and ids.duplicated().any():
        raise InputProblems([Problem("this person answered twice", "remove one, or write cleaning: duplicates: last", export.file, row, value=ids[row])
                             for row in cells.index[ids.duplicated()]])
    ranked = pd.DataFrame({"id": ids, "time": order}).sort_values("time", kind="stable")      # equal times: the later row
    keep = ranked.drop_duplicates("id", keep=rule).index if rule != "reject" else ranked.index
    for row in cells.index.difference(keep):
        log.add("duplicate", export.file, row, "", ids[row], f"kept the {rule}")
    return cells[cells.index.isin(keep)]


def _submitted(cohort: Cohort, wave: str, cells: pd.DataFrame, columns: dict, export: Export) -> pd.Series:
    """When each row was submitted; rows without such a column all have the same time."""
    column = next((heading for heading, (kind, _) in columns.items() if kind == "submitted"), None)
    if column is None:
        return pd.Series(datetime.min, index=cells.index, dtype="object")
    settings, times, problems = cohort.params.waves[wave], {}, []
    for row, text in cells[column].items():
        try:
            times[row] = _time(text.strip(), settings)
        except ValueError:
            problems.append(Problem("this is not a time as the params describe it", "correct waves.….date_format in the params, or the cell",
                                    export.file, row, column, text, settings.date_format or "2016/02/24 9:15:24 AM GMT+2"))
            continue
        if settings.closed and times[row].date() > settings.closed:
            problems.append(Problem("this answer is later than the day the wave closed", "correct the cell, or waves.….closed in the params",
                                    export.file, row, column, text, f"up to {settings.closed}"))
    raise_problems(problems)
    return pd.Series(times, dtype="object")


def _time(text: str, settings) -> datetime:
    if settings.format == "google_forms" and not settings.date_format:
        match = GOOGLE_TIME.fullmatch(text)
        if not match:
            raise ValueError(text)
        return datetime.strptime(match[1], "%Y/%m/%d %I:%M:%S %p")
    if not settings.date_format:
        raise ValueError("no date_format")
    return datetime.strptime(text, settings.date_format)


def _values(codebook: Codebook, wave: str, cells: pd.DataFrame, columns: dict, export: Export, log: Log):
    """Every cell of a question read by its option set: (responses, answers, counts of cells)."""
    responses, answers, problems = [], [], []
    counts = dict.fromkeys(("cells_kept", "cells_changed", "cells_without_answer", "cells_of_free_text"), 0)
    counts["cells_kept"] = len(cells) * sum(kind in ("id", "submitted") for kind, _ in columns.values())
    for heading, (kind, key) in columns.items():
        if kind not in ("item", "question"):
            continue
        if kind == "question" and codebook.questions[key].kind == "text":
            counts["cells_of_free_text"] += len(cells)
            continue
        reader, many = OptionReader(codebook.options_of(key)), kind == "question" and codebook.questions[key].kind == "many"
        for row, cell in cells[heading].items():
            readings = [reader.read(part) for part in (cell.split(";") if many else [cell])]
            if None in readings:
                problems.append(Problem("this is not an answer that the codebook knows", reader.propose(cell), export.file, row,
                                        " ".join(heading.split()), cell, reader.allowed))
                continue
            counts[_account(readings)] += 1
            _log_readings(readings, export.file, row, heading, cell, log)
            table = responses if kind == "item" else answers
            table += [(cells.at[row, "respondent"], wave, key, reading.code, reading.missing) for reading in readings]
    raise_problems(problems)
    names = ["respondent", "wave", "item", "value", "missing_reason"]
    frames = (pd.DataFrame(rows, columns=names).astype({"value": "Int64"}) for rows in (responses, answers))
    responses, answers = frames
    return responses, answers.rename(columns={"item": "question"}), counts


def _account(readings: list[Reading]) -> str:
    if all(reading.code is None for reading in readings):
        return "cells_without_answer"
    return "cells_changed" if any(reading.rule for reading in readings) else "cells_kept"


def _log_readings(readings: list[Reading], file: str, row: int, heading: str, cell: str, log: Log) -> None:
    for reading in readings:
        if reading.rule:
            log.add(reading.rule, file, row, heading, cell, reading.became or f"no answer ({reading.missing})")


def _flow(wave: str, steps: list[tuple[str, int]]) -> pd.DataFrame:
    """The attrition flow of one wave: rows left after each step and how many it took away."""
    flow = pd.DataFrame(steps, columns=["step", "n"]).assign(wave=wave)
    flow["excluded"] = (flow["n"].shift(1) - flow["n"]).fillna(0).astype(int)
    return flow[["wave", "step", "n", "excluded"]]


def clean_waves(cohort: Cohort, participants: pd.DataFrame) -> list[CleanWave]:
    """Every wave of the cohort, cleaned; the problems of all files are reported together."""
    cleaned, problems = [], []
    for wave in cohort.waves:
        try:
            cleaned.append(clean_wave(cohort, wave, participants))
        except InputProblems as error:
            problems += error.problems
    raise_problems(problems)
    for wave in cleaned:
        check_account(wave.account, cohort.params.waves[wave.wave].file)
    return cleaned


def stacked(waves: list[CleanWave], part: str) -> pd.DataFrame:
    """One part of every wave (responses, answers, log or flow) as one table."""
    return pd.concat([getattr(wave, part) for wave in waves], ignore_index=True)


def accounts(waves: list[CleanWave]) -> pd.DataFrame:
    """The account of each wave's rows and cells, one row a wave."""
    return pd.DataFrame([{"wave": wave.wave, **wave.account} for wave in waves])


def joined_logs(*logs: pd.DataFrame) -> pd.DataFrame:
    """Several logs as one, in the order given."""
    return pd.concat([log for log in logs if len(log)] or [Log().frame()], ignore_index=True)


def rules_used(log: pd.DataFrame) -> pd.DataFrame:
    """How often each rule was applied to each file: file, rule, n."""
    return log.groupby(["file", "rule"], sort=True).size().rename("n").reset_index()


def with_waves(participants: pd.DataFrame, waves: list[CleanWave]) -> pd.DataFrame:
    """Participants with who responded in which wave and how their answers link; without a roster, one row a respondent."""
    seen = {wave.wave: set(wave.respondents["respondent"]) for wave in waves}
    if participants.empty:
        names = list(dict.fromkeys(name for wave in waves for name in wave.respondents["respondent"]))
        participants = pd.DataFrame({"participant": names})
    table = participants.drop(columns="id", errors="ignore").copy()
    for wave in ("programme_end", "follow_up"):
        table[f"responded_{wave}"] = table["participant"].isin(seen.get(wave, set()))
    table["link"] = link_status(table["responded_programme_end"], table["responded_follow_up"])
    return table


def check_account(account: dict[str, int], file: str = "") -> None:
    """Stop unless raw rows and cells equal what was kept, changed and excluded."""
    rows = account["rows_kept"] + account["rows_excluded"]
    cells = sum(count for name, count in account.items() if name.startswith("cells_"))
    if rows != account["rows"] or cells != account["cells"]:
        raise InputProblems([Problem(f"{account['rows']} rows and {account['cells']} cells came in, {rows} and {cells} are accounted for",
                                     "this is a defect of cleaning, not of your data: keep the file and report it", file)])
