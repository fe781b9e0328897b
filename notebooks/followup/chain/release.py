"""The check of what is about to leave, beside the notebooks that still run; its verdict is remembered by content."""

import json
from collections.abc import Callable
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from threading import Thread

from followup.chain.stages import HOUSE, modules_of
from followup.problems import InputProblems, PageProblem, Problem
from followup.store import remembered
from followup.store.freshness import PACKAGE, digests, sha256_of
from followup.study.cohort import Cohort, read_result

NEEDED = frozenset({"02_describe", "03_compare"})  # the notebooks whose tables are checked
CHANGES, LEVELS = "changes", ("levels", "items")
ROWS = ("participants", "responses")


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
    from followup.disclosure import release_check  # here, in the thread: half a second that no notebook waits for

    changes = _told(cohort, CHANGES)
    if not release_check.few_enough(changes, cohort.params.link).any():
        return []
    kept, mark = cohort.private / "release_check.json", _mark(cohort)
    said = remembered.read(kept, mark)
    if said is None:
        said = _said(cohort, _release(cohort, changes))
        if not said["undecided"]:  # another run may have the time
            remembered.write(kept, mark, said)
    if said["problem"]:
        raise InputProblems([Problem(**said["problem"])])
    return said["undecided"]


def _told(cohort: Cohort, name: str):
    """A result that the notebooks made; an empty table where none of them does."""
    import pandas as pd

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


def _said(cohort: Cohort, release) -> dict:
    """What is wrong, as a problem in parts that JSON can hold (None where nothing is), and what could not be decided."""
    from followup.disclosure import release_check

    try:
        broken = release.broken()
    except ValueError as too_precise:
        remedy = "publish what comparison.protected_changes() gives, as it is"
        raise PageProblem("03_compare", None, str(too_precise), remedy) from too_precise
    found, undecided = ([one for one in broken if one.undecided is which] for which in (False, True))
    said: dict = {"problem": None, "undecided": [str(one) for one in undecided]}
    if found:
        problem = release_check.as_problem(found, release.remedy(found), f"params/{cohort.name}.yaml")
        said["problem"] = {"what": problem.what, "remedy": problem.remedy, "file": problem.file}
    return said


def _mark(cohort: Cohort) -> str:
    """SHA-256 of all that decides the verdict: tables, answers, params, codebook, code."""
    tables = [path for name in (CHANGES, *LEVELS) if (path := _result(cohort, name)).is_file()]
    rows = [cohort.private / "tables" / f"{name}.csv" for name in ROWS]
    params = cohort.root / "params"
    settings = [params / f"{cohort.name}.yaml", params / "questionnaires" / f"{cohort.params.questionnaire}.yaml"]
    parts = digests([*tables, *rows, *settings], cohort.root) | code_of_check()
    return sha256_of(json.dumps(parts, sort_keys=True))


@cache
def code_of_check() -> dict[str, str]:
    """SHA-256 of the check's code and of the versions it runs with; asked for before any thread starts (`run.py`)."""
    check = PACKAGE / "disclosure" / "release_check.py"
    return digests([*modules_of(check), check, HOUSE / "requirements.lock"], PACKAGE)
