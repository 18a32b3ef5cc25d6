# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Convolutions over the real steps of each row, wherever padding stands, and a front of them for any encoder.

The real steps of a row are moved to its front, what is behind them is zero before every convolution, and no norm looks
at it: a row gives the same alone and in any batch. With a stride, T steps become ceil(T / stride), counted row by row.

B batch · T steps, padding included · N real steps of all rows · E input width · H output width
Wang et al. 2017, arXiv:1611.06455. Batch norm: Ioffe & Szegedy 2015, arXiv:1502.03167.
"""

from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import initialization as init

from .padding import Padding, take_steps


class Convolution(nn.Conv1d):
    """A convolution over steps in front: (B, T, E) to (B, ceil(T / stride), H).

    Args:
        input_size, hidden_size: E and H.
        kernel_size: steps that it sees at a time.
        stride: steps between two that it gives.
        causal: see steps up to this one only; else as many before as after it.
    """

    def __init__(
        self, input_size: int, hidden_size: int, kernel_size: int, stride: int = 1, causal: bool = False
    ) -> None:
        super().__init__(input_size, hidden_size, kernel_size, stride=stride)
        before = kernel_size - 1 if causal else (kernel_size - 1) // 2
        self.around = (before, kernel_size - 1 - before)

    def forward(self, states: Tensor) -> Tensor:
        """Read; padding must be zero."""
        return super().forward(F.pad(states.transpose(1, 2), self.around)).transpose(1, 2)

    def start_weights(self) -> None:
        """Start as suits ReLU (He et al. 2015, arXiv:1502.01852)."""
        init.kaiming_normal_(self.weight, nonlinearity="relu")
        if self.bias is not None:
            init.zeros_(self.bias)


class StepBatchNorm(nn.Module):
    """Batch norm whose statistics are of the real steps of a batch, all rows together."""

    running_mean: Tensor
    running_var: Tensor

    def __init__(self, width: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight, self.bias = nn.Parameter(torch.ones(width)), nn.Parameter(torch.zeros(width))
        self.register_buffer("running_mean", torch.zeros(width))
        self.register_buffer("running_var", torch.ones(width))

    def forward(self, states: Tensor, mask: Tensor | None = None) -> Tensor:
        """(B, T, H) to (B, T, H), zero at padding, which a mask (B, T) tells; None where nothing is padded."""
        if not self.training:
            scale = self.weight * torch.rsqrt(self.running_var + self.eps)
            return (states - self.running_mean) * scale + self.bias
        steps = states.flatten(0, 1) if mask is None else states[mask]  # (N, H)
        several = len(steps) > 1  # one step alone has no deviation
        rest = (self.weight, self.bias, several, self.momentum, self.eps)
        steps = F.batch_norm(steps, self.running_mean, self.running_var, *rest)
        return (
            steps.view_as(states) if mask is None else torch.zeros_like(states).masked_scatter(mask[..., None], steps)
        )

    def start_weights(self) -> None:
        """Start as what changes nothing."""
        init.ones_(self.weight)
        init.zeros_(self.bias)
        init.zeros_(self.running_mean)
        init.ones_(self.running_var)


class StepLayerNorm(nn.LayerNorm):
    """Layer norm of each step by itself."""

    def forward(self, states: Tensor, mask: Tensor | None = None) -> Tensor:
        """(B, T, H) to (B, T, H)."""
        return super().forward(states)


class NoNorm(nn.Identity):
    """No norm."""

    def forward(self, states: Tensor, mask: Tensor | None = None) -> Tensor:
        """Give the states as they are."""
        return states


NORMS: dict[str, Any] = {"batch": StepBatchNorm, "layer": StepLayerNorm, "none": lambda width: NoNorm()}


class ConvolutionUnit(nn.Module):
    """Convolution, norm and, unless a residual is added first, ReLU."""

    def __init__(self, input_size: int, hidden_size: int, norm: str, activate: bool = True, **shape: Any) -> None:
        super().__init__()
        self.convolution = Convolution(input_size, hidden_size, **shape)
        self.norm = NORMS[norm](hidden_size)
        self.activate = activate

    def forward(self, states: Tensor, mask: Tensor | None = None) -> Tensor:
        """(B, T, E) to (B, T', H), zero at padding; `mask` is that of T."""
        states = self.convolution(states)
        mask = shorten(mask, self.convolution.stride[0])
        states = self.norm(states, mask)
        return without_padding(torch.relu(states) if self.activate else states, mask)


class Front(nn.Module):
    """Convolutions between embedding and encoder: `front_layers` of them, as wide as the embedding.

    Args:
        config: says how many, how long, with which stride and norm.
        width: E.
    """

    travels: ClassVar[bool] = True  # its file is saved with a model's code

    def __init__(self, config: Any, width: int) -> None:
        super().__init__()
        shape = {"kernel_size": config.front_kernel_size, "stride": config.front_stride, "causal": config.front_causal}
        count = config.front_layers
        self.units = nn.ModuleList(ConvolutionUnit(width, width, config.front_norm, **shape) for _ in range(count))
        self.each_stride: int = config.front_stride
        self.stride: int = config.front_stride**config.front_layers

    def forward(self, states: Tensor, padding: Padding | None) -> tuple[Tensor, Padding | None]:
        """Read.

        Args:
            states: (B, T, E).
            padding: None where nothing is padded.

        Returns:
            (B, T', E), zero at padding, and the padding of these steps, with its orders; without a stride steps stay
            where they were, with one the real steps stand in front.
        """
        if padding is not None:
            padding = padding.ordered()
        states, mask = steps_in_front(states, padding)
        for unit in self.units:
            states = unit(states, mask)
            mask = shorten(mask, self.each_stride)
        if self.stride == 1:
            return put_back(states, padding), padding
        return states, None if mask is None else Padding(mask).ordered()

    def shorten(self, padding: Padding | None) -> Padding | None:
        """Give the padding of what `forward` gives."""
        if padding is None or self.stride == 1:
            return padding
        mask = padding.mask
        counts, steps = mask.sum(1, keepdim=True), torch.arange(mask.shape[1], device=mask.device)
        return Padding(shorten(steps < counts, self.stride))


def shorten(mask: Any, stride: int) -> Any:
    """Give the mask of every stride-th step, of a mask (B, T) whose real steps stand in front; None stays."""
    return mask if mask is None or stride == 1 else mask[:, ::stride]


def without_padding(states: Tensor, mask: Tensor | None) -> Tensor:
    """Put zeros at padding: (B, T, H) to (B, T, H)."""
    return states if mask is None else states.masked_fill(~mask.unsqueeze(-1), 0.0)


def steps_in_front(states: Tensor, padding: Padding | None) -> tuple[Tensor, Tensor | None]:
    """Move the real steps of each row to its front, zeros behind them: (B, T, E), and the mask (B, T) of that."""
    if padding is None:
        return states, None
    mask = padding.mask
    if padding.inverse is not None:
        states, mask = take_steps(states, padding.inverse), mask.gather(1, padding.inverse)
    return without_padding(states, mask), mask


def put_back(states: Tensor, padding: Padding | None) -> Tensor:
    """Move steps back to where `steps_in_front` took them from."""
    return states if padding is None or padding.order is None else take_steps(states, padding.order)


__all__ = ["Convolution", "ConvolutionUnit", "Front"]
