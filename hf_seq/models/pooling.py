# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""From one state per step to one vector per sequence; padding takes no part.

B batch · T steps, padding included · H width of a state
"""

from typing import Literal

import torch
from torch import Tensor, nn

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

    def forward(self, states: Tensor, real: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """Pool.

        Args:
            states: (B, T, H).
            real: (B, T) bool, or None where nothing is padded.

        Returns:
            (B, H), and for `attention` the weights (B, T), which sum to one over the real steps; else None.
        """
        if self.kind == "mean":
            return _mean(states, real), None
        if self.kind == "max":
            return _max(states, real), None
        if self.kind == "first":
            return _step(states, real, last=False), None
        if self.kind == "last":
            return self._last(states, real), None
        weights = self._weights(states, real)  # (B, T)
        return torch.bmm(weights.unsqueeze(1), states).squeeze(1), weights

    def _last(self, states: Tensor, real: Tensor | None) -> Tensor:
        if not self.bidirectional:
            return _step(states, real, last=True)
        forwards, backwards = states.chunk(2, dim=-1)  # (B, T, H / 2) each
        return torch.cat([_step(forwards, real, last=True), _step(backwards, real, last=False)], dim=-1)

    def _weights(self, states: Tensor, real: Tensor | None) -> Tensor:
        scores = self.query(torch.tanh(self.energy(states))).squeeze(-1)  # (B, T)
        if real is None:
            return scores.softmax(-1)
        scores = scores.masked_fill(~real, torch.finfo(scores.dtype).min)
        return scores.softmax(-1).masked_fill(~real, 0.0)


def _mean(states: Tensor, real: Tensor | None) -> Tensor:
    if real is None:
        return states.mean(1)
    kept = states.masked_fill(~real.unsqueeze(-1), 0.0)
    return kept.sum(1) / real.sum(1, keepdim=True).clamp(min=1)


def _max(states: Tensor, real: Tensor | None) -> Tensor:
    if real is None:
        return states.amax(1)
    lowest = states.masked_fill(~real.unsqueeze(-1), torch.finfo(states.dtype).min)
    return lowest.amax(1).masked_fill(~real.any(1, keepdim=True), 0.0)


def _step(states: Tensor, real: Tensor | None, *, last: bool) -> Tensor:
    """The state of the first or last real step of each row, (B, H)."""
    if real is None:
        return states[:, -1 if last else 0]
    steps = torch.arange(states.shape[1], device=states.device)
    place = torch.where(real, steps, -1).amax(1) if last else torch.where(real, steps, len(steps)).amin(1)  # (B,)
    place = place.clamp(0, len(steps) - 1)
    picked = states[torch.arange(states.shape[0], device=states.device), place]
    return picked.masked_fill(~real.any(1, keepdim=True), 0.0)
