"""Who is who across roster and waves: IDs compared, pseudonyms given, waves linked. Never by row order."""

import hmac
import re
import unicodedata
from collections.abc import Iterable, Iterator

import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from followup.language import folded
from followup.problems import Problem

PLAIN_ID = re.compile(r"[A-Za-z0-9._-]+")
SIGNS, LEADING_ZEROS = re.compile(r"[\W_]+"), re.compile(r"(?<!\d)0+(?=\d)")
LIKENESSES = str.maketrans("OILZSB", "011258")  # letters that are typed for digits
LEAST_SIMILAR, MOST_COMPARED = 60, 50
MOST_LOOKED_UP = 100  # of unknown IDs; where there are more, something else is wrong
AUDIT = ["file", "row", "typed", "candidate", "similarity", "runner_up", "runner_up_similarity", "meant", "decision"]


def same_id(typed: str) -> str:
    """An ID as it is compared: whatever its capitals, spaces, direction marks, digits, leading zeros or a ".0"."""
    typed = typed.strip().removeprefix("'") if typed[:1] in "' " else typed
    if PLAIN_ID.fullmatch(typed):  # nothing to fold; so are most IDs, and there may be a million
        text = typed.upper()
    else:
        text = folded(typed).replace(" ", "").upper()
        text = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
    whole = text.removesuffix(".0")
    return whole.lstrip("0") or "0" if whole.isdecimal() else text


def loosely(compared: str) -> str:
    """An ID without what people leave out when they type it: hyphens, spaces and other signs, zeros before a number."""
    return LEADING_ZEROS.sub("", compared if compared.isalnum() else SIGNS.sub("", compared))


def loose_ids(roster: Iterable[str]) -> dict[str, str]:
    """Each ID of a roster (as it is compared) by its loose form; none at all where two IDs share one."""
    found: dict[str, str] = {}
    for compared in roster:
        loose = loosely(compared)
        if loose in found or not loose:
            return {}
        found[loose] = compared
    return found


def pseudonym(participant: str, key: bytes) -> str:
    """A name for a participant that only the owner of `key` can trace back (HMAC-SHA256, 12 hex digits)."""
    return hmac.digest(key, participant.encode(), "sha256").hex()[:12]


# Near-miss IDs -----------------------------------------------------------------------------------------------------


def candidates(typed: str, roster: Iterable[str]) -> list[tuple[str, int]]:
    """The IDs on the roster most like `typed`, best first, at most two: (ID as the roster writes it, likeness 0–100).

    Likeness counts slips of the hand (a sign changed, added, left out or swapped with its neighbour) after letters that
    look like digits and punctuation are put aside; of equally like IDs the one that begins alike comes first.
    """
    return likest(typed, simplified(roster))


def simplified(roster: Iterable[str]) -> dict[str, str]:
    """Each ID of a roster as it is written, in order, with what `candidates` compares of it: to look many IDs up."""
    return {written: _simplified(written) for written in sorted(roster)}


def likest(typed: str, roster: dict[str, str]) -> list[tuple[str, int]]:
    """`candidates` on a roster that `simplified` made ready."""
    mine, cutoff = _simplified(typed), LEAST_SIMILAR / 100
    if not mine:
        return []
    like = process.extract(mine, roster, scorer=OSA.normalized_similarity, score_cutoff=cutoff, limit=MOST_COMPARED)
    ranked = sorted(like, key=lambda found: (-found[1], -JaroWinkler.similarity(mine, found[0]), found[2]))
    return [(written, round(100 * similarity)) for _, similarity, written in ranked[:2]]


def _simplified(typed: str) -> str:
    compared = same_id(typed)
    return (compared if compared.isalnum() else SIGNS.sub("", compared)).translate(LIKENESSES)


def clear_candidate(found: list[tuple[str, int]]) -> str | None:
    """The one ID that was probably meant, or None when there is none or a second one is as like."""
    if not found or len(found) > 1 and found[1][1] == found[0][1]:
        return None
    return found[0][0]


def audit(unmatched: Iterable[tuple[str, int, str, str]], roster: dict[str, str]) -> pd.DataFrame:
    """IDs that nobody has as they were typed, one row each, for a person to look through.

    `unmatched` lists (file, row, ID as typed, ID that the params say was meant, or ""). Columns: the likest ID on the
    roster and the next one with their likeness (of the first hundred), the ID that was meant, and the decision:
    corrected or set_aside.
    """
    rows = []
    for file, row, typed, meant in unmatched:
        found = [*(likest(typed, roster) if len(rows) < MOST_LOOKED_UP else []), ("", None), ("", None)]
        (first, like), (second, less) = found[:2]
        rows.append((file, row, typed, first, like, second, less, meant, "corrected" if meant else "set_aside"))
    frame = pd.DataFrame(rows, columns=AUDIT)
    return frame.astype({"row": "Int64", "similarity": "Int64", "runner_up_similarity": "Int64"})


def correction_problems(corrections: dict[str, str], written: dict[str, str], file: str) -> Iterator[Problem]:
    """Corrections in the params that would mix people up; `written` has each ID as the roster writes it."""
    for typed, meant in corrections.items():
        if same_id(typed) in written:
            yield Problem(
                "this correction would give one participant’s answers to another: the ID typed stands on the roster",
                "remove the line from the params; if an answer came in under somebody else’s ID, leave it out",
                file,
                column="cleaning.ids",
                value=f"{typed}: {meant}",
                allowed="IDs that nobody on the roster has",
            )
        if same_id(meant) not in written:
            near = clear_candidate(candidates(meant, written.values()))
            yield Problem(
                "this correction leads to an ID that is not on the roster",
                f"did you mean {near}?" if near else "write an ID as it stands on the roster",
                file,
                column="cleaning.ids",
                value=f"{typed}: {meant}",
                allowed="the IDs on the roster",
            )
