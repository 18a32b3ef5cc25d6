# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From a file of pasts to a table of forecasts, a row a future step.

T steps of the past · C channels · K channels known ahead · F horizon
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from hf_seq.data.forecasts.columns import ForecastColumns, ForecastRoles, find_forecast_roles
from hf_seq.data.forecasts.layouts import laid_out
from hf_seq.data.forecasts.reading import FoundSeries, TimeSeries, read_forecast_series, time_after
from hf_seq.data.forecasts.static import Static, static_names
from hf_seq.data.readers.tables import Table
from hf_seq.data.reading import ReadingOptions
from hf_seq.data.series.grid import Grid
from hf_seq.data.series.number_columns import share_of_numbers
from hf_seq.data.series.reading import SERIES_READERS
from hf_seq.errors import InputError

if TYPE_CHECKING:  # an export, which has what is asked of a predictor here, is read for without torch
    import torch

    from hf_seq.predictors.forecasting import ForecastPredictor

Array = np.ndarray


@dataclass(frozen=True)
class Histories:
    """Pasts that are to be forecast.

    Attributes:
        series: a past each, with its name and the time of its first step.
        found: how they were read.
    """

    series: list[TimeSeries]
    found: FoundSeries

    @property
    def notes(self) -> list[str]:
        """What was decided, in words."""
        return self.found.notes


def read_histories(
    predictor: "ForecastPredictor",
    reading: ReadingOptions,
    columns: ForecastColumns,
    future: ReadingOptions | None = None,
) -> Histories:
    """Read the pasts of series as those of training.

    Args:
        predictor: knows its channels and columns.
        reading: which data.
        columns: what the user says of them.
        future: more rows, of what is known ahead.

    Raises:
        InputError: it cannot be read, or has not the channels of the model.
    """
    table, description = _whole_table(reading)
    if future is not None:
        table = _longer(table, _whole_table(future)[0])
    columns, table, layout = _laid_out(predictor, columns, table)
    roles = _roles(predictor, table, columns, description)
    found = read_forecast_series({"train": table}, columns, description, roles)
    found.notes[1:1] = layout
    before = Grid(predictor.facts["step"], predictor.facts["unit"])
    if found.grid != before and "steps" not in (found.grid.unit, before.unit):
        found.notes.append(
            f"the model was trained on steps of {before.in_words}, and here they are {found.grid.in_words}"
        )
    series = found.series["train"]
    empty = next((each for each in series if not len(each.values)), None)
    if empty is not None or not series:
        name = f" of series {empty.name!r}" if empty is not None and empty.name else ""
        raise InputError(f"{description}: no row{name} holds a value of {', '.join(roles.targets)}; nothing to go by.")
    return Histories(series, found)


def _laid_out(
    predictor: "ForecastPredictor", columns: ForecastColumns, table: Table
) -> tuple[ForecastColumns, Table, list[str]]:
    """Bring a table to a row a time, as in training; with what was done."""
    time, channels = predictor.facts["time_column"], set(map(str, predictor.channel_names))
    wanted, notes, tables = columns, list[str](), {"train": table}
    if time is not None and columns.time_column is None and set(time.split(",")) <= set(table.names):
        wanted = replace(wanted, time_column=time)
    if channels <= set(table.names):  # so they are columns, and a row is no series
        wanted = replace(wanted, target_columns=columns.target_columns or ",".join(channels))
        found = laid_out(tables, wanted, notes)
        return replace(found, target_columns=columns.target_columns), tables["train"], notes
    return laid_out(tables, wanted, notes), tables["train"], notes


def _whole_table(reading: ReadingOptions) -> tuple[Table, str]:
    """Read all splits of a source as one table."""
    raw = reading.read(SERIES_READERS)
    tables = [table for _, table in raw.ordered]
    whole = tables[0]
    for table in tables[1:]:
        whole = _longer(whole, table)
    return whole, raw.description


def _longer(table: Table, more: Table) -> Table:
    """Put rows below a table; what they do not have is missing."""
    columns = {
        name: [*table.values(name), *(more.values(name) if name in more.names else [None] * len(more))]
        for name in table.names
    }
    return replace(table, columns=columns)


def _roles(predictor: "ForecastPredictor", table: Table, columns: ForecastColumns, description: str) -> ForecastRoles:
    """Find the columns of the model in a table.

    Raises:
        InputError: one is not there, or one is that the model knows nothing of.
    """
    facts, channels = predictor.facts, [str(name) for name in predictor.channel_names]
    targets = columns.target_columns
    names = [name.strip() for name in targets.split(",")] if targets else channels
    if len(names) != len(channels):
        raise InputError(f"--target_columns names {len(names)} columns, but the model forecasts {', '.join(channels)}.")
    static: Static = facts.get("static_columns") or {}
    known = [name for name in facts["known_names"] if name not in static_names(static)]
    absent = [name for name in (*names, *known, *static) if name not in table.names]
    if absent:
        raise InputError(
            f"{description} has no column {absent[0]!r}, which the model was trained on; its columns are "
            f"{', '.join(table.names)}. --target_columns names those that stand for {', '.join(channels)}."
        )
    trained = {flag: facts[flag] for flag in ("id_column", "time_column")}
    given: dict[str, Any] = {
        flag: getattr(columns, flag) or (name if name is None or set(name.split(",")) <= set(table.names) else None)
        for flag, name in trained.items()
    }
    wanted = replace(columns, target_columns=None, known_columns=None, **given)
    found = find_forecast_roles(table, wanted)
    extra = [name for name in found.targets if name not in (*names, *known, *static, *facts["other_columns"])]
    extra = [name for name in extra if share_of_numbers(table, name) == 1]
    if extra and not targets:
        raise InputError(
            f"{description} has a channel {extra[0]!r} that the model was not trained on; it forecasts "
            f"{', '.join(channels)}. Leave the column out, or say --target_columns {','.join(names)}."
        )
    ids = found.ids if facts["id_column"] is not None or columns.id_column is not None else None
    return ForecastRoles(ids, found.time, names, known, static=static)


def forecast_rows(
    predictor: "ForecastPredictor", histories: Histories, horizon: int | None = None
) -> Iterator[dict[str, Any]]:
    """Forecast every series: a row a step, with the id, the time, and each channel with its quantiles.

    Args:
        predictor: the model.
        histories: what it reads.
        horizon: steps; None is the model's. More than these are made by reading forecasts as if they had come.

    Raises:
        InputError: what is known ahead does not reach as far as the forecast.
    """
    steps = horizon or predictor.horizon
    points, bands = rolled(predictor, histories.series, steps)
    roles, grid = histories.found.roles, histories.found.grid
    for row, series in enumerate(histories.series):
        times = time_after(series, grid, steps)
        for step in range(steps):
            answer: dict[str, Any] = {} if roles.ids is None else {roles.ids: series.name}
            answer["step" if roles.time is None else roles.time] = times[step]
            for channel, name in enumerate(roles.targets):
                answer[name] = _plain(points[row, step, channel])
                for number, level in enumerate(predictor.levels if bands is not None else []):
                    answer[f"{name}_q{level:g}"] = _plain(bands[row, step, channel, number])  # type: ignore[index]
            yield answer


def sample_rows(
    predictor: "ForecastPredictor", histories: Histories, horizon: int | None, samples: int, seed: int
) -> Iterator[dict[str, Any]]:
    """Draw futures of every series: a row a sample and step, with the id, the time and the number of the sample.

    Args:
        predictor: the model.
        histories: what it reads.
        horizon: steps; None is the model's. After as many as the model forecasts at once, it reads what was drawn.
        samples: how many futures.
        seed: of what is drawn.

    Raises:
        InputError: as for `forecast_rows`, or the model knows no distribution.
    """
    import torch

    steps = horizon or predictor.horizon
    paths = drawn_paths(predictor, histories.series, steps, samples, torch.Generator().manual_seed(seed))
    roles, grid = histories.found.roles, histories.found.grid
    for row, series in enumerate(histories.series):
        times = time_after(series, grid, steps)
        for sample in range(samples):
            for step in range(steps):
                answer: dict[str, Any] = {} if roles.ids is None else {roles.ids: series.name}
                answer |= {"step" if roles.time is None else roles.time: times[step], "sample": sample}
                yield answer | {
                    name: _plain(paths[row, sample, step, channel]) for channel, name in enumerate(roles.targets)
                }


def drawn_paths(
    predictor: "ForecastPredictor", series: Sequence[TimeSeries], steps: int, samples: int, generator: "torch.Generator"
) -> Array:
    """Draw futures, each of which goes on from what it has drawn: (N, samples, steps, C)."""
    given = [_given(predictor, each.values, each) for each in series]
    paths = predictor.sample(given, samples, generator)
    while paths.shape[2] < steps:
        longer = [
            _given(predictor, np.concatenate([each.values, path]), each)
            for each, drawn in zip(series, paths, strict=True)
            for path in drawn
        ]
        more = predictor.sample(longer, 1, generator)  # (N x samples, 1, F, C)
        paths = np.concatenate([paths, more.reshape(*paths.shape[:2], *more.shape[2:])], axis=2)
    return paths[:, :, :steps]


def rolled(predictor: "ForecastPredictor", series: Sequence[TimeSeries], steps: int) -> tuple[Array, Array | None]:
    """Forecast as many steps as are asked for: (N, steps, C), and quantiles (N, steps, C, Q)."""
    pasts = [each.values for each in series]
    points: list[Array] = []
    bands: list[Array] = []
    while sum(part.shape[1] for part in points) < steps:
        given = [_given(predictor, past, each) for past, each in zip(pasts, series, strict=True)]
        found, around = predictor.forecast(given)
        points.append(found)
        bands += [] if around is None else [around]
        pasts = [np.concatenate([past, more]) for past, more in zip(pasts, found, strict=True)]
    joined = np.concatenate(points, axis=1)[:, :steps]
    return joined, np.concatenate(bands, axis=1)[:, :steps] if bands else None


def _given(predictor: "ForecastPredictor", past: Array, series: TimeSeries) -> Mapping[str, Any]:
    names, horizon = predictor.facts["known_names"], predictor.horizon
    if not names:
        return {"series": past}
    wanted = len(past) + horizon
    if len(names) == len(static_names(predictor.facts.get("static_columns") or {})):  # it goes on as it was
        return {"series": past, "known": np.repeat(series.known[:1], wanted, axis=0)}
    if len(series.known) < wanted:
        name = f" of series {series.name!r}" if series.name else ""
        raise InputError(
            f"{', '.join(names)}{name} must be known of the {horizon} steps after the past, and "
            f"{max(0, len(series.known) - len(past))} are; add rows with these columns and an empty target, or give "
            "them as --future FILE."
        )
    return {"series": past, "known": series.known[:wanted]}


def _plain(value: float) -> float:
    return float(f"{value:.8g}")
