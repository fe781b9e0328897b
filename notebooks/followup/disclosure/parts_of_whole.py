"""Which cells of a table of one's own follow from those of everyone and the others: small parts of a whole, and what is left."""

from collections.abc import Iterator

import pandas as pd

from followup.disclosure.suppression import hidden_groups
from followup.study.params import Disclosure

WORDS_ONLY = "words_only"


def hidden_parts(
    data: pd.DataFrame, by: list[str], sizes: pd.Series, alike: pd.Series, policy: Disclosure, groups: frozenset[str]
) -> pd.Series:
    """Which cells have too few people, all of one mind, or follow from those of everyone and the others that are shown."""
    hidden = (sizes < policy.least_group) | alike | (policy.precision == WORDS_ONLY)
    for name, others in _wholes(data, by):
        overlapping = _overlapping(data, name, others)
        for place, part in sizes.groupby([sizes.index.get_level_values(other) for other in others] or (lambda _: 0)):
            if len(part) == 1:  # the whole itself, as of a measure that one wave asked: nothing follows
                continue
            if (place if others else ()) in overlapping:
                continue
            effective = part.where(~alike[part.index], 1)
            hidden[part.index] |= hidden_groups(effective, int(part.sum()), policy.least_group, part)
    return hidden


def _wholes(data: pd.DataFrame, by: list[str]) -> Iterator[tuple[str, list[str]]]:
    """(a key, the keys within which its parts add up to a whole).

    One that follows from the others, as a scale from its measure, parts nobody; within it parts are no smaller whole
    than all of them are without it, so that both are looked at.
    """
    told = data[by].drop_duplicates().dropna()
    following: list[str] = []
    for name in by:
        rest = [other for other in by if other != name and other not in following]
        if rest and _follows(told, name, rest):
            following.append(name)
    for name in by:
        if name in following or len(told[name].unique()) < 2:
            continue
        every = [other for other in by if other != name]
        for others in (every, [other for other in every if other not in following])[: 2 if following else 1]:
            if not others or not _follows(told, name, others):
                yield name, others


def _follows(told: pd.DataFrame, name: str, others: list[str]) -> bool:
    """Whether a key is the same wherever these others are."""
    return not told[[*others, name]].drop_duplicates().duplicated(others).any()


def _overlapping(data: pd.DataFrame, name: str, others: list[str]) -> set[tuple]:
    """Within which others people stand in several parts of a key (waves, measures): there parts are no whole that is added up."""
    rows = data[[name, *others]].assign(person=data.index).drop_duplicates()
    twice = rows.loc[rows.duplicated([*others, "person"]), others]
    return {*twice.itertuples(index=False, name=None)} if others else {()} if len(twice) else set()
