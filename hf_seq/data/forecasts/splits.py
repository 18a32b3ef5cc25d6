# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series to train, validation and test, cut by time: a model is scored on what came after all that it has seen.

    |------------- train -------------|--- validation ---|----- test -----|
                          ... history |-> future                            a row of validation
                                   ... history |-> future                   the next one, a stride on

Train has a row a series. Validation and test have a row a window (rolling origin): the last `context_length` steps
before it, which may lie in the part before, and the `horizon` steps that came.

T steps · C channels · K channels that are known ahead · L context_length · F horizon
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pyarrow as pa
from datasets import Dataset

from hf_seq.data.findings import are, counted
from hf_seq.data.forecasts.columns import ForecastColumns
from hf_seq.data.forecasts.reading import FoundSeries, TimeSeries, read_forecast_series
from hf_seq.data.forecasts.static import Static, written
from hf_seq.data.reading import ReadingOptions
from hf_seq.data.series.grid import Grid
from hf_seq.data.series.reading import SERIES_READERS, arrow_series
from hf_seq.data.series.seasonality import find_season
from hf_seq.data.split_completion import WHOLE
from hf_seq.data.splits import Splits
from hf_seq.errors import InputError

FORECASTING = "forecasting"
TEST_SHARE = 0.2
MOST_WINDOWS = {"validation": 1_000, "test": 3_000}
LONGEST_CONTEXT = 512
FEWEST_PATCHES, MOST_PATCHES = 6, 40
PARTS = ("train", "validation", "test")
Array = np.ndarray


@dataclass(frozen=True)
class ForecastOptions:
    """What is forecast from what.

    Attributes:
        horizon: F.
        context_length: L; None takes several horizons and seasons, as far as train is long enough.
        patch_length: steps that an encoder reads as one; None takes a season, or a part of L.
        season: steps of a season; None takes what is usual for such steps.
        time_cut: where train, validation and test end, as rows (`8640,2880,2880`) or shares (`0.7,0.1,0.2`).
        stride: steps between two windows of validation and test; None takes 1, or more where there are many.
    """

    horizon: int = 24
    context_length: int | None = None
    patch_length: int | None = None
    season: int | None = None
    time_cut: str | None = None
    stride: int | None = None


@dataclass
class ForecastSplits(Splits):
    """Splits of series by time.

    Attributes:
        horizon: F.
        context_length: L.
        patch_length: steps that an encoder reads as one.
        season: steps of a season; 1 where there is none.
        grid: the steps of time.
        known: names of what is known ahead, what never changes among them.
        static: the columns that never change inside a series.
    """

    horizon: int = 1
    context_length: int = 1
    patch_length: int = 1
    season: int = 1
    grid: Grid = field(default_factory=Grid)
    known: list[str] = field(default_factory=list)
    static: Static = field(default_factory=dict)


def load_forecast_splits(
    reading: ReadingOptions, columns: ForecastColumns | None = None, options: ForecastOptions | None = None
) -> ForecastSplits:
    """Read series, and cut them by time.

    Args:
        reading: which data; `whole` gives every window to each split, for scoring a model on other data.
        columns: what the user says of the columns.
        options: what is forecast from what.

    Raises:
        InputError: cannot be read; times that repeat or go back; too few steps for the horizon.
    """
    columns, options = columns or ForecastColumns(), options or ForecastOptions()
    raw = reading.read(SERIES_READERS)
    tables, description, notes = raw.tables, raw.description, list(raw.notes)
    found = read_forecast_series(tables, columns, description)
    notes += found.notes
    joined = _joined(found, description)
    season = options.season or _season(found, notes)
    bounds = _bounds(joined, options, reading, notes)
    if not bounds:
        _refuse_short(joined, options)
    kept = [(series, bounds[row]) for row, (series, _) in enumerate(joined) if row in bounds]
    if len(kept) < len(joined):
        short = len(joined) - len(kept)
        notes.append(f"{short:,} of {len(joined):,} series {are(short)} too short for a horizon, and left out")
    context = _context(options, season, [ends[0] for _, ends in kept], notes)
    patch = min(context, options.patch_length or _patch(context, season))
    if reading.max_train_rows is not None:
        kept = [(_shortened(each, ends, reading.max_train_rows), ends) for each, ends in kept]
    parts = {"train": _train_rows(kept)}
    strides = {}
    for part in PARTS[1:]:
        parts[part], strides[part] = _window_rows(kept, part, context, options, whole=reading.whole)
        notes.append(
            f"{part}: {counted(len(parts[part]), 'window')}, {counted(strides[part], 'step')} apart (--stride)"
        )
    roles = found.roles
    return ForecastSplits(
        train=parts["train"],
        validation=parts["validation"],
        test=parts["test"],
        label_names=[],
        problem_type=FORECASTING,
        source=description,
        fingerprint=_fingerprint(joined, bounds, options.horizon),
        test_split=WHOLE if reading.whole else "test" if "test" in tables else "test (cut by time)",
        notes=notes,
        columns={
            "time_column": roles.time,
            "id_column": roles.ids,
            "target_columns": roles.targets,
            "known_columns": roles.known,
            "static_columns": written(roles.static) or None,
            "other_columns": roles.others,
        },
        channels=list(roles.targets),
        horizon=options.horizon,
        context_length=context,
        patch_length=patch,
        season=season,
        grid=found.grid,
        known=roles.beside,
        static=roles.static,
    )


def _season(found: FoundSeries, notes: list[str]) -> int:
    """Take the season that is usual for such steps; where none is, that of the first series with one."""
    if found.grid.unit in ("seconds", "months", "business days") or not found.series["train"]:
        return found.grid.season
    values = max(found.series["train"], key=lambda series: len(series.values)).values
    seasons = [season for channel in values.T if (season := find_season(channel)[0]) > 1]
    if not seasons:
        return 1
    notes.append(f"a season of {seasons[0]} steps, by the autocorrelation; --season says otherwise")
    return seasons[0]


def _joined(found: FoundSeries, description: str) -> list[tuple[TimeSeries, dict[str, int]]]:
    """Join the parts of each series that stand in files of their own; with the steps that each part has."""
    if list(found.series) == ["train"]:
        return [(series, {}) for series in found.series["train"]]
    by_name: dict[str, list[tuple[str, TimeSeries]]] = {}
    for part in PARTS:
        for series in found.series.get(part, []):
            by_name.setdefault(series.name, []).append((part, series))
    joined = []
    for name, pieces in by_name.items():
        for (_, one), (part, other) in pairwise(pieces):
            if found.grid.unit != "steps" and other.start <= one.start:
                raise InputError(
                    f"{description}: {part} of series {name!r} begins before the part that comes before it; splits of "
                    "a forecast follow each other in time."
                )
        whole = TimeSeries(
            name,
            np.concatenate([series.values for _, series in pieces]),
            np.concatenate([series.known[: len(series.values)] for _, series in pieces]),
            pieces[0][1].start,
        )
        joined.append((whole, {part: len(series.values) for part, series in pieces}))
    return joined


def _bounds(
    joined: Sequence[tuple[TimeSeries, dict[str, int]]],
    options: ForecastOptions,
    reading: ReadingOptions,
    notes: list[str],
) -> dict[int, tuple[int, int, int]]:
    """Say where train, validation and test of each series end; series that are too short have no entry."""
    if reading.train_on_validation:
        raise InputError(
            "train_on_validation cuts a new validation from rows at random, which series by time cannot have; move the "
            "end of train with --time_cut."
        )
    found = {}
    for row, (series, lengths) in enumerate(joined):
        steps, horizon = len(series.values), options.horizon
        if reading.whole:
            if steps > horizon:
                found[row] = (steps, steps, steps)
            continue
        ends = _ends(steps, options, reading.validation_fraction, lengths)
        train, validation, test = ends
        if train > horizon and validation - train >= horizon and test - validation >= horizon:
            found[row] = ends
    if found and not reading.whole:
        train, validation, test = found[next(iter(found))]
        first = f" of the first series, {joined[next(iter(found))][0].name!r}" if len(joined) > 1 else ""
        notes.append(
            f"cut by time{first}: steps 1 to {train:,} train, to {validation:,} validation, to {test:,} test "
            f"(--time_cut {train},{validation - train},{test - validation})"
        )
    return found


def _ends(steps: int, options: ForecastOptions, fraction: float, lengths: dict[str, int]) -> tuple[int, int, int]:
    """Say where the parts of a series end."""
    horizon = options.horizon
    if lengths:
        test = lengths.get("test", 0) or lengths.get("validation", 0)
        train = lengths.get("train", 0)
        validation = lengths.get("validation", 0) if "test" in lengths else 0
        validation = validation or max(horizon, round(fraction * train))
        train = train if "validation" in lengths and "test" in lengths else train - validation
        return train, train + validation, train + validation + test
    if options.time_cut is None:
        test, validation = (max(horizon, round(share * steps)) for share in (TEST_SHARE, fraction))
        return steps - test - validation, steps - test, steps
    parts = _cut_parts(options.time_cut)
    if all(part < 1 for part in parts):
        ends = np.round(np.cumsum(parts) * steps).astype(int).tolist()
        return ends[0], ends[1], min(ends[2], steps)
    ends = np.cumsum(parts).astype(int).tolist()
    return (ends[0], ends[1], ends[2]) if ends[2] <= steps else (0, 0, 0)


def _cut_parts(written: str) -> list[float]:
    """Read `--time_cut`.

    Raises:
        InputError: it is no three numbers of rows or shares.
    """
    try:
        parts = [float(each) for each in written.split(",")]
    except ValueError:
        parts = []
    whole = all(part >= 1 and part.is_integer() for part in parts)
    shares = all(0 < part < 1 for part in parts) and sum(parts) <= 1 + 1e-9
    if len(parts) != 3 or not (whole or shares):
        raise InputError(
            f"--time_cut {written!r} must be three numbers for train, validation and test: rows, such as "
            "8640,2880,2880, or shares, such as 0.7,0.1,0.2."
        )
    return parts


def _refuse_short(joined: Sequence[tuple[TimeSeries, dict[str, int]]], options: ForecastOptions) -> None:
    longest = max((len(series.values) for series, _ in joined), default=0)
    if options.time_cut is not None and all(part >= 1 for part in _cut_parts(options.time_cut)):
        need = int(sum(_cut_parts(options.time_cut)))
        if longest < need:
            raise InputError(
                f"--time_cut {options.time_cut} wants {need:,} steps, and the longest series has {longest:,}; make it "
                "smaller."
            )
    raise InputError(
        f"--horizon {options.horizon} is too long: the longest series has {longest:,} steps, and train, validation and "
        f"test each need {options.horizon} or more, {3 * options.horizon + 1} in all; choose a shorter horizon, or "
        "give more history."
    )


def _context(options: ForecastOptions, season: int, ends: Sequence[int], notes: list[str]) -> int:
    """Choose how many steps of the past are read."""
    longest = max(ends)
    room = max(1, longest - options.horizon)
    if options.context_length is not None:
        if options.context_length > room:
            raise InputError(
                f"--context_length {options.context_length} leaves no window: train has {longest:,} steps, and a "
                f"window takes that and the {options.horizon} of the horizon; use {room} or less."
            )
        return options.context_length
    wanted = min(max(4 * options.horizon, 14 * season, 16), max(LONGEST_CONTEXT, 2 * season))
    typical = int(np.median(ends))
    chosen = max(1, min(wanted, max(room // 2, 1), max((typical - options.horizon) // 2, min(season, room // 2), 1)))
    notes.append(f"{chosen} steps of the past are read (--context_length)")
    return chosen


def _patch(context: int, season: int) -> int:
    if season > 1 and FEWEST_PATCHES <= context / season <= MOST_PATCHES:
        return season
    return max(1, round(context / 20))


def _shortened(series: TimeSeries, ends: tuple[int, int, int], rows: int) -> TimeSeries:
    """Make all but the last rows of train missing; the numbers of all steps stay."""
    values = series.values.copy()
    values[: max(0, ends[0] - rows)] = np.nan
    return TimeSeries(series.name, values, series.known, series.start)


def _train_rows(kept: Sequence[tuple[TimeSeries, tuple[int, int, int]]]) -> Dataset:
    """Make a row a series, of its train steps."""
    columns = {
        "series": nested([series.values[: ends[0]] for series, ends in kept]),
        "id": pa.array([series.name for series, _ in kept]),
        "row": pa.array(range(1, len(kept) + 1)),
    }
    if kept and kept[0][0].known.shape[1]:
        columns["known"] = nested([series.known[: ends[0]] for series, ends in kept])
    return Dataset(pa.table(columns))


def _window_rows(
    kept: Sequence[tuple[TimeSeries, tuple[int, int, int]]],
    part: str,
    context: int,
    options: ForecastOptions,
    *,
    whole: bool,
) -> tuple[Dataset, int]:
    """Make a row a window; with the steps between two of them."""
    horizon = options.horizon
    ranges = []
    for series, (train, validation, test) in kept:
        begin, end = (train, validation) if part == "validation" else (validation, test)
        if whole:
            begin, end = min(context, max(1, (test - horizon) // 2)), test
        ranges.append(range(begin, end - horizon + 1) if len(series.values) >= end else range(0))
    count = sum(map(len, ranges))
    stride = options.stride or max(1, -(-count // MOST_WINDOWS[part]))
    places = [(series, at) for (series, _), each in zip(kept, ranges, strict=True) for at in each[::stride]]
    places = [(series, at) for series, at in places if not np.isnan(series.values[at : at + horizon]).all()]
    places = [(series, at) for series, at in places if not np.isnan(series.values[max(0, at - context) : at]).all()]
    columns = {
        "series": nested([series.values[max(0, at - context) : at] for series, at in places]),
        "future": nested([series.values[at : at + horizon] for series, at in places]),
        "id": pa.array([series.name for series, _ in places], pa.string()),
        "origin": pa.array([at for _, at in places], pa.int64()),
        "row": pa.array(range(1, len(places) + 1), pa.int64()),
    }
    if kept and kept[0][0].known.shape[1]:
        columns["known"] = nested([series.known[max(0, at - context) : at + horizon] for series, at in places])
    return Dataset(pa.table(columns)), stride


def nested(arrays: Sequence[Array]) -> pa.ListArray:
    """Make a nested column of N arrays (T, C) without a detour over Python lists."""
    width = arrays[0].shape[1] if arrays else 1
    flat = np.concatenate([each.reshape(-1) for each in arrays]) if arrays else np.zeros(0)
    steps = np.arange(0, flat.size + 1, width, dtype=np.int64)
    inner = pa.LargeListArray.from_arrays(pa.array(steps), pa.array(flat, pa.float64(), from_pandas=False))
    ends = np.concatenate([[0], np.cumsum([len(each) for each in arrays])]).astype(np.int64)
    return pa.LargeListArray.from_arrays(pa.array(ends), inner)


def arrays_of(rows: Dataset, name: str) -> list[Array]:
    """Read a nested column back as N arrays (T, C)."""
    column = rows.with_format("arrow")[name]
    return arrow_series(column[:] if not isinstance(column, pa.ChunkedArray) else column)


def _fingerprint(
    joined: Sequence[tuple[TimeSeries, dict[str, int]]], bounds: dict[int, tuple[int, int, int]], horizon: int
) -> str:
    digest = hashlib.sha256(f"{horizon} {sorted(bounds.items())}".encode())
    for series, _ in joined:
        digest.update(f"{series.name} {series.values.shape}".encode())
        digest.update(np.ascontiguousarray(series.values).tobytes())
        digest.update(np.ascontiguousarray(series.known).tobytes())
    return digest.hexdigest()
