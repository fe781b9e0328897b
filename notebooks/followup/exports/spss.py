"""SPSS and Stata files: codes as they stand, with the labels and the missing codes that the file declares."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

import pyreadstat

from followup.exports.choice_names import after_dashes
from followup.exports.raw_rows import as_text, refusal
from followup.exports.survey_tools import other_names, shared_names, unambiguous

MOST_CELLS = 100_000_000
ENCODINGS = (None, "WINDOWS-1255")
PROGRAMS = {"spss": ("SPSS", ".sav, .zsav"), "stata": ("Stata", ".dta")}


@dataclass
class SpssFile:
    """The variables of a .sav or .dta as text, in order, and what the file says of each."""

    columns: dict[str, list[str]]
    notes: list[str]
    alternatives: dict[str, list[str]] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    missing: dict[str, set[str]] = field(default_factory=dict)
    dates: set[str] = field(default_factory=set)
    shared: dict[str, list[str]] = field(default_factory=dict)
    wordings: dict[str, str] = field(default_factory=dict)


def read_spss(path: Path, file: str, kind: str = "spss") -> SpssFile:
    """The file at `path`, of the program `kind` (spss or stata); a code without a label is left as it is.

    Raises `InputProblems`.
    """
    values, meta, encoding = _read(path, file, kind)
    program = PROGRAMS[kind][0]
    columns = {name: [as_text(value) for value in values[name]] for name in meta.column_names}
    read = SpssFile(
        columns,
        [
            f"{program} file, {meta.number_rows or 0} cases, read as {encoding or meta.file_encoding or 'UTF-8'}",
            f"rows are numbered as {program} numbers cases: the first is 1",
        ],
    )
    read.dates = {name for name in columns if any(isinstance(value, dt.date) for value in values[name])}
    read.wordings = {name: label for name, label in meta.column_names_to_labels.items() if label}
    others = {name: [label, *other_names(label), *after_dashes(label)] for name, label in read.wordings.items()}
    others = {name: others.get(name, []) for name in columns}
    read.alternatives, read.shared = unambiguous(others), shared_names(others)
    read.labels = {
        name: {as_text(code): label for code, label in labels.items()}
        for name, labels in meta.variable_value_labels.items()
    }
    for name, ranges in meta.missing_ranges.items():
        codes = set(columns.get(name, [])) | set(read.labels.get(name, {}))
        declared = {as_text(bound) for one in ranges for bound in (one["lo"], one["hi"]) if one["lo"] == one["hi"]}
        read.missing[name] = declared | {code for code in codes if any(_within(code, one) for one in ranges)}
    if kind == "stata":
        read.missing |= {name: _stata_missing(values[name]) for name in columns if _stata_missing(values[name])}
    return read


def _stata_missing(values) -> set[str]:
    """Stata's missing values .a to .z, which stand among numbers as single letters."""
    letters = {value for value in values if isinstance(value, str) and len(value) == 1 and "a" <= value <= "z"}
    others = any(isinstance(value, str) and value not in letters and value for value in values)
    return set() if others or all(isinstance(value, str) for value in values) else letters


def _read(path: Path, file: str, kind: str):
    """(arrays, metadata, encoding) of the file, tried as it declares itself and then as Windows Hebrew."""
    error, read = None, pyreadstat.read_dta if kind == "stata" else pyreadstat.read_sav
    for encoding in ENCODINGS:
        try:
            _, meta = read(str(path), metadataonly=True, encoding=encoding)
            _refuse_size(meta, file)
            values, meta = read(
                str(path), user_missing=True, apply_value_formats=False, encoding=encoding, output_format="dict"
            )
        except (
            pyreadstat.PyreadstatError,
            pyreadstat.ReadstatError,
            ValueError,
            OverflowError,
            UnicodeError,
            TypeError,
        ) as failed:
            error = error or failed
        else:
            return values, meta, encoding
    program, allowed = PROGRAMS[kind]
    raise refusal(
        f"this {program} file cannot be read ({error})",
        f"open it in {program} and save it again",
        file,
        allowed=allowed,
    )


def _refuse_size(meta, file: str) -> None:
    cells = (meta.number_rows or 0) * (meta.number_columns or 0)
    if cells > MOST_CELLS:
        raise refusal(
            f"the file has {meta.number_rows} cases of {meta.number_columns} variables",
            "keep only the variables that are needed",
            file,
            allowed=f"up to {MOST_CELLS} cells",
        )


def _within(code: str, one: dict) -> bool:
    """Whether a code lies in a declared range of missing codes."""
    try:
        return one["lo"] <= float(code) <= one["hi"]
    except (TypeError, ValueError):
        return code != "" and code == one["lo"] == one["hi"]
