"""A made-up study and its answers, written as REDCap, KoBo, ODK, Stata, Microsoft Forms and SurveyMonkey write exports.

Nothing here is taken from the package: what these tools write is set down from their manuals and from people's files.
"""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import yaml

FORM, GROUP, WHEN = "follow", "grp_a", datetime(2024, 6, 1, 10, 5)


@dataclass(frozen=True)
class Asked:
    """A question: how it stands in the codebook, and its options by code; `name` is what XLSForm calls an option."""

    key: str
    wording: str
    options: dict[int, str]
    kind: str = "item"  # item, one or many

    def name(self, code: int) -> str:
        return f"{self.key}_opt{code}" if self.kind == "many" else f"r{code}"


@dataclass(frozen=True)
class MadeUp:
    """The questions, the people's IDs, and the answers: a code (None: no answer), or a set of codes for `many`."""

    questions: list[Asked]
    answers: dict[str, dict[str, object]]

    def told(self, who: str, question: Asked) -> object:
        return self.answers[who][question.key]


# The study's own files -------------------------------------------------------------------------------------------------


def codebook(made: MadeUp) -> dict:
    sets, items, others = {}, {}, {}
    for number, question in enumerate(made.questions):
        words = {"he": f"שאלה {number}", "en": question.wording}
        options = [
            {"code": code, "he": f"{number}־{code} בעברית", "en": label, "synonyms": [question.name(code)]}
            for code, label in question.options.items()
        ]
        own = "rated" if question.kind == "item" else f"set_{question.key}"
        sets[own] = {"options": options}
        if question.kind == "item":
            items[question.key] = words
        else:
            others[question.key] = words | {"kind": question.kind, "options": own}
    highest = max(option["code"] for option in sets["rated"]["options"])
    sets["rated"] |= {"high": [highest], "low": [sets["rated"]["options"][0]["code"]]}
    about = {"he": "גבוה", "en": "High"}
    return {
        "questionnaire": "made_up",
        "title": {"he": "שאלון", "en": "Made up"},
        "programme": {"he": "תכנית", "en": "Programme"},
        "waves": {"programme_end": {"he": "סיום", "en": "End", "when": {"he": "בסיום", "en": "at the end"}}},
        "respondent_headings": ["Code", "record_id", "Record ID"],
        "option_sets": sets,
        "scales": {"skill": {"he": "מיומנות", "en": "Skill", "about": about, "options": "rated", "items": items}},
        "questions": others,
    }


def write_study(root: Path, made: MadeUp, file: str, wave: dict) -> Path:
    """Codebook, params and roster; gives the place of the wave's export."""
    (root / "params" / "questionnaires").mkdir(parents=True)
    data = root / "data" / "m"
    data.mkdir(parents=True)
    params = {
        "cohort": "m",
        "questionnaire": "made_up",
        "title": {"he": "מחזור", "en": "Cohort"},
        "synthetic": True,
        "period": {"programme": {"he": "קיץ", "en": "Summer"}},
        "roster": {"file": "roster.csv", "participant": "Code", "participants": len(made.answers)},
        "waves": {"programme_end": {"file": file} | wave},
    }
    for place, values in (("questionnaires/made_up", codebook(made)), ("m", params)):
        text = yaml.safe_dump(values, allow_unicode=True, sort_keys=False)
        text += "analysis: {registered: 2024-01-01}\n" if place == "m" else ""
        (root / "params" / f"{place}.yaml").write_text(text, encoding="utf-8")
    (data / "roster.csv").write_text("\n".join(["Code", *made.answers]) + "\n", encoding="utf-8")
    return data / file


def as_csv(path: Path, rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8-sig" if len(rows) % 2 else "utf-8")


def code_or_blank(told: object) -> str:
    return "" if told is None else str(told)


def label_or_blank(question: Asked, told: object) -> str:
    return "" if told is None else question.options[told]


# REDCap ------------------------------------------------------------------------------------------------------------------


def redcap(path: Path, made: MadeUp, labels: bool, events: bool) -> None:
    """Raw: names and codes, name___code. Labels: wordings and labels, “wording (choice=label)”."""
    own = ["Record ID", "Event Name", "Survey Identifier", "Survey Timestamp"]
    own = own if labels else ["record_id", "redcap_event_name", "redcap_survey_identifier", f"{FORM}_timestamp"]
    headings, cells = [], []
    for question in made.questions:
        if question.kind == "many":
            for code, label in question.options.items():
                headings.append(f"{question.wording} (choice={label})" if labels else f"{question.key}___{code}")
                yes, no = ("Checked", "Unchecked") if labels else ("1", "0")
                cells.append(lambda told, code=code, yes=yes, no=no: yes if code in told else no)
        else:
            headings.append(question.wording if labels else question.key)
            cells.append((lambda told, q=question: label_or_blank(q, told)) if labels else code_or_blank)
    questions = [q for q in made.questions for _ in (q.options if q.kind == "many" else [0])]
    rows = [[*own, *headings, "Complete?" if labels else f"{FORM}_complete"]]
    after, before = ("After", "Before") if labels else ("after_arm_1", "before_arm_1")
    for number, who in enumerate(made.answers):
        when = f"{WHEN + timedelta(days=number):%Y-%m-%d %H:%M}"
        told = [cell(made.told(who, question)) for question, cell in zip(questions, cells, strict=True)]
        if events:  # another event of the same person, in which this form was not given
            rows.append([who, before, "", "", *[""] * len(told), ""])
        rows.append([who, after, "", when, *told, "Complete" if labels else "2"])
    if not events:
        rows = [[row[0], *row[2:]] for row in rows]
    as_csv(path, rows)


# KoBo and ODK ------------------------------------------------------------------------------------------------------------


def kobo(path: Path, made: MadeUp, labels: bool, groups: str) -> None:
    """A question of several answers stands in a cell, parted by spaces, and beside it in a column an option."""
    below = f"{GROUP}{groups}" if groups and not labels else ""
    headings = ["start", "end", "Code"]
    for question in made.questions:
        named = question.wording if labels else f"{below}{question.key}"
        headings.append(named)
        if question.kind == "many":
            headings += [
                f"{named}/{label if labels else question.name(code)}" for code, label in question.options.items()
            ]
    own = [
        "_id",
        "_uuid",
        "_submission_time",
        "_validation_status",
        "_notes",
        "_status",
        "_submitted_by",
        "_tags",
        "_index",
    ]
    rows = [[*headings, *own]]
    for number, who in enumerate(made.answers):
        when = (WHEN + timedelta(days=number)).isoformat()
        row = [f"{when}.123+03:00", f"{when}.456+03:00", who]
        for question in made.questions:
            told = made.told(who, question)
            if question.kind == "many":
                ticked = [
                    question.options[code] if labels else question.name(code)
                    for code in question.options
                    if code in told
                ]
                row += [" ".join(ticked), *(str(int(code in told)) if told else "" for code in question.options)]
            else:
                row.append(label_or_blank(question, told) if labels or told is None else question.name(told))
        rows.append([*row, str(number + 7), f"u{number}", when, "", "", "submitted_via_web", "", "", str(number + 1)])
    as_csv(path, rows)


# Stata -------------------------------------------------------------------------------------------------------------------


def stata(path: Path, made: MadeUp) -> None:
    """Variables by key with their labels (80 signs at most), codes with value labels, a variable of 0 and 1 an option."""
    columns: dict[str, list] = {"Code": list(made.answers)}
    wordings, labels = {"Code": "ID"}, {}
    for question in made.questions:
        told = [made.told(who, question) for who in made.answers]
        if question.kind == "many":
            for code, label in question.options.items():
                columns[f"{question.key}_{code}"] = [int(code in ticks) for ticks in told]
                wordings[f"{question.key}_{code}"] = f"{question.wording}: {label}"[:80]
        else:
            columns[question.key] = [float("nan") if code is None else code for code in told]
            wordings[question.key], labels[question.key] = question.wording[:80], question.options
    frame = pd.DataFrame(columns)
    pyreadstat.write_dta(
        frame, str(path), column_labels=[wordings[name] for name in frame], variable_value_labels=labels
    )


# Microsoft Forms ---------------------------------------------------------------------------------------------------------


def microsoft(path: Path, made: MadeUp, nbsp: bool) -> None:
    """A workbook: real times, a column a question, several answers joined with a semicolon after each."""
    book = openpyxl.Workbook()
    end = "\N{NO-BREAK SPACE}" if nbsp else ""
    own = ["ID", "Start time", "Completion time", "Email", "Name", "Last modified time"]
    book.active.append([*own, f"Code{end}", *(f"{question.wording}{end}" for question in made.questions)])
    for number, who in enumerate(made.answers):
        when, row = WHEN + timedelta(days=number), []
        for question in made.questions:
            told = made.told(who, question)
            if question.kind == "many":
                row.append("".join(f"{question.options[code]};" for code in question.options if code in told) or None)
            else:
                row.append(label_or_blank(question, told) or None)
        book.active.append([number + 1, when, when + timedelta(minutes=3), "anonymous", None, None, who, *row])
    book.save(path)


# SurveyMonkey ------------------------------------------------------------------------------------------------------------


def surveymonkey(path: Path, made: MadeUp, lead: str) -> None:
    """Condensed: two heading rows; a matrix has its rows below its question, all else “Response” and one column."""
    own = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address", "First Name", "Last Name", "Custom Data 1"]  # fmt: skip
    items = [question for question in made.questions if question.kind == "item"]
    others = [question for question in made.questions if question.kind != "item"]
    first = [*own, "Code", *([lead, *[""] * (len(items) - 1)]), *(question.wording for question in others)]
    second = [*[""] * len(own), "Open-Ended Response", *(q.wording for q in items), *("Response" for _ in others)]
    rows = [first, second]
    for number, who in enumerate(made.answers):
        when = WHEN + timedelta(days=number)
        row = [
            f"1180000{number}",
            "400",
            f"{when:%m/%d/%Y %I:%M:%S %p}",
            f"{when:%m/%d/%Y %I:%M:%S %p}",
            *[""] * 5,
            who,
        ]
        for question in (*items, *others):
            told = made.told(who, question)
            many = question.kind == "many"
            row.append(", ".join(question.options[c] for c in question.options if c in told) if many else label_or_blank(question, told))  # fmt: skip
        rows.append(row)
    as_csv(path, rows)


AFTER_ONLY = {"only": {"redcap_event_name": "after_arm_1"}}
PROFILES: dict[str, tuple[str, dict, Callable[[Path, MadeUp], None]]] = {
    "REDCap raw": ("t.csv", {}, lambda path, made: redcap(path, made, labels=False, events=False)),
    "REDCap labels": ("t.csv", {}, lambda path, made: redcap(path, made, labels=True, events=False)),
    "REDCap raw, events": ("t.csv", AFTER_ONLY, lambda path, made: redcap(path, made, labels=False, events=True)),
    "REDCap labels, events": (
        "t.csv",
        {"only": {"Event Name": "After"}},
        lambda path, made: redcap(path, made, labels=True, events=True),
    ),
    "KoBo names": ("t.csv", {}, lambda path, made: kobo(path, made, labels=False, groups="")),
    "KoBo names, groups": ("t.csv", {}, lambda path, made: kobo(path, made, labels=False, groups="/")),
    "ODK names, groups": ("t.csv", {}, lambda path, made: kobo(path, made, labels=False, groups="-")),
    "KoBo labels": ("t.csv", {}, lambda path, made: kobo(path, made, labels=True, groups="")),
    "Stata": ("t.dta", {}, stata),
    "Microsoft Forms": ("t.xlsx", {}, lambda path, made: microsoft(path, made, nbsp=False)),
    "Microsoft Forms, spaces": ("t.xlsx", {}, lambda path, made: microsoft(path, made, nbsp=True)),
    "SurveyMonkey condensed": (
        "t.csv",
        {"date_format": "%m/%d/%Y %I:%M:%S %p"},
        lambda path, made: surveymonkey(path, made, "How much is each of these true of you?"),
    ),
}
