"""What one cell of an answer says: a response option, or that there is no answer, and the rule that was needed to read it."""

import unicodedata
from dataclasses import dataclass

from followup.codebook import OptionSet
from followup.exports import folded
from followup.problems import nearest


@dataclass(frozen=True)
class Reading:
    """A code, or why there is none; `rule` names what had to be done to read the cell, `became` what it was read as."""

    code: int | None = None
    missing: str | None = None
    rule: str | None = None
    became: str = ""


TICKED = {folded(word) for word in ("yes", "y", "1", "true", "checked", "x", "✓", "כן", "סומן")}
NOT_TICKED = {folded(word) for word in ("", "no", "n", "0", "false", "unchecked", "n/a", "לא", "לא סומן")}


def is_ticked(cell: str) -> bool | None:
    """Whether an option with a column of its own was ticked; None for a cell that says neither."""
    text = folded(cell)
    return True if text in TICKED else False if text in NOT_TICKED else None


class OptionReader:
    """Reads the cells of questions that share one option set.

    `spellings` are corrections that the params name (typed text: option meant); `missing` are codes the file itself
    declares to mean no answer. Nothing else is ever taken for an answer.
    """

    def __init__(self, options: OptionSet, spellings: dict[str, str] | None = None, missing: set[str] | None = None):
        self.options = {option.code: option for option in options.options}
        self.labels = {label: option for option in options.options for label in (option.he, option.en)}
        self.codes = {str(option.code): option for option in options.options}
        self.folded = {folded(label): option for label, option in self.labels.items()}
        self.synonyms = {folded(label): option for option in options.options for label in option.synonyms}
        self.spellings = {folded(typed): folded(meant) for typed, meant in (spellings or {}).items()}
        self.missing = {folded(label): gone for gone in options.missing for label in (gone.he, gone.en, *gone.written)}
        self.user_missing = missing or set()

    @property
    def allowed(self) -> str:
        return " · ".join(f"{code} {option.he}" for code, option in self.options.items())

    def read(self, cell: str) -> Reading | None:
        """The reading of a cell, or None when it is no answer that the codebook knows."""
        text = cell.strip()
        if not text:
            return Reading(missing="no_answer", rule="no_answer")
        if text in self.user_missing:
            return Reading(missing="user_missing", rule="user_missing")
        if cell in self.labels or text in self.codes:
            return Reading((self.labels.get(cell) or self.codes[text]).code)
        plain = folded(text)
        return self._as_folded(plain, "invisible_signs") or self._as_digits(text) or self._as_missing(plain) or self._as_corrected(plain)

    def _as_folded(self, text: str, rule: str) -> Reading | None:
        for known, named in ((self.folded, rule), (self.synonyms, "synonym" if rule == "invisible_signs" else rule)):
            if text in known:
                return Reading(known[text].code, rule=named, became=known[text].he)
        return None

    def _as_digits(self, text: str) -> Reading | None:
        """A code written in other digits (an Arabic-Indic 4 is a 4) or as a whole number with decimals (4.0)."""
        digits = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in folded(text))
        whole = digits.removesuffix(".0")
        return Reading(self.codes[whole].code, rule="other_digits", became=whole) if whole in self.codes else None

    def _as_missing(self, text: str) -> Reading | None:
        return Reading(missing=self.missing[text].reason, rule="missing_label") if text in self.missing else None

    def _as_corrected(self, text: str) -> Reading | None:
        return self._as_folded(self.spellings[text], "spelling") if text in self.spellings else None

    def _spellings_of(self, near: str) -> list[str]:
        return self.synonyms[near].synonyms if near in self.synonyms else []

    def read_many(self, cell: str) -> list[Reading | None]:
        """The readings of a cell that may name several options, joined by semicolons or commas (a label may hold a comma itself)."""
        if self.read(cell) is not None:
            return [self.read(cell)]
        for separator in (";", ","):
            parts = self._joined(cell.split(separator), separator)
            if parts:
                readings = [self.read(part) for part in parts]
                ticked = [reading for reading in readings if reading.code is not None]
                if ticked and len(readings) > 1 and any(self.options[reading.code].exclusive for reading in ticked):
                    return [Reading(missing="contradiction", rule="contradiction")]
                return list(dict.fromkeys(readings))
        return [None]

    def _joined(self, parts: list[str], separator: str) -> list[str] | None:
        """`parts` put together again into options from the first on, the longest first; None when something is left over."""
        if not parts:
            return []
        for count in range(len(parts), 0, -1):
            text = separator.join(parts[:count]).strip()
            if text and self.read(text) is not None and (rest := self._joined(parts[count:], separator)) is not None:
                return [text, *rest]
        return None

    def propose(self, cell: str) -> str:
        """What to do about a cell that could not be read."""
        near = nearest(folded(cell), [*self.folded, *self.synonyms])
        if near:
            label = next(spelling for spelling in (*self.labels, *self._spellings_of(near)) if folded(spelling) == near)
            return f"did you mean “{label}”? then write under cleaning: spellings: {{“{cell.strip()}”: “{label}”}}"
        return "correct the export’s copy, or add the label to the codebook (options, synonyms or missing)"
