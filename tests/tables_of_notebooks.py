"""Single tables as the notebooks make them: the cells that a table rests on, run on a study made by hand or opened."""

import ast
import json
from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import pandas as pd
from followup.analysis.comparison import Comparison
from followup.analysis.gaps import protected_gaps
from followup.analysis.reliability import as_it_leaves
from followup.analysis.study_frames import RESPONDENT, Study
from followup.cleaning.clean import Clean
from in_notebooks import NOTEBOOKS


class InMemory:
    """A cohort whose tables are given: `read` needs no file."""

    def __init__(self, cohort, **tables: pd.DataFrame):
        self.cohort, self.tables = cohort, tables

    def __getattr__(self, name: str):
        return getattr(self.cohort, name)

    def read(self, table: str) -> pd.DataFrame:
        return self.tables[table]


def study_of(comparison: Comparison, **tables: pd.DataFrame) -> Study:
    """The frames of the answers that a comparison was made of, and of these tables."""
    study = Study(InMemory(comparison.cohort, **tables))
    study.__dict__["comparison"] = comparison
    people = comparison.group_of.index
    if people.empty:
        people = pd.Index([*dict.fromkeys(person for table in comparison.tables.values() for person in table.index)])
    group = pd.Categorical(comparison.group_of.reindex(people), study.groups, ordered=True)
    study._frames["participants"] = pd.DataFrame({"group": group}, index=people.rename(RESPONDENT))
    return study


@cache
def cells_behind(notebook: str, wanted: str, given: tuple[str, ...] = ()) -> tuple:
    """The cells that the variable `wanted` rests on, compiled, up to the cell that makes it leave; not those that make
    what is `given`.
    """
    found = json.loads((NOTEBOOKS / f"{notebook}.ipynb").read_text(encoding="utf-8"))["cells"]
    code = [(number, "".join(cell["source"])) for number, cell in enumerate(found, 1) if cell["cell_type"] == "code"]
    trees = [(number, ast.parse(source)) for number, source in code if "open_report(" not in source]
    leaving = [at for at, (_, tree) in enumerate(trees) if any(_leaves(wanted, line) for line in tree.body)]
    last = (leaving or [at for at, (_, tree) in enumerate(trees) if wanted in {*_made(tree)}][-1:])[0]
    needed, kept = {wanted}, []
    for at in range(last, -1, -1):
        number, tree = trees[at]
        if at == last and leaving:
            tree.body = tree.body[: 1 + next(n for n, line in enumerate(tree.body) if _leaves(wanted, line))]
        if needed & {*_made(tree)} and not {*given} & {*_made(tree)}:
            needed |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
            kept.append(compile(tree, f"{notebook}, cell {number}", "exec"))
    return tuple(reversed(kept))


def _leaves(wanted: str, line: ast.stmt) -> bool:
    """Whether a line makes the variable from what `safe.results` gives."""
    return isinstance(line, ast.Assign) and wanted in {*_made(line)} and "safe.results" in ast.unparse(line.value)


def _made(tree: ast.AST) -> Iterator[str]:
    """The variables that a cell makes or changes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).split(".")[0]
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            yield ast.unparse(node.value).split(".")[0]


def made(notebook: str, wanted: str, study: Study, results=lambda table: table) -> pd.DataFrame:
    """The table `wanted` of a notebook as `safe.results` gets it, or as `results` gives it back."""
    safe = SimpleNamespace(results=results)
    report = SimpleNamespace(release=lambda _, table: table, table=lambda *_, **__: None, figure=lambda *_, **__: None)
    variables = {"study": study, "safe": safe, "report": report, "rules": study.params.analysis}
    for cell in cells_behind(notebook, wanted):
        exec(cell, variables)  # noqa: S102 - the cells of our own notebooks
    return variables[wanted]


def of_cleaning(wanted: str, clean: Clean, study=None) -> pd.DataFrame:
    """The table `wanted` of 01_clean, made of cleaned files."""
    report = SimpleNamespace(table=lambda *_, **__: None)
    variables = {"clean": clean, "study": study, "report": report}
    for cell in cells_behind("01_clean", wanted, ("clean",)):
        exec(cell, variables)  # noqa: S102 - the cells of our own notebooks
    return variables[wanted]


OWN = ["pair", "tests", "found"]


def changes_of(comparison: Comparison) -> pd.DataFrame:
    """The changes as 03_compare estimates, adjusts and concludes them, before anything is hidden."""
    return made("03_compare", "changes", study_of(comparison)).drop(columns=OWN, errors="ignore")


def shown_changes(comparison: Comparison, level: str | None = None) -> pd.DataFrame:
    """The same as they leave, as precisely as `level` says where it is given."""
    told = at_level(comparison, level) if level else comparison
    return told.protected_changes(changes_of(comparison))


def at_level(comparison: Comparison, level: str) -> Comparison:
    """The same study, whose params say how precisely results leave."""
    other, params = copy(comparison), comparison.cohort.params
    policy = params.disclosure.model_copy(update={"precision": level})
    other.cohort = replace(comparison.cohort, params=params.model_copy(update={"disclosure": policy}))
    return other


def gaps_of(comparison: Comparison) -> pd.DataFrame:
    """The gaps as 03_compare estimates, adjusts and concludes them, before anything is hidden."""
    return made("03_compare", "all_gaps", study_of(comparison)).drop(columns=OWN, errors="ignore")


def shown_gaps(comparison: Comparison) -> pd.DataFrame:
    """The same as they leave."""
    found = gaps_of(comparison)
    return protected_gaps(comparison, found) if len(found) else found


def as_worded(comparison: Comparison) -> pd.DataFrame:
    """The answers that a comparison was made of, as they were ticked: respondent, wave, item, value."""
    parts = []
    for wave, table in comparison.tables.items():
        long = table.rename_axis("respondent").reset_index().melt("respondent", var_name="item", value_name="value")
        parts.append(long.dropna(subset="value").assign(wave=wave))
    rows, items = pd.concat(parts, ignore_index=True), comparison.codebook.items
    ends = {item: comparison.codebook.options_of(item).codes for item in items if items[item].reverse_coded}
    turned = rows["item"].map({item: codes[0] + codes[-1] for item, codes in ends.items()})
    return rows.assign(value=rows["value"].where(turned.isna(), turned - rows["value"]))


def item_levels(comparison: Comparison) -> pd.DataFrame:
    """How many answered low, middle and high on each statement, as 02_describe counts them."""
    return made("02_describe", "statements", study_of(comparison, responses=as_worded(comparison)))


def scale_levels(comparison: Comparison, scores: pd.DataFrame) -> pd.DataFrame:
    """How many scored low, middle and high on each scale, as 02_describe counts them."""
    return made("02_describe", "levels", study_of(comparison, scores=scores))


def reliabilities(comparison: Comparison) -> pd.DataFrame:
    """Alpha and omega of each scale in each wave, as 02_describe computes them and they leave."""
    found = made("02_describe", "alphas", study_of(comparison, responses=as_worded(comparison)))
    return as_it_leaves(found, comparison.cohort.params.disclosure) if len(found) else found


def turned_items(comparison: Comparison) -> pd.DataFrame:
    """Statements that go against their scale, with the warning of 02_describe: measure, scale, wave, warning."""
    return made("02_describe", "turned", study_of(comparison, responses=as_worded(comparison))).reset_index(drop=True)
