"""Names of files are data: whatever a file is called, no shell, no Make and no page takes its name for anything else."""

import os
import shutil
import subprocess
import sys

import openpyxl
import pandas as pd
import pytest
from checkouts import Checkout
from followup.cleaning.clean import clean_cohort
from followup.problems import InputProblems
from followup.study.cohort import open_cohort

HOSTILE = (
    "`touch${IFS}witness`",
    "$(touch witness)",
    "$(shell touch witness)",
    "'",
    "';touch witness;'",
    '";touch witness;"',
    "a b;touch witness&",
    "-rf",
    "%",
    "*",
    "line\ntouch witness\n",
    "\x1b[2J<script>alert(1)</script>".replace("/", "\u2215"),
)
needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@pytest.fixture(scope="module")
def hostile(built, tmp_path_factory) -> Checkout:
    """The small cohort among params, codebooks, claims, raw files and notebooks of hostile names, built before they came."""
    checkout = built.copy(tmp_path_factory.mktemp("hostile") / "project", without=("1", "1.yaml"))
    environment = checkout.root / ".venv"
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    (environment / "bin" / "python").chmod(0o755)
    shutil.copy(checkout.root / "requirements.lock", environment / "report.ready")
    (checkout.root / "params" / "claims").mkdir(exist_ok=True)
    for name in HOSTILE:
        for folder in ("params", "params/questionnaires", "params/claims"):
            shutil.copy(checkout.root / "params" / "small.yaml", checkout.root / folder / f"{name}.yaml")
        shutil.copy(checkout.root / "data" / "small" / "roster.csv", checkout.root / "data" / "small" / f"{name}.csv")
        shutil.copy(checkout.notebooks / "04_projects.ipynb", checkout.notebooks / f"{name}.ipynb")
    return checkout


def harmless(checkout: Checkout, done: subprocess.CompletedProcess) -> None:
    """Nothing ran that a name asks for, and no name can move a terminal's cursor."""
    assert not list(checkout.root.rglob("witness*"))
    assert "\x1b" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def run(checkout: Checkout, *command: str, **environment: str) -> subprocess.CompletedProcess:
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MAKE", "MFLAGS", "COHORT", "CHOSEN", "FOLLOWUP_ROOT"))
    }
    return subprocess.run(
        command, cwd=checkout.root, env=clean | environment, capture_output=True, text=True, check=False, timeout=300
    )


@needs_make
def test_a_build_among_hostile_names_is_a_build(hostile):
    done = run(hostile, "make", "report", "COHORT=small")
    assert done.returncode == 0, done.stderr
    harmless(hostile, done)
    for page in ("report.en.html", "report.he.html"):
        assert "witness" not in hostile.path("small", page).read_text(encoding="utf-8")


@needs_make
@pytest.mark.parametrize("command", ["help", "report", "pdf", "verify", "watch", "reports"])
def test_commands_list_only_what_can_be_a_cohort(hostile, command):
    done = run(hostile, "make", command)
    harmless(hostile, done)
    said = done.stdout + done.stderr
    if command != "reports":
        assert "cohorts: small\n" in said or f"Say which cohort: make {command} COHORT=…  (one of: small)" in said
    else:
        assert done.returncode == 0


@needs_make
@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("way", ["argument", "environment"])
def test_a_hostile_name_that_is_asked_for_builds_nothing(hostile, name, way):
    """Each name in both ways and of both commands, and each command in both ways, though not all three at once."""
    command = ("report", "verify")[(HOSTILE.index(name) + (way == "environment")) % 2]
    asked = [f"COHORT={name}"] if way == "argument" else []
    done = run(hostile, "make", command, *asked, **({} if asked else {"COHORT": name}))
    assert done.returncode != 0
    harmless(hostile, done)
    assert "no such cohort" in done.stderr or "Say which cohort" in done.stderr
    assert sorted(path.name for path in (hostile.root / "build").iterdir() if not path.name.startswith(".")) == [
        "index.html",
        "small",
    ]


def test_notebooks_of_hostile_names_are_checked_like_others(hostile):
    environment = {"PYTHONPATH": str(hostile.notebooks)}
    done = run(hostile, sys.executable, "-m", "followup.commands.check", **environment)
    harmless(hostile, done)


@pytest.mark.parametrize("name", [name for name in HOSTILE if not set(name) & set("*\n\x1b")])
def test_sheets_of_hostile_names_are_read_as_any_other_or_refused_in_words(small, name):
    roster = pd.read_csv(small.root / "data" / "small" / "roster.csv", dtype=str)
    book = openpyxl.Workbook()
    book.active.title = name[:31]
    for row in [list(roster.columns), *roster.fillna("").to_numpy().tolist()]:
        book.active.append(row)
    book.save(small.root / "data" / "small" / "roster.xlsx")
    small.replace("params/small.yaml", "roster.csv", "roster.xlsx")
    try:
        clean_cohort(open_cohort("small", small.root))
    except InputProblems as problems:
        assert "Traceback" not in str(problems)
    assert not list(small.root.rglob("witness*"))
