# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Long recordings cut into windows, and by time into train, validation and test, so that no step is on two sides."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from hf_seq.data.findings import counted
from hf_seq.data.labels.cells import is_missing
from hf_seq.data.readers.tables import RawData, Table
from hf_seq.data.series.long_tables import LABEL, SERIES, TAGS, TIMES
from hf_seq.data.series.number_columns import are_whole, is_number
from hf_seq.errors import InputError

Array = np.ndarray
Piece = tuple[int, int, int]
"""A stretch of a recording: the number of the recording, its first step, the step after its last."""


def cut_windows(
    raw: RawData,
    series: Mapping[str, Sequence[Array]],
    window: int,
    stride: int | None,
    *,
    fraction: float,
    by_time: bool,
    per_step: bool,
) -> tuple[RawData, dict[str, list[Array]], str]:
    """Cut every series into windows, and missing splits off the ends of those of train.

    Args:
        raw: a recording a row, with a label each or a tag for every step.
        series: of the recordings, (T, C) each, by split.
        window: steps of a window.
        stride: steps between the beginnings of two windows; None is `window`.
        fraction: share of the steps for each split that has to be cut off.
        by_time: whether missing splits are cut off here.
        per_step: whether tags stay tags; otherwise the most frequent one is the label of a window, and of amounts the
            last one.

    Returns:
        A table of windows for each split, their series, and the column of the label.

    Raises:
        InputError: no recording, or the end of none, is as long as a window.
    """
    stride = stride or window
    pieces = {split: [(n, 0, len(row)) for n, row in enumerate(rows)] for split, rows in series.items()}
    origins: dict[str, str] = {}
    if by_time:
        pieces, origins = _cut_by_time(pieces, fraction)
    tables, windows, notes = {}, {}, []
    for split, stretches in pieces.items():
        source = origins.get(split, split)
        places = [(n, at) for n, start, end in stretches for at in range(start, end - window + 1, stride)]
        labelled = [] if TAGS not in raw.tables[source].names else _labelled(raw.tables[source], places, window)
        if 0 < len(labelled) < len(places):
            notes.append(f"{split}: {counted(len(places) - len(labelled), 'window')} without a label left out")
            places = labelled
        if not places:
            longest = max((end - start for _, start, end in stretches), default=0)
            raise InputError(
                f"{raw.description}: {split} has {longest:,} steps at a stretch, fewer than --window {window}; use a "
                "smaller window, or a larger --validation_fraction."
            )
        windows[split] = [series[source][n][at : at + window] for n, at in places]
        tables[split], mixed = _table(raw.tables[source], places, window, per_step=per_step)
        if mixed:
            which = "last" if _are_amounts(raw.tables[source]) else "most frequent"
            notes.append(f"{split}: {counted(mixed, 'window')} with several labels: the {which} of them is taken")
    counts = ", ".join(f"{len(rows):,} {split}" for split, rows in windows.items())
    cut = "; missing splits are cut off by time, so that none share a step" if origins else ""
    notes.insert(0, f"windows of {counted(window, 'step')}, {stride:,} apart: {counts}{cut}")
    found = replace(raw, tables=tables, notes=[*raw.notes, *notes], origins=origins)
    names = tables["train"].names
    return found, windows, TAGS if per_step and TAGS in names else LABEL


def _cut_by_time(pieces: dict[str, list[Piece]], fraction: float) -> tuple[dict[str, list[Piece]], dict[str, str]]:
    """Cut validation and test, where they are missing, off the end of each train recording, the test last.

    As for other data, a validation without a test is the test.
    """
    found = dict(pieces)
    origins = {}
    if "test" not in found and "validation" in found:
        found["test"] = found.pop("validation")
        origins["test"] = "validation"
    missing = [name for name in ("validation", "test") if name not in found]
    for split in missing:
        found[split] = []
        origins[split] = "train"
    train = []
    for n, start, end in pieces["train"]:
        share = round((end - start) * fraction)
        border = end - share * len(missing)
        train.append((n, start, border))
        for place, split in enumerate(missing):
            found[split].append((n, border + place * share, border + (place + 1) * share))
    found["train"] = train
    return found, origins


def _labelled(table: Table, places: list[tuple[int, int]], window: int) -> list[tuple[int, int]]:
    """List the windows that hold a label."""
    tags = table.values(TAGS)
    return [(n, at) for n, at in places if not all(map(is_missing, tags[n][at : at + window]))]


def _table(table: Table, places: list[tuple[int, int]], window: int, *, per_step: bool) -> tuple[Table, int]:
    """Make a row a window; also how many have several labels."""
    columns: dict[str, list[Any]] = {}
    mixed = 0
    for name in table.names:
        if name in (SERIES, TIMES):
            continue
        values = table.values(name)
        if name != TAGS:
            columns[name] = [values[n] for n, _ in places]
            continue
        tags = [list(values[n][at : at + window]) for n, at in places]
        if per_step:
            columns[TAGS] = tags
        else:
            amounts, known = (
                _are_amounts(table),
                [[tag for tag in row if not is_missing(tag)] or [None] for row in tags],
            )
            columns[LABEL] = [row[-1] if amounts else Counter(row).most_common(1)[0][0] for row in known]
            mixed = sum(len(set(row)) > 1 for row in known)
    return replace(table, columns=columns, class_names=_names(table)), mixed


def _are_amounts(table: Table) -> bool:
    """Check whether the tags of the steps are numbers that are measured, not classes."""
    rows = table.values(TAGS)[:5] if TAGS in table.names else []
    seen = [tag for tags in rows for tag in tags if not is_missing(tag)]
    return bool(seen) and all(map(is_number, seen)) and not are_whole(seen)


def _names(table: Table) -> dict[str, list[str]]:
    names = table.class_names.get(LABEL) or table.class_names.get(TAGS)
    return {LABEL: names, TAGS: names} if names else {}
