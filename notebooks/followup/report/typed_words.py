"""Words that an analyst typed into a call: they stand in each language of the study, and hold no number."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from followup.language import LANGUAGE_NAMES, ProseProblem, Text
from followup.report import guards

Said = Text | tuple[str, str] | str  # (Hebrew, English), or one text where the study has one language
LETTER, PLACE = re.compile(r"[^\W\d_]"), re.compile(r"\{[^{}]*\}")
NONE: Mapping[str, Said] = MappingProxyType({})


KEY = re.compile(r"(?<![\w.])[a-z]+(?:_[a-z]+)+(?![\w.])")  # a word that only keys and columns look like


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
    return said[0], said[1]


def typed(what: str, he: str, en: str, languages: Sequence[str], names: frozenset[str], released: dict) -> Text:
    """The words in each of `languages`; in one that the study lacks, those of another stand for it.

    Raises `ProseProblem` where words of the study's languages are missing.
    """
    given = {language: text for language, text in (("he", he), ("en", en)) if text.strip()}
    if lacking := [language for language in languages if language not in given]:
        called = " and ".join(LANGUAGE_NAMES[language] for language in lacking)
        where = ", ".join(f"{language}=…" for language in lacking)
        raise ProseProblem(f"a {what} has no {called}; what to do: add {where}")
    for text in given.values():
        guards.check_typed(what, text, names, released)
        if what != "heading" and (found := KEY.search(PLACE.sub("", text))):
            raise ProseProblem(
                f"“{found[0]}” stands in the {what}, a key that readers do not know; what to do: write its words, or let a sentence "
                f'take them\n        report.say(en="… {{it}} …", he="… {{it}} …", it="{found[0]}")'
            )
    first = given[languages[0]]
    return Text(given.get("he", first), given.get("en", first))
