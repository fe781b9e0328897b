"""Who is who across roster and waves: IDs compared, pseudonyms given, waves linked. Never by row order."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from followup.exports import folded

KEY_FILE = ".pseudonym-key"
STATUSES = ("linked", "programme_end_only", "follow_up_only", "neither")


def same_id(typed: str) -> str:
    """An ID as it is compared: capitals, spaces, direction marks and leading zeros do not matter, nor a ".0" that Excel added."""
    text = folded(typed).replace(" ", "").upper()
    whole = text.removesuffix(".0")
    return whole.lstrip("0") or "0" if whole.isdigit() else text


def pseudonym(participant: str, key: bytes) -> str:
    """A name for a participant that only the owner of `key` can trace back (HMAC-SHA256, 12 hex digits)."""
    return hmac.new(key, participant.encode(), hashlib.sha256).hexdigest()[:12]


def pseudonym_key(root: Path) -> bytes:
    """The secret of this clone, made on first use and readable by its owner only; it is never committed."""
    path = root / KEY_FILE
    if not path.exists():
        beside = path.with_name(f"{KEY_FILE}.{os.getpid()}")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        try:
            os.link(beside, path)          # the first of several at once wins
        except FileExistsError:
            pass
        finally:
            beside.unlink()
    return bytes.fromhex(path.read_text().strip())


def unknown_ids(unknown: list[tuple[str, int, str]], participants: pd.DataFrame) -> pd.DataFrame:
    """IDs that nobody on the roster has, each beside the nearest one that somebody has, for a person to decide.

    `unknown` lists (file, row, ID). Similarity is from 0 to 100 (Jaro–Winkler, which forgives swapped signs).
    """
    roster, rows = list(participants["id"]), []
    for file, row, typed in unknown:
        match = process.extractOne(typed, roster, scorer=JaroWinkler.normalized_similarity, score_cutoff=0.85) if typed and roster else None
        rows.append((file, row, typed, match[0] if match else "", round(100 * match[1]) if match else None))
    return pd.DataFrame(rows, columns=["file", "row", "typed", "nearest", "similarity"])


def link_status(programme_end: pd.Series, follow_up: pd.Series) -> pd.Series:
    """The status of each person from whether they answered each wave (two aligned boolean series)."""
    status = pd.Series("neither", index=programme_end.index, dtype="str")
    status[programme_end & follow_up] = "linked"
    status[programme_end & ~follow_up] = "programme_end_only"
    status[~programme_end & follow_up] = "follow_up_only"
    return status
