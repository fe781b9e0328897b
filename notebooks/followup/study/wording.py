"""Words in the languages of a study: which languages a file needs, and which of its texts lack one."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints, model_validator

from followup.language import LANGUAGE_NAMES, LANGUAGES, without_turns
from followup.problems import Problem, raise_problems
from followup.study.yaml_files import Places, Strict, checked, dotted, read_values

Wording = Annotated[
    str,
    BeforeValidator(lambda value: without_turns(value) if isinstance(value, str) else value),
    StringConstraints(min_length=1, max_length=1000, strip_whitespace=True),
]


class Words(Strict):
    """The same words in each language of the study.

    A language that the study does not need may be left out; the words of the other one then stand for it.
    """

    he: Wording = None
    en: Wording = None

    @model_validator(mode="after")
    def _fill(self):
        given = [language for language in LANGUAGES if language in self.model_fields_set]
        if not given:
            raise ValueError("no words stand here: write he: … or en: …, or both")
        for language in LANGUAGES:
            if language not in given:
                self.__dict__[language] = getattr(self, given[0])  # so that it does not count as given
        return self

    def __getitem__(self, language: str) -> str:
        return {"he": self.he, "en": self.en}[language]


def read_worded(
    path: Path, model: type[Strict], shown_as: str, languages: Sequence[str] = (), named_in: str = ""
) -> Any:
    """The file at `path` as a checked `model` with all its words in `languages` (without them: those the file names).

    `named_in` is the file that names the languages. Raises `InputProblems`, one for each text that lacks a language.
    """
    values, places = read_values(path, shown_as)
    found = checked(values, model, places)
    needed = languages or getattr(found, "languages", ())
    lacking = [_lacking(key, needed, places, named_in or shown_as) for key in missing(found, needed)]
    raise_problems(sorted(lacking, key=lambda problem: problem.row or 0))
    return found


def missing(part: Any, languages: Sequence[str], key: tuple = ()) -> Iterator[tuple]:
    """The key of each language that some words of a checked part lack: ("title", "he")."""
    if isinstance(part, Words):
        yield from ((*key, language) for language in languages if language not in part.model_fields_set)
    if isinstance(part, Strict):
        inner = [(name, getattr(part, name)) for name in part.model_fields_set]
    else:
        inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for name, value in inner:
        yield from missing(value, languages, (*key, name))


def _lacking(key: tuple, languages: Sequence[str], places: Places, named_in: str) -> Problem:
    """What to do about words that lack a language."""
    name, others = LANGUAGE_NAMES[key[-1]], ", ".join(language for language in languages if language != key[-1])
    remedy = f"add the {name} words, or leave {key[-1]} out of languages: in {named_in}"
    remedy += f" (languages: [{others}])" if others else ""
    return Problem(f"the key “{key[-1]}” is missing", remedy, places.file, places.line(key), dotted(key))
