"""Made-up cohorts drawn by chance: every way of linking, ties, ceilings, blanks, unequal waves; and what contradicts itself."""

import numpy as np
import pandas as pd
from followup.analysis.comparison import Comparison
from followup.words import verdicts
from made_up_studies import comparison
from tables_of_notebooks import changes_of


def random_study(rng: np.random.Generator, most: int = 300) -> Comparison:
    """A cohort of 2 to `most` people with ties, ceilings, unequal waves and blanks, linked in one of four ways."""
    link = str(rng.choice(["by_id", "same_row", "partly_linked", "unlinked"]))
    people = int(np.exp(rng.uniform(np.log(2), np.log(most))))
    level, spread, rise = rng.uniform(1, 6), rng.uniform(0.05, 2), rng.choice([0, 0, 0.3, -0.6, 1.5])
    own = rng.normal(0, spread, people)
    waves = []
    for place in (0, 1):
        who = np.flatnonzero(rng.random(people) < rng.uniform(0.3, 1)) if link != "same_row" else np.arange(people)
        moved = rise * place * (1 if link != "partly_linked" or rng.random() < 0.5 else -1)
        items = {
            item: np.clip(np.rint(level + own[who] + moved + rng.normal(0, spread / 2, len(who))), 1, 5)
            for item in ("d1", "d2", "r1")
        }
        table = pd.DataFrame(items, index=[f"P{at:03}" for at in who]).assign(r2=3.0, r3=3.0)
        waves.append(table.mask(rng.random(table.shape) < rng.choice([0, 0.1])).dropna(how="all"))
    names_of = [wave.rename(index=lambda name, at=at: f"{name}w{at}") for at, wave in enumerate(waves)]
    waves = names_of if link == "unlinked" else waves
    families = {
        "scales": {"measures": ["drive", "role"]},
        "items": {"measures": ["d1", "d2", "r1"], "adjust": str(rng.choice(["holm", "westfall_young"]))},
    }
    return comparison(*waves, link=link, roster=None if link in ("unlinked", "same_row") else 400, families=families)


def held(known: Comparison) -> tuple[list[str], int]:
    """What in a cohort's tables of changes contradicts itself, each by its measure and group; and how many rows there are."""
    table = changes_of(known)
    shown = known.protected_changes(table.copy())
    found = [
        f"{row['measure']} ({row['group']}): {what}" for _, row in table.iterrows() for what in contradictions(row)
    ]
    told = shown.loc[~shown["hidden"].astype(bool), ["verdict", "reason"]]
    return found + ["a row that is shown has no verdict or no reason"] * int(told.isna().any(axis=None)), len(table)


def contradictions(row: pd.Series) -> list[str]:
    """What in a row of changes speaks against its own conclusion, and what is missing without a word."""
    found, said, sign = [], row["verdict"], {"rose": 1, "fell": -1}.get(row["verdict"])
    if sign:
        if sign * row["change"] <= 0:
            found.append("the change points the other way")
        if pd.notna(row["ci_low"]) and sign * (row["ci_low"] + row["ci_high"]) <= 0:
            found.append("the interval lies the other way")
        if pd.notna(row["ci_low"]) and row["ci_low"] <= 0 <= row["ci_high"] and row["test"] != "sign_flip":
            found.append("the interval includes zero")
        if pd.notna(row.get("change_linked")) and sign * row["change_linked"] < 0:
            found.append("the linked moved the other way")
        if pd.notna(row.get("superiority")) and sign * (row["superiority"] - 0.5) <= 0:
            found.append("the ranks point the other way")
        if pd.isna(row["p_adjusted"]) or row["p_adjusted"] > 0.05:
            found.append("p is above the level")
    if said == "preserved":
        inside = pd.notna(row["ci90_low"]) and -row["margin"] < row["ci90_low"] and row["ci90_high"] < row["margin"]
        if not inside and row["reason"] != "nobody_changed":
            found.append("the interval is not inside the margin")
        if pd.notna(row.get("change_linked")) and abs(row["change_linked"]) >= row["margin"]:
            found.append("the linked moved beyond the margin")
        if pd.isna(row["p_kept_adjusted"]) or row["p_kept_adjusted"] > 0.05:
            found.append("not after adjustment")
    if not isinstance(row["reason"], str) or not verdicts.change_reason(row).en.strip():
        found.append("no reason")
    if pd.isna(row["p"]) and not isinstance(row["no_test"], str):
        found.append("no p and no word why")
    return found
