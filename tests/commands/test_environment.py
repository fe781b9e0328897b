"""How an environment is made: pip's settings reach uv, pip steps in for uv, and one that was broken off is never used."""

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from checkouts import HOUSE
from followup.commands import environment

SCRIPT = "notebooks/followup/commands/environment.py"
LISTED = """\
:env:.find-links='/wheels'
:env:.timeout='180'
global.cert='/etc/ssl/own.pem'
global.extra-index-url='https://one.example/simple https://two.example/simple'
global.find-links='/elsewhere /and/here'
global.index-url='https://user:word@index.example/simple'
global.trusted-host='one.example\\ntwo.example'
install.index-url='https://install.example/simple'
freeze.timeout='10'
"""


def test_what_pip_is_told_uv_is_told():
    told = environment.for_uv(environment.settings_of_pip(LISTED))
    assert told == {
        "UV_DEFAULT_INDEX": "https://install.example/simple",
        "UV_EXTRA_INDEX_URL": "https://one.example/simple https://two.example/simple",
        "UV_FIND_LINKS": "/wheels",
        "UV_INSECURE_HOST": "one.example two.example",
        "SSL_CERT_FILE": "/etc/ssl/own.pem",
        "UV_HTTP_TIMEOUT": "180",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }
    links = environment.settings_of_pip("global.find-links='/elsewhere\\n/and/here'\nnot a setting")
    assert environment.for_uv(links)["UV_FIND_LINKS"] == "/elsewhere,/and/here"


def test_the_lock_file_in_parts():
    lock = (HOUSE / "requirements.lock").read_text(encoding="utf-8")
    report, lab = (environment.requirements(lock, environment.PARTS[name][1]) for name in ("report", "lab"))
    assert "\npandas==" in f"\n{report}" and "\njupyterlab==" not in f"\n{report}"
    assert "\npandas==" not in f"\n{lab}" and "\njupyterlab==" in f"\n{lab}"  # it sees the report's where they lie
    assert "\nplaywright==" not in lab and "\ndistributed==" not in lab  # JupyterLab does not need them
    uv = environment.requirement(lock, "uv")
    assert uv.startswith("uv==") and uv.count("==") == 1 and "--hash=sha256:" in uv


# ------------------------------------------------------------ a project of two made-up packages, from a folder


def wheel(folder: Path, name: str, content: str = "") -> str:
    """A made-up package; gives its line of the lock file."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(f"{name}.py", content)
        file.writestr(f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        file.writestr(f"{name}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{name}-1.0.dist-info/RECORD", "")
    return f"{name}==1.0 \\\n    --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


@pytest.fixture
def project(tmp_path) -> Path:
    """The set-up in a folder of its own; the packages come from a folder that only pip's settings name."""
    place = tmp_path / "a project"
    links = tmp_path / "links"
    (place / SCRIPT).parent.mkdir(parents=True)
    links.mkdir()
    shutil.copy(HOUSE / SCRIPT, place / SCRIPT)
    shutil.copy(HOUSE / "Makefile", place)
    (place / "params").mkdir()
    parts = {part: wheel(links, f"madeup_{part}") for part in ("report", "cluster", "test", "lab")}
    uv = environment.requirement((HOUSE / "requirements.lock").read_text(encoding="utf-8"), "uv")
    parts["test"] += uv
    text = "# made up\n" + "".join(f"# == {part}\n{lines}" for part, lines in parts.items())
    (place / "requirements.lock").write_text(text, encoding="utf-8")
    (tmp_path / "pip.conf").write_text(f"[global]\nno-index = true\nfind-links = {links}\n", encoding="utf-8")
    return place


def settings(project: Path, with_uv: bool) -> dict[str, str]:
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PIP_", "UV_", "MAKE", "MFLAGS", "VIRTUAL_ENV"))
    }
    clean["PIP_CONFIG_FILE"] = str(project.parent / "pip.conf")
    clean["UV_CACHE_DIR"] = str(project.parent / "cache")
    folder = project.parent / "bin"
    folder.mkdir(exist_ok=True)
    uv = Path(sys.executable).parent / "uv"
    text = f'#!/bin/sh\nexec "{uv}" "$@"\n' if with_uv else "#!/bin/sh\necho no uv here >&2\nexit 1\n"
    (folder / "uv").write_text(text, encoding="utf-8")
    (folder / "uv").chmod(0o755)
    clean["PATH"] = f"{folder}:/usr/local/bin:/usr/bin:/bin"
    return clean


def ready(project: Path, name: str = "report", with_uv: bool = True) -> subprocess.CompletedProcess:
    """As make does it."""
    return subprocess.run(
        ["make", f"PYTHON={sys.base_prefix}/bin/python3", f".venv{'-lab' * (name == 'lab')}/{name}.ready"],
        cwd=project,
        env=settings(project, with_uv),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def imports(project: Path, *names: str, folder: str = ".venv") -> bool:
    python = project / folder / "bin" / "python"
    return subprocess.run([str(python), "-c", f"import {', '.join(names)}"], capture_output=True).returncode == 0


def test_uv_installs_from_where_pip_is_told_to_look_and_compiles(project):
    done = ready(project)
    assert done.returncode == 0, done.stderr
    assert imports(project, "madeup_report") and not imports(project, "madeup_test")
    assert "Installed 1 package" in done.stdout and "Bytecode compiled" in done.stdout
    assert list((project / ".venv").rglob("madeup_report.*.pyc"))
    again = ready(project)
    assert (again.returncode, again.stdout) == (0, "")


def test_pip_steps_in_where_uv_cannot_be_had(project):
    done = ready(project, with_uv=False)
    assert done.returncode == 0, done.stderr
    assert "uv cannot install here; pip does" in done.stdout
    assert imports(project, "madeup_report")


def test_a_file_of_another_content_is_installed_by_neither(project):
    lock = project / "requirements.lock"
    text = lock.read_text(encoding="utf-8")
    start = text.index("sha256:") + 7
    lock.write_text(text[:start] + ("0" if text[start] != "0" else "1") + text[start + 1 :], encoding="utf-8")
    done = ready(project)
    assert done.returncode != 0
    assert not imports(project, "madeup_report")
    assert not (project / ".venv" / "report.ready").exists()
    assert "Traceback" not in done.stderr
    assert ".venv/ was not made: pip could not install what requirements.lock lists" in done.stderr


def test_an_environment_of_another_lock_or_without_its_python_is_made_again_whatever_the_dates(project):
    assert ready(project).returncode == 0
    lock = project / "requirements.lock"
    lock.write_text(lock.read_text(encoding="utf-8") + "# a line more\n", encoding="utf-8")
    os.utime(lock, (1, 1))
    assert "Making .venv/" in ready(project).stdout
    (project / ".venv" / "bin" / "python").unlink()
    (project / ".venv" / "bin" / "python").symlink_to("/gone/python3")
    done = ready(project)
    assert (done.returncode, "Making .venv/" in done.stdout) == (0, True)
    assert imports(project, "madeup_report")


def test_the_tests_add_to_an_environment_and_jupyterlab_has_its_own_beside_it(project):
    """JupyterLab's holds what it adds and sees the report's packages where they lie; the report's knows nothing of it."""
    for name in ("lab", "cluster"):
        done = ready(project, name)
        assert done.returncode == 0, done.stdout + done.stderr
    assert "Adding to .venv/" in ready(project, "cluster").stdout or imports(project, "madeup_cluster")
    assert imports(project, "madeup_lab", "madeup_report", folder=".venv-lab")
    assert not imports(project, "madeup_lab")
    held = {path.name for path in (project / ".venv-lab").rglob("madeup_*.py")}
    assert held == {"madeup_lab.py"}
    moved = project.with_name("moved")
    project.rename(moved)
    assert imports(moved, "madeup_lab", "madeup_report", folder=".venv-lab")


def test_a_set_up_says_beforehand_how_much_it_installs(project):
    assert "Making .venv/, once: what builds reports, 1 packages …" in ready(project, "lab").stdout


def test_when_the_reports_environment_is_made_again_so_is_jupyterlabs(project):
    assert ready(project, "lab").returncode == 0
    lock = project / "requirements.lock"
    text = lock.read_text(encoding="utf-8")
    lock.write_text(text + "# a line more\n", encoding="utf-8")
    assert ready(project).returncode == 0
    lock.write_text(text, encoding="utf-8")
    assert not (project / ".venv-lab" / "lab.ready").exists()
    done = ready(project, "lab")
    assert "Making .venv/" in done.stdout and "Making .venv-lab/" in done.stdout
    assert imports(project, "madeup_lab", "madeup_report", folder=".venv-lab")


def test_without_a_python_one_line_says_what_is_needed(project):
    done = subprocess.run(
        ["make", "PYTHON=python9", "reports"],
        cwd=project,
        env=settings(project, True),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("There is no python9 here; Python 3.11 or newer is needed")


@pytest.mark.parametrize("moment", range(10))
def test_a_set_up_killed_at_any_moment_is_not_ready_and_the_next_one_is(project, moment):
    """Moments drawn with a seed over the whole of it; then once more with an addition broken off."""
    seconds = (moment + random.Random(moment).random()) / 10 * 2.5
    command = [f"{sys.base_prefix}/bin/python3", "-I", SCRIPT, "report"]
    running = subprocess.Popen(
        command,
        cwd=project,
        env=settings(project, True),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(seconds)
    if running.poll() is None:
        os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    if (project / ".venv" / "report.ready").exists():
        assert imports(project, "madeup_report")
    done = ready(project)
    assert done.returncode == 0, done.stderr
    assert imports(project, "madeup_report")


def test_an_addition_that_was_broken_off_is_started_again(project):
    assert ready(project).returncode == 0
    (project / ".venv" / "begun").touch()
    done = ready(project, "cluster")
    assert "Making .venv/" in done.stdout
    assert imports(project, "madeup_report", "madeup_cluster")
    assert (project / ".venv" / "report.ready").exists()


def test_ctrl_c_is_one_line(project):
    command = [f"{sys.base_prefix}/bin/python3", "-I", SCRIPT, "report"]
    running = subprocess.Popen(
        command,
        cwd=project,
        env=settings(project, True),
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    running.stdout.readline()
    os.killpg(running.pid, signal.SIGINT)
    _, said = running.communicate()
    assert running.returncode == 130
    assert said.strip() == "Interrupted: .venv/ is not ready; the next make starts it again."
