"""How a column is to be read: what is counted, of whom, and which way is up; it stands beneath a table’s caption."""

from followup.language import Text

# A text that several columns share is said once.
POINTS = Text("ממוצעים בנקודות של הסולם; ערך גבוה – יותר", "means in points of the scale; higher is more")
CATEGORIES = Text(
    "מספר המשיבים בכל קטגוריה, מתוך מי שהשיבו; קטגוריה שבה מעטים אינה עומדת לבדה",
    "respondents in each category, of those who answered; a category of a few does not stand alone",
)
GAPS = Text(
    "פער: הקבוצה השנייה פחות הראשונה, בנקודות; ככל שהוא קרוב לאפס הפער קטן",
    "gap: second group minus first, in points; nearer zero is a smaller gap",
)
INTERVALS = Text(
    "רווחי הסמך מעוגלים כלפי חוץ ואינם מתוקנים למספר הבדיקות",
    "intervals are rounded outward and not adjusted for the number of tests",
)
SAID_IN = Text("מספר הראיונות שבהם נאמר הדבר", "interviews in which it was said")
# fmt: off
READ_AS = {
    "answered_of": Text("מספר המשיבים מתוך כל מי שנשאלו", "respondents, of all who were asked"),
    "low_of": CATEGORIES, "middle_of": CATEGORIES, "high_of": CATEGORIES,
    "mean": POINTS, "mean_earlier": POINTS, "mean_later": POINTS,
    "change": Text("שינוי: הממוצע {later} פחות הממוצע {earlier}, בנקודות; ערך חיובי – עלייה", "change: the mean {later} minus the mean {earlier}, in points; positive is a rise"),
    "p_adjusted": Text("p מתוקן למספר הבדיקות במשפחה", "p adjusted for the number of tests in its family"),
    "gap_earlier": GAPS, "gap_later": GAPS, "gap_change": GAPS,
    "standardised_difference": Text("ביחידות של סטיות תקן; ערך חיובי – גבוה יותר אצל מי שהשיבו", "in standard deviations; positive is higher among those who answered"),
    "alpha": Text("אלפא: לכל היותר 1; ערך גבוה – עקיבות רבה יותר", "alpha: at most 1; higher is more consistent"),
    "chosen_of": Text("מספר המשיבים שבחרו, מתוך מי שהשיבו", "respondents who chose it, of those who answered"),
    "projects_of": Text("מספר הפרויקטים, מתוך מי שדווח עליהם", "projects, of those with a report"),
    "advanced_of": Text("מספר הפרויקטים, מתוך מי שדווח עליהם; המספר הכולל הוא כל הפרויקטים", "projects, of those with a report; N is all projects"),
    "difference": Text("הפרש: המחזור פחות זה שלפניו, בנקודות; ערך חיובי – גבוה יותר. אנשים אחרים השיבו בכל מחזור",
                       "difference: the cohort minus the one before it, in points; positive is higher. Other people answered in each cohort"),
    "moved_of": Text("מספר הפרויקטים, מתוך כולם", "projects, of all of them"),
    "came_of": Text("מספר המשתתפים, מתוך כל המשתתפים", "participants, of all who took part"),
    "again_of": Text("מספר הקשרים, מתוך מי שצוינו {earlier}", "ties, of those named {earlier}"),
    "named_by_both": Text("צוינו בידי שני הצדדים: מתוך הקשרים בין מי שהשיבו", "named by both: of the ties among those who answered"),
    "density_bounds": Text("גבולות: אילו מי שלא השיבו לא ציינו איש, ואילו ציינו את כולם", "bounds: had non-respondents named nobody, and had they named everyone"),
    "possible_of": Text("קשרים בין מי שהשיבו באותו שלב, מתוך כל הזוגות האפשריים ביניהם", "ties among those who answered that wave, of all possible pairs of them"),
    "ties_of": Text("מספר הקשרים, מתוך מי שצוינו {earlier}", "ties, of those named {earlier}"),
    "density": Text("צפיפות: הקשרים שצוינו מתוך כל הזוגות האפשריים, 0 עד 1", "density: ties named, of all possible pairs, 0 to 1"),
    "supports": SAID_IN, "qualifies": SAID_IN, "contradicts": SAID_IN,
    "n_present": Text("מספר המשתתפים והמשתתפות שנכחו", "participants who were present"),
    "cells": Text("מספר השורות והתאים", "numbers of rows and cells"),
    "excluded": Text("מספר השורות לאחר כל צעד, וכמה הוצאו בו", "rows after each step, and how many it took out"),
    "left_out": Text("מספר האנשים שנותרו לאחר כל צעד, וכמה ירדו בו", "people left after each step, and how many it left out"),
    "level_mean": POINTS, "mean_bounds": POINTS, "finite": POINTS,
    "change_bounds": Text("גבולות: בין מה שהיה אילו כל מי שלא השיבו היו נותנים את הנמוך ביותר ובין מה שהיה אילו השיבו את הגבוה ביותר",
                          "bounds: had all non-respondents given the lowest answer, and had they all given the highest"),
    "up_of": Text("מספר מי שעלו, לא השתנו וירדו, מתוך מי שהשיבו בשני השלבים", "how many rose, stayed and fell, of those who answered both waves"),
    "top_change": Text("שיעור התשובות הגבוהות: בנקודות אחוז, מעוגל לעשר", "share of high answers: in percentage points, to the nearest ten"),
    "interval": INTERVALS, "interval_90": INTERVALS, "gap_interval": INTERVALS,
    "superiority": Text("השוואה בין אנשים: דומה פירושו שאף קבוצה אינה גבוהה מן האחרת", "person against person: about alike means that neither group is higher"),
    "ceiling": Text("שיעור המשיבים שעמדו {wave} בכל אחד מקצות הסולם", "share of respondents who stood at either end of the scale {wave}"),
}
# fmt: on
