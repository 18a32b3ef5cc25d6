# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From one state per step to one vector per sequence; padding takes no part.

B batch · T steps, padding included · H width of a state
"""

from typing import Literal

import torch
from torch import Tensor, nn

from .padding import Padding

PoolingKind = Literal["first", "last", "mean", "max", "attention"]


class Pooling(nn.Module):
    """Summarise the real steps of each row; a row without any gives zeros.

    `last` on a bidirectional encoder takes each direction where it ends, the backward half at the first real step: at
    the last step that half has read one token only. `attention` is the additive attention of Bahdanau et al. 2015
    (arXiv:1409.0473) with one learned query.

    Args:
        kind: `first`, `last`, `mean`, `max` or `attention`.
        hidden_size: H.
        bidirectional: whether the second half of a state was computed backwards.
    """

    def __init__(self, kind: PoolingKind, hidden_size: int, bidirectional: bool = False) -> None:
        super().__init__()
        self.kind = kind
        self.bidirectional = bidirectional
        if kind == "attention":
            self.energy = nn.Linear(hidden_size, hidden_size)
            self.query = nn.Linear(hidden_size, 1, bias=False)

    def forward(self, states: Tensor, padding: Padding | None = None) -> tuple[Tensor, Tensor | None]:
        """Pool.

        Args:
            states: (B, T, H).
            padding: None where nothing is padded.

        Returns:
            (B, H), and for `attention` the weights (B, T), which sum to one over the real steps; else None.
        """
        if states.shape[1] == 0:  # an empty text alone: as a row that is all padding
            return states.new_zeros(states.shape[0], states.shape[2]), states.new_zeros(states.shape[:2])
        mask = None if padding is None else padding.mask  # (B, T)
        if self.kind == "mean":
            return _mean(states, mask), None
        if self.kind == "max":
            return _max(states, mask), None
        if self.kind == "first":
            return _step(states, mask, last=False), None
        if self.kind == "last":
            return self._last(states, mask), None
        weights = self._weights(states, mask)  # (B, T)
        return torch.bmm(weights.unsqueeze(1), states).squeeze(1), weights

    def _last(self, states: Tensor, mask: Tensor | None) -> Tensor:
        if not self.bidirectional:
            return _step(states, mask, last=True)
        forwards, backwards = states.chunk(2, dim=-1)  # (B, T, H / 2) each
        return torch.cat([_step(forwards, mask, last=True), _step(backwards, mask, last=False)], dim=-1)

    def _weights(self, states: Tensor, mask: Tensor | None) -> Tensor:
        scores = self.query(torch.tanh(self.energy(states))).squeeze(-1)  # (B, T)
        if mask is None:
            return scores.softmax(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        return scores.softmax(-1).masked_fill(~mask, 0.0)


def _mean(states: Tensor, mask: Tensor | None) -> Tensor:
    if mask is None:
        return states.mean(1)
    kept = states.masked_fill(~mask.unsqueeze(-1), 0.0)
    return kept.sum(1) / mask.sum(1, keepdim=True).clamp(min=1)


def _max(states: Tensor, mask: Tensor | None) -> Tensor:
    if mask is None:
        return states.amax(1)
    lowest = states.masked_fill(~mask.unsqueeze(-1), torch.finfo(states.dtype).min)
    return lowest.amax(1).masked_fill(~mask.any(1, keepdim=True), 0.0)


def _step(states: Tensor, mask: Tensor | None, *, last: bool) -> Tensor:
    """Return the state of the first or last real step of each row, (B, H)."""
    if mask is None:
        return states[:, -1 if last else 0]
    count = states.shape[1]
    steps = torch.arange(count, device=states.device)
    position = torch.where(mask, steps, -1).amax(1) if last else torch.where(mask, steps, count).amin(1)  # (B,)
    position = position.clamp(0, count - 1)
    picked = states[torch.arange(states.shape[0], device=states.device), position]
    return picked.masked_fill(~mask.any(1, keepdim=True), 0.0)
