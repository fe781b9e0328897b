"""Notebooks are found: one takes part by lying there, deleting it is all it takes to drop it, and one that cannot is named."""

import json
import re
import subprocess

import pytest
from checkouts import FEW, HOUSE, REPORT, Checkout
from followup.chain.execution import StageFailed
from followup.chain.found_notebooks import found, misnamed, page_order, stages_of, stages_of_comparison
from followup.chain.metadata_rules import problems_of
from followup.chain.stages import Stage
from followup.problems import InputProblems
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, writes

SAYS = 'report.say(en="Fewer than {n} are not shown.", he="פחות מ־{n} אינם מוצגים.", n=report.param("disclosure.least_group"))'


def own(checkout: Checkout, name: str = "07_own", metadata: dict | None = None, *more: str) -> None:
    """A notebook of an analyst's, as JupyterLab saves it."""
    cells = [
        new_markdown_cell("# 07 · A question of our own\n\nIt is asked here."),
        new_markdown_cell("# 07 · שאלה משלנו\n\nהיא נשאלת כאן."),
        new_code_cell('cohort = "1"\nlanguage = "en"', metadata={"tags": ["parameters"]}),
        new_code_cell("from followup.report.report import open_report"),
        new_code_cell('report = open_report(cohort, language)\nreport.cohort.read("participants").head()'),
        *map(new_code_cell, [SAYS, *more]),
    ]
    notebook = new_notebook(cells=cells, metadata={} if metadata is None else {"followup": metadata})
    (checkout.notebooks / f"{name}.ipynb").write_text(writes(notebook), encoding="utf-8")


def sections(checkout: Checkout, language: str = "en") -> list[str]:
    """The notebooks of a page's sections, as they follow: those of the report, then those of its annex."""
    page = checkout.soup("small", language)
    return [part["id"] for part in page.select("section.stage[id], .annex > .inside[id]")]


# ------------------------------------------------------------ through the chain, to the page


def test_a_notebook_without_metadata_takes_part_by_lying_there(small):
    own(small)
    done = small.build("small")
    assert (done.code, done.ran) == (0, ["07_own"]), done.err
    assert "seen in the notebooks only: 07_own [3] (report.table, figure or say publishes)" in done.out
    assert sections(small)[1:5] == ["06_findings-section-2", "07_own", "06_findings-section-3", "02_describe"]
    for language, title in (("en", "A question of our own"), ("he", "שאלה משלנו")):
        assert small.soup("small", language).find(id="07_own").h2.get_text() == title
    assert "Fewer than" in small.page("small", "en")
    before = small.published("small")
    assert small.build("small").ran == []
    assert small.published("small") == before
    small.say_otherwise("07_own", SAYS, SAYS.replace("Fewer", "Groups of fewer"))
    assert small.build("small").ran == ["07_own"]
    (small.notebooks / "07_own.ipynb").unlink()
    done = small.build("small")
    assert (done.code, done.ran, "07_own" in small.page("small", "en")) == (0, [], False)


def test_a_notebook_that_shows_nothing_here_is_left_out_whole_and_the_build_says_so(few):
    """Its only cell asks for a trait that this cohort has not."""
    own(few)
    cell = 'if "gender" in report.study.params.traits:\n    report.table("own", x, en="By gender", he="לפי מגדר")'
    few.say_otherwise("07_own", SAYS, cell)
    done = few.build("small")
    assert (done.code, done.ran) == (0, ["07_own"]), done.err
    assert "left out: 07_own: the whole notebook: nothing of it is shown in this cohort" in done.out
    assert "07_own" not in sections(few) and "A question of our own" not in few.page("small", "en")
    assert "left out" not in few.build("small").out


def test_what_is_left_out_is_said_by_the_next_report_whatever_failed_between(few):
    """The run that left it out published nothing, since another notebook failed; the next one found it unchanged."""
    own(few)
    few.say_otherwise(
        "07_own", SAYS, 'if "gender" in report.study.params.traits:\n    report.table("own", x, en="a", he="א")'
    )
    own(few, "08_other", {"after": ["07_own"]}, "is_not_there")
    assert few.build("small").code == 3
    (few.notebooks / "08_other.ipynb").unlink()
    done = few.build("small")
    assert (done.code, done.ran) == (0, []) and "left out: 07_own: the whole notebook" in done.out
    assert "left out" not in few.build("small").out


def test_each_notebook_that_failed_is_named(few):
    for name in ("07_own", "08_other"):
        own(few, name, {"after": ["01_clean"]}, f"import time; time.sleep(2); {name[3:]}_is_not_there")
    done = few.build("small")
    assert done.code == 3
    for name, cell in (("07_own", 5), ("08_other", 5)):
        assert f"notebooks/{name}.ipynb, cell [{cell}]: NameError: name '{name[3:]}_is_not_there'" in done.err
    assert done.err.count("nothing new was published") == 1


def test_the_recipe_of_a_new_notebook_gives_its_table_on_both_pages(built, tmp_path):
    """Done as notebooks/README.md says: a notebook with the first code cells of another, and the recipe's."""
    text = (HOUSE / "notebooks" / "README.md").read_text(encoding="utf-8").split("### A new notebook\n")[1]
    [recipe, *_] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    one = built.copy(tmp_path / "one")
    own(one, "07_own_question", None, "study, safe = report.study, report.safe", recipe)
    done = one.build("1")
    assert (done.code, done.ran) == (0, ["07_own_question"]), done.err
    for language, caption in (("en", "Answers to the statements of each scale"), ("he", "התשובות להיגדים של כל סולם")):
        assert caption in one.soup("1", language).find(id="table-own_answers").caption.get_text()
    shares = one.result("1", "own_answers")
    whole = shares.dropna(subset=["low", "middle", "high"])[["low", "middle", "high"]].sum(axis=1)
    assert len(shares) and shares["high"].dropna().between(0, 1).all() and (whole - 1).abs().lt(0.15).all()


def test_one_for_the_page_that_compares_stands_beside_90(built, tmp_path):
    both = built.copy(tmp_path / "two")
    notebook = new_notebook(
        cells=[
            new_markdown_cell("# 91 · Who answered?\n\nIt is asked again."),
            new_markdown_cell("# 91 · מי השיבו?\n\nהשאלה נשאלת שוב."),
            new_code_cell('cohort = "all"\nlanguage = "en"', metadata={"tags": ["parameters"]}),
            new_code_cell(
                "from followup.analysis.published_results import read_cohorts\n"
                "from followup.report.report import open_comparison"
            ),
            new_code_cell("cohorts = read_cohorts(cohort)\nreport = open_comparison(cohorts, language)"),
            new_code_cell(
                'who = cohorts.results("response")[["cohort", "wave", "n"]]\n'
                'report.table("own_response", who, en="Own response", he="היענות משלנו")'
            ),
        ],
        metadata={"followup": {"page": "compare"}},
    )
    (both.notebooks / "91_own.ipynb").write_text(writes(notebook), encoding="utf-8")
    done = both.run("compare")
    assert done.code == 0, done.err
    stages = [part["id"] for part in both.soup("compare", "en").select("section.stage[id], .annex > .inside[id]")]
    assert stages == ["90_cohorts", "91_own"]
    assert set(both.result("compare", "own_response")["cohort"].astype(str)) == {"1", "small"}
    (both.notebooks / "91_own.ipynb").unlink()
    done = both.run("compare")
    assert (done.code, "91_own" in both.page("compare", "en")) == (0, False), done.err


def test_it_stands_where_its_metadata_say_under_the_title_that_they_give(small):
    own(small, metadata={"after": ["01_clean"], "place": 2.5, "title": {"en": "Another title"}})
    assert small.build("small").code == 0
    assert sections(small)[:4] == ["06_findings", "06_findings-section-2", "07_own", "06_findings-section-3"]
    assert small.soup("small", "en").find(id="07_own").h2.get_text() == "Another title"
    assert small.soup("small", "he").find(id="07_own").h2.get_text() == "שאלה משלנו"
    own(small, metadata={"after": ["01_clean"], "place": 98, "title": "One more", "layer": "report"})
    done = small.build("small")
    assert (done.ran, done.stages["07_own"]) == ([], "new prose")
    assert sections(small)[:5] == [
        *(f"06_findings{more}" for more in ("", "-section-2", "-section-3")),
        "07_own",
        "02_describe",
    ]
    assert small.soup("small", "he").find(id="07_own").h2.get_text() == "One more"


def test_one_for_other_cohorts_is_no_part_of_this_ones_report(few):
    (few.root / "params" / "other.yaml").write_text("cohort: other\n", encoding="utf-8")
    own(few, metadata={"cohorts": ["other"]})
    done = few.build("small")
    assert (done.code, sorted(done.stages)) == (0, list(FEW))
    own(few, metadata={"cohorts": ["other", "small"]})
    assert few.build("small").ran == ["07_own"]


def test_deleting_a_notebook_is_all_it_takes_to_drop_it(small):
    made = small.path("small", "private", "results", "project_stages.csv")
    assert made.is_file() and "04_projects" in sections(small)
    (small.notebooks / "04_projects.ipynb").unlink()
    done = small.build("small")
    assert (done.code, done.ran) == (0, ["06_findings"]), done.err
    assert not made.is_file() and "04_projects" not in sections(small)
    assert "results/project_stages.csv" not in small.published("small")
    assert set(small.result("small", "findings")["table"]).isdisjoint({"projects_advanced", "projects_involved"})


@pytest.mark.parametrize("name", ["02_describe", "03_compare", "06_findings"])
def test_any_other_can_be_deleted_too(small, name):
    (small.notebooks / f"{name}.ipynb").unlink()
    done = small.build("small")
    assert done.code == 0, done.err
    assert name not in sections(small)
    assert all(part.startswith((*REPORT, "glossary", "provenance")) for part in sections(small))


def test_a_table_that_a_notebook_no_longer_makes_is_not_left_for_the_others(few):
    own(few, "07_own", None, 'report.hand_on("own_table", report.cohort.read("participants"))')
    assert few.build("small").code == 0
    assert few.path("small", "private", "tables", "own_table.csv").is_file()
    own(few)
    assert few.build("small").code == 0
    assert not few.path("small", "private", "tables", "own_table.csv").exists()


def test_a_notebook_names_the_one_whose_table_it_reads(small):
    """Else it would be left as it is when that table changes."""
    own(small, "07_own", {"after": ["01_clean"]}, 'response = report.kept("response")')
    done = small.build("small")
    assert done.code == 3
    assert (
        "notebooks/07_own.ipynb: it reads “response” of 02_describe, which its metadata do not name: "
        'write "after": ["01_clean", "02_describe"]'
    ) in done.err
    assert "nothing new was published" in done.err
    assert small.build("small").code == 3
    own(small, "07_own", {"after": ["01_clean", "02_describe"]}, 'response = report.kept("response")')
    assert small.build("small").code == 0


def test_a_copy_that_publishes_under_the_same_name_is_told_so(small):
    text = (small.notebooks / "02_describe.ipynb").read_text(encoding="utf-8")
    (small.notebooks / "07_copy.ipynb").write_text(text, encoding="utf-8")
    done = small.build("small")
    assert done.code == StageFailed("", None, "", small.root).exit_code
    assert "is the name of a table of 02_describe too: give it a name of its own" in done.err


# ------------------------------------------------------------ what the metadata say


@pytest.fixture
def folder(tmp_path):
    """An empty folder of notebooks."""
    place = Checkout(tmp_path)
    place.notebooks.mkdir()
    return place


def test_one_that_names_no_others_reads_all_before_it_and_one_that_needs_another_goes_with_it(folder):
    own(folder, "01_a")
    own(folder, "02_b", {"after": ["01_a"], "cohorts": [1]})
    own(folder, "03_c")
    own(folder, "04_d", {"after": ["02_b"]})
    own(folder, "90_e", {"page": "compare"})
    stages = found(folder.notebooks)
    assert {each.name: each.after for each in stages_of("1", stages)} == {
        "01_a": (),
        "02_b": ("01_a",),
        "03_c": ("01_a", "02_b"),
        "04_d": ("02_b",),
    }
    assert {each.name: each.after for each in stages_of("2", stages)} == {"01_a": (), "03_c": ("01_a",)}
    assert [each.name for each in stages_of_comparison(stages)] == ["90_e"]


def test_the_place_on_the_page_is_the_number_or_what_is_named_as_often_as_it_is_named():
    stages = [Stage("01_a", place=(99,)), Stage("02_b"), Stage("06_f", place=(0, 90)), Stage("07_g", place=(1.5,))]
    assert page_order(stages) == ("06_f", "07_g", "02_b", "06_f", "01_a")


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        (
            {"plase": 3},
            "(found: “plase”)\n    allowed:    after, cohorts, place, title, page, layer\n    what to do: did you mean “place”?",
        ),
        (
            {"after": ["01_claen"]},
            "(found: “01_claen”)\n    allowed:    01_clean\n    what to do: did you mean “01_clean”?",
        ),
        ({"after": ["07_own"]}, "the notebook reads itself"),
        ({"after": "01_clean"}, 'write it like "after": ["01_clean"]'),
        ({"cohorts": ["smal"]}, "(found: “smal”)\n    allowed:    1, small\n    what to do: did you mean “small”?"),
        ({"cohorts": []}, 'write it like "cohorts": ["1", "3"]'),
        ({"place": "last"}, 'write it like "place": 2.5'),
        ({"title": 7}, 'write it like "title": {"he": "…", "en": "…"}'),
        ({"page": "index"}, 'write it like "page": "compare"'),
    ],
)
def test_metadata_that_nothing_answers_to_are_named_with_what_to_write(folder, metadata, said):
    own(folder, "01_clean")
    own(folder, "07_own", metadata)
    [problem] = problems_of(folder.notebooks, ["1", "small"])
    assert str(problem).startswith("notebooks/07_own.ipynb: ")
    assert said in str(problem)


def test_a_circle_and_two_of_one_number_are_named(folder):
    own(folder, "01_clean")
    own(folder, "02_a", {"after": ["03_b"]})
    own(folder, "03_b", {"after": ["02_a"]})
    told = [str(problem) for problem in problems_of(folder.notebooks)]
    assert len(told) == 2 and all("waits for one that waits for it" in each for each in told)
    own(folder, "02_a")
    own(folder, "03_c")
    [problem] = problems_of(folder.notebooks)
    assert str(problem).startswith(
        "notebooks/03_c.ipynb: notebooks/03_b.ipynb has the same number\n    what to do: rename"
    )


def test_a_name_without_a_number_takes_no_part_and_a_line_says_so(folder):
    for name in ("01_clean", "05_network", "Untitled", "05_network-Copy1", "7 own question", "רשת"):
        own(folder, name)
    assert [each.name for each in found(folder.notebooks)] == ["01_clean", "05_network"]
    lines = misnamed(folder.notebooks)
    assert [line.split(" takes no part: ")[0] for line in lines] == [
        "notebooks/05_network-Copy1.ipynb",
        "notebooks/7 own question.ipynb",
        "notebooks/Untitled.ipynb",
        r"notebooks/\u05e8\u05e9\u05ea.ipynb",
    ]
    assert [line.rpartition(" ")[2] for line in lines] == [
        "02_network_copy1.ipynb",
        "07_own_question.ipynb",
        "02_untitled.ipynb",
        "02_own_question.ipynb",
    ]


def test_the_build_says_what_takes_no_part_and_stops_for_what_cannot(few):
    own(few, "Untitled")
    done = few.build("small")
    assert (done.code, "notebooks/Untitled.ipynb takes no part: " in done.out) == (0, True)
    own(few, "07_own", {"cohort": ["small"]})
    done = few.build("small")
    assert done.code == InputProblems.exit_code
    assert done.err.startswith(
        "1 problem in the input:\nnotebooks/07_own.ipynb: the notebook’s metadata have no such name"
    )
    assert "did you mean “cohorts”?" in done.err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace('"parameters"', '"other"'), "no cell is tagged “parameters”"),
        (lambda text: text.replace('language = \\"en\\"', ""), "the parameters have no language"),
        (lambda text: text.replace('cohort = \\"1\\"\\n', ""), "the parameters have no cohort"),
        (lambda text: text[:-40], "this is no notebook: its JSON is broken"),
        (
            lambda text: text.replace(' "cells"', '<<<<<<< HEAD\n "cells"', 1) + ">>>>>>> theirs\n",
            "two versions were merged here, and they differ (line 2 of the file)",
        ),
        (
            lambda text: text.replace("It is asked here.", "<<<<<<< local\\nIt.\\n=======\\nThis.\\n>>>>>>> remote"),
            "cell 1: two versions were merged here, and they differ",
        ),
    ],
    ids=["no parameters", "no language", "no cohort", "no JSON", "conflict in the file", "conflict in a cell"],
)
def test_a_notebook_that_cannot_run_is_named_with_the_reason(few, change, said):
    own(few)
    path = few.notebooks / "07_own.ipynb"
    text = path.read_text(encoding="utf-8")
    path.write_text(change(text), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != text
    done = few.build("small")
    assert done.code == InputProblems.exit_code
    assert "notebooks/07_own.ipynb" in done.err and said in done.err and "what to do: " in done.err


# ------------------------------------------------------------ one language


def test_a_text_that_was_changed_in_one_language_is_noticed_once(few):
    few.add_sentence("04_projects", "Changes are worth a sentence more.")
    done = few.build("small")
    said = "notebooks/04_projects.ipynb: since the last run the English was changed and the Hebrew was not: "
    assert f"{said}“Changes are worth a sentence more.”" in done.out
    own(few)
    assert "was changed and the" not in few.build("small").out
    few.say_otherwise("07_own", "Fewer than {n}", "Less than {n}")
    assert (
        "notebooks/07_own.ipynb: since the last run the English was changed and the Hebrew was not"
        in few.build("small").out
    )
    path = few.notebooks / "07_own.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))
    for cell in cells["cells"][:2]:
        cell["source"] = "".join(cell["source"]) + "!"
    path.write_text(json.dumps(cells), encoding="utf-8")
    assert "was changed and the" not in few.build("small").out


def test_going_back_to_what_was_committed_is_no_edit(few):
    """After git checkout the build said that the English was changed and the Hebrew was not."""

    def git(*words):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *words], cwd=few.root, check=True)

    git("init", "-q")
    git("add", "notebooks")
    git("commit", "-qm", "as it was")
    few.add_sentence("04_projects", "Changes are worth a sentence more.")
    assert "was changed and the" in few.build("small").out
    git("checkout", "-q", "--", "notebooks")
    assert "was changed and the" not in few.build("small").out


def test_a_text_changed_in_one_language_is_noticed_by_the_next_report_whatever_failed_between(few):
    said = "notebooks/04_projects.ipynb: since the last run the English was changed and the Hebrew was not: "
    few.add_sentence("04_projects", "Changes are worth a sentence more.")
    cell = few.add_code("04_projects", "1 / 0")
    failed = few.build("small")
    assert failed.code == 3 and said not in failed.out
    path = few.notebooks / "04_projects.ipynb"
    whole = json.loads(path.read_text(encoding="utf-8"))
    whole["cells"] = [each for each in whole["cells"] if "".join(each["source"]) != "1 / 0"]
    assert cell
    path.write_text(json.dumps(whole), encoding="utf-8")
    done = few.build("small")
    assert done.code == 0, done.err
    assert f"{said}“Changes are worth a sentence more.”" in done.out
    assert "was changed and the" not in few.build("small").out
