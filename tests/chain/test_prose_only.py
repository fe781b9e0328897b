"""A notebook's prose apart from its code: what counts as code, and prose put beside what the code gave."""

import copy

import pytest
from followup.chain.prose_only import code_digest, with_prose_of
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, writes


def notebook(*cells) -> dict:
    return new_notebook(cells=list(cells))


def parameters():
    return new_code_cell('cohort = "1"', id="p", metadata={"tags": ["parameters"]})


@pytest.fixture
def saved(tmp_path):
    """Writes a notebook; gives the digest of its code."""

    def digest(made) -> str:
        (tmp_path / "n.ipynb").write_text(writes(made), encoding="utf-8")
        return code_digest(tmp_path / "n.ipynb")

    return digest


def test_prose_outputs_and_jupyters_own_notes_are_no_code(saved):
    before = saved(notebook(new_markdown_cell("# One"), parameters(), new_code_cell("1 + 1", id="a")))
    again = notebook(parameters(), new_markdown_cell("# Two"), new_code_cell("1 + 1", id="b", execution_count=7))
    again.cells[-1].outputs = [new_output("execute_result", {"text/plain": "2"}, execution_count=7)]
    again.metadata.language_info = {"name": "python", "version": "3.13.0"}
    assert saved(again) == before


@pytest.mark.parametrize(
    "cells",
    [
        [parameters(), new_code_cell("1 + 2")],
        [new_code_cell("1 + 1"), parameters()],
        [parameters(), new_code_cell("1 + 1"), new_code_cell("")],
        [new_code_cell('cohort = "1"'), new_code_cell("1 + 1")],
        [parameters(), new_markdown_cell("1 + 1")],
    ],
    ids=["a number", "the order", "a cell more", "a tag", "code as prose"],
)
def test_code_is_every_code_cell_in_order_with_its_tags(saved, cells):
    assert saved(notebook(*cells)) != saved(notebook(parameters(), new_code_cell("1 + 1")))


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"cells": 3}', '{"cells": [{}]}'])
def test_what_is_no_notebook_counts_as_a_whole(tmp_path, text):
    path = tmp_path / "n.ipynb"
    path.write_text(text, encoding="utf-8")
    mark = code_digest(path)
    path.write_text(text + " ", encoding="utf-8")
    assert code_digest(path) != mark
    assert code_digest(tmp_path / "none.ipynb") == "absent"


@pytest.fixture
def executed() -> dict:
    """As papermill leaves it: its parameters after those of the notebook, and outputs."""
    injected = new_code_cell('cohort = "2"', id="i", metadata={"tags": ["injected-parameters"]}, execution_count=2)
    ran = new_code_cell("1 + 1", id="a", execution_count=3, outputs=[new_output("stream", text="2")])
    return notebook(new_markdown_cell("# One"), parameters() | {"execution_count": 1}, injected, ran)


def test_new_prose_stands_in_its_place_beside_the_outputs(executed):
    before = copy.deepcopy(executed)
    now = notebook(
        new_markdown_cell("# Uno"), parameters(), new_markdown_cell("between"), new_code_cell("1 + 1", id="b")
    )
    made = with_prose_of(now, executed)
    assert [cell["source"] for cell in made["cells"]] == ["# Uno", 'cohort = "1"', 'cohort = "2"', "between", "1 + 1"]
    assert [cell["id"] for cell in made["cells"][1:3]] == ["p", "i"]
    assert made["cells"][-1]["outputs"] == before["cells"][-1]["outputs"]
    assert made["cells"][-1]["id"] == "b"
    assert executed == before


@pytest.mark.parametrize("code", [["1 + 2"], ["1 + 1", "2"]], ids=["other code", "a cell more"])
def test_code_that_did_not_run_is_refused(executed, code):
    with pytest.raises(ValueError, match="not the code that was run"):
        with_prose_of(notebook(parameters(), *map(new_code_cell, code)), executed)
