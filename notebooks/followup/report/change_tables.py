"""What the tables of changes show, and say beneath their captions, for each way in which waves are linked."""

from collections.abc import Callable, Iterable

import pandas as pd

from followup.analysis.anchors import anchored
from followup.analysis.comparison import N_OF, Comparison
from followup.disclosure.group_sizes import at_least
from followup.language import Text
from followup.report.guards import Note
from followup.statistics.linked_change import EXACT_UP_TO, LARGE_SAMPLE
from followup.study.codebook import when
from followup.study.params import Disclosure
from followup.words import change_notes, verdicts

MEANS = ["mean_earlier", "mean_later"]
GAP = ["gap_earlier", "gap_later"]
ONLY_WHERE_TOLD = {  # columns that a table has only where one of its rows tells them: the column that says so
    **{name: name for name in ("change", "p_adjusted", "not_lower", "top_change", "delta")},
    "interval": "ci_low",
    "interval_90": "ci90_low",
    "gap_interval": "ci_low",
    "gap_change": "change",
    **dict.fromkeys(MEANS, MEANS[0]),
    **dict.fromkeys(GAP, GAP[0]),
}
MOVES_TOLD = Text(
    "מוצגים רק סולמות שבהם אף אחת משלוש הקבוצות – עלו, ירדו, לא השתנו – אינה קטנה מדי",
    "only scales on which none of the three – rose, fell, stayed the same – is too small to show",
)


def told_columns(link: str, rows: pd.DataFrame, named: Iterable[str]) -> list[str]:
    """The columns of a table, "n" as those that count people in this way of linking, without what no row may tell."""
    each = [column for name in named for column in (N_OF[link] if name == "n" else [name])]
    return [column for column in each if column not in ONLY_WHERE_TOLD or told(rows, ONLY_WHERE_TOLD[column])]


def told(rows: pd.DataFrame, column: str) -> bool:
    """Whether a column leaves of at least one of these rows."""
    return column in rows and bool(rows[column].notna().any())


def note(link: str, **counts: int | Text) -> Text:
    """ "n of N" for the changes: `first` and `second` answered the waves, `both` of them both, of `all` (0: not known)."""
    texts = change_notes.NOTES if counts["all"] else change_notes.NOTES_WITHOUT_WHOLE
    told = verdicts.words(texts.get(link, change_notes.NOTES["linked"]), **counts)
    told = told + change_notes.RECALLED if link == "same_row" else told
    people = counts["both"] if link in ("by_id", "same_row") else 0
    if people > EXACT_UP_TO:
        told = told + change_notes.LARGE["flips"].filled({"flips": EXACT_UP_TO})
    if people > LARGE_SAMPLE:
        told = told + change_notes.LARGE["families"].filled({"people": LARGE_SAMPLE})
    return told


def note_of(comparison: Comparison) -> Note:
    """ "n of N" for the changes, and what to bear in mind where waves are not fully linked."""
    roster, pair = comparison.cohort.params.roster, comparison.main
    if pair is None:
        return Note("", "")
    first, second = (comparison.tables[wave].index for wave in pair)
    earlier, later = (when(comparison.codebook, wave) for wave in pair)
    counts = {"first": len(first), "second": len(second), "both": len(first.intersection(second))}
    counts["all"] = roster.participants if roster else 0
    told = note(comparison.link, **counts, earlier=earlier, later=later)
    return Note(told.he, told.en)


def gap_note_of(comparison: Comparison, gaps: pd.DataFrame) -> Note:
    """Which form of the test stands behind the p of gaps in a large cohort, where it is not the relabellings themselves."""
    people = gaps[["n_first", "n_second"]].sum(axis=1).max() if len(gaps) else 0
    if not comparison.linked or people <= LARGE_SAMPLE:
        return Note("", "")
    told = change_notes.LARGE["gaps"].filled({"people": LARGE_SAMPLE})
    return Note(told.he, told.en)


def why_no_gap(comparison: Comparison, gaps: pd.DataFrame) -> Text:
    """Why no gap is shown; nothing where one is, or where the study compares no groups, or has one wave and plans none."""
    shown, planned = len(gaps) > 0 and not gaps["hidden"].all(), bool(comparison.plan.gaps)
    if shown or not comparison.cohort.params.groups_by or not planned and comparison.main is None:
        return Text("", "")
    return change_notes.NO_GAP["not_named" if not planned else "one_wave" if gaps.empty else "small"]


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
    words_only = comparison.policy.precision == "words_only"
    return change_notes.NO_ANCHOR["words_only" if words_only else "few" if comparison.linked else "unlinked"]
