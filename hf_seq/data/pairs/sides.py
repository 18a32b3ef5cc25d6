# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Whether the two sides of pairs are in each other's place in many rows, as where a file goes in both directions."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np

BUCKETS = 1_024  # for the letters that stand beside each other
ROUNDS = 30  # until the direction in which sides differ most is found
MIXED = 0.15  # share of the rows that go the other way
APART = 2.5  # mean distance of the rows from the middle, in deviations of that distance
FEWEST = 20
SAMPLE = 2_000  # rows that are looked at
Array = np.ndarray


def share_turned(sources: Sequence[str], targets: Sequence[str]) -> float:
    """Return which share of the pairs goes the other way than most, by the letters of their sides; 0 where none do.

    Sides of one language differ by what they say, a little in every direction; sides of two languages differ alike in
    all rows, and with the other sign where they are in each other's place.
    """
    rows = list(zip(sources[:SAMPLE], targets[:SAMPLE], strict=True))
    rows = [(source, target) for source, target in rows if source and target and source != target]
    if len(rows) < FEWEST:
        return 0.0
    differences = np.stack([_letters(source) - _letters(target) for source, target in rows])  # (N, BUCKETS)
    direction = np.random.default_rng(0).standard_normal(BUCKETS)
    for _ in range(ROUNDS):
        direction = differences.T @ (differences @ direction)
        if not direction.any():
            return 0.0
        direction /= np.linalg.norm(direction)
    places = differences @ direction  # (N,)
    distances = np.abs(places)
    if distances.mean() < APART * distances.std():
        return 0.0
    share = float((places > 0).mean())
    return min(share, 1 - share)


def _letters(text: str) -> Array:
    """Count the pairs of letters of a text, as a vector of length 1."""
    letters = f" {text.casefold()} "
    counts = np.bincount(
        [crc32(letters[place : place + 2].encode()) % BUCKETS for place in range(len(letters) - 1)], minlength=BUCKETS
    )
    return counts / np.linalg.norm(counts)
