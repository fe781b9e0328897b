"""The conclusions of a whole table of changes: each family adjusted, for change and for "preserved", then judged."""

import pandas as pd

from followup.statistics.multiplicity import holm
from followup.statistics.verdict_rule import Beside, kept_p, verdict

JUDGED = ["p_kept", "p_kept_adjusted", "verdict", "reason", "beyond", "kept", "not_lower"]


def conclusions(rows: pd.DataFrame, alpha: float = 0.05, kind: str = "equivalence") -> pd.DataFrame:
    """What may be said of each change, on the index of `rows`: the columns JUDGED.

    `rows` has change, se, df, ci_low, ci_high, ci90_low, ci90_high, margin (all but df in points), p_adjusted, family
    (blank: described, not judged), nobody_changed, and where there are any superiority (unlinked waves) and
    change_linked (waves linked in part), as `verdict_rule.Beside` has them. `kind` is equivalence or non-inferiority;
    the p of "preserved" is adjusted by Holm within each family. `not_lower` answers non-inferiority, unadjusted.
    """
    p_kept = pd.Series([_kept_p(row, kind) for row in rows.to_dict("records")], index=rows.index, dtype="object")
    adjusted = pd.Series(None, index=rows.index, dtype="object")
    for _, mine in p_kept.groupby(rows["family"].where(rows["family"].notna())):
        adjusted[mine.index] = pd.Series(holm(mine.to_dict()), dtype="object")
    judged = [
        _judged(row, adjusted[at], alpha, kind) for at, row in zip(rows.index, rows.to_dict("records"), strict=True)
    ]
    table = pd.DataFrame(judged, index=rows.index, columns=JUDGED[2:])
    return table.assign(p_kept=p_kept, p_kept_adjusted=adjusted)[JUDGED]


def _kept_p(row: dict, kind: str) -> float | None:
    if row["nobody_changed"]:
        return 0.0
    known = number(row["se"]), number(row["ci90_low"])
    return None if None in known else kept_p(row["change"], row["se"], row["df"], row["margin"], kind)


def _judged(row: dict, p_kept: float | None, alpha: float, kind: str) -> tuple:
    named = isinstance(row["family"], str)
    above, linked = number(row.get("superiority")), number(row.get("change_linked"))
    beside = Beside(ranks=None if above is None else above - 0.5, ci95=_bounds(row, "ci"), linked=linked)
    against = number(row["change"]), _bounds(row, "ci90"), number(row["p_adjusted"]), row["margin"], alpha
    more = {"beside": beside, "nobody_changed": bool(row["nobody_changed"])}
    found = verdict(*against, kind=kind, p_kept_adjusted=p_kept if named else None, **more)
    lower = verdict(*against, kind="non-inferiority", **more)
    reason = "not_below_margin" if found.reason == "margin_met" and kind == "non-inferiority" else found.reason
    said = (found.verdict, reason) if named else ("described", "no_family")
    return *said, found.beyond, _key(found.kept), _key(lower.kept)


def _bounds(row: dict, name: str) -> tuple[float, float] | None:
    low, high = number(row[f"{name}_low"]), number(row[f"{name}_high"])
    return None if low is None or high is None else (low, high)


def number(value: float | None) -> float | None:
    """A cell as a number; None for a blank."""
    return None if value is None or pd.isna(value) else float(value)


def _key(words: str | None) -> str | None:
    return words.replace(" ", "_") if words else words
