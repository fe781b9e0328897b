"""One cohort built: its notebooks run, its pages published; what failed is said on the last good ones."""

import errno
import os
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path

from followup.chain.ends import in_a_line
from followup.chain.execution import StageFailed
from followup.chain.foreseen import sure_to_run
from followup.chain.found_notebooks import found, misnamed
from followup.chain.run import AT_ONCE, Run
from followup.chain.run_ahead import RunAhead
from followup.chain.saved_meanwhile import Inputs, SavedMeanwhile
from followup.chain.stages import BUSY, FAILURE, HOUSE, INPUT, INTERRUPTED, imported_modules
from followup.chain.warm_kernels import WarmParent, collect_rarely, warm
from followup.disclosure.cell_bundle import LEFT_OUT
from followup.editions.records import editions_of
from followup.problems import InputProblems, PageProblem
from followup.store import temporary
from followup.store.durable import on_disk
from followup.store.freshness import COHORT_NAME, DRAFT, PUBLISHED, WHY_DRAFT, note_published

WARNING = "a warning or message"  # in the words of publish/cells.py
UNDECIDED = (
    "every number keeps the rules; whether somebody’s answers follow from several of them together was not settled for {}; "
    "what this means: “Before anything is published” in params/README.md"
)
MOST_NAMED = 5  # cells, of those whose output was a look of the analyst's own


def say_line(text: str) -> None:
    """One line, written whole: two notebooks may have something to say at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def build(name: str, at_once: Callable[[], int], say: Callable[[str], None] = say_line) -> int:
    """Build one cohort's report; the exit code: 0 done, 2 input, 3 failure, 75 busy, 130 interrupted.

    `at_once` tells how many notebooks may run at a time.
    """
    from filelock import FileLock, Timeout

    from followup.study.cohort import ROOT, open_cohort

    root = Path(os.environ.get("FOLLOWUP_ROOT", ROOT))
    begun = Inputs(root, name) if COHORT_NAME.fullmatch(name) else None  # any other name is refused in the next line
    cohort = open_cohort(name)
    begun.questionnaire = cohort.params.questionnaire
    cohort.private.mkdir(parents=True, exist_ok=True)
    lock = FileLock(cohort.private / "lock", timeout=0)
    try:
        with lock:
            return _build(cohort, begun, at_once, say)
    except Timeout:
        print(f"Another build of cohort {name} is under way; wait for it to end.", file=sys.stderr)
        return BUSY


def _build(cohort, begun: Inputs, at_once: Callable[[], int], say: Callable[[str], None]) -> int:
    run = Run(cohort, begun, say, at_once)
    run.ahead = RunAhead.current
    run.check_notebooks()
    editions_of(cohort.root, cohort.name)  # a record that is not as it was written is told before anything runs
    (cohort.private / PUBLISHED).unlink(missing_ok=True)
    say(f"Cohort {cohort.name}: {cohort.params.title.en}")
    for line in misnamed():
        say(line)
    try:
        run.forget_others()
        run.all_stages()
        run.check_unchanged()
        undecided = run.undecided()  # stops where somebody could be worked out of the tables
        from followup.chain.editions import standing_of
        from followup.publish import publication, versions
        from followup.publish.provenance import page_name

        versions.tidy(cohort.build)
        inputs, people = run.all_inputs(), run.people.result()
        judged = partial(standing_of, cohort)
        left_out = publication.publish_report(
            cohort, inputs, run.results(), people, run.page_order(), judged, at_once()
        )
    except Exception as error:
        failure = _because_of_a_save(error, begun)
        if not isinstance(failure, StageFailed | SavedMeanwhile | PageProblem | OSError):
            raise
        print(f"\n{in_a_line(failure) if isinstance(failure, OSError) else failure}", file=sys.stderr)
        _mark_last_pages(cohort.build, *_stage_and_kind(failure), getattr(failure, "exit_code", FAILURE))
        return getattr(failure, "exit_code", FAILURE)
    for line in (*_not_shown(left_out, run.untold()), *run.notices()):
        say(line)
    if undecided:
        say(UNDECIDED.format("; ".join(undecided)))
    if (why := cohort.private / WHY_DRAFT).is_file():
        say(why.read_text(encoding="utf-8"))
    run.keep_published()
    note_published(cohort.root, cohort.name, begun.fingerprint)
    on_disk([cohort.private / PUBLISHED, cohort.private, cohort.root / "build" / "index.html", cohort.root / "build"])
    say(f"Done in {time.monotonic() - run.started:.1f} s. Open:")
    folder = cohort.private / DRAFT if why.is_file() else cohort.build
    for language in cohort.params.languages:
        say(f"    {folder / page_name(language)}")
    return 0


def _not_shown(left_out: Iterable[tuple[str, int, str]], untold: Collection[str]) -> Iterator[str]:
    """What notebooks showed and the page does not: each warning; of those that are `untold`, what was left out in this cohort
    and why, and in one line what else they had to show.
    """
    yield from (
        f"notebooks/{notebook}.ipynb, cell [{cell}]: {what}"
        for notebook, cell, what in left_out
        if what.startswith(WARNING)
    )
    places: dict[str, list[str]] = {}
    for notebook, cell, what in left_out:
        if notebook in untold and not what.startswith(WARNING):
            places.setdefault(what if what.startswith(LEFT_OUT) else "", []).append(
                f"{notebook} [{cell}]" if cell else notebook
            )
    seen = places.pop("", [])
    yield from (f"{LEFT_OUT}{_named(cells)}: {what.removeprefix(LEFT_OUT)}" for what, cells in places.items())
    if seen:
        yield f"seen in the notebooks only: {_named(seen)} (report.table, figure or say publishes)"


def _named(cells: Iterable[str]) -> str:
    """Cells by their notebook and number, the first of them where they are many."""
    once = list(dict.fromkeys(cells))
    return ", ".join(once[:MOST_NAMED]) + (f" and {len(once) - MOST_NAMED} more" if len(once) > MOST_NAMED else "")


def _because_of_a_save(error: Exception, begun: Inputs) -> Exception:
    """What is to be told of an error: that a file was saved while the notebooks ran, or the error itself."""
    try:
        begun.check(error)
    except SavedMeanwhile as saved:
        return saved
    return error


def _stage_and_kind(failure: Exception) -> tuple[str, str]:
    """Where a run failed and the kind of error, without its values, which may be somebody's."""
    if isinstance(failure, SavedMeanwhile):
        return failure.files[0].partition("/")[0], "an input changed while it was being made"
    if isinstance(failure, StageFailed):
        full = os.strerror(errno.ENOSPC)
        return failure.stage, full if full in failure.cause else failure.cause.split(":")[0]
    return "page", (failure.strerror or type(failure).__name__) if isinstance(
        failure, OSError
    ) else "the page was refused"


def _mark_last_pages(build: Path, stage: str, cause: str, exit_code: int) -> None:
    """Say at the top of the last good pages that a newer run failed, in words that hold nothing of the data."""
    from followup.language import Text
    from followup.publish.publication import publish_failure

    why = Text("יש בעיות בקלט", "there are problems in the input") if exit_code == INPUT else Text(cause, cause)
    try:
        if publish_failure(build, stage, why):
            (build / "private" / PUBLISHED).unlink(missing_ok=True)  # so that the next run takes the notice away
            print("    the last good report now says so at its top", file=sys.stderr)
    except OSError as error:
        print(f"    the last good report stands as it was, without a notice: {in_a_line(error)}", file=sys.stderr)


def _warm_for(name: str) -> AbstractContextManager:
    """Kernels forked from a process that imports first what the first notebook that is sure to run needs."""
    sure = sure_to_run(name)
    return warm(imported_modules([*sure, *found()]), now=bool(sure))


def build_and_tell(
    name: str, at_once: Callable[[], int] = lambda: AT_ONCE, when: Callable[[], bool] = lambda: True
) -> int:
    """Build one cohort's report and say on standard error what went wrong; the exit code, as `build` gives it.

    Once all is ready `when` is called: it comes back when the build is to begin, or with False where none is.
    """
    collect_rarely()
    try:
        with temporary.folder() as runtime:
            os.environ["JUPYTER_RUNTIME_DIR"] = str(runtime)
            os.environ.setdefault(
                "MPLCONFIGDIR", str(HOUSE / "build" / ".matplotlib")
            )  # nothing is written outside the clone
            with nullcontext() if WarmParent.current else _warm_for(name):
                try:
                    return build(name, at_once) if when() else INTERRUPTED
                finally:
                    if RunAhead.current is not None:
                        RunAhead.current.end()
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
    except Exception as error:  # noqa: BLE001  whatever it is, it is said in a line
        print(in_a_line(error), file=sys.stderr)
        return FAILURE
