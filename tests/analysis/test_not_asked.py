"""What a cohort was not asked is absent there: one codebook for several cohorts, the newer of which ask one statement more."""

from pathlib import Path
from unittest.mock import patch

import pytest
from cohort_copies import Copy
from followup.analysis.study_frames import Study
from followup.report import report
from in_notebooks import cells, cleaned, no_page

CODEBOOK = "params/questionnaires/digital_leaders.yaml"
BEFORE = "      motivation_promote:\n"
NEW = "{he: אני מוכן ללמד אחרים, en: I am ready to teach others, waves: [follow_up]%s}"
ONLY_1 = NEW % ', cohorts: ["1"]'


def with_new(folder: Path, name: str, new: str) -> Copy:
    """A cohort whose codebook has one statement more under motivation."""
    copy = Copy(folder, name)
    copy.replace(CODEBOOK, BEFORE, f"      motivation_teach: {new}\n{BEFORE}")
    return copy


def of_another_cohort(folder: Path, name: str) -> Copy:
    """The statement is one that the codebook says cohort 1 alone was asked."""
    return with_new(folder, name, ONLY_1)


def left_out_by_params(folder: Path, name: str) -> Copy:
    """The statement is one that the params leave out of the wave."""
    copy = with_new(folder, name, NEW % "")
    text = (folder / "params" / f"{name}.yaml").read_text(encoding="utf-8")
    old, new = ("not_asked: [project_stage, still_involved]", "not_asked: [project_stage, still_involved, motivation_teach]") if name == "local-3" else ("    file: follow_up.csv\n", "    file: follow_up.csv\n    not_asked: [motivation_teach]\n")  # fmt: skip
    assert text.count(old) == 1
    copy.params(old, new)
    return copy


def released(notebook: str, cohort) -> dict:
    """The tables of a notebook as they left."""
    variables: dict = {"cohort": cohort.name, "language": "en"}
    with no_page(), patch.object(report, "open_report", lambda *_: report.Report(cohort, "en")):
        for _, code in cells(notebook):
            exec(code, variables)  # noqa: S102 - the cells of our own notebooks
    return variables["report"].released


@pytest.mark.parametrize("way", [of_another_cohort, left_out_by_params])
@pytest.mark.parametrize("name", ["2", "local-3"])
def test_every_table_is_that_of_a_codebook_without_it(tmp_path, name, way):
    without = cleaned(name)
    has = cleaned(name, way(tmp_path, name).root)
    assert Study(has).statements.query("measure == 'motivation_teach'").empty
    for notebook in ("02_describe", "03_compare"):
        told, expected = released(notebook, has), released(notebook, without)
        assert told.keys() == expected.keys()
        for table in told:
            assert told[table].to_csv() == expected[table].to_csv(), table
