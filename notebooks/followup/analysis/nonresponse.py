"""Who did not answer, and what it could mean: differences, bounds, tipping points, weights."""

import math
from collections.abc import Iterator

import pandas as pd

from followup import language as lang
from followup.analysis.answers import side_by_side
from followup.analysis.comparison import Comparison
from followup.disclosure.precision import in_decimals, rule, too_few_changed
from followup.disclosure.roster_interval import leaves_others
from followup.disclosure.suppression import GROUP_DECIMALS, few_apart, hidden_groups
from followup.language import Text
from followup.rounding import to_digits
from followup.statistics.linked_change import Interval
from followup.statistics.nonresponse_bounds import (
    LARGEST_DEFF,
    Weights,
    post_stratification,
    roster_mean,
    standardised_differences,
    tipping_point,
    worst_case_mean,
)
from followup.statistics.scales import HALF_A_STEP
from followup.statistics.verdict_rule import FLAT
from followup.study.codebook import when
from followup.study.cohort import Cohort
from followup.study.params import Disclosure
from followup.study.waves import asked_in, responded
from followup.words import nonresponse_words, verdicts

CONSIDERABLE = 0.5
FEWEST_FOR_INTERVAL = 10


def differences_table(participants: pd.DataFrame, scores: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """Respondents of each wave beside the others, in standard deviations: roster traits, and scores in the first wave.

    Of the means of those who did not answer nothing is kept but the difference, to one decimal; it is hidden where
    either side, or the people of a trait, are too few. Empty where nobody was silent or answers carry no ID. The last
    wave stands first; an earlier one of which nothing may be told is left out.
    """
    parts = [_differences_in(wave, participants, scores, cohort) for wave in reversed(cohort.waves)]
    parts = [part for at, part in enumerate(parts) if at == 0 or not part["hidden"].all()]
    parts = [part for part in parts if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["wave", *DIFFERENCES])


DIFFERENCES = ["trait", "level", "n", "n_all", "standardised_difference", "hidden"]


def _differences_in(wave: str, participants: pd.DataFrame, scores: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """The rows of one wave."""
    people = participants.set_index("participant")
    answered, least = responded(people, wave), cohort.params.disclosure.least_group
    if not cohort.params.identified or answered.all():
        return pd.DataFrame(columns=DIFFERENCES)
    traits = people[cohort.params.traits]
    if wave != cohort.waves[0]:
        before = side_by_side(scores[scores["wave"] == cohort.waves[0]], "scale", "score")
        traits = traits.join(before[[scale for scale in cohort.codebook.scales if scale in before]])
    if traits.columns.empty:
        return pd.DataFrame(columns=DIFFERENCES)
    table = standardised_differences(traits, answered).assign(hidden=False)
    table["n"], table["n_all"] = table["n_respondents"], table["n_respondents"] + table["n_nonrespondents"]
    for trait in cohort.params.traits:
        mine = table["trait"] == trait
        if not mine.any():  # nobody has a group of it
            continue
        counts = [_among(people, answered, trait, level) for level in table.loc[mine, "level"]]
        table.loc[mine, ["n", "n_all"]] = counts
        table.loc[mine, "hidden"] = _hidden_levels(table[mine], answered, cohort.params.disclosure)
    table["hidden"] |= (table[["n_respondents", "n_nonrespondents"]] < least).any(axis=1)
    table["level"] = table["level"].fillna("")
    table["standardised_difference"] = in_decimals(table["standardised_difference"], GROUP_DECIMALS)
    values = ["n", "n_all", "standardised_difference"]
    table[values] = table[values].where(~table["hidden"])
    told = table.loc[table["not_computable"].isna() | table["hidden"], DIFFERENCES].reset_index(drop=True)
    told.insert(0, "wave", wave)
    return told


def _hidden_levels(levels: pd.DataFrame, answered: pd.Series, policy: Disclosure) -> pd.Series:
    """Which levels of a trait stay hidden: those of whom few answered, or few were silent, and what they follow from.

    How many answered in all is public by nature; who the silent are is not, so they are held against `least_cell`.
    """
    n, silent = levels["n"].astype(int), (levels["n_all"] - levels["n"]).astype(int)
    of_answers = hidden_groups(n, int(answered.sum()), policy.least_group)
    return of_answers | hidden_groups(silent, int((~answered).sum()), policy.least_cell)


def _among(people: pd.DataFrame, answered: pd.Series, trait: str, level: str) -> tuple[int, int]:
    """How many of the participants of one trait answered, and how many there are."""
    has_it = people[trait] == level
    return int((answered & has_it).sum()), int(has_it.sum())


def roster_bounds(comparison: Comparison, scores: pd.DataFrame, differences: pd.DataFrame) -> pd.DataFrame:
    """Bounds of each wave's mean, and of the change, for all on the roster, whatever non-respondents would have said.

    The last wave stands first; the change is that of the main pair of waves, and stands in the row of its later wave.
    A wave of which nobody knows how many were asked has no bounds, nor has a change of which as many were not asked in
    both waves.

    They follow from the means as these are told, to one decimal, so that they tell no more than these; of fewer than
    `least_group` people neither is told, and `hidden` says so. Beside the bounds of the mean stands the interval for a
    finite roster, where the rules let an interval of so many leave and those who answered may pass for a random draw of
    it: they were not considerably different before. Of a change there is no such interval.
    """
    waves = [wave for wave in reversed(comparison.cohort.waves) if asked_in(comparison.cohort.params, wave)]
    rows, telling = {}, False
    for scale, known in _scale_values(comparison, scores):
        for wave in known.keys() & {*waves}:
            row = rows[wave, scale] = _bounds_of(comparison, scale, wave, known, differences)
            if row["finite_low"] is not None:
                telling |= not _leaves_others(comparison, scale, wave, known[wave], row["n_all"])
    order = [(wave, scale) for wave in waves for scale in comparison.codebook.scales if (wave, scale) in rows]
    columns = ["measure", "wave", "compared_with", "n", "n_all", *BOUNDS, "hidden"]
    table = pd.DataFrame([rows[place] for place in order], columns=columns)
    table = _without_intervals(table) if telling else table
    numbers = [column for column in table if column.endswith(("low", "high", "est"))]
    table[numbers] = in_decimals(table[numbers], GROUP_DECIMALS)
    return table


def _bounds_of(
    comparison: Comparison, scale: str, wave: str, known: dict[str, pd.Series], differences: pd.DataFrame
) -> dict:
    """The row of one scale in one wave; `known` are its values in the waves that belong together with this one."""
    roster, n = asked_in(comparison.cohort.params, wave), len(known[wave])
    main, policy = comparison.main, comparison.policy
    codes = comparison.codebook.options_of(scale).codes
    before = main[0] if main and wave == main[1] else None
    row = {"measure": scale, "wave": wave, "compared_with": before, "n": n, "n_all": roster} | dict.fromkeys(BOUNDS)
    leaves = rule("scale", n, policy.precision, policy.least_group)
    if leaves is None or leaves.mean is None:
        return row | {"n": None, "hidden": True}
    low, high = worst_case_mean(_as_told(known[wave]), roster, codes[0], codes[-1])
    refused = _not_a_random_draw(scale, n, roster, differences[differences["wave"] == wave])
    refused = refused or (None if leaves.ci else _no_interval(policy))
    finite = roster_mean(known[wave], roster).ci95 if refused is None else None
    change = _change_bounds(comparison, scale, wave, known, roster)
    told = (low, high, *(finite or (None, None)), refused, *(change or (None, None)))
    return row | dict(zip(BOUNDS, told, strict=True)) | {"hidden": False}


def _without_intervals(table: pd.DataFrame) -> pd.DataFrame:
    """The same without any interval for the roster, where one of them would tell how everybody answered a scale."""
    gone = {"finite_low": None, "finite_high": None, "refused": "would_tell"}
    return table.assign(
        **{column: table[column].mask(table["finite_low"].notna(), cell) for column, cell in gone.items()}
    )


def _leaves_others(comparison: Comparison, scale: str, wave: str, values: pd.Series, roster: int) -> bool:
    options, items = comparison.codebook.options_of(scale), comparison.codebook.scales[scale].items
    of_main = comparison.main and wave in comparison.main and scale in comparison.measures
    waves, edges = {*comparison.main} if of_main else {wave}, ()
    steps = sum(waves <= {*item.waves} for item in items.values())
    if options.low and options.high:
        edges = max(options.low) + HALF_A_STEP + 1e-3, min(options.high) - HALF_A_STEP - 1e-3
    return leaves_others(values.to_numpy(dtype=float), roster, steps, (options.codes[0], options.codes[-1]), edges)


def _no_interval(policy: Disclosure) -> str:
    """Why no interval leaves: the params let none leave of anybody, or these are too few."""
    return "words_only" if policy.precision in ("no_interval", "words_only") else "too_few"


BOUNDS = ("lowest", "highest", "finite_low", "finite_high", "refused", "change_lowest", "change_highest")


def _as_told(values: pd.Series) -> pd.Series:
    """As many values, each of them the mean as it is told."""
    return pd.Series(to_digits(values.mean(), GROUP_DECIMALS), index=values.index)


def _asked_in_both(comparison: Comparison) -> int | None:
    """How many were asked in both waves of the main pair; None where nobody knows, or these are not as many."""
    asked = {asked_in(comparison.cohort.params, wave) for wave in comparison.main}
    return asked.pop() if len(asked) == 1 else None


def _scale_values(comparison: Comparison, scores: pd.DataFrame) -> Iterator[tuple[str, dict[str, pd.Series]]]:
    """Each scale with its values in the main pair of waves, and in each other wave by itself; of people whose number
    gives nobody away.
    """
    for scale in comparison.codebook.scales:
        pair = comparison.main if comparison.main and scale in comparison.measures else ()
        if pair:
            yield scale, shown_values(comparison, scale)
        for wave in comparison.cohort.waves:
            if wave not in pair and wave in comparison.codebook.scale_waves(scale):
                mine = scores[(scores["scale"] == scale) & (scores["wave"] == wave)].dropna(subset=["score"])
                if len(mine):
                    yield scale, {wave: mine.set_index("respondent")["score"]}


def shown_values(comparison: Comparison, measure: str) -> dict[str, pd.Series]:
    """A measure's values in each wave of the main pair: everyone's, but those of the linked only where the rest are too
    few.

    Changes are of the linked; a mean of everyone beside them would give away the few who answered that wave only.
    """
    waves, policy = comparison.values(measure), comparison.policy
    return {
        wave: waves.pairs[place] if comparison.of_both and few_apart(len(values) - len(waves.pairs), policy) else values
        for wave, place, values in zip(comparison.main, ("earlier", "later"), waves.both, strict=True)
    }


def of_the_linked(comparison: Comparison) -> bool:
    """Whether a wave of the main pair is told of those who answered both alone, for few answered only one (`shown_values`)."""
    if comparison.main is None or not comparison.of_both:
        return False
    first, second = (comparison.tables[wave].index for wave in comparison.main)
    both = len(first.intersection(second))
    return any(few_apart(len(wave) - both, comparison.policy) for wave in (first, second))


def _change_bounds(
    comparison: Comparison, scale: str, wave: str, known: dict[str, pd.Series], roster: int
) -> Interval | None:
    """None of a measure asked once, beside an earlier wave, or where a wave has too few answers to be told of."""
    least, codes = comparison.policy.least_group, comparison.codebook.options_of(scale).codes
    pair = comparison.main
    if scale not in comparison.measures or wave != pair[1] or min(len(known[one]) for one in pair) < least:
        return None
    if _asked_in_both(comparison) is None:
        return None
    first, second = (worst_case_mean(_as_told(known[one]), roster, codes[0], codes[-1]) for one in pair)
    return Interval(second.low - first.high, second.high - first.low)


def _not_a_random_draw(scale: str, n: int, roster: int, differences: pd.DataFrame) -> str | None:
    """Why those who answered may not pass for a random draw of the roster; None if they may."""
    if n >= roster:
        return "all_answered"
    if n < FEWEST_FOR_INTERVAL:
        return "too_few"
    if differences.empty:
        return "not_examined"
    about_it = differences[
        ~differences["hidden"].astype(bool) & ((differences["level"] != "") | (differences["trait"] == scale))
    ]
    if about_it.empty:
        return "not_examined"
    return "differ" if (about_it["standardised_difference"].abs() > CONSIDERABLE).any() else None


def tipping_points(comparison: Comparison) -> pd.DataFrame:
    """What must be true of non-respondents to reverse each scale's conclusion; empty where everyone answered."""
    rows = []
    for scale in comparison.measures:
        sentence = _tipping(comparison, scale) if scale in comparison.codebook.scales else None
        if sentence:
            rows.append({"measure": scale} | lang.columns("silent", sentence))
    return pd.DataFrame(rows)


def _tipping(comparison: Comparison, scale: str) -> Text | None:
    """What it says follows from the mean or the change as these are told, to one decimal; nothing of too few people."""
    roster, codes = _asked_in_both(comparison), comparison.codebook.options_of(scale).codes
    policy = comparison.policy
    if policy.precision == "words_only" or roster is None:
        return None
    waves = comparison.values(scale)
    if comparison.of_both:
        change = waves.change
        moved = int((change.abs() > FLAT).sum())
        few = too_few_changed("scale", len(change), moved, policy.precision, policy.least_group, policy.least_cell)
        told = not few and policy.least_group <= len(change) < roster
        margin = comparison.plan.margins.scale
        return _tipping_change(change, roster, margin, codes[-1] - codes[0]) if told else None
    if min(map(len, waves.both)) < policy.least_group:
        return None
    first, second = (to_digits(values.mean(), GROUP_DECIMALS) for values in waves.both)
    point = tipping_point(second, len(waves.later), roster, first, lowest=codes[0], highest=codes[-1])
    if point.value is None:
        return None
    earlier, later = (when(comparison.codebook, wave) for wave in comparison.main)
    values = {"silent": roster - len(waves.later), "earlier": earlier, "later": later}
    values |= {"value": lang.number(point.value, 1), "mean": lang.number(second, 1)}
    return verdicts.words(nonresponse_words.WOULD_EQUAL if point.reachable else nonresponse_words.WOULD_NOT, **values)


def _tipping_change(change: pd.Series, roster: int, margin: float, widest: float) -> Text:
    """From the mean change of the linked: what the others would need for no change, or for one beyond the margin."""
    n, mean = len(change), to_digits(change.mean(), GROUP_DECIMALS)
    points = {
        name: tipping_point(mean, n, roster, threshold, lowest=-widest, highest=widest)
        for name, threshold in (("none", 0.0), ("down", -margin), ("up", margin))
    }
    values = {"n": roster - n} | {name: lang.change(point.value, 1) for name, point in points.items()}
    ways = ["none"] if abs(mean) > margin else ["down", "up"]
    said = nonresponse_words.REACHED if abs(mean) <= margin else nonresponse_words.UNDONE
    return verdicts.words(said[tuple(name for name in ways if points[name].reachable)], **values)


def weighting_table(comparison: Comparison, participants: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """What weighting would move, as one sentence in both languages: weighting_he, weighting_en."""
    return pd.DataFrame([lang.columns("weighting", weighting(comparison, participants, scores))])


def weighting(comparison: Comparison, participants: pd.DataFrame, scores: pd.DataFrame) -> Text:
    """How far weights by the compared trait would move the scales' results, or why they may not be used: a sentence."""
    cohort, wave = comparison.cohort, comparison.cohort.waves[-1]
    trait = cohort.params.groups_by
    if not cohort.params.identified or not trait:
        return Text(
            "לא חושבו משקלות, משום שאי אפשר לקשר את התשובות למאפייני המשתתפים.",
            "No weights were computed, because the answers cannot be linked to traits of the participants.",
        )
    people = participants.set_index("participant")
    linked = comparison.main is not None and cohort.params.link == "by_id"
    answered = responded(people, *comparison.main) if linked else responded(people, wave)
    if answered.all():
        return Text("כולם השיבו, ואין צורך במשקלות.", "Everyone answered, so no weights are needed.")
    weights = post_stratification(people.loc[answered, trait], people[trait])
    values = {"trait": lang.both(cohort.codebook.words(trait)), "most": lang.number(LARGEST_DEFF, 1)}
    if not weights.usable:
        return nonresponse_words.NOT_USABLE.filled(values)
    moved = max((_moved(values, weights) for values in _weighted_values(comparison, scores, linked)), default=0.0)
    return nonresponse_words.MOVES.filled(values | {"moved": lang.number(math.ceil(moved * 10 - 1e-9) / 10, 1)})


def _weighted_values(comparison: Comparison, scores: pd.DataFrame, linked: bool) -> Iterator[pd.Series]:
    """Of each scale the changes of the linked, or, where not all are linked, the values of the last wave."""
    last = comparison.cohort.waves[-1]
    if linked:
        compared = (scale for scale in comparison.codebook.scales if scale in comparison.measures)
        yield from (comparison.values(scale).change for scale in compared)
    else:
        yield from (known[last] for _, known in _scale_values(comparison, scores) if last in known)


def _moved(values: pd.Series, weights: Weights) -> float:
    values = values[values.index.isin(weights.weights.index)]
    return abs(weights.mean(values) - values.mean()) if len(values) else 0.0
