"""How secure a finding is: each ground by hand, and the sign that counts them."""

from itertools import product
from types import SimpleNamespace

import pandas as pd
import pytest
from followup.report import security
from in_notebooks import cell_made

COHORT = SimpleNamespace(
    waves=["end", "later"], codebook=SimpleNamespace(words=lambda key: SimpleNamespace(he="א", en="A"))
)
RESPONSE = pd.DataFrame({"wave": ["end", "later"], "n": [38, 28], "n_all": [39, 40], "asked_known": True})
DIFFERENT = pd.DataFrame({"wave": ["later"], "trait": ["drive"], "standardised_difference": [-0.8], "hidden": [False]})


def grounds(kind: str, verdict: str, table: dict, **results) -> list[bool]:
    """Whether each ground is met of one piece of evidence read from a row of its table."""
    row = {"kind": kind, "verdict": verdict, "table": "it", "measure": "", "group": "", "wave": "", "compared_with": ""}
    tables = {"it": pd.DataFrame(table), "response": RESPONSE, "differences": None} | results
    return security.grounds(COHORT, pd.DataFrame([row]), tables.get).loc[0, security.MARKS].tolist()


def change(verdict: str, **row) -> tuple[str, str, dict]:
    known = {
        "wave": ["later"],
        "linked": [True],
        "test": ["sign_flip"],
        "n_linked": [28],
        "n_earlier": [38],
        "n_later": [28],
    }
    return "change", verdict, known | {name: [value] for name, value in row.items()}


@pytest.mark.parametrize("met", [*product([True, False], repeat=4)])
def test_the_sign_counts_the_grounds_that_are_met(met):
    """As 06 counts them."""
    order = pd.DataFrame({"finding": ["ties"]})
    given = SimpleNamespace(
        MARKS=security.MARKS, grounds=lambda _, leading, __: pd.DataFrame([met], leading.index, security.MARKS)
    )
    page = SimpleNamespace(kept=None)
    made = cell_made(
        "06_findings",
        "leading",
        order=order,
        evidence=order,
        study=SimpleNamespace(cohort=COHORT),
        report=page,
        security=given,
    )
    assert made["leading"]["secure"].tolist() == [met.count(True)]
    assert set(security.SIGNS) == {0, 1, 2, 3, 4}


def test_a_rise_of_28_linked_people_of_whom_70_percent_answered_is_secure():
    """28 of 40 is 70% exactly."""
    assert grounds(*change("rose")) == [True, True, True, True]


def test_each_ground_falls_by_itself():
    assert grounds(*change("inconclusive")) == [True, True, True, False]
    assert grounds(*change("rose", n_linked=23)) == [True, False, True, True]
    assert grounds(*change("rose", linked=False)) == [False, True, True, True]
    assert grounds(*change("rose", test="partly_linked")) == [False, True, True, True]
    assert grounds(*change("rose"), differences=DIFFERENT) == [True, True, False, True]
    assert grounds(*change("rose"), response=RESPONSE.assign(n=[38, 27])) == [True, True, False, True]
    assert grounds(*change("rose"), response=RESPONSE.assign(asked_known=False)) == [True, True, False, True]


def test_a_share_holds_where_non_respondents_could_not_move_it_across_one_half():
    """Of 40 asked, 28 answered: 21 high are most of all 40, 20 are not; 7 high are at most 19 of 40, 8 may be 20."""

    def of(n_high):
        return grounds("level", "majority", {"wave": ["later"], "n": [28], "n_high": [n_high]})[3]

    assert [of(21), of(20), of(7), of(8), of(None)] == [True, False, True, False, False]


def test_where_everyone_answered_a_level_holds_though_its_count_is_hidden():
    everyone = RESPONSE.assign(n=[24, 24], n_all=[24, 24])
    table = {"wave": ["later"], "n": [24], "n_high": [None]}
    assert grounds("level", "majority", table, response=everyone) == [True, True, True, True]


def test_projects_are_judged_by_how_many_were_reported_on_and_by_both_bounds():
    """Of 11, 10 reported on: 5 or 6 advanced are about half both; 6 or 7 are not the same answer."""
    row = {"wave": ["later"], "n": [10], "n_all": [11], "lowest": [5], "highest": [6]}
    assert grounds("projects_advanced", "about_half", row) == [True, False, True, True]
    assert grounds("projects_advanced", "about_half", row | {"lowest": [6], "highest": [7]})[3] is False
    assert grounds("projects_advanced", "about_half", row | {"n": [7]})[2] is False


def test_ties_hold_where_those_unknown_could_not_turn_the_answer():
    """Of 100 ties 45 kept: with 4 unknown still under half, with 6 perhaps over."""

    def of(unknown):
        fates = {"fate": ["kept", "unknown"], "n_ties": [45, unknown], "n": [100, 100], "wave": ["later", "later"]}
        return grounds("ties_kept", "minority", fates)[3]

    assert [of(4), of(6), of(None)] == [True, False, False]


def test_a_gap_rests_on_its_smaller_group():
    row = {"wave": ["later"], "linked": [True], "n_first": [30], "n_second": [20]}
    assert grounds("gap", "narrowed", row) == [True, False, True, True]
    assert grounds("gap", "cannot_be_told", row | {"n_second": [24]}) == [True, True, True, False]


def test_what_is_hidden_meets_no_ground():
    assert grounds("change", "not_told", {}) == [False] * 4
