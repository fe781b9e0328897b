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
