"""What the tables of changes show, and say beneath their captions, for each way in which waves are linked."""

from collections.abc import Callable

import pandas as pd

from followup.analysis.anchors import anchored
from followup.analysis.comparison import N_OF, Comparison
from followup.disclosure.group_sizes import at_least
from followup.language import Text, filled
from followup.report.guards import Note
from followup.statistics.linked_change import EXACT_UP_TO, LARGE_SAMPLE
from followup.study.codebook import when
from followup.study.params import Disclosure

MEANS = ["mean_earlier", "mean_later"]
GAP = ["gap_earlier", "gap_later"]
JUDGED = ["change", "interval", "interval_90", "p_adjusted", "verdict"]
COLUMNS = {  # "n" stands for how many answered, in each way of linking
    "forest": ["measure", "n", *JUDGED, *MEANS],
    "main": ["measure", "n", "change", "interval", "p_adjusted", "verdict", "reason"],
    "sizes": ["measure", "n", "interval_90", "margin", "not_lower", "top_change"],
    "others": ["measure", "compared_with", "wave", "n", "change", "interval", "interval_90", "p_adjusted", "verdict"],
    "groups": ["measure", "group", "n", *MEANS, "change", "interval", "interval_90"],
    "named": ["measure", "group", "n", *JUDGED, "reason"],
    "items": ["measure", "n", *MEANS, "change", "interval", "interval_90", "delta", "top_change", "p_adjusted", "verdict",
              "reason"],
    "gap_lines": ["measure", "first", "second", *GAP, "superiority", "verdict"],
    "gaps": ["measure", "n_first", "n_second", *GAP, "gap_change", "gap_interval", "excludes_zero", "p_adjusted",
             "verdict", "gap_reason"],
    "gap_checks": ["measure", "ceiling_first", "ceiling_second", "superiority"],
}  # fmt: skip
ONLY_WHERE_TOLD = {  # columns that a table has only where one of its rows tells them: the column that says so
    "change": "change",
    "interval": "ci_low",
    "interval_90": "ci90_low",
    "gap_interval": "ci_low",
    "gap_change": "change",
    "p_adjusted": "p_adjusted",
    "not_lower": "not_lower",
    "top_change": "top_change",
    "delta": "delta",
    **dict.fromkeys(MEANS, MEANS[0]),
    **dict.fromkeys(GAP, GAP[0]),
}
NOTES = {
    "linked": Text("{both} מתוך {all} השיבו בשני השלבים", "{both} of {all} answered both waves"),
    "partly_linked": Text(
        "מתוך {all}: {first} השיבו {earlier} ו־{second} {later}, {both} מהם בשני השלבים; "
        "בשינוי נספרים כולם, בהנחה שמי שהשיבו רק פעם אחת דומים למי שהשיבו פעמיים; "
        "שיעור התשובות הגבוהות, אם הוא מוצג, הוא של מי שהשיבו בשניהם",
        "of {all}, {first} answered {earlier} and {second} {later}, {both} of them both; "
        "everyone counts in a change, which assumes that those who answered one wave only are like those who answered both; "
        "a share of high answers, where it is shown, is of those who answered both",
    ),
    "unlinked": Text(
        "מתוך {all}: {first} השיבו {earlier} ו־{second} {later}, בלי קישור; ייתכן שהרכב המשיבים השתנה",
        "of {all}, {first} answered {earlier} and {second} {later}, not linked; the mix of people may have changed",
    ),
}
NOTES_WITHOUT_WHOLE = {  # where nobody knows how many there are; IDs come with a roster
    "same_row": Text("{both} השיבו בשני השלבים", "{both} answered both waves"),
    "unlinked": Text(
        "{first} השיבו {earlier} ו־{second} {later}, בלי קישור; ייתכן שהרכב המשיבים השתנה",
        "{first} answered {earlier} and {second} {later}, not linked; the mix of people may have changed",
    ),
}
RECALLED = Text(
    "; השלבים עומדים בשורה אחת: אם נשאלו בבת אחת, המוקדם מסופר מן הזיכרון, וייתכן שגם קנה המידה השתנה",
    "; the waves stand in one row: if they were asked at one time, the earlier is told from memory, and the yardstick may "
    "have changed",
)
MOVES_TOLD = Text(
    "מוצגים רק סולמות שבהם מספר מי שעלו, ירדו או לא השתנו אינו קטן",
    "only scales on which neither those who rose nor those who fell or stayed are a few",
)
LARGE = {
    "flips": Text(
        "; כשיותר מ־{flips} השתנו, p הוא מן הצורה הנורמלית של מבחן היפוך הסימנים",
        "; where more than {flips} changed, p is from the normal form of the sign-flip test",
    ),
    "families": Text(
        ", ומעל {people} משיבים היפוכי הסימנים של וסטפול–יאנג מוגרלים מן ההתפלגות הנורמלית שלה אותן שונויות משותפות",
        ", and beyond {people} respondents Westfall–Young’s flips are drawn from the normal distribution with their own "
        "covariances",
    ),
    "gaps": Text(
        "מעל {people} משיבים p הוא של מבחן t של ולץ׳, שאליו מתכנסות חלוקות התוויות",
        "beyond {people} respondents p is that of Welch’s t, to which the relabellings converge",
    ),
}
NO_GAP = {
    "not_named": Text("תכנית הניתוח לא נקבה בשום פער בין קבוצות.", "The plan named no gap between groups."),
    "one_wave": Text("אין עדיין שני שלבים להשוות ביניהם.", "There are no two waves to compare yet."),
    "small": Text(
        "אי אפשר לומר אם הפער השתנה: קבוצה אחת קטנה מכדי להציג אותה, או שתשובותיה היו מגלות את אלה של קבוצה קטנה.",
        "Whether the gap changed cannot be told: a group is too small to show, "
        "or its answers would give away those of a small one.",
    ),
}

NO_ANCHOR = {
    "unlinked": Text(
        "השלבים אינם מקושרים, ולכן אין שינוי של מי שציינו שיפור קל.",
        "The waves are not linked, so those who chose the smallest improvement have no change of their own.",
    ),
    "words_only": Text(
        "מתפרסמות מילים בלבד, ולכן גם לא סף לפי העוגן.", "Only words are published, so no anchor-based margin is."
    ),
    "few": Text(
        "היכן שאין סף לפי העוגן, מעטים מדי בחרו בשיפור הקל ביותר, או שתשובותיהם היו מתגלות.",
        "Where no anchor-based margin stands, too few chose the smallest improvement, or their answers would be given away.",
    ),
}


def columns(table: str, link: str, rows: pd.DataFrame) -> list[str]:
    """The columns of one of the tables above, for one way of linking; of those that may not leave at its n, those that
    a row tells.
    """
    named = [column for name in COLUMNS[table] for column in (N_OF[link] if name == "n" else [name])]
    return [column for column in named if column not in ONLY_WHERE_TOLD or told(rows, ONLY_WHERE_TOLD[column])]


def told(rows: pd.DataFrame, column: str) -> bool:
    """Whether a column leaves of at least one of these rows."""
    return column in rows and bool(rows[column].notna().any())


def note(link: str, **counts: int | Text) -> Text:
    """ "n of N" for the changes: `first` and `second` answered the waves, `both` of them both, of `all` (0: not known)."""
    told = _with((NOTES if counts["all"] else NOTES_WITHOUT_WHOLE).get(link, NOTES["linked"]), **counts)
    told = told + RECALLED if link == "same_row" else told
    if link in ("by_id", "same_row") and counts["both"] > EXACT_UP_TO:
        told = told + _with(LARGE["flips"], flips=EXACT_UP_TO)
        told = told + _with(LARGE["families"], people=LARGE_SAMPLE) if counts["both"] > LARGE_SAMPLE else told
    return told


def gap_note(linked: bool, people: int) -> Text:
    """Which form of the test stands behind the p of a gap, where it is not the relabellings themselves."""
    return _with(LARGE["gaps"], people=LARGE_SAMPLE) if linked and people > LARGE_SAMPLE else Text("", "")


def note_of(comparison: Comparison) -> Note:
    """ "n of N" for the changes, and what to bear in mind where waves are not fully linked."""
    roster, pair = comparison.cohort.params.roster, comparison.main
    if pair is None:
        return Note("", "")
    first, second = (comparison.tables[wave].index for wave in pair)
    earlier, later = (when(comparison.codebook, wave) for wave in pair)
    everyone = roster.participants if roster else 0
    both = len(first.intersection(second))
    counts = {"first": len(first), "second": len(second), "both": both, "all": everyone}
    told = note(comparison.link, **counts, earlier=earlier, later=later)
    return Note(told.he, told.en)


def gap_note_of(comparison: Comparison, gaps: pd.DataFrame) -> Note:
    """What to bear in mind of the p of gaps in a large cohort."""
    people = gaps[["n_first", "n_second"]].sum(axis=1).max() if len(gaps) else 0
    told = gap_note(comparison.linked, people)
    return Note(told.he, told.en)


def why_no_gap(comparison: Comparison, gaps: pd.DataFrame) -> Text:
    """Why no gap is shown; nothing where one is, or where the study compares no groups."""
    shown = len(gaps) > 0 and not gaps["hidden"].all()
    if shown or not comparison.cohort.params.groups_by:
        return Text("", "")
    return NO_GAP["not_named" if not comparison.plan.gaps else "one_wave" if gaps.empty else "small"]


def sizes_at_least(policy: Disclosure) -> Callable[[pd.DataFrame], pd.Series]:
    """The n of a table as the least that it is, for `safe.assign`: beside how many chose each answer of an anchor, an exact
    one would tell what the few answered who are not linked.
    """

    def told(table: pd.DataFrame) -> pd.Series:
        return table["n"].map(lambda size: at_least(size, policy)).astype("Int64")

    return told


def why_no_anchor(comparison: Comparison, shown: pd.DataFrame) -> Text:
    """Why an anchor gives no margin; nothing where each gives one, or where no scale has an anchor."""
    if len(shown) == len(anchored(comparison)):
        return Text("", "")
    words_only = comparison.cohort.params.disclosure.precision == "words_only"
    return NO_ANCHOR["words_only" if words_only else "few" if comparison.linked else "unlinked"]


def _with(text: Text, **counts: int | Text) -> Text:
    return filled(text.he, text.en, {name: count for name, count in counts.items() if f"{{{name}}}" in text.en})
