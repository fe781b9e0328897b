"""What keeps a notebook from taking part: its number, or what its metadata say that nothing answers to.

Each problem names the notebook, the reason and what to do; nothing is passed over.
"""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from followup.chain.found_notebooks import PARTS, REPORT, circle, found, metadata, named, wrong_kind
from followup.chain.stages import NOTEBOOKS, Stage
from followup.problems import Problem, nearest, shortened

WHERE = "in JupyterLab: the two gears at the right edge, Advanced Tools, Notebook Metadata"


def problems_of(folder: Path | None = None, cohorts: Collection[str] | None = None) -> list[Problem]:
    """What is wrong with the notebooks of a folder beside each other; `cohorts` are those that there are (None: unknown)."""
    folder = folder or NOTEBOOKS
    stages, told = found(folder), []
    told += _same_number(named(folder))
    for stage, path in zip(stages, named(folder), strict=True):
        told += _metadata(stage, metadata(path), [each.name for each in stages if each.page == stage.page], cohorts)
    return told + list(_circle([each for each in stages if each.page == REPORT]))


def _same_number(paths: Iterable[Path]) -> Iterator[Problem]:
    """Two notebooks of one number have no order between them."""
    first: dict[str, str] = {}
    for path in paths:
        if (other := first.setdefault(path.stem[:2], path.stem)) != path.stem:
            what = f"notebooks/{other}.ipynb has the same number"
            yield Problem(what, "rename one of the two: the number says what comes first", _file(path.stem))


def _metadata(stage: Stage, told: dict, names: Collection[str], cohorts: Collection[str] | None) -> Iterator[Problem]:
    for key, value in told.items():
        if key not in PARTS:
            near = nearest(key, PARTS)
            remedy = f"did you mean “{near}”? ({PARTS[near]})" if near else "use one of the allowed names"
            yield _problem(stage, "the notebook’s metadata have no such name", remedy, key, ", ".join(PARTS))
        elif wrong_kind(key, value):
            remedy = f'write it like {PARTS[key]} ({WHERE}, under "followup")'
            yield _problem(stage, f"“{key}” in the notebook’s metadata cannot be read", remedy, str(value))
    others = sorted({*names} - {stage.name})
    for name in stage.after or ():
        if name not in others:
            what = "the notebook reads itself" if name == stage.name else "the notebook reads one that is not there"
            yield _problem(stage, what, _near(name, others, "after"), name, ", ".join(others))
    for name in stage.cohorts or () if cohorts is not None else ():
        if name not in cohorts:
            what = "the notebook is for a cohort that has no params"
            yield _problem(stage, what, _near(name, cohorts, "cohorts"), name, ", ".join(cohorts))


def _near(name: str, valid: Iterable[str], key: str) -> str:
    near = nearest(name, valid)
    return f"did you mean “{near}”?" if near else f"take it out of “{key}” ({WHERE})"


def _circle(stages: list[Stage]) -> Iterator[Problem]:
    for name in circle(stages):
        remedy = f'take one of them out of the other’s "after" ({WHERE}, under "followup")'
        what = "the notebook waits for one that waits for it"
        yield Problem(what, remedy, _file(name))


def _problem(stage: Stage, what: str, remedy: str, value: str, allowed: str = "") -> Problem:
    return Problem(what, remedy, _file(stage.name), value=shortened(value), allowed=allowed)


def _file(stem: str) -> str:
    return f"notebooks/{stem}.ipynb"
