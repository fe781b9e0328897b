"""Shares of a statement by a trait of one's own: beside all answers, which are published, they tell no count of a few others."""

import pandas as pd
import pytest
from followup.report.report import Report
from in_notebooks import cleaned, no_page

SHIPPED = ("1", "2", "3", "local-3")
GROUP, CELL = 8, 5  # least_group and least_cell, as all shipped cohorts have them


def by_one_level(door: Report, frame: str, outcome: str) -> dict[str, pd.DataFrame]:
    """Answers of the first wave, with whether they are high, and whether the person is of this level of a trait."""
    study = door.study
    rows = getattr(study, frame).query("wave == @study.waves[0]").dropna(subset=outcome)
    people = study.participants.drop(columns="answered")
    high = rows["category"].eq("high")
    rows = rows.assign(agrees=high.map({True: "yes", False: "no"}), share=high.astype(int))
    levels = [(trait, level) for trait in people for level in people[trait].dropna().unique()]
    mine = {f"{trait} {level}": people[trait].eq(level).map({True: "mine", False: "theirs"}) for trait, level in levels}
    return {name: rows.assign(own=level.reindex(rows.index)) for name, level in mine.items()}


def refuse_few(rows: pd.DataFrame, told: pd.Series) -> int:
    """Of each (measure, side, answer) that is told: the others are enough people, and so are those of them who gave it."""
    for measure, side, answer in told.index[told.notna()]:
        of_measure = rows[rows["measure"] == measure]
        others = of_measure[of_measure["own"] != side]
        gave = (others["agrees"] == answer).sum()
        assert not 0 < len(others) < GROUP, (measure, side, answer, len(others))
        assert not 0 < gave < CELL, (measure, side, answer, gave)
    return int(told.notna().sum())


WAYS = {
    "crosstab": lambda safe, rows: safe.crosstab([rows["measure"], rows["own"]], rows["agrees"], normalize="index").stack(),  # noqa: PD013
    "the trait first": lambda safe, rows: safe.crosstab([rows["own"], rows["measure"]], rows["agrees"], normalize="index").stack().swaplevel(0, 1),  # noqa: PD013
    "the trait across": lambda safe, rows: safe.crosstab(rows["measure"], [rows["own"], rows["agrees"]]).stack([0, 1], future_stack=True),  # noqa: PD013
    "shares of a yes": lambda safe, rows: safe.pivot_table(rows, values="share", index=["measure", "own"])["share"],
    "shares of a yes across": lambda safe, rows: safe.pivot_table(rows, values="share", index="measure", columns="own").stack(),  # noqa: PD013
}  # fmt: skip


@pytest.mark.parametrize("frame", ["answers", "scores"])
@pytest.mark.parametrize("cohort", SHIPPED)
@pytest.mark.parametrize("way", WAYS)
def test_what_is_told_of_one_side_tells_no_few_of_the_other(cohort, way, frame):
    with no_page():
        door, told = Report(cleaned(cohort), "en"), 0
        for rows in by_one_level(door, frame, {"answers": "value", "scores": "score"}[frame]).values():
            made = WAYS[way](door.safe, rows)
            if made.index.nlevels == 2:
                made = pd.concat(dict.fromkeys(("yes", "no"), made)).reorder_levels([1, 2, 0])
            told += refuse_few(rows, made)
    assert told or frame == "scores" or cohort == "local-3" or way == "the trait across"
