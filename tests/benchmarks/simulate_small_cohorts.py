"""Do the procedures of the package hold their promises in cohorts as small as ours?

Simulates cohorts whose truth is known, runs the package's own functions on them, and holds the share of false alarms,
of intervals that cover the truth, and of real changes found against the pass bands of expected/validity_bar.csv.

    python tests/benchmarks/simulate_small_cohorts.py --replicates 5000
    python tests/benchmarks/simulate_small_cohorts.py --replicates 300 --area DiD

Answers are made by cutting a normal latent answer at thresholds; changes are in points unless said to be in latent SD.
The cohorts behind the bar were cut a little differently, so power, which has no band there, may differ by 0.1.
Ends with 1 when a band is missed. With fewer replicates than the bar's a band is widened by three standard errors.
"""

import argparse
import csv
import gc
import re
import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats
from scipy.optimize import brentq

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "notebooks"))

from followup.statistics import gap_change as gp  # noqa: E402
from followup.statistics import linked_change as ch  # noqa: E402
from followup.statistics import multiplicity, unlinked_change, verdict_rule  # noqa: E402
from followup.statistics.top_box import top_box_change  # noqa: E402

OPTIONS = np.arange(1, 6)
SHARES = {
    "mid": (0.06, 0.17, 0.30, 0.32, 0.15),
    "ceiling": (0.02, 0.04, 0.16, 0.43, 0.35),
    "strong_ceiling": (0.01, 0.01, 0.05, 0.33, 0.60),
}
POWER_MAY_DIFFER_BY = 0.1

Outcome = dict[tuple[str, str], bool]


# Made-up answers ---------------------------------------------------------------------------------------------------


def answered(latent: np.ndarray, shape: str) -> np.ndarray:
    """Answers 1 to 5 of a standard normal latent answer, in the shares of one shape of item."""
    return np.searchsorted(thresholds(shape), latent) + 1


@cache
def thresholds(shape: str) -> np.ndarray:
    return stats.norm.ppf(np.cumsum(SHARES[shape])[:-1])


@cache
def mean_answer(shape: str, shift: float = 0.0) -> float:
    """Mean answer in points when the latent answer is shifted by so many SD."""
    below = np.concatenate([[0], stats.norm.cdf(thresholds(shape) - shift), [1]])
    return float(np.diff(below) @ OPTIONS)


@cache
def shift_for(shape: str, points: float) -> float:
    """Latent shift that changes the mean answer by so many points."""
    return brentq(lambda shift: mean_answer(shape, shift) - mean_answer(shape) - points, -4, 4) if points else 0.0


def two_waves(rng: np.random.Generator, size: tuple, r: float) -> tuple[np.ndarray, np.ndarray]:
    """Two standard normal arrays of one size, correlated r person by person."""
    first, own = rng.standard_normal(size), rng.standard_normal(size)
    return first, r * first + np.sqrt(1 - r**2) * own


def item(rng, n: int, shape: str, points: float = 0.0, r: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    """Answers of n linked people to one item whose mean changes by so many points."""
    first, second = two_waves(rng, (n,), r)
    return answered(first, shape), answered(second + shift_for(shape, points), shape)


def scale(rng, n: int, k: int, shape: str, shift=0.0, start=0.0, spread=1.0) -> tuple[np.ndarray, np.ndarray]:
    """Answers (people × items) to a scale of k items sharing half of their variance; shift and start in latent SD."""
    trait, own = two_waves(rng, (n, 1), 0.65), two_waves(rng, (n, k), 0.4)
    first, second = (np.sqrt(0.5) * (person + item) for person, item in zip(trait, own, strict=True))
    return answered(first + start, shape), answered(first + start + spread * (second - first) + shift, shape)


# One replicate of each scenario: what each procedure said ----------------------------------------------------------


def one_item(rng, shape: str, points: float = 0.0, r: float = 0.5, n: int = 29) -> Outcome:
    """One linked item: does each procedure cry change, and does the interval hold the true change?"""
    first, second = item(rng, n, shape, points, r)
    result, metric = ch.linked_change(first, second), "power" if points else "false-positive rate"
    top_box = top_box_change(first, second, top=4)
    p_values = {
        "sign-flip exact": result.p_sign_flip,
        "sign-flip mid-p": result.p_sign_flip_mid,
        "Wilcoxon-Pratt exact": result.p_pratt,
        "McNemar mid-p (top-box)": top_box.p_mcnemar_mid,
    }
    said = {(procedure, metric): rejects(p) for procedure, p in p_values.items()}
    return said | {("CI t", "coverage of true mean change"): holds(result.ci95, points, result.change)}


def rejects(p: float | None) -> bool:
    return p is not None and p <= 0.05


def holds(interval: tuple | None, truth: float, estimate: float) -> bool:
    """Does the interval cover the truth? Without one (all changes equal) only an exactly right estimate does."""
    return abs(estimate - truth) < 1e-9 if interval is None else bool(interval[0] <= truth <= interval[1])


def five_scales(rng, shifted: float = 0.0) -> Outcome:
    """Thirty items in five scales; the first scale may be shifted. False positives are those among the others."""
    waves = [scale(rng, 29, 6, "ceiling", shift=shifted if number == 0 else 0.0) for number in range(5)]
    changes = np.hstack([second - first for first, second in waves]).astype(float)
    item_p = multiplicity.westfall_young(pd.DataFrame(changes))
    scale_p = multiplicity.holm(
        {
            n: ch.linked_change(first.mean(axis=1), second.mean(axis=1), tests=5).p_sign_flip
            for n, (first, second) in enumerate(waves)
        }
    )
    null_items, null_scales = (6, 1) if shifted else (0, 0)
    said = {
        ("Westfall-Young maxT sign-flip (B=999)", "P(any false positive)"): any(
            rejects(p) for n, p in item_p.items() if n >= null_items
        ),
        ("5 scales: Holm sign-flip", "P(any false positive)"): any(
            rejects(p) for n, p in scale_p.items() if n >= null_scales
        ),
    }
    return said | ({("5 scales: Holm sign-flip", "power"): rejects(scale_p[0])} if shifted else {})


def two_groups(
    rng, sizes: tuple[int, int], k: int, shape="mid", shifts=(0.0, 0.0), starts=(0.0, 0.0), spread=1.0
) -> Outcome:
    """A gap between two groups: does it seem to change, and does the interval hold the true change of the gap?"""
    groups = [
        scale(rng, n, k, shape, shift, start, spread if number else 1.0)
        for number, (n, shift, start) in enumerate(zip(sizes, shifts, starts, strict=True))
    ]
    first, second = (np.concatenate([group[wave].mean(axis=1) for group in groups]) for wave in (0, 1))
    gap = gp.linked_gap_change(first, second, np.repeat(["a", "b"], sizes), "a", "b", top=5)
    verdict = gp.gap_verdict(gap)
    rises = [
        mean_answer(shape, start + shift) - mean_answer(shape, start)
        for shift, start in zip(shifts, starts, strict=True)
    ]
    return {
        ("Welch on change", "rejection rate"): rejects(gap.p_welch),
        ("permute group labels, studentised", "rejection rate"): rejects(gap.p),
        ("Welch on change", "CI coverage"): holds(gap.ci95, rises[1] - rises[0], gap.change or 0.0),
        ("verdict", "says narrowed"): verdict.verdict == "narrowed",
        ("verdict", "says narrowed without a caution"): verdict.verdict == "narrowed" and verdict.caution is None,
    }


def kept(rng, n: int, points: float, margin: float, k: int = 1) -> Outcome:
    """A level that truly fell by so many points: is it called preserved?"""
    shift = shift_for("ceiling", points)
    first, second = scale(rng, n, k, "ceiling", shift) if k > 1 else item(rng, n, "ceiling", points)
    if k > 1:
        first, second = first.mean(axis=1), second.mean(axis=1)
    result = ch.linked_change(first, second)

    def preserved(kind: str) -> bool:
        return verdict_rule.verdict(result.change, result.ci90, None, margin, kind=kind).verdict == "preserved"

    return {
        (f"non-inferiority t, margin {margin}", 'P(claims "preserved")'): preserved("non-inferiority"),
        (f"TOST t, margin {margin}", 'P(claims "preserved")'): preserved("equivalence"),
    }


def partly_linked(rng, both: int, first_only: int, second_only: int, points: float) -> Outcome:
    """Some answered both waves and some only one."""
    n = both + first_only + second_only
    first, second = (pd.Series(wave) for wave in item(rng, n, "ceiling", points))
    result = unlinked_change.partly_linked_change(
        first[: both + first_only], pd.concat([second[:both], second[both + first_only :]])
    )
    return {("Derrick t (T_new2)", "rejection rate"): rejects(result.p)}


def top_box(rng, n: int, before: float, after: float) -> Outcome:
    """The share in the top box: do the intervals hold the true difference?"""
    latent = two_waves(rng, (n,), 0.5)
    first, second = (wave < stats.norm.ppf(share) for wave, share in zip(latent, (before, after), strict=True))
    result = top_box_change(first.astype(int), second.astype(int), top=1)
    return {
        (name, "coverage"): holds(interval, after - before, result.change)
        for name, interval in {"Tango": result.tango95}.items()
    }


# Scenarios by the bar's own names ----------------------------------------------------------------------------------

ITEM, SCALES, PARTLY, SHARE = (
    "one item, n=29 linked",
    "30 items in 5 scales, n=29",
    "partly linked",
    "paired proportions",
)

SCENARIOS: dict[tuple[str, str], Callable[[np.random.Generator], Outcome]] = {
    **{(ITEM, f"null|ceiling|r={r}"): partial(one_item, shape="ceiling", r=r) for r in (0.4, 0.5, 0.6)},
    (ITEM, "null|strong_ceiling|r=0.5"): partial(one_item, shape="strong_ceiling"),
    (ITEM, "null|mid|r=0.5"): partial(one_item, shape="mid"),
    **{
        (ITEM, f"alt|{shape}|delta={delta}"): partial(one_item, shape=shape, points=delta)
        for shape in ("ceiling", "mid")
        for delta in (0.3, 0.4, -0.4)
    },
    (SCALES, "all 30 null"): five_scales,
    (SCALES, "one scale (6 items) shifted 0.5 latent SD"): partial(five_scales, shifted=0.5),
    ("DiD", "A null, equal n 11/11, scale of 4"): partial(two_groups, sizes=(11, 11), k=4),
    ("DiD", "B null, 11/9, one item"): partial(two_groups, sizes=(11, 9), k=1),
    ("DiD", "C both +0.4 SD, 11/9, scale of 4"): partial(two_groups, sizes=(11, 9), k=4, shifts=(0.4, 0.4)),
    ("DiD", "D unequal 14/5, spread larger in the small group, scale of 4"): partial(
        two_groups, sizes=(14, 5), k=4, spread=1.5
    ),
    ("DiD", "F CEILING: same latent change +0.5 SD, scale of 4"): partial(
        two_groups, sizes=(11, 9), k=4, shifts=(0.5, 0.5), starts=(1.5, 0.0)
    ),
    ("DiD", "G true narrowing: OP +0.8 SD, HQ 0 (mid, scale of 4)"): partial(
        two_groups, sizes=(11, 9), k=4, shifts=(0.0, 0.8), starts=(0.8, 0.0)
    ),
    **{
        ("equivalence", f"5 equivalence item|n={n}|true change -0.5"): partial(kept, n=n, points=-0.5, margin=0.5)
        for n in (29, 12)
    },
    **{
        ("equivalence", f"5 equivalence scale of 4|n=29|true change -{fall}|margin {name}"): partial(
            kept, n=29, points=-fall, margin=fall, k=4
        )
        for fall, name in ((0.3, ".3"), (0.5, ".5"))
    },
    **{
        (PARTLY, f"6 {kind} {both} both + {a} T1 only + {b} T2 only|change {points}"): partial(
            partly_linked, both=both, first_only=a, second_only=b, points=points
        )
        for kind, both, a, b in (("partly linked", 24, 8, 5), ("weakly linked", 10, 20, 19))
        for points in (0.0, 0.4)
    },
    **{
        (SHARE, f"7 paired proportions|n={n}|{before}->{after}"): partial(top_box, n=n, before=before, after=after)
        for n in (29, 12)
        for before, after in ((0.78, 0.78), (0.78, 0.9), (0.6, 0.8), (0.93, 0.93))
    },
}


# The bar -----------------------------------------------------------------------------------------------------------


class Judged(NamedTuple):
    """One rate beside its pass band; `passed` allows three standard errors for having fewer replicates than the bar."""

    area: str
    scenario: str
    procedure: str
    metric: str
    rate: float
    low: float
    high: float
    passed: bool


@cache
def bar() -> dict[tuple[str, str, str, str], dict]:
    with open(HERE.parent / "expected" / "validity_bar.csv", encoding="utf-8", newline="") as lines:
        return {
            tuple(row[n] for n in ("area", "scenario", "procedure", "metric")): row for row in csv.DictReader(lines)
        }


# Promises that the bar does not hold: (lowest, highest) rate.
OWN_BANDS = {
    (SCALES, "one scale (6 items) shifted 0.5 latent SD", "5 scales: Holm sign-flip", "power"): (0.75, 1.0),
    ("DiD", "F CEILING: same latent change +0.5 SD, scale of 4", "verdict", "says narrowed without a caution"): (
        0.0,
        0.05,
    ),
    ("DiD", "G true narrowing: OP +0.8 SD, HQ 0 (mid, scale of 4)", "verdict", "says narrowed"): (0.4, 1.0),
}


def band(key: tuple[str, str, str, str]) -> tuple[float, float, int] | None:
    """Lowest and highest rate that pass, and how many replicates they allow for; None for what is not judged."""
    if key in OWN_BANDS:
        return *OWN_BANDS[key], 5000
    if key not in bar():
        return None
    row, n12 = bar()[key], "n=12" in key[1]
    numbers = [float(number) for number in re.findall(r"0\.\d+", row["pass_band"])]
    if row["pass_band"].startswith("<="):
        low, high = 0.0, numbers[0] if n12 else numbers[-1]
    elif row["pass_band"].startswith(">="):
        low, high = numbers[0], 1.0
    elif numbers:
        low, high = numbers
    elif key[3] == "power" or "change 0.4" in key[1] or key[1].startswith("G "):
        low, high = float(row["value"]) - POWER_MAY_DIFFER_BY, 1.0
    else:
        return None
    return low, high, int(row["replicates"])


def judge(key: tuple[str, str, str, str], rate: float, replicates: int) -> Judged | None:
    """A rate beside its band; None where the bar has none."""
    limits = band(key)
    if limits is None:
        return None
    low, high, of_bar = limits
    fewer = max(1 / replicates - 1 / of_bar, 0)
    below, above = (3 * np.sqrt(limit * (1 - limit) * fewer) for limit in (low, high))
    return Judged(*key, rate, low, high, bool(low - below <= rate <= high + above))


def rates(scenario: Callable, replicates: int, seed: int) -> dict[tuple[str, str], float]:
    """Share of replicates in which each procedure said yes."""
    rng = np.random.default_rng(seed)
    gc.freeze()  # multipletests collects garbage at every call: leave it only what a replicate made
    outcomes = [scenario(rng) for _ in range(replicates)]
    gc.unfreeze()
    return {key: float(np.mean([outcome[key] for outcome in outcomes])) for key in outcomes[0]}


def simulated(area: str, scenario: str, replicates: int, seed: int) -> list[Judged]:
    """Every judged rate of one scenario."""
    said = rates(SCENARIOS[area, scenario], replicates, seed + list(SCENARIOS).index((area, scenario)))
    judged = [judge((area, scenario, *key), rate, replicates) for key, rate in said.items()]
    return [line for line in judged if line is not None]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--replicates", type=int, default=1000, help="simulated cohorts for each scenario (default 1000)"
    )
    parser.add_argument("--seed", type=int, default=20230517)
    parser.add_argument("--area", choices=sorted({area for area, _ in SCENARIOS}), help="only this part")
    args = parser.parse_args()
    missed = 0
    for area, scenario in SCENARIOS:
        if args.area not in (None, area):
            continue
        print(f"\n{area}: {scenario}", flush=True)
        for line in simulated(area, scenario, args.replicates, args.seed):
            missed += not line.passed
            mark = "ok    " if line.passed else "MISSED"
            print(f"  {mark} {line.rate:.3f}  ({line.low:.3f}–{line.high:.3f})  {line.procedure}: {line.metric}")
    print(f"\n{missed} of the bands missed" if missed else "\nevery band held")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
