# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Rows that belong together, such as all of one patient: which columns name them, and who is on both sides of a cut.

A group is never split by a cut (`hf_seq.data.cutting.cut_groups`): a model that has seen a patient in training is not
scored on that patient.
"""

import math
import re
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import Any

from hf_seq.data.findings import Finding, have
from hf_seq.data.readers.tables import RawData, Table
from hf_seq.data.series.number_columns import is_missing
from hf_seq.errors import InputError

BEINGS = (
    *("group", "subject", "patient", "user", "person", "participant", "author", "speaker", "reader", "writer"),
    *("customer", "client", "player", "driver", "animal"),
)
NAMES = (
    *BEINGS,
    *("session", "recording", "machine", "unit", "device", "document", "doc", "article"),
    *("site", "hospital", "conversation", "dialogue", "dialog", "thread"),
)
FEWEST = 3  # groups, one each for train, validation and test
MANY = 5  # groups from which on a column of no such name is taken for one
ROWS_EACH = 2  # rows of a group on average
_POINT_ZERO = re.compile(r"\d+\.0")


def id_name(value: Any) -> str:
    """Write what a cell calls a series or a group; 1.0, as pandas writes a whole number beside missing ones, is 1.

    Example:
        >>> id_name(1.0), id_name("12.0"), id_name("007"), id_name(" 1.5 "), id_name("NA"), id_name(None)
        ('1', '12', '007', '1.5', 'NA', '')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    return text[:-2] if _POINT_ZERO.fullmatch(text) else text


def id_names(values: Iterable[Any]) -> list[str]:
    """Write a column of ids; beside numbers, NA and its like are none, among names NA may be Namibia.

    Example:
        >>> id_names(["1.0", "NA", "2"]), id_names(["NA", "US", "nan"])
        (['1', '', '2'], ['NA', 'US', ''])
    """
    names = list(map(id_name, values))
    none = [name for name in dict.fromkeys(names) if is_missing(name)]
    numbered = all(name.isdigit() for name in dict.fromkeys(names) if name not in none)
    none = none if numbered else [name for name in none if name.casefold() in ("nan", "<na>", "nat")]
    return ["" if name in none else name for name in names] if none else names


def joined_ids(rows: Iterable[Sequence[Any]]) -> list[str]:
    """Write ids that stand in several columns, such as subject and trial, as one."""
    return [" ".join(map(id_name, row)) for row in rows]


def is_group_name(name: str) -> bool:
    """Check whether a column is called like something that has several rows.

    Example:
        >>> is_group_name("Patient_ID"), is_group_name("text")
        (True, False)
    """
    return _is_called(name, NAMES)


def names_a_being(name: str) -> bool:
    """Check whether a column is called like a person or an animal, whose sessions are numbered anew."""
    return _is_called(name, BEINGS)


def _is_called(name: str, words: Collection[str]) -> bool:
    word = name.lower().replace("-", "_").replace(" ", "_")
    ends = ("", "_id", "id", "_number", "_name", "_no", "s")
    return any(word.removesuffix(end).rstrip("_") in words for end in ends)


def repeats(values: Sequence[Hashable], fewest: int = FEWEST) -> bool:
    """Check whether there are several values, most of which occur more than once."""
    distinct = len(set(values))
    return distinct >= fewest and distinct * ROWS_EACH <= len(values)


def distinct(values: Iterable[Any]) -> list[Any]:
    """List the different ones of values, which may be lists, in their order."""
    return list({repr(each) if isinstance(each, list | dict) else each: each for each in values}.values())


def is_function_of(values: Sequence[Hashable], of: Sequence[Hashable]) -> bool:
    """Check whether each value of `of` goes with one of `values` only."""
    seen: dict[Hashable, Hashable] = {}
    return all(seen.setdefault(key, value) == value for key, value in zip(of, values, strict=True))


def groups_of(raw: RawData, column: str) -> dict[str, list[str]]:
    """Read the groups of the rows of all splits; a row without one is a group of its own.

    Raises:
        InputError: train has no such column.
    """
    names = _names(raw.tables["train"])
    if column not in names:
        raise InputError(f"--group_column {column} is not there; the columns are {', '.join(names)}.")
    return {
        split: [name or f"{split} row {row}" for row, name in enumerate(id_names(_values(table, column)), 1)]
        for split, table in raw.tables.items()
        if column in _names(table)
    }


def _names(table: Table) -> list[str]:
    return [*table.names, *table.row_groups]


def _values(table: Table, column: str) -> Sequence[Any]:
    return table.row_groups[column] if column in table.row_groups else table.values(column)


def possible_groups(raw: RawData, splits: Collection[str], used: Collection[str]) -> list[Finding]:
    """Find columns that are called like groups, have several rows each, and are used for nothing."""
    train = raw.tables["train"]
    found = []
    for name in _names(train):
        if name in used or not is_group_name(name):
            continue
        values = _values(train, name)
        if any(isinstance(value, list | dict) for value in values[:100]) or not repeats(list(map(str, values))):
            continue
        groups = groups_of(raw, name)
        shared = shared_groups(name, groups, splits)
        cut = len(splits) < 3
        if shared or cut:
            found += shared or [
                Finding(
                    "groups-possible",
                    f"{name!r} has {len(set(groups['train'])):,} values over {len(values):,} rows; if those of one "
                    f"belong together, --group_column {name} keeps them on one side of a cut (none: they do not)",
                )
            ]
    return found


def shared_groups(name: str, groups: Mapping[str, Sequence[str]], splits: Collection[str]) -> list[Finding]:
    """Find rows of validation and test whose group has rows in train, too."""
    train = set(groups["train"])
    found = []
    for split in ("validation", "test"):
        rows = [(split, row) for row, group in enumerate(groups.get(split, ()), 1) if group in train]
        if rows and split in splits:
            found.append(
                Finding(
                    "groups-shared",
                    f"{len(rows):,} of {len(groups[split]):,} {split} rows {have(len(rows))} a {name!r} that train has "
                    f"too, such as {groups[split][rows[0][1] - 1]!r}; scores on {split} are too good if these belong "
                    "together",
                    rows,
                )
            )
    return found
