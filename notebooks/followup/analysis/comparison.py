"""The table of changes and the table of gaps: every scale and item, for all and by group, with its verdict."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from followup.analysis.answers import answer_table
from followup.analysis.tests_of_change import test_of
from followup.disclosure.group_sizes import few_silent, told_sizes
from followup.disclosure.precision import MANY, MOVES, RULES, in_words_alone, kinds, released, told_in_words
from followup.disclosure.suppression import few_apart, hidden_rows, is_count, told_of_few
from followup.statistics.linked_change import LinkedChange, linked_change, preservation
from followup.statistics.power import Error, planned_error, smallest_found
from followup.statistics.scales import HALF_A_STEP, common_item_scores, scale_scores
from followup.statistics.top_box import top_box_change
from followup.statistics.unlinked_change import (
    PartlyLinkedChange,
    UnlinkedChange,
    partly_linked_change,
    unlinked_change,
)
from followup.study.cohort import Cohort
from followup.study.params import Disclosure

N_OF = {  # the columns with the people behind a change, for each way of linking
    "by_id": ["n_linked"],
    "same_row": ["n_linked"],
    "partly_linked": ["n_earlier", "n_later"],
    "unlinked": ["n_earlier", "n_later"],
}
SIZES = ["n_earlier", "n_later", "n_linked"]
FOR_NAMED_ONLY = ("ci90_low", "ci90_high", "kept", "not_lower", "beyond", "no_test")
OF_TWO_SPREADS = ("ci_low", "ci_high", "ci90_low", "ci90_high")  # of waves compared as two groups, they tell answers
SO_MANY = 50_000  # people, from whom on rows hold a number for each: texts take more room and time than all answers
PAIR, MEANS = ["compared_with", "wave"], ("mean_earlier", "mean_later")
Waves = tuple[str, str]  # a pair of waves, the earlier one first
FEWEST_WITH_P, WITH_P = RULES["group"][1].least, ("usual", "fewer_digits")


@dataclass(frozen=True)
class TwoWaves:
    """One measure's values in two waves, in points, indexed by respondent; linked respondents share their label."""

    earlier: pd.Series
    later: pd.Series
    linked: bool
    in_both: pd.DataFrame | None = None  # those who answered both, where that is known already

    @classmethod
    def side_by_side(cls, rows: pd.DataFrame, linked: bool) -> "TwoWaves":
        """The values of a table with the columns earlier and later, a row for everyone who answered either."""
        in_both = rows[["earlier", "later"]].dropna() if linked else None
        return cls(rows["earlier"].dropna(), rows["later"].dropna(), linked, in_both)

    @property
    def both(self) -> tuple[pd.Series, pd.Series]:
        return self.earlier, self.later

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """Those who answered both waves, in the order of the first: earlier, later."""
        if self.in_both is not None:
            return self.in_both
        first = self.earlier[self.earlier.index.isin(self.later.index)] if self.linked else self.earlier.iloc[:0]
        return pd.DataFrame({"earlier": first, "later": self.later.reindex(first.index)})

    @property
    def change(self) -> pd.Series:
        """The change of each of those who answered both, in points."""
        return self.pairs["later"] - self.pairs["earlier"]

    @property
    def unanimous(self) -> bool:
        """Whether everyone gave the same answer in a wave: a mean would tell what each of them said."""
        waves = (self.pairs[wave] for wave in self.pairs) if len(self.pairs) else self.both
        return any(len(wave) > 0 and np.ptp(wave.to_numpy()) < 1e-9 for wave in waves)


class Comparison:
    """A cohort's answers in its waves, ready to be compared pair by pair, measure by measure and group by group.

    `pairs` are the pairs of waves that the plan compares; the first is the main one, which is meant where none is named.
    """

    def __init__(self, cohort: Cohort, responses: pd.DataFrame, participants: pd.DataFrame):
        self.cohort, self.plan, self.codebook = cohort, cohort.params.analysis, cohort.codebook
        self.link, self.linked = cohort.params.link, cohort.params.link != "unlinked"
        self.pairs = [pair.in_order for pair in cohort.pairs]
        names = pd.Index(participants["participant"])  # in the roster's order, which no pseudonym changes
        self.order = names if len(names) < SO_MANY else pd.CategoricalIndex(names, categories=names)
        self.places, self.tables = {}, {}
        for wave in cohort.waves:
            table = answer_table(responses, self.codebook, wave)
            places = names.get_indexer(table.index)
            rows = np.argsort(places, kind="stable")[np.count_nonzero(places < 0) :]
            self.places[wave] = places[rows]
            self.tables[wave] = table.iloc[rows].set_axis(self.order[places[rows]])
        trait = cohort.params.groups_by
        self.group_of = participants.set_index("participant")[trait] if trait else pd.Series(dtype="str")
        self._linked: dict[tuple[str, Waves], int] = {}
        self._of_scales: dict[tuple[str, Waves], list[pd.Series]] = {}

    @property
    def main(self) -> Waves | None:
        """The pair of waves that the study is about, the earlier one first; None where no two can be compared."""
        return self.pairs[0] if self.pairs else None

    @property
    def policy(self) -> Disclosure:
        """What may leave of this cohort."""
        return self.cohort.params.disclosure

    @property
    def of_both(self) -> bool:
        """Whether a change is that of those who answered both waves: all answers are linked."""
        return self.link in ("by_id", "same_row")

    @property
    def measures(self) -> list[str]:
        """Scales, then items, that both waves of the main pair asked."""
        return self.asked_in(self.main) if self.main else []

    def asked_in(self, pair: Waves) -> list[str]:
        """Scales, then items, that both waves of a pair asked; a scale is what they share of it."""
        return [*self.codebook.scales_in(pair), *self.codebook.items_in(pair)]

    def tested(self, pair: Waves) -> list[tuple[str, str]]:
        """Each (measure, group) that gets a row: all, groups on scales, and whatever else the plan names."""
        named = {test for family in self.plan.families.values() for test in family.pairs}
        return [
            (measure, group)
            for measure in self.asked_in(pair)
            for group in ("all", *self.cohort.groups)
            if group == "all" or measure in self.codebook.scales or (measure, group) in named
        ]

    def values(self, measure: str, group: str = "all", pair: Waves | None = None) -> TwoWaves:
        """A measure's values in both waves of a pair; a linked scale is scored from the items answered in both."""
        places, *values = self.both(measure, pair or self.main)
        rows = pd.DataFrame(dict(zip(("earlier", "later"), values, strict=True)), self.order[places], copy=False)
        if group != "all":
            rows = rows[(self.group_of == group).to_numpy()[places]]
        return TwoWaves.side_by_side(rows, self.linked)

    def both(self, measure: str, pair: Waves) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """A measure's values in both waves of a pair, of everyone who answered it in either: places in `order`, earlier
        values, later values; blanks as NaN.
        """
        values = np.full((2, len(self.order)), np.nan)
        for row, wave, column in zip(values, pair, self._in_waves(measure, pair), strict=True):
            row[self.places[wave]] = column.to_numpy()
        either = np.flatnonzero(~np.isnan(values).all(axis=0))
        return either, *values[:, either]

    def n_linked(self, measure: str, pair: Waves) -> int:
        """How many answered a measure in both waves of a pair, of linked waves; counted once."""
        if (measure, pair) not in self._linked:
            answers = np.zeros(len(self.order), dtype="int8")
            for wave, column in zip(pair, self._in_waves(measure, pair), strict=True):
                answers[self.places[wave][column.notna().to_numpy()]] += 1
            self._linked[measure, pair] = np.count_nonzero(answers == len(pair)) if self.linked else 0
        return self._linked[measure, pair]

    def _in_waves(self, measure: str, pair: Waves) -> list[pd.Series]:
        """A measure's values in each wave of a pair, a row for every respondent of the wave, blanks as NaN."""
        if measure not in self.codebook.scales:
            return [self.tables[wave][measure].astype(float) for wave in pair]
        if (measure, pair) not in self._of_scales:
            self._of_scales[measure, pair] = self._scale(measure, pair)
        return self._of_scales[measure, pair]

    def items_of(self, measure: str, pair: Waves) -> pd.DataFrame:
        """The earlier wave's answers to the statements that both waves of a pair asked of a scale, or to one statement."""
        return self.tables[pair[0]][self._shared(measure, pair) if measure in self.codebook.scales else [measure]]

    def _shared(self, scale: str, pair: Waves) -> list[str]:
        shared = {*self.codebook.items_in(pair)}
        return [key for key in self.codebook.scales[scale].items if key in shared]

    def _scale(self, scale: str, pair: Waves) -> list[pd.Series]:
        """Of linked waves, whoever answered both is scored from the items answered in both."""
        items = self._shared(scale, pair)
        least = self.cohort.params.cleaning.least_items_for_scale
        first, second = (
            self.tables[wave][items].set_axis(self.places[wave]) for wave in pair
        )  # numbers: quick to match
        scored = [scale_scores(table, least)["score"].copy() for table in (first, second)]
        if self.linked:
            both = common_item_scores(first, second, least)
            for score, wave in zip(scored, ("earlier", "later"), strict=True):
                score.loc[both.index] = both[wave]
        return scored

    # Changes ---------------------------------------------------------------------------------------------------------

    def estimate(self, waves: TwoWaves, measure: str, group: str) -> dict:
        """What is estimated of a measure's values in two waves: counts, means, change, intervals, p, effect size."""
        tests = self.family_size(measure, group)
        result = self._compared(waves, tests)
        row = {
            "linked": self.linked,
            "n_earlier": len(waves.earlier),
            "n_later": len(waves.later),
            "n_linked": len(waves.pairs),
            "unanimous": waves.unanimous,
            "few_apart": self._few_apart(measure, waves),
        }
        row |= {name: getattr(result, name) for name in (*MEANS, "change")}
        for name, bounds in (("ci", result.ci95), ("ci90", result.ci90)):
            row[f"{name}_low"], row[f"{name}_high"] = bounds or (None, None)
        row["detectable"] = self._smallest_found(measure, waves, tests)
        return row | test_of(result) | (self._of_pairs(measure, waves) if group == "all" else {})

    def _compared(self, waves: TwoWaves, tests: int) -> LinkedChange | PartlyLinkedChange | UnlinkedChange:
        if not self.linked:
            return unlinked_change(waves.earlier, waves.later, seed=self.plan.seed)
        if self.link == "partly_linked":
            return partly_linked_change(waves.earlier, waves.later, tests=tests)
        return linked_change(waves.pairs["earlier"], waves.pairs["later"], tests=tests)

    def _smallest_found(self, measure: str, waves: TwoWaves, tests: int) -> float | None:
        """The smallest change found four times in five, by the spread that the plan assumed."""
        both = len(waves.pairs)
        alone = [0, 0] if self.of_both else [len(wave) - both for wave in waves.both]
        return smallest_found(self.planned_error(measure, both, *alone), tests, self.plan.alpha)

    def planned_error(self, measure: str, linked: int, earlier_only: int = 0, later_only: int = 0) -> Error | None:
        """The standard error of a measure's change among so many people, by the spread that the plan assumed."""
        spread = self.plan.spread
        sd = spread.scale if measure in self.codebook.scales else spread.item
        return planned_error(sd, spread.correlation, linked, earlier_only, later_only)

    def family_size(self, measure: str, group: str) -> int:
        """How many tests are in the largest family of the plan that names this one; 1 where none does."""
        families = [family.pairs for family in self.plan.families.values()]
        return max((len(pairs) for pairs in families if (measure, group) in pairs), default=1)

    def _few_apart(self, measure: str, waves: TwoWaves) -> bool:
        """Whether results of the linked beside those of everyone would give away the few who answered one wave only."""
        policy, apart = self.policy, [len(wave) - len(waves.pairs) for wave in waves.both]
        if not self.linked or few_apart(sum(apart), policy):
            return self.linked
        least = self._least_high(measure)
        if least is None:
            return False
        high = [int((wave >= least).sum()) for wave in waves.both]
        linked = [int((waves.pairs[wave] >= least).sum()) for wave in waves.pairs]
        few = [bool(few_apart(people, policy)) for people in apart]
        return told_of_few(high, linked, apart, len(waves.pairs), few)

    def _least_high(self, measure: str) -> float | None:
        """The lowest value that counts as a high answer; None where the options name none."""
        high = self.codebook.options_of(measure).high
        return min(high) - (HALF_A_STEP if measure in self.codebook.scales else 0) if high else None

    def _of_pairs(self, measure: str, waves: TwoWaves) -> dict:
        """Change of the top-box share among the linked, and the p of "not lower by the margin"."""
        if not len(waves.pairs):
            return {}
        first, second = (waves.pairs[wave] for wave in waves.pairs)
        kept = preservation(first, second, self.margin(measure)) if self.link != "partly_linked" else None
        row = {"p_not_lower": kept.p_not_worse if kept else None}
        least = self._least_high(measure)
        if least is not None:
            top = top_box_change(first, second, least)
            low, upper = top.tango95 or (None, None)
            row |= {"top_change": top.change, "top_low": low, "top_high": upper, "p_top": top.p_mcnemar_mid}
        return row

    def margin(self, measure: str) -> float:
        """The largest change, in points, that is too small to matter."""
        return self.plan.margins.scale if measure in self.codebook.scales else self.plan.margins.item

    def adjustment(self, family: str) -> str:
        """How a family's p are adjusted: waves that are linked in part can neither be flipped nor dealt, so by Holm."""
        return "holm" if self.link == "partly_linked" else self.plan.families[family].adjust

    def protected_changes(self, changes: pd.DataFrame) -> pd.DataFrame:
        """The table of changes as it leaves: nothing of groups that are too small or would give away one that is, and of the others
        what the table of rules by n allows, as precisely as `disclosure.precision` says.

        A p leaves only where the plan named the test; what rests on the linked alone does not where the few who
        answered one wave only would follow from it.
        """
        if changes.empty:
            return changes
        policy, sizes = self.policy, N_OF[self.link]
        level = policy.precision
        hidden = [hidden_rows(mine, policy, sizes) for _, mine in changes.groupby(PAIR, sort=False)]
        shown = self._without_telling_pairs(changes.assign(hidden=pd.concat(hidden)))
        least = {"least_group": policy.least_group, "least_cell": policy.least_cell}
        shown = released(shown, n=sizes, kind=kinds(shown), margin="margin", level=level, **least)
        in_words = told_in_words(changes, level, **least) & ~shown["hidden"]
        shown = in_words_alone(shown, in_words)
        nobody = (changes[sizes] == 0).any(axis=1)  # of whom everything may be told
        shown.loc[nobody, ["verdict", "reason"]] = changes.loc[nobody, ["verdict", "reason"]]
        counts = [column for column in shown if is_count(column)]
        shown = shown.assign(**shown[counts].astype("Int64").mask(shown["hidden"]))
        with_p = (changes[sizes].min(axis=1) >= FEWEST_WITH_P) & (level in WITH_P)
        shown["no_test"] = shown["no_test"].astype("object").where(with_p & ~in_words | nobody, None)
        of_groups = (shown["group"] != "all") & ~shown["hidden"]
        shown = told_sizes(shown, of_groups, SIZES, self.few_silent(changes, SIZES), policy)
        return shown.drop(columns=["unanimous", "effect"], errors="ignore").infer_objects()

    def few_silent(self, changes: pd.DataFrame, sizes: list[str]) -> bool:
        """Whether the sizes of groups in a table would tell of one that a few of it did not answer."""
        people = self.group_of.fillna("").value_counts() if self.cohort.params.identified else None
        groups = changes[changes["group"] != "all"]
        told = [groups.set_index("group")[sizes]]
        for _, rows in changes.groupby(["measure", *PAIR]):
            if len(rows) > len(self.cohort.groups) > 0:  # all groups, and everyone
                rows = rows.set_index("group")[sizes]
                told.append((rows.loc["all"] - rows.drop(index="all").sum()).to_frame("").T)
        return len(groups) > 0 and few_silent(pd.concat(told), people, self.policy)

    def _without_telling_pairs(self, shown: pd.DataFrame) -> pd.DataFrame:
        """The same without what tells single answers at any n: each group of columns where it would."""
        group, item = shown["group"] != "all", shown["kind"] == "item"
        many = self._many_in_every_cell(shown)
        partly = pd.Series(self.link == "partly_linked", index=shown.index)
        few_linked = [partly & (shown["n_linked"] < found.least) for found in RULES["scale"][:2]]
        for columns, gone in (
            (FOR_NAMED_ONLY, group & shown["family"].isna()),
            (OF_TWO_SPREADS, item & (shown["test"] != "sign_flip") & ~many),
            (("delta",), ~many),
            (MOVES, few_linked[0] | shown["hidden"]),
            (("top_change",), few_linked[1] | group | shown["few_apart"]),
            (MEANS, item & ~many | self._few_between(shown)),  # beside three categories, beside another pair
        ):
            columns = [column for column in columns if column in shown]
            shown[columns] = shown[columns].astype("object").where(~gone, None)
        return shown

    def _many_in_every_cell(self, shown: pd.DataFrame) -> pd.Series:
        """Rows of everyone in waves that are not linked, of more people than are looked at one by one, of whom each
        answer was given by nobody or by enough in both waves.
        """
        many = (shown["group"] == "all") & ~shown["linked"].astype(bool) & ~shown["hidden"]
        many &= shown[["n_earlier", "n_later"]].astype(float).min(axis=1) > MANY
        least = self.policy.least_cell
        for row in shown[many & (shown["kind"] == "item")].itertuples():
            counts = [wave.value_counts() for wave in self.values(row.measure, pair=(row.compared_with, row.wave)).both]
            many[row.Index] = all((one >= least).all() and len(one) > 1 for one in counts)
        return many

    def _few_between(self, shown: pd.DataFrame) -> pd.Series:
        """The rows of further pairs whose linked people are nearly those of a pair before them that shares a wave: two
        means of one wave, of all and of all but a few, would tell of these few.
        """
        if not self.of_both or len(self.pairs) < 2:
            return pd.Series(False, index=shown.index)
        return pd.Series([self._nearly_another(row) for row in shown.itertuples()], index=shown.index)

    def _nearly_another(self, row) -> bool:
        pair, policy = (row.compared_with, row.wave), self.policy
        people = self.values(row.measure, row.group, pair).pairs.index
        before = [one for one in self.pairs[: self.pairs.index(pair)] if {*one} & {*pair}]
        asked = [one for one in before if row.measure in self.asked_in(one)]
        others = [self.values(row.measure, row.group, one).pairs.index for one in asked]
        return any(few_apart(len(people.symmetric_difference(other)), policy) for other in others)


def key_of(words: str | None) -> str | None:
    """A code of the computing functions ("cannot be told") as a key that the tables have words for."""
    return words.replace(" ", "_").replace("-", "_").lower() if words else words
