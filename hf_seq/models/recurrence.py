# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""One recurrent layer, read in one or two directions, whatever the padding.

The real steps of each row are moved to the front, so the fast unpacked kernel runs over them first and whatever it
computes on padding comes too late to matter; the backward direction does the same over the reversed row. On CPUs this
is faster than `pack_padded_sequence` and equal to it; where nothing is padded nothing is moved.

B batch · T steps, padding included · E input width · H output width, both directions together
"""

import torch
from torch import Tensor, nn
from transformers.modeling_layers import GradientCheckpointingLayer

from .padding import take_steps


class LSTM(nn.LSTM):
    """`nn.LSTM`, one layer, one direction, from a zero state; without the checks of its `forward`, 20 µs at batch 1."""

    def forward(self, inputs: Tensor) -> Tensor:  # type: ignore[override]
        """Read: (B, T, E) to (B, T, H)."""
        start = inputs.new_zeros(1, inputs.shape[0], self.hidden_size)
        return torch.lstm(inputs, (start, start), weights(self), True, 1, 0.0, self.training, False, True)[0]


class GRU(nn.GRU):
    """`nn.GRU`, as `LSTM`."""

    def forward(self, inputs: Tensor) -> Tensor:  # type: ignore[override]
        """Read: (B, T, E) to (B, T, H)."""
        start = inputs.new_zeros(1, inputs.shape[0], self.hidden_size)
        return torch.gru(inputs, start, weights(self), True, 1, 0.0, self.training, False, True)[0]


class RNN(nn.RNN):
    """`nn.RNN` with tanh, as `LSTM`."""

    def forward(self, inputs: Tensor) -> Tensor:  # type: ignore[override]
        """Read: (B, T, E) to (B, T, H)."""
        start = inputs.new_zeros(1, inputs.shape[0], self.hidden_size)
        return torch.rnn_tanh(inputs, start, weights(self), True, 1, 0.0, self.training, False, True)[0]


def weights(cell: nn.RNNBase) -> list[Tensor]:
    """The four tensors of a cell, in the order that torch's kernels take them."""
    return [cell.weight_ih_l0, cell.weight_hh_l0, cell.bias_ih_l0, cell.bias_hh_l0]  # type: ignore[list-item]


CELLS: dict[str, type[LSTM | GRU | RNN]] = {"lstm": LSTM, "gru": GRU, "rnn": RNN}


class RecurrentLayer(GradientCheckpointingLayer):
    """Elman RNN, GRU or LSTM over the real steps of each row.

    Args:
        cell_type: `lstm`, `gru` or `rnn`.
        input_size: E.
        hidden_size: H, halved between the directions where there are two.
        bidirectional: read both ways.
    """

    def __init__(self, cell_type: str, input_size: int, hidden_size: int, bidirectional: bool) -> None:
        super().__init__()
        units = hidden_size // 2 if bidirectional else hidden_size
        self.forward_cell = CELLS[cell_type](input_size, units, batch_first=True)
        self.backward_cell = CELLS[cell_type](input_size, units, batch_first=True) if bidirectional else None

    def forward(self, inputs: Tensor, real: Tensor | None = None, *orders: Tensor | None) -> Tensor:
        """Read each sequence.

        Args:
            inputs: (B, T, E).
            real: (B, T) bool, or None where nothing is padded.
            orders: where `real` is given, four (B, T) permutations: the forward order and its inverse (None where the
                real steps stand in front already), the backward order and its inverse.

        Returns:
            (B, T, H), zero at padding.
        """
        if real is None:
            forwards = self.forward_cell(inputs)  # (B, T, H / directions)
            if self.backward_cell is None:
                return forwards
            backwards = self.backward_cell(inputs.flip(1)).flip(1)
            return torch.cat([forwards, backwards], dim=-1)  # (B, T, H)

        order, inverse, backward_order, backward_inverse = orders
        states = _read(self.forward_cell, inputs, order, inverse)
        if self.backward_cell is not None:
            backwards = _read(self.backward_cell, inputs, backward_order, backward_inverse)
            states = torch.cat([states, backwards], dim=-1)  # (B, T, H)
            return states.masked_fill_(~real.unsqueeze(-1), 0.0)  # in place: nobody else holds what was just joined
        return states.masked_fill(~real.unsqueeze(-1), 0.0)


def _read(cell: nn.RNNBase, inputs: Tensor, order: Tensor | None, inverse: Tensor | None) -> Tensor:
    """Run a cell over the steps in the given order and put its states back where the steps were."""
    if order is None or inverse is None:
        return cell(inputs)
    return take_steps(cell(take_steps(inputs, inverse)), order)
