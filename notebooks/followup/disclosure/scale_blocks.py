"""What all tables together tell of each scale: rows of changes, gaps between groups, bounds for the roster, reliability.

Frames in, a `Block` for each scale out. Of gaps only those of linked people; omega, the differences from those who were
silent and what two scales tell together (the adjusted p) are not looked at.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from followup.disclosure.outsider import Window, outward, rounded
from followup.disclosure.precision import COLUMNS, ceiling_in_words, grid, nearest, rule, superiority_in_words
from followup.disclosure.real_answers import RealAnswers, real_answers
from followup.disclosure.release_check import OtherAnswers, Release, Row, told_by
from followup.disclosure.together import Block, Check, Part, not_shown, without_rows
from followup.statistics.gap_change import studentised_permutation

FLAT = 1e-12
PLACES = ("earlier", "later")
SECONDS = 5.0  # for the groups of one gap, which mostly takes one
OF_A_GROUP = frozenset({"everyone's change", "the answers of the first wave", "the answers of the second wave"})
TENTH = 0.1
DECIDED = ("narrowed", "widened")


@dataclass(frozen=True)
class Beside:
    """The tables that tell of scales beside the table of changes, as they leave; empty where there is none."""

    gaps: pd.DataFrame = field(default_factory=pd.DataFrame)
    roster_bounds: pd.DataFrame = field(default_factory=pd.DataFrame)
    reliability: pd.DataFrame = field(default_factory=pd.DataFrame)

    def of(self, pair: tuple[str, str]) -> "Beside":
        """What they tell of one pair of waves: its gaps, bounds of its later wave, reliability in both."""
        gaps, bounds, reliability = self.gaps, self.roster_bounds, self.reliability
        return Beside(
            gaps[(gaps["compared_with"] == pair[0]) & (gaps["wave"] == pair[1])] if len(gaps) else gaps,
            bounds[bounds["wave"] == pair[1]] if len(bounds) else bounds,
            reliability[reliability["wave"].isin(pair)] if len(reliability) else reliability,
        )


def beside_gaps(release: Release, gaps: pd.DataFrame, seconds: float = SECONDS) -> list[str]:
    """The groups whose changes or answers were not shown to be open when the gaps between them are known, in words.

    Held together are the rows of the groups on the scale of a gap, and the gap. Raises ValueError where a gap tells more
    than the rules allow.
    """
    if gaps.empty or "hidden" not in gaps or gaps["hidden"].all():
        return []
    for row in gaps[~gaps["hidden"].astype(bool)].to_dict("records"):
        _refuse_digits(row, release.params.disclosure.precision)
    said = []
    for scale, block in blocks(release, Beside(gaps=gaps)):
        groups = without_rows(block, {"statement"})
        if not block.checks:
            continue
        try:
            left = not_shown(groups, seconds, promises=OF_A_GROUP)
        except ValueError as error:
            said.append(f"{scale}: beside its gaps {error}")
            continue
        said += [f"{measure} ({group}, beside the gap): {', '.join(what)}" for (measure, group), what in left.items()]
    return said


def _refuse_digits(row: Mapping, level: str) -> None:
    found = rule("gap", min(row["n_first"], row["n_second"]), level, least_group=0)
    for column in {*COLUMNS} & {*row}:
        step = getattr(found, COLUMNS[column])
        if (
            column != "p_adjusted"
            and _told(row, column)
            and (not step or abs(nearest(row[column], step) - row[column]) > 1e-6)
        ):
            raise ValueError(
                f"{column} of a gap leaves with more digits than the table of rules allows for so few people"
            )


def blocks(release: Release, beside: Beside) -> Iterator[tuple[str, Block]]:
    """Each scale whose own row leaves, with the rows that are made of the same answers; each pair of waves for itself."""
    of_pair: dict[tuple[str, str], list[Row]] = {}
    for row in release.rows():
        if row.codes:
            of_pair.setdefault(row.pair, []).append(row)
    for pair, rows in of_pair.items():
        yield from _blocks_of(release, beside.of(pair), pair, rows)


def _blocks_of(release: Release, beside: Beside, pair: tuple[str, str], rows: list[Row]) -> Iterator[tuple[str, Block]]:
    params = release.params
    linked, least = params.link != "unlinked", params.cleaning.least_items_for_scale
    real = real_answers(release.responses, release.codebook, pair, linked=linked, least_items=least)
    for scale in release.codebook.scales_in(pair):
        items = [item for item in release.codebook.scales[scale].items if item in real]
        mine = [row for row in rows if row.name[0] in (scale, *items)]
        if any(row.name == (scale, "all") for row in mine):
            block = _block(release, beside, scale, {item: real[item] for item in items}, mine, pair)
            yield from [(scale, block)] if block is not None else []


def _block(
    release: Release,
    beside: Beside,
    scale: str,
    real: Mapping[str, RealAnswers],
    rows: list[Row],
    pair: tuple[str, str],
) -> Block | None:
    people = sorted(set().union(*(one.points.index for one in real.values())))
    points = [one.points.reindex(people) for one in real.values()]
    answered = np.stack([one.notna().to_numpy() for one in points], axis=1)
    given = np.stack([one.fillna(0).to_numpy() for one in points], axis=1).astype(np.int64)
    counts = answered.sum(axis=1)
    still = ((counts > 0) & (counts < len(real))).any(axis=1)
    try:
        parts = tuple(_part(row, list(real), people, release.params.disclosure.precision) for row in rows)
    except OtherAnswers:
        return None
    codes, group = release.codebook.options_of(scale).codes, pd.Series(people).map(release.group_of)
    marks = group.astype("category").cat.codes.to_numpy()
    block = Block(given, answered, still, marks, parts, lowest=codes[0], highest=codes[-1])
    of_scale = block.scale
    checks = [_gap_check(row, of_scale, group, codes[-1], release) for row in _rows_of(beside.gaps, scale)]
    checks += [roster_check(row, of_scale) for row in _rows_of(beside.roster_bounds, scale) if _told(row, "finite_low")]
    asked = len(release.codebook.scales[scale].items)
    on_answers = [
        _alpha_check(row, answered, release, pair.index(row["wave"]))
        for row in _rows_of(beside.reliability, scale)
        if asked == len(real)
    ]
    return replace(block, checks=_given(checks), on_answers=_given(on_answers))


def _part(row: Row, items: list[str], people: list[str], level: str) -> Part:
    known, crowd = told_by(row, level)
    places = {person: place for place, person in enumerate(people)}
    measure = row.name[0]
    statements = [items.index(measure)] if measure in items else [*range(len(items))]
    return Part(row.name, known, crowd, np.array([places[person] for person in row.real.points.index]), statements)


def _given(checks: list[Check | None]) -> tuple[Check, ...]:
    return tuple(check for check in checks if check is not None)


def _rows_of(table: pd.DataFrame, scale: str) -> list[dict]:
    """The rows of a table that tell of a scale."""
    if table.empty:
        return []
    return table[(table["measure"] == scale) & ~table["hidden"].astype(bool)].to_dict("records")


def _told(row: Mapping, column: str) -> bool:
    return column in row and row[column] is not None and not pd.isna(row[column])


def _window(row: Mapping, column: str, step: float = TENTH) -> Window | None:
    return rounded(float(row[column]), step) if _told(row, column) else None


def _inside(window: Window | None, values: np.ndarray) -> np.ndarray | bool:
    return True if window is None else (values >= window.low - 1e-9) & (values <= window.high + 1e-9)


# Gaps ---------------------------------------------------------------------------------------------------------------


def _gap_check(row: Mapping, part: Part, group: pd.Series, top: int, release: Release) -> Check | None:
    """Which sets of values leave a row of gaps as it is, the test of the change included where it was decided."""
    if release.params.link not in ("by_id", "same_row"):
        return None
    linked = part.crowd.answered.all(axis=1)
    sides = [linked & (group.iloc[part.people] == row[name]).to_numpy() for name in ("first", "second")]
    family = len([measure for gap in release.params.analysis.gaps for measure in gap.measures])
    alpha = release.params.analysis.alpha

    def check(points: np.ndarray) -> np.ndarray:
        of_sides = [points[:, side] for side in sides]
        fits = gap_fits(row, *of_sides, top)
        for place in np.flatnonzero(fits) if row.get("verdict") in DECIDED else ():
            fits[place] = _p_of(*(side[place] for side in of_sides)) <= alpha / family
        return fits

    return check


def gap_fits(row: Mapping, first: np.ndarray, second: np.ndarray, top: int, step: float = TENTH) -> np.ndarray:
    """All that a row of gaps tells but p, its numbers rounded to `step`: of sets of the linked of each group, sets ×
    people × waves, in points.
    """
    means = [side.mean(axis=1) for side in (first, second)]
    gap = means[1] - means[0]
    moved = [side[:, :, 1] - side[:, :, 0] for side in (first, second)]
    change, half = _welch(*moved)
    fits = np.ones(len(first), dtype=bool)
    for place, wave in enumerate(PLACES):
        fits &= _inside(_window(row, f"gap_{wave}", step), gap[:, place])
        for name, mean in zip(("first", "second"), means, strict=True):
            fits &= _inside(_window(row, f"{name}_{wave}", step), mean[:, place])
    fits &= _inside(_window(row, "change", step), change)
    if _told(row, "ci_low"):
        bounds = outward(row["ci_low"], row["ci_high"], grid(step, None))
        fits &= _inside(bounds.low, change - half) & _inside(bounds.high, change + half)
    if _told(row, "excludes_zero"):
        fits &= (np.abs(change) > half) == bool(row["excludes_zero"])
    for place in np.flatnonzero(fits):
        fits[place] = _in_the_same_words(row, first[place], second[place], top) and _same_way(row, gap[place])
    return fits


def _welch(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The difference of the changes of two groups, and half of its 95% interval."""
    parts = [side.var(axis=1, ddof=1) / side.shape[1] for side in (first, second)]
    whole = np.maximum(parts[0] + parts[1], FLAT)
    below = sum(part**2 / (side.shape[1] - 1) for part, side in zip(parts, (first, second), strict=True))
    half = stdtrit(whole**2 / np.maximum(below, FLAT**2), 0.975) * np.sqrt(whole)
    return second.mean(axis=1) - first.mean(axis=1), half


def _in_the_same_words(row: Mapping, first: np.ndarray, second: np.ndarray, top: int) -> bool:
    """Whether the shares at the top, and how person stands against person, are told in the same words."""
    for name, side in (("first", first), ("second", second)):
        if (
            _told(row, f"ceiling_{name}")
            and ceiling_in_words((side[:, 0] >= top - 1e-9).mean()) != row[f"ceiling_{name}"]
        ):
            return False
    return all(
        not _told(row, f"superiority_{wave}")
        or superiority_in_words(_above(first[:, place], second[:, place])) == row[f"superiority_{wave}"]
        for place, wave in enumerate(PLACES)
    )


def _above(first: np.ndarray, second: np.ndarray) -> float:
    """P(second > first), ties as half."""
    difference = second[:, None] - first[None]
    return float(((difference > 1e-9) + 0.5 * (np.abs(difference) <= 1e-9)).mean())


def _same_way(row: Mapping, gap: np.ndarray) -> bool:
    """A gap that narrowed is smaller than it was and on the same side; one that widened is larger."""
    verdict = row.get("verdict")
    if verdict == "narrowed":
        return abs(gap[1]) < abs(gap[0])
    return verdict != "widened" or gap[0] * (gap[1] - gap[0]) >= 0


def _p_of(first: np.ndarray, second: np.ndarray) -> float:
    return studentised_permutation(*(np.rint((side[:, 1] - side[:, 0]) * 60).astype(int) for side in (first, second)))[
        0
    ]


# The roster, and how well the statements agree ------------------------------------------------------------------------


def roster_check(row: Mapping, part: Part, step: float = TENTH) -> Check:
    """Which sets of values leave the interval for the finite roster as it is told, its bounds rounded to `step`."""
    n, last = int(row["n"]), part.crowd.answered[:, -1]
    linked = part.crowd.answered.all(axis=1)
    who = last if last.sum() == n else linked
    shrunk = np.sqrt((1 - n / int(row["n_all"])) / n) * stdtrit(n - 1, 0.975)
    low, high = (_window(row, f"finite_{end}", step) for end in ("low", "high"))

    def check(points: np.ndarray) -> np.ndarray:
        mine = points[:, who, -1]
        half = mine.std(axis=1, ddof=1) * shrunk
        return _inside(low, mine.mean(axis=1) - half) & _inside(high, mine.mean(axis=1) + half)

    return check


def _alpha_check(row: Mapping, answered: np.ndarray, release: Release, wave: int) -> Check | None:
    """Which sets of answers leave Cronbach's alpha and the mean correlation of a wave as they are told."""
    who, found = answered[:, :, wave].all(axis=1), rule("scale", row["n"], release.params.disclosure.precision)
    if found is None or found.alpha is None or not _told(row, "alpha") or int(row["n"]) != who.sum():
        return None
    alpha, correlation = (_window(row, column, found.alpha) for column in ("alpha", "mean_inter_item_r"))

    def check(blocks: np.ndarray) -> np.ndarray:
        mine = blocks[..., wave][:, who].astype(float)
        k, apart = mine.shape[2], mine - mine.mean(axis=1, keepdims=True)
        shared = np.einsum("spi,spj->sij", apart, apart) / (mine.shape[1] - 1)
        own = np.maximum(np.einsum("sii->si", shared), FLAT)
        told = k / (k - 1) * (1 - own.sum(axis=1) / np.maximum(shared.sum(axis=(1, 2)), FLAT))
        related = shared / np.sqrt(own[:, :, None] * own[:, None])
        mean_r = (related.sum(axis=(1, 2)) - k) / (k * (k - 1))
        return _inside(alpha, told) & _inside(correlation, mean_r)

    return check
