"""The check of what is about to leave, beside the notebooks that still run; its verdict is remembered by content.

Where kernels are forked, so is a process that checks: it waits for a free processor and never holds up this one.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from followup.chain.stages import HOUSE, NOTEBOOKS, modules_of
from followup.chain.warm_kernels import WarmParent, quiet_environment
from followup.problems import InputProblems, PageProblem, Problem
from followup.store import remembered
from followup.store.freshness import PACKAGE, digests, sha256_of

if TYPE_CHECKING:  # the driver reads this module before it has paid for pandas
    from followup.study.cohort import Cohort

NEEDED = frozenset({"02_describe", "03_compare"})  # the notebooks whose tables are checked
CHANGES, LEVELS, GAPS = "changes", ("levels", "items"), "gaps"
ROWS = ("participants", "responses")


def main(name: str) -> None:
    """Check a cohort and remember what was found, in a process of its own."""
    from followup.study.cohort import open_cohort

    _checked(open_cohort(name))


def check_beside(cohort: Cohort) -> list[str]:
    """`check_release`, most of it in a process of its own; whatever becomes of that, this gives the same."""
    if (parent := WarmParent.current) is not None and not parent.distrusted and not _remembered(cohort):
        with suppress(OSError):
            process = parent.fork([cohort.name], os.environ | quiet_environment(), str(NOTEBOOKS), __name__)
            while process.poll() is None:
                time.sleep(0.05)
    return check_release(cohort)


def beside(work: Callable, *told) -> Future:
    """Work in a thread of its own, which a build that is ended does not wait for."""
    future: Future = Future()

    def run() -> None:
        try:
            future.set_result(work(*told))
        except BaseException as error:  # noqa: BLE001 (told to whoever asks for the result)
            future.set_exception(error)

    Thread(target=run, daemon=True).start()
    return future


def check_release(cohort: Cohort) -> list[str]:
    """Raise `InputProblems` where somebody's answers could be worked out of the tables that are about to be published.

    Gives the rows of which it could not be decided, each with why; of these the rules of precision hold all the same.
    Beyond `release_check.MOST_PEOPLE` they are enough, and nobody's answers are read.
    """
    said = _remembered(cohort) or _checked(cohort)
    if said["undecided"]:  # another run may have the time
        _kept(cohort).unlink(missing_ok=True)
    if said["problem"]:
        raise InputProblems([Problem(**said["problem"])])
    return said["undecided"]


def _kept(cohort: Cohort) -> Path:
    return cohort.private / "release_check.json"


def _remembered(cohort: Cohort) -> dict | None:
    return remembered.read(_kept(cohort), mark_of(cohort))


def _checked(cohort: Cohort) -> dict:
    """What the check says, which is remembered."""
    from followup.disclosure import release_check  # half a second that only a check waits for

    changes, mark = _told(cohort, CHANGES), mark_of(cohort)
    few = release_check.few_enough(changes, cohort.params.link).any()
    said = _said(cohort, _release(cohort, changes), _told(cohort, GAPS)) if few else {"problem": None, "undecided": []}
    remembered.write(_kept(cohort), mark, said)
    return said


def _told(cohort: Cohort, name: str):
    """A result that the notebooks made; an empty table where none of them does."""
    import pandas as pd

    from followup.study.cohort import read_result

    return read_result(cohort, name) if _result(cohort, name).is_file() else pd.DataFrame()


def _result(cohort: Cohort, name: str) -> Path:
    return cohort.private / "results" / f"{name}.csv"


def _release(cohort: Cohort, changes):
    """The tables and the answers, for `release_check`."""
    import pandas as pd

    from followup.disclosure import release_check

    levels = pd.concat([_told(cohort, name) for name in LEVELS], ignore_index=True)
    participants, responses = (cohort.read(name) for name in ROWS)
    trait = cohort.params.groups_by
    group_of = participants.set_index("participant")[trait] if trait else pd.Series(dtype="str")
    return release_check.Release(changes, levels, responses, group_of, cohort.codebook, cohort.params)


def _said(cohort: Cohort, release, gaps) -> dict:
    """What is wrong, as a problem in parts that JSON can hold (None where nothing is), and what could not be decided."""
    from followup.disclosure import release_check, scale_blocks

    try:
        broken = release.broken()
        beside_gaps = scale_blocks.beside_gaps(release, gaps) if not any(not one.undecided for one in broken) else []
    except ValueError as too_precise:
        remedy = "publish what safe.results(changes) gives, as it is"
        raise PageProblem("03_compare", None, str(too_precise), remedy) from too_precise
    found, undecided = ([one for one in broken if one.undecided is which] for which in (False, True))
    said: dict = {"problem": None, "undecided": [*map(str, undecided), *beside_gaps]}
    if found:
        problem = release_check.as_problem(found, release.remedy(found), f"params/{cohort.name}.yaml")
        said["problem"] = {"what": problem.what, "remedy": problem.remedy, "file": problem.file}
    return said


def mark_of(cohort: Cohort) -> str:
    """SHA-256 of all that decides the verdict: tables, answers, params, codebook, code."""
    tables = [path for name in (CHANGES, *LEVELS, GAPS) if (path := _result(cohort, name)).is_file()]
    rows = [cohort.private / "tables" / f"{name}.csv" for name in ROWS]
    params = cohort.root / "params"
    settings = [params / f"{cohort.name}.yaml", params / "questionnaires" / f"{cohort.params.questionnaire}.yaml"]
    parts = digests([*tables, *rows, *settings], cohort.root) | code_of_check()
    return sha256_of(json.dumps(parts, sort_keys=True))


@cache
def code_of_check() -> dict[str, str]:
    """SHA-256 of the check's code and of the versions it runs with; asked for before any thread starts (`run.py`)."""
    check = PACKAGE / "disclosure" / "scale_blocks.py"  # which looks at gaps, and uses all of release_check.py
    return digests([*modules_of(check), check, HOUSE / "requirements.lock"], PACKAGE)
