"""How secure a finding is: one sign of four marks, by a rule that is the same for every finding and stated on the page.

A mark each: everyone concerned was followed; 24 or more stand behind the number; 70% or more answered, and those did not
differ; and the conclusion holds. What is hidden counts as not met.
"""

from collections.abc import Callable

import pandas as pd

from followup.language import Text
from followup.report.card_notes import made, traits_that_differ
from followup.report.findings import rows_about
from followup.report.other_findings import ENDS, Result, size_of
from followup.study.cohort import Cohort

ENOUGH = 24  # people from which on intervals to one decimal leave: the plan's digits change there
RESPONSE = 0.7
MARKS = ["design", "enough", "response", "holds"]
SIGNS = {
    4: Text("מבוסס היטב", "secure"),
    3: Text("מבוסס למדי", "fairly secure"),
    2: Text("מבוסס בחלקו", "moderately secure"),
    1: Text("מבוסס במידה מועטה", "weakly secure"),
    0: Text("אינו מבוסס", "not secure"),
}
GROUNDS = {
    "design": Text("אותם אנשים, או כל מי שנשאלו", "the same people, or everyone who was asked"),
    "enough": Text("n של 24 ומעלה", "n of 24 or more"),
    "response": Text("היענות של 70% ומעלה, בלי הבדל ניכר", "response of 70% or more, without a marked difference"),
    "holds": Text("המסקנה עומדת בכל הטווח", "the conclusion holds over the whole range"),
}
FOUND = ("rose", "fell", "preserved", "narrowed", "widened")


def grounds(cohort: Cohort, leading: pd.DataFrame, result: Result) -> pd.DataFrame:
    """For each piece of evidence (its index is kept): n, and whether each of the four grounds is met.

    `result(name)` gives a released results table, or raises `InputProblems` where no notebook has made it.
    """
    response = _response(cohort, result)
    rows = [
        {"n": None} | dict.fromkeys(MARKS, False) | _grounds(row, result, response) for _, row in leading.iterrows()
    ]
    return pd.DataFrame(rows, columns=["n", *MARKS], index=leading.index)


def _response(cohort: Cohort, result: Result) -> pd.DataFrame:
    """By wave: how many were asked (blank where nobody knows), and whether enough answered and did not differ."""
    table = made(result, "response")
    if table is None:
        return pd.DataFrame(columns=["asked", "well"])
    table = table.set_index("wave")
    asked = table["n_all"].where(table["asked_known"].astype(bool))
    differ = (table.index == cohort.waves[-1]) & (traits_that_differ(cohort, result) is not None)
    return pd.DataFrame({"asked": asked, "well": (table["n"] >= RESPONSE * asked) & ~differ})


def _grounds(row: pd.Series, result: Result, response: pd.DataFrame) -> dict:
    if row["verdict"] == "not_told":
        return {}
    table = rows_about(row, result(row["table"]))
    found = table.iloc[-1] if row["kind"] in LAST else table.iloc[0]
    known = found["wave"] in response.index
    asked = response.loc[found["wave"], "asked"] if known else None
    told = table.set_index("fate") if row["kind"] == "ties_kept" else found
    met = {"response": known and bool(response.loc[found["wave"], "well"])} | KINDS[row["kind"]](row, told, asked)
    return met | {"enough": bool(met["n"] >= ENOUGH)}


LAST = ("level", "projects_advanced", "projects_involved")  # of several waves the last one is told


def _of_change(row: pd.Series, change: pd.Series, asked: float | None) -> dict:
    same_people = bool(change["linked"]) and change["test"] != "partly_linked"
    n = change["n_linked"] if same_people else min(change["n_earlier"], change["n_later"])
    return {"n": n, "design": same_people, "holds": row["verdict"] in FOUND}


def _of_gap(row: pd.Series, gap: pd.Series, asked: float | None) -> dict:
    n = min(gap["n_first"], gap["n_second"])
    return {"n": n, "design": bool(gap["linked"]), "holds": row["verdict"] in FOUND}


def _of_level(row: pd.Series, level: pd.Series, asked: float | None) -> dict:
    return _share(level["n"], level["n_high"], asked) | ({"holds": True} if level["n"] == asked else {})


def _of_chosen(row: pd.Series, chosen: pd.Series, asked: float | None) -> dict:
    return _share(chosen["n"], chosen["n_chosen"], asked)


def _share(n: int, part: float, asked: float | None) -> dict:
    """A share holds where it is on the same side of one half whatever those who did not answer think."""
    if pd.isna(asked):
        return {"n": n, "design": False, "holds": False}
    return {"n": n, "design": True, "holds": not pd.isna(part) and _one_side(part, part + asked - n, asked)}


def _one_side(low: float, high: float, whole: float) -> bool:
    return bool(2 * low > whole or 2 * high < whole)


def _of_projects(row: pd.Series, projects: pd.Series, asked: float | None) -> dict:
    """Projects are all known; those reported on stand in the place of those who answered."""
    n, whole = projects["n"], projects["n_all"]
    bounds = {size_of(projects[bound] / whole) for bound in ENDS}
    return {"n": n, "design": True, "response": bool(n >= RESPONSE * whole), "holds": len(bounds) == 1}


def _of_ties(row: pd.Series, fates: pd.DataFrame, asked: float | None) -> dict:
    """Of the ties of the first wave; those of which nothing is known, or not shown how many, may have been kept or not."""
    kept, unknown, whole = fates.loc["kept", "n_ties"], fates.loc["unknown", "n_ties"], fates.loc["kept", "n"]
    holds = not pd.isna(unknown) and _one_side(kept, kept + unknown, whole)
    return {"n": whole, "design": True, "holds": holds}


KINDS: dict[str, Callable[[pd.Series, pd.Series | pd.DataFrame, float | None], dict]] = {
    "change": _of_change,
    "gap": _of_gap,
    "level": _of_level,
    "projects_advanced": _of_projects,
    "projects_involved": _of_chosen,
    "ties_kept": _of_ties,
    "wishes": _of_chosen,
}
