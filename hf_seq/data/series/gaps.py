# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The time between steps as a channel, `log(1 + gap)`: what a model needs to know of steps that are not evenly apart.

The gap of the first step is taken to be that of the second. Gaps are in seconds, or in the unit of plain numbers.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hf_seq.data.series.options import TimeGaps
from hf_seq.errors import InputError
from hf_seq.models.series import TIME_GAP, with_gaps

VARY = 2.0  # times as long as another gap
COMMON = (0.5, 99.5)  # percent between which gaps are compared: one pause in a long recording is no reason
Array = np.ndarray


def with_time_gaps(
    series: Mapping[str, Sequence[Array]],
    times: Mapping[str, Sequence[Any]],
    wanted: TimeGaps,
    notes: list[str],
) -> tuple[dict[str, list[Array]], bool]:
    """Add the gaps as last channel, where they are wanted or, for `auto`, vary in train.

    Args:
        series: (T, C) each, by split.
        times: T each, by split; a split without times is not in it.
        wanted: whether gaps are a channel.
        notes: what is decided is added here.

    Returns:
        The series, and whether they have the channel.

    Raises:
        InputError: gaps are wanted, and there are no times, or not one for each step.
    """
    found = {split: list(arrays) for split, arrays in series.items()}
    if wanted == "off" or (wanted == "auto" and "train" not in times):
        return found, False
    absent = next((split for split in found if split not in times), None)
    if wanted == "on" and absent is not None:
        raise InputError(
            f"--time_gaps on needs the time of every step, and {absent} has none; name its column with --time_column, "
            "or give lists `times` beside the series."
        )
    known = {split: [np.asarray(row, dtype=np.float64) for row in times[split]] for split in found if split in times}
    low, high = _range(known["train"])
    if wanted == "auto" and (absent is not None or not high > VARY * low):
        return found, False
    for split, arrays in found.items():
        for row, (array, seconds) in enumerate(zip(arrays, known[split], strict=True)):
            if len(array) != len(seconds):
                raise InputError(
                    f"{split} row {row + 1} has {len(array)} steps and {len(seconds)} times; give one each."
                )
            if len(array):
                arrays[row] = with_gaps(array, seconds)
    notes.append(
        f"the time between steps varies from {low:.6g} to {high:.6g}, so log(1 + gap) is a channel, {TIME_GAP!r}; "
        "--time_gaps off leaves it out"
    )
    return found, True


def _range(times: Sequence[Array]) -> tuple[float, float]:
    """Return the usual least and most of the gaps above 0; 0 and 0 where there are none."""
    gaps = np.concatenate([np.diff(row) for row in times if len(row)] or [np.zeros(0)])
    gaps = gaps[gaps > 0]
    if not len(gaps):
        return 0.0, 0.0
    low, high = np.percentile(gaps, COMMON)
    return float(low), float(high)
