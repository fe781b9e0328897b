"""What a report survives: kills, full disks, dead kernels, a broken environment; and that the next run heals.

The step of publication alone is killed a hundred times in test_publication.py; here whole builds are killed, a few in
every run of the tests and a hundred by tests/benchmarks/kill_builds.py.
"""

import hashlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from checkouts import REPORT, Checkout, wait_until
from followup.chain import execution, stages
from followup.chain.stages import Stage
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, writes

ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
FULL = "No space left on device"
needs_root = pytest.mark.skipif(not ROOT, reason="needs root: a file system, a network or a user of its own")
KILLS = 3


def whole(checkout: Checkout) -> None:
    """What stands before the readers is what its manifest lists."""
    folder = checkout.path("small", ".current").resolve()
    listed = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    assert {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in listed} == listed


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


# ------------------------------------------------------------------------------------- kills


def test_whole_builds_killed_at_random_moments_leave_a_good_report_and_the_next_run_heals(small):
    """B121, B123: the whole group of processes, at moments drawn with a seed; a build takes some ten seconds."""
    moments, good = random.Random(11), small.published("small")
    for kill in range(KILLS):
        small.add_code_and_sentence("01_clean", f"Sentence {kill}.")
        build = small.start("small")
        end = time.monotonic() + moments.uniform(1.0, 8.0)
        while time.monotonic() < end:
            whole(small)
            time.sleep(0.02)
        os.killpg(build.pid, signal.SIGKILL)
        build.communicate()
        whole(small)
    done = small.build("small")
    assert done.code == 0, done.err
    whole(small)
    for sentence in range(KILLS):
        assert f"Sentence {sentence}." in small.page("small", "en")
    assert small.published("small")["results/changes.csv"] == good["results/changes.csv"]
    assert not [path for path in small.path("small").rglob(".*") if path.name.rpartition(".")[2].isdecimal()]


def test_a_kernel_whose_run_was_killed_ends_and_does_not_keep_the_lock(few):
    """B125: nobody is busy once the owner of the lock is dead, and no orphan goes on computing."""
    mark = few.notebooks / "process"
    whole_text = (few.notebooks / "06_findings.ipynb").read_text(encoding="utf-8")
    few.add_code("06_findings", f"import os, time; open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(600)")
    build = few.start("small")
    wait_until(lambda: mark.exists() and mark.read_text())
    kernel = int(mark.read_text())
    assert alive(kernel)
    few.end(build, signal.SIGKILL)
    wait_until(lambda: not alive(kernel), seconds=20)
    (few.notebooks / "06_findings.ipynb").write_text(whole_text, encoding="utf-8")
    assert few.build("small").code == 0


def test_a_killed_kernel_is_one_message_and_the_next_run_goes_on(few):
    """B122: as the kernel of the operating system does it when memory runs out."""
    path = few.notebooks / "06_findings.ipynb"
    text = path.read_text(encoding="utf-8")
    number = few.add_code("06_findings", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    done = few.build("small")
    assert done.code == 3
    lines = done.err.strip().splitlines()
    assert (
        lines[0]
        == f"notebooks/06_findings.ipynb, cell [{number}]: its kernel died: out of memory, or ended from outside"
    )
    assert all(line.startswith("    ") for line in lines[1:])  # nothing stray of papermill's or Jupyter's
    whole(few)
    path.write_text(text, encoding="utf-8")
    assert (few.build("small").code, "failed" in json.loads(few.published("small")["manifest.json"])) == (0, False)


@pytest.mark.parametrize("source", ["!false", "files = !ls", "%%bash\nfalse"])
def test_a_command_of_the_shell_is_refused_before_anything_runs(few, source):
    few.add_code("06_findings", source)
    place = len(json.loads((few.notebooks / "06_findings.ipynb").read_text(encoding="utf-8"))["cells"])
    done = few.build("small")
    assert (done.code, done.ran) == (2, [])
    assert f"notebooks/06_findings.ipynb, cell {place}: " in done.err


# ------------------------------------------------------------------------------------- full disks


@contextmanager
def disk_of(size: str, place: Path):
    """A small file system of its own at `place`."""
    place.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("a file system cannot be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill(place: Path, leave: int) -> Path:
    """Fill a disk but for `leave` bytes."""
    disk = os.statvfs(place)
    ballast = place / "ballast"
    ballast.write_bytes(b"0" * (disk.f_bavail * disk.f_frsize - leave))
    return ballast


@needs_root
@pytest.mark.parametrize("leave", [8_000, 120_000, 600_000], ids=["at a table", "at a notebook", "at a page"])
def test_a_full_disk_ends_in_a_message_and_the_next_run_makes_the_report(small, leave):
    """B118, B119: as much room as is named beside what is already there, then room again."""
    build = small.root / "build"
    kept = small.root / "kept"
    build.rename(kept)
    small.add_code_and_sentence("01_clean", "A sentence more.")
    with disk_of("20m", build):
        shutil.copytree(kept, build, symlinks=True, dirs_exist_ok=True)
        ballast = fill(build, leave)
        done = small.build("small", MPLCONFIGDIR=str(kept))
        assert done.code == 3
        assert FULL in done.err
        assert "Traceback" not in done.err
        whole(small)
        ballast.unlink()
        assert small.build("small").code == 0
        whole(small)
        assert "A sentence more." in small.page("small", "en")


@pytest.mark.parametrize("most", [100, 30_000, 300_000], ids=["at a table", "at a notebook", "at a page"])
def test_files_that_cannot_be_written_whole_end_in_a_message(small, most):
    """The same without root: no file may grow beyond so many bytes."""
    small.add_code_and_sentence("01_clean", "A sentence more.")
    limited = f"import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({most}, {most})); sys.argv = ['chain', 'small']; runpy.run_module('followup.commands.report', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", limited], cwd=small.notebooks, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 3
    assert "File too large" in done.stderr
    assert "Traceback" not in done.stderr
    whole(small)
    assert small.build("small").code == 0
    assert "A sentence more." in small.page("small", "en")


# ------------------------------------------------------------------------------------- the environment


def tiny(folder: Path, *sources: str) -> Stage:
    cells = [new_markdown_cell("# Tiny"), new_code_cell('cohort = "1"', metadata={"tags": ["parameters"]})]
    cells += map(new_code_cell, sources)
    (folder / "tiny.ipynb").write_text(writes(new_notebook(cells=cells)), encoding="utf-8")
    return Stage("tiny")


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(stages, "NOTEBOOKS", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(stages.PACKAGE.parent))
    return tmp_path


def test_the_machines_kernels_are_never_used(place, monkeypatch):
    """B114: a kernel "python3" that is registered and broken; the notebook runs in the environment all the same."""
    spec = place / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text(json.dumps({"argv": ["/bin/false"], "display_name": "x", "language": "python"}), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(place))
    stage = tiny(place, f"import sys\nassert sys.executable == {sys.executable!r}")
    assert execution.execute(stage, "1", place / "out" / "tiny.ipynb").cells


def test_an_environment_without_ipykernel_is_one_message_with_what_to_do(few, tmp_path):
    broken = tmp_path / "broken" / "ipykernel" / "__init__.py"
    broken.parent.mkdir(parents=True)
    broken.write_text("raise ImportError('no ipykernel here')", encoding="utf-8")
    few.add_code("01_clean", "pass")
    done = few.build("small", PYTHONPATH=str(broken.parents[1]))
    assert done.code == 3
    assert "its kernel did not start" in done.err
    assert "remove the folder .venv" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    "value", ['1"; raise SystemExit("ran") #', "1'\n__import__('os')._exit(1)", "{{ 1 }}", "\\", "שלום"]
)
def test_a_value_of_the_run_can_only_become_data(place, value):
    """The cell that papermill injects: whatever the value, the notebook finds it as it was, and nothing else ran."""
    (place / "value").write_text(value, encoding="utf-8")
    stage = tiny(place, "assert cohort == open('value', encoding='utf-8', newline='').read()")
    execution.execute(stage, value, place / "out" / "tiny.ipynb")


def test_the_injected_cell_holds_the_name_of_the_cohort_and_nothing_of_its_params(built):
    for stage in REPORT:
        notebook = json.loads(built.path("small", "private", f"{stage}.ipynb").read_text(encoding="utf-8"))
        injected = [c for c in notebook["cells"] if "injected-parameters" in c["metadata"].get("tags", [])]
        assert ["".join(cell["source"]) for cell in injected] == ['# Parameters\ncohort = "small"\n']


EMPTY, MISSING = "", "raise ModuleNotFoundError(\"No module named 'it'\")"


@pytest.mark.parametrize(
    ("package", "content", "commands"),
    [(package, EMPTY, ("report", "reports")) for package in ("pydantic", "rapidfuzz", "filelock", "nbformat")]
    + [("papermill", EMPTY, ("report",)), ("papermill", MISSING, ("reports",))]
    + [("pandas", EMPTY, ("reports",)), ("pandas", MISSING, ("report",))],
    ids=lambda part: {EMPTY: "empty", MISSING: "missing"}.get(part, part if isinstance(part, str) else "-".join(part)),
)
def test_a_damaged_package_is_one_line_with_what_to_do(few, tmp_path, package, content, commands):
    """As after a disk was full or a file was lost: its first file is empty, or it is gone; each with each command, once."""
    broken = tmp_path / "broken" / package / "__init__.py"
    broken.parent.mkdir(parents=True)
    broken.write_text(content, encoding="utf-8")
    few.add_code("01_clean", "pass")
    for command in commands:
        module = ("report", "small") if command == "report" else ("reports",)
        done = few.end(few.start_module("followup.commands", *module, PYTHONPATH=str(broken.parents[1])), seconds=300)
        said = done.err + done.out
        assert done.code == 3
        assert "remove the folder .venv" in said
        assert "Traceback" not in said


@pytest.mark.parametrize(
    ("module", "content"),
    [
        ("study/codebook.py", ""),
        ("study/codebook.py", None),
        ("store/remembered.py", ""),
        ("language.py", ""),
        ("chain/run.py", "def _"),
    ],
)
def test_a_damaged_module_of_the_project_is_put_back_and_the_environment_stays(small, module, content):
    """It was said that a package of the environment is damaged, and to remove .venv, which helps nothing."""
    path = small.notebooks / "followup" / module
    path.unlink() if content is None else path.write_text(content, encoding="utf-8")
    small.add_code("01_clean", "pass")
    done = small.end(small.start_module("followup.commands", "report", "small"), seconds=300)
    assert done.code == 3
    [line] = done.err.splitlines()
    assert line.startswith("A module of the project is damaged")
    assert Path(module).stem in line
    assert ("fix the file" if content == "def _" else "git checkout") in line
    assert ".venv" not in line


def nested(depth: int) -> list:
    inner: list = []
    for _ in range(depth):
        inner = [inner]
    return inner


def test_a_notebook_of_deep_brackets_is_named(few):
    path = few.notebooks / "04_projects.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["metadata"]["deep"] = nested(800)
    for text in ("[" * 100_000 + "]" * 100_000, json.dumps(notebook)):
        path.write_text(text, encoding="utf-8")
        done = few.build("small")
        assert done.code == 2
        assert done.err.startswith("1 problem in the input:\nnotebooks/04_projects.ipynb: this is no notebook: ")
        assert "Traceback" not in done.err


@pytest.mark.parametrize("command", ["report", "reports"])
@pytest.mark.parametrize("megabytes", [150, 250, 400, 650, 999])
def test_too_few_addresses_are_said_before_anything_runs_and_the_report_stays(few, command, megabytes):
    """With 250 MB a build went on for ever, and with 650 MB now and then."""
    few.add_code("01_clean", "pass")
    limit = megabytes * 1_000_000
    done = subprocess.run(
        [sys.executable, "-m", "followup.commands", command, *(["small"] if command == "report" else [])],
        cwd=few.notebooks,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        f"A limit leaves each process {megabytes} MB of addresses, and a build needs 1,000: "
        "lift it with `ulimit -v unlimited`, and run this again.\n"
    )
    whole(few)


def test_a_gigabyte_in_one_field_ends_in_a_message_within_little_memory(few):
    """A file with a hole of a gigabyte; the whole run may take two gigabytes of addresses."""
    with (few.root / "data" / "small" / "follow_up.csv").open("r+b") as file:
        file.truncate(1_000_000_000)
    limit = 3_000_000_000
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import followup.cleaning.clean as c, followup.study.cohort as o; c.clean_cohort(o.open_cohort('small'))",
        ],
        cwd=few.notebooks,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )
    assert "data/small/follow_up.csv: " in done.stderr
    assert "allowed:    up to 200 MB" in done.stderr
    assert "MemoryError" not in done.stderr


@needs_root
def test_a_build_asks_nothing_of_the_network(few):
    """In a network of its own that has no interface but a loopback that is down."""
    if subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode:
        pytest.skip("a network of its own is not allowed here")
    few.add_code_and_sentence("01_clean", "A sentence more.")
    run = ["unshare", "-n", sys.executable, "-m", "followup.commands.report", "small"]
    done = subprocess.run(run, cwd=few.notebooks, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "A sentence more." in few.page("small", "en")
