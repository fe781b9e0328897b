"""What was published about a cohort: where, in which year, and what is said of a year that is none."""

import shutil
from pathlib import Path

import pytest
from followup.language import Text
from followup.problems import InputProblems
from followup.study import claims
from followup.study.cohort import open_cohort

CLAIMS = """source: {he: מכון, en: An institute}
YEARclaims:
  - {finding: projects, published: {he: כמחצית, en: About half}, kind: projects_advanced, verdict: about_half}
"""


@pytest.fixture
def root(tmp_path):
    """A place with the params and codebook of the shipped cohorts."""
    shutil.copytree(Path(__file__).parents[2] / "params", tmp_path / "params")
    return tmp_path


def source(root: Path, year: str) -> Text:
    path = root / "params" / "claims" / "1.yaml"
    path.write_text(CLAIMS.replace("YEAR", year), encoding="utf-8")
    return claims.source(open_cohort("1", root))


def test_the_year_stands_behind_the_source_where_it_is_known(root):
    assert source(root, "year: 2017\n") == Text("מכון (\u20662017\u2069)", "An institute (\u20662017\u2069)")
    assert source(root, "") == Text("מכון", "An institute")


@pytest.mark.parametrize("typed", ["17", "2917", '"2017"', "2017.5", "soon"])
def test_a_year_that_is_none_is_named_with_its_file_and_line(root, typed):
    with pytest.raises(InputProblems) as refused:
        source(root, f"year: {typed}\n")
    [problem] = refused.value.problems
    assert (problem.file, problem.row, problem.column) == ("params/claims/1.yaml", 2, "year")
    assert problem.what and problem.remedy
