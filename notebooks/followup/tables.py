"""How tables look: every column has a heading in both languages, a unit and a way to write its values."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import pandas as pd

from followup import language as lang
from followup.cohort import Cohort
from followup.codebook import Codebook
from followup.language import Text
from followup.problems import InputProblems, Problem

DATA_OF_FIGURE = Text("הנתונים שבתרשים, כטבלה", "The data of this figure, as a table")
HIDDEN = Text("מוסתר (קבוצה קטנה)", "hidden (small group)")
NOT_TESTED = Text("לא נבדק", "not tested")
TOO_FEW = Text("מעט מדי לבדיקה", "too few to test")

# Words for the keys that stand in results tables, beside those of the codebook.
KEYS = {
    "rose": Text("עלייה", "rose"),
    "fell": Text("ירידה", "fell"),
    "preserved": Text("נשמר", "preserved"),
    "inconclusive": Text("אין הכרעה", "inconclusive"),
    "described": Text("תיאור בלבד", "description only"),
    "narrowed": Text("הצטמצם", "narrowed"),
    "widened": Text("התרחב", "widened"),
    "cannot_be_told": Text("לא ניתן לקבוע", "cannot be told"),
    "participants": Text("משתתפים ברשימה", "participants on the roster"),
    "linked": Text("השיבו בשני השלבים", "answered both waves"),
    "programme_end_only": Text("השיבו רק בסיום התכנית", "answered at programme end only"),
    "follow_up_only": Text("השיבו רק במעקב", "answered at follow-up only"),
    "neither": Text("לא השיבו", "answered neither"),
    "rows": Text("שורות בקובץ", "rows in the export"),
    "answered": Text("משיבים בניתוח", "respondents analysed"),
    "blank_row": Text("שורה ריקה", "blank row"),
    "preview": Text("מילוי לניסיון", "preview response"),
    "no_id": Text("בלי קוד משתתף", "no participant ID"),
    "not_on_roster": Text("אינו ברשימת המשתתפים", "not on the roster"),
    "self_nomination": Text("קשר של אדם עם עצמו", "a tie to oneself"),
    "duplicate": Text("מילוי כפול", "duplicate submission"),
    "id_folded": Text("קוד שהוקלד בצורה אחרת", "ID typed another way"),
    "heading_folded": Text("כותרת עם רווחים או סימנים נסתרים", "heading with odd spaces or signs"),
    "heading_ignored": Text("עמודה שאינה בשאלון", "column not in the questionnaire"),
    "invisible_signs": Text("סימנים נסתרים או ספרות אחרות", "invisible signs or other digits"),
    "synonym": Text("כתיב אחר של אותה תשובה", "another spelling of the same answer"),
    "number_for_label": Text("מספר במקום תווית", "a number for a label"),
    "missing_label": Text("סומן „לא יודע/ת”", "marked “don’t know”"),
    "no_answer": Text("לא נענה", "left unanswered"),
    "free_text": Text("טקסט חופשי", "free text"),
    "kept": Text("נשמרו", "kept"),
    "lost": Text("נותקו", "lost"),
    "unknown": Text("לא ידוע (שני הצדדים לא השיבו)", "unknown (neither answered)"),
    "new": Text("חדשים", "new"),
    "supports": Text("תומך", "supports"),
    "qualifies": Text("מסייג", "qualifies"),
    "contradicts": Text("סותר", "contradicts"),
    "": Text("–", "–"),
    "at_most_15": Text("עד 15%", "at most 15%"),
    "from_15_to_50": Text("יותר מ־15%", "over 15%"),
    "over_50": Text("יותר ממחצית", "over half"),
    "majority": Text("רוב", "most"),
    "minority": Text("מיעוט", "a minority"),
    "about_half": Text("כמחצית", "about half"),
    "divided": Text("חלוקים", "divided"),
    "agrees": Text("תואם", "agrees"),
    "differs": Text("שונה", "differs"),
}


class Vocabulary:
    """The words for the keys of results tables: the codebook's, then those of every study."""

    def __init__(self, codebook: Codebook):
        self.codebook = codebook

    def __call__(self, key: object, language: str) -> str:
        """The words for `key`; a text that is no key stands for itself."""
        try:
            return self.codebook.words(str(key))[language]
        except KeyError:
            return KEYS[key][language] if key in KEYS else str(key)

    def finding(self, key: str, language: str) -> str:
        """The title of a finding."""
        return self.codebook.findings[key][language]

    def option(self, question: str, code: int, language: str) -> str:
        """The label of a response option."""
        options = self.codebook.options_of(question).options
        return next(option[language] for option in options if option.code == code)


@dataclass(frozen=True)
class Column:
    """A column of the page: its heading in both languages, and how a row's value is written."""

    heading: Text
    write: Callable[[pd.Series, Vocabulary, str], str]
    numeric: bool = True


def _number(name: str, he: str, en: str, write: Callable[[pd.Series], Text]) -> Column:
    return Column(Text(he, en), lambda row, words, language: write(row)[language])


def _words(name: str, he: str, en: str) -> Column:
    return Column(Text(he, en), lambda row, words, language: words(row[name], language), numeric=False)


def _digits(row: pd.Series) -> int:
    """Whole-cohort values have two decimals, those of a group one: fewer people, coarser numbers."""
    return 2 if row.get("group", "all") == "all" else 1


def _count(name: str, he: str, en: str) -> Column:
    return _number(name, he, en, lambda row: lang.number(row[name], 0))


def _value(name: str, he: str, en: str, signed: bool = False, digits: int | None = None) -> Column:
    return _number(name, he, en, lambda row: lang.number(row[name], digits or _digits(row), signed))


def _interval(low: str, high: str, he: str, en: str, signed: bool = True, digits: int | None = None) -> Column:
    return _number(low, he, en, lambda row: lang.interval(row[low], row[high], _digits(row) if digits is None else digits, signed))


def _share(part: str, whole: str, he: str, en: str) -> Column:
    return _number(part, he, en, lambda row: lang.NOT_COMPUTED if pd.isna(row[part]) else lang.share(int(row[part]), int(row[whole])))


def _p(name: str, he: str, en: str) -> Column:
    return _number(name, he, en, lambda row: _no_p(row) if pd.isna(row[name]) else lang.p_value(row[name]))


def _no_p(row: pd.Series) -> Text:
    """Why there is no p: the row is description, or too few respondents moved at all."""
    return NOT_TESTED if row.get("verdict") == "described" else TOO_FEW


def _option(name: str, he: str, en: str) -> Column:
    return Column(Text(he, en), lambda row, words, language: words.option(row["question"], row[name], language), numeric=False)


def _said(name: str, he: str, en: str) -> Column:
    """A text that the table holds in both languages, as NAME_he and NAME_en."""
    return Column(Text(he, en), lambda row, words, language: str(row[f"{name}_{language}"]), numeric=False)


COLUMNS = {
    "measure": _words("measure", "היגד או סולם", "Item or scale"),
    "group": _words("group", "קבוצה", "Group"),
    "first": _words("first", "קבוצה ראשונה", "First group"),
    "second": _words("second", "קבוצה שנייה", "Second group"),
    "wave": _words("wave", "שלב", "Wave"),
    "trait": _words("trait", "מאפיין", "Trait"),
    "level": _words("level", "קבוצה", "Group"),
    "verdict": _words("verdict", "הכרעה", "Verdict"),
    "step": _words("step", "צעד", "Step"),
    "rule": _words("rule", "כלל", "Rule"),
    "file": _words("file", "קובץ", "File"),
    "status": _words("status", "מי השיב", "Who answered"),
    "fate": _words("fate", "מה היה על הקשר", "What became of the tie"),
    "finding": Column(Text("ממצא", "Finding"), lambda row, words, language: words.finding(row["finding"], language), numeric=False),
    "stance": _words("stance", "עמדה", "Stance"),
    "supports": _count("supports", "תומכים", "Support"),
    "qualifies": _count("qualifies", "מסייגים", "Qualify"),
    "contradicts": _count("contradicts", "סותרים", "Contradict"),
    "excerpt": _said("excerpt", "ציטוט", "Excerpt"),
    "published": _said("published", "מה פורסם", "Published"),
    "computed_sentence": _said("computed_sentence", "מה חושב", "Computed"),
    "agreement": _words("agreement", "האם תואם", "Agreement"),
    "option": _option("option", "אפשרות", "Option"),
    "meeting": _count("meeting", "מפגש", "Meeting"),
    "n": _count("n", "מספר", "n"),
    "n_all": _count("n_all", "מספר כולל", "N"),
    "excluded": _count("excluded", "הוצאו", "Excluded"),
    "rows": _count("rows", "שורות", "Rows"),
    "rows_kept": _count("rows_kept", "שורות שנשמרו", "Rows kept"),
    "rows_excluded": _count("rows_excluded", "שורות שהוצאו", "Rows excluded"),
    "cells": _count("cells", "תאים", "Cells"),
    "cells_kept": _count("cells_kept", "נשמרו כפי שהיו", "Kept as they were"),
    "cells_changed": _count("cells_changed", "שונו (ביומן)", "Changed (logged)"),
    "cells_without_answer": _count("cells_without_answer", "בלי תשובה", "Without an answer"),
    "cells_of_free_text": _count("cells_of_free_text", "טקסט חופשי", "Free text"),
    "cells_in_ignored_columns": _count("cells_in_ignored_columns", "בעמודות שאינן בשאלון", "In columns not asked"),
    "cells_in_excluded_rows": _count("cells_in_excluded_rows", "בשורות שהוצאו", "In excluded rows"),
    "columns_item": _count("columns_item", "היגדים", "Statements"),
    "columns_question": _count("columns_question", "שאלות אחרות", "Other questions"),
    "columns_trait": _count("columns_trait", "מאפיינים", "Traits"),
    "columns_id": _count("columns_id", "קוד משתתף", "Participant ID"),
    "columns_submitted": _count("columns_submitted", "מועד", "Time"),
    "columns_ignored": _count("columns_ignored", "לא בשאלון", "Not asked"),
    "n_present": _count("n_present", "נכחו", "Present"),
    "n_interviews": _count("n_interviews", "ראיונות", "Interviews"),
    "n_programme_end": _count("n_programme_end", "n בסיום התכנית", "n at programme end"),
    "n_follow_up": _count("n_follow_up", "n במעקב", "n at follow-up"),
    "n_linked": _count("n_linked", "n בשני השלבים", "n in both waves"),
    "n_first": _count("n_first", "n בראשונה", "n of the first"),
    "n_second": _count("n_second", "n בשנייה", "n of the second"),
    "n_ties": _count("n_ties", "קשרים", "Ties"),
    "n_isolated": _count("n_isolated", "בלי קשרים", "Without ties"),
    "items": _count("items", "היגדים", "Items"),
    "reports": _count("reports", "דיווחים", "Reports"),
    "conflicts": _count("conflicts", "דיווחים סותרים", "Conflicting reports"),
    "answered_of": _share("n", "n_all", "השיבו", "Answered"),
    "low_of": _share("n_low", "n", "מועטה או כלל לא", "Small extent or none"),
    "middle_of": _share("n_middle", "n", "בינונית", "Moderate extent"),
    "high_of": _share("n_high", "n", "רבה או רבה מאוד", "Great or very great extent"),
    "chosen_of": _share("n_chosen", "n", "בחרו", "Chose"),
    "projects_of": _share("n_projects", "n", "פרויקטים", "Projects"),
    "advanced_of": _share("n_advanced", "n", "בשלבים מתקדמים", "In advanced stages"),
    "ties_of": _share("n_ties", "n", "מן הקשרים בסיום", "Of the ties at programme end"),
    "mean": _value("mean", "ממוצע", "Mean"),
    "mean_programme_end": _value("mean_programme_end", "ממוצע בסיום התכנית", "Mean at programme end"),
    "mean_follow_up": _value("mean_follow_up", "ממוצע במעקב", "Mean at follow-up"),
    "change": _value("change", "שינוי (נקודות)", "Change (points)", signed=True),
    "detectable": _value("detectable", "השינוי הקטן ביותר שהיה מתגלה", "Smallest change detectable"),
    "effect_size": _value("effect_size", "גודל אפקט", "Effect size", signed=True),
    "margin": _value("margin", "סף", "Margin", digits=1),
    "alpha": _value("alpha", "אלפא", "Alpha", digits=2),
    "gap_programme_end": _value("gap_programme_end", "פער בסיום התכנית", "Gap at programme end", signed=True, digits=1),
    "gap_follow_up": _value("gap_follow_up", "פער במעקב", "Gap at follow-up", signed=True, digits=1),
    "gap_change": _value("change", "שינוי בפער", "Change of the gap", signed=True, digits=1),
    "gap_interval": _interval("ci_low", "ci_high", "רווח סמך 95%", "95% interval", digits=1),
    "ceiling_first": _words("ceiling_first", "בתקרה בסיום התכנית: ראשונה", "At the top at programme end: first"),
    "ceiling_second": _words("ceiling_second", "בתקרה בסיום התכנית: שנייה", "At the top at programme end: second"),
    "superiority": _number("superiority_programme_end", "הסתברות שהשנייה גבוהה (סיום, מעקב)", "P(second higher) (end, follow-up)",
                           lambda row: lang.number(row["superiority_programme_end"], 1) + lang.same(" · ") + lang.number(row["superiority_follow_up"], 1)),
    "standardised_difference": _value("standardised_difference", "הפרש מתוקנן (ס״ת)", "Standardised difference (SD)", signed=True, digits=2),
    "density": _value("density", "צפיפות", "Density", digits=2),
    "named_by_both": _number("named_by_both", "צוינו בידי שני הצדדים", "Named by both", lambda row: _percent(row["named_by_both"])),
    "interval": _interval("ci_low", "ci_high", "רווח סמך 95%", "95% interval"),
    "interval_90": _interval("ci90_low", "ci90_high", "רווח סמך 90%", "90% interval"),
    "alpha_interval": _interval("alpha_low", "alpha_high", "רווח סמך 95%", "95% interval", signed=False, digits=2),
    "projects_interval": _interval("low", "high", "רווח סמך 95% (פרויקטים)", "95% interval (projects)", signed=False, digits=0),
    "bounds": _interval("lowest", "highest", "גבולות (פרויקטים)", "Bounds (projects)", signed=False, digits=0),
    "p": _p("p", "p ללא תיקון", "p, unadjusted"),
    "p_adjusted": _p("p_adjusted", "p מתוקן", "p, adjusted"),
}


def _percent(value: float) -> Text:
    return lang.NOT_COMPUTED if pd.isna(value) else lang.same(lang.isolated(f"{round(100 * value)}%"))


def html(frame: pd.DataFrame, show: list[str], name: str, caption: str, note: str, words: Vocabulary, language: str) -> str:
    """A table as HTML: caption, column and row headers with scope, numbers to be aligned, nothing blank."""
    columns = {column: COLUMNS[column] for column in show}
    head = "".join(f'<th scope="col"{_css(column)}>{escape(column.heading[language])}</th>' for column in columns.values())
    rows = "".join(_row(row, columns, words, language) for _, row in frame.iterrows())
    note_html = f' <span class="note">{escape(note)}</span>' if note else ""
    return (
        f'<figure class="table" id="table-{escape(name)}"><table><caption>{escape(caption)}{note_html}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></figure>"
    )


def _css(column: Column) -> str:
    return ' class="number"' if column.numeric else ""


def _row(row: pd.Series, columns: dict[str, Column], words: Vocabulary, language: str) -> str:
    """One row; its first cell is the row's header, and a hidden value says that it is hidden."""
    cells = []
    for place, (name, column) in enumerate(columns.items()):
        hidden = column.numeric and bool(row.get("hidden", False)) and not name.startswith("n")
        text = HIDDEN[language] if hidden else column.write(row, words, language)
        css = ' class="suppressed"' if hidden else _css(column)
        cells.append(f'<th scope="row">{escape(text)}</th>' if place == 0 else f"<td{css}>{escape(text)}</td>")
    return f"<tr>{''.join(cells)}</tr>"


def read_result(cohort: Cohort, name: str) -> pd.DataFrame:
    """A result kept by an earlier notebook; keys are text, the rest numbers or empty."""
    path = cohort.private / "results" / f"{name}.csv"
    if not path.is_file():
        problem = Problem("this result has not been made yet", f"run make report COHORT={cohort.name}", f"results/{name}.csv")
        raise InputProblems([problem])
    try:
        return pd.read_csv(path, keep_default_na=False, na_values=[""])
    except pd.errors.EmptyDataError:
        return pd.DataFrame()
