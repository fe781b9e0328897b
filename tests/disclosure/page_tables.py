"""The tables of a page in either language, read back as numbers: what a reader has who never opens the CSV files."""

import re

import numpy as np
import pandas as pd
from bs4 import BeautifulSoup
from followup.study.codebook import Codebook
from followup.words.columns import COLUMNS

TURNS = re.compile("[\u200e\u200f\u2066-\u2069]")
NUMBER = re.compile(r"[+−-]?\d[\d,]*(?:\.\d+)?")
NUMBERS = ("n", "n_first", "n_second", "change")  # columns of one number, beside those that name a wave
PER_WAVE = ("n", "mean", "gap")
CATEGORIES = ("n_low", "n_middle", "n_high")  # the last three columns of a table of answers, in this order
MERGED = ("low or middle", "נמוכות או ביניים")  # how a cell says that it holds two categories


def cells(page: BeautifulSoup, name: str) -> pd.DataFrame:
    """A table's cells as text without the signs of direction, under the headings as they are read; empty where there is
    no such table.
    """
    figure = page.find(class_="table", id=f"table-{name}")
    if figure is None:
        return pd.DataFrame()
    heads = [_plain(cell) for cell in figure.select("thead th")]
    rows = [[_plain(cell) for cell in row.find_all(["th", "td"])] for row in figure.select("tbody tr")]
    return pd.DataFrame(rows, columns=heads)


def _plain(cell) -> str:
    return TURNS.sub("", cell.get_text()).replace("\u00a0", " ")


def number(text: str) -> float:
    """The only number of a cell; blank for words, an interval or a share."""
    found = NUMBER.fullmatch(text.strip())
    return float(found[0].replace("−", "-").replace(",", "")) if found else np.nan


def results(page: BeautifulSoup, name: str, codebook: Codebook, language: str, linked: bool = True) -> pd.DataFrame:
    """A table of changes or gaps: measure and groups by their keys, and the columns that hold one number."""
    shown = cells(page, name)
    keys = _keys(codebook, language)
    wanted = [*NUMBERS, "n_linked", *(f"{what}_{place}" for what in PER_WAVE for place in ("earlier", "later"))]
    headed = {_heading(key, codebook, language): key for key in wanted if key in COLUMNS}
    about = {COLUMNS[key].heading[language]: key for key in ("measure", "group", "first", "second")}
    told = {about[head]: shown[head].map(keys) for head in shown if head in about}
    told |= {headed[head]: shown[head].map(number) for head in shown if head in headed}
    table = pd.DataFrame(told)
    return table if table.empty or "group" in table or "first" in table else table.assign(group="all")


def _heading(key: str, codebook: Codebook, language: str) -> str:
    """A heading as it stands over a table that compares the last wave with the first."""
    first, *_, last = codebook.waves.values()
    return COLUMNS[key].heading[language].format(earlier=first.when[language], later=last.when[language])


def answers(page: BeautifulSoup, name: str, codebook: Codebook, language: str) -> pd.DataFrame:
    """A table of answers in categories: measure, wave, n and as many of n_low, n_middle, n_high, n_not_high as are told."""
    shown = cells(page, name)
    if shown.empty:
        return shown
    keys, rows = _keys(codebook, language), []
    waves = {words[language]: wave for wave, words in codebook.waves.items()}
    for measure, wave, *three in shown.itertuples(index=False, name=None):
        row = {"measure": keys[measure], "wave": waves[wave]}
        for category, text in zip(CATEGORIES, three[-3:], strict=True):
            counted = [float(found) for found in re.findall(r"\d+", text)[:2]]
            if len(counted) == 2:
                merged = any(words in text.lower() for words in MERGED)
                row |= {"n_not_high" if merged else category: counted[0], "n": counted[1]}
        rows.append(row)
    return pd.DataFrame(rows, columns=["measure", "wave", "n", *CATEGORIES, "n_not_high"])


def _keys(codebook: Codebook, language: str) -> dict[str, str]:
    """Names of measures and groups as a page writes them, and their keys."""
    named = {key: codebook.words(key) for key in (*codebook.scales, *codebook.items)}
    for trait in codebook.traits.values():
        named |= trait.groups
    return {TURNS.sub("", getattr(words, language)): key for key, words in named.items()}
