"""Where a number on a page may come from: the cells of a published table, and what is no result (params, codebook, dates)."""

import json
import re
from itertools import permutations
from pathlib import Path

import nbformat
import pandas as pd
from bs4 import BeautifulSoup
from checkouts import Checkout
from followup.disclosure.cell_bundle import bundles_in
from followup.study.cohort import open_cohort

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
LEVELS = {90.0, 95.0}  # of intervals: a word of the trade, and no result
NOTEBOOKS = ("01_clean", "02_describe", "03_compare", "04_projects", "05_network", "06_findings")
FEWEST_FOR_PERCENT = 10


def numbers(text: object) -> set[float]:
    """The numbers in a text, without their signs."""
    return {
        float(found.replace(",", "")) for found in NUMBER.findall(re.sub("[\u2066-\u2069\u200e\u200f]", "", str(text)))
    }


def cells(table: pd.DataFrame) -> dict[int, set[float]]:
    """For each row of a table the numbers that it may show: its cells, and the percentages of its counts."""
    found = {}
    for place, row in enumerate(table.itertuples(index=False)):
        told = {value for cell in row if not pd.isna(cell) for value in numbers(cell)}
        counts = [int(value) for value in told if value == int(value)]
        told |= {
            (200 * part + whole) // (2 * whole)
            for part, whole in permutations(counts, 2)
            if whole >= part and whole >= FEWEST_FOR_PERCENT
        }
        told |= {100.0 for whole in counts if whole >= FEWEST_FOR_PERCENT}
        found[place] = told | {round(100 * value, 6) for value in told if value <= 1}
    return found


def all_cells(table: pd.DataFrame) -> set[float]:
    return set().union(*cells(table).values())


def read_table(path: Path) -> pd.DataFrame:
    """A published table, each cell as the text it is."""
    if not path.read_text(encoding="utf-8").strip():
        return pd.DataFrame()
    return pd.read_csv(path, dtype="str", keep_default_na=False, na_values=[""])


class Traced:
    """A built cohort: its results, which part of the page shows which, and the numbers that are no results."""

    def __init__(self, checkout: Checkout, cohort: str):
        self.checkout, self.name = checkout, cohort
        self.cohort = open_cohort(cohort, checkout.root)
        folder = checkout.path(cohort, "results")
        self.results = {path.stem: read_table(path) for path in sorted(folder.glob("*.csv"))}
        self.shown = {
            bundle.name: bundle.of or bundle.name
            for path in sorted(checkout.path(cohort, "private").glob("*.ipynb"))
            for bundle in bundles_in(nbformat.read(path, as_version=4))
            if bundle.name
        }
        self.no_results = self._of_params_and_codebook()

    def _of_params_and_codebook(self) -> set[float]:
        folder = self.checkout.root / "params"
        texts = [(folder / f"{self.name}.yaml").read_text(encoding="utf-8")]
        texts.append(
            (folder / "questionnaires" / f"{self.cohort.params.questionnaire}.yaml").read_text(encoding="utf-8")
        )
        return set().union(*map(numbers, texts)) | LEVELS

    def prose(self) -> set[float]:
        """Numbers that an analyst typed into a notebook: thresholds and the like, which hold for every cohort."""
        found: set[float] = set()
        for name in NOTEBOOKS:
            notebook = json.loads((self.checkout.notebooks / f"{name}.ipynb").read_text(encoding="utf-8"))
            found |= set().union(*(numbers("".join(cell["source"])) for cell in notebook["cells"]))
        return found

    def of_every_result(self) -> set[float]:
        """Cells of all results, and the sums of their columns: "70 rows with 2,360 cells"."""
        sums = (
            pd.to_numeric(table[column], errors="coerce").sum() for table in self.results.values() for column in table
        )
        return set().union(*map(all_cells, self.results.values())) | {round(float(value), 6) for value in sums}

    def _asked(self, wave: str) -> int | None:
        """How many were asked in a wave, by the params."""
        roster = self.cohort.params.roster
        return self.cohort.params.waves[wave].asked or (roster.participants if roster else None)

    def evidence(self, row: pd.Series) -> set[float]:
        """What a piece of evidence may say: the rows of its table that are about its measure and group."""
        table = self.results[row["table"]]
        for key in ("measure", "group"):
            if key in table and not pd.isna(row[key]):
                table = table[table[key] == row[key]]
        told = all_cells(table) | self.no_results
        for counted in {"n_high", "n_chosen"} & {*table}:  # whatever the others who were asked would have said
            for wave, part, n in table[["wave", counted, "n"]].dropna().itertuples(index=False):
                asked = self._asked(wave)
                told |= {float(asked), float(part) + asked - float(n)} if asked else set()
        if "fate" in table:  # kept, and perhaps those of whom nothing is known
            counts = table.set_index("fate")["n_ties"].astype(float)
            told |= {counts["kept"] + counts["unknown"]}
        return told


def tables_of(page: BeautifulSoup) -> dict[str, list]:
    """Each table of a page by the name under which a notebook showed it, with the texts of its body's rows."""
    found = {}
    for figure in page.select("figure.table"):
        name = figure["id"].removeprefix("table-").removeprefix("figure-").removesuffix("-data")
        found[name] = [
            [cell.get_text() for cell in row.find_all(["th", "td"])[1:]] for row in figure.select("tbody tr")
        ]
    return found
