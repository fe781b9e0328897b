"""Notebooks run on tables made by hand: what their cells made of them, without a build and without drawing."""

import json
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pandas as pd
from followup.report import report
from followup.report.charts.drawing import Drawing
from followup.study.cohort import Cohort

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


@contextmanager
def no_page():
    """Nothing is drawn and nothing displayed while this holds."""
    drawn = Drawing("data:", "a picture")
    with patch.object(report, "display", lambda *_, **__: None), patch.object(report, "drawing", lambda *_: drawn):
        yield


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
