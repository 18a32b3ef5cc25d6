# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Exercises on recurrent cells. H hidden units; gates are given before their activation."""

import torch
from torch import Tensor

from hf_seq.teach.exercise import Case, Exercise


def rnn_step(x: Tensor, h: Tensor, w: Tensor, u: Tensor, b: Tensor) -> Tensor:
    """Take a step of Elman's cell."""
    return torch.tanh(w @ x + u @ h + b)


def lstm_step(gates: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
    """Take a step of an LSTM from its four gates (4, H), in the order input, forget, candidate, output."""
    i, f, g, o = gates
    new = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(new), new


def gru_step(reset: Tensor, update: Tensor, from_x: Tensor, from_h: Tensor, h: Tensor) -> Tensor:
    """Take a step of a GRU as torch does."""
    r, z = torch.sigmoid(reset), torch.sigmoid(update)
    candidate = torch.tanh(from_x + r * from_h)
    return (1 - z) * candidate + z * h


def clip(gradients: list[Tensor], largest: float) -> list[Tensor]:
    """Scale gradients so that their common norm is at most `largest`."""
    norm = torch.sqrt(torch.stack([(each**2).sum() for each in gradients]).sum())
    factor = min(1.0, largest / max(norm.item(), 1e-12))
    return [each * factor for each in gradients]


def _random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


CELLS = {
    "rnn_step": Exercise(
        "rnn_step(x, h, w, u, b): the next state (H,) of Elman's cell: tanh of w x + u h + b.",
        rnn_step,
        (
            Case(
                "random weights",
                tuple(_random(*shape, seed=n) for n, shape in enumerate([(2,), (3,), (3, 2), (3, 3), (3,)])),
            ),
            Case("a first state of zeros", (_random(2), torch.zeros(3), _random(3, 2), _random(3, 3), _random(3))),
        ),
        "w @ x is a matrix times a vector; the activation is tanh.",
    ),
    "lstm_step": Exercise(
        "lstm_step(gates, c): gates (4, H) before their activation, in the order input, forget, candidate, "
        "output, and the memory "
        "c (H,). Returns (h, c), the new state and the new memory.",
        lstm_step,
        (
            Case("random gates", (_random(4, 3), _random(3, seed=1))),
            Case("a memory that is large", (_random(4, 3, seed=2), 5 * torch.ones(3))),
        ),
        "c is kept by the forget gate and added to by input times candidate; what goes out is tanh(c), through "
        "the output gate.",
    ),
    "gru_step": Exercise(
        "gru_step(reset, update, from_x, from_h, h): reset and update are gates before their activation, "
        "from_x and from_h the two "
        "parts of the candidate, all (H,). Returns the next state; the update gate says how much of h stays, "
        "as in torch.",
        gru_step,
        (
            Case("random values", tuple(_random(3, seed=n) for n in range(5))),
            Case(
                "an update gate that keeps all",
                (_random(3), 20 * torch.ones(3), _random(3), _random(3), _random(3, seed=4)),
            ),
            Case(
                "a reset gate that is shut",
                (-20 * torch.ones(3), _random(3), _random(3), _random(3), _random(3, seed=4)),
            ),
        ),
        "(1 - z) * candidate + z * h; the reset gate multiplies from_h alone.",
    ),
    "clip": Exercise(
        "clip(gradients, largest): a list of tensors, scaled by one factor so that their common norm is at "
        "most largest.",
        clip,
        (
            Case("gradients that are too large", ([3 * torch.ones(2), 4 * torch.ones(3)], 1.0)),
            Case("gradients that are small enough", ([0.1 * torch.ones(2)], 1.0)),
            Case("gradients of zeros", ([torch.zeros(2)], 1.0)),
        ),
        "The norm is over all tensors together; nothing is made larger.",
    ),
}
