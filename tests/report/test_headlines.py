"""Headlines: what they have to hold, in how many words, and that nothing flatters."""

from types import SimpleNamespace

import pandas as pd
import pytest
from followup.report import headlines
from followup.study.codebook import Group, Item, Scale, Words

LONG = Words(
    he="מעורבות בהנעת דיגיטציה במשרד או בארגון כולו", en="Involvement in driving digitisation across the organisation"
)
SCALES = {
    "drive": Words(he="מוטיבציה", en="Motivation"),
    "role": Words(he="תפיסה עצמית", en="Self-perception"),
    "aid": Words(he="Digital Israel", en="Digital Israel’s help"),
    "wide": Scale.model_construct(he=LONG.he, en=LONG.en, short=Words(he="מעורבות רחבה", en="Wider involvement")),
}
ITEMS = {
    "promote": Item.model_construct(
        he="אני מקדם שירותים", en="I promote services", short=Words(he="מקדמים", en="they promote")
    ),
    "bare": Item.model_construct(he="היגד " * 19, en="word " * 19, short=None),
}
GROUPS = {
    "big": Group.model_construct(
        he="משרדי מטה", en="Headquarters (policy) ministries", short=Words(he="מטה", en="Headquarters")
    ),
    "small": Words(he="משרדי ביצוע", en="Operational ministries"),
}
NAMED = {**SCALES, **ITEMS, **GROUPS}
CODEBOOK = SimpleNamespace(
    words=NAMED.__getitem__,
    short=lambda key: getattr(NAMED[key], "short", None) or NAMED[key],
    items=ITEMS,
    scales=SCALES,
)
COHORT = SimpleNamespace(codebook=CODEBOOK)
GAPS = pd.DataFrame([("drive", "big", "small")], columns=["measure", "first", "second"])


def said(*rows: tuple[str, str, str, str], sentence: str = "Most ties were kept."):
    """The headline of evidence given as kind, measure, group and conclusion, in the order in which it leads."""
    columns = ["kind", "measure", "group", "verdict"]
    evidence = pd.DataFrame(rows, columns=columns).assign(wave="", sentence_he=sentence, sentence_en=sentence)
    evidence["table"] = evidence["kind"]
    return headlines.headline(COHORT, evidence, {"gaps": GAPS}.get)


def test_measures_of_one_conclusion_share_their_words():
    text = said(("change", "drive", "all", "preserved"), ("change", "role", "all", "preserved"))
    assert text.en == "Motivation and self-perception were preserved."
    assert text.he == "נשמרו: מוטיבציה ותפיסה עצמית."


def test_every_conclusion_about_all_is_told_an_inconclusive_one_too_before_a_groups_rise():
    rows = (
        ("change", "drive", "big", "rose"),
        ("change", "role", "all", "inconclusive"),
        ("change", "wide", "all", "fell"),
    )
    assert said(*rows).en == (
        "We cannot tell whether self-perception changed; involvement in driving digitisation across the organisation fell; "
        "motivation rose among headquarters."
    )


def test_names_become_short_before_anything_is_left_out():
    rows = [
        ("change", name, "all", verdict)
        for name, verdict in (("wide", "rose"), ("drive", "preserved"), ("role", "fell"))
    ]
    assert said(*rows).en == (
        "Involvement in driving digitisation across the organisation rose; motivation was preserved; self-perception fell."
    )
    assert said(*rows, ("change", "aid", "all", "inconclusive")).en == (
        "Wider involvement rose; motivation was preserved; self-perception fell; we cannot tell whether Digital Israel’s help changed."
    )


def test_what_would_be_too_long_is_counted():
    many = {
        f"m{number}": Words(
            he="מדד ארוך מאוד מאוד של שביעות רצון כלשהי", en="A very very long name of some satisfaction"
        )
        for number in range(6)
    }
    codebook = SimpleNamespace(
        words=(NAMED | many).__getitem__, short=(NAMED | many).__getitem__, items=ITEMS, scales=many
    )
    rows = [("change", name, "all", "rose" if place < 4 else "fell") for place, name in enumerate(many)]
    evidence = pd.DataFrame(rows, columns=["kind", "measure", "group", "verdict"]).assign(wave="", table="changes")
    text = headlines.headline(SimpleNamespace(codebook=codebook), evidence, {}.get)
    assert text.en == "Four measures rose; two measures fell."
    assert text.he == "עלייה בארבעה מדדים; ירידה בשני מדדים."


def test_a_gap_names_both_groups():
    assert said(("gap", "drive", "all", "cannot_be_told")).en == (
        "We cannot tell whether the gap between headquarters (policy) ministries and operational ministries changed in motivation."
    )
    assert said(("gap", "drive", "all", "narrowed")).he == "הפער בין משרדי מטה למשרדי ביצוע הצטמצם במוטיבציה."


def test_what_is_hidden_is_said_once_after_what_is_known():
    rows = [
        ("gap", "drive", "all", "not_told"),
        ("change", "drive", "big", "not_told"),
        ("change", "role", "all", "rose"),
    ]
    assert said(*rows).en == "Self-perception rose; some results are not shown because groups are small."
    assert said(rows[0], rows[1]).en == "Some results are not shown because groups are small."


@pytest.mark.parametrize("verdict", ["rose", "fell", "preserved", "inconclusive", "described"])
@pytest.mark.parametrize("measure", ["wide", "promote", "bare", "aid"])
@pytest.mark.parametrize("group", ["all", "big"])
def test_no_headline_is_longer_than_18_words_or_unfilled(verdict, measure, group):
    text = said(
        ("change", measure, group, verdict), ("level", measure, "all", "majority"), ("ties_kept", "", "all", "majority")
    )
    for sentence in (text.he, text.en):
        assert 0 < len([word for word in sentence.split() if any(map(str.isalnum, word))]) <= 18
        assert "{" not in sentence and sentence.endswith(".")
