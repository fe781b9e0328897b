"""Whether two builds say the same: numbers and pictures to the byte, pages but for what tells which code made them.

    python tests/same_output.py BEFORE AFTER    two `build` folders; exit code 1 when something differs

Taken out of pages before they are compared: the commit and digests (hexadecimal words), and the notebooks' code, which
names the modules that it calls.
"""

import os
import re
import sys
from pathlib import Path

HEXADECIMAL = re.compile(r"\b[0-9a-f]{7,64}\b(\+| with changes)?")
CODE = re.compile(r'<pre class="highlight".*?</pre>', re.DOTALL)
TOLD_OTHERWISE = {"manifest.json", "ro-crate-metadata.json"}  # inputs by digest, the package's files by name


def files(build: Path) -> dict[str, Path]:
    """Everything published, by its path below the build folder."""
    found = (path for folder in sorted(build.iterdir()) for path in published(folder))
    return {path.relative_to(build).as_posix(): path for path in found}


def published(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return [folder] if folder.suffix == ".html" else []
    walked = (Path(place, name) for place, _, names in os.walk(folder, followlinks=True) for name in names)
    return sorted(path for path in walked if not hidden(path.relative_to(folder)))


def hidden(path: Path) -> bool:
    return path.parts[0].startswith((".", "private", "bench")) or path.name in TOLD_OTHERWISE


def compared(path: Path) -> bytes:
    if path.suffix != ".html":
        return path.read_bytes()
    return HEXADECIMAL.sub("#", CODE.sub("", path.read_text(encoding="utf-8"))).encode()


def differences(before: Path, after: Path) -> list[str]:
    """One line for each file that is missing or differs."""
    first, second = files(before), files(after)
    missing = [f"only in one: {name}" for name in sorted(first.keys() ^ second.keys())]
    return missing + [
        f"differs: {name}"
        for name in sorted(first.keys() & second.keys())
        if compared(first[name]) != compared(second[name])
    ]


if __name__ == "__main__":
    found = differences(Path(sys.argv[1]), Path(sys.argv[2]))
    print("\n".join(found) or f"{len(files(Path(sys.argv[1])))} files say the same")
    sys.exit(bool(found))
