"""A notebook of an earlier form is told what to write instead: each name that is gone, as Python names it."""

import importlib

import pytest
from followup.study.earlier_notebooks import NOW, instead

GONE = {
    "analysis": ("projects", "network", "response_rates"),
    "analysis.answer_levels": ("room_left", "other_questions", "levels_on", "chosen"),
    "report.charts.project_charts": ("move_bar",),
    "report.charts.change_charts": ("moved_bars",),
    "report.charts.answer_charts": ("count_bars",),
}


@pytest.mark.parametrize(("module", "name"), [(module, name) for module, names in GONE.items() for name in names])
def test_an_import_of_what_is_gone_is_answered_with_what_to_write(module, name):
    with pytest.raises(ImportError) as stop:
        exec(f"from followup.{module} import {name}")  # noqa: S102
    assert "earlier form; what to do" in instead(str(stop.value))
    assert NOW[name] in instead(str(stop.value))


def test_other_errors_are_left_as_they_are():
    assert instead("cannot import name 'pandsa' from 'followup'") == ""
    assert instead("'Comparison' object has no attribute 'rows_off'") == ""
    assert importlib.import_module("followup.analysis.comparison")
