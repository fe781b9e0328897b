"""Every cell of a question read by its option set: tidy rows, and what each cell came to."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from followup.cleaning.answer_labels import OptionReader, Reading, is_excel_date
from followup.cleaning.choices import ranked, several_problems, tick_problems, without_ties
from followup.cleaning.several_options import SeveralReader
from followup.cleaning.submissions import Submissions
from followup.problems import Problem

CELLS = ("cells_kept", "cells_changed", "cells_without_answer", "cells_of_free_text")
TIDY = ["respondent", "wave", "item", "value", "missing_reason"]
WHY_MISSING = ("no_answer", "user_missing", "contradiction", "none_chosen")
NOT_MISSING = -1
NOTHING = np.empty(0, dtype=np.intp)


class Tidy(NamedTuple):
    """One question's answers: the place of each row, the code (0 where there is none), and why there is none."""

    places: np.ndarray
    values: np.ndarray
    missing: np.ndarray


class Responses:
    """What one wave answered: `responses` to items, `answers` to other questions, `counts` of cells by kind."""

    def __init__(self, rows: Submissions):
        self.rows, self.columns, self.wave = rows, rows.columns, rows.wave
        self.counts, self.unreadable = dict.fromkeys(CELLS, 0), {}
        self.numbers = rows.cells.index.to_numpy()
        self.people = pd.Categorical(rows.respondent, categories=list(rows.order))
        self.order = np.argsort(self.people.codes, kind="stable")  # of questions with one line for each row
        options = rows.codebook.option_sets.values()
        self.reasons = list(dict.fromkeys([*WHY_MISSING, *(why.reason for known in options for why in known.missing)]))
        self.codes = np.min_scalar_type(-1 - max(abs(code) for known in options for code in known.codes))
        self._count_unread()
        self._refuse_ambiguous()
        codebook = rows.codebook
        self.responses = self._table(codebook.items, lambda key: self._column("item", key))
        self.answers = self._table(codebook.questions, self._question).rename(columns={"item": "question"})
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
        asked = self.columns.count("item")
        cells = Counter(row for rows in self.unreadable.values() for row in rows)
        for problem, rows in self.unreadable.items():
            told = [row for row in rows if row not in self.rows.refused or cells[row] <= asked / 2]
            if told:
                self.rows.problems.append(replace(problem, row=told[0], more_rows=tuple(told[1:])))

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

    def _table(self, keys: Iterable[str], read: Callable[[str], Tidy]) -> pd.DataFrame:
        """One question after the other, each in the order of respondents; texts are kept once."""
        ordered = {key: self._ordered(read(key)) for key in keys}
        lengths = [len(part.places) for part in ordered.values()]
        parts = list(ordered.values()) or [self.spread([], NOTHING)]
        places, values, missing = (np.concatenate([getattr(part, name) for part in parts]) for name in Tidy._fields)
        names = {"respondent": self.people.take(places), "wave": pd.Categorical([self.wave]).repeat(len(places))}
        names["item"] = pd.Categorical(list(ordered), categories=list(ordered)).repeat(lengths)
        numbers = pd.arrays.IntegerArray(values, missing != NOT_MISSING)
        reasons = pd.Categorical.from_codes(missing, categories=self.reasons)
        return pd.DataFrame(names | {"value": numbers, "missing_reason": reasons}, copy=False)[TIDY]

    def _ordered(self, part: Tidy) -> Tidy:
        one_each = len(part.places) == len(self.order) and bool((part.places[1:] > part.places[:-1]).all())
        order = self.order if one_each else np.argsort(self.people.codes[part.places], kind="stable")
        return Tidy(*(values[order] for values in part))

    def _question(self, key: str) -> Tidy:
        if self.rows.codebook.questions[key].kind == "text":
            return self.spread([], NOTHING)
        if self.columns.heading("question", key) is None:
            return ranked(self, key) if self.rows.codebook.questions[key].kind == "rank" else self._ticks(key)
        return self._column("question", key)

    def _column(self, kind: str, key: str) -> Tidy:
        """Tidy rows of one column, a cell that nobody can read being a problem; equal cells are read once."""
        heading = self.columns.heading(kind, key)
        if heading is None:
            return self.spread([], NOTHING)
        reader = self.rows.reader(heading, key)
        self._check_labels(heading, reader)
        which, cells = pd.factorize(self.rows.cells[heading])
        if kind == "question" and self.rows.codebook.questions[key].kind in ("many", "rank"):
            readings = self._several(heading, key, which, list(cells), reader)
        else:
            readings = self._single(heading, key, which, list(cells), reader, typed=kind == "question")
        for kind_of_cell, n in zip(map(_kind_of_cell, readings), np.bincount(which, minlength=len(cells)), strict=True):
            if kind_of_cell:
                self.counts[kind_of_cell] += int(n)
        self._log(heading, cells, readings, which)
        return self.spread(readings, which)

    def _single(
        self, heading: str, key: str, which: np.ndarray, cells: list[str], reader: OptionReader, typed: bool
    ) -> list[list[Reading]]:
        """The reading of each cell of one option; `typed` where a text of one's own may stand for “other”."""
        with_labels = any(cell in reader.labels for cell in cells)
        found = [_reading(reader, cell, with_labels, typed and reader.other is not None) for cell in cells]
        self._refuse_unread(
            [place for place, one in enumerate(found) if one is None], heading, key, which, cells, reader
        )
        return [[] if one is None else [one] for one in found]

    def _several(
        self, heading: str, key: str, which: np.ndarray, cells: list[str], reader: OptionReader
    ) -> list[list[Reading]]:
        """The readings of each cell of several options; what is none of them is told once for the whole column."""
        several = SeveralReader(reader, cells)
        found = [several.read(cell) for cell in cells]
        for problem in several_problems(self.rows, heading, key, found, cells, which, self.numbers, reader):
            self.unreadable[replace(problem, row=None, more_rows=())] = [problem.row, *problem.more_rows]
        if self.rows.codebook.questions[key].kind == "rank":
            found = [without_ties(one) for one in found]
        return [list(one.readings) for one in found]

    def _refuse_unread(self, unread, heading: str, key: str, which: np.ndarray, cells, reader: OptionReader) -> None:
        dated = [place for place in unread if heading in self.rows.export.dates or is_excel_date(cells[place])]
        if dated:
            self._refuse_dates(heading, cells, np.isin(which, dated), [cells[place] for place in dated])
            unread = [place for place in unread if place not in dated]
        theirs = np.isin(which, unread)
        for place, rows in pd.Series(self.numbers[theirs]).groupby(which[theirs]):
            self._refuse(rows.tolist(), heading, key, cells[place], reader)

    def spread(self, readings: list[list[Reading]], which: np.ndarray) -> Tidy:
        """The readings of each row's cell, one after the other; `which` names the cell that each row holds."""
        flat, lines = [one for found in readings for one in found], []
        for found in readings:
            start = lines[-1].stop if lines else 0
            lines.append(range(start, start + len(found)))
        places, numbers = _repeated(lines, which)
        values = np.array([0 if one.code is None else one.code for one in flat], dtype=self.codes)
        missing = [NOT_MISSING if one.missing is None else self.reasons.index(one.missing) for one in flat]
        return Tidy(places, values[numbers], np.array(missing, dtype=np.int8)[numbers])

    def _log(self, heading: str, cells: Sequence[str], readings: list[list[Reading]], which: np.ndarray) -> None:
        """A line for each cell, and each option in it, that took a rule to read."""
        said, lines = [], []
        for cell, found in zip(cells, readings, strict=True):
            mine = [(cell, one.became or f"no answer ({one.missing})", one.rule) for one in found if one.rule]
            lines.append(range(len(said), len(said) + len(mine)))
            said += mine
        places, numbers = _repeated(lines, which)
        self.rows.log.add_rows(self.rows.file, self.numbers[places], heading, numbers, said)

    def _refuse_dates(self, heading: str, cells, theirs: np.ndarray, found: list[str]) -> None:
        """One problem for all answers of a column that a spreadsheet turned into dates ("3-5" into 3 May)."""
        shown = ", ".join(f"“{text}”" for text in found[1:3])
        what = f"a spreadsheet turned these answers into dates{f' (others: {shown})' if shown else ''}"
        remedy = "take the export as the survey tool wrote it, without opening and saving it in Excel; or format the column as text and enter the answers again"
        problem = Problem(
            what, remedy, self.rows.file, None, " ".join(heading.split()), found[0], "an answer, not a date"
        )
        self.unreadable[problem] = self.unreadable.get(problem, []) + self.numbers[theirs].tolist()

    def _refuse(self, rows: list[int], heading: str, key: str, cell: str, reader: OptionReader) -> None:
        owner = (
            self.rows.codebook.scales.get(self.rows.codebook.scale_of.get(key, "")) or self.rows.codebook.questions[key]
        )
        missing_in = f"option_sets.{owner.options}.missing (written:) in {self.columns.book}"
        remedy = reader.proposal(cell, self.rows.params, missing_in)
        what, column = "this is not one of the possible answers", " ".join(heading.split())
        problem = Problem(what, remedy, self.rows.file, None, column, cell, reader.allowed)
        self.unreadable[problem] = self.unreadable.get(problem, []) + rows

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

    def _ticks(self, key: str) -> Tidy:
        """Tidy rows of a question with a column an option; "none_chosen" where it was reached and nothing ticked."""
        columns = {
            heading: int(named.split(":")[1])
            for heading, (kind, named) in self.columns.of.items()
            if kind == "ticked" and named.split(":")[0] == key
        }
        if not columns:
            return self.spread([], NOTHING)
        wrong = tick_problems(self.rows, key, columns)
        if wrong:
            self.rows.problems += wrong
            return self.spread([], NOTHING)
        which, rows = pd.factorize(pd.MultiIndex.from_frame(self.rows.cells[list(columns)]))
        readings = [self._ticked(key, columns, cells, self.numbers[which == place]) for place, cells in enumerate(rows)]
        said = [any(one.missing != "no_answer" for one in found) for found in readings]
        for reached, n in zip(said, np.bincount(which, minlength=len(rows)), strict=True):
            self.counts["cells_kept" if reached else "cells_without_answer"] += len(columns) * int(n)
        self._log(next(iter(columns)), [", ".join(cells) for cells in rows], readings, which)
        return self.spread(readings, which)

    def _ticked(self, key: str, columns: dict[str, int], cells: tuple[str, ...], rows: np.ndarray) -> list[Reading]:
        """What the columns of one question say together, the same in all these rows."""
        reader = self.rows.reader(next(iter(columns)), key)
        ticks = {
            code: self._tick(heading, key, code, cell, rows)
            for (heading, code), cell in zip(columns.items(), cells, strict=True)
        }
        chosen = [code for code, tick in ticks.items() if tick]
        if reader.contradict(chosen, len(chosen)):
            return [Reading(missing="contradiction", rule="contradiction")]
        if chosen:
            return [Reading(code) for code in chosen]
        reached = any(tick is not None for tick in ticks.values())
        return [Reading(missing="none_chosen") if reached else Reading(missing="no_answer", rule="no_answer")]

    def _tick(self, heading: str, key: str, code: int, cell: str, rows: np.ndarray) -> bool | None:
        reader = self.rows.reader(heading, key)
        label = self.rows.export.labels.get(heading, {}).get(cell.strip())  # of SPSS and Stata: 2 may be “No”
        tick = reader.tick(label or cell, code)
        tick = reader.tick(cell, code) if label and tick == "?" else tick
        if tick == "?":
            what = "this says neither that the option was ticked nor that it was not"
            remedy = "find out what it stands for, correct it at its source and export again"
            allowed = f"yes / no, כן / לא, 1 / 0, “{reader.options[code].he}”, or nothing"
            column, (first, *more) = " ".join(heading.split()), rows.tolist()
            self.rows.problems.append(
                Problem(what, remedy, self.rows.file, first, column, cell, allowed, more_rows=tuple(more))
            )
            return None
        return tick


def _reading(reader: OptionReader, cell: str, with_labels: bool, typed: bool) -> Reading | None:
    """The reading of a cell of one option; a number among labels is logged as such, or is a text of one's own."""
    bare, option = cell.strip(), reader.codes.get(cell.strip())
    if with_labels and option and bare not in reader.user_missing and reader.labels.get(bare) is not option:
        return _typed(reader) if typed else Reading(option.code, rule="number_for_label", became=option.he)
    found = reader.read(cell)
    return _typed(reader) if found is None and typed and not reader.nearly(cell) else found


def _typed(reader: OptionReader) -> Reading:
    return Reading(reader.other.code, rule="other_text", became=reader.other.he)


def _kind_of_cell(readings: list[Reading]) -> str | None:
    """The account's name for a cell; None for one that could not be read."""
    if not readings:
        return None
    if all(reading.code is None for reading in readings):
        return "cells_without_answer"
    return "cells_changed" if any(reading.rule for reading in readings) else "cells_kept"


def _repeated(lines: list[range], which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each row the lines of its cell, rows in order: (row's place, line's number)."""
    lengths = np.array([len(line) for line in lines], dtype=np.intp)[which]
    starts = np.array([line.start for line in lines], dtype=np.intp)[which]
    places = np.repeat(np.arange(len(which), dtype=np.int32), lengths)
    within = np.arange(len(places)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return places, np.repeat(starts, lengths) + within
