"""Texts that a sentence is given as values: words of the study, or typed where it is said, and none that a person said."""

import re
import sys
from collections.abc import Iterable, Iterator
from types import CodeType

from followup import language as lang
from followup.analysis.study_frames import Study
from followup.disclosure.output_check import NotForPublication
from followup.language import LANGUAGES, Text
from followup.report.guards import Cell
from followup.study.codebook import Codebook
from followup.words.vocabulary import KEYS, Vocabulary

LEVELS = ("low", "middle", "high")
BETWEEN = re.compile(r"[,;/|&\n+]| and | ו(?=[א-ת])")
IN_A_ROW = 5  # so many words that stand in an excerpt, too, are known again


def refuse_of_people(values: dict[str, object], words: Vocabulary, study: Study) -> None:
    """Refuse a text that may be somebody's: an answer, or several, or words of an interview; and a text of no known origin.

    A number has its own rule. What is typed where it is said may be anything.
    """
    texts = {
        name: value for name, value in values.items() if isinstance(value, Text | str) and not isinstance(value, Cell)
    }
    if not texts:
        return
    typed, answers = [*_typed()], _answers(words.codebook)
    for name, value in texts.items():
        parts = [value] if isinstance(value, str) else [value[language] for language in LANGUAGES if value[language]]
        if all(_stands_in(part, typed) for part in parts):
            continue
        known = isinstance(value, Text) or words.knows(value)
        if not known or any(_of_answers(part, answers) or _of_interviews(part, study) for part in parts):
            raise NotForPublication(
                f"“{name}” is “{lang.without_turns(parts[0])}”, a text that is typed nowhere in this cell and may be what one person "
                "said; what to do: type it into the sentence, or take it from a row of a table that was shown, as in\n"
                f'        report.say(en="… {{measure}} …", he="… {{measure}} …", row=shown.head(1))'
            )


def _of_answers(text: str, answers: frozenset[str]) -> bool:
    """Whether a text is an answer, or a list of them."""
    parts = [part.strip() for part in BETWEEN.split(lang.without_turns(text).casefold())]
    return lang.without_turns(text).casefold().strip() in answers or all(part in answers for part in parts if part)


def _answers(codebook: Codebook) -> frozenset[str]:
    """Every word for an answer: its key, its words in both languages, and other spellings in exports."""
    options = [option for one in codebook.option_sets.values() for option in one.options]
    spelt = [word for option in options for word in (option.he, option.en, *map(str, option.synonyms))]
    return frozenset(
        word.casefold().strip()
        for word in (*LEVELS, *(KEYS[level][each] for level in LEVELS for each in LANGUAGES), *spelt)
        if word
    )


def _of_interviews(text: str, study: Study) -> bool:
    """Whether several words of a text stand in a row in an excerpt of an interview."""
    words = lang.without_turns(text).split()
    if len(words) < IN_A_ROW or not study.looked_at("interviews"):
        return False
    excerpts = study.interviews[["excerpt_he", "excerpt_en"]].astype("object").fillna("").to_numpy().ravel()
    said = [" ".join(str(excerpt).split()) for excerpt in excerpts]
    runs = (" ".join(words[first : first + IN_A_ROW]) for first in range(len(words) - IN_A_ROW + 1))
    return any(run in excerpt for run in runs for excerpt in said)


def _stands_in(text: str, typed: list[str]) -> bool:
    """Whether a text is one of those that are typed, or stands in quotes in what is."""
    return text in typed or any(f"{quote}{text}{quote}" in one for one in typed for quote in "\"'")


def _typed() -> Iterator[str]:
    """What is typed in the cell, or the function, that says it."""
    frame = sys._getframe()
    while frame.f_back is not None and str(frame.f_globals.get("__name__", "")).startswith("followup."):
        frame = frame.f_back
    yield from _texts(frame.f_code)
    cells = frame.f_globals.get("In")
    yield from cells[-1:] if isinstance(cells, list) else ()


def _texts(code: CodeType) -> Iterator[str]:
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _texts(part)
        else:
            yield from _flat(part)


def _flat(part: object) -> Iterable[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, tuple | frozenset):
        for one in part:
            yield from _flat(one)
