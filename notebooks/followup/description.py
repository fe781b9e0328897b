"""Tables of who answered: response to each wave, how the waves link, and how those who answered differ from those who did not."""

import pandas as pd

from followup.cohort import Cohort
from followup.linkage import STATUSES
from followup.response import standardised_differences


def response_table(participants: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Respondents of the participants, wave by wave: wave, n, n_all (the roster; without one, whoever answered)."""
    total = cohort.params.roster.participants if cohort.params.roster else len(participants)
    return pd.DataFrame([{"wave": wave, "n": int(participants[f"responded_{wave}"].sum()), "n_all": total} for wave in cohort.waves])


def link_table(participants: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """How many answered both waves, one only, or neither; empty unless two waves can be linked."""
    if cohort.params.link == "unlinked" or len(cohort.waves) < 2:
        return pd.DataFrame(columns=["status", "n"])
    counts = participants["link"].value_counts().reindex(STATUSES, fill_value=0)
    return pd.DataFrame({"status": counts.index, "n": counts.to_numpy()})


def differences_table(participants: pd.DataFrame, scores: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Follow-up respondents beside the others, in standard deviations: roster traits and programme-end scores.

    Only the difference is kept: the means of a handful of people who did not answer are nobody's business.
    """
    if not cohort.params.identified or len(cohort.waves) < 2:
        return pd.DataFrame(columns=["trait", "level", "standardised_difference"])
    before = scores[scores["wave"] == "programme_end"].pivot(index="respondent", columns="scale", values="score")
    people = participants.set_index("participant")
    traits = people[cohort.params.traits].join(before)
    table = standardised_differences(traits, people["responded_follow_up"])
    table["level"] = table["level"].fillna("")
    return table.loc[table["standardised_difference"].notna(), ["trait", "level", "standardised_difference"]]
