"""A report is stale by what its files hold, whatever their dates and the clock say; damage to what is published counts."""

import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from followup.store import freshness

HOUR = 3600


def stale(checkout, cohort: str = "small") -> bool:
    """As Make asks: the copy's own code, in a process without site-packages."""
    command = [sys.executable, "-S", "followup/store/freshness.py", cohort]
    done = subprocess.run(command, cwd=checkout.notebooks, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("", "")
    assert done.returncode in (freshness.FRESH, freshness.STALE)
    return done.returncode == freshness.STALE


def test_what_was_just_built_stands_and_dates_alone_change_nothing(few):
    assert not stale(few)
    for path in few.root.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            os.utime(path, (time.time() + HOUR, time.time() + HOUR))
    assert not stale(few)


@pytest.mark.parametrize("ahead", [-1000 * HOUR, HOUR], ids=["set back", "ahead"])
@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("data/small/programme_end.csv", "=1+1 {n}", "=2+2 {n}"),
        ("params/small.yaml", "seed: ", "seed: 1"),
        ("notebooks/followup/words/palette.py", '"""', '""" '),
    ],
    ids=["data", "params", "code"],
)
def test_changed_content_counts_whatever_its_date_and_that_of_the_report(few, file, old, new, ahead):
    """The clock was set back, a file was copied with its old date, a backup was restored, the report lies in the future."""
    path = few.root / file
    dates = path.stat()
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    os.utime(path, ns=(dates.st_atime_ns, dates.st_mtime_ns))
    for made in few.path("small").rglob("*"):
        if made.is_file():
            os.utime(made, (time.time() + ahead,) * 2)
    assert stale(few)


@pytest.mark.parametrize("damage", ["cut", "emptied", "gone", "altered"])
@pytest.mark.parametrize(
    "file",
    [
        *("build/small/report.he.html", "build/small/results/accounts.csv", "build/small/manifest.json"),
        *("build/small/ro-crate-metadata.json", "build/index.html"),
        *("build/small/private/tables/participants.csv", "build/small/private/06_findings.ipynb"),
    ],
)
def test_damage_to_what_is_published_or_kept_is_noticed(few, file, damage):
    path = few.root / file
    content = path.read_bytes()
    path = path.resolve()
    if damage == "gone":
        path.unlink()
    else:
        middle = len(content) // 2
        altered = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        path.write_bytes({"cut": content[:middle], "emptied": b"", "altered": altered}[damage])
    assert stale(few)


def test_python_never_runs_a_module_as_it_was_before_its_content_changed(few):
    """A helper changed to as many bytes with the same date: Python alone would take its compiled form for good."""
    module = few.notebooks / "followup" / "planted.py"
    asked = [sys.executable, "-c", "from followup import planted; print(planted.SAYS)"]

    def said() -> str:
        return subprocess.run(asked, cwd=few.notebooks, capture_output=True, text=True, check=True).stdout.strip()

    for says in ("old", "new"):
        module.write_text(f"SAYS = '{says}'\n", encoding="utf-8")
        os.utime(module, (1_000_000_000, 1_000_000_000))
        assert stale(few)
        assert said() == says
    module.write_text("SAYS = 'now'\n", encoding="utf-8")  # and between two looks
    os.utime(module, (1_000_000_000, 1_000_000_000))
    assert said() == "now"
    module.unlink()
    assert not stale(few)


def test_a_compiled_module_that_is_judged_by_dates_is_compiled_by_content(tmp_path, monkeypatch):
    import py_compile

    source = tmp_path / "module.py"
    source.write_text("x = 1\n", encoding="utf-8")
    compiled = py_compile.compile(str(source))
    monkeypatch.setattr(freshness, "PACKAGE", tmp_path)
    (tmp_path / "broken.py").write_text("def", encoding="utf-8")
    for _ in range(2):
        freshness.settle_bytecode()
        assert Path(compiled).read_bytes()[4:16] == b"\3\0\0\0" + importlib.util.source_hash(source.read_bytes())
