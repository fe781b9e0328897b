"""Many problems at once: all of them in one run, in order, each cause once, and the whole list in a table."""

import csv
import re

import openpyxl
import pytest
from cohort_copies import Copy, Tiny
from followup.exports.read import read_export
from followup.problems import InputProblems, Problem


def broken_roster(copy: Copy) -> None:
    """A participant twice (so there are 40, not 39) and a group that nobody knows."""
    book = openpyxl.load_workbook(copy.data / "roster.xlsx")
    sheet = book["משתתפים"]
    sheet.append([cell.value for cell in sheet[3]])
    sheet.cell(5, [cell.value for cell in sheet[1]].index("סוג ארגון") + 1).value = "אקדמיה"
    book.save(copy.data / "roster.xlsx")


def broken_end(copy: Copy) -> None:
    rows = copy.rows("programme_end.csv")
    stage = max(place for place, heading in enumerate(rows[0]) if "שלב" in heading)
    for row, place, text in (
        (3, 2, "אולי"), (4, 3, "7"), (5, 0, "אתמול"), (6, 0, "2017/01/05 9:05:00 AM GMT+2"),
        (7, 4, "במידה רבא"), (8, stage, "באוויר"), (9, 1, ""),
    ):  # fmt: skip
        rows[row][place] = text
    copy.write("programme_end.csv", rows)


def broken_follow_up(copy: Copy) -> None:
    rows = copy.rows("follow_up.csv")
    helped = next(place for place, heading in enumerate(rows[0]) if "מה סייע" in heading)
    involved = max(place for place, heading in enumerate(rows[0]) if "מעורב" in heading)
    for row, place, text in ((3, 1, "DL-9X9"), (4, 1, ""), (5, helped, "מזל"), (6, involved, "אולי")):
        rows[row][place] = text
    for row in rows:
        row.pop(5)
    rows[0][6] += " (חדש)"
    rows[10][7], rows[11][8] = "4 - במידה רבה", "3.5"
    copy.write("follow_up.csv", rows)


def broken_records(copy: Copy) -> None:
    for file, changes in {
        "network.csv": ((5, 2, "DL-999"), (6, 3, "friend"), (7, 0, "t3")),
        "meetings.csv": ((3, 1, "31/02/2016"),),
        "project_members.csv": ((4, 0, "P77"),),
        "interviews.csv": ((3, 3, "no_such_finding"),),
    }.items():
        rows = copy.rows(file)
        for row, place, text in changes:
            rows[row][place] = text
        copy.write(file, rows)
    copy.write("projects.csv", [*copy.rows("projects.csv"), ["P01", "שם אחר"]])


# Each of the twenty-five by (end of the file's name, what is found, or words of the message).
TWENTY_FIVE = [
    ("roster.xlsx", "more than once"), ("roster.xlsx", "as many participants"), ("roster.xlsx", "אקדמיה"),
    ("programme_end.csv", "אולי"), ("programme_end.csv", "“7”"), ("programme_end.csv", "אתמול"),
    ("programme_end.csv", "2017/01/05"), ("programme_end.csv", "במידה רבא"), ("programme_end.csv", "באוויר"),
    ("programme_end.csv", "answers without an ID"), ("follow_up.csv", "answers without an ID"),
    ("follow_up.csv", "DL-9X9"), ("follow_up.csv", "מזל"), ("follow_up.csv", "אולי"), ("follow_up.csv", "no column holds"),
    ("follow_up.csv", "(חדש)"), ("follow_up.csv", "4 - במידה רבה"), ("follow_up.csv", "3.5"),
    ("network.csv", "DL-999"), ("network.csv", "friend"), ("network.csv", "t3"), ("meetings.csv", "31/02/2016"),
    ("projects.csv", "P01"), ("project_members.csv", "P77"), ("interviews.csv", "no_such_finding"),
    ("params/1.yaml", "רבה מדי"),
]  # fmt: skip


@pytest.fixture
def many(tmp_path) -> Copy:
    copy = Copy(tmp_path)
    for broken in (broken_roster, broken_end, broken_follow_up, broken_records):
        broken(copy)
    copy.rule("not_on_roster: reject")
    copy.rule('spellings: {"רבה מדי": "במידה עצומה"}')
    return copy


def test_twenty_five_problems_are_all_told_in_one_run_in_order(many):
    problems = many.problems()
    for file, words in TWENTY_FIVE:
        assert any(one.file.endswith(file) and words in str(one) for one in problems), (file, words)
    files = list(dict.fromkeys(one.file for one in problems))
    places = [(files.index(one.file), one.row or 0) for one in problems]
    assert places == sorted(places)


def test_the_whole_list_stands_in_a_table_beside_the_build(many):
    (many.root / "build" / "1" / "private").mkdir(parents=True)
    with pytest.raises(InputProblems) as stop:
        many.clean()
    assert "row by row: build/1/private/problems.csv" in str(stop.value)
    with (many.root / "build" / "1" / "private" / "problems.csv").open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert len(rows) == sum(len((one.row, *one.more_rows)) for one in stop.value.problems)
    assert {"file", "row", "column", "value", "problem", "allowed", "what to do"} == set(rows[0])


def test_one_slip_in_every_column_is_one_message_and_a_screen_holds_them_all():
    slip = [
        Problem("this is not one of the possible answers", "say what was meant", "a.csv", row, f"q{place}", "Verry")
        for row in range(2, 26)
        for place in range(30)
    ]
    said = str(InputProblems(slip))
    assert said.startswith("1 problem in the input:")
    assert "column “q0, q1, q2 and 27 more”" in said
    mixed = [Problem(f"wrong {n}", "fix it", "a.csv", n, f"q{n}", str(n)) for n in range(2, 121)]
    said = str(InputProblems(mixed, "build/1/private/problems.csv"))
    assert len(said.splitlines()) < 90
    assert "… and 79 more" in said
    assert said.endswith("build/1/private/problems.csv")


def test_a_duplicate_heading_hides_no_other_fault(tmp_path):
    end = "Code,Time,rest,rest,hurry,sleep\nA1,2024-01-01,Maybe,1,2,3\nZ9,yesterday,2,2,9,2\nA3,2024-01-03,3,3,1,1\n"
    said = "\n".join(map(str, Tiny(tmp_path, end=end).problems()))
    for words in ("columns C, D have the same heading", "“Maybe”", "“Z9”", "“yesterday”", "“9”"):
        assert words in said


def test_an_open_quotation_mark_is_told_in_the_row_where_it_opens(tmp_path):
    text = 'code,q1\n1,2\n2,3\n3,"4\n4,5\n5,3\n'
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputProblems) as stop:
        read_export(tmp_path / "a.csv", "a.csv")
    assert [one.row for one in stop.value.problems] == [4]
    assert "quotation mark" in str(stop.value)


def test_a_wrong_heading_of_the_roster_is_told_with_the_headings_of_the_file(tmp_path):
    problems = Tiny(tmp_path, roster_is="{file: roster.csv, participant: Number, participants: 4}").problems()
    assert any(re.search(r"Code.*Name.*Team", str(one)) for one in problems)
