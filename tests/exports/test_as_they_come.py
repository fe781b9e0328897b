"""What goes wrong on the way to an export: cut downloads, dates, IDs, files of other kinds, events, edited forms."""

import gzip
import json
import shutil
import zipfile
from datetime import date

import openpyxl
import pytest
from cohort_copies import END, LATER, Tiny, logged
from followup.cleaning.answer_labels import read_time
from followup.cleaning.clean import clean_cohort
from followup.exports.read import read_export
from followup.problems import InputProblems
from followup.study.cohort import open_cohort
from remedies import advised, write

WORDS = "Code,Time,rest,hurry,sleep\nA1,2024-01-01,A little,Somewhat,Much\nA2,2024-01-02,Somewhat,Much,Much\n"


def said(study: Tiny) -> str:
    return "\n".join(map(str, study.problems()))


# Cut off ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (END.removesuffix("1,1\n"), "the file ends within this row"),
        (END.removesuffix(",1,1\n") + "\n", "the file ends within this row"),
        (
            WORDS.replace("Much\n", "Some\n").replace("Much,Some\n", "Much,Some").replace("Some\nA2", "Much\nA2"),
            "not one of",
        ),
    ],
)
def test_a_file_that_was_cut_off_is_refused(end, words, tmp_path):
    assert words in said(Tiny(tmp_path, end=end))


def test_a_last_answer_that_begins_another_one_is_refused_without_a_line_end_and_read_with_one(tmp_path):
    book = ("en: Much}", "en: A little more}")
    end = WORDS.replace("Much", "A little more").removesuffix(" more\n")
    assert "may be cut short: “A little more”" in said(Tiny(tmp_path / "cut", end=end).codebook(*book))
    assert Tiny(tmp_path / "whole", end=f"{end}\n").codebook(*book).clean()
    assert Tiny(tmp_path / "quoted", end=end.removesuffix("A little") + '"A little"').codebook(*book).clean()
    kept = "{file: programme_end.csv, accepted: [file_end]}"
    assert Tiny(tmp_path / "kept", end=end, programme_end=kept).codebook(*book).clean()


def test_google_writes_no_last_line_end_and_is_read(tmp_path):
    assert Tiny(tmp_path, end=END.removesuffix("\n")).clean()


# Times -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "form", "hour"),
    [
        ("2024/12/01 9:00:05 לפנה״צ GMT+2", "%Y/%m/%d %I:%M:%S %p GMT+2", 9),
        ("2024/12/01 1:04:05 אחה״צ GMT+3", "%Y/%m/%d %I:%M:%S %p GMT+2", 13),
        ('2024/12/01 1:04:05 אחה"צ', "%Y/%m/%d %I:%M:%S %p", 13),
        ("2024/12/01 1:04:05 \u200fאחה''צ\u200f", "%Y/%m/%d %I:%M:%S %p", 13),
        ("01/12/2024 1:04 p.m. IDT", "%d/%m/%Y %I:%M %p %Z", 13),
        ("2024/12/01 1:04:05 אחה״צ GMT+2", None, 13),
    ],
)
def test_times_before_and_after_noon_in_any_zone(text, form, hour):
    assert read_time(text, form).hour == hour


def test_times_that_nobody_can_read_are_one_problem_with_examples(tmp_path):
    problem = Tiny(
        tmp_path,
        end=END.replace("2024-01-0", "the 1"),
        programme_end='{file: programme_end.csv, date_format: "%d/%m/%Y"}',
    ).problem()
    assert (problem.row, problem.more_rows) == (2, (3, 4))
    assert "the 12" in str(problem)


def test_waves_exchanged_are_told_also_by_the_tools_own_time_column(tmp_path):
    google = (
        "Timestamp,Code,rest,hurry,sleep\n2024/12/01 9:00:05 AM GMT+2,A1,1,2,3\n2024/12/02 9:00:05 AM GMT+2,A2,1,2,3\n"
    )
    later = "Timestamp,Code,rest,hurry,sleep,drink\n2024/06/01 9:00:05 AM GMT+3,A1,1,2,3,Tea\n"
    assert "are dated before those of" in said(Tiny(tmp_path, end=google, later=later))


def test_one_follow_up_from_before_the_first_wave_is_told_by_its_row(tmp_path):
    problem = Tiny(tmp_path, later=LATER.replace("A2,2024-06-02", "A2,2023-06-02")).problem()
    assert problem.row == 3
    assert "before the first answer of “End”" in problem.what


def test_a_column_that_excel_turned_into_dates_is_named_as_such(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Code", "rest", "hurry", "sleep"])
    for n in (1, 2, 3):
        book.active.append([f"A{n}", date(2024, 5, n), 2, 3])
    study = Tiny(tmp_path, end=None, programme_end="{file: end.xlsx}")
    book.save(study.data / "end.xlsx")
    assert "turned these answers into dates" in str(study.problem())
    assert "turned these answers into dates" in said(
        Tiny(tmp_path / "csv", end=END.replace("A1,2024-01-01,1", "A1,2024-01-01,03-May"))
    )


# IDs -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["A-1", "a 1", "A_01", "A001", "'A1", '"=""A1"""', " A.1 "])
def test_ids_that_differ_in_signs_or_zeros_are_folded_and_logged(typed, tmp_path):
    clean = Tiny(tmp_path, end=END.replace("A1,", f"{typed},")).clean()
    assert len(clean.waves[0].respondents) == 3
    assert len(logged(clean, rule="id_folded")) + len(logged(clean, rule="excel_text")) >= 1


def test_ids_that_are_the_same_but_for_signs_on_the_roster_are_not_folded(tmp_path):
    roster = "Code,Name,Team\nA1,Ann,Red\nA-1,Ben,Red\nA3,Cy,Blue\nA4,Di,Blue\n"
    end = END.replace("A2,", "A-1,").replace("A1,2024-01-01", "A 1 ,2024-01-01").replace("A3", "A_1")
    assert "not on the roster" in said(Tiny(tmp_path, end=end, roster=roster, later=None))


def test_a_file_of_other_people_is_one_problem(tmp_path):
    end = "Code,rest,hurry,sleep\n" + "".join(f"{n}77,1,2,3\n" for n in range(1, 10))
    problem = next(one for one in Tiny(tmp_path, end=end).problems() if "IDs" in one.what)
    assert "9 of the 9 IDs in this file are not on the roster" in problem.what
    assert len(problem.more_rows) == 8


# Files of other kinds ---------------------------------------------------------------------------------------------------


def zipped(*names: str, mimetype: str = "") -> bytes:
    import io

    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "x")
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        (
            "a.ods",
            zipped("content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet"),
            "OpenDocument spreadsheet",
        ),
        ("a.zip", zipped("answers.csv"), "a zip archive (answers.csv)"),
        ("a.csv", zipped("answers.csv"), "a zip archive (answers.csv)"),
        ("a.xlsb", zipped("xl/workbook.bin"), "binary Excel workbook"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 60, "old Excel file (.xls)"),
        ("a.csv", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n", "pointer of Git LFS"),
        ("a.json", json.dumps([{"q1": 1}]).encode(), "a JSON file"),
        ("a.csv", json.dumps({"q1": [1, 2]}).encode(), "a JSON file"),
        ("a.xpt", b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!", "SAS transport file"),
        (
            "a.sas7bdat",
            b"\0" * 12 + bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f1011") + b"\0" * 50,
            "SAS data set",
        ),
        ("a.csv.gz", gzip.compress(b"a,b\n1,2\n", mtime=0), "gzip archive"),
        ("a.pdf", b"%PDF-1.7", "a PDF"),
    ],
)
def test_a_file_of_another_kind_is_named_for_what_it_is(name, content, what, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputProblems) as stop:
        read_export(tmp_path / name, name)
    (problem,) = stop.value.problems
    assert what in problem.what
    assert problem.remedy


# Tools ------------------------------------------------------------------------------------------------------------------

REDCAP = (
    "record_id,redcap_event_name,s_timestamp,rest,hurry,sleep,drink___1,drink___2,drink___3,s_complete\n"
    "A1,before_arm_1,2024-06-01 10:00,1,1,1,1,0,0,2\nA1,after_arm_1,2024-07-01 10:00,3,3,3,1,1,0,2\nA2,after_arm_1,2024-07-01 10:00,3,1,3,0,0,1,2\n"
)


def test_redcap_events_are_chosen_by_the_params_and_never_by_chance(tmp_path):
    book = ("respondent_headings: [Code]", "respondent_headings: [Code, record_id]")
    assert "several events of each person" in said(Tiny(tmp_path / "all", later=REDCAP).codebook(*book))
    chosen = "{file: follow_up.csv, only: {redcap_event_name: after_arm_1}}"
    clean = Tiny(tmp_path / "one", later=REDCAP, follow_up=chosen).codebook(*book).clean()
    answers = clean.all("answers").query("wave == 'follow_up' and question == 'drink'")
    assert sorted(answers["value"].dropna().astype(int)) == [1, 2, 3]


def test_redcap_labels_are_read_like_its_codes(tmp_path):
    labels = (
        "Record ID,Event Name,Survey Timestamp,rest,hurry,sleep,What do you drink? (choice=Tea),"
        '"What do you drink? (choice=Coffee, black)",What do you drink? (choice=Nothing),Complete?\n'
        "A1,After,2024-07-01 10:00,Much,Much,Much,Checked,Checked,Unchecked,Complete\n"
    )
    book = ("respondent_headings: [Code]", "respondent_headings: [Code, Record ID]")
    clean = Tiny(tmp_path, later=labels).codebook(*book).clean()
    assert sorted(clean.all("answers").query("wave == 'follow_up'")["value"].dropna().astype(int)) == [1, 2]


def test_an_option_that_the_codebook_does_not_know_is_named_and_may_be_left_out(tmp_path):
    later = "Code,Time,rest,hurry,sleep,drink___1,drink___9\nA1,2024-06-01,2,2,3,1,1\nA2,2024-06-02,3,2,2,1,0\n"
    assert "“9” is none of its options" in said(Tiny(tmp_path / "a", later=later))
    silent = ("ignored_headings: [Seed]", "ignored_headings: [Seed, drink___9]")
    assert Tiny(tmp_path / "b", later=later).codebook(*silent).clean()


def test_columns_that_nobody_read_are_offered_before_not_asked(tmp_path):
    later = LATER.replace("sleep", "nightly repose")
    text = said(Tiny(tmp_path, later=later))
    assert "sleep: “nightly repose”" in text
    assert "not_asked: [" not in text


def test_halves_of_an_edited_form_are_joined_when_the_params_say_so(tmp_path):
    end = "Code,Time,rest,rest,hurry,sleep\nA1,2024-01-01,1,,2,3\nA2,2024-01-02,,2,2,2\nA3,2024-01-03,3,3,1,1\n"
    assert "halves of the item “rest”" in said(Tiny(tmp_path / "a", end=end))
    join = '{file: programme_end.csv, join: {rest: ["rest (column D)"]}}'
    clean = Tiny(tmp_path / "b", end=end, programme_end=join).clean()
    rest = clean.all("responses").query("wave == 'programme_end' and item == 'rest'")
    assert sorted(rest["value"].astype(int)) == [1, 2, 3]
    differ = Tiny(tmp_path / "c", end=end.replace("3,3,1,1", "3,1,1,1"), programme_end=join)
    assert "both hold an answer here" in said(differ)


# One codebook, several cohorts ------------------------------------------------------------------------------------------


def test_a_reworded_item_has_the_words_of_its_cohort_and_a_new_one_is_asked_only_of_later_cohorts(tmp_path):
    old = "rest: {he: אני נח/ה, en: I rest}"
    new = 'rest: {he: אני נח/ה, en: I rest well, worded: {tiny: {he: אני נח/ה, en: I rest}}}\n      nap: {he: אני נרדם/ת, en: I nap, cohorts: ["9"]}'
    study = Tiny(tmp_path, end=END.replace("rest,", "I rest,")).codebook(old, new)
    assert study.cohort.codebook.items["rest"].en == "I rest"
    assert study.cohort.codebook.as_asked_in("9").items["rest"].en == "I rest"  # as this cohort has it
    clean = study.clean()
    assert set(clean.all("responses")["item"]) == {"rest", "hurry", "sleep"}


def with_a_later_cohort(study: Tiny, end: str, name: str = "tiny-2") -> Tiny:
    """The same study with a cohort after it, or of another series, of the same questionnaire."""
    shutil.copytree(study.data, study.root / "data" / name)
    (study.root / "data" / name / "programme_end.csv").write_text(end, encoding="utf-8")
    params = (study.root / "params" / "tiny.yaml").read_text(encoding="utf-8")
    (study.root / "params" / f"{name}.yaml").write_text(params.replace("cohort: tiny", f"cohort: {name}"), "utf-8")
    return study


NAP = ("sleep: {he: אני ישן/ה, en: I sleep}", "sleep: {he: אני ישן/ה, en: I sleep}\n      nap: {he: אני נרדם/ת, en: I nap, waves: [programme_end]}")  # fmt: skip
WITH_NAP = "Code,Time,rest,hurry,sleep,I nap\nA1,2024-01-01,1,2,3,1\nA2,2024-01-02,2,2,2,2\nA3,2024-01-03,3,1,1,3\n"


def test_a_new_item_is_offered_as_not_asked_of_the_cohort_before_and_then_is(tmp_path):
    study = with_a_later_cohort(Tiny(tmp_path / "s").codebook(*NAP), WITH_NAP)
    problem = study.problem()
    assert "the export of cohort tiny-2 has it" in problem.remedy
    line = 'scales:\n          calm:\n            items:\n              nap:\n                cohorts: ["tiny-2"]'
    assert line in problem.remedy
    followed = [way for way in advised(problem) if "questionnaires" in way[0]]
    write(study.root, *followed[0])
    assert set(study.clean().all("responses")["item"]) == {"rest", "hurry", "sleep"}
    later = clean_cohort(open_cohort("tiny-2", study.root)).all("responses").query("item == 'nap'")
    assert sorted(later["value"].astype(int)) == [1, 2, 3]


def test_a_new_item_of_another_series_is_offered_with_both_ways_to_say_so(tmp_path):
    study = with_a_later_cohort(Tiny(tmp_path / "s").codebook(*NAP), WITH_NAP, "local-7")
    remedy = study.problem().remedy
    assert "not_asked: [nap]" in remedy
    assert "the export of cohort local-7 has it" in remedy and 'cohorts: ["local-7"]' in remedy


def test_a_lost_column_is_never_offered_as_new(tmp_path):
    """It may be lost where no later cohort has it, where earlier ones have it, or where an unread column fits."""
    alone = Tiny(tmp_path / "alone").codebook(*NAP)
    assert "cohorts:" not in said(alone)
    nobody = with_a_later_cohort(Tiny(tmp_path / "nobody").codebook(*NAP), END)
    assert "cohorts:" not in said(nobody)
    fits = Tiny(tmp_path / "fits", end=WITH_NAP.replace("I nap", "Siesta")).codebook(*NAP)
    assert "cohorts:" not in said(with_a_later_cohort(fits, WITH_NAP))
    earlier = with_a_later_cohort(Tiny(tmp_path / "earlier", end=WITH_NAP).codebook(*NAP), END)
    with pytest.raises(InputProblems) as stop:
        clean_cohort(open_cohort("tiny-2", earlier.root))
    assert "cohorts:" not in str(stop.value)


def test_answers_to_what_this_cohort_was_not_asked_are_refused_and_not_lost(tmp_path):
    """A cohort after the one for which an item was new: `cohorts` still names that one alone."""
    old, new = NAP
    study = Tiny(tmp_path / "s", end=WITH_NAP).codebook(old, new.replace("I nap,", 'I nap, cohorts: ["4"],'))
    problem = study.problem()
    assert (problem.row, problem.column) == (1, "I nap")
    assert 'cohorts: ["4", "tiny"]' in problem.remedy
    study.codebook(old, new.replace("I nap,", 'I nap, cohorts: ["4", "tiny"],'))
    assert sorted(study.clean().all("responses").query("item == 'nap'")["value"].astype(int)) == [1, 2, 3]
    blank = WITH_NAP.replace("3,1\n", "3,\n").replace("2,2\n", "2,\n").replace("1,3\n", "1,\n")
    unasked = Tiny(tmp_path / "blank", end=blank).codebook(old, new.replace("I nap,", 'I nap, cohorts: ["4"],'))
    assert set(unasked.clean().all("responses")["item"]) == {"rest", "hurry", "sleep"}


def test_a_column_is_not_that_of_a_statement_that_nobody_was_asked_in_its_wave(tmp_path):
    """The other cohorts were asked it in the first wave: in the second a column of its name is another’s, and is listed."""
    old, new = NAP
    later = "\n".join(f"{line},{end}" for line, end in zip(LATER.splitlines(), ("I nap", 1, 2, 3), strict=False)) + "\n"
    study = Tiny(tmp_path / "s", later=later).codebook(old, new.replace("I nap,", 'I nap, cohorts: ["4"],'))
    assert set(study.clean().all("responses")["item"]) == {"rest", "hurry", "sleep"}


def test_questions_of_kobo_are_found_below_their_groups(tmp_path):
    later = (
        "start,end,g1/rest,g1/hurry,g1/sleep,g2/drink,g2/drink/1,g2/drink/2,g2/drink/3,Code,_id,_uuid,_submission_time,_index\n"
        "2024-06-01,2024-06-01,1,2,3,1 2,1,1,0,A1,7,x,2024-06-01T10:00:00,1\n"
        "2024-06-02,2024-06-02,3,2,3,3,0,0,1,A2,8,y,2024-06-02T10:00:00,2\n"
    )
    clean = Tiny(tmp_path, later=later).clean()
    answers = clean.all("answers").query("wave == 'follow_up' and question == 'drink'")
    assert sorted(answers["value"].dropna().astype(int)) == [1, 2, 3]


def test_a_number_just_outside_the_codes_is_never_proposed_as_no_answer(tmp_path):
    text = said(Tiny(tmp_path, end=END.replace("A1,2024-01-01,1", "A1,2024-01-01,0")))
    assert "count from another number" in text
    assert "missing (written:)" not in text


def test_limesurveys_other_is_other(tmp_path):
    later = "Code,Time,rest,hurry,sleep,drink[1],drink[2],drink[other]\nA1,2024-06-01,2,2,3,Y,,\nA2,2024-06-02,3,2,2,,,Milk\n"
    study = Tiny(tmp_path, later=later).codebook("en: Nothing, exclusive: true", "en: Other, other: true")
    answers = study.clean().all("answers").query("wave == 'follow_up' and question == 'drink'")
    assert sorted(answers["value"].dropna().astype(int)) == [1, 3]


def test_a_question_that_was_reworded_on_the_way_is_two_halves(tmp_path):
    end = "Code,Time,I rest,I rest well,hurry,sleep\nA1,2024-01-01,1,,2,3\nA2,2024-01-02,,2,2,2\nA3,2024-01-03,3,,1,1\n"
    assert "halves of the item “rest”" in said(Tiny(tmp_path / "a", end=end))
    join = '{file: programme_end.csv, join: {rest: ["I rest well"]}}'
    clean = Tiny(tmp_path / "b", end=end, programme_end=join).clean()
    rest = clean.all("responses").query("wave == 'programme_end' and item == 'rest'")
    assert sorted(rest["value"].astype(int)) == [1, 2, 3]
