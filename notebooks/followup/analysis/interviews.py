"""Coded interviews: the findings beside how many speak for or against each, and the words that a person has released."""

import pandas as pd

from followup.language import LANGUAGES, without_turns


def quotations(chosen: pd.DataFrame) -> pd.DataFrame:
    """Excerpts as they are quoted: finding, stance, excerpt_he, excerpt_en; without any trace of who said them.

    One that was not translated stands in its own language on both pages.
    """
    he, en = chosen["excerpt_he"].fillna(chosen["excerpt_en"]), chosen["excerpt_en"].fillna(chosen["excerpt_he"])
    words = {"excerpt_he": he.fillna("").map(without_turns), "excerpt_en": en.fillna("").map(without_turns)}
    return chosen[["finding", "stance"]].assign(**words).reset_index(drop=True)


def joint_display(voices: pd.DataFrame, evidence: pd.DataFrame) -> pd.DataFrame:
    """Each finding's numbers beside what interviewees said of it: numbers_he, numbers_en, supports, qualifies,
    contradicts, n_interviews, together.

    `voices` counts interviews by finding (its index), in a column for each stance and in n_interviews; `evidence` is the
    findings' table. A finding of which nobody spoke has a row that says so; where someone said the opposite, `together`
    says that too. Nothing without interviews.
    """
    if voices.empty or evidence.empty:
        return pd.DataFrame()
    numbers = {
        f"numbers_{of}": evidence[f"sentence_{of}"].str.rstrip(".") + " (" + evidence[f"number_{of}"] + ")."
        for of in LANGUAGES
    }
    shown = evidence[["finding"]].assign(**numbers).groupby("finding", sort=False).agg(" ".join)
    shown = shown.join(voices.reindex(shown.index, fill_value=0).astype(int))
    shown["together"] = [side_by_side(counts.to_dict()) for _, counts in shown.iterrows()]
    return shown.reset_index()


def side_by_side(counts: dict[str, int]) -> str:
    """How the interviews stand to a finding; one that says the opposite is never outvoted into silence."""
    if not counts["n_interviews"]:
        return "voices_silent"
    if counts["contradicts"]:
        return "voices_divided" if counts["supports"] or counts["qualifies"] else "voices_against"
    return "voices_qualify" if counts["qualifies"] else "voices_agree"
