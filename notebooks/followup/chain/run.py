"""A cohort's notebooks run in order with papermill, only those that are stale; then the pages are published."""

import argparse
import errno
import hashlib
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path

from followup.chain.execution import StageFailed, end_all, execute, kept_by
from followup.chain.prose_only import code_digest, with_prose_of
from followup.chain.stages import (
    BUSY,
    FAILURE,
    HOUSE,
    INPUT,
    INTERRUPTED,
    STAGES,
    Stage,
    imported_modules,
    modules_of_stages,
)
from followup.chain.warm_kernels import WarmParent, collect_rarely, warm
from followup.problems import InputProblems, PageProblem, raise_problems
from followup.publish import versions
from followup.report.charts.drawing import DRAWINGS
from followup.store.freshness import PACKAGE, data_files, digest, digests, fingerprint, replace_text, setting_files
from followup.store.params_read import CLAIMS, NOTES, key_digests, noted

AT_ONCE = 3              # notebooks of one report alone, of two processors: a notebook waits now and then
TICK = 0.2               # seconds after which it is looked whether more notebooks may run at a time
LARGE = 30_000_000       # bytes of raw exports from which notebooks take turns, for the sake of memory


class Run:
    """One build of one cohort; `at_once` tells how many of its notebooks may run at a time, and may change its mind."""

    def __init__(self, cohort, say: Callable[[str], None], at_once: Callable[[], int]):
        self.cohort, self.say, self.at_once = cohort, say, at_once
        self.root, self.private = cohort.root, cohort.private
        self.started, self.people = time.monotonic(), None
        codebook = self.root / "params" / "questionnaires" / f"{cohort.params.questionnaire}.yaml"
        self.settings = digests([codebook, HOUSE / "requirements.lock"], self.root) | {"python": platform.python_version()}
        own = [path for path in setting_files(self.root, cohort.name) if path.parent.name != "questionnaires"]
        self.own_settings = digests(own, self.root)
        self.keys = key_digests(cohort.params) | {CLAIMS: self.own_settings.get(f"params/claims/{cohort.name}.yaml", "absent")}
        # read here, before any thread starts: two threads in ast.parse at once can crash Python 3.11
        modules = modules_of_stages()
        self.code = {stage.name: digests(modules[stage.name], HOUSE) | {f"{stage.name}.ipynb: code": code_digest(stage.notebook)} for stage in STAGES}
        self.notebooks = {stage.name: digest(stage.notebook) for stage in STAGES}

    def inputs(self, stage: Stage, read: Iterable[str]) -> dict[str, str]:
        """Everything that decides what a stage makes, by SHA-256; `read` are the params that its last run read."""
        raw = data_files(self.root, self.cohort.name) if not stage.after else []
        before = [path for name in stage.after for path in self._handed_on(name)]
        return self.settings | self._keys(read) | self.code[stage.name] | digests([*raw, *before], self.root)

    def _keys(self, read: Iterable[str]) -> dict[str, str]:
        return {f"{self.cohort.name}.yaml: {name}": self.keys.get(name, "absent") for name in read}

    def _handed_on(self, name: str) -> list[Path]:
        return [self.root / path for path in self._stamp(name).get("outputs", {}) if path.endswith(".csv")]

    def _stamp(self, name: str) -> dict:
        try:
            return json.loads((self.private / "stamps" / f"{name}.json").read_text())
        except (OSError, ValueError):
            return {}

    def is_fresh(self, stage: Stage) -> bool:
        """Whether a stage's last good run was of this notebook with these inputs, and all that it made still stands."""
        return self._is_of_this_notebook(stage) and self.has_run(stage)

    def _is_of_this_notebook(self, stage: Stage) -> bool:
        return self._stamp(stage.name).get("notebook") == self.notebooks[stage.name]

    def check_notebooks(self) -> None:
        """Raise `InputProblems` for a notebook, other than at its last good run, that would say one thing and do another."""
        changed = [stage for stage in STAGES if not self._is_of_this_notebook(stage)]
        if changed:
            from followup.chain import notebook_rules

            raise_problems(problem for stage in changed for problem in notebook_rules.preflight(stage.notebook))

    def has_run(self, stage: Stage) -> bool:
        """Whether its code ran with these inputs, and all that it made still stands; the prose may have changed since."""
        stamp = self._stamp(stage.name)
        made = stamp.get("outputs", {})
        return bool(made) and stamp.get("inputs") == self.inputs(stage, stamp.get("read", ())) and digests((self.root / p for p in made), self.root) == made

    def stage(self, stage: Stage) -> str:
        """Run a stage if it is stale; "ran", "fresh", or "prose" where nothing but prose changed and no code had to run."""
        if self.has_run(stage):
            return "fresh" if self._is_of_this_notebook(stage) else self._renew_prose(stage)
        notes = self.private / "stamps" / f"{stage.name}.read"
        for earlier in (notes, notes.with_suffix(".json")):
            earlier.unlink(missing_ok=True)
        notes.parent.mkdir(parents=True, exist_ok=True)
        inputs, output = self.inputs(stage, ()), self.private / f"{stage.name}.ipynb"
        notebook = execute(stage, self.cohort.name, output, {NOTES: str(notes), DRAWINGS: f"{self.private / 'drawings'}:{self._drawn_by(stage)}"})
        read = noted(notes)
        made = [output, *(self._path(kind, name) for kind, name in kept_by(notebook))]
        self._put_stamp(stage, {"inputs": inputs | self._keys(read), "read": read, "outputs": digests(made, self.root)})
        return "ran"

    def _drawn_by(self, stage: Stage) -> str:
        """SHA-256 of everything but its numbers that decides how a stage's charts look."""
        modules = {name: mark for name, mark in self.code[stage.name].items() if name.endswith(".py")}
        return hashlib.sha256(json.dumps(self.settings | modules, sort_keys=True).encode()).hexdigest()

    def _renew_prose(self, stage: Stage) -> str:
        """Put the notebook's present prose beside the outputs that its code has had."""
        output, stamp = self.private / f"{stage.name}.ipynb", self._stamp(stage.name)
        now, executed = (json.loads(path.read_text(encoding="utf-8")) for path in (stage.notebook, output))
        replace_text(output, json.dumps(with_prose_of(now, executed), ensure_ascii=False, indent=1, sort_keys=True) + "\n")
        self._put_stamp(stage, stamp | {"outputs": stamp["outputs"] | digests([output], self.root)})
        return "prose"

    def _put_stamp(self, stage: Stage, stamp: dict) -> None:
        stamp["notebook"] = self.notebooks[stage.name]
        replace_text(self.private / "stamps" / f"{stage.name}.json", json.dumps(stamp, indent=1, sort_keys=True) + "\n")

    def _path(self, kind: str, name: str) -> Path:
        return self.private / ("tables" if kind == "handed_on" else "results") / f"{name}.csv"

    def all_stages(self) -> None:
        """Run what is stale, several notebooks at a time where they do not need each other.

        While notebooks run in their kernels, what the pages need of those that have ended is made ready; before the
        next one runs when they run one after another.
        """
        if stale := [stage for stage in STAGES if not self.has_run(stage)]:
            if WarmParent.current is not None:
                WarmParent.current.import_first(imported_modules(stale))
            import papermill  # noqa: F401  before a notebook waits for it

        done: set[str] = set()
        under_way: dict[Future, Stage] = {}
        raw = sum(path.stat().st_size for path in data_files(self.root, self.cohort.name))
        with ThreadPoolExecutor(1) as ahead, ThreadPoolExecutor(len(STAGES)) as pool:
            waiting, ended = list(STAGES), []
            try:
                while waiting or under_way or ended:
                    if len(under_way) < self.at_once():      # a processor may be free
                        self._prepare_pages(ended, ahead)
                    ready, at_once = [s for s in waiting if done.issuperset(s.after)], self.at_once() if raw < LARGE else 1
                    for stage in ready[: max(0, at_once - len(under_way))]:
                        waiting.remove(stage)
                        under_way[pool.submit(self._timed, stage)] = stage
                    finished, _ = wait(under_way, TICK, return_when=FIRST_COMPLETED)
                    for future in finished:
                        stage = under_way.pop(future)
                        future.result()
                        done.add(stage.name)
                        ended.append(stage)
            except BaseException as stop:
                ahead.shutdown(wait=False, cancel_futures=True)
                pool.shutdown(wait=False, cancel_futures=True)       # what has not begun does not begin
                if isinstance(stop, KeyboardInterrupt):
                    end_all(under_way)
                raise

    def _prepare_pages(self, ended: list[Stage], ahead: ThreadPoolExecutor) -> None:
        """Make ready what the pages need of notebooks that have ended; at once when nothing may run beside it."""
        self.people = self.people or ahead.submit(self._prepare_page)
        pages = [self.people, *(ahead.submit(self._prepare, ended.pop()) for _ in range(len(ended)))]
        wait(pages if self.at_once() == 1 else [])

    def _prepare_page(self) -> frozenset[str]:
        """What pages need whatever stands on them; the words by which the cohort's people can be recognised are returned."""
        from followup.cleaning.people import words_of_people
        from followup.publish import publication

        publication.prepare(self.cohort)
        return words_of_people(self.cohort)

    def _prepare(self, stage: Stage) -> None:
        import nbformat

        from followup.publish import rendering

        rendering.prepare(stage.name, nbformat.read(self.private / f"{stage.name}.ipynb", as_version=4))

    def check_unchanged(self, before: str) -> None:
        """Raise `StageFailed` when an input, or a table that a notebook made, is no longer what the notebooks read."""
        if fingerprint(self.root, self.cohort.name) != before:
            raise StageFailed("06_findings", None, "an input changed while the notebooks ran; run it again", self.private)
        for stage in STAGES:
            if not self.is_fresh(stage):
                raise StageFailed(stage.name, None, "what it made changed while others ran; run it again", self.private)

    def all_inputs(self) -> dict[str, str]:
        """Everything that the report is made from, by SHA-256."""
        package = [path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        code = digests([*package, *(stage.notebook for stage in STAGES)], HOUSE)
        return self.settings | self.own_settings | code | digests(data_files(self.root, self.cohort.name), self.root)

    def results(self) -> list[str]:
        """The names of all results that the notebooks published."""
        made = [Path(path) for stage in STAGES for path in self._stamp(stage.name).get("outputs", {})]
        return [path.stem for path in made if path.parent.name == "results"]

    def _timed(self, stage: Stage) -> None:
        """Run a stage and say so: which notebook, which of how many, how long, how long altogether."""
        place, begin = f"[{STAGES.index(stage) + 1}/{len(STAGES)}] {stage.name}", time.monotonic()
        state = self.stage(stage)
        now = time.monotonic()
        took = {"fresh": "unchanged", "prose": "new prose"}.get(state, f"{now - begin:5.1f} s")
        self.say(f"{place:<18} {took}   ({now - self.started:.1f} s so far)")


def say_line(text: str) -> None:
    """One line, written whole: two notebooks may have something to say at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def build(name: str, at_once: Callable[[], int], say: Callable[[str], None] = say_line) -> int:
    """Build one cohort's report; the exit code: 0 done, 2 input, 3 failure, 75 busy, 130 interrupted.

    `at_once` tells how many notebooks may run at a time.
    """
    from filelock import FileLock, Timeout

    from followup.study.cohort import open_cohort

    cohort = open_cohort(name)
    cohort.private.mkdir(parents=True, exist_ok=True)
    lock = FileLock(cohort.private / "lock", timeout=0)
    try:
        with lock:
            return _build(cohort, at_once, say)
    except Timeout:
        print(f"Another build of cohort {name} is under way; wait for it to end.", file=sys.stderr)
        return BUSY


def _build(cohort, at_once: Callable[[], int], say: Callable[[str], None]) -> int:
    now, run = fingerprint(cohort.root, cohort.name), Run(cohort, say, at_once)
    run.check_notebooks()
    (cohort.private / "published").unlink(missing_ok=True)
    say(f"Cohort {cohort.name}: {cohort.params.title.en}")
    try:
        run.all_stages()
        run.check_unchanged(now)
        from followup.publish import publication

        versions.tidy(cohort.build)
        left_out = publication.publish_report(cohort, run.all_inputs(), run.results(), run.people.result())
    except (StageFailed, PageProblem, OSError) as failure:
        print(f"\n{_in_a_line(failure) if isinstance(failure, OSError) else failure}", file=sys.stderr)
        _mark_last_pages(cohort.build, *_stage_and_kind(failure), getattr(failure, "exit_code", FAILURE))
        return getattr(failure, "exit_code", FAILURE)
    for notebook, cell, what in left_out:
        say(f"not shown on the page: notebooks/{notebook}.ipynb, cell {cell}: {what} (report.table or report.say would show it)")
    replace_text(cohort.private / "published", now + "\n")
    say(f"Done in {time.monotonic() - run.started:.1f} s. Open:")
    for page in ("report.he.html", "report.en.html"):
        say(f"    {cohort.build / page}")
    return 0


def _stage_and_kind(failure: Exception) -> tuple[str, str]:
    """Where a run failed and the kind of error, without its values, which may be somebody's."""
    if isinstance(failure, StageFailed):
        full = os.strerror(errno.ENOSPC)
        return failure.stage, full if full in failure.cause else failure.cause.split(":")[0]
    return "page", (failure.strerror or type(failure).__name__) if isinstance(failure, OSError) else "the page was refused"


def _in_a_line(error: OSError) -> str:
    return f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")


def _mark_last_pages(build: Path, stage: str, cause: str, exit_code: int) -> None:
    """Say at the top of the last good pages that a newer run failed, in words that hold nothing of the data."""
    from followup.language import Text
    from followup.publish.publication import publish_failure

    why = Text("יש בעיות בקלט", "there are problems in the input") if exit_code == INPUT else Text(cause, cause)
    try:
        if publish_failure(build, stage, why):
            (build / "private" / "published").unlink(missing_ok=True)       # so that the next run takes the notice away
            print("    the last good report now says so at its top", file=sys.stderr)
    except OSError as error:
        print(f"    the last good report stands as it was, without a notice: {_in_a_line(error)}", file=sys.stderr)


def main(arguments: list[str] | None = None, at_once: Callable[[], int] = lambda: AT_ONCE) -> int:
    parser = argparse.ArgumentParser(description="Run a cohort's notebooks and publish its report.")
    parser.add_argument("cohort")
    name = parser.parse_args(arguments).cohort
    collect_rarely()
    try:
        with tempfile.TemporaryDirectory(prefix="followup-") as runtime:
            os.environ["JUPYTER_RUNTIME_DIR"] = runtime
            os.environ.setdefault("MPLCONFIGDIR", str(HOUSE / "build" / ".matplotlib"))     # nothing is written outside the clone
            with warm(imported_modules()):
                return build(name, at_once)
    except InputProblems as problems:
        print(problems, file=sys.stderr)
        root = Path(os.environ.get("FOLLOWUP_ROOT", HOUSE))
        if (root / "params" / f"{name}.yaml").exists():
            _mark_last_pages(root / "build" / name, f"params/{name}.yaml", "", INPUT)
        return INPUT
    except KeyboardInterrupt:
        print("\nInterrupted: nothing was published; the next run goes on from here.", file=sys.stderr)
        sys.stderr.flush()
        return INTERRUPTED
    except OSError as error:
        print(_in_a_line(error), file=sys.stderr)
        return FAILURE


def leave(code: int) -> None:
    """End this process at once: taking its objects apart one by one would take a quarter of a second."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):     # whoever read it has gone
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    leave(main())
