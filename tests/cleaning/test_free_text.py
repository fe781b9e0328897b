"""What people type: it keeps its own direction, turns nothing round it, and is no formula in a spreadsheet."""

import csv
import io

import pandas as pd
import pytest
from followup.language import (
    END_ISOLATE,
    ISOLATE,
    filled,
    free_text,
    main_language,
    number,
    numbers_isolated,
    without_turns,
)
from followup.publish.publication import published_table
from followup.study.codebook import Words
from followup.words import columns

RIGHT_TO_LEFT = "\u2067"
TURNS = [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]


# ------------------------------------------------------------------------------------- directions


@pytest.mark.parametrize("sign", [*TURNS, "\x00", "\x08", "\x85"])
def test_signs_that_turn_text_or_are_none_are_taken_out(sign):
    assert without_turns(f"a{sign}b") == "ab"
    assert sign not in Words(he=f"א{sign}", en=f"a{sign}").he


@pytest.mark.parametrize("kept", ["\n", "\t", "שלום", "נִקּוּד", "a\u200fb", "🙂"])
def test_all_other_signs_stay(kept):
    assert without_turns(kept) == kept


@pytest.mark.parametrize(
    ("typed", "opens"),
    [
        ("Digital Israel יוצרת הזדמנות מיוחדת", RIGHT_TO_LEFT),
        ("We met אורנה", ISOLATE),
        ("12–5", ISOLATE),
        ("...", ISOLATE),
    ],
)
def test_an_island_has_the_direction_of_most_of_its_letters_not_of_the_first(typed, opens):
    island = free_text(typed)
    assert (island[0], island[-1]) == (opens, END_ISOLATE)


def test_an_island_within_closes_whatever_was_typed():
    island = free_text(f"a{ISOLATE}b\u202e c{END_ISOLATE}{END_ISOLATE}d")
    assert island == f"{ISOLATE}ab cd{END_ISOLATE}"


def test_numbers_in_a_hebrew_island_keep_their_order():
    assert free_text("ירד ב −3 נקודות") == f"{RIGHT_TO_LEFT}ירד ב {ISOLATE}−3{END_ISOLATE} נקודות{END_ISOLATE}"


def test_words_handed_to_a_sentence_are_an_island():
    text = filled("נכתב: {words}, {n}", "typed: {words}, {n}", {"words": "\u202etxt", "n": number(5)})
    assert text.en == f"typed: {ISOLATE}txt{END_ISOLATE}, {ISOLATE}5{END_ISOLATE}"


def test_numbers_typed_in_a_hebrew_sentence_are_islands_and_values_are_wrapped_once():
    text = filled("בין 2–5, {n}", "from 2–5, {n}", {"n": number(-3)})
    assert text.he == f"בין {ISOLATE}2–5{END_ISOLATE}, {ISOLATE}−3{END_ISOLATE}"
    assert text.en == f"from 2–5, {ISOLATE}−3{END_ISOLATE}"


@pytest.mark.parametrize(("text", "language"), [("שלום hi", "he"), ("שלום hello", "en"), ("12", None)])
def test_main_language(text, language):
    assert main_language(text) == language


def test_numbers_that_are_islands_already_are_left_alone():
    once = numbers_isolated("ירד ב 10%")
    assert numbers_isolated(once) == once


def test_a_cell_of_a_table_keeps_words_of_the_other_language_apart():
    assert columns._island("follow_up.csv", "he") == f"{ISOLATE}follow_up.csv{END_ISOLATE}"
    assert columns._island("follow_up.csv", "en") == "follow_up.csv"
    assert columns._island("עד 5 שנים", "he") == f"עד {ISOLATE}5{END_ISOLATE} שנים"


# ------------------------------------------------------------------------------------- spreadsheets


def safe(*cells: str) -> list[str]:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow(cells)
    [row] = csv.reader(io.StringIO(published_table(written.getvalue().encode()).decode(), newline=""))
    return row


@pytest.mark.parametrize("formula", ["=1+1", '=HYPERLINK("x")', "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "＝1"])
def test_a_text_that_begins_like_a_formula_gets_an_apostrophe(formula):
    assert safe(formula, "text") == [f"'{formula}", "text"]


@pytest.mark.parametrize("number_", ["-0.5", "+3", "-1e-05", "0.25", "-inf"])
def test_numbers_stay_numbers(number_):
    assert safe(number_) == [number_]


@pytest.mark.parametrize("text", ["a=b", "−0.10", f"{ISOLATE}+0.1{END_ISOLATE}", "", 'he said "no"', "two\nlines"])
def test_all_other_cells_stay_as_they_were(text):
    assert safe("first", text) == ["first", text]


def test_a_table_without_formulas_keeps_its_bytes():
    table = pd.DataFrame({"a": [1, -2.5], "b": ["x, y", 'q"q']}).to_csv(index=False, lineterminator="\n").encode()
    assert published_table(table) == table
