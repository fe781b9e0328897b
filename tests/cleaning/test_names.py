"""Names, IDs and units as people write them: what is found in their texts, and at the last look on the pages.

The cases are tests/expected/name_forms.csv, written by hand; `no` says where a form is not looked for, or is another word.
"""

import csv
from pathlib import Path

import pandas as pd
import pytest
from checkouts import Checkout
from common_words import LIST, gathered
from followup.cleaning.identifiers import found_in
from followup.disclosure.output_check import EMAIL, common_words, named_in
from followup.study.cohort import open_cohort

CODEBOOK = open_cohort("1").codebook
TABLE = Path(__file__).parents[1] / "expected" / "name_forms.csv"
with TABLE.open(encoding="utf-8", newline="") as opened:
    CASES = list(csv.DictReader(opened))


def test_the_table_holds_forms_enough():
    assert sum(case["in_excerpt"] == "yes" for case in CASES) >= 40


@pytest.mark.parametrize("case", CASES, ids=[f"{case['word']}: {case['form']}" for case in CASES])
def test_what_is_found_in_an_excerpt(case):
    words = pd.DataFrame([(case["kind"], case["word"])], columns=["kind", "word"])
    assert bool(found_in(case["text"], words)) == (case["in_excerpt"] == "yes")


@pytest.mark.parametrize("case", CASES, ids=[f"{case['word']}: {case['form']}" for case in CASES])
def test_what_is_found_at_the_last_look(case):
    known = frozenset() if case["kind"] == "unit" else frozenset({case["word"]})
    found = named_in(f"<p>{case['text']}</p>", known, common_words(CODEBOOK)) or EMAIL.findall(case["text"])
    assert bool(found) == (case["at_last_look"] == "yes")


def test_the_list_of_our_own_words_is_that_of_the_prose_as_it_stands():
    """After a change of the notebooks’ prose: python tests/common_words.py writes it anew."""
    missing = set(gathered()) - set(LIST.read_text(encoding="utf-8").split())
    assert not missing


ALIKE = ("שני", "דוח", "משתתף", "Table", "Rose")


def test_words_of_files_and_commands_are_still_looked_for_as_names():
    """גיל is a name, and the heading of an export's column."""
    assert {"גיל", "responseid", "chromium"}.isdisjoint(LIST.read_text(encoding="utf-8").split())


@pytest.fixture
def called_like_common_words(small) -> Checkout:
    for number, name in enumerate(ALIKE, 1):
        small.replace("data/small/roster.csv", f"Person {number:02}", name)
    return small


def test_participants_called_like_words_of_our_prose_do_not_stop_a_report(called_like_common_words):
    done = called_like_common_words.build("small")
    assert done.code == 0, done.err


@pytest.mark.parametrize("written", ["כך אמרה דנה.", "ודנה הצטרפה.", "לדָנָה תודה.", "ד\u200dנה אמרה."])
def test_a_name_in_the_prose_of_a_notebook_stops_it_whatever_its_prefix(few, written):
    few.replace("data/small/roster.csv", "Person 01", "דנה")
    few.add_sentence("04_projects", written)
    done = few.build("small")
    assert done.code == 3
    assert "דנה" in done.err and "a person can be recognised" in done.err
