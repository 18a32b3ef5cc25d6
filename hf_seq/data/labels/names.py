# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Label ids to label names, file by file: the order in which a file stores its names holds for that file only.

A `ClassLabel` column of parquet, of the Hub or of `save_to_disk` is numbers beside a list of names, and the list of the
test may have another order than that of train, or fewer names. So ids become names before splits are compared.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from hf_seq.data.labels.cells import is_missing
from hf_seq.data.readers.tables import RawData, Table
from hf_seq.errors import InputError
from hf_seq.files.reading import read_json, whole_number

Names = list[str]
FEWEST_HOT = 10  # rows that tell one-hot classes from labels of which each row happens to have one
_NO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u2060\ufeff\u00ad"))


@dataclass
class StoredNames:
    """The label names that a source stores for a column.

    Attributes:
        names: of train, or of labels.json, in id order; None where there are none.
        by_split: names that the ids of each split are read by; None where a split is read as it is written.
        notes: where files disagree, in words.
    """

    names: Names | None
    by_split: dict[str, Names | None]
    notes: list[str] = field(default_factory=list)

    def named(self, split: str, values: Sequence[Any]) -> list[Any]:
        """Name the labels, or lists of labels, of a split, in place of ids."""
        names = self.by_split.get(split)
        if names is None:
            return list(values)
        return named(values, names)

    @property
    def known(self) -> Names:
        """All names, those of train first."""
        every = [*(self.names or []), *(name for names in self.by_split.values() for name in names or [])]
        return list(dict.fromkeys(every))


def stored_names(raw: RawData, column: str) -> StoredNames:
    """Find the names that each split stores for its labels, or that labels.json gives for all."""
    beside = raw.class_names.get(column) or raw.class_names.get("")
    stored = {split: table.class_names.get(column) for split, table in raw.tables.items()}
    names = stored["train"] or beside
    found = StoredNames(names, {split: own or beside or names for split, own in stored.items()})
    for split, own in stored.items():
        if own is None and beside is None and names is not None:
            numbers = _numbers(raw.tables[split], column)
            if numbers <= set(names):  # as names they fit, if there are any
                found.by_split[split] = None
            else:
                found.notes.append(f"{split} stores no label names; numbers in it are read as ids of those of train")
        elif own is not None and names is not None and own != names:
            how = "in another order" if set(own) == set(names) else "other than train"
            found.notes.append(f"{split} stores its label names {how} ({_few(own)}); labels are matched by name")
    return found


def named(values: Iterable[Any], names: Names) -> list[Any]:
    """Name labels in place of ids; what is not an id stays.

    Lists are several labels, and become lists of names; rows of 0 and 1 for every name are no ids and stay.

    Example:
        >>> named([1, "a", -1, None], ["a", "b"])
        ['b', 'a', -1, None]
    """
    rows = list(values)
    lists = [row for row in rows if isinstance(row, list | tuple)]
    if lists and is_hot(lists) and len(lists[0]) == len(names):
        return rows
    known = set(names)
    return [
        [_name(item, names, known) for item in row] if isinstance(row, list | tuple) else _name(row, names, known)
        for row in rows
    ]


def same_name(name: str) -> str:
    """Write a name as all that look like it: without blanks around it or signs of no width, its accents in one way.

    Example:
        >>> same_name(" cafe\u0301\u200b") == "caf\u00e9"
        True
    """
    return name.strip() if name.isascii() else unicodedata.normalize("NFC", name.translate(_NO_WIDTH)).strip()


def is_hot(rows: Sequence[Sequence[Any]]) -> bool:
    """Check whether lists are rows of 0 and 1, one for each label."""
    widths = {len(row) for row in rows}
    return len(widths) == 1 and max(widths) > 1 and all(is_bit(item) for row in rows for item in row)


def classes_of_hot(
    raw: Mapping[str, Sequence[Any]], declared: Names | None
) -> tuple[dict[str, list[Any]], Names | None] | None:
    """Take the class in the place of lists with one label each, or of 0 and 1 with one 1; None where they are others.

    Args:
        raw: the labels of each split.
        declared: names that are stored for them.
    """
    rows = [label for labels in raw.values() for label in labels if not is_missing(label)]
    lists = [label for label in rows if isinstance(label, list | tuple)]
    if len(lists) < FEWEST_HOT or len(lists) < len(rows):
        return None
    if all(len(row) == 1 and isinstance(row[0], str | int) for row in lists):
        names, chosen = declared, {id(row): row[0] for row in lists}
    elif is_hot(lists) and all(sum(row) == 1 for row in lists):
        width = len(lists[0])
        names = declared if declared is not None and len(declared) == width else [str(index) for index in range(width)]
        chosen = {id(row): names[list(row).index(1)] for row in lists}
    else:
        return None
    return {split: [chosen.get(id(label)) for label in labels] for split, labels in raw.items()}, names


def is_bit(item: Any) -> bool:
    """Check whether an item is 0 or 1, as a number."""
    return isinstance(item, int | float) and item in (0, 1)


def _numbers(table: Table, column: str) -> set[str]:
    """Return the whole numbers among the labels of a split, as they would be written."""
    values = table.values(column) if column in table.names else []
    flat = [item for value in values for item in (value if isinstance(value, list | tuple) else [value])]
    return {str(int(item)) for item in flat if isinstance(item, int | float) and item >= 0}


def _name(label: Any, names: Names, known: set[str]) -> Any:
    label = label.item() if isinstance(label, np.generic) else label
    if isinstance(label, float) and label.is_integer():
        label = int(label)
    if isinstance(label, str) and label.strip() not in known:
        number = whole_number(label.strip())
        label = label if number is None else number
    if isinstance(label, int) and not isinstance(label, bool) and 0 <= label < len(names):
        return names[label]
    return label


def join_named(
    tables: Sequence[Table], columns: Mapping[str, list[Any]]
) -> tuple[dict[str, list[Any]], dict[str, Names]]:
    """Join columns of shards, and the label names they store; ids become names where shards disagree on these.

    Args:
        tables: the shards.
        columns: their values, one shard after the other.
    """
    joined, names = dict(columns), {}
    for column in columns:
        stored = [table.class_names.get(column) for table in tables]
        known = [each for each in stored if each]
        if not known:
            continue
        names[column] = list(dict.fromkeys(name for each in known for name in each))
        if any(each != stored[0] for each in stored):
            joined[column] = [
                value
                for table, own in zip(tables, stored, strict=True)
                for value in (named(table.values(column), own) if own else table.values(column))
            ]
    return joined, names


def label_names_beside(folder: Path) -> dict[str, Names]:
    """Read labels.json: names in id order, a list or an object with a list per column ("" is any column).

    Raises:
        InputError: it holds something else.
    """
    path = folder / "labels.json"
    if not path.is_file():
        return {}
    content = read_json(path, "it should hold a list of label names in id order")
    by_column = content if isinstance(content, dict) else {"": content}
    for names in by_column.values():
        if not (isinstance(names, list) and names and all(isinstance(name, str) for name in names)):
            raise InputError(f"{path} holds {names!r:.60}; it should hold a list of label names in id order.")
    return by_column


def _few(names: Names) -> str:
    return ", ".join(names[:6]) + (f", ... ({len(names)} in all)" if len(names) > 6 else "")
