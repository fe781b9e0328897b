"""Words and numbers in two languages: nothing turns round for a Hebrew reader, and both sentences say the same."""

import unicodedata
from datetime import date

import numpy as np
import pandas as pd
import pytest
from followup import language
from followup.language import (
    NOT_COMPUTED,
    ProseProblem,
    Text,
    change,
    count_of,
    day,
    filled,
    interval,
    listed,
    number,
    p_value,
    paragraphs,
    percent,
    share,
)

NAN = float("nan")


def iso(text: str) -> str:
    """A left-to-right island, as Unicode names it."""
    return "\N{LEFT-TO-RIGHT ISOLATE}" + text + "\N{POP DIRECTIONAL ISOLATE}"


def alike(text: str) -> Text:
    return Text(iso(text), iso(text))


# ------------------------------------------------------------ numbers


@pytest.mark.parametrize(
    ("value", "digits", "signed", "shown"),
    [
        (3, 0, False, "3"),
        (3.25, 1, False, "3.3"),  # a half goes away from zero, as in everything that is published
        (-3.2, 1, False, "−3.2"),
        (3.2, 1, True, "+3.2"),
        (1234567, 0, False, "1,234,567"),
        (0.5, 2, False, "0.50"),
        (-0.04, 1, False, "0.0"),  # never −0.0
        (-0.04, 1, True, "0.0"),  # nor +0.0: what rounds to nothing has no sign
        (0.04, 1, True, "0.0"),
        (-0.0, 0, True, "0"),
        (-0.05000001, 1, True, "−0.1"),
    ],
)
def test_a_number_is_an_island_with_a_real_minus(value, digits, signed, shown):
    assert number(value, digits, signed) == alike(shown)


@pytest.mark.parametrize(
    "made",
    [number(None), number(NAN, 2), change(None), p_value(None), p_value(NAN), interval(None, 1.0), interval(0.1, NAN)],
)
def test_what_was_not_computed_says_so_in_both_languages(made):
    assert made == NOT_COMPUTED
    assert made.en == "not computed"


def test_a_change_always_has_its_sign():
    assert [change(value).en for value in (0.54, -0.08, 0.0)] == [iso("+0.5"), iso("−0.1"), iso("0.0")]


def test_an_interval_is_two_islands_in_the_order_of_reading():
    assert interval(-0.21, 0.29, 2) == Text(f"{iso('−0.21')} עד {iso('+0.29')}", f"{iso('−0.21')} to {iso('+0.29')}")
    assert interval(3, 8, 0, signed=False).en == f"{iso('3')} to {iso('8')}"


def test_counts_come_before_percentages_and_small_groups_have_none():
    assert count_of(24, 29) == Text(f"{iso('24')} מתוך {iso('29')}", f"{iso('24')} of {iso('29')}")
    assert share(29, 39).en == f"{iso('29')} of {iso('39')} ({iso('74%')})"
    assert share(29, 39).he == f"{iso('29')} מתוך {iso('39')} ({iso('74%')})"
    assert share(4, 9).en == f"{iso('4')} of {iso('9')}"
    assert percent(5, 10) == alike("50%")
    assert percent(33, 40) == alike("83%")  # 82.5
    assert percent(13, 40) == alike("33%")  # 32.5, which rounds to the even 32 elsewhere
    assert percent(5, 9) == count_of(5, 9)


@pytest.mark.parametrize(
    ("p", "shown"),
    [(0.0004, "<\u00a00.001"), (0.001, "0.001"), (0.04999, "0.050"), (1, "1.000"), (0.0, "<\u00a00.001")],
)
def test_a_small_p_is_never_zero(p, shown):
    assert p_value(p) == alike(shown)


def test_a_day_reads_as_a_date_in_each_language():
    assert day(date(2016, 10, 30)) == Text(f"{iso('30')} באוקטובר {iso('2016')}", "30 October 2016")


@pytest.mark.parametrize(
    "text",
    [
        number(-3.2, 1),
        change(-0.5),
        interval(-1, 1),
        share(29, 39),
        percent(29, 39),
        p_value(0.0001),
        day(date(2016, 10, 30)),
        count_of(3, 4),
    ],
)
def test_no_digit_stands_outside_an_island_in_hebrew_and_every_island_closes(text):
    depth, outside = 0, []
    for sign in text.he:
        depth += (sign == language.ISOLATE) - (sign == language.END_ISOLATE)
        assert depth in (0, 1)
        outside += [sign] * (depth == 0 and (unicodedata.category(sign) == "Nd" or sign in "−+%<"))
    assert (depth, outside) == (0, [])


# ------------------------------------------------------------ lists


@pytest.mark.parametrize(
    ("he", "en", "listed_he", "listed_en"),
    [
        ([], [], "", ""),
        (["אחת"], ["one"], "אחת", "one"),
        (["אחת", "שתיים"], ["one", "two"], "אחת ושתיים", "one and two"),
        (["אחת", "שתיים", "שלוש"], ["one", "two", "three"], "אחת, שתיים ושלוש", "one, two and three"),
        (["אחת", "Digital Israel"], ["one", "Digital Israel"], "אחת ו־Digital Israel", "one and Digital Israel"),
        (["אחת", iso("3")], ["one", iso("3")], f"אחת ו־{iso('3')}", f"one and {iso('3')}"),
    ],
)
def test_hebrew_joins_and_to_a_word_but_with_a_maqaf_to_figures_and_latin(he, en, listed_he, listed_en):
    assert listed([Text(*pair) for pair in zip(he, en, strict=True)]) == Text(listed_he, listed_en)


# ------------------------------------------------------------ sentences


def test_a_sentence_takes_its_values_in_both_languages():
    said = filled(
        "השיבו {rate}, ובהם {n} ב{place}.",
        "{rate} answered, {n} of them in {place}.",
        {"rate": share(29, 39), "n": 4, "place": Text("ירושלים", "Jerusalem")},
    )
    assert said.he == f"השיבו {share(29, 39).he}, ובהם {iso('4')} בירושלים."
    assert said.en == f"{share(29, 39).en} answered, {iso('4')} of them in Jerusalem."


@pytest.mark.parametrize(
    ("he", "en", "values", "said"),
    [
        ("{n} איש", "people", {"n": 3}, "only one language has the placeholder {n}"),
        ("איש", "{n} people", {"n": 3}, "only one language has the placeholder {n}"),
        ("{n} מתוך {all}", "{n} of {whole}", {"n": 3}, "only one language has the placeholder {all}, {whole}"),
        ("{n} איש", "{n} people", {}, "placeholders and values do not agree on n"),
        ("איש", "people", {"n": 3}, "placeholders and values do not agree on n"),
        ("{n} איש", "{n} people", {"n": 3.14159}, "give n as words"),
        ("{n} איש", "{n} people", {"n": True}, "give n as words"),
    ],
)
def test_a_sentence_that_cannot_be_said_twice_is_refused(he, en, values, said):
    with pytest.raises(ProseProblem, match=said.replace("{", r"\{").replace("}", r"\}")):
        filled(he, en, values)


def test_a_percent_sign_after_a_placeholder_stays_with_its_number():
    said = filled("רווח סמך {level}%: {low}", "{level}% interval {low}", {"level": 95, "low": change(0.4)})
    assert said.he == f"רווח סמך {iso('95%')}: {iso('+0.4')}"
    assert said.en == f"{iso('95%')} interval {iso('+0.4')}"


@pytest.mark.parametrize("count", [12, np.int64(12), pd.Series([12])[0], pd.array([12], dtype="Int64")[0]])
def test_a_whole_number_of_any_kind_is_a_count(count):
    assert filled("{n}", "{n}", {"n": count}).en == iso("12")


@pytest.mark.parametrize(
    "value", [3.7, np.float64(3.7), np.float32(3.7), True, np.bool_(True), None, pd.NA, NAN, [3], b"3"]
)
def test_any_other_value_has_to_come_as_words(value):
    with pytest.raises(ProseProblem, match="give n as words"):
        filled("{n}", "{n}", {"n": value})


def test_braces_that_are_no_placeholder_are_written_twice():
    assert filled("{{כך}}", "{{so}}", {}) == Text("{כך}", "{so}")


def test_a_value_is_not_a_template():
    """What a respondent typed stays what it is, braces and all."""
    text = filled("נכתב: {words}", "Typed: {words}", {"words": "{n} {0.__class__}"})
    assert text.en == "Typed: \u2066{n} {0.__class__}\u2069"


def test_paragraphs_split_at_blank_lines_and_every_sign_is_escaped():
    text = 'One <b>&\ntwo.\n\n"Three"\n\n\n\n'
    assert paragraphs(text) == "<p>One &lt;b&gt;&amp; two.</p><p>&quot;Three&quot;</p>"
    assert paragraphs(" \n\n ") == ""


def test_texts_add_up_language_by_language():
    assert (Text("א", "a") + Text("ב", "b")) == Text("אב", "ab")
    assert Text("א", "a")["he"] == "א"
    with pytest.raises(KeyError):
        Text("א", "a")["ar"]


@pytest.mark.parametrize(
    ("text", "begun"), [("mean change", "Mean change"), ("p adjusted", "p adjusted"), ("", ""), ("שינוי", "שינוי")]
)
def test_a_sentence_begins_large_unless_with_a_symbol(text, begun):
    assert language.begun(text) == begun


def test_a_small_p_and_its_sign_stay_on_one_line():
    assert " " not in language.p_value(0.0004).en


def test_a_text_to_paste_has_no_isolates_and_in_hebrew_keeps_the_order_of_signs_and_ranges():
    typed = "מ־\u20663.9\u2069 (מעל \u2066−0.3\u2069 עד \u2066+0.1\u2069), \u20661–5\u2069, \u206674%\u2069"
    pasted = "מ־3.9 (מעל \u200e−0.3\u200f עד \u200e+0.1\u200f), \u200e1–5\u200f, 74%"
    assert language.to_paste(typed, "he") == pasted
    assert language.to_paste("from \u2066−0.3\u2069 to \u20661–5\u2069", "en") == "from −0.3 to 1–5"
