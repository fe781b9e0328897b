"""Which params a notebook read is written down, whole and no more; only what it read makes it stale."""

from pathlib import Path

import pytest
from followup.store.params_read import key_digests, noted
from followup.study.claims import read_claims
from followup.study.cohort import open_cohort

HOUSE = Path(__file__).parents[2]


@pytest.fixture
def notes(tmp_path, monkeypatch) -> Path:
    path = tmp_path / "notes"
    monkeypatch.setenv("FOLLOWUP_NOTES", str(path))
    return path


def test_opening_a_cohort_reads_nothing_and_each_key_is_noted_once(notes):
    params = open_cohort("1", HOUSE).params
    assert noted(notes) == ([], [])
    assert (params.analysis.margins.scale, params.analysis.alpha, params.analysis.alpha) == (0.3, 0.05, 0.05)
    assert notes.read_text().split() == ["analysis", "analysis.margins", "analysis.margins.scale", "analysis.alpha"]


def test_what_a_property_reads_is_noted_and_so_is_that_something_is_not_there(notes):
    cohort = open_cohort("3", HOUSE)
    assert cohort.params.network is None and cohort.params.identified and cohort.waves == ["programme_end"]
    assert noted(notes) == (["link", "network", "waves"], [])


def test_whoever_reads_a_part_as_a_whole_reads_all_of_it(notes):
    open_cohort("1", HOUSE).params.cleaning.model_dump()
    assert noted(notes) == (["cleaning", "cleaning.*"], [])


def test_published_claims_are_noted(notes):
    read_claims(open_cohort("1", HOUSE))
    assert noted(notes) == (["claims", "languages"], [])


def test_by_hand_nothing_is_noted(monkeypatch):
    monkeypatch.delenv("FOLLOWUP_NOTES", raising=False)
    assert type(open_cohort("1", HOUSE).params).__name__ == "Params"


def test_a_changed_value_changes_its_key_and_the_whole_it_is_part_of():
    params = open_cohort("1", HOUSE).params
    margins = params.analysis.margins.model_copy(update={"scale": 0.4})
    other = params.model_copy(update={"analysis": params.analysis.model_copy(update={"margins": margins})})
    one, two = key_digests(params), key_digests(other)
    assert {key for key in one if one[key] != two[key]} == {
        "*",
        "analysis.*",
        "analysis.margins.*",
        "analysis.margins.scale",
    }
