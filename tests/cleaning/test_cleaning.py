"""Cleaning by hand-made cohorts of four people: every rule, every line of the log, every row and cell."""

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Literal, get_args, get_origin

import openpyxl
import pandas as pd
import pytest
from cohort_copies import END, HOUSE, LATER, TINY_ROSTER, Tiny, answers, logged, well, who
from followup.analysis.answers import score_waves
from followup.cleaning import accounting
from followup.cleaning.answer_labels import OptionReader, read_time, time_zone
from followup.cleaning.attrition import attrition
from followup.cleaning.clean import with_waves
from followup.cleaning.cleaning_log import Log, inert
from followup.cleaning.submissions import SET_ASIDE
from followup.language import LANGUAGES
from followup.problems import InputProblems, Problem
from followup.report.charts.response_charts import attrition_bars
from followup.study.cohort import open_cohort
from followup.study.params import Cleaning
from followup.words import vocabulary
from followup.words.cleaning_rules import RULES
from tables_of_notebooks import of_cleaning

RLM = "\u200f"


def test_the_good_cohort_as_it_stands(tmp_path):
    clean = Tiny(tmp_path).clean()
    assert answers(clean, "programme_end") == {"A1": [1, 2, 3], "A2": [2, 2, 2], "A3": [3, 1, 1]}
    assert answers(clean, "follow_up") == {"A1": [2, 2, 3], "A2": [3, 2, 2], "A4": [1, 1, 1]}
    drinks = clean.all("answers").set_index("respondent")
    assert drinks.loc[[who(clean)["A1"], who(clean)["A2"]], "value"].tolist() == [1, 3]
    assert drinks.loc[who(clean)["A4"], "missing_reason"] == "no_answer"
    assert clean.participants["team"].tolist() == ["red", "red", "blue", "blue"]


# Every rule of the log ---------------------------------------------------------------------------------------------


def third(first_answer: str) -> str:
    """The programme-end export, the third person's first answer being another; that is row 4."""
    return END.replace("A3,2024-01-03,3", f"A3,2024-01-03,{first_answer}")


def fifth(row: str) -> str:
    """The programme-end export with a fourth submission, which is row 5."""
    return f"{END}{row}\n"


def titled() -> bytes:
    """The programme-end export as a workbook with a title in merged cells above the headings."""
    book = openpyxl.Workbook()
    for row in [["Answers of the first wave"], *(line.split(",") for line in END.split())]:
        book.active.append(row)
    book.active.merge_cells("A1:E1")
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


QUALTRICS = (
    "StartDate,EndDate,Status,Progress,Finished,RecordedDate,ResponseId,Code,rest,hurry,sleep,drink\n"
    "2024-06-01 09:00:00,2024-06-01 09:00:00,IP Address,100,True,2024-06-01 09:00:00,R_1,A1,-99,2,3,Tea\n"
)
ANOTHER_YEAR = TINY_ROSTER.replace("Team\n", "Team,Year\n").replace("d\n", "d,1\n").replace("e\n", "e,1\n")
TIES = "wave,from,to,kind\nfollow_up,A1,A2,advice\nfollow_up,A1,A1,advice\nfollow_up,A1,A2,advice\n"
NETWORK = {
    "network": "{ties: ties.csv, meetings: meetings.csv}",
    "files": {"ties.csv": TIES, "meetings.csv": "meeting,date,participant\n1,2024-02-01,A1\n"},
}
TWO_HEADING_ROWS = END.replace("Code,Time,rest,hurry,sleep", "Code,Time,How are you?,,\n,,rest,hurry,sleep")
WORDS = "Code,Time,rest,hurry,sleep\nA1,2024-01-01,A little,Somewhat,Much\nA2,2024-01-02,Somewhat,Somewhat,Somewhat\n"
UNLINKED = {"later": None, "link": "unlinked"}


def asked(question: str, text: str) -> str:
    """A file whose statements are a grid under this question."""
    return text.replace("rest,hurry,sleep", ",".join(f"{question} [I {verb}]" for verb in ("rest", "hurry", "sleep")))


# For each rule a cohort that meets it, and where its line must stand: file and row.
WAYS = {
    "blank_row": ({"end": fifth(",,,,")}, "programme_end.csv", 5),
    "other_wave": (
        {
            "end": "Code,rest,hurry,sleep,wave\nA1,1,1,1,1\nA1,2,2,2,2\n",
            "programme_end": '{file: programme_end.csv, only: {wave: "1"}}',
        },
        "programme_end.csv",
        3,
    ),
    "other_cohort": (
        {
            "roster": ANOTHER_YEAR + "B1,Eve,Red,2\n",
            "roster_is": '{file: roster.csv, participant: Code, participants: 4, only: {Year: "1"}}',
        },
        "roster.csv",
        6,
    ),
    "preview": ({"end": fifth("test,,3,3,3")}, "programme_end.csv", 5),
    "no_answers": ({"end": fifth("A4,2024-01-02,,99,")}, "programme_end.csv", 5),
    "too_few_answers": (
        {"end": fifth("A4,2024-01-02,3,,"), "cleaning": "{least_answered: 0.5}"},
        "programme_end.csv",
        5,
    ),
    "no_id": ({"end": fifth(",2024-01-02,3,3,3")}, "programme_end.csv", 5),
    "not_on_roster": ({"end": fifth("Z9,,3,3,3"), "cleaning": "{not_on_roster: quarantine}"}, "programme_end.csv", 5),
    "duplicate": ({"end": fifth("A3,2024-01-04,3,3,3")}, "programme_end.csv", 4),
    "duplicate_kept": ({"end": fifth("A3,2024-01-04,3,3,3")}, "programme_end.csv", 5),
    "partial_kept": ({"end": fifth("A4,2024-01-02,3,,")}, "programme_end.csv", 5),
    "no_group": ({"end": "Team,rest,hurry,sleep\nRed,1,2,3\n,3,2,1\n", **UNLINKED}, "programme_end.csv", 3),
    "no_time": ({"end": fifth("A4,,3,3,3")}, "programme_end.csv", 5),
    "id_folded": ({"end": END.replace("A3", " a3 ")}, "programme_end.csv", 4),
    "id_corrected": ({"end": END.replace("A3", "A-9"), "cleaning": '{ids: {"A-9": "A3"}}'}, "programme_end.csv", 4),
    "heading_folded": ({"end": END.replace("rest", f"REST{RLM}")}, "programme_end.csv", 1),
    "invisible_signs": ({"end": third(f"Much{RLM}")}, "programme_end.csv", 4),
    "other_digits": ({"end": third("٣")}, "programme_end.csv", 4),
    "synonym": ({"end": third("So so")}, "programme_end.csv", 4),
    "spelling": ({"end": third("Mach"), "cleaning": "{spellings: {Mach: Much}}"}, "programme_end.csv", 4),
    "number_for_label": ({"end": END.replace("A2,2024-01-02,2", "A2,2024-01-02,Much")}, "programme_end.csv", 4),
    "no_answer": ({"end": third("")}, "programme_end.csv", 4),
    "missing_label": ({"end": third("Don't know")}, "programme_end.csv", 4),
    "user_missing": ({"later": QUALTRICS}, "follow_up.csv", 2),
    "contradiction": ({"later": LATER.replace("Nothing", "Tea;Nothing")}, "follow_up.csv", 3),
    "heading_ignored": ({"end": END.replace("sleep\n", "sleep,Seed\n")}, "programme_end.csv", 1),
    "heading_missing": ({}, "programme_end.csv", 1),
    "free_text": ({"end": END.replace("sleep\n", "sleep,Notes\n")}, "programme_end.csv", 1),
    "self_nomination": (NETWORK, "ties.csv", 3),
    "repeated_row": (NETWORK, "ties.csv", 4),
    "read_as": ({}, "programme_end.csv", None),
    "excel_text": ({"end": END.replace("A1,", '"=""A1""",')}, "programme_end.csv", None),
    "encoding": ({"end": END.encode("utf-16")}, "programme_end.csv", None),
    "delimiter": ({"end": END.replace(",", ";")}, "programme_end.csv", None),
    "line_ends": ({"end": END.replace("\n", "\r")}, "programme_end.csv", None),
    "separator_line": ({"end": f"sep=,\n{END}"}, "programme_end.csv", None),
    "title_row": (
        {"end": None, "programme_end": "{file: end.xlsx}", "files": {"end.xlsx": titled()}},
        "end.xlsx",
        1,
    ),
    "heading_row": (
        {"end": TWO_HEADING_ROWS, "programme_end": "{file: programme_end.csv, header_rows: 2}"},
        "programme_end.csv",
        2,
    ),
    "heading_unnamed": ({"end": END.replace("Time,", "Time,,").replace("2024-", ",2024-")}, "programme_end.csv", 1),
    "trailing_separator": ({"end": re.sub(r"(\d)\n", r"\1,\n", END)}, "programme_end.csv", None),
    "row_filled": ({"end": END.replace("2,2,2", "2")}, "programme_end.csv", 3),
    "spam": ({"later": QUALTRICS + QUALTRICS.split("\n")[1].replace("IP Address", "Spam") + "\n"}, "follow_up.csv", 3),
    "columns_joined": (
        {
            "end": END.replace("rest,", "rest,rest,")
            .replace("A1,2024-01-01,", "A1,2024-01-01,,")
            .replace("A2,2024-01-02,2", "A2,2024-01-02,2,")
            .replace("A3,2024-01-03,3", "A3,2024-01-03,3,"),
            "programme_end": '{file: programme_end.csv, join: {rest: ["rest (column D)"]}}',
        },
        "programme_end.csv",
        2,
    ),
    "other_text": (
        {"book": ("en: Nothing, exclusive: true", "en: Other, other: true"), "later": LATER.replace("Tea", "Milk")},
        "follow_up.csv",
        2,
    ),
    "bare_numbers": ({"end": WORDS}, "follow_up.csv", None),
    "accepted_bare_numbers": (
        {
            "end": WORDS,
            "later": LATER.replace("3", "2"),
            "follow_up": "{file: follow_up.csv, accepted: [bare_numbers]}",
        },
        "follow_up.csv",
        None,
    ),
    "accepted_other_question": (
        {
            "end": asked("How true?", END),
            "later": asked("How important is this?", LATER),
            "follow_up": "{file: follow_up.csv, accepted: [other_question]}",
        },
        "follow_up.csv",
        1,
    ),
    "accepted_dates": (
        {"later": LATER.replace("2024-06", "2023-06"), "follow_up": "{file: follow_up.csv, accepted: [dates]}"},
        "follow_up.csv",
        2,
    ),
    "time_zone": ({"end": END.replace("2024-01-03", "2024-01-03 09:00:00 CET")}, "programme_end.csv", None),
}


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_an_export_that_meets_it(rule, tmp_path):
    changes, file, row = WAYS[rule]
    study = Tiny(tmp_path, **{key: value for key, value in changes.items() if key != "book"})
    lines = logged(study.codebook(*changes.get("book", ())).clean(), file=file, rule=rule)
    assert len(lines) >= 1
    assert row is None or row in lines["row"].tolist()


def test_every_rule_has_words_in_both_languages_and_no_other_rule_can_be_logged():
    words = vocabulary.Vocabulary(well("1") and open_cohort("1", HOUSE).codebook)
    for rule in [*RULES, *SET_ASIDE, "participants", "sent_nothing", "not_asked", "no_answer_counts", "one_wave_only"]:
        assert words(rule, "he") != words(rule, "en") != rule
    with pytest.raises(KeyError, match="is not a rule"):
        Log().add("guessed", "a.csv")


def test_how_often_each_rule_was_applied_is_counted_by_file(tmp_path):
    used = of_cleaning("rules", Tiny(tmp_path, end=third("")).clean())
    assert used.query("file == 'data/tiny/programme_end.csv' and rule == 'no_answer'")["n"].tolist() == [1]
    assert "read_as" not in set(used["rule"])


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+x", "'+x"),
        ("-x", "'-x"),
        ("@x", "'@x"),
        ("-99", "-99"),
        ("-", "-"),
        ("+3.5", "+3.5"),
        ("x=1", "x=1"),
    ],
)
def test_no_text_in_the_log_is_a_formula(typed, written):
    assert inert(typed) == written


# Every rule of the params ------------------------------------------------------------------------------------------


def test_previews_are_the_words_that_the_params_list(tmp_path):
    tiny = Tiny(
        tmp_path, end=END + "trial,,3,3,3\nTEST,,3,3,3\n", cleaning="{previews: [Trial], not_on_roster: quarantine}"
    )
    log = tiny.clean().log
    assert log.loc[log["rule"].isin(["preview", "not_on_roster"]), ["row", "rule"]].to_numpy().tolist() == [
        [5, "preview"],
        [6, "not_on_roster"],
    ]


THRICE = "Code,Time,rest,hurry,sleep\nA1,2024-01-03,2,2,2\nA1,2024-01-09,3,,\nA1,2024-01-01,1,1,1\n"


@pytest.mark.parametrize(
    ("rule", "counts"), [("last_complete", [2, 2, 2]), ("last", [3, None, None]), ("first", [1, 1, 1])]
)
def test_of_several_submissions_one_counts_by_its_time_not_its_place(rule, counts, tmp_path):
    clean = Tiny(tmp_path, end=THRICE, cleaning=f"{{duplicates: {rule}}}").clean()
    assert answers(clean, "programme_end") == {"A1": counts}
    assert logged(clean, rule="duplicate")["became"].str.contains(rule).all()
    assert len(logged(clean, rule="duplicate")) == 2
    assert len(logged(clean, rule="duplicate_kept")) == 1


def test_two_submissions_may_be_refused(tmp_path):
    problem = Tiny(tmp_path, end=THRICE, cleaning="{duplicates: reject}").problem()
    assert (problem.row, problem.more_rows, problem.column, problem.value) == (2, (3, 4), "Code", "A1")
    assert "duplicates: last_complete" in problem.remedy


def test_without_times_the_later_row_is_the_last(tmp_path):
    export = "Code,rest,hurry,sleep\nA1,1,1,1\nA1,2,2,2\n"
    assert answers(Tiny(tmp_path, end=export).clean(), "programme_end") == {"A1": [2, 2, 2]}


def test_if_none_is_complete_the_last_one_counts(tmp_path):
    export = "Code,Time,rest,hurry,sleep\nA1,2024-01-03,2,,\nA1,2024-01-01,1,,\n"
    assert answers(Tiny(tmp_path, end=export).clean(), "programme_end") == {"A1": [2, None, None]}


def test_a_submission_that_was_sent_counts_before_a_later_one_that_was_not(tmp_path):
    headings, row = QUALTRICS.split("\n")[:2]
    unsent = row.replace("True", "False").replace("2024-06-01", "2024-06-02").replace("-99", "3")
    clean = Tiny(tmp_path, later=f"{headings}\n{row.replace('-99', '1')}\n{unsent}\n").clean()
    assert answers(clean, "follow_up") == {"A1": [1, 2, 3]}


STRANGER = fifth("Z9,2024-01-02,3,3,3")


def test_a_stranger_is_refused_unless_the_params_set_strangers_aside(tmp_path):
    problem = Tiny(tmp_path / "1", end=STRANGER).problem()
    assert (problem.file, problem.row, problem.column, problem.value) == (
        "data/tiny/programme_end.csv",
        5,
        "Code",
        "Z9",
    )
    assert "cleaning:\n          not_on_roster: quarantine" in problem.remedy
    clean = Tiny(tmp_path / "2", end=STRANGER, cleaning="{not_on_roster: quarantine}").clean()
    assert list(answers(clean, "programme_end")) == ["A1", "A2", "A3"]


def test_an_answer_without_an_id_is_set_aside_unless_the_params_refuse_it(tmp_path):
    export = fifth(",2024-01-02,3,3,3")
    assert len(logged(Tiny(tmp_path / "1", end=export).clean(), rule="no_id")) == 1
    problem = Tiny(tmp_path / "2", end=export, cleaning="{no_id: reject}").problem()
    assert (problem.row, problem.column, problem.value) == (5, "Code", "")
    assert "(found: nothing)" in str(problem)


def test_ids_carry_a_check_digit_where_the_params_say_so(tmp_path):
    """000000018 is an Israeli ID; of two that are not on the roster only 000000019 has a wrong check digit."""
    roster = "Code,Name,Team\n18,Ann,Red\n26,Ben,Red\n34,Cy,Blue\n42,Di,Blue\n"
    export = "Code,rest,hurry,sleep\n000000018,1,2,3\n19,2,2,2\n59,1,1,1\n"
    problems = Tiny(
        tmp_path / "1", end=export, later=None, roster=roster, cleaning="{check_digit: israeli_id}"
    ).problems()
    assert [(problem.row, problem.value) for problem in problems] == [(3, "19"), (4, "59")]
    assert ["check digit" in problem.what for problem in problems] == [True, False]
    problems = Tiny(tmp_path / "2", end=export, later=None, roster=roster).problems()
    assert ["check digit" in problem.what for problem in problems] == [False, False]


def test_a_correction_must_lead_to_somebody_and_come_from_nobody(tmp_path):
    problems = Tiny(tmp_path, cleaning='{ids: {"A2": "A1", "Z1": "A7"}}').problems()
    assert [problem.value for problem in problems] == ["A2: A1", "Z1: A7"]
    assert "stands on the roster" in problems[0].what
    assert "not on the roster" in problems[1].what


def test_a_spelling_leads_to_an_option_to_no_answer_or_to_a_group(tmp_path):
    roster = TINY_ROSTER.replace("Cy,Blue", "Cy,Bleu")
    spellings = '{spellings: {Mach: Much, dunno: "Don’t know", Bleu: Blue, Tae: Tea}}'
    export, later = third("Mach").replace("A2,2024-01-02,2", "A2,2024-01-02,dunno"), LATER.replace("Tea", "Tae")
    clean = Tiny(tmp_path, end=export, later=later, roster=roster, cleaning=spellings).clean()
    assert answers(clean, "programme_end") == {"A1": [1, 2, 3], "A2": [None, 2, 2], "A3": [3, 1, 1]}
    assert logged(clean, rule="spelling")["was"].tolist() == ["Bleu", "dunno", "Mach", "Tae"]
    assert clean.participants["team"].tolist() == ["red", "red", "blue", "blue"]


def test_a_spelling_that_leads_nowhere_is_refused(tmp_path):
    problem = Tiny(tmp_path, cleaning="{spellings: {Mach: A great deal}}").problem()
    assert (problem.file, problem.column) == ("params/tiny.yaml", "cleaning.spellings")
    assert problem.value == '"Mach": "A great deal"'


@pytest.mark.parametrize(("least", "counted"), [(0.0, 2), (0.3, 2), (0.34, 1), (0.7, 0)])
def test_how_many_statements_a_submission_must_answer(least, counted, tmp_path):
    """One of three, and two of three; whoever answers none never counts."""
    export = END + "A4,2024-01-02,3,,\n"
    export = export.replace("A3,2024-01-03,3,1,1", "A3,2024-01-03,3,1,")
    clean = Tiny(tmp_path, end=export, cleaning=f"{{least_answered: {least}}}").clean()
    assert len(answers(clean, "programme_end")) == 2 + counted


@pytest.mark.parametrize(("least", "scored"), [(0.3, 1), (0.5, 0)])
def test_how_many_statements_a_score_needs(least, scored, tmp_path):
    clean = Tiny(tmp_path, end=fifth("A4,2024-01-02,3,,"), cleaning=f"{{least_items_for_scale: {least}}}").clean()
    rules = open_cohort("tiny", tmp_path).params.cleaning
    scores = score_waves(clean.all("responses"), open_cohort("tiny", tmp_path).codebook, rules.least_items_for_scale)
    mine = scores.query("wave == 'programme_end'").set_index("respondent").loc[who(clean)["A4"]]
    assert (mine["items_answered"], pd.notna(mine["score"])) == (1, bool(scored))


def test_every_rule_of_the_params_is_tested_here():
    """A rule without a test of each of its values would be a promise that nobody keeps."""
    text = Path(__file__).read_text(encoding="utf-8")
    for name, field in Cleaning.model_fields.items():
        assert f"{{{name}: " in text, name
        for value in get_args(field.annotation) if get_origin(field.annotation) is Literal else ():
            assert f"{name}: {value}" in text or f'"{value}"' in text or value == field.default, (name, value)


# The account -------------------------------------------------------------------------------------------------------


def test_every_row_and_cell_by_hand(tmp_path):
    """Seven rows of seven cells: one blank, one preview, one twice; one column nobody knows; one text."""
    end = (
        "Code,Time,rest,hurry,sleep,Notes,more\n"
        "A1,2024-01-01,1,2,3,well,x\n"
        "A2,2024-01-02,So so,,2,,\n"
        ",,,,,,\n"
        "TEST,2024-01-02,1,1,1,,\n"
        "A3,2024-01-03,3,1,1,,\n"
        "A3,2024-01-04,3,99,٢,,\n"
        "Z9,2024-01-04,3,1,1,,\n"
    )
    clean = Tiny(tmp_path, end=end, cleaning="{not_on_roster: quarantine}").clean()
    assert clean.waves[0].account == {
        "rows": 7,
        "rows_kept": 3,
        "rows_excluded": 4,
        "cells": 49,
        "cells_in_excluded_rows": 28,
        "cells_in_ignored_columns": 3,
        "cells_kept": 6 + 5,  # three IDs, three times; 1, 2, 3, the 2 of the second and the 3 of the third
        "cells_changed": 2,  # So so, ٢
        "cells_without_answer": 2,  # one left empty, one 99
        "cells_of_free_text": 3,
    }
    flow = clean.all("flow").query("wave == 'programme_end'").set_index("step")
    assert flow["n"].to_dict() == {
        "rows": 7, "blank_row": 6, "other_wave": 6, "preview": 5, "no_answers": 5, "too_few_answers": 5, "no_id": 5,
        "not_on_roster": 4, "duplicate": 3, "answered": 3,
    }  # fmt: skip
    assert (flow["n"] == flow["n"].shift(1, fill_value=7) - flow["excluded"]).all()


def test_what_the_reader_sets_aside_is_counted_too(tmp_path):
    """Qualtrics marks a preview itself; the row is in the file, so it is in the account and in the flow."""
    preview = QUALTRICS.split("\n")[1].replace("IP Address", "Survey Preview")
    wave = Tiny(tmp_path, later=QUALTRICS + preview + "\n").clean().waves[1]
    assert (wave.account["rows"], wave.account["rows_kept"], wave.account["cells"]) == (2, 1, 24)
    assert wave.flow.set_index("step").loc["preview", "excluded"] == 1


def test_rows_of_nothing_but_spaces_are_counted_in_a_workbook_too(tmp_path):
    """A formula that shows nothing, dragged down below the answers, leaves such rows."""
    book = openpyxl.Workbook()
    for row in [*(line.split(",") for line in END.split()), [" "], ["", "\u200f"]]:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    tiny = Tiny(tmp_path, end=None, files={"end.xlsx": content.getvalue()}, programme_end="{file: end.xlsx}")
    clean = tiny.clean()
    assert logged(clean, rule="blank_row", file="end.xlsx")["row"].tolist() == [5, 6]
    assert clean.waves[0].account["rows"] == 5


@pytest.mark.parametrize("name", ["1", "2", "3", "local-3"])
def test_the_accounts_of_the_shipped_cohorts_close(name):
    clean = well(name)
    accounting.check(clean.waves)
    checked = of_cleaning("accounts", clean, open_cohort(name, HOUSE))
    assert checked.index.tolist() == [wave.wave for wave in clean.waves]
    assert (checked["rows"] == checked["rows_kept"] + checked["rows_excluded"]).all()


@pytest.mark.parametrize("part", ["respondents", "responses", "log", "flow", "account"])
def test_a_row_lost_on_the_way_is_found(part, tmp_path):
    """Whatever is taken out of the tables, of the log or of the account, the check in the notebook stops."""
    wave = Tiny(tmp_path, end=fifth(",,,,")).clean().waves[0]
    if part == "account":
        lossy = replace(wave, account=wave.account | {"cells_kept": wave.account["cells_kept"] - 1})
    elif part == "log":
        lossy = replace(wave, log=wave.log[wave.log["rule"] != "blank_row"])
    elif part == "flow":
        lossy = replace(wave, flow=wave.flow[wave.flow["step"] != "blank_row"])
    else:
        lossy = replace(wave, **{part: getattr(wave, part).iloc[1:]})
    with pytest.raises(InputProblems, match="this is a defect of cleaning"):
        accounting.check([lossy])


# The attrition flow ------------------------------------------------------------------------------------------------


def steps(clean, cohort, wave: str) -> dict[str, tuple[int, int]]:
    """(people left, people left out) by step."""
    table = attrition(cohort, clean, with_waves(clean.participants, clean.waves))
    mine = table[table["wave"] == wave]
    assert (mine["n"] == mine["n"].shift(1, fill_value=mine["n"].iloc[0]) - mine["left_out"]).all()
    return {row.step: (row.n, row.left_out) for row in mine.itertuples()}


def test_from_four_on_the_roster_to_two_linked(tmp_path):
    tiny = Tiny(tmp_path, end=fifth("A4,2024-01-02,,,"))
    assert steps(tiny.clean(), tiny.cohort, "programme_end") == {
        "participants": (4, 0),
        "sent_nothing": (4, 0),
        "no_answers": (3, 1),
        "answered": (3, 0),
        "one_wave_only": (2, 1),
        "linked": (2, 0),
    }
    assert steps(tiny.clean(), tiny.cohort, "follow_up")["sent_nothing"] == (3, 1)


def test_those_who_were_not_asked_are_a_step_of_their_own(tmp_path):
    tiny = Tiny(tmp_path, follow_up="{file: follow_up.csv, asked: 3}")
    found = steps(tiny.clean(), tiny.cohort, "follow_up")
    assert (found["not_asked"], found["sent_nothing"], found["answered"]) == ((3, 1), (3, 0), (3, 0))


def test_more_answers_than_people_asked_are_refused(tmp_path):
    tiny = Tiny(tmp_path, follow_up="{file: follow_up.csv, asked: 2}")
    assert "3 people answered, but no more than 2 were asked" in tiny.problem().what
    assert "waves.follow_up.asked in params/tiny.yaml" in tiny.problem().remedy


def test_the_anonymous_cohort_counts_whoever_did_not_answer_enough():
    """40 on its roster of 43 rows, 35 asked at follow-up, 25 answered (data/README.md)."""
    cohort = open_cohort("local-3", HOUSE)
    assert steps(well("local-3"), cohort, "follow_up") == {
        "participants": (40, 0),
        "not_asked": (35, 5),
        "no_answer_counts": (25, 10),
        "answered": (25, 0),
    }


def test_without_a_roster_there_is_no_flow_from_it(tmp_path):
    tiny = Tiny(tmp_path, end="rest,hurry,sleep\n1,2,3\n", later=None, roster=None, link="unlinked")
    clean = tiny.clean()
    assert attrition(tiny.cohort, clean, with_waves(clean.participants, clean.waves)).empty


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_shows_every_step(language):
    cohort, clean = open_cohort("1", HOUSE), well("1")
    table = attrition(cohort, clean, with_waves(clean.participants, clean.waves))
    figure, said = attrition_bars(table, vocabulary.Vocabulary(cohort.codebook), language)
    figure.canvas.draw()
    drawn = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert drawn == ["39", "38", "−1", "38", "28", "−10", "28", "39", "29", "−10", "29", "28", "−1", "28"]
    numbers = re.findall(r"−?\d+", said)
    assert numbers == ["39", "38", "−1", "38", "28", "−10", "28", "39", "29", "−10", "29", "28", "−1", "28"]


# The roster --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("roster", "row", "value", "said"),
    [
        (TINY_ROSTER.replace("A3", "A1"), 2, "A1", "more than once"),
        (TINY_ROSTER.replace("A3", " "), 4, " ", "no ID"),
        (TINY_ROSTER.replace("Blue", "Green"), 4, "Green", "no group of the codebook"),
        (TINY_ROSTER.replace("A4,Di,Blue\n", ""), None, "3", "not have as many participants"),
        (TINY_ROSTER.replace("A3", "1.2E+08"), 4, "1.2E+08", "its digits are lost"),
        (TINY_ROSTER.replace("Code,", "Number,"), 1, None, "no column holds the participants’ IDs"),
        (TINY_ROSTER.replace("Team", "Group"), 1, None, "no column holds the trait “team”"),
    ],
)
def test_a_roster_that_cannot_be_used_is_named(roster, row, value, said, tmp_path):
    end, later = (text.replace("A3,", "A2,").replace("A4,", "A1,") for text in (END, LATER))
    problems = Tiny(tmp_path, end=end, later=later, roster=roster).problems()
    found = next(problem for problem in problems if problem.file == "data/tiny/roster.csv" and said in problem.what)
    assert (found.row, found.value) == (row, value)


def test_a_roster_that_cannot_be_read_does_not_hide_what_is_wrong_in_the_waves(tmp_path):
    problems = Tiny(tmp_path, end=third("7"), roster="").problems()
    assert [problem.file for problem in problems] == ["data/tiny/roster.csv", "data/tiny/programme_end.csv"]


def test_an_anonymous_cohorts_roster_is_held_against_the_number_of_participants(tmp_path):
    export = "Team,rest,hurry,sleep\nRed,1,2,3\nBlue,3,2,1\n"
    tiny = Tiny(tmp_path, end=export, later=None, link="unlinked", roster=TINY_ROSTER.replace("A4,Di,Blue\n", ""))
    assert (tiny.problem().value, tiny.problem().allowed) == ("3", "4")


def test_more_anonymous_answers_than_people_are_refused(tmp_path):
    export = "Team,rest,hurry,sleep\n" + "Red,1,2,3\n" * 5
    tiny = Tiny(tmp_path, end=export, later=None, link="unlinked")
    assert "5 people answered, but no more than 4 were asked" in tiny.problem().what


# Columns -----------------------------------------------------------------------------------------------------------


def test_a_column_may_be_headed_by_code_wording_or_grid(tmp_path):
    clean = Tiny(tmp_path, end=END.replace("rest,hurry,sleep", "אני נח/ה,I hurry,How are you? [I sleep]")).clean()
    assert answers(clean, "programme_end") == {"A1": [1, 2, 3], "A2": [2, 2, 2], "A3": [3, 1, 1]}


def test_what_was_mapped_ignored_and_missed_is_told_in_numbers(tmp_path):
    end = END.replace("sleep\n", "sleep,Ann Smith\n")
    tiny = Tiny(tmp_path, end=end)
    clean = tiny.clean()
    counts = of_cleaning("columns", clean, tiny.cohort).loc["programme_end"]
    assert counts.to_dict() == {
        "columns_item": 3, "columns_question": 0, "columns_trait": 0, "columns_id": 1, "columns_submitted": 1,
        "columns_ignored": 1, "columns_missing": 1,
    }  # fmt: skip
    named = clean.all("columns").query("wave == 'programme_end'").set_index("kind")
    assert named.loc["ignored", "column"] == "Ann Smith"
    assert named.loc["missing", "key"] == "notes"
    assert "Ann Smith" not in counts.to_csv()


@pytest.mark.parametrize(
    ("heading", "why"),
    [
        ("Seed", "a column of the survey tool's own"),
        ("What do you drink?", "asked in the other wave"),
        ("Favourite colour", "not in the codebook"),
    ],
)
def test_the_log_says_why_a_column_is_not_needed(heading, why, tmp_path):
    clean = Tiny(tmp_path, end=END.replace("sleep\n", f"sleep,{heading}\n")).clean()
    assert logged(clean, rule="heading_ignored", column=heading)["became"].tolist() == [why]


def test_a_question_that_was_not_asked_may_be_missing_or_there(tmp_path):
    later = {"follow_up": "{file: follow_up.csv, not_asked: [drink]}"}
    assert Tiny(tmp_path / "1", later=re.sub(",[^,\n]*\n", "\n", LATER), **later).clean().all("answers").empty
    clean = Tiny(tmp_path / "2", **later).clean()
    assert logged(clean, rule="heading_ignored")["became"].tolist() == ["not asked, say the params"]


def test_what_must_be_there_and_is_not_is_named_together_with_lines_to_paste(tmp_path):
    tiny = Tiny(tmp_path, later="Code,hurry\nA1,1\n")
    problem = tiny.problem()
    assert (problem.file, problem.row) == ("data/tiny/follow_up.csv", 1)
    assert all(f"“{key}”" in problem.what for key in ("rest", "sleep", "drink"))
    assert "waves:\n          follow_up:\n            not_asked: [rest, sleep, drink]" in problem.remedy


def test_a_file_in_which_nothing_is_known_is_one_problem(tmp_path):
    problem = Tiny(tmp_path, later="Code,colour,size\nA1,red,5\n").problem()
    assert (
        "none of the 3 statements of this wave has a column; the headings are “Code”, “colour”, “size”" in problem.what
    )


def test_a_question_by_code_and_again_by_wording_is_refused(tmp_path):
    problem = Tiny(tmp_path, end=END.replace("sleep\n", "sleep,I rest\n")).problem()
    assert (problem.what, problem.column, problem.value) == ("2 columns hold the item “rest”", "I rest", "rest")


def test_a_heading_that_the_codebook_gives_twice_is_refused(tmp_path):
    tiny = Tiny(tmp_path).codebook("he: אני ישן/ה, en: I sleep", "he: אני ישן/ה, en: I rest")
    problem = tiny.problem()
    assert (problem.file, problem.value) == ("params/questionnaires/tiny.yaml", "I rest")
    assert "“rest” and the item “sleep”" in problem.what


# Cells -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reader() -> OptionReader:
    options = open_cohort("1", HOUSE).codebook.option_sets["extent"]
    return OptionReader(options, {"במידה רבא": "במידה רבה"}, {"77"})


@pytest.mark.parametrize(
    ("cell", "code", "rule"),
    [
        ("במידה רבה", 4, None),
        ("To a great extent", 4, None),
        ("4", 4, None),
        (" 4 ", 4, None),
        ("4.0", 4, "other_digits"),
        ("4,0", 4, "other_digits"),
        ("٤", 4, "other_digits"),
        ("TO A GREAT EXTENT", 4, "invisible_signs"),
        ("במידה רבה מאד", 5, "synonym"),
        ("במידה רבא", 4, "spelling"),
        ("", None, "no_answer"),
        (" \u00a0", None, "no_answer"),
        ("77", None, "user_missing"),
        ("99", None, "missing_label"),
        ("Not relevant / don't know", None, "missing_label"),
    ],
)
def test_what_a_cell_says(reader, cell, code, rule):
    reading = reader.read(cell)
    assert (reading.code, reading.rule) == (code, rule)


@pytest.mark.parametrize(
    "cell", ["6", "0", "-1", "4.5", "3,5", "1e0", "inf", "nan", "None", "מאוד", "במידה", "4 במידה רבה", "?"]
)
def test_what_is_never_taken_for_an_answer(reader, cell):
    assert reader.read(cell) is None


def test_a_label_of_two_options_is_refused_wherever_it_stands(tmp_path):
    problem = Tiny(tmp_path).codebook("synonyms: [So so]", "synonyms: [So so, much]").problem()
    assert (problem.file, problem.value) == ("params/questionnaires/tiny.yaml", "much")
    assert "“much” means 2 and 3" in problem.what


TICKS = (
    'Code,rest,hurry,sleep,What do you drink? [Tea],"What do you drink? [Coffee, black]",What do you drink? [Nothing]\n'
)


@pytest.mark.parametrize(
    ("cells", "chosen", "reason"),
    [
        ("Yes,No,No", [1], None),
        ("1,1,0", [1, 2], None),
        ("כן,לא,לא", [1], None),
        ('Tea,"Coffee, black",', [1, 2], None),
        ("No,No,No", [None], "none_chosen"),
        (",,", [None], "no_answer"),
        ("N/A,N/A,N/A", [None], "no_answer"),
        ("Yes,No,Yes", [None], "contradiction"),
    ],
)
def test_options_in_columns_of_their_own(cells, chosen, reason, tmp_path):
    found = Tiny(tmp_path, later=f"{TICKS}A1,1,1,1,{cells}\n").clean().all("answers")
    assert [None if pd.isna(value) else value for value in found["value"]] == chosen
    assert [None if pd.isna(why) else why for why in found["missing_reason"]] == [reason] * len(chosen)


def test_a_tick_that_is_none_is_refused(tmp_path):
    problem = Tiny(tmp_path, later=f"{TICKS}A1,1,1,1,maybe,,\n").problem()
    assert (problem.row, problem.column, problem.value) == (2, "What do you drink? [Tea]", "maybe")


# Times -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "form", "iso", "zone"),
    [
        ("2025/11/27 9:15:24 am CET", None, "2025-11-27 09:15:24", "CET"),
        ("2025/11/27 9:15:24 PM GMT+2", None, "2025-11-27 21:15:24", "GMT+2"),
        ("2025-11-27", None, "2025-11-27 00:00:00", ""),
        ("2025-11-27T09:15:24Z", None, "2025-11-27 09:15:24", "Z"),
        ("2025-11-27 09:15:24+0200", None, "2025-11-27 09:15:24", "+0200"),
        ("03/04/2025", "%d/%m/%Y", "2025-04-03 00:00:00", ""),
        ("03/04/2025", "%m/%d/%Y", "2025-03-04 00:00:00", ""),
        ("27/11/2025 09:15 IST", "%d/%m/%Y %H:%M %Z", "2025-11-27 09:15:00", "IST"),
    ],
)
def test_times_are_read_as_the_clock_showed_them(text, form, iso, zone):
    assert (str(read_time(text, form)), time_zone(text)) == (iso, zone)


@pytest.mark.parametrize("text", ["03/04/2025", "27.11.2025", "20251127", "yesterday", "45000", "12:30"])
def test_a_time_that_could_be_misread_is_not_read(text):
    with pytest.raises(ValueError, match=re.escape(text)):
        read_time(text, None)


def test_real_dates_of_a_workbook_need_no_form(tmp_path):
    """A column of real dates is read as such, even beside a form meant for typed ones."""
    book = openpyxl.Workbook()
    book.active.append(["Code", "Time", "rest", "hurry", "sleep"])
    book.active.append(["A1", pd.Timestamp("2024-02-01").to_pydatetime(), 1, 2, 3])
    content = io.BytesIO()
    book.save(content)
    files = {"end.xlsx": content.getvalue()}
    for form in ("", ', date_format: "%d/%m/%Y"'):
        tiny = Tiny(
            tmp_path / str(len(form)),
            end=None,
            files=files,
            programme_end=f"{{file: end.xlsx{form}, closed: 2024-02-01}}",
        )
        assert answers(tiny.clean(), "programme_end") == {"A1": [1, 2, 3]}


# Records -----------------------------------------------------------------------------------------------------------

RECORDS = {
    "projects": "{file: projects.csv, members: members.csv}",
    "network": "{ties: ties.csv, meetings: meetings.csv}",
    "interviews": "{file: interviews.csv, released: [E1]}",
}
FILES = {
    "projects.csv": "project,title\nP1,One\n",
    "members.csv": "project,participant\nP1,A1\nP1,a2\nP1,A1\nP1,Z9\n",
    "ties.csv": TIES,
    "meetings.csv": "meeting,date,participant\n1,2024-02-01,A1\n1,2024-02-01,A1\n1,2024-02-01,Z9\n",
    "interviews.csv": "excerpt,interview,theme,finding,stance,excerpt_he,excerpt_en\n"
    "E1,I1,t,calmness,supports,כן,Yes\n",
}


def test_every_row_of_the_records_is_kept_or_set_aside(tmp_path):
    clean = Tiny(tmp_path, files=FILES, **RECORDS).clean()
    assert clean.records.account.set_index("file").to_numpy().tolist() == [
        [1, 1, 0],
        [4, 2, 2],
        [3, 1, 2],
        [3, 1, 2],
        [1, 1, 0],
    ]
    assert clean.records.members["participant"].tolist() == [who(clean)["A1"], who(clean)["A2"]]
    aside = clean.log[clean.log["rule"].isin(["not_on_roster", "repeated_row", "self_nomination"])]
    assert len(aside) == 6


def test_corrections_of_ids_hold_in_records_too(tmp_path):
    files = FILES | {"members.csv": "project,participant\nP1,A-9\n"}
    clean = Tiny(tmp_path, files=files, cleaning='{ids: {"A-9": "A3"}}', **RECORDS).clean()
    assert clean.records.members["participant"].tolist() == [who(clean)["A3"]]
    assert len(logged(clean, rule="id_corrected", file="members.csv")) == 1


def test_what_is_wrong_in_the_records_is_named_together(tmp_path):
    files = {
        "projects.csv": "project,title\nP1,One\nP1,Two\n",
        "members.csv": "project,participant\nP2,A1\n",
        "ties.csv": "wave,from,to,kind\nlater,A1,A2,advise\n",
        "meetings.csv": "meeting,day,participant\n1,2024-02-01,A1\n",
        "interviews.csv": FILES["interviews.csv"].replace("E1,", "E2,").replace("supports", "support"),
    }
    problems = Tiny(tmp_path, files=files, **RECORDS).problems()
    assert [(problem.file.split("/")[-1], problem.column, problem.value) for problem in problems] == [
        ("projects.csv", "project", "P1"),
        ("members.csv", "project", "P2"),
        ("ties.csv", "wave", "later"),
        ("ties.csv", "kind", "advise"),
        ("meetings.csv", "", None),
        ("interviews.csv", "stance", "support"),
        ("tiny.yaml", "interviews.released", "E1"),
    ]
    assert problems[5].remedy == "did you mean “supports”?"


# Words -------------------------------------------------------------------------------------------------------------


def test_many_problems_of_a_kind_are_told_by_the_first_three():
    problems = [Problem("wrong", "fix it", "a.csv", row, "q", str(row)) for row in range(2, 22)]
    said = str(InputProblems(problems))
    assert said.startswith("20 problems in the input:")
    assert said.count("what to do: fix it") == 3
    assert "a.csv, rows 5, 6, 7, 8, 9, 10, 11, 12 and 9 more, column “q”: wrong: 17 more of this kind" in said


def test_what_stands_in_a_cell_is_shown_shortened_and_nothing_as_nothing():
    assert "(found: nothing)" in str(Problem("w", "r", value=""))
    assert len(str(Problem("w", "r", value="x" * 1000))) < 120
