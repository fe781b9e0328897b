"""The cleaning log: one line for every decision about a file, a column, a row or a cell, under the name of its rule."""

from array import array
from collections.abc import Sequence

import numpy as np
import pandas as pd

from followup.language import Text
from followup.store.csv_tables import stacked

COLUMNS = ["file", "row", "column", "was", "became", "rule"]

# Every rule there is, in the words of the page.
RULES = {
    # rows set aside
    "blank_row": Text("שורה ריקה", "blank row"),
    "other_wave": Text("שורה של שלב אחר", "row of the other wave"),
    "other_cohort": Text("שורה של מחזור אחר", "row of another cohort"),
    "preview": Text("מילוי לניסיון", "preview response"),
    "no_answers": Text("לא השיבו על אף היגד", "answered no statement"),
    "too_few_answers": Text("השיבו על מעט מדי היגדים", "answered too few statements"),
    "no_id": Text("בלי קוד משתתף", "no participant ID"),
    "not_on_roster": Text("אינו ברשימת המשתתפים", "not on the roster"),
    "duplicate": Text("מילוי כפול", "duplicate submission"),
    "self_nomination": Text("קשר של אדם עם עצמו", "a tie to oneself"),
    "repeated_row": Text("שורה שחוזרת על עצמה", "row that repeats another"),
    # rows kept, worth knowing
    "duplicate_kept": Text("המילוי שנספר מבין כמה", "the submission that counts, of several"),
    "partial_kept": Text("מילוי חלקי שנשמר", "partial submission, kept"),
    "no_group": Text("בלי שיוך לקבוצה", "belongs to no group"),
    "no_time": Text("בלי מועד מילוי", "no time of submission"),
    # cells changed
    "id_folded": Text("קוד שהוקלד בצורה אחרת", "ID typed another way"),
    "id_corrected": Text("קוד שתוקן לפי ההגדרות", "ID corrected by the params"),
    "heading_folded": Text("כותרת עם רווחים או סימנים נסתרים", "heading with odd spaces or signs"),
    "invisible_signs": Text("סימנים נסתרים או כתיב שקול", "invisible signs or variant letters"),
    "other_digits": Text("ספרות אחרות", "other digits"),
    "synonym": Text("כתיב אחר של אותה תשובה", "another spelling of the same answer"),
    "spelling": Text("כתיב שתוקן לפי ההגדרות", "spelling corrected by the params"),
    "number_for_label": Text("מספר במקום תווית", "a number for a label"),
    # cells without an answer
    "no_answer": Text("לא נענה", "left unanswered"),
    "missing_label": Text("סומן “לא יודע/ת”", "marked “don’t know”"),
    "user_missing": Text("קוד שהקובץ מגדיר כחסר", "code that the file declares as missing"),
    "contradiction": Text("תשובות שסותרות זו את זו", "answers that contradict each other"),
    # columns
    "heading_ignored": Text("עמודה שאינה נחוצה", "column that is not needed"),
    "heading_missing": Text("עמודה שאפשר בלעדיה ואינה בקובץ", "column that may be missing, and is"),
    "free_text": Text("טקסט חופשי (אינו נקרא)", "free text (not read)"),
    # how a file was read
    "read_as": Text("כיצד נקרא הקובץ", "how the file was read"),
    "encoding": Text("קידוד הקובץ", "encoding of the file"),
    "delimiter": Text("מפריד בין התאים", "delimiter of the cells"),
    "line_ends": Text("סימני סוף שורה", "line ends"),
    "separator_line": Text("שורת sep=", "“sep=” line"),
    "title_row": Text("כותרת מעל הטבלה", "title above the table"),
    "heading_row": Text("שורת כותרות נוספת", "further heading row"),
    "heading_unnamed": Text("עמודה בלי כותרת", "column without a heading"),
    "trailing_separator": Text("מפריד מיותר בסוף שורות", "spare delimiter at the ends of rows"),
    "row_filled": Text("שורה קצרה שהושלמה בתאים ריקים", "short row filled with empty cells"),
    "time_zone": Text("אזור זמן", "time zone"),
}


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


def rules_used(log: pd.DataFrame) -> pd.DataFrame:
    """How often each rule was applied to each file: file, rule, n. How a file was read is no rule applied to it."""
    applied = log[log["rule"] != "read_as"]
    counts = applied.groupby(["file", "rule"], observed=True, sort=False).size().rename("n").reset_index()
    return counts.astype({"file": "str", "rule": "str"}).sort_values(["file", "rule"], ignore_index=True)
