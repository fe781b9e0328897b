"""What the keys of a table of one's own tell: a number of each person, a trait in other words, that there is somebody at all."""

from itertools import combinations, product

import pandas as pd

from followup.analysis.study_frames import Study
from followup.disclosure.output_check import NotForPublication
from followup.disclosure.safe_tables import bands
from followup.report.who_answered import ASKED

CATEGORIES = ("category", "category_of_value")
OF_QUESTIONS = frozenset({*ASKED, "pair", "kind", "compared_with", "meeting", "interview", "theme"})
MAY_LACK = "may_lack"  # in the `attrs` of a table: whether rows or columns of few people would not be there
NUMBERED = {"option", "place", "items_answered", "value", "as_worded"}  # numbers that the codebook has words for


def refuse_many_numbers(keys: pd.DataFrame, study: Study) -> None:
    """Numbers that differ more than the answers to a statement do: scores in other digits, or counts of each person."""
    options = (len(study.codebook.options_of(measure).codes) for measure in study.codebook.items)
    most = max(options, default=5)
    for name, key in keys.items():
        values = pd.Series(key.dropna().unique()).astype("object")
        numbers = pd.to_numeric(values, errors="coerce")
        if name in NUMBERED or name in OF_QUESTIONS or pd.api.types.is_bool_dtype(key) or numbers.isna().any():
            continue
        if len(numbers) > most or (numbers % 1 != 0).any():
            raise NotForPublication(
                f"“{name}” is a number of each person’s own, and a table by it would name them; what to do: name bands with bounds of "
                f"your own, as in\n        {bands(str(name), numbers)}"
            )


def groups_in_other_words(keys: pd.DataFrame, study: Study) -> frozenset[str]:
    """The labels of keys that say which group of a trait people are of, as a condition or under names of one's own.

    `keys` has the respondents as its index. Where all of them are of one group, every row tells of it.
    """
    people = study.participants.drop(columns="answered").astype("object").fillna("").reindex(keys.index).fillna("")
    parted = [trait for trait in people if len(study.participants[trait].dropna().unique()) > 1]
    own = [name for name in keys if name not in OF_QUESTIONS and name not in people]
    if any(len(people[trait].unique()) == 1 for trait in parted) and len(keys):
        own = [*keys]
    else:
        own = [name for name in own if len(keys[name].dropna().unique()) > 1]
        some = [list(traits) for size in (1, 2) for traits in combinations(parted, size)]
        own = [name for name in own if any(_follows(keys[name], people[traits]) for traits in some)]
    return frozenset(str(label) for name in own for label in keys[name].dropna().unique())


def _follows(key: pd.Series, people: pd.DataFrame) -> bool:
    """Whether it is the same for all who are alike in these traits."""
    grouped = key.astype("object").fillna("").groupby([people[trait].to_numpy() for trait in people])
    return bool(grouped.nunique().eq(1).all())


def keys_of(data: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """What a table is by, with the respondents as its index; one of them may be that index itself."""
    return data.assign(**{name: data.index.get_level_values(name) for name in names if name not in data})[names]


def side_by_side(counted: list[pd.Series]) -> pd.DataFrame:
    """The keys of a crosstab; of different rows they are none, which is refused later."""
    alike = all(one.index.equals(counted[0].index) for one in counted)
    columns = {one.name: one.array for one in counted} if alike else {}
    return pd.DataFrame(columns, index=counted[0].index)


def sizes_of_groups(study: Study) -> pd.Series:
    """How many of the participants are in each group; "" for none."""
    return study.participants["group"].astype("object").fillna("").value_counts()


# Rows and columns that are there ---------------------------------------------------------------------------------------


def without_traces(table: pd.DataFrame, keys: pd.DataFrame, study: Study) -> pd.DataFrame:
    """The table without rows and columns that are hidden whole and yet tell that somebody has these traits and this answer.

    By one trait, or one answer in ordered words, all of its words are there instead, hidden where there is nobody. Where
    lines may be missing, `attrs` say so, whether or not one is.
    """
    may_lack = False
    for axis in (0, 1):
        about = [name for name in table.axes[axis].names if name in keys and name not in OF_QUESTIONS]
        ordered = [name for name in about if isinstance(keys[name].dtype, pd.CategoricalDtype)]
        own = [name for name in about if name in ordered or len(keys[name].unique()) > 1]
        if len(own) == 1 and ordered:
            words = [*keys[own[0]].cat.categories]
            here = {*study.participants.get(own[0], words)}
            table = _with_all(table, axis, own[0], [word for word in words if word in here])
        elif own:
            told = table.drop(columns="at_least", errors="ignore").notna().any(axis=1 - axis)
            table, may_lack = table[told] if axis == 0 else table.loc[:, told], True
    table = table if len(table.columns) else table.iloc[:0]
    table.attrs[MAY_LACK] = may_lack
    return table


def with_nobody(table: pd.DataFrame, keys: pd.DataFrame, study: Study) -> pd.DataFrame:
    """A crosstab of answers in categories with a column of noughts for a category that nobody chose, where no trait stands
    beside it and no cell is hidden: it is no small cell. (Beside two hidden ones it would tell that the few are all in one.)
    """
    name, of_answers = table.columns.name, table.columns.name in CATEGORIES
    if not of_answers or len(table.columns) < 2 or table.isna().any(axis=None) or {*keys} & {*study.participants}:
        return table
    every = keys[name].cat.categories if isinstance(keys[name].dtype, pd.CategoricalDtype) else table.columns
    return table.reindex(columns=every.rename(name), fill_value=0).astype(table.dtypes.iloc[0])


def _with_all(table: pd.DataFrame, axis: int, name: str, words: list) -> pd.DataFrame:
    """The table with a line for each of these words, beside whatever else its lines are about."""
    labels = table.axes[axis]
    lines = [line if isinstance(line, tuple) else (line,) for line in labels]
    at = labels.names.index(name)
    others = dict.fromkeys((line[:at], line[at + 1 :]) for line in lines)
    every = [(*before, word, *after) for (before, after), word in product(others, words)]
    if not (new := [line for line in every if line not in lines]):
        return table
    known = [words if level == at else [*dict.fromkeys(parts)] for level, parts in enumerate(zip(*lines, strict=True))]
    order = sorted([*lines, *new], key=lambda line: [*map(list.index, known, line)])
    full = pd.MultiIndex.from_tuples(order, names=labels.names)
    full = full if labels.nlevels > 1 else full.get_level_values(0)
    made = table.reindex(full, axis=axis)
    return made.assign(at_least=table["at_least"].any()) if "at_least" in made else made
