"""Values computed in R, beside the inputs they were computed from, and the list of those we do not use.

A row is one value: the case, the quantity and R's result. Every row is either reproduced by a test or listed in
expected/not_used.csv with the reason.
"""

import csv
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import settings

settings.register_profile("same every time", deadline=None, derandomize=True)
settings.load_profile("same every time")

EXPECTED = Path(__file__).parent / "expected"
NOT_COPIED = Path(__file__).parents[2] / "shared" / "reference"


@cache
def rows(file: str) -> list[dict]:
    """Rows of one expected file: case, dataset, quantity, value (a float), note."""
    with open(EXPECTED / f"{file}.csv", encoding="utf-8", newline="") as lines:
        return [row | {"value": float(row["value"])} for row in csv.DictReader(lines)]


def cases(file: str) -> list[tuple[str, str]]:
    """(case, dataset) of one expected file, in its order."""
    return list(dict.fromkeys((row["case"], row["dataset"]) for row in rows(file)))


def values(file: str, case: str, dataset: str) -> dict[str, float]:
    """R's value of each quantity of one case."""
    return {row["quantity"]: row["value"] for row in rows(file) if (row["case"], row["dataset"]) == (case, dataset)}


@cache
def data(name: str) -> pd.DataFrame:
    """An input table; skips the test where the table may not be copied into the project and is not beside it."""
    for folder in (EXPECTED, NOT_COPIED):
        if (folder / f"data_{name}.csv").exists():
            return pd.read_csv(folder / f"data_{name}.csv")
    pytest.skip(f"data_{name}.csv may not be copied into the project and does not lie beside it")


@cache
def answers(wave: int) -> pd.DataFrame:
    """Answers of the synthetic cohort of 39 in wave 1 or 2, indexed by respondent."""
    return data(f"likert39_t{wave}").set_index("id")


def items(scale: str) -> list[str]:
    return [f"{scale}{number}" for number in range(1, 5)]


@cache
def not_used() -> list[dict]:
    """What R computed and we do not: file, quantity (a pattern over case/quantity) and why."""
    with open(EXPECTED / "not_used.csv", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def why_not(file: str, row: dict) -> list[str]:
    name = f"{row['case']}/{row['quantity']}"
    return [entry["why"] for entry in not_used() if entry["file"] == file and fnmatchcase(name, entry["quantity"])]


def unaccounted(file: str, used: set[str] | dict) -> list[str]:
    """Rows neither reproduced (their case/quantity fits a pattern of `used`) nor listed as not used, or both."""
    return [
        f"{row['case']}/{row['quantity']}"
        for row in rows(file)
        if any(fnmatchcase(f"{row['case']}/{row['quantity']}", pattern) for pattern in used) == bool(why_not(file, row))
    ]


def close(ours: float, r: float, tolerance: float = 1e-9) -> bool:
    """Equal within the tolerance, absolute and relative."""
    return ours == pytest.approx(r, rel=tolerance, abs=tolerance)
