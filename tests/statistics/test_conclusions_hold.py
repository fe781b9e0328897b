"""A short run of the simulation of whole families, and that it notices procedures that do not hold their promises."""

import numpy as np
import pytest
from benchmarks import conclusions_hold as sim

SHORT = [
    ("linked: nothing changed", 30),
    ("partly linked: nothing changed", 30),
    ("unlinked, small: nothing changed", 10),
    ("linked, many: all fell by the margin", 60),
    ("partly linked: all fell by the margin", 30),
    ("linked: the smallest change found", 150),
    ("partly linked: the smallest change found", 150),
    ("gap, linked, 20 a group: both rose alike", 100),
]


@pytest.mark.parametrize(("scenario", "replicates"), SHORT)
def test_a_short_run_stays_within_the_bands(scenario, replicates):
    judged = sim.simulated(scenario, replicates, seed=1)
    assert judged
    assert [line for line in judged if not line.passed] == []


def test_preserved_without_adjustment_is_caught():
    """Six scales that all fell by the margin: each alone is called preserved in one of twenty, one of them in a quarter."""
    rng, cried = np.random.default_rng(1), []
    for _ in range(60):
        table = sim.family(rng, "linked, many", [sim.shift_of(-sim.MARGIN)] * sim.SCALES)
        cried.append((table["kept"] == "shown").any())
    assert not sim.BANDS["any false “preserved”"].holds(float(np.mean(cried)), 60)


def test_a_gap_told_by_its_interval_alone_is_caught():
    rng, cried = np.random.default_rng(1), []
    for _ in range(60):
        groups = [sim.sim.scale(rng, 20, sim.ITEMS, "ceiling", 0.8, ahead) for ahead in (1.2, 0.0)]
        before, after = (np.concatenate([group[wave].mean(axis=1) for group in groups]) for wave in (0, 1))
        gap = sim.gap_change.linked_gap_change(before, after, np.repeat(["a", "b"], 20), "a", "b", top=5, unit=0.25)
        cried.append(sim.gap_change.gap_verdict(gap).verdict == "narrowed")
    assert not sim.BANDS["says narrowed"].holds(float(np.mean(cried)), 60)


def test_a_band_allows_two_monte_carlo_errors():
    assert sim.AT_MOST_5.holds(0.05 + 2 * (0.05 * 0.95 / 400) ** 0.5 - 1e-9, 400)
    assert not sim.AT_MOST_5.holds(0.05 + 2 * (0.05 * 0.95 / 400) ** 0.5 + 1e-9, 400)
