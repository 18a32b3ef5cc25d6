# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Where a step stands in its sequence, for models that would not know otherwise.

B batch · T steps, padding included · H width · D width of a head
"""

import math
from functools import lru_cache

import torch
from torch import Tensor, nn
from transformers import PreTrainedConfig

from .padding import Padding, is_tracing

LONGEST_TABLE = 8_192


def count_positions(padding: Padding | None, inputs: Tensor) -> Tensor:
    """Count the real steps of each row from 0, so that padding on any side moves none.

    Args:
        padding: None where nothing is padded.
        inputs: (B, T, ...), for length and device.

    Returns:
        (B, T), or (1, T) where nothing is padded.
    """
    if padding is None:
        return torch.arange(inputs.shape[1], device=inputs.device).unsqueeze(0)
    return (padding.mask.long().cumsum(1) - 1).clamp(min=0)


def sinusoids(positions: Tensor, width: int) -> Tensor:
    """Sine and cosine of each position at geometric wavelengths (Vaswani et al. 2017, arXiv:1706.03762, section 3.5).

    Args:
        positions: (B, T).
        width: H, even.

    Returns:
        (B, T, H) float32: sines at even places, cosines at odd ones.
    """
    plain = positions.device.type == "cpu" and not is_tracing()
    if plain and positions.numel() > 0 and (highest := int(positions.max())) < LONGEST_TABLE:
        return _table(1 << highest.bit_length(), width)[positions]  # ten times as fast as computing them
    return _compute_sinusoids(positions, width)


@lru_cache(maxsize=16)
def _table(steps: int, width: int) -> Tensor:
    """Sinusoids of the first positions: (steps, width)."""
    with torch.inference_mode(False), torch.no_grad():
        return _compute_sinusoids(torch.arange(steps, device="cpu"), width)


def _compute_sinusoids(positions: Tensor, width: int) -> Tensor:
    angles = positions.unsqueeze(-1).float() * _frequencies(width, positions.device)  # (..., T, H / 2)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(-2)


def rotations(positions: Tensor, width: int) -> tuple[Tensor, Tensor]:
    """Cosine and sine that `rotate` turns queries and keys by (Su et al. 2021, arXiv:2104.09864).

    Args:
        positions: (B, T).
        width: D, even.

    Returns:
        Two (B, 1, T, D) float32 tensors, alike for all heads.
    """
    angles = positions.unsqueeze(-1).float() * _frequencies(width, positions.device)  # (B, T, D / 2)
    angles = torch.cat([angles, angles], dim=-1).unsqueeze(1)  # (B, 1, T, D)
    return angles.cos(), angles.sin()


def rotate(states: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Turn each pair (i, i + D / 2) of a head by its position's angle: (B, heads, T, D)."""
    half = states.shape[-1] // 2
    swapped = torch.cat([-states[..., half:], states[..., :half]], dim=-1)
    return (states * cosine + swapped * sine).to(states.dtype)


def _frequencies(width: int, device: torch.device) -> Tensor:
    """Angular speed of each pair, 1 / 10000^(2i / width): (width / 2,)."""
    return torch.exp(torch.arange(0, width, 2, device=device).float() * (-math.log(10_000.0) / width))


class Positions(nn.Module):
    """Tells the layers where each step stands, in the way that the configuration names.

    Args:
        config: says `position_embedding`, `hidden_size`, `num_attention_heads`, and `max_position_embeddings` for
            `learned` ones.
    """

    def __init__(self, config: PreTrainedConfig) -> None:
        super().__init__()
        self.kind = config.position_embedding
        self.width = config.hidden_size
        self.head_width = config.hidden_size // config.num_attention_heads
        if self.kind == "learned":
            self.embedding = nn.Embedding(config.max_position_embeddings, config.hidden_size)

    def forward(self, states: Tensor, positions: Tensor) -> tuple[Tensor, Tensor | None, Tensor | None]:
        """Place embedded inputs.

        Args:
            states: (B, T, H).
            positions: (B or 1, T).

        Returns:
            (B, T, H), positions added, and None twice; for `rotary` the states as they came, with cosine and sine
            (B or 1, 1, T, D) for the layers.

        Raises:
            ValueError: a position that `learned` ones do not reach.
        """
        if self.kind == "rotary":
            return (states, *rotations(positions, self.head_width))
        if self.kind == "sinusoidal":
            states = states + sinusoids(positions, self.width).to(states.dtype)
        elif self.kind == "learned":
            states = states + self._look_up(positions) * math.sqrt(self.width)
        return states, None, None

    def _look_up(self, positions: Tensor) -> Tensor:
        limit = self.embedding.num_embeddings
        if is_tracing():
            return self.embedding(positions)
        if positions.shape[1] > limit or positions.device.type == "cpu":  # elsewhere looking costs a wait
            highest = int(positions.max())
            if highest >= limit:
                raise ValueError(
                    f"the sequence has {highest + 1} steps, but learned positions end at "
                    f"max_position_embeddings={limit}; truncate it, or train with position_embedding='rotary'."
                )
        return self.embedding(positions)
