"""What tests share: a copy of the project in which the real chain ran once."""

import os
import tempfile

os.environ["OPENPYXL_LXML"] = "False"  # as the project reads and writes workbooks, whatever a test imports first

import pytest
from checkouts import Checkout, add_cohort_1, add_small, copied

# One key behind the pseudonyms for a whole run of the tests, and never the user's own.
os.environ["FOLLOWUP_KEY_FILE"] = os.path.join(tempfile.mkdtemp(prefix="followup-tests-"), "key")


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Checkout:
    """A copy of the project in which cohort 1 and the small cohort were built, side by side; not to be changed."""
    checkout = copied(tmp_path_factory.mktemp("checkout") / "project")
    add_cohort_1(checkout)
    add_small(checkout)
    builds = {cohort: checkout.start(cohort) for cohort in ("1", "small")}
    ended = {cohort: checkout.end(build, seconds=300) for cohort, build in builds.items()}
    for cohort, done in ended.items():
        if done.code:
            pytest.fail(f"cohort {cohort} cannot be built: {done.err.strip()}", pytrace=False)
        checkout.path(cohort, "private", "said").write_text(done.out, encoding="utf-8")
    return checkout


@pytest.fixture
def small(built, tmp_path) -> Checkout:
    """A copy in which the small cohort alone stands built, to be broken; its path has spaces and Hebrew."""
    return built.copy(tmp_path / "מחקר מעקב 2", without=("1", "1.yaml"))
