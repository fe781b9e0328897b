"""Copies of the project's cohorts, to be broken by tests one cell at a time."""

import csv
import io
import shutil
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from followup.cleaning.clean import Clean, clean_cohort
from followup.problems import InputProblems, Problem
from followup.study.cohort import open_cohort

HOUSE = Path(__file__).resolve().parents[1]
CODEBOOK = open_cohort("1", HOUSE).codebook


def wording(key: str) -> str:
    """The Hebrew heading of an item or a question, as cohort 1's exports have it."""
    return {**CODEBOOK.items, **CODEBOOK.questions}[key].he


@cache
def well(name: str) -> Clean:
    """A shipped cohort, cleaned: what an accepted oddity must leave as it is."""
    return clean_cohort(open_cohort(name, HOUSE))


class Copy:
    """A copy of one cohort's params and exports."""

    def __init__(self, root: Path, name: str = "1"):
        self.root, self.name, self.data = root, name, root / "data" / name
        shutil.copytree(HOUSE / "data" / name, self.data)
        shutil.copytree(HOUSE / "params", root / "params")

    # What it gives -------------------------------------------------------------------------------------------------

    def clean(self) -> Clean:
        return clean_cohort(open_cohort(self.name, self.root))

    def problems(self) -> list[Problem]:
        """What is refused; nothing is made, and every problem says what to do."""
        with pytest.raises(InputProblems) as stop:
            self.clean()
        assert stop.value.exit_code == 2
        assert not (self.root / "build").exists()
        assert all(problem.remedy and problem.file for problem in stop.value.problems)
        return stop.value.problems

    # What is done to it --------------------------------------------------------------------------------------------

    def replace(self, file: str, old: str, new: str, encoding: str = "utf-8") -> None:
        """Put `new` in place of the only `old` in a text file."""
        path = self.root / file
        text = path.read_bytes().decode(encoding)
        assert text.count(old) == 1, (file, old, text.count(old))
        path.write_bytes(text.replace(old, new).encode(encoding))

    def params(self, old: str, new: str) -> None:
        self.replace(f"params/{self.name}.yaml", old, new)

    def rule(self, line: str) -> None:
        """Add a rule of cleaning, in place of the one that has its name."""
        key = line.partition(":")[0].strip()
        path = self.root / "params" / f"{self.name}.yaml"
        lines = [text for text in path.read_text(encoding="utf-8").splitlines() if not text.startswith(f"  {key}:")]
        place = lines.index("cleaning:")
        path.write_text("\n".join([*lines[: place + 1], f"  {line}", *lines[place + 1 :]]) + "\n", encoding="utf-8")

    def rows(self, file: str) -> list[list[str]]:
        """The rows of a CSV, headings first: row 1 of a spreadsheet is rows[0]."""
        return list(csv.reader(io.StringIO((self.data / file).read_text(encoding="utf-8-sig"), newline="")))

    def write(self, file: str, rows: list[list[str]], delimiter: str = ",", end: str = "\n", encoding: str = "utf-8"):
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
        (self.data / file).write_bytes(text.getvalue().encode(encoding))

    def place(self, file: str, heading: str) -> int:
        return [" ".join(found.split()) for found in self.rows(file)[0]].index(heading)

    def cell(self, file: str, row: int, heading: str) -> str:
        return self.rows(file)[row - 1][self.place(file, heading)]

    def set(self, file: str, row: int, heading: str, value: str) -> None:
        """Put a value into a cell; rows are numbered as a spreadsheet does."""
        rows, place = self.rows(file), self.place(file, heading)
        rows[row - 1][place] = value
        self.write(file, rows)

    def column(self, file: str, heading: str, change) -> None:
        """Change every filled cell of a column."""
        rows, place = self.rows(file), self.place(file, heading)
        for row in rows[1:]:
            row[place] = change(row[place]) if row[place] else ""
        self.write(file, rows)

    def add(self, file: str, row: list[str]) -> int:
        """Put a row at the end; gives its number."""
        rows = [*self.rows(file), row]
        self.write(file, rows)
        return len(rows)


def tidy(clean: Clean) -> pd.DataFrame:
    """The answers that count, in an order of their own."""
    return clean.all("responses").sort_values(["respondent", "wave", "item"]).reset_index(drop=True)


def same_answers(one: Clean, other: Clean) -> bool:
    """Whether two runs give the same answers of the same people, to items and to other questions."""
    return tidy(one).equals(tidy(other)) and one.all("answers").equals(other.all("answers"))


def logged(clean: Clean, **wanted: object) -> pd.DataFrame:
    """The lines of the cleaning log that agree with all that is wanted; a file by the end of its name."""
    log = clean.log
    for column, value in wanted.items():
        log = log[log[column].str.endswith(value) if column == "file" else log[column] == value]
    return log


# A made-up cohort of a few people, written by hand -----------------------------------------------------------------

QUESTIONNAIRE = """
questionnaire: tiny
title: {he: שאלון, en: Tiny}
programme: {he: תכנית, en: Programme}
waves:
  programme_end: {he: סיום, en: End, when: {he: בסיום, en: at the end}}
  follow_up: {he: מעקב, en: Later, when: {he: במעקב, en: later}}
respondent_headings: [Code]
submitted_headings: [Time]
ignored_headings: [Seed]
option_sets:
  extent:
    options:
      - {code: 1, he: מעט, en: A little}
      - {code: 2, he: בינוני, en: Somewhat, synonyms: [So so]}
      - {code: 3, he: הרבה, en: Much}
    missing:
      - {he: לא יודע/ת, en: Don’t know, reason: dont_know, written: ["99"]}
    high: [3]
    low: [1]
  drinks:
    options:
      - {code: 1, he: תה, en: Tea}
      - {code: 2, he: קפה, en: "Coffee, black"}
      - {code: 3, he: כלום, en: Nothing, exclusive: true}
scales:
  calm:
    he: רוגע
    en: Calm
    about: {he: רוגע רב, en: Much calm}
    options: extent
    items:
      rest: {he: אני נח/ה, en: I rest}
      hurry: {he: אני ממהר/ת, en: I hurry, reverse_coded: true}
      sleep: {he: אני ישן/ה, en: I sleep}
questions:
  drink: {he: מה שותים?, en: What do you drink?, kind: many, options: drinks, waves: [follow_up]}
  notes: {he: הערות, en: Notes, kind: text}
traits:
  team:
    he: צוות
    en: Team
    headings: [Team]
    groups:
      red: {he: אדום, en: Red, labels: [Red]}
      blue: {he: כחול, en: Blue, labels: [Blue]}
tie_kinds:
  advice: {he: התייעצות, en: Advice}
findings:
  calmness: {he: רוגע, en: Calmness, evidence: [{kind: change, measure: calm}]}
"""
PARAMS = """
cohort: tiny
questionnaire: tiny
title: {he: מחזור קטן, en: Tiny}
synthetic: true
period: {programme: {he: קיץ, en: Summer}}
analysis: {registered: 2024-01-01}
"""
TINY_ROSTER = "Code,Name,Team\nA1,Ann,Red\nA2,Ben,Red\nA3,Cy,Blue\nA4,Di,Blue\n"
END = "Code,Time,rest,hurry,sleep\nA1,2024-01-01,1,2,3\nA2,2024-01-02,2,2,2\nA3,2024-01-03,3,1,1\n"
LATER = "Code,Time,rest,hurry,sleep,drink\nA1,2024-06-01,2,2,3,Tea\nA2,2024-06-02,3,2,2,Nothing\nA4,2024-06-03,1,1,1,\n"


class Tiny:
    """Four people, three statements, two waves; every file is a few lines of text, and any may be another.

    `files` are further files by name; any other keyword is a key of the params (a wave's own under its name).
    """

    def __init__(
        self,
        root: Path,
        end: str | bytes | None = END,
        later: str | bytes | None = LATER,
        roster: str | None = TINY_ROSTER,
        files: dict[str, str | bytes] | None = None,
        **params: str,
    ):
        self.root, self.data = root, root / "data" / "tiny"
        self.data.mkdir(parents=True)
        (root / "params" / "questionnaires").mkdir(parents=True)
        self.codebook()
        named = {"programme_end.csv": end, "follow_up.csv": later, "roster.csv": roster, **(files or {})}
        for file, content in named.items():
            if content is not None:
                self.write(file, content)
        lines = [PARAMS.strip(), "waves:"]
        for wave, content in (("programme_end", end), ("follow_up", later)):
            if content is not None or wave in params:
                lines.append(f"  {wave}: {params.pop(wave, f'{{file: {wave}.csv}}')}")
        if roster is not None:
            here = "{file: roster.csv, participant: Code, participants: 4}"
            lines += [f"roster: {params.pop('roster_is', here)}", "traits: [team]"]
        lines += [f"{key}: {value}" for key, value in params.items()]
        (root / "params" / "tiny.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def codebook(self, old: str = "", new: str = "") -> "Tiny":
        """The codebook, or the codebook with something else in it."""
        assert not old or QUESTIONNAIRE.count(old) == 1
        text = QUESTIONNAIRE.replace(old, new) if old else QUESTIONNAIRE
        (self.root / "params" / "questionnaires" / "tiny.yaml").write_text(text, encoding="utf-8")
        return self

    def write(self, file: str, content: str | bytes) -> None:
        (self.data / file).write_bytes(content if isinstance(content, bytes) else content.encode())

    @property
    def cohort(self):
        return open_cohort("tiny", self.root)

    def clean(self) -> Clean:
        return clean_cohort(self.cohort)

    def problems(self) -> list[Problem]:
        with pytest.raises(InputProblems) as stop:
            self.clean()
        return stop.value.problems

    def problem(self) -> Problem:
        (only,) = self.problems()
        return only


def who(clean: Clean) -> dict[str, str]:
    """The pseudonym of each ID."""
    return dict(zip(clean.participants["id"], clean.participants["participant"], strict=True))


def answers(clean: Clean, wave: str) -> dict[str, list]:
    """What each person answered in a wave, under the ID (or, where nobody has one, the number) of the respondent."""
    names = {name: typed for typed, name in who(clean).items()}
    table = clean.all("responses").query("wave == @wave")
    table = table.assign(who=table["respondent"].map(lambda name: names.get(name, name)))
    return {
        name: [None if pd.isna(value) else int(value) for value in part["value"]] for name, part in table.groupby("who")
    }
