# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The series of a table, on even steps of time; a step that is not there is missing, not left out.

T steps · C channels that are forecast · K channels that are known ahead
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hf_seq.data.findings import counted
from hf_seq.data.forecasts.columns import ForecastColumns, ForecastRoles, find_forecast_roles
from hf_seq.data.forecasts.layouts import laid_out
from hf_seq.data.forecasts.static import static_values
from hf_seq.data.groups import joined_ids
from hf_seq.data.readers.tables import Table
from hf_seq.data.series.grid import Grid, find_grid, first_days, written
from hf_seq.data.series.long_tables import codes_of, names_of_series
from hf_seq.data.series.number_columns import numbers
from hf_seq.data.series.times import past_midnight, read_times
from hf_seq.errors import InputError

Array = np.ndarray
REMEDY = "Name what is forecast with --target_columns, or correct the value"


@dataclass(frozen=True)
class TimeSeries:
    """One series.

    Attributes:
        name: its id; "" where there is one only.
        values: (T, C), NaN where a value is missing.
        known: (T + F, K), NaN likewise; F rows more where the table goes on without targets. What never changes
            inside a series is in its last columns.
        start: the time of the first step, in seconds or in the unit of plain numbers.
    """

    name: str
    values: Array
    known: Array
    start: float = 0.0


@dataclass
class FoundSeries:
    """The series of all splits of a source.

    Attributes:
        series: by split.
        roles: of the columns.
        grid: the steps of time.
        notes: what was decided, in words.
    """

    series: dict[str, list[TimeSeries]]
    roles: ForecastRoles
    grid: Grid
    notes: list[str] = field(default_factory=list)


def read_forecast_series(
    tables: Mapping[str, Table], wanted: ForecastColumns, description: str, roles: ForecastRoles | None = None
) -> FoundSeries:
    """Read the series of each split.

    Args:
        tables: by split, `train` among them unless `roles` are given.
        wanted: what the user says of the columns.
        description: of the source, for messages.
        roles: of the columns, where a model says them.

    Raises:
        InputError: columns that are not there, values that are no numbers, times that repeat or go back.
    """
    tables, layout = dict(tables), list[str]()
    if roles is None:
        wanted = laid_out(tables, wanted, layout)
        roles = find_forecast_roles(tables["train"], wanted)
    notes = [_in_words(roles), *layout, *roles.notes]
    for split, table in tables.items():
        lacking = [name for name in (roles.ids, roles.time, *roles.targets, *roles.known, *roles.static)]
        absent = next((n for n in lacking if n is not None and n not in table.names and "," not in n), None)
        if absent is not None:
            raise InputError(
                f"{description} ({split}) has no column {absent!r}; the columns are {', '.join(table.names)}."
            )
    rows = {split: _Rows(table, roles, f"{description} ({split})", notes) for split, table in tables.items()}
    how = _read_times(rows, roles, wanted, notes)
    ordered = {split: each.in_order(sort=wanted.sort_times) for split, each in rows.items()}
    grid = Grid() if how is None else find_grid([seconds for each in ordered.values() for _, seconds in each], how)
    if grid is None:
        notes.append(
            f"the times in {roles.time!r} are not evenly apart, and the steps are read as if they were; bring them to "
            "even steps for better forecasts"
        )
        grid, how = Grid(), None
    elif how is not None:
        notes.append(f"a step is {_article(grid)}")
    found = {split: each.series(ordered[split], grid if how else None, notes, split) for split, each in rows.items()}
    return FoundSeries(found, roles, grid, notes)


class _Rows:
    """The rows of one table: numbers, times and the series they belong to."""

    def __init__(self, table: Table, roles: ForecastRoles, where: str, notes: list[str]) -> None:
        self.where, self.roles = where, roles
        if roles.ids is not None and roles.ids not in table.names:
            parts = zip(*map(table.values, roles.ids.split(",")), strict=True)
            table.columns = {**table.columns, roles.ids: joined_ids(parts)}
        self.codes = codes_of(table, roles.ids)
        self.names = names_of_series(table, roles.ids, where)
        self.times = table.values(roles.time) if roles.time is not None else []
        self.values = self._columns(table, roles.targets)
        self.known = self._columns(table, roles.known)
        self.static = static_values(table, roles.static, self.codes, self.names, where, notes)
        self.seconds: Array | None = None
        self.clock = False

    def _columns(self, table: Table, names: Sequence[str]) -> Array:
        read = [numbers(table, name, self.where, REMEDY) for name in names]
        values = np.column_stack(read) if read else np.zeros((len(table), 0))
        if np.isinf(values).any():
            row, column = np.argwhere(np.isinf(values))[0].tolist()
            raise InputError(
                f"{self.where}: column {names[column]!r} is infinite in row {row + 1}; write a number, or nothing "
                "where none is known."
            )
        return values

    def in_order(self, *, sort: bool) -> list[tuple[Array, Array]]:
        """List the rows of each series, and their times, which rise.

        Raises:
            InputError: times repeat, or go back and are not to be sorted.
        """
        order = np.argsort(self.codes, kind="stable")
        places = np.split(order, np.cumsum(np.bincount(self.codes))[:-1]) if len(order) else []
        found = []
        for rows in places:
            if self.seconds is None:
                found.append((rows, np.arange(len(rows), dtype=np.float64)))
                continue
            seconds = past_midnight(self.seconds[rows]) if self.clock else self.seconds[rows]
            by_time = np.argsort(seconds, kind="stable") if sort else np.arange(len(rows))
            self._check_order(rows[by_time], np.diff(seconds[by_time]))
            found.append((rows[by_time], seconds[by_time]))
        return found

    def _check_order(self, rows: Array, gaps: Array) -> None:
        bad = np.flatnonzero(gaps <= 0)
        if not len(bad):
            return
        first = next((place for place in bad if gaps[place] < 0), bad[0])
        one, other = int(rows[first]), int(rows[first + 1])
        name = f" of series {self.names[one]!r}" if self.roles.ids else ""
        seen = f"{self.times[other]!r} in row {other + 1}"
        if gaps[first] < 0:
            several = "if the rows are of several series, name their column with --id_column; else "
            raise InputError(
                f"{self.where}: the times in {self.roles.time!r}{name} go back, {seen} after {self.times[one]!r}; "
                f"{'' if self.roles.ids else several}sort the rows by time, or say --sort_times."
            )
        remedy = "remove one of the rows" if self.roles.ids else "name the column of the series with --id_column"
        more = ", remove rows, or name a finer time" if not self.roles.ids else ", or name what else tells series apart"
        raise InputError(
            f"{self.where}: {counted(len(bad), 'repeated time')} in {self.roles.time!r}{name}, the first {seen}; "
            f"{remedy}{more} (--id_column takes several columns, with commas)."
        )

    def series(
        self, ordered: Sequence[tuple[Array, Array]], grid: Grid | None, notes: list[str], split: str
    ) -> list[TimeSeries]:
        """Put the rows of each series on the grid; trailing rows without any target are the future."""
        found, gaps, off = [], 0, 0
        for rows, seconds in ordered:
            values, known = self.values[rows], self.known[rows]
            if grid is not None:
                exact = grid.places(seconds)
                places = np.round(exact).astype(np.int64)
                once = np.concatenate([np.diff(places) > 0, [True]])  # of two times in one step the later one stays
                off += int((~once).sum())
                gaps += int(places[-1] + 1 - once.sum())
                values, known = (_spread(each[once], places[once]) for each in (values, known))
            seen = np.flatnonzero(~np.isnan(values).all(axis=1))
            end = int(seen[-1]) + 1 if len(seen) else 0
            static = self.static[self.codes[rows[0]]]
            known = np.concatenate([known, np.broadcast_to(static, (len(known), len(static)))], axis=1)
            found.append(TimeSeries(self.names[int(rows[0])], values[:end], known, float(seconds[0])))
        if gaps:
            notes.append(f"{split}: {counted(gaps, 'step')} not there, counted as missing values")
        if off:
            notes.append(f"{split}: {counted(off, 'row')} left out, in the step of the row after")
        return found


def _spread(values: Array, places: Array) -> Array:
    spread = np.full((int(places[-1]) + 1, values.shape[1]), np.nan)
    spread[places] = values
    return spread


def _read_times(
    rows: Mapping[str, _Rows], roles: ForecastRoles, wanted: ForecastColumns, notes: list[str]
) -> str | None:
    """Read the times of all splits, which are written in one way; gives that way, None where they cannot be read."""
    if roles.time is None:
        notes.append("no column of times, so the rows are steps in their order; --time_column names one")
        return None
    values: list[Any] = [value for each in rows.values() for value in each.times]
    owners = [(split, code) for split, each in rows.items() for code in each.codes.tolist()]
    times = read_times(values, roles.time, wanted.time_format, owners, notes, exactly=True)
    if times is None:
        return None
    times = first_days(times)
    ends = np.cumsum([len(each.times) for each in rows.values()])[:-1]
    for each, seconds in zip(rows.values(), np.split(times.seconds, ends), strict=True):
        each.seconds, each.clock = seconds, times.clock
    return times.how


def _article(grid: Grid) -> str:
    words = grid.in_words
    if words[0].isdigit() or (" " in words and words[0].isdigit()):
        return words
    return f"{'an' if words.startswith('hour') else 'a'} {words}"


def _in_words(roles: ForecastRoles) -> str:
    parts = [f"forecast: {', '.join(map(repr, roles.targets[:8]))}{', ...' if len(roles.targets) > 8 else ''}"]
    parts += [f"known ahead: {', '.join(map(repr, roles.known))}"] if roles.known else []
    parts += [f"static: {', '.join(map(repr, roles.static))}"] if roles.static else []
    parts.append("no time" if roles.time is None else f"time {roles.time!r}")
    parts += [] if roles.ids is None else [f"series {roles.ids!r}"]
    return f"{'; '.join(parts)} (--target_columns, --known_columns, --time_column, --id_column say otherwise)"


def time_after(series: TimeSeries, grid: Grid, count: int) -> list[str]:
    """Write the times of the `count` steps after the end of a series."""
    last = series.start + (len(series.values) - 1) * grid.step
    if grid.unit in ("months", "business days"):
        last = float(grid.later(series.start, np.array([len(series.values) - 1]))[0])
    return grid.after(last, count)


__all__ = ["FoundSeries", "TimeSeries", "read_forecast_series", "time_after", "written"]
