"""The environments in which this project runs: made by uv, or by pip where uv cannot be had or cannot install.

    python3 -I notebooks/followup/commands/environment.py report|cluster|paper|test|lab

Standard library only, since nothing is installed yet. Both installers take the same lock file with its hashes, and
compile what they install. An environment counts as ready by a copy of the lock file, which is written last of all.
"""

import ast
import fcntl
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[3]
LOCK = HOUSE / "requirements.lock"
PARTS = {  # parts of the lock file that each environment installs, and where it lies
    "report": (".venv", ("report",)),
    "cluster": (".venv", ("report", "cluster")),
    "paper": (".venv", ("report", "paper")),
    "test": (".venv", ("report", "cluster", "paper", "test")),
    "lab": (".venv-lab", ("lab",)),
}
BENEATH = {".venv-lab": ".venv"}  # whose packages an environment sees, too: nothing is installed twice
WHAT = {
    "report": "builds reports",
    "cluster": "a Dask cluster needs",
    "paper": "PDF and Word files need",
    "test": "the tests need",
    "lab": "JupyterLab adds",
}
FAILURE, INTERRUPTED = 3, 130
FOR_UV = {  # pip's settings, by what uv calls them in its environment
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_EXTRA_INDEX_URL",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "proxy": "ALL_PROXY",
    "timeout": "UV_HTTP_TIMEOUT",
}


class NotMade(Exception):
    """An environment that could not be made; says why and what to do."""


def requirements(lock: str, parts: tuple[str, ...]) -> str:
    """Those parts of the lock file, each of which begins with a line `# == part`."""
    blocks = dict(block.split("\n", 1) for block in lock.split("# == ")[1:])
    return "".join(blocks[part] for part in parts)


def requirement(lock: str, name: str) -> str:
    """The lines of one package: its version and hashes."""
    start = lock.index(f"\n{name}==") + 1
    lines = lock[start:].splitlines(keepends=True)
    end = next((place for place, line in enumerate(lines) if place and not line.startswith(" ")), len(lines))
    return "".join(lines[:end])


def settings_of_pip(listed: str) -> dict[str, str]:
    """What `pip config list` tells, by the name of each option; the environment goes before [install], that before [global]."""
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in listed.splitlines():
        key, equals, value = line.partition("=")
        section, _, name = key.rpartition(".")
        if equals and section in found:
            found[section][name] = str(ast.literal_eval(value))
    return found["global"] | found["install"] | found[":env:"]


def for_uv(settings: dict[str, str]) -> dict[str, str]:
    """The same settings as uv reads them: index, links, certificate, proxy and patience, and all indexes alike as pip has it."""
    told = {FOR_UV[name]: " ".join(value.split()) for name, value in settings.items() if name in FOR_UV and value}
    if "UV_FIND_LINKS" in told:
        told["UV_FIND_LINKS"] = told["UV_FIND_LINKS"].replace(" ", ",")
    return told | {"UV_INDEX_STRATEGY": "unsafe-best-match"}  # safe: each file has its hash in the lock


class Environment:
    """One environment under way: where it lies, and with what it is filled."""

    def __init__(self, name: str):
        folder, self.parts = PARTS[name]
        self.name, self.folder = name, HOUSE / folder
        self.python = self.folder / "bin" / "python"
        self.lock = LOCK.read_text(encoding="utf-8")
        self.needed, self.begun = self.folder / f"{name}.lock", self.folder / "begun"

    def is_ready(self, name: str) -> bool:
        mark = self.folder / f"{name}.ready"
        return os.access(self.python, os.X_OK) and mark.is_file() and mark.read_text(encoding="utf-8") == self.lock

    def make(self) -> None:
        """Fill the environment; started again, but where it adds to one that is ready and nothing was broken off."""
        adds = self.is_ready("report") and not self.begun.exists()
        needed = requirements(self.lock, self.parts)
        what = f"what {WHAT[self.name]}, {needed.count('==')} packages"
        print(f"{'Adding to' if adds else 'Making'} {self.folder.name}/, once: {what} …", flush=True)
        if not adds:
            self._start_again("--without-pip")
        self.begun.touch()
        self.needed.write_text(needed, encoding="utf-8")
        if not self._by_uv():
            self._by_pip()
        for name, (folder, parts) in PARTS.items():
            if folder == self.folder.name and set(parts) <= set(self.parts):
                mark = self.folder / f".{name}.ready"
                mark.write_text(self.lock, encoding="utf-8")
                mark.replace(self.folder / f"{name}.ready")
        self.begun.unlink()

    def _start_again(self, *how: str) -> None:
        above = [HOUSE / folder for folder, beneath in BENEATH.items() if beneath == self.folder.name]
        for mark in (mark for folder in (self.folder, *above) for mark in folder.glob("*.ready")):
            mark.unlink()
        beneath = BENEATH.get(self.folder.name)
        python = str(HOUSE / beneath / "bin" / "python") if beneath else sys.executable
        run([python, "-m", "venv", "--clear", *how, str(self.folder)])
        if beneath:
            [packages] = self.folder.glob("lib/python*/site-packages")
            shared = Path("../../../..", beneath, packages.relative_to(self.folder))
            (packages / f"{beneath.strip('.')}.pth").write_text(f"{shared}\n", encoding="utf-8")

    def _by_uv(self) -> bool:
        """Whether uv has installed everything; it need not be had, and need not succeed."""
        pip = self._pip()
        uv = self._uv(pip)
        if not uv:
            return False
        listed = subprocess.run([*pip, "config", "list"], capture_output=True, text=True, check=False).stdout
        settings = settings_of_pip(listed)
        command = [uv, "pip", "install", "--python", str(self.python), "--require-hashes", "--compile-bytecode"]
        command += ["--link-mode", "copy", "-r", str(self.needed)]  # a damaged file is not one of uv's cache
        command += ["--no-deps"]  # the lock file lists them all
        command += ["--no-index"] if settings.get("no-index", "").lower() in ("1", "true", "yes", "on") else []
        environment = for_uv(settings) | os.environ | FREE
        if sys.stderr.isatty():  # uv draws how far it has come
            return subprocess.run(command, env=environment, cwd=HOUSE, check=False).returncode == 0
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment, cwd=HOUSE) as installing:
            for line in installing.stderr:
                if not line.startswith(" + "):
                    print(f"    {line.rstrip()}", flush=True)
        return installing.returncode == 0

    def _pip(self) -> list[str]:
        """The Python's own pip, or the one that Python brings along for its environments."""
        own = [sys.executable, "-m", "pip"]
        if succeeds([*own, "--version"]):
            return own
        if not (self.folder / "bin" / "pip").exists():
            run([str(self.python), "-m", "ensurepip"])
        return [str(self.python), "-m", "pip"]

    def _uv(self, pip: list[str]) -> str | None:
        """uv of this environment, of the computer, or from the package index, in that order; none where it cannot be had."""
        own = self.folder / "uv"
        beneath = HOUSE / BENEATH.get(self.folder.name, self.folder.name)
        here = [folder / place / "uv" for folder in (self.folder, beneath) for place in ("bin", "uv/bin")]
        for found in (*here, shutil.which("uv")):
            if found and succeeds([str(found), "--version"]):
                return str(found)
        listed = self.folder / "uv.lock"
        listed.write_text(requirement(self.lock, "uv"), encoding="utf-8")
        print("    getting uv, which installs packages …", flush=True)
        command = [*pip, *QUIET, "install", "--quiet", "--require-hashes", "--no-deps", "--target", str(own), "-r"]
        return str(own / "bin" / "uv") if succeeds([*command, str(listed)]) else None

    def _by_pip(self) -> None:
        """The same with pip, which takes longer."""
        print("    uv cannot install here; pip does (about a minute) …", flush=True)
        self._start_again()  # what uv may have left half done is no part of it
        self.begun.touch()
        self.needed.write_text(requirements(self.lock, self.parts), encoding="utf-8")
        command = [str(self.python), "-m", "pip", *QUIET, "install", "--require-hashes", "--no-deps", "-r"]
        command += [str(self.needed)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | FREE) as pip:
            count, all_of_them = 0, self.needed.read_text(encoding="utf-8").count("==")
            for line in pip.stdout:
                count += line.startswith("Collecting ")
                if line.startswith("Collecting ") and not count % 20:
                    print(f"    {count} of about {all_of_them} packages", flush=True)
                elif line.startswith("Installing "):
                    print("    installing and compiling them …", flush=True)
        if pip.returncode:
            raise NotMade("pip could not install what requirements.lock lists (its reason stands above)")


QUIET = ("--disable-pip-version-check", "--no-input")
FREE = {"PIP_REQUIRE_VIRTUALENV": "0", "PYTHONDONTWRITEBYTECODE": ""}


def run(command: list[str]) -> None:
    """A step that has to succeed; what it says is shown only when it does not."""
    done = subprocess.run(
        command, env=os.environ | FREE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        lines = [line for line in done.stdout.splitlines() if line.strip()] or [f"exit code {done.returncode}"]
        hint = " (on Debian and Ubuntu: apt install python3-venv)" if "ensurepip" in done.stdout else ""
        raise NotMade(f"{' '.join(command[1:4])}: {lines[-1].strip()}{hint}")


def succeeds(command: list[str]) -> bool:
    """Whether a step that may fail succeeds; what it complains of is not shown."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        return subprocess.run(command, env=os.environ | FREE, check=False, **quiet).returncode == 0
    except OSError:
        return False


def main(name: str) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = HOUSE / PARTS[name][0]
    try:
        folder.mkdir(exist_ok=True)
        (HOUSE / "build").mkdir(exist_ok=True)
        with (HOUSE / "build" / f"{folder.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # of two that need it at once, the second finds it ready
            environment = Environment(name)
            if not environment.is_ready(name):
                environment.make()
    except KeyboardInterrupt:
        print(f"\nInterrupted: {folder.name}/ is not ready; the next make starts it again.", file=sys.stderr)
        return INTERRUPTED
    except (NotMade, OSError) as problem:
        print(f"{folder.name}/ was not made: {problem}. The next make starts it again.", file=sys.stderr)
        return FAILURE
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
