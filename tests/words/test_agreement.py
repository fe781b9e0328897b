"""Sentences about scales and statements: the Hebrew verb agrees with its subject, and both languages say the same."""

from types import SimpleNamespace

import pytest
from followup.language import Text
from followup.study.codebook import Scale, Words
from followup.words import agreement

NOBODY = Text("", "")


def scale(he: str, en: str, **more) -> Scale:
    return Scale(
        he=he, en=en, options="extent", about=Words(he="א", en="A"), items={"i": {"he": "ב", "waves": ["w"]}}, **more
    )


SCALES = {
    "drive": scale(
        "מוטיבציה לשינוי",
        "Motivation to change",
        in_sentence=Words(he="המוטיבציה לשינוי", en="motivation to change"),
        respondents_say=Words(he="הם רוצים בשינוי", en="they want change"),
    ),
    "help": scale("סיוע", "Digital help", respondents_say=Words(he="הם נעזרים", en="they are helped")),
    "talks": scale("מפגשים", "Meetings"),
    "night": scale("לילה", "Night", gender="masculine"),
    "skills": scale("מיומנויות", "Skills"),
    "ties": scale("מעורבות", "Ties to colleagues and friends"),
}
STATEMENTS = {"promote": Words(he="אני מקדם", en="I promote")}
CODEBOOK = SimpleNamespace(scales=SCALES, items=STATEMENTS, words={**SCALES, **STATEMENTS}.__getitem__)


def said(kind: str, verdict: str, *measures: str, **values: Text) -> tuple[str, str]:
    text = agreement.sentence(kind, verdict, [agreement.named(CODEBOOK, one) for one in measures], **values)
    return text.he, text.en


@pytest.mark.parametrize(
    ("measure", "verdict", "he", "en"),
    [
        ("drive", "preserved", "המוטיבציה לשינוי נשמרה.", "Motivation to change was preserved."),
        ("help", "rose", "סיוע עלה.", "Digital help rose."),
        ("talks", "fell", "מפגשים ירדו.", "Meetings fell."),
        ("night", "preserved", "לילה נשמר.", "Night was preserved."),  # its ending looks feminine; the codebook says
        ("skills", "preserved", "מיומנויות נשמרו.", "Skills were preserved."),
        ("skills", "rose", "מיומנויות עלו.", "Skills rose."),
        ("ties", "preserved", "מעורבות נשמרה.", "Ties to colleagues and friends were preserved."),
        ("promote", "fell", "ההסכמה להיגד ״אני מקדם״ ירדה.", "Agreement with “I promote” fell."),
        (
            "drive",
            "inconclusive",
            "לא ניתן לקבוע אם חל שינוי במוטיבציה לשינוי.",
            "We cannot tell whether motivation to change changed.",
        ),
        (
            "help",
            "described",
            "השינוי בסיוע מוצג כתיאור בלבד.",
            "The change in digital help is given as a description only.",
        ),
    ],
)
def test_a_verb_agrees_with_the_name_of_its_scale(measure, verdict, he, en):
    assert said("change", verdict, measure, among=NOBODY) == (he, en)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("skills", "were"),
        ("Communication skills at work", "were"),
        ("Confidence and trust", "were"),
        ("Value of the ties", "was"),
        ("Self-perception as leaders", "was"),
        ("Progress", "was"),
        ("Knowledge of statistics", "was"),
        ("Promoting digital projects", "was"),
        ("digital activity in graduates’ own area", "was"),
        ("Support from colleagues and friends", "was"),
    ],
)
def test_was_or_were_follows_the_noun_of_an_english_name(name, number):
    assert agreement.preserved(Text("א", name)).en == number


@pytest.mark.parametrize(
    ("name", "verb"),
    [
        ("מיומנויות ניהול", "נשמרו"),
        ("התנהגויות", "נשמרו"),
        ("קשרים", "נשמרו"),
        ("מעורבות רחבה", "נשמרה"),
        ("שביעות רצון", "נשמרה"),
        ("יצירתיות", "נשמרה"),
        ("תרומת התכנית", "נשמרה"),
        ("ידע", "נשמר"),
    ],
)
def test_the_hebrew_verb_follows_the_noun(name, verb):
    assert agreement.preserved(Text(name, "A")).he == verb


def test_several_measures_share_a_sentence_in_the_plural():
    both = said("change", "preserved", "drive", "help", among=Text(" בקרב הבוגרים", " among graduates"))
    assert both == (
        "המוטיבציה לשינוי וסיוע נשמרו בקרב הבוגרים.",
        "Motivation to change and digital help were preserved among graduates.",
    )


def test_what_most_respondents_say_is_said_in_their_words_and_else_by_high_answers():
    assert said("level", "majority", "drive", "help") == (
        "רוב המשיבים מדווחים שהם רוצים בשינוי ושהם נעזרים.",
        "Most respondents say that they want change and that they are helped.",
    )
    assert said("level", "minority", "talks") == (
        "רק מיעוט מן המשיבים השיבו תשובות גבוהות במפגשים.",
        "Only a minority of respondents gave high answers on meetings.",
    )
    assert said("level", "divided", "drive") == (
        "המשיבים חלוקים באשר למוטיבציה לשינוי.",
        "Respondents are divided on motivation to change.",
    )


def test_a_gap_names_both_groups():
    groups = {"first": Text("משרדי מטה", "headquarters"), "second": Text("משרדי ביצוע", "operational ministries")}
    assert said("gap", "cannot_be_told", "drive", **groups) == (
        "לא ניתן לקבוע אם הפער במוטיבציה לשינוי בין משרדי מטה למשרדי ביצוע השתנה.",
        "We cannot tell whether the gap between headquarters and operational ministries changed in motivation to change.",
    )


def test_a_preposition_is_hyphenated_before_another_alphabet_or_a_quotation():
    assert agreement.prefixed("ב", "מוטיבציה") == "במוטיבציה"
    assert agreement.prefixed("ב", "Digital Israel") == "ב־Digital Israel"
    assert agreement.prefixed("ב", "״אני״") == "ב־״אני״"
