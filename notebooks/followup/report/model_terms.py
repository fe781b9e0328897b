"""What a model cannot be made of: numbers in terms, an outcome that is none, repeated rows; and what to write instead."""

import ast
import re
from collections.abc import Iterable

import pandas as pd

from followup.analysis.study_frames import RESPONDENT
from followup.disclosure.output_check import NotForPublication
from followup.disclosure.safe_tables import bands
from followup.report.given import refused
from followup.study.explained_errors import no_column


def refuse_numbers(name: str, formula: str, codes: Iterable[str], data: pd.DataFrame) -> None:
    """A term with a number in its name, which readers would see beside those of the table: it is to have a name."""
    for code in codes:
        category = re.fullmatch(r"C\((\w+)\)", code)
        if category and pd.api.types.is_numeric_dtype(data[category[1]]):
            raise NotForPublication(
                f"“{code}” makes a term of every number in “{category[1]}”; what to do: write {category[1]} without C(), or name "
                f"bands of it\n        {bands(category[1], data[category[1]].dropna().astype(float))}"
            )
        tree = ast.parse(code, mode="eval").body
        if not any(isinstance(part, ast.Constant) and isinstance(part.value, int | float) for part in ast.walk(tree)):
            continue
        what = f"“{code}” has a number in its name, which readers would see in the table"
        own = _column(code, data)
        if own is None:
            raise NotForPublication(f"{what}; what to do: make it a column of the data first, or leave it out")
        new, made = own
        raise NotForPublication(
            f"{what}; what to do: make it a column with a name\n        data = data.assign({new}={made})\n"
            f'        report.model("{name}", "{_with(formula, code, new)}", data, headings={{"{new}": ("…", "…")}}, en="…", he="…")'
        )


def refuse_outcome(name: str, formula: str, code: str, data: pd.DataFrame) -> None:
    """An outcome that is a yes or no, or in words: a model is of numbers."""
    right, held = formula.split("~", 1)[1].strip(), data.get(code)
    if held is not None and not pd.api.types.is_bool_dtype(held):
        why, instead = "holds words", "say which of them counts"
        new, made = "own", f'(data["{code}"] == "{next(iter(held.dropna()), "…")}").astype(int)'
    else:
        why, instead = "is a yes or no", "make it one"
        new, made = _column(code, data) or ("own", "…")
        made = f'data["{code}"].astype(int)' if held is not None else made
    line = f'report.model("{name}", "{new} ~ {right}", data, en="…", he="…")'
    what = f"the outcome “{code}” {why}, and a model is of a number"
    raise refused(what, instead, f"data = data.assign({new}={made})", line)


def refuse_groups(name: str, formula: str, groups: str | None, data: pd.DataFrame) -> None:
    """The groups of a mixed model: named in the formula, as in R, or in a column that the data do not have."""
    if "|" in formula:
        left = re.sub(r"\s*\+?\s*\(?[^+~()|]*\|[^+()]*\)?", "", formula)
        raise NotForPublication(
            f"“|” does not stand in a formula; what to do: name the groups beside it\n"
            f'        report.model("{name}", "{left}", data, groups="{RESPONDENT}", en="…", he="…")'
        )
    if groups is not None and not isinstance(groups, str):
        line = f'report.model("{name}", "{formula}", data, groups="{RESPONDENT}", en="…", he="…")'
        raise refused("groups= is the name of a column, or of the index, and no values", "name it, as in", line)
    if groups is not None and groups != RESPONDENT and groups not in data:
        raise NotForPublication(
            no_column("groups=…: the data have", groups, [RESPONDENT, *data.columns], no_trait=False)
        )


def refuse_repeated(name: str, formula: str, groups: str | None, rows: pd.DataFrame) -> None:
    """Several rows of one person as if each were another’s: their interval would be too narrow, whatever stands in it."""
    if not rows.index.has_duplicates:
        return
    cells = rows.reset_index()
    different = cells.loc[~cells.astype("object").duplicated(), rows.index.name]
    if len(different) * 2 <= len(cells) or not different.duplicated().any():
        raise refused(
            f"rows of this model’s data stand there several times ({len(different)} of {len(cells)} are different), so that intervals "
            "would be too narrow",
            "keep each once, as in",
            f'data = data.reset_index().drop_duplicates().set_index("{RESPONDENT}")',
        )
    if groups is None:
        raise refused(
            f"these are {len(rows)} rows of {rows.index.nunique()} people, and the rows of one person are not independent: intervals "
            "would be too narrow",
            "take one row of each (one measure, one wave), or say whose rows belong together, as in",
            f'report.model("{name}", "{formula}", data, groups="{RESPONDENT}", en="…", he="…")',
        )


def _with(formula: str, code: str, new: str) -> str:
    """The formula with another term in place of one, however its spaces stand."""
    return re.sub(r"\s*".join(map(re.escape, re.sub(r"\s", "", code))), new, formula)


def _column(code: str, data: pd.DataFrame) -> tuple[str, str] | None:
    """(a name, how the column is computed) for `I(…)` or a function of numpy; None for what only a formula can compute."""
    tree = ast.parse(code, mode="eval").body
    while isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == "I":
        tree = tree.args[0]
    called = [part.func for part in ast.walk(tree) if isinstance(part, ast.Call)]
    named = list(dict.fromkeys(part.id for part in ast.walk(tree) if isinstance(part, ast.Name) and part.id in data))
    if not named or any(isinstance(each, ast.Name) for each in called):
        return None
    made = re.sub(rf"(?<![\w.])({'|'.join(named)})(?!\w)", r'data["\1"]', ast.unparse(tree))
    squared = isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Pow) and ast.unparse(tree.right) == "2"
    name = f"{'_'.join(named)}_{'squared' if squared else 'own'}"
    return name, f"({made}).astype(int)" if any(isinstance(part, ast.Compare) for part in ast.walk(tree)) else made
