"""How a column is to be read: what is counted, of whom, and which way is up; it stands beneath a table’s caption."""

from followup.language import Text

# A text that several columns share is said once.
POINTS = Text("ממוצעים בנקודות של הסולם; ערך גבוה פירושו יותר", "means in scale points; higher means more")
CATEGORIES = Text(
    "מספר המשיבים בכל קטגוריה מתוך כלל המשיבים; קטגוריה שבה משיבים מעטים אינה מוצגת לבדה",
    "respondents in each category, of those who answered; a category of only a few is not shown by itself",
)
GAPS = Text(
    "פער: הקבוצה השנייה פחות הראשונה, בנקודות; ככל שהערך קרוב יותר לאפס, הפער קטן יותר",
    "gap: second group minus first, in points; closer to zero is a smaller gap",
)
INTERVALS = Text(
    "רווחי הסמך מעוגלים כלפי חוץ ואינם מתוקנים למספר הבדיקות",
    "intervals are rounded outward and not adjusted for the number of tests",
)
SAID_IN = Text("מספר הראיונות שבהם נאמר הדבר", "number of interviews in which it was said")
# fmt: off
READ_AS = {
    "answered_of": Text("מספר המשיבים מתוך כלל הנשאלים", "respondents, of all who were asked"),
    "low_of": CATEGORIES, "middle_of": CATEGORIES, "high_of": CATEGORIES,
    "mean": POINTS, "mean_earlier": POINTS, "mean_later": POINTS,
    "change": Text("שינוי: הממוצע {later} פחות הממוצע {earlier}, בנקודות; ערך חיובי פירושו עלייה", "change: the mean {later} minus the mean {earlier}, in points; positive is a rise"),
    "p_adjusted": Text("p מתוקן למספר הבדיקות במשפחה", "p adjusted for the number of tests in its family"),
    "gap_earlier": GAPS, "gap_later": GAPS, "gap_change": GAPS,
    "standardised_difference": Text("בסטיות תקן; ערך חיובי פירושו ערך גבוה יותר בקרב המשיבים", "in standard deviations; positive is higher among respondents"),
    "alpha": Text("אלפא: 1 לכל היותר; ערך גבוה פירושו עקיבות פנימית רבה יותר", "alpha: at most 1; higher is more consistent"),
    "chosen_of": Text("מספר הבוחרים באפשרות, מתוך כלל המשיבים", "respondents who chose it, of those who answered"),
    "projects_of": Text("מספר הפרויקטים, מתוך אלה שדווח עליהם", "projects, of those with a report"),
    "advanced_of": Text("מספר הפרויקטים, מתוך אלה שדווח עליהם; סך הכול – כל הפרויקטים", "projects, of those with a report; in all: every project"),
    "difference": Text("הפרש: המחזור פחות קודמו, בנקודות; ערך חיובי פירושו ציון גבוה יותר. בכל מחזור השיבו אנשים אחרים",
                       "difference: the cohort minus the one before it, in points; positive is higher. Different people answered in each cohort"),
    "moved_of": Text("מספר הפרויקטים, מתוך כלל הפרויקטים", "projects, of all projects"),
    "came_of": Text("מספר המשתתפים, מתוך כלל המשתתפים", "participants, of all participants"),
    "again_of": Text("מספר הקשרים, מתוך אלה שצוינו {earlier}", "ties, of those named {earlier}"),
    "named_by_both": Text("צוינו בידי שני הצדדים: מתוך הקשרים בין המשיבים", "named by both: of the ties among those who answered"),
    "density_bounds": Text("גבולות: אילו מי שלא השיבו לא ציינו איש, ואילו ציינו את כולם", "bounds: had non-respondents named nobody, and had they named everyone"),
    "possible_of": Text("קשרים בין המשיבים באותו שלב, מתוך כל הזוגות האפשריים ביניהם", "ties among those who answered that wave, of all possible pairs of them"),
    "ties_of": Text("מספר הקשרים, מתוך אלה שצוינו {earlier}", "ties, of those named {earlier}"),
    "density": Text("צפיפות: הקשרים שצוינו מתוך כל הזוגות האפשריים, 0 עד 1", "density: ties named, of all possible pairs, 0 to 1"),
    "supports": SAID_IN, "qualifies": SAID_IN, "contradicts": SAID_IN,
    "n_present": Text("מספר המשתתפים שנכחו", "participants who were present"),
    "cells": Text("מספר השורות והתאים", "numbers of rows and cells"),
    "excluded": Text("מספר השורות לאחר כל צעד ומספר השורות שהוצאו בו", "rows after each step, and how many it removed"),
    "left_out": Text("מספר האנשים שנותרו לאחר כל צעד ומספר האנשים שלא נכללו בו", "people left after each step, and how many it left out"),
    "level_mean": POINTS, "mean_bounds": POINTS, "finite": POINTS,
    "change_bounds": Text("גבולות: הערך אילו נתנו כל מי שלא השיבו את התשובה הנמוכה ביותר, והערך אילו נתנו את הגבוהה ביותר",
                          "bounds: had all non-respondents given the lowest answer, and had they all given the highest"),
    "up_of": Text("כמה עלו, לא השתנו וירדו, מבין המשיבים בשני השלבים", "how many rose, stayed the same and fell, of those who answered both waves"),
    "top_change": Text("שיעור התשובות הגבוהות: בנקודות אחוז, בעיגול לעשרות כדי שלא יהיה אפשר לזהות משתתפים", "share of high answers: in percentage points, rounded to tens so that no one can be identified"),
    "interval": INTERVALS, "interval_90": INTERVALS, "gap_interval": INTERVALS,
    "superiority": Text("השוואה בין זוגות של אנשים, אחד מכל קבוצה; ״דומה״ פירושו שאף קבוצה אינה גבוהה מן האחרת", "pairs of people, one from each group; “about alike” means that neither group is higher"),
    "ceiling": Text("שיעור התשובות {wave} בכל אחד מקצות הסולם", "share of answers at either end of the scale {wave}"),
}
# fmt: on
