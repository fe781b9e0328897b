"""Answers in three categories, options chosen, and room left at the ends of a scale."""

from collections.abc import Collection

import pandas as pd

from followup.analysis.answers import side_by_side
from followup.analysis.comparison import Comparison
from followup.disclosure.suppression import GROUP_DECIMALS, ceiling_band, few_apart, not_recoverable
from followup.statistics.scales import HALF_A_STEP
from followup.study.codebook import Codebook


def item_levels(responses: pd.DataFrame, codebook: Codebook, waves: Collection[str] | None = None) -> pd.DataFrame:
    """How many answered low, middle and high on each item of each wave, as the item was worded (not reversed).

    `waves` are those that the cohort has, where these are not all.
    """
    waves = codebook.waves if waves is None else waves
    tables = {wave: side_by_side(responses[responses["wave"] == wave], "item", "value", "float32") for wave in waves}
    rows = []
    for item in codebook.items:
        options = codebook.options_of(item)
        for wave in (wave for wave in codebook.items[item].waves if wave in waves):
            values = tables[wave][item].dropna().astype(float) if item in tables[wave] else pd.Series(dtype=float)
            rows.append(_level(item, wave, values.isin(options.low), values.isin(options.high), values.mean()))
    return pd.DataFrame(rows)


def scale_levels(scores: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """How many scored low, middle and high on each scale of each wave: high from half a step below the top box."""
    rows = []
    for scale, wave in ((scale, wave) for scale in codebook.scales for wave in codebook.waves):
        part = scores[(scores["scale"] == scale) & (scores["wave"] == wave)].dropna(subset=["score"])
        options = codebook.options_of(scale)
        if part.empty:
            continue
        low = part["score"] <= max(options.low) + HALF_A_STEP
        high = part["score"] >= min(options.high) - HALF_A_STEP
        rows.append(_level(scale, wave, low & ~high, high, part["score"].mean()))
    return pd.DataFrame(rows)


def _level(measure: str, wave: str, low: pd.Series, high: pd.Series, mean: float) -> dict:
    n, n_low, n_high = len(low), int(low.sum()), int(high.sum())
    return {
        "measure": measure,
        "wave": wave,
        "n": n,
        "n_low": n_low,
        "n_middle": n - n_low - n_high,
        "n_high": n_high,
        "outcome": outcome(n, n_low, n_high),
        "mean": mean if n else None,
    }


def outcome(n: int, low: int, high: int) -> str | None:
    """In a word how the answers fall, which may be said where a category of a few keeps the counts from being told."""
    if not n:
        return None
    return "majority" if 2 * high > n else "minority" if 2 * high < n and low >= high else "divided"


def options_chosen(answers: pd.DataFrame, codebook: Codebook, question: str) -> pd.DataFrame:
    """How many chose each option of a question, wave by wave, of those who answered it: option, wave, n_chosen, n.

    Of a ranking only what was put first counts as chosen.
    """
    rows, ranked = [], codebook.questions[question].kind == "rank"
    for wave in codebook.questions[question].waves:
        mine = answers[(answers["question"] == question) & (answers["wave"] == wave)]
        given = mine[mine["value"].notna() | (mine["missing_reason"] == "none_chosen")]
        given = given.drop_duplicates("respondent") if ranked else given
        n = given["respondent"].nunique()
        for option in codebook.options_of(question).options:
            chosen = given.loc[given["value"] == option.code, "respondent"].nunique()
            rows.append({"question": question, "option": option.code, "wave": wave, "n_chosen": chosen, "n": n})
    return pd.DataFrame(rows)


def levels_shown(levels: pd.DataFrame, comparison: Comparison) -> pd.DataFrame:
    """Levels with the means of scales, to one decimal, as the page shows them.

    A statement has none: beside its three categories a mean would tell how many gave each of the five answers. Nor has
    a scale whose mean, beside that of the linked, would give away the few others.
    """
    if levels.empty:
        return levels.assign(hidden_mean=False)
    mean = levels["mean"].round(GROUP_DECIMALS)
    levels = levels.assign(
        mean=mean.mask(levels["measure"].isin(comparison.codebook.items) | _of_one_mind(levels, mean, comparison))
    )
    if comparison.link not in ("by_id", "same_row"):
        return levels.assign(hidden_mean=False)
    hidden = [_few_unlinked(row, comparison) for row in levels.itertuples()]
    main = comparison.main or ()
    compared = [row.wave in main and row.measure in comparison.measures for row in levels.itertuples()]
    return levels.assign(mean=levels["mean"].mask(hidden), hidden_mean=hidden, mean_of_change=compared)


def _few_unlinked(row, comparison: Comparison) -> bool:
    """Whether the mean of all who answered a wave, beside that of the linked of a pair, would tell of a few."""
    pairs = [pair for pair in comparison.pairs if row.wave in pair and row.measure in comparison.asked_in(pair)]
    apart = [row.n - len(comparison.values(row.measure, pair=pair).pairs) for pair in pairs]
    return any(few_apart(people, comparison.cohort.params.disclosure) for people in apart)


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
