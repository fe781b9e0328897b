"""How people write a name, an ID or a unit: prefixes, diminutives, initials, vowel points, hyphens, the other alphabet.

Texts that people wrote are searched for every form; our own prose only for names as they stand, and not for those that
are common words of it.
"""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

HEBREW = "א-ת"
PREFIXES = "[ושכלבמה]{0,4}"  # Hebrew words that are written together with the next one
SHORT_PREFIX = "[ולש]?"  # before a name of two letters, which would else stand in every other word
ENDINGS = "(?:י|ו|לה|ל'ה|וש|ושה|ושי|ושקה|ק'ה|קה|יק|יקו|צ'ה|צ'יק|צ'וק)"
FINAL = str.maketrans("םןץףך", "מנצפכ")
DASHES = dict.fromkeys(map(ord, "־‐‑‒–—−_"), "-")
QUOTES = dict.fromkeys(map(ord, "׳’‘`´"), "'") | dict.fromkeys(map(ord, "״“”„"), '"')
ALIKE = QUOTES | DASHES | FINAL
WORD = re.compile(r"[\w'\"]+")
DIMINUTIVES = """
אברהם אבי אברום|אהרן אהרון ארי רוני|אליהו אלי|אליעזר אלי לייזר|אלישבע אלי שבי|אסתר אסתי אתי|אפרים אפי|בנימין בני|בצלאל צלי
ברוך בוקי|גבריאל גבי|גדליה גדי|דוד דודו דודי דוידי|דניאל דני דן|זאב זאבי|חיים חיימי|חנה חני|יהודה יודה יודי|יהונתן יוני נתי
יהושע שוקי שייקה|יוסף יוסי ספי|יחזקאל חזי|יעקב קובי יענקל יקי|יצחק איציק צחי|ירחמיאל ירח|ישראל שרוליק|מאיר מאירקה|מיכאל מיקי מיכה מייק
מיכל מיכלי מיקה|מנחם מני|מרדכי מוטי מורדי|מרים מירי מרי|משה מושיקו מוישי מוש|נחמיה נחי|נחום נחי|נעמי נומי|נתנאל נתי|עמנואל מנו
פנינה פני ניני|צבי צביקה|צפורה ציפי|רבקה רבי ריקי|רחל רחלי רוחי|רונית רוני|רפאל רפי|שושנה שושי|שלמה שלומי|שמואל שמוליק שמיל מולי
שמעון שימי שמעוני|שמשון שימי|שרה שרי שרית|תמר תמי תמרי|daniel dan danny dani|michael mike micky|joseph joe yossi|david dave|samuel sam
elizabeth liz beth|katherine kate kathy|robert bob rob|william bill will|ronit roni|jonathan jon yoni|benjamin ben benny|rebecca becky
""".strip().replace("\n", "|")  # the first of each line is a full name
LATIN = {  # each letter of a Hebrew word as Latin ones: a consonant always stands there, and a vowel letter as some vowel
    "א": "[ae]{1,2}", "ב": "(?:bb?|v)", "ג": "(?:g|j)", "ד": "dd?", "ה": "h", "ו": "(?:v|w|oo|ou|o|u)", "ז": "(?:z|s)",
    "ח": "(?:ch|kh|h)", "ט": "tt?", "י": "(?:[yij]|ee|ei|ie|ai|ay|ey)", "כ": "(?:kh|ch|k|c)", "ל": "ll?", "מ": "mm?",
    "נ": "nn?", "ס": "ss?", "ע": "[ae']{1,2}", "פ": "(?:ph|pp?|f)", "צ": "(?:tz|ts|z)",
    "ק": "(?:ck|kk?|q|cc?)", "ר": "rr?", "ש": "(?:sh|s)", "ת": "(?:th|tt?)", "'": "", '"': "",
}  # fmt: skip
FIRST = {"א": "[aeiou]{1,2}", "ע": "[aeiou]{1,2}", "ו": "(?:v|w)", "י": "[yij]", "ח": "(?:ch|kh|h|(?=a))"}
LAST = {"א": "[ae]h?", "ה": "(?:[ae]h?|h)", "ע": "[ae]h?", "ו": "(?:v|w|oo|o|u)"}
TOGETHER = (  # letters that are read together, or not at all beside another
    ("^יהו", "(?:[yj]e?h[ou]|[yj]o)"), ("^אהר", "(?:aha|aa)rr?"), ("(?<!^)ע(?=[וי])|^[אע](?=[וי].)", ""), ("(?<=ו)ע", "[ae]{0,2}"),
    ("וו", "(?:v|w)"), ("יי", "(?:[yi]|ai|ay|ei)"),
)  # fmt: skip
TOGETHER_OR_ONE = re.compile("|".join(f"({signs})" for signs, _ in TOGETHER) + "|.")
CUTS = {"", *"ולשבכמ", *(f"ו{sign}" for sign in "לשבכמ"), *("של", "שב", "שמ", "כש")}  # what is written with a name
LEAST_SHORT = 4  # letters of a short form that is looked for in the other alphabet


def plain(text: str) -> str:
    """A text without vowel points and signs that nobody sees, in small letters; quotes, dashes and final letters alike."""
    if not text.isascii():
        spread = unicodedata.normalize("NFKD", text)
        text = "".join(
            sign for sign in spread if not unicodedata.combining(sign) and unicodedata.category(sign) != "Cf"
        )
    return text.translate(ALIKE).casefold()


def plain_digits(text: str) -> str:
    """A text whose whole numbers stand in plain digits, whatever signs they were written with (③, Ⅲ, ３); not R² or ½."""
    if text.isascii():
        return text
    return "".join(_plain_digit(sign, text[place - 1 : place]) for place, sign in enumerate(text))


def _plain_digit(sign: str, before: str) -> str:
    raised = before.isalpha() and unicodedata.decomposition(sign).startswith("<su")
    if sign.isascii() or not sign.isnumeric() or raised:
        return sign
    value = unicodedata.numeric(sign)
    return str(int(value)) if value == int(value) else sign


@lru_cache(maxsize=1)
def words_of_our_prose() -> frozenset[str]:
    """Every word of the notebooks' and the package's prose: a participant called like one is not looked for in it."""
    return frozenset((Path(__file__).parent / "common_words.txt").read_text(encoding="utf-8").split())


def letters_of(text: str) -> set[str]:
    """The words of a text, without numbers and codes, as they are compared."""
    return {word for word in re.findall(r"[^\W\d_]+(?:[\"'][^\W\d_]+)?", plain(text)) if len(word) > 1}


def found_forms(text: str, kind: str, word: str) -> bool:
    """Whether a text that people wrote holds a word of this kind (name, id, unit, address, project) in any form."""
    pattern = forms(kind, word)
    return bool(pattern.search(plain(text))) or kind == "name" and _as_latin(text, word)


@lru_cache(maxsize=20_000)
def forms(kind: str, word: str) -> re.Pattern:
    """The pattern of all forms of a word, for a text made `plain`."""
    known = plain(word)
    if kind == "id":
        return re.compile(rf"(?<!\w){_id(known)}(?!\w)")
    if kind == "name":
        return re.compile(rf"(?<![\w]){_name(known)}(?!\w)")
    if kind == "unit":
        return re.compile(rf"(?<!\w){_unit(known)}(?!\w)")
    return re.compile(rf"(?<!\w){PREFIXES}{_apart(known.split())}(?!\w)")


def _apart(words: list[str]) -> str:
    return r"[\s\-]+".join(r"[\s\-]*".join(re.escape(part) for part in word.split("-")) for word in words)


def _id(known: str) -> str:
    """`DL-111`, `dl 111`, `DL111`: letters and digits, whatever stands between them."""
    parts = re.findall(r"\d+|[^\W\d]+", known)
    return r"[\s\-./]*".join(map(re.escape, parts)) if parts else re.escape(known)


def _name(known: str) -> str:
    words = known.split()
    if len(words) > 1:
        return f"{PREFIXES}(?:{_apart(words)}|{_initials(words)})"
    if len(known) < 3:
        return SHORT_PREFIX + re.escape(known)
    if not re.search(f"[{HEBREW}]", known):
        return f"(?:{'|'.join([_apart([known]), *map(re.escape, diminutives().get(known, ()))])})"
    stem = re.sub("(?:ית|ה|י)$", "", known)
    made = [f"{re.escape(stem)}{ENDINGS}"] if len(stem) > 2 else [f"{re.escape(stem)}(?:וש|ושה|ושי|'לה|ל'ה|לה)"]
    own = [_apart([known]), *made, *map(re.escape, diminutives().get(known, ()))]
    return f"{PREFIXES}(?:{'|'.join(own)})"


def _initials(words: list[str]) -> str:
    """`ד.כ.` and `ד. כהן` of a first and a family name."""
    first, last = words[0][0], words[-1]
    return rf"{re.escape(first)}\.\s?(?:{re.escape(last[0])}\.?|{_apart([last])})"


@lru_cache(maxsize=1)
def diminutives() -> dict[str, tuple[str, ...]]:
    """Of each full name the short ones, and of each short one the full names."""
    found: dict[str, tuple[str, ...]] = {}
    for full, *short in (plain(line).split() for line in DIMINUTIVES.split("|")):
        found[full] = (*found.get(full, ()), *short)
        for name in short:
            found[name] = (*found.get(name, ()), full)
    return found


def _unit(known: str) -> str:
    """A unit in any inflection of its words, with or without the article, or by its initials."""
    words = [re.sub("^ה(?=..)", "", word) for word in re.split(r"[\s\-]+", known)]
    whole = r"[\s\-]+".join(f"{PREFIXES}{_inflected(word)}" for word in words)
    letters = [word[0] for word in words]
    if len(words) < 2 or not re.search(f"[{HEBREW}]", known):
        short = r"\.?".join(letters) + r"\.?" if len(words) > 2 else None
    else:
        short = f'{PREFIXES}{"".join(map(re.escape, letters[:-1]))}"{re.escape(letters[-1])}'
    return f"(?:{whole}|{short})" if short else f"(?:{whole})"


def _inflected(word: str) -> str:
    if not re.search(f"[{HEBREW}]", word) or len(word) < 3:
        return re.escape(word) + ("s?" if word.isascii() else "")
    stem = re.sub("(?:ה|ימ|ות|ת)$", "", word) if len(word) > 3 else word
    return f"{re.escape(stem)}(?:ה|ת|ימ|י|ות|ו|נו)?"


def _as_latin(text: str, word: str) -> bool:
    """Whether a name stands there in the other alphabet; in Latin letters with a capital, as names have.

    A word of our own prose is none, unless another part of the name stands there too.
    """
    parts = [part for part in re.split(r"[\s\-]+", plain(word)) if len(part) > 2]
    if not parts:
        return False
    common = words_of_our_prose()
    if re.search(f"[{HEBREW}]", word):
        there = {token.casefold() for token in re.findall(r"\b[A-Z][a-z'’]+", text)}
        found = [{one for one in there if _latin(part).fullmatch(one)} for part in parts]
        telling = there - common
    else:
        tokens = {token for token in WORD.findall(plain(text)) if re.search(f"[{HEBREW}]", token)}
        there = {start for token in tokens for start in _starts(token)}
        found = [{one for one in there if _written_as(one, part)} for part in parts]
        telling = {start for token in tokens - common for start in _starts(token) - common}
    return all(found) and not telling.isdisjoint(set().union(*found))


def _starts(token: str) -> set[str]:
    """A Hebrew word, and what is left of it without what may be written together with a name; two letters after one only."""
    cut = {token[len(prefix) :]: prefix for prefix in CUTS if token.startswith(prefix)}
    return {start for start, prefix in cut.items() if len(start) > 2 or prefix in ("", *"ולש") and len(start) == 2}


@lru_cache(maxsize=50_000)
def _written_as(word: str, name: str) -> bool:
    """Whether a Hebrew word is a Latin name, a short form of it, or the name with the ending of a pet name."""
    names = (name, *(short for short in diminutives().get(name, ()) if len(short) >= LEAST_SHORT))
    stems = [word, word[:-1]] if len(word) > 3 and word.endswith("י") else [word]
    return any(_latin(stem).fullmatch(one) for stem in stems for one in names)


@lru_cache(maxsize=50_000)
def _latin(hebrew: str) -> re.Pattern:
    made, last = [], len(hebrew)
    for found in TOGETHER_OR_ONE.finditer(hebrew):
        sign = found[0]
        together = next((latin for (_, latin), one in zip(TOGETHER, found.groups(), strict=False) if one), None)
        here = FIRST if not found.start() else LAST if found.end() == last else LATIN
        made.append(together if together is not None else here.get(sign, LATIN.get(sign, re.escape(sign))))
    return re.compile("[aeiou]?".join(made) + "e?")
