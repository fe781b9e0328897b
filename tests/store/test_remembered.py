"""What an earlier run made is used again, as long as all that it was made from is the same."""

import matplotlib as mpl
import pandas as pd
import pytest
from followup.report.charts import drawing
from followup.store import remembered
from followup.words.vocabulary import Vocabulary
from matplotlib.figure import Figure


@pytest.fixture
def memory(monkeypatch):
    monkeypatch.setattr(remembered, "MADE", {})
    monkeypatch.setattr(remembered, "USED", set())


def test_text_is_made_once_and_in_the_next_run_not_at_all(memory, tmp_path, monkeypatch):
    made = []

    @remembered.remembered
    def twice(text: str) -> str:
        made.append(text)
        return 2 * text

    assert [twice("a"), twice("a"), twice("b"), made] == ["aa", "aa", "bb", ["a", "b"]]
    remembered.keep(tmp_path / "kept.json")
    remembered.MADE.clear()
    remembered.USED.clear()
    remembered.recall(tmp_path / "kept.json")
    assert (twice("a"), made) == ("aa", ["a", "b"])
    remembered.keep(tmp_path / "kept.json")
    remembered.MADE.clear()
    remembered.recall(tmp_path / "kept.json")
    assert list(remembered.MADE.values()) == ["aa"]  # b was not used again
    remembered.MADE.clear()
    monkeypatch.setattr(remembered, "_code", lambda: "another")
    remembered.recall(tmp_path / "kept.json")
    assert remembered.MADE == {}


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[:-5],
        lambda text: text[:30],
        lambda text: "",
        lambda text: text.replace("53%", "35%"),
        lambda text: text.replace("m ", "n ", 1),
    ],
    ids=["cut off", "cut off early", "empty", "a number changed", "another mark"],
)
def test_what_is_not_as_it_was_written_is_not_read(tmp_path, change):
    path = tmp_path / "kept"
    remembered.write(path, "m", {"x": "53%"})
    assert remembered.read(path, "m") == {"x": "53%"}
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    assert remembered.read(path, "m") is None
    assert remembered.read(tmp_path / "none", "m") is None


def test_an_error_is_not_remembered(memory):
    answers = iter([ValueError("no"), "yes"])

    @remembered.remembered
    def ask() -> str:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(ValueError, match="no"):
        ask()
    assert ask() == "yes"


def frame(**changed) -> pd.DataFrame:
    return pd.DataFrame({"measure": ["skill"], "n": [12]} | changed)


def bars(frame, words, language, narrow=False):
    """A chart that counts how often it is drawn; its text says from what."""
    bars.drawn += not narrow
    return Figure(), f"{language} {frame.to_dict()}"


@pytest.fixture
def chart(tmp_path, monkeypatch):
    """Draws with `bars` as if it were the package's, keeping what was drawn under a digest of the code; whether it drew."""
    monkeypatch.setattr(bars, "__module__", "followup.report.charts.answer_charts")
    bars.drawn = 0

    def drew(table: pd.DataFrame, code: str = "c", language: str = "en") -> bool:
        monkeypatch.setenv("FOLLOWUP_DRAWINGS", f"{tmp_path / 'a: b'}:{code}")
        before = bars.drawn
        made = drawing.drawing("moves", bars, table, Vocabulary, language)
        assert made.alternative == f"{language} {table.to_dict()}"
        assert made.address.startswith("data:image/svg+xml;base64,")
        return bars.drawn > before

    return drew


def test_a_chart_is_drawn_anew_when_code_numbers_order_or_language_are_others(chart):
    assert [chart(frame()), chart(frame())] == [True, False]
    assert [chart(frame(), code="d"), chart(frame(), code="d")] == [True, False]
    assert [chart(frame(n=[13]), code="d"), chart(frame(n=[12.0]), code="d"), chart(frame(n=["12"]), code="d")] == [
        True
    ] * 3
    assert [chart(frame(n=[None]), code="d"), chart(frame(n=[float("nan")]), code="d")] == [True, True]
    assert [chart(frame()), chart(frame(), language="he"), chart(frame())] == [True, True, False]
    assert [chart(frame()[["n", "measure"]]), chart(frame().set_axis([4]))] == [True, True]


def test_what_a_notebook_sets_for_its_charts_counts(chart):
    assert chart(frame())
    with mpl.rc_context({"font.size": 20}):
        assert chart(frame())
    assert chart(frame())


def test_by_hand_or_by_a_function_of_the_notebook_every_chart_is_drawn(chart, monkeypatch):
    assert chart(frame())
    monkeypatch.setattr(bars, "__module__", "__main__")
    assert [chart(frame()), chart(frame())] == [True, True]
    monkeypatch.setattr(bars, "__module__", "followup.report.charts.answer_charts")
    monkeypatch.delenv("FOLLOWUP_DRAWINGS")
    before = bars.drawn
    drawing.drawing("moves", bars, frame(), Vocabulary, "en")
    assert bars.drawn == before + 1
