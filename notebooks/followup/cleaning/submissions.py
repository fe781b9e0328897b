"""One wave's rows on their way to the submissions that count: each is kept, or set aside by a named rule."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pandas as pd

from followup.cleaning.answer_labels import OptionReader, is_excel_date, read_time, time_zone
from followup.cleaning.cleaning_log import Log, inert
from followup.cleaning.columns import Columns
from followup.cleaning.linkage import MOST_LOOKED_UP, audit, same_id
from followup.cleaning.roster import SCIENTIFIC, Roster, damaged_id, id_proposal, rows_chosen, without_blank_rows
from followup.exports.read import read_export
from followup.language import folded, is_blank
from followup.problems import INDENT, InputProblems, Problem, shortened, to_paste
from followup.study.cohort import Cohort

HALF = 0.5
MANY_ROWS = 50_000  # of an export, from which on a text takes more room than its number
MANY, MOSTLY = 5, 0.6  # of unknown IDs: so many, and such a share, have one cause
NOBODY = "?"  # who answered, as long as that is a problem
# Why a row is set aside, in the order in which it is asked.
SET_ASIDE = (
    "blank_row",
    "other_wave",
    "preview",
    "spam",
    "no_answers",
    "too_few_answers",
    "no_id",
    "not_on_roster",
    "duplicate",
)
SELDOM = {"spam"}  # told only where it happened


class Submissions:
    """One wave's rows. `cells` are those still in; `set_aside` says of every other row by which rule it went.

    `roster` is None when it could not be read: then IDs are not looked up, and the rest is still checked. What must be
    to be fixed is collected in `problems`, so that one run names everything.
    """

    def __init__(self, cohort: Cohort, wave: str, roster: Roster | None):
        self.cohort, self.wave, self.roster = cohort, wave, roster
        self.settings, self.rules, self.codebook = cohort.params.waves[wave], cohort.params.cleaning, cohort.codebook
        self.file, self.params = f"data/{cohort.name}/{self.settings.file}", f"params/{cohort.name}.yaml"
        self.export = read_export(
            cohort.data / self.settings.file,
            self.file,
            self.settings.sheet,
            format=self.settings.format,
            header_rows=self.settings.header_rows,
            twins=True,
        )
        self._refuse_empty()
        self.log, self.problems = Log(), []
        self.log.take(self.export)
        self.set_aside = {row: rule for row, *_, rule in self.export.log if rule in SET_ASIDE}
        self.columns = Columns(cohort, wave, self.export, self.log)
        self.problems += self.columns.problems
        self.cells = self.columns.cells = self._kept_once(self.columns.cells)
        self.export = self.columns.export = replace(self.export, cells=self._kept_once(self.export.cells))
        self.readers: dict[tuple, OptionReader] = {}
        self.audit = audit([], {})
        self.refused: set[int] = set()
        self.corrected: dict[str, str] = {}

    def _refuse_empty(self) -> None:
        if self.export.cells.empty:
            what, remedy = "the export has headings but no answers", "export it again after respondents have answered"
            raise InputProblems(
                [Problem(what, remedy, self.file, self.export.heading_rows + 1, allowed="at least one answer")]
            )

    def _kept_once(self, cells: pd.DataFrame) -> pd.DataFrame:
        """The cells of many rows with the texts of each statement and question kept once, so that a copy takes little room."""
        if len(cells) < MANY_ROWS or not self.cohort.params.identified:  # the anonymous are numbered by their texts
            return cells
        asked = [heading for heading, (kind, _) in self.columns.of.items() if kind in ("item", "question")]
        return cells.assign(**{heading: pd.Categorical(cells[heading]) for heading in asked if heading in cells})

    @property
    def raw_rows(self) -> int:
        """How many rows the file has under its headings, those that its reader set aside among them."""
        return len(self.export.cells) + sum(row not in self.export.cells.index for row in self.set_aside)

    def _take_out(self, rule: str, rows: pd.Index) -> None:
        if len(rows):
            self.set_aside |= dict.fromkeys(rows, rule)
            self.cells = self.cells.drop(index=rows)

    def _log_and_take_out(self, rule: str, rows: pd.Index, column: str = "", was: pd.Series | None = None) -> None:
        shown = was[rows] if was is not None else self.cells.loc[rows, column]
        for row, cell in shown.items():
            self.log.add(rule, self.file, row, column, cell)
        self._take_out(rule, rows)

    def flow(self) -> pd.DataFrame:
        """From rows in the export to respondents: wave, step, n (left after it), excluded (set aside by it)."""
        left, steps = self.raw_rows, [("rows", self.raw_rows, 0)]
        counts = Counter(self.set_aside.values())
        for rule in SET_ASIDE:
            if rule in SELDOM and not counts[rule]:
                continue
            left -= counts[rule]
            steps.append((rule, left, counts[rule]))
        steps.append(("answered", len(self.cells), left - len(self.cells)))
        return pd.DataFrame(steps, columns=["step", "n", "excluded"]).assign(wave=self.wave)[
            ["wave", "step", "n", "excluded"]
        ]

    # Rows that are no submission to this wave ----------------------------------------------------------------------

    def choose(self) -> None:
        """Take out the rows that are no submission to this wave: blank ones, another wave's, previews."""
        kept = without_blank_rows(self.export, self.log)
        self._take_out("blank_row", self.cells.index.difference(kept.index))
        where = f"waves.{self.wave}.only in {self.params}"
        kept = rows_chosen(self.cells, self.settings.only, where, self.file, self.log, "other_wave", self.problems)
        self._take_out("other_wave", self.cells.index.difference(kept.index))
        column = self.columns.heading("id")
        self.ids = self.cells[column].map(same_id) if column else None
        if column:
            trials = self.ids.isin({same_id(word) for word in self.rules.previews})
            self._log_and_take_out("preview", self.cells.index[trials], column)

    # Submissions that answer too little ----------------------------------------------------------------------------

    def reader(self, heading: str, key: str) -> OptionReader:
        """Reads the column of an item or a question; made once for columns that share options and missing codes."""
        missing = self.export.missing.get(heading) or set()
        kind = id(self.codebook.options_of(key)), frozenset(missing)
        if kind not in self.readers:
            self.readers[kind] = OptionReader(self.codebook.options_of(key), self.rules.spellings, missing)
        return self.readers[kind]

    def answered(self) -> pd.Series:
        """Share (0 to 1) of the wave's statements that each row answers, an unknown text being an answer for now."""
        items = [(heading, key) for heading, (kind, key) in self.columns.of.items() if kind == "item"]
        answers = np.zeros(len(self.cells), dtype=np.int64)
        for heading, key in items:
            which, cells = pd.factorize(self.cells[heading])
            readings = [self.reader(heading, key).read(cell) for cell in cells]
            answers += np.array([one is None or one.code is not None for one in readings], dtype=bool)[which]
        share = answers / len(items) if items else np.ones(len(self.cells))
        return pd.Series(share, index=self.cells.index, dtype="float")

    def leave_out_unanswered(self) -> None:
        """Take out rows that answer no statement, or fewer than the params ask for."""
        self.people, self.share = self._people(), self.answered()
        few = self.share[self.share < self.rules.least_answered].index.union(self.share[self.share == 0].index)
        said = self.share[few].map("{:.0%} of the statements".format)
        none = self.share[few] == 0
        self._log_and_take_out("no_answers", few[none], was=said)
        self._log_and_take_out("too_few_answers", few[~none], was=said)

    def log_partial(self) -> None:
        """Log the submissions that count although they answer no more than half, or were never sent."""
        share, incomplete = self.share[self.cells.index], set(self.export.incomplete)
        for row, part in share[(share <= HALF) | share.index.isin(incomplete)].items():
            unsent = ", never sent" if row in incomplete else ""
            self.log.add("partial_kept", self.file, row, "", f"{part:.0%} of the statements{unsent}")

    # Who ------------------------------------------------------------------------------------------------------------

    def _people(self) -> pd.Series:
        """The ID of each row as it is compared, corrections of the params applied."""
        if self.ids is None or not self.cohort.params.identified:
            return pd.Series("", index=self.cells.index, dtype="str")
        ids = self.ids[self.cells.index]
        meant = self.corrected = {same_id(wrong): same_id(right) for wrong, right in self.rules.ids.items()}
        return ids.where(~ids.isin(meant), ids.map(meant)) if meant else ids

    def identify(self) -> None:
        """Give every row its respondent: the participant of its ID, or, in an anonymous wave, a number of no meaning.

        `respondent` has it by row; `order` is their order in tables, which does not hang on that of the rows.
        """
        if not self.cohort.params.identified:
            self.times = self._times()
            self.respondent = self._numbered()
        elif self.roster is None or self.columns.heading("id") is None:
            self.times = self._times()
            self.respondent = pd.Series(NOBODY, index=self.cells.index)
        else:
            self._look_up()
            self._without_duplicates()
            self.respondent = self.respondent[self.cells.index]
        answered = set(self.respondent.tolist())
        known = sorted(answered) if self.roster is None else self.roster.participants["participant"].tolist()
        self.order = {name: place for place, name in enumerate([*known, *sorted(answered.difference(known))])}

    def _numbered(self) -> pd.Series:
        """Number anonymous respondents by what they answered, not by where they stand in the file.

        A shuffled file then gives the same tables; and where both waves stand in one row, both give a row one number.
        """
        same_row = self.cohort.params.link == "same_row"
        blank = [row for row, rule in self.set_aside.items() if rule == "blank_row"]
        rows = self.export.cells.drop(index=blank) if same_row else self.cells
        said = [pd.factorize(rows[heading].map(folded), sort=True)[0] for heading in rows]
        ranked = rows.index[np.lexsort(said[::-1])]
        width, name = len(str(len(ranked))), "person" if same_row else self.wave
        numbers = [f"{name}-{place:0{width}}" for place in range(1, len(ranked) + 1)]
        return pd.Series(numbers, index=ranked, dtype="str")[self.cells.index]

    def _look_up(self) -> None:
        """Find every ID on the roster; those that nobody has are refused or set aside, as the params say."""
        column, roster = self.columns.heading("id"), self.roster
        self.people = roster.meant(self.people)
        typed, ids = self.cells[column], self.people[self.cells.index]
        for row, text, one in zip(ids.index, typed.tolist(), ids.tolist(), strict=True):
            written = roster.written.get(one, text)
            if text != written:
                rule = "id_corrected" if same_id(text) in self.corrected else "id_folded"
                self.log.add(rule, self.file, row, column, repr(text), written)
        names = dict(zip(*(roster.participants[name].tolist()[::-1] for name in ("id", "participant")), strict=True))
        known = pd.Series([one in names for one in ids.tolist()], index=ids.index, dtype=bool)
        self._audit(typed, ids, known)
        self._refuse_strangers(column, typed, ids, known)
        for rule, rows in (("no_id", ids == ""), ("not_on_roster", ids != "")):
            aside = ids.index[~known & rows & ~ids.index.isin(self.refused)]
            self._log_and_take_out(rule, aside, column)
        found = [names.get(one, NOBODY) for one in ids.tolist()]
        self.respondent = pd.Series(found, index=ids.index, dtype="str")[self.cells.index]
        self.times = self._times()

    def _audit(self, typed: pd.Series, ids: pd.Series, known: pd.Series) -> None:
        """Collect the IDs that nobody has as they were typed: those that the params corrected, and those set aside."""
        corrected = known & self.ids[ids.index].isin(self.corrected)
        rows = self.cells.index[(corrected | ~known) & (ids != "")]
        written = self.roster.written
        unmatched = [(self.file, row, inert(typed[row]), written[ids[row]] if known[row] else "") for row in rows]
        self.audit = audit(unmatched, self.roster.simplified if unmatched else {})

    def _refuse_strangers(self, column: str, typed: pd.Series, ids: pd.Series, known: pd.Series) -> None:
        """Refuse rows for their ID where the params say so; digits that are lost are never merely set aside."""
        strangers = self.cells.index[~known]
        written = self.roster.simplified if len(strangers) else {}
        if self._refuse_all_together(column, typed, strangers[ids[strangers] != ""], len(ids)):
            strangers = strangers[ids[strangers] == ""]
        for row in strangers:
            written = written if len(self.refused) < MOST_LOOKED_UP else {}
            damaged = damaged_id(self.cohort, typed[row], ids[row], self.file, row, column, written)
            rule, decision = (
                ("no_id", self.rules.no_id) if not ids[row] else ("not_on_roster", self.rules.not_on_roster)
            )
            if decision == "reject" or damaged and not ids[row].isdecimal():
                self.refused.add(row)
                self.problems.append(damaged or self._stranger(row, column, typed[row], rule, written))

    def _refuse_all_together(self, column: str, typed: pd.Series, strangers: pd.Index, n: int) -> bool:
        """One problem where most IDs of a file are unknown: they have one cause, and no participant is missing."""
        if self.rules.not_on_roster != "reject" or len(strangers) < max(MANY, MOSTLY * n):
            return False
        if any(SCIENTIFIC.fullmatch(text.strip()) for text in typed[strangers]):
            return False
        self.refused |= set(strangers)
        shown = ", ".join(" ".join(text.split()) for text in typed[strangers[:3]])
        known = ", ".join(list(self.roster.written.values())[:3])
        dates = (
            " (Excel has turned them into dates)"
            if column in self.export.dates or all(map(is_excel_date, typed[strangers]))
            else ""
        )
        what = f"{len(strangers)} of the {n} IDs in this file are not on the roster{dates}: they look like {shown}; the roster’s like {known}"
        remedy = (
            f"check that this is this cohort’s file, and that respondent_headings in {self.columns.book} names the right column; "
            f"if the IDs lost a part on the way, export them again as text"
        )
        rows = tuple(int(row) for row in strangers)
        self.problems.append(
            Problem(
                what, remedy, self.file, rows[0], column, typed[rows[0]], "the IDs on the roster", more_rows=rows[1:]
            )
        )
        return True

    def _stranger(self, row: int, column: str, typed: str, rule: str, written: dict[str, str]) -> Problem:
        aside = f"{INDENT}or, to set such answers aside and count them, write:"
        aside += to_paste("cleaning", line=f"{rule}: quarantine")
        if rule == "no_id":
            remedy, what = "find out whose it is, and export again with the ID", "this answer has no ID"
        else:
            remedy, what = id_proposal(self.cohort, typed, written), "this ID is not on the roster"
        return Problem(what, remedy + aside, self.file, row, column, typed, "the IDs on the roster")

    # Of several by one person ---------------------------------------------------------------------------------------

    def _without_duplicates(self) -> None:
        """Keep one submission a person, by the rule of the params; of equal times, the later row is the last."""
        rule, mine = self.rules.duplicates, self.respondent[self.respondent != NOBODY]
        several = mine[mine.duplicated(keep=False)]
        if rule == "reject":
            self._refuse_duplicates(several.index)
            return
        rows = pd.DataFrame({"respondent": several, "time": self.times[several.index], "complete": True})
        if rule == "last_complete":
            rows["complete"] = (self.share[rows.index] >= HALF) & ~rows.index.isin(self.export.incomplete)
        rows = rows.sort_values(["complete", "time"], kind="stable")
        counted = rows.drop_duplicates("respondent", keep="first" if rule == "first" else "last")["respondent"]
        row_of, column = {name: row for row, name in counted.items()}, self.columns.heading("id")
        aside = several.index.difference(counted.index)
        for row, typed in self.cells.loc[aside, column].items():
            self.log.add("duplicate", self.file, row, column, typed, f"row {row_of[several[row]]} counts ({rule})")
        self._take_out("duplicate", aside)
        for row, typed in self.cells.loc[counted.index, column].items():
            self.log.add("duplicate_kept", self.file, row, column, typed, rule)

    def _refuse_duplicates(self, rows: pd.Index) -> None:
        column = self.columns.heading("id")
        remedy = f"say which one counts (last_complete, last or first), in {self.params}:"
        remedy += to_paste("cleaning", line="duplicates: last_complete")
        for row, typed in self.cells.loc[rows, column].items():
            what = "this person answered more than once"
            self.problems.append(Problem(what, remedy, self.file, row, column, typed, "one submission a person"))

    # When ------------------------------------------------------------------------------------------------------------

    def _times(self) -> pd.Series:
        """When each row was submitted; a row without a time counts as earlier than all others."""
        column = self.columns.heading("submitted")
        if column is None:
            return pd.Series(datetime.min, index=self.cells.index, dtype="object")
        times, zones, is_date, wrong = [], Counter(), column in self.export.dates, []
        last = self.settings.closed or date.today()
        for row, text in zip(self.cells.index, self.cells[column].tolist(), strict=True):
            times.append(datetime.min)
            if is_blank(text):
                self.log.add("no_time", self.file, row, column)
                continue
            try:
                times[-1] = read_time(text, self.settings.date_format, is_date)
            except ValueError:
                wrong.append(row)
                continue
            zones[time_zone(text)] += 1
            if times[-1].date() > last:
                self._too_late(row, column, text, last)
        self.problems += self._no_times(column, wrong)
        for zone, rows in zones.items():
            if zone:
                self.log.add("time_zone", self.file, None, column, zone, f"clock time in {rows} rows, not converted")
        return pd.Series(times, index=self.cells.index, dtype="object")

    def _no_times(self, column: str, rows: list[int]) -> Iterator[Problem]:
        """One problem for all times that cannot be read, with three of them."""
        if not rows:
            return
        place = f"waves.{self.wave}.date_format in {self.params}"
        texts = list(dict.fromkeys(self.cells.loc[rows, column]))
        shown = f" (others: {', '.join(f'“{shortened(text)}”' for text in texts[1:3])})" if len(texts) > 1 else ""
        if self.settings.date_format:
            what, allowed = f"this is no time of the form that the params give{shown}", self.settings.date_format
            remedy = f"correct {place}, or the time"
        else:
            what = f"nothing says how to read this time: which is the day, and which the month?{shown}"
            remedy = f'say it in {place}; for day/month/year: date_format: "%d/%m/%Y" (with %H:%M:%S for hours)'
            allowed = "a date_format; without one only 2016-02-24 09:15:24"
        yield Problem(what, remedy, self.file, rows[0], column, texts[0], allowed, more_rows=tuple(rows[1:]))

    def _too_late(self, row: int, column: str, text: str, last: date) -> None:
        closed = self.settings.closed
        what = "this answer is later than the day the wave closed" if closed else "this time has not come yet"
        remedy = f"correct the time, or waves.{self.wave}.closed in {self.params}"
        self.problems.append(Problem(what, remedy, self.file, row, column, text, f"up to {last}"))
