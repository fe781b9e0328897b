"""Many sets of people at once, held against what left: which of them would publish the very same numbers?

Candidates are an array of whole numbers, sets × people × waves, in units of the answer scale; who left a wave blank did
so in every set. What is asked here in numpy is what `population.py` says to a solver, and more: an interval of people
who are not all linked, and its p, are no sums and stand here only.
"""

import numpy as np
from scipy.special import stdtr, stdtrit

from followup.disclosure.outsider import NOISE, Bounds, Known, Pair, Wave, Window

SMALL_WAVE = 10  # up to so many answers the p of unlinked waves is not heeded here
LESS_BY_T, MORE_BY_T, SPARE = 50, 2, 0.02  # how far the p of a t distribution may be from that under relabelling
FLAT = 1e-12


def fitting(known: Known, given: np.ndarray, answered: np.ndarray) -> np.ndarray:
    """Which sets fit all windows and counts, but for tests that need every way of one set (sign-flip p, ranks).

    `answered` says of people × waves who answered.
    """
    fits, unit = np.ones(len(given), dtype=bool), known.scale.unit
    for place, wave in enumerate(known.waves):
        fits &= _fits_wave(wave, given[:, answered[:, place], place], unit)
    for pair in known.pairs:
        left = np.flatnonzero(fits)
        if len(left):
            fits[left] = _fits_pair(pair, given[left], answered, unit)
    return fits


def _within(window: Window | None, values: np.ndarray) -> np.ndarray | bool:
    return True if window is None else (values >= window.low - NOISE) & (values <= window.high + NOISE)


def _fits_wave(wave: Wave, values: np.ndarray, unit: int) -> np.ndarray:
    fits = np.ones(len(values), dtype=bool) & _within(wave.mean, values.mean(axis=1) / unit)
    for form in wave.cells:
        fits &= (_counts(values, form.edges, unit) == form.counts).all(axis=1)
    for form in wave.withheld:
        counts = _counts(values, form.edges, unit)
        few, everyone = (counts >= 1) & (counts < form.few), counts == values.shape[1]
        fits &= (few | everyone).any(axis=1)
    return fits


def _counts(values: np.ndarray, edges: tuple[float, ...], unit: int) -> np.ndarray:
    """How many answers of each set lie in each category."""
    below = [np.zeros(len(values), dtype=int), *((values < edge * unit).sum(axis=1) for edge in edges)]
    return np.diff(np.stack([*below, np.full(len(values), values.shape[1])], axis=1), axis=1)


def _fits_pair(pair: Pair, given: np.ndarray, answered: np.ndarray, unit: int) -> np.ndarray:
    first, second = (given[:, answered[:, wave], wave] / unit for wave in (pair.first, pair.second))
    linked = answered[:, pair.first] & answered[:, pair.second]
    before, after = (given[:, linked, wave] for wave in (pair.first, pair.second))
    moved, of_all = after - before, second.mean(axis=1) - first.mean(axis=1)
    fits = np.ones(len(given), dtype=bool) & _within(pair.change_of_all, of_all) & _fits_movers(pair, moved)
    if linked.any():
        fits &= _within(pair.mean_first, before.mean(axis=1) / unit) & _within(
            pair.mean_second, after.mean(axis=1) / unit
        )
        fits &= _within(pair.change, moved.mean(axis=1) / unit)
        fits &= _within(pair.linked_change, moved.mean(axis=1) / unit)
    if pair.high_change is not None:
        edge = pair.high_from * unit
        fits &= _within(pair.high_change, (after >= edge).mean(axis=1) - (before >= edge).mean(axis=1))
    left = np.flatnonzero(fits)
    if pair.tells_interval and len(left):
        fits[left] = _fits_intervals(pair, *estimated(pair, given[left], answered, unit))
        if pair.method == "unlinked":
            fits[left] &= _fits_ranks(pair, first[left], second[left])
    return fits


def _fits_movers(pair: Pair, moved: np.ndarray) -> np.ndarray:
    """Who rose, stayed and fell: as was told, or rightly withheld."""
    counts = [(moved > 0).sum(axis=1), (moved == 0).sum(axis=1), (moved < 0).sum(axis=1)]
    fits = np.ones(len(moved), dtype=bool)
    for count, told in zip(counts, (pair.rose, pair.same, pair.fell), strict=True):
        fits &= told is None or count == told
    if pair.moved_at_most is not None:
        fits &= counts[0] + counts[2] <= pair.moved_at_most
    if pair.moved_at_least is not None:
        fits &= counts[0] + counts[2] >= pair.moved_at_least
    if pair.few_moved is not None:
        rose, same, fell = counts
        fits &= (np.minimum(rose, fell) < pair.few_moved) | ((same > 0) & (same < pair.few_moved))
    return fits


def _fits_intervals(pair: Pair, estimate: np.ndarray, error: np.ndarray, df: np.ndarray | int) -> np.ndarray:
    fits = np.ones(len(estimate), dtype=bool)
    for level, bounds in ((0.95, pair.ci95), (0.90, pair.ci90)):
        if bounds is not None:
            fits &= _fits_bounds(bounds, estimate, stdtrit(df, (1 + level) / 2) * error)
    if pair.within is not None:
        half = stdtrit(df, 0.95) * error
        fits &= ((np.abs(estimate) + half) < pair.margin) == pair.within
    if pair.p_kept is not None:
        room = pair.margin - np.abs(estimate)
        fits &= (room > 0) & _within(pair.p_kept, stdtr(df, -room / np.maximum(error, FLAT)))
    if pair.beyond_zero is not None:
        fits &= pair.beyond_zero * estimate > stdtrit(df, 0.975) * error - NOISE
    if pair.method == "partly" and pair.p is not None:
        fits &= _within(pair.p, 2 * stdtr(df, -np.abs(estimate) / np.maximum(error, FLAT)))
    return fits


def _fits_bounds(bounds: Bounds, estimate: np.ndarray, half: np.ndarray) -> np.ndarray:
    return _within(bounds.low, estimate - half) & _within(bounds.high, estimate + half)


def estimated(pair: Pair, given: np.ndarray, answered: np.ndarray, unit: int) -> tuple:
    """The change of each set, its standard error and degrees of freedom: of pairs, T_new2 (Derrick 2017) or Welch."""
    first, second = (given[:, answered[:, wave], wave] / unit for wave in (pair.first, pair.second))
    linked = answered[:, pair.first] & answered[:, pair.second]
    before, after = (given[:, linked, wave] / unit for wave in (pair.first, pair.second))
    if pair.method == "paired":
        moved = after - before
        return moved.mean(axis=1), moved.std(axis=1, ddof=1) / np.sqrt(linked.sum()), int(linked.sum()) - 1
    change = second.mean(axis=1) - first.mean(axis=1)
    return change, *_error_of_all(pair, first, second, before, after)


def _error_of_all(pair: Pair, first: np.ndarray, second: np.ndarray, before: np.ndarray, after: np.ndarray) -> tuple:
    n1, n2, linked = first.shape[1], second.shape[1], before.shape[1]
    spread1, spread2 = first.std(axis=1, ddof=1), second.std(axis=1, ddof=1)
    v1, v2 = spread1**2 / n1, spread2**2 / n2
    welch = _welch_df(v1, n1, v2, n2)
    if pair.method == "unlinked":
        return np.sqrt(v1 + v2), welch
    shared = _correlation(before, after) * spread1 * spread2 * linked / (n1 * n2)
    df = linked - 1 + (welch - linked + 1) / (n1 + n2) * (n1 + n2 - 2 * linked)
    return np.sqrt(np.maximum(v1 + v2 - 2 * shared, 0)), df


def _welch_df(v1: np.ndarray, n1: int, v2: np.ndarray, n2: int) -> np.ndarray:
    parts = v1**2 / (n1 - 1) + v2**2 / (n2 - 1)
    return np.where(parts > 0, (v1 + v2) ** 2 / np.where(parts > 0, parts, 1), 1)


def _correlation(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Of each set's linked people; 0 where either wave has no spread."""
    x, y = (values - values.mean(axis=1, keepdims=True) for values in (before, after))
    square = (x**2).sum(axis=1) * (y**2).sum(axis=1)
    return np.where(square > FLAT, (x * y).sum(axis=1) / np.sqrt(np.where(square > FLAT, square, 1)), 0)


def _fits_ranks(pair: Pair, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Which sets have ranks on the side that was told, and about the p that left.

    The p that left is counted under relabelling, too long for each of many sets; by the t distribution it is about as
    large, so that it is heeded with room to spare, and not at all in the smallest waves.
    """
    p, far = _brunner_munzel(first, second)
    fits = np.ones(len(far), dtype=bool) if pair.ranks is None else pair.ranks * far > -NOISE
    if pair.p is None or min(first.shape[1], second.shape[1]) <= SMALL_WAVE:
        return fits
    return fits & _within(Window(pair.p.low / LESS_BY_T, pair.p.high * MORE_BY_T + SPARE), p)


def _brunner_munzel(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two-sided p of P(second > first) + half of the ties = 0.5, from each answer's share of the other wave below it;
    and how far that is from 0.5.
    """
    difference = second[:, None, :] - first[:, :, None]
    above = (difference > NOISE) + 0.5 * (np.abs(difference) <= NOISE)
    v1, v2 = above.mean(axis=2).var(axis=1, ddof=1), above.mean(axis=1).var(axis=1, ddof=1)
    n1, n2 = first.shape[1], second.shape[1]
    error, df = np.sqrt(v1 / n1 + v2 / n2), _welch_df(v1 / n1, n1, v2 / n2, n2)
    far = above.mean(axis=(1, 2)) - 0.5
    return 2 * stdtr(df, -np.abs(far) / np.maximum(error, FLAT)), far
