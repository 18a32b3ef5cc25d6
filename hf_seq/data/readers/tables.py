# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A split as it was read: columns by name, nothing interpreted yet; and what a source gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
from datasets import ClassLabel, Features

from hf_seq.data.readers.split_names import canonical_split
from hf_seq.errors import InputError
from hf_seq.progress import logger

Column: TypeAlias = "Sequence[Any] | pa.ChunkedArray"


@dataclass
class Table:
    """Named columns of equal length; Arrow columns become Python values only when asked for.

    Attributes:
        columns: values by column name.
        class_names: label names stored with the file (`ClassLabel` features), by column name.
        all_strings: every value is text and may stand for a number (csv, tsv, txt).
        notes: what the reader decided or left out, in words.
        path: the file it was read from, where it is one file.
        row_groups: what rows belong to by the marks of the file, such as the documents of sentences.
    """

    columns: Mapping[str, Column]
    class_names: dict[str, list[str]] = field(default_factory=dict)
    all_strings: bool = False
    notes: list[str] = field(default_factory=list)
    path: Path | None = None
    row_groups: dict[str, list[str]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """Column names in file order."""
        return list(self.columns)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def values(self, name: str, limit: int | None = None) -> list[Any]:
        """Return the values of a column, or its first `limit`, as Python objects."""
        column = self.columns[name]
        part = column if limit is None else column[:limit]
        return part.to_pylist() if isinstance(part, pa.ChunkedArray) else list(part)


@dataclass
class RawData:
    """What a source holds: a table per split (`train`, `validation`, `test`) and how it was read."""

    tables: dict[str, Table]
    description: str
    class_names: dict[str, list[str]] = field(default_factory=dict)  # from labels.json
    notes: list[str] = field(default_factory=list)
    origins: dict[str, str] = field(default_factory=dict)  # where a split was cut from another, before labels are read

    @property
    def ordered(self) -> list[tuple[str, Table]]:
        """The tables with the names of their splits: train, validation, test."""
        return [(split, self.tables[split]) for split in ("train", "validation", "test") if split in self.tables]

    def require_column(self, split: str, column: str) -> None:
        """Refuse a split that lacks a column that train has.

        Raises:
            InputError: it does.
        """
        names = self.tables[split].names
        if column not in names:
            listed = ", ".join(map(repr, names))
            raise InputError(
                f"{self.description}: train has a column {column!r}, but {split} has only {listed}; make them the same."
            )


def table_from_arrow(table: pa.Table, features: Mapping[str, Any] | None = None) -> Table:
    """Wrap an Arrow table, with the label names that its `ClassLabel` columns carry.

    Raises:
        InputError: two columns have the same name.
    """
    twice = next((name for name in table.column_names if table.column_names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"the table has two columns {twice!r}; give every column its own name.")
    features = _features_of(table.schema) if features is None else features
    names = {}
    for column, feature in features.items():
        inner = getattr(feature, "feature", feature)  # List(ClassLabel) is multi-label
        if isinstance(inner, ClassLabel) and inner.names:
            names[column] = list(inner.names)
    return Table({name: _with_plain_lists(table.column(name)) for name in table.column_names}, names)


def _with_plain_lists(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Make lists of one length, and the large ones that polars writes, lists like others."""
    plain = _plain_type(column.type)
    return column if plain.equals(column.type) else column.cast(plain)


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return pa.list_(_plain_type(kind.value_type))
    return kind


def _features_of(schema: pa.Schema) -> Mapping[str, Any]:
    """Read what `datasets` wrote of the columns; where that is damaged, or a type is not known there, nothing."""
    try:
        return Features.from_arrow_schema(schema)
    except Exception as error:  # whatever the JSON in the metadata of others made `datasets` raise
        logger.info(f"the types that the file tells of its columns are left out ({type(error).__name__}: {error})")
        return {}


def choose_splits(found: Mapping[str, Table], description: str, without_train: str) -> RawData:
    """Choose among splits under names of their own those that stand for train, validation and test.

    Args:
        found: by their own names.
        description: of the source.
        without_train: what is said where none stands for train.

    Raises:
        InputError: none does.
    """
    tables: dict[str, Table] = {}
    left = []
    for split, table in found.items():
        canonical = canonical_split(split)
        if canonical is None or canonical in tables:
            left.append(split)
        else:
            tables[canonical] = table
    if "train" not in tables:
        raise InputError(f"{without_train}; it has {', '.join(found)}. Save the one you mean as a local file.")
    notes = [f"splits left unread: {', '.join(left)}"] if left else []
    return RawData(tables, description, {}, notes)
