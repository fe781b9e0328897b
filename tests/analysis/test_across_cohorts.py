"""Cohorts side by side: made-up published reports, from two of them to sixty, compared only where they asked the same."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from followup.analysis import across_cohorts, published_results
from followup.language import Text
from followup.problems import InputProblems
from followup.report.charts import cohort_charts
from followup.words.vocabulary import Vocabulary
from in_notebooks import compared
from scipy import stats

HOUSE = Path(__file__).parents[2]
SCALE, OTHER = "motivation", "project_work"


def add_cohort(
    root: Path, name: str, results: dict[str, pd.DataFrame], questionnaire: str = "digital_leaders", link: str = "by_id"
) -> None:
    """A cohort with params, codebook and a published report that holds these results."""
    (root / "params" / "questionnaires").mkdir(parents=True, exist_ok=True)
    shutil.copy2(HOUSE / "params" / "questionnaires" / "digital_leaders.yaml", root / "params" / "questionnaires")
    text = (HOUSE / "params" / "1.yaml").read_text(encoding="utf-8").replace('cohort: "1"', f'cohort: "{name}"', 1)
    text = text.replace("questionnaire: digital_leaders", f"questionnaire: {questionnaire}", 1)
    text = text.replace("link: by_id", f"link: {link}", 1)
    (root / "params" / f"{name}.yaml").write_text(text, encoding="utf-8")
    folder = root / "build" / name / "results"
    folder.mkdir(parents=True)
    outputs = {}
    for result, table in results.items():
        table.to_csv(folder / f"{result}.csv", index=False)
        outputs[f"results/{result}.csv"] = hashlib.sha256((folder / f"{result}.csv").read_bytes()).hexdigest()
    (folder.parent / "manifest.json").write_text(json.dumps({"outputs": outputs}))


def other_wording(
    root: Path, name: str, *, old: str = "I am motivated to promote", new: str = "I am keen to promote"
) -> None:
    """The questionnaire with one statement put in other words."""
    text = (HOUSE / "params" / "questionnaires" / "digital_leaders.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    text = text.replace("questionnaire: digital_leaders", f"questionnaire: {name}", 1).replace(old, new)
    (root / "params" / "questionnaires").mkdir(parents=True, exist_ok=True)
    (root / "params" / "questionnaires" / f"{name}.yaml").write_text(text, encoding="utf-8")


def change(
    measure: str, first: float, second: float, n: int = 20, verdict: str = "preserved", group: str = "all"
) -> dict:
    return {
        "kind": "scale",
        "scale": measure,
        "measure": measure,
        "group": group,
        "wave": "follow_up",
        "compared_with": "programme_end",
        "n_earlier": n + 5,
        "n_later": n + 1,
        "n_linked": n,
        "mean_earlier": first,
        "mean_later": second,
        "change": second - first,
        "ci_low": second - first - 0.2,
        "ci_high": second - first + 0.2,
        "margin": 0.3,
        "verdict": verdict,
        "hidden": False,
    }


def level(measure: str, wave: str, mean: float, n: int = 20, hidden: bool = False) -> dict:
    return {
        "measure": measure,
        "wave": wave,
        "n": n,
        "n_low": 0,
        "n_middle": 0,
        "n_high": n,
        "mean": None if hidden else mean,
        "hidden_mean": hidden,
    }


def results(*rows: dict, projects: bool = True) -> dict[str, pd.DataFrame]:
    """The published tables of a cohort: its changes and levels, who answered, its projects."""
    changes = pd.DataFrame([row for row in rows if "change" in row])
    levels = pd.DataFrame([row for row in rows if "change" not in row])
    made = {
        "response": pd.DataFrame(
            [{"wave": "programme_end", "n": 25, "n_all": 30}, {"wave": "follow_up", "n": 21, "n_all": 30}]
        ),
        "changes": changes,
        "levels": levels,
    }
    if projects:
        made["projects_advanced"] = pd.DataFrame(
            [
                {
                    "wave": "follow_up",
                    "n_advanced": 4,
                    "n": 8,
                    "n_all": 9,
                    "low": 4,
                    "high": 5,
                    "lowest": 4,
                    "highest": 5,
                    "conflicts": 0,
                }
            ]
        )
        made["projects_involved"] = pd.DataFrame(
            [{"question": "still_involved", "option": 1, "wave": "follow_up", "n_chosen": 6, "n": 20}]
        )
    return made


@pytest.fixture
def root(tmp_path) -> Path:
    """Three cohorts: two linked waves, two, and one wave only."""
    add_cohort(tmp_path, "1", results(change(SCALE, 4.0, 3.9), level(OTHER, "follow_up", 2.4)))
    add_cohort(tmp_path, "2", results(change(SCALE, 4.1, 4.3, verdict="rose"), level(OTHER, "follow_up", 3.0)))
    add_cohort(tmp_path, "3", results(level(SCALE, "programme_end", 4.2, 24), projects=False))
    return tmp_path


def read(root: Path, chosen: str = "all") -> published_results.Cohorts:
    return published_results.read_cohorts(chosen, root)


# ------------------------------------------------------------ what is compared


def test_published_means_stand_side_by_side_and_one_wave_takes_part(root):
    means = compared(read(root))["means"]
    shown = {(row.scale, row.cohort, row.wave): (row.mean, row.n) for row in means.itertuples()}
    assert shown == {
        (SCALE, "1", "programme_end"): (4.0, 20),
        (SCALE, "1", "follow_up"): (3.9, 20),
        (SCALE, "2", "programme_end"): (4.1, 20),
        (SCALE, "2", "follow_up"): (4.3, 20),
        (SCALE, "3", "programme_end"): (4.2, 24),
        (OTHER, "1", "follow_up"): (2.4, 20),
        (OTHER, "2", "follow_up"): (3.0, 20),
    }


def test_an_unlinked_cohort_counts_everyone_who_answered(root):
    add_cohort(root, "local-1", results(change(SCALE, 3.0, 3.1)), link="unlinked")
    means = compared(read(root))["means"].query("cohort == 'local-1'").set_index("wave")
    assert means.loc["programme_end", ["mean", "n"]].tolist() == [3.0, 25]
    assert means.loc["follow_up", ["mean", "n"]].tolist() == [3.1, 21]


def test_changes_keep_the_verdict_of_their_own_report(root):
    cohorts = read(root)
    table = compared(cohorts)["changes"].set_index("cohort")
    assert table["verdict"].to_dict() == {"1": "preserved", "2": "rose"}
    assert table["change"].tolist() == pytest.approx([-0.1, 0.2])


def test_groups_and_hidden_rows_never_reach_the_comparison(root):
    add_cohort(
        root,
        "4",
        results(
            change(SCALE, 4, 4, group="headquarters"),
            {**change(OTHER, 1, 1), "hidden": True},
            level(SCALE, "follow_up", 4, hidden=True),
        ),
    )
    made = compared(read(root))
    assert [one.name for one in read(root).published][-1] == "4"
    assert "4" not in {*made["means"]["cohort"], *made["changes"]["cohort"], *made["asked"]["cohort"]}


def test_a_mean_of_a_few_stays_hidden(root):
    add_cohort(root, "4", results(change(SCALE, 4.0, 4.0, n=7), level(OTHER, "follow_up", 3, n=7)))
    means = compared(read(root))["means"]
    assert "4" not in set(means["cohort"])


def test_cohorts_that_share_no_scale_have_nothing_to_compare(tmp_path):
    add_cohort(tmp_path, "1", results(level(SCALE, "follow_up", 4)))
    add_cohort(tmp_path, "2", results(level(OTHER, "follow_up", 3)))
    cohorts = read(tmp_path)
    made = compared(cohorts)
    assert made["means"].empty and made["changes"].empty and made["against"].empty and made["grid"].empty


def test_projects_stand_beside_one_another(root):
    table = compared(read(root))["projects"].set_index("cohort")
    assert list(table.index) == ["1", "2"]
    assert table.loc["1", ["n_advanced", "n", "n_all", "n_involved", "n_asked"]].tolist() == [4, 8, 9, 6, 20]


# ------------------------------------------------------------ the same words


def test_a_scale_worded_otherwise_is_not_compared_silently(root):
    other_wording(root, "keen")
    add_cohort(root, "4", results(change(SCALE, 3.0, 3.0), level(OTHER, "follow_up", 3.3)), questionnaire="keen")
    cohorts = read(root)
    made = compared(cohorts)
    means, differing = made["means"], made["wordings"]
    assert set(means.loc[means["scale"] == SCALE, "cohort"]) == {"1", "2", "3"}
    assert set(means.loc[means["scale"] == OTHER, "cohort"]) == {"1", "2", "4"}
    assert differing["cohort"].tolist() == ["1", "2", "3", "4"]
    assert differing["differs_in_en"].tolist() == [*"–––", "I am keen to promote digital processes in my work"]
    assert [about[-11:] for about in differing["about_en"]] == ["(wording A)"] * 3 + ["(wording B)"]


def test_two_cohorts_that_share_another_wording_are_compared_with_each_other(root):
    other_wording(root, "keen")
    for name in ("4", "5"):
        add_cohort(root, name, results(change(SCALE, 3.0, 3.0)), questionnaire="keen")
    means = compared(read(root))["means"]
    versions = means[means["scale"] == SCALE].groupby("version")["cohort"].unique()
    assert [set(cohorts) for cohorts in versions] == [{"1", "2", "3"}, {"4", "5"}]
    assert means.loc[means["cohort"] == "4", "about_en"].str.endswith("(wording B)").all()


def test_spaces_and_marks_make_no_other_wording(root):
    other_wording(root, "spaced", new="I am  motivated to promote")
    add_cohort(root, "4", results(change(SCALE, 3.0, 3.0)), questionnaire="spaced")
    assert compared(read(root))["wordings"].empty


def answers(item: str, n: int, n_high: int, wave: str = "follow_up") -> dict[str, pd.DataFrame]:
    return {"items": pd.DataFrame([{"measure": item, "wave": wave, "n": n, "n_high": n_high}])}


def test_statements_are_compared_where_two_cohorts_asked_them_in_the_same_words(tmp_path):
    """Cohorts 1 and 2 asked alike, 4 with two spaces more; 3 asked in other words, which nobody else did."""
    other_wording(tmp_path, "keen")
    other_wording(tmp_path, "spaced", new="I am  motivated to promote")
    asked = {
        "1": (29, 21, "digital_leaders"),
        "2": (25, 20, "digital_leaders"),
        "3": (24, 9, "keen"),
        "4": (22, 11, "spaced"),
    }
    for name, (n, high, questionnaire) in asked.items():
        add_cohort(
            tmp_path, name, results(change(SCALE, 4.0, 3.9)) | answers("motivation_promote", n, high), questionnaire
        )
    cohorts = read(tmp_path)
    table = compared(cohorts)["statements"]
    assert table[["cohort", "n", "n_high"]].to_numpy().tolist() == [["1", 29, 21], ["2", 25, 20], ["4", 22, 11]]
    assert set(table["about_en"]) == {"I am motivated to promote digital processes in my work"}


def test_statements_that_no_two_cohorts_share_are_none(tmp_path):
    for name, item in (("1", "motivation_promote"), ("2", "motivation_future")):
        add_cohort(tmp_path, name, results(change(SCALE, 4.0, 3.9)) | answers(item, 20, 10))
    assert compared(read(tmp_path))["statements"].empty


# ------------------------------------------------------------ against the cohort before


@pytest.mark.parametrize(
    ("name", "series"), [("1", ("", 1)), ("local-3", ("local-", 3)), ("pilot", ("pilot", 0)), ("2019-2", ("2019-", 2))]
)
def test_a_cohorts_series_and_number_stand_in_its_name(name, series):
    assert published_results.series(name) == series


def test_the_cohort_before_is_of_the_same_series(root):
    for name in ("10", "local-1", "local-3"):
        add_cohort(root, name, results(change(SCALE, 3, 3)))
    cohorts = read(root)
    assert [one.name for one in cohorts.published] == ["1", "2", "3", "10", "local-1", "local-3"]
    before = {one.name: getattr(cohorts.before(one), "name", None) for one in cohorts.published}
    assert before == {"1": None, "2": "1", "3": "2", "10": "3", "local-1": None, "local-3": "local-1"}


def with_scores(root: Path, name: str, scores: list[float], mean: float | None = None) -> None:
    """A cohort whose published level of one scale rests on these private scores."""
    add_cohort(
        root,
        name,
        results(
            level(OTHER, "follow_up", round(np.mean(scores), 1) if mean is None else mean, len(scores)),
            projects=False,
        ),
    )
    folder = root / "build" / name / "private" / "tables"
    folder.mkdir(parents=True)
    pd.DataFrame(
        [
            {"respondent": f"r{place}", "wave": "follow_up", "scale": OTHER, "score": score, "items_answered": 4}
            for place, score in enumerate(scores)
        ]
    ).to_csv(folder / "scores.csv", index=False)


FEWER = [2.0, 2.5, 1.75, 2.25, 3.0, 2.0, 1.5, 2.75, 2.25, 2.5, 2.0, 2.25]
MORE = [3.0, 3.5, 2.75, 3.25, 4.0, 3.0, 2.5, 3.75, 3.25, 3.5, 3.0]


def against(root: Path) -> pd.DataFrame:
    return compared(read(root))["against"]


def test_the_difference_is_that_of_the_published_means_and_the_verdict_that_of_the_scores(tmp_path):
    """Means 2.229 and 3.182 are published as 2.2 and 3.2; of eleven and twelve people no interval and no p leaves."""
    with_scores(tmp_path, "1", FEWER)
    with_scores(tmp_path, "2", MORE)
    [row] = against(tmp_path).to_dict("records")
    assert (row["cohort"], row["cohort_before"], row["n"], row["n_before"]) == ("2", "1", 11, 12)
    assert (row["difference"], row["p_adjusted"], row["verdict"]) == (1.0, None, "higher")
    assert {"ci_low", "ci_high", "p"}.isdisjoint(row)


def test_from_twenty_people_the_p_leaves_as_a_band(tmp_path):
    with_scores(tmp_path, "1", FEWER * 2)
    with_scores(tmp_path, "2", MORE * 2)
    [row] = against(tmp_path).to_dict("records")
    assert stats.brunnermunzel(FEWER * 2, MORE * 2).pvalue < 0.001
    assert row["p_adjusted"] == "≤ 0.001"


def test_fewer_than_ten_have_no_interval_which_would_give_their_spread_away(tmp_path):
    with_scores(tmp_path, "1", FEWER)
    with_scores(tmp_path, "2", MORE[:9])
    [row] = against(tmp_path).to_dict("records")
    assert row["hidden"]
    assert pd.isna([row["difference"], row["p_adjusted"]]).all()


def test_scores_that_are_not_those_published_are_not_compared(tmp_path):
    with_scores(tmp_path, "1", FEWER)
    with_scores(tmp_path, "2", MORE, mean=3.0)
    assert against(tmp_path).empty


def test_a_cohort_whose_private_tables_are_elsewhere_is_not_tested(root):
    assert against(root).empty


# ------------------------------------------------------------ which reports


def test_numbers_changed_after_publication_do_not_take_part(root):
    path = root / "build" / "2" / "results" / "levels.csv"
    path.write_text(path.read_text().replace("3.0", "4.9"))
    cohorts = read(root)
    assert [one.name for one in cohorts.published] == ["1", "3"]
    assert cohorts.missing == ["2"]


def test_a_notice_on_the_page_of_a_later_failure_changes_no_number(root):
    manifest = root / "build" / "2" / "manifest.json"
    listed = json.loads(manifest.read_text())
    listed["outputs"]["report.he.html"] = "the page as it was before the notice"
    manifest.write_text(json.dumps(listed))
    assert read(root).missing == []


def test_one_report_is_nothing_to_compare(root):
    with pytest.raises(InputProblems, match="fewer than two"):
        read(root, "1")


def test_some_cohorts_may_be_chosen(root):
    assert [one.name for one in read(root, "3, 1").published] == ["1", "3"]


def test_no_cohort_may_be_called_compare(root):
    add_cohort(root, "compare", results(level(SCALE, "follow_up", 4)))
    with pytest.raises(InputProblems, match="no cohort can have this name"):
        read(root)


# ------------------------------------------------------------ sixty


@pytest.fixture(scope="module")
def sixty(tmp_path_factory) -> published_results.Cohorts:
    """Sixty cohorts of forty people."""
    root, chance = tmp_path_factory.mktemp("sixty"), np.random.default_rng(60)
    scales = (
        "motivation",
        "self_perception",
        "own_area_activity",
        "wider_involvement",
        "programme_contribution",
        "sponsor_support",
    )
    for number in range(1, 61):
        means = chance.uniform(2.5, 4.5, (len(scales), 2))
        add_cohort(
            root, str(number), results(*(change(scale, *pair, n=30) for scale, pair in zip(scales, means, strict=True)))
        )
    return read(root)


@pytest.mark.parametrize("language", ["he", "en"])
def test_sixty_cohorts_fit_in_pictures_of_the_same_size(sixty, language):
    made = compared(sixty)
    means = made["means"]
    words = Vocabulary(sixty.published[0].cohort.codebook)
    assert len(means) == 60 * 6 * 2
    for draw, frame, marks in (
        (cohort_charts.wave_dots, means, 60 * 2),
        (cohort_charts.change_dots, made["changes"], 60),
    ):
        figure, alternative = draw(frame, words, language)
        width, height = figure.get_size_inches()
        assert (width, height <= 10) == (7.2, True)
        assert len(alternative) < 6000
        for axes in figure.axes:
            drawn = sum(len(line.get_xdata()) for line in axes.lines if line.get_marker() in "ovs^")
            assert drawn == marks
        names = [label.get_text() for label in figure.axes[-1].get_xticklabels()]
        assert names == [str(number) for number in range(1, 61)]
        assert_names_do_not_touch(figure)


def assert_names_do_not_touch(figure) -> None:
    """Upright names are as wide as their figures are high, seven tenths of the font's size."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    FigureCanvasAgg(figure).draw()
    labels = figure.axes[-1].get_xticklabels()
    places = sorted(box.x0 + box.width / 2 for box in (label.get_window_extent() for label in labels))
    assert {label.get_rotation() for label in labels} == {90}
    assert min(np.diff(places)) > 0.8 * labels[0].get_fontsize() * figure.dpi / 72


# ------------------------------------------------------------ the answer


def extents(**moved: tuple[str, str]) -> pd.DataFrame:
    """In how many cohorts each scale rose, and fell."""
    rows = [(f"{name} (he)", name, rose, fell) for name, (rose, fell) in moved.items()]
    return pd.DataFrame(rows, columns=["about_he", "about_en", "rose", "fell"])


def test_the_answer_says_on_which_scales_cohorts_rose_and_fell_and_in_how_many():
    told = across_cohorts.moved(extents(Drive=("every", "none"), Role=("some", "some"), Use=("every", "none")))
    assert told.en == "Drive and use rose in every cohort. Role rose in some cohorts. Role fell in some cohorts."
    assert across_cohorts.moved(extents(Drive=("none", "none"))) == across_cohorts.NONE_MOVED
    drive = pd.DataFrame([("מוטיבציה", "Drive", "most", "none")], columns=["about_he", "about_en", "rose", "fell"])
    assert across_cohorts.moved(drive).he == "ברוב המחזורים חלה עלייה במוטיבציה."


SAID = {
    "b": Text("מחזור ב׳", "Second cohort of the programme"),
    "a": Text("מחזור א׳", "First cohort of the programme"),
    "Leaders": Text("2019", "Leaders 2019"),
    "late": Text("במעקב", "at follow-up"),
    "end": Text("בסיום", "at the end"),
}


class Said:
    """Words of cohorts and waves."""

    def __call__(self, key: str, language: str) -> str:
        return SAID[key][language]

    when = __call__


def against_before(*rows: tuple[str, str, str, str, str]) -> Text:
    """What is said of comparisons given as scale, wave, cohort, the cohort before and verdict."""
    against = pd.DataFrame(rows, columns=["scale", "wave", "cohort", "cohort_before", "verdict"])
    words = {"drive": ("מוטיבציה", "Drive to lead"), "role": ("תפקיד", "Role")}
    against["about_he"], against["about_en"] = zip(*(words[scale] for scale in against["scale"]), strict=True)
    return across_cohorts.beside_before(against, Said())


def test_what_differs_from_the_cohort_before_is_a_sentence_for_each_wave():
    told = against_before(
        ("drive", "late", "b", "a", "higher"), ("role", "late", "b", "a", "higher"), ("role", "end", "b", "a", "lower")
    )
    assert told.en == (
        "At follow-up, respondents in the second cohort of the programme scored higher than those in the first cohort "
        "of the programme on drive to lead and role. "
        "At the end, respondents in the second cohort of the programme scored lower than those in the first cohort "
        "of the programme on role."
    )
    assert told.he.startswith("במעקב היו ציוני המשיבים במחזור ב׳ גבוהים מציוני המשיבים במחזור א׳ במוטיבציה ובתפקיד. ")
    assert "in Leaders 2019 scored" in against_before(("role", "end", "Leaders", "a", "lower")).en


def test_what_cannot_be_told_of_a_cohort_and_the_one_before_is_not_said():
    told = against_before(("drive", "late", "b", "a", "cannot_be_told"))
    assert (told.he, told.en) == ("", "")


def test_where_many_pairs_of_cohorts_differ_the_table_names_them():
    rows = [("drive", wave, *pair, "higher") for wave in ("late", "end") for pair in (("b", "a"), ("a", "Leaders"))]
    assert "several" not in against_before(*rows).en
    assert against_before(*rows, ("role", "end", "b", "a", "lower")) == across_cohorts.MANY


def test_the_answer_stands_before_all_tables_and_counts_the_cohorts(root, monkeypatch):
    """Motivation was preserved in cohort 1 and rose in 2: in some; in two of three more it rises: in most."""
    shown = []
    monkeypatch.setattr(across_cohorts, "moved", lambda found: shown.append(found) or Text("א", "a"))
    for number, verdict in ((4, "rose"), (5, "rose")):
        compared(read(root))
        add_cohort(root, str(number), results(change(SCALE, 4.0, 4.5, verdict=verdict)))
    compared(read(root))
    assert [found["rose"].tolist() for found in shown] == [["some"], ["most"], ["most"]]
    assert [found["fell"].tolist() for found in shown] == [["none"]] * 3


def test_the_grid_has_a_sign_and_a_word_in_each_cell(root):
    made = compared(read(root))
    assert made["grid"].set_index("cohort").iloc[:, 0].to_dict() == {"1": "preserved", "2": "rose"}
    assert made["signed"]["rose"] == ("▲ עלייה", "▲ rose")


@pytest.mark.parametrize(
    ("titles", "names"),
    [
        (["Leaders, first cohort – study", "Leaders, second cohort – study"], ["first cohort", "second cohort"]),
        (["Leaders – a study", "Nurses – a study"], ["Leaders", "Nurses"]),
    ],
)
def test_cohorts_are_called_by_what_tells_them_apart(root, monkeypatch, titles, names):
    cohorts = published_results.Cohorts(read(root).published[:2], [])
    said = dict(zip(("1", "2"), titles, strict=True))
    monkeypatch.setattr(
        published_results.Published, "title", property(lambda one: Text(said[one.name], said[one.name]))
    )
    assert [name.en.lower() for name in cohorts.names.values()] == [name.lower() for name in names]


def test_cohorts_of_one_title_keep_their_codes(root):
    assert read(root).names == {}
