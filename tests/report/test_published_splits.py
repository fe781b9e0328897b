"""Own tables split as a published answer splits people, and a few people short of it: they told what these few answered."""

import numpy as np
import pandas as pd
import pytest
from followup.report import tables
from followup.report.report import Report
from in_notebooks import cleaned, no_page


@pytest.fixture(scope="module", autouse=True)
def shown_nowhere():
    with no_page():
        yield


def opened(cohort: str) -> Report:
    return Report(cleaned(cohort), "en")


def involved(door: Report) -> pd.Series:
    """Whether somebody is still involved in a project, of which the page tells how many of all who answered."""
    study = door.study
    chosen = study.choices.query("wave == @study.waves[-1] and question == 'still_involved'").dropna(subset="option")
    return chosen["option"].map({0: "left", 1: "stays"}).fillna(chosen["option"]).astype("str").rename("involved")


def later(door: Report) -> pd.DataFrame:
    study = door.study
    return study.scores.dropna(subset="score").query("wave == @study.waves[-1]")


def agreed(door: Report, statement: str) -> pd.Series:
    """Whether somebody agrees to a statement, in the wave that was last."""
    rows = door.study.answers.query("measure == @statement and wave == @door.study.waves[-1]").dropna(subset="value")
    return rows["category"].eq("high").map({True: "agrees", False: "not"}).rename("agrees")


def linked(door: Report) -> pd.DataFrame:
    return door.study.pairs.query("kind == 'scale'").dropna(subset="change")


def crossed(door: Report, one: str, other: str) -> pd.DataFrame:
    """Two statements side by side, of those who answered both."""
    wide = pd.concat([agreed(door, one).rename("one"), agreed(door, other).rename("other")], axis=1).dropna()
    return door.safe.crosstab(wide["one"], wide["other"])


def by_another(door: Report) -> pd.DataFrame:
    """The answers to one statement by another, in the wave that cohort 3 had."""
    answers = door.study.answers.dropna(subset="value")
    rows = answers[answers["measure"] == "motivation_promote"]
    other = answers[answers["measure"] == "wider_management"]["category"].rename("other")
    return door.safe.pivot_table(rows.join(other, how="inner"), values="value", index=["measure", "other"])


LEAKS = {  # of a few people each told how they had answered: found by an attacker, with the people by name
    "a mean by another question": ("1", lambda d: d.safe.pivot_table(
        later(d).join(involved(d), how="inner").query("measure == 'motivation'"), values="score", index=["measure", "involved"])),
    "a mean by a statement": ("1", lambda d: d.safe.pivot_table(
        later(d).join(agreed(d, "self_able"), how="inner").query("measure == 'motivation'"), values="score", index=["measure", "agrees"])),
    "a mean by its own category": ("1", lambda d: d.safe.pivot_table(
        later(d).query("measure == 'self_perception'"), values="score", index=["measure", "wave", "category"])),
    "changes by another question": ("1", lambda d: d.safe.pivot_table(
        linked(d).join(involved(d), how="inner"), values="change", index=["measure", "involved"])),
    "changes by another question, of four": ("2", lambda d: d.safe.pivot_table(
        linked(d).join(involved(d), how="inner"), values="change", index=["measure", "involved"])),
    "a statistic by another question": ("1", lambda d: d.safe.apply(
        linked(d).join(involved(d), how="inner").groupby(["measure", "involved"], observed=True), lambda rows: rows["change"].mean())),
    "a crosstab of the linked": ("1", lambda d: d.safe.crosstab(
        linked(d)["measure"], linked(d).join(involved(d))["involved"])),
    "a crosstab without a measure": ("1", lambda d: d.safe.crosstab(
        linked(d).query("measure == 'motivation'")["wave"], linked(d).query("measure == 'motivation'").join(involved(d))["involved"])),
    "two statements": ("1", lambda d: crossed(d, "self_colleagues", "self_leader")),
    "two statements, of two": ("2", lambda d: crossed(d, "self_colleagues", "network_knowledge")),
    "a statement by another": ("3", by_another),
}  # fmt: skip


@pytest.mark.parametrize("way", LEAKS)
def test_a_table_a_few_people_short_of_a_published_answer_tells_nothing(way):
    cohort, make = LEAKS[way]
    made = make(opened(cohort)).drop(columns=["n", "at_least"], errors="ignore")
    assert not made.notna().to_numpy().any()


def test_the_published_people_themselves_are_told():
    """Of the 29 who were asked whether they are still involved, the two scales that were asked then alone."""
    door = opened("1")
    rows = later(door).join(involved(door), how="inner")
    made = door.safe.pivot_table(rows, values="score", index=["measure", "involved"])["score"]
    asked_once = {*rows["measure"].unique()} - {*linked(door)["measure"]}
    assert len(asked_once) == 2
    assert all(made.loc[measure].notna().all() for measure in asked_once)


def test_a_key_that_follows_no_published_answer_stays_free():
    """Halves of the linked by whether their change is above zero; and by an earlier answer, which 38 gave and not 28."""
    door = opened("1")
    rows = linked(door).assign(
        rose=lambda t: np.where(t["change"] > 0, "rose", "not"),
        began=lambda t: np.where(t["earlier"] > 4, "above", "below"),
    )
    for key in ("rose", "began"):
        made = door.safe.pivot_table(rows.query("measure == 'motivation'"), values="later", index=["measure", key])
        assert made["later"].notna().all(), key


def share_of(rows: pd.DataFrame, category: str) -> pd.DataFrame:
    return rows.assign(high=rows["category"] == category)


def test_a_share_that_the_page_tells_of_the_same_people_is_told():
    """The page says that 22 of 29 were high in motivation, and that 9 of 29 are still involved; 28 of these 29 are linked."""
    door = opened("1")
    shares = door.safe.pivot_table(share_of(later(door), "high"), values="high", index="measure")
    assert tuple(shares.loc["motivation"])[:2] == (29, 0.8)
    chosen = door.study.choices.query("role == 'project_involvement'").dropna(subset="option")
    chosen = chosen.assign(still=chosen["option"].astype(int) == 1)
    assert tuple(door.safe.pivot_table(chosen, values="still", index="wave").loc["follow_up"])[:2] == (29, 0.3)


@pytest.mark.parametrize("change", [
    lambda rows: share_of(rows, "middle"),  # with the high ones it would tell how few are low
    lambda rows: share_of(rows, "high").assign(high=rows["score"] > 3.6),  # a bound of one's own, four people from the page's
    lambda rows: share_of(rows, "high").assign(high=rows["group"] == "headquarters"),  # no answer to it
    lambda rows: share_of(rows, "high").iloc[1:],  # one person fewer
])  # fmt: skip
def test_any_other_share_of_nearly_the_linked_is_hidden(change):
    door = opened("1")
    rows = later(door).query("measure == 'self_perception'")
    assert door.safe.pivot_table(change(rows), values="high", index="measure")["high"].isna().all()


@pytest.mark.parametrize("keys", [
    lambda d, rows: (rows["group"], rows["atleast"]),
    lambda d, rows: (rows["atleast"], rows["wave"]),
    lambda d, rows: ([rows["group"], rows["wave"]], rows["atleast"]),
])  # fmt: skip
@pytest.mark.parametrize("normalize", ["index", False])
def test_an_answer_that_all_gave_is_not_told(keys, normalize):
    """“100% of each group are at or above 2.8”, the lowest score of all, stood on the page."""
    door = opened("1")
    rows = later(door).query("measure == 'motivation'")
    rows = rows.assign(atleast=rows["score"] >= rows["score"].min())
    made = door.safe.crosstab(*keys(door, rows), normalize=normalize)
    assert not made.notna().any(axis=None)
    if not made.empty:
        assert "all who are counted here have the same answer" in door.safe.cause(tables.flat(made))


def test_one_statement_under_another_name_is_no_answer_that_all_gave():
    door = opened("1")
    rows = door.study.answers.query("measure == 'motivation_promote'").dropna(subset="value")
    made = door.safe.crosstab(rows["measure"].astype(str).rename("statement"), rows["category"])
    assert made.notna().any(axis=None)


@pytest.mark.parametrize("cohort", ["1", "2"])
def test_a_share_of_the_linked_is_not_told_beside_that_of_all(cohort):
    """Cohort 1: 0.6 of the 28 linked (16 or 17) beside the page's 19 of 29: the one who is not linked agreed."""
    door = opened(cohort)
    pairs = door.study.pairs.query("kind == 'item'").dropna(subset="change")
    made = door.safe.pivot_table(pairs.assign(high=pairs["later"] >= 4), values="high", index="measure")
    assert made["high"].isna().all()
    shares = door.safe.apply(pairs.groupby("measure", observed=True), lambda rows: (rows["later"] >= 4).mean())
    assert shares["value"].isna().all()
    rose = door.safe.pivot_table(pairs.assign(rose=pairs["change"] > 0), values="rose", index="measure")
    assert rose["rose"].notna().any()  # which no answer of one wave tells


def banded(door: Report) -> pd.DataFrame:
    rows = door.study.scores.dropna(subset="score")
    return rows.assign(band=np.where(rows["score"] < 3, "below", "three_or_more"))


def low_or_not(door: Report) -> pd.DataFrame:
    rows = door.study.answers.dropna(subset="value")
    return rows.assign(band=np.where(rows["category_of_value"] == "low", "low", "not_low"))


@pytest.mark.parametrize("cohort", ["1", "2", "3", "local-3"])
@pytest.mark.parametrize("made", [
    lambda d: d.safe.pivot_table(banded(d), values="score", index=["measure", "wave", "band"])["n"],
    lambda d: d.safe.pivot_table(banded(d), values="score", index=["measure", "wave", "band"], aggfunc="count")["n"],
    lambda d: d.safe.pivot_table(low_or_not(d), values="value", index=["measure", "wave", "band"])["n"],
    lambda d: d.safe.apply(banded(d).groupby(["measure", "wave", "band"], observed=True), lambda r: r["score"].mean())["n"],
    lambda d: d.safe.crosstab([low_or_not(d)["measure"], low_or_not(d)["wave"]], low_or_not(d)["band"]),
    lambda d: d.safe.crosstab([low_or_not(d)["measure"], low_or_not(d)["band"]], low_or_not(d)["wave"]).stack(),  # noqa: PD013
])  # fmt: skip
def test_that_all_are_on_one_side_is_told_of_no_measure(cohort, made):
    """Cohort 3: motivation, three or more: 24, of 24 who answered; no statement was called low by anybody."""
    door = opened(cohort)
    answered = pd.concat([door.study.scores.dropna(subset="score"), door.study.answers.dropna(subset="value")])
    sizes = answered.groupby(["measure", "wave"], observed=True).size()
    table = made(door)
    table = table.unstack("band") if isinstance(table, pd.Series) else table  # noqa: PD010
    for place, cells in table.iterrows():
        told = cells.dropna()
        assert not (told == sizes.get(place, 0)).any(), place


def test_rows_chosen_by_their_answers_do_not_tell_how_few_gave_the_others():
    """Cohort 3: 23 answers that are not low, of 24: one was low."""
    for cohort, wave in (("3", "programme_end"), ("1", "follow_up")):
        door = opened(cohort)
        chosen = door.study.answers.dropna(subset="value").query("category_of_value != 'low' and wave == @wave")
        counts = door.safe.crosstab(chosen["measure"], chosen["wave"])[wave]
        all_ = door.study.answers.dropna(subset="value").query("wave == @wave").groupby("measure", observed=True).size()
        missing = (all_ - counts.astype(float)).dropna()
        assert not missing.between(1, 4).any()


@pytest.mark.parametrize("cohort, stage", [("1", 4), ("2", 3)])
def test_of_stages_the_page_tells_those_of_projects_and_no_persons(cohort, stage):
    """Cohort 1: 0.3 of 29 and 0.4 of the 28 linked reported stage 4: ten each, so that the one who is not linked did not."""
    door = opened(cohort)
    stages = door.study.choices.query("role == 'project_stage' and wave == 'follow_up'").dropna(subset="option")
    stages = stages.assign(there=stages["option"].astype(int) == stage)
    assert door.safe.pivot_table(stages, values="there", index="wave")["there"].isna().all()
    linked_there = linked(door).query("measure == 'motivation'").join(stages["there"].astype(float), how="inner")
    assert door.safe.pivot_table(linked_there, values="there", index="wave")["there"].isna().all()


@pytest.mark.parametrize("formula", ["outcome_here ~ C(involved)", "high ~ 1", "outcome_here ~ high"])
def test_a_model_tells_no_more_than_such_a_table(formula):
    """Beside the page's 9 of 29 a model of the 28 linked told that the one had left, and what he answered."""
    door = opened("1")
    rows = linked(door).query("measure == 'motivation'").join(involved(door), how="inner")
    value = later(door).query("measure == 'network_value'")["score"].rename("outcome_here")
    rows = rows.join(value, how="inner").assign(
        high=lambda one: agreed(door, "self_able").eq("agrees").reindex(one.index)
    )
    rows["high"] = rows["high"].astype(int)
    headings = {
        "involved": ("מעורבות", "Involved"),
        "stays": ("נשאר", "Stays"),
        "left": ("עזב", "Left"),
        "high": ("כן", "Yes"),
    }
    terms = door.model("told", formula, rows, headings=headings, en="A model", he="מודל")
    assert terms.empty or terms["hidden"].all()
    wide = linked(door).query("measure == 'motivation'").assign(rose=lambda one: (one["change"] > 0).astype(int))
    shown = door.model("rose", "rose ~ earlier", wide, headings={"rose": ("עלו", "Rose")}, en="Another", he="אחר")
    assert not shown["hidden"].all()


@pytest.mark.parametrize("name", ["group", "seniority", "scale", "role", "answered"])
def test_an_answer_called_like_a_trait_is_an_answer(name):
    door = opened("1")
    rows = later(door).query("measure == 'motivation'")
    rows = rows.assign(**{name: np.where(rows["score"] >= rows["score"].min(), "the upper ones", "others")})
    assert not door.safe.crosstab(rows[name], rows["wave"]).notna().any(axis=None)
    traits = door.study.scores.dropna(subset="score").query("measure == 'motivation' and wave == 'follow_up'")
    assert door.safe.pivot_table(traits, values="score", index="wave")["score"].notna().all()


def test_a_part_that_is_the_rest_of_all_who_answered_is_hidden_with_another():
    """Over both waves: 16 and 9 of 29 who were asked about the network once, so that four were in the hidden part."""
    door = opened("1")
    rows = door.study.scores.dropna(subset="score")
    rows = rows.assign(band=pd.cut(rows["score"], [0, 3, 4, 6], labels=["lower", "middling", "upper"]).astype("str"))
    counts = door.safe.pivot_table(rows, values="score", index="measure", columns="band", aggfunc="count")
    told = counts.loc["network_value"].dropna()
    assert counts.loc["network_value"].isna().sum() != 1 and 29 - told.sum() >= 8


@pytest.mark.parametrize("cohort", ["1", "local-3"])
def test_that_all_who_gave_one_answer_gave_another_is_not_told(cohort):
    """Cohort 1: eight were high in taking part in decisions of units, and all eight in their confidence."""
    door = opened(cohort)
    rows = door.study.answers.dropna(subset="category").query("wave == 'programme_end'")
    wide = rows.pivot(columns="measure", values="category")  # noqa: PD010
    for one, other in (("contribution_confidence", "wider_units"), ("motivation_promote", "wider_without_me")):
        both = wide[[one, other]].dropna()
        made, true = door.safe.crosstab(both[one], both[other]), pd.crosstab(both[one], both[other])
        alone = [name for name in true if true[name].max() == true[name].sum() > 0]
        assert alone and not made[alone].gt(0).any(axis=None)
