"""Of "k of n" both sides are held against the threshold, wherever such counts leave: "26 of 29 said yes" tells of three."""

import pandas as pd
import pytest
from followup.disclosure.output_check import NotForPublication, Rules
from followup.disclosure.suppression import both_sides, by_popularity, protected_options
from followup.report.charts.answer_charts import option_bars
from followup.study.cohort import open_cohort
from followup.study.params import Disclosure
from followup.words.columns import COLUMNS
from followup.words.verdicts import side_of
from followup.words.vocabulary import Vocabulary
from in_notebooks import described

COHORT = open_cohort("1")
POLICY, RULES = Disclosure(), Rules(COHORT.params.disclosure, COHORT.codebook)
QUESTION = "network_wishes"  # several answers, six options


def options(counts, n=29, question=QUESTION) -> pd.DataFrame:
    codes = range(1, len(counts) + 1)
    return pd.DataFrame({"question": question, "option": codes, "wave": "follow_up", "n_chosen": counts, "n": n})


def plain(text: str) -> str:
    return text.replace("\u2066", "").replace("\u2069", "")


def said(row: pd.Series, column: str = "chosen_of", language: str = "en") -> str:
    return plain(COLUMNS[column].write(row, None, language))


@pytest.mark.parametrize("n", [8, 9, 10, 12, 29])
def test_what_is_said_of_a_count_leaves_nobody_or_five_on_either_side(n):
    """Every count of every size: what is said holds of five counts or more, or is a count with five on each side."""
    alike: dict[str, set[int]] = {}
    for count in range(n + 1):
        row = protected_options(options([count], n), POLICY).iloc[0]
        alike.setdefault(said(row), set()).add(count)
    for words, counts in alike.items():
        alone = len(counts) == 1 and all(min(count, n - count) >= 5 for count in counts)
        assert alone or (len(counts) >= min(5, n - 4) and counts & {0, n}), (words, counts)
    assert set(range(5)) in alike.values()


def test_it_reads_in_both_languages():
    shown = protected_options(options([26, 24, 5, 4, 29]), POLICY)
    english = ["more than 24 of 29", "24 of 29 (83%)", "5 of 29 (17%)", "fewer than 5", "more than 24 of 29"]
    assert [said(row) for _, row in shown.iterrows()] == english
    assert said(shown.iloc[0], language="he") == "יותר מ־24 מתוך 29"
    again = protected_options(shown, POLICY)
    pd.testing.assert_frame_equal(again, shown)


def test_of_few_who_answered_nothing_is_told_of_any_option():
    shown = RULES.protected("mine", options([5, 2], n=7))
    assert shown["n_chosen"].isna().all()
    assert shown["over"].isna().all()
    assert shown["hidden"].all()


def test_the_most_wanted_comes_first_also_where_its_count_is_not_told():
    shown = protected_options(options([20, 27, 3, 22]), POLICY)
    assert by_popularity(shown)["option"].tolist() == [2, 4, 1]
    assert by_popularity(options([20, 27, 3, 0]))["option"].tolist() == [2, 1, 3]


@pytest.mark.parametrize(
    ("count", "n", "side"),
    [
        (26, 29, "majority"),
        (3, 29, "minority"),
        (14, 28, "about_half"),
        (6, 8, None),
        (3, 8, None),
        (7, 10, "majority"),
    ],
)
def test_which_side_is_the_larger_is_said_where_the_words_leave_no_doubt(count, n, side):
    """More than 3 of 8 may be half; more than 5 of 10 is most; fewer than 5 of 8 may be half, too."""
    assert side_of(protected_options(options([count], n), POLICY).iloc[0]) == side


@pytest.mark.parametrize("language", ["he", "en"])
def test_a_picture_says_what_its_table_says(language):
    frame = protected_options(options([26, 20, 2]), POLICY)
    figure, words = option_bars(frame, Vocabulary(COHORT.codebook), language)
    written = plain(" ".join(text.get_text() for text in figure.axes[0].texts))
    told = {"he": ("יותר מ־24 מתוך 29", "פחות מ־5"), "en": ("more than 24 of 29", "fewer than 5")}[language]
    for part in told:
        assert part in written
        assert part in plain(words)
    assert "26" not in written + words
    assert [bar.get_width() for bar in figure.axes[0].patches] == [24, 20]  # of few there is no bar, only the words


def test_a_question_with_one_answer_is_not_found_by_subtraction_wherever_it_stands(monkeypatch):
    """Of 29: 14, 12 and 3. The three are 29 less the others, also where another notebook shows the question by name."""
    several, one = options([14, 12, 3]), COHORT.codebook.questions[QUESTION].model_copy(update={"kind": "one"})
    assert RULES.protected("wishes", several)["n_chosen"].notna().sum() == 2
    monkeypatch.setitem(COHORT.codebook.questions, QUESTION, one)
    told = RULES.protected("wishes", several)
    assert told["option"].tolist() == [1]
    assert RULES.protected("wishes", options([26, 3])).empty


def test_other_questions_hold_both_sides(monkeypatch):
    """A question of several answers that no other part shows: 26 of 29 ticked the first option, four the second."""
    monkeypatch.setitem(COHORT.codebook.questions, "more", COHORT.codebook.questions[QUESTION].model_copy())
    rows = [
        {"respondent": f"r{place}", "value": option} for option, k in ((1, 26), (2, 4), (3, 29)) for place in range(k)
    ]
    answers = pd.DataFrame(rows).assign(question="more", wave="follow_up", missing_reason=None)
    people = sorted(answers["respondent"].unique())
    roster = pd.DataFrame(
        {"participant": people, "answered": "follow_up", "sector_group": "headquarters", "seniority": ""}
    )
    told = described(COHORT, "other_questions", participants=roster, answers=answers).set_index("option")
    assert told["n_chosen"].isna().loc[[1, 2, 3]].all()
    assert [said(told.loc[option]) for option in (1, 2, 3)] == [
        "more than 24 of 29",
        "fewer than 5",
        "more than 24 of 29",
    ]


@pytest.mark.parametrize(
    "told",
    [
        {"n_yes": [26], "n": [29]},
        {"n_yes": [3], "n": [29]},
        {"n_came": [36], "n": [39]},
        {"share": [26 / 29], "n": [29]},
        {"percent": [10.34], "n": [29]},
    ],
)
def test_the_door_refuses_a_part_that_leaves_a_few(told):
    with pytest.raises(NotForPublication, match="all but so few"):
        RULES.protected("mine", pd.DataFrame({"what": ["yes"], **told}))


@pytest.mark.parametrize("told", [{"n_yes": [24], "n": [29]}, {"n": [38], "n_all": [39]}, {"share": [0.5], "n": [30]}])
def test_the_door_takes_other_parts_and_how_many_answered(told):
    assert len(RULES.protected("mine", pd.DataFrame({"what": ["yes"], **told}))) == 1


def test_both_sides_of_whole_columns():
    counts, over = both_sides(pd.Series([0, 4, 5, 24, 25, 29]), pd.Series(29, index=range(6)), POLICY)
    assert counts.fillna(-1).tolist() == [-1, -1, 5, 24, -1, -1]
    assert over.fillna(-1).tolist() == [-1, -1, -1, -1, 24, 24]
