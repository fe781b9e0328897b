"""Numbers of people that are written in words, in both languages: as “twelve graduates” and “שנים־עשר בוגרים” do."""

import re

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
