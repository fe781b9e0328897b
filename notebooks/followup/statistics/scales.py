"""Scales: reverse-coded items, scale scores, how well the items hang together.

Items are the columns and respondents the rows of a table of scale codes; a blank is NaN.
"""

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from followup.statistics.linked_change import Interval

HALF_A_STEP = 0.5
SAME = 1e-9  # a variance of answers that all are the same, but for the last digits of a float
HEYWOOD = 0.005


def reverse_coded(values: pd.Series | pd.DataFrame, lowest: float, highest: float) -> pd.Series | pd.DataFrame:
    """The same answers with the response options reversed (1 becomes 5 on a scale of 1 to 5); blanks stay blank.

    Raises ValueError when an answer lies outside the scale.
    """
    if ((values < lowest) | (values > highest)).to_numpy().any():
        raise ValueError(f"an answer lies outside the scale of {lowest} to {highest}")
    return lowest + highest - values


def scale_scores(items: pd.DataFrame, at_least: float = 0.5) -> pd.DataFrame:
    """Score and items_answered of each respondent: the mean of the answered items, in points.

    The score is NaN for a respondent who answered less than `at_least` of the items. Source: Parent 2013.
    """
    answered = items.notna().sum(axis=1)
    enough = answered >= at_least * items.shape[1]
    return pd.DataFrame({"score": items.astype(float).mean(axis=1).where(enough), "items_answered": answered})


def common_item_scores(earlier: pd.DataFrame, later: pd.DataFrame, at_least: float = 0.5) -> pd.DataFrame:
    """Scores of linked respondents in both waves from the items each answered in both, and their change, in points.

    Both tables are indexed by respondent and hold the same items; the result has a row per respondent in both, with the
    columns earlier, later, change, items_answered. Otherwise a skipped item would look like a change.
    """
    if set(earlier.columns) != set(later.columns):
        raise ValueError("the waves hold different items of the scale")
    if not (earlier.index.is_unique and later.index.is_unique):
        raise ValueError("a respondent appears twice in one wave")
    ids = earlier.index.intersection(later.index)
    first, second = earlier.loc[ids], later.loc[ids, earlier.columns]
    both = first.notna() & second.notna()
    first, second = scale_scores(first.where(both), at_least), scale_scores(second.where(both), at_least)
    scores = pd.DataFrame({"earlier": first["score"], "later": second["score"]})
    return scores.assign(change=scores.later - scores.earlier, items_answered=first["items_answered"])


# Reliability -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reliability:
    """How well the items of a scale hang together in one wave, among respondents who answered all of them.

    `alpha` is Cronbach's with Feldt's 95% interval, `omega` McDonald's from one maximum-likelihood factor, and
    `item_rest` each item's correlation with the sum of the others. `not_computable` and `no_omega` say why one is None.
    """

    n: int
    k: int
    alpha: float | None
    alpha_ci95: Interval | None
    alpha_standardised: float | None
    mean_inter_item_r: float | None
    item_rest: dict[str, float]
    omega: float | None
    smallest_uniqueness: float | None
    not_computable: str | None
    no_omega: str | None


def reliability(items: pd.DataFrame) -> Reliability:
    """Alpha, inter-item and item-rest correlations, and omega where it is proper; rows are respondents, columns items.

    Needs two items, three complete respondents and some variation in every item.
    Source: Feldt 1965; McNeish 2018 on omega; a Heywood case (a uniqueness at its boundary of 0.005) gives no omega.
    """
    complete = items.dropna().astype(float)
    n, k = complete.shape
    reason = _not_computable(complete)
    if reason:
        return Reliability(n, k, None, None, None, None, {}, None, None, reason, reason)
    alpha = cronbach_alpha(complete)
    correlations = complete.corr().to_numpy()
    mean_r = float(correlations[np.triu_indices(k, 1)].mean())
    omega, uniqueness, no_omega = omega_total(complete)
    return Reliability(
        n,
        k,
        alpha=alpha,
        alpha_ci95=feldt(alpha, n, k),
        alpha_standardised=k * mean_r / (1 + (k - 1) * mean_r),
        mean_inter_item_r=mean_r,
        item_rest=item_rest(complete),
        omega=omega,
        smallest_uniqueness=uniqueness,
        not_computable=None,
        no_omega=no_omega,
    )


def _not_computable(complete: pd.DataFrame) -> str | None:
    n, k = complete.shape
    if k < 2:
        return "fewer than two items"
    if n < 3:
        return "fewer than three respondents answered every item"
    return "an item on which everyone agreed" if (complete.nunique() < 2).any() else None


def cronbach_alpha(complete: pd.DataFrame) -> float:
    """Raw alpha of complete answers: k/(k−1) × (1 − sum of item variances / variance of the sum)."""
    k = complete.shape[1]
    return float(k / (k - 1) * (1 - complete.var().sum() / complete.sum(axis=1).var()))


def feldt(alpha: float, n: int, k: int, level: float = 0.95) -> Interval:
    """Feldt's interval for alpha from `n` respondents and `k` items. Source: Feldt 1965."""
    low, high = stats.f.ppf([(1 + level) / 2, (1 - level) / 2], n - 1, (n - 1) * (k - 1))
    return Interval(float(1 - (1 - alpha) * low), float(1 - (1 - alpha) * high))


def item_rest(complete: pd.DataFrame) -> dict[str, float]:
    """Correlation of each item with the sum of the others; a low or negative one may be a missed reverse-coding.

    It follows from the items' covariances; NaN where the sum of the others is the same for everybody.
    """
    covariances = complete.cov()
    own, with_sum = np.diag(covariances), covariances.sum().to_numpy()
    of_others = with_sum.sum() - 2 * with_sum + own
    varies = np.where(of_others > SAME, of_others, np.nan)
    return dict(zip(complete, ((with_sum - own) / np.sqrt(own * varies)).clip(-1, 1).tolist(), strict=True))


def omega_total(complete: pd.DataFrame) -> tuple[float | None, float | None, str | None]:
    """Omega total from one maximum-likelihood factor, the smallest uniqueness, and why omega is None.

    Needs three items; a factor that leaves an item no uniqueness of its own (a Heywood case) is not to be trusted.
    """
    if complete.shape[1] < 3:
        return None, None, "fewer than three items"
    if np.linalg.matrix_rank(complete.corr().to_numpy()) < complete.shape[1]:
        return None, None, "an item repeats the others"
    from statsmodels.multivariate.factor import Factor  # an eighth of a second that most notebooks never need

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        factor = Factor(endog=complete.to_numpy(), n_factor=1, method="ml").fit(opt={"gtol": 1e-7}, rng=0)
    smallest = float(np.min(factor.uniqueness))
    if smallest <= HEYWOOD:
        return None, smallest, "Heywood case"
    if not factor.mle_retvals.success:
        return None, smallest, "the factor could not be fitted"
    total = (factor.loadings[:, 0] * complete.std().to_numpy()).sum() ** 2
    return float(total / (total + (factor.uniqueness * complete.var().to_numpy()).sum())), smallest, None
