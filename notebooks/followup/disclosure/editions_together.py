"""Two editions of one result, of the same people: what a reader works out of both rows of changes together.

Two roundings of one interval meet, two policies show other categories: each edition keeps the promise, both may not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic

from followup.disclosure.candidates import fitting
from followup.disclosure.outsider import Known, Wave, Window
from followup.disclosure.release_check import (
    ALTOGETHER,
    OTHERS,
    SECONDS,
    TIME,
    Broken,
    OtherAnswers,
    Release,
    Row,
    few_enough,
    told_by,
)
from followup.disclosure.solver import TOO_LARGE, what_remains
from followup.disclosure.walks import Crowd


@dataclass(frozen=True)
class Asked:
    """The tables of an earlier edition and of today, each with its own params and codebook; the answers are today's."""

    before: Release
    now: Release


def broken_between(asked: Asked, measures: Iterable[str]) -> list[Broken]:
    """What would follow from both editions' rows of these measures together, and what could not be decided.

    Beyond `MOST_PEOPLE` the table of rules by n is enough, and nothing is looked at.
    """
    measures, until = set(measures), monotonic() + ALTOGETHER
    told = set(asked.before.changes.get("measure", ())) & set(asked.now.changes.get("measure", ()))
    not_told = [Broken(measure, "all", (NO_ROW,), undecided=True) for measure in sorted(measures - told)]
    rows = [_rows(release, measures) for release in (asked.before, asked.now)]
    both = [(rows[0][name], rows[1][name]) for name in rows[1] if name in rows[0]]
    return not_told + [broken for then, now in both if (broken := _broken(then, now, until))]


NO_ROW = "no row of changes tells of it, so it cannot be looked at"


def _rows(release: Release, measures: set[str]) -> dict[tuple, Row]:
    """The rows of these measures; their families stay whole, for what an adjusted conclusion tells follows from all of it."""
    mine = release.changes[release.changes["measure"].isin(measures)] if len(release.changes) else release.changes
    if mine.empty or not few_enough(mine, release.params.link).any():
        return {}
    return {(*row.name, *row.pair): row for row in release.rows() if row.name[0] in measures}


def _broken(then: Row, now: Row, until: float) -> Broken | None:
    if monotonic() > until:
        return Broken(*now.name, (TIME,), undecided=True)
    if not then.real.points.equals(now.real.points):  # a scale of other statements
        return Broken(*now.name, (OTHERS,), undecided=True)
    try:
        known, crowd = _known(then, now)
        fits = fitting(known, crowd.given[None], crowd.answered)[0]
    except (OtherAnswers, ValueError):
        fits = False
    if not fits:
        return Broken(*now.name, (OTHERS,), undecided=True)
    remains = what_remains(known, seconds=min(SECONDS, max(until - monotonic(), 0)), truth=crowd)
    if remains.note == TOO_LARGE:
        return None
    return Broken(*now.name, tuple(remains.broken()), remains.undecided) if remains.broken() else None


def _known(then: Row, now: Row) -> tuple[Known, Crowd]:
    """What both rows say of the same people."""
    (before, crowd), (after, _) = (told_by(row, row.about.level) for row in (then, now))
    waves = tuple(_both(one, other) for one, other in zip(before.waves, after.waves, strict=True))
    return Known(after.scale, waves, (*before.pairs, *after.pairs)), crowd


def _both(one: Wave, other: Wave) -> Wave:
    """A wave as two editions tell of it."""
    means = [wave.mean for wave in (one, other) if wave.mean is not None]
    mean = Window(max(window.low for window in means), min(window.high for window in means)) if means else None
    cells = tuple(dict.fromkeys((*one.cells, *other.cells)))
    return Wave(one.n, cells, tuple(dict.fromkeys((*one.withheld, *other.withheld))), mean)
