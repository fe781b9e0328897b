"""Copies of the project in which a cohort was sent as edition 1: cohort 1, or the small one, which takes half the time."""

from pathlib import Path

import pytest
from checkouts import Checkout
from once import once
from sending import command


def first_edition(built: Checkout, base: Path, cohort: str, without: tuple[str, ...]) -> Checkout:
    def make(folder: Path) -> None:
        checkout = built.copy(folder / "project", without=without)
        done = command(checkout, "release", cohort)
        assert done.code == 0, done.err

    return Checkout(once(base, f"released-{cohort}", make) / "project")


@pytest.fixture(scope="session")
def released(built, tmp_path_factory) -> Checkout:
    """Cohort 1 as edition 1; not to be changed."""
    return first_edition(built, tmp_path_factory.getbasetemp(), "1", ("small", "small.yaml"))


@pytest.fixture
def sent(released, tmp_path) -> Checkout:
    """A copy of it, to be changed."""
    return released.copy(tmp_path / "project")


@pytest.fixture(scope="session")
def released_small(built, tmp_path_factory) -> Checkout:
    """The small cohort as edition 1; not to be changed."""
    return first_edition(built, tmp_path_factory.getbasetemp(), "small", ("1", "1.yaml"))


@pytest.fixture
def small_sent(released_small, tmp_path) -> Checkout:
    """A copy of it, to be changed."""
    return released_small.copy(tmp_path / "project")
