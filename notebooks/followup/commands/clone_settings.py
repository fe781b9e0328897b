"""What git knows of notebooks in this clone: outputs stay out of commits, differences and merges go cell by cell.

Set by `make lab`, in the clone alone, where nobody has set anything else. The programs lie in .venv-lab; without it git
does what it always does. Standard library only.
"""

import subprocess
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[3]
PROGRAMS = ".venv-lab/bin"  # git starts a clone's programs in its topmost folder
NOTEBOOKS = "notebooks/*.ipynb"
OF_A_RUN = " ".join(  # what a run writes into a notebook beside its outputs: when each cell ran, and in which Python
    [
        "cell.metadata.execution",
        "metadata.widgets",
        *(
            f"metadata.language_info.{name}"
            for name in (
                "codemirror_mode",
                "file_extension",
                "mimetype",
                "nbconvert_exporter",
                "pygments_lexer",
                "version",
            )
        ),
    ]
)
STRIP = f'{PROGRAMS}/python -m nbstripout --keep-id --extra-keys "{OF_A_RUN}"'
SETTINGS = {
    "filter": {
        "filter.nbstripout.clean": f"if [ -x {PROGRAMS}/python ]; then exec {STRIP}; else cat; fi",
        "filter.nbstripout.smudge": "cat",
    },
    "diff": {
        "diff.jupyternotebook.command": f"f() {{ if [ -x {PROGRAMS}/git-nbdiffdriver ]; then {PROGRAMS}/git-nbdiffdriver diff "
        '--ignore-outputs --ignore-details "$@"; else diff -u "$2" "$5" || true; fi; }; f',
    },
    "merge": {
        "merge.jupyternotebook.name": "notebooks, cell by cell",
        "merge.jupyternotebook.driver": f"if [ -x {PROGRAMS}/git-nbmergedriver ]; then {PROGRAMS}/git-nbmergedriver merge "
        "%O %A %B %L %P; else git merge-file -L ours -L base -L theirs %A %O %B; fi",
    },
}
VALUES = {"filter": "nbstripout", "diff": "jupyternotebook", "merge": "jupyternotebook"}
TOOL = {
    "mergetool.nbdime.cmd": f'{PROGRAMS}/git-nbmergetool merge "$BASE" "$LOCAL" "$REMOTE" "$MERGED"',
    "difftool.nbdime.cmd": f'{PROGRAMS}/git-nbdifftool diff "$LOCAL" "$REMOTE" "$BASE"',
}


def set_up(house: Path = HOUSE) -> list[str]:
    """Set what is not set yet; the parts that were set now. Nothing where `house` is no clone of its own."""
    if not is_clone(house):
        return []
    done = [part for part, settings in SETTINGS.items() if _free(house, part) and _put(house, settings)]
    wanted = [part for part in SETTINGS if _mine(house, part) and _attribute(house, part) == "unspecified"]
    if wanted:
        _add_attributes(house, wanted)
    for key, value in TOOL.items():
        if not _get(house, key):
            _git(house, "config", "--local", key, value)
    return [part for part in SETTINGS if part in (*done, *wanted)]


def is_clone(house: Path) -> bool:
    """Whether the project is a clone of its own, not an unpacked copy, or a folder of another clone."""
    top = _git(house, "rev-parse", "--show-toplevel")
    return top is not None and Path(top).resolve() == house.resolve()


def strips(house: Path = HOUSE) -> bool:
    """Whether outputs stay out of commits here, whoever saw to it: then they may stay in a notebook that is being written."""
    name = _attribute(house, "filter") if is_clone(house) else "unspecified"
    clean = _get(house, f"filter.{name}.clean") if name not in ("unspecified", "unset", "set") else ""
    return "nbstripout" in clean and (PROGRAMS not in clean or (house / PROGRAMS / "python").exists())


def _free(house: Path, part: str) -> bool:
    """Whether nobody has set a part, or an earlier `make lab` has set it otherwise than this one would."""
    now = {key: _get(house, key) for key in SETTINGS[part]}
    ours = any(PROGRAMS in value for value in now.values())
    return now != SETTINGS[part] and (ours or not any(now.values()))


def _mine(house: Path, part: str) -> bool:
    return all(_get(house, key) == value for key, value in SETTINGS[part].items())


def _put(house: Path, settings: dict[str, str]) -> bool:
    return all(_git(house, "config", "--local", key, value) is not None for key, value in settings.items())


def _attribute(house: Path, part: str) -> str:
    """What git's attributes say of the notebooks: `unspecified` where they say nothing."""
    told = _git(house, "check-attr", part, "--", NOTEBOOKS.replace("*", "01_clean")) or ""
    return told.rpartition(": ")[2] or "unspecified"


def _add_attributes(house: Path, parts: list[str]) -> None:
    """A line in the clone's own attributes, which no commit holds; all other lines stay."""
    path = house / _git(house, "rev-parse", "--git-path", "info/attributes")
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    line = " ".join([NOTEBOOKS, *(f"{part}={VALUES[part]}" for part in parts)])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(before + ("" if not before or before.endswith("\n") else "\n") + line + "\n", encoding="utf-8")


def _get(house: Path, key: str) -> str:
    return _git(house, "config", "--get", key) or ""


def _git(house: Path, *question: str) -> str | None:
    """What git answers; None where it refuses, or there is no git."""
    try:
        done = subprocess.run(["git", *question], cwd=house, capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
