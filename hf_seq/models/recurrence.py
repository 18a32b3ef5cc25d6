# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""One recurrent layer, read in one or two directions, whatever the padding.

The real steps of each row are moved to the front, so the fast unpacked kernel runs over them first and whatever it
computes on padding comes too late to matter; the backward direction does the same over the reversed row. On CPUs this
is faster than `pack_padded_sequence` and equal to it; where nothing is padded nothing is moved.

B batch · T steps, padding included · E input width · H output width, both directions together
"""

from typing import TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers.modeling_layers import GradientCheckpointingLayer

from .padding import take_steps

State: TypeAlias = tuple[Tensor, ...]  # h (B, H), and c (B, H) of an LSTM


class LSTM(nn.LSTM):
    """`nn.LSTM`, one layer, one direction; without the checks of its `forward`, 20 µs at batch 1."""

    weight_dropout: float = 0.0

    def forward(self, inputs: Tensor) -> Tensor:  # type: ignore[override]
        """Read from a zero state: (B, T, E) to (B, T, H)."""
        start = inputs.new_zeros(1, inputs.shape[0], self.hidden_size)
        return torch.lstm(inputs, (start, start), weights(self), True, 1, 0.0, self.training, False, True)[0]

    def begin(self, inputs: Tensor) -> State:
        """The zero state for a batch."""
        start = inputs.new_zeros(inputs.shape[0], self.hidden_size)
        return start, start

    def run(self, inputs: Tensor, start: State, frozen: Tensor | None = None) -> tuple[Tensor, State]:
        """Read on from a state: (B, T, E) to (B, T, H) and the state after the last step.

        Args:
            inputs: (B, T, E).
            start: h (B, H) and c (B, H).
            frozen: (B, T) bool, steps that must leave c as it was (h is then to be taken from the step before them).
                It is one more input: -1e4 to the input gate and 1e4 to the forget gate make them exactly 0 and 1.
        """
        parameters = weights(self)
        if frozen is not None:
            inputs = torch.cat([inputs, frozen.unsqueeze(-1).to(inputs.dtype)], dim=-1)  # (B, T, E + 1)
            shut = parameters[0].new_zeros(4, self.hidden_size)  # gates in order: input, forget, cell, output
            shut[0], shut[1] = -1e4, 1e4
            parameters = [torch.cat([parameters[0], shut.view(-1, 1)], dim=1), *parameters[1:]]
        state = [each.to(inputs.dtype).unsqueeze(0) for each in start]
        states, hidden, cell = torch.lstm(inputs, state, parameters, True, 1, 0.0, self.training, False, True)
        return states, (hidden[0], cell[0])

    def step(self, inputs: Tensor, start: State) -> State:
        """One step: (B, E) and the state before to the state after, whose h is the output."""
        return torch.lstm_cell(inputs, start, *weights(self))


class GRU(nn.GRU):
    """`nn.GRU`, as `LSTM`."""

    weight_dropout: float = 0.0

    def forward(self, inputs: Tensor) -> Tensor:  # type: ignore[override]
        """Read from a zero state: (B, T, E) to (B, T, H)."""
        start = inputs.new_zeros(1, inputs.shape[0], self.hidden_size)
        return torch.gru(inputs, start, weights(self), True, 1, 0.0, self.training, False, True)[0]

    def begin(self, inputs: Tensor) -> State:
        """The zero state for a batch."""
        return (inputs.new_zeros(inputs.shape[0], self.hidden_size),)

    def run(self, inputs: Tensor, start: State, frozen: Tensor | None = None) -> tuple[Tensor, State]:
        """Read on from a state, as `LSTM.run`; its only state is its output, so nothing is to be frozen."""
        state = start[0].to(inputs.dtype).unsqueeze(0)
        states, hidden = torch.gru(inputs, state, weights(self), True, 1, 0.0, self.training, False, True)
        return states, (hidden[0],)

    def step(self, inputs: Tensor, start: State) -> State:
        """One step, as `LSTM.step`."""
        return (torch.gru_cell(inputs, start[0], *weights(self)),)


class RNN(nn.RNN):
    """`nn.RNN` with tanh, as `LSTM`."""

    weight_dropout: float = 0.0

    def forward(self, inputs: Tensor) -> Tensor:  # type: ignore[override]
        """Read from a zero state: (B, T, E) to (B, T, H)."""
        start = inputs.new_zeros(1, inputs.shape[0], self.hidden_size)
        return torch.rnn_tanh(inputs, start, weights(self), True, 1, 0.0, self.training, False, True)[0]

    def begin(self, inputs: Tensor) -> State:
        """The zero state for a batch."""
        return (inputs.new_zeros(inputs.shape[0], self.hidden_size),)

    def run(self, inputs: Tensor, start: State, frozen: Tensor | None = None) -> tuple[Tensor, State]:
        """Read on from a state, as `LSTM.run`; its only state is its output, so nothing is to be frozen."""
        state = start[0].to(inputs.dtype).unsqueeze(0)
        states, hidden = torch.rnn_tanh(inputs, state, weights(self), True, 1, 0.0, self.training, False, True)
        return states, (hidden[0],)

    def step(self, inputs: Tensor, start: State) -> State:
        """One step, as `LSTM.step`."""
        return (torch.rnn_tanh_cell(inputs, start[0], *weights(self)),)


def weights(cell: "LSTM | GRU | RNN") -> list[Tensor]:
    """The four tensors of a cell, in the order that torch's kernels take them; recurrent weights dropped in training.

    DropConnect (Wan et al. 2013) on the recurrent weights, one mask a call: Merity et al. 2018, arXiv:1708.02182.
    """
    recurrent: Tensor = cell.weight_hh_l0  # type: ignore[assignment]
    if cell.weight_dropout and cell.training:
        recurrent = F.dropout(recurrent, cell.weight_dropout)
    return [cell.weight_ih_l0, recurrent, cell.bias_ih_l0, cell.bias_hh_l0]  # type: ignore[list-item]


CELLS: dict[str, type[LSTM | GRU | RNN]] = {"lstm": LSTM, "gru": GRU, "rnn": RNN}


class RecurrentLayer(GradientCheckpointingLayer):
    """Elman RNN, GRU or LSTM over the real steps of each row.

    Args:
        cell_type: `lstm`, `gru` or `rnn`.
        input_size: E.
        hidden_size: H, halved between the directions where there are two.
        bidirectional: read both ways.
        weight_dropout: share of the recurrent weights dropped in training.
    """

    def __init__(
        self, cell_type: str, input_size: int, hidden_size: int, bidirectional: bool, weight_dropout: float = 0.0
    ) -> None:
        super().__init__()
        units = hidden_size // 2 if bidirectional else hidden_size
        self.forward_cell = CELLS[cell_type](input_size, units, batch_first=True)
        self.backward_cell = CELLS[cell_type](input_size, units, batch_first=True) if bidirectional else None
        for cell in (self.forward_cell, self.backward_cell):
            if cell is not None:
                cell.weight_dropout = weight_dropout

    def forward(
        self,
        inputs: Tensor,
        real: Tensor | None = None,
        order: Tensor | None = None,
        inverse: Tensor | None = None,
        backward_order: Tensor | None = None,
        backward_inverse: Tensor | None = None,
        *start: Tensor,
    ) -> Tensor | tuple[Tensor, ...]:
        """Read each sequence.

        Args:
            inputs: (B, T, E).
            real: (B, T) bool, or None where nothing is padded.
            order: where `real` is given, the forward order, a (B, T) permutation; None where the real steps stand in
                front already.
            inverse: what undoes it.
            backward_order: the order of the backward direction.
            backward_inverse: what undoes it.
            start: the state to read on from, h and for an LSTM c, (B, H) each; one direction only.

        Returns:
            (B, T, H), zero at padding; with a `start`, followed by the tensors of the state after the last real step.
        """
        if start:
            return self._read_on(inputs, real, order, inverse, start)
        if real is None:
            forwards = self.forward_cell(inputs)  # (B, T, H / directions)
            if self.backward_cell is None:
                return forwards
            backwards = self.backward_cell(inputs.flip(1)).flip(1)
            return torch.cat([forwards, backwards], dim=-1)  # (B, T, H)

        states = _read(self.forward_cell, inputs, order, inverse)
        if self.backward_cell is not None:
            backwards = _read(self.backward_cell, inputs, backward_order, backward_inverse)
            states = torch.cat([states, backwards], dim=-1)  # (B, T, H)
            return states.masked_fill_(~real.unsqueeze(-1), 0.0)  # in place: nobody else holds what was just joined
        return states.masked_fill(~real.unsqueeze(-1), 0.0)

    def _read_on(
        self, inputs: Tensor, real: Tensor | None, order: Tensor | None, inverse: Tensor | None, start: State
    ) -> tuple[Tensor, ...]:
        """Read on from a state; padding, wherever it stands, leaves the state as it was."""
        if real is None:
            states, end = self.forward_cell.run(inputs, start)
            return states, *end
        if order is not None and inverse is not None:
            inputs = take_steps(inputs, inverse)
        steps, count = torch.arange(real.shape[1], device=real.device), real.sum(1, keepdim=True)  # (T,), (B, 1)
        states, end = self.forward_cell.run(inputs, start, frozen=steps >= count)
        last = (count - 1).clamp(min=0).unsqueeze(-1).expand(-1, 1, states.shape[-1])  # (B, 1, H)
        hidden = torch.where(count > 0, states.gather(1, last).squeeze(1), start[0].to(states.dtype))  # (B, H)
        if order is not None:
            states = take_steps(states, order)
        return states.masked_fill(~real.unsqueeze(-1), 0.0), hidden, *end[1:]

    def begin(self, inputs: Tensor) -> State:
        """The zero state of one direction for a batch of inputs."""
        return self.forward_cell.begin(inputs)

    def step(self, inputs: Tensor, start: State) -> State:
        """One step of one direction: (B, E) and the state before to the state after, whose h is the output."""
        return self.forward_cell.step(inputs, start)


def _read(cell: LSTM | GRU | RNN, inputs: Tensor, order: Tensor | None, inverse: Tensor | None) -> Tensor:
    """Run a cell over the steps in the given order and put its states back where the steps were."""
    if order is None or inverse is None:
        return cell(inputs)
    return take_steps(cell(take_steps(inputs, inverse)), order)
