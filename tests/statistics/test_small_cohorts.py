"""The procedures hold their promises in simulated cohorts, and the simulation notices one that does not."""

import numpy as np
import pytest
from benchmarks import simulate_small_cohorts as sim
from followup.statistics import linked_change as ch

SHORT = [
    (sim.ITEM, "null|ceiling|r=0.5", 300),
    (sim.ITEM, "alt|ceiling|delta=0.4", 150),
    (sim.SCALES, "all 30 null", 60),
    ("DiD", "B null, 11/9, one item", 200),
    ("DiD", "F CEILING: same latent change +0.5 SD, scale of 4", 200),
    ("equivalence", "5 equivalence item|n=29|true change -0.5", 300),
    (sim.PARTLY, "6 partly linked 24 both + 8 T1 only + 5 T2 only|change 0.0", 200),
    (sim.SHARE, "7 paired proportions|n=29|0.6->0.8", 200),
]


@pytest.mark.parametrize(("area", "scenario", "replicates"), SHORT)
def test_a_short_run_stays_within_the_bands(area, scenario, replicates):
    judged = sim.simulated(area, scenario, replicates, seed=1)
    assert judged
    assert [line for line in judged if not line.passed] == []


@pytest.mark.parametrize("replicates", [300])
def test_a_t_test_with_finite_population_correction_is_caught(replicates):
    """29 of 39 shrinks the standard error by half, and three tests in ten cry wolf."""

    def with_correction(rng) -> sim.Outcome:
        result = ch.linked_change(*sim.item(rng, 29, "ceiling"))
        t = result.change / (result.sd * np.sqrt((1 - 29 / 39) / 29))
        return {("sign-flip exact", "false-positive rate"): 2 * sim.stats.t.sf(abs(t), 28) <= 0.05}

    rate = sim.rates(with_correction, replicates, seed=1)["sign-flip exact", "false-positive rate"]
    assert not sim.judge(
        (sim.ITEM, "null|ceiling|r=0.5", "sign-flip exact", "false-positive rate"), rate, replicates
    ).passed


def test_calling_a_large_p_preserved_is_caught():
    """Half a point was lost, and p > .05 in about three cohorts of ten."""

    def no_news_is_good_news(rng) -> sim.Outcome:
        result = ch.linked_change(*sim.item(rng, 29, "ceiling", points=-0.5))
        return {("TOST t, margin 0.5", 'P(claims "preserved")'): result.p_sign_flip > 0.05}

    key = ("TOST t, margin 0.5", 'P(claims "preserved")')
    rate = sim.rates(no_news_is_good_news, 200, seed=1)[key]
    assert not sim.judge(("equivalence", "5 equivalence item|n=29|true change -0.5", *key), rate, 200).passed


def test_items_tested_one_by_one_are_caught():
    def unadjusted(rng) -> sim.Outcome:
        first, second = sim.scale(rng, 29, 30, "ceiling")
        p = [ch.sign_flip(change).p for change in (second - first).T]
        return {("Westfall-Young maxT sign-flip (B=999)", "P(any false positive)"): min(p) <= 0.05}

    key = ("Westfall-Young maxT sign-flip (B=999)", "P(any false positive)")
    rate = sim.rates(unadjusted, 60, seed=1)[key]
    assert not sim.judge((sim.SCALES, "all 30 null", *key), rate, 60).passed


def test_every_scenario_is_held_against_some_band():
    """A renamed scenario or procedure would pass in silence: each one must meet at least one band of the bar."""
    rng = np.random.default_rng(1)
    for (area, scenario), replicate in sim.SCENARIOS.items():
        assert any(sim.band((area, scenario, *key)) for key in replicate(rng)), scenario


def test_at_the_bars_own_size_a_band_is_not_widened():
    key = (sim.ITEM, "null|ceiling|r=0.5", "sign-flip exact", "false-positive rate")
    assert sim.judge(key, 0.056, 10_000).passed
    assert not sim.judge(key, 0.0561, 10_000).passed
    assert sim.judge(key, 0.0561, 1_000).passed
