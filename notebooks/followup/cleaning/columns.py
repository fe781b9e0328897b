"""What each column of an export holds, matched to the codebook by code, by wording, or by a “question [item]” grid."""

import pandas as pd

from followup.cleaning.cleaning_log import Log, inert
from followup.exports.read import Export
from followup.language import folded
from followup.problems import INDENT, Problem, nearest, quoted, to_paste
from followup.study.cohort import Cohort

KINDS = ("item", "question", "ticked", "trait", "id", "submitted", "chosen", "ignored", "missing")
TOOLS_OWN, OTHER_WAVE, NOT_ASKED, UNKNOWN = (
    "a column of the survey tool's own",
    "asked in the other wave",
    "not asked, say the params",
    "not in the codebook",
)
MOST_SHOWN = 12
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
        self.wanted = self._wanted(wave)
        self.of = self._matched()
        self._refuse_twice()
        self._miss()

    def heading(self, kind: str, key: str | None = None) -> str | None:
        """The heading of the first column that holds this."""
        return next((heading for heading, (k, name) in self.of.items() if k == kind and key in (None, name)), None)

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
        for kind, questions in (("item", self.codebook.items), ("question", self.codebook.questions)):
            for key, question in questions.items():
                if wave in question.waves and key not in settings.not_asked:
                    names = [settings.heading.replace("{}", name) for name in question.headings_in(wave, key)]
                    wanted[kind, key] = names
                    if kind == "question" and question.kind == "many":
                        wanted |= self._options_of(key, names)
        wanted["submitted", ""] = self.codebook.submitted_headings
        wanted["id", ""] = self.codebook.respondent_headings
        if not self.cohort.params.identified:
            wanted |= {("trait", key): self.codebook.traits[key].headings for key in self.cohort.params.traits}
        return wanted | {("chosen", heading): [heading] for heading in settings.only}

    def _options_of(self, key: str, names: list[str]) -> dict[Holds, list[str]]:
        """A question with several answers may have a column an option, headed "question [option]"."""
        return {
            ("ticked", f"{key}:{option.code}"): [
                f"{name} [{label}]" for name in names for label in (option.he, option.en, *option.synonyms)
            ]
            for option in self.codebook.options_of(key).options
        }

    # What is there -------------------------------------------------------------------------------------------------

    def _matched(self) -> dict[str, Holds]:
        known = self._known()
        return {heading: self._holds(heading, known) for heading in self.export.cells.columns}

    def _known(self) -> dict[str, Holds]:
        """Folded heading: what it stands for. A heading that stands for two things is a defect of the codebook."""
        known: dict[str, Holds] = {}
        for holds, names in self.wanted.items():
            for name in {folded(name): name for name in names}.values():
                other = known.setdefault(folded(name), holds)
                if other != holds:
                    what = f"this heading stands for two things: {_named(other)} and {_named(holds)}"
                    remedy = "give one of them another heading (under headings:)"
                    self.problems.append(Problem(what, remedy, self.book, value=name, allowed="each heading once"))
        return known

    def _holds(self, heading: str, known: dict[str, Holds]) -> Holds:
        names = [heading, *self.export.alternatives.get(heading, [])]
        holds = next((known[folded(name)] for name in names if folded(name) in known), None)
        if holds is None:
            self.log.add("heading_ignored", self.export.file, 1, heading, heading, self._why_ignored(names))
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

    def _refuse_twice(self) -> None:
        taken: dict[Holds, list[str]] = {}
        for heading, holds in self.of.items():
            taken.setdefault(holds, []).append(heading)
        for holds, headings in taken.items():
            if holds[0] != "ignored" and len(headings) > 1:
                self.problems.append(
                    Problem(
                        f"{len(headings)} columns hold {_named(holds)}",
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
        ticked = {key.split(":")[0] for kind, key in there if kind == "ticked"}
        gone = [holds for holds in self.wanted if holds not in there and holds[0] != "chosen"]
        lost = []
        for kind, key in gone:
            if kind == "ticked" and key.split(":")[0] in ticked or self._may_be_missing(kind, key):
                self._log_missing(kind, key)
            elif self._must_be_there(kind) and key not in ticked:
                lost.append((kind, key))
        items = [key for kind, key in lost if kind == "item"]
        if len(items) > 1 and not self.count("item"):
            self.problems.append(self._nothing_matched(items))
            lost = [holds for holds in lost if holds[0] == "id"]
        near = {holds: found for holds in lost if (found := self._nearest(holds))}
        self.problems += [self._renamed(holds, near[holds]) for holds in near]
        gone = [holds for holds in lost if holds not in near]
        unasked = [holds for holds in gone if holds[0] in ("item", "question")]
        self.problems += [self._absent([holds]) for holds in gone if holds not in unasked]
        self.problems += [self._absent(unasked)] if unasked else []

    def _may_be_missing(self, kind: str, key: str) -> bool:
        return kind == "submitted" or kind == "question" and self.codebook.questions[key].kind == "text"

    def _must_be_there(self, kind: str) -> bool:
        return kind in ("item", "question", "trait") or kind == "id" and self.cohort.params.identified

    def _log_missing(self, kind: str, key: str) -> None:
        if self.wanted[kind, key]:
            self.missing.append(key or kind)
            self.log.add("heading_missing", self.export.file, 1, "", key or kind)

    def _nothing_matched(self, items: list[str]) -> Problem:
        """No statement was found at all: another file, another heading row, or another codebook."""
        found = [f"“{' '.join(heading.split())}”" for heading in self.of][:MOST_SHOWN]
        wordings = " | ".join(self.wanted["item", key][-1] for key in items[:2])
        what = f"none of the {len(items)} statements of this wave has a column; the headings are {', '.join(found)}"
        remedy = (
            f"check that this is the right file, sheet and format under waves.{self.wave} in {self.params}; "
            f"if the headings are worded otherwise, list them under headings: in {self.book}"
        )
        return Problem(
            what, remedy, self.export.file, 1, allowed=f"{wordings} | …, or their codes: {', '.join(items[:2])}, …"
        )

    def _nearest(self, holds: Holds) -> str | None:
        """The heading most like one that was looked for, of those that hold nothing else."""
        free = {folded(heading): heading for heading, (held, _) in self.of.items() if held == "ignored"}
        return next((free[found] for name in self.wanted[holds] if (found := nearest(folded(name), free))), None)

    def _renamed(self, holds: Holds, near: str) -> Problem:
        """A column that must be there under a heading that is almost one of those looked for."""
        shown = " ".join(near.split())
        remedy = f"if it is the column “{shown}”, {self._add_heading(*holds, shown)}{INDENT}otherwise "
        remedy += self._if_absent([holds])
        names = dict.fromkeys(" ".join(name.split()) for name in self.wanted[holds])
        return Problem(f"no column holds {_named(holds)}", remedy, self.export.file, 1, allowed=" | ".join(names))

    def _absent(self, gone: list[Holds]) -> Problem:
        """Columns that must be there and are not, nor anything like them."""
        what = f"no column holds {', '.join(map(_named, gone))}"
        allowed = [" ".join(self.wanted[holds][-1].split()) for holds in gone if self.wanted[holds]]
        return Problem(what, self._if_absent(gone), self.export.file, 1, allowed=" · ".join(allowed))

    def _add_heading(self, kind: str, key: str, heading: str) -> str:
        if kind == "id":
            return f"add {quoted(heading)} to respondent_headings in {self.book}"
        if kind == "trait":
            return f"add {quoted(heading)} to traits.{key}.headings in {self.book}"
        if self.settings.heading != "{}":
            return f"check waves.{self.wave}.heading in {self.params}"
        owner = self.codebook.scale_of.get(key)
        place = f"scales.{owner}.items.{key}" if owner else f"questions.{key}"
        return f"write under {place} in {self.book}:{to_paste('headings', line=f'{self.wave}: [{quoted(heading)}]')}"

    def _if_absent(self, gone: list[Holds]) -> str:
        keys = [key for kind, key in gone if kind in ("item", "question")]
        if not keys:
            return "export again with it"
        block = to_paste("waves", self.wave, line=f"not_asked: [{', '.join(keys)}]")
        them = "it" if len(keys) == 1 else "them"
        return f"export again with {them}; or, if this cohort was not asked, write in {self.params}:{block}"


def _named(holds: Holds) -> str:
    """What a column holds, in words."""
    kind, key = holds
    words = {"id": "the participants’ IDs", "submitted": "the time of submission"}
    return words.get(kind) or f"the {'option' if kind == 'ticked' else kind} “{key}”"
