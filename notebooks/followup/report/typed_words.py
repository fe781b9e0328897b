"""Words that an analyst typed into a call: they stand in each language of the study, and hold no number."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from followup.disclosure.output_check import NotForPublication
from followup.language import LANGUAGE_NAMES, LANGUAGES, ProseProblem, Text
from followup.report import guards
from followup.study.codebook import Codebook
from followup.words.vocabulary import Vocabulary

Said = Text | tuple[str, str] | str  # (Hebrew, English), or one text where the study has one language
LETTER, PLACE = re.compile(r"[^\W\d_]"), re.compile(r"\{[^{}]*\}")
SENTENCES = ("sentence", "caption", "title", "note")  # which are given as en= and he=
NONE: Mapping[str, Said] = MappingProxyType({})


KEY = re.compile(r"(?<![\w.])[a-z]+(?:_[a-z]+)+(?!\w|\.\w)")  # a word that only keys and columns look like
LATIN = re.compile(r"(?<![A-Za-z0-9_./])[a-z][a-z0-9_]*(?![A-Za-z0-9_/]|\.[A-Za-z])")
OF_LATIN, OF_HEBREW = re.compile(r"[A-Za-z]"), re.compile(r"[א-ת]")
FORMED = re.compile(r"\{(\w+)[:!][^{}]*\}")
NOT_THERE = re.compile(r"<NA>|(?<![A-Za-z0-9_])(?:NaN|NaT|nan)(?![A-Za-z0-9_])")  # a number, as pandas writes it
NONE_THERE = re.compile(  # "None" begins many a sentence of English, and none of Hebrew
    r"(?<=[^.!?\s“\"(])\s+None\b|(?<=[א-ת־-])None\b|\bNone(?=\s+[א-ת])"
)


def in_both(said: object) -> bool:
    """Whether these are two texts, Hebrew and English."""
    return isinstance(said, tuple | list) and len(said) == 2 and all(isinstance(text, str) for text in said)


def texts_of(key: str, said: Said, languages: Sequence[str]) -> tuple[str, str]:
    """A heading in Hebrew and English, or one text for both where the study has one language."""
    if isinstance(said, Text) or isinstance(said, str) and (len(languages) == 1 or not LETTER.search(said)):
        return (said.he, said.en) if isinstance(said, Text) else (said, said)
    if not in_both(said):
        raise ProseProblem(
            f"the heading of “{key}” is {said!r}; what to do: give it in Hebrew and English\n"
            f'        headings={{"{key}": ("…", "…")}}'
        )
    if lacking := [at for at, one in enumerate(LANGUAGES) if one in languages and not said[at].strip()]:
        called, now = " and ".join(LANGUAGE_NAMES[LANGUAGES[at]] for at in lacking), [text or "…" for text in said]
        raise ProseProblem(
            f"the heading of “{key}” has no {called}; what to do: give it in Hebrew and English\n"
            f'        headings={{"{key}": ("{now[0]}", "{now[1]}")}}'
        )
    return said[0], said[1]


def typed(
    what: str, he: str, en: str, languages: Sequence[str], names: frozenset[str], released: dict, words: Vocabulary
) -> Text:
    """The words in each of `languages`; in one that the study lacks, those of another stand for it.

    Raises `ProseProblem` where words of the study's languages are missing.
    """
    given = {language: text for language, text in (("he", he), ("en", en)) if text.strip()}
    if lacking := [language for language in languages if language not in given]:
        called = " and ".join(LANGUAGE_NAMES[language] for language in lacking)
        where = ", ".join(f"{language}=…" for language in lacking)
        raise ProseProblem(f"a {what} has no {called}; what to do: add {where}")
    if len(given) > 1:
        refuse_swapped(what, given["he"], given["en"])
    for language, text in given.items():
        _refuse_unwritten(what, text)
        guards.check_typed(what, text, names, released, _points(words.codebook))
        if what != "heading":
            _refuse_keys(what, text, language, words)
    first = given[languages[0]]
    return Text(given.get("he", first), given.get("en", first))


def _points(codebook: Codebook) -> set[int]:
    """The answers that the study's scales have, as numbers."""
    return {code for scale in codebook.scales for code in codebook.options_of(scale).codes}


def refuse_swapped(what: str, he: str, en: str) -> None:
    """Hebrew alone where the English belongs, and Latin letters alone where the Hebrew does."""
    as_he, as_en = PLACE.sub("", he), PLACE.sub("", en)
    if OF_LATIN.search(as_en) or OF_HEBREW.search(as_he) or not (OF_HEBREW.search(as_en) and OF_LATIN.search(as_he)):
        return
    instead = f'en="{he}", he="{en}"' if what in SENTENCES else f'("{en}", "{he}"), Hebrew first'
    instead = f'title={{"en": "{he}", "he": "{en}"}}' if what == "title" else instead
    raise ProseProblem(
        f"the languages of the {what} are swapped: “{en}” is given as English and “{he}” as Hebrew; what to do: write\n"
        f"        {instead}"
    )


def refuse_dots(what: str, text: str) -> None:
    """The dots that stand for words in every line that a refusal advises."""
    if "…" in text and not LETTER.search(PLACE.sub("", text)):
        raise ProseProblem(
            f"the {what} is “{text}”, dots that stand for words; what to do: write the words of your own in place of “…”"
        )


def _refuse_unwritten(what: str, text: str) -> None:
    """What stands in place of words or numbers: dots, a number that is not there, a format of Python’s."""
    refuse_dots(what, text)
    if found := FORMED.search(text):
        name = found[1]
        raise ProseProblem(
            f"“{found[0]}” stands in the {what}; what to do: write {{{name}}}, whose decimals are those that it left with; fewer by\n"
            f'        {name}=report.cell("TABLE", "{name}", …, digits=1)'
        )
    if found := NOT_THERE.search(text) or (NONE_THERE.search(text) if what in SENTENCES else None):
        raise NotForPublication(
            f"“{found[0].strip()}” stands in the {what}, a number that is not there; what to do: let it come from row= or report.cell, "
            f"which leave out a sentence without its number, as in\n        {guards.with_value(what, 'report.cell(…)')}"
        )


def _refuse_keys(what: str, text: str, language: str, words: Vocabulary) -> None:
    """A key that only its form tells, in Hebrew any Latin word that is one of the study's; and words of the other language."""
    bare = PLACE.sub("", text)
    found = KEY.search(bare)
    key = found[0] if found else ""
    if language == "he" and not key:
        key = next((word for word in LATIN.findall(bare) if words.of_study(word)), "")
    said, why = key, "a key that readers do not know"
    if not key:
        said, key = _in_the_other_language(bare, language, words.codebook)
        why = f"which is no {LANGUAGE_NAMES[language]}"
    if key:
        line = guards.with_value(what, f'"{key}"', "it")
        raise ProseProblem(
            f"“{said}” stands in the {what}, {why}; what to do: write its words in each language, or let a value give them\n        {line}"
        )


def _in_the_other_language(text: str, language: str, codebook: Codebook) -> tuple[str, str]:
    """(words of a scale, wave, trait or group that code wrote into a text of the other language, their key), or nothing."""
    other, letters = ("en", OF_LATIN) if language == "he" else ("he", OF_HEBREW)
    groups = {key: one for trait in codebook.traits.values() for key, one in trait.groups.items()}
    named = codebook.scales | codebook.waves | codebook.traits | groups if letters.search(text) else {}
    for key, said in named.items():
        alone = rf"(?i)(?<!{letters.pattern}){re.escape(said[other])}(?!{letters.pattern})"
        if said[other] not in said[language] and (found := re.search(alone, text)):
            return found[0], key
    return "", ""
