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
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from datasets import Dataset, List, Value

from hf_seq.data.classification import Splits, require_column
from hf_seq.data.completing import Cutting, SplitRows, complete_splits, fingerprint
from hf_seq.data.findings import Finding
from hf_seq.data.labels import MULTI, REGRESSION, is_unlabelled, read_labels
from hf_seq.data.readers.array_files import read_npy, read_npz, split_arrays, table_of_arrays
from hf_seq.data.readers.files import Readers, read_file, read_jsonl, read_parquet
from hf_seq.data.readers.long_csv import read_long_csv
from hf_seq.data.readers.tables import RawData, Table
from hf_seq.data.readers.ts_files import read_ts
from hf_seq.data.series_columns import find_labels, find_series, find_tags
from hf_seq.data.sources import SPLIT_NAMES, canonical_split, read_source
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
    config: str | None = None,
    revision: str | None = None,
    validation_fraction: float = 0.1,
    seed: int = 0,
    max_train_rows: int | None = None,
    train_on_validation: bool = False,
    strict: bool = True,
    whole: bool = False,
) -> Splits:
    """Read labelled series from anywhere.

    Args:
        source: Hub id; parquet, jsonl, ts, csv, tsv, npz or npy file; folder with a file per split; `builtin:waves`.
        series_column: name of the nested column, where there is more than one way.
        label_column: name of the label's column, or with `per_step` of the tags'.
        per_step: learn a tag for every step; the column holds lists as long as the series, -100 where none is known.
        config: of a Hub data set.
        revision: of a Hub data set.
        validation_fraction: share of the train rows for each split that has to be cut from them.
        seed: of that cut, and of the choice of `max_train_rows`.
        max_train_rows: use no more train rows than this, drawn in the proportions of the labels.
        train_on_validation: the source's own validation rows join train, and a new validation is cut from both; for
            the last training, when everything is chosen.
        strict: refuse rows whose label or series cannot be learned from; otherwise keep them, with label None or no
            steps, and list them in `problems`.
        whole: cut nothing off a source that has no splits; every row of it is then in each, for scoring a model.

    Returns:
        Splits with a column `series` (list of T lists of C floats, NaN where a value is missing; `series_arrays` gives
        arrays) and `label`, or with `per_step` a column `tags` and `problem_type="token_classification"`.

    Raises:
        InputError: cannot be read; columns not found; series that are ragged, empty or of different channels; labels
            missing or not in train (with row numbers); too few rows.
    """
    raw = _read(source, config, revision)
    column = find_series(raw.tables["train"], series_column)
    label = find_tags(raw.tables["train"], label_column) if per_step else find_labels(raw, column, label_column)
    notes = [f"series column {column!r}, {'tags' if per_step else 'label'} column {label!r}", *raw.notes]
    problems: list[Finding] = []
    written = _labelled(raw, column, label, notes)
    series = {split: _read_column(raw.tables[split], column, split, problems) for split in written}
    read = _read_tags if per_step else _read_labels
    values, names, problem_type = read(raw, label, written, series, problems, notes)
    _check_channels(series, problems)
    if strict and problems:
        raise InputError(f"{raw.description}: " + "\n".join(map(str, problems)))
    target: Literal["tags", "label"] = "tags" if per_step else "label"
    wide = any(array.dtype == np.float64 for arrays in series.values() for array in arrays if len(array))
    kind = "float64" if wide else "float32"
    series = {split: [array.astype(kind, copy=False) for array in arrays] for split, arrays in series.items()}
    rows = {split: _rows(split, series[split], values[split], target) for split in series}
    parts, test_split = complete_splits(
        rows, Cutting(validation_fraction, seed, max_train_rows, whole, train_on_validation), notes
    )
    features = {"series": List(List(Value(kind))), target: _feature(problem_type)}
    return Splits(
        **{name: part.dataset(**features) for name, part in parts.items()},
        label_names=names,
        problem_type=problem_type,
        source=raw.description,
        fingerprint=fingerprint(parts, names),
        test_split=test_split,
        notes=notes,
        problems=problems,
        origins={name: part.origin for name, part in parts.items()},
        tag_scheme=find_scheme(names, named_tags(values["train"], names)) if per_step else "none",
    )


def read_series_file(path: Path) -> list[Array]:
    """The series of one file, labelled or not.

    Raises:
        InputError: the file cannot be read, or a series in it.
    """
    table = read_file(path, SERIES_READERS)
    problems: list[Finding] = []
    series = _read_column(table, find_series(table, None), str(path), problems)
    if problems:
        raise InputError(f"{path}: " + "\n".join(map(str, problems)))
    return series


def series_arrays(rows: Dataset) -> list[Array]:
    """The column `series` of a split as N arrays (T, C), without a detour over Python lists."""
    column = rows.with_format("arrow")["series"]
    return arrow_series(column[:] if not isinstance(column, pa.ChunkedArray) else column)


def arrow_series(column: Any) -> list[Array]:
    """A nested Arrow column as arrays.

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


def _read(source: str | Path, config: str | None, revision: str | None) -> RawData:
    """As `read_source`, and the files whose splits have other names than train and test."""
    path = Path(str(source)).expanduser()
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
    return read_source(source, config, revision, SERIES_READERS)


def _labelled(raw: RawData, series: str, label: str, notes: list[str]) -> dict[str, list[Any]]:
    """Labels as written, of all labelled splits; a test or validation without any is left out, with a note."""
    written: dict[str, list[Any]] = {}
    for split in sorted(raw.tables, key=list(SPLIT_NAMES).index):
        table = raw.tables[split]
        require_column(table, split, series, raw)
        if split == "train":
            require_column(table, split, label, raw)
        values = table.values(label) if label in table.names else []
        if split != "train" and is_unlabelled([value for value in values if not isinstance(value, list)] or values):
            notes.append(f"{split} has no labels and is not used")
        else:
            written[split] = values
    return written


def _read_column(table: Table, column: str, split: str, problems: list[Finding]) -> list[Array]:
    """The series of one split; a row that is none has no steps, and `problems` says why."""
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
    """Every series has as many channels as most of train have."""
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


def _read_labels(
    raw: RawData,
    label: str,
    written: dict[str, list[Any]],
    series: dict[str, list[Array]],
    problems: list[Finding],
    notes: list[str],
) -> tuple[dict[str, list[Any]], list[str], str]:
    """Labels of the rows, their names, and the kind of problem."""
    train = raw.tables["train"]
    declared = train.class_names.get(label) or raw.class_names.get(label) or raw.class_names.get("")
    labels = read_labels(written, declared, all_strings=train.all_strings)
    problems += labels.problems
    notes += labels.notes
    return labels.values, labels.names, labels.problem_type


def _read_tags(
    raw: RawData,
    label: str,
    written: dict[str, list[Any]],
    series: dict[str, list[Array]],
    problems: list[Finding],
    notes: list[str],
) -> tuple[dict[str, list[Any]], list[str], str]:
    """Tags of the steps of every row, their names, and the kind of problem."""
    checked: dict[str, list[Any]] = {}
    for split, rows in written.items():
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
    train = raw.tables["train"]
    declared = train.class_names.get(label) or raw.class_names.get(label) or raw.class_names.get("")
    names, ids = name_tags(checked, declared, notes)
    return dict(ids), names, TAGGING


def _rows(split: str, series: list[Array], values: list[Any], target: str) -> SplitRows:
    """Rows for cutting: equal series stay together, and a cut takes the same share of each label."""
    keys = [series_key(array) for array in series]
    strata: Sequence[Any] = values
    if target == "tags":
        counts = Counter(tag for tags in values for tag in tags or [])
        strata = [min(tags or [], key=lambda tag: (counts[tag], tag), default=-1) for tags in values]
    return SplitRows(split, {"series": series, target: values}, range(1, len(series) + 1), keys, strata)


def series_key(series: Array) -> str:
    """What makes two series the same: their shape and their numbers, as float32."""
    values = np.ascontiguousarray(series, dtype=np.float32) + np.float32(0)  # -0.0 is 0.0
    return hashlib.sha1(repr(values.shape).encode() + values.tobytes(), usedforsecurity=False).hexdigest()


def _feature(problem_type: str) -> Any:
    number = Value("float64")
    kinds = {MULTI: List(number), REGRESSION: number, TAGGING: List(Value("int64"))}
    return kinds.get(problem_type, Value("int64"))
