"""Linear models of the analyst's own: fitted with statsmodels, looked at for who stands behind each term, and rounded."""

import re
from collections.abc import Iterable, Mapping
from itertools import chain

import numpy as np
import pandas as pd

from followup.analysis.study_frames import Study
from followup.disclosure.output_check import NotForPublication
from followup.disclosure.precision import outward, p_band, rule
from followup.disclosure.safe_tables import References, hidden_cells, nearly_published, people_of, step_of, to_step
from followup.disclosure.suppression import few_apart
from followup.report import given, model_terms
from followup.statistics.multiplicity import holm
from followup.study.explained_errors import no_column
from followup.study.params import Disclosure

COLUMNS = ["term", "n", "estimate", "ci_low", "ci_high", "p_adjusted", "hidden"]
FEW = "too few people stand behind it for an interval; what to do: take a mean of them, with safe.pivot_table(…)"
FEW_OF_TERM = (
    "too few people stand on one side of them (fewer than 20); what to do: leave them so, or join groups, or take a mean of each "
    "group, with safe.pivot_table(…)"
)
ALL = "all its people"
IN_TWO_WAVES = {"earlier", "later", "change"}  # columns of those who answered both waves of a pair
OPTIMIZERS = ["bfgs", "lbfgs", "cg", "powell"]  # those of statsmodels, one after another, and one that needs no slope
LARGEST_LEVERAGE = 0.5  # of 1: one person decides half of what the model says of that person
ALLOWED = {"C", "I", "Q", "np", "numpy", "log", "exp", "sqrt", "bs", "cr", "center", "standardize", "scale"} | {
    "Treatment",
    "Sum",
    "Diff",
    "Poly",
    "Helmert",
}


def terms(
    name: str,
    formula: str,
    data: pd.DataFrame,
    groups: str | None,
    study: Study,
    references: References,
) -> tuple[pd.DataFrame, str]:
    """(the terms of a model as they leave, why there are none or they are hidden and what to do, or nothing).

    term, n (people), estimate, interval, p in a band; all blank where n is too small, or where a mean of all, or of a group
    that the model tells apart, would be hidden by `safe`. Of data without rows that can be used there are no terms. Raises
    `NotForPublication` where the formula or the data cannot be of a model.
    """
    if not isinstance(data, pd.DataFrame) or not isinstance(formula, str):
        raise NotForPublication(
            "a model needs its formula and its data, not a fitted result, so that it is seen who stands behind each term; "
            f'what to do: write\n        report.model("{name}", "change ~ earlier", data, en="…", he="…")'
        )
    given.refuse_strangers(data, study)
    people_of(data, "this model’s data")
    model_terms.refuse_groups(name, formula, groups, data)
    (outcome, used), policy = _used(name, formula, data), study.params.disclosure
    if why := _why_none(formula, data, used, groups, study):
        return pd.DataFrame(columns=COLUMNS), why
    model_terms.refuse_repeated(name, formula, groups, used)
    people = used.index.unique()
    found = rule("group", len(people), policy.precision, policy.least_group)
    names, design, fitted = _fitted(formula, used, groups)
    blank = pd.DataFrame({"term": names}).reindex(columns=COLUMNS).astype({"estimate": float}).assign(hidden=True)
    if found is None or found.ci is None:
        return blank, FEW
    if nearly_published(used, policy, references):
        return blank, _advice([ALL], data, used, name, formula, groups, study)
    if why := _few_behind(names, design, used, policy, formula) or _no_fit(fitted, design, used, outcome, policy):
        return pd.DataFrame(columns=COLUMNS), why  # in another cohort there may be more
    if behind := _hidden_groups(formula, used, outcome, policy, references):
        return blank, _advice(behind, data, used, name, formula, groups, study)
    made = _as_they_leave(names, design, fitted, used.index, outcome, found.p, policy)
    without = int(made["ci_low"].isna().sum())
    return made, f"intervals and p of {without} of {len(made)} terms: {FEW_OF_TERM}" if without else ""


def _as_they_leave(
    names: list[str], design: np.ndarray, fitted, people: pd.Index, outcome: pd.Series, with_p: bool, policy: Disclosure
) -> pd.DataFrame:
    """Each term rounded, with interval and p where enough people stand behind it."""
    spread = outcome.max() - outcome.min()
    bounds, rows, bands = fitted.conf_int().loc[names], [], p_shown(fitted.pvalues[names].to_dict())
    for term, own in zip(names, design.T, strict=True):
        step = step_of(spread / (np.ptp(own) or np.abs(own).max() or 1.0))
        low, high = outward(*bounds.loc[term], step)
        behind = rule("group", _resting_on(term, names, design, people), policy.precision, policy.least_group)
        told = behind is not None and (behind.ci or behind.ci90)
        interval = (low, high) if told else (np.nan, np.nan)
        p = bands[term] if with_p and told else None
        rows.append((term, people.nunique(), to_step(fitted.params[term], step), *interval, p, False))
    return pd.DataFrame(rows, columns=COLUMNS)


def _resting_on(name: str, names: list[str], design: np.ndarray, people: pd.Index) -> int:
    """How many people a term is about, of a difference of groups the smaller one.

    In an interaction a term by itself is about those of whom the others of it are nought; an intercept beside groups is
    the group that the others are compared with.
    """
    column = dict(zip(names, design.T, strict=True))
    own = column[name] != 0
    within = [column[other] == 0 for other in names if ":" in other and name in other.split(":")]
    alone = np.logical_and.reduce([own, *within])
    groups = [other for other in names if other != "Intercept" and {*np.unique(column[other])} == {0.0, 1.0}]
    compared = np.logical_and.reduce([column[other] == 0 for other in groups]) if groups else np.zeros(len(own), bool)
    sides = [alone if alone.any() else own, *([compared] if name in (*groups, "Intercept") and compared.any() else [])]
    return min(people[side].nunique() for side in sides)


def p_shown(raw: Mapping[str, float]) -> dict[str, str]:
    """Each term's p in a band: adjusted by Holm over all terms but the intercept, whose own p stands."""
    tests = {name: float(p) for name, p in raw.items() if name != "Intercept"}
    return {name: p_band(p) for name, p in ({name: float(p) for name, p in raw.items()} | holm(tests)).items()}


def _used(name: str, formula: str, data: pd.DataFrame) -> tuple[pd.Series, pd.DataFrame]:
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
        raise NotForPublication(no_column("the data have", strange[0], data.columns, no_trait=False))
    right = {factor.code: None for term in described.rhs_termlist for factor in term.factors}
    model_terms.refuse_numbers(name, formula, right, data)
    used = data.dropna(subset=columns)
    used = used.assign(**{key: used[key].cat.remove_unused_categories() for key in used.select_dtypes("category")})
    used = used.astype({key: "object" for key in columns if isinstance(used[key].dtype, pd.StringDtype)})
    outcome = _outcome(described, used)
    if outcome is None:
        model_terms.refuse_outcome(name, formula, described.lhs_termlist[0].factors[0].code, used)
    return outcome, used


def _why_none(formula: str, data: pd.DataFrame, used: pd.DataFrame, groups: str | None, study: Study) -> str:
    """Why a model cannot be estimated in this cohort; nothing where it can."""
    named = [str(column) for column in data if re.search(rf"(?<!\w){re.escape(str(column))}(?!\w)", formula)]
    blank = [column for column in named if data[column].isna().all()]
    if data.empty:
        why = "its data have no rows in this cohort"
    elif used.empty:
        why = f"no row of this cohort has {' and '.join(blank)}" if blank else f"no row has all of {', '.join(named)}"
    elif groups is not None and not used.index.duplicated().any():
        why = "nobody has several rows, which a mixed model (groups=…) needs"
    elif groups is not None and study.link == "unlinked" and "wave" in used and len(used["wave"].unique()) > 1:
        why = "nobody is known to have answered twice"
    elif lone := [name for name in named if used[name].dtype.kind not in "iuf" and len(used[name].unique()) == 1]:
        why = f"all rows have the same “{lone[0]}”"
    else:
        return ""
    if groups is not None or IN_TWO_WAVES & {*data}:
        apart = "has one wave" if len(study.waves) < 2 else "has no common IDs" if study.link == "unlinked" else ""
        return (
            f"{why}; this cohort {apart}, and the model needs answers of the same people in two waves" if apart else why
        )
    return why


def _names(code: str) -> set[str]:
    import ast

    return {node.id for node in ast.walk(ast.parse(code, mode="eval")) if isinstance(node, ast.Name)}


def _outcome(described, used: pd.DataFrame) -> pd.Series | None:
    """The outcome of each row; None where it is no number."""
    from patsy import dmatrix

    code = described.lhs_termlist[0].factors[0].code
    values = np.asarray(dmatrix(f"0 + {code}", used)) if len(used) else np.empty((0, 1))
    return pd.Series(values[:, 0], index=used.index, dtype=float) if values.shape[1] == 1 else None


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
            try:
                fitted = model.fit(reml=True, method=OPTIMIZERS)
            except np.linalg.LinAlgError:
                raise NotForPublication(
                    "terms of this model follow from each other (as a scale and a wave that did not ask it); what to do: leave "
                    "one of them out, or take rows that have all combinations"
                ) from None
    return list(model.exog_names), np.asarray(model.exog, dtype=float), fitted


def _hidden_groups(formula: str, used: pd.DataFrame, outcome: pd.Series, policy: Disclosure, references) -> list[str]:
    """The groups that the model tells apart and of which `safe` would hide the mean outcome; all rows are one of them."""
    from patsy import dmatrices

    matrix = dmatrices(formula, used)[1]
    design, info = np.asarray(matrix), matrix.design_info
    keys = _keys(info, used)
    grouping = [term for term in info.terms if {*term.factors} <= {*keys}]
    told = {(): pd.DataFrame({"all": 0}, index=used.index)}
    for term in info.terms:
        if own := [factor for factor in term.factors if factor in keys]:
            names = [factor.code for factor in own]
            told[tuple(names)] = pd.concat([keys[factor] for factor in own], axis=1, keys=names)
    for terms in (grouping, info.terms):  # each cell has a mean of its own, whatever the columns that tell it
        columns = [place for term in terms for place in range(*info.term_slices[term].indices(design.shape[1]))]
        cells = _numbered(design[:, columns])
        if columns and cells.max() < np.linalg.matrix_rank(design[:, columns]):
            codes = dict.fromkeys(factor.code for term in terms for factor in term.factors)
            told[(*codes,)] = pd.DataFrame({"cell": cells}, index=used.index)
    hidden = (_hidden_of(codes, by, used, outcome, policy, references) for codes, by in told.items())
    return [*dict.fromkeys(chain.from_iterable(hidden))]


def _keys(info, used: pd.DataFrame) -> dict:
    """Of each factor that tells groups apart, the group of each row: categories, and numbers of as few values as columns."""
    from patsy import dmatrix

    keys = {}
    for factor, about in info.factor_infos.items():
        values = np.asarray(dmatrix(f"0 + {factor.code}", used))
        groups = _numbered(values)
        if about.type == "categorical" or groups.max() <= values.shape[1]:
            keys[factor] = pd.Series(groups, index=used.index)
    return keys


def _numbered(values: np.ndarray) -> np.ndarray:
    """The number of each row among the different ones, from 0."""
    return np.unique(values.round(9), axis=0, return_inverse=True)[1].ravel()


def _hidden_of(
    codes: tuple[str, ...], by: pd.DataFrame, used: pd.DataFrame, outcome: pd.Series, policy, references
) -> Iterable[str]:
    """In words, the groups of these keys of which `safe` would hide the mean outcome."""
    keys = [f"key {place}" for place in range(by.shape[1])]
    rows = used.assign(outcome=outcome.to_numpy(), **dict(zip(keys, by.to_numpy().T, strict=True)))
    hidden, _, _ = hidden_cells(rows, keys, "outcome", policy, frozenset(), references)
    about = [column for column in used if column in {name for code in codes for name in _names(code)}]
    parts = {key if keys[1:] else key[0]: part for key, part in rows.groupby(keys)}
    for part in (parts[key] for key in hidden.index[hidden]):
        first = part.iloc[0]
        same = [f"{column} = {first[column]}" for column in about if (part[column] == first[column]).all()]
        yield " and ".join(same) or (f"a group of {', '.join(codes)}" if codes else ALL)


def _advice(
    behind: list[str], data: pd.DataFrame, used: pd.DataFrame, name: str, formula: str, groups: str | None, study: Study
) -> str:
    """Why a model is hidden, and what to do: lines that ask the same of the people of the published tables."""
    whom = "the people of this model are" if behind == [ALL] else f"the people of {'; '.join(behind)} are"
    joining, headings = _joining(formula.split("~", 1)[1], used, study.params.disclosure)
    if joining:
        of_rows = f', groups="{groups}"' if groups else ""
        again = f'report.model("{name}", "{formula}", data{of_rows}, {headings}, en="…", he="…")'
        return f"{whom} too few (safe hides their mean); what to do: {joining}\n        {again}"
    why = (
        f"{whom} too few, or nearly those of a published result, so that what the few by whom they differ answered could be worked "
        "out (safe hides their mean)"
    )
    if study.link == "unlinked":
        return f"{why}; what to do: {_in_one_wave(behind, data, formula, study.params.disclosure)}"
    measures = list(map(str, used["measure"].unique())) if "measure" in used else ["motivation"]
    asked = f"measure == {measures[0]!r}" if len(measures) == 1 else f"measure in {measures}"
    same, pair = _of_pairs(formula, used, study)
    if pair and len(study.waves) > 2:
        asked += f" and compared_with == {pair[0]!r} and wave == {pair[1]!r}"
    with_groups = f', groups="{groups}"' if groups and len(measures) > 1 else ""
    line = f'\n        report.model("{name}", "{same}", data{with_groups}, en="…", he="…")' if same else ""
    rows = f'study.pairs.query("{asked}").dropna(subset="change")'
    if "measure" in used and (same or _names_in(formula) <= {*study.pairs, *study.participants}):
        of_pairs = ", and earlier, later or change as the outcome"
        rows += _joined_to(sorted(_names_in(same or formula) - {*study.pairs} - ALLOWED), used, study)
    else:  # the formula has columns of these data alone: their people are chosen
        of_pairs, line = "", ""
        asked = asked if "measure" in used else "kind == 'scale'"
        people = f'study.pairs.query("{asked}").dropna(subset="change")'
        rows = f"data[data.index.isin({people}.index)] if len({people}) else data"  # another cohort may have none
    without = "" if behind == [ALL] else "\n    or leave out the term that tells these groups apart"
    of_tables = f"take the people of the published tables{of_pairs}, as in\n        data = {rows}{line}{without}"
    return f"{why}; what to do: {of_tables}"


def _in_one_wave(behind: list[str], data: pd.DataFrame, formula: str, policy: Disclosure) -> str:
    """What to do where nobody is known to have answered twice, so that there are no other people to take than a wave's."""
    if behind != [ALL]:
        return "leave out the term that tells these groups apart"
    lacking = data[[name for name in data if re.search(rf"(?<!\w){re.escape(str(name))}(?!\w)", formula)]].isna()
    few = [str(name) for name in lacking if few_apart(data.index[lacking[name]].nunique(), policy)]
    if few:
        return f"a few of these people have no {' or '.join(few)}, so take other columns, or leave the model out"
    return (
        "take everybody who answered what the formula has (report.model leaves out who did not, without dropna() of other "
        "columns), or leave the model out"
    )


def _joined_to(names: list[str], used: pd.DataFrame, study: Study) -> str:
    """How columns come to the people of the pairs: traits from the roster, what the analyst made of them from the data."""
    known = [name for name in names if name in study.participants]
    known = [name for name in known if name not in used or used[name].isin(study.participants[name]).all()]
    own = [name for name in names if name not in known]
    joined = f".join(study.participants[{known}])" if known else ""
    return (joined + (f".join(data.groupby(level=0)[{own}].first())" if own else "")).replace("'", '"')


def _of_pairs(formula: str, used: pd.DataFrame, study: Study) -> tuple[str, tuple[str, ...]]:
    """(a formula that asks of the linked people what this one asks of scores or values, the two waves it is about).

    What a model of both waves says of the wave, alone or by group, is the change, alone or by group. Blank where neither.
    """
    from patsy import ModelDesc

    described = ModelDesc.from_formula(formula)
    outcome = described.lhs_termlist[0].name()
    waves = [wave for wave in study.waves if "wave" in used and (used["wave"] == wave).any()]
    if outcome not in ("score", "value") or not 1 <= len(waves) <= 2:
        return "", ()
    if len(waves) == 1:
        pair = next((pair for pair in study.comparison.pairs if waves[0] in pair), ())
        side = "later" if pair and pair[1] == waves[0] else "earlier"
        return (f"{side} ~ {formula.split('~', 1)[1].strip()}", pair) if pair else ("", ())
    of_wave = [term for term in described.rhs_termlist if any("wave" in _names(one.code) for one in term.factors)]
    kept = [":".join(one.code for one in term.factors if "wave" not in _names(one.code)) for term in of_wave]
    return (f"change ~ {' + '.join(filter(None, kept)) or 1}", (waves[0], waves[1])) if of_wave else ("", ())


def _names_in(formula: str) -> set[str]:
    """The columns that a formula's terms are made of, without its outcome."""
    from patsy import ModelDesc

    terms = ModelDesc.from_formula(formula).rhs_termlist if formula else ()
    return {name for term in terms for factor in term.factors for name in _names(factor.code)}


def _few_behind(names: list[str], design: np.ndarray, used: pd.DataFrame, policy: Disclosure, formula: str) -> str:
    """The term by which fewer people differ than may be told of, which would be a result of these few, and what to do."""
    few = []
    for name, column in zip(names, design.T, strict=True):
        values = pd.Series(column, index=used.index)
        usual = values.mode().iloc[0]
        apart, alike = values[values != usual].index.unique(), values[values == usual].index.unique()
        kinds = values.nunique()
        if kinds > 1 and len(apart) < policy.least_group or kinds == 2 and len(alike) < policy.least_group:
            few.append(name)
    if not few:
        return ""
    joining = "\n        ".join(filter(None, _joining(formula.split("~", 1)[1], used, policy)))
    named, rest = ", ".join(f"“{name}”" for name in few), "rest" if len(few) > 1 else "rests"
    leave = f"leave {'these terms' if len(few) > 1 else 'the term'} out of the formula"
    return f"{named} {rest} on fewer than {policy.least_group} people; what to do: {joining or leave}"


def _joining(terms: str, used: pd.DataFrame, policy: Disclosure) -> tuple[str, str]:
    """How to join the small groups of these terms with others, neighbours where they have an order: the line that does, and
    the headings that say on the page which they are; nothing where no two would be left.
    """
    joined: dict[str, dict[str, str]] = {}
    for column in used.select_dtypes(exclude="number"):
        if re.search(rf"(?<!\w){re.escape(str(column))}(?!\w)", terms):
            parts = [part for part in _enough_in_each(used[column], policy.least_group) if len(part) > 1]
            of_column = f"joined_{column}" if joined else "joined"
            into = {str(group): f"{of_column}{place or ''}" for place, part in enumerate(parts) for group in part}
            joined |= {str(column): into} if into else {}
    if not joined:
        return "", ""
    columns = ", ".join(f'{name}=data["{name}"].astype("object").replace({into})' for name, into in joined.items())
    heads = ", ".join(f'"{key}": ("…", "…")' for into in joined.values() for key in dict.fromkeys(into.values()))
    how = "join small groups with others, and say on the page which they are, as in"
    return f"{how}\n        data = data.assign({columns})", f"headings={{{heads}}}"


def _enough_in_each(levels: pd.Series, least: int) -> list[list]:
    """The levels of a key joined until so many people stand in each part; neighbours where they have an order. None where
    one part would be left.
    """
    people = levels.groupby(levels, observed=True).agg(lambda rows: rows.index.nunique())
    ordered = isinstance(levels.dtype, pd.CategoricalDtype) and levels.dtype.ordered
    parts = [([level], size) for level, size in (people if ordered else people.sort_values()).items()]
    while len(parts) > 1 and min(size for _, size in parts) < least:
        at = min(range(len(parts)), key=lambda place: parts[place][1])
        beside = min(
            (place for place in (at - 1, at + 1) if 0 <= place < len(parts)), key=lambda place: parts[place][1]
        )
        first, last = sorted((at, beside))
        parts[first : last + 1] = [(parts[first][0] + parts[last][0], parts[first][1] + parts[last][1])]
    return [part for part, _ in parts] if len(parts) > 1 else []


def _no_fit(fitted, design: np.ndarray, used: pd.DataFrame, outcome: pd.Series, policy: Disclosure) -> str:
    """Why these people cannot bear the model, and what to do; nothing where they can."""
    rest = used.index.nunique() - design.shape[1]
    if rest < policy.least_group or np.linalg.matrix_rank(design) < design.shape[1]:
        return (
            f"the model has {design.shape[1]} terms for {used.index.nunique()} people, so that it repeats their answers; "
            "what to do: leave terms out"
        )
    leverage = pd.Series(np.einsum("ij,ij->i", design @ np.linalg.pinv(design.T @ design), design), index=used.index)
    if leverage.groupby(level=0).sum().max() > LARGEST_LEVERAGE:
        return "one person decides a term of this model (leverage above a half); what to do: leave that term out, or use categories"
    errors = np.asarray(fitted.bse_fe if hasattr(fitted, "bse_fe") else fitted.bse)
    if not getattr(fitted, "converged", True) or not np.isfinite(errors).all():
        return (
            "the model did not come to an end (it did not converge); what to do: use fewer terms, or rows of one "
            "measure and wave, without groups="
        )
    if outcome.nunique() < 2 or outcome.value_counts().iloc[0] > len(outcome) - policy.least_cell:
        return "nearly all have the same outcome; what to do: choose another outcome, or show a share"
    return ""
