"""Every number of both pages of every shipped cohort, and of each picture's text, is a cell of a published table.

Folded code and the ticks of axes are no results; nor is what the params, the codebook and the notebooks' own words say
for every cohort.
"""

import ast
import json
from copy import copy
from functools import cache

import pandas as pd
import pytest
from checkouts import Checkout
from followup.report import report as door
from followup.report.charts.drawing import Drawing
from matplotlib.text import Text
from numbers_traced import LEVELS, NOTEBOOKS, Traced, all_cells, cells, numbers, read_table, tables_of

SHIPPED = ("1", "2", "3", "local-3")
LANGUAGES = ("he", "en")
MADE_FROM = "footer, .provenance"  # dates, versions, digests
NOT_YET_CELLS = ("Weighting by", "שקלול לפי")  # design effect and how far weighting moves: no table holds them yet
NOT_YET_ROUNDED = {"network_summary"}  # its CSV still has more digits than its page
WORDS_ONLY = {"plan"}  # says what was settled, and what the params and rules say


OF_THE_SIGN = {24.0, 70.0}  # people and per cent from which a finding is more secure (params/README.md)


@pytest.fixture(scope="session")
def traced(everything: Checkout):
    return cache(lambda name: Traced(everything, name))


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_a_table_is_a_cell_of_the_row_that_it_shows(traced, name, language):
    cohort, checked = traced(name), 0
    strange = []
    shown = tables_of(cohort.checkout.soup(name, language))
    for table, rows in ((table, rows) for table, rows in shown.items() if table not in NOT_YET_ROUNDED):
        known = cells(cohort.results[cohort.shown[table]])
        for row in rows:
            label = numbers(row[0]) & cohort.no_results  # "11 years or more", as the codebook calls a group
            told = (numbers(row[0]) - label).union(*map(numbers, row[1:])) - LEVELS
            fits = any(told <= of_row for of_row in known.values())
            checked += len(told)
            if not fits and not (
                told <= cohort.no_results | all_cells(cohort.results[cohort.shown[table]]) and table in WORDS_ONLY
            ):
                strange.append((table, row))
    assert strange == []
    assert checked > 150


@pytest.mark.parametrize("name", SHIPPED)
def test_what_a_finding_says_is_read_off_the_rows_of_its_own_table(traced, name):
    cohort = traced(name)
    for _, row in cohort.results["findings"].iterrows():
        texts = [row[f"{part}_{language}"] for part in ("sentence", "number", "certainty") for language in LANGUAGES]
        told = set().union(*map(numbers, texts))
        assert told <= cohort.evidence(row), (row["finding"], row["measure"], told - cohort.evidence(row))


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_says_what_its_evidence_says(traced, name, language):
    """Labels, numbers, certainty and the words for each picture."""
    cohort = traced(name)
    for card in cohort.checkout.soup(name, language).select("section.finding"):
        evidence = cohort.results["findings"].query(
            "finding == @key", local_dict={"key": card["id"].removeprefix("finding-")}
        )
        known = set().union(*(cohort.evidence(row) for _, row in evidence.iterrows()))
        for other in card.select("figure.chart, .claim, .implication"):  # traced as charts are, or a person's own words
            other.decompose()
        said = f"{card.get_text(' ')} {' '.join(image['alt'] for image in card.select('img'))}"
        assert numbers(said) <= known | OF_THE_SIGN, (card["id"], numbers(said) - known)


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_all_other_words_of_a_page_hold_no_number_of_their_own(traced, name, language):
    """Sentences, captions, notes and the alternatives of pictures; these against the tables that they are drawn from."""
    cohort = traced(name)
    page = cohort.checkout.soup(name, language)
    for picture in page.select("figure.chart img"):
        table = picture.find_parent("figure")["id"].removeprefix("figure-")
        known = all_cells(cohort.results[cohort.shown[table]]) | cohort.no_results
        assert numbers(picture["alt"]) <= known, table
    allowed = cohort.of_every_result() | cohort.no_results | cohort.prose()
    main = words_outside(page)
    assert numbers(main) <= allowed, numbers(main) - allowed


def words_outside(page) -> str:
    """The text of a page's body without code, tables' rows, cards and what says how it was made."""
    body = copy(page.body)
    for part in body.select(
        f"details:has(pre), script, style, tbody, section.finding, .voices, nav, header, {MADE_FROM}"
    ):
        part.decompose()
    for sentence in body.find_all("p"):
        if any(begin in sentence.get_text() for begin in NOT_YET_CELLS):
            sentence.decompose()
    return body.get_text(" ")


# ------------------------------------------------------------ the page that compares cohorts

OF_ITS_REPORT = ["change", "ci_low", "ci_high", "margin", "verdict", "n_earlier", "n_later"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_that_compares_shows_cells_of_its_tables(everything, language):
    checked = 0
    for table, rows in tables_of(everything.soup("compare", language)).items():
        known = cells(read_table(everything.path("compare", "results", f"{table}.csv")))
        for row in rows:
            told = set().union(*map(numbers, row))
            checked += len(told)
            assert any(told <= of_row for of_row in known.values()), (table, row)
    assert checked > 100


def test_what_it_says_of_a_change_is_what_the_report_says(everything):
    compared = everything.result("compare", "changes")
    for row in compared.to_dict("records"):
        own = (
            everything.result(str(row["cohort"]), "changes")
            .query("group == 'all'")
            .set_index("measure")
            .loc[row["scale"]]
        )
        assert pd.Series(row)[OF_ITS_REPORT].equals(own[OF_ITS_REPORT]), row


# ------------------------------------------------------------ pictures


def texts_of(figure) -> set[float]:
    """The numbers that a picture's text holds, but for ticks that are numbers themselves."""
    ticks = {label for axes in figure.axes for label in (*axes.get_xticklabels(), *axes.get_yticklabels())}
    told = [text for text in figure.findobj(Text) if text.get_visible() and not (text in ticks and _bare_number(text))]
    return set().union(set(), *(numbers(text.get_text()) for text in told))


def _bare_number(text: Text) -> bool:
    return not any(sign.isalpha() for sign in text.get_text())


@pytest.mark.parametrize("name", SHIPPED)
def test_the_text_of_every_picture_is_in_the_table_that_it_is_drawn_from(traced, name, tmp_path, monkeypatch):
    """Each notebook runs here once more, and each picture's text is read before it is saved."""
    cohort, read = traced(name), []
    again = cohort.checkout.copy(tmp_path / "again")

    def reading(figure_name, draw, frame, words, language, look):
        (figure, alternative), (narrow, _) = (draw(frame, words, language, narrow=narrow) for narrow in (False, True))
        known = all_cells(cohort.results[cohort.shown[figure_name]]) | cohort.no_results
        if figure_name == "links":  # those who answered both and those who answered one are who answered a wave
            known |= all_cells(cohort.results["response"])
        known |= SCALE
        read.extend((figure_name, language, texts_of(one) - known) for one in (figure, narrow))
        return Drawing("", "", alternative)

    monkeypatch.setenv("FOLLOWUP_ROOT", str(again.root))
    monkeypatch.setattr(door, "drawing", reading)
    for notebook in NOTEBOOKS[1:5]:
        run(again, notebook, name)
    assert [one for one in read if one[2]] == []
    assert len(read) >= 4


SCALE = {0.0, 0.5, 1.0}  # the numbers under every picture of changes


def run(checkout: Checkout, notebook: str, cohort: str) -> None:
    """The code cells of a notebook, with this cohort."""
    source = json.loads((checkout.notebooks / f"{notebook}.ipynb").read_text(encoding="utf-8"))
    names: dict = {}
    for cell in source["cells"]:
        if cell["cell_type"] == "code":
            code = "".join(cell["source"])
            parameters = "parameters" in cell["metadata"].get("tags", [])
            exec(compile(ast.parse(code), notebook, "exec"), names)  # noqa: S102
            if parameters:
                names |= {"cohort": cohort}
