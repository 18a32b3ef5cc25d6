# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series in a long table, one step a line: `id, time, f1, ..., fF`, and the labels in a column or a file of their own.

id,time,x,y,label         the label is the same in every line of a series, or changes from step to step: then it is
7,0,0.1,9,walk            a tag for each
7,1,,9,walk               nothing between the commas is a missing value

labels beside x.csv       x_labels.csv or labels.csv: `id,label`, a line a series
"""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from hf_seq.data.columns import LABEL_NAMES
from hf_seq.data.readers.files import READERS
from hf_seq.data.readers.tables import Table
from hf_seq.errors import InputError

ID_NAMES = ("id", "series_id", "series", "case", "case_id", "sample", "sample_id", "sequence", "sequence_id")
TIME_NAMES = ("time", "t", "timestamp", "step", "date", "datetime", "frame", "tick")
TAG_NAMES = ("tag", "tags", "state", "step_label")
MISSING = ("", "nan", "na", "null", "none", "?")


def read_long_csv(path: Path) -> Table:
    """Read a long csv or tsv: `series`, arrays (T, C) in order of the first line of each id, and `label` or `tags`.

    Lines of a series are put in the order of their time; where there is no such column, they stay as they are.

    Raises:
        InputError: no column of ids or of numbers, values or times that are no numbers, or labels that fit no series.
    """
    table = READERS[path.suffix.lower()](path)
    by_name = {name.lower(): name for name in table.names}
    ids_name = _find(path, table, ID_NAMES, "ids of the series")
    time_name = next((by_name[name] for name in TIME_NAMES if name in by_name), None)
    label_name = next((by_name[name] for name in (*LABEL_NAMES, *TAG_NAMES) if name in by_name and name != "y"), None)
    features = [name for name in table.names if name not in (ids_name, time_name, label_name)]
    if not features:
        raise InputError(f"{path} has no column of values beside {', '.join(table.names)}; add one a channel.")
    values = np.column_stack([_numbers(path, table, name) for name in features])  # (N, C)
    ids = table.values(ids_name)
    rows = _rows_of_each(path, ids, None if time_name is None else _times(path, table, time_name))
    columns: dict[str, list[Any]] = {"series": [values[places] for places in rows.values()], "id": list(rows)}
    notes = [f"long table: ids {ids_name!r}, time {time_name!r}, channels {', '.join(map(repr, features))}"]
    beside = _labels_beside(path)
    if label_name is not None:
        written = table.values(label_name)
        by_series = [[written[place] for place in places] for places in rows.values()]
        if all(len(set(labels)) == 1 for labels in by_series):
            columns["label"] = [labels[0] for labels in by_series]
        else:
            columns["tags"] = by_series
            notes.append(f"{label_name!r} changes inside series and is read as a tag for every step")
    elif beside is not None:
        columns["label"] = _looked_up(beside, list(rows))
        notes.append(f"labels from {beside.name}")
    return Table(columns, all_strings=True, notes=notes)


def _find(path: Path, table: Table, names: tuple[str, ...], what: str) -> str:
    found = [name for name in table.names if name.lower() in names]
    if not found:
        raise InputError(
            f"{path} has no column for the {what} ({', '.join(names[:4])}, ...), only {', '.join(table.names)}; a "
            "table of series has a step a line: id, time, and a column for each channel."
        )
    return found[0]


def _numbers(path: Path, table: Table, name: str) -> np.ndarray:
    """Read a column of numbers, NaN where nothing is written."""
    texts = table.values(name)
    try:
        return np.array([float("nan") if text.strip().lower() in MISSING else float(text) for text in texts])
    except ValueError as error:
        bad = next(row for row, text in enumerate(texts) if not _is_number(text))
        raise InputError(
            f"{path}: column {name!r} holds {texts[bad]!r} in row {bad + 1} ({error}); every channel must be numbers, "
            "empty where a value is missing. If it is the label, call the column `label`."
        ) from None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return text.strip().lower() in MISSING
    return True


def _times(path: Path, table: Table, name: str) -> list[Any]:
    """Read what the steps are sorted by: numbers, or dates as they are written (ISO 8601 sorts as text)."""
    texts = [text.strip() for text in table.values(name)]
    if "" in texts:
        raise InputError(f"{path}: row {texts.index('') + 1} has no {name!r}; give every step its time.")
    try:
        return [float(text) for text in texts]
    except ValueError:
        return texts


def _rows_of_each(path: Path, ids: list[str], times: list[Any] | None) -> dict[str, list[int]]:
    """Find the places of the steps of each series, in order."""
    rows: dict[str, list[int]] = {}
    for place, name in enumerate(ids):
        rows.setdefault(name.strip(), []).append(place)
    if times is not None:
        for name, places in rows.items():
            places.sort(key=times.__getitem__)
            twice = next((a for a, b in pairwise(places) if times[a] == times[b]), None)
            if twice is not None:
                raise InputError(
                    f"{path}: series {name!r} has the time {times[twice]!r} twice; every step needs its own."
                )
    return rows


def _labels_beside(path: Path) -> Path | None:
    places = (path.with_name(f"{path.stem}_labels{path.suffix}"), path.with_name(f"labels{path.suffix}"))
    return next((place for place in places if place.is_file() and place != path), None)


def _looked_up(path: Path, ids: list[str]) -> list[str]:
    """Look up the label of each series in a table of ids and labels."""
    table = READERS[path.suffix.lower()](path)
    names = table.values(_find(path, table, ID_NAMES, "ids of the series"))
    labels = table.values(_find(path, table, tuple(LABEL_NAMES), "labels"))
    found = {name.strip(): label for name, label in zip(names, labels, strict=True)}
    absent = [name for name in ids if name not in found]
    if absent:
        raise InputError(
            f"{path} has no label for {len(absent)} of {len(ids)} series, such as id {absent[0]!r}; add them."
        )
    return [found[name] for name in ids]
