# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The series of a source, labelled or not: its files read, its tables arranged, gaps and windows as wanted.

T steps · C channels
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from hf_seq.data.findings import Finding
from hf_seq.data.inputs import Inputs, Source
from hf_seq.data.readers.arff_files import read_arff
from hf_seq.data.readers.array_files import read_npy, read_npz, split_arrays, table_of_arrays
from hf_seq.data.readers.files import READERS, Readers, read_file
from hf_seq.data.readers.number_files import read_number_table
from hf_seq.data.readers.packed import stem_of, suffix_of
from hf_seq.data.readers.recording_folders import FILE, SERIES_FOLDERS
from hf_seq.data.readers.split_files import canonical_split
from hf_seq.data.readers.tables import RawData, Table
from hf_seq.data.readers.ts_files import read_ts
from hf_seq.data.reading import ReadingOptions
from hf_seq.data.series.columns import find_series
from hf_seq.data.series.gaps import with_time_gaps
from hf_seq.data.series.layouts import arranged, join_labels
from hf_seq.data.series.long_tables import TIMES
from hf_seq.data.series.options import SeriesOptions
from hf_seq.data.series.recordings import cut_windows
from hf_seq.data.series.wide_tables import without_header
from hf_seq.errors import InputError
from hf_seq.models.series import TIME_GAP, read_series

SERIES_READERS: Readers = {
    **READERS,
    ".ts": read_ts,
    ".arff": read_arff,
    ".csv": read_number_table,
    ".tsv": read_number_table,
    ".txt": read_number_table,
    ".npz": read_npz,
    ".npy": read_npy,
}
ARCHIVE_ORDER = (".ts", ".arff", *(suffix for suffix in SERIES_READERS if suffix not in (".ts", ".arff")))
MORE_CHANNELS = 2  # times as many as steps, from which on axes may be exchanged
Array = np.ndarray


@dataclass
class ReadSeries:
    """The series of a source, and what stands beside them.

    Attributes:
        raw: a row a series.
        series: (T, C) each, by split; no steps where a row is none.
        column: what the column of the series is called.
        label: the column of the label or the tags, where the layout says it.
        group: the column of the groups, where there are some.
        group_name: what that column is called in the source.
        channels: names of the channels, where there are some.
        notes: what was decided, in words.
        problems: rows that hold no series, by split.
        columns: the columns of the source that a layout took, by flag.
    """

    raw: RawData
    series: dict[str, list[Array]]
    column: str
    label: str | None
    group: str | None
    group_name: str | None
    channels: list[str]
    notes: list[str]
    problems: dict[str, list[Finding]]
    columns: dict[str, Any]


def read_all(
    reading: ReadingOptions,
    options: SeriesOptions,
    series_column: str | None = None,
    *,
    per_step: bool = False,
    given: Table | None = None,
) -> ReadSeries:
    """Read the series of all splits, labelled or not, with their gaps and in windows where these are wanted.

    Rows that are at hand (`given`) take the place of those that would be read.

    Raises:
        InputError: the source cannot be read.
    """
    raw = _read(reading) if given is None else RawData({"train": given}, str(reading.source))
    asked = {flag: getattr(options, flag) for flag in ("label_column", "id_column", "time_column")}
    join_labels(raw, options.label_column or reading.trained_on.get("label_column"))
    if without_header(raw.tables["train"]):
        del asked["label_column"]  # a column is called 1 whether it is the label of training or a first step
    named = reading.known(raw.tables["train"], series_column=series_column, **asked)
    series_column, options = named["series_column"], replace(options, **{flag: named[flag] for flag in asked})
    layout = arranged(raw, options, series_column, per_step=per_step)
    raw, notes = layout.raw, list(layout.raw.notes)
    column = find_series(raw.tables["train"], series_column)
    problems: dict[str, list[Finding]] = {split: [] for split in raw.tables}
    for split in raw.tables:
        raw.require_column(split, column)
    series = {split: _read_column(table, column, split, problems[split]) for split, table in raw.tables.items()}
    times = {split: table.values(TIMES) for split, table in raw.tables.items() if TIMES in table.names}
    series, gaps = with_time_gaps(series, times, options.time_gaps, notes)
    channels = list(layout.channels)
    if not layout.columns:
        _say_exchanged(series["train"], notes)
    if gaps:
        channels = [*(channels or [f"channel {number}" for number in range(_width(series))]), TIME_GAP]
    label, group = layout.label, layout.group or options.group_column
    if options.window is not None:
        raw, series, label = cut_windows(
            raw,
            series,
            options.window,
            options.stride,
            fraction=reading.validation_fraction,
            by_time=not reading.whole and group is None,
            per_step=per_step,
        )
        notes += [note for note in raw.notes if note not in layout.raw.notes]
        problems = {split: [] for split in series}
    return ReadSeries(raw, series, column, label, group, layout.group_name, channels, notes, problems, layout.columns)


def _width(series: dict[str, list[Array]]) -> int:
    return max((array.shape[1] for array in series["train"] if len(array)), default=1) - 1


def _say_exchanged(series: list[Array], notes: list[str]) -> None:
    """Say that there are more channels than steps, as where channels come first."""
    steps, channels = (
        float(np.median([array.shape[axis] for array in series or [np.zeros((1, 1))]])) for axis in (0, 1)
    )
    if channels > MORE_CHANNELS * steps:
        notes.append(
            f"series have {steps:g} steps of {channels:g} channels; if it is {steps:g} channels of {channels:g} steps, "
            "exchange these axes: steps come first"
        )


def series_inputs(source: Source, options: SeriesOptions, series_column: str | None = None) -> Inputs:
    """Read the series of a file, labelled or not.

    Args:
        source: where from, and what is known of it.
        options: how tables become series.
        series_column: name of the nested column, where there is more than one way.

    Raises:
        InputError: the file cannot be read, or a series in it.
    """
    reading = ReadingOptions(
        source.path, config=source.config, revision=source.revision, whole=True, trained_on=source.trained_on
    )
    found = read_all(reading, options, series_column, given=source.given)
    split = source.split or ("test" if "test" in found.series else "train")
    if split not in found.series:
        raise InputError(f"{source.path} has no split {split!r}, only {', '.join(found.series)}; give its file.")
    if found.problems.get(split):
        raise InputError(f"{source.path}: " + "\n".join(map(str, found.problems[split])))
    notes = [source.said("series column", "series_column", found.column), *found.notes]
    table = found.raw.tables[split]
    if options.id_column is not None and options.id_column not in table.names and "id" in table.names:
        names = {name: options.id_column if name == "id" else name for name in table.names}  # as it is called there
        table = replace(table, columns={names[name]: column for name, column in table.columns.items()})
    return Inputs(found.series[split], table, {"series_column": found.column}, notes)


def arrow_series(column: Any) -> list[Array]:
    """Return a nested Arrow column as arrays.

    Args:
        column: N lists of T lists of C numbers.

    Raises:
        ValueError: a row or a step is null, or steps differ in their number of channels.
    """
    outer = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    steps = outer.flatten()
    values = steps.flatten()
    widths = np.diff(steps.offsets.to_numpy())
    if outer.null_count or steps.null_count or len(set(widths.tolist())) > 1:
        raise ValueError("ragged")
    lengths = np.diff(outer.offsets.to_numpy())
    flat = values.to_numpy(zero_copy_only=False)  # None becomes NaN
    if flat.dtype.kind not in "fiu":
        raise ValueError("no numbers")
    flat = flat if flat.dtype in (np.float32, np.float64) else flat.astype(np.float64)
    table = flat.reshape(len(steps), int(widths[0]) if len(widths) else 0)  # (all steps, C)
    return np.split(table, np.cumsum(lengths)[:-1]) if len(lengths) else []


def _read(reading: ReadingOptions) -> RawData:
    """Read as for other data, and the files whose splits have other names than train and test."""
    path = Path(str(reading.source)).expanduser()
    if path.suffix == ".npz" and path.is_file():
        found = {canonical_split(name): arrays for name, arrays in split_arrays(path).items()}
        if "train" in found:
            tables = {split: table_of_arrays(path, arrays) for split, arrays in found.items() if split is not None}
            return RawData(tables, str(path))
    if path.is_dir():
        archive = archive_files(path)
        if archive:
            tables = {split: read_file(file, SERIES_READERS) for split, file in archive.items()}
            left = sorted({file.name for file in _of_kinds(path)} - {file.name for file in archive.values()})
            notes = [f"files {', '.join(file.name for file in archive.values())}"]
            notes += [f"files left unread: {', '.join(left)}"] if left else []
            return RawData(tables, str(path), notes=notes)
    raw = reading.read(SERIES_READERS, SERIES_FOLDERS)
    if path.is_file() and reading.trained_on.get("id_column") == FILE and FILE not in raw.tables["train"].names:
        table = raw.tables["train"]  # a recording more, for a model of files
        table.columns = {FILE: [stem_of(path)] * len(table), **table.columns}
    if path.is_file() and path.stem.upper().endswith("_TRAIN"):
        test = path.with_stem(f"{path.stem[:-5]}{'TEST' if path.stem[-1].isupper() else 'test'}")
        if test.is_file():
            raw.notes.append(f"{test.name} beside it is not read; give the folder to score on it")
    return raw


def _of_kinds(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if suffix_of(path) in SERIES_READERS]


def archive_files(folder: Path) -> dict[str, Path]:
    """Find NAME_TRAIN and NAME_TEST of the archives; of several kinds that with most splits; empty if there are none.

    Raises:
        InputError: there are several names.
    """
    found: dict[tuple[str, str], dict[str, Path]] = {}
    for path in _of_kinds(folder):
        name, _, last = stem_of(path).rpartition("_")
        split = canonical_split(last)
        if name and split is not None:
            found.setdefault((name, suffix_of(path)), {})[split] = path
    whole = {kind: files for kind, files in found.items() if "train" in files}
    names = {name for name, _ in whole if not name.endswith(tuple(f"Dimension{n}" for n in range(1, 10)))}
    if len(names) > 1:
        raise InputError(f"{folder} holds several sets: {', '.join(sorted(names))}; give a folder for each.")
    order = sorted(whole, key=lambda kind: (-len(whole[kind]), kind[0] not in names, ARCHIVE_ORDER.index(kind[1])))
    return whole[order[0]] if order else {}


def _read_column(table: Table, column: str, split: str, problems: list[Finding]) -> list[Array]:
    """Return the series of one split; a row that is none has no steps, and `problems` says why."""
    values = table.columns[column]
    if isinstance(values, pa.ChunkedArray) and pa.types.is_list(values.type):
        try:
            arrays = arrow_series(values)
            if all(len(array) for array in arrays):
                return arrays
        except (ValueError, AttributeError):
            pass  # row by row below, which says what is wrong with which row
    found, bad = [], []
    for row, value in enumerate(table.values(column), 1):
        try:
            found.append(read_series([] if value is None else value, index=row, finite=False))
        except ValueError as error:
            found.append(np.zeros((0, 0)))
            bad.append((row, str(error)))
    if bad:
        reason = bad[0][1].replace(f"series {bad[0][0]} ", f"the series of row {bad[0][0]} ")
        problems.append(Finding("series-unreadable", reason, [(split, row) for row, _ in bad]))
    return found
