# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Rows that belong together, such as all of one patient: which columns name them, and who is on both sides of a cut.

A group is never parted by a cut (`hf_seq.data.cutting.cut_groups`): a model that has seen a patient in training is not
scored on that patient.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from hf_seq.data.number_columns import is_missing
from hf_seq.data.readers.tables import RawData
from hf_seq.errors import InputError

NAMES = (
    *("group", "subject", "patient", "user", "person", "participant", "author", "speaker", "reader", "writer"),
    *("session", "recording", "machine", "unit", "device", "document", "doc", "article", "customer", "client"),
    *("player", "driver", "animal", "site", "hospital", "conversation", "dialogue", "dialog", "thread"),
)
FEWEST = 3  # groups, one each for train, validation and test
MANY = 5  # groups from which on a column of no such name is taken for one
ROWS_EACH = 2  # rows of a group on average


def is_group_name(name: str) -> bool:
    """Check whether a column is called like something that has several rows.

    Example:
        >>> is_group_name("Patient_ID"), is_group_name("text")
        (True, False)
    """
    word = name.lower().replace("-", "_").replace(" ", "_")
    for end in ("_id", "id", "_number", "_name", "_no", "s"):
        if word.removesuffix(end).rstrip("_") in NAMES:
            return True
    return word in NAMES


def repeats(values: Sequence[Hashable], fewest: int = FEWEST) -> bool:
    """Check whether there are several values, most of which occur more than once."""
    distinct = len(set(values))
    return distinct >= fewest and distinct * ROWS_EACH <= len(values)


def is_function_of(values: Sequence[Hashable], of: Sequence[Hashable]) -> bool:
    """Check whether each value of `of` goes with one of `values` only."""
    seen: dict[Hashable, Hashable] = {}
    return all(seen.setdefault(key, value) == value for key, value in zip(of, values, strict=True))


def groups_of(raw: RawData, column: str) -> dict[str, list[str]]:
    """Read the groups of the rows of all splits; a row without one is a group of its own.

    Raises:
        InputError: train has no such column.
    """
    names = raw.tables["train"].names
    if column not in names:
        raise InputError(f"--group_column {column} is not there; the columns are {', '.join(names)}.")
    return {
        split: [_group(split, row, value) for row, value in enumerate(table.values(column), 1)]
        for split, table in raw.tables.items()
        if column in table.names
    }


def _group(split: str, row: int, value: Any) -> str:
    text = "" if is_missing(value) else str(value).strip()
    return text or f"{split} row {row}"


def leaking(groups: Mapping[str, Sequence[str]], split: str) -> list[int]:
    """Find the rows of a split, from 0, whose group has rows in train, too."""
    train = set(groups.get("train", ()))
    return [row for row, group in enumerate(groups.get(split, ())) if group in train]
