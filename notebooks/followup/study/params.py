"""Params: everything that differs between cohorts, as the file is checked."""

import re
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from followup.problems import to_paste
from followup.study.codebook import MOST_WAVES, Key, Wording, Words
from followup.study.yaml_files import Strict


def _in_its_folder(name: str) -> str:
    if not re.fullmatch(r"[^/\\\x00-\x1f.][^/\\\x00-\x1f]*", name):
        raise ValueError("this is not the name of a file alone: it lies in data/COHORT/, and is named without folders")
    return name


def _reads_back(form: str) -> str:
    moment = datetime(2016, 2, 24, 9, 15, 24)
    plain = form.removesuffix("%Z").rstrip() if form.endswith("%Z") else form
    try:
        datetime.strptime(moment.strftime(plain), plain)
    except (ValueError, re.error):
        raise ValueError("no date can be read by this form: each sign, as %d, %m, %Y, may stand in it once") from None
    return form


# What cannot be told from the file alone: bare numbers beside labels of another wave, a grid that asks in other words,
# a wave that is dated before the one before it, a file that ends without a line end.
Doubt = Literal["bare_numbers", "other_question", "dates", "file_end"]
FileName = Annotated[str, StringConstraints(max_length=100), AfterValidator(_in_its_folder)]
DateFormat = Annotated[str, AfterValidator(_reads_back)]
Share = Annotated[float, Field(gt=0, lt=1)]


class Roster(Strict):
    """The sampling frame: everyone who took part; `only` chooses rows by the value of a column, `must_be` checks them."""

    file: FileName
    sheet: str | None = None
    participant: Wording
    participants: int = Field(ge=1)
    only: dict[Wording, Wording] = {}
    must_be: dict[Wording, Wording] = {}


class Answers(Strict):
    """One wave's export: the file, how it was written, and how its dates are to be read.

    `only` chooses this wave's rows of a file that holds several, by the value of a column; `heading` says how this wave
    heads its columns when one row holds several waves ("{} (before)", {} standing for an item's code or wording).
    `header_rows` is needed only where headings take several rows and neither the tool nor merged cells tell.
    `join` names, by item or question, columns that hold it beside its own, as an edited form leaves them; `accepted` what a
    person has looked at and found right. `asked` is how many were sent the questionnaire, where that is not the whole roster. `not_asked` names what the questionnaire asks in this wave, but this cohort was not asked.
    """

    file: FileName
    format: str = "auto"  # the formats are listed in exports/survey_tools.py, and checked where the file is opened
    sheet: str | None = None
    header_rows: int | None = Field(None, ge=1, le=9)
    date_format: DateFormat | None = None
    closed: date | None = None
    asked: int | None = Field(None, ge=1)
    join: dict[Key, list[Wording]] = {}  # item or question: further columns, each filled where the others are not
    accepted: list[Doubt] = []  # what a person has looked at and found right
    only: dict[Wording, Wording] = {}
    not_asked: list[Key] = []
    heading: Annotated[str, StringConstraints(pattern=r"\{\}")] = "{}"


class Cleaning(Strict):
    """Which rule settles what cleaning may meet; every application is a row of the cleaning log."""

    previews: list[Wording] = ["TEST", "PREVIEW"]  # IDs typed when the form was tried out
    duplicates: Literal["last_complete", "last", "first", "reject"] = "last_complete"  # of several by one person
    not_on_roster: Literal["reject", "quarantine"] = "reject"  # an ID that nobody on the roster has
    no_id: Literal["reject", "quarantine"] = "quarantine"  # an answer without an ID
    ids: dict[Wording, Wording] = {}  # typed ID: the ID that was meant
    check_digit: Literal["none", "israeli_id"] = "none"  # whether IDs carry a check digit
    spellings: dict[Wording, Wording] = {}  # typed answer: the option that was meant
    least_answered: float = Field(0.0, ge=0, le=1)  # share of items a submission must answer
    least_items_for_scale: Share = 0.5  # share of its items a score needs


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
    why: Words | None = None  # the reason for them, for the plan as a document


class Spread(Strict):
    """The spread of answers that the plan assumes, in points, for what so many people can show; never taken from them."""

    scale: float = Field(0.65, gt=0)  # standard deviation of a scale's scores in a wave
    item: float = Field(0.95, gt=0)  # of the answers to a statement
    correlation: float = Field(0.5, ge=0, lt=1)  # between the waves, within a person


class Gap(Strict):
    """Two groups whose distance is followed on some measures."""

    first: Key
    second: Key
    measures: list[Key] = Field(min_length=1)


class PairOfWaves(Strict):
    """Two waves that are compared: the later one, and the earlier one that it is compared with."""

    wave: Key
    compared_with: Key

    @property
    def in_order(self) -> tuple[str, str]:
        return self.compared_with, self.wave


class Analysis(Strict):
    """The statistical plan, fixed on a date before the answers of the last wave were seen.

    `pairs` are the waves compared, the most important first; without it the last wave is compared with the first, and
    of three or more each also with the one before. Every family is adjusted in each pair by itself.
    """

    registered: date
    pairs: list[PairOfWaves] = []
    alpha: Share = 0.05
    seed: int = Field(1, ge=0, le=2**32 - 1)
    margins: Margins = Margins()
    spread: Spread = Spread()
    preserved_by: Literal["equivalence", "non_inferiority"] = "equivalence"
    families: dict[Key, Family] = {}
    gaps: list[Gap] = []


USUAL_FLOOR = {"least_group": 5, "least_cell": 3}  # below these, statistical offices publish nothing


class Disclosure(Strict):
    """How small a number may be before it stays hidden; below the usual floor only where somebody says why."""

    weaker_than_usual: Wording | None = None  # first, since the others are held against it
    least_group: int = Field(8, ge=2)
    least_cell: int = Field(5, ge=2)
    precision: Literal["usual", "fewer_digits", "no_interval", "words_only"] = "usual"  # of changes and gaps

    @field_validator("least_group", "least_cell")
    @classmethod
    def _not_below_the_floor(cls, number: int, read: ValidationInfo) -> int:
        floor = USUAL_FLOOR[read.field_name]
        if number < floor and not read.data.get("weaker_than_usual"):
            said = to_paste("disclosure", line='weaker_than_usual: "why so few may be shown, and who agreed"')
            remedy = f"write {floor} or more; if fewer may be shown, add the reason:{said}"
            raise PydanticCustomError(
                "below_floor",
                "so few people can be recognised: usual is at least {floor}",
                {"floor": floor, "remedy": remedy},
            )
        return number


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


class Accepted(Strict):
    """An edition that leaves although it tells of few people together with an earlier one: which, who said so, and why."""

    edition: int = Field(ge=1)
    who: Wording
    why: Wording


class Releases(Strict):
    """What was decided about editions that are sent."""

    accept: list[Accepted] = []


class About(Strict):
    """Who stands behind the report: its front matter. Each line may be left out, and leaves no gap then."""

    institute: Words | None = None
    authors: list[Words] = []
    commissioned_by: Words | None = None
    published: date | None = None
    contact: Words | None = None
    cite: Words | None = None  # how to cite the report
    programme: Words | None = None  # the programme in a few sentences


class Params(Strict):
    """Everything that differs between cohorts."""

    cohort: str
    questionnaire: Key
    title: Words
    synthetic: bool
    languages: list[Literal["he", "en"]] = Field(
        ["he", "en"], min_length=1
    )  # of the pages; notebooks open in the first
    period: dict[Key, Words] = {}  # when the programme ran (programme), and when each wave was asked
    about: About = About()
    roster: Roster | None = None
    traits: list[Key] = []
    groups_by: Key | None = None
    waves: dict[Key, Answers] = Field(min_length=1, max_length=MOST_WAVES)
    link: Literal["by_id", "partly_linked", "unlinked", "same_row"] = "by_id"
    cleaning: Cleaning = Cleaning()
    analysis: Analysis
    disclosure: Disclosure = Disclosure()
    projects: Projects | None = None
    network: Network | None = None
    interviews: Interviews | None = None
    implications: dict[Key, Words] = {}  # what a finding may mean, by its key; written by a person
    releases: Releases = Releases()

    @property
    def identified(self) -> bool:
        """Whether answers carry IDs that stand on the roster."""
        return self.link in ("by_id", "partly_linked")

    @field_validator("languages")
    @classmethod
    def _each_once(cls, languages: list[str]) -> list[str]:
        if len(set(languages)) < len(languages):
            raise ValueError("a language is named twice")
        return languages

    @model_validator(mode="after")
    def _parts_agree(self):
        if self.identified and not self.roster:
            raise ValueError(f"link: {self.link} needs a roster that says which IDs there are")
        if self.link == "same_row" and len({wave.file for wave in self.waves.values()}) != 1:
            raise ValueError("link: same_row means that all waves stand in one file; more than one is named")
        if (self.projects or self.network) and not self.roster:
            raise ValueError("projects and network need a roster")
        return self
