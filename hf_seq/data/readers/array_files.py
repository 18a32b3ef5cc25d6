# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series in numpy files, which are never unpickled.

.npz  `series` (N, T, C), (N, T) for one channel, or all steps one after the other (steps, C) with `lengths` (N,);
      `labels` (N,), or (N, L) of 0 and 1 for several labels a row; `tags` (N, T) or (steps,) for a label a step.
      (N, T, C) with `lengths` too is cut to them. `X` and `y` are other names for series and labels, `X_train`,
      `y_train`, `X_test`, ... hold the splits of one file.
.npy  the series, (N, T, C) or (N, T); labels in NAME_labels.npy beside it
"""

from pathlib import Path
from typing import Any

import numpy as np

from hf_seq.data.readers.tables import Table
from hf_seq.errors import InputError
from hf_seq.files.arrays import read_array, read_arrays

SERIES = ("series", "X", "x", "values", "data")
LABELS = ("labels", "label", "y", "Y", "target", "targets")
TAGS = ("tags",)


def read_npz(path: Path) -> Table:
    """Read a `.npz` file with one split.

    Raises:
        InputError: arrays that are missing, hold objects, or do not fit each other.
    """
    arrays = load_arrays(path)
    if "series" not in _renamed(arrays):
        raise InputError(f"{path} has no array `series` (or `X`), only {', '.join(arrays) or 'none'}; name it so.")
    return table_of_arrays(path, _renamed(arrays))


def read_npy(path: Path) -> Table:
    """Read a `.npy` file of series, with the labels in NAME_labels.npy.

    Raises:
        InputError: as for `read_npz`.
    """
    arrays = {"series": read_array(path)}
    for name, place in {name: path.with_name(f"{path.stem}_{name}.npy") for name in ("labels", "lengths")}.items():
        if place.is_file():
            arrays[name] = read_array(place)
    return table_of_arrays(path, arrays)


def split_arrays(path: Path) -> dict[str, dict[str, np.ndarray]]:
    """Find the splits inside one `.npz`: `{"train": {"series": ..., "labels": ...}, ...}`; empty where it has one."""
    splits: dict[str, dict[str, np.ndarray]] = {}
    for name, array in load_arrays(path).items():
        stem, _, split = name.rpartition("_")
        if stem:
            splits.setdefault(split, {})[stem] = array
    return {split: _renamed(arrays) for split, arrays in splits.items()}


def load_arrays(path: Path) -> dict[str, np.ndarray]:
    """Load the arrays of a `.npz` file.

    Raises:
        InputError: it is none, or it holds Python objects.
    """
    return read_arrays(path)


def _renamed(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Rename arrays to the names this module uses."""
    found = dict(arrays)
    for ours, names in (("series", SERIES), ("labels", LABELS), ("tags", TAGS)):
        known = next((name for name in names if name in arrays), None)
        if known is not None:
            found[ours] = arrays[known]
    return found


def table_of_arrays(path: Path, arrays: dict[str, np.ndarray]) -> Table:
    """Make rows of `series`, `labels`, `tags` and `lengths`.

    Raises:
        InputError: their shapes do not fit each other.
    """
    series, lengths = arrays["series"], _checked_lengths(path, arrays.get("lengths"))
    if series.dtype.kind not in "fiub":
        raise InputError(f"{path}: series hold {series.dtype}, not numbers.")
    flat = lengths is not None and series.ndim == 2 and int(lengths.sum()) == len(series)
    if not flat and series.ndim not in (2, 3):
        raise InputError(
            f"{path}: series have shape {series.shape}; they must be (rows, steps, channels), or (rows, steps)."
        )
    rows = _cut(path, series, lengths, flat=flat)
    rows = [row[:, None] if row.ndim == 1 else row for row in rows]
    columns: dict[str, Any] = {"series": rows}
    if "labels" in arrays:
        labels = _same_rows(path, "labels", arrays["labels"], len(rows))
        columns["label"] = (labels[:, 0] if labels.shape[1:] == (1,) else labels).tolist()  # a column is no lists
    if "tags" in arrays:
        columns["tags"] = [row.tolist() for row in _cut(path, arrays["tags"], lengths, flat=flat)]
    return Table(columns)


def _checked_lengths(path: Path, lengths: np.ndarray | None) -> np.ndarray | None:
    if lengths is not None and (lengths.ndim != 1 or lengths.dtype.kind not in "iu" or (lengths < 0).any()):
        raise InputError(
            f"{path}: lengths are {lengths.dtype} of shape {lengths.shape}; give the whole number of steps of each row."
        )
    return lengths


def _cut(path: Path, array: np.ndarray, lengths: np.ndarray | None, *, flat: bool) -> list[np.ndarray]:
    if lengths is None:
        return list(array)
    if flat:
        if len(array) != lengths.sum():
            raise InputError(
                f"{path}: lengths add up to {lengths.sum()}, but tags have {len(array)} steps; correct them."
            )
        return np.split(array, np.cumsum(lengths)[:-1])
    lengths = _same_rows(path, "lengths", lengths, len(array))
    if lengths.max(initial=0) > (array.shape[1] if array.ndim > 1 else 0):
        raise InputError(f"{path}: lengths go up to {lengths.max()}, but the shape is {array.shape}; correct them.")
    return [row[:length] for row, length in zip(array, lengths, strict=True)]


def _same_rows(path: Path, name: str, array: np.ndarray, rows: int) -> np.ndarray:
    if array.ndim == 0 or len(array) != rows:
        raise InputError(f"{path}: {name} have shape {array.shape}, but there are {rows} series; give one each.")
    return array
