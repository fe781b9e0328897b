"""What newcomers wrote into a table or a model of their own: what comes out is right, or the message says what to write."""

import re

import numpy as np
import pandas as pd
import pytest
from followup.disclosure.cell_bundle import MIME
from followup.disclosure.output_check import NotForPublication
from followup.report import report
from followup.report.guards import Cell
from followup.report.report import Report
from in_notebooks import cleaned, no_page

SAID = {"en": "So it is", "he": "כך הדבר"}
LINES = re.compile(r"^ +((?:data|table|means) = .*|report\..*|safe\..*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def door():
    with no_page(drawn=True):
        yield Report(cleaned("1"), "en")


def linked(study) -> pd.DataFrame:
    return study.pairs.query("kind == 'scale'").dropna(subset="change")


def both(door) -> pd.DataFrame:
    return linked(door.study)


def one(door) -> pd.DataFrame:
    return both(door).query("measure == 'motivation'")


def asked(door) -> pd.DataFrame:
    answers = door.study.answers
    return answers[answers["wave"] == door.study.waves[0]].dropna(subset="value")


def refused(call) -> str:
    with pytest.raises(NotForPublication) as stop:
        call()
    return str(stop.value)


def pasted(door, said: str, **more) -> dict:
    """What stands after the lines of a message were run as they are."""
    held = {"report": door, "safe": door.safe, "study": door.study, "pd": pd, "np": np, **more}
    lines = LINES.findall(said)
    assert lines, said
    for line in lines:
        exec(line.replace('"…"', '"Own"'), held)  # noqa: S102 - the line that is to be pasted
    return held


# Models: one row of each person, or groups -----------------------------------------------------------------------------


def test_several_rows_of_a_person_are_not_independent(door):
    said = refused(lambda: door.model("x", "change ~ earlier", both(door), **SAID))
    assert "168 rows of 28 people" in said and 'groups="respondent"' in said
    pasted(door, said, data=both(door))


def test_rows_that_stand_several_times_are_to_be_dropped(door):
    data = pd.concat([one(door)] * 4)
    for groups in (None, "respondent"):
        said = refused(lambda groups=groups: door.model("x", "change ~ earlier", data, groups=groups, **SAID))
        assert "stand there several times" in said
        again = pasted(door, said, data=data)["data"]
        assert again.equals(one(door))
    door.model("x", "change ~ earlier", again, **SAID)


@pytest.mark.parametrize("formula", ["change ~ C(seniority)", "change ~ seniority + earlier"])
def test_a_model_by_a_small_group_leads_to_groups_that_are_joined(door, monkeypatch, formula):
    """Of a seniority there are 5, 11 and 12."""
    data, shown = one(door).join(door.study.participants["seniority"]), []
    monkeypatch.setattr(report, "display", lambda data, **_: shown.append(data[MIME].get("why")))
    assert door.model("few", formula, data, **SAID)["hidden"].all()
    said = [*filter(None, shown)][-1]
    assert "seniority = up_to_5_years" in said and "study.pairs" not in said
    held = pasted(door, said, data=data)
    assert sorted(held["data"]["seniority"].value_counts()) == [12, 16]
    headings = {"joined": ("עד 10 שנים", "Up to 10 years")}
    assert not door.model("joined", formula, held["data"], headings=headings, **SAID)["hidden"].any()


def advised(door, monkeypatch, formula: str, data, groups=None) -> tuple[str, dict]:
    """What a hidden model is answered with, and what its lines make of the data."""
    shown = []
    monkeypatch.setattr(report, "display", lambda data, **_: shown.append(data[MIME].get("why")))
    headings = {"joined": ("יחד", "Together")}
    assert door.model("told", formula, data, groups=groups, headings=headings, **SAID)["hidden"].all()
    said = [*filter(None, shown)][-1]
    return said, pasted(door, said, data=data)


def test_a_model_of_measures_side_by_side_is_answered_with_columns_that_it_has(door, monkeypatch):
    wide = 6 - door.study.scores.query("wave == 'follow_up'").pivot(columns="measure", values="score")  # noqa: PD010 - no scores of the study
    said, held = advised(door, monkeypatch, "motivation ~ self_perception", wide)
    assert "leave out the term" not in said and "as the outcome" not in said
    assert not door.model("again", "motivation ~ self_perception", held["data"], **SAID)["hidden"].any()


def test_groups_that_were_joined_stay_joined_in_the_lines(door, monkeypatch):
    data = door.study.scores.query("measure == 'motivation' and wave == 'follow_up'").dropna(subset="score")
    data = data.join(door.study.participants["seniority"])
    into = {"up_to_5_years": "joined", data["seniority"].value_counts().index[0]: "joined"}
    data = data.assign(seniority=data["seniority"].astype("object").replace(into))
    data = data.assign(score=6 - data["score"])  # no score of the study: of all who answered
    said, held = advised(door, monkeypatch, "score ~ C(seniority)", data)
    assert "joined" in {*held["data"]["seniority"]} and "later ~ C(seniority)" in said
    headings = {"joined": ("יחד", "Together")}
    assert not door.model("again", "later ~ C(seniority)", held["data"], headings=headings, **SAID)["hidden"].any()


@pytest.mark.parametrize("given", [pd.Index(["a", "b"]), ["respondent"]])
def test_groups_of_a_model_are_named(door, given):
    said = refused(lambda: door.model("x", "change ~ earlier", one(door), groups=given, **SAID))
    assert 'groups="respondent"' in said


# Keys that follow from others ------------------------------------------------------------------------------------------


def test_a_scale_beside_its_measures_hides_nothing(door):
    """36 to 38 people answered each of the 25 statements before the programme; each has one scale."""
    alone = door.safe.pivot_table(asked(door), values="value", index="measure")
    for index in (["scale", "measure"], ["measure", "scale"]):
        table = door.safe.pivot_table(asked(door), values="value", index=index)
        assert len(table) == 25 and table["n"].between(36, 38).all()
        assert table.droplevel("scale").equals(alone.loc[table.index.get_level_values("measure")])


def test_a_word_of_ones_own_for_a_group_does_not_add_up_to_it(door):
    """Eight of ten: the two others would follow from their group, whatever stands beside it."""
    data = one(door)
    group = data["group"].value_counts().index[0]
    places = (data["group"] == group).cumsum().where(data["group"] == group, 0)
    part = np.where(places.between(1, 2), "few", data["group"].astype("object"))
    table = door.safe.pivot_table(data.assign(part=part), values="change", index=["group", "part"])
    assert group not in table.dropna(subset="change").index.get_level_values("group")


def test_another_word_for_the_same_group_shows_no_more_than_the_group(door):
    """Of 28 people 5, 11 and 12 are of a seniority: the five, and who would give them away, are hidden."""
    data = one(door).join(door.study.participants["seniority"])
    assert sorted(data["seniority"].value_counts()) == [5, 11, 12]
    data = data.assign(word=data["seniority"].map(lambda key: f"word {key}").astype("object"))
    alone = door.safe.pivot_table(data, values="change", index="seniority")["change"]
    assert alone.isna().sum() == 2
    for index in (["seniority", "word"], ["word", "seniority"]):
        table = door.safe.pivot_table(data, values="change", index=index)["change"].droplevel("word")
        assert table.reindex(alone.index).equals(alone)


# What to write instead -------------------------------------------------------------------------------------------------

CUT = {
    "cut": lambda t: pd.cut(t["score"], [0, 2, 4, 6]),
    "qcut": lambda t: pd.qcut(t["score"], 3),
    "intervals": lambda t: pd.cut(t["score"], [0, 2, 4, 6]).astype(pd.IntervalDtype("int64", "right")),
}


@pytest.mark.parametrize("way", CUT)
def test_bands_are_named_where_they_are_cut(door, way):
    data = door.study.scores.dropna(subset="score").query("measure == 'motivation'").assign(level=CUT[way])
    said = refused(lambda: door.safe.pivot_table(data, values="score", index="level"))
    [line, headings] = re.findall(r"^ +(data = .*|headings=.*)$", said, re.MULTILINE)
    held = {"data": data, "pd": pd}
    exec(line.replace("…", "score"), held)  # noqa: S102 - the line that is to be pasted
    named = held["data"]["own_band"]
    assert named.notna().all() and (named == "above").equals(data["score"] > 4)
    heads = eval(headings.removeprefix("headings=").replace('"…"', '"Own"'))  # noqa: S307 - likewise
    assert not any(door.words.knows(key) for key in heads)
    table = door.safe.crosstab(held["data"]["measure"], named)
    door.table(f"own_{way}", table, headings=heads, **SAID)


def correlations(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.pivot(columns="measure", values="change").corr()  # noqa: PD010 - as newcomers write it


def by_own_words(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.crosstab(rows["measure"], rows["value"].gt(3).map({True: "agree", False: "others"}))


BY_PANDAS = {  # what pandas made: the line that makes it
    "shares of answers": (
        lambda s: s.answers.groupby("measure", observed=True)["category"].value_counts(normalize=True),
        'safe.crosstab(data["measure"], data["category"], normalize="index")',
    ),
    "shares across": (
        lambda s: pd.crosstab(s.answers["measure"], s.answers["category"], normalize="index"),
        'safe.crosstab(data["measure"], data["category"], normalize="index")',
    ),
    "counted answers": (
        lambda s: s.answers["category"].value_counts(),
        'safe.crosstab(data["measure"], data["category"])',
    ),
    "crossed answers": (
        lambda s: pd.crosstab(s.answers["measure"], s.answers["category"]),
        'safe.crosstab(data["measure"], data["category"])',
    ),
    "crossed by own words": (
        lambda s: by_own_words(s.answers.dropna(subset="value")),
        'safe.crosstab(data["measure"], data["…"])',
    ),
    "correlations": (
        lambda s: correlations(linked(s)),
        'safe.apply(data.groupby("measure", observed=True), lambda rows: rows["earlier"].corr(rows["later"]))',
    ),
}


@pytest.mark.parametrize("way", BY_PANDAS)
def test_a_table_that_pandas_made_leads_to_the_call_that_makes_it(door, way):
    make, line = BY_PANDAS[way]
    said = refused(lambda: door.table("x", make(door.study), **SAID))
    assert line in said
    held = pasted(door, said.replace('data["…"]', 'data["category"]'), data=door.study.answers)
    assert held["table"].notna().any(axis=None)
    if way in ("shares of answers", "crossed answers"):
        assert held["data"].equals(door.study.answers)


def test_the_size_of_a_group_is_left_out(door):
    said = refused(lambda: door.table("x", door.study.participants["group"].value_counts(), **SAID))
    assert "what to do: leave it out, since the size of a group is not told" in said


RECIPES = {  # an example that stands in a message, and what leads to it
    "totals": lambda d: d.safe.crosstab(asked(d)["measure"], asked(d)["category"], margins=True),
    "a median": lambda d: d.safe.pivot_table(asked(d), values="value", index="measure", aggfunc="median"),
    "a spread": lambda d: d.safe.pivot_table(asked(d), values="value", index="measure", aggfunc="std"),
    "several numbers": lambda d: d.safe.apply(both(d).groupby("measure"), lambda rows: rows[["change"]].mean()),
    "two frames": lambda d: d.safe.crosstab(asked(d)["measure"], one(d)["group"]),
    "a merge": lambda d: d.safe.pivot_table(asked(d).reset_index(drop=True), values="value", index="measure"),
}


@pytest.mark.parametrize("way", RECIPES)
def test_an_example_names_nothing_that_a_notebook_does_not_have(door, way):
    said = refused(lambda: RECIPES[way](door))
    held = {"safe": door.safe, "study": door.study}
    line = said.splitlines()[-1].strip()
    assert eval(line, held).notna().any(axis=None)  # noqa: S307 - the line that is to be pasted


@pytest.mark.parametrize("rows", ["measure", ["measure", "wave"]])
def test_a_frame_and_names_lead_to_its_columns(door, rows):
    said = refused(lambda: door.safe.crosstab(door.study.answers, rows, "category"))
    columns = 'data["measure"]' if rows == "measure" else '[data["measure"], data["wave"]]'
    assert said.splitlines()[-1].strip() == f'safe.crosstab({columns}, data["category"])'
    pasted(door, said, data=door.study.answers)


# Why cells are hidden --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["table", "figure"])
def test_cells_that_are_hidden_beside_published_ones_are_not_called_small(door, monkeypatch, kind):
    """The groups of the 38 who answered are 14, 13 and 11: nearly those of the 28 of the published changes."""
    rows = door.study.scores[door.study.scores["wave"] == door.study.waves[0]].query("measure == 'motivation'")
    rows = rows.dropna(subset="score")
    assert sorted(rows["group"].value_counts()) == [11, 13, 14]
    means, shown = door.safe.pivot_table(rows, values="score", index="group"), []
    assert means["score"].isna().all()
    monkeypatch.setattr(report, "display", lambda data, **_: shown.append(data[MIME].get("why")))
    draw = [lambda axes, table: axes.barh(table["group"], table["score"])] if kind == "figure" else []
    getattr(door, kind)(f"hidden_{kind}", means, *draw, **SAID)
    [why] = filter(None, shown)
    assert "too few people" not in why and "fewer groups" not in why
    assert "its people are those of another published number" in why
    assert 'study.pairs.dropna(subset="change")' in why


# What the second newcomer met ------------------------------------------------------------------------------------------


def coefficients(door) -> pd.DataFrame:
    from statsmodels.formula import api

    fit = api.ols("change ~ earlier", one(door)).fit()
    return pd.DataFrame({"estimate": fit.params, "p": fit.pvalues})


@pytest.mark.parametrize(
    "made", [lambda t: t, lambda t: t.rename_axis("term"), lambda t: t.rename_axis("term").reset_index()]
)
def test_coefficients_in_a_frame_lead_to_the_model(door, made):
    said = refused(lambda: door.table("own", made(coefficients(door)), **SAID))
    assert 'report.model("own", "outcome ~ earlier", data' in said and "pivot_table" not in said


def test_a_level_with_a_number_in_it_leads_to_a_name_and_a_heading(door):
    rows = door.study.scores.dropna(subset="score")
    years = door.study.participants["seniority"].reindex(rows.index)
    data = rows.assign(senior=np.where(years.eq("over_10_years"), "11 or more", "fewer"))
    headings = {"senior": ("ותק", "Seniority"), "fewer": ("פחות", "Fewer")}
    table = door.safe.pivot_table(data, values="score", index=["measure", "senior"])
    said = refused(lambda: door.table("senior", table, headings=headings, **SAID))
    held = pasted(door, said, data=data)
    table = door.safe.pivot_table(held["data"], values="score", index=["measure", "senior"])
    door.table("senior", table, headings=headings | {"own_level": ("11 שנים או יותר", "11 years or more")}, **SAID)


@pytest.mark.parametrize("row", [lambda t: next(t.itertuples()), lambda t: t.to_dict("records")[0], lambda t: 3])
def test_a_row_that_is_none_is_answered_with_how_to_choose_one(door, row):
    table = door.safe.pivot_table(door.study.scores, values="score", index="measure")
    said = refused(lambda: door.say(en="{score}", he="{score}", row=row(table)))
    assert "row= takes a row of a table" in said and "row=table.iloc[[0]]" in said
    assert "n=report.cell(" in refused(lambda: door.say(en="{n}", he="{n}", row=Cell(3)))


def test_a_cell_in_an_f_string_is_refused_by_its_number(door):
    said = refused(lambda: door.say(en=f"It was {Cell(4.1, 1)}.", he="כך היה."))
    assert "4.1" in said and "Cell(" not in said


def test_cells_are_added_up_with_or_without_a_list(door):
    assert door.safe.sum(Cell(3), Cell(4)).value == door.safe.sum([Cell(3), Cell(4)]).value == 7


def test_answers_side_by_side_may_be_of_a_model(door):
    """38 people answered the first wave: the columns are those that 02 takes for the reliability of the scales."""
    wide = door.study.side_by_side(door.study.waves[0])
    terms = door.model("wide", "self_leader ~ self_role", wide, **SAID)
    assert set(terms["n"]) == {38} and terms["estimate"].notna().all()


def test_a_model_that_a_cohort_cannot_bear_is_left_out_and_not_another_one(monkeypatch):
    """Of one wave C(wave) tells nothing; of waves that are not linked nobody is known to have answered twice."""
    for cohort, why in (("3", "all rows have the same “wave”"), ("local-3", "nobody is known to have answered twice")):
        shown, door = [], Report(cleaned(cohort), "en")
        monkeypatch.setattr(report, "display", lambda data, shown=shown, **_: shown.append(data[MIME].get("why")))
        groups = "respondent" if cohort == "local-3" else None
        data = door.study.answers.dropna(subset="value")
        data = data if groups else data.query("measure == 'motivation_promote'")
        assert door.model("waves", "value ~ C(wave)", data, groups=groups, **SAID).empty
        assert why in [*filter(None, shown)][-1]


def test_respondents_in_a_column_are_those_of_the_rows(door):
    """As smf.mixedlm(…, groups=rows["respondent"]) needs them."""
    rows = door.study.scores.query("measure == 'motivation'").dropna(subset="score")
    terms = door.model("by_column", "score ~ wave", rows.reset_index(), groups="respondent", **SAID)
    assert terms.equals(door.model("by_index", "score ~ wave", rows, groups="respondent", **SAID))
    made = door.safe.pivot_table(rows.reset_index(), values="score", index="wave")
    assert made.equals(door.safe.pivot_table(rows, values="score", index="wave"))


def doors(cohort: str, monkeypatch) -> tuple[Report, list]:
    """The report of a cohort, and the reasons that it gives for what it leaves out."""
    shown: list = []
    monkeypatch.setattr(report, "display", lambda data, **_: shown.append(data[MIME].get("why")))
    return Report(cleaned(cohort), "en"), shown


def of_last_wave(door, *traits: str) -> pd.DataFrame:
    rows = door.study.scores.query("measure == 'self_perception' and wave == @door.study.waves[-1]")
    return rows.dropna(subset="score").join(door.study.participants[[*traits]])


def test_small_groups_of_all_terms_are_joined_at_once(door, monkeypatch):
    """Joining those of one term led to the next term's refusal."""
    third, shown = doors("3", monkeypatch)
    data = of_last_wave(third, "seniority")
    assert third.model("own", "score ~ C(group) + C(seniority)", data, **SAID).empty
    held = pasted(third, [*filter(None, shown)][-1], data=data)
    assert held["data"]["group"].nunique() == held["data"]["seniority"].nunique() == 2
    headings = {"joined": ("יחד", "Together"), "joined_seniority": ("עד 10 שנים", "Up to 10 years")}
    terms = third.model("own", "score ~ C(group) + C(seniority)", held["data"], headings=headings, **SAID)
    assert len(terms) == 3 and not terms["hidden"].any()


def test_where_nobody_is_known_in_both_waves_no_line_leads_to_pairs(door, monkeypatch):
    """One of 33 did not answer about the sponsor: a model without him would tell of him."""
    local, shown = doors("local-3", monkeypatch)
    assert local.model("groups", "score ~ C(group)", of_last_wave(local), **SAID)["hidden"].all()
    wide = local.study.scores.query("wave == 'programme_end'").pivot(columns="measure", values="score")  # noqa: PD010
    assert wide.isna().sum().sum() == 1
    formula = "own_area_activity ~ motivation + self_perception"
    assert local.model("fewer", formula, wide.dropna(), **SAID)["hidden"].all()
    assert not local.model("of_all", "sponsor_support ~ motivation", wide, **SAID)[
        "hidden"
    ].any()  # all who answered it
    assert local.model("with_one", "sponsor_support ~ motivation", 6 - wide, **SAID)["hidden"].all()
    of_groups, of_fewer, of_one = filter(None, shown)
    assert "pairs" not in of_groups + of_fewer + of_one
    assert "report.model leaves out who did not, without dropna()" in of_fewer
    assert "a few of these people have no sponsor_support" in of_one
    assert set(local.model("all", formula, wide, **SAID)["n"]) == {33}


def test_lines_call_a_frame_as_the_notebook_does(door):
    linked_people = one(door)
    said = refused(lambda: door.safe.crosstab(linked_people, "measure", "wave"))
    assert 'safe.crosstab(linked_people["measure"], linked_people["wave"])' in said and "here called" not in said
    said = refused(lambda: door.safe.crosstab(linked_people["wave"], linked_people["change"]))
    assert "linked_people = linked_people.assign(own_band=pd.cut(linked_people[" in said
    said = refused(lambda: door.safe.apply(linked_people.groupby("measure"), "mean"))
    assert "safe.apply(linked_people.groupby(" in said
    said = refused(lambda: door.model("own", "change ~ earlier > 3", linked_people, **SAID))
    assert "data" not in "".join(re.findall(r"^ +.*$", said, re.MULTILINE))
    assert 'safe.crosstab(data["measure"]' in refused(lambda: door.safe.crosstab(one(door), "measure", "wave"))


def test_a_mixed_model_that_only_another_optimizer_ends_is_fitted(door, monkeypatch):
    """bfgs, lbfgs and cg stop beside the maximum (|grad| = 17.6) for the answers of 39 people; Powell's method reaches it."""
    answers = door.study.answers.dropna(subset="value")
    said, held = advised(door, monkeypatch, "value ~ C(wave)", answers, groups="respondent")
    assert "converge" not in said and "change ~ 1" in said
    assert held["data"].index.nunique() == 28


def test_a_released_result_is_sorted_by_waves_and_measures_in_their_order(door):
    """Follow-up stood before the end of the programme, in the order of letters."""
    table = door.safe.pivot_table(door.study.scores, values="score", index=["wave", "measure"]).reset_index()
    given = door.release("ordered", table.astype({"wave": "str", "measure": "str"}))
    assert [*given.sort_values("wave")["wave"].unique()] == ["programme_end", "follow_up"]
    assert given.sort_values("measure")["measure"].iloc[0] == "motivation"


def test_numbers_of_a_table_of_ones_own_are_written_as_what_they_are(door, monkeypatch):
    """Whole answers were written 4.0, changes by group without their sign, a mean of 3.0 in a sentence as 3."""
    shown: list[str] = []
    monkeypatch.setattr(report, "display", lambda data, **_: shown.append(str(data[MIME].get("en"))))
    answers = door.study.answers.query("measure == 'motivation_promote'").dropna(subset="value")
    door.table("codes", door.safe.crosstab(answers["value"].astype(int), answers["wave"]), **SAID)
    assert "4.0" not in shown[-1] and "Rows and columns that too few people stand behind do not appear" in shown[-1]
    changes = door.safe.pivot_table(both(door), values="change", index="measure", columns="group")
    door.table("signs", changes, **SAID)
    assert "+0.7" in shown[-1]  # wider involvement at headquarters
    means = door.safe.pivot_table(door.study.answers, values="as_worded", index=["measure", "wave"]).dropna()
    whole = means[means["as_worded"] % 1 == 0].iloc[[0]]
    door.say(en="On average {as_worded}.", he="בממוצע {as_worded}.", row=whole)
    assert ".0" in shown[-1]


def test_people_of_the_pairs_are_taken_where_there_are_pairs(door, monkeypatch):
    """The line that cohort 1 gets emptied the same model of a cohort with one wave."""
    wide = 6 - door.study.scores.query("wave == 'follow_up'").pivot(columns="measure", values="score")  # noqa: PD010 - no scores of the study
    said, _ = advised(door, monkeypatch, "motivation ~ self_perception", wide)
    [line] = [line for line in LINES.findall(said) if ".isin(" in line]
    third, _ = doors("3", monkeypatch)
    other = third.study.scores.query("wave == 'programme_end'").pivot(columns="measure", values="score")  # noqa: PD010
    held = {"study": third.study, re.match(r"\w+", line)[0]: other}
    exec(line, held)  # noqa: S102 - the line that is to be pasted
    assert held[re.match(r"\w+", line)[0]].equals(other)


def test_a_number_in_a_heading_is_to_be_written_in_words(door):
    table = door.safe.pivot_table(one(door).assign(own=1.0 * one(door)["change"]), values="own", index="measure")
    said = refused(lambda: door.table("own", table, headings={"own": ("עד 3", "Up to 3")}, **SAID))
    assert "what to do: write it in words (of a group years" in said


def test_where_waves_are_not_linked_nobody_is_known_to_have_been_silent():
    """“50% of local government answered” stood on the page, and 27 of 32 had: each pseudonym is of one wave."""
    response = Report(cleaned("local-3"), "en").study.response
    assert response["answered"].all() and [*response.groupby("wave", observed=True).size()] == [33, 25]
    first = Report(cleaned("1"), "en").study.response
    assert [*first.groupby("wave", observed=True)["answered"].sum()] == [38, 29] and len(first) == 78


def test_contrasts_of_patsy_are_no_columns(door):
    terms = door.model("contrast", "change ~ C(group, Treatment('headquarters'))", one(door), **SAID)
    assert len(terms) == 3


def test_people_of_unlinked_waves_that_are_counted_together_are_said_to_count_in_each(monkeypatch):
    """“58 people” stood on the page of a cohort of 40, without a word."""
    for cohort, keys, noted in (
        ("local-3", "measure", True),
        ("local-3", ["measure", "wave"], False),
        ("1", "measure", False),
    ):
        shown: list[str] = []
        monkeypatch.setattr(report, "display", lambda data, shown=shown, **_: shown.append(str(data[MIME].get("en"))))
        each = Report(cleaned(cohort), "en")
        each.table("own", each.safe.pivot_table(each.study.scores, "score", keys, aggfunc="count"), **SAID)
        assert ("aves are not linked: those who answered several of them count in each" in shown[-1]) == noted
