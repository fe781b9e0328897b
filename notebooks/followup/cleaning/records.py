"""Records kept beside the questionnaires: projects and their members, ties, meetings, coded interviews."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from followup.cleaning.cleaning_log import Log
from followup.cleaning.identifiers import found_in, words_of_projects
from followup.cleaning.linkage import same_id
from followup.cleaning.roster import Roster, missing_column, without_blank_rows
from followup.exports.read import read_export
from followup.language import LANGUAGES, folded
from followup.problems import Problem, gathered, nearest, raise_problems
from followup.study.cohort import Cohort
from followup.words.vocabulary import STANCES

PROJECTS, MEMBERS = ("project", "title"), ("project", "participant")
TIES, MEETINGS = ("wave", "from", "to", "kind"), ("meeting", "date", "participant")
INTERVIEWS = ("excerpt", "interview", "theme", "finding", "stance")  # and the excerpt in each language of the study
EXCERPTS = tuple(f"excerpt_{language}" for language in LANGUAGES)


@dataclass(frozen=True)
class Records:
    """All records of a cohort (one that it does not have is an empty table), the log, and the account of their rows."""

    projects: pd.DataFrame
    members: pd.DataFrame
    ties: pd.DataFrame
    meetings: pd.DataFrame
    interviews: pd.DataFrame
    log: pd.DataFrame
    account: pd.DataFrame


class Record:
    """One record's rows under its columns; rows that do not count are set aside, each with a line in the log.

    IDs become pseudonyms. Without a `roster` (one that could not be read) they are left as they are.
    """

    def __init__(self, cohort: Cohort, log: Log, roster: Roster | None, name: str | None, columns: Iterable[str]):
        self.cohort, self.log, self.roster, self.problems = cohort, log, roster, []
        self.participants = roster.participants if roster else None
        self.file = f"data/{cohort.name}/{name}" if name else ""
        self.rows = pd.DataFrame(columns=list(columns), dtype="str")
        self.raw_rows, self.set_aside = 0, 0
        if name:
            with gathered(self.problems):
                self._read(cohort.data / name, list(columns))

    def _read(self, path, columns: list[str]) -> None:
        export = read_export(path, self.file)
        self.log.take(export)
        self.raw_rows = len(export.cells)
        found = {folded(heading): heading for heading in export.cells.columns}
        raise_problems(
            missing_column(f"“{column}”", [column], found, self.file, "the heading")
            for column in columns
            if folded(column) not in found
        )
        rows = without_blank_rows(export, self.log)
        self.set_aside += len(export.cells) - len(rows)
        rows = rows[[found[folded(column)] for column in columns]].set_axis(columns, axis=1)
        self.rows = rows.map(lambda cell: cell.strip())

    def take_out(self, rule: str, rows: pd.Series, column: str = "") -> None:
        """Set rows aside (a boolean for each)."""
        for row in self.rows.index[rows]:
            self.log.add(rule, self.file, row, column, self.rows.loc[row, column] if column else "")
        self.set_aside += int(rows.sum())
        self.rows = self.rows[~rows]

    def know_people(self, *columns: str) -> "Record":
        """Turn the IDs of these columns into pseudonyms; a row that names somebody off the roster is set aside."""
        if self.participants is None:
            return self
        names = self.participants.drop_duplicates("id").set_index("id")["participant"]
        corrections = {same_id(wrong): same_id(right) for wrong, right in self.cohort.params.cleaning.ids.items()}
        for column in columns:
            ids = self.rows[column].map(same_id)
            meant = self.roster.meant(ids.map(lambda compared: corrections.get(compared, compared)))
            for row in ids.index[meant != ids]:
                self.log.add("id_corrected", self.file, row, column, self.rows.loc[row, column], meant[row])
            self._refuse_strangers(column, ~meant.isin(names.index))
            self.take_out("not_on_roster", ~meant.isin(names.index), column)
            self.rows = self.rows.assign(**{column: meant[self.rows.index].map(names)})
        return self

    def _refuse_strangers(self, column: str, strange: pd.Series) -> None:
        """Name the rows whose ID nobody has, where the params say outright that such IDs are refused."""
        rules = self.cohort.params.cleaning
        if rules.not_on_roster != "reject" or "not_on_roster" not in rules.model_fields_set:
            return
        remedy = f"correct the ID, or set such rows aside, by cleaning: not_on_roster: quarantine in params/{self.cohort.name}.yaml"
        for row, typed in self.rows.loc[strange, column].items():
            self.problems.append(
                Problem("this ID is not on the roster", remedy, self.file, row, column, typed, "the IDs on the roster")
            )

    def must_be_known(self, column: str, valid: Iterable[str]) -> None:
        """Each value of a column must be one of these."""
        valid = list(dict.fromkeys(valid))
        strange = self.rows.loc[~self.rows[column].isin(valid), column]
        self.problems += unknown_values(strange, valid, self.file, column)

    def must_differ(self, column: str) -> None:
        """Each value of a column names one row."""
        for row, value in self.rows.loc[self.rows[column].duplicated(keep=False), column].items():
            what = f"this {column} stands here more than once"
            self.problems.append(
                Problem(what, "give every row a name of its own", self.file, row, column, value, "each one once")
            )

    def drop_repeated(self) -> "Record":
        """Set aside rows that say the same as an earlier one."""
        self.take_out("repeated_row", self.rows.duplicated())
        return self


def open_records(cohort: Cohort, roster: Roster | None, problems: list[Problem]) -> Records:
    """Every record that the params name; what is wrong with any of them is added to `problems`."""
    projects, network, interviews = cohort.params.projects, cohort.params.network, cohort.params.interviews
    excerpts = [f"excerpt_{language}" for language in cohort.params.languages]
    named = {
        "projects": (projects and projects.file, PROJECTS),
        "members": (projects and projects.members, MEMBERS),
        "ties": (network and network.ties, TIES),
        "meetings": (network and network.meetings, MEETINGS),
        "interviews": (interviews and interviews.file, (*INTERVIEWS, *excerpts)),
    }
    log = Log()
    parts = {part: Record(cohort, log, roster, *file_and_columns) for part, file_and_columns in named.items()}
    _check_projects(parts["projects"], parts["members"])
    _check_ties(parts["ties"], cohort)
    _check_meetings(parts["meetings"])
    _check_interviews(parts["interviews"], cohort)
    for name in set(EXCERPTS).difference(
        excerpts
    ):  # in the language that the study does not have, the words of the other
        parts["interviews"].rows[name] = parts["interviews"].rows[excerpts[0]]
    _hold_excerpts_with_names(parts["interviews"], cohort, roster, parts["projects"].rows)
    problems += [problem for part in parts.values() for problem in part.problems]
    tables = {name: part.rows for name, part in parts.items()}
    tables["ties"] = tables["ties"].rename(columns={"from": "ego", "to": "alter"})
    return Records(**tables, log=log.frame(), account=_account(parts.values()))


def _account(parts: Iterable[Record]) -> pd.DataFrame:
    """How many rows each record has, and how many were kept and set aside: file, rows, rows_kept, rows_excluded."""
    rows = [(part.file, part.raw_rows, len(part.rows), part.set_aside) for part in parts if part.file]
    return pd.DataFrame(rows, columns=["file", "rows", "rows_kept", "rows_excluded"])


def _check_projects(projects: Record, members: Record) -> None:
    """Every member's project must be among the projects, each of which stands there once."""
    projects.must_differ("project")
    members.know_people("participant").drop_repeated()
    if projects.file and not projects.rows.empty:
        members.must_be_known("project", projects.rows["project"])


def _check_ties(ties: Record, cohort: Cohort) -> None:
    """Nobody is tied to themselves, nor to someone off the roster; waves and kinds are those of the codebook."""
    ties.must_be_known("wave", cohort.codebook.waves)
    ties.must_be_known("kind", cohort.codebook.tie_kinds)
    ties.know_people("from", "to")
    ties.take_out("self_nomination", ties.rows["from"] == ties.rows["to"])
    ties.drop_repeated()


DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m/%d/%Y", "%Y/%m/%d", "%d/%m/%y", "%d.%m.%y")


def _check_meetings(meetings: Record) -> None:
    """A meeting's day is one that exists, or is left open; who came more than once to a meeting counts once."""
    for row, text in meetings.rows["date"].items():
        if text and not _is_day(text):
            what, allowed = "there is no such day", "a day as 2016-09-13 or 13/09/2016, or nothing"
            meetings.problems.append(Problem(what, "correct the date", meetings.file, row, "date", text, allowed))
    meetings.know_people("participant").drop_repeated()


def _is_day(text: str) -> bool:
    for form in DATES:
        try:
            datetime.strptime(text.split(" ")[0].split("T")[0], form)
        except ValueError:
            continue
        return True
    return False


def _check_interviews(interviews: Record, cohort: Cohort) -> None:
    """An excerpt stands there once, its finding and stance are known, and every released one exists."""
    if not interviews.file:
        return
    interviews.must_differ("excerpt")
    interviews.must_be_known("finding", cohort.codebook.findings)
    interviews.must_be_known("stance", STANCES)
    released = pd.Series(cohort.params.interviews.released, dtype="str")
    if not interviews.rows.empty:
        strange = released[~released.isin(interviews.rows["excerpt"])]
        place = f"params/{cohort.name}.yaml"
        interviews.problems += unknown_values(
            strange, interviews.rows["excerpt"], place, "interviews.released", in_rows=False
        )


def _hold_excerpts_with_names(
    interviews: Record, cohort: Cohort, roster: Roster | None, projects: pd.DataFrame
) -> None:
    """A released excerpt in which somebody could be recognised waits until the params release it a second time."""
    if not interviews.file or roster is None:
        return
    settings, words = cohort.params.interviews, pd.concat([roster.words, words_of_projects(projects)])
    for row, excerpt in interviews.rows[interviews.rows["excerpt"].isin(settings.released)].iterrows():
        found = found_in(f"{excerpt['excerpt_he']} {excerpt['excerpt_en']}", words)
        if found and excerpt["excerpt"] not in settings.released_with_names:
            kind, word = found[0]
            interviews.problems.append(
                Problem(
                    f"the released excerpt “{excerpt['excerpt']}” holds {KIND_OF_WORD[kind]} of the study",
                    f"take it out of interviews.released in params/{cohort.name}.yaml, or blur the words in the file; "
                    "if a person decided that they may be read, name it under interviews.released_with_names too",
                    interviews.file,
                    row,
                    ", ".join(f"excerpt_{language}" for language in cohort.params.languages),
                    word,
                )  # fmt: skip
            )


KIND_OF_WORD = {
    "id": "the ID of a participant",
    "name": "the name of a participant",
    "unit": "the unit of a participant",
    "address": "the address of a participant",
    "project": "the title of a project",
}


def unknown_values(
    values: pd.Series, valid: Iterable[str], file: str, column: str, in_rows: bool = True
) -> Iterator[Problem]:
    """A problem for each value that is none of `valid`, with the nearest that is."""
    valid = list(dict.fromkeys(valid))
    for row, value in values.items():
        near = nearest(value, valid)
        remedy = f"did you mean “{near}”?" if near else "use one of the allowed values"
        yield Problem(
            "this value is not known", remedy, file, row if in_rows else None, column, value, ", ".join(valid)
        )
