# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series of numbers: checked, filled and padded as arrays.

B series · T steps · C channels · F features of a step · N steps of all series together
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

TIME_GAP = "time gap"
"""The name of the channel that holds the time since the step before, `log(1 + gap)`."""


def with_gaps(values: np.ndarray, times: Any) -> np.ndarray:
    """Add the time since the step before as last channel, `log(1 + gap)`; the first step has the gap of the second.

    Args:
        values: (T, C).
        times: T numbers (seconds, or a unit of their own) or ISO dates, none before the one before it.

    Returns:
        (T, C + 1) float64.
    """
    seconds = np.asarray(times)
    if seconds.dtype.kind not in "fiu":
        seconds = seconds.astype("datetime64[us]").astype(np.int64) / 1e6
    if seconds.shape != values.shape[:1] or not (np.diff(seconds) >= 0).all():
        raise ValueError(f"{len(values)} steps need as many times, in their order; got {seconds.shape} of them.")
    gaps = np.diff(seconds, prepend=seconds[:1])
    gaps[0] = gaps[1] if len(gaps) > 1 else 0.0
    return np.column_stack([values, np.log1p(gaps)])


def pad_rows(
    rows: Sequence[np.ndarray], width: int, side: str = "right", value: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Put B rows, (T, F) float32, into one array.

    Args:
        rows: the rows, none longer than `width`.
        width: T of the array.
        side: where padding stands, `right` or `left`.
        value: of padding.

    Returns:
        (B, width, F) float32, and (B, width) bool, where its steps are real.
    """
    lengths = np.array([len(row) for row in rows])[:, None]
    positions = np.arange(width)
    mask = positions < lengths if side == "right" else positions >= width - lengths
    values = np.full((len(rows), width, rows[0].shape[-1]), value, dtype=np.float32)
    values[mask] = np.concatenate(rows)  # row by row, step by step: the order of both
    return values, mask


def read_batch(series: Any, channels: int) -> list[np.ndarray]:
    """One series or several as a list of (T, C) arrays; see `read_series`."""
    if isinstance(series, str | bytes):
        raise ValueError(_text_given(series))
    depth = _depth(series)
    if depth == 3 or (depth == 1 and len(series) and isinstance(series[0], dict)):
        return [read_series(row, channels, index) for index, row in enumerate(series)]
    return [read_series(series, channels)]


def read_series(series: Any, channels: int | None = None, index: int = 0, *, finite: bool = True) -> np.ndarray:
    """Check one series and give it as an array.

    Args:
        series: (T, C) numbers as an array, a tensor or nested lists; (T,) where C is 1. None counts as NaN. Or a dict
            of such a `series` and its `times`: where C is one more, the gaps between them are the last channel.
        channels: C; None takes any.
        index: the number of the series, for messages.
        finite: refuse infinite values.

    Returns:
        (T, C) float32, or float64 where the values need it, NaN where a value is missing.

    Raises:
        ValueError: text, no steps, ragged steps, another number of channels, values that are infinite or no numbers.
    """
    if isinstance(series, str | bytes):
        raise ValueError(_text_given(series))
    if isinstance(series, dict) and "series" in series:
        values = read_series(series["series"], None, index, finite=finite)
        times = series.get("times") if channels == values.shape[1] + 1 else None
        return read_series(values if times is None else with_gaps(values, times), channels, index, finite=finite)
    if hasattr(series, "detach"):  # a tensor of torch
        series = series.detach().cpu().float().numpy()
    try:
        values = np.asarray(series)
        if values.dtype.kind == "O":  # None among the numbers, or ragged steps in an array of arrays
            values = np.asarray([list(step) if np.ndim(step) else step for step in series], dtype=np.float64)
    except (ValueError, TypeError, OverflowError) as error:
        raise ValueError(_ragged(series, index)) from error
    if values.dtype.kind not in "fiub":
        seen = values.ravel()[0] if values.size else values.dtype
        raise ValueError(
            f"series {index} holds {seen!r}, which is not a number; a series is (steps, channels) of numbers."
        )
    if values.ndim == 1 and values.size and channels in (1, None):
        values = values[:, None]
    if values.ndim and values.shape[0] == 0:
        raise ValueError(f"series {index} is empty; it needs one step or more.")
    if values.ndim != 2 or values.shape[1] == 0:
        raise ValueError(f"series {index} has shape {values.shape}; it must be (steps, channels).")
    if channels is not None and values.shape[1] != channels:
        raise ValueError(
            f"series {index} has {values.shape[1]} channels a step, but {channels} are expected; "
            "its shape must be (steps, channels), with the channels of the training series."
        )
    values = values if values.dtype in (np.float32, np.float64) else values.astype(np.float32)
    if finite and np.isinf(values).any():
        step, channel = np.argwhere(np.isinf(values))[0].tolist()
        raise ValueError(
            f"series {index} is infinite at step {step}, channel {channel}; write a number, or NaN where none is known."
        )
    return values


def carry_forward(steps: np.ndarray, absent: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Put the last known value of the channel, inside the same series, for what is missing.

    Args:
        steps: (N, C) the steps of all series, one after the other.
        absent: (N, C) bool.
        ends: (B,) where each series ends.

    Returns:
        (N, C), NaN still where the series has no value before.
    """
    return np.take_along_axis(steps, _sources(absent, ends), axis=0)


def fade(steps: np.ndarray, absent: np.ndarray, ends: np.ndarray, mean: Any, persistence: Any) -> np.ndarray:
    """Put what is to be expected for what is missing: the last known value, nearer to the mean the older it is.

    As GRU-D does it (Che et al. 2018, doi:10.1038/s41598-018-24271-9), at the rate of an autoregressive series.

    Args:
        steps: (N, C) as of `carry_forward`, like `absent` and `ends`.
        absent: (N, C) bool.
        ends: (B,) where each series ends.
        mean: C numbers.
        persistence: C numbers, what is left of a deviation from the mean after a step.
    """
    sources = _sources(absent, ends)
    age = np.arange(len(steps))[:, None] - sources  # (N, C) 0 where a value is known
    left = np.take_along_axis(steps, sources, axis=0) - np.asarray(mean)
    return np.asarray(np.where(absent, np.asarray(mean) + left * np.asarray(persistence) ** age, steps))


def persistence_of(steps: np.ndarray, mean: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Estimate what is left of a deviation from the mean after a step: autocorrelation, from 0 to 1, (C,).

    Args:
        steps: (N, C) as of `carry_forward`; pairs of which one is missing do not count.
        mean: (C,) of the channels.
        ends: (B,) where each series ends.
    """
    apart = steps - mean
    inside = np.ones(max(len(steps) - 1, 0), dtype=bool)
    inside[ends[:-1] - 1] = False
    before, after = apart[:-1][inside], apart[1:][inside]
    known = ~(np.isnan(before) | np.isnan(after))
    products = np.where(known, before * after, 0.0).sum(axis=0)
    squares = np.where(known, before**2, 0.0).sum(axis=0)
    return np.clip(products / np.maximum(squares, 1e-12), 0.0, 1.0)


def _sources(absent: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Tell which step each value comes from, (N, C): the last known one of the series, or its first."""
    source = np.where(absent, 0, np.arange(len(absent))[:, None])
    starts = np.concatenate([[0], ends[:-1]])
    source[starts] = starts[:, None]
    return np.maximum.accumulate(source, axis=0)


def _depth(series: Any) -> int:
    """Levels of nesting of what may be a ragged list."""
    depth = 0
    while not isinstance(series, str | bytes | dict):
        if hasattr(series, "ndim"):
            return depth + int(series.ndim)
        if not isinstance(series, Sequence) or not len(series):
            return depth + int(isinstance(series, Sequence))
        series, depth = series[0], depth + 1
    return depth


def _text_given(text: str | bytes) -> str:
    return (
        f"got the text {text[:40]!r}, but this model reads series of numbers; give (steps, channels) numbers, or use a "
        "model that was trained on text."
    )


def _ragged(series: Any, index: int) -> str:
    """Return what is wrong with nested lists that make no array."""
    steps = series if hasattr(series, "__iter__") else [series]
    lengths = [len(step) if isinstance(step, Sequence) and not isinstance(step, str) else None for step in steps]
    odd = next((step for step, length in enumerate(lengths) if length != lengths[0]), None)
    if odd is None or lengths[0] is None or lengths[odd] is None:
        return f"series {index} cannot be read as numbers; it must be (steps, channels) of numbers, NaN where missing."
    return (
        f"series {index} is ragged: step 0 has {lengths[0]} channels, step {odd} has {lengths[odd]}; "
        "every step needs a number for each channel, NaN where it is missing."
    )


__all__ = ["TIME_GAP", "carry_forward", "pad_rows", "read_batch", "read_series", "with_gaps"]
