"""A notebook that an analyst added goes wherever the shipped ones go: on a cluster it builds the same bytes."""

import shutil
from pathlib import Path

from checkouts import HOUSE, REPORT, SHIPPED, add_small, copied
from test_cluster import Cluster
from test_found_notebooks import own


class WithNotebook(Cluster):
    """A cluster whose workers have a notebook more, the same file as here."""

    def __init__(self, folder: Path, notebook: Path):
        self.notebook = notebook
        super().__init__(folder, SHIPPED)

    def add_worker(self):
        shutil.copy2(self.notebook, self.project.notebooks)
        return super().add_worker()


def test_a_cluster_builds_an_added_notebook_to_the_same_bytes_as_this_computer(built, tmp_path, tmp_path_factory):
    here, there = built.copy(tmp_path / "here", without=("1", "1.yaml")), copied(tmp_path / "there")
    own(here)
    done = here.build("small")
    assert (done.code, done.ran) == (0, ["07_own"]), done.err
    shutil.copy2(here.notebooks / "07_own.ipynb", there.notebooks)
    add_small(there)
    workers = WithNotebook(tmp_path_factory.mktemp("cluster"), here.notebooks / "07_own.ipynb")
    try:
        done = there.reports(CHOSEN_SCHEDULER=workers.address)
    finally:
        workers.end()
    assert (done.code, done.err) == (0, ""), done.out
    assert 'id="07_own"' in there.page("small", "en")
    assert there.published("small") == here.published("small")


MODEL = """
linked = report.study.pairs.query("kind == 'scale'").dropna(subset="change")
report.model("own_model", "change ~ earlier", linked, en="Change by where people began", he="השינוי לפי נקודת הפתיחה")
"""
RELEASED = """
shown = report.safe.pivot_table(linked, values="earlier", index="measure")
report.release("own_means", shown)
"""
LOOKS = ('report.kept("own_means")', "%time 1\nlinked.head()")
LEFT_OUT = 'report.say(en="{n} of them.", he="{n} מהם.", row=shown.head(0))'


def test_what_a_call_that_publishes_gives_back_is_not_said_to_be_in_the_notebook_only(built, tmp_path):
    one = built.copy(tmp_path / "one", without=("small", "small.yaml"))
    own(one, "07_own", None, MODEL, RELEASED, *LOOKS, LEFT_OUT)
    done = one.build("1")
    assert done.code == 0, done.err
    assert one.soup("1", "en").find(id="table-own_model")
    [seen] = [line for line in done.out.splitlines() if line.startswith("seen in the notebooks only")]
    assert seen.startswith("seen in the notebooks only: 07_own [3], 07_own [7], 07_own [8] (")
    assert "left out: 07_own [9]: a sentence whose row this cohort does not have" in done.out
    assert "left out" not in one.build("1").out


EMPTY = """
mine = report.study.scores.query("measure == 'motivaton'").dropna(subset="score")
shown = report.safe.pivot_table(mine, values="score", index="wave")
report.table("own_means", shown, en="Mean of motivation", he="ממוצע המוטיבציה")
"""


def test_a_table_of_an_empty_selection_is_named_with_the_key_that_was_misspelt(built, tmp_path):
    one = built.copy(tmp_path / "one", without=("small", "small.yaml"))
    own(one, "07_own", None, EMPTY)
    done = one.build("1")
    assert done.code == 0, done.err
    assert (
        "left out: 07_own [5]: the table “own_means” has no rows in this cohort; “motivaton” is no measure, wave or group of "
        'this study; what to do: write "motivation"\n'
    ) in done.out


def test_a_model_that_a_cohort_cannot_have_is_named_with_the_reason(built, tmp_path):
    """Nobody of local-3 can be found in both waves."""
    one = built.copy(tmp_path / "one", without=("1", "1.yaml", "small", "small.yaml"))
    shutil.copytree(HOUSE / "data" / "local-3", one.root / "data" / "local-3")
    shutil.copy2(HOUSE / "params" / "local-3.yaml", one.root / "params")
    own(one, "07_own", {"after": ["01_clean"]}, MODEL)
    for notebook in REPORT[1:]:
        (one.notebooks / f"{notebook}.ipynb").unlink()
    done = one.build("local-3")
    assert done.code == 0, done.err
    [line] = [line for line in done.out.splitlines() if line.startswith("left out: 07_own")]
    assert line == (
        "left out: 07_own [5]: the model “own_model”: its data have no rows in this cohort; this cohort has no common IDs, "
        "and the model needs answers of the same people in two waves"
    )


def test_a_name_that_is_not_there_is_explained_in_the_line_of_the_build(built, tmp_path):
    one = built.copy(tmp_path / "one", without=("small", "small.yaml"))
    for notebook in REPORT[1:]:
        (one.notebooks / f"{notebook}.ipynb").unlink()
    one.replace("params/1.yaml", "traits: [sector_group, seniority]", "traits: [sector_group]")
    for cell, said in {
        'study.participants["seniority"]': (
            "KeyError: 'seniority'; this cohort has no trait “seniority”, so “study.participants” has no such column; what to "
            'do: let the cell begin with\n        if "seniority" in study.params.traits:'
        ),
        "study.scores.query(\"groop == 'headquarters'\")": (
            "UndefinedVariableError: name 'groop' is not defined; “study.scores” has no column “groop”; what to do: write "
            '"group" (there are wave, measure, score, items_answered, category, group)'
        ),
        "from followup.analysis import projects": "it is of the earlier form; what to do: begin with study, safe",
    }.items():
        own(one, "07_own", {"after": ["01_clean"]}, "study = report.study", cell)
        done = one.build("1")
        assert done.code == 3 and "notebooks/07_own.ipynb, cell [6]: " in done.err
        assert said in done.err
