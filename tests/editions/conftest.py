"""A copy of the project in which cohort 1 was sent as edition 1."""

from pathlib import Path

import pytest
from checkouts import Checkout
from once import once
from sending import command


@pytest.fixture(scope="session")
def released(built, tmp_path_factory) -> Checkout:
    """Cohort 1 as edition 1; not to be changed."""

    def make(folder: Path) -> None:
        checkout = built.copy(folder / "project", without=("small", "small.yaml"))
        done = command(checkout, "release", "1")
        assert done.code == 0, done.err

    return Checkout(once(tmp_path_factory.getbasetemp(), "released", make) / "project")


@pytest.fixture
def sent(released, tmp_path) -> Checkout:
    """A copy of it, to be changed."""
    return released.copy(tmp_path / "project")
