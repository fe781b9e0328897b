"""Who answered and who did not: small rosters worked by hand, and attacks on what the tables give away."""

import made_up_studies as made
import pandas as pd
import pytest
from followup.analysis import answer_levels, nonresponse
from followup.analysis.answers import score_waves
from followup.language import END_ISOLATE, ISOLATE
from followup.report import change_tables
from in_notebooks import described
from made_up_studies import answered, comparison, names
from tables_of_notebooks import item_levels, scale_levels, shown_changes, turned_items

ROLE_3 = {"r1": 3, "r2": 3, "r3": 3}
SCALES = {"scales": {"measures": ["drive", "role"]}}


def bare(text: str) -> str:
    return text.replace(ISOLATE, "").replace(END_ISOLATE, "")


class Study:
    """A comparison with the tables that stand beside it; `silent` people are on the roster and answered nothing."""

    def __init__(self, before, after=None, places=None, silent=(), **study):
        waves = {"programme_end": before} | ({} if after is None else {"follow_up": after})
        self.responses = made.responses(waves)
        self.people = made.participants(waves, places or {}, list(silent))
        self.comparison = comparison(before, after, places, **study)
        self.cohort = self.comparison.cohort
        self.scores = score_waves(self.responses, made.CODEBOOK, 0.5)
        self.differences = nonresponse.differences_table(self.people, self.scores, self.cohort)

    def bounds(self, wave: str | None = None) -> pd.DataFrame:
        """Those of one wave, the last where none is named."""
        bounds = nonresponse.roster_bounds(self.comparison, self.scores, self.differences)
        return bounds[bounds["wave"] == (wave or self.cohort.waves[-1])].set_index("measure")


def three_quarters(**study) -> Study:
    """Forty on the roster answered at programme end, 3 on average, thirty of them at follow-up, each a point higher."""
    everyone = names(1, 40)
    return Study(
        answered(everyone, d1=[2, 4] * 20, d2=[2, 4] * 20, **ROLE_3),
        answered(everyone[:30], d1=[3, 5] * 15, d2=[3, 5] * 15, l1=[1, 5] * 15, l2=[1, 5] * 15, **ROLE_3),
        roster=40,
        families=SCALES,
        **study,
    )


# Without a roster ----------------------------------------------------------------------------------------------------


def test_of_anonymous_answers_without_a_roster_nobody_is_counted_as_silent():
    before, after = (
        answered(names(1, 34), d1=[2, 4] * 17, d2=3, **ROLE_3),
        answered(names(41, 65), d1=4, d2=3, **ROLE_3),
    )
    study = Study(before, after, link="unlinked", roster=None, families=SCALES)
    assert len(study.bounds()) == 0
    assert nonresponse.tipping_points(study.comparison).empty


def test_bounds_of_one_anonymous_wave_are_a_table_of_nothing():
    alone = Study(answered(names(1, 31), d1=[2, 4, 3] * 10 + [3], d2=3, **ROLE_3), link="unlinked", roster=None)
    bounds = nonresponse.roster_bounds(alone.comparison, alone.scores, alone.differences)
    assert bounds.empty and {"measure", "wave", "n", "refused", "hidden"} <= {*bounds}


def test_that_a_wave_is_told_of_the_linked_alone_is_known_to_the_note():
    assert nonresponse.of_the_linked(three_quarters().comparison) is False  # ten answered the first wave alone
    few = Study(answered(names(1, 30), d1=3, d2=3), answered(names(1, 26), d1=3, d2=3))
    assert nonresponse.of_the_linked(few.comparison) is True


# Response ------------------------------------------------------------------------------------------------------------


def asked(study: Study, **waves: int) -> Study:
    """The same study where so many were asked in a wave."""
    for wave, people in waves.items():
        study.cohort.params.waves[wave] = study.cohort.params.waves[wave].model_copy(update={"asked": people})
    return study


def test_ten_of_sixty_who_were_asked_are_not_everyone():
    """One wave, ten answers of 4, sixty asked: had the others all said 1 or 5 the mean were 1.5 or 4.8."""
    study = asked(Study(answered(names(1, 10), d1=4, d2=4, **ROLE_3), link="unlinked", roster=None), programme_end=60)
    drive = study.bounds().loc["drive"]
    assert (drive["n"], drive["n_all"], drive["lowest"], drive["highest"]) == (10, 60, 1.5, 4.8)
    assert drive["refused"] != "all_answered"


def test_where_nobody_knows_how_many_were_asked_there_are_no_bounds_and_no_tipping_point():
    everyone = names(1, 26)
    before = answered(everyone, d1=[2, 4] * 13, d2=[2, 4] * 13, **ROLE_3)
    for link in ("same_row", "unlinked"):
        study = Study(before, answered(everyone[:22], d1=[3, 5] * 11, d2=[3, 5] * 11, **ROLE_3), link=link, roster=None)
        assert study.bounds().empty and study.bounds("programme_end").empty
        assert nonresponse.tipping_points(study.comparison).empty
        assert "26" not in bare(change_tables.note_of(study.comparison).en) or link == "unlinked"
        assert not change_tables.note_of(study.comparison).en.startswith("of ")
        response = described(study.cohort, "response", participants=study.people)
        assert not response["asked_known"].any()


def test_a_change_has_bounds_only_where_as_many_were_asked_in_both_waves():
    people = names(1, 20)
    waves = answered(people, d1=3, d2=3, **ROLE_3), answered(people, d1=4, d2=4, **ROLE_3)
    alike = asked(Study(*waves, link="unlinked", roster=None), programme_end=30, follow_up=30)
    other = asked(Study(*waves, link="unlinked", roster=None), programme_end=30, follow_up=40)
    assert alike.bounds()["change_lowest"].notna().any()
    assert other.bounds()["change_lowest"].isna().all() and len(other.bounds())
    assert nonresponse.tipping_points(other.comparison).empty and len(nonresponse.tipping_points(alike.comparison))


def test_the_roster_is_the_whole_and_without_one_nobody_knows_it():
    before, after = answered(names(1, 10), d1=3), answered(names(3, 12), d1=3)
    waves = {"programme_end": before, "follow_up": after}
    people, responses = made.participants(waves, {}, ["P99"]), made.responses(waves)
    rows = {"participants": people, "responses": responses, "scores": score_waves(responses, made.CODEBOOK, 0.5)}
    with_roster = described(made.cohort(roster=13), "response", **rows)
    assert with_roster[["n", "n_all"]].to_numpy().tolist() == [[10, 13], [10, 13]]
    in_rows = described(made.cohort("same_row", roster=None), "response", **rows)
    assert not in_rows["asked_known"].any()
    assert described(made.cohort("same_row", roster=None), "links", **rows)["status"].tolist() == [
        "linked", "only:programme_end", "only:follow_up",
    ]  # fmt: skip
    anonymous = described(made.cohort("unlinked", roster=None), "response", **rows)
    assert anonymous[["n", "n_all"]].to_numpy().tolist() == [[10, 10], [10, 10]]
    fewer = made.cohort("unlinked", roster=13)
    fewer.params.waves["follow_up"] = fewer.params.waves["follow_up"].model_copy(update={"asked": 11})
    assert described(fewer, "response", **rows)["n_all"].tolist() == [13, 11]
    assert described(made.cohort(roster=13), "links", **rows)["n"].tolist() == [8, 2, 2, 1]
    assert described(made.cohort("unlinked", roster=13), "links", **rows).empty


# Respondents beside the others ---------------------------------------------------------------------------------------


def test_a_difference_worked_by_hand():
    """Thirty answered: 15 of 20 in the north, 15 of 20 in the south, so place makes no difference; "drive" neither."""
    places = {name: "north" if number % 2 else "south" for number, name in enumerate(names(1, 40))}
    table = three_quarters(places=places).differences.set_index(["trait", "level"])
    assert table.loc[("place", "north"), ["n", "n_all", "standardised_difference"]].tolist() == [15, 20, 0.0]
    assert table.loc[("drive", ""), ["n", "n_all", "standardised_difference"]].tolist() == [30, 40, 0.0]
    assert not table["hidden"].any()


def test_a_difference_is_told_to_one_decimal():
    """In the north 9 of 20 answered, in the south 15 of 20: 9/24 of those who did against 11/16, d = (0.375 − 0.6875) / sd."""
    places = {name: "north" if number < 20 else "south" for number, name in enumerate(names(1, 40))}
    before = answered(names(1, 40), d1=3, d2=3, **ROLE_3)
    study = Study(before, answered(names(12, 35), d1=3, d2=3, **ROLE_3), places, roster=40, families=SCALES)
    north = study.differences.set_index(["trait", "level"]).loc[("place", "north")]
    assert north["standardised_difference"] == round(-0.3125 / ((0.375 * 0.625 + 0.6875 * 0.3125) / 2) ** 0.5, 1)


@pytest.mark.parametrize(("silent", "hidden"), [(7, True), (8, False)])
def test_nothing_is_told_of_fewer_than_eight_who_were_silent(silent, hidden):
    before = answered(names(1, 30), d1=[2, 4] * 15, d2=3, **ROLE_3)
    after = answered(names(1, 30 - silent), d1=3, d2=3, **ROLE_3)
    table = Study(before, after, roster=30, families=SCALES).differences
    drive = table[table["trait"] == "drive"].iloc[0]
    assert drive["hidden"] == hidden
    assert pd.isna(drive["standardised_difference"]) == hidden
    assert pd.isna(drive["n"]) == hidden


def by_place(**people: tuple[int, int]) -> dict:
    """Which places stay hidden, where of each so many answered and so many were silent."""
    whole = sum(n + silent for n, silent in people.values())
    first = [place for place, (n, _) in people.items() for _ in range(n)]
    last = [place for place, (_, silent) in people.items() for _ in range(silent)]
    everyone = names(1, whole)
    before = answered(everyone, d1=3, d2=3, **ROLE_3)
    after = answered(everyone[: len(first)], d1=3, d2=3, **ROLE_3)
    places = dict(zip(everyone, first + last, strict=True))
    table = Study(before, after, places, roster=whole, families=SCALES).differences
    told = table[table["trait"] == "place"].set_index("level")
    assert told.loc[told["hidden"], ["n", "n_all", "standardised_difference"]].isna().all(axis=None)
    return told["hidden"].to_dict()


@pytest.mark.parametrize(
    ("people", "hidden"),
    [
        ({"north": (15, 5), "south": (15, 5)}, ()),
        ({"north": (22, 12), "south": (8, 5), "west": (8, 5)}, ()),
        # seven of the west answered, however many they are on the roster; the next smallest would tell of them
        ({"north": (22, 12), "south": (9, 5), "west": (7, 13)}, ("south", "west")),
        # three of the west were silent, so that who they are could be asked; the south goes with them
        ({"north": (22, 12), "south": (9, 5), "west": (8, 3)}, ("south", "west")),
        # cohort 2 as it was published: 9 of 13, 11 of 13 and 7 of 10
        ({"north": (9, 4), "south": (11, 2), "west": (7, 3)}, ("north", "south", "west")),
    ],
)
def test_a_trait_of_few_who_answered_or_were_silent_is_hidden_and_what_would_give_it_away(people, hidden):
    assert {place for place, gone in by_place(**people).items() if gone} == {*hidden}


def test_a_trait_of_which_all_answered_or_a_few_only_is_hidden():
    """All ten of the east answered, and four of the west's ten: of the one each is known, of the other they are few.

    The north's numbers would then tell of these two.
    """
    places = dict(zip(names(1, 40), ["east"] * 10 + ["north"] * 16 + ["west"] * 10 + ["north"] * 4, strict=True))
    table = three_quarters(places=places).differences.set_index(["trait", "level"])
    assert table.loc["place", "hidden"].to_dict() == {"east": True, "north": True, "west": True}


def test_nothing_is_compared_where_nobody_was_silent_or_answers_carry_no_name():
    people = names(1, 20)
    everyone = answered(people, d1=3, d2=3, **ROLE_3)
    assert Study(everyone, everyone, roster=20, families=SCALES).differences.empty
    assert Study(everyone, everyone, link="unlinked", families=SCALES).differences.empty


# Bounds --------------------------------------------------------------------------------------------------------------


def test_bounds_worked_by_hand():
    """Thirty of forty average 4 at follow-up: (120 + 10)/40 = 3.25 if the silent all said 1, 170/40 = 4.25 if all 5.

    At programme end all forty averaged 3, so the change lies between 0.25 and 1.25. Halves are told away from zero.
    """
    drive = three_quarters().bounds().loc["drive"]
    assert drive[["n", "n_all", "lowest", "highest"]].tolist() == [30, 40, 3.3, 4.3]
    assert drive[["change_lowest", "change_highest"]].tolist() == [0.3, 1.3]


def test_bounds_tell_no_more_than_the_mean_that_is_told():
    """Thirty average 3.95 (as told 4.0 or 3.9), so what the bounds give back is that mean and no nearer."""
    study = three_quarters()
    drive = study.bounds().loc["drive"]
    sums = [(40 * drive["lowest"] - 10) / 30, (40 * drive["highest"] - 50) / 30]
    assert all(abs(told - 4.0) <= 40 * 0.05 / 30 + 1e-9 for told in sums)


@pytest.mark.parametrize("n", [1, 6, 7])
def test_there_are_no_bounds_and_no_tipping_point_of_fewer_than_eight(n):
    """Six people's bounds of 2.6 to 4.9 gave back their mean, which was hidden: 4.77."""
    before, few = answered(names(1, 12), d1=3, d2=3, **ROLE_3), names(1, n)
    after = answered(few, d1=5, d2=4, l1=4, l2=5, **ROLE_3)
    study = Study(before, after, roster=12, families=SCALES)
    bounds = study.bounds()
    assert bounds["hidden"].all()
    assert bounds.drop(columns=["wave", "compared_with", "hidden", "n_all"]).isna().all(axis=None)
    assert nonresponse.tipping_points(study.comparison).empty


def test_what_was_asked_once_has_bounds_of_its_mean_and_none_of_a_change():
    late = three_quarters().bounds().loc["late"]
    assert late[["lowest", "highest"]].tolist() == [2.5, 3.5]
    assert late[["change_lowest", "change_highest"]].isna().all()


def test_an_interval_for_the_roster_only_where_those_who_answered_did_not_differ():
    assert pd.isna(three_quarters().bounds().loc["drive", "refused"])
    assert three_quarters().bounds().loc["drive", "finite_low"] > 3.2
    everyone = names(1, 40)
    selective = Study(
        answered(everyone, d1=[4, 5] * 15 + [2, 3] * 5, d2=[4, 5] * 15 + [2, 3] * 5, r1=[2, 4] * 20, r2=3, r3=3),
        answered(everyone[:30], d1=[4, 5] * 15, d2=[4, 5] * 15, r1=[2, 4] * 15, r2=3, r3=3),
        roster=40,
        families=SCALES,
    ).bounds()
    assert selective.loc["drive", "refused"] == "differ"
    assert pd.isna(selective.loc["drive", "finite_low"])
    assert pd.notna(selective.loc["role", "finite_low"])


@pytest.mark.parametrize(("answered_last", "refused"), [(18, "too_few"), (21, None)])
def test_an_interval_for_the_roster_leaves_where_the_rules_let_one_of_so_many_leave(answered_last, refused):
    """Below 20 people no interval leaves of a scale: it would tell how far their answers lie apart."""
    everyone = names(1, answered_last + 14)
    values = {"d1": [2, 4, 3] * 20, "d2": [4, 2, 3] * 20, "r1": [2, 4] * 30, "r2": [4, 2] * 30, "r3": [3, 4] * 30}
    waves = [answered(people, **{item: given[: len(people)] for item, given in values.items()})
             for people in (everyone, everyone[:answered_last])]  # fmt: skip
    role = Study(*waves, roster=len(everyone), families=SCALES).bounds().loc["role"]
    assert (None if pd.isna(role["refused"]) else role["refused"]) == refused
    assert pd.isna(role["finite_low"]) == (refused is not None)
    assert role[["lowest", "highest"]].notna().all()


def test_no_such_interval_where_nothing_is_known_of_the_silent():
    people = names(1, 20)
    study = Study(
        answered(people, d1=[2, 4] * 10, d2=3, **ROLE_3),
        answered(names(31, 50), d1=[2, 4] * 10, d2=3, **ROLE_3),
        link="unlinked",
        roster=30,
        families=SCALES,
    )
    assert set(study.bounds()["refused"]) == {"not_examined"}
    full = Study(answered(people, d1=[2, 4] * 10, d2=3, **ROLE_3), roster=20, families=SCALES)
    assert set(full.bounds()["refused"]) == {"all_answered"}


# Tipping points and weights ------------------------------------------------------------------------------------------


def test_how_far_the_silent_must_have_fallen_to_undo_a_rise():
    """Thirty rose by a point: for no change on average the other ten must have fallen by 30/10 = 3."""
    tipping = nonresponse.tipping_points(three_quarters().comparison).set_index("measure")
    assert bare(tipping.loc["drive", "silent_en"]) == (
        "the change of all participants would be zero if the other 10 had changed by −3.0 points on average"
    )
    assert "של 10 האחרים −3.0 נקודות" in bare(tipping.loc["drive", "silent_he"])


def test_what_would_take_a_small_change_to_the_margin():
    """Three of thirty rose and three fell: ten others must have moved by 0.3 × 40/10 = 1.2 either way."""
    everyone, later = names(1, 40), {"d1": [3, 5] * 15, "d2": [3, 5] * 15, "l1": [1, 5] * 15, "l2": [1, 5] * 15}
    study = Study(
        answered(everyone, d1=[2, 4] * 20, d2=[2, 4] * 20, **ROLE_3),
        answered(everyone[:30], **later, **(ROLE_3 | {"r1": [4] * 3 + [2] * 3 + [3] * 24})),
        roster=40,
        families=SCALES,
    )
    tipping = nonresponse.tipping_points(study.comparison).set_index("measure")
    assert bare(tipping.loc["role", "silent_en"]) == (
        "the change of all participants would reach the margin if the other 10 had changed by −1.2 or by +1.2 points on average"
    )


def test_one_silent_person_cannot_undo_what_nineteen_said():
    people = names(1, 20)
    study = Study(
        answered(people, d1=2, d2=2, **ROLE_3),
        answered(people[:19], d1=[3, 4] * 9 + [3], d2=3, **ROLE_3),
        roster=20,
        families=SCALES,
    )
    tipping = nonresponse.tipping_points(study.comparison).set_index("measure")["silent_en"].map(bare)
    assert tipping["drive"] == "no change among the other 1 could bring the change of all participants to zero"
    assert tipping["role"] == "no change among the other 1 could bring the change of all participants to the margin"


def test_unlinked_waves_tip_when_the_means_would_be_equal():
    """Twenty averaged 3, then fifteen of twenty average 4: the other five would have to average 0, which nobody can."""
    before = answered(names(1, 20), d1=3, d2=[2, 4] * 10, **ROLE_3)
    after = answered(names(31, 45), d1=4, d2=4, **ROLE_3)
    study = Study(before, after, link="unlinked", roster=20, families=SCALES)
    tipping = nonresponse.tipping_points(study.comparison).set_index("measure")["silent_en"].map(bare)
    assert tipping["drive"].startswith("no answers of the 5 non-respondents")
    assert "averaged 3.0 (respondents: 3.0)" in tipping["role"]


def test_weights_move_a_result_as_worked_by_hand():
    """Of 20 in the north ten answered and rose by a point, of 20 in the south all answered and stayed.

    Unweighted 10/30, weighted 20/40: a move of 0.17 points, at a design effect of 30 × 60 / 40² = 1.125.
    """
    places = {name: "north" if number < 20 else "south" for number, name in enumerate(names(1, 40))}
    study = Study(
        answered(names(1, 40), d1=3, d2=3, **ROLE_3),
        answered(names(11, 40), d1=[4] * 10 + [3] * 20, d2=[4] * 10 + [3] * 20, **ROLE_3),
        places,
        roster=40,
        families=SCALES,
    )
    said = bare(nonresponse.weighting(study.comparison, study.people, study.scores).en)
    assert said == (
        "Weighting by “Place” (design effect at most 1.5) changes no scale’s result by more than 0.2 points; "
        "it is a sensitivity check only."
    )


def test_weights_are_refused_with_the_reason():
    places = dict(zip(names(1, 40), ["north"] * 20 + ["south"] * 14 + ["west"] * 6, strict=True))
    few = Study(
        answered(names(1, 40), d1=3, d2=3, **ROLE_3),
        answered(names(1, 36), d1=4, d2=4, **ROLE_3),
        places,
        roster=40,
        families=SCALES,
    )
    said = nonresponse.weighting(few.comparison, few.people, few.scores)
    assert "one of the groups is too small, or the design effect is above 1.5" in bare(said.en)
    assert "אחת הקבוצות קטנה מדי" in said.he
    anonymous = Study(
        answered(names(1, 9), d1=3, **ROLE_3), answered(names(11, 19), d1=3, **ROLE_3), link="unlinked", families=SCALES
    )
    said = nonresponse.weighting(anonymous.comparison, anonymous.people, anonymous.scores)
    assert said.en.startswith("No weights were computed")


# Levels and room -----------------------------------------------------------------------------------------------------


def test_a_band_says_what_a_scale_can_still_show():
    """Six of ten at the top: a rise cannot be shown; two of ten: little room; one of ten: room both ways."""
    ten = answered(
        names(1, 10), d1=[5] * 6 + [3] * 4, d2=[5] * 6 + [3] * 4, r1=[5] * 2 + [3] * 8, r2=[5] * 2 + [3] * 8, r3=1
    )
    ten["r3"] = [1, 1] + [3] * 8
    study = Study(ten, ten, roster=10, families=SCALES)
    room = described(
        study.cohort, "room_left", participants=study.people, responses=study.responses, scores=study.scores
    )
    room = room.set_index("measure")
    assert room["ceiling"].to_dict() == {"drive": "over_50", "role": "from_15_to_50"}
    assert room["room"].to_dict() == {"drive": "no_rise", "role": "little_room"}
    assert "share" not in room


def one_more(answer: int) -> Study:
    """Twenty answered both waves, ten only the first, and one only the second, who said `answer`."""
    linked, first, second = names(1, 20), names(21, 30), ["P31"]
    half = [3, 4] * 10
    return Study(
        answered(linked + first, d1=half + [2, 3] * 5, d2=half + [3] * 10, **ROLE_3),
        answered(
            linked + second,
            d1=half[::-1] + [answer],
            d2=half + [answer],
            l1=half + [answer],
            l2=half + [answer],
            **ROLE_3,
        ),
        roster=32,
        families=SCALES,
    )


def test_one_who_answered_the_follow_up_only_moves_no_published_mean():
    """The attack: subtract the linked from everyone. Whether that one said 4 or 5, both of them "high", is told nowhere
    but on the scale that was asked once, where everyone is counted alike."""
    tables = []
    for answer in (4, 5):
        study = one_more(answer)
        once = lambda table: table[table["measure"] != "late"].reset_index(drop=True)  # noqa: E731
        scales, statements = scale_levels(study.comparison, study.scores), item_levels(study.comparison)
        items = answer_levels.levels_shown(statements, study.comparison)
        tables.append(
            [
                shown_changes(study.comparison),
                once(answer_levels.levels_shown(scales, study.comparison)),
                items[~items["measure"].isin(["l1", "l2"])].reset_index(drop=True),
                once(study.bounds().reset_index()),
                nonresponse.tipping_points(study.comparison),
                study.differences,
                items[items["measure"].isin(study.comparison.measures)],
            ]
        )
    for one, other in zip(*tables, strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_the_attack_would_succeed_on_unprotected_tables():
    levels = [scale_levels(study.comparison, study.scores) for study in map(one_more, (4, 5))]
    assert not levels[0].equals(levels[1])


def test_a_mean_beside_that_of_the_linked_is_withheld_or_coarse():
    study = one_more(4)
    shown = answer_levels.levels_shown(scale_levels(study.comparison, study.scores), study.comparison)
    drive = shown[shown["measure"] == "drive"].set_index("wave")
    assert drive["hidden_mean"].to_dict() == {"programme_end": False, "follow_up": True}
    assert drive.loc["programme_end", "mean"] == 3.3  # 3.25, told to one decimal
    assert pd.isna(drive.loc["follow_up", "mean"])


def test_a_turned_item_gets_a_warning_that_says_where_to_look():
    rising = [1, 2, 3, 4, 5] * 4
    falling = [6 - value for value in rising]
    before = answered(names(1, 20), d1=rising, d2=rising, r1=rising, r2=rising, r3=falling)
    after = answered(names(1, 20), d1=rising, d2=rising, r1=rising, r2=rising, r3=rising)
    once = turned_items(Study(before, after, roster=20, families=SCALES).comparison)
    assert once[["measure", "wave", "warning"]].to_numpy().tolist() == [["r3", "follow_up", "against_one"]]
    always = turned_items(Study(after, after, roster=20, families=SCALES).comparison)
    assert set(always["warning"]) == {"against_both"}
    single = turned_items(Study(after, roster=20, families=SCALES).comparison)
    assert set(single["warning"]) == {"against_only"}
