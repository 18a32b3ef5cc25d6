# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Data that a Python program holds in memory, under a name by which every reader finds them: `memory:3f2a...`.

{"text": [...], "label": [...]}           columns; also a pandas DataFrame, a pyarrow Table, a datasets.Dataset
[{"text": ..., "label": ...}, ...]        rows; also pairs (input, label)
(inputs, labels)                          two lists or arrays, as scikit-learn takes them; arrays (N, T, F) are series
["a text", "another", ...]                texts without labels
{"train": ..., "test": ...}               any of these by split; also a datasets.DatasetDict

The name is a digest of the content, so that a run can be gone on with when the program gives the same data again. The
last `KEPT` sets are held; nothing is written to disk.
"""

import hashlib
import json
import math
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from datasets import Dataset

from hf_seq.data.readers.split_names import canonical_split
from hf_seq.data.readers.tables import Column, RawData, Table, choose_splits, table_from_arrow
from hf_seq.errors import InputError

PREFIX = "memory:"
KEPT = 16
"""Sets that are held at a time; the one that was longest not used goes first."""
_SETS: "OrderedDict[str, RawData]" = OrderedDict()
FORMS = (
    'columns {"text": [...], "label": [...]}, rows [{"text": ..., "label": ...}], two lists (texts, labels), a pandas '
    'DataFrame, a datasets.Dataset, or {"train": ..., "test": ...} of these'
)


def as_source(data: Any) -> str:
    """Name data as `--data` would: a path, Hub id or built-in as it is, data in memory by the digest of their content.

    Args:
        data: a string or path, or data in one of the forms that this module lists.

    Raises:
        InputError: it is none of these, has no rows, or has columns of unequal length.

    Example:
        >>> as_source("builtin:reviews")
        'builtin:reviews'
        >>> as_source({"text": ["good", "bad"], "label": [1, 0]}).partition(":")[0]
        'memory'
    """
    if isinstance(data, str | Path):
        return str(data)
    found = _splits(data)
    name = PREFIX + _digest(found)
    return hold(name, choose_splits(found, name, "The data have splits but no train"))


def hold(name: str, raw: RawData) -> str:
    """Hold what was read elsewhere under a name that begins with `PREFIX`; the set that was longest not used goes."""
    _SETS[name] = raw
    _SETS.move_to_end(name)
    while len(_SETS) > KEPT:
        _SETS.popitem(last=False)
    return name


def read_memory(name: str) -> RawData:
    """Find data again that `as_source` named.

    Raises:
        InputError: they are in the memory of another program, or were let go.
    """
    if name not in _SETS:
        raise InputError(
            f"{name} are data that a Python program had in memory, and this one does not hold them; give the data "
            "again, or name a file."
        )
    _SETS.move_to_end(name)
    raw = _SETS[name]
    return RawData(dict(raw.tables), raw.description, dict(raw.class_names), list(raw.notes))


def let_go(name: str) -> None:
    """Hold a set no longer."""
    _SETS.pop(name, None)


def is_gone(name: str) -> bool:
    """Say whether a name is of data in memory that this program does not hold."""
    return name.startswith(PREFIX) and name not in _SETS


def _splits(data: Any) -> dict[str, Table]:
    """Tell splits from columns by what they hold."""
    if isinstance(data, Mapping) and data and _are_splits(data):
        names = {str(name): each for name, each in data.items()}
        if any(canonical_split(name) for name in names):
            return {name: _table(each, f"split {name!r}") for name, each in names.items()}
        raise InputError(f"The data are tables called {', '.join(names)}, none of them train; call one train.")
    return {"train": _table(data, "the data")}


def _are_splits(data: Mapping[Any, Any]) -> bool:
    """Tell splits from columns by their names, or by what they hold."""
    return all(canonical_split(str(name)) for name in data) or all(_is_table(each) for each in data.values())


def _is_table(value: Any) -> bool:
    """Check whether a value of a dict is a split, not a column: a table, rows, or two lists."""
    if isinstance(value, Mapping | pd.DataFrame | pa.Table | Dataset):
        return True
    if isinstance(value, tuple):
        return len(value) == 2 and all(_is_column(each) for each in value)
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def _table(data: Any, what: str) -> Table:
    """Read one split.

    Raises:
        InputError: it has none of the forms, or no rows.
    """
    table = _of_library(data)
    if table is None:
        columns = _columns(data, what)
        lengths = {name: len(values) for name, values in columns.items()}
        if len(set(lengths.values())) > 1:
            lengths_in_words = ", ".join(f"{name!r} {number:,}" for name, number in lengths.items())
            raise InputError(f"The columns of {what} must be of the same length, and have {lengths_in_words} values.")
        table = Table(columns)
    if not len(table):
        raise InputError(f"There are no rows in {what}; give {FORMS}.")
    return table


def _of_library(data: Any) -> Table | None:
    """Read a table of `datasets`, pyarrow, pandas, or one that knows how to become an Arrow table."""
    if isinstance(data, Dataset):
        return table_from_arrow(data.with_format("arrow")[:], data.features)
    if isinstance(data, pa.Table):
        return table_from_arrow(data)
    if isinstance(data, pd.DataFrame):
        return Table({str(name): _plain(data[name]) for name in data.columns})
    if hasattr(data, "to_arrow"):  # polars and others
        return table_from_arrow(data.to_arrow())
    return None


def _columns(data: Any, what: str) -> dict[str, Column]:
    if isinstance(data, Mapping):
        wrong = next((name for name, values in data.items() if not _is_column(values)), None)
        if wrong is not None or not data:
            seen = f"column {wrong!r} is {type(data[wrong]).__name__}" if data else "it is empty"
            raise InputError(f"{what[0].upper()}{what[1:]} cannot be read: {seen}. Give {FORMS}.")
        return {str(name): _plain(values) for name, values in data.items()}
    if isinstance(data, tuple) and len(data) == 2 and all(_is_column(each) for each in data):
        inputs, labels = map(_plain, data)
        name = _name_of(inputs)
        tags = _is_list(labels) and (name == "tokens" or (name == "series" and _are_tags(inputs, labels)))
        return {name: inputs, ("tags" if tags else "label"): labels}
    if _is_column(data) and len(data):
        return _of_rows(list(data), what)
    if _is_column(data):
        return {}
    raise InputError(f"{what[0].upper()}{what[1:]} are {type(data).__name__}, which cannot be read; give {FORMS}.")


def _of_rows(rows: Sequence[Any], what: str) -> dict[str, Column]:
    """Read a list: of dicts, of pairs (input, label), or of texts."""
    if all(isinstance(row, Mapping) for row in rows):
        names = dict.fromkeys(str(name) for row in rows for name in row)
        return {name: [_value(row.get(name)) for row in rows] for name in names}
    if all(isinstance(row, tuple | list) and len(row) == 2 for row in rows):
        return _columns(([row[0] for row in rows], [row[1] for row in rows]), what)
    if all(isinstance(row, str) for row in rows):
        return {"text": list(rows)}
    kinds = ", ".join(sorted({type(row).__name__ for row in rows})[:4])
    raise InputError(f"{what[0].upper()}{what[1:]} are a list of {kinds}, which cannot be read; give {FORMS}.")


def _name_of(inputs: Sequence[Any]) -> str:
    """Name the inputs of `(inputs, labels)`: texts, lists of words, or series."""
    first = next((each for each in inputs if each is not None), "")
    if isinstance(first, str):
        return "text"
    return "tokens" if _is_words(inputs) else "series"


def _is_words(inputs: Sequence[Any]) -> bool:
    return any(isinstance(each, list) and each and isinstance(each[0], str) for each in inputs)


def _are_tags(series: Sequence[Any], labels: Sequence[Any]) -> bool:
    """Check whether each series has a name for every step."""
    rows = list(zip(series, labels, strict=False))
    return all(isinstance(tags, list) and len(tags) == len(steps) for steps, tags in rows) and _is_words(labels)


def _is_list(values: Sequence[Any]) -> bool:
    return any(isinstance(each, list) for each in values)


def _is_column(values: Any) -> bool:
    """Say whether values stand one after the other: lists, columns of any library of tables, arrays and tensors."""
    if isinstance(values, str | bytes | Mapping | pd.DataFrame | pa.Table | Dataset):
        return False
    return isinstance(values, Sequence | pa.Array | pa.ChunkedArray) or bool(getattr(values, "shape", ()))


def _plain(values: Any) -> list[Any]:
    """Give the values of a column as plain Python; what is missing is None."""
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values.to_pylist()
    if isinstance(values, np.ndarray):
        return [_value(each) for each in values.tolist()]
    return [_value(each) for each in values]


def _value(value: Any) -> Any:
    if hasattr(value, "tolist"):  # of numpy, torch or pandas
        value = value.tolist()
    if isinstance(value, tuple):
        value = list(value)
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    return value


def _digest(tables: Mapping[str, Table]) -> str:
    """Digest names and values: the same data have the same name in every program."""
    state = hashlib.blake2b(digest_size=6)
    for split, table in tables.items():
        for name in table.names:
            state.update(json.dumps([split, name, table.values(name)], default=str).encode())
    return state.hexdigest()
