"""A table without rows that a misspelt key chose: Jupyter says so where the table would stand, once for each cell that is run."""

from types import SimpleNamespace

import IPython
import pytest
from followup.disclosure.cell_bundle import MIME
from followup.report import report
from followup.report.report import Report
from followup.study.misspelt_keys import TOLD
from in_notebooks import cleaned

SAID = {"en": "So it is", "he": "כך הדבר"}
HINT = '; “motivaton” is no measure, wave or group of this study; what to do: write "motivation"'


@pytest.fixture
def run(monkeypatch):
    """Cells that are run in Jupyter, one after the other; what each shows."""
    TOLD.clear()
    history, shown, door = [], [], Report(cleaned("1"), "en")
    monkeypatch.setattr(IPython, "get_ipython", lambda: SimpleNamespace(user_ns={"In": history}))
    monkeypatch.setattr(report, "display", lambda bundle, raw: shown.append(bundle))

    held = {"report": door, "study": door.study, "safe": door.safe, "SAID": SAID}

    def cell(source: str) -> list[dict]:
        shown.clear()
        history.append(source)
        exec(source, held)  # noqa: S102
        return [bundle for bundle in shown if "text/html" in bundle]

    return cell


def cell_of(key: str) -> str:
    return (
        f"rows = study.scores.query(\"measure == '{key}'\")\n"
        'table = safe.pivot_table(rows, values="score", index="measure")\n'
        'report.table("one", table, **SAID)\nreport.table("two", table, **SAID)\n'
        'report.say(en="{score}.", he="{score}.", row=table)\n'
    )


def test_the_key_is_named_once_a_cell_in_jupyter_and_never_on_the_page(run):
    for _ in range(2):  # the cell is run again
        one, two, sentence = run(cell_of("motivaton"))
        assert f"nothing to show; the page leaves it out{HINT}" in one["text/html"]
        assert HINT not in two["text/html"] + sentence["text/html"]
        assert HINT not in one[MIME]["en"] + one[MIME]["he"]


def test_a_sentence_alone_names_it_too(run):
    run("table = safe.pivot_table(study.scores.query(\"measure == 'motivaton'\"), values='score', index='measure')")
    [sentence] = run('report.say(en="{score}.", he="{score}.", row=table)')
    assert sentence[MIME]["why"].endswith(HINT)


def test_where_nothing_is_misspelt_nothing_is_added(run):
    one, *_ = run(cell_of("zzz"))
    assert "nothing to show" in one["text/html"] and "what to do" not in one["text/html"]
    assert all("what to do" not in shown["text/html"] for shown in run(cell_of("motivation")))


def test_a_part_of_a_wave_is_known_in_a_mask(run):
    one, *_ = run(
        'rows = study.scores[study.scores["wave"] == "end"]\n'
        'table = safe.pivot_table(rows, values="score", index="measure")\nreport.table("one", table, **SAID)\n'
    )
    assert (
        'the page leaves it out; “end” is no measure, wave or group of this study; what to do: write "programme_end"'
        in (one["text/html"].replace("&quot;", '"'))
    )


WRONG = {
    'wave == "follow-up"': "“follow-up” is no wave of this study; what to do: choose among programme_end, follow_up",
    'category == "high" and group in ["HQ"]': "“HQ” is no group of this study; what to do: choose among all, ",
    'wave == "after_a_year"': "“after_a_year” is no wave of this study; what to do: choose among programme_end, follow_up",
    'category == "hi"': "“hi” is no category of this study; what to do: choose among low, middle, high",
    'group == "everyone"': "“everyone” is no group of this study; what to do: choose among all, ",
}


@pytest.mark.parametrize("chosen", WRONG)
def test_what_is_like_no_wave_group_or_category_is_answered_with_those_that_there_are(run, chosen):
    one, *_ = run(
        f"rows = study.scores.query('{chosen}')\n"
        'table = safe.pivot_table(rows, values="score", index="measure")\nreport.table("one", table, **SAID)\n'
    )
    assert WRONG[chosen] in one["text/html"]
