"""What the tests of disclosure share: every shipped cohort built once."""

import os
import shutil
import subprocess
import sys

import pytest
from checkouts import HOUSE, Checkout


@pytest.fixture(scope="session")
def everything(built, tmp_path_factory) -> Checkout:
    """All cohorts that are shipped, built, and set side by side."""
    checkout = built.copy(tmp_path_factory.mktemp("all") / "project", without=("small", "small.yaml"))
    for name in ("2", "3", "local-3"):
        for folder in ("data", "params"):
            source = HOUSE / folder / (name if folder == "data" else f"{name}.yaml")
            target = checkout.root / folder / source.name
            shutil.copytree(source, target) if source.is_dir() else shutil.copy2(source, target)
    builds = [checkout.start(name) for name in ("2", "3", "local-3")]
    for build in builds:
        done = checkout.end(build, seconds=300)
        assert done.code == 0, done.err
    side_by_side = [sys.executable, "-m", "followup.commands.compare"]
    subprocess.run(side_by_side, cwd=checkout.notebooks, env={**_environment(), "PYTHONHASHSEED": "0"}, check=True)
    return checkout


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "FOLLOWUP_ROOT"}


@pytest.fixture
def house(built, everything):
    """Finds the checkout in which a cohort was built."""
    return lambda name: built if name == "small" else everything
