"""Gaps between two groups: how wide in each wave, whether they changed, and what may be shown of them."""

import pandas as pd

from followup.analysis.comparison import PAIR, Comparison, Waves, key_of
from followup.disclosure.group_sizes import told_sizes
from followup.disclosure.precision import released_gaps
from followup.disclosure.suppression import hidden_gaps, hidden_rows
from followup.statistics.gap_change import (
    GapChange,
    gap_verdict,
    linked_gap_change,
    minimum_detectable_gap_change,
    unlinked_gap_change,
)
from followup.statistics.multiplicity import holm
from followup.statistics.verdict_rule import detectable


def gaps(comparison: Comparison) -> pd.DataFrame:
    """One row a pair of waves, pair of groups and measure: both gaps, their change, ceiling shares, P(superiority),
    verdict.

    The gaps that the plan names are one family in each pair of waves: p is adjusted by Holm.
    """
    return pd.DataFrame([row for pair in comparison.pairs for row in _gaps_between(comparison, pair)])


def _gaps_between(comparison: Comparison, pair: Waves) -> list[dict]:
    """The rows of one pair of waves."""
    asked = comparison.asked_in(pair)
    named = [
        (gap.first, gap.second, measure) for gap in comparison.plan.gaps for measure in gap.measures if measure in asked
    ]
    results = [_gap(comparison, *gap, pair) for gap in named]
    adjusted = holm({place: result.p for place, (result, _) in enumerate(results)})
    return [
        {"measure": measure, "first": first, "second": second, "wave": pair[1], "compared_with": pair[0]}
        | _gap_row(comparison, result, least, adjusted[place])
        for place, ((first, second, measure), (result, least)) in enumerate(zip(named, results, strict=True))
    ]


def _gap(comparison: Comparison, first: str, second: str, measure: str, pair: Waves) -> tuple[GapChange, float | None]:
    """A gap's change, and the smallest one that would have been found."""
    waves, top = comparison.values(measure, pair=pair), max(comparison.codebook.options_of(measure).codes)
    if not comparison.linked:
        groups = [comparison.group_of.reindex(wave.index) for wave in waves.both]
        result = unlinked_gap_change(waves.earlier, groups[0], waves.later, groups[1], first, second, top=top)
        return result, detectable(result.se, result.df) if result.se else None
    pairs = waves.pairs
    groups, change = comparison.group_of.reindex(pairs.index), waves.change
    result = linked_gap_change(
        pairs["earlier"], pairs["later"], groups, first, second, top=top, seed=comparison.plan.seed
    )
    sides = [change[groups == name] for name in (first, second)]
    return result, minimum_detectable_gap_change(sides[0].std(), len(sides[0]), sides[1].std(), len(sides[1]))


def _gap_row(comparison: Comparison, result: GapChange, least: float | None, p_adjusted: float | None) -> dict:
    judged = gap_verdict(result, p_adjusted, alpha=comparison.plan.alpha)
    low, high = result.ci95 or (None, None)
    return {
        "linked": comparison.linked,
        "n_first": min(result.first_earlier.n, result.first_later.n),
        "n_second": min(result.second_earlier.n, result.second_later.n),
        "first_earlier": result.first_earlier.mean,
        "first_later": result.first_later.mean,
        "second_earlier": result.second_earlier.mean,
        "second_later": result.second_later.mean,
        "gap_earlier": result.gap_earlier,
        "gap_later": result.gap_later,
        "change": result.change,
        "ci_low": low,
        "ci_high": high,
        "p": result.p,
        "p_adjusted": p_adjusted,
        "ceiling_first": result.first_earlier.ceiling_share,
        "ceiling_second": result.second_earlier.ceiling_share,
        "superiority_earlier": result.superiority_earlier,
        "superiority_later": result.superiority_later,
        "detectable": least,
        "verdict": key_of(judged.verdict),
        "reason": judged.reason,
        "caution": judged.caution,
    }


def protected_gaps(comparison: Comparison, level: str | None = None) -> pd.DataFrame:
    """`gaps` as it leaves: nothing of a group that is too small, and of the others as precisely as the smaller allows."""
    found, policy = gaps(comparison), comparison.cohort.params.disclosure
    if found.empty:
        return found
    by_pair = dict(list(found.groupby(PAIR, sort=False)))
    groups = {pair: _groups(comparison, mine, pair) for pair, mine in by_pair.items()}
    hidden = pd.concat([hidden_gaps(mine, policy, groups[pair]) for pair, mine in by_pair.items()])
    shown = released_gaps(found.assign(hidden=hidden), level or policy.precision, policy.least_group)
    shown["caution"] = shown["caution"].astype("object").where(~hidden, None)
    sizes, waves = ["n_first", "n_second"], ["n_earlier", "n_later"]
    shown = shown.assign(**shown[sizes].astype("Int64").mask(hidden)).infer_objects()
    return told_sizes(shown, ~hidden, sizes, comparison.few_silent(pd.concat(groups.values()), waves), policy)


def _groups(comparison: Comparison, found: pd.DataFrame, pair: Waves) -> pd.DataFrame:
    """How many of each group, and of all, answered the measures of one pair of waves, and whether that stays hidden."""
    groups = pd.DataFrame(
        _sizes(comparison, measure, group, pair)
        for measure in found["measure"].unique()
        for group in ("all", *comparison.cohort.groups)
    )
    return groups.assign(
        compared_with=pair[0],
        wave=pair[1],
        hidden=hidden_rows(groups, comparison.cohort.params.disclosure, ["n_earlier", "n_later"]),
    )


def _sizes(comparison: Comparison, measure: str, group: str, pair: Waves) -> dict:
    """How many of a group a gap rests on: of linked waves, only those who answered both."""
    waves = comparison.values(measure, group, pair)
    first, second = (waves.pairs[wave] for wave in waves.pairs) if comparison.linked else waves.both
    return {
        "measure": measure,
        "group": group,
        "n_earlier": len(first),
        "n_later": len(second),
        "unanimous": waves.unanimous,
    }
