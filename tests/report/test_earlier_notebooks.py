"""A notebook of an earlier form is told what to write instead: each name that is gone, as Python names it."""

import ast
import importlib
import json

import pytest
from checkouts import SHIPPED
from followup.analysis.comparison import Comparison
from followup.chain.notebook_rules import check
from followup.report.report import Report
from followup.study.earlier_notebooks import NOW, instead, of_earlier_form
from in_notebooks import NOTEBOOKS

GONE = {
    "analysis": ("projects", "network", "response_rates", "courses", "interviews"),
    "analysis.answer_levels": ("room_left", "other_questions", "levels_on", "chosen", "item_levels", "scale_levels"),
    "analysis.reliability": ("reliabilities", "turned_warning"),
    "analysis.across_cohorts": ("against_before", "changes_table", "means_table", "not_compared", "risen", "wordings"),
    "cleaning.accounting": ("checked_accounts", "columns_matched"),
    "cleaning.cleaning_log": ("rules_used",),
    "cleaning.linkage": ("decisions",),
    "report": ("published_claims",),
    "report.change_tables": ("columns", "one_pair_of_groups"),
    "report.charts.project_charts": ("move_bar",),
    "report.charts.change_charts": ("moved_bars",),
    "report.charts.answer_charts": ("count_bars",),
    "report.charts.cohort_charts": ("response_dots",),
}
ALL = [(module, name) for module, names in GONE.items() for name in names]


def now(module: str, name: str) -> str:
    return NOW.get(f"{module.split('.')[-1]}.{name}") or NOW[name]


@pytest.mark.parametrize(("module", "name"), ALL)
def test_an_import_of_what_is_gone_is_answered_with_what_to_write(module, name):
    with pytest.raises(ImportError) as stop:
        exec(f"from followup.{module} import {name}")  # noqa: S102
    assert "earlier form; what to do" in instead(str(stop.value))
    assert now(module, name) in instead(str(stop.value))


@pytest.mark.parametrize(("module", "name"), [one for one in ALL if one[0] not in ("analysis", "report")])
def test_a_call_of_what_is_gone_is_answered_with_what_to_write(module, name):
    with pytest.raises(AttributeError) as stop:
        getattr(importlib.import_module(f"followup.{module}"), name)
    assert now(module, name) in instead(str(stop.value))


@pytest.mark.parametrize(("module", "name"), ALL)
def test_the_check_of_a_notebook_names_what_is_gone_before_anything_runs(tmp_path, module, name):
    whole = json.loads((NOTEBOOKS / "04_projects.ipynb").read_text(encoding="utf-8"))
    added = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "id": "added"}
    whole["cells"].append(added | {"source": f"from followup.{module} import {name}"})
    (tmp_path / "07_own.ipynb").write_text(json.dumps(whole), encoding="utf-8")
    [found] = check(tmp_path / "07_own.ipynb")
    assert (found.what, found.remedy) == ("this is of an earlier form", f"write {now(module, name)}")
    assert (found.file, found.value) == (
        f"notebooks/07_own.ipynb, cell {len(whole['cells'])}",
        added_line(module, name),
    )


def added_line(module: str, name: str) -> str:
    return f"from followup.{module} import {name}"


@pytest.mark.parametrize(
    "cell",
    [
        "from followup.report import change_tables\nchange_tables.columns('main', study.link, scales)",
        "from followup.analysis import answer_levels as levels\nlevels.chosen(comparison)",
        "scales = comparison.rows_of('scale')",
        "report.exists('ties') and 1",
    ],
)
def test_a_call_in_a_cell_is_named_and_what_stands_there(cell):
    [(_, write, stands)] = of_earlier_form(ast.parse(cell))
    assert write.startswith("write ") and stands in cell


def test_every_name_that_is_answered_is_gone_and_what_is_advised_is_there():
    """No shipped notebook is of an earlier form, and a method or module of today is never told to be one."""
    for path in (NOTEBOOKS / f"{name}.ipynb" for name in SHIPPED):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        assert [one for source in code for one in of_earlier_form(ast.parse(source))] == []
    assert hasattr(importlib.import_module("followup.report.change_tables"), "told_columns")


def test_a_method_that_is_gone_is_answered_too():
    for name in ("rows_of", "by_group", "named_groups", "of_other_pairs", "with_moves", "any_shown"):
        assert not hasattr(Comparison, name)
        assert NOW[f"comparison.{name}"] in instead(f"'Comparison' object has no attribute '{name}'")
    for name in ("exists", "sentence"):
        assert not hasattr(Report, name)
        assert NOW[f"report.{name}"] in instead(f"'Report' object has no attribute '{name}'")


def test_other_errors_are_left_as_they_are():
    assert instead("cannot import name 'pandsa' from 'followup'") == ""
    assert instead("'Comparison' object has no attribute 'rows_off'") == ""
    assert instead("'Series' object has no attribute 'columns'") == ""
    assert [*of_earlier_form(ast.parse("study.interviews\nframe.columns\nlinks.wordings\ncomparison.chosen"))] == []
    assert importlib.import_module("followup.analysis.comparison")
