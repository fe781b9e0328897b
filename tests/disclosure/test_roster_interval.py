"""An interval for a finite roster leaves only where other answers print the same; else none of the table does."""

from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
import pytest
from followup.analysis import nonresponse
from followup.disclosure.roster_interval import leaves_others
from scipy import stats
from test_release_check import shipped

NO_EDGES = ()


def answered(*counts: int) -> np.ndarray:
    """How many answered 1, 2, 3, 4 and 5."""
    return np.repeat([1.0, 2.0, 3.0, 4.0, 5.0], counts)


@pytest.mark.parametrize(
    ("counts", "roster", "others"),
    [
        ((0, 0, 0, 4, 16), 40, False),  # found by enumeration of all 10,626 ways of twenty people
        ((0, 0, 0, 1, 23), 35, False),
        ((0, 0, 0, 7, 21), 39, False),
        ((2, 4, 6, 9, 7), 39, True),
        ((0, 3, 9, 10, 6), 39, True),
    ],
)
def test_what_full_enumeration_says_is_said(counts, roster, others):
    assert leaves_others(answered(*counts), roster, 1, (1, 5), NO_EDGES) is others
    assert (len(ways_that_print_the_same(answered(*counts), roster)) > 1) is others


def printed(values: np.ndarray, roster: int) -> tuple:
    n = values.shape[-1]
    half = stats.t.ppf(0.975, n - 1) * values.std(axis=-1, ddof=1) * np.sqrt((1 - n / roster) / n)
    mean = values.mean(axis=-1)
    return tuple(np.round(one + 1e-9, 1) for one in (mean, mean - half, mean + half))


def ways_that_print_the_same(values: np.ndarray, roster: int) -> list:
    everyone = np.array(list(combinations_with_replacement(range(1, 6), len(values))), dtype=float)
    told, found = printed(values, roster), printed(everyone, roster)
    return everyone[np.all([one == other for one, other in zip(found, told, strict=True)], axis=0)].tolist()


def test_as_many_stay_in_each_category():
    """Of 28 people in quarters, between 3 and 4: with the edges of low, middle and high some others are left, too."""
    rng = np.random.default_rng(1)
    values = np.rint(rng.normal(3.4, 0.7, 28).clip(1, 5) * 4) / 4
    assert leaves_others(values, 39, 4, (1, 5), (2.51, 3.49))


def test_one_scale_that_would_be_told_takes_the_intervals_of_the_whole_table(monkeypatch):
    comparison, _, scores = shipped("1")
    scales, last = comparison.codebook.scales_in(comparison.main), comparison.main[1]
    examined = pd.DataFrame({"trait": scales, "wave": last, "level": "", "hidden": False,
                             "standardised_difference": 0.1})  # fmt: skip
    before = nonresponse.roster_bounds(comparison, scores, examined)
    assert before["finite_low"].notna().sum() >= 4
    asked = []

    def only_the_third(*told) -> bool:
        asked.append(told)
        return len(asked) != 3

    monkeypatch.setattr(nonresponse, "leaves_others", only_the_third)
    after = nonresponse.roster_bounds(comparison, scores, examined)
    assert after["finite_low"].isna().all()
    refused = after.loc[before["finite_low"].notna(), "refused"]
    assert set(refused) == {"would_tell"}
    assert after["lowest"].tolist() == before["lowest"].tolist()
