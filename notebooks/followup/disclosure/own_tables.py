"""Tables of plain pandas: they may hold counts of which it is known what they count; results come from `safe` alone."""

from collections.abc import Iterator

import pandas as pd

from followup.disclosure.output_check import (
    GROUP_COUNTS,
    KNOWN_NUMBERS,
    NOT_PARTS,
    OF_A_ROW,
    NotForPublication,
    Rules,
    holds_numbers,
)
from followup.disclosure.suppression import CATEGORIES, is_count

OF_THE_DATA = {  # of rows, cells and columns of the exports, of findings and of quotations
    "left_out", "excluded", "rows", "rows_kept", "rows_excluded", "supports", "qualifies", "contradicts", "conflicts",
}  # fmt: skip
ANSWERS = {category.removeprefix("n_") for category in CATEGORIES}
WITH_SAFE = (
    'safe.crosstab(answers["wave"], answers["category"]), or\n'
    '        safe.pivot_table(scores, values="score", index="measure", aggfunc="count")'
)


def publishable(rules: Rules, name: str, frame: pd.DataFrame, from_safe: bool) -> pd.DataFrame:
    """A table as it may be published; raises `NotForPublication` where it is not from `safe` and holds what plain pandas
    may not tell: what a column is called does not say that its numbers may leave.
    """
    if from_safe:
        return rules.checked(name, frame)
    shown = rules.protected(name, frame)
    for problem in () if rules.cohorts else _problems(shown):  # side by side stand numbers that were published
        raise NotForPublication(f"table “{name}” is not published: {problem}")
    return shown


def _problems(frame: pd.DataFrame) -> Iterator[str]:
    numbers = [str(column) for column in frame if holds_numbers(frame[column])]
    for column in numbers:
        if column in KNOWN_NUMBERS - OF_A_ROW:
            yield (
                f"“{column}” is a result, or is called like one, and plain pandas does not know what may be told of it; what to "
                'do: let safe make the table, as in\n        safe.pivot_table(scores, values="score", index="measure"), or\n'
                '        safe.apply(scores.groupby("measure"), lambda rows: rows["score"].mean())'
            )
        if not _is_known(column, numbers):
            yield f"nobody knows whom “{column}” counts; what to do: let safe count, as in\n        {WITH_SAFE}"
    texts = [column for column in frame if column != "form"]  # which says what is left of answers in three categories
    if any(is_count(column) for column in numbers) and any(_holds_answers(frame[column]) for column in texts):
        yield f"it counts who gave which answer; what to do: let safe count, as in\n        {WITH_SAFE}"


def _is_known(column: str, numbers: list[str]) -> bool:
    """Whether it is known what a column counts: people or rows by its name, or a part of the n beside it."""
    if column in KNOWN_NUMBERS | GROUP_COUNTS | NOT_PARTS | OF_THE_DATA | OF_A_ROW:
        return True
    return is_count(column) and "n" in numbers or column.startswith(("cells", "columns_"))


def _holds_answers(cells: pd.Series) -> bool:
    """Whether a column says which answer a row is about: low, middle or high."""
    told = {*cells.dropna().astype("str")}
    return bool(told) and told <= ANSWERS
