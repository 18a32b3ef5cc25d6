# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Which columns of a table hold the time, the names of its series, what is forecast, and what is known ahead.

date,HUFL,...,OT          wide: a column for each channel of one series
store,date,sales,price    long: many series, one below the other or row by row
"""

from dataclasses import dataclass, field

from hf_seq.data.columns import looks_like_id
from hf_seq.data.forecasts.static import Static, find_static, static_names
from hf_seq.data.groups import joined_ids
from hf_seq.data.readers.tables import Table
from hf_seq.data.series.long_tables import codes_of, find_ids, has_repeats, is_fixed
from hf_seq.data.series.number_columns import SAMPLE, are_bits, are_whole, share_of_numbers
from hf_seq.data.series.options import NONE
from hf_seq.data.series.time_columns import (
    counts_rows,
    counts_steps,
    find_named_time,
    holds_compact_dates,
    is_dated,
    only_counts,
)
from hf_seq.data.series.time_parts import parts_of_times
from hf_seq.errors import InputError

MORE_TIME_NAMES = ("ds", "period", "day", "week", "month", "quarter", "year", "utc_timestamp", "local_time")
MOST_NUMBERS = 0.9  # share of the values from which on a column is one of numbers with mistakes in it


@dataclass(frozen=True)
class ForecastColumns:
    """What the user says of the columns.

    Attributes:
        id_column: the series of each row, or several columns with commas; `none`: one series.
        time_column: the time of each row; `none` keeps the order of the file.
        target_columns: what is forecast, with commas; None: all columns of numbers that are nothing else.
        known_columns: what is known of the future too, with commas.
        static_columns: what never changes inside a series, see `static.find_static`.
        time_format: how times are written, as for `datetime.strptime`; None finds it.
        sort_times: put the rows of each series in the order of their times.
    """

    id_column: str | None = None
    time_column: str | None = None
    target_columns: str | None = None
    known_columns: str | None = None
    time_format: str | None = None
    sort_times: bool = False
    static_columns: str | None = None


@dataclass
class ForecastRoles:
    """What the columns of a table are.

    Attributes:
        ids: the series of each row; None where the table is one series.
        time: the time of each row.
        targets: what is forecast.
        known: what is known of the future too.
        others: the other columns.
        notes: what was guessed and left out, in words.
        static: what never changes inside a series.
    """

    ids: str | None
    time: str | None
    targets: list[str]
    known: list[str]
    others: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    static: Static = field(default_factory=dict)

    @property
    def beside(self) -> list[str]:
        """Names of all that is read beside the targets at every step."""
        return [*self.known, *static_names(self.static)]


def find_forecast_roles(table: Table, wanted: ForecastColumns) -> ForecastRoles:
    """Tell from the names and values of a table what each column is.

    Raises:
        InputError: a named column is not there or holds no numbers, or no column does.
    """
    known, targets = listed(wanted.known_columns), listed(wanted.target_columns)
    static = find_static(table, wanted.static_columns)
    _check_named(table, wanted, known, targets)
    ids = _ids(table, wanted.id_column)
    time = _time(table, wanted, ids)
    notes: list[str] = []
    rest = [name for name in table.names if name not in (ids, time, *known, *static)]
    if ids is None and wanted.id_column is None:
        ids = _guess_ids(table, time, rest, notes)
        rest = [name for name in rest if name != ids]
    counters = [] if targets else _counters(table, rest, ids, time)
    rest = [name for name in rest if name not in counters]
    if counters and time is None and wanted.time_column is None:
        time = counters.pop()
        notes.append(f"time {time!r}, which counts the steps; --time_column names another (none: none)")
    if counters:
        notes.append(f"left out: {', '.join(map(repr, counters))} (counts the steps); --target_columns takes it in")
    if not targets:
        rest = _without_fixed(table, rest, ids, notes)
        parts = listed(ids)
        rest = _without_ids(table, _without_parts(table, rest, time, notes), notes)
        targets = [name for name in rest if name not in parts and share_of_numbers(table, name) >= MOST_NUMBERS]
        left = [name for name in rest if name not in (*targets, *parts)]
        if left:
            notes.append(f"left out: {', '.join(map(repr, left))} (no numbers)")
    if not targets:
        raise InputError(
            f"no column holds numbers to forecast; the columns are {', '.join(table.names)}. Name them with "
            "--target_columns."
        )
    clash = next((name for name in targets if name in (ids, time, *known, *static)), None)
    if clash is not None:
        raise InputError(
            f"--target_columns names {clash!r}, which is taken as id, time, known or static; name it once."
        )
    for name in (*targets, *known):
        _check_numbers(table, name)
    others = [name for name in table.names if name not in (ids, time, *targets, *known, *static)]
    return ForecastRoles(ids, time, targets, known, others, notes, static)


def _counters(table: Table, names: list[str], ids: str | None, time: str | None) -> list[str]:
    """List the columns that count rows or steps, however they are called; none where nothing else would be left."""
    named = [name for name in names if share_of_numbers(table, name) >= MOST_NUMBERS]
    rows = [name for name in named if counts_rows(table, name)]
    others = [name for name in named if name not in rows]
    owners = codes_of(table, ids)
    steps = [name for name in others if counts_steps(table, name, owners)]
    if len(steps) < len(others):
        only = [name for name in steps if only_counts(table, name, owners)]
        return [*rows, *(only or (steps[:1] if time is None and not rows else []))]
    return rows if others else []  # the values of a ramp


def _without_parts(table: Table, names: list[str], time: str | None, notes: list[str]) -> list[str]:
    """Leave out years, months, hours, ... that stand beside the time, unless nothing else is left."""
    found = list(parts_of_times(table, names).values()) if time is not None else []
    if not found or not any(share_of_numbers(table, name) >= MOST_NUMBERS for name in names if name not in found):
        return names
    shown = ", ".join(map(repr, found))
    notes.append(f"left out: {shown} (parts of times); --known_columns has models read them")
    return [name for name in names if name not in found]


def _without_ids(table: Table, names: list[str], notes: list[str]) -> list[str]:
    """Leave out whole numbers that are called like ids, unless nothing else is left."""
    found = [name for name in names if looks_like_id(table, name) and are_whole(table.values(name, SAMPLE))]
    numbers = [name for name in names if share_of_numbers(table, name) >= MOST_NUMBERS]
    if not found or not set(numbers) - set(found):
        return names
    shown = ", ".join(map(repr, found))
    notes.append(
        f"left out: {shown} (ids by the name); --id_column takes one for the series, --target_columns takes it in"
    )
    return [name for name in names if name not in found]


def _without_fixed(table: Table, names: list[str], ids: str | None, notes: list[str]) -> list[str]:
    """Leave out numbers that never change inside a series, unless nothing else is left."""
    if ids is None:
        return names
    owners = codes_of(table, ids)
    numbers = [name for name in names if share_of_numbers(table, name) >= MOST_NUMBERS and name not in listed(ids)]
    fixed = [name for name in numbers if owners.max(initial=0) > 0 and is_fixed(table, name, owners)]
    fixed = [name for name in fixed if len(set(map(str, table.values(name)))) > 1]
    if not fixed or len(fixed) == len(numbers):
        return names
    shown = ", ".join(map(repr, fixed))
    notes.append(f"left out: {shown} (one value in each series); --static_columns has models read it")
    return [name for name in names if name not in fixed]


def listed(names: str | None) -> list[str]:
    """Split names at commas."""
    return [name.strip() for name in (names or "").split(",") if name.strip()]


def _check_named(table: Table, wanted: ForecastColumns, known: list[str], targets: list[str]) -> None:
    """Refuse names of columns that are not there."""
    named = [("id_column", name) for name in listed(wanted.id_column)] + [("time_column", wanted.time_column)]
    named += [("known_columns", name) for name in known] + [("target_columns", name) for name in targets]
    for flag, name in named:
        if name not in (None, NONE, *table.names):
            raise InputError(f"--{flag} names {name!r}, which is not there; the columns are {', '.join(table.names)}.")


def _ids(table: Table, given: str | None) -> str | None:
    """Find the column of the names of series; where several columns name one together, make a column of them."""
    names = listed(given)
    if len(names) > 1:
        rows = zip(*map(table.values, names), strict=True)
        table.columns = {**table.columns, ",".join(names): joined_ids(rows)}
        return ",".join(names)
    found = find_ids(table, given)
    if given is None and found is not None and len(table) > 1 and not has_repeats(table, found):
        return None  # it numbers the rows
    return found


def _time(table: Table, wanted: ForecastColumns, ids: str | None) -> str | None:
    if wanted.time_column is not None:
        return None if wanted.time_column == NONE else wanted.time_column
    by_name = {name.lower(): name for name in table.names if name != ids}
    named = find_named_time(table, list(by_name.values()), codes_of(table, ids))
    named = named or next((by_name[name] for name in MORE_TIME_NAMES if name in by_name), None)
    if named is not None:
        return named
    rest = [name for name in table.names if name != ids and share_of_numbers(table, name) < MOST_NUMBERS]
    dated = [name for name in rest if is_dated(table, name)]
    dated = dated or [name for name in table.names if name != ids and holds_compact_dates(table, name)]
    return dated[0] if len(dated) == 1 else None


def _guess_ids(table: Table, time: str | None, rest: list[str], notes: list[str]) -> str | None:
    """Take the only column of names that tells rows of the same time apart for the names of series."""
    if time is None:
        return None
    times = [str(value).strip() for value in table.values(time)]
    if len(set(times)) == len(times):
        return None
    found = []
    for name in rest:
        if share_of_numbers(table, name) >= MOST_NUMBERS:
            continue
        pairs = set(zip(codes_of(table, name).tolist(), times, strict=True))
        if len(pairs) == len(times):
            found.append(name)
    if len(found) != 1:
        return None
    notes.append(f"series {found[0]!r}, the only column that tells rows of the same time apart; --id_column says else")
    return found[0]


def _check_numbers(table: Table, name: str) -> None:
    """Refuse a target or a known column that holds no numbers at all; single mistakes are found when it is read."""
    if share_of_numbers(table, name) == 0 and not are_bits(table.values(name, SAMPLE)):
        seen = next((value for value in table.values(name) if value not in (None, "")), None)
        raise InputError(
            f"{name!r} holds no numbers, such as {seen!r}, and only numbers are forecast; name others with "
            "--target_columns, or write names as numbers (0 and 1) in --known_columns."
        )
