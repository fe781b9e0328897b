"""make codebook: how much of a finished codebook is drafted, and how much of that is right; drafts load and name guesses."""

import csv
import io
from pathlib import Path

import pytest
import yaml
from codebook_score import EXPORTS, scores
from followup.cleaning.clean import clean_cohort
from followup.cleaning.ladders import whole_ladder
from followup.commands.codebook import draft_codebook, draft_text
from followup.problems import InputProblems
from followup.study.codebook import Codebook
from followup.study.cohort import open_cohort

SOURCES = sorted(path for path in EXPORTS.iterdir() if path.suffix in (".csv", ".xlsx", ".sav"))


@pytest.fixture(scope="module")
def counted() -> dict:
    return scores()


def test_seven_tenths_of_each_finished_codebook_are_drafted_and_seven_tenths_of_that_are_right(counted):
    assert len(counted) == 7
    for name, found in counted.items():
        assert found["drafted"] >= 0.7 * found["derivable"], (name, found)
        assert found["right"] >= 0.7 * found["drafted"], (name, found)
        assert found["right too"] >= 0.7 * found["with ladder"], (name, found)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_a_draft_is_a_codebook_that_loads(source):
    text, columns = draft_text("d", [source])
    book = Codebook.model_validate(yaml.load(text, Loader=yaml.CSafeLoader))
    assert len(book.items) in (3, 7)
    assert book.unwritten()


def written(folder: Path, name: str, rows: list[list[str]]) -> Path:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    (folder / name).write_text(text.getvalue(), encoding="utf-8")
    return folder / name


def draft(*sources: Path) -> dict:
    return yaml.load(draft_text("d", list(sources))[0], Loader=yaml.CSafeLoader)


def test_both_waves_together_give_scales_from_all_options_and_say_what_one_wave_asks(tmp_path):
    first = written(
        tmp_path, "a.csv", [["Code", "I plan", "I rest"], *([f"A{n}", str(1 + n % 2), "2"] for n in range(9))]
    )
    later = written(
        tmp_path, "b.csv", [["Code", "I plan", "I sing"], *([f"A{n}", str(4 + n % 4), "3"] for n in range(9))]
    )
    book = draft(first, later)
    (options,) = book["option_sets"].values()
    assert [one["code"] for one in options["options"]] == [1, 2, 3, 4, 5, 6, 7]
    items = book["scales"]["scale_1"]["items"]
    assert "waves" not in items["i_plan"]
    waves = list(book["waves"])
    assert (items["i_rest"]["waves"], items["i_sing"]["waves"]) == ([waves[0]], [waves[1]])


@pytest.mark.parametrize(
    ("chosen", "whole"),
    [
        (["מסכים", "לא מסכים"], ["מאוד לא מסכים", "לא מסכים", "ניטרלי", "מסכים", "מסכים מאוד"]),
        (["מסכים/ה", "מסכים/ה מאוד"], ["מאוד לא מסכים/ה", "לא מסכים/ה", "ניטרלי/ת", "מסכים/ה", "מסכים/ה מאוד"]),
        (["במידה רבה", "כלל לא"], ["כלל לא", "במידה מועטה", "במידה בינונית", "במידה רבה", "במידה רבה מאוד"]),
    ],
)
def test_ladders_in_hebrew_are_whole_in_the_form_that_was_met(chosen, whole):
    assert [rung.he for rung in whole_ladder(chosen)] == whole


@pytest.mark.parametrize(
    ("chosen", "whole"),
    [
        (["Agree", "Neutral"], ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"]),
        (
            ["Very satisfied", "Satisfied"],
            ["Very dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very satisfied"],
        ),
        (
            ["Very useful", "Slightly useful"],
            ["Not at all useful", "Slightly useful", "Moderately useful", "Very useful", "Extremely useful"],
        ),
        (["Often", "Never"], ["Never", "Rarely", "Sometimes", "Often", "Always"]),
    ],
)
def test_ladders_in_english_are_whole(chosen, whole):
    assert [rung.en for rung in whole_ladder(chosen)] == whole


def test_columns_of_ticks_are_one_question_and_the_columns_of_the_tool_are_set_aside(tmp_path):
    rows = [["record_id", "my_timestamp", "a1", "helped___1", "helped___2", "my_complete"]]
    rows += [[f"X{n}", f"2024-12-01 09:00:0{n}", str(1 + n % 5), str(n % 2), str(n % 3 and 1), "2"] for n in range(9)]
    book = draft(written(tmp_path, "r.csv", rows))
    assert book["respondent_headings"] == ["record_id"]
    assert book["submitted_headings"] == ["my_timestamp"]
    assert book["ignored_headings"] == ["my_complete"]
    assert book["questions"]["helped"]["kind"] == "many"
    assert [one["code"] for one in book["option_sets"]["choices_1"]["options"]] == [1, 2]


def test_a_placeholder_that_was_left_in_is_refused_at_build(tmp_path):
    data = tmp_path / "data" / "c"
    data.mkdir(parents=True)
    source = written(data, "a.csv", [["I plan", "I rest"], *([str(1 + n % 5), "2"] for n in range(9))])
    draft_codebook(source, "mine", tmp_path, ["he", "en"])
    (tmp_path / "params" / "c.yaml").write_text(
        'cohort: "c"\nquestionnaire: mine\ntitle: {he: א, en: A}\nsynthetic: true\nperiod: {programme: {he: א, en: A}}\n'
        "waves: {wave_1: {file: a.csv}}\nlink: unlinked\nanalysis: {registered: 2024-01-01}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputProblems, match="placeholder of the draft"):
        clean_cohort(open_cohort("c", tmp_path))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_a_draft_reads_the_export_that_it_was_drafted_from(source, tmp_path):
    """One anonymous wave: with the placeholders written every rating and every tick is read."""
    data = tmp_path / "data" / "c"
    data.mkdir(parents=True)
    (data / source.name).write_bytes(source.read_bytes())
    draft_codebook(source, "mine", tmp_path, ["he", "en"])
    book = tmp_path / "params" / "questionnaires" / "mine.yaml"
    book.write_text(book.read_text(encoding="utf-8").replace("TODO:", "Written:"), encoding="utf-8")
    (tmp_path / "params" / "c.yaml").write_text(
        'cohort: "c"\nquestionnaire: mine\ntitle: {he: א, en: A}\nsynthetic: true\nperiod: {programme: {he: א, en: A}}\n'
        f"waves: {{wave_1: {{file: {source.name}}}}}\nlink: unlinked\nanalysis: {{registered: 2024-01-01}}\n",
        encoding="utf-8",
    )
    clean = clean_cohort(open_cohort("c", tmp_path))
    responses, answers = clean.all("responses"), clean.all("answers")
    assert responses["value"].notna().all()
    assert responses["respondent"].nunique() == 24
    helped = answers[answers["value"].notna() & ~answers["question"].astype(str).str.contains("stage|where|g4q1")]
    assert len(helped) == 33  # ticks of the 17 people who ticked anything


@pytest.mark.parametrize(("name", "key"), [("7_spss.sav", "helped"), ("3_limesurvey_codes.csv", "g3q1")])
def test_four_columns_of_ticks_are_drafted_as_one_question(name, key):
    book = draft(EXPORTS / name)
    options = book["option_sets"][book["questions"][key]["options"]]["options"]
    assert (book["questions"][key]["kind"], [one["code"] for one in options]) == ("many", [1, 2, 3, 4])


def test_a_question_with_a_column_an_option_says_which_waves_asked_it_and_keeps_its_codes(tmp_path):
    grid = ["G01Q01[SQ001]", "G01Q01[SQ002]", "G01Q01[SQ003]"]
    ticks = ["G04Q05[SQ001]", "G04Q05[SQ002]"]
    own = ["id", "submitdate", "lastpage", "startlanguage", "seed"]

    def rows(asked_ticks: bool) -> list[list[str]]:
        answers = [[f"A{1 + n % 5}", f"A{2 + n % 3}", f"A{1 + n % 5}"] for n in range(20)]
        picked = [["Y" if n % 2 else "", "" if n % 3 else "Y"] if asked_ticks else [] for n in range(20)]
        kept = [[str(n), f"2025-01-{n + 1:02} 09:00:00", "3", "en", str(n)] for n in range(20)]
        heads = [*own, *grid, *(ticks if asked_ticks else [])]
        return [heads, *(a + b + c for a, b, c in zip(kept, answers, picked, strict=True))]

    sources = [written(tmp_path, f"{name}.csv", rows(name != "start")) for name in ("start", "middle", "end")]
    text = draft_text("d", sources)[0]
    book = yaml.load(text, Loader=yaml.CSafeLoader)
    assert book["questions"]["g04q05"]["waves"] == ["middle", "end"]
    options = book["option_sets"][book["questions"]["g04q05"]["options"]]["options"]
    assert [option["synonyms"] for option in options] == [["SQ001"], ["SQ002"]]  # words may replace the code
    assert list(book["scales"]["scale_1"]["items"]) == ["g01q01_sq001", "g01q01_sq002", "g01q01_sq003"]
    assert "g01q01_sq001:   # check: a code" in text
