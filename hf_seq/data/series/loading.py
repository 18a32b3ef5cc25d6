# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series of numbers as train, validation and test: an array (T, C) a row, and its label, or a tag for every step.

parquet, jsonl, Hub    a nested column: a list of steps, each a list of C numbers; None and NaN are missing values
.ts                    UEA & UCR archives (`ts_files.py`), also as NAME_TRAIN.ts and NAME_TEST.ts in one folder
.arff                  the same archives (`arff_files.py`)
csv, tsv, txt, ...     a long table, one step a line; a wide one, a series a row; one recording (`layouts.py`)
.npz, .npy             arrays (`array_files.py`)
builtin:waves          made up; the class is the order of three events (`waves.py`)

T steps · C channels
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, Unpack

import numpy as np
import pyarrow as pa
from datasets import Dataset, List, Value

from hf_seq.data.findings import Finding
from hf_seq.data.labels.cells import is_missing
from hf_seq.data.labels.reading import (
    SINGLE,
    Labels,
    ProblemType,
    WrittenLabels,
    read_labels,
    written_labels,
)
from hf_seq.data.reading import LabelledRows, ReadingOptions
from hf_seq.data.series.columns import find_labels, find_tags
from hf_seq.data.series.long_tables import TAGS
from hf_seq.data.series.options import SeriesArguments, SeriesOptions, parted
from hf_seq.data.series.reading import arrow_series, read_all
from hf_seq.data.split_completion import SplitRows
from hf_seq.data.splits import Splits
from hf_seq.data.tagging.loading import TAGGING
from hf_seq.data.tagging.names import IGNORED, find_scheme, name_tags, named_tags
from hf_seq.errors import InputError

Array = np.ndarray


def load_series_splits(
    source: str | Path,
    *,
    series_column: str | None = None,
    label_column: str | None = None,
    per_step: bool = False,
    label_separator: str | None = None,
    problem_type: ProblemType | None = None,
    **options: Unpack[SeriesArguments],
) -> Splits:
    """Read labelled series from anywhere.

    Args:
        source: Hub id; parquet, jsonl, ts, arff, csv, tsv, txt, npz or npy file; folder with a file per split;
            `builtin:waves`.
        series_column: name of the nested column, where there is more than one way.
        label_column: name of the label's column, or with `per_step` of the tags'.
        per_step: learn a tag for every step; the column holds lists as long as the series, -100 where none is known.
        label_separator: what stands between several labels in one cell; None finds it where it is clear.
        problem_type: what the labels are, where it is not what their writing says.
        **options: how tables become series, the fields of `SeriesOptions`; and which data, and how they are cut, the
            fields of `ReadingOptions`. `strict` refuses rows whose label or series cannot be learned from; otherwise
            they are kept with label None or no steps.

    Returns:
        Splits with a column `series` (list of T lists of C floats, NaN where a value is missing; `series_arrays` gives
        arrays) and `label`, or with `per_step` a column `tags` and `problem_type="token_classification"`.

    Raises:
        InputError: cannot be read; columns not found; series that are ragged, empty or of different channels; labels
            missing or not in train (with row numbers); too few rows.
    """
    ours, theirs = parted({**options})
    wanted = SeriesOptions(label_column=label_column, group_column=options.get("group_column"), **ours)
    reading = ReadingOptions(source, **theirs)
    found = read_all(reading, wanted, series_column, per_step=per_step)
    raw, series, notes = found.raw, found.series, found.notes
    label = found.label
    if label == TAGS and not per_step and found.columns:
        raise InputError(
            f"{raw.description}: {found.columns.get('label_column')!r} changes inside series, a tag for every step "
            "and no label a row; use --task series-tagging, or name another --label_column."
        )
    if label is None or label not in raw.tables["train"].names:
        known = reading.known(raw.tables["train"], label_column=label_column)["label_column"]
        given = known if label is None else None
        label = find_tags(raw.tables["train"], given) if per_step else find_labels(raw, found.column, given)
    notes.insert(0, f"series column {found.column!r}, {'tags' if per_step else 'label'} column {label!r}")
    problems: list[Finding] = []
    written = written_labels(raw, label, notes, label_separator, SINGLE if per_step else problem_type)
    series = {split: series[split] for split in written.values}
    problems += [problem for split in series for problem in found.problems.get(split, [])]
    before = reading.trained_on.get("problem_type")
    labels = _read_tags(written, series, notes) if per_step else read_labels(written, problem_type, before)
    _check_channels(series, problems)
    wide = any(array.dtype == np.float64 for arrays in series.values() for array in arrays if len(array))
    kind = "float64" if wide else "float32"
    series = {split: [array.astype(kind, copy=False) for array in arrays] for split, arrays in series.items()}
    target: Literal["tags", "label"] = "tags" if per_step else "label"
    rows = {
        split: _rows(raw.origins.get(split, split), series[split], labels.values[split], target) for split in series
    }
    features = {"series": List(List(Value(kind))), target: List(Value("int64")) if per_step else labels.feature}
    loaded = LabelledRows(raw, rows, features, labels.problem_type, labels.names, notes + labels.notes)
    loaded.problems = problems + labels.problems
    loaded.channels, loaded.group_name = found.channels, found.group_name
    loaded.columns = found.columns or {"series_column": found.column, "label_column": label}
    if per_step:
        loaded.tag_scheme = find_scheme(labels.names, named_tags(labels.values["train"], labels.names))
    return loaded.completed(replace(reading, group_column=found.group))


def series_arrays(rows: Dataset) -> list[Array]:
    """Return the column `series` of a split as N arrays (T, C), without a detour over Python lists."""
    column = rows.with_format("arrow")["series"]
    return arrow_series(column[:] if not isinstance(column, pa.ChunkedArray) else column)


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
            isinstance(tags, list) and len(tags) == len(array) for tags, array in zip(rows, series[split], strict=True)
        ]
        checked[split] = [
            [IGNORED if is_missing(tag) else tag for tag in tags] if fit else None
            for tags, fit in zip(rows, fits, strict=True)
        ]
        bad = [(split, row) for row, fit in enumerate(fits, 1) if not fit]
        if bad:
            seen, array = rows[bad[0][1] - 1], series[split][bad[0][1] - 1]
            count = f"{len(seen)} tags" if isinstance(seen, list) else f"{seen!r} in place of tags"
            problems.append(
                Finding(
                    "tags-differ",
                    f"{len(bad)} series do not have a tag for every step (the first: {len(array)} steps, {count}); "
                    "every step needs one, or an empty cell where there is none to learn",
                    bad,
                )
            )
    notes += _untagged(checked)
    names, ids = name_tags(checked, written.stored, notes)
    return Labels(TAGGING, names, dict(ids), problems)


def _untagged(checked: dict[str, list[Any]]) -> Iterator[str]:
    """Say of each split how many of its steps have a tag, where some have none."""
    for split, rows in checked.items():
        steps = [str(tag) != str(IGNORED) for tags in rows for tag in tags or []]
        if not all(steps):
            yield (
                f"{split}: {sum(steps):,} of {len(steps):,} steps have a tag; the others are read, and neither learned "
                "nor scored"
            )


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
