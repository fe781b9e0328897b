"""The institute's key: the secret behind pseudonyms, and behind the digests by which published files name raw ones.

A plain SHA-256 of a small file confirms a guess of what stands in it; a keyed one says nothing to whoever lacks the key.
"""

import hmac
import json
import os
import secrets
import shlex
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from followup.problems import InputProblems, Problem
from followup.store.freshness import shown

if TYPE_CHECKING:  # the driver reads this module before it has paid for pydantic
    from followup.study.params import Params

PUBLIC_KEY = b"invented answers: nobody stands behind these files, so that everyone may verify them"
KEYED = "hmac-sha256:"  # how a keyed digest begins, so that nobody takes it for a plain one
LEAST_BYTES = 16  # of a key
GIVEN = "FOLLOWUP_INPUT_DIGESTS"  # a file of keyed digests, where somebody else who has the key made them


def key_file() -> Path:
    """Where the key lies: outside the project, so that no copy of the project carries it."""
    if named := os.environ.get("FOLLOWUP_KEY_FILE"):
        return Path(named)
    return (
        Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
        / "digital-leaders-followup"
        / "pseudonym-key"
    )


def institute_key() -> bytes:
    """The secret of this user, 32 bytes, made on first use and readable by its owner only.

    Raises InputProblems when it cannot be made, when others may read it, or when it is too short to be secret.
    """
    path = key_file()
    try:
        if not path.exists():
            _make_key(path)
        if path.stat().st_mode & 0o077:
            raise _wrong("can be read by other users", f"chmod 600 {shlex.quote(str(path))}")
        key = bytes.fromhex(path.read_text().strip())
        if len(key) < LEAST_BYTES:
            what = f"has {len(key)} bytes, fewer than {LEAST_BYTES}, and could be guessed" if key else "is empty"
            remedy = (
                "put the key back from your copy of it; or remove the file, and a new key is made, with new pseudonyms"
            )
            raise _wrong(what, remedy)
        return key
    except (OSError, ValueError) as error:
        remedy = "name a file of your own that can be written: FOLLOWUP_KEY_FILE=/path/to/key make report COHORT=…"
        raise _wrong("cannot be made or read here", remedy) from error


def _wrong(what: str, remedy: str) -> InputProblems:
    return InputProblems([Problem(f"the key behind the pseudonyms {what}", remedy, str(key_file()))])


def _make_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, beside = tempfile.mkstemp(dir=path.parent)  # its owner's only, from the start
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32))
    try:
        os.link(beside, path)  # the first of several at once wins
    except FileExistsError:
        pass
    finally:
        os.unlink(beside)


# Raw files, named by keyed digests -----------------------------------------------------------------------------------


def key_of(params: "Params") -> bytes:
    """The key that a cohort's raw files are named with: a public one where nobody stands behind them."""
    return PUBLIC_KEY if params.synthetic else institute_key()


def can_verify(params: "Params") -> bool:
    """Whether the key is here; a reader of a report has none, and gets none made."""
    return params.synthetic or key_file().exists()


def raw_files(params: "Params", name: str, root: Path) -> list[Path]:
    """What a cohort is made from and only its institute has: the files that the params name, params and claims.

    Whatever else lies in the folder is no part of the report, nor is its name.
    """
    parts = [params.roster, *params.waves.values(), params.projects, params.network, params.interviews]
    fields = ("file", "members", "ties", "meetings")
    named = {getattr(part, field, None) for part in parts if part for field in fields} - {None}
    settings = [root / "params" / f"{name}.yaml", root / "params" / "claims" / f"{name}.yaml"]
    return [*sorted(root / "data" / name / file for file in named), *settings]


def keyed_digests(paths: Iterable[Path], root: Path, key: bytes) -> dict[str, str]:
    """HMAC-SHA-256 of each file, by its path below `root`; "absent" where there is none."""
    return {shown(path, root): _keyed(path, key) for path in sorted(paths)}


def _keyed(path: Path, key: bytes) -> str:
    try:
        return KEYED + hmac.digest(key, b"raw file\0" + path.read_bytes(), "sha256").hex()
    except (FileNotFoundError, NotADirectoryError):
        return "absent"


def digests_of_raw_files(params: "Params", name: str, root: Path) -> dict[str, str]:
    """The digests as a report names them; on a worker of a cluster, which has no key, those that its sender made."""
    if given := os.environ.get(GIVEN):
        return json.loads(Path(given).read_text(encoding="utf-8"))
    return keyed_digests(raw_files(params, name, root), root, key_of(params))
