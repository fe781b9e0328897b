"""Tables of one's own beside what is published and beside each other: no two are of the same people but for a few."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from followup.disclosure.output_check import NotForPublication
from followup.disclosure.suppression import hidden_groups
from followup.report import people_behind
from followup.report.report import Report
from in_notebooks import cleaned, no_page

SHIPPED = ("1", "2", "3", "local-3")
GROUP, CELL = 8, 5  # least_group and least_cell, as all shipped cohorts have them
HEADED = dict.fromkeys(("tenure", "earlier", "above", "below", "score", "veteran", "newer"), ("כותרת", "Heading"))
SAID = {"en": "So it is", "he": "כך הדבר", "headings": HEADED}


@pytest.fixture(autouse=True)
def shown_nowhere():
    with no_page():
        yield


def opened(cohort: str) -> Report:
    return Report(cleaned(cohort), "en")


def scores(door: Report, wave: str = "") -> pd.DataFrame:
    rows = door.study.scores.dropna(subset="score")
    return rows[rows["wave"] == wave] if wave else rows


def means(door: Report, rows: pd.DataFrame, *keys: str, values: str = "score") -> pd.DataFrame:
    return door.safe.pivot_table(rows, values=values, index=[*keys])


def with_tenure(door: Report, rows: pd.DataFrame) -> pd.DataFrame:
    years = door.study.participants["seniority"]
    return rows.join(years.eq("over_10_years").map({True: "veteran", False: "newer"}).rename("tenure"))


def linked(door: Report) -> pd.DataFrame:
    return with_tenure(door, door.study.pairs.query("kind == 'scale'").dropna(subset="change"))


# ------------------------------------------------------------ what a newcomer published without meaning it


def test_a_filter_on_one_group_hides_what_the_others_would_follow_from():
    """26 of 33 and 20 of 25 are of local government: the seven and the five others follow from the means of all."""
    door = opened("local-3")
    local = scores(door).query("group == 'local_government'")
    sizes = {wave: rows.index.nunique() for wave, rows in local.groupby("wave", observed=True)}
    every = {wave: rows.index.nunique() for wave, rows in scores(door).groupby("wave", observed=True)}
    assert [*sizes.values(), *every.values()] == [26, 20, 33, 25]
    told = means(door, local, "measure", "wave")
    assert len(told) and not told["score"].notna().any()
    door.table("local_means", told, **SAID)
    assert "but for fewer than" in door.safe.cause(door.released["local_means"])


def test_all_but_one_group_are_not_two_published_groups_and_one_person_more():
    """20 of 29 in the later wave of cohort 1: 19 of these are headquarters and operational among the linked."""
    door = opened("1")
    rows = scores(door, "follow_up").query("group != 'local_and_third'")
    both = door.study.pairs.query("measure == 'motivation' and group != 'local_and_third'").dropna(subset="change")
    mine = {*rows.query("measure == 'motivation'").index}
    assert (len(mine), len({*both.index}), len(mine - {*both.index})) == (20, 19, 1)
    rows = rows[rows["measure"].isin(door.study.pairs["measure"])]
    own = means(door, rows.assign(own=rows["score"] + 1), "measure", values="own")  # a score of one's own: of all 20
    assert len(own) and not own["own"].notna().any()
    told, by_hand = means(door, rows, "measure"), rows.loc[[*both.index]].query("measure == 'motivation'")["score"]
    assert tuple(told.loc["motivation"]) == (
        19,
        pytest.approx(by_hand.mean(), abs=0.051),
    )  # of both groups, as published


def test_of_whom_a_mean_is_told_where_a_few_answered_one_wave_alone():
    """Cohort 1: 38 and 29 answered, 28 both; ten of the first wave are told, and one of the second is not."""
    door = opened("1")
    rows = scores(door)[scores(door)["measure"] == "motivation"]
    both = {*rows[rows["wave"] == "programme_end"].index} & {*rows[rows["wave"] == "follow_up"].index}
    table = means(door, rows, "measure", "wave").loc["motivation"]
    assert table["n"].tolist() == [38, 28] and len(both) == 28
    for wave, some in (("programme_end", rows), ("follow_up", rows.loc[[*both]])):
        by_hand = some[some["wave"] == wave]["score"].mean()
        assert table.loc[wave, "score"] == pytest.approx(by_hand, abs=0.051)
    counts = door.safe.pivot_table(rows, values="score", index="wave", aggfunc="count")
    assert counts["n"].dropna().tolist() == [38]  # 29 and those who answered both are one apart


def test_two_tables_by_a_trait_of_ones_own_are_of_the_same_people_or_the_later_is_hidden():
    door = opened("1")
    first = means(door, linked(door), "measure", "tenure", values="earlier")
    assert first["earlier"].notna().all()
    door.table("before", first, **SAID)
    rows = with_tenure(door, scores(door, "programme_end"))
    later = means(door, rows, "measure", "tenure")
    assert not later["score"].notna().any()  # 15 veterans, of whom 12 are linked
    door.table("after", later, **SAID)
    assert "but for fewer than" in door.safe.why_empty("after", door.released["after"])


def test_without_the_first_the_second_is_shown():
    door = opened("1")
    rows = with_tenure(door, scores(door, "programme_end"))
    assert means(door, rows, "measure", "tenure")["score"].notna().any()


def test_tables_that_were_both_made_before_either_was_shown_are_not_both_shown():
    door = opened("1")
    first = means(door, linked(door), "measure", "tenure", values="earlier")
    later = means(door, with_tenure(door, scores(door, "programme_end")), "measure", "tenure")
    door.table("before", first, **SAID)
    with pytest.raises(NotForPublication, match="made before “before” was shown"):
        door.table("after", later, **SAID)
    with pytest.raises(NotForPublication, match="made before “before” was shown"):
        row = later.query("measure == 'motivation' and tenure == 'veteran'")
        door.say(en="The mean was {score}", he="הממוצע היה {score}", row=row)


WAYS = {
    "the change of the same people": lambda d: d.safe.pivot_table(linked(d), values="change", index=["measure", "tenure"]),
    "the same table again": lambda d: means(d, linked(d), "measure", "tenure", values="earlier"),
    "their later answers": lambda d: means(d, linked(d), "measure", "tenure", values="later"),
    "everybody's later wave": lambda d: means(d, linked(d), "measure", values="later"),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_what_tells_nobody_more_stays(way):
    alone, door = WAYS[way](opened("1")), opened("1")
    door.table("before", means(door, linked(door), "measure", "tenure", values="earlier"), **SAID)
    assert WAYS[way](door).equals(alone)


def veterans(door: Report, rows: pd.DataFrame) -> pd.DataFrame:
    return with_tenure(door, rows).query("tenure == 'veteran'")


LATER = {
    "what is left of all": lambda d: means(d, linked(d).query("tenure == 'newer'").assign(wave="programme_end")
                                           .rename(columns={"earlier": "score"})[["wave", "measure", "score"]], "measure"),
    "a statistic": lambda d: d.safe.apply(
        veterans(d, scores(d, "programme_end")).groupby("measure", observed=True), lambda rows: rows["score"].mean()),
    "across": lambda d: d.safe.pivot_table(with_tenure(d, scores(d, "programme_end")), values="score", index="measure", columns="tenure"),
    "a wave that no column names": lambda d: means(d, veterans(d, scores(d, "programme_end")).drop(columns="wave"), "measure"),
    "a filter": lambda d: means(d, veterans(d, scores(d, "programme_end")), "measure"),
}  # fmt: skip


@pytest.mark.parametrize("way", LATER)
def test_whatever_makes_the_later_table_it_is_hidden(way):
    door = opened("1")
    if way == "what is left of all":  # 12 of 27 are newer, and all of them veterans but for the 15 that are told
        door.table("before", means(door, with_tenure(door, scores(door, "programme_end")), "measure", "tenure"), **SAID)
    else:
        door.table("before", means(door, linked(door), "measure", "tenure", values="earlier"), **SAID)
    told = LATER[way](door).drop(columns=["n", "at_least"], errors="ignore")
    assert not told.notna().any(axis=None)


def test_counts_of_two_tables_differ_by_no_few_people():
    """Scores above four of 15 veterans, beside those of the twelve who answered twice."""
    door = opened("1")
    rows = with_tenure(door, scores(door, "programme_end"))
    rows = rows.assign(side=np.where(rows["score"] > 4, "above", "below"))
    some = rows[rows.index.isin(linked(door).index)]
    first = door.safe.crosstab([some["measure"], some["wave"], some["tenure"]], some["side"])
    door.table("before", first, **SAID)
    later = door.safe.crosstab([rows["measure"], rows["wave"], rows["tenure"]], rows["side"])
    alone = opened("1").safe.crosstab([rows["measure"], rows["wave"], rows["tenure"]], rows["side"])
    assert 0 < later.notna().sum(axis=None) < alone.notna().sum(axis=None)
    for place, cells in later.iterrows():
        for side in cells.dropna().index:
            if place not in first.index or pd.isna(first.loc[place, side]):
                continue
            here = [{*one.index[(one[["measure", "tenure"]] == [place[0], place[2]]).all(axis=1) & (one["side"] == side)]}
                    for one in (some, rows)]  # fmt: skip
            assert not 0 < len(here[0] ^ here[1]) < CELL, (place, side)


SHOWN = {
    "in a picture": lambda d, t: d.figure("before", t, lambda axes, table: axes.plot(table["earlier"]), **SAID),
    "with a column of one's own": lambda d, t: d.table("before", d.safe.assign(t, above=lambda t: t["earlier"] - 3), **SAID),
    "some rows of it": lambda d, t: d.table("before", t.query("measure == 'motivation'"), **SAID),
    "released": lambda d, t: d.release("before", t),
    "in a sentence": lambda d, t: d.say(en="It was {earlier}", he="היה {earlier}", row=t.head(1)),
}  # fmt: skip


@pytest.mark.parametrize("way", SHOWN)
def test_however_the_first_table_is_shown_it_is_known(way):
    door = opened("1")
    SHOWN[way](door, means(door, linked(door), "measure", "tenure", values="earlier"))
    later = means(door, with_tenure(door, scores(door, "programme_end")), "measure", "tenure")
    assert not later["score"].notna().any()


def test_what_is_made_and_not_shown_hides_nothing():
    door = opened("1")
    means(door, linked(door), "measure", "tenure", values="earlier")
    later = means(door, with_tenure(door, scores(door, "programme_end")), "measure", "tenure")
    assert later["score"].notna().any()


def test_a_model_and_a_table_are_not_of_nearly_the_same_people():
    """Where the line of a model begins is a mean: of 26 of the first wave, and a table of 21 of these."""
    door = opened("1")
    rows = scores(door, "programme_end").query("measure == 'motivation'").sort_index()
    first, some = rows[:26], rows[:21]
    assert means(door, some, "measure")["score"].notna().all()
    assert door.model("model", "score ~ 1", first, **SAID)["estimate"].notna().all()
    assert not means(door, some, "measure")["score"].notna().any()
    door = opened("1")
    door.table("before", means(door, some, "measure"), **SAID)
    assert not door.model("model", "score ~ 1", first, **SAID)["estimate"].notna().any()


class Shell:
    """Jupyter, as far as it says which cell runs, and for which time."""

    def __init__(self, run: int, cell: str):
        self.execution_count, self.cell = run, cell

    def get_parent(self) -> dict:
        return {"metadata": {"cellId": self.cell}}


def test_a_cell_that_is_changed_and_run_again_is_held_against_other_cells_alone(monkeypatch):
    door, run = opened("1"), iter(range(1, 9))

    def cell(name: str, rows: pd.DataFrame, values: str) -> pd.DataFrame:
        shell = Shell(next(run), name)
        monkeypatch.setattr(people_behind, "get_ipython", lambda: shell)
        told = means(door, rows, "measure", "tenure", values=values)
        door.table(name, told, **SAID)
        return told[values]

    every = with_tenure(door, scores(door, "programme_end"))
    assert cell("mine", linked(door), "earlier").notna().all()
    assert cell("mine", every, "score").notna().all()  # in its place
    assert not cell("other", linked(door), "earlier").notna().any()
    assert cell("mine", linked(door), "earlier").notna().all()
    assert cell("other", linked(door), "earlier").notna().all()


def test_a_table_made_in_one_cell_and_shown_in_another_is_not_held_against_what_it_was_before(monkeypatch):
    door, run = opened("1"), iter(range(1, 9))

    def in_cell(name: str) -> None:
        shell = Shell(next(run), name)
        monkeypatch.setattr(people_behind, "get_ipython", lambda: shell)

    every = with_tenure(door, scores(door, "programme_end"))
    for rows, values in ((linked(door), "earlier"), (every, "score")):
        in_cell("makes it")
        told = means(door, rows, "measure", "tenure", values=values)
        assert told[values].notna().all()
        in_cell("shows it")
        door.table("mine", told, **SAID)
    in_cell("another")
    assert not means(door, linked(door), "measure", "tenure", values="earlier")["earlier"].notna().any()


# ------------------------------------------------------------ every query on one level of each trait, and its complement


def told_sets(door: Report, rows: pd.DataFrame, told: pd.DataFrame) -> dict[tuple[str, str], frozenset]:
    """The people behind each mean that a table by measure and wave tells of these rows."""
    places = told.index[told["score"].notna()] if len(told) else []
    mine = {(m, w): frozenset(rows.index[(rows["measure"] == m) & (rows["wave"] == w)]) for m, w in places}
    return {place: people & told_in(door).get(place, people) for place, people in mine.items()}


def told_in(door: Report) -> dict[tuple[str, str], frozenset]:
    """Of whom the mean of a measure in a wave is told: of the linked, where a few others answered it."""
    told = {place: frozenset(rows.index) for place, rows in scores(door).groupby(["measure", "wave"], observed=True)}
    pairs = door.study.pairs.query("kind == 'scale'").dropna(subset="change")
    if door.study.link in ("by_id", "same_row"):
        for (measure, *waves), rows in pairs.groupby(["measure", "compared_with", "wave"], observed=True):
            for place in ((measure, wave) for wave in waves):
                told[place] = frozenset(rows.index) if 0 < len(told[place]) - len(rows) < GROUP else told[place]
    return told


def published(door: Report) -> dict[tuple[str, str], set[frozenset]]:
    """Whose means of a measure in a wave the pages tell: everybody's, those of the linked, of their groups and of these together.

    Of a study that is not linked these are everybody's groups.
    """
    whole = {place: {people} for place, people in told_in(door).items()}
    pairs = door.study.pairs.query("kind == 'scale'").dropna(subset="change")
    for (measure, *waves), rows in pairs.groupby(["measure", "compared_with", "wave"], observed=True):
        for wave in waves:
            whole[measure, wave] |= {frozenset(rows.index), *unions(rows)}
    if pairs.empty:
        for place, rows in scores(door).groupby(["measure", "wave"], observed=True):
            whole[place] |= unions(rows)
    return whole


def unions(rows: pd.DataFrame) -> set[frozenset]:
    """Of groups that are told (eight people, and eight others), any together."""
    sizes = rows.groupby("group", observed=True).size()
    told = sizes.index[~hidden_groups(sizes, len(rows), GROUP)]
    groups = [frozenset(rows.index[rows["group"] == group]) for group in told]
    return {frozenset().union(*some) for size in range(1, 1 + len(groups)) for some in combinations(groups, size)}


def queries(door: Report) -> dict[str, pd.DataFrame]:
    """Scores of those of one level of a trait, and of all others."""
    people = door.study.participants
    traits = [trait for trait in people if trait != "answered"]
    rows = scores(door).drop(columns="group").join(people[traits])
    levels = [(trait, level) for trait in traits for level in people[trait].dropna().unique()]
    only = {f"{trait} == {level}": rows[rows[trait].eq(level)] for trait, level in levels}
    return only | {f"{trait} != {level}": rows[rows[trait].ne(level)] for trait, level in levels}


def few_between(one: frozenset, other: frozenset) -> bool:
    return 0 < len(one ^ other) < GROUP


@pytest.mark.parametrize("cohort", SHIPPED)
def test_no_query_on_a_trait_tells_of_nearly_the_people_of_a_published_mean(cohort):
    door, told = opened(cohort), 0
    known = published(door)
    for query, rows in queries(door).items():
        for place, mine in told_sets(door, rows, means(door, rows, "measure", "wave")).items():
            told += 1
            assert not any(few_between(mine, other) for other in known[place]), (query, place)
    assert told or cohort == "local-3"


@pytest.mark.parametrize("cohort", SHIPPED)
@pytest.mark.parametrize("order", [1, -1])
def test_no_two_queries_that_are_shown_one_after_the_other_differ_by_a_few(cohort, order):
    """Each query on everybody, and on those who answered all waves: each table is shown before the next is made."""
    door, measures = opened(cohort), ["motivation", "self_perception"]
    several = scores(door).reset_index().groupby("respondent")["wave"].nunique().eq(len(door.study.waves))
    seen: dict[tuple[str, str], list[frozenset]] = {}
    for number, (query, rows) in enumerate([*queries(door).items()][::order]):
        rows = rows[rows["measure"].isin(measures)]
        for which, some in enumerate((rows, rows[rows.index.isin(several.index[several])])):
            table = means(door, some, "measure", "wave")
            door.table(f"own_{number}_{which}", table, **SAID)
            shown = told_sets(door, some, table)
            for place, mine in shown.items():
                assert not any(few_between(mine, other) for other in seen.get(place, [])), (query, place)
                seen.setdefault(place, []).append(mine)


def test_a_share_of_all_stands_beside_a_mean_of_the_linked_as_on_the_page():
    """29 answered and 28 are linked: after a sentence with a share of the 29 nothing was told of the scale's scores any more."""
    with no_page():
        door = Report(cleaned("1"), "en")
        scores = door.study.scores.query("wave == 'follow_up' and measure == 'motivation'").dropna(subset="score")
        rows = scores.assign(reached=scores["score"] >= 4)
        shares = door.safe.pivot_table(rows, values="reached", index="measure")
        door.table("shares", shares, headings={"reached": ("הגיעו", "Reached")}, en="Share", he="שיעור")
        assert door.safe.pivot_table(scores, values="score", index="measure")["score"].notna().all()
        linked = door.study.pairs.query("measure == 'motivation'").dropna(subset="change").index
        of_linked = rows[rows.index.isin(linked)]
        assert door.safe.pivot_table(of_linked, values="reached", index="measure")["reached"].isna().all()
        assert door.safe.pivot_table(rows.iloc[1:], values="reached", index="measure")["reached"].isna().all()
