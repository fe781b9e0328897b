"""What one cell says: a response option, no answer (and why), a time; and the rule that was needed to read it."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from rapidfuzz import fuzz, process

from followup.language import LOOKALIKES, folded
from followup.problems import nearest, quoted, to_paste
from followup.study.codebook import Option, OptionSet


@dataclass(frozen=True)
class Reading:
    """A code, or why there is none; `rule` names what had to be done to read the cell, `became` what it was read as."""

    code: int | None = None
    missing: str | None = None
    rule: str | None = None
    became: str = ""


YES = (
    "yes",
    "y",
    "1",
    "1.0",
    "true",
    "checked",
    "selected",
    "ticked",
    "quoted",
    "mentioned",
    "x",
    "✓",
    "✔",
    "v",
    "כן",
    "סומן",
    "נבחר",
    "מסומן",
)
NO = (
    "no",
    "n",
    "0",
    "0.0",
    "false",
    "unchecked",
    "not selected",
    "not checked",
    "not quoted",
    "not mentioned",
    "לא",
    "לא סומן",
    "לא נבחר",
    "לא מסומן",
)
TICKED, NOT_TICKED = {folded(word) for word in YES}, {folded(word) for word in NO}
NOT_REACHED = {folded(word) for word in ("", "n/a")}
TYPED_AMISS = 85  # so alike, of 100, a text is an option mistyped and no text of its own
NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?|[-+]?(inf(?:inity)?)", re.IGNORECASE)


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
        self.known: dict[str, Reading | None] = {}

    @property
    def allowed(self) -> str:
        return " · ".join(f"{code} {option.he}" for code, option in self.options.items())

    def ambiguous(self) -> Iterator[tuple[str, list[int | str]]]:
        """Texts that the codebook gives to two options, or to an option and to "no answer", with what they may mean."""
        meanings: dict[str, set] = {}
        for option in self.options.values():
            for label in (option.he, option.en, *option.synonyms):
                meanings.setdefault(folded(label), set()).add(option.code)
        for text in self.missing:
            meanings.setdefault(text, set()).add("no answer")
        yield from ((text, sorted(codes, key=str)) for text, codes in meanings.items() if len(codes) > 1)

    def read(self, cell: str) -> Reading | None:
        """The reading of a cell, or None when it is no answer that the codebook knows."""
        if cell not in self.known:
            self.known[cell] = self._read(cell)
        return self.known[cell]

    def _read(self, cell: str) -> Reading | None:
        text, plain = cell.strip(), folded(cell)
        if not plain:
            return Reading(missing="no_answer", rule="no_answer")
        if text in self.user_missing:
            return Reading(missing="user_missing", rule="user_missing")
        if cell in self.labels or text in self.codes:
            return Reading((self.labels.get(cell) or self.codes[text]).code)
        return (
            self._as_folded(plain, "invisible_signs")
            or self._as_digits(plain)
            or self._as_missing(plain)
            or self._as_corrected(plain)
        )

    def _as_folded(self, text: str, rule: str) -> Reading | None:
        for known, named in ((self.folded, rule), (self.synonyms, "synonym" if rule == "invisible_signs" else rule)):
            if text in known:
                return Reading(known[text].code, rule=named, became=known[text].he)
        return None

    def _as_digits(self, text: str) -> Reading | None:
        """A code written in other digits (an Arabic-Indic 4 is a 4) or as a whole number with decimals (4.0 or 4,0)."""
        digits = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
        whole = re.sub(r"[.,]0+$", "", digits)
        return Reading(self.codes[whole].code, rule="other_digits", became=whole) if whole in self.codes else None

    def _as_missing(self, text: str) -> Reading | None:
        return Reading(missing=self.missing[text].reason, rule="missing_label") if text in self.missing else None

    def _as_corrected(self, text: str) -> Reading | None:
        meant = self.spellings.get(text)
        if meant is None:
            return None
        gone = Reading(missing=self.missing[meant].reason, rule="spelling") if meant in self.missing else None
        return self._as_folded(meant, "spelling") or gone

    # Several options -----------------------------------------------------------------------------------------------

    @property
    def other(self) -> Option | None:
        """The option that stands for whatever people typed themselves, if there is one."""
        return next((option for option in self.options.values() if option.other), None)

    def nearly(self, cell: str) -> bool:
        """Whether a text is almost an option, so that nobody can say that it was meant as something else."""
        labels = [label for label in (*self.folded, *self.synonyms) if len(label) > 3]
        return process.extractOne(folded(cell), labels, scorer=fuzz.ratio, score_cutoff=TYPED_AMISS) is not None

    def known_as(self, cell: str) -> Reading | None:
        """The reading of a text by the codebook alone: corrections of the params are for whole cells."""
        found = self.read(cell)
        return None if found is not None and found.rule == "spelling" else found

    def contradict(self, codes: list[int], said: int) -> bool:
        """Whether an option that excludes the others was ticked beside another one."""
        return said > 1 and any(self.options[code].exclusive for code in codes)

    def tick(self, cell: str, code: int) -> bool | None | str:
        """What the column of one option says: ticked (True), not (False), nothing (None); "?" is none of these.

        Tools write yes and no, 1 and 0, or the option's label and nothing; beside "other" stands what people typed.
        A number other than 1 and 0 is no tick here: it may be a place in a ranking.
        """
        text = folded(cell)
        if text in NOT_REACHED or cell.strip() in self.user_missing or text in self.missing:
            return None
        if text in TICKED or text in NOT_TICKED:
            return text in TICKED
        if self.options[code].other:
            return True
        reading = None if NUMBER.fullmatch(text) else self.read(cell)
        return True if reading is not None and reading.code == code else "?"

    def labels_in(self, text: str) -> set[int]:
        """The options whose labels stand in a text as whole words, none within another's label."""
        found, left = set(), folded(text)
        for label in sorted(self.folded, key=len, reverse=True):
            shorter = re.sub(rf"(?<!\w){re.escape(label)}(?!\w)", "\0", left)
            found |= {self.folded[label].code} if shorter != left else set()
            left = shorter
        return found

    # What to do about the rest -------------------------------------------------------------------------------------

    def proposal(self, cell: str, params: str, missing_in: str) -> str:
        """What to do about a cell that could not be read; `params` and `missing_in` say where a line may be written."""
        text = cell.strip()
        no_answer = f"if it stands for “no answer”, add {quoted(text)} to {missing_in}; "
        no_answer = no_answer if _in_words(text) or set(text) <= set("-–—.?/ ") else ""  # 4/5, 80%, ★★★★
        if number := NUMBER.fullmatch(folded(text)):
            source = "find out what was meant, correct it at its source and export again"
            if self._just_outside(text):
                return f"{source}; if it stands in many rows, the numbers may count from another number than the codebook: export the answers as text"
            if number[1] or number[2]:
                return source
            return f"{source}; if it stands for “no answer”, add {quoted(text)} to {missing_in}"
        if len(self.labels_in(text)) > 1:
            return "it holds several answers, and one was asked for: find out which was meant, correct it at its source and export again"
        near = nearest(folded(text), [*self.folded, *self.synonyms, *self.missing])
        if (
            near is None or near in folded(text) and _in_words(folded(text).replace(near, " "))
        ):  # “not very” is not “very”
            block = to_paste("cleaning", "spellings", line=f'{quoted(text)}: "…"')
            return f"{no_answer}if it stands for one of the options, write which one in {params}:{block}"
        block = to_paste("cleaning", "spellings", line=f"{quoted(text)}: {quoted(self._written(near))}")
        return f"if “{self._written(near)}” was meant, write in {params}:{block}"

    def _just_outside(self, text: str) -> bool:
        """Whether a number is the next below or above the codes: as a rule no slip, but another way to count."""
        return text in (str(min(self.options) - 1), str(max(self.options) + 1))

    def _written(self, near: str) -> str:
        """A folded label as the codebook writes it."""
        labels = [
            *self.labels,
            *(label for option in self.options.values() for label in option.synonyms),
            *(label for gone in self.missing.values() for label in (gone.he, gone.en, *gone.written)),
        ]
        return next(label for label in labels if folded(label) == near)


# Times -------------------------------------------------------------------------------------------------------------

GOOGLE_TIME = re.compile(r"\d{4}/\d{1,2}/\d{1,2} \d{1,2}:\d{2}:\d{2} [ap]m", re.IGNORECASE)
PLAIN_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d", re.ASCII
)  # nothing to find out about it; so are most, of a million
ZONE = re.compile(r"\s*((?<![A-Za-z])[A-Z]{3,5}(?:[+-]\d{1,2}(?::?\d{2})?)?|(?<=\d)Z|[+-]\d{2}:?\d{2})$")
# How tools write before and after noon in Hebrew and English; folded quotation marks stand for gershayim.
NOON = ((re.compile(r"לפנה(?:\"|''|')?צ|לפני הצהריים|\ba\.\s?m\.?", re.IGNORECASE), "AM"),
        (re.compile(r"אחה(?:\"|''|')?צ|אחרי הצהריים|\bp\.\s?m\.?", re.IGNORECASE), "PM"))  # fmt: skip
MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ינו|פבר|מרץ|אפר|מאי|יונ|יול|אוג|ספט|אוק|נוב|דצמ"
EXCEL_DATE = re.compile(
    rf"\d{{1,2}}[-/. ](?:ב)?(?:{MONTHS})[\w']*|(?:{MONTHS})[\w']*[-/. ]\d{{1,4}}|\d{{4}}-\d\d-\d\d(?: 00:00:00)?",
    re.IGNORECASE,
)


def is_excel_date(text: str) -> bool:
    """Whether a text is what Excel makes of "3-5" or "1/2": a day and a month."""
    return EXCEL_DATE.fullmatch(folded(text)) is not None


def time_zone(text: str) -> str:
    """The time zone that ends a time ("CET", "GMT+2"), or ""."""
    if PLAIN_TIME.fullmatch(text):
        return ""
    found = ZONE.search(_in_english(text))
    return "" if found is None or found[1] in ("AM", "PM") else found[1]


def read_time(text: str, date_format: str | None, is_date: bool = False) -> datetime:
    """A time of the clock where it was written, its zone left off; raises ValueError.

    It is read by the format of the params; without one, or in a column of real dates, only forms that cannot be misread
    (year first) are. A format that ends in %Z, or in a zone (GMT+2: summer time is GMT+3), takes any zone.
    """
    by_format = bool(date_format) and not is_date
    if not by_format and PLAIN_TIME.fullmatch(text):
        return datetime.fromisoformat(text)
    text = _in_english(text)
    if by_format:
        return _by_format(text, date_format)
    plain = ZONE.sub("", text)
    if GOOGLE_TIME.fullmatch(plain):
        return datetime.strptime(plain, "%Y/%m/%d %I:%M:%S %p")
    if not re.match(r"\d{4}-", plain):
        raise ValueError(text)
    return datetime.fromisoformat(plain).replace(tzinfo=None)


def _by_format(text: str, date_format: str) -> datetime:
    zone = None if date_format.endswith(("%p", "%Z")) else ZONE.search(date_format)
    if zone is not None and time_zone(text):
        date_format = date_format[: zone.start()].rstrip() + " %Z"
    if date_format.endswith("%Z"):
        return datetime.strptime(ZONE.sub("", text), date_format.removesuffix("%Z").rstrip())
    return datetime.strptime(text, date_format).replace(tzinfo=None)


def _in_english(text: str) -> str:
    """A time without direction marks, before and after noon as AM and PM."""
    if text.isascii() and "." not in text:  # nothing to take out or to put in other words; so are most, of a million
        return " ".join(text.split()).translate(LOOKALIKES)
    plain = " ".join("".join(sign for sign in text if unicodedata.category(sign) != "Cf").split())
    plain = plain.translate(LOOKALIKES)
    for hebrew, english in NOON:
        plain = hebrew.sub(english, plain)
    return plain


def _in_words(text: str) -> bool:
    """Whether a text has a word of two letters or more."""
    return re.search(r"[^\W\d_]{2}", text) is not None
