# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What all loaders do alike: take the same options, complete the splits of a source, and note every decision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict

from hf_seq.data.findings import Finding
from hf_seq.data.readers.files import READERS, Readers
from hf_seq.data.readers.tables import RawData, Table
from hf_seq.data.sources import read_source
from hf_seq.data.split_completion import Cutting, SplitRows, complete_splits, fingerprint
from hf_seq.data.splits import Splits
from hf_seq.errors import InputError
from hf_seq.models.tag_schemes import TagScheme


class ReadingArguments(TypedDict, total=False):
    """The keywords that every loader takes beside the names of its columns; `ReadingOptions` says what each means."""

    config: str | None
    revision: str | None
    validation_fraction: float
    seed: int
    max_train_rows: int | None
    train_on_validation: bool
    strict: bool
    whole: bool
    trained_on: Mapping[str, Any]


@dataclass(frozen=True)
class ReadingOptions:
    """Which data to read, and how they become train, validation and test; the same for every task.

    Attributes:
        source: Hub id, file, folder with a file per split, or `builtin:NAME`; each loader says what it reads.
        config: of a Hub data set.
        revision: of a Hub data set.
        validation_fraction: share of the train rows for each split that has to be cut from them.
        seed: of that cut, and of the choice of `max_train_rows`.
        max_train_rows: use no more train rows than this, drawn in the proportions of the labels.
        train_on_validation: the source's own validation rows join train, and a new validation is cut from both; for
            the last training, when everything is chosen.
        strict: refuse rows that cannot be learned from; otherwise keep them, and list them in `Splits.problems`.
        whole: cut nothing off a source that has no splits; every row of it is then in each, for scoring a model.
        trained_on: the columns that a model was trained on, by flag (`Splits.columns`); those that the source has are
            taken where no others are named.
    """

    source: str | Path
    config: str | None = None
    revision: str | None = None
    validation_fraction: float = 0.1
    seed: int = 0
    max_train_rows: int | None = None
    train_on_validation: bool = False
    strict: bool = True
    whole: bool = False
    trained_on: Mapping[str, Any] = field(default_factory=dict)

    def known(self, table: Table, **named: Any) -> dict[str, Any]:
        """Name columns: as the user did, else as in training where the table has them, else None.

        Args:
            table: the train split.
            **named: the user's names, by flag.
        """
        return columns_known(table, self.trained_on, named)

    def read(self, readers: Readers = READERS) -> RawData:
        """Read everything the source holds, uninterpreted.

        Raises:
            InputError: not there, not readable, or no train split in it.
        """
        return read_source(self.source, self.config, self.revision, readers)

    def cutting(self, **changes: Any) -> Cutting:
        """Say how missing splits are made; `changes` are further fields of `Cutting`."""
        return Cutting(
            self.validation_fraction, self.seed, self.max_train_rows, self.whole, self.train_on_validation, **changes
        )


@dataclass
class LabelledRows:
    """What a loader has made of a source, before missing splits are cut.

    Attributes:
        raw: what was read.
        rows: of each labelled split; `train` is among them.
        features: of the columns, for `datasets`.
        problem_type: see `Splits`.
        label_names: in id order.
        notes: every decision taken, in words.
        problems: rows that cannot be learned from.
        columns: see `Splits`.
        tag_scheme: how the train tags mark spans.
    """

    raw: RawData
    rows: dict[str, SplitRows]
    features: Mapping[str, Any]
    problem_type: str
    label_names: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)
    columns: dict[str, Any] = field(default_factory=dict)
    tag_scheme: TagScheme = "none"

    def completed(self, options: ReadingOptions, cutting: Cutting | None = None) -> Splits:
        """Make train, validation and test of the splits that are there.

        Args:
            options: how.
            cutting: how missing splits are made, where it is not as the options say.

        Raises:
            InputError: rows that cannot be learned from, where the options are strict; too few rows.
        """
        if options.strict and self.problems:
            raise InputError(f"{self.raw.description}: " + "\n".join(map(str, self.problems)))
        notes = list(self.notes)
        parts, test_split = complete_splits(self.rows, cutting or options.cutting(), notes)
        return Splits(
            **{name: part.dataset(**self.features) for name, part in parts.items()},
            label_names=self.label_names,
            problem_type=self.problem_type,
            source=self.raw.description,
            fingerprint=fingerprint(parts, self.label_names),
            test_split=test_split,
            notes=notes,
            problems=self.problems,
            origins={name: part.origin for name, part in parts.items()},
            columns=self.columns,
            tag_scheme=self.tag_scheme,
        )


def columns_known(table: Table, trained_on: Mapping[str, Any], named: Mapping[str, Any]) -> dict[str, Any]:
    """Name columns as the user did, else as in training where the table has them, else None.

    Args:
        table: what was read.
        trained_on: names of training, by flag.
        named: the user's, by flag; None where none was given.
    """
    found = dict(named)
    for flag, name in named.items():
        before = trained_on.get(flag)
        names = before if isinstance(before, list) else [before]
        if name is None and set(names) <= set(table.names):
            found[flag] = before
    return found
