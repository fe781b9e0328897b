"""A roster in Latin letters and texts in Hebrew: names are found as they are written, and ordinary words are no names."""

import csv
import re
from pathlib import Path

import pytest
from followup.study.name_forms import found_forms, words_of_our_prose

EXCERPTS = sorted((Path(__file__).parents[2] / "data").glob("*/interviews.csv"))
COMMON_NAMES = """
Ruth Noa Anna Hannah Maya Dan Daniel David Michael Sara Sarah Leah Lea Rachel Rebecca Miriam Esther Adam Sam Samuel Tom Tim Tal
Gal Ron Roni Eli Ben Avi Uri Lior Eyal Yael Shira Hila Dina Rina Nina Mia Liam Emma Olivia Sophia Lily Ella Nora Lena Eva Ida Iris
Mary John James Peter Paul Mark Luke Alan Amir Omer Itai Ido Alex Max Kate Jane Amy Amit Joseph Robert William Linda Susan Karen
Lisa Nancy Betty Helen Sandra Donna Carol Laura Simon Moshe Yossi Jonathan Nathan Aaron Orly Orit Galit Dorit Ofra Yaniv Asaf Oren
Nir Guy Roy Shai Noam Ariel Gil Dalia Vera Clara Rosa Tina Lara Zoe Ana Ivan Igor Oleg Olga Irina Ahmed Ali Omar Layla Nadia Samir
Katz Levi Levy Cohen Mizrahi Peretz Friedman Klein Stern Gold Weiss Shapiro Adler Rosen Golan Shamir Barak Biton Dahan Segal Harari
Ben-David
""".split()  # noqa: SIM905 - a list of words is read more easily  # noqa: SIM905
WRITTEN = {
    "Ruth": "רות רותי לרות ולרות שרות ברות ורותי", "Noa": "נועה לנועה ושנועה", "Maya": "מאיה ומאיה", "Dan": "דן לדן ודן שדן",
    "Anna": "אנה חנה לאנה ולחנה", "Daniel": "דניאל", "Michael": "מיכאל", "Jonathan": "יונתן יהונתן", "Rebecca": "רבקה",
    "Aaron": "אהרון", "Joseph": "יוסף", "Yael": "יעל", "Uri": "אורי", "Ido": "עידו", "Itai": "איתי", "Haim": "חיים",
    "Esther": "אסתר", "Roi": "רועי", "Shimon": "שמעון", "Yehuda": "יהודה",
}  # fmt: skip


@pytest.mark.parametrize("path", EXCERPTS, ids=[path.parent.name for path in EXCERPTS])
def test_no_common_name_stands_in_the_shipped_excerpts(path):
    with path.open(encoding="utf-8", newline="") as opened:
        texts = {row["excerpt"]: row["excerpt_he"] for row in csv.DictReader(opened)}
    assert texts
    found = [(key, name) for key, text in texts.items() for name in COMMON_NAMES if found_forms(text, "name", name)]
    assert found == []


def test_words_of_our_prose_are_no_names_in_the_other_alphabet():
    prose = " ".join(word for word in words_of_our_prose() if re.search("[א-ת]", word))
    assert [name for name in COMMON_NAMES if found_forms(prose, "name", name)] == []


@pytest.mark.parametrize(
    ("name", "word"),
    [("Ruth", "שירות"), ("Ruth", "השירותים"), ("Ruth", "פירות"), ("Dan", "ועדן"), ("Dan", "מועדון"), ("Anna", "אני")]
    + [
        ("Anna", "הנאה"),
        ("Noa", "הנעה"),
        ("Maya", "מי"),
        ("Maya", "ממי"),
        ("Lea", "לא"),
        ("Zoe", "שזה"),
        ("Tom", "טעם"),
    ],
)
def test_a_letter_of_an_ordinary_word_is_not_left_over(name, word):
    assert not found_forms(f"אמרו {word} אתמול", "name", name)


@pytest.mark.parametrize(("name", "word"), [(name, word) for name, words in WRITTEN.items() for word in words.split()])
def test_a_name_is_found_as_it_is_written_in_hebrew(name, word):
    assert found_forms(f"כך שמענו, {word} אתמול", "name", name)


@pytest.mark.parametrize(
    ("name", "written"), [("רות", "Ruth"), ("נועה", "Noa"), ("חנה", "Hanna"), ("מרים", "Miriam"), ("אהרון", "Aharon")]
)
def test_a_name_is_found_as_it_is_written_in_english(name, written):
    assert found_forms(f"As {written} told us", "name", name)
