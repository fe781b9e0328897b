"""A cohort's notebooks run in order with papermill, only those that are stale; then the pages are published."""

import json
import os
import platform
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path

from followup.chain.execution import StageFailed, end_all, execute, failed_beside, kept_by
from followup.chain.found_notebooks import page_order, stages_of
from followup.chain.metadata_rules import problems_of
from followup.chain.prose_only import code_digest, with_prose_of
from followup.chain.release import NEEDED, beside, check_beside, check_release, code_of_check, mark_of
from followup.chain.saved_meanwhile import Inputs
from followup.chain.stages import (
    HOUSE,
    Stage,
    imported_modules,
    modules_of_stages,
)
from followup.chain.warm_kernels import ANSWERED, WarmParent, begin
from followup.problems import Problem, raise_problems
from followup.store.freshness import (
    data_files,
    digest,
    digests,
    package_files,
    replace_text,
    setting_files,
    sha256_of,
    shown,
)
from followup.store.params_read import CLAIMS, NOTES, PLAN, key_digests, noted
from followup.store.remembered import DRAWINGS
from followup.study.institute_key import GIVEN, digests_of_raw_files

AT_ONCE = 3  # notebooks of one report alone, of two processors: a notebook waits now and then
TICK = 0.2  # seconds after which it is looked whether more notebooks may run at a time
LARGE = 30_000_000  # bytes of raw exports from which notebooks take turns, for the sake of memory


NO_NOTEBOOK = Problem("no notebook takes part in this report", "put one back: git checkout notebooks", "notebooks/")


def _stages_of(cohort) -> list[Stage]:
    """The notebooks that take part; raises `InputProblems` for one that cannot, whichever cohort it is for."""
    from followup.study.cohort import cohort_names

    sent = GIVEN in os.environ  # to a worker of a cluster, which has the params of one cohort only
    raise_problems(problems_of(cohorts=None if sent else cohort_names(cohort.root)))
    stages = stages_of(cohort.name)
    raise_problems([] if stages else [NO_NOTEBOOK])
    return stages


class Run:
    """One build of one cohort; `at_once` tells how many of its notebooks may run at a time, and may change its mind."""

    def __init__(self, cohort, begun: Inputs, say: Callable[[str], None], at_once: Callable[[], int]):
        self.cohort, self.begun, self.say, self.at_once = cohort, begun, say, at_once
        self.root, self.private = cohort.root, cohort.private
        self.started, self.people = time.monotonic(), None
        self.release, self.release_of = None, ""
        self.ahead = None  # a `RunAhead` of one of the notebooks
        self.one_sided: dict[Stage, list[str]] = {}  # by notebook, what of its texts was changed in one language
        self.stages = _stages_of(cohort)
        codebook = self.root / "params" / "questionnaires" / f"{cohort.params.questionnaire}.yaml"
        self.settings = digests([codebook, HOUSE / "requirements.lock"], self.root) | {
            "python": platform.python_version()
        }
        own = [path for path in setting_files(self.root, cohort.name) if path.parent.name != "questionnaires"]
        self.own_settings = digests(own, self.root)
        self.keys = key_digests(cohort.params) | {
            CLAIMS: self.own_settings.get(f"params/claims/{cohort.name}.yaml", "absent"),
            PLAN: self.own_settings.get(f"params/plans/{cohort.name}.json", "absent"),
        }
        # read here, before any thread starts: two threads in ast.parse at once can crash Python 3.11
        code_of_check()
        modules = modules_of_stages(self.stages)
        package = digests(set().union(*modules.values()), HOUSE)  # most are of several notebooks
        self.code = {
            stage.name: {name: package[name] for name in (shown(path, HOUSE) for path in modules[stage.name])}
            | {f"{stage.name}.ipynb: code": code_digest(stage.notebook)}
            for stage in self.stages
        }
        self.notebooks = {stage.name: digest(stage.notebook) for stage in self.stages}

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
            return json.loads(self._stamp_path(name).read_text())
        except (OSError, ValueError):
            return {}

    def _stamp_path(self, name: str) -> Path:
        return self.private / "stamps" / f"{name}.json"

    def is_fresh(self, stage: Stage) -> bool:
        """Whether a stage's last good run was of this notebook with these inputs, and all that it made still stands."""
        return self._is_of_this_notebook(stage) and self.has_run(stage)

    def _is_of_this_notebook(self, stage: Stage) -> bool:
        return self._stamp(stage.name).get("notebook") == self.notebooks[stage.name]

    def check_notebooks(self) -> None:
        """Raise `InputProblems` for a notebook, other than at its last good run, that would say one thing and do another."""
        changed = [stage for stage in self.stages if not self._is_of_this_notebook(stage)]
        if changed:
            from followup.chain import notebook_rules

            raise_problems(problem for stage in changed for problem in notebook_rules.preflight(stage.notebook))
        since = [stage for stage in self.stages if stage in changed or self._was_published_otherwise(stage)]
        self.one_sided = {stage: [*self._one_sided(stage)] for stage in since}

    def _published(self, stage: Stage) -> Path:
        """The notebook as it was at the last run that published the report."""
        return self.private / "published_notebooks" / f"{stage.name}.ipynb"

    def _was_published_otherwise(self, stage: Stage) -> bool:
        """Whether a run in between, which published nothing, had another notebook than the last report."""
        return self._published(stage).is_file() and digest(self._published(stage)) != self.notebooks[stage.name]

    def untold(self) -> set[str]:
        """The notebooks that ran since a report was last published: of what they left out nothing has been said."""
        return {stage.name for stage in self.stages if "told" not in self._stamp(stage.name)}

    def keep_published(self) -> None:
        """Keep the notebooks that a report was published from: what is edited next is compared with them."""
        for stage in self.stages:
            if stage.name in self.untold():
                self._put_stamp(stage, self._stamp(stage.name) | {"told": True})
            kept = self._published(stage)
            if not kept.is_file() or digest(kept) != self.notebooks[stage.name]:
                kept.parent.mkdir(exist_ok=True)
                replace_text(kept, stage.notebook.read_text(encoding="utf-8"))

    def _one_sided(self, stage: Stage) -> Iterator[str]:
        """Where only one language of a text differs from what the last report had, or from the last run where there was none."""
        from followup.chain.both_languages import one_sided
        from followup.publish import cells

        with suppress(OSError, ValueError):  # there was no run, or it was broken off
            if len(self.cohort.params.languages) > 1:
                kept = self._published(stage)
                before = cells.read(kept if kept.is_file() else self.private / f"{stage.name}.ipynb")
                yield from one_sided(before, cells.read(stage.notebook))

    def notices(self) -> Iterator[str]:
        """What was changed in one language; nothing of a notebook that is as it was committed, in which no edit is left."""
        from followup.publish.provenance import as_committed

        for stage, found in self.one_sided.items():
            if found and not as_committed(stage.notebook):
                yield from (f"notebooks/{stage.name}.ipynb: since the last run {each}" for each in found)

    def has_run(self, stage: Stage) -> bool:
        """Whether its code ran with these inputs, and all that it made still stands; the prose may have changed since."""
        stamp = self._stamp(stage.name)
        return stamp.get("inputs") == self.inputs(stage, stamp.get("read", ())) and self.stands(stage)

    def stands(self, stage: Stage) -> bool:
        """Whether there is something that its last good run made, all of it as it was made."""
        made = self._stamp(stage.name).get("outputs", {})
        return bool(made) and digests((self.root / path for path in made), self.root) == made

    def stage(self, stage: Stage) -> str:
        """Run a stage if it is stale; "ran", "fresh", or "prose" where nothing but prose changed and no code had to run."""
        if self.has_run(stage):
            return "fresh" if self._is_of_this_notebook(stage) else self._renew_prose(stage)
        before, goes_on = self._stamp(stage.name).get("outputs", {}), self._goes_on(stage)
        self._stamp_path(stage.name).unlink(missing_ok=True)
        inputs, output = self.inputs(stage, ()), self.executed(stage)
        notebook = self.ahead.finish() if goes_on else execute(stage, self.cohort.name, output, self.told(stage))
        self.begun.check()  # what it made of a file that was saved meanwhile is not kept under the marks of before
        read, tables = noted(self.notes(stage))
        made = [output, *(self._path(kind, name) for kind, name in kept_by(notebook))]
        outputs = digests(made, self.root)
        self._remove(before.keys() - outputs.keys() - self._made(but=stage.name).keys())
        self._put_stamp(
            stage, {"inputs": inputs | self._keys(read), "read": read, "tables": tables, "outputs": outputs}
        )
        return "ran"

    def executed(self, stage: Stage) -> Path:
        """Where a notebook lies with what its cells gave."""
        return self.private / f"{stage.name}.ipynb"

    def told(self, stage: Stage) -> dict[str, str]:
        """What the kernel of a new run is told in its environment; the notes of an earlier one are taken away."""
        notes = self.notes(stage)
        notes.unlink(missing_ok=True)
        notes.parent.mkdir(parents=True, exist_ok=True)
        return {NOTES: str(notes), DRAWINGS: f"{self.private / 'drawings'}:{self._drawn_by(stage)}"}

    def notes(self, stage: Stage) -> Path:
        """Where its kernel notes which params it reads, and which tables."""
        return self.private / "stamps" / f"{stage.name}.read"

    def seconds(self, stage: Stage) -> float:
        """How long the cells of its last run took."""
        cells = json.loads(self.executed(stage).read_text(encoding="utf-8"))["cells"]
        return sum(cell["metadata"].get("papermill", {}).get("duration") or 0 for cell in cells)

    def _goes_on(self, stage: Stage) -> bool:
        """Whether a run ahead of this notebook goes on; one that is of no use is given up."""
        if self.ahead is None or self.ahead.stage.name != stage.name:
            return False
        if fits := self.ahead.fits(self, stage):
            return fits
        self.ahead.end()
        return False

    @property
    def is_large(self) -> bool:
        """Whether the raw exports are so large that notebooks take turns."""
        return sum(path.stat().st_size for path in data_files(self.root, self.cohort.name)) >= LARGE

    def _made(self, but: str = "") -> dict[str, str]:
        """Which notebook made each table and result, by its path."""
        return {
            path: stage.name
            for stage in self.stages
            if stage.name != but
            for path in self._stamp(stage.name).get("outputs", {})
        }

    def _remove(self, paths: Iterable[str]) -> None:
        """Tables that nothing makes any more: a later notebook must not read them."""
        for path in paths:
            (self.root / path).unlink(missing_ok=True)

    def forget_others(self) -> None:
        """Take away what notebooks made that no longer take part."""
        for stamp in (self.private / "stamps").glob("*.json"):
            if stamp.stem not in {stage.name for stage in self.stages}:
                self._remove(self._stamp(stamp.stem).get("outputs", {}).keys() - self._made().keys())
                stamp.unlink()

    def _check_names(self) -> None:
        """Raise `StageFailed` where two notebooks publish a table under one name."""
        made: dict[str, str] = {}
        for stage in self.stages:
            for path in self._stamp(stage.name).get("outputs", {}):
                if (other := made.setdefault(path, stage.name)) != stage.name:
                    cause = f"“{Path(path).stem}” is the name of a table of {other} too: give it a name of its own"
                    raise StageFailed(stage.name, None, cause, self.private / f"{stage.name}.ipynb")

    def _check_reading(self) -> None:
        """Raise `StageFailed` where a notebook reads a table of one that it does not name: it would not run again."""
        made = self._made()
        for stage in self.stages:
            for path in self._stamp(stage.name).get("tables", ()):
                if (maker := made.get(path, stage.name)) not in (stage.name, *stage.after):
                    after = json.dumps([*stage.after, maker])
                    cause = f'it reads “{Path(path).stem}” of {maker}, which its metadata do not name: write "after": {after}'
                    raise StageFailed(stage.name, None, cause, self.private / f"{stage.name}.ipynb")

    def _drawn_by(self, stage: Stage) -> str:
        """SHA-256 of everything but its numbers that decides how a stage's charts look."""
        modules = {name: mark for name, mark in self.code[stage.name].items() if name.endswith(".py")}
        return sha256_of(json.dumps(self.settings | modules, sort_keys=True))

    def _renew_prose(self, stage: Stage) -> str:
        """Put the notebook's present prose beside the outputs that its code has had."""
        output, stamp = self.private / f"{stage.name}.ipynb", self._stamp(stage.name)
        now, executed = (json.loads(path.read_text(encoding="utf-8")) for path in (stage.notebook, output))
        replace_text(
            output, json.dumps(with_prose_of(now, executed), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        )
        self._put_stamp(stage, stamp | {"outputs": stamp["outputs"] | digests([output], self.root)})
        return "prose"

    def _put_stamp(self, stage: Stage, stamp: dict) -> None:
        stamp["notebook"] = self.notebooks[stage.name]
        replace_text(self._stamp_path(stage.name), json.dumps(stamp, indent=1, sort_keys=True) + "\n")

    def _path(self, kind: str, name: str) -> Path:
        return self.private / ("tables" if kind == "handed_on" else "results") / f"{name}.csv"

    def all_stages(self) -> None:
        """Run what is stale, several notebooks at a time where they do not need each other.

        While notebooks run in their kernels, what the pages need of those that have ended is made ready; before the
        next one runs when they run one after another.
        """
        if stale := [stage for stage in self.stages if not self.has_run(stage)]:
            self.make_kernels_ready(stale[0])
        # as long as a kernel is awaited its start wants this process, and pages wait
        awaited = bool(stale) and self.ahead is None and self.at_once() > 1
        ANSWERED.clear()
        done: set[str] = set()
        under_way: dict[Future, Stage] = {}
        large = self.is_large
        with ThreadPoolExecutor(1) as ahead, ThreadPoolExecutor(len(self.stages)) as pool:
            waiting, ended = list(self.stages), [stage for stage in self.stages if stage not in stale]
            try:
                while waiting or under_way or ended:
                    came_up = not awaited or ANSWERED.is_set() or not waiting and not under_way
                    if came_up and len(under_way) < self.at_once():  # a processor may be free
                        self._prepare_pages(ended, ahead)
                    ready, at_once = (
                        [s for s in waiting if done.issuperset(s.after)],
                        1 if large else self.at_once(),
                    )
                    for stage in ready[: max(0, at_once - len(under_way))]:
                        waiting.remove(stage)
                        under_way[pool.submit(self._timed, stage)] = stage
                    finished, _ = wait(under_way, TICK, return_when=FIRST_COMPLETED)
                    for future in finished:
                        stage = under_way.pop(future)
                        if future.result() != "fresh":
                            ended.append(stage)
                        done.add(stage.name)
                    if self.release is None and (done >= NEEDED or not waiting and not under_way):
                        self.release_of = mark_of(self.cohort)
                        self.release = beside(check_beside, self.cohort)
            except BaseException as stop:
                ahead.shutdown(wait=False, cancel_futures=True)
                pool.shutdown(wait=False, cancel_futures=True)  # what has not begun does not begin
                if isinstance(stop, KeyboardInterrupt):
                    end_all(under_way)
                if isinstance(stop, StageFailed):
                    stop.beside = failed_beside(under_way)
                raise

    def make_kernels_ready(self, first: Stage) -> None:
        """Let kernels be forked from a process that has imported what the first notebook needs and knows the people."""
        begin()
        if WarmParent.current is not None:
            WarmParent.current.import_first(imported_modules([first]))
            WarmParent.current.share("followup.cleaning.people:know", self.cohort.name)
        import papermill  # noqa: F401  before a notebook waits for it

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
        from followup.publish import cells, rendering

        notebook = cells.read(self.private / f"{stage.name}.ipynb")
        rendering.prepare(stage.name, notebook, self.cohort.params.languages)

    def check_unchanged(self) -> None:
        """Raise `SavedMeanwhile` or `StageFailed` where an input, or what a notebook made, is no longer what was read."""
        self.begun.check(contents=True)
        self._check_names()
        self._check_reading()
        for stage in self.stages:
            if not self.is_fresh(stage):
                raise StageFailed(stage.name, None, "what it made changed while others ran; run it again", self.private)

    def undecided(self) -> list[str]:
        """What the check of the tables that are about to leave could not decide; raises where it found somebody."""
        found = self.release.result()
        return found if mark_of(self.cohort) == self.release_of else check_release(self.cohort)

    def page_order(self) -> tuple[str, ...]:
        return page_order(self.stages)

    def all_inputs(self) -> dict[str, str]:
        """Everything that the report is made from: code and codebook by SHA-256, what the institute alone has by keyed ones."""
        code = digests([*package_files(), *(stage.notebook for stage in self.stages)], HOUSE)
        return self.settings | code | digests_of_raw_files(self.cohort.params, self.cohort.name, self.root)

    def results(self) -> list[str]:
        """The names of all results that the notebooks published."""
        made = [Path(path) for stage in self.stages for path in self._stamp(stage.name).get("outputs", {})]
        return [path.stem for path in made if path.parent.name == "results"]

    def _timed(self, stage: Stage) -> str:
        """Run a stage and say so: which notebook, which of how many, how long, how long altogether; what `stage` gives."""
        place, begin = f"[{self.stages.index(stage) + 1}/{len(self.stages)}] {stage.name}", time.monotonic()
        width = max(18, *(len(each.name) + 7 for each in self.stages))
        state = self.stage(stage)
        now = time.monotonic()
        took = {"fresh": "unchanged", "prose": "new prose"}.get(state, f"{now - begin:5.1f} s")
        self.say(f"{place:<{width}} {took}   ({now - self.started:.1f} s so far)")
        return state
