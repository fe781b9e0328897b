"""Cohorts on a Dask cluster: a real scheduler and real workers on this computer, which share nothing but bytes."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from importlib import metadata
from pathlib import Path

import psutil
import pytest
from checkouts import FEW, Checkout, Done, add_small, copied, wait_until
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pytest.importorskip("distributed", reason="make .venv/cluster.ready adds it")
from followup.chain import cluster


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


SCHEDULER = "import sys; sys.path.insert(0, sys.argv.pop(1)); from distributed.cli.dask_scheduler import main; main()"


def only_distributed(folder: Path) -> Path:
    """A folder from which Python imports `distributed` and what it needs, and nothing else."""
    folder.mkdir(parents=True)
    wanted, seen = ["distributed"], set()
    while wanted:
        name = canonicalize_name(wanted.pop())
        if name in seen:
            continue
        seen.add(name)
        found = metadata.distribution(name)
        needs = map(Requirement, found.requires or [])
        wanted += [need.name for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})]
        for top in {file.parts[0] for file in found.files if file.parts[0] not in ("..", "__pycache__")}:
            (folder / top).symlink_to(Path(found.locate_file(top)))
    return folder


class Cluster:
    """A scheduler and its workers, each a process; the workers' project is a copy of its own, with no cohort in it.

    The scheduler is one that anybody may have started: in an empty folder, by a Python that has only `distributed`.
    """

    def __init__(self, folder: Path, notebooks: tuple[str, ...] = FEW, workers: int = 1):
        self.project = copied(folder / "workers", notebooks)
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self.address = f"tcp://127.0.0.1:{free_port()}"
        self.nowhere, self.libraries = folder / "nowhere", only_distributed(folder / "libraries")
        self.nowhere.mkdir()
        self.processes = [self.start_scheduler()]
        self.workers = [self.add_worker() for _ in range(workers)]

    def start_scheduler(self) -> subprocess.Popen:
        return subprocess.Popen(
            [
                sys.executable,
                "-I",
                "-S",
                "-c",
                SCHEDULER,
                str(self.libraries),
                "--host",
                self.address,
                "--no-dashboard",
            ],
            cwd=self.nowhere,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def restart_scheduler(self) -> None:
        self.processes[0].kill()
        self.processes[0].wait()
        self.processes[0] = self.start_scheduler()

    def _start(self, *command: str) -> subprocess.Popen:
        own = {
            "TMPDIR": str(self.temporary),
            "FOLLOWUP_KEY_FILE": str(self.temporary / "no-key"),
            "PYTHONHASHSEED": "0",
            "TZ": "<+1245>-12:45",
        }
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *command],
            cwd=self.project.notebooks,
            env={**os.environ, **own},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def add_worker(self) -> subprocess.Popen:
        worker = self._start(
            "worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"
        )
        self.processes.append(worker)
        return worker

    def left_behind(self) -> list[str]:
        return [path.name for path in self.temporary.glob("followup-*")]

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def workers(tmp_path_factory) -> Iterator[Cluster]:
    running = Cluster(tmp_path_factory.mktemp("cluster"), workers=2)
    yield running
    running.end()


@pytest.fixture
def sender(tmp_path) -> Checkout:
    """The small cohort with a few notebooks, not built; test_new_notebook.py sends all of them."""
    checkout = copied(tmp_path / "project", FEW)
    add_small(checkout)
    return checkout


def building(worker: subprocess.Popen) -> list[psutil.Process]:
    """The processes in which a worker builds a cohort; one that ends meanwhile is none."""
    return [
        child
        for child in psutil.Process(worker.pid).children()
        if "followup.chain.cluster" in " ".join(_command(child))
    ]


def kernels(build: psutil.Process) -> list[psutil.Process]:
    """The kernels of a build under way; none when it ends meanwhile."""
    try:
        return [kernel for parent in build.children() for kernel in parent.children()]
    except psutil.NoSuchProcess:
        return []


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def test_a_worker_killed_half_way_costs_a_new_start_and_the_bytes_are_those_of_a_local_build(
    workers, sender, built_of_few
):
    driver = sender.start_reports(CHOSEN_SCHEDULER=workers.address)
    wait_until(lambda: any(building(worker) for worker in workers.workers))
    busy = next(worker for worker in workers.workers if building(worker))
    wait_until(workers.left_behind)
    orphans = building(busy)
    busy.send_signal(signal.SIGKILL)
    busy.wait()
    workers.workers.remove(busy)
    done = sender.end(driver, seconds=300)
    assert (done.code, done.err) == (0, ""), done.out
    assert sender.published("small") == built_of_few.published("small")
    assert not list(
        sender.path("small", "private").glob("tables/*")
    )  # row-level tables stay away, and do not stay there
    psutil.wait_procs(orphans, timeout=20)
    wait_until(lambda: not workers.left_behind())
    assert not (workers.temporary / "no-key").exists()

    again = sender.reports(CHOSEN_SCHEDULER=workers.address)
    assert again.out.startswith("Nothing to do")


MOMENT = {"SOURCE_DATE_EPOCH": "1785000000"}


@pytest.fixture(scope="module")
def stopped(workers, built_of_few, tmp_path_factory) -> tuple[Checkout, Checkout, Done]:
    """An input with a problem: a copy where it is to be built here, and one where a worker has refused it and what was said."""
    here = built_of_few.copy(tmp_path_factory.mktemp("stopped") / "here")
    long_ago = datetime(2026, 1, 2, 3, 4).timestamp()
    os.utime(here.path("small", "manifest.json"), (long_ago, long_ago))
    here.replace("data/small/roster.csv", "Code", "Kode")
    there = here.copy(here.root.with_name("there"))
    return here, there, there.reports(CHOSEN_SCHEDULER=workers.address, **MOMENT)


def test_what_is_wrong_with_an_input_comes_back_and_stands_on_the_last_good_page(workers, stopped):
    _, there, done = stopped
    assert done.code == 2
    assert re.search(r"small +stopped by its input .*1 problem in the input: .*roster\.csv", done.out)
    assert str(there.path("small", "private", "01_clean.ipynb")) in done.out  # the notebook that failed came home
    assert str(workers.temporary) not in done.out
    assert "there are problems in the input" in there.page("small", "en")
    assert "2026-01-02 03:04" in there.page("small", "en")  # how old the report is


def test_a_failure_on_a_worker_leaves_the_page_that_a_failure_here_leaves(stopped):
    """A worker lives in another time zone (see `Cluster`)."""
    here, there, _ = stopped
    assert here.build("small", **MOMENT).code == 2
    assert there.published("small") == here.published("small")


def test_ctrl_c_here_ends_the_build_on_a_worker(workers, sender):
    """Its kernels are held, so that it would never end by itself."""
    driver = sender.start_reports(CHOSEN_SCHEDULER=workers.address)
    wait_until(lambda: any(kernels(build) for worker in workers.workers for build in building(worker)))
    [build] = [build for worker in workers.workers for build in building(worker)]
    for kernel in kernels(build):
        kernel.suspend()
    done = sender.end(driver, signal.SIGINT)
    assert done.code == 130
    assert psutil.wait_procs([build], timeout=20)[1] == []
    wait_until(lambda: not workers.left_behind())


class OldScheduler(Cluster):
    """A cluster whose scheduler has an older `distributed`, in an environment of its own."""

    def __init__(self, folder: Path, version: str):
        self.environment = folder / "old"
        for command in (["venv", "--python", sys.executable], ["pip", "install", f"distributed=={version}"]):
            where = ["--python", str(self.environment)] if command[0] == "pip" else [str(self.environment)]
            uv = [sys.executable, "-m", "uv", *command, *where]
            if subprocess.run(uv, capture_output=True, check=False).returncode:
                pytest.skip(f"distributed {version} cannot be had here")
        super().__init__(folder)

    def start_scheduler(self) -> subprocess.Popen:
        command = [str(self.environment / "bin" / "dask"), "scheduler", "--host", self.address, "--no-dashboard"]
        return subprocess.Popen(command, cwd=self.nowhere, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture
def older(request, tmp_path_factory) -> Iterator[Cluster]:
    running = OldScheduler(tmp_path_factory.mktemp("older"), request.param)
    yield running
    running.end()


@pytest.mark.parametrize("older", [cluster.OLDEST_SCHEDULER], indirect=True)
def test_the_oldest_scheduler_that_is_named_passes_on_the_same_bytes(older, sender, built_of_few):
    done = sender.reports(CHOSEN_SCHEDULER=older.address)
    assert (done.code, done.err) == (0, ""), done.out
    assert sender.published("small") == built_of_few.published("small")


@pytest.mark.parametrize("older", ["2025.3.0"], indirect=True)
def test_a_scheduler_that_is_older_still_is_refused_in_one_line(older, sender):
    done = sender.reports(CHOSEN_SCHEDULER=older.address)
    needs = f"the scheduler's Dask is too old: {cluster.OLDEST_SCHEDULER} or newer is needed"
    assert (done.code, done.err) == (2, f"SCHEDULER={older.address}: {needs}; nothing was sent.\n")


def test_the_scheduler_of_the_tests_knows_nothing_of_the_project(workers):
    asked = f"import sys; sys.path.insert(0, {str(workers.libraries)!r}); import distributed\n"
    for module, code in (("", 0), ("import followup", 1), ("import pandas", 1), ("import papermill", 1)):
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", asked + module], cwd=workers.nowhere, capture_output=True
        )
        assert done.returncode == code, done.stderr


@pytest.mark.parametrize(
    ("here", "expected"),
    [("<+0200>-02:00", "<+0200>-02:00"), ("<-0330>+03:30", "<-0330>+03:30"), ("UTC0", "<+0000>-00:00")],
)
def test_the_time_zone_that_a_worker_is_told(here, expected, monkeypatch):
    monkeypatch.setenv("TZ", here)
    time.tzset()
    told = cluster.time_zone()
    monkeypatch.undo()
    time.tzset()
    assert told == expected


def test_a_worker_with_other_code_is_refused_before_anything_is_sent(workers, sender):
    with (sender.notebooks / "followup/analysis/answer_levels.py").open("a") as module:
        module.write("# a line more\n")
    done = sender.reports(CHOSEN_SCHEDULER=workers.address)
    assert done.code == 2
    assert "These workers are not what this computer is, so that nothing was sent" in done.err
    assert "notebooks, package and lock file" in done.err
    assert not sender.path("small", "report.en.html").exists()


def test_a_scheduler_that_does_not_answer_is_told_in_one_line(sender):
    address = f"tcp://127.0.0.1:{free_port()}"
    done = sender.reports(CHOSEN_SCHEDULER=address)
    assert (done.code, done.err) == (2, f"SCHEDULER={address}: no Dask scheduler answers there; nothing was sent.\n")


def test_what_another_computer_has_otherwise_is_named():
    here = {"Python": "3.11.7", "pandas": "3.1.1"}
    assert cluster.differences({"Python": "3.12.1", "pandas": "3.1.1"}, here) == "Python 3.12.1 (here 3.11.7)"
    assert cluster.differences(dict(here), here) == ""


def test_real_answers_are_named_with_the_senders_key_which_stays_here(workers, sender):
    """The same bytes as a build on this computer, digests of raw files too, though the worker has no key."""
    sender.replace("params/small.yaml", "synthetic: true", "synthetic: false")
    local = sender.copy(sender.root.with_name("local"))
    sent = sender.reports(CHOSEN_SCHEDULER=workers.address)
    assert (sent.code, local.build("small").code) == (0, 0), sent.out
    assert sender.published("small") == local.published("small")
    assert not (workers.temporary / "no-key").exists()


def test_a_scheduler_that_is_started_anew_half_way_ends_the_run_in_words_and_serves_the_next(
    workers, sender, built_of_few
):
    """Workers end with their scheduler, as Dask has it: they are started anew, too. One is, for whatever test comes next."""
    driver = sender.start_reports(CHOSEN_SCHEDULER=workers.address)
    wait_until(lambda: any(building(worker) for worker in workers.workers if worker.poll() is None))
    workers.restart_scheduler()
    done = sender.end(driver, seconds=120)
    assert done.code == 3
    assert "the cluster gave it up" in done.out
    assert "Traceback" not in done.out + done.err
    wait_until(lambda: not workers.left_behind())
    workers.workers = [workers.add_worker()]
    done = sender.reports(CHOSEN_SCHEDULER=workers.address)
    assert done.code == 0, done.out + done.err
    assert sender.published("small") == built_of_few.published("small")
