"""Linear models of the analyst's own: fitted with statsmodels, looked at for who stands behind each term, and rounded."""

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from followup.disclosure.output_check import NotForPublication
from followup.disclosure.precision import outward, p_band, rule
from followup.disclosure.safe_tables import nearly_published, people_of, step_of, to_step
from followup.study.params import Disclosure

COLUMNS = ["term", "n", "estimate", "ci_low", "ci_high", "p_adjusted", "hidden"]
LARGEST_LEVERAGE = 0.5  # of 1: one person decides half of what the model says of that person
ALLOWED = {"C", "I", "Q", "np", "numpy", "log", "exp", "sqrt", "bs", "cr", "center", "standardize", "scale"}


def terms(
    formula: str,
    data: pd.DataFrame,
    groups: str | None,
    policy: Disclosure,
    references: Callable[[pd.DataFrame], Iterable[pd.Index]],
) -> pd.DataFrame:
    """The terms of a model as they leave: term, n (people), estimate, interval, p in a band; blank where n is too small.

    Of data without rows that can be used there are no terms. Raises `NotForPublication` where a term rests on a few people,
    one person decides, or the model did not come to an end.
    """
    people_of(data, "this model’s data")
    outcome, used = _used(formula, data)
    if (
        used.empty or groups is not None and not used.index.duplicated().any()
    ):  # a mixed model needs people with several rows
        return pd.DataFrame(columns=COLUMNS)
    people = used.index.unique()
    found = rule("group", len(people), policy.precision, policy.least_group)
    names, design, fitted = _fitted(formula, used, groups)
    if found is None or found.ci is None or nearly_published(used, policy, references):
        blank = pd.DataFrame({"term": names}).reindex(columns=COLUMNS).astype({"estimate": float})
        return blank.assign(hidden=True)
    _check_terms(names, design, used, policy)
    _check_fit(fitted, design, used, outcome, policy)
    spread = outcome.max() - outcome.min()
    bounds, rows = fitted.conf_int().loc[names], []
    for name, own in zip(names, design.T, strict=True):
        step = step_of(spread / (np.ptp(own) or np.abs(own).max() or 1.0))
        low, high = outward(*bounds.loc[name], step)
        p = p_band(float(fitted.pvalues[name])) if found.p else None
        rows.append((name, len(people), to_step(fitted.params[name], step), low, high, p, False))
    return pd.DataFrame(rows, columns=COLUMNS)


def _used(formula: str, data: pd.DataFrame) -> tuple[pd.Series, pd.DataFrame]:
    """(the outcome, the rows with nothing missing); refuses a formula of columns that the data do not have."""
    from patsy import ModelDesc, PatsyError

    try:
        described = ModelDesc.from_formula(formula)
    except PatsyError as error:
        raise NotForPublication(
            f"“{formula}” is no formula ({str(error).splitlines()[0]}); what to do: write the outcome, then what it may depend on, "
            'as in\n        report.model("change", "change ~ earlier + C(group)", pairs, …)'
        ) from None
    if not described.lhs_termlist:
        raise NotForPublication(
            f'“{formula}” has no outcome; what to do: write it before ~, as in\n        "score" + formula'
        )
    factors = {factor.code for term in (*described.lhs_termlist, *described.rhs_termlist) for factor in term.factors}
    columns = sorted({name for code in factors for name in _names(code)} - ALLOWED)
    if strange := [name for name in columns if name not in data]:
        raise NotForPublication(
            f"the data have no column “{strange[0]}”; what to do: use one of {', '.join(map(str, data.columns))}"
        )
    used = data.dropna(subset=columns)
    used = used.assign(**{key: used[key].cat.remove_unused_categories() for key in used.select_dtypes("category")})
    used = used.assign(
        **{key: used[key].astype("object") for key in columns if isinstance(used[key].dtype, pd.StringDtype)}
    )
    return _outcome(described, used), used


def _names(code: str) -> set[str]:
    import ast

    return {node.id for node in ast.walk(ast.parse(code, mode="eval")) if isinstance(node, ast.Name)}


def _outcome(described, used: pd.DataFrame) -> pd.Series:
    from patsy import dmatrix

    code = described.lhs_termlist[0].factors[0].code
    return pd.Series(np.asarray(dmatrix(f"0 + {code}", used))[:, 0] if len(used) else [], index=used.index, dtype=float)


def _fitted(formula: str, used: pd.DataFrame, groups: str | None):
    """(names of the terms, design matrix, the fitted model with estimates and intervals)."""
    import warnings

    from statsmodels.formula import api
    from statsmodels.tools.sm_exceptions import ConvergenceWarning

    rows = used.reset_index()
    if groups is None:
        model = api.ols(formula, rows)
        fitted = model.fit(cov_type="HC3", use_t=True)
    else:
        model = api.mixedlm(formula, rows, groups=rows[groups])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            warnings.simplefilter("ignore", UserWarning)
            fitted = model.fit(reml=True)
    return list(model.exog_names), np.asarray(model.exog, dtype=float), fitted


def _check_terms(names: list[str], design: np.ndarray, used: pd.DataFrame, policy: Disclosure) -> None:
    """A term by which fewer people differ than may be told of is a result of these few."""
    for name, column in zip(names, design.T, strict=True):
        values = pd.Series(column, index=used.index)
        usual = values.mode().iloc[0]
        apart, alike = values[values != usual].index.unique(), values[values == usual].index.unique()
        kinds = values.nunique()
        if kinds > 1 and len(apart) < policy.least_group or kinds == 2 and len(alike) < policy.least_group:
            raise NotForPublication(
                f"“{name}” rests on {policy.least_group} people or fewer; what to do: leave them out or join groups, as in\n"
                '        data[data["group"].isin(large)]'
            )


def _check_fit(fitted, design: np.ndarray, used: pd.DataFrame, outcome: pd.Series, policy: Disclosure) -> None:
    rest = used.index.nunique() - design.shape[1]
    if rest < policy.least_group or np.linalg.matrix_rank(design) < design.shape[1]:
        raise NotForPublication(
            f"the model has {design.shape[1]} terms for {used.index.nunique()} people, so that it repeats their answers; "
            "what to do: leave terms out"
        )
    leverage = pd.Series(np.einsum("ij,ij->i", design @ np.linalg.pinv(design.T @ design), design), index=used.index)
    if leverage.groupby(level=0).sum().max() > LARGEST_LEVERAGE:
        raise NotForPublication(
            "one person decides a term of this model (leverage above a half); what to do: leave that term out, or use categories"
        )
    if (
        not getattr(fitted, "converged", True)
        or not np.isfinite(np.asarray(fitted.bse_fe if hasattr(fitted, "bse_fe") else fitted.bse)).all()
    ):
        raise NotForPublication(
            "the model did not come to an end (it did not converge); what to do: use fewer terms, or leave groups= out"
        )
    if outcome.nunique() < 2 or outcome.value_counts().iloc[0] > len(outcome) - policy.least_cell:
        raise NotForPublication("nearly all have the same outcome; what to do: choose another outcome, or show a share")
