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
OF_ANSWERS = {"low", "middle", "high", *STANCES}
HIDDEN = Text("מוסתר (קבוצה קטנה)", "hidden (small group)")
TELLS_OF_FEW = Text("מוסתר (עלול לזהות משתתפים)", "hidden (could identify people)")  # also of a small group
NOT_ASKED_THEN = Text("לא נשאל בשלב זה", "not asked in this wave")
WORDS_ONLY = Text("המספר אינו מתפרסם", "the number is not published")
FEW_IN_ONE = Text("אינו מוצג (מעטים מדי באחת הקטגוריות)", "not shown (too few in one category)")
WITH_MIDDLE = Text("מוצגות עם תשובות הביניים", "shown with the middle answers")
LOW_OR_MIDDLE = Text("נמוכות או ביניים: ", "low or middle: ")
NOT_TESTED = Text("לא נבדק", "not tested")
SEE_CHANGE = Text("ראו ״מה השתנה״", "see “What changed?”")
NOT_SHOWN = Text("אינו מוצג", "not shown")
TOO_FEW = Text("מעטים מדי לבדיקה", "too few to test")
DID_NOT_ANSWER = Text("לא השיבו", "did not answer")


# Words for the keys that stand in results tables, beside those of the codebook.
# fmt: off
KEYS = {
    **verdicts.VERDICTS,
    "participants": Text("משתתפים ברשימה", "participants on the roster"),
    "linked": Text("השיבו בשני השלבים", "answered both waves"),
    "linked_to_another": Text("השיבו גם בשלב אחר", "answered another wave as well"),
    "every_wave": Text("השיבו בכל השלבים", "answered every wave"),
    "neither": Text("לא השיבו באף שלב", "answered neither wave"),
    "no_wave": Text("לא השיבו באף שלב", "answered no wave"),
    "rows": Text("שורות בקובץ", "rows in the file"),
    "answered": Text("משיבים בניתוח", "respondents analysed"),
    "not_asked": Text("בלי מי שלא נשאלו", "without those who were not asked"),
    "sent_nothing": Text("בלי מי שלא החזירו שאלון", "without those who returned no questionnaire"),
    "no_answer_counts": Text("בלי מי שהשאלון שלהם ריק או חסר מדי", "without those whose questionnaire was empty or too incomplete"),
    "one_wave_only": Text("בלי המשיבים בשלב הזה בלבד", "without those who answered this wave only"),
    "corrected": Text("תוקן לפי ההגדרות", "corrected by the settings"),
    "set_aside": Text("הוצא מן הניתוח", "excluded"),
    "kept": Text("נשמרו", "kept"),
    "lost": Text("לא צוינו שוב", "not named again"),
    "unknown": Text("לא ידוע (שני הצדדים לא השיבו)", "unknown (neither of the two answered)"),
    "new": Text("חדשים", "new"),
    "forward": Text("התקדמו", "moved forward"),
    "same_stage": Text("באותו שלב", "at the same stage"),
    "back": Text("נסוגו או הופסקו", "moved back or stopped"),
    "stage_unknown": Text("לא ידוע (אין דיווח באחד השלבים)", "unknown (no report in one of the waves)"),
    "no_meeting": Text("לא השתתפו באף מפגש", "attended no meeting"),
    "up_to_half": Text("השתתפו במפגש אחד לפחות ובמחציתם לכל היותר", "attended at least one and at most half of the meetings"),
    "none_or_up_to_half": Text("השתתפו במחצית המפגשים לכל היותר", "attended at most half of the meetings"),
    "over_half": Text("השתתפו ביותר ממחצית המפגשים", "attended more than half of the meetings"),
    "one_report": Text("די בדיווח של אחד מן הצדדים", "one report is enough"),
    "both_reports": Text("נדרש דיווח של שני הצדדים; אם אחד מהם לא השיב, ייתכן שהקשר נשמר", "both must report; a non-respondent may still have the tie"),
    "both_answered": Text("רק קשרים ששני צדדיהם השיבו בשני השלבים", "only ties whose two members answered both waves"),
    "higher": Text("גבוה מן המחזור הקודם", "higher than the cohort before"),
    "lower": Text("נמוך מן המחזור הקודם", "lower than the cohort before"),
    "voices_agree": Text("הראיונות תומכים בממצא", "the interviews support it"),
    "voices_qualify": Text("הראיונות מסייגים את הממצא", "the interviews qualify it"),
    "voices_divided": Text("הראיונות חלוקים: נאמרו גם דברים מנוגדים", "the interviews are divided: the opposite was said too"),
    "voices_against": Text("הראיונות סותרים את הממצא", "the interviews contradict it"),
    "voices_silent": Text("הנושא לא עלה בראיונות", "the interviews did not mention it"),
    "low": Text("תשובות נמוכות", "low answers"),
    "middle": Text("תשובות ביניים", "middle answers"),
    "high": Text("תשובות גבוהות", "high answers"),
    "most_reported": Text(
        "השלב השכיח ביותר בדיווחים, ומבין שלבים ששכיחותם שווה – המתקדם פחות",
        "the stage reported most often counts; if several are equally frequent, the least advanced of them",
    ),
    "most_advanced": Text("השלב המתקדם ביותר שדווח", "the most advanced stage reported counts"),
    "least_advanced": Text("השלב המוקדם ביותר שדווח", "the least advanced stage reported counts"),
    "supports": Text("תומך", "supports"),
    "qualifies": Text("מסייג", "qualifies"),
    "contradicts": Text("סותר", "contradicts"),
    "": Text("–", "–"),
    **verdicts.CEILING_WORDS,
    "no_rise": Text("רוב התשובות כבר בתקרה: אי אפשר לראות עלייה", "most answers already at the top: a rise cannot be seen"),
    "no_fall": Text("רוב התשובות כבר ברצפה: אי אפשר לראות ירידה", "most answers already at the bottom: a fall cannot be seen"),
    "little_room": Text("תשובות רבות כבר בקצה הסולם", "many answers already at an end of the scale"),
    "room": Text("אין אפקט תקרה או רצפה", "no ceiling or floor effect"),
    "shown": Text("הוכח", "shown"),
    "not_shown": Text("לא הוכח", "not shown"),
    "contradicted": Text("נסתר", "contradicted"),
    "all_answered": Text("כולם השיבו", "everyone answered"),
    "too_few": Text("מעט מדי משיבים", "too few respondents"),
    "words_only": Text("אינה מתפרסמת", "not published"),
    "would_tell": Text("אינו מוצג: היה מאפשר לזהות תשובות", "not shown: it could reveal single answers"),
    "not_examined": Text("אינו מוצג: ההבדלים בין המשיבים לאחרים אינם ידועים", "not shown: differences from non-respondents unknown"),
    "differ": Text("אינו מוצג: המשיבים נבדלו ממי שלא השיבו", "not shown: respondents differed from non-respondents"),
    "heywood_case": Text("אינה תקינה (מקרה הייווד)", "not proper (Heywood case)"),
    "fewer_than_three_items": Text("פחות משלושה היגדים", "fewer than three statements"),
    "an_item_repeats_the_others": Text("היגד אחד חוזר על האחרים", "a statement repeats the others"),
    "the_factor_could_not_be_fitted": Text("הגורם לא נאמד", "the factor could not be fitted"),
    "fewer_than_two_items": Text("היגד אחד בלבד", "one statement only"),
    "fewer_than_three_respondents_answered_every_item": Text("מעטים מדי השיבו על כל ההיגדים", "too few answered every statement"),
    "an_item_on_which_everyone_agreed": Text("בהיגד אחד כולם השיבו אותו דבר", "on one statement everyone agreed"),
    "against_one": Text("מנוגד לסולם בשלב זה ומתיישב עמו באחר: ייתכן שכבר הופך בקובץ", "against its scale in this wave and with it in another: the export may have reversed it already"),
    "against_both": Text("מנוגד לסולם בכל שלב שבו נשאל: ייתכן שהוא היגד הפוך שלא סומן ככזה", "against its scale in every wave that asked it: it may be reverse-coded and not marked so"),
    "against_only": Text("מנוגד לסולם: ייתכן שהוא היגד הפוך שלא סומן ככזה, או שכבר הופך בקובץ", "against its scale: it may be reverse-coded and not marked so, or reversed already"),
    "rose_and_kept": Text("עלה ושמר על רמתו", "rose and kept its level"),
    "rose_and_fell_back": Text("עלה ואחר כך ירד", "rose and fell back"),
    "rose_later": Text("עלה רק אחר כך", "rose later"),
    "fell_and_stayed": Text("ירד ונשאר נמוך", "fell and stayed lower"),
    "fell_and_recovered": Text("ירד ואחר כך עלה", "fell and recovered"),
    "fell_later": Text("ירד רק אחר כך", "fell later"),
    "no_change": Text("לא חל שינוי: נשמר בכל השלבים", "no change: preserved throughout"),
    "course_unknown": Text("לא ניתן לקבוע", "inconclusive"),
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

    def both(self, key: object) -> Text:
        """The words for `key` in each language."""
        return lang.each(lambda language: self(key, language))

    def knows(self, key: object) -> bool:
        """Whether there are words for `key`."""
        if not isinstance(key, str) or not key:
            return False
        with suppress(KeyError):
            return bool(self.codebook.words(key))
        return key in self.cohorts or key in KEYS or key in RULES or key.startswith(ONLY)

    def of_study(self, key: object) -> bool:
        """Whether there are words for `key` as the study's frames have it: the codebook's, or a category of answers.

        The other words are of results: a label of the analyst's own may be called like one and mean something else.
        """
        if not isinstance(key, str) or not key:
            return False
        with suppress(KeyError):
            return bool(self.codebook.words(key))
        return key in self.cohorts or key in OF_ANSWERS or key.startswith(ONLY)

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

    def of_option(self, question: str, code: str) -> Text | None:
        """An option of a question in both languages; None where this is none."""
        if question not in self.codebook.questions or not code.isdecimal():
            return None
        options = {option.code: option for option in self.codebook.options_of(question).options}
        return Text(options[int(code)].he, options[int(code)].en) if int(code) in options else None


def level_mean(row: pd.Series) -> Text:
    """A mean of everyone who answered; where it is withheld, that the table of changes tells it, if it does."""
    if not row["hidden_mean"]:
        return lang.number(row["mean"], 1)
    return SEE_CHANGE if row.get("mean_of_change", True) else NOT_SHOWN
