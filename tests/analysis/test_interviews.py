"""Voices beside numbers: how many interviews speak for, with a reservation or against, and what stays unsaid."""

import pandas as pd
import pytest
from followup.analysis.interviews import joint_display, released, side_by_side, voices_table
from followup.study.cohort import open_cohort

COHORT = open_cohort("1")


def excerpts(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """interview, finding, stance; excerpts are numbered as they come."""
    return pd.DataFrame(
        [
            {
                "excerpt": f"E{place:02d}",
                "interview": interview,
                "theme": "…",
                "finding": finding,
                "stance": stance,
                "excerpt_he": f"דברים {place}",
                "excerpt_en": f"words {place}",
            }
            for place, (interview, finding, stance) in enumerate(rows, 1)
        ]
    )


def evidence(*rows: tuple[str, str]) -> pd.DataFrame:
    """finding, sentence."""
    return pd.DataFrame(
        [
            {
                "finding": finding,
                **{
                    f"{part}_{language}": f"{text} {language}." if part == "sentence" else f"n {language}"
                    for part in ("sentence", "number")
                    for language in ("he", "en")
                },
            }
            for finding, text in rows
        ]
    )


SAID = excerpts(
    ("I1", "projects", "supports"),
    ("I1", "projects", "supports"),  # the same interview says it twice: one interview
    ("I2", "projects", "supports"),
    ("I2", "projects", "contradicts"),  # and one interview may do both
    ("I3", "network", "qualifies"),
)


def test_interviews_are_counted_not_excerpts():
    table = voices_table(SAID, COHORT).set_index("finding")
    assert table.loc["projects"].to_dict() == {"supports": 2, "qualifies": 0, "contradicts": 1, "n_interviews": 2}
    assert table.loc["network"].to_dict() == {"supports": 0, "qualifies": 1, "contradicts": 0, "n_interviews": 1}


def test_numbers_stand_beside_what_was_said_and_silence_is_said():
    numbers = evidence(("projects", "half"), ("projects", "most left"), ("network", "kept"), ("sponsor", "credited"))
    table = joint_display(SAID, numbers, COHORT).set_index("finding")
    assert table.loc["projects", "numbers_en"] == "half en (n en). most left en (n en)."
    assert table["together"].to_dict() == {
        "projects": "voices_divided",
        "network": "voices_qualify",
        "sponsor": "voices_silent",
    }
    assert table.loc["sponsor", ["supports", "qualifies", "contradicts", "n_interviews"]].tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("supports", "qualifies", "contradicts", "together"),
    [
        (3, 0, 0, "voices_agree"),
        (3, 1, 0, "voices_qualify"),
        (6, 0, 1, "voices_divided"),  # six against one do not outvote the one
        (0, 0, 2, "voices_against"),
        (0, 0, 0, "voices_silent"),
    ],
)
def test_disagreement_is_shown(supports, qualifies, contradicts, together):
    counts = {"supports": supports, "qualifies": qualifies, "contradicts": contradicts}
    assert side_by_side(counts | {"n_interviews": sum(counts.values())}) == together


def test_a_cohort_without_interviews_has_no_joint_display():
    assert joint_display(SAID.iloc[:0], evidence(("projects", "half")), COHORT).empty


def test_only_released_excerpts_are_quoted_and_nobody_is_named():
    quoted = released(SAID, COHORT)
    names = COHORT.params.interviews.released
    assert list(quoted["excerpt_en"].dropna()[lambda text: text != ""]) == [
        f"words {int(name[1:])}" for name in names if name in set(SAID["excerpt"])
    ]
    assert list(quoted.columns) == ["finding", "stance", "excerpt_he", "excerpt_en"]
