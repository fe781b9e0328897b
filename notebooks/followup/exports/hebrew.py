"""How letters are compared, and how Hebrew goes wrong on its way through other programs."""

import re
from collections.abc import Iterable

FINAL_LETTERS = "ךםןףץ"
HEBREW_WORD = re.compile("[א-ת]{2,}")


def _misread(codec: str, first: int, last: int) -> str:
    """The signs, as a regular expression's set, that the bytes `first` to `last` become when read as `codec`."""
    signs = {bytes([byte]).decode(codec, "ignore") or chr(byte) for byte in range(first, last + 1)}
    return "[" + "".join(re.escape(sign) for sign in sorted(signs)) + "]"


# UTF-8 that was read as Western European or Windows Hebrew and saved as UTF-8 again: "ש" is then "×©", "é" is "Ã©".
DOUBLE_ENCODED = re.compile(
    "|".join(
        [
            "(?:×(?:" + _misread("latin-1", 0x90, 0xAA) + "|" + _misread("cp1252", 0x90, 0xAA) + ")){2,}",
            "(?:׳" + _misread("cp1255", 0x90, 0xAA) + "){2,}",
            "Ã(?:" + _misread("latin-1", 0x80, 0xBF) + "|" + _misread("cp1252", 0x80, 0xBF) + ")",
            "â€",
            "ï»¿",
        ]
    )
)


def double_encoded(headings: Iterable[str], texts: Iterable[str]) -> str | None:
    """A text that shows the file was encoded twice: a heading, or one of two or more that make up half of all texts."""
    for heading in headings:
        if DOUBLE_ENCODED.search(heading):
            return heading
    beyond_ascii = [text for text in texts if not text.isascii()]
    wrong = [text for text in beyond_ascii if DOUBLE_ENCODED.search(text)]
    return wrong[0] if len(wrong) >= max(2, len(beyond_ascii) / 2) else None


def reversed_hebrew(texts: Iterable[str]) -> str | None:
    """A text whose letters seem to stand in visual (left to right) order: in Hebrew no word begins with a final letter.

    It takes two different words that begin with one, and fewer that end with one, so that a slip of the pen is none.
    """
    beginning, ending, example = set(), set(), None
    for text in texts:
        for word in HEBREW_WORD.findall(text) if not text.isascii() else ():
            if word[0] in FINAL_LETTERS:
                beginning.add(word)
                example = example or text
            if word[-1] in FINAL_LETTERS:
                ending.add(word)
    return example if len(beginning) >= 2 and len(beginning) > len(ending) else None
