"""How well the statements of each scale hang together, and those that go against it."""

from functools import lru_cache

import pandas as pd

from followup.analysis.comparison import Comparison, key_of
from followup.disclosure.precision import nearest, outward, rule
from followup.statistics.scales import reliability


def turned_warning(comparison: Comparison) -> pd.DataFrame:
    """Items that go against their scale in a wave, with a sentence: an export may have reversed them already."""
    table = turned_items(comparison)
    waves = {*comparison.cohort.waves}
    asked = {item: len(waves & {*about.waves}) for item, about in comparison.codebook.items.items()}
    against = table["measure"].value_counts()
    table["warning"] = [
        "against_only" if asked[item] == 1 else "against_both" if against[item] == asked[item] else "against_one"
        for item in table["measure"]
    ]
    return table


@lru_cache(maxsize=1)
def _of_scales(comparison: Comparison) -> dict:
    asked = (
        (scale, wave)
        for scale in comparison.codebook.scales
        for wave in comparison.codebook.scale_waves(scale)
        if wave in comparison.cohort.waves
    )
    items = {
        (scale, wave): [item for item in comparison.codebook.scales[scale].items if item in comparison.tables[wave]]
        for scale, wave in asked
    }
    return {(scale, wave): reliability(comparison.tables[wave][keys]) for (scale, wave), keys in items.items() if keys}


def reliabilities(comparison: Comparison) -> pd.DataFrame:
    """Alpha with Feldt's interval of every scale in every wave, among those who answered all its items.

    Beside it the mean inter-item correlation, and omega or why there is none; as precisely as the table of rules lets
    them leave, and nothing where that is not at all.
    """
    rows, policy = [], comparison.cohort.params.disclosure
    for (scale, wave), result in _of_scales(comparison).items():
        low, high = result.alpha_ci95 or (None, None)
        rows.append(
            {
                "measure": scale,
                "wave": wave,
                "items": result.k,
                "n": result.n,
                "alpha": result.alpha,
                "alpha_low": low,
                "alpha_high": high,
                "mean_inter_item_r": result.mean_inter_item_r,
                "omega": result.omega,
                "no_omega": key_of(result.no_omega),
                "not_computable": key_of(result.not_computable),
                "hidden": result.n < policy.least_group,
            }
        )
    table = _as_precise_as_it_leaves(pd.DataFrame(rows), policy.least_group, policy.precision)
    told = table.columns.difference(["measure", "wave", "hidden"])
    return table if table.empty else table.assign(**table[told].mask(table["hidden"]))


def as_it_leaves(table: pd.DataFrame, policy) -> pd.DataFrame:
    """Reliabilities as precisely as the table of rules lets them leave, and nothing where that is not at all."""
    table = _as_precise_as_it_leaves(
        table.assign(hidden=table["n"] < policy.least_group), policy.least_group, policy.precision
    )
    told = table.columns.difference(["measure", "wave", "hidden"])
    return table if table.empty else table.assign(**table[told].mask(table["hidden"]))


def _as_precise_as_it_leaves(table: pd.DataFrame, least_group: int, level: str) -> pd.DataFrame:
    """The same rounded to the step of its n and level, the interval outward; of too few people the words for that alone."""
    if table.empty:
        return table
    rules = [rule("scale", n, level, least_group) for n in table["n"]]
    steps = [found.alpha if found else None for found in rules]
    told = pd.Series([step is not None for step in steps], index=table.index)
    for column in ("alpha", "mean_inter_item_r", "omega"):
        table[column] = [nearest(value, step) for value, step in zip(table[column], steps, strict=True)]
    bounds = zip(table["alpha_low"], table["alpha_high"], steps, strict=True)
    table[["alpha_low", "alpha_high"]] = [outward(*bound) for bound in bounds]
    why = "words_only" if level == "words_only" else "too_few"
    for column in ("no_omega", "not_computable"):
        table[column] = table[column].astype("object").where(told | table[column].notna(), why)
    return table.infer_objects()


def turned_items(comparison: Comparison) -> pd.DataFrame:
    """Items that go against their scale in a wave: measure, scale, wave.

    Most often an export turned the item round already, or the codebook does not say that it is reverse-coded.
    """
    signs = pd.DataFrame(
        [
            (scale, item, wave, r)
            for (scale, wave), result in _of_scales(comparison).items()
            for item, r in result.item_rest.items()
        ],
        columns=["scale", "measure", "wave", "item_rest"],
    )
    return signs.loc[signs["item_rest"] < 0, ["measure", "scale", "wave"]].reset_index(drop=True)
