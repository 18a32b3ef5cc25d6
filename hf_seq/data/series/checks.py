# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A look at series before training; the checks of labels, leaks and balance are those of texts (`checks.py`).

errors    infinite values · no value at all in train · what makes labels impossible to learn
warnings  channels that are constant or empty · missing values · series without any value · lengths that differ much,
          or beyond max_length · channels on very different scales · other units in validation or test than in train

T steps · C channels
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from hf_seq.data.classification.checks import (
    SPLITS,
    CheckReport,
    Columns,
    class_counts,
    constant_test,
    empty_splits,
    facts_of,
    overlaps,
    repeated_inputs,
    similar_names,
    small_test,
    too_few_labels,
)
from hf_seq.data.findings import Finding, are, have
from hf_seq.data.labels.reading import REGRESSION
from hf_seq.data.series.loading import series_arrays, series_key
from hf_seq.data.series.sentinels import find_sentinels
from hf_seq.data.splits import Splits
from hf_seq.data.tagging.loading import TAGGING

Array = np.ndarray
LONG_AGAINST_SHORT = 20  # times as many steps
MANY_MISSING = 0.2  # share of the values of a channel
SCALES = 1_000  # times as wide as the narrowest channel
SHIFT = 5  # deviations of train between the means of train and another split


def check_series(splits: Splits, *, max_length: int | None = None) -> CheckReport:
    """Look at every split.

    Args:
        splits: what `load_series_splits` gave; with `strict=False` rows that cannot be learned from come here too.
        max_length: the most steps a model will read.
    """
    arrays = {name: series_arrays(splits[name]) for name in SPLITS}
    columns = {name: series_columns(splits, name, arrays[name]) for name in SPLITS}
    report = CheckReport(splits.source, errors=list(splits.problems), facts=facts_of(splits))
    report.warnings += splits.doubts
    report.facts.insert(1, _shape(arrays))
    report.errors += empty_splits(columns)
    report.errors += _infinite(arrays, columns)
    labelled = columns
    if splits.problem_type == TAGGING:
        labelled = {name: _by_step(split) for name, split in columns.items()}
    check_labels(report, splits, columns, labelled)
    for check in (_constant, _missing, _scales, _shifts):
        report.warnings += check(arrays)
    report.warnings += find_sentinels(_steps(arrays["train"]), splits.channels)
    report.warnings += _without_values(arrays, columns)
    report.warnings += _lengths(arrays, columns, max_length)
    return report


def check_labels(
    report: CheckReport, splits: Splits, columns: dict[str, Columns], labelled: dict[str, Columns]
) -> None:
    """Add what is found of rows and labels alone, whatever a row is.

    Args:
        report: so far.
        splits: the data.
        columns: of each split, an input a row.
        labelled: of each split, a label a row; the same, or tags step by step.
    """
    report.errors += too_few_labels(splits, labelled)
    report.warnings += repeated_inputs(columns)
    report.warnings += overlaps(columns)
    report.warnings += [] if splits.problem_type == REGRESSION else class_counts(splits, labelled)
    report.warnings += similar_names(splits)
    report.warnings += small_test(columns)
    report.warnings += constant_test(labelled)


def series_columns(splits: Splits, name: str, arrays: list[Array]) -> Columns:
    """Return keys of the series of a split, their labels or tags, and where they came from."""
    rows = splits[name].remove_columns("series")[:]
    origin = splits.origins.get(name, name)
    labels = rows["tags" if "tags" in rows else "label"]
    places = [(origin, number) for number in rows["row"]]
    return Columns([series_key(array) if len(array) else "" for array in arrays], labels, places, "series", "series")


def _by_step(split: Columns) -> Columns:
    """Copy the split with a row for every tagged step, so that tags are counted as labels are."""
    pairs = [(tag, place) for tags, place in zip(split.labels, split.places, strict=True) for tag in tags or []]
    kept = [(tag, place) for tag, place in pairs if tag >= 0]
    return replace(split, texts=[""] * len(kept), labels=[tag for tag, _ in kept], places=[at for _, at in kept])


def _shape(arrays: dict[str, list[Array]]) -> str:
    lengths = [len(array) for split in arrays.values() for array in split] or [0]
    channels = max((array.shape[1] for split in arrays.values() for array in split), default=0)
    return f"steps: {min(lengths):,} to {max(lengths):,}, median {int(np.median(lengths)):,}; channels: {channels}"


def _steps(arrays: list[Array]) -> Array:
    """Return all steps of a split, (N, C), infinite values taken as missing."""
    kept = [array for array in arrays if len(array)]
    steps = np.concatenate(kept).astype(np.float64) if kept else np.zeros((0, 0))
    return np.where(np.isfinite(steps), steps, np.nan)


def _infinite(arrays: dict[str, list[Array]], columns: dict[str, Columns]) -> Iterator[Finding]:
    rows = [
        place
        for name, split in arrays.items()
        for array, place in zip(split, columns[name].places, strict=True)
        if np.isinf(array).any()
    ]
    if rows:
        yield Finding(
            "series-infinite",
            f"{len(rows)} series with infinite values; write a number, or nothing (NaN) where none is known",
            rows,
        )
    steps = _steps(arrays["train"])
    if steps.size and np.isnan(steps).all():
        yield Finding("series-without-values", "every value of train is missing; check the series column")


def _moments(arrays: list[Array]) -> tuple[Array, Array, Array]:
    """Compute mean, deviation and share of missing values of every channel, (C,) each; NaN without a value."""
    steps = _steps(arrays)
    known = ~np.isnan(steps)
    count = known.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known, steps, 0.0).sum(axis=0) / count
        spread = np.sqrt((np.where(known, steps - mean, 0.0) ** 2).sum(axis=0) / count)
    return mean, spread, 1 - count / max(1, len(steps))


def _constant(arrays: dict[str, list[Array]]) -> Iterator[Finding]:
    mean, spread, _ = _moments(arrays["train"])
    empty = np.flatnonzero(np.isnan(mean)).tolist()
    constant = np.flatnonzero(spread <= 1e-12 * np.abs(mean)).tolist()
    if constant:
        yield Finding(
            "channel-constant", f"the same value at every train step in {_channels(constant)}; it says nothing"
        )
    if empty:
        yield Finding("channel-empty", f"no value at any train step in {_channels(empty)}; leave it out")


def _missing(arrays: dict[str, list[Array]]) -> Iterator[Finding]:
    shares = {name: _moments(split)[2] for name, split in arrays.items()}
    worst = np.max(list(shares.values()), axis=0) if all(len(s) for s in shares.values()) else np.zeros(0)
    some = np.flatnonzero(worst > 0).tolist()
    if not some:
        return
    most = int(np.argmax(worst))
    advice = "; missing_indicator=true shows a model where" if worst[most] >= MANY_MISSING else ""
    shown = ", ".join(f"{name} {share[most]:.1%}" for name, share in shares.items())
    yield Finding(
        "values-missing",
        f"values are missing (NaN) in {_channels(some)}; most in channel {most}: {shown}. They are filled by the "
        f"train mean unless `missing` says otherwise{advice}",
    )


def _scales(arrays: dict[str, list[Array]]) -> Iterator[Finding]:
    _, spread, _ = _moments(arrays["train"])
    kept = spread[np.isfinite(spread) & (spread > 0)]
    if len(kept) > 1 and kept.max() >= SCALES * kept.min():
        yield Finding(
            "scales-differ",
            f"channels differ in scale: channel {int(np.nanargmax(spread))} varies {kept.max() / kept.min():,.0f} "
            "times as much as the narrowest; keep do_normalize on",
        )


def _shifts(arrays: dict[str, list[Array]]) -> Iterator[Finding]:
    mean, spread, _ = _moments(arrays["train"])
    for name in ("validation", "test"):
        other, _, _ = _moments(arrays[name])
        if len(other) != len(mean):
            continue
        with np.errstate(invalid="ignore", divide="ignore"):
            far = np.abs(other - mean) / np.where(spread > 0, spread, np.nan)
        moved = np.flatnonzero(far > SHIFT).tolist()
        if moved:
            yield Finding(
                "scale-shifted",
                f"{name} is on another scale than train in {_channels(moved)}: its mean is {far[moved[0]]:.0f} "
                "deviations away; check the units",
            )


def _without_values(arrays: dict[str, list[Array]], columns: dict[str, Columns]) -> Iterator[Finding]:
    rows = [
        place
        for name, split in arrays.items()
        for array, place in zip(split, columns[name].places, strict=False)
        if len(array) and np.isnan(array).all()
    ]
    if rows:
        yield Finding(
            "series-without-values",
            f"{len(rows)} series {have(len(rows))} no value at all, NaN only; kept",
            rows,
        )


def _lengths(arrays: dict[str, list[Array]], columns: dict[str, Columns], limit: int | None) -> Iterator[Finding]:
    lengths = [len(array) for split in arrays.values() for array in split if len(array)]
    if not lengths:
        return
    if max(lengths) >= LONG_AGAINST_SHORT * min(lengths):
        yield Finding(
            "lengths-differ",
            f"series have {min(lengths):,} to {max(lengths):,} steps; a batch is as wide as its longest, and length "
            "alone may tell classes apart",
        )
    if limit is not None and max(lengths) > limit:
        rows = [
            place
            for name, split in arrays.items()
            for array, place in zip(split, columns[name].places, strict=False)
            if len(array) > limit
        ]
        yield Finding(
            "truncated",
            f"{len(rows):,} of {len(lengths):,} series {are(len(rows))} longer than max_length={limit} steps (longest: "
            f"{max(lengths):,}) and will be cut",
            rows,
        )


def _channels(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:12])) + (f" and {len(numbers) - 12} more" if len(numbers) > 12 else "")
    return f"channel {shown}" if len(numbers) == 1 else f"channels {shown}"
