"""The rules for notebooks: each one is broken on purpose, and what keeps it passes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from checkouts import SHIPPED
from followup.chain import notebook_rules
from followup.commands import check as commands_check
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, writes

NOTEBOOKS = Path(notebook_rules.__file__).parents[2]
TITLE = ("# 07 · What for?\nA question, its data, its reader.", "# 07 · לשם מה?\nשאלה, נתונים וקוראים.")
PARAMETERS = 'cohort = "1"\nlanguage = "en"'
IMPORTS = "from followup.report.report import open_report"
OPEN = "report = open_report(cohort, language)"


@pytest.mark.parametrize("name", SHIPPED)
def test_study_is_the_same_in_every_notebook_that_has_one(name):
    cells = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    opened = [line.split(" = ")[1].split(", ")[0] for line in code.splitlines() if line.startswith("study")]
    assert opened == (["report.study"] if "study." in code else [])


def parameters(source: str = PARAMETERS, **metadata):
    return new_code_cell(source, metadata={"tags": ["parameters"], **metadata})


def cells_of(*more: str, first: list | None = None) -> list:
    """A notebook in order: the title in both languages, parameters, imports, the report, then `more` code cells."""
    opening = [*map(new_markdown_cell, TITLE), parameters(), new_code_cell(IMPORTS), new_code_cell(OPEN)]
    return [*(opening if first is None else first), *map(new_code_cell, more)]


@pytest.fixture
def problems(tmp_path):
    """Writes cells as a notebook and gives the problems found, one line each."""

    def found(cells: list, check=notebook_rules.check) -> list[str]:
        path = tmp_path / "07_made_up.ipynb"
        path.write_text(writes(new_notebook(cells=cells)), encoding="utf-8")
        return [commands_check.line(problem) for problem in check(path)]

    return found


@pytest.fixture
def broken(tmp_path):
    """Writes any text as a notebook and gives the problems found."""

    def found(content: str | bytes, check=notebook_rules.check) -> list[str]:
        path = tmp_path / "07_made_up.ipynb"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return [commands_check.line(problem) for problem in check(path)]

    return found


def edited(change) -> str:
    """The text of a good notebook after `change` was made to its JSON."""
    raw = json.loads(writes(new_notebook(cells=cells_of())))
    change(raw)
    return json.dumps(raw)


# ------------------------------------------------------------ the study's own notebooks


def test_the_notebooks_of_the_study_keep_the_rules():
    assert [
        commands_check.line(problem)
        for name in SHIPPED
        for problem in notebook_rules.check(NOTEBOOKS / f"{name}.ipynb")
    ] == []


def test_make_check_runs_it_and_fails_when_a_rule_is_broken(tmp_path, capsys):
    path = tmp_path / "07_made_up.ipynb"
    path.write_text(writes(new_notebook(cells=cells_of())), encoding="utf-8")
    assert commands_check.main(tmp_path) == 0
    path.write_text(writes(new_notebook(cells=cells_of("!ls", "class f: pass"))), encoding="utf-8")
    assert commands_check.main(tmp_path) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("notebooks/07_made_up.ipynb, cell 6: a notebook does not call the shell")
    assert lines[1].startswith(
        "notebooks/07_made_up.ipynb, cell 7: a notebook defines small functions only (found: “f”); what to do: "
    )


OF_PEOPLE = [
    "Of the 13 people at headquarters, few were low.",
    "We asked ⑬ respondents.",
    "Only Ⅲ of them stayed.",
    "רק 3 מהם נשארו.",
    "שמענו 12 בוגרות.",
    "כל \u206613\u2069 המשתתפים.",
    "① of ⑤ moved",
]


@pytest.mark.parametrize("text", ["## 2 of 5 moved", "## שניים: 2 מתוך 5", "Only 2 of 5 did.", *OF_PEOPLE])
def test_a_count_typed_into_prose_or_a_heading_is_found(text):
    notebook = new_notebook(cells=[new_markdown_cell(text)])
    [flaw] = notebook_rules.counted_by_hand(notebook)
    assert flaw.what == "a number of people is typed into the text"
    assert flaw.remedy.startswith("let it come from a released table") and "report.cell(" in flaw.remedy


@pytest.mark.parametrize("text", ["## Group 7", "# 07 · Try 12 barplot"])
def test_a_number_in_a_heading_is_asked_for_in_words(text):
    [flaw] = notebook_rules.counted_by_hand(new_notebook(cells=[new_markdown_cell(text)]))
    assert flaw.what == "a number is typed into a heading, and may be one of people"
    assert "write it in words (as in “# 07 · Try twelve”)" in flaw.remedy and "report.cell(" in flaw.remedy
    assert [*notebook_rules.counted_by_hand(new_notebook(cells=[new_markdown_cell("# 07 · Try twelve barplot")]))] == []


@pytest.mark.parametrize(
    "text",
    [
        "# 02 · Who answered",
        "## Since 2016",
        "A difference of 0.2 is small.",
        "One of two.",
        "The 2016 graduates met.",
        "R² is a share.",
    ]
    + ["½ of the scale", "Groups of eight people or more.", "1.5 men is a book", "בוגרי 2016 נפגשו."],
)
def test_what_a_heading_and_prose_may_hold(text):
    assert list(notebook_rules.counted_by_hand(new_notebook(cells=[new_markdown_cell(text)]))) == []


def test_it_runs_as_a_module_from_the_notebooks_folder():
    done = subprocess.run(
        [sys.executable, "-m", "followup.commands.check"], cwd=NOTEBOOKS, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_good_notebook_has_no_problems(problems):
    table = 'report.table("n", frame, he="שיעור ההיענות", en="Response")'
    fine = [
        "%matplotlib inline\nframe = report.kept('response')",
        table,
        "[row for row in frame.index]",
        "df = frame.eval('n / 2')",
    ]
    assert problems(cells_of(*fine)) == []


# ------------------------------------------------------------ parameters


PARAMETER_CASES = [
    ("no cell is tagged", [*map(new_markdown_cell, TITLE), new_code_cell(PARAMETERS)], None),
    ("a second cell is tagged", [*map(new_markdown_cell, TITLE), parameters(), parameters("limit = 5")], 4),
    ("code stands before the parameters", [*map(new_markdown_cell, TITLE), new_code_cell(IMPORTS), parameters()], 4),
    (
        "papermill put values in",
        [
            *map(new_markdown_cell, TITLE),
            parameters(),
            new_code_cell("a = 1", metadata={"tags": ["injected-parameters"]}),
        ],
        4,
    ),
]


@pytest.mark.parametrize("check", [notebook_rules.check, notebook_rules.preflight])
@pytest.mark.parametrize(("what", "cells", "number"), PARAMETER_CASES, ids=[case[0] for case in PARAMETER_CASES])
def test_one_parameters_cell_stands_before_all_other_code(problems, check, what, cells, number):
    [found] = problems(cells, check)
    assert what in found
    assert found.startswith(f"notebooks/07_made_up.ipynb{f', cell {number}' if number else ''}: ")


@pytest.mark.parametrize("check", [notebook_rules.check, notebook_rules.preflight])
@pytest.mark.parametrize(
    ("source", "what"),
    [
        ('cohort: str = "1"', "papermill reads no annotations (found: “cohort: str = '1'”)"),
        ("cohort = str(1)", "more than a name and a plain value (found: “cohort = str(1)”)"),
        ('cohort = language = "1"', "more than a name and a plain value"),
        ('cohort = "1"\nimport os', "more than a name and a plain value (found: “import os”)"),
        ('cohort = f"{1}"', "more than a name and a plain value"),
        ('cohort = "1"\nprint(cohort)', "more than a name and a plain value"),
        ('cohort = "1"\ncohort = "2"', "the parameter cohort is assigned twice"),
        ('cohort = "1"\n!ls', "more than a name and a plain value"),
        ('cohort = "1', "the parameters are not Python"),
    ],
)
def test_parameters_are_plain_literals(problems, check, source, what):
    cells = [*map(new_markdown_cell, TITLE), parameters(source)]
    assert any(", cell 3: " in found and what in found for found in problems(cells, check))


@pytest.mark.parametrize("value", ['"1"', "5", "-0.5", "True", "None", '["a", "b"]', '{"a": 1}', "(1, 2)"])
def test_every_kind_of_plain_literal_passes(problems, value):
    assert problems([*map(new_markdown_cell, TITLE), parameters(f"cohort = {value}  # why")]) == []


@pytest.mark.parametrize("check", [notebook_rules.check, notebook_rules.preflight])
@pytest.mark.parametrize(
    "source",
    [
        'cohort = "2"',
        "cohort += '2'",
        "cohort, other = '1', 2",
        "for cohort in ['1', '2']:\n    print(cohort)",
        "(cohort := '2')",
        "import pandas as cohort",
        "from os import path as cohort",
        "del cohort",
        "with open_it() as cohort:\n    pass",
        "%matplotlib inline\ncohort = '2'",
        "cohort = !whoami",
    ],
)
def test_a_parameter_is_never_assigned_again(problems, check, source):
    assert any(
        ", cell 6: the parameter cohort is assigned again" in found for found in problems(cells_of(source), check)
    )


def test_reading_a_parameter_or_a_comprehension_with_its_name_is_no_new_value(problems):
    fine = ["print(cohort)", "[cohort for cohort in ('1', '2')]", "study.cohort = cohort", "show(cohort=cohort)"]
    assert problems(cells_of(*fine)) == []


@pytest.mark.parametrize("check", [notebook_rules.check, notebook_rules.preflight])
def test_the_report_is_that_of_the_parameter(problems, check):
    cells = cells_of(first=[*map(new_markdown_cell, TITLE), parameters(), new_code_cell('report = open_report("1")')])
    [found] = problems(cells, check)
    assert "cell 4: this opens one cohort, whatever the parameters say (found: “open_report('1')”)" in found


def test_a_run_needs_the_parameter_that_it_sets(problems):
    cells = [*map(new_markdown_cell, TITLE), parameters('language = "en"')]
    [found] = problems(cells, notebook_rules.preflight)
    assert "cell 3: the parameters have no cohort" in found
    assert problems(cells) == []


# ------------------------------------------------------------ opening, outputs, ids


@pytest.mark.parametrize(
    "first",
    [
        [new_code_cell("1 + 1")],
        [new_markdown_cell("## A small title"), new_markdown_cell("## כותרת קטנה")],
        [new_markdown_cell("no title"), new_markdown_cell("בלי כותרת")],
        [],
    ],
)
def test_a_notebook_opens_with_its_title(problems, first):
    found = problems(first)
    assert any("cell 1: the notebook does not open with its title" in one for one in found)


def test_outputs_and_counts_are_stripped(problems):
    cells = cells_of()
    cells.append(new_code_cell("1 + 1", outputs=[new_output("stream", text="2")]))
    cells.append(new_code_cell("1 + 1", execution_count=7))
    outputs, count = problems(cells)
    assert "cell 6: the cell holds outputs; what to do: nbstripout --keep-id" in outputs
    assert "cell 7: the cell holds an execution count" in count


@pytest.mark.parametrize(
    ("cell_id", "what"),
    [
        (None, "the cell has no id"),
        ("", "the cell has no id"),
        (7, "the cell has no id"),
        ("4", "the cell's id was not kept (found: “4”)"),
        ("a b", "the cell's id was not kept"),
    ],
)
def test_cell_ids_are_kept(broken, cell_id, what):
    def change(raw):
        raw["cells"][4].pop("id")
        raw["cells"][4] |= {} if cell_id is None else {"id": cell_id}

    [found] = broken(edited(change))
    assert f"cell 5: {what}" in found


def test_cell_ids_are_unique(broken):
    def change(raw):
        raw["cells"][4]["id"] = raw["cells"][3]["id"]

    first, second = broken(edited(change))
    assert "cell 4: another cell has the same id" in first
    assert "cell 5: another cell has the same id" in second


# ------------------------------------------------------------ files that are no notebook


@pytest.mark.parametrize("check", [notebook_rules.check, notebook_rules.preflight])
@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("", "its JSON is broken"),
        ('{"cells": [', "its JSON is broken"),
        (edited(lambda raw: None)[:-200], "its JSON is broken"),
        (b"\xff\xfe{}", "its JSON is broken"),
        ("[" * 100_000, "its JSON is broken"),
        ("<<<<<<< HEAD\n{}", "two versions were merged here, and they differ (line 1 of the file)"),
        ("[]", "it has no cells"),
        ('{"cells": 3}', "it has no cells"),
        (edited(lambda raw: raw.update(nbformat=3)), "the notebook's format is not 4.5 (found: “3.5”)"),
        (edited(lambda raw: raw.update(nbformat_minor=4)), "the notebook's format is not 4.5 (found: “4.4”)"),
        (edited(lambda raw: raw.pop("nbformat")), "the notebook's format is not 4.5"),
        (edited(lambda raw: raw["cells"].append("text")), "cell 6: the cell has no id"),
        (edited(lambda raw: raw["cells"][2].pop("source")), "cell 3: this is not as notebooks are written"),
        (
            edited(lambda raw: raw["cells"][2].update(metadata={"tags": "parameters"})),
            "cell 3: this is not as notebooks are",
        ),
        (edited(lambda raw: raw["cells"][2].update(cell_type="prose")), "cell 3: this is not as notebooks are written"),
    ],
)
def test_a_malformed_file_is_one_line_and_no_traceback(broken, check, content, what):
    [found] = broken(content, check)
    assert what in found
    assert "\n" not in found


def test_the_slow_validator_is_asked_for_its_words_only(problems, broken, monkeypatch):
    asked, get = [], notebook_rules.get_validator
    monkeypatch.setattr(
        notebook_rules, "get_validator", lambda *told, **named: asked.append(named) or get(*told, **named)
    )
    assert problems(cells_of()) == []
    assert asked == [{}]
    broken(edited(lambda raw: raw["cells"][0].pop("metadata")))
    assert {"name": "jsonschema"} in asked


def test_a_notebook_that_is_not_there_is_one_line(tmp_path):
    [found] = notebook_rules.preflight(tmp_path / "08_gone.ipynb")
    assert (
        commands_check.line(found)
        == "notebooks/08_gone.ipynb: the notebook cannot be read (No such file or directory); what to do: put it back"
    )


# ------------------------------------------------------------ what a cell may do


PLANTED = [
    (notebook_rules.calls_the_shell, "!ls data"),
    (notebook_rules.calls_the_shell, "files = !ls data"),
    (notebook_rules.calls_the_shell, "!!ls"),
    (notebook_rules.calls_the_shell, "if True:\n    !pip install pandas"),
    (notebook_rules.calls_the_shell, "import os\nos.system('ls')"),
    (notebook_rules.calls_the_shell, "os.popen('ls').read()"),
    (notebook_rules.uses_a_shell_magic, "%pip install pandas"),
    (notebook_rules.uses_a_shell_magic, "%conda install pandas"),
    (notebook_rules.uses_a_shell_magic, "lines = %sx ls"),
    (notebook_rules.uses_a_shell_magic, "%%bash\nls"),
    (notebook_rules.uses_a_shell_magic, "%%script perl\nprint 1"),
    (notebook_rules.uses_a_shell_magic, "%run other.ipynb"),
    (notebook_rules.uses_a_shell_magic, "get_ipython().run_line_magic('pip', 'install pandas')"),
    (notebook_rules.uses_a_shell_magic, "get_ipython().magic('%pip install pandas')"),
    (notebook_rules.hides_errors, "try:\n    compare()\nexcept:\n    pass"),
    (notebook_rules.hides_errors, "try:\n    compare()\nexcept:\n    print('none')"),
    (notebook_rules.hides_errors, "try:\n    compare()\nexcept Exception:\n    pass"),
    (notebook_rules.defines, "async def share(k, n):\n    return k / n"),
    (notebook_rules.defines, "class Share:\n    pass"),
    (notebook_rules.defines, "share = lambda k, n: k / n"),
    (notebook_rules.loops_over_files, "for path in folder.glob('*.csv'):\n    print(path)"),
    (notebook_rules.loops_over_files, "names = [path.name for path in folder.iterdir()]"),
    (notebook_rules.loops_over_files, "for root, _, names in os.walk('data'):\n    print(names)"),
    (notebook_rules.loops_over_files, "for name in ('a.csv', 'b.csv'):\n    frames += [pd.read_csv(name)]"),
    (notebook_rules.loops_over_files, "frames = {name: pd.read_excel(name) for name in names}"),
    (notebook_rules.loops_over_files, "while names:\n    text = open(names.pop()).read()"),
    (notebook_rules.imports_what_is_banned, "import urllib.request"),
    (notebook_rules.imports_what_is_banned, "from urllib import request"),
    (notebook_rules.imports_what_is_banned, "import requests"),
    (notebook_rules.imports_what_is_banned, "import os, socket"),
    (notebook_rules.imports_what_is_banned, "import subprocess as sp"),
    (notebook_rules.imports_what_is_banned, "from subprocess import run"),
    (notebook_rules.imports_what_is_banned, "import pickle"),
    (notebook_rules.runs_what_nobody_checked, "frame = pd.read_pickle('answers.pkl')"),
    (notebook_rules.runs_what_nobody_checked, "eval(text)"),
    (notebook_rules.runs_what_nobody_checked, "exec('x = 1')"),
    (notebook_rules.runs_what_nobody_checked, "builtins.exec('x = 1')"),
    (notebook_rules.runs_what_nobody_checked, "__import__('socket')"),
    (notebook_rules.runs_what_nobody_checked, "frame = pd.read_csv('https://example.org/answers.csv')"),
]

ALLOWED = [
    "%matplotlib inline",
    "%autoreload 2",
    "%%time\nreport.kept('changes')",
    "# !ls",
    'text = "!ls"',
    "a != b",
    "try:\n    compare()\nexcept KeyError:\n    pass",
    "frame.sort_values('n', key=lambda column: -column)",
    "for row in frame.itertuples():\n    print(row)",
    "[finding for finding in claims.read_claims(study)]",
    "frame = pd.read_csv('local.csv')",
    "frame.eval('a + b')",
    "re.compile('x')",
    "import os",
    "platform.system()",
]


@pytest.mark.parametrize(("rule", "source"), PLANTED, ids=[source for _, source in PLANTED])
def test_every_rule_finds_what_it_bans(problems, rule, source):
    what, remedy = notebook_rules.RULES[rule]
    [found] = problems(cells_of(source))
    assert found.startswith(f"notebooks/07_made_up.ipynb, cell 6: {what} (found: “")
    assert found.endswith(f"; what to do: {remedy}")


@pytest.mark.parametrize("source", ALLOWED)
def test_what_a_notebook_needs_is_allowed(problems, source):
    assert problems(cells_of(source)) == []


def test_every_rule_has_a_planted_example():
    assert {rule for rule, _ in PLANTED} == set(notebook_rules.RULES)


def test_a_cell_that_is_no_python_is_named(problems):
    [found] = problems(cells_of("report.say("))
    assert "cell 6: the cell is not Python" in found


@pytest.mark.parametrize(("lines", "wrong"), [(12, False), (13, True)])
def test_a_cell_has_twelve_lines_at_most_blank_ones_not_counted(problems, lines, wrong):
    found = problems(cells_of("\n\n".join(f"a{number} = {number}" for number in range(lines))))
    assert bool(found) == wrong
    assert all("more than 12 lines" in one for one in found)


def test_several_problems_come_together_in_the_order_of_cells(problems):
    found = problems(cells_of("!ls", "import pickle\neval(x)", "class A: pass"))
    assert [one.split(",")[1].split(":")[0] for one in found] == [" cell 6", " cell 7", " cell 7", " cell 8"]


# ------------------------------------------------------------ both languages


def test_prose_comes_in_both_languages(problems):
    [found] = problems([*cells_of(), new_markdown_cell("Only English.")])
    assert "cell 6: this English text has no Hebrew beside it" in found
    [found] = problems([*cells_of(), new_markdown_cell("רק עברית.")])
    assert "cell 6: this Hebrew text has no English beside it" in found


@pytest.mark.parametrize(
    ("call", "what"),
    [
        ('report.table("n", frame, en="Response")', "a call has en=… and no he=…"),
        ('report.figure("n", frame, draw, he="היענות")', "a call has he=… and no en=…"),
        ('report.table("n", frame)', "report.table has no words; what to do: give it he=… and en=…"),
        ('report.figure("n", frame, draw)', "report.figure has no words"),
        ("report.say()", "report.say has no words"),
        ('report.table("n", frame, he="", en="Response")', "report.table has no words; what to do: give it he=…"),
        ('report.say(he="{n} איש", en="people", n=3)', "only one language has {n}"),
    ],
)
def test_whatever_is_shown_has_words_in_both_languages(problems, call, what):
    [found] = problems(cells_of(call))
    assert f"cell 6: {what}" in found


def test_a_report_of_another_name_is_known_and_pyplot_is_left_alone(problems):
    cells = cells_of("mine = open_report(cohort)", 'mine.table("n", frame)', "plt.figure()", "frame.table()")
    [found] = problems(cells)
    assert "cell 7: mine.table has no words" in found
