"""What to write instead of a table that may not be published: the line depends on what the table is of."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from followup.analysis.study_frames import CATEGORIES
from followup.disclosure import own_tables
from followup.disclosure.output_check import EXTREMES, SPREADS, NotForPublication, Rules
from followup.report import derived_tables
from followup.report.given import refused
from followup.study.codebook import Codebook

if TYPE_CHECKING:
    from followup.report.safe import SafeTables

OF_A_MODEL = {"Coef.", "Std.Err.", "P>|t|", "P>|z|", "sum_sq"}  # headings of statsmodels' summaries and of anova_lm
TERM = re.compile(r"Intercept|Group Var|.*\[(?:T\.)?.+\]")
NO_TERMS = {"Intercept", "Group Var", "Residual"}
LEVEL = re.compile(r"\[[^\]]*\]")
KEYS = ("measure", "wave", "group", "scale", "question", "theme", "category", "option")  # of rows, most likely first
VALUES = ("score", "value", "change", "answered", "later", "earlier")
SAFE_HELPS = (  # the refusals of a table that `safe` would have made as it may leave
    "makes every row a person",
    "is one respondent’s answer",
    "is the spread of",
    "no rule knows what the numbers",
    "plain pandas made it",
    "how many people stand behind each number",
    "the result of fewer than",
    "tells answers by group",
    "no column “hidden” says",
    "gives away the one that is hidden",
    "of a group has more than one decimal",
)
OUTCOMES = {"answers": "value", "scores": "score"}
SHARES = ("proportion", "share", "percent")
NUMBER_ABOVE = re.compile("in column “heading” is a number written as text")
NAMED_ABOVE = (
    "let columns be headed by words: a crosstab by categories, or by numbers that have names, as in\n"
    '        safe.crosstab(data["measure"], data["category"])\n'
    '        names = {1: "one", 2: "two"}  # in their order\n'
    '        data = data.assign(answer=pd.Categorical(data["value"].map(names), names.values(), ordered=True))'
)
QUARTILE = re.compile(r"\d+(?:\.\d+)?%")


def refuse_of_a_model(name: str, given: object) -> None:
    """A fitted model, its summary, coefficients, intervals, or analysis of variance: nobody knows who stands behind a term."""
    if not _is_of_a_model(given):
        return
    index = [*map(str, given.index)] if isinstance(given, pd.DataFrame | pd.Series) else []
    formula = getattr(getattr(given, "model", None), "formula", "")
    raise NotForPublication(
        f"“{name}” is of a fitted model, and does not say who stands behind each term; what to do: "
        f"{_fitted_here(name, index, formula, mixed='Mixed' in type(given).__name__)}"
    )


def _fitted_here(name: str, terms: list[str], formula: str = "", mixed: bool = False) -> str:
    """The line that fits a model of these terms where it is seen who stands behind each."""
    told = (LEVEL.sub("", term) for term in terms if term not in NO_TERMS and not term.isdecimal())
    formula = formula or f"outcome ~ {' + '.join(dict.fromkeys(told)) or '…'}"
    groups = ', groups="respondent"' if mixed or "Group Var" in terms else ""
    return f'hand over formula and data\n        report.model("{name}", "{formula}", data{groups}, en="…", he="…")'


def _is_of_a_model(given: object) -> bool:
    if not isinstance(given, pd.DataFrame | pd.Series):
        return type(given).__module__.startswith("statsmodels.")
    terms = [key for key in given.index if isinstance(key, str) and TERM.fullmatch(key)]
    if isinstance(given, pd.Series):
        return bool(terms) and given.name is None
    if OF_A_MODEL & {*map(str, given.columns)}:
        return True
    return bool(terms) and given.index.name != "term"  # as a table of `report.model` has it, by its terms


def refuse_cells(name: str, frame: pd.DataFrame | pd.Series) -> None:
    """Two columns of one name, as after `concat`, and lists or sets in cells, as after `groupby(…).agg(list)`."""
    columns = frame.items() if isinstance(frame, pd.DataFrame) else [(frame.name, frame)]
    twice = frame.columns[frame.columns.duplicated()] if isinstance(frame, pd.DataFrame) else []
    if len(twice):
        raise refused(f"table “{name}” has two columns that are called “{twice[0]}”", "show each table by itself")
    if both := next((key for key in frame.index.names if isinstance(frame, pd.DataFrame) and key in frame), None):
        raise NotForPublication(
            f"table “{name}”: its index and a column of it are both called “{both}”; what to do: keep one of them\n"
            "        table = table.reset_index(drop=True)"
        )
    for column, cells in columns:
        held = cells.dropna() if cells.dtype == object else ()
        if other := next((type(cell).__name__ for cell in held if isinstance(cell, list | set | dict)), None):
            raise NotForPublication(
                f"table “{name}”: “{column}” holds a {other} in a cell, which is to be one number or text; what to do: make rows of it\n"
                f'        table = table.explode("{column}")'
            )


def publishable(rules: Rules, name: str, frame: pd.DataFrame, safe: "SafeTables") -> pd.DataFrame:
    """The table as it may be published, made by `safe` or not; where it may not, the refusal has a line that makes one that may."""
    from_safe = safe.vouches_for(frame)
    try:
        return own_tables.publishable(rules, name, frame, from_safe)
    except NotForPublication as refusal:
        what = str(refusal).split("; what to do: ")[0]
        if from_safe and NUMBER_ABOVE.search(what):
            raise NotForPublication(f"{what}; what to do: {NAMED_ABOVE}") from None
        if not from_safe and (derived := derived_tables.instead(frame, safe.made)):
            raise NotForPublication(f"table “{name}” is not published: {derived}") from None
        made_by_safe = not rules.cohorts and any(reason in what for reason in SAFE_HELPS)
        if line := _instead(name, frame, rules.codebook) if made_by_safe else "":
            raise NotForPublication(f"{what}; what to do: {line}") from None
        raise


def _instead(name: str, frame: pd.DataFrame, codebook: Codebook) -> str:
    """The call of `safe` that tells what such a table was to tell; nothing where that cannot be seen."""
    columns = [str(column) for column in frame]
    keys = [key for key in KEYS if key in columns] or [str(key) for key in frame.select_dtypes(["object", "string"])]
    told = [[*map(str, frame[key])] for key in frame.select_dtypes(["object", "string"])]
    if terms := next((cells for cells in told if any(TERM.fullmatch(cell) for cell in cells)), []):
        return _fitted_here(name, terms)
    if "respondent" in columns:
        return _of_people(frame, [key for key in keys if key != "respondent"])
    own = [column for column in columns if column not in keys and pd.api.types.is_float_dtype(frame[column])]
    if _is_of_correlations(frame, own):
        return _correlated(name)
    extreme = any(column.lower() in EXTREMES | SPREADS or QUARTILE.fullmatch(column) for column in columns)
    counts = [str(column) for column in frame.select_dtypes("integer") if column not in keys]
    if not own:
        return _counted(name, frame, keys, counts, codebook) if keys and counts else ""
    across = next((key for key, known in _across(codebook) if {*own} <= {*known}), None)
    if own[0] in SHARES or across == "category":
        pair = _pair([*keys, *filter(None, [across])])
        told, made = "shares", f'{_of_frame(frame, codebook)}table = safe.crosstab({pair}, normalize="index")'
    else:
        values = "…" if extreme or len(own) > 1 or across or own[0] in ("mean", "count") else own[0]
        told, columns, made = *(("means", f', columns="{across}"') if across else ("means with n", "")), ""
        if values == "…" and not extreme and {*own} <= {"mean", "count"} and (of := _of_frame(frame, codebook)):
            values, made = OUTCOMES["answers" if "answers" in of else "scores"], of
        made += f'table = safe.pivot_table(data, values="{values}", index={_list(keys[:2])}{columns})'
    return (
        f"let safe take {told} of the rows that it was made from, as in\n"
        f'        {made}\n        report.table("{name}", table, en="…", he="…")'
    )


def _counted(name: str, frame: pd.DataFrame, keys: list[str], counts: list[str], codebook: Codebook) -> str:
    """How many there are of each key, or of two, as of `value_counts` or a crosstab."""
    across = next((key for key, known in _across(codebook) if {*counts} <= {*known}), None)
    show = f'\n        report.table("{name}", table, en="…", he="…")'
    if trait := next((key for key in (*keys, across) if key == "group" or key in codebook.traits), None):
        joined = "" if trait == "group" else f'.join(study.participants["{trait}"])'
        if len(keys) == 1 and not across:
            return "leave it out, since the size of a group is not told"
        return (
            "let safe take shares, since the size of a group is not told, as in\n"
            f'        data = study.scores{joined}\n        table = safe.crosstab(data["measure"], data["{trait}"]){show}'
        )
    if not across and not keys[1:] and len(counts) > 1:
        across = "…"
    told = f"table = safe.crosstab({_pair([*keys, *filter(None, [across])])})"
    return f"let safe count the rows, as in\n        {_of_frame(frame, codebook)}{told}{show}"


def _pair(keys: list[str]) -> str:
    """The columns of a crosstab by these keys, the last of them across; beside one alone another that rows may be about."""
    if len(keys) < 2:
        keys = [next(key for key in KEYS if key not in keys), *(keys or ["…"])]
    rows = ", ".join(f'data["{key}"]' for key in keys[:-1])
    return f'{rows if len(keys) == 2 else f"[{rows}]"}, data["{keys[-1]}"]'


def _of_frame(frame: pd.DataFrame, codebook: Codebook) -> str:
    """A line that says which frame of the study has such rows, where their measures tell it."""
    measures = {*frame["measure"].dropna()} if "measure" in frame else {*()}
    known = {"answers": codebook.items, "scores": codebook.scales}
    found = next((kind for kind, keys in known.items() if measures and measures <= {*keys}), None)
    return f"data = study.{found}  # or rows of it\n        " if found else ""


def _is_of_correlations(frame: pd.DataFrame, own: list[str]) -> bool:
    """Whether it is what `corr()` gives: as many rows as columns of numbers, and each has a one with itself."""
    if not 1 < len(own) == len(frame):
        return False
    cells = frame[own].to_numpy(dtype=float)
    return bool((abs(cells.diagonal() - 1) < 1e-9).all() and (abs(cells) < 1 + 1e-9).all() and (cells == cells.T).all())


def _correlated(name: str) -> str:
    return (
        "let safe take a correlation of each measure, as in\n"
        '        data = study.pairs.query("kind == \'scale\'").dropna(subset="change")\n'
        '        table = safe.apply(data.groupby("measure", observed=True), lambda rows: rows["earlier"].corr(rows["later"]))\n'
        f'        report.table("{name}", table, headings={{"value": ("…", "…")}}, en="…", he="…")'
    )


def _across(codebook: Codebook) -> list[tuple[str, Iterable[str]]]:
    """What may head the columns of a table: waves, measures, groups, categories of answers."""
    groups = [group for trait in codebook.traits.values() for group in trait.groups]
    measures = (*codebook.scales, *codebook.items)
    return [("wave", codebook.waves), ("measure", measures), ("group", groups), ("category", CATEGORIES)]


def _of_people(frame: pd.DataFrame, keys: list[str]) -> str:
    """Rows of people, counted or averaged."""
    values = next((value for value in VALUES if value in frame and frame[value].notna().any()), None)
    numbers = [str(column) for column in frame.select_dtypes("number")]
    about, lines = [key for key in keys if key not in ("category", "option")], []
    if values or numbers:
        lines.append(f'means = safe.pivot_table(data, values="{values or numbers[0]}", index={_list(about[:2])})')
    if about and len(keys) > len(about):
        lines.append(f'shares = safe.crosstab(data["{about[0]}"], data["{keys[-1]}"], normalize="index")')
    elif not lines and len(keys) > 1:
        lines.append(f'shares = safe.crosstab(data["{keys[0]}"], data["{keys[1]}"], normalize="index")')
    told = "\n    or\n        ".join(lines)
    return f"count or average the rows, and show (or draw) what comes out, as in\n        {told}" if lines else ""


def _list(keys: list[str]) -> str:
    if not keys:
        return '"…"'
    return f'"{keys[0]}"' if len(keys) == 1 else "[" + ", ".join(f'"{key}"' for key in keys) + "]"
