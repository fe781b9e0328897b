"""The analysis stands in the notebooks: how much of it is counted, and may not grow less."""

import pytest
from checkouts import SHIPPED
from notebooks_that_compute import measures

MEASURES = {name: one for name, one in measures().items() if name in SHIPPED}


@pytest.mark.parametrize(
    "name", ["02_describe", "03_compare", "04_projects", "05_network", "06_findings", "90_cohorts"]
)
def test_at_least_half_of_the_code_cells_compute(name):
    assert 2 * MEASURES[name].computing >= MEASURES[name].cells


@pytest.mark.parametrize("name", MEASURES)
def test_cells_are_short_and_little_is_shown_only_when_something_holds(name):
    assert MEASURES[name].longest <= 10
    assert MEASURES[name].when <= 3


@pytest.mark.parametrize(("name", "least"), [(name, 6 if name == "06_findings" else 8) for name in MEASURES])
def test_prose_stands_around_the_steps(name, least):
    """Words of English a line of code. What 06 says stands in the report itself, which is short."""
    assert MEASURES[name].words / MEASURES[name].lines >= least


def test_seaborn_draws_in_five_notebooks_and_statsmodels_works_in_two():
    assert sum(one.seaborn for one in MEASURES.values()) >= 5
    assert sum(one.statsmodels for one in MEASURES.values()) >= 2
