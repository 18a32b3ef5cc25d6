# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Labelled texts as train, validation and test: read, put on one scale, completed, every decision noted."""

from pathlib import Path
from typing import Unpack

from datasets import List, Value

from hf_seq.data.columns import find_columns
from hf_seq.data.labels import MULTI, REGRESSION, ProblemType, joined_labels, read_labels, written_labels
from hf_seq.data.reading import LabelledRows, ReadingArguments, ReadingOptions
from hf_seq.data.split_completion import SplitRows
from hf_seq.data.splits import Splits


def load_splits(
    source: str | Path,
    *,
    text_column: str | None = None,
    label_column: str | None = None,
    label_separator: str | None = None,
    problem_type: ProblemType | None = None,
    **options: Unpack[ReadingArguments],
) -> Splits:
    """Read labelled texts from anywhere.

    Args:
        source: Hub id; csv, tsv, jsonl, parquet or txt file; folder with a file per split; or `builtin:reviews`.
        text_column: name of the text column, where there is more than one way to read the table.
        label_column: likewise; several names with commas between them are columns of 0 and 1, one for each label.
        label_separator: what stands between several labels in one cell, such as `;`.
        problem_type: what the labels are, where it is not what their writing says; None tells it from the train rows.
        **options: which data, and how they are cut: the fields of `ReadingOptions`.

    Returns:
        The splits, with the rows in the order they were read in.

    Raises:
        InputError: cannot be read; columns not found; labels missing or not in train (with row numbers); too few rows.
    """
    reading = ReadingOptions(source, **options)
    raw = joined_labels(reading.read(), label_column)
    named = reading.known(raw.tables["train"], text_column=text_column, label_column=label_column)
    text, label = find_columns(raw.tables["train"], **named)
    notes = [f"text column {text!r}, label column {label!r}", *raw.notes]
    for split in raw.tables:
        raw.require_column(split, text)
    labels = read_labels(written_labels(raw, label, notes, label_separator), problem_type)
    rows = {}
    for split, values in labels.values.items():
        texts = ["" if value is None else str(value) for value in raw.tables[split].values(text)]
        columns = {"text": texts, "label": values}
        rows[split] = SplitRows(split, columns, range(1, len(texts) + 1), keys=texts, strata=values)
    number = Value("float64")
    kind = {MULTI: List(number), REGRESSION: number}.get(labels.problem_type, Value("int64"))
    features = {"text": Value("string"), "label": kind}
    found = LabelledRows(raw, rows, features, labels.problem_type, labels.names, notes, labels.problems)
    found.columns = {"text_column": text, "label_column": label}
    splits = found.completed(reading)
    splits.notes += labels.notes
    return splits
