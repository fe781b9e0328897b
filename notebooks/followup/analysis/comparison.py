"""The table of changes and the table of gaps: every scale and item, for all and by group, with its verdict."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from followup.analysis.answers import answer_table
from followup.disclosure.group_sizes import few_silent, told_sizes
from followup.disclosure.precision import MOVES, RULES, kinds, released
from followup.disclosure.suppression import few_apart, hidden_rows, is_count, told_of_few
from followup.statistics.linked_change import LinkedChange, linked_change, preservation
from followup.statistics.multiplicity import holm, westfall_young
from followup.statistics.scales import HALF_A_STEP, common_item_scores, scale_scores
from followup.statistics.top_box import top_box_change
from followup.statistics.unlinked_change import (
    PartlyLinkedChange,
    UnlinkedChange,
    partly_linked_change,
    unlinked_change,
    welch_error,
)
from followup.statistics.verdict_rule import detectable, minimum_detectable_change, verdict
from followup.study.codebook import WAVES
from followup.study.cohort import Cohort

N_OF = {  # the columns with the people behind a change, for each way of linking
    "by_id": ["n_linked"],
    "same_row": ["n_linked"],
    "partly_linked": ["n_programme_end", "n_follow_up"],
    "unlinked": ["n_programme_end", "n_follow_up"],
}
SIZES = ["n_programme_end", "n_follow_up", "n_linked"]
KIND_OF_PRESERVED = {"equivalence": "equivalence", "non_inferiority": "non-inferiority"}
FOR_NAMED_ONLY = ("ci90_low", "ci90_high", "kept", "not_lower", "beyond", "no_test")
OF_TWO_SPREADS = ("ci_low", "ci_high", "ci90_low", "ci90_high")  # of waves compared as two groups, they tell answers
FEWEST_WITH_P, WITH_P = RULES["group"][1].least, ("usual", "fewer_digits")


@dataclass(frozen=True)
class TwoWaves:
    """One measure's values in both waves, in points, indexed by respondent; linked respondents share their label."""

    programme_end: pd.Series
    follow_up: pd.Series
    linked: bool

    def of(self, members: pd.Index) -> "TwoWaves":
        """The same for some respondents only."""
        return TwoWaves(*(wave[wave.index.isin(members)] for wave in self.both), self.linked)

    @property
    def both(self) -> tuple[pd.Series, pd.Series]:
        return self.programme_end, self.follow_up

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """Those who answered both waves, in the order of the first: programme_end, follow_up."""
        first = (
            self.programme_end[self.programme_end.index.isin(self.follow_up.index)]
            if self.linked
            else self.programme_end.iloc[:0]
        )
        return pd.DataFrame({"programme_end": first, "follow_up": self.follow_up.reindex(first.index)})

    @property
    def unanimous(self) -> bool:
        """Whether everyone gave the same answer in a wave: a mean would tell what each of them said."""
        waves = (self.pairs[wave] for wave in WAVES) if len(self.pairs) else self.both
        return any(len(wave) > 0 and np.ptp(wave.to_numpy()) < 1e-9 for wave in waves)


class Comparison:
    """A cohort's answers in both waves, ready to be compared measure by measure and group by group."""

    def __init__(self, cohort: Cohort, responses: pd.DataFrame, participants: pd.DataFrame):
        self.cohort, self.plan, self.codebook = cohort, cohort.params.analysis, cohort.codebook
        self.link, self.linked = cohort.params.link, cohort.params.link != "unlinked"
        self.tables = {wave: answer_table(responses, self.codebook, wave) for wave in WAVES}
        order = participants["participant"]  # the roster's order, which no pseudonym changes
        self.tables = {wave: table.reindex(order[order.isin(table.index)]) for wave, table in self.tables.items()}
        trait = cohort.params.groups_by
        self.group_of = participants.set_index("participant")[trait] if trait else pd.Series(dtype="str")
        self._of_scales: dict[str, TwoWaves] = {}

    @property
    def two_waves(self) -> bool:
        return len(self.cohort.waves) == 2

    @property
    def measures(self) -> list[str]:
        """Scales, then items, that both waves asked."""
        items = [key for key, item in self.codebook.items.items() if len(item.waves) == 2]
        return [*self.codebook.compared_scales, *items] if self.two_waves else []

    @property
    def tested(self) -> list[tuple[str, str]]:
        """Each (measure, group) that gets a row: all, groups on scales, and whatever else the plan names."""
        named = {pair for family in self.plan.families.values() for pair in family.pairs}
        return [
            (measure, group)
            for measure in self.measures
            for group in ("all", *self.cohort.groups)
            if group == "all" or measure in self.codebook.scales or (measure, group) in named
        ]

    def values(self, measure: str, group: str = "all") -> TwoWaves:
        """A measure's values in both waves; a linked scale is scored from the items answered in both."""
        if measure in self.codebook.scales and measure not in self._of_scales:
            self._of_scales[measure] = self._scale(measure)
        waves = self._of_scales[measure] if measure in self._of_scales else self._item(measure)
        return waves if group == "all" else waves.of(self.group_of.index[self.group_of == group])

    def _item(self, item: str) -> TwoWaves:
        return TwoWaves(*(self.tables[wave][item].dropna().astype(float) for wave in WAVES), self.linked)

    def _scale(self, scale: str) -> TwoWaves:
        items = [key for key, item in self.codebook.scales[scale].items.items() if len(item.waves) == 2]
        least = self.cohort.params.cleaning.least_items_for_scale
        first, second = (self.tables[wave][items] for wave in WAVES)
        alone = [scale_scores(table, least)["score"] for table in (first, second)]
        if not self.linked:
            return TwoWaves(*(score.dropna() for score in alone), False)
        both = common_item_scores(first, second, least)
        scored = [score.copy() for score in alone]
        for score, wave in zip(scored, WAVES, strict=True):
            score.loc[both.index] = both[wave]
        return TwoWaves(*(score.dropna() for score in scored), True)

    # Changes ---------------------------------------------------------------------------------------------------------

    @cached_property
    def _changes(self) -> pd.DataFrame:
        rows = pd.DataFrame(self._row(measure, group) for measure, group in self.tested)
        return rows if rows.empty else self._judged(self._adjusted(rows))

    def changes(self) -> pd.DataFrame:
        """One row a measure and group: counts, means, change, intervals, p, adjusted p, effect size, verdict.

        For the analyst; what may be shown of it is `protected_changes`.
        """
        return self._changes.copy()

    def _row(self, measure: str, group: str) -> dict:
        waves = self.values(measure, group)
        result = self._compared(waves, self._family_size(measure, group))
        row = {
            "kind": "scale" if measure in self.codebook.scales else "item",
            "scale": self.codebook.scale_of.get(measure, measure),
            "measure": measure,
            "group": group,
            "linked": self.linked,
            "n_programme_end": len(waves.programme_end),
            "n_follow_up": len(waves.follow_up),
            "n_linked": len(waves.pairs),
            "unanimous": waves.unanimous,
            "few_apart": self._few_apart(measure, waves),
            "mean_programme_end": result.mean_programme_end,
            "mean_follow_up": result.mean_follow_up,
            "change": result.change,
        }
        for name, bounds in (("ci", result.ci95), ("ci90", result.ci90)):
            row[f"{name}_low"], row[f"{name}_high"] = bounds or (None, None)
        return row | _test_of(result, waves) | (self._of_pairs(measure, waves) if group == "all" else {})

    def _compared(self, waves: TwoWaves, tests: int) -> LinkedChange | PartlyLinkedChange | UnlinkedChange:
        if not self.linked:
            return unlinked_change(waves.programme_end, waves.follow_up)
        if self.link == "partly_linked":
            return partly_linked_change(waves.programme_end, waves.follow_up, tests=tests)
        return linked_change(waves.pairs["programme_end"], waves.pairs["follow_up"], tests=tests)

    def _family_size(self, measure: str, group: str) -> int:
        return max(
            (len(family.pairs) for family in self.plan.families.values() if (measure, group) in family.pairs), default=1
        )

    def _few_apart(self, measure: str, waves: TwoWaves) -> bool:
        """Whether results of the linked beside those of everyone would give away the few who answered one wave only."""
        policy, apart = self.cohort.params.disclosure, [len(wave) - len(waves.pairs) for wave in waves.both]
        if not self.linked or few_apart(sum(apart), policy):
            return self.linked
        least = self._least_high(measure)
        if least is None:
            return False
        high = [int((wave >= least).sum()) for wave in waves.both]
        linked = [int((waves.pairs[wave] >= least).sum()) for wave in WAVES]
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
        first, second = (waves.pairs[wave] for wave in WAVES)
        kept = preservation(first, second, self._margin(measure)) if self.link != "partly_linked" else None
        row = {"p_not_lower": kept.p_not_worse if kept else None}
        least = self._least_high(measure)
        if least is not None:
            top = top_box_change(first, second, least)
            low, upper = top.tango95 or (None, None)
            row |= {"top_change": top.change, "top_low": low, "top_high": upper, "p_top": top.p_mcnemar_mid}
        return row

    def _margin(self, measure: str) -> float:
        return self.plan.margins.scale if measure in self.codebook.scales else self.plan.margins.item

    def _adjusted(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The same with p adjusted within each family that the params named; other rows have none."""
        rows = rows.assign(family=None, adjusted_by=None, p_adjusted=None)
        for name, family in self.plan.families.items():
            mine = pd.MultiIndex.from_frame(rows[["measure", "group"]]).isin(family.pairs)
            by = self.adjustment(name)
            if by == "westfall_young":
                adjusted = westfall_young(self._changes_of_linked(rows.loc[mine, "measure"]), seed=self.plan.seed)
                p = rows.loc[mine, "measure"].map(adjusted)
            else:
                p = pd.Series(holm({row: _none(value) for row, value in rows.loc[mine, "p"].items()}), dtype="object")
            rows.loc[mine, "p_adjusted"] = p
            rows.loc[mine, ["family", "adjusted_by"]] = [name, by]
        return rows.astype({"p_adjusted": float})

    def adjustment(self, family: str) -> str:
        """How a family's p are adjusted: flipping signs needs respondents who are all linked, otherwise it is Holm."""
        return self.plan.families[family].adjust if self.link in ("by_id", "same_row") else "holm"

    def _changes_of_linked(self, measures: Iterable[str]) -> pd.DataFrame:
        """The change of each measure, a row for everyone who answered both waves; blank where one is missing."""
        first, second = (self.tables[wave] for wave in WAVES)
        changes = pd.DataFrame(index=first.index[first.index.isin(second.index)])
        for measure in measures:
            waves = self.values(measure).both if measure in self.codebook.scales else (first[measure], second[measure])
            before, after = (wave.reindex(changes.index) for wave in waves)
            changes[measure] = after.astype(float) - before
        return changes

    def _judged(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The same with margin, verdict and reason; a row outside every family is described, not judged."""
        kind, verdicts = KIND_OF_PRESERVED[self.plan.preserved_by], []
        for row in rows.itertuples():
            margin, named = self._margin(row.measure), isinstance(row.family, str)
            bounds = None if pd.isna(row.ci90_low) else (row.ci90_low, row.ci90_high)
            against = (_none(row.change), bounds, _none(row.p_adjusted), margin, self.plan.alpha)
            judged, lower = verdict(*against, kind=kind, no_test=row.no_test), verdict(*against, kind="non-inferiority")
            reason = (
                "not_below_margin" if judged.reason == "margin_met" and kind == "non-inferiority" else judged.reason
            )
            verdicts.append(
                (
                    margin,
                    judged.verdict if named else "described",
                    reason if named else "no_family",
                    judged.beyond,
                    key_of(judged.kept),
                    key_of(lower.kept),
                )
            )
        rows[["margin", "verdict", "reason", "beyond", "kept", "not_lower"]] = pd.DataFrame(verdicts, index=rows.index)
        return rows

    def protected_changes(self, level: str | None = None) -> pd.DataFrame:
        """`changes` as it leaves: nothing of groups that are too small or would give away one that is, and of the others
        what the table of rules by n allows; `level` is how precisely, where not as `disclosure.precision` says.

        A p leaves only where the plan named the test; what rests on the linked alone does not where the few who
        answered one wave only would follow from it.
        """
        changes = self.changes()
        if changes.empty:
            return changes
        policy, sizes = self.cohort.params.disclosure, N_OF[self.link]
        level = level or policy.precision
        shown = self._without_telling_pairs(changes.assign(hidden=hidden_rows(changes, policy, sizes)))
        shown = released(
            shown,
            n=sizes,
            kind=kinds(shown),
            margin="margin",
            level=level,
            least_group=policy.least_group,
            least_cell=policy.least_cell,
        )
        nobody = (changes[sizes] == 0).any(axis=1)  # of whom everything may be told
        shown.loc[nobody, ["verdict", "reason"]] = changes.loc[nobody, ["verdict", "reason"]]
        counts = [column for column in shown if is_count(column)]
        shown = shown.assign(**shown[counts].astype("Int64").mask(shown["hidden"]))
        with_p = (changes[sizes].min(axis=1) >= FEWEST_WITH_P) & (level in WITH_P)
        shown["no_test"] = shown["no_test"].astype("object").where(with_p | nobody, None)
        shown = told_sizes(
            shown, (shown["group"] != "all") & ~shown["hidden"], SIZES, self.few_silent(changes, SIZES), policy
        )
        return shown.drop(columns=["unanimous", "effect"], errors="ignore").infer_objects()

    def few_silent(self, changes: pd.DataFrame, sizes: list[str]) -> bool:
        """Whether the sizes of groups in a table would tell of one that a few of it did not answer."""
        people = self.group_of.fillna("").value_counts() if self.cohort.params.identified else None
        groups = changes[changes["group"] != "all"]
        told = [groups.set_index("group")[sizes]]
        for _, rows in changes.groupby("measure"):
            if len(rows) > len(self.cohort.groups) > 0:  # all groups, and everyone
                rows = rows.set_index("group")[sizes]
                told.append((rows.loc["all"] - rows.drop(index="all").sum()).to_frame("").T)
        return len(groups) > 0 and few_silent(pd.concat(told), people, self.cohort.params.disclosure)

    def _without_telling_pairs(self, shown: pd.DataFrame) -> pd.DataFrame:
        """The same without what tells single answers at any n: each group of columns where it would."""
        group, apart = shown["group"] != "all", (shown["kind"] == "item") & (shown["test"] != "sign_flip")
        partly = pd.Series(self.link == "partly_linked", index=shown.index)
        few_linked = [partly & (shown["n_linked"] < found.least) for found in RULES["scale"][:2]]
        for columns, gone in (
            (FOR_NAMED_ONLY, group & shown["family"].isna()),
            (OF_TWO_SPREADS, apart),
            (MOVES, few_linked[0] | shown["hidden"]),
            (("top_change",), few_linked[1] | group | shown["few_apart"]),
            (("mean_programme_end", "mean_follow_up"), shown["kind"] == "item"),  # beside three categories
        ):
            columns = [column for column in columns if column in shown]
            shown[columns] = shown[columns].astype("object").where(~gone, None)
        return shown

    # What is shown where ---------------------------------------------------------------------------------------------

    @staticmethod
    def rows_of(changes: pd.DataFrame, kind: str | None = None, group: str | None = None) -> pd.DataFrame:
        """The rows of one kind (scale or item) and group."""
        for column, value in (("kind", kind), ("group", group)):
            changes = changes if value is None or changes.empty else changes[changes[column] == value]
        return changes.reset_index(drop=True)

    @staticmethod
    def is_main(changes: pd.DataFrame) -> pd.Series | None:
        """Which rows answer the primary question: scales, all respondents."""
        return None if changes.empty else (changes["kind"] == "scale") & (changes["group"] == "all")

    @staticmethod
    def by_group(changes: pd.DataFrame) -> pd.DataFrame:
        """The rows of groups on scales, the groups of a scale together."""
        return (
            changes
            if changes.empty
            else changes[(changes["kind"] == "scale") & (changes["group"] != "all")].reset_index(drop=True)
        )

    @staticmethod
    def named_groups(changes: pd.DataFrame) -> pd.DataFrame:
        """The group rows that a family of the plan names."""
        if changes.empty:
            return changes
        return changes[(changes["group"] != "all") & changes["family"].notna()].reset_index(drop=True)

    @staticmethod
    def with_moves(rows: pd.DataFrame) -> pd.DataFrame:
        """The rows of which it may be told how many rose, stayed and fell."""
        return rows[rows["n_up"].notna()].reset_index(drop=True) if "n_up" in rows else rows.iloc[:0]

    @staticmethod
    def any_shown(rows: pd.DataFrame) -> bool:
        """Whether a protected table has a row that is not hidden."""
        return len(rows) > 0 and not rows["hidden"].all()

    @property
    def has_pairs(self) -> bool:
        """Whether some respondents can be followed from one wave to the other."""
        return self.two_waves and self.linked

    def compared(self, levels: pd.DataFrame) -> pd.DataFrame:
        """The levels of statements that both waves asked."""
        return levels[levels["measure"].isin(self.measures)].reset_index(drop=True)


def _test_of(result: LinkedChange | PartlyLinkedChange | UnlinkedChange, waves: TwoWaves) -> dict:
    """p, effect size and the smallest change that could have been found, each under the name of its method."""
    if isinstance(result, LinkedChange):
        least = minimum_detectable_change(result.sd, result.n) if result.sd else None
        return {
            "test": "sign_flip",
            "p": result.p_sign_flip,
            "p_pratt": result.p_pratt,
            "effect_size": result.rank_biserial,
            "effect": "rank_biserial",
            "n_up": result.n_up,
            "n_same": result.n_same,
            "n_down": result.n_down,
            "detectable": least,
            "no_test": result.no_test,
        }
    if isinstance(result, PartlyLinkedChange):
        linked = result.linked
        low, high = linked.ci95 or (None, None)
        return {
            "test": "partly_linked",
            "p": result.p,
            "effect_size": linked.rank_biserial,
            "effect": "rank_biserial",
            "n_up": linked.n_up,
            "n_same": linked.n_same,
            "n_down": linked.n_down,
            "detectable": detectable(result.se, result.df) if result.se else None,
            "change_linked": linked.change,
            "linked_low": low,
            "linked_high": high,
            "no_test": result.no_test,
        }
    return _test_of_unlinked(result, waves)


def _test_of_unlinked(result: UnlinkedChange, waves: TwoWaves) -> dict:
    low, high = result.superiority_ci95 or (None, None)
    least = detectable(*welch_error(*(wave.to_numpy() for wave in waves.both))) if result.ci95 else None
    return {
        "test": result.test,
        "p": result.p,
        "effect_size": result.cliffs_delta,
        "effect": "cliffs_delta",
        "superiority": result.superiority,
        "superiority_low": low,
        "superiority_high": high,
        "detectable": least,
        "no_test": result.no_test,
    }


def key_of(words: str | None) -> str | None:
    """A code of the computing functions ("cannot be told") as a key that the tables have words for."""
    return words.replace(" ", "_").replace("-", "_").lower() if words else words


def _none(value: float | None) -> float | None:
    return None if value is None or pd.isna(value) else float(value)
