"""What stands beneath the captions of changes and gaps, and instead of them where there are none."""

from followup.language import Text

NOTES = {
    "linked": Text("{both} מתוך {all} השיבו בשני השלבים", "{both} of {all} answered both waves"),
    "partly_linked": Text(
        "מתוך {all}: {first} השיבו {earlier} ו־{second} {later}, {both} מהם בשני השלבים; "
        "בחישוב השינוי נכללים כולם, בהנחה שהמשיבים בשלב אחד דומים למשיבים בשניהם; "
        "שיעור התשובות הגבוהות, אם הוא מוצג, הוא של המשיבים בשני השלבים",
        "of {all}, {first} answered {earlier} and {second} {later}, {both} of them both; "
        "a change includes them all, assuming that those who answered one wave only are like those who answered both; "
        "a share of high answers, where shown, is of those who answered both",
    ),
    "unlinked": Text(
        "מתוך {all}: {first} השיבו {earlier} ו־{second} {later}, ללא קישור; ייתכן שהרכב המשיבים השתנה",
        "of {all}, {first} answered {earlier} and {second} {later}, not linked; the mix of people may have changed",
    ),
}
NOTES_WITHOUT_WHOLE = {  # where nobody knows how many there are; IDs come with a roster
    "same_row": Text("{both} השיבו בשני השלבים", "{both} answered both waves"),
    "unlinked": Text(
        "{first} השיבו {earlier} ו־{second} {later}, ללא קישור; ייתכן שהרכב המשיבים השתנה",
        "{first} answered {earlier} and {second} {later}, not linked; the mix of people may have changed",
    ),
}
RECALLED = Text(
    "; שני השלבים מופיעים בשורה אחת: אם נשאלו באותו מועד, השלב המוקדם דווח מן הזיכרון, וייתכן שגם קנה המידה של המשיבים השתנה",
    "; both waves are in one row: if they were asked at the same time, the earlier one is from memory, and respondents’ "
    "yardstick may have changed",
)
LARGE = {
    "flips": Text(
        "; אם יותר מ־{flips} השתנו, p מחושב לפי הקירוב הנורמלי של מבחן היפוך הסימנים",
        "; where more than {flips} changed, p comes from the normal approximation of the sign-flip test",
    ),
    "families": Text(
        ", ומעל {people} משיבים היפוכי הסימנים של וסטפול–יאנג נדגמים מהתפלגות נורמלית בעלת אותן שונויות משותפות",
        ", and above {people} respondents Westfall–Young’s flips are drawn from the normal distribution with the same "
        "covariances",
    ),
    "gaps": Text(
        "מעל {people} משיבים p הוא של מבחן t של ולץ׳, שאליו מתכנס מבחן התמורות",
        "above {people} respondents p is that of Welch’s t, to which the permutation test converges",
    ),
}
NO_GAP = {
    "not_named": Text("תכנית הניתוח אינה כוללת פער בין קבוצות.", "The plan names no gap between groups."),
    "one_wave": Text("עדיין אין שני שלבים שאפשר להשוות ביניהם.", "There are no two waves to compare yet."),
    "small": Text(
        "לא ניתן לקבוע אם הפער השתנה: אחת הקבוצות קטנה מכדי להציגה, או שהצגתה הייתה חושפת קבוצה קטנה אחרת.",
        "We cannot tell whether the gap changed: one of the groups is too small to show, "
        "or showing it would reveal another small group.",
    ),
}
NO_ANCHOR = {
    "unlinked": Text(
        "השלבים אינם מקושרים, ולכן אי אפשר לחשב את השינוי של מי שציינו שיפור קל.",
        "The waves are not linked, so the change of those who chose the smallest improvement cannot be computed.",
    ),
    "words_only": Text(
        "מתפרסמות מילים בלבד, ולכן לא מוצג סף לפי העוגן.",
        "Only words are published, so no anchor-based margin is shown.",
    ),
    "few": Text(
        "אם לא מוצג סף לפי העוגן, מעטים מדי בחרו בשיפור הקל ביותר, או שהצגתו הייתה חושפת את תשובותיהם.",
        "Where no anchor-based margin is shown, too few chose the smallest improvement, or it would reveal their answers.",
    ),
}
