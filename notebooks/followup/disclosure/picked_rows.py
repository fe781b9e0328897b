"""A statistic of one's own that picks some of its rows itself: beside it, n would count people who have no part in it.

Whoever is left out and moves nothing may have answered just the mean. So it is looked again once somebody who moves it is
away: a mean is another then, and moves; of rows that the function does not take, still nothing moves.
"""

import math
from collections.abc import Callable
from types import CodeType

import numpy as np
import pandas as pd

from followup.disclosure.output_check import NotForPublication

FEW_ANSWERS = 3  # a mean of yes and no, or of up, same and down, however they are coded, tells how many gave each
AWAY = 3  # so many people who move the statistic are left out, one at a time, to look again


def refuse_picked(part: pd.DataFrame, function: Callable, steps: np.ndarray, by: list[str]) -> None:
    """Refuse a statistic in which some people of a group have no part; `steps` are how far each person moves it.

    How many rows meet a condition is a count, of all of them.
    """
    people, still = part.index.unique(), np.abs(steps) < 1e-12
    moving = steps[~still]
    if not still.any() or np.allclose(np.abs(moving), 1) or not _have_no_part(part, function, people, still):
        return
    raise NotForPublication(
        f"n would count people who have no part in this statistic: {_why(part, function, people[still])}; what to do: take the rows that "
        f"you mean before they are grouped, as in\n        {_instead(part, function, people[still], by)}"
    )


def _have_no_part(part: pd.DataFrame, function: Callable, people: pd.Index, still: np.ndarray) -> bool:
    """Whether one of those who move nothing moves nothing either when somebody else is away."""
    left = people[still]
    for away in people[~still][:AWAY]:
        rest = part[part.index != away]
        told = number(function, rest)
        left = [one for one in left if abs(told - number(function, rest[rest.index != one])) < 1e-12]
    return len(left) > 0


def _blank(part: pd.DataFrame, function: Callable, people: pd.Index) -> list[str]:
    """Columns that the function names, of which one or another is blank for each of these people; none where that is not why."""
    rows = part[part.index.isin(people)]
    named = [name for name in dict.fromkeys(_texts(getattr(function, "__code__", None))) if name in part]
    named = [name for name in named if rows[name].isna().any()]
    return named if len(named) and rows[named].isna().any(axis=1).all() else []


def _why(part: pd.DataFrame, function: Callable, people: pd.Index) -> str:
    blank = _blank(part, function, people)
    of_them = " or ".join(f"“{name}”" for name in blank)
    return f"their {of_them} is blank" if blank else "the function takes some of its rows only"


def _instead(part: pd.DataFrame, function: Callable, people: pd.Index, by: list[str]) -> str:
    """The line to paste: the function's own condition, or the columns that are blank, before the groups."""
    texts = [*_texts(getattr(function, "__code__", None))]
    condition = next((text for text in texts if any(sign in text for sign in ("==", "!=", "<", ">", " in "))), "…")
    column = next((text for text in texts if text in part and pd.api.types.is_numeric_dtype(part[text])), "…")
    blank = _blank(part, function, people)
    taken = f"dropna(subset={_listed(blank)})" if blank else f'query("{condition}")'
    return f'safe.apply(data.{taken}.groupby({_listed(by)}, observed=True), lambda rows: rows["{column}"].mean())'


def _listed(names: list[str]) -> str:
    return f'"{names[0]}"' if len(names) == 1 else "[" + ", ".join(f'"{name}"' for name in names) + "]"


def _texts(code: CodeType | None):
    for part in code.co_consts if code else ():
        if isinstance(part, str):
            yield part
        elif isinstance(part, CodeType):
            yield from _texts(part)


def are_answers(rows: pd.DataFrame, told: np.ndarray) -> bool:
    """Whether these are answers of some column, or stand half-way between two that are next to each other, but for one left out."""
    for _, column in rows.select_dtypes("number").items():
        answers = np.unique(column.dropna().to_numpy(float))
        steps = np.concatenate([(answers[apart:] + answers[: len(answers) - apart]) / 2 for apart in range(3)])
        if len(answers) > FEW_ANSWERS and np.isclose(told[:, None], steps[None, :], atol=1e-9).any(axis=1).all():
            return True
    return False


def number(function: Callable, rows: pd.DataFrame) -> float:
    """The statistic of some rows as a number; nan where it cannot be computed."""
    value = function(rows)
    if isinstance(value, pd.Series | pd.DataFrame | np.ndarray | list | tuple | str):
        raise NotForPublication(
            "a statistic gives one number for each group; what to do: make one table for each, as in\n"
            '        safe.apply(study.pairs.dropna(subset="change").groupby("measure"), lambda rows: rows["earlier"].corr(rows["later"]))'
        )
    return math.nan if value is None else float(value)
