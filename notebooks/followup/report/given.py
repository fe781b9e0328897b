"""What is handed to the calls of `safe`: a thing that they cannot take is refused with the line to write instead."""

from collections.abc import Callable, Container, Iterable

import pandas as pd

from followup.analysis.study_frames import RESPONDENT, Study
from followup.disclosure.output_check import NotForPublication
from followup.disclosure.safe_tables import columns_of_data
from followup.study.explained_errors import no_column

A_MEAN = 'safe.pivot_table(data, values="score", index="measure")'
A_STATISTIC = 'safe.apply(data.groupby("measure"), lambda rows: rows["score"].mean())'
A_CROSSTAB = 'safe.crosstab(data["measure"], data["wave"])'


def check_columns(index: object, columns: object, values: object) -> None:
    """The columns of a crosstab: Series of one frame, and no third one to be averaged."""
    if isinstance(index, pd.DataFrame):
        named = [[one for one in listed(names) if isinstance(one, str) and one in index] for names in (columns, values)]
        if named[0] and named[1]:
            raise refused(
                "a crosstab is of columns, and this is a whole frame and names of them",
                "hand over the columns of the frame (here called data)",
                f"safe.crosstab({columns_of_data(named[0])}, {columns_of_data(named[1])})",
            )
    for one in (*listed(index), *listed(columns)):
        if not isinstance(one, pd.Series):
            raise refused(f"a crosstab is of columns of a frame, and {_called(one)} is none", "write", A_CROSSTAB)
    if values is not None:
        raise refused("a crosstab counts rows, and takes no values", "take a mean with", A_MEAN)


def check_options(index: object, columns: object, normalize: object) -> None:
    """Options of a question are numbers, which their question puts into words: it stands before them, as rows or as columns."""
    named, here = [[one.name for one in listed(some)] for some in (index, columns)], [*listed(index), *listed(columns)]
    with_options = next((names for names in named if "option" in names and "question" not in names), None)
    if with_options is None or not any(one.name == "option" and pd.api.types.is_numeric_dtype(one) for one in here):
        return
    others = ([name for name in names if name != "question"] for names in named)
    lines = (
        [one for name in names for one in (["question", name] if name == "option" else [name])] for names in others
    )
    shares = f', normalize="{normalize}"' if isinstance(normalize, str) else ", normalize=True" if normalize else ""
    raise refused(
        "“option” is the number of an option, which stands in the words of its question",
        "name the question before it",
        f"safe.crosstab({', '.join(map(columns_of_data, lines))}{shares})",
    )


def check_names(data: object, values: object, **keys: object) -> None:
    """What a pivot table is made of: a frame, one column of numbers, and the names of columns."""
    if not isinstance(data, pd.DataFrame):
        raise refused(f"{_called(data)} is no frame", "hand over a frame of study, as in", A_MEAN)
    if not isinstance(values, str):
        raise refused(
            "a pivot table with columns=, or of no mean, is of one column", "make a table for each, as in", A_MEAN
        )
    for what, given in keys.items():
        for one in listed(given):
            if not isinstance(one, str):
                name = f'"{one.name}"' if isinstance(one, pd.Series) and one.name in data else '"measure"'
                raise refused(f"{what}= takes names of columns, and {_called(one)} is none", f"write {what}={name}")


def are_means_of_several(values: list, columns: object, aggfunc: object) -> bool:
    """Whether a pivot table is asked for that has the means of several columns side by side."""
    of_means = getattr(aggfunc, "__name__", aggfunc) == "mean"
    return len({*map(str, values)}) > 1 and columns is None and of_means and all(isinstance(one, str) for one in values)


def by_columns(groups: object, function: Callable) -> pd.api.typing.DataFrameGroupBy:
    """The groups of a frame's columns in which there is somebody, for a function of their rows."""
    if isinstance(groups, pd.api.typing.SeriesGroupBy):
        raise refused(
            "these are groups of one column, which do not say what they are groups of",
            "choose the column in the function, as in",
            A_STATISTIC,
        )
    if not isinstance(groups, pd.api.typing.DataFrameGroupBy):
        raise refused(f"{_called(groups)} is no groupby", "group it, as in", A_STATISTIC)
    if not callable(function):
        raise refused(f"{_called(function)} is no function of a group’s rows", "write", A_STATISTIC)
    names = [_column_of(groups.obj, key) for key in listed(groups.keys) or [None]]
    found = groups.obj.groupby(names, observed=True, sort=groups.sort, dropna=groups.dropna)
    for _, rows in found:
        _try(function, rows)
        break
    return found


def listed(given: object) -> list:
    """What stands alone or in a list, as pandas takes keys, as a list."""
    if given is None:
        return []
    return list(given) if isinstance(given, list | tuple | pd.DataFrame) else [given]


def refuse_unknown_columns(data: pd.DataFrame, named: Iterable[str], lacking: Container[str]) -> None:
    """A column that a frame does not have: misspelt, or a trait (`lacking`) that this cohort's roster has not."""
    for name in named:
        if name not in data.columns and name not in data.index.names:
            raise NotForPublication(no_column("the data have", name, data.columns, name in lacking))


def refuse_words(data: pd.DataFrame, values: str, aggfunc: object) -> None:
    """The mean of a column that holds words."""
    if aggfunc == "mean" and not pd.api.types.is_numeric_dtype(data[values]) and data[values].notna().any():
        counted = f'safe.crosstab(data["measure"], data["{values}"], normalize="index")'
        raise refused(f"“{values}” holds words, which have no mean", "count them, as in", counted)


def by_respondent(data: object) -> object:
    """Data whose respondents stand in a column, as statsmodels needs them for groups, with these as the index."""
    column = isinstance(data, pd.DataFrame) and RESPONDENT in data and data.index.name != RESPONDENT
    return data.set_index(RESPONDENT) if column else data


def refuse_strangers(rows: pd.DataFrame | pd.Series, study: Study) -> None:
    """Rows whose index is called that of the respondents and holds somebody, or something, else; or that have lost it."""
    _refuse_lost(rows)
    if rows.index.name != RESPONDENT or not len(rows):
        return
    strange = _people(rows.index)
    for frame in ("participants", "answers", "choices", "ties", "meetings"):  # nearly always the first knows them all
        strange = strange[~strange.isin(_people(getattr(study, frame).index))] if len(strange) else strange
    if len(strange):
        raise NotForPublication(
            f"the index is called “{RESPONDENT}” and holds “{strange[0]}”, who is no respondent of this study, so nobody knows whose "
            "the rows are; what to do: keep the index of a frame of study, and use join instead of merge, as in\n"
            '        study.scores.join(study.participants["seniority"])'
        )


def _refuse_lost(rows: pd.DataFrame | pd.Series) -> None:
    """Rows of people that were their index and are so no more, where it can be seen how they got lost."""
    if isinstance(rows, pd.Series) or rows.index.name == RESPONDENT:
        return
    if RESPONDENT in rows.columns:
        back = f'data = data.set_index("{RESPONDENT}")'
    elif "variable" in rows.columns and "value" in rows.columns:
        back = "data = data.melt(…, ignore_index=False)"
    else:
        return
    raise NotForPublication(
        f"it is not known whose these rows are: the index is not the respondents; what to do: keep them there, as in\n        {back}"
    )


def _people(index: pd.Index) -> pd.Index:
    return index.categories if isinstance(index, pd.CategoricalIndex) else index.unique()


def check_result(table: object) -> None:
    """A table of results is a frame."""
    if not isinstance(table, pd.DataFrame):
        raise refused(f"{_called(table)} is no frame", "for a table of your own write", A_MEAN)


def _column_of(data: pd.DataFrame, key: object) -> str:
    """The column of the data by which they are grouped: its name, or the column itself."""
    if isinstance(key, pd.Series) and key.name in data and data[key.name].equals(key):
        return str(key.name)
    if isinstance(key, str) and key in data:
        return key
    if key is None or isinstance(key, str) and key in data.index.names:
        raise refused(
            "the index says whose the rows are, so that each group is one person",
            "group by columns, as in",
            A_STATISTIC,
        )
    raise refused(
        f"data are grouped by names of columns, and {_called(key)} is none",
        "make it a column first, as in",
        'data = data.assign(high=data["score"] > 3)',
        'safe.apply(data.groupby("high"), …)',
    )


def _try(function: Callable, rows: pd.DataFrame) -> None:
    """A function that adds up words, too, since it chooses no column."""
    try:
        function(rows)
    except TypeError as error:
        if any(word in str(error) for word in ("numeric", "not supported", "not support")):
            raise refused(
                f"the function is given all columns of a group, words too ({error})",
                "choose a column in it, as in",
                A_STATISTIC,
            ) from None
        raise


def _called(thing: object) -> str:
    return f"“{thing}”" if isinstance(thing, str) else f"a {type(thing).__name__}"


def refused(what: str, instead: str, *lines: str) -> NotForPublication:
    """A refusal: what is wrong, what to do, and the lines to write."""
    return NotForPublication("\n        ".join([f"{what}; what to do: {instead}", *lines]))
