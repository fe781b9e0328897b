"""What each column of an export holds, matched to the codebook by code, by wording, or by a “question [item]” grid."""

import pandas as pd

from followup.cleaning.cleaning_log import Log, inert
from followup.cleaning.missing_columns import MissingColumns, named
from followup.cleaning.new_questions import place_of
from followup.cleaning.twin_columns import joined_columns, stray_options
from followup.exports.choice_names import OTHER_LABELS, names_of_option, names_of_rank
from followup.exports.read import Export
from followup.language import folded, is_blank
from followup.problems import Problem, quoted
from followup.study.cohort import Cohort

KINDS = ("item", "question", "ticked", "place", "trait", "id", "submitted", "chosen", "ignored", "missing")
TOOLS_OWN, READ_ELSEWHERE, OTHER_WAVE, NOT_ASKED, UNKNOWN = (
    "a column of the survey tool's own",
    "read from the columns of its options",
    "asked in the other wave",
    "not asked, say the params",
    "not in the codebook",
)
Holds = tuple[str, str]


class Columns:
    """One wave's columns: `of` says of each heading what it holds, (kind, key); `missing` what is not there but may be.

    Kinds: item, question, ticked (one option of a question), trait, id, submitted, chosen (by which rows are chosen),
    ignored. `log` has a line for each heading that was folded, ignored or missed; `problems` is what must be fixed.
    """

    def __init__(self, cohort: Cohort, wave: str, export: Export, log: Log):
        self.cohort, self.wave, self.export, self.log = cohort, wave, export, log
        self.settings, self.codebook = cohort.params.waves[wave], cohort.codebook
        self.book = f"params/questionnaires/{cohort.params.questionnaire}.yaml"
        self.params = f"params/{cohort.name}.yaml"
        self.problems: list[Problem] = []
        self.missing: list[str] = []
        self.unread: list[str] = []  # columns of which nobody knows what they hold
        self.wanted = self._wanted(wave)
        self.of = self._matched()
        self._read_once()
        self.cells, twins = joined_columns(self)
        self.problems += twins
        self._refuse_twice()
        self._miss()
        self.problems += stray_options(self)

    def heading(self, kind: str, key: str | None = None) -> str | None:
        """The heading of the first column that holds this."""
        return next((heading for heading, (k, name) in self.of.items() if k == kind and key in (None, name)), None)

    def held(self, kind: str, key: str) -> dict[str, int]:
        """The columns of the options (ticked) or places (place) of a question: heading and number."""
        mine = {heading: named for heading, (found, named) in self.of.items() if found == kind}
        return {heading: int(named.split(":")[1]) for heading, named in mine.items() if named.split(":")[0] == key}

    def count(self, kind: str) -> int:
        return sum(found == kind for found, _ in self.of.values())

    def table(self) -> pd.DataFrame:
        """What was made of every column, and what is missing: file, wave, column, kind, key."""
        rows = [(inert(" ".join(heading.split())), *holds) for heading, holds in self.of.items()]
        rows += [("", "missing", key) for key in self.missing]
        frame = pd.DataFrame(rows, columns=["column", "kind", "key"])
        return frame.assign(file=self.export.file, wave=self.wave)[["file", "wave", "column", "kind", "key"]]

    # What may be there ---------------------------------------------------------------------------------------------

    def _wanted(self, wave: str) -> dict[Holds, list[str]]:
        """Everything that a wave's file may hold, with the headings it may have there."""
        settings, wanted = self.cohort.params.waves[wave], {}
        left_out = {*settings.not_asked, *self.codebook.not_asked_in(self.cohort.name)}
        for kind, questions in (("item", self.codebook.items), ("question", self.codebook.questions)):
            for key, question in questions.items():
                if wave in question.waves and key not in left_out:
                    names = [settings.heading.replace("{}", name) for name in question.headings_in(wave, key)]
                    wanted[kind, key] = names
                    if kind == "question" and question.kind in ("many", "rank"):
                        wanted |= self._options_of(key, names, question.kind)
        wanted["submitted", ""] = self.codebook.submitted_headings
        wanted["id", ""] = self.codebook.respondent_headings
        if not self.cohort.params.identified:
            wanted |= {("trait", key): self.codebook.traits[key].headings for key in self.cohort.params.traits}
        return wanted | {("chosen", heading): [heading] for heading in settings.only}

    def _options_of(self, key: str, names: list[str], kind: str) -> dict[Holds, list[str]]:
        """A question with several answers may have a column an option, and a ranking a column a place."""
        options, columns = self.codebook.options_of(key).options, {}
        for option in options:
            labels = [option.he, option.en, *option.synonyms, *(OTHER_LABELS if option.other else ())]
            codes = [
                str(option.code),
                *(["other"] if option.other else []),
                *(name for name in option.synonyms if name.isascii() and name.isalnum()),
            ]
            columns["ticked", f"{key}:{option.code}"] = list(names_of_option(names, labels, codes))
        if kind == "rank":
            for place in range(1, len(options) + 1):
                columns["place", f"{key}:{place}"] = list(names_of_rank(names, place))
        return columns

    # What is there -------------------------------------------------------------------------------------------------

    def _matched(self) -> dict[str, Holds]:
        self.names = self._known()
        return {heading: self._holds(heading, self.names) for heading in self.export.cells.columns}

    def _known(self) -> dict[str, Holds]:
        """Folded heading: what it stands for. A heading that stands for two things is a defect of the codebook."""
        known: dict[str, Holds] = {}
        for holds, names in self.wanted.items():
            if holds[0] in ("ticked", "place"):
                continue
            for name in {folded(name): name for name in names}.values():
                other = known.setdefault(folded(name), holds)
                if other != holds:
                    what = f"this heading stands for two things: {named(other)} and {named(holds)}"
                    remedy = "give one of them another heading (under headings:)"
                    self.problems.append(Problem(what, remedy, self.book, value=name, allowed="each heading once"))
        return self._known_by_option(known)

    def _known_by_option(self, known: dict[str, Holds]) -> dict[str, Holds]:
        """`known` with the names that tools give to the columns of options, as far as they are nobody else's."""
        named: dict[str, Holds | None] = {}
        for holds, names in self.wanted.items():
            for name in {folded(name) for name in names} if holds[0] in ("ticked", "place") else ():
                other = named.setdefault(name, holds)
                if other != holds and (other is None or other[0] == holds[0]):
                    named[name] = None
        taken = {folded(key) for key in (*self.codebook.items, *self.codebook.questions)}
        for name, holds in named.items():
            if holds is None or name in taken:
                continue
            other = known.setdefault(name, holds)
            if other[0] == "question" and holds[1].split(":")[0] == other[1]:
                self._refuse_part(name, other[1])
        return known

    def _refuse_part(self, name: str, key: str) -> None:
        """A codebook that takes the column of one option for the whole question: all other ticks would be lost."""
        heading = next((heading for heading in self.export.cells if folded(heading) == name), None)
        if heading is not None:
            what = f"the codebook lists this under headings of “{key}”, but it is the column of one option of it"
            remedy = f"take it out of questions.{key}.headings in {self.book}: the columns of the options are found by themselves"
            self.problems.append(
                Problem(what, remedy, self.export.file, 1, heading, heading, "the heading of the whole question")
            )

    def _read_once(self) -> None:
        """A question that stands in one cell and, beside it, in a column an option, is read from the columns."""
        for heading, (kind, key) in list(self.of.items()):
            if kind == "question" and len(self.held("ticked", key)) > 1:
                self.of[heading] = "ignored", ""
                self.log.add("heading_ignored", self.export.file, 1, heading, heading, READ_ELSEWHERE)

    def _holds(self, heading: str, known: dict[str, Holds]) -> Holds:
        names = [heading, *self.export.alternatives.get(heading, [])]
        names = [] if heading in self.export.twins else names
        holds = next((known[folded(name)] for name in names if folded(name) in known), None)
        if holds is None:
            self._refuse_unasked(heading, names)
            why = self._why_ignored(names)
            self.unread += [heading] if why == UNKNOWN else []
            self.log.add("heading_ignored", self.export.file, 1, heading, heading, why)
            return "ignored", ""
        if not set(names) & set(self.wanted[holds]):
            self.log.add("heading_folded", self.export.file, 1, heading, repr(heading), " ".join(heading.split()))
        if holds[0] == "question" and self.codebook.questions[holds[1]].kind == "text":
            self.log.add("free_text", self.export.file, 1, heading, "", "never read nor shown")
        return holds

    def _why_ignored(self, names: list[str]) -> str:
        mine = {folded(name) for name in names}
        if mine & {folded(name) for name in self.codebook.ignored_headings}:
            return TOOLS_OWN
        others = [wave for wave in self.cohort.params.waves if wave != self.wave]
        if any(mine & {folded(name) for name in names} for wave in others for names in self._wanted(wave).values()):
            return OTHER_WAVE
        asked = {**self.codebook.items, **self.codebook.questions}
        left_out = [
            name for key in self.settings.not_asked if key in asked for name in asked[key].headings_in(self.wave, key)
        ]
        return NOT_ASKED if any(folded(name) in mine for name in left_out) else UNKNOWN

    def _refuse_unasked(self, heading: str, names: list[str]) -> None:
        """Answers to what the codebook says that other cohorts alone were asked: they would be lost without a word."""
        mine, asked = {folded(name) for name in names}, {**self.codebook.items, **self.codebook.questions}
        for key in self.codebook.not_asked_in(self.cohort.name):
            question = asked[key]
            named_so = mine & {folded(name) for name in question.headings_in(self.wave, key)}
            if (
                named_so
                and self.wave in question.waves_of_any_cohort
                and not all(map(is_blank, self.export.cells[heading]))
            ):
                what = f"this column holds answers to “{key}”, which this cohort was not asked, says the codebook"
                both = ", ".join(map(quoted, [*question.cohorts, self.cohort.name]))
                remedy = (
                    f"if it was asked, write under {'.'.join(place_of(self.cohort, key))} in {self.book}, in place of the line "
                    f"there:\n        cohorts: [{both}]\n        if it is another column, export again without it"
                )
                self.problems.append(
                    Problem(what, remedy, self.export.file, 1, heading, allowed=", ".join(question.cohorts))
                )

    def _refuse_twice(self) -> None:
        taken: dict[Holds, list[str]] = {}
        for heading, holds in self.of.items():
            taken.setdefault(holds, []).append(heading)
        for holds, headings in taken.items():
            if holds[0] != "ignored" and len(headings) > 1:
                self.problems.append(
                    Problem(
                        f"{len(headings)} columns hold {named(holds)}",
                        "find out which one is right, and export again without the other, or under another heading",
                        self.export.file,
                        1,
                        headings[1],
                        headings[0],
                        "one column",
                    )
                )

    # What is not there ---------------------------------------------------------------------------------------------

    def _miss(self) -> None:
        """What was looked for in vain: a problem, or a line of the log where the answers can be read without it."""
        there = set(self.of.values())
        ticked = {key.split(":")[0] for kind, key in there if kind in ("ticked", "place")}
        one_cell = {key for kind, key in there if kind == "question"}
        gone = [holds for holds in self.wanted if holds not in there and holds[0] != "chosen"]
        lost = []
        for kind, key in gone:
            if kind in ("ticked", "place"):
                if kind == "ticked" and key.split(":")[0] in ticked - one_cell and not self._other(key):
                    self._log_missing(kind, key)
            elif self._may_be_missing(kind, key):
                self._log_missing(kind, key)
            elif self._must_be_there(kind) and key not in ticked:
                lost.append((kind, key))
        self.problems += MissingColumns(self, self.unread).problems(lost)

    def _may_be_missing(self, kind: str, key: str) -> bool:
        return kind == "submitted" or kind == "question" and self.codebook.questions[key].kind == "text"

    def _other(self, key: str) -> bool:
        """Whether an option's column is that of “other”, which tools leave out or name in their own words."""
        question, _, code = key.partition(":")
        return any(option.other and str(option.code) == code for option in self.codebook.options_of(question).options)

    def _must_be_there(self, kind: str) -> bool:
        return kind in ("item", "question", "trait") or kind == "id" and self.cohort.params.identified

    def _log_missing(self, kind: str, key: str) -> None:
        if self.wanted[kind, key]:
            self.missing.append(key or kind)
            self.log.add("heading_missing", self.export.file, 1, "", key or kind)
