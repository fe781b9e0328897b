"""Where only a few answered one wave alone, a mean of one's own is of those who answered both, as the page's own means are."""

from functools import cached_property

import numpy as np
import pandas as pd

from followup.analysis.study_frames import Study
from followup.disclosure.suppression import few_apart
from followup.language import Text, joined

FRAMES = {"score": "scores", "value": "answers"}  # the frames of the study that have these outcomes
KEYS = ["measure", "wave"]
NOTE = Text(
    "{waves}: במה שנשאל בשני השלבים נכללו רק מי שהשיבו בשניהם, כי מלבדם השיבו מעטים",
    "{waves}: of what both waves asked, only those who answered both are counted, since besides them only a few answered",
)


class LinkedOnly:
    """Of which measures and waves the page tells a mean of the linked in place of everyone's, and rows of these alone."""

    def __init__(self, study: Study):
        self._study = study

    @cached_property
    def _instead(self) -> dict[tuple[str, str], pd.Index]:
        """By measure and wave: the linked, where besides them a few answered, of whom two means would tell."""
        comparison, found = self._study.comparison, {}
        for pair in comparison.pairs if comparison.of_both else ():  # the main pair comes first
            for measure in comparison.asked_in(pair):
                places, *values = comparison.both(measure, pair)
                answered = ~np.isnan(values)
                linked = answered.all(axis=0)
                for wave, mine in zip(pair, answered, strict=True):
                    if few_apart(int((mine & ~linked).sum()), comparison.policy):
                        found.setdefault((measure, wave), comparison.order[places[linked]])
        return found

    @cached_property
    def _known(self) -> dict[str, pd.Series]:
        """The answers and scores of the study, by respondent, measure and wave."""
        return {outcome: _by_keys(getattr(self._study, frame), outcome) for outcome, frame in FRAMES.items()}

    def rows(self, rows: pd.DataFrame, outcome: str) -> pd.DataFrame:
        """The rows without those of the few; all of them where they are no answers or scores as the study has them."""
        asked, name = self.as_asked(rows, outcome)
        if not self._of_study(asked, name):
            return rows
        kept = np.ones(len(rows), dtype=bool)
        for key, places in asked.groupby(KEYS, observed=True).indices.items():
            if key in self._instead:
                kept[places] = rows.index[places].isin(self._instead[key])
        return rows[kept]

    def note(self, counted: pd.DataFrame, data: pd.DataFrame, outcome: str) -> Text:
        """Of which waves of the data those who answered both are counted alone."""
        sizes = [self.as_asked(rows, outcome)[0]["wave"].value_counts() for rows in (data, counted)]
        fewer = [wave for wave in self._study.waves if sizes[1].get(wave, 0) < sizes[0].get(wave, 0)]
        named = (self._study.codebook.waves[wave] for wave in fewer)
        return NOTE.filled({"waves": joined([Text(wave.he, wave.en) for wave in named], ", ")})

    def fits(self, rows: pd.DataFrame, outcome: str) -> bool:
        """Whether these are answers or scores as the study has them, and none of the few."""
        return self._of_study(*self.as_asked(rows, outcome)) and len(self.rows(rows, outcome)) == len(rows)

    def as_asked(self, rows: pd.DataFrame, outcome: str) -> tuple[pd.DataFrame, str]:
        """Rows in which a measure of the study is a column, as rows of this measure in its wave, and what its answers are called;
        these rows as they are where its numbers are not the study's.
        """
        codebook = self._study.codebook
        if "measure" in rows or outcome not in rows or outcome not in {*codebook.scales, *codebook.items}:
            return rows, outcome
        name = "score" if outcome in codebook.scales else "value"
        known, mine = self._known[name], rows.dropna(subset=[outcome])
        for wave in [None] if "wave" in rows else self._study.waves if len(mine) else []:
            of_wave = {} if wave is None else {"wave": wave}
            told = _by_keys(mine.assign(measure=outcome, **of_wave, **{name: mine[outcome]}), name)
            if known.index.is_unique and known.reindex(told.index).equals(told):
                return rows.assign(measure=outcome, **of_wave, **{name: rows[outcome]}), name
        return rows, outcome

    def _of_study(self, rows: pd.DataFrame, outcome: str) -> bool:
        return bool(self._instead) and self._is_answer(rows, outcome)

    def _is_answer(self, rows: pd.DataFrame, outcome: str) -> bool:
        """Whether the outcome is what the study's frame has for these people, measures and waves; no column of one's own."""
        if outcome not in FRAMES or not {*KEYS} <= {*rows} or rows.empty:
            return False
        known, mine = self._known[outcome], _by_keys(rows, outcome)
        return known.index.is_unique and known.reindex(mine.index).equals(mine)

    def is_of_a_change(self, rows: pd.DataFrame, outcome: str) -> bool:
        """Whether the mean of these rows is one of the two of a change that the page tells, or follows from some: the scores on a
        scale, in a wave, of all who answered both waves, or of all of groups of them. (Of statements it tells no groups.)
        """
        if outcome != "score" or not rows.index.is_unique or "change" in rows or not self._is_answer(rows, outcome):
            return False
        if len(rows["measure"].unique()) > 1 or len(rows["wave"].unique()) > 1:
            return False
        measure, wave = rows[KEYS].astype("object").iloc[0]
        linked = self._study.pairs.dropna(subset="change").query("measure == @measure")
        pairs = linked.groupby(["compared_with", "wave"], observed=True)
        return any(self._are_of_groups(rows, pair) for ends, pair in pairs if wave in ends)

    def _are_of_groups(self, rows: pd.DataFrame, linked: pd.DataFrame) -> bool:
        """Whether these people are all of the linked, or all of some of their groups, where the mean of each group is told."""
        sizes, least = linked["group"].value_counts(), self._study.params.disclosure.least_group
        each_told = linked["group"].notna().all() and (sizes[sizes > 0] >= least).all()
        some = linked[linked["group"].isin(rows["group"].unique())] if each_told and "group" in rows else linked
        return some.index.symmetric_difference(rows.index).empty


def _by_keys(rows: pd.DataFrame, outcome: str) -> pd.Series:
    """An outcome by respondent, measure and wave."""
    keys = [rows.index.astype("object"), *(rows[key].astype("object") for key in KEYS)]
    return pd.Series(rows[outcome].to_numpy(dtype=float, na_value=np.nan), pd.MultiIndex.from_arrays(keys))
