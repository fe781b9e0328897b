"""Headlines: what they have to hold, in how many words, and that nothing flatters."""

from types import SimpleNamespace

import pandas as pd
import pytest
from followup.report import headlines
from followup.study.codebook import Group, Item, Scale, WaveWords, Words

LONG = Words(
    he="מעורבות בהנעת דיגיטציה במשרד או בארגון כולו", en="Involvement in driving digitisation across the organisation"
)
SCALES = {
    "drive": Words(he="מוטיבציה", en="Motivation"),
    "role": Words(he="תפיסה עצמית", en="Self-perception"),
    "skill": Words(he="מיומנויות", en="Skills"),
    "lead": Scale.model_construct(
        he="הובלה", en="Leading", short=None, respondents_say=Words(he="הם מובילים", en="they lead")
    ),
    "talk": Scale.model_construct(
        he="שיחה",
        en="Talking",
        short=None,
        respondents_say=Words(he="הם מדברים", en="they " + "talk and " * 9 + "talk"),
    ),
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
    waves={
        "start": WaveWords(he="מדידת בסיס", en="Baseline", when=Words(he="במדידת הבסיס", en="at baseline")),
        "end": WaveWords(
            he="מפגש הסיכום", en="Closing meeting", when=Words(he="במפגש הסיכום", en="at the closing meeting")
        ),
        "later": WaveWords(he="כעבור שנה", en="A year on", when=Words(he="כעבור שנה", en="a year on")),
    },
)
COHORT = SimpleNamespace(codebook=CODEBOOK)
GAPS = pd.DataFrame([("drive", "big", "small")], columns=["measure", "first", "second"])


def said(*rows: tuple[str, str, str, str], sentence: str = "Most ties were kept."):
    """The headline of evidence given as kind, measure, group and conclusion, in the order in which it leads."""
    columns = ["kind", "measure", "group", "verdict"]
    evidence = pd.DataFrame(rows, columns=columns).assign(
        wave="", compared_with="", sentence_he=sentence, sentence_en=sentence
    )
    evidence["table"] = evidence["kind"]
    return headlines.headline(COHORT, evidence, {"gaps": GAPS}.get)


def test_measures_of_one_conclusion_share_their_words():
    text = said(("change", "drive", "all", "preserved"), ("change", "role", "all", "preserved"))
    assert text.en == "Motivation and self-perception were preserved."
    assert text.he == "נשמרו: מוטיבציה ותפיסה עצמית."


def test_what_was_preserved_agrees_with_its_name():
    assert said(("change", "role", "all", "preserved")).he == "נשמרה: תפיסה עצמית."
    text = said(("change", "skill", "all", "preserved"))
    assert (text.he, text.en) == ("נשמרו: מיומנויות.", "Skills were preserved.")


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


def test_what_most_say_is_said_in_their_own_words_where_that_is_short_enough():
    """By the codebook's clause of each scale; else, and where respondents are divided, by the scale's name."""
    text = said(("level", "lead", "all", "majority"))
    assert text.en == "Most respondents say that they lead."
    assert text.he == "רוב המשיבים מדווחים שהם מובילים."
    assert said(("level", "drive", "all", "minority")).he == "רק מיעוט מן המשיבים מדווחים על רמה גבוהה של מוטיבציה."
    divided = said(("level", "lead", "all", "divided"))
    assert (divided.en, divided.he) == ("Respondents are divided on leading.", "המשיבים חלוקים באשר להובלה.")
    long = said(("level", "lead", "all", "majority"), ("level", "talk", "all", "majority"))
    assert long.en == "Most respondents rate leading and talking highly."
    assert long.he == "רוב המשיבים מדווחים שהם מובילים ושהם מדברים."


CHANGES = pd.DataFrame(
    [("drive", "preserved"), ("wide", "rose"), ("role", "preserved"), ("aid", None)], columns=["measure", "verdict"]
)


def test_the_title_of_a_chart_of_scales_tells_of_all_of_them():
    title = headlines.title_of(COHORT, CHANGES.assign(group="all", wave="later", compared_with="start"))
    assert (title["en"], title["he"]) == ("{said}", "{said}")
    assert title["said"].en == "Wider involvement rose; motivation and self-perception were preserved"
    assert title["said"].he == "עלייה במעורבות רחבה; נשמרו: מוטיבציה ותפיסה עצמית"
    levels = [("drive", "start", "divided"), ("drive", "end", "majority"), ("wide", "end", "divided")]
    title = headlines.title_of(COHORT, pd.DataFrame(levels, columns=["measure", "wave", "outcome"]))
    assert title["said"].en == "Most respondents rate motivation highly; respondents are divided on wider involvement"


def test_the_title_of_a_chart_of_gaps_tells_of_all_of_them_and_a_ceiling_is_no_narrowing():
    gaps = pd.DataFrame({"measure": ["drive", "role", "wide"], "verdict": ["narrowed", "narrowed", "cannot_be_told"]})
    gaps = gaps.assign(first="big", second="small", gap_later=0.2, caution=None)
    assert headlines.title_of(COHORT, gaps)["said"].en == (
        "The gap between headquarters and operational ministries narrowed in motivation and self-perception; "
        "we cannot tell whether the gap between headquarters and operational ministries changed in wider involvement"
    )
    capped = headlines.title_of(COHORT, gaps.assign(caution="ceiling"))["said"].en
    assert capped.startswith("The gap between headquarters and operational ministries is smaller in motivation")


def test_a_chart_of_which_nothing_is_told_has_no_title_and_many_scales_are_counted():
    assert headlines.title_of(COHORT, CHANGES.assign(verdict=None)) == {}
    assert headlines.title_of(COHORT, CHANGES.head(0)) == {}
    many = pd.DataFrame({"measure": [*SCALES], "verdict": "rose"})
    assert len(many) < 9
    more = pd.concat([many, pd.DataFrame({"measure": [f"m{place}" for place in range(9)], "verdict": "rose"})])
    named = {f"m{place}": Words(he="מדד", en="Measure") for place in range(9)}
    look_up = (NAMED | named).__getitem__
    codebook = SimpleNamespace(**vars(CODEBOOK) | {"words": look_up, "short": look_up, "scales": SCALES | named})
    assert headlines.title_of(SimpleNamespace(codebook=codebook), more)["said"].en == "Several measures rose"


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
    evidence = pd.DataFrame(rows, columns=["kind", "measure", "group", "verdict"]).assign(
        wave="", compared_with="", table="changes"
    )
    text = headlines.headline(SimpleNamespace(codebook=codebook), evidence, {}.get)
    assert text.en == "Four measures rose; two measures fell."
    assert text.he == "עלייה בארבעה מדדים; ירידה בשני מדדים."


def of_pairs(*rows: tuple[str, str, str, str]):
    """The headline of changes of all respondents, given as measure, conclusion, and the two waves of their pair."""
    columns = ["measure", "verdict", "wave", "compared_with"]
    evidence = pd.DataFrame(rows, columns=columns).assign(kind="change", group="all", table="changes")
    return headlines.headline(COHORT, evidence, {}.get)


def test_a_conclusion_about_a_named_pair_of_waves_names_both():
    text = of_pairs(("drive", "rose", "later", "start"))
    assert text.en == "Motivation rose a year on compared with baseline."
    assert text.he == "עלייה במוטיבציה כעבור שנה לעומת המצב במדידת הבסיס."


def test_two_pairs_that_end_in_one_wave_are_two_conclusions():
    text = of_pairs(("aid", "rose", "later", "start"), ("role", "rose", "later", "end"))
    assert text.en == "Two conclusions: two rises."
    both = of_pairs(("aid", "rose", "later", "start"), ("role", "rose", "later", "start"))
    assert both.en == "Digital Israel’s help and self-perception rose a year on compared with baseline."


PAIRS = (("later", "start"), ("end", "start"), ("later", "end"))


def in_turn(measure: str, *verdicts: str):
    """The headline of a measure in three waves; conclusions of the last wave and of the second since the first, then of the
    last since the second.
    """
    return of_pairs(*((measure, verdict, *pair) for verdict, pair in zip(verdicts, PAIRS, strict=True)))


def test_three_waves_of_one_measure_are_told_in_turn():
    text = in_turn("drive", "preserved", "rose", "fell")
    assert text.en == (
        "Motivation rose at the closing meeting, fell a year on and was preserved compared with baseline."
    )
    assert text.he == "מוטיבציה: עלייה במפגש הסיכום, ירידה כעבור שנה; לעומת המצב במדידת הבסיס – הרמה נשמרה."
    assert in_turn("skill", "rose", "rose", "preserved").en == (
        "Skills rose at the closing meeting, were preserved a year on and rose compared with baseline."
    )
    assert in_turn("drive", "rose", "inconclusive", "rose").en == (
        "Motivation may have changed at the closing meeting, rose a year on and rose compared with baseline."
    )
    assert in_turn("wide", "rose", "rose", "rose").en.startswith("Wider involvement rose at the closing meeting, rose")


def test_waves_compared_with_one_wave_share_a_clause():
    text = of_pairs(("drive", "rose", "later", "start"), ("drive", "rose", "end", "start"))
    assert text.en == "Motivation rose at the closing meeting and a year on compared with baseline."
    assert text.he == "עלייה במוטיבציה במפגש הסיכום וכעבור שנה לעומת המצב במדידת הבסיס."
    apart = of_pairs(("drive", "rose", "later", "start"), ("aid", "rose", "end", "start"))
    assert apart.en == "Two conclusions: two rises."


def test_where_18_words_are_too_few_conclusions_are_counted():
    pairs = PAIRS
    two = [(measure, verdict, *pair) for measure, verdict in (("drive", "rose"), ("wide", "fell")) for pair in pairs]
    text = of_pairs(*two, ("role", "inconclusive", "later", "end"))
    assert text.en == "Seven conclusions: three rises, three falls and one inconclusive result."
    assert text.he == "שבע מסקנות: שלוש עליות, שלוש ירידות ותוצאה אחת שבה לא ניתן לקבוע."
    text = of_pairs(*([("drive", "rose", *pair) for pair in pairs] * 4))
    assert plain(text.en) == "12 conclusions about motivation: 12 rises."


def plain(text: str) -> str:
    """A sentence without the signs that keep numbers in order."""
    return text.replace("\u2066", "").replace("\u2069", "")


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
