"""Why a change or a gap got its conclusion, in words, from the row of the results table that holds the verdict.

A verdict never stands alone: "inconclusive" says which bound reaches beyond which margin, and a gap that cannot be told
says what stands in the way.
"""

import pandas as pd

from followup import language as lang
from followup.language import Text, filled

VERDICTS = {  # of changes, then of gaps; their colours are in palette.py, their rules in statistics/
    "rose": Text("עלייה", "rose"),
    "fell": Text("ירידה", "fell"),
    "preserved": Text("נשמר", "preserved"),
    "inconclusive": Text("לא ניתן לקבוע", "inconclusive"),
    "described": Text("תיאור בלבד", "description only"),
    "narrowed": Text("הצטמצם", "narrowed"),
    "widened": Text("התרחב", "widened"),
    "cannot_be_told": Text("לא ניתן לקבוע", "inconclusive"),
}
ADJUSTED_P = Text("לאחר תיקון\u00a0{p}", "adjusted {p}")
NO_P_TOLD = Text("p המתוקן קטן מרמת המובהקות שבתכנית", "the adjusted p is below the level of the plan")
NO_P = Text("מעטים מדי השתנו מכדי לבדוק", "too few changed to test")
INCLUDES_ZERO = Text(
    "; רווח הסמך 95% כולל את האפס, והמבחן המדויק הוא הקובע",
    "; the 95% interval includes zero, and the exact test decides",
)
SMALL = Text("; אך כל רווח הסמך 90% בתוך הסף {margin}", "; yet the whole 90% interval lies within the margin {margin}")
TOO_FEW_FOR_MARGIN = Text(
    "המשיבים מעטים מכדי לומר אם השינוי בתוך הסף {margin}",
    "too few people to say whether the change lies within the margin {margin}",
)
WHERE = Text(", {interval},", ", {interval},")  # stands in a sentence where the interval is told
FEW_CHANGED = Text(
    "מעטים שינו את תשובתם, אם בכלל, ולכן מוצגת רק המסקנה",
    "few changed their answers, if any, so only the conclusion is shown",
)
CHANGE_REASONS = {
    "margin_met": Text(
        "רווח הסמך 90%{where} כולו בתוך הסף {margin}",
        "the 90% interval{where} lies within the margin {margin}",
    ),
    "not_below_margin": Text(
        "רווח הסמך 90%{where} אינו יורד מתחת לסף, ירידה של {margin}",
        "the 90% interval{where} does not go below the margin, a fall of {margin}",
    ),
    "beyond_margin": Text(
        "רווח הסמך 90%{where} חורג מן הסף {margin}",
        "the 90% interval{where} reaches beyond the margin {margin}",
    ),
    "too_few_for_margin": TOO_FEW_FOR_MARGIN,
    "not_after_adjustment": Text(
        "רווח הסמך 90%{where} בתוך הסף {margin}, אך לא לאחר תיקון למספר ההשערות במשפחה",
        "the 90% interval{where} lies within the margin {margin}, but not after adjustment for the number of tests",
    ),
    "few_changed": FEW_CHANGED,
    "nobody_changed": FEW_CHANGED,
    "ranks_higher": Text(
        "הממוצע והדרגות אינם מצביעים על אותו כיוון: לפי הדרגות השלב המאוחר גבוה יותר, ולפי הממוצע לא",
        "mean and ranks disagree: by ranks the later wave is higher, by the mean it is not",
    ),
    "ranks_lower": Text(
        "הממוצע והדרגות אינם מצביעים על אותו כיוון: לפי הדרגות השלב המאוחר נמוך יותר, ולפי הממוצע לא",
        "mean and ranks disagree: by ranks the later wave is lower, by the mean it is not",
    ),
    "interval_includes_zero": Text(
        "לפי הדרגות יש הבדל, אך רווח הסמך 95% של הפרש הממוצעים כולל את האפס",
        "the waves differ by ranks, but the 95% interval of the difference of means includes zero",
    ),
    "linked_disagree": Text(
        "המשיבים בשני השלבים השתנו בכיוון הפוך מזה של כלל המשיבים",
        "those who answered both waves moved in the opposite direction to all respondents together",
    ),
    "linked_beyond_margin": Text(
        "השינוי של כלל המשיבים בתוך הסף {margin}, אך השינוי של המשיבים בשני השלבים אינו בתוכו",
        "the change of all respondents lies within the margin {margin}, but that of those who answered both waves does not",
    ),
    "no_interval": Text("התשובות דומות זו לזו מכדי לחשב רווח סמך", "the answers differ too little for an interval"),
    "no_family": Text("אינו נמנה עם ההשערות שבתכנית", "not a hypothesis of the plan"),
}
GAP_REASONS = {
    "agreed": Text(
        "רווח הסמך 95%{where} אינו כולל את האפס, וגם השוואה לפי דרגות תומכת בכך",
        "the 95% interval{where} excludes zero, and a comparison by ranks agrees",
    ),
    "too_few": Text(
        "באחת הקבוצות פחות מארבעה משיבים, או שאין בה הבדלים בין התשובות",
        "a group has fewer than four respondents, or all of its answers are the same",
    ),
    "interval_includes_zero": Text("רווח הסמך 95%{where} כולל את האפס", "the 95% interval{where} includes zero"),
    "p_above_alpha": Text("p המתוקן גדול מרמת המובהקות שבתכנית", "the adjusted p is above the level of the plan"),
    "ceiling": Text(
        "יותר ממחצית הקבוצה כבר הייתה בתקרה, ולכן אי אפשר להבחין בין צמצום הפער לבין אפקט תקרה",
        "more than half of a group was already at the top, so a narrower gap may be a ceiling effect",
    ),
    "ceiling_unknown": Text("לא ידוע כמה היו בתקרה", "it is not known how many were at the top"),
    "equal_shift": Text(
        "גם שינוי שווה בשתי הקבוצות היה משנה את הפער במידה כזו, משום שאחת מהן קרובה יותר לקצה הסולם",
        "an equal change in both groups would have changed the gap as much, because one of them was nearer the end of the scale",
    ),
    "superiority_disagrees": Text(
        "רווח הסמך אינו כולל את האפס, אך השוואה לפי דרגות אינה תומכת בכך",
        "the interval excludes zero, but a comparison by ranks does not agree",
    ),
    "gap_reversed": Text("הפער התהפך ולא הצטמצם", "the gap reversed rather than narrowed"),
}
CEILING_CAUTION = Text(
    "אך כבר בשלב המוקדם היו בתקרה {c1} מקבוצת {first} ו{c2} מקבוצת {second}, "
    "ולכן ייתכן שאפקט תקרה מסביר את הצמצום, כולו או חלקו",
    "but {c1} of {first} and {c2} of {second} were already at the top in the earlier wave, "
    "so a ceiling effect may explain some or all of it",
)
AT_THE_TOP = {  # whether both groups are in the same band
    True: Text("בתקרה כבר בשלב המוקדם: {c1} מכל קבוצה", "at the top in the earlier wave: {c1} of each group"),
    False: Text(
        "בתקרה כבר בשלב המוקדם: {c1} מקבוצת {first}, {c2} מקבוצת {second}",
        "at the top in the earlier wave: {c1} of {first}, {c2} of {second}",
    ),
}
CEILING_WORDS = {
    "at_most_15": Text("עד 15%", "at most 15%"),
    "from_15_to_50": Text("יותר מ־15%", "over 15%"),
    "over_50": Text("יותר ממחצית", "over half"),
}
LOW_POWER = Text("; השלבים אינם מקושרים, ולכן העוצמה נמוכה", "; the waves are not linked, so power is low")
MIX = Text(
    "השלבים אינם מקושרים, וייתכן שהרכב המשיבים השתנה",
    "the waves are not linked, and the mix of people may have changed",
)
ALIKE = Text(
    "בהנחה שהמשיבים בשלב אחד בלבד דומים למשיבים בשניהם",
    "assuming that those who answered one wave only are like those who answered both",
)
EXCLUDES_ZERO = {True: Text("אינו כולל את האפס", "excludes zero"), False: Text("כולל את האפס", "includes zero")}
SUPERIORITY_WORDS = {  # of the chance that a member of the second group is higher: their edges are in precision.py
    "lower": Text("נמוכה", "lower"),
    "rather_lower": Text("נמוכה במקצת", "somewhat lower"),
    "alike": Text("דומה", "about alike"),
    "rather_higher": Text("גבוהה במקצת", "somewhat higher"),
    "higher": Text("גבוהה", "higher"),
}


def words(text: Text, **values: Text) -> Text:
    """A text of this module with those of the values that it names."""
    return filled(text.he, text.en, {name: value for name, value in values.items() if f"{{{name}}}" in text.en})


def change_reason(row: pd.Series) -> Text:
    """Why a change got its verdict: the adjusted p, or where the 90% interval lies against the margin."""
    if _is_hidden(row):
        return Text("", "")
    margin = {"margin": lang.number(row["margin"], lang.decimals(row["margin"]))}
    values = {"where": _where(row["ci90_low"], row["ci90_high"], row["margin"]), **margin}
    if row["verdict"] in ("rose", "fell"):
        if row["reason"] == "few_changed":
            return CHANGE_REASONS["few_changed"]
        small = words(SMALL, **values) if row["kept"] == "shown" else Text("", "")
        zero = INCLUDES_ZERO if not pd.isna(row.get("ci_low")) and row["ci_low"] < 0 < row["ci_high"] else Text("", "")
        return (_tested(row) or NO_P_TOLD) + zero + small
    if row["verdict"] == "inconclusive":
        known = row["reason"] if row["reason"] in CHANGE_REASONS else "beyond_margin"
        tested = _tested(row)
        return words(CHANGE_REASONS[known], **values) + (lang.same("; ") + tested if tested else Text("", ""))
    return words(CHANGE_REASONS[row["reason"]], **values)


def _tested(row: pd.Series) -> Text | None:
    """The band of the adjusted p, or that too few changed for one; None where neither leaves."""
    if not pd.isna(row["p_adjusted"]):
        return words(ADJUSTED_P, p=_named_p(row["p_adjusted"]))
    return NO_P if isinstance(row.get("no_test"), str) else None


def _named_p(p: float | str) -> Text:
    """ "p > 0.05" or "p = 0.009" as one island, so that Hebrew does not part the sign from what it compares."""
    value = lang.without_turns(lang.p_value(p).en)
    equals = "" if value[0] in "<>≤≥" else "=\u00a0"
    return lang.same(lang.isolated(f"p\u00a0{equals}{value}"))


def _where(low: float | None, high: float | None, margin: float | None = None) -> Text:
    """An interval in commas, where it leaves."""
    if pd.isna(low):
        return Text("", "")
    return words(WHERE, interval=lang.change_interval(low, high, margin))


def gap_reason(row: pd.Series, groups: dict[str, Text]) -> Text:
    """Why a gap narrowed, widened or cannot be told; a caution about the ceiling, with the names of the `first` and the
    `second` group, stands in the same sentence.
    """
    if _is_hidden(row):
        return Text("", "")
    text = words(GAP_REASONS[row["reason"]], where=_where(row["ci_low"], row["ci_high"]))
    if not pd.isna(row["p_adjusted"]):
        text = text + lang.same("; ") + words(ADJUSTED_P, p=_named_p(row["p_adjusted"]))
    if row["caution"] == "ceiling" and row["verdict"] == "narrowed":
        text = text + lang.same("; ") + ceiling_caution(row, groups)
    return text if row["linked"] else text + LOW_POWER


def superiority(word: str | None) -> Text:
    """How members of the second group stand beside those of the first, in a word."""
    return lang.NOT_COMPUTED if pd.isna(word) else SUPERIORITY_WORDS[word]


def ceiling_caution(row: pd.Series, groups: dict[str, Text]) -> Text:
    """How many of each group stood at the top already, and what that may explain."""
    return words(CEILING_CAUTION, **_shares(row["ceiling_first"], row["ceiling_second"]), **groups)


def at_the_top(first: str, second: str, groups: dict[str, Text]) -> Text:
    """How many of each group stood at the top already, by the key of each share; `groups` are their names."""
    shares = _shares(first, second)
    return words(AT_THE_TOP[True], c1=shares["c1"]) if first == second else words(AT_THE_TOP[False], **shares, **groups)


def _shares(first: str, second: str) -> dict[str, Text]:
    return {"c1": CEILING_WORDS[first], "c2": CEILING_WORDS[second]}


def _is_hidden(row: pd.Series) -> bool:
    return bool(row.get("hidden", False)) or pd.isna(row["reason"])


# fmt: off
SENTENCES = {  # of one or several measures; they are filled in agreement.py
    ("change", "rose"): Text("{Measures} {verb}{among}.", "{Measures} rose{among}."),
    ("change", "fell"): Text("{Measures} {verb}{among}.", "{Measures} fell{among}."),
    ("change", "preserved"): Text("{Measures} {verb}{among}.", "{Measures} {verb} preserved{among}."),
    ("change", "inconclusive"): Text(
        "לא ניתן לקבוע אם חל שינוי {in_measures}{among}.", "We cannot tell whether {measures} changed{among}."
    ),
    ("change", "described"): Text(
        "השינוי {in_measures}{among} מוצג כתיאור בלבד.", "The change in {measures}{among} is given as a description only."
    ),
    ("said", "majority"): Text("רוב המשיבים מדווחים {that}.", "Most respondents say {that}."),
    ("said", "minority"): Text("רק מיעוט מן המשיבים מדווחים {that}.", "Only a minority of respondents say {that}."),
    ("level", "majority"): Text(
        "רוב המשיבים השיבו תשובות גבוהות {in_measures}.", "Most respondents gave high answers on {measures}."
    ),
    ("level", "minority"): Text(
        "רק מיעוט מן המשיבים השיבו תשובות גבוהות {in_measures}.",
        "Only a minority of respondents gave high answers on {measures}.",
    ),
    ("level", "divided"): Text("המשיבים חלוקים באשר {to_measures}.", "Respondents are divided on {measures}."),
    ("gap", "narrowed"): Text(
        "הפער {in_measures} בין {first} ל{second} הצטמצם.",
        "The gap between {first} and {second} narrowed in {measures}.",
    ),
    ("gap", "widened"): Text(
        "הפער {in_measures} בין {first} ל{second} התרחב.", "The gap between {first} and {second} widened in {measures}."
    ),
    ("gap", "cannot_be_told"): Text(
        "לא ניתן לקבוע אם הפער {in_measures} בין {first} ל{second} השתנה.",
        "We cannot tell whether the gap between {first} and {second} changed in {measures}.",
    ),
    ("gap", "described"): Text(
        "הפער {in_measures} בין {first} ל{second} קטן יותר {later}, {caution}.",
        "The gap between {first} and {second} in {measures} is smaller {later}, {caution}.",
    ),
}
# fmt: on


# fmt: off
ITEM_SENTENCES = {
    "majority": Text("רוב המשיבים מסכימים במידה רבה: {items}.", "Most respondents agree to a great extent: {items}."),
    "minority": Text(
        "רק מיעוט מן המשיבים מסכימים במידה רבה: {items}.",
        "Only a minority of respondents agree to a great extent: {items}.",
    ),
    "divided": Text("המשיבים חלוקים: {items}.", "Respondents are divided: {items}."),
}
# fmt: on


INVOLVED = {
    "majority": Text(
        "רוב המשיבים מעורבים גם כיום בפרויקט שהיו שותפים לו.",
        "Most respondents are still involved in the project they took part in.",
    ),
    "about_half": Text(
        "מחצית המשיבים מעורבים גם כיום בפרויקט שהיו שותפים לו.",
        "Half of the respondents are still involved in the project they took part in.",
    ),
    "minority": Text(
        "רוב המשיבים אינם מעורבים כיום בפרויקט שהיו שותפים לו.",
        "Most respondents are no longer involved in the project they took part in.",
    ),
}
KEPT = {
    "majority": Text(
        "רוב הקשרים המקצועיים שנוצרו בתכנית נשמרו.", "Most of the professional ties made in the programme were kept."
    ),
    "about_half": Text(
        "מחצית הקשרים המקצועיים שנוצרו בתכנית נשמרו.", "Half of the professional ties made in the programme were kept."
    ),
    "minority": Text(
        "פחות ממחצית הקשרים המקצועיים צוינו שוב.", "Fewer than half of the professional ties were named again."
    ),
}


def side(part: int, whole: int) -> str:
    """Whether a part is more than half, less, or just half."""
    return "majority" if 2 * part > whole else "minority" if 2 * part < whole else "about_half"


def side_of(row: pd.Series) -> str | None:
    """The same of a count that may not be told, if it is sure: of fewer than five, or of all but fewer than five."""
    low = high = row["n_chosen"]
    if pd.isna(low) and "least_cell" in row:
        nearly_all = not pd.isna(row.get("over"))
        low, high = (row["over"] + 1, row["n"]) if nearly_all else (0, row["least_cell"] - 1)
    sides = {None} if pd.isna(low) else {side(int(part), int(row["n"])) for part in (low, high)}
    return sides.pop() if len(sides) == 1 else None


def with_sizes(text: Text, row: pd.Series) -> Text:
    """A text with sizes of groups in it; in Hebrew "and" joins a word, as “at least”, without a hyphen."""
    return Text(text.he.replace("ו־{", "ו{"), text.en) if bool(row.get("at_least", False)) else text
