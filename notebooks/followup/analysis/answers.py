"""Answers laid out for analysis: one row a respondent, reverse-coded items reversed, scales scored."""

import numpy as np
import pandas as pd

from followup.statistics.scales import scale_scores
from followup.store.csv_tables import stacked
from followup.study.codebook import Codebook

ROWS_AT_ONCE = 4_000_000


def answer_table(responses: pd.DataFrame, codebook: Codebook, wave: str) -> pd.DataFrame:
    """One wave's answers, a row per respondent, a column per item, on the scale's codes; a high value means more.

    Rows stand as respondents do in `responses`, so that no sum depends on their pseudonyms. Reverse-coded items are
    reversed; items nobody answered are columns of blanks.
    """
    asked = [key for key, item in codebook.items.items() if wave in item.waves]
    answers = side_by_side(responses[responses["wave"] == wave], "item", "value", "float32").reindex(columns=asked)
    for key in asked:
        if codebook.items[key].reverse_coded:
            codes = codebook.options_of(key).codes
            answers[key] = codes[0] + codes[-1] - answers[key]
    return answers


def side_by_side(rows: pd.DataFrame, column: str, value: str, kind: str = "float") -> pd.DataFrame:
    """Long rows laid out: a row a respondent, a column a text of `column`, both as they come; floats, blanks as NaN.

    ValueError where a respondent has two rows for one column. (pandas' own pivot takes gigabytes for a million people.)
    """
    (people, respondents), (places, names) = (_numbered(rows[name]) for name in ("respondent", column))
    table = np.full((len(names), len(respondents)), np.nan, dtype=kind)
    seen = np.zeros(table.shape, dtype=bool)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        table[places[part], people[part]] = rows[value].iloc[part].to_numpy(dtype=kind, na_value=np.nan)
        seen[places[part], people[part]] = True
    if np.count_nonzero(seen) != len(rows):
        raise ValueError(f"a respondent has two rows for one {column}")
    return pd.DataFrame(table.T, index=pd.Index(respondents, name="respondent"), columns=pd.Index(names, name=column))


def _numbered(texts: pd.Series) -> tuple[np.ndarray, pd.Index]:
    """(number of each row's text, the texts in the order in which they come)."""
    if not isinstance(texts.dtype, pd.CategoricalDtype):
        return pd.factorize(texts)
    codes, known = texts.cat.codes.to_numpy(), texts.cat.categories
    used = pd.unique(codes)
    numbers = np.empty(len(known), dtype=codes.dtype)
    numbers[used] = np.arange(len(used))
    return numbers[codes], known[used]


def score_waves(responses: pd.DataFrame, codebook: Codebook, at_least: float) -> pd.DataFrame:
    """The score of every respondent on every scale of every wave: respondent, wave, scale, score, items_answered."""
    columns = ["respondent", "wave", "scale", "score", "items_answered"]
    tables = {wave: answer_table(responses, codebook, wave) for wave in codebook.waves}
    asked = {
        (wave, scale): [item for item in codebook.scales[scale].items if item in table]
        for wave, table in tables.items()
        for scale in codebook.scales
    }
    people = pd.Index(np.unique(np.concatenate([table.index for table in tables.values()])))
    place = {wave: people.get_indexer(table.index) for wave, table in tables.items()}
    parts = [
        scale_scores(tables[wave][items], at_least).assign(
            respondent=pd.Categorical.from_codes(place[wave], people),
            wave=pd.Categorical([wave], categories=codebook.waves).repeat(len(tables[wave])),
            scale=pd.Categorical([scale], categories=codebook.scales).repeat(len(tables[wave])),
        )
        for (wave, scale), items in asked.items()
        if items
    ]
    return stacked(parts)[columns] if parts else pd.DataFrame(columns=columns)
