"""Tables derived from those of `safe`: columns of one's own; what pandas made of one, that is no part of it any more."""

from collections.abc import Callable, Sequence

import pandas as pd

from followup.report import tables
from followup.words.columns import COLUMNS

PARTS = "safe’s table, rows and columns of it are shown as they are"
DERIVE = "safe.assign(table, x=lambda t: …)"


ANYTHING = (-1e9, 1e9)  # numbers that a hidden one is replaced by, to see whether something hangs on it


def derived(table: pd.DataFrame, new: dict[str, Callable]) -> pd.DataFrame:
    """The table with columns derived from it; from sizes that are told as “at least” nothing is, and from a hidden number
    neither: what would come of a blank (a verdict, a filled number) is false.
    """
    told = table.assign(n=table["n"].mask(table["at_least"].astype(bool))) if {"n", "at_least"} <= {*table} else table
    numbers, names = told.select_dtypes("number"), [*new]
    one, other = (
        told.assign(**numbers.astype(float).fillna(number)).assign(**new)[names].astype("object") for number in ANYTHING
    )
    hangs_on_it = numbers.isna().any(axis=1).to_numpy()[:, None] & ~((one == other) | one.isna() & other.isna())
    return table.assign(**told.assign(**new)[names].mask(hangs_on_it))


def instead(frame: pd.DataFrame, made: Sequence[pd.DataFrame]) -> str:
    """(What was done to a table that `safe` made; what to do), in one text; nothing where it does not come from one."""
    place = frame.attrs.get(tables.MADE)
    if place is not None and place < len(made):
        return _told(frame, made[place]) or f"{PARTS}; what to do: show them so, or derive columns\n        {DERIVE}"
    joined = [whole for whole in made if _shares_numbers(frame, whole)]
    if not joined:
        return ""
    if len(joined) == 1 and not frame.columns.has_duplicates:
        return _renamed(frame, joined[0])
    return (
        "it holds numbers of several tables of safe; what to do: show each in a table of its own, or let one table have all keys"
        '\n        safe.pivot_table(data, values="…", index=["…", "…"])'
    )


def _told(frame: pd.DataFrame, whole: pd.DataFrame) -> str:
    own = [column for column in frame if column not in whole]
    keys = _texts(whole)
    values = {str(cell) for key in keys for cell in whole[key].dropna().unique()}
    numbers = [column for column in own if pd.api.types.is_numeric_dtype(frame[column])]
    if numbers and {*numbers} <= values:
        if len(frame.columns) == 1:
            return f'it is a row that has become a column; what to do: choose rows with a list\n        table.loc[["{numbers[0]}"]]'
        return (
            "rows and columns of safe’s table have changed places; what to do: make it so\n"
            '        safe.pivot_table(data, values="…", index="…", columns="…")'
        )
    if any({*frame[key].dropna().astype(str)} <= {*map(str, whole)} - {*keys} for key in _texts(frame) if len(frame)):
        return (
            "columns of safe’s table have become rows; what to do: leave columns= out and name their key in index=\n"
            '        safe.pivot_table(data, values="…", index=["…", "…"])'
        )
    return (
        _blank_rows(frame, whole) or _renamed(frame, whole) or _added(frame, whole, own) or _altered(frame, whole, own)
    )


def _blank_rows(frame: pd.DataFrame, whole: pd.DataFrame) -> str:
    """Rows without a number that `reindex` put in, under keys that the table does not have."""
    numbers = [column for column in frame.select_dtypes("number") if column in whole]
    keys = [key for key in _texts(frame) if key in _texts(whole)]
    blank = frame[numbers].isna().all(axis=1)
    new = [row for key in keys for row in _new(frame[blank], whole, key)]
    if not numbers or not new or not tables.is_part_of(frame.loc[~blank, [*keys, *numbers]], whole):
        return ""
    return (
        f"“{new[0]}” is no row of safe’s table; what to do: choose rows that it has, in your order, as in\n"
        "        table.loc[[key for key in order if key in table.index]]"
    )


def _renamed(frame: pd.DataFrame, whole: pd.DataFrame) -> str:
    """Columns of another name, or keys in other words."""
    own, gone = ([column for column in one if column not in other] for one, other in ((frame, whole), (whole, frame)))
    before = {name: next((old for old in gone if _cells(frame[name]) <= _cells(whole[old])), None) for name in own}
    for key in () if own else (key for key in _texts(frame) if key in _texts(whole)):
        before |= dict.fromkeys(_new(frame, whole, key), key)
    if not before or None in before.values():
        return ""
    new, old = next(iter(before.items()))
    if own and old.endswith(f"_{new}"):
        level = old.removesuffix(f"_{new}")
        return f'“{new}” has lost the key above it; what to do: choose columns with a list\n        table[["{level}"]]'
    if own:
        named = f'headings={{"{old}": ("…", "{new}")}}'
        return f"“{old}” is called “{new}” now; what to do: leave its name and head it\n        {named}"
    numbers = list(frame.select_dtypes("number"))
    if not tables.is_part_of(frame[numbers], whole[numbers]):
        return ""
    in_order = frame[numbers].reset_index(drop=True).equals(whole[numbers].reset_index(drop=True))
    dots = "…"
    pairs = zip(_new(whole, frame, old) or [dots], _new(frame, whole, old), strict=False)
    # which was renamed to what is known where no row has moved
    heads = ", ".join(f'"{was}": ("…", "{now if in_order else dots}")' for was, now in pairs)
    of_column = f'"{old}": ("…", "…"), ' if old in COLUMNS else ""  # whose cells the page writes, unless it is headed
    return (
        f"“{new}” is no key of safe’s table; what to do: leave keys as they are: those of the study stand in the page in the words of the "
        "codebook, the questionnaire’s YAML in params/questionnaires/, which can be changed there; for words of your own in this table "
        f"alone write\n        headings={{{of_column}{heads}}}"
    )


def _added(frame: pd.DataFrame, whole: pd.DataFrame, own: list[str]) -> str:
    known = [column for column in frame if column in whole]
    if not own or not known or not tables.is_part_of(frame[known], whole):
        return ""
    return (
        f"“{own[0]}” is no column of safe’s table; what to do: derive it from those\n"
        f'        table = safe.assign(table, {own[0]}=lambda t: t["{known[-1]}"] …)'
    )


def _altered(frame: pd.DataFrame, whole: pd.DataFrame, own: list[str]) -> str:
    changed = [column for column in whole.select_dtypes("number") if column in frame]
    changed = [column for column in changed if not tables.is_part_of(frame[[column]], whole)]
    if own or not changed or not {*_texts(whole)} <= {*frame}:
        return ""
    column = changed[-1]
    if not pd.api.types.is_numeric_dtype(frame[column]):
        return f"the numbers in “{column}” are texts now; what to do: hand over the table as safe gave it"
    return (
        f"the numbers in “{column}” are not those that safe gave (rounded, filled, multiplied …); what to do: leave them as they are: "
        "the page writes shares in per cent, and of a blank that it is hidden; or derive another number from them\n"
        f'        table = safe.assign(table, x=lambda t: t["{column}"] …)'
    )


def _shares_numbers(frame: pd.DataFrame, whole: pd.DataFrame) -> bool:
    """Whether numbers of `frame`, more than one, are a column of a table of safe's."""
    if frame.columns.has_duplicates:
        return any(column in whole for column in whole.select_dtypes("number") if column in frame)
    own = [_cells(column) for _, column in frame.select_dtypes("number").items()]
    theirs = [_cells(column) for _, column in whole.select_dtypes("number").items()]
    return any(len(one) > 1 and one == other for one in own for other in theirs)


def _new(frame: pd.DataFrame, whole: pd.DataFrame, key: str) -> list[str]:
    return [cell for cell in dict.fromkeys(frame[key].dropna()) if cell not in {*whole[key].dropna()}]


def _texts(frame: pd.DataFrame) -> list[str]:
    return [column for column in frame if not pd.api.types.is_numeric_dtype(frame[column])]


def _cells(column: pd.Series) -> set:
    return {*column.dropna()}
