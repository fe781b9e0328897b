"""Estimates group by group: what a notebook asks of each test of the plan, and tests that are adjusted together."""

from collections.abc import Callable

import pandas as pd

from followup.analysis import gaps
from followup.analysis.comparison import TwoWaves
from followup.analysis.study_frames import Study
from followup.statistics.multiplicity import westfall_young
from followup.statistics.relabelling import relabelled_family

Estimate = Callable[[pd.DataFrame, object], dict]


def estimated(groups: pd.api.typing.DataFrameGroupBy, estimate: Estimate, tests: pd.DataFrame) -> pd.DataFrame:
    """The tests of the plan, in their order, each with what `estimate(rows, test)` gives of its group of rows.

    `groups` are grouped by columns of `tests`; a test nobody answered gets no rows. `test` has the columns of `tests`.
    (pandas' own `apply` drops the keys and makes wrong columns of no groups.)
    """
    by, nobody = list(groups.keys), groups.obj.iloc[:0]
    parts = {key: rows for key, rows in groups}  # noqa: C416 - a groupby is no mapping
    found = [estimate(parts.get(tuple(getattr(test, key) for key in by), nobody), test) for test in tests.itertuples()]
    columns = list(found[0]) if found else list(estimate_columns(estimate))
    return tests.join(pd.DataFrame(found, index=tests.index, columns=columns))


def estimate_columns(estimate: Estimate) -> tuple[str, ...]:
    """The columns that an estimate gives, where there is nothing to estimate."""
    return getattr(estimate, "columns", ())


def change_estimator(study: Study) -> Estimate:
    """How a change is estimated in this study: person by person where answers are linked, from everyone where only some
    are, as two samples where none are. Gives n, means, change, intervals, p, effect size and share of high answers.
    """
    comparison = study.comparison

    def estimate(rows: pd.DataFrame, test) -> dict:
        waves = TwoWaves(rows["earlier"].dropna(), rows["later"].dropna(), comparison.linked)
        return comparison.estimate(waves, test.measure, test.group)

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
    order, seed = study.participants.index, study.params.analysis.seed
    values = ("earlier", "later", "change")
    wide = {name: rows.pivot(columns="measure", values=name) for name in values}  # noqa: PD010
    wide = {name: table.reindex(order[order.isin(table.index)]) for name, table in wide.items()}
    if study.link != "unlinked":
        return pd.Series(westfall_young(wide["change"].dropna(how="all"), seed=seed), dtype=float)
    answered = [wide[name].dropna(how="all") for name in ("earlier", "later")]
    return pd.Series(relabelled_family(*answered, seed=seed), dtype=float)
