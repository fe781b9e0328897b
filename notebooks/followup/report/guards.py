"""What a sentence may hold: cells of released tables, and no number that was typed or computed elsewhere.

Guards against mistakes, not malice: the analyst is trusted, and reads in the refusal what to write instead.
"""

import numbers
import re
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from followup import language as lang
from followup.disclosure.output_check import NotForPublication, bare_digits
from followup.language import LANGUAGES, Text
from followup.report import tables
from followup.report.refused_tables import refuse_cells, refuse_of_a_model
from followup.words.columns import COLUMNS
from followup.words.number_words import NUMBER_OF_PEOPLE, points_in_words


def _no_value(why: str) -> NotForPublication:
    return NotForPublication(
        f"{why}, so there is no value to go on with; what to do: hand the cell to report.say as it is, which then says nothing, "
        "or ask before\n        if not report.cell(…).missing:"
    )


@dataclass(frozen=True, eq=False)
class _NoValue:
    """What stands in place of a value that is not there: to compare it, or to compute with it, is refused in words."""

    why: str

    def _refuse(self, *_: object) -> float:
        raise _no_value(self.why)

    __lt__ = __le__ = __gt__ = __ge__ = __float__ = __int__ = __neg__ = __abs__ = __round__ = _refuse
    __eq__ = __ne__ = __bool__ = __format__ = __str__ = _refuse  # type: ignore[assignment]
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _refuse


def _by_safe(what: str, line: str) -> Callable[..., Any]:
    """A sign of arithmetic between cells, which is refused with what does the same."""

    def refuse(*_: object) -> Any:
        raise NotForPublication(f"cells are {what}; what to do: write\n        {line}")

    return refuse


@dataclass(frozen=True)
class Cell:
    """A number, or a text, that stands in a released table or in the params; `holds` as that of its column, or NOBODY.

    A `share` of 0 to 1 is written in per cent. One that is hidden, or that this cohort does not have, says why in `missing`.
    """

    value: object
    digits: int = 0
    holds: str = ""
    share: bool = False
    missing: str = ""

    @classmethod
    def without(cls, why: str) -> "Cell":
        """A cell without a value."""
        return cls(_NoValue(why), missing=why)

    def __str__(self) -> str:
        """As an f-string has it, which is refused where it is said: with the number, not with its parts."""
        return str(self.value)

    @property
    def text(self) -> Text:
        if self.missing:
            raise _no_value(self.missing)
        if self.share:
            return lang.percentage(self.value, max(self.digits - 2, 0))
        return self.value if isinstance(self.value, Text) else lang.number(self.value, self.digits)

    __sub__ = __rsub__ = _by_safe("not subtracted with a sign", "safe.diff(a, b)")
    __neg__ = __abs__ = _by_safe("not turned to the other sign", "safe.diff(b, a)")
    __add__ = __radd__ = _by_safe("not added up with a sign", "safe.sum([a, b])")
    __truediv__ = __rtruediv__ = _by_safe("not divided with a sign", "safe.share(a, b)")
    __mul__ = __rmul__ = _by_safe("not multiplied", "safe.assign(shown, new=lambda t: t[…] * …)")
    __lt__ = __le__ = __gt__ = __ge__ = _by_safe("compared by their values", "a.value > b.value")
    __round__ = __float__ = __int__ = _by_safe("not rounded by Python", "report.cell(…, digits=1)")

    def __eq__(self, other: object) -> bool:
        if isinstance(other, numbers.Real):  # which would be silently unlike
            return self < other
        return isinstance(other, Cell) and vars(self) == vars(other)


class Safe:
    """`safe.sum`, `safe.diff` and `safe.share` of cells of released tables; of nothing else."""

    @staticmethod
    def sum(cells: Iterable[Cell] | Cell, *more: Cell) -> Cell:
        parts = [cells, *more] if isinstance(cells, Cell) else [*cells, *more]
        if lacking := _missing(*parts):
            return lacking
        total, digits = sum(_number(part) for part in parts), max((part.digits for part in parts), default=0)
        return Cell(total, digits, share=bool(parts) and all(part.share for part in parts))

    @staticmethod
    def diff(one: Cell, other: Cell) -> Cell:
        if lacking := _missing(one, other):
            return lacking
        change = _number(one) - _number(other)
        return Cell(change, max(one.digits, other.digits), share=one.share and other.share)

    @staticmethod
    def share(part: Cell, whole: Cell) -> Cell:
        """ "24 of 29 (83%)" """
        return _missing(part, whole) or Cell(lang.share(int(_number(part)), int(_number(whole))))


def _missing(*cells: Cell) -> Cell | None:
    """The first cell without a value: what is computed of it has none either."""
    return next((cell for cell in cells if isinstance(cell, Cell) and cell.missing), None)


def _number(cell: Cell) -> float:
    if isinstance(cell, Cell) and isinstance(cell.value, Text):
        raise NotForPublication(
            f"“{lang.without_turns(cell.value.en)}” leaves in words, and cannot be added up; what to do: say it as it is, as in\n"
            '        report.say(en="… {share} …", he="… {share} …", share=report.cell(…))'
        )
    if not isinstance(cell, Cell):
        raise NotForPublication(
            f"“{cell}” is no cell of a released table; what to do: take it from one, as in\n"
            '        safe.sum(report.cells("response", "n"))'
        )
    return cell.value


NOBODY, CHANCE = "nobody", 20  # smaller whole numbers stand in many cells


def holds(column: str, value: object) -> str:
    """What a number of this column is in a sentence: a result, how many people stand behind one, or that nobody does."""
    kind = COLUMNS[column].holds if column in COLUMNS else ""
    none = kind == "size" and isinstance(value, numbers.Real) and value == 0
    return NOBODY if none else kind


# Sentences -----------------------------------------------------------------------------------------------------------


def sayable(name: str, value: object, released: dict[str, pd.DataFrame], names: frozenset[str]) -> Text:
    """A value of a sentence as words; refuses a number, or a text with numbers, that is no cell of a released table."""
    if isinstance(value, Cell):
        return value.text
    if isinstance(value, Text) and not any(bare_digits(value[language], names) for language in LANGUAGES):
        return value
    if isinstance(value, str) and not bare_digits(value, names):
        return lang.same(lang.free_text(value))
    shown = value.en if isinstance(value, Text) else value
    raise NotForPublication(
        f"“{name}” is {shown}, a number that is no cell of a released table; what to do: show the table that it stands "
        f"in (report.table or report.figure), then {_instead(name, value, released)}"
    )


def _instead(name: str, value: object, released: dict[str, pd.DataFrame]) -> str:
    """The cell that holds this number, as a line that can be pasted and names that cell alone; else why there is none."""
    number = None if isinstance(value, Text | str) else value
    if number is not None and (cell := _cell_of(number, released, name)):
        return f"write\n        {name}={cell}"
    return f'take it from there: {name}=report.cell("TABLE", "COLUMN", …); {_no_cell(number, released)}'


def _no_cell(value: object, released: dict[str, pd.DataFrame]) -> str:
    """Why no cell of this number is named."""
    if _cells_with(value, released):
        return (
            "cells of released tables hold this number, maybe by chance: take the one that means it; how many scales or statements "
            "there are is typed in words, as “six scales”"
        )
    return "no table that this notebook has shown so far has this number: show one that has it, or name one of an earlier notebook"


def _cell_of(value: object, released: dict[str, pd.DataFrame], column: str = "") -> str | None:
    """The cell of a released table that holds a number, as a line that names that cell alone; None where it may be another.

    One of a column that is called as the number is; else the only one that holds it, if it is no small whole number, as
    many cells hold by chance.
    """
    found = _cells_with(value, released)
    meant = [cell for cell in found if cell[1] == column] or ([] if value in range(CHANCE) else found)
    lines = [_line(name, released[name], column, row) for name, column, row in meant]
    return lines[0] if len(lines) == 1 else None


def _cells_with(value: object, released: dict[str, pd.DataFrame]) -> list[tuple[str, str, object]]:
    return [
        (name, column, row)
        for name, frame in released.items()
        for column in frame.select_dtypes("number")
        for row in frame.index[frame[column].eq(value).fillna(False)]
    ]


def _line(name: str, frame: pd.DataFrame, column: str, row: object) -> str | None:
    where = _telling(frame, row)
    return None if where is None else f'report.cell("{name}", "{column}"{where})'


def _telling(frame: pd.DataFrame, row: object) -> str | None:
    """The words by which a row is told from the others, as arguments of `report.cell`; None where none tell it."""
    where, left, words = "", frame, frame.loc[row]
    for key in (column for column in frame if column.isidentifier() and isinstance(words[column], str)):
        alike = left[left[key].eq(words[key]).fillna(False).astype(bool)]
        if len(alike) < len(left):
            where, left = f'{where}, {key}="{words[key]}"', alike
    return where if len(left) == 1 else None


def written(values: pd.Series) -> int:
    """The decimals of released numbers; 0 for what is no number."""
    return tables.decimals_of(values) if pd.api.types.is_numeric_dtype(values) else 0


def a_table(name: str, frame: object) -> pd.DataFrame | pd.Series:
    """The table that is to be shown; refuses what is none, and what is of a fitted model."""
    refuse_of_a_model(name, frame)
    if not isinstance(frame, pd.DataFrame | pd.Series):
        inside = isinstance(getattr(frame, "data", None), pd.DataFrame)
        raise NotForPublication(
            f"“{name}” is a {type(frame).__name__} and no table; what to do: hand over the frame"
            + (", without its styles" if inside else "")
            + f', as in\n        report.table("{name}", frame, en="…", he="…")'
        )
    refuse_cells(name, frame)
    return frame


@dataclass(frozen=True)
class Note(Text):
    """A note under a caption whose numbers are cells of released tables, or were counted by the package to be told.

    What is added to it is no longer one.
    """


_RANGE = r"\d{1,3}(?: ?(?:[-–+]|to|or|עד|או) ?\d{1,3}|\+)?"
# What a group may be called by: years, ages, grades; never how many people it has. The Hebrew for age stands in a form that
# keeps it from counting as a word of our prose: it is a first name, too.
NAMED_BY_NUMBER = re.compile(
    rf"(?i)\b(?:ages?|aged|grades?|levels?|class|stage) {_RANGE}(?![\w.,]\d)"
    rf"|\b{_RANGE}[- ](?:years?|months?|weeks?|days?|hours?)\b"
    rf"|(?:ג[י]ל(?:אי|י)?|דרגה|דרגות|כיתה|כיתות|רמה|רמות|שלב) {_RANGE}(?!\w)"
    rf"|(?<![\d.,]){_RANGE} (?:שנים|שנה|שנות|חודשים|שבועות|ימים|שעות)(?!\w)"
)

# Typed words ---------------------------------------------------------------------------------------------------------


MADE_FOR_IT = (
    "\n    or make a table for the sentence, as in\n"
    '        shown = safe.pivot_table(study.scores.dropna(subset="score"), values="score", index=["measure", "wave"])\n'
    '        report.say(en="{measure}: {score} ({n}).", he="{measure}: {score} ({n}).", row=shown.iloc[[0]])'
)


def check_typed(
    what: str, text: str, names: frozenset[str], released: dict[str, pd.DataFrame], points: Container[int] = ()
) -> None:
    """Refuse digits typed into a sentence, caption or note, but for dates, levels and names of codebook and params; and how
    many people, in words. As answers the `points` of the study's scales may stand: “rated 4 or 5”, “4 or more”.

    The signs that keep a number's direction make it no better: anybody can write them.
    """
    bare = re.sub(r"\{\w*\}|[\u2066\u2069]", "", text)
    bare = points_in_words(bare, points)
    bare = NAMED_BY_NUMBER.sub(" ", bare) if what == "heading" else bare
    if found := bare_digits(bare, names) or NUMBER_OF_PEOPLE.findall(bare):
        number = re.fullmatch(r"[\d,]+(?:\.\d+)?", found[0])
        value = float(number[0].replace(",", "")) if number else None
        cell = _cell_of(value, released) if number else None
        none = f"\n    {_no_cell(value, released)}" if number and not cell else ""
        none += MADE_FOR_IT if none and what == "sentence" else ""
        cell = cell or 'report.cell("TABLE", "COLUMN", …)'
        instead = f"let it come from a released table, as in\n        {with_value(what, cell)}{none}"
        if what == "heading":
            figures = "of a group years, ages and grades may stand in figures: “up to 10 years”"
            instead = f"write it in words ({figures}), or {instead}"
        raise NotForPublication(
            f"“{found[0]}” is typed into the {what} “{lang.without_turns(text)}”; what to do: {instead}"
        )


def with_value(what: str, cell: str, name: str = "n") -> str:
    """How a sentence, a note or a title takes a cell; a caption and a heading take none, and have a note beside them."""
    if what == "title":
        return f'title={{"en": "… {{{name}}} …", "he": "… {{{name}}} …", "{name}": {cell}}}'
    call = {"note": "report.note", "caption": "note=report.note", "heading": "note=report.note"}.get(what, "report.say")
    return f'{call}(en="… {{{name}}} …", he="… {{{name}}} …", {name}={cell})'


def refuse_altered(name: str, frame: pd.DataFrame, of: str, whole: pd.DataFrame) -> None:
    """A table of the rows of a released result with other numbers in them, or with columns of its own."""
    about = [column for column in frame if column in whole and pd.api.types.is_string_dtype(whole[column].dropna())]
    known = {*map(tuple, whole[about].astype("object").to_numpy())} if about else set()
    alike = {*frame} <= {*whole} or {*whole} <= {*frame}
    if alike and len(about) > 1 and len(frame) and {*map(tuple, frame[about].astype("object").to_numpy())} <= known:
        raise NotForPublication(
            f"table “{name}” is not published: it has the rows of the released result “{of}”, and other numbers or columns; "
            f"what to do: take rows and columns of what report.release(“{of}”, …) gave, unchanged, or derive new ones:\n"
            f"        safe.assign(…, new=lambda t: t.{about[-1]})"
        )
