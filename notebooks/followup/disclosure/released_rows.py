"""What one released row of changes, and the released categories of its answers, tell an outsider."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

import pandas as pd

from followup.disclosure.outsider import (
    AnswerScale,
    Bounds,
    Cells,
    Known,
    Pair,
    Wave,
    Window,
    Withheld,
    outward,
    rounded,
)
from followup.disclosure.precision import (
    BANDS,
    DIRECTION_STANDS,
    LEAST_CELL,
    RULES,
    THREE,
    Rule,
    grid,
    nearest,
    rule,
    whole_number,
)
from followup.statistics.linked_change import fewest_nonzero
from followup.statistics.verdict_rule import KEPT_LEVEL

METHODS = {"by_id": "paired", "same_row": "paired", "partly_linked": "partly", "unlinked": "unlinked"}
MOVED = {"rose": "n_up", "same": "n_same", "fell": "n_down"}


@dataclass(frozen=True)
class Published:
    """What an outsider reads beside a row: how waves are linked, how many tests are adjusted together, the remedy taken.

    `kept` is what the adjustment says of a p of "preserved": the highest with which a row was called so, and the lowest
    with which one within the margin was not.
    `parts` are the points between low, middle and high answers, `high_from` where an answer counts as high for the
    change of the share of high answers (None where the options name none); `reverse`: the categories left as the
    statement was worded, everything else reversed. `within`: whether a margin is kept on both sides.
    """

    link: str = "by_id"
    family: int = 1
    level: str = "usual"
    least_cell: int = LEAST_CELL
    parts: tuple[float, float] | None = (2.51, 3.5)
    high_from: float | None = 3.5
    reverse: bool = False
    within: bool = True
    alpha: float = 0.05
    kept: tuple[float, float] = (KEPT_LEVEL, 0.0)

    @property
    def method(self) -> str:
        return METHODS[self.link]


def sizes(link: str) -> list[str]:
    """The columns of a row that say how many people stand behind it, of which the smallest counts."""
    return ["n_linked"] if METHODS[link] == "paired" else ["n_earlier", "n_later"]


def kind_of(row: Mapping) -> str:
    """By which of the rules of precision a row leaves."""
    return "group" if row["group"] != "all" else "scale" if row["kind"] == "scale" else "statement"


def known_of(row: Mapping, waves: tuple[Wave, Wave], scale: AnswerScale, about: Published) -> Known:
    """What a released row tells beside what is known of its waves. Raises ValueError where it has more digits than the
    rules allow.
    """
    found = rule(kind_of(row), min(whole_number(row[column]) for column in sizes(about.link)), about.level)
    found = found or Rule(0)
    told = {column: None if pd.isna(value) else value for column, value in row.items()}
    means = [_number(told, column, found.mean) for column in ("mean_earlier", "mean_later")]
    change, linked, margin = _number(told, "change", found.change), int(told.get("n_linked") or 0), told.get("margin")
    moves = {name: told.get(column) for name, column in MOVED.items()}
    paired, in_words = about.method == "paired", bool(told.get("in_words", False))
    if in_words:
        return Known(scale, waves, (_told_in_words(told, linked, scale, about),))
    concluded = _concluded(told, about)
    pair = Pair(
        linked=linked,
        **(
            {"mean_first": means[0], "mean_second": means[1], "change": change} if paired else {"change_of_all": change}
        ),
        **concluded,
        ci95=_bounds(told, "ci", found.ci, margin, found.whole_margin),
        ci90=_bounds(told, "ci90", found.ci90, margin, found.whole_margin),
        margin=margin,
        within=told["kept"] == "shown" if told.get("kept") and about.within else None,
        p=_raw_p(told.get("p_adjusted"), told.get("verdict"), told.get("reason"), about),
        moved_at_least=about.least_cell if paired and found.within else None,
        moved_at_most=_too_few_to_test(told.get("no_test"), about),
        few_moved=about.least_cell if found.moves and moves["rose"] is None and _moves_by_rule(linked) else None,
        high_from=about.high_from,
        high_change=_number(told, "top_change", found.high) if linked else None,
        method=about.method,
        **{name: None if count is None else int(count) for name, count in moves.items()},
    )
    if not paired:
        waves = tuple(_with_mean(wave, mean) for wave, mean in zip(waves, means, strict=True))
    return Known(scale, waves, (pair,))


def _told_in_words(told: dict, linked: int, scale: AnswerScale, about: Published) -> Pair:
    """A conclusion without a number says that few changed; "preserved", that the interval lies within the margin."""
    kept = told.get("verdict") == "preserved" and about.within
    farthest = (about.least_cell - 1) * (scale.highest - scale.lowest) / max(linked, 1)
    farthest = min(farthest, told["margin"]) if kept else farthest
    return Pair(
        linked=linked,
        change=Window(-farthest, farthest),
        moved_at_most=about.least_cell - 1,
        margin=told.get("margin"),
        within=True if kept else None,
        p_kept=Window(0.0, about.kept[0]) if kept else None,
    )


def _concluded(told: dict, about: Published) -> dict:
    """What the rule of a conclusion says beside p and interval: of the p of "preserved", the linked, the ranks."""
    verdict, reason, margin = told.get("verdict"), told.get("reason"), told.get("margin")
    side, change = {"rose": 1, "fell": -1}.get(verdict, 0), told.get("change")
    if about.method == "unlinked":
        ranks = side or {"ranks_higher": 1, "ranks_lower": -1}.get(reason)
        return {"ranks": ranks, "beyond_zero": side or None}
    found = {}
    if about.within and reason in ("margin_met", "linked_beyond_margin"):
        found = {"p_kept": Window(0.0, about.kept[0])}
    elif about.within and reason == "not_after_adjustment":
        found = {"p_kept": Window(about.kept[1], KEPT_LEVEL)}
    if about.method == "partly":
        if reason == "linked_disagree" and change:
            side = -1 if change > 0 else 1
        if side:
            found["linked_change"] = Window(0.0, inf) if side > 0 else Window(-inf, 0.0)
        elif reason == "margin_met" and about.within:
            found["linked_change"] = Window(-margin, margin)
    return found


def _too_few_to_test(no_test: object, about: Published) -> int | None:
    """ "Too few changed to test" says that fewer changed than an exact test of so many needs to reach .05."""
    told = about.method == "paired" and isinstance(no_test, str)
    return fewest_nonzero(about.family) - 1 if told else None


def _moves_by_rule(linked: int) -> bool:
    """Whether counts of who moved would have left, had none been small; of partly linked waves that goes by the linked."""
    return linked >= next(one.least for one in RULES["scale"] if one.moves)


def _with_mean(wave: Wave, mean: Window | None) -> Wave:
    """A wave whose mean stands in two tables."""
    if mean is None or wave.mean is None:
        return Wave(wave.n, wave.cells, wave.withheld, mean or wave.mean)
    return Wave(wave.n, wave.cells, wave.withheld, Window(max(mean.low, wave.mean.low), min(mean.high, wave.mean.high)))


def _number(told: dict, column: str, step: float | None) -> Window | None:
    value = told.get(column)
    if value is None:
        return None
    _refuse_digits(column, step is None or abs(nearest(value, step) - value) > 1e-6)
    return rounded(value, step)


def _bounds(told: dict, name: str, step: float | None, margin: float | None, whole: bool) -> Bounds | None:
    low, high = told.get(f"{name}_low"), told.get(f"{name}_high")
    if low is None or high is None:
        return None
    size = None if step is None else grid(step, margin, whole)
    _refuse_digits(name, size is None or any(abs(nearest(bound, size) - bound) > 1e-6 for bound in (low, high)))
    return outward(low, high, size)


def _refuse_digits(column: str, refused: bool) -> None:
    if refused:
        raise ValueError(f"{column} leaves with more digits than the table of rules allows for so few people")


def _raw_p(band: str | None, verdict: str | None, reason: str | None, about: Published) -> Window | None:
    """What a band of an adjusted p and a verdict say of the p itself: at most that, at least its share.

    Whatever rose or fell, or would have but for a result that contradicts it, has an adjusted p of at most alpha; a p in
    a band with no such verdict is above it.
    """
    edges, decided = (0.0, *BANDS, 1.0), verdict in ("rose", "fell") or reason in DIRECTION_STANDS
    not_decided = verdict in ("preserved", "inconclusive") and not decided
    bands = {f"≤ {high:g}": (low, high) for low, high in zip(edges, edges[1:], strict=False)}
    bands[f"> {BANDS[-1]:g}"] = (BANDS[-1], 1.0)
    if not band:
        return Window(0, about.alpha) if decided else None
    low, high = bands[band]
    low, high = max(low, min(high, about.alpha)) if not_decided else low, min(high, about.alpha) if decided else high
    return Window(low / about.family, high)


def wave_of(row: Mapping | None, n: int, about: Published) -> Wave:
    """A wave of `n` people with its categories as they left: three, or high answers against the rest, or none.

    Without a row (a group, a measure of which no categories leave) only n is known. A form that did not leave says that
    one of its cells was small, or held everyone.
    """
    if row is None or about.parts is None or about.level == "words_only":
        return Wave(n)
    high_apart = about.parts[:1] if about.reverse else about.parts[1:]
    low, middle, high = (None if pd.isna(row[column]) else int(row[column]) for column in THREE)
    three, two = Withheld(about.parts, about.least_cell), Withheld(high_apart, about.least_cell)
    if high is None:
        return Wave(n, (), (three, two))
    if low is None or middle is None:
        counts = (int(row["n"]) - high, high)
        return Wave(n, (Cells(high_apart, counts[::-1] if about.reverse else counts),), (three,))
    return Wave(n, (Cells(about.parts, (high, middle, low) if about.reverse else (low, middle, high)),))
