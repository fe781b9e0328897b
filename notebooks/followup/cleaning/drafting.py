"""What the columns of an export seem to be: ratings, choices, ticks, IDs, traits, times, texts. A person has the last word."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import pandas as pd

from followup.cleaning.answer_labels import NOT_TICKED, TICKED
from followup.cleaning.ladders import whole_ladder
from followup.exports.choice_names import OTHER_LABELS, SELECTED
from followup.exports.read import Export
from followup.exports.survey_tools import CODE_AND_WORDING, GRID, LIMESURVEY, QUALTRICS, own_time_column
from followup.language import folded

MOST_OPTIONS = 11
FEW_WORDS = 60
MOSTLY = 0.8
ENOUGH = 12  # answers, among which an option of the form is met more than once
NO_ANSWER = {
    "",
    "na",
    "n/a",
    "אין",
    "-",
    "לא רלוונטי",
    "not applicable",
    "don't know",
    "לא יודע/ת",
    "not relevant",
    "prefer not to say",
}
ID_WORDS = re.compile(
    r"(^|[^a-z])(id|code|participant|respondent|token|record_id)([^a-z]|$)|קוד|מספר משתתף|מזהה|ת\.?ז", re.IGNORECASE
)
TIME_WORDS = re.compile(r"timestamp|submitdate|date|time|חותמת|תאריך", re.IGNORECASE)
TRAIT_WORDS = re.compile(
    r"\b(sector|area|region|gender|sex|age|department|division|unit|role|position|organi[sz]ation|workplace|district|office|group|cohort|seniority|education)\b|where do you work"
    r"|מגזר|אזור|מין|מגדר|גיל|מחלקה|אגף|תפקיד|ארגון|מקום עבודה|מחוז|משרד|ותק|השכלה|סוג",
    re.IGNORECASE,
)
MANY_WORDS = re.compile(
    r"all that apply|select all|choose all|mark all|more than one|יותר מתשובה|כל מה ש|כל התשובות|ניתן לסמן|אפשר לסמן",
    re.IGNORECASE,
)
OPEN_WORDS = re.compile(
    r"\b(comments?|anything else|anything to add|remarks?|notes?|suggest\w*|explain|describe|tell (?:us|the)|in your own words|please specify|why)\b"
    r"|הערות|פרט|תאר|נמק|הסבר|משהו נוסף|הצעות|מה היית",
    re.IGNORECASE,
)
OWN = {
    "qualtrics": QUALTRICS,
    "limesurvey": LIMESURVEY | {"id", "seed", "token", "ipaddr", "refurl", "interviewtime", "response id"},
    "surveymonkey": {"respondent id", "collector id", "start date", "end date", "ip address", "email address", "first name", "last name", "date created", "date modified"},
    "microsoft_forms": {"id", "start time", "completion time", "email", "name", "language", "last modified time", "מזהה", "שעת התחלה", "שעת סיום", "דואר אלקטרוני", "שם"},
    "redcap": {"redcap_event_name", "redcap_survey_identifier", "redcap_repeat_instrument", "redcap_repeat_instance", "redcap_data_access_group", "event name", "survey identifier", "complete?"},
    "kobo": {"start", "end", "today", "deviceid", "username", "_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status", "_submitted_by", "__version__", "_tags", "_index", "formhub/uuid", "meta/instanceid"},
    "google_forms": {"email address", "כתובת אימייל", "username"},
}  # fmt: skip


@dataclass(frozen=True)
class Drafted:
    """What a column, or the columns of one question, seem to be.

    `options` are (code, label, other names), `silent` labels that say that there is no answer; `wording` is what was asked.
    """

    heading: str
    kind: str  # item, one, many, text, trait, id, submitted, ignored
    wording: str = ""
    options: tuple[tuple[int, str, tuple[str, ...]], ...] = ()
    silent: tuple[str, ...] = ()
    ladder: bool = False
    waves: tuple[int, ...] = field(default=())
    lead: str = ""
    other: bool = False  # people answered in their own words too


def drafted(exports: list[Export]) -> list[Drafted]:
    """Every column of one or more exports (waves) as what it seems to be; those that ask the same are one."""
    cells: dict[str, list[pd.Series]] = {}
    names, waves = {}, {}
    for place, export in enumerate(exports):
        for heading in export.cells.columns:
            key = folded(heading)
            cells.setdefault(key, []).append(export.cells[heading].str.strip())
            waves.setdefault(key, []).append(place)
            names.setdefault(key, (heading.strip(), export))
    merged = {key: pd.concat(parts, ignore_index=True) for key, parts in cells.items()}
    asked = _Asked(
        {key: (*names[key], merged[key]) for key in merged}, {key: len(parts) for key, parts in cells.items()}
    )
    found = asked.all()
    for question, keys in asked.ticked.items():  # a column an option: the question was asked where one of them stands
        waves[folded(question)] = sorted({place for key in keys for place in waves[key]})
    return [replace(one, waves=tuple(waves.get(folded(one.heading), range(len(exports))))) for one in found]


class _Asked:
    """The columns of all exports by folded heading: (heading, export, cells)."""

    def __init__(self, columns: dict[str, tuple[str, Export, pd.Series]], times: dict[str, int]):
        self.columns, self.times = columns, times
        self.leads = Counter(
            lead for heading, export, _ in columns.values() if (lead := self._parts(heading, export)[0])
        )
        self.labelled = any(export.labels.get(heading) for heading, export, _ in columns.values())
        self.ticked = self._ticks()

    def all(self) -> list[Drafted]:
        found, ticked = [], self.ticked
        done = {key for keys in ticked.values() for key in keys}
        for key, (heading, export, cells) in self.columns.items():
            if key in done:
                question = next(name for name, keys in ticked.items() if key in keys)
                if key == ticked[question][0]:
                    found.append(self._many(question, ticked[question]))
                continue
            found.append(self._one(heading, export, cells))
        found = self._one_id(found)
        return self._with_ranges(found)

    # How it is headed ----------------------------------------------------------------------------------------------

    def _parts(self, heading: str, export: Export) -> tuple[str, str]:
        """(the question before, the item) of a heading or of the wording that the file gives for it; ("", all of it)."""
        text = " ".join(SELECTED.sub("", export.wordings.get(heading, heading)).split())
        coded = CODE_AND_WORDING.fullmatch(text)
        text = coded[2] if coded else text
        grid = (
            GRID.fullmatch(text)
            or re.fullmatch(r"(.+?\S)\s+[-–]\s+(.+)", text)
            or re.fullmatch(r"(.+\?(?: \(.*\))?):\s+(.+)", text)
        )
        choice = re.fullmatch(r"(.+?)\s*\(choice=(.+)\)", text)
        match = choice or grid
        return (match[1].strip(), match[2].strip()) if match else ("", text)

    def _wording(self, heading: str, export: Export) -> str:
        """The statement alone where a grid repeats its question before it; all where one word would be left."""
        lead, item = self._parts(heading, export)
        whole = " ".join(SELECTED.sub("", export.wordings.get(heading, heading)).split())
        coded = CODE_AND_WORDING.fullmatch(whole)
        whole = coded[2] if coded else whole
        return item if lead and self.leads[lead] > 1 and len(item.split()) > 1 else whole

    # A column an option ----------------------------------------------------------------------------------------------

    def _ticks(self) -> dict[str, list[str]]:
        """The columns of each question that has a column an option, by the question's name."""
        groups: dict[str, list[str]] = {}
        for key, (heading, export, cells) in self.columns.items():
            said = {folded(cell) for cell in cells.unique()} - {""}
            lead, item = self._parts(heading, export)
            if key in OWN.get(export.format, ()) or not said or item == "" or folded(item) in map(folded, OTHER_LABELS):
                continue
            stem = self._stem(heading)
            if said <= TICKED | NOT_TICKED and stem:
                groups.setdefault(stem, []).append(key)
            elif said == {folded(item)} and lead or said <= TICKED | NOT_TICKED and lead:
                groups.setdefault(lead, []).append(key)
        return {name: keys for name, keys in groups.items() if len(keys) > 1}

    @staticmethod
    def _stem(heading: str) -> str:
        """The question's name of q___1, q_1, q[SQ001], q/option."""
        found = re.fullmatch(r"(\w+?)___\w+|(\w+?)_\d+|(\w+)\[\w+\]|(\w+(?:/\w+)*)/\w+", heading)
        return next((part for part in found.groups() if part), "") if found else ""

    def _many(self, question: str, keys: list[str]) -> Drafted:
        options, wording = [], question
        for place, key in enumerate(keys, start=1):
            heading, export, _ = self.columns[key]
            lead, item = self._parts(heading, export)
            suffix = re.search(r"(?:___|_|/|\[)(\w+)\]?$", heading)
            code = int(suffix[1]) if suffix and suffix[1].isdecimal() and self._stem(heading) else place
            named = (suffix[1],) if suffix and self._stem(heading) and not suffix[1].isdecimal() else ()
            label = item if lead else suffix[1] if suffix else item
            options.append((code, label, named))
            wording = lead or wording
        if len({code for code, *_ in options}) < len(options):
            options = [(place, label, named) for place, (_, label, named) in enumerate(options, start=1)]
        return Drafted(question, "many", wording, tuple(sorted(options)))

    # One column ------------------------------------------------------------------------------------------------------

    def _one(self, heading: str, export: Export, cells: pd.Series) -> Drafted:
        """What one column seems to be, from its heading and its values."""
        wording, tool = self._wording(heading, export), export.format
        silent = cells.map(_says_nothing)
        values, distinct = cells[~silent], _labels(cells[~silent])
        own = own_time_column(tool, list(export.cells.columns))
        if own is not None and folded(own) == folded(heading):
            return Drafted(heading, "submitted")
        stamped = tool == "redcap" and folded(heading).endswith(("_complete", "_timestamp"))
        if folded(heading) in OWN.get(tool, ()) or folded(heading).partition(". ")[0] in OWN.get(tool, ()) or stamped:
            return Drafted(heading, "ignored")
        if TIME_WORDS.search(heading) and not _numbers(distinct) and values.map(_is_time).mean() > MOSTLY:
            return Drafted(heading, "submitted")
        different = values.nunique() * self.times[folded(heading)]  # somebody may have answered twice, or in each wave
        if ID_WORDS.search(heading) and different >= MOSTLY * len(values) > 0:
            return Drafted(heading, "id")
        told = tuple(dict.fromkeys(filter(None, _labels(cells[silent]))))
        return self._answers(heading, export, values, distinct, wording, told)

    def _answers(self, heading: str, export: Export, values, distinct: list[str], wording: str, told) -> Drafted:
        lead = self._parts(heading, export)[0]
        labels = export.labels.get(heading, {})
        if labels and all(re.fullmatch(r"-?\d+", code) for code in labels):
            kept = {
                int(code): label for code, label in labels.items() if code not in export.missing.get(heading, set())
            }
            options = tuple((code, label, ()) for code, label in sorted(kept.items()))
            rating = whole_ladder(list(kept.values())) is not None or len(options) >= 4
            return Drafted(
                heading,
                "item" if rating and not TRAIT_WORDS.search(wording) else "one",
                wording,
                options,
                told,
                lead=lead,
            )
        codes = {label: re.fullmatch(r"[A-Za-z]{1,2}(\d{1,2})", label) for label in distinct}
        if export.format == "limesurvey" and distinct and all(codes.values()) and len(distinct) <= MOST_OPTIONS:
            options = tuple(sorted((int(found[1]), label, (label,)) for label, found in codes.items()))
            return Drafted(heading, "item" if lead or "[" in heading else "one", wording, options, told, lead=lead)
        if _numbers(distinct) and len(distinct) <= MOST_OPTIONS and max(map(int, distinct)) <= 10:
            options = tuple((int(label), label, ()) for label in sorted(distinct, key=int))
            rating = not self.labelled and not TRAIT_WORDS.search(wording)
            return Drafted(heading, "item" if rating else "one", wording, options, told, lead=lead)
        parts, other = _ticked_parts(values, bool(MANY_WORDS.search(wording)))
        if parts:
            options = tuple((n, label, ()) for n, label in enumerate(parts, start=1))
            return Drafted(heading, "many", wording, options, told, other=other)
        if OPEN_WORDS.search(wording) and whole_ladder(distinct) is None and not lead:
            return Drafted(heading, "text", wording)
        short = 1 < len(distinct) <= MOST_OPTIONS and max(map(len, distinct)) <= FEW_WORDS
        if short and not _numbers(distinct) and len(distinct) < len(values):
            rating = whole_ladder(distinct) is not None
            if TRAIT_WORDS.search(wording) and not rating and not lead:
                return Drafted(
                    heading, "trait", wording, tuple((n, label, ()) for n, label in enumerate(distinct, start=1)), told
                )
            options = tuple((n, label, ()) for n, label in enumerate(_in_order(distinct), start=1))
            return Drafted(heading, "item" if rating else "one", wording, options, told, rating, lead=lead)
        whole = " ".join(export.wordings.get(heading, heading).split()) if lead else wording
        return Drafted(heading, "text", whole)

    # The whole of the file -------------------------------------------------------------------------------------------

    @staticmethod
    def _one_id(found: list[Drafted]) -> list[Drafted]:
        """One column of IDs: of several the likest by its name; the others are left out."""
        ids = [one for one in found if one.kind == "id"]
        best = max(
            ids,
            key=lambda one: bool(re.search(r"code|קוד|participant|משתתף|record_id", one.heading, re.IGNORECASE)),
            default=None,
        )
        return [replace(one, kind="ignored") if one.kind == "id" and one is not best else one for one in found]

    @staticmethod
    def _with_ranges(found: list[Drafted]) -> list[Drafted]:
        """Columns of numbers with the whole range of their scale: 3 to 5 given means 1 to 5.

        A column that stands alone and has other numbers than those of a grid is a question of its own.
        """
        numbers = [one for one in found if one.kind == "item" and all(label.isdecimal() for _, label, _ in one.options)]
        sizes = Counter(_family(one) for one in numbers)
        grid = [one for one in numbers if sizes[_family(one)] > 1] or numbers
        given = sorted({code for one in grid for code, *_ in one.options})
        if not given:
            return found
        low = 0 if given[0] == 0 else 1
        high = next(top for top in (4, 5, 7, 10) if top >= given[-1] and (top != 4 or low == 0))
        alone = [one for one in numbers if one not in grid and not all(low <= code <= high for code, *_ in one.options)]
        rated = [one for one in numbers if one not in alone]
        whole = {id(one): _range(low, high) for one in rated}
        whole |= {id(one): _range(one.options[0][0], one.options[-1][0]) for one in alone}
        asked = {id(one) for one in alone}
        return [
            replace(one, options=whole.get(id(one), one.options), kind="one" if id(one) in asked else one.kind)
            for one in found
        ]


def _family(one: Drafted) -> str:
    """What columns of one grid share: the question before them, or the letters of their names."""
    return (
        one.lead or re.sub(r"[\d_\[\]]+(?:SQ\d+)?", "", one.heading.partition("[")[0])
        if " " not in one.heading
        else one.lead
    )


def _range(low: int, high: int) -> tuple[tuple[int, str, tuple[str, ...]], ...]:
    return tuple((code, str(code), ()) for code in range(low, high + 1))


def _is_time(text: str) -> bool:
    return len(re.findall(r"\d+", text)) >= 3


def _says_nothing(text: str) -> bool:
    """Whether a text is one of the ways to give no answer, or several of them: "not applicable / don't know"."""
    return all(part in NO_ANSWER for part in folded(text).split(" / "))


def _labels(values: pd.Series) -> list[str]:
    """The labels found; of those that differ in hidden signs or spelling only, the one met most."""
    most_first = values.value_counts(sort=True).index
    spelling = {folded(label): label for label in reversed(most_first)}
    return list(dict.fromkeys(spelling[folded(label)] for label in values))


def _numbers(values: list[str]) -> bool:
    return bool(values) and all(re.fullmatch(r"\d{1,3}", value) for value in values)


def _in_order(labels: list[str]) -> list[str]:
    """Labels as a ladder has them where one does; else in the order of letters, which a person must correct."""
    rungs = whole_ladder(labels)
    if rungs is None:
        return sorted(labels)
    place = {folded(text): rung.code for rung in rungs for text in (rung.he, rung.en)}
    return sorted(labels, key=lambda label: place.get(folded(label), 0))


def _ticked_parts(values: pd.Series, asked: bool) -> tuple[list[str], bool]:
    """(the options of a column of several in the order of the form, whether texts of one's own stand there too).

    No options when it is no such column. What one person alone wrote, where options are met often, is no option.

    A comma within an option is known by its halves, which never stand apart; the order by which option comes first in
    every cell that has both.
    """
    cells = [cell.strip().strip(";").strip() for cell in values]
    if any(";" in cell or cell.endswith(";") for cell in values):
        lists = [[part.strip() for part in cell.split(";") if part.strip()] for cell in cells]
    elif any(", " in cell for cell in cells):
        lists = _rejoined([cell.split(", ") for cell in cells])
    else:
        return [], False
    counts = Counter(part for parts in lists for part in parts)
    own = {part for part, n in counts.items() if n == 1} if asked and len(lists) >= ENOUGH else set()
    if own and len(own) < len(counts) / 2:
        lists = [[part for part in parts if part not in own] for parts in lists]
        counts = Counter({part: n for part, n in counts.items() if part not in own})
    else:
        own = set()
    several = sum(len(parts) > 1 for parts in lists)
    repeated = all(n > 1 for n in counts.values()) or asked
    if not several or not 1 < len(counts) <= MOST_OPTIONS or not repeated or max(map(len, counts)) > FEW_WORDS:
        return [], False
    return _by_precedence(lists, list(counts)), bool(own)


def _rejoined(lists: list[list[str]]) -> list[list[str]]:
    """Cells cut at commas, with neighbours joined again that never stand apart, and what begins with a small letter."""
    while True:
        single = Counter(part for parts in lists for part in parts)
        pairs = Counter(pair for parts in lists for pair in zip(parts, parts[1:], strict=False))
        joined = next(
            (pair for pair, n in pairs.items() if n == single[pair[0]] == single[pair[1]] or pair[1][:1].islower()),
            None,
        )
        if joined is None:
            return lists
        lists = [_with_pair(parts, joined) for parts in lists]


def _with_pair(parts: list[str], pair: tuple[str, str]) -> list[str]:
    found, place = [], 0
    while place < len(parts):
        whole = tuple(parts[place : place + 2]) == pair
        found.append(", ".join(pair) if whole else parts[place])
        place += 1 + whole
    return found


def _by_precedence(lists: Iterable[list[str]], options: list[str]) -> list[str]:
    """Options in the order in which the cells list them, as far as they do."""
    before = Counter(
        pair
        for parts in lists
        for place, one in enumerate(parts)
        for pair in ((one, other) for other in parts[place + 1 :])
    )
    ordered: list[str] = []
    left = list(options)
    while left:
        free = [
            one for one in left if not any(before[other, one] > before[one, other] for other in left if other != one)
        ]
        chosen = (free or left)[0]
        ordered.append(chosen)
        left.remove(chosen)
    return ordered


def rating_groups(columns: Iterable[Drafted]) -> Iterator[list[Drafted]]:
    """Ratings by the options they share: columns in which other rungs of one ladder were chosen belong together."""
    groups: list[tuple[set[str], list[Drafted]]] = []
    for one in sorted(columns, key=lambda column: -len(column.options)):
        labels = {folded(label) for _, label, _ in one.options}
        home = next((group for group in groups if _together(labels, group[0])), None)
        if home:
            home[0].update(labels)
            home[1].append(one)
        else:
            groups.append((labels, [one]))
    yield from (members for _, members in groups)


def _together(labels: set[str], others: set[str]) -> bool:
    return (
        labels <= others
        or whole_ladder(labels | others) is not None
        or bool(labels & others)
        and len(labels | others) <= 5
    )
