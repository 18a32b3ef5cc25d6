# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Labelled texts as train, validation and test: read, put on one scale, completed, every decision noted."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from datasets import Dataset, List, Value

from hf_seq.data.columns import find_columns
from hf_seq.data.completing import Cutting, SplitRows, complete_splits, fingerprint
from hf_seq.data.findings import Finding
from hf_seq.data.labels import MULTI, REGRESSION, Labels, is_unlabelled, read_labels
from hf_seq.data.readers.tables import RawData, Table
from hf_seq.data.sources import SPLIT_NAMES, read_source
from hf_seq.errors import InputError
from hf_seq.models.tag_schemes import TagScheme


@dataclass
class Splits:
    """Three splits of labelled texts.

    Attributes:
        train: rows with `text` (str), `label` (int id, float, or list of L floats), and `row`, the number of the
            record in the file or split it came from, from 1.
        validation: likewise; for choosing a checkpoint.
        test: likewise; what scores are given on.
        label_names: in id order; empty for regression.
        problem_type: `single_label_classification`, `multi_label_classification` or `regression`.
        source: what was read.
        fingerprint: SHA-256 of the texts and labels of all splits, in order; the same on every machine.
        test_split: name of the split that scores are on, in the source: `test`, `validation`, or `train` when cut from
            it.
        notes: every decision taken, in words.
        problems: rows that cannot be learned from; only with `load_splits(strict=False)`, their label is then None.
        origins: where the rows of each split came from, for row numbers.
        tag_scheme: how the train tags mark spans, for taggers; see `hf_seq.data.tag_names.find_scheme`.
    """

    train: Dataset
    validation: Dataset
    test: Dataset
    label_names: list[str]
    problem_type: str
    source: str
    fingerprint: str
    test_split: str
    notes: list[str] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)
    origins: dict[str, str] = field(default_factory=dict)
    tag_scheme: TagScheme = "none"

    @property
    def num_labels(self) -> int:
        """Width of a classifier's output; 1 for regression."""
        return len(self.label_names) or 1

    @property
    def id2label(self) -> dict[int, str]:
        """For the model's config; empty for regression."""
        return dict(enumerate(self.label_names))

    @property
    def label2id(self) -> dict[str, int]:
        """The other way round."""
        return {name: index for index, name in enumerate(self.label_names)}

    def __getitem__(self, name: str) -> Dataset:
        return {"train": self.train, "validation": self.validation, "test": self.test}[name]


def load_splits(
    source: str | Path,
    *,
    text_column: str | None = None,
    label_column: str | None = None,
    config: str | None = None,
    revision: str | None = None,
    validation_fraction: float = 0.1,
    seed: int = 0,
    max_train_rows: int | None = None,
    train_on_validation: bool = False,
    strict: bool = True,
    whole: bool = False,
) -> Splits:
    """Read labelled texts from anywhere.

    Args:
        source: Hub id; csv, tsv, jsonl, parquet or txt file; folder with a file per split; or `builtin:reviews`.
        text_column: name of the text column, where there is more than one way to read the table.
        label_column: likewise.
        config: of a Hub data set.
        revision: of a Hub data set.
        validation_fraction: share of the train rows for each split that has to be cut from them.
        seed: of that cut, and of the choice of `max_train_rows`.
        max_train_rows: use no more train rows than this, drawn in the proportions of the labels.
        train_on_validation: the source's own validation rows join train, and a new validation is cut from both; for
            the last training, when everything is chosen.
        strict: refuse rows whose label is missing or unknown; otherwise keep them, with label None, and list them in
            `problems`.
        whole: cut nothing off a source that has no splits; every row of it is then in each, for scoring a model.

    Returns:
        The splits, with the rows in the order they were read in.

    Raises:
        InputError: cannot be read; columns not found; labels missing or not in train (with row numbers); too few rows.
    """
    raw = read_source(source, config, revision)
    text, label = find_columns(raw.tables["train"], text_column, label_column)
    notes = [f"text column {text!r}, label column {label!r}", *raw.notes]
    rows, labels = _read_rows(raw, text, label, notes)
    if strict and labels.problems:
        raise InputError(f"{raw.description}: " + "\n".join(map(str, labels.problems)))
    parts, test_split = complete_splits(
        rows, Cutting(validation_fraction, seed, max_train_rows, whole, train_on_validation), notes
    )
    number = Value("float64")
    feature = {MULTI: List(number), REGRESSION: number}.get(labels.problem_type, Value("int64"))
    return Splits(
        **{name: part.dataset(text=Value("string"), label=feature) for name, part in parts.items()},
        label_names=labels.names,
        problem_type=labels.problem_type,
        source=raw.description,
        fingerprint=fingerprint(parts, labels.names),
        test_split=test_split,
        notes=notes + labels.notes,
        problems=labels.problems,
        origins={name: part.origin for name, part in parts.items()},
    )


def _read_rows(raw: RawData, text: str, label: str, notes: list[str]) -> tuple[dict[str, SplitRows], Labels]:
    """Texts and labels of all labelled splits; a test or validation without any label is left out, with a note."""
    raw_labels: dict[str, list[Any]] = {}
    for split in sorted(raw.tables, key=list(SPLIT_NAMES).index):
        table = raw.tables[split]
        require_column(table, split, text, raw)
        if split == "train":
            require_column(table, split, label, raw)
        values = table.values(label) if label in table.names else []
        if split != "train" and is_unlabelled(values):
            notes.append(f"{split} has no labels and is not used")
        else:
            raw_labels[split] = values
    train = raw.tables["train"]
    declared = train.class_names.get(label) or raw.class_names.get(label) or raw.class_names.get("")
    labels = read_labels(raw_labels, declared, all_strings=train.all_strings)
    rows = {}
    for split, values in labels.values.items():
        texts = ["" if value is None else str(value) for value in raw.tables[split].values(text)]
        columns = {"text": texts, "label": values}
        rows[split] = SplitRows(split, columns, range(1, len(texts) + 1), keys=texts, strata=values)
    return rows, labels


def require_column(table: Table, split: str, column: str, raw: RawData) -> None:
    """Raise InputError where a split lacks a column that train has."""
    if column not in table.names:
        listed = ", ".join(map(repr, table.names))
        raise InputError(
            f"{raw.description}: train has a column {column!r}, but {split} has only {listed}; make them the same."
        )
