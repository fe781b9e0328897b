"""Gaps between two groups: how wide in each wave, whether they changed, and what may be shown of them."""

import pandas as pd

from followup.analysis.comparison import Comparison, key_of
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
from followup.study.codebook import WAVES


def gaps(comparison: Comparison) -> pd.DataFrame:
    """One row a pair of groups and measure: both gaps, their change, ceiling shares, P(superiority), verdict.

    The gaps that the plan names are one family: p is adjusted by Holm.
    """
    pairs = [
        (gap.first, gap.second, measure)
        for gap in comparison.plan.gaps
        for measure in gap.measures
        if measure in comparison.measures
    ]
    results = [_gap(comparison, *pair) for pair in pairs]
    adjusted = holm({place: result.p for place, (result, _) in enumerate(results)})
    return pd.DataFrame(
        {"measure": measure, "first": first, "second": second, **_gap_row(comparison, result, least, adjusted[place])}
        for place, ((first, second, measure), (result, least)) in enumerate(zip(pairs, results, strict=True))
    )


def _gap(comparison: Comparison, first: str, second: str, measure: str) -> tuple[GapChange, float | None]:
    """A gap's change, and the smallest one that would have been found."""
    waves, top = comparison.values(measure), max(comparison.codebook.options_of(measure).codes)
    if not comparison.linked:
        groups = [comparison.group_of.reindex(wave.index) for wave in waves.both]
        result = unlinked_gap_change(waves.programme_end, groups[0], waves.follow_up, groups[1], first, second, top=top)
        return result, detectable(result.se, result.df) if result.se else None
    pairs = waves.pairs
    groups, change = comparison.group_of.reindex(pairs.index), pairs["follow_up"] - pairs["programme_end"]
    result = linked_gap_change(
        pairs["programme_end"], pairs["follow_up"], groups, first, second, top=top, seed=comparison.plan.seed
    )
    sides = [change[groups == name] for name in (first, second)]
    return result, minimum_detectable_gap_change(sides[0].std(), len(sides[0]), sides[1].std(), len(sides[1]))


def _gap_row(comparison: Comparison, result: GapChange, least: float | None, p_adjusted: float | None) -> dict:
    judged = gap_verdict(result, p_adjusted, alpha=comparison.plan.alpha)
    low, high = result.ci95 or (None, None)
    return {
        "linked": comparison.linked,
        "n_first": min(result.first_programme_end.n, result.first_follow_up.n),
        "n_second": min(result.second_programme_end.n, result.second_follow_up.n),
        "first_programme_end": result.first_programme_end.mean,
        "first_follow_up": result.first_follow_up.mean,
        "second_programme_end": result.second_programme_end.mean,
        "second_follow_up": result.second_follow_up.mean,
        "gap_programme_end": result.gap_programme_end,
        "gap_follow_up": result.gap_follow_up,
        "change": result.change,
        "ci_low": low,
        "ci_high": high,
        "p": result.p,
        "p_adjusted": p_adjusted,
        "ceiling_first": result.first_programme_end.ceiling_share,
        "ceiling_second": result.second_programme_end.ceiling_share,
        "superiority_programme_end": result.superiority_programme_end,
        "superiority_follow_up": result.superiority_follow_up,
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
    groups = pd.DataFrame(
        _sizes(comparison, measure, group)
        for measure in found["measure"].unique()
        for group in ("all", *comparison.cohort.groups)
    )
    groups["hidden"] = hidden_rows(groups, policy, ["n_programme_end", "n_follow_up"])
    hidden = hidden_gaps(found, policy, groups)
    shown = released_gaps(found.assign(hidden=hidden), level or policy.precision, policy.least_group)
    shown["caution"] = shown["caution"].astype("object").where(~hidden, None)
    sizes, waves = ["n_first", "n_second"], ["n_programme_end", "n_follow_up"]
    shown = shown.assign(**shown[sizes].astype("Int64").mask(hidden)).infer_objects()
    return told_sizes(shown, ~hidden, sizes, comparison.few_silent(groups, waves), policy)


def _sizes(comparison: Comparison, measure: str, group: str) -> dict:
    """How many of a group a gap rests on: of linked waves, only those who answered both."""
    waves = comparison.values(measure, group)
    first, second = (waves.pairs[wave] for wave in WAVES) if comparison.linked else waves.both
    return {
        "measure": measure,
        "group": group,
        "n_programme_end": len(first),
        "n_follow_up": len(second),
        "unanimous": waves.unanimous,
    }
