"""The codebook: what a questionnaire asks, of whom, and what its answers mean."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, StringConstraints, model_validator

from followup.language import LANGUAGES, Text
from followup.study.wording import Wording, Words, read_worded
from followup.study.yaml_files import Strict

MOST_WAVES = 6
PLACEHOLDER = "TODO:"  # begins what `make codebook` leaves for a person to write
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]


class WaveWords(Words):
    """The name of a wave ("End of the programme"), and `when`, how it stands in a sentence ("at the end of the programme")."""

    when: Words


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
    """Anything asked: its wording, the waves that ask it (all, where none is named), and the column headings it has in
    exports beside its wording.

    `cohorts` are those that were asked, where not all were; `worded` is how other cohorts were asked, by cohort. Of a
    cohort's own codebook (`as_asked_in`) `waves` are those in which it was asked, `_elsewhere` those of other cohorts.
    """

    waves: list[Key] = Field(min_length=1)
    headings: dict[Key, list[Wording]] = {}
    cohorts: list[str] = []
    worded: dict[str, Words] = {}
    short: Words | None = None  # for headlines: what is agreed with, as in "agree that …"
    _elsewhere: tuple[str, ...] | None = PrivateAttr(None)

    @property
    def waves_of_any_cohort(self) -> Collection[str]:
        return self.waves if self._elsewhere is None else self._elsewhere

    def as_asked_in(self, cohort: str, not_asked: Collection[str] = ()) -> "Question":
        """The question in the words and the waves in which one cohort was asked; `not_asked` are waves that left it out."""
        words, everywhere = self.worded.get(cohort), self.waves_of_any_cohort
        left_out = everywhere if self.cohorts and cohort not in self.cohorts else not_asked
        waves = [wave for wave in everywhere if wave not in left_out]
        if not words and waves == self.waves:
            return self
        found = self.model_copy(update={"waves": waves, **({"he": words.he, "en": words.en} if words else {})})
        found._elsewhere = tuple(everywhere)
        return found

    def headings_in(self, wave: str, key: str) -> list[str]:
        """Every heading this question may have in an export of `wave`: those listed, or its code and wordings."""
        return list(dict.fromkeys([*self.headings.get(wave, []), key, self.he, self.en]))


class Item(Question):
    """One statement of a scale; a reverse-coded one is reversed before it is scored."""

    reverse_coded: bool = False


class Scale(Words):
    """Items that measure one thing together; `about` says what a high score means; `anchor` names the question that asks
    in a later wave whether it has changed for them.

    For sentences: `in_sentence` is the name as a subject, `gender` that of the Hebrew one, and `respondents_say` completes
    “most respondents say that …”. Each has a default.
    """

    options: Key
    about: Words
    in_sentence: Words | None = None
    gender: Literal["masculine", "feminine", "masculine_plural", "feminine_plural"] | None = None
    respondents_say: Words | None = None
    short: Words | None = None  # for headlines
    anchor: Key | None = None
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
    """A group of participants, and the values of the roster's column that belong to it; `short` is for headlines."""

    labels: list[Wording] = Field(min_length=1)
    short: Words | None = None


class Trait(Words):
    """A trait of participants that stands on the roster, or is asked in the questionnaire, with its groups."""

    headings: list[Wording] = Field(min_length=1)
    groups: dict[Key, Group] = Field(min_length=1)


class Evidence(Strict):
    """The number that answers a finding: which result, of what, in which group.

    Of changes and gaps that of the first pair of waves that the plan compares, unless `wave` or `compared_with` name
    another; of levels that of the last wave that answered, unless `wave` names one.
    """

    kind: Literal["change", "level", "gap", "projects_advanced", "projects_involved", "ties_kept", "wishes"]
    measure: Key | None = None
    group: Key = "all"
    wave: Key | None = None
    compared_with: Key | None = None

    def rows_of(self, table: Any) -> Any:
        """The rows of a results table that stand for the waves named here; all of them where none is."""
        for column in ("wave", "compared_with"):
            named = getattr(self, column)
            table = table if named is None or column not in table else table[table[column] == named]
        return table


class Finding(Words):
    """A question of the study, and the evidence that answers it in every cohort."""

    evidence: list[Evidence] = Field(min_length=1)


class Codebook(Strict):
    """A questionnaire, whole."""

    questionnaire: Key
    title: Words
    programme: Words
    waves: dict[Key, WaveWords] = Field(min_length=1, max_length=MOST_WAVES)
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

    @model_validator(mode="before")
    @classmethod
    def _asked_in_every_wave(cls, data: Any) -> Any:
        """A question that names no wave is asked in all of them."""
        if not isinstance(data, dict) or not isinstance(data.get("waves"), dict):
            return data
        waves, filled = list(data["waves"]), dict(data)
        if isinstance(data.get("scales"), dict):
            filled["scales"] = {key: _with_waves_of(scale, waves) for key, scale in data["scales"].items()}
        if isinstance(data.get("questions"), dict):
            filled["questions"] = {key: _with_waves(question, waves) for key, question in data["questions"].items()}
        return filled

    @model_validator(mode="after")
    def _names_agree(self):
        """Every name that one part uses must stand in another; an item or question key is used once."""
        keys = [key for scale in self.scales.values() for key in scale.items] + [*self.questions, *self.scales]
        keys += [*self.waves, "all"]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ValueError(f"these keys are used twice among waves, scales, items and questions: {', '.join(twice)}")
        for key, question in [*self.items.items(), *self.questions.items()]:
            _refuse_waves(key, [*question.waves, *question.headings], self.waves)
        for key, finding in self.findings.items():
            named = [name for e in finding.evidence for name in (e.wave, e.compared_with) if name]
            _refuse_waves(f"finding {key}", named, self.waves)
        used = {scale.options for scale in self.scales.values()} | {q.options for q in self.questions.values()} - {None}
        if unknown := sorted(used - set(self.option_sets)):
            raise ValueError(f"no option set is named {', '.join(unknown)}; there are {', '.join(self.option_sets)}")
        measures = {*self.items, *self.scales, *self.questions}
        for key, finding in self.findings.items():
            if wrong := [e.measure for e in finding.evidence if e.measure and e.measure not in measures]:
                raise ValueError(f"finding {key} names unknown measures: {', '.join(wrong)}")
        for key, scale in self.scales.items():
            if scale.anchor and (wrong := self._wrong_anchor(key, scale.anchor)):
                raise ValueError(f"the anchor of scale {key} {wrong}")
        return self

    def _wrong_anchor(self, scale: str, anchor: str) -> str | None:
        """What is wrong with the question that anchors a scale, and what to do; None where nothing is."""
        question, order = self.questions.get(anchor), list(self.waves)
        if question is None or question.kind != "one":
            one = [key for key, asked in self.questions.items() if asked.kind == "one"]
            return f"names no question with one answer: {anchor}; there are {', '.join(one) or 'none'}"
        if len(self.option_sets[question.options].options) % 2 == 0:
            return (
                f"has no middle option: {anchor} has {len(self.option_sets[question.options].options)}; "
                "let as many stand for worse as for better, and one between them for no change"
            )
        pairs = [(first, later) for place, later in enumerate(order) for first in order[:place]]
        if not any(later in question.waves and scale in self.scales_in((first, later)) for first, later in pairs):
            return (
                f"has nothing to compare: no wave that asks {anchor} ({', '.join(question.waves)}) repeats a statement of the "
                "scale from a wave before it; name another question, or take the anchor out"
            )
        return None

    def smallest_gain(self, scale: str) -> int:
        """The option right above the middle of a scale's anchor: the smallest improvement."""
        codes = self.options_of(self.scales[scale].anchor).codes
        return codes[len(codes) // 2 + 1]

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

    def short(self, key: str) -> Words:
        """The short name of a scale or a group for headlines; its whole name where it has none."""
        words = self.words(key)
        return getattr(words, "short", None) or words

    def scale_waves(self, scale: str) -> list[str]:
        """The waves in which at least one item of the scale is asked."""
        return [wave for wave in self.waves if any(wave in item.waves for item in self.scales[scale].items.values())]

    def items_in(self, waves: Collection[str]) -> list[str]:
        """The items that each of these waves asks."""
        return [key for key, item in self.items.items() if set(waves) <= set(item.waves)]

    def scales_in(self, waves: Collection[str]) -> list[str]:
        """The scales with an item that each of these waves asks."""
        asked = {self.scale_of[item] for item in self.items_in(waves)}
        return [scale for scale in self.scales if scale in asked]

    def as_asked_in(self, cohort: str, not_asked: Mapping[str, Collection[str]] | None = None) -> "Codebook":
        """The codebook in the words in which one cohort was asked, each question in the waves in which it was.

        What was reworded later is another wording there; what other cohorts alone were asked, and what a wave left out
        (`not_asked`, by wave), it was not asked then, and nothing of this cohort is told of it.
        """

        def mine(asked: dict) -> dict:
            left_out = {key: [wave for wave, keys in (not_asked or {}).items() if key in keys] for key in asked}
            return {key: question.as_asked_in(cohort, left_out[key]) for key, question in asked.items()}

        scales = {key: scale.model_copy(update={"items": mine(scale.items)}) for key, scale in self.scales.items()}
        questions = mine(self.questions)
        return Codebook.model_construct(**{**dict(self), "scales": scales, "questions": questions})

    def not_asked_in(self, cohort: str) -> list[str]:
        """The items and questions that other cohorts alone were asked."""
        asked = {**self.items, **self.questions}
        return [key for key, question in asked.items() if question.cohorts and cohort not in question.cohorts]

    def unwritten(self) -> list[tuple[str, str]]:
        """(place, text) of what `make codebook` left to be written and nobody wrote."""
        named = [("title", self.title), ("programme", self.programme)]
        for key, wave in self.waves.items():
            named += [(f"waves.{key}", wave), (f"waves.{key}.when", wave.when)]
        for key, scale in self.scales.items():
            named += [(f"scales.{key}", scale), (f"scales.{key}.about", scale.about)]
        return [
            (f"{place}.{language}", words[language])
            for place, words in named
            for language in LANGUAGES
            if language in words.model_fields_set and words[language].startswith(PLACEHOLDER)
        ]


def _with_waves(question: Any, waves: list[str]) -> Any:
    return {"waves": waves} | question if isinstance(question, dict) else question


def _with_waves_of(scale: Any, waves: list[str]) -> Any:
    if not isinstance(scale, dict) or not isinstance(scale.get("items"), dict):
        return scale
    return scale | {"items": {key: _with_waves(item, waves) for key, item in scale["items"].items()}}


def _refuse_waves(where: str, named: Iterable[str], waves: Collection[str]) -> None:
    if unknown := [wave for wave in named if wave not in waves]:
        raise ValueError(f"{where} names waves that there are not: {', '.join(unknown)}; there are {', '.join(waves)}")


def when(codebook: Codebook, wave: str) -> Text:
    """How a wave stands within a sentence: “at the end of the programme”."""
    words = codebook.waves[wave].when
    return Text(words.he, words.en)


ALL_RESPONDENTS = Words(he="כלל המשיבים", en="All respondents")


def read_codebook(path: Path, shown_as: str, languages: Sequence[str] = (), named_in: str = "") -> Codebook:
    """The codebook at `path`, checked whole, with all its words in `languages`, which the file `named_in` names.

    Raises `InputProblems`.
    """
    return read_worded(path, Codebook, shown_as, languages, named_in)


def names_with_digits(codebook: Codebook) -> frozenset[str]:
    """Names and keys of the codebook that have digits beside letters, as “6 to 10 years” has."""
    texts = _texts_in(codebook.model_dump(mode="json"))
    return frozenset(text for text in texts if re.search(r"\d", text) and re.search(r"[^\W\d_]", text))


def _texts_in(held: object) -> Iterator[str]:
    """All texts in what JSON can hold, keys too."""
    if isinstance(held, str):
        yield held
    for one in [*held.keys(), *held.values()] if isinstance(held, dict) else held if isinstance(held, list) else ():
        yield from _texts_in(one)
