"""The course of each scale over three waves: rose and kept, rose and fell back, no change, or not to be told."""

import pandas as pd

from followup.analysis.comparison import Comparison

# The verdicts of the three pairs of waves by which a course is told: the middle with the first, the last with the middle,
# the last with the first. Whatever is not listed cannot be told.
COURSES = {
    "rose_and_kept": (("rose", "preserved", "rose"), ("rose", "inconclusive", "rose"), ("rose", "rose", "rose")),
    "rose_and_fell_back": (("rose", "fell", "preserved"), ("rose", "fell", "inconclusive"), ("rose", "fell", "fell")),
    "rose_later": (("preserved", "rose", "rose"), ("inconclusive", "rose", "rose")),
    "fell_and_stayed": (("fell", "preserved", "fell"), ("fell", "inconclusive", "fell"), ("fell", "fell", "fell")),
    "fell_and_recovered": (("fell", "rose", "preserved"), ("fell", "rose", "inconclusive"), ("fell", "rose", "rose")),
    "fell_later": (("preserved", "fell", "fell"), ("inconclusive", "fell", "fell")),
    "no_change": (("preserved", "preserved", "preserved"),),
}


def courses(comparison: Comparison, changes: pd.DataFrame) -> pd.DataFrame:
    """The course of each scale among all respondents: measure, pattern. Empty unless the study has three waves, all three
    pairs are compared and the plan tests the scale.

    It follows from the released verdicts of the three pairs and from nothing else; where a row is hidden or described
    only there is none.
    """
    waves = comparison.cohort.waves
    steps = [*zip(waves, waves[1:], strict=False), (waves[0], waves[-1])]
    if len(waves) != 3 or changes.empty or not {*steps} <= {*comparison.pairs}:
        return pd.DataFrame(columns=["measure", "pattern"])
    told = changes[(changes["kind"] == "scale") & (changes["group"] == "all") & ~changes["hidden"].astype(bool)]
    verdicts = {(row.measure, (row.compared_with, row.wave)): row.verdict for row in told.itertuples()}
    rows = []
    for scale in comparison.codebook.scales:
        mine = tuple(verdicts.get((scale, step)) for step in steps)
        if {*mine} & {None, "described"}:
            continue
        rows.append({"measure": scale, "pattern": course(mine)})
    return pd.DataFrame(rows, columns=["measure", "pattern"])


def course(verdicts: tuple[str, str, str]) -> str:
    """The course that three verdicts amount to: of the middle wave with the first, the last with the middle, the last
    with the first.
    """
    return next((name for name, known in COURSES.items() if verdicts in known), "course_unknown")
