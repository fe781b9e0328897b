"""What the browser tests share: a Chromium that runs quietly, the pages of cohort 1, and those of a hostile cohort."""

from pathlib import Path

import hostile
import pytest
from followup.commands import pdf
from playwright.sync_api import sync_playwright
from reading import BUILD, FLAGS, HOUSE, LANGUAGES, Reader


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=pdf.browser(), args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def reader(browser):
    """A reader for one test; every window is closed after it."""
    made = Reader(browser)
    yield made
    made.close()


@pytest.fixture(scope="session")
def steady(browser):
    """A reader for tests that only look (and unfold); its windows stay open for all of them."""
    made = Reader(browser)
    yield made
    made.close()


@pytest.fixture(scope="session")
def report() -> dict[str, Path]:
    """Cohort 1's pages as `make test-browser` built them."""
    pages = {language: BUILD / "1" / f"report.{language}.html" for language in LANGUAGES}
    missing = [str(path.relative_to(HOUSE)) for path in pages.values() if not path.is_file()]
    assert not missing, f"{', '.join(missing)} is not there; make test-browser builds it first"
    return pages


@pytest.fixture(scope="session")
def enemy(tmp_path_factory) -> Path:
    """The build folder of a copy of cohort 1 in which everything that people type is hostile."""
    root = tmp_path_factory.mktemp("hostile")
    hostile.make_cohort(HOUSE, root)
    chain = hostile.start(HOUSE, root)
    try:
        out, err = chain.communicate(timeout=300)
    finally:
        chain.poll() is None and chain.kill()
    assert chain.returncode == 0, out + err
    return root / "build" / "1"
