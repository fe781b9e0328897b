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
COHORT = SimpleNamespace(codebook=CODEBOOK)
WAVES = {"wave": "follow_up", "compared_with": "programme_end"}
CHANGES = pd.DataFrame(
    [
        ("scale", "drive", "all", -0.1, -0.3, 0.1, -0.2, 0.1, 0.3),
        ("scale", "role", "all", 0.1, -0.1, 0.3, -0.1, 0.2, 0.3),
        ("scale", "aid", "all", 0.6, 0.4, 0.8, 0.4, 0.8, 0.3),
        ("item", "promote", "big", -1.0, None, None, None, None, 0.5),
    ],
    columns=["kind", "measure", "group", "change", "ci_low", "ci_high", "ci90_low", "ci90_high", "margin"],
).assign(**WAVES)
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


def said(*rows: tuple[str, str, str, str]):
    return cards.summary(COHORT, evidence(*rows), TABLES.get)


def card(*rows: tuple[str, str, str, str], claims: pd.DataFrame | None = None) -> dict[str, BeautifulSoup]:
    made = cards.fragments(COHORT, evidence(*rows), pd.DataFrame() if claims is None else claims, TABLES.get)
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


def test_a_scale_with_little_room_is_named():
    rows = ("change", "drive", "all", "rose"), ("change", "role", "all", "rose")
    assert beside({"room_left": ROOM}, *rows) == [
        "Ceiling and floor: Motivation: many answers already at an end of the scale (End)"
    ]


def test_of_all_respondents_before_a_group():
    text = said(("change", "promote", "big", "fell"), ("change", "role", "all", "inconclusive"))
    assert text.en.startswith("We cannot tell whether self-perception as leaders changed.")


# ------------------------------------------------------------------------------------------ sentences


def test_measures_of_one_verdict_share_a_sentence():
    text = said(("change", "drive", "all", "preserved"), ("change", "role", "all", "preserved"))
    assert text.en == "Motivation and self-perception as leaders were preserved."
    assert text.he == "מוטיבציה ותפיסה עצמית נשמרו."


def test_what_was_judged_comes_before_what_was_described():
    text = said(("level", "drive", "all", "majority"), ("change", "role", "all", "rose"))
    assert text.en == "Self-perception as leaders rose. Most respondents gave high answers on motivation."
    assert text.he == "תפיסה עצמית עלתה. רוב המשיבים השיבו תשובות גבוהות במוטיבציה."


def test_a_statement_is_quoted_and_its_group_is_named():
    text = said(("change", "promote", "big", "fell"))
    assert text.en == (
        "Agreement with “I promote $x$ <b>digital</b> services” fell among headquarters (policy) ministries."
    )
    assert text.he == "ההסכמה להיגד ״אני <b>מקדם</b>״ ירדה בקרב משרדי מטה."


def test_a_gap_names_both_groups():
    text = said(("gap", "drive", "all", "cannot_be_told"))
    assert text.en == (
        "We cannot tell whether the gap between headquarters (policy) ministries and operational ministries "
        "changed in motivation."
    )
    assert text.he == "לא ניתן לקבוע אם הפער במוטיבציה בין משרדי מטה למשרדי ביצוע השתנה."


def test_evidence_without_a_measure_speaks_for_itself():
    assert said(("ties_kept", "", "all", "majority")).en == "sentence en"


@pytest.mark.parametrize("verdict", ["rose", "fell", "preserved", "inconclusive", "described"])
def test_every_verdict_of_a_change_has_its_sentence_in_both_languages(verdict):
    text = said(("change", "drive", "all", verdict), ("change", "aid", "all", verdict))
    assert "otivation and Digital Israel’s help" in text.en
    assert "מוטיבציה ו" in text.he and "Digital Israel" in text.he
    assert "{" not in text.he + text.en


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
    assert list(cards.fragments(COHORT, evidence(), pd.DataFrame(), TABLES.get)) == []


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
    [rise] = full_dots(card_drawings.strip(0.5, 0.2, 0.8, 0.3, 1.0))
    [fall] = full_dots(card_drawings.strip(-0.5, -0.8, -0.2, 0.3, 1.0))
    assert fall < card_drawings.WIDE / 2 < rise
    assert "H" in card_drawings.strip(0.5, 0.2, 0.8, 0.3, 1.0)
    assert card_drawings.strip(0.5, None, None, 0.3, 1.0).count("<path") == 1


def test_what_leaves_of_a_change_is_what_its_picture_says():
    """Both bounds of the 95% interval where they leave; of a group of ten the change alone."""
    scale, group = (
        bare(card(one)["en"].select_one(".evidence img")["alt"])
        for one in (("change", "aid", "all", "rose"), ("change", "promote", "big", "fell"))
    )
    assert scale == "a dot at +0.6; a line for the 95% interval +0.4 to +0.8; a band of 0.3 to each side of zero"
    assert group == "a dot at −1.0; a band of 0.5 to each side of zero"


def bare(text: str) -> str:
    return text.replace(ISOLATE, "").replace(END_ISOLATE, "")


def test_a_gap_runs_as_the_language_is_read_and_sinks_to_the_level_line():
    english, hebrew = (card_drawings.gap_line(0.9, 0.2, language) for language in ("en", "he"))
    heights = [float(dot.get("cy")) for dot in drawn(english).iter("{http://www.w3.org/2000/svg}circle")]
    assert heights[0] < heights[1] < 28  # the line at no gap
    assert full_dots(english)[0] < full_dots(english)[1]
    assert full_dots(hebrew)[0] > full_dots(hebrew)[1]
