"""Cohorts built by a Dask cluster: what a cohort is made from goes out as bytes, what a reader gets comes back.

A worker is this same project on another computer (`make worker SCHEDULER=…`). It needs no shared disk: each build runs in
a temporary folder of the worker, with a pseudonym key made for it alone, and leaves nothing there; the digests of raw
files, which need the institute's key, are made here and go out with them. Row-level tables do not come back; only a
notebook that failed does, for a look.
"""

import base64
import json
import logging
import os
import pickle
import queue
import subprocess
import sys
import threading
import time
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from followup.chain.builders import ENDED, SAID, STARTED, WRONG, NotBuilt, build_telling
from followup.chain.metadata_rules import problems_of
from followup.chain.saved_meanwhile import Inputs, SavedMeanwhile
from followup.chain.stages import BUSY, FAILURE, HOUSE, INPUT, INTERRUPTED, NOTEBOOKS
from followup.problems import InputProblems, Problem, raise_problems
from followup.publish import versions
from followup.store import temporary
from followup.store.freshness import (
    PUBLISHED,
    RELEASES,
    code_files,
    data_files,
    digests,
    note_published,
    release_files,
    setting_files,
    sha256_of,
)
from followup.study.institute_key import GIVEN, digests_of_raw_files

TICK = 0.5  # seconds between two looks at the clock
OLDEST_SCHEDULER = "2025.4.0"  # of `distributed`, that answers the locked one (tests/chain/test_cluster.py)
PATIENCE = 10  # seconds in which a scheduler must answer, and a first worker be there
Event = tuple[str, str, object]
Files = dict[str, bytes]


def identity() -> dict[str, str]:
    """What must be the same on two computers for a report to be the same, byte for byte."""
    from followup.publish.provenance import code_version, versions

    code = json.dumps(digests(code_files(), HOUSE), sort_keys=True)
    own = {"notebooks, package and lock file": sha256_of(code)[:12]}
    return own | {name: str(value) for name, value in (code_version() | versions()).items()}


def differences(there: dict[str, str], here: dict[str, str]) -> str:
    """What another computer has otherwise, in words; empty when nothing."""
    return ", ".join(
        f"{name} {there.get(name, 'absent')} (here {value})" for name, value in here.items() if there.get(name) != value
    )


# ------------------------------------------------------------ on this computer


class Call:
    """A call that is made where it is unpickled: the scheduler, which knows nothing of this project, passes on bytes."""

    def __init__(self, function: Callable, *arguments: Any):
        self.call = function, arguments

    def __reduce__(self) -> tuple[Callable, tuple]:
        return self.call


class ClusterBuilds:
    """Builds on the workers of the Dask scheduler at `address`; raises `NotBuilt` when it cannot be used."""

    def __init__(self, address: str, root: Path):
        self.root, self.topic, self.stopping = root, f"followup-{uuid.uuid4()}", False
        self.identity = identity()
        self.heard: queue.Queue[tuple[str, str, Any]] = queue.Queue()
        self.client, self.where = _connected(address, self.identity), f"on the cluster at {address}"
        self.client.subscribe_topic(self.topic, lambda event: self.heard.put(tuple(event[1])))

    def events(self, cohorts: list[str]) -> Iterator[Event]:
        """Send `cohorts`, tell what happens and publish what comes back; a worker that dies costs its cohort a new start."""
        with ExitStack() as locks, self.client:
            waiting = {}
            for cohort in cohorts:
                if not self._locked(cohort, locks):
                    yield cohort, STARTED, None
                    yield cohort, WRONG, f"Another build of cohort {cohort} is under way; wait for it to end."
                    yield cohort, ENDED, BUSY
                    continue
                try:
                    digests = self._digests(cohort)
                except InputProblems as problems:  # with the key, or the notebooks
                    yield cohort, STARTED, None
                    yield cohort, WRONG, str(problems)
                    yield cohort, ENDED, INPUT
                    continue
                waiting[cohort] = Inputs(self.root, cohort)
                self._send(cohort, digests)
            started: set[str] = set()
            while waiting and not self.stopping:
                for cohort, what, value in self._heard():
                    if cohort not in waiting:
                        continue
                    if what == STARTED or cohort not in started:
                        started.add(cohort)
                        yield cohort, STARTED, None
                    if what == SAID:
                        yield cohort, SAID, value
                    elif what == ENDED:
                        code, complaint = self._taken(cohort, value, waiting.pop(cohort))
                        yield cohort, WRONG, complaint
                        yield cohort, ENDED, code
                yield "", "", None
            if waiting:
                self._stop_workers()
            for cohort in started & set(waiting):
                yield cohort, ENDED, INTERRUPTED

    def stop(self) -> None:
        """Wait for nothing more; what a worker has started is ended there and thrown away."""
        self.stopping = True

    def _stop_workers(self) -> None:
        from distributed import Event

        Event(self.topic, self.client).set()

    def _locked(self, cohort: str, locks: ExitStack) -> bool:
        from filelock import FileLock, Timeout

        private = self.root / "build" / cohort / "private"
        private.mkdir(parents=True, exist_ok=True)
        with suppress(Timeout):
            locks.enter_context(FileLock(private / "lock", timeout=0))
            (private / PUBLISHED).unlink(missing_ok=True)
            return True
        return False

    def _digests(self, cohort: str) -> dict[str, str]:
        """Those that need the institute's key; none for params that the worker will refuse in any case.

        Raises `InputProblems` for notebooks that cannot take part.
        """
        from followup.study.cohort import cohort_names, open_cohort

        raise_problems(
            problems_of(cohorts=cohort_names(self.root))
        )  # which a worker, with one cohort's params, cannot tell
        try:
            params = open_cohort(cohort, self.root).params
        except InputProblems:
            return {}
        if release_files(self.root, cohort):
            what = "this cohort has editions that were sent: only where the key is can it be held against them"
            raise InputProblems(
                [Problem(what, f"build it here: make report COHORT={cohort}", f"data/{RELEASES}/{cohort}")]
            )
        return digests_of_raw_files(params, cohort, self.root)

    def _send(self, cohort: str, digests: dict[str, str]) -> None:
        inputs = [*data_files(self.root, cohort), *setting_files(self.root, cohort)]
        parcel = {
            "cohort": cohort,
            "topic": self.topic,
            "identity": self.identity,
            "shown_as": str(self.root),
            "inputs": {path.relative_to(self.root).as_posix(): path.read_bytes() for path in inputs if path.is_file()},
            "digests": digests,
            "published": published_files(self.root / "build" / cohort),
            "published_at": _published_at(self.root / "build" / cohort),
            "moment": {"TZ": time_zone()}
            | {name: value for name, value in os.environ.items() if name == "SOURCE_DATE_EPOCH"},
        }
        call = pickle.dumps(Call(build_sent, parcel))
        future = self.client.submit(pickle.loads, call, key=f"{self.topic}-{cohort}", pure=False)
        future.add_done_callback(lambda done: self.heard.put((cohort, ENDED, done)))

    def _heard(self) -> Iterator[tuple[str, str, Any]]:
        with suppress(queue.Empty):
            yield self.heard.get(timeout=TICK)
            while True:
                yield self.heard.get_nowait()

    def _taken(self, cohort: str, future: Any, sent: Inputs) -> tuple[int, str]:
        """Publish what a worker made of a cohort that was `sent` like this; (exit code, complaint)."""
        from followup.publish.publication import publish_files

        if future.status != "finished":
            return (
                FAILURE,
                f"the cluster gave it up: {future.exception() if future.status == 'error' else future.status}",
            )
        code, complaint, files, notebooks = future.result()
        try:
            sent.check(contents=True)
        except SavedMeanwhile as saved:
            return saved.exit_code, str(saved)
        build = self.root / "build" / cohort
        for name, content in notebooks.items():
            (build / "private" / name).write_bytes(content)
        if files:
            publish_files(self.root, cohort, files)
        if code == 0:
            note_published(self.root, cohort, sent.fingerprint)
        return code, complaint


def _connected(address: str, here: dict[str, str]):
    """A client of the scheduler, with at least one worker, all of which are what this computer is."""
    from distributed import Client
    from distributed.versions import VersionMismatchWarning

    warnings.simplefilter(
        "ignore", VersionMismatchWarning
    )  # workers are compared below; a scheduler only passes on bytes
    for name in ("distributed", "distributed.utils", "distributed.client"):  # what goes wrong is said here, in a line
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=PATIENCE)
        client.wait_for_workers(1, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        waited = "it has no worker (make worker SCHEDULER=… on a computer with this project starts one)"
        why = waited if "worker" in str(error) else "no Dask scheduler answers there"
        raise NotBuilt(f"SCHEDULER={address}: {why}; nothing was sent.") from error
    except TypeError as error:  # it knows no such request
        needs = f"the scheduler's Dask is too old: {OLDEST_SCHEDULER} or newer is needed"
        raise NotBuilt(f"SCHEDULER={address}: {needs}; nothing was sent.") from error
    try:
        found = client.run(identity)
    except ModuleNotFoundError as error:
        raise NotBuilt(
            f"SCHEDULER={address}: a worker does not find the project; start it with make worker. Nothing was sent."
        ) from error
    others = [
        f"    {worker}: {differing}" for worker, there in found.items() if (differing := differences(there, here))
    ]
    if others:
        raise NotBuilt(
            "\n".join(
                [
                    "These workers are not what this computer is, so that nothing was sent; bring them to the same commit "
                    "and start them again (make worker):",
                    *others,
                ]
            )
        )
    return client


def published_files(build: Path) -> Files:
    """What readers see of a cohort now, without what was made from it on demand."""
    folder = versions.current(build)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in versions.ON_DEMAND
    }


def time_zone() -> str:
    """This computer's time zone as it is now, as POSIX writes it: two hours east of Greenwich are -02:00."""
    ahead = datetime.now().astimezone().strftime("%z")
    return f"<{ahead}>{'-' if ahead[0] == '+' else '+'}{ahead[1:3]}:{ahead[3:5]}"


def _published_at(build: Path) -> float:
    """When what readers see now was published, in seconds since 1970; 0 when there is nothing."""
    manifest = build / "manifest.json"
    return manifest.stat().st_mtime if manifest.exists() else 0.0


# ------------------------------------------------------------ on a worker


def build_sent(parcel: dict[str, Any]) -> tuple[int, str, Files, Files]:
    """Build one cohort in a process of its own: (exit code, complaint, what readers are to see, notebooks that failed).

    The process ends, and removes what it was sent, when this worker dies or the sender wants no more.
    """
    from distributed import Event, get_client, get_worker

    if differing := differences(identity(), parcel["identity"]):
        return FAILURE, f"the worker is not what the sender is: {differing}", {}, {}
    worker, complaint, end = get_worker(), "", (FAILURE, {}, {})
    worker.log_event(parcel["topic"], [parcel["cohort"], STARTED, None])
    command = [sys.executable, "-m", "followup.chain.cluster"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=NOTEBOOKS, encoding="utf-8"
    ) as build:
        build.stdin.write(json.dumps(parcel, default=_as_text) + "\n")
        build.stdin.flush()
        threading.Thread(
            target=_end_with_sender, args=(build, Event(parcel["topic"], get_client())), daemon=True
        ).start()
        for line in build.stdout:
            what, value = json.loads(line)
            if what == SAID:
                worker.log_event(parcel["topic"], [parcel["cohort"], SAID, value])
            elif what == WRONG:
                complaint += value
            else:
                end = value
    code, files, notebooks = end
    return code, complaint, _as_bytes(files), _as_bytes(notebooks)


def _end_with_sender(build: subprocess.Popen, stopped: Any) -> None:
    """End a build once the sender has stopped waiting for it."""
    with suppress(OSError):  # no scheduler any more
        while build.poll() is None:
            if stopped.wait(timeout=1):
                build.stdin.close()
                return


def _as_text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _as_bytes(files: dict[str, str]) -> Files:
    return {name: base64.b64decode(content) for name, content in files.items()}


class Lines:
    """Messages as lines of JSON, with a folder of this computer named as the sender knows it."""

    def __init__(self, stream: IO[str], folder: str, shown_as: str):
        self.stream, self.folder, self.shown_as = stream, folder, shown_as

    def send(self, message: tuple[str, Any]) -> None:
        what, value = message
        named = value.replace(self.folder, self.shown_as) if isinstance(value, str) else value
        self.stream.write(json.dumps([what, named], default=_as_text) + "\n")
        self.stream.flush()


def _end_with_worker() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), 2)


def main() -> int:
    """Build the cohort that stands on standard input; messages go to standard output, and end with the files."""
    stream = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever else is written to standard output is no message
    parcel = json.loads(sys.stdin.readline())
    with temporary.folder("cohort-") as folder:
        threading.Thread(target=_end_with_worker, daemon=True).start()
        lines = Lines(stream, str(folder), parcel["shown_as"])
        code = _build(folder, parcel, lines)
        build = folder / "build" / parcel["cohort"]
        failed = {path.name: path.read_bytes() for path in (build / "private").glob("*.ipynb")} if code else {}
        lines.send((ENDED, (code, published_files(build), failed)))
    return code


def _build(root: Path, parcel: dict[str, Any], lines: Lines) -> int:
    from followup.publish.publication import publish_files

    for name, content in _as_bytes(parcel["inputs"]).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    if parcel["published"]:  # so that a failure is told on the last good pages
        publish_files(root, parcel["cohort"], _as_bytes(parcel["published"]))
        os.utime(root / "build" / parcel["cohort"] / "manifest.json", (parcel["published_at"],) * 2)
    (root / "digests.json").write_text(json.dumps(parcel["digests"]), encoding="utf-8")
    own = {"FOLLOWUP_ROOT": str(root), "FOLLOWUP_KEY_FILE": str(root / "key"), GIVEN: str(root / "digests.json")}
    os.environ.update(PYTHONHASHSEED="0", **own, **parcel["moment"])
    time.tzset()
    return build_telling(parcel["cohort"], lines)


if __name__ == "__main__":
    sys.exit(main())
