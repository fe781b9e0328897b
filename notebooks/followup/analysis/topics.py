"""Which statements speak of a topic: those that the codebook's findings name beside the topic's own numbers."""

import pandas as pd

from followup.analysis.answers import item_levels
from followup.study.codebook import Codebook

PROJECTS = frozenset({"projects_advanced", "projects_involved"})
NETWORK = frozenset({"ties_kept", "wishes"})


def statements_on(codebook: Codebook, topic: frozenset[str]) -> list[str]:
    """The statements of the scales whose level is evidence in a finding that also rests on `topic`, in the codebook's
    order.
    """
    about = {
        evidence.measure
        for finding in codebook.findings.values()
        if topic & {evidence.kind for evidence in finding.evidence}
        for evidence in finding.evidence
        if evidence.kind == "level"
    }
    return [item for item in codebook.items if item in about or codebook.scale_of[item] in about]


def levels_on(responses: pd.DataFrame, codebook: Codebook, topic: frozenset[str]) -> pd.DataFrame:
    """How many answered low, middle and high on each statement of a topic, in each wave that answered it, as it was
    worded.
    """
    levels = item_levels(responses[responses["item"].isin(statements_on(codebook, topic))], codebook)
    return levels[levels["n"] > 0].drop(columns="mean").reset_index(drop=True) if len(levels) else levels
