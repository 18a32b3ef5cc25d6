# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Exercises on attention and the transformer block. T steps · S steps of a source · H units."""

import math

import torch
from torch import Tensor

from hf_seq.teach.exercise import Case, Exercise


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """Turn scores (B, T) into weights that are 0 on padding and sum to 1."""
    return scores.masked_fill(mask == 0, float("-inf")).softmax(-1)


def context(weights: Tensor, values: Tensor) -> Tensor:
    """Sum values (B, T, H) by weights (B, T): (B, H)."""
    return (weights[..., None] * values).sum(1)


def attend(queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """Attend by scaled dot products: (T, H) over (S, H)."""
    return (queries @ keys.T / math.sqrt(queries.shape[-1])).softmax(-1) @ values


def causal_mask(steps: int) -> Tensor:
    """Say which steps (columns) each step (row) may look at."""
    return torch.ones(steps, steps).tril()


def sinusoids(steps: int, width: int) -> Tensor:
    """Write positions as sines (even places) and cosines (odd places) of falling frequency."""
    rates = 10_000 ** (-torch.arange(0, width, 2) / width)
    angles = torch.arange(steps)[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(1)


def layer_norm(x: Tensor) -> Tensor:
    """Give each vector (..., H) mean 0 and variance 1."""
    centred = x - x.mean(-1, keepdim=True)
    return centred / torch.sqrt((centred**2).mean(-1, keepdim=True) + 1e-5)


def _random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


ATTENTION = {
    "masked_softmax": Exercise(
        "masked_softmax(scores, mask): scores and mask (B, T). Returns weights (B, T): 0 on padding, and each "
        "row sums to 1.",
        masked_softmax,
        (
            Case("padding on the right", (_random(2, 3), torch.tensor([[1, 1, 0], [1, 1, 1]]))),
            Case("scores that are large and negative", (_random(1, 3) - 50, torch.tensor([[1, 0, 1]]))),
        ),
        "The scores of padding become minus infinity before the softmax; weights set to 0 after it no longer sum to 1.",
    ),
    "context": Exercise(
        "context(weights, values): weights (B, T), values (B, T, H). Returns (B, H), the weighted sum of the values.",
        context,
        (
            Case("random weights", (_random(2, 3).softmax(-1), _random(2, 3, 4, seed=1))),
            Case("as many rows as steps", (_random(3, 3).softmax(-1), _random(3, 3, 3, seed=1))),
        ),
        "weights[..., None] lines the weights up with the units.",
    ),
    "attend": Exercise(
        "attend(queries, keys, values): (T, H), (S, H), (S, H). Returns (T, H), scaled dot-product attention.",
        attend,
        (
            Case("more keys than queries", (_random(2, 4), _random(3, 4, seed=1), _random(3, 4, seed=2))),
            Case("as many keys as queries", (3 * _random(3, 4), _random(3, 4, seed=1), _random(3, 4, seed=2))),
        ),
        "Divide by the root of H, and take the softmax over the keys.",
    ),
    "causal_mask": Exercise(
        "causal_mask(steps): a float tensor (T, T), 1 where the step of the row may look at the step of the "
        "column, else 0.",
        causal_mask,
        (Case("four steps", (4,)), Case("one step", (1,))),
        "A step sees itself and what came before: torch.tril.",
    ),
    "sinusoids": Exercise(
        "sinusoids(steps, width): (T, H), position t at place 2i is sin(t / 10000 ** (2i / H)), at place 2i + "
        "1 the cosine of the same.",
        sinusoids,
        (Case("three positions", (3, 4)), Case("a single pair", (5, 2))),
        "Sines and cosines take turns; position 0 is 0, 1, 0, 1, ...",
    ),
    "layer_norm": Exercise(
        "layer_norm(x): x (..., H) with mean 0 and variance 1 in each vector, 1e-5 added to the variance.",
        layer_norm,
        (
            Case("a matrix", (_random(3, 4) * 3 + 1,)),
            Case("a batch of sequences", (_random(2, 3, 4),)),
            Case("a vector whose units are all the same", (torch.ones(1, 4),)),
        ),
        "Over the last axis, keepdim=True, and the variance is divided by H, not by H - 1.",
    ),
}
