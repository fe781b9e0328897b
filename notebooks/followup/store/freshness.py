"""What a report was made from, by SHA-256: files decide what is stale, not their dates.

Standard library only: Make runs this file on every call, and an unchanged tree must cost next to nothing.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
FAILURE = 3


def sha256_of(content: bytes | str) -> str:
    """SHA-256 of bytes, or of a text as UTF-8, in hexadecimal."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def digest(path: Path) -> str:
    """SHA-256 of a file, or "absent"."""
    try:
        return sha256_of(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return "absent"


def digests(paths: Iterable[Path], root: Path) -> dict[str, str]:
    """SHA-256 of each file, by its path below `root` (or its name, for a file elsewhere)."""
    return {shown(path, root): digest(path) for path in sorted(paths)}


def shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def data_files(root: Path, cohort: str) -> list[Path]:
    """Every raw file of a cohort; dot files and editors' lock files do not count."""
    folder = root / "data" / cohort
    return [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith((".", "~"))]


def setting_files(root: Path, cohort: str) -> list[Path]:
    """The cohort's params, its claims, and every codebook (which of them it uses is read later)."""
    params = root / "params"
    return [
        params / f"{cohort}.yaml",
        params / "claims" / f"{cohort}.yaml",
        *(params / "questionnaires").glob("*.yaml"),
    ]


def code_files() -> list[Path]:
    """Notebooks, package, page template and lock file."""
    house = PACKAGE.parents[1]
    package = [path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return [*package, *PACKAGE.parent.glob("*.ipynb"), house / "requirements.lock"]


def fingerprint(root: Path, cohort: str) -> str:
    """One line for everything that a cohort's report is made from."""
    parts = digests([*data_files(root, cohort), *setting_files(root, cohort)], root) | digests(
        code_files(), PACKAGE.parents[1]
    )
    return sha256_of(json.dumps(parts, sort_keys=True))


def published_whole(build: Path) -> bool:
    """Whether every file that the manifest lists stands published as it was made."""
    try:
        outputs = json.loads((build / "manifest.json").read_text())["outputs"]
    except (OSError, ValueError, KeyError):
        return False
    return all(digest(build / name) == value for name, value in outputs.items())


def replace_text(path: Path, text: str) -> None:
    """A file that is whole or absent."""
    replace_bytes(path, text.encode())


def replace_bytes(path: Path, content: bytes) -> None:
    """A file that is whole or absent."""
    with whole_file(path) as beside:
        beside.write_bytes(content)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A file that is whole or absent: what is written at the path given, beside its place, is moved there at the end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield beside
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def main(cohort: str) -> int:
    """Renew build/COHORT/private/fingerprint when something changed, so that Make sees that the report is stale."""
    try:
        _renew(cohort)
    except OSError as error:
        print(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "), file=sys.stderr)
        return FAILURE
    return 0


def _renew(cohort: str) -> None:
    root = Path(os.environ.get("FOLLOWUP_ROOT", PACKAGE.parents[1]))
    build = root / "build" / cohort
    mark, now = build / "private" / "fingerprint", fingerprint(root, cohort) + "\n"
    if not mark.exists() or mark.read_text() != now or not published_whole(build):
        replace_text(mark, now)


def is_stale(root: Path, cohort: str) -> bool:
    """Whether a cohort's report is not what its inputs and the code would make now."""
    main(cohort)  # what Make does before it builds one cohort, so that it sees the same
    private = root / "build" / cohort / "private"
    published = private / "published"
    if not published.is_file() or not published_whole(private.parent):
        return True
    return published.read_text() != (private / "fingerprint").read_text()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
