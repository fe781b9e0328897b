"""make lab: JupyterLab on the project, with Hebrew from right to left, and git set up for notebooks.

All that is set lies in .venv-lab and in the clone's own git settings; what the user has set at home stays and counts.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from jupyter_core.paths import jupyter_config_dir

from followup.commands.clone_settings import set_up

HOUSE = Path(__file__).resolve().parents[3]
NOTEBOOKS = HOUSE / "notebooks"
SHIPPED = Path(__file__).parent / "jupyterlab"  # style and settings of ours
OWN = Path(sys.prefix)  # .venv-lab
WHAT = {
    "filter": "outputs stay out of commits (nbstripout)",
    "diff": "git diff shows notebooks cell by cell (nbdime)",
    "merge": "git merges notebooks cell by cell (nbdime; git mergetool --tool nbdime after a conflict)",
}


def environment() -> dict[str, str]:
    """Variables with which JupyterLab and its kernels find the package, our style, and what the user has set."""
    users = Path(jupyter_config_dir())
    own = {
        "PYTHONPATH": str(NOTEBOOKS),
        "JUPYTER_PATH": str(HOUSE / ".venv" / "share" / "jupyter"),  # templates by which notebooks are exported
        "JUPYTER_CONFIG_PATH": str(users),
    }
    for name, value in own.items():
        own[name] = os.pathsep.join(part for part in (value, os.environ.get(name)) if part)
    lab = {
        "JUPYTERLAB_SETTINGS_DIR": users / "lab/user-settings",
        "JUPYTERLAB_WORKSPACES_DIR": users / "lab/workspaces",
    }
    lab = {name: os.environ.get(name) or str(path) for name, path in lab.items()}
    return os.environ | own | lab | {"JUPYTER_CONFIG_DIR": str(OWN / "config")}


def command(*more: str) -> list[str]:
    """JupyterLab on the whole project, so that executed notebooks in build/ open too; its files open in notebooks/."""
    folders = [f"--ServerApp.root_dir={HOUSE}", f"--FileContentsManager.preferred_dir={NOTEBOOKS}"]
    root = ["--allow-root"] if os.geteuid() == 0 else []  # as in many a WSL; it listens to this computer only
    return [sys.executable, "-m", "jupyterlab", "--custom-css", *folders, *root, *more]


def prepare() -> None:
    """Put our style and settings where JupyterLab finds them, and set git up; says what was set."""
    for name, place in (("custom.css", OWN / "config/custom"), ("overrides.json", OWN / "share/jupyter/lab/settings")):
        place.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SHIPPED / name, place / name)
    for part in set_up(HOUSE):
        print(f"    set for this clone: {WHAT[part]}", flush=True)


def main() -> int:
    prepare()
    with subprocess.Popen(command(), env=environment(), cwd=NOTEBOOKS) as lab:
        while True:
            try:
                return lab.wait()
            except KeyboardInterrupt:  # JupyterLab has heard it, too, and asks whether it is meant
                continue


if __name__ == "__main__":
    sys.exit(main())
