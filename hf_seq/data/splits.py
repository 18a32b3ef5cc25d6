# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What every loader gives: train, validation and test, with the decisions that made them."""

from dataclasses import dataclass, field
from typing import Any

from datasets import Dataset

from hf_seq.data.findings import Finding
from hf_seq.models.tag_schemes import TagScheme


@dataclass
class Splits:
    """Three splits of labelled rows.

    Attributes:
        train: rows with the columns of the task, such as `text` (str) and `label` (int id, float, or list of L floats),
            and `row`, the number of the record in the file or split it came from, from 1.
        validation: likewise; for choosing a checkpoint.
        test: likewise; what scores are given on.
        label_names: in id order; empty for regression and for texts without labels.
        problem_type: `single_label_classification`, `multi_label_classification`, `regression`, or what else a loader
            says.
        source: what was read.
        fingerprint: SHA-256 of the texts and labels of all splits, in order; the same on every machine.
        test_split: the rows that scores are on, in words: `test`, `validation` where the source has no labelled test,
            `test (cut from train)` where it has neither, `all` where nothing was cut.
        notes: every decision taken, in words.
        problems: rows that cannot be learned from; only with `strict=False`, their label is then None.
        origins: the split of the source that the rows of each split came from, for row numbers.
        columns: the names of the columns that were read, by the flags that name them: `{"text_column": "body"}`.
        positive: which of two labels precision, recall and F1 are of; None where there are not two.
        unbalanced: whether a class has so many more train rows than another that accuracy alone misleads.
        tag_scheme: how the train tags mark spans, for taggers; see `hf_seq.data.tagging.names.find_scheme`.
        channels: names of the channels of series, where their source names them.
        sampling_rate: samples a second of clips of sound; None of all else.
        groups: of the rows of each split that has some, row for row.
        doubts: what is doubtful about the columns of the source.
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
    columns: dict[str, Any] = field(default_factory=dict)
    positive: str | None = None
    unbalanced: bool = False
    tag_scheme: TagScheme = "none"
    channels: list[str] = field(default_factory=list)
    groups: dict[str, list[str]] = field(default_factory=dict)
    doubts: list[Finding] = field(default_factory=list)
    sampling_rate: int | None = None

    @property
    def num_labels(self) -> int:
        """Width of a classifier's output; 1 for regression."""
        return len(self.label_names) or 1

    @property
    def positive_id(self) -> int:
        """Id of the positive one of two labels; 1 where there are others."""
        return self.label_names.index(self.positive) if self.positive in self.label_names else 1

    @property
    def id2label(self) -> dict[int, str]:
        """For the model's config; empty for regression."""
        return dict(enumerate(self.label_names))

    @property
    def label2id(self) -> dict[str, int]:
        """The other way round."""
        return {name: index for index, name in enumerate(self.label_names)}

    def described(self, name: str) -> str:
        """Say which rows a split holds, for records and tables: rows that were cut from train are not called train."""
        return self.test_split if name == "test" else split_in_words(name, self.origins.get(name, name))

    def __getitem__(self, name: str) -> Dataset:
        return {"train": self.train, "validation": self.validation, "test": self.test}[name]


def split_in_words(name: str, origin: str) -> str:
    """Name the rows of a split by where they came from.

    Example:
        >>> split_in_words("test", "train"), split_in_words("test", "validation"), split_in_words("train", "train")
        ('test (cut from train)', 'validation', 'train')
    """
    if name == "train" or "train" not in origin:
        return "train" if name == "train" else origin
    return f"{name} (cut from {origin})"
