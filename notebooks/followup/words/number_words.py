"""Numbers of people that are written in words, in both languages: as “twelve graduates” and “שנים־עשר בוגרים” do."""

import re
from collections.abc import Container

SMALL = "three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
LARGE = "(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?|hundred|dozen"
PEOPLE = "graduates|respondents|managers|participants|interviewees|leaders|women|men|people|persons"
UNITS = (
    "שלוש[הת]?|ארבע[הת]?|חמש[הת]?|חמישה|שש[הת]?|שישה|שבע[הת]?|שמונ[הת]|תשע[הת]?|עשר[הת]?"  # “עשר” ends the teens, too
)
TENS = "(?:עשרים|שלושים|ארבעים|חמישים|שישים|ששים|שבעים|שמונים|תשעים|מאה|מאתיים)(?: ו(?:אחד|אחת|שניים|שתיים))?"
OF_PEOPLE = "בוגרים|בוגרות|משיבים|משיבות|משתתפים|משתתפות|מנהלים|מנהלות|מרואיינים|מרואיינות|נשים|גברים|אנשים|איש"
NUMBER_OF_PEOPLE = re.compile(  # from three: “two people” may be those of any tie
    rf"(?i)\b(?:{SMALL}|{LARGE}) (?:of (?:the |our |these |all )*)?(?:{PEOPLE})\b"
    rf"|(?<!\w)[ובהלמכש]{{0,2}}(?:{UNITS}|{TENS}) (?:מן ה|מה|ה)?(?:{OF_PEOPLE})(?!\w)"
)

_POINTS = r"\d\d?(?: ?(?:[-–]|to|or|עד|או) ?\d\d?)?"
OF_ANSWERS = re.compile(  # in “rated 4 or 5” and “4 or more”, and not in “a mean of 4”
    rf"(?i)\b(?:answered|rated|ticked|chose|scored|gave|reached) (?:a |an )?{_POINTS}(?![\w.,]*\d)"
    rf"|(?:ענו|השיבו|דירגו|סימנו|בחרו|נתנו|הגיעו ל־?) ?{_POINTS}(?![\w.,]*\d)"
    r"|(?<![\d.,])\d\d? ?(?:\+|(?:or|and) (?:more|higher|above|up|less|lower|below)\b|ומעלה|ומטה|או יותר|או פחות)"
    r"|(?<![\d.,])\d\d? ?(?:[-–]|to|or|עד|או) ?\d\d?(?![\w.,]*\d)"
)


def points_in_words(text: str, points: Container[int]) -> str:
    """A text in which points of a scale, named as answers, stand in words, as “five” does for 5: “five people” are no answer."""
    word = "חמישה" if re.search("[א-ת]", text) else "five"
    return OF_ANSWERS.sub(
        lambda found: re.sub(r"\d+", lambda one: word if int(one[0]) in points else one[0], found[0]), text
    )
