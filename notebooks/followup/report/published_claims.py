"""What was published about a cohort, each claim as a row beside which the report sets what it computes."""

import pandas as pd

from followup.language import LANGUAGES, NOT_COMPUTED
from followup.study.claims import Claim

COMPUTED = {"verdict": "computed"} | {f"sentence_{language}": f"computed_sentence_{language}" for language in LANGUAGES}
WHERE_NONE = {"computed": ""} | {f"computed_sentence_{language}": NOT_COMPUTED[language] for language in LANGUAGES}
CLAIMED = ["finding", "kind", "measure", "group", "wave", "compared_with", "claimed"]
SENTENCES = [f"{of}_{language}" for language in LANGUAGES for of in ("published", "computed_sentence")]
COLUMNS = [*CLAIMED, "computed", "agreement", *SENTENCES]


def claims_table(claims: list[Claim]) -> pd.DataFrame:
    """A row for each published claim: finding, kind, measure, group, waves, claimed, published_he and _en; texts.

    What a claim does not name is "", as in the findings' evidence.
    """
    columns = [*CLAIMED, *(f"published_{language}" for language in LANGUAGES)]
    rows = [
        (
            claim.finding,
            claim.kind,
            claim.measure or "",
            claim.group,
            claim.wave or "",
            claim.compared_with or "",
            claim.verdict,
            *(claim.published[language] for language in LANGUAGES),
        )
        for claim in claims
    ]
    return pd.DataFrame(rows, columns=columns, dtype="str")
