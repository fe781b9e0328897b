"""The account of a wave: every row and cell that came in was kept, changed or set aside, and the sums agree."""

from followup.cleaning.submissions import SET_ASIDE, Submissions
from followup.problems import InputProblems, Problem, raise_problems

DEFECT = "this is a defect of cleaning, not of your data: keep the files and report it"


def account_of(rows: Submissions, counts: dict[str, int]) -> dict[str, int]:
    """The account of a wave's rows and cells: what came in, and each thing that became of it."""
    raw, width, kept = rows.raw_rows, rows.export.cells.shape[1], len(rows.cells)
    return {
        "rows": raw,
        "rows_kept": kept,
        "rows_excluded": len(rows.set_aside),
        "cells": raw * width,
        "cells_in_excluded_rows": len(rows.set_aside) * width,
        "cells_in_ignored_columns": kept * rows.columns.count("ignored"),
        **counts,
    }


def check_account(account: dict[str, int], file: str = "") -> None:
    """Stop unless raw rows and cells equal what was kept, changed and excluded."""
    rows = account["rows_kept"] + account["rows_excluded"]
    cells = sum(count for name, count in account.items() if name.startswith("cells_"))
    if rows != account["rows"] or cells != account["cells"]:
        what = f"{account['rows']} rows and {account['cells']} cells came in, {rows} and {cells} are accounted for"
        raise InputProblems([Problem(what, DEFECT, file)])


def check(waves: list) -> None:
    """Count again what was handed on and what was logged; stop when anything is amiss."""
    for wave in waves:
        check_account(wave.account, wave.wave)
        _check_against_tables(wave)


def _check_against_tables(wave) -> None:
    """The account beside the tables and the log: one response a person and item, one line a row that was set aside."""
    kept, items = len(wave.respondents), wave.columns["kind"].eq("item").sum()
    logged = wave.log["rule"].isin(SET_ASIDE).sum()
    steps = wave.flow["excluded"].sum()
    counts = {
        "rows kept and respondents": (wave.account["rows_kept"], kept),
        "rows set aside and lines of the log": (wave.account["rows_excluded"], logged),
        "rows set aside and steps of the flow": (wave.account["rows_excluded"], steps),
        "respondents and different respondents": (kept, wave.respondents["respondent"].nunique()),
        "responses and respondents times items": (len(wave.responses), kept * items),
    }
    raise_problems(
        Problem(f"{what} do not agree: {one} and {other}", DEFECT, wave.wave)
        for what, (one, other) in counts.items()
        if one != other
    )
