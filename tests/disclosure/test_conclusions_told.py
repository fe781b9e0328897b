"""What a conclusion tells an outsider who knows the rules: true of every cohort, and as sharp as the adjustment makes it."""

import made_up_studies as made
import numpy as np
import pandas as pd
import pytest
from followup.disclosure.candidates import fitting
from followup.disclosure.outsider import AnswerScale, Wave, Window
from followup.disclosure.release_check import Release, kept_limits, told_by
from followup.disclosure.released_rows import Published, known_of
from random_studies import random_study
from tables_of_notebooks import shown_changes


def family(*rows: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["verdict", "reason"]).assign(hidden=False)


KEPT, AFTER = ("preserved", "margin_met"), ("inconclusive", "not_after_adjustment")
BEYOND, ROSE = ("inconclusive", "lower_bound_beyond_margin"), ("rose", "p_adjusted")


@pytest.mark.parametrize(
    ("rows", "most", "least"),
    [
        ([KEPT, AFTER, BEYOND, BEYOND], 0.05 / 4, 0.05 / 3),
        ([KEPT, KEPT, KEPT], 0.05, 0.05),
        ([KEPT, ROSE, BEYOND], 0.05 / 2, 0.05 / 2),  # the one that rose may have passed as well
        ([AFTER, ROSE, ROSE], 0.05 / 2, 0.05 / 3),
        ([KEPT, ("inconclusive", "too_few_for_margin"), AFTER, BEYOND], 0.05 / 3, 0.05 / 3),
    ],
)
def test_what_holm_says_of_a_p_of_preserved_by_hand(rows, most, least):
    """Of m tests of which r pass, each that passes has a p of at most .05 / (m - r + 1), each other one above .05 / (m - r)."""
    assert kept_limits(family(*rows)) == (pytest.approx(most), pytest.approx(least))


@pytest.mark.parametrize("seed", range(3))
def test_what_conclusions_are_said_to_tell_is_true_of_the_real_answers(seed):
    """At every level of precision the real people fit all that is said to follow from their rows."""
    rng, rows = np.random.default_rng(100 + seed), 0
    levels = pd.DataFrame(columns=["measure", "wave", "n", "n_low", "n_middle", "n_high"])
    for _ in range(12):
        known = random_study(rng, most=90)
        responses = made.responses({wave: table.dropna(axis=1, how="all") for wave, table in known.tables.items()})
        responses.loc[responses["item"] == "r3", "value"] = 6 - responses["value"]
        for level in ("usual", "fewer_digits", "no_interval"):
            policy = known.cohort.params.disclosure.model_copy(update={"precision": level})
            params = known.cohort.params.model_copy(update={"disclosure": policy})
            shown = shown_changes(known, level)
            release = Release(shown, levels, responses, known.group_of, known.codebook, params)
            for row in release.rows():
                told, crowd = told_by(row, level)
                assert fitting(told, crowd.given[None], crowd.answered)[0], (level, row.name, row.row)
                rows += 1
    assert rows > 40


SCALE = AnswerScale(1, 5, 2)
ROW = {"group": "all", "kind": "scale", "n_linked": 30, "n_earlier": 30, "n_later": 30, "margin": 0.3, "kept": "shown"}


def pair_of(link: str, kept: tuple[float, float] = (0.025, 0.0125), **told):
    waves = (Wave(30), Wave(30))
    return known_of(ROW | told, waves, SCALE, Published(link=link, family=4, kept=kept)).pairs[0]


def test_preserved_and_not_after_adjustment_are_two_windows_of_one_p():
    assert pair_of("by_id", verdict="preserved", reason="margin_met").p_kept == Window(0.0, 0.025)
    assert pair_of("by_id", verdict="inconclusive", reason="not_after_adjustment").p_kept == Window(0.0125, 0.05)
    assert pair_of("by_id", verdict="rose", reason="p_adjusted").p_kept is None


def test_a_conclusion_of_all_tells_on_which_side_the_linked_are():
    assert pair_of("partly_linked", verdict="rose", reason="p_adjusted").linked_change == Window(0.0, np.inf)
    assert pair_of("partly_linked", verdict="preserved", reason="margin_met").linked_change == Window(-0.3, 0.3)
    fell = pair_of("partly_linked", verdict="inconclusive", reason="linked_disagree", change=-0.6)
    assert fell.linked_change == Window(0.0, np.inf)
    assert fell.p is not None and fell.p.high == 0.05


def test_a_rise_of_unlinked_waves_tells_of_ranks_and_means():
    rose = pair_of("unlinked", verdict="rose", reason="p_adjusted")
    assert (rose.ranks, rose.beyond_zero) == (1, 1)
    assert pair_of("unlinked", verdict="inconclusive", reason="ranks_lower").ranks == -1
