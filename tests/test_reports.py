"""Many cohorts at once: what is stale is built, whatever becomes of the others, and whoever waits is told."""

import re
import signal
import subprocess

import psutil
import pytest
from checkouts import Checkout, add_small, copied, wait_until
from followup import reports
from followup.builders import ENDED, SAID, STARTED, WRONG

SLEEP_ONCE = "import pathlib, time\nmark = pathlib.Path('begun')\nif not mark.exists():\n    mark.touch()\n    time.sleep(600)"


def add_small_as(checkout: Checkout, name: str) -> None:
    """The small cohort once more, under another name."""
    add_small(checkout)
    (checkout.root / "data" / "small").rename(checkout.root / "data" / name)
    (checkout.root / "params" / "small.yaml").rename(checkout.root / "params" / f"{name}.yaml")
    checkout.replace(f"params/{name}.yaml", "cohort: small", f"cohort: {name}")


@pytest.fixture
def three(tmp_path) -> Checkout:
    """Cohorts bad, other and small, nothing built; the roster of bad lacks its column of IDs."""
    checkout = copied(tmp_path / "project")
    for name in ("bad", "other"):
        add_small_as(checkout, name)
    add_small(checkout)
    checkout.replace("data/bad/roster.csv", "Code", "Kode")
    return checkout


def test_a_failing_cohort_stops_no_other_and_the_summary_says_why(three, built):
    done = three.reports(MAKEFLAGS=" -j2 --jobserver-auth=3,4")
    assert done.code == 2
    assert "3 of 3 cohorts to build, 2 at a time" in done.out
    assert "\r" not in done.out  # not on a terminal
    summary = done.out.split("what happened")[1]
    assert re.search(r"^bad +stopped by its input +[\d.]+ s +.*1 problem in the input: .*roster\.csv", summary, re.M)
    assert re.search(r"^other +built +[\d.]+ s$", summary, re.M)
    assert not three.path("bad", "report.en.html").exists()
    assert three.published("small") == built.published("small")  # as if it had been built alone
    index = (three.root / "build" / "index.html").read_text(encoding="utf-8")
    assert [name in index for name in ("small/report.he.html", "other/report.he.html", "bad/report.he.html")] == [
        True,
        True,
        False,
    ]

    three.replace("data/bad/roster.csv", "Kode", "Code")
    done = three.reports()
    assert (done.code, "1 of 3 cohorts to build" in done.out) == (0, True)
    assert re.search(r"^other +unchanged$", done.out, re.M)
    done = three.reports(CHOSEN_COHORTS="small bad")
    assert (done.code, done.out.startswith("Nothing to do: the reports of 2 cohorts")) == (0, True)


def builds_of(driver: subprocess.Popen) -> list[psutil.Process]:
    """The processes that build a cohort: forks of the driver's builders."""
    builders = [child for child in psutil.Process(driver.pid).children() if "spawn_main" in " ".join(child.cmdline())]
    return [build for builder in builders for build in builder.children()]


def test_a_build_that_is_killed_is_begun_once_more(three):
    three.add_code("06_findings", SLEEP_ONCE)
    driver = three.start_reports(CHOSEN_COHORTS="other")
    wait_until((three.notebooks / "begun").exists)
    builds_of(driver)[0].kill()
    done = three.end(driver)
    assert (done.code, three.path("other", "report.en.html").exists()) == (0, True)


def test_ctrl_c_ends_what_runs_begins_nothing_more_and_leaves_no_process(three):
    three.add_code("02_describe", "import pathlib, time\npathlib.Path('begun').touch()\ntime.sleep(600)")
    driver = three.start_reports(CHOSEN_COHORTS="other small", MAKEFLAGS="-j1")
    wait_until((three.notebooks / "begun").exists)
    under_way = psutil.Process(driver.pid).children(recursive=True)
    done = three.end(driver, signal.SIGINT)
    assert done.code == 130
    assert re.search(r"^other +interrupted .*Interrupted: nothing was published", done.out, re.M)
    assert re.search(r"^small +interrupted +not begun$", done.out, re.M)
    psutil.wait_procs(under_way, timeout=10)
    assert [process for process in under_way if process.is_running()] == []


def test_an_unknown_cohort_is_refused_before_anything_runs(three):
    done = three.reports(CHOSEN_COHORTS="small smal")
    assert (done.code, done.err) == (2, "There is no cohort “smal” (one of: bad other small).\n")
    assert not (three.root / "build").exists()


@pytest.mark.parametrize(
    ("flags", "cores", "expected"),
    [(" -j2 --jobserver-auth=3,4", 8, 2), ("", 8, 8), ("k -j3 -- COHORTS=j9", 8, 3), ("-j", 4, 4), (" -- COHORTS=-j9", 2, 2)],
)
def test_how_many_at_once_is_what_make_was_told(flags, cores, expected):
    """As GNU Make 4.3 writes MAKEFLAGS."""
    assert reports.at_once(flags, cores) == expected


@pytest.mark.parametrize(
    ("codes", "expected"), [([0, 0], 0), ([0, 75], 75), ([75, 2, 0], 2), ([2, 3, 2], 3), ([3, 130, 2], 130), ([1, 2], 3)]
)
def test_one_exit_code_for_all_is_the_worst(codes, expected):
    assert reports.worst([reports.Outcome(str(code), code) for code in codes]) == expected


def test_on_a_terminal_one_line_is_written_over_and_says_what_is_left(capsys, monkeypatch):
    """Six notebooks of twelve in 30 s: the other six take about 30 s more."""
    clock = iter(range(0, 1000, 5))
    monkeypatch.setattr(reports.time, "monotonic", lambda: next(clock))
    monkeypatch.setenv("COLUMNS", "200")
    board = reports.Board(["1", "2"])
    board.live, board.begun = True, 0
    stages = ["01_clean", "02_describe", "03_compare", "04_projects", "05_network", "06_findings"]
    said = [("1", SAID, f"[{place}/6] {name}   1.0 s\n") for place, name in enumerate(stages, 1)]
    board.follow([("1", STARTED, None), *said[:3], ("2", STARTED, None), ("1", WRONG, "why: it is so"), ("1", ENDED, 3)])
    drawn = capsys.readouterr().out.split("\r\x1b[K")
    assert "0 of 2 cohorts | 1 3/6 03_compare | 2 0/6 begun" in drawn
    assert any(re.fullmatch(r"1 of 2 cohorts; about \d+ s left \| 2 0/6 begun", line) for line in drawn)
    assert "    why: it is so\n" in drawn


def test_the_time_left_is_reckoned_from_the_notebooks_that_have_ended(monkeypatch):
    monkeypatch.setattr(reports.time, "monotonic", lambda: 30.0)
    board = reports.Board(["1", "2"])
    board.begun, board.outcomes["1"] = 0.0, reports.Outcome("1", stages=["01_clean"] * 5)
    assert board.time_left() == ""  # too few to say
    board.outcomes["1"].stages.append("06_findings")
    assert board.time_left() == "; about 30 s left"
