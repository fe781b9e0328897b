"""Voices beside numbers: how many interviews speak for, with a reservation or against, and what stays unsaid."""

from types import SimpleNamespace

import pandas as pd
import pytest
from followup.language import without_turns
from followup.words.vocabulary import STANCES
from in_notebooks import cell_made


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


DISPLAY = ("voices", "voices-beside-numbers", "joint-display")
SAID = excerpts(
    ("I1", "projects", "supports"),
    ("I1", "projects", "supports"),  # the same interview says it twice: one interview
    ("I2", "projects", "supports"),
    ("I2", "projects", "contradicts"),  # and one interview may do both
    ("I3", "network", "qualifies"),
)


class Page:
    """Keeps what a cell publishes, by name."""

    def __init__(self):
        self.shown = {}

    def table(self, name, frame, **_):
        self.shown[name] = frame

    voices = table

    def say(self, **_):
        pass

    def cell(self, name, column):
        return self.shown[name][column].item()


def counted(said: pd.DataFrame, numbers: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Interviews by finding and stance, and the joint display, as a cell of the notebook makes them."""
    page = Page()
    made = cell_made("06_findings", *DISPLAY, excerpts=said, evidence=numbers, report=page, STANCES=STANCES)
    return made["voices"], page.shown["voices"]


def test_interviews_are_counted_not_excerpts():
    table, _ = counted(SAID, evidence(("projects", "half")))
    assert table.loc["projects"].to_dict() == {"supports": 2, "qualifies": 0, "contradicts": 1, "n_interviews": 2}
    assert table.loc["network"].to_dict() == {"supports": 0, "qualifies": 1, "contradicts": 0, "n_interviews": 1}
    page = Page()
    cell_made("06_findings", "interviewed", excerpts=SAID, report=page)
    assert page.shown["interviewed"].to_dict("list") == {"n_interviews": [3]}


def test_numbers_stand_beside_what_was_said_and_silence_is_said():
    numbers = evidence(("projects", "half"), ("projects", "most left"), ("network", "kept"), ("sponsor", "credited"))
    table = counted(SAID, numbers)[1].set_index("finding")
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
    voices = pd.DataFrame(counts | {"n_interviews": sum(counts.values())}, index=["projects"])
    page, numbers = Page(), evidence(("projects", "half"))
    cell_made("06_findings", *DISPLAY[1:], voices=voices, evidence=numbers, report=page)
    assert page.shown["voices"]["together"].tolist() == [together]


def test_a_cohort_without_interviews_has_no_joint_display():
    assert counted(SAID.iloc[:0], evidence(("projects", "half")))[1].empty


def test_only_released_excerpts_are_quoted_in_their_order_and_nobody_is_named():
    released = SimpleNamespace(interviews=SimpleNamespace(released=["E05", "E02"]))
    quoted = quotations(SAID, released)
    assert list(quoted["excerpt_en"]) == ["words 5", "words 2"]
    assert list(quoted["finding"]) == ["network", "projects"]
    assert list(quoted.columns) == ["finding", "stance", "excerpt_he", "excerpt_en"]
    assert quotations(SAID, SimpleNamespace(interviews=None)).empty


def test_quoted_words_are_clean_and_an_untranslated_one_stands_in_its_own_language():
    said = SAID.head(2).assign(excerpt_he=["שלום\u202e", float("nan")], excerpt_en=["hello", "only \u2067English"])
    quoted = quotations(said, SimpleNamespace(interviews=SimpleNamespace(released=["E02", "E01"])))
    assert list(quoted["excerpt_he"]) == ["only English", "שלום"]
    assert list(quoted["excerpt_en"]) == ["only English", "hello"]


def quotations(said: pd.DataFrame, params: SimpleNamespace) -> pd.DataFrame:
    """What the notebook quotes of these excerpts where the params release some."""
    page, study = Page(), SimpleNamespace(params=params, interviews=said.set_index("excerpt"))
    cell_made("06_findings", "excerpts", study=study, report=page, without_turns=without_turns)
    return page.shown["excerpts"]
