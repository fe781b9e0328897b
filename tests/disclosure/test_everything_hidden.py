"""A threshold above the number of participants hides everything, and the report is still built."""

import pytest
from checkouts import Checkout

NUMBERS = ["mean", "change", "alpha", "lowest", "highest", "n_high", "n_low", "n_chosen", "n_ties", "density"]


@pytest.fixture(scope="module")
def nothing_told(built, tmp_path_factory) -> Checkout:
    """The small cohort where no group of fewer than 300 may be shown."""
    checkout = built.copy(tmp_path_factory.mktemp("all hidden") / "project", without=("1", "1.yaml"))
    params = checkout.root / "params" / "small.yaml"
    text = params.read_text(encoding="utf-8")
    kept = [
        line
        for line in text.splitlines()
        if not line.lstrip().startswith(("disclosure:", "least_group:", "least_cell:"))
    ]
    params.write_text("\n".join([*kept, "disclosure: {least_group: 300}"]) + "\n", encoding="utf-8")
    done = checkout.build("small")
    assert done.code == 0, done.err
    return checkout


@pytest.mark.parametrize(
    "name", ["changes", "levels", "items", "roster_bounds", "reliability", "network_summary", "ties_bounds", "wishes"]
)
def test_no_result_holds_a_number_of_the_few(nothing_told, name):
    table = nothing_told.result("small", name)
    told = [column for column in NUMBERS if column in table]
    assert table.empty or told
    assert table.empty or table[told].fillna(0).eq(0).all(axis=None)


@pytest.mark.parametrize(("language", "hidden"), [("en", "hidden (small group)"), ("he", "מוסתר (קבוצה קטנה)")])
def test_the_page_says_that_they_are_hidden(nothing_told, language, hidden):
    assert hidden in nothing_told.page("small", language)


# ------------------------------------------------------------ words only, the last remedy


@pytest.fixture(scope="module")
def words_only(built, tmp_path_factory) -> Checkout:
    """Cohort 1 with the coarsest of the remedies that the build may ask for."""
    checkout = built.copy(tmp_path_factory.mktemp("words only") / "project", without=("small", "small.yaml"))
    checkout.replace("params/1.yaml", "\ndisclosure:\n", "\ndisclosure:\n  precision: words_only\n")
    done = checkout.build("1")
    assert done.code == 0, done.err
    return checkout


@pytest.mark.parametrize("name", ["changes", "gaps", "levels", "items", "roster_bounds", "reliability"])
def test_of_words_only_no_result_of_answers_holds_a_number(words_only, name):
    table = words_only.result("1", name)
    sizes = {"n", "n_all", "items", "margin", "least_cell", *(column for column in table if column.startswith("n_"))}
    table = table.drop(columns=[c for c in sizes & {*table} if c not in ("n_low", "n_middle", "n_high", "n_not_high")])
    numbers = table.select_dtypes("number")
    assert numbers.isna().all(axis=None), numbers.dropna(how="all", axis=1)
    assert len(table) > 0


@pytest.mark.parametrize(("language", "said"), [("en", "the number is not published"), ("he", "המספר אינו מתפרסם")])
def test_of_words_only_the_page_tells_the_same_findings_and_verdicts(words_only, built, language, said):
    usual, words = (checkout.soup("1", language) for checkout in (built, words_only))
    for page in (usual, words):
        assert len(page.select("section.finding")) == 5
    assert said in words.get_text()
    verdicts = [
        checkout.result("1", "findings").set_index(["finding", "measure"])["verdict"]
        for checkout in (built, words_only)
    ]
    assert (verdicts[0].index == verdicts[1].index).all()
    changed = verdicts[0][(verdicts[0] != verdicts[1]).to_numpy()]
    assert set(changed) <= {"preserved", "not_preserved", "inconclusive"}
