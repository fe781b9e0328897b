"""Whose results are published anyway, and which rows of a table of one's own are of nearly the same people."""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from operator import itemgetter

import numpy as np
import pandas as pd

from followup.analysis.study_frames import Study
from followup.disclosure.output_check import NotForPublication
from followup.disclosure.people_apart import nearly_some, parted
from followup.disclosure.small_cells import ASKED
from followup.disclosure.suppression import few_apart, hidden_groups
from followup.report.published_splits import PublishedSplits
from followup.study.params import Disclosure

ANSWERS = {"answers": "value", "scores": "score", "choices": "option"}


def nearly_answered(keys: pd.DataFrame, study: Study, splits: PublishedSplits) -> pd.DataFrame:
    """What of a crosstab is told by all but a few of those who gave these answers, or by a few more: a row for each part
    of it, a column for each key that says which.

    `keys` has a row for each answer, with the respondent as its index, and a column for each key. What everyone answered
    is published, so that the rest of such a crosstab would tell what the few answered.
    """
    keys = keys.loc[:, ~keys.columns.duplicated()].dropna()
    traits = study.participants.columns.difference(["answered"])
    asked, of_traits = ([name for name in keys if name in known] for known in (ASKED, traits))
    own, of_choices = keys.columns.difference([*asked, *of_traits]), {"question", "role", "option"} & {*keys}
    ways = [(by, by) for by in (asked, *([*asked, trait] for trait in of_traits), [*asked, *of_traits])]
    free = [*of_traits, *own]
    some_of = (some for size in range(1, len(free)) for some in combinations(free, size))
    ways += [(asked, [*asked, *some]) for some in some_of if not {*own} <= {*some}]
    found, fitting = np.zeros(len(keys), dtype=bool), {}
    for about, by in dict.fromkeys((tuple(about), tuple(by)) for about, by in ways):
        fitting[about] = fitting.get(about) or _fitting([*about], of_choices, study)
        for place, places in _parts(keys, [*by]):
            part = keys.iloc[places]
            told = [part[name] for name in own if name not in by and len(part[name].unique()) > 1]
            fits = fitting[about].get(place[: len(about)], [])
            found[places] |= _nearly(part.index, told, fits, study.params.disclosure)
    found |= splits.a_few_apart(keys)
    return keys.loc[found, [*asked, *of_traits]].drop_duplicates() if asked or of_traits else keys.loc[found, []]


def _parts(rows: pd.DataFrame, by: list[str]) -> Iterator[tuple[tuple, np.ndarray]]:
    """What each part of rows is about, and the places of its rows."""
    parts = rows.groupby(by, observed=True).indices.items() if by else [((), np.arange(len(rows)))]
    yield from ((about if isinstance(about, tuple) else (about,), places) for about, places in parts)


def _nearly(people: pd.Index, told: list[pd.Series], fitting: list[tuple], policy: Disclosure) -> bool:
    """Whether the people of these rows, all about the same, are a few more or fewer than those of answers that fit; not where
    they are just those of some.
    """
    mine, fits = Counter(people), []
    for rows, places in fitting:
        if len(mine) == len(people) and abs(len(places) - len(people)) >= policy.least_group:
            continue  # which is quickly seen, and so of nearly all
        theirs = Counter(rows.index[places])
        differ = sum(mine[one] != theirs[one] for one in mine.keys() | theirs.keys())
        if not differ or few_apart(differ, policy):
            fits.append((differ, len(mine) < len(people) or len(theirs) < len(places), rows, places))
    for differ, several, rows, places in sorted(fits, key=itemgetter(0)):
        answers = rows.iloc[places]
        if several or any(_follows(key, answers) for key in told) or _chosen_by(people.unique(), answers):
            return differ > 0
    return False


def nearly_in_category(keys: pd.DataFrame, study: Study, beside: pd.DataFrame) -> pd.DataFrame:
    """The cells of a crosstab that are all but a few of a published category of answers, or a few more: a row for each, after
    those of `beside`, which are nearly cells of other tables.

    `keys` is that of `nearly_answered`, of all who answered, without traits: of groups no counts are told. Where “low or
    middle” is published, a count of the middle answers would tell how few the low ones are; so would one of answers above
    a bound of one's own.
    """
    keys = keys.loc[:, ~keys.columns.duplicated()].dropna()
    asked = [name for name in keys if name in ASKED]
    own = [name for name in keys if name not in ASKED]
    if not own or {*own} & {*study.participants, "option"} or {"question", "role"} & {*asked}:
        return beside
    fitting, found = _fitting(asked, (), study), np.zeros(len(keys), dtype=bool)
    for about, places in _parts(keys, asked):
        part, least = keys.iloc[places], study.params.disclosure.least_cell
        known = (rows.iloc[at] for rows, at in fitting.get(about, []))
        told = [
            people
            for answers in known
            if len(part) == len(answers) and part.index.sort_values().equals(answers.index.sort_values())
            if not part.index.is_unique or any(_follows(part[name], answers) for name in own)
            for people in _categories(answers, least)
        ]
        for _, cell in _parts(part, own):
            found[places[cell]] |= any(0 < _apart(part.index[cell], people, least) < least for people in told)
    return pd.concat([part for part in (beside, keys.loc[found].drop_duplicates()) if len(part)] or [beside])


def _apart(some: pd.Index, others: pd.Index, enough: int) -> int:
    """How many people stand more often in one than in the other; only that they are enough, where that is seen at once."""
    if some.is_unique and others.is_unique:
        return enough if abs(len(some) - len(others)) >= enough else len({*some} ^ {*others})
    return int(some.value_counts().sub(others.value_counts(), fill_value=0).ne(0).sum())


def _categories(answers: pd.DataFrame, least_cell: int) -> Iterator[pd.Index]:
    """The people of each category of these answers that is published: “high” and the rest; all three where none is small."""
    sizes = answers["category"].value_counts()
    high = answers["category"] == "high"
    yield from (answers.index[high], answers.index[~high])
    if not sizes.between(1, least_cell - 1).any():
        yield from (answers.index[answers["category"] == one] for one in sizes.index if one != "high")


def nearly_shown(keys: pd.DataFrame, policy: Disclosure, shown: Callable[[pd.DataFrame], Iterable]) -> pd.DataFrame:
    """The cells of a crosstab whose people are, but for a few, those of cells that were `shown`: a row for each."""
    keys = keys.loc[:, ~keys.columns.duplicated()].dropna()
    found = np.zeros(len(keys), dtype=bool)
    for _, places in _parts(keys, [*keys]):
        part = keys.iloc[places]
        people = part.index.unique()
        if len(people) < policy.least_cell:  # hidden as it is
            continue
        told = (parts for cells in shown(part) for parts in parted(cells, (), policy.least_cell))
        found[places] = any(nearly_some(people, parts, policy.least_cell) for parts in told)
    return keys.loc[found].drop_duplicates()


def _chosen_by(people: pd.Index, answers: pd.DataFrame) -> bool:
    """Whether there are others, none of whom gave an answer that one of these people gave."""
    inside = answers.index.isin(people)
    return not inside.all() and {*answers["answer"][inside]}.isdisjoint(answers["answer"][~inside])


def _fitting(by: list[str], of_choices: Container, study: Study) -> dict[tuple, list[tuple[pd.DataFrame, np.ndarray]]]:
    """By what rows are about: the answers that they may be taken from, as a frame and places in it. Where their wave or
    measure is not known these are those of each, and of all together.
    """
    found: dict[tuple, list[tuple[pd.DataFrame, np.ndarray]]] = {}
    for name in ["choices"] if of_choices else ["answers", "scores"]:
        rows = getattr(study, name).dropna(subset=ANSWERS[name])
        rows = rows.join(study.participants[[trait for trait in by if trait not in rows and trait not in ASKED]])
        if not {*by} <= {*rows}:
            continue
        rows, free = rows.assign(answer=rows[ANSWERS[name]]), [key for key in ASKED if key in rows and key not in by]
        for some in (some for size in range(len(free) + 1) for some in combinations(free, size)):
            for about, places in _parts(rows, [*by, *some]):
                found.setdefault(about[: len(by)], []).append((rows, places))
    return found


def _follows(key: pd.Series, answers: pd.DataFrame) -> bool:
    """Whether a key of these people is what they answered, or a word of one's own for it: alike where the answers are."""
    mine = pd.DataFrame({"key": key.astype("object"), "answer": answers["answer"].reindex(key.index)})
    if key.name in answers and mine["key"].isin({*answers[key.name]}).all():
        same = mine["key"] == answers[key.name].astype("object").reindex(key.index)
        return bool(same[mine["answer"].notna()].all())
    return bool(mine.dropna().groupby("answer")["key"].nunique().eq(1).all())


IN_CATEGORIES = {"measure", "wave", "n", "n_low", "n_middle", "n_high"}
OF_OPTIONS = {"question", "option", "wave", "n_chosen", "n"}


def refuse_counted_otherwise(table: pd.DataFrame, study: Study) -> None:
    """Answers in categories, or options chosen, of other people than all who answered, or with a row for each answer.

    Other tables are let pass, and so are those that left before: their n may be hidden.
    """
    if {"form", "hidden", "cohort"} & {*table} or not any(shape <= {*table} for shape in (IN_CATEGORIES, OF_OPTIONS)):
        return
    about = "measure" if {*table} >= IN_CATEGORIES else "question"
    answered = _answered_in_categories(study) if about == "measure" else _answered_questions(study)
    for what, wave, n in table[[about, "wave", "n"]].dropna().itertuples(index=False):
        if n != answered.get((what, wave), 0):
            raise NotForPublication(
                f"“{what}” has an n of {n:g} in {wave}, and {answered.get((what, wave), 0)} people answered it then: such a table counts "
                "each who answered, and once, since a few more or fewer would tell what these few said; what to do: count some people by\n"
                f'        safe.crosstab([rows["{about}"], rows["wave"]], rows["{OUTCOMES[about]}"])'
            )


OUTCOMES = {"measure": "category", "question": "option"}


def _answered_in_categories(study: Study) -> dict[tuple[str, str], int]:
    tables = study.comparison.tables
    items = {(measure, wave): int(n) for wave in tables for measure, n in tables[wave].notna().sum().items()}
    return items | dict(study.scores.dropna(subset="score").groupby(["measure", "wave"], observed=True).size())


def _answered_questions(study: Study) -> dict[tuple[str, str], int]:
    given = study.choices.query("option.notna() or missing_reason == 'none_chosen'").reset_index()
    return dict(given.groupby(["question", "wave"], observed=True)["respondent"].nunique())


@dataclass
class Told:
    """The people of results that are told anyway, as parts; the wholes among them; answers to one measure, if these are known."""

    parts: list[Sequence[pd.Index]]
    wholes: list[pd.Index]
    answers: pd.DataFrame | None = None


def references(
    rows: pd.DataFrame,
    study: Study,
    known: dict[tuple, Told],
    shown: Iterable[Sequence[pd.Index]] = (),
    only: Callable[[pd.DataFrame, str], pd.DataFrame] | None = None,
) -> Iterator[Sequence[pd.Index]]:
    """The people of results that are told, of the measures and waves that these rows are about, as parts: everybody, the
    linked, their groups, and the cells of each table of one's own that was `shown`. `known` keeps what was asked before.

    Everybody is `only` those of whom a mean is told, where the rows are answers or scores as the study has them.
    """
    about = tuple(tuple(_different(rows, key)) for key in ("measure", "wave", "compared_with", "group"))
    key = (*about, "change" in rows, only is not None)
    found = known.get(key) or _told(rows, study, only)
    if "measure" in rows:
        known[key] = found
    yield from found.parts
    for cells in shown:
        yield from parted(cells, found.wholes, study.params.disclosure.least_group)
    if found.answers is not None and _chosen_by(rows.index.unique(), found.answers):
        yield from ([people] for people in _categories(found.answers, study.params.disclosure.least_cell))


def _different(rows: pd.DataFrame, key: str) -> Sequence:
    return rows[key].dropna().unique() if key in rows else ()


def _told(rows: pd.DataFrame, study: Study, only: Callable[[pd.DataFrame, str], pd.DataFrame] | None) -> Told:
    """The people of results that the notebooks publish, of what these rows are about."""
    measures, linked = _different(rows, "measure"), study.pairs.dropna(subset="change")
    answers = None
    if "change" in rows:
        frames = [*_of_pairs(linked, rows)]
    elif len(measures):
        of_scale = measures[0] in study.codebook.scales
        asked = study.scores.dropna(subset="score") if of_scale else study.answers.dropna(subset="value")
        told = only(asked, ANSWERS["scores" if of_scale else "answers"]) if only else asked
        frames = [told, *_of_pairs(linked, rows)]
        answers = _of_one_group(_about(asked, rows), rows)
        answers = answers.assign(answer=answers[ANSWERS["scores" if of_scale else "answers"]])
        answers = answers if len(measures) == 1 and answers.index.is_unique else None
    else:  # reshaped rows do not say what they are about; of those who answered both, all means are published
        waves = [wave for _, wave in study.scores.dropna(subset="score").groupby("wave", observed=True)]
        mine = _of_one_group(_about(linked, rows), rows)
        people = rows.index.unique()
        same, all_of_wave = (
            any(people.symmetric_difference(one.index).empty for one in some) for some in ([mine], waves)
        )
        everyone = [study.participants] if study.params.identified and not all_of_wave else []
        frames = [*everyone, *([] if same else [*waves, linked])]
    frames = [_about(frame, rows) for frame in frames]
    wholes, policy = [frame.index.unique() for frame in frames], study.params.disclosure
    of_groups = [[_of_one_group(frame, rows).index.unique()] for frame in frames]
    return Told(
        [[whole] for whole in wholes] + of_groups + [_groups(frame, policy) for frame in frames], wholes, answers
    )


def _of_pairs(linked: pd.DataFrame, rows: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The linked of each pair of waves that rows of one wave, or of one pair, are about; else of all together."""
    waves, before = (_different(rows, key) for key in ("wave", "compared_with"))
    if len(waves) != 1 or len(before) > 1:
        yield linked
        return
    for ends, pair in linked.groupby(["compared_with", "wave"], observed=True):
        if ends == (before[0], waves[0]) if len(before) else waves[0] in ends:
            yield pair


def _groups(about: pd.DataFrame, policy: Disclosure) -> Sequence[pd.Index]:
    """The people of each group of whom a mean may be told, and the others together; none where rows are of several measures."""
    outcome = next((name for name in ("score", "value", "change") if name in about), None)
    if outcome is None or not about.index.is_unique:
        return []
    parts = about.groupby("group", observed=True)[outcome]
    sizes, alike = parts.size(), parts.nunique() < 2
    hidden = hidden_groups(sizes.where(~alike, 1), len(about), policy.least_group, sizes)
    told = about["group"].where(about["group"].isin(hidden.index[~hidden])).astype("object").fillna("")
    return [about.index[places] for places in told.groupby(told.to_numpy()).indices.values()]


def _about(frame: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Of a frame of the study, what is of the measures or the wave that these rows are about."""
    for key in ("measure", "wave"):
        of_rows = _different(rows, key)
        waves = key == "wave" and (
            "change" in frame and "change" not in rows or len(of_rows) > 1
        )  # a pair has two of them
        if key in frame and len(of_rows) and not waves:
            frame = frame[frame[key].isin(of_rows)]
    return frame


def _of_one_group(frame: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """What of a frame is of the one group that these rows are of; all of it where they are of several."""
    one = _different(rows, "group")
    return frame[frame["group"] == one[0]] if len(one) == 1 else frame
