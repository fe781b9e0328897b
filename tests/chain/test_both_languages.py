"""Texts that stand in pairs: which cell is the translation of which, where several pairs follow one another."""

import pytest
from followup.chain.both_languages import one_sided
from nbformat.v4 import new_markdown_cell, new_notebook

THEN = ("The first.", "הראשון.", "The second.", "השני.")


def told(**now: str) -> list[str]:
    """The notices of a notebook of two pairs, of which these cells (by the letters a to d) were changed."""
    cells = {key: new_markdown_cell(text, id=key) for key, text in zip("abcd", THEN, strict=True)}
    later = {key: new_markdown_cell(now.get(key, text), id=key) for key, text in zip("abcd", THEN, strict=True)}
    return list(one_sided(new_notebook(cells=[*cells.values()]), new_notebook(cells=[*later.values()])))


@pytest.mark.parametrize("now", [{"a": "The 1st.", "b": "האחד."}, {"c": "The 2nd.", "d": "השתיים."}, {}])
def test_a_pair_that_was_changed_in_both_languages_is_no_notice_whatever_stands_beside_it(now):
    assert told(**now) == []


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ({"b": "האחד."}, "the Hebrew was changed and the English was not: “האחד.”"),
        ({"c": "The 2nd."}, "the English was changed and the Hebrew was not: “The 2nd.”"),
    ],
)
def test_one_language_that_was_changed_alone_is_one_notice(now, said):
    assert told(**now) == [said]
