"""Can anybody be worked out from the tables that are about to be published? Every row held against the promise.

Frames in, broken promises out. Where a promise does not hold the whole table is published more coarsely: `disclosure:
precision:` in the params names how. Never a single row, for the choice would tell of that row.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from time import monotonic

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from followup.disclosure.candidates import estimated, fitting
from followup.disclosure.outsider import AnswerScale, Cells, Known, Wave, Window, Withheld
from followup.disclosure.precision import DIRECTION_STANDS, FEW_CHANGED, LEVELS, TOO_FEW, kinds, released, rule
from followup.disclosure.real_answers import RealAnswers, real_answers
from followup.disclosure.released_rows import Published, kind_of, known_of, sizes, wave_of
from followup.disclosure.solver import MOST_PEOPLE, TOO_LARGE, what_remains
from followup.disclosure.walks import Crowd
from followup.disclosure.waves_together import answers_together, known_together
from followup.problems import Problem, to_paste
from followup.statistics.verdict_rule import KEPT_LEVEL
from followup.study.codebook import Codebook
from followup.study.params import Params

HALF_A_STEP, A_LITTLE = 0.5, 0.01  # between the highest low answer, half a step above it, and what is no longer low
BANDED = {"≤ 0.001": 0.001, "≤ 0.01": 0.01, "≤ 0.05": 0.05, "> 0.05": 1.0}
ALL_EQUAL = "everyone's change"
SECONDS = 60.0  # for one row, of which nearly all take a hundredth; long, so that a busy machine gives the same verdict
ALTOGETHER = 180.0  # seconds, after which no further row is looked at
TIME, OTHERS = "there was no time to decide", "the table is not made of these answers"


class OtherAnswers(Exception):
    """A row, or the categories beside it, is not what these answers give."""


@dataclass(frozen=True)
class Broken:
    """A promise that does not hold: of which measure and group, and what would follow.

    Where it is `undecided` nothing was found, and `follows` says why it could not be decided.
    """

    measure: str
    group: str
    follows: tuple[str, ...]
    undecided: bool = False

    def __str__(self) -> str:
        return f"{self.measure} ({self.group}): {', '.join(self.follows)}"


@dataclass(frozen=True)
class Row:
    """One row of changes about to leave, and the real answers behind it."""

    row: dict
    real: RealAnswers
    codes: list[int]
    levels: tuple[dict | None, dict | None]
    about: Published
    waves: tuple[str, ...] = ()  # all of the study, in their order

    @property
    def name(self) -> tuple[str, str]:
        return self.row["measure"], self.row["group"]

    @property
    def pair(self) -> tuple[str, str]:
        """The waves that it compares, the earlier one first."""
        return self.row["compared_with"], self.row["wave"]


SIZES = ("n_earlier", "n_later", "n_linked")
NOBODY = RealAnswers(*[pd.DataFrame(columns=range(2))] * 3, most_items=1)


@dataclass(frozen=True)
class Release:
    """Tables as they are about to leave, and the answers that they are made from.

    `levels` are answers in categories (measure, wave, n, n_low, n_middle, n_high; a mean of scales), `responses` and
    `group_of` (by respondent) the real ones.
    """

    changes: pd.DataFrame
    levels: pd.DataFrame
    responses: pd.DataFrame
    group_of: pd.Series
    codebook: Codebook
    params: Params

    def broken(self) -> list[Broken]:
        """What could be worked out, and what could not be decided; empty where all promises hold.

        Raises ValueError where the tables tell more digits than the rules allow.
        """
        found = _all_broken(list(self.rows()), self.params.disclosure.precision)
        return [
            replace(one, follows=(self._why_other(one.measure),)) if one.follows == (OTHERS,) else one for one in found
        ]

    def _why_other(self, measure: str) -> str:
        """Why a row is not what the answers to its measure give, for whoever builds the report, and what to do."""
        pairs, codebook = self.changes.loc[self.changes["measure"] == measure, ["compared_with", "wave"]], self.codebook
        both = [{*codebook.items_in(pair)} for pair in pairs.drop_duplicates().itertuples(index=False)]
        items = codebook.scales[measure].items if measure in codebook.scales else ()
        if once := [item for item in items if not all(item in asked for asked in both)]:
            return (
                f"not all waves asked {', '.join(f'“{item}”' for item in once)}, so that the counts of a wave and the change are of "
                "other statements; what to do: if this is to be decided too, give what was asked once a scale of its own in the questionnaire"
            )
        return f"{OTHERS} but of others; what to do: let notebook 03 show what safe.results(changes) gives, and build again"

    def remedy(self, found: Iterable[Broken]) -> str | None:
        """The finest of the coarser levels at which nothing of what was found follows any more; None where there is none."""
        about = {(broken.measure, broken.group) for broken in found}
        rows = [row for row in self.rows() if row.name in about]
        coarser = LEVELS[LEVELS.index(self.params.disclosure.precision) + 1 :]
        return next((one for one in coarser if not any(_all_broken(rows, one))), None)

    def rows(self) -> Iterator[Row]:
        """Every row that is not hidden, of few enough people."""
        few = few_enough(self.changes, self.params.link)
        if not few.any():
            return
        categories = {(row["measure"], row["wave"]): row for row in self.levels.to_dict("records")}
        for pair, rows in self.changes[few].groupby(["compared_with", "wave"], sort=False):
            yield from self._rows_of(pair, rows, categories)

    def _rows_of(self, pair: tuple[str, str], rows: pd.DataFrame, categories: dict) -> Iterator[Row]:
        """The rows of one pair of waves, the earlier one first."""
        link, least = self.params.link, self.params.cleaning.least_items_for_scale
        real = real_answers(self.responses, self.codebook, pair, linked=link != "unlinked", least_items=least)
        kept = {family: kept_limits(mine) for family, mine in rows_of_families(self.changes, pair)}
        for row in rows.to_dict("records"):
            if row["measure"] not in real:
                yield Row(row, NOBODY, [], (None, None), Published(link))
                continue
            mine, everyone = real[row["measure"]], row["group"] == "all"
            if not everyone:
                mine = mine.of(self.group_of.index[self.group_of == row["group"]])
                mine = mine if link in ("partly_linked", "unlinked") else mine.of(mine.points.dropna().index)
            told = tuple(_shown(categories.get((row["measure"], wave))) if everyone else None for wave in pair)
            about = _published(row["measure"], self.codebook, self.params, row.get("family"))
            about = replace(about, kept=kept.get(row.get("family"), about.kept))
            codes, waves = self.codebook.options_of(row["measure"]).codes, tuple(self.codebook.waves)
            yield Row(_with_sizes(row, mine), mine, codes, told, about, waves)


def _with_sizes(row: dict, real: RealAnswers) -> dict:
    """The row with the real sizes, where only the least that they are is told: an outsider may know them all the same."""
    if not row.get("at_least", False):
        return row
    answered = real.points.notna()
    return row | dict(
        zip(SIZES, (*(int(answered[wave].sum()) for wave in answered), int(answered.all(axis=1).sum())), strict=True)
    )


def rows_of_families(changes: pd.DataFrame, pair: tuple[str, str]) -> Iterator[tuple[str, pd.DataFrame]]:
    """The rows of each family of the plan in one pair of waves, hidden ones too: all of these were adjusted together."""
    mine = changes[(changes["compared_with"] == pair[0]) & (changes["wave"] == pair[1])]
    return iter(mine.groupby("family")) if "family" in mine else iter(())


def kept_limits(family: pd.DataFrame) -> tuple[float, float]:
    """What Holm says of the p of "preserved" in a family: at most that of all called so, at least that of the others.

    When r of m tests pass, each of them has a p of at most 0.05 / (m − r + 1), and no other one below 0.05 / (m − r).
    How many pass is known but for rows of which nobody is told whether they lie within the margin, or that moved.
    """
    m, hidden = len(family), family["hidden"].astype(bool) if "hidden" in family else False
    passed = int((family["verdict"].eq("preserved") & ~hidden).sum())
    not_passed = family["verdict"].eq("inconclusive") & ~family["reason"].isin(
        (TOO_FEW, FEW_CHANGED, *DIRECTION_STANDS)
    )
    passed += int((family["reason"].eq("linked_beyond_margin") & ~hidden).sum())
    not_passed &= family["reason"].ne("linked_beyond_margin") & ~hidden
    most = m - int(not_passed.sum())
    return KEPT_LEVEL / (m - max(most, 1) + 1), KEPT_LEVEL / max(m - passed, 1)


def few_enough(changes: pd.DataFrame, link: str) -> pd.Series:
    """Which rows leave and rest on so few people that the table of rules alone is not enough."""
    if changes.empty:
        return pd.Series(dtype=bool)
    hidden = changes["hidden"].astype(bool) if "hidden" in changes else False
    people = changes[sizes(link)].apply(pd.to_numeric).min(axis=1)
    return ~hidden & (people > 0) & (people <= MOST_PEOPLE)


def as_problem(found: list[Broken], remedy: str | None, file: str) -> Problem:
    """What to tell whoever builds the report: of which results what would follow, and the line to paste."""
    shown = "; ".join(map(str, found))
    what = f"the tables would tell, or might tell, of single people – {shown}"
    if remedy is None:
        return Problem(
            what, "no coarser table is left: set `disclosure.least_group` above the people who answered", file
        )
    line = to_paste("disclosure", line=f"precision: {remedy}")
    return Problem(what, f"publish all tables more coarsely:{line}", file)


def _shown(level: dict | None) -> dict | None:
    return None if level is None or level.get("hidden") is True else level


def _published(measure: str, codebook: Codebook, params: Params, family: str | None) -> Published:
    named = params.analysis.families.get(family) if isinstance(family, str) else None
    options, policy, parts = codebook.options_of(measure), params.disclosure, None
    reverse = measure in codebook.items and codebook.items[measure].reverse_coded
    if options.low and options.high:
        low, high = max(options.low), min(options.high)
        ends = (options.reversed(high), options.reversed(low)) if reverse else (low, high)
        parts = (ends[0] + HALF_A_STEP + A_LITTLE, ends[1] - HALF_A_STEP)
    return Published(
        link=params.link,
        family=len(named.pairs) if named else 1,
        level=policy.precision,
        least_cell=policy.least_cell,
        parts=parts,
        high_from=min(options.high) - HALF_A_STEP if options.high else None,
        reverse=reverse,
        within=params.analysis.preserved_by == "equivalence",
        alpha=params.analysis.alpha,
    )


# What a row tells --------------------------------------------------------------------------------------------------


def told_by(row: Row, level: str) -> tuple[Known, Crowd]:
    """What an outsider knows from a row as it leaves, or as it would at a coarser `level`; and the real people."""
    scale, crowd = row.real.crowd(row.codes)
    about = replace(row.about, level=level)
    told = row.row if level == row.about.level else _released_at(row, scale, crowd, level)
    waves = tuple(_wave(place, row, crowd, scale, about) for place in (0, 1))
    return known_of(told, waves, scale, about), crowd


def _wave(place: int, row: Row, crowd: Crowd, scale: AnswerScale, about: Published) -> Wave:
    """A wave's categories and mean, told for the answers that are compared.

    Of people who left items out the compared score may differ from the one that is published of the wave alone. They
    stay as they are, so that what is told of the others is the same.
    """
    answered, row_told = crowd.answered[:, place], row.levels[place]
    wave = wave_of(row_told, int(answered.sum()), about)
    mean = row_told.get("mean") if row_told else None
    compared, alone = (frame[place].dropna() for frame in (row.real.points, row.real.alone))
    if mean is not None and not pd.isna(mean) and about.level != "words_only":
        moved = compared.mean() - alone.mean()
        wave = replace(wave, mean=Window(mean - 0.05 + moved, mean + 0.05 + moved))
    if any(form != _counted(alone, form) for form in wave.cells):
        raise OtherAnswers
    return replace(
        wave,
        cells=tuple(_counted(compared, form) for form in wave.cells),
        withheld=tuple(form for form in wave.withheld if _rightly(compared, form)),
    )


def _rightly(values: pd.Series, form: Withheld) -> bool:
    """Whether a form of the categories that did not leave was small for the compared values too."""
    counts = np.histogram(values, [-np.inf, *form.edges, np.inf])[0]
    return bool((((counts > 0) & (counts < form.few)) | (counts == counts.sum())).any())


def _counted(values: pd.Series, form: Cells) -> Cells:
    """The real counts of a form of the categories."""
    return Cells(form.edges, tuple(np.histogram(values, [-np.inf, *form.edges, np.inf])[0].tolist()))


def _released_at(row: Row, scale: AnswerScale, crowd: Crowd, level: str) -> dict:
    """The same row with all digits, and then as the rules let it leave at a coarser level."""
    if row.row.get("in_words", False) and in_words_still(row, level):
        return row.row
    pair = replace(known_of(row.row, (Wave(0), Wave(0)), scale, row.about).pairs[0], method=row.about.method)
    change, error, df = (
        np.atleast_1d(one)[0] for one in estimated(pair, crowd.given[None], crowd.answered, scale.unit)
    )
    full = row.row | {"change": change, "p_adjusted": BANDED.get(row.row.get("p_adjusted"))}
    for name, share in (("ci", 0.975), ("ci90", 0.95)):
        if not pd.isna(row.row.get(f"{name}_low")):
            half = float(stdtrit(df, share)) * error
            full |= {f"{name}_low": change - half, f"{name}_high": change + half}
    one = pd.DataFrame([full])
    shown = released(one, n=sizes(row.about.link), kind=kinds(one), margin="margin", level=level)
    return shown.iloc[0].to_dict()


def _all_broken(rows: list[Row], level: str) -> Iterator[Broken]:
    """What follows from single rows, and from all rows of a measure where it is compared in several pairs of waves."""
    until, of_one = monotonic() + ALTOGETHER, {}
    for row in rows:
        if broken := _broken(row, level, until):
            yield broken
        elif row.about.method != "unlinked":
            of_one.setdefault(row.name, []).append(row)
    for several in of_one.values():
        if len(several) > 1 and (broken := _broken_together(several, level, until)):
            yield broken


def _broken(row: Row, level: str, until: float) -> Broken | None:
    """What follows from one row as it leaves, or would at a coarser level; nothing is looked at after `until`."""
    if monotonic() > until:
        return Broken(*row.name, (TIME,), undecided=True)
    try:
        known, crowd = _of_these_answers(row, level)
    except OtherAnswers:
        return Broken(*row.name, (OTHERS,), undecided=True)
    if _no_spread(row, level):
        return Broken(*row.name, (ALL_EQUAL,))
    remains = what_remains(known, seconds=min(SECONDS, max(until - monotonic(), 0)), truth=crowd)
    if remains.undecided:
        return Broken(*row.name, (TIME,), undecided=True)
    return Broken(*row.name, tuple(remains.broken())) if remains.broken() else None


def _broken_together(rows: list[Row], level: str, until: float) -> Broken | None:
    """What follows from the rows of several pairs of one measure, each of which alone tells too little.

    Pairs stand alone where they compare other items of a scale, or other answers of people who left items out.
    """
    if len({row.real.most_items for row in rows}) > 1:
        return None
    known, crowd = _told_together(rows, level)
    if not fitting(known, crowd.given[None], crowd.answered)[0]:
        return None if crowd.still.any() else Broken(*rows[0].name, (OTHERS,), undecided=True)
    for place in range(len(known.pairs)):
        seconds = min(SECONDS, max(until - monotonic(), 0))
        remains = what_remains(known, place, seconds, truth=crowd)
        if remains.undecided or remains.note == TOO_LARGE:
            return Broken(*rows[0].name, (f"{TIME} of all pairs of waves together",), undecided=True)
        if remains.broken():
            return Broken(*rows[0].name, tuple(f"{one} (all pairs of waves together)" for one in remains.broken()))
    return None


def _told_together(rows: list[Row], level: str) -> tuple[Known, Crowd]:
    """What an outsider knows from the rows of several pairs, as they leave or would at a coarser level; the real people."""
    order = {wave: place for place, wave in enumerate(rows[0].waves)}
    waves = sorted({wave for row in rows for wave in row.pair}, key=order.get)
    real = answers_together([(row.pair, row.real) for row in rows], waves)
    scale, crowd = real.crowd(rows[0].codes)
    levels = {wave: told for row in rows for wave, told in zip(row.pair, row.levels, strict=True)}
    about = replace(rows[0].about, level=level)
    counted = dict(zip(waves, crowd.answered.sum(axis=0), strict=True))
    known = {wave: _whole_wave(levels[wave], int(counted[wave]), about) for wave in waves}
    leaving = [
        (row.pair, row.row if level == row.about.level else _released_at(row, *row.real.crowd(row.codes), level))
        for row in rows
    ]
    return known_together(leaving, known, scale, about), crowd


def _whole_wave(told: dict | None, n: int, about: Published) -> Wave:
    """A wave's categories and mean as they are told of everyone in it."""
    wave, mean = wave_of(told, n, about), told.get("mean") if told else None
    if mean is None or pd.isna(mean) or about.level == "words_only":
        return wave
    return replace(wave, mean=Window(mean - 0.05, mean + 0.05))


def _of_these_answers(row: Row, level: str) -> tuple[Known, Crowd]:
    """`told_by`, where the row is made of these answers; raises OtherAnswers where it is not."""
    answered, paired = row.real.points.notna(), row.about.method == "paired"
    people = [answered.all(axis=1).sum()] if paired else [answered[wave].sum() for wave in answered]
    if [row.row[size] for size in sizes(row.about.link)] != people:
        raise OtherAnswers
    known, crowd = told_by(row, level)
    if not fitting(known, crowd.given[None], crowd.answered)[0]:
        raise OtherAnswers
    return known, crowd


def _no_spread(row: Row, level: str) -> bool:
    """Whether an interval that the rules let leave is missing: then all linked people changed by just as much."""
    found = rule(kind_of(row.row), row.row["n_linked"], level) if row.about.method == "paired" else None
    told = not row.row.get("in_words", False) and pd.isna(row.row.get("ci90_low"))
    return bool(found and found.ci90) and row.row["group"] == "all" and told


def in_words_still(row: Row, level: str) -> bool:
    """Whether a row that is a conclusion alone stays one at a coarser level."""
    found = rule(kind_of(row.row), row.row["n_linked"], level)
    return bool(found and found.within)
