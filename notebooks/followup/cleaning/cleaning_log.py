"""The cleaning log: one line for every decision about a file, a column, a row or a cell, under the name of its rule."""

from array import array
from collections.abc import Sequence

import numpy as np
import pandas as pd

from followup.store.csv_tables import stacked
from followup.words.cleaning_rules import RULES

COLUMNS = ["file", "row", "column", "was", "became", "rule"]
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def inert(text: object) -> str:
    """A text as a spreadsheet may safely open it: what begins like a formula gets an apostrophe before it."""
    text = str(text)
    harmless = len(text) == 1 or text[1:].replace(".", "", 1).isdecimal()
    return f"'{text}" if text.startswith(FORMULA_SIGNS) and not harmless else text


NO_ROW = -1


class Log:
    """The cleaning log under way: what is said of many rows is kept once, so that millions of lines take little room."""

    def __init__(self):
        self.said: dict[tuple[str, str, str, str, str], int] = {}  # (file, column, was, became, rule): its number
        self.rows, self.which = array("q"), array("i")

    def add(
        self, rule: str, file: str, row: int | None = None, column: str = "", was: object = "", became: object = ""
    ) -> None:
        self.rows.append(NO_ROW if row is None else row)
        self.which.append(self._number(rule, file, column, was, became))

    def add_rows(
        self, file: str, rows: np.ndarray, column: str, which: np.ndarray, said: Sequence[tuple[object, object, str]]
    ) -> None:
        """A line for each of `rows`: that of `said` (was, became, rule) which `which` names by its place."""
        numbers = np.array([self._number(rule, file, column, was, became) for was, became, rule in said], dtype="i")
        self.rows.frombytes(rows.astype("q").tobytes())
        self.which.frombytes(numbers[which].tobytes())

    def _number(self, rule: str, file: str, column: str, was: object, became: object) -> int:
        if rule not in RULES:
            raise KeyError(f"{rule} is not a rule of the cleaning log")
        line = (file, inert(" ".join(column.split())), inert(was), inert(became), rule)
        return self.said.setdefault(line, len(self.said))

    def take(self, export) -> None:
        """What the reader of an export did with it: how it was read, then what it changed or set aside."""
        for note in export.notes:
            self.add("read_as", export.file, was="", became=note)
        for row, column, was, became, rule in export.log:
            self.add(rule, export.file, row, column or "", was, became)

    def frame(self) -> pd.DataFrame:
        """file, row, column, was, became, rule; rows as a spreadsheet numbers them."""
        said = pd.DataFrame(list(self.said), columns=["file", "column", "was", "became", "rule"], dtype="str")
        which, rows = np.array(self.which, dtype="i"), np.array(self.rows, dtype="q")
        lines = {name: said[name].astype("category").array.take(which) for name in said}
        return pd.DataFrame(lines | {"row": pd.arrays.IntegerArray(rows, rows == NO_ROW)}, copy=False)[COLUMNS]


def joined(*logs: pd.DataFrame) -> pd.DataFrame:
    """Several logs as one, in the order given."""
    return stacked([log for log in logs if len(log)] or [Log().frame()])
