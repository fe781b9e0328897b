"""What today's columns of changes and categories tell an outsider, for `solver`: of the files before and after."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
from followup.disclosure.outsider import AnswerScale, Bounds, Cells, Known, Pair, Wave, Window, exact, rounded
from followup.disclosure.released_rows import Published, kind_of, known_of, wave_of
from followup.disclosure.suppression import protected_levels
from followup.study.params import Disclosure

THREE = (2.51, 3.5)  # where low, middle and high answers part: between the answers, or the scores of a scale
FAMILIES = {"scale": 6, "statement": 25, "group": 3}  # how many tests are adjusted together
REVERSED = ("motivation_weary", "self_others_role", "wider_without_me")  # published as worded; changes turned round


def turned(levels: pd.DataFrame) -> pd.DataFrame:
    """Categories of answers with those of reverse-coded statements turned round, as their changes are."""
    reverse = levels["measure"].isin(REVERSED)
    return levels.assign(
        n_low=levels["n_low"].where(~reverse, levels["n_high"]),
        n_high=levels["n_high"].where(~reverse, levels["n_low"]),
    )


def scale_of(row: pd.Series, levels: pd.DataFrame, all_complete: bool = False) -> AnswerScale:
    """Answers from 1 to 5; of a scale the mean of its items, or of one fewer where some people left one out."""
    if row["kind"] != "scale":
        return AnswerScale(1, 5)
    items = int(levels["items"].iloc[0])
    incomplete = 0 if all_complete else int((levels["n"] - levels["n_complete"]).sum())
    return AnswerScale(1, 5, items, (items - 1,), incomplete) if incomplete else AnswerScale(1, 5, items)


def published(name: str) -> pd.DataFrame:
    """A synthetic table of tests/expected; its first line says what it is."""
    return pd.read_csv(Path(__file__).parents[1] / "expected" / name, comment="#")


def of_group(known: Known, row: pd.Series) -> Known:
    """The same of a group, of which no categories leave."""
    sizes = (int(row[f"n_{wave}"]) for wave in ("earlier", "later"))
    return replace(known, waves=tuple(Wave(size) for size in sizes))


def before(row: pd.Series, levels: pd.DataFrame, scale: AnswerScale) -> Known:
    """From the files as they were before there were rules: scales with all digits, statements to one decimal."""
    full = row["kind"] == "scale"
    value = exact if full else lambda number: rounded(number, 0.1)
    p = exact if full else lambda number: rounded(number, 0.001)
    told = {name: None if pd.isna(row[name]) else row[name] for name in row.index}
    pair = Pair(
        linked=int(row["n_linked"]),
        mean_first=_window(value, told["mean_earlier"]),
        mean_second=_window(value, told["mean_later"]),
        change=value(row["change"]),
        ci95=Bounds(value(row["ci_low"]), value(row["ci_high"])),
        ci90=Bounds(value(row["ci90_low"]), value(row["ci90_high"])),
        margin=row["margin"],
        p=_window(p, told["p"]),
        p_pratt=_window(p, told["p_pratt"]),
        p_not_lower=_window(p, told["p_not_lower"]),
        rank_biserial=_window(value, told["effect_size"]),
        **{name: int(row[f"n_{column}"]) for name, column in (("rose", "up"), ("same", "same"), ("fell", "down"))},
        high_from=3.5,
        high_change=_window(value, told["top_change"]),
    )
    waves = tuple(
        Wave(int(one["n"]), (Cells(THREE, (int(one["n_low"]), int(one["n_middle"]), int(one["n_high"]))),))
        for _, one in levels.iterrows()
    )
    return Known(scale, waves, (pair,))


def _window(made, number) -> Window | None:
    return None if number is None else made(number)


def after(row: pd.Series, levels: pd.DataFrame, scale: AnswerScale, *, level: str = "usual") -> Known:
    """From a released row and the full categories of its waves, which leave in the form that the rules give."""
    about = Published(family=FAMILIES[kind_of(row)], level=level)
    shown = protected_levels(levels.assign(mean=float("nan")), Disclosure(precision=level))
    waves = tuple(wave_of(one, int(one["n"]), about) for one in shown.to_dict("records"))
    return known_of(row, waves or (Wave(0), Wave(0)), scale, about)
