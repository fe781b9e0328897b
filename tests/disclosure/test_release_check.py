"""What is about to leave is checked against the real answers: of cohorts as shipped, and where somebody is found out.

The tables are those that the rules of precision let leave; the answers come from cleaning the raw exports.
"""

import sys
from dataclasses import replace
from functools import cache

import made_up_studies as made
import numpy as np
import pandas as pd
import pytest
from checkouts import HOUSE
from followup.analysis.answers import score_waves
from followup.analysis.comparison import Comparison
from followup.cleaning.clean import clean_cohort, with_waves
from followup.disclosure.precision import in_words_alone, kinds, released, told_in_words
from followup.disclosure.real_answers import real_answers
from followup.disclosure.release_check import Release, as_problem
from followup.disclosure.released_rows import sizes
from followup.disclosure.suppression import protected_levels
from followup.study.cohort import open_cohort
from tables_of_notebooks import changes_of, item_levels, scale_levels, shown_changes

WAVES = ("programme_end", "follow_up")
INTERVALS = ["ci_low", "ci_high", "ci90_low", "ci90_high"]


@cache
def shipped(name: str) -> tuple[Comparison, pd.DataFrame, pd.DataFrame]:
    """A shipped cohort: its comparison, its answers, its scores."""
    cohort = open_cohort(name, HOUSE)
    clean = clean_cohort(cohort)
    responses = clean.all("responses")
    scores = score_waves(responses, cohort.codebook, cohort.params.cleaning.least_items_for_scale)
    return Comparison(cohort, responses, with_waves(clean.participants, clean.waves)), responses, scores


def leaving(comparison: Comparison, level: str = "usual") -> pd.DataFrame:
    """The table of changes as it may leave; statements of waves that are compared as two groups without intervals."""
    changes = changes_of(comparison).assign(hidden=shown_changes(comparison)["hidden"].to_numpy())
    shown = released(changes, n=sizes(comparison.link), kind=kinds(changes), margin="margin", level=level)
    if comparison.link in ("partly_linked", "unlinked"):
        shown[INTERVALS] = shown[INTERVALS].astype("object").where(shown["kind"] != "item", None)
        of_linked = [column for column in ("top_change", "n_up", "n_same", "n_down") if column in shown]
        shown[of_linked] = shown[of_linked].astype("object").where(shown["n_linked"] >= 24, None)
    return in_words_alone(shown, told_in_words(changes, level))


def in_categories(levels: pd.DataFrame, policy) -> pd.DataFrame:
    """Levels as they leave, with means to one decimal."""
    return protected_levels(levels.reset_index(drop=True).round({"mean": 1}), policy)


def release(name: str, **changed) -> Release:
    comparison, responses, scores = shipped(name)
    cohort = comparison.cohort
    levels = pd.concat([item_levels(comparison), scale_levels(comparison, scores)])
    levels.loc[levels["measure"].isin(cohort.codebook.items), "mean"] = np.nan
    tables = {"changes": leaving(comparison), "levels": in_categories(levels, cohort.params.disclosure)}
    return Release(**(tables | changed), responses=responses, group_of=comparison.group_of, codebook=cohort.codebook,
                   params=cohort.params)  # fmt: skip


@pytest.mark.parametrize("name", ["1", "2", "local-3"])
def test_of_no_shipped_cohort_anybody_can_be_worked_out(name):
    assert [str(broken) for broken in release(name).broken()] == []


@pytest.mark.parametrize("name", ["1", "2", "local-3"])
def test_real_answers_are_those_that_are_compared(name):
    comparison, responses, _ = shipped(name)
    least = comparison.cohort.params.cleaning.least_items_for_scale
    found = real_answers(responses, comparison.codebook, WAVES, linked=comparison.linked, least_items=least)
    assert set(found) == set(comparison.measures)
    for measure, real in found.items():
        for place, wave in enumerate(comparison.values(measure).both):
            mine = real.points[place].dropna()
            assert mine.reindex(wave.index).tolist() == pytest.approx(wave.tolist(), abs=1e-9), measure
            assert len(mine) == len(wave)
        scale, crowd = real.crowd(comparison.codebook.options_of(measure).codes)
        points = real.points.to_numpy()
        assert crowd.given[crowd.answered] / scale.unit == pytest.approx(points[crowd.answered], abs=1e-6)


def test_an_interval_of_unlinked_statements_would_tell_the_answers_of_a_wave():
    """32 and 25 people, 8, 16, 8 and 0, 18, 7 of them low, middle, high. Of all 648 ways to give these answers two have
    the change and the interval that Welch's would print, and both have the same answers in the second wave.
    """
    comparison, *_ = shipped("local-3")
    changes = changes_of(comparison).assign(hidden=shown_changes(comparison)["hidden"].to_numpy())
    changes = changes[changes["measure"] == "wider_management"]
    shown = released(changes, n=sizes("unlinked"), kind=kinds(changes), margin="margin")
    checked = release("local-3", changes=shown)
    [broken] = checked.broken()
    assert broken.follows == ("the answers of the second wave",)
    assert checked.remedy([broken]) == "fewer_digits"


# ------------------------------------------------------------ where the rules leave too much


def of_one_statement(first: list[int], second: list[int]) -> Release:
    """28 people answered the statement d1 like this in both waves."""
    people = made.names(1, 28)
    others = {"d2": [2, 3, 4, 5] * 7, "r1": [1, 2, 3, 4] * 7, "r2": [5, 4, 3, 2] * 7, "r3": [2, 4] * 14}
    waves = [made.answered(people, d1=answers, **others) for answers in (first, second)]
    comparison = made.comparison(*waves, families={"statements": {"measures": ["d1"]}})
    responses = made.responses(dict(zip(WAVES, waves, strict=True)))
    levels = in_categories(item_levels(comparison).assign(mean=np.nan), comparison.cohort.params.disclosure)
    changes = leaving(comparison)
    return Release(changes[changes["measure"] == "d1"], levels, responses, comparison.group_of, made.CODEBOOK,
                   comparison.cohort.params)  # fmt: skip


NOBODY_MOVED = [3] * 14 + [4] * 14, [3] * 14 + [4] * 14
FOUR_MOVED = [3] * 14 + [4] * 14, [4] * 2 + [3] * 12 + [4] * 12 + [3] * 2
ALL_ROSE = [2] * 14 + [4] * 14, [3] * 14 + [5] * 14
HALF_ROSE = [4] * 28, [5] * 14 + [4] * 14


@pytest.mark.parametrize("answers", [NOBODY_MOVED, FOUR_MOVED])
def test_a_conclusion_alone_does_not_tell_whether_anybody_moved(answers):
    checked = of_one_statement(*answers)
    assert [*checked.changes["in_words"]] == [True]
    assert checked.broken() == []


def test_numbers_where_nobody_moved_are_not_of_these_answers():
    """Planted: the numbers of the row stand there all the same; a reader would know that at least five moved."""
    checked = of_one_statement(*NOBODY_MOVED)
    told = checked.changes.assign(in_words=False, change=0.0, kept="shown", reason="margin_met")
    [broken] = replace(checked, changes=told).broken()
    assert broken.undecided


def test_where_all_rose_alike_the_missing_interval_tells_it_and_one_message_says_what_to_paste():
    checked = of_one_statement(*ALL_ROSE)
    [broken] = checked.broken()
    assert (broken.measure, broken.group, broken.follows) == ("d1", "all", ("everyone's change",))
    remedy = checked.remedy([broken])
    assert remedy == "no_interval"
    said = str(as_problem([broken], remedy, "params/4.yaml"))
    assert said.startswith("params/4.yaml: ")
    assert "d1 (all): everyone's change" in said
    assert "disclosure:\n          precision: no_interval" in said
    assert not any(sign.isdigit() for sign in said.replace("params/4.yaml", "").replace("d1", ""))


def test_half_of_them_may_be_anybody():
    assert of_one_statement(*HALF_ROSE).broken() == []


def test_more_digits_than_the_rules_allow_are_refused():
    checked = of_one_statement(*HALF_ROSE)
    told = checked.changes.assign(change=0.4929)
    with pytest.raises(ValueError, match="more digits than the table of rules"):
        Release(told, checked.levels, checked.responses, checked.group_of, checked.codebook, checked.params).broken()


def test_of_tables_of_other_answers_nothing_is_found_and_nothing_decided():
    checked = of_one_statement(*HALF_ROSE)
    [broken] = replace(checked, changes=checked.changes.assign(change=-0.5)).broken()
    assert broken.undecided
    assert str(broken).startswith("d1 (all): the table is not made of these answers but of others; what to do: ")


def test_a_statement_that_one_wave_asked_is_named_as_what_cannot_be_decided(monkeypatch):
    """“Weary” was dropped after the programme: the counts of that wave are of four statements, the change of three."""
    cohort = open_cohort("1", HOUSE)
    clean = clean_cohort(cohort)
    monkeypatch.setitem(cohort.codebook.items["motivation_weary"].__dict__, "waves", ["programme_end"])
    responses = clean.all("responses")
    responses = responses[(responses["item"] != "motivation_weary") | (responses["wave"] == "programme_end")]
    scores = score_waves(responses, cohort.codebook, cohort.params.cleaning.least_items_for_scale)
    told = Comparison(cohort, responses, with_waves(clean.participants, clean.waves)), responses, scores
    monkeypatch.setattr(sys.modules[__name__], "shipped", lambda name: told)
    [broken] = release("1").broken()
    assert broken.undecided
    assert str(broken).startswith(
        "motivation (all): not all waves asked “motivation_weary”, so that the counts of a wave"
    )
    assert "what to do: " in str(broken)


def test_where_no_coarser_table_is_left_more_people_are_asked_for():
    said = str(as_problem(of_one_statement(*NOBODY_MOVED).broken(), None, "params/4.yaml"))
    assert "disclosure.least_group" in said


def test_beyond_eighty_people_nobodys_answers_are_looked_at():
    checked = of_one_statement(*HALF_ROSE)
    many = checked.changes.assign(n_linked=81, n_earlier=81, n_later=81)
    nobody = checked.responses.iloc[:0]
    assert Release(many, checked.levels, nobody, checked.group_of, checked.codebook, checked.params).broken() == []
