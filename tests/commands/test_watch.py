"""make watch: the page in the browser follows what the analyst saves."""

import json
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from urllib.error import HTTPError
from urllib.request import urlopen

import psutil
import pytest
from checkouts import Checkout, wait_until
from followup.commands.watch import Bulletin
from followup.publish import versions

WAIT = 120


class Browser:
    """What a browser at the watched address would be told."""

    def __init__(self, watch: subprocess.Popen):
        self.address = re.search(r"http://127\.0\.0\.1:\d+/\S+/", watch.stdout.readline())[0]
        self.news = {"number": -1}

    def get(self, name: str) -> str:
        with urlopen(self.address + name, timeout=WAIT) as answer:
            return answer.read().decode()

    def wait(self, condition: Callable[[dict], bool]) -> dict:
        """The first news that fulfils a condition."""
        while True:
            self.news = json.loads(self.get(f"state?after={self.news['number']}"))
            if condition(self.news):
                return self.news


def watching(checkout: Checkout) -> Iterator[subprocess.Popen]:
    process = checkout.start_module("followup.commands.watch", "small")
    yield process
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=WAIT)


@pytest.fixture
def watch(few) -> Iterator[subprocess.Popen]:
    """A watch over a copy in which anything may be changed."""
    yield from watching(few)


@pytest.fixture(scope="module")
def untouched(built_of_few, tmp_path_factory) -> Checkout:
    """A copy in which nothing is changed while it is watched."""
    return built_of_few.copy(tmp_path_factory.mktemp("untouched") / "project")


@pytest.fixture(scope="module")
def quiet(untouched) -> Iterator[Browser]:
    """What a browser is told of it."""
    for process in watching(untouched):
        yield Browser(process)


def test_a_save_renews_the_page_a_failure_is_told_and_the_next_save_heals(watch, few: Checkout):
    browser = Browser(watch)
    first = browser.wait(lambda news: "renewed" in news["text"] or "as new as" in news["text"])
    assert 'id="report"' in browser.get("")

    few.add_sentence("06_findings", "Worth a sentence more.")
    renewed = browser.wait(lambda news: "renewed in" in news["text"] and news["version"] != first["version"])
    assert browser.get("report.en.html") == few.page("small", "en")  # the published file itself
    assert "Worth a sentence more." in few.page("small", "en")
    assert "<script" not in few.page("small", "en")

    few.add_code("06_findings", "1 / 0")
    failed = browser.wait(lambda news: news["failed"])
    assert "ZeroDivisionError" in failed["text"]
    assert "Worth a sentence more." in browser.get("report.en.html")  # the last good page, with a notice

    few.replace("notebooks/06_findings.ipynb", '"1 / 0"', '"1 / 2"')
    healed = browser.wait(lambda news: "renewed in" in news["text"])
    assert healed["version"] not in (failed["version"], first["version"])
    assert renewed["failed"] is healed["failed"] is False

    with (few.notebooks / "followup/analysis/answer_levels.py").open(
        "a"
    ) as module:  # a process that has imported it knows the old
        module.write("\nraise RuntimeError('as it is now')\n")
    assert "as it is now" in browser.wait(lambda news: news["failed"])["text"]


def test_an_added_notebook_stands_on_the_page_at_its_first_save_and_goes_when_it_is_deleted(watch, few: Checkout):
    browser, path = Browser(watch), few.notebooks / "07_own_question.ipynb"
    first = browser.wait(lambda news: "renewed" in news["text"] or "as new as" in news["text"])
    whole = json.loads((few.notebooks / "04_projects.ipynb").read_text(encoding="utf-8"))
    words = {"cell_type": "markdown", "id": "own", "metadata": {}}
    kept = [cell for cell in whole["cells"] if cell["cell_type"] == "code"][:3]
    said = 'report.say(en="Asked by us.", he="שאלנו זאת.")'
    code = {"cell_type": "code", "execution_count": None, "id": "said", "metadata": {}, "outputs": [], "source": said}
    titles = [words | {"source": "# 07 · Our question"}, words | {"id": "own-he", "source": "# 07 · השאלה שלנו"}]
    path.write_text(json.dumps(whole | {"cells": [*titles, *kept, code], "metadata": {}}), encoding="utf-8")
    added = browser.wait(lambda news: "renewed in" in news["text"] and news["version"] != first["version"])
    assert "Asked by us." in few.page("small", "en")
    path.unlink()
    browser.wait(lambda news: "renewed in" in news["text"] and news["version"] != added["version"])
    assert "Asked by us." not in few.page("small", "en")


def test_after_each_renewal_the_notebook_that_was_saved_runs_ahead(watch, few: Checkout):
    browser = Browser(watch)
    first = browser.wait(lambda news: "renewed" in news["text"] or "as new as" in news["text"])
    few.add_code("04_projects", 'report.say(en="Said last.", he="נאמר אחרון.")')
    browser.wait(lambda news: "renewed in" in news["text"] and news["version"] != first["version"])
    renewed = time.time()
    notes = few.path("small", "private", "stamps", "04_projects.read")
    wait_until(lambda: notes.is_file() and notes.stat().st_mtime > renewed)


def test_only_the_published_pages_are_shown_and_only_to_who_knows_the_address(quiet, untouched):
    browser = quiet
    assert browser.get("report.he.html") == untouched.page("small", "he")
    for name in (
        "../private/tables/participants.csv",
        "%2e%2e/private/01_clean.ipynb",
        "private/01_clean.ipynb",
        "nothing",
    ):
        with pytest.raises(HTTPError, match="404"):
            browser.get(name)
    with pytest.raises(HTTPError, match="404"):
        urlopen(browser.address.rsplit("/", 2)[0] + "/guessed/report.he.html", timeout=WAIT)


@pytest.mark.parametrize("asked", ["abc", "", "-1", "1.5", "%D9%A3", "9" * 5000])
def test_a_question_that_makes_no_sense_is_answered_with_the_news(quiet, asked):
    quiet.news = {"number": -1}
    quiet.wait(lambda news: "renewed" in news["text"] or "as new as" in news["text"])
    assert json.loads(quiet.get(f"state?after={asked}"))["number"] > 0


def test_ctrl_c_during_a_build_ends_it_cleanly(watch, few):
    browser = Browser(watch)
    browser.wait(lambda news: "renewed" in news["text"] or "as new as" in news["text"])
    few.add_code("06_findings", "import pathlib, time\npathlib.Path('begun').touch()\ntime.sleep(600)")
    browser.wait(lambda news: "building" in news["text"])
    processes = psutil.Process(watch.pid).children(recursive=True)
    done = few.end(watch, signal.SIGINT)
    assert (done.code, done.err, done.out.endswith("Ended.\n")) == (0, "", True)
    psutil.wait_procs(processes, timeout=10)
    assert [process for process in processes if process.is_running()] == []


@pytest.mark.parametrize(("pages", "first"), [(("en", "he"), "report.he.html"), (("en",), "report.en.html"), ((), "")])
def test_the_browser_is_led_to_a_page_that_the_study_has(tmp_path, pages, first):
    if pages:
        versions.put(tmp_path, {f"report.{language}.html": b"<p>" for language in pages} | {"manifest.json": b"{}"})
    bulletin = Bulletin(tmp_path)
    bulletin.say("renewed")
    assert bulletin.news.page == first
