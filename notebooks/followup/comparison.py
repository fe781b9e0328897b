"""The table of changes and the table of gaps: every scale and item, for all and by group, with its verdict."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from followup.answers import answer_table
from followup.change import (
    LinkedChange,
    PartlyLinkedChange,
    UnlinkedChange,
    holm,
    linked_change,
    minimum_detectable_change,
    partly_linked_change,
    unlinked_change,
    verdict,
    westfall_young,
)
from followup.cohort import Cohort
from followup.disclosure import protected_gaps, protected_groups
from followup.gaps import gap_verdict, linked_gap_change, minimum_detectable_gap_change, unlinked_gap_change
from followup.scales import common_item_scores, reliability, scale_scores

KIND_OF_PRESERVED = {"equivalence": "equivalence", "non_inferiority": "non-inferiority"}


@dataclass(frozen=True)
class TwoWaves:
    """One measure's values in both waves, in points, indexed by respondent; linked respondents share their label."""

    programme_end: pd.Series
    follow_up: pd.Series
    linked: bool

    def of(self, members: pd.Index) -> "TwoWaves":
        """The same for some respondents only."""
        return TwoWaves(*(wave[wave.index.isin(members)] for wave in (self.programme_end, self.follow_up)), self.linked)

    @property
    def pairs(self) -> pd.DataFrame:
        """Those who answered both waves: programme_end, follow_up."""
        both = pd.DataFrame({"programme_end": self.programme_end, "follow_up": self.follow_up})
        return both.dropna() if self.linked else both.iloc[:0]


class Comparison:
    """A cohort's answers in both waves, ready to be compared measure by measure and group by group."""

    def __init__(self, cohort: Cohort, responses: pd.DataFrame, participants: pd.DataFrame):
        self.cohort, self.plan, self.codebook = cohort, cohort.params.analysis, cohort.codebook
        self.linked = cohort.params.link != "unlinked"
        self.tables = {wave: answer_table(responses, self.codebook, wave) for wave in ("programme_end", "follow_up")}
        order = participants["participant"]          # the roster's order, which no pseudonym changes
        self.tables = {wave: table.reindex(order[order.isin(table.index)]) for wave, table in self.tables.items()}
        trait = cohort.params.groups_by
        self.group_of = participants.set_index("participant")[trait] if trait else pd.Series(dtype="str")

    @property
    def measures(self) -> list[str]:
        """Scales, then items, that both waves asked."""
        items = [key for key, item in self.codebook.items.items() if len(item.waves) == 2]
        return [*self.codebook.compared_scales, *items] if len(self.cohort.waves) == 2 else []

    def values(self, measure: str, group: str = "all") -> TwoWaves:
        """A measure's values in both waves; a linked scale is scored from the items answered in both."""
        waves = self._scale(measure) if measure in self.codebook.scales else self._item(measure)
        return waves if group == "all" else waves.of(self.group_of.index[self.group_of == group])

    def _item(self, item: str) -> TwoWaves:
        return TwoWaves(*(self.tables[wave][item].dropna() for wave in ("programme_end", "follow_up")), self.linked)

    def _scale(self, scale: str) -> TwoWaves:
        items = [key for key, item in self.codebook.scales[scale].items.items() if len(item.waves) == 2]
        least = self.cohort.params.cleaning.least_items_for_scale
        first, second = (self.tables[wave][items] for wave in ("programme_end", "follow_up"))
        alone = [scale_scores(table, least)["score"] for table in (first, second)]
        if not self.linked:
            return TwoWaves(*(score.dropna() for score in alone), False)
        both = common_item_scores(first, second, least)
        scored = [score.copy() for score in alone]
        for score, wave in zip(scored, ("programme_end", "follow_up"), strict=True):
            score.loc[both.index] = both[wave]
        return TwoWaves(*(score.dropna() for score in scored), True)

    def changes(self) -> pd.DataFrame:
        """One row a measure and group: counts, means, change, intervals, p, adjusted p, effect size, verdict."""
        rows = pd.DataFrame(self._row(measure, group) for measure in self.measures for group in ("all", *self.cohort.groups))
        return rows if rows.empty else self._judged(self._adjusted(rows))

    def _row(self, measure: str, group: str) -> dict:
        waves = self.values(measure, group)
        result = self._compared(waves)
        n_linked = len(waves.pairs)
        row = {
            "kind": "scale" if measure in self.codebook.scales else "item",
            "scale": self.codebook.scale_of.get(measure, measure), "measure": measure, "group": group,
            "n_programme_end": len(waves.programme_end), "n_follow_up": len(waves.follow_up), "n_linked": n_linked,
            "mean_programme_end": result.mean_programme_end, "mean_follow_up": result.mean_follow_up, "change": result.change,
        }
        for name, bounds in (("ci", result.ci95), ("ci90", result.ci90)):
            row[f"{name}_low"], row[f"{name}_high"] = bounds or (None, None)
        return row | _test_of(result)

    def _compared(self, waves: TwoWaves) -> LinkedChange | PartlyLinkedChange | UnlinkedChange:
        if not self.linked:
            return unlinked_change(waves.programme_end, waves.follow_up)
        if self.cohort.params.link == "partly_linked":
            return partly_linked_change(waves.programme_end, waves.follow_up)
        return linked_change(waves.pairs["programme_end"], waves.pairs["follow_up"])

    def _adjusted(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The same with p adjusted within each family that the params named; other rows have none."""
        rows = rows.assign(family=None, adjusted_by=None, p_adjusted=None)
        for name, family in self.plan.families.items():
            mine = pd.MultiIndex.from_frame(rows[["measure", "group"]]).isin(family.pairs)
            by = family.adjust if self.linked else "holm"
            if by == "westfall_young":
                pairs = {m: self.values(m).pairs for m in rows.loc[mine, "measure"]}
                changes = pd.DataFrame({m: pair["follow_up"] - pair["programme_end"] for m, pair in pairs.items()})
                adjusted = westfall_young(changes.reindex(self._order(changes.index)), seed=self.plan.seed)
                p = rows.loc[mine, "measure"].map(adjusted)
            else:
                p = pd.Series(holm({row: _none(value) for row, value in rows.loc[mine, "p"].items()}), dtype="object")
            rows.loc[mine, "p_adjusted"] = p
            rows.loc[mine, ["family", "adjusted_by"]] = [name, by]
        return rows.astype({"p_adjusted": float})

    def _order(self, index: pd.Index) -> list[str]:
        return [respondent for respondent in self.tables["programme_end"].index if respondent in index]

    def _judged(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The same with margin, verdict and reason; a row outside every family is described, not judged."""
        margins, kind = self.plan.margins, KIND_OF_PRESERVED[self.plan.preserved_by]
        verdicts = []
        for row in rows.itertuples():
            margin = margins.scale if row.kind == "scale" else margins.item
            bounds = None if pd.isna(row.ci90_low) else (row.ci90_low, row.ci90_high)
            judged = verdict(_none(row.change), bounds, _none(row.p_adjusted), margin, self.plan.alpha, kind=kind, no_test=row.no_test)
            in_family = row.family is not None and not pd.isna(row.family)
            verdicts.append((margin, judged.verdict if in_family else "described", judged.reason if in_family else "no_family", judged.beyond))
        rows[["margin", "verdict", "reason", "beyond"]] = pd.DataFrame(verdicts, index=rows.index)
        return rows

    def protected_changes(self) -> pd.DataFrame:
        """`changes` as it may be shown: values of groups that are too small, or would give away one that is, are gone."""
        changes = self.changes()
        if changes.empty:
            return changes
        about = ("kind", "scale", "measure", "group", "test", "effect", "family", "adjusted_by", "margin", "no_test", "reason", "beyond")
        return protected_groups(changes, self.cohort.params.disclosure, "n_linked" if self.linked else "n_follow_up", about)

    @staticmethod
    def rows_of(changes: pd.DataFrame, kind: str | None = None, group: str | None = None) -> pd.DataFrame:
        """The rows of one kind (scale or item) and group."""
        for column, value in (("kind", kind), ("group", group)):
            changes = changes if value is None or changes.empty else changes[changes[column] == value]
        return changes.reset_index(drop=True)

    @staticmethod
    def named_groups(changes: pd.DataFrame) -> pd.DataFrame:
        """The group rows that a family of the plan names."""
        if changes.empty:
            return changes
        return changes[(changes["group"] != "all") & changes["family"].notna()].reset_index(drop=True)

    def gaps(self) -> pd.DataFrame:
        """One row a pair of groups and measure of the params: both gaps, their change, ceiling shares, P(superiority), verdict."""
        return pd.DataFrame(self._gap_rows())

    def protected_gaps(self) -> pd.DataFrame:
        """`gaps` as it may be shown: nothing of a group that is too small, one decimal, ceilings as bands."""
        gaps = self.gaps()
        return gaps if gaps.empty else protected_gaps(gaps, self.cohort.params.disclosure)

    def _gap_rows(self) -> Iterator[dict]:
        for gap in self.plan.gaps if self.measures else ():
            for measure in gap.measures:
                yield self._gap(gap.first, gap.second, measure)

    def _gap(self, first: str, second: str, measure: str) -> dict:
        waves, top = self.values(measure), max(self.codebook.options_of(measure).codes)
        if self.linked:
            pairs = waves.pairs
            groups = self.group_of.reindex(pairs.index)
            result = linked_gap_change(pairs["programme_end"], pairs["follow_up"], groups, first, second, top=top, seed=self.plan.seed)
            sds = [(pairs["follow_up"] - pairs["programme_end"])[groups == name] for name in (first, second)]
            least = minimum_detectable_gap_change(sds[0].std(), len(sds[0]), sds[1].std(), len(sds[1]))
        else:
            both = (waves.programme_end, waves.follow_up)
            groups = [self.group_of.reindex(wave.index) for wave in both]
            result, least = unlinked_gap_change(both[0], groups[0], both[1], groups[1], first, second, top=top), None
        judged = gap_verdict(result, alpha=self.plan.alpha)
        low, high = result.ci95 or (None, None)
        return {
            "measure": measure, "first": first, "second": second,
            "n_first": result.first_follow_up.n, "n_second": result.second_follow_up.n,
            "first_programme_end": result.first_programme_end.mean, "first_follow_up": result.first_follow_up.mean,
            "second_programme_end": result.second_programme_end.mean, "second_follow_up": result.second_follow_up.mean,
            "gap_programme_end": result.gap_programme_end, "gap_follow_up": result.gap_follow_up, "change": result.change,
            "ci_low": low, "ci_high": high, "p": result.p,
            "ceiling_first": result.first_programme_end.ceiling_share, "ceiling_second": result.second_programme_end.ceiling_share,
            "superiority_programme_end": result.superiority_programme_end, "superiority_follow_up": result.superiority_follow_up,
            "detectable": least, "verdict": judged.verdict.replace(" ", "_"), "reason": judged.reason, "caution": judged.caution,
        }

    def reliabilities(self) -> pd.DataFrame:
        """Alpha with Feldt's interval of every scale in every wave that asks it, among those who answered all its items."""
        rows = []
        for scale in self.codebook.scales:
            for wave in self.codebook.scale_waves(scale):
                items = [item for item in self.codebook.scales[scale].items if item in self.tables[wave]]
                if wave in self.cohort.waves and items:
                    result = reliability(self.tables[wave][items])
                    low, high = result.alpha_ci95 or (None, None)
                    rows.append({"measure": scale, "wave": wave, "items": result.k, "n": result.n, "alpha": result.alpha,
                                 "alpha_low": low, "alpha_high": high, "mean_inter_item_r": result.mean_inter_item_r,
                                 "not_computable": result.not_computable})
        return pd.DataFrame(rows)


def _test_of(result: LinkedChange | PartlyLinkedChange | UnlinkedChange) -> dict:
    """p, effect size and the smallest change that could have been found, each under the name of its method."""
    if isinstance(result, LinkedChange):
        least = minimum_detectable_change(result.sd, result.n) if result.sd else None
        return {"test": "sign_flip", "p": result.p_sign_flip, "effect_size": result.rank_biserial, "effect": "rank_biserial",
                "n_up": result.n_up, "n_same": result.n_same, "n_down": result.n_down, "detectable": least, "no_test": result.no_test}
    if isinstance(result, PartlyLinkedChange):
        return {"test": "partly_linked", "p": result.p, "effect_size": result.linked.rank_biserial, "effect": "rank_biserial",
                "change_linked_only": result.linked.change, "no_test": result.no_test}
    return {"test": result.test, "p": result.p, "effect_size": result.cliffs_delta, "effect": "cliffs_delta", "no_test": result.no_test}


def _none(value: float | None) -> float | None:
    return None if value is None or pd.isna(value) else float(value)
