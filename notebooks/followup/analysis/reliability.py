"""How well the statements of each scale hang together, and those that go against it."""

import pandas as pd

from followup.disclosure.precision import nearest, outward, rule


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
