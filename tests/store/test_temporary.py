"""Temporary folders: one of a run that was killed is removed by the next, one in use never is."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from checkouts import wait_until
from followup.store import temporary

HOLD = "import sys, time; from followup.store import temporary\nwith temporary.folder('x-') as f: print(f, flush=True); time.sleep(60)"


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_what_a_killed_run_left_is_removed_and_what_is_in_use_stays(place):
    paths = {**os.environ, "PYTHONPATH": str(Path(temporary.__file__).parents[2])}
    runs = [subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, env=paths) for _ in range(2)]
    folders = [Path(run.stdout.readline().decode().strip()) for run in runs]
    runs[0].send_signal(signal.SIGKILL)
    runs[0].wait()
    (place / "followup-of-somebody").mkdir()
    (place / "followup-of-somebody" / "file").touch()
    (place / "other").mkdir()
    with temporary.folder() as mine:
        assert mine.is_dir()
        assert [folder.exists() for folder in folders] == [False, True]
    assert not mine.exists()
    runs[1].kill()
    runs[1].wait()
    temporary.remove_left_behind()
    assert sorted(path.name for path in place.iterdir()) == ["followup-of-somebody", "other"]


def test_a_build_that_was_killed_leaves_nothing_once_another_has_run(few, place):
    few.add_code("06_findings", "import time; time.sleep(60)")
    build = few.start("small")
    wait_until(lambda: list(place.glob("followup-*/*.json")) or list(place.glob("followup-*/*")))
    os.killpg(build.pid, signal.SIGKILL)
    build.communicate()
    assert list(place.glob("followup-*"))
    few.replace("notebooks/06_findings.ipynb", "import time; time.sleep(60)", "pass")
    wait_until(lambda: few.build("small").code == 0, seconds=120)
    wait_until(lambda: not list(place.glob("followup-*")) or temporary.remove_left_behind(), seconds=20)
