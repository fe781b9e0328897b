"""How much of the analysis stands in the notebooks: `python tests/notebooks_that_compute.py` prints a row for each.

A code cell computes where it names a frame of the study, or one made of it, and makes a call of pandas, statsmodels or
seaborn other than showing it. Words of prose are those of English text cells and of English captions and sentences.
"""

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
SHOWING = {"table", "figure", "say", "voices", "findings", "hand_on", "release", "note", "cell", "cells", "head"}
PANDAS = {
    "agg", "apply", "assign", "astype", "add_prefix", "between", "combine_first", "concat", "corr", "count", "crosstab",
    "cumcount", "div", "drop", "drop_duplicates", "dropna", "duplicated", "eq", "explode", "fillna", "from_frame",
    "from_product", "get_dummies", "groupby", "gt", "insert", "isin", "isna", "join", "lt", "map", "mask", "max", "mean",
    "melt", "merge", "min", "notna", "nunique", "pivot", "pivot_table", "query", "reindex", "rename", "rename_axis",
    "reset_index", "round", "select_dtypes", "set_axis", "set_index", "shift", "size", "sort_values", "stack", "sub",
    "sum", "transform", "unique", "unstack", "value_counts", "where", "xs", "str", "DataFrame", "Series", "Categorical",
}  # fmt: skip
STATSMODELS = {"multipletests", "ols", "mixedlm", "fit", "ttost_paired", "proportion_confint", "DescrStatsW", "model"}
SAFE = {"results", "estimated"}


@dataclass(frozen=True)
class Measures:
    """What was counted in one notebook."""

    cells: int
    computing: int
    longest: int
    when: int
    words: int
    lines: int
    seaborn: bool
    statsmodels: bool


def measured(path: Path) -> Measures:
    """The measures of the notebook at `path`."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    prose = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    trees = [ast.parse(source) for source in code]
    names = {name for tree in trees for name in _imported(tree)}
    said = " ".join(text for tree in trees for text in _english(tree))
    english = " ".join(text for text in prose if not re.search("[\u05d0-\u05ea]", text))
    lines = [[line for line in source.splitlines() if line.strip()] for source in code]
    called = [name for tree in trees for name in _called(tree)]
    return Measures(
        cells=len(code),
        computing=sum(_computes(tree) for tree in trees),
        longest=max(map(len, lines)),
        when=sum(
            word.arg == "when"
            for tree in trees
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            for word in node.keywords
        ),
        words=len(re.findall(r"[A-Za-z’'-]+", f"{english} {said}")),
        lines=sum(map(len, lines)),
        seaborn="seaborn" in names and any("sns." in source for source in code),
        statsmodels="statsmodels" in names and bool({*called} & STATSMODELS),
    )


def _imported(tree: ast.Module):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def _called(tree: ast.Module):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", getattr(node.func, "id", ""))


def _english(tree: ast.Module):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from (
                word.value.value for word in node.keywords if word.arg == "en" and isinstance(word.value, ast.Constant)
            )


def _computes(tree: ast.Module) -> bool:
    """Whether the cell takes or makes a frame and calls pandas, statsmodels or seaborn on it."""
    named = any(isinstance(node, ast.Name) and node.id not in ("report", "study", "safe") for node in ast.walk(tree))
    called = {*_called(tree)}
    drawn = any(isinstance(node, ast.Name) and node.id == "sns" for node in ast.walk(tree))
    return named and bool(called & (PANDAS | STATSMODELS | SAFE) or drawn)


def measures() -> dict[str, Measures]:
    """Those of every notebook, by name."""
    return {path.stem: measured(path) for path in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))}


if __name__ == "__main__":
    for name, one in measures().items():
        prose = one.words / one.lines
        print(
            f"{name:14} {one.computing:3} of {one.cells:3} cells compute, longest {one.longest:2}, when= {one.when}, "
            f"{prose:4.1f} words a line, {'seaborn ' if one.seaborn else ''}{'statsmodels' if one.statsmodels else ''}"
        )
