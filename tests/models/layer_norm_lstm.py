# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""A cell from outside the package: an LSTM whose gates and state are normalised (Ba et al. 2016, arXiv:1607.06450)."""

import torch
from torch import Tensor, nn

from hf_seq.models.recurrence import Cell, State, register_cell


class LayerNormLSTM(Cell):
    """An LSTM that normalises what enters its gates, and its cell state on the way out."""

    state_tensors = 2

    def __init__(self, input_size: int, hidden_size: int, weight_dropout: float = 0.0) -> None:
        super().__init__(input_size, hidden_size, weight_dropout)
        self.of_input = nn.Linear(input_size, 4 * hidden_size, bias=False)
        self.of_state = nn.Linear(hidden_size, 4 * hidden_size, bias=False)
        self.input_norm, self.state_norm = nn.LayerNorm(4 * hidden_size), nn.LayerNorm(4 * hidden_size)
        self.cell_norm = nn.LayerNorm(hidden_size)
        self.forget_bias = nn.Parameter(torch.zeros(hidden_size))

    def step(self, inputs: Tensor, state: State) -> State:
        """(B, E) and h, c (B, H) to h, c."""
        hidden, cell = state
        gates = self.input_norm(self.of_input(inputs)) + self.state_norm(self.of_state(hidden))
        write, keep, candidate, show = gates.chunk(4, dim=-1)
        cell = (keep + self.forget_bias + 1).sigmoid() * cell + write.sigmoid() * candidate.tanh()
        return show.sigmoid() * self.cell_norm(cell).tanh(), cell


register_cell("ln-lstm", LayerNormLSTM)
