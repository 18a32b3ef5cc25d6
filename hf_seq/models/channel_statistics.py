# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A linear classifier over what each channel of a series does on the whole, beside an encoder that reads the steps.

Its weights are fitted, not trained. B batch · T steps, padding included · F features of a step · L labels
"""

from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from transformers import initialization as init

from .convolutions import steps_in_front
from .padding import Padding
from .pooling import Pooling

STATISTICS = 7
"""Mean, deviation, lowest, highest, first, last, change a step."""


class ChannelStatistics(nn.Module):
    """Scores (B, L) of the statistics of every channel and the logarithm of the number of steps.

    Args:
        config: says `num_features` and `num_labels`.
    """

    travels: ClassVar[bool] = True  # its file is saved with a model's code
    offset: Tensor
    scale: Tensor

    def __init__(self, config: Any) -> None:
        super().__init__()
        size = STATISTICS * config.num_features + 1
        self.register_buffer("offset", torch.zeros(size))
        self.register_buffer("scale", torch.ones(size))
        self.weight = nn.Parameter(torch.zeros(size, config.num_labels), requires_grad=False)
        self.bias = nn.Parameter(torch.zeros(config.num_labels), requires_grad=False)

    def start_weights(self) -> None:
        """Start as what says nothing."""
        for each in (self.offset, self.weight, self.bias):
            init.zeros_(each)
        init.ones_(self.scale)

    @torch.no_grad()
    def learn(self, offset: Tensor, scale: Tensor, weight: Tensor, bias: Tensor) -> None:
        """Take in what was fitted: mean and deviation of the statistics, weights (7 F + 1, L) and biases (L,)."""
        self.offset.copy_(offset)
        self.scale.copy_(scale)
        self.weight.copy_(weight)
        self.bias.copy_(bias)

    def forward(self, input_values: Tensor, padding: Padding | None = None) -> Tensor:
        """Score series (B, T, F): (B, L)."""
        found = (self.summarise(input_values, padding) - self.offset) / self.scale
        return found.to(self.weight) @ self.weight + self.bias

    def summarise(self, input_values: Tensor, padding: Padding | None = None) -> Tensor:
        """Compute the statistics, one after the other for all channels, and the logarithm: (B, 7 F + 1)."""
        padding = None if padding is None else padding.ordered()
        steps, mask = steps_in_front(input_values.float(), padding)  # (B, T, F), (B, T)
        if mask is None:
            mask = torch.ones_like(steps[..., 0], dtype=torch.bool)
        real = Padding(mask)
        mean = self._pooled("mean", steps, real)
        spread = self._pooled("mean", (steps - mean.unsqueeze(1)).square(), real).sqrt()
        ends = (self._pooled("first", steps, real), self._pooled("last", steps, real))
        bounds = (-self._pooled("max", -steps, real), self._pooled("max", steps, real))
        change = self._pooled("mean", (steps[:, 1:] - steps[:, :-1]).abs(), Padding(mask[:, 1:]))
        length = mask.sum(1, keepdim=True).clamp(min=1).float().log()
        return torch.cat([mean, spread, *bounds, *ends, change, length], dim=1)

    def _pooled(self, kind: Any, steps: Tensor, padding: Padding) -> Tensor:
        return Pooling(kind, steps.shape[-1])(steps, padding)[0]


__all__ = ["ChannelStatistics"]
