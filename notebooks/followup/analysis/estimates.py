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
Estimate = Callable[[pd.DataFrame, object], dict]


def estimated(groups: pd.api.typing.DataFrameGroupBy, estimate: Estimate, tests: pd.DataFrame) -> pd.DataFrame:
    """The tests of the plan, in their order, each with what `estimate(rows, test)` gives of its group of rows.

    `groups` are grouped by columns of `tests`; a test nobody answered gets no rows, the group "all" everybody's. `test`
    has the columns of `tests`. (pandas' own `apply` drops the keys and makes wrong columns of no groups.)
    """
    people, by = groups.obj, list(groups.keys)
    places, everyone = _places(groups), {}
    if GROUP in by and len(by) > 1:
        everyone = _places(people.groupby([name for name in by if name != GROUP], observed=True))

    def rows_of(test) -> pd.DataFrame:
        key = {name: getattr(test, name) for name in by}
        mine = places.get(tuple(key.values()))
        if mine is None and key.pop(GROUP, None) == "all":
            mine = everyone.get(tuple(key.values()))
        return people.iloc[:0] if mine is None else people.iloc[mine]

    found = [estimate(rows_of(test), test) for test in tests.itertuples()]
    columns = list(found[0]) if found else list(estimate_columns(estimate))
    return tests.join(pd.DataFrame(found, index=tests.index, columns=columns))


def _places(groups: pd.api.typing.DataFrameGroupBy) -> dict[tuple, np.ndarray | slice]:
    """Where the rows of each group stand, by its keys; rows that stand together are no copy."""
    return {key if isinstance(key, tuple) else (key,): _run(places) for key, places in groups.indices.items()}


def _run(places: np.ndarray) -> np.ndarray | slice:
    together = len(places) > 0 and places[-1] - places[0] == len(places) - 1
    return slice(places[0], places[-1] + 1) if together else places.astype("int32")


def estimate_columns(estimate: Estimate) -> tuple[str, ...]:
    """The columns that an estimate gives, where there is nothing to estimate."""
    return getattr(estimate, "columns", ())


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


def adjusted_together(rows: pd.DataFrame, study: Study) -> pd.Series:
    """p of Westfall and Young for each measure of these rows of `study.pairs`, all of one pair of waves.

    All changes of a linked respondent are flipped at once; unlinked respondents are dealt whole to the waves anew.
    """
    order, measures, seed = study.participants.index, rows["measure"].astype("category"), study.params.analysis.seed
    measures = measures.cat.remove_unused_categories().cat
    place = order.get_indexer(rows.index), measures.codes.to_numpy()

    def side_by_side(name: str) -> pd.DataFrame:
        """A row a respondent, a column a measure (pandas' own pivot takes gigabytes for a million people)."""
        values = np.full((len(order), len(measures.categories)), np.nan)
        values[place] = rows[name].to_numpy()
        return pd.DataFrame(values, order, measures.categories).dropna(how="all")

    if study.link != "unlinked":
        return pd.Series(westfall_young(side_by_side("change"), seed=seed), dtype=float)
    return pd.Series(relabelled_family(*map(side_by_side, ("earlier", "later")), seed=seed), dtype=float)
