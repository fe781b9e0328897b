"""Tables made with pandas as they may leave: people are counted behind every cell through the index of respondents.

A count of a few is hidden, and a second one with it where it would follow from the totals; a mean needs a group, and is
rounded to a step that one person cannot be read from. Statistics that are one person's answer are refused by name. At
`precision: words_only` no number of answers is told.
"""

import math
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from types import CodeType

import numpy as np
import pandas as pd

from followup.disclosure.group_sizes import at_least
from followup.disclosure.output_check import FEWEST_FOR_SPREAD, NotForPublication
from followup.disclosure.parts_of_whole import WORDS_ONLY, hidden_parts
from followup.disclosure.people_apart import nearly_some
from followup.disclosure.picked_rows import FEW_ANSWERS, are_answers, number, refuse_picked
from followup.disclosure.precision import in_decimals
from followup.disclosure.small_cells import hidden_of_people
from followup.rounding import in_steps
from followup.study.params import Disclosure

SIDES = "how each person moves it"
RESULTS = {
    "value",
    "score",
    "change",
    "earlier",
    "later",
    "as_worded",
}  # outcomes of the study, whose means the page tells
RESPONDENT, SHARES, APART, ALL_BUT_FEW = "respondent", "of_shares", "apart", "all_but_few"
OF_ROWS = "of_rows"  # shares that add up to 100% in each row
References = Callable[..., Iterable[Sequence[pd.Index]]]  # of rows, and of what in them
Apart = Callable[
    [pd.DataFrame], np.ndarray
]  # of keys: which rows are of a table that is a few people apart from a published one
OF_ONE_PERSON = {  # statistics that are one respondent's answer, or tell it of a few
    "median", "quantile", "percentile", "min", "max", "amin", "amax", "nanmin", "nanmax", "nanmedian", "nanpercentile",
    "mode", "first", "last", "nth", "idxmin", "idxmax", "skew", "kurt", "describe", "cummax", "cummin",
    "nlargest", "nsmallest", "head", "tail", "sample", "unique", "tolist", "to_list", "iloc", "loc", "iat", "values",
}  # fmt: skip
USUAL_STEP = 0.1
OF_ONE = "the answer in the middle, or at another place"
SPREADS = {"std", "var", "sem"}  # of enough people they may stand in a statistic of one's own
ANY_STEP = 45  # a mean is rounded to the power of ten above the furthest answer's distance from it, over so many people


def people_of(frame: pd.DataFrame | pd.Series, what: str) -> pd.Index:
    """The respondents of a table's rows; refuses one that does not say whose its rows are."""
    if frame.index.name != RESPONDENT:
        raise NotForPublication(
            f"{what} does not know whose its rows are: its index is not the respondents; what to do: start from a frame of "
            "study (study.tables() lists them), and use join instead of merge, and melt(…, ignore_index=False), as in\n"
            '        study.scores.join(study.participants["seniority"])'
        )
    return frame.index


def _refuse(name: str) -> None:
    if name in SPREADS:
        raise NotForPublication(
            f"“{name}” tells how far apart a few people are; what to do: put it into a statistic of your own of ten people or "
            'more, as in\n        safe.apply(study.pairs.dropna(subset="change").groupby("measure"), lambda rows: rows["change"].mean() / rows["change"].std())'
        )
    if name in OF_ONE_PERSON or name == OF_ONE:
        raise NotForPublication(
            f"“{name}” is one respondent’s answer, or tells it of a few; what to do: take the mean, or count categories, as in\n"
            '        safe.pivot_table(study.scores, values="score", index="measure", aggfunc="mean")'
        )


def _refuse_numbers_as_keys(keys: pd.DataFrame) -> None:
    """A score, or a band between two of them, as what rows or columns are about: its label is somebody's answer."""
    for name, key in keys.items():
        if isinstance(key.dtype, pd.CategoricalDtype) and pd.api.types.is_float_dtype(key.dtype.categories):
            key = key.astype(float)
        fractions = pd.api.types.is_float_dtype(key) and not (key.dropna() % 1 == 0).all()
        if isinstance(key.dtype, pd.CategoricalDtype) and isinstance(key.dtype.categories, pd.IntervalIndex):
            key = key.astype(key.dtype.categories.dtype)
        if isinstance(key.dtype, pd.IntervalDtype):
            cuts = pd.IntervalIndex(key.dropna())
            what = "holds the bounds of bands, which may be answers; what to do: name the bands where the numbers are cut (“…” is their column)"
            line = bands("…", [*cuts.left, *cuts.right])
        elif fractions:
            what = "is a number of each person’s own, and a table by it would name them; what to do: name bands with bounds of your own"
            line = bands(str(name), key.dropna())
        else:
            continue
        raise NotForPublication(
            f"“{name}” {what}, and head them, as in\n        {line}\n"
            '        headings={"own_band": ("…", "…"), "below": ("…", "…"), "between": ("…", "…"), "above": ("…", "…")}'
        )


def bands(name: str, numbers: Iterable[float]) -> str:
    """A line that makes bands of a column: the outer bounds are beyond all its numbers, since pandas drops what is outside."""
    largest = max((abs(number) for number in numbers if abs(number) < float("inf")), default=0)
    outer = 10 ** max(2, len(str(int(largest))))
    cut = f'pd.cut(data["{name}"].astype(float), [-{outer}, 2, 4, {outer}], labels=["below", "between", "above"])'
    return f"data = data.assign(own_band={cut})"  # no name that the page heads, as it does “band”, “low” and “high”


# Counts --------------------------------------------------------------------------------------------------------------


def crosstab(
    index,
    columns,
    policy: Disclosure,
    groups: frozenset[str] = frozenset(),
    normalize: bool | str = False,
    nearly: Callable[[pd.DataFrame], pd.DataFrame] | None = None,
    in_category: Callable[[pd.DataFrame], pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """pandas' crosstab of one column, or several, by another, with small cells blank; `normalize="index"` gives shares.

    By a group of participants a count is never told, and a share to a tenth. `nearly` says of rows of keys which are of
    nearly the people of a published number; `in_category` which cells are nearly a published category of answers.
    """
    rows = [index] if isinstance(index, pd.Series) else list(index)
    across = [columns] if isinstance(columns, pd.Series) else list(columns)
    people = people_of(rows[0], "this crosstab")
    if not all(people_of(one, "this crosstab").equals(people) for one in (*rows, *across)):
        raise NotForPublication(
            "the columns of this crosstab are of different rows; what to do: take them from one frame, as in\n"
            '        safe.crosstab(study.answers["measure"], study.answers["category"])'
        )
    rows, across = ([one.reset_index(drop=True) for one in some] for some in (rows, across))
    keys = pd.concat([*rows, *across], axis=1, keys=range(len(rows) + len(across)))
    named = keys.set_axis([one.name for one in (*rows, *across)], axis=1)
    _refuse_numbers_as_keys(named)
    counts = pd.crosstab(rows, across) if across[1:] or rows[1:] else pd.crosstab(rows[0], across[0])
    near, told = (
        _cells_about(counts, those(named.set_axis(people)), [*named]) if those and len(named) else counts != counts
        for those in (nearly, in_category)
    )
    hidden = hidden_of_people(counts, rows, across, people, policy, told, groups) | (policy.precision == WORDS_ONLY)
    apart, hidden = bool((near & ~hidden).any(axis=None)), hidden | near
    by_group = bool(groups & {str(key) for column in keys for key in keys[column].dropna().unique()})
    if normalize in ("index", True) or by_group:
        shares = counts.div(counts.sum(axis=1).where(lambda total: total > 0), axis=0).astype(float)
        lone = hidden.sum(axis=1) == 1  # the others would tell it: a row adds up to 100%
        told = _noted(in_decimals(shares, 1 if by_group else 2).mask(hidden).mask(lone), apart and ALL_BUT_FEW)
        told.attrs[SHARES] = OF_ROWS
        return told
    if normalize:
        raise _of_columns(rows, across)
    return _noted(counts.astype("Int64").mask(hidden), apart and ALL_BUT_FEW)


def _of_columns(rows: list[pd.Series], across: list[pd.Series]) -> NotForPublication:
    """The refusal of shares that add up in columns, with the line that has these as rows."""
    turned = ", ".join(columns_of_data([one.name for one in some]) for some in (across, rows))
    return NotForPublication(
        "shares are told of rows; what to do: let index and columns change places, as in\n"
        f'        safe.crosstab({turned}, normalize="index")'
    )


def columns_of_data(names: list[str]) -> str:
    """Columns of `data`, as they are written: one alone, or several in a list."""
    each = ", ".join(f'data["{name}"]' for name in names)
    return each if len(names) == 1 else f"[{each}]"


def _cells_about(counts: pd.DataFrame, parts: pd.DataFrame, names: list) -> pd.DataFrame:
    """Which cells of a crosstab by these keys are about one of the parts, cells of nobody too."""
    at = [names.index(name) for name in parts]
    told = {*parts.itertuples(index=False, name=None)} if at else {()} if len(parts) else set()
    rows, across = ([place if isinstance(place, tuple) else (place,) for place in axis] for axis in counts.axes)
    cells = [[tuple((*row, *column)[place] for place in at) in told for column in across] for row in rows]
    return pd.DataFrame(cells, counts.index, counts.columns, dtype=bool)


# Means and other statistics -------------------------------------------------------------------------------------------


def step_of(furthest: float) -> float:
    """The step of a mean whose furthest answer is so far from it: 0.1 on a scale of 1 to 5, more on a wider one.

    (A power of ten: a finer one would tell more of the same mean when it is multiplied.)
    """
    return 10.0 ** math.ceil(math.log10(furthest / ANY_STEP) - 1e-9) if furthest > 1e-9 else USUAL_STEP


def to_step(value: float, step: float) -> float:
    """The value rounded to the step, without the noise of multiplication."""
    return round(in_steps(float(value), step) * step, 10) + 0.0


def pivot_table(
    data: pd.DataFrame,
    values: str,
    index,
    columns,
    aggfunc,
    policy: Disclosure,
    groups: frozenset[str],
    references: References,
    apart_of: Apart | None = None,
) -> pd.DataFrame:
    """pandas' pivot_table of one column's mean, or how many answered, with `n` beside it where nothing stands across.

    A cell of fewer than `least_group` people is blank, so is one whose people all gave the same answer, and whatever
    would let a hidden group be found by subtraction.
    """
    name = _statistic(aggfunc, index, values)
    people_of(data, "this pivot table")
    by = [*_names(index), *_names(columns)]
    known = data.dropna(subset=[values])
    _refuse_numbers_as_keys(known.reset_index()[by])
    if known.empty:
        keys = known.reset_index()[_names(index)].astype("object")
        return keys.assign(n=pd.Series(dtype="Int64"), **{values: pd.Series(dtype=float)}).set_index(_names(index))
    hidden, sizes, apart = hidden_cells(known, by, values, policy, groups, references, name == "mean", apart_of)
    if name != "mean":
        told = sizes.astype("Int64").mask(hidden | _told_of_groups(sizes, groups)).rename("n")
        return _noted(told.unstack(_names(columns)) if _names(columns) else told.to_frame(), apart)  # noqa: PD010
    grouped = known.groupby(by, observed=True)[values]
    of_a_yes = bool(known[values].isin([0, 1]).all())
    step = 0.1 if of_a_yes else step_of((known[values].astype(float) - grouped.transform("mean")).abs().max())
    means = grouped.mean().astype(float).map(lambda value: to_step(value, step)).mask(hidden)
    across = _names(columns)  # unstack keeps the order of categories
    table = means.unstack(across) if across else _with_n(means.to_frame(values), sizes, hidden, groups, policy)  # noqa: PD010
    table.attrs[SHARES] = of_a_yes
    return _noted(table, apart)


def _noted(table: pd.DataFrame, apart: bool | str) -> pd.DataFrame:
    """The table, and in its `attrs` why a cell is hidden only since its people are nearly those of a published number."""
    table.attrs[APART] = apart
    return table


def hidden_cells(
    known: pd.DataFrame,
    by: list[str],
    values: str,
    policy: Disclosure,
    groups: frozenset[str],
    references: References,
    of_means: bool = True,
    apart_of: Apart | None = None,
) -> tuple[pd.Series, pd.Series, bool]:
    """(which cells of a table by these keys stay hidden, how many people stand in each, whether one is hidden only since
    its people are nearly those of a published number); `known` has no blank values.

    Too few people, all of one mind, what follows from the others, people who are nearly those of a published result;
    with `of_means` also the mean of two or three answers of which all but a few gave the same.
    """
    grouped = known.groupby(by, observed=True)
    parts = {key: rows for key, rows in grouped}  # noqa: C416 - a groupby is no mapping
    places = grouped.size().index
    at = [key if isinstance(key, tuple) else (key,) for key in places]
    sizes = pd.Series([parts[key].index.nunique() for key in at], places)
    alike = pd.Series([parts[key][values].nunique() < 2 for key in at], places)
    if (
        of_means and len(known[values].unique()) <= FEW_ANSWERS
    ):  # what few of a part answered follows from the others, too
        alike |= pd.Series([_others(parts[key][values]) < policy.least_cell for key in at], places)
    hidden = hidden_parts(known, by, sizes, alike, policy, groups)
    nearly = pd.Series([nearly_published(parts[key], policy, references) for key in at], places)
    if apart_of:  # a yes or no of one's own divides people as a key does
        own = [values] if of_means and values not in RESULTS and len(known[values].unique()) <= 2 else []
        nearly |= known.assign(**{APART: apart_of(known[[*by, *own]])}).groupby(by, observed=True)[APART].any()
    apart, hidden = bool((nearly & ~hidden).any()), hidden | nearly
    if of_means:
        hidden |= pd.Series([_of_one_person(parts[key]) for key in at], places)
    return hidden, sizes, apart


def _others(answers: pd.Series) -> int:
    """How many people gave another answer than the one that most gave."""
    return answers.index[answers != answers.mode().iloc[0]].nunique()


def _of_one_person(rows: pd.DataFrame) -> bool:
    """Whether most of these rows are one person's, as after a join with several rows of somebody."""
    return len(rows) > 0 and 2 * rows.index.value_counts().iloc[0] > len(rows)


def _statistic(aggfunc, index, values: str) -> str:
    """The name of what a pivot table tells; refuses one that it cannot tell."""
    if isinstance(aggfunc, list | tuple | dict):
        raise NotForPublication(
            "a pivot table is of one statistic, and n stands beside each mean; what to do: leave aggfunc out, as in\n"
            f'        safe.pivot_table(data, values="{values}", index={index!r})'
        )
    name = aggfunc if isinstance(aggfunc, str) else getattr(aggfunc, "__name__", str(aggfunc))
    _refuse(name)
    if name not in ("mean", "count", "size", "nunique"):
        raise NotForPublication(
            f"a pivot table of “{name}” is not known here; what to do: for a statistic of your own write\n"
            f'        safe.apply(data.groupby({index!r}), lambda rows: rows["{values}"].mean())'
        )
    return name


def _names(keys) -> list[str]:
    return [] if keys is None else [keys] if isinstance(keys, str) else list(keys)


def _told_of_groups(sizes: pd.Series, groups: frozenset[str]) -> pd.Series:
    """Which rows are about a group of participants."""
    return pd.Series([bool(groups & {str(key) for key in np.atleast_1d(place)}) for place in sizes.index], sizes.index)


def _with_n(
    told: pd.DataFrame, sizes: pd.Series, hidden: pd.Series, groups: frozenset[str], policy: Disclosure
) -> pd.DataFrame:
    """The numbers with `n` before them; of groups of participants only the least that they are, and `at_least` says so."""
    of_groups = _told_of_groups(sizes, groups)
    floor = sizes.map(lambda size: at_least(size, policy)) if of_groups.any() else sizes
    told.insert(0, "n", sizes.where(~of_groups, floor).astype("Int64").mask(hidden))
    return told.assign(at_least=of_groups) if of_groups.any() else told


def nearly_published(rows: pd.DataFrame, policy: Disclosure, references: References) -> bool:
    """Whether the people of these rows are all but a few, or a few more, of some whose results are told anyway."""
    mine = rows.index.unique()
    return any(nearly_some(mine, parts, policy.least_group) for parts in references(rows))


def apply(
    grouped: pd.api.typing.DataFrameGroupBy,
    function: Callable,
    policy: Disclosure,
    groups: frozenset[str],
    references: References,
    apart_of: Apart | None = None,
) -> pd.DataFrame:
    """A statistic of one's own for each group; everyone is left out once to see who stands behind it.

    Hidden where fewer than `least_cell` people move it or one person moves it as much as all others together; rounded
    to a step that one person cannot be read from, and hidden where nothing would be left of it. One that takes a spread
    needs ten people. `function` takes a group's rows and gives a number.
    """
    called = {*_called_in(function)}
    for name in sorted(called - SPREADS):
        _refuse(name)
    least = max(policy.least_group, FEWEST_FOR_SPREAD if called & SPREADS else 0)
    people_of(grouped.obj, "this table")
    by, rows, apart = _names(grouped.keys), {}, False
    _refuse_numbers_as_keys(grouped.obj.reset_index()[by])
    keys = grouped.obj[by]
    marked = {*keys[apart_of(keys)].itertuples(index=False, name=None)} if apart_of else set()
    for key, part in grouped:
        told, sides = _left_out(part, function, policy, by)
        asked, told_beside = part, references
        if sides.nunique() == 2 and part.index.is_unique:  # it may be a share that is told anyway
            asked = part.assign(**{SIDES: (sides == sides.max()).astype(int)})
            told_beside = partial(references, values=SIDES)
        nearly = nearly_published(asked, policy, told_beside) or (key if isinstance(key, tuple) else (key,)) in marked
        if apart_of and sides.nunique() == 2:  # a share, which divides people as a key does
            nearly |= apart_of(part[by].loc[~part.index.duplicated()].assign(**{SIDES: sides})).any()
        apart |= nearly and not math.isnan(told[1])
        rows[key if isinstance(key, tuple) else (key,)] = (told[0], math.nan, math.nan) if nearly else told
    index = pd.MultiIndex.from_tuples(rows, names=by) if len(by) > 1 else pd.Index([key[0] for key in rows], name=by[0])
    if not rows:
        return pd.DataFrame({"n": pd.array([], dtype="Int64"), "value": pd.Series(dtype=float)}, index=index)
    table = pd.DataFrame(list(rows.values()), columns=["n", "value", "step"], index=index)
    sizes = table["n"].astype(int)
    hidden = table["value"].isna() | (sizes < least)
    hidden |= hidden_parts(grouped.obj, by, sizes, table["value"].isna(), policy, groups)
    step = table.loc[~hidden, "step"].max()
    hidden |= (step > USUAL_STEP) & (table["value"].abs() < step)
    value = table["value"].where(~hidden).map(lambda value: to_step(value, step), na_action="ignore")
    return _noted(_with_n(value.astype(float).to_frame("value"), sizes, hidden, groups, policy), apart)


def _left_out(
    part: pd.DataFrame, function: Callable, policy: Disclosure, by: list[str]
) -> tuple[tuple[int, float, float], pd.Series]:
    """((people, the statistic or nan where it must not be told, its step), how far each person moves it)."""
    people, whole = part.index.unique(), number(function, part)
    if len(people) < policy.least_group or math.isnan(whole) or _of_one_person(part):
        return (len(people), math.nan, math.nan), pd.Series(dtype=float)
    steps = np.array([whole - number(function, part[part.index != person]) for person in people])
    moves, (_, alike) = np.abs(steps), np.unique(np.round(steps, 9), return_counts=True)
    few_others = len(alike) <= FEW_ANSWERS and 0 < len(people) - alike.max() < policy.least_cell  # a count, or a share
    if np.isnan(moves).any() or (moves > 1e-9).sum() < policy.least_cell or moves.max() > moves.sum() / 2 or few_others:
        return (len(people), math.nan, math.nan), pd.Series(dtype=float)
    refuse_picked(part, function, steps, by)
    if are_answers(part, np.unique([whole, *(whole - steps)])):
        _refuse(OF_ONE)
    told = len(people), whole, step_of(moves.max() * (len(people) - 1))
    return told, pd.Series(np.round(steps, 9), people)


def _called_in(function: Callable) -> Iterable[str]:
    """The names that a function, and the helpers of one's own that it calls, call or read, and what these are called at home."""
    waiting, seen = [function], []
    while waiting:
        one = waiting.pop()
        if isinstance(one, partial):
            yield from (given for given in (*one.args, *one.keywords.values()) if isinstance(given, str))
            waiting += [one.func, *(given for given in (*one.args, *one.keywords.values()) if callable(given))]
            continue
        yield getattr(one, "__name__", type(one).__name__)
        code = getattr(one, "__code__", None)
        if code is None or code in seen or one is not function and not _is_own(one):
            continue
        seen.append(code)
        names = [*_names_in(code)]
        yield from names
        closure = [cell.cell_contents for cell in one.__closure__ or ()]
        reached = [
            *closure,
            *(one.__defaults__ or ()),
            *(one.__globals__[name] for name in names if name in one.__globals__),
        ]
        waiting += [value for value in reached if callable(value) and not isinstance(value, type)]


def _names_in(code: CodeType) -> Iterable[str]:
    """What code calls or reads, in what is defined within it, too; and names of statistics that stand in quotes."""
    yield from code.co_names
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _names_in(part)
        elif isinstance(part, str) and part in OF_ONE_PERSON | SPREADS:
            yield part


def _is_own(function: Callable) -> bool:
    """Whether a function was written by the analyst, and is of no library: a library's own may sort whatever it likes."""
    return (
        "site-packages" not in function.__code__.co_filename
        and (function.__module__ or "__main__").split(".")[0] not in sys.stdlib_module_names
    )
