"""Seeded answers of invented people to six scales of four statements, in two waves; and their results."""

import numpy as np
import pandas as pd
from followup.disclosure.moves import sign_flip_p
from scipy.special import stdtrit

MARGINS = {"scale": 0.3, "statement": 0.5}
ITEMS, SCALES = 4, 6


def answers(n: int, seed: int) -> np.ndarray:
    """Answers 1–5 of n people: people × two waves × scales × statements; each scale has its own level and change."""
    rng = np.random.default_rng(seed)
    person = rng.normal(0, 0.6, (n, 1, SCALES, 1))
    level = rng.uniform(2.7, 4.1, (1, 1, SCALES, 1)) + rng.normal(0, 0.2, (1, 1, SCALES, ITEMS))
    moved = rng.choice([0, 0, -0.15, 0.3, 0.6], (1, 1, SCALES, 1)) + rng.normal(0, 0.35, (n, 1, SCALES, 1))
    waves = np.concatenate([np.zeros((n, 1, SCALES, 1)), moved], axis=1)
    return np.clip(np.rint(level + person + waves + rng.normal(0, 0.5, (n, 2, SCALES, ITEMS))), 1, 5).astype(int)


def results(given: np.ndarray) -> pd.DataFrame:
    """One row a scale and statement: n, means, change, intervals, who moved, p, change of high answers, in points."""
    rows = []
    for scale in range(SCALES):
        rows.append(_row(f"scale_{scale}", "scale", given[:, :, scale].mean(axis=2), ITEMS))
        rows += [_row(f"s{scale}_{item}", "statement", given[:, :, scale, item], 1) for item in range(ITEMS)]
    frame = pd.DataFrame(rows)
    frame = frame.assign(p_adjusted=frame.groupby("kind")["p"].transform(_holm))
    told = np.where(frame["change"] > 0, "rose", "fell")
    other = frame["kept"].map({"shown": "preserved"}).fillna("inconclusive")
    return frame.assign(verdict=np.where(frame["p_adjusted"] <= 0.05, told, other))


def _row(name: str, kind: str, values: np.ndarray, steps: int) -> dict:
    first, second = values.T
    change, n = second - first, len(values)
    units, people = np.unique(np.rint(change * steps).astype(int), return_counts=True)
    bounds = {
        f"{name}_{side}": change.mean() + sign * stdtrit(n - 1, (1 + level) / 2) * change.std(ddof=1) / np.sqrt(n)
        for name, level in (("ci", 0.95), ("ci90", 0.90))
        for side, sign in (("low", -1), ("high", 1))
    }
    margin, counted = MARGINS[kind], (change > 1e-9, np.abs(change) < 1e-9, change < -1e-9)
    low, high = bounds["ci90_low"], bounds["ci90_high"]
    return {
        "measure": name, "kind": kind, "group": "all", "n_linked": n, "margin": margin,
        "mean_earlier": first.mean(), "mean_later": second.mean(), "change": change.mean(), **bounds,
        **{f"n_{way}": int(who.sum()) for way, who in zip(("up", "same", "down"), counted, strict=True)},
        "p": sign_flip_p(tuple(zip(units.tolist(), people.tolist(), strict=True))),
        "top_change": ((second >= 3.5).astype(int) - (first >= 3.5)).mean(),
        "kept": "shown" if -margin < low and high < margin else "not_shown",
    }  # fmt: skip


def _holm(p: pd.Series) -> pd.Series:
    order = p.sort_values(kind="stable")
    return (order * np.arange(len(order), 0, -1)).cummax().clip(upper=1).reindex(p.index)


def levels(given: np.ndarray) -> pd.DataFrame:
    """How many answered low (to 2.5), middle and high (from 3.5), of each scale and statement in each wave."""
    rows = []
    for scale in range(SCALES):
        parts = {f"scale_{scale}": given[:, :, scale].mean(axis=2)}
        parts |= {f"s{scale}_{item}": given[:, :, scale, item] for item in range(ITEMS)}
        for name, values in parts.items():
            for wave in (0, 1):
                low, high = int((values[:, wave] < 2.51).sum()), int((values[:, wave] >= 3.5).sum())
                n = len(values)
                counts = {"n_low": low, "n_middle": n - low - high, "n_high": high}
                rows.append({"measure": name, "n": n, **counts, "items": ITEMS, "n_complete": n})
    return pd.DataFrame(rows)
