"""The tables of changes and gaps: stories worked by hand, what may be shown of them, and why a verdict is given."""

from dataclasses import replace
from types import SimpleNamespace

import made_up_studies as made
import numpy as np
import pandas as pd
import pytest
from followup.analysis.comparison import Comparison
from followup.disclosure.output_check import Rules
from followup.language import END_ISOLATE, ISOLATE, Text
from followup.report import change_tables, findings
from followup.report.plan import plan_table, settled_late
from followup.study.codebook import Evidence
from followup.words import change_notes, verdicts
from in_notebooks import cell_made
from made_up_studies import answered, comparison, names
from tables_of_notebooks import changes_of, gaps_of, reliabilities, shown_changes, shown_gaps, turned_items

SCALES = {"scales": {"measures": ["drive", "role"]}}
ROLE_3 = {"r1": 3, "r2": 3, "r3": 3}
NO_DAYS = pd.DataFrame({"wave": [], "day": []})  # files without times


def bare(text: str) -> str:
    """A text without the signs that keep numbers in order."""
    return text.replace(ISOLATE, "").replace(END_ISOLATE, "").replace("\u00a0", " ")


def row(table: pd.DataFrame, measure: str, group: str = "all") -> pd.Series:
    [found] = [row for _, row in table.iterrows() if (row["measure"], row["group"]) == (measure, group)]
    return found


def twelve_of_twenty_rose(**study) -> Comparison:
    """Twenty answered both waves; twelve rose by a point on both statements of "drive", eight stayed at 3."""
    people = names(1, 20)
    after = [4] * 12 + [3] * 8
    return comparison(
        answered(people, d1=3, d2=3, **ROLE_3), answered(people, d1=after, d2=after, **ROLE_3), families=SCALES, **study
    )


# Linked waves --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("precision", "told"), [("usual", True), ("no_interval", False)])
def test_the_params_say_how_precisely_changes_leave(precision, told):
    """Twenty linked people: an interval leaves as usual, and not where the params say "no_interval"."""
    study = twelve_of_twenty_rose()
    policy = study.cohort.params.disclosure.model_copy(update={"precision": precision})
    study.cohort = replace(study.cohort, params=study.cohort.params.model_copy(update={"disclosure": policy}))
    drive = row(shown_changes(study), "drive")
    assert pd.notna(drive.get("ci90_low")) == told
    assert drive["verdict"] == "rose"


def test_twelve_who_rose_and_eight_who_stayed():
    """Of 2**12 sign patterns two are as far from zero; Holm doubles it, for two scales were named."""
    drive = row(changes_of(twelve_of_twenty_rose()), "drive")
    assert (drive["n_up"], drive["n_same"], drive["n_down"]) == (12, 8, 0)
    assert (drive["change"], drive["effect_size"], drive["top_change"]) == (0.6, 1.0, 0.6)
    assert drive["p"] == 2 / 2**12
    assert drive["p_adjusted"] == 4 / 2**12
    assert (drive["verdict"], drive["kept"], drive["not_lower"]) == ("rose", "contradicted", "shown")


def test_a_scale_on_which_nobody_moved_is_preserved_and_only_its_conclusion_is_told():
    """A mean, an interval or a count would tell everyone's change: twenty times nothing."""
    role = row(shown_changes(twelve_of_twenty_rose()), "role")
    told = ["change", "mean_earlier", "mean_later", "ci_low", "ci90_low", "p_adjusted", "n_up", "top_change", "no_test"]
    assert role["verdict"] == "preserved" and role["in_words"]
    assert role[told].isna().all()
    assert bare(verdicts.change_reason(role).en) == (
        "few changed their answers, if any, so only the conclusion is shown"
    )


def test_the_floor_of_a_family_counts_all_its_tests():
    """Seven who moved are enough for one test or three, not for a family of six (eight)."""
    people = names(1, 20)
    before = answered(people, d1=3, d2=3, **ROLE_3)
    after = answered(people, d1=[4] * 7 + [3] * 13, d2=[4] * 7 + [3] * 13, **ROLE_3)
    six = {"all": {"measures": ["drive", "role", "d1", "d2", "r1", "r2"]}}
    few = row(changes_of(comparison(before, after, families=six)), "drive")
    enough = row(changes_of(comparison(before, after, families=SCALES)), "drive")
    assert pd.isna(few["p"])
    assert few["no_test"] == "too few to test"
    assert enough["p"] == 2 / 2**7


def test_partly_linked_waves_count_everyone_and_show_the_linked_beside():
    """Ten answered both waves and stayed at 3; eight more answered only the first, with 4, eight only the second."""
    linked, first, second = names(1, 10), names(11, 18), names(19, 26)
    spread = [2, 4] * 5
    before = answered(linked + first, d1=spread + [4] * 8, d2=spread + [4] * 8, **ROLE_3)
    after = answered(linked + second, d1=spread + [5] * 8, d2=spread + [5] * 8, **ROLE_3)
    study = comparison(before, after, link="partly_linked", families=SCALES)
    drive = row(shown_changes(study), "drive")
    assert row(changes_of(study), "drive")["change"] == pytest.approx((30 + 40) / 18 - (30 + 32) / 18)
    assert row(changes_of(study), "drive")["change_linked"] == 0
    assert drive["change"] == 0.4  # 8 / 18
    assert drive["test"] == "partly_linked"
    assert "change_linked" not in drive  # beside everyone's change it would tell of the few others
    note = change_tables.note_of(study)
    assert "10 of them both" in bare(note.en)
    assert "assuming that those who answered one wave only are like those who answered both" in note.en
    assert "בהנחה שהמשיבים בשלב אחד דומים למשיבים בשניהם" in note.he
    assert findings.reason(drive).en.endswith(
        "; assuming that those who answered one wave only are like those who answered both"
    )


def test_a_family_tested_together_needs_waves_that_are_linked_or_not_linked_throughout():
    family = {"items": {"measures": ["d1", "d2"], "adjust": "westfall_young"}}
    assert twelve_of_twenty_rose().adjustment("scales") == "holm"
    people = answered(names(1, 12), d1=3, d2=[2, 4] * 6, **ROLE_3)
    for link, by in (("by_id", "westfall_young"), ("partly_linked", "holm"), ("unlinked", "westfall_young")):
        assert Comparison(made.cohort(link, families=family), *_long(people)).adjustment("items") == by


def _long(wave: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    waves = {"programme_end": wave, "follow_up": wave}
    return made.responses(waves), made.participants(waves, {})


def test_unlinked_waves_say_that_the_mix_of_people_may_have_changed():
    before = answered(names(1, 12), d1=[2, 3] * 6, d2=[2, 3] * 6, **ROLE_3)
    after = answered(names(31, 42), d1=[4, 5] * 6, d2=[4, 5] * 6, **ROLE_3)
    study = comparison(before, after, link="unlinked", families=SCALES)
    drive = row(changes_of(study), "drive")
    assert (drive["change"], drive["superiority"], drive["effect_size"], drive["n_linked"]) == (2, 1, 1, 0)
    shown = row(shown_changes(study), "drive")
    assert (shown["change"], shown["verdict"]) == (2, "rose")
    assert {"superiority", "effect_size", "p"}.isdisjoint(shown.index)
    assert "n_up" not in shown or pd.isna(shown["n_up"])
    assert "the mix of people may have changed" in change_tables.note_of(study).en
    assert "הרכב המשיבים השתנה" in change_tables.note_of(study).he
    assert study.values("drive").pairs.empty


def test_one_wave_has_a_plan_and_nothing_to_compare():
    study = comparison(answered(names(1, 12), d1=3, d2=4, **ROLE_3), families=SCALES, gaps=[_gap("drive")])
    changes, gaps = shown_changes(study), shown_gaps(study)
    assert changes.empty
    assert gaps.empty
    assert study.main is None
    assert change_tables.why_no_gap(study, gaps) == change_notes.NO_GAP["one_wave"]
    unplanned = comparison(answered(names(1, 12), d1=3, d2=4, **ROLE_3), families=SCALES)
    assert change_tables.why_no_gap(unplanned, gaps) == Text("", "")
    assert len(plan_table(study, NO_DAYS)) > 5


def test_waves_in_one_row_are_linked():
    people = names(1, 12)
    study = comparison(
        answered(people, d1=3, d2=3, **ROLE_3),
        answered(people, d1=4, d2=4, **ROLE_3),
        link="same_row",
        roster=None,
        families=SCALES,
    )
    assert row(changes_of(study), "drive")["n_up"] == 12
    assert change_tables.told_columns(study.link, shown_changes(study), ["measure", "n"]) == ["measure", "n_linked"]
    said = bare(change_tables.note_of(study).en)
    assert said.startswith("12 answered both waves; both waves are in one row: if they were asked at the same time")


# What may be shown of groups -----------------------------------------------------------------------------------------

PLACES = dict(zip(names(1, 30), ["north"] * 10 + ["south"] * 10 + ["west"] * 10, strict=True))


def three_places(south: list[int], **study) -> Comparison:
    """Ten in each place; on "drive" north rises by one, the answers of south at follow-up are given, west stays."""
    people, before = names(1, 30), [2, 3] * 15
    after = [value + 1 for value in before[:10]] + south + before[20:]
    role = [2, 4] * 15
    return comparison(
        answered(people, d1=before, d2=before, r1=role, r2=role, r3=role),
        answered(people, d1=after, d2=after, r1=role, r2=role, r3=role),
        places=PLACES,
        **study,
    )


def test_a_group_has_no_counts_of_who_moved_and_a_p_only_where_the_plan_named_it():
    named = {"named": {"tests": [{"measure": "drive", "group": "north"}]}}
    shown = shown_changes(three_places([2, 3] * 5, families=SCALES | named))
    north, west = row(shown, "drive", "north"), row(shown, "drive", "west")
    hidden = ["n_up", "n_same", "n_down", "top_change", "ci_low", "ci90_low", "p_adjusted", "kept", "no_test", "beyond"]
    assert north[hidden].isna().all()  # ten people: no interval and no p, only the conclusion
    assert west[hidden].isna().all()
    assert (north["verdict"], west["verdict"]) == ("rose", "described")
    assert north["change"] == 1.0


def test_a_large_group_has_intervals_on_a_grid_that_divides_the_margin_and_may_leave():
    """Twenty-four in each place; the margin of scales is 0.25, so bounds stand on quarters of a point."""
    people, before = names(1, 48), [2, 3, 4] * 16
    after = [value + 1 for value in before[:24]] + before[24:36] + [value - 1 for value in before[36:]]
    study = comparison(
        answered(people, d1=before, d2=before, **ROLE_3),
        answered(people, d1=after, d2=before, **ROLE_3),
        places=dict(zip(people, ["north"] * 24 + ["south"] * 24, strict=True)),
        margins={"scale": 0.25},
        families={"named": {"tests": [{"measure": "drive", "group": "south"}]}},
    )
    changes = shown_changes(study)
    south = row(changes, "drive", "south")
    bounds = south[["ci_low", "ci_high", "ci90_low", "ci90_high"]].astype(float)
    assert (bounds * 4 == (bounds * 4).round()).all()
    shown = Rules(study.cohort.params.disclosure, study.codebook).protected("changes", changes)
    assert shown["ci_low"].equals(changes["ci_low"])


def test_statements_have_group_rows_only_where_the_plan_names_them():
    named = {"named": {"tests": [{"measure": "d1", "group": "north"}]}}
    changes = changes_of(three_places([2, 3] * 5, families=named))
    of_groups = changes[(changes["kind"] == "item") & (changes["group"] != "all")]
    assert of_groups[["measure", "group"]].to_numpy().tolist() == [["d1", "north"]]


def test_a_group_of_one_mind_is_hidden_and_another_with_it():
    """All ten of south gave 3 at follow-up: their mean would tell what each of them said, and so would the rest."""
    shown = shown_changes(three_places([3] * 10))
    hidden = shown[shown["hidden"]]
    assert set(hidden["measure"]) == {"drive"}
    assert set(hidden["group"]) == {"south", "north"}
    assert hidden[["change", "ci_low", "mean_later"]].isna().all(axis=None)


# Nobody follows from two tables --------------------------------------------------------------------------------------


def linked_and(first_only: int, second_only: int, link: str = "by_id") -> Comparison:
    linked, first, second = names(1, 20), names(21, 20 + first_only), names(31, 30 + second_only)
    half = [3, 4] * 10
    before = answered(linked + first, d1=half + [3] * first_only, d2=half + [3] * first_only, **ROLE_3)
    after = answered(linked + second, d1=half[::-1] + [4] * second_only, d2=half + [4] * second_only, **ROLE_3)
    return comparison(before, after, link=link, families=SCALES)


@pytest.mark.parametrize(
    ("first_only", "second_only", "shown"), [(0, 0, True), (3, 0, False), (3, 4, False), (4, 4, False), (9, 1, True)]
)
def test_a_share_among_the_linked_is_hidden_where_few_answered_one_wave_only(first_only, second_only, shown):
    """With four and four: all 24 answered high at follow-up, so the four alone did, and none of the first four."""
    drive = row(shown_changes(linked_and(first_only, second_only)), "drive")
    assert pd.notna(drive["top_change"]) == shown
    assert pd.notna(drive["change"])


@pytest.mark.parametrize(("apart", "told"), [(2, False), (8, True)])
def test_of_partly_linked_waves_what_rests_on_the_linked_alone_goes_by_their_number(apart, told):
    """Beside everyone's change, that of the linked would give away the others; counts need twenty-four linked, the
    share of high answers twenty, and enough others.
    """
    drive = row(shown_changes(linked_and(apart, apart, "partly_linked")), "drive")
    assert drive[["n_up", "n_same", "n_down"]].isna().all()
    assert pd.notna(drive["top_change"]) == told
    assert "change_linked" not in drive


# Gaps ----------------------------------------------------------------------------------------------------------------


def _gap(*measures: str) -> dict:
    return {"first": "north", "second": "south", "measures": list(measures)}


def catching_up(top: bool = False, **study) -> Comparison:
    """North rises from about 2 to about 4, south stays at about 4, or at the top for half of it; the west stays."""
    people = names(1, 30)
    north, south = [2, 3] * 5, ([5, 4] * 5 if top else [4, 3] * 5)
    before = north + south + [3, 4] * 5
    after = [value + step for value, step in zip(north, [1, 1, 1, 2, 1] * 2, strict=True)] + south + [3, 4] * 5
    role = [2, 4] * 15
    study = {"gaps": [_gap("drive", "role")], **study}
    return comparison(
        answered(people, d1=before, d2=before, r1=role, r2=role, r3=role),
        answered(people, d1=after, d2=after, r1=role, r2=role, r3=role),
        places=PLACES,
        **study,
    )


GROUPS = {"first": Text("הצפון", "the northerners"), "second": Text("הדרום", "the southerners")}


def test_a_gap_that_narrowed_is_adjusted_for_every_gap_the_plan_names():
    """The mean of north goes from 2.5 to 3.7, of south stays at 3.5: the gap goes from 1.0 to −0.2."""
    drive = gaps_of(catching_up()).set_index("measure").loc["drive"]
    assert drive[["gap_earlier", "gap_later", "change"]].tolist() == pytest.approx([1.0, -0.2, -1.2])
    assert drive["p_adjusted"] == pytest.approx(2 * drive["p"])
    gaps = shown_gaps(catching_up()).set_index("measure")
    drive = gaps.loc["drive"]
    assert drive[["gap_earlier", "gap_later", "excludes_zero"]].tolist() == [1.0, -0.2, True]
    assert drive[["change", "ci_low", "p_adjusted", "first_later"]].isna().all()  # of ten and ten
    assert gaps.loc["role", "verdict"] == "cannot_be_told"
    assert drive["verdict"] == "narrowed"
    assert "the 95% interval excludes zero" in bare(verdicts.gap_reason(drive, GROUPS).en)


def test_the_caution_of_the_ceiling_stands_in_the_same_sentence():
    drive = shown_gaps(catching_up(top=True)).set_index("measure").loc["drive"]
    assert (drive["caution"], drive["ceiling_second"]) == ("ceiling", "from_15_to_50")
    said = verdicts.gap_reason(drive, GROUPS)
    assert "of the northerners and over 15% of the southerners were already at the top" in bare(said.en)
    assert "מקבוצת הצפון" in said.he
    assert "a ceiling effect may explain some or all of it" in said.en
    assert "אפקט תקרה" in said.he
    assert drive["verdict"] == "narrowed"


def test_a_gap_whose_groups_give_away_a_small_one_is_not_shown_and_says_why():
    places = PLACES | dict.fromkeys(names(27, 30), "south") | dict.fromkeys(names(9, 10), "south")
    study = catching_up()
    small = Comparison(study.cohort, *_waves_of(study, {**places, **dict.fromkeys(names(21, 26), "west")}))
    gaps = shown_gaps(small)
    assert gaps["hidden"].all()
    hidden = ["change", "p_adjusted", "excludes_zero", "superiority_later", "ceiling_first", "verdict", "reason"]
    assert gaps[hidden].isna().all(axis=None)
    assert change_tables.why_no_gap(small, gaps) == change_notes.NO_GAP["small"]
    assert verdicts.gap_reason(gaps.iloc[0], GROUPS).en == ""


def _waves_of(study: Comparison, places: dict[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    waves = {wave: table.copy() for wave, table in study.tables.items()}
    for table in waves.values():
        table["r3"] = 6 - table["r3"]
    return made.responses(waves), made.participants(waves, places)


def test_an_unlinked_gap_says_that_power_is_low():
    before = answered(names(1, 20), d1=[2, 3] * 5 + [4, 3] * 5, d2=[2, 3] * 5 + [4, 3] * 5, **ROLE_3)
    after = answered(names(41, 60), d1=[2, 4] * 5 + [4, 3] * 5, d2=[3, 3] * 5 + [4, 3] * 5, **ROLE_3)
    places = {name: "north" if place % 20 < 10 else "south" for place, name in enumerate(names(1, 20) + names(41, 60))}
    study = comparison(before, after, places, link="unlinked", gaps=[_gap("drive")])
    [gap] = [gap for _, gap in shown_gaps(study).iterrows()]
    assert gap["verdict"] == "cannot_be_told"
    assert verdicts.gap_reason(gap, GROUPS).en.endswith("the waves are not linked, so power is low")


# Reasons in words ----------------------------------------------------------------------------------------------------


def judged(**values) -> pd.Series:
    return pd.Series(
        {
            "group": "all",
            "ci90_low": -0.3,
            "ci90_high": 0.5,
            "margin": 0.3,
            "p_adjusted": "> 0.05",
            "verdict": "inconclusive",
            "reason": "both_bounds_beyond_margin",
            "kept": "not_shown",
            **values,
        }
    )


@pytest.mark.parametrize(
    ("values", "english", "hebrew"),
    [
        (
            {},
            "the 90% interval, above −0.3 to +0.5, reaches beyond the margin 0.3; adjusted p > 0.05",
            "רווח הסמך 90%, מעל −0.3 עד +0.5, חורג מן הסף 0.3; לאחר תיקון p > 0.05",
        ),
        (
            {"p_adjusted": None, "no_test": "too few to test"},
            "the 90% interval, above −0.3 to +0.5, reaches beyond the margin 0.3; too few changed to test",
            "רווח הסמך 90%, מעל −0.3 עד +0.5, חורג מן הסף 0.3; מעטים מדי השתנו מכדי לבדוק",
        ),
        (
            {"verdict": "rose", "reason": "p_adjusted", "p_adjusted": "≤ 0.001"},
            "adjusted p ≤ 0.001",
            "לאחר תיקון p ≤ 0.001",
        ),
        (
            {"verdict": "rose", "reason": "p_adjusted", "p_adjusted": None, "kept": None},
            "the adjusted p is below the level of the plan",
            "p המתוקן קטן מרמת המובהקות שבתכנית",
        ),
        (
            {"verdict": "inconclusive", "reason": "too_few_for_margin", "p_adjusted": None, "ci90_low": None},
            "too few people to say whether the change lies within the margin 0.3",
            "המשיבים מעטים מכדי לומר אם השינוי בתוך הסף 0.3",
        ),
        (
            {"verdict": "fell", "reason": "p_adjusted", "p_adjusted": "≤ 0.01", "kept": "shown"},
            "adjusted p ≤ 0.01; yet the whole 90% interval lies within the margin 0.3",
            "לאחר תיקון p ≤ 0.01; אך כל רווח הסמך 90% בתוך הסף 0.3",
        ),
        (
            {"verdict": "preserved", "reason": "margin_met", "ci90_high": 0.2, "ci90_low": -0.1, "group": "north"},
            "the 90% interval, −0.1 to +0.2, lies within the margin 0.3",
            "רווח הסמך 90%, −0.1 עד +0.2, כולו בתוך הסף 0.3",
        ),
        (
            {"verdict": "preserved", "reason": "not_below_margin", "ci90_high": 0.9, "ci90_low": -0.1},
            "the 90% interval, −0.1 to +0.9, does not go below the margin, a fall of 0.3",
            "רווח הסמך 90%, −0.1 עד +0.9, אינו יורד מתחת לסף, ירידה של 0.3",
        ),
        (
            {"ci90_low": None, "ci90_high": None},
            "the 90% interval reaches beyond the margin 0.3; adjusted p > 0.05",
            "רווח הסמך 90% חורג מן הסף 0.3; לאחר תיקון p > 0.05",
        ),
        (
            {"verdict": "preserved", "reason": "margin_met", "margin": 0.25, "ci90_low": -0.25, "ci90_high": 0.25},
            "the 90% interval, above −0.25 to below +0.25, lies within the margin 0.25",
            "רווח הסמך 90%, מעל −0.25 עד מתחת ל־+0.25, כולו בתוך הסף 0.25",
        ),
        (
            {"verdict": "described", "reason": "no_family"},
            "not a hypothesis of the plan",
            "אינו נמנה עם ההשערות שבתכנית",
        ),
    ],
)
def test_every_verdict_has_its_reason_in_words(values, english, hebrew):
    said = verdicts.change_reason(judged(**values))
    assert (bare(said.en), bare(said.he)) == (english, hebrew)


@pytest.mark.parametrize(
    ("p", "island"), [("> 0.05", "p\u00a0>\u00a00.05"), (0.009, "p\u00a0=\u00a00.009"), (0.0002, "p\u00a0<\u00a00.001")]
)
def test_p_stands_in_one_island_with_its_sign_in_hebrew_too(p, island):
    said = verdicts.change_reason(judged(verdict="rose", reason="p_adjusted", p_adjusted=p))
    assert (said.he, said.en) == (f"לאחר תיקון\u00a0\u2066{island}\u2069", f"adjusted \u2066{island}\u2069")


@pytest.mark.parametrize("reason", sorted(verdicts.GAP_REASONS))
def test_every_reason_of_a_gap_has_words(reason):
    row = pd.Series(
        {
            "reason": reason,
            "ci_low": -0.7,
            "ci_high": 0.2,
            "p_adjusted": "> 0.05",
            "caution": None,
            "verdict": "cannot_be_told",
            "linked": True,
        }
    )
    said = verdicts.gap_reason(row, GROUPS)
    assert said.he
    assert said.en
    assert "{" not in said.he + said.en


def test_non_inferiority_asks_for_the_lower_bound_only():
    people = names(1, 20)
    after = [3, 4] * 10
    study = comparison(
        answered(people, d1=3, d2=3, **ROLE_3),
        answered(people, d1=after, d2=3, **ROLE_3),
        families={"one": {"measures": ["role", "d2"]}, "two": {"measures": ["drive"]}},
        preserved_by="non_inferiority",
        margins={"scale": 0.1},
        alpha=0.0001,
    )
    drive = row(changes_of(study), "drive")
    assert (drive["verdict"], drive["reason"], drive["kept"]) == ("preserved", "not_below_margin", "shown")


# The plan and the tables ---------------------------------------------------------------------------------------------


def test_the_plan_says_what_was_settled_and_when():
    families = {
        "scales": {"measures": ["drive", "role"]},
        "items": {"measures": ["d1", "d2"], "adjust": "westfall_young"},
        "named": {"tests": [{"measure": "drive", "group": "north"}]},
    }
    study = comparison(
        *(answered(names(1, 9), d1=3, d2=3, **ROLE_3) for _ in range(2)), families=families, gaps=[_gap("role")]
    )
    settled = [bare(text) for text in plan_table(study, NO_DAYS)["settled_en"]]
    assert settled[0].startswith("1 May 2024; ")
    assert "Drive; Role – adjusted by Holm" in settled
    assert "2 statements – adjusted by Westfall–Young, 9,999 sign flips" in settled
    assert "Drive (North) – adjusted by Holm" in settled
    assert "North – South: Role – adjusted by Holm" in settled
    assert "0.3 points for a scale, 0.5 for a statement" in settled
    assert plan_table(study, NO_DAYS)["setting_he"].str.len().min() > 0


def test_a_column_that_no_row_tells_is_left_out():
    told = pd.DataFrame({column: [1] for column in change_tables.ONLY_WHERE_TOLD.values()})
    named = ["measure", *change_tables.ONLY_WHERE_TOLD]
    assert change_tables.told_columns("by_id", told, named) == named
    assert change_tables.told_columns("by_id", told.iloc[:0], named) == ["measure"]


@pytest.mark.parametrize(("second", "named"), [(["b", "c"], True), (["b", "b"], False)])
def test_gaps_between_several_pairs_of_groups_name_them_in_each_row(second, named):
    """The columns that 03 shows of gaps, where they lie between two pairs of groups, and between one."""
    gaps = pd.DataFrame({"measure": ["drive", "role"], "first": ["a"] * 2, "second": second, "hidden": [False] * 2})
    shown, tables = [], SimpleNamespace(gap_note_of=lambda *_: None)
    page = SimpleNamespace(say=lambda **_: None, table=lambda *_, show, **__: shown.append(show))
    given = {"study": SimpleNamespace(comparison=None), "to_show": lambda rows, *named: named, "gaps": gaps}
    cell_made("03_compare", "gap-groups-named", "report-table-gaps-shown", report=page, change_tables=tables, **given)
    assert ("first" in shown[0]) is named


# Scales --------------------------------------------------------------------------------------------------------------


def test_an_item_that_one_export_turned_round_already_is_named():
    """r3 is reverse-coded: at programme end it runs against the others, at follow-up the file has it turned round."""
    rng = np.random.default_rng(1)
    level = rng.integers(2, 5, 30)
    noise = [level + rng.integers(-1, 2, 30) for _ in range(3)]
    before = answered(names(1, 30), d1=level, d2=noise[0], r1=level, r2=noise[1], r3=6 - noise[2])
    after = answered(names(1, 30), d1=level, d2=noise[0], r1=level, r2=noise[1], r3=noise[2])
    turned = turned_items(comparison(before, after))
    assert turned.to_numpy().tolist() == [["r3", "role", "follow_up", "against_one"]]
    assert turned_items(comparison(before, before)).empty


def test_reliability_says_why_there_is_no_omega():
    people = names(1, 12)
    before = answered(people, d1=[2, 3, 4] * 4, d2=[2, 4, 4] * 4, r1=3, r2=3, r3=3)
    table = reliabilities(comparison(before, before)).set_index(["measure", "wave"])
    assert table.loc[("drive", "follow_up"), "no_omega"] == "fewer_than_three_items"
    assert table.loc[("role", "follow_up"), "not_computable"] == "an_item_on_which_everyone_agreed"
    from followup.words.vocabulary import KEYS

    assert set(table["no_omega"].dropna()) | set(table["not_computable"].dropna()) <= set(KEYS)


@pytest.mark.parametrize(
    ("level", "alpha"), [("usual", 0.77), ("fewer_digits", 0.8), ("no_interval", 0.8), ("words_only", None)]
)
def test_reliability_leaves_as_precisely_as_the_params_say(level, alpha):
    """Two statements of 24 people, by hand: variances 16/23 and 22/23, of the sum 62/23; α = 2 (1 − 38/62) = 0.774."""
    first, second = [2, 3, 4] * 8, [2, 3, 4, 1, 3, 2] * 4
    before = answered(names(1, 24), d1=first, d2=second, r1=first, r2=second, r3=first)
    study = comparison(before, before)
    policy = study.cohort.params.disclosure.model_copy(update={"precision": level})
    study.cohort = replace(study.cohort, params=study.cohort.params.model_copy(update={"disclosure": policy}))
    row = reliabilities(study).set_index(["measure", "wave"]).loc[("drive", "follow_up")]
    assert (None if pd.isna(row["alpha"]) else row["alpha"]) == alpha
    if alpha is None:
        assert row[["alpha_low", "alpha_high", "mean_inter_item_r", "omega"]].isna().all()
        assert row["not_computable"] == "words_only"


# Findings in sentences -----------------------------------------------------------------------------------------------


def worded(study: Comparison, kind: str = "change", measure: str = "drive") -> dict[str, str]:
    """Verdict, sentence, number and certainty of one piece of evidence, in English."""
    table = shown_gaps(study) if kind == "gap" else shown_changes(study)
    verdict, *texts = findings.WORDED[kind](study.cohort, table, Evidence(kind=kind, measure=measure))
    assert all("{" not in text.he + text.en for text in texts)
    return {
        "verdict": verdict,
        **dict(zip(("sentence", "number", "certainty"), (bare(text.en) for text in texts), strict=True)),
    }


def test_a_finding_says_whose_answers_it_rests_on():
    linked = worded(twelve_of_twenty_rose())
    assert linked["number"].endswith("20 of 39 answered both waves")
    assert linked["certainty"] == "adjusted p ≤ 0.001"
    partly = worded(linked_and(8, 9, "partly_linked"))
    assert partly["number"].endswith("28 answered at the end and 29 at follow-up, 20 of them both")
    few = worded(linked_and(3, 2, "partly_linked"))
    assert few["number"].endswith("23 answered at the end and 22 at follow-up, 20 of them both")


def test_an_inconclusive_finding_says_where_the_interval_reaches():
    people = names(1, 20)
    swapped = comparison(
        answered(people, d1=[2, 4] * 10, d2=3, **ROLE_3),
        answered(people, d1=[4, 2] * 10, d2=3, **ROLE_3),
        families=SCALES,
    )
    said = worded(swapped)
    assert said["verdict"] == "inconclusive"
    assert "reaches beyond the margin 0.3" in said["certainty"]


def test_an_unlinked_finding_carries_the_sentence_on_the_mix_of_people():
    before = answered(names(1, 12), d1=[2, 3] * 6, d2=[2, 3] * 6, **ROLE_3)
    after = answered(names(31, 42), d1=[4, 5] * 6, d2=[4, 5] * 6, **ROLE_3)
    said = worded(comparison(before, after, link="unlinked", families=SCALES))
    assert said["number"].endswith("12 answered at the end and 12 at follow-up, not linked")
    assert said["certainty"].endswith("the mix of people may have changed")


def test_a_gap_that_the_ceiling_may_explain_is_never_headlined():
    said = worded(catching_up(top=True), "gap")
    assert said["verdict"] == "described"
    assert "narrowed" not in said["sentence"]
    assert "is smaller at follow-up, but at most 15% of north and over 15% of south" in said["sentence"]
    plain = worded(catching_up(), "gap")
    assert plain["verdict"] == "narrowed"
    assert plain["certainty"].endswith(
        "a comparison by ranks agrees; at the top in the earlier wave: at most 15% of each group"
    )


def test_a_level_stands_beside_its_worst_case():
    """Fifteen of thirty are high; of the roster's forty between 15 and 25, whatever the ten silent would have said."""
    levels = pd.DataFrame(
        [
            {
                "measure": "drive",
                "wave": "follow_up",
                "n": 30,
                "n_low": 2,
                "n_middle": 13,
                "n_high": 15,
                "outcome": "divided",
                "mean": None,
            }
        ]
    )
    some = "the 30 who answered (Follow-up); of all 40 who were asked: 15 to 25, however non-respondents would have answered"
    for roster, described in ((40, some), (30, "all 30 who were asked (Follow-up)")):
        said = findings.WORDED["level"](made.cohort(roster=roster), levels, Evidence(kind="level", measure="drive"))
        assert bare(said[2].en) == "15 of 30 (50%) gave a high answer, 2 of 30 a low one"
        assert bare(said[3].en) == f"a description of {described}"


@pytest.mark.parametrize(
    ("first", "late", "said"),
    [
        ("2024-05-02", False, "1 May 2024, before the first answer at follow-up"),
        ("2024-05-01", False, "1 May 2024, before the first answer at follow-up"),
        ("2024-04-30", True, "1 May 2024, after the first answer at follow-up"),
        (None, False, "1 May 2024; the files do not say when people answered at follow-up"),
    ],
)
def test_a_plan_says_whether_it_was_settled_before_the_last_wave_was_answered(first, late, said):
    """The plan of made-up cohorts is of 1 May 2024; answers of the first wave count for nothing."""
    study = twelve_of_twenty_rose()
    days = {
        "wave": ["programme_end", "follow_up", "follow_up"],
        "day": ["2024-01-01", first, "2024-06-01" if first else None],
    }
    respondents = pd.DataFrame(days)
    assert settled_late(study, respondents) == late
    assert bare(plan_table(study, respondents)["settled_en"].iloc[0]) == said
    of_many = respondents.astype({"day": "category"})  # as the days of a million are read
    assert bare(plan_table(study, of_many)["settled_en"].iloc[0]) == said


# Statements of waves that are not linked -----------------------------------------------------------------------------


def course(n: int, last: list[int] | None = None) -> Comparison:
    """n anonymous answers before a course and as many after: each answer given by a fifth, then more high ones."""
    before = {"d1": [1, 2, 3, 4, 5] * (n // 5), "d2": [2, 3, 3, 4, 5] * (n // 5), **ROLE_3}
    after = {"d1": [5, 4, 4, 3, 2] * (n // 5), "d2": last or [5, 4, 4, 3, 5] * (n // 5), **ROLE_3}
    people = [[f"{wave}{at:03}" for at in range(n)] for wave in "ab"]
    return comparison(
        answered(people[0], **before), answered(people[1], **after), link="unlinked", roster=None,
        families={"items": {"measures": ["d1", "d2"], "adjust": "westfall_young"}},
    )  # fmt: skip


def test_a_large_course_has_the_table_that_evaluations_publish():
    """d1: a mean of 3.0, then 3.6; of 25 pairs of answers the later is higher in 13, lower in 7, so delta 6/25."""
    shown = row(shown_changes(course(150)), "d1")
    assert [shown[column] for column in ("mean_earlier", "mean_later", "change", "delta")] == [3.0, 3.6, 0.6, 0.2]
    assert (shown["ci_low"], shown["ci_high"]) == (
        pytest.approx(0.3),
        pytest.approx(0.9),
    )  # 0.6 ± 1.97 × 0.143, outward
    assert (shown["p_adjusted"], shown["verdict"]) == ("≤ 0.001", "rose")
    named = ["mean_earlier", "interval", "delta"]
    assert change_tables.told_columns("unlinked", shown_changes(course(150)), named) == named


def test_a_small_course_or_an_answer_of_few_keeps_them_back():
    small = row(shown_changes(course(80)), "d1")
    few = course(150, last=[5, 4, 4, 3, 5] * 29 + [5, 4, 4, 3, 1])
    rare = row(shown_changes(few), "d2")
    for shown in (small, rare):
        assert shown[["mean_earlier", "mean_later", "ci_low", "ci90_low", "delta"]].isna().all()
        assert pd.notna(shown["change"])
    assert pd.notna(row(shown_changes(few), "d1")["ci_low"])
