# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""One step of a stack of recurrent layers, as often as `generate()` wants it.

B rows · E input width · H width of a state · V vocabulary
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .recurrence import LSTM, Cell, RecurrentLayer, State
from .recurrent_cache import RecurrentCache
from .stepping import quick_linear

MANY = 8
"""Rows from which an LSTM's two products, on weights laid out anew, beat torch's cell."""


def are_layers(layers: Sequence[nn.Module]) -> bool:
    """Tell whether these are layers of one direction whose cells can be called by themselves."""
    return all(
        type(layer) is RecurrentLayer and isinstance(layer.forward_cell, Cell) and layer.backward_cell is None
        for layer in layers
    )


def make_step(cell: Any, rows: int) -> Callable[[Tensor, State], State]:
    """Give what reads one step of a cell: (B, E) and the state before it to the state after it."""
    if type(cell) is not LSTM or rows < MANY or cell.weight_ih_l0.dtype != torch.float32:
        return cell.step
    by_input, by_state, *biases = cell.weights()
    bias = biases[0] + biases[1]
    read, remember = quick_linear(_linear(by_input), rows), quick_linear(_linear(by_state), rows)

    def step(inputs: Tensor, state: State) -> State:
        gates = read(inputs).add_(remember(state[0])).add_(bias)  # (B, 4 H)
        return pass_gates(gates, state[1])

    return step


def _linear(weight: Tensor) -> nn.Linear:
    layer = nn.Linear(weight.shape[1], weight.shape[0], bias=False, device="meta")
    layer.weight = nn.Parameter(weight.detach(), requires_grad=False)
    return layer


def pass_gates(gates: Tensor, cell: Tensor) -> State:
    """Give h and c (B, H) after a step of an LSTM, of its gates (B, 4 H) before their squashing and c before it."""
    admit, forget, new, show = gates.chunk(4, 1)  # gates in order: input, forget, cell, output
    after = torch.addcmul(forget.sigmoid() * cell, admit.sigmoid(), new.tanh())
    return show.sigmoid() * after.tanh(), after


def make_first_step(tokens: nn.Embedding, cell: Any, rows: int, room: int) -> Callable[[Tensor, State], State]:
    """Give what looks up ids (B,) and reads them: an LSTM of a small vocabulary has the gates of each token in a table.

    Args:
        tokens: the embedding.
        cell: of the first layer.
        rows: B.
        room: how many tokens will be read.
    """
    plain = type(cell) is LSTM and type(tokens) is nn.Embedding and cell.weight_hh_l0.dtype == torch.float32
    if not plain or tokens.num_embeddings > rows * room:
        step = make_step(cell, rows)
        return lambda ids, state: step(tokens(ids), state)
    table = F.linear(tokens.weight, cell.weight_ih_l0, cell.bias_ih_l0 + cell.bias_hh_l0)  # (V, 4 H)
    weight = cell.weight_hh_l0.t()
    remember = quick_linear(_linear(cell.weight_hh_l0), rows) if rows >= MANY else None

    def step_by_table(ids: Tensor, state: State) -> State:
        gates = table.index_select(0, ids)
        gates = gates.addmm_(state[0], weight) if remember is None else gates.add_(remember(state[0]))
        return pass_gates(gates, state[1])

    return step_by_table


class LanguageSteps:
    """`Steps` of a recurrent language model.

    Args:
        model: the language model.
        memory: its state, put forward when the steps are closed.
        rows: B.
        room: how many tokens may be written.
    """

    def __init__(self, model: Any, memory: RecurrentCache, rows: int, room: int) -> None:
        self.memory, self.read, self.whole = memory, 0, True
        self.states: list[State] = [layer.states for layer in memory.layers]
        cells = [layer.forward_cell for layer in model.model.layers]
        self.first = make_first_step(model.model.embeddings.tokens, cells[0], rows, room)
        self.others = [make_step(cell, rows) for cell in cells[1:]]
        self.project = None if isinstance(model.projection, nn.Identity) else model.projection
        self.head = quick_linear(model.lm_head, rows)

    def __call__(self, ids: Tensor) -> Tensor:
        """Read ids (B,) and give scores (B, V)."""
        state = self.states[0] = self.first(ids, self.states[0])
        for depth, step in enumerate(self.others, 1):
            state = self.states[depth] = step(state[0], self.states[depth])
        self.read += 1
        return self.head(state[0] if self.project is None else self.project(state[0]))

    def keep(self, rows: Tensor) -> None:
        """Go on with these rows."""
        self.states = [tuple(each[rows] for each in state) for state in self.states]
        self.whole = False

    def close(self) -> None:
        """Put the state forward; it is forgotten where it is not that of all rows any more."""
        for layer, state in zip(self.memory.layers, self.states, strict=True):
            layer.update(state, self.read)
            if not self.whole:
                layer.reset()


__all__ = ["LanguageSteps", "are_layers", "make_first_step", "make_step"]
