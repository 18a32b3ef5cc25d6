# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Which column of a long table holds the times of the steps, and which only count rows or steps.

time   Time (s)   timestamp_ms   t   Zeit       by their names
13.01.2021   9:05   2020-Q4                     by what is written in them
0 1 2 ... in every series                       by what they count, whatever they are called
"""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from hf_seq.data.readers.tables import Table
from hf_seq.data.series.number_columns import as_number
from hf_seq.data.series.numbered_times import compact_times
from hf_seq.data.series.times import read_times
from hf_seq.errors import InputError

TIME_NAMES = (
    *("time", "timestamp", "step", "date", "datetime", "frame", "tick", "date_time", "time_stamp", "ts", "t"),
    *("timestep", "time_step", "time_index", "elapsed", "elapsed_time", "seconds_elapsed", "unix_time"),
    *("zeit", "datum", "zeitstempel", "uhrzeit", "fecha", "hora", "tiempo"),
)
DATED = 200  # first values of a column that tell whether it holds times
FEWEST_COUNTED = 20  # rows that a column must count one by one to be no channel
_UNIT = re.compile(r"[ _]*[(\[]?\b(s|secs?|seconds?|ms|us|µs|ns|min|h|utc)\b[)\]]?$")
_SINCE = re.compile(r"(seconds|minutes|hours|days|milliseconds|ms|time)_(since|elapsed|from_start)(_.*)?")
Array = np.ndarray


def named_times(names: Sequence[str]) -> list[str]:
    """List the columns that are called like times, with a unit or without, those of the most usual names first.

    Example:
        >>> named_times(["x", "Time (s)", "T (degC)", "timestamp_ms", "minutes_since_start"])
        ['Time (s)', 'timestamp_ms', 'minutes_since_start']
    """
    usual = [(plain, name) for name in names if (plain := plain_name(name)) in TIME_NAMES]
    return [name for _, name in sorted(usual, key=lambda pair: TIME_NAMES.index(pair[0]))]


def find_named_time(table: Table, names: Sequence[str], owners: Array) -> str | None:
    """Find the column that is called like a time; a T with the same value twice in a series is a temperature."""
    found = named_times(names)
    return next((name for name in found if name != "T" or not _repeats_inside(table, name, owners)), None)


def plain_name(name: str) -> str:
    """Write the name of a column in small letters, without a unit, and words between underscores."""
    word = name.lower().strip()
    word = _UNIT.sub("", word.replace("_", " ")) or word
    word = word.strip().replace(" ", "_").replace("-", "_")
    return "elapsed" if _SINCE.fullmatch(word) else word


def is_dated(table: Table, name: str, *, numbered: bool = True) -> bool:
    """Check whether the first values of a column are times, in whatever order; `numbered` takes t9, t10 for some."""
    values = table.values(name, DATED)
    if not any(any(letter.isdigit() for letter in str(value)) for value in values):
        return False  # no time is written without a digit, and trying all ways takes seconds
    try:
        times = read_times(values, name, None, list(range(len(values)))) if len(set(map(str, values))) > 1 else None
    except InputError:
        return False
    return times is not None and (numbered or times.how != "numbers in names")


def holds_compact_dates(table: Table, name: str) -> bool:
    """Check whether a column of numbers holds dates in digits alone: 20210131, 2021013123, ..."""
    texts = list(dict.fromkeys(str(value).strip() for value in table.values(name, DATED)))
    if len(texts) < 2 or not all(text.isdigit() and len(text) >= len("20210131") for text in texts):
        return False
    times = compact_times(texts, np.array(texts, dtype=np.float64))
    return times is not None


def counts_rows(table: Table, name: str) -> bool:
    """Check whether a column numbers the rows of the file, or is an index that pandas wrote."""
    if name.startswith("__index_level_") or name.startswith("Unnamed: "):
        return True
    values = table.values(name)
    return len(values) >= FEWEST_COUNTED and _count_on(values[:FEWEST_COUNTED]) and _count_on(values)


def counts_steps(table: Table, name: str, owners: Array) -> bool:
    """Check whether a column of numbers rises by the same amount from step to step of every series, once sorted.

    One series is looked at before all of them are: most columns fail there, and a table may have millions of cells.
    """
    values = table.values(name)
    if len(values) < FEWEST_COUNTED:
        return False
    first = np.flatnonzero(owners == owners.min())
    rises = _rises([values[row] for row in first], owners[first])
    if rises is None or not _are_even(rises):
        return False
    rises = _rises(values, owners)
    return rises is not None and len(rises) >= FEWEST_COUNTED and _are_even(rises)


def only_counts(table: Table, name: str, owners: Array) -> bool:
    """Check whether a column that counts steps says nothing else: it counts by 1, or begins alike in every series.

    What rises by 0.5 from a value of its own in each series may be a meter, and what is out of order a rank.
    """
    values = _converted(table.values(name))
    if values is None:
        return False
    order = np.argsort(owners, kind="stable")
    inside = np.diff(owners[order]) == 0
    rises = np.diff(values[order])[inside]
    if not ((rises > 0).all() or (rises < 0).all()):
        return False
    starts = set(values[order][np.concatenate([[True], ~inside])].tolist())
    return bool(np.allclose(np.abs(rises), 1)) or (len(starts) == 1 and (not inside.all() or starts == {0.0}))


def _count_on(values: Sequence[Any]) -> bool:
    counted = _converted(values)
    return counted is not None and counted[0] in (0, 1) and bool((np.diff(counted) == 1).all())


def _rises(values: Sequence[Any], owners: Array) -> Array | None:
    """List by how much sorted values rise within their series; None where one is missing or not a number."""
    counted = _converted(values)
    if counted is None:
        return None
    order = np.lexsort((counted, owners))
    return np.diff(counted[order])[np.diff(owners[order]) == 0]


def _are_even(rises: Array) -> bool:
    return len(rises) == 0 or bool(rises[0] > 0 and np.allclose(rises, rises[0], rtol=1e-6, atol=0))


def _converted(values: Sequence[Any]) -> Array | None:
    """Convert cells to numbers; None where one is missing or not a number."""
    try:
        found = np.array([as_number(value) for value in values], dtype=np.float64)
    except (ValueError, TypeError, OverflowError):
        return None
    return None if np.isnan(found).any() else found


def _repeats_inside(table: Table, name: str, owners: Array) -> bool:
    """Check whether a value occurs twice in a series."""
    pairs = list(zip(owners.tolist(), map(str, table.values(name)), strict=True))
    return len(set(pairs)) < len(pairs)
