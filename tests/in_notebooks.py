"""Notebooks run on tables made by hand: what their cells made of them, without a build and without drawing."""

import atexit
import json
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, mkdtemp
from unittest.mock import patch

import numpy as np
import pandas as pd
from followup.analysis import published_results
from followup.analysis.published_results import Cohorts
from followup.report import report
from followup.report.charts.drawing import Drawing, drawing
from followup.study.cohort import Cohort, open_cohort

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
EMPTY = {
    "participants": ["participant", "answered"],
    "responses": ["respondent", "wave", "item", "value", "missing_reason"],
    "scores": ["respondent", "wave", "scale", "score", "items_answered"],
    "answers": ["respondent", "wave", "question", "value", "missing_reason"],
    "projects": ["project", "title"],
    "project_members": ["project", "participant"],
    "ties": ["wave", "ego", "alter", "kind"],
    "meetings": ["meeting", "date", "participant"],
    "interviews": ["excerpt", "interview", "theme", "finding", "stance", "excerpt_he", "excerpt_en"],
    "respondents": ["respondent", "wave", "row", "day"],
}


@cache
def cells(name: str) -> list[tuple[int, object]]:
    """The code cells of a notebook, ready to run, each with its number; without the parameters."""
    whole = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    return [
        (number, compile("".join(cell["source"]), f"{name}, cell {number}", "exec"))
        for number, cell in enumerate(whole, 1)
        if cell["cell_type"] == "code" and "parameters" not in cell["metadata"].get("tags", [])
    ]


def cell_made(name: str, *cells: str, **variables) -> dict:
    """What some cells of a notebook, named by their ids, made of these variables; pandas and numpy are there."""
    whole = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    made = {"pd": pd, "np": np, **variables}
    for cell in cells:
        [source] = ["".join(each["source"]) for each in whole if each["id"] == cell]
        exec(compile(source, f"{name}, {cell}", "exec"), made)  # noqa: S102 - the cells of our own notebooks
    return made


@contextmanager
def no_page(drawn: bool = False):
    """Nothing is displayed while this holds, and nothing drawn, unless it is to be."""
    instead = drawing if drawn else lambda *_: Drawing("data:", "data:", "a picture")
    with patch.object(report, "display", lambda *_, **__: None), patch.object(report, "drawing", instead):
        yield


@cache
def cleaned(name: str, root: Path | None = None) -> Cohort:
    """A shipped cohort, or one of `root`, whose row-level tables stand in a folder of its own, as 01_clean made them from
    its exports.
    """
    opened = open_cohort(name, root)
    folder = Path(mkdtemp(prefix="followup-cleaned-"))
    atexit.register(rmtree, folder, ignore_errors=True)
    (folder / "data").symlink_to(opened.root / "data")
    made = replace(opened, root=folder)
    with no_page(), patch.object(report, "open_report", lambda *_: report.Report(made, "en")):
        variables: dict = {"cohort": name, "language": "en"}
        for _, code in cells("01_clean"):
            exec(code, variables)  # noqa: S102
    return made


def ran(name: str, cohort: Cohort, **tables: pd.DataFrame) -> dict:
    """What the cells of a notebook made of these row-level tables (others are empty): its variables by name.

    `report.released` holds the tables as they left.
    """
    with TemporaryDirectory() as folder, no_page():
        made = replace(cohort, root=Path(folder))
        for table, columns in EMPTY.items():
            made.keep(table, tables.get(table, pd.DataFrame(columns=columns)))
        variables = {"cohort": "made-up", "language": "en"}
        with patch.object(report, "open_report", lambda *_: report.Report(made, "en")):
            for _, code in cells(name):
                exec(code, variables)  # noqa: S102 - the cells of our own notebooks
        return variables


def compared(cohorts: Cohorts) -> dict:
    """What 90_cohorts made of these published results: its variables by name."""
    variables = {"cohort": "all", "language": "en"}
    with no_page(), patch.object(published_results, "read_cohorts", lambda *_: cohorts):
        for _, code in cells("90_cohorts"):
            exec(code, variables)  # noqa: S102 - the cells of our own notebooks
    return variables


def described(cohort: Cohort, name: str, **tables: pd.DataFrame) -> pd.DataFrame:
    """A table as 02_describe released it, of these row-level tables; nothing where it has no rows."""
    return ran("02_describe", cohort, **tables)["report"].released.get(name, pd.DataFrame())
