"""make debug: a notebook run up to the cell that fails, in a kernel that keeps what it knows."""

import os
import sys
from pathlib import Path

import pytest
from followup.chain import stages
from followup.chain.stages import Stage
from followup.commands import debug, lab
from jupyter_client.manager import start_new_kernel
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, writes


@pytest.fixture
def stage(tmp_path, monkeypatch):
    """Writes a notebook of these cells after its title and parameters."""
    monkeypatch.setattr(stages, "NOTEBOOKS", tmp_path)
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))

    def written(*sources: str) -> Stage:
        cells = [
            new_markdown_cell("# 03 · Title"),
            new_code_cell('cohort = "1"\nlanguage = "en"', metadata={"tags": ["parameters"]}),
            *map(new_code_cell, sources),
        ]
        (tmp_path / "03_compare.ipynb").write_text(writes(new_notebook(cells=cells)), encoding="utf-8")
        return Stage("03_compare")

    return written


@pytest.fixture
def kernel():
    manager, client = start_new_kernel(kernel_name="python3")
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def value_of(client, expression: str) -> str:
    said = []
    client.execute_interactive(
        f"print({expression})", output_hook=lambda message: said.append(message["content"].get("text", ""))
    )
    return "".join(said).strip()


def test_it_stops_where_it_fails_counted_as_jupyterlab_counts_with_all_variables(stage, kernel):
    notebook = debug.copy_for(stage("x = cohort * 2\nx", "", "y = [1, 2]", "1 / 0", "z = 3"), "local-3")
    assert debug.run(notebook, kernel) == (4, "ZeroDivisionError: division by zero")
    assert value_of(kernel, "cohort, x, y, 'z' in globals()") == "local-3 local-3local-3 [1, 2] False"
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert counts == [1, None, 2, None, 3, 4, None]
    outputs = [[output.output_type for output in cell.outputs] for cell in notebook.cells if cell.cell_type == "code"]
    assert outputs == [[], [], ["execute_result"], [], [], ["error"], []]


def test_what_was_probably_meant_is_said_beneath_the_error(stage, kernel):
    columns = "import pandas as pd\nfrom followup.study.explained_errors import in_jupyter\nin_jupyter()\nscores = pd.DataFrame({'score': [1]})"
    path = f"import sys\nsys.path.insert(0, {str(lab.NOTEBOOKS)!r})"
    _, error = debug.run(debug.copy_for(stage(path, columns, "scores['scor']"), "1"), kernel)
    assert error.startswith("KeyError: 'scor'; ") and 'write "score"' in error


def test_one_that_does_not_fail_runs_to_its_end(stage, kernel):
    notebook = debug.copy_for(stage("x = 1", "print(x)"), "1")
    assert debug.run(notebook, kernel) is None
    assert notebook.cells[-1].outputs[0].text == "1\n"


@pytest.mark.parametrize(
    ("cohort", "notebook", "said"),
    [
        ("1", "03_compair", "did you mean NOTEBOOK=03_compare?"),
        ("1", "", "one of: 01_clean 03_compare 90_cohorts"),
        ("", "03_compare", "make debug COHORT=… NOTEBOOK=03_compare  (one of: 1 small)"),
        ("7", "03_compare.ipynb", "(one of: 1 small)"),
        (
            "smal",
            "03_compare",
            "Did you mean COHORT=small: make debug COHORT=small NOTEBOOK=03_compare  (one of: 1 small)",
        ),
    ],
)
def test_what_is_not_there_is_named_with_what_there_is(stage, tmp_path, monkeypatch, cohort, notebook, said):
    stage()
    for name, metadata in (("01_clean", {}), ("90_cohorts", {"followup": {"page": "compare"}})):
        (tmp_path / f"{name}.ipynb").write_text(writes(new_notebook(metadata=metadata)), encoding="utf-8")
    monkeypatch.setattr("followup.chain.found_notebooks.NOTEBOOKS", tmp_path)
    with pytest.raises(debug.NotThere) as stop:
        debug.chosen(cohort, notebook, ["1", "small"])
    assert said in str(stop.value)
    assert debug.chosen("1", "notebooks/03_compare.ipynb", ["1", "small"])[1].name == "03_compare"
    assert debug.chosen("", "90_cohorts", ["1", "small"])[0] == "all"


def test_jupyterlab_opens_the_project_with_the_package_at_hand_and_what_the_user_has_set(monkeypatch, tmp_path):
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "mine"))
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    for name in ("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR", "JUPYTER_CONFIG_PATH"):
        monkeypatch.delenv(name, raising=False)
    told = lab.environment()
    assert told["PYTHONPATH"] == os.pathsep.join([str(lab.NOTEBOOKS), "/elsewhere"])
    assert told["JUPYTER_CONFIG_DIR"] == str(Path(sys.prefix) / "config")
    assert told["JUPYTER_CONFIG_PATH"] == str(tmp_path / "mine")
    assert told["JUPYTERLAB_SETTINGS_DIR"] == str(tmp_path / "mine" / "lab/user-settings")
    assert f"--ServerApp.root_dir={lab.HOUSE}" in lab.command() and "--custom-css" in lab.command()
