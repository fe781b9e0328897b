"""The inside page of what changed, in a real browser: it fits every screen, says nothing, and axe finds no violation."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from followup.commands.changes import WORDS
from followup.publish.changes_page import FOLD_FROM, Section, Table, Told, render_changes
from reading import WIDTHS
from test_page import AXE_RULES, OVERFLOWING, scrolls_sideways

LONG = "A caption of a table that is long enough to need more than one line on the narrowest of all screens"


def told(language: str, words: str) -> Told:
    short = Table(LONG, [words, "2016", "2017"], [[f"{words} a", "29", "30"], [f"{words} b", "7.25", "8"]], words)
    long = Table(words, [words, "2017"], [[f"{words} {row}", str(row)] for row in range(FOLD_FROM + 1)], words)
    sections = [
        Section("numbers", f"{words} 1", tables=[short, long]),
        Section("sentences", f"{words} 2", pairs=[(f"{words} x", f"{words} y"), ("", f"{words} z")]),
        Section("inputs", f"{words} 3", lines=["a_file_with_a_rather_long_name_that_does_not_break.csv", words]),
    ]
    return Told(f"{words} {language}", words, [words], sections, "why this is a draft\n" + "word " * 60)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    path = tmp_path_factory.mktemp("changes") / "changes.html"
    html = render_changes({"he": told("he", "מה השתנה"), "en": told("en", "What changed")}, WORDS)
    path.write_text(html, encoding="utf-8")
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_unfolded_it_fits_and_axe_finds_no_violation(reader, page, width, scheme):
    opened = reader.open(page, width, scheme)
    opened.run("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    assert opened.said == []
    assert not scrolls_sideways(opened)
    assert opened.run(OVERFLOWING) == []
    found = Axe().run(opened.page, options=AXE_RULES)
    assert found.violations_count == 0, found.generate_report()
