"""A large cohort: the numbers are those that pandas computes from the raw files, and memory stays within bounds."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from benchmarks.growth import off_line, write_cohort
from followup.analysis import comparison, estimates, gaps
from followup.analysis.answers import score_waves, side_by_side
from followup.analysis.comparison import Comparison
from followup.analysis.study_frames import Study
from followup.cleaning import people, roster, submissions
from followup.cleaning.clean import Clean, clean_cohort, with_waves
from followup.cleaning.cleaning_log import Log
from followup.cleaning.linkage import simplified
from followup.report import change_tables
from followup.statistics import gap_change, linked_change, multiplicity
from followup.store import csv_tables
from followup.study.cohort import Cohort, open_cohort
from scipy import stats
from tables_of_notebooks import changes_of

PEOPLE = 5_000
SELF = ["self_leader", "self_role", "self_colleagues", "self_able", "self_others_role"]
MB = 1 << 20


class Large(NamedTuple):
    cohort: Cohort
    clean: Clean
    changes: pd.DataFrame
    note: str
    peak: int
    raw: dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> Large:
    root = tmp_path_factory.mktemp("large")
    write_cohort(root, "grown", PEOPLE, seed=7)
    cohort = open_cohort("grown", root)
    tracemalloc.start()
    clean = clean_cohort(cohort)
    comparison = Comparison(cohort, clean.all("responses"), with_waves(clean.participants, clean.waves))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    changes = changes_of(comparison)
    return Large(
        cohort,
        clean,
        changes,
        change_tables.note_of(comparison).en,
        peak,
        {wave: _raw(root, wave) for wave in cohort.waves},
    )


def _raw(root: Path, wave: str) -> pd.DataFrame:
    """A wave as pandas alone reads it: the last complete submission of everyone on the roster; 99 is no answer."""
    table = pd.read_csv(root / f"data/grown/{wave}.csv", dtype={"Participant code": "str"}, parse_dates=["Timestamp"])
    table["Participant code"] = table["Participant code"].str.upper()
    table = table[~table["Participant code"].str.startswith("X")].sort_values("Timestamp", kind="stable")
    table = table.drop_duplicates("Participant code", keep="last").set_index("Participant code")
    items = [name for name in table if name.partition("_")[0] in ("self", "motivation", "own")]
    return table[items].where(table[items] != 99)


def _row(large: Large, measure: str) -> pd.Series:
    rows = large.changes
    return rows[(rows["measure"] == measure) & (rows["group"] == "all")].iloc[0]


def test_a_statement_changes_as_pandas_says(large):
    first, second = (large.raw[wave]["own_projects"].dropna() for wave in ("programme_end", "follow_up"))
    moved = (second - first).dropna()
    row = _row(large, "own_projects")
    assert row[["n_earlier", "n_later", "n_linked"]].tolist() == [len(first), len(second), len(moved)]
    low, high = stats.ttest_1samp(moved, 0).confidence_interval(0.95)
    assert row[["change", "ci_low", "ci_high"]].tolist() == pytest.approx([moved.mean(), low, high], abs=1e-12)
    assert row[["n_up", "n_down"]].tolist() == [(moved > 0).sum(), (moved < 0).sum()]
    assert row["p"] == pytest.approx(2 * stats.norm.sf(abs(moved.sum()) / np.sqrt((moved**2).sum())))


def test_a_scale_is_scored_from_what_was_answered_in_both_waves(large):
    first, second = (large.raw[wave][SELF] for wave in ("programme_end", "follow_up"))
    both = first.index.intersection(second.index)
    turned = {"self_others_role": lambda items: 6 - items["self_others_role"]}
    first, second = (table.loc[both].assign(**turned) for table in (first, second))
    answered = first.notna() & second.notna()
    moved = (second.where(answered).mean(axis=1) - first.where(answered).mean(axis=1))[answered.sum(axis=1) >= 2.5]
    row = _row(large, "self_perception")
    assert row["n_linked"] == len(moved)
    assert row["change"] == pytest.approx(moved.mean(), abs=1e-12)


def test_every_row_and_cell_is_accounted_for(large):
    for wave in large.clean.waves:
        raw = pd.read_csv(large.cohort.data / f"{wave.wave}.csv", dtype="str", keep_default_na=False)
        assert wave.account["rows"] == len(raw)
        assert wave.account["cells"] == raw.size
        asked = raw[[name for name in raw if name in large.cohort.codebook.items]]
        logged = wave.log["rule"].isin(["no_answer", "missing_label"]).sum()
        assert 0 < logged <= asked.isin(["", "99"]).to_numpy().sum()
        assert wave.account["rows"] - wave.account["rows_kept"] == wave.flow["excluded"].sum() > 0


def test_texts_that_are_kept_once_are_cleaned_alike_in_less_room(large, monkeypatch):
    """As an export of many rows has them: copies of its cells took a third of the memory of cleaning."""
    _, _, before = _room(lambda: clean_cohort(large.cohort))
    monkeypatch.setattr(submissions, "MANY_ROWS", 1_000)
    again, _, peak = _room(lambda: clean_cohort(large.cohort))
    for part in ("responses", "answers", "flow", "columns", "audit", "respondents"):
        pd.testing.assert_frame_equal(again.all(part), large.clean.all(part))
    pd.testing.assert_frame_equal(again.log, large.clean.log)
    assert peak < 0.9 * before


@pytest.mark.parametrize("cohort", ["1", "2", "local-3"])
def test_texts_that_are_kept_once_are_read_as_others_are(cohort, monkeypatch):
    """In the shipped exports, each in another form."""
    opened = open_cohort(cohort)
    plain = clean_cohort(opened)
    monkeypatch.setattr(submissions, "MANY_ROWS", 1)
    once = clean_cohort(opened)
    for part in ("responses", "answers", "log", "respondents"):
        pd.testing.assert_frame_equal(once.all(part), plain.all(part))
    assert [wave.account for wave in once.waves] == [wave.account for wave in plain.waves]


def test_ranks_without_sorting_are_those_of_scipy():
    rng = np.random.default_rng(5)
    for sizes in (
        rng.integers(0, 9, 1_000),
        rng.integers(0, 10**6, 50),
        np.zeros(7, dtype=int),
        np.array([], dtype=int),
    ):
        signs = rng.choice([-1, 1], len(sizes))
        ranks = 2 * np.sign(signs * sizes) * stats.rankdata(sizes)
        assert linked_change.signed_ranks(signs * sizes, unit=1).tolist() == ranks.tolist()


def test_memory_is_a_few_times_what_came_in(large):
    """Of cleaning and laying out, traced by Python: a tuple for each of the 250,000 answers would take 30 MB by itself."""
    assert large.peak < 25 * MB


@pytest.mark.parametrize(("frame", "bytes_a_row"), [("answers", 73), ("scores", 85), ("choices", 100), ("pairs", 72)])
def test_a_frame_of_the_study_is_made_in_a_few_times_its_own_room(study, frame, bytes_a_row):
    """Traced by Python, a row while it is made; it was 76, 96, 152 and 86, which a million people have by tens of millions."""
    assert study.comparison.pairs and len(study.participants) == PEOPLE
    tracemalloc.start()
    rows = len(getattr(study, frame))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows > 5 * PEOPLE
    assert peak < bytes_a_row * rows


def test_pairs_of_many_people_are_estimated_in_little_room_beside_them(large, study, monkeypatch):
    """A row: pairs had 80 bytes while they were made and 47 then, estimates 63 of which 26 stayed, and p taken together 90."""
    monkeypatch.setattr(comparison, "SO_MANY", PEOPLE)
    many = Study(large.cohort)
    assert isinstance(many.comparison.order, pd.CategoricalIndex) and len(many.participants) == PEOPLE
    together = many.plan[many.plan["adjusted_by"] == "westfall_young"]
    pairs, *made = _room(lambda: many.pairs)
    groups = pairs.groupby(["pair", "measure", "group"], observed=True)
    _, *estimates_made = _room(lambda: estimates.estimated(groups, estimates.change_estimator(many), many.plan))
    p, _, adjusting = _room(lambda: estimates.adjusted_together(pairs, together, many))
    assert (np.array([*made, *estimates_made, adjusting]) < np.array([38, 43, 3, 9, 62]) * len(pairs)).all()
    assert p.to_dict() == estimates.adjusted_together(study.pairs, together, study).to_dict()


def _room(make: Callable) -> tuple:
    """What is made, and the bytes that stay and that were taken at once while it was."""
    tracemalloc.start()
    made = make()
    taken = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return made, *taken


def test_answers_to_some_statements_are_those_of_the_whole_frame(large, study, monkeypatch):
    """Of many people they are read by themselves, in a fifth of the room."""
    asked, whole = ["own_projects", "self_others_role"], study.answers
    mine = whole[whole["measure"].isin(asked)]
    assert set(mine["measure"]) == {*asked}
    pd.testing.assert_frame_equal(study.answers_to(asked), mine)
    monkeypatch.setattr(comparison, "SO_MANY", PEOPLE)
    monkeypatch.setattr(csv_tables, "MOST_IN_A_CSV", 1_000)
    large.cohort.keep("responses", large.clean.all("responses"))
    many = Study(large.cohort)
    assert many.participants is not None and many.comparison is not None
    found, _, peak = _room(lambda: many.answers_to(asked))
    pd.testing.assert_frame_equal(found.set_axis(found.index.astype("str")), mine.set_axis(mine.index.astype("str")))
    assert peak < 14 * len(whole)  # 70 for all of it


@pytest.mark.parametrize("order", ["by measure", "by person", "none"])
def test_tests_of_the_plan_get_the_rows_of_their_groups_however_these_stand(study, order):
    rows = study.pairs if order == "by measure" else study.pairs.sort_index(kind="stable")
    rows = rows.iloc[:0] if order == "none" else rows
    groups = rows.groupby(["pair", "measure", "group"], observed=True)
    found = estimates.estimated(
        groups, lambda mine, test: {"sum": mine["earlier"].sum(), "rows": len(mine)}, study.plan
    )
    for test in found.itertuples():
        mine = rows[(rows["pair"] == test.pair) & (rows["measure"] == test.measure)]
        mine = mine if test.group == "all" else mine[mine["group"] == test.group]
        assert (test.sum, test.rows) == (pytest.approx(mine["earlier"].sum()), len(mine))


@pytest.fixture(scope="module")
def study(large) -> Study:
    clean, responses = large.clean, large.clean.all("responses")
    large.cohort.keep("participants", with_waves(clean.participants, clean.waves))
    large.cohort.keep("responses", responses)
    large.cohort.keep("scores", score_waves(responses, large.cohort.codebook, 0.5))
    large.cohort.keep("answers", clean.all("answers"))
    return Study(large.cohort)


def test_so_many_people_that_rows_hold_numbers_for_them_change_no_number(study, large, monkeypatch):
    monkeypatch.setattr(comparison, "SO_MANY", PEOPLE)
    many = Comparison(
        large.cohort, large.clean.all("responses"), with_waves(large.clean.participants, large.clean.waves)
    )
    assert isinstance(many.order, pd.CategoricalIndex) and not isinstance(study.comparison.order, pd.CategoricalIndex)
    mine, items = changes_of(many), large.changes["kind"] == "item"
    pd.testing.assert_frame_equal(mine[items], large.changes[items], check_exact=True)
    pd.testing.assert_frame_equal(
        mine, large.changes, check_exact=False, rtol=1e-7, atol=1e-7
    )  # of scales seven digits
    gap = large.cohort.params.analysis.gaps[0]
    asked = gap.first, gap.second, gap.measures[0], many.main, 1
    assert gaps.estimate(many, *asked)["found"][0] == gaps.estimate(study.comparison, *asked)["found"][0]


def test_answers_side_by_side_are_those_of_the_raw_file(study, large):
    """In the order of the participants, one of the statements being reversed."""
    wave, raw = study.side_by_side("follow_up"), large.raw["follow_up"]
    assert len(wave) == len(raw)
    assert list(wave.index) == [name for name in study.participants.index if name in set(wave.index)]
    assert wave["own_projects"].value_counts().to_dict() == raw["own_projects"].value_counts().to_dict()
    assert wave["self_others_role"].sum() == (6 - raw["self_others_role"]).sum()


def test_the_roster_is_read_and_made_ready_for_near_misses_once(tmp_path, monkeypatch):
    """By the notebook that cleans, for both waves, each with an ID that nobody has; the words that tell of people stay known."""
    write_cohort(tmp_path, "few", 60, seed=1)
    for wave in ("programme_end", "follow_up"):
        export = tmp_path / f"data/few/{wave}.csv"
        lines = export.read_text().splitlines(keepends=True)
        export.write_text("".join([*lines, "Q-77" + lines[-1][len("P0000001") :]]))
    cohort, made = open_cohort("few", tmp_path), []
    monkeypatch.setattr(roster, "simplified", lambda ids: made.append(1) or simplified(ids))
    afresh = people.words_of_people(cohort)
    assert len(clean_cohort(cohort).all("audit")) == 2
    assert len(made) == 1
    monkeypatch.setattr(people, "open_roster", lambda *_: pytest.fail("the roster was read again"))
    assert people.words_of_people(cohort) == afresh
    assert len(afresh) == 2 * 60


def test_the_table_says_which_form_its_p_has(large):
    told = "".join(sign for sign in large.note if sign.isascii())
    assert "where more than 200 changed, p comes from the normal approximation" in told
    assert "above 1,000 respondents" in told


# The large-sample forms meet the exact ones ------------------------------------------------------------------------


def _shifted(people: int, items: int) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    common = rng.normal(size=(people, 1))
    moved = np.rint(0.6 * common + rng.normal(size=(people, items)) + np.linspace(0, 0.12, items))
    return pd.DataFrame(moved, columns=[f"item{place}" for place in range(items)])


def test_westfall_young_beyond_a_thousand_agrees_with_its_flips(monkeypatch):
    changes = _shifted(1_200, 6)
    drawn = multiplicity.westfall_young(changes)
    monkeypatch.setattr(multiplicity, "_drawn_sums", _flipped)
    flipped = multiplicity.westfall_young(changes)
    assert any(0.01 < p < 0.9 for p in flipped.values())
    assert drawn == pytest.approx(flipped, abs=0.02)


def _flipped(whole: np.ndarray, scales: np.ndarray, flips: int, _: int) -> tuple[np.ndarray, np.ndarray, int]:
    signs, sums = np.random.default_rng(9).choice([-1.0, 1.0], size=(flips, len(whole))), whole / scales
    return np.abs(sums.sum(axis=0)), np.abs(signs @ sums), 1


def test_the_gap_beyond_a_thousand_agrees_with_its_relabellings(monkeypatch):
    moved = _shifted(1_100, 1)["item0"].to_numpy().astype(int)
    first, second = moved[:500], moved[500:] + np.random.default_rng(1).integers(0, 2, 600) * (np.arange(600) % 5 == 0)
    p, exact = gap_change.studentised_permutation(first, second)
    assert not exact
    monkeypatch.setattr(gap_change, "LARGE_SAMPLE", 1_100)
    monkeypatch.setattr(gap_change, "MOST_STATES", 0)
    dealt, _ = gap_change.studentised_permutation(first, second, draws=4_999)
    assert 0.001 < p < 0.6
    assert p == pytest.approx(dealt, abs=0.02)


# Tables that no spreadsheet opens ----------------------------------------------------------------------------------


def test_a_table_beyond_a_spreadsheet_comes_back_as_it_was(large, monkeypatch):
    monkeypatch.setattr(csv_tables, "MOST_IN_A_CSV", 1_000)
    responses, people = large.clean.all("responses"), large.clean.participants
    cohort, scores = large.cohort, score_waves(responses, large.cohort.codebook, 0.5)
    for name, table in (("responses", responses), ("scores", scores), ("log", large.clean.log)):
        cohort.keep(name, table)
        assert len(pd.read_csv(cohort.private / "tables" / f"{name}.csv")) == table.shape[1]
        again = cohort.read(name)
        for column in table:
            assert again[column].astype("object").equals(table[column].astype("object")), (name, column)
    cohort.keep("people", people)
    assert cohort.read("people").astype("str").equals(people)
    cohort.keep("people", people.head(10))
    assert len(cohort.read("people")) == 10


def test_another_content_gives_another_index(tmp_path):
    frame = pd.DataFrame({"text": ["a", "b"], "number": [1, 2]})
    one = csv_tables.keep_columns(tmp_path / "t.columns", frame)
    other = csv_tables.keep_columns(tmp_path / "t.columns", frame.assign(number=[1, 3]))
    assert (one["sha256"] == other["sha256"]).tolist() == [True, False]


def test_two_answers_of_one_person_to_one_statement_are_refused():
    rows = pd.DataFrame({"respondent": ["a", "a"], "item": ["x", "x"], "value": [1.0, 2.0]})
    with pytest.raises(ValueError, match="two rows for one item"):
        side_by_side(rows, "item", "value")


def test_lines_of_the_log_that_say_the_same_are_kept_once():
    log = Log()
    log.add("no_answer", "a.csv", 2, "x", "", "no answer")
    log.add_rows("a.csv", np.arange(3, 100_003), "x", np.zeros(100_000, dtype=int), [("", "no answer", "no_answer")])
    frame = log.frame()
    assert len(log.said) == 1
    assert frame["row"].tolist() == list(range(2, 100_003))
    assert set(frame["became"]) == {"no answer"}
    assert frame.memory_usage(index=False, deep=True).sum() < 20 * len(frame)


def test_how_far_figures_lie_off_a_straight_line():
    """By hand: the line through 10, 20 and 33 is 9.5, 21 and 32.5."""
    assert off_line([1, 5, 20, 60], [3.0, 11.0, 41.0, 121.0]) == [0, 0, 0, 0]
    assert off_line([1, 2, 3], [10.0, 20.0, 33.0]) == [5.3, -4.8, 1.5]
