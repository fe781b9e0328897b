"""Words typed into sentences, captions, titles, notes and headings: no keys, no missing numbers, each in its own language."""

import pytest
from followup.disclosure.output_check import NotForPublication
from followup.language import ProseProblem
from followup.report.report import Report
from followup.study.wording import Words
from in_notebooks import cleaned, no_page

WHATS = ["sentence", "caption", "title", "note"]


@pytest.fixture
def door():
    with no_page():
        yield Report(cleaned("1"), "en")


def put(door: Report, what: str, en: str, he: str) -> None:
    """These words in a place of the page."""
    shown = door.safe.pivot_table(door.study.scores, values="score", index="measure")
    said = {"en": "Means", "he": "ממוצעים"}
    if what == "sentence":
        door.say(en=en, he=he)
    elif what == "note":
        door.table("means", shown, **said, note=door.note(en=en, he=he))
    elif what == "caption":
        door.table("means", shown, en=en, he=he)
    elif what == "title":
        door.figure(
            "means",
            shown,
            lambda axes, table: axes.barh(table.index, table["score"]),
            **said,
            title={"en": en, "he": he},
        )
    else:
        door.table("means", shown, **said, headings={"score": (he, en)})


def refused(door: Report, what: str, en: str, he: str, *parts: str) -> None:
    with pytest.raises((ProseProblem, NotForPublication)) as stop:
        put(door, what, en, he)
    assert all(part in str(stop.value) for part in (*parts, "; what to do: ")), stop.value


@pytest.mark.parametrize("what", WHATS)
def test_a_key_before_a_full_stop_is_refused(door, what):
    key = door.study.scores["measure"].cat.categories[1]
    refused(door, what, f"Best: {key}.", "הטוב ביותר", "“self_perception” stands in the " + what, "a key that readers")


@pytest.mark.parametrize("key", ["motivation", "operational", "high"])
@pytest.mark.parametrize("what", WHATS)
def test_a_key_of_one_word_is_refused_in_hebrew_and_is_a_word_in_english(door, what, key):
    refused(door, what, f"Best: {key}.", f"הטוב ביותר: {key}.", f"“{key}” stands in the {what}")
    refused(door, what, "Best", f"ב{key}", f"“{key}” stands in the {what}")
    put(door, what, f"The {key} is what it was.", "כך הדבר")


@pytest.mark.parametrize("key", ["operational", "follow_up", "self_perception", "seniority"])
@pytest.mark.parametrize("what", WHATS)
def test_words_of_the_study_that_code_wrote_in_one_language_into_both_are_refused(door, what, key):
    he, en = (getattr(door.study.codebook.words(key), language) for language in ("he", "en"))
    takes = {"title": '"it": "', "caption": "note=report.note(", "note": "report.note("}.get(what, "report.say(")
    for word, language in ((en, "Hebrew"), (en.upper(), "Hebrew"), (he, "English")):
        instead = f"which is no {language}; what to do: ", takes, f'"{key}"'
        refused(door, what, f"Of the {word} group.", f"של ה{word}.", f"“{word}” stands in the {what}", *instead)
    put(door, what, f"Of the {en} group.", f"של {he}.")


def test_words_that_are_alike_in_both_languages_may_stand_in_both(door, monkeypatch):
    waves = {"online": Words(he="בזום (Zoom)", en="Zoom"), "up": Words(he="מעקב", en="Follow-up")}
    monkeypatch.setattr(door.words, "codebook", door.words.codebook.model_copy(update={"waves": waves}))
    put(door, "sentence", "By Zoom, in a follow-upper.", "ב־Zoom, ב־Follow-upper.")


def test_names_of_files_and_other_latin_words_may_stand_in_hebrew(door):
    put(door, "sentence", "See results/self_perception.csv, by pandas.", "ראו results/self_perception.csv, של pandas.")


@pytest.mark.parametrize("what", WHATS)
@pytest.mark.parametrize("lacking", ["nan", "None", "<NA>", "NaT"])
def test_a_number_that_is_not_there_is_no_word(door, what, lacking):
    refused(door, what, f"The effect size is {lacking}.", f"גודל האפקט הוא {lacking}.", f"“{lacking}”", "report.cell(")
    refused(door, what, "So", f"{lacking} נקודות", f"“{lacking}”", "row=")


@pytest.mark.parametrize(
    "en", ["None of the scales rose.", "It fell. None rose.", "Nancy and the banana.", "Rise: nano."]
)
def test_none_as_a_word_of_english_may_begin_a_sentence(door, en):
    put(door, "sentence", en, "כך הדבר")


@pytest.mark.parametrize("what", [*WHATS, "heading"])
def test_languages_that_are_swapped_are_refused(door, what):
    refused(door, what, "נקודות", "Points", "swapped")


@pytest.mark.parametrize(
    ("en", "he"), [("Points (נקודות)", "Points"), ("R", "R"), ("The word חוסן", "חוסן"), ("SPSS", "SPSS"), ("–", "–")]
)
def test_words_that_stand_in_both_languages_are_not_swapped(door, en, he):
    put(door, "caption", en, he)


def test_a_value_whose_languages_are_swapped_is_refused(door):
    with pytest.raises(ProseProblem, match="swapped"):
        door.say(en="It {so}.", he="זה {so}.", so=("rose", "עלה"))
    door.say(en="It {so}.", he="זה {so}.", so=("עלה", "rose"))


@pytest.mark.parametrize("what", [*WHATS, "heading"])
def test_dots_in_place_of_the_words_are_refused(door, what):
    refused(door, what, "…", "כך הדבר", "write the words")
    refused(door, what, "So it is", "…", "write the words")
    put(door, what, "And so on…", "וכן הלאה…")


def test_so_are_dots_around_a_value_and_in_a_value(door):
    shown = door.safe.pivot_table(door.study.scores, values="score", index="measure")
    door.table("means", shown, en="Means", he="ממוצעים")
    with pytest.raises(ProseProblem, match="write the words of your own"):
        door.say(en="… {score} …", he="… {score} …", row=shown.head(1))
    with pytest.raises(ProseProblem, match="write the words of your own"):
        door.say(en="It {so}.", he="זה {so}.", so=("…", "rose"))


@pytest.mark.parametrize("shape", ["{score:.2f}", "{score:.1f}", "{score!r}"])
def test_a_value_is_written_as_it_left_and_takes_no_format(door, shape):
    shown = door.safe.pivot_table(door.study.scores, values="score", index="measure")
    door.table("means", shown, en="Means", he="ממוצעים")
    for values in ({"row": shown.head(1)}, {"score": door.cell("means", "score", measure="motivation")}):
        with pytest.raises(ProseProblem) as stop:
            door.say(en=f"It was {shape}.", he=f"היה {shape}.", **values)
        assert f"“{shape}”" in str(stop.value) and "write {score}" in str(stop.value)
        assert "digits=1" in str(stop.value)


def test_none_may_stand_in_a_heading(door):
    put(door, "heading", "Low or None", "נמוך או אין")


def test_swapped_languages_are_answered_as_their_place_takes_them(door):
    refused(door, "title", "נקודות", "Points", 'title={"en": "Points", "he": "נקודות"}')
    refused(door, "heading", "נקודות", "Points", '("נקודות", "Points")')
    refused(door, "note", "נקודות", "Points", 'en="Points", he="נקודות"')


def test_a_number_that_is_not_there_is_answered_as_its_place_takes_one(door):
    refused(door, "note", "Of nan people", "כך", 'report.note(en="… {n} …"')
    refused(door, "title", "Of nan people", "כך", 'title={"en": "… {n} …"')


@pytest.mark.parametrize("number", ["③", "Ⅲ", "３", "⒊", "٣", "⑬"])
def test_a_number_in_other_digits_is_a_number(door, number):
    for call in (
        lambda: door.say(en=f"So said {number} of them.", he=f"כך אמרו {number} מהם."),
        lambda: door.note(en=f"Of {number}.", he=f"מתוך {number}."),
    ):
        with pytest.raises(NotForPublication, match="is typed into"):
            call()


def test_letters_fractions_and_squares_are_no_numbers(door):
    door.say(en="R² is the share that a model explains, ½ of it here.", he="R² הוא החלק שהמודל מסביר, ½ ממנו כאן.")
