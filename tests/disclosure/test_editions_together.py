"""Two editions of the same people's results, held against the promise together."""

from dataclasses import replace

import pytest
from followup.chain import release as chain
from followup.disclosure import editions_together
from followup.disclosure.editions_together import NO_ROW, Asked, broken_between
from followup.disclosure.outsider import Cells, Wave, Window, Withheld
from followup.disclosure.release_check import OTHERS
from followup.study.cohort import open_cohort, read_result


@pytest.fixture(scope="module")
def released(built):
    """What cohort 1 tells, and the answers behind it."""
    cohort = open_cohort("1", built.root)
    return chain._release(cohort, read_result(cohort, "changes"))


def with_cells(release, measure: str, group: str = "all", **cells):
    changes = release.changes.copy()
    for column, value in cells.items():
        changes[column] = changes[column].astype("object")
        changes.loc[(changes["measure"] == measure) & (changes["group"] == group), column] = value
    return replace(release, changes=changes)


def test_one_edition_twice_tells_what_it_told_once(released):
    assert broken_between(Asked(released, released), ["motivation", "own_staff"]) == []


def test_a_margin_moved_between_two_editions_is_looked_at_in_both(released):
    """28 people, change −0.1, 90% interval from −0.3 to 0.1: within 0.3, and within 0.4 as well."""
    wider = with_cells(released, "motivation", margin=0.4, ci90_low=-0.3, ci90_high=0.1)
    assert broken_between(Asked(wider, released), ["motivation"]) == []


def test_a_row_that_these_answers_do_not_give_is_not_decided(released):
    """What was told before a mistake was found: nothing can be shown of it, so it is not let through."""
    for wrong in ({"change": 0.7}, {"change": -0.0714}):
        [broken] = broken_between(Asked(with_cells(released, "motivation", **wrong), released), ["motivation"])
        assert broken.undecided and broken.follows == (OTHERS,)


def test_a_measure_that_no_row_tells_is_not_decided(released):
    [broken] = broken_between(Asked(released, released), ["network_work"])
    assert broken.undecided and broken.follows == (NO_ROW,)


def test_what_both_say_of_a_wave_is_what_each_says():
    """Means to 0.1 meet where both leave room; three categories of one edition stand beside two of the other."""
    one = Wave(28, (Cells((2.51, 3.5), (5, 9, 14)),), (), Window(3.85, 3.95))
    other = Wave(28, (Cells((3.5,), (14, 14)),), (Withheld((2.51, 3.5), 6),), Window(3.9, 4.0))
    both = editions_together._both(one, other)
    assert both.mean == Window(3.9, 3.95) and len(both.cells) == 2 and both.withheld == other.withheld
    assert editions_together._both(one, one) == one
