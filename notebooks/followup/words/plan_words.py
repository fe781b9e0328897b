"""The words of the plan of analysis: its settings, and the document that `make plan` writes."""

from followup.language import Text

LINKS = {
    "by_id": Text(
        "לפי קוד המשתתף: השינוי מחושב למשיבים בשני השלבים בלבד",
        "by participant ID: changes are those of people who answered both waves",
    ),
    "same_row": Text("כל השלבים בשורה אחת של הקובץ", "all waves stand in one row of the file"),
    "partly_linked": Text(
        "חלקי, לפי קוד המשתתף: נכללים כל המשיבים, גם המשיבים בשלב אחד בלבד",
        "by participant ID, in part: everyone who answered is included, also those who answered one wave only",
    ),
    "unlinked": Text(
        "ללא קישור: התשובות אנונימיות, והשלבים מושווים כשתי קבוצות של משיבים",
        "not linked: the answers are anonymous, and the waves are compared as two sets of respondents",
    ),
}
PAIRED = Text(
    "ממוצע השינויים עם רווח סמך t; מבחן היפוך סימנים מדויק", "mean change with its t interval; exact sign-flip test"
)
TESTS = {
    "by_id": PAIRED,
    "same_row": PAIRED,
    "partly_linked": Text(
        "הפרש הממוצעים של כל המשיבים; מבחן דריק לשלבים מקושרים חלקית (T_new2)",
        "difference of the means of all who answered; Derrick’s test for partly linked waves (T_new2)",
    ),
    "unlinked": Text(
        "הפרש הממוצעים עם רווח הסמך של ולץ׳; מבחן תמורות של ברונר–מונצל; עלייה או ירידה נקבעת רק כשהדרגות ורווח הסמך "
        "מצביעים על אותו כיוון",
        "difference of means with Welch’s interval; permuted Brunner–Munzel test; a rise or fall is concluded only where "
        "the ranks and the interval agree",
    ),
}
ADJUSTED = {
    "holm": Text("תיקון הולם", "adjusted by Holm"),
    "westfall_young": Text("תיקון וסטפול–יאנג, 9,999 היפוכי סימנים", "adjusted by Westfall–Young, 9,999 sign flips"),
    "relabelled": Text(
        "תיקון וסטפול–יאנג, 9,999 חלוקות אקראיות של המשיבים לשלבים",
        "adjusted by Westfall–Young, 9,999 permutations of respondents over the waves",
    ),
}
KEPT_ADJUSTED = Text(
    "; לאחר תיקון הולם בכל משפחה (רווחי הסמך המוצגים אינם מתוקנים)",
    "; after Holm’s adjustment in each family (the intervals shown are not adjusted)",
)
PRESERVED = {
    "equivalence": Text(
        "רווח הסמך 90% כולו בתוך הסף, לשני הכיוונים", "the whole 90% interval lies within the margin, on both sides"
    ),
    "non_inferiority": Text("רווח הסמך 90% אינו יורד מתחת לסף", "the 90% interval does not go below the margin"),
}
NOTHING_TO_COMPARE = Text(
    "עד כה לא נשאלו אותם היגדים בשני שלבים, ולכן עדיין אי אפשר להשוות.",
    "No statement has been asked in two waves so far, so nothing can be compared yet.",
)
SETTLED_LATE = Text(
    "התכנית נקבעה רק לאחר שהתקבלו תשובות של השלב האחרון, ולכן הכללים למסקנות לא נקבעו מראש.",
    "The plan was settled only after answers of the last wave had come in, so the rules for its conclusions were not fixed in advance.",
)
SETTLED = {
    "unknown": Text(
        "{day}; בקבצים לא רשום מתי השיבו {later}", "{day}; the files do not say when people answered {later}"
    ),
    "after": Text("{day}, אחרי התשובה הראשונה {later}", "{day}, after the first answer {later}"),
    "before": Text("{day}, לפני התשובה הראשונה {later}", "{day}, before the first answer {later}"),
}
FAMILY = Text("משפחת השערות", "Family of hypotheses")
MARGINS = Text("{scale} נקודות בסולם, {item} בהיגד", "{scale} points for a scale, {item} for a statement")
SCORED = Text(
    "ציון לסולם מחושב רק אם נענו לפחות {share} מהיגדיו; השינוי מחושב לפי ההיגדים שנענו בשני השלבים",
    "a scale is scored if at least {share} of its statements were answered; "
    "a change uses the statements answered in both waves",
)
FOUND = {
    "scale": Text(
        "סולם: {change} נקודות (סטיית תקן משוערת {sd}, ברמת המובהקות של הראשונה מבין {k} השערות)",
        "a scale: {change} points (assumed SD {sd}, at the level of the first of {k} tests)",
    ),
    "item": Text(
        "היגד: {change} נקודות (סטיית תקן משוערת {sd}, ברמת המובהקות של הראשון מבין {k} מבחנים)",
        "a statement: {change} points (assumed SD {sd}, at the level of the first of {k} tests)",
    ),
}
FOUND_OF = {
    "linked": Text("{both} משיבים בשני השלבים", "of {both} who answered both waves"),
    "others": Text(
        "{first} ו־{second} משיבים, {both} מהם בשני השלבים", "of {first} and {second}, {both} of them in both waves"
    ),
    "unlinked": Text("{first} ו־{second} משיבים", "of {first} and {second} respondents"),
}
OF_ASKED = Text("{rate} משיבים: {n}", "{rate} answer: {n}")
IN_EACH_WAVE = Text("{n} משיבים בכל שלב", "{n} in each wave")
TRUTHS = {
    0.0: Text("ללא שינוי", "no change"),
    0.5: Text("מחצית הסף", "half the margin"),
    1.0: Text("הסף", "the margin"),
    2.0: Text("כפליים מן הסף", "twice the margin"),
}
KINDS = {"scale": Text("סולם", "a scale"), "item": Text("היגד", "a statement")}
PROSE = {
    "he": (
        "# תכנית הניתוח\n\nהתכנית קובעת, לפני שיש תשובות, כיצד ייקבע מה השתנה.",
        "## השאלות\n\nהסולמות הם שאלת המחקר העיקרית; ההיגדים הבודדים הם פירוט.",
        "## כיצד תיקבע מסקנה\n\nמסקנה היא אחת מארבע: עלייה, ירידה, נשמר, לא ניתן לקבוע.",
        "## מה יוכלו התשובות להראות\n\nהמספרים מבוססים על הפיזור שהונח בתכנית, ולא על התשובות.",
        "## הסיכוי לכל מסקנה\n\nכל שורה מבוססת על {n} מחזורים מדומים, ברמה המחמירה ביותר של התיקון.",
        "## פערים ואי־היענות\n\n{gaps}\nאי־היענות: לצד התוצאות יוצגו ההבדלים בין המשיבים למי שלא השיבו, גבולות לכלל הנשאלים, "
        "ומה היה משנה את המסקנה.",
    ),
    "en": (
        "# The plan of analysis\n\nHow change will be judged, written before there are answers.",
        "## The questions\n\nScales are the primary question; single statements are detail.",
        "## How a conclusion is drawn\n\nA conclusion is one of rose, fell, preserved and inconclusive.",
        "## What the answers can show\n\nThe numbers rest on the spread that the plan assumes, not on answers.",
        "## The chance of each conclusion\n\nEach row rests on {n} simulated cohorts, at the strictest step of the adjustment.",
        "## Gaps and non-response\n\n{gaps}\nNon-response: beside the results we will show how respondents differ from non-respondents, "
        "bounds for everyone who was asked, and what would reverse a conclusion.",
    ),
}
GAPS = Text(
    "ייקבע שפער הצטמצם או התרחב רק אם רווח הסמך 95% של השינוי בו אינו כולל את האפס, p המתוקן אינו עולה על רמת המובהקות, ושינוי "
    "שווה בשתי הקבוצות לא היה מביא לאותה תוצאה.",
    "We will say that a gap narrowed or widened only if the 95% interval of its change excludes zero, the adjusted p is at "
    "most the level, and an equal change in both groups would not give the same result.",
)
NO_GAPS = Text("התכנית אינה כוללת פערים בין קבוצות.", "The plan names no gaps between groups.")
FIXED, NOT_FIXED = Text("התכנית נקבעה", "The plan was fixed"), Text("טרם נקבעה", "not fixed yet")
REASON, NO_REASON = Text("הנימוק לסף", "Reason for the margins"), Text("לא צוין נימוק", "no reason is given")
