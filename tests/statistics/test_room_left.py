"""Room left at the ends of a scale: stories worked out by hand."""

import pytest
from followup.statistics.room_left import ceiling, floor

NAN = float("nan")


@pytest.mark.parametrize(("at_top", "flag"), [(3, None), (4, "flagged"), (10, "flagged"), (11, "cannot show")])
def test_a_ceiling_is_flagged_above_15_percent_and_blocks_above_half(at_top, flag):
    wave = [5] * at_top + [3] * (20 - at_top) + [NAN]
    assert ceiling(wave, 5) == (at_top / 20, 20, flag)
    assert floor([6 - value for value in wave], 1) == (at_top / 20, 20, flag)


def test_no_answers_leave_no_share_and_impossible_answers_are_refused():
    assert ceiling([], 5) == (None, 0, None)
    with pytest.raises(ValueError, match="beyond the end"):
        ceiling([6], 5)
    with pytest.raises(ValueError, match="beyond the end"):
        floor([0], 1)
