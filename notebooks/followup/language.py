"""Words and numbers in Hebrew and English.

Inside Hebrew a bare "−3.2" shows as "3.2−" and "1–5" as "5–1", so every number, range and interval is wrapped
in a left-to-right isolate (U+2066 … U+2069) before it meets a sentence.
"""

import re
import string
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from html import escape
from numbers import Integral

from babel.dates import format_date
from babel.numbers import format_decimal

from followup.rounding import to_digits

LANGUAGES = ("he", "en")
DIRECTION = {"he": "rtl", "en": "ltr"}
ISOLATE, END_ISOLATE = "\u2066", "\u2069"
ISLANDS = {"he": "\u2067", "en": "\u2066"}
LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK = "\u200e", "\u200f"
MINUS = "−"
FEWEST_FOR_PERCENT = 10


@dataclass(frozen=True)
class Text:
    """A text in both languages; `text["he"]` is the Hebrew one."""

    he: str
    en: str

    def __getitem__(self, language: str) -> str:
        return {"he": self.he, "en": self.en}[language]

    def __add__(self, other: "Text") -> "Text":
        return Text(self.he + other.he, self.en + other.en)

    def filled(self, values: dict) -> "Text":
        """Both sentences with their placeholders filled, as `filled` does."""
        return filled(self.he, self.en, values)


def each(say: Callable[[str], str]) -> Text:
    """What `say` says in each language."""
    return Text(*map(say, LANGUAGES))


def both(words) -> Text:
    """Words of the codebook or the params as a text."""
    return Text(words.he, words.en)


def inside(words) -> Text:
    """The same as it stands within a sentence."""
    return Text(words.he, within(words.en))


def columns(name: str, text: Text) -> dict[str, str]:
    """A text as the cells of two columns: name_he, name_en."""
    return {f"{name}_{language}": text[language] for language in LANGUAGES}


NOT_COMPUTED = Text("לא חושב", "not computed")

# A number in running text, with its sign, range or percent: each is an island in Hebrew.
NUMBER = re.compile(r"(?<![\w.\u2066])[+−-]?\d[\d.,:/]*(?:[–−-][+−]?\d[\d.,]*)*(?<=\d)%?")
PERCENT_OUTSIDE = re.compile("(?<=\\d)\u2069%")  # "{level}%": the sign would be read before its number
# Signs that nobody types on purpose: they change the direction of the text after them, or are no text at all.
TURNING = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
NO_TEXT = [code for code in [*range(0x20), *range(0x7F, 0xA0)] if chr(code) not in "\t\n\r"]
REMOVED = dict.fromkeys([*TURNING, *NO_TEXT])


def isolated(text: str) -> str:
    """`text` as a left-to-right island that keeps its order inside Hebrew."""
    return f"{ISOLATE}{text}{END_ISOLATE}"


def same(text: str) -> Text:
    return Text(text, text)


def without_turns(text: str) -> str:
    """A text that somebody typed, without the signs that change the direction of what follows it."""
    return text.translate(REMOVED)


def without_marks(text: str) -> str:
    """A text as it was before it was wrapped into lines and given signs of direction."""
    return without_turns(text).replace("\n", " ").replace(RIGHT_TO_LEFT_MARK, "")


def to_paste(text: str, language: str) -> str:
    """A text as it is pasted elsewhere: without isolates, which some programs show as boxes.

    In Hebrew a number with a sign or a range stands between direction marks, which every program knows; the others
    keep their order by themselves.
    """
    bare = without_turns(text)
    if language != "he":
        return bare
    return NUMBER.sub(lambda found: _marked(found[0]) if re.search("[+−–-]", found[0]) else found[0], bare)


def _marked(number: str) -> str:
    return f"{LEFT_TO_RIGHT_MARK}{number}{RIGHT_TO_LEFT_MARK}"


def numbers_isolated(text: str) -> str:
    """Hebrew text in which every number keeps its own direction."""
    return NUMBER.sub(lambda found: isolated(found[0]), text)


def main_language(text: str) -> str | None:
    """The language of most of a text's letters; None when it has none of either."""
    hebrew = sum("\u05d0" <= sign <= "\u05ea" for sign in text)
    latin = sum(sign.isascii() and sign.isalpha() for sign in text)
    return None if not hebrew + latin else "he" if hebrew > latin else "en"


def free_text(text: object) -> str:
    """A text that somebody typed, as an island: its direction is that of most of its letters, and it turns nothing."""
    clean = without_turns(str(text))
    language = main_language(clean) or "en"
    return f"{ISLANDS[language]}{numbers_isolated(clean) if language == 'he' else clean}{END_ISOLATE}"


def plain_number(value: float, digits: int, signed: bool = False) -> str:
    """A number in figures, a real minus, and never "−0.0"."""
    rounded = to_digits(float(value), digits)
    figures = _figures(abs(rounded), digits)
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return sign + figures


@lru_cache(10_000)
def _figures(value: float, digits: int) -> str:
    return format_decimal(value, format="#,##0" + ("." + "0" * digits if digits else ""), locale="en")


def number(value: float | None, digits: int = 0, signed: bool = False) -> Text:
    """A number with `digits` decimals, alike in both languages; None reads "not computed"."""
    return NOT_COMPUTED if value is None or value != value else same(isolated(plain_number(value, digits, signed)))


def change(value: float | None, digits: int = 1) -> Text:
    """A change in scale points, always with its sign."""
    return number(value, digits, signed=True)


ABOVE, BELOW = Text("מעל ", "above "), Text("מתחת ל־", "below ")


def interval(
    low: float | None, high: float | None, digits: int = 1, signed: bool = True, limits: Iterable[float] = ()
) -> Text:
    """An interval "−0.1 to 0.4", which never changes its order inside Hebrew.

    Bounds that were moved outward lie strictly inside what is written: one written as one of `limits` (zero, a margin)
    says so, "above 0.0 to below 0.3", for on which side of it the bound lies decides.
    """
    if low is None or high is None or low != low or high != high:
        return NOT_COMPUTED
    on_it = [any(abs(bound - limit) < 1e-9 for limit in limits) for bound in (low, high)]
    words = [word if on else Text("", "") for word, on in zip((ABOVE, BELOW), on_it, strict=True)]
    bounds = isolated(plain_number(low, digits, signed)), isolated(plain_number(high, digits, signed))
    said = [word + same(bound) for word, bound in zip(words, bounds, strict=True)]
    return said[0] + Text(" עד ", " to ") + said[1]


def change_interval(low: float | None, high: float | None, margin: float | None = None) -> Text:
    """The interval of a change as it leaves, with as many decimals, beside zero and the margin (points)."""
    known = margin is not None and margin == margin
    return interval(low, high, decimals(low, high), limits=(0.0, margin, -margin) if known else (0.0,))


def decimals(*values: float | None) -> int:
    """How many decimals numbers are written with that were rounded when they left: one, or two where one needs them."""
    known = [float(value) for value in values if value is not None and value == value]
    return 2 if any(abs(round(value, 1) - value) > 1e-9 for value in known) else 1


def fewer_than(least: int) -> Text:
    """What stands for a count that is too small to be told."""
    return filled("פחות מ־{least}", "fewer than {least}", {"least": int(least)})


def more_than(most: int, whole: int) -> Text:
    """What stands for nearly all: how many they are more than, of how many, so that nobody is told who were the others."""
    return filled("יותר מ־{most} מתוך {n}", "more than {most} of {n}", {"most": int(most), "n": int(whole)})


def at_least(least: int) -> Text:
    """What stands for the size of a group that would tell how many of it were silent."""
    return filled("לפחות {least}", "at least {least}", {"least": int(least)})


def count_of(part: int, whole: int) -> Text:
    """ "24 of 29" """
    part_, whole_ = isolated(plain_number(part, 0)), isolated(plain_number(whole, 0))
    return Text(f"{part_} מתוך {whole_}", f"{part_} of {whole_}")


def percent(part: float, whole: float) -> Text:
    """A whole percentage, a half rounded up; the count when there are fewer than ten ("no percentages under n = 10")."""
    if whole < FEWEST_FOR_PERCENT:
        return count_of(int(part), int(whole))
    return same(isolated(f"{plain_number((200 * part + whole) // (2 * whole), 0)}%"))


def percentage(share: float, digits: int = 0) -> Text:
    """A share of 0 to 1 as a percentage: "62%" """
    return same(isolated(f"{plain_number(100 * share, digits)}%"))


def share(part: int, whole: int) -> Text:
    """ "24 of 29 (83%)" """
    if whole < FEWEST_FOR_PERCENT:
        return count_of(part, whole)
    return count_of(part, whole) + same(" (") + percent(part, whole) + same(")")


def answered(n: int, asked: int, known: bool = True) -> Text:
    """ "24 of 29 (83%)", or only how many answered where nobody has said how many were asked."""
    if known:
        return share(n, asked)
    return filled("{n} (לא ידוע כמה נשאלו)", "{n} (how many were asked is not known)", {"n": int(n)})


def p_value(p: float | str | None) -> Text:
    """A p-value to three decimals or "< 0.001", or as it left, in a band: "≤ 0.01"; it is not broken into lines."""
    if p is None or p != p:
        return NOT_COMPUTED
    if isinstance(p, str):
        return same(isolated(p.replace(" ", "\u00a0")))
    return same(isolated("<\u00a00.001" if p < 0.001 else plain_number(p, 3)))


def day(value: date) -> Text:
    return Text(isolate_digits(format_date(value, "long", locale="he")), format_date(value, "long", locale="en_GB"))


def isolate_digits(text: str) -> str:
    """A Hebrew date with its day and year as islands."""
    return " ".join(isolated(word) if word.isdigit() else word for word in text.split())


def listed(texts: list[Text]) -> Text:
    """ "a, b and c" """
    he, en = [text.he for text in texts], [text.en for text in texts]
    if len(texts) < 2:
        return Text("".join(he), "".join(en))
    return Text(f"{', '.join(he[:-1])} ו{_maqaf(he[-1])}{he[-1]}", f"{', '.join(en[:-1])} and {en[-1]}")


def joined(texts: Iterable[Text], between: str) -> Text:
    """Texts one after the other, with the same sign between them in both languages."""
    parts = [*texts]
    return each(lambda language: between.join(text[language] for text in parts))


def worded(text: Text, values: Mapping[str, Text]) -> Text:
    """A sentence whose two languages need different words of `values`."""
    return each(lambda language: text[language].format(**{name: value[language] for name, value in values.items()}))


def _maqaf(word: str) -> str:
    """Hebrew joins "and" to a word, but with a maqaf before figures and Latin letters."""
    return "" if "\u05d0" <= word.lstrip("“״")[:1] <= "\u05ea" else "\u05be"


class ProseProblem(ValueError):
    """A sentence that cannot be said in both languages."""


def filled(he: str, en: str, values: dict) -> Text:
    """Both sentences with their placeholders filled.

    Raises `ProseProblem` when only one language has a placeholder, a value is missing, or a float comes unrounded.
    """
    named = {language: placeholders(text) for language, text in (("he", he), ("en", en))}
    if only_one := named["he"] ^ named["en"]:
        raise ProseProblem(
            f"only one language has the placeholder {{{'}, {'.join(sorted(only_one))}}}: «{en}»; what to do: write it in both"
        )
    if wrong := named["he"] ^ set(values):
        called = ", ".join(f"{name}=…" for name in sorted(wrong))
        told = f"write {{{'}, {'.join(sorted(wrong))}}} into the sentence, or leave {called} out"
        if wrong & named["he"]:
            told = f"add {', '.join(f'{name}=…' for name in sorted(wrong & named['he']))}, or row=…, a row that has it"
        raise ProseProblem(
            f"placeholders and values do not agree on {', '.join(sorted(wrong))}: «{en}»; what to do: {told}"
        )
    shown = {name: _shown(name, value) for name, value in values.items()}
    return Text(
        *(
            PERCENT_OUTSIDE.sub("%\u2069", text.format(**{name: value[language] for name, value in shown.items()}))
            for language, text in (("he", numbers_isolated(he)), ("en", en))
        )
    )


def placeholders(text: str) -> set[str]:
    """The names in braces of a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _shown(name: str, value: object):
    """A value as words in both languages."""
    if isinstance(value, Integral) and not isinstance(value, bool):
        return number(int(value))
    if isinstance(value, str):
        return same(free_text(value))
    if not isinstance(value, Text):
        raise ProseProblem(
            f"“{name}” is said in no words; what to do: give {name} as words: number({name}, 1), percent(…), count_of(…) or change(…)"
        )
    return value


def within(name: str) -> str:
    """An English name as it stands within a sentence: small at its start, unless it is a proper name or abbreviated."""
    first, _, rest = name.partition(" ")
    proper = first[1:] and not first[1:].islower() or rest[:1].isupper()
    return name if proper else name[:1].lower() + name[1:]


def begun(text: str) -> str:
    """A text as it stands at the beginning of a sentence; the symbols p and n stay small."""
    return text if text[:2] in ("p ", "n ") else text[:1].upper() + text[1:]


def paragraphs(text: str) -> str:
    """A text as HTML paragraphs, every sign of it escaped."""
    parts = [" ".join(part.split()) for part in text.split("\n\n")]
    return "".join(f"<p>{escape(part)}</p>" for part in parts if part)


LANGUAGE_NAMES = {"he": "Hebrew", "en": "English"}
OTHER_LANGUAGE = {"he": "en", "en": "he"}


def in_order(languages: Iterable[str]) -> list[str]:
    """Languages in the order in which files and lists name them, whatever the order they came in."""
    named = set(languages)
    return [language for language in LANGUAGES if language in named]


def pair(texts: Mapping[str, str]) -> Text:
    """A text in both languages; where there is only one, its words stand for the other."""
    only = next(iter(texts.values()))
    return Text(texts.get("he", only), texts.get("en", only))


@lru_cache(maxsize=4096)
def language_of(source: str) -> str | None:
    """The language of most letters of a prose cell, code and addresses left aside; None when it has no letters."""
    return main_language(re.sub(r"\]\([^)]*\)|`[^`]*`", "", source))


# Signs that exports add or vary and no reader tells apart.
LOOKALIKES = str.maketrans(
    {
        "\u05f3": "'",
        "\u2019": "'",
        "\u2018": "'",
        "\u201b": "'",
        "\u2032": "'",
        "\u02bc": "'",
        "\u00b4": "'",
        "`": "'",
        "\u05f4": '"',
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u201f": '"',
        "\u2033": '"',
        "\u05be": "-",
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u2212": "-",
    }
)


def folded(text: object) -> str:
    """A text as it is compared: no direction marks, niqqud or odd spaces; one form of geresh, gershayim and maqaf.

    Only what carries no meaning in a heading or a response option is folded: an accented letter stays itself.
    """
    return _folded(str(text))


@lru_cache(maxsize=20_000)
def _folded(text: str) -> str:
    composed = unicodedata.normalize("NFKC", text.translate(LOOKALIKES))
    if not composed.isascii():
        composed = "".join(sign for sign in composed if not _is_silent(sign)).translate(LOOKALIKES)
    spaced = " ".join(composed.replace("''", '"').split())
    return unicodedata.normalize("NFKC", spaced.casefold())


def is_blank(text: str) -> bool:
    """Whether nothing is left of a text when it is folded."""
    return not (text.strip() if text.isascii() else folded(text))


def _is_silent(sign: str) -> bool:
    """Whether a sign is a Hebrew point or cantillation mark, a variation selector, or invisible."""
    kind = unicodedata.category(sign)
    return kind == "Cf" or kind == "Mn" and ("\u0591" <= sign <= "\u05c7" or sign in "\u034f\ufb1e\ufe0e\ufe0f")
