"""Ladders of agreement, extent and frequency that questionnaires use, whole and in order, in Hebrew and English."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from followup.language import folded

# Each ladder from the least: (Hebrew, English, other spellings). "/ה" and "/ת" stand for both genders.
AGREE = [
    ("מאוד לא מסכים/ה", "Strongly disagree", "כלל לא מסכים/ה", "בכלל לא מסכים/ה", "ממש לא מסכים/ה", "לא מסכים/ה כלל", "לא מסכים/ה בכלל", "Totally disagree", "Completely disagree", "Fully disagree", "לא מסכים/ה במידה רבה"),
    ("לא מסכים/ה", "Disagree"),
    ("ניטרלי/ת", "Neutral", "Neither agree nor disagree", "Undecided", "Not sure", "נייטרלי/ת", "לא מסכים/ה ולא מתנגד/ת", "לא בטוח/ה", "מסכים/ה במידה בינונית", "בינוני"),
    ("מסכים/ה", "Agree"),
    ("מסכים/ה מאוד", "Strongly agree", "מאוד מסכים/ה", "מסכים/ה בהחלט", "בהחלט מסכים/ה", "Totally agree", "Completely agree", "Fully agree", "מסכים/ה לחלוטין", "מסכים/ה במידה רבה"),
]  # fmt: skip
SOMEWHAT = [("די לא מסכים/ה", "Somewhat disagree", "Slightly disagree", "Tend to disagree", "נוטה לא להסכים"),
            ("די מסכים/ה", "Somewhat agree", "Slightly agree", "Tend to agree", "נוטה להסכים")]  # fmt: skip
EXTENT = [
    ("כלל לא", "Not at all", "בכלל לא", "לא בכלל"), ("במידה מועטה", "To a small extent", "To a slight extent", "To a little extent", "במידה מעטה"),
    ("במידה בינונית", "To a moderate extent", "To some extent", "במידה מסוימת"), ("במידה רבה", "To a great extent", "To a large extent"),
    ("במידה רבה מאוד", "To a very great extent", "To a very large extent"),
]  # fmt: skip
DEGREE = [("כלל לא", "Not at all", "בכלל לא"), ("מעט", "Slightly", "קצת"), ("במידה בינונית", "Moderately"), ("מאוד", "Very", "הרבה"),
          ("לגמרי", "Extremely", "לחלוטין", "הרבה מאוד")]  # fmt: skip
MUCH = [("כלל לא", "Not at all", "בכלל לא"), ("מעט", "A little", "Little", "קצת"), ("במידה מסוימת", "Somewhat", "Some", "Moderately"),
        ("הרבה", "Much", "Quite a bit", "A lot", "Quite a lot"), ("הרבה מאוד", "Very much", "A great deal", "Extremely")]  # fmt: skip
OFTEN = [("אף פעם", "Never", "לעולם לא", "אף פעם לא"), ("לעיתים רחוקות", "Rarely", "Seldom", "לעתים רחוקות", "נדיר"), ("לפעמים", "Sometimes", "לעיתים", "מדי פעם"),
         ("לעיתים קרובות", "Often", "לעתים קרובות", "Frequently"), ("תמיד", "Always")]  # fmt: skip
SATISFIED = [("מאוד לא מרוצה", "Very dissatisfied", "כלל לא מרוצה", "מאוד לא מרוצה", "לא מרוצה כלל"), ("לא מרוצה", "Dissatisfied"),
             ("ניטרלי/ת", "Neutral", "Neither satisfied nor dissatisfied", "מרוצה במידה בינונית"), ("מרוצה", "Satisfied"), ("מרוצה מאוד", "Very satisfied", "מאוד מרוצה")]  # fmt: skip
QUALITY = [("גרוע מאוד", "Very poor", "Very bad"), ("גרוע", "Poor", "Bad"), ("סביר", "Fair", "Average", "בינוני"), ("טוב", "Good"), ("טוב מאוד", "Very good")]  # fmt: skip
EXCELLENT = [("גרוע", "Poor"), ("סביר", "Fair"), ("טוב", "Good"), ("טוב מאוד", "Very good"), ("מצוין", "Excellent")]  # fmt: skip
LIKELY = [("מאוד לא סביר", "Very unlikely", "Extremely unlikely"), ("לא סביר", "Unlikely", "Somewhat unlikely"), ("ניטרלי", "Neutral", "Neither likely nor unlikely"),
          ("סביר", "Likely", "Somewhat likely"), ("סביר מאוד", "Very likely", "Extremely likely")]  # fmt: skip
HIGH = [("נמוכה מאוד", "Very low", "נמוך מאוד"), ("נמוכה", "Low", "נמוך"), ("בינונית", "Medium", "Moderate", "בינוני"), ("גבוהה", "High", "גבוה"), ("גבוהה מאוד", "Very high", "גבוה מאוד")]  # fmt: skip
LADDERS = (AGREE, EXTENT, DEGREE, MUCH, OFTEN, SATISFIED, QUALITY, EXCELLENT, LIKELY, HIGH,
           [AGREE[0], SOMEWHAT[0], AGREE[2], SOMEWHAT[1], AGREE[4]],
           [AGREE[0], AGREE[1], SOMEWHAT[0], AGREE[2], SOMEWHAT[1], AGREE[3], AGREE[4]],
           [AGREE[0], AGREE[1], AGREE[3], AGREE[4]])  # fmt: skip
# Words that stand after each rung of a ladder of degrees: "Very satisfied", "Slightly true", "Very well".
AFTER = re.compile(
    r"(?:satisfied|true(?: of me)?|important|likely|confident|useful|helpful|often|well|interested|familiar|relevant|clear|difficult|easy|motivated|prepared)$"
)
GENDERS = (("/ה", "/ה"), ("/ת", "/ת"), ("/ה", ""), ("/ת", ""), ("/ה", "ה"), ("/ת", "ת"))


@dataclass(frozen=True)
class Rung:
    """One step: its number from 1, and its words in both languages, as the export writes them where it does."""

    code: int
    he: str
    en: str


def whole_ladder(labels: Iterable[str]) -> list[Rung] | None:
    """The whole ladder, from the least, on which all these labels stand (two at least); None when there is none.

    Rungs that nobody chose are there too, in the form of those that were: gender, and a word after each.
    """
    written = {folded(label).replace("מאד", "מאוד"): label for label in labels}
    for after in dict.fromkeys(("", _common_end(written))):
        plain = {_without(text, after): label for text, label in written.items()}
        for ladder in LADDERS:
            places = {text: _place(text, ladder) for text in plain}
            if len(plain) > 1 and None not in places.values() and len(set(places.values())) == len(places):
                return _rungs(ladder, {places[text]: label for text, label in plain.items()}, after)
    return None


def _common_end(texts: Iterable[str]) -> str:
    """A word that stands at the end of every label ("satisfied"), if it is one of those that do."""
    ends = {found[0] if (found := AFTER.search(text)) else "" for text in texts}
    return ends.pop() if len(ends) == 1 and len(list(texts)) > 1 else ""


def _without(text: str, after: str) -> str:
    return text.removesuffix(after).strip() if after and text != after else text


def _forms(rung: tuple[str, ...]) -> set[str]:
    """Every way to write a rung, folded: both genders, one, and other spellings."""
    forms = {folded(text) for text in rung}
    for one, other in GENDERS:
        forms |= {folded(text.replace(one, other)) for text in rung}
    return forms | {folded(_feminine(text)) for text in rung}


def _feminine(text: str) -> str:
    return text.replace("/ה", "ה").replace("/ת", "ת")


def _place(text: str, ladder: list[tuple[str, ...]]) -> int | None:
    return next((place for place, rung in enumerate(ladder) if text in _forms(rung)), None)


def _rungs(ladder: list[tuple[str, ...]], chosen: dict[int, str], after: str) -> list[Rung]:
    both = any("/" in label for label in chosen.values())
    hebrew = any(re.search("[א-ת]", label) for label in chosen.values())
    found = []
    for place, rung in enumerate(ladder):
        he = rung[0] if both or not hebrew else re.sub("/[הת]", "", rung[0])
        en = f"{rung[1]} {after}".strip()
        label = chosen.get(place)
        if label is not None:
            he, en = (label, en) if re.search("[א-ת]", label) else (he, label)
        found.append(Rung(place + 1, he, en))
    return found
