"""Row-level tables that no spreadsheet can open: their columns in files of their own, texts kept once.

A million respondents give sixty million responses: as CSV three gigabytes, which every notebook would parse again. A
column here is an array on disk that notebooks map into memory and share. (Parquet would need pyarrow; once that is
installed pandas imports it every time, which a cohort of forty would pay for.)
"""

import csv
import hashlib
import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from followup.store.freshness import replace_text, whole_file

MOST_IN_A_CSV = 1_048_575  # rows under the headings of a spreadsheet
HASHED_AT_ONCE = 1 << 24
COLUMNS = ["column", "kind", "rows", "sha256"]


def keep_columns(folder: Path, frame: pd.DataFrame) -> pd.DataFrame:
    """Write each column of `frame` into `folder`, whole or not at all; gives what it wrote: column, kind, rows, sha256.

    A kind is text, masked (numbers with blanks) or plain.
    """
    beside = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    rows = []
    for place, name in enumerate(frame.columns):
        kind, parts = _parts(frame[name])
        for part, values in parts.items():
            np.save(beside / f"{place}.{part}.npy", values)
        rows.append((name, kind, len(frame), _sha256(sorted(beside.glob(f"{place}.*.npy")))))
    shutil.rmtree(folder, ignore_errors=True)
    beside.replace(folder)
    return pd.DataFrame(rows, columns=COLUMNS)


def read_columns(folder: Path, written: pd.DataFrame) -> pd.DataFrame:
    """The table that `keep_columns` wrote; its columns stay on disk until they are used."""
    columns = {row.column: _column(folder, place, row.kind) for place, row in enumerate(written.itertuples())}
    return pd.DataFrame(columns, copy=False)


def _parts(column: pd.Series) -> tuple[str, dict[str, np.ndarray]]:
    """(kind, arrays by name) of a column."""
    values = column.array
    if isinstance(values, pd.arrays.IntegerArray | pd.arrays.BooleanArray | pd.arrays.FloatingArray):
        return "masked", {"values": values.to_numpy(values.dtype.numpy_dtype, na_value=0), "missing": values.isna()}
    if pd.api.types.is_numeric_dtype(column.dtype):
        return "plain", {"values": column.to_numpy()}
    texts = values if isinstance(values, pd.Categorical) else pd.Categorical(values)
    known = json.dumps(list(texts.categories), ensure_ascii=False).encode()
    return "text", {"codes": texts.codes, "known": np.frombuffer(known, dtype=np.uint8)}


def _column(folder: Path, place: int, kind: str) -> pd.api.extensions.ExtensionArray | np.ndarray:
    """One column; a text that differs from row to row as text, any other with its texts kept once."""
    array = {path.name.split(".")[1]: np.load(path, mmap_mode="r") for path in folder.glob(f"{place}.*.npy")}
    if kind == "plain":
        return array["values"]
    if kind == "masked":
        whole = pd.arrays.BooleanArray if array["values"].dtype == bool else pd.arrays.IntegerArray
        whole = pd.arrays.FloatingArray if array["values"].dtype.kind == "f" else whole
        return whole(np.asarray(array["values"]), np.asarray(array["missing"]))
    known = pd.Index(json.loads(array["known"].tobytes()), dtype="str")
    texts = pd.Categorical.from_codes(array["codes"], known)
    return texts.astype("str") if len(known) > len(texts) / 2 else texts


def _sha256(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while part := file.read(HASHED_AT_ONCE):
                digest.update(part)
    return digest.hexdigest()


def stacked(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Tables of the same columns as one, in the order given; texts that were kept once stay so."""
    if len(frames) == 1:
        return frames[0].reset_index(drop=True)
    return pd.DataFrame(
        {name: _stacked_column([frame[name] for frame in frames]) for name in frames[0].columns}, copy=False
    )


def _stacked_column(parts: list[pd.Series]) -> pd.Series | pd.Categorical:
    if all(isinstance(part.dtype, pd.CategoricalDtype) for part in parts):
        return union_categoricals(parts)
    return pd.concat(parts, ignore_index=True)


def write_csv(path: Path, frame: pd.DataFrame, *told: str) -> None:
    """A CSV that is whole or absent: written beside its place, then moved there; those `attrs` that are `told` stand beside it."""
    beside_it = path.with_suffix(".json")
    beside_it.unlink(missing_ok=True)
    with whole_file(path) as beside:
        frame.to_csv(beside, index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    if about := {name: frame.attrs[name] for name in told if name in frame.attrs}:
        replace_text(beside_it, json.dumps(about))


def read_attrs(path: Path) -> dict:
    """The `attrs` that stand beside a CSV; none of one that was written without."""
    beside_it = path.with_suffix(".json")
    return json.loads(beside_it.read_bytes()) if beside_it.is_file() else {}
