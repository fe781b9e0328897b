"""How precisely a result may leave: one table of rules by n, applied to whole tables and never row by row.

Analysts see every digit. What leaves is rounded here, once: a change to a step, an interval outward on a grid that
divides the margin, a p as a band, answers in three categories or two. Which rule holds follows from the kind of
result, from how many people stand behind it and from nothing else, for a choice made by looking at a row would tell of
that row. The steps are the finest at which enumeration found nobody's answers; `solver.py` looks for what still follows.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from followup.rounding import NOISE, in_steps, to_digits

LEVELS = ("usual", "fewer_digits", "no_interval", "words_only")  # a table's remedies, each coarser than the one before
BANDS = (0.001, 0.01, 0.05)
FEWER_OF_ALPHA = 0.1  # the step of reliability at "fewer_digits"; the interval goes with the other intervals
LEAST_GROUP, LEAST_CELL = 8, 5
MANY = 80  # people beyond whom the table of rules is enough, and no row is looked at by itself
MOVES = ("n_up", "n_same", "n_down")
THREE = ("n_low", "n_middle", "n_high")
NEVER = (  # what leaves at no n: each of these, or two of them together, told every individual change
    "p", "p_pratt", "p_not_lower", "p_top", "effect_size", "effect", "detectable", "top_low", "top_high", "superiority",
    "superiority_low", "superiority_high", "change_linked", "linked_low", "linked_high", "ci90_p", "se", "df", "p_kept",
    "p_kept_adjusted", "nobody_changed", "equal_shift",
)  # fmt: skip
TOO_FEW, FEW_CHANGED = "too_few_for_margin", "few_changed"
DIRECTION_STANDS = ("ranks_higher", "ranks_lower", "interval_includes_zero", "linked_disagree")  # told at every n
SIDES = ("beyond", "not_lower")  # which bound passes the margin: told only beside the interval that shows it


@dataclass(frozen=True)
class Rule:
    """What leaves of a result of `least` people or more; steps in points, None for what does not leave.

    `change`, `mean` and `high` (change of the share of high answers) are rounded to the nearest step; `ci` and `ci90`
    outward on a grid of at least that step; `p` leaves as a band; `moves` are the counts of who rose and fell. Without
    `within` it is not told whether the 90% interval lies within the margin, so nothing is called preserved: of twelve
    people, or nineteen, that alone says that nobody moved by two points, and now and then everyone's change. With
    `whole_margin` the grid of the intervals is the margin itself.
    """

    least: int
    change: float | None = None
    mean: float | None = None
    high: float | None = None
    ci: float | None = None
    ci90: float | None = None
    p: bool = False
    moves: bool = False
    within: bool = False
    whole_margin: bool = False
    gap: float | None = None
    alpha: float | None = None
    delta: float | None = None


OF_MANY = Rule(MANY + 1, change=0.1, mean=0.1, ci=0.1, ci90=0.1, high=0.1, p=True, within=True, delta=0.1)
RULES = {
    "statement": (
        Rule(24, change=0.1, ci90=0.1, high=0.1, p=True, within=True),
        Rule(20, change=0.1, ci90=0.25, high=0.1, p=True, within=True),
        Rule(12, change=0.1),
        Rule(0, change=0.2),
    ),
    "scale": (
        Rule(24, change=0.1, mean=0.1, ci=0.1, ci90=0.1, high=0.1, p=True, within=True, moves=True, alpha=0.01),
        Rule(20, change=0.1, mean=0.1, ci=0.1, ci90=0.1, high=0.1, p=True, within=True, alpha=0.1),
        Rule(0, change=0.1, mean=0.1),
    ),
    "apart": (OF_MANY,),  # statements of waves that are not linked; of fewer as any statement
    "group": (
        Rule(24, change=0.1, mean=0.1, ci=0.1, ci90=0.1, p=True, within=True),
        Rule(20, change=0.1, mean=0.1, ci90=0.1, p=True, within=True),
        Rule(0, change=0.1, mean=0.1),
    ),
    "gap": (
        Rule(20, change=0.1, mean=0.1, gap=0.1, ci=0.1, p=True),
        Rule(0, gap=0.1),
    ),
}
RULES["apart"] += RULES["statement"]
COLUMNS = {  # which column follows which entry of a rule
    "change": "change", "top_change": "high", "mean": "mean", "mean_earlier": "mean", "mean_later": "mean",
    "first_earlier": "mean", "first_later": "mean", "second_earlier": "mean",
    "second_later": "mean", "gap_earlier": "gap", "gap_later": "gap", "alpha": "alpha", "delta": "delta",
    "ci_low": "ci", "ci_high": "ci", "ci90_low": "ci90", "ci90_high": "ci90", "p_adjusted": "p",
}  # fmt: skip


# The table of rules ------------------------------------------------------------------------------------------------


def rule(kind: str, n: float, level: str = "usual", least_group: int = LEAST_GROUP) -> Rule | None:
    """What may leave of a statement, scale, group or gap that rests on `n` people (of two waves or groups the smaller).

    None where they are fewer than `least_group`: nothing leaves. Raises ValueError where n is unknown, no whole number
    or negative, and for a kind or level that there is not.
    """
    if kind not in RULES or level not in LEVELS:
        raise ValueError(f"no rule for {kind!r} at level {level!r}: kinds are {list(RULES)}, levels {list(LEVELS)}")
    people = whole_number(n)
    if people < least_group:
        return None
    found = next(candidate for candidate in RULES[kind] if people >= candidate.least)
    return _coarser(found, level)


def whole_number(n: float) -> int:
    """How many people, as an int; raises ValueError where that is not known, for then no rule can be chosen."""
    if n is None or pd.isna(n) or not np.isfinite(float(n)) or float(n) != int(n) or n < 0:
        raise ValueError(f"how many people stand behind a result must be known before it leaves, got {n!r}")
    return int(n)


def _coarser(found: Rule, level: str) -> Rule:
    """A rule as a remedy makes it: each tells nothing that the one before it does not tell."""
    if level == "usual":
        return found
    fewer = replace(found, delta=None, high=None, moves=False, whole_margin=True, alpha=found.alpha and FEWER_OF_ALPHA)
    if level == "fewer_digits":
        return fewer
    return replace(fewer, ci=None, ci90=None, p=False, within=False) if level == "no_interval" else Rule(found.least)


def grid(wanted: float, margin: float | None, whole_margin: bool = False) -> float:
    """The step on which an interval is rounded, in points: at least `wanted`, and a whole number of them is the margin.

    Among those the finest that is written with two decimals; the margin itself where there is none. Without a margin
    (None, blank, 0) it is `wanted`, or five times that where the whole margin is asked for.
    """
    if margin is None or pd.isna(margin) or margin <= 0 or not np.isfinite(margin):
        return 5 * wanted if whole_margin else wanted
    if whole_margin:
        return float(margin)
    parts = int(margin / wanted + NOISE)
    steps = (margin / part for part in range(max(parts, 1), 0, -1))
    return float(next((step for step in steps if abs(step * 100 - round(step * 100)) < NOISE), margin))


# Rounding ----------------------------------------------------------------------------------------------------------


def nearest(value: float | None, step: float | None) -> float | None:
    """The value rounded to the nearest step, half a step away from zero; None for a blank or where nothing leaves."""
    if step is None or not _known(value):
        return None
    return _clean(in_steps(float(value), step) * step)


def in_decimals(numbers: pd.Series | pd.DataFrame, digits: int) -> pd.Series | pd.DataFrame:
    """A column, or several, rounded as every number that leaves; blanks stay blank."""
    columns = numbers.to_frame() if isinstance(numbers, pd.Series) else numbers
    made = columns.astype(float).apply(lambda cells: cells.map(lambda value: to_digits(value, digits)))
    return made.iloc[:, 0].rename(numbers.name) if isinstance(numbers, pd.Series) else made


def outward(low: float | None, high: float | None, step: float | None) -> tuple[float | None, float | None]:
    """Bounds of an interval moved outward to the grid, also from a point of the grid: the true bound lies inside.

    So a printed lower bound is at or above −margin (or 0) exactly when the true one is above it, and likewise above:
    a bound printed on 0 or on the margin means "above" or "below" it. An interval with a blank or infinite bound does
    not leave.
    """
    if step is None or not (_known(low) and _known(high)):
        return None, None
    return _clean((np.ceil(low / step - NOISE) - 1) * step), _clean((np.floor(high / step + NOISE) + 1) * step)


def p_band(p: float | None, bands: tuple[float, ...] = BANDS) -> str | None:
    """The least of the bands that p does not exceed, as "≤ 0.01", or "> 0.05"; None where there is no p.

    "At most" and not "below", because a conclusion is drawn at p ≤ alpha. Raises ValueError for what is no p.
    """
    if not _known(p):
        return None
    if not -NOISE <= p <= 1 + NOISE:
        raise ValueError(f"a p lies between 0 and 1, got {p!r}")
    fits = [band for band in sorted(bands) if p <= band]
    return f"≤ {fits[0]:g}" if fits else f"> {max(bands):g}"


def _known(value: float | None) -> bool:
    return value is not None and not pd.isna(value) and bool(np.isfinite(float(value)))


def _clean(value: float) -> float:
    """Without the noise of multiplication, and without a negative zero."""
    return round(float(value), 6) + 0.0


# Whole tables ------------------------------------------------------------------------------------------------------


def kinds(frame: pd.DataFrame) -> pd.Series:
    """Which rule each row of a table of changes follows: groups their own, everyone's by scale and statement, and
    statements of waves that are not linked theirs.
    """
    everyone, found = frame["group"] == "all", frame["kind"].map({"scale": "scale", "item": "statement"})
    if "linked" in frame:
        found = found.mask((frame["kind"] == "item") & ~frame["linked"].astype(bool), "apart")
    return found.where(everyone, "group")


def released(
    frame: pd.DataFrame,
    *,
    n: list[str],
    kind: str | pd.Series,
    margin: str | float | None = None,
    level: str = "usual",
    least_group: int = LEAST_GROUP,
    least_cell: int = LEAST_CELL,
) -> pd.DataFrame:
    """A table of results as it may leave: rounded and emptied by the rule of each row's kind and n.

    `n` names the columns with the people behind a row, of which the smallest counts; rows already marked `hidden` need
    none. `kind` is one kind, or one for each row; `margin` a column or a number, in points. Columns that leave at no n
    are dropped. Works on a copy; the same frame gives the same result, in any order of rows.
    """
    shown = frame.drop(columns=[column for column in NEVER if column in frame])
    of_row = kind if isinstance(kind, pd.Series) else pd.Series(kind, index=frame.index)
    hidden = frame["hidden"].astype(bool) if "hidden" in frame else pd.Series(False, index=frame.index)
    rows = []
    for place, (_, row) in enumerate(frame.iterrows()):
        found = None if hidden.iloc[place] else rule(of_row.iloc[place], row[n].min(skipna=False), level, least_group)
        fitting = row[margin] if isinstance(margin, str) else margin
        rows.append(_row_as_it_leaves(row, found, fitting, least_cell))
    columns = {column: [row[column] for row in rows] for column in (rows[0] if rows else ())}
    new = {column: pd.Series(cells, index=frame.index, dtype="object") for column, cells in columns.items()}
    return shown.assign(**new).infer_objects()


def _row_as_it_leaves(row: pd.Series, found: Rule | None, margin: float | None, least_cell: int) -> dict:
    """The cells of one row that a rule changes: rounded, in bands, or None."""
    bare = found or Rule(0)
    values = {
        column: nearest(row[column], getattr(bare, entry))
        for column, entry in COLUMNS.items()
        if column in row and entry not in ("ci", "ci90", "p")
    }
    for name in ("ci", "ci90"):
        if f"{name}_low" in row:
            step = getattr(bare, name)
            bounds = outward(row[f"{name}_low"], row[f"{name}_high"], step and grid(step, margin, bare.whole_margin))
            values |= dict(zip((f"{name}_low", f"{name}_high"), bounds, strict=True))
    if "p_adjusted" in row:
        values["p_adjusted"] = p_band(row["p_adjusted"]) if bare.p else None
    values |= _moves_as_they_leave(row, bare, least_cell)
    conclusion = _conclusion_as_it_leaves(row, bare)
    return values | (conclusion if found else dict.fromkeys(conclusion))


def _conclusion_as_it_leaves(row: pd.Series, found: Rule) -> dict:
    """The margin and what was concluded from it, where that may be told; else "inconclusive" instead of preserved."""
    told = {column: row[column] for column in (*SIDES, "kept", "verdict", "reason") if column in row}
    if found.ci90 is None:
        told |= dict.fromkeys(told.keys() & set(SIDES))
    if not found.within:
        of_margin = row.get("verdict") in ("preserved", "inconclusive")
        told |= dict.fromkeys(told.keys() & {"kept"})
        told |= dict.fromkeys(told.keys() & {"verdict"}, "inconclusive") if of_margin else {}
        hidden = of_margin and row.get("reason") not in DIRECTION_STANDS
        told |= dict.fromkeys(told.keys() & {"reason"}, TOO_FEW) if hidden else {}
    return told


def _moves_as_they_leave(row: pd.Series, found: Rule, least_cell: int) -> dict:
    """Who rose, stayed and fell: all three counts where the rule lets them leave and none is small, else none."""
    present = [column for column in MOVES if column in row]
    counts = [row[column] for column in present]
    told = found.moves and len(present) == len(MOVES) and moves_may_leave(*counts, least_cell=least_cell)
    return {column: int(row[column]) if told else None for column in present}


def told_in_words(
    frame: pd.DataFrame, level: str = "usual", least_group: int = LEAST_GROUP, least_cell: int = LEAST_CELL
) -> pd.Series:
    """Which changes of linked people leave as a conclusion alone, without a number, for fewer than `least_cell` changed.

    Where nobody changed, any number would say so of everybody. So one rule for all of whom it is told whether their 90%
    interval lies within the margin; it says of nobody who of the few it was, nor that there was any.
    """
    everyone = frame["n_linked"].eq(frame["n_earlier"]) & frame["n_linked"].eq(frame["n_later"])
    linked = frame["test"].eq("sign_flip") | (frame["test"].eq("partly_linked") & everyone)
    changed = frame[["n_up", "n_down"]].sum(axis=1) if "n_up" in frame else pd.Series(0, index=frame.index)
    few = [
        too_few_changed(kind, people, some, level, least_group, least_cell)
        for kind, people, some in zip(kinds(frame), frame["n_linked"], changed, strict=True)
    ]
    return linked & pd.Series(few, index=frame.index, dtype=bool)


def too_few_changed(
    kind: str,
    people: int,
    changed: int,
    level: str = "usual",
    least_group: int = LEAST_GROUP,
    least_cell: int = LEAST_CELL,
) -> bool:
    """Whether so few of the linked people changed that of a result of that kind only the conclusion leaves."""
    found = None if people < least_group else rule(kind, people, level, least_group)
    return bool(found and found.within) and changed < least_cell


def in_words_alone(shown: pd.DataFrame, rows: pd.Series) -> pd.DataFrame:
    """The table with a column `in_words`, and of these rows nothing but sizes, margin, conclusion and its reason."""
    numbers = {*COLUMNS, *MOVES, *SIDES, "kept", "no_test", "top_change"} & {*shown}
    kept = {column: shown[column].astype("object").where(~rows, None) for column in sorted(numbers)}
    told = {"reason": shown["reason"].astype("object").where(~rows, FEW_CHANGED)} if "reason" in shown else {}
    return shown.assign(**kept, **told, in_words=rows)


def moves_may_leave(rose: float, same: float, fell: float, least_cell: int = LEAST_CELL) -> bool:
    """Whether counts of who rose, stayed and fell may be told: some rose and fell, and nowhere only a few."""
    counts = [rose, same, fell]
    return all(_known(count) for count in counts) and min(rose, fell) >= least_cell and not 0 < same < least_cell


# Answers in categories ---------------------------------------------------------------------------------------------


def category_form(low: float, middle: float, high: float, least_cell: int = LEAST_CELL) -> str:
    """In which form the answers of a wave leave: "three" categories, "high" against the rest, or "hidden".

    A form is told where each of its cells is 0 or at least `least_cell`, and not all people are in one of them: what
    everybody answered is what each of them answered.
    """
    if not all(_known(count) for count in (low, middle, high)):
        return "hidden"
    forms = {"three": (low, middle, high), "high": (low + middle, high)}
    return next((form for form, cells in forms.items() if _cells_may_leave(cells, least_cell)), "hidden")


def _cells_may_leave(cells: tuple[float, ...], least_cell: int) -> bool:
    return all(cell == 0 or cell >= least_cell for cell in cells) and max(cells) < sum(cells)


# Gaps in words -----------------------------------------------------------------------------------------------------


@lru_cache
def in_words(edges: tuple[float, ...], words: tuple[str, ...]) -> Callable[[float | None], str | None]:
    """A function that gives a number's word: the first of `words` up to the first edge, and so on; None for a blank."""
    if len(words) != len(edges) + 1:
        raise ValueError("there is one word more than edges")
    return lambda value: words[int(np.searchsorted(edges, value))] if _known(value) else None


ceiling_in_words = in_words((0.15, 0.5), ("at_most_15", "from_15_to_50", "over_50"))
superiority_in_words = in_words((0.35, 0.45, 0.55, 0.65), ("lower", "rather_lower", "alike", "rather_higher", "higher"))


def released_gaps(frame: pd.DataFrame, level: str = "usual", least_group: int = LEAST_GROUP) -> pd.DataFrame:
    """Gaps as they may leave, by the smaller group; `excludes_zero` says what the interval that does not leave said.

    Columns as `Comparison.gaps` gives them: n_first, n_second, gaps, change, interval, ceilings, superiority.
    """
    excludes = [
        bool(low > 0 or high < 0) if _known(low) and _known(high) else None
        for low, high in zip(frame["ci_low"], frame["ci_high"], strict=True)
    ]
    shown = released(frame, n=["n_first", "n_second"], kind="gap", level=level, least_group=least_group)
    shown["excludes_zero"] = pd.Series(excludes, index=frame.index, dtype="object")
    for column in ("superiority_earlier", "superiority_later"):
        shown[column] = frame[column].map(superiority_in_words).astype("object")
    for column in ("ceiling_first", "ceiling_second"):
        told = frame[column].map(lambda value: value if isinstance(value, str) else ceiling_in_words(value))
        shown[column] = told.astype("object")
    few = frame[["n_first", "n_second"]].min(axis=1, skipna=False) < least_group
    hidden = few | (frame["hidden"].astype(bool) if "hidden" in frame else False)
    words = [c for c in shown if c.startswith(("superiority_", "ceiling_")) or c == "excludes_zero"]
    shown[words] = shown[words].where(~hidden, None)
    return shown


BANDS_AS_WRITTEN = frozenset(p_band(p) for p in (*BANDS, 1.0))
