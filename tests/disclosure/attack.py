"""An attack on what is published: unknown numbers, all that the tables say of them, and how narrow that makes each.

The attacker has every published table, knows how the numbers were rounded, which answers there are, and how many people
of each group answered. Bounds are found by mixed-integer linear programming (HiGHS).
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from followup.disclosure.suppression import hidden_rows, is_count
from followup.study.params import Disclosure
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


PLACES = {"programme_end": "earlier", "follow_up": "later"}  # where a wave of these cohorts stands in a comparison


def shown(value: object) -> bool:
    return value is not None and not pd.isna(value)


# ------------------------------------------------------------------------------------------------ means of groups


def on_group_means(
    rows: pd.DataFrame,
    sizes: dict[str, dict[str, int]],
    codes: tuple[float, float],
    give: float = TENTH,
    give_of_all: float = FULL,
) -> Attack:
    """One measure's rows of the table of changes (all and groups): unknown are each group's sums in both waves.

    `sizes[wave][group]` is how many answered, which the attacker knows; "outside" are those without a group. A group's
    numbers are right to `give`, those of everyone to `give_of_all`.
    """
    attack, rows = Attack(), rows.set_index("group")
    for wave, groups in sizes.items():
        for group, n in groups.items():
            attack.unknown((wave, group), codes[0] * n, codes[1] * n)
        everyone = {(wave, group): 1.0 for group in groups}
        total = sum(groups.values())
        mean = rows.loc["all", f"mean_{PLACES[wave]}"]
        if shown(mean):
            attack.learn(everyone, mean * total, give_of_all * total)
        for group in set(groups) & set(rows.index):
            mean = rows.loc[group, f"mean_{PLACES[wave]}"]
            if shown(mean):
                attack.learn({(wave, group): 1.0}, mean * groups[group], groups[group] * give)
    for group in set(rows.index) - {"all"}:
        change = rows.loc[group, "change"]
        if shown(change):
            first, second = (sizes[wave].get(group, 0) for wave in ("programme_end", "follow_up"))
            terms = {("follow_up", group): 1 / second, ("programme_end", group): -1 / first}
            attack.learn(terms, change, give)
    return attack


def learn_gaps(attack: Attack, gaps: pd.DataFrame, sizes: dict[str, dict[str, int]]) -> None:
    """What a table of gaps says of the same groups: in both waves, the second's mean less the first's."""
    for row in gaps.to_dict("records"):
        for wave, groups in sizes.items():
            if shown(row[f"gap_{PLACES[wave]}"]):
                first, second = (groups[row[side]] for side in ("first", "second"))
                terms = {(wave, row["second"]): 1 / second, (wave, row["first"]): -1 / first}
                attack.learn(terms, row[f"gap_{PLACES[wave]}"], TENTH)


# ------------------------------------------------------------------------------------------------ the five answers


CATEGORIES = {"n_low": (1, 2), "n_middle": (3,), "n_high": (4, 5), "n_not_high": (1, 2, 3)}


def on_five_answers(statements: pd.DataFrame, changes: pd.DataFrame, linked: bool) -> Attack:
    """How many gave each of five answers to a statement, from three categories in each wave and the mean change.

    `statements` has a row a wave (n; n_low, n_middle, n_high and n_not_high, as far as they are told; a mean, where one
    was published); `changes` one row or none. Waves that are linked change among the linked only: the sums of the others are unknown too.
    """
    attack = Attack()
    for row in statements.to_dict("records"):
        wave, n = row["wave"], int(row["n"])
        for code in range(1, 6):
            attack.unknown((wave, code), 0, n, whole=True)
        attack.learn({(wave, code): 1 for code in range(1, 6)}, n)
        for category, codes in CATEGORIES.items():
            if shown(row.get(category)):
                attack.learn({(wave, code): 1 for code in codes}, int(row[category]))
        if shown(row.get("mean")):
            attack.learn({(wave, code): code for code in range(1, 6)}, row["mean"] * n, n * row.get("give", TENTH))
    for row in changes.to_dict("records"):
        if shown(row["change"]) and len(statements) == 2:
            _learn_change(attack, statements.set_index("wave"), row, linked)
    return attack


def _learn_change(attack: Attack, statements: pd.DataFrame, row: dict, linked: bool) -> None:
    """The mean change: of everyone, wave against wave, or of the linked, whose sums lie within those of everyone."""
    give, sizes = row.get("give", TENTH), {wave: int(statements.loc[wave, "n"]) for wave in statements.index}
    sums = {wave: {(wave, code): float(code) for code in range(1, 6)} for wave in sizes}
    if linked:
        n = int(row["n_linked"])
        for wave, size in sizes.items():
            few = attack.unknown((wave, "others"), 1.0 * (size - n), 5.0 * (size - n))
            sums[wave] = sums[wave] | {few: -1.0}
        sizes = dict.fromkeys(sizes, n)
    reversed_ = -1.0 if row.get("reverse_coded") else 1.0
    terms = {key: reversed_ * value / sizes["follow_up"] for key, value in sums["follow_up"].items()}
    terms |= {key: -reversed_ * value / sizes["programme_end"] for key, value in sums["programme_end"].items()}
    attack.learn(terms, row["change"], give)


# ------------------------------------------------------------------------------------------------ who answered


def on_counts(total: int, published: dict[str, float], most: dict[str, int]) -> Attack:
    """How many of each group answered: a total, the counts that are shown, and how large each group is at most."""
    attack = Attack()
    for group, size in most.items():
        attack.unknown(group, 0, min(size, total), whole=True)
    attack.learn(dict.fromkeys(most, 1), total)
    for group, count in published.items():
        if shown(count):
            attack.learn({group: 1}, int(count))
    return attack


STATUS = ("linked", "first_only", "second_only", "silent")


def on_crossed_counts(roster: pd.Series) -> Attack:
    """Two traits at once, sector by seniority: of each crossed cell of the roster, which colleagues know, how many
    answered both waves, one of them or none.
    """
    attack = Attack()
    for cell, people in roster.items():
        for status in STATUS:
            attack.unknown((*cell, status), 0, int(people), whole=True)
        attack.learn({(*cell, status): 1.0 for status in STATUS}, int(people))
    return attack


def crossed(roster: pd.Series, statuses: tuple[str, ...], **traits: str) -> dict[tuple, float]:
    """The crossed cells of one level of one trait (of all, without one), of people with these statuses."""
    names = list(roster.index.names)
    fits = [cell for cell in roster.index if all(cell[names.index(trait)] == level for trait, level in traits.items())]
    return {(*cell, status): 1.0 for cell in fits for status in statuses}


def as_published(frame: pd.DataFrame, policy: Disclosure, n: str | list[str], keep: tuple[str, ...]) -> pd.DataFrame:
    """A table of groups of which hidden rows are emptied, and the values of others have one decimal: what the rule of hidden
    rows has to hold against.
    """
    shown = frame.assign(hidden=hidden_rows(frame, policy, [n] if isinstance(n, str) else n))
    for column in frame.columns.difference([*keep]):
        cells = frame[column].astype("Int64") if is_count(column) else frame[column]
        of_groups = cells.round(1) if pd.api.types.is_float_dtype(cells) else cells
        shown[column] = cells.where(frame["group"] == "all", of_groups).mask(shown["hidden"])
    return shown
