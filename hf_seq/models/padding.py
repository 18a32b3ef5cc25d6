# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Padding as one value, made once where inputs enter a model: which steps count, and in which order they are read.

B batch · T steps, padding included · N real steps of a row · P steps read before · H width
"""

from typing import NamedTuple

import torch
from torch import Tensor


class Padding(NamedTuple):
    """Which steps of a batch are real. None stands for a batch without padding, so that the common case costs nothing.

    A tuple of tensors: `accelerate` moves it between devices, and gradient checkpointing hands it on as it is.

    Attributes:
        mask: (B, T) bool, true on real steps, which may stand anywhere.
        order: (B, T) where each step goes when the real steps are moved to the front of their row; None where they
            stand there already, or where no order was asked for.
        inverse: (B, T) the permutation that undoes `order`.
        backward_order: (B, T) as `order`, with the real steps in reverse.
        backward_inverse: (B, T) the permutation that undoes `backward_order`.
    """

    mask: Tensor
    order: Tensor | None = None
    inverse: Tensor | None = None
    backward_order: Tensor | None = None
    backward_inverse: Tensor | None = None

    def ordered(self) -> "Padding":
        """Add the orders, which recurrent layers need."""
        if self.backward_order is not None:
            return self
        forwards, backwards = reading_orders(self.mask)
        pair: tuple[Tensor | None, Tensor | None] = (forwards, inverse_order(forwards))
        if not is_tracing() and bool((self.mask[:, 1:] <= self.mask[:, :-1]).all()):
            pair = (None, None)  # the real steps stand in front
        return Padding(self.mask, *pair, backwards, inverse_order(backwards))


def is_tracing() -> bool:
    """Tell whether this run is being recorded, for `torch.compile`, `torch.export`, `torch.jit.trace` or ONNX.

    What is recorded must hold for other inputs, too, so nothing may then be decided by the values of a tensor.
    """
    return torch.compiler.is_compiling() or torch.jit.is_tracing()


def find_padding(attention_mask: "Tensor | Padding | None", inputs: Tensor, past: int = 0) -> Padding | None:
    """Read an attention mask.

    Args:
        attention_mask: (B, P + T), non-zero on real steps, 0 on padding; None where nothing is padded. A `Padding` is
            given back as it is.
        inputs: (B, T) or (B, T, F), what the mask belongs to.
        past: P, steps that were read before these and that the mask covers, too.

    Returns:
        The mask, (B, P + T), without orders; None where nothing is padded.

    Raises:
        ValueError: the mask does not have the shape of the inputs.
    """
    if attention_mask is None or isinstance(attention_mask, Padding):
        return attention_mask
    rows, steps = inputs.shape[:2]
    if attention_mask.shape != (rows, past + steps):
        earlier = f" after {past} steps read before" if past else ""
        raise ValueError(
            f"attention_mask has shape {tuple(attention_mask.shape)}, the inputs {(rows, steps)}{earlier}; "
            f"both must be (batch, steps){', and the mask cover all steps' if past else ''}."
        )
    if not is_tracing() and bool(attention_mask.all()):
        return None
    return Padding(attention_mask.bool())


def reading_orders(mask: Tensor) -> tuple[Tensor, Tensor]:
    """Say where each step stands once the real steps are moved to the front, read forwards or backwards.

    Each is a permutation of a row: a real step goes to its rank among the real steps (counted from the end when
    backwards), a padding step behind all of them.

    Args:
        mask: (B, T) bool.

    Returns:
        Two (B, T) index tensors, forwards and backwards.
    """
    counted = mask.long().cumsum(1)  # (B, T) real steps up to and with this one
    total = counted[:, -1:]  # (B, 1) = N
    behind = total + (~mask).long().cumsum(1) - 1
    forwards = torch.where(mask, counted - 1, behind)
    backwards = torch.where(mask, total - counted, behind)
    return forwards, backwards


def inverse_order(order: Tensor) -> Tensor:
    """Invert the permutation of each row, (B, T)."""
    steps = torch.arange(order.shape[1], device=order.device).expand_as(order)
    return torch.empty_like(order).scatter_(1, order, steps)


def take_steps(states: Tensor, order: Tensor) -> Tensor:
    """Give step `order[b, t]` of row b at t: (B, T, H) and (B, T) to (B, T, H)."""
    rows, steps = order.shape
    first = torch.arange(0, rows * steps, steps, device=order.device).unsqueeze(1)  # (B, 1) where each row begins
    return states.reshape(rows * steps, -1).index_select(0, (order + first).reshape(-1)).view(rows, steps, -1)


def zero_padding(states: Tensor, padding: Padding | None) -> Tensor:
    """Put zeros at padding: (B, T, H) to (B, T, H)."""
    return states if padding is None else states.masked_fill(~padding.mask.unsqueeze(-1), 0.0)
