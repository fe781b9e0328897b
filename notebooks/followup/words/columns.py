"""How tables look: every column has a heading in both languages, a unit and a way to write its values."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from followup import language as lang
from followup.language import LANGUAGES, Text
from followup.words import verdicts
from followup.words.vocabulary import (
    FEW_IN_ONE,
    KEYS,
    LOW_OR_MIDDLE,
    NOT_SHOWN,
    NOT_TESTED,
    TELLS_OF_FEW,
    TOO_FEW,
    WITH_MIDDLE,
    Vocabulary,
    level_mean,
)


@dataclass(frozen=True)
class Column:
    """A column of the page: its heading in both languages, and how a row's value is written.

    `{earlier}`, `{later}` and `{wave}` in a heading stand for the waves that the table is about.
    """

    heading: Text
    write: Callable[[pd.Series, Vocabulary, str], str]
    numeric: bool = True
    holds: str = ""  # "size": how many people stand behind a result; "value": one of them


def _number(name: str, he: str, en: str, write: Callable[[pd.Series], Text], holds: str = "") -> Column:
    return Column(Text(he, en), lambda row, words, language: write(row)[language], holds=holds)


def _words(name: str, he: str, en: str) -> Column:
    return Column(
        Text(he, en), lambda row, words, language: _island(words(row[name], language), language), numeric=False
    )


def _groups(row: pd.Series, words: Callable[[str, str], str]) -> dict[str, Text]:
    """The names of the two groups of a gap, as they stand within a sentence."""
    return {name: Text(words(row[name], "he"), lang.within(words(row[name], "en"))) for name in ("first", "second")}


def _island(text: str, language: str) -> str:
    """Words of the other language (a file's name, an untranslated label) keep their own direction; so do numbers in Hebrew."""
    if lang.main_language(text) not in (language, None):
        return lang.free_text(text)
    return lang.numbers_isolated(text) if language == "he" else text


def _meeting(row: pd.Series) -> Text:
    """A meeting's number or name and, where it is known, its day."""
    name, day = str(row["meeting"]), row.get("date")
    named = lang.number(int(name), 0) if name.isdecimal() else lang.same(lang.free_text(name))
    return named + lang.same(" · ") + lang.day(date.fromisoformat(day)) if isinstance(day, str) else named


def _count(name: str, he: str, en: str) -> Column:
    return _number(name, he, en, lambda row: lang.number(row[name], 0))


def group_size(row: pd.Series, name: str) -> Text:
    """How many people stand behind a result; of a group of which a few did not answer, only the least that they are."""
    if pd.isna(row[name]) and "hidden" not in row:
        return TELLS_OF_FEW
    rounded = bool(row.get("at_least", False)) and not pd.isna(row[name])
    return lang.at_least(row[name]) if rounded else lang.number(row[name])


def _size(name: str, he: str, en: str) -> Column:
    return _number(name, he, en, lambda row: group_size(row, name), "size")


def ties_of(row: pd.Series) -> Text:
    """Ties between groups, of those possible; or their share only, where counts would tell who did not answer."""
    if pd.isna(row["n_ties"]):
        return lang.NOT_COMPUTED if pd.isna(row["tie_share"]) else _percent(row["tie_share"])
    return lang.share(int(row["n_ties"]), int(row["n_possible"]))


def _value(name: str, he: str, en: str, signed: bool = False, digits: int | None = None) -> Column:
    return _number(name, he, en, lambda of: lang.number(of[name], digits or lang.decimals(of[name]), signed), "value")


def _interval(low: str, high: str, he: str, en: str, signed: bool = True, digits: int | None = None) -> Column:
    """Bounds with as many decimals as they left with, or `digits`; that they do not leave is said."""

    def written(row: pd.Series) -> Text:
        if pd.isna(row[low]):
            return NOT_SHOWN
        decimals = lang.decimals(row[low], row[high]) if digits is None else digits
        return lang.interval(row[low], row[high], decimals, signed)

    return _number(low, he, en, written, "value")


def _change_interval(name: str, he: str, en: str) -> Column:
    """The interval of a change or a gap, as it left; a bound on zero or on the margin says on which side of it it lies."""

    def written(row: pd.Series) -> Text:
        low, high = row[f"{name}_low"], row[f"{name}_high"]
        if pd.isna(low) or row.get("term") == "Intercept":
            return NOT_SHOWN if pd.isna(low) else lang.interval(low, high, lang.decimals(low, high), signed=False)
        return lang.change_interval(low, high, row.get("margin"))

    return _number(f"{name}_low", he, en, written, "value")


def _released(name: str, he: str, en: str, signed: bool = False) -> Column:
    """A number as it left, or that it does not leave of so few."""

    def written(row: pd.Series) -> Text:
        turned = signed and row.get("term") != "Intercept"  # which is no difference
        return NOT_SHOWN if pd.isna(row[name]) else lang.number(row[name], lang.decimals(row[name]), turned)

    return _number(name, he, en, written, "value")


def _share(part: str, whole: str, he: str, en: str) -> Column:
    return _number(
        part,
        he,
        en,
        lambda row: lang.NOT_COMPUTED if pd.isna(row[part]) else lang.share(int(row[part]), int(row[whole])),
    )


def _category(part: str, he: str, en: str) -> Column:
    """How many answered low, middle or high; where the table tells only high and the rest, or nothing, it says so."""

    def written(row: pd.Series) -> Text:
        form = row.get("form", "three")
        if form == "hidden":
            return FEW_IN_ONE
        if form == "high" and part == "n_low":
            return WITH_MIDDLE
        if form == "high" and part == "n_middle":
            return LOW_OR_MIDDLE + lang.share(int(row["n_not_high"]), int(row["n"]))
        return FEW_IN_ONE if pd.isna(row[part]) else lang.share(int(row[part]), int(row["n"]))

    return _number(part, he, en, written)


def _answered(row: pd.Series) -> Text:
    """How many answered, of those asked where that is known."""
    return (
        lang.NOT_COMPUTED
        if pd.isna(row["n"])
        else lang.answered(int(row["n"]), int(row["n_all"]), row.get("asked_known", True))
    )


def _p(name: str, he: str, en: str) -> Column:
    return _number(name, he, en, lambda row: _no_p(row) if pd.isna(row[name]) else lang.p_value(row[name]), "value")


def _no_p(row: pd.Series) -> Text:
    """Why there is no p: the row is description, too few respondents moved at all, or none leaves of so few."""
    if row.get("verdict") == "described":
        return NOT_TESTED
    return TOO_FEW if isinstance(row.get("no_test"), str) else NOT_SHOWN


def _points(value: float, n: float) -> Text:
    """A change of a share in percentage points, or in people when there are fewer than ten."""
    if n < lang.FEWEST_FOR_PERCENT:
        return lang.number(value * n, 0, signed=True) + lang.same(" / ") + lang.number(n)
    return lang.number(100 * value, 0, signed=True)


def _of_linked(row: pd.Series, name: str, write: Callable[[], Text]) -> Text:
    """A result of the linked only; it is hidden where, beside that of everyone, it would give away a few."""
    return TELLS_OF_FEW if row["few_apart"] else NOT_SHOWN if pd.isna(row.get(name)) else write()


def _change_bounds(row: pd.Series, words: Vocabulary) -> Text:
    """Bounds of a change; of a measure that the earlier wave did not ask, that; of other waves a dash."""
    if not pd.isna(row["change_lowest"]):
        return lang.interval(row["change_lowest"], row["change_highest"], 1)
    if not isinstance(row["compared_with"], str):
        return lang.same("–")
    return Text(
        *(text.format(words.when(row["compared_with"], each)) for each, text in zip(LANGUAGES, NOT_ASKED, strict=True))
    )


NOT_ASKED = ("לא נשאל {}", "not asked {}")


def _few(count: int, least: int) -> Text:
    """A count of people, or, when it is a small one, only that it is small (which nobody is, too)."""
    return lang.fewer_than(least) if pd.isna(count) else lang.number(count)


def chosen_of(row: pd.Series) -> Text:
    """How many chose an option, of those who answered; of a few, or of all but a few, only that."""
    if pd.isna(row["n_chosen"]) and not pd.isna(row.get("over")):
        return lang.more_than(row["over"], row["n"])
    if pd.isna(row["n_chosen"]):
        return lang.NOT_COMPUTED if pd.isna(row.get("least_cell")) else _few(row["n_chosen"], row["least_cell"])
    return lang.share(int(row["n_chosen"]), int(row["n"]))


def count_told(row: pd.Series) -> Text:
    """The same without a percentage."""
    return chosen_of(row) if pd.isna(row["n_chosen"]) else lang.count_of(int(row["n_chosen"]), int(row["n"]))


def _present(row: pd.Series) -> Text:
    """How many came to a meeting, of all participants; of a few, or of all but a few, only that."""
    return chosen_of({**row, "n_chosen": row["n_present"]})


def _involved(row: pd.Series) -> Text:
    if pd.isna(row["n_asked"]):
        return lang.NOT_COMPUTED
    return chosen_of({**row, "n_chosen": row["n_involved"], "n": row["n_asked"], "over": row.get("involved_over")})


def _or_words(name: str, reason: str, he: str, en: str, write: Callable[[pd.Series], Text]) -> Column:
    """A number, or the words for why there is none."""

    def written(row, words, language):
        return (
            words(row[reason], language)
            if pd.isna(row[name]) and isinstance(row[reason], str)
            else write(row)[language]
        )

    return Column(Text(he, en), written)


def _reliability_digits(row: pd.Series) -> int:
    """How many decimals the reliability of a scale left with: alpha, omega and the interval are written alike."""
    names = ("alpha", "alpha_low", "alpha_high", "omega", "mean_inter_item_r")
    return lang.decimals(*(row[name] for name in names if name in row))


def _as_precise(row: pd.Series, name: str) -> Text:
    return lang.number(row[name], _reliability_digits(row))


def _reliability_interval(row: pd.Series) -> Text:
    if pd.isna(row["alpha_low"]):
        return NOT_SHOWN
    return lang.interval(row["alpha_low"], row["alpha_high"], _reliability_digits(row), signed=False)


def _key(name: str, keys: dict, he: str, en: str) -> Column:
    """A word for one of a few keys; that it does not leave is said."""
    return Column(
        Text(he, en),
        lambda row, words, language: (NOT_SHOWN if pd.isna(row[name]) else keys[row[name]])[language],
        numeric=False,
    )


def _option(name: str, he: str, en: str) -> Column:
    return Column(
        Text(he, en),
        lambda row, words, language: _island(words.option(row["question"], row[name], language), language),
        numeric=False,
    )


def _said(name: str, he: str, en: str) -> Column:
    """A sentence of ours that the table holds in both languages, as NAME_he and NAME_en."""
    return Column(Text(he, en), lambda row, words, language: str(row[f"{name}_{language}"]), numeric=False)


def _typed(name: str, he: str, en: str) -> Column:
    """What somebody typed or said, held as NAME_he and NAME_en; it may hold anything."""
    return Column(Text(he, en), lambda row, words, language: lang.free_text(row[f"{name}_{language}"]), numeric=False)


# fmt: off
COLUMNS = {
    "measure": _words("measure", "היגד או סולם", "Item or scale"),
    "scale": _words("scale", "סולם", "Scale"),
    "group": _words("group", "קבוצה", "Group"),
    "first": _words("first", "קבוצה ראשונה", "First group"),
    "second": _words("second", "קבוצה שנייה", "Second group"),
    "wave": _words("wave", "שלב", "Wave"),
    "compared_with": _words("compared_with", "לעומת", "Compared with"),
    "pattern": _words("pattern", "מהלך", "Course"),
    "trait": _words("trait", "מאפיין", "Trait"),
    "level": _words("level", "קבוצה", "Group"),
    "verdict": _words("verdict", "מסקנה", "Conclusion"),
    "step": _words("step", "שלב הסינון", "Step"),
    "rule": _words("rule", "כלל", "Rule"),
    "file": _words("file", "קובץ", "File"),
    "status": _words("status", "מצב ההשבה", "Who answered"),
    "fate": _words("fate", "מצב הקשר", "The tie"),
    "finding": Column(Text("ממצא", "Finding"), lambda row, words, language: _island(words.finding(row["finding"], language), language), numeric=False),
    "stance": _words("stance", "עמדה", "Stance"),
    "supports": _count("supports", "תומכים", "Support"),
    "qualifies": _count("qualifies", "מסייגים", "Qualify"),
    "contradicts": _count("contradicts", "סותרים", "Contradict"),
    "excerpt": _typed("excerpt", "ציטוט", "Excerpt"),
    "published": _typed("published", "מה פורסם", "Published"),
    "computed_sentence": _said("computed_sentence", "מה עולה מן הנתונים", "Computed here"),
    "agreement": _words("agreement", "התאמה", "Agreement"),
    "option": _option("option", "אפשרות", "Option"),
    "meeting": _number("meeting", "מפגש", "Meeting", _meeting),
    "n": _size("n", "מספר", "n"),
    "n_all": _count("n_all", "סך הכול", "In all"),
    "excluded": _count("excluded", "הוצאו", "Excluded"),
    "left_out": _count("left_out", "לא נכללו", "Left out"),
    "decision": _words("decision", "החלטה", "Decision"),
    "n_near": _count("n_near", "מהם דומים לקוד שברשימה", "Of these, similar to an ID on the roster"),
    "rows": _count("rows", "שורות", "Rows"),
    "rows_kept": _count("rows_kept", "שורות שנשמרו", "Rows kept"),
    "rows_excluded": _count("rows_excluded", "שורות שהוצאו", "Rows excluded"),
    "cells": _count("cells", "תאים", "Cells"),
    "cells_kept": _count("cells_kept", "נשמרו כפי שהיו", "Kept as they were"),
    "cells_changed": _count("cells_changed", "שונו (נרשם ביומן)", "Changed (logged)"),
    "cells_without_answer": _count("cells_without_answer", "בלי תשובה", "Without an answer"),
    "cells_of_free_text": _count("cells_of_free_text", "טקסט חופשי", "Free text"),
    "cells_in_ignored_columns": _count("cells_in_ignored_columns", "בעמודות שאינן מן השאלון", "In columns not of the questionnaire"),
    "cells_in_excluded_rows": _count("cells_in_excluded_rows", "בשורות שהוצאו", "In excluded rows"),
    "columns_item": _count("columns_item", "היגדים", "Statements"),
    "columns_question": _count("columns_question", "שאלות אחרות", "Other questions"),
    "columns_trait": _count("columns_trait", "מאפיינים", "Traits"),
    "columns_id": _count("columns_id", "קוד משתתף", "Participant ID"),
    "columns_submitted": _count("columns_submitted", "מועד", "Time"),
    "columns_ignored": _count("columns_ignored", "לא נחוצות", "Not needed"),
    "columns_missing": _count("columns_missing", "חסרות", "Missing"),
    "cohort": _words("cohort", "מחזור", "Cohort"),
    "cohort_before": _words("cohort_before", "המחזור הקודם", "Cohort before"),
    "title": _said("title", "התכנית והמחזור", "Programme and cohort"),
    "of_whom": _said("of_whom", "אוכלוסייה", "Respondents"),
    "about": _said("about", "היגד או סולם", "Item or scale"),
    "cohorts": _words("cohorts", "מחזורים", "Cohorts"),
    "differs_in": _typed("differs_in", "היגדים שבנוסח זה בלבד", "Statements of this wording only"),
    "n_before": _count("n_before", "n במחזור הקודם", "n, cohort before"),
    "difference": _value("difference", "הפרש מן המחזור הקודם (נקודות)", "Difference from the cohort before (points)", signed=True),
    "involved_of": _number("n_involved", "מעורבים כיום בפרויקט", "Still involved in their project", lambda row: _involved(row)),
    "move": _words("move", "התקדמות", "Progress"),
    "band": _words("band", "השתתפות במפגשים", "Meetings attended"),
    "basis": _words("basis", "הנחה", "Assumption"),
    "came_of": _share("n_came", "n", "משתתפים", "Participants"),
    "moved_of": _share("n_projects", "n", "פרויקטים", "Projects"),
    "again_of": _share("n_again", "n_ties", "צוינו שוב {later}", "Named again {later}"),
    "tie_bounds": _interval("lowest", "highest", "גבולות (קשרים)", "Bounds (ties)", signed=False, digits=0),
    "isolated": _number("n_isolated", "בלי קשרים", "Without ties", lambda row: _few(row["n_isolated"], row["least_group"])),
    "density_bounds": _interval("density_low", "density_high", "גבולות לצפיפות, כל המשתתפים", "Bounds of density, all participants", signed=False, digits=2),
    "possible_of": _number("n_ties", "קשרים, מתוך האפשריים", "Ties, of those possible", lambda row: ties_of(row)),
    "numbers": _said("numbers", "מה אומרים המספרים", "What the numbers say"),
    "together": _words("together", "זה מול זה", "Side by side"),
    "n_present": _number("n_present", "נכחו", "Present", _present),
    "n_interviews": _count("n_interviews", "ראיונות", "Interviews"),
    "n_earlier": _size("n_earlier", "n {earlier}", "n {earlier}"),
    "n_later": _size("n_later", "n {later}", "n {later}"),
    "n_linked": _size("n_linked", "n בשני השלבים", "n in both waves"),
    "n_first": _size("n_first", "n בראשונה", "n of the first"),
    "n_second": _size("n_second", "n בשנייה", "n of the second"),
    "n_ties": _count("n_ties", "קשרים", "Ties"),
    "n_isolated": _count("n_isolated", "בלי קשרים", "Without ties"),
    "items": _count("items", "היגדים", "Items"),
    "reports": _count("reports", "דיווחים", "Reports"),
    "conflicts": _count("conflicts", "דיווחים סותרים", "Conflicting reports"),
    "answered_of": _number("n", "השיבו", "Answered", _answered),
    "low_of": _category("n_low", "תשובות נמוכות", "Low answers"),
    "middle_of": _category("n_middle", "תשובות ביניים", "Middle answers"),
    "high_of": _category("n_high", "תשובות גבוהות", "High answers"),
    "chosen_of": _number("n_chosen", "בחרו", "Chose", lambda row: chosen_of(row)),
    "projects_of": _share("n_projects", "n", "פרויקטים", "Projects"),
    "advanced_of": _share("n_advanced", "n", "בשלבים מתקדמים", "In advanced stages"),
    "ties_of": _share("n_ties", "n", "מן הקשרים שצוינו {earlier}", "Of the ties named {earlier}"),
    "mean": _value("mean", "ממוצע", "Mean"),
    "score": _released("score", "ממוצע", "Mean"),
    "value": _number("value", "ערך", "Value", lambda row: NOT_SHOWN if pd.isna(row["value"]) else lang.number(row["value"], 0 if row["value"] and row["value"] % 10 == 0 else lang.decimals(row["value"])), "value"),
    "category": _words("category", "תשובות", "Answers"),
    "category_of_value": _words("category_of_value", "תשובות", "Answers"),
    "term": _words("term", "משתנה", "Term"),
    "estimate": _released("estimate", "אומדן", "Estimate", signed=True),
    "mean_earlier": _released("mean_earlier", "ממוצע {earlier}", "Mean {earlier}"),
    "mean_later": _released("mean_later", "ממוצע {later}", "Mean {later}"),
    "change": _released("change", "שינוי (נקודות)", "Change (points)", signed=True),
    "margin": _value("margin", "סף", "Margin"),
    "alpha": _or_words("alpha", "not_computable", "אלפא", "Alpha", lambda row: _as_precise(row, "alpha")),
    "mean_inter_item_r": _number("mean_inter_item_r", "מתאם ממוצע בין היגדים", "Mean inter-item r", lambda row: _as_precise(row, "mean_inter_item_r")),
    "omega": _or_words("omega", "no_omega", "אומגה", "Omega", lambda row: _as_precise(row, "omega")),
    "warning": _words("warning", "מה כדאי לבדוק", "What to check"),
    "ceiling": _words("ceiling", "בקצה העליון", "At the top"),
    "floor": _words("floor", "בקצה התחתון", "At the bottom"),
    "room": _words("room", "אפקט תקרה ורצפה", "Ceiling and floor"),
    "silent": _said("silent", "מה היה משנה את המסקנה", "What would reverse the conclusion"),
    "finite": _or_words("finite_low", "refused", "רווח סמך 95% לממוצע של כלל הנשאלים", "95% interval for the mean of all who were asked",
                        lambda row: lang.interval(row["finite_low"], row["finite_high"], 1, False)),
    "mean_bounds": _interval("lowest", "highest", "גבולות לממוצע", "Bounds of the mean", signed=False, digits=1),
    "change_bounds": Column(Text("גבולות לשינוי", "Bounds of the change"), lambda row, words, language: _change_bounds(row, words)[language]),
    "level_mean": _number("mean", "ממוצע", "Mean", level_mean),
    "weighting": _said("weighting", "שקלול", "Weighting"),
    "setting": _said("setting", "מה נקבע", "What was settled"),
    "settled": _said("settled", "כיצד", "How"),
    "measured": _said("measured", "מה נמדד", "Of what"),
    "answering": _said("answering", "המשיבים", "Who answers"),
    "truth": _said("truth", "השינוי בפועל", "True change"),
    "smallest": _said("smallest", "השינוי המזערי הניתן לגילוי, בעוצמה של 80% (נקודות)", "Smallest detectable change, 80% power (points)"),
    "tests": _count("tests", "מספר המבחנים במשפחה", "Tests in the family"),
    "told": _said("told", "ייקבע שחל שינוי", "A change is found"),
    "preserved": _said("preserved", "ייקבע ״נשמר״", "“Preserved” is found"),
    "inconclusive": _said("inconclusive", "לא ניתן לקבוע", "Inconclusive"),
    "reason": Column(Text("הנימוק", "Reason"), lambda row, words, language: verdicts.change_reason(row)[language], numeric=False),
    "gap_reason": Column(Text("הנימוק", "Reason"), lambda row, words, language: verdicts.gap_reason(row, _groups(row, words))[language], numeric=False),
    "up_of": _share("n_up", "n_linked", "עלו", "Up"),
    "same_of": _share("n_same", "n_linked", "ללא שינוי", "The same"),
    "down_of": _share("n_down", "n_linked", "ירדו", "Down"),
    "not_lower": _key("not_lower", KEYS, "אין ירידה מעבר לסף", "No fall beyond the margin"),
    "excludes_zero": _key("excludes_zero", verdicts.EXCLUDES_ZERO, "רווח הסמך 95%", "95% interval"),
    "top_change": _number("top_change", "שינוי בשיעור התשובות הגבוהות", "Change of the share of high answers",
                          lambda row: _of_linked(row, "top_change", lambda: _points(row["top_change"], row["n_linked"]))),
    "gap_earlier": _value("gap_earlier", "פער {earlier}", "Gap {earlier}", signed=True, digits=1),
    "gap_later": _value("gap_later", "פער {later}", "Gap {later}", signed=True, digits=1),
    "delta": _released("delta", "דלתא של קליף", "Cliff’s delta", signed=True),
    "gap_change": _released("change", "שינוי בפער", "Change of the gap", signed=True),
    "gap_interval": _change_interval("ci", "רווח סמך 95%", "95% interval"),
    "ceiling_first": _words("ceiling_first", "בתקרה {earlier}: ראשונה", "At the top {earlier}: first"),
    "ceiling_second": _words("ceiling_second", "בתקרה {earlier}: שנייה", "At the top {earlier}: second"),
    "superiority": _number("superiority_earlier", "השנייה לעומת הראשונה ({earlier} · {later})", "Second group compared with first ({earlier} · {later})",
                           lambda row: verdicts.superiority(row["superiority_earlier"]) + lang.same(" · ") + verdicts.superiority(row["superiority_later"])),
    "standardised_difference": _value("standardised_difference", "הפרש מתוקנן (ס״ת)", "Standardised difference (SD)", signed=True, digits=1),
    "density": _value("density", "צפיפות", "Density", digits=2),
    "named_by_both": _number("named_by_both", "צוינו בידי שני הצדדים", "Named by both", lambda row: _percent(row["named_by_both"])),
    "interval": _change_interval("ci", "רווח סמך 95%", "95% interval"),
    "interval_90": _change_interval("ci90", "רווח סמך 90%", "90% interval"),
    "alpha_interval": _number("alpha_low", "רווח סמך 95%", "95% interval", lambda row: _reliability_interval(row)),
    "projects_interval": _interval("low", "high", "רווח סמך 95% (פרויקטים)", "95% interval (projects)", signed=False, digits=0),
    "bounds": _interval("lowest", "highest", "גבולות (פרויקטים)", "Bounds (projects)", signed=False, digits=0),
    "p_adjusted": _p("p_adjusted", "p מתוקן", "p, adjusted"),
}
# fmt: on


def _percent(value: float) -> Text:
    return lang.NOT_COMPUTED if pd.isna(value) else lang.percentage(value)
