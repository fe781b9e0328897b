"""What was published about a cohort, each claim beside what the report computes."""

import pandas as pd

from followup.language import LANGUAGES, NOT_COMPUTED
from followup.study.claims import Claim


def claims_table(claims: list[Claim], evidence: pd.DataFrame) -> pd.DataFrame:
    """Each published claim beside what was computed: finding, measure, group, waves, claimed, computed, agreement."""
    rows, waves = [], evidence[["wave", "compared_with"]].fillna("")
    for claim in claims:
        mine = evidence[
            (evidence["kind"] == claim.kind)
            & (evidence["measure"] == (claim.measure or ""))
            & (evidence["group"] == claim.group)
            & (waves["wave"] == (claim.wave or ""))
            & (waves["compared_with"] == (claim.compared_with or ""))
        ]
        computed = (
            mine.iloc[0].to_dict()
            if len(mine)
            else {"verdict": "", "sentence_he": NOT_COMPUTED.he, "sentence_en": NOT_COMPUTED.en}
        )
        rows.append(
            {
                "finding": claim.finding,
                "kind": claim.kind,
                "measure": claim.measure or "",
                "group": claim.group,
                "wave": claim.wave or "",
                "compared_with": claim.compared_with or "",
                "claimed": claim.verdict,
                "computed": computed["verdict"],
                "agreement": "agrees" if computed["verdict"] == claim.verdict else "differs",
                **{
                    f"{name}_{language}": text
                    for language in LANGUAGES
                    for name, text in (
                        ("published", claim.published[language]),
                        ("computed_sentence", computed[f"sentence_{language}"]),
                    )
                },
            }
        )
    return pd.DataFrame(rows)
