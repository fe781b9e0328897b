"""The same answers as every tool may write them: several options in a cell or over columns, rankings, other answers."""

import csv
import io
import json
import random
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pyreadstat
import pytest
import yaml
from followup.cleaning.clean import Clean, clean_cohort
from followup.commands.upgrade import upgrade
from followup.problems import InputProblems
from followup.study.cohort import open_cohort
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from remedies import followed_ways
from test_real_exports import (
    AFTER,
    AIDS,
    BEFORE,
    CASES,
    EXTENT,
    HELPED,
    ITEMS,
    STAGE,
    STAGES,
    cleaned,
    differences,
    read_answers,
)

BASE = CASES / "google-other-text"
PEOPLE = list(dict.fromkeys(who for who, _ in AFTER))
LABEL = {code: label for label, code in AIDS.items()}
WORD = {code: label for label, code in EXTENT.items()}
STOOD = {code: label for label, code in STAGES.items()}
NAMES = {1: "support", 2: "budget", 3: "mentor", 4: "peers"}


@cache
def settings_of(told: str) -> dict[str, bytes]:
    """The base case's params and codebook in the form of now, with the keys of a codebook and of a wave more: by path."""
    book, params = json.loads(told)
    with TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(BASE / "params", root / "params")
        upgrade(root)
        _merge(root / "params" / "questionnaires" / "x_g3.yaml", book)
        _merge(root / "params" / "g3.yaml", {"waves": {"follow_up": {"file": "t2.csv", **params}}})
        return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def _merge(path: Path, more: dict) -> None:
    values = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    for key, value in more.items():
        values[key] = {**values[key], **value}
    path.write_text(yaml.safe_dump(values, allow_unicode=True, sort_keys=False), encoding="utf-8")


class Study:
    """The base case with another follow-up file: plain columns for the statements, `several` for what helped."""

    def __init__(self, root: Path, book: dict | None = None, params: dict | None = None):
        self.root = root
        shutil.copytree(BASE, root, ignore=shutil.ignore_patterns("params"))
        self.data = root / "data" / "g3"
        for name, content in settings_of(json.dumps([book or {}, params or {}])).items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(content)

    def write(self, headings: list[str], cells, delimiter: str = ",") -> "Study":
        """Columns of what helped under `headings`; `cells` gives those of a person's ticks."""
        rows = [["Timestamp", "Code", *ITEMS.values(), *headings, STAGE]]
        for who in PEOPLE:
            rated = [WORD[AFTER[who, key]] for key in ITEMS]
            rows.append(
                ["2024-12-01 09:00:00", who, *rated, *cells(AFTER[who, "helped"]), STOOD[AFTER[who, "stage_now"]]]
            )
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
        (self.data / "t2.csv").write_text(text.getvalue(), encoding="utf-8")
        return self

    def clean(self) -> Clean:
        return clean_cohort(open_cohort("g3", self.root))

    def said(self) -> str:
        with pytest.raises(InputProblems) as stop:
            self.clean()
        return str(stop.value)


def with_names() -> dict:
    """The codebook with a name an option, as XLSForm and LimeSurvey have it."""
    options = [
        {"code": code, "he": he, "en": LABEL[code], "synonyms": [NAMES[code], f"SQ00{code}"]}
        for code, he in ((1, "תמיכת הנהלה"), (2, "זמן, תקציב וצוות"), (3, "חונך"), (4, "עמיתים"))
    ]
    return {"option_sets": {"aids": {"options": options}}}


IN_A_CELL = {
    "semicolons": lambda ticks: "; ".join(LABEL[code] for code in sorted(ticks)),
    "a separator at the end": lambda ticks: "".join(f"{LABEL[code]};" for code in sorted(ticks)),
    "commas": lambda ticks: ", ".join(LABEL[code] for code in sorted(ticks)),
    "commas without spaces": lambda ticks: ",".join(LABEL[code] for code in sorted(ticks)),
    "a comma at the end": lambda ticks: "".join(f"{LABEL[code]}, " for code in sorted(ticks)),
    "each in quotes": lambda ticks: ", ".join(f'"{LABEL[code]}"' for code in sorted(ticks)),
    "a list": lambda ticks: str([LABEL[code] for code in sorted(ticks)]).replace("'", '"') if ticks else "",
    "lines": lambda ticks: "\n".join(LABEL[code] for code in sorted(ticks)),
    "bars": lambda ticks: " | ".join(LABEL[code] for code in sorted(ticks)),
    "codes and commas": lambda ticks: ",".join(map(str, sorted(ticks))),
    "codes and semicolons": lambda ticks: ";".join(map(str, sorted(ticks))),
    "codes and spaces": lambda ticks: " ".join(map(str, sorted(ticks))),
    "names and spaces": lambda ticks: " ".join(NAMES[code] for code in sorted(ticks)),
}


@pytest.mark.parametrize("way", IN_A_CELL)
@pytest.mark.parametrize("heading", ["helped", HELPED])
def test_several_options_in_a_cell(way, heading, tmp_path):
    study = Study(tmp_path / "s", with_names()).write([heading], lambda ticks: [IN_A_CELL[way](ticks)])
    assert differences(study.clean()) == {}


HEADED = {
    "question [option]": lambda code: f"{HELPED} [{LABEL[code]}]",
    "question - option": lambda code: f"{HELPED} - {LABEL[code]}",
    "question - Selected Choice - option": lambda code: f"{HELPED} - Selected Choice - {LABEL[code]}",
    "question: option": lambda code: f"{HELPED}: {LABEL[code]}",
    "option: question": lambda code: f"{LABEL[code]}: {HELPED}",
    "___code": lambda code: f"helped___{code}",
    "(choice=option)": lambda code: f"{HELPED} (choice={LABEL[code]})",
    "/option": lambda code: f"{HELPED}/{LABEL[code]}",
    "/name": lambda code: f"helped/{NAMES[code]}",
    "_code": lambda code: f"helped_{code}",
    ".code": lambda code: f"helped.{code}",
    "[code]": lambda code: f"helped[SQ00{code}]",
    "code. question [option]": lambda code: f"helped[SQ00{code}]. {HELPED} [{LABEL[code]}]",
}
TICKS = {
    "1 and 0": ("1", "0"), "1.0 and 0.0": ("1.0", "0.0"), "Checked": ("Checked", "Unchecked"), "Yes": ("Yes", "No"), "Y": ("Y", ""),
    "TRUE": ("TRUE", "FALSE"), "כן": ("כן", "לא"), "label": (None, ""), "Selected": ("Selected", "Not Selected"), "1 or blank": ("1", ""),
}  # fmt: skip


@pytest.mark.parametrize("ticked", TICKS)
@pytest.mark.parametrize("headed", HEADED)
def test_a_column_an_option(headed, ticked, tmp_path):
    yes, no = TICKS[ticked]
    study = Study(tmp_path / "s", with_names()).write(
        [HEADED[headed](code) for code in LABEL],
        lambda ticks: [(yes or LABEL[code]) if code in ticks else no for code in LABEL],
    )
    assert differences(study.clean()) == {}


def test_a_cell_beside_a_column_an_option(tmp_path):
    study = Study(tmp_path / "s", with_names()).write(
        ["helped", *(f"helped/{NAMES[code]}" for code in LABEL)],
        lambda ticks: [
            " ".join(NAMES[code] for code in sorted(ticks)),
            *("1" if code in ticks else "0" for code in LABEL),
        ],
    )
    assert differences(study.clean()) == {}


def test_spss_and_stata_with_a_variable_an_option(tmp_path):
    columns = {"Code": PEOPLE} | {key: [AFTER[who, key] for who in PEOPLE] for key in ITEMS}
    columns |= {f"helped_{code}": [int(code in AFTER[who, "helped"]) for who in PEOPLE] for code in LABEL}
    columns["stage_now"] = [AFTER[who, "stage_now"] for who in PEOPLE]
    frame, labels = pd.DataFrame(columns), dict.fromkeys(ITEMS, WORD) | {"stage_now": STOOD}
    for file, write in (("t2.sav", pyreadstat.write_sav), ("t2.dta", pyreadstat.write_dta)):
        study = Study(tmp_path / file, params={"file": file, "date_format": None})
        write(frame, str(study.data / file), variable_value_labels=labels)
        assert differences(study.clean()) == {}


# SurveyMonkey, condensed -------------------------------------------------------------------------------------------

MONKEY = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address", "First Name", "Last Name", "Custom Data 1"]  # fmt: skip
LEAD, OPEN = "How true is each of these of you?", "Open-Ended Response"
RATED = list(ITEMS.values())


def condensed(root: Path, above: list[list[str]], rated, told=None) -> Study:
    """A follow-up of SurveyMonkey: `above` are the heading rows right of its own columns, `rated` a person's ratings."""
    study = Study(root, params={"date_format": "%m/%d/%Y %H:%M:%S"})
    own = [MONKEY, [""] * len(MONKEY)]
    rows = [[*mine, *row] for mine, row in zip(own, above, strict=False)]
    for number, who in enumerate(PEOPLE):
        helped, stage = AFTER[who, "helped"], AFTER[who, "stage_now"]
        rest = told(helped, stage) if told else [", ".join(LABEL[code] for code in sorted(helped)), STOOD[stage]]
        times = ["12/01/2024 09:00:00", "12/01/2024 09:05:00"]
        rows.append([f"118{number:04}", "400", *times, *[""] * 5, who, *rated(who), *rest])
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    (study.data / "t2.csv").write_text(text.getvalue(), encoding="utf-8")
    return study


def in_words(who: str) -> list[str]:
    return [WORD[AFTER[who, key]] for key in ITEMS]


GRID_OF_ROWS = [
    ["Code", LEAD, *[""] * (len(RATED) - 1), HELPED, STAGE],
    [OPEN, *RATED, "Response", "Response"],
]


def test_surveymonkey_condensed_is_read(tmp_path):
    single = [["Code", *RATED, HELPED, STAGE], [OPEN, *["Response"] * (len(RATED) + 2)]]
    assert differences(condensed(tmp_path / "grid", GRID_OF_ROWS, in_words).clean()) == {}
    assert differences(condensed(tmp_path / "single", single, in_words).clean()) == {}
    codes = condensed(
        tmp_path / "codes",
        GRID_OF_ROWS,
        lambda who: [str(AFTER[who, key]) for key in ITEMS],
        lambda helped, stage: [", ".join(map(str, sorted(helped))), str(stage)],
    )
    assert differences(codes.clean()) == {}


def test_surveymonkey_with_a_grid_in_one_cell_or_without_its_second_row_is_refused(tmp_path):
    above = [["Code", LEAD, HELPED, STAGE], [OPEN, "Response", "Response", "Response"]]
    study = condensed(
        tmp_path / "cell",
        above,
        lambda who: ["; ".join(f"{q}: {a}" for q, a in zip(RATED, in_words(who), strict=True))],
    )
    said = study.said()
    assert "the answers to 7 statements stand in one cell" in said
    assert "expanded columns" in said
    study = condensed(tmp_path / "row", GRID_OF_ROWS[:1], in_words)
    assert "second heading row, which this file lacks" in study.said()


TICKED_IN_SPSS = {
    "1 yes, 2 no": (lambda code, ticks: 1 if code in ticks else 2, lambda code: {1: "Yes", 2: "No"}),
    "1 no, 2 yes": (lambda code, ticks: 2 if code in ticks else 1, lambda code: {1: "No", 2: "Yes"}),
    "its code or 0": (
        lambda code, ticks: code if code in ticks else 0,
        lambda code: {code: LABEL[code], 0: "Not Selected"},
    ),
    "quoted": (lambda code, ticks: int(code in ticks), lambda code: {1: "Quoted", 0: "Not quoted"}),
}


def ticked_in_spss(root: Path, cell, labels) -> Study:
    study = Study(root, params={"file": "t2.sav", "date_format": None})
    columns = {"Code": PEOPLE} | {key: [AFTER[who, key] for who in PEOPLE] for key in ITEMS}
    columns |= {f"helped_{code}": [cell(code, AFTER[who, "helped"]) for who in PEOPLE] for code in LABEL}
    columns["stage_now"] = [AFTER[who, "stage_now"] for who in PEOPLE]
    told = {f"helped_{code}": labels(code) for code in LABEL if labels}
    told |= dict.fromkeys(ITEMS, WORD) | {"stage_now": STOOD}
    pyreadstat.write_sav(pd.DataFrame(columns), str(study.data / "t2.sav"), variable_value_labels=told)
    return study


@pytest.mark.parametrize("way", TICKED_IN_SPSS)
def test_the_labels_of_spss_say_which_number_is_a_tick(way, tmp_path):
    assert differences(ticked_in_spss(tmp_path / "s", *TICKED_IN_SPSS[way]).clean()) == {}


def test_numbers_without_labels_of_which_each_person_has_several_are_no_ranking(tmp_path):
    said = ticked_in_spss(tmp_path / "s", TICKED_IN_SPSS["1 yes, 2 no"][0], None).said()
    assert "nothing says which of them is a tick" in said
    assert "kind: rank" not in said


def test_marks_and_crosses_in_one_question_are_refused(tmp_path):
    """V and X: a cross alone is a tick, beside V it says no to some and yes to others."""
    headings = [f"{HELPED} [{LABEL[code]}]" for code in LABEL]
    both = Study(tmp_path / "both").write(headings, lambda ticks: ["V" if code in ticks else "X" for code in LABEL])
    assert "hold both V and X" in both.said()
    alone = Study(tmp_path / "x").write(headings, lambda ticks: ["X" if code in ticks else "" for code in LABEL])
    assert differences(alone.clean()) == {}


def test_a_word_for_nothing_is_never_advised_to_be_other(tmp_path):
    study = Study(tmp_path / "s").write([HELPED], lambda ticks: ["; ".join(LABEL[c] for c in sorted(ticks)) or "None"])
    assert "other: true" not in study.said()
    ways = list(followed_ways(study.root, cleaned, tmp_path))
    assert [differences(cleaned(way)) for way in ways] == [{}]


@pytest.mark.parametrize("form", ["{}/5", "{}0%", "★ {}"])
def test_answers_in_another_form_are_never_advised_to_be_no_answer(form, tmp_path):
    said = in_codes(tmp_path / "s", lambda who, key: form.format(AFTER[who, key])).said()
    assert "not one of the possible answers" in said
    assert "no answer" not in said


@pytest.mark.parametrize(
    "way",
    [
        lambda ticks: " and ".join(LABEL[code] for code in sorted(ticks)),
        lambda ticks: "/".join(LABEL[code] for code in sorted(ticks)),
        lambda ticks: "".join(map(str, sorted(ticks))),
        lambda ticks: "; ".join(LABEL[code][:12] for code in sorted(ticks)),
    ],
    ids=["and", "slash", "codes without a sign", "cut short"],
)
def test_options_in_a_form_that_is_not_read_are_never_advised_to_be_other_or_a_spelling(way, tmp_path):
    study = Study(tmp_path / "s").write([HELPED], lambda ticks: [way(ticks)])
    said = study.said()
    assert "made of options or of codes, or is cut short" in said
    assert "other: true" not in said
    assert "synonyms" not in said
    assert list(followed_ways(study.root, cleaned, tmp_path)) == []


@pytest.mark.parametrize("typed", ["Pilot; Stopped", "Idea, Running", "Pilot or Idea", "Not running"])
def test_two_answers_in_a_cell_of_one_or_a_label_denied_are_never_advised_to_be_one_of_them(typed, tmp_path):
    study = Study(tmp_path / "s").write([HELPED], lambda ticks: ["; ".join(LABEL[code] for code in sorted(ticks))])
    path = study.data / "t2.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",Pilot\n", f',"{typed}"\n'), encoding="utf-8")
    said = study.said()
    assert "not one of the possible answers" in said
    assert "was meant, write" not in said


# Other answers -----------------------------------------------------------------------------------------------------

OTHER = {"option_sets": {"aids": {"options": [*with_names()["option_sets"]["aids"]["options"], {"code": 5, "he": "אחר", "en": "Other", "other": True}]}}}  # fmt: skip


def helped(clean: Clean) -> dict[str, frozenset]:
    return {who: codes for (who, key), codes in read_answers(clean, "follow_up").items() if key == "helped"}


@pytest.mark.parametrize(
    "typed",
    ["Luck", "2", "My spouse, and friends", "Other: my dog", "a;b", "Time, and luck", "A mentor I found myself"],
)
def test_a_text_of_ones_own_in_the_cell_is_other_and_never_an_option(typed, tmp_path):
    study = Study(tmp_path / "s", OTHER).write(
        [HELPED],
        lambda ticks: [", ".join([*(LABEL[code] for code in sorted(ticks)), *([typed] if 4 in ticks else [])])],
    )
    clean = study.clean()
    wanted = {who: ticks | {5} if 4 in ticks else ticks for who in PEOPLE for ticks in [AFTER[who, "helped"]]}
    assert helped(clean) == wanted
    assert typed.isdecimal() or typed not in "".join(map(str, clean.all("answers").to_numpy().ravel()))


@pytest.mark.parametrize("heading", ["Other", "Other (please specify)", "אחר"])
def test_a_text_of_ones_own_beside_the_options_is_other(heading, tmp_path):
    study = Study(tmp_path / "s", OTHER).write(
        [*(f"{HELPED} [{LABEL[code]}]" for code in LABEL), f"{HELPED} [{heading}]"],
        lambda ticks: [*(LABEL[code] if code in ticks else "" for code in LABEL), "Luck" if 4 in ticks else ""],
    )
    assert helped(study.clean()) == {who: t | {5} if 4 in t else t for who in PEOPLE for t in [AFTER[who, "helped"]]}


def test_a_slip_in_an_option_is_no_other_answer(tmp_path):
    study = Study(tmp_path / "s", OTHER).write(
        [HELPED], lambda ticks: ["; ".join("A menttor" if c == 3 else LABEL[c] for c in ticks)]
    )
    assert "“A menttor”" in study.said()


# Rankings ----------------------------------------------------------------------------------------------------------


def ranking(seed: int) -> list[int]:
    return random.Random(seed).sample(list(LABEL), 4)


def ranked_study(root: Path, headings: list[str], cells, kind: str = "rank") -> Study:
    study = Study(root, with_names())
    _merge(
        root / "params" / "questionnaires" / "x_g3.yaml",
        {"questions": {"helped": {"he": "א", "en": HELPED, "kind": kind, "options": "aids", "waves": ["follow_up"]}}},
    )
    numbers = iter(range(len(PEOPLE)))
    return study.write(headings, lambda _: cells(ranking(next(numbers))))


RANKS = {
    "a place an option": ([f"{HELPED} [{label}]" for label in AIDS], lambda order: [str(order.index(code) + 1) for code in LABEL]),
    "a place an option by code": ([f"helped_{code}" for code in LABEL], lambda order: [str(order.index(code) + 1) for code in LABEL]),
    "an option a place": ([f"helped[{n}]" for n in range(1, 5)], lambda order: [LABEL[code] for code in order]),
    "an option a rank": ([f"{HELPED} [Rank {n}]" for n in range(1, 5)], lambda order: [NAMES[code] for code in order]),
    "in one cell": ([HELPED], lambda order: ["".join(f"{LABEL[code]};" for code in order)]),
    "in one cell by codes": (["helped"], lambda order: [" ".join(map(str, order))]),
}  # fmt: skip


@pytest.mark.parametrize("way", RANKS)
def test_rankings_keep_their_order(way, tmp_path):
    study = ranked_study(tmp_path / "s", *RANKS[way])
    clean = study.clean()
    typed = dict(zip(clean.participants["participant"], clean.participants["id"], strict=True))
    answers = clean.all("answers").query("wave == 'follow_up' and question == 'helped'")
    found = {
        typed[who]: [int(code) for code in part["value"]] for who, part in answers.groupby("respondent", observed=True)
    }
    assert found == {who: ranking(n) for n, who in enumerate(PEOPLE)}


def test_ties_in_a_ranking_are_refused_by_row_and_ranks_are_no_ticks(tmp_path):
    headings, cells = RANKS["a place an option"]
    tied = ranked_study(
        tmp_path / "tied", headings, lambda order: ["1", "1", "3", "4"] if order[0] == 1 else cells(order)
    )
    assert "gives two options one place" in tied.said()
    assert "kind: rank" in ranked_study(tmp_path / "ticks", headings, cells, kind="many").said()


# Any ticks, any way ------------------------------------------------------------------------------------------------


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ticks=st.lists(st.frozensets(st.sampled_from(list(LABEL))), min_size=24, max_size=24),
    way=st.sampled_from(sorted(IN_A_CELL)),
    headed=st.sampled_from(sorted(HEADED)),
    told=st.sampled_from(sorted(TICKS)),
)
def test_whatever_was_ticked_a_cell_and_columns_say_the_same(ticks, way, headed, told, tmp_path_factory):
    mine, (yes, no) = dict(zip(PEOPLE, ticks, strict=True)), TICKS[told]
    both = []
    for headings, cells in (
        ([HELPED], lambda t: [IN_A_CELL[way](t)]),
        (
            [HEADED[headed](code) for code in LABEL],
            lambda t: [(yes or LABEL[code]) if code in t else no for code in LABEL],
        ),
    ):
        people = iter(PEOPLE)
        study = Study(tmp_path_factory.mktemp("ticks") / "s", with_names())
        study.write(headings, lambda _, cells=cells, people=people: cells(mine[next(people)]))
        both.append(helped(study.clean()))
    assert both[0] == both[1] == mine


# Codes that run the other way --------------------------------------------------------------------------------------


def in_codes(root: Path, coded, **params) -> Study:
    """The follow-up with its ratings as bare numbers, as `coded` gives them; the first wave came as labels."""
    study = Study(root, params=params)
    rows = [["Timestamp", "Code", *RATED, HELPED, STAGE]]
    for who in PEOPLE:
        rated = [str(coded(who, key)) for key in ITEMS]
        helped = "; ".join(LABEL[code] for code in sorted(AFTER[who, "helped"]))
        rows.append(["2024-12-01 09:00:00", who, *rated, helped, STOOD[AFTER[who, "stage_now"]]])
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    (study.data / "t2.csv").write_text(text.getvalue(), encoding="utf-8")
    return study


def outer_too(key: str, who: str, code: int) -> int:
    """One person at each end, so that all five codes were given."""
    return {PEOPLE[0]: 1, PEOPLE[1]: 5}.get(who, code) if key == "s1" else code


def test_descending_codes_with_both_ends_given_are_told_by_the_people_who_answered_both(tmp_path):
    """Nearly the answers of the first wave, 6 less each: 5 not at all … 1 extremely."""
    near = {(who, key): outer_too(key, who, code) for (who, key), code in BEFORE.items() if key in ITEMS}
    down = in_codes(tmp_path / "down", lambda who, key: 6 - near[who, key])
    assert "seem to run the other way" in down.said()
    up = in_codes(tmp_path / "up", lambda who, key: near[who, key]).clean()
    assert read_answers(up, "follow_up")[PEOPLE[3], "k1"] == BEFORE[PEOPLE[3], "k1"]
    kept = in_codes(tmp_path / "kept", lambda who, key: 6 - near[who, key], accepted=["bare_numbers"]).clean()
    assert read_answers(kept, "follow_up")[PEOPLE[3], "k1"] == 6 - BEFORE[PEOPLE[3], "k1"]


@pytest.mark.parametrize("seed", range(20))
def test_answers_that_have_nothing_to_do_with_those_of_before_are_no_sign_of_another_direction(seed, tmp_path):
    drawn = random.Random(seed)
    rated = {(who, key): drawn.randint(1, 5) for who in PEOPLE for key in ITEMS}
    assert in_codes(tmp_path / "s", lambda who, key: rated[who, key]).clean()
