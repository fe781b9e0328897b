"""Anchors: what those who chose the smallest improvement changed by, beside the margin; few are not told; no conclusion changes."""

from dataclasses import replace

import made_up_studies as made
import pandas as pd
import pytest
from followup.language import END_ISOLATE, ISOLATE
from followup.report import change_tables
from followup.study.codebook import Codebook
from in_notebooks import ran
from made_up_studies import answered, names, words

FELT = ["much worse", "a little worse", "the same", "a little better", "much better"]
BETTER, SAME = 4, 3
ANCHOR = words("האם השתנה?", "Has it changed?", waves=["follow_up"], kind="one", options="felt")
BEFORE = [2, 3] * 12
GAINS = [0, 0, 1, 1, 1, 1, 2, 2, 1, -1] + [0, 1, 0, -1, 0, 0, 1] * 2  # of the first ten, who felt a little better, 0.8


def codebook(options: list[str] = FELT, **changed) -> Codebook:
    """The made-up questionnaire with an anchor for “drive”."""
    whole = made.CODEBOOK.model_dump()
    whole["option_sets"]["felt"] = {
        "options": [{"code": code, "he": f"תשובה {code}", "en": label} for code, label in enumerate(options, 1)]
    }
    whole["questions"] = {
        "felt_drive": ANCHOR | {name: changed.pop(name) for name in ("waves", "kind") if name in changed}
    }
    whole["scales"][changed.pop("scale", "drive")]["anchor"] = changed.pop("anchor", "felt_drive")
    return Codebook.model_validate(whole)


def compared(felt: list[int], asked: Codebook | None = None, link: str = "by_id", **disclosure) -> dict:
    """What 03 makes of 24 people who gained `GAINS` and felt so about it."""
    people, after = names(1, 24), [value + gain for value, gain in zip(BEFORE, GAINS, strict=True)]
    waves = {
        "programme_end": answered(people, d1=BEFORE, d2=BEFORE, r1=3, r2=3, r3=3),
        "follow_up": answered(people, d1=after, d2=after, r1=3, r2=3, r3=3),
    }
    families = {"scales": {"measures": ["drive"]}}
    cohort = made.cohort(link, roster=None if link == "unlinked" else 39, families=families)
    policy = cohort.params.disclosure.model_copy(update=disclosure)
    cohort = replace(
        cohort, codebook=asked or codebook(), params=cohort.params.model_copy(update={"disclosure": policy})
    )
    answers = pd.DataFrame(
        {"respondent": people, "wave": "follow_up", "question": "felt_drive", "value": felt, "missing_reason": None}
    )
    return ran(
        "03_compare",
        cohort,
        responses=made.responses(waves),
        participants=made.participants(waves, {}),
        answers=answers if cohort.codebook.questions else answers.iloc[:0],
    )


def said(run: dict) -> str:
    why = change_tables.why_no_anchor(run["study"].comparison, run["by_anchor"]).en
    return why.replace(ISOLATE, "").replace(END_ISOLATE, "")


TEN = [BETTER] * 10 + [SAME] * 14


def test_the_margin_by_anchor_is_the_mean_change_of_those_who_felt_a_little_better():
    """0 + 0 + 1 + 1 + 1 + 1 + 2 + 2 + 1 - 1 = 8 points of ten people: 0.8, beside a margin of 0.3."""
    run = compared(TEN)
    [row] = run["report"].released["anchor_margins"].to_dict("records")
    assert (row["measure"], row["value"], row["margin"]) == ("drive", 0.8, 0.3)
    assert (row["n"], row["at_least"]) == (8, True)  # ten, told as the least that they are
    assert said(run) == ""


@pytest.mark.parametrize("few", [0, 1, 7])
def test_too_few_give_no_margin_and_one_sentence(few):
    run = compared([BETTER] * few + [SAME] * (24 - few))
    assert run["report"].released["anchor_margins"].empty
    assert said(run).startswith("Where no anchor-based margin is shown, too few chose the smallest improvement")


def test_all_but_a_few_give_no_margin():
    """The mean of all 24 beside that of 20 would tell of the four others."""
    run = compared([BETTER] * 20 + [SAME] * 4)
    assert run["report"].released["anchor_margins"].empty and said(run)


def test_those_who_all_changed_alike_give_no_margin():
    """Eight who did not change at all felt a little better: their mean would be each one's change."""
    still = [place for place, gain in enumerate(GAINS) if gain == 0][:8]
    run = compared([BETTER if place in still else SAME for place in range(24)])
    assert run["report"].released["anchor_margins"].empty and said(run)


def test_where_only_words_leave_no_number_does():
    run = compared(TEN, precision="words_only")
    assert run["report"].released["anchor_margins"].empty
    assert said(run) == "Only words are published, so no anchor-based margin is shown."


def test_waves_that_are_not_linked_say_why_there_is_none():
    run = compared(TEN, link="unlinked")
    assert run["report"].released["anchor_margins"].empty
    assert said(run).startswith("The waves are not linked")


def test_no_conclusion_rests_on_an_anchor_and_without_one_nothing_is_said():
    without, with_anchor = compared(TEN, asked=made.CODEBOOK), compared(TEN)
    assert without["report"].released["anchor_margins"].empty and said(without) == ""
    pd.testing.assert_frame_equal(without["report"].released["changes"], with_anchor["report"].released["changes"])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"anchor": "felt"}, "the anchor of scale drive names no question with one answer: felt; there are felt_drive"),
        ({"kind": "many"}, "the anchor of scale drive names no question with one answer: felt_drive; there are none"),
        ({"options": FELT[:4]}, "the anchor of scale drive has no middle option: felt_drive has 4"),
        (
            {"scale": "late"},
            "the anchor of scale late has nothing to compare: no wave that asks felt_drive (follow_up)",
        ),
        ({"waves": ["programme_end"]}, "the anchor of scale drive has nothing to compare"),
    ],
    ids=["unknown", "several answers", "no middle", "one wave", "asked first"],
)
def test_a_mistake_in_the_codebook_gets_one_message(wrong, message):
    with pytest.raises(ValueError) as raised:
        codebook(**wrong)
    assert message in str(raised.value)
    assert str(raised.value).count("anchor of scale") == 1
