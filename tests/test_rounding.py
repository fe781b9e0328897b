"""One number is rounded one way, wherever a reader meets it: half a step away from zero, whatever floats made of the half."""

import ast
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from followup.analysis import nonresponse
from followup.analysis.answer_levels import levels_shown
from followup.disclosure.group_sizes import rounded_share
from followup.disclosure.precision import nearest
from followup.disclosure.roster_interval import _printed
from followup.disclosure.safe_tables import crosstab, pivot_table, to_step
from followup.language import change, number, percentage, plain_number, without_marks
from followup.report.picture_guards import _written
from followup.study.params import Disclosure
from in_notebooks import cleaned, no_page

PACKAGE = Path(__file__).parents[1] / "notebooks" / "followup"
HALVES = [(3.9499999999999997, "4.0"), (0.25, "0.3"), (2.45, "2.5"), (0.15, "0.2"), (-0.25, "−0.3"), (3.94, "3.9")]
NO_RESULT = {  # modules that round what no reader meets as a result: places on a drawing, ranks, files, messages of a build
    "rounding.py", "disclosure/output_check.py", "disclosure/population.py", "disclosure/precision.py",
    "disclosure/safe_network.py", "report/tables.py", "report/models.py", "report/picture_guards.py", "language.py",
    "report/charts/card_drawings.py", "report/charts/schemes.py", "publish/pictures.py", "publish/on_paper.py",
    "words/palette.py", "statistics/relabelling.py", "statistics/unlinked_change.py", "cleaning/linkage.py",
    "cleaning/submissions.py", "disclosure/real_answers.py", "disclosure/scale_blocks.py", "chain/run.py", "chain/build.py", "commands/watch.py", "commands/reports.py",
    "statistics/nonresponse_bounds.py", "disclosure/safe_tables.py",
}  # fmt: skip


@pytest.mark.parametrize(("value", "written"), HALVES)
def test_a_half_goes_away_from_zero_in_tables_of_ones_own_in_sentences_and_in_what_is_published(value, written):
    as_number = float(written.replace("−", "-"))
    assert nearest(value, 0.1) == as_number == to_step(value, 0.1)
    assert without_marks(number(value, 1).en) == written == plain_number(value, 1)
    assert without_marks(change(value).en).lstrip("+") == written


def test_the_mean_of_an_own_table_is_the_one_of_the_table_beside_it():
    with no_page():
        from followup.report.report import Report

        door = Report(cleaned("3"), "en")
        scores = door.study.scores.dropna(subset="score")
        made = door.safe.pivot_table(scores, values="score", index=["measure", "wave"])
        means = scores.groupby(["measure", "wave"], observed=True)["score"].agg(["size", "mean"]).reset_index()
        levels = means.rename(columns={"size": "n"})
        shown = levels_shown(levels, door.study.comparison).set_index(["measure", "wave"])["mean"].dropna()
    assert len(shown) > 4
    both = made.join(shown).dropna(subset=["mean", "score"])
    assert (both["score"] == both["mean"]).all()
    assert 94.8 in [round(row.n * row.mean, 6) for row in levels.itertuples() if row.n == 24]  # of which the half is


def test_shares_of_groups_and_ties_go_up_at_a_half():
    keys = pd.DataFrame(
        {
            "group": ["field"] * 12 + ["office"] * 20,
            "category": ["low"] * 7 + ["high"] * 5 + ["low"] * 15 + ["high"] * 5,
        }
    )
    keys = keys.set_axis(pd.Index([f"r{number}" for number in range(32)], name="respondent"))
    made = crosstab(keys["group"], keys["category"], Disclosure(), frozenset({"field"}), "index")
    assert made.loc["office"].tolist() == [0.3, 0.8]  # of 0.25 and 0.75
    assert rounded_share(1, 8, False) == 0.13 and rounded_share(1, 40, True) == 0.05


def test_the_interval_of_a_roster_is_printed_as_it_is_published():
    lower, upper = 0.25, -0.25
    printed = _printed(2, 2, np.array([2 * lower, 2 * upper]), np.array([2 * lower**2, 2 * upper**2]))
    assert printed.tolist() == [[0.3, 0.3, 0.3], [-0.3, -0.3, -0.3]]


def test_bounds_for_the_roster_follow_from_the_mean_as_it_is_told():
    assert set(nonresponse._as_told(pd.Series([3.9] * 12 + [4.0] * 12))) == {4.0}  # of 94.8 / 24, a float below 3.95


def test_percentages_and_what_a_picture_may_hold_round_alike():
    assert without_marks(percentage(0.145).en) == "15%"
    assert without_marks(percentage(0.125).en) == "13%"
    assert {"0.3", "0.25", "25"} <= _written(0.25) and "3" in _written(2.5)


def test_an_own_mean_and_a_statistic_of_ones_own_are_the_same_number():
    values = [5.0] * 5 + [4.0] * 13 + [3.3] * 6
    rows = pd.DataFrame({"measure": "a", "score": values}, pd.Index(map(str, range(24)), name="respondent"))
    made = pivot_table(rows, "score", "measure", None, "mean", Disclosure(), frozenset(), lambda _: [])
    assert made["score"].tolist() == [nearest(np.mean(values), 0.1)]


def test_nothing_that_readers_see_is_rounded_in_another_way():
    """`round`, `np.round`, `.round(…)` and formats as `:.1f` send a half to the even digit."""
    strange = []
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if name not in NO_RESULT else ():
            called = node.func if isinstance(node, ast.Call) else None
            rounds = getattr(called, "id", getattr(called, "attr", "")) in ("round", "around", "rint")
            form = node.format_spec if isinstance(node, ast.FormattedValue) else None
            formed = form and ast.unparse(form).rstrip("'\"").endswith(("f", "%"))
            if (
                rounds
                and name.startswith(("report", "words", "analysis", "disclosure", "publish", "editions"))
                or formed
            ):
                strange.append(f"{name}:{node.lineno}")
    assert strange == []
