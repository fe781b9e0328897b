"""A copy of the project in which cohort 1 was sent as edition 1."""

import pytest
from checkouts import Checkout
from sending import command


@pytest.fixture(scope="session")
def released(built, tmp_path_factory) -> Checkout:
    """Cohort 1 as edition 1; not to be changed."""
    checkout = built.copy(tmp_path_factory.mktemp("released") / "project", without=("small", "small.yaml"))
    done = command(checkout, "release", "1")
    assert done.code == 0, done.err
    return checkout


@pytest.fixture
def sent(released, tmp_path) -> Checkout:
    """A copy of it, to be changed."""
    return released.copy(tmp_path / "project")
