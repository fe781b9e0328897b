"""The notebooks that lie in notebooks/: which take part for a cohort, after which others, and where on the page.

A notebook takes part by lying there under a name like 07_own_question.ipynb; taking it away is deleting it. What is
particular stands in its metadata, under `followup` (`notebooks/README.md` shows where to write it in JupyterLab).
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from followup.chain.stages import NOTEBOOKS, Stage

NAME = re.compile(r"\d\d_[A-Za-z0-9_]+")
PARTS = {
    "after": '"after": ["01_clean"]',
    "cohorts": '"cohorts": ["1", "3"]',
    "place": '"place": 2.5',
    "title": '"title": {"he": "…", "en": "…"}',
    "page": '"page": "compare"',
    "layer": '"layer": "annex"',
}
REPORT, COMPARE = "report", "compare"
PAGES = (REPORT, COMPARE)
LAYERS = ("brief", "report", "annex")


def found(folder: Path | None = None) -> list[Stage]:
    """Every notebook whose name has a number, in the order of numbers; what its metadata says wrongly counts as absent.

    `problems_of` names what is wrong.
    """
    return [_stage(path) for path in named(folder or NOTEBOOKS)]


def named(folder: Path) -> list[Path]:
    """The notebooks of a folder whose names let them take part, by number."""
    return sorted(path for path in folder.glob("*.ipynb") if NAME.fullmatch(path.stem))


def misnamed(folder: Path | None = None) -> list[str]:
    """One line for each notebook that takes no part because of its name, with the name that it could have."""
    folder = folder or NOTEBOOKS
    others = sorted(path.stem for path in folder.glob("*.ipynb") if not NAME.fullmatch(path.stem))
    taken = [int(path.stem[:2]) for path in named(folder)]
    return [
        f"notebooks/{ascii(stem)[1:-1]}.ipynb takes no part: {_why(stem)}; to let it take part, call it {_better(stem, taken)}.ipynb"
        for stem in others
    ]


def _why(stem: str) -> str:
    if not re.match(r"\d\d_", stem):
        return "its name does not begin with a number of two digits and _"
    return "its name has other signs than a–z, 0–9 and _"


def _better(stem: str, taken: Sequence[int]) -> str:
    """A name that a notebook could have: its own number where that is free, else the next."""
    words = re.sub(r"[^A-Za-z0-9]+", "_", re.sub(r"^\d*", "", stem)).strip("_").lower() or "own_question"
    own = re.match(r"\d{1,2}(?!\d)", stem)
    free = int(own[0]) if own and int(own[0]) not in taken else _next(taken)
    return f"{free:02}_{words}"


def _next(taken: Sequence[int]) -> int:
    """The first free number after those of the report: 7 where there are 1 to 6 and 90."""
    return next(number for number in range(1, 100) if number not in taken)


def stages_of(cohort: str, stages: Iterable[Stage] | None = None) -> list[Stage]:
    """The notebooks of a cohort's report, in the order of numbers, each with those that it reads.

    One that names no others reads all before it. One that names a notebook of other cohorts is left out with it.
    """
    part = [stage for stage in (found() if stages is None else stages) if stage.page == REPORT and stage.is_for(cohort)]
    known = {stage.name for stage in (found() if stages is None else stages)}
    while gone := [stage for stage in part if not _there(stage, part, known)]:
        part = [stage for stage in part if stage not in gone]
    names = [stage.name for stage in part]
    return [stage if stage.after is not None else replace(stage, after=_before(stage, names)) for stage in part]


def _there(stage: Stage, part: Sequence[Stage], known: Collection[str]) -> bool:
    """Whether all that a notebook names takes part; a name that no notebook has is told by `problems_of`."""
    return {*(stage.after or ())} & known <= {each.name for each in part}


def _before(stage: Stage, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name < stage.name)


def stages_of_comparison(stages: Iterable[Stage] | None = None) -> list[Stage]:
    """The notebooks of the page that compares cohorts."""
    return [stage for stage in (found() if stages is None else stages) if stage.page == COMPARE]


def page_order(stages: Iterable[Stage]) -> tuple[str, ...]:
    """The notebooks as their sections follow on the page: by `place`, else by number.

    One that names several places is named as often: its next section stands at each, at the last all that are left.
    """
    places = [(place, stage.name) for stage in stages for place in stage.place or (float(stage.name[:2]),)]
    return tuple(name for _, name in sorted(places))


# ------------------------------------------------------------ what the metadata say


def _stage(path: Path) -> Stage:
    told = metadata(path)
    good = {key: told[key] for key in told if key in PARTS and not wrong_kind(key, told[key])}
    place = good.get("place", ())
    return Stage(
        path.stem,
        after=tuple(good["after"]) if "after" in good else None,
        cohorts=tuple(str(name) for name in good["cohorts"]) if "cohorts" in good else None,
        place=tuple(float(each) for each in (place if isinstance(place, list | tuple) else [place])),
        page=good.get("page", REPORT),
    )


def metadata(path: Path) -> dict:
    """What a notebook says of itself under `followup`; nothing where it cannot be read."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))["metadata"]["followup"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def wrong_kind(key: str, value: object) -> bool:
    """Whether a part of the metadata is of another kind than its example."""
    return not KINDS[key](value)


def _names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


KINDS = {
    "after": _names,
    "cohorts": lambda value: isinstance(value, list) and value and all(isinstance(name, str | int) for name in value),
    "place": lambda value: _number(value) or isinstance(value, list) and value and all(map(_number, value)),
    "title": lambda value: (
        isinstance(value, str)
        or isinstance(value, dict)
        and {*value} <= {"he", "en"}
        and all(isinstance(text, str) for text in value.values())
    ),
    "page": lambda value: value in PAGES,
    "layer": lambda value: (
        value in LAYERS or isinstance(value, list) and bool(value) and all(each in LAYERS for each in value)
    ),
}


def circle(stages: Sequence[Stage]) -> Iterator[str]:
    """The notebooks that wait for one another; none where they can run in an order."""
    names = [stage.name for stage in stages]
    after = {stage.name: {*(_before(stage, names) if stage.after is None else stage.after)} for stage in stages}
    for name in names:
        seen: set[str] = set()
        queue = list(after[name] - {name})
        while queue:
            seen.add(each := queue.pop())
            queue += (after.get(each, set()) - {each}) - seen
        if name in seen:
            yield name
