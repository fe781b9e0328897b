"""Cells that hold several options: where one ends and the next begins, in which order, and what is none of them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from followup.cleaning.answer_labels import OptionReader, Reading
from followup.language import folded

SEPARATORS = (";", "\n", "|", ">", ",")
QUOTES = "\"'“”„״"
OTHER = "other_text"


@dataclass(frozen=True)
class Several:
    """What a cell says: the readings in its order, or why it cannot be read.

    `unknown` are texts that are no option, `known` the options beside them; `ways` are two readings of one cell.
    """

    readings: tuple[Reading, ...] = ()
    unknown: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()


class SeveralReader:
    """Reads the cells of one column of several options.

    `labelled`: the column holds labels, so that a bare number in it is a text that somebody typed, and no code.
    """

    def __init__(self, reader: OptionReader, cells: list[str]):
        self.reader = reader
        labels = [label for label in (*reader.folded, *reader.synonyms) if not label.isdecimal() and len(label) > 1]
        self.labelled = any(label in folded(cell) for cell in cells for label in labels)

    def read(self, cell: str) -> Several:
        """The options of a cell, whatever joins them: semicolons, line ends, bars, commas, or spaces between codes."""
        whole = self._option(cell)
        if whole is not None and whole.code is None:
            return Several((whole,))
        parts_of = [*self._split(cell)]
        for parts, separator in parts_of:
            ways = self._ways(parts, separator)
            if len(ways) > 1:
                return Several(ways=tuple(" + ".join(self._named(one) for one in way) for way in ways))
            if ways:
                return Several(self._checked(ways[0]))
        corrected = self.reader.read(cell) if not self._is_number(cell) else None
        return Several((corrected,)) if corrected is not None else self._with_other(parts_of, cell)

    # Where one option ends -----------------------------------------------------------------------------------------

    def _split(self, cell: str) -> Iterator[tuple[list[str], str]]:
        """(parts, what joined them) for each way to take the cell apart that leaves more than nothing."""
        text = cell.strip()
        listed = _as_list(text)
        if listed:
            yield listed, "\0"
        if self._option(text) is not None and not any(separator in text for separator in SEPARATORS):
            yield [text], "\0"
            return
        for separator in SEPARATORS:
            if separator in text:
                yield [part for part in (one.strip() for one in text.split(separator)) if part.strip(QUOTES)], separator
        yield [text], "\0"
        words = text.split()
        if len(words) > 1 and all(self._is_name(word) for word in words):
            yield words, "\0"

    def _ways(self, parts: list[str], separator: str) -> list[tuple[Reading, ...]]:
        """At most two different ways to put the parts together again into options; none when something is left."""
        found: dict[frozenset, tuple[Reading, ...]] = {}
        for way in self._joined(parts, separator):
            found.setdefault(frozenset(one.code for one in way), tuple(dict.fromkeys(way)))
            if len(found) > 1:
                break
        return list(found.values())

    def _joined(self, parts: list[str], separator: str) -> Iterator[list[Reading]]:
        if not parts:
            yield []
            return
        for count in range(len(parts), 0, -1):
            one = self._option(_rejoined(parts[:count], separator))
            if one is not None:
                yield from ([one, *rest] for rest in self._joined(parts[count:], separator))

    def _option(self, text: str) -> Reading | None:
        """The option that a text is; a number is one only where the column holds no labels, "2,0" never."""
        for written in dict.fromkeys((text, text.strip(QUOTES + " "))):
            if self._is_number(written) and (self.labelled or not re.fullmatch(r"\s*[^\W_]+\s*", written)):
                continue
            one = self.reader.known_as(written)
            if one is not None:
                return one
        return None

    def _is_number(self, text: str) -> bool:
        plain = folded(text)
        return bool(re.fullmatch(r"[-+]?\d+(?:[.,]\d+)*", plain)) and plain not in (
            *self.reader.folded,
            *self.reader.synonyms,
            *self.reader.missing,
        )

    def _is_name(self, word: str) -> bool:
        one = self._option(word)
        return one is not None and one.code is not None

    def _named(self, one: Reading) -> str:
        return f"“{self.reader.options[one.code].en}”" if one.code is not None else "no answer"

    def _checked(self, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
        if self.reader.contradict([one.code for one in readings if one.code is not None], len(readings)):
            return (Reading(missing="contradiction", rule="contradiction"),)
        return readings

    # What is none of the options -----------------------------------------------------------------------------------

    def _with_other(self, parts_of: list[tuple[list[str], str]], cell: str) -> Several:
        """Options and, between them, texts that are none: they count as “other” where the question has such an option."""
        known, unknown = min((self._apart(*parts) for parts in parts_of), key=lambda both: _letters(both[1]))
        other = self.reader.other
        if other is None or any(self.reader.nearly(text) for text in unknown):
            return Several(unknown=tuple(unknown), known=tuple(self._named(one) for one in known))
        said = Reading(other.code, rule=OTHER, became=other.he)
        return Several(self._checked(tuple(dict.fromkeys([*known, said]))))

    def _apart(self, parts: list[str], separator: str) -> tuple[list[Reading], list[str]]:
        """(options, the texts between them): from the first part on, the longest option first."""
        known, unknown, left, place = [], [], [], 0
        while place < len(parts):
            for count in range(len(parts) - place, 0, -1):
                one = self._option(_rejoined(parts[place : place + count], separator))
                if one is not None and one.code is not None:
                    unknown += [_rejoined(left, separator)] if left else []
                    known, left, place = [*known, one], [], place + count
                    break
            else:
                left.append(parts[place])
                place += 1
        return known, [*unknown, *([_rejoined(left, separator)] if left else [])]


def _rejoined(parts: list[str], separator: str) -> str:
    return f"{separator} ".join(parts) if separator != "\0" else " ".join(parts)


def _letters(texts: list[str]) -> int:
    return sum(map(len, texts))


def _as_list(text: str) -> list[str] | None:
    """The texts of a list as programs write it: ["A", "B"]."""
    if not (text.startswith("[") and text.endswith("]")):
        return None
    try:
        values = json.loads(text.replace("'", '"'))
    except ValueError:
        return None
    return [str(value) for value in values] if values and all(isinstance(v, str | int) for v in values) else None
