# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series of numbers as train, validation and test: an array (T, C) a row, and its label, or a tag for every step.

parquet, jsonl, Hub    a nested column: a list of steps, each a list of C numbers; None and NaN are missing values
.ts                    UEA & UCR archives (`ts_files.py`), also as NAME_TRAIN.ts and NAME_TEST.ts in one folder
.arff                  the same archives (`arff_files.py`)
csv, tsv, txt, ...     a long table, one step a line; a wide one, a series a row; one recording (`series_layouts.py`)
.npz, .npy             arrays (`array_files.py`)
builtin:waves          made up; the class is the order of three events (`waves.py`)

T steps · C channels
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Unpack

import numpy as np
import pyarrow as pa
from datasets import Dataset, List, Value

from hf_seq.data.findings import Finding
from hf_seq.data.inputs import Inputs, Source
from hf_seq.data.labels import (
    MULTI,
    REGRESSION,
    SINGLE,
    Labels,
    ProblemType,
    WrittenLabels,
    read_labels,
    written_labels,
)
from hf_seq.data.long_tables import TIMES
from hf_seq.data.readers.arff_files import read_arff
from hf_seq.data.readers.array_files import read_npy, read_npz, split_arrays, table_of_arrays
from hf_seq.data.readers.files import Readers, read_file, read_jsonl, read_parquet
from hf_seq.data.readers.number_files import read_number_table
from hf_seq.data.readers.split_files import canonical_split
from hf_seq.data.readers.tables import RawData, Table
from hf_seq.data.readers.ts_files import read_ts
from hf_seq.data.reading import LabelledRows, ReadingOptions
from hf_seq.data.recordings import cut_windows
from hf_seq.data.series_columns import find_labels, find_series, find_tags
from hf_seq.data.series_layouts import arranged
from hf_seq.data.series_options import SeriesArguments, SeriesOptions, parted
from hf_seq.data.split_completion import SplitRows
from hf_seq.data.splits import Splits
from hf_seq.data.tag_names import find_scheme, name_tags, named_tags
from hf_seq.data.tagging import TAGGING
from hf_seq.data.time_gaps import with_time_gaps
from hf_seq.errors import InputError
from hf_seq.models.series import TIME_GAP, read_series

SERIES_READERS: Readers = {
    ".parquet": read_parquet,
    ".jsonl": read_jsonl,
    ".json": read_jsonl,
    ".ts": read_ts,
    ".arff": read_arff,
    ".csv": read_number_table,
    ".tsv": read_number_table,
    ".txt": read_number_table,
    ".npz": read_npz,
    ".npy": read_npy,
}
ARCHIVE_ORDER = (".ts", ".arff", *(suffix for suffix in SERIES_READERS if suffix not in (".ts", ".arff")))
Array = np.ndarray


def load_series_splits(
    source: str | Path,
    *,
    series_column: str | None = None,
    label_column: str | None = None,
    per_step: bool = False,
    label_separator: str | None = None,
    problem_type: ProblemType | None = None,
    **options: Unpack[SeriesArguments],
) -> Splits:
    """Read labelled series from anywhere.

    Args:
        source: Hub id; parquet, jsonl, ts, arff, csv, tsv, txt, npz or npy file; folder with a file per split;
            `builtin:waves`.
        series_column: name of the nested column, where there is more than one way.
        label_column: name of the label's column, or with `per_step` of the tags'.
        per_step: learn a tag for every step; the column holds lists as long as the series, -100 where none is known.
        label_separator: what stands between several labels in one cell; None finds it where it is clear.
        problem_type: what the labels are, where it is not what their writing says.
        **options: how tables become series, the fields of `SeriesOptions`; and which data, and how they are cut, the
            fields of `ReadingOptions`. `strict` refuses rows whose label or series cannot be learned from; otherwise
            they are kept with label None or no steps.

    Returns:
        Splits with a column `series` (list of T lists of C floats, NaN where a value is missing; `series_arrays` gives
        arrays) and `label`, or with `per_step` a column `tags` and `problem_type="token_classification"`.

    Raises:
        InputError: cannot be read; columns not found; series that are ragged, empty or of different channels; labels
            missing or not in train (with row numbers); too few rows.
    """
    ours, theirs = parted({**options})
    wanted = SeriesOptions(label_column=label_column, group_column=options.get("group_column"), **ours)
    reading = ReadingOptions(source, **theirs)
    found = read_all(reading, wanted, series_column, per_step=per_step)
    raw, series, notes = found.raw, found.series, found.notes
    label = found.label
    if label is None or label not in raw.tables["train"].names:
        known = reading.known(raw.tables["train"], label_column=label_column)["label_column"]
        given = known if label is None else None
        label = find_tags(raw.tables["train"], given) if per_step else find_labels(raw, found.column, given)
    notes.insert(0, f"series column {found.column!r}, {'tags' if per_step else 'label'} column {label!r}")
    problems: list[Finding] = []
    written = written_labels(raw, label, notes, label_separator, SINGLE if per_step else problem_type)
    series = {split: series[split] for split in written.values}
    problems += [problem for split in series for problem in found.problems.get(split, [])]
    before = reading.trained_on.get("problem_type")
    labels = _read_tags(written, series, notes) if per_step else read_labels(written, problem_type, before)
    _check_channels(series, problems)
    wide = any(array.dtype == np.float64 for arrays in series.values() for array in arrays if len(array))
    kind = "float64" if wide else "float32"
    series = {split: [array.astype(kind, copy=False) for array in arrays] for split, arrays in series.items()}
    target: Literal["tags", "label"] = "tags" if per_step else "label"
    rows = {
        split: _rows(raw.origins.get(split, split), series[split], labels.values[split], target) for split in series
    }
    features = {"series": List(List(Value(kind))), target: _feature(labels.problem_type)}
    loaded = LabelledRows(raw, rows, features, labels.problem_type, labels.names, notes + labels.notes)
    loaded.problems = problems + labels.problems
    loaded.channels, loaded.group_name = found.channels, found.group_name
    loaded.columns = {"series_column": found.column, "label_column": label}
    if per_step:
        loaded.tag_scheme = find_scheme(labels.names, named_tags(labels.values["train"], labels.names))
    return loaded.completed(replace(reading, group_column=found.group))


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


def read_all(
    reading: ReadingOptions, options: SeriesOptions, series_column: str | None = None, *, per_step: bool = False
) -> ReadSeries:
    """Read the series of all splits, labelled or not, with their gaps and in windows where these are wanted.

    Raises:
        InputError: the source cannot be read.
    """
    raw = _read(reading)
    named = reading.known(raw.tables["train"], series_column=series_column, label_column=options.label_column)
    series_column, options = named["series_column"], replace(options, label_column=named["label_column"])
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
    return ReadSeries(raw, series, column, label, group, layout.group_name, channels, notes, problems)


def _width(series: dict[str, list[Array]]) -> int:
    return max((array.shape[1] for array in series["train"] if len(array)), default=1) - 1


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
    found = read_all(reading, options, series_column)
    split = source.split or ("test" if "test" in found.series else "train")
    if split not in found.series:
        raise InputError(f"{source.path} has no split {split!r}, only {', '.join(found.series)}; give its file.")
    if found.problems.get(split):
        raise InputError(f"{source.path}: " + "\n".join(map(str, found.problems[split])))
    notes = [source.said("series column", "series_column", found.column), *found.notes]
    return Inputs(found.series[split], found.raw.tables[split], {"series_column": found.column}, notes)


def series_arrays(rows: Dataset) -> list[Array]:
    """Return the column `series` of a split as N arrays (T, C), without a detour over Python lists."""
    column = rows.with_format("arrow")["series"]
    return arrow_series(column[:] if not isinstance(column, pa.ChunkedArray) else column)


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
    raw = reading.read(SERIES_READERS)
    if path.is_file() and path.stem.upper().endswith("_TRAIN"):
        test = path.with_stem(f"{path.stem[:-5]}{'TEST' if path.stem[-1].isupper() else 'test'}")
        if test.is_file():
            raw.notes.append(f"{test.name} beside it is not read; give the folder to score on it")
    return raw


def _of_kinds(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if path.suffix.lower() in SERIES_READERS]


def archive_files(folder: Path) -> dict[str, Path]:
    """Find NAME_TRAIN and NAME_TEST of the archives; of several kinds that with most splits; empty if there are none.

    Raises:
        InputError: there are several names.
    """
    found: dict[tuple[str, str], dict[str, Path]] = {}
    for path in _of_kinds(folder):
        name, _, last = path.stem.rpartition("_")
        split = canonical_split(last)
        if name and split is not None:
            found.setdefault((name, path.suffix.lower()), {})[split] = path
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


def _check_channels(series: dict[str, list[Array]], problems: list[Finding]) -> None:
    """Check that every series has as many channels as most of train have."""
    widths = Counter(array.shape[1] for array in series["train"] if len(array))
    if not widths:
        return
    channels = widths.most_common(1)[0][0]
    for split, arrays in series.items():
        rows = [(split, row) for row, array in enumerate(arrays, 1) if len(array) and array.shape[1] != channels]
        if rows:
            seen = arrays[rows[0][1] - 1].shape[1]
            problems.append(
                Finding(
                    "channels-differ",
                    f"{len(rows)} series have another number of channels ({seen}) than most of train ({channels}); "
                    "give every series the same channels, NaN where one is missing",
                    rows,
                )
            )


def _read_tags(written: WrittenLabels, series: dict[str, list[Array]], notes: list[str]) -> Labels:
    """Return tags of the steps of every row, as ids, and their names; what was decided is added to `notes`."""
    problems: list[Finding] = []
    checked: dict[str, list[Any]] = {}
    for split, rows in written.values.items():
        fits = [
            isinstance(tags, list) and len(tags) == len(array) and None not in tags
            for tags, array in zip(rows, series[split], strict=True)
        ]
        checked[split] = [list(tags) if fit else None for tags, fit in zip(rows, fits, strict=True)]
        bad = [(split, row) for row, fit in enumerate(fits, 1) if not fit]
        if bad:
            seen, array = rows[bad[0][1] - 1], series[split][bad[0][1] - 1]
            count = f"{len(seen)} tags" if isinstance(seen, list) else f"{seen!r} in place of tags"
            problems.append(
                Finding(
                    "tags-differ",
                    f"{len(bad)} series do not have a tag for every step (the first: {len(array)} steps, {count}); "
                    "every step needs one, -100 where there is none to learn",
                    bad,
                )
            )
    names, ids = name_tags(checked, written.stored, notes)
    return Labels(TAGGING, names, dict(ids), problems)


def _rows(split: str, series: list[Array], values: list[Any], target: str) -> SplitRows:
    """Return rows for cutting: equal series stay together, and a cut takes the same share of each label."""
    keys = [series_key(array) for array in series]
    strata: Sequence[Any] = values
    if target == "tags":
        counts = Counter(tag for tags in values for tag in tags or [])
        strata = [min(tags or [], key=lambda tag: (counts[tag], tag), default=-1) for tags in values]
    return SplitRows(split, {"series": series, target: values}, range(1, len(series) + 1), keys, strata)


def series_key(series: Array) -> str:
    """Return what makes two series the same: their shape and their numbers, as float32."""
    values = np.ascontiguousarray(series, dtype=np.float32) + np.float32(0)  # -0.0 is 0.0
    return hashlib.sha1(repr(values.shape).encode() + values.tobytes(), usedforsecurity=False).hexdigest()


def _feature(problem_type: str) -> Any:
    number = Value("float64")
    kinds = {MULTI: List(number), REGRESSION: number, TAGGING: List(Value("int64"))}
    return kinds.get(problem_type, Value("int64"))
