"""The means of several columns in one table, as pandas gives them, and sentences and headings about them."""

import pandas as pd
import pytest
import seaborn as sns
from followup.disclosure.output_check import NotForPublication
from followup.report import report as report_module
from followup.report import tables
from followup.report.charts import answer_charts
from followup.report.report import Report
from in_notebooks import cleaned, no_page

COHORTS = ("1", "3", "local-3")


@pytest.fixture
def shown(monkeypatch):
    """What the calls hand over, as HTML, one after the other."""
    pieces: list[str] = []
    with no_page():
        monkeypatch.setattr(report_module, "display", lambda data, raw: pieces.append(data.get("text/html", "")))
        yield pieces


@pytest.fixture
def drawn():
    with no_page(drawn=True):
        yield


def opened(cohort: str) -> Report:
    return Report(cleaned(cohort), "en")


def last_wave(door: Report, least: float) -> pd.DataFrame:
    scores = door.study.scores.query("wave == @door.study.waves[-1]").dropna(subset="score")
    return scores.assign(reached=scores["score"] >= least)


@pytest.mark.parametrize("cohort", COHORTS)
def test_a_mean_and_a_share_stand_in_one_sentence(cohort, shown):
    door = opened(cohort)
    rows = last_wave(door, 4).query("measure == 'motivation'")
    table = door.safe.pivot_table(rows, values=["score", "reached"], index="measure")
    door.say(
        en="{measure}: {score}, and {reached} of {n} reached the mark.",
        he="{measure}: {score}, ו־{reached} מבין {n} הגיעו לסף.",
        row=table,
    )
    said = shown[-1].replace("\u2066", "").replace("\u2069", "")
    assert {"1": "60% of 28 to 29", "3": "60% of 24", "local-3": "60% of 25"}[cohort] in said


@pytest.mark.parametrize("cohort", COHORTS)
def test_each_column_is_that_of_a_table_of_its_own(cohort, shown):
    door = opened(cohort)
    rows = last_wave(door, 4)
    both = door.safe.pivot_table(rows, values=["score", "reached"], index="measure")
    for value in ("score", "reached"):
        alone = door.safe.pivot_table(rows, values=value, index="measure")
        assert both[value].reindex(alone.index).equals(alone[value])
        known = alone["n"].dropna()
        assert both[f"n_{value}" if "n" not in both else "n"].reindex(known.index).equals(known)
    assert door.safe.holds(both)


def test_where_columns_rest_on_different_people_each_has_its_number_and_a_heading(shown):
    door = opened("1")
    both = door.safe.pivot_table(last_wave(door, 4), values=["score", "reached"], index="measure")
    assert [*both] == ["n_score", "score", "n_reached", "reached"]
    assert tuple(both.loc["motivation", ["n_score", "n_reached"]]) == (28, 29)
    door.table("both", both, headings={"reached": ("הגיעו", "Reached")}, en="Means and shares", he="ממוצעים ושיעורים")
    assert "n · Mean" in shown[-1] and "n · Reached" in shown[-1]
    assert "Follow-up: of what both waves asked, only those who answered both are counted" in shown[-1]


def test_of_groups_the_least_of_both_is_told(shown):
    door = opened("1")
    both = door.safe.pivot_table(last_wave(door, 4), values=["score", "reached"], index=["measure", "group"])
    assert [*both] == ["n", "score", "reached", "at_least"]
    assert both["at_least"].all()


def test_a_later_table_of_nearly_these_people_is_hidden(shown):
    """Of 29 the share of 4 and more is told; that of the 28 who are linked would tell what the one answered."""
    door = opened("1")
    rows = last_wave(door, 4).query("measure == 'motivation'")
    linked = door.study.pairs.query("measure == 'motivation'").dropna(subset="change").index
    both = door.safe.pivot_table(rows, values=["score", "reached"], index="measure")
    door.table("both", both, headings={"reached": ("הגיעו", "Reached")}, en="Means and shares", he="ממוצעים ושיעורים")
    later = door.safe.pivot_table(rows[rows.index.isin(linked)], values="reached", index="measure")
    assert later["reached"].isna().all()


@pytest.mark.parametrize(("least", "told"), [(3.0, False), (3.5, True), (4.0, True)])
def test_a_bound_of_ones_own_a_few_people_from_the_published_one_is_not_told(least, told, shown):
    """26 of 29 are at three or more and 22 are published as high: four people would follow; 17 are at four or more."""
    door = opened("1")
    rows = last_wave(door, least).query("measure == 'motivation'")
    assert int(rows["reached"].sum()) == {3.0: 26, 3.5: 22, 4.0: 17}[least]
    share = door.safe.pivot_table(rows, values="reached", index="measure")["reached"]
    assert share.notna().all() == told


def test_counts_and_tables_across_are_of_one_column(shown):
    door = opened("1")
    rows = last_wave(door, 4)
    for more in ({"aggfunc": "count"}, {"columns": "group"}):
        with pytest.raises(NotForPublication, match=r'safe\.pivot_table\(rows, values="score", index="measure"\)'):
            door.safe.pivot_table(rows, values=["score", "reached"], index="measure", **more)
    assert [*door.safe.pivot_table(rows, values=["score"], index="measure")] == ["n", "score"]


# Options and headings ---------------------------------------------------------------------------------------------------


def stages(door: Report) -> pd.DataFrame:
    return door.study.choices.query("question == 'still_involved'").dropna(subset="option")


def test_options_without_their_question_lead_to_the_line_that_names_it(shown):
    door = opened("1")
    chosen = stages(door)
    with pytest.raises(NotForPublication) as refusal:
        door.safe.crosstab(chosen["wave"], chosen["option"], normalize="index")
    line = 'safe.crosstab(chosen["wave"], [chosen["question"], chosen["option"]], normalize="index")'
    assert line in str(refusal.value)
    door.table("stay", eval(f"door.{line}"), en="Who stays", he="מי נשארים")  # noqa: S307 - as it is pasted
    assert '<th scope="col" class="number">Yes</th>' in shown[-1]
    assert "69%" in shown[-1]


def test_options_in_rows_stand_in_words_and_their_question_is_headed(shown):
    door = opened("1")
    chosen = stages(door)
    with pytest.raises(NotForPublication) as refusal:
        door.safe.crosstab([chosen["question"], chosen["wave"]], chosen["option"])
    assert 'safe.crosstab(chosen["wave"], [chosen["question"], chosen["option"]])' in str(refusal.value)
    made = door.safe.crosstab([chosen["question"], chosen["option"]], chosen["wave"])
    door.table("stay", made, en="Who stays", he="מי נשארים")
    assert '<th scope="col">Question</th>' in shown[-1]
    assert "Yes" in shown[-1]


@pytest.mark.parametrize(
    "said",
    [
        ("ענו 4 או 5", "Answered 4 or 5"),
        ("4 ומעלה", "4 or more"),
        ("1–5", "1–5"),
        ("דירגו 5", "Rated 5"),
        ("4+", "4+"),
    ],
)
def test_points_of_the_scale_may_stand_in_a_heading(said, shown):
    door = opened("3")
    table = door.safe.pivot_table(last_wave(door, 4), values="reached", index="measure")
    door.table("reached", table, headings={"reached": said}, en="Share", he="שיעור")
    assert said[1] in shown[-1].replace("\u2066", "").replace("\u2069", "")


@pytest.mark.parametrize(
    "said",
    [
        ("5 אנשים", "5 people"),
        ("12 ומעלה", "12 or more"),
        ("3.7 ומעלה", "3.7 or more"),
        ("ממוצע של 5", "Mean of 5"),
        ("4–12", "4–12"),
    ],
)
def test_other_numbers_may_not(said, shown):
    door = opened("3")
    table = door.safe.pivot_table(last_wave(door, 4), values="reached", index="measure")
    with pytest.raises(NotForPublication, match="is typed into the heading"):
        door.table("reached", table, headings={"reached": said}, en="Share", he="שיעור")


def test_a_number_that_no_table_has_leads_to_a_table_that_has_it(shown):
    door = opened("1")
    with pytest.raises(NotForPublication) as refusal:
        door.say(en="The mean was 3.91.", he="הממוצע היה 3.91.")
    lines = str(refusal.value).split("for the sentence, as in\n")[1]
    study, safe = door.study, door.safe
    exec(lines.replace("report.", "door.").replace("        ", ""), {"study": study, "safe": safe, "door": door})  # noqa: S102
    assert "Motivation" in shown[-1]


def test_an_intercept_has_no_sign(shown):
    door = opened("1")
    linked = door.study.pairs.query("measure == 'motivation'").dropna(subset="change")
    door.model("own", "later ~ earlier", linked, en="The later answer", he="התשובה המאוחרת")
    row = shown[-1].split("Intercept")[1].split("</tr>")[0]
    assert "+" not in row
    assert tables.flat(linked).shape[0] == len(linked)


# Lines to paste ---------------------------------------------------------------------------------------------------------


def test_means_that_pandas_grouped_lead_to_a_line_that_makes_them(shown):
    door = opened("3")
    plain = last_wave(door, 4).groupby("measure", observed=True)["score"].agg(["mean", "count"])
    with pytest.raises(NotForPublication) as refusal:
        door.table("means", plain, en="Means", he="ממוצעים")
    lines = str(refusal.value).split("as in\n")[1].replace("        ", "").replace("report.table", "door.table")
    exec(lines.replace("…", "Own"), {"study": door.study, "safe": door.safe, "door": door})  # noqa: S102 - as it is pasted
    assert "Motivation" in shown[-1]


def test_shares_of_columns_lead_to_shares_of_rows(shown):
    door = opened("1")
    answers = door.study.answers.dropna(subset="value")
    with pytest.raises(NotForPublication) as refusal:
        door.safe.crosstab(answers["category"], [answers["measure"], answers["wave"]], normalize="columns")
    line = str(refusal.value).splitlines()[-1].strip()
    assert line == 'safe.crosstab([answers["measure"], answers["wave"]], answers["category"], normalize="index")'


@pytest.mark.parametrize("normalize", [False, "index"])
def test_an_answer_that_nobody_gave_is_nought_and_not_hidden(normalize, shown):
    """“hidden (could identify people)” stood beside 26 and 125, and the README’s own recipe showed 0%."""
    door = opened("1")
    answers = door.study.answers.query("wave == 'programme_end' and scale == 'motivation'").dropna(subset="value")
    made = door.safe.crosstab(answers["scale"], answers["category_of_value"], normalize=normalize)
    assert [*made.loc["motivation"]] == ([0, 0.17, 0.83] if normalize else [0, 26, 125])
    door.table("nought", made, en="Answers", he="תשובות")
    assert ("0%" in shown[-1].replace("\u2066", "")) == bool(normalize)
    few = door.study.answers.query("wave == 'follow_up' and scale == 'programme_contribution'").dropna(subset="value")
    of_each = door.safe.crosstab(few["measure"], few["category_of_value"], normalize=normalize)
    assert (
        of_each.isna().any(axis=None) and of_each["low"].isna().all()
    )  # it would tell that the few others are all in the middle
    by_group = door.safe.crosstab(answers["group"], answers["category_of_value"], normalize="index")
    assert by_group["low"].isna().all()


def test_a_term_without_an_interval_says_why_on_the_page(shown):
    door = opened("1")
    linked = door.study.pairs.query("measure == 'motivation'").dropna(subset="change")
    door.model("own", "change ~ C(group)", linked, en="By group", he="לפי קבוצה")
    page = next(html for html in reversed(shown) if "<table>" in html)
    assert "has no interval and no p" in page
    assert "could identify people" not in page


def test_a_chart_of_the_package_says_which_column_a_table_lacks(drawn):
    """A bare KeyError came out of the package."""
    door = opened("1")
    answers = door.study.answers.dropna(subset="value")
    made = door.safe.crosstab([answers["measure"], answers["wave"]], answers["category"])
    with pytest.raises(
        NotForPublication, match="“answer_bars” draws a table of results that has “n”, and this one has measure"
    ):
        door.figure("own", made, answer_charts.answer_bars, en="Answers", he="תשובות")


def test_a_cell_of_a_yes_or_no_is_the_one_that_was_asked_for(shown):
    """The line to paste named “False” where True was asked for."""
    door = opened("1")
    rows = door.study.answers.query("wave == 'programme_end'").dropna(subset="value")
    made = door.safe.crosstab(rows["measure"], (rows["value"] >= 4).rename("agrees"))
    heads = {"agrees": ("ה", "Agrees"), "True": ("כן", "Yes"), "False": ("לא", "No")}
    door.table("agreed", made, headings=heads, en="Who agrees", he="מי מסכימים")
    true = int((rows.query("measure == 'sponsor_projects'")["value"] >= 4).sum())
    assert door.cell("agreed", True, measure="sponsor_projects").value == true


def test_answers_are_named_in_sentences_and_captions_too(shown):
    door = opened("3")
    table = door.safe.pivot_table(last_wave(door, 4), values="reached", index="measure")
    said = {"en": "Who rated 4 or 5", "he": "מי דירגו 4 או 5"}
    door.table("reached", table, headings={"reached": ("שיעור", "Share")}, **said)
    door.say(en="{reached} rated 4 or more.", he="{reached} דירגו 4 ומעלה.", row=table.head(1))
    assert "4 or more" in shown[-1].replace("\u2066", "").replace("\u2069", "")
    for text in ("4 left their post.", "The mean is 4.", "12 or more left.", "It was left: 4, of all."):
        with pytest.raises(NotForPublication, match="is typed into the sentence"):
            door.say(en=text, he="כך.")


def test_a_heatmap_may_write_the_numbers_of_its_table(drawn):
    """“3” was said to be written in the picture and in no cell: “4”, a number of rows, was taken out of “4.3”."""
    door = opened("1")
    items = door.study.answers.dropna(subset="value").query("scale == 'motivation'")
    means = door.safe.pivot_table(items, values="value", index=["measure", "wave"])
    for rows in (means, means.iloc[:4]):

        def heat(axes, table):
            wide = table.pivot(index="measure", columns="wave", values="value")  # noqa: PD010 - as it is written
            sns.heatmap(wide, annot=True, fmt=".1f", vmin=1, vmax=5, ax=axes)

        door.figure(f"heat_{len(rows)}", rows, heat, en="Means", he="ממוצעים")


def test_a_table_of_statements_says_that_some_are_reversed(shown):
    """“I find it hard to summon the energy … 4.0” stood there, without a word."""
    door = opened("1")
    items = door.study.answers.dropna(subset="value").query("scale == 'motivation'")
    means = door.safe.pivot_table(items, values="value", index=["measure", "wave"])
    door.table("items", means, en="Means", he="ממוצעים")
    assert "everse-coded statements are reversed" in shown[-1]
    scores = door.safe.pivot_table(last_wave(door, 4), values="score", index="measure")
    door.table("scales", scores, en="Means", he="ממוצעים")
    assert "everse-coded" not in shown[-1]


def test_columns_of_the_studys_frames_are_headed(shown):
    door = opened("1")
    linked = door.study.pairs.query("kind == 'scale'").dropna(subset="change")
    both = door.safe.pivot_table(linked, values=["earlier", "later"], index="measure")
    door.table("both", both, en="Both waves", he="שני השלבים")
    assert "Value in the later wave" in shown[-1]
    ties = door.safe.crosstab(door.study.ties["kind"], door.study.ties["wave"])
    door.table("ties", ties, en="Ties", he="קשרים")
    assert '<th scope="col">Kind</th>' in shown[-1]


def test_per_cents_of_ones_own_have_no_decimal_that_says_nothing(shown):
    door = opened("3")
    rows = last_wave(door, 4)
    shares = door.safe.apply(rows.groupby("measure", observed=True), lambda d: d["reached"].mean() * 100)
    assert shares["value"].notna().any()
    door.table("shares", shares, headings={"value": ("אחוז", "Per cent")}, en="Shares", he="שיעורים")
    page = shown[-1].replace("\u2066", "").replace("\u2069", "")
    assert ".0<" not in page and ">50<" in page


@pytest.mark.parametrize("least", [3.0, 3.5, 4.0])
def test_a_share_by_apply_is_told_where_a_pivot_table_tells_it(least, shown):
    door = opened("1")
    rows = last_wave(door, least)
    by_pivot = door.safe.pivot_table(rows, values="reached", index="measure")["reached"]
    by_apply = door.safe.apply(rows.groupby("measure", observed=True), lambda d: d["reached"].mean())["value"]
    told = [measure for measure in by_pivot.index if pd.notna(by_pivot[measure])]
    assert [measure for measure in by_apply.index if pd.notna(by_apply[measure])] == told
    assert least == 3.0 or len(told) > 3
