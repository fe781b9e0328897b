"""Questions that no other part of the report shows: each is told, and nothing left out can be found by subtraction."""

from dataclasses import replace

import made_up_studies as made
import pandas as pd
import pytest
from followup.study.codebook import Codebook, Option, OptionSet, OtherQuestion, WaveWords, Words
from in_notebooks import described

WORDS = {"he": "א", "en": "A"}


def book(kind: str, key: str = "where") -> Codebook:
    options = OptionSet(options=[Option(code=code, he=f"א{code}", en=f"A{code}") for code in (1, 2, 3, 4)])
    question = OtherQuestion(**WORDS, kind=kind, options="places", waves=["follow_up"])
    return Codebook(
        questionnaire="q", title=Words(**WORDS), programme=Words(**WORDS), waves={"follow_up": WaveWords(**WORDS, when=WORDS)},
        option_sets={"places": options}, scales={}, questions={key: question}, traits=made.CODEBOOK.traits,
    )  # fmt: skip


def other_questions(answers: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """What 02_describe says of the questions that no other part shows."""
    people = sorted(answers["respondent"].unique())
    roster = pd.DataFrame({"participant": people, "answered": "follow_up", "place": "north"})
    cohort = replace(made.cohort(waves=("follow_up",)), codebook=codebook)
    return described(cohort, "other_questions", participants=roster, answers=answers)


def answered(counts: dict[int, int], key: str = "where") -> pd.DataFrame:
    codes = [code for code, n in counts.items() for _ in range(n)]
    rows = {"respondent": [f"r{n}" for n in range(len(codes))], "wave": "follow_up", "question": key, "value": codes}
    return pd.DataFrame({**rows, "missing_reason": None})


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({1: 10, 2: 6, 3: 8, 4: 0}, {1: 10, 2: 6, 3: 8, 4: 0}),
        ({1: 10, 2: 6, 3: 8, 4: 3}, {1: 10}),  # 3 alone would be 27 less the others; 6 more are not enough apart
        ({1: 10, 2: 9, 3: 4, 4: 4}, {1: 10}),
        ({1: 24}, {}),  # all gave one answer
        ({1: 2, 2: 3}, {}),
    ],
)
def test_what_is_left_out_cannot_be_found_by_subtraction(counts, shown):
    table = other_questions(answered(counts), book("one"))
    told = table["n_chosen"].fillna(0) if len(table) else ()  # "fewer than five", which nobody is, too
    assert (dict(zip(table["option"], told, strict=True)) if len(table) else {}) == shown


def test_of_a_ranking_what_was_put_first_is_counted_and_what_others_show_is_left_to_them():
    ranked = pd.concat([answered({1: 9, 2: 8}), answered({3: 17})])
    table = other_questions(ranked, book("rank"))
    assert dict(zip(table["option"], table["n_chosen"].fillna(0), strict=True)) == {1: 9, 2: 8, 3: 0, 4: 0}
    assert other_questions(answered({1: 9}, "project_helped"), book("many", "project_helped")).empty
