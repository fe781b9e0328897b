"""The plan as a document: written without any answer, fixed once, and what was changed afterwards is listed."""

import json
import shutil
from datetime import date
from pathlib import Path

import made_up_studies as made
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from followup.analysis.comparison import Comparison
from followup.commands import plan as command
from followup.problems import InputProblems
from followup.report import plan_document
from followup.report.plan import plan_table, settled_late
from followup.statistics.power import chances, planned_error, smallest_found
from followup.store.freshness import fingerprint
from followup.study import fixed_plan
from followup.study.cohort import open_cohort

HOUSE = Path(__file__).parents[2]
LATER = pd.DataFrame({"wave": ["follow_up"], "day": ["2016-11-05"]})


@pytest.fixture
def root(tmp_path) -> Path:
    """A place with the params of cohort 1 and no answer at all."""
    shutil.copytree(HOUSE / "params", tmp_path / "params")
    return tmp_path


def edited(root: Path, old: str, new: str) -> None:
    path = root / "params" / "1.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def settled(root: Path) -> dict[str, list[str]]:
    """The rows of the report's plan by setting, in English and without the signs that keep numbers in order."""
    comparison, rows = plan_document.before_answers(open_cohort("1", root)), {}
    for row in plan_table(comparison, LATER).itertuples():
        rows.setdefault(row.setting_en, []).append(row.settled_en.replace("\u2066", "").replace("\u2069", ""))
    return rows


def test_pages_are_made_without_an_answer(root, monkeypatch, capsys):
    monkeypatch.setattr(plan_document, "REPLICATES", 50)
    pages = command.write(open_cohort("1", root))
    assert [page.name for page in pages] == ["plan.he.html", "plan.en.html"]
    assert "a scale, 75% answer: 29" in capsys.readouterr().out
    soup = BeautifulSoup(pages[1].read_text(encoding="utf-8"), "html.parser")
    text = soup.get_text(" ")
    for said in ("Motivation to promote digitisation", "Margin for “preserved”", "not fixed yet", "twice the margin"):
        assert said in text
    assert len(soup.find_all("table")) == 4


def test_the_smallest_change_found_by_hand():
    """29 of 39, SD 0.65, r = .5: an error of 0.65 / √29 = 0.1207; at .05/6 two-sided t(28) is 2.84 and 80% power adds
    0.87 errors: about 3.7 of them.
    """
    least = smallest_found(planned_error(0.65, 0.5, 29), tests=6)
    assert least == pytest.approx(3.7 * 0.1207, abs=0.01)
    assert chances(least, (0.65, 0.5), (29, 0, 0), margin=0.3, tests=6).told == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize("people", [(0, 30, 26), (20, 10, 8)])
def test_the_smallest_change_is_found_four_times_in_five_however_waves_are_linked(people):
    least = smallest_found(planned_error(0.65, 0.5, *people), tests=6)
    assert chances(least, (0.65, 0.5), people, margin=0.3, tests=6).told == pytest.approx(0.8, abs=0.03)


def test_at_the_margin_preserved_is_told_at_its_level_at_most():
    found = chances(-0.3, (0.65, 0.5), (60, 0, 0), margin=0.3, tests=1)
    assert found.preserved <= 0.06
    assert found.told + found.wrong + found.preserved + found.inconclusive == pytest.approx(1)


def test_a_plan_is_fixed_once_and_what_was_changed_afterwards_is_listed(root):
    fixed = fixed_plan.fix(open_cohort("1", root), date(2016, 10, 20))
    held = json.loads((root / "params" / "plans" / "1.json").read_text(encoding="utf-8"))
    assert (held["fixed_on"], held["sha256"]) == ("2016-10-20", fixed.digest)
    assert settled(root)["Changed after the plan was fixed"] == ["nothing"]
    edited(root, "margins: {scale: 0.3, item: 0.5}", "margins: {scale: 0.4, item: 0.5}")
    assert settled(root)["Changed after the plan was fixed"] == ["margins.scale: 0.3 → 0.4"]
    with pytest.raises(InputProblems, match="2016-10-20"):
        fixed_plan.fix(open_cohort("1", root), date(2016, 10, 21))


def test_a_scale_that_lost_a_statement_is_a_change(root):
    fixed_plan.fix(open_cohort("1", root), date(2016, 10, 20))
    before = fixed_plan.read_plan(open_cohort("1", root))
    earlier = before._replace(settings=before.settings | {"scales.motivation": ["motivation_promote"]})
    [one] = fixed_plan.changed(earlier, open_cohort("1", root))
    assert (one.setting, one.was) == ("scales.motivation", ["motivation_promote"])
    assert "motivation_weary (reversed)" in one.now


def test_a_plan_fixed_after_the_first_follow_up_answer_says_so(root):
    comparison = plan_document.before_answers(open_cohort("1", root))
    assert not settled_late(comparison, LATER)
    fixed_plan.fix(open_cohort("1", root), date(2016, 11, 20))
    assert settled_late(comparison, LATER)
    assert "after the first answer" in settled(root)["Settled on"][0]


def test_a_file_edited_by_hand_is_refused(root):
    fixed_plan.fix(open_cohort("1", root), date(2016, 11, 20))
    path = root / "params" / "plans" / "1.json"
    path.write_text(path.read_text(encoding="utf-8").replace("2016-11-20", "2016-10-01"), encoding="utf-8")
    with pytest.raises(InputProblems, match="edited after it was fixed"):
        fixed_plan.read_plan(open_cohort("1", root))


def test_the_report_is_stale_once_the_plan_is_fixed(root):
    before = fingerprint(root, "1")
    fixed_plan.fix(open_cohort("1", root), date(2016, 10, 20))
    assert fingerprint(root, "1") != before


def test_where_nobody_knows_how_many_are_asked_numbers_of_people_stand_for_rates():
    found = plan_document.sizes(made.cohort("unlinked", roster=None))
    assert [people for _, people in found] == [(0, 20, 20), (0, 40, 40), (0, 80, 80)]
    assert [people for _, people in plan_document.sizes(made.cohort("by_id"))] == [(23, 0, 0), (29, 0, 0), (35, 0, 0)]


def test_before_any_answer_there_is_nothing_to_compare_and_no_failure():
    assert isinstance(plan_document.before_answers(made.cohort("by_id")), Comparison)
