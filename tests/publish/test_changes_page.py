"""The inside page of what changed: which cells head a row of its tables."""

import pytest
from bs4 import BeautifulSoup
from followup.commands.changes import WORDS
from followup.publish.changes_page import Section, Table, Told, render_changes

ONE = [("Drive", "mean", "3.4", "3.5"), ("Role", "mean", "3.4", "3.5")]
TWO = [("Drive", "mean", "3.4", "3.5"), ("Drive", "change", "0.1", "0.2"), ("Role", "mean", "3.4", "3.5")]


@pytest.mark.parametrize(
    ("rows", "about", "heads"),
    [
        (TWO, 2, [("Drive", "mean"), ("Drive", "change"), ("Role", "mean")]),
        (ONE, 2, [("Drive",), ("Role",)]),
        (TWO, 1, [("Drive",), ("Drive",), ("Role",)]),
        ([*TWO, TWO[0]], 2, [("Drive",), ("Drive",), ("Role",), ("Drive",)]),
    ],
)
def test_where_it_takes_two_keys_to_tell_rows_apart_both_are_headers(rows, about, heads):
    table = Table("Means", ["About", "Which", "Before", "After"], rows, about=about)
    html = render_changes({"en": Told("What changed", "", [], [Section("numbers", "Numbers", [table])])}, WORDS)
    page = BeautifulSoup(html, "lxml")
    found = [tuple(cell.get_text() for cell in row.select("th[scope=row]")) for row in page.select("tbody tr")]
    assert found == heads
    assert [len(row.select("th, td")) for row in page.select("tbody tr")] == [4] * len(rows)
    numbers = [cell.get_text() for cell in page.select("thead th.number")]
    assert numbers == ["About", "Which", "Before", "After"][len(heads[0]) :]
