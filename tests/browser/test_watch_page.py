"""make watch in a real browser: what an analyst saves appears in the page, where the analyst was reading."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkouts import FEW, SHIPPED, Checkout, add_small, copied
from playwright.sync_api import Frame, Page, expect

WAIT = 120_000
PLACE = "document.getElementById('{}').getBoundingClientRect().top"


@pytest.fixture(params=[FEW], ids=["a few notebooks"])
def watched(request, tmp_path, monkeypatch) -> Iterator[tuple[Checkout, subprocess.Popen, str]]:
    """A copy of the project that was never built, with a few notebooks or those asked for, under watch, and the address to
    open.
    """
    monkeypatch.setenv("FOLLOWUP_KEY_FILE", str(tmp_path / "key"))
    project = copied(tmp_path / "מחקר מעקב 3", request.param)
    add_small(project)
    watch = project.start_module("followup.commands.watch", "small")
    yield project, watch, re.search(r"http://\S+/", watch.stdout.readline())[0]
    project.end(watch, signal.SIGINT)


@pytest.fixture
def page(browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 375, "height": 700}, reduced_motion="reduce")
    page.set_default_timeout(WAIT)
    yield page
    page.close()


def save(path: Path, text: str) -> None:
    """Save as JupyterLab does: whole, beside its place, then moved there."""
    beside = path.with_name(f".~{path.name}")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)


def report_in(page: Page) -> Frame:
    return page.frame_locator("#report").locator("html").element_handle().owner_frame()


def expect_state(page: Page, words: str) -> None:
    expect(page.locator("#state")).to_contain_text(words, timeout=WAIT)


@pytest.mark.parametrize("watched", [SHIPPED], indirect=True, ids=["all notebooks"])
def test_a_saved_sentence_appears_where_the_analyst_was_reading(watched, page):
    project, watch, address = watched
    page.goto(address)
    expect_state(page, "renewed in")
    framed = page.frame_locator("#report")
    framed.locator("a.other").click()
    expect(framed.locator("html")).to_have_attribute("lang", "en")
    framed.locator("label[for=show-code]").click()
    framed.locator(".in-full").first.evaluate("fold => { fold.open = true; }")
    framed.locator("details.annex:has([id='02_describe'])").evaluate("fold => { fold.open = true; }")
    report_in(page).evaluate("document.getElementById('02_describe').scrollIntoView()")
    before = report_in(page).evaluate(PLACE.format("02_describe"))
    scrolled = report_in(page).evaluate("scrollY")

    notebook = project.notebooks / "06_findings.ipynb"
    sentence = "A sentence long enough to need a line of its own, and another one, on the screen of a phone."
    whole, said = notebook.read_text(encoding="utf-8"), "Each heading states a result;"
    assert whole.count(said) == 1
    save(notebook, whole.replace(said, f"{said} {sentence}"))
    expect(framed.get_by_text(sentence)).to_have_count(1, timeout=WAIT)
    expect(framed.locator("#show-code")).to_be_checked()
    assert framed.locator(".in-full").first.evaluate("fold => fold.open")
    assert report_in(page).evaluate(PLACE.format("02_describe")) == pytest.approx(before, abs=2)
    assert report_in(page).evaluate("scrollY") > scrolled + 20  # the lines above it have grown
    expect(page).to_have_title(re.compile("^(?!Failed)"))


def test_a_failure_stands_above_the_page_until_what_was_saved_is_undone(watched, page):
    project, watch, address = watched
    page.goto(address)
    expect_state(page, "renewed in")
    notice = page.frame_locator("#report").locator(".failed")

    params = project.root / "params" / "small.yaml"
    good = params.read_text(encoding="utf-8")
    save(params, good + "\ncolours: 3\n")
    expect_state(page, "unknown key “colours”")
    expect(page.locator("#state")).to_have_class("failed")
    expect(page).to_have_title(re.compile("^Failed"))
    expect(notice).to_be_visible()
    save(params, good)
    expect_state(page, "renewed in")
    expect(notice).to_have_count(0)

    helper = project.notebooks / "followup/analysis/answer_levels.py"
    whole = helper.read_text(encoding="utf-8")
    save(helper, whole + "\ndef half(:\n")
    expect_state(page, "SyntaxError")
    save(helper, whole)
    expect_state(page, "renewed in")
    expect(notice).to_have_count(0)
    expect(page.locator("#state")).not_to_have_class("failed")


def test_a_page_whose_watch_has_ended_says_what_to_do(watched, page):
    project, watch, address = watched
    page.goto(address)
    expect_state(page, "renewed in")
    project.end(watch, signal.SIGINT)
    expect_state(page, "Start it again, and open the address that it prints.")
