"""The cleaning log: one line for every decision about a row or a cell, under the name of the rule that made it."""

import pandas as pd

COLUMNS = ["file", "row", "column", "was", "became", "rule"]
RULES = frozenset({
    # rows set aside
    "blank_row", "other_wave", "preview", "no_id", "not_on_roster", "self_nomination", "duplicate", "no_answers", "too_few_answers", "reader",
    # rows kept, worth knowing
    "partial_kept", "no_group",
    # cells changed
    "id_folded", "id_corrected", "heading_folded", "invisible_signs", "other_digits", "synonym", "spelling", "number_for_label",
    # cells without an answer, or not read
    "no_answer", "missing_label", "user_missing", "contradiction", "heading_ignored", "free_text",
})


class Log:
    """The cleaning log under way."""

    def __init__(self):
        self.entries: list[tuple] = []

    def add(self, rule: str, file: str, row: int | None = None, column: str = "", was: object = "", became: object = "") -> None:
        if rule not in RULES:
            raise KeyError(f"{rule} is not a rule of the cleaning log")
        self.entries.append((file, row, " ".join(column.split()), str(was), str(became), rule))

    def frame(self) -> pd.DataFrame:
        """file, row, column, was, became, rule; rows as a spreadsheet numbers them."""
        return pd.DataFrame(self.entries, columns=COLUMNS).astype({"row": "Int64"})


def joined(*logs: pd.DataFrame) -> pd.DataFrame:
    """Several logs as one, in the order given."""
    return pd.concat([log for log in logs if len(log)] or [Log().frame()], ignore_index=True)


def rules_used(log: pd.DataFrame) -> pd.DataFrame:
    """How often each rule was applied to each file: file, rule, n."""
    return log.groupby(["file", "rule"], sort=True).size().rename("n").reset_index()
