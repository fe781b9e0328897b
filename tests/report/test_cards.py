"""The finding cards: what their sentences say, what their pictures show, and that nothing typed can break them."""

import xml.etree.ElementTree as ET
from types import SimpleNamespace

import made_up_studies as made
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from followup import language as lang
from followup.language import END_ISOLATE, ISOLATE
from followup.report import card_notes, cards
from followup.report.charts import card_drawings
from followup.study.codebook import Words

NAMES = {
    "drive": Words(he="מוטיבציה", en="Motivation"),
    "role": Words(he="תפיסה עצמית", en="Self-perception as leaders"),
    "aid": Words(he="Digital Israel", en="Digital Israel’s help"),
    "promote": Words(he="אני <b>מקדם</b>", en="I promote $x$ <b>digital</b> services"),
    "big": Words(he="משרדי מטה", en="Headquarters (policy) ministries"),
    "small": Words(he="משרדי ביצוע", en="Operational ministries"),
}
CODEBOOK = SimpleNamespace(
    words=NAMES.__getitem__,
    items={"promote": None},
    findings={"all": {"he": "השינוי", "en": "The <i>change</i>"}},
    scales={
        key: SimpleNamespace(he=NAMES[key].he, en=NAMES[key].en, in_sentence=None, gender=None, respondents_say=None)
        for key in ("drive", "role", "aid")
    },
    waves=made.CODEBOOK.waves,
)
MEANS = {"all": Words(he="לבדוק <b>שוב</b>", en="Look <b>again</b>")}
PARAMS = SimpleNamespace(title=Words(he="מחזור א", en="First cohort"), implications=MEANS)
COHORT = SimpleNamespace(codebook=CODEBOOK, params=PARAMS)
HEADLINES = pd.DataFrame(
    [("all", "עלייה", "A <i>rise</i>.", "שורה", "from 2.8 to 3.4, n = 28", 3, True, True, False, True)],
    columns=[
        "finding",
        "headline_he",
        "headline_en",
        "line_he",
        "line_en",
        "secure",
        "design",
        "enough",
        "response",
        "holds",
    ],
)
WAVES = {"wave": "follow_up", "compared_with": "programme_end"}
CHANGES = pd.DataFrame(
    [
        ("scale", "drive", "all", -0.1, -0.3, 0.1, -0.2, 0.1, 0.3),
        ("scale", "role", "all", 0.1, -0.1, 0.3, -0.1, 0.2, 0.3),
        ("scale", "aid", "all", 0.6, 0.4, 0.8, 0.4, 0.8, 0.3),
        ("item", "promote", "big", -1.0, None, None, None, None, 0.5),
    ],
    columns=["kind", "measure", "group", "change", "ci_low", "ci_high", "ci90_low", "ci90_high", "margin"],
).assign(**WAVES, verdict=["preserved", "rose", "rose", "fell"])
GAPS = pd.DataFrame(
    [("drive", "big", "small", 0.9, 0.2)],
    columns=["measure", "first", "second", "gap_earlier", "gap_later"],
).assign(**WAVES)
LEVELS = pd.DataFrame([("drive", 38, 30), ("drive", 29, 24)], columns=["measure", "n", "n_high"])
TABLES = {"changes": CHANGES, "gaps": GAPS, "levels": LEVELS}


def evidence(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    """Rows of kind, measure, group and verdict as `findings.evidence_table` makes them."""
    tables = {"change": "changes", "gap": "gaps", "level": "levels"}
    return pd.DataFrame(
        {
            "finding": "all",
            "kind": kind,
            "measure": measure,
            "group": group,
            "wave": "",
            "compared_with": "",
            "verdict": verdict,
            **{
                f"{part}_{language}": f"{part} {language}"
                for part in ("sentence", "number", "certainty")
                for language in ("he", "en")
            },
            "table": tables.get(kind, kind),
        }
        for kind, measure, group, verdict in rows
    )


def card(*rows: tuple[str, str, str, str], claims: pd.DataFrame | None = None) -> dict[str, BeautifulSoup]:
    claims = pd.DataFrame() if claims is None else claims
    made = cards.fragments(COHORT, evidence(*rows), claims, TABLES.get, HEADLINES)
    [(key, html)] = list(made)
    assert key == "all"
    return {language: BeautifulSoup(html[language], "html.parser") for language in ("he", "en")}


# ------------------------------------------------------------------------------------------ what to bear in mind

BOUNDS = pd.DataFrame({"measure": ["drive", "aid"], "change_lowest": [-1.0, 0.1], "change_highest": [0.2, 1.9]})
TIPPING = pd.DataFrame(
    {"measure": ["drive", "aid"], "silent_he": ["אילו", "אילו"], "silent_en": ["had they fallen", "never"]}
)
ROOM = pd.DataFrame({"measure": ["drive", "role"], "wave": "programme_end", "room": ["little_room", "room"]})
DIFFER = pd.DataFrame(
    {"wave": "follow_up", "trait": ["big", "small"], "standardised_difference": [0.7, 0.4], "hidden": False}
)


def beside(tables: dict, *rows) -> list[str]:
    cohort = SimpleNamespace(codebook=CODEBOOK, waves=["programme_end", "follow_up"])
    return [f"{label.en} {text.en}" for label, text in card_notes.beside(cohort, evidence(*rows), tables.get)]


def test_a_conclusion_that_the_bounds_would_turn_says_so():
    """Preserved within 0.3, while everyone's change may be −1.0; risen by at least 0.1 whatever the others would say."""
    tables = {"changes": CHANGES, "roster_bounds": BOUNDS, "tipping_points": TIPPING}
    rows = ("change", "drive", "all", "preserved"), ("change", "aid", "all", "rose")
    assert beside(tables, *rows) == [
        "Non-response: had everyone answered, the conclusion on motivation could be different"
    ]
    assert beside(tables, ("change", "drive", "all", "inconclusive")) == []
    assert beside(tables, ("level", "drive", "all", "majority")) == []


def test_scales_that_the_bounds_would_turn_share_one_sentence_without_numbers():
    """A rise of "aid" that may be a fall of 0.1 among everyone, beside "drive" that was preserved."""
    tables = {
        "changes": CHANGES,
        "roster_bounds": BOUNDS.assign(change_lowest=[-1.0, -0.1]),
        "tipping_points": TIPPING,
    }
    rows = [("change", "drive", "all", "preserved"), ("change", "aid", "all", "rose")]
    [line] = beside(tables, *rows)
    assert line == (
        "Non-response: had everyone answered, the conclusion on motivation and Digital Israel’s help could be different"
    )
    cohort = SimpleNamespace(codebook=CODEBOOK, waves=["programme_end", "follow_up"])
    [(_, text)] = card_notes.beside(cohort, evidence(*rows), tables.get)
    assert text.he.startswith("אילו השיבו כולם, ייתכן שהמסקנה הייתה שונה לגבי ")


def test_those_who_answered_and_differed_are_named_with_the_traits():
    [line] = beside({"differences": DIFFER}, ("change", "drive", "all", "inconclusive"))
    assert "more than half a standard deviation (headquarters (policy) ministries)" in line


def test_scales_with_as_little_room_in_a_wave_are_named_together():
    tables = {"room_left": ROOM.assign(room="little_room")}
    said = beside(tables, ("change", "drive", "all", "preserved"), ("change", "role", "all", "rose"))
    assert len(said) == 1
    assert said[0].count("many answers already at an end of the scale") == 1


def test_a_scale_with_little_room_is_named():
    rows = ("change", "drive", "all", "rose"), ("change", "role", "all", "rose")
    assert beside({"room_left": ROOM}, *rows) == [
        "Ceiling and floor: Motivation: many answers already at an end of the scale (End)"
    ]


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("Motivation to promote", "motivation to promote"),
        ("Digital Israel’s help", "Digital Israel’s help"),
        ("IT skills", "IT skills"),
        ("A budget of its own", "a budget of its own"),
        ("Self-perception as leaders", "self-perception as leaders"),
    ],
)
def test_an_english_name_is_small_within_a_sentence_unless_it_is_a_proper_name(name, inside):
    assert lang.within(name) == inside


# ------------------------------------------------------------------------------------------ cards


def test_a_line_has_verdict_number_picture_certainty_and_a_link_that_says_where_it_leads():
    for language, page in card(("level", "drive", "all", "majority"), ("change", "role", "all", "rose")).items():
        lines = page.select(".evidence > li")
        assert [line.select_one(".badge").get_text() for line in lines] == {
            "he": ["תיאור בלבד", "עלייה"],
            "en": ["description only", "rose"],
        }[language]
        numbers = [line.select_one(".number strong").get_text() for line in lines]
        of = {"he": "מתוך", "en": "of"}[language]
        assert numbers[0] == f"{ISOLATE}24{END_ISOLATE} {of} {ISOLATE}29{END_ISOLATE}"
        assert numbers[1] == f"{ISOLATE}+0.1{END_ISOLATE}"
        assert all(len(line.img["alt"].split()) >= 2 for line in lines)
        links = [line.a for line in lines]
        assert [link["href"] for link in links] == ["#figure-levels", "#table-changes"]
        assert len({link.get_text() for link in links}) == 2


def test_a_statements_change_leads_to_the_table_where_it_stands():
    page = card(("change", "promote", "big", "fell"))["en"]
    assert page.select_one(".evidence a")["href"] == "#table-named_changes"


def test_typed_words_stay_words():
    claims = pd.DataFrame(
        [
            {
                "finding": "all",
                "kind": "change",
                "measure": "promote",
                "group": "big",
                "wave": "",
                "compared_with": "",
                "agreement": "differs",
                "published_he": "<script>א</script>\u202e",
                "published_en": "<script>x</script>\u202e =1+1",
            }
        ]
    )
    for page in card(("change", "promote", "big", "fell"), claims=claims).values():
        assert not page.find(["script", "b", "i"])
        assert "<script>" in page.select_one(".claim").get_text()
        assert "\u202e" not in page.get_text()


def test_no_evidence_gives_no_card():
    assert list(cards.fragments(COHORT, evidence(), pd.DataFrame(), TABLES.get, HEADLINES.head(0))) == []


def test_a_finding_has_its_headline_as_heading_a_link_of_its_own_and_one_text_to_copy():
    page = card(("change", "aid", "all", "rose"))["en"]
    assert page.h3.get_text() == "A <i>rise</i>."
    assert page.select_one(".topic").get_text() == "The <i>change</i>"
    assert page.select_one("a.own-link")["href"] == "#finding-all"
    assert page.select_one(".secure")["class"] == ["secure", "secure-3"]
    copied = page.select_one(".to-copy").get_text()
    assert copied == "A <i>rise</i>. from 2.8 to 3.4, n = 28. How secure: fairly secure. First cohort."
    in_full = page.select_one(".in-full").get_text()
    assert "Not met: response of 70% or more" in in_full and "Met: the same people" in in_full


def test_what_a_finding_may_mean_is_told_as_it_was_written_and_leaves_no_gap_where_nobody_wrote():
    page = card(("change", "aid", "all", "rose"))["en"]
    assert "Look <b>again</b>" in page.select_one(".implications").get_text()
    silent = SimpleNamespace(codebook=CODEBOOK, params=SimpleNamespace(title=PARAMS.title, implications={}))
    rows = evidence(("change", "aid", "all", "rose"))
    [(_, html)] = cards.fragments(silent, rows, pd.DataFrame(), TABLES.get, HEADLINES)
    assert "implications" not in html.en


def test_a_finding_has_room_for_the_chart_of_its_scales_and_none_for_one_statement():
    assert [room["id"] for room in card(("change", "aid", "all", "rose"))["en"].select(".chart-of")] == [
        "chart-of-scale_changes"
    ]
    assert card(("change", "promote", "big", "fell"))["en"].select(".chart-of") == []


# ------------------------------------------------------------------------------------------ pictures


def drawn(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def full_dots(svg: str) -> list[float]:
    return [float(dot.get("cx")) for dot in drawn(svg).iter("{http://www.w3.org/2000/svg}circle") if dot.get("fill")]


@pytest.mark.parametrize(("part", "whole"), [(24, 29), (0, 10), (5, 5), (60, 60)])
def test_as_many_dots_as_people_and_as_many_full_as_counted(part, whole):
    svg = card_drawings.dots(part, whole, "en")
    assert svg.count("<circle") == whole
    assert len(full_dots(svg)) == part


def test_dots_begin_where_reading_begins():
    assert (
        max(full_dots(card_drawings.dots(3, 10, "en")))
        < card_drawings.WIDE / 2
        < min(full_dots(card_drawings.dots(3, 10, "he")))
    )


@pytest.mark.parametrize(("part", "whole"), [(96, 135), (0, 61), (0, 0)])
def test_many_are_a_bar_as_long_as_their_share(part, whole):
    bar = drawn(card_drawings.dots(part, whole, "en")).findall("{http://www.w3.org/2000/svg}rect")[-1]
    assert float(bar.get("width")) == pytest.approx(card_drawings.WIDE * part / max(whole, 1), abs=0.1)


def test_a_rise_is_drawn_to_the_right_of_zero_and_a_wider_interval_is_wider():
    [rise] = full_dots(card_drawings.strip(0.5, 0.2, 0.8, 0.3))
    [fall] = full_dots(card_drawings.strip(-0.5, -0.8, -0.2, 0.3))
    assert fall < card_drawings.WIDE / 2 < rise
    assert rise - card_drawings.WIDE / 2 == pytest.approx((card_drawings.WIDE / 2 - card_drawings.EDGE) / 2, abs=0.1)
    assert 'stroke-width="2.4"' in card_drawings.strip(0.5, 0.2, 0.8, 0.3)
    assert 'stroke-width="2.4"' not in card_drawings.strip(0.5, None, None, 0.3)


def test_every_picture_of_a_change_has_the_same_labelled_line_and_what_lies_beyond_it_an_arrow():
    near, far = card_drawings.strip(0.5, 0.2, 0.8, 0.3), card_drawings.strip(1.2, 0.6, 1.8, 0.5)
    numbers = [drawn(svg).findall(".//{http://www.w3.org/2000/svg}g") for svg in (near, far)]
    assert [len(each) for each in numbers] == [3, 3]
    assert (near.count('class="beyond"'), far.count('class="beyond"')) == (0, 1)
    assert full_dots(far)[0] == pytest.approx(card_drawings.WIDE - card_drawings.EDGE)


def test_what_leaves_of_a_change_is_what_its_picture_says():
    """The 95% interval of a rise; of a group of ten, whose interval does not leave, no dot that would look certain."""
    scale, group = (
        bare(card(one)["en"].select_one(".evidence img")["alt"])
        for one in (("change", "aid", "all", "rose"), ("change", "promote", "big", "fell"))
    )
    assert scale == "a dot at +0.6; a line: the 95% interval +0.4 to +0.8; a band of 0.3 to each side of zero"
    assert group == "no interval is shown"


def test_the_interval_is_the_one_that_the_conclusion_rests_on_and_is_named():
    """90% where "preserved" was the question, 95% for a rise; one that enters the band is called perhaps small."""
    [preserved] = card(("change", "drive", "all", "preserved"))["en"].select(".detail")
    assert bare(preserved.get_text()) == "90% interval −0.2 to +0.1"
    [rose] = card(("change", "role", "all", "rose"))["en"].select(".detail")
    assert bare(rose.get_text()) == "95% interval −0.1 to below +0.3; the change may be smaller than the margin"
    [far] = card(("change", "aid", "all", "rose"))["en"].select(".detail")
    assert bare(far.get_text()) == "95% interval +0.4 to +0.8"


def test_an_interval_that_the_words_on_certainty_tell_is_not_told_twice():
    rows = evidence(("change", "drive", "all", "preserved"))
    rows["certainty_en"] = "the 90% interval, \u2066−0.2\u2069 to \u2066+0.1\u2069, lies within the margin"
    [(_, html)] = cards.fragments(COHORT, rows, pd.DataFrame(), TABLES.get, HEADLINES)
    said = bare(BeautifulSoup(html["en"], "html.parser").select_one(".what").get_text())
    assert said.count("−0.2 to +0.1") == 1


def bare(text: str) -> str:
    return text.replace(ISOLATE, "").replace(END_ISOLATE, "")


def test_a_gap_runs_as_the_language_is_read_and_sinks_to_the_level_line():
    english, hebrew = (card_drawings.gap_line(0.9, 0.2, language) for language in ("en", "he"))
    heights = [float(dot.get("cy")) for dot in drawn(english).iter("{http://www.w3.org/2000/svg}circle")]
    assert heights[0] < heights[1] < 28  # the line at no gap
    assert full_dots(english)[0] < full_dots(english)[1]
    assert full_dots(hebrew)[0] > full_dots(hebrew)[1]
