# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Batches of random shapes and masks, such as break a graph that was made for one of them.

B batch · T steps · F features
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

SHAPES = 200
LARGEST_BATCH, LONGEST = 64, 160
LARGEST = 2048
"""Steps of a batch at most, padding included, so that a check takes seconds."""

EDGES = [(1, 1), (1, 2), (2, 1), (LARGEST_BATCH, 1), (LARGEST_BATCH, 9), (1, LONGEST), (3, LONGEST), (5, 8), (8, 5)]
PADDINGS = ("none", "right", "left", "holes", "single", "empty")


@dataclass(frozen=True)
class Batch:
    """What a graph is asked: ids (B, T) or numbers (B, T, F), a mask (B, T), and how it was padded."""

    inputs: np.ndarray
    mask: np.ndarray
    padding: str

    def __str__(self) -> str:
        rows, steps = self.mask.shape
        return f"{rows} rows of {steps} steps, padding: {self.padding}"


def batches(
    vocab_size: int,
    features: int | None,
    *,
    longest: int | None = None,
    empty: bool = True,
    missing: float = 0.0,
    count: int = SHAPES,
    seed: int = 0,
) -> Iterator[Batch]:
    """Draw batches, each kind of padding as often as the others, the extreme sizes first.

    Args:
        vocab_size: ids are below it.
        features: F, for models of numbers.
        longest: the most steps, where the model has a limit.
        empty: whether rows without a real step are among them.
        missing: the share of numbers that are NaN.
        count: how many batches.
        seed: of the drawing.
    """
    rng = np.random.default_rng(seed)
    limit = min(LONGEST, longest or LONGEST)
    for number in range(count):
        padding = PADDINGS[number % len(PADDINGS)]
        rows, steps = EDGES[number // len(PADDINGS)] if number < len(EDGES) * len(PADDINGS) else _size(rng)
        steps = min(steps, limit)
        mask = _mask(rng, rows, steps, padding, empty)
        if features is None:
            yield Batch(rng.integers(0, vocab_size, (rows, steps)), mask, padding)
        else:
            numbers = rng.normal(size=(rows, steps, features)).astype(np.float32)
            if missing:
                numbers[rng.random(numbers.shape) < missing] = np.nan
            yield Batch(numbers, mask, padding)


def _size(rng: np.random.Generator) -> tuple[int, int]:
    """Draw rows and steps, small ones as often as large ones."""
    steps = round(float(np.exp(rng.uniform(0, np.log(LONGEST)))))
    most = max(1, min(LARGEST_BATCH, LARGEST // steps))
    return round(float(np.exp(rng.uniform(0, np.log(most))))), steps


def _mask(rng: np.random.Generator, rows: int, steps: int, padding: str, empty: bool) -> np.ndarray:
    """Draw (B, T) ones on real steps; every row has one, but where rows may be empty the first of "empty" has none."""
    lengths = rng.integers(1, steps + 1, (rows, 1))
    places = np.arange(steps)
    mask = np.ones((rows, steps), dtype=bool)
    if padding in ("right", "empty"):
        mask = places < lengths
    elif padding == "left":
        mask = places >= steps - lengths
    elif padding == "holes":
        mask = rng.random((rows, steps)) < rng.random((rows, 1))
        mask[np.arange(rows), rng.integers(0, steps, rows)] = True
    elif padding == "single":
        mask = places == rng.integers(0, steps, (rows, 1))
    if padding == "empty" and empty:
        mask[0] = False
    return mask.astype(np.int64)
