# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Labelled texts as train, validation and test: read, put on one scale, completed, every decision noted."""

from collections.abc import Sequence
from pathlib import Path
from typing import Unpack

from datasets import List, Value

from hf_seq.data.columns import find_columns
from hf_seq.data.label_columns import join_label_columns, label_columns_of
from hf_seq.data.labels import MULTI, REGRESSION, ProblemType, read_labels, written_labels
from hf_seq.data.readers.class_folders import TEXT_FOLDERS
from hf_seq.data.readers.files import READERS
from hf_seq.data.reading import LabelledRows, ReadingArguments, ReadingOptions
from hf_seq.data.split_completion import SplitRows
from hf_seq.data.splits import Splits


def load_splits(
    source: str | Path,
    *,
    text_column: str | None = None,
    label_column: str | None = None,
    label_columns: Sequence[str] | None = None,
    label_separator: str | None = None,
    problem_type: ProblemType | None = None,
    **options: Unpack[ReadingArguments],
) -> Splits:
    """Read labelled texts from anywhere.

    Args:
        source: Hub id; csv, tsv, jsonl, parquet or txt file; folder with a file per split; or `builtin:reviews`.
        text_column: name of the text column, where there is more than one way to read the table.
        label_column: likewise.
        label_columns: names of columns of 0 and 1, one for each label; None finds them where nothing else can be meant.
        label_separator: what stands between several labels in one cell, such as `;`; None finds it where it is clear.
        problem_type: what the labels are, where it is not what their writing says; None tells it from the train rows.
        **options: which data, and how they are cut: the fields of `ReadingOptions`.

    Returns:
        The splits, with the rows in the order they were read in.

    Raises:
        InputError: cannot be read; columns not found; labels missing or not in train (with row numbers); too few rows.
    """
    reading = ReadingOptions(source, **options)
    raw = reading.read(READERS, TEXT_FOLDERS)
    train, notes = raw.tables["train"], list[str]()
    named = reading.known(train, text_column=text_column, label_column=label_column, label_columns=label_columns)
    several = label_columns_of(train, named["label_column"], named.pop("label_columns"), notes)
    if several:
        named["label_column"] = join_label_columns(raw, several)
    text, label = find_columns(train, **named)
    labelled = f"label columns {', '.join(several)}" if several else f"label column {label!r}"
    notes = [f"text column {text!r}, {labelled}", *raw.notes, *notes]
    for split in raw.tables:
        raw.require_column(split, text)
    trained = reading.trained_on
    separator = label_separator or trained.get("label_separator")
    written = written_labels(raw, label, notes, separator, problem_type)
    labels = read_labels(written, problem_type, trained.get("problem_type"))
    rows = {}
    for split, values in labels.values.items():
        texts = ["" if value is None else str(value) for value in raw.tables[split].values(text)]
        columns = {"text": texts, "label": values}
        rows[split] = SplitRows(split, columns, range(1, len(texts) + 1), keys=texts, strata=values)
    number = Value("float64")
    kind = {MULTI: List(number), REGRESSION: number}.get(labels.problem_type, Value("int64"))
    features = {"text": Value("string"), "label": kind}
    found = LabelledRows(raw, rows, features, labels.problem_type, labels.names, notes, labels.problems)
    found.columns = {"text_column": text, **({"label_columns": several} if several else {"label_column": label})}
    found.columns |= {"label_separator": written.separator} if written.separator else {}
    splits = found.completed(reading)
    splits.notes += labels.notes
    return splits
