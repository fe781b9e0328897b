"""The cleaning log: one line for every decision about a file, a column, a row or a cell, under the name of its rule."""

import pandas as pd

from followup.language import Text

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
    "missing_label": Text("סומן „לא יודע/ת”", "marked “don’t know”"),
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


class Log:
    """The cleaning log under way."""

    def __init__(self):
        self.entries: list[tuple] = []

    def add(
        self, rule: str, file: str, row: int | None = None, column: str = "", was: object = "", became: object = ""
    ) -> None:
        if rule not in RULES:
            raise KeyError(f"{rule} is not a rule of the cleaning log")
        self.entries.append((file, row, inert(" ".join(column.split())), inert(was), inert(became), rule))

    def take(self, export) -> None:
        """What the reader of an export did with it: how it was read, then what it changed or set aside."""
        for note in export.notes:
            self.add("read_as", export.file, was="", became=note)
        for row, column, was, became, rule in export.log:
            self.add(rule, export.file, row, column or "", was, became)

    def frame(self) -> pd.DataFrame:
        """file, row, column, was, became, rule; rows as a spreadsheet numbers them."""
        return pd.DataFrame(self.entries, columns=COLUMNS).astype({"row": "Int64"})


def joined(*logs: pd.DataFrame) -> pd.DataFrame:
    """Several logs as one, in the order given."""
    return pd.concat([log for log in logs if len(log)] or [Log().frame()], ignore_index=True)


def rules_used(log: pd.DataFrame) -> pd.DataFrame:
    """How often each rule was applied to each file: file, rule, n. How a file was read is no rule applied to it."""
    applied = log[log["rule"] != "read_as"]
    return applied.groupby(["file", "rule"], sort=True).size().rename("n").reset_index()
