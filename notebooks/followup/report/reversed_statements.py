"""Answers as they are worded, of statements that are reversed and of others, counted together: refused with what to write."""

from collections.abc import Iterable, Sequence

import pandas as pd

from followup.analysis.study_frames import RESPONDENT, Study
from followup.disclosure.output_check import NotForPublication
from followup.disclosure.small_cells import listed
from followup.report.given import refused

OF_ANSWERS = ("value", "earlier", "later", "change")
AS_WORDED, AS_MEASURED = "category", "category_of_value"


def refuse_both_ways(keys: pd.DataFrame, crossed: Sequence[list[pd.Series]], shares: bool, study: Study) -> None:
    """Refuse a crosstab in which “high” is more of what a scale measures in one statement, and less in another.

    `keys` has a row for each answer, with the respondent as its index, and a column for each key of the crosstab; `crossed`
    are the keys of its rows, and those of its columns. That statements stand together is seen by how many answers of one
    person, alike in all other keys, do: more than there are reversed ones, and more than there are others.
    """
    if AS_WORDED not in keys or keys.index.name != RESPONDENT or not study.statements["reverse_coded"].any():
        return
    of_statements = (keys[name].isin([*study.codebook.items]).all() for name in keys if name != AS_WORDED)
    if "measure" in keys or any(of_statements):  # each measure stands for itself
        return
    answered = keys.dropna(subset=AS_WORDED)
    about = [name for name in ("scale", "wave") if name in keys]
    whole = None if "wave" in keys else _whole(answered, study)
    both = _together(answered, about, study) if whole is None else _of_both_kinds(whole, about)
    if both.any():
        where = dict(zip(about, listed(both[both].index[0]), strict=False))
        raise _refusal(where, crossed, shares, study)


def are_turned(rows: pd.DataFrame, outcome: str, study: Study) -> bool:
    """Whether these are answers to statements of which some are reversed, so that high means more in each."""
    turned = study.statements.loc[study.statements["reverse_coded"], "measure"].unique()
    return outcome in OF_ANSWERS and "measure" in rows and bool(rows["measure"].isin(turned).any())


def _together(answered: pd.DataFrame, about: list[str], study: Study) -> pd.Series:
    """Of which scales and waves more answers of one person stand together than statements of either kind, or scores."""
    others = [name for name in answered if name != AS_WORDED]
    alike = answered.reset_index().groupby([RESPONDENT, *others], observed=True).size().rename("answers").reset_index()
    most = _by(alike, about)["answers"].max()
    asked = _by(study.statements, about)["reverse_coded"].agg(["sum", "size"]).reindex(most.index, fill_value=0)
    both = (asked["sum"] > 0) & (most > asked["sum"]) & (most > asked["size"] - asked["sum"])
    if "scale" in about:
        return both
    scores = _by(study.scores.drop_duplicates(["wave", "measure"]), about).size()
    return both & (most > scores.reindex(most.index, fill_value=0))


def _of_both_kinds(statements: pd.DataFrame, about: list[str]) -> pd.Series:
    asked = _by(statements, about)["reverse_coded"].agg(["sum", "size"])
    return (asked["sum"] > 0) & (asked["sum"] < asked["size"])


def _by(rows: pd.DataFrame, about: list[str]) -> pd.api.typing.DataFrameGroupBy:
    return rows.groupby(about[0] if len(about) == 1 else about or [""] * len(rows), observed=True)


def _whole(answered: pd.DataFrame, study: Study) -> pd.DataFrame | None:
    """The statements whose answers these are, where they are all that the same people said of the same scales, in one wave
    or in all of them.
    """
    same = [name for name in ("scale", AS_WORDED) if name in answered]
    rows, asked = study.answers.dropna(subset=AS_WORDED), study.statements
    rows = rows[rows.index.isin(answered.index)]
    if "scale" in same:
        rows, asked = (frame[frame["scale"].isin(answered["scale"])] for frame in (rows, asked))
    mine = answered.reset_index().groupby([RESPONDENT, *same], observed=True).size()
    for waves in (study.waves, *([wave] for wave in study.waves)):
        told = rows[rows["wave"].isin(waves)].reset_index()
        theirs = told.groupby([RESPONDENT, *same], observed=True).size()
        if len(theirs) == len(mine) and (theirs.reindex(mine.index) == mine).all():
            return asked[asked["wave"].isin(waves)]
    return None


def _refusal(
    about: dict[str, object], crossed: Sequence[list[pd.Series]], shares: bool, study: Study
) -> NotForPublication:
    asked = study.statements[study.statements["reverse_coded"]]
    for name, value in about.items():
        asked = asked[asked[name] == value]
    across, down = (_keys(AS_MEASURED if one.name == AS_WORDED else one.name for one in some) for some in crossed)
    how, each = ', normalize="index"' if shares else "", _keys(["measure", *(name for name in about if name == "wave")])
    return refused(
        f"“{AS_WORDED}” is of the answer as it is worded: to “{asked['measure'].iloc[0]}”, a reversed statement of scale "
        f"“{asked['scale'].iloc[0]}”, “high” means less, and here it is counted together with others",
        f"count “{AS_MEASURED}”, where high always means more (the frame is here called data), as in",
        f"safe.crosstab({across}, {down}{how})",
        "or tell the statements apart",
        f'safe.crosstab({each}, data["{AS_WORDED}"]{how})',
    )


def _keys(names: Iterable[object]) -> str:
    each = [f'data["{name}"]' for name in names]
    return each[0] if len(each) == 1 else f"[{', '.join(each)}]"
