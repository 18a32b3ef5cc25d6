# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The cross-entropy of a linear head over a large vocabulary, a few rows at a time.

Scores of all rows at once are the largest tensor of a small language model, and writing, reading and freeing it the
better part of a step. Here matrix products take a block of rows, all else a piece of it that stays in the cache, and
the gradient is taken while it is there; what is kept for the backward pass has the size of the states and the weights.
In half precision only the matrix products are half: softmax and sums are float32.

N rows · H width of a state · V vocabulary · C rows of a piece
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from .padding import is_tracing
from .token_losses import target_count, token_loss

BLOCK = 2**24  # scores that are held, 32 MB in half precision
PIECE = 2**17  # scores that are worked on, 512 kB
ALIGNED = 64  # rows of scores begin at multiples of this: MKL takes 1.6 times as long in float32 where they do not


def head_loss(
    head: nn.Linear,
    states: Tensor,
    targets: Tensor,
    num_items_in_batch: Tensor | int | None = None,
    label_smoothing: float = 0.0,
) -> Tensor:
    """`token_loss` of `head(states)`, without the scores.

    Args:
        head: a linear layer; one that was changed (an adapter, a hook) is called as it is.
        states: (..., H).
        targets: (...) ids, -100 where there is none.
        num_items_in_batch: what to divide the sum by; without it, the targets of this batch.
        label_smoothing: as in `token_loss`.

    Returns:
        () float32; 0 where there is no target at all.

    Raises:
        IndexError: a target outside the vocabulary, with its range.
    """
    states, targets = states.flatten(0, -2), targets.to(states.device).flatten()
    if is_tracing():
        return token_loss(head(states), targets, num_items_in_batch, label_smoothing)
    asked = targets != -100
    if not bool(asked.all()):
        states, targets = states[asked], targets[asked]
    if not is_plain(head) or not _are_rows(targets, head.out_features):
        return token_loss(head(states), targets, num_items_in_batch, label_smoothing)
    total = _HeadLoss.apply(states, head.weight, head.bias, targets, label_smoothing)
    return total / target_count(targets, num_items_in_batch)


def step_scores(head: nn.Linear, states: Tensor) -> Tensor:
    """`head(states)`; for one step of several rows on a CPU, as `generate()` asks for, a third faster.

    MKL is quicker over (V, H) x (H, B) than over (B, H) x (H, V) where B is small.

    Args:
        head: a linear layer.
        states: (B, T, H).

    Returns:
        (B, T, V).
    """
    few = not is_tracing() and states.shape[1] == 1 and 8 <= states.shape[0] <= 64 and states.device.type == "cpu"
    plain = few and head.bias is None and states.dtype == head.weight.dtype == torch.float32
    if not plain or torch.is_grad_enabled() or torch.is_autocast_enabled("cpu") or not is_plain(head):
        return head(states)
    return torch.mm(head.weight, states[:, 0].t()).t().contiguous().unsqueeze(1)


def is_plain(head: nn.Linear) -> bool:
    """Tell whether the layer is nothing but its weights: no adapter, no hook, nothing being recorded."""
    hooked = head._forward_hooks or head._forward_pre_hooks or "forward" in vars(head)  # the last by accelerate
    changed = type(head) is not nn.Linear or bool(hooked)
    return not changed and not is_tracing()


def _are_rows(targets: Tensor, rows: int) -> bool:
    """Whether every target is a row of the head; what is none is left to `token_loss`, which says which."""
    return len(targets) == 0 or (int(targets.min()) >= 0 and int(targets.max()) < rows)


class _HeadLoss(torch.autograd.Function):
    """Sum of the cross-entropies; the gradients are made in the forward pass, while the scores are there."""

    @staticmethod
    def forward(
        ctx: Any, states: Tensor, weight: Tensor, bias: Tensor | None, targets: Tensor, smoothing: float
    ) -> Tensor:
        kind = states.device.type
        dtype = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else states.dtype
        with torch.autocast(kind, enabled=False), torch.no_grad():
            total, *gradients = _sum_blocks(states, weight.to(dtype), bias, targets, smoothing)
        like = (states, weight, bias)
        ctx.save_for_backward(
            *(
                None if each is None or made is None else made.to(each.dtype)
                for made, each in zip(gradients, like, strict=True)
            )
        )
        return total

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        return *(None if made is None else made * gradient.to(made.dtype) for made in ctx.saved_tensors), None, None


def _sum_blocks(
    states: Tensor, weight: Tensor, bias: Tensor | None, targets: Tensor, smoothing: float
) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
    """Return the sum of the cross-entropies, and its gradients by states (N, H), weight (V, H) and bias (V,)."""
    dtype, exact = weight.dtype, torch.promote_types(weight.dtype, torch.float32)
    total = states.new_zeros((), dtype=exact)
    by_states = torch.empty_like(states)
    by_weight: Tensor | None = None
    by_bias = None if bias is None else weight.new_zeros(weight.shape[0], dtype=exact)
    block = max(1, BLOCK // weight.shape[0])
    width = -(-weight.shape[0] // ALIGNED) * ALIGNED
    scores = weight.new_empty(min(block, len(states)), width)[:, : weight.shape[0]]
    for start in range(0, len(states), block):
        rows = states[start : start + block].to(dtype)
        part = torch.mm(rows, weight.t(), out=scores[: len(rows)])
        total += _to_gradient(part, bias, targets[start : start + block], smoothing, by_bias)
        by_states[start : start + block] = torch.mm(part, weight)
        made = torch.mm(part.t(), rows)
        by_weight = made.to(exact) if by_weight is None else by_weight.add_(made)
    return total, by_states, torch.zeros_like(weight, dtype=exact) if by_weight is None else by_weight, by_bias


def _to_gradient(
    scores: Tensor, bias: Tensor | None, targets: Tensor, smoothing: float, by_bias: Tensor | None
) -> Tensor:
    """Put the gradient in the place of scores (N, V); the sum of their cross-entropies, and in place that by bias."""
    rows, exact = len(scores), torch.promote_types(scores.dtype, torch.float32)
    size = max(1, PIECE // scores.shape[1]) if scores.device.type == "cpu" else rows  # C
    total = scores.new_zeros((), dtype=exact)
    for start in range(0, rows, size):
        kept, wanted = scores[start : start + size], targets[start : start + size].unsqueeze(1)  # (C, V), (C, 1)
        logits = kept.to(exact) if bias is None else kept.to(exact) + bias
        target_logits = logits.gather(1, wanted)  # (C, 1)
        if smoothing:
            target_logits = (1 - smoothing) * target_logits + smoothing * logits.mean(1, keepdim=True)
        probabilities = logits.softmax(1)
        total += (logits.amax(1, keepdim=True) - probabilities.amax(1, keepdim=True).log() - target_logits).sum()
        probabilities.scatter_add_(1, wanted, probabilities.new_full(wanted.shape, smoothing - 1))
        if smoothing:
            probabilities -= smoothing / probabilities.shape[1]
        if by_bias is not None:
            by_bias += probabilities.sum(0)
        kept.copy_(probabilities)
    return total


__all__ = ["head_loss", "is_plain", "step_scores"]
