"""Who answered and who did not: response, links, how respondents differ, how far non-response could move a result."""

import pandas as pd

from followup.study.cohort import Cohort
from followup.words.vocabulary import STATUSES


def response_table(participants: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Respondents of those asked, wave by wave: wave, n, n_all, asked_known.

    Asked were as many as the params say for the wave, or the whole roster; without either that is not known, and
    n_all is n.
    """
    roster = cohort.params.roster
    counts = {wave: int(participants[f"responded_{wave}"].sum()) for wave in cohort.waves}
    known = roster.participants if roster else None if cohort.params.link == "unlinked" else len(participants)
    asked = {wave: cohort.params.waves[wave].asked or known for wave in counts}
    return pd.DataFrame(
        [
            {"wave": wave, "n": n, "n_all": asked[wave] or n, "asked_known": asked[wave] is not None}
            for wave, n in counts.items()
        ]
    )


def link_table(participants: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """How many answered both waves, one only, or neither; empty unless two waves can be linked."""
    if cohort.params.link == "unlinked" or len(cohort.waves) < 2:
        return pd.DataFrame(columns=["status", "n"])
    counts = participants["link"].value_counts().reindex(STATUSES, fill_value=0)
    return pd.DataFrame({"status": counts.index, "n": counts.to_numpy()})


# Respondents beside the others -------------------------------------------------------------------------------------


# How far non-response could move a result ----------------------------------------------------------------------------


# The scales --------------------------------------------------------------------------------------------------------
