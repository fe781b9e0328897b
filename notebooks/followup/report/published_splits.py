"""Keys of one's own that split people as a published answer does: of a few people fewer, or more, they tell these people's answer."""

from collections.abc import Hashable, Iterable, Iterator
from contextlib import suppress
from functools import cached_property

import numpy as np
import pandas as pd

from followup.analysis.study_frames import Study
from followup.disclosure.small_cells import ASKED
from followup.problems import InputProblems

EVERYBODY = {"all", "everyone", "everybody", "total", "overall", "כולם", "הכול", "סך הכול"}


class PublishedSplits:
    """How many gave which answer is published of each statement, scale and question: of its own people, and all of them."""

    def __init__(self, study: Study):
        self._study = study

    @cached_property
    def _splits(self) -> list[dict[Hashable, Hashable]]:
        """Of each measure or question in a wave, the answer of each respondent as it is published; of stages as reported."""
        with suppress(InputProblems):  # where there are no answers, nobody’s follow
            if not isinstance(self._study.comparison.order, pd.CategoricalIndex):
                return self._of_answers()
        return []  # of tens of thousands all answers take gigabytes: there this is not looked for

    @cached_property
    def _of_projects(self) -> list[dict[Hashable, Hashable]]:
        """The stages that people reported: the page tells those of projects."""
        stages = self._study.choices.query("role == 'project_stage'").dropna(subset="option")
        return [dict(zip(rows.index, rows["option"], strict=True)) for _, rows in stages.groupby("wave", observed=True)]

    def _of_answers(self) -> list[dict[Hashable, Hashable]]:
        study = self._study
        kinds = [(study.answers, "measure", "category"), (study.scores, "measure", "category")]
        splits = [
            dict(zip(rows.index, rows[answer], strict=True))
            for frame, about, answer in kinds
            for _, rows in frame.dropna(subset=answer).groupby([about, "wave"], observed=True)
        ]
        chosen = study.choices.query("option.notna() or missing_reason == 'none_chosen'")
        for _, rows in chosen.groupby(["question", "wave"], observed=True):
            if rows.index.is_unique:
                splits.append(dict(zip(rows.index, rows["option"], strict=True)))
                continue
            for option in rows["option"].dropna().unique():
                who = {*rows.index[rows["option"] == option]}
                splits.append({person: person in who for person in rows.index.unique()})
        return splits

    def tells(self, rows: pd.DataFrame, outcome: str) -> bool:
        """Whether how many of these people have this outcome, a yes or no, may stand beside what is published: they are all who
        answered a measure or a question, and the yes is its high answer, or one of its options, or any other; or all answers
        above a bound, or below it, that is no few people away from the published one.
        """
        if self._study.params.disclosure.precision == "words_only":
            return False
        if outcome not in rows or not rows.index.is_unique or not {*rows[outcome].unique()} <= {0, 1}:
            return False
        yes = dict(zip(rows.index, rows[outcome] == 1, strict=True))
        for split in (each for each in self._splits if each.keys() == yes.keys() and each not in self._of_projects):
            sides = [{split[person] for person in yes if yes[person] is side} for side in (True, False)]
            if sides[0].isdisjoint(sides[1]) and any(_is_published(side, {*split.values()}) for side in sides):
                return True
        return self._is_bound(yes)

    def _is_bound(self, yes: dict[Hashable, bool]) -> bool:
        """Whether these people are all who answered a measure in a wave, divided at a bound of its answers; not where the
        published bound divides all but a few of them alike.
        """
        people, least = pd.Series(yes), self._study.params.disclosure.least_cell
        for values, high in self._with_high:
            if len(values) != len(people) or not values.index.isin(people.index).all():
                continue
            above, below = values[people.reindex(values.index)], values[~people.reindex(values.index)]
            if (above.min() > below.max() or above.max() < below.min()) and least <= len({*above.index} ^ high) <= len(
                people
            ) - least:
                return True
        return False

    @cached_property
    def _with_high(self) -> list[tuple[pd.Series, set]]:
        """The answers to each measure in a wave, one of each respondent, with those whose answer is called high."""
        if not self._splits:
            return []
        kinds = ((self._study.answers, "value"), (self._study.scores, "score"))
        of_measures = (
            (rows[answer], {*rows.index[rows["category"] == "high"]})
            for frame, answer in kinds
            for _, rows in frame.dropna(subset=answer).groupby(["measure", "wave"], observed=True)
        )
        return [*of_measures]

    def a_few_apart(self, keys: pd.DataFrame) -> np.ndarray:
        """Which rows of a table by these keys are about people who are, but for a few, those of a published answer that a key
        follows, or who are all alike in a key; `keys` has the respondents as its index.

        Beside “20 of 29 left” a table of 28 people in which 19 left tells that the one left; that all 29 are “3 or more” tells
        it of each of them.
        """
        found = np.zeros(len(keys), dtype=bool)
        own = self._own(keys)
        asked = [name for name in keys if name in ASKED]
        for places in keys.groupby(asked, observed=True).indices.values() if asked else [np.arange(len(keys))]:
            part = keys.iloc[places]
            people = {*part.index}
            found[places] = any(
                self._alike(part[name]) or bool(self._follow(part[name].dropna(), people)) for name in own
            )
        return found

    def _alike(self, key: pd.Series) -> bool:
        """Whether a key has one level for all these people, and is not what they were asked under another name, nor a word
        for everybody.
        """
        levels = {*key.dropna()}
        return len(levels) == 1 and not key.isna().any() and not levels <= self._asked | EVERYBODY

    def beside(self, keys: pd.DataFrame) -> Iterator[list[pd.Index]]:
        """The people of each published answer that one of these keys of a model follows, where they are not quite its people."""
        own = self._own(keys) if keys.index.is_unique else []
        followed = (self._follow(keys[name].dropna(), {*keys.index}) for name in own)
        yield from ([pd.Index([*people])] for people in followed if people)

    def _own(self, keys: pd.DataFrame) -> list[str]:
        """Keys that are no traits and not what was asked, whatever they are called."""
        return [name for name in keys if not self._is_trait(keys[name]) and not self._is_asked(keys[name])]

    def _is_trait(self, key: pd.Series) -> bool:
        people = self._study.participants.drop(columns="answered")
        return key.name in people and people[key.name].astype("object").reindex(key.index).equals(key.astype("object"))

    def _is_asked(self, key: pd.Series) -> bool:
        return key.name in ASKED and {*key.dropna()} <= self._asked

    @cached_property
    def _asked(self) -> set:
        """The names of what people are asked: waves, statements, scales, questions and what these are for."""
        codebook = self._study.codebook
        named = {*codebook.waves, *codebook.items, *codebook.scales, *codebook.questions}
        return named | {question.role for question in codebook.questions.values()}

    def of_one_mind(self, keys: pd.DataFrame) -> bool:
        """Whether one of these keys has one level: that of everybody, or of rows that were chosen by it."""
        return any(self._alike(keys[name]) for name in self._own(keys))

    def _follow(self, key: pd.Series, people: set) -> set:
        """The people of a published answer that divides some of these, all but a few, as this key does, and not just as their
        own published answers do, which tells nothing more; none where it follows none.
        """
        near: set = set()
        if len(key.unique()) < 2:
            return near
        least, told = self._study.params.disclosure.least_group, [*zip(key.index, key, strict=True)]
        for split in self._splits:
            if abs(len(split) - len(people)) < least and len(people ^ split.keys()) < least:
                pairs = {(mine, split[person]) for person, mine in told if person in split}
                if people == split.keys():
                    if len(pairs) == len({answer for _, answer in pairs}):
                        return set()
                elif len([*_joined(pairs)]) > 1:
                    near = {*split}
        return near


def _is_published(side: set, answers: set) -> bool:
    """Whether how many gave these answers is told: of categories the high ones, else of one alone."""
    return side == {"high"} if answers <= {"low", "middle", "high"} else len(side) == 1


def _joined(pairs: Iterable[tuple]) -> Iterator[tuple[set, set]]:
    """Keys and answers in parts that have no person in common: one part where neither divides as the other does."""
    parts: list[tuple[set, set]] = []
    for key, answer in pairs:
        alike = [part for part in parts if key in part[0] or answer in part[1]]
        parts = [part for part in parts if part not in alike]
        parts.append(({key}.union(*(part[0] for part in alike)), {answer}.union(*(part[1] for part in alike))))
    yield from parts
