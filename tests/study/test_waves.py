"""Waves are what the codebook and the params name: which pairs are compared, and what is refused, in the study's words."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml
from followup.problems import InputProblems
from followup.study.cohort import open_cohort
from followup.study.waves import responded, together

COHORTS = Path(__file__).resolve().parents[1] / "cohorts"


def study(root: Path, params: dict | None = None, codebook: dict | None = None):
    """The nurses' study, opened, with some keys of its params or its codebook exchanged; {} takes a key away."""
    (root / "params" / "questionnaires").mkdir(parents=True)
    for name, changed, target in (
        ("params", params, root / "params" / "nurses.yaml"),
        ("codebook", codebook, root / "params" / "questionnaires" / "nurses.yaml"),
    ):
        shutil.copy(COHORTS / "nurses" / f"{name}.yaml", target)
        if changed:
            found = yaml.safe_load(target.read_text(encoding="utf-8")) | changed
            text = yaml.safe_dump(found, allow_unicode=True, sort_keys=False)
            target.write_text(text, encoding="utf-8")
    return open_cohort("nurses", root)


def params(**changed) -> dict:
    return yaml.safe_load((COHORTS / "nurses" / "params.yaml").read_text(encoding="utf-8")) | changed


def plan(**changed) -> dict:
    return {"analysis": params()["analysis"] | changed}


def pairs(cohort) -> list[tuple[str, str]]:
    return [pair.in_order for pair in cohort.pairs]


def refused(root: Path, **changed) -> str:
    with pytest.raises(InputProblems) as stop:
        study(root, **changed)
    assert len(stop.value.problems) == 1
    assert stop.value.problems[0].remedy
    return str(stop.value)


# Which pairs ---------------------------------------------------------------------------------------------------------


def test_the_last_with_the_first_and_of_three_each_with_the_one_before(tmp_path):
    assert pairs(study(tmp_path)) == [("before", "six_months"), ("before", "after"), ("after", "six_months")]


def test_the_plan_names_the_pairs_in_its_own_order(tmp_path):
    named = [{"wave": "after", "compared_with": "before"}, {"wave": "six_months", "compared_with": "after"}]
    assert pairs(study(tmp_path, plan(pairs=named))) == [("before", "after"), ("after", "six_months")]


def test_a_pair_whose_wave_is_still_to_come_waits_for_it(tmp_path):
    waves = {name: wave for name, wave in params()["waves"].items() if name != "six_months"}
    named = [{"wave": "six_months", "compared_with": "before"}, {"wave": "after", "compared_with": "before"}]
    assert pairs(study(tmp_path, {"waves": waves} | plan(pairs=named))) == [("before", "after")]


@pytest.mark.parametrize(
    ("waves", "expected"),
    [
        (["before"], []),
        (["before", "after"], [("before", "after")]),
        (["after", "six_months"], [("after", "six_months")]),
    ],
)
def test_fewer_waves_than_the_codebook_knows(waves, expected, tmp_path):
    kept = {name: wave for name, wave in params()["waves"].items() if name in waves}
    assert pairs(study(tmp_path, {"waves": kept})) == expected


def test_six_waves_and_no_seventh(tmp_path):
    words = {f"w{n}": {"en": f"Wave {n}", "when": {"en": f"in wave {n}"}} for n in range(1, 8)}
    files = {wave: {"file": f"{wave}.csv"} for wave in words}
    scales = yaml.safe_load((COHORTS / "nurses" / "codebook.yaml").read_text(encoding="utf-8"))["scales"]
    asked = {"scales": {"confidence": scales["confidence"]}, "questions": {}, "findings": {}}
    known = plan(families={}, gaps=[]) | {"period": {}}
    six = {wave: words[wave] for wave in list(words)[:6]}
    cohort = study(tmp_path, known | {"waves": {wave: files[wave] for wave in six}}, asked | {"waves": six})
    assert pairs(cohort) == [("w1", "w6"), *((f"w{n}", f"w{n + 1}") for n in range(1, 6))]
    assert "6" in refused(tmp_path / "seven", params=known | {"waves": files}, codebook=asked | {"waves": words})


# What is refused -----------------------------------------------------------------------------------------------------


def closed(**days) -> dict:
    return {"waves": {wave: about | ({"closed": days[wave]} if wave in days else {}) for wave, about in WAVES.items()}}


WAVES = params()["waves"]


def test_waves_out_of_the_order_of_their_dates(tmp_path):
    said = refused(tmp_path, params=closed(after=WAVES["before"]["closed"].replace(year=2024)))
    assert "“After the course” comes after “Before the course” in the codebook, but was closed before it" in said
    assert "waves.after.closed" in said


def test_two_waves_with_one_file_and_nothing_that_tells_their_rows_apart(tmp_path):
    waves = {wave: about | {"file": "answers.csv"} for wave, about in WAVES.items() if wave != "six_months"}
    said = refused(tmp_path, params={"waves": waves})
    assert "“Before the course” and “After the course” are read from one file" in said
    assert 'only: {"heading of a column": "what stands there"}' in said
    told_apart = {wave: about | {"only": {"When": wave}} for wave, about in waves.items()}
    assert pairs(study(tmp_path / "told apart", {"waves": told_apart})) == [("before", "after")]


def test_a_planned_pair_that_shares_no_question(tmp_path):
    alone = {
        "use_of_course": {
            "en": "Use",
            "about": {"en": "High"},
            "options": "agreement",
            "items": {"one": {"en": "One", "waves": ["before"]}, "two": {"en": "Two", "waves": ["after"]}},
        }
    }
    named = [{"wave": "after", "compared_with": "before"}]
    said = refused(
        tmp_path,
        params=plan(pairs=named, families={}, gaps=[]),
        codebook={"scales": alone, "findings": {}},
    )
    assert "“Before the course” and “After the course” share no statement" in said


def test_a_wave_of_the_plan_that_the_codebook_lacks(tmp_path):
    said = refused(tmp_path, params=plan(pairs=[{"wave": "six_month", "compared_with": "before"}]))
    assert "the codebook has no such wave" in said
    assert "did you mean “six_months”?" in said


def test_a_pair_the_wrong_way_round_and_a_pair_named_twice(tmp_path):
    said = refused(tmp_path / "round", params=plan(pairs=[{"wave": "before", "compared_with": "after"}]))
    assert "“Before the course” does not come after “After the course”" in said
    twice = [{"wave": "after", "compared_with": "before"} for _ in range(2)]
    assert "named twice" in refused(tmp_path / "twice", params=plan(pairs=twice))


def test_a_period_that_is_no_wave(tmp_path):
    said = refused(tmp_path, params={"period": params()["period"] | {"afterwards": {"en": "Later"}}})
    assert "this is neither “programme” nor a wave" in said


def test_a_statement_asked_in_a_wave_that_there_is_not(tmp_path):
    questions = {"wish": {"en": "What?", "kind": "text", "waves": ["later"]}}
    said = refused(tmp_path, codebook={"questions": questions})
    assert "wish names waves that there are not: later; there are before, after, six_months" in said


# Who answered which --------------------------------------------------------------------------------------------------


def test_who_answered_which_waves():
    people = pd.DataFrame({"answered": [together(["a", "b"]), "a", "", "b", None, "ab"]})
    assert responded(people, "a").tolist() == [True, True, False, False, False, False]
    assert responded(people, "a", "b").tolist() == [True, False, False, False, False, False]
    assert responded(people.iloc[:0], "a").tolist() == []
