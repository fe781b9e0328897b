"""Texts that a sentence is given as values: words of the study, or typed where it is said, and none that a person said."""

import ast
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from types import CodeType

from followup import language as lang
from followup.analysis.study_frames import Study
from followup.disclosure.output_check import NotForPublication
from followup.language import LANGUAGES, ProseProblem, Text
from followup.report.guards import NOBODY, Cell
from followup.report.typed_words import LETTER, in_both, refuse_dots, refuse_swapped
from followup.study.codebook import Codebook
from followup.study.wording import Words
from followup.words.vocabulary import HIDDEN, KEYS, NOT_SHOWN, TELLS_OF_FEW, Vocabulary

LEVELS = ("low", "middle", "high")
BLANKS = (TELLS_OF_FEW, HIDDEN, NOT_SHOWN)
BETWEEN = re.compile(r"[,;/|&\n+]| and | ו(?=[א-ת])")
GROUPS = {"groups", "codebook"}  # by these a cell goes through all groups, and by those through all measures
MEASURES = {"scales", "items", "questions", "measures", "codebook", "plan"}
IN_A_ROW = 5  # so many words that stand in an excerpt, too, are known again


def in_words(value: object, words: Vocabulary) -> object:
    """A key of the codebook in its words, (Hebrew, English) as a text, anything else as it is.

    A word of the analyst's own may be called like a key of the page and mean something else, as “higher” does; none has an
    underscore.
    """
    if in_both(value):
        return Text(*map(lang.free_text, value))
    named = isinstance(value, str) and value not in LEVELS
    if named and (words.of_study(value) or "_" in value and words.knows(value)):
        return words.both(value)
    return value


def lacking(values: dict[str, object]) -> str:
    """Why a sentence that takes these values says nothing: one of them is hidden, or not there in this cohort, or a result
    stands beside a number of people that is none, as “of 0 people, the change was 0.1”.
    """
    cells = {name: value for name, value in values.items() if isinstance(value, Cell)}
    for name, cell in cells.items():
        if cell.missing:
            return f"without “{name}”: {cell.missing}"
        if cell.value in BLANKS:
            return f"whose “{name}” is hidden in this cohort"
    of_nobody = {NOBODY, "value"} <= {cell.holds for cell in cells.values()}
    return (
        "that gives a result beside a number of people that is 0; what to do: write {n}, with row=" if of_nobody else ""
    )


def refuse_of_people(values: dict[str, object], words: Vocabulary, study: Study, languages: Sequence[str]) -> None:
    """Refuse a text that may be somebody's: an answer, or several, words of an interview, a group of few; and a text of no
    known origin.

    A number has its own rule. What is typed where it is said may be anything, in both languages of a study that has two.
    """
    texts = {name: value for name, value in values.items() if isinstance(value, Text | str) or in_both(value)}
    typed, answers = [*_typed()] if texts else [], _answers(words.codebook) if texts else frozenset()
    for name, value in texts.items():
        if in_both(value):
            refuse_swapped(f"value “{name}”", *value)
        parts = [value] if isinstance(value, str) else [*value] if in_both(value) else [value.he, value.en]
        parts = [part for part in parts if part]
        for part in parts:
            refuse_dots(f"value “{name}”", part)
        if not all(_stands_in(part, typed) for part in parts):
            known = isinstance(value, Text) or isinstance(value, str) and words.knows(value)
            of_people = any(_of_answers(part, answers) or _of_interviews(part, study) for part in parts)
            _refuse_untyped(name, value, parts, known and not of_people, words, study)
            _refuse_chosen(name, value, words, study)
        if isinstance(value, str) and len(languages) > 1 and LETTER.search(value) and in_words(value, words) is value:
            he, en = ("…", value) if value.isascii() else (value, "…")
            raise ProseProblem(
                f"“{name}” is “{value}” in Hebrew and in English; what to do: give it in both\n"
                f'        {name}=("{he}", "{en}")'
            )


def _refuse_untyped(
    name: str, value: object, parts: list[str], of_study: bool, words: Vocabulary, study: Study
) -> None:
    if isinstance(value, str) and _is_group_of_few(value, study):
        raise NotForPublication(
            f"“{name}” is “{words(value, LANGUAGES[-1])}”, a group of fewer than {study.params.disclosure.least_group} people: a "
            "sentence that chooses it would tell of them; what to do: leave such groups out, as every table does"
        )
    if not of_study:
        raise NotForPublication(
            f"“{name}” is “{lang.without_turns(parts[0])}”, a text that is typed nowhere in this cell and may be what one person "
            "said; what to do: type it into the sentence, or take it from a row of a table that was shown, as in\n"
            f'        report.say(en="… {{measure}} …", he="… {{measure}} …", row=shown.head(1))'
        )


def _refuse_chosen(name: str, value: object, words: Vocabulary, study: Study) -> None:
    """Refuse a group or a measure that code chose, as of one raw row, where the cell goes through none that the study has."""
    if not (column := _column_of(value, study)) or _named() & (MEASURES if column == "measure" else GROUPS):
        return
    said = words(value, LANGUAGES[-1]) if isinstance(value, str) else lang.without_turns(value.en)
    raise NotForPublication(
        f"“{name}” is “{said}”, a word that was chosen by code and may be of one person; what to do: take it from a row of a table "
        f'that was shown, as in\n        report.say(en="… {{{column}}} …", he="… {{{column}}} …", row=shown.head(1))'
    )


def _column_of(value: object, study: Study) -> str:
    """The column that has this key, or its words: of a group or a measure; nothing for another word."""
    for trait, one in study.codebook.traits.items():
        if _among(value, one.groups):
            return "group" if trait == study.params.groups_by else trait
    measures = (study.codebook.scales, study.codebook.items, study.codebook.questions)
    return "measure" if any(_among(value, keys) for keys in measures) else ""


def _among(value: object, named: Mapping[str, Words]) -> bool:
    if isinstance(value, Text):
        said = (lang.without_marks(value.he), lang.without_marks(value.en))
        return any((one.he, one.en) == said for one in named.values())
    return isinstance(value, str) and value in named


def _is_group_of_few(key: str, study: Study) -> bool:
    """Whether a key is a group of a trait in which fewer people are than any table tells of."""
    if not any(key in trait.groups for trait in study.codebook.traits.values()):
        return False
    people = study.participants
    sizes = [(people[trait] == key).sum() for trait in people.columns.difference(["answered"])]
    return 0 < max(sizes, default=0) < study.params.disclosure.least_group


def _of_answers(text: str, answers: frozenset[str]) -> bool:
    """Whether a text is an answer, or a list of them."""
    bare = lang.without_turns(text).casefold()
    return bare.strip() in answers or {part.strip() for part in BETWEEN.split(bare)} <= answers | {""}


def _answers(codebook: Codebook) -> frozenset[str]:
    """Every word for an answer: its key, its words in both languages, and other spellings in exports."""
    options = [option for one in codebook.option_sets.values() for option in one.options]
    spelt = [word for option in options for word in (option.he, option.en, *map(str, option.synonyms))]
    levels = [word for level in LEVELS for word in (level, KEYS[level].he, KEYS[level].en)]
    return frozenset(word.casefold().strip() for word in (*levels, *spelt) if word)


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


def _cell() -> tuple[CodeType, list[str]]:
    """The code of the statement, or the function, that says it, and what stands in its cell in Jupyter."""
    frame = sys._getframe()
    while frame.f_back is not None and str(frame.f_globals.get("__name__", "")).startswith("followup."):
        frame = frame.f_back
    cells = frame.f_globals.get("In")
    return frame.f_code, cells[-1:] if isinstance(cells, list) else []


def _typed() -> Iterator[str]:
    """What is typed in the cell, or the function, that says it."""
    code, cell = _cell()
    yield from _texts(code)
    yield from cell


def _named() -> set[str]:
    """The names in the cell, or the function, that says it: of variables, and of what stands after a dot."""
    code, cell = _cell()
    named = {*_names(code)}
    for source in cell:
        with suppress(SyntaxError):  # a line for the shell
            nodes = [*ast.walk(ast.parse(source))]
            named |= {node.id for node in nodes if isinstance(node, ast.Name)}
            named |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return named


def _names(code: CodeType) -> Iterator[str]:
    yield from (*code.co_names, *code.co_varnames, *code.co_freevars)
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _names(part)


def _texts(part: object) -> Iterator[str]:
    """The texts among the constants of code, in tuples and in functions within it."""
    if isinstance(part, str):
        yield part
    held = part.co_consts if isinstance(part, CodeType) else part if isinstance(part, tuple | frozenset) else ()
    for one in held:
        yield from _texts(one)
