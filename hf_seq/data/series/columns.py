# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Which column holds the series, and which the label or the tags of the steps."""

from typing import Any

import numpy as np
import pyarrow as pa

from hf_seq.data.columns import LABEL_NAMES, SAMPLE, find_label
from hf_seq.data.readers.tables import RawData, Table
from hf_seq.errors import InputError

SERIES_NAMES = ("series", "input_values", "values", "signal", "signals", "x", "data", "features", "time_series")
TAG_NAMES = ("tags", "tag", "states", "state", "step_labels", "step_label")


def find_series(table: Table, given: str | None) -> str:
    """Name of the series' column; `given` by the user is checked only.

    Raises:
        InputError: none holds series, or several do.
    """
    if given is not None:
        if given not in table.names:
            raise InputError(f"series_column={given!r} is not there; the columns are {', '.join(table.names)}.")
        return given
    nested = [name for name in table.names if is_nested(table, name)]
    named = [name for name in nested if name.lower() in SERIES_NAMES]
    for candidates in (named, nested):
        if len(candidates) == 1:
            return candidates[0]
    if nested:
        raise InputError(
            f"{len(nested)} columns could be the series: {', '.join(nested)}; name one with series_column."
        )
    raise InputError(
        f"no column holds series, that is lists of steps, each a list of numbers; the columns are "
        f"{', '.join(table.names)}. For text, use --task classification."
    )


def listed_channels(table: Table) -> list[str]:
    """List the columns that hold a list of numbers a row, as many in each, so that they are channels of one series."""
    labels = [name for name in table.names if name.lower() in LABEL_NAMES]
    if [name.lower() for name in labels] != ["y"]:  # beside a label of another name, y is as x is
        labels = [name for name in labels if name.lower() != "y"]
    names = [name for name in table.names if name not in labels and name.lower() not in (*TAG_NAMES, "times", "id")]
    lists = [name for name in names if _are_numbers(_first(table, name))]
    rows = list(zip(*(table.values(name) for name in lists), strict=True)) if len(lists) > 1 else []
    alike = all(len({len(value) if isinstance(value, list) else -1 for value in row}) == 1 for row in rows)
    return lists if rows and alike else []


def _first(table: Table, name: str) -> Any:
    """Give the first value of a column that is there."""
    return next((value for value in table.values(name, SAMPLE) if value is not None), None)


def _are_numbers(value: Any) -> bool:
    return (
        isinstance(value, list) and bool(value) and all(isinstance(each, int | float) or each is None for each in value)
    )


def is_nested(table: Table, name: str) -> bool:
    """Check whether the first value is a list of lists or a 2-D array; a list of numbers is one channel."""
    column = table.columns[name]
    if isinstance(column, pa.ChunkedArray):
        kind = column.type
        return pa.types.is_list(kind) and (pa.types.is_list(kind.value_type) or name.lower() in SERIES_NAMES)
    value = next((value for value in column if value is not None), None)
    if isinstance(value, np.ndarray):
        return True
    return isinstance(value, list) and (
        name.lower() in SERIES_NAMES or bool(value and isinstance(value[0], list) and name.lower() not in TAG_NAMES)
    )


def find_tags(table: Table, given: str | None) -> str:
    """Name of the column with a tag for every step; `given` by the user is checked only.

    Raises:
        InputError: there is none.
    """
    names = [name for name in table.names if name.lower() in TAG_NAMES]
    lists = [name for name in table.names if name.lower() in LABEL_NAMES and isinstance(_first(table, name), list)]
    name = given if given is not None else next(iter([*names, *lists]), None)
    if name is None or name not in table.names:
        raise InputError(
            f"no column {given or 'of tags'!r}, a list as long as the series with a tag for every step; the columns "
            f"are {', '.join(table.names)}. Name one with label_column."
        )
    return name


def _left(raw: RawData) -> str:
    """Say which columns were left out, one of which may be the label."""
    left = [note.partition(";")[0] for note in raw.notes if note.startswith("left out")]
    return f" It was read so: {'; '.join(left)}." if left else ""


def find_labels(raw: RawData, series: str, given: str | None) -> str:
    """Name of the label column beside that of the series; `given` by the user is checked only.

    Raises:
        InputError: there is none, or there are several.
    """
    table = raw.tables["train"]
    if given is not None:
        if given not in table.names:
            raise InputError(f"label_column={given!r} is not there; the columns are {', '.join(table.names)}.")
        return given
    others = [name for name in table.names if name not in (series, "id", "times", "group")]
    if not others:
        raise InputError(
            f"{raw.description} has series but no labels; name their column with --label_column (several with commas), "
            "add a column `label`, or beside X.csv a file X_labels.csv; where a file is a recording, put those of a "
            f"class in a folder of its name, or add a labels.csv with `file` and `label`.{_left(raw)}"
        )
    if others == ["tags"]:
        raise InputError(f"{raw.description} has a tag for every step and no label a row; use --task series-tagging.")
    known = {name: column for name, column in table.columns.items() if name in others and name not in TAG_NAMES}
    return find_label(Table(known, table.class_names, table.all_strings))
