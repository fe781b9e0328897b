"""Numbers of people that somebody typed into the prose of a notebook, in whatever digits."""

import re

from followup.study.name_forms import plain_digits

PEOPLE_EN = "people|persons?|graduates?|respondents?|managers?|participants?|employees?|women|men|of (?:them|those|us)"
PEOPLE_HE = "אנשים|איש|בוגרים|בוגרות|משיבים|משיבות|משתתפים|משתתפות|מנהלים|מנהלות|נשים|גברים|מהם|מהן"
COUNTED = re.compile(
    rf"\b\d+ (?:out )?of (?:the )?\d+\b|\d+ מתוך \d+"
    rf"|(?<![\d.,–-])(?!(?:19|20)\d\d\b)\d+[ \u00a0](?:{PEOPLE_EN})\b|(?<![\d.,–])(?!(?:19|20)\d\d\b)\d+[ \u00a0]ה?(?:{PEOPLE_HE})\b",
    re.IGNORECASE,
)
YEAR_OR_PLACE = re.compile(r"^#+ (\d\d ·)?|\b(19|20)\d\d\b")


def counted(line: str) -> str:
    """A number of people in a line of prose (“2 of 5”, “13 people”), or nothing."""
    found = COUNTED.search(plain_digits(re.sub("[\u2066-\u2069]", "", line)))
    return found[0] if found else ""


def in_heading(line: str) -> str:
    """Any number in a heading but a year, and its own at the beginning of a notebook; nothing in another line."""
    found = re.search(r"\d+", plain_digits(YEAR_OR_PLACE.sub("", line))) if line.startswith("#") else None
    return found[0] if found else ""
