"""Gaps between two groups: how wide in each wave, whether they changed, and what may be shown of them."""

from itertools import product

import pandas as pd

from followup.analysis.comparison import PAIR, Comparison, Waves, key_of
from followup.disclosure.group_sizes import told_sizes
from followup.disclosure.precision import released_gaps
from followup.disclosure.suppression import hidden_gaps, hidden_rows
from followup.statistics.conclusions import number
from followup.statistics.equal_shift import equal_shift_gap_change
from followup.statistics.gap_change import GapChange, gap_verdict, linked_gap_change, unlinked_gap_change
from followup.statistics.power import planned_gap_error, smallest_found
from followup.statistics.room_left import share_at_top


def _gap(comparison: Comparison, first: str, second: str, measure: str, pair: Waves) -> GapChange:
    """A gap's change."""
    waves, top = comparison.values(measure, pair=pair), max(comparison.codebook.options_of(measure).codes)
    if not comparison.linked:
        groups = [comparison.group_of.reindex(wave.index) for wave in waves.both]
        return unlinked_gap_change(waves.earlier, groups[0], waves.later, groups[1], first, second, top=top)
    both = waves.pairs["earlier"], waves.pairs["later"], comparison.group_of.reindex(waves.pairs.index)
    return linked_gap_change(*both, first, second, top=top, seed=comparison.plan.seed)


def _smallest_found(comparison: Comparison, measure: str, result: GapChange, tests: int) -> float | None:
    """The smallest change of a gap found four times in five, by the spread that the plan assumed."""
    sides = ((result.first_earlier, result.first_later), (result.second_earlier, result.second_later))
    people = [(one.n,) if result.linked else (0, one.n, two.n) for one, two in sides]
    errors = [comparison.planned_error(measure, *sizes) for sizes in people]
    return smallest_found(planned_gap_error(*errors), tests, comparison.plan.alpha)


def _room(comparison: Comparison, first: str, second: str, measure: str, pair: Waves) -> dict:
    """How many answers to the items each group gave at the top in the earlier wave, and what an equal shift of both
    groups would have done to the gap.
    """
    codes = comparison.codebook.options_of(measure).codes
    items, moved = [], []
    for group in (first, second):
        waves = comparison.values(measure, group, pair)
        before, after = (waves.pairs[wave] for wave in waves.pairs) if comparison.linked else waves.both
        items.append(comparison.items_of(measure, pair).reindex(before.index))
        moved.append(after.mean() - before.mean())
    shift = equal_shift_gap_change(*items, codes, *moved) if min(map(len, items)) else None
    return {"ceilings": tuple(share_at_top(one, max(codes)) for one in items), "equal_shift": shift}


def estimate(comparison: Comparison, first: str, second: str, measure: str, pair: Waves, tests: int) -> dict:
    """What is estimated of a gap: both gaps, their change with interval and p; `found` holds all that a verdict needs."""
    result = _gap(comparison, first, second, measure, pair)
    room = _room(comparison, first, second, measure, pair)
    ceiling_first, ceiling_second = room["ceilings"]
    return _estimates(result) | {
        "ceiling_first": ceiling_first,
        "ceiling_second": ceiling_second,
        "equal_shift": room["equal_shift"],
        "superiority_earlier": result.superiority_earlier,
        "superiority_later": result.superiority_later,
        "detectable": _smallest_found(comparison, measure, result, tests),
        "found": (result, room),
    }


def gap_conclusions(gaps: pd.DataFrame, alpha: float) -> pd.DataFrame:
    """Verdict, reason and caution of each gap, from what was found and its adjusted p."""
    rows = []
    for row in gaps.itertuples():
        one = gap_verdict(row.found[0], number(row.p_adjusted), alpha=alpha, **row.found[1])
        rows.append((key_of(one.verdict), one.reason, one.caution))
    return pd.DataFrame(rows, index=gaps.index, columns=["verdict", "reason", "caution"])


def _estimates(result: GapChange) -> dict:
    low, high = result.ci95 or (None, None)
    row = {
        "linked": result.linked,
        "n_first": min(result.first_earlier.n, result.first_later.n),
        "n_second": min(result.second_earlier.n, result.second_later.n),
    }
    means = ("first_earlier", "first_later", "second_earlier", "second_later")
    row |= {name: getattr(result, name).mean for name in means}
    row |= {name: getattr(result, name) for name in ("gap_earlier", "gap_later", "change")}
    return row | {"ci_low": low, "ci_high": high, "p": result.p}


def protected_gaps(comparison: Comparison, found: pd.DataFrame) -> pd.DataFrame:
    """The table of gaps as it leaves: nothing of a group that is too small, and of the others as precisely as the smaller allows."""
    policy = comparison.policy
    if found.empty:
        return found
    by_pair = dict(list(found.groupby(PAIR, sort=False)))
    groups = {pair: _groups(comparison, mine, pair) for pair, mine in by_pair.items()}
    hidden = pd.concat([hidden_gaps(mine, policy, groups[pair]) for pair, mine in by_pair.items()])
    shown = released_gaps(found.assign(hidden=hidden), policy.precision, policy.least_group)
    shown["caution"] = shown["caution"].astype("object").where(~hidden, None)
    sizes, waves = ["n_first", "n_second"], ["n_earlier", "n_later"]
    shown = shown.assign(**shown[sizes].astype("Int64").mask(hidden)).infer_objects()
    return told_sizes(shown, ~hidden, sizes, comparison.few_silent(pd.concat(groups.values()), waves), policy)


def _groups(comparison: Comparison, found: pd.DataFrame, pair: Waves) -> pd.DataFrame:
    """How many of each group, and of all, answered the measures of one pair of waves, and whether that stays hidden."""
    tests = product(found["measure"].unique(), ("all", *comparison.cohort.groups))
    groups = pd.DataFrame(_sizes(comparison, measure, group, pair) for measure, group in tests)
    hidden = hidden_rows(groups, comparison.policy, ["n_earlier", "n_later"])
    return groups.assign(compared_with=pair[0], wave=pair[1], hidden=hidden)


def _sizes(comparison: Comparison, measure: str, group: str, pair: Waves) -> dict:
    """How many of a group a gap rests on: of linked waves, only those who answered both."""
    waves = comparison.values(measure, group, pair)
    first, second = (waves.pairs[wave] for wave in waves.pairs) if comparison.linked else waves.both
    about = {"measure": measure, "group": group}
    return about | {"n_earlier": len(first), "n_later": len(second), "unanimous": waves.unanimous}
