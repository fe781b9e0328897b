"""What somebody said in an interview and nobody released does not reach a page by being copied into a text."""

from dataclasses import replace
from time import perf_counter

import pytest
from followup.disclosure.cell_bundle import Bundle
from followup.problems import PageProblem
from followup.publish import cells, held_excerpts
from in_notebooks import NOTEBOOKS, cleaned
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

SAID = (
    "They used to call me in only when there was a crisis. Today I am asked at the planning stage."  # E02, not released
)
SAID_HE = "פעם הזמינו אותי לישיבות רק כשהיה משבר. היום שואלים אותי כבר בשלב התכנון."
RELEASED = "Even after the programme ended I did not lose the wish to go on."  # of E01


def told(kind: str, html: str) -> dict:
    data = Bundle(kind, "own", he="<p>כך</p>", en=html).data()
    return new_code_cell("", outputs=[new_output("display_data", data)])


def caption(text: str) -> str:
    return f"<figure><table><caption>{text}</caption><tbody><tr><td>3</td></tr></tbody></table></figure>"


COPIED = {
    "prose": new_markdown_cell(f"As somebody said: “{SAID}”"),
    "some of it, over two lines": new_markdown_cell("So **they used** to call me in\nonly when\nthere was trouble"),
    "Hebrew": new_markdown_cell(f"כך נאמר: {SAID_HE}"),
    "a sentence": told("say", f"<p>“{SAID.upper()}”</p>"),
    "a caption": told("table", caption(SAID)),
}


@pytest.mark.parametrize("way", COPIED)
def test_words_of_an_excerpt_that_is_not_released_stop_the_page_with_its_id_and_place(way):
    notebook = new_notebook(cells=[new_markdown_cell("# 07 · Own"), COPIED[way]])
    with pytest.raises(PageProblem) as stopped:
        held_excerpts.check_excerpts(cleaned("1"), {"07_own": notebook})
    said = str(stopped.value)
    assert said.startswith("notebooks/07_own.ipynb, cell 2: ") and "excerpt E02" in said
    assert "params/1.yaml" in said and 'released: ["E02"]' in said


@pytest.mark.parametrize(
    "text", [f"“{RELEASED}”", "They used to call me in only.", "There was a crisis, and today I am asked."]
)
def test_released_words_and_a_few_in_a_row_may_stand(text):
    held_excerpts.check_excerpts(cleaned("1"), {"07_own": new_notebook(cells=[new_markdown_cell(text)])})


def test_words_do_not_run_on_from_one_text_to_the_next():
    parts = [new_markdown_cell("They used to call me"), new_markdown_cell("in only when there was a crisis")]
    held_excerpts.check_excerpts(cleaned("1"), {"07_own": new_notebook(cells=parts)})


@pytest.mark.parametrize("cohort", ["1", "2", "3", "local-3"])
def test_the_shipped_notebooks_hold_no_such_words_and_the_look_costs_little(cohort):
    opened, notebooks = cleaned(cohort), {path.stem: cells.read(path) for path in NOTEBOOKS.glob("0*.ipynb")}
    took = []
    for _ in range(5):
        before = perf_counter()
        held_excerpts.check_excerpts(opened, notebooks)
        took.append(perf_counter() - before)
    assert min(took) < 0.05


def of_settings(**changed):
    cohort = cleaned("1")
    settings = cohort.params.interviews and cohort.params.interviews.model_copy(update=changed)
    return replace(cohort, params=cohort.params.model_copy(update={"interviews": settings if changed else None}))


def test_without_interviews_there_is_nothing_to_look_for():
    assert held_excerpts.held(of_settings()) == ({}, "")
    excerpts, released = held_excerpts.held(cleaned("1"))
    assert "E02" in excerpts and "E01" not in excerpts and "after the programme ended" in released


def test_what_is_released_under_another_id_may_stand(monkeypatch):
    """One excerpt may be coded for two findings, in two rows of the same words."""
    excerpts, released = held_excerpts.held(cleaned("1"))
    words = SAID.lower().replace(".", "")
    monkeypatch.setattr(held_excerpts, "held", lambda _: (excerpts, f"{released} {words} "))
    held_excerpts.check_excerpts(cleaned("1"), {"07_own": new_notebook(cells=[COPIED["prose"]])})
