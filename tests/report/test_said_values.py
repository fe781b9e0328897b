"""What sentences take as values, and what is derived from tables with hidden cells: nothing false, nothing of a few."""

import re

import numpy as np
import pandas as pd
import pytest
import seaborn as sns
from followup.disclosure.output_check import NotForPublication
from followup.language import ProseProblem, without_marks
from followup.report.report import Report
from in_notebooks import cleaned, no_page
from test_blank_cells import written

SAID = {"en": "So it is", "he": "כך הדבר"}


@pytest.fixture
def door():
    with no_page(drawn=True):
        yield Report(cleaned("1"), "en")


@pytest.fixture
def of_few():
    """local-3, where two people are of the third sector."""
    with no_page(drawn=True):
        yield Report(cleaned("local-3"), "en")


def sentence(door: Report, **values) -> str | None:
    told = door._told("sentence", en="It was {label}.", he="{label}.", **values)
    return told and without_marks(told.en)


def means(door: Report) -> pd.DataFrame:
    return door.safe.pivot_table(door.study.scores, values="score", index=["measure", "wave"])


def but_for_two(door: Report) -> pd.DataFrame:
    """Of all but two who answered the first wave alone, beside whose 38 a mean of 36 would tell of these two."""
    scores = door.study.scores.dropna(subset="score")
    first, later = (scores[scores["wave"] == wave].index for wave in door.study.waves)
    some = scores[~scores.index.isin(sorted(first.difference(later))[:2])]
    return door.safe.pivot_table(some, values="score", index=["measure", "wave"])


@pytest.mark.parametrize("label", ["higher", "majority", "neither"])
def test_a_word_of_ones_own_is_no_key_of_the_page_and_is_given_in_both_languages(door, label):
    with pytest.raises(ProseProblem, match=re.escape(f'what to do: give it in both\n        label=("…", "{label}")')):
        sentence(door, label=label)


def test_a_word_of_ones_own_in_both_languages_stays_itself(door):
    told = door._told("sentence", en="It was {label}.", he="{label}.", label=("גבוה", "higher"))
    assert (without_marks(told.en), without_marks(told.he)) == ("It was higher.", "גבוה.")


def test_a_key_of_the_study_is_said_in_its_words(door):
    assert sentence(door, label="follow_up") == "It was Follow-up."


def test_a_group_of_few_is_not_chosen_by_a_sentence(of_few):
    people = of_few.study.participants["group"]
    [few, *_] = [group for group, n in people.value_counts().items() if 0 < n < 8]
    chosen = people[people == few].iloc[0]
    with pytest.raises(NotForPublication, match="a group of fewer than 8 people"):
        sentence(of_few, label=chosen)


def test_an_excerpt_that_is_part_of_a_sentence_is_refused_like_one_that_is_its_value(door):
    said = door.study.interviews["excerpt_en"].dropna().iloc[0]
    with pytest.raises(NotForPublication, match="may be what one person said"):
        door.say(en=f"One said: {said}", he="אחד אמר")
    with pytest.raises(NotForPublication, match="may be what one person said"):
        door.say(en="{sentence}", he="{sentence}", sentence=said)


def test_a_sentence_whose_number_is_hidden_is_left_out(door):
    table = but_for_two(door)
    door.table("means", table, **SAID)
    row = table.query("measure == 'motivation' and wave == 'programme_end'")
    assert door._told("sentence", en="It was {score}.", he="{score}.", row=row) is None
    row = table.query("measure == 'motivation' and wave == 'follow_up'")
    assert door._told("sentence", en="It was {score}.", he="{score}.", row=row) is not None


def test_a_hidden_number_gets_no_verdict_and_nothing_in_its_place(door):
    derived = door.safe.assign(
        but_for_two(door),
        level=lambda t: np.where(t["score"] > 3.5, "above", "below"),
        filled=lambda t: t["score"].fillna(0),
        margin=lambda t: 0.3,
    )
    hidden = derived["score"].isna()
    assert hidden.any() and not hidden.all()
    assert derived.loc[hidden, ["level", "filled"]].isna().all(axis=None)
    assert derived.loc[~hidden, ["level", "filled"]].notna().all(axis=None)
    assert derived["margin"].eq(0.3).all()  # which hangs on no number


def of_groups(door: Report) -> pd.DataFrame:
    return door.safe.pivot_table(door.study.pairs.dropna(subset="change"), values="change", index=["measure", "group"])


def test_a_size_that_is_told_as_the_least_stays_so_in_every_part_of_the_table(door, monkeypatch):
    table = of_groups(door)
    shown = {"alone": table["n"], "chosen": table[["n", "change"]], "dropped": table.drop(columns="at_least")}
    for name, part in shown.items():
        rows = written(door, monkeypatch, lambda door, name=name, part=part: door.table(name, part, **SAID))
        cells = {without_marks(cell) for row in rows for cell in row}
        assert "at least 8" in cells and "8" not in cells, name
        of_one = door.cell(name, "n", measure="motivation", group="operational")
        assert without_marks(of_one.text.en) == "at least 8", name
    assert door.safe.assign(table, share=lambda t: t["n"] / 28)["share"].isna().all()


def test_a_size_that_is_told_as_the_least_is_no_bar(door):
    lengths = []

    def draw(axes, table):
        sns.barplot(table, x="n", y="measure", hue="group", ax=axes)
        lengths.extend(patch.get_width() for patch in axes.patches if patch.get_width() == 8)

    door.figure("sizes", of_groups(door), draw, **SAID)
    assert lengths == []


def test_a_share_beside_one_hidden_does_not_stand_alone(door, monkeypatch):
    """Two parts of a row add up to 100%: one that is shown tells the other."""
    table = door.safe.crosstab(door.study.ties["group"], door.study.ties["wave"])
    assert not table.isna().sum(axis=1).eq(1).any()
    several = door.study.answers.dropna(subset="value").assign(high=lambda t: t["value"] > 3)
    several = door.safe.crosstab(several["measure"], several["high"], normalize="index")
    assert not several.isna().sum(axis=1).eq(1).any()
    assert several.notna().any(axis=None)


def test_a_heading_in_one_language_of_two_is_refused_and_one_without_letters_is_not(door):
    table = door.safe.pivot_table(door.study.pairs.dropna(subset="change"), values="change", index="measure")
    with pytest.raises(ProseProblem, match=re.escape('headings={"change": ("…", "…")}')):
        door.table("changes_by_hand", table, headings={"change": "Mean change"}, **SAID)
    door.table("changes_by_hand", table, headings={"change": "±", "n": "–"}, **SAID)


def test_a_key_in_a_sentence_or_a_caption_is_refused(door):
    earlier = door.study.waves[0]
    with pytest.raises(ProseProblem, match=f"“{earlier}” stands in the sentence, a key that readers do not know"):
        door.say(en=f"From {earlier} on", he="מאז")
    with pytest.raises(ProseProblem, match=f"“{earlier}” stands in the caption"):
        door.table("by_wave", means(door), en=f"Means from {earlier} on", he="ממוצעים")
