"""Bare numbers that run the other way than the codebook's: whoever was high in one wave would be low in the other.

Nobody can tell the direction of numbers from their own file. Where the other wave came as labels and the same people
answered both, their answers tell: people do not, all together, turn into their opposites.
"""

from collections.abc import Iterator

import pandas as pd

from followup.cleaning.plausible import Seen
from followup.problems import Problem
from followup.study.cohort import Cohort

FEWEST = 8  # people who answered both waves
AGAINST = -3.0  # standard errors below none: by chance less than once in seven hundred studies where nothing is related
STRONGLY = -0.3  # and a correlation that is no trifle


def opposite_codes(cohort: Cohort, waves: list, seen: list[Seen]) -> Iterator[Problem]:
    """A problem for each option set whose bare numbers go against the labels of another wave, among linked people."""
    cleaned, known = {wave.wave: wave.responses for wave in waves}, {one.wave: one for one in seen}
    for wave, numbers in known.items():
        for other, labels in known.items():
            if wave == other or not {wave, other} <= cleaned.keys() or cohort.params.link == "unlinked":
                continue
            if "bare_numbers" in (*cohort.params.waves[wave].accepted, *cohort.params.waves[other].accepted):
                continue
            for name in numbers.numbers.keys() - numbers.labels & labels.labels - labels.numbers.keys():
                items = [key for key in cohort.codebook.items if _options(cohort, key) == name]
                if _go_against(cleaned[wave], cleaned[other], items):
                    yield _told(cohort, numbers, labels, name)


def _options(cohort: Cohort, item: str) -> str:
    return cohort.codebook.scales[cohort.codebook.scale_of[item]].options


def _go_against(one: pd.DataFrame, other: pd.DataFrame, items: list[str]) -> bool:
    """Whether linked people's answers to the same items are opposed, beyond what any pairing of them by chance gives.

    The sum of products of answers, each less its item's mean, is held against its variance over all pairings of people.
    """
    x, y = (_answers(table, items) for table in (one, other))
    people, both = x.index.intersection(y.index), x.columns.intersection(y.columns)
    if len(people) < FEWEST or both.empty:
        return False
    x, y = (table.loc[people, both].pipe(lambda t: t - t.mean()).fillna(0).to_numpy(float) for table in (x, y))
    product, size = (x * y).sum(), ((x**2).sum() * (y**2).sum()) ** 0.5
    spread = (((x.T @ x) * (y.T @ y)).sum() / (len(people) - 1)) ** 0.5
    return bool(spread and product / spread < AGAINST and product / size < STRONGLY)


def _answers(table: pd.DataFrame, items: list[str]) -> pd.DataFrame:
    """A row for each respondent, a column for each item."""
    mine = table[table["item"].isin(items)].assign(value=lambda t: pd.to_numeric(t["value"]))
    mine = mine.astype({"respondent": "str", "item": "str"})
    return mine.pivot_table(index="respondent", columns="item", values="value", aggfunc="first")


def _told(cohort: Cohort, numbers: Seen, labels: Seen, name: str) -> Problem:
    heading, given = numbers.numbers[name]
    words = cohort.codebook.waves
    what = (
        f"these bare numbers seem to run the other way (option set “{name}”): whoever is high in “{words[labels.wave].en}”, "
        f"which came as labels, is low here, and the other way round"
    )
    remedy = (
        f"export this wave again with the answers as text; if its numbers were held against the questionnaire one by one and "
        f"are those of the codebook, write in params/{cohort.name}.yaml accepted: [bare_numbers] under waves.{numbers.wave}"
    )
    options = cohort.codebook.option_sets[name].options
    allowed = ", ".join(f"{option.code} = {option.en}" for option in options)
    shown = ", ".join(map(str, sorted(given)))
    return Problem(what, remedy, numbers.file, None, " ".join(heading.split()), shown, allowed)
