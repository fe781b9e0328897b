"""The check of what is about to leave stops a build before anything is published, and is not done twice."""

from dataclasses import replace

import made_up_studies as made
import pandas as pd
import pytest
from followup.chain import release, warm_kernels
from followup.disclosure import release_check
from followup.problems import InputProblems, PageProblem
from followup.publish.publication import page_facts
from followup.study.cohort import Cohort, open_cohort
from followup.study.params import Disclosure

WAVES = ("programme_end", "follow_up")


def kept(root, second: list[int], level: str = "usual") -> Cohort:
    """What notebooks leave of 28 people who answered d1 with 3 or 4, and then like `second`: tables by hand.

    Half of them rose by one: the 90% t interval is 0.34 to 0.66, outward 0.3 to 0.7. Where everyone rose by one there
    is no interval, and its absence tells that all changes are alike.
    """
    first = [3] * 14 + [4] * 14
    people, others = made.names(1, 28), {"d2": 3, "r1": 3, "r2": 3, "r3": 3}
    waves = {
        wave: made.answered(people, d1=given, **others) for wave, given in zip(WAVES, (first, second), strict=True)
    }
    cohort = replace(made.cohort(), root=root)
    policy = cohort.params.disclosure.model_copy(update={"precision": level})
    cohort = replace(cohort, params=cohort.params.model_copy(update={"disclosure": policy}))
    change = (sum(second) - sum(first)) / 28
    row = {
        "kind": "item", "measure": "d1", "group": "all", "compared_with": WAVES[0], "wave": WAVES[1],
        "n_earlier": 28, "n_later": 28, "n_linked": 28,
        "change": round(change, 1), "margin": 0.5, "verdict": "described", "hidden": False,
        "ci90_low": 0.3 if change == 0.5 else None, "ci90_high": 0.7 if change == 0.5 else None,
    }  # fmt: skip
    levels = pd.DataFrame(
        [
            {
                "measure": "d1",
                "wave": wave,
                "n": 28,
                "n_low": 0,
                "n_middle": given.count(3),
                "n_high": 28 - given.count(3),
            }
            for wave, given in zip(WAVES, (first, second), strict=True)
        ]
    )
    results = cohort.private / "results"
    results.mkdir(parents=True, exist_ok=True)
    pd.DataFrame([row]).to_csv(results / "changes.csv", index=False)
    levels.to_csv(results / "items.csv", index=False)
    levels.iloc[:0].to_csv(results / "levels.csv", index=False)
    cohort.keep("responses", made.responses(waves))
    cohort.keep("participants", made.participants(waves, {}))
    return cohort


ALL_ROSE = [4] * 14 + [5] * 14
HALF_ROSE = [3, 4] * 7 + [4, 5] * 7


def test_a_build_stops_with_the_measure_and_the_line_to_paste(tmp_path):
    with pytest.raises(InputProblems) as stop:
        release.check_release(kept(tmp_path, ALL_ROSE))
    [problem] = stop.value.problems
    assert "d1 (all): everyone's change" in problem.what
    assert problem.remedy.endswith("disclosure:\n          precision: no_interval")
    assert problem.file == "params/made-up.yaml"


def test_the_line_that_was_pasted_is_enough(tmp_path):
    release.check_release(kept(tmp_path, ALL_ROSE, level="no_interval"))


@pytest.mark.parametrize("second", [ALL_ROSE, HALF_ROSE])
def test_a_verdict_is_remembered_until_a_table_or_an_answer_changes(tmp_path, monkeypatch, second):
    looked = []
    broken = release_check.Release.broken
    monkeypatch.setattr(release_check.Release, "broken", lambda self: looked.append(1) or broken(self))
    cohort = kept(tmp_path, second)
    said = [_said(cohort), _said(cohort)]
    assert said[0] == said[1]
    assert len(looked) == 1
    _said(kept(tmp_path, [4] * 28 if second != HALF_ROSE else ALL_ROSE))
    assert len(looked) == 2


def test_what_could_not_be_decided_is_said_stops_nothing_and_is_looked_at_again(tmp_path, monkeypatch):
    monkeypatch.setattr(release_check, "ALTOGETHER", -1.0)
    cohort = kept(tmp_path, HALF_ROSE)
    assert release.check_release(cohort) == ["d1 (all): there was no time to decide"]
    monkeypatch.undo()
    assert release.check_release(cohort) == []


def test_a_time_that_is_up_in_the_middle_finds_nobody(tmp_path, monkeypatch):
    """However slow the machine: what could not be shown to hold was not found not to hold."""
    cohort = kept(tmp_path, HALF_ROSE)
    for seconds in (0.0, 0.01):
        monkeypatch.setattr(release_check, "SECONDS", seconds)
        assert set(release.check_release(cohort)) <= {"d1 (all): there was no time to decide"}


def test_a_table_of_other_answers_is_not_decided(tmp_path):
    """An analyst left somebody out of the table of changes, or compares something that no one question asks."""
    cohort = kept(tmp_path, HALF_ROSE)
    changes = cohort.private / "results" / "changes.csv"
    for old, new in ((",28,28,28,0.5,", ",27,27,27,0.5,"), (",0.5,", ",0.9,"), ("item,d1,", "item,both_together,")):
        told = changes.read_text()
        changes.write_text(told.replace(old, new, 1))
        [said] = release.check_release(cohort)
        assert "the table is not made of these answers but of others; what to do: " in said
        changes.write_text(told)


def test_more_digits_than_the_rules_allow_are_no_input_of_the_institutes(tmp_path):
    cohort = kept(tmp_path, HALF_ROSE)
    changes = cohort.private / "results" / "changes.csv"
    changes.write_text(changes.read_text().replace(",28,28,28,0.5,", ",28,28,28,0.5001,"))
    with pytest.raises(PageProblem, match="change leaves with more digits than"):
        release.check_release(cohort)


def test_without_a_table_of_changes_there_is_nothing_to_check(tmp_path):
    cohort = kept(tmp_path, HALF_ROSE)
    (cohort.private / "results" / "changes.csv").unlink()
    assert release.check_release(cohort) == []


def _said(cohort: Cohort) -> str:
    try:
        release.check_release(cohort)
    except InputProblems as stop:
        return str(stop)
    return ""


def test_beyond_eighty_people_no_answers_are_read(tmp_path):
    cohort = kept(tmp_path, HALF_ROSE)
    changes = cohort.private / "results" / "changes.csv"
    changes.write_text(changes.read_text().replace(",28,28,28,", ",81,81,81,"))
    for table in (cohort.private / "tables").glob("*.csv"):
        table.unlink()
    assert release.check_release(cohort) == []


@pytest.mark.skipif(not warm_kernels.CAN_FORK, reason="no process is forked here")
def test_a_process_of_its_own_checks_and_this_one_reads_what_it_found(small, monkeypatch):
    monkeypatch.setenv("FOLLOWUP_ROOT", str(small.root))
    cohort = open_cohort("small")
    (cohort.private / "release_check.json").unlink()
    monkeypatch.setattr(release, "_checked", None)  # nothing is checked here
    with warm_kernels.warm([]):
        assert release.check_beside(cohort) == []
    assert (cohort.private / "release_check.json").is_file()


def test_where_that_process_fails_it_is_checked_here(tmp_path, monkeypatch):
    with warm_kernels.warm([]):
        monkeypatch.setattr(release, "__name__", "followup.chain.nowhere")
        with pytest.raises(InputProblems, match="everyone's change"):
            release.check_beside(kept(tmp_path, ALL_ROSE))


def test_nothing_is_published_and_the_last_pages_stay(small):
    """The check of a copy is made to find somebody: exit code 2, and a line at the top of the pages that stand."""
    before = small.result("small", "changes")
    small.replace(
        "notebooks/followup/disclosure/release_check.py",
        "        found = _all_broken(",
        '        return [Broken("drive", "all", ("everyone\'s change",))]\n        found = _all_broken(',
    )
    done = small.build("small")
    assert done.code == 2, done.err
    assert "drive (all): everyone's change" in done.err
    assert "precision: " in done.err
    assert small.result("small", "changes").equals(before)
    assert "there are problems in the input" in small.page("small", "en")


# ------------------------------------------------------------ a policy weaker than usual


@pytest.mark.parametrize(("language", "label"), [("en", "Weaker protection than usual"), ("he", "הגנה חלשה מן הרגיל")])
def test_that_protection_is_weaker_than_usual_stands_at_the_top_of_the_page(small, language, label, monkeypatch):
    monkeypatch.setenv("FOLLOWUP_ROOT", str(small.root))
    opened, why = open_cohort("small"), "Both ministries agreed in writing"
    assert label not in dict(page_facts(opened, language, {}).masthead)
    policy = Disclosure(weaker_than_usual=why, least_group=4, least_cell=3)
    weaker = replace(opened, params=opened.params.model_copy(update={"disclosure": policy}))
    said = dict(page_facts(weaker, language, {}).masthead)[label]
    assert why in said
    assert "4" in said and "3" in said
