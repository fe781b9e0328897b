"""Pairs of waves that tell too little one by one, and all of them together everything: seen together."""

from dataclasses import replace
from functools import cache

import made_up_studies as made
import pandas as pd
import pytest
from followup.disclosure.outsider import AnswerScale, Known, Pair, Wave
from followup.disclosure.release_check import Release
from followup.disclosure.solver import what_remains
from followup.study.codebook import Codebook

WAVES = ("before", "after", "later")
CODEBOOK = Codebook.model_validate(
    {
        "questionnaire": "three",
        "title": made.words("שאלון", "Questionnaire"),
        "programme": made.words("תכנית", "Programme"),
        "waves": {wave: made.words(f"שלב {wave}", wave, when=made.words(wave, wave)) for wave in WAVES},
        "option_sets": {"extent": made.EXTENT},
        "scales": {"drive": made.scale("רצון", "Drive", d1=made.words("אני רוצה", "I want"))},
    }
)
TWELVE = 12
CLIMBED = [1] * 8, [2] * 3 + [3] * 2 + [4] * 3, [5] * 8  # each person more costs a half more
AMID = [1, 2, 3, 1] * 3, [3, 4, 5, 2, 4, 4, 5, 3, 3, 5, 4, 3], [3, 4, 5, 2, 4, 4, 5, 3, 3, 5, 3, 4]


def release(answers: tuple[list[int], ...], pairs: list[tuple[int, int]]) -> Release:
    """People's answers to d1 in three waves, of which these pairs leave, each with its change alone."""
    n = len(answers[0])
    people = made.names(1, n)
    rows = [
        {
            "kind": "item", "measure": "d1", "group": "all", "compared_with": WAVES[a], "wave": WAVES[b],
            "n_earlier": n, "n_later": n, "n_linked": n, "hidden": False, "margin": 0.5,
            "change": round(sum(answers[b]) / n - sum(answers[a]) / n, 1), "verdict": "described",
        }
        for a, b in pairs
    ]  # fmt: skip
    responses = pd.concat(
        pd.DataFrame({"respondent": people, "wave": wave, "item": "d1", "value": given})
        for wave, given in zip(WAVES, answers, strict=True)
    )
    levels = pd.DataFrame(columns=["measure", "wave", "n", "n_low", "n_middle", "n_high"])
    params = made.cohort().params
    return Release(pd.DataFrame(rows), levels, responses, pd.Series(dtype="str"), CODEBOOK, params)


@cache
def climbed() -> tuple[Release, list]:
    """Both rises together, and what is broken by them."""
    checked = release(CLIMBED, [(0, 1), (1, 2)])
    return checked, checked.broken()


def test_two_rises_by_two_of_four_steps_leave_one_answer_in_the_first_wave_and_the_last():
    """Each pair alone may be 1 to 3, 2 to 4 or 3 to 5; who rises by two twice on average began at 1 and ended at 5."""
    assert release(CLIMBED, [(0, 1)]).broken() == []
    assert release(CLIMBED, [(1, 2)]).broken() == []
    [broken] = climbed()[1]
    assert (broken.measure, broken.group, broken.undecided) == ("d1", "all", False)
    assert "the answers of the first wave (all pairs of waves together)" in broken.follows


def test_the_remedy_looks_at_the_pairs_together_too():
    checked, broken = climbed()
    assert checked.remedy(broken) == "words_only"


@pytest.mark.parametrize("pairs", [[(0, 1), (1, 2)], [(0, 2), (0, 1), (1, 2)]])
def test_where_anybody_may_have_answered_anything_nothing_is_found(pairs):
    assert release(AMID, pairs).broken() == []


def test_whoever_left_out_a_wave_counts_in_the_pairs_of_the_others():
    checked = release(AMID, [(0, 1), (1, 2)])
    first = checked.responses["respondent"].iloc[0]
    kept = checked.responses[~((checked.responses["wave"] == "before") & (checked.responses["respondent"] == first))]
    before, after, later = AMID
    changes = checked.changes.assign(n_linked=[TWELVE - 1, TWELVE], n_earlier=[TWELVE - 1, TWELVE])
    changes.loc[0, "change"] = round(sum(after[1:]) / 11 - sum(before[1:]) / 11, 1)
    assert replace(checked, responses=kept, changes=changes).broken() == []


def test_three_answers_and_two_rises_of_all_are_one_way_for_everybody():
    """On a scale of 1 to 3 whoever rose twice went from 1 by 2 to 3; of one rise the size stays open."""
    rose = Pair(6, rose=6, same=0, fell=0)
    waves = (Wave(6),) * 3
    alone = what_remains(Known(AnswerScale(1, 3), waves[:2], (rose,)))
    assert "everyone's change" not in alone.broken()
    both = Known(AnswerScale(1, 3), waves, (rose, replace(rose, first=1, second=2)))
    for place in (0, 1):
        assert "everyone's change" in what_remains(both, place).broken()
