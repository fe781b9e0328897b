"""Every cell of a question read by its option set: tidy rows, and what each cell came to."""

from collections import Counter
from collections.abc import Iterator

import pandas as pd

from followup.problems import Problem
from followup.readings import OptionReader, Reading
from followup.submissions import Submissions

CELLS = ("cells_kept", "cells_changed", "cells_without_answer", "cells_of_free_text")
TIDY = ["respondent", "wave", "item", "value", "missing_reason"]


class Responses:
    """What one wave answered: `responses` to items, `answers` to other questions, `counts` of cells by kind."""

    def __init__(self, rows: Submissions):
        self.rows, self.columns, self.wave = rows, rows.columns, rows.wave
        self.counts, self.unreadable, self.respondent = dict.fromkeys(CELLS, 0), [], rows.respondent.to_dict()
        self._count_unread()
        self._refuse_ambiguous()
        codebook = rows.codebook
        self.responses = self._table(self._column("item", key) for key in codebook.items)
        self.answers = self._table(self._question(key) for key in codebook.questions).rename(
            columns={"item": "question"}
        )
        self._report()

    def _count_unread(self) -> None:
        people = len(self.rows.cells)
        text = [key for key, question in self.rows.codebook.questions.items() if question.kind == "text"]
        self.counts["cells_of_free_text"] = people * sum(
            self.columns.heading("question", key) is not None for key in text
        )
        self.counts["cells_kept"] = people * sum(
            self.columns.count(kind) for kind in ("id", "submitted", "trait", "chosen")
        )

    def _report(self) -> None:
        """Name every cell that nobody can read, but not one by one in a row that is no submission: a row of totals."""
        asked, cells = self.columns.count("item"), Counter(row for row, _ in self.unreadable)
        for row, problem in self.unreadable:
            if row not in self.rows.refused or cells[row] <= asked / 2:
                self.rows.problems.append(problem)

    def _refuse_ambiguous(self) -> None:
        """Texts that the codebook gives two meanings: nothing that an export says by them can be read."""
        for name, options in self.rows.codebook.option_sets.items():
            for text, meanings in OptionReader(options).ambiguous():
                what = f"“{text}” means {' and '.join(map(str, meanings))} in option set “{name}”"
                remedy = "leave it with one of them"
                self.rows.problems.append(
                    Problem(
                        what,
                        remedy,
                        self.columns.book,
                        column=f"option_sets.{name}",
                        value=text,
                        allowed="each label once",
                    )
                )

    def _table(self, parts: Iterator[list[tuple]]) -> pd.DataFrame:
        """One question after the other, each in the order of respondents."""
        rows = [row for part in parts for row in sorted(part, key=lambda row: self.rows.order[row[0]])]
        return pd.DataFrame(rows, columns=TIDY).astype({"value": "Int64"})

    def _question(self, key: str) -> list[tuple]:
        if self.rows.codebook.questions[key].kind == "text":
            return []
        return self._column("question", key) or self._ticks(key)

    def _column(self, kind: str, key: str) -> list[tuple]:
        """Tidy rows of one column, a cell that nobody can read being a problem."""
        heading = self.columns.heading(kind, key)
        if heading is None:
            return []
        many = kind == "question" and self.rows.codebook.questions[key].kind == "many"
        reader, texts = self.rows.reader(heading, key), self.rows.cells[heading]
        self._check_labels(heading, reader)
        with_labels = texts.isin(set(reader.labels)).any()
        known = {cell: _readings(reader, cell, many, with_labels) for cell in texts.unique()}
        tidy, respondent = [], self.respondent
        for row, cell in texts.items():
            readings = known[cell]
            if None in readings:
                self._refuse(row, heading, key, cell, reader)
                continue
            self.counts[_kind_of_cell(readings)] += 1
            for reading in readings:
                if reading.rule:
                    became = reading.became or f"no answer ({reading.missing})"
                    self.rows.log.add(reading.rule, self.rows.file, row, heading, cell, became)
                tidy.append((respondent[row], self.wave, key, reading.code, reading.missing))
        return tidy

    def _refuse(self, row: int, heading: str, key: str, cell: str, reader: OptionReader) -> None:
        owner = (
            self.rows.codebook.scales.get(self.rows.codebook.scale_of.get(key, "")) or self.rows.codebook.questions[key]
        )
        missing_in = f"option_sets.{owner.options}.missing (written:) in {self.columns.book}"
        remedy = reader.proposal(cell, self.rows.params, missing_in)
        what, column = "this is not one of the possible answers", " ".join(heading.split())
        self.unreadable.append((row, Problem(what, remedy, self.rows.file, row, column, cell, reader.allowed)))

    def _check_labels(self, heading: str, reader: OptionReader) -> None:
        """Refuse a file whose own labels give a code another meaning than the codebook does."""
        for code, label in self.rows.export.labels.get(heading, {}).items():
            meant = reader.read(label) if label.strip() and code not in reader.user_missing else None
            if code in reader.codes and meant and meant.code is not None and meant.code != int(code):
                what = f"the file says that {code} means “{label}”; in the codebook that is {meant.code}"
                remedy = f"find out which is right; correct its value labels, or the codes in {self.columns.book}"
                self.rows.problems.append(
                    Problem(
                        what,
                        remedy,
                        self.rows.file,
                        None,
                        " ".join(heading.split()),
                        f"{code} = {label}",
                        reader.allowed,
                    )
                )

    def _ticks(self, key: str) -> list[tuple]:
        """Tidy rows of a question with a column an option; "none_chosen" where it was reached and nothing ticked."""
        columns = {
            heading: int(named.split(":")[1])
            for heading, (kind, named) in self.columns.of.items()
            if kind == "ticked" and named.split(":")[0] == key
        }
        tidy = []
        for row, respondent in self.rows.respondent.items() if columns else ():
            ticks = {heading: self._tick(row, heading, key, code) for heading, code in columns.items()}
            chosen = [columns[heading] for heading, tick in ticks.items() if tick]
            said = any(tick is not None for tick in ticks.values())
            self.counts["cells_kept" if said else "cells_without_answer"] += len(columns)
            missing = None if chosen else "none_chosen" if said else "no_answer"
            if self.rows.reader(next(iter(columns)), key).contradict(chosen, len(chosen)):
                chosen, missing = [], "contradiction"
            if missing in ("no_answer", "contradiction"):
                was = ", ".join(self.rows.cells.loc[row, heading] for heading in columns)
                self.rows.log.add(missing, self.rows.file, row, next(iter(columns)), was, f"no answer ({missing})")
            tidy += [(respondent, self.wave, key, code, missing) for code in chosen or [None]]
        return tidy

    def _tick(self, row: int, heading: str, key: str, code: int) -> bool | None:
        cell, reader = self.rows.cells.loc[row, heading], self.rows.reader(heading, key)
        tick = reader.tick(cell, code)
        if tick == "?":
            what = "this says neither that the option was ticked nor that it was not"
            remedy = "find out what it stands for, correct it at its source and export again"
            allowed = f"yes / no, כן / לא, 1 / 0, “{reader.options[code].he}”, or nothing"
            self.rows.problems.append(
                Problem(what, remedy, self.rows.file, row, " ".join(heading.split()), cell, allowed)
            )
            return None
        return tick


def _readings(reader: OptionReader, cell: str, many: bool, with_labels: bool) -> list[Reading | None]:
    """The readings of a cell: one, or one for each option ticked; a number among labels is logged as such."""
    if many:
        return reader.read_many(cell)
    if with_labels and cell.strip() in reader.codes and cell.strip() not in reader.user_missing:
        option = reader.codes[cell.strip()]
        return [Reading(option.code, rule="number_for_label", became=option.he)]
    return [reader.read(cell)]


def _kind_of_cell(readings: list[Reading]) -> str:
    if all(reading.code is None for reading in readings):
        return "cells_without_answer"
    return "cells_changed" if any(reading.rule for reading in readings) else "cells_kept"
