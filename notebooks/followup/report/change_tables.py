"""What the tables of changes show, and say beneath their captions, for each way in which waves are linked."""

import pandas as pd

from followup.analysis.comparison import Comparison
from followup.language import Text, filled
from followup.statistics.linked_change import EXACT_UP_TO, LARGE_SAMPLE

# How many answered, for each way of linking: "n" in the lists below stands for these columns.
N_OF = {
    "by_id": ["n_linked"],
    "same_row": ["n_linked"],
    "partly_linked": ["n_programme_end", "n_follow_up"],
    "unlinked": ["n_programme_end", "n_follow_up"],
}
MEANS = ["mean_programme_end", "mean_follow_up"]
KEPT = ["interval_90", "margin", "not_lower", "detectable"]
TOP_BOX = ["top_change", "top_interval", "p_top"]
JUDGED = ["change", "interval", "p_adjusted", "verdict", "reason"]
GAP = ["gap_programme_end", "gap_follow_up", "gap_change"]
COLUMNS = {
    "forest": ["measure", "n", "change", "interval", "interval_90", "p_adjusted", "verdict", *MEANS],
    "main": ["measure", "n", *JUDGED],
    "sizes": ["measure", *KEPT, "rank_biserial", *TOP_BOX],
    "groups": ["measure", "group", "n", *MEANS, "change", "interval"],
    "named": ["measure", "group", "n", *JUDGED],
    "checks": ["measure", "n_linked", "p", "p_pratt", "rank_biserial", "detectable", *TOP_BOX],
    "gap_lines": ["measure", "first", "second", *GAP, "superiority", "verdict"],
    "gaps": ["measure", "n_first", "n_second", *GAP, "gap_interval", "p_adjusted", "verdict", "gap_reason"],
    "gap_checks": ["measure", "ceiling_first", "ceiling_second", "superiority", "gap_detectable"],
}
OTHERWISE = {
    ("sizes", "partly_linked"): ["measure", "linked_only", *KEPT, "rank_biserial", "top_change", "top_interval"],
    ("sizes", "unlinked"): ["measure", "superiority_now", "cliffs_delta", *KEPT],
    ("checks", "partly_linked"): ["measure", "n_linked", "p", "linked_only", "rank_biserial", "detectable", *TOP_BOX],
}
NOTES = {
    "linked": Text("{both} מתוך {all} השיבו בשני השלבים", "{both} of {all} answered both waves"),
    "partly_linked": Text(
        "מתוך {all}: {first} השיבו בסיום התכנית ו־{second} במעקב, {both} מהם בשני השלבים; "
        "בשינוי נספרים כולם, ובגודל האפקט ובשיעור התשובות הגבוהות רק מי שהשיבו בשניהם",
        "of {all}, {first} answered at programme end and {second} at follow-up, {both} of them both; "
        "everyone counts in a change, those who answered both in the effect size and the share of high answers",
    ),
    "unlinked": Text(
        "מתוך {all}: {first} השיבו בסיום התכנית ו־{second} במעקב, בלי קישור; ייתכן שהרכב המשיבים השתנה",
        "of {all}, {first} answered at programme end and {second} at follow-up, not linked; "
        "the mix of people may have changed",
    ),
}
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


def columns(table: str, link: str) -> list[str]:
    """The columns of one of the tables above, for one way of linking."""
    named = OTHERWISE.get((table, link), COLUMNS[table])
    return [column for name in named for column in (N_OF[link] if name == "n" else [name])]


def note(link: str, **counts: int) -> Text:
    """ "n of N" for the changes: `first` and `second` answered the waves, `both` of them both, of `all`."""
    told = _with(NOTES.get(link, NOTES["linked"]), **counts)
    if link in ("by_id", "same_row") and counts["both"] > EXACT_UP_TO:
        told = told + _with(LARGE["flips"], flips=EXACT_UP_TO)
        told = told + _with(LARGE["families"], people=LARGE_SAMPLE) if counts["both"] > LARGE_SAMPLE else told
    return told


def gap_note(linked: bool, people: int) -> Text:
    """Which form of the test stands behind the p of a gap, where it is not the relabellings themselves."""
    return _with(LARGE["gaps"], people=LARGE_SAMPLE) if linked and people > LARGE_SAMPLE else Text("", "")


def note_of(comparison: Comparison) -> Text:
    """ "n of N" for the changes, and what to bear in mind where waves are not fully linked."""
    roster = comparison.cohort.params.roster
    first, second = (table.index for table in comparison.tables.values())
    everyone = roster.participants if roster else max(len(first), len(second))
    both = len(first.intersection(second))
    return note(comparison.link, first=len(first), second=len(second), both=both, all=everyone)


def gap_note_of(comparison: Comparison, gaps: pd.DataFrame) -> Text:
    """What to bear in mind of the p of gaps in a large cohort."""
    people = gaps[["n_first", "n_second"]].sum(axis=1).max() if len(gaps) else 0
    return gap_note(comparison.linked, people)


def why_no_gap(comparison: Comparison, gaps: pd.DataFrame) -> Text:
    """Why no gap is shown."""
    return NO_GAP["not_named" if not comparison.plan.gaps else "one_wave" if gaps.empty else "small"]


def _with(text: Text, **counts: int) -> Text:
    return filled(text.he, text.en, {name: count for name, count in counts.items() if f"{{{name}}}" in text.en})
