"""What a reader of a finding has to bear in mind: who did not answer, and what room the scale left. One line each on its card."""

import pandas as pd

from followup import language as lang
from followup.language import Text
from followup.problems import InputProblems
from followup.report.other_findings import Result
from followup.study.codebook import when
from followup.study.cohort import Cohort
from followup.words.vocabulary import KEYS

CONSIDERABLE = 0.5  # of a standardised difference, in standard deviations
NON_RESPONSE = Text("אי־היענות:", "Non-response:")
ROOM = Text("תקרה ורצפה:", "Ceiling and floor:")
DIFFERED = Text(
    "המשיבים {when} נבדלים ממי שלא השיבו ביותר ממחצית סטיית תקן ({traits})",
    "those who answered {when} differ from those who did not by more than half a standard deviation ({traits})",
)
WOULD_TURN = Text(
    "אילו השיבו כולם, ייתכן שהמסקנה הייתה שונה לגבי {scales}",
    "had everyone answered, the conclusion on {scales} could be different",
)
LITTLE_ROOM = Text("{measure} – {room} ({wave})", "{measure}: {room} ({wave})")


def beside(cohort: Cohort, evidence: pd.DataFrame, result: Result) -> list[tuple[Text, Text]]:
    """What a reader of a finding's conclusions has to bear in mind, each with its label: non-response, where those who
    answered differed or the bounds would turn a conclusion; scales whose statements leave little room.
    """
    changes = evidence[
        (evidence["kind"] == "change") & (evidence["group"] == "all") & (evidence["verdict"] != "not_told")
    ]
    scales = list(dict.fromkeys(one for one in changes["measure"] if one in cohort.codebook.scales))
    gaps = [one for one in evidence.loc[evidence["kind"] == "gap", "measure"] if one in cohort.codebook.scales]
    silent = [*differed(cohort, result), *_would_turn(cohort, changes, scales, result)] if len(changes) else []
    room = _little_room(cohort, list(dict.fromkeys([*scales, *gaps])), result)
    lines = [(NON_RESPONSE, silent), (ROOM, room)]
    return [(label, lang.joined(said, "; ")) for label, said in lines if said]


def made(result: Result, name: str) -> pd.DataFrame | None:
    """A result, or None where no notebook has made it: a notebook may have been taken away."""
    try:
        return result(name)
    except InputProblems:
        return None


def differed(cohort: Cohort, result: Result) -> list[Text]:
    """That those who answered the last wave differed from the others, and in what."""
    traits = traits_that_differ(cohort, result)
    if traits is None:
        return []
    return [DIFFERED.filled({"when": when(cohort.codebook, cohort.waves[-1]), "traits": traits})]


def traits_that_differ(cohort: Cohort, result: Result) -> Text | None:
    """In what those who answered the last wave differed from the others by more than half a standard deviation."""
    table = made(result, "differences")
    if table is None or table.empty:
        return None
    told = table[~table["hidden"].astype(bool) & (table["wave"] == cohort.waves[-1])]
    far = told[told["standardised_difference"].astype(float).abs() > CONSIDERABLE]
    traits = [lang.inside(cohort.codebook.words(trait)) for trait in dict.fromkeys(far["trait"])]
    return lang.listed(traits) if traits else None


def _would_turn(cohort: Cohort, changes: pd.DataFrame, scales: list[str], result: Result) -> list[Text]:
    """The scales with a conclusion that the bounds for everyone do not bear, in one sentence; what would turn each stands
    in the table of tipping points.
    """
    bounds, tipping, table = (made(result, name) for name in ("roster_bounds", "tipping_points", "changes"))
    if any(one is None or one.empty for one in (bounds, tipping, table)):
        return []
    turned = []
    for scale in scales:
        verdict = changes.loc[changes["measure"] == scale, "verdict"].iloc[0]
        known = bounds[(bounds["measure"] == scale) & bounds["change_lowest"].notna()]
        margin = table.loc[table["measure"] == scale, "margin"].iloc[0]
        if len(known) and (tipping["measure"] == scale).any() and _turns(verdict, known.iloc[-1], margin):
            turned.append(lang.inside(cohort.codebook.words(scale)))
    return [WOULD_TURN.filled({"scales": lang.listed(turned)})] if turned else []


def _turns(verdict: str, bounds: pd.Series, margin: float) -> bool:
    """Whether what everyone's change could be reaches to another conclusion than the one told."""
    low, high = float(bounds["change_lowest"]), float(bounds["change_highest"])
    return {"rose": low <= 0, "fell": high >= 0, "preserved": low <= -margin or high >= margin}.get(verdict, False)


def _little_room(cohort: Cohort, scales: list[str], result: Result) -> list[Text]:
    """The scales of which the statements were answered at an end so often that a change there is hard to see."""
    table = made(result, "room_left")
    if table is None or table.empty:
        return []
    rows = table[table["measure"].isin(scales) & table["room"].notna() & (table["room"] != "room")]
    said = []
    for (room, name), alike in rows.groupby(["room", "wave"], sort=False, observed=True):
        named = lang.listed([lang.both(cohort.codebook.words(one)) for one in alike["measure"]])
        wave = lang.both(cohort.codebook.waves[name])
        said.append(LITTLE_ROOM.filled({"measure": named, "room": KEYS[room], "wave": wave}))
    return said
