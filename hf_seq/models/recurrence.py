# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""Recurrent cells, and one layer of them read in one or two directions, whatever the padding.

The real steps of each row are moved to the front, so the fast unpacked kernel runs over them first and whatever it
computes on padding comes too late to matter; the backward direction does the same over the reversed row. On CPUs this
is faster than `pack_padded_sequence` and equal to it; where nothing is padded nothing is moved.

A cell of your own is a subclass of `Cell` that says what one step does, made known by `register_cell`.

B batch · T steps, padding included · E input width · H output width of a cell, or of a layer, both directions together
"""

from operator import itemgetter
from typing import Any, ClassVar, TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import initialization as init
from transformers.modeling_layers import GradientCheckpointingLayer

from .configuration_recurrent import CELL_TYPES
from .padding import Padding, is_tracing, take_steps, zero_padding

State: TypeAlias = tuple[Tensor, ...]  # the output h (B, H) first, then what else a cell keeps, such as c of an LSTM

BFLOAT16_ON_CPU: bool = torch.ops.mkldnn._is_mkldnn_bf16_supported()


class Cell(nn.Module):
    """One direction of a recurrent layer. A subclass makes its weights in `__init__` and gives `step`.

    Args:
        input_size, hidden_size: E and H.
        weight_dropout: share of the recurrent weights to drop in training, for cells that do so.
    """

    state_tensors: ClassVar[int] = 1  # tensors (B, H) that a state has; the first one is the output
    travels: ClassVar[bool] = True  # its file is saved with a model's code
    hidden_size: int

    def __init__(self, input_size: int, hidden_size: int, weight_dropout: float = 0.0) -> None:
        super().__init__()
        self.input_size, self.hidden_size, self.weight_dropout = input_size, hidden_size, weight_dropout

    def step(self, inputs: Tensor, state: State) -> State:
        """Read one step: (B, E) and the state before it to the state after it."""
        raise NotImplementedError(f"{type(self).__name__} must say what one step does: step(inputs, state) -> state")

    def begin(self, inputs: Tensor) -> State:
        """Give the state before the first step, zeros, for inputs (B, T, E)."""
        return (inputs.new_zeros(inputs.shape[0], self.hidden_size),) * self.state_tensors

    def forward(self, inputs: Tensor, state: State | None = None, frozen: Tensor | None = None) -> tuple[Tensor, State]:
        """Read a sequence, step by step.

        Args:
            inputs: (B, T, E).
            state: what to read on from; None is `begin`.
            frozen: (B, T) bool, steps that leave the state as it was.

        Returns:
            The outputs (B, T, H), and the state after the last step.
        """
        state = self.begin(inputs) if state is None else state
        outputs = []
        for time in range(inputs.shape[1]):
            after = self.step(inputs[:, time], state)
            if frozen is not None:
                kept = frozen[:, time : time + 1]  # (B, 1)
                after = tuple(torch.where(kept, old, new) for old, new in zip(state, after, strict=True))
            outputs.append(after[0])
            state = after
        return torch.stack(outputs, 1), state

    def start_weights(self) -> None:
        """Start weights that stand in the cell itself: square matrices orthogonal, others Glorot, vectors zero."""
        for parameter in self.parameters(recurse=False):
            square = parameter.dim() > 1 and parameter.shape[0] == parameter.shape[1]
            start = init.zeros_ if parameter.dim() < 2 else init.orthogonal_ if square else init.xavier_uniform_
            start(parameter)


class FusedCell(Cell):
    """A cell over two of torch's kernels, which a subclass names; torch's own module makes the weights."""

    kernel: ClassVar[Any]
    step_kernel: ClassVar[Any]

    def __init__(self, input_size: int, hidden_size: int, weight_dropout: float = 0.0) -> None:
        super(Cell, self).__init__(input_size, hidden_size, batch_first=True)
        self.weight_dropout = weight_dropout

    def weights(self) -> list[Tensor]:
        """Give the four tensors in the order that the kernels take them; recurrent weights dropped in training.

        DropConnect (Wan et al. 2013) on the recurrent weights, one mask a call: Merity et al. 2018, arXiv:1708.02182.
        """
        recurrent: Any = self.weight_hh_l0
        if self.weight_dropout and self.training:
            recurrent = F.dropout(recurrent, self.weight_dropout)
        return [self.weight_ih_l0, recurrent, self.bias_ih_l0, self.bias_hh_l0]

    def freeze(self, inputs: Tensor, frozen: Tensor, weights: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """Change inputs and weights so that frozen steps keep the state; one that is only the output needs nothing."""
        return inputs, weights

    def step(self, inputs: Tensor, state: State) -> State:
        """Read one step, as `Cell.step`."""
        return (self.step_kernel(inputs, state[0], *self.weights()),)

    def forward(self, inputs: Tensor, state: State | None = None, frozen: Tensor | None = None) -> tuple[Tensor, State]:
        """Read a sequence, as `Cell.forward`; the outputs at frozen steps mean nothing.

        One step on from a state goes through `step`: the kernels for whole sequences cost several times as much.
        """
        if state is not None and frozen is None and inputs.shape[1] == 1 and not is_tracing():
            after = self.step(inputs[:, 0], state)
            return after[0].unsqueeze(1), after
        weights = self.weights()
        if state is None:
            start = [inputs.new_zeros(1, inputs.shape[0], self.hidden_size)] * self.state_tensors
        else:
            start = [each.to(inputs.dtype).unsqueeze(0) for each in state]
        if frozen is not None:
            inputs, weights = self.freeze(inputs, frozen, weights)
        before = start if self.state_tensors > 1 else start[0]
        states, *end = self.kernel(inputs, before, weights, True, 1, 0.0, self.training, False, True)
        return states, tuple(map(itemgetter(0), end))  # a loop over `end` takes 3 µs more, two cells a text


class GRU(FusedCell, nn.GRU):  # type: ignore[misc]  # torch's forward has other names
    """`nn.GRU`, one layer, one direction."""

    kernel, step_kernel = staticmethod(torch.gru), staticmethod(torch.gru_cell)


class RNN(FusedCell, nn.RNN):  # type: ignore[misc]
    """`nn.RNN` with tanh, one layer, one direction."""

    kernel, step_kernel = staticmethod(torch.rnn_tanh), staticmethod(torch.rnn_tanh_cell)


def _lstm(inputs: Tensor, state: list[Tensor], weights: list[Tensor], *rest: Any) -> tuple[Tensor, ...]:
    """Call torch's kernel, in float32 where bfloat16 autocast asks a CPU for what it lacks (torch then raises)."""
    if BFLOAT16_ON_CPU or inputs.device.type != "cpu" or not torch.is_autocast_enabled("cpu"):
        return torch.lstm(inputs, state, weights, *rest)
    with torch.autocast("cpu", enabled=False):
        return torch.lstm(inputs.float(), [each.float() for each in state], [each.float() for each in weights], *rest)


class LSTM(FusedCell, nn.LSTM):  # type: ignore[misc]
    """`nn.LSTM`, one layer, one direction. Its state is h and c."""

    state_tensors = 2
    kernel = staticmethod(_lstm)

    def step(self, inputs: Tensor, state: State) -> State:
        """Read one step, as `Cell.step`."""
        return torch.lstm_cell(inputs, state, *self.weights())

    def freeze(self, inputs: Tensor, frozen: Tensor, weights: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """Add an input of -1e4 to the input gate and 1e4 to the forget gate: c then stays as it is, exactly."""
        inputs = torch.cat([inputs, frozen.unsqueeze(-1).to(inputs.dtype)], dim=-1)  # (B, T, E + 1)
        shut = weights[0].new_zeros(4, self.hidden_size)  # gates in order: input, forget, cell, output
        shut[0], shut[1] = -1e4, 1e4
        return inputs, [torch.cat([weights[0], shut.view(-1, 1)], dim=1), *weights[1:]]


CELLS: dict[str, type[Cell]] = {"lstm": LSTM, "gru": GRU, "rnn": RNN}


def register_cell(name: str, cell: type[Cell]) -> None:
    """Make a cell known, so that `cell_type=name` builds it.

    A model with such a cell is saved with the file that defines it, so that file should import nothing of hf_seq but
    names from `hf_seq.models.<file>`.

    Raises:
        TypeError: it is not a subclass of `Cell`.
        ValueError: the name belongs to another cell.
    """
    if not (isinstance(cell, type) and issubclass(cell, Cell)):
        raise TypeError(f"{cell!r} is not a subclass of hf_seq.models.recurrence.Cell; derive from it and give step().")
    known = CELLS.get(name)
    if known is not None and (known.__module__, known.__qualname__) != (cell.__module__, cell.__qualname__):
        raise ValueError(f"cell_type={name!r} is {known.__module__}.{known.__qualname__} already; choose another name.")
    CELLS[name] = cell
    CELL_TYPES.add(name)


def cell_class(cell_type: str) -> type[Cell]:
    """Give the class of a registered cell.

    Raises:
        ValueError: none of that name is registered.
    """
    if cell_type not in CELLS:
        raise ValueError(
            f"cell_type={cell_type!r} is not registered, only {', '.join(sorted(CELLS))}; import the file that calls "
            f"register_cell({cell_type!r}, ...) first."
        )
    return CELLS[cell_type]


class RecurrentLayer(GradientCheckpointingLayer):
    """A recurrent cell over the real steps of each row.

    Args:
        cell_type: `lstm`, `gru`, `rnn`, or the name of a registered cell.
        input_size: E.
        hidden_size: H, halved between the directions where there are two.
        bidirectional: read both ways.
        weight_dropout: share of the recurrent weights dropped in training.
    """

    def __init__(
        self, cell_type: str, input_size: int, hidden_size: int, bidirectional: bool, weight_dropout: float = 0.0
    ) -> None:
        super().__init__()
        units, cell = hidden_size // 2 if bidirectional else hidden_size, cell_class(cell_type)
        self.units, self.state_tensors = units, cell.state_tensors
        self.forward_cell = cell(input_size, units, weight_dropout)
        self.backward_cell = cell(input_size, units, weight_dropout) if bidirectional else None

    def forward(self, inputs: Tensor, padding: Padding | None = None, *state: Tensor) -> Tensor | tuple[Tensor, ...]:
        """Read each sequence.

        Args:
            inputs: (B, T, E).
            padding: with its orders; None where nothing is padded.
            state: the tensors to read on from, (B, H) each; one direction only. They are arguments of their own, since
                gradient checkpointing does not look into tuples.

        Returns:
            (B, T, H), zero at padding; with a state, followed by the tensors of the state after the last real step.
        """
        if state:
            return self._read_on(inputs, padding, state)
        if padding is None:
            forwards, _ = self.forward_cell(inputs)  # (B, T, H / directions)
            if self.backward_cell is None:
                return forwards
            backwards = self.backward_cell(inputs.flip(1))[0].flip(1)
            return torch.cat([forwards, backwards], dim=-1)  # (B, T, H)

        states = _read(self.forward_cell, inputs, padding.order, padding.inverse)
        if self.backward_cell is not None:
            backwards = _read(self.backward_cell, inputs, padding.backward_order, padding.backward_inverse)
            states = torch.cat([states, backwards], dim=-1)  # (B, T, H)
            return states.masked_fill_(~padding.mask.unsqueeze(-1), 0.0)  # in place: nobody else holds what was joined
        return zero_padding(states, padding)

    def _read_on(self, inputs: Tensor, padding: Padding | None, state: State) -> tuple[Tensor, ...]:
        """Read on from a state; padding, wherever it stands, leaves the state as it was."""
        if padding is None:
            states, end = self.forward_cell(inputs, state)
            return states, *end
        if padding.inverse is not None:
            inputs = take_steps(inputs, padding.inverse)
        mask = padding.mask
        steps, count = torch.arange(mask.shape[1], device=mask.device), mask.sum(1, keepdim=True)  # (T,), (B, 1)
        states, end = self.forward_cell(inputs, state, steps >= count)
        last = (count - 1).clamp(min=0).unsqueeze(-1).expand(-1, 1, states.shape[-1])  # (B, 1, H)
        hidden = torch.where(count > 0, states.gather(1, last).squeeze(1), state[0].to(states.dtype))  # (B, H)
        if padding.order is not None:
            states = take_steps(states, padding.order)
        return zero_padding(states, padding), hidden, *end[1:]

    def begin(self, inputs: Tensor) -> State:
        """Give the state of one direction before the first step, for a batch of inputs."""
        return (inputs.new_zeros(inputs.shape[0], self.units),) * self.state_tensors  # an adapter may wrap the cell


def _read(cell: Cell, inputs: Tensor, order: Tensor | None, inverse: Tensor | None) -> Tensor:
    """Run a cell over the steps in the given order and put its outputs back where the steps were."""
    if order is None or inverse is None:
        return cell(inputs)[0]
    return take_steps(cell(take_steps(inputs, inverse))[0], order)


__all__ = ["CELLS", "Cell", "RecurrentLayer", "State", "register_cell"]
