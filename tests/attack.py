"""An attack on what is published: unknown numbers, all that the tables say of them, and how narrow that makes each.

The attacker has every published table, knows how the numbers were rounded, which answers there are, and how many people
of each group answered. Bounds are found by mixed-integer linear programming (HiGHS).
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

FULL = 1e-7  # a number printed in full
TENTH = 0.05 + 1e-9  # half a unit of the last of one decimal


@dataclass
class Attack:
    """Unknowns by name, each within its bounds, and what is known of their sums."""

    unknowns: dict[object, tuple[float, float, bool]] = field(default_factory=dict)
    known: list[tuple[dict[object, float], float, float]] = field(default_factory=list)

    def unknown(self, name: object, low: float, high: float, whole: bool = False) -> object:
        self.unknowns[name] = (low, high, whole)
        return name

    def learn(self, terms: dict[object, float], value: float, give: float = FULL) -> None:
        """The sum of `terms` (a factor for each unknown) was published as `value`, right to `give`."""
        self.known.append((terms, value - give, value + give))

    def learn_bounds(self, terms: dict[object, float], low: float, high: float) -> None:
        self.known.append((terms, low, high))

    def bounds(self, terms: dict[object, float]) -> tuple[float, float]:
        """The least and the most that a sum of unknowns can be."""
        place = {name: number for number, name in enumerate(self.unknowns)}
        low, high, whole = map(np.array, zip(*self.unknowns.values(), strict=True))
        goal = np.zeros(len(place))
        for name, factor in terms.items():
            goal[place[name]] = factor
        rows = np.zeros((len(self.known), len(place)))
        for row, (parts, *_) in zip(rows, self.known, strict=True):
            for name, factor in parts.items():
                row[place[name]] += factor
        limits = [[bound[side] for bound in self.known] for side in (1, 2)]
        constraints = [LinearConstraint(rows, *limits)] if self.known else []
        ends = []
        for sign in (1, -1):
            found = milp(sign * goal, constraints=constraints, bounds=Bounds(low, high), integrality=whole.astype(int))
            if found.status != 0:
                raise ValueError(f"the published numbers contradict one another: {found.message}")
            ends.append(sign * found.fun)
        return ends[0], ends[1]

    def width(self, terms: dict[object, float]) -> float:
        low, high = self.bounds(terms)
        return high - low


def shown(value: object) -> bool:
    return value is not None and not pd.isna(value)
