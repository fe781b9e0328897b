"""What the notebooks publish is what the package’s own functions give, which the other tests hold against R and by hand."""

from dataclasses import replace

import pandas as pd
import pytest
from followup.analysis.answer_levels import item_levels, levels_shown, scale_levels
from followup.analysis.comparison import Comparison
from followup.analysis.gaps import protected_gaps
from followup.analysis.reliability import reliabilities
from followup.report import report
from in_notebooks import cells, cleaned, no_page


def published(notebook: str, name: str) -> dict[str, pd.DataFrame]:
    """The tables that a notebook released of a shipped cohort."""
    made = cleaned(name)
    variables = {"cohort": name, "language": "en"}
    with no_page(), pytest.MonkeyPatch.context() as patched:
        patched.setattr(report, "open_report", lambda *_: report.Report(replace(made), "en"))
        for _, code in cells(notebook):
            exec(code, variables)  # noqa: S102 - the cells of our own notebooks
    return variables["report"].released


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """The same columns and cells, whatever the order of columns."""
    assert sorted(one) == sorted(other)
    cells_of = [frame[sorted(frame)].reset_index(drop=True).astype("object") for frame in (one, other)]
    plain = [frame.where(frame.notna(), None) for frame in cells_of]
    pd.testing.assert_frame_equal(*plain, check_dtype=False)


@pytest.mark.parametrize("cohort", ["1", "2", "local-3"])
def test_changes_and_gaps_are_those_of_the_package(cohort):
    made = cleaned(cohort)
    comparison = Comparison(made, made.read("responses"), made.read("participants"))
    released = published("03_compare", cohort)
    same(released["changes"], comparison.protected_changes())
    if comparison.plan.gaps:
        same(released["gaps"], protected_gaps(comparison))


@pytest.mark.parametrize("cohort", ["1", "2", "3", "local-3"])
def test_levels_and_reliability_are_those_of_the_package(cohort):
    made = cleaned(cohort)
    comparison = Comparison(made, made.read("responses"), made.read("participants"))
    released, rules = published("02_describe", cohort), report.Report(made, "en").rules
    items = levels_shown(item_levels(made.read("responses"), made.codebook, made.waves), comparison)
    same(released["items"], rules.protected("items", items))
    scales = levels_shown(scale_levels(made.read("scores"), made.codebook), comparison)
    same(released["levels"], rules.protected("levels", scales))
    same(released["reliability"], rules.protected("reliability", reliabilities(comparison)))
