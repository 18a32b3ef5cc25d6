# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Tables of series brought to a row a time, in every split.

Date;Time;load                times in several columns become one (`hf_seq.data.series.time_parts`)
id,d_1,d_2,...                a series a row (M4, M5)
Country/Region,1/22/20,...    likewise, with times for names of columns
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hf_seq.data.findings import counted
from hf_seq.data.forecasts.columns import MORE_TIME_NAMES, ForecastColumns, listed
from hf_seq.data.readers.tables import Table
from hf_seq.data.series.long_tables import codes_of
from hf_seq.data.series.number_columns import share_of_numbers
from hf_seq.data.series.options import NONE, SeriesOptions
from hf_seq.data.series.time_columns import find_named_time, is_dated, plain_name
from hf_seq.data.series.time_parts import NAMES, join_times, month_of
from hf_seq.data.series.wide_tables import find_wide, named_by_times, without_header

FEWEST_NUMBERED = 8  # columns that are steps of a series a row, and no channels, without times for names
ID, TIME, VALUE = "series", "time", "value"
"""What the columns are called where a row was a series."""


def laid_out(tables: dict[str, Table], wanted: ForecastColumns, notes: list[str]) -> ForecastColumns:
    """Bring all tables to a row a time.

    Args:
        tables: by split; those of another layout are replaced.
        wanted: what the user says of the columns.
        notes: what was done is added here.

    Returns:
        What is to be said of the columns now.

    Raises:
        InputError: times that can be read in two ways.
    """
    train = next(iter(tables.values()))
    if wanted.target_columns is None and wanted.time_column is None and (year := _year_of_months(train)):
        for split, table in tables.items():
            tables[split] = _of_months(table, year)
        notes.append(
            f"a year a row, by {year!r}: the twelve months are its steps, and what they hold is {VALUE!r}; "
            "--target_columns takes columns for channels"
        )
        return replace(wanted, time_column=TIME, target_columns=VALUE)
    steps = _steps(train, wanted)
    if steps:
        naming = _naming(train, [name for name in train.names if name not in steps], wanted)
        for split, table in tables.items():
            if set(steps) <= set(table.names):
                tables[split] = _turned(table, steps, naming)
        shown = f"{steps[0]!r} to {steps[-1]!r}"
        by = f", by {' and '.join(map(repr, naming))}" if naming else ""
        notes.append(
            f"a series a row: {counted(len(steps), 'column')} {shown} are its steps, and what they hold is {VALUE!r}"
            f"{by}; --target_columns takes columns for channels"
        )
        return replace(wanted, id_column=ID, time_column=TIME, target_columns=VALUE)
    taken = [*listed(wanted.target_columns), *listed(wanted.known_columns), *listed(wanted.id_column)]
    taken += [name.partition("=")[0] for name in listed(wanted.static_columns)]
    time, written = join_times(tables, wanted.time_column, wanted.time_format, None, taken, notes)
    return replace(wanted, time_column=time, time_format=written)


def _steps(table: Table, wanted: ForecastColumns) -> list[str]:
    """List the columns that are the steps of a series a row, in their order; none where a row is a time."""
    if wanted.target_columns is not None or wanted.time_column is not None or len(table.names) <= FEWEST_NUMBERED:
        return []
    found = find_wide(table, SeriesOptions(id_column=listed(wanted.id_column)[0] if wanted.id_column else None))
    if found is None or len(found.channels) > 1:
        return []
    steps = [name for name in next(iter(found.channels.values())) if name is not None]
    if named_by_times(steps):
        return steps
    others = [name for name in table.names if name not in steps]
    if len(steps) < FEWEST_NUMBERED or without_header(table) or _holds_times(table, others):
        return []
    return steps if _naming(table, others, wanted) else []


def _year_of_months(table: Table) -> str | None:
    """Find the column of years beside twelve columns called like the months; None where there is none."""
    months = [name for name in table.names if month_of(name)]
    years = [name for name in table.names if plain_name(name) in NAMES["year"]]
    twelve = sorted(map(month_of, months)) == list(range(1, 13)) and len(table.names) == 13
    return years[0] if twelve and len(years) == 1 else None


def _of_months(table: Table, year: str) -> Table:
    """Make a row of each month of each year."""
    months = sorted((name for name in table.names if month_of(name)), key=month_of)
    rows = list(zip(table.values(year), *map(table.values, months), strict=True))
    times = [f"{str(year).strip().removesuffix('.0')}-{number:02d}" for year, *_ in rows for number in range(1, 13)]
    values = [value for _, *row in rows for value in row]
    return Table({TIME: times, VALUE: values}, all_strings=table.all_strings, notes=table.notes, path=table.path)


def _holds_times(table: Table, names: Sequence[str]) -> bool:
    """Check whether a column is called like a time, or holds dates."""
    if find_named_time(table, names, codes_of(table, None)) or any(name.lower() in MORE_TIME_NAMES for name in names):
        return True
    words = [name for name in names if share_of_numbers(table, name) == 0]
    return any(is_dated(table, name, numbered=False) for name in words)


def _naming(table: Table, names: Sequence[str], wanted: ForecastColumns) -> list[str]:
    """List the columns that name the rows: as said, one whose names differ, or all of names where they do together."""
    if wanted.id_column is not None:
        return [] if wanted.id_column == NONE else listed(wanted.id_column)
    words = [name for name in names if share_of_numbers(table, name) == 0]
    for chosen in (*([name] for name in words), words):
        if chosen and len(set(zip(*map(table.values, chosen), strict=True))) == len(table):
            return list(chosen)
    return []


def _turned(table: Table, steps: Sequence[str], naming: Sequence[str]) -> Table:
    """Make a row of each step of each row; the names of the steps are its times, other columns stay beside them."""
    rows = range(len(table))
    names = [" ".join(str(value) for value in row if value) for row in zip(*map(table.values, naming), strict=True)]
    columns: dict[str, Any] = {
        ID: [name for name in names or map(str, rows) for _ in steps],
        TIME: list(steps) * len(table),
    }
    for name in (name for name in table.names if name not in (*steps, ID, TIME, VALUE)):
        columns[name] = [value for value in table.values(name) for _ in steps]
    columns[VALUE] = [value for row in zip(*map(table.values, steps), strict=True) for value in row]
    return Table(columns, all_strings=table.all_strings, notes=table.notes, path=table.path)
