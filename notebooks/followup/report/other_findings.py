"""The findings about projects, ties and wishes in plain sentences; and what all findings say alike."""

from collections.abc import Callable

import pandas as pd

from followup import language as lang
from followup.disclosure.suppression import by_popularity
from followup.language import Text, filled
from followup.study.codebook import Evidence, Option, when
from followup.study.cohort import Cohort
from followup.study.waves import asked_in
from followup.words.agreement import quoted
from followup.words.columns import chosen_of, count_told
from followup.words.verdicts import INVOLVED, KEPT, side, side_of
from followup.words.vocabulary import HIDDEN

Worded = tuple[str, Text, Text, Text] | None
Result = Callable[[str], pd.DataFrame | None]  # a results table by its name
ENDS = ("lowest", "highest")  # of what all projects could be


def not_shown(what: Text) -> Worded:
    """That a result of a small group, or of one that would give a small one away, stays hidden: said, not passed over."""
    why = Text(": לא מוצג, משום שאחת הקבוצות קטנה מדי.", ": not shown, because one of the groups is too small.")
    return "not_told", what + why, HIDDEN, HIDDEN


def wave_note(cohort: Cohort, wave: str) -> Text:
    named = lang.both(cohort.codebook.waves[wave])
    return filled("תיאור של המשיבים ({wave})", "a description of those who answered ({wave})", {"wave": named})


def described(cohort: Cohort, row: pd.Series, part: str) -> Text:
    """That a share only describes those who answered: how many, when, and the bounds for everyone who was asked; `part`
    is the column that counts it.
    """
    return _of_those(cohort, row, None if pd.isna(row[part]) else _bounds(cohort, row, part))


def _bounds(cohort: Cohort, row: pd.Series, part: str) -> Text:
    """The least and the most of all who were asked; both follow from the counts that the page tells."""
    counted, silent = int(row[part]), (asked_in(cohort.params, row["wave"]) or 0) - int(row["n"])
    return lang.interval(counted, counted + max(silent, 0), 0, False)


def _of_those(cohort: Cohort, row: pd.Series, bounds: Text | None) -> Text:
    """The sentence of `described`, with these bounds where some did not answer."""
    wave, n, asked = row["wave"], int(row["n"]), asked_in(cohort.params, row["wave"])
    if not asked:
        return wave_note(cohort, wave)
    values = {"n": n, "wave": lang.both(cohort.codebook.waves[wave])}
    if n >= asked:
        return filled("תיאור של כל {n} הנשאלים ({wave})", "a description of all {n} who were asked ({wave})", values)
    some = filled("תיאור של {n} המשיבים ({wave})", "a description of the {n} who answered ({wave})", values)
    return some if bounds is None else some + OF_ALL.filled({"all": asked, "bounds": bounds})


OF_ALL = Text(
    "; בקרב כל {all} הנשאלים: {bounds}, בכל תשובה אפשרית של מי שלא השיבו",
    "; of all {all} who were asked: {bounds}, however non-respondents would have answered",
)


EVERY_PROJECT = Text("דווח על כל הפרויקטים", "every project was reported on")
SIZES = {
    "majority": Text("רוב הפרויקטים", "Most of the projects"),
    "about_half": Text("כמחצית הפרויקטים", "About half of the projects"),
    "minority": Text("מיעוט הפרויקטים", "A minority of the projects"),
}


def size_of(share: float) -> str:
    """Which part of the projects a share of 0 to 1 is."""
    return "about_half" if 0.4 <= share <= 0.6 else "majority" if share > 0.5 else "minority"


def projects_advanced(cohort: Cohort, table: pd.DataFrame, evidence: Evidence) -> Worded:
    row = evidence.rows_of(table).iloc[-1]
    k, n, total = int(row["n_advanced"]), int(row["n"]), int(row["n_all"])
    if not n:
        return None
    told_of = Text(" שדווח עליהם", " that were reported on") if n < total else Text("", "")
    outcome = size_of(k / n)
    where = Text(" נמצאים כיום בשלבי יישום מתקדמים.", " are now in advanced stages of implementation.")
    sentence = SIZES[outcome] + told_of + where
    if n == total:
        numbers = filled("{k} מכלל הפרויקטים", "{k} of all projects", {"k": lang.share(k, n)})
        return outcome, sentence, numbers, EVERY_PROJECT
    numbers = filled(
        "{k} מן הפרויקטים שדווח עליהם; בסך הכול {total} פרויקטים",
        "{k} of the projects with a report; {total} projects in all",
        {"k": lang.share(k, n), "total": total},
    )
    interval, bounds = (lang.interval(row[low], row[high], 0, False) for low, high in (("low", "high"), ENDS))
    certainty = filled(
        "רווח סמך 95% לכלל הפרויקטים: {low}; גבולות ללא כל הנחה: {bounds}",
        "95% interval for all projects: {low}; bounds without any assumption: {bounds}",
        {"low": interval, "bounds": bounds},
    )
    return outcome, sentence, numbers, certainty


def projects_involved(cohort: Cohort, table: pd.DataFrame, evidence: Evidence) -> Worded:
    row = evidence.rows_of(table).iloc[-1]
    outcome = None if pd.isna(row["n"]) or not row["n"] else side_of(row)
    if outcome is None:
        return None
    numbers = filled("{k} מעורבים כיום", "{k} are involved today", {"k": chosen_of(row)})
    return outcome, INVOLVED[outcome], numbers, described(cohort, row, "n_chosen")


def ties_kept(cohort: Cohort, table: pd.DataFrame, evidence: Evidence) -> Worded:
    counts, before = table.set_index("fate")["n_ties"], table.set_index("fate").loc["kept", "n"]
    if pd.isna(before):
        return not_shown(Text("הקשרים המקצועיים", "The professional ties"))
    if not before:
        return None
    last, kept, before = table["wave"].iloc[0], int(counts["kept"]), int(before)
    values = {"kept": lang.share(kept, before), "later": when(cohort.codebook, last)}
    outcome = side(kept, before)
    numbers = filled("{kept} מן הקשרים צוינו שוב {later}", "{kept} ties were named again {later}", values)
    if pd.isna(counts["unknown"]):
        return outcome, KEPT[outcome], numbers, wave_note(cohort, last)
    unknown = int(counts["unknown"])
    told_of = filled("; על {n} קשרים אין מידע", "; for {n} there is no report", {"n": unknown})
    bounds = lang.interval(kept, kept + unknown, 0, False)
    certainty = filled("הגבולות: {bounds} קשרים", "bounds: {bounds} ties", {"bounds": bounds})
    return outcome, KEPT[outcome], numbers + told_of, certainty


def wishes(cohort: Cohort, table: pd.DataFrame, evidence: Evidence) -> Worded:
    options = {option.code: option for option in cohort.codebook.options_of(evidence.measure).options}
    table = evidence.rows_of(table)
    table = table[table["wave"] == table["wave"].iloc[-1]] if len(table) else table
    wished = table[~table["option"].map(lambda code: options[code].exclusive)]  # "nothing" is no wish
    top = by_popularity(wished).head(3)
    if top.empty:
        return None
    names = lang.listed([quoted(options[code]) for code in top["option"]])
    wanted = Text("בהמשך פעילות הרשת הבוגרים מבקשים בעיקר: ", "What graduates want most from the network: ")
    numbers = lang.listed([count_told(row) for _, row in top.iterrows()]) + Text(", לפי הסדר", ", in that order")
    outcome = "top_" + "_".join(str(code) for code in sorted(top["option"]))
    return outcome, wanted + names + lang.same("."), numbers, _of_wishes(cohort, top, options)


def _of_wishes(cohort: Cohort, top: pd.DataFrame, options: dict[int, Option]) -> Text:
    """How many the wishes describe, and the bounds for all who were asked of each that has a count, by its name."""
    counted = [(quoted(options[row["option"]]), row) for _, row in top.iterrows() if not pd.isna(row["n_chosen"])]
    each = [name + lang.same(" ") + _bounds(cohort, row, "n_chosen") for name, row in counted]
    return _of_those(cohort, top.iloc[0], lang.listed(each) if each else None)
