"""Answers in three categories, options chosen, and room left at the ends of a scale."""

import pandas as pd

from followup.analysis.comparison import Comparison
from followup.disclosure.precision import in_decimals
from followup.disclosure.suppression import GROUP_DECIMALS, ceiling_band, few_apart, not_recoverable


def levels_shown(levels: pd.DataFrame, comparison: Comparison) -> pd.DataFrame:
    """Levels with the means of scales, to one decimal, as the page shows them.

    A statement has none: beside its three categories a mean would tell how many gave each of the five answers. Nor has
    a scale whose mean, beside that of the linked, would give away the few others.
    """
    if levels.empty:
        return levels.assign(hidden_mean=False)
    mean = in_decimals(levels["mean"], GROUP_DECIMALS)
    levels = levels.assign(
        mean=mean.mask(levels["measure"].isin(comparison.codebook.items) | _of_one_mind(levels, mean, comparison))
    )
    if not comparison.of_both:
        return levels.assign(hidden_mean=False)
    hidden = [_few_unlinked(row, comparison) for row in levels.itertuples()]
    main = comparison.main or ()
    compared = [row.wave in main and row.measure in comparison.measures for row in levels.itertuples()]
    return levels.assign(mean=levels["mean"].mask(hidden), hidden_mean=hidden, mean_of_change=compared)


def _few_unlinked(row, comparison: Comparison) -> bool:
    """Whether the mean of all who answered a wave, beside that of the linked of a pair, would tell of a few."""
    pairs = [pair for pair in comparison.pairs if row.wave in pair and row.measure in comparison.asked_in(pair)]
    apart = [row.n - comparison.n_linked(row.measure, pair) for pair in pairs]
    return any(few_apart(people, comparison.policy) for people in apart)


def _of_one_mind(levels: pd.DataFrame, mean: pd.Series, comparison: Comparison) -> pd.Series:
    """Which means stand at an end of their scale: what all answered is what each of them answered."""
    codes = [comparison.codebook.options_of(measure).codes for measure in levels["measure"]]
    ends = [(own[0], own[-1]) for own in codes]
    return pd.Series([value in end for value, end in zip(mean, ends, strict=True)], index=levels.index)


def told_options(chosen: pd.DataFrame, least_cell: int) -> pd.DataFrame:
    """How many chose each option, less what would tell a few: of a question with one answer, options chosen by fewer than
    `least_cell` are left out, and others with them, so that what is left out cannot be found by subtraction.
    """
    parts = [
        part if part["kind"].iloc[0] == "many" else not_recoverable(part, least_cell)
        for _, part in chosen.groupby(["question", "wave"], observed=True, sort=False)
    ]
    return (pd.concat(parts, ignore_index=True) if parts else chosen).drop(columns="kind")


def room_as_it_leaves(table: pd.DataFrame, least_group: int) -> pd.DataFrame:
    """Shares at both ends of scales as bands; nothing of too few people."""
    bands = {end: table[end].map(ceiling_band) for end in ("ceiling", "floor")}
    table, hidden = table.assign(**bands), table["n"] < least_group
    told = ["n", "ceiling", "floor", "room"]
    return table.assign(**table[told].mask(hidden), hidden=hidden)
