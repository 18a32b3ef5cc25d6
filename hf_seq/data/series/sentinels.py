# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Numbers that say that a value is missing, such as -999: one value again and again, far from all others."""

from collections.abc import Iterator, Sequence

import numpy as np

from hf_seq.data.findings import Finding

FEWEST = 3  # times that it occurs
OTHERS = 10  # values beside it that tell what is far
FAR = 3.0  # times the range of all others, by which it lies beyond them
Array = np.ndarray


def find_sentinels(steps: Array, channels: Sequence[str]) -> Iterator[Finding]:
    """Yield what looks like a sign for missing values in each channel.

    Args:
        steps: (N, C) values, NaN where one is missing.
        channels: C names; fewer where they have none.
    """
    for number in range(steps.shape[1]):
        found = sentinel_of(steps[:, number])
        if found is not None:
            value, count, low, high = found
            name = repr(channels[number]) if number < len(channels) else f"channel {number}"
            yield Finding(
                "sentinel",
                f"{name} is {value:g} in {count:,} train steps, and {low:.4g} to {high:.4g} in all others; if that "
                "says that a value is missing, write nothing in its place",
            )


def sentinel_of(values: Array) -> tuple[float, int, float, float] | None:
    """Find the value that lies far beyond all others and occurs often, how often, and the range of the others."""
    known = values[np.isfinite(values)]
    if not len(known):
        return None
    for value in (known.min(), known.max()):
        others = known[known != value]
        count = len(known) - len(others)
        if count < FEWEST or len(others) < max(OTHERS, count) or not float(value).is_integer():
            continue
        low, high = float(others.min()), float(others.max())
        if min(abs(value - low), abs(value - high)) > FAR * (high - low) > 0:
            return float(value), count, low, high
    return None
