"""Coded interviews: how many speak for or against each finding, and the words that a person has released."""

import pandas as pd

from followup.language import LANGUAGES, without_turns
from followup.study.cohort import Cohort
from followup.words.vocabulary import STANCES


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
    """The excerpts that the params release, in their order, without any trace of who said them.

    One that was not translated stands in its own language on both pages.
    """
    names = cohort.params.interviews.released if cohort.params.interviews else []
    mine = excerpts[excerpts["excerpt"].isin(names)].set_index("excerpt").reindex(names)
    he, en = mine["excerpt_he"].fillna(mine["excerpt_en"]), mine["excerpt_en"].fillna(mine["excerpt_he"])
    words = {"excerpt_he": he.fillna("").map(without_turns), "excerpt_en": en.fillna("").map(without_turns)}
    return mine[["finding", "stance"]].assign(**words).reset_index(drop=True)


def joint_display(excerpts: pd.DataFrame, evidence: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Each finding's numbers beside what interviewees said of it: numbers_he, numbers_en, supports, qualifies,
    contradicts, n_interviews, together.

    `evidence` is the findings' table. A finding of which nobody spoke has a row that says so; where someone said the
    opposite, `together` says that too. Nothing without interviews.
    """
    voices = voices_table(excerpts, cohort)
    if voices.empty or evidence.empty:
        return pd.DataFrame()
    rows = []
    for finding, mine in evidence.groupby("finding", sort=False):
        said = voices[voices["finding"] == finding]
        counts = (
            said.iloc[0].drop("finding").astype(int).to_dict()
            if len(said)
            else dict.fromkeys([*STANCES, "n_interviews"], 0)
        )
        rows.append(
            {
                "finding": finding,
                **{
                    f"numbers_{language}": " ".join(_with_number(row, language) for _, row in mine.iterrows())
                    for language in LANGUAGES
                },
                **counts,
                "together": side_by_side(counts),
            }
        )
    return pd.DataFrame(rows)


def _with_number(row: pd.Series, language: str) -> str:
    """One piece of evidence: its sentence, and the number that it rests on in brackets."""
    return f"{row[f'sentence_{language}'].rstrip('.')} ({row[f'number_{language}']})."


def side_by_side(counts: dict[str, int]) -> str:
    """How the interviews stand to a finding; one that says the opposite is never outvoted into silence."""
    if not counts["n_interviews"]:
        return "voices_silent"
    if counts["contradicts"]:
        return "voices_divided" if counts["supports"] or counts["qualifies"] else "voices_against"
    return "voices_qualify" if counts["qualifies"] else "voices_agree"


def interviewed(excerpts: pd.DataFrame) -> pd.DataFrame:
    """How many graduates were interviewed: n_interviews."""
    return pd.DataFrame({"n_interviews": [excerpts["interview"].nunique()]})
