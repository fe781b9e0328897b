"""What was published about a cohort, each claim tied to the result that answers it."""

from typing import Literal

from pydantic import Field

from followup.language import Text, isolated, same
from followup.store.params_read import CLAIMS, note
from followup.study.codebook import Key, Words
from followup.study.cohort import Cohort
from followup.study.wording import read_worded
from followup.study.yaml_files import Strict


class Claim(Strict):
    """One published claim: its words, the evidence that answers it, and the verdict it amounts to.

    `wave` and `compared_with` are those of the evidence, where it names them.
    """

    finding: Key
    published: Words
    kind: Literal["change", "level", "gap", "projects_advanced", "projects_involved", "ties_kept", "wishes"]
    measure: Key | None = None
    group: Key = "all"
    wave: Key | None = None
    compared_with: Key | None = None
    verdict: Key


class Claims(Strict):
    """The published claims of one cohort, where they were published and, if that is known, in which year."""

    source: Words
    year: int | None = Field(None, ge=1900, le=2100)
    claims: list[Claim]


def read_claims(cohort: Cohort) -> list[Claim]:
    """The claims in params/claims/COHORT.yaml; none when there is no such file."""
    read = _read(cohort)
    return read.claims if read else []


def source(cohort: Cohort) -> Text:
    """The publication that the claims are from, with its year where that is known; empty where there are no claims."""
    read = _read(cohort)
    if not read:
        return Text("", "")
    year = same(f" ({isolated(str(read.year))})" if read.year else "")
    return Text(read.source.he, read.source.en) + year


def _read(cohort: Cohort) -> Claims | None:
    note(None, CLAIMS)
    path = cohort.root / "params" / "claims" / f"{cohort.name}.yaml"
    if not path.exists():
        return None
    shown, languages = f"params/claims/{cohort.name}.yaml", cohort.params.languages
    return read_worded(path, Claims, shown, languages, f"params/{cohort.name}.yaml")
