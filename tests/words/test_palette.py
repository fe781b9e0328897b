"""One palette: every mark stands out in light and in dark, and the parts of a bar are apart in grey."""

import pytest
from followup.words import palette

MARKS = (
    palette.LOW,
    palette.MIDDLE,
    palette.HIGH,
    palette.BETWEEN,
    palette.AXIS,
    palette.MARGIN_EDGE,
    palette.QUIET,
    palette.INK,
    *palette.VERDICT_COLOURS.values(),
)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#0000ff", "#ffffff", 8.59),
    ],
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    """Ratios as WebAIM's checker gives them."""
    assert palette.contrast(one, other) == pytest.approx(ratio, abs=0.005)


@pytest.mark.parametrize("colour", MARKS)
def test_a_mark_stands_out_three_to_one_in_both_schemes(colour):
    assert palette.contrast(colour, palette.PAPER) >= 3
    assert palette.contrast(colour, "#ffffff") >= 3  # Word, and paper
    assert palette.contrast(palette.on_dark(colour), palette.DARK_PAPER) >= 2.99


def test_letters_can_be_read_on_paper_and_in_bars():
    for colour, letters in ((palette.LOW, "#ffffff"), (palette.HIGH, "#ffffff"), (palette.MIDDLE, palette.INK)):
        assert palette.contrast(colour, letters) >= 4.5
        assert palette.contrast(palette.on_dark(colour), palette.on_dark(letters)) >= 4.5


def test_the_three_parts_of_a_bar_are_steps_of_grey():
    for scheme in (lambda colour: colour, palette.on_dark):
        high, low, middle = (
            palette.luminance(scheme(one)) + 0.05 for one in (palette.HIGH, palette.LOW, palette.MIDDLE)
        )
        steps = [max(one, two) / min(one, two) for one, two in ((high, low), (low, middle))]
        assert min(steps) >= 1.5


def test_the_dark_scheme_turns_the_order_of_greys_round_and_keeps_the_hue():
    assert palette.on_dark(palette.GROUND) == palette.DARK_PAPER
    for colour in MARKS:
        wanted = palette.contrast(colour, palette.PAPER)
        assert palette.contrast(palette.on_dark(colour), palette.DARK_PAPER) == pytest.approx(wanted, rel=0.02)
    assert palette.on_dark(palette.HIGH)[5:] > palette.on_dark(palette.HIGH)[1:3]  # blue stays blue
    assert palette.on_dark(palette.LOW)[1:3] > palette.on_dark(palette.LOW)[5:]


@pytest.mark.parametrize("band", [palette.WITHIN_MARGIN, palette.on_dark(palette.WITHIN_MARGIN)])
def test_the_green_band_is_green_in_both_schemes_and_marks_stand_out_on_it(band):
    """On dark it was #222423, which nobody calls green; the text above the findings says “the green band”."""
    red, green, blue = (int(band[place : place + 2], 16) for place in (1, 3, 5))
    assert green >= red + 12 and green >= blue + 7
    dark = palette.luminance(band) < 0.1
    for mark in (palette.MARGIN_EDGE, palette.HIGH, palette.VERDICT_COLOURS["inconclusive"]):
        assert palette.contrast(palette.on_dark(mark) if dark else mark, band) >= 3
