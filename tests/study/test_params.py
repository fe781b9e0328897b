"""Params and codebook are checked whole before anything runs: each way of breaking them is named, and nothing is made.

The cases are the params rows (B079 to B095) of the team's catalogue of bad inputs, each made on a copy of cohort 1.
"""

import re
import shutil
from pathlib import Path

import pytest
from followup.chain import build
from followup.problems import InputProblems, Problem
from followup.study.claims import read_claims
from followup.study.cohort import cohort_names, open_cohort

HOUSE = Path(__file__).parents[2]
PARAMS, CODEBOOK = "params/1.yaml", "params/questionnaires/digital_leaders.yaml"


@pytest.fixture
def root(tmp_path):
    """A place with a copy of cohort 1's params and codebook, to be broken."""
    shutil.copytree(HOUSE / "params", tmp_path / "params")
    return tmp_path


class Edited:
    """A file of the copy and what is done to its text."""

    def __init__(self, root: Path, file: str):
        self.path = root / file

    def replace(self, old: str, new: str) -> int:
        """Put `new` in place of the only `old`; gives the line where it now stands."""
        text = self.path.read_text(encoding="utf-8")
        assert text.count(old) == 1, (old, text.count(old))
        self.path.write_text(text.replace(old, new), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    def add(self, rows: str) -> int:
        """Put rows at the end; gives the line of the first."""
        text = self.path.read_text(encoding="utf-8").rstrip("\n") + "\n"
        self.path.write_text(text + rows + "\n", encoding="utf-8")
        return text.count("\n") + 1


@pytest.fixture
def params(root):
    return Edited(root, PARAMS)


@pytest.fixture
def codebook(root):
    return Edited(root, CODEBOOK)


def problems(root: Path) -> list[Problem]:
    with pytest.raises(InputProblems) as stop:
        open_cohort("1", root)
    assert stop.value.exit_code == 2
    assert all(found.remedy for found in stop.value.problems)
    return stop.value.problems


def only_problem(root: Path) -> Problem:
    [found] = problems(root)
    return found


# ------------------------------------------------------------ what passes


def test_the_params_of_every_cohort_pass():
    names = cohort_names(HOUSE)
    assert "1" in names
    for name in names:
        cohort = open_cohort(name, HOUSE)
        assert cohort.params.cohort == name


def test_the_root_may_be_named_in_the_environment(root, monkeypatch):
    monkeypatch.setenv("FOLLOWUP_ROOT", str(root))
    assert open_cohort("1").root == root
    assert open_cohort("1").private == root / "build" / "1" / "private"


def test_b079_a_flag_written_no_is_a_flag(root, params):
    params.replace("synthetic: true", "synthetic: no")
    assert open_cohort("1", root).params.synthetic is False


# ------------------------------------------------------------ what is refused: the catalogue


@pytest.mark.parametrize("word", ["no", "yes", "on", "off", "NO"])
def test_b079_a_text_given_a_flag_is_refused(root, params, word):
    line = params.replace("  sheet: משתתפים", f"  sheet: {word}")
    found = only_problem(root)
    assert (found.file, found.row, found.column, found.value) == (PARAMS, line, "roster.sheet", word)
    assert found.what == "a text was expected"
    assert "quotes" in found.remedy


def test_b081_a_key_that_stands_twice_is_refused(root, params):
    line = params.add("languages: [en]")
    found = only_problem(root)
    assert (found.file, found.row, found.column) == (PARAMS, line, "languages")
    assert "stands here twice" in found.what


def test_b081_also_deep_inside(root, params):
    line = params.replace("  least_cell: 5", "  least_cell: 5\n  least_cell: 3") + 1
    assert (only_problem(root).row, only_problem(root).column) == (line, "disclosure.least_cell")


def test_b082_a_tab_is_refused_with_its_line_and_column(root, params):
    line = params.replace("  least_cell: 5", "\tleast_cell: 5")
    found = only_problem(root)
    assert (found.file, found.row, found.column) == (PARAMS, line, "1")
    assert "never tabs" in found.remedy


@pytest.mark.parametrize(
    ("old", "new", "key", "near"),
    [
        ("  least_cell: 5", "  least_cel: 5", "disclosure.least_cel", "least_cell"),
        ("synthetic: true", "synthetc: true", "synthetc", "synthetic"),
        ("  duplicates: last_complete ", "  duplicate: last_complete ", "cleaning.duplicate", "duplicates"),
        ("  seed: 20161101", "  sead: 20161101", "analysis.sead", "seed"),
    ],
)
def test_b083_a_misspelt_key_gets_the_nearest_one(root, params, old, new, key, near):
    line = params.replace(old, new)
    found = problems(root)[0] if key != "synthetc" else next(f for f in problems(root) if f.column == key)
    assert (found.file, found.row, found.column) == (PARAMS, line, key)
    assert found.remedy == f"did you mean “{near}”?"
    assert near in found.allowed.split(", ")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "this is empty"),
        ("# only words\n", "this is empty"),  # B085
        ("- cohort: '1'\n", "this is a list or a single value"),
        ("1\n", "a single value"),  # B086
        ("cohort: '1'\n---\ncohort: '2'\n", "more than one document"),  # B087
    ],
)
def test_b085_to_b087_a_file_is_one_mapping(root, params, text, said):
    params.path.write_text(text, encoding="utf-8")
    found = only_problem(root)
    assert found.file == PARAMS
    assert said in found.what


@pytest.mark.parametrize(
    "tag",
    [
        "!!python/object/apply:os.system [touch witness]",
        "!!python/name:os.system ''",
        "!!python/object:os.system {}",
        "!!binary aGk=",
    ],
)
def test_b089_a_tag_builds_nothing(root, params, tag, monkeypatch):
    monkeypatch.chdir(root)
    line = params.replace("languages: [he, en]\n", f"languages: {tag}\n")
    found = only_problem(root)
    assert (found.row, found.column) == (line, "languages")
    assert "is not allowed" in found.what
    assert not (root / "witness").exists()


@pytest.mark.parametrize("key", ["x;import os", "print", "cohort = '2' #", "__import__"])  # B090, B091
def test_b090_b091_a_key_is_one_of_the_schema(root, params, key):
    line = params.add(f'"{key}": 5')
    found = only_problem(root)
    assert (found.row, found.column, found.what) == (line, key, f"unknown key “{key}”")
    assert "cohort, questionnaire, title, synthetic" in found.allowed


def test_b093_an_anchor_bomb_is_refused_before_it_unfolds(root, params):
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    line = params.add("\n".join(rows)) + 1
    found = only_problem(root)
    assert (found.row, found.value) == (line, "*a0")


@pytest.mark.parametrize(
    ("old", "key"),
    [
        ("  file: roster.xlsx", "roster.file"),
        ("    file: programme_end.csv", "waves.programme_end.file"),
        ("  file: projects.csv", "projects.file"),
        ("  members: project_members.csv", "projects.members"),
        ("  ties: network.csv", "network.ties"),
        ("  meetings: meetings.csv", "network.meetings"),
        ("  file: interviews.csv", "interviews.file"),
    ],
)
@pytest.mark.parametrize("path", ["../2/roster.xlsx", "/etc/passwd", "sub/roster.xlsx", "..", ".hidden", "a\\\\b"])
def test_b094_a_file_name_never_leaves_the_cohorts_folder(root, params, old, key, path):
    line = params.replace(old, f'{old.partition(":")[0]}: "{path}"')
    found = only_problem(root)
    assert (found.file, found.row, found.column) == (PARAMS, line, key)
    assert "named without folders" in found.what


@pytest.mark.parametrize("name", ["../1", "digital/leaders", "/etc/passwd", "..", "Digital"])
def test_b094_nor_does_the_name_of_a_questionnaire(root, params, name):
    line = params.replace("questionnaire: digital_leaders ", f'questionnaire: "{name}" ')
    assert (only_problem(root).row, only_problem(root).column) == (line, "questionnaire")


@pytest.mark.parametrize(
    ("old", "new", "key", "value", "near"),
    [
        (
            "        - motivation_promote\n",
            "        - motivation_promotes\n",
            "analysis.families.items",
            "motivation_promotes",
            "motivation_promote",
        ),
        (
            "measure: sponsor_opportunity, group: operational}",
            "measure: sponsor_oportunity, group: operational}",
            "analysis.families.named",
            "sponsor_oportunity",
            "sponsor_opportunity",
        ),
        (
            "measure: sponsor_opportunity, group: operational}",
            "measure: sponsor_opportunity, group: operationl}",
            "analysis.families.named.tests",
            "operationl",
            "operational",
        ),
        ("{first: headquarters,", "{first: headquarter,", "analysis.gaps", "headquarter", "headquarters"),
        (
            "measures: [own_area_activity, self_perception]}",
            "measures: [own_area_activity, self_perceptions]}",
            "analysis.gaps.measures",
            "self_perceptions",
            "self_perception",
        ),
        (
            "traits: [sector_group, seniority]",
            "traits: [sector_groups, seniority]",
            "traits",
            "sector_groups",
            "sector_group",
        ),
    ],
)
def test_b095_a_name_that_the_codebook_does_not_know_gets_the_nearest(root, params, old, new, key, value, near):
    params.replace(old, new)
    found = only_problem(root)
    assert (found.file, found.column, found.value) == (PARAMS, key, value)
    assert found.remedy == f"did you mean “{near}”?"
    assert near in found.allowed.split(", ")


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        (
            "sponsor_opportunity, group: operational}",
            "sponsor_opportunity, group: over_10_years}",
            "analysis.families.named.tests",
        ),
        ("{first: headquarters,", "{first: over_10_years,", "analysis.gaps"),
    ],
)
def test_a_test_or_gap_is_of_the_groups_that_are_compared(root, params, old, new, key):
    """over_10_years is a group of another trait, by which nothing is computed: its test would never be made."""
    params.replace(old, new)
    found = only_problem(root)
    assert (found.column, found.value) == (key, "over_10_years")
    assert "groups_by" in found.what and "operational" in found.allowed


# ------------------------------------------------------------ what is refused: the rest


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        ("languages: [he, en]\n", "languages: [ar]\n", "languages.0", "none of the allowed words"),
        ("link: by_id", "link: by_name", "link", "none of the allowed words"),
        ("  alpha: 0.05", "  alpha: 5", "analysis.alpha", "less than 1"),
        (
            "  margins: {scale: 0.3, item: 0.5}",
            "  margins: {scale: 0, item: 0.5}",
            "analysis.margins.scale",
            "greater than 0",
        ),
        (
            "  margins: {scale: 0.3, item: 0.5}",
            "  margins: {scale: .inf, item: 0.5}",
            "analysis.margins.scale",
            "another number",
        ),
        ("  registered: 2016-10-30", "  registered: 2016-02-30", "analysis.registered", "this value means nothing"),
        ("  registered: 2016-10-30", "  registered: before", "analysis.registered", "a date was expected"),
        ("  participants: 39", "  participants: 0", "roster.participants", "greater than or equal to 1"),
        ("  participants: 39", "  participants: 017", "roster.participants", "another number"),
        ("  least_group: 8", "  least_group: 2", "disclosure.least_group", "usual is at least 5"),
        ("  least_group: 8", "  least_group: 4", "disclosure.least_group", "usual is at least 5"),
        ("  least_cell: 5", "  least_cell: 2", "disclosure.least_cell", "usual is at least 3"),
        ("  least_cell: 5", "  least_cell: 1", "disclosure.least_cell", "greater than or equal to 2"),
        ("  least_group: 8", "  least_group: yes", "disclosure.least_group", "a whole number was expected"),
        ('cohort: "1"', "cohort: 1", "cohort", "a text was expected"),
        (
            "  least_items_for_scale: 0.5",
            "  least_items_for_scale: 0",
            "cleaning.least_items_for_scale",
            "greater than 0",
        ),
    ],
)
def test_a_value_outside_its_bounds_is_refused(root, params, old, new, key, said):
    line = params.replace(old, new)
    found = only_problem(root)
    assert (found.file, found.row, found.column) == (PARAMS, line, key)
    assert said in found.what


def test_b095_what_an_unknown_finding_may_mean_gets_the_nearest(root, params):
    params.replace('  sponsor:\n    he: "(דוגמה)', '  sponsors:\n    he: "(דוגמה)')
    problem = only_problem(root)
    assert (problem.column, problem.value, problem.what) == (
        "implications",
        "sponsors",
        "no finding of the codebook has this name",
    )
    assert "“sponsor”" in problem.remedy


@pytest.mark.parametrize(
    ("typed", "number"),
    [("half (62.5%) of them", "62.5"), ("a rise of 3 points", "3"), ("٤ of them", "٤"), ("③ of them", "③")],
)
def test_a_number_typed_into_what_a_finding_may_mean_is_refused(root, params, typed, number):
    params.replace("A project needs an owner after the programme;", f"A project needs {typed};")
    problem = only_problem(root)
    assert (problem.column, problem.value) == ("implications.projects", number)
    assert "without a number" in problem.remedy and problem.file == PARAMS


def test_a_year_in_what_a_finding_may_mean_is_no_number(root, params):
    params.replace("A project needs an owner after the programme;", "From 2027 on a project needs an owner;")
    assert open_cohort("1", root).params.implications["projects"].en.startswith("(Example) From 2027")


def test_a_policy_weaker_than_usual_needs_a_reason_that_can_be_pasted(root, params):
    params.replace("  least_group: 8", "  least_group: 4")
    remedy = only_problem(root).remedy
    assert "write 5 or more" in remedy
    pasted = remedy.split("disclosure:")[1].strip()
    assert pasted.startswith('weaker_than_usual: "')
    params.replace("  least_group: 4", f"  {pasted}\n  least_group: 4")
    assert open_cohort("1", root).params.disclosure.least_group == 4


def test_an_empty_reason_is_none(root, params):
    params.replace("  least_group: 8", '  weaker_than_usual: ""\n  least_group: 4')
    assert {found.column for found in problems(root)} == {"disclosure.weaker_than_usual", "disclosure.least_group"}


@pytest.mark.parametrize(
    ("line", "broken", "column"),
    [
        ("  published: 2017-02-01", "  published: February", "about.published"),
        (
            '  institute: {he: "מכון לדוגמה", en: "Example Institute"}',
            '  instittue: {he: "א", en: "A"}',
            "about.instittue",
        ),
        ('  institute: {he: "מכון לדוגמה", en: "Example Institute"}', '  institute: {en: "A"}', "about.institute.he"),
    ],
)
def test_front_matter_that_cannot_be_read_is_one_message(root, params, line, broken, column):
    at = params.replace(line, broken)
    found = only_problem(root)
    assert (found.column, found.row) == (column, at)


def test_front_matter_may_be_left_out(root, params):
    text = params.path.read_text(encoding="utf-8")
    params.path.write_text(re.sub(r"(?ms)^about:.*?(?=^# true)", "", text), encoding="utf-8")
    assert open_cohort("1", root).params.about.institute is None


def test_a_missing_key_is_named(root, params):
    params.replace("  registered: 2016-10-30\n", "")
    found = only_problem(root)
    assert found.what == "the key “registered” is missing"
    assert found.column == "analysis.registered"


def test_params_of_another_cohort_are_refused(root):
    shutil.copy(root / PARAMS, root / "params" / "2.yaml")
    with pytest.raises(InputProblems, match='write cohort: "2"'):
        open_cohort("2", root)


def test_linking_by_id_needs_a_roster(root, params):
    text = params.path.read_text(encoding="utf-8")
    params.path.write_text(re.sub(r"(?ms)^roster:.*?(?=^# Traits)", "", text), encoding="utf-8")
    assert "needs a roster" in only_problem(root).what


@pytest.mark.parametrize("name", ["../1", "1/", "", " 1", "$(ls)", "1\n", "questionnaires", "NO", "1.yaml", "x" * 40])
def test_a_cohort_is_a_name_in_params_and_nothing_else(root, name):
    with pytest.raises(InputProblems, match="there is no such cohort"):
        open_cohort(name, root)


def test_a_cohort_nearly_named_gets_the_nearest(root):
    (root / "params" / "local-3.yaml").write_text("cohort: local-3\n", encoding="utf-8")
    with pytest.raises(InputProblems, match="did you mean COHORT=local-3"):
        open_cohort("local_3", root)


# ------------------------------------------------------------ the codebook


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("      - {code: 2, he: במידה מועטה,", "      - {code: 1, he: במידה מועטה,", "the options' codes must rise"),
        (
            "    high: [4, 5]\n    low: [1, 2]",
            "    high: [4, 6]\n    low: [1, 2]",
            "high and low name codes that are not options: [6]",
        ),
        (
            "      - {kind: level, measure: project_work}",
            "      - {kind: level, measure: project_works}",
            "finding projects names unknown measures",
        ),
        ("    kind: text\n", "    kind: one\n", "a question with options must name its option set"),
        (
            "      self_leader:\n",
            "      motivation_weary:\n",
            "these keys are used twice among waves, scales, items and questions: motivation_weary",
        ),
    ],
)
def test_a_codebook_agrees_with_itself(root, codebook, old, new, said):
    codebook.replace(old, new)
    found = only_problem(root)
    assert found.file == CODEBOOK
    assert said in found.what


@pytest.mark.parametrize(
    ("old", "new", "key", "near"),
    [
        (
            "        reverse_coded: true\n\n  self_perception",
            "        reverse_code: true\n\n  self_perception",
            "scales.motivation.items.motivation_weary.reverse_code",
            "reverse_coded",
        ),
        (
            "    about:\n      he: ציון גבוה פירושו מוטיבציה",
            "    abut:\n      he: ציון גבוה פירושו מוטיבציה",
            "scales.motivation.abut",
            "about",
        ),
    ],
)
def test_a_misspelt_key_of_the_codebook_gets_the_nearest_one(root, codebook, old, new, key, near):
    codebook.replace(old, new)
    found = next(found for found in problems(root) if found.column == key)
    assert (found.file, found.remedy) == (CODEBOOK, f"did you mean “{near}”?")


def test_an_unknown_option_set_is_named_with_those_there_are(root, codebook):
    codebook.replace("  project_stage:\n    he: באיזה שלב", "  project_stage:\n    options: extents\n    he: באיזה שלב")
    codebook.replace("    kind: one\n    options: project_stages\n", "    kind: one\n")
    assert "no option set is named extents; there are extent, project_stages" in only_problem(root).what


def test_a_questionnaire_that_is_not_there_is_named(root, params):
    params.replace("questionnaire: digital_leaders ", "questionnaire: digital_leader ")
    found = only_problem(root)
    assert (found.file, found.what) == ("params/questionnaires/digital_leader.yaml", "there is no such file")


# ------------------------------------------------------------ published claims


def test_claims_are_checked_too(root):
    claims = Edited(root, "params/claims/1.yaml")
    line = claims.replace("    kind: projects_advanced\n", "    kind: project_advanced\n")
    with pytest.raises(InputProblems) as stop:
        read_claims(open_cohort("1", root))
    [found] = stop.value.problems
    assert (found.file, found.row, found.value) == ("params/claims/1.yaml", line, "project_advanced")
    assert found.remedy == "did you mean “projects_advanced”?"


def test_a_cohort_without_published_claims_has_none(root):
    (root / "params" / "claims" / "1.yaml").unlink()
    assert read_claims(open_cohort("1", root)) == []


# ------------------------------------------------------------ nothing is made


def test_broken_params_make_nothing_and_end_with_2(root, params, monkeypatch, capsys):
    params.replace("  least_cell: 5", "  least_cel: 5")
    monkeypatch.setenv("FOLLOWUP_ROOT", str(root))
    assert build.build_and_tell("1") == 2
    said = capsys.readouterr().err
    assert said.startswith("1 problem in the input:\nparams/1.yaml, row ")
    assert "what to do: did you mean “least_cell”?" in said
    assert "Traceback" not in said
    assert not (root / "build").exists()
