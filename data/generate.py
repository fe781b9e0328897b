"""Synthetic raw exports: `python data/generate.py` writes every cohort's folder, the same bytes on every run.

Nobody's answers are here. The participants' answers were never published, so every answer, tie and excerpt is drawn
or invented; what was published (how many took part, how many answered, which way things moved) is what the draws are
fitted to. `calibrations` holds those numbers with their sources, `draws` the chance, `export_formats` the files as
each tool writes them; this script puts the cohorts together and plants what real exports hold besides answers.
"""

import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from calibrations import AFTER, COHORT_1, COHORT_2, COHORT_3, END, LOCAL_3, Calibration
from draws import (
    NoAnswer,
    Participant,
    Row,
    asked_in,
    draw_attendance,
    draw_columns,
    draw_participants,
    draw_submissions,
    draw_ties_at_end,
    draw_ties_at_follow_up,
    draws_of,
    statements_of,
)
from export_formats import (
    Workbook,
    add_sheet,
    option_labels,
    save_workbook,
    write_google_forms,
    write_limesurvey,
    write_qualtrics,
    write_spss,
    write_table,
    written,
)

ROOT = Path(__file__).resolve().parents[1]
RIGHT_TO_LEFT_MARK = "\u200f"
NO_BREAK_SPACE = "\u00a0"
LEAD = {  # what stands above the statements in the questionnaire
    "he": "באיזו מידה כל אחד מההיגדים נכון לגביך?",
    "en": "To what extent is each statement true of you?",
}
Headings = dict[str, str]


def respell(rows: list[Row], key: str, old: object, new: object) -> None:
    """Write `new` for `old` in the first submission whose cell in the column `key` is `old`."""
    next(row for row in rows if row[key] == old)[key] = new


# --- Records kept by the institute: roster, projects, network, interviews -------------------------------------------


def placeholder(person: Participant) -> tuple[str, str]:
    """A name that is obviously nobody's, and an address that leads nowhere (example.org)."""
    kind = ("משתתף", "משתתפת")[person.number % 2]
    return f"{kind} לדוגמה {person.number:02}", f"participant{person.number:02}@example.org"


def roster_rows(people: list[Participant], **more: str) -> list[list[object]]:
    """A roster: headings, then one row a participant; `more` are columns that hold the same words in every row."""
    headings = ["מספר משתתף", "שם", 'דוא"ל', "סוג ארגון", "ותק ניהולי", *more]
    return [headings] + [
        [person.code, *placeholder(person), person.organisation, person.seniority, *more.values()] for person in people
    ]


def project_code(number: int) -> str:
    """P01 for the first project."""
    return f"P{number + 1:02}"


def write_projects(folder: Path, cohort: Calibration, people: list[Participant]) -> None:
    """The projects' titles and members; their stages stand in the questionnaires."""
    titles = [(project_code(number), project.title) for number, project in enumerate(cohort.projects)]
    write_table(folder / "projects.csv", ["project", "title"], titles)
    members = sorted((project_code(person.project), person.code) for person in people)
    write_table(folder / "project_members.csv", ["project", "participant"], members)


def write_network(
    folder: Path, cohort: Calibration, people: list[Participant], rng: np.random.Generator, lost: str = ""
) -> None:
    """Nominations of both waves, two of them impossible, and who came to each meeting of the network.

    Nominations at follow-up by `lost`, whose answers then could not be told to be his or hers, are left out.
    """
    at_end = draw_ties_at_end(people, rng)
    later = [tie for tie in draw_ties_at_follow_up(at_end, people, rng) if tie[0] != lost]
    at_end.insert(30, (at_end[30][0], cohort.stranger, "advice"))  # nobody on the roster
    later.insert(20, (later[20][0], later[20][0], "advice"))  # names himself or herself
    rows = [(wave, *tie) for wave, ties in ((END, at_end), (AFTER, later)) for tie in ties]
    write_table(folder / "network.csv", ["wave", "from", "to", "kind"], rows)
    write_table(folder / "meetings.csv", ["meeting", "date", "participant"], draw_attendance(cohort, people, rng))


def write_interviews(folder: Path, cohort: Calibration) -> None:
    """Coded excerpts of the interviews, invented in both languages."""
    headings = ["excerpt", "interview", "theme", "finding", "stance", "excerpt_he", "excerpt_en"]
    write_table(folder / "interviews.csv", headings, cohort.interviews)


# --- Cohort 1: Google Forms -----------------------------------------------------------------------------------------


def headings_of(wave: str, codebook: dict) -> Headings:
    """Column headings of an export by key: time, code, then every wording in full."""
    first = {"submitted": codebook["submitted_headings"][0], "participant": codebook["respondent_headings"][0]}
    return first | {key: asked["he"] for key, asked in asked_in(wave, codebook).items()}


def preview_submission(row: Row, participant: str, labels: dict[int, str], days: int) -> Row:
    """What someone answered who tried the form out some days before: the same label on every statement, no comment."""
    same_answer = {key: labels[4] for key, text in row.items() if text in labels.values()}
    before = row["submitted"] - timedelta(days=days)
    return row | same_answer | {"submitted": before, "participant": participant}


def one_option_lower(row: Row, labels: list[str]) -> Row:
    """The same submission with every answer on the extent scale one option lower wherever that can be."""
    return row | {key: labels[max(labels.index(text) - 1, 0)] for key, text in row.items() if text in labels}


def earlier_submission(row: Row, codebook: dict) -> Row:
    """A first submission, three hours before the one that counts, one option lower wherever that can be."""
    lower = one_option_lower(row, list(option_labels(codebook, "extent").values()))
    return lower | {"submitted": row["submitted"] - timedelta(hours=3), "comments": ""}


def messy_programme_end_1(rows: list[Row], headings: Headings, codebook: dict) -> tuple[list[Row | None], Headings]:
    """The export with a preview, a blank row, an ID in lower case, a direction mark and a heading on two lines."""
    respell(rows, "participant", "DL-117", "dl-117")
    respell(rows, "motivation_future", "במידה רבה", "במידה רבה" + RIGHT_TO_LEFT_MARK)
    broken = {"self_others_role": headings["self_others_role"].replace("של אחרים", "של\nאחרים")}
    preview = preview_submission(rows[0], "TEST", option_labels(codebook, "extent"), days=2) | {"comments": ""}
    return [preview, *rows[:20], None, *rows[20:]], headings | broken


def messy_follow_up_1(rows: list[Row], headings: Headings, codebook: dict) -> tuple[list[Row], Headings]:
    """The export with a participant who answered twice, an ID with stray spaces, and another spelling of a label."""
    earlier = earlier_submission(rows[12], codebook)
    rows[4]["participant"] = f" {rows[4]['participant']}  "
    respell(rows, "contribution_tools", "במידה רבה מאוד", "במידה רבה מאד")
    return sorted([*rows, earlier], key=lambda row: row["submitted"]), headings


def generate_cohort_1(folder: Path, codebook: dict, cohort: Calibration = COHORT_1) -> None:
    """Two waves from Google Forms, linked by ID; roster in Excel; projects, network, interviews."""
    draws = draws_of(cohort)
    people = draw_participants(cohort, codebook, draws["people"])
    columns = draw_columns(cohort, codebook, people, draws)
    for wave, messy in ((END, messy_programme_end_1), (AFTER, messy_follow_up_1)):
        drawn = draw_submissions(cohort, wave, columns[wave], people, draws["moments"])
        rows = written(drawn, asked_in(wave, codebook), codebook)
        rows, headings = messy(rows, headings_of(wave, codebook), codebook)
        write_google_forms(folder / f"{wave}.csv", headings, rows)
    roster = Workbook()
    add_sheet(roster, "משתתפים", roster_rows(people))
    save_workbook(folder / "roster.xlsx", roster)
    write_projects(folder, cohort, people)
    write_network(folder, cohort, people, draws["network"])
    write_interviews(folder, cohort)


# --- Cohort 2: Excel and Qualtrics, partly linked -------------------------------------------------------------------

TYPIST = "הערת הקלדה"  # a column that no questionnaire knows
SET_ASIDE = "DL-217"  # the follow-up of this participant came in under another ID, and nobody can tell


def excel_headings(codebook: dict) -> Headings:
    """Column headings of answers on paper that were typed into a sheet: wordings in Hebrew, a note of the typist."""
    wordings = {key: asked["he"] for key, asked in asked_in(END, codebook).items()}
    return {"participant": "קוד משתתף/ת", "submitted": "תאריך מילוי", **wordings, "typist": TYPIST}


def messy_programme_end_2(rows: list[Row]) -> list[Row]:
    """Typed answers as typists leave them: slips of the keyboard, other digits, pasted labels, a sheet typed twice."""
    respell(rows, "participant", "DL-207", "DL-2O7")  # the letter O
    respell(rows, "own_projects", "במידה רבה", 4)
    respell(rows, "own_staff", "במידה רבה", "٤")
    respell(rows, "motivation_promote", "במידה רבה", "בְּמִידָה רַבָּה")
    respell(rows, "wider_units", "במידה בינונית", f"במידה{NO_BREAK_SPACE}בינונית")
    respell(rows, "sponsor_projects", "במידה רבה", "במדה רבה")
    rows[7]["typist"] = "כתב יד לא ברור"
    return [*rows[:25], rows[9] | {"typist": "הוקלד פעמיים?"}, *rows[25:]]


def write_typed_answers(path: Path, headings: Headings, rows: list[Row]) -> None:
    """A workbook: an explanation on the first sheet, the answers on the second, one row hidden and blank rows below."""
    dated = [row | {"submitted": f"{row['submitted']:%d/%m/%Y}"} for row in rows]
    cells = [[row.get(key, "") or None for key in headings] for row in dated]
    workbook = Workbook()
    add_sheet(workbook, "הסבר", [["שאלוני סיום התכנית, הוקלדו מנייר"], ["כל שורה בגיליון תשובות היא שאלון אחד"]])
    add_sheet(workbook, "תשובות", [headings.values(), *cells])
    sheet = workbook["תשובות"]
    sheet.row_dimensions[14].hidden = True
    for below in (1, 2, 3):
        sheet.cell(len(rows) + 1 + below, 1).number_format = "@"
    save_workbook(path, workbook)


QUALTRICS_FIRST = {  # columns that Qualtrics adds: code: (wording, import ID)
    "StartDate": ("Start Date", {"ImportId": "startDate", "timeZone": "Asia/Jerusalem"}),
    "EndDate": ("End Date", {"ImportId": "endDate", "timeZone": "Asia/Jerusalem"}),
    "Status": ("Response Type", {"ImportId": "status"}),
    "Progress": ("Progress", {"ImportId": "progress"}),
    "Duration (in seconds)": ("Duration (in seconds)", {"ImportId": "duration"}),
    "Finished": ("Finished", {"ImportId": "finished"}),
    "RecordedDate": ("Recorded Date", {"ImportId": "recordedDate", "timeZone": "Asia/Jerusalem"}),
    "ResponseId": ("Response ID", {"ImportId": "_recordId"}),
    "DistributionChannel": ("Distribution Channel", {"ImportId": "distributionChannel"}),
    "UserLanguage": ("User Language", {"ImportId": "userLanguage"}),
    "participant_code": ("Participant code", {"ImportId": "QID1_TEXT"}),
}


def qualtrics_columns(codebook: dict) -> dict[str, tuple[str, dict]]:
    """Code, wording and import ID of every column; each scale is one matrix question, its lead above each statement."""
    columns, statements = dict(QUALTRICS_FIRST), statements_of(AFTER, codebook)
    scales = list(dict.fromkeys(statement["scale"] for statement in statements.values()))
    for key, statement in statements.items():
        number = scales.index(statement["scale"]) + 2
        place = list(codebook["scales"][statement["scale"]]["items"]).index(key) + 1
        columns[key] = (f"{LEAD['en']} - {statement['en']}", {"ImportId": f"QID{number}_{place}"})
    others = [key for key in asked_in(AFTER, codebook) if key not in statements]
    for number, key in enumerate(others, start=len(scales) + 2):
        text = codebook["questions"][key]["kind"] == "text"
        columns[key] = (codebook["questions"][key]["en"], {"ImportId": f"QID{number}{'_TEXT' if text else ''}"})
    return {code: (wording.replace("’", "'"), import_id) for code, (wording, import_id) in columns.items()}


def qualtrics_row(row: Row, rng: np.random.Generator) -> Row:
    """A finished submission with the columns that Qualtrics adds; apostrophes as its editor writes them."""
    took = 300 + int(rng.integers(900))
    letters = rng.choice(list("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"), size=15)
    moment = row["submitted"]
    return {key: text.replace("’", "'") for key, text in row.items() if key not in ("submitted", "participant")} | {
        "StartDate": f"{moment - timedelta(seconds=took):%Y-%m-%d %H:%M:%S}",
        "EndDate": f"{moment:%Y-%m-%d %H:%M:%S}",
        "Status": "IP Address",
        "Progress": 100,
        "Duration (in seconds)": took,
        "Finished": "True",
        "RecordedDate": f"{moment:%Y-%m-%d %H:%M:%S}",
        "ResponseId": "R_" + "".join(letters),
        "DistributionChannel": "anonymous",
        "UserLanguage": "HE",
        "participant_code": row["participant"],
    }


def opened_again(row: Row, codebook: dict, rng: np.random.Generator) -> Row:
    """The form opened a second time by someone who had finished it, and left early: the other pages were never seen."""
    reached = [key for name in ("motivation", "self_perception") for key in codebook["scales"][name]["items"]]
    unseen = [key for key in asked_in(AFTER, codebook) if key not in reached]
    later = qualtrics_row(row | {"submitted": row["submitted"] + timedelta(days=8)}, rng) | dict.fromkeys(unseen, "")
    lower = one_option_lower(later, list(option_labels(codebook, "extent", "en").values()))
    return lower | {"Progress": 31, "Finished": "False"}


def messy_follow_up_2(rows: list[Row], codebook: dict, rng: np.random.Generator) -> list[Row]:
    """The export with a preview under a real ID, a form opened again and left, and three IDs typed with slips."""
    preview = preview_submission(rows[0], "DL-201", option_labels(codebook, "extent", "en"), days=3)
    again = opened_again(rows[10], codebook, rng)
    respell(rows, "participant", "DL-225", "DL225")
    respell(rows, "participant", SET_ASIDE, "DL-271")  # two digits swapped: 217, or 221, or 231?
    rows[5]["participant"] += NO_BREAK_SPACE
    first = qualtrics_row(preview, rng) | {"Status": "Survey Preview", "DistributionChannel": "preview"}
    finished = [qualtrics_row(row, rng) for row in rows]
    return sorted([first, *finished, again], key=lambda row: row["RecordedDate"])


def generate_cohort_2(folder: Path, codebook: dict, cohort: Calibration = COHORT_2) -> None:
    """Answers typed into Excel, a follow-up from Qualtrics, partly linked; roster in Excel; projects and network."""
    draws = draws_of(cohort)
    people = draw_participants(cohort, codebook, draws["people"])
    columns = draw_columns(cohort, codebook, people, draws)
    first, later = (draw_submissions(cohort, wave, columns[wave], people, draws["moments"]) for wave in (END, AFTER))
    typed = messy_programme_end_2(written(first, asked_in(END, codebook), codebook))
    write_typed_answers(folder / "programme_end.xlsx", excel_headings(codebook), typed)
    answers = written(later, asked_in(AFTER, codebook), codebook, language="en", joined=",", blank="-99")
    online = messy_follow_up_2(answers, codebook, draws["moments"])
    write_qualtrics(folder / "follow_up.csv", qualtrics_columns(codebook), online)
    write_roster_2(folder / "roster.xlsx", people)
    write_projects(folder, cohort, people)
    write_network(folder, cohort, people, draws["network"], lost=SET_ASIDE)


def write_roster_2(path: Path, people: list[Participant]) -> None:
    """The roster with the cohort's name in every row, and an acronym with three kinds of gershayim."""
    rows = roster_rows(people, מחזור="ממשלה 2")
    acronyms = [row for row in rows if row[3] == "מלכ״ר"]
    for row, label in zip(acronyms, ('מלכ"ר', "מלכ”ר", "מלכ״ר"), strict=True):
        row[3] = label
    workbook = Workbook()
    add_sheet(workbook, "משתתפים", rows)
    save_workbook(path, workbook)


# --- Cohort 3: SPSS, one wave ---------------------------------------------------------------------------------------

DONT_KNOW_CODE = 99
NOT_DECLARED = "sponsor_answers"  # 99 stands in its cells, and the file does not say that it is no answer
ENDS_ONLY = "sponsor_cooperation"  # only its first and last code have a label


def spss_frame(rows: list[Row], asked: dict) -> pd.DataFrame:
    """Answers as numbers, one column a variable; "don't know" is 99, a blank is system-missing, comments are text."""
    numbers = {NoAnswer.DONT_KNOW: float(DONT_KNOW_CODE), NoAnswer.BLANK: np.nan}
    frame = pd.DataFrame({"participant_code": [float(row["participant"]) for row in rows]})
    frame["submitted_on"] = [row["submitted"].date() for row in rows]
    for key, question in asked.items():
        answers = [row[key] for row in rows]
        text = question.get("kind") == "text"
        frame[key] = answers if text else [numbers.get(answer, answer) for answer in answers]
    return frame.assign(**{"filter_$": 1.0})


def spss_labels(asked: dict, codebook: dict) -> dict[str, dict[float, str]]:
    """Value labels of every variable with options; "don't know" has one except where it was forgotten."""
    labels = {}
    for key, question in asked.items():
        if question.get("options"):
            options = option_labels(codebook, question["options"])
            labels[key] = options | {DONT_KNOW_CODE: codebook["option_sets"][question["options"]]["missing"][0]["he"]}
    del labels[NOT_DECLARED][DONT_KNOW_CODE]
    labels[ENDS_ONLY] = {code: labels[ENDS_ONLY][code] for code in (1, 5, DONT_KNOW_CODE)}
    return labels


def write_closing_meeting(path: Path, rows: list[Row], asked: dict, codebook: dict) -> None:
    """The answers of the closing meeting as an SPSS file: Hebrew labels, 99 declared as missing for most variables."""
    labels = spss_labels(asked, codebook)
    wordings = {key: question["he"] for key, question in asked.items()}
    wordings["own_services"] = wordings["own_services"].replace(" ", NO_BREAK_SPACE, 1)
    write_spss(
        path,
        spss_frame(rows, asked),
        datetime(2018, 11, 20, 12, 0, 0),
        column_labels={"participant_code": "מספר משתתף", "submitted_on": "תאריך מילוי", **wordings},
        variable_value_labels=labels,
        missing_ranges={key: [DONT_KNOW_CODE] for key in labels if key != NOT_DECLARED},
        variable_format={"participant_code": "F4.0", "submitted_on": "DATE11", "filter_$": "F1.0"}
        | dict.fromkeys(labels, "F2.0"),
        variable_measure=dict.fromkeys(labels, "ordinal") | {"participant_code": "nominal"},
        file_label="Digital Leaders, government 3, closing meeting (synthetic)",
    )


def generate_cohort_3(folder: Path, codebook: dict, cohort: Calibration = COHORT_3) -> None:
    """One wave keyed into SPSS at the closing meeting; the roster as a Hebrew Excel saves it as CSV (cp1255)."""
    draws = draws_of(cohort)
    people = draw_participants(cohort, codebook, draws["people"])
    columns = draw_columns(cohort, codebook, people, draws)
    rows = draw_submissions(cohort, END, columns[END], people, draws["moments"])
    respell(rows, NOT_DECLARED, 3, NoAnswer.DONT_KNOW)
    write_closing_meeting(folder / "programme_end.sav", rows, asked_in(END, codebook), codebook)
    headings, *roster = roster_rows(people, מחזור="ממשלה 3")
    blank = [[""] * len(headings)] * 3
    write_table(folder / "roster.csv", headings, [*roster, *blank], encoding="cp1255", line_end="\r\n")


# --- Local government 3: LimeSurvey, anonymous ----------------------------------------------------------------------

PAGES = {  # scales on the pages of the online form; the sector stands on the first page, other questions on the last
    1: ["motivation", "self_perception"],
    2: ["own_area_activity", "wider_involvement", "programme_contribution"],
    3: ["sponsor_support", "project_work", "network_value"],
}
LAST_PAGE = 4
TICKED, NOT_TICKED, NOT_REACHED = "כן", "לא", "N/A"
RELABELLED = {  # labels of one grid of the form that were typed or pasted otherwise
    (END, "wider_involvement"): ("במידה מועטה", "בְּמִידָה מוּעָטָה"),
    (END, "sponsor_support"): ("במידה רבה מאוד", "במידה רבה מאד"),
    (AFTER, "own_area_activity"): ("במידה רבה", f"במידה{NO_BREAK_SPACE}רבה"),
    (AFTER, "network_value"): ("במידה רבה", RIGHT_TO_LEFT_MARK + "במידה רבה"),
}


def page_of(key: str, wave: str, codebook: dict) -> int:
    """The page of the form on which a question stands."""
    scale = statements_of(wave, codebook).get(key, {}).get("scale")
    return next((page for page, scales in PAGES.items() if scale in scales), 1 if key == "sector" else LAST_PAGE)


def limesurvey_questions(wave: str, cohort: Calibration, codebook: dict) -> list[tuple[str, str, str, int]]:
    """(key, code, wording, page) of every column; each statement of a grid and each option to tick has one."""
    sector = codebook["traits"]["sector"]["headings"][0]
    columns, numbers = [("sector", "G01Q01", sector, 1)], {1: 1}
    for key, question in asked_in(wave, codebook, cohort.not_asked).items():
        page, parent = page_of(key, wave, codebook), question.get("scale", key)
        new = not any(code_key.split("/")[0] == parent for code_key, *_ in columns)
        numbers[page] = numbers.get(page, 0) + new
        code = f"G{page:02}Q{numbers[page]:02}"
        if question.get("scale"):
            place = list(codebook["scales"][parent]["items"]).index(key) + 1
            columns.append((f"{parent}/{key}", f"{code}[SQ{place:03}]", f"{LEAD['he']} [{question['he']}]", page))
        elif question["kind"] == "many":
            for option, label in option_labels(codebook, question["options"]).items():
                columns.append((f"{key}/{option}", f"{code}[SQ{option:03}]", f"{question['he']} [{label}]", page))
        else:
            columns.append((key, code, question["he"], page))
    return columns


def limesurvey_headings(questions: list[tuple[str, str, str, int]], with_codes: bool) -> Headings:
    """Headings by key: the wording, or "code. wording"; first the columns that LimeSurvey adds."""
    first = {"id": "Response ID", "submitdate": "Date submitted", "lastpage": "Last page",
             "startlanguage": "Start language", "seed": "Seed"}  # fmt: skip
    headings = {key: (key, words) for key, words in first.items()}
    headings |= {key: (code, words) for key, code, words, _ in questions}
    return {key: f"{code}. {words}" if with_codes else words for key, (code, words) in headings.items()}


def limesurvey_row(row: Row, wave: str, cohort: Calibration, codebook: dict) -> Row:
    """A finished submission as LimeSurvey writes it: labels as each grid has them, a column for each option to tick."""
    asked = asked_in(wave, codebook, cohort.not_asked)
    texts = written([row], asked, codebook)[0]
    cells: Row = {"sector": row["sector"]}
    for key, question in asked.items():
        if question.get("scale"):
            old, new = RELABELLED.get((wave, question["scale"]), ("", ""))
            cells[f"{question['scale']}/{key}"] = new if old and texts[key] == old else texts[key]
        elif question["kind"] == "many":
            for option in option_labels(codebook, question["options"]):
                cells[f"{key}/{option}"] = TICKED if option in row[key] else NOT_TICKED
        else:
            cells[key] = texts[key]
    return cells | {"submitted": row["submitted"], "lastpage": LAST_PAGE}


def left_after(page: int, row: Row, questions: list[tuple[str, str, str, int]]) -> Row:
    """The same submission by someone who left after a page: nothing of the later pages, and never submitted."""
    kept = {key for key, _, _, on_page in questions if on_page <= page}
    unseen = {key: NOT_REACHED if row[key] in (TICKED, NOT_TICKED) else "" for key, *_ in questions if key not in kept}
    return row | unseen | {"lastpage": page, "submitdate": ""}


def messy_local_3(rows: list[Row], questions: list[tuple[str, str, str, int]], codebook: dict) -> list[Row]:
    """The export with a form left after two pages, one left after the first, one only opened, one without a sector."""
    labels = list(option_labels(codebook, "extent").values())
    rows[6] = left_after(2, rows[6], questions)
    rows[3]["sector"] = ""
    begun = left_after(1, one_option_lower(rows[15], labels), questions)
    begun["submitted"] -= timedelta(days=1)
    opened = left_after(0, rows[20], questions)
    opened["submitted"] -= timedelta(hours=2)
    return sorted([*rows, begun, opened], key=lambda row: row["submitted"])


def numbered(rows: list[Row], first: int, submitdate: str, rng: np.random.Generator) -> list[Row]:
    """Rows with the columns that LimeSurvey adds; some numbers are missing (trial answers that were deleted)."""
    numbers = first + np.cumsum(1 + (rng.random(len(rows)) < 0.1))
    return [
        {"submitdate": f"{row['submitted']:{submitdate}}", "startlanguage": "he"}
        | row
        | {"id": int(number), "seed": int(rng.integers(10**8, 2 * 10**9))}
        for row, number in zip(rows, numbers, strict=True)
    ]


def generate_local_3(folder: Path, codebook: dict, cohort: Calibration = LOCAL_3) -> None:
    """Two anonymous waves from LimeSurvey, not linked; the roster says how many took part, and of which sector."""
    draws = draws_of(cohort)
    people = draw_participants(cohort, codebook, draws["people"])
    columns = draw_columns(cohort, codebook, people, draws)
    # An anonymous form without a date stamp writes the first of January 1980 for every submission.
    styles = {END: (";", False, "%Y-%m-%d %H:%M:%S"), AFTER: (",", True, "1980-01-01 00:00:00")}
    for wave, (separator, with_codes, submitdate) in styles.items():
        asked = columns[wave] | {"sector": [person.organisation for person in people]}
        drawn = draw_submissions(cohort, wave, asked, people, draws["moments"])
        questions = limesurvey_questions(wave, cohort, codebook)
        rows = messy_local_3([limesurvey_row(row, wave, cohort, codebook) for row in drawn], questions, codebook)
        rows = numbered(rows, 3, submitdate, draws["moments"])
        write_limesurvey(folder / f"{wave}.csv", limesurvey_headings(questions, with_codes), rows, separator)
    write_roster_local_3(folder / "roster.csv", people)


def write_roster_local_3(path: Path, people: list[Participant]) -> None:
    """The roster without names: a running number, the sector, the cohort; three rows are of the cohort after it."""
    rows = [(person.number, person.organisation, "שלטון מקומי 3") for person in people]
    next_cohort = [(len(people) + place, "שלטון מקומי", "שלטון מקומי 4") for place in (1, 2, 3)]
    write_table(path, ["מספר סידורי", "מגזר", "מחזור"], [*rows, *next_cohort])


# --- Every cohort ---------------------------------------------------------------------------------------------------


def read_codebook(name: str) -> dict:
    """A codebook as it stands in params/questionnaires/."""
    return yaml.safe_load((ROOT / "params" / "questionnaires" / f"{name}.yaml").read_text(encoding="utf-8"))


GENERATORS = {
    "1": generate_cohort_1,
    "2": generate_cohort_2,
    "3": generate_cohort_3,
    "local-3": generate_local_3,
}


def generate(folder: Path) -> None:
    """Write the raw exports of every synthetic cohort, each into its own folder under `folder`."""
    codebook = read_codebook("digital_leaders")
    for name, generate_cohort in GENERATORS.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        generate_cohort(folder / name, codebook)


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
