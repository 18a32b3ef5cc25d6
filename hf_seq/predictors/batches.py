# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From many inputs to batches: windows of a stream, batches of similar length, padded rows.

B batch · T steps
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import torch
from torch import Tensor

BATCHES_IN_WINDOW = 32
"""Inputs are sorted within windows of this many batches."""


def growing_windows(inputs: Iterable[Any], size: int, largest: int) -> Iterator[tuple[int, list[Any]]]:
    """Cut a stream into windows, each twice the one before, up to the largest; with the number of its first input."""
    iterator, done = iter(inputs), 0
    while chunk := list(islice(iterator, size)):
        yield done, chunk
        done, size = done + len(chunk), min(2 * size, largest)


def batches_by_length(lengths: Sequence[int], batch_size: int, budget: int | None = None) -> Iterator[list[int]]:
    """Put rows of similar length into one batch, so that little is padded; short ones first.

    Args:
        lengths: of the rows.
        batch_size: rows in a batch at most.
        budget: steps in a batch at most, padding included; a longer row has a batch of its own. None sets no limit.

    Yields:
        The numbers of the rows of a batch, the longest last.
    """
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        full = len(batch) == batch_size or (budget is not None and (len(batch) + 1) * lengths[row] > budget)
        if batch and full:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def padded(rows: Sequence[Sequence[int]], value: int, *, left: bool = False, steps: int | None = None) -> Tensor:
    """Fill up rows of several lengths at one end, to the longest or to `steps`: (B, T)."""
    steps = max(map(len, rows)) if steps is None else steps
    if left:
        return torch.tensor([[value] * (steps - len(row)) + [*row] for row in rows], dtype=torch.long)
    return torch.tensor([[*row] + [value] * (steps - len(row)) for row in rows], dtype=torch.long)
