"""Coded interviews: how many speak for or against each finding, and the words that a person has released."""

import pandas as pd

from followup.cohort import Cohort
from followup.records import STANCES


def voices_table(excerpts: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """In how many interviews each finding was supported, qualified or contradicted; one interview may do several."""
    rows = []
    for finding in cohort.codebook.findings:
        mine = excerpts[excerpts["finding"] == finding]
        if len(mine):
            counts = {stance: mine.loc[mine["stance"] == stance, "interview"].nunique() for stance in STANCES}
            rows.append({"finding": finding, **counts, "n_interviews": mine["interview"].nunique()})
    return pd.DataFrame(rows)


def released(excerpts: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """The excerpts that the params release, in their order, without any trace of who said them."""
    names = cohort.params.interviews.released if cohort.params.interviews else []
    mine = excerpts[excerpts["excerpt"].isin(names)].set_index("excerpt").reindex(names)
    return mine[["finding", "stance", "excerpt_he", "excerpt_en"]].reset_index(drop=True)
