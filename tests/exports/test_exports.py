"""Exports as institutes have them: small files as each tool writes them, read cell for cell, or refused with a reason.

Every file is written here, by hand or by another library; what must come out is written beside it.
"""

import csv
import datetime as dt
import io
import re
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat
import pytest
from followup.exports.read import read_export
from followup.exports.survey_tools import FORMATS, SURVEYMONKEY_ANSWER
from followup.language import folded
from followup.problems import InputProblems
from hypothesis import assume, given, settings
from hypothesis import strategies as st

RIGHT_TO_LEFT_MARK = "\u200f"
AGREE, DISAGREE = "מסכים במידה רבה", "לא מסכים כלל"
PLAIN = f"id,q1,q2\nDL-101,{AGREE},3\nDL-102,{DISAGREE},4\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def written(folder, content, name="answers.csv"):
    """A file with this content; text is written as UTF-8, line ends as they stand."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(folder, content, name="answers.csv", **how):
    return read_export(written(folder, content, name), f"data/1/{name}", **how)


def refusal(folder, content, name="answers.csv", **how) -> str:
    """The message by which a file is refused: it names the file and says what to do."""
    with pytest.raises(InputProblems) as refused:
        read(folder, content, name, **how)
    message = str(refused.value)
    assert f"data/1/{name}" in message
    assert "what to do: " in message
    return message


def table(export) -> list[list[str]]:
    return export.cells.to_numpy().tolist()


def rules(export) -> list[str]:
    return [rule for *_, rule in export.log]


# Delimited text: encodings, delimiters, line ends ------------------------------------------------------------------


def test_a_plain_file_is_read_as_it_stands(tmp_path):
    export = read(tmp_path, PLAIN)
    assert list(export.cells.columns) == ["id", "q1", "q2"]
    assert table(export) == [["DL-101", AGREE, "3"], ["DL-102", DISAGREE, "4"]]
    assert list(export.cells.index) == [2, 3]
    assert export.cells.index.name == "row"
    assert (export.format, export.log, export.incomplete) == ("plain", [], ())


def test_every_cell_is_text_and_NA_is_a_word_like_any_other(tmp_path):
    export = read(tmp_path, "id,sector,q1\n007,NA,1.0\n,null,\n")
    assert table(export) == [["007", "NA", "1.0"], ["", "null", ""]]
    assert set(export.cells.dtypes.astype(str)) == {"str"}


@pytest.mark.parametrize(
    ("encoding", "noted"),
    [
        ("utf-8", "read as utf-8"),
        ("utf-8-sig", "read as utf-8-sig"),
        ("cp1255", "read as cp1255"),
        ("utf-16", "read as utf-16"),
    ],
)
def test_known_encodings_are_read_and_named(tmp_path, encoding, noted):
    export = read(tmp_path, PLAIN.encode(encoding))
    assert table(export)[1] == ["DL-102", DISAGREE, "4"]
    assert noted in export.notes
    assert ("encoding" in rules(export)) == (encoding in ("cp1255", "utf-16"))


def test_big_endian_utf_16_with_tabs_as_excel_calls_unicode_text(tmp_path):
    content = b"\xfe\xff" + PLAIN.replace(",", "\t").encode("utf-16-be")
    assert table(read(tmp_path, content, "answers.txt"))[0] == ["DL-101", AGREE, "3"]


def test_one_row_in_another_encoding_is_named(tmp_path):
    lines = PLAIN.encode().splitlines(keepends=True)
    lines[2] = f"DL-102,{DISAGREE},4\n".encode("cp1255")
    message = refusal(tmp_path, b"".join(lines))
    assert "data/1/answers.csv, row 3: line 3 of the file is not UTF-8" in message
    assert DISAGREE in message
    assert "UTF-16 with its mark, Windows Hebrew (cp1255)" in message


def test_the_row_of_a_bad_line_is_counted_as_a_spreadsheet_counts(tmp_path):
    content = f'id,"a heading\non two lines"\nDL-101,{AGREE}\n'.encode() + f"DL-102,{AGREE}\n".encode("cp1255")
    assert "row 3: line 4 of the file" in refusal(tmp_path, content)


def test_western_european_text_is_not_taken_for_hebrew(tmp_path):
    message = refusal(tmp_path, "id,q1\n1,café\n2,très bien\n".encode("cp1252"))
    assert "line 2 of the file is not UTF-8" in message


def test_windows_punctuation_alone_is_read(tmp_path):
    assert table(read(tmp_path, b"id,q1\n1,it\x92s \x93good\x94\n")) == [["1", "it’s “good”"]]


@pytest.mark.parametrize("misread", ["latin-1", "cp1252"])
def test_double_encoded_labels_are_refused(tmp_path, misread):
    twice = b"".join(bytes([byte]).decode(misread, "ignore").encode() or bytes([0xC2, byte]) for byte in PLAIN.encode())
    message = refusal(tmp_path, twice)
    assert "row 2, column “q1”: labels look double-encoded" in message
    assert "re-export as UTF-8" in message


def test_utf_8_misread_as_windows_hebrew_is_refused(tmp_path):
    letters = [
        "".join(bytes([b]).decode("cp1255", "ignore") or chr(b) for b in word.encode()) for word in (AGREE, DISAGREE)
    ]
    assert "double-encoded" in refusal(tmp_path, f"id,q1\n1,{letters[0]}\n2,{letters[1]}\n")


def test_a_single_comment_pasted_with_broken_letters_does_not_stop_the_file(tmp_path):
    text = f"id,q1,comment\n1,{AGREE},thatâ€™s it\n2,{DISAGREE},טוב מאוד\n"
    assert len(read(tmp_path, text).cells) == 2


def test_reversed_hebrew_is_refused(tmp_path):
    text = f"id,q1,q2\n1,{AGREE[::-1]},{'מסכימים'[::-1]}\n2,{DISAGREE[::-1]},{'חושבים'[::-1]}\n"
    message = refusal(tmp_path, text)
    assert "the Hebrew appears reversed" in message
    assert "column “q2”" in message
    assert "allowed:    מסכימים" in message


def test_one_word_with_a_final_letter_in_front_is_a_slip(tmp_path):
    assert len(read(tmp_path, f"id,q1\n1,{AGREE}\n2,םולש\n").cells) == 2


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (PLAIN.replace(",", ";"), "separated by semicolons"),
        (PLAIN.replace(",", "\t"), "separated by tabs"),
        ("sep=,\n" + PLAIN, "first line “sep=,” left out"),
        ("sep=;\r\n" + PLAIN.replace(",", ";"), "separated by semicolons"),
        (PLAIN.replace("\n", "\r"), "lines end with CR only"),
        (PLAIN.replace(",q2", ',"q2"').replace("\n", "\r"), "lines end with CR only"),
        (PLAIN.replace("\n", "\r\n"), "separated by commas"),
    ],
)
def test_delimiters_and_line_ends_are_noted(tmp_path, content, note):
    export = read(tmp_path, content)
    assert table(export) == [["DL-101", AGREE, "3"], ["DL-102", DISAGREE, "4"]]
    assert list(export.cells.index) == [2, 3]
    assert note in export.notes
    assert bool(export.log) == (note != "separated by commas")


def test_a_comma_in_a_heading_does_not_make_a_semicolon_file_a_comma_file(tmp_path):
    export = read(tmp_path, "id;age, in years;q1\n1;40;5\n2;41;4\n")
    assert list(export.cells.columns) == ["id", "age, in years", "q1"]


def test_a_semicolon_in_a_quoted_heading_of_an_export_without_answers(tmp_path):
    export = read(tmp_path, '"id","a; b"\n')
    assert list(export.cells.columns) == ["id", "a; b"]
    assert export.cells.empty


def test_two_delimiters_that_would_both_do_are_refused(tmp_path):
    message = refusal(tmp_path, "id;a,b\n1;2,5\n2;3,5\n")
    assert "may be separated by" in message
    assert "commas, semicolons, tabs" in message


def test_rows_quoted_as_a_whole_are_refused(tmp_path):
    assert "quotation marks as a whole" in refusal(tmp_path, '"id,q1,q2"\n"1,2,3"\n')


def test_a_line_break_within_a_heading_or_an_answer_stays(tmp_path):
    export = read(tmp_path, 'id,"q1\n"\r\n1,"first line\r\nsecond line"\r\n2,5\r\n')
    assert list(export.cells.columns) == ["id", "q1\n"]
    assert table(export) == [["1", "first line\r\nsecond line"], ["2", "5"]]
    assert list(export.cells.index) == [2, 3]


def test_gershayim_typed_as_quotation_marks_are_letters_of_a_word(tmp_path):
    assert table(read(tmp_path, 'id,unit\n1,מנכ"ל\n2,ארה"ב\n')) == [["1", 'מנכ"ל'], ["2", 'ארה"ב']]


def test_blank_rows_keep_their_numbers(tmp_path):
    export = read(tmp_path, "\nid,q1\n1,2\n\n3,4\n,\n\n")
    assert table(export) == [["1", "2"], ["", ""], ["3", "4"], ["", ""], ["", ""]]
    assert list(export.cells.index) == [3, 4, 5, 6, 7]
    assert "1 blank rows above the headings" in export.notes


# Delimited text: what is repaired in the open, and what is refused -------------------------------------------------


def test_a_trailing_comma_on_every_answer_is_repaired_and_logged(tmp_path):
    export = read(tmp_path, "id,q1\n1,2,\n3,4,\n")
    assert table(export) == [["1", "2"], ["3", "4"]]
    assert export.log == [
        (None, "", "an empty cell after the last heading in 2 rows from row 2 on", "", "trailing_separator")
    ]


def test_one_row_that_ends_in_an_empty_cell_too_many_may_have_been_moved_by_a_value_too_many(tmp_path):
    message = refusal(tmp_path, "id,q1,comment\nDL-101,3,\nDL-102,4,3,\nDL-103,5,\n,,,,\n")
    assert "row 3: this row ends in an empty cell that has no heading, and other rows do not" in message
    assert "row 5" not in message  # a blank row of commas holds nothing that could be moved


def test_rows_that_end_early_are_filled_and_logged(tmp_path):
    export = read(tmp_path, "id,q1,q2,q3\n1,2\n5,6,7,8\n")
    assert table(export)[0] == ["1", "2", "", ""]
    assert export.log == [(2, "", "2 cells", "4 cells", "row_filled")]


def test_a_row_with_an_extra_field_is_refused_and_never_shifted(tmp_path):
    message = refusal(tmp_path, "id,q1,comment\n1,2,good\n2,3,yes, but slowly\n")
    assert "row 3, column “D”: this row has 4 cells under 3 headings (found: “ but slowly”)" in message.replace(
        "“but", "“ but"
    )
    assert "allowed:    3 cells" in message


def test_all_rows_that_do_not_fit_are_named_together(tmp_path):
    message = refusal(tmp_path, "id,q1\n1,2,3\n2,2\n3,2,9\n")
    assert message.startswith("2 problems in the input:")
    assert "row 2" in message
    assert "row 4" in message


def test_of_many_problems_the_first_twenty_are_shown(tmp_path):
    message = refusal(tmp_path, "id,q1\n" + "".join(f"1,2,{number}\n" for number in range(50)))
    assert (
        message.count("what to do: put a text that holds a comma into quotes") == 3 + 1
    )  # the last says how many more
    assert "17 more of this kind" in message  # of the twenty
    assert "30 more problems of this kind" in message


def test_the_same_problem_in_many_rows_is_told_once(tmp_path):
    message = refusal(tmp_path, "id,q1\n" + "1,2,x\n" * 50)
    assert "rows 2, 3, 4, 5, 6, 7, 8, 9 and 42 more, column “C”" in message


def test_a_row_that_a_line_break_cut_in_two_is_refused(tmp_path):
    message = refusal(tmp_path, "id,q1,comment,q2\n1,2,good\nbut slow,5\n2,3,fine,4\n")
    assert "rows 2 and 3 look like one row" in message


def test_a_stray_quotation_mark_is_refused_with_its_row(tmp_path):
    assert "row 3: a quotation mark is out of place" in refusal(tmp_path, 'id,q1\n1,2\n2,"so" so\n')
    assert "row 3: a quotation mark opens here and is never closed" in refusal(tmp_path, 'id,q1\n1,2\n2,"so\n3,4\n')


@pytest.mark.parametrize(
    "content",
    [
        'id,q1,q2\n1,2,"good\n2,3,bad"\n3,4,5\n',  # from the last cell of a row to the last of the next
        'id,q1,q2\n1,"good,5\n2,bad",5\n3,4,5\n',  # from a middle cell to the one below
        'id,q1,q2\n1,2,"good\n2,3,4\n3,4,5\n4,5,bad"\n',  # three rows
        'id;q1;q2\n1;2;"good\n2;3;bad"\n3;4;5\n',
    ],
)
def test_a_balanced_pair_of_stray_quotation_marks_swallows_no_row(tmp_path, content):
    message = refusal(tmp_path, content)
    assert "row 2, column “q" in message
    assert "swallowed the rows below" in message


def test_prose_with_commas_on_several_lines_is_an_answer(tmp_path):
    comment = "First, the tools.\nThen, the people, and the time."
    export = read(tmp_path, f'id,comment,q1\n1,"{comment}",5\n')
    assert table(export) == [["1", comment, "5"]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b" \n\n", "the file is empty"),
        (b"\xef\xbb\xbf\n\n", "the file has no headings"),
        (b"id,q1\n1,a\0b\n", "row 2: the file holds NUL bytes"),
        (PLAIN.encode("utf-16-le"), "UTF-16 without its mark"),
        (b"\xff\xfea", "marked as UTF-16 and is not"),
        (
            b"<!DOCTYPE html>\n<html><title>Sign in</title>",
            "this is a web page, not an export (the link needs a login)",
        ),
        (b"\xef\xbb\xbf  <html>", "this is a web page"),
        (b"Survey of graduates 2016\nid,q1,q2\n1,2,3\n", "a title stands above the headings"),
        (f"id,comment\n1,{'x' * 20_001}\n".encode(), "this text has 20001 characters"),
        (f"id,comment\n1,{'x' * 10_000_000}\n".encode(), "longer than 20000 characters"),
        (b"id,q1,q1\n1,2,3\n", "columns B, C have the same heading"),
        (f"id,q1,{RIGHT_TO_LEFT_MARK}Q1 \n1,2,3\n".encode(), "columns B, C have the same heading"),
        (OLE + b"\0" * 600, "password-protected or an old Excel file"),
    ],
)
def test_what_is_no_export_is_refused(tmp_path, content, said):
    assert said in refusal(tmp_path, content)


def test_a_text_too_long_is_placed(tmp_path):
    message = refusal(tmp_path, f"id,comment\n1,fine\n2,{'x' * 20_001}\n")
    assert "row 3, column “comment”" in message
    assert "up to 20000 characters" in message


def test_headings_without_answers_are_left_to_cleaning(tmp_path):
    export = read(tmp_path, "id,q1\n")
    assert export.cells.shape == (0, 2)


def test_a_column_without_a_heading_is_named_by_its_place(tmp_path):
    export = read(tmp_path, ",id,q1,,\n0,DL-1,5\n1,DL-2,4,,\n")
    assert list(export.cells.columns) == ["(no heading, column A)", "id", "q1"]
    assert table(export) == [["0", "DL-1", "5"], ["1", "DL-2", "4"]]
    assert rules(export) == ["heading_unnamed"]


def test_a_cell_under_no_heading_is_refused(tmp_path):
    assert "row 3, column “C”" in refusal(tmp_path, "id,q1,\n1,2,\n3,4,x\n")


def test_a_missing_file_says_which_files_there_are(tmp_path):
    written(tmp_path, PLAIN, "t1.csv")
    with pytest.raises(InputProblems, match="there is no such file") as refused:
        read_export(tmp_path / "t2.csv", "data/1/t2.csv")
    assert "allowed:    t1.csv" in str(refused.value)


def test_a_file_over_200_MB_is_refused_before_it_is_read(tmp_path):
    with (tmp_path / "big.csv").open("wb") as file:
        file.truncate(201_000_000)
    with pytest.raises(InputProblems, match="the file has 201 MB"):
        read_export(tmp_path / "big.csv", "data/1/big.csv")


# Survey tools --------------------------------------------------------------------------------------------------------


GOOGLE = (
    '"חותמת זמן","קוד משתתף","אני מרוצה [מההנחיה]","אני מרוצה [מהחומרים]","יש לי\nמוטיבציה"\n'
    f'"2016/02/24 9:15:24 AM GMT+2","DL-101","{AGREE}","{DISAGREE}","5"\n'
)


def test_google_forms(tmp_path):
    export = read(tmp_path, GOOGLE)
    assert export.format == "google_forms"
    assert table(export) == [["2016/02/24 9:15:24 AM GMT+2", "DL-101", AGREE, DISAGREE, "5"]]
    assert export.alternatives == {"אני מרוצה [מההנחיה]": ["מההנחיה"], "אני מרוצה [מהחומרים]": ["מהחומרים"]}


QUALTRICS = [
    ["StartDate", "EndDate", "Status", "Finished", "ResponseId", "DistributionChannel", "Q1", "Q2_1", "Q2_2"],
    [
        "Start Date",
        "End Date",
        "Response Type",
        "Finished",
        "Response ID",
        "Distribution Channel",
        "מה מספר המשתתף שלך?",
        "עד כמה נכון - אני מוביל",
        "עד כמה נכון - אני יוזם",
    ],
    [
        f'{{"ImportId":"{name}"}}'
        for name in (
            "startDate",
            "endDate",
            "status",
            "finished",
            "_recordId",
            "distributionChannel",
            "QID1_TEXT",
            "QID2_1",
            "QID2_2",
        )
    ],
    ["2018-04-01 10:00:00", "2018-04-01 10:04:00", "Survey Preview", "True", "R_1", "preview", "TEST", "5", "5"],
    ["2018-04-02 10:00:00", "2018-04-02 10:04:00", "IP Address", "True", "R_2", "anonymous", "DL-201", "4", "-99"],
    ["2018-04-03 10:00:00", "2018-04-03 10:01:00", "IP Address", "False", "R_3", "anonymous", "DL-202", "3", ""],
]


def as_csv(rows: list[list[str]], **how) -> str:
    text = io.StringIO()
    csv.writer(text, **how).writerows(rows)
    return text.getvalue()


def test_qualtrics(tmp_path):
    export = read(tmp_path, as_csv(QUALTRICS))
    assert (export.format, export.heading_rows) == ("qualtrics", 3)
    assert list(export.cells.columns) == QUALTRICS[0]
    assert list(export.cells.index) == [5, 6]
    assert export.alternatives["Q2_1"] == ["עד כמה נכון - אני מוביל", "אני מוביל", "עד כמה נכון [אני מוביל]", "QID2_1"]
    assert export.missing == {"Q2_2": {"-99"}}
    assert export.incomplete == (6,)
    assert [(row, column, rule) for row, column, _, _, rule in export.log] == [
        (2, "", "heading_row"),
        (3, "", "heading_row"),
        (4, "Status", "preview"),
    ]


def test_qualtrics_as_tab_separated_utf_16(tmp_path):
    export = read(tmp_path, as_csv(QUALTRICS, delimiter="\t").encode("utf-16"), "answers.tsv")
    assert (export.format, list(export.cells.index)) == ("qualtrics", [5, 6])


@pytest.mark.parametrize(
    ("code", "kept"), [("0", True), ("1", False), ("2", False), ("4", True), ("9", False), ("16", True)]
)
def test_qualtrics_exported_as_numbers(tmp_path, code, kept):
    row = [*QUALTRICS[4][:2], code, "1", "R_9", "anonymous", "DL-203", "1", "2"]
    assert len(read(tmp_path, as_csv([*QUALTRICS[:3], row])).cells) == kept


@pytest.mark.parametrize(("left", "heading_rows"), [((0, 1, 4), 2), ((0, 4), 1), ((0, 2, 4), 2)])
def test_qualtrics_whose_extra_heading_rows_were_deleted_by_hand(tmp_path, left, heading_rows):
    export = read(tmp_path, as_csv([QUALTRICS[place] for place in left]))
    assert (export.format, export.heading_rows) == ("qualtrics", heading_rows)
    assert list(export.cells["ResponseId"]) == ["R_2"]


def test_three_heading_rows_over_any_columns_are_qualtrics(tmp_path):
    rows = [["id", "q1"], ["ID", "Is it so?"], ['{"ImportId":"QID1"}', '{"ImportId":"QID2"}'], ["DL-1", "5"]]
    export = read(tmp_path, as_csv(rows))
    assert (export.format, table(export)) == ("qualtrics", [["DL-1", "5"]])


SURVEYMONKEY = [
    ["Respondent ID", "Collector ID", "Start Date", "Your code", "How true is it?", "", "", "Which tools?", "", "Why?"],
    [
        "",
        "",
        "",
        "Open-Ended Response",
        "I lead",
        "I start things",
        "",
        "Excel",
        "Other (please specify)",
        "Open-Ended Response",
    ],
    ["118200000000001", "1", "02/24/2016 09:15:24 AM", "DL-101", "Agree", "Disagree", "", "Excel", "", "Because, well"],
]


def test_surveymonkey(tmp_path):
    rows = [row[:6] + row[7:] for row in SURVEYMONKEY]
    export = read(tmp_path, as_csv(rows))
    assert (export.format, export.heading_rows) == ("surveymonkey", 2)
    assert list(export.cells.columns) == [
        "Respondent ID",
        "Collector ID",
        "Start Date",
        "Your code",
        "How true is it? [I lead]",
        "How true is it? [I start things]",
        "Which tools? [Excel]",
        "Which tools? [Other (please specify)]",
        "Why?",
    ]
    assert export.alternatives["How true is it? [I lead]"] == ["I lead"]
    assert table(export)[0][0] == "118200000000001"
    assert list(export.cells.index) == [3]
    assert rules(export) == ["heading_row"]


def test_surveymonkey_without_its_own_columns(tmp_path):
    rows = [["id", "q1", "q2"], ["Open-Ended Response", "Response", "Response"], ["DL-1", "4", "5"]]
    export = read(tmp_path, as_csv(rows))
    assert (export.format, list(export.cells.columns), table(export)) == (
        "surveymonkey",
        ["id", "q1", "q2"],
        [["DL-1", "4", "5"]],
    )


def test_surveymonkey_whose_second_row_was_deleted(tmp_path):
    rows = [["Respondent ID", "Collector ID", "Your code"], ["1182", "1", "DL-1"]]
    assert table(read(tmp_path, as_csv(rows))) == [["1182", "1", "DL-1"]]


def limesurvey(headings: list[str], **how) -> str:
    rows = [["1", "2019-05-06 10:00:00", "3", "he", "DL-1", "4", "5"], ["2", "", "1", "he", "DL-2", "3", ""]]
    return "\ufeff" + as_csv([headings, *rows], quoting=csv.QUOTE_ALL, **how) + "\r\n"


def test_limesurvey_with_codes(tmp_path):
    codes = ["id", "submitdate", "lastpage", "startlanguage", "who", "G01Q02[SQ001]", "G01Q02[SQ002]"]
    export = read(tmp_path, limesurvey(codes, delimiter=";"))
    assert export.format == "limesurvey"
    assert list(export.cells.columns) == codes
    assert export.alternatives == {"G01Q02[SQ001]": ["G01Q02_SQ001"], "G01Q02[SQ002]": ["G01Q02_SQ002"]}
    assert list(export.cells.index) == [2, 3, 4]  # the tool ends its files with a blank row
    assert export.incomplete == (3,)
    assert "1 submissions were not finished (by “submitdate”)" in export.notes


def test_limesurvey_with_codes_and_wordings(tmp_path):
    headings = [
        "id. Response ID",
        "submitdate. Date submitted",
        "lastpage. Last page",
        "startlanguage. Start language",
        "who. Your code",
        "G01Q02[SQ001]. How true? [I lead]",
        "G01Q02[SQ002]. How true? [I start]",
    ]
    export = read(tmp_path, limesurvey(headings))
    assert export.alternatives["who. Your code"] == ["who", "Your code"]
    assert export.alternatives["G01Q02[SQ001]. How true? [I lead]"] == [
        "G01Q02[SQ001]",
        "G01Q02_SQ001",
        "How true? [I lead]",
        "I lead",
    ]
    assert export.incomplete == (3,)


@pytest.mark.parametrize(
    "own",
    [
        ["Response ID", "Date submitted", "Last page", "Start language"],
        ["זיהוי ID של התגובות", "תאריך שליחה", "עמוד אחרון", "שפה התחלתית"],
    ],
)
def test_limesurvey_with_wordings(tmp_path, own):
    export = read(tmp_path, limesurvey([*own, "מספר משתתף", "עד כמה נכון? [אני מוביל]", "עד כמה נכון? [אני יוזם]"]))
    assert (export.format, export.incomplete) == ("limesurvey", (3,))
    assert export.alternatives["עד כמה נכון? [אני יוזם]"] == ["אני יוזם"]


def test_another_name_that_two_columns_share_names_neither(tmp_path):
    export = read(tmp_path, "id,Before [I lead],After [I lead],Rate [id]\n1,2,3,4\n")
    assert export.alternatives == {}


def test_two_heading_rows_of_no_known_tool_are_named_in_the_params(tmp_path):
    rows = [["id", "Motivation", "", "Age"], ["", "I want", "I can", ""], ["DL-1", "4", "5", "40"]]
    export = read(tmp_path, as_csv(rows), header_rows=2)
    assert list(export.cells.columns) == ["id", "Motivation [I want]", "Motivation [I can]", "Age"]
    assert table(export) == [["DL-1", "4", "5", "40"]]


# The format named in the params ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "format", "said"),
    [
        (PLAIN, "qualtrics", "without the heading rows of a survey tool"),
        (PLAIN, "surveymonkey", "without the heading rows of a survey tool"),
        (PLAIN, "excel", "the content is CSV or other delimited text"),
        (PLAIN, "spss", "the content is CSV or other delimited text"),
        (GOOGLE, "limesurvey", "as google_forms writes it"),
        (as_csv(QUALTRICS), "plain", "as qualtrics writes it"),
        (as_csv(QUALTRICS), "google_forms", "as qualtrics writes it"),
        (as_csv([row[:6] for row in SURVEYMONKEY]), "plain", "as surveymonkey writes it"),
    ],
)
def test_a_format_that_the_content_contradicts_is_refused(tmp_path, content, format, said):
    message = refusal(tmp_path, content, format=format)
    assert f"the params say format: {format}; " in message
    assert said in message
    assert "allowed:    auto, " in message


@pytest.mark.parametrize(
    ("named", "remedy"),
    [("lime_survey", "write format: limesurvey in the params"), ("?", "correct format: in the params")],
)
def test_a_format_that_does_not_exist_is_answered_with_those_that_do(tmp_path, named, remedy):
    (tmp_path / "answers.csv").write_text("code,q1\n1,2\n", encoding="utf-8")
    with pytest.raises(InputProblems) as told:
        read_export(tmp_path / "answers.csv", "data/1/answers.csv", format=named)
    assert all(
        part in str(told.value) for part in ("data/1/answers.csv", f"“{named}”", "google_forms, qualtrics", remedy)
    )


@pytest.mark.parametrize("format", ["google_forms", "limesurvey", "plain"])
def test_a_format_that_shows_no_marks_is_believed(tmp_path, format):
    assert read(tmp_path, PLAIN, format=format).format == format


def test_an_unknown_format_and_wrong_heading_rows_are_refused(tmp_path):
    assert ", ".join(FORMATS) in refusal(tmp_path, PLAIN, format="typeform")
    assert "the content shows 3" in refusal(tmp_path, as_csv(QUALTRICS), header_rows=2)


# Excel ---------------------------------------------------------------------------------------------------------------


def workbook(folder, rows, name="answers.xlsx", change=lambda page: None):
    book = openpyxl.Workbook()
    page = book.active
    page.title = "answers"
    for row in rows:
        page.append(row)
    change(page)
    book.save(folder / name)
    return folder / name


def read_book(path, **how):
    return read_export(path, f"data/1/{path.name}", **how)


def refused_book(path, **how) -> str:
    with pytest.raises(InputProblems) as refused:
        read_book(path, **how)
    return str(refused.value)


def test_excel_cells_are_the_text_they_show(tmp_path):
    def zeros(page):
        page["A2"].number_format = "000000000"

    rows = [
        ["id", "q1", "q2", "comment", "sent"],
        [1234566, 4.0, 3.5, "שלום", dt.datetime(2016, 2, 24, 9, 15, 24)],
        ["001234566", "5", 0.1 + 0.2, None, dt.datetime(2016, 2, 25)],
        [3, True, -1, "", dt.datetime(2016, 2, 26, 23, 59, 59, 900_000)],
    ]
    export = read_book(workbook(tmp_path, rows, change=zeros))
    assert (export.format, export.dates) == ("excel", {"sent"})
    assert table(export) == [
        ["001234566", "4", "3.5", "שלום", "2016-02-24 09:15:24"],
        ["001234566", "5", "0.3", "", "2016-02-25"],
        ["3", "TRUE", "-1", "", "2016-02-27"],
    ]
    assert list(export.cells.index) == [2, 3, 4]


def test_the_sheet_is_named_in_the_params(tmp_path):
    def second(page):
        other = page.parent.create_sheet("תשובות")
        other.append(["id", "q1"])
        other.append(["DL-1", 5])
        page.parent.create_sheet("drafts").sheet_state = "hidden"

    path = workbook(tmp_path, [["read me"]], change=second)
    export = read_book(path, sheet="תשובות")
    assert table(export) == [["DL-1", "5"]]
    assert "hidden sheets were not read: drafts" in export.notes
    assert table(read_export(path, "data/1/answers.xlsx", "תשובות")) == [["DL-1", "5"]]
    assert "allowed:    answers, תשובות" in refused_book(path)
    assert "did you mean sheet: תשובות?" in refused_book(path, sheet="תשובה")


def test_an_empty_second_sheet_needs_no_name(tmp_path):
    path = workbook(tmp_path, [["id", "q1"], ["DL-1", 5]], change=lambda page: page.parent.create_sheet("Sheet2"))
    assert table(read_book(path)) == [["DL-1", "5"]]


def test_hidden_rows_and_columns_are_read_and_counted(tmp_path):
    def hide(page):
        page.row_dimensions[3].hidden = True
        page.column_dimensions["B"].hidden = True

    export = read_book(workbook(tmp_path, [["id", "q1"], ["DL-1", 5], ["DL-2", 4]], change=hide))
    assert len(export.cells) == 2
    assert "1 hidden rows were read like the others" in export.notes
    assert "1 hidden columns were read like the others" in export.notes


def test_merged_headings_are_filled(tmp_path):
    def merge(page):
        page.merge_cells("A1:A2")
        page.merge_cells("B1:C1")

    rows = [["id", "Motivation", None, "Age"], [None, "I want", "I can", None], ["DL-1", 4, 5, 40]]
    export = read_book(workbook(tmp_path, rows, change=merge))
    assert list(export.cells.columns) == ["id", "Motivation [I want]", "Motivation [I can]", "Age"]
    assert export.heading_rows == 2
    assert table(export) == [["DL-1", "4", "5", "40"]]
    assert list(export.cells.index) == [3]


def test_a_first_answer_is_not_taken_for_headings(tmp_path):
    path = workbook(
        tmp_path, [["id", "Name", None], ["DL-1", "Dana", "Levi"]], change=lambda page: page.merge_cells("B1:C1")
    )
    assert "columns B, C have the same heading" in refused_book(path)


def test_a_merged_title_above_the_headings_is_set_aside(tmp_path):
    rows = [["Survey of graduates", None, None], [None, None, None], ["id", "q1", "q2"], ["DL-1", 4, 5]]
    export = read_book(workbook(tmp_path, [rows[0], *rows[2:]], change=lambda page: page.merge_cells("A1:C1")))
    assert table(export) == [["DL-1", "4", "5"]]
    assert export.log == [(1, "", "Survey of graduates", "", "title_row")]
    assert list(export.cells.index) == [3]


def test_merged_answers_are_refused_by_address(tmp_path):
    rows = [["id", "sector"], ["DL-1", "north"], ["DL-2", None]]
    message = refused_book(workbook(tmp_path, rows, change=lambda page: page.merge_cells("B2:B3")))
    assert "the cells B2:B3 are merged" in message
    assert "row 2, column “B”" in message


def test_errors_dates_among_answers_and_formulas_without_a_result_are_refused_together(tmp_path):
    rows = [
        ["id", "q1", "q2", "q3"],
        ["DL-1", "#N/A", 4, "=B2+1"],
        ["DL-2", 5, dt.datetime(2016, 4, 3), 3],
        ["DL-3", "#DIV/0!", 3, 3],
    ]
    message = refused_book(workbook(tmp_path, rows))
    assert message.startswith("4 problems in the input:")
    assert "an Excel error stands in cell B2 (found: “#N/A”)" in message
    assert "an Excel error stands in cell B4 (found: “#DIV/0!”)" in message
    assert "the formula in cell D2 was saved without its result" in message
    assert "row 3, column “q2”: cell C3 holds a date among other answers" in message
    assert "(found: “2016-04-03”)" in message


def test_a_formula_with_its_result_is_read(tmp_path):
    path = workbook(tmp_path, [["id", "total", "label"], ["DL-1", "=1+2", '=""']])
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = members["xl/worksheets/sheet1.xml"].decode()
    sheet = re.sub(r"(<f>1\+2</f>)<v ?/?>(</v>)?", r"\1<v>3</v>", sheet)
    members["xl/worksheets/sheet1.xml"] = re.sub(r'<c r="C2"[^>]*>', '<c r="C2" t="str">', sheet).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    assert table(read_book(path)) == [["DL-1", "3", ""]]


def test_a_number_that_lost_digits_is_refused(tmp_path):
    assert "the number in cell A2 has lost digits" in refused_book(workbook(tmp_path, [["id"], [12345678901234567]]))


def test_cells_beside_the_table_are_refused(tmp_path):
    message = refused_book(workbook(tmp_path, [["id", "q1"], ["DL-1", 5], ["DL-2", 4, None, "mean 4.5"]]))
    assert "row 3, column “C”" in message
    assert "mean 4.5" in message


def test_survey_tools_write_workbooks_too(tmp_path):
    export = read_book(workbook(tmp_path, QUALTRICS))
    assert (export.format, list(export.cells.index)) == ("qualtrics", [5, 6])
    assert read_book(workbook(tmp_path, QUALTRICS), format="excel").format == "qualtrics"
    rows = [row[:6] for row in SURVEYMONKEY]
    assert list(read_book(workbook(tmp_path, rows)).cells.columns)[-1] == "How true is it? [I start things]"


def test_more_than_10_000_answers_in_a_workbook_are_refused(tmp_path):
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("answers")
    for number in range(10_002):
        page.append([number])
    book.save(tmp_path / "answers.xlsx")
    assert "up to 10000 rows of answers" in refused_book(tmp_path / "answers.xlsx")


def test_a_cell_far_below_the_answers_is_refused(tmp_path):
    path = workbook(tmp_path, [["id", "q1"], ["DL-1", 5]], change=lambda page: page.cell(1_048_576, 1, "end"))
    assert "the sheet goes down to row 1048576" in refused_book(path)


def test_rows_that_are_only_formatted_are_no_rows(tmp_path):
    def coloured(page):
        page.row_dimensions[1_000_000].height = 30
        page["B5"].number_format = "@"

    assert table(read_book(workbook(tmp_path, [["id", "q1"], ["DL-1", 5]], change=coloured))) == [["DL-1", "5"]]


def test_a_workbook_that_unpacks_to_more_than_50_MB_is_refused_unread(tmp_path):
    path = tmp_path / "answers.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"<row/>" * 10_000_000)
    assert path.stat().st_size < 1_000_000
    message = refused_book(path)
    assert "unpacks to 60 MB" in message
    assert "up to 50 MB" in message


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("answers.xlsx", PLAIN.encode(), "the name ends in .xlsx but the content is not an Excel workbook"),
        ("answers.xlsx", OLE + b"\0" * 600, "password-protected or an old Excel file (.xls); "[:-2]),
        ("answers.xls", OLE + b"\0" * 600, "save it as .xlsx without a password"),
        ("answers.xlsx", b"<html><body>Sign in", "this is a web page"),
        ("answers.xlsx", b"PK\x03\x04 and then nothing", "this is not an Excel workbook (.xlsx), or it is damaged"),
        ("answers.sav", PLAIN.encode(), "is not an SPSS file"),
        ("answers.sav", b"$FL2@(#) SPSS DATA FILE", "this SPSS file cannot be read"),
    ],
)
def test_files_that_are_not_what_their_name_says(tmp_path, name, content, said):
    assert said in refusal(tmp_path, content, name)


def test_a_workbook_named_csv(tmp_path):
    path = workbook(tmp_path, [["id", "q1"], ["DL-1", 5]])
    message = refusal(tmp_path, path.read_bytes(), "t2.csv")
    assert "the name ends in .csv but the content is an Excel workbook" in message
    assert "name it .xlsx, or save it again as .csv" in message


def test_a_damaged_workbook_is_refused(tmp_path):
    content = bytearray(workbook(tmp_path, [["id", "q1"], ["DL-1", 5]]).read_bytes())
    content[200:260] = b"\xff" * 60
    refusal(tmp_path, bytes(content), "answers.xlsx")


# SPSS ----------------------------------------------------------------------------------------------------------------


def spss(folder, frame, name="answers.sav", **how):
    pyreadstat.write_sav(frame, str(folder / name), **how)
    return folder / name


def test_spss_codes_stay_codes(tmp_path):
    frame = pd.DataFrame(
        {
            "id": ["DL-1", "DL-2", "DL-3"],
            "q1": [1.0, 5.0, 99.0],
            "q2": [2.5, np.nan, 8.0],
            "sent": [dt.date(2019, 5, 6), None, dt.date(2019, 5, 7)],
        }
    )
    export = read_book(
        spss(
            tmp_path,
            frame,
            column_labels={"q1": "אני מוביל/ה שינוי", "q2": "עד כמה נכון [אני יוזם]"},
            variable_value_labels={"q1": {1: DISAGREE, 5: AGREE}},
            missing_ranges={"q2": [{"lo": 7, "hi": 9}]},
        )
    )
    assert (export.format, export.heading_rows, export.dates) == ("spss", 0, {"sent"})
    assert table(export) == [
        ["DL-1", "1", "2.5", "2019-05-06"],
        ["DL-2", "5", "", ""],
        ["DL-3", "99", "8", "2019-05-07"],
    ]
    assert list(export.cells.index) == [1, 2, 3]
    assert export.labels == {"q1": {"1": DISAGREE, "5": AGREE}}  # 99 has no label and stays an undeclared 99
    assert export.missing == {"q2": {"8"}}
    assert export.alternatives == {"q1": ["אני מוביל/ה שינוי"], "q2": ["עד כמה נכון [אני יוזם]", "אני יוזם"]}


def test_spss_discrete_missing_codes(tmp_path):
    frame = pd.DataFrame({"q1": [1.0, 99.0], "sector": ["north", "?"]})
    export = read_book(spss(tmp_path, frame, missing_ranges={"q1": [98, 99], "sector": ["?"]}))
    assert export.missing == {"q1": {"98", "99"}, "sector": {"?"}}
    assert table(export) == [["1", "north"], ["99", "?"]]


def test_spss_without_cases_is_left_to_cleaning(tmp_path):
    export = read_book(
        spss(tmp_path, pd.DataFrame({"id": pd.Series([], dtype="str"), "q1": pd.Series([], dtype="float")}))
    )
    assert export.cells.shape == (0, 2)


def test_an_spss_file_is_no_survey_tools_text(tmp_path):
    path = spss(tmp_path, pd.DataFrame({"q1": [1.0]}))
    assert "the params say format: qualtrics; the content is SPSS file" in refused_book(path, format="qualtrics")
    assert "is an SPSS" not in refused_book(path.rename(tmp_path / "answers.csv"))


# Comparing texts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("בְּמִידָה רַבָּה", "במידה רבה"),
        (f"במידה רבה{RIGHT_TO_LEFT_MARK}", "במידה רבה"),
        ("במידה\u00a0רבה", " במידה  רבה\n"),
        ("מנכ״ל", 'מנכ"ל'),
        ("מנכ׳׳ל", 'מנכ"ל'),
        ("צ׳ק", "צ'ק"),
        ("צ’ק", "צ`ק"),
        ("בית־ספר", "בית-ספר"),
        ("1–5", "1-5"),
        ("שׁלום", "\ufb2aלום"),
        ("Id ", "id"),
        ("caf\u0065\u0301", "café"),
    ],
)
def test_what_no_reader_sees_is_folded(written, same):
    assert folded(written) == folded(same)


@pytest.mark.parametrize(
    ("one", "other"), [("café", "cafe"), ("й", "и"), ("מאד", "מאוד"), ("ם", "מ"), ("ñ", "n"), ("a b", "ab")]
)
def test_letters_are_never_folded_away(one, other):
    assert folded(one) != folded(other)


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert folded(folded(text)) == folded(text)


# Properties ----------------------------------------------------------------------------------------------------------

CELL = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=12)
TIGHT = re.compile(r"[,;\t](?! )")


@st.composite
def tables(draw):
    """A header of simple names, and rows of any text but what looks like a swallowed row or a heading."""
    width = draw(st.integers(1, 5))
    cell = CELL.filter(
        lambda text: not (set("\r\n") & set(text) and TIGHT.search(text) or folded(text) in SURVEYMONKEY_ANSWER)
    )
    rows = draw(st.lists(st.lists(cell, min_size=width, max_size=width), max_size=6))
    return [[f"q{place}" for place in range(width)], *rows]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("exports")


@settings(max_examples=150, deadline=None)
@given(
    tables(),
    st.sampled_from(",;\t"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_every_csv_that_is_written_is_read_back_cell_for_cell(folder, rows, delimiter, encoding, end, quoted):
    assume(not any(cell.startswith('="') for row in rows for cell in row))  # Excel's way of writing text: read without
    quoted |= any("\r" in cell for row in rows for cell in row)  # which the csv module may leave without quotes
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    delimiter = delimiter if len(rows[0]) > 1 else ","  # one column shows no delimiter
    text = as_csv(rows, delimiter=delimiter, lineterminator=end, quoting=quoting)
    try:
        export = read(folder, text.encode(encoding))
    except InputProblems as refused:  # letters that look double-encoded or reversed are rightly refused
        assert "double-encoded" in str(refused) or "reversed" in str(refused)
        return
    assert list(export.cells.columns) == rows[0]
    assert table(export) == rows[1:]
    assert list(export.cells.index) == list(range(2, len(rows) + 1))


STARTS = st.sampled_from(
    [b"", b"id,q1\n", b"PK\x03\x04", b"$FL2", b"$FL3", OLE, b"\xff\xfe", b"\xef\xbb\xbf", b"sep=;\n", b'"', b"<"]
)


@settings(max_examples=300, deadline=None)
@given(STARTS, st.binary(max_size=300), st.sampled_from(["a.csv", "a.xlsx", "a.sav", "a"]), st.sampled_from(FORMATS))
def test_random_bytes_are_read_or_refused_and_never_crash(folder, start, content, name, format):
    try:
        read(folder, start + content, name, format=format)
    except InputProblems as refused:
        assert name in str(refused)


@pytest.fixture(scope="module")
def wholes(folder):
    """The bytes of a whole workbook and of a whole SPSS file."""
    paths = [workbook(folder, QUALTRICS, "whole.xlsx"), spss(folder, pd.DataFrame({"q1": [1.0, 2.0]}), "whole.sav")]
    return {path.suffix: path.read_bytes() for path in paths}


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from([".xlsx", ".sav"]),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=8),
    st.floats(0.01, 1),
)
def test_a_damaged_workbook_or_spss_file_never_crashes(folder, wholes, suffix, changes, left):
    content = bytearray(wholes[suffix])
    for place, byte in changes:
        content[int(place * len(content))] = byte
    try:
        read(folder, bytes(content[: int(left * len(content))]), f"damaged{suffix}")
    except InputProblems as refused:
        assert "damaged" in str(refused)
