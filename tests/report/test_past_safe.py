"""Ways past `safe` that an analyst takes by mistake: a few people more or fewer, codes of one's own, keys that tell by being there."""

import re
import statistics
from functools import partial
from html import unescape

import numpy as np
import pandas as pd
import pytest
import seaborn as sns
from followup.disclosure.output_check import NotForPublication
from followup.disclosure.safe_tables import crosstab
from followup.language import Text, same
from followup.report import report
from followup.report.report import Report
from in_notebooks import cleaned, no_page

SAID = {"en": "So it is", "he": "כך הדבר"}


@pytest.fixture(scope="module")
def door():
    with no_page(drawn=True):
        yield Report(cleaned("1"), "en")


def scores(door, wave: str = "follow_up", measure: str = "motivation") -> pd.DataFrame:
    return door.study.scores.query("wave == @wave and measure == @measure").dropna(subset="score")


def linked(door) -> pd.Index:
    """The 28 of the 29 in the last wave who answered both."""
    return door.study.pairs.dropna(subset="change").index.unique()


def of_linked(door, rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows.index.isin(linked(door))]


def words(rows: pd.DataFrame) -> pd.Series:
    return rows["category"].map({"low": "no", "middle": "half", "high": "yes"}).astype("object").rename("mine")


# ------------------------------------------------------------ a crosstab of nearly all who answered


def in_both(door):
    """What an inner join leaves of the last wave: those who answered the first one too."""
    first = scores(door, "programme_end")[["score"]].rename(columns={"score": "before"})
    return scores(door).join(first, how="inner")


NEARLY_ALL = {
    "by measure and wave": lambda d, rows: ([rows["measure"], rows["wave"]], rows["category"]),
    "by measure": lambda d, rows: (rows["measure"], rows["category"]),
    "by wave": lambda d, rows: (rows["category"], rows["wave"]),
    "by a trait": lambda d, rows: (rows.join(d.study.participants["seniority"])["seniority"], rows["category"]),
    "in words of one's own": lambda d, rows: (rows["measure"], words(rows)),
    "by a group of one's own": lambda d, rows: (pd.Series(np.arange(len(rows)) % 2, rows.index, name="odd"), rows["category"]),
}  # fmt: skip


@pytest.mark.parametrize("people", [in_both, lambda d: of_linked(d, scores(d))])
@pytest.mark.parametrize("way", NEARLY_ALL)
def test_a_crosstab_of_all_but_one_is_hidden_since_the_one_would_follow(door, way, people):
    assert len(people(door)) == 28 and len(scores(door)) == 29
    made = door.safe.crosstab(*NEARLY_ALL[way](door, people(door)))
    assert made.isna().all(axis=None)


def by_size_alone(door, *keys) -> pd.DataFrame:
    """The crosstab as it is told where nothing else is published."""
    return crosstab(*keys, door.study.params.disclosure)


def told_by(table: pd.DataFrame) -> dict:
    """The cells that are told, by row and column."""
    return {(row, column): n for column in table for row, n in table[column].dropna().items()}


@pytest.mark.parametrize("measure", ["self_perception", "sponsor_support"])
def test_the_first_answers_of_those_who_answered_again_are_told(door, measure):
    """Of 38 first answers 28 are of the linked: ten people are no few, and 29 of the last wave are all of it."""
    for rows in (of_linked(door, scores(door, "programme_end", measure)), scores(door, "follow_up", measure)):
        odd = pd.Series(np.arange(len(rows)) % 2, rows.index, name="odd")
        for keys in ((odd, rows["category"]), ([rows["measure"], rows["wave"]], words(rows)), (odd, words(rows))):
            made, usual = door.safe.crosstab(*keys), by_size_alone(door, *keys)
            assert told_by(made) == told_by(usual)


def test_statements_of_all_but_one_person_are_hidden_and_those_of_all_are_not(door):
    answers = door.study.answers.dropna(subset="value")
    keys = lambda rows: ([rows["scale"], rows["wave"]], rows["category_of_value"])  # noqa: E731
    whole, few = door.safe.crosstab(*keys(answers)), door.safe.crosstab(*keys(of_linked(door, answers)))
    assert whole.notna().to_numpy().mean() > 0.6  # the others would tell how few the low answers of a scale are
    assert few.xs("follow_up", level="wave").isna().all(axis=None)
    assert few.xs("programme_end", level="wave").notna().any(axis=None)


def test_how_changes_go_is_told_of_the_linked(door):
    rows = door.study.pairs.query("kind == 'scale'").dropna(subset="change")
    way = pd.Series(np.sign(rows["change"]), rows.index, name="way").map({-1: "down", 0: "same", 1: "up"})
    made = door.safe.crosstab(rows["measure"], way)
    assert made.equals(by_size_alone(door, rows["measure"], way))
    assert made.loc["programme_contribution"].tolist() == [8, 9, 11]


def test_a_crosstab_of_all_but_one_says_why_and_its_line_can_be_pasted(door, monkeypatch):
    shown = []
    monkeypatch.setattr(report, "display", lambda data, **_: shown.append(data.get("text/html", "")))
    rows = of_linked(door, door.study.answers.dropna(subset="value"))
    door.table("nearly_all", door.safe.crosstab([rows["measure"], rows["wave"]], rows["category"]), **SAID)
    said = unescape("\n".join(shown))
    assert "but for fewer than \u20668\u2069" in said and "nearly all who answered are counted here" in said
    made = {"study": door.study}
    exec(re.search(r"^ +(answers = .*)</em>", said, re.MULTILINE)[1], made)  # noqa: S102 - the line that is to be pasted
    again = door.safe.crosstab(*(made["answers"][key] for key in ("wave", "category_of_value")))
    assert again.notna().all(axis=None)


# ------------------------------------------------------------ answers in three categories that are not of all


def levels(rows: pd.DataFrame) -> pd.DataFrame:
    """As notebook 02 counts them."""
    by = [rows["measure"], rows["wave"]]
    counts = pd.get_dummies(rows["category"]).groupby(by, observed=True).sum().add_prefix("n_")
    mean = rows["score"].groupby(by, observed=True).mean()
    return counts.assign(n=counts.sum(axis=1), outcome="divided", mean=mean).reset_index()


def test_levels_of_some_people_or_of_rows_are_refused_and_those_of_all_are_not(door):
    rows = door.study.scores.dropna(subset="score")
    assert door.safe.results(levels(rows))["n"].tolist().count(29) == 8
    statements = door.study.answers.dropna(subset="value").rename(columns={"value": "score"})
    for some in (
        of_linked(door, rows),
        pd.concat([rows, rows.head(1)]),
        statements.assign(measure=statements["scale"]),
    ):
        with pytest.raises(NotForPublication, match="what to do: count some people by") as stop:
            door.safe.results(levels(some))
        line = str(stop.value).splitlines()[-1].strip()
        exec(line, {"rows": some, "safe": door.safe})  # noqa: S102 - the line that is to be pasted


def options(door, people: pd.Index | None = None) -> pd.DataFrame:
    """As notebooks 04 and 05 count what was chosen."""
    given = door.study.choices.query("option.notna() or missing_reason == 'none_chosen'")
    given = (given if people is None else given[given.index.isin(people)]).reset_index()
    by = ["question", "wave"]
    n = given.groupby(by, observed=True)["respondent"].nunique().rename("n")
    chosen = given.groupby([*by, "option"], observed=True)["respondent"].nunique().rename("n_chosen")
    made = door.study.options.merge(n, on=by).merge(chosen, on=[*by, "option"], how="left")
    return made.assign(n_chosen=made["n_chosen"].fillna(0).astype(int))[["question", "option", "wave", "n_chosen", "n"]]


def test_options_and_categories_that_no_safe_made_are_of_all_who_answered(door):
    rows = door.study.scores.dropna(subset="score")
    door.table("all_options", options(door).query("question == 'network_wishes'"), **SAID, show=["option", "chosen_of"])
    shown = levels(rows).query("measure == 'project_work'").drop(columns="mean")
    door.table("all_levels", shown, **SAID, show=["measure", "high_of"])
    for name, some in (
        ("some_options", options(door, linked(door)).query("question == 'network_wishes'")),
        ("some_levels", levels(of_linked(door, rows)).query("measure == 'project_work'").drop(columns="mean")),
    ):
        for publish in (door.table, door.release):
            with pytest.raises(NotForPublication, match="has an n of 28 in follow_up, and 29 people answered it then"):
                publish(name, some, **(SAID if publish == door.table else {}))
    with pytest.raises(NotForPublication, match="an n of 28"):
        kinds = door.study.options[["question", "kind"]].drop_duplicates()
        door.safe.results(options(door, linked(door)).merge(kinds, on="question"))


# ------------------------------------------------------------ keys that tell by being there


def with_seniority(door, rows: pd.DataFrame) -> pd.DataFrame:
    return rows.join(door.study.participants["seniority"])


TRAITS_AND_ANSWER = ["group", "seniority", "category"]


def test_no_row_says_that_somebody_of_two_traits_gave_an_answer(door):
    """Of 29 people by group, seniority and category no cell has eight, and so there is no row."""
    rows = with_seniority(door, scores(door))
    assert len(rows.groupby(TRAITS_AND_ANSWER, observed=True)) > 10
    for made in (
        door.safe.pivot_table(rows, values="score", index=TRAITS_AND_ANSWER),
        door.safe.pivot_table(rows, values="score", index=TRAITS_AND_ANSWER[:2], columns="category"),
        door.safe.crosstab([rows[name] for name in TRAITS_AND_ANSWER[:2]], rows["category"]),
        door.safe.crosstab(rows["measure"], [rows[name] for name in TRAITS_AND_ANSWER]),
        door.safe.apply(rows.groupby(TRAITS_AND_ANSWER, observed=True), lambda part: part["score"].mean()),
    ):
        assert made.empty


def test_a_table_of_no_row_that_may_be_there_says_why(door, monkeypatch):
    shown = []
    monkeypatch.setattr(report, "display", lambda data, **_: shown.append(data.get("text/html", "")))
    rows = with_seniority(door, scores(door))
    door.table("of_two", door.safe.pivot_table(rows, values="score", index=["group", "seniority"]), **SAID)
    said = unescape("\n".join(shown))
    assert "left out: all cells of “of_two” are hidden" in said
    assert "what to do: leave out one of “group”, “seniority”, or join small groups" in said


def test_of_two_keys_only_rows_with_a_number_are_there(door):
    rows = door.study.scores.dropna(subset="score").assign(high=lambda t: t["category"] == "high")
    made = door.safe.pivot_table(
        rows, values="items_answered", index=["measure", "wave", "group", "high"], aggfunc="count"
    )
    assert not made.isna().all(axis=1).any()
    plain = rows.groupby(["measure", "wave", "high"], observed=True).size()
    made = door.safe.pivot_table(rows, values="score", index=["measure", "wave", "high"])
    assert 0 < len(made) < len(plain)
    assert made["score"].notna().all()


def test_by_one_trait_or_answer_all_its_words_are_there_also_those_of_nobody(door):
    """Nobody of the operational said “low” about wider involvement at the end; whether nobody or a few did is not told."""
    low = scores(door, "follow_up", "wider_involvement").query("category == 'low'")
    assert 0 < low["group"].nunique() < 3
    made = door.safe.pivot_table(low, values="score", index=["measure", "group"])
    assert list(made.index) == [("wider_involvement", group) for group in door.study.groups]
    assert made.drop(columns="at_least").isna().all(axis=None)
    assert list(door.safe.crosstab(low["group"], low["measure"]).index) == door.study.groups
    assert list(door.safe.crosstab(low["measure"], low["group"]).columns) == door.study.groups
    made = door.safe.apply(low.groupby("group", observed=True), lambda part: part["score"].mean())
    assert list(made.index) == door.study.groups
    made = door.safe.pivot_table(low, values="score", index="measure", columns="group")
    assert list(made.columns) == door.study.groups
    door.table("low", made, **SAID)


# ------------------------------------------------------------ numbers of each person, and groups in other words

CODED = {
    "quarters": lambda t: (t["score"] * 4).round().astype(int),
    "tenths": lambda t: (t["score"] * 10).round().astype("Int64"),
    "as text": lambda t: t["score"].map("{:.2f}".format),
    "as categories": lambda t: (t["score"] * 4).round().astype(int).astype("category"),
}


@pytest.mark.parametrize("way", CODED)
def test_scores_in_other_digits_are_no_keys(door, way):
    rows = door.study.scores.dropna(subset="score").assign(code=CODED[way])
    for made in (
        lambda: door.safe.pivot_table(rows, values="items_answered", index="code"),
        lambda: door.safe.crosstab(rows["wave"], rows["code"]),
        lambda: door.safe.apply(rows.groupby("code", observed=True), lambda part: part["items_answered"].mean()),
    ):
        with pytest.raises(NotForPublication, match="“code” is a number of each person’s own") as stop:
            made()
        line = {"rows": rows, "pd": pd}
        exec(str(stop.value).splitlines()[-1].strip(), line)  # noqa: S102 - the line that is to be pasted
        assert {*line["rows"]["own_band"].dropna()} <= {"below", "between", "above"}


def test_answers_options_and_categories_of_ones_own_are_keys(door):
    answers = door.study.answers.dropna(subset="value")
    assert door.safe.crosstab(answers["measure"], answers["value"]).notna().any(axis=None)
    choices = door.study.choices.dropna(subset="option")
    assert door.safe.crosstab(choices["wave"], [choices["question"], choices["option"]]).notna().any(axis=None)
    half = answers.assign(high=(answers["value"] >= 4).astype(int))
    assert door.safe.crosstab(half["measure"], half["high"]).notna().any(axis=None)


RECODED = {
    "a condition": lambda t: t["group"] == "headquarters",
    "a number": lambda t: (t["group"] == "headquarters").astype(int),
    "other words": lambda t: np.where(t["group"] == "headquarters", "centre", "field"),
    "categories": lambda t: pd.Categorical(np.where(t["group"] == "headquarters", "centre", "field")),
    "a trait that is no group": lambda t: t["seniority"] == "over_10_years",
    "two traits": lambda t: (t["seniority"] != "over_10_years") | (t["group"] == "headquarters"),
}


def by_own(door, way: str, frame: str = "scores") -> pd.DataFrame:
    rows = with_seniority(door, getattr(door.study, frame).query("wave == 'programme_end'"))
    rows = rows.dropna(subset="score" if frame == "scores" else "value")
    return rows.assign(own=RECODED[way])


@pytest.mark.parametrize("way", RECODED)
def test_a_group_under_another_name_has_no_exact_size(door, way):
    """Cohort 1 has 14 of headquarters, of whom one did not answer: “13” would tell that. Of the 13 the page tells the mean of
    the nine who answered twice, so that these are taken.
    """
    rows = by_own(door, way)
    if way not in ("a trait that is no group", "two traits"):
        assert not door.safe.pivot_table(rows, values="score", index=["measure", "own"])["score"].notna().any()
        rows = with_seniority(door, door.study.pairs.query("kind == 'scale'").dropna(subset="change"))
        rows = rows.rename(columns={"earlier": "score"}).assign(own=RECODED[way])
    made = door.safe.pivot_table(rows, values="score", index=["measure", "own"])
    assert made["score"].notna().any()
    assert {*made["n"].dropna()} <= {8, 20, 24} and made["at_least"].all()
    counted = door.safe.pivot_table(rows, values="score", index=["measure", "own"], aggfunc="count")
    assert counted.isna().all(axis=None)
    made = door.safe.apply(rows.groupby(["measure", "own"], observed=True), lambda t: t["score"].mean())
    assert {*made["n"].dropna()} <= {8, 20, 24}


@pytest.mark.parametrize("way", RECODED)
def test_a_crosstab_by_a_group_under_another_name_holds_shares_to_a_tenth(door, way):
    rows = by_own(door, way, "answers")
    made = door.safe.crosstab([rows["scale"], rows["own"]], rows["category_of_value"])
    assert made.notna().any(axis=None)
    assert np.allclose(made.dropna(), made.dropna().astype(float).round(1)) and (made.max() <= 1).all()


def test_the_size_of_a_group_does_not_follow_from_rows_of_it_alone(door):
    rows = scores(door, "programme_end").query("group == 'headquarters'")
    every = door.study.scores.query("wave == 'programme_end' and group == 'headquarters'")
    for made in (
        door.safe.pivot_table(every, values="score", index="measure"),
        door.safe.apply(every.groupby("measure", observed=True), lambda t: t["score"].mean()),
    ):
        assert {*made["n"].dropna()} <= {8}
    assert len(rows) == 13


def test_keys_that_no_trait_explains_have_their_size(door):
    rows = door.study.scores.dropna(subset="score").assign(late=lambda t: t["wave"] == "follow_up", asked="all")
    rows = rows.query("measure in ['motivation', 'self_perception']")
    made = door.safe.pivot_table(rows, values="score", index=["measure", "late", "asked"])
    assert [*made["n"]] == [38, 28, 38, 28] and "at_least" not in made


# ------------------------------------------------------------ a yes or no in other digits

CODES = {"0 and 1": (0, 1), "1 and 2": (1, 2), "0 and 100": (0, 100), "truths": (False, True), "-1 and 1": (-1, 1)}


def of_yes(door, yes: int, codes: tuple) -> pd.DataFrame:
    """The 38 of the first wave, of whom so many said yes."""
    rows = scores(door, "programme_end").sort_index()
    return rows.assign(told=[codes[place < yes] for place in range(len(rows))])


@pytest.mark.parametrize("way", CODES)
def test_a_share_of_a_few_is_hidden_however_yes_and_no_are_coded(door, way):
    for yes, told in ((2, False), (4, False), (34, False), (36, False), (5, True), (33, True)):
        rows = of_yes(door, yes, CODES[way])
        made = door.safe.pivot_table(rows, values="told", index="measure")["told"]
        own = door.safe.apply(rows.groupby("measure", observed=True), lambda t: t["told"].mean())["value"]
        wide = door.safe.pivot_table(rows, values="told", index="measure", columns="wave")
        assert [one.notna().all(axis=None) for one in (made, own, wide)] == [told] * 3, (way, yes)


@pytest.mark.parametrize(("moved", "told"), [((3, 1), False), ((2, 0), False), ((3, 2), True), ((10, 9), True)])
def test_a_direction_of_which_all_but_a_few_are_alike_is_hidden(door, moved, told):
    rows = scores(door, "programme_end").sort_index()
    way = [1] * moved[0] + [-1] * moved[1] + [0] * (len(rows) - sum(moved))
    made = door.safe.pivot_table(rows.assign(way=way), values="way", index="measure")["way"]
    assert made.notna().all() == told


# ------------------------------------------------------------ the answer of one person, in the middle or elsewhere


def in_the_middle(values):
    return np.median(values)


def told_by_helper(rows):
    return in_the_middle(rows["score"])


middle = np.median
AT_A_PLACE = {
    "a helper": told_by_helper,
    "a helper of a lambda": lambda t: in_the_middle(t["score"]),
    "another name": lambda t: middle(t["score"]),
    "another module": lambda t: statistics.median_low(t["score"]),
    "a helper that is handed over": partial(lambda how, t: how(t["score"]), in_the_middle),
    "a place in a sorted array": lambda t: np.sort(t["score"])[len(t) // 2],
    "a place in a sorted list": lambda t: sorted(t["score"])[len(t) // 2],
    "between two": lambda t: sum(sorted(t["score"])[len(t) // 2 - 1 : len(t) // 2 + 1]) / 2,
    "by rank": lambda t: t["score"][t["score"].rank(method="dense") == 3].mean(),
    "a bisection": lambda t: next(x for x in sorted(t["score"]) if (t["score"] <= x).mean() >= 0.5),
}


@pytest.mark.parametrize("way", AT_A_PLACE)
def test_the_answer_at_a_place_is_told_under_no_name(door, way):
    """Of 38 that differ each of half of them moves the middle; of real scores nobody may. Refused or hidden, never told."""
    rows = scores(door, "programme_end").sort_index()
    apart = rows.assign(score=np.repeat(np.arange(1, 20), 2) / 4 + np.tile([0, 0.01], 19))
    for part in (apart, rows):
        try:
            made = door.safe.apply(part.groupby("measure", observed=True), AT_A_PLACE[way])
        except NotForPublication as stop:
            assert "is one respondent’s answer" in str(stop)
        else:
            assert made["value"].isna().all()
            assert part is rows or way == "by rank"


def test_statistics_that_take_all_answers_are_told(door):
    rows = scores(door, "programme_end")
    for own in (
        lambda t: t["score"].mean(),
        lambda t: np.mean(np.sort(t["score"])),
        lambda t: (t["score"] * t["items_answered"]).sum() / t["items_answered"].sum(),
        lambda t: t["score"].rank().corr(t["score"]),
        lambda t: (t["score"] > t["score"].mean()).mean(),
    ):
        assert door.safe.apply(rows.groupby("measure", observed=True), own)["value"].notna().all()


# ------------------------------------------------------------ pictures of the lowest and the highest answer


def lowest(door) -> float:
    return float(scores(door, "programme_end", "wider_involvement")["score"].min())


def with_default(low):
    def draw(axes, table, low=low):
        dots(axes, table)
        axes.axvline(low)

    return lambda axes, table: draw(axes, table)


AT_AN_ANSWER = {
    "a line": lambda low: lambda axes, table: (dots(axes, table), axes.axvline(low)),
    "a line by a default": with_default,
    "an end of the axis": lambda low: lambda axes, table: (dots(axes, table), axes.set_xlim(low, 5)),
    "an end by name": lambda low: lambda axes, table: (dots(axes, table), axes.set(xlim=(low, 5))),
    "lines": lambda low: lambda axes, table: (dots(axes, table), axes.vlines([low], 0, 1)),
    "a span": lambda low: lambda axes, table: (dots(axes, table), axes.axvspan(low, 5)),
    "a point": lambda low: lambda axes, table: axes.plot([low], [0.5], "o"),
    "a rug": lambda low: lambda axes, table: (dots(axes, table), sns.rugplot(x=[low], ax=axes)),
    "a short list": lambda low: (lambda ends: lambda axes, table: (dots(axes, table), axes.set_xlim(*ends)))([low, 4.9]),
    "what is filled in": lambda low: partial(lambda x, axes, table: (dots(axes, table), axes.axvline(x)), low),
}  # fmt: skip


@pytest.mark.parametrize("way", AT_AN_ANSWER)
def test_a_picture_does_not_show_where_the_lowest_answer_stands(door, way):
    low = lowest(door)
    assert low == 1.25
    with pytest.raises(NotForPublication, match="may be what one person answered"):
        door.figure("lowest", means_of(door), AT_AN_ANSWER[way](low), **SAID)


def test_bounds_that_are_typed_and_numbers_of_the_table_are_drawn(door):
    size, width = 8, 0.4

    def typed(axes, table):
        axes.plot(table["score"], range(len(table)), "o", markersize=size)
        axes.axvline(3.25)
        axes.axvline(table["score"].mean())
        axes.set_xlim(1, 5)

    def bars(axes, table):
        axes.barh(table["measure"], table["score"], height=width)

    door.figure("typed", means_of(door), typed, **SAID)
    door.figure("bars", means_of(door), bars, **SAID)


# ------------------------------------------------------------ models of small groups

TERMS_OF_FEW = {  # of the 28 linked: three groups of nine or ten; two halves of fourteen; all of them
    "change ~ C(group)": {"C(group)[T.operational]", "C(group)[T.local_and_third]", "Intercept"},
    "change ~ C(group) - 1": {"C(group)[headquarters]", "C(group)[operational]", "C(group)[local_and_third]"},
    "change ~ odd": {"odd", "Intercept"},
    "change ~ odd * extra": {"odd", "Intercept", "extra", "odd:extra"},
    "change ~ odd:extra": {"odd:extra"},
    "change ~ earlier": set(),
    "change ~ extra + earlier": set(),
}


@pytest.mark.parametrize("formula", TERMS_OF_FEW)
def test_an_interval_needs_twenty_people_in_each_group_that_a_term_compares(door, formula):
    data = door.study.pairs.query("measure == 'motivation'").dropna(subset="change")
    assert len(data) == 28 and data["group"].value_counts().max() < 12
    place = np.arange(len(data))
    data = data.assign(odd=place % 2, extra=np.sin(place))
    headings = {"odd": ("אי־זוגי", "Odd"), "extra": ("נוסף", "Extra")}
    terms = door.model("few_" + str(len(formula)), formula, data, headings=headings, **SAID).set_index("term")
    few = terms.index.isin(TERMS_OF_FEW[formula])
    assert {*terms.index[few]} == TERMS_OF_FEW[formula]
    assert terms.loc[few, ["ci_low", "ci_high", "p_adjusted"]].isna().all(axis=None)
    assert terms.loc[~few, ["ci_low", "ci_high", "p_adjusted"]].notna().all(axis=None)
    assert terms["estimate"].notna().all()


# ------------------------------------------------------------ texts that a sentence is given


def one(door) -> pd.Series:
    """One respondent, with words for all that is known of them."""
    rows = with_seniority(door, scores(door, "follow_up", "wider_involvement"))
    return rows.query("category == 'low'").iloc[0]


def excerpt(door) -> str:
    return door.study.interviews["excerpt_en"].iloc[0]


OF_PEOPLE = {
    "a category": lambda d: one(d)["category"],
    "a category in the words of the page": lambda d: Text(d.words(one(d)["category"], "he"), d.words(one(d)["category"], "en")),
    "answers joined": lambda d: ", ".join(scores(d)["category"].astype(str).unique()),
    "answers joined in one text": lambda d: same(" and ".join(scores(d)["category"].astype(str).unique())),
    "the words of an option": lambda d: same(d.study.codebook.options_of("motivation").options[0].en),
    "an excerpt": excerpt,
    "an excerpt in both languages": lambda d: same(excerpt(d)),
    "the beginning of an excerpt": lambda d: same(" ".join(excerpt(d).split()[:7])),
    "an excerpt with something before it": lambda d: same("Somebody said so: " + excerpt(d)),
    "two traits": lambda d: f"{one(d)['group']} {one(d)['seniority']}",
    "a text of one’s own making": lambda d: "x" * len(scores(d)) + " of them",
}  # fmt: skip


@pytest.mark.parametrize("way", OF_PEOPLE)
def test_what_somebody_said_is_no_word_for_a_sentence(door, way):
    value = OF_PEOPLE[way](door)
    said = {"en": "Somebody: {x}.", "he": "מישהו: {x}."}
    for publish in (
        lambda: door.say(**said, x=value),
        lambda: door.note(**said, x=value),
        lambda: door.figure("titled", means_of(door), dots, title=said | {"x": value}, **SAID),
    ):
        with pytest.raises(
            NotForPublication, match="typed nowhere in this cell and may be what one person said"
        ) as stop:
            publish()
    shown = means_of(door)
    door.table("means_shown", shown, **SAID)
    exec(str(stop.value).splitlines()[-1].strip().replace("…", "So"), {"report": door, "shown": shown})  # noqa: S102


def means_of(door) -> pd.DataFrame:
    return door.safe.pivot_table(scores(door, "programme_end"), values="score", index="measure")


def dots(axes, table):
    axes.plot(table["score"], range(len(table)), "o")


def test_words_of_the_study_and_typed_ones_are_said(door):
    said = {"en": "So: {x}.", "he": "כך: {x}."}
    door.say(**said, x=("כמה מילים", "some words that are typed here"))
    door.say(**said, x=Text("נמוך", "low"))
    door.say(**said, x=("גבוה", "high"))
    for value in (
        *door.study.waves,
        *door.study.codebook.scales,
        *door.study.groups,
        same("as the package says"),
    ):
        door.say(**said, x=value)


def test_a_word_that_is_typed_in_a_sentence_of_the_cell_makes_no_answer_a_typed_one(door):
    value = one(door)["category"]
    with pytest.raises(NotForPublication, match="typed nowhere in this cell"):
        door.say(en="A low number, and slowly: {x}.", he="כך: {x}.", x=value)


def test_in_jupyter_what_is_typed_in_the_cell_is_known(door):
    """IPython runs each line of a cell by itself, and keeps the cell as it was typed."""
    cell = 'named = ("כמה", "some words")\nreport.say(en="So: {x}.", he="כך: {x}.", x=named)'
    variables = {"report": door, "In": ["", cell]}
    for line in cell.splitlines():
        exec(line, variables)  # noqa: S102
    variables["In"].append(line)
    with pytest.raises(NotForPublication, match="typed nowhere in this cell"):
        exec(line, variables)  # noqa: S102
