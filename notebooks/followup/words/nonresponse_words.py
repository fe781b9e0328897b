"""What non-respondents would have to say to reverse a conclusion, and what weights would move."""

from followup.language import Text

WOULD_NOT = Text(
    "אין תשובות של {silent} האנשים שלא השיבו {later} שהיו משוות את הממוצע {later} לממוצע {earlier}",
    "no answers of the {silent} non-respondents {later} would make that mean equal to the one {earlier}",
)
WOULD_EQUAL = Text(
    "הממוצע {later} היה שווה לממוצע {earlier} אילו היה הממוצע של {silent} האנשים שלא השיבו {value} "
    "(ממוצע המשיבים: {mean})",
    "the mean {later} would equal that {earlier} if the {silent} non-respondents had averaged {value} "
    "(respondents: {mean})",
)
UNDONE = {  # by the changes of the others that would bring it about
    ("none",): Text(
        "השינוי של כלל המשתתפים היה מתאפס אילו היה השינוי הממוצע של {n} האחרים {none} נקודות",
        "the change of all participants would be zero if the other {n} had changed by {none} points on average",
    ),
    (): Text(
        "שום שינוי בקרב {n} האחרים לא היה מאפס את השינוי של כלל המשתתפים",
        "no change among the other {n} could bring the change of all participants to zero",
    ),
}
REACHED = {
    ("down", "up"): Text(
        "השינוי של כלל המשתתפים היה מגיע לסף אילו היה השינוי הממוצע של {n} האחרים {down} או {up} נקודות",
        "the change of all participants would reach the margin if the other {n} had changed by {down} or by {up} points on average",
    ),
    ("down",): Text(
        "השינוי של כלל המשתתפים היה מגיע לסף אילו היה השינוי הממוצע של {n} האחרים {down} נקודות",
        "the change of all participants would reach the margin if the other {n} had changed by {down} points on average",
    ),
    ("up",): Text(
        "השינוי של כלל המשתתפים היה מגיע לסף אילו היה השינוי הממוצע של {n} האחרים {up} נקודות",
        "the change of all participants would reach the margin if the other {n} had changed by {up} points on average",
    ),
    (): Text(
        "שום שינוי בקרב {n} האחרים לא היה מביא את השינוי של כלל המשתתפים אל הסף",
        "no change among the other {n} could bring the change of all participants to the margin",
    ),
}
# One reason for both: which it is, and how large the design effect, would tell how many of a group answered.
NOT_USABLE = Text(
    "משקלות לפי ״{trait}״ אינם מוצגים: אחת הקבוצות קטנה מדי, או שאפקט התכנון גדול מ־{most}.",
    "Weights by “{trait}” are not shown: one of the groups is too small, or the design effect is above {most}.",
)
MOVES = Text(
    "שקלול לפי ״{trait}״ (אפקט תכנון {most} לכל היותר) אינו משנה אף תוצאה של סולם ביותר מ־{moved} נקודות; "
    "הוא מוצג כבדיקת רגישות בלבד.",
    "Weighting by “{trait}” (design effect at most {most}) changes no scale’s result by more than {moved} points; "
    "it is a sensitivity check only.",
)
