# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Exercises on padding. B rows · T steps · H units · L labels; a mask is 1 on real steps."""

import torch
from torch import Tensor
from torch.nn import functional as F

from hf_seq.teach.exercise import Case, Exercise


def masked_mean(states: Tensor, mask: Tensor) -> Tensor:
    """Take the mean of the real steps; zeros for a row without any."""
    return (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True).clamp(min=1)


def masked_max(states: Tensor, mask: Tensor) -> Tensor:
    """Take the largest value of each unit over real steps."""
    return states.masked_fill(mask[..., None] == 0, float("-inf")).amax(1)


def last_state(states: Tensor, mask: Tensor) -> Tensor:
    """Take the state of each row's last real step, wherever the padding is."""
    steps = torch.arange(mask.shape[1])
    return states[torch.arange(len(states)), (mask * steps).argmax(1)]


def reverse_rows(ids: Tensor, lengths: Tensor) -> Tensor:
    """Reverse each row within its length and leave the padding where it is."""
    found = ids.clone()
    for row, length in enumerate(lengths.tolist()):
        found[row, :length] = ids[row, :length].flip(0)
    return found


def masked_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Take the mean cross-entropy of the tokens whose label is not -100."""
    return F.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=-100)


STATES = torch.tensor([[[1.0, -2.0], [3.0, -4.0], [9.0, 9.0]], [[-1.0, 0.5], [2.0, 2.0], [6.0, -3.0]]])
RIGHT = torch.tensor([[1, 1, 0], [1, 1, 1]])
LEFT = torch.tensor([[0, 1, 1], [1, 1, 1]])
NEGATIVE = -STATES.abs() - 1
LOGITS = torch.randn(2, 3, 4, generator=torch.Generator().manual_seed(0))
PADDING = {
    "masked_mean": Exercise(
        "masked_mean(states, mask): states (B, T, H), mask (B, T). Returns (B, H), the mean over real steps; "
        "zeros for a row that has none.",
        masked_mean,
        (
            Case("padding on the right", (STATES, RIGHT)),
            Case("padding on the left", (STATES, LEFT)),
            Case("a row without a real step", (STATES, torch.tensor([[0, 0, 0], [1, 1, 1]]))),
        ),
        "Multiply by mask[..., None] and divide by the row's own number of steps, at least 1.",
    ),
    "masked_max": Exercise(
        "masked_max(states, mask): states (B, T, H), mask (B, T). Returns (B, H), the largest value of each "
        "unit over real steps.",
        masked_max,
        (
            Case("padding on the right", (STATES, RIGHT)),
            Case("states that are all negative", (NEGATIVE, RIGHT)),
            Case("padding on the left", (NEGATIVE, LEFT)),
        ),
        "Zero is larger than a negative state: fill the padding with minus infinity first.",
    ),
    "last_state": Exercise(
        "last_state(states, mask): states (B, T, H), mask (B, T). Returns (B, H), the state at each row's last "
        "real step.",
        last_state,
        (
            Case("padding on the right", (STATES, RIGHT)),
            Case("padding on the left", (STATES, LEFT)),
            Case("no padding", (STATES, torch.ones_like(RIGHT))),
        ),
        "mask.sum(1) - 1 is right only where the padding is on the right; the largest step with a 1 is right always.",
    ),
    "reverse_rows": Exercise(
        "reverse_rows(ids, lengths): ids (B, T) padded on the right. Returns them with each row reversed "
        "within its length.",
        reverse_rows,
        (
            Case("rows of different lengths", (torch.tensor([[5, 7, 6, 0], [1, 4, 2, 3]]), torch.tensor([3, 4]))),
            Case("a row without a step", (torch.tensor([[0, 0], [1, 2]]), torch.tensor([0, 2]))),
        ),
        "A plain flip puts the padding first, where the backward cell then begins.",
    ),
    "masked_loss": Exercise(
        "masked_loss(logits, labels): logits (B, T, L), labels (B, T) with -100 where there is none. Returns "
        "the mean cross-entropy of "
        "the labelled tokens.",
        masked_loss,
        (
            Case("labels that are missing at the end", (LOGITS, torch.tensor([[1, 2, -100], [0, 3, 1]]))),
            Case("labels that are missing at the start", (LOGITS, torch.tensor([[-100, 2, 1], [-100, -100, 1]]))),
        ),
        "Divide by the number of labels, not by B times T; and -100 is not label 0.",
    ),
}
