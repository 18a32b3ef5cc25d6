# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Labelled texts as train, validation and test: read, put on one scale, completed, every decision noted."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Unpack

from datasets import Value

from hf_seq.data.classification.prodigy import with_answers
from hf_seq.data.columns import find_label_column
from hf_seq.data.labels.columns import SEVERAL_LABELS, join_label_columns, label_columns_of
from hf_seq.data.labels.reading import ProblemType, read_labels, written_labels
from hf_seq.data.readers.class_folders import TEXT_FOLDERS
from hf_seq.data.readers.files import READERS
from hf_seq.data.readers.tables import Table
from hf_seq.data.reading import LabelledRows, ReadingArguments, ReadingOptions
from hf_seq.data.split_completion import SplitRows
from hf_seq.data.splits import Splits
from hf_seq.data.text_columns import TextColumns, find_text_columns
from hf_seq.text.two_texts import TextOrPair, joined

PAIRED = "\x1f"
"""Between two texts, in what makes two rows the same."""


def load_splits(
    source: str | Path,
    *,
    text_column: str | Sequence[str] | None = None,
    text_pair_column: str | None = None,
    label_column: str | None = None,
    label_columns: Sequence[str] | None = None,
    label_separator: str | None = None,
    problem_type: ProblemType | None = None,
    **options: Unpack[ReadingArguments],
) -> Splits:
    """Read labelled texts from anywhere.

    Args:
        source: Hub id; csv, tsv, jsonl, parquet or txt file; folder with a file per split; or `builtin:reviews`.
        text_column: name of the text column, where there is more than one way to read the table; several are joined.
        text_pair_column: of a second text with the same label; then rows have `text_pair`, too.
        label_column: likewise.
        label_columns: names of columns of 0 and 1, one for each label, or of numbers, one for each target; None finds
            those of labels where nothing else can be meant.
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
    raw = raw if label_column or label_columns else with_answers(raw)
    train, notes = raw.tables["train"], list[str]()
    named = reading.known(train, label_column=label_column, label_columns=label_columns)
    texts = reading.known(train, text_column=text_column, text_pair_column=text_pair_column)
    several = label_columns_of(train, named["label_column"], named.pop("label_columns"), notes)
    if several:
        named["label_column"] = join_label_columns(raw, several, problem_type)
    text, label = _find(train, texts, named["label_column"])
    labelled = f"label columns {', '.join(several)}" if several else f"label column {label!r}"
    notes = [f"{text.described}, {labelled}", *text.unread(train, (label, *several)), *raw.notes, *notes]
    for split in raw.tables:
        for name in (*text.names, *([text.pair] if text.pair else [])):
            raw.require_column(split, name)
    trained = reading.trained_on
    separator = label_separator or trained.get("label_separator")
    written = written_labels(raw, label, notes, separator, problem_type)
    labels = read_labels(written, problem_type, trained.get("problem_type"))
    rows = {}
    for split, values in labels.values.items():
        read = text.read(raw.tables[split])
        columns = {**text_columns(read), "label": values}
        keys = [joined(each, PAIRED) for each in read]
        rows[split] = SplitRows(split, columns, range(1, len(read) + 1), keys=keys, strata=values)
    features = {**dict.fromkeys(rows["train"].columns, Value("string")), "label": labels.feature}
    found = LabelledRows(raw, rows, features, labels.problem_type, labels.names, notes, labels.problems)
    found.columns = {**text.by_flag, **({"label_columns": several} if several else {"label_column": label})}
    found.columns |= {"label_separator": written.separator} if written.separator else {}
    splits = found.completed(reading)
    splits.notes += labels.notes
    return splits


def text_columns(texts: Sequence[TextOrPair]) -> dict[str, list[str]]:
    """Write texts, or pairs of them, as the columns `text` and, of pairs, `text_pair`."""
    if not texts or not isinstance(texts[0], tuple):
        return {"text": list(texts)}  # type: ignore[arg-type]
    return {"text": [each[0] for each in texts], "text_pair": [each[1] for each in texts]}


def texts_of(rows: Mapping[str, Any]) -> list[TextOrPair]:
    """Read texts, or pairs of them, from rows with the column `text` and perhaps `text_pair`."""
    columns = [list(rows[name]) for name in ("text", "text_pair") if name in getattr(rows, "column_names", rows)]
    return columns[0] if len(columns) == 1 else list(zip(*columns, strict=True))


def _find(train: Table, texts: Mapping[str, Any], label_column: str | None) -> tuple[TextColumns, str]:
    """Find the columns of the text and that of the label: first what the user named, then the label, then the text."""
    if texts["text_column"] is not None or texts["text_pair_column"] is not None:
        text = find_text_columns(train, **texts, without=() if label_column is None else (label_column,))
        taken = [*text.names, *([text.pair] if text.pair else [])]
        return text, find_label_column(train, label_column, taken, SEVERAL_LABELS)
    label = find_label_column(train, label_column, (), SEVERAL_LABELS)
    return find_text_columns(train, **texts, without=(label,)), label
