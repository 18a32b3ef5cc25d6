# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What all loaders do alike: take the same options, complete the splits of a source, and note every decision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict

from hf_seq.data.classification.balance import describe_balance, find_positive, is_unbalanced
from hf_seq.data.findings import Finding
from hf_seq.data.groups import groups_of, possible_groups, shared_groups
from hf_seq.data.labels.problem_types import SINGLE
from hf_seq.data.readers.files import READERS, Readers
from hf_seq.data.readers.folders import FolderReaders
from hf_seq.data.readers.split_names import canonical_split
from hf_seq.data.readers.tables import RawData, Table
from hf_seq.data.readers.text_form import TextForm, written_as
from hf_seq.data.sources import read_source, with_split_files
from hf_seq.data.split_completion import Cutting, SplitRows, complete_splits, fingerprint
from hf_seq.data.splits import Splits
from hf_seq.errors import InputError
from hf_seq.models.tag_schemes import TagScheme

NO_COLUMN = "none"
"""What a flag of a column says where no column is to be taken."""
SPLIT_COLUMNS = ("split", "set", "subset", "partition", "usage")
"""What a column is called that says whether a row is of train or test."""


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
    train_file: str | None
    validation_file: str | None
    test_file: str | None
    encoding: str | None
    delimiter: str | None
    no_header: bool | None
    columns: str | None
    group_column: str | None
    trained_on: Mapping[str, Any]
    positive: str | None


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
        train_file: file or folder of the train split, in the place of what the source has for it; with it the source
            may be that file.
        validation_file: likewise.
        test_file: likewise.
        encoding: of text files; None takes the byte order mark's, else UTF-8.
        delimiter: between the fields of a csv; None finds it.
        no_header: whether the first line of a csv is a row; None finds it.
        columns: names of the columns of files without a header, between commas.
        group_column: names rows that belong together, such as those of one author; no cut parts them.
        trained_on: the columns that a model was trained on, by flag (`Splits.columns`); those that the source has are
            taken where no others are named.
        positive: which of two labels is the positive one; None takes the rarer.
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
    train_file: str | None = None
    validation_file: str | None = None
    test_file: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    no_header: bool | None = None
    columns: str | None = None
    group_column: str | None = None
    trained_on: Mapping[str, Any] = field(default_factory=dict)
    positive: str | None = None

    def known(self, table: Table, **named: Any) -> dict[str, Any]:
        """Name columns: as the user did, else as in training where the table has them, else None.

        Args:
            table: the train split.
            **named: the user's names, by flag.
        """
        return columns_known(table, self.trained_on, named)

    @property
    def form(self) -> TextForm:
        """How text files are written, as far as it is said."""
        return TextForm(self.encoding, self.delimiter, self.no_header, self.columns)

    @property
    def split_files(self) -> dict[str, str]:
        """The files that are named for a split."""
        files = {"train": self.train_file, "validation": self.validation_file, "test": self.test_file}
        return {split: str(path) for split, path in files.items() if path is not None}

    def read(self, readers: Readers = READERS, folders: FolderReaders = ()) -> RawData:
        """Read everything the source holds, uninterpreted.

        Args:
            readers: of files, by suffix.
            folders: layouts of folders that the task knows.

        Raises:
            InputError: not there, not readable, or no train split in it.
        """
        with written_as(self.form):
            if self.train_file is not None and str(self.source) == str(self.train_file):
                raw = RawData({}, str(self.source))
            else:
                raw = read_source(self.source, self.config, self.revision, readers, folders)
            raw = with_split_files(raw, self.split_files, readers, folders)
        return raw if self.whole else _saying_unused_splits(raw)

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
        channels: names of the channels of series.
        group_name: what the column of the groups is called in the source, where a layout renamed it.
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
    channels: list[str] = field(default_factory=list)
    group_name: str | None = None

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
        doubts = self._group(options.group_column, notes)
        train = self.rows["train"].columns.get("label", ()) if self.problem_type == SINGLE else ()
        positive = options.positive or options.trained_on.get("positive")
        if options.positive or not positive:  # of a model it is known, whichever labels these data have
            positive = find_positive(self.label_names, train, self.problem_type, options.positive)
        notes += describe_balance(self.label_names, train, positive)
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
            positive=positive,
            unbalanced=is_unbalanced(train),
            tag_scheme=self.tag_scheme,
            channels=self.channels,
            groups={name: list(part.groups) for name, part in parts.items() if part.groups is not None},
            doubts=doubts,
        )

    def _group(self, column: str | None, notes: list[str]) -> list[Finding]:
        """Keep the rows of a group together; without one return, as doubts, what looks like groups."""
        if column == NO_COLUMN:
            return []
        if column is None:
            used = [name for each in self.columns.values() for name in (each if isinstance(each, list) else [each])]
            return possible_groups(self.raw, self.rows, used)
        groups = groups_of(self.raw, column)
        for split, rows in self.rows.items():
            if split in groups:
                rows.groups = [groups[split][number - 1] for number in rows.numbers]
        name = self.group_name or column
        notes.append(f"rows with the same {name!r} stay together: {len(set(groups['train'])):,} in train")
        return shared_groups(name, groups, self.rows)


def _saying_unused_splits(raw: RawData) -> RawData:
    """Say that a column which parts train into splits is not used."""
    if list(raw.tables) != ["train"]:
        return raw
    table = raw.tables["train"]
    for name in table.names:
        if name.lower() in SPLIT_COLUMNS:
            said = {canonical_split(str(value)) for value in table.values(name)}
            if None not in said and len(said) > 1:
                raw.notes.append(
                    f"column {name!r} names {', '.join(sorted(map(str, said)))}, and is not used: give a file for each "
                    "split (--train_file, --validation_file, --test_file)"
                )
    return raw


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
        parts = [part.strip() for part in before.split(",")] if isinstance(before, str) else []  # of an id, or a time
        if name is None and (set(names) <= set(table.names) or (len(parts) > 1 and set(parts) <= set(table.names))):
            found[flag] = before
    return found
