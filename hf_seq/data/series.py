# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series of numbers as train, validation and test: an array (T, C) a row, and its label, or a tag for every step.

parquet, jsonl, Hub    a nested column: a list of steps, each a list of C numbers; None and NaN are missing values
.ts                    UEA & UCR archives (`ts_files.py`), also as NAME_TRAIN.ts and NAME_TEST.ts in one folder
csv, tsv               a long table, one step a line (`long_csv.py`)
.npz, .npy             arrays (`array_files.py`)
builtin:waves          made up; the class is the order of three events (`waves.py`)

T steps · C channels
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, Unpack

import numpy as np
import pyarrow as pa
from datasets import Dataset, List, Value

from hf_seq.data.findings import Finding
from hf_seq.data.inputs import Inputs, Source
from hf_seq.data.labels import (
    MULTI,
    REGRESSION,
    SINGLE,
    Labels,
    ProblemType,
    WrittenLabels,
    read_labels,
    written_labels,
)
from hf_seq.data.readers.array_files import read_npy, read_npz, split_arrays, table_of_arrays
from hf_seq.data.readers.files import Readers, read_jsonl, read_parquet
from hf_seq.data.readers.long_csv import read_long_csv
from hf_seq.data.readers.split_files import canonical_split
from hf_seq.data.readers.tables import RawData, Table
from hf_seq.data.readers.ts_files import read_ts
from hf_seq.data.reading import LabelledRows, ReadingArguments, ReadingOptions
from hf_seq.data.series_columns import find_labels, find_series, find_tags
from hf_seq.data.split_completion import SplitRows
from hf_seq.data.splits import Splits
from hf_seq.data.tag_names import find_scheme, name_tags, named_tags
from hf_seq.data.tagging import TAGGING
from hf_seq.errors import InputError
from hf_seq.models.series import read_series

SERIES_READERS: Readers = {
    ".parquet": read_parquet,
    ".jsonl": read_jsonl,
    ".json": read_jsonl,
    ".ts": read_ts,
    ".csv": read_long_csv,
    ".tsv": read_long_csv,
    ".npz": read_npz,
    ".npy": read_npy,
}
Array = np.ndarray


def load_series_splits(
    source: str | Path,
    *,
    series_column: str | None = None,
    label_column: str | None = None,
    per_step: bool = False,
    problem_type: ProblemType | None = None,
    **options: Unpack[ReadingArguments],
) -> Splits:
    """Read labelled series from anywhere.

    Args:
        source: Hub id; parquet, jsonl, ts, csv, tsv, npz or npy file; folder with a file per split; `builtin:waves`.
        series_column: name of the nested column, where there is more than one way.
        label_column: name of the label's column, or with `per_step` of the tags'.
        per_step: learn a tag for every step; the column holds lists as long as the series, -100 where none is known.
        problem_type: what the labels are, where it is not what their writing says.
        **options: which data, and how they are cut: the fields of `ReadingOptions`. `strict` refuses rows whose label
            or series cannot be learned from; otherwise they are kept with label None or no steps.

    Returns:
        Splits with a column `series` (list of T lists of C floats, NaN where a value is missing; `series_arrays` gives
        arrays) and `label`, or with `per_step` a column `tags` and `problem_type="token_classification"`.

    Raises:
        InputError: cannot be read; columns not found; series that are ragged, empty or of different channels; labels
            missing or not in train (with row numbers); too few rows.
    """
    reading = ReadingOptions(source, **options)
    raw = _read(reading)
    named = reading.known(raw.tables["train"], series_column=series_column, label_column=label_column)
    column, label_column = find_series(raw.tables["train"], named["series_column"]), named["label_column"]
    label = find_tags(raw.tables["train"], label_column) if per_step else find_labels(raw, column, label_column)
    notes = [f"series column {column!r}, {'tags' if per_step else 'label'} column {label!r}", *raw.notes]
    problems: list[Finding] = []
    for split in raw.tables:
        raw.require_column(split, column)
    written = written_labels(raw, label, notes, None, SINGLE if per_step else problem_type)
    series = {split: _read_column(raw.tables[split], column, split, problems) for split in written.values}
    labels = (
        _read_tags(written, series, notes)
        if per_step
        else read_labels(written, problem_type, reading.trained_on.get("problem_type"))
    )
    _check_channels(series, problems)
    wide = any(array.dtype == np.float64 for arrays in series.values() for array in arrays if len(array))
    kind = "float64" if wide else "float32"
    series = {split: [array.astype(kind, copy=False) for array in arrays] for split, arrays in series.items()}
    target: Literal["tags", "label"] = "tags" if per_step else "label"
    rows = {split: _rows(split, series[split], labels.values[split], target) for split in series}
    features = {"series": List(List(Value(kind))), target: _feature(labels.problem_type)}
    found = LabelledRows(raw, rows, features, labels.problem_type, labels.names, notes + labels.notes)
    found.problems = problems + labels.problems
    found.columns = {"series_column": column, "label_column": label}
    if per_step:
        found.tag_scheme = find_scheme(labels.names, named_tags(labels.values["train"], labels.names))
    return found.completed(reading)


def series_inputs(source: Source, series_column: str | None = None) -> Inputs:
    """Read the series of a file, labelled or not.

    Raises:
        InputError: the file cannot be read, or a series in it.
    """
    table, notes = source.table(SERIES_READERS)
    column = find_series(table, source.known(table, series_column=series_column)["series_column"])
    problems: list[Finding] = []
    series = _read_column(table, column, source.path, problems)
    if problems:
        raise InputError(f"{source.path}: " + "\n".join(map(str, problems)))
    return Inputs(
        series, table, {"series_column": column}, [source.said("series column", "series_column", column), *notes]
    )


def series_arrays(rows: Dataset) -> list[Array]:
    """Return the column `series` of a split as N arrays (T, C), without a detour over Python lists."""
    column = rows.with_format("arrow")["series"]
    return arrow_series(column[:] if not isinstance(column, pa.ChunkedArray) else column)


def arrow_series(column: Any) -> list[Array]:
    """Return a nested Arrow column as arrays.

    Args:
        column: N lists of T lists of C numbers.

    Raises:
        ValueError: a row or a step is null, or steps differ in their number of channels.
    """
    outer = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    steps = outer.flatten()
    values = steps.flatten()
    widths = np.diff(steps.offsets.to_numpy())
    if outer.null_count or steps.null_count or len(set(widths.tolist())) > 1:
        raise ValueError("ragged")
    lengths = np.diff(outer.offsets.to_numpy())
    flat = values.to_numpy(zero_copy_only=False)  # None becomes NaN
    if flat.dtype.kind not in "fiu":
        raise ValueError("no numbers")
    flat = flat if flat.dtype in (np.float32, np.float64) else flat.astype(np.float64)
    table = flat.reshape(len(steps), int(widths[0]) if len(widths) else 0)  # (all steps, C)
    return np.split(table, np.cumsum(lengths)[:-1]) if len(lengths) else []


def _read(reading: ReadingOptions) -> RawData:
    """Read as for other data, and the files whose splits have other names than train and test."""
    path = Path(str(reading.source)).expanduser()
    if path.suffix == ".npz" and path.is_file():
        found = {canonical_split(name): arrays for name, arrays in split_arrays(path).items()}
        if "train" in found:
            tables = {split: table_of_arrays(path, arrays) for split, arrays in found.items() if split is not None}
            return RawData(tables, str(path))
    if path.is_dir():
        archive = {canonical_split(file.stem.rpartition("_")[2]): file for file in sorted(path.glob("*_*.ts"))}
        if "train" in archive:
            tables = {split: read_ts(file) for split, file in archive.items() if split is not None}
            return RawData(tables, str(path), notes=[f"files {', '.join(file.name for file in archive.values())}"])
    return reading.read(SERIES_READERS)


def _read_column(table: Table, column: str, split: str, problems: list[Finding]) -> list[Array]:
    """Return the series of one split; a row that is none has no steps, and `problems` says why."""
    values = table.columns[column]
    if isinstance(values, pa.ChunkedArray) and pa.types.is_list(values.type):
        try:
            arrays = arrow_series(values)
            if all(len(array) for array in arrays):
                return arrays
        except (ValueError, AttributeError):
            pass  # row by row below, which says what is wrong with which row
    found, bad = [], []
    for row, value in enumerate(table.values(column), 1):
        try:
            found.append(read_series([] if value is None else value, index=row, finite=False))
        except ValueError as error:
            found.append(np.zeros((0, 0)))
            bad.append((row, str(error)))
    if bad:
        reason = bad[0][1].replace(f"series {bad[0][0]} ", f"the series of row {bad[0][0]} ")
        problems.append(Finding("series-unreadable", reason, [(split, row) for row, _ in bad]))
    return found


def _check_channels(series: dict[str, list[Array]], problems: list[Finding]) -> None:
    """Check that every series has as many channels as most of train have."""
    widths = Counter(array.shape[1] for array in series["train"] if len(array))
    if not widths:
        return
    channels = widths.most_common(1)[0][0]
    for split, arrays in series.items():
        rows = [(split, row) for row, array in enumerate(arrays, 1) if len(array) and array.shape[1] != channels]
        if rows:
            seen = arrays[rows[0][1] - 1].shape[1]
            problems.append(
                Finding(
                    "channels-differ",
                    f"{len(rows)} series have another number of channels ({seen}) than most of train ({channels}); "
                    "give every series the same channels, NaN where one is missing",
                    rows,
                )
            )


def _read_tags(written: WrittenLabels, series: dict[str, list[Array]], notes: list[str]) -> Labels:
    """Return tags of the steps of every row, as ids, and their names; what was decided is added to `notes`."""
    problems: list[Finding] = []
    checked: dict[str, list[Any]] = {}
    for split, rows in written.values.items():
        fits = [
            isinstance(tags, list) and len(tags) == len(array) and None not in tags
            for tags, array in zip(rows, series[split], strict=True)
        ]
        checked[split] = [list(tags) if fit else None for tags, fit in zip(rows, fits, strict=True)]
        bad = [(split, row) for row, fit in enumerate(fits, 1) if not fit]
        if bad:
            seen, array = rows[bad[0][1] - 1], series[split][bad[0][1] - 1]
            count = f"{len(seen)} tags" if isinstance(seen, list) else f"{seen!r} in place of tags"
            problems.append(
                Finding(
                    "tags-differ",
                    f"{len(bad)} series do not have a tag for every step (the first: {len(array)} steps, {count}); "
                    "every step needs one, -100 where there is none to learn",
                    bad,
                )
            )
    names, ids = name_tags(checked, written.stored, notes)
    return Labels(TAGGING, names, dict(ids), problems)


def _rows(split: str, series: list[Array], values: list[Any], target: str) -> SplitRows:
    """Return rows for cutting: equal series stay together, and a cut takes the same share of each label."""
    keys = [series_key(array) for array in series]
    strata: Sequence[Any] = values
    if target == "tags":
        counts = Counter(tag for tags in values for tag in tags or [])
        strata = [min(tags or [], key=lambda tag: (counts[tag], tag), default=-1) for tags in values]
    return SplitRows(split, {"series": series, target: values}, range(1, len(series) + 1), keys, strata)


def series_key(series: Array) -> str:
    """Return what makes two series the same: their shape and their numbers, as float32."""
    values = np.ascontiguousarray(series, dtype=np.float32) + np.float32(0)  # -0.0 is 0.0
    return hashlib.sha1(repr(values.shape).encode() + values.tobytes(), usedforsecurity=False).hexdigest()


def _feature(problem_type: str) -> Any:
    number = Value("float64")
    kinds = {MULTI: List(number), REGRESSION: number, TAGGING: List(Value("int64"))}
    return kinds.get(problem_type, Value("int64"))
