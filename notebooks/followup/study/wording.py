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
    raise_problems(_lacking(found, needed, places, named_in or shown_as))
    return found


def missing(part: Any, languages: Sequence[str]) -> list[tuple]:
    """The key of each language that some words of a checked part lack: ("title", "he")."""
    return [
        (*key, language)
        for key, words in _texts(part)
        for language in languages
        if language not in words.model_fields_set
    ]


def _texts(part: Any, key: tuple = ()) -> Iterator[tuple[tuple, Words]]:
    """All words of a checked part, each with its key."""
    if isinstance(part, Words):
        yield key, part
    if isinstance(part, Strict):
        inner = [(name, getattr(part, name)) for name in part.model_fields_set]
    else:
        inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for name, value in inner:
        yield from _texts(value, (*key, name))


def _lacking(found: Any, languages: Sequence[str], places: Places, named_in: str) -> Iterator[Problem]:
    """What to do about words that lack a language: each by its line, or all at once where no text of the file has it."""
    keys, texts = missing(found, languages), len(list(_texts(found)))
    for language in languages:
        mine = sorted((key for key in keys if key[-1] == language), key=lambda key: places.line(key) or 0)
        name, others = LANGUAGE_NAMES[language], ", ".join(other for other in languages if other != language)
        way_out = f"leave {language} out of languages: in {named_in}" + (f" (languages: [{others}])" if others else "")
        if len(mine) == texts > 1:
            yield Problem(f"no text of this file has {name} words", f"add them, or {way_out}", places.file)
            continue
        for key in mine:
            what, remedy = f"the key “{language}” is missing", f"add the {name} words, or {way_out}"
            yield Problem(what, remedy, places.file, places.line(key), dotted(key))
