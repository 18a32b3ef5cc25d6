# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What `hf-seq check` looks for in series beyond what every training does.

leaks     windows of one recording that overlap, on two sides of a cut
labels    shifted by a row or an id · told by the values of a single channel
channels  in another order in validation or test than in train

T steps · C channels
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from hf_seq.data.classification.checks import SPLITS, CheckReport, Columns
from hf_seq.data.closer_look import shifted_labels
from hf_seq.data.findings import Finding
from hf_seq.data.labels.problem_types import SINGLE
from hf_seq.data.series.checks import series_columns
from hf_seq.data.series.loading import series_arrays
from hf_seq.data.splits import Splits

RUN = 8  # steps in a row that two recordings do not share by chance
DISTINCT = 6  # different steps among these
OVERLAPPING = 0.02  # share of the series of a split
MOST_STEPS = 2_000_000  # of train that are looked at
FEW_VALUES, STEPS_EACH = 50, 5  # values of a channel, and steps to each
GIVEN_AWAY = 0.99  # share of the steps whose value tells the label
FAR, NEAR = 1.0, 0.2  # distance of a channel from its own, and from the other, in deviations of train
Array = np.ndarray


def look_closer_at_series(report: CheckReport, splits: Splits) -> None:
    """Add what is found in labelled series to a report."""
    arrays = {name: series_arrays(splits[name]) for name in SPLITS}
    columns = {name: series_columns(splits, name, arrays[name]) for name in SPLITS}
    report.warnings += _overlapping(splits, arrays, columns)
    report.warnings += _exchanged_channels(splits, arrays)
    if splits.problem_type == SINGLE:
        report.warnings += _given_away(splits, arrays["train"], columns["train"].labels)
        numbered = {name: _with(split, arrays[name]) for name, split in columns.items()}
        report.warnings += shifted_labels(splits, numbered, lambda rows: statistics_of(rows, arrays["train"]))


def _with(split: Columns, arrays: Sequence[Array]) -> Columns:
    rows: list[Any] = list(arrays)
    return replace(split, texts=rows)


def statistics_of(rows: Sequence[Array], train: Sequence[Array]) -> Array:
    """Compute mean, deviation, least, most, first and last value of every channel, in deviations of train."""
    with np.errstate(all="ignore"):
        raw, base = (np.stack([_statistics(row) for row in each]) for each in (rows, train))
        return np.nan_to_num((raw - np.nanmean(base, 0)) / (np.nanstd(base, 0) + 1e-9), posinf=0.0, neginf=0.0)


def _statistics(row: Array) -> Array:
    if not len(row):
        return np.full(6 * row.shape[1], np.nan)
    known = np.where(np.isfinite(row), row, 0.0)
    return np.concatenate([known.mean(0), known.std(0), known.min(0), known.max(0), known[0], known[-1]])


def _overlapping(
    splits: Splits, arrays: Mapping[str, Sequence[Array]], columns: Mapping[str, Columns]
) -> Iterator[Finding]:
    """Yield splits with series that share a stretch of steps with a series of train, and are not equal to one."""
    if splits.test_split == "all":
        return
    train, steps = [], 0
    for row in arrays["train"]:
        steps += len(row)
        train += [_runs(row)] * (steps <= MOST_STEPS)
    known = np.unique(np.concatenate(train)) if train else np.zeros(0)
    equal = set(columns["train"].texts)
    for name in ("validation", "test"):
        rows = [
            place
            for row, key, place in zip(arrays[name], columns[name].texts, columns[name].places, strict=True)
            if key not in equal and np.isin(_runs(row), known).any()
        ]
        if rows and len(rows) >= OVERLAPPING * len(arrays[name]):
            yield Finding(
                "windows-overlap",
                f"{len(rows):,} of {len(arrays[name]):,} {name} series share {RUN} steps or more with one of train, "
                f"as overlapping windows of one recording do; scores on {name} will be too good: cut with "
                "--group_column, or give whole recordings and --window",
                rows,
            )


def _runs(row: Array) -> Array:
    """Give every `RUN` steps in a row, of which most differ, a number that says what they hold."""
    if len(row) < RUN or not row.size:
        return np.zeros(0, dtype=np.uint64)
    bits = np.ascontiguousarray(row, dtype=np.float32).view(np.uint32).astype(np.uint64)  # (T, C)
    weights = np.random.default_rng(0).integers(1, 2**63, bits.shape[1], dtype=np.uint64) | np.uint64(1)
    mixed = (bits * weights).sum(axis=1, dtype=np.uint64)  # (T,)
    mixed ^= mixed >> np.uint64(29)
    windows = np.lib.stride_tricks.sliding_window_view(mixed, RUN)  # (T - RUN + 1, RUN)
    places = np.random.default_rng(1).integers(1, 2**63, RUN, dtype=np.uint64) | np.uint64(1)
    distinct = 1 + (np.diff(np.sort(windows, axis=1), axis=1) > 0).sum(axis=1)
    return (windows * places).sum(axis=1, dtype=np.uint64)[distinct >= DISTINCT]


def _exchanged_channels(splits: Splits, arrays: Mapping[str, Sequence[Array]]) -> Iterator[Finding]:
    """Yield pairs of channels that look like each other in a split, and not like themselves, beside train."""
    mean, spread = _moments(arrays["train"])
    for name in ("validation", "test"):
        other, _ = _moments(arrays[name])
        if len(other) != len(mean) or len(mean) < 2:
            continue
        with np.errstate(all="ignore"):
            distance = np.abs(other[:, None] - mean[None]) / np.where(spread > 0, spread, np.nan)[None]
        for first in range(len(mean)):
            for second in range(first + 1, len(mean)):
                own = min(distance[first, first], distance[second, second])
                crossed = max(distance[first, second], distance[second, first])
                if own > FAR and crossed < NEAR:
                    channels = splits.channels or [f"channel {number}" for number in range(len(mean))]
                    yield Finding(
                        "channels-exchanged",
                        f"{channels[first]!r} and {channels[second]!r} of {name} look like each other in train; check "
                        "the order of the channels",
                    )


def _moments(arrays: Sequence[Array]) -> tuple[Array, Array]:
    steps = np.concatenate([row for row in arrays if len(row)] or [np.zeros((1, 0))]).astype(np.float64)
    with np.errstate(all="ignore"):
        known = np.isfinite(steps)
        count = known.sum(0)
        mean = np.where(known, steps, 0).sum(0) / count
        return mean, np.sqrt((np.where(known, steps - mean, 0) ** 2).sum(0) / count)


def _given_away(splits: Splits, train: Sequence[Array], labels: Sequence[int]) -> Iterator[Finding]:
    """Yield channels of few values, each of which goes with one label."""
    rows = [(row, label) for row, label in zip(train, labels, strict=True) if len(row) and label is not None]
    if len({label for _, label in rows}) < 2:
        return
    steps = np.concatenate([row for row, _ in rows])
    owners = np.repeat([label for _, label in rows], [len(row) for row, _ in rows])
    usual = np.bincount(owners).max() / len(owners)
    for channel in range(steps.shape[1]):
        values, codes = np.unique(steps[:, channel], return_inverse=True)
        if not 2 <= len(values) <= min(FEW_VALUES, len(steps) // STEPS_EACH):
            continue
        counts = np.zeros((len(values), owners.max() + 1))
        np.add.at(counts, (codes, owners), 1)
        told = counts.max(axis=1).sum() / len(owners)
        if told >= GIVEN_AWAY and usual < GIVEN_AWAY:
            name = splits.channels[channel] if splits.channels else channel
            yield Finding(
                "label-given-away",
                f"channel {name!r} tells the label by itself: each of its {len(values)} values goes with one "
                "label; if it was made from the label, leave it out with --channels",
            )
