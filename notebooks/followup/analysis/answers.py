"""Answers laid out for analysis: one row a respondent, reverse-coded items turned round, scales scored."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from followup.statistics.scales import HALF_A_STEP, scale_scores
from followup.store.csv_tables import stacked
from followup.study.codebook import WAVES, Codebook

ROWS_AT_ONCE = 4_000_000


def answer_table(responses: pd.DataFrame, codebook: Codebook, wave: str) -> pd.DataFrame:
    """One wave's answers, a row per respondent, a column per item, on the scale's codes; a high value means more.

    Rows stand as respondents do in `responses`, so that no sum depends on their pseudonyms. Reverse-coded items are
    turned round; items nobody answered are columns of blanks.
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
    parts = [
        scale_scores(tables[wave][items], at_least).assign(
            respondent=pd.Categorical.from_codes(people.get_indexer(tables[wave].index), people),
            wave=pd.Categorical([wave], categories=codebook.waves).repeat(len(tables[wave])),
            scale=pd.Categorical([scale], categories=codebook.scales).repeat(len(tables[wave])),
        )
        for (wave, scale), items in asked.items()
        if items
    ]
    return stacked(parts)[columns] if parts else pd.DataFrame(columns=columns)


def item_levels(responses: pd.DataFrame, codebook: Codebook, waves: Collection[str] = WAVES) -> pd.DataFrame:
    """How many answered low, middle and high on each item of each wave, as the item was worded (not turned round).

    `waves` are those that the cohort has.
    """
    tables = {wave: side_by_side(responses[responses["wave"] == wave], "item", "value", "float32") for wave in waves}
    rows = []
    for item in codebook.items:
        options = codebook.options_of(item)
        for wave in (wave for wave in codebook.items[item].waves if wave in waves):
            values = tables[wave][item].dropna().astype(float) if item in tables[wave] else pd.Series(dtype=float)
            rows.append(_level(item, wave, values.isin(options.low), values.isin(options.high), values.mean()))
    return pd.DataFrame(rows)


def scale_levels(scores: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """How many scored low, middle and high on each scale of each wave: high from half a step below the top box."""
    rows = []
    for scale, wave in ((scale, wave) for scale in codebook.scales for wave in codebook.waves):
        part = scores[(scores["scale"] == scale) & (scores["wave"] == wave)].dropna(subset=["score"])
        options = codebook.options_of(scale)
        if part.empty:
            continue
        low = part["score"] <= max(options.low) + HALF_A_STEP
        high = part["score"] >= min(options.high) - HALF_A_STEP
        rows.append(_level(scale, wave, low & ~high, high, part["score"].mean()))
    return pd.DataFrame(rows)


def _level(measure: str, wave: str, low: pd.Series, high: pd.Series, mean: float) -> dict:
    n = len(low)
    return {
        "measure": measure,
        "wave": wave,
        "n": n,
        "n_low": int(low.sum()),
        "n_middle": n - int(low.sum()) - int(high.sum()),
        "n_high": int(high.sum()),
        "mean": mean if n else None,
    }


def chosen(answers: pd.DataFrame, codebook: Codebook, question: str) -> pd.DataFrame:
    """`options_chosen`, empty where the questionnaire has no such question or nobody answered it."""
    table = options_chosen(answers, codebook, question) if question in codebook.questions else pd.DataFrame()
    return table[table["n"] > 0].reset_index(drop=True) if len(table) else table


def options_chosen(answers: pd.DataFrame, codebook: Codebook, question: str) -> pd.DataFrame:
    """How many chose each option of a question, wave by wave, of those who answered it: option, wave, n_chosen, n."""
    rows = []
    for wave in codebook.questions[question].waves:
        mine = answers[(answers["question"] == question) & (answers["wave"] == wave)]
        given = mine[mine["value"].notna() | (mine["missing_reason"] == "none_chosen")]
        n = given["respondent"].nunique()
        for option in codebook.options_of(question).options:
            chosen = given.loc[given["value"] == option.code, "respondent"].nunique()
            rows.append({"question": question, "option": option.code, "wave": wave, "n_chosen": chosen, "n": n})
    return pd.DataFrame(rows)
