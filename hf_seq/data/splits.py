# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Labelled texts as train, validation and test: read, put on one scale, cut where one is missing, every decision noted.

The rules: a missing validation is cut from train. Where no labelled test is there but a validation is (SST-2, GLUE),
that validation is the test and a new one is cut from train. Where neither is there, both are cut from train.
"""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from datasets import Dataset, Features, List, Value

from hf_seq.data.columns import find_columns
from hf_seq.data.cutting import cut
from hf_seq.data.findings import Finding
from hf_seq.data.labels import MULTI, REGRESSION, Labels, is_unlabelled, read_labels
from hf_seq.data.sources import SPLIT_NAMES, read_source
from hf_seq.data.tables import RawData, Table
from hf_seq.errors import InputError


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


@dataclass
class _Rows:
    """One split while it is being cut: where it came from, and parallel lists."""

    origin: str
    texts: list[str]
    labels: list[Any]
    numbers: list[int]

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, indices: list[int]) -> "_Rows":
        columns: tuple[list[Any], ...] = (self.texts, self.labels, self.numbers)
        texts, labels, numbers = ([column[i] for i in indices] for column in columns)
        return _Rows(self.origin, texts, labels, numbers)


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
    if whole and list(rows) == ["train"]:
        parts, test_split = dict.fromkeys(("train", "validation", "test"), rows["train"]), "all"
        notes.append("no splits: every row is used")
    else:
        parts, test_split = _cut_missing(rows, validation_fraction, seed, max_train_rows, notes)
    return Splits(
        **{name: _dataset(part, labels.problem_type) for name, part in parts.items()},
        label_names=labels.names,
        problem_type=labels.problem_type,
        source=raw.description,
        fingerprint=_fingerprint(parts, labels.names),
        test_split=test_split,
        notes=notes + labels.notes,
        problems=labels.problems,
        origins={name: part.origin for name, part in parts.items()},
    )


def _read_rows(raw: RawData, text: str, label: str, notes: list[str]) -> tuple[dict[str, _Rows], Labels]:
    """Texts and labels of all labelled splits; a test or validation without any label is left out, with a note."""
    raw_labels: dict[str, list[Any]] = {}
    for split in sorted(raw.tables, key=list(SPLIT_NAMES).index):
        table = raw.tables[split]
        _require(table, split, text, raw)
        if split == "train":
            _require(table, split, label, raw)
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
        rows[split] = _Rows(split, texts, values, list(range(1, len(texts) + 1)))
    return rows, labels


def _require(table: Table, split: str, column: str, raw: RawData) -> None:
    if column not in table.names:
        listed = ", ".join(map(repr, table.names))
        raise InputError(
            f"{raw.description}: train has a column {column!r}, but {split} has only {listed}; make them the same."
        )


def _cut_missing(
    rows: dict[str, _Rows], fraction: float, seed: int, max_train_rows: int | None, notes: list[str]
) -> tuple[dict[str, _Rows], str]:
    """Complete train, validation and test; returns them and the name of the split the test rows came from."""
    train, validation, test = rows["train"], rows.get("validation"), rows.get("test")
    if test is None and validation is not None:
        test, validation = validation, None
        notes.append("no labelled test: validation is the test")
    if max_train_rows is not None:
        cuts = (validation is None) + (test is None)
        train = _limited(train, max_train_rows, fraction * cuts, seed, notes)
    share = fraction  # of the train rows as they are now
    if test is None:
        train, test = _cut_off(train, share, seed + 1, "test", notes)
        share = min(0.5, fraction / (1 - fraction))
    if validation is None:
        train, validation = _cut_off(train, share, seed, "validation", notes)
    return {"train": train, "validation": validation, "test": test}, test.origin


def _cut_off(train: _Rows, fraction: float, seed: int, name: str, notes: list[str]) -> tuple[_Rows, _Rows]:
    kept, off = cut(train.texts, train.labels, fraction, seed)
    notes.append(f"{name}: {len(off):,} rows cut from train, stratified, seed {seed}")
    return train.take(kept), train.take(off)


def _limited(train: _Rows, limit: int, cut_share: float, seed: int, notes: list[str]) -> _Rows:
    """As many train rows as leave `limit` after what is still to be cut off."""
    if limit < 2:
        raise InputError(f"max_train_rows={limit} leaves nothing to learn from; use 2 or more, or leave it out.")
    wanted = round(limit / max(0.1, 1.0 - cut_share))
    if wanted >= len(train):
        return train
    _, chosen = cut(train.texts, train.labels, wanted / len(train), seed)
    notes.append(f"train limited to {limit:,} of {len(train):,} rows (max_train_rows), stratified, seed {seed}")
    return train.take(chosen)


def _dataset(rows: _Rows, problem_type: str) -> Dataset:
    number = Value("float64")
    label = {MULTI: List(number), REGRESSION: number}.get(problem_type, Value("int64"))
    features = Features({"text": Value("string"), "label": label, "row": Value("int64")})
    return Dataset.from_dict({"text": rows.texts, "label": rows.labels, "row": rows.numbers}, features=features)


def _fingerprint(parts: dict[str, _Rows], names: list[str]) -> str:
    digest = hashlib.sha256(json.dumps(names).encode())
    for split, rows in parts.items():
        digest.update(split.encode())
        for text, label in zip(rows.texts, rows.labels, strict=True):
            digest.update(json.dumps([text, label]).encode())
    return digest.hexdigest()
