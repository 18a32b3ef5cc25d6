# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series in the cells of a table, as pandas and JSON write them, to columns of lists.

0.1 0.2 0.3   [0.1, 0.2]   [[0, 1], [2, 3]]   [0.1 0.2]     text in a csv, the last as numpy prints it
{"x": [0.1, 0.2], "y": [3, 4]}                              a list a channel
[{"x": 0.1, "y": 3}, {"x": 0.2, "y": 4}]                    an object a step
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from hf_seq.data.columns import LABEL_NAMES
from hf_seq.data.readers.tables import Table
from hf_seq.data.series.columns import TAG_NAMES
from hf_seq.data.series.number_columns import is_missing
from hf_seq.data.series.time_columns import named_times
from hf_seq.errors import InputError

_NUMBER = r"(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|nan|NaN)"
_LIST = re.compile(rf"[\[(]\s*{_NUMBER}(?:[\s,;]+{_NUMBER})*[\s,]*[\])]")
_PLAIN = re.compile(rf"{_NUMBER}(?:[ ;]+{_NUMBER}){{4,}}|{_NUMBER}(?:, ?{_NUMBER}){{4,}}")
_NESTED = re.compile(r"\[\s*\[[\s\S]*\]\s*\]")
_CUT = re.compile(r"\d\s+\.\.\.\s|, \.\.\.,")
_PARTS = re.compile(r"[\s,;]+")
SAMPLE = 50  # cells that are looked at
TIMES = "times"


def spread_cells(table: Table, without: Collection[str | None]) -> tuple[Table, list[str]]:
    """Turn cells that hold a whole series into lists; with what is to be said.

    Args:
        table: as it was read.
        without: columns that hold labels, ids or groups.

    Raises:
        InputError: numpy left numbers out where it wrote them.
    """
    columns: dict[str, Any] = {}
    notes = []
    kept = {*without, *(n for n in table.names if n.lower() in (*LABEL_NAMES, *TAG_NAMES) and n != "y")}
    kept.update(named_times(table.names))
    for name in table.names:
        found = None if name in kept else _spread(table, name)
        if found is not None:
            notes.append(
                f"each cell of {name!r} holds a series" + f" ({', '.join(map(repr, found))})" * (len(found) > 1)
            )
        columns |= found or {name: table.columns[name]}
    return (replace(table, columns=columns) if notes else table), notes


def _spread(table: Table, name: str) -> dict[str, Any] | None:
    """Give the lists that a column holds, by name; None where it holds none."""
    seen = [value for value in table.values(name, SAMPLE) if not is_missing(value)]
    if seen and all(isinstance(value, str) for value in seen):
        if any(_CUT.search(value) and "[" in value for value in seen):
            raise InputError(f"{name!r} holds {seen[0]!r:.40}, where numpy wrote ... for numbers; write all of them.")
        if all(_LIST.fullmatch(value.strip()) or _PLAIN.fullmatch(value.strip()) for value in seen):
            return {name: [_numbers(value) for value in table.values(name)]}
        if all(_NESTED.fullmatch(value.strip()) for value in seen):
            return {name: [None if is_missing(value) else _json(value) for value in table.values(name)]}
    if seen and all(isinstance(value, Mapping) and _are_lists(list(value.values())) for value in seen):
        names = dict.fromkeys(key for value in table.values(name) for key in value or {})
        return {key: [(value or {}).get(key) for value in table.values(name)] for key in names}
    if seen and all(isinstance(value, list) and value and isinstance(value[0], Mapping) for value in seen):
        return _by_step(table.values(name))
    return None


def _by_step(rows: Sequence[Any]) -> dict[str, Any] | None:
    """Turn objects, one a step, into a list for each of their numbers; what is called like a time is the time."""
    names = list(dict.fromkeys(key for row in rows for step in row or [] for key in step))
    times = named_times(names)[:1]
    values: dict[str, Any] = {name: [[step.get(name) for step in row or []] for row in rows] for name in names}
    found = {name: lists for name, lists in values.items() if name not in times and _are_lists(lists)}
    if found and times and _are_lists(values[times[0]]):
        found[TIMES] = [np.array(row, dtype=float) for row in values[times[0]]]
    return found or None


def _are_lists(values: Sequence[Any]) -> bool:
    return bool(values) and all(
        isinstance(value, list) and all(each is None or isinstance(each, int | float) for each in value)
        for value in values
    )


def _numbers(value: Any) -> list[float] | None:
    if is_missing(value):
        return None
    try:
        return [float(each) for each in _PARTS.split(str(value).strip().strip("[]()").strip(" ,\n"))]
    except ValueError:
        raise InputError(f"a series is {value!r:.60}, which is no list of numbers; correct it.") from None


def _json(value: str) -> Any:
    try:
        return json.loads(re.sub(r"\bnan\b", "null", value, flags=re.IGNORECASE))
    except ValueError:
        raise InputError(
            f"a series is {value!r:.60}, which is no list of lists of numbers; write it as JSON does."
        ) from None
