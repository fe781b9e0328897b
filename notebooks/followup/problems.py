"""What is wrong with an input, said so that the person who can mend it knows what to do."""

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process


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

    def __str__(self) -> str:
        place = [self.file, f"row {self.row}" if self.row else "", f"column “{self.column}”" if self.column else ""]
        head = ", ".join(part for part in place if part)
        value = f" (found: “{shortened(self.value)}”)" if self.value is not None else ""
        lines = [f"{head}: {self.what}{value}" if head else f"{self.what}{value}"]
        if self.allowed:
            lines.append(f"    allowed:    {self.allowed}")
        lines.append(f"    what to do: {self.remedy}")
        return "\n".join(lines)


class InputProblems(Exception):
    """One or more problems found together in what was put in; nothing was changed or published."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]):
        self.problems = list(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        count = len(self.problems)
        title = "1 problem in the input:" if count == 1 else f"{count} problems in the input:"
        return "\n".join([title, *(str(problem) for problem in self.problems)])


def raise_problems(problems: Iterable[Problem]) -> None:
    """Stop when there is any problem, naming all of them at once."""
    found = list(problems)
    if found:
        raise InputProblems(found)


def nearest(word: str, valid: Iterable[str]) -> str | None:
    """The valid word most like `word`, or None when none is near (two thirds alike or more)."""
    match = process.extractOne(word, list(valid), scorer=fuzz.ratio, score_cutoff=66)
    return match[0] if match else None


def shortened(value: object, most: int = 60) -> str:
    """A value as it may stand in a message: one line, at most `most` characters."""
    text = " ".join(str(value).split())
    return text if len(text) <= most else f"{text[: most - 1]}…"
