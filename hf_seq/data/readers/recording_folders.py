# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series whose recordings are files of their own, as a long table with the name of the file beside each step.

walk/rec1.csv  run/rec2.csv           a folder a class, a file a recording
rec1.csv  rec2.csv  labels.csv        a file a recording, and a table of their names and labels
Inertial Signals/body_acc_x_train.txt  y_train.txt  subject_train.txt     UCI HAR: a file a channel, a line a series
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hf_seq.data.columns import LABEL_NAMES
from hf_seq.data.findings import counted
from hf_seq.data.readers.class_folders import listed_classes
from hf_seq.data.readers.files import READERS, Readers, read_file
from hf_seq.data.readers.folders import SHARD
from hf_seq.data.readers.number_files import read_number_table
from hf_seq.data.readers.packed import stem_of
from hf_seq.data.readers.split_files import readable_files
from hf_seq.data.readers.split_names import split_in_name
from hf_seq.data.readers.tables import Table
from hf_seq.errors import InputError

FILE = "file"
"""The column that names the recording."""
_LABEL = "label"
_TABLES = ("labels", "metadata", "annotations", "index")
_STEPS: Readers = {
    **{suffix: READERS[suffix] for suffix in (".parquet", ".feather", ".xlsx")},
    **dict.fromkeys((".csv", ".tsv", ".txt"), read_number_table),
}
_SIGNALS = "Inertial Signals"


def read_class_recordings(folder: Path) -> Table | None:
    """Read a folder that holds a folder for each class, with a file for each recording; None where it is another.

    Raises:
        InputError: the columns of the files differ.
    """
    inside = [path for path in sorted(folder.iterdir()) if path.is_dir() and not path.name.startswith((".", "_"))]
    found = {path.name: files for path in inside if (files := readable_files(path, _STEPS))}
    if len(found) < 2 or any(split_in_name(name) for name in found):
        return None
    named = {path: name for name, files in found.items() for path in files}
    table = _long(folder, list(named), [f"{name}/{stem_of(path)}" for path, name in named.items()])
    if table is None or _LABEL in table.names:
        return None
    labels = {f"{name}/{stem_of(path)}": name for path, name in named.items()}
    columns = {_LABEL: [labels[name] for name in table.values(FILE)], **table.columns}
    note = f"a folder a class, a file a recording: {listed_classes(found)}"
    return Table({FILE: columns.pop(FILE), **columns}, all_strings=table.all_strings, notes=[note])


def read_recordings(folder: Path) -> Table | None:
    """Read a folder that holds a file for each recording, with or without a table of their labels; else None.

    Raises:
        InputError: the columns of the files differ; a recording has no label.
    """
    files = readable_files(folder, _STEPS)
    beside = next((path for path in files if stem_of(path).lower() in _TABLES), None)
    files = [path for path in files if path != beside]
    if len(files) < 2 or any(split_in_name(stem_of(path)) or SHARD.fullmatch(stem_of(path)) for path in files):
        return None
    table = _long(folder, files, [stem_of(path) for path in files], strict=beside is not None)
    if table is None:
        return None
    table.notes.append(f"a file a recording: {counted(len(files), 'file')}")
    if beside is not None and not {_LABEL, "tag", "tags"} & set(table.names):
        labels = _labels_of(beside, files)
        found = [labels[name] for name in table.values(FILE)]
        table.columns = {FILE: table.columns[FILE], _LABEL: found, **table.columns}
        table.notes.append(f"labels from {beside.name}")
    return table


def _long(folder: Path, files: Sequence[Path], names: Sequence[str], *, strict: bool = True) -> Table | None:
    """Put recordings one below the other; None where they are no recordings, or, unless strict, differ in columns."""
    tables = [read_file(path, _STEPS) for path in files]
    first = tables[0]
    if FILE in first.names or "id" in map(str.lower, first.names) or all(len(table) < 2 for table in tables):
        return None
    odd = next((number for number, table in enumerate(tables) if table.names != first.names), None)
    if odd is not None and not strict:
        return None
    if odd is not None:
        raise InputError(
            f"{folder} holds a file a recording, but {files[odd].name} has the columns {', '.join(tables[odd].names)}, "
            f"and {files[0].name} has {', '.join(first.names)}; make them the same."
        )
    owners = [name for name, table in zip(names, tables, strict=True) for _ in range(len(table))]
    columns: dict[str, Any] = {FILE: owners}
    columns |= {name: [value for table in tables for value in table.values(name)] for name in first.names}
    return Table(columns, all_strings=all(table.all_strings for table in tables))


def _labels_of(path: Path, files: Sequence[Path]) -> dict[str, Any]:
    """Look up the label of each recording, which a table calls by the name of its file, with or without the suffix."""
    table = read_file(path, READERS)
    names = {stem_of(file): {stem_of(file), file.name} for file in files}
    known = set().union(*names.values())
    found = [name for name in table.names if known & {Path(str(value)).name for value in table.values(name)}]
    rest = [name for name in table.names if name not in found]
    labels = [name for name in rest if name.lower() in LABEL_NAMES] or rest
    if len(found) != 1 or len(labels) != 1:
        raise InputError(
            f"{path} has the columns {', '.join(table.names)}; it needs one with the names of the files and `label`."
        )
    given = dict(zip((Path(str(v)).name for v in table.values(found[0])), table.values(labels[0]), strict=True))
    by_file = {stem: next((given[name] for name in written if name in given), None) for stem, written in names.items()}
    lacking = next((stem for stem, label in by_file.items() if label is None), None)
    if lacking is not None:
        raise InputError(f"{path} has no label for {lacking}; add it, or take the file out.")
    return by_file


def read_signal_files(folder: Path) -> Table | None:
    """Read a split of UCI HAR: a file for each channel with a line for each series; None where it is another.

    Raises:
        InputError: files differ in their number of lines.
    """
    signals = [path for path in sorted((folder / _SIGNALS).glob("*.txt"))] if (folder / _SIGNALS).is_dir() else []
    labels = folder / f"y_{folder.name}.txt"
    if not signals or not labels.is_file():
        return None
    channels = [np.loadtxt(path, ndmin=2) for path in signals]  # (N, T) each
    columns = {_LABEL: _column(labels, _names_of_labels(folder.parent / "activity_labels.txt"))}
    subjects = folder / f"subject_{folder.name}.txt"
    if subjects.is_file():
        columns["subject"] = _column(subjects, {})
    shapes = {path.name: array.shape for path, array in zip(signals, channels, strict=True)}
    if len(set(shapes.values())) > 1 or any(len(column) != len(channels[0]) for column in columns.values()):
        listed = ", ".join(f"{name} has {rows} lines of {steps}" for name, (rows, steps) in shapes.items())
        raise InputError(
            f"{folder}: {listed}, and {labels.name} {counted(len(columns[_LABEL]), 'line')}; all must have as many."
        )
    names = [stem_of(path).removesuffix(f"_{folder.name}") for path in signals]
    note = f"a file a channel: {', '.join(names)}"
    return Table({"series": list(np.stack(channels, axis=2)), **columns}, all_strings=True, notes=[note])


def _column(path: Path, names: Mapping[str, str]) -> list[str]:
    return [names.get(line, line) for line in path.read_text().split()]


def _names_of_labels(path: Path) -> dict[str, str]:
    pairs = [line.split(maxsplit=1) for line in path.read_text().splitlines() if line.strip()] if path.is_file() else []
    return {pair[0]: pair[1].strip() for pair in pairs if len(pair) == 2}


SERIES_FOLDERS = (read_signal_files, read_class_recordings, read_recordings)
"""Layouts of series with a file a recording."""
