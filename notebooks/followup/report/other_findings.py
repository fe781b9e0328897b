"""The findings about projects, ties and wishes in plain sentences; and what all findings say alike."""

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


def not_shown(what: Text) -> Worded:
    """That a result of a small group, or of one that would give a small one away, stays hidden: said, not passed over."""
    said = filled(
        "{what}: לא מוצג, משום שאחת הקבוצות קטנה מדי.",
        "{what}: not shown, because one of the groups is too small.",
        {"what": what},
    )
    return "not_told", said, HIDDEN, HIDDEN


def wave_note(cohort: Cohort, wave: str) -> Text:
    words = cohort.codebook.waves[wave]
    return filled(
        "תיאור של המשיבים ({wave})",
        "a description of those who answered ({wave})",
        {"wave": Text(words.he, words.en)},
    )


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
    words = cohort.codebook.waves[wave]
    if not asked:
        return wave_note(cohort, wave)
    values = {"n": n, "wave": Text(words.he, words.en)}
    if n >= asked:
        return filled("תיאור של כל {n} הנשאלים ({wave})", "a description of all {n} who were asked ({wave})", values)
    if bounds is None:
        return filled("תיאור של {n} המשיבים ({wave})", "a description of the {n} who answered ({wave})", values)
    return filled(
        "תיאור של {n} המשיבים ({wave}); בקרב כל {all} הנשאלים: {bounds}, בכל תשובה אפשרית של מי שלא השיבו",
        "a description of the {n} who answered ({wave}); of all {all} who were asked: {bounds}, however non-respondents would have answered",
        values | {"all": asked, "bounds": bounds},
    )


EVERY_PROJECT = Text("דווח על כל הפרויקטים", "every project was reported on")


def projects_advanced(cohort: Cohort, table: pd.DataFrame, evidence: Evidence) -> Worded:
    row = evidence.rows_of(table).iloc[-1]
    k, n, total = int(row["n_advanced"]), int(row["n"]), int(row["n_all"])
    if not n:
        return None
    words = {
        "majority": Text("רוב הפרויקטים", "Most of the projects"),
        "about_half": Text("כמחצית הפרויקטים", "About half of the projects"),
        "minority": Text("מיעוט הפרויקטים", "A minority of the projects"),
    }
    told_of = Text(" שדווח עליהם", " that were reported on") if n < total else Text("", "")
    outcome = "about_half" if 0.4 <= k / n <= 0.6 else "majority" if k > n / 2 else "minority"
    sentence = filled(
        "{size} נמצאים כיום בשלבי יישום מתקדמים.",
        "{size} are now in advanced stages of implementation.",
        {"size": words[outcome] + told_of},
    )
    if n == total:
        numbers = filled("{k} מכלל הפרויקטים", "{k} of all projects", {"k": lang.share(k, n)})
        return outcome, sentence, numbers, EVERY_PROJECT
    numbers = filled(
        "{k} מן הפרויקטים שדווח עליהם; בסך הכול {total} פרויקטים",
        "{k} of the projects with a report; {total} projects in all",
        {"k": lang.share(k, n), "total": total},
    )
    certainty = filled(
        "רווח סמך 95% לכלל הפרויקטים: {low}; גבולות ללא כל הנחה: {bounds}",
        "95% interval for all projects: {low}; bounds without any assumption: {bounds}",
        {
            "low": lang.interval(row["low"], row["high"], 0, False),
            "bounds": lang.interval(row["lowest"], row["highest"], 0, False),
        },
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
    if pd.isna(table.set_index("fate").loc["kept", "n"]):
        return not_shown(Text("הקשרים המקצועיים", "The professional ties"))
    counts = table.set_index("fate")["n_ties"]
    before, kept = int(table.set_index("fate").loc["kept", "n"]), int(counts["kept"])
    if not before:
        return None
    last = table["wave"].iloc[0]
    later = {"later": when(cohort.codebook, last)}
    if pd.isna(counts["unknown"]):
        numbers = filled(
            "{kept} מן הקשרים צוינו שוב {later}",
            "{kept} ties were named again {later}",
            later | {"kept": lang.share(kept, before)},
        )
        return side(kept, before), KEPT[side(kept, before)], numbers, wave_note(cohort, last)
    unknown = int(counts["unknown"])
    outcome = side(kept, before)
    numbers = filled(
        "{kept} מן הקשרים צוינו שוב {later}; על {unknown} קשרים אין מידע",
        "{kept} ties were named again {later}; for {unknown} there is no report",
        later | {"kept": lang.share(kept, before), "unknown": unknown},
    )
    certainty = filled(
        "הגבולות: {bounds} קשרים", "bounds: {bounds} ties", {"bounds": lang.interval(kept, kept + unknown, 0, False)}
    )
    return outcome, KEPT[outcome], numbers, certainty


def wishes(cohort: Cohort, table: pd.DataFrame, evidence: Evidence) -> Worded:
    options = {option.code: option for option in cohort.codebook.options_of(evidence.measure).options}
    table = evidence.rows_of(table)
    table = table[table["wave"] == table["wave"].iloc[-1]] if len(table) else table
    wished = table[~table["option"].map(lambda code: options[code].exclusive)]  # "nothing" is no wish
    top = by_popularity(wished).head(3)
    if top.empty:
        return None
    names = lang.listed([quoted(options[code]) for code in top["option"]])
    sentence = filled(
        "בהמשך פעילות הרשת הבוגרים מבקשים בעיקר: {names}.",
        "What graduates want most from the network: {names}.",
        {"names": names},
    )
    numbers = lang.listed([count_told(row) for _, row in top.iterrows()])
    outcome = "top_" + "_".join(str(code) for code in sorted(top["option"]))
    return (
        outcome,
        sentence,
        filled("{counts}, לפי הסדר", "{counts}, in that order", {"counts": numbers}),
        _of_wishes(cohort, top, options),
    )


def _of_wishes(cohort: Cohort, top: pd.DataFrame, options: dict[int, Option]) -> Text:
    """How many the wishes describe, and the bounds for all who were asked of each that has a count, by its name."""
    counted = [(quoted(options[row["option"]]), row) for _, row in top.iterrows() if not pd.isna(row["n_chosen"])]
    each = [name + lang.same(" ") + _bounds(cohort, row, "n_chosen") for name, row in counted]
    return _of_those(cohort, top.iloc[0], lang.listed(each) if each else None)
