"""The door: a cell that would tell of a person or of a few gets one message, whatever the analyst calls the columns."""

import re
import tracemalloc

import pandas as pd
import pytest
from cohort_copies import Copy
from followup.cleaning.people import words_of_people
from followup.disclosure import output_check
from followup.disclosure.output_check import NotForPublication, Rules, named_in
from followup.study.cohort import open_cohort
from followup.study.params import Disclosure

CODEBOOK = open_cohort("1").codebook
PEOPLE = frozenset({"5256a90fdda7", "c0ffee123456", "DL-101", "DL-102", "רונית בן־דוד", "Ronit Ben-David", "104"})
RULES = Rules(Disclosure(), CODEBOOK, PEOPLE)
GROUPS = ["headquarters", "operational"]


def refused(*columns_or_frame, **columns) -> str:
    frame = columns_or_frame[0] if columns_or_frame else pd.DataFrame(columns)
    with pytest.raises(NotForPublication) as stop:
        RULES.protected("mine", frame)
    message = str(stop.value)
    assert message.startswith("table “mine” is not published: ")
    assert "what to do: " in message
    return message


# ------------------------------------------------------------ a row is never a person


@pytest.mark.parametrize("column", ["participant", "respondent", "ego", "alter", "Email", "name", "interview"])
def test_a_column_that_makes_every_row_a_person_is_refused(column):
    assert f"column “{column}”" in refused(**{column: ["a", "b"], "mean": [3.0, 4.0]})


@pytest.mark.parametrize(
    "cell",
    ["5256a90fdda7", "DL-102", "רונית בן־דוד", "as Ronit Ben-David said", "write to r.b@gov.example", "10.0.14.7"],
)
def test_whoever_can_be_recognised_in_any_cell_stops_the_table(cell):
    assert "recognised" in refused(words=["something", cell], n=[20, 20])


def test_ids_that_are_plain_numbers_are_known_by_a_whole_column_of_them():
    rules = Rules(Disclosure(), CODEBOOK, frozenset({"101", "102", "103"}))
    with pytest.raises(NotForPublication, match="“who” holds IDs"):
        rules.protected("mine", pd.DataFrame({"who": [101, 102], "mean": [3.0, 4.0]}))
    rules.protected("mine", pd.DataFrame({"step": ["a", "b"], "cells": [101, 2000]}))


@pytest.mark.parametrize("text", ["<p>DL-101 wrote</p>", "<td>c0ffee123456</td>", "<p>Ronit Ben-David</p>", "a@b.org"])
def test_a_sentence_that_names_somebody_is_refused(text):
    with pytest.raises(NotForPublication, match="recognised"):
        RULES.check_words(text)


def test_counts_and_pictures_are_no_names():
    RULES.check_words('<p>104 answered on 2016-11-30, 3.75 on average</p><img src="data:;base64,DL-101c0ffee123456">')


# ------------------------------------------------------------ groups


def test_answers_by_group_are_refused_whatever_the_columns_are_called():
    assert "“n_high” tells answers by group" in refused(group=GROUPS, n=[9, 10], n_high=[4, 6], hidden=False)
    crosstab = pd.DataFrame({"sector": GROUPS, "1": [0, 1], "2": [3, 2], "5": [6, 7]})
    assert "“1” tells answers by group" in refused(crosstab)
    labels = pd.DataFrame({"sector": ["משרדי מטה", "משרדי ביצוע"], "chose": [0.4, 0.5]})
    assert "“chose” tells answers by group" in refused(labels)


def test_a_mean_of_a_group_needs_the_column_that_says_which_are_too_small():
    assert "no column “hidden”" in refused(group=GROUPS, n=[9, 10], mean=[3.1, 3.4])
    assert "more than one decimal" in refused(group=GROUPS, n=[9, 10], mean=[3.12, 3.4], hidden=False)
    assert "fewer than 8 people" in refused(group=GROUPS, n=[7, 10], mean=[3.1, 3.4], hidden=False)


def test_a_group_that_follows_from_the_whole_is_refused():
    table = pd.DataFrame(
        {"group": ["all", *GROUPS, "local_and_third"], "n": [29, 12, 10, 7], "mean": [3.5, 3.1, 3.4, 4.1]}
    )
    careless = table.assign(hidden=[False, False, False, True])
    assert "gives away the one that is hidden" in refused(careless)
    small = table.assign(n=[22, 12, 10, 0], hidden=False)
    RULES.protected("mine", small[small["n"] > 0])
    assert "gives away" in refused(
        table.assign(n=[19, 12, 9, 0], hidden=[False, True, False, False])[lambda t: t["n"] > 0]
    )


def test_a_mean_at_the_end_of_the_scale_is_everybodys_answer():
    for mean in (5.0, 1.0):
        said = refused(measure="motivation", group=GROUPS, n=[9, 10], mean=[3.1, mean], hidden=False)
        assert "all of “operational” gave one answer to “motivation”" in said


def test_hidden_rows_are_emptied_even_if_the_frame_still_held_their_values():
    table = pd.DataFrame(
        {"group": ["all", *GROUPS], "n": [28, 14, 14], "mean": [3.5, 3.1, 3.4], "hidden": [False, True, True]}
    )
    shown = RULES.protected("mine", table)
    assert shown.loc[1:, ["n", "mean"]].isna().all(axis=None)


# ------------------------------------------------------------ extremes, spreads, few people, single answers


@pytest.mark.parametrize("column", ["min", "max", "Maximum", "25%", "median", "min_change"])
def test_the_lowest_and_highest_answer_are_refused(column):
    assert "one respondent’s answer" in refused(**{"measure": ["motivation"], "n": [29], column: [2.0]})


def test_a_spread_needs_ten_people():
    assert "fewer than 10 answers" in refused(measure=["motivation"], n=[9], sd=[0.6])
    assert "unknown number" in refused(measure=["motivation"], sd=[0.6])
    RULES.protected("mine", pd.DataFrame({"measure": ["motivation"], "n": [29], "sd": [0.6]}))


def test_describe_of_pandas_is_refused():
    assert "“" in refused(pd.DataFrame({"score": [1.0, 2, 3, 4] * 3}).describe().T.reset_index())


def test_a_result_of_a_few_is_refused_even_if_they_are_everyone():
    assert "fewer than 8 people" in refused(measure=["motivation"], n=[5], mean=[3.2])


@pytest.mark.parametrize(
    "columns",
    [
        {"measure": ["a"], "mean": [3.2]},
        {"measure": ["a"], "n_all": [39], "change": [0.2]},  # how many were asked is not how many answered
        {"measure": ["a", "b"], "n": [29, None], "mean": [3.2, 3.4]},
        {"trait": ["sector"], "n": [None], "n_all": [39], "standardised_difference": [0.2]},
        {"measure": ["a"], "alpha": [0.71]},
    ],
)
def test_a_result_of_nobody_knows_how_many_is_refused(columns):
    said = refused(**columns)
    assert "does not say how many people stand behind each number" in said
    assert "safe.pivot_table" in said


def test_how_many_were_asked_never_stands_for_how_many_answered():
    """Seven of ten answered: a result of seven, whatever the roster holds."""
    assert "fewer than 8 people" in refused(measure=["a"], n=[7], n_all=[10], mean=[3.2])
    assert "fewer than 8 people" in refused(trait=["a"], n=[7], n_all=[39], standardised_difference=[0.2])


COUNTS = ["n", "n_low", "n_middle", "n_high", "n_not_high"]


@pytest.mark.parametrize(
    ("counts", "form", "told"),  # low, middle, high; then what the table holds: n, low, middle, high, not high
    [
        ((0, 5, 33), "three", [38, 0, 5, 33, 5]),
        ((5, 8, 25), "three", [38, 5, 8, 25, 13]),
        ((1, 6, 22), "high", [29, None, None, 22, 7]),  # one low answer is one person's
        ((0, 4, 25), "hidden", [29, None, None, None, None]),  # four are too few, together or apart
        ((16, 12, 1), "hidden", [29, None, None, None, None]),
        ((0, 0, 10), "hidden", [10, None, None, None, None]),  # what everyone said is what each of them said
        ((0, 10, 0), "hidden", [10, None, None, None, None]),
        ((5, 5, 0), "three", [10, 5, 5, 0, 10]),
        ((2, 2, 2), None, [None, None, None, None, None]),  # six people are too few altogether
    ],
)
def test_a_category_of_answers_holds_nobody_or_five_people_and_never_everyone(counts, form, told):
    levels = pd.DataFrame([("a", "follow_up", sum(counts), *counts)], columns=["measure", "wave", *COUNTS[:4]])
    shown = RULES.protected("mine", levels)
    assert shown["hidden"].tolist() == [form is None]
    assert form is None or shown["form"].tolist() == [form]
    assert [None if pd.isna(cell) else cell for cell in shown.iloc[0][COUNTS]] == told
    assert RULES.protected("mine", shown).equals(shown)  # a notebook may show a table that was kept before
    words = Rules(Disclosure(precision="words_only"), CODEBOOK, PEOPLE).protected("mine", levels.assign(mean=3.1))
    assert words["form"].eq("hidden").all()
    assert words[["n_low", "n_middle", "n_high", "n_not_high", "mean"]].isna().all(axis=None)


def test_options_that_few_chose_are_few():
    options = pd.DataFrame({"question": "network_wishes", "option": [1, 2], "n_chosen": [4, 5], "n": 29})
    assert RULES.protected("mine", options)["n_chosen"].isna().tolist() == [True, False]


@pytest.mark.parametrize(("counts", "told"), [([5, 6, 7, 6, 5], True), ([4, 7, 7, 6, 5], False)])
def test_five_answers_are_told_only_where_five_people_gave_each(counts, told):
    long = pd.DataFrame({"measure": "motivation_future", "value": range(1, 6), "count": counts})
    wide = pd.DataFrame([counts], columns=[1, 2, 3, 4, 5]).assign(measure="motivation_future")
    for frame in (long, wide):
        if told:
            RULES.protected("mine", frame)
        else:
            assert "show three categories" in refused(frame)


def test_a_hundred_thousand_ids_are_looked_for_in_little_room():
    """Traced by Python: a number for each, no copy of the texts, which took 15 MB in every notebook."""
    people = frozenset(f"DL-{number:06}" for number in range(100_000))
    tracemalloc.start()
    found = named_in("Of 40 people in wave 12 one wrote dl 000107.", people)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == ["DL-000107"]
    assert peak < 5_000_000


# ------------------------------------------------------------ who a cohort's people are


def test_the_words_of_a_cohorts_people_are_read_from_its_raw_files():
    words = words_of_people(open_cohort("1"))
    assert {"DL-101", "participant01@example.org", "משתתפת לדוגמה 01", "טופס מקוון אחד לפתיחת עסק"} <= words
    assert sum(bool(re.fullmatch("[0-9a-f]{12}", word)) for word in words) >= 39  # pseudonyms
    assert "לדוגמה" not in words  # what every name has tells nobody apart


def test_without_raw_files_there_are_no_names_to_find(tmp_path):
    copy = Copy(tmp_path)
    (copy.data / "roster.xlsx").unlink()
    assert words_of_people(open_cohort("1", tmp_path)) == frozenset()


# ------------------------------------------------------------ excerpts that name somebody


HELD = [
    ("name", "דיברתי על זה עם רונית אתמול", "רונית"),
    ("name", "כך אמרה לרונית בן־דוד המנהלת", "רונית בן־דוד"),
    ("ID", "I am DL-107 and I said so", "DL-107"),
    ("ID", "my number is dl-107.", "DL-107"),
    ("address", "write to ronit@office.example today", "ronit@office.example"),
    ("title", "הפרויקט שלנו, טופס מקוון אחד לפתיחת עסק, הצליח", "טופס מקוון אחד לפתיחת עסק"),
]


def named(tmp_path, words: str) -> Copy:
    """Cohort 1 in which a participant has a name of her own, and a released excerpt says these words."""
    import openpyxl

    copy = Copy(tmp_path)
    book = openpyxl.load_workbook(copy.data / "roster.xlsx")
    sheet = book["משתתפים"]
    row = next(row for row in sheet.iter_rows(min_row=2) if row[0].value == "DL-107")
    row[1].value, row[2].value = "רונית בן־דוד", "ronit@office.example"
    book.save(copy.data / "roster.xlsx")
    copy.set("interviews.csv", 4, "excerpt_he", words)
    return copy


@pytest.mark.parametrize(("kind", "words", "found"), HELD)
def test_a_released_excerpt_that_names_somebody_is_held(tmp_path, kind, words, found):
    """B133: the message names the excerpt, the word and both ways out."""
    (problem,) = named(tmp_path, words).problems()
    assert "“E03”" in problem.what
    assert kind in problem.what
    assert (problem.file, problem.row, problem.value) == ("data/1/interviews.csv", 4, found)
    assert "interviews.released_with_names" in problem.remedy


def test_it_is_released_by_a_second_key_and_only_that_excerpt(tmp_path):
    copy = named(tmp_path, "דיברתי על זה עם רונית אתמול")
    copy.params("  released: [", '  released_with_names: ["E03"]\n  released: [')
    assert "רונית" in copy.clean().records.interviews.set_index("excerpt").loc["E03", "excerpt_he"]
    copy.set("interviews.csv", 2, "excerpt_he", "רונית עזרה לי")
    (problem,) = copy.problems()
    assert "“E01”" in problem.what


@pytest.mark.parametrize("words", ["ברוניתיות", "DL-1070 או DL-10", "פתיחת עסק"])
def test_words_that_only_look_alike_are_not_held(tmp_path, words):
    named(tmp_path, words).clean()


def test_an_excerpt_that_is_not_released_may_name_anybody(tmp_path):
    copy = named(tmp_path, "אני מעורב יותר")
    copy.set("interviews.csv", 3, "excerpt_he", "רונית עזרה לי")
    copy.clean()


def test_a_page_is_looked_through_without_comparing_every_word_of_it(monkeypatch):
    """Only a word that names somebody is made plain; the sentence holds five Hebrew words with a prefix, one of them a name."""
    made_plain, plain = [], output_check.plain
    monkeypatch.setattr(output_check, "plain", lambda word: made_plain.append(word) or plain(word))
    people = frozenset({"רונית"})
    assert named_in("והמנהלים שבמחלקה הגיעו, ולרונית הוצע תפקיד בהנהלה", people) == ["רונית"]
    assert set(made_plain) <= {"ולרונית", "רונית"}
