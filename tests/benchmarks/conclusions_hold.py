"""How often is what the page prints wrong? Whole families of made-up cohorts, from the answers to the conclusions.

For waves that are linked, linked in part and not linked: any false rise or fall in a family, any "preserved" in a family
of scales that all truly fell by the margin, coverage of the printed intervals, and the smallest change that the plan says
is found four times in five. For gaps: "narrowed" where both groups rose alike near the end of the scale.

    python tests/benchmarks/conclusions_hold.py --replicates 2000
    python tests/benchmarks/conclusions_hold.py --replicates 400 --only unlinked

Answers are made as in simulate_small_cohorts.py. A rate may miss its band by two Monte Carlo errors. Ends with 1 when one
misses it by more.
"""

import argparse
import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import brentq

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "notebooks")]

import simulate_small_cohorts as sim  # noqa: E402
from followup.statistics import gap_change, linked_change, multiplicity, power, relabelling, unlinked_change  # noqa: E402
from followup.statistics.conclusions import conclusions  # noqa: E402
from followup.statistics.equal_shift import equal_shift_gap_change  # noqa: E402
from followup.statistics.room_left import share_at_top  # noqa: E402

SCALES, ITEMS, MARGIN, SHAPE = 6, 4, 0.3, "mid"
PEOPLE = {"linked": (29, 0, 0), "partly linked": (20, 10, 8), "unlinked": (0, 30, 26), "unlinked, small": (0, 12, 10)}
MANY = {"linked, many": (120, 0, 0), "unlinked, many": (0, 250, 230)}  # enough for “preserved” to be said at all
PEOPLE |= MANY
ONE_SEED = 7  # of what is computed from many answers once: the SD and the correlation of a scale


class Band(NamedTuple):
    """The rates that hold a promise."""

    low: float
    high: float

    def holds(self, rate: float, replicates: int) -> bool:
        """Whether a rate lies inside, or outside by no more than two Monte Carlo errors."""
        below, above = (2 * np.sqrt(edge * (1 - edge) / replicates) for edge in self)
        return bool(self.low - below <= rate <= self.high + above)


AT_MOST_5 = Band(0.0, 0.05)
BANDS = {
    "any false rise or fall": AT_MOST_5,
    "any false “preserved”": AT_MOST_5,
    "interval covers the change": Band(0.93, 1.0),
    "found at the level used": Band(0.77, 0.83),
    "says narrowed": AT_MOST_5,
    "narrowed, found": Band(0.4, 1.0),
}


# One family ---------------------------------------------------------------------------------------------------------


def family(
    rng: np.random.Generator, people: str, shifts: list[float], adjust: str = "holm", start: float = 0.0
) -> pd.DataFrame:
    """The printed table of a family of scales, of which each truly shifts by so many latent SD from its start."""
    both, first_only, second_only = PEOPLE[people]
    n = both + first_only + second_only
    waves = [[], []]
    for shift in shifts:
        first, second = (wave.mean(axis=1) for wave in sim.scale(rng, n, ITEMS, SHAPE, shift, start))
        waves[0].append(pd.Series(first).iloc[: both + first_only])
        waves[1].append(pd.Series(second).drop(index=range(both, both + first_only)))
    rows = pd.DataFrame([_row(first, second, both, len(shifts)) for first, second in zip(*waves, strict=True)])
    if adjust == "westfall_young" and not both:
        adjusted = relabelling.relabelled_family(*(pd.concat(wave, axis=1) for wave in waves))
        p = [*adjusted.values()]
    else:
        p = [*multiplicity.holm(rows["p"].to_dict()).values()]
    rows = rows.assign(p_adjusted=p, margin=MARGIN, family="scales")
    return rows.join(conclusions(rows))


def _row(first: pd.Series, second: pd.Series, both: int, tests: int) -> dict:
    if both == 0:
        result, more = unlinked_change.unlinked_change(first, second), {}
        more = {"p": result.p, "se": result.se, "df": result.df, "superiority": result.superiority}
    elif len(first) == len(second) == both:
        result = linked_change.linked_change(first, second, unit=1 / ITEMS, tests=tests)
        more = {"p": result.p_sign_flip, "se": result.sd / both**0.5, "df": both - 1}
    else:
        result = unlinked_change.partly_linked_change(first, second, unit=1 / ITEMS, tests=tests)
        more = {"p": result.p, "se": result.se, "df": result.df, "change_linked": result.linked.change}
    bounds = dict(zip(("ci_low", "ci_high", "ci90_low", "ci90_high"), (*result.ci95, *result.ci90), strict=True))
    return {"change": result.change, "nobody_changed": False} | bounds | more


@cache
def shift_of(points: float) -> float:
    """The latent shift that moves the mean of such a scale by so many points: all items have one shape."""
    return brentq(lambda shift: sim.mean_answer(SHAPE, shift) - sim.mean_answer(SHAPE) - points, -3, 3)


@cache
def shift_around_the_middle(points: float) -> float:
    """The same from half of it below to half of it above, so that the spread is the same before and after."""

    def missing(shift: float) -> float:
        return sim.mean_answer(SHAPE, shift / 2) - sim.mean_answer(SHAPE, -shift / 2) - points

    return brentq(missing, 0, 3)


@cache
def spread() -> tuple[float, float]:
    """SD of a scale's scores and their correlation between the waves, as a plan would assume them, in 200,000 people."""
    first, second = sim.scale(np.random.default_rng(ONE_SEED), 200_000, ITEMS, SHAPE)
    return float(first.mean(axis=1).std()), float(np.corrcoef(first.mean(axis=1), second.mean(axis=1))[0, 1])


def nothing_changed(rng, people: str, adjust: str = "holm") -> dict[str, bool | float]:
    table = family(rng, people, [0.0] * SCALES, adjust)
    covered = (table["ci_low"] <= 0) & (table["ci_high"] >= 0)
    return {
        "any false rise or fall": table["verdict"].isin(["rose", "fell"]).any(),
        "interval covers the change": covered.mean(),
    }


def all_fell_by_the_margin(rng, people: str) -> dict[str, bool | float]:
    table = family(rng, people, [shift_of(-MARGIN)] * SCALES)
    covered = (table["ci_low"] <= -MARGIN) & (table["ci_high"] >= -MARGIN)
    return {
        "any false “preserved”": table["verdict"].eq("preserved").any(),
        "interval covers the change": covered.mean(),
    }


def smallest_found(rng, people: str) -> dict[str, bool]:
    """One scale of six changes by what the plan says is found four times in five."""
    least = power.smallest_found(power.planned_error(*spread(), *PEOPLE[people]), SCALES)
    shift = shift_around_the_middle(least)
    [row] = family(rng, people, [shift], start=-shift / 2).to_dict("records")
    return {"found at the level used": row["p"] <= 0.05 / SCALES and row["change"] > 0}


# Gaps -----------------------------------------------------------------------------------------------------------------


def gap(rng, n: int, linked: bool, shifts: tuple[float, float], start: float) -> dict[str, bool]:
    """Two groups of n, the first ahead by `start` latent SD near the end of the scale: what is said of their gap."""
    waves, groups = [[], []], np.repeat(["first", "second"], n)
    for shift, ahead in zip(shifts, (start, 0.0), strict=True):
        first, second = sim.scale(rng, n, ITEMS, SHAPE, shift, ahead)
        waves[0].append(first)
        waves[1].append(second if linked else sim.scale(rng, n, ITEMS, SHAPE, shift, ahead)[1])
    before, after = (np.vstack(wave).mean(axis=1) for wave in waves)
    if linked:
        found = gap_change.linked_gap_change(before, after, groups, "first", "second", top=5, unit=1 / ITEMS)
    else:
        found = gap_change.unlinked_gap_change(before, groups, after, groups, "first", "second", top=5)
    moved = [wave.mean() - earlier.mean() for earlier, wave in zip(*waves, strict=True)]
    ceilings = tuple(share_at_top(items, 5) for items in waves[0])
    alike = equal_shift_gap_change(*map(pd.DataFrame, waves[0]), range(1, 6), *moved)
    return {gap_change.gap_verdict(found, ceilings=ceilings, equal_shift=alike).verdict: True}


def alike(rng, n: int, linked: bool) -> dict[str, bool]:
    return {"says narrowed": "narrowed" in gap(rng, n, linked, (0.8, 0.8), 0.8)}


def caught_up(rng, n: int, linked: bool) -> dict[str, bool]:
    return {"narrowed, found": "narrowed" in gap(rng, n, linked, (0.0, 0.9), 0.8)}


SCENARIOS: dict[str, Callable] = {
    **{
        f"{people}: nothing changed": partial(nothing_changed, people=people) for people in PEOPLE if people not in MANY
    },
    "unlinked, Westfall–Young: nothing changed": partial(nothing_changed, people="unlinked", adjust="westfall_young"),
    **{f"{people}: all fell by the margin": partial(all_fell_by_the_margin, people=people) for people in PEOPLE},
    **{
        f"{people}: the smallest change found": partial(smallest_found, people=people)
        for people in PEOPLE
        if people not in MANY
    },
    **{
        f"gap, {'linked' if linked else 'unlinked'}, {n} a group: both rose alike": partial(alike, n=n, linked=linked)
        for linked in (True, False)
        for n in (10, 20, 60)
    },
    "gap, linked, 20 a group: one caught up": partial(caught_up, n=20, linked=True),
}


class Judged(NamedTuple):
    """One rate beside its band."""

    scenario: str
    promise: str
    rate: float
    passed: bool


def simulated(scenario: str, replicates: int, seed: int) -> list[Judged]:
    """Every promise of one scenario, held against its band."""
    rng = np.random.default_rng([seed, list(SCENARIOS).index(scenario)])
    outcomes = pd.DataFrame([SCENARIOS[scenario](rng) for _ in range(replicates)]).astype(float)
    return [
        Judged(scenario, promise, rate, BANDS[promise].holds(rate, replicates))
        for promise, rate in outcomes.mean().items()
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replicates", type=int, default=1000, help="cohorts for each scenario (default 1000)")
    parser.add_argument("--seed", type=int, default=20260601)
    parser.add_argument("--only", default="", help="only scenarios that hold these words")
    args, missed = parser.parse_args(), 0
    for scenario in SCENARIOS:
        for line in simulated(scenario, args.replicates, args.seed) if args.only in scenario else ():
            missed += not line.passed
            low, high = BANDS[line.promise]
            mark = "ok    " if line.passed else "MISSED"
            print(f"{mark} {line.rate:.3f}  ({low:.2f}–{high:.2f})  {line.scenario}: {line.promise}", flush=True)
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
