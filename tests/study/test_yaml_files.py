"""YAML that means what it says: what a params file or codebook may hold, and how each mistake in it is named."""

from datetime import date
from pathlib import Path
from typing import Literal

import pytest
from followup.problems import InputProblems, Problem, nearest
from followup.study.yaml_files import MOST_BYTES, Strict, checked, read_values, with_lines
from pydantic import Field


class Margin(Strict):
    scale: float = Field(0.3, gt=0)
    item: float = 0.5


class Plan(Strict):
    """A small params file of our own."""

    title: str = ""
    participants: int = 0
    synthetic: bool = False
    registered: date | None = None
    rule: Literal["first", "last", "reject"] = "last"
    margins: Margin = Margin()
    tests: list[Margin] = []
    families: dict[str, Margin] = {}
    names: list[str] = []


def in_file(path, model, shown_as):
    values, places = read_values(path, shown_as)
    return checked(values, model, places)


@pytest.fixture
def plan(tmp_path):
    """Reads a text as a plan."""

    def read(text: str | bytes) -> Plan:
        path = tmp_path / "plan.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return in_file(path, Plan, "params/plan.yaml")

    return read


@pytest.fixture
def problem(plan):
    """The one problem found in a text."""

    def found(text: str | bytes) -> Problem:
        with pytest.raises(InputProblems) as stop:
            plan(text)
        [problem] = stop.value.problems
        assert problem.file == "params/plan.yaml"
        assert problem.remedy
        assert stop.value.exit_code == 2
        return problem

    return found


# ------------------------------------------------------------ what passes


def test_values_are_what_they_look_like(plan):
    read = plan(
        "title: מחזור א׳\nparticipants: 39\nsynthetic: no\nregistered: 2016-10-30\nmargins: {scale: .25, item: 1}\n"
    )
    assert read.model_dump(exclude_unset=True) == {
        "title": "מחזור א׳",
        "participants": 39,
        "synthetic": False,
        "registered": date(2016, 10, 30),
        "margins": {"scale": 0.25, "item": 1.0},
    }


@pytest.mark.parametrize("word", ["no", "off", "false", "No", "FALSE"])
def test_a_flag_may_be_written_as_a_word(plan, word):
    assert plan(f"synthetic: {word}").synthetic is False


@pytest.mark.parametrize("text", ["title: 'no'", 'title: "no"', "title: !!str no"])
def test_a_text_in_quotes_stays_a_text(plan, text):
    assert plan(text).title == "no"


def test_a_byte_order_mark_and_comments_do_not_matter(plan):
    assert plan("\ufeff# a plan\nparticipants: 5  # five\n".encode()).participants == 5


def test_a_plan_does_not_change_once_it_was_read(plan):
    with pytest.raises(ValueError, match="frozen"):
        plan("participants: 5").participants = 6


def test_every_value_knows_its_line(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text("title: a\nmargins:\n  scale: 0.3\ntests:\n  - item: 1\n  - item: 2\n", encoding="utf-8")
    _, places = read_values(path, "plan.yaml")
    assert [
        places.line(key)
        for key in (("title",), ("margins", "scale"), ("tests", 1, "item"), ("margins", "gone"), ("gone",))
    ] == [1, 3, 6, 2, None]


# ------------------------------------------------------------ what is refused, and how it is said


WRONG_VALUES = [
    # text, line, key, value as written, allowed, part of what is said, part of the remedy
    ("title: no", 1, "title", "no", "", "a text was expected", "quotes"),
    ("\ntitle: on", 2, "title", "on", "", "a text was expected", "quotes"),
    ("title: 5", 1, "title", "5", "", "a text was expected", "quotes"),
    ("title: ~", 1, "title", "~", "", "a text was expected", "quotes"),
    ("title: 2016-10-30", 1, "title", "2016-10-30", "", "a text was expected", "quotes"),
    ("names: [a, yes]", 1, "names.1", "yes", "", "a text was expected", "quotes"),
    ("participants: yes", 1, "participants", "yes", "", "a whole number was expected", "figures"),
    ("participants: '39'", 1, "participants", "39", "", "a whole number was expected", "without quotes"),
    ("participants: 39.5", 1, "participants", "39.5", "", "a whole number was expected", "figures"),
    ("participants: 010", 1, "participants", "010", "", "YAML would read this as another number", "quotes"),
    ("participants: 0x1F", 1, "participants", "0x1F", "", "YAML would read this as another number", "quotes"),
    ("participants: 1_000", 1, "participants", "1_000", "", "YAML would read this as another number", "quotes"),
    ("participants: 12:30:45", 1, "participants", "12:30:45", "", "YAML would read this as another number", "quotes"),
    ("margins: {scale: 1:30.5}", 1, "margins.scale", "1:30.5", "", "YAML would read this as another number", "quotes"),
    (
        "margins: {scale: .inf}",
        1,
        "margins.scale",
        ".inf",
        "",
        "YAML would read this as another number",
        "plain number",
    ),
    (
        "margins: {scale: .nan}",
        1,
        "margins.scale",
        ".nan",
        "",
        "YAML would read this as another number",
        "plain number",
    ),
    ("margins:\n  scale: -1", 2, "margins.scale", "-1", "", "greater than 0", "correct"),
    ("margins: {scale: '0.3'}", 1, "margins.scale", "0.3", "", "a number was expected", "without quotes"),
    ("synthetic: 'no'", 1, "synthetic", "no", "", "true or false was expected", "without quotes"),
    ("synthetic: 0", 1, "synthetic", "0", "", "true or false was expected", "true or false"),
    ("registered: '2016-10-30'", 1, "registered", "2016-10-30", "", "a date was expected", "without quotes"),
    ("registered: 30/10/2016", 1, "registered", "30/10/2016", "", "a date was expected", "year-month-day"),
    ("registered: 2016-13-30", 1, "registered", "2016-13-30", "", "this value means nothing", "a day that exists"),
    (
        "registered: 2016-10-30 10:00:00",
        1,
        "registered",
        "2016-10-30 10:00:00",
        "",
        "a date was expected",
        "year-month-day",
    ),
    ("rule: lst", 1, "rule", "lst", "first, last, reject", "none of the allowed words", "did you mean “last”?"),
    ("rule: xyz", 1, "rule", "xyz", "first, last, reject", "none of the allowed words", "use one of them"),
    ("margins: 5", 1, "margins", "5", "", "keys and values were expected", "key: value"),
    ("margins:", 1, "margins", "", "", "keys and values were expected", "key: value"),
    ("names: a", 1, "names", "a", "", "a list was expected", "dash"),
    ("families: [a]", 1, "families", None, "", "keys and values were expected", "key: value"),
]


@pytest.mark.parametrize(
    ("text", "line", "key", "value", "allowed", "said", "remedy"), WRONG_VALUES, ids=[case[0] for case in WRONG_VALUES]
)
def test_a_wrong_value_is_named_with_its_line_key_and_remedy(problem, text, line, key, value, allowed, said, remedy):
    found = problem(text)
    assert (found.row, found.column, found.value, found.allowed) == (line, key, value, allowed)
    assert said in found.what
    assert remedy in found.remedy


def test_the_message_reads_whole(problem):
    assert str(problem("participants: 5\nrule: lst")).splitlines() == [
        "params/plan.yaml, row 2, column “rule”: this is none of the allowed words (found: “lst”)",
        "    allowed:    first, last, reject",
        "    what to do: did you mean “last”?",
    ]


@pytest.mark.parametrize(
    ("text", "line", "key", "near"),
    [
        ("particpants: 5", 1, "particpants", "participants"),
        ("title: a\nmargins:\n  scal: 1", 3, "margins.scal", "scale"),
        ("tests:\n  - scale: 1\n  - itm: 2", 3, "tests.1.itm", "item"),
        ("families:\n  first:\n    itme: 1", 3, "families.first.itme", "item"),
    ],
)
def test_an_unknown_key_gets_the_nearest_valid_one(problem, text, line, key, near):
    found = problem(text)
    assert (found.row, found.column, found.remedy) == (line, key, f"did you mean “{near}”?")
    assert near in found.allowed.split(", ")


@pytest.mark.parametrize("key", ["print", "x;import os", "<<", "yes", "1", "__class__", "model_config"])
def test_a_key_is_one_of_the_schema_whatever_it_looks_like(problem, key):
    found = problem(f'"{key}": 5')
    assert (found.row, found.column) == (1, key)
    assert found.what == f"unknown key “{key}”"


def test_a_text_cut_at_its_comma_is_told_to_stand_in_quotes(problem):
    found = problem("margins: {scale: 1, 2024}")
    assert found.column == "margins.2024" and "“…, 2024”" in found.remedy


def test_all_problems_of_a_file_come_together(plan):
    with pytest.raises(InputProblems) as stop:
        plan("title: no\nsynthetic: 3\nrule: lst\nmargins: {scal: 1, itm: 2}\n")
    assert [(found.row, found.column) for found in stop.value.problems] == [
        (1, "title"),
        (2, "synthetic"),
        (3, "rule"),
        (4, "margins.scal"),
        (4, "margins.itm"),
    ]
    assert str(stop.value).startswith("5 problems in the input:\n")


class Needed(Strict):
    who: str


class Needing(Strict):
    roster: Needed


def test_a_missing_key_is_named_where_it_belongs(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text("\nroster: {}\n", encoding="utf-8")
    with pytest.raises(InputProblems) as stop:
        in_file(path, Needing, "plan.yaml")
    [found] = stop.value.problems
    assert (found.row, found.column, found.what) == (2, "roster.who", "the key “who” is missing")


# ------------------------------------------------------------ what is no plain YAML


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("title: a\ntitle: b", 2, "stands here twice"),
        ("margins:\n  item: 1\n  item: 2", 3, "stands here twice"),
        ("tests: [{item: 1, item: 1}]", 1, "stands here twice"),
        ("margins:\n\titem: 1", 2, "this is not YAML"),
        ("title: 'a", 1, "this is not YAML"),
        ("title: a: b", 1, "this is not YAML"),
        ("margins: {item: 1", 2, "this is not YAML"),
        ("title: *name", 1, "an alias repeats another value"),
        ("title: &name a\nnames: [*name]", 2, "an alias repeats another value"),
        ("? [a, b]\n: 1", 1, "a key must be a plain word"),
        (
            "title: !!python/object:os.system ls",
            1,
            "the tag “tag:yaml.org,2002:python/object:os.system” is not allowed",
        ),
        (
            "title: !!python/object/apply:os.system [ls]",
            1,
            "the tag “tag:yaml.org,2002:python/object/apply:os.system” is not",
        ),
        ("margins: !!python/object:a.B {item: 1}", 1, "the tag “tag:yaml.org,2002:python/object:a.B” is not allowed"),
        ("title: !!binary aGVsbG8=", 1, "the tag “tag:yaml.org,2002:binary” is not allowed"),
        ("title: !mine a", 1, "the tag “!mine” is not allowed"),
        ("!mine {title: a}", 1, "the tag “!mine” is not allowed"),
        ("title: =", 1, "the tag “tag:yaml.org,2002:value” is not allowed"),
        ("synthetic: !!bool maybe", 1, "this value means nothing"),
        ("", None, "this is empty"),
        ("# nothing yet\n", None, "this is empty"),
        ("- title: a", None, "this is a list or a single value"),
        ("a text", None, "this is a list or a single value"),
        ("title: a\n---\ntitle: b", None, "more than one document"),
        ("title: a\x00", None, "control characters are not allowed"),
        (b"title: a\nnames: [\xe9]", 2, "a byte here is not UTF-8"),
        ("title: a\n".encode("utf-16"), 1, "a byte here is not UTF-8"),
        ("a: " + "[" * 30 + "]" * 30, 1, "nested more than 20 deep"),
        ("a: " + "[" * 400_000, 1, "nested more than 20 deep"),
        ("title: " + "a" * MOST_BYTES, None, "larger than 1 MB"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, str | bytes) else "",
)
def test_what_is_no_plain_yaml_is_refused(problem, text, line, said):
    found = problem(text)
    assert found.row == line
    assert said in found.what
    assert "\n" not in found.what


def test_an_anchor_bomb_is_refused_at_once(problem):
    """Ten lines that would unfold into ten thousand million values."""
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    found = problem("\n".join(rows))
    assert (found.row, found.value) == (2, "*a0")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputProblems, match=r"params/plan\.yaml: there is no such file"):
        read_values(tmp_path / "plan.yaml", "params/plan.yaml")


def test_nothing_is_executed_by_a_tag(tmp_path, problem):
    witness = tmp_path / "witness"
    problem(f"title: !!python/object/apply:os.system ['touch {witness}']")
    assert not witness.exists()


# ------------------------------------------------------------ problems in general


def test_a_problem_found_later_gets_the_line_of_its_value(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text("families:\n  scales:\n    measures:\n      - motivation\n      - motivatoin\n", encoding="utf-8")
    late = [
        Problem("no such name", "", "plan.yaml", None, column, value)
        for column, value in (("families.scales", "motivatoin"), ("families.scales", "elsewhere"), ("gaps", "x"))
    ]
    assert [found.row for found in with_lines(late, path)] == [5, 2, None]


@pytest.mark.parametrize(
    ("word", "near"), [("particpants", "participants"), ("least_cel", "least_cell"), ("zzz", None)]
)
def test_a_word_is_near_when_two_thirds_are_alike(word, near):
    assert nearest(word, ["participants", "least_cell", "title"]) == near


def test_the_projects_own_files_are_plain_yaml():
    for path in sorted((Path(__file__).parents[2] / "params").rglob("*.yaml")):
        read_values(path, path.name)
