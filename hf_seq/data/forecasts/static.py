# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What never changes inside a series, such as the region of a shop: numbers, or names with a column of 0 and 1 each.

They are read beside what is known ahead, at every step of past and future.

S series · K columns that are made
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from hf_seq.data.readers.tables import Table
from hf_seq.data.series.number_columns import numbers, share_of_numbers
from hf_seq.errors import InputError

Array = np.ndarray
Static = dict[str, list[str] | None]
"""Columns, and the names that each may hold; None for a column of numbers."""
ALL_NUMBERS = 1.0
MOST_NAMES = 50


def find_static(table: Table, wanted: str | None) -> Static:
    """Tell what each column holds.

    Args:
        table: of train.
        wanted: columns with commas, `region` or, with the names that count, `region=north|south`.

    Raises:
        InputError: a column that is not there, or has many names.
    """
    found: Static = {}
    for part in (wanted or "").split(","):
        name, separator, names = part.strip().partition("=")
        if not name:
            continue
        if name not in table.names:
            raise InputError(
                f"--static_columns names {name!r}, which is not there; the columns are {', '.join(table.names)}."
            )
        if separator:
            found[name] = names.split("|")
        elif share_of_numbers(table, name) == ALL_NUMBERS:
            found[name] = None
        else:
            found[name] = sorted({_name(value) for value in table.values(name)} - {""})
        if len(found[name] or []) > MOST_NAMES:
            raise InputError(
                f"--static_columns: {name!r} has {len(found[name] or [])} names, and {MOST_NAMES} are the most; group "
                "them, or leave the column out."
            )
    return dict(sorted(found.items()))  # json, in which they are kept, has no other order


def static_names(static: Static) -> list[str]:
    """List the columns that are made: `area`, `region=north`, `region=south`."""
    return [
        made for name, names in static.items() for made in ([name] if names is None else [f"{name}={n}" for n in names])
    ]


def written(static: Static) -> str:
    """Write columns as `find_static` reads them, names included."""
    return ",".join(name if names is None else f"{name}={'|'.join(names)}" for name, names in static.items())


def static_values(
    table: Table, static: Static, codes: Array, series: Sequence[str], where: str, notes: list[str]
) -> Array:
    """Read the value of each series: (S, K), NaN where a number is missing.

    Args:
        table: the rows.
        static: the columns.
        codes: the number of the series of each row.
        series: the name of each row's series, for messages.
        where: the file, for messages.
        notes: names that are not among those of `static` are said here.

    Raises:
        InputError: a value changes inside a series.
    """
    count = int(codes.max()) + 1 if len(codes) else 0
    parts = [np.zeros((count, 0))]
    for name, names in static.items():
        written_as = [_name(value) for value in table.values(name)]
        first = _first(written_as, codes, count, name, series, where)
        if names is None:
            read = numbers(table, name, where, "Correct the value")
            parts.append(np.array([[np.nan if row is None else read[row]] for row in first]).reshape(count, 1))
            continue
        given = ["" if row is None else written_as[row] for row in first]
        parts.append(np.array([[float(value == each) for each in names] for value in given]).reshape(count, len(names)))
        odd = sorted(set(given) - {"", *names})
        if odd:
            notes.append(f"{name!r} holds {odd[0]!r}, which training did not, and is read as none of its names")
    return np.concatenate(parts, axis=1)


def _first(
    values: Sequence[str], codes: Array, count: int, name: str, series: Sequence[str], where: str
) -> list[int | None]:
    """Find the first row of each series that has a value, the only one that the series has."""
    first: list[int | None] = [None] * count
    for row, (value, code) in enumerate(zip(values, codes.tolist(), strict=True)):
        if not value:
            continue
        seen = first[code]
        if seen is None:
            first[code] = row
        elif values[seen] != value:
            of = f" inside series {series[row]!r}" if series[row] else ""
            raise InputError(
                f"{where}: --static_columns names {name!r}, which changes{of} ({values[seen]!r}, then {value!r} in row "
                f"{row + 1}); what changes and is known ahead goes into --known_columns."
            )
    return first


def _name(value: Any) -> str:
    return "" if value is None else str(value).strip()
