"""The team's catalogue of bad inputs: each is made on a copy of a good cohort, and gets what it must get.

Refused: the message names file, row, column, value, what is allowed and what to do, and nothing is made. Accepted: the
answers are those of the good cohort, and the cleaning log holds the line. `expected/bad_inputs.csv` lists all of them.
"""

import csv
import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest
from cohort_copies import CODEBOOK, HOUSE, LATER, TINY_ROSTER, Copy, Tiny, logged, same_answers, tidy, well, wording
from followup.analysis.answers import score_waves
from followup.analysis.comparison import Comparison
from followup.cleaning.clean import Clean, with_waves
from followup.publish import template_pages
from followup.report import tables
from followup.report.charts import answer_charts
from followup.study.cohort import open_cohort
from followup.words import vocabulary
from matplotlib.text import Text
from stdnum import luhn
from tables_of_notebooks import item_levels, shown_changes, turned_items

T1, T2, ROSTER = "programme_end.csv", "follow_up.csv", "roster.xlsx"
TIME, ID, TRAIT = "חותמת זמן", "קוד משתתף", "סוג ארגון"
Q1, Q2, COMMENTS = wording("motivation_promote"), wording("motivation_future"), wording("comments")
STAGE = wording("project_stage")
LABELS = ["כלל לא", "במידה מועטה", "במידה בינונית", "במידה רבה", "במידה רבה מאוד"]
RLM, NBSP = "\u200f", "\u00a0"
CASES: dict[str, Callable] = {}


@dataclass(frozen=True)
class Said:
    """What a refusal must name: file, row, column, value found, and words of what is allowed and what to do."""

    file: str
    row: int | None = None
    column: str = ""
    value: str | None = None
    says: tuple[str, ...] = ()

    def is_said_by(self, problem) -> bool:
        text = str(problem)
        rows = [row for row in (problem.row, *problem.more_rows) if row is not None]
        return (
            problem.file.endswith(self.file)
            and (self.row is None or self.row in rows and re.search(rf"\brows? .*\b{self.row}\b", text) is not None)
            and (not self.column or problem.column == self.column and self.column in text)
            and (self.value is None or problem.value is not None and self.value in str(problem.value))
            and all(words in text for words in self.says)
            and "what to do: " in text
        )


def case(number: str, cohort: str = "1"):
    """Register a case of the catalogue: a function that breaks a copy and says (or checks) what follows."""

    def kept(function: Callable) -> Callable:
        CASES[number] = function
        function.cohort = cohort
        return function

    return kept


@pytest.fixture
def copy(tmp_path):
    return Copy(tmp_path)


def accepted(clean: Clean, cohort: str = "1", **line: object) -> None:
    """The answers are those of the good cohort, and the log holds the line."""
    assert same_answers(clean, well(cohort))
    assert not line or len(logged(clean, **line)) >= 1, clean.log


def later_rows(copy: Copy) -> list[int]:
    """The rows of follow-up submissions that count, by their numbers."""
    return [row for row, cells in enumerate(copy.rows(T2), start=1) if row not in (1, 14)]


# Encodings ---------------------------------------------------------------------------------------------------------


@case("B001")
def windows_hebrew(copy: Copy):
    text = (copy.data / T2).read_text(encoding="utf-8").replace("־", "-")
    (copy.data / T2).write_bytes(text.encode("cp1255"))
    accepted(copy.clean(), file=T2, rule="encoding", was="cp1255", became="utf-8")


@case("B002")
def utf_16(copy: Copy):
    text = (copy.data / T2).read_bytes().decode()
    (copy.data / T2).write_bytes(text.encode("utf-16"))
    clean = copy.clean()
    accepted(clean, file=T2, rule="encoding", was="utf-16", became="utf-8")
    assert list(clean.log.columns) == ["file", "row", "column", "was", "became", "rule"]


@case("B003")
def utf_8_with_its_mark(copy: Copy):
    (copy.data / T2).write_bytes(b"\xef\xbb\xbf" + (copy.data / T2).read_bytes())
    clean = copy.clean()
    accepted(clean)
    assert logged(clean, file=T2, rule="encoding").empty


@case("B005")
def one_row_in_another_encoding(copy: Copy):
    rows = copy.rows(T2)
    copy.write(T2, rows)
    lines = (copy.data / T2).read_bytes().split(b"\n")
    lines[4] = lines[4].decode().encode("cp1255")
    (copy.data / T2).write_bytes(b"\n".join(lines))
    return [
        Said(
            T2, 5, value=rows[4][0], says=("line 5 of the file is not UTF-8", "UTF-8, UTF-16", "export the file again")
        )
    ]


@case("B006")
def encoded_twice(copy: Copy):
    path = copy.data / T2
    path.write_bytes(path.read_bytes().decode("latin-1").encode())
    return [Said(T2, 1, says=("look double-encoded", "re-export as UTF-8"))]


@case("B007")
def reversed_hebrew(copy: Copy):
    rows = copy.rows(T2)
    copy.write(
        T2, [rows[0], *([re.sub("[א-ת].*", lambda found: found[0][::-1], cell) for cell in row] for row in rows[1:])]
    )
    return [Said(T2, says=("the Hebrew appears reversed", "re-export as UTF-8, in logical order"))]


@case("B009")
def lines_that_end_with_cr(copy: Copy):
    copy.write(T2, [[cell.replace("\n", " ") for cell in row] for row in copy.rows(T2)], end="\r")
    accepted(copy.clean(), file=T2, rule="line_ends", was="CR")


# Containers --------------------------------------------------------------------------------------------------------


@case("B010")
def a_workbook_named_csv(copy: Copy):
    (copy.data / T2).write_bytes((copy.data / ROSTER).read_bytes())
    return [
        Said(T2, value=".csv", says=("the name ends in .csv but the content is an Excel workbook", "name it .xlsx"))
    ]


@case("B011")
def a_login_page(copy: Copy):
    (copy.data / T2).write_text("<!DOCTYPE html><html><body>Sign in</body></html>", encoding="utf-8")
    return [
        Said(T2, 1, value="<!DOCTYPE html>", says=("this is a web page", "the link needs a login", "while logged in"))
    ]


@case("B013")
def an_empty_file(copy: Copy):
    (copy.data / T2).write_bytes(b"")
    return [Said(T2, says=("the file is empty", "headings and answers", "export it again"))]


@case("B014")
def headings_only(copy: Copy):
    copy.write(T2, copy.rows(T2)[:1])
    return [Said(T2, says=("headings but no answers", "at least one answer", "export it again"))]


@case("B015")
def a_missing_file(copy: Copy):
    (copy.data / T2).unlink()
    return [Said(T2, says=("there is no such file", "programme_end.csv, project_members.csv", "put the export there"))]


@case("B017")
def ten_million_letters(copy: Copy):
    copy.set(T2, 3, COMMENTS, "x" * 10_000_000)
    return [Said(T2, 3, says=("longer than 20000 characters", "up to 20000 characters", "shorten"))]


def test_b017_a_text_just_too_long_is_named_with_its_column(copy):
    copy.set(T2, 3, COMMENTS, "x" * 20_001)
    (problem,) = copy.problems()
    assert Said(T2, 3, COMMENTS, says=("20001 characters", "up to 20000 characters", "shorten it")).is_said_by(problem)


@case("B018")
def the_same_file_twice(copy: Copy):
    (copy.data / T2).write_bytes((copy.data / T1).read_bytes())
    return [
        Said(
            T2,
            says=("the same, byte for byte, as that of programme_end", "one export a wave", "each wave’s own export"),
        )
    ]


@case("B097", "2")
def a_bomb(copy: Copy):
    path = copy.data / "programme_end.xlsx"
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", b" " * 60_000_000)
    assert path.stat().st_size < 1_000_000
    return [Said("programme_end.xlsx", says=("unpacks to 6", "up to 50 MB", "save it as CSV"))]


def test_b097_a_sheet_of_more_than_ten_thousand_rows(tmp_path):
    copy = Copy(tmp_path, "2")
    book = openpyxl.load_workbook(copy.data / "programme_end.xlsx")
    book["תשובות"].cell(10_002, 1, "DL-201")
    book.save(copy.data / "programme_end.xlsx")
    (problem,) = copy.problems()
    assert Said("programme_end.xlsx", 10_002, says=("up to 10000 rows",)).is_said_by(problem)


@case("B098", "2")
def an_encrypted_workbook(copy: Copy):
    (copy.data / "programme_end.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    return [
        Said(
            "programme_end.xlsx",
            says=("a password-protected or an old Excel file", "save it as .xlsx without a password"),
        )
    ]


@case("B099", "2")
def data_on_the_second_sheet_with_a_hidden_row(copy: Copy):
    assert openpyxl.load_workbook(copy.data / "programme_end.xlsx").sheetnames == ["הסבר", "תשובות"]
    clean = copy.clean()
    accepted(clean, "2", file="programme_end.xlsx", rule="read_as", became="1 hidden rows were read like the others")
    assert len(logged(clean, file="programme_end.xlsx", rule="read_as", became="sheet “תשובות”")) == 1


def test_b099_a_merged_heading_is_filled_and_read(tmp_path):
    """The items under one merged question, as a paper form is typed in."""
    copy = Copy(tmp_path, "2")
    book = openpyxl.load_workbook(copy.data / "programme_end.xlsx")
    sheet = book["תשובות"]
    sheet.insert_rows(1)
    for column in (*range(1, 3), *range(28, sheet.max_column + 1)):
        sheet.cell(1, column, sheet.cell(2, column).value)
        sheet.cell(2, column).value = None
    sheet.cell(1, 3, "באיזו מידה כל אחד מההיגדים נכון לגביך?")
    sheet.merge_cells(start_row=1, end_row=1, start_column=3, end_column=27)
    book.save(copy.data / "programme_end.xlsx")
    accepted(copy.clean(), "2", file="programme_end.xlsx", rule="heading_row")


def test_b099_without_the_name_of_the_sheet_nobody_chooses_for_you(tmp_path):
    copy = Copy(tmp_path, "2")
    copy.params("    sheet: תשובות\n", "")
    (problem,) = copy.problems()
    assert Said("programme_end.xlsx", says=("more than one sheet", "הסבר, תשובות", "write sheet: …")).is_said_by(
        problem
    )


@case("B101", "2")
def a_fraction_that_became_a_date(copy: Copy):
    book = openpyxl.load_workbook(copy.data / "programme_end.xlsx")
    book["תשובות"]["E5"] = datetime(2017, 4, 3)
    book.save(copy.data / "programme_end.xlsx")
    return [
        Said(
            "programme_end.xlsx",
            5,
            wording("motivation_worthwhile"),
            "2017-04-03",
            ("cell E5", "format the column as text"),
        )
    ]


# Structure ---------------------------------------------------------------------------------------------------------


@case("B019")
def semicolons(copy: Copy):
    copy.write(T2, copy.rows(T2), delimiter=";")
    accepted(copy.clean(), file=T2, rule="delimiter", was="semicolons")


@case("B021")
def a_sep_line(copy: Copy):
    (copy.data / T2).write_bytes(b"sep=,\r\n" + (copy.data / T2).read_bytes())
    accepted(copy.clean(), file=T2, rule="separator_line", was="sep=,")


@case("B022")
def a_trailing_comma_on_every_answer(copy: Copy):
    rows = copy.rows(T2)
    copy.write(T2, [rows[0], *([*row, ""] for row in rows[1:])])
    accepted(copy.clean(), file=T2, rule="trailing_separator")


@case("B023")
def one_row_with_a_cell_too_many(copy: Copy):
    rows = copy.rows(T2)
    rows[5].append("and then")
    copy.write(T2, rows)
    return [Said(T2, 6, value="and then", says=("41 cells under 40 headings", "40 cells", "into quotes"))]


@case("B025")
def qualtrics(copy: Copy):
    headings, *rows = copy.rows(T2)
    own = [
        "StartDate",
        "EndDate",
        "Status",
        "Progress",
        "Finished",
        "RecordedDate",
        "ResponseId",
        "DistributionChannel",
    ]
    keys = {question.he: key for key, question in {**CODEBOOK.items, **CODEBOOK.questions}.items()}
    codes = [*own, *(keys.get(heading, "participant_code") for heading in headings[1:])]
    said = [
        "Start Date",
        "End Date",
        "Response Type",
        "Progress",
        "Finished",
        "Recorded Date",
        "Response ID",
        "Distribution Channel",
    ]
    imports = [f'{{"ImportId":"{name}"}}' for name in codes]
    when = [f"2016-11-{place // 2 + 1:02} 09:00:00" for place in range(len(rows))]
    answers = [
        [t, t, "IP Address", "100", "True", t, f"R_{n}", "anonymous", *row[1:]]
        for n, (t, row) in enumerate(zip(when, rows, strict=True))
    ]
    copy.write(T2, [codes, [*said, *headings[1:]], imports, *answers])
    copy.params(
        FOLLOW_UP_IS_GOOGLES, '    format: qualtrics\n    date_format: "%Y-%m-%d %H:%M:%S"\n    closed: 2016-11-30\n'
    )
    clean = copy.clean()
    accepted(clean, file=T2, rule="heading_row")
    assert logged(clean, file=T2, rule="heading_row")["row"].tolist() == [2, 3]


FOLLOW_UP_IS_GOOGLES = (
    '    format: google_forms\n    date_format: "%Y/%m/%d %I:%M:%S %p GMT+2"\n    closed: 2016-11-30\n'
)


@case("B026")
def surveymonkey(copy: Copy):
    headings, *rows = copy.rows(T2)
    first = [
        "Respondent ID",
        "Collector ID",
        "Date Created",
        "Respondent code",
        "To what extent …",
        *[""] * 31,
        *headings[34:],
    ]
    second = ["", "", "", "Open-Ended Response", *headings[2:34], *["Response"] * 6]
    answers = [[str(9000 + n), "77", row[0], *row[1:]] for n, row in enumerate(rows)]
    copy.write(T2, [first, second, *answers])
    copy.params(FOLLOW_UP_IS_GOOGLES, FOLLOW_UP_IS_GOOGLES.replace("google_forms", "surveymonkey"))
    copy.replace(BOOK, "respondent_headings: [", "respondent_headings: [Respondent code, ")
    copy.replace(BOOK, "submitted_headings: [", "submitted_headings: [Date Created, ")
    clean = copy.clean()
    accepted(clean, file=T2, rule="heading_row", row=2)
    assert len(logged(clean, file=T2, rule="heading_ignored")) == 2


BOOK = "params/questionnaires/digital_leaders.yaml"


@case("B027")
def two_columns_of_one_name(copy: Copy):
    rows = copy.rows(T2)
    rows[0][3] = Q1
    copy.write(T2, rows)
    return [Said(T2, 1, Q1, says=("columns C, D have the same heading", "headings that all differ", "rename one"))]


@case("B029")
def a_heading_in_another_case(copy: Copy):
    rows = copy.rows(T2)
    rows[0][1] = " participant CODE "
    copy.write(T2, rows)
    accepted(copy.clean(), file=T2, row=1, rule="heading_folded", became="participant CODE")


def test_b029_a_heading_that_is_no_other_is_refused_with_the_line_to_write(copy):
    rows = copy.rows(T2)
    rows[0][1], rows[0][2] = "קוד המשתתף", Q1[:-1]
    copy.write(T2, rows)
    problems = copy.problems()
    assert Said(
        T2, 1, says=("no column holds the participants’ IDs", 'add "קוד המשתתף" to respondent_headings')
    ).is_said_by(problems[1])
    assert Said(
        T2, 1, says=("no column holds the item “motivation_promote”", Q1, f'follow_up: ["{Q1[:-1]}"]')
    ).is_said_by(problems[0])
    copy.replace(BOOK, "respondent_headings: [", 'respondent_headings: ["קוד המשתתף", ')
    copy.replace(
        BOOK, f"        he: {Q1}\n", f'        he: {Q1}\n        headings:\n          follow_up: ["{Q1[:-1]}"]\n'
    )
    accepted(copy.clean())


@case("B030")
def a_direction_mark_in_a_heading(copy: Copy):
    rows = copy.rows(T2)
    rows[0][1] += RLM
    copy.write(T2, rows)
    accepted(copy.clean(), file=T2, row=1, rule="heading_folded", was=repr(ID + RLM))


@case("B031")
def a_heading_on_two_lines(copy: Copy):
    rows = copy.rows(T2)
    rows[0] = [f"{heading}\n" for heading in rows[0]]
    copy.write(T2, rows)
    clean = copy.clean()
    accepted(clean, file=T2, row=1, rule="heading_folded", became=Q1)
    assert len(logged(clean, file=T2, rule="heading_folded")) == 40


@case("B033")
def an_unknown_column(copy: Copy):
    rows = copy.rows(T2)
    copy.write(T2, [[*row, "q7" if place == 0 else "5"] for place, row in enumerate(rows)])
    clean = copy.clean()
    accepted(clean, file=T2, row=1, column="q7", rule="heading_ignored", became="not in the codebook")
    assert clean.waves[1].account["cells_in_ignored_columns"] == 29


@case("B034")
def blank_rows_at_the_end(copy: Copy):
    for _ in range(3):
        last = copy.add(T2, [""] * 40)
    clean = copy.clean()
    accepted(clean, file=T2, row=last, rule="blank_row")
    assert flow(clean, "follow_up")["blank_row"] == 3


@case("B035")
def a_summary_row(copy: Copy):
    copy.rule("not_on_roster: reject")
    row = copy.add(T2, ["", "ממוצע", *["3.8"] * 38])
    says = ("not on the roster", "the IDs on the roster", "a row of totals is nobody’s", "not_on_roster: quarantine")
    return [Said(T2, row, ID, "ממוצע", says)]


def test_b035_its_means_are_not_named_one_by_one(copy):
    summary_row = a_summary_row(copy)
    told = [problem for problem in copy.problems() if problem.file.endswith(T2)]
    assert len(summary_row) == len(told) == 1


def test_b035_set_aside_it_is_counted_and_changes_nothing(copy):
    copy.add(T2, ["", "ממוצע", *["3.8"] * 38])
    clean = copy.clean()
    accepted(clean, file=T2, row=32, column=ID, was="ממוצע", rule="not_on_roster")
    assert flow(clean, "follow_up")["not_on_roster"] == 1


def flow(clean: Clean, wave: str) -> dict[str, int]:
    """How many rows each step of a wave took out."""
    steps = clean.all("flow")
    return steps[steps["wave"] == wave].set_index("step")["excluded"].to_dict()


# Identity ----------------------------------------------------------------------------------------------------------


@cache
def israeli_ids() -> dict[str, str]:
    """For each ID of cohort 1 one of nine digits with a check digit; the first ones begin with zeros."""
    numbers = [f"{117 + 1_357_913 * place:08}" for place in range(40)]
    return {f"DL-{101 + place}": number + luhn.calc_check_digit(number) for place, number in enumerate(numbers)}


def with_israeli_ids(copy: Copy) -> dict[str, str]:
    """The cohort under IDs of nine digits."""
    for path in copy.data.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"(?i)DL-1\d\d", lambda found: israeli_ids().get(found[0].upper(), found[0]), text)
        path.write_text(text, encoding="utf-8", newline="")
    book = openpyxl.load_workbook(copy.data / ROSTER)
    for row in book["משתתפים"].iter_rows(min_row=2):
        row[0].value = israeli_ids()[row[0].value]
    book.save(copy.data / ROSTER)
    copy.rule("check_digit: israeli_id")
    return israeli_ids()


def values(clean: Clean) -> list:
    """The answers of each wave and item, whoever gave them."""
    table = tidy(clean).drop(columns="respondent").astype({"value": "float"})
    return sorted(table.astype("object").fillna({"value": -1, "missing_reason": ""}).itertuples(index=False, name=None))


@case("B037")
def ids_as_decimals(copy: Copy):
    ids = with_israeli_ids(copy)
    copy.column(T2, ID, lambda cell: f"{int(cell)}.0")
    clean = copy.clean()
    assert values(clean) == values(well("1"))
    assert with_waves(clean.participants, clean.waves)["answered"].value_counts()["programme_end+follow_up"] == 28
    assert len(logged(clean, file=T2, rule="id_folded", was=f"'{int(ids['DL-103'])}.0'", became=ids["DL-103"])) == 1


@case("B038")
def ids_as_powers_of_ten(copy: Copy):
    with_israeli_ids(copy)
    copy.column(T2, ID, lambda cell: f"{int(cell):.3E}")
    first = copy.cell(T2, 2, ID)
    assert "E+" in first
    return [Said(T2, 2, ID, first, ("its digits are lost", "the ID in full", "export the file again with IDs as text"))]


@case("B039")
def a_wrong_check_digit(copy: Copy):
    ids = with_israeli_ids(copy)
    copy.rule("not_on_roster: reject")
    wrong = ids["DL-113"][:-1] + str((int(ids["DL-113"][-1]) + 1) % 10)
    copy.set(T2, 3, ID, wrong)
    return [
        Said(
            T2,
            3,
            ID,
            wrong,
            ("check digit of this ID is wrong", f"if it is {ids['DL-113']}", f'"{wrong}": "{ids["DL-113"]}"'),
        )
    ]


def test_b039_set_aside_it_is_logged_and_never_guessed(copy):
    ids = with_israeli_ids(copy)
    wrong = ids["DL-113"][:-1] + str((int(ids["DL-113"][-1]) + 1) % 10)
    copy.set(T2, 3, ID, wrong)
    clean = copy.clean()
    assert len(logged(clean, file=T2, row=3, rule="not_on_roster", was=wrong)) == 1
    assert len(clean.waves[1].respondents) == 28


@case("B041")
def a_respondent_nobody_knows(copy: Copy):
    copy.rule("not_on_roster: reject")
    row = copy.add(T2, ["2016/11/20 9:00:00 AM GMT+2", "DL-940", *copy.rows(T2)[2][2:]])
    return [
        Said(
            T2,
            row,
            ID,
            "DL-940",
            ("this ID is not on the roster", "the IDs on the roster", "not_on_roster: quarantine"),
        )
    ]


def test_b041_set_aside_they_are_counted(copy):
    row = copy.add(T2, ["2016/11/20 9:00:00 AM GMT+2", "DL-940", *copy.rows(T2)[2][2:]])
    clean = copy.clean()
    accepted(clean, file=T2, row=row, column=ID, was="DL-940", rule="not_on_roster")
    assert flow(clean, "follow_up")["not_on_roster"] == 1


@case("B042")
def the_same_submission_twice(copy: Copy):
    row = copy.add(T2, copy.rows(T2)[2])
    clean = copy.clean()
    accepted(clean, file=T2, row=3, was="DL-113", became=f"row {row} counts (last_complete)", rule="duplicate")


@case("B043")
def another_submission_by_one_person(copy: Copy):
    first = copy.rows(T2)[2]
    row = copy.add(T2, [*first[:2], *[LABELS[0]] * 32, *first[34:]])
    clean = copy.clean()
    assert len(clean.waves[1].respondents) == 29
    assert set(logged(clean, file=T2, was="DL-113")["row"]) == {3, row}
    assert logged(clean, file=T2, row=row)["rule"].tolist() == ["duplicate_kept"]
    pseudonym = clean.waves[1].respondents.query("row == @row")["respondent"].item()
    mine = tidy(clean).set_index(["respondent", "wave"])
    assert set(mine.loc[(pseudonym, "follow_up"), "value"]) == {1}


@case("B045")
def no_id(copy: Copy):
    copy.set(T2, 3, ID, "  ")
    clean = copy.clean()
    assert logged(clean, file=T2, row=3)["rule"].tolist() == ["no_id"]
    assert flow(clean, "follow_up")["no_id"] == 1
    assert len(clean.waves[1].respondents) == 28
    others = tidy(well("1"))
    gone = set(others.loc[others["wave"] == "follow_up", "respondent"]) - set(clean.waves[1].respondents["respondent"])
    assert len(gone) == 1
    mine = (others["wave"] == "follow_up") & others["respondent"].isin(gone)
    assert tidy(clean).equals(others[~mine].reset_index(drop=True))


@case("B046")
def no_id_in_both_waves(copy: Copy):
    copy.set(T1, 3, ID, "")
    copy.set(T2, 3, ID, "")
    says = ("without an ID stand in more than one wave", "the IDs on the roster", "no_id: quarantine")
    return [Said(T1, 3, ID, "", says), Said(T2, 3, ID, "", says)]


def test_b046_when_the_params_say_so_both_are_set_aside_and_never_linked(copy):
    copy.set(T1, 3, ID, "")
    copy.set(T2, 3, ID, "")
    copy.rule("no_id: quarantine")
    clean = copy.clean()
    assert (len(clean.waves[0].respondents), len(clean.waves[1].respondents)) == (37, 28)
    assert with_waves(clean.participants, clean.waves)["answered"].value_counts()["programme_end+follow_up"] == 26


@case("B047", "2")
def another_cohorts_participant(copy: Copy):
    book = openpyxl.load_workbook(copy.data / ROSTER)
    book["משתתפים"]["F4"] = "ממשלה 8"
    book.save(copy.data / ROSTER)
    return [Said(ROSTER, 4, "מחזור", "ממשלה 8", ("belongs to another cohort", "allowed:    ממשלה 2", "roster.only"))]


@case("B049")
def a_preview(copy: Copy):
    row = copy.add(T2, ["2016/11/20 9:00:00 AM GMT+2", "test", *copy.rows(T2)[2][2:]])
    clean = copy.clean()
    accepted(clean, file=T2, row=row, column=ID, was="test", rule="preview")
    assert flow(clean, "follow_up")["preview"] == 1


@case("B050")
def a_tie_to_a_stranger(copy: Copy):
    row = copy.add("network.csv", ["follow_up", "DL-113", "DL-999", "advice"])
    clean = copy.clean()
    assert clean.records.ties.equals(well("1").records.ties)
    assert logged(clean, file="network.csv", row=row)[["column", "was", "rule"]].to_numpy().tolist() == [
        ["to", "DL-999", "not_on_roster"]
    ]
    assert clean.records.account.set_index("file").loc["data/1/network.csv", "rows_excluded"] == 3


@case("B051")
def a_tie_to_oneself(copy: Copy):
    row = copy.add("network.csv", ["follow_up", "DL-113", "DL-113", "advice"])
    clean = copy.clean()
    assert clean.records.ties.equals(well("1").records.ties)
    assert logged(clean, file="network.csv", row=row)["rule"].tolist() == ["self_nomination"]


# Values ------------------------------------------------------------------------------------------------------------


@case("B053")
def a_mark_after_every_label(copy: Copy):
    copy.column(T2, Q1, lambda cell: cell + RLM)
    clean = copy.clean()
    accepted(clean, file=T2, row=3, column=Q1, rule="invisible_signs", was=copy.cell(T2, 3, Q1))
    assert len(logged(clean, file=T2, column=Q1, rule="invisible_signs")) == 29


@case("B054")
def spaces_that_do_not_break(copy: Copy):
    copy.column(T2, Q1, lambda cell: cell.replace(" ", NBSP))
    accepted(copy.clean(), file=T2, row=3, column=Q1, rule="invisible_signs", was=copy.cell(T2, 3, Q1))


@case("B055")
def niqqud(copy: Copy):
    copy.column(T2, Q1, lambda cell: cell.replace("במידה", "בְּמִידָה"))
    accepted(copy.clean(), file=T2, row=3, column=Q1, rule="invisible_signs", was=copy.cell(T2, 3, Q1))


@case("B057")
def an_unknown_label(copy: Copy):
    copy.set(T2, 7, Q1, "אולי")
    return [
        Said(
            T2, 7, Q1, "אולי", ("not one of the possible answers", "1 כלל לא · 2 במידה מועטה", '"אולי": "…"', "missing")
        )
    ]


@case("B058")
def six_of_five(copy: Copy):
    copy.set(T2, 7, Q1, "6")
    return [Said(T2, 7, Q1, "6", ("not one of the possible answers", "5 במידה רבה מאוד", "correct it at its source"))]


@case("B059")
def a_number_among_labels(copy: Copy):
    code = LABELS.index(copy.cell(T2, 3, Q1)) + 1
    copy.set(T2, 3, Q1, str(code))
    accepted(copy.clean(), file=T2, row=3, column=Q1, was=str(code), became=LABELS[code - 1], rule="number_for_label")


@case("B061")
def an_arabic_digit(copy: Copy):
    code = LABELS.index(copy.cell(T2, 3, Q1)) + 1
    digit = "٠١٢٣٤٥"[code]
    copy.set(T2, 3, Q1, digit)
    accepted(copy.clean(), file=T2, row=3, column=Q1, was=digit, became=str(code), rule="other_digits")


@case("B062")
def infinity(copy: Copy):
    copy.set(T2, 7, Q1, "inf")
    return [Said(T2, 7, Q1, "inf", ("not one of the possible answers", "1 כלל לא", "correct it at its source"))]


@case("B063")
def words_for_nothing(copy: Copy):
    for row, text in ((3, "אין"), (4, "-"), (5, "999")):
        copy.set(T2, row, Q1, text)
    return [
        Said(
            T2,
            row,
            Q1,
            text,
            ("not one of the possible answers", "no answer", f'add "{text}" to option_sets.extent.missing', BOOK),
        )
        for row, text in ((3, "אין"), (4, "-"), (5, "999"))
    ]


def test_b063_words_for_nothing_are_read_when_the_codebook_lists_them(copy):
    for row, text in ((3, "אין"), (4, "-"), (5, "999")):
        copy.set(T2, row, Q1, text)
    copy.replace(
        BOOK, 'written: ["99", לא רלוונטי/לא יודע/ת, ', 'written: ["אין", "-", "999", "99", לא רלוונטי/לא יודע/ת, '
    )
    clean = copy.clean()
    lines = logged(clean, file=T2, column=Q1, rule="missing_label")
    assert lines[["row", "was"]].to_numpy().tolist() == [[3, "אין"], [4, "-"], [5, "999"]]
    changed = tidy(clean).compare(tidy(well("1")))
    assert len(changed) == 3


def compared(copy: Copy, clean: Clean) -> Comparison:
    everyone = with_waves(clean.participants, clean.waves)
    return Comparison(open_cohort(copy.name, copy.root), clean.all("responses"), everyone)


def on_page(changes: pd.DataFrame, language: str = "en") -> str:
    """A table of changes as a page shows it."""
    shown = [
        "measure",
        "group",
        "n_linked",
        "mean_earlier",
        "change",
        "interval",
        "p_adjusted",
        "verdict",
        "reason",
    ]
    return tables.html(changes, shown, "t", "caption", "", vocabulary.Vocabulary(CODEBOOK), language)


@case("B065")
def a_statement_without_answers(copy: Copy):
    copy.column(T2, Q1, lambda cell: "")
    clean = copy.clean()
    levels = item_levels(compared(copy, clean))
    mine = levels.query("measure == 'motivation_promote' and wave == 'follow_up'")
    assert mine["n"].item() == 0
    changes = shown_changes(compared(copy, clean))
    row = changes.query("measure == 'motivation_promote' and group == 'all'").iloc[0]
    assert (row["n_later"], row["n_linked"]) == (0, 0)
    assert pd.isna(row[["change", "p_adjusted", "ci_low"]]).all()
    assert not re.search(r"\bnan\b|None|NaN", on_page(changes[changes["measure"] == "motivation_promote"]))


@case("B066")
def half_the_statements(copy: Copy):
    """Five people who left after 16 of 32 statements: of a scale with one answer in four there is no score."""
    rows = copy.rows(T2)
    for row in rows[2:7]:
        row[18:34] = [""] * 16
    copy.write(T2, rows)
    clean = copy.clean()
    assert logged(clean, file=T2, rule="partial_kept")["row"].tolist() == [3, 4, 5, 6, 7]
    assert len(clean.waves[1].respondents) == 29
    items = list(CODEBOOK.items)
    assert items[16] == "wider_without_me"  # the fourth of its scale: three are answered, enough for a score
    scores = score_waves(clean.all("responses"), CODEBOOK, 0.5).query("wave == 'follow_up'")
    partial = set(clean.waves[1].respondents.query("3 <= row <= 7")["respondent"])
    mine = scores[scores["respondent"].isin(partial)].set_index(["scale", "respondent"])
    assert mine.loc["wider_involvement", "score"].notna().all()
    assert mine.loc["programme_contribution", "score"].isna().all()
    assert mine.loc["programme_contribution", "items_answered"].eq(0).all()


@case("B067")
def everybody_says_five(copy: Copy):
    for file in (T1, T2):
        rows = copy.rows(file)
        copy.write(
            file,
            [rows[0], *([*row[:2], *(LABELS[4] if cell in LABELS else cell for cell in row[2:])] for row in rows[1:])],
        )
    clean = copy.clean()
    changes = shown_changes(compared(copy, clean)).query("group == 'all'")
    scales = changes[changes["kind"] == "scale"]
    assert scales[["change", "p_adjusted", "ci90_low"]].isna().all(axis=None)  # any number would tell of everybody
    assert scales["in_words"].all() and scales["verdict"].eq("preserved").all()
    page = on_page(changes)
    assert not re.search(r"\bnan\b|None|NaN", page)
    assert "few changed their answers, if any" in page


@case("B069")
def one_group_only(copy: Copy):
    book = openpyxl.load_workbook(copy.data / ROSTER)
    for row in book["משתתפים"].iter_rows(min_row=2):
        row[3].value = "משרד מטה"
    book.save(copy.data / ROSTER)
    clean = copy.clean()
    groups = shown_changes(compared(copy, clean)).query("group != 'all'")
    assert set(groups["group"]) == {"headquarters", "operational", "local_and_third"}
    assert groups["hidden"].all()
    assert groups[["change", "mean_later"]].isna().all(axis=None)
    assert vocabulary.HIDDEN.en in on_page(groups)


@case("B070")
def an_item_already_turned_round(copy: Copy):
    """Good scales first: item and rest go together in both waves. Then the follow-up's reversed item comes turned."""
    weary = wording("motivation_weary")
    assert turned_items(compared(copy, copy.clean())).query("measure == 'motivation_weary'").empty
    copy.column(T2, weary, lambda cell: LABELS[4 - LABELS.index(cell)] if cell in LABELS else cell)
    warned = turned_items(compared(copy, copy.clean()))
    assert warned.query("measure == 'motivation_weary'")["wave"].tolist() == ["follow_up"]
    page = tables.html(
        warned, ["measure", "scale", "wave", "warning"], "turned", "Warning", "", vocabulary.Vocabulary(CODEBOOK), "he"
    )
    assert weary in page


@case("B071")
def day_or_month(copy: Copy):
    copy.column(T1, TIME, lambda cell: "03/04/2016 10:00:00" if cell else "")
    copy.params(
        '    format: google_forms\n    date_format: "%Y/%m/%d %I:%M:%S %p GMT+2"\n    closed: 2016-03-10\n',
        "    closed: 2016-04-10\n",
    )
    return [
        Said(
            T1,
            3,
            TIME,
            "03/04/2016 10:00:00",
            ("which is the day, and which the month", 'date_format: "%d/%m/%Y"', "2016-02-24"),
        )
    ]


def test_b071_with_its_format_stated_the_date_is_read_as_meant(copy):
    """Read as the third of April it is before the wave closed, as the fourth of March after it."""
    copy.column(T1, TIME, lambda cell: "03/04/2016 10:00:00" if cell else "")
    old = '    date_format: "%Y/%m/%d %I:%M:%S %p GMT+2"\n    closed: 2016-03-10\n'
    copy.params(old, '    date_format: "%d/%m/%Y %H:%M:%S"\n    closed: 2016-04-03\n')
    accepted(copy.clean())
    copy.params("    closed: 2016-04-03\n", "    closed: 2016-04-02\n")
    (problem,) = copy.problems()
    assert len((problem.row, *problem.more_rows)) == 38


@case("B073")
def a_time_to_come(copy: Copy):
    copy.set(T2, 3, TIME, "2099/11/07 9:00:00 AM GMT+2")
    return [
        Said(
            T2,
            3,
            TIME,
            "2099/11/07",
            ("later than the day the wave closed", "up to 2016-11-30", "waves.follow_up.closed"),
        )
    ]


@case("B074")
def a_time_of_google_forms(copy: Copy):
    copy.column(T2, TIME, lambda cell: cell.replace("AM", "am").replace("PM", "pm").replace("GMT+2", "CET"))
    copy.params(FOLLOW_UP_IS_GOOGLES, "    format: google_forms\n    closed: 2016-11-30\n")
    accepted(copy.clean(), file=T2, column=TIME, was="CET", rule="time_zone")


@pytest.mark.parametrize("form", ["%Y/%m/%d %I:%M:%S %p CET", "%Y/%m/%d %I:%M:%S %p %Z"])
def test_b074_a_form_may_name_the_zone_or_leave_it_open(copy, form):
    copy.column(T2, TIME, lambda cell: cell.replace("GMT+2", "CET"))
    copy.params(FOLLOW_UP_IS_GOOGLES, f'    format: google_forms\n    date_format: "{form}"\n')
    accepted(copy.clean(), file=T2, column=TIME, was="CET", rule="time_zone")


# Injection ---------------------------------------------------------------------------------------------------------

FORMULA = '=HYPERLINK("http://example.org","open")'


@case("B075")
def a_formula(copy: Copy):
    """In a comment, in a heading, and in the ID of somebody unknown: on no page, and no formula in any table."""
    rows = copy.rows(T2)
    rows[2][-1] = FORMULA
    rows = [[*row, FORMULA if place == 0 else ""] for place, row in enumerate(rows)]
    copy.write(T2, [*rows, ["2016/11/20 9:00:00 AM GMT+2", FORMULA, *rows[2][2:]]])
    clean = copy.clean()
    accepted(clean)
    published = [clean.all("flow"), clean.all("responses"), clean.all("answers"), clean.records.account]
    assert not any("HYPERLINK" in frame.to_csv() for frame in published)
    kept = [clean.log, clean.all("columns"), clean.all("audit")]
    assert sum("HYPERLINK" in frame.to_csv() for frame in kept) == 3
    for frame in kept:
        cells = [str(cell) for cell in frame.to_numpy().ravel() if "HYPERLINK" in str(cell)]
        assert all(cell.startswith("'=") for cell in cells)


@case("B077")
def html_in_labels_and_groups(copy: Copy):
    script = "<script>alert(1)</script>"
    copy.replace(BOOK, "        labels: [משרד מטה]\n", f'        labels: [משרד מטה, "{script}"]\n')
    copy.replace(BOOK, "        en: Headquarters (policy) ministries\n", f'        en: "{script}"\n')
    copy.replace(
        BOOK, "        en: I am motivated to promote digital processes in my work\n", f'        en: "{script}"\n'
    )
    book = openpyxl.load_workbook(copy.data / ROSTER)
    book["משתתפים"]["D2"] = script
    book.save(copy.data / ROSTER)
    clean = copy.clean()
    cohort = open_cohort("1", copy.root)
    words = vocabulary.Vocabulary(cohort.codebook)
    frame = pd.DataFrame({"group": ["headquarters"], "measure": ["motivation_promote"], "n": [9]})
    html = tables.html(frame, ["group", "measure", "n"], "t", script, script, words, "en")
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 4
    assert set(clean.participants["sector_group"]) == {"headquarters", "operational", "local_and_third"}


@case("B078")
def mathematics_in_a_label(copy: Copy):
    copy.replace(BOOK, "{code: 1, he: רעיון, en: Idea}", '{code: 1, he: רעיון, en: "$5_{"}')
    copy.clean()
    cohort = open_cohort("1", copy.root)
    codes = [option.code for option in cohort.codebook.options_of("project_stage").options]
    chosen = pd.DataFrame({"question": "project_stage", "option": codes, "wave": "follow_up", "n_chosen": 5, "n": 29})
    figure, said = answer_charts.option_bars(chosen, vocabulary.Vocabulary(cohort.codebook), "en")
    figure.canvas.draw()
    assert "$5_{" in said
    assert "$5_{" in [text.get_text() for text in figure.findobj(Text)]


# SPSS --------------------------------------------------------------------------------------------------------------


@case("B102", "3")
def a_code_that_the_file_does_not_declare(copy: Copy):
    """99 in sponsor_answers: without the codebook's list of missing codes it is no answer of the scale."""
    copy.replace(BOOK, 'written: ["99", לא רלוונטי/לא יודע/ת', "written: [לא רלוונטי/לא יודע/ת")
    return [
        Said(
            "programme_end.sav",
            column="sponsor_answers",
            value="99",
            says=('add "99" to option_sets.extent.missing', "5 במידה רבה מאוד"),
        )
    ]


def test_b102_the_codebooks_missing_codes_are_applied(tmp_path):
    clean = Copy(tmp_path, "3").clean()
    assert len(logged(clean, rule="missing_label", was="99", column="sponsor_answers")) == 1
    assert clean.all("responses")["value"].max() == 5


@case("B103", "3")
def labels_on_some_codes_only(copy: Copy):
    raw, about = pyreadstat.read_sav(copy.data / "programme_end.sav", user_missing=True)
    assert sorted(about.variable_value_labels["sponsor_cooperation"]) == [1, 5, 99]
    clean = copy.clean()
    accepted(clean, "3")
    mine = clean.all("responses").query("item == 'sponsor_cooperation'")["value"].dropna()
    codes = raw["sponsor_cooperation"][raw["sponsor_cooperation"] <= 5]
    assert sorted(mine) == sorted(codes.astype(int))
    assert {2, 3, 4} <= set(mine)


def test_a_file_whose_labels_turn_the_scale_round_is_refused(tmp_path):
    """1 means "not at all" in the codebook; a file that says the contrary must not be read by its codes."""
    copy = Copy(tmp_path, "3")
    raw, about = pyreadstat.read_sav(copy.data / "programme_end.sav", user_missing=True)
    labels = about.variable_value_labels | {"own_staff": {1.0: LABELS[4], 5.0: LABELS[0]}}
    pyreadstat.write_sav(raw, copy.data / "programme_end.sav", variable_value_labels=labels)
    problems = copy.problems()
    assert Said(
        "programme_end.sav", column="own_staff", value=f"1 = {LABELS[4]}", says=("in the codebook that is 5",)
    ).is_said_by(problems[0])


# All of them -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", CASES)
def test_each_bad_input_gets_what_it_must_get(number, tmp_path):
    made = CASES[number]
    copy = Copy(tmp_path, made.cohort)
    expected = made(copy)
    assert (expected is not None) == (must_get()[number] == "reject"), "the catalogue says otherwise"
    if expected is not None:
        problems = copy.problems()
        for said in expected:
            assert any(said.is_said_by(problem) for problem in problems), "\n".join(map(str, problems))


CATALOGUE = HOUSE / "tests" / "expected" / "bad_inputs.csv"


@cache
def catalogue() -> list[dict[str, str]]:
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def must_get() -> dict[str, str]:
    return {row["id"]: row["must_get"] for row in catalogue()}


def test_the_catalogue_has_a_hundred_bad_inputs():
    assert len(catalogue()) == len(must_get()) == 100


@pytest.mark.parametrize("row", catalogue(), ids=lambda row: row["id"])
def test_every_bad_input_is_covered_somewhere(row):
    """By a case here, by a test elsewhere that names its number or its subject, or by the reason why not yet."""
    if row["covered_by"] == "test_bad_inputs.py":
        assert row["id"] in CASES
    elif row["covered_by"].startswith("later: "):
        assert len(row["covered_by"]) > 20
    else:
        file, _, test = row["covered_by"].partition("::")
        text = (HOUSE / "tests" / file).read_text(encoding="utf-8")
        assert f"def {test}(" in text


def test_nothing_here_is_missing_from_the_catalogue():
    assert set(CASES) == {row["id"] for row in catalogue() if row["covered_by"] == "test_bad_inputs.py"}


# Everything in one run ---------------------------------------------------------------------------------------------


def test_what_is_wrong_in_any_file_is_named_in_one_run(copy):
    """The roster, both waves (heading, ID, time, value), a record and a correction: seven places, one run."""
    copy.rule("not_on_roster: reject")
    copy.rule('spellings: {"רבה מאד": "המון"}')
    book = openpyxl.load_workbook(copy.data / ROSTER)
    book["משתתפים"]["D5"] = "עמותה"
    book.save(copy.data / ROSTER)
    rows = copy.rows(T1)
    rows[0][2] = "שאלה אחרת לגמרי"
    rows[9][1] = "DL-1O7"
    rows[11][3] = "7"
    copy.write(T1, rows)
    copy.set(T2, 3, TIME, "2099/11/07 9:00:00 AM GMT+2")
    copy.set(T2, 4, Q2, "במידה רבא")
    copy.add("network.csv", ["later", "DL-101", "DL-102", "advice"])
    expected = [
        Said(ROSTER, 5, TRAIT, "עמותה", ("no group of the codebook", "משרד מטה", "traits.sector_group.groups")),
        Said("params/1.yaml", column="cleaning.spellings", value="המון"),
        Said(T1, 1, says=("no column holds the item “motivation_promote”",)),
        Said(T1, 10, ID, "DL-1O7", ('"DL-1O7": "DL-107"',)),
        Said(T1, 12, Q2, "7"),
        Said(T2, 3, TIME, "2099"),
        Said(T2, 4, Q2, "במידה רבא", ('"במידה רבא": "במידה רבה"',)),
        Said("network.csv", 32, "to", "DL-199", ("not on the roster",)),
        Said("network.csv", 394, "wave", "later", ("programme_end, follow_up",)),
    ]
    problems = copy.problems()
    for said in expected:
        assert any(said.is_said_by(problem) for problem in problems), (said, "\n".join(map(str, problems)))
    assert len(problems) == len(expected)


def test_the_same_thing_wrong_in_many_rows_is_said_once_with_its_rows(copy):
    copy.column(T2, Q1, lambda cell: "אולי")
    (problem,) = copy.problems()
    assert len((problem.row, *problem.more_rows)) == 29
    assert "rows 2, 3, 4, 5, 6, 7, 8, 9 and 21 more" in str(problem)


def test_a_proposal_can_be_pasted_as_it_stands(copy):
    """The lines after "write in params/1.yaml:", put under the keys that are there."""
    copy.set(T2, 4, Q2, 'במידה "רבא"')
    (problem,) = copy.problems()
    block = problem.remedy.split("write in params/1.yaml:\n")[1]
    lines = [line[8:] for line in block.splitlines()]
    assert lines[0] == "cleaning:"
    copy.params("cleaning:\n", "\n".join(lines) + "\n")
    clean = copy.clean()
    assert logged(clean, file=T2, row=4, rule="spelling")["was"].tolist() == ['במידה "רבא"']


@pytest.fixture
def published(tmp_path) -> tuple[Tiny, dict[str, bytes]]:
    """A small cohort whose roster and follow-up are broken, with the report of an earlier run before its readers."""
    tiny = Tiny(
        tmp_path,
        later=LATER.replace("A2,2024-06-02,3", "A2,2024-06-02,Mach"),
        roster=TINY_ROSTER.replace("Cy,Blue", "Cy,Bleu"),
    )
    page = f"<html><body>{template_pages.NOTICE_START}{template_pages.NOTICE_END}<h1>The last good report</h1></body></html>"
    files = {"report.he.html": page, "report.en.html": page, "results/flow.csv": "n\n4\n"}
    outputs = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}
    files["manifest.json"] = json.dumps({"outputs": outputs})
    folder = tmp_path / "build" / "tiny"
    for name, text in files.items():
        path = folder / ".versions" / "good" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / ".current").symlink_to(".versions/good")
    (folder / "manifest.json").symlink_to(".current/manifest.json")
    for name in outputs:
        (folder / Path(name).parts[0]).symlink_to(f".current/{Path(name).parts[0]}")
    return tiny, {name: text.encode() for name, text in files.items()}


def test_a_broken_export_ends_the_run_with_two_and_leaves_the_report(published):
    """The whole chain: roster and answers are named at once; the last good report says only that it is older."""
    tiny, good = published
    environment = {**os.environ, "FOLLOWUP_ROOT": str(tiny.root)}
    run = [sys.executable, "-m", "followup.commands.report", "tiny"]
    done = subprocess.run(run, cwd=HOUSE / "notebooks", env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "2 problems in the input:" in done.stderr
    assert "data/tiny/roster.csv, row 4, column “Team”" in done.stderr
    assert "data/tiny/follow_up.csv, row 3, column “rest”" in done.stderr
    assert '          spellings:\n            "Mach": "Much"' in done.stderr
    assert "Traceback" not in done.stderr
    folder = tiny.root / "build" / "tiny" / ".current"
    now = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert {name for name in now if now[name] != good.get(name)} == {
        "report.en.html",
        "report.he.html",
        "manifest.json",
    }
    for name in ("report.en.html", "report.he.html"):
        page = now[name].decode()
        notice = page.partition(template_pages.NOTICE_START)[2].partition(template_pages.NOTICE_END)[0]
        assert "01_clean" in notice
        assert page.replace(notice, "") == good[name].decode()
        assert "Mach" not in page
    tables_made = (tiny.root / "build" / "tiny" / "private").rglob("*.csv")
    assert not list(tables_made)
