"""Files as survey tools and offices write them: Google Forms, Qualtrics, LimeSurvey, SPSS, Excel, plain tables.

Every function writes the same bytes whenever it is given the same cells: no file holds the time at which it was made.
"""

import csv
import io
import json
import os
import re
import zipfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyreadstat
from draws import NoAnswer, Row

os.environ["OPENPYXL_LXML"] = "False"  # with lxml, where that is installed, openpyxl writes other bytes

from openpyxl import Workbook

FIXED_MOMENT = (2016, 12, 1, 0, 0, 0)  # stands in every workbook instead of the time of writing
BYTE_ORDER_MARK = "\ufeff"


# --- Answers as a tool writes them ----------------------------------------------------------------------------------


def option_labels(codebook: dict, options: str, language: str = "he") -> dict[int, str]:
    """Labels of an option set by code."""
    return {option["code"]: option[language] for option in codebook["option_sets"][options]["options"]}


def written(
    rows: Iterable[Row], asked: dict, codebook: dict, language: str = "he", joined: str = ";", blank: str = ""
) -> list[Row]:
    """Submissions with labels instead of codes; several ticked options are joined, an empty cell is `blank`."""
    sets = {key: question["options"] for key, question in asked.items() if question.get("options")}
    labels = {key: option_labels(codebook, name, language) for key, name in sets.items()}
    dont_know = {key: codebook["option_sets"][name]["missing"][0][language] for key, name in sets.items()}

    def cell(key: str, answer: object) -> object:
        if answer in (NoAnswer.BLANK, ""):
            return blank
        if answer is NoAnswer.DONT_KNOW:
            return dont_know[key]
        if isinstance(answer, tuple):
            return joined.join(labels[key][code] for code in answer)
        return labels[key][answer] if key in labels else answer

    return [{key: cell(key, answer) for key, answer in row.items()} for row in rows]


# --- Google Forms ---------------------------------------------------------------------------------------------------


def google_time(moment: datetime) -> str:
    """A moment as Google Forms writes it: 2016/02/24 9:15:24 AM GMT+2 (both waves fall in winter time)."""
    return f"{moment:%Y/%m/%d} {moment.hour % 12 or 12}:{moment:%M:%S %p} GMT+2"


def write_google_forms(path: Path, headings: dict[str, str], rows: Iterable[Row | None]) -> None:
    """An export as Google Forms writes it: every cell in quotes, UTF-8; `None` is a blank row."""
    with path.open("w", encoding="utf-8", newline="") as export:
        writer = csv.writer(export, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(headings.values())
        for row in rows:
            texts = {} if row is None else row | {"submitted": google_time(row["submitted"])}
            writer.writerow(texts.get(key, "") for key in headings)


# --- Qualtrics ------------------------------------------------------------------------------------------------------


def write_qualtrics(path: Path, columns: dict[str, tuple[str, dict]], rows: Iterable[Row]) -> None:
    """An export as Qualtrics writes it: codes, wordings and import IDs above the answers; UTF-8 with a byte order mark.

    `columns` gives each column's wording and import ID by its code.
    """
    with path.open("w", encoding="utf-8", newline="") as export:
        export.write(BYTE_ORDER_MARK)
        writer = csv.writer(export, lineterminator="\n")
        writer.writerow(columns)
        writer.writerow(wording for wording, _ in columns.values())
        writer.writerow(json.dumps(import_id, separators=(",", ":")) for _, import_id in columns.values())
        writer.writerows([row.get(code, "") for code in columns] for row in rows)


# --- LimeSurvey -----------------------------------------------------------------------------------------------------


def write_limesurvey(path: Path, headings: dict[str, str], rows: Iterable[Row], separator: str) -> None:
    """An export as LimeSurvey writes it: cells in quotes, Windows line ends, byte order mark, an empty last line."""
    with path.open("w", encoding="utf-8", newline="") as export:
        export.write(BYTE_ORDER_MARK)
        writer = csv.writer(export, quoting=csv.QUOTE_ALL, delimiter=separator, lineterminator="\r\n")
        writer.writerow(headings.values())
        writer.writerows([row.get(key, "") for key in headings] for row in rows)
        export.write("\r\n")


# --- SPSS -----------------------------------------------------------------------------------------------------------


def write_spss(path: Path, frame: pd.DataFrame, moment: datetime, **about: dict) -> None:
    """A .sav file; `about` are the variables' labels, value labels, formats and missing codes as pyreadstat names them.

    The header says when a file was made: `moment` is put there.
    """
    pyreadstat.write_sav(frame, path, **about)
    content = bytearray(path.read_bytes())
    content[92:101] = f"{moment:%d %b %y}".encode()
    content[101:109] = f"{moment:%H:%M:%S}".encode()
    path.write_bytes(content)


# --- Excel ----------------------------------------------------------------------------------------------------------


def save_workbook(path: Path, workbook: Workbook) -> None:
    """Save with the same bytes on every run: fixed dates inside and outside, nothing compressed."""
    file = io.BytesIO()
    workbook.save(file)
    moment = f"{datetime(*FIXED_MOMENT).isoformat()}Z".encode()
    with zipfile.ZipFile(file) as parts, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as fixed:
        for name in sorted(parts.namelist()):
            content = re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z", moment, parts.read(name))
            fixed.writestr(zipfile.ZipInfo(name, FIXED_MOMENT), content)


def add_sheet(workbook: Workbook, title: str, rows: Iterable[Iterable]) -> None:
    """A sheet that reads from right to left; the first one takes the place of the empty sheet of a new workbook."""
    sheet = workbook.active if workbook.sheetnames == ["Sheet"] else workbook.create_sheet()
    sheet.title = title
    sheet.sheet_view.rightToLeft = True
    for row in rows:
        sheet.append(list(row))


# --- Plain tables ---------------------------------------------------------------------------------------------------


def write_table(
    path: Path, headings: Iterable[str], rows: Iterable[Iterable], encoding: str = "utf-8", line_end: str = "\n"
) -> None:
    """A plain CSV, in UTF-8 unless said otherwise."""
    with path.open("w", encoding=encoding, newline="") as table:
        writer = csv.writer(table, lineterminator=line_end)
        writer.writerow(headings)
        writer.writerows(rows)
