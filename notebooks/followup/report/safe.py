"""`report.safe`: tables made with pandas' own arguments, which come back as they may leave; cells of them for sentences."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from html import escape
from itertools import chain

import pandas as pd

from followup.analysis import answer_levels, nonresponse, reliability
from followup.analysis.gaps import protected_gaps
from followup.analysis.study_frames import Study
from followup.disclosure import safe_network, safe_tables
from followup.disclosure.output_check import NotForPublication, Rules
from followup.disclosure.people_apart import nearly_some, parted
from followup.disclosure.small_cells import ASKED
from followup.language import LANGUAGES, Text
from followup.problems import InputProblems
from followup.report import (
    attendance,
    blank_cells,
    derived_tables,
    given,
    guards,
    joined_tables,
    linked_only,
    own_keys,
    people_behind,
    picture_guards,
    published_splits,
    reversed_statements,
    tables,
    who_answered,
    why_hidden,
)
from followup.report.model_words import REVERSED
from followup.report.own_names import in_own_names
from followup.words.vocabulary import Vocabulary

NO_TOTALS = (
    "totals beside hidden cells would give them away; what to do: leave margins out, the number that answered stands in "
    'a table of its own, as in\n        safe.pivot_table(study.scores, values="score", index="measure", aggfunc="count")'
)

NOTHING, ATTENDANCE = Text("", ""), "attendance"
SENTENCE = "a sentence on table "  # in place of a name, which has no spaces
LEVELS, OPTIONS = ("measure", "n_low", "n_middle", "n_high", "mean"), ("question", "kind", "n_chosen", "n")
ROOM = ("measure", "ceiling", "floor", "room")
GENERAL = {  # results that leave as the package makes them, if they keep the rules for every table: all their columns
    "differences": {"wave", *nonresponse.DIFFERENCES},
    "roster_bounds": {"measure", "wave", "compared_with", "n", "n_all", *nonresponse.BOUNDS, "hidden"},
    "projects_advanced": {"wave", "n_advanced", "n", "n_all", "low", "high", "lowest", "highest", "conflicts"},
}


class SafeTables(guards.Safe):
    """`safe.crosstab`, `pivot_table`, `apply`, `results` and `assign` give ordinary frames, suppressed and rounded.

    What they gave, and any rows and columns of it, may be shown by `report.table` and `report.figure`.
    """

    def __init__(self, study: Study, rules: Callable[[], Rules]):
        self._study, self._rules, self._policy = study, rules, study.params.disclosure
        self.made: list[pd.DataFrame] = []
        self._emptied: list[tuple[list[str], str]] = []
        self._apart: list[tuple[pd.DataFrame, Text]] = []
        self.behind, self._told = people_behind.Behind(), {}
        self._splits = published_splits.PublishedSplits(study)
        self._linked_only = linked_only.LinkedOnly(study)
        self._notes: list[tuple[pd.DataFrame, Text]] = []  # tables made here, and what is to stand above each
        traits = study.codebook.traits.values()
        self._groups = frozenset(group for trait in traits for group in trait.groups)

    @in_own_names
    def crosstab(
        self, index, columns, values=None, *, aggfunc=None, normalize: bool | str = False, margins: bool = False
    ) -> pd.DataFrame:
        """`pandas.crosstab` of columns of one frame, or shares with `normalize="index"`; cells of few people are hidden.

        As in pandas it counts rows: of `study.answers` each answer, so that a person with four answers counts four times.
        """
        if margins:
            raise NotForPublication(NO_TOTALS)
        given.check_columns(index, columns, values if values is not None else aggfunc)
        counted = [*given.listed(index), *given.listed(columns)]
        for rows in counted:
            given.refuse_strangers(rows, self._study)
        given.check_options(index, columns, normalize)
        keys = own_keys.side_by_side(counted)
        crossed = given.listed(index), given.listed(columns)
        reversed_statements.refuse_both_ways(keys, crossed, bool(normalize), self._study)
        came = attendance.is_all_of_meetings(keys, self._study)  # and nobody's answers
        nearly = None if came else partial(who_answered.nearly_answered, study=self._study, splits=self._splits)
        shown = keys.head(0)
        if any(table.name for table in self.behind.tables.values()):
            shown = who_answered.nearly_shown(keys, self._policy, self._shown_beside)
        told = partial(who_answered.nearly_in_category, study=self._study, beside=shown)
        made = safe_tables.crosstab(index, columns, self._policy, self._groups_in(keys), normalize, nearly, told)
        if len(shown) and not made.attrs[safe_tables.APART]:
            made.attrs[safe_tables.APART] = True
        if made.attrs.get(safe_tables.APART) == safe_tables.ALL_BUT_FEW:
            made.attrs[safe_tables.APART] = self._whom_to_count(keys)
        made = own_keys.with_nobody(made, keys, self._study)
        if self._splits.of_one_mind(keys):
            made = made.mask(made.notna())
            made.attrs[safe_tables.APART] = why_hidden.ALL_ALIKE
        rows, across = ([one.name for one in part] for part in crossed)
        return self._behind_it(self._without_traces(made, keys), keys, rows, across, least=self._policy.least_cell)

    def _whom_to_count(self, keys: pd.DataFrame) -> Text:
        """What to do about a crosstab of nearly all: what that is depends on whether it is of answers, and of groups."""
        if not {*ASKED} & {*keys}:
            return why_hidden.ALL_ROWS
        told = (keys[name].dropna() for name in keys)
        by_group = any(len(one) and one.isin(self._groups).all() for one in told)
        return why_hidden.NEARLY_ALL_IN_ONE if by_group else why_hidden.ALL_WHO_ANSWERED

    @in_own_names
    def pivot_table(
        self, data: pd.DataFrame, values, index, columns=None, aggfunc="mean", *, margins: bool = False
    ) -> pd.DataFrame:
        """`pandas.pivot_table`: means (of a yes or no: shares), or `aggfunc="count"`; few people are hidden. With several values
        and no `columns` their means stand side by side.

        In `n` people are counted, each once, however many rows they have; a mean is of all rows.
        """
        if margins:
            raise NotForPublication(NO_TOTALS)
        several = given.listed(values)
        if given.are_means_of_several(several, columns, aggfunc):
            return self._side_by_side([(one, self.pivot_table(data, one, index, None, aggfunc)) for one in several])
        values = several[0] if len(several) == 1 else values
        data, lacking = given.by_respondent(data), self._study.codebook.traits.keys() - {*self._study.params.traits}
        given.check_names(data, values, index=index, columns=columns)
        named = [*given.listed(index), *given.listed(columns)]
        given.refuse_unknown_columns(data, [values, *named], lacking)
        given.refuse_words(data, values, aggfunc)
        given.refuse_strangers(data, self._study)
        of_means = getattr(aggfunc, "__name__", aggfunc) == "mean"
        counted = self.counted(data, values) if of_means else data
        keys = own_keys.keys_of(counted.dropna(subset=[values]), named)
        references, apart = partial(self.references, values=values), self._splits.a_few_apart
        by = (self._policy, self._groups_in(keys), references, apart)
        made = safe_tables.pivot_table(counted, values, index, columns, aggfunc, *by)
        if of_means and len(counted[values].dropna().unique()) == 1:
            made.attrs[safe_tables.APART] = why_hidden.ALL_ALIKE
        made = self._without_traces(made, keys)
        if values == "change" and columns is not None:
            made.attrs[tables.SIGNED] = [*tables.flat(made).select_dtypes("float")]
        self._note_linked(self.made[-1], counted, data, values)
        pooled = "wave" in counted and "wave" not in named and len(counted["wave"].unique()) > 1
        if pooled and self._study.link == "unlinked":
            self._notes.append((self.made[-1], why_hidden.COUNTED_TWICE))
        if reversed_statements.are_turned(counted, values, self._study):
            self._notes.append((self.made[-1], REVERSED))
        return self._behind_it(made, counted, given.listed(index), given.listed(columns), values)

    def _side_by_side(self, made: list[tuple[str, pd.DataFrame]]) -> pd.DataFrame:
        """Tables of one column each as one table, of which is known what is known of each."""
        places = [table.attrs[tables.MADE] for _, table in made]
        known = self._known(joined_tables.side_by_side(made))
        for kept in (self._notes, self._apart):
            kept += [(self.made[-1], said) for whole, said in kept if any(whole is self.made[one] for one in places)]
        behind = [self.behind.tables[one] for one in places]
        found = partial(joined_tables.cells_of, behind)
        self.behind.tables[len(self.made) - 1] = people_behind.Table(found, self._policy.least_group)
        return known

    @in_own_names
    def apply(self, groups: pd.api.typing.DataFrameGroupBy, function: Callable) -> pd.DataFrame:
        """A statistic of your own for each group, with n: `safe.apply(pairs.groupby("measure"), correlation)`."""
        groups = given.by_columns(groups, function)
        given.refuse_strangers(groups.obj, self._study)
        keys = own_keys.keys_of(groups.obj, given.listed(groups.keys))
        made = safe_tables.apply(
            groups, function, self._policy, self._groups_in(keys), self.references, self._splits.a_few_apart
        )
        return self._behind_it(self._without_traces(made, keys), groups.obj, given.listed(groups.keys), [])

    def results(self, table: pd.DataFrame, beside: pd.DataFrame | None = None) -> pd.DataFrame:
        """A table of results of a known kind as it may leave: which it is, is seen by its columns.

        `beside` is the table of attendance at meetings, where the result is how many came to how many of them.
        """
        given.check_result(table)
        who_answered.refuse_counted_otherwise(table, self._study)
        try:
            return self._study.in_order(self._known(self._of_results(table, beside)))
        except KeyError as lacking:
            raise NotForPublication(
                f"this looks like a table of results that the notebooks estimate, and has no column “{lacking.args[0]}”; what to do: "
                "hand over all columns of it, as notebooks 02 to 05 do; a table of your own is made with\n"
                f"        {given.A_MEAN} or {given.A_STATISTIC}"
            ) from None

    def _of_results(self, table: pd.DataFrame, beside: pd.DataFrame | None) -> pd.DataFrame:
        policy, study, protected = self._policy, self._study, self._rules().protected
        ways = {  # the columns by which a result is known: how it leaves
            ("few_apart", "ci90_low"): lambda: self._of_waves("changes", study.comparison.protected_changes, table),
            ("first", "second", "gap_earlier"): lambda: self._of_waves(
                "gaps", partial(protected_gaps, study.comparison), table
            ),
            ("fate", "n_people"): lambda: safe_network.fates(table, policy),
            ("basis", "people_again"): lambda: safe_network.bounds(table, policy),
            ("density", "n_isolated"): lambda: safe_network.summary(table, policy),
            ("n_possible", "outside"): lambda: safe_network.mixing(table, own_keys.sizes_of_groups(study), policy),
            ("band", "n_came"): lambda: safe_network.bands(table, beside, policy),
            ("meeting", "n_present"): lambda: safe_network.attendance(table, policy),
            LEVELS: lambda: protected("levels", answer_levels.levels_shown(table, study.comparison)),
            OPTIONS: lambda: protected("options", answer_levels.told_options(table, policy.least_cell)),
            ("measure", "alpha", "omega"): lambda: reliability.as_it_leaves(table, policy),
            ROOM: lambda: answer_levels.room_as_it_leaves(table, policy.least_group),
        }
        if way := next((way for shape, way in ways.items() if {*shape} <= {*table}), None):
            return way()
        if kind := next((kind for kind, shape in GENERAL.items() if shape == {*table}), None):
            return protected(kind, table)
        raise NotForPublication(
            f"no result is known that has the columns {', '.join(map(str, table.columns))}; what to do: for a table of your "
            'own write\n        safe.pivot_table(data, values="…", index="…"), safe.crosstab(…) or safe.apply(…)'
        )

    def _of_waves(self, kind: str, protected: Callable, table: pd.DataFrame) -> pd.DataFrame:
        """Changes or gaps, without what stands beside them for the notebook alone."""
        shown = protected(table.drop(columns=["pair", "tests", "found"], errors="ignore"))
        shown = shown if len(shown) else shown.assign(hidden=pd.Series(dtype=bool))
        return self._rules().protected(kind, shown)

    def assign(self, table: pd.DataFrame, **new: Callable) -> pd.DataFrame:
        """A safe table with columns that are derived from it: `safe.assign(table, gap=lambda t: t.later - t.earlier)`."""
        for name, make in new.items():
            if not callable(make):
                raise NotForPublication(
                    f"“{name}” is no function of the table; what to do: let it be computed from what may be told, as in\n"
                    f"        safe.assign(table, {name}=lambda t: t.{table.columns[-1]} * 2)"
                )
            picture_guards.check_reach(make, f"safe.assign(table, {name}=lambda t: t.{table.columns[-1]} * 2)")
        if not self.holds(table):
            raise NotForPublication(
                "this table did not come from safe; what to do: first make it with safe.crosstab, safe.pivot_table or "
                "safe.results, then\n        table = safe.assign(table, …)"
            )
        of = self._place_of(tables.flat(table))
        made = self._known(derived_tables.derived(table, new))
        if of in self.behind.tables:
            self.behind.tables[len(self.made) - 1] = self.behind.tables[of]
        return made

    def holds(self, frame: pd.DataFrame) -> bool:
        """Whether a table is part, by its content, of one that was made here."""
        return self.whole_of(tables.flat(frame)) is not None

    def whole_of(self, flat: pd.DataFrame) -> pd.DataFrame | None:
        """The table that was made here and that these rows and columns are part of, by their content."""
        return next((whole for whole in self.made if tables.is_part_of(flat, whole)), None)

    def vouches_for(self, frame: pd.DataFrame) -> bool:
        """Whether a table was made here; one that notebooks publish without `safe` counts everyone who answered."""
        made = self.holds(frame)
        if not made:
            with suppress(InputProblems):  # where there are no answers, nobody’s follow
                who_answered.refuse_counted_otherwise(frame, self._study)
        return made

    def with_at_least(self, flat: pd.DataFrame) -> pd.DataFrame:
        """A part of a table by groups, whose sizes are told as “at least”: chosen without that column, it is so all the same."""
        if "n" in flat and "at_least" not in flat:
            rounded = (whole for whole in self.made if "at_least" in whole and whole["at_least"].any())
            if any(tables.is_part_of(flat, whole) for whole in rounded):
                return flat.assign(at_least=True)
        return flat

    def why_hidden(self, frame: pd.DataFrame, note: Text | None) -> tuple[Text, Text]:
        """A table's note, with whose answers were counted and why cells are hidden that are not small; and, for the analyst,
        what to do.
        """
        own = dict.fromkeys(said for whole, said in self._notes if tables.is_part_of(frame, whole))
        instead = self._instead_of(frame)
        parts = [note or NOTHING, *own, self._why(instead) if instead else NOTHING]
        both = Text(*("; ".join(part[each].rstrip(".") for part in parts if part[each]) for each in LANGUAGES))
        return both, Text(*(f"<p><em>{escape(instead[each])}</em></p>" for each in LANGUAGES)) if instead else NOTHING

    def cause(self, frame: pd.DataFrame) -> str:
        """Why cells of a table are hidden that are not small, and what to do, for the analyst; nothing where none is."""
        instead = self._instead_of(frame)
        if instead is None:
            return ""
        return f"{self._why(instead).en}; what to do: {instead.en.split('; what to do: ')[1]}"

    def _instead_of(self, frame: pd.DataFrame) -> Text | None:
        """What to do about cells that are hidden though they are not small; None where there are none."""
        instead = next((what for whole, what in self._apart if tables.is_part_of(frame, whole)), None)
        return instead if frame.isna().to_numpy().any() else None

    def _known(self, frame: pd.DataFrame) -> pd.DataFrame:
        apart, flat = frame.attrs.pop(safe_tables.APART, False), tables.flat(frame)
        if shares := frame.attrs.pop(safe_tables.SHARES, False):
            frame.attrs[tables.OF_ROWS] = shares == safe_tables.OF_ROWS
            frame.attrs[tables.SHARES] = [name for name in flat.select_dtypes("float") if name not in frame.index.names]
        frame.attrs[tables.MADE] = len(self.made)
        self.made.append(flat)
        if frame.attrs.pop(own_keys.MAY_LACK, False):
            self._notes.append((flat, why_hidden.MAY_LACK))
        if apart:
            self._apart.append((flat, apart if isinstance(apart, Text) else why_hidden.SAME_PEOPLE))
        return frame

    def _without_traces(self, made: pd.DataFrame, keys: pd.DataFrame) -> pd.DataFrame:
        left = own_keys.without_traces(made, keys, self._study)
        if left.empty and not made.empty:
            apart = made.attrs.get(safe_tables.APART)
            why = self._why(apart).en if apart else blank_cells.too_few(self._policy, "some of them")
            why = f"{why}, and the others would tell them; what to do: {blank_cells.fewer_keys([*keys])}"
            if made.attrs.get(safe_tables.SHARES) and not apart:
                why = blank_cells.few_beside(self._policy)
            self._emptied.append(([*tables.flat(left)], why))
        return self._known(left)

    def why_empty(self, name: str, frame: pd.DataFrame) -> str:
        """Why a table of several traits or answers has no rows, for the analyst; nothing where there was nobody."""
        why = next((why for columns, why in reversed(self._emptied) if columns == [*frame]), "")
        return why and (
            f"all cells of “{name}” are hidden, and so are its rows, which would tell that somebody is there: {why}"
        )

    def _why(self, apart: object) -> Text:
        """Why cells are hidden that are not small: all answer alike, or there are nearly these people behind another number."""
        return (
            why_hidden.ALIKE
            if apart is why_hidden.ALL_ALIKE
            else why_hidden.FEW_APART.filled({"least": self._policy.least_group})
        )

    def _groups_in(self, keys: pd.DataFrame) -> frozenset[str]:
        """The names of groups, and what stands for them among these keys; refuses numbers of each person's own."""
        if keys.index.name != safe_tables.RESPONDENT:
            return self._groups
        own_keys.refuse_many_numbers(keys, self._study)
        return self._groups | own_keys.groups_in_other_words(keys, self._study)

    def counted(self, data: pd.DataFrame, outcome: str) -> pd.DataFrame:
        """The rows of data that means are of: where a few answered one wave alone, those of the linked."""
        return self._linked_only.rows(data, outcome)

    def _note_linked(self, made: pd.DataFrame, counted: pd.DataFrame, data: pd.DataFrame, outcome: str) -> None:
        """Know of a table that the page has to say whose answers it is of, where they are not of all."""
        if len(counted) < len(data):
            self._notes.append((made, self._linked_only.note(counted, data, outcome)))

    def references(self, rows: pd.DataFrame, values: str = "") -> Iterator[Sequence[pd.Index]]:
        """The people of results that are told, of the measures and waves that these rows are about, as parts."""
        rows, values = self._as_asked(rows, values)
        told = (
            self._linked_only.is_of_a_change(rows, values)
            or "measure" in rows
            and (rows["measure"] == ATTENDANCE).all()
        )
        if told or self._splits.tells(rows, values):  # and own tables alone could tell more, together with this
            beside, least = self._shown_beside(rows, values), self._policy.least_group
            return (people for cells in beside for people in parted(cells, (), least))
        only = self._linked_only.rows if self._linked_only.fits(rows, values) else None
        return who_answered.references(rows, self._study, self._told, self._shown_beside(rows, values), only)

    def _as_asked(self, rows: pd.DataFrame, values: str) -> tuple[pd.DataFrame, str]:
        """Rows with what they are about, where they do not say so: a measure in a column of its own, meetings of everybody."""
        rows, values = self._linked_only.as_asked(rows, values)
        came = "measure" not in rows and attendance.is_attendance(rows, values, self._study)
        return rows.assign(measure=ATTENDANCE) if came else rows, values

    def _shown_beside(self, rows: pd.DataFrame, values: str = "") -> Iterator[list[pd.Index]]:
        """The people of the cells of each table of one's own that was shown and is about the same as these rows."""
        return (people for _, people in self.behind.shown_beside(people_behind.topics_of(rows, values)))

    def _behind_it(
        self, made: pd.DataFrame, rows: pd.DataFrame, index: list, columns: list, values: str = "", least: int = 0
    ) -> pd.DataFrame:
        """The table, whose people are known from now on."""
        rows, values = self._as_asked(rows, values) if isinstance(values, str) else (rows, values)
        find = partial(people_behind.told_cells, made.copy(deep=False), rows.copy(deep=False), index, columns, values)
        self.behind.tables[len(self.made) - 1] = people_behind.Table(find, least or self._policy.least_group)
        return made

    def of_model(self, formula: object, data: object) -> tuple[object, safe_tables.References]:
        """The rows of data that a model is fitted to, and the people of results that are told."""
        outcome = formula.split("~")[0].strip() if isinstance(formula, str) else ""
        data = given.by_respondent(data)
        if not isinstance(data, pd.DataFrame):
            return data, partial(self.references, values=outcome)
        rows = self.counted(data, outcome)
        named = [name for name in dict.fromkeys(re.findall(r"\w+", str(formula))) if name in rows]
        keys = rows.dropna(subset=named)[[name for name in named if name not in safe_tables.RESULTS]]
        of_groups = (name for name in keys if keys[name].dtype.kind not in "iuf" or keys[name].nunique() == 2)
        keys = keys[[name for name in of_groups if 2 * keys[name].nunique() <= len(keys)]]
        followed = [*self._splits.beside(keys)]
        return rows, lambda part: chain(followed, self.references(part, values=outcome))

    def know_model(
        self, terms: pd.DataFrame, formula: str, counted: pd.DataFrame | None, data: pd.DataFrame | None
    ) -> None:
        """The terms of a model as they leave, and whose answers these rest on, where there are any: those `counted` of the data."""
        self.made.append(terms)
        self._note_linked(terms, counted, data, formula.split("~")[0].strip())
        if terms.get("estimate", pd.Series(dtype=float)).notna().any():
            used = counted.dropna(subset=[name for name in re.findall(r"\w+", formula) if name in counted])
            asked = self._linked_only.as_asked(used, formula.split("~")[0].strip())
            cell = people_behind.Cell(people_behind.topics_of(*asked), used.index.unique())
            self.behind.tables[len(self.made) - 1] = people_behind.Table(lambda: [cell], self._policy.least_group)

    def _place_of(self, flat: pd.DataFrame) -> int | None:
        """Where the last table made here stands that these rows and columns are part of."""
        known = (place for place in reversed(self.behind.tables) if tables.is_part_of(flat, self.made[place]))
        return next(known, None)

    def mostly_hidden(
        self, name: str, frame: pd.DataFrame, columns: list[str], words: Vocabulary, drawn: bool = False
    ) -> str:
        """That nearly all numbers of a table are hidden, for the analyst; `drawn` where it stands in place of a picture."""
        cause = self.cause(frame)
        if not cause and frame.attrs.get(tables.SHARES):
            cause = blank_cells.few_beside(self._policy)
        return blank_cells.mostly_hidden(name, frame, columns, self._policy, words, drawn, cause)

    def all_hidden(self, frame: pd.DataFrame, columns: list[str], words: Vocabulary) -> bool:
        """Whether a table of the analyst's own, or part of one, tells no number at all, so that no reader needs it."""
        own = self._place_of(tables.flat(frame)) is not None
        return own and blank_cells.all_hidden(frame, columns, words)

    def show(self, flat: pd.DataFrame, name: str = "") -> None:
        """Rows of a table leave, under a name or in a sentence; refuses them where, since they were made, another table of
        nearly the same people was shown.
        """
        place = self._place_of(flat) if len(flat) else None
        if place is None:
            return
        table = self.behind.tables[place]
        least = table.least
        beside = ((cell, *one) for cell in table.cells for one in self.behind.shown_beside(cell.topics, table))
        for cell, other, people in beside:
            shown = f"“{other}”" if SENTENCE not in other else "a sentence"
            if other != name and any(nearly_some(cell.people, parts, least) for parts in parted(people, (), least)):
                raise NotForPublication(
                    f"{f'“{name}”' if name else 'the table of this row'} was made before {shown} was shown, and people of it are "
                    f"those behind {shown} but for fewer than {least}: the two together would tell what these few answered; what to "
                    f"do: show one of them, or make it after the line that shows {shown}, where such cells are hidden"
                )
        self.behind.show(place, name or f"{SENTENCE}{place}")
