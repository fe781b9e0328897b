"""Answers laid out for analysis: one row a respondent, reverse-coded items turned round, scales scored."""

from collections.abc import Collection

import pandas as pd

from followup.codebook import WAVES, Codebook
from followup.scales import scale_scores

HALF_A_STEP = 0.5


def answer_table(responses: pd.DataFrame, codebook: Codebook, wave: str) -> pd.DataFrame:
    """One wave's answers, a row per respondent, a column per item, on the scale's codes; a high value means more.

    Rows stand as respondents do in `responses`, so that no sum depends on their pseudonyms. Reverse-coded items are
    turned round; items nobody answered are columns of blanks.
    """
    asked = [key for key, item in codebook.items.items() if wave in item.waves]
    mine = responses[responses["wave"] == wave]
    answers = mine.pivot(index="respondent", columns="item", values="value")  # noqa: PD010  it refuses an item twice
    answers = answers.reindex(index=mine["respondent"].unique(), columns=asked).rename_axis("respondent").astype(float)
    for key in asked:
        if codebook.items[key].reverse_coded:
            codes = codebook.options_of(key).codes
            answers[key] = codes[0] + codes[-1] - answers[key]
    return answers


def score_waves(responses: pd.DataFrame, codebook: Codebook, at_least: float) -> pd.DataFrame:
    """The score of every respondent on every scale of every wave: respondent, wave, scale, score, items_answered."""
    parts = []
    for wave in codebook.waves:
        table = answer_table(responses, codebook, wave)
        for scale in codebook.scales:
            items = [item for item in codebook.scales[scale].items if item in table]
            if items:
                parts.append(scale_scores(table[items], at_least).reset_index().assign(wave=wave, scale=scale))
    columns = ["respondent", "wave", "scale", "score", "items_answered"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def item_levels(responses: pd.DataFrame, codebook: Codebook, waves: Collection[str] = WAVES) -> pd.DataFrame:
    """How many answered low, middle and high on each item of each wave, as the item was worded (not turned round).

    `waves` are those that the cohort has.
    """
    given = responses.dropna(subset=["value"])
    rows = []
    for item in codebook.items:
        options = codebook.options_of(item)
        for wave in (wave for wave in codebook.items[item].waves if wave in waves):
            values = given.loc[(given["item"] == item) & (given["wave"] == wave), "value"]
            rows.append(_level(item, wave, values.isin(options.low), values.isin(options.high), values.mean()))
    return pd.DataFrame(rows)


def scale_levels(scores: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """How many scored low, middle and high on each scale of each wave: high from half a step below the top box."""
    rows = []
    parts = dict(tuple(scores.dropna(subset=["score"]).groupby(["scale", "wave"])))
    for scale, wave in (
        (scale, wave) for scale in codebook.scales for wave in codebook.waves if (scale, wave) in parts
    ):
        part, options = parts[scale, wave], codebook.options_of(scale)
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
