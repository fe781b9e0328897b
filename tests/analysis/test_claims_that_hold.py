"""Conclusions that the answers bear: cohorts in which one number of a row says the one thing and another the other."""

import made_up_studies as made
import numpy as np
import pandas as pd
import pytest
from followup.analysis.comparison import Comparison
from followup.analysis.nonresponse import roster_bounds, tipping_points
from followup.disclosure.release_check import Release
from followup.language import END_ISOLATE, ISOLATE
from followup.report import findings
from followup.report.charts import change_charts
from followup.study.codebook import Evidence
from followup.words import verdicts
from followup.words.vocabulary import Vocabulary
from made_up_studies import answered, comparison, names
from random_studies import contradictions, held, random_study
from tables_of_notebooks import changes_of, reliabilities, shown_changes

DRIVE = {"scales": {"measures": ["drive"]}}


def bare(text: str) -> str:
    return text.replace(ISOLATE, "").replace(END_ISOLATE, "").replace("\u00a0", " ")


def study(before: list[int], after: list[int], link: str, first: int = 1, **plan) -> Comparison:
    """Both waves of the scale "drive", whose two statements everyone answers alike; `first` numbers the later people."""
    waves = [
        answered([f"P{at:03}" for at in range(start, start + len(given))], d1=given, d2=given, r1=3, r2=3, r3=3)
        for start, given in ((1, before), (first, after))
    ]
    return comparison(
        *waves, link=link, roster=None if link in ("unlinked", "same_row") else 400, families=DRIVE, **plan
    )


def drive(table: pd.DataFrame, group: str = "all") -> pd.Series:
    [row] = [one for _, one in table.iterrows() if (one["measure"], one["group"]) == ("drive", group)]
    return row


def broken(known: Comparison) -> list:
    """What an outsider could work out of its table of changes."""
    shown, waves = shown_changes(known), {}
    for wave, table in known.tables.items():
        waves[wave] = table
    responses = made.responses({wave: table.dropna(axis=1, how="all") for wave, table in waves.items()})
    levels = pd.DataFrame(columns=["measure", "wave", "n", "n_low", "n_middle", "n_high"])
    return Release(shown, levels, responses, known.group_of, known.codebook, known.cohort.params).broken()


# Waves that are not linked -------------------------------------------------------------------------------------------


def test_ranks_that_rise_while_the_mean_falls_conclude_nothing_and_both_are_said():
    """80 threes and 20 fives, then 78 fours and 22 ones: the mean falls from 3.40 to 3.34, P(later higher) = .8 × .78."""
    before, after = [3] * 80 + [5] * 20, [4] * 78 + [1] * 22
    row = drive(changes_of(study(before, after, "unlinked", first=201)))
    assert row["change"] < 0 < row["superiority"] - 0.5
    assert row["p_adjusted"] <= 0.05
    assert (row["verdict"], row["reason"]) == ("inconclusive", "ranks_higher")
    said = verdicts.change_reason(drive(shown_changes(study(before, after, "unlinked", first=201))))
    assert bare(said.en).startswith("mean and ranks disagree: by ranks the later wave is higher")


def test_ranks_that_differ_where_the_interval_of_the_means_includes_zero_conclude_nothing():
    before, after = [3] * 40 + [4] * 5, [4] * 24 + [3] * 16 + [1] * 4
    row = drive(changes_of(study(before, after, "unlinked", first=201)))
    assert row["p_adjusted"] <= 0.05 and row["ci_low"] <= 0 <= row["ci_high"]
    assert (row["verdict"], row["reason"]) == ("inconclusive", "interval_includes_zero")


def test_hundred_and_fifty_and_as_many_without_overlap_rose():
    row = drive(changes_of(study([1, 2] * 75, [4, 5] * 75, "unlinked", first=201)))
    assert (row["verdict"], row["p"]) == ("rose", 1 / 10_000)
    assert row["ci_low"] > 0


# Waves that are linked in part ---------------------------------------------------------------------------------------


def test_nothing_is_concluded_where_the_linked_rose_and_the_total_fell():
    """Fifteen followed people rose by one each; 20 others stood at 5 before and 20 others at 1 and 2 after."""
    before, after = [3] * 15 + [5] * 20, [4] * 15 + [1, 2] * 10
    people = [f"P{at:03}" for at in (*range(1, 16), *range(101, 121))]
    waves = [
        answered(who, d1=given, d2=given, r1=3, r2=3, r3=3)
        for who, given in (
            ([f"P{at:03}" for at in range(1, 36)], before),
            (people, after),
        )
    ]
    known = comparison(*waves, link="partly_linked", roster=400, families=DRIVE)
    row = drive(changes_of(known))
    assert (row["change_linked"], row["change"] < -1, row["p_adjusted"] <= 0.05) == (1.0, True, True)
    assert (row["verdict"], row["reason"]) == ("inconclusive", "linked_disagree")
    said = findings.reason(drive(shown_changes(known)))
    assert "those who answered both waves moved in the opposite direction" in said.en
    assert broken(known) == []


def test_what_most_answered_again_is_not_preserved_where_the_followed_moved_beyond_the_margin():
    """Forty others keep the mean of everyone where it was; of the fifteen followed every one rose by a point."""
    before = [3] * 15 + [3, 4] * 60
    after = [4] * 15 + [3, 4] * 54 + [3] * 12
    people = [f"P{at:03}" for at in (*range(1, 16), *range(201, 321))]
    waves = [
        answered(who, d1=given, d2=given, r1=3, r2=3, r3=3)
        for who, given in (([f"P{at:03}" for at in range(1, 136)], before), (people, after))
    ]
    row = drive(changes_of(comparison(*waves, link="partly_linked", roster=400, families=DRIVE)))
    assert row["kept"] == "shown" and row["p_kept_adjusted"] <= 0.05
    assert (row["verdict"], row["reason"]) == ("inconclusive", "linked_beyond_margin")


# Nobody changed -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def same_again() -> Comparison:
    """28 people who answered the same both times."""
    given = [1, 2, 3, 4, 5, 3, 4] * 4
    return study(given, given, "by_id")


def test_nobody_changed_is_preserved_in_words_alone(same_again):
    assert (drive(changes_of(same_again))["verdict"], drive(changes_of(same_again))["reason"]) == (
        "preserved",
        "nobody_changed",
    )
    shown = drive(shown_changes(same_again))
    numbers = [
        "change",
        "mean_earlier",
        "ci_low",
        "ci90_high",
        "p_adjusted",
        "n_same",
        "top_change",
        "not_lower",
        "kept",
    ]
    assert (shown["verdict"], shown["reason"], shown["in_words"]) == ("preserved", "few_changed", True)
    assert shown[numbers].isna().all()
    assert broken(same_again) == []


def test_three_of_28_who_changed_leave_the_very_same_row(same_again):
    """So that the row does not say whether anybody changed."""
    given = [1, 2, 3, 4, 5, 3, 4] * 4
    three = study(given, [2, 3, 4, *given[3:]], "by_id")
    told = ["verdict", "reason", "in_words", "change", "ci90_low", "n_linked", "n_up", "p_adjusted"]
    assert drive(shown_changes(three))[told].equals(drive(shown_changes(same_again))[told])
    assert broken(three) == []


def test_five_of_28_who_changed_are_told_of_with_numbers():
    given = [1, 2, 3, 4, 5, 3, 4] * 4
    five = drive(shown_changes(study(given, [2, 3, 4, 5, 4, *given[5:]], "by_id")))
    assert not five["in_words"] and pd.notna(five["change"])


@pytest.mark.parametrize("language", ["he", "en"])
def test_charts_and_findings_say_it_without_a_number(same_again, language):
    shown = shown_changes(same_again)
    scales = shown.query("kind == 'scale' and group == 'all'")
    _, alternative = change_charts.change_forest(scales, Vocabulary(same_again.codebook), language)
    assert {"he": "המספר אינו מתפרסם", "en": "the number is not published"}[language] in alternative
    said = findings.WORDED["change"](same_again.cohort, shown, Evidence(kind="change", measure="drive"))
    assert said[0] == "preserved" and "0" not in bare(said[2][language]).replace("400", "")


def test_no_tipping_point_tells_that_nobody_changed(same_again):
    assert "drive" not in [*tipping_points(same_again).get("measure", [])]


# One wave, few answers ------------------------------------------------------------------------------------------------


def test_six_answers_that_are_hidden_have_no_bounds_and_no_alpha():
    six = answered(names(1, 6), d1=[3, 4, 5, 4, 3, 4], d2=[3, 5, 5, 4, 3, 4], r1=[3, 2, 3, 4, 3, 2], r2=3, r3=3)
    known = comparison(six, link="unlinked", roster=11)
    scores = pd.DataFrame(
        {"respondent": names(1, 6), "wave": "programme_end", "scale": "drive", "score": [3, 4.5, 5, 4, 3, 4]}
    )
    none = pd.DataFrame(columns=["wave", "trait", "level", "standardised_difference", "hidden"])
    bounds, alphas = roster_bounds(known, scores, none), reliabilities(known)
    assert bounds["hidden"].all() and bounds[["lowest", "highest", "finite_low"]].isna().all(axis=None)
    assert alphas.empty or alphas["alpha"].isna().all()


# Families ---------------------------------------------------------------------------------------------------------------


def test_a_change_within_the_margin_that_chance_may_have_put_there_is_not_preserved_among_many():
    """28 changes of mean 0.25 and squares 13 have a standard error of √(11.25 / 27 / 28) = 0.122, so that the margin of
    0.5 is 2.049 of them away, p = .0251: preserved. Three of the five statements stay within it by chance, p = .0005; of
    the two that are left the smaller p is doubled, .0503.
    """
    changes = [1] * 10 + [-1] * 3 + [0] * 15
    before = [3] * 28
    after = [b + c for b, c in zip(before, changes, strict=True)]
    people = names(1, 28)
    first = answered(people, d1=before, d2=before, r1=3, r2=3, r3=3)
    second = answered(
        people, d1=after, d2=[3, 4, 2, 4] * 7, r1=[3, 4, 2, 3] * 7, r2=[2, 3, 4, 3] * 7, r3=[4, 3, 2, 3] * 7
    )
    alone = changes_of(comparison(first, second, families={"one": {"measures": ["d1"]}})).set_index("measure").loc["d1"]
    assert alone["p_kept"] == pytest.approx(0.02513, abs=5e-5)
    assert alone["verdict"] == "preserved"
    five = {"items": {"measures": ["d1", "d2", "r1", "r2", "r3"]}}
    among = changes_of(comparison(first, second, families=five)).set_index("measure")
    assert among.loc["d1", "p_kept_adjusted"] == pytest.approx(2 * 0.02513, abs=1e-4)
    assert (among.loc["d1", "verdict"], among.loc["d1", "reason"]) == ("inconclusive", "not_after_adjustment")
    assert (among.loc[["r1", "r2", "r3"], "verdict"] == "preserved").all()


# Thousands of cohorts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_no_conclusion_contradicts_itself_in_random_cohorts(seed):
    """Forty cohorts of some seven rows each a seed; thousands by tests/benchmarks/random_cohorts.py."""
    rng, rows = np.random.default_rng(seed), 0
    for _ in range(40):
        found, told = held(random_study(rng))
        assert found == []
        rows += told
    assert rows > 200


def test_a_row_that_contradicts_itself_is_noticed():
    """What rose by 1 in a row of its own, and six ways in which it would speak against itself."""
    row = drive(changes_of(study([2, 3] * 10, [3, 4] * 10, "by_id")))
    assert row["verdict"] == "rose" and contradictions(row) == []
    for wrong, found in (
        ({"change": -1.0}, "the change points the other way"),
        ({"p_adjusted": 0.06}, "p is above the level"),
        ({"reason": None}, "no reason"),
        ({"verdict": "preserved", "reason": "margin_met"}, "the interval is not inside the margin"),
        ({"change_linked": -0.2}, "the linked moved the other way"),
        ({"p": None, "no_test": None}, "no p and no word why"),
    ):
        broken_row = row.copy()
        for name, value in wrong.items():
            broken_row[name] = value
        assert found in contradictions(broken_row)
