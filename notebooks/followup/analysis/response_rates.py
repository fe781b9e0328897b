"""Who answered each wave, of how many, and who answered which of them together."""

from itertools import combinations

import pandas as pd

from followup.study.cohort import Cohort
from followup.study.waves import AND, ONLY, asked_in, responded


def response_table(participants: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Respondents of those asked, wave by wave: wave, n, n_all, asked_known.

    Asked were as many as the params say for the wave, or the whole roster; without either that is not known, whoever
    answered another wave, and n_all is n.
    """
    counts = {wave: int(responded(participants, wave).sum()) for wave in cohort.waves}
    asked = {wave: asked_in(cohort.params, wave) for wave in counts}
    return pd.DataFrame(
        [
            {"wave": wave, "n": n, "n_all": asked[wave] or n, "asked_known": asked[wave] is not None}
            for wave, n in counts.items()
        ]
    )


def link_table(participants: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """How many answered which waves: status, n; all first, then fewer, none last. Empty unless two waves can be linked.

    A status is "linked" or "every_wave", "neither" or "no_wave" (without a roster nobody knows of these), or "only:" and
    the waves in order ("only:one+two").
    """
    waves = cohort.waves
    if cohort.params.link == "unlinked" or len(waves) < 2:
        return pd.DataFrame(columns=["status", "n"])
    some = [chosen for size in range(len(waves) - 1, 0, -1) for chosen in combinations(waves, size)]
    every, none = ("linked", "neither") if len(waves) == 2 else ("every_wave", "no_wave")
    statuses = {AND.join(waves): every} | {AND.join(chosen): ONLY + AND.join(chosen) for chosen in some}
    statuses |= {"": none} if cohort.params.roster else {}
    counts = participants["answered"].fillna("").value_counts().reindex(list(statuses), fill_value=0)
    return pd.DataFrame({"status": list(statuses.values()), "n": counts.to_numpy()})
