"""Many cohorts at once: what is stale is built, whatever becomes of the others, and whoever waits is told."""

import json
import re
import signal
import subprocess
import threading
import time
from datetime import datetime
from types import SimpleNamespace

import psutil
import pytest
from checkouts import FEW, Checkout, add_small, copied, wait_until
from followup.chain import run as chain
from followup.chain.builders import ENDED, SAID, STARTED, WRONG
from followup.chain.found_notebooks import stages_of
from followup.commands import reports

SLEEP_ONCE = (
    "import pathlib, time\nmark = pathlib.Path('begun')\nif not mark.exists():\n    mark.touch()\n    time.sleep(600)"
)


def add_small_as(checkout: Checkout, name: str) -> None:
    """The small cohort once more, under another name."""
    add_small(checkout)
    (checkout.root / "data" / "small").rename(checkout.root / "data" / name)
    (checkout.root / "params" / "small.yaml").rename(checkout.root / "params" / f"{name}.yaml")
    checkout.replace(f"params/{name}.yaml", "cohort: small", f"cohort: {name}")


def most_at_once(checkout: Checkout, *cohorts: str) -> int:
    """How many notebooks of these cohorts ran at the same time at most, as papermill noted beginnings and ends."""
    changes = []
    for path in (path for cohort in cohorts for path in checkout.path(cohort, "private").glob("*.ipynb")):
        noted = json.loads(path.read_text(encoding="utf-8"))["metadata"]["papermill"]
        changes += [(datetime.fromisoformat(noted["start_time"]), 1), (datetime.fromisoformat(noted["end_time"]), -1)]
    running = [sum(change for _, change in sorted(changes)[: place + 1]) for place in range(len(changes))]
    assert len(changes) >= 2 * len(FEW)
    return max(running)


@pytest.fixture
def three(tmp_path) -> Checkout:
    """Cohorts bad, other and small, of a few notebooks, nothing built; the roster of bad lacks its column of IDs."""
    checkout = copied(tmp_path / "project", FEW)
    for name in ("bad", "other"):
        add_small_as(checkout, name)
    add_small(checkout)
    checkout.replace("data/bad/roster.csv", "Code", "Kode")
    return checkout


def test_a_failing_cohort_stops_no_other_and_the_summary_says_why(three, built_of_few):
    done = three.reports(MAKEFLAGS=" -j2 --jobserver-auth=3,4")
    assert done.code == 2
    assert "3 of 3 cohorts to build, 2 notebooks at a time" in done.out
    assert most_at_once(three, "other", "small") == 2
    assert "\r" not in done.out  # not on a terminal
    summary = done.out.split("what happened")[1]
    assert re.search(r"^bad +stopped by its input +[\d.]+ s +.*1 problem in the input: .*roster\.csv", summary, re.M)
    assert re.search(r"^other +built +[\d.]+ s$", summary, re.M)
    assert not three.path("bad", "report.en.html").exists()
    assert three.published("small") == built_of_few.published("small")  # as if it had been built alone
    index = (three.root / "build" / "index.html").read_text(encoding="utf-8")
    assert [name in index for name in ("small/report.he.html", "other/report.he.html", "bad/report.he.html")] == [
        True,
        True,
        False,
    ]

    three.replace("data/bad/roster.csv", "Kode", "Code")
    done = three.reports(MAKEFLAGS=" -j1")
    assert (done.code, "1 of 3 cohorts to build, 1 notebook at a time" in done.out) == (0, True)
    assert most_at_once(three, "bad") == 1
    assert re.search(r"^other +unchanged$", done.out, re.M)
    done = three.reports(CHOSEN_COHORTS="small bad")
    assert (done.code, done.out.startswith("Nothing to do: the reports of 2 cohorts")) == (0, True)


def builds_of(driver: subprocess.Popen) -> list[psutil.Process]:
    """The processes that build a cohort: forks of the driver's builders."""
    builders = [child for child in psutil.Process(driver.pid).children() if "spawn_main" in " ".join(child.cmdline())]
    return [build for builder in builders for build in builder.children()]


@pytest.mark.parametrize("with_the_builder", [False, True])
def test_a_build_that_is_killed_is_begun_once_more(three, with_the_builder):
    three.add_code("06_findings", SLEEP_ONCE)
    driver = three.start_reports(CHOSEN_COHORTS="other", MAKEFLAGS=" -j2")
    wait_until((three.notebooks / "begun").exists)
    [build] = builds_of(driver)
    if with_the_builder:
        build.parent().kill()
    build.kill()
    done = three.end(driver)
    assert (done.code, three.path("other", "report.en.html").exists()) == (0, True)
    assert most_at_once(three, "other") == 2  # a cohort alone has them all


def test_ctrl_c_ends_what_runs_begins_nothing_more_and_leaves_no_process(three):
    three.add_code("04_projects", "import pathlib, time\npathlib.Path('begun').touch()\ntime.sleep(600)")
    driver = three.start_reports(CHOSEN_COHORTS="other small", MAKEFLAGS="-j1")
    wait_until((three.notebooks / "begun").exists)
    under_way = psutil.Process(driver.pid).children(recursive=True)
    done = three.end(driver, signal.SIGINT)
    assert done.code == 130
    assert re.search(r"^other +interrupted .*Interrupted: nothing was published", done.out, re.M)
    assert re.search(r"^small +interrupted +not started$", done.out, re.M)
    psutil.wait_procs(under_way, timeout=10)
    assert [process for process in under_way if process.is_running()] == []


def test_an_unknown_cohort_is_refused_before_anything_runs(three):
    done = three.reports(CHOSEN_COHORTS="small smal")
    assert (done.code, done.err) == (2, "There is no cohort “smal” (one of: bad other small).\n")
    assert not (three.root / "build").exists()


def test_what_cannot_be_shared_goes_to_those_begun_first_and_the_last_has_them_all(monkeypatch):
    """Five notebooks at a time, three cohorts: 2, 2 and 1; then 3 and 2; then 5."""
    allowed = {}
    builder = SimpleNamespace(allow=lambda notebooks, place: allowed.update({place: notebooks}))
    monkeypatch.setattr(reports, "Builder", lambda places: builder)
    builds = reports.LocalBuilds(5, cohorts=3)
    shares = []
    for places in ({"a": 0, "b": 1, "c": 2}, {"a": 0, "c": 2}, {"c": 2}):
        builds.places = places
        builds._share()
        shares.append([allowed[place] for place in places.values()])
    assert shares == [[2, 2, 1], [3, 2], [5]]


SHIPPED = ("01_clean", "02_describe", "03_compare", "04_projects", "05_network", "06_findings")


class Recorded(chain.Run):
    """A build whose notebooks and pages only sleep: how many of them, and of notebooks alone, were under way at most."""

    def __init__(self, root, at_once):
        self.cohort, self.root, self.at_once = SimpleNamespace(name="none"), root, at_once
        self.people = self.ahead = None
        self.stages = [stage for stage in stages_of("1") if stage.name in SHIPPED]
        self.release = "not part of this"  # the check of what leaves has tests of its own
        self.lock, self.under_way, self.most, self.order = threading.Lock(), set(), {}, []

    def _sleep(self, what: str) -> None:
        with self.lock:
            self.under_way.add(what)
            self.order.append(what)
            for kind in (what.split()[0], "work"):
                count = sum(kind in ("work", each.split()[0]) for each in self.under_way)
                self.most[kind] = max(self.most.get(kind, 0), count)
        time.sleep(0.05)
        with self.lock:
            self.under_way.remove(what)

    def has_run(self, stage):
        return False

    def _timed(self, stage):
        self._sleep(f"notebook {stage.name}")

    def _prepare(self, stage):
        self._sleep(f"page {stage.name}")

    def _prepare_page(self):
        self._sleep("page")


@pytest.mark.parametrize(("allowed", "expected"), [(1, 1), (2, 2), (4, 4)])
def test_a_build_runs_as_many_notebooks_at_a_time_as_it_may(tmp_path, allowed, expected):
    run = Recorded(tmp_path, lambda: allowed)
    run.all_stages()
    assert run.most["notebook"] == expected
    assert len(run.order) == 13  # six notebooks, their six pages, and what all pages share


def test_one_notebook_at_a_time_means_that_the_pages_wait_as_well(tmp_path):
    run = Recorded(tmp_path, lambda: 1)
    run.all_stages()
    assert run.most["work"] == 1


def test_a_build_left_alone_takes_what_it_is_given_while_a_notebook_runs(tmp_path):
    allowed = iter([1, 1, 1, 1])
    run = Recorded(tmp_path, lambda: next(allowed, 3))
    run.all_stages()
    assert run.most["notebook"] == 3


@pytest.mark.parametrize(
    ("flags", "cores", "expected"),
    [
        (" -j2 --jobserver-auth=3,4", 8, 2),
        ("", 8, 8),
        ("k -j3 -- COHORTS=j9", 8, 3),
        ("-j", 4, 4),
        (" -- COHORTS=-j9", 2, 2),
    ],
)
def test_how_many_at_once_is_what_make_was_told(flags, cores, expected):
    """As GNU Make 4.3 writes MAKEFLAGS."""
    assert reports.at_once(flags, cores) == expected


@pytest.mark.parametrize(
    ("codes", "expected"),
    [([0, 0], 0), ([0, 75], 75), ([75, 2, 0], 2), ([2, 3, 2], 3), ([3, 130, 2], 130), ([1, 2], 3)],
)
def test_one_exit_code_for_all_is_the_worst(codes, expected):
    assert reports.worst([reports.Outcome(str(code), code) for code in codes]) == expected


def test_on_a_terminal_one_line_is_written_over_and_says_what_is_left(capsys, monkeypatch):
    """Six notebooks of twelve in 30 s: the other six take about 30 s more."""
    clock = iter(range(0, 1000, 5))
    monkeypatch.setattr(reports.time, "monotonic", lambda: next(clock))
    monkeypatch.setenv("COLUMNS", "200")
    board = reports.Board(["1", "2"])
    board.live, board.begun, board.notebooks = True, 0, {"1": 6, "2": 6}
    said = [("1", SAID, f"[{place}/6] {name}   1.0 s\n") for place, name in enumerate(SHIPPED, 1)]
    board.follow(
        [("1", STARTED, None), *said[:3], ("2", STARTED, None), ("1", WRONG, "why: it is so"), ("1", ENDED, 3)]
    )
    drawn = capsys.readouterr().out.split("\r\x1b[K")
    assert "0 of 2 cohorts | 1 3/6 03_compare | 2 0/6 started" in drawn
    assert any(re.fullmatch(r"1 of 2 cohorts; about \d+ s left \| 2 0/6 started", line) for line in drawn)
    assert "    why: it is so\n" in drawn


def test_the_time_left_is_reckoned_from_the_notebooks_that_have_ended(monkeypatch):
    monkeypatch.setattr(reports.time, "monotonic", lambda: 30.0)
    board = reports.Board(["1", "2"])
    board.notebooks = {"1": 6, "2": 6}
    board.begun, board.outcomes["1"] = 0.0, reports.Outcome("1", stages=["01_clean"] * 5)
    assert board.time_left() == ""  # too few to say
    board.outcomes["1"].stages.append("06_findings")
    assert board.time_left() == "; about 30 s left"
