"""Estimates group by group: what a notebook asks of each test of the plan, and tests that are adjusted together."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from followup.analysis import gaps
from followup.analysis.comparison import TwoWaves
from followup.analysis.study_frames import Study
from followup.statistics.multiplicity import westfall_young
from followup.statistics.relabelling import relabelled_family

GROUP = "group"
MOST_RUNS = 10_000  # of rows with one key; where there are more, the rows stand in another order than the study's
Estimate = Callable[[pd.DataFrame, object], dict]


NUMBERS = ("n_", "mean_", "ci", "gap_", "change", "detectable", "se", "df", "p")  # how columns of numbers begin


def estimated(groups: pd.api.typing.DataFrameGroupBy, estimate: Estimate, tests: pd.DataFrame) -> pd.DataFrame:
    """The tests of the plan, in their order, each with what `estimate(rows, test)` gives of its group of rows.

    `groups` are grouped by columns of `tests`; a test nobody answered gets no rows, the group "all" everybody's. `test`
    has the columns of `tests`. (pandas' own `apply` drops the keys and makes wrong columns of no groups.)
    """
    people, by = groups.obj, list(groups.keys)
    whole = [name for name in by if name != GROUP] or by
    places = _places(people, whole)

    def rows_of(test) -> pd.DataFrame:
        rows = people.iloc[places.get(tuple(getattr(test, name) for name in whole), slice(0))]
        return rows if whole == by or test.group == "all" else rows[rows[GROUP] == test.group]

    found = [estimate(rows_of(test), test) for test in tests.itertuples()]
    columns = [*(found[0] if found else getattr(estimate, "columns", ()))]  # where there is nothing to estimate, too
    table = pd.DataFrame(found, index=tests.index, columns=columns)
    if not found:  # so that a frame of nothing is sorted and drawn as any other
        table = table.astype({name: float for name in columns if name.startswith(NUMBERS)})
    return tests.join(table)


def _places(rows: pd.DataFrame, by: list[str]) -> dict[tuple, np.ndarray | slice]:
    """Where the rows of each key stand; those that stand together are a slice, and so no copy.

    (What pandas' groupby knows of thirty million rows takes gigabytes, and stays for as long as the groupby does.)
    """
    changed = np.zeros(max(len(rows) - 1, 0), dtype=bool)
    for name in by:
        column = rows[name].array
        values = column.codes if isinstance(column, pd.Categorical) else np.asarray(column)
        changed |= values[1:] != values[:-1]
    starts = np.flatnonzero(np.concatenate([[len(rows) > 0], changed]))
    if len(starts) > MOST_RUNS:
        found = rows.groupby(by, observed=True).indices
        return {key if isinstance(key, tuple) else (key,): places for key, places in found.items()}
    keys, stops = rows[by].iloc[starts].itertuples(index=False, name=None), [*starts[1:], len(rows)][: len(starts)]
    runs: dict[tuple, list[slice]] = {}
    for key, start, stop in zip(keys, starts, stops, strict=True):
        runs.setdefault(key, []).append(slice(start, stop))
    return {key: mine[0] if len(mine) == 1 else np.r_[tuple(mine)] for key, mine in runs.items()}


def change_estimator(study: Study) -> Estimate:
    """How a change is estimated in this study: person by person where answers are linked, from everyone where only some
    are, as two samples where none are. Gives n, means, change, intervals, p, effect size and share of high answers.
    """
    comparison = study.comparison

    def estimate(rows: pd.DataFrame, test) -> dict:
        return comparison.estimate(TwoWaves.side_by_side(rows, comparison.linked), test.measure, test.group)

    estimate.columns = CHANGE_COLUMNS
    return estimate


def gap_estimator(study: Study) -> Estimate:
    """How the gap between two groups is estimated in this study; groups are compared within the same pair of waves."""
    comparison = study.comparison

    def estimate(rows: pd.DataFrame, test) -> dict:
        pair = (test.compared_with, test.wave)
        return gaps.estimate(comparison, test.first, test.second, test.measure, pair, test.tests)

    estimate.columns = ("p", "found", "n_first", "n_second", "ci_low", "ci_high", "gap_earlier", "gap_later", "change")
    return estimate


CHANGE_COLUMNS = (
    "linked", "n_earlier", "n_later", "n_linked", "unanimous", "few_apart", "mean_earlier", "mean_later", "change",
    "ci_low", "ci_high", "ci90_low", "ci90_high", "detectable", "se", "df", "nobody_changed", "test", "p", "no_test",
)  # fmt: skip


def adjusted_together(pairs: pd.DataFrame, tests: pd.DataFrame, study: Study) -> pd.Series:
    """p of Westfall and Young for each measure of these tests, all of one pair of waves, from rows of `study.pairs`.

    All changes of a linked respondent are flipped at once; unlinked respondents are dealt whole to the waves anew.
    """
    order, (pair,), seed = study.participants.index, tests["pair"].unique(), study.params.analysis.seed
    found = _places(pairs, ["pair", "measure"])
    known, named = pairs["measure"].astype("category").cat.categories, {*tests["measure"]}
    places = {measure: found[pair, measure] for measure in known if measure in named and (pair, measure) in found}

    def side_by_side(name: str) -> pd.DataFrame:
        """A row a respondent, a column a measure (pandas' own pivot takes gigabytes for a million people)."""
        values = np.full((len(order), len(places)), np.nan, dtype=pairs[name].dtype, order="F")
        for column, mine in enumerate(map(pairs.iloc.__getitem__, places.values())):
            values[order.get_indexer(mine.index), column] = mine[name].to_numpy()
        return pd.DataFrame(values, order, list(places), copy=False)

    if study.link != "unlinked":
        return pd.Series(westfall_young(side_by_side("change"), seed=seed), dtype=float)
    both = (side_by_side(name).dropna(how="all") for name in ("earlier", "later"))
    return pd.Series(relabelled_family(*both, seed=seed), dtype=float)
