# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The cross-entropy of a linear head over a large vocabulary, a few rows at a time.

Scores of all rows at once are the largest tensor of a small language model, and writing, reading and freeing it the
better part of a step. Here a block of rows stays in the cache, and its gradient is taken while it is there; what is
kept for the backward pass has the size of the states and the weights. In half precision only the matrix products are
half: log-sum-exp and sums are float32.

N rows · H width of a state · V vocabulary · C rows of a block
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from .losses import target_count, token_loss

BLOCK = 2**21  # scores of a block, 8 MB


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
    asked = targets != -100
    if not bool(asked.all()):
        states, targets = states[asked], targets[asked]
    plain = type(head) is nn.Linear and not (head._forward_hooks or head._forward_pre_hooks)
    if not plain or torch.compiler.is_compiling() or not _are_rows(targets, head.out_features):
        return token_loss(head(states), targets, num_items_in_batch, label_smoothing)
    total = _HeadLoss.apply(states, head.weight, head.bias, targets, label_smoothing)
    return total / target_count(targets, num_items_in_batch)


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
            total, *gradients = _sum_blocks(states, weight.to(dtype), bias, targets, dtype, smoothing)
        like = (states, weight, bias)
        ctx.save_for_backward(
            *(None if each is None else made.to(each.dtype) for made, each in zip(gradients, like, strict=True))
        )
        return total

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        return *(None if made is None else made * gradient.to(made.dtype) for made in ctx.saved_tensors), None, None


def _sum_blocks(
    states: Tensor, weight: Tensor, bias: Tensor | None, targets: Tensor, dtype: torch.dtype, smoothing: float
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The sum of the cross-entropies, and its gradients by states (N, H), weight (V, H) and bias (V,)."""
    exact = torch.promote_types(dtype, torch.float32)
    total = states.new_zeros((), dtype=exact)
    by_states = torch.empty_like(states)
    by_weight = weight.new_zeros(weight.shape, dtype=exact)
    by_bias = weight.new_zeros(weight.shape[0], dtype=exact)
    block = max(1, BLOCK // weight.shape[0])  # C
    product = weight.new_empty(min(block, len(states)), weight.shape[0])  # (C, V)
    scores = product if dtype == exact else product.to(exact)
    for start in range(0, len(states), block):
        rows, wanted = states[start : start + block].to(dtype), targets[start : start + block].unsqueeze(1)
        part, said = product[: len(rows)], scores[: len(rows)]
        torch.mm(rows, weight.t(), out=part)
        if part is not said and dtype != exact:
            said.copy_(part)
        if bias is not None:
            said += bias
        said -= said.amax(1, keepdim=True)
        right = said.gather(1, wanted)  # (C, 1)
        if smoothing:
            right = (1 - smoothing) * right + smoothing * said.mean(1, keepdim=True)
        shares = said.exp_().sum(1, keepdim=True)
        total += (shares.log() - right).sum()
        said.div_(shares).scatter_add_(1, wanted, said.new_full(wanted.shape, smoothing - 1.0))
        if smoothing:
            said -= smoothing / said.shape[1]  # now the gradient by scores
        by_bias += said.sum(0)
        if dtype != exact:
            part.copy_(said)
        by_states[start : start + block] = torch.mm(part, weight)
        if dtype == exact:
            by_weight.addmm_(part.t(), rows)
        else:
            by_weight += torch.mm(part.t(), rows)
    return total, by_states, by_weight, by_bias


__all__ = ["head_loss"]
