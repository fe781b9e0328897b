"""Who is who across roster and waves: IDs compared, pseudonyms given, waves linked. Never by row order."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

import pandas as pd

from followup.exports import folded

KEY_FILE = ".pseudonym-key"
STATUSES = ("linked", "programme_end_only", "follow_up_only", "neither")


def same_id(typed: str) -> str:
    """An ID as it is compared: capitals, spaces and direction marks do not matter, nor a ".0" that Excel added."""
    text = folded(typed).replace(" ", "").upper()
    return text.removesuffix(".0") if text.removesuffix(".0").isdigit() else text


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


def link_status(programme_end: pd.Series, follow_up: pd.Series) -> pd.Series:
    """The status of each person from whether they answered each wave (two aligned boolean series)."""
    status = pd.Series("neither", index=programme_end.index, dtype="str")
    status[programme_end & follow_up] = "linked"
    status[programme_end & ~follow_up] = "programme_end_only"
    status[~programme_end & follow_up] = "follow_up_only"
    return status
