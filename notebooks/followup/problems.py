"""What is wrong with an input, said so that the person who can fix it knows what to do."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

SHOWN_ROWS = 8
MOST_OF_A_KIND = 3
MOST_ON_SCREEN = 40
FEW_COLUMNS = 3
INDENT = "\n        "
MOVES_A_TERMINAL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Problem:
    """One thing wrong in one place; `row` counts as a spreadsheet does (the header is row 1)."""

    what: str
    remedy: str
    file: str = ""
    row: int | None = None
    column: str = ""
    value: str | None = None
    allowed: str = ""
    more_rows: tuple[int, ...] = ()

    def __str__(self) -> str:
        place = [self.file, self._rows(), f"column “{self.column}”" if self.column else ""]
        head = ", ".join(part for part in place if part)
        found = f"“{shortened(self.value)}”" if self.value else "nothing"
        value = f" (found: {found})" if self.value is not None else ""
        lines = [f"{head}: {self.what}{value}" if head else f"{self.what}{value}"]
        if self.allowed:
            lines.append(f"    allowed:    {self.allowed}")
        lines.append(f"    what to do: {self.remedy}")
        return MOVES_A_TERMINAL.sub("\N{REPLACEMENT CHARACTER}", "\n".join(lines))

    def _rows(self) -> str:
        """ "row 7", or "rows 7, 9 and 12 more" for the same thing wrong in several rows."""
        rows = [row for row in (self.row, *self.more_rows) if row is not None]
        if len(rows) < 2:
            return f"row {rows[0]}" if rows else ""
        more = f" and {len(rows) - SHOWN_ROWS} more" if len(rows) > SHOWN_ROWS else ""
        return f"rows {', '.join(str(row) for row in rows[:SHOWN_ROWS])}{more}"


class InputProblems(Exception):
    """One or more problems found together in the input; nothing was changed or published.

    They stand in the order of files, rows and columns. `listed_in` names a table that holds every one of them.
    """

    exit_code = 2

    def __init__(self, problems: Iterable[Problem], listed_in: str = ""):
        self.problems, self.listed_in = _in_order(_across_columns(_alike_together(problems))), listed_in
        super().__init__(self.problems)

    def __str__(self) -> str:
        count, told = len(self.problems), list(_told(self.problems))
        title = "1 problem in the input:" if count == 1 else f"{count} problems in the input:"
        more = [f"… and {len(told) - MOST_ON_SCREEN} more"] if len(told) > MOST_ON_SCREEN else []
        whole = (
            [f"all of them, row by row: {self.listed_in}"]
            if self.listed_in and (more or count > MOST_OF_A_KIND)
            else []
        )
        return "\n".join([title, *told[:MOST_ON_SCREEN], *more, *whole])

    def rows(self) -> list[list[str]]:
        """Every problem in every row, as a table to be filtered: a heading, then file, row, column, value and the rest."""
        lines = [["file", "row", "column", "value", "problem", "allowed", "what to do"]]
        for one in self.problems:
            for row in (one.row, *one.more_rows):
                number, value = "" if row is None else str(row), "" if one.value is None else str(one.value)
                lines.append([one.file, number, one.column, value, one.what, one.allowed, one.remedy])
        return lines


class PageProblem(Exception):
    """Something that must not, or cannot, be published; names the notebook, the cell (from 1) and what to do."""

    exit_code = 3

    def __init__(self, notebook: str, cell: int | None, what: str, remedy: str):
        self.notebook, self.cell, self.what, self.remedy = notebook, cell, what, remedy
        super().__init__(notebook, cell, what, remedy)

    def __str__(self) -> str:
        place = f"{self.notebook}, cell {self.cell}" if self.cell else self.notebook
        return f"{place}: {self.what}\n    what to do: {self.remedy}"


def _told(problems: list[Problem]) -> Iterator[str]:
    """Each problem in words; of a kind that a column has many of, the first few and where the others are."""
    kinds: dict[tuple, list[Problem]] = {}
    for problem in problems:
        kinds.setdefault((problem.file, problem.column, problem.what), []).append(problem)
    for (file, column, what), alike in kinds.items():
        shown = alike if len(alike) <= MOST_OF_A_KIND + 1 else alike[:MOST_OF_A_KIND]
        yield from map(str, shown)
        if rest := alike[len(shown) :]:
            rows = tuple(row for problem in rest for row in (problem.row, *problem.more_rows) if row is not None)
            remedy = "fix those above first; then run it again for these"
            more = f"{what}: {len(rest)} more of this kind"
            yield str(Problem(more, remedy, file, rows[0] if rows else None, column, more_rows=rows[1:]))


def _alike_together(problems: Iterable[Problem]) -> list[Problem]:
    """The same thing wrong in several rows of a column as one problem with all its rows."""
    alike: dict[Problem, list[int]] = {}
    for problem in problems:
        rows = (problem.row, *problem.more_rows)
        alike.setdefault(replace(problem, row=None, more_rows=()), []).extend(row for row in rows if row is not None)
    ordered = ((problem, sorted(set(rows)) or [None]) for problem, rows in alike.items())
    return [replace(problem, row=first, more_rows=tuple(more)) for problem, (first, *more) in ordered]


def _across_columns(problems: list[Problem]) -> list[Problem]:
    """The same thing wrong in many columns of a file as one problem: its rows, the first columns and how many more."""
    alike: dict[Problem, list[Problem]] = {}
    for problem in problems:
        alike.setdefault(replace(problem, row=None, column="", more_rows=()), []).append(problem)
    found = []
    for same in alike.values():
        columns = list(dict.fromkeys(problem.column for problem in same))
        if len(columns) <= FEW_COLUMNS or not same[0].file:
            found += same
            continue
        rows = sorted({row for problem in same for row in (problem.row, *problem.more_rows) if row is not None}) or [
            None
        ]
        named = f"{', '.join(columns[:FEW_COLUMNS])} and {len(columns) - FEW_COLUMNS} more"
        found.append(replace(same[0], row=rows[0], column=named, more_rows=tuple(rows[1:])))
    return found


def _in_order(problems: list[Problem]) -> list[Problem]:
    """Files in the order in which they are read, the problems of each by row."""
    files = {file: place for place, file in enumerate(dict.fromkeys(problem.file for problem in problems))}
    return sorted(problems, key=lambda problem: (files[problem.file], problem.row or 0))


def raise_problems(problems: Iterable[Problem], listed_in: str = "") -> None:
    """Stop when there is any problem, naming all of them at once."""
    found = list(problems)
    if found:
        raise InputProblems(found, listed_in)


@contextmanager
def gathered(problems: list[Problem]) -> Iterator[None]:
    """What is found wrong within is added to `problems`, and the work goes on below: one run names everything."""
    try:
        yield
    except InputProblems as stop:
        problems.extend(stop.problems)


def nearest(word: str, valid: Iterable[str]) -> str | None:
    """The valid word most like `word`, or None when none is near: two thirds alike or more, and either one begins the
    other or fewer than half of the letters would have to change ("age" is not near "change").
    """
    found = process.extract(word, list(valid), scorer=fuzz.ratio, score_cutoff=66, limit=None)
    alike = {one: OSA.normalized_similarity(word, one) for one, _, _ in found}
    near = (one for one in alike if alike[one] > 0.5 or one.startswith(word) or word.startswith(one))
    return max(near, key=alike.__getitem__, default=None)


def shortened(value: object, most: int = 60) -> str:
    """A value as it may stand in a message: one line, at most `most` characters."""
    text = " ".join(str(value).split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def quoted(text: str) -> str:
    """A text in the straight quotes of YAML, whatever signs it holds."""
    return json.dumps(text, ensure_ascii=False)


def to_paste(*keys: str, line: str) -> str:
    """Lines that can be pasted into a params file or codebook: each key below the one before, then `line`."""
    return "".join(f"{INDENT}{'  ' * depth}{text}" for depth, text in enumerate([*(f"{key}:" for key in keys), line]))
