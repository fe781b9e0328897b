"""SPSS files: codes as they stand, with the labels and the missing codes that the file declares."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

import pyreadstat

from followup.exports.raw_rows import as_text, refusal
from followup.exports.survey_tools import other_names, unambiguous

MOST_CELLS = 100_000_000
ENCODINGS = (None, "WINDOWS-1255")


@dataclass
class SpssFile:
    """The variables of a .sav as text, in order, and what the file says of each."""

    columns: dict[str, list[str]]
    notes: list[str]
    alternatives: dict[str, list[str]] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    missing: dict[str, set[str]] = field(default_factory=dict)
    dates: set[str] = field(default_factory=set)


def read_spss(path: Path, file: str) -> SpssFile:
    """The file at `path`; a code without a label is left as it is. Raises `InputProblems`."""
    values, meta, encoding = _read(path, file)
    columns = {name: [as_text(value) for value in values[name]] for name in meta.column_names}
    read = SpssFile(
        columns,
        [
            f"SPSS file, {meta.number_rows or 0} cases, read as {encoding or meta.file_encoding or 'UTF-8'}",
            "rows are numbered as SPSS numbers cases: the first is 1",
        ],
    )
    read.dates = {name for name in columns if any(isinstance(value, dt.date) for value in values[name])}
    described = {name: [label, *other_names(label)] for name, label in meta.column_names_to_labels.items() if label}
    read.alternatives = unambiguous({name: described.get(name, []) for name in columns})
    read.labels = {
        name: {as_text(code): label for code, label in labels.items()}
        for name, labels in meta.variable_value_labels.items()
    }
    for name, ranges in meta.missing_ranges.items():
        codes = set(columns.get(name, [])) | set(read.labels.get(name, {}))
        declared = {as_text(bound) for one in ranges for bound in (one["lo"], one["hi"]) if one["lo"] == one["hi"]}
        read.missing[name] = declared | {code for code in codes if any(_within(code, one) for one in ranges)}
    return read


def _read(path: Path, file: str):
    """(arrays, metadata, encoding) of the file, tried as it declares itself and then as Windows Hebrew."""
    error = None
    for encoding in ENCODINGS:
        try:
            _, meta = pyreadstat.read_sav(str(path), metadataonly=True, encoding=encoding)
            _refuse_size(meta, file)
            values, meta = pyreadstat.read_sav(
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
    raise refusal(
        f"this SPSS file cannot be read ({error})",
        "open it in SPSS and save it again as .sav",
        file,
        allowed=".sav, .zsav",
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
