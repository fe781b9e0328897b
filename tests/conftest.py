"""What tests share: copies of the project in which the real chain ran once, for all workers of a run."""

import gc
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ["OPENPYXL_LXML"] = "False"  # as the project reads and writes workbooks, whatever a test imports first

import hypothesis
import pytest
from checkouts import FEW, HOUSE, Checkout, Done, add_cohort_1, add_course, add_small, copied
from once import once
from studies_of_many_waves import add_study

# One key behind the pseudonyms, the same in each run of the tests, and never the user's own; workers have it of their parent.
if "PYTEST_XDIST_WORKER" not in os.environ:
    key = Path(tempfile.mkdtemp(prefix="followup-tests-"), "key")
    key.write_text("7e57" * 16)
    key.chmod(0o600)
    os.environ["FOLLOWUP_KEY_FILE"] = str(key)
    # And one moment that builds bear, so that midnight may pass between two that are compared.
    os.environ.setdefault("SOURCE_DATE_EPOCH", str(int(time.time())))

# How long an example takes is no test's business: the machine may be busy.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

FILE = pytest.StashKey[Path]()  # whose tests are running

# statsmodels has all garbage collected in each adjustment of p, a fifth of what thousands of rows of changes cost; Python
# collects by itself, and here once for each file of tests.
collect, gc.collect = gc.collect, lambda *_: 0


def well(done: Done, what: str) -> Done:
    """A command that has to end well."""
    if done.code:
        pytest.fail(f"{what} cannot be built: {done.err.strip()}", pytrace=False)
    return done


def at_once(checkout: Checkout, *cohorts: str) -> dict[str, Done]:
    """Cohorts built side by side, two at a time, for the other workers wait for them."""
    with ThreadPoolExecutor(2) as pool:
        ended = dict(zip(cohorts, pool.map(checkout.build, cohorts), strict=True))
    for cohort, done in ended.items():
        well(done, f"cohort {cohort}")
    # as Make asks; and the modules are compiled by content here, once for all copies
    subprocess.run(
        [sys.executable, "-S", "followup/store/freshness.py", cohorts[0]], cwd=checkout.notebooks, check=True
    )
    return ended


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Checkout:
    """A copy of the project in which cohort 1 and the small cohort were built, side by side; not to be changed."""

    def make(folder: Path) -> None:
        checkout = copied(folder / "project")
        add_cohort_1(checkout)
        add_small(checkout)
        for cohort, done in at_once(checkout, "1", "small").items():
            checkout.path(cohort, "private", "said").write_text(done.out, encoding="utf-8")

    return Checkout(once(tmp_path_factory.getbasetemp(), "built", make) / "project")


@pytest.fixture(scope="session")
def small_alone(built, tmp_path_factory) -> Checkout:
    """A copy in which the small cohort alone stands built; not to be changed."""

    def make(folder: Path) -> None:
        built.copy(folder / "project", without=("1", "1.yaml"))

    return Checkout(once(tmp_path_factory.getbasetemp(), "small", make) / "project")


@pytest.fixture
def small(small_alone, tmp_path) -> Checkout:
    """The same, to be broken; its path has spaces and Hebrew."""
    return small_alone.copy(tmp_path / "מחקר מעקב 2")


@pytest.fixture(scope="session")
def built_of_few(tmp_path_factory) -> Checkout:
    """The small cohort built of a few notebooks, which takes half the time; not to be changed."""

    def make(folder: Path) -> None:
        checkout = copied(folder / "project", FEW)
        add_small(checkout)
        at_once(checkout, "small")

    return Checkout(once(tmp_path_factory.getbasetemp(), "few", make) / "project")


@pytest.fixture
def few(built_of_few, tmp_path) -> Checkout:
    """The same, to be broken; its path has spaces and Hebrew."""
    return built_of_few.copy(tmp_path / "מחקר מעקב 2")


@pytest.fixture(scope="session")
def everything(built, tmp_path_factory) -> Checkout:
    """All cohorts that are shipped, built, and set side by side; not to be changed."""

    def make(folder: Path) -> None:
        checkout = built.copy(folder / "project", without=("small", "small.yaml"))
        for name in ("2", "3", "local-3"):
            shutil.copytree(HOUSE / "data" / name, checkout.root / "data" / name)
            shutil.copy2(HOUSE / "params" / f"{name}.yaml", checkout.root / "params")
        at_once(checkout, "2", "3", "local-3")
        well(checkout.run("compare"), "their comparison")

    return Checkout(once(tmp_path_factory.getbasetemp(), "everything", make) / "project")


@pytest.fixture(scope="session")
def studies(tmp_path_factory) -> Checkout:
    """The made-up studies nurses, mentors (three waves) and course (another programme), built; not to be changed."""

    def make(folder: Path) -> None:
        checkout = copied(folder / "project")
        for name in ("nurses", "mentors"):
            add_study(checkout.root, name)
        add_course(checkout)
        at_once(checkout, "nurses", "mentors", "course")

    return Checkout(once(tmp_path_factory.getbasetemp(), "studies", make) / "project")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are processors: a third of the time tests wait for processes, packages and clocks."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    """What is imported and collected stays, and no search for garbage need look there."""
    collect()
    gc.freeze()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Nor at what the files of tests before this one left, which grows to hundreds of megabytes."""
    if item.config.stash.get(FILE, None) != item.path:
        item.config.stash[FILE] = item.path
        collect()
        gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with the most tests that need a build come first, so that no worker begins a long one when the others end."""
    builds = {"built", "built_of_few"}
    waiting = Counter(item.path for item in items if builds.intersection(getattr(item, "fixturenames", ())))
    items.sort(key=lambda item: -waiting[item.path])
