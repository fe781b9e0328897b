"""What a report was made from, by SHA-256: files decide what is stale, never their dates or the clock.

Standard library only: Make runs this file on every call, and an unchanged tree must cost next to nothing.
"""

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
COHORT_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
FRESH, STALE, FAILURE = 0, 1, 3
CURRENT = ".current"  # in build/COHORT: shows which version readers see
COPY = "CHOSEN_COPY"  # set in the environment: readers get plain files instead of links
PUBLISHED = "published"  # in build/COHORT/private: what the report was made from, and its manifest
DRAFT = "draft"  # in build/COHORT/private: pages that must not leave, while those of the last edition stand
WHY_DRAFT = "why_draft"  # beside them: what is said of them
RELEASES = "releases"  # in data/: a folder for each cohort, with one for each edition that was sent


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


def file_marks(paths: Iterable[Path]) -> dict[Path, tuple[int, ...]]:
    """Of each file that is there: when it was written, which it is, how large, and when it was last moved."""
    found = {}
    for path in paths:
        with suppress(OSError):
            status = path.stat()
            found[path] = (status.st_mtime_ns, status.st_ino, status.st_size, status.st_ctime_ns)
    return found


def shown(path: Path, root: Path) -> str:
    """A file's path below `root`, or its name, for a file elsewhere."""
    inside = path.as_posix().removeprefix(f"{root.as_posix().rstrip('/')}/")  # pathlib takes ten times as long
    return path.name if inside.startswith("/") else inside


def data_files(root: Path, cohort: str) -> list[Path]:
    """Every raw file of a cohort; dot files and editors' lock files do not count."""
    folder = root / "data" / cohort
    return [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith((".", "~"))]


def setting_files(root: Path, cohort: str) -> list[Path]:
    """The cohort's params, its claims, its plan as it was fixed, and every codebook (which it uses is read later)."""
    params = root / "params"
    return [
        params / f"{cohort}.yaml",
        params / "claims" / f"{cohort}.yaml",
        params / "plans" / f"{cohort}.json",
        *(params / "questionnaires").glob("*.yaml"),
    ]


def release_files(root: Path, cohort: str) -> list[Path]:
    """What records of a cohort's editions say of themselves; each lists its other files by SHA-256."""
    return list((root / "data" / RELEASES / cohort).glob("*/edition.json"))


def last_sent(root: Path, cohort: str) -> Path | None:
    """The folder with the files of a cohort's last edition, as they were sent; None before the first."""
    folders = [file.parent for file in release_files(root, cohort)]
    last = max(folders, key=lambda folder: (int(re.match(r"\d*", folder.name)[0] or 0), folder.name), default=None)
    return last and last / "sent"


def code_files() -> list[Path]:
    """Notebooks, package, page template and lock file."""
    return [*package_files(), *PACKAGE.parent.glob("*.ipynb"), PACKAGE.parents[1] / "requirements.lock"]


def package_files(package: Path = PACKAGE) -> list[Path]:
    """The package's modules, and what lies beside them; nothing that Python compiled."""
    walk = ((Path(folder), names) for folder, _, names in os.walk(package) if not folder.endswith("__pycache__"))
    return [file for folder, names in walk for name in names if (file := folder / name).is_file()]


def parts(root: Path, cohort: str) -> dict[str, str]:
    """Everything that a cohort's report is made from, by SHA-256."""
    own = digests([*data_files(root, cohort), *setting_files(root, cohort), *release_files(root, cohort)], root)
    return own | digests(code_files(), PACKAGE.parents[1]) | {"python": sys.version.split()[0]}


def fingerprint_of(parts: dict[str, str]) -> str:
    """One line for `parts`."""
    return sha256_of(json.dumps(parts, sort_keys=True))


def fingerprint(root: Path, cohort: str) -> str:
    """One line for everything that a cohort's report is made from."""
    return fingerprint_of(parts(root, cohort))


def published_whole(build: Path) -> bool:
    """Whether every file that the manifest lists stands published as it was made."""
    try:
        outputs = json.loads((build / "manifest.json").read_bytes())["outputs"]
        return all(digest(build / name) == mark for name, mark in outputs.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def kept_whole(root: Path, cohort: str) -> bool:
    """Whether the tables and notebooks that earlier notebooks handed on are as they were written."""
    try:
        for stamp in (root / "build" / cohort / "private" / "stamps").glob("*.json"):
            made = json.loads(stamp.read_bytes())["outputs"]
            if any(digest(root / name) != mark for name, mark in made.items()):
                return False
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    return True


def note_published(root: Path, cohort: str, made_from: str) -> None:
    """Write down that the report was published whole, and the fingerprint of what it was made from."""
    private = root / "build" / cohort / "private"
    replace_text(private / PUBLISHED, _published(root, cohort, made_from))


def _published(root: Path, cohort: str, made_from: str) -> str:
    build = root / "build" / cohort
    drafts = [draft] if (draft := build / "private" / DRAFT).exists() else []
    return " ".join([made_from, *(digest(folder / "manifest.json") for folder in (build, *drafts))]) + "\n"


def note_index(root: Path) -> None:
    """Write down what the list of reports is, so that damage to it is seen."""
    replace_text(root / "build" / ".index.sha256", digest(root / "build" / "index.html"))


def _index_whole(root: Path) -> bool:
    mark = root / "build" / ".index.sha256"
    return mark.is_file() and mark.read_bytes().decode(errors="replace") == digest(root / "build" / "index.html")


def is_stale(root: Path, cohort: str) -> bool:
    """Whether a cohort's report is not what its inputs and the code would make now, or a file of it is damaged.

    Where it is stale, the package is compiled by content first, so that what runs next is what the files say.
    """
    build = root / "build" / cohort
    published = build / "private" / PUBLISHED
    stands = (
        published.is_file()
        and not (os.environ.get(COPY) and (build / CURRENT).is_symlink())
        and published.read_bytes() == _published(root, cohort, fingerprint(root, cohort)).encode()
        and published_whole(build)
        and (not (build / "private" / DRAFT).exists() or published_whole(build / "private" / DRAFT))
        and kept_whole(root, cohort)
        and _index_whole(root)
    )
    if not stands:
        settle_bytecode()
    return not stands


def settle_bytecode() -> None:
    """Compile the package's modules so that Python holds them against their sources, not against dates and sizes."""
    import py_compile
    from importlib.util import cache_from_source, source_hash

    for source in PACKAGE.rglob("*.py"):
        compiled = Path(cache_from_source(source))
        by_content = b"\3\0\0\0" + source_hash(source.read_bytes())  # flags and hash, as PEP 552 lays them out
        if compiled.is_file() and compiled.read_bytes()[4:16] == by_content:
            continue
        with suppress(OSError):  # a project that cannot be written is compiled again by each process
            compiled.unlink(missing_ok=True)
            py_compile.compile(
                str(source), quiet=2, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH
            )  # one that is no Python fails where it is imported


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
    """Whether Make has to build a cohort: 0 when its report stands as it should, 1 when it is stale, 3 with a complaint."""
    root = Path(os.environ.get("FOLLOWUP_ROOT", PACKAGE.parents[1]))
    try:
        if is_stale(root, cohort):
            return STALE
        if (said := root / "build" / cohort / "private" / WHY_DRAFT).is_file():
            print(said.read_text(encoding="utf-8"))
        return FRESH
    except OSError as error:
        print(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "), file=sys.stderr)
        return FAILURE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
