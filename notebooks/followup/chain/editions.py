"""How what was built stands to the editions that were sent, as the pages say it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from followup.editions import records
from followup.publish.edition_line import Standing
from followup.study.cohort import Cohort

if TYPE_CHECKING:  # half a second that only a cohort with editions pays for
    from followup.editions.judgement import Judged


def standing_of(cohort: Cohort, files: Mapping[str, bytes]) -> Standing:
    """Pages and numbers, without the lines about editions, held against what was sent."""
    if not records.editions_of(cohort.root, cohort.name):
        return Standing()
    from followup.editions import judgement

    return standing(cohort, judgement.judged(cohort, files))


def standing(cohort: Cohort, found: Judged) -> Standing:
    """The same in the words of the page."""
    if found.last is None:
        return Standing()
    from followup.editions import judgement

    return Standing(
        number=found.last.number,
        name=found.last.name,
        released=found.last.facts["released"],
        commit=found.last.facts["commit"],
        changed=found.changed,
        sent=found.last.sent,
        again=found.same is not None,
        why=judgement.why_draft(cohort, found) if found.is_draft else "",
    )
