# ruff: noqa: PD010, PD011, PD013 - what analysts write
"""Tables, models and pictures of the analyst's own: what pandas users write is shown, and nobody can be found in it."""

import dataclasses
import json
import re
from functools import partial
from html import unescape
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import seaborn as sns
from followup.disclosure.cell_bundle import MIME
from followup.disclosure.output_check import NotForPublication
from followup.disclosure.safe_tables import apply, crosstab, pivot_table
from followup.disclosure.small_cells import hidden_counts
from followup.language import ProseProblem, Text, without_marks
from followup.report import models, report, tables
from followup.report.charts.own_drawing import OwnDrawing
from followup.report.report import Report
from followup.study.codebook import Trait
from followup.study.params import Disclosure
from followup.words.vocabulary import Vocabulary
from in_notebooks import cleaned, no_page

SAID = {"en": "So it is", "he": "כך הדבר"}


@pytest.fixture(scope="module")
def door():
    with no_page(drawn=True):
        yield Report(cleaned("1"), "en")


def scores(door: Report, wave: str = "programme_end") -> pd.DataFrame:
    return door.study.scores.query("wave == @wave").dropna(subset="score")


def linked(door: Report, measure: str = "motivation") -> pd.DataFrame:
    return door.study.pairs.query("measure == @measure").dropna(subset="change")


def test_where_words_only_are_published_own_tables_hold_no_number(door):
    cohort = door.cohort
    policy = cohort.params.disclosure.model_copy(update={"precision": "words_only"})
    params = cohort.params.model_copy(update={"disclosure": policy})
    other = Report(dataclasses.replace(cohort, params=params), "en")
    study, safe, told = other.study, other.safe, door.safe
    changes = linked(other).groupby("measure", observed=True)
    answers = study.answers.query("measure == 'motivation_promote'")
    means = {"values": "score", "index": "measure"}
    for usual, hidden in (
        (told.apply(changes, mean_change), safe.apply(changes, mean_change)),
        (told.pivot_table(scores(other), **means), safe.pivot_table(scores(other), **means)),
        (
            told.pivot_table(study.scores, columns="wave", **means),
            safe.pivot_table(study.scores, columns="wave", **means),
        ),
        (
            told.pivot_table(scores(other), aggfunc="count", **means),
            safe.pivot_table(scores(other), aggfunc="count", **means),
        ),
        (told.crosstab(answers["wave"], answers["category"]), safe.crosstab(answers["wave"], answers["category"])),
    ):
        assert usual.notna().any().any()
        assert not hidden.drop(columns="at_least", errors="ignore").notna().any().any()


def mean_change(rows):
    return rows["change"].mean()


# ------------------------------------------------------------ frames by name


def test_a_misspelt_frame_gets_the_nearest_name(door):
    with pytest.raises(AttributeError, match=r"no “scoers”; what to do: write study\.scores"):
        _ = door.study.scoers
    with pytest.raises(AttributeError, match=r"earlier form; what to do: write study\.answers"):
        door.study.read("responses")


def test_frames_are_indexed_by_respondent_and_ordered_as_the_study(door):
    study = door.study
    for name in ("participants", "response", "answers", "scores", "pairs", "choices", "members", "ties", "meetings"):
        assert getattr(study, name).index.name == "respondent", name
    assert list(study.scores["wave"].cat.categories) == study.waves
    assert list(study.scores["measure"].cat.categories) == list(study.codebook.scales)
    assert list(study.scores["group"].cat.categories) == study.groups


SENIORITY = ["up_to_5_years", "from_6_to_10_years", "over_10_years"]  # as the codebook lists them


@pytest.mark.parametrize("name", ["1", "2", "3"])
def test_traits_are_ordered_as_the_codebook_and_so_is_what_joins_them(name):
    study = Report(cleaned(name), "en").study
    for frame in (study.participants, study.scores.join(study.participants["seniority"])):
        assert list(frame["seniority"].cat.categories) == SENIORITY
        assert frame["seniority"].cat.ordered


def test_a_trait_that_was_added_is_ordered_as_the_codebook(door, tmp_path):
    """Night stands before day in the codebook, and after it in the alphabet; nobody works in the evening."""
    cohort = dataclasses.replace(door.cohort, root=tmp_path)
    groups = {name: {"en": name, "he": "משמרת", "labels": [name]} for name in ("night", "evening", "day")}
    shift = Trait(en="Shift", he="משמרת", headings=["Shift"], groups=groups)
    codebook = cohort.codebook.model_copy(update={"traits": cohort.codebook.traits | {"shift": shift}})
    params = cohort.params.model_copy(update={"traits": [*cohort.params.traits, "shift"]})
    people = door.cohort.read("participants")
    people["shift"] = ["day", "night"] * 19 + ["day"]
    cohort = dataclasses.replace(cohort, codebook=codebook, params=params)
    cohort.keep("participants", people)
    for table in ("scores", "responses"):
        cohort.keep(table, door.cohort.read(table))
    study, safe = (other := Report(cohort, "en")).study, other.safe
    scores = study.scores.query("wave == 'programme_end' and measure == 'motivation'").dropna(subset="score")
    scores = scores.join(study.participants["shift"])
    by_shift = {"values": "score", "index": "shift"}
    assert list(safe.pivot_table(scores, aggfunc="count", **by_shift).index) == ["night", "day"]
    assert list(safe.pivot_table(scores, values="score", index="measure", columns="shift")) == ["night", "day"]
    assert list(safe.crosstab(scores["shift"], scores["category"], normalize="index").index) == ["night", "day"]
    assert list(safe.crosstab(scores["category"], scores["shift"])) == ["night", "day"]
    both = safe.crosstab([scores["wave"], scores["shift"]], scores["category"])
    assert list(both.index) == [("programme_end", "night"), ("programme_end", "day")]
    mine = safe.apply(scores.groupby("shift", observed=True), lambda rows: rows["score"].mean())
    assert list(mine.index) == ["night", "day"]


def test_a_frame_that_is_changed_leaves_the_study_as_it_was(door):
    mine = door.study.scores
    mine["score"] = 0
    assert door.study.scores["score"].mean() > 1


@pytest.mark.parametrize("cohort", ["2", "3", "local-3"])
def test_every_cohort_has_every_frame_with_the_same_columns_and_kinds(door, cohort):
    other = Report(cleaned(cohort), "en").study
    for name in door.study.tables().index:
        if name in ("participants", "projects"):  # traits and titles are the cohort's own
            continue
        mine, theirs = getattr(door.study, name), getattr(other, name)
        assert list(mine) == list(theirs), name
        kinds = [
            (str(one.dtype), str(two.dtype)) for (_, one), (_, two) in zip(mine.items(), theirs.items(), strict=True)
        ]
        assert all(one == two or len(theirs) == 0 for one, two in kinds), (name, kinds)


def test_pairs_hold_what_was_answered_in_both_waves(door):
    """Each change is the later answer less the earlier one, of the very person: looked up again among the answers."""
    study, mine = door.study, linked(door, "motivation_promote")
    by_wave = study.answers.query("measure == 'motivation_promote'").pivot(columns="wave", values="value")
    again = (by_wave["follow_up"] - by_wave["programme_end"]).dropna()
    assert mine["change"].sort_index().equals(again.sort_index().rename("change"))
    assert len(mine) == 28


# ------------------------------------------------------------ crosstabs, means and statistics


def test_a_crosstab_is_that_of_pandas_but_for_small_cells(door):
    answers = door.study.answers.dropna(subset="value")
    mine = door.safe.crosstab([answers["measure"], answers["wave"]], answers["category"])
    plain = pd.crosstab([answers["measure"], answers["wave"]], answers["category"])
    told = mine.stack().dropna()
    assert len(told) > 20
    assert (plain.stack().reindex(told.index) == told).all()
    assert not told.between(1, 4).any()


def test_a_crosstab_counts_rows_and_a_pivot_table_people_and_both_say_so(door):
    """Twenty people, each with three answers, high, high and low: 40 and 20 answers, of 20 people each; 40 of 60 are high."""
    people = pd.Index([f"p{number}" for number in range(20) for _ in range(3)], name="respondent")
    three = {"wave": "first", "category": ["high", "high", "low"] * 20, "value": [5, 5, 2] * 20}
    rows, policy = pd.DataFrame(three, people), Disclosure()
    assert crosstab(rows["wave"], rows["category"], policy).loc["first"].to_dict() == {"high": 40, "low": 20}
    shares = crosstab(rows["wave"], rows["category"], policy, normalize="index")
    assert shares.loc["first"].to_dict() == {"high": 0.67, "low": 0.33}
    by = (policy, frozenset(), lambda _: [])
    assert pivot_table(rows, "value", "wave", None, "count", *by)["n"].to_dict() == {"first": 20}
    both = pivot_table(rows.assign(high=rows["value"] > 3), "high", "wave", None, "mean", *by)
    assert both.loc["first"].to_dict() == {"n": 20, "high": 0.7}
    readme = (Path(__file__).parents[2] / "notebooks" / "README.md").read_text(encoding="utf-8")
    for call, says in (("crosstab", "it counts rows"), ("pivot_table", "people are counted")):
        assert says in getattr(type(door.safe), call).__doc__
        assert says in next(line for line in readme.splitlines() if line.startswith(f"| `safe.{call}("))


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([[10, 12], [11, 14]], [[0, 0], [0, 0]]),
        ([[3, 20], [15, 20]], [[1, 1], [1, 1]]),  # 3, then its row, its column, and the corner that follows from both
        ([[0, 20], [15, 20]], [[1, 1], [1, 1]]),  # all of a row in one cell: what all said is what each said
        ([[4, 4, 20], [9, 9, 9]], [[1, 1, 1], [1, 1, 1]]),  # 4 + 4 are fewer than ten, and so on
        ([[6, 6, 20], [9, 9, 9]], [[0, 0, 0], [0, 0, 0]]),
        ([[7], [20]], [[1], [1]]),  # a row of fewer than eight people, and what it would follow from
    ],
)
def test_hidden_cells_do_not_follow_from_totals(counts, hidden):
    table = pd.DataFrame(counts)
    assert hidden_counts(table, table, Disclosure()).astype(int).to_numpy().tolist() == hidden


def test_a_mean_is_rounded_and_has_its_n(door):
    made = door.safe.pivot_table(scores(door), values="score", index="measure")
    plain = scores(door).groupby("measure", observed=True)["score"].agg(["size", "mean"])
    assert made["n"].tolist() == plain["size"].tolist()
    assert np.allclose(made["score"], plain["mean"].round(1))


def test_a_mean_does_not_get_more_digits_by_being_multiplied(door):
    wide = scores(door).assign(score=lambda rows: rows["score"] * 1000)
    made = door.safe.pivot_table(wide, values="score", index="measure")["score"]
    assert (made % 100 == 0).all()


def test_a_statistic_of_ones_own_is_that_of_pandas_rounded(door):
    pairs = door.study.pairs.query("kind == 'scale'").dropna(subset="change")
    made = door.safe.apply(pairs.groupby("measure", observed=True), lambda rows: rows["earlier"].corr(rows["later"]))
    for measure, row in made.dropna().iterrows():
        rows = pairs[pairs["measure"] == measure]
        assert row["value"] == pytest.approx(rows["earlier"].corr(rows["later"]), abs=0.05001)
    assert made["value"].notna().any()


def test_of_a_statistic_that_one_person_moves_far_nothing_is_told_that_rounding_would_make_false(door):
    pairs = door.study.pairs.query("kind == 'scale'").dropna(subset="change")
    made = door.safe.apply(pairs.groupby("measure", observed=True), lambda r: r["change"].mean() / r["change"].std())
    assert made["value"].notna().any()
    for measure, told in made["value"].dropna().items():
        changes = pairs.loc[pairs["measure"] == measure, "change"].to_numpy()
        assert told == pytest.approx(changes.mean() / changes.std(ddof=1), abs=0.5)
        assert told != 0


@pytest.mark.parametrize(("people", "told"), [(9, False), (10, True)])
def test_a_statistic_with_a_spread_needs_ten_people(people, told):
    values = np.tile([1.0, 2.0, 3.0, 4.0, 5.0], 2)[:people]
    rows = pd.DataFrame(
        {"measure": "a", "value": values}, pd.Index([f"r{n}" for n in range(people)], name="respondent")
    )
    for spread in (lambda r: r["value"].std(), lambda r: r["value"].agg("std"), lambda r: np.std(r["value"])):
        made = apply(rows.groupby("measure"), spread, Disclosure(least_group=5), frozenset(), lambda _: [])
        assert made["value"].notna().tolist() == [told]


def test_series_crosstabs_and_multiindex_are_shown(door):
    answers = door.study.answers.dropna(subset="value")
    door.table("a", door.safe.crosstab(answers["wave"], answers["category_of_value"]), **SAID)
    door.table("b", door.safe.pivot_table(scores(door), values="score", index="measure")["score"], **SAID)
    wide = door.safe.pivot_table(
        door.study.scores.dropna(subset="score"), values="score", index="measure", columns="wave"
    )
    door.table("c", wide, **SAID)
    assert list(door.released["c"]) == ["measure", *door.study.waves]


def test_a_part_of_a_safe_table_may_be_sorted_queried_and_derived_from(door):
    made = door.safe.pivot_table(scores(door), values="score", index="measure")
    door.table("sorted", made.sort_values("score").query("n > 30").head(2), **SAID)
    more = door.safe.assign(made, above=lambda table: (table["score"] - 3).round(1))
    door.table("derived", more, headings={"above": ("מעל האמצע", "Above the middle")}, **SAID)


def test_rows_of_what_an_earlier_notebook_published_may_be_shown_again_and_nothing_else(door):
    earlier, later = Report(door.cohort, "en"), Report(door.cohort, "en")
    earlier.release("own_means", earlier.safe.pivot_table(scores(earlier), values="score", index="measure"))
    kept = later.kept("own_means")
    later.table("again", kept.query("measure == 'motivation'"), **SAID)
    with pytest.raises(NotForPublication):
        later.table("otherwise", kept.assign(score=kept["score"] + 0.01).rename(columns={"score": "mean"}), **SAID)


def test_a_row_is_said_as_the_page_writes_it(door):
    made = door.safe.pivot_table(scores(door), values="score", index="measure")
    door.table("said", made, **SAID)
    with no_page():
        door.say(en="{measure}: {score}, of {n}.", he="{measure}: {score}, מתוך {n}.", row=made.head(1))
        door.say(en="Nobody: {score}.", he="איש: {score}.", row=made.head(0))  # nothing is said


def test_a_group_hidden_for_being_nearly_a_published_one_says_so(door, monkeypatch):
    """Ten answered the last wave in this group, nine of them both waves: their changes are published."""
    said = []
    monkeypatch.setattr(
        report, "display", lambda bundle, raw: said.append(json.dumps(bundle, ensure_ascii=False, default=str))
    )
    own = scores(door, "follow_up").assign(
        own=lambda rows: rows["score"] + 1
    )  # no score of the study: of all who answered
    usual = {"values": "own", "index": ["measure", "group"]}
    headings = {"own": ("שלי", "Own")}
    door.table("nearly", door.safe.pivot_table(own, **usual), headings=headings, **SAID)
    assert "but for fewer than \u20668\u2069" in said[-1]
    assert "בהפרש של פחות מ־" in said[-1]
    assert "study.pairs.dropna(subset=" in said[-1]
    both = scores(door, "follow_up").assign(change=0.0)
    same = door.study.pairs.query("kind == 'scale'").dropna(subset="change")
    door.table("same", door.safe.pivot_table(same, values="later", index=["measure", "group"]), headings=LATER, **SAID)
    assert "but for fewer" not in said[-1]
    small = both.query("measure == 'motivation'").head(5).assign(own=3)
    door.table("small", door.safe.pivot_table(small, **usual), headings=headings, **SAID)
    assert "but for fewer" not in said[-1]


def test_a_misspelt_column_of_a_pivot_table_gets_the_nearest_and_a_trait_that_is_lacking_the_guard(door):
    def pivot(study, **given):
        return door.safe.pivot_table(study.scores, **({"values": "score", "index": "measure"} | given))

    for given, instead in (
        ({"values": "scoer"}, 'no column “scoer”; what to do: write "score"'),
        ({"index": ["measure", "groop"]}, 'no column “groop”; what to do: write "group"'),
        ({"columns": "wvae"}, 'no column “wvae”; what to do: write "wave"'),
    ):
        with pytest.raises(NotForPublication, match=instead):
            pivot(door.study, **given)
    without = Report(cleaned("local-3"), "en")
    scores = {"data": without.study.scores, "values": "score"}
    [lacking, *_] = sorted({*without.study.codebook.traits} - {*without.study.params.traits})
    with pytest.raises(
        NotForPublication, match=f'no trait “{lacking}”.*\n        if "{lacking}" in study.params.traits:'
    ):
        without.safe.pivot_table(**scores, index=["measure", lacking])


def shown_of(report: Report, people: pd.DataFrame) -> bool:
    """Whether a mean of these rows is shown, which say no measure and no wave."""
    mine = people.groupby(people.index)["score"].mean().to_frame("mine").assign(asked="all")
    return bool(report.safe.pivot_table(mine, values="mine", index=["asked"])["mine"].notna().all())


def test_of_reshaped_rows_a_few_more_or_less_than_published_stay_hidden(door):
    """In local-3 the mean of a wave is published, in cohort 1 that of the 28 who answered both: three could be worked out."""
    unlinked = Report(cleaned("local-3"), "en")
    last = unlinked.study.scores.query("wave == @wave", local_dict={"wave": unlinked.study.waves[-1]})
    last = last.dropna(subset="score")
    both = scores(door)[scores(door).index.isin(door.study.pairs.dropna(subset="change").index)]
    for of, rows in ((unlinked, last), (door, both)):
        people = rows.index.unique()
        assert shown_of(of, rows)
        assert not shown_of(of, rows[rows.index.isin(people[3:])])
    assert not shown_of(door, scores(door, "follow_up"))  # 29, of whom 28 answered both


LATER = {"later": ("אחר כך", "Later")}


# ------------------------------------------------------------ pictures in both directions


def drawn_in(door, language: str):
    """A bar chart of two waves' counts, as it is drawn for the page of one language."""
    table = pd.DataFrame({"wave": ["follow_up", "programme_end"], "n_ties": [29, 38]})

    def bars(axes, table):
        sns.barplot(table, x="n_ties", y="wave", hue="wave", ax=axes)
        axes.bar_label(axes.containers[0], padding=4)

    names, columns = door.names, ["wave", "n_ties"]
    drawing = OwnDrawing(bars, (5, 3), {}, columns, Text("כותרת", "Caption"), names)
    return drawing(table, Vocabulary(door.cohort.codebook), language)


def test_waves_are_in_their_order_and_words_of_each_language(door):
    figure, alternative = drawn_in(door, "en")
    ticks = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert ticks == ["End of the programme", "Follow-up"]
    assert figure.axes[0].get_xlabel() == "Ties"
    assert alternative.startswith("Caption. Follow-up: Ties")
    assert tuple(figure.get_size_inches()) == (5, 3)


def test_hebrew_begins_on_the_right_and_numbers_stand_beside_their_bars(door):
    axes = drawn_in(door, "he")[0].axes[0]
    assert axes.xaxis_inverted()
    assert axes.yaxis.get_ticks_position() == "right"
    assert [label.get_text().strip("\u200f") for label in axes.get_yticklabels()] == ["סיום התכנית", "מעקב"]
    [label] = [text for text in axes.texts if text.get_text().strip("\u200f") == "38"]
    assert (label.get_ha(), label.xyann[0]) == ("right", -4)


def test_long_labels_are_wrapped_and_not_cut(door):
    long = "a label that is far too long for the room that there is beside the bars of a small picture " * 2
    table = pd.DataFrame({"measure": ["motivation"], "n_ties": [3]})
    plot = lambda axes, table: sns.barplot(table, x="n_ties", y="measure", ax=axes)  # noqa: E731
    drawing = OwnDrawing(
        plot, (4, 2), {"motivation": Text(long, long)}, ["measure", "n_ties"], Text("כ", "C"), door.names
    )
    figure, _ = drawing(table, Vocabulary(door.cohort.codebook), "en")
    [label] = figure.axes[0].get_yticklabels()
    assert label.get_text().count("\n") >= 4
    assert label.get_text().replace("\n", " ") == long.strip()


# ------------------------------------------------------------ models


def test_a_model_is_that_of_statsmodels_rounded(door):
    from statsmodels.formula import api

    data = linked(door)
    terms = door.model("model", "change ~ earlier", data, **SAID).set_index("term")
    plain = api.ols("change ~ earlier", data).fit(cov_type="HC3", use_t=True)
    for term in terms.index:
        assert terms.loc[term, "estimate"] == pytest.approx(plain.params[term], abs=0.0501)
        low, high = plain.conf_int().loc[term]
        assert terms.loc[term, "ci_low"] < low < terms.loc[term, "ci_low"] + 0.2
        assert terms.loc[term, "ci_high"] - 0.2 < high < terms.loc[term, "ci_high"]
    assert (terms["n"] == 28).all()


def test_a_mixed_model_counts_people_and_not_rows(door):
    data = door.study.pairs.query("scale == 'motivation' and kind == 'item'").dropna(subset="change")
    terms = door.model("mixed", "change ~ C(measure)", data, groups="respondent", **SAID)
    assert set(terms["n"]) == {28}
    assert len(data) == 110


def test_p_of_a_model_is_adjusted_for_the_terms_that_are_shown():
    """By hand after Holm: 4 × .011 = .044; 3 × .024 = .072; then never less than the one before."""
    raw = {"Intercept": 0.0004, "a": 0.024, "b": 0.011, "c": 0.6, "d": 0.03}
    assert models.p_shown(raw) == {"Intercept": "≤ 0.001", "a": "> 0.05", "b": "≤ 0.05", "c": "> 0.05", "d": "> 0.05"}
    assert models.p_shown({"Intercept": 0.5, "a": 0.024}) == {"Intercept": "> 0.05", "a": "≤ 0.05"}


def test_the_page_of_a_model_shows_the_adjusted_p(door):
    """A raw p of .024 among four terms is .097 after Holm."""
    data = linked(door)
    noise = np.random.default_rng(3).normal(size=(4, len(data)))
    data = data.assign(**{f"x_{name}": values for name, values in zip("abcd", noise, strict=True)})
    data["change"] = np.random.default_rng(1).normal(size=len(data)) + 0.09 * data["x_a"]
    from statsmodels.formula import api

    formula = "change ~ x_a + x_b + x_c + x_d"
    raw = api.ols(formula, data).fit(cov_type="HC3", use_t=True).pvalues
    assert raw["x_a"] == pytest.approx(0.0243, abs=0.0001)
    headings = {f"x_{name}": (f"רעש {name}", f"Noise {name}") for name in "abcd"}
    terms = door.model("adjusted", formula, data, headings=headings, **SAID).set_index("term")
    assert terms.loc["x_a", "p_adjusted"] == "> 0.05"


def test_a_term_of_a_small_group_is_left_out_and_its_line_can_be_pasted(door, monkeypatch):
    """In another cohort the group may be larger: the build goes on."""
    shown = []
    monkeypatch.setattr(report, "display", lambda data, **_: shown.append(unescape(str(data.get("text/html")))))
    data = linked(door)
    data = data.assign(
        team=np.where(np.arange(len(data)) < 6, "small", np.where(np.arange(len(data)) < 17, "one", "two"))
    )
    assert door.model("m", "change ~ C(team)", data, **SAID).empty
    assert "left out: the model “m”: " in shown[-1] and "rests on fewer than 8 people" in shown[-1]
    [line] = re.findall(r"^ +(data = .*?)$", shown[-1], re.MULTILINE)
    assert 'headings={"joined": ("…", "…")}' in shown[-1]
    made = {"data": data}
    exec(line, made)  # noqa: S102 - the line that is to be pasted
    assert made["data"]["team"].value_counts().to_dict() == {"joined": 17, "two": 11}
    headings = {"joined": ("אחד וקטן", "Small and one"), "two": ("שניים", "Two")}
    assert set(door.model("m", "change ~ C(team)", made["data"], headings=headings, **SAID)["n"]) == {28}


JOINED = {  # the sizes of levels in their order, whether they have one, what is joined
    "the ends of an order are joined with their neighbours": ([4, 12, 9, 5], True, [["a", "b"], ["c", "d"]]),
    "small ones in a row": ([3, 3, 3, 20], True, [["a", "b", "c"], ["d"]]),
    "without an order the small ones": ([4, 12, 9, 5], False, [["c"], ["a", "d"], ["b"]]),
    "too few in all": ([4, 9], True, []),
}


@pytest.mark.parametrize("way", JOINED)
def test_small_groups_are_joined_with_their_neighbours(way):
    sizes, ordered, joined = JOINED[way]
    names = [name for name, size in zip("abcd", sizes, strict=False) for _ in range(size)]
    levels = pd.Series(pd.Categorical(names, list("abcd"), ordered=ordered), [f"r{n}" for n in range(len(names))])
    assert sorted(map(sorted, models._enough_in_each(levels, 8))) == sorted(map(sorted, joined))


def test_a_fitted_result_is_refused_in_words(door):
    from statsmodels.formula import api

    for fitted in (api.ols("change ~ earlier", linked(door)).fit(), api.ols("change ~ earlier", linked(door))):
        for given in (("change ~ earlier", fitted), (fitted, linked(door)), (fitted, None)):
            with pytest.raises(NotForPublication, match=r'report\.model\("fit", "change ~ earlier", data'):
                door.model("fit", *given, **SAID)


def test_terms_are_written_in_the_words_of_each_language(door, monkeypatch):
    shown = []
    monkeypatch.setattr(report, "display", lambda data, **_: shown.append(str(data)))
    door.model("worded", "change ~ C(group) + earlier", linked(door), **SAID)
    page = "".join(shown)
    assert "C(group)" not in page
    for language, beside in (("en", "compared with"), ("he", "לעומת")):
        first, *others = [door.words(group, language) for group in door.study.groups]
        for other in others:
            assert f"{other}, {beside} {first}" in page


def test_several_terms_of_a_model_may_be_headed(door, monkeypatch):
    shown = []
    monkeypatch.setattr(report, "display", lambda data, **_: shown.append(str(data)))
    headings = {"earlier": ("בהתחלה", "Where they began"), "Intercept": ("קבוע", "At the start")}
    door.model("headed", "change ~ earlier", linked(door), headings=headings, **SAID)
    assert "Where they began" in "".join(shown) and "At the start" in "".join(shown)


def early(door):
    """The motivation of all who answered at the end: of each group safe hides the mean, for others were linked."""
    return scores(door).query("measure == 'motivation'")


HIDDEN_GROUPS = {
    "means of groups": "score ~ C(group) - 1",
    "differences of groups": "score ~ C(group)",
    "groups that safe hides beside others": "score ~ C(group) + extra",
    "a condition": "score ~ I(group == 'headquarters')",
    "dummies made by hand": "score ~ one + two",
    "groups as a polynomial": "score ~ place + square",
    "slopes of groups": "score ~ C(group):extra",
    "groups with slopes of their own": "score ~ C(group) * extra",
}
OWN = {
    key: (f"{key} כאן", f"{key} here")
    for key in ("one", "two", "place", "square", "extra", "job", "team", "I(group == 'headquarters')[T.True]")
}


@pytest.mark.parametrize("way", HIDDEN_GROUPS)
def test_a_model_does_not_tell_what_safe_hides(door, way):
    formula, data = HIDDEN_GROUPS[way], early(door)
    assert door.safe.pivot_table(data, values="score", index="group")["score"].isna().any()
    each = data.groupby("group", observed=True)["score"]
    around = each.cumcount() / each.transform("size")  # of each group the same numbers, whoever comes first
    data = data.assign(
        one=(data["group"] == "headquarters").astype(int),
        two=(data["group"] == "operational").astype(int),
        place=data["group"].cat.codes.astype(int),
        square=data["group"].cat.codes.astype(int) ** 2,
        extra=np.cos(2 * np.pi * around),
    )
    terms = door.model("hidden", formula, data, headings=OWN, **SAID)
    assert terms["hidden"].all()
    assert len(terms) > 1
    assert terms[["n", "estimate", "ci_low", "ci_high", "p_adjusted"]].isna().all().all()


def test_a_model_that_is_not_shown_says_which_groups_and_its_remedy_works(door, monkeypatch):
    shown = []
    monkeypatch.setattr(report, "display", lambda data, **_: shown.append(data.get("text/html", "")))
    assert door.model("told", "score ~ C(group) - 1", early(door), **SAID)["hidden"].all()
    said = unescape("\n".join(shown))
    assert (
        said.count("left out: ") == 1 and "cells of “told” are hidden" not in said
    )  # its own reason, and no general one
    assert "<table>" not in said  # of no term anything is told
    for group in door.study.groups:
        assert f"group = {group}" in said
    [line] = re.findall(r"^ +(data = .*)$", said, re.MULTILINE)
    made = {"study": door.study}
    exec(line.removesuffix("</pre>"), made)  # noqa: S102 - the line that is to be pasted
    assert not door.model("again", "earlier ~ C(group) - 1", made["data"], **SAID)["hidden"].any()


LOST = {
    "melted": lambda d: linked(d).melt(id_vars="measure", value_vars=["earlier", "later"]),
}


@pytest.mark.parametrize("way", LOST)
def test_people_that_an_index_has_lost_are_asked_back_by_the_call_that_keeps_them(door, way):
    with pytest.raises(NotForPublication) as stop:
        door.safe.pivot_table(LOST[way](door), values="value", index="measure")
    line = str(stop.value).splitlines()[-1].strip()
    kept = 'data.melt(id_vars="measure", value_vars=["earlier", "later"], ignore_index=False)'
    line, data = line.replace("data.melt(…, ignore_index=False)", kept), LOST[way](door)
    made = {"data": linked(door)}
    exec(line, made)  # noqa: S102 - the line that is to be pasted
    assert door.safe.pivot_table(made["data"], values="value", index="measure")["value"].notna().all()
    with pytest.raises(NotForPublication, match="not known whose these rows are"):
        door.model("lost", "value ~ C(measure)", data, **SAID)


ASKED_AGAIN = {
    "score ~ C(wave)": "change ~ 1",
    "score ~ C(wave) * C(group)": "change ~ C(group)",
    "score ~ C(wave) + C(job)": "change ~ 1",  # what does not change with the wave says nothing of the change
}


@pytest.mark.parametrize("formula", ASKED_AGAIN)
def test_a_mixed_model_of_waves_leads_to_the_model_of_the_change_that_answers_it(door, monkeypatch, formula):
    shown = []
    monkeypatch.setattr(report, "display", lambda data, **_: shown.append(data.get("text/html", "")))
    data = door.study.scores.query("measure == 'motivation'").dropna(subset="score").assign(job="a")
    data["job"] = np.where(np.argsort(np.argsort(data.index)) % 2, "a", "b")
    data = data[~data.index.isin(sorted(data.index)[:2])]  # all but two
    headings = {"a": ("א", "a"), "b": ("ב", "b")}
    assert door.model("told", formula, data, groups="respondent", headings=headings, **SAID)["hidden"].all()
    said = unescape("\n".join(shown))
    assert "left out: the numbers in the table of the model “told”" in said
    lines = re.findall(r"^ +((?:data =|report\.model).*)$", said, re.MULTILINE)
    assert len(lines) == 2 and f'report.model("told", "{ASKED_AGAIN[formula]}", data, ' in lines[1]
    made = {"study": door.study, "report": door}
    lines = "\n".join(lines).removesuffix("</pre>").replace("report.model", "terms = report.model").replace("…", "So")
    exec(lines, made)  # noqa: S102 - the lines to be pasted
    assert not made["terms"]["hidden"].any()
    assert set(made["terms"]["n"]) == {28}
    if ASKED_AGAIN[formula] == "change ~ 1":  # (published: the mean change of the 28 who answered both)
        assert made["terms"]["estimate"].tolist() == [-0.1]


def test_a_mixed_model_of_waves_is_of_those_whose_means_are_told(door, monkeypatch):
    """One person answered the second questionnaire alone: of the 38 of the first and the 28 of both nothing of hers is told."""
    from statsmodels.formula import api

    shown = []
    monkeypatch.setattr(report, "display", lambda data, **_: shown.append(data.get("text/html", "")))
    data = door.study.scores.query("measure == 'motivation'").dropna(subset="score")
    terms = door.model("waves", "score ~ C(wave)", data, groups="respondent", **SAID)
    first, later = (data[data["wave"] == wave] for wave in door.study.waves)
    assert (len(first), len(later), set(terms["n"])) == (38, 29, {38})
    kept = pd.concat([first, later[later.index.isin(first.index)]])
    assert len(kept) == 38 + 28
    fitted = api.mixedlm(
        "score ~ C(wave)",
        kept.astype({"wave": "object"}).assign(wave=kept["wave"].eq("follow_up").astype(int)),
        groups=kept.index,
    ).fit()
    assert terms["estimate"].tolist() == pytest.approx(fitted.params.iloc[:2].tolist(), abs=0.06)
    assert "only those who answered both are counted" in "".join(
        shown
    ) and "נכללים רק מי שהשיבו על שניהם" not in "".join(shown)


def test_scores_of_one_wave_lead_to_the_earlier_or_later_ones_of_the_linked(door, monkeypatch):
    shown = []
    monkeypatch.setattr(report, "display", lambda data, **_: shown.append(data.get("text/html", "")))
    for wave, side in (("programme_end", "earlier"), ("follow_up", "later")):
        shown.clear()
        data = scores(door, wave).query("measure == 'motivation'").assign(job="a")
        data = data[data.index != sorted(data.index)[0]]  # all but one
        assert door.model("one", "score ~ C(group) - 1", data, **SAID)["hidden"].all()
        assert f'report.model("one", "{side} ~ C(group) - 1", data, en=' in unescape(shown[-1])
        shown.clear()
        data["job"] = np.arange(len(data)) % 2
        door.model("own", "score ~ job + C(group)", data, headings=OWN, **SAID)
        assert '.join(data.groupby(level=0)[["job"]].first())' in unescape(shown[-1])  # nobody else has “job”


def test_terms_that_follow_from_each_other_are_named_and_no_bare_error(door):
    data = door.study.scores.dropna(subset="score")
    with pytest.raises(NotForPublication, match="follow from each other"):
        door.model("all", "score ~ C(wave) * C(measure)", data, groups="respondent", **SAID)


def test_a_model_of_which_all_is_hidden_has_no_note_on_intervals_and_p(door, monkeypatch):
    shown = []
    monkeypatch.setattr(report, "display", lambda data, **_: shown.append(data.get("text/html", "")))
    door.model("noted", "change ~ earlier", linked(door), **SAID)
    assert "rounded outward" in shown[-1] and "p adjusted" in shown[-1]
    assert door.model("unnoted", "score ~ C(group) - 1", early(door), **SAID)["hidden"].all()
    assert not any("rounded outward" in html or "p adjusted" in html for html in shown[-2:])


@pytest.mark.parametrize(("cohort", "apart"), [("3", "this cohort has one wave"), ("local-3", "has no common IDs")])
def test_models_of_a_cohort_without_linked_waves_have_nothing_to_show_and_say_why(cohort, apart, monkeypatch):
    other, shown = Report(cleaned(cohort), "en"), []
    monkeypatch.setattr(report, "display", lambda data, **_: shown.append(data))
    pairs = other.study.pairs.query("measure == 'motivation'")
    data = other.study.scores.query("measure == 'motivation'").dropna(subset="score")
    no_rows = "no row of this cohort has change" if len(pairs) else "its data have no rows in this cohort"
    for name, formula, given, groups, why in (
        ("model", "change ~ earlier", pairs.dropna(subset="change"), None, "its data have no rows in this cohort"),
        ("all", "change ~ 1", pairs, None, no_rows),
        ("mixed", "score ~ 1", data, "respondent", "nobody has several rows, which a mixed model (groups=…) needs"),
    ):
        shown.clear()
        assert other.model(name, formula, given, groups=groups, **SAID).empty
        told = unescape(shown[-1]["text/html"])
        assert told.startswith(f"<pre>left out: the model “{name}”: {why}; ") and apart in told
        assert shown[-1][MIME]["why"] in told


# ------------------------------------------------------------ ways to publish a person by mistake

PEOPLE = pd.DataFrame({"score": np.linspace(1, 5, 29)}, index=pd.Index([f"p{n}" for n in range(29)], name="respondent"))
VALUES = PEOPLE["score"].tolist()


def show(door, frame, draw=None, **more):
    said = SAID | more
    return door.figure("mine", frame, draw, **said) if draw else door.table("mine", frame, **said)


def means(door):
    return door.safe.pivot_table(scores(door), values="score", index="measure")


def helper(axes):
    axes.plot(PEOPLE["score"], np.zeros(29), "o")


def by_default(axes, table, values=VALUES):
    axes.plot(values, values, "o")


def one_person(door, column="who"):
    data = linked(door)
    return data.assign(**{column: (data.index == data.index[0]).astype(int)})


def one_persons(door):
    """The answers of one person, each row of which passes for a respondent."""
    answers = door.study.answers
    return answers.loc[[answers.index[0]]].reset_index(drop=True).rename_axis("respondent")


def few_of_a_group(door, draw):
    own = scores(door).query("group == 'headquarters'")["score"].tolist()[:9]
    return lambda axes, table: draw(axes, own)


def plainly(rows, index, columns):
    rows = rows.reset_index()
    return pd.crosstab(rows[index], rows[columns])


def with_seniority(door):
    """Motivation in the last wave, with how long each has been a manager."""
    rows = scores(door, door.study.waves[-1]).query("measure == 'motivation'")
    return rows.join(door.study.participants["seniority"])


REFUSED = {
    # rows of people
    "a frame of people": lambda d: show(d, scores(d)),
    "a frame of people without its index": lambda d: show(d, scores(d).reset_index()),
    "participants": lambda d: show(d, d.study.participants),
    "head of participants": lambda d: show(d, d.study.participants.head(3)),
    "ties": lambda d: show(d, d.study.ties),
    "meetings": lambda d: show(d, d.study.meetings.reset_index()),
    "value_counts of respondents": lambda d: show(d, d.study.ties.reset_index()["respondent"].value_counts()),
    "one row": lambda d: show(d, scores(d).iloc[[0]]),
    "a pivot by respondent": lambda d: show(d, scores(d).pivot(columns="measure", values="score")),
    "groupby respondent": lambda d: show(d, scores(d).groupby(level=0)["score"].mean()),
    "a pivot table by respondent": lambda d: show(d, d.safe.pivot_table(scores(d).assign(who=scores(d).index), values="score", index="who")) if d.safe.pivot_table(scores(d).assign(who=scores(d).index), values="score", index="who")["score"].notna().any() else show(d, scores(d)),
    # one person's answer
    "the median": lambda d: d.safe.pivot_table(scores(d), values="score", index="measure", aggfunc="median"),
    "the lowest": lambda d: d.safe.pivot_table(scores(d), values="score", index="measure", aggfunc="min"),
    "the highest": lambda d: d.safe.pivot_table(scores(d), values="score", index="measure", aggfunc="max"),
    "the first": lambda d: d.safe.pivot_table(scores(d), values="score", index="measure", aggfunc="first"),
    "the spread": lambda d: d.safe.pivot_table(scores(d), values="score", index="measure", aggfunc="std"),
    "several at once": lambda d: d.safe.pivot_table(scores(d), values="score", index="measure", aggfunc=["mean", "count"]),
    "a sum": lambda d: d.safe.pivot_table(scores(d), values="score", index="measure", aggfunc="sum"),
    "a lambda": lambda d: d.safe.pivot_table(scores(d), values="score", index="measure", aggfunc=lambda one: one.iloc[0]),
    "a quantile": lambda d: d.safe.apply(scores(d).groupby("measure", observed=True), lambda r: r["score"].quantile(0.9)),
    "a median by numpy": lambda d: d.safe.apply(scores(d).groupby("measure", observed=True), lambda r: np.median(r["score"])),
    "the largest": lambda d: d.safe.apply(scores(d).groupby("measure", observed=True), lambda r: r["score"].nlargest(1).sum()),
    "by position": lambda d: d.safe.apply(scores(d).groupby("measure", observed=True), lambda r: r["score"].iloc[3]),
    "by place": lambda d: d.safe.apply(scores(d).groupby("measure", observed=True), lambda r: r["score"].values[3]),
    "a list of answers": lambda d: d.safe.apply(scores(d).groupby("measure", observed=True), lambda r: r["score"].tolist()),
    "a column of answers": lambda d: d.safe.apply(scores(d).groupby("measure", observed=True), lambda r: r["score"]),
    "the statistic named by partial": lambda d: d.safe.apply(scores(d).groupby("measure", observed=True), partial(lambda how, r: r["score"].agg(how), "median")),
    "a statistic named in a text": lambda d: d.safe.apply(scores(d).groupby("measure", observed=True), lambda r: r["score"].agg("max")),
    "describe": lambda d: show(d, scores(d)["score"].describe()),
    "the lowest of plain pandas": lambda d: show(d, scores(d).groupby("measure", observed=True)["score"].agg(["min", "max"])),
    # totals and people nobody counted
    "totals of a crosstab": lambda d: d.safe.crosstab(scores(d)["measure"], scores(d)["category"], margins=True),
    "totals of a pivot table": lambda d: d.safe.pivot_table(scores(d), values="score", index="measure", margins=True),
    "a merged frame": lambda d: d.safe.crosstab(scores(d).merge(scores(d), on="measure")["measure"], scores(d)["category"]),
    "a frame without people": lambda d: d.safe.pivot_table(scores(d).reset_index(drop=True), values="score", index="measure"),
    "means without n": lambda d: show(d, scores(d).groupby("measure", observed=True)["score"].mean().rename("mean")),
    "means of a few": lambda d: show(d, pd.DataFrame({"measure": ["motivation"], "n": [5], "mean": [4.2]})),
    "a mean of a group": lambda d: show(d, pd.DataFrame({"group": ["headquarters"], "n": [9], "mean": [4.21]})),
    "answers by group": lambda d: show(d, scores(d).groupby(["group", "category"], observed=True).size().unstack()),
    "all five answers": lambda d: show(d, d.study.answers.groupby("measure", observed=True)["as_worded"].value_counts().unstack().add_prefix("n_")),
    "all but three": lambda d: show(d, pd.DataFrame({"measure": ["motivation"], "n": [29], "n_yes": [26]})),
    # altered or derived
    "a safe table altered": lambda d: show(d, means(d).assign(score=means(d)["score"] + scores(d)["score"].iloc[0]).reset_index().rename(columns={"score": "mean"}).drop(columns="n")),
    "derived from a constant": lambda d: d.safe.assign(means(d), x=scores(d)["score"].iloc[0]),
    "derived from a frame": lambda d: d.safe.assign(means(d), x=lambda t: PEOPLE["score"].iloc[0]),
    "derived from a frame of people": lambda d: d.safe.assign(scores(d), x=lambda t: t["score"]),
    # people whom nobody knows, answers as labels, what is no table
    "rows called respondents": lambda d: d.safe.pivot_table(d.study.answers.reset_index(drop=True).rename_axis("respondent"), values="value", index="scale"),
    "rows of one person called respondents": lambda d: d.safe.crosstab(*(one_persons(d)[name] for name in ("wave", "category"))),
    "a statistic of rows called respondents": lambda d: d.safe.apply(one_persons(d).groupby("wave", observed=True), lambda r: r["value"].mean()),
    "a model of rows called respondents": lambda d: d.model("m", "value ~ C(wave)", one_persons(d), **SAID),
    "a crosstab by scores": lambda d: d.safe.crosstab(scores(d)["score"], scores(d)["wave"]),
    "means by scores": lambda d: d.safe.pivot_table(scores(d).assign(own=lambda t: t["score"]), values="score", index="own"),
    "bands between scores": lambda d: d.safe.pivot_table(scores(d).assign(own=lambda t: pd.cut(t["score"], 3)), values="score", index="own"),
    "a crosstab of quantiles": lambda d: d.safe.crosstab(pd.qcut(scores(d)["score"], 3, duplicates="drop"), scores(d)["wave"]),
    "a mean of words": lambda d: d.safe.pivot_table(scores(d), values="category", index="measure"),
    "a styled table": lambda d: show(d, means(d).style),
    "a table as HTML": lambda d: show(d, scores(d).to_html()),
    "a dictionary": lambda d: show(d, {"motivation": 4.2}),
    # plain pandas: the name of a column does not say what it holds
    "a crosstab of plain pandas": lambda d: show(d, pd.crosstab(with_seniority(d)["category"], with_seniority(d)["seniority"])),
    "a crosstab the other way": lambda d: show(d, pd.crosstab(with_seniority(d)["seniority"], with_seniority(d)["category"])),
    "categories of each scale": lambda d: show(d, plainly(scores(d), "measure", "category")),
    "categories of each wave": lambda d: show(d, plainly(d.study.scores, "category", "wave")),
    "categories one below the other": lambda d: show(d, scores(d).groupby(["measure", "category"], observed=True).size().rename("n").reset_index()),
    "categories under a heading of one's own": lambda d: show(d, scores(d)["category"].value_counts().rename("n").rename_axis("what")),
    "how often each was chosen": lambda d: show(d, scores(d)["category"].value_counts()),
    "shares of plain pandas": lambda d: show(d, scores(d)["category"].value_counts(normalize=True)),
    "the lowest and the highest as low and high": lambda d: show(d, scores(d).groupby("measure", observed=True)["score"].agg(mean="mean", low="min", high="max", n="count")),
    "the lowest as the bound of an interval": lambda d: show(d, scores(d).groupby("measure", observed=True)["score"].agg(ci_low="min", n="count")),
    "the median as the mean": lambda d: show(d, scores(d).groupby("measure", observed=True)["score"].agg(mean="median", n="count")),
    "means with all their digits": lambda d: show(d, scores(d).groupby("measure", observed=True)["score"].agg(mean="mean", n="count")),
    "an interval of plain pandas": lambda d: show(d, scores(d).groupby("measure", observed=True)["score"].agg(low=lambda x: x.mean() - x.sem(), high=lambda x: x.mean() + x.sem(), n="count")),
    "a spread of plain pandas": lambda d: show(d, scores(d).groupby("measure", observed=True)["score"].agg(sd="std", n="count")),
    "a count without its whole": lambda d: show(d, pd.DataFrame({"measure": ["motivation"], "n_won": [3]})),
    "a sum of answers": lambda d: show(d, scores(d).groupby("measure", observed=True)["score"].sum().round().astype(int).rename("total")),
    # rows without a number may still be people
    "people by their traits and answer": lambda d: show(d, with_seniority(d)[["group", "seniority", "category"]].reset_index(drop=True)),
    "the profile of each": lambda d: show(d, scores(d).pivot(columns="measure", values="category").reset_index(drop=True)),
    "a yes or no of each": lambda d: show(d, with_seniority(d).assign(told=lambda t: t["category"] == "high").reset_index(drop=True)[["group", "seniority", "told"]]),
    "who was silent": lambda d: show(d, d.study.participants.loc[lambda t: ~t["answered"].str.contains("follow_up"), ["group", "seniority"]].reset_index(drop=True)),
    "answers called options": lambda d: show(d, d.study.answers.rename(columns={"as_worded": "option"})[["measure", "option"]].reset_index(drop=True)),
    "the highest category of a few": lambda d: show(d, with_seniority(d).groupby(["group", "seniority"], observed=True)["category"].agg(highest="max", lowest="min")),
    "whether anybody of a few said so": lambda d: show(d, with_seniority(d).assign(told=lambda t: t["category"] == "high").groupby(["group", "seniority"], observed=True)["told"].any()),
    "the answers of a few in a row": lambda d: show(d, with_seniority(d).groupby(["group", "seniority"], observed=True)["category"].agg(", ".join)),
    "options counted one by one": lambda d: show(d, d.study.choices.groupby(["question", "wave", "option"], observed=True).size().rename("n")),
    "those who said low": lambda d: show(d, scores(d).query("category == 'low'").groupby("measure", observed=True).size().rename("n")),
    "how many said high": lambda d: show(d, scores(d).groupby("measure", observed=True)["category"].agg(n="count", n_high=lambda x: (x == "high").sum())),
    "how many moved": lambda d: show(d, linked(d).groupby("measure", observed=True)["change"].agg(n="count", n_up=lambda x: (x > 0).sum(), n_down=lambda x: (x < 0).sum())),
    "a crosstab under another prefix": lambda d: show(d, plainly(scores(d), "measure", "category").add_prefix("cells_")),
    "two traits in one text": lambda d: show(d, (with_seniority(d)["group"].astype(str) + " " + with_seniority(d)["seniority"].astype(str)).value_counts().rename_axis("who").rename("n")),
    "groups whose hidden is written by hand": lambda d: show(d, with_seniority(d).groupby(["group", "seniority"], observed=True).size().rename("n").reset_index().assign(hidden=False)),
    "ties of each": lambda d: show(d, d.study.ties.groupby(level=0).size().rename("n_ties").reset_index(drop=True).to_frame()),
    "the lowest as a bound of the roster": lambda d: d.safe.results(scores(d).groupby("measure", observed=True)["score"].agg(n="count", finite_low="min", change_lowest="max").reset_index()),
    "the mean as a difference": lambda d: d.safe.results(scores(d).groupby("measure", observed=True)["score"].agg(n="count", standardised_difference="mean").reset_index().assign(trait="x", level="y")),
    "a statistic by scores": lambda d: d.safe.apply(scores(d).groupby("score"), lambda r: r["score"].mean()),
    "a statistic by bands": lambda d: d.safe.apply(scores(d).assign(band=lambda t: pd.cut(t["score"], 3)).groupby("band", observed=True), lambda r: r["score"].mean()),
    "means by scores as categories": lambda d: d.safe.pivot_table(scores(d).assign(own=lambda t: t["score"].astype("category")), values="score", index="own"),
    # models
    "as many terms as people": lambda d: d.model("m", "change ~ bs(earlier, df=22)", linked(d), **SAID),
    "a column that is not there": lambda d: d.model("m", "change ~ salary", linked(d), **SAID),
    "a model of no people": lambda d: d.model("m", "change ~ earlier", linked(d).reset_index(drop=True), **SAID),
    "no formula": lambda d: d.model("m", "change ~~ earlier +", linked(d), **SAID),
    # pictures
    "a picture of people": lambda d: show(d, means(d), lambda axes, table: axes.plot(PEOPLE["score"], PEOPLE["score"], "o")),
    "a picture by a helper": lambda d: show(d, means(d), lambda axes, table: helper(axes)),
    "a picture by a list": lambda d: show(d, means(d), lambda axes, table: axes.plot(VALUES, VALUES, "o")),
    "a picture by partial": lambda d: show(d, means(d), partial(lambda x, axes, table: axes.plot(x, x), PEOPLE["score"])),
    "a picture by a default": lambda d: show(d, means(d), by_default),
    "a rug of people": lambda d: show(d, means(d), lambda axes, table: sns.stripplot(x=PEOPLE["score"], ax=axes)),
    "more points than rows": lambda d: show(d, means(d), lambda axes, table: axes.scatter([n / 7 for n in range(40)], [n / 3 for n in range(40)])),
    "a few of a group in a list": lambda d: show(d, means(d), few_of_a_group(d, lambda axes, own: axes.plot(own, range(9), "o"))),
    "bars of a few in a list": lambda d: show(d, means(d), few_of_a_group(d, lambda axes, own: axes.bar(range(9), own))),
    "an image of people": lambda d: show(d, means(d), lambda axes, table: axes.imshow([[row * column / 100 for row in range(3)] for column in range(29)])),
    "a number in a title": lambda d: show(d, means(d), lambda axes, table: axes.set_title("4.77")),
    "a number at a tick": lambda d: show(d, means(d), lambda axes, table: axes.set_yticks([0], ["2 / 5"])),
    "a near number": lambda d: show(d, means(d), lambda axes, table: axes.text(0, 0, "4.25")),
    "a number in a legend": lambda d: show(d, means(d), lambda axes, table: (axes.plot([0], [0], label="n = 7"), axes.legend())),
    # words
    "a number in a caption": lambda d: show(d, means(d), en="2 of 5 said so"),
    "a number in a heading": lambda d: show(d, means(d), headings={"score": ("כך", "Mean of 5")}),
    "a number in a sentence": lambda d: d.say(en="2 of 5 said so.", he="כך."),
    "a number computed elsewhere": lambda d: d.say(en="{n} said so.", he="{n} כך.", n=scores(d)["score"].mean()),
    "a row of people": lambda d: d.say(en="{score}", he="{score}", row=scores(d).head(1)),
    "counts as text": lambda d: show(d, pd.DataFrame({"measure": ["motivation"], "came": ["2 of 5"]})),
}  # fmt: skip


@pytest.mark.parametrize("way", REFUSED)
def test_a_person_cannot_be_published_by_mistake(door, way):
    with pytest.raises(NotForPublication) as stop:
        REFUSED[way](door)
    assert "what to do: " in str(stop.value)


LEFT_OUT = {
    "a dummy of one person": lambda d: d.model("m", "change ~ who", one_person(d), **SAID),
    "a person by name": lambda d: d.model("m", "change ~ C(who)", one_person(d).assign(who=lambda t: t.index), **SAID),
    "an interaction of few": lambda d: d.model("m", "change ~ earlier * who", one_person(d), **SAID),
    "an outcome of one person": lambda d: d.model("m", "who ~ earlier", one_person(d), **SAID),
}  # fmt: skip


@pytest.mark.parametrize("way", LEFT_OUT)
def test_a_model_that_these_people_cannot_bear_is_left_out_and_says_why(door, way, monkeypatch):
    shown = []
    monkeypatch.setattr(report, "display", lambda data, **_: shown.append(unescape(str(data))))
    assert LEFT_OUT[way](door).empty
    assert "left out: the model “m”: " in shown[-1] and "what to do: " in shown[-1]


def repeated(door):
    """Motivation, with one person's row sixty times more, as a join may give it."""
    own = scores(door).query("measure == 'motivation'")
    return pd.concat([own, *[own.iloc[[0]]] * 60])


HIDDEN = {
    "a mean of all but one": lambda d: d.safe.pivot_table(scores(d).drop(scores(d).index[0]), values="score", index="measure"),
    "a group of three": lambda d: d.safe.pivot_table(scores(d).assign(own=lambda t: t.index.isin(t.index.unique()[:3])), values="score", index=["measure", "own"]),
    "a mean beside that of the linked": lambda d: d.safe.pivot_table(scores(d, "follow_up").query("measure == 'motivation'").assign(score=lambda t: 6 - t["score"]), values="score", index="measure"),
    "all of one mind": lambda d: d.safe.pivot_table(scores(d).assign(score=5.0), values="score", index="measure"),
    "one person’s answer by a condition": lambda d: d.safe.apply(scores(d).groupby("measure", observed=True), lambda r: r["score"].where(r.index == sorted(r.index)[0]).sum()),
    "a mean most of whose rows are one person’s": lambda d: d.safe.pivot_table(repeated(d), values="score", index="measure"),
    "a statistic most of whose rows are one person’s": lambda d: d.safe.apply(repeated(d).groupby("measure", observed=True), lambda r: r["score"].mean()),
    "a count of all but one": lambda d: d.safe.apply(scores(d).query("measure == 'motivation'").groupby("measure", observed=True), lambda r: (r.index != sorted(scores(d).index)[0]).sum()),
    "a share of a few": lambda d: d.safe.pivot_table(scores(d).assign(few=lambda t: t.index.isin(sorted(t.index.unique())[:3]).astype(int)), values="few", index="measure"),
    "a crosstab of a few": lambda d: d.safe.crosstab(scores(d)["measure"], pd.Series(scores(d).index.isin(sorted(scores(d).index.unique())[:2]), scores(d).index, name="few")),
}  # fmt: skip


@pytest.mark.parametrize("way", HIDDEN)
def test_what_only_a_few_stand_behind_is_hidden(door, way):
    made = HIDDEN[way](door)
    told = made.drop(columns="n", errors="ignore").select_dtypes("number")
    assert len(made) or way in (
        "a group of three",
        "a crosstab of a few",
    )  # a line of theirs would say that they are there
    assert told.isna().all(axis=None)


def test_a_crosstab_of_nobody_has_no_rows():
    nothing = pd.Series([], dtype="object", index=pd.Index([], name="respondent"), name="x")
    assert crosstab(nothing, nothing.rename("y"), Disclosure()).empty


def test_a_part_is_known_by_its_cells_without_a_copy_of_the_whole_as_objects(monkeypatch):
    """Every table and figure is held against all that was released: what is blank is alike in every kind of column."""
    whole = pd.DataFrame({"n": pd.array([12, None], dtype="Int64"), "mean": [3.25, np.nan], "of": ["a", None]})
    monkeypatch.setattr(pd.DataFrame, "astype", None)
    assert tables.is_part_of(whole.iloc[::-1], whole)
    blank = pd.DataFrame({"mean": [None], "of": [np.nan], "n": [pd.NA]}, dtype="object")
    assert tables.is_part_of(blank, whole)
    assert not tables.is_part_of(whole.assign(n=pd.array([12, 13], dtype="Int64")), whole)


def test_labels_of_ones_own_keep_their_words(door):
    """“neither” and “answered” are keys of the page's own results, “answered neither wave” and “respondents analysed”."""
    scores = scores_of_both(door).assign(kind=lambda t: (t.score > 3.4).map({True: "answered", False: "neither"}))
    vocabulary = Vocabulary(door.cohort.codebook)
    rows = door.safe.pivot_table(scores, values="score", index=["measure", "kind"], aggfunc="count").reset_index()
    column = tables.plain_column("kind", Text("סוג", "Kind"), rows, {})
    said = {without_marks(column.write(row, vocabulary, "en")) for _, row in rows.iterrows()}
    assert said == {"neither", "answered"}
    with pytest.raises(ProseProblem, match="columns “answered”, “neither” have no heading"):
        door.table("own_labels", door.safe.crosstab(scores["measure"], scores["kind"]), **SAID)


def scores_of_both(door: Report) -> pd.DataFrame:
    return door.study.scores.dropna(subset="score")
