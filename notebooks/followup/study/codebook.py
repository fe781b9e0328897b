"""The codebook: what a questionnaire asks, of whom, and what its answers mean."""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from followup.language import without_turns
from followup.study.yaml_files import Strict, read_checked

Wave = Literal["programme_end", "follow_up"]  # the waves that there are, in order; the codebook names them for readers
WAVES = get_args(Wave)
PLACEHOLDER = "TODO:"  # begins what `make codebook` leaves for a person to write
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Wording = Annotated[
    str,
    BeforeValidator(lambda value: without_turns(value) if isinstance(value, str) else value),
    StringConstraints(min_length=1, max_length=1000, strip_whitespace=True),
]


class Words(Strict):
    """The same words in both languages."""

    he: Wording
    en: Wording

    def __getitem__(self, language: str) -> str:
        return {"he": self.he, "en": self.en}[language]


class Option(Words):
    """A response option: the number it is scored as, its label in both languages, and other spellings met in exports."""

    code: int
    synonyms: list[Wording] = []
    exclusive: bool = False  # cannot be ticked beside other options
    other: bool = False  # stands for whatever people typed themselves; counted, never shown in their words


class Missing(Words):
    """A label or code by which a respondent says "no answer": why it is missing, and how exports write it."""

    reason: Key
    written: list[Wording] = []


class OptionSet(Strict):
    """An ordered set of response options; `high` and `low` are the codes of the top and bottom box."""

    options: list[Option] = Field(min_length=2)
    missing: list[Missing] = []
    high: list[int] = []
    low: list[int] = []

    @model_validator(mode="after")
    def _consistent(self):
        codes = self.codes
        if codes != sorted(set(codes)):
            raise ValueError("the options' codes must rise, each used once")
        if sum(option.other for option in self.options) > 1:
            raise ValueError("only one option can be the one for other answers (other: true)")
        if unknown := sorted({*self.high, *self.low} - set(codes)):
            raise ValueError(f"high and low name codes that are not options: {unknown}")
        return self

    @property
    def codes(self) -> list[int]:
        return [option.code for option in self.options]

    @property
    def middle(self) -> list[int]:
        return [code for code in self.codes if code not in self.high and code not in self.low]

    def reversed(self, code: int) -> int:
        return self.codes[0] + self.codes[-1] - code


class Question(Words):
    """Anything asked: its wording, the waves that ask it, and the column headings it has in exports beside its wording.

    `cohorts` are those that were asked, where not all were; `worded` is how other cohorts were asked, by cohort.
    """

    waves: list[Wave] = Field(default=list(WAVES), min_length=1)
    headings: dict[Wave, list[Wording]] = {}
    cohorts: list[str] = []
    worded: dict[str, Words] = {}

    def headings_in(self, wave: str, key: str) -> list[str]:
        """Every heading this question may have in an export of `wave`: those listed, or its code and wordings."""
        return list(dict.fromkeys([*self.headings.get(wave, []), key, self.he, self.en]))


class Item(Question):
    """One statement of a scale; a reverse-coded one is reversed before it is scored."""

    reverse_coded: bool = False


class Scale(Words):
    """Items that measure one thing together; `about` says what a high score means."""

    options: Key
    about: Words
    items: dict[Key, Item] = Field(min_length=1)


class OtherQuestion(Question):
    """A question outside the scales: one option, many, a ranking of them, or free text (which is never published)."""

    kind: Literal["one", "many", "rank", "text"]
    options: Key | None = None
    role: Literal["project_stage", "project_involvement"] | None = None

    @model_validator(mode="after")
    def _has_options(self):
        if self.kind != "text" and not self.options:
            raise ValueError("a question with options must name its option set")
        return self


class Group(Words):
    """A group of participants, and the values of the roster's column that belong to it."""

    labels: list[Wording] = Field(min_length=1)


class Trait(Words):
    """A trait of participants that stands on the roster, or is asked in the questionnaire, with its groups."""

    headings: list[Wording] = Field(min_length=1)
    groups: dict[Key, Group] = Field(min_length=1)


class Evidence(Strict):
    """The number that answers a finding: which result, of what, in which group."""

    kind: Literal["change", "level", "gap", "projects_advanced", "projects_involved", "ties_kept", "wishes"]
    measure: Key | None = None
    group: Key = "all"


class Finding(Words):
    """A question of the study, and the evidence that answers it in every cohort."""

    evidence: list[Evidence] = Field(min_length=1)


class Codebook(Strict):
    """A questionnaire, whole."""

    questionnaire: Key
    title: Words
    programme: Words
    waves: dict[Wave, Words] = Field(min_length=1)
    respondent_headings: list[Wording] = []
    submitted_headings: list[Wording] = []
    ignored_headings: list[Wording] = []
    option_sets: dict[Key, OptionSet]
    scales: dict[Key, Scale]
    questions: dict[Key, OtherQuestion] = {}
    traits: dict[Key, Trait] = {}
    advanced_stages: list[int] = []
    tie_kinds: dict[Key, Words] = {}
    findings: dict[Key, Finding] = {}

    @model_validator(mode="after")
    def _names_agree(self):
        """Every name that one part uses must stand in another; an item or question key is used once."""
        keys = [key for scale in self.scales.values() for key in scale.items] + [*self.questions, *self.scales]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ValueError(f"these keys are used twice among scales, items and questions: {', '.join(twice)}")
        used = {scale.options for scale in self.scales.values()} | {q.options for q in self.questions.values()} - {None}
        if unknown := sorted(used - set(self.option_sets)):
            raise ValueError(f"no option set is named {', '.join(unknown)}; there are {', '.join(self.option_sets)}")
        measures = {*self.items, *self.scales, *self.questions}
        for key, finding in self.findings.items():
            if wrong := [e.measure for e in finding.evidence if e.measure and e.measure not in measures]:
                raise ValueError(f"finding {key} names unknown measures: {', '.join(wrong)}")
        return self

    @cached_property
    def items(self) -> dict[str, Item]:
        """Every item of every scale, in the questionnaire's order."""
        return {key: item for scale in self.scales.values() for key, item in scale.items.items()}

    @cached_property
    def scale_of(self) -> dict[str, str]:
        return {item: key for key, scale in self.scales.items() for item in scale.items}

    def options_of(self, key: str) -> OptionSet:
        """The option set of an item, a scale or a question."""
        owner = self.scales.get(self.scale_of.get(key, key)) or self.questions[key]
        return self.option_sets[owner.options]

    def words(self, key: str) -> Words:
        """The wording of an item, a scale, a question, a group or "all"."""
        if key == "all":
            return ALL_RESPONDENTS
        groups = {name: group for trait in self.traits.values() for name, group in trait.groups.items()}
        for named in (self.scales, self.items, self.questions, groups, self.traits, self.waves, self.tie_kinds):
            if key in named:
                return named[key]
        raise KeyError(key)

    def scale_waves(self, scale: str) -> list[str]:
        """The waves in which at least one item of the scale is asked."""
        return [wave for wave in self.waves if any(wave in item.waves for item in self.scales[scale].items.values())]

    def as_asked_in(self, cohort: str) -> "Codebook":
        """The codebook in the words in which one cohort was asked: what was reworded later is another wording there."""
        if not any(question.worded for question in (*self.items.values(), *self.questions.values())):
            return self
        scales = {
            key: scale.model_copy(update={"items": {name: _worded(item, cohort) for name, item in scale.items.items()}})
            for key, scale in self.scales.items()
        }
        questions = {key: _worded(question, cohort) for key, question in self.questions.items()}
        return Codebook.model_construct(**{**dict(self), "scales": scales, "questions": questions})

    def not_asked_in(self, cohort: str) -> list[str]:
        """The items and questions that other cohorts alone were asked."""
        asked = {**self.items, **self.questions}
        return [key for key, question in asked.items() if question.cohorts and cohort not in question.cohorts]

    def unwritten(self) -> list[tuple[str, str]]:
        """(place, text) of what `make codebook` left to be written and nobody wrote."""
        named = [("title", self.title), ("programme", self.programme)]
        for key, scale in self.scales.items():
            named += [(f"scales.{key}", scale), (f"scales.{key}.about", scale.about)]
        return [
            (f"{place}.{language}", words[language])
            for place, words in named
            for language in ("he", "en")
            if words[language].startswith(PLACEHOLDER)
        ]

    @property
    def compared_scales(self) -> list[str]:
        return [scale for scale in self.scales if len(self.scale_waves(scale)) == 2]


def _worded(question: Question, cohort: str) -> Question:
    words = question.worded.get(cohort)
    return question.model_copy(update={"he": words.he, "en": words.en}) if words else question


ALL_RESPONDENTS = Words(he="כלל המשיבים", en="All respondents")


def read_codebook(path: Path, shown_as: str) -> Codebook:
    """The codebook at `path`, checked whole; raises `InputProblems`."""
    return read_checked(path, Codebook, shown_as)
