# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""What padding means, in one place: steps that are not real never change a result.

B batch · T steps, padding included · N real steps of a row · H width
"""

import torch
from torch import Tensor


def real_steps(attention_mask: Tensor | None, inputs: Tensor, past: int = 0) -> Tensor | None:
    """Say which steps are real, or that all are.

    Args:
        attention_mask: (B, P + T), non-zero on real steps, 0 on padding, which may stand anywhere; None where nothing
            is padded.
        inputs: (B, T) or (B, T, F), what the mask belongs to.
        past: P, steps that were read before these and that the mask covers, too.

    Returns:
        (B, P + T) bool, or None where nothing is padded, so that the common case costs nothing.

    Raises:
        ValueError: the mask does not have the shape of the inputs.
    """
    if attention_mask is None:
        return None
    rows, steps = inputs.shape[:2]
    if attention_mask.shape != (rows, past + steps):
        earlier = f" after {past} steps read before" if past else ""
        raise ValueError(
            f"attention_mask has shape {tuple(attention_mask.shape)}, the inputs {(rows, steps)}{earlier}; "
            f"both must be (batch, steps){', and the mask cover all steps' if past else ''}."
        )
    if not torch.compiler.is_compiling() and bool(attention_mask.all()):
        return None
    return attention_mask.bool()


def reading_orders(real: Tensor) -> tuple[Tensor, Tensor]:
    """Say where each step stands once the real steps are moved to the front, read forwards or backwards.

    Each is a permutation of a row: a real step goes to its rank among the real steps (counted from the end when
    backwards), a padding step behind all of them.

    Args:
        real: (B, T) bool.

    Returns:
        Two (B, T) index tensors, forwards and backwards.
    """
    counted = real.cumsum(1)  # (B, T) real steps up to and with this one
    total = counted[:, -1:]  # (B, 1) = N
    behind = total + (~real).cumsum(1) - 1
    forwards = torch.where(real, counted - 1, behind)
    backwards = torch.where(real, total - counted, behind)
    return forwards, backwards


def all_orders(real: Tensor) -> tuple[Tensor | None, ...]:
    """Both reading orders, each with its inverse; no forward order where the real steps stand in front already."""
    forwards, backwards = reading_orders(real)
    pair: tuple[Tensor | None, Tensor | None] = (forwards, inverse_order(forwards))
    if not torch.compiler.is_compiling() and bool((real[:, 1:] <= real[:, :-1]).all()):
        pair = (None, None)
    return (*pair, backwards, inverse_order(backwards))


def inverse_order(order: Tensor) -> Tensor:
    """Invert the permutation of each row, (B, T)."""
    steps = torch.arange(order.shape[1], device=order.device).expand_as(order)
    return torch.empty_like(order).scatter_(1, order, steps)


def take_steps(states: Tensor, order: Tensor) -> Tensor:
    """Give step `order[b, t]` of row b at t: (B, T, H) and (B, T) to (B, T, H)."""
    rows, steps = order.shape
    first = torch.arange(0, rows * steps, steps, device=order.device).unsqueeze(1)  # (B, 1) where each row begins
    return states.reshape(rows * steps, -1).index_select(0, (order + first).reshape(-1)).view(rows, steps, -1)
