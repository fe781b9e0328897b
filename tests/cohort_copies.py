"""Copies of the project's cohorts, to be broken by tests one cell at a time."""

import csv
import io
import shutil
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from followup.cleaning import Clean, clean_cohort
from followup.cohort import open_cohort
from followup.problems import InputProblems, Problem

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
        if (HOUSE / ".pseudonym-key").exists():
            shutil.copy(HOUSE / ".pseudonym-key", root)

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
