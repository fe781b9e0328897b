"""The one door to the page: sentences, tables and figures come out whole for every reader; typed text stays text."""

import ast
import base64
import json
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from checkouts import SHIPPED
from followup.analysis.comparison import N_OF
from followup.disclosure import own_tables
from followup.disclosure.cell_bundle import MIME
from followup.disclosure.output_check import NotForPublication
from followup.language import ProseProblem, Text, free_text, language_of, same
from followup.problems import InputProblems
from followup.report import report, tables
from followup.report.charts import answer_charts, change_charts
from followup.report.guards import Cell
from followup.report.report import Report
from followup.study.cohort import open_cohort
from followup.words import columns, vocabulary

HOSTILE = """</td></table><script>alert(x)</script><img src=x onerror=alert(y)> & "quoted" {n} =a+b"""
CHANGES = pd.DataFrame(
    {
        "measure": ["motivation", "motivation", "self_perception"],
        "group": ["all", "headquarters", "operational"],
        "n_linked": pd.array([28, 9, 5], dtype="Int64"),
        "change": [-0.1234, 0.5, None],
        "ci_low": [-0.26, 0.2, None],
        "ci_high": [0.06, 0.8, None],
        "p_adjusted": [0.75, 0.0004, None],
        "margin": 0.3,
        "verdict": ["preserved", "rose", None],
        "hidden": [False, False, True],
    }
)
SHOWN = ["measure", "group", "n_linked", "change", "interval", "p_adjusted", "verdict"]


class Shown:
    """What a report has put out: for each output its kind, its name and its fragments."""

    def __init__(self):
        self.bundles = []

    def __call__(self, bundle: dict, raw: bool):
        assert raw
        self.bundles.append(bundle)

    @property
    def last(self) -> dict:
        return self.bundles[-1][MIME]

    def soup(self, language: str) -> BeautifulSoup:
        return BeautifulSoup(self.last[language], "html.parser")


@pytest.fixture(autouse=True)
def made_by_hand(monkeypatch):
    """The tables of these tests are made by hand; what plain pandas may not tell is tested with what analysts write."""
    every = type("Every", (), {"__contains__": lambda self, columns: True})
    monkeypatch.setattr(own_tables, "SHAPES", every())


@pytest.fixture
def shown(monkeypatch):
    captured = Shown()
    monkeypatch.setattr(report, "display", captured)
    return captured


@pytest.fixture
def door(tmp_path, shown) -> Report:
    """Cohort 1's report, with a build folder of its own."""
    return Report(replace(open_cohort("1"), root=tmp_path), "en")


def plain(text: str) -> str:
    return text.replace("\u2066", "").replace("\u2069", "").replace("\u00a0", " ")


def cells(soup: BeautifulSoup) -> list[list[str]]:
    return [[plain(cell.get_text()) for cell in row.find_all(["th", "td"])] for row in soup.find_all("tr")]


# ------------------------------------------------------------ sentences


def test_a_sentence_is_put_out_in_both_languages_and_shown_in_the_notebooks_own(door, shown):
    door.say(he="השיבו {n}.", en="{n} answered.", n=Cell(29))
    assert (shown.last["kind"], shown.last["name"]) == ("say", None)
    assert plain(shown.last["he"]) == "<p>השיבו 29.</p>"
    assert plain(shown.last["en"]) == "<p>29 answered.</p>"
    assert plain(shown.bundles[-1]["text/html"]) == '<div lang="en" dir="ltr"><p>29 answered.</p></div>'
    Report(door.cohort, "he").say(he="כך.", en="So.")
    assert shown.bundles[-1]["text/html"] == '<div lang="he" dir="rtl"><p>כך.</p></div>'


def test_typed_words_in_a_sentence_stay_words(door, shown):
    door.say(he="נכתב: {words}", en="Typed: {words}", words=same(free_text(HOSTILE)))
    for each in ("he", "en"):
        assert shown.soup(each).find(["script", "img", "table"]) is None
        assert HOSTILE in plain(shown.soup(each).get_text())


def test_a_sentence_is_said_only_when_it_holds(door, shown):
    door.say(he="כך.", en="So.", when=False)
    assert shown.bundles == [{MIME: {"kind": "silent", "name": None}}]  # that it was not said, and no word of it


def test_a_sentence_that_one_language_cannot_say_is_refused(door, shown):
    with pytest.raises(ProseProblem, match="only one language has the placeholder {n}"):
        door.say(he="השיבו {n}.", en="They answered.", n=Cell(3))
    assert shown.bundles == []


# ------------------------------------------------------------ tables


def test_a_table_names_its_columns_rows_and_itself(door, shown):
    door.table("changes", CHANGES, he="השינויים", en="The changes", show=SHOWN)
    assert (shown.last["kind"], shown.last["name"]) == ("table", "changes")
    for each, caption in (("en", "The changes"), ("he", "השינויים")):
        table = shown.soup(each).find("figure", class_="table", id="table-changes").find("table")
        assert table.find("caption").get_text().startswith(caption)
        assert table.find("caption").find(class_="note").get_text().strip()
        assert {header.get("scope") for header in table.find("thead").find_all("th")} == {"col"}
        assert [row.find_all("th")[0].get("scope") for row in table.find("tbody").find_all("tr")] == ["row"] * 3
        assert len(table.find("thead").find_all("th")) == len(SHOWN)


HEADS = [
    ({"measure": ["a", "a", "b"], "wave": ["x", "y", "x"], "n": [9, 9, 9]}, ["th", "th", "td"]),
    ({"measure": ["a", "b", "c"], "wave": ["x", "y", "x"], "n": [9, 9, 9]}, ["th", "td", "td"]),
    ({"measure": ["a", "a", "a"], "n": [7, 8, 9], "wave": ["x", "y", "z"]}, ["th", "td", "td"]),
    ({"measure": ["a", "a", "b"], "wave": ["x", "x", "x"], "n": [7, 8, 9]}, ["th", "td", "td"]),
    ({"measure": ["a", "a"], "wave": ["x", "y"]}, ["th", "td"]),
    (
        {"wave": ["x", "x", "y"], "first": ["a", "a", "a"], "second": ["b", "c", "b"], "n": [1, 2, 3]},
        ["th"] * 3 + ["td"],
    ),
]


@pytest.mark.parametrize(("columns", "cells"), HEADS)
def test_as_many_first_cells_are_headers_as_it_takes_to_tell_the_rows_apart(columns, cells):
    words = vocabulary.Vocabulary(open_cohort("1").codebook)
    made = tables.html(pd.DataFrame(columns), list(columns), "t", "T", "", words, "en")
    for row in BeautifulSoup(made, "html.parser").select("tbody tr"):
        assert [cell.name for cell in row.find_all(["th", "td"])] == cells
        assert {cell["scope"] for cell in row.find_all("th")} == {"row"}


def test_the_cells_of_a_table_are_what_the_frame_holds_and_hidden_ones_say_so(door, shown):
    door.table("changes", CHANGES, he="השינויים", en="The changes", show=SHOWN)
    _, whole, group, hidden = cells(shown.soup("en"))
    assert whole == [
        "Motivation to promote digitisation",
        "All respondents",
        "28",
        "−0.12",
        "−0.26 to +0.06",
        "0.750",
        "preserved",
    ]
    assert group[1:] == ["Headquarters (policy) ministries", "9", "+0.5", "+0.2 to +0.8", "< 0.001", "rose"]
    assert hidden == [
        "Self-perception as leaders of digitisation",
        "Operational (executive) ministries",
        *["hidden (small group)"] * 5,
    ]
    assert cells(shown.soup("he"))[3][2:] == ["מוסתר (קבוצה קטנה)"] * 5
    assert len(shown.soup("en").find_all("td", class_="suppressed")) == 5


def test_what_a_hidden_row_still_held_is_neither_shown_nor_kept(door, shown):
    """Even if a value were left in the frame by mistake, the page says "hidden", and the CSV holds nothing."""
    careless = CHANGES.assign(change=[0.77, 0.7, 0.7], verdict="rose", p_adjusted=0.01, ci_low=0.5, ci_high=0.9)
    door.table("changes", careless, he="השינויים", en="The changes", show=SHOWN)
    assert cells(shown.soup("en"))[3][2:] == ["hidden (small group)"] * 5
    assert door.kept("changes").iloc[2][["n_linked", "change", "p_adjusted", "ci_low", "verdict"]].isna().all()


def test_no_cell_is_blank_and_a_missing_number_says_so(door, shown):
    frame = pd.DataFrame({"measure": ["motivation"], "wave": ["follow_up"], "mean": [float("nan")], "change": [None]})
    door.table("levels", frame, he="רמות", en="Levels", show=["measure", "wave", "mean", "change"])
    for each, words in (("en", ["not computed", "not shown"]), ("he", ["לא חושב", "אינו מוצג"])):
        row = cells(shown.soup(each))[1]
        assert all(row)
        assert row[2:] == words


def test_a_count_of_high_answers_that_does_not_leave_is_not_shown_rather_than_not_computed(door, shown):
    """As on the page that compares cohorts, which has no word for how a row left."""
    frame = pd.DataFrame(
        {"measure": ["motivation_promote"] * 2, "wave": ["follow_up"] * 2, "n": [24, 29], "n_high": [None, 21]}
    )
    door.table("statements", frame, he="היגדים", en="Statements", show=["measure", "high_of"])
    for each, said in (
        ("en", ["not shown (too few in one category)", "21 of 29 (72%)"]),
        ("he", ["אינו מוצג (מעטים מדי באחת הקטגוריות)", "21 מתוך 29 (72%)"]),
    ):
        assert [row[-1] for row in cells(shown.soup(each))[1:]] == said


def test_the_whole_frame_is_kept_whatever_is_shown_of_it(door, shown, tmp_path):
    door.table(
        "changes", CHANGES, he="השינויים", en="The changes", show=["measure", "change"], rows=CHANGES["group"] == "all"
    )
    assert len(cells(shown.soup("en"))) == 2
    kept = pd.read_csv(tmp_path / "build" / "1" / "private" / "results" / "changes.csv")
    assert (list(kept.columns), len(kept)) == (list(CHANGES.columns), 3)
    assert door.kept("changes")["change"].iloc[0] == pytest.approx(-0.1234)


def test_hostile_words_in_a_table_stay_words(door, shown):
    frame = pd.DataFrame({"measure": [HOSTILE], "group": [HOSTILE], "n_linked": [28]})
    door.table(
        "changes",
        frame,
        he=f"כותרת {HOSTILE}",
        en=f"Caption {HOSTILE}",
        show=["measure", "group", "n_linked"],
        note=Text(HOSTILE, HOSTILE),
    )
    for each in ("he", "en"):
        soup = shown.soup(each)
        assert soup.find(["script", "img"]) is None
        assert len(soup.find_all("table")) == 1
        assert plain(cells(soup)[1][0]) == HOSTILE
        assert HOSTILE in plain(soup.find("caption").get_text())


@pytest.mark.parametrize("captions", [{"he": "", "en": "The changes"}, {"he": "השינויים", "en": " "}])
def test_a_table_or_figure_without_a_caption_in_each_language_is_refused(door, shown, captions):
    with pytest.raises(ProseProblem, match="a caption has no (Hebrew|English); what to do: add (he|en)=…"):
        door.table("changes", CHANGES, show=SHOWN, **captions)
    with pytest.raises(ProseProblem, match="a caption has no (Hebrew|English); what to do: add (he|en)=…"):
        door.figure("changes", CHANGES.iloc[:1], change_charts.change_forest, show=SHOWN, **captions)
    assert shown.bundles == []


@pytest.mark.parametrize("way", ["table", "figure"])
def test_an_empty_frame_hands_over_its_caption_alone(door, shown, way):
    empty = pd.DataFrame(columns=["meeting", "n_present"])
    captions = {"he": "מפגשים", "en": "Meetings"}
    door.table("attendance", empty, **captions) if way == "table" else door.figure(
        "attendance", empty, draw, **captions
    )
    assert shown.last["kind"] == "nothing"
    assert (shown.last["en"], shown.last["he"]) == ("Meetings", "מפגשים")
    assert "Meetings – nothing to show" in shown.bundles[-1]["text/html"]  # what the analyst reads in Jupyter
    assert door.kept("attendance").empty
    assert door.kept("attendance").empty


def test_a_table_that_is_not_for_this_cohort_is_kept_and_not_shown(door, shown):
    door.table("changes", CHANGES, he="השינויים", en="The changes", show=SHOWN, when=False)
    kinds = [(bundle[MIME]["kind"], bundle[MIME]["name"], len(bundle)) for bundle in shown.bundles]
    assert kinds == [("kept", "changes", 1), ("silent", "changes", 1)]  # nothing that a reader would see
    assert len(door.kept("changes"))


# ------------------------------------------------------------ figures


def draw(axes, table: pd.DataFrame) -> None:
    """A small figure of the rows it gets."""
    axes.barh(table["group"], table["change"])
    axes.set_xlabel("change")


def test_a_figure_has_words_in_both_languages_a_caption_and_its_data(door, shown):
    door.figure("changes", CHANGES, draw, he="השינויים", en="The changes", show=SHOWN)
    assert (shown.last["kind"], shown.last["name"]) == ("figure", "changes")
    for each, alternative, caption, summary in (
        (
            "en",
            "All respondents, preserved: n in both waves 28, Change",
            "The changes",
            "The data of this figure, as a table",
        ),
        ("he", "כלל המשיבים, נשמר: n בשני השלבים 28, שינוי", "השינויים", "הנתונים שבתרשים, כטבלה"),
    ):
        figure = shown.soup(each).find("figure", class_="chart", id="figure-changes")
        assert alternative in plain(figure.find("img")["alt"])
        assert figure.find("script") is None
        assert figure.select_one("figcaption .shows").get_text() == caption
        assert figure.select_one("figcaption .note").get_text()  # of the hidden row
        assert figure.find("details", class_="data").find("summary").get_text() == summary
        assert len(cells(figure.find("table"))) == 4  # all three rows, the hidden one among them


def test_a_figure_is_an_svg_of_paths_in_the_page_and_the_same_bytes_again(door, shown):
    for _ in range(2):
        door.figure(
            "links",
            CHANGES,
            draw,
            show=SHOWN,
            he="מי השיבו",
            en="Who answered",
        )
    first, second = (bundle[MIME] for bundle in shown.bundles)
    assert first == second
    address = shown.soup("en").find("img")["src"]
    svg = base64.b64decode(address.removeprefix("data:image/svg+xml;base64,")).decode()
    assert "<svg" in svg
    assert "<text" not in svg
    assert "<dc:date>" not in svg


@pytest.mark.parametrize(
    ("chart", "frame", "show", "said"),
    [
        (
            answer_charts.option_bars,
            pd.DataFrame(
                {"question": "network_wishes", "option": [1, 2], "wave": "follow_up", "n_chosen": [23, 21], "n": 29}
            ),
            ["option", "chosen_of"],
            ["Keeping up the ties among graduates: 23 of 29", "Peer learning: 21 of 29"],
        ),
    ],
)
def test_the_words_of_a_chart_hold_its_numbers_in_both_languages(door, shown, chart, frame, show, said):
    door.figure("x", frame, chart, he="כותרת", en="Caption", show=show)
    english, hebrew = (plain(shown.soup(each).find("img")["alt"]) for each in ("en", "he"))
    for words in said:
        assert words in english
        assert words.rpartition(": ")[2].partition(" ")[0] in hebrew
    assert language_of(english) == "en"
    assert language_of(hebrew) == "he"


def test_a_figure_whose_rows_are_all_hidden_is_a_table_that_says_so(door, shown):
    hidden = CHANGES.iloc[[2]]
    door.figure("changes", hidden, draw, he="השינויים", en="The changes", show=SHOWN)
    assert shown.last["kind"] == "table"
    assert "hidden (small group)" in shown.last["en"]
    assert shown.soup("en").find("img") is None


# ------------------------------------------------------------ what is handed on, and what is kept


def test_a_row_level_table_is_private_and_the_notebook_says_only_how_long_it_is(door, shown, tmp_path):
    door.hand_on("scores", pd.DataFrame({"respondent": ["ab12", "cd34"], "score": [1.5, 2.5]}))
    assert shown.last == {"kind": "handed_on", "name": "scores"}
    assert "2 rows" in shown.bundles[-1]["text/html"]
    assert "ab12" not in shown.bundles[-1]["text/html"]
    assert door.cohort.read("scores")["respondent"].tolist() == ["ab12", "cd34"]
    assert (tmp_path / "build" / "1" / "private" / "tables" / "scores.csv").exists()


def test_a_result_that_no_notebook_has_made_yet_is_asked_for_by_name(door):
    with pytest.raises(InputProblems, match="results/changes.csv: this table has not been made yet"):
        door.kept("changes")
    with pytest.raises(InputProblems, match="make report COHORT=1"):
        door.cohort.read("scores")


# ------------------------------------------------------------ words


def test_every_column_has_a_heading_in_both_languages():
    for name, column in columns.COLUMNS.items():
        assert column.heading.he.strip(), name
        assert column.heading.en.strip(), name


def test_every_key_of_the_results_has_words_in_both_languages():
    for key, words in vocabulary.KEYS.items():
        assert words.he.strip(), key
        assert words.en.strip(), key
        assert key == "" or words.he != words.en, key


def test_words_are_the_codebooks_then_those_of_every_study_then_the_text_itself(door):
    assert door.words("headquarters", "he") == "משרדי מטה"
    assert door.words("rose", "en") == "rose"
    assert plain(door.words("data/1/follow_up.csv", "en")) == "data/1/follow_up.csv"
    assert door.words.option("still_involved", 1, "he") == "כן"
    assert door.words.finding("network", "en") == "The leaders’ network and professional ties"


def shown_columns() -> set[tuple[str, str]]:
    """(notebook, column) of every list that a notebook gives as show=, also where it is shown only when something holds."""
    found = set()
    for path in (Path(report.__file__).parents[2] / f"{name}.ipynb" for name in SHIPPED):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for source in ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"):
            for call in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)):
                lists = [
                    word.value for word in call.keywords if word.arg == "show" and isinstance(word.value, ast.List)
                ]
                told = isinstance(call.func, ast.Name) and call.func.id == "columns"
                listed = [*(column for each in lists for column in each.elts), *(call.args[1:] if told else [])]
                found |= {(path.name, column.value) for column in listed if isinstance(column, ast.Constant)}
    return found


def test_every_column_that_a_notebook_shows_has_a_heading():
    shown = shown_columns()
    shown = {
        (path, each) for path, column in shown for each in ([*chain(*N_OF.values())] if column == "n" else [column])
    }
    assert ("02_describe.ipynb", "warning") in shown
    assert len(shown) > 100
    assert sorted(one for one in shown if one[1] not in columns.COLUMNS) == []


def test_a_column_without_a_heading_is_named_with_what_to_do():
    frame = pd.DataFrame({"mesure": ["motivation"]})
    with pytest.raises(
        ProseProblem, match="table “mine”: column “mesure”, which is like “measure”, has no heading; what to do"
    ):
        tables.html(frame, ["mesure"], "mine", "Mine", "", vocabulary.Vocabulary(open_cohort("1").codebook), "en")


WIDE = pd.DataFrame({"measure": ["motivation"], "wave a": [1], "wave b": [2]})
NOT_SHOWN = {
    "misspelt": (
        ["measure", "chnage"],
        WIDE.assign(change=0.1),
        'has no column “chnage”; what to do: write "change" (there are',
    ),
    "like one that the page writes": (["measure", "intreval"], WIDE, 'write "interval"'),
    "like none": (["measure", "zzz"], WIDE, "use one of measure, wave a, wave b"),
    "written from others": (
        ["measure", "gap_interval"],
        WIDE,
        "“gap_interval” is written from “ci_low”, which table “mine”",
    ),
    "all that have no heading": (
        ["measure", "wave a", "wave b"],
        WIDE,
        "columns “wave a”, “wave b” have no heading; what to do: head them, as in\n"
        '        headings={"wave a": ("…", "wave a"), "wave b": ("…", "wave b")}',
    ),
    "cells in the letters of the other page": (
        ["measure", "tenure"],
        WIDE.assign(tenure="ותיקים"),
        "column “tenure” has no heading, and cell “ותיקים” has no words in each language of the page; what to do: head them, as in\n"
        '        headings={"tenure": ("…", "tenure"), "ותיקים": ("…", "ותיקים")}',
    ),
}


@pytest.mark.parametrize("way", NOT_SHOWN)
def test_columns_that_are_not_there_or_not_headed_are_all_named_with_a_line(way):
    show, frame, said = NOT_SHOWN[way]
    with pytest.raises(ProseProblem) as stop:
        tables.html(frame, show, "mine", "Mine", "", vocabulary.Vocabulary(open_cohort("1").codebook), "en")
    assert said in str(stop.value)


def test_a_level_of_ones_own_stands_on_each_page_in_its_own_letters():
    words, headings = vocabulary.Vocabulary(open_cohort("1").codebook), {"tenure": Text("ותק", "Tenure")}
    frame = pd.DataFrame({"measure": ["motivation"] * 3, "tenure": ["newer", "3–5", None]})
    asked = partial(tables.html, frame, ["measure", "tenure"], "mine", "Mine", "", words, headings=headings)
    assert "newer" in asked(language="en") and "3–5" in asked(language="en")
    with pytest.raises(ProseProblem) as stop:
        asked(language="he")
    assert (
        'cell “newer” has no words in each language of the page; what to do: head it, as in\n        headings={"newer": ("…", "newer")}'
        in str(stop.value)
    )
    headings["newer"] = Text("חדשים", "Newer")
    assert "חדשים" in asked(language="he") and "newer" not in asked(language="he")


# ------------------------------------------------------------ one language


@pytest.fixture(params=["he", "en"])
def one(request, tmp_path, shown) -> Report:
    """The report of a study in one language."""
    cohort = open_cohort("1")
    params = cohort.params.model_copy(update={"languages": [request.param]})
    return Report(replace(cohort, root=tmp_path, params=params))


OTHER = {"he": "en", "en": "he"}


def test_a_study_of_one_language_needs_and_hands_over_that_one_only(one, shown):
    language, other = one.language, OTHER[one.language]
    one.say(**{language: {"he": "השיבו {n}.", "en": "{n} answered."}[language]}, n=Cell(3))
    one.table("changes", CHANGES, **{language: {"he": "השינויים", "en": "The changes"}[language]}, show=SHOWN)
    said, table = (bundle[MIME] for bundle in shown.bundles)
    assert plain(said[language]) == {"he": "<p>השיבו 3.</p>", "en": "<p>3 answered.</p>"}[language]
    assert "<table>" in table[language]
    assert other not in said and other not in table


def test_a_study_of_one_language_is_not_content_with_the_other(one, shown):
    with pytest.raises(ProseProblem, match=f"a sentence has no .*; what to do: add {one.language}=…"):
        one.say(**{OTHER[one.language]: "So."})
    assert shown.bundles == []


def test_a_notebook_opens_in_its_language_where_the_study_has_it_else_in_the_first(one, door):
    assert Report(one.cohort, OTHER[one.language]).language == one.language
    assert Report(door.cohort, "en").language == "en"
    assert Report(door.cohort).language == "he"  # the first that params/1.yaml names


# ------------------------------------------------------------ one released result, shown in parts


def test_part_of_a_released_result_is_shown_and_is_no_result_of_its_own(door, shown, tmp_path):
    whole = door.release("changes", CHANGES)
    assert shown.last == {"kind": "kept", "name": "changes"}
    door.table("scales", whole[whole["group"] == "all"], he="סולמות", en="Scales", show=SHOWN)
    assert (shown.last["kind"], shown.last["name"], shown.last["of"]) == ("table", "scales", "changes")
    assert [path.stem for path in (tmp_path / "build" / "1" / "private" / "results").iterdir()] == ["changes"]


def test_a_row_that_was_changed_is_no_part_of_the_result(door):
    whole = door.release("changes", CHANGES)
    for careless in (whole.assign(change=whole["change"] * 2), whole.assign(extra=1)):
        with pytest.raises(
            NotForPublication,
            match="has the rows of the released result “changes”, and other numbers or columns; what to do",
        ):
            door.table("scales", careless, he="סולמות", en="Scales", show=SHOWN)


def test_a_part_may_be_sorted_queried_and_have_fewer_columns(door, shown):
    whole = door.release("changes", CHANGES)
    part = whole.sort_values("change").query("group == 'all'")[["measure", "change"]].reset_index(drop=True)
    door.table("scales", part, he="סולמות", en="Scales")
    assert shown.last["of"] == "changes"
