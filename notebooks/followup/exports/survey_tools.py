"""What each survey tool writes above the answers: its heading rows, its own columns, the other names of a column."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from followup.exports.choice_names import SELECTED, after_dashes
from followup.language import folded

FORMATS = (
    "auto",
    "google_forms",
    "qualtrics",
    "surveymonkey",
    "limesurvey",
    "microsoft_forms",
    "redcap",
    "kobo",
    "excel",
    "spss",
    "stata",
    "plain",
)
IMPORT_ID = re.compile(r"""\s*\{\s*['"]ImportId['"]\s*:\s*['"]([^'"]*)['"]""", re.IGNORECASE)
QUALTRICS = frozenset(
    (
        "startdate",
        "enddate",
        "status",
        "ipaddress",
        "progress",
        "duration (in seconds)",
        "finished",
        "recordeddate",
        "responseid",
        "recipientlastname",
        "recipientfirstname",
        "recipientemail",
        "externalreference",
        "externaldatareference",
        "locationlatitude",
        "locationlongitude",
        "distributionchannel",
        "userlanguage",
    )
)
QUALTRICS_WORDINGS = frozenset(
    (
        "start date",
        "end date",
        "response type",
        "ip address",
        "progress",
        "duration (in seconds)",
        "finished",
        "recorded date",
        "response id",
        "recipient last name",
        "recipient first name",
        "recipient email",
        "external data reference",
        "location latitude",
        "location longitude",
        "distribution channel",
        "user language",
    )
)
UNANSWERED = "-99"
SURVEYMONKEY = ("respondent id", "collector id")
SURVEYMONKEY_ANSWER = frozenset(("response", "open-ended response"))
LIMESURVEY = frozenset(
    (
        "submitdate",
        "lastpage",
        "startlanguage",
        "startdate",
        "datestamp",
        "date submitted",
        "last page",
        "start language",
        "date started",
        "date last action",
        "תאריך שליחה",
        "עמוד אחרון",
        "שפה התחלתית",
        "תאריך התחלה",
        "תאריך פעולה אחרונה",
    )
)
MICROSOFT = ("start time", "completion time", "שעת התחלה", "שעת סיום")
REDCAP = (
    "record_id",
    "record id",
    "study_id",
    "redcap_event_name",
    "redcap_survey_identifier",
    "survey identifier",
    "event name",
)
KOBO = (
    "_id",
    "_uuid",
    "_submission_time",
    "_validation_status",
    "_submitted_by",
    "_index",
    "formhub/uuid",
    "_tags",
    "meta/instanceid",
)
SPAM = 8  # the bit of Qualtrics' numeric status that says spam
SUBMITTED = ("submitdate", "date submitted", "תאריך שליחה")
TIMESTAMP = ("timestamp", "חותמת זמן")
CODE_AND_WORDING = re.compile(r"([A-Za-z][A-Za-z0-9_]*(?:\[[^\[\]]*\])*)\. (.*)", re.DOTALL)
GRID = re.compile(r"(.*\S)\s*\[([^\[\]]*[^\[\]\s][^\[\]]*)\]\s*", re.DOTALL)


@dataclass(frozen=True)
class Layout:
    """What stands above the answers: the tool's name, how many heading rows, one heading a column, its other names."""

    format: str
    heading_rows: int
    headings: list[str]
    alternatives: dict[str, list[str]] = field(default_factory=dict)
    shared: dict[str, list[str]] = field(default_factory=dict)
    wordings: dict[str, str] = field(default_factory=dict)


def recognised(rows: list[list[str]]) -> tuple[str, int]:
    """(tool, number of heading rows) as the first rows of a file tell; ("plain", 1) when no tool is known by them."""
    first, second = (_folded_row(rows, place) for place in (0, 1))
    for place in (2, 1):
        if place < len(rows) and _is_import_row(rows[place]):
            return "qualtrics", place + 1
    if has_qualtrics_columns(first):
        return "qualtrics", 2 if len(QUALTRICS_WORDINGS.intersection(second)) >= 3 else 1
    if all(name in [heading.replace("_", " ") for heading in first] for name in SURVEYMONKEY):
        return "surveymonkey", 2 if _blank_below(first, second) else 1
    if _answers_named(first, second):
        return "surveymonkey", 2
    if len(LIMESURVEY.intersection(_code(heading) for heading in first)) >= 2:
        return "limesurvey", 1
    if sum(name in first for name in KOBO) >= 3:
        return "kobo", 1
    if any("___" in heading or "(choice=" in heading for heading in first) or _is_redcap(first):
        return "redcap", 1
    if first[:1] in (["id"], ["מזהה"]) and sum(name in first[:6] for name in MICROSOFT) >= 1:
        return "microsoft_forms", 1
    if first and first[0] in TIMESTAMP:
        return "google_forms", 1
    return "plain", 1


def _is_redcap(first: list[str]) -> bool:
    """Whether the headings are REDCap's: a record, an event or a survey, and a form's "complete"."""
    complete = any(heading.endswith("_complete") or heading == "complete?" for heading in first)
    return complete and any(name in first for name in REDCAP)


def _folded_row(rows: list[list[str]], place: int) -> list[str]:
    return [folded(cell) for cell in rows[place]] if place < len(rows) else []


def _is_import_row(row: list[str]) -> bool:
    """Whether most cells are Qualtrics' {"ImportId": …}."""
    written = [cell for cell in row if cell.strip()]
    return sum(bool(IMPORT_ID.match(cell)) for cell in written) > len(written) / 2


def _blank_below(first: list[str], second: list[str]) -> bool:
    """Whether a second heading row follows: SurveyMonkey leaves it blank under its own columns."""
    own = [place for place, heading in enumerate(first) if heading.replace("_", " ") in SURVEYMONKEY]
    return any(second) and not any(second[place] for place in own if place < len(second))


def _answers_named(first: list[str], second: list[str]) -> bool:
    """Whether the second row names the columns as SurveyMonkey does, even where its own columns were deleted.

    A question of one column has "Response" below it, or nothing; only one that spans several has anything else.
    """
    named = sum(cell in SURVEYMONKEY_ANSWER for cell in second)
    spans = [not heading or not after for heading, after in zip(first, [*first[1:], "end"], strict=True)]
    fits = all(not cell or cell in SURVEYMONKEY_ANSWER or spanned for cell, spanned in zip(second, spans, strict=False))
    return fits and (named >= 2 or "open-ended response" in second)


def _code(heading: str) -> str:
    return heading.partition(". ")[0]


def layout(rows: list[list[str]], tool: str, heading_rows: int, fill: bool = True) -> Layout:
    """The headings of a file with so many heading rows; `fill` carries a question on to the columns it spans."""
    width = max((len(row) for row in rows[:heading_rows]), default=0)
    above = [row + [""] * (width - len(row)) for row in rows[:heading_rows]]
    if tool == "qualtrics" and heading_rows > 1:
        return _qualtrics(above)
    headings = above[0] if heading_rows == 1 else _joined(above, fill)
    others = {
        heading: [*other_names(heading), *(_below_groups(heading) if tool == "kobo" else [])] for heading in headings
    }
    if heading_rows > 1:
        for heading, item in zip(headings, above[-1], strict=True):
            if folded(item) not in SURVEYMONKEY_ANSWER:
                others[heading].append(item)
    return Layout(tool, heading_rows, headings, unambiguous(others), shared_names(others))


def _qualtrics(above: list[list[str]]) -> Layout:
    """Codes above, then the wordings, then the ImportIds (either may have been deleted); a column goes by its code."""
    codes, *rest = above
    others: dict[str, list[str]] = {code: [] for code in codes}
    for row in rest:
        for code, cell in zip(codes, row, strict=True):
            imported = IMPORT_ID.match(cell)
            others[code] += [imported[1]] if imported else [cell, *other_names(cell), *after_dashes(cell)]
    wordings = {code: cell for row in rest for code, cell in zip(codes, row, strict=True) if not IMPORT_ID.match(cell)}
    return Layout("qualtrics", len(above), codes, unambiguous(others), shared_names(others), wordings)


def _joined(above: list[list[str]], fill: bool) -> list[str]:
    """One heading a column: “question [item]”, or the question where the row below adds nothing."""
    *questions, items = above
    headings = []
    for place, item in enumerate(items):
        if fill and place and item.strip() and not any(row[place].strip() for row in questions):
            for row in questions:
                row[place] = row[place - 1]
        question = " – ".join(dict.fromkeys(row[place] for row in questions if row[place].strip()))
        adds = item.strip() and folded(item) not in SURVEYMONKEY_ANSWER and folded(item) != folded(question)
        headings.append((f"{question} [{item}]" if question else item) if adds else question)
    return headings


def other_names(heading: str) -> list[str]:
    """The parts of “code. wording” and “question [item]” by which a codebook may know the column too."""
    if SELECTED.search(heading):
        return after_dashes(heading)
    names = []
    match = CODE_AND_WORDING.fullmatch(heading)
    if match:
        code, heading = match.groups()
        names += [code, re.sub(r"\[([^\[\]]*)\]", r"_\1", code), heading]
    elif re.fullmatch(r"\w+\[\w+\]", heading):
        return [re.sub(r"\[(\w+)\]", r"_\1", heading)]
    grid = GRID.fullmatch(heading)
    return names + [grid[2].strip()] if grid else names


def _below_groups(heading: str) -> list[str]:
    """A question of KoBo or ODK without the groups it stands in: group/question, group-question."""
    return [heading[mark.end() :] for mark in re.finditer(r"/|(?<=\w)-(?=\w)", heading)]


def unambiguous(others: dict[str, list[str]]) -> dict[str, list[str]]:
    """The other names of each column, without those that two columns share or that are another column's heading."""
    names = {heading: {folded(name): name for name in found} for heading, found in others.items()}
    used = Counter(name for found in names.values() for name in found)
    headings = {folded(heading) for heading in others}
    kept = {
        heading: [written for name, written in found.items() if name and used[name] == 1 and name not in headings]
        for heading, found in names.items()
    }
    return {heading: found for heading, found in kept.items() if found}


def shared_names(others: dict[str, list[str]]) -> dict[str, list[str]]:
    """Folded names that two columns or more share, each with those columns: nobody can say which one is meant."""
    columns: dict[str, list[str]] = {}
    for heading, found in others.items():
        for name in {folded(name) for name in found} - {""}:
            columns.setdefault(name, []).append(heading)
    return {name: found for name, found in columns.items() if len(found) > 1}


def column_named(headings: list[str], *names: str) -> str | None:
    """The heading that is one of these names, or “name. wording”."""
    return next((heading for heading in headings if {folded(heading), _code(folded(heading))} & set(names)), None)


def has_qualtrics_columns(headings: Iterable[str]) -> bool:
    """Whether enough of Qualtrics' own columns are there to know its exports by."""
    return len(QUALTRICS.intersection(map(folded, headings))) >= 4


def is_preview(column: str, cell: str) -> bool:
    """Whether Qualtrics marks a submission as a trial, in its status (a word, or a number whose lowest bits say preview
    and test) or in its distribution channel."""
    mark = folded(cell)
    if column == "status" and mark.isascii() and mark.isdecimal():
        return len(mark) < 4 and int(mark) & 3 > 0
    return "preview" in mark or mark in ("survey test", "test")


def is_spam(cell: str) -> bool:
    """Whether Qualtrics marks a submission as spam in its status: a word, or a number with the bit for spam."""
    mark = folded(cell)
    return "spam" in mark or mark.isascii() and mark.isdecimal() and len(mark) < 4 and int(mark) & SPAM > 0


def finished_column(tool: str, headings: list[str]) -> str | None:
    """The column by which a tool says whether a submission was finished."""
    names = {"limesurvey": SUBMITTED, "qualtrics": ("finished",)}.get(tool, ())
    return column_named(headings, *names) if names else None


OWN_TIMES = {
    "google_forms": TIMESTAMP,
    "qualtrics": ("recordeddate", "enddate", "startdate"),
    "limesurvey": (*SUBMITTED, "datestamp", "startdate"),
    "surveymonkey": ("end date", "date modified", "date created", "datemodified", "datecreated"),
    "microsoft_forms": ("completion time", "שעת סיום", "start time", "שעת התחלה"),
    "kobo": ("_submission_time", "end", "start"),
}


def own_time_column(tool: str, headings: list[str]) -> str | None:
    """The column in which a tool writes when an answer was sent, where it has one."""
    names = OWN_TIMES.get(tool, ())
    found = next((column for name in names if (column := column_named(headings, name)) is not None), None)
    stamped = (
        heading for heading in headings if tool == "redcap" and folded(heading).endswith(("_timestamp", " timestamp"))
    )
    return found or next(stamped, None)


def is_unfinished(tool: str, cell: str) -> bool:
    """Whether a submission was left before its end: LimeSurvey gives it no date, Qualtrics says so."""
    return not cell.strip() if tool == "limesurvey" else folded(cell) in ("false", "0")
