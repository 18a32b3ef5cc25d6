# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Series that are a little different each time they are trained on (Um et al. 2017, arXiv:1706.00527).

`jitter`        noise on every value
`scaling`       each channel times a number near 1
`time_warp`     slower here, faster there, as long in all
`window_slice`  nine tenths of the series, stretched to its length (Le Guennec et al. 2016)
`time_shift`    up to a tenth of the steps earlier or later; the end that is left repeats its last step
`time_mask`     a stretch of up to a fifth of the steps at the channel's mean (SpecAugment: Park et al. 2019,
                arXiv:1904.08779)
`channel_mask`  likewise a band of up to a fifth of the channels, such as frequencies; of five channels or more

T steps · F features of a step
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hf_seq.data.batching import EncodedDataset

JITTER, SCALING, WARP, SLICE = 0.05, 0.1, 0.2, 0.9
"""Deviations of noise, factors and speeds, in standardised units, and the share of a series that a slice keeps."""
SHIFT, MASK = 0.1, 0.2
"""Shares of the steps that a series is moved by, and of steps or channels that are hidden, at most."""
KNOTS = 4
"""Places between which the speed of a warped series changes."""

Array = np.ndarray[Any, Any]


def jitter(values: Array, draw: np.random.Generator) -> Array:
    """Add noise: (T, F) to (T, F)."""
    return values + draw.normal(0, JITTER, values.shape)


def scaling(values: Array, draw: np.random.Generator) -> Array:
    """Multiply each channel by a number near 1: (T, F) to (T, F)."""
    return values * draw.normal(1, SCALING, values.shape[1])


def time_warp(values: Array, draw: np.random.Generator) -> Array:
    """Run through the steps at a speed that changes, from the first to the last: (T, F) to (T, F)."""
    steps = len(values)
    speeds = np.exp(draw.normal(0, WARP, KNOTS))
    speed = np.interp(np.linspace(0, 1, steps), np.linspace(0, 1, KNOTS), speeds)
    passed = np.concatenate([[0], np.cumsum(speed[:-1])])
    return _at(values, passed * (steps - 1) / max(passed[-1], 1e-12))


def window_slice(values: Array, draw: np.random.Generator) -> Array:
    """Stretch a part of the series to its length: (T, F) to (T, F)."""
    steps = len(values)
    length = SLICE * (steps - 1)
    return _at(values, np.linspace(0, length, steps) + draw.uniform(0, steps - 1 - length))


def time_shift(values: Array, draw: np.random.Generator) -> Array:
    """Move the series earlier or later: (T, F) to (T, F)."""
    most = int(SHIFT * len(values))
    places = np.arange(len(values)) + draw.integers(-most, most + 1)
    return values[places.clip(0, len(values) - 1)]


def time_mask(values: Array, draw: np.random.Generator) -> Array:
    """Hide a stretch of steps: (T, F) to (T, F)."""
    values = values.copy()
    values[_stretch(len(values), draw)] = 0.0
    return values


def channel_mask(values: Array, draw: np.random.Generator) -> Array:
    """Hide a band of neighbouring channels: (T, F) to (T, F)."""
    return time_mask(values.T, draw).T


def _stretch(length: int, draw: np.random.Generator) -> slice:
    """Choose a part of up to `MASK` of a length, anywhere."""
    size = int(draw.integers(0, int(MASK * length) + 1))
    start = int(draw.integers(0, length - size + 1))
    return slice(start, start + size)


AUGMENTATIONS: dict[str, Callable[[Array, np.random.Generator], Array]] = {
    each.__name__: each for each in (jitter, scaling, time_warp, window_slice, time_shift, time_mask, channel_mask)
}


def _at(values: Array, places: Array) -> Array:
    """Read a series between its steps: (T, F) at T places."""
    steps = np.arange(len(values))
    return np.column_stack([np.interp(places, steps, channel) for channel in values.T])


class AugmentedSeries(EncodedDataset):
    """Rows that are changed anew each time they are taken, by all of the given ways one after the other.

    What a row becomes is a function of the seed, its number and the epoch, so that a training that goes on, in several
    processes or by workers that load rows, changes it as any other does. Where nobody tells the epoch, how often it was
    taken before stands for it.

    Args:
        values: N arrays (T, F), standardised.
        labels: N of them.
        ways: names of `AUGMENTATIONS`.
        seed: of what is drawn.
    """

    def __init__(self, values: Sequence[Array], labels: Sequence[Any], ways: Sequence[str], seed: int = 0) -> None:
        super().__init__(values, labels, "input_values")
        self.seed = seed
        self.epoch: int | None = None
        self.change_by(ways)

    def begin_epoch(self, epoch: int, seed: int) -> None:
        """Change rows from now on as they are changed in this epoch of a training with this seed."""
        self.epoch, self.seed = epoch, seed

    def change_by(self, ways: Sequence[str]) -> None:
        """Change rows in these ways from now on, as if none had been taken yet."""
        self.ways = [AUGMENTATIONS[name] for name in ways]
        self.taken = [0] * len(self.rows)

    def __getitem__(self, index: int) -> dict[str, Any]:
        row = super().__getitem__(index)
        draw = np.random.default_rng((self.seed, index, self.taken[index] if self.epoch is None else self.epoch))
        self.taken[index] += 1
        values = row["input_values"]
        for change in self.ways:
            values = change(values, draw)
        return {**row, "input_values": values.astype(np.float32)}

    def __getitems__(self, indices: Sequence[int]) -> list[dict[str, Any]]:
        """Return a whole batch at once."""
        return [self[index] for index in indices]
