"""Words for the keys that stand in results tables, beside those of the codebook."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from types import MappingProxyType

import pandas as pd

from followup import language as lang
from followup.language import Text
from followup.study.codebook import Codebook, when
from followup.study.waves import AND, ONLY
from followup.words import verdicts
from followup.words.cleaning_rules import RULES

STANCES = ("supports", "qualifies", "contradicts")
HIDDEN = Text("מוסתר (קבוצה קטנה)", "hidden (small group)")
WORDS_ONLY = Text("המספר אינו מתפרסם", "the number is not published")
FEW_IN_ONE = Text("אינו מוצג (מעטים בקטגוריה)", "not shown (few in a category)")
WITH_MIDDLE = Text("עם תשובות הביניים", "with the middle answers")
LOW_OR_MIDDLE = Text("נמוכות וביניים יחד: ", "low and middle: ")
NOT_TESTED = Text("לא נבדק", "not tested")
SEE_CHANGE = Text("ראו ״מה השתנה״", "see “What changed?”")
NOT_SHOWN = Text("אינו מוצג", "not shown")
TOO_FEW = Text("מעט מדי לבדיקה", "too few to test")
DID_NOT_ANSWER = Text("לא השיבו", "did not answer")


# Words for the keys that stand in results tables, beside those of the codebook.
# fmt: off
KEYS = {
    **verdicts.VERDICTS,
    "participants": Text("משתתפים ברשימה", "participants on the roster"),
    "linked": Text("השיבו בשני השלבים", "answered both waves"),
    "linked_to_another": Text("השיבו גם בשלב אחר", "answered another wave as well"),
    "every_wave": Text("השיבו בכל השלבים", "answered every wave"),
    "neither": Text("לא השיבו כלל", "answered neither"),
    "no_wave": Text("לא השיבו כלל", "answered none"),
    "rows": Text("שורות בקובץ", "rows in the export"),
    "answered": Text("משיבים בניתוח", "respondents analysed"),
    "not_asked": Text("בלי מי שלא התבקשו להשיב", "without those who were not asked"),
    "sent_nothing": Text("בלי מי שלא שלחו דבר", "without those who sent nothing"),
    "no_answer_counts": Text("בלי מי שלא השיבו, או לא השיבו די", "without those who did not answer, or not enough"),
    "one_wave_only": Text("בלי מי שהשיבו רק בשלב הזה", "without those who answered this wave only"),
    "corrected": Text("תוקן לפי ההגדרות", "corrected by the params"),
    "set_aside": Text("הוצא", "set aside"),
    "kept": Text("נשמרו", "kept"),
    "lost": Text("נותקו", "lost"),
    "unknown": Text("לא ידוע (שני הצדדים לא השיבו)", "unknown (neither answered)"),
    "new": Text("חדשים", "new"),
    "forward": Text("התקדמו", "moved forward"),
    "same_stage": Text("באותו שלב", "at the same stage"),
    "back": Text("חזרו לאחור או הופסקו", "went back or stopped"),
    "stage_unknown": Text("לא ידוע (אין דיווח באחד השלבים)", "unknown (no report in one of the waves)"),
    "no_meeting": Text("לא הגיעו לאף מפגש", "came to no meeting"),
    "up_to_half": Text("הגיעו למפגש אחד או יותר, עד מחציתם", "came to some, at most half of the meetings"),
    "none_or_up_to_half": Text("הגיעו לכל היותר למחצית המפגשים", "came to at most half of the meetings"),
    "over_half": Text("הגיעו ליותר ממחצית המפגשים", "came to more than half of the meetings"),
    "one_report": Text("די בדיווח של אחד מן השניים", "one report is enough"),
    "both_reports": Text("ייתכן שמי שלא השיבו שומרים על הקשר", "a non-respondent may still have the tie"),
    "both_answered": Text("רק קשרים ששני הצדדים בהם השיבו בשני השלבים", "only ties of which both answered both waves"),
    "higher": Text("גבוה מן המחזור הקודם", "higher than the cohort before"),
    "lower": Text("נמוך מן המחזור הקודם", "lower than the cohort before"),
    "voices_agree": Text("הקולות תומכים", "the voices support it"),
    "voices_qualify": Text("הקולות מסייגים", "the voices qualify it"),
    "voices_divided": Text("הקולות חלוקים: נאמרו גם דברים הפוכים", "the voices are divided: the opposite was said too"),
    "voices_against": Text("הקולות סותרים", "the voices contradict it"),
    "voices_silent": Text("לא נאמר על כך דבר בראיונות", "nothing was said of it in the interviews"),
    "low": Text("תשובות נמוכות", "low answers"),
    "middle": Text("תשובות ביניים", "middle answers"),
    "high": Text("תשובות גבוהות", "high answers"),
    "most_reported": Text(
        "השלב שרוב הדיווחים נוקבים בו, ומבין שלבים ששכיחותם שווה – המתקדם פחות",
        "the stage that most of them report counts and, of equals, the less advanced",
    ),
    "most_advanced": Text("השלב המתקדם ביותר שדווח", "the most advanced stage that was reported counts"),
    "least_advanced": Text("השלב המתקדם פחות מכל מה שדווח", "the least advanced stage that was reported counts"),
    "supports": Text("תומך", "supports"),
    "qualifies": Text("מסייג", "qualifies"),
    "contradicts": Text("סותר", "contradicts"),
    "": Text("–", "–"),
    **verdicts.CEILING_WORDS,
    "no_rise": Text("אינו יכול להראות עלייה", "cannot show a rise"),
    "no_fall": Text("אינו יכול להראות ירידה", "cannot show a fall"),
    "little_room": Text("מעט מקום באחד הקצוות", "little room at one end"),
    "room": Text("יש מקום לשני הכיוונים", "room both ways"),
    "shown": Text("הוכח", "shown"),
    "not_shown": Text("לא הוכח", "not shown"),
    "contradicted": Text("נסתר", "contradicted"),
    "all_answered": Text("כולם השיבו", "everyone answered"),
    "too_few": Text("מעט מדי משיבים", "too few respondents"),
    "words_only": Text("אינה מתפרסמת", "not published"),
    "would_tell": Text("אינו מוצג: היה מגלה תשובות של אנשים", "not shown: it would tell people’s answers"),
    "not_examined": Text("אינו מוצג: ההבדלים אינם ידועים", "not shown: differences unknown"),
    "differ": Text("אינו מוצג: מי שהשיבו נבדלו מן האחרים", "not shown: those who answered differed from the others"),
    "heywood_case": Text("אינה תקינה (מקרה הייווד)", "not proper (Heywood case)"),
    "fewer_than_three_items": Text("פחות משלושה היגדים", "fewer than three statements"),
    "an_item_repeats_the_others": Text("היגד חוזר על האחרים", "a statement repeats the others"),
    "the_factor_could_not_be_fitted": Text("הגורם לא נאמד", "the factor could not be fitted"),
    "fewer_than_two_items": Text("היגד אחד בלבד", "one statement only"),
    "fewer_than_three_respondents_answered_every_item": Text("מעט מדי השיבו על כל ההיגדים", "too few answered every statement"),
    "an_item_on_which_everyone_agreed": Text("בהיגד אחד כולם השיבו אותו דבר", "on one statement everyone agreed"),
    "against_one": Text("מנוגד לסולמו בשלב זה ומתיישב איתו באחר: ייתכן שהקובץ כבר הפך אותו", "against its scale in this wave and with it in another: the export may have reversed it already"),
    "against_both": Text("מנוגד לסולמו בכל שלב שבו נשאל: ייתכן שהוא היגד הפוך שלא סומן", "against its scale in every wave that asked it: it may be reverse-coded and not marked so"),
    "against_only": Text("מנוגד לסולמו: ייתכן שהוא היגד הפוך שלא סומן, או שהקובץ כבר הפך אותו", "against its scale: it may be reverse-coded and not marked so, or reversed already"),
    "rose_and_kept": Text("עלה ושמר על רמתו", "rose and kept its level"),
    "rose_and_fell_back": Text("עלה ואחר כך ירד", "rose and fell back"),
    "rose_later": Text("עלה רק אחר כך", "rose later"),
    "fell_and_stayed": Text("ירד ונשאר נמוך", "fell and stayed lower"),
    "fell_and_recovered": Text("ירד ואחר כך עלה", "fell and recovered"),
    "fell_later": Text("ירד רק אחר כך", "fell later"),
    "no_change": Text("לא חל שינוי: נשמר בכל השלבים", "no change: preserved throughout"),
    "course_unknown": Text("לא ניתן לקבוע", "cannot be told"),
    "majority": Text("רוב", "most"),
    "minority": Text("מיעוט", "a minority"),
    "about_half": Text("כמחצית", "about half"),
    "divided": Text("חלוקים", "divided"),
    "agrees": Text("תואם", "agrees"),
    "differs": Text("שונה", "differs"),
}
# fmt: on


class Vocabulary:
    """The words for the keys of results tables: the codebook's, then those of every study.

    `cohorts` are the names of cohorts that stand side by side, by their codes.
    """

    def __init__(self, codebook: Codebook, cohorts: Mapping[str, Text] = MappingProxyType({})):
        self.codebook, self.cohorts = codebook, cohorts

    def __call__(self, key: object, language: str) -> str:
        """The words for `key`; a text that is no key stands for itself."""
        if isinstance(key, str) and key.startswith(ONLY):
            return self._only(key.removeprefix(ONLY).split(AND), language)
        if key in self.cohorts:
            return self.cohorts[key][language]
        try:
            return self.codebook.words(str(key))[language]
        except KeyError:
            known = KEYS.get(key) or RULES.get(key)
            return known[language] if known else lang.without_turns(str(key))

    def knows(self, key: object) -> bool:
        """Whether there are words for `key`."""
        if not isinstance(key, str) or not key:
            return False
        with suppress(KeyError):
            return bool(self.codebook.words(key))
        return key in self.cohorts or key in KEYS or key in RULES or key.startswith(ONLY)

    def _only(self, waves: list[str], language: str) -> str:
        """Who answered these waves and no other."""
        named = lang.listed([when(self.codebook, wave) for wave in waves])
        return Text(f"השיבו רק {named.he}", f"answered {named.en} only")[language]

    def when(self, wave: str, language: str) -> str:
        """How a wave stands within a sentence or a heading."""
        return when(self.codebook, wave)[language]

    def in_order(self, waves: Iterable[str]) -> list[str]:
        """Waves in the order of the study."""
        known = list(self.codebook.waves)
        return sorted(dict.fromkeys(waves), key=lambda wave: known.index(wave) if wave in known else len(known))

    def finding(self, key: str, language: str) -> str:
        """The title of a finding."""
        return self.codebook.findings[key][language]

    def categories(self, measure: str, language: str) -> tuple[str, str, str]:
        """The response options of the low, the middle and the high category, as they are worded."""
        options = self.codebook.options_of(measure)
        named = {option.code: option[language] for option in options.options}
        return tuple(" / ".join(named[code] for code in codes) for codes in (options.low, options.middle, options.high))

    def option(self, question: str, code: int, language: str) -> str:
        """The label of a response option."""
        options = self.codebook.options_of(question).options
        return next(option[language] for option in options if option.code == code)


def level_mean(row: pd.Series) -> Text:
    """A mean of everyone who answered; where it is withheld, that the table of changes tells it, if it does."""
    if not row["hidden_mean"]:
        return lang.number(row["mean"], 1)
    return SEE_CHANGE if row.get("mean_of_change", True) else NOT_SHOWN
