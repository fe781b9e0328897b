"""A cohort: its checked parameters, its codebook, and where its files are."""

import csv
import os
import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import AfterValidator, Field, StringConstraints, model_validator

from followup.problems import InputProblems, Problem, nearest, raise_problems
from followup.store import csv_tables
from followup.store.params_read import watched
from followup.study.codebook import Codebook, Key, Wave, Wording, Words, read_codebook
from followup.study.yaml_files import Strict, read_checked, with_lines

ROOT = Path(__file__).resolve().parents[3]
COHORT_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
COMPARED = "compare"  # the folder in build/ of the page that compares cohorts
TAKEN = {COMPARED, "all", "bench"}  # no names for a cohort: build/ has other things under them


def _in_its_folder(name: str) -> str:
    if not re.fullmatch(r"[^/\\\x00-\x1f.][^/\\\x00-\x1f]*", name):
        raise ValueError("this is not the name of a file alone: it lies in data/COHORT/, and is named without folders")
    return name


FileName = Annotated[str, StringConstraints(max_length=100), AfterValidator(_in_its_folder)]
Share = Annotated[float, Field(gt=0, lt=1)]


class Period(Strict):
    """When the programme ran and when it was asked about."""

    programme: Words
    programme_end: Words | None = None
    follow_up: Words | None = None


class Roster(Strict):
    """The sampling frame: everyone who took part; `only` chooses rows by the value of a column, `must_be` checks them."""

    file: FileName
    sheet: str | None = None
    participant: Wording
    participants: int = Field(ge=1)
    only: dict[Wording, Wording] = {}
    must_be: dict[Wording, Wording] = {}


Format = Literal["auto", "google_forms", "qualtrics", "surveymonkey", "limesurvey", "excel", "spss", "plain"]


class Answers(Strict):
    """One wave's export: the file, how it was written, and how its dates are to be read.

    `only` chooses this wave's rows of a file that holds both, by the value of a column; `heading` says how this wave
    heads its columns when one row holds both waves ("{} (before)", {} standing for an item's code or wording).
    `header_rows` is needed only where headings take several rows and neither the tool nor merged cells tell.
    `asked` is how many were sent the questionnaire, where that is not the whole roster. `not_asked` names what the questionnaire asks in this wave, but this cohort was not asked.
    """

    file: FileName
    format: Format = "auto"
    sheet: str | None = None
    header_rows: int | None = Field(None, ge=1, le=9)
    date_format: str | None = None
    closed: date | None = None
    asked: int | None = Field(None, ge=1)
    only: dict[Wording, Wording] = {}
    not_asked: list[Key] = []
    heading: Annotated[str, StringConstraints(pattern=r"\{\}")] = "{}"


class Cleaning(Strict):
    """Which rule settles what cleaning may meet; every application is a row of the cleaning log."""

    previews: list[Wording] = ["TEST", "PREVIEW"]                               # IDs typed when the form was tried out
    duplicates: Literal["last_complete", "last", "first", "reject"] = "last_complete"   # of several by one person
    not_on_roster: Literal["reject", "quarantine"] = "reject"                   # an ID that nobody on the roster has
    no_id: Literal["reject", "quarantine"] = "quarantine"                       # an answer without an ID
    ids: dict[Wording, Wording] = {}                                            # typed ID: the ID that was meant
    check_digit: Literal["none", "israeli_id"] = "none"                         # whether IDs carry a check digit
    spellings: dict[Wording, Wording] = {}                                      # typed answer: the option that was meant
    least_answered: float = Field(0.0, ge=0, le=1)                              # share of items a submission must answer
    least_items_for_scale: Share = 0.5                                          # share of its items a score needs


class Test(Strict):
    """One test named beforehand: a measure in a group."""

    measure: Key
    group: Key


class Family(Strict):
    """Tests named beforehand that are adjusted together: some measures among all respondents, or tests in groups."""

    measures: list[Key] = []
    tests: list[Test] = []
    adjust: Literal["holm", "westfall_young"] = "holm"

    @model_validator(mode="after")
    def _names_tests(self):
        if bool(self.measures) == bool(self.tests):
            raise ValueError("name either measures (tested among all respondents) or tests (measure and group)")
        if self.adjust == "westfall_young" and self.tests:
            raise ValueError("westfall_young adjusts measures among all respondents; for tests in groups use holm")
        return self

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Each test as (measure, group)."""
        return [(measure, "all") for measure in self.measures] + [(test.measure, test.group) for test in self.tests]


class Margins(Strict):
    """The largest change, in scale points, that still counts as "preserved"."""

    scale: float = Field(0.3, gt=0)
    item: float = Field(0.5, gt=0)


class Gap(Strict):
    """Two groups whose distance is followed on some measures."""

    first: Key
    second: Key
    measures: list[Key] = Field(min_length=1)


class Analysis(Strict):
    """The statistical plan, fixed on a date before the follow-up answers were seen."""

    registered: date
    alpha: Share = 0.05
    seed: int = 1
    margins: Margins = Margins()
    preserved_by: Literal["equivalence", "non_inferiority"] = "equivalence"
    families: dict[Key, Family] = {}
    gaps: list[Gap] = []


class Disclosure(Strict):
    """How small a number may be before it stays hidden."""

    least_group: int = Field(8, ge=3)
    least_cell: int = Field(5, ge=3)


class Projects(Strict):
    """Projects begun in the programme, who took part, and how conflicting reports of a stage are settled."""

    file: FileName
    members: FileName
    conflicting_reports: Literal["most_reported", "most_advanced", "least_advanced"] = "most_reported"


class Network(Strict):
    """Ties that respondents named, and the meetings of the network."""

    ties: FileName
    meetings: FileName


class Interviews(Strict):
    """Coded interviews; only the excerpts named here are ever shown.

    One that holds a name, an ID, a unit of the roster or a project's title is held, unless named twice.
    """

    file: FileName
    released: list[Wording] = []
    released_with_names: list[Wording] = []


class Params(Strict):
    """Everything that differs between cohorts."""

    cohort: str
    questionnaire: Key
    title: Words
    synthetic: bool
    language: Literal["he", "en"] = "he"
    period: Period
    roster: Roster | None = None
    traits: list[Key] = []
    groups_by: Key | None = None
    waves: dict[Wave, Answers] = Field(min_length=1)
    link: Literal["by_id", "partly_linked", "unlinked", "same_row"] = "by_id"
    cleaning: Cleaning = Cleaning()
    analysis: Analysis
    disclosure: Disclosure = Disclosure()
    projects: Projects | None = None
    network: Network | None = None
    interviews: Interviews | None = None

    @property
    def identified(self) -> bool:
        """Whether answers carry IDs that stand on the roster."""
        return self.link in ("by_id", "partly_linked")

    @model_validator(mode="after")
    def _parts_agree(self):
        if self.identified and not self.roster:
            raise ValueError(f"link: {self.link} needs a roster that says which IDs there are")
        if self.link == "same_row" and len({wave.file for wave in self.waves.values()}) != 1:
            raise ValueError("link: same_row means that both waves stand in one file; two are named")
        if (self.projects or self.network) and not self.roster:
            raise ValueError("projects and network need a roster")
        return self


@dataclass(frozen=True)
class Cohort:
    """A cohort opened for work: what is asked (codebook), what is particular (params), where things are."""

    name: str
    params: Params
    codebook: Codebook
    root: Path

    @property
    def data(self) -> Path:
        return self.root / "data" / self.name

    @property
    def build(self) -> Path:
        return self.root / "build" / self.name

    @property
    def private(self) -> Path:
        """Row-level tables and executed notebooks: never sent to anyone."""
        return self.build / "private"

    @cached_property
    def waves(self) -> list[str]:
        return [wave for wave in self.codebook.waves if wave in self.params.waves]

    @property
    def groups(self) -> list[str]:
        """The groups compared in this cohort, in the codebook's order."""
        trait = self.params.groups_by
        return list(self.codebook.traits[trait].groups) if trait else []

    def read(self, table: str) -> pd.DataFrame:
        """A row-level table as `keep` wrote it; codes and names are text, the rest numbers or empty."""
        path = self.private / "tables" / f"{table}.csv"
        if not path.is_file():
            raise InputProblems([Problem("this table has not been made yet", f"make report COHORT={self.name}", f"{table}.csv")])
        names = pd.read_csv(path, nrows=0).columns
        kept = pd.read_csv(path, dtype={name: "str" for name in names if name in TEXT_COLUMNS}, keep_default_na=False, na_values=[""])
        return csv_tables.read_columns(path.with_suffix(".columns"), kept) if list(names) == csv_tables.COLUMNS else kept

    def keep(self, table: str, frame: pd.DataFrame) -> pd.DataFrame:
        """Write a row-level table for the notebooks that follow, and give it back.

        One of more rows than a spreadsheet opens goes into a folder of columns, and its CSV says which.
        """
        path = self.private / "tables" / f"{table}.csv"
        large = len(frame) > csv_tables.MOST_IN_A_CSV
        write_csv(path, csv_tables.keep_columns(path.with_suffix(".columns"), frame) if large else frame)
        return frame


TEXT_COLUMNS = frozenset(
    ["participant", "respondent", "wave", "item", "scale", "group", "measure", "project", "ego", "alter", "kind", "meeting", "interview", "theme", "finding", "stance", "excerpt", "file", "column", "was", "became", "rule", "step", "reason", "missing_reason", "question", "option", "link", "title", "verdict", "excerpt_he", "excerpt_en"]
)


def write_csv(path: Path, frame: pd.DataFrame) -> None:
    """A CSV that is whole or absent: written beside its place, then moved there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        frame.to_csv(beside, index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def cohort_names(root: Path = ROOT) -> list[str]:
    """The cohorts that have a params file, in order."""
    return sorted(path.stem for path in (root / "params").glob("*.yaml") if COHORT_NAME.fullmatch(path.stem))


def open_cohort(name: str, root: Path | None = None) -> Cohort:
    """The cohort `name`, its params and codebook checked whole; raises `InputProblems` naming all that is wrong."""
    root = root or Path(os.environ.get("FOLLOWUP_ROOT", ROOT))
    _check_name(name, root)
    shown = f"params/{name}.yaml"
    params = read_checked(root / "params" / f"{name}.yaml", Params, shown)
    shown_codebook = f"params/questionnaires/{params.questionnaire}.yaml"
    codebook = read_codebook(root / shown_codebook, shown_codebook)
    raise_problems(with_lines(list(_disagreements(name, params, codebook, shown)), root / shown))
    return Cohort(name, watched(params), codebook, root)


def _check_name(name: str, root: Path) -> None:
    known = cohort_names(root)
    if name in TAKEN:
        raise InputProblems([Problem("no cohort can have this name", "call it something else", "COHORT", value=name)])
    if COHORT_NAME.fullmatch(name) and name in known:
        return
    near = nearest(name, known)
    remedy = f"did you mean COHORT={near}?" if near else "make new COHORT=… scaffolds a new cohort"
    raise InputProblems([Problem("there is no such cohort", remedy, "COHORT", value=name, allowed=", ".join(known))])


def _disagreements(name: str, params: Params, codebook: Codebook, file: str):
    """What the params name that the codebook, or the file's own name, does not know."""
    compared = codebook.traits[params.groups_by].groups if params.groups_by in codebook.traits else {}
    measures = [*codebook.scales, *codebook.items]
    if params.cohort != name:
        yield Problem("the cohort's name is not the file's name", f'write cohort: "{name}"', file, None, "cohort", params.cohort)
    yield from _unknown("waves", params.waves, codebook.waves, file)
    yield from _unknown("traits", [*params.traits, *filter(None, [params.groups_by])], codebook.traits, file)
    for key, family in params.analysis.families.items():
        yield from _unknown(f"analysis.families.{key}", [measure for measure, _ in family.pairs], measures, file)
        yield from _unknown(f"analysis.families.{key}.tests", [group for _, group in family.pairs], ["all", *compared], file, NO_GROUP)
    for gap in params.analysis.gaps:
        yield from _unknown("analysis.gaps", [gap.first, gap.second], compared, file, NO_GROUP)
        yield from _unknown("analysis.gaps.measures", gap.measures, measures, file)


NO_GROUP = "this is not a group of the trait that groups_by names"


def _unknown(where: str, named, valid, file: str, what: str = "the codebook has no such name"):
    for word in named:
        if word not in valid:
            near = nearest(word, valid)
            remedy = f"did you mean “{near}”?" if near else "use one of the allowed names"
            yield Problem(what, remedy, file, None, where, word, ", ".join(valid))
